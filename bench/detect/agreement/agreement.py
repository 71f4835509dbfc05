"""The same statistics by SciPy and NumPy: a JSON list of {"statistic", "input"} in, of numbers out."""

import json
import sys

import numpy as np
from scipy import stats
from scipy.spatial import distance


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
}

if __name__ == "__main__":
    cases = json.load(sys.stdin)
    json.dump([[float(x) for x in FUNCTIONS[case["statistic"]](*case["input"])] for case in cases], sys.stdout)
