"""Vectors of the multivariate statistic, by scikit-learn."""

import sys
from pathlib import Path

import numpy as np
from common import write
from sklearn.covariance import ShrunkCovariance

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from trainer.joint import SHRINKAGE, describe_joint, whitening_of


def write_joint() -> None:
    """Rows of numbers, the trainer's whitening, and scikit-learn's squared distances, by rows of bins."""
    rng = np.random.default_rng(1936)
    tables = [np.round(rng.normal(size=size), 6) for size in (4, 3, 6, 5)]
    bins = np.column_stack([rng.integers(0, len(table), 500) for table in tables])
    bins[:250, 1] = bins[:250, 0] % 3
    z = np.column_stack([table[bins[:, i]] for i, table in enumerate(tables)])
    fitted = ShrunkCovariance(assume_centered=True, shrinkage=SHRINKAGE).fit(z)
    distances = fitted.mahalanobis(z)
    case = {
        "numbers": [table.tolist() for table in tables],
        "whitening": whitening_of(z).tolist(),
        "mean": float(distances.mean()),
        "variance": float(distances.var()),
        "bins": bins[:40].tolist(),
        "distances": distances[:40].tolist(),
    }
    write("drift/vectors/joint.json", case)


def write_joint_reference() -> None:
    """What the trainer says of rows of three features: numbers by edges, levels, numbers with missing values."""
    rng = np.random.default_rng(1958)
    rows = 300
    common = rng.integers(0, 4, rows)
    bins = np.column_stack([common, (common + rng.integers(0, 2, rows)) % 3, rng.integers(0, 5, rows)])
    bins[rng.random(rows) < 0.1, 2] = 6
    scores = np.round(rng.random(rows) + 0.1 * (bins[:, 1] == 1), 6)
    kinds = [("edges", 4), ("levels", 3), ("edges", 5)]
    features = [
        {
            "name": f"feature-{i}",
            "bins": {"type": kind, "levels": ["a", "b", "c"]} if kind == "levels" else {"type": kind, "edges": [1.0]},
            "counts": [int(np.sum(bins[:, i] == bin)) for bin in range(size)],
        }
        for i, (kind, size) in enumerate(kinds)
    ]
    joint = describe_joint(features, bins, scores, {})
    case = {"features": features, "bins": bins.tolist(), "scores": scores.tolist(), "joint": joint}
    write("drift/vectors/joint-reference.json", case)
