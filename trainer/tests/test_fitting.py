from dataclasses import replace

import numpy as np
import pytest

from trainer.boosting import Table
from trainer.fitting import fit, number_groups, out_of_fold, split_in_time
from trainer.rows import Row
from trainer.spec import Spec


def test_a_hold_out_is_the_last_part_and_cuts_no_group() -> None:
    groups = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2, 2])
    table = Table(np.zeros((10, 1)), np.arange(10.0), groups, (0,))
    early, late = split_in_time(table, holdout_share=0.3)
    assert early.labels.tolist() == [0, 1, 2, 3, 4]
    assert late.labels.tolist() == [5, 6, 7, 8, 9]


def test_groups_must_stand_side_by_side() -> None:
    rows = [Row({}, 0, group, None) for group in ("a", "b", "a")]
    with pytest.raises(ValueError, match="sorted by group"):
        number_groups(rows)


def test_out_of_fold_margins_know_nothing_of_their_own_label(reports_spec: Spec) -> None:
    """Labels are noise: a model that had seen a row could tell its label, one that hasn't can't."""
    random = np.random.default_rng(4)
    noise = Table(random.normal(size=(500, 3)).astype(np.float32), random.normal(size=500), None, (0, 0, 0))
    margins = out_of_fold(noise, replace(reports_spec, model={"rounds": 50, "max_depth": 6}))
    assert abs(np.corrcoef(margins, noise.labels)[0, 1]) < 0.15


def test_a_regressor_learns_and_reports_its_hold_out(reports: list[Row], reports_spec: Spec) -> None:
    fitted = fit(reports, reports_spec)
    assert fitted.curve is None
    assert fitted.metrics["fit_rows"] + fitted.metrics["holdout_rows"] == len(reports)
    assert fitted.metrics["r2"] > 0.6
