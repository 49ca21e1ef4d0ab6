"""Which nights come before a day without work."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools
from sleepstats.errors import DiaryError, did_you_mean

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def free_and_work(nights: pd.DataFrame, free_days: str | Sequence[str]) -> tuple[Bools, Bools]:
    """Return which nights come before free days and which before work days."""
    if isinstance(free_days, str):
        if free_days not in nights:
            raise DiaryError(
                f"free_days={free_days!r}: no such column in nights."
                f"{did_you_mean(free_days, map(str, nights.columns))} Give the name of a yes/no "
                'column, or days: free_days=["Saturday", "Sunday"].'
            )
        column = nights[free_days]
        if not pd.api.types.is_numeric_dtype(column.dtype):
            raise DiaryError(
                f"free_days={free_days!r}: the column is {column.dtype}, expected yes/no (boolean)."
            )
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        if not bool(np.isin(values[~np.isnan(values)], (0.0, 1.0)).all()):
            raise DiaryError(
                f"free_days={free_days!r}: the column holds numbers other than 0 and 1, expected "
                "yes/no (boolean)."
            )
        return values == 1.0, values == 0.0
    names = {day.casefold(): number for number, day in enumerate(_DAYS)}
    wrong = [day for day in free_days if str(day).casefold() not in names]
    if wrong:
        raise DiaryError(
            [
                f"free_days: {day!r} is no day of the week.{did_you_mean(str(day), _DAYS)} "
                f"Expected {', '.join(_DAYS)}."
                for day in wrong
            ]
        )
    mornings = [(names[str(day).casefold()] - 1) % 7 for day in free_days]
    free = np.isin(pd.DatetimeIndex(nights.index).day_of_week.to_numpy(), mornings)
    return free, ~free
