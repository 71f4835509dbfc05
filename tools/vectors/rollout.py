"""Vectors of core/rollout/checks, by SciPy; what it doesn't have, by definition and by integration."""

import numpy as np
from common import write
from scipy import integrate, special, stats


def binomial_cases() -> list[list[float]]:
    """Hits, size, p, and P(X >= hits)."""
    triples = [(8, 10, 0.02), (6, 200, 0.02), (1, 1, 0.02), (3, 20, 0.001), (0, 5, 0.3), (5, 5, 0.3), (40, 1000, 0.05)]
    triples += [(900, 1000, 0.95), (20_400, 1_000_000, 0.02), (19_900, 1_000_000, 0.02), (60, 5_000, 0.001)]
    return [[hits, size, p, float(stats.binom.sf(hits - 1, size, p))] for hits, size, p in triples]


def sequential_share_cases() -> list[list[float]]:
    """Hits, size, planned share, and 1 by the mean bet, each bet an integral over beta distributed shares."""
    rows = []
    for hits, size, planned in ((0, 222, 0.1), (25, 222, 0.1), (60, 222, 0.1), (5_200, 10_000, 0.5), (1, 3, 0.5)):
        ln_plan = hits * np.log(planned) + (size - hits) * np.log1p(-planned)

        def bet(concentration: float) -> float:
            prior = stats.beta(concentration * planned, concentration * (1 - planned))

            def integrand(share: float) -> float:
                ratio = special.xlogy(hits, share) + special.xlog1py(size - hits, -share) - ln_plan
                return float(np.exp(ratio + prior.logpdf(share)))

            peaks = [planned, (hits + concentration * planned) / (size + concentration)]
            return integrate.quad(integrand, 0, 1, points=peaks, limit=2_000, epsabs=0, epsrel=1e-12)[0]

        rows.append([hits, size, planned, min(1.0, 4 / sum(bet(c) for c in (10, 100, 1_000, 10_000)))])
    return rows


def quantile_bound_cases() -> list[list[float]]:
    """Size of a sample 1..n, level, alpha, and the normal approximation's levels of both bounds."""
    rows = []
    for size, level, alpha in ((1_000, 0.95, 0.01), (300, 0.95, 0.01), (500, 0.5, 0.025)):
        reach = stats.norm.isf(alpha) * np.sqrt(level * (1 - level) / size)
        rows.append([size, level, alpha, float(np.ceil((level - reach) * size)), float(np.ceil((level + reach) * size))])
    return rows


def write_rollout() -> None:
    write("rollout/checks/vectors/binomial-tail.json", binomial_cases())
    write("rollout/checks/vectors/sequential-share.json", sequential_share_cases())
    write("rollout/checks/vectors/quantile-bounds.json", quantile_bound_cases())
