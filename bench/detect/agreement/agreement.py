"""The same statistics by SciPy, scikit-learn and NumPy: a JSON list of {"statistic", "input"} in, of numbers out."""

import json
import sys

import numpy as np
from scipy import stats
from scipy.spatial import distance
from sklearn import metrics


def psi(a, b):
    a, b = np.array(a) + 0.5, np.array(b) + 0.5
    p, q = a / a.sum(), b / b.sum()
    return [float(((p - q) * np.log(p / q)).sum())]


def kl(a, b):
    return [stats.entropy(np.array(a) + 0.5, np.array(b) + 0.5)]


def js(a, b):
    return [distance.jensenshannon(a, b, base=2)]


def ks(a, b):
    result = stats.ks_2samp(a, b, method="auto")
    return [result.statistic, result.pvalue]


def chi2(a, b):
    result = stats.chi2_contingency(np.array([a, b]), correction=False)
    return [result.statistic, result.pvalue]


def cramers_v(a, b):
    return [stats.contingency.association(np.array([a, b]), method="cramer", correction=False)]


def fisher(a, b, c, d):
    return [stats.fisher_exact([[a, b], [c, d]]).pvalue]


def two_proportions(a, n, b, m):
    result = stats.chi2_contingency(np.array([[a, n - a], [b, m - b]]), correction=False)
    return [float(np.sign(a / n - b / m) * np.sqrt(result.statistic)), result.pvalue]


def benjamini_hochberg(p):
    return list(stats.false_discovery_control(p))


def spearman(x, y):
    return [stats.spearmanr(x, y).statistic]


def wasserstein(x, y):
    return [stats.wasserstein_distance(x, y)]


def wasserstein_of_counts(points, a, b):
    return [stats.wasserstein_distance(points, points, a, b)]


def rank_sum(a, b):
    x, y = np.repeat(np.arange(len(a)), a), np.repeat(np.arange(len(b)), b)
    return [stats.mannwhitneyu(x, y, use_continuity=False, method="asymptotic").pvalue]


def auc(scores, labels):
    return [metrics.roc_auc_score(labels, scores)]


def average_precision(scores, labels):
    return [metrics.average_precision_score(labels, scores)]


def at_threshold(scores, labels):
    predicted = np.array(scores) >= 0.5
    return [
        metrics.precision_score(labels, predicted),
        metrics.recall_score(labels, predicted),
        metrics.f1_score(labels, predicted),
    ]


def brier(scores, labels):
    return [metrics.brier_score_loss(labels, scores)]


def calibration_error(scores, labels):
    """Ten bins of equal width, closed above."""
    scores, labels = np.array(scores), np.array(labels)
    bins = np.digitize(scores, np.arange(1, 10) / 10, right=True)
    gaps = [abs((scores[bins == b] - labels[bins == b]).sum()) for b in range(10)]
    return [sum(gaps) / len(scores)]


def mean_absolute_error(scores, labels):
    return [metrics.mean_absolute_error(labels, scores)]


def ndcg(scores, labels):
    return [metrics.ndcg_score([labels], [scores], k=10)]


FUNCTIONS = {
    "PSI": psi,
    "KL": kl,
    "Jensen–Shannon": js,
    "KS, D and p": ks,
    "χ² and its p": chi2,
    "Cramér's V": cramers_v,
    "Fisher's exact p": fisher,
    "two proportions, z and p": two_proportions,
    "Benjamini–Hochberg": benjamini_hochberg,
    "Spearman's ρ": spearman,
    "Wasserstein": wasserstein,
    "Wasserstein of counts": wasserstein_of_counts,
    "rank sum, p": rank_sum,
    "AUC": auc,
    "average precision": average_precision,
    "precision, recall, F1": at_threshold,
    "Brier score": brier,
    "calibration error": calibration_error,
    "mean absolute error": mean_absolute_error,
    "NDCG@10": ndcg,
}

if __name__ == "__main__":
    cases = json.load(sys.stdin)
    json.dump([[float(x) for x in FUNCTIONS[case["statistic"]](*case["input"])] for case in cases], sys.stdout)
