"""Whether dates that do not fit a plan would fit if all were moved alike: named, never done."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sleepstats.arrays import Bools

LEAST_ROWS = 10
_FITS = 0.95
_DOES_NOT = 0.8
_DAYS = (1, -1, 2, -2, 3, -3, 7, -7)
_MONTHS = (1, -1, 12, -12)


def better_shift(dates: pd.DatetimeIndex, first: Bools, plan: pd.Series[bool]) -> str:
    """Name the one move of the dates under which they fit a plan; empty if none clearly does.

    Moves of 1, 2, 3 and 7 days, a month and a year are tried. A move fits when at least 95 % of
    10 or more rows then agree with the plan, fewer than 80 % agreeing as they stand.

    >>> nights = pd.date_range("2026-03-02", periods=20)
    >>> plan = pd.Series([True, False, False, True, True] * 4, index=nights)
    >>> better_shift(nights - pd.Timedelta(days=1), plan.to_numpy(), plan)
    'one day later'
    """
    if len(dates) < LEAST_ROWS or _agreement(dates, first, plan) >= _DOES_NOT:
        return ""
    fits = [(_agreement(moved, first, plan), words) for moved, words in _moves(dates)]
    share, words = max(fits, key=lambda fit: fit[0])
    return words if share >= _FITS else ""


def _moves(dates: pd.DatetimeIndex) -> Iterator[tuple[pd.DatetimeIndex, str]]:
    """Move the dates alike, in each of the ways that happen."""
    for days in _DAYS:
        yield dates + pd.Timedelta(days=days), _words(days, "day")
    for months in _MONTHS:
        unit, number = ("year", months // 12) if abs(months) == 12 else ("month", months)
        moved = [date + pd.DateOffset(months=months) for date in dates]
        yield pd.DatetimeIndex(moved), _words(number, unit)


def _words(number: int, unit: str) -> str:
    size = abs(number)
    count = f"one {unit}" if size == 1 else f"{size} {unit}s"
    return f"{count} {'later' if number > 0 else 'earlier'}"


def _agreement(dates: pd.DatetimeIndex, first: Bools, plan: pd.Series[bool]) -> float:
    """Return the share of rows that stand in the plan with the same condition."""
    places = plan.index.get_indexer(dates)
    inside = places >= 0
    return float((inside & (plan.to_numpy()[places] == first)).mean())
