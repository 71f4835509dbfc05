"""Test vectors for core, computed by NumPy, SciPy, scikit-learn and statsmodels; one file per family.

    python -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/python make_vectors.py

The files are committed, so tests need no Python. Large samples are given by a recipe in whole numbers that both
languages can follow (`recipe` in drift.py, `sampleOf` in core/drift/testing/sample-recipe.ts).
"""

from divergence import write_divergence
from drift import write_drift
from experiment import write_experiment
from joint import write_joint, write_joint_reference
from performance import write_performance
from rank_sum import write_rank_sum
from rollout import write_rollout
from shadow import write_shadow

if __name__ == "__main__":
    write_drift()
    write_shadow()
    write_experiment()
    write_rollout()
    write_performance()
    write_divergence()
    write_joint()
    write_joint_reference()
    write_rank_sum()
