"""Intervals for what is printed because it was found: false-coverage-rate intervals.

A 95 % interval holds the truth in 95 of 100 questions, not in 95 of 100 that were picked because
they stood out. These intervals are wide enough for the picking.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sleepstats.arrays import Floats
from sleepstats.errors import DiaryError
from sleepstats.inference.gls import gls_slopes


def level_of_found(found: int, asked: int, *, level: float = 0.95) -> float:
    """Level at which intervals of the found questions have to be computed.

    Parameters
    ----------
    found : int
        Questions found.
    asked : int
        Questions of the family that were answered; refused ones do not count.
    level : float
        One minus the share of printed intervals that may miss, on average over diaries.

    Returns
    -------
    float
        ``1 - (1 - level) found / asked``; `level` itself when nothing or everything was found.

    Raises
    ------
    DiaryError
        If `level` is not between 0 and 1 or more were found than asked.

    Notes
    -----
    With R intervals printed, V of them wrong, the mean of ``V / max(R, 1)`` is at most
    ``1 - level``. That mean counts a diary in which nothing was found as nothing wrong: of the
    intervals that are printed after all, more may be wrong where hardly anything is ever found.
    After Benjamini-Hochberg or Holm at ``1 - level`` the interval of a found question never holds
    zero, because its p-value is at most ``(1 - level) found / asked``.

    References
    ----------
    Benjamini & Yekutieli 2005, doi:10.1198/016214504000001907.

    Examples
    --------
    >>> round(level_of_found(2, 24), 6)
    0.995833
    """
    if not 0.0 < level < 1.0:
        raise DiaryError(f"level: {level!r} is not between 0 and 1. Write 0.95 for 95 %.")
    if not 0 <= found <= asked:
        raise DiaryError(
            f"found: {found!r} of {asked!r} questions asked. Give the questions found, 0 up to the "
            "number asked."
        )
    return 1.0 - (1.0 - level) * found / asked if found else level


def found_intervals(
    Y: ArrayLike,
    X: ArrayLike,
    Z: ArrayLike,
    number: ArrayLike,
    found: ArrayLike,
    *,
    level: float,
    se: str = "hc2",
) -> tuple[Floats, Floats]:
    """Intervals of the found pairs of one group of nights, at the level they need.

    Parameters
    ----------
    Y, X, Z, number : array_like
        As given to :func:`sleepstats.inference.gls.gls_slopes`.
    found : array_like of bool (q, p)
        The pairs to answer.
    level : float
        From :func:`level_of_found`, counted over the whole family and not over this group.
    se : {"hc2", "model"}
        As in the first call.

    Returns
    -------
    low, high : ndarray (q, p)
        Outcome units per factor unit; NaN for pairs that were not found or are refused.

    Raises
    ------
    DiaryError
        As :func:`sleepstats.inference.gls.gls_slopes`, or if `found` has another shape.

    Notes
    -----
    The engine keeps no mixture after it has answered. Asking it again for the outcomes and factors
    of the found pairs only costs about half of the first call (two outcomes by twelve factors, 60
    to 365 nights: 4 to 12 ms; the whitening is most of it), and nothing when none is found.

    Examples
    --------
    >>> night = np.arange(40)
    >>> x = np.column_stack([(night // 4) % 2, night % 3])
    >>> y = (420 + 30 * x[:, 0] + 20 * np.sin(night))[:, None]
    >>> low, high = found_intervals(y, x, np.ones((40, 1)), night, [[True, False]], level=0.975)
    >>> bool(low[0, 0] < 30 < high[0, 0]), np.isnan(low[0, 1]).item()
    (True, True)
    """
    wanted = np.asarray(found, dtype=bool)
    outcomes, factors = np.asarray(Y, dtype=np.float64), np.asarray(X, dtype=np.float64)
    expected = outcomes.shape[-1:] + factors.shape[-1:]
    if wanted.shape != expected:
        raise DiaryError(
            f"found has shape {wanted.shape}; one truth value for each outcome and factor, "
            f"{expected}, was expected."
        )
    low, high = np.full(wanted.shape, np.nan), np.full(wanted.shape, np.nan)
    rows, cols = np.flatnonzero(wanted.any(axis=1)), np.flatnonzero(wanted.any(axis=0))
    if len(rows):
        cells = np.ix_(rows, cols)
        table = gls_slopes(outcomes[:, rows], factors[:, cols], Z, number, level=level, se=se)
        # pairs between the rows and columns that were not found themselves are not told
        low[cells] = np.where(wanted[cells], table.low, np.nan)
        high[cells] = np.where(wanted[cells], table.high, np.nan)
    return low, high
