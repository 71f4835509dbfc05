import numpy as np

from trainer.reference import decile_edges, describe_categorical, describe_numeric, even_sample


def test_few_values_get_a_bin_each() -> None:
    described = describe_numeric("x", [1.0, 3.0, 3.0, None], 1000)
    assert described["bins"] == {"type": "values", "values": [1, 3]}
    assert described["counts"] == [1, 2]
    assert described["missing"] == 1
    assert described["test"] == "chi2"


def test_many_values_get_deciles_with_right_closed_bins() -> None:
    described = describe_numeric("x", list(np.arange(100.0)), 50)
    assert described["bins"]["edges"] == [9, 19, 29, 39, 49, 59, 69, 79, 89]
    assert described["counts"] == [10] * 10
    assert described["mean"] == 49.5
    assert described["std"] == np.arange(100).std()
    assert described["sample"] == list(range(1, 100, 2))


def test_no_bin_starts_empty_however_skewed_the_values() -> None:
    for values in ([0.0] * 95 + list(range(1, 12)), [11.0] * 95 + list(range(11)), list(range(11))):
        described = describe_numeric("x", [float(value) for value in values], 1000)
        assert min(described["counts"]) > 0
        assert sum(described["counts"]) == len(values)


def test_edges_are_values_below_the_maximum() -> None:
    np.testing.assert_array_equal(decile_edges(np.array([1.0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2])), [1])


def test_levels_are_all_that_the_rows_have() -> None:
    described = describe_categorical("x", ["b", "a", None, "b"])
    assert described["bins"]["levels"] == ["a", "b"]
    assert described["counts"] == [1, 2]
    assert described["missing"] == 1


def test_what_was_never_present_still_has_a_bin() -> None:
    numeric, categorical = describe_numeric("x", [None], 10), describe_categorical("x", [None])
    assert numeric["counts"] == categorical["counts"] == [0]
    assert numeric["missing"] == categorical["missing"] == 1


def test_the_sample_lies_within_one_step_of_all_rows() -> None:
    values = np.random.default_rng(5).normal(size=12_345)
    sample = even_sample(values, 1000)
    grid = np.sort(values)
    distance = np.searchsorted(sample, grid, "right") / 1000 - np.searchsorted(grid, grid, "right") / 12_345
    assert len(sample) == 1000
    assert np.max(np.abs(distance)) <= 1 / 1000
