"""Vectors of core/drift, by NumPy and SciPy."""

import numpy as np
from common import RNG, write
from scipy import special, stats
from scipy.stats import contingency


def special_functions() -> dict[str, list[list[float]]]:
    """Rows of arguments, the last being the value."""
    gamma = [0.1, 0.5, 1, 1.5, 3, 10.25, 50, 170.5, 1000, 12345.6]
    shapes = [0.5, 1, 2.5, 10, 49.5, 500]
    xs = [1e-6, 0.01, 0.5, 1, 3, 9.9, 10.1, 30, 100, 480, 520, 700]
    dfs = [1, 2, 3, 9, 10, 30, 100, 999]
    tails = [0.5, 0.1, 0.05, 0.01, 1e-3, 1e-6, 1e-12]
    sizes = [1, 2, 5, 10, 50, 99, 140, 141, 300, 909, 952, 5000]
    zs = [0.2, 0.45, 0.6, 0.8, 1.0, 1.3, 1.48, 1.5, 1.9, 2.1, 3.0, 5.0, 8.0]
    kolmogorov = [(n, z / np.sqrt(n)) for n in sizes for z in zs] + [(n, f / n) for n in sizes for f in (0.4, 0.7, 1.0)]
    return {
        "logGamma": [[x, float(special.gammaln(x))] for x in gamma],
        "upperGammaShare": [[a, x, float(special.gammaincc(a, x))] for a in shapes for x in xs],
        "erfc": [[x, float(special.erfc(x))] for x in (-3, -0.5, 0, 0.1, 0.9, 1, 2, 5, 10, 26)],
        "normalSf": [[z, float(stats.norm.sf(z))] for z in (-4, -1, 0, 0.3, 1.96, 3.5, 8, 20, 37)],
        "normalQuantile": [[p, float(stats.norm.isf(p))] for p in (*tails, 0.075, 0.0749, 0.3, 0.8, 0.975, 1e-100)],
        "chiSquareSf": [[x, df, float(stats.chi2.sf(x, df))] for df in dfs for x in (*xs, 1500)],
        "chiSquareQuantile": [[p, df, float(stats.chi2.isf(p, df))] for df in dfs for p in tails],
        "kolmogorovSf": [[n, float(d), float(stats.kstwo.sf(d, n))] for n, d in kolmogorov if d < 1],
    }


def psi_by_numpy(current: np.ndarray, reference: np.ndarray) -> float:
    used = (current + reference) > 0
    p = current[used] + 0.5
    q = reference[used] + 0.5
    p, q = p / p.sum(), q / q.sum()
    return float(np.sum((p - q) * np.log(p / q)))


def psi_cases() -> list[dict[str, object]]:
    pairs = [
        ([10, 20, 30], [10, 20, 30]),
        ([0, 40, 60, 0], [25, 25, 25, 25]),
        ([7, 0, 3], [100, 0, 50]),
        ([200, 0], [18000, 12188]),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 4], [10000] * 10 + [0]),
    ]
    for size, bins in ((50, 10), (200, 10), (5000, 10), (300, 25)):
        shares = RNG.dirichlet(np.full(bins, 2.0))
        pairs.append((RNG.multinomial(size, shares).tolist(), [3000] * bins))
    cases = []
    for current, reference in pairs:
        a, b = np.array(current), np.array(reference)
        bins = int(((a + b) > 0).sum())
        scale = 1 / a.sum() + 1 / b.sum()
        value = psi_by_numpy(a, b)
        cases.append(
            {
                "current": current,
                "reference": reference,
                "value": value,
                "bins": bins,
                "pValue": float(stats.chi2.sf(value / scale, bins - 1)),
                "criticalValue": float(stats.chi2.isf(0.01, bins - 1) * scale),
            }
        )
    return cases


def recipe(size: int, step: int, modulus: int, shift: float = 0.0) -> dict[str, float]:
    return {"size": size, "step": step, "modulus": modulus, "shift": shift}


def sample_of(given: dict[str, float]) -> np.ndarray:
    i = np.arange(given["size"], dtype=np.int64)
    return (i * int(given["step"]) % int(given["modulus"])) / int(given["modulus"]) + given["shift"]


def ks_cases() -> list[dict[str, object]]:
    pairs = [
        (recipe(5, 3, 7), recipe(8, 5, 11)),
        (recipe(1, 1, 2), recipe(1, 1, 3, 0.5)),
        (recipe(30, 17, 31), recipe(30, 13, 37, 0.1)),
        (recipe(200, 7919, 10007), recipe(1000, 104729, 1299709)),
        (recipe(200, 7919, 10007, 0.13), recipe(1000, 104729, 1299709)),
        (recipe(200, 7919, 10007, 0.4), recipe(1000, 104729, 1299709)),
        (recipe(999, 7919, 10007, 0.02), recipe(1000, 104729, 1299709)),
        (recipe(1000, 7919, 10007, 0.05), recipe(1000, 104729, 1299709)),
        (recipe(10000, 7919, 10007, 0.03), recipe(1000, 104729, 1299709)),
        (recipe(10001, 7919, 10007, 0.03), recipe(1000, 104729, 1299709)),
        (recipe(20000, 7919, 99991, 0.005), recipe(1000, 104729, 1299709)),
        (recipe(50000, 7919, 99991, 0.045), recipe(1000, 104729, 1299709)),
        (recipe(50000, 7919, 99991, 0.3), recipe(1000, 104729, 1299709)),
        (recipe(20000, 7919, 99991, 0.06), recipe(100, 104729, 1299709)),
        (recipe(20000, 7919, 99991, 0.2), recipe(100, 104729, 1299709)),
        # The effective size is 98.5, which rounds to the even 98.
        (recipe(19503, 7919, 99991, 0.06), recipe(99, 104729, 1299709)),
        (recipe(400, 7, 20), recipe(1000, 3, 20)),
        (recipe(400, 7, 20, 0.05), recipe(1000, 3, 25)),
        (recipe(300, 1, 1), recipe(1000, 1, 1)),
    ]
    cases = []
    for current, reference in pairs:
        test = stats.ks_2samp(sample_of(current), sample_of(reference), method="auto")
        cases.append(
            {
                "current": current,
                "reference": reference,
                "value": float(test.statistic),
                "pValue": float(test.pvalue),
            }
        )
    return cases


