"""What several tests need: the repository's folder, specs of one feature, rows that make themselves."""

from pathlib import Path

import pytest

from trainer.domains import user_reports
from trainer.rows import Row
from trainer.spec import Spec, load_spec

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def reports_spec() -> Spec:
    return load_spec(ROOT / "trainer/specs/user-reports.toml")


@pytest.fixture(scope="session")
def reports() -> list[Row]:
    """800 made-up user reports, as rows."""
    records = user_reports(800, seed=3)
    fields = ("abuse_type", "report_text_len", "profile_rating", "popularity")
    return [
        Row({field: record[field] for field in fields}, record["severity"], None, None) for record in records
    ]
