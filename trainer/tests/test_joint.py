"""What the reference says of how features go together."""

import numpy as np

from trainer.joint import DECIMALS, describe_joint, numbers_of_bins, whitening_of

EDGES = {"name": "x", "bins": {"type": "edges", "edges": [1, 2]}, "counts": [40, 40, 20], "missing": 0}
LEVELS = {"name": "y", "bins": {"type": "levels", "levels": ["a", "b"]}, "counts": [50, 50], "missing": 0}
CONSTANT = {"name": "z", "bins": {"type": "values", "values": [1]}, "counts": [100], "missing": 0}
RNG = np.random.default_rng(3)
X = np.repeat([0, 1, 2], [40, 40, 20])
Y = np.repeat([1, 0], [50, 50])
BINS = np.column_stack([X, Y, np.zeros(100, dtype=int)])
SCORES = np.where(Y == 0, 0.9, 0.1)


def test_numbers_are_standardised_and_rise_with_the_bins() -> None:
    table = numbers_of_bins(EDGES, X, SCORES)
    values = table[X]
    assert abs(values.mean()) < 1e-8
    assert abs(values.std() - 1) < 1e-8
    assert list(table[:3]) == sorted(table[:3])
    assert list(table[3:]) == [0, 0], "what is new or missing is the mean"


def test_levels_rank_by_their_mean_score() -> None:
    table = numbers_of_bins(LEVELS, Y, SCORES)
    assert table[0] > table[1]
    assert numbers_of_bins(LEVELS, Y, 1 - SCORES)[0] < 0


def test_a_constant_counts_for_nothing() -> None:
    joint = describe_joint([EDGES, LEVELS, CONSTANT], BINS, SCORES, {})
    assert joint is not None
    assert joint["numbers"][2] == [0, 0, 0]
    assert [row[2] for row in joint["whitening"]] == [0, 0]
    assert describe_joint([EDGES, CONSTANT], BINS[:, [0, 2]], SCORES, {}) is None


def test_mean_and_variance_are_those_of_the_rows() -> None:
    joint = describe_joint([EDGES, LEVELS], BINS[:, :2], SCORES, {})
    assert joint is not None
    z = np.column_stack([np.array(table)[BINS[:, i]] for i, table in enumerate(joint["numbers"])])
    distances = np.sum((z @ np.array(joint["whitening"]).T) ** 2, axis=1)
    assert abs(distances.mean() - joint["mean"]) < 1e-9
    assert abs(distances.var() - joint["variance"]) < 1e-9


def test_features_that_say_the_same_stay_finite() -> None:
    twice = RNG.normal(size=200)
    whitening = whitening_of(np.column_stack([twice, twice]))
    assert np.all(np.isfinite(whitening.round(DECIMALS)))
