from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from trainer.month_runs import spread_over_months
from trainer.rows import load_rows, snapshot_sha256
from trainer.spec import Spec, SpecError, TimeRule, load_spec

SPEC = """
name = "toy"
description = "A toy."
task = "classification"
label = "y"
positive = "yes"
delimiter = ";"
bands = [{ name = "no" }, { name = "yes", lower = 0.5 }]
features = [
  { name = "size", field = "size_cm", kind = "numeric" },
  { name = "color", kind = "categorical" },
  { name = "new", kind = "boolean" },
]
[input]
entity_id = "id"
[model]
rounds = 1
"""
CSV = "size;color;new;y;at\n3;red;yes;yes;2\n2.5;;no;no;1\n"


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    return load_text(tmp_path, SPEC)


def load_text(folder: Path, text: str) -> Spec:
    (folder / "spec.toml").write_text(text)
    return load_spec(folder / "spec.toml")


def write_csv(folder: Path) -> Path:
    (folder / "rows.csv").write_text(CSV)
    return folder / "rows.csv"


def test_a_csv_becomes_the_events_that_production_would_send(tmp_path: Path, spec: Spec) -> None:
    first, second = load_rows(write_csv(tmp_path), spec)
    assert first.event == {"size_cm": 3, "color": "red", "new": True}
    assert second.event == {"size_cm": 2.5, "color": None, "new": False}
    assert (first.label, second.label) == (1, 0)


def test_rows_are_sorted_where_the_spec_says_by_what(tmp_path: Path, spec: Spec) -> None:
    rows = load_rows(write_csv(tmp_path), replace(spec, time=TimeRule(order_column="at")))
    assert [row.event["size_cm"] for row in rows] == [2.5, 3]
    assert [row.place for row in rows] == [1, 0]


def test_the_snapshot_hash_sees_every_value_and_the_order(tmp_path: Path, spec: Spec) -> None:
    rows = load_rows(write_csv(tmp_path), spec)
    changed = [replace(rows[0], label=0.0), rows[1]]
    assert len({snapshot_sha256(rows), snapshot_sha256(rows[::-1]), snapshot_sha256(changed)}) == 3


def test_a_spec_is_refused_with_every_problem(tmp_path: Path) -> None:
    broken = SPEC.replace('task = "classification"', 'task = "clustering"').replace('"numeric"', '"number"')
    with pytest.raises(SpecError, match=r"feature 'size': kind 'number'.*task 'clustering'"):
        load_text(tmp_path, broken)


def test_a_word_that_no_encoding_knows_is_refused(tmp_path: Path) -> None:
    color = '{ name = "color", kind = "categorical", missing = "nil", unseen = "zeros" }'
    with pytest.raises(SpecError, match=r"missing = 'nil' is none of .*unseen = 'zeros' is none of"):
        load_text(tmp_path, SPEC.replace('{ name = "color", kind = "categorical" }', color))


def test_a_repeat_makes_a_feature_per_number(tmp_path: Path) -> None:
    entry = '{ name = "f{:02}", field = "map.f{:02}", kind = "numeric", repeat = [9, 11] }'
    features = load_text(tmp_path, SPEC.replace('{ name = "color", kind = "categorical" }', entry)).features
    assert [feature.field for feature in features[1:4]] == ["map.f09", "map.f10", "map.f11"]


def test_years_follow_from_the_runs_of_months() -> None:
    times = spread_over_months(["nov", "nov", "dec", "mar"], first_year=2008)
    assert times == [
        datetime(2008, 11, 1, tzinfo=UTC),
        datetime(2008, 11, 16, tzinfo=UTC),
        datetime(2008, 12, 1, tzinfo=UTC),
        datetime(2009, 3, 1, tzinfo=UTC),
    ]
