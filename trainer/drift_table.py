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
from .reference import Distribution
from .rows import Row, Value, load_rows
from .spec import Feature, load_spec

ALPHA = 0.01
MIN_EXPECTED = 5
Windows = dict[str, list[Row]]
WINDOWS: dict[str, Callable[[datetime], str]] = {
    "quarter": lambda time: f"{time.year}Q{(time.month + 2) // 3}",
    "month": lambda time: f"{time.year}-{time.month:02}",
}


@dataclass(frozen=True)
class Distance:
    """One feature in one window; `effect` is KS's D for features with edges, Cramér's V for the others."""

    psi: float
    psi_critical: float
    """Without drift PSI stays below it in 99 % of windows of this size."""
    effect: float
    p: float
    missing: float
    """Missing share minus the reference's."""


COLUMNS: dict[str, Callable[[Distance], str]] = {
    "PSI (* sig.)": lambda d: f"{d.psi:.3f}{'*' if d.psi > d.psi_critical else ' '}",
    "KS D or V": lambda d: f"{d.effect:.3f}{'*' if d.p < ALPHA else ' '}",
    "missing +-": lambda d: f"{d.missing:+.3f} ",
}


def compare(reference: Distribution, values: Sequence[Value]) -> Distance:
    """A window's values (None is missing) against one distribution of reference.json."""
    present = [value for value in values if value is not None]
    expected = np.array([*reference["counts"], reference["other"]])
    actual = count_bins(reference["bins"], present)
    missing = 1 - len(present) / len(values)
    reference_missing = reference["missing"] / (expected.sum() + reference["missing"])
    psi, critical = population_stability(expected, actual)
    if len(present) == 0 or expected.sum() == 0:
        effect, p = 0.0, 1.0
    elif reference["test"] == "ks":
        test = ks_2samp(present, reference["sample"])
        effect, p = float(test.statistic), float(test.pvalue)
    else:
        effect, p = cramers_v(expected, actual)
    return Distance(psi, critical, effect, p, missing - reference_missing)


def count_bins(bins: dict[str, Any], present: Sequence[Value]) -> np.ndarray:
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
    """Cramér's V with both rows scaled to one size, and the p of the 2 x k table as it is.

    Scaled, since V shrinks as one sample outgrows the other. Thin cells are merged, rarest first.
    """
    table = merge_thin(np.vstack([expected, actual])[:, (expected + actual) > 0])
    if table.shape[1] < 2 or 0 in table.sum(axis=1):
        return 0.0, 1.0
    shares = table / table.sum(axis=1, keepdims=True)
    balanced = np.sqrt(np.sum(np.diff(shares, axis=0)[0] ** 2 / shares.sum(axis=0)) / 2)
    return float(balanced), float(chi2_contingency(table, correction=False).pvalue)


def merge_thin(table: np.ndarray) -> np.ndarray:
    """The two rarest columns are added up until each expectation is at least 5."""
    table = table[:, np.argsort(table.sum(axis=0))]
    while table.shape[1] > 1 and table[:, 0].sum() * table.sum(axis=1).min() / table.sum() < MIN_EXPECTED:
        table = np.column_stack([table[:, 0] + table[:, 1], table[:, 2:]])
        table = table[:, np.argsort(table.sum(axis=0))]
    return table


def split_windows(rows: Sequence[Row], name: Callable[[datetime], str]) -> Windows:
    """Window name to its rows; the rows are in time order, those without a time are left out."""
    timed = ((name(row.time), row) for row in rows if row.time is not None)
    return {window: [row for _, row in run] for window, run in groupby(timed, key=lambda pair: pair[0])}


def measure_feature(feature: Feature, reference: Distribution, windows: Windows) -> list[Distance]:
    """The feature's distance in each window, in order."""
    return [compare(reference, [read_value(row.event, feature) for row in rows]) for rows in windows.values()]


def print_tables(windows: Windows, distances: dict[str, list[Distance]]) -> None:
    """One table per column of COLUMNS: a line per feature, a column per window."""
    print_line("rows", [str(len(rows)) for rows in windows.values()])
    for title, show in COLUMNS.items():
        print()
        print_line(title, list(windows))
        for name, of_feature in distances.items():
            print_line(name, [show(distance) for distance in of_feature])


def print_line(head: str, cells: Sequence[str]) -> None:
    print(f"{head:16}" + "".join(f"{cell:>10}" for cell in cells))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m trainer.drift_table")
    parser.add_argument("--spec", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--package", type=Path, required=True)
    parser.add_argument("--window", choices=WINDOWS, default="quarter")
    options = parser.parse_args()
    spec = load_spec(options.spec)
    references = json.loads((options.package / "reference.json").read_text())["features"]
    windows = split_windows(load_rows(options.data, spec), WINDOWS[options.window])
    print_tables(
        windows,
        {
            feature.name: measure_feature(feature, reference, windows)
            for feature, reference in zip(spec.features, references, strict=True)
        },
    )


if __name__ == "__main__":
    main()
