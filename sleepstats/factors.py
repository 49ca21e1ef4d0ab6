"""What a column holds, as numbers: an amount, a yes or no, one of several kinds, or free text.

A factor has three states: yes, no and *not recorded*. Not recorded is NaN here and stays apart
from no everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import Any, Literal

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats, Objects
from sleepstats.units import CLOCK_UNIT

ValueKind = Literal["numeric", "yes/no", "categorical", "text", "empty", "other"]

#: A column of words with more different answers than this is free text, not a choice of kinds.
MOST_KINDS = 12

_WORDS = {"yes": 1.0, "no": 0.0, "y": 1.0, "n": 0.0, "true": 1.0, "false": 0.0}


@dataclass(frozen=True, eq=False)
class Reading:
    """A column read as numbers."""

    #: What the column holds. ``"other"`` is a type that no question can use.
    kind: ValueKind
    #: ndarray of float: one number per row, NaN where nothing was recorded: the amount; 1 for yes
    #: and 0 for no; or the position in ``levels``.
    values: Floats
    #: The different answers of a categorical or text column, in alphabetical order.
    levels: tuple[str, ...] = ()
    #: Unit where reading the column decided it (a clock becomes hours), otherwise None.
    unit: str | None = None


def read_values(column: pd.Series[Any], nights: pd.DatetimeIndex) -> Reading:
    """Read one column of ``nights`` as numbers, keeping *not recorded* apart from *no*.

    >>> nights = pd.date_range("2026-01-01", periods=3)
    >>> read_values(pd.Series([True, None, False], dtype="boolean"), nights)
    Reading(kind='yes/no', values=array([ 1., nan,  0.]), levels=(), unit=None)
    """
    dtype = column.dtype
    if pd.api.types.is_bool_dtype(dtype) and not isinstance(dtype, pd.CategoricalDtype):
        return _yes_no(column.to_numpy(dtype=float, na_value=np.nan))
    if pd.api.types.is_numeric_dtype(dtype):
        return _numbers(column.to_numpy(dtype=float, na_value=np.nan))
    if pd.api.types.is_datetime64_dtype(dtype):
        # after the midnight that begins the evening's date: 23:30 and 00:30 are an hour apart
        since = column.to_numpy("datetime64[us]") - nights.to_numpy("datetime64[us]")
        hours = since / np.timedelta64(1, "h")
        return Reading("numeric" if np.isfinite(hours).any() else "empty", hours, unit=CLOCK_UNIT)
    if isinstance(dtype, pd.CategoricalDtype):
        column = column.astype(object)
    elif not (pd.api.types.is_string_dtype(dtype) or pd.api.types.is_object_dtype(dtype)):
        return Reading("other", np.full(len(column), np.nan), levels=(str(dtype),))
    return _objects(column.to_numpy(dtype=object))


def _yes_no(values: Floats) -> Reading:
    return Reading("empty" if np.isnan(values).all() else "yes/no", values)


def _numbers(values: Floats) -> Reading:
    """Tell an amount from a yes or no written as 1 and 0."""
    values = np.where(np.isfinite(values), values, np.nan)
    known = ~np.isnan(values)
    if not known.any():
        return Reading("empty", values)
    # many exports write a yes or no as 1 and 0
    only_0_1 = bool(((values == 0) | (values == 1) | ~known).all())
    return Reading("yes/no" if only_0_1 else "numeric", values)


def _objects(cells: Objects) -> Reading:
    """Read cells one by one: the words yes and no, numbers, or kinds."""
    known = [cell for cell in cells if not _is_missing(cell)]
    if not known:
        return Reading("empty", np.full(len(cells), np.nan))
    if all(isinstance(cell, np.bool_ | Real | Decimal) for cell in known):
        numbers = np.array([np.nan if _is_missing(cell) else float(cell) for cell in cells])
        return _numbers(numbers)
    words = [None if _is_missing(cell) else str(cell).strip() for cell in cells]
    if all(word is None or word.casefold() in _WORDS for word in words):
        said = [np.nan if word is None else _WORDS[word.casefold()] for word in words]
        return _yes_no(np.array(said, dtype=float))
    levels = sorted({word for word in words if word is not None})
    place = {word: float(i) for i, word in enumerate(levels)}
    codes = np.array([np.nan if word is None else place[word] for word in words], dtype=float)
    kind: ValueKind = "categorical" if len(levels) <= MOST_KINDS else "text"
    return Reading(kind, codes, tuple(levels))


def _is_missing(cell: object) -> bool:
    """Say whether a cell holds nothing: None, NaN, NA, NaT or blank text."""
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return True
    if isinstance(cell, float | Decimal):
        return cell != cell
    return isinstance(cell, str) and not cell.strip()