def merge_rare(table: np.ndarray, other: int) -> np.ndarray:
    """The rule in words: the rarest category joins `other` while one of the two, or `other`, expects below 5."""
    seen = [j for j in range(table.shape[1]) if table[:, j].sum() > 0]
    pool = table[:, other] if other in seen else np.zeros(2, dtype=int)
    rest = sorted((j for j in seen if j != other), key=lambda j: (table[:, j].sum(), table[1, j]))
    share = table.sum(axis=1).min() / table.sum()
    while len(rest) > 1:
        rare_pool = pool.sum() > 0 and pool.sum() * share < 5
        if not (rare_pool or table[:, rest[0]].sum() * share < 5):
            break
        pool = pool + table[:, rest.pop(0)]
    columns = [table[:, j] for j in rest] + ([pool] if pool.sum() > 0 else [])
    return np.array(columns).T


def chi_square_cases() -> list[dict[str, object]]:
    tables = [
        ([30, 40, 50, 0], [300, 400, 500, 0], 3),
        ([10, 90, 100, 7], [4000, 3000, 3000, 0], 3),
        ([3, 90, 107, 1], [20, 3000, 3000, 0], 3),
        ([1, 2, 197], [12, 40, 9000], -1),
        ([2, 198], [5, 9995], -1),
        ([0, 200], [30, 29970], -1),
        ([9, 1], [1, 9], -1),
        ([120, 80], [15000, 15000], -1),
        # Expectations of 4.5 (merged) and of 5 (not).
        ([6, 94, 100], [3, 97, 100], -1),
        ([6, 94, 100], [4, 96, 100], -1),
        ([5, 5, 5, 5, 180], [100, 100, 100, 100, 9600], -1),
        ([1, 1, 1, 1, 1, 1, 1, 193], [3, 5, 5, 9, 1, 0, 70, 9000], 0),
    ]
    cases = []
    for current, reference, other in tables:
        merged = merge_rare(np.array([current, reference]), other)
        chi2 = stats.chi2_contingency(merged, correction=False)
        exact = merged.shape[1] == 2 and chi2.expected_freq.min() < 5
        shares = merged / merged.sum(axis=1, keepdims=True)
        cases.append(
            {
                "current": current,
                "reference": reference,
                "otherIndex": other,
                "statistic": float(chi2.statistic),
                "degreesOfFreedom": int(chi2.dof),
                "method": "fisher" if exact else "chi2",
                "pValue": float(stats.fisher_exact(merged).pvalue if exact else chi2.pvalue),
                "cramersV": float(contingency.association(merged, method="cramer")),
                "balancedV": float(np.sqrt(stats.chi2_contingency(shares, correction=False).statistic / 2)),
            }
        )
    return cases


def fisher_cases() -> list[list[float]]:
    tables = [(3, 1, 1, 3), (0, 5, 5, 0), (8, 2, 1, 5), (2, 198, 5, 9995), (0, 200, 3, 29997), (12, 188, 30, 9970)]
    tables += [tuple(int(x) for x in RNG.integers(0, 40, 4)) for _ in range(12)]
    return [[*t, float(stats.fisher_exact([t[:2], t[2:]]).pvalue)] for t in tables]


def binomial_cases():
    cases = [
        (1, 20, 0.01), (2, 100, 0.01), (9, 100, 0.05), (50, 100, 0.01), (3, 200, 0.5), (190, 200, 0.5),
        (20, 1_000, 0.01), (61, 5_000, 0.01), (10_400, 1_000_000, 0.01), (1_000, 1_000, 0.9), (400, 1_000, 0.6),
    ]
    return [[hits, size, share, float(stats.binom.sf(hits - 1, size, share))] for hits, size, share in cases]


def proportion_cases() -> list[list[float]]:
    """Hits and size of both samples, z, p."""
    rows = []
    for a, n, b, m in [(30, 200, 3000, 30000), (0, 500, 600, 9000), (90, 200, 100, 200), (700, 1000, 6000, 10000)]:
        table = [[a, n - a], [b, m - b]]
        chi2 = stats.chi2_contingency(table, correction=False)
        rows.append([a, n, b, m, float(np.sign(a / n - b / m) * np.sqrt(chi2.statistic)), float(chi2.pvalue)])
    return rows


def adjustment_cases() -> list[dict[str, list[float]]]:
    families = [[0.5], [0.01, 0.04, 0.03, 0.005], [0.2, 0.2, 0.2], [1e-9, 0.9, 0.02, 0.021, 0.4, 1.0]]
    families.append(RNG.uniform(size=40).tolist())
    return [{"pValues": p, "adjusted": stats.false_discovery_control(p).tolist()} for p in families]


def write_drift() -> None:
    write("drift/vectors/special.json", special_functions())
    write("drift/vectors/psi.json", psi_cases())
    write("drift/vectors/ks.json", ks_cases())
    write("drift/vectors/chi-square.json", chi_square_cases())
    write("drift/vectors/fisher-exact.json", fisher_cases())
    write("drift/vectors/binomial.json", binomial_cases())
    write("drift/vectors/two-proportions.json", proportion_cases())
    write("drift/vectors/benjamini-hochberg.json", adjustment_cases())
