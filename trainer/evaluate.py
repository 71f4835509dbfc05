"""A package judged on rows, through its ONNX model alone: what became of a version on the history after it.

Run: python -m trainer.evaluate --spec SPEC.toml --data ROWS.csv --package FOLDER --rows 10000:
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from .__main__ import read_slice
from .calibrate import Curve
from .encode import Levels, encode, keep_scorable
from .fitting import apply, number_groups
from .metrics import measure
from .package import bands_of
from .rows import Row, load_rows
from .spec import Spec, load_spec
from .verify import predict_onnx


def score_rows(folder: Path, spec: Spec, rows: list[Row]) -> np.ndarray:
    """The package's calibrated scores, float64 [rows]."""
    manifest = read_manifest(folder)
    matrix = encode([row.event for row in rows], spec.features, levels_of(manifest))
    margins = predict_onnx((folder / "model.onnx").read_bytes(), matrix)
    return apply(read_curve(manifest["output"]["calibration"]), margins)


def read_manifest(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "manifest.json").read_text())


def levels_of(manifest: dict[str, Any]) -> Levels:
    return {
        feature["name"]: feature["encoding"]["levels"]
        for feature in manifest["features"]
        if feature["kind"] == "categorical"
    }


def read_curve(calibration: dict[str, Any] | None) -> Curve | None:
    if calibration is None:
        return None
    points = np.array(calibration["points"], dtype=np.float64)
    return Curve("manifest", points[:, 0], points[:, 1])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m trainer.evaluate")
    parser.add_argument("--spec", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--package", type=Path, required=True)
    parser.add_argument(
        "--rows", type=read_slice, default=slice(None), help="e.g. 10000: for all after those"
    )
    options = parser.parse_args()
    spec = load_spec(options.spec)
    levels = levels_of(read_manifest(options.package))
    rows = keep_scorable(load_rows(options.data, spec)[options.rows], spec.features, levels)
    scores = score_rows(options.package, spec, rows)
    labels = np.array([row.label for row in rows])
    groups = None if spec.group is None else number_groups(rows)
    result = {"rows": len(rows), **measure(spec.task, labels, scores, groups)}
    print(json.dumps({**result, "bands": dict(Counter(bands_of(scores, spec)))}, indent=2))


if __name__ == "__main__":
    main()
