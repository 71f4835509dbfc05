import numpy as np
import pytest

from trainer import metrics

LABELS = np.array([0.0, 0, 1, 1])
SCORES = np.array([0.1, 0.4, 0.35, 0.8])


def test_auc_counts_pairs() -> None:
    assert metrics.auc(LABELS, SCORES) == 0.75
    assert metrics.auc(LABELS, np.ones(4)) == 0.5


def test_average_precision() -> None:
    assert metrics.average_precision(LABELS, SCORES) == pytest.approx(1 / 2 + 1 / 2 * 2 / 3)
    assert metrics.average_precision(LABELS, np.ones(4)) == 0.5


def test_brier_and_log_loss() -> None:
    assert metrics.brier(LABELS, SCORES) == pytest.approx(0.158125)
    assert metrics.log_loss(LABELS, SCORES) == pytest.approx(-np.log([0.9, 0.6, 0.35, 0.8]).mean())


def test_calibration_error_is_0_where_each_group_converts_as_told() -> None:
    scores = np.repeat([0.0, 1.0], 50)
    assert metrics.expected_calibration_error(scores, scores) == 0
    assert metrics.expected_calibration_error(scores, np.full(100, 0.5)) == pytest.approx(0.5)


def test_ndcg_is_a_mean_over_queries_that_have_something_to_find() -> None:
    labels = np.array([1.0, 0, 0, 1, 0, 0])
    scores = np.array([2.0, 1, 1, 2, 0, 0])
    groups = np.array([0, 0, 1, 1, 2, 2])
    assert metrics.ndcg(labels, scores, groups) == 1
    assert metrics.ndcg(labels, -scores, groups) == pytest.approx(1 / np.log2(3))


def test_regression() -> None:
    result = metrics.measure("regression", np.array([1.0, 2, 3]), np.array([1.0, 2, 5]), None)
    assert result["rmse"] == pytest.approx(np.sqrt(4 / 3))
    assert result["mae"] == pytest.approx(2 / 3)
    assert result["spearman"] == pytest.approx(1)
