"""What the families of vectors share."""

import json
from pathlib import Path

import numpy as np

CORE = Path(__file__).resolve().parents[2] / "core"
# One stream for drift and then shadow: their order is part of the vectors.
RNG = np.random.default_rng(20081101)


def write(path: str, cases: object) -> None:
    target = CORE / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(cases, indent=1) + "\n")
