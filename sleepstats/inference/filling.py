"""Missing cells of habits, filled by what the other habits of that evening lead one to expect."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sleepstats.errors import DiaryError

Floats = NDArray[np.float64]

ROUNDS = 6
RIDGE = 1.0


def fill(
    columns: ArrayLike, controls: ArrayLike, *, rounds: int = ROUNDS, ridge: float = RIDGE
) -> Floats:
    """Fill missing cells by the conditional mean given the other columns and the controls.

    Parameters
    ----------
    columns : array_like (n, m)
        Habits, one row per evening; NaN where not recorded. Yes/no is 1 and 0.
    controls : array_like (n, k)
        Calendar controls of the same evenings, complete.
    rounds : int
        How often every column is predicted anew from the others as filled so far.
    ridge : float
        Penalty on the slopes of columns of unit variance, on the scale of sums of squares.

    Returns
    -------
    ndarray (n, m)
        Recorded cells as they were. A column without any recorded cell stays NaN; a column that
        never changed is filled with its only value.

    Raises
    ------
    DiaryError
        If the shapes do not fit or a control is missing.

    Notes
    -----
    Every round regresses each column with gaps, on the evenings on which it was recorded, on all
    other columns and the controls: ``w = (P'P + ridge I)^-1 P'x``, P centred on those evenings. All
    columns of a round are predicted from the round before, so their order does not matter. Filled
    columns serve as something to hold equal, never as the column asked about: with the outcome left
    out, the slopes of the others stay unbiased where cells are missing at random.

    References
    ----------
    Little 1992, doi:10.1080/01621459.1992.10476282 (missing values in what is held equal).

    Examples
    --------
    >>> stress = np.arange(8.0)
    >>> wine = np.array([0.0, 2.0, 4.0, np.nan, 8.0, 10.0, 12.0, 14.0])
    >>> filled = fill(np.column_stack([stress, wine]), np.ones((8, 1)))
    >>> bool(5.5 < filled[3, 1] < 6.5)
    True
    """
    table = np.array(columns, dtype=np.float64)
    fixed = np.asarray(controls, dtype=np.float64)
    if table.ndim != 2 or fixed.ndim != 2 or len(table) != len(fixed):
        raise DiaryError(
            f"columns has shape {table.shape} and controls {fixed.shape}; one row for each evening "
            "was expected in both."
        )
    if not np.isfinite(fixed).all():
        raise DiaryError("controls has missing values; the calendar is known for every evening.")
    known = np.isfinite(table)
    count = known.sum(axis=0)
    recorded = np.where(known, table, 0.0)
    mean = recorded.sum(axis=0) / np.maximum(count, 1)
    apart = np.where(known, table - mean, 0.0)
    spread = np.sqrt((apart * apart).sum(axis=0) / np.maximum(count, 1))
    varies = spread > 1e-12 * np.maximum(np.abs(mean), 1e-300)
    scale = np.where(varies, spread, 1.0)
    unit = np.where(varies, apart / scale, 0.0)
    gaps = np.flatnonzero(varies & (count < len(table)))
    if len(gaps):
        unit = _predicted(unit, known, _standard(fixed), gaps, rounds, ridge)
    table = np.where(known, table, mean + scale * unit)
    table[:, count == 0] = np.nan
    return table


def _standard(controls: Floats) -> Floats:
    """Bring controls to unit variance; those that never change are left out."""
    apart = controls - controls.mean(axis=0)
    spread = np.sqrt((apart * apart).mean(axis=0))
    kept = spread > 1e-12
    return np.asarray(apart[:, kept] / spread[kept])


def _predicted(
    unit: Floats, known: NDArray[np.bool_], fixed: Floats, gaps: NDArray[np.int64], rounds: int,
    ridge: float,
) -> Floats:  # fmt: skip
    """Predict the gaps of unit columns; the mean, 0, is where the rounds begin."""
    n, m = unit.shape
    part = np.concatenate([unit, fixed, np.ones((n, 1))], axis=1)
    missing = {int(column): np.flatnonzero(~known[:, column]) for column in gaps}
    penalty = ridge * np.eye(part.shape[1] - 1)
    for _ in range(rounds):
        every = part.T @ part
        fresh = {}
        for column, rows in missing.items():
            left_out = part[rows]
            of_known = every - left_out.T @ left_out
            count = n - len(rows)
            mean = of_known[-1] / count
            centred = of_known[:-1, :-1] - count * np.outer(mean[:-1], mean[:-1])
            target = centred[:, column].copy()
            target[column] = 0.0  # its own slope is zero: it does not predict itself
            centred[column] = 0.0
            centred[:, column] = 0.0
            slopes = np.linalg.solve(centred + penalty, target)
            fresh[column] = mean[column] + (left_out[:, :-1] - mean[:-1]) @ slopes
        for column, rows in missing.items():
            part[rows, column] = fresh[column]
    return part[:, :m]
