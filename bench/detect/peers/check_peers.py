"""The formulas of peers.py against what Evidently and NannyML themselves give on the first windows."""

import os

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
os.environ["DO_NOT_TRACK"] = "1"

import evidently
import nannyml
import numpy as np
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset

NUMBERS = 12
CATEGORIES = 8
NAMES = [*(f"n{i}" for i in range(NUMBERS)), *(f"c{i}" for i in range(CATEGORIES)), "score"]
NUMERIC = [*NAMES[:NUMBERS], "score"]
CATEGORICAL = NAMES[NUMBERS:-1]
FEATURES = NAMES[:-1]
WINDOWS = 3


def to_frame(rows):
    frame = pd.DataFrame(rows, columns=NAMES)
    for name in CATEGORICAL:
        frame[name] = frame[name].map(lambda code: None if np.isnan(code) else f"level {int(code)}")
    return frame


def check(reference, rows, window, evidently_values, nannyml_values, chunk):
    reference_frame = to_frame(reference)
    frames = [to_frame(rows[window == w]) for w in range(WINDOWS)]
    ours = nannyml_values[:WINDOWS]
    tools = np.array([by_nannyml(reference_frame, frame, chunk) for frame in frames])
    distances = np.array([by_evidently(reference_frame, frame) for frame in frames])
    return {
        "evidently": evidently.__version__,
        "nannyml": nannyml.__version__,
        "evidentlyDifference": float(np.abs(distances - evidently_values[:WINDOWS]).max()),
        "nannymlDifference": float(np.abs(tools - ours).max()),
    }


def by_evidently(reference, current):
    definition = DataDefinition(numerical_columns=NUMERIC, categorical_columns=CATEGORICAL)
    snapshot = Report([DataDriftPreset()]).run(
        Dataset.from_pandas(current, data_definition=definition),
        Dataset.from_pandas(reference, data_definition=definition),
    )
    drift = {}
    for metric in snapshot.dict()["metrics"]:
        config = metric.get("config", {})
        if config.get("type", "").endswith("ValueDrift"):
            drift[config["column"]] = float(metric["value"])
    return [drift[name] for name in [*NUMERIC, *CATEGORICAL]]


def by_nannyml(reference, current, chunk):
    chunker = {"chunk_size": chunk}
    whole = {"chunk_number": 1}
    names = [*NUMERIC, *CATEGORICAL]
    univariate = nannyml.UnivariateDriftCalculator(column_names=names, **whole).fit(reference).calculate(current)
    missing = nannyml.MissingValuesCalculator(column_names=FEATURES, **whole).fit(reference).calculate(current)
    unseen = nannyml.UnseenValuesCalculator(column_names=CATEGORICAL, **whole).fit(reference).calculate(current)
    rebuilt = nannyml.DataReconstructionDriftCalculator(column_names=FEATURES, **whole).fit(reference)
    rebuilt = rebuilt.calculate(current)
    last = lambda result: result.filter(period="analysis").to_df().iloc[-1]
    row = last(univariate)
    values = [row[(name, "jensen_shannon", "value")] for name in names]
    row = last(missing)
    values += [row[(name, "value")] for name in FEATURES]
    row = last(unseen)
    values += [row[(name, "value")] for name in CATEGORICAL]
    return [*values, last(rebuilt)[("reconstruction_error", "value")]]
