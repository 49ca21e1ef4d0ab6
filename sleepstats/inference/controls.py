"""Controls every diary needs: the weekday and the slow drift of the months."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import ArrayLike

from sleepstats.arrays import Floats, Ints
from sleepstats.errors import DiaryError, did_you_mean

ADJUSTMENTS = ("weekday", "trend")
FULL_WEEK_FROM = 40
NIGHTS_PER_WAVE = 45
MOST_WAVES = 4
FRIDAY, SATURDAY = 4, 5
REPEATED = 1e-9  # a column counts as new when more than this share of its length is new


def night_numbers(days: ArrayLike) -> Ints:
    """Return calendar night numbers, the first night 0; a missing night leaves a gap.

    Parameters
    ----------
    days : array_like of datetime64 (N,)
        Evening dates, in any order.

    Returns
    -------
    ndarray of int (N,)
        Calendar days since the earliest date.

    Examples
    --------
    >>> night_numbers(np.array(["2024-03-01", "2024-03-02", "2024-03-05"], "datetime64[D]"))
    array([0, 1, 4])
    """
    dates = np.asarray(days).astype("datetime64[D]")
    if dates.size == 0:
        return np.zeros(0, dtype=np.int64)
    days_since: Ints = (dates - dates.min()).astype(np.int64)
    return days_since


def calendar_controls(
    number: ArrayLike,
    weekday: ArrayLike,
    span: int,
    *,
    adjust: Collection[str] = ADJUSTMENTS,
    used: ArrayLike | None = None,
) -> Floats:
    """Columns that take weekday and slow drift out of a comparison.

    Parameters
    ----------
    number : array_like of int (N,)
        Calendar night number of each row, 0 to ``span - 1``.
    weekday : array_like of int (N,)
        Weekday of the evening, Monday 0 to Sunday 6.
    span : int
        Calendar nights from the first to the last night, both counted.
    adjust : collection of {"weekday", "trend"}
        What to control for; empty gives the intercept only.
    used : array_like of bool (N,), optional
        The rows that will be analysed; all by default. Columns that do not vary among them, or
        that repeat earlier columns there, are dropped. All N rows are returned.

    Returns
    -------
    ndarray (N, k)
        Intercept first, then weekday columns, linear trend, slow cosines.

    Raises
    ------
    DiaryError
        If `adjust` names something else.

    Notes
    -----
    Weekday: six columns from Tuesday to Sunday when the span is 40 nights or more, otherwise one
    column for Friday and Saturday. Trend: ``2 i / (span - 1) - 1`` and ``min(4, span // 45)``
    slow cosines ``cos(pi (j + 2) (i + 0.5) / span)``, ``j = 0, 1, ...``

    Examples
    --------
    >>> nights = np.arange(14)
    >>> calendar_controls(nights, nights % 7, 14).shape
    (14, 3)
    >>> calendar_controls(nights, nights % 7, 14, adjust=()).shape
    (14, 1)
    """
    strange = [name for name in adjust if name not in ADJUSTMENTS]
    if strange:
        raise DiaryError(
            [
                f"adjust: {name!r} is not a calendar control. Write any of 'weekday' and 'trend', "
                f"or () for none.{did_you_mean(str(name), ADJUSTMENTS)}"
                for name in strange
            ]
        )
    night = np.asarray(number, dtype=np.float64)
    day = np.asarray(weekday)
    columns = [np.ones(len(night))]
    if "weekday" in adjust:
        if span >= FULL_WEEK_FROM:
            columns += [(day == which).astype(np.float64) for which in range(1, 7)]
        else:
            columns.append(((day == FRIDAY) | (day == SATURDAY)).astype(np.float64))
    if "trend" in adjust and span > 1:
        columns.append(2.0 * night / (span - 1) - 1.0)
        columns += [
            np.cos(np.pi * (wave + 2) * (night + 0.5) / span)
            for wave in range(min(MOST_WAVES, span // NIGHTS_PER_WAVE))
        ]
    controls = np.column_stack(columns)
    rows = controls if used is None else controls[np.asarray(used, dtype=bool)]
    return controls[:, independent_columns(rows)]


def independent_columns(columns: Floats, *, tolerance: float = REPEATED) -> Ints:
    """Positions of the columns that are not a linear combination of the columns before them.

    Parameters
    ----------
    columns : ndarray (N, k)
    tolerance : float
        A column counts as new when more than this share of its length is new.

    Returns
    -------
    ndarray of int
        Positions to keep, in order.

    Examples
    --------
    >>> independent_columns(np.array([[1.0, 2.0, 0.0], [1.0, 2.0, 1.0], [1.0, 2.0, 3.0]]))
    array([0, 2])
    """
    length = np.sqrt((columns * columns).sum(axis=0))
    kept = np.flatnonzero(length > 0)
    while True:
        block = kept[: len(columns)]
        if not len(block):
            return block
        fresh = np.abs(np.diag(np.linalg.qr(columns[:, block] / length[block], mode="r")))
        repeated = np.flatnonzero(fresh <= tolerance)
        if not len(repeated):
            return block
        kept = np.delete(kept, repeated[0])
