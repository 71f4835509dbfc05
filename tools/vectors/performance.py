"""Vectors of core/performance, by scikit-learn and SciPy; CBPE by NannyML's formulas (nannyml 0.13)."""

import numpy as np
from common import write
from scipy import stats
from sklearn import metrics

Z = stats.norm.ppf(0.975)


def cohorts() -> list[tuple[np.ndarray, np.ndarray]]:
    """Scores and labels: few and many, ties, well and badly calibrated."""
    rng = np.random.default_rng(20090330)
    cases = []
    for size, digits, power in ((15, 2, 1), (80, 1, 1), (300, 6, 2), (500, 2, 3)):
        scores = np.round(rng.uniform(size=size), digits)
        labels = (rng.uniform(size=size) < scores**power).astype(int)
        labels[:2] = [0, 1]
        labels[2:4] = [1, 0]
        cases.append((scores, labels))
    return cases


def logit_interval(value: float, error: float) -> list[float] | None:
    if not 0 < value < 1:
        return None
    middle, reach = np.log(value / (1 - value)), Z * error / (value * (1 - value))
    return [float(1 / (1 + np.exp(-(middle - reach)))), float(1 / (1 + np.exp(-(middle + reach))))]


def delong_error(scores: np.ndarray, labels: np.ndarray) -> float:
    positives, negatives = scores[labels == 1][:, None], scores[labels == 0][None, :]
    above = (positives > negatives) + 0.5 * (positives == negatives)
    return float(
        np.sqrt(
            np.var(above.mean(axis=1), ddof=1) / above.shape[0]
            + np.var(above.mean(axis=0), ddof=1) / above.shape[1]
        )
    )


def classification_cases() -> list[dict[str, object]]:
    cases = []
    for scores, labels in cohorts():
        predicted = (scores >= 0.5).astype(int)
        auc = float(metrics.roc_auc_score(labels, scores))
        ap = float(metrics.average_precision_score(labels, scores))
        wilson = {
            name: list(stats.binomtest(int(hits), int(size)).proportion_ci(method="wilson"))
            for name, hits, size in (
                ("precision", (predicted * labels).sum(), predicted.sum()),
                ("recall", (predicted * labels).sum(), labels.sum()),
                ("conversion", labels.sum(), len(labels)),
            )
        }
        error = stats.sem((scores - labels) ** 2)
        brier = float(metrics.brier_score_loss(labels, scores))
        cases.append(
            {
                "scores": scores.tolist(),
                "labels": labels.tolist(),
                "auc": [auc, *(logit_interval(auc, delong_error(scores, labels)) or [])],
                "averagePrecision": [
                    ap,
                    *(logit_interval(ap, np.sqrt(ap * (1 - ap) / labels.sum())) or []),
                ],
                "precision": [float(metrics.precision_score(labels, predicted)), *wilson["precision"]],
                "recall": [float(metrics.recall_score(labels, predicted)), *wilson["recall"]],
                "f1": float(metrics.f1_score(labels, predicted)),
                "brier": [brier, max(0.0, brier - Z * error), brier + Z * error],
                "conversion": [float(labels.mean()), *wilson["conversion"]],
            }
        )
    return cases


def expected_cases() -> list[dict[str, object]]:
    """Two-sided p of as many conversions as observed: exact, or normal with continuity correction."""
    rng = np.random.default_rng(5)
    cases = []
    for size, high, observed in ((12, 0.6, 1), (40, 0.4, 14), (200, 0.2, 12), (400, 0.8, 200), (400, 0.8, 120)):
        scores = np.round(rng.uniform(0, high, size=size), 3)
        variance = float(np.sum(scores * (1 - scores)))
        if variance < 25:
            exact = stats.poisson_binom(scores)
            at_most, at_least = exact.cdf(observed), exact.sf(observed - 1)
            p = min(1.0, 2 * min(float(at_most), float(at_least)))
        else:
            z = max(0.0, abs(observed - scores.sum()) - 0.5) / np.sqrt(variance)
            p = float(2 * stats.norm.sf(z))
        cases.append(
            {
                "scores": scores.tolist(),
                "observed": observed,
                "ratio": float(observed / scores.sum()),
                "pValue": p,
            }
        )
    return cases


def ranking_cases() -> list[dict[str, object]]:
    rng = np.random.default_rng(11)
    cases = []
    for size, digits in ((3, 2), (12, 1), (30, 3)):
        labels = rng.integers(0, 5, size=size)
        labels[0] = 3
        scores = np.round(labels / 5 + rng.normal(scale=0.4, size=size), digits)
        cases.append(
            {
                "scores": scores.tolist(),
                "labels": labels.tolist(),
                "ndcg": {str(k): float(metrics.ndcg_score([labels], [scores], k=k)) for k in (1, 3, 10, 50)},
            }
        )
    return cases


def regression_cases() -> list[dict[str, object]]:
    rng = np.random.default_rng(12)
    cases = []
    for size, digits in ((12, 1), (80, 0), (200, 6)):
        truth = rng.gamma(2, size=size)
        scores = np.round(truth + rng.normal(size=size), digits)
        rho = float(stats.spearmanr(scores, truth).statistic)
        reach = Z * np.sqrt((1 + rho**2 / 2) / (size - 3))
        cases.append(
            {
                "scores": scores.tolist(),
                "labels": truth.tolist(),
                "spearman": [rho, *(float(np.tanh(np.arctanh(rho) + sign * reach)) for sign in (-1, 1))],
                "mae": float(metrics.mean_absolute_error(truth, scores)),
                "median": float(np.median(truth)),
            }
        )
    return cases


def estimate_cases() -> list[dict[str, object]]:
    """NannyML's CBPE: `estimate_roc_auc`, `estimate_precision`, `estimate_recall`, `estimate_f1`, its code in short."""
    cases = []
    for scores, _ in cohorts():
        sorted_scores = np.sort(scores)
        positives = np.cumsum(sorted_scores[::-1])[::-1]
        negatives = np.cumsum(1 - sorted_scores[::-1])[::-1]
        first = np.diff(np.insert(sorted_scores, 0, -1)).astype(bool)
        tpr = np.append(positives[first] / positives[0], 0)
        fpr = np.append(negatives[first] / negatives[0], 0)
        predicted = scores >= 0.5
        tp, fp = float(scores[predicted].sum()), float((1 - scores[predicted]).sum())
        fn = float(scores[~predicted].sum())
        cases.append(
            {
                "scores": scores.tolist(),
                "auc": float(metrics.auc(fpr, tpr)),
                "precision": tp / (tp + fp),
                "recall": tp / (tp + fn),
                "f1": 2 * tp / (2 * tp + fp + fn),
                "brier": float(np.mean(scores * (1 - scores))),
                "conversion": float(scores.mean()),
            }
        )
    return cases


def write_performance() -> None:
    write("performance/vectors/classification.json", classification_cases())
    write("performance/vectors/expected.json", expected_cases())
    write("performance/vectors/ranking.json", ranking_cases())
    write("performance/vectors/regression.json", regression_cases())
    write("performance/vectors/estimate.json", estimate_cases())
