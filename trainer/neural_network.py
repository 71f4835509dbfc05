"""A small neural network as a package: scikit-learn's, exported by skl2onnx. The same way as trees, and an
example for any other framework. Needs requirements-network.txt.

python -m trainer.neural_network --spec trainer/specs/bank-leads.toml --name bank-leads-network \\
  --data data/bank/bank-additional-full.csv.gz --rows 0:10000 --version 1.0.0 \\
  --created-at 2010-12-01T00:00:00Z --out models/bank-leads-network/1.0.0
"""

import json
import warnings
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import skl2onnx
import sklearn
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from . import CODE_VERSION
from .__main__ import make_parser
from .encode import Levels, encode, keep_scorable, learn_levels
from .foreign import ForeignModel, wrap
from .metrics import measure
from .onnx_graph import INPUT, IR_VERSION, ML_OPSET, OPSET
from .package import Release
from .rows import Row, load_rows
from .spec import Spec, load_spec

NETWORK = {"hidden_layer_sizes": [8], "alpha": 1.0, "learning_rate_init": 0.003, "max_iter": 10}
POSITIVE_COLUMN = 1
VERSIONS = f"scikit-learn {sklearn.__version__}, skl2onnx {skl2onnx.__version__}"


def train_network(rows: Sequence[Row], spec: Spec) -> ForeignModel:
    """Measured on the last part of the rows, then trained on all of them; a missing number is the median."""
    levels = learn_levels([row.event for row in rows], spec.features, spec.min_level_rows)
    rows = keep_scorable(rows, spec.features, levels)
    matrix = encode([row.event for row in rows], spec.features, levels)
    labels = np.array([row.label for row in rows], dtype=np.float64)
    cut = round(len(rows) * (1 - spec.holdout_share))
    early = fit_network(matrix[:cut], labels[:cut], spec.seed)
    metrics = measure("classification", labels[cut:], positive_scores(early, matrix[cut:]), None)
    sizes = {"fit_rows": cut, "holdout_rows": len(rows) - cut}
    return export_network(fit_network(matrix, labels, spec.seed), spec, levels, {**sizes, **metrics})


def fit_network(matrix: np.ndarray, labels: np.ndarray, seed: int) -> Pipeline:
    network = MLPClassifier(**{**NETWORK, "random_state": seed, "early_stopping": False})
    pipeline = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler(), network
    )
    # One thread, so that sums are taken in one order and the same rows make the same bytes.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # few rounds on purpose: more overfit
        return pipeline.fit(matrix, labels)


def positive_scores(pipeline: Pipeline, matrix: np.ndarray) -> np.ndarray:
    return pipeline.predict_proba(matrix)[:, POSITIVE_COLUMN].astype(np.float64)


def export_network(pipeline: Pipeline, spec: Spec, levels: Levels, metrics: dict[str, float]) -> ForeignModel:
    width = pipeline.n_features_in_
    model = convert_sklearn(
        pipeline,
        name="scoreline",
        initial_types=[(INPUT, FloatTensorType([None, width]))],
        options={"zipmap": False},
        target_opset={"": OPSET, "ai.onnx.ml": ML_OPSET},
    )
    model.ir_version = IR_VERSION
    return ForeignModel(
        spec=spec,
        levels=levels,
        predict=lambda matrix: positive_scores(pipeline, matrix),
        onnx=model.SerializeToString(deterministic=True),
        input=INPUT,
        output="probabilities",
        column=POSITIVE_COLUMN,
        code_version=f"trainer {CODE_VERSION}, {VERSIONS}",
        metrics=metrics,
        hyperparameters={**NETWORK, "seed": spec.seed},
    )


def main() -> None:
    parser = make_parser("python -m trainer.neural_network", "Makes a package of a small neural network.")
    parser.add_argument("--name", required=True, help="the package's name, where the spec has another's")
    options = parser.parse_args()
    spec = replace(load_spec(options.spec), name=options.name)
    history = load_rows(options.data, spec)
    training = history[options.rows]
    release = Release(options.version, options.created_at)
    manifest = wrap(options.out, train_network(training, spec), training, history, release)
    print(f"{options.out}: {spec.name}@{options.version}, {len(training)} of {len(history)} rows")
    print(json.dumps(manifest["training"]["metrics"], indent=2))


if __name__ == "__main__":
    main()
