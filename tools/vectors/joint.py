"""Vectors of the multivariate statistic, by scikit-learn."""

import sys
from pathlib import Path

import numpy as np
from common import write
from sklearn.covariance import ShrunkCovariance

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from trainer.joint import SHRINKAGE, whitening_of


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
