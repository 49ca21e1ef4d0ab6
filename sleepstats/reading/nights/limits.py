"""The last check of a duration, whatever its format: not below 0, not longer than a day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sleepstats.arrays import Objects, Stamps
from sleepstats.columns import CLOCKS, DICTIONARY
from sleepstats.reading.nights.draft import sentences

DAY_MIN = 1440.0
#: Years before and after which a date is told.
EARLIEST, LATEST = 1950, 2100
#: Naps of several days may be counted together where nights between them are missing.
_ADDED_UP = ("nap_min",)


def drop_impossible(nights: pd.DataFrame, problem: Objects) -> None:
    """Make impossible durations, shares and clock times missing; both are changed in place.

    ``problem`` holds what is to be told of each night, an empty text for nothing.
    """
    told: dict[int, list[str]] = {}
    _clocks(nights, told)
    for name in nights.columns:
        column = DICTIONARY.get(name)
        if column is None or column.unit not in ("min", "%"):
            continue
        series = nights[name]
        if series.dtype != float:
            continue
        values = series.to_numpy()
        most = DAY_MIN if column.unit == "min" else 100.0
        least = 0.0 if column.unit == "min" or column.kind == "computed" else -np.inf
        bad = (values < least) | ((values > most) & (name not in _ADDED_UP)) | np.isinf(values)
        for i in np.flatnonzero(bad).tolist():
            told.setdefault(i, []).append(
                f"{name} {values[i]:.0f} {column.unit} is not between 0 and {most:.0f}: not used. "
                "Check the unit."
            )
        if bad.any():
            nights[name] = np.where(bad, np.nan, values)
    for i, texts in told.items():
        problem[i] = sentences([*([problem[i]] if problem[i] else []), *texts])


def tell_unlikely_years(evenings: Stamps) -> list[str]:
    """Tell of nights before 1950 or after 2100: read as written, but hardly meant."""
    known = evenings[~np.isnat(evenings)].astype("datetime64[Y]").astype(np.int64) + 1970
    odd = known[(known < EARLIEST) | (known > LATEST)]
    if not len(odd):
        return []
    first, last = int(odd.min()), int(odd.max())
    when = f"in the year {first}" if first == last else f"in the years {first} to {last}"
    rows = "row is" if len(odd) == 1 else "rows are"
    return [f"{len(odd)} {rows} dated {when}. Check the dates; they were read as written."]


def _clocks(nights: pd.DataFrame, told: dict[int, list[str]]) -> None:
    """Drop a clock time that lies before the one it follows, or more than a day after it."""
    before = np.full(len(nights), np.datetime64("NaT", "us"))
    last = np.zeros(len(nights), dtype=np.intp)
    for place, name in enumerate(CLOCKS):
        if name not in nights:
            continue
        stamps = nights[name].to_numpy().astype("datetime64[us]")
        gap = stamps - before
        bad = (gap < np.timedelta64(0, "m")) | (gap > np.timedelta64(1, "D"))
        for i in np.flatnonzero(bad).tolist():
            told.setdefault(i, []).append(
                f"{name} {_said(stamps[i])} is not within a day after {CLOCKS[last[i]]} "
                f"{_said(before[i])}: not used."
            )
        if bad.any():
            stamps = np.where(bad, np.datetime64("NaT", "us"), stamps)
            nights[name] = stamps
        known = ~np.isnat(stamps)
        before = np.where(known, stamps, before)
        last[known] = place


def _said(stamp: np.datetime64) -> str:
    return str(stamp.astype("datetime64[m]")).replace("T", " ")
