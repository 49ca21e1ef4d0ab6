"""Measures of many nights, one row each: the spread of times, the regularity index, jetlag."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Floats, Ints
from sleepstats.clock import circular_mean_h, circular_sd_h
from sleepstats.units import CLOCK_UNIT

#: The least data for each kind of measure.
LEAST_NIGHTS, LEAST_PAIRS, LEAST_FREE, LEAST_WORK = 7, 5, 2, 3

_FISCHER = "Fischer et al. 2021, doi:10.1093/sleep/zsab103"
_PHILLIPS = "Phillips et al. 2017, doi:10.1038/s41598-017-03171-4"
_WITTMANN = "Wittmann et al. 2006, doi:10.1080/07420520500545979"
SLEEP, BED = ("sleep_onset", "final_wake"), ("into_bed", "out_of_bed")

#: Minutes of a day.
DAY_MIN = 1440.0


def _row(
    measure: str, value: float, unit: str, n: int, needed: str, *, enough: bool, found: str,
    basis: str, definition: str, source: str,
) -> dict[str, Any]:  # fmt: skip
    reason = "" if enough else f"{found}; {needed} are needed"
    if enough and math.isnan(value):
        reason = "the times are spread around the clock so evenly that they have no mean"
    return {
        "measure": measure,
        "value": value if enough else math.nan,
        "unit": unit,
        "n": n,
        "needed": needed,
        "reason": reason,
        "basis": basis,
        "definition": definition,
        "source": source,
    }


def midsleep_sd(middle: Floats, basis: tuple[str, str]) -> dict[str, Any]:
    """Say how much midsleep varies on the clock, in minutes."""
    n = int((~np.isnan(middle)).sum())
    what = _middle(basis)
    return _row(
        "midsleep_sd_min", abs(60.0 * circular_sd_h(middle)), "min", n, f"{LEAST_NIGHTS} nights",
        enough=n >= LEAST_NIGHTS, found=f"{what} is known on {_count(n, 'night')}",
        basis=_joined(basis), source=_FISCHER,
        definition=f"circular standard deviation of {what} on the clock",
    )  # fmt: skip


def duration_sd(nights: pd.DataFrame) -> dict[str, Any]:
    """Say how much the time asleep varies, in minutes."""
    values = np.full(0, np.nan)
    if "tst_min" in nights:
        values = nights["tst_min"].to_numpy(dtype=np.float64, na_value=np.nan)
        values = values[~np.isnan(values)]
    n = len(values)
    return _row(
        "tst_sd_min", float(values.std(ddof=1)) if n > 1 else math.nan, "min", n,
        f"{LEAST_NIGHTS} nights", enough=n >= LEAST_NIGHTS,
        found=f"tst_min is known on {_count(n, 'night')}", basis="tst_min", source=_FISCHER,
        definition="standard deviation of total sleep time (divisor n − 1)",
    )  # fmt: skip


def same_hours(
    nights: pd.DataFrame, begin: Floats, end: Floats, basis: tuple[str, str]
) -> dict[str, Any]:
    """Say how alike days are: the Sleep Regularity Index of the nights that follow each other."""
    day = nights.index.to_numpy().astype("datetime64[D]").astype(np.int64)
    middle = _mean_h((begin + end) / 2.0)
    cut = 720.0 if math.isnan(middle) else 60.0 * (middle - 12.0)
    apart = pair_disagreement(day, 60.0 * begin, 60.0 * end, cut)
    n = len(apart)
    state = "asleep or awake" if basis == SLEEP else "in bed or not"
    return _row(
        "sri", regularity_index(apart), "", n, f"{LEAST_PAIRS} pairs of consecutive nights",
        enough=n >= LEAST_PAIRS,
        found=f"{_count(n, 'pair')} of consecutive nights {'is' if n == 1 else 'are'} known",
        basis=_joined(basis), source=_PHILLIPS,
        definition=f"Sleep Regularity Index: 200 × the share of moments at which the state "
        f"({state}) is the same 24 h later, − 100; wakings in the night and naps not seen",
    )  # fmt: skip


def social_jetlag(
    middle: Floats, free: Bools, work: Bools, basis: tuple[str, str]
) -> list[dict[str, Any]]:
    """Set midsleep before work days beside that before free days."""
    what = _middle(basis)
    rows, means, counts = [], [], []
    for name, flags, least in (("work", work, LEAST_WORK), ("free", free, LEAST_FREE)):
        hours = middle[flags & ~np.isnan(middle)]
        mean, n = _mean_h(hours), len(hours)
        means.append(mean)
        counts.append(n)
        rows.append(
            _row(
                f"midsleep_{name}_h", mean, CLOCK_UNIT, n,
                f"{least} {name} nights", enough=n >= least,
                found=f"{what} is known on {_count(n, f'{name} night')}",
                basis=_joined(basis), source=_WITTMANN,
                definition=f"circular mean of {what} on nights before "
                f"{'work' if name == 'work' else 'free'} days",
            )
        )  # fmt: skip
    work_n, free_n = counts
    apart = abs((means[1] - means[0] + 12.0) % 24.0 - 12.0)
    rows.append(
        _row(
            "social_jetlag_min", 60.0 * apart, "min", work_n + free_n,
            f"{LEAST_FREE} free and {LEAST_WORK} work nights",
            enough=free_n >= LEAST_FREE and work_n >= LEAST_WORK,
            found=f"{what} is known on {_count(free_n, 'free night')} and "
            f"{_count(work_n, 'work night')}",
            basis=_joined(basis), source=_WITTMANN,
            definition="absolute difference between midsleep_free_h and midsleep_work_h on the "
            "clock",
        )
    )  # fmt: skip
    return rows


def _mean_h(hours: Floats) -> float:
    """Return the circular mean, on the turn of the clock on which most of the hours are."""
    mean = circular_mean_h(hours)
    return mean if math.isnan(mean) else mean + 24.0 * round((np.nanmedian(hours) - mean) / 24.0)


def _middle(basis: tuple[str, str]) -> str:
    return "midsleep" if basis == SLEEP else "the middle of the time in bed"


def _joined(basis: tuple[str, str]) -> str:
    return " and ".join(basis)


def _count(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"


def pair_disagreement(day: Ints, begin: Floats, end: Floats, cut_min: float = 720.0) -> Floats:
    """Return, for each pair of consecutive days, the minutes in which their states differ."""
    usable = (end > begin) & (end - begin <= DAY_MIN)
    day, begin, end = day[usable], begin[usable] - cut_min, end[usable] - cut_min
    if len(day) < 2:
        return np.empty(0)
    # a day runs from cut to cut: its own night, and what the nights beside it reach into it;
    # between two neighbouring beginnings or ends of two days, laid over each other, either
    # day's state is constant, so that the sum of the stretches that differ is exact
    starts, ends = _with_neighbours(day, begin, end)
    pair = np.flatnonzero(np.diff(day) == 1)
    edges = np.concatenate([starts[pair], ends[pair], starts[pair + 1], ends[pair + 1]], axis=1)
    edges = np.sort(np.clip(edges, 0.0, DAY_MIN), axis=1)
    middle = (edges[:, 1:] + edges[:, :-1]) / 2.0
    differ = _asleep(starts[pair], ends[pair], middle) != _asleep(
        starts[pair + 1], ends[pair + 1], middle
    )
    return np.asarray((np.diff(edges, axis=1) * differ).sum(axis=1), dtype=np.float64)


def regularity_index(disagreement: Floats) -> float:
    """Return the Sleep Regularity Index of pairs of days, −100 to 100; NaN without pairs."""
    if not len(disagreement):
        return float("nan")
    return float(100.0 - 200.0 * disagreement.mean() / DAY_MIN)


def _with_neighbours(day: Ints, begin: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Return the sleep of the nights before, on and after each day, on the day's own axis."""
    starts = np.zeros((len(day), 3))  # an unknown neighbour is an interval of no length
    ends = np.zeros((len(day), 3))
    starts[:, 1], ends[:, 1] = begin, end
    follows = np.diff(day) == 1
    starts[1:, 0] = np.where(follows, begin[:-1] - DAY_MIN, 0.0)
    ends[1:, 0] = np.where(follows, end[:-1] - DAY_MIN, 0.0)
    starts[:-1, 2] = np.where(follows, begin[1:] + DAY_MIN, 0.0)
    ends[:-1, 2] = np.where(follows, end[1:] + DAY_MIN, 0.0)
    return starts, ends


def _asleep(starts: Floats, ends: Floats, when: Floats) -> Bools:
    """Say for each row's moments whether any of the row's three intervals holds them."""
    state = np.zeros(when.shape, dtype=np.bool_)
    for i in range(starts.shape[1]):
        state |= (when >= starts[:, [i]]) & (when < ends[:, [i]])
    return state
