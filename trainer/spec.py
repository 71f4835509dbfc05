"""A spec: what a data set's columns mean and what model is wanted. A new domain is a new spec, no code."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TASKS = ("classification", "regression", "ranking")
KINDS = ("numeric", "categorical", "boolean")
ENCODINGS = ("pass", "one-hot", "ordinal")
MISSING = ("nan", "level", "zero")
UNSEEN = ("missing", "level", "zero", "reject")


class SpecError(ValueError):
    """A spec that says something impossible; the message names the place."""


@dataclass(frozen=True)
class Feature:
    """One input of the model, in the words of manifest.json."""

    name: str
    column: str
    """The column of a CSV; a JSON-lines event is read by `field`."""
    field: str
    """Path in the lead event."""
    kind: str
    encoding: str
    missing: str
    unseen: str
    placeholders: tuple[str | float, ...] = ()


@dataclass(frozen=True)
class TimeRule:
    """When a row happened: a column of its own, or inferred from runs of months in a file in date order.

    Where only an order is known, `order_column` holds a number that rises in time; rows are sorted by it.
    """

    column: str | None = None
    order_column: str | None = None
    month_column: str | None = None
    first_year: int | None = None


@dataclass(frozen=True)
class Spec:
    """A whole spec; see trainer/README.md for each key."""

    name: str
    description: str
    task: str
    label: str
    input: dict[str, str]
    features: tuple[Feature, ...]
    bands: tuple[dict[str, Any], ...]
    model: dict[str, Any]
    """`rounds`, and XGBoost's own parameters by their names."""
    monotone: dict[str, int] = field(default_factory=dict)
    """Feature to 1 (the score never falls as it rises) or -1."""
    positive: str | None = None
    group: str | None = None
    delimiter: str = ","
    seed: int = 7
    holdout_share: float = 0.2
    min_level_rows: int = 1
    golden_rows: int = 240
    sample_size: int = 1000
    time: TimeRule = field(default_factory=TimeRule)


def load_spec(path: Path) -> Spec:
    """Reads a TOML spec. Raises SpecError that names the key at fault."""
    raw = tomllib.loads(path.read_text())
    try:
        raw["features"] = tuple(feature for entry in raw["features"] for feature in read_features(entry))
        raw["bands"] = tuple(raw["bands"])
        raw["time"] = TimeRule(**raw.get("time", {}))
        spec = Spec(**raw)
    except KeyError as error:
        raise SpecError(f"{path}: the key {error} is missing") from error
    except TypeError as error:
        raise SpecError(f"{path}: {error}") from error
    check_spec(spec, path)
    return spec


def read_features(entry: dict[str, Any]) -> list[Feature]:
    """One entry gives one feature, or with `repeat = [first, last]` one per number, put in for {}."""
    first, last = entry.get("repeat", (0, 0))
    return [read_feature(entry, number) for number in range(first, last + 1)]


def read_feature(entry: dict[str, Any], number: int) -> Feature:
    name = entry["name"].format(number)
    column = entry.get("column", name).format(number)
    categorical = entry["kind"] == "categorical"
    return Feature(
        name=name,
        column=column,
        field=entry.get("field", column).format(number),
        kind=entry["kind"],
        encoding=entry.get("encoding", "one-hot" if categorical else "pass"),
        missing=entry.get("missing", "level" if categorical else "nan"),
        unseen=entry.get("unseen", "zero"),
        placeholders=tuple(entry.get("placeholders", ())),
    )


def check_spec(spec: Spec, path: Path) -> None:
    """Raises SpecError with every problem at once."""
    problems = [problem for feature in spec.features for problem in feature_problems(feature)]
    if spec.task not in TASKS:
        problems.append(f"task '{spec.task}' is none of {', '.join(TASKS)}")
    if spec.task == "classification" and spec.positive is None:
        problems.append("a classification needs `positive`: the label's value that counts as 1")
    if spec.task == "ranking" and spec.group is None:
        problems.append("a ranking needs `group`: the column of the query")
    unknown = set(spec.monotone) - {feature.name for feature in spec.features}
    problems += [f"monotone: there is no feature '{name}'" for name in sorted(unknown)]
    if "lower" in spec.bands[0] or any("lower" not in band for band in spec.bands[1:]):
        problems.append("bands: the first has no `lower`, each later one has")
    if problems:
        raise SpecError(f"{path}: " + "; ".join(problems))


def feature_problems(feature: Feature) -> list[str]:
    where = f"feature '{feature.name}'"
    categorical = feature.kind == "categorical"
    problems = []
    if feature.kind not in KINDS:
        problems.append(f"{where}: kind '{feature.kind}' is none of {', '.join(KINDS)}")
    if feature.encoding not in ENCODINGS or categorical == (feature.encoding == "pass"):
        problems.append(f"{where}: encoding '{feature.encoding}' does not go with kind '{feature.kind}'")
    if feature.missing not in MISSING:
        problems.append(f"{where}: missing = '{feature.missing}' is none of {', '.join(MISSING)}")
    if feature.unseen not in UNSEEN:
        problems.append(f"{where}: unseen = '{feature.unseen}' is none of {', '.join(UNSEEN)}")
    if feature.missing == "level" and not categorical:
        problems.append(f"{where}: missing = 'level' is for categorical features")
    if "zero" in (feature.missing, feature.unseen) and feature.encoding == "ordinal":
        problems.append(f"{where}: 'zero' is for one-hot encodings")
    return problems
