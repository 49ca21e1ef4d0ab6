"""Measures of many nights, one row each: how many, how large, how variable, on the clock or not."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import LATENCY, Bools, Floats, latency_refusal
from sleepstats.checks import check_nights
from sleepstats.clock import circular_mean_h, circular_sd_h, format_clock
from sleepstats.columns import CLOCKS, PERSON, column_of, told_of
from sleepstats.errors import DiaryError, advice, both_forms, worded
from sleepstats.units import CLOCK_UNIT, Table, counted

#: Columns read on the clock.
ON_THE_CLOCK = (*CLOCKS, "midsleep_h")
_KINDS = ("recorded", "computed", "device")


@worded
def describe_nights(nights: pd.DataFrame) -> pd.DataFrame:
    """Describe every measure of sleep in a diary.

    Parameters
    ----------
    nights : DataFrame
        One row per night. Measures are the columns of kind recorded, computed and device that are
        numbers or local times; habits are none.

    Returns
    -------
    DataFrame
        One row per measure, indexed by ``measure`` (by ``person`` and ``measure`` where the frame
        holds several people), in the frame's order and at full precision:

        ``label`` : str
            Short words for the measure.
        ``unit`` : str
            Unit of ``mean`` to ``q3``. Times are in hours after the midnight of the evening
            date, so that 23:30 is 23.5 and the 00:30 after it is 24.5.
        ``n`` : int
            Nights with a value.
        ``missing`` : int
            Calendar nights from the first to the last that have none, those without a row
            included.
        ``mean``, ``sd`` : float
            Mean and standard deviation (divisor n − 1); for times on the circle, see Notes.
        ``median``, ``q1``, ``q3`` : float
            Median and quartiles (linear interpolation); for times along the clock, see Notes.
        ``circular`` : bool
            Whether it is a time on the clock.
        ``clock`` : str
            Such a mean as ``HH:MM``; empty for all others.

    Raises
    ------
    DiaryError
        If the frame breaks an invariant of ``nights``, see :func:`check_nights`.

    Notes
    -----
    *Times* have no ordinary mean: that of 23:00 and 01:00 is not noon. Each hour
    h is taken as the angle ``2 π h / 24`` on a circle; the mean is the direction in which the
    points of the circle lie on average, R how far from its centre that average lies (0 to 1), and
    the standard deviation ``sqrt(-2 ln R) * 24 / (2 π)`` hours (divisor n) [1]_. Median and
    quartiles are taken of the distances from this mean, -12 to 12 h. If the times are spread
    around the clock so evenly that they have no direction, all five are missing.

    *Efficiency* is the mean of the nightly ratios, not the ratio of the mean times: each night
    counts alike.

    Nights follow one another, so the standard deviation is no basis for an interval of the mean.

    References
    ----------
    .. [1] Fisher NI. Statistical Analysis of Circular Data. Cambridge University Press, 1993.
       https://doi.org/10.1017/CBO9780511564345

    Examples
    --------
    >>> index = pd.DatetimeIndex(["2026-01-05", "2026-01-06", "2026-01-09"], name="night")
    >>> nights = pd.DataFrame({
    ...     "lights_out": index + pd.to_timedelta(["23:00:00", "25:00:00", "24:00:00"]),
    ...     "tst_min": [420.0, 390.0, 450.0],
    ... }, index=index)
    >>> describe_nights(nights)[["clock", "n", "missing", "mean", "sd", "median"]].round(3)
                clock  n  missing   mean      sd  median
    measure
    lights_out  00:00  3        2   24.0   0.819    24.0
    tst_min            3        2  420.0  30.000   420.0
    """
    check_nights(nights)
    if isinstance(nights.index, pd.MultiIndex):
        tables = {who: describe_nights(one) for who, one in by_person(nights)}
        if not tables:
            raise DiaryError("nights holds no night of anybody. Read a diary with nights in it.")
        return Table.of(pd.concat(tables, names=[PERSON]), _view)
    evening = nights.index.to_numpy().astype("datetime64[us]")
    span = int((evening[-1] - evening[0]) / np.timedelta64(1, "D")) + 1 if len(evening) else 0
    rows, made_up = [], LATENCY * ("app's rule" in latency_refusal(nights))
    for name in _measures(nights):
        column = column_of(nights, name)
        circular = name in ON_THE_CLOCK
        values = values_of(nights, name, clock=circular)
        values = values[~np.isnan(values)]
        numbers = _on_the_circle(values) if circular else _on_the_line(values)
        rows.append(
            {
                "measure": name,
                # a mean of what nobody measured must not be copied down as one
                "label": f"{column.label} (an app's rule)" if name == made_up else column.label,
                "unit": CLOCK_UNIT if circular else column.unit,
                "n": len(values),
                "missing": span - len(values),
                **numbers,
                "circular": circular,
                "clock": format_clock(numbers["mean"]) if circular else "",
            }
        )
    names = ("measure", "label", "unit", "n", "missing", "mean", "sd", "median", "q1", "q3",
             "circular", "clock")  # fmt: skip
    return Table.of(pd.DataFrame(rows, columns=list(names)).set_index("measure"), _view)


def _view(described: pd.DataFrame, wide: bool) -> tuple[pd.DataFrame, str]:
    """Return the measures for reading: times as times, the spread of times in minutes."""
    shown = described.reset_index().drop(columns=["circular", "clock"])
    shown["unit"] = described["unit"].where(~described["circular"], "time").tolist()
    for name in ("mean", "sd", "median", "q1", "q3"):
        values = zip(described[name], described["circular"], strict=True)
        shown[name] = [
            f"{60 * value:.0f} min" if clock and name == "sd" and value == value
            else number_said(value, clock=clock)
            for value, clock in values
        ]  # fmt: skip
    if not wide:  # the words with their unit, and what there is room for beside them
        units = [f", {unit}" if unit not in ("", "time") else "" for unit in shown["unit"]]
        shown["label"] = shown["label"] + units
        shown = shown.drop(columns=["unit", "missing"])
    return shown, ""


def number_said(value: float, *, clock: bool, places: int = 1) -> str:
    """Return a number as it is read, as ``HH:MM`` where it is a time; nothing for a missing one."""
    if math.isnan(value):
        return ""
    return format_clock(value) if clock else f"{value:.{places}f}"


def by_person(nights: pd.DataFrame) -> Iterator[tuple[Hashable, pd.DataFrame]]:
    """Yield each person's name and nights, from a frame that holds several people."""
    for who, rows in nights.groupby(level=PERSON):
        yield who, rows.droplevel(PERSON)


