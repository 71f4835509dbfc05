"""Made-up history for two domains beside leads, seeded: what reports and search results could look like.

An event is what production would send; the label stands beside it in the same record.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

Record = dict[str, Any]

ABUSE_TYPES = {"spam": 1.5, "scam": 4.5, "impersonation": 4.0, "harassment": 6.0, "hate": 7.0, "threat": 8.5}
"""Kind of abuse and its usual severity."""
NEW_ABUSE_TYPE = "deepfake"
"""Turns up in the last twentieth of the history only."""
FIRST_REPORT_MICROS = 1_704_067_200_000_000
"""2024-01-01T00:00:00Z."""
MINUTE_MICROS = 60_000_000

DOCUMENTS_PER_QUERY = 20
SEARCH_FEATURES = 136
COUNT_FEATURES = range(0, 20)
"""Small whole numbers, such as query words in the title."""
SPARSE_FEATURES = range(100, 136)
"""Known for a third of the documents; absent from the map elsewhere."""
RELEVANCE_CUTS = (0.5, 0.7, 0.85, 0.95)
"""Quantiles of the hidden relevance where the grades 1 to 4 begin."""


def user_reports(rows: int, seed: int) -> list[Record]:
    """Reports of users, one a minute; label `severity` from 0 to 10."""
    random = np.random.default_rng(seed)
    return [user_report(index, rows, random) for index in range(rows)]


def user_report(index: int, rows: int, random: np.random.Generator) -> Record:
    kinds = list(ABUSE_TYPES)
    kind = str(random.choice(kinds, p=[0.4, 0.15, 0.1, 0.2, 0.1, 0.05]))
    is_new = index > 0.95 * rows and random.random() < 0.2
    length = int(random.lognormal(4, 1))
    rating = float(np.round(2 * np.clip(random.normal(3.5, 1), 1, 5)) / 2)
    popularity = int(random.lognormal(5, 2))
    noise = random.normal(0, 0.8)
    severity = (
        ABUSE_TYPES[kind] + 0.3 * np.log1p(length) - 0.6 * (rating - 3) + 0.15 * np.log1p(popularity) + noise
    )
    return {
        "report_id": 700_000 + index,
        "reported_at": FIRST_REPORT_MICROS + index * MINUTE_MICROS,
        "abuse_type": None if random.random() < 0.04 else NEW_ABUSE_TYPE if is_new else kind,
        "report_text_len": length,
        "profile_rating": None if random.random() < 0.1 else rating,
        "popularity": -1 if random.random() < 0.05 else popularity,
        "severity": round(float(np.clip(severity, 0, 10)), 2),
    }


def search_results(rows: int, seed: int) -> list[Record]:
    """Documents shown for queries, twenty each; label `relevance` from 0 to 4."""
    random = np.random.default_rng(seed)
    values = random.normal(0, 1, (rows, SEARCH_FEATURES))
    values[:, COUNT_FEATURES] = random.poisson(1.5, (rows, len(COUNT_FEATURES)))
    absent = np.zeros(values.shape, dtype=bool)
    absent[:, SPARSE_FEATURES] = random.random((rows, len(SPARSE_FEATURES))) < 2 / 3
    hidden = hidden_relevance(values, absent) + random.normal(0, 0.7, rows)
    grades = np.searchsorted(np.quantile(hidden, RELEVANCE_CUTS), hidden)
    return [
        {
            "event_id": f"impression-{index:06}",
            "query_id": f"query-{index // DOCUMENTS_PER_QUERY:05}",
            "doc_id": f"document-{random.integers(100_000):05}",
            "features": present_features(values[index], absent[index]),
            "relevance": int(grades[index]),
        }
        for index in range(rows)
    ]


def hidden_relevance(values: np.ndarray, absent: np.ndarray) -> np.ndarray:
    """Words in the title, a bonus for freshness where the text matches, clicks where they are known."""
    clicks = np.where(absent[:, 110], 0.0, values[:, 110])
    return 0.5 * values[:, 0] + values[:, 40] + 0.8 * values[:, 41] * (values[:, 40] > 0) + clicks


def present_features(values: np.ndarray, absent: np.ndarray) -> dict[str, float]:
    return {
        f"f{number + 1:03}": round(float(value), 3)
        for number, (value, gone) in enumerate(zip(values, absent, strict=True))
        if not gone
    }


DOMAINS: dict[str, Callable[[int, int], list[Record]]] = {
    "user-reports": user_reports,
    "search-relevance": search_results,
}
