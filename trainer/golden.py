"""golden.json: rows with XGBoost's own calibrated predictions, which a package must reproduce to load."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from .encode import Levels, read_value
from .rows import Event, Value, put, read_path
from .spec import Feature

TOLERANCE = 1e-5
PER_CASE = 2
UNSEEN = "a level that no training row has"

Score = Callable[[Sequence[Event]], np.ndarray]


def make_golden(
    events: Sequence[Event], features: Sequence[Feature], levels: Levels, score: Score, rows: int, seed: int
) -> dict[str, Any]:
    """`rows` real rows, all quantiles of the score among them, rare cases first; then altered ones.

    `events` is the whole history, so that later levels and values are among them.
    """
    chosen = choose_rows(events, features, levels, score(events), rows, seed)
    golden = [events[index] for index in chosen] + alter_rows(events[chosen[0]], features)
    return {
        "tolerance": TOLERANCE,
        "rows": [
            {"event": event, "score": float(value)}
            for event, value in zip(golden, score(golden), strict=True)
        ],
    }


def choose_rows(
    events: Sequence[Event],
    features: Sequence[Feature],
    levels: Levels,
    scores: np.ndarray,
    rows: int,
    seed: int,
) -> list[int]:
    """Sorted row numbers: two of each rare case of each feature, then one of each quantile of the score."""
    order = np.random.default_rng(seed).permutation(len(events))
    rare = [index for feature in features for index in rare_rows(events, feature, levels, order)]
    unique_rare = list(dict.fromkeys(rare))[: rows // 2]
    spread = np.array_split(order[np.argsort(scores[order], kind="stable")], rows - len(unique_rare))
    return sorted({*unique_rare, *(int(group[0]) for group in spread if len(group) > 0)})


def rare_rows(events: Sequence[Event], feature: Feature, levels: Levels, order: np.ndarray) -> list[int]:
    """Up to two rows each that are missing, hold a placeholder or hold a level that training didn't see."""
    found: dict[str, list[int]] = {}
    for index in order:
        case = rare_case(events[index], feature, levels)
        if case is not None and len(found.setdefault(case, [])) < PER_CASE:
            found[case].append(int(index))
    return [index for indexes in found.values() for index in indexes]


def rare_case(event: Event, feature: Feature, levels: Levels) -> str | None:
    value = read_value(event, feature)
    if value is None:
        return "missing" if read_path(event, feature.field) is None else "placeholder"
    return "unseen" if feature.name in levels and value not in levels[feature.name] else None


def alter_rows(event: Event, features: Sequence[Feature]) -> list[Event]:
    """A real row with each field in turn null, each category in turn unheard of, and with nothing at all."""
    missing = [replace(event, feature.field, None) for feature in features]
    unseen = [
        replace(event, feature.field, UNSEEN)
        for feature in features
        if feature.kind == "categorical" and feature.unseen != "reject"
    ]
    return [*missing, *unseen, {}]


def replace(event: Event, field: str, value: Value) -> Event:
    altered = deepcopy(event)
    put(altered, field, value)
    return altered
