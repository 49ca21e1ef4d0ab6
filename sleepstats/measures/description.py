"""One row per measure: how many nights, how large, how variable; on the clock where it is one."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats
from sleepstats.checks import check_nights
from sleepstats.clock import circular_mean_h, circular_sd_h, format_clock
from sleepstats.columns import CLOCKS, PERSON, column_of
from sleepstats.errors import worded
from sleepstats.units import CLOCK_UNIT, Table

#: Columns read on the clock.
ON_THE_CLOCK = (*CLOCKS, "midsleep_h")
_KINDS = ("recorded", "computed", "device")


@worded
def describe_nights(nights: pd.DataFrame) -> pd.DataFrame:
    r"""Describe every measure of sleep in a diary.

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
    *Times* have no ordinary mean: that of 23:00 and 01:00 is not noon. With
    :math:`\theta_i = 2\pi h_i/24`, the mean is the direction of :math:`\sum e^{i\theta_i}` and the
    standard deviation :math:`\sqrt{-2\ln\bar R}\cdot 24/2\pi` (divisor n) [1]_. Median and
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
        return Table.of(pd.concat(tables, names=[PERSON]), _view)
    evening = nights.index.to_numpy().astype("datetime64[us]")
    span = int((evening[-1] - evening[0]) / np.timedelta64(1, "D")) + 1 if len(evening) else 0
    rows = []
    for name in _measures(nights):
        column = column_of(nights, name)
        circular = name in ON_THE_CLOCK
        values = hours_of(nights, name) if circular else _numbers(nights, name)
        values = values[~np.isnan(values)]
        numbers = _on_the_circle(values) if circular else _on_the_line(values)
        rows.append(
            {
                "measure": name,
                "label": column.label,
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
    return shown if wide else shown.drop(columns="label"), ""


def number_said(value: float, *, clock: bool, places: int = 1) -> str:
    """Return a number as it is read, as ``HH:MM`` where it is a time; nothing for a missing one."""
    if math.isnan(value):
        return ""
    return format_clock(value) if clock else f"{value:.{places}f}"


def by_person(nights: pd.DataFrame) -> Iterator[tuple[Hashable, pd.DataFrame]]:
    """Yield each person's name and nights, from a frame that holds several people."""
    for who, rows in nights.groupby(level=PERSON, sort=False):
        yield who, rows.droplevel(PERSON)


def hours_of(nights: pd.DataFrame, name: str) -> Floats:
    """Return a clock column, or midsleep, in hours after the evening's midnight."""
    if name == "midsleep_h":
        return _numbers(nights, name)
    evening = nights.index.to_numpy().astype("datetime64[us]")
    stamps = nights[name].to_numpy().astype("datetime64[us]")
    return np.asarray((stamps - evening) / np.timedelta64(1, "h"), dtype=np.float64)


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
