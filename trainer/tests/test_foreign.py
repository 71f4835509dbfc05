"""A linear model in place of another framework's: what wrap does with any of them."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from trainer.encode import column_owners, encode, learn_levels
from trainer.foreign import ForeignModel, permutation_shares, wrap
from trainer.onnx_graph import INPUT, build_model
from trainer.package import Release
from trainer.rows import Row
from trainer.spec import Spec
from trainer.verify import ScoresDiffer

RELEASE = Release("1.0.0", "2026-01-01T00:00:00Z")


@pytest.fixture
def linear(reports: list[Row], reports_spec: Spec) -> ForeignModel:
    """Twice the profile's rating, a missing one counting as 0."""
    levels = learn_levels([row.event for row in reports], reports_spec.features, 1)
    owners = column_owners(reports_spec.features, levels)
    weights = np.array([[2.0] if owner == "profile_rating" else [0.0] for owner in owners], dtype=np.float32)
    nodes = [
        helper.make_node("IsNaN", [INPUT], ["gone"]),
        helper.make_node("Where", ["gone", "zero", INPUT], ["whole"]),
        helper.make_node("MatMul", ["whole", "weights"], ["rating"]),
    ]
    constants = [
        numpy_helper.from_array(weights, "weights"),
        numpy_helper.from_array(np.float32(0), "zero"),
    ]
    model = build_model(nodes, constants, len(owners), "rating", TensorProto.FLOAT)
    return ForeignModel(
        spec=reports_spec,
        levels=levels,
        predict=lambda matrix: (np.nan_to_num(matrix) @ weights)[:, 0],
        onnx=model.SerializeToString(deterministic=True),
        input=INPUT,
        output="rating",
        column=0,
        code_version="a test",
        metrics={"rmse": 1.0},
    )


def test_makes_a_package_of_the_frameworks_own_scores(
    tmp_path: Path, linear: ForeignModel, reports: list[Row]
) -> None:
    manifest = wrap(tmp_path, linear, reports, reports, RELEASE)
    assert manifest["output"] == {"output": "rating", "column": 0, "calibration": None}
    assert manifest["importance"] == pytest.approx(
        {"abuse_type": 0, "report_text_len": 0, "profile_rating": 1, "popularity": 0}
    )
    rows = json.loads((tmp_path / "golden.json").read_text())["rows"]
    expected = [2 * (row["event"].get("profile_rating") or 0) for row in rows]
    assert [row["score"] for row in rows] == pytest.approx(expected)
    assert json.loads((tmp_path / "manifest.json").read_text()) == manifest


@pytest.mark.parametrize("shift", [0.01, np.nan])
def test_refuses_a_model_that_onnxruntime_scores_otherwise(
    tmp_path: Path, linear: ForeignModel, reports: list[Row], shift: float
) -> None:
    other = replace(linear, predict=lambda matrix: linear.predict(matrix) + shift)
    with pytest.raises(ScoresDiffer, match="rating"):
        wrap(tmp_path / "package", other, reports, reports, RELEASE)
    assert not (tmp_path / "package").exists()


def test_importance_follows_what_moves_the_scores(linear: ForeignModel, reports: list[Row]) -> None:
    matrix = encode([row.event for row in reports], linear.spec.features, linear.levels)
    both = replace(linear, predict=lambda rows: np.nan_to_num(rows[:, 1]) + np.nan_to_num(rows[:, 3]))
    shares = permutation_shares(both, matrix)
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["abuse_type"] == 0
    assert min(shares["report_text_len"], shares["popularity"]) > 0
