"""reference.json: the training rows' distributions, frozen, that drift is measured against."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .encode import read_value
from .joint import describe_joint
from .rows import Event, Value
from .spec import Feature

MAX_VALUE_BINS = 10
"""A numeric with so few distinct values gets a bin per value: quantiles of a near-constant see nothing."""
DECILES = np.arange(1, 10) / 10

Distribution = dict[str, Any]


def make_reference(
    events: Sequence[Event],
    features: Sequence[Feature],
    scores: np.ndarray,
    bands: Sequence[str],
    band_names: Sequence[str],
    sample_size: int,
    importance: Mapping[str, float],
) -> dict[str, Any]:
    """The whole file; `bands` holds the band of each row, `band_names` all of them in order."""
    counts = Counter(bands)
    described = [describe_feature(events, feature, sample_size) for feature in features]
    pairs = zip(features, described, strict=True)
    bins = np.column_stack([bins_of(events, feature, distribution) for feature, distribution in pairs])
    joint = describe_joint(described, bins, scores, importance)
    return {
        "rows": len(events),
        "features": described,
        "score": describe_numeric("score", list(scores), sample_size),
        "bands": {name: counts[name] for name in band_names},
        **({} if joint is None else {"joint": joint}),
    }


def bins_of(events: Sequence[Event], feature: Feature, distribution: Distribution) -> np.ndarray:
    """The bin of each row: its index, or that of `__missing__`; `__other__` is empty in a reference."""
    bins = distribution["bins"]
    values = [read_value(event, feature) for event in events]
    missing = len(distribution["counts"]) + 1
    if bins["type"] == "edges":
        edges = np.array(bins["edges"])
        return np.array(
            [missing if v is None else int(np.searchsorted(edges, float(v), side="left")) for v in values]
        )
    known = bins["levels"] if bins["type"] == "levels" else [float(value) for value in bins["values"]]
    key = str if bins["type"] == "levels" else float
    index = {value: i for i, value in enumerate(known)}
    return np.array([missing if v is None else index[key(v)] for v in values])


def describe_feature(events: Sequence[Event], feature: Feature, sample_size: int) -> Distribution:
    values = [read_value(event, feature) for event in events]
    if feature.kind == "categorical":
        return describe_categorical(feature.name, values)
    numbers = [None if value is None else float(value) for value in values]
    return describe_numeric(feature.name, numbers, sample_size)


def describe_categorical(name: str, values: Sequence[Value]) -> Distribution:
    """A bin per level that the rows have, sorted; a feature that was never present has one empty bin ''."""
    counts = Counter(str(value) for value in values if value is not None)
    levels = sorted(counts) or [""]
    return {
        "name": name,
        "bins": {"type": "levels", "levels": levels},
        "counts": [counts[level] for level in levels],
        "other": 0,
        "missing": sum(value is None for value in values),
        "test": "chi2",
    }


def describe_numeric(name: str, values: Sequence[float | None], sample_size: int) -> Distribution:
    """Deciles with open ends, or a bin per value where there are ten or fewer (0 alone if none is there)."""
    present = np.array([value for value in values if value is not None], dtype=np.float64)
    missing = len(values) - len(present)
    distinct = np.unique(present)
    if len(distinct) <= MAX_VALUE_BINS:
        kept = distinct if len(distinct) > 0 else np.zeros(1)
        counts = [int(np.sum(present == value)) for value in kept]
        bins: dict[str, Any] = {"type": "values", "values": plain(kept)}
        return {"name": name, "bins": bins, **tallies(counts, missing, "chi2"), **moments(present)}
    edges = decile_edges(present)
    tally = np.bincount(np.searchsorted(edges, present, side="left"), minlength=len(edges) + 1)
    bins = {"type": "edges", "edges": plain(edges)}
    return {
        "name": name,
        "bins": bins,
        **tallies([int(count) for count in tally], missing, "ks"),
        **moments(present),
        "sample": plain(even_sample(present, sample_size)),
    }


def decile_edges(values: np.ndarray) -> np.ndarray:
    """Values at the nine deciles, without repeats and without the maximum, so that no bin starts empty."""
    edges = np.unique(np.quantile(values, DECILES, method="inverted_cdf"))
    below_maximum = edges[edges < values.max()]
    return below_maximum if len(below_maximum) > 0 else np.unique(values)[-2:-1]


def even_sample(values: np.ndarray, size: int) -> np.ndarray:
    """Sorted, at most `size` values at even ranks.

    Its KS distance from all the values is at most 1 / size, far below a random draw's, so that drift isn't
    measured against the luck of a draw.
    """
    ordered = np.sort(values)
    kept = min(size, len(ordered))
    return ordered[((np.arange(kept) + 0.5) * len(ordered) / kept).astype(int)]


def tallies(counts: list[int], missing: int, test: str) -> Distribution:
    return {"counts": counts, "other": 0, "missing": missing, "test": test}


def moments(present: np.ndarray) -> Distribution:
    """Mean and population standard deviation; nothing where nothing was present."""
    if len(present) == 0:
        return {}
    return {"mean": float(present.mean()), "std": float(present.std())}


def plain(values: np.ndarray) -> list[float]:
    """JSON numbers, whole ones without a point."""
    return [int(value) if float(value).is_integer() else float(value) for value in values]
