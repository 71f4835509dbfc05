"""Vectors of the rank sum test, by SciPy on the bins' indices as tied values."""

import numpy as np
from common import write
from scipy.stats import mannwhitneyu

CASES = [(200, 10_080, 10, 0.0), (200, 10_080, 10, 0.3), (1_000, 1_000, 10, -0.2), (37, 41, 4, 0.5), (1_500, 9_000, 10, 0.05)]


def write_rank_sum() -> None:
    """Histograms over quantiles of the second sample, and the p without continuity correction."""
    rng = np.random.default_rng(1947)
    cases = []
    for n, m, bins, shift in CASES:
        current, reference = rng.normal(shift, 1, n), rng.normal(0, 1, m)
        edges = np.quantile(reference, np.arange(1, bins) / bins)
        a, b = np.searchsorted(edges, current), np.searchsorted(edges, reference)
        test = mannwhitneyu(a, b, use_continuity=False, alternative="two-sided", method="asymptotic")
        cases.append(
            {
                "current": np.bincount(a, minlength=bins).tolist(),
                "reference": np.bincount(b, minlength=bins).tolist(),
                "pValue": float(test.pvalue),
            }
        )
    write("drift/vectors/rank-sum.json", cases)
