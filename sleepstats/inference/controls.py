"""Controls every diary needs: the weekday and the slow drift of the months."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import ArrayLike

from sleepstats.arrays import Floats, Ints, products, spread, triangle
from sleepstats.errors import DiaryError, did_you_mean

ADJUSTMENTS = ("weekday", "trend")
FULL_WEEK_FROM = 40
NIGHTS_PER_WAVE = 45
MOST_WAVES = 4
FRIDAY, SATURDAY = 4, 5
_CLEARLY = 1e-2  # above this share of a column no rounding of products can hide a repetition
REPEATED = 1e-9  # a column counts as new when more than this share of its length is new


def night_numbers(days: ArrayLike) -> Ints:
    """Return calendar night numbers of evening dates, the first 0; a missing night leaves a gap.

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
    """Columns (N, k) that take weekday (Monday 0) and slow drift out; the intercept is first.

    What does not vary among the rows ``used``, or repeats earlier columns there, is dropped.
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
        # six columns cost too many of the nights of a short diary: Friday and Saturday then stand
        # for the week, as they differ most
        if span >= FULL_WEEK_FROM:
            columns += [(day == which).astype(np.float64) for which in range(1, 7)]
        else:
            columns.append(((day == FRIDAY) | (day == SATURDAY)).astype(np.float64))
    if "trend" in adjust and span > 1:
        # a line, and cosines so slow that a habit of a week or two is not taken out with them
        columns.append(2.0 * night / (span - 1) - 1.0)
        columns += [
            np.cos(np.pi * (wave + 2) * (night + 0.5) / span)
            for wave in range(min(MOST_WAVES, span // NIGHTS_PER_WAVE))
        ]
    controls = np.column_stack(columns)
    rows = controls if used is None else controls[np.asarray(used, dtype=bool)]
    return controls[:, independent_columns(rows)]


def independent_columns(columns: Floats, *, tolerance: float = REPEATED) -> Ints:
    """Positions of the columns that are not a linear combination of the columns before them."""
    length = np.sqrt((columns * columns).sum(axis=0))
    kept = np.flatnonzero(length > 0)
    if 0 < len(kept) <= len(columns) and tolerance < _CLEARLY:
        rows = columns if len(kept) == len(length) else columns[:, kept]
        if _root_of(rows.T / length[kept, None]) is not None:
            return kept
    while True:
        block = kept[: len(columns)]
        if not len(block):
            return block
        # the diagonal of R is what of each column is new beside those before it
        fresh = np.abs(np.diag(triangle(columns[:, block] / length[block])))
        repeated = np.flatnonzero(fresh <= tolerance)
        if not len(repeated):
            return block
        # only the first can be trusted: after a repeated column the rest of R is of no column
        kept = np.delete(kept, repeated[0])


def clearly_apart(rows: Floats) -> Floats | None:
    """Make rows (k, N) of unit length orthonormal by their products; None where nearly repeated."""
    root = _root_of(rows)
    return None if root is None else spread(np.linalg.inv(root), rows)


def _root_of(rows: Floats) -> Floats | None:
    """Root of the products of rows; its diagonal is what of each is new beside those before it."""
    try:
        root: Floats = np.asarray(np.linalg.cholesky(products(rows, rows)), dtype=np.float64)
    except np.linalg.LinAlgError:
        return None
    return root if np.diag(root).min() > _CLEARLY else None
