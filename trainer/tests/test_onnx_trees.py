import numpy as np
import pytest

from trainer.boosting import OBJECTIVES, Table, predict_margin, train
from trainer.onnx_trees import to_onnx
from trainer.verify import predict_onnx

MODEL = {"rounds": 60, "max_depth": 5, "eta": 0.3, "subsample": 0.7}


def make_table(task: str, seed: int) -> Table:
    """1,000 rows of five inputs with holes; labels as the task has them."""
    random = np.random.default_rng(seed)
    matrix = random.normal(size=(1000, 5)).astype(np.float32)
    signal = matrix[:, 0] + matrix[:, 1] * matrix[:, 2] + random.normal(0, 0.3, 1000)
    matrix[random.random(matrix.shape) < 0.2] = np.nan
    labels = {
        "classification": (signal > 0).astype(float),
        "regression": 50 + 20 * signal,
        "ranking": np.clip(np.round(signal + 2), 0, 4),
    }[task]
    groups = np.arange(1000) // 20 if task == "ranking" else None
    return Table(matrix, labels.astype(np.float64), groups, (1, 0, 0, 0, 0))


@pytest.mark.parametrize("task", OBJECTIVES)
def test_onnxruntime_gives_xgboosts_margins_to_the_last_bit(task: str) -> None:
    table = make_table(task, seed=11)
    booster = train(table, task, MODEL, seed=1)
    model = to_onnx(booster, width=5).SerializeToString()
    margins = predict_margin(booster, table.matrix)
    np.testing.assert_array_equal(predict_onnx(model, table.matrix), margins)
    np.testing.assert_array_equal(predict_onnx(model, table.matrix[:1]), margins[:1])
    assert len(np.unique(margins)) > 100


def test_a_monotone_input_never_lowers_the_score() -> None:
    booster = train(make_table("classification", seed=11), "classification", MODEL, seed=1)
    rows = np.zeros((50, 5), dtype=np.float32)
    rows[:, 0] = np.linspace(-3, 3, 50)
    assert np.all(np.diff(predict_margin(booster, rows)) >= 0)
