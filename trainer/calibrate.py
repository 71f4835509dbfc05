"""From a margin to a probability: a monotone piecewise-linear curve, constant outside its points.

Two ways to draw it: Platt's sigmoid (two parameters, sampled) and centred isotonic regression (free in
shape). Platt's keeps the order of any two scores, so the other is taken only where it is clearly better on
rows that neither has seen.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

MAX_POINTS = 50
DECIMALS = 6


@dataclass(frozen=True)
class Curve:
    """`raw` strictly rising, `score` never falling, both float64 [points]."""

    method: str
    raw: np.ndarray
    score: np.ndarray

    def apply(self, margins: np.ndarray) -> np.ndarray:
        """Scores, float64 [rows]."""
        return np.interp(margins.astype(np.float64), self.raw, self.score)


def fit_platt(margins: np.ndarray, labels: np.ndarray) -> Curve:
    """sigmoid(a m + b) by maximum likelihood (Platt 1999, with his smoothed targets), sampled evenly in m."""
    positives, negatives = labels.sum(), (1 - labels).sum()
    targets = np.where(labels == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2))

    def loss(parameters: np.ndarray) -> float:
        logits = parameters[0] * margins + parameters[1]
        return float(np.mean(np.logaddexp(0, logits) - targets * logits))

    slope, intercept = minimize(loss, x0=np.array([1.0, 0.0]), method="BFGS").x
    spread = margins.max() - margins.min()
    raw = np.linspace(margins.min() - spread / 4, margins.max() + spread / 4, MAX_POINTS)
    return make_curve("platt", raw, expit(max(slope, 0.0) * raw + intercept))


def fit_isotonic(margins: np.ndarray, labels: np.ndarray) -> Curve:
    """Centred isotonic regression (Oron and Flournoy 2017): block means joined by lines, so that scores keep
    the margins' order inside a block, which the steps of the plain method would flatten."""
    order = np.argsort(margins, kind="stable")
    raw, score, weight = pool_adjacent_violators(*equal_mass_means(margins[order], labels[order]))
    if len(raw) == 1:  # no order at all: everyone gets the mean
        raw, score, weight = margins[order][[0, -1]], score.repeat(2), weight.repeat(2)
    shrunk = (score * weight + 0.5) / (weight + 1)  # no block is certain: half a conversion in one more row
    return make_curve("isotonic", raw, np.maximum.accumulate(shrunk))


def equal_mass_means(margins: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean margin, mean label and row count of MAX_POINTS groups of sorted rows."""
    groups = [group for group in np.array_split(np.arange(len(margins)), MAX_POINTS) if len(group) > 0]
    means = [(margins[group].mean(dtype=np.float64), labels[group].mean(), len(group)) for group in groups]
    raw, score, weight = (np.array(column, dtype=np.float64) for column in zip(*means, strict=True))
    return raw, score, weight


def pool_adjacent_violators(
    raw: np.ndarray, score: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Neighbours whose score falls are merged into their weighted mean until none is left."""
    blocks: list[tuple[float, float, float]] = []
    for block in zip(raw, score, weight, strict=True):
        blocks.append(block)
        while len(blocks) > 1 and blocks[-2][1] >= blocks[-1][1]:
            blocks.append(merge(blocks.pop(-2), blocks.pop()))
    merged = np.array(blocks, dtype=np.float64)
    return merged[:, 0], merged[:, 1], merged[:, 2]


def merge(
    first: tuple[float, float, float], second: tuple[float, float, float]
) -> tuple[float, float, float]:
    weight = first[2] + second[2]
    raw, score = ((first[i] * first[2] + second[i] * second[2]) / weight for i in (0, 1))
    return raw, score, weight


def make_curve(method: str, raw: np.ndarray, score: np.ndarray) -> Curve:
    """Rounded for a readable manifest; points that rounding makes equal are dropped."""
    rounded, first = np.unique(np.round(raw, DECIMALS), return_index=True)
    curve = Curve(method, rounded, np.round(score[first], DECIMALS))
    if len(curve.raw) < 2:
        raise ValueError(f"calibration ({method}): the margins are all alike, so there is no curve to draw")
    return curve


CLEARLY_BETTER = 0.01
"""Share of the Brier score that isotonic must save."""


def choose_method(brier_scores: dict[str, float]) -> str:
    """'platt' or 'isotonic', by their Brier scores on a hold-out."""
    clearly = brier_scores["isotonic"] < (1 - CLEARLY_BETTER) * brier_scores["platt"]
    return "isotonic" if clearly else "platt"


METHODS: dict[str, Callable[[np.ndarray, np.ndarray], Curve]] = {"platt": fit_platt, "isotonic": fit_isotonic}
