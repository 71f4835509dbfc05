"""Vectors of core/experiment, by SciPy and statsmodels; what neither has, by definition and by search."""

import numpy as np
from common import write
from scipy import integrate, optimize, special, stats
from statsmodels.stats import proportion
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

ALPHAS = (0.05, 0.01)


def wilson_cases() -> list[list[float]]:
    """Hits, size, alpha, and both bounds."""
    pairs = [(0, 10), (10, 10), (1, 7), (120, 1000), (4640, 41188)]
    return [
        [hits, size, alpha, *map(float, proportion.proportion_confint(hits, size, alpha, method="wilson"))]
        for hits, size in pairs
        for alpha in ALPHAS
    ]


TWO_PROPORTIONS = [(56, 70, 48, 80), (9, 10, 3, 10), (1, 300, 4, 280), (650, 5050, 600, 5000), (100, 1000, 1100, 9000)]


def newcombe_cases() -> list[list[float]]:
    """Hits and size of both, alpha, and both bounds of the difference."""
    pairs = [*TWO_PROPORTIONS, (0, 10, 0, 20), (10, 10, 0, 20)]
    return [
        [*pair, alpha, *map(float, proportion.confint_proportions_2indep(*pair, "newcomb", "diff", alpha))]
        for pair in pairs
        for alpha in ALPHAS
    ]


def lift_cases() -> list[list[float]]:
    """Hits and size of both, alpha, and both bounds of the ratio less 1."""
    rows = []
    for pair in TWO_PROPORTIONS:
        for alpha in ALPHAS:
            low, high = proportion.confint_proportions_2indep(*pair, "log", "ratio", alpha)
            rows.append([*pair, alpha, float(low) - 1, float(high) - 1])
    return rows


def mean_cases() -> list[dict[str, object]]:
    rng = np.random.default_rng(5)
    cases = []
    for sizes in ((2, 3), (200, 300), (1000, 90)):
        a, b = (np.round(rng.exponential(80, size) * (rng.uniform(size=size) < 0.3), 2) + 1 for size in sizes)
        samples = [DescrStatsW(a), DescrStatsW(b)]
        cases.append(
            {
                "samples": [{"size": s.size, "sum": s.sum(), "sumOfSquares": (s**2).sum()} for s in (a, b)],
                "means": [list(map(float, (s.mean, *s.zconfint_mean(0.05)))) for s in samples],
                "difference": list(map(float, CompareMeans(*samples).zconfint_diff(0.05, usevar="unequal"))),
            }
        )
    return cases


def sample_ratio_cases() -> list[dict[str, object]]:
    plans = [([5050, 5100], [0.5, 0.5]), ([5050, 5450], [0.5, 0.5]), ([902, 110, 95], [0.8, 0.1, 0.1]), ([6, 5], [1, 1])]
    cases = []
    for exposed, shares in plans:
        expected = np.sum(exposed) * np.array(shares) / np.sum(shares)
        test = stats.chisquare(exposed, expected)
        cases.append({"exposed": exposed, "shares": shares, "statistic": float(test.statistic), "pValue": float(test.pvalue)})
    return cases


def width(leads: float, plan: float, alpha: float) -> float:
    """The Gaussian mixture of Waudby-Smith et al. in its own letters, less the sample mean's standard error; rho by Lambert's W."""
    rho2 = (-special.lambertw(-(alpha**2) / np.e, -1).real - 1) / plan
    return float(np.sqrt(leads * 2 * (leads * rho2 + 1) / (leads**2 * rho2) * np.log(np.sqrt(leads * rho2 + 1) / alpha)))


def always_valid_cases() -> list[list[float]]:
    """Leads per arm, plan, alpha, width in standard errors, z, and the p at which the width is |z|."""
    rows = []
    for leads, plan in ((100, 100), (150, 15_000), (7_000, 14_000), (140_000, 14_000)):
        for alpha in ALPHAS:
            rho2 = (-special.lambertw(-(alpha**2) / np.e, -1).real - 1) / plan
            for z in (0.5, 3.2, -6.0):
                # The mixture of likelihood ratios, integrated instead of solved.
                effect = stats.norm(0, np.sqrt(rho2 * leads))
                bet = integrate.quad(lambda d: np.exp(z * d - d * d / 2) * effect.pdf(d), -20, 20, points=[0, z])[0]
                rows.append([leads, plan, alpha, width(leads, plan, alpha), z, min(1.0, 1 / bet)])
    return rows


def required_cases() -> list[list[float]]:
    """Baseline, relative effect, alpha, power, leads per arm before rounding up."""
    rows = []
    for baseline, effect, alpha, power in (
        (0.12, 0.1, 0.05, 0.8),
        (0.12, -0.1, 0.05, 0.8),
        (0.03, 0.5, 0.01, 0.9),
        (0.5, 0.2, 0.025, 0.95),
    ):
        leads = proportion.samplesize_proportions_2indep_onetail(
            baseline * effect, baseline, power, alpha=alpha, alternative="two-sided"
        )
        rows.append([baseline, effect, alpha, power, float(leads)])
    return rows


def decide_cases() -> list[list[float]]:
    """z now, leads per arm now, plan, alpha, leads per arm where the width is passed, before rounding up."""
    rows = []
    for z, leads, plan, alpha in ((1.3, 5_000, 14_000, 0.05), (0.2, 300, 14_000, 0.025), (-2.9, 9_000, 3_000, 0.05)):
        passed = optimize.brentq(lambda n: abs(z) * np.sqrt(n / leads) - width(n, plan, alpha), leads, 1e12, xtol=1e-6)
        rows.append([z, leads, plan, alpha, float(passed)])
    return rows


def write_experiment() -> None:
    write("experiment/vectors/wilson.json", wilson_cases())
    write("experiment/vectors/newcombe.json", newcombe_cases())
    write("experiment/vectors/relative-lift.json", lift_cases())
    write("experiment/vectors/mean.json", mean_cases())
    write("experiment/vectors/sample-ratio.json", sample_ratio_cases())
    write("experiment/vectors/always-valid.json", always_valid_cases())
    write("experiment/vectors/required-sample.json", {"fixedHorizon": required_cases(), "toDecide": decide_cases()})
