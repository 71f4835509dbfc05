"""How the reference's features go together, frozen: what single features can't show to have changed.

Each feature becomes a number by the bin that its value falls in, so that outliers, categories and values
that were left out of events are no trouble. A row's squared Mahalanobis distance from the reference's
centre then says how unusual its combination is; drift compares the mean over a window with the mean over
the reference.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

MOST_FEATURES = 32
"""The most important ones: a row costs the square of their number."""
SHRINKAGE = 0.1
"""Towards equal variances without correlation, as scikit-learn's ShrunkCovariance: features that say the
same would otherwise make every deviation between them infinite."""
DECIMALS = 9


def describe_joint(
    distributions: Sequence[Mapping[str, Any]],
    bins: np.ndarray,
    scores: np.ndarray,
    importance: Mapping[str, float],
) -> dict[str, Any] | None:
    """Numbers per feature and bin, the whitening matrix, mean and variance of the distances.

    `bins`: [rows, features], indices as in score events. None where fewer than two features vary.
    """
    numbers = [
        numbers_of_bins(distribution, bins[:, i], scores) for i, distribution in enumerate(distributions)
    ]
    chosen = choose(distributions, numbers, importance)
    if len(chosen) < 2:
        return None
    numbers = [table if i in chosen else np.zeros_like(table) for i, table in enumerate(numbers)]
    z = np.column_stack([table[bins[:, i]] for i, table in enumerate(numbers)])
    whitening = np.zeros((len(chosen), len(numbers)))
    whitening[:, chosen] = whitening_of(z[:, chosen])
    whitening = whitening.round(DECIMALS)
    distances = np.sum((z @ whitening.T) ** 2, axis=1)
    return {
        "numbers": [plain(table) for table in numbers],
        "whitening": [plain(row) for row in whitening],
        "mean": float(f"{distances.mean():.12g}"),
        "variance": float(f"{distances.var():.12g}"),
    }


def numbers_of_bins(distribution: Mapping[str, Any], bins: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Standardised mid-ranks (Bross 1958) of the bins; levels rank by their rows' mean score.

    `__other__`, `__missing__`, and all bins of a constant are 0, the mean: they have signals of their own.
    """
    counts = np.array(distribution["counts"], dtype=np.float64)
    order = np.arange(len(counts))
    if distribution["bins"]["type"] == "levels":
        means = [scores[bins == level].mean() if counts[level] > 0 else 0.0 for level in order]
        order = np.array(sorted(order, key=lambda level: (round(means[level], DECIMALS), level)))
    present = counts.sum()
    table = np.zeros(len(counts) + 2)
    if present == 0:
        return table
    ranks = np.zeros(len(counts))
    ranks[order] = (np.cumsum(counts[order]) - counts[order] / 2) / present
    centred = ranks - 0.5
    deviation = np.sqrt(np.sum(counts * centred**2) / len(bins))
    if deviation > 1e-6:
        table[: len(counts)] = (centred / deviation).round(DECIMALS)
    return table


def choose(
    distributions: Sequence[Mapping[str, Any]], numbers: Sequence[np.ndarray], importance: Mapping[str, float]
) -> list[int]:
    """Features that vary, at most MOST_FEATURES, the most important ones, in their own order."""
    varying = [i for i, table in enumerate(numbers) if np.any(table)]
    ranked = sorted(varying, key=lambda i: (-importance.get(distributions[i]["name"], 0.0), i))
    return sorted(ranked[:MOST_FEATURES])


def whitening_of(z: np.ndarray) -> np.ndarray:
    """W with |W z|^2 the squared Mahalanobis distance: inverse Cholesky factor of the shrunk covariance."""
    covariance = z.T @ z / len(z)
    size = len(covariance)
    shrunk = (1 - SHRINKAGE) * covariance + SHRINKAGE * np.trace(covariance) / size * np.eye(size)
    return np.linalg.inv(np.linalg.cholesky(shrunk))


def plain(values: np.ndarray) -> list[float]:
    """JSON numbers, whole ones without a point (and no -0)."""
    return [int(value) if float(value).is_integer() else float(value) for value in values]
