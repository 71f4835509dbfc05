"""A fitted model as a folder: model.onnx, reference.json, golden.json, and manifest.json with the hashes."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import xgboost as xgb

from . import CODE_VERSION
from .boosting import gain_shares
from .encode import Levels, column_owners, keep_scorable
from .fitting import Fitted
from .golden import make_golden
from .onnx_graph import INPUT
from .onnx_trees import OUTPUT, to_onnx
from .reference import make_reference
from .rows import Event, Row, snapshot_sha256
from .spec import Feature, Spec
from .verify import require_same_scores


@dataclass(frozen=True)
class Release:
    """What the command line says about a package: its version and when it was made (ISO 8601)."""

    version: str
    created_at: str


class Model(Protocol):
    """What a package needs of a trained model, whatever made it."""

    spec: Spec
    levels: Levels
    metrics: dict[str, float]

    def score(self, events: Sequence[Event]) -> np.ndarray:
        """The framework's own scores, float64 [rows]."""


@dataclass(frozen=True)
class Export:
    """A model's ONNX form, and what its manifest says of it."""

    model: bytes
    input: str
    output: str
    column: int
    calibration: dict[str, Any] | None
    importance: dict[str, float]
    hyperparameters: dict[str, Any]
    code_version: str


def write_package(
    folder: Path, fitted: Fitted, training: Sequence[Row], history: Sequence[Row], release: Release
) -> dict[str, Any]:
    """Writes the four files and returns the manifest.

    `history`: all known rows, for golden rows and for the proof that onnxruntime scores each of them as
    XGBoost does. Raises ScoresDiffer where it doesn't, and then writes nothing.
    """
    training = keep_scorable(training, fitted.spec.features, fitted.levels)
    history = keep_scorable(history, fitted.spec.features, fitted.levels)
    export = export_of(fitted)
    require_same_scores(export.model, fitted, [row.event for row in history])
    return write_files(folder, fitted, export, training, history, release)


def export_of(fitted: Fitted) -> Export:
    spec = fitted.spec
    owners = column_owners(spec.features, fitted.levels)
    calibration = "none" if fitted.curve is None else fitted.curve.method
    return Export(
        model=to_onnx(fitted.booster, len(owners)).SerializeToString(deterministic=True),
        input=INPUT,
        output=OUTPUT,
        column=0,
        calibration=calibration_entry(fitted),
        importance=gain_shares(fitted.booster, owners),
        hyperparameters={
            **spec.model,
            "seed": spec.seed,
            "monotone": spec.monotone,
            "calibration": calibration,
        },
        code_version=f"trainer {CODE_VERSION}, xgboost {xgb.__version__}",
    )


def write_files(
    folder: Path,
    model: Model,
    export: Export,
    training: Sequence[Row],
    history: Sequence[Row],
    release: Release,
) -> dict[str, Any]:
    """Writes the four files of a model whose ONNX form is known to score like it; returns the manifest."""
    spec = model.spec
    events = [row.event for row in history]
    golden = make_golden(events, spec.features, model.levels, model.score, spec.golden_rows, spec.seed)
    files = {
        "model.onnx": export.model,
        "reference.json": dump_by_line(reference_of(model, export, training), "features"),
        "golden.json": dump_by_line(golden, "rows"),
    }
    manifest = make_manifest(model, export, training, release, files)
    files["manifest.json"] = f"{json.dumps(manifest, indent=2, ensure_ascii=False)}\n".encode()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return manifest


def reference_of(model: Model, export: Export, training: Sequence[Row]) -> dict[str, Any]:
    spec = model.spec
    events = [row.event for row in training]
    scores = model.score(events)
    names = [band["name"] for band in spec.bands]
    bands = bands_of(scores, spec)
    return make_reference(events, spec.features, scores, bands, names, spec.sample_size, export.importance)


def bands_of(scores: np.ndarray, spec: Spec) -> list[str]:
    """The last band whose lower bound each score reaches."""
    lowers = np.array([band["lower"] for band in spec.bands[1:]], dtype=np.float64)
    return [spec.bands[index]["name"] for index in np.searchsorted(lowers, scores, side="right")]


def make_manifest(
    model: Model, export: Export, training: Sequence[Row], release: Release, files: dict[str, bytes]
) -> dict[str, Any]:
    spec = model.spec
    width = len(column_owners(spec.features, model.levels))
    return {
        "name": spec.name,
        "version": release.version,
        "description": spec.description,
        "task": spec.task,
        "input": spec.input,
        "features": [feature_entry(feature, model.levels) for feature in spec.features],
        "tensor": {"input": export.input, "width": width},
        "output": {"output": export.output, "column": export.column, "calibration": export.calibration},
        "bands": [{"name": band["name"], "lower": band.get("lower")} for band in spec.bands],
        "importance": export.importance,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        "training": training_entry(model, export, training),
        "created_at": release.created_at,
    }


def feature_entry(feature: Feature, levels: Levels) -> dict[str, Any]:
    encoding: dict[str, Any] = {"type": feature.encoding}
    if feature.kind == "categorical":
        encoding |= {"levels": levels[feature.name], "unseen": feature.unseen}
    missing: dict[str, Any] = {"encode": feature.missing}
    if feature.placeholders:
        missing["placeholders"] = list(feature.placeholders)
    return {
        "name": feature.name,
        "field": feature.field,
        "kind": feature.kind,
        "encoding": encoding,
        "missing": missing,
    }


def calibration_entry(fitted: Fitted) -> dict[str, Any] | None:
    curve = fitted.curve
    return None if curve is None else {"points": np.column_stack([curve.raw, curve.score]).tolist()}


def training_entry(model: Model, export: Export, training: Sequence[Row]) -> dict[str, Any]:
    times = [row.time for row in training if row.time is not None]
    period = {"from": min(times).isoformat(), "to": max(times).isoformat()} if times else None
    return {
        "data_sha256": snapshot_sha256(training),
        "rows": len(training),
        "period": period,
        "hyperparameters": export.hyperparameters,
        "metrics": model.metrics,
        "code_version": export.code_version,
    }


def dump_by_line(content: dict[str, Any], listed: str) -> bytes:
    """JSON with each entry of the long list on a line of its own: small, and a diff shows which changed."""
    lines = [
        f'"{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in content.items() if key != listed
    ]
    entries = ",\n".join(
        json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in content[listed]
    )
    lines.append(f'"{listed}": [\n{entries}\n]')
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()