def hours_of(nights: pd.DataFrame, name: str) -> Floats:
    """Return a clock column, or midsleep, in hours after the evening's midnight."""
    if name == "midsleep_h":
        return _numbers(nights, name)
    evening = nights.index.to_numpy().astype("datetime64[us]")
    stamps = nights[name].to_numpy().astype("datetime64[us]")
    return np.asarray((stamps - evening) / np.timedelta64(1, "h"))


def values_of(nights: pd.DataFrame, name: str, *, clock: bool) -> Floats:
    """Return a measure night by night, NaN where it is not known; a time of the clock in hours."""
    return hours_of(nights, name) if clock else _numbers(nights, name)


def _measures(nights: pd.DataFrame) -> Iterator[str]:
    for name, dtype in zip(nights.columns, nights.dtypes, strict=True):
        usable = name in ON_THE_CLOCK or (
            pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)
        )
        if usable and column_of(nights, name).kind in _KINDS:
            yield name


def _numbers(nights: pd.DataFrame, name: str) -> Floats:
    return nights[name].to_numpy(dtype=np.float64, na_value=np.nan)


def _on_the_line(values: Floats) -> dict[str, Any]:
    if not len(values):
        return dict.fromkeys(("mean", "sd", "median", "q1", "q3"), math.nan)
    q1, median, q3 = (float(q) for q in np.quantile(values, (0.25, 0.5, 0.75)))
    return {
        "mean": float(values.mean()),
        "sd": float(values.std(ddof=1)) if len(values) > 1 else math.nan,
        "median": median, "q1": q1, "q3": q3,
    }  # fmt: skip


def _on_the_circle(hours: Floats) -> dict[str, Any]:
    mean = circular_mean_h(hours)
    if math.isnan(mean):
        return dict.fromkeys(("mean", "sd", "median", "q1", "q3"), math.nan)
    away = np.mod(hours - mean + 12.0, 24.0) - 12.0
    turn = 24.0 * round(float(np.median(hours - away) - mean) / 24.0)
    q1, median, q3 = (mean + turn + float(q) for q in np.quantile(away, (0.25, 0.5, 0.75)))
    return {
        "mean": mean + turn, "sd": abs(circular_sd_h(hours)), "median": median, "q1": q1, "q3": q3,
    }  # fmt: skip


#: The least data for each kind of measure.
LEAST_NIGHTS, LEAST_PAIRS, LEAST_FREE, LEAST_WORK = 7, 5, 2, 3

_FISCHER = "Fischer et al. 2021, doi:10.1093/sleep/zsab103"
_WITTMANN = "Wittmann et al. 2006, doi:10.1080/07420520500545979"
SLEEP, BED = ("sleep_onset", "final_wake"), ("into_bed", "out_of_bed")


