"""What documents and settings say of each other."""

import json
import re
from pathlib import Path

from trainer.spec import load_spec

from .conftest import ROOT

LOCK = dict(line.split("==") for line in (ROOT / "trainer/requirements.txt").read_text().split())


def test_every_reason_for_refusal_is_documented() -> None:
    codes = set(re.findall(r"\| '([a-z_.]+)'", (ROOT / "core/model-package/problem.ts").read_text()))
    documented = set(re.findall(r"^\| `(\w+\.\w+)` ", (ROOT / "docs/model-package.md").read_text(), re.M))
    assert len(codes) > 20
    assert documented == codes


def test_the_guides_spec_is_a_spec(tmp_path: Path) -> None:
    found = re.search(r"```toml\n(.*?)```", (ROOT / "docs/your-own-domain.md").read_text(), re.S)
    assert found is not None
    (tmp_path / "spec.toml").write_text(found[1])
    assert load_spec(tmp_path / "spec.toml").task == "regression"


def test_every_spec_in_the_tree_is_sound() -> None:
    paths = sorted((ROOT / "trainer/specs").glob("*.toml"))
    assert [load_spec(path).name for path in paths] == [path.stem for path in paths]


def test_the_lock_pins_all_that_is_asked_for() -> None:
    lines = (ROOT / "trainer/requirements.in").read_text().splitlines()
    assert {line for line in lines if line and not line.startswith("#")} <= set(LOCK)


def test_packages_are_proved_on_the_onnxruntime_that_serves_them() -> None:
    services = json.loads((ROOT / "runtime/package.json").read_text())["dependencies"]
    assert LOCK["onnxruntime"] == services["onnxruntime-node"]
