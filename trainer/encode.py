"""Events to the float32 matrix that the model reads, by the manifest's own rules.

The TypeScript encoder (core/features) follows the same rules; golden rows hold the two together.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from .rows import Event, Row, Value, read_path
from .spec import Feature

Levels = dict[str, list[str]]
"""Of each categorical feature the levels that have a column or an index, in order."""


def learn_levels(events: Sequence[Event], features: Sequence[Feature], min_rows: int) -> Levels:
    """The levels that at least `min_rows` training rows have, sorted; rarer ones count as unseen."""
    levels: Levels = {}
    for feature in features:
        if feature.kind == "categorical":
            counts = Counter(str(value) for value in present_values(events, feature))
            levels[feature.name] = sorted(level for level, count in counts.items() if count >= min_rows)
    return levels


def present_values(events: Sequence[Event], feature: Feature) -> list[Value]:
    values = (read_value(event, feature) for event in events)
    return [value for value in values if value is not None]


def read_value(event: Event, feature: Feature) -> Value:
    """The feature's value before encoding; None is missing: null, absent, NaN or a placeholder."""
    value = read_path(event, feature.field)
    if isinstance(value, bool):
        return str(value).lower() if feature.kind == "categorical" else value
    if value is None or value in feature.placeholders:
        return None
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def is_rejected(event: Event, features: Sequence[Feature], levels: Levels) -> bool:
    """Whether production makes a dead letter of it: an unseen level, where `unseen` is 'reject'."""
    return any(
        value is not None and value not in levels[feature.name]
        for feature in features
        if feature.unseen == "reject" and feature.kind == "categorical"
        for value in [read_value(event, feature)]
    )


def keep_scorable(rows: Sequence[Row], features: Sequence[Feature], levels: Levels) -> list[Row]:
    """The rows that production would score; only these train, are measured or become golden."""
    return [row for row in rows if not is_rejected(row.event, features, levels)]


def encode(events: Sequence[Event], features: Sequence[Feature], levels: Levels) -> np.ndarray:
    """float32 [rows, width], the columns in the manifest's feature order."""
    blocks = [encode_feature(events, feature, levels.get(feature.name, [])) for feature in features]
    return np.concatenate(blocks, axis=1, dtype=np.float32)


def encode_feature(events: Sequence[Event], feature: Feature, levels: list[str]) -> np.ndarray:
    values = [read_value(event, feature) for event in events]
    if feature.encoding == "pass":
        return np.array([[np.nan if value is None else float(value)] for value in values], dtype=np.float32)
    codes = [level_code(value, feature, levels) for value in values]
    if feature.encoding == "ordinal":
        return np.array([[np.nan if code is None else code] for code in codes], dtype=np.float32)
    return one_hot(codes, width(feature, levels))


def level_code(value: Value, feature: Feature, levels: list[str]) -> float | None:
    """Index of the level's column; -1: none (all zero); None: NaN throughout."""
    if isinstance(value, str) and value in levels:
        return levels.index(value)
    if value is not None and feature.unseen != "missing":
        return unseen_code(feature, levels)
    return {"nan": None, "zero": -1, "level": len(levels)}[feature.missing]


def unseen_code(feature: Feature, levels: list[str]) -> float:
    if feature.unseen == "zero":
        return -1
    if feature.encoding == "ordinal":
        return len(levels) + 1
    return len(levels) + (feature.missing == "level")


def one_hot(codes: list[float | None], columns: int) -> np.ndarray:
    block = np.zeros((len(codes), columns), dtype=np.float32)
    for row, code in enumerate(codes):
        if code is None:
            block[row] = np.nan
        elif code >= 0:
            block[row, int(code)] = 1
    return block


def width(feature: Feature, levels: list[str]) -> int:
    """How many columns the feature takes."""
    if feature.encoding != "one-hot":
        return 1
    return len(levels) + (feature.missing == "level") + (feature.unseen == "level")


def column_owners(features: Sequence[Feature], levels: Levels) -> list[str]:
    """The feature's name for each column."""
    return [feature.name for feature in features for _ in range(width(feature, levels.get(feature.name, [])))]
