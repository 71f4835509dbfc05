"""Vectors of core/shadow, by SciPy and scikit-learn."""

import numpy as np
from common import RNG, write
from scipy import stats
from sklearn import calibration, metrics


def spearman_cases() -> list[dict[str, object]]:
    x = RNG.normal(size=60)
    pairs = [
        ([1, 2, 3, 4], [1, 2, 3, 4]),
        ([1, 2, 3, 4], [4, 3, 2, 1]),
        ([1, 1, 2, 3, 3, 3], [0.1, 0.2, 0.2, 0.1, 0.5, 0.5]),
        (x.tolist(), (x + RNG.normal(size=60)).tolist()),
        (np.round(x, 1).tolist(), np.round(-x + RNG.normal(size=60), 1).tolist()),
    ]
    return [{"x": a, "y": b, "rho": float(stats.spearmanr(a, b).statistic)} for a, b in pairs]


def scored_leads() -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Scores of two models and labels of the same leads."""
    rng = np.random.default_rng(20101130)
    cases = []
    for size, digits in ((12, 3), (60, 1), (200, 6), (400, 2)):
        truth = rng.uniform(size=size) ** 2
        labels = (rng.uniform(size=size) < truth).astype(int)
        a = np.round(np.clip(truth + rng.normal(scale=0.25, size=size), 0, 1), digits)
        b = np.round(np.clip(0.6 * truth + rng.normal(scale=0.1, size=size), 0, 1), digits)
        cases.append((a, b, labels))
    return cases


def delong_cases() -> list[dict[str, object]]:
    """DeLong's variance by its definition, all positives against all negatives; the areas by scikit-learn."""
    cases = []
    for a, b, labels in scored_leads():
        areas = [float(metrics.roc_auc_score(labels, scores)) for scores in (a, b)]
        above = []
        for scores in (a, b):
            positives, negatives = scores[labels == 1][:, None], scores[labels == 0][None, :]
            above.append((positives > negatives) + 0.5 * (positives == negatives))
        of_positives = np.cov([psi.mean(axis=1) for psi in above])
        of_negatives = np.cov([psi.mean(axis=0) for psi in above])
        s = of_positives / (labels == 1).sum() + of_negatives / (labels == 0).sum()
        error = np.sqrt(s[0, 0] + s[1, 1] - 2 * s[0, 1])
        difference = areas[1] - areas[0]
        low, high = stats.norm.interval(0.95, loc=difference, scale=error)
        cases.append(
            {
                "production": a.tolist(),
                "candidate": b.tolist(),
                "labels": labels.tolist(),
                "areas": areas,
                "standardErrors": np.sqrt(np.diag(s)).tolist(),
                "difference": [difference, float(low), float(high)],
                "pValue": float(2 * stats.norm.sf(abs(difference) / error)),
            }
        )
    return cases


def calibration_cases() -> list[dict[str, object]]:
    cases = []
    for scores, _, labels in scored_leads():
        observed, mean_score = calibration.calibration_curve(labels, scores, n_bins=10)
        bins = np.searchsorted(np.linspace(0, 1, 11)[1:-1], scores)
        counts = np.bincount(bins, minlength=10)
        counts = counts[counts > 0]
        cases.append(
            {
                "scores": scores.tolist(),
                "labels": labels.tolist(),
                "counts": counts.tolist(),
                "observed": observed.tolist(),
                "meanScores": mean_score.tolist(),
                "brier": float(metrics.brier_score_loss(labels, scores)),
                "expectedError": float(np.sum(counts * np.abs(observed - mean_score)) / len(scores)),
            }
        )
    return cases


def top_cases() -> list[dict[str, object]]:
    """Labels in the best tenth; of ties at its border, the mean over all ways to break them (20,000 shuffles)."""
    rng = np.random.default_rng(7)
    cases = []
    for scores, _, labels in scored_leads():
        size = len(scores) // 10
        sums = []
        for _ in range(20_000):
            order = rng.permutation(len(scores))
            best = order[np.argsort(-scores[order], kind="stable")][:size]
            sums.append(labels[best].sum())
        cases.append(
            {
                "scores": scores.tolist(),
                "labels": labels.tolist(),
                "share": size / len(scores),
                "sum": float(np.mean(sums)),
                "error": float(np.std(sums) / np.sqrt(len(sums))),
            }
        )
    return cases


def write_shadow() -> None:
    write("shadow/vectors/spearman.json", spearman_cases())
    write("shadow/vectors/delong.json", delong_cases())
    write("shadow/vectors/calibration.json", calibration_cases())
    write("shadow/vectors/top.json", top_cases())
