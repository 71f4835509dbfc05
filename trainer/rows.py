"""Past leads as rows: the event as production would have sent it, its label, its group and its time."""

import csv
import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from .month_runs import spread_over_months
from .spec import Feature, Spec

Event = dict[str, Any]
Value = str | int | float | bool | None
TRUE_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True)
class Row:
    """`event` holds the fields that the features read; label is 0 or 1 for a classification."""

    event: Event
    label: float
    group: str | None
    time: datetime | None
    place: int = 0
    """Where it stands in the file, from 0, whatever the rows are sorted by."""


def load_rows(path: Path, spec: Spec) -> list[Row]:
    """All rows of a .csv or .jsonl file (or either with .gz), in file order or the spec's."""
    with open_text(path) as file:
        numbered = list(enumerate(read_records(file, path, spec)))
    order = spec.time.order_column
    if order is not None:
        numbered.sort(key=lambda entry: float(entry[1][order]))
    times = row_times([record for _, record in numbered], spec)
    return [
        make_row(record, time, spec, place) for (place, record), time in zip(numbered, times, strict=True)
    ]


def open_text(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def read_records(file: Iterable[str], path: Path, spec: Spec) -> Iterator[dict[str, Any]]:
    """A CSV's records gain the key `event`; a JSON-lines record is the event, labels included."""
    if ".jsonl" in path.suffixes:
        for line in file:
            event = json.loads(line)
            yield {**event, "event": pick_fields(event, spec.features)}
        return
    for record in csv.DictReader(file, delimiter=spec.delimiter):
        yield {**record, "event": event_of_csv(record, spec.features)}


def event_of_csv(record: dict[str, str], features: Iterable[Feature]) -> Event:
    event: Event = {}
    for feature in features:
        put(event, feature.field, parse(record[feature.column], feature.kind))
    return event


def pick_fields(event: Event, features: Iterable[Feature]) -> Event:
    """Only what the features read: ids and labels have no place in a golden row."""
    picked: Event = {}
    for feature in features:
        value = read_path(event, feature.field)
        if value is not None:
            put(picked, feature.field, value)
    return picked


def parse(text: str, kind: str) -> Value:
    """A CSV's text as the JSON value of an event; an empty text is null."""
    if text == "":
        return None
    if kind == "categorical":
        return text
    if kind == "boolean":
        return TRUE_WORDS[text.lower()]
    number = float(text)
    return int(number) if number.is_integer() else number


def put(event: Event, path: str, value: Value) -> None:
    *parents, leaf = path.split(".")
    for parent in parents:
        event = event.setdefault(parent, {})
    event[leaf] = value


def read_path(event: Event, path: str) -> Value:
    """The value at a dotted path, None where any part is absent."""
    value: Any = event
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def make_row(record: dict[str, Any], time: datetime | None, spec: Spec, place: int) -> Row:
    label = record[spec.label]
    return Row(
        event=record["event"],
        label=float(label == spec.positive) if spec.task == "classification" else float(label),
        group=None if spec.group is None else str(record[spec.group]),
        time=time,
        place=place,
    )


def row_times(records: list[dict[str, Any]], spec: Spec) -> list[datetime] | list[None]:
    rule = spec.time
    if rule.month_column is not None and rule.first_year is not None:
        return spread_over_months([record[rule.month_column] for record in records], rule.first_year)
    if rule.column is not None:
        return [datetime.fromisoformat(record[rule.column]) for record in records]
    return [None] * len(records)


def snapshot_sha256(rows: Iterable[Row]) -> str:
    """Hash of the rows that trained a model: one line of sorted JSON for each event, label and group."""
    digest = hashlib.sha256()
    for row in rows:
        line = json.dumps([row.event, row.label, row.group], sort_keys=True, ensure_ascii=False)
        digest.update(f"{line}\n".encode())
    return digest.hexdigest()
