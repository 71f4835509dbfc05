"""Feature x window: how far each window of the history lies from a package's reference.

It is how policy.json's limits were chosen, and an independent recount of what the drift service says.
Run: python -m trainer.drift_table --spec SPEC.toml --data ROWS.csv --package FOLDER [--window quarter|month]
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import chi2, chi2_contingency, ks_2samp

from .encode import read_value
from .rows import Row, load_rows
from .spec import Feature, load_spec

ALPHA = 0.01
MIN_EXPECTED = 5
WINDOWS: dict[str, Callable[[datetime], str]] = {
    "quarter": lambda time: f"{time.year}Q{(time.month + 2) // 3}",
    "month": lambda time: f"{time.year}-{time.month:02}",
}


@dataclass(frozen=True)
class Distance:
    """One feature in one window. KS for features with edges, Cramér's V for the others."""

    psi: float
    psi_critical: float
    """Without drift PSI stays below it in 99 % of windows of this size."""
    effect: float
    p: float
    missing: float
    """Missing share minus the reference's."""


def compare(reference: dict[str, Any], values: Sequence[Any]) -> Distance:
    """A window's values (None is missing) against one distribution of reference.json."""
    present = [value for value in values if value is not None]
    expected = np.array([*reference["counts"], reference["other"]])
    actual = count_bins(reference["bins"], present)
    missing = 1 - len(present) / len(values)
    reference_missing = reference["missing"] / (expected.sum() + reference["missing"])
    psi, critical = population_stability(expected, actual)
    if reference["test"] == "ks":
        test = ks_2samp(present, reference["sample"])
        effect, p = float(test.statistic), float(test.pvalue)
    else:
        effect, p = cramers_v(expected, actual)
    return Distance(psi, critical, effect, p, missing - reference_missing)


def count_bins(bins: dict[str, Any], present: Sequence[Any]) -> np.ndarray:
    """Counts per bin, the last for values that the reference never saw."""
    if bins["type"] == "edges":
        index = np.searchsorted(bins["edges"], np.array(present, dtype=np.float64), side="left")
        return np.bincount(index, minlength=len(bins["edges"]) + 2)
    known = bins["levels"] if bins["type"] == "levels" else bins["values"]
    places = {value: place for place, value in enumerate(known)}
    return np.bincount([places.get(value, len(known)) for value in present], minlength=len(known) + 1)


def population_stability(expected: np.ndarray, actual: np.ndarray) -> tuple[float, float]:
    """PSI with half a row more in each bin of both sides, and its critical value
    chi2(1 - alpha, bins - 1) (1/N + 1/M); a bin that both leave empty is none."""
    used = (expected + actual) > 0
    q = (expected[used] + 0.5) / (expected[used] + 0.5).sum()
    p = (actual[used] + 0.5) / (actual[used] + 0.5).sum()
    scale = 1 / max(expected.sum(), 1) + 1 / max(actual.sum(), 1)
    return float(np.sum((p - q) * np.log(p / q))), float(chi2.isf(ALPHA, max(len(q) - 1, 1)) * scale)


def cramers_v(expected: np.ndarray, actual: np.ndarray) -> tuple[float, float]:
    """Cramér's V of the 2 x k table and the p of its homogeneity; thin cells merged, rarest first."""
    table = merge_thin(np.vstack([expected, actual])[:, (expected + actual) > 0])
    if table.shape[1] < 2 or 0 in table.sum(axis=1):
        return 0.0, 1.0
    statistic, p, _, _ = chi2_contingency(table, correction=False)
    return float(np.sqrt(statistic / table.sum())), float(p)


def merge_thin(table: np.ndarray) -> np.ndarray:
    """The two rarest columns are added up until each expectation is at least 5."""
    table = table[:, np.argsort(table.sum(axis=0))]
    while table.shape[1] > 1 and table[:, 0].sum() * table.sum(axis=1).min() / table.sum() < MIN_EXPECTED:
        table = np.column_stack([table[:, 0] + table[:, 1], table[:, 2:]])
        table = table[:, np.argsort(table.sum(axis=0))]
    return table


def print_table(title: str, windows: dict[str, list[Row]], cell: Callable[[list[Row], Feature], str], features: Sequence[Feature]) -> None:
    print(f"\n{title:16}" + "".join(f"{name:>10}" for name in windows))
    for feature in features:
        print(f"{feature.name:16}" + "".join(f"{cell(rows, feature):>10}" for rows in windows.values()))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m trainer.drift_table")
    parser.add_argument("--spec", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--package", type=Path, required=True)
    parser.add_argument("--window", choices=WINDOWS, default="quarter")
    options = parser.parse_args()
    spec = load_spec(options.spec)
    entries = json.loads((options.package / "reference.json").read_text())["features"]
    references = {entry["name"]: entry for entry in entries}
    rows = [row for row in load_rows(options.data, spec) if row.time is not None]
    windows = {name: list(run) for name, run in groupby(rows, key=lambda row: WINDOWS[options.window](row.time))}

    def distance(window: list[Row], feature: Feature) -> Distance:
        return compare(references[feature.name], [read_value(row.event, feature) for row in window])

    print(f"{'rows':16}" + "".join(f"{len(window):>10}" for window in windows.values()))
    cells: dict[str, Callable[[Distance], str]] = {
        "PSI (* sig.)": lambda d: f"{d.psi:.3f}{'*' if d.psi > d.psi_critical else ' '}",
        "KS D or V": lambda d: f"{d.effect:.3f}{'*' if d.p < ALPHA else ' '}",
        "missing +-": lambda d: f"{d.missing:+.3f} ",
    }
    for title, show in cells.items():
        print_table(title, windows, lambda window, feature: show(distance(window, feature)), spec.features)


if __name__ == "__main__":
    main()
