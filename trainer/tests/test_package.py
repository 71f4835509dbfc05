import hashlib
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from trainer.__main__ import score_lines
from trainer.fitting import fit
from trainer.golden import UNSEEN
from trainer.make_domain import make_domain
from trainer.onnx_trees import to_onnx
from trainer.package import Release, bands_of, write_package
from trainer.rows import Row, load_rows
from trainer.spec import Spec, load_spec
from trainer.verify import ScoresDiffer, require_same_scores

from .conftest import ROOT

RELEASE = Release("1.0.0", "2026-01-01T00:00:00Z")
BANK = ROOT / "models/bank-leads"
PACKAGES = [BANK / "1.0.0", BANK / "1.1.0", *sorted((ROOT / "test/fixtures/packages").glob("*/1.0.0"))]


def read_bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def read_json(path: Path) -> dict:
    return json.loads(path.read_text())


def test_same_rows_spec_and_seed_make_the_same_bytes(
    tmp_path: Path, reports: list[Row], reports_spec: Spec
) -> None:
    for name in ("first", "second"):
        write_package(tmp_path / name, fit(reports, reports_spec), reports, reports, RELEASE)
    assert read_bytes(tmp_path / "first") == read_bytes(tmp_path / "second")
    other_seed = fit(reports, replace(reports_spec, seed=8, model={**reports_spec.model, "subsample": 0.5}))
    write_package(tmp_path / "third", other_seed, reports, reports, RELEASE)
    assert read_bytes(tmp_path / "third")["model.onnx"] != read_bytes(tmp_path / "first")["model.onnx"]


def test_the_bank_package_in_the_tree_is_what_the_trainer_makes(tmp_path: Path) -> None:
    spec = load_spec(ROOT / "trainer/specs/bank-leads.toml")
    history = load_rows(ROOT / "data/bank/bank-additional-full.csv.gz", spec)
    training = history[:10_000]
    release = Release("1.0.0", read_json(BANK / "1.0.0/manifest.json")["created_at"])
    write_package(tmp_path, fit(training, spec), training, history, release)
    assert read_bytes(tmp_path) == read_bytes(BANK / "1.0.0")


def test_a_domain_in_the_tree_is_what_the_trainer_makes(tmp_path: Path) -> None:
    make_domain("user-reports", tmp_path)
    folder = ROOT / "test/fixtures/packages/user-reports"
    assert read_bytes(tmp_path / "1.0.0") == read_bytes(folder / "1.0.0")
    assert (tmp_path / "events.jsonl").read_bytes() == (folder / "events.jsonl").read_bytes()


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_every_package_keeps_the_contract(folder: Path) -> None:
    for name in ("manifest", "reference", "golden"):
        jsonschema.validate(
            read_json(folder / f"{name}.json"), read_json(ROOT / f"schemas/{name}.schema.json")
        )
    manifest = read_json(folder / "manifest.json")
    for name, expected in manifest["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected
    assert sum(manifest["importance"].values()) == pytest.approx(1)
    assert sum(len(content) for content in read_bytes(folder).values()) < 1_000_000


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_the_bank_never_reads_what_is_known_only_after_the_call(version: str) -> None:
    assert "duration" not in (BANK / version / "manifest.json").read_text()
    assert "duration" not in (BANK / version / "golden.json").read_text()


def test_rows_that_the_package_would_reject_are_no_part_of_it(
    tmp_path: Path, reports: list[Row], reports_spec: Spec
) -> None:
    features = tuple(
        replace(feature, unseen="reject") if feature.kind == "categorical" else feature
        for feature in reports_spec.features
    )
    spec = replace(reports_spec, features=features)
    stranger = Row({**reports[0].event, "abuse_type": "a new one"}, 1, None, None)
    rows = [replace(row, place=place) for place, row in enumerate([stranger, *reports])]
    fitted = fit(rows, replace(spec, min_level_rows=2))
    write_package(tmp_path, fitted, rows, rows, RELEASE)
    assert read_json(tmp_path / "manifest.json")["training"]["rows"] == len(reports)
    events = [row["event"] for row in read_json(tmp_path / "golden.json")["rows"]]
    assert stranger.event not in events
    lines = score_lines(fitted, rows[::-1])
    assert lines[0] == "rejected"
    assert [float(line) for line in lines[1:]] == fitted.score([row.event for row in reports]).tolist()


def test_golden_rows_hold_every_kind_of_hole() -> None:
    events = [row["event"] for row in read_json(BANK / "1.0.0/golden.json")["rows"]]
    assert len(events) >= 200
    assert any(event.get("pdays") == 999 for event in events)
    assert any(event.get("job") == "unknown" for event in events)
    assert any(event.get("contact") == "cellular" for event in events), "a real level that 1.0.0 never saw"
    assert any(event.get("job") == UNSEEN for event in events)
    assert any(event.get("age", 0) is None for event in events)
    assert {} in events


def test_a_model_that_says_something_else_is_never_written(reports: list[Row], reports_spec: Spec) -> None:
    events = [row.event for row in reports]
    fitted = fit(reports, reports_spec)
    stranger = fit(reports, replace(reports_spec, model={**reports_spec.model, "rounds": 79}))
    model = to_onnx(stranger.booster, width=4).SerializeToString()
    with pytest.raises(ScoresDiffer, match="onnxruntime's scores are up to"):
        require_same_scores(model, fitted, events)


def test_a_score_belongs_to_the_last_band_that_it_reaches(reports_spec: Spec) -> None:
    assert bands_of(np.array([-5, 3.99, 4, 7, 99]), reports_spec) == ["low", "low", "medium", "high", "high"]
