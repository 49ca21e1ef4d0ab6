"""What is held equal when one habit is asked about: the others that matter, on both sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sleepstats.arrays import Floats, products
from sleepstats.inference.guards import control_basis, without_controls
from sleepstats.inference.habit_columns import Habits

Mask = NDArray[np.bool_]

SELECTED_BELOW = 0.1
LEAST_RECORDED = 0.5
MOST_OF_THE_REST = 0.5
_NOTHING = 1e-12


@dataclass(frozen=True, eq=False)
class Nights:
    """One set of nights: controls, and every habit and outcome without them, of unit size.

    Attributes
    ----------
    used : ndarray of bool (n,)
        Rows.
    number, controls, basis : ndarray
        Night numbers, controls as they are, orthonormal.
    habits, outcomes : ndarray (N, m), (N, q)
        Unit mean square after the controls; a column that cannot be held equal is 0.
    of_habits, of_outcomes : ndarray (m,), (q,)
        The scales that were taken out.
    cross : ndarray (m, m)
        Correlations of the habits after the controls.
    """

    used: Mask
    number: NDArray[np.int64]
    controls: Floats
    basis: Floats
    habits: Floats
    outcomes: Floats
    of_habits: Floats
    of_outcomes: Floats
    cross: Floats


def nights_of(habits: Habits, outcomes: Floats, used: Mask) -> Nights:
    """Take the controls out of every habit and outcome on some nights.

    Parameters
    ----------
    habits : Habits
    outcomes : ndarray (n, q)
        Complete on the nights used.
    used : ndarray of bool (n,)

    Returns
    -------
    Nights
    """
    number, controls = habits.controls(used)
    basis = control_basis(controls)
    known = np.isfinite(habits.columns[used]).sum(axis=0)
    recorded = known >= max(LEAST_RECORDED * len(number), 1)
    x, of_x = _unit(np.where(recorded, habits.filled[used], 0.0), basis)
    y, of_y = _unit(outcomes[used], basis)
    return Nights(
        used, number, controls, basis, x, y, of_x, of_y, products(x.T, x.T) / max(len(x), 1)
    )


def _unit(columns: Floats, basis: Floats) -> tuple[Floats, Floats]:
    """Columns without the controls at unit mean square, and their scales; nothing left is 0."""
    if not len(columns):
        return columns, np.zeros(columns.shape[1])
    left = without_controls(columns, basis)
    scale = np.sqrt((left * left).mean(axis=0))
    total = np.sqrt(((columns - columns.mean(axis=0)) ** 2).mean(axis=0))
    varies = scale > np.sqrt(_NOTHING) * total
    scale = np.where(varies, scale, 0.0)
    return np.where(varies, left / np.where(varies, scale, 1.0), 0.0), scale


def relation(habits: Habits, nights: Nights, habit: int) -> Floats:
    """p-value of every habit going with one of them once the calendar is removed.

    Parameters
    ----------
    habits : Habits
    nights : Nights
    habit : int

    Returns
    -------
    ndarray (h,)
        1 for the habit itself and where nothing varies.

    Notes
    -----
    One column each: ``t = r sqrt(df / (1 - r^2))``, ``df = N - k - 1``, two normal tails. Where a
    habit has several columns: the F test of a column of the one on all of the other, the smallest
    over the columns of the one with fewer, times their number.
    """
    from scipy.special import ndtr

    n, k = nights.basis.shape
    mine = habits.places(habit)
    answer = np.ones(habits.count)
    single = np.bincount(habits.habit, minlength=habits.count) == 1
    if len(mine) == 1:
        square = np.minimum(nights.cross[mine[0]] ** 2, 1.0)
        t = np.sqrt(square * max(n - k - 1, 0) / np.maximum(1.0 - square, 1e-300))
        answer[habits.habit] = 2.0 * np.asarray(ndtr(-t))
    for other in range(habits.count):
        if other != habit and not (single[habit] and single[other]):
            answer[other] = _relation_of_kinds(nights, mine, habits.places(other))
    answer[habit] = 1.0
    return answer


def _relation_of_kinds(nights: Nights, one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """p-value of any column of the habit with fewer columns going with those of the other."""
    from scipy.special import fdtrc

    few, many = sorted((one, other), key=len)
    n, k = nights.basis.shape
    of_many = nights.cross[np.ix_(many, many)]
    size = int(np.linalg.matrix_rank(of_many, hermitian=True))
    spare = n - k - size
    if size == 0 or spare < 1:
        return 1.0
    across = nights.cross[np.ix_(few, many)]
    square = np.einsum("ab,bc,ac->a", across, np.linalg.pinv(of_many, hermitian=True), across)
    square = np.clip(square, 0.0, 1.0 - 1e-15)
    p = np.asarray(fdtrc(size, spare, square / size / ((1.0 - square) / spare)))
    return float(min(p.min() * len(few), 1.0))


def held_equal(habits: Habits, nights: Nights, habit: int, pvalue: Floats) -> Mask:
    """Choose what is held equal when one habit is asked about: selection on both sides.

    Parameters
    ----------
    habits : Habits
    nights : Nights
        On which the habit and the outcome were recorded.
    habit : int
    pvalue : ndarray (h,)
        Of every habit alone for this outcome; NaN where there is none.

    Returns
    -------
    ndarray of bool (h,)

    Notes
    -----
    Those whose p-value alone is below 0.1, and those that go with the habit (:func:`relation`,
    below 0.1 as well: ``|t| > 1.645``). Selecting on one side only is liberal in short diaries.
    Never held equal: what is declared ``apart``, what never varies, and what was recorded on fewer
    than half of the nights. Where these are more columns than half of the nights that the calendar
    leaves, as with hundreds of tags, those with the smallest p-value on either side come first.

    References
    ----------
    Belloni, Chernozhukov & Hansen 2014, doi:10.1093/restud/rdt044 (both sides).
    """
    strength = np.fmin(pvalue, relation(habits, nights, habit))
    varies = habits.usable & (nights.of_habits > 0)
    columns = np.bincount(habits.habit[varies], minlength=habits.count)
    held = np.asarray((strength < SELECTED_BELOW) & (columns > 0) & ~habits.apart[habit])
    n, k = nights.basis.shape
    most = int(MOST_OF_THE_REST * max(n - k, 0))
    if columns[held].sum() > most:
        order = np.flatnonzero(held)[np.argsort(strength[held], kind="stable")]
        held[order[np.cumsum(columns[order]) > most]] = False
    return held
