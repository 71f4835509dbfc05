"""How a model comes about: measured on a hold-out in time, then made of all rows.

1. The rows' last part is held out; a model of the rest is measured on it, and the calibration chosen there.
2. The model that ships is trained on all rows, its calibration on out-of-fold margins of all rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xgboost as xgb

from .boosting import Table, predict_margin, train
from .calibrate import METHODS, Curve, choose_method
from .encode import Levels, column_owners, encode, keep_scorable, learn_levels
from .metrics import brier, measure
from .rows import Event, Row
from .spec import Spec

FOLDS = 5


@dataclass(frozen=True)
class Fitted:
    """A trained model with all that its scores need."""

    spec: Spec
    levels: Levels
    booster: xgb.Booster
    curve: Curve | None
    metrics: dict[str, float]

    def score(self, events: Sequence[Event]) -> np.ndarray:
        """XGBoost's own calibrated scores, float64 [rows]."""
        margins = predict_margin(self.booster, encode(events, self.spec.features, self.levels))
        return apply(self.curve, margins)


def fit(rows: Sequence[Row], spec: Spec) -> Fitted:
    """The whole procedure. `metrics` are those of the hold-out; rows must be in time order."""
    levels = learn_levels([row.event for row in rows], spec.features, spec.min_level_rows)
    rows = keep_scorable(rows, spec.features, levels)
    table = make_table(rows, spec, levels)
    method, metrics = rehearse(table, spec)
    booster = train_on(table, spec)
    curve = None if method is None else METHODS[method](out_of_fold(table, spec), table.labels)
    return Fitted(spec, levels, booster, curve, metrics)


def make_table(rows: Sequence[Row], spec: Spec, levels: Levels) -> Table:
    return Table(
        matrix=encode([row.event for row in rows], spec.features, levels),
        labels=np.array([row.label for row in rows], dtype=np.float64),
        groups=None if spec.group is None else number_groups(rows),
        signs=tuple(spec.monotone.get(owner, 0) for owner in column_owners(spec.features, levels)),
    )


def number_groups(rows: Sequence[Row]) -> np.ndarray:
    """A number per query, rising in file order: XGBoost wants a query's rows side by side."""
    numbers: dict[str | None, int] = {}
    groups = np.array([numbers.setdefault(row.group, len(numbers)) for row in rows])
    if np.any(np.diff(groups) < 0):
        raise ValueError("a ranking's rows must be sorted by group: a group's rows stand side by side")
    return groups


def rehearse(table: Table, spec: Spec) -> tuple[str | None, dict[str, float]]:
    """Calibration's name (None for tasks without) and the metrics, both from the hold-out."""
    early, late = split_in_time(table, spec.holdout_share)
    margins = predict_margin(train_on(early, spec), late.matrix)
    sizes = {"fit_rows": len(early.labels), "holdout_rows": len(late.labels)}
    if spec.task != "classification":
        return None, {**sizes, **measure(spec.task, late.labels, apply(None, margins), late.groups)}
    early_margins = out_of_fold(early, spec)
    scores = {name: draw(early_margins, early.labels).apply(margins) for name, draw in METHODS.items()}
    best = choose_method({name: brier(late.labels, score) for name, score in scores.items()})
    return best, {**sizes, **measure(spec.task, late.labels, scores[best], late.groups)}


def split_in_time(table: Table, holdout_share: float) -> tuple[Table, Table]:
    """First and last part in file order; a group is never cut in two."""
    cut = round(len(table.labels) * (1 - holdout_share))
    if table.groups is not None:
        cut = int(np.searchsorted(table.groups, table.groups[cut], side="left"))
    rows = np.arange(len(table.labels))
    return table.take(rows[:cut]), table.take(rows[cut:])


def out_of_fold(table: Table, spec: Spec) -> np.ndarray:
    """For each row the margin of a model that didn't see it, float64 [rows]; folds drawn by seed."""
    folds = np.random.default_rng(spec.seed).permutation(len(table.labels)) % FOLDS
    margins = np.empty(len(table.labels), dtype=np.float64)
    for fold in range(FOLDS):
        booster = train_on(table.take(np.flatnonzero(folds != fold)), spec)
        margins[folds == fold] = predict_margin(booster, table.matrix[folds == fold])
    return margins


def train_on(table: Table, spec: Spec) -> xgb.Booster:
    return train(table, spec.task, spec.model, spec.seed)


def apply(curve: Curve | None, margins: np.ndarray) -> np.ndarray:
    return margins.astype(np.float64) if curve is None else curve.apply(margins)
