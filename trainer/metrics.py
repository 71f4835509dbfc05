"""How good a model is on rows that it has not seen. Every function: labels and scores, float64 [rows]."""

import numpy as np
from scipy.stats import rankdata, spearmanr

ECE_BINS = 10
NDCG_AT = 10


def auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """Chance that a positive scores above a negative, ties half (Mann-Whitney)."""
    positives = labels.sum()
    negatives = len(labels) - positives
    rank_sum = rankdata(scores)[labels == 1].sum()
    return float((rank_sum - positives * (positives + 1) / 2) / (positives * negatives))


def average_precision(labels: np.ndarray, scores: np.ndarray) -> float:
    """Sum over thresholds of precision times the gain in recall; equal scores share a threshold."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order])
    last_of_ties = np.append(np.diff(scores[order]) != 0, True)
    precision = (hits / np.arange(1, len(labels) + 1))[last_of_ties]
    recall = hits[last_of_ties] / labels.sum()
    return float(np.sum(precision * np.diff(recall, prepend=0.0)))


def brier(labels: np.ndarray, scores: np.ndarray) -> float:
    """Mean squared distance of probability and label."""
    return float(np.mean((scores - labels) ** 2))


def log_loss(labels: np.ndarray, scores: np.ndarray) -> float:
    """Mean negative log-likelihood, natural log."""
    clipped = np.clip(scores, 1e-15, 1 - 1e-15)
    return float(-np.mean(labels * np.log(clipped) + (1 - labels) * np.log1p(-clipped)))


def expected_calibration_error(labels: np.ndarray, scores: np.ndarray) -> float:
    """Mean distance of score and conversion over ten groups of equal size by score."""
    groups = np.array_split(np.argsort(scores, kind="stable"), ECE_BINS)
    distances = [abs(labels[group].mean() - scores[group].mean()) * len(group) for group in groups]
    return float(sum(distances) / len(labels))


def ndcg(labels: np.ndarray, scores: np.ndarray, groups: np.ndarray) -> float:
    """Mean over queries of DCG@10 over the best possible one, gain 2^label - 1, where a query has any."""
    values = [query_ndcg(labels[groups == group], scores[groups == group]) for group in np.unique(groups)]
    return float(np.mean([value for value in values if value is not None]))


def query_ndcg(labels: np.ndarray, scores: np.ndarray) -> float | None:
    gains = 2.0**labels - 1
    best = discounted(np.sort(gains)[::-1])
    return None if best == 0 else discounted(gains[np.argsort(-scores, kind="stable")]) / best


def discounted(gains: np.ndarray) -> float:
    top = gains[:NDCG_AT]
    return float(np.sum(top / np.log2(np.arange(2, len(top) + 2))))


def measure(task: str, labels: np.ndarray, scores: np.ndarray, groups: np.ndarray | None) -> dict[str, float]:
    """The task's metrics by name."""
    if task == "classification":
        return classification_metrics(labels, scores)
    if task == "regression":
        return regression_metrics(labels, scores)
    assert groups is not None, "a ranking has groups"
    return {f"ndcg_at_{NDCG_AT}": ndcg(labels, scores, groups)}


def classification_metrics(labels: np.ndarray, scores: np.ndarray) -> dict[str, float]:
    return {
        "auc": auc(labels, scores),
        "average_precision": average_precision(labels, scores),
        "brier": brier(labels, scores),
        "ece": expected_calibration_error(labels, scores),
        "log_loss": log_loss(labels, scores),
        "mean_label": float(labels.mean()),
        "mean_score": float(scores.mean()),
    }


def regression_metrics(labels: np.ndarray, scores: np.ndarray) -> dict[str, float]:
    errors = scores - labels
    return {
        "rmse": float(np.sqrt(np.mean(errors**2))),
        "mae": float(np.mean(np.abs(errors))),
        "r2": float(1 - np.mean(errors**2) / labels.var()),
        "spearman": float(spearmanr(labels, scores).statistic),
    }
