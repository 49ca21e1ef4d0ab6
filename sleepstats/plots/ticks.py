"""Axes of dates and of clock times: ticks that a calendar and a clock would have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats

if TYPE_CHECKING:
    from matplotlib.axis import Axis
    from matplotlib.dates import RRuleLocator, YearLocator


def day_numbers(dates: pd.DatetimeIndex) -> Floats:
    """Return dates as matplotlib counts days."""
    from matplotlib.dates import date2num

    return np.asarray(date2num(dates.to_numpy()), dtype=np.float64)


def date_ticks(axis: Axis, days: int, room: int) -> None:
    """Put ticks on days, Mondays, months or years: the finest of which ``room`` labels fit."""
    from matplotlib.dates import DayLocator, MonthLocator, WeekdayLocator, YearLocator, num2date
    from matplotlib.ticker import FuncFormatter

    room = max(room, 2)
    words = "%a %d %b"
    locator: RRuleLocator | YearLocator
    if days <= max(room, 3):
        locator = DayLocator(tz="UTC")
    elif days <= 7 * room * 3:
        locator = WeekdayLocator(byweekday=0, interval=-(-days // 7 // room), tz="UTC")
    elif days <= 6 * 31 * room:
        words = "%b %Y"
        months = next(step for step in (1, 2, 3, 6) if days <= step * 31 * room)
        locator = MonthLocator(bymonth=range(1, 13, months), tz="UTC")
    else:
        words = "%Y"
        locator = YearLocator(-(-days // 365 // room), tz="UTC")
    axis.set_major_locator(locator)
    axis.set_major_formatter(FuncFormatter(lambda day, _: num2date(day, "UTC").strftime(words)))


def years(calendar: pd.DatetimeIndex) -> str:
    """Return ``"2026"`` or ``"2025–2026"``."""
    first, last = calendar[0].year, calendar[-1].year
    return f"{first}" if first == last else f"{first}–{last}"


def clock_text(hours: float) -> str:
    """Return hours after a midnight, also beyond 24, as a clock shows them.

    >>> clock_text(22.5), clock_text(27.25)
    ('22:30', '03:15')
    """
    minutes = round(hours * 60)
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def clock_ticks(axis: Axis, span: float, room: int) -> None:
    """Put ticks on full, half or quarter hours: the finest of which ``room`` labels fit."""
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    steps = (0.25, 0.5, 1.0, 2.0, 3.0, 6.0, 12.0)
    step = next((step for step in steps if span / step <= max(room, 2)), 24.0)
    axis.set_major_locator(MultipleLocator(step))
    axis.set_major_formatter(FuncFormatter(lambda hour, _: clock_text(hour)))
