"""Vectors of the distances between distributions, by SciPy."""

import numpy as np
from common import write
from drift import recipe, sample_of
from scipy import stats
from scipy.spatial.distance import jensenshannon


def write_divergence() -> None:
    rng = np.random.default_rng(20261121)
    write("drift/vectors/divergence.json", divergence_cases(rng))
    write("drift/vectors/wasserstein.json", wasserstein_cases())
    write("drift/vectors/wasserstein-counts.json", counted_cases(rng))


def divergence_cases(rng: np.random.Generator) -> list[dict[str, object]]:
    """KL with half a lead added to each bin that either side has, JS of the plain shares; p by chi-squared."""
    pairs = [
        ([10, 20, 30], [10, 20, 30]),
        ([0, 40, 60, 0], [25, 25, 25, 25]),
        ([7, 0, 3], [100, 0, 50]),
        ([200, 0], [0, 300]),
        ([200, 0], [18000, 12188]),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 4], [10000] * 10 + [0]),
    ]
    for size, bins in ((50, 10), (200, 10), (5000, 10), (300, 25)):
        shares = rng.dirichlet(np.full(bins, 2.0))
        pairs.append((rng.multinomial(size, shares).tolist(), [3000] * bins))
    cases = []
    for current, reference in pairs:
        a, b = np.array(current, dtype=float), np.array(reference, dtype=float)
        used = a + b > 0
        df = int(used.sum()) - 1
        scale = 1 / a.sum() + 1 / b.sum()
        kl = float(stats.entropy(a[used] + 0.5, b[used] + 0.5))
        js = float(jensenshannon(a, b, base=2))
        cases.append(
            {
                "current": current,
                "reference": reference,
                "kl": kl,
                "klPValue": float(stats.chi2.sf(2 * kl / scale, df)),
                "js": js,
                "jsPValue": float(stats.chi2.sf(8 * np.log(2) * js**2 / scale, df)),
            }
        )
    return cases


def spread(values: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Weights on the points: each value between two of them is shared out to both, its mean kept."""
    weights = np.zeros(len(points))
    for x in values:
        above = int(np.searchsorted(points, x))
        if points[above] == x:
            weights[above] += 1
            continue
        share = (x - points[above - 1]) / (points[above] - points[above - 1])
        weights[above - 1] += 1 - share
        weights[above] += share
    return weights


def wasserstein_cases() -> list[dict[str, object]]:
    """`value`: of values between the points shared out to both; `raw`: of the values as they are."""
    pairs = [
        (recipe(5, 3, 7), recipe(8, 5, 11)),
        (recipe(30, 17, 31), recipe(30, 13, 37, 0.1)),
        (recipe(200, 7919, 10007, 0.13), recipe(1000, 104729, 1299709)),
        (recipe(200, 7919, 10007, 2.5), recipe(1000, 104729, 1299709)),
        (recipe(5000, 7919, 10007), recipe(1000, 104729, 1299709)),
        (recipe(20000, 7919, 99991, -0.4), recipe(1000, 104729, 1299709)),
        (recipe(400, 7, 20), recipe(1000, 3, 20)),
        (recipe(400, 7, 20, 0.05), recipe(1000, 3, 25)),
        (recipe(300, 1, 1, 4.0), recipe(1000, 1, 1)),
    ]
    cases = []
    for current, reference in pairs:
        a, b = sample_of(current), sample_of(reference)
        points = np.unique(np.concatenate([b, a[a < b.min()], a[a > b.max()]]))
        counts = np.array([(b == point).sum() for point in points])
        weights = spread(a, points)
        cases.append(
            {
                "current": current,
                "reference": reference,
                "value": float(stats.wasserstein_distance(points, points, weights, counts)),
                "raw": float(stats.wasserstein_distance(a, b)),
                "std": float(b.std()),
            }
        )
    return cases


def counted_cases(rng: np.random.Generator) -> list[dict[str, object]]:
    """Histograms over points of the line."""
    cases = []
    for size in (2, 3, 8, 10):
        points = rng.permutation(rng.normal(size=size).round(3) * 10)
        current, reference = rng.integers(0, 90, size), rng.integers(1, 900, size)
        cases.append(
            {
                "points": points.tolist(),
                "current": current.tolist(),
                "reference": reference.tolist(),
                "value": float(stats.wasserstein_distance(points, points, current, reference)),
                "std": float(np.sqrt(np.cov(points, fweights=reference, ddof=0))),
            }
        )
    return cases
