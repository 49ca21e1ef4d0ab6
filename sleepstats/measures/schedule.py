"""An irregular schedule as a factor: how far a night's bed time lay from the person's usual."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats, Ints
from sleepstats.checks import check_nights
from sleepstats.columns import PERSON
from sleepstats.errors import DiaryError, worded

#: The column that :func:`add_bedtime_deviation` adds.
DEVIATION = "bedtime_deviation_min"
#: What a bed time is, best first.
BED_TIMES = ("into_bed", "lights_out")
#: Calendar days before a night that make the usual, and nights of those that must be known.
DAYS_BACK, LEAST_BEFORE = 28, 7
#: Below this mean resultant length bed times are all round the clock: there is no usual.
_NO_USUAL = 0.3
_DAY_MIN = 1440.0


@worded
def add_bedtime_deviation(
    nights: pd.DataFrame, *, days_back: int = DAYS_BACK, least: int = LEAST_BEFORE
) -> pd.DataFrame:
    """Add how far each night's bed time lay from the person's usual, earlier or later.

    Parameters
    ----------
    nights : DataFrame
        One row per night with ``into_bed`` or, where that is not recorded, ``lights_out``; of one
        or several people.
    days_back : int
        Calendar days before the night that make its usual.
    least : int
        Nights of those with a bed time that are needed; fewer leave the night missing.

    Returns
    -------
    DataFrame
        A copy with ``bedtime_deviation_min`` (minutes, 0 to 720), a factor of the night, which
        :func:`~sleepstats.correlate` then asks about. It is not added by itself: every further
        factor makes all other findings a little harder.

    Raises
    ------
    DiaryError
        For a frame that is no ``nights``, without bed times, or numbers out of range.

    Notes
    -----
    The usual of a night is the circular mean of the bed times on the ``days_back`` days before it;
    the night itself and later nights have no part in it, so that what is explained does not leak
    into what explains. The deviation is the shorter way round the clock. Where the earlier bed
    times lie all round the clock (mean resultant length below 0.3) there is no usual.

    The deviation shares a clock with ``into_bed``, ``lights_out``, ``sleep_onset``, ``midsleep_h``
    and ``tib_min``: questions about those are refused as tautologies. Whoever goes to bed later
    and gets up at the same time sleeps less by the difference; with ``tst_min`` that is a
    question, not a definition.

    References
    ----------
    Fischer, Klerman & Phillips 2021, doi:10.1093/sleep/zsab103 (what measures of
    regularity see).

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, truth = ss.simulate_nights(60, seed=1)
    >>> nights = ss.add_bedtime_deviation(nights)
    >>> int(nights.bedtime_deviation_min.isna().sum()), "bedtime_deviation_min" in nights
    (7, True)
    """
    check_nights(nights)
    problems = []
    if not 1 <= days_back <= 365:
        problems.append(
            f"add_bedtime_deviation(): days_back is {days_back!r}, expected 1 to 365 days."
        )
    if not 1 <= least <= days_back:
        problems.append(
            f"add_bedtime_deviation(): least is {least!r}, expected 1 to days_back ({days_back})."
        )
    known = [name for name in BED_TIMES if name in nights and nights[name].notna().any()]
    if not known:
        problems.append(
            "add_bedtime_deviation() needs bed times in into_bed or lights_out; nights has none. "
            "Read them with read_diary(path)."
        )
    if problems:
        raise DiaryError(problems)
    clock = nights[known[0]]
    for name in known[1:]:
        clock = clock.fillna(nights[name])
    evening = pd.DatetimeIndex(nights.index.get_level_values(-1))
    minutes = ((clock.to_numpy("datetime64[us]") - evening.to_numpy("datetime64[us]"))
               / np.timedelta64(1, "m"))  # fmt: skip
    day = evening.to_numpy("datetime64[D]").astype(np.int64)
    deviation = np.full(len(nights), np.nan)
    if isinstance(nights.index, pd.MultiIndex):
        people = pd.factorize(nights.index.get_level_values(PERSON))[0]
    else:
        people = np.zeros(len(nights), dtype=np.int64)
    for person in range(int(people.max(initial=-1)) + 1):
        rows = np.flatnonzero(people == person)
        deviation[rows] = _deviation(day[rows], minutes[rows], days_back, least)
    return nights.assign(**{DEVIATION: deviation})


def _deviation(day: Ints, minutes: Floats, days_back: int, least: int) -> Floats:
    """Return the distance of every night of one person from the mean of the nights before it."""
    known = ~np.isnan(minutes)
    angle = np.where(known, minutes, 0.0) * (2.0 * np.pi / _DAY_MIN)
    sums = np.zeros((3, len(day) + 1))
    sums[:, 1:] = np.cumsum([known * np.cos(angle), known * np.sin(angle), known], axis=1)
    first = np.searchsorted(day, day - days_back)
    east, north, count = sums[:, :-1] - sums[:, first]
    off = np.angle(np.exp(1j * (angle - np.arctan2(north, east))))
    usual = known & (count >= least) & (np.hypot(east, north) >= _NO_USUAL * count)
    return np.asarray(np.where(usual, np.abs(off) * (_DAY_MIN / (2.0 * np.pi)), np.nan))
