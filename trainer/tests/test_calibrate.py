import numpy as np
import pytest
from scipy.special import expit

from trainer.calibrate import MAX_POINTS, METHODS, choose_method, fit_platt, pool_adjacent_violators


def sample(slope: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Margins and the labels of a world whose probability is sigmoid(slope * margin)."""
    random = np.random.default_rng(seed)
    margins = random.normal(-1, 1.5, 20_000)
    return margins, (random.random(len(margins)) < expit(slope * margins)).astype(float)


@pytest.mark.parametrize("method", METHODS)
def test_finds_the_true_probability(method: str) -> None:
    margins, labels = sample(slope=0.5, seed=1)
    curve = METHODS[method](margins, labels)
    middle = np.linspace(-3, 1, 20)
    np.testing.assert_allclose(curve.apply(middle), expit(0.5 * middle), atol=0.05)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("slope", [2.0, 0.0, -1.0])
def test_is_a_curve_that_a_manifest_may_hold(method: str, slope: float) -> None:
    curve = METHODS[method](*sample(slope, seed=2))
    assert 2 <= len(curve.raw) <= MAX_POINTS
    assert np.all(np.diff(curve.raw) > 0)
    assert np.all(np.diff(curve.score) >= 0)
    assert 0 <= curve.score.min() <= curve.score.max() <= 1


def test_is_constant_outside_its_points() -> None:
    curve = fit_platt(*sample(slope=1.0, seed=3))
    np.testing.assert_array_equal(curve.apply(np.array([-1e9, 1e9])), curve.score[[0, -1]])


def test_pools_violators_into_their_weighted_mean() -> None:
    raw, score, weight = pool_adjacent_violators(
        np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.1, 0.6, 0.3, 0.9]), np.array([1.0, 1.0, 2.0, 1.0])
    )
    np.testing.assert_allclose(raw, [0, 5 / 3, 3])
    np.testing.assert_allclose(score, [0.1, 0.4, 0.9])
    np.testing.assert_allclose(weight, [1, 3, 1])


def test_isotonic_must_be_clearly_better() -> None:
    assert choose_method({"platt": 0.1, "isotonic": 0.0995}) == "platt"
    assert choose_method({"platt": 0.1, "isotonic": 0.0985}) == "isotonic"
