import numpy as np
import pytest

from trainer.drift_table import compare, cramers_v, population_stability
from trainer.reference import describe_categorical, describe_numeric


def test_a_distribution_is_no_distance_from_itself() -> None:
    values = list(np.random.default_rng(1).normal(size=1000))
    distance = compare(describe_numeric("x", values, 1000), values)
    assert distance.psi == 0
    assert distance.effect == 0
    assert distance.p == 1


def test_psi_adds_half_a_row_to_each_bin() -> None:
    p, q = np.array([3.5, 0.5]) / 4, np.array([1.5, 2.5]) / 4
    psi, _ = population_stability(np.array([1, 2]), np.array([3, 0]))
    assert psi == pytest.approx(np.sum((p - q) * np.log(p / q)))


def test_an_unseen_level_counts_as_other() -> None:
    reference = describe_categorical("x", ["a"] * 50 + ["b"] * 50)
    assert compare(reference, ["a"] * 50 + ["c"] * 50).psi > 3


def test_v_is_1_where_nothing_is_shared_and_0_where_all_is() -> None:
    assert cramers_v(np.array([50, 0]), np.array([0, 50]))[0] == pytest.approx(1)
    assert cramers_v(np.array([50, 10]), np.array([100, 20])) == (0, 1)
    assert cramers_v(np.array([50]), np.array([7])) == (0, 1)


def test_missing_is_a_matter_of_its_own() -> None:
    reference = describe_categorical("x", ["a"] * 9 + [None])
    assert compare(reference, ["a", None]).missing == pytest.approx(0.4)
    assert compare(reference, [None, None]).p == 1
