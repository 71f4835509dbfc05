"""Times for a file in date order that names only months: years from the runs, moments spread evenly."""

from calendar import month_abbr
from datetime import UTC, datetime
from itertools import groupby

MONTHS = {name.lower(): number for number, name in enumerate(month_abbr) if name}


def spread_over_months(names: list[str], first_year: int) -> list[datetime]:
    """One UTC time a row: row i of a run of n in a month lies i/n into that month.

    A month before its predecessor starts a new year; names are 'jan' to 'dec'.
    """
    times: list[datetime] = []
    year, previous = first_year, 0
    for month, run in groupby(MONTHS[name.lower()] for name in names):
        year += month < previous
        previous = month
        times += spread_evenly(year, month, len(list(run)))
    return times


def spread_evenly(year: int, month: int, count: int) -> list[datetime]:
    start = datetime(year, month, 1, tzinfo=UTC)
    end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return [start + (end - start) * (index / count) for index in range(count)]
