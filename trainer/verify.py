"""The proof that a package says what XGBoost says: onnxruntime on every known row, and on holes."""

from collections.abc import Sequence

import numpy as np
import onnxruntime

from .boosting import predict_margin
from .encode import encode
from .fitting import Fitted, apply
from .golden import TOLERANCE
from .onnx_graph import INPUT
from .rows import Event

HOLE_SHARE = 0.2


class ScoresDiffer(RuntimeError):
    """onnxruntime and XGBoost disagree past the tolerance."""


def require_same_scores(model: bytes, fitted: Fitted, events: Sequence[Event]) -> float:
    """The largest distance of the calibrated scores; raises ScoresDiffer past 1e-5.

    Every event is scored twice: as it is, and with a fifth of its inputs NaN.
    """
    matrix = encode(events, fitted.spec.features, fitted.levels)
    holes = np.random.default_rng(fitted.spec.seed).random(matrix.shape) < HOLE_SHARE
    pierced = np.where(holes, np.float32(np.nan), matrix)
    worst = max(largest_distance(model, fitted, rows) for rows in (matrix, pierced))
    if worst > TOLERANCE:
        raise ScoresDiffer(
            f"onnxruntime's scores are up to {worst:.2e} from XGBoost's, past {TOLERANCE:.0e}: "
            "the conversion in onnx_trees.py doesn't fit this XGBoost or this onnxruntime"
        )
    return worst


def largest_distance(model: bytes, fitted: Fitted, matrix: np.ndarray) -> float:
    framework = apply(fitted.curve, predict_margin(fitted.booster, matrix))
    runtime = apply(fitted.curve, predict_onnx(model, matrix))
    return float(np.max(np.abs(framework - runtime)))


def predict_onnx(model: bytes, matrix: np.ndarray) -> np.ndarray:
    """The model's raw output, float32 [rows], on one thread as the services run it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return session.run(None, {INPUT: matrix})[0][:, 0]