def row_of(
    measure: str, value: float, unit: str, n: int, needed: str, *, enough: bool, found: str,
    basis: str, definition: str, source: str,
) -> dict[str, Any]:  # fmt: skip
    """Return one measure with what it rests on; too little data gives a reason and no value."""
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
    return row_of(
        "midsleep_sd_min", abs(60.0 * circular_sd_h(middle)), "min", n, f"{LEAST_NIGHTS} nights",
        enough=n >= LEAST_NIGHTS, found=f"{what} is known on {counted(n, 'night')}",
        basis=joined(basis), source=_FISCHER,
        definition=f"how far {what} lies from its mean, typically (circular standard deviation)",
    )  # fmt: skip


def duration_sd(nights: pd.DataFrame) -> dict[str, Any]:
    """Say how much the time asleep varies, in minutes."""
    values = np.full(0, np.nan)
    if "tst_min" in nights:
        values = _numbers(nights, "tst_min")
        values = values[~np.isnan(values)]
    n, enough = len(values), len(values) >= LEAST_NIGHTS
    return row_of(
        "tst_sd_min", float(values.std(ddof=1)) if enough else math.nan, "min", n,
        f"{LEAST_NIGHTS} nights", enough=enough,
        found=f"tst_min is known on {counted(n, 'night')}", basis="tst_min", source=_FISCHER,
        definition="how far time asleep lies from its mean, typically (standard deviation)",
    )  # fmt: skip


def social_jetlag(
    middle: Floats, free: Bools, work: Bools, basis: tuple[str, str]
) -> list[dict[str, Any]]:
    """Set midsleep before work days beside that before free days."""
    what = _middle(basis)
    rows, means, counts = [], [], []
    for name, flags, least in (("work", work, LEAST_WORK), ("free", free, LEAST_FREE)):
        hours = middle[flags & ~np.isnan(middle)]
        mean, n = mean_h(hours), len(hours)
        means.append(mean)
        counts.append(n)
        rows.append(
            row_of(
                f"midsleep_{name}_h", mean, CLOCK_UNIT, n,
                f"{least} {name} nights", enough=n >= least,
                found=f"{what} is known on {counted(n, f'{name} night')}",
                basis=joined(basis), source=_WITTMANN,
                definition=f"mean of {what} on nights before {name} days (on the clock)",
            )
        )  # fmt: skip
    work_n, free_n = counts
    apart = abs((means[1] - means[0] + 12.0) % 24.0 - 12.0)
    rows.append(
        row_of(
            "social_jetlag_min", 60.0 * apart, "min", work_n + free_n,
            f"{LEAST_FREE} free and {LEAST_WORK} work nights",
            enough=free_n >= LEAST_FREE and work_n >= LEAST_WORK,
            found=f"{what} is known on {counted(free_n, 'free night')} and "
            f"{counted(work_n, 'work night')}",
            basis=joined(basis), source=_WITTMANN,
            definition="how far the two above, before free and before work days, lie apart",
        )
    )  # fmt: skip
    return rows


def mean_h(hours: Floats) -> float:
    """Return the circular mean, on the turn of the clock on which most of the hours are."""
    mean = circular_mean_h(hours)
    return mean if math.isnan(mean) else mean + 24.0 * round((np.nanmedian(hours) - mean) / 24.0)


def _middle(basis: tuple[str, str]) -> str:
    return "midsleep" if basis == SLEEP else "the middle of the time in bed"


def joined(basis: tuple[str, str]) -> str:
    """Name both columns that a measure rests on."""
    return " and ".join(basis)


#: A whole night's length that is one in hours, and a part's that is one in seconds, if anything.
_HOURS, _SECONDS, _FEWEST = 24.0, 240.0, 5


def odd_units(nights: pd.DataFrame) -> list[str]:
    """Say where minutes look like hours or seconds."""
    said = []
    for name in ("tst_min", "spt_min", "tib_min", "sol_min"):
        part, known = name == "sol_min", nights.get(name, pd.Series(dtype=float)).dropna()
        if len(known) < _FEWEST:
            continue
        middle = float(known.median())
        if middle > _SECONDS if part else middle > 2.0 and known.max() <= _HOURS:
            unit, made = ("seconds", "/ 60") if part else ("hours", "* 60")
            header = told_of(nights).get("columns", {}).get(name, {}).get("header", name)
            todo = advice(
                f"nights.assign({name}=nights[{name!r}] {made})",
                f"call the column “{header} ({unit})” in your file",
            )
            said.append(
                both_forms(
                    f"{column_of(nights, name).label.capitalize()} is {middle:.3g} min on a "
                    f"typical night. If these are {unit}: {todo}."
                )
            )
    return said
