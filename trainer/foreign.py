"""A model of any framework that speaks ONNX, as a package: what the trainer does for XGBoost, for others.

The framework trains on `encode`'s matrix, exports a model of one float32 input and a float32 output, and
gives its own scores for golden rows; `neural_network.py` is an example.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from .encode import Levels, column_owners, encode, keep_scorable
from .golden import TOLERANCE
from .package import Export, Release, write_files
from .rows import Event, Row
from .spec import Spec
from .verify import ScoresDiffer

SAMPLE_ROWS = 2000
"""Rows that the importance is measured on."""


@dataclass(frozen=True)
class ForeignModel:
    """`predict`: the framework's own scores, float64 [rows], of a float32 matrix [rows, width] with NaN."""

    spec: Spec
    levels: Levels
    predict: Callable[[np.ndarray], np.ndarray]
    onnx: bytes
    input: str
    output: str
    column: int
    code_version: str
    metrics: dict[str, float]
    hyperparameters: dict[str, Any] = field(default_factory=dict)

    def score(self, events: Sequence[Event]) -> np.ndarray:
        return np.asarray(self.predict(encode(events, self.spec.features, self.levels)), dtype=np.float64)


def wrap(
    folder: Path, model: ForeignModel, training: Sequence[Row], history: Sequence[Row], release: Release
) -> dict[str, Any]:
    """Writes the package and returns its manifest. Raises ScoresDiffer where onnxruntime doesn't score every
    row of the history as the framework does, and then writes nothing."""
    training = keep_scorable(training, model.spec.features, model.levels)
    history = keep_scorable(history, model.spec.features, model.levels)
    events = [row.event for row in history]
    matrix = encode(events, model.spec.features, model.levels)
    require_same(model, matrix)
    export = Export(
        model=model.onnx,
        input=model.input,
        output=model.output,
        column=model.column,
        calibration=None,
        importance=permutation_shares(model, encode_sample(model, training)),
        hyperparameters=model.hyperparameters,
        code_version=model.code_version,
    )
    return write_files(folder, model, export, training, history, release)


def require_same(model: ForeignModel, matrix: np.ndarray) -> float:
    """The largest distance of onnxruntime's scores from the framework's, in parts of a score beyond ±1."""
    framework = np.asarray(model.predict(matrix), dtype=np.float64)
    distance = np.abs(framework - predict_onnx(model, matrix)) / np.maximum(1, np.abs(framework))
    worst = float(np.max(distance))
    if not worst <= TOLERANCE:
        raise ScoresDiffer(
            f"onnxruntime's scores of {model.output}, column {model.column}, are up to {worst:.2e} from the "
            f"framework's, past {TOLERANCE:.0e}: is it the right output, and does the export keep float32?"
        )
    return worst


def predict_onnx(model: ForeignModel, matrix: np.ndarray) -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.onnx, options, providers=["CPUExecutionProvider"])
    scores = session.run([model.output], {model.input: matrix})[0]
    return (scores.reshape(len(matrix), -1)[:, model.column]).astype(np.float64)


def encode_sample(model: ForeignModel, rows: Sequence[Row]) -> np.ndarray:
    order = np.random.default_rng(model.spec.seed).permutation(len(rows))[:SAMPLE_ROWS]
    return encode([rows[index].event for index in order], model.spec.features, model.levels)


def permutation_shares(model: ForeignModel, matrix: np.ndarray) -> dict[str, float]:
    """Feature to its share of importance: how far scores move, on average, when its values are shuffled
    among the rows (Breiman 2001, without labels, so that it is what this very model does)."""
    owners = np.array(column_owners(model.spec.features, model.levels))
    random = np.random.default_rng(model.spec.seed)
    scores = np.asarray(model.predict(matrix), dtype=np.float64)
    moved = {}
    for feature in model.spec.features:
        columns = np.flatnonzero(owners == feature.name)
        shuffled = matrix.copy()
        shuffled[:, columns] = matrix[random.permutation(len(matrix))][:, columns]
        moved[feature.name] = float(np.mean(np.abs(np.asarray(model.predict(shuffled)) - scores)))
    total = sum(moved.values()) or 1.0
    return {name: distance / total for name, distance in moved.items()}
