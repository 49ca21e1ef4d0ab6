"""Each habit beside the others: its own slope, whether it stands, and what it goes away beside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sleepstats.arrays import Floats
from sleepstats.errors import DiaryError
from sleepstats.inference.guards import LEAST_DF, TOO_FEW_INFORMATIVE
from sleepstats.inference.habit_columns import Habits, Mask
from sleepstats.inference.none_alone import adjust_pvalues
from sleepstats.inference.side_by_side import AskedNights, Nights, sets_of_nights
from sleepstats.inference.together import Shapes, averaged

SELECTED_BELOW = 0.1
MOST_OF_THE_REST = 0.5


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


@dataclass(frozen=True, eq=False)
class BesideTable:
    """Slopes of q outcomes on h habits, each habit beside the others that matter.

    Attributes
    ----------
    estimate, low, high, pvalue, df : ndarray (q, h)
        Slope, interval, two-sided p-value, degrees of freedom; NaN where there is a reason. A
        habit of several columns has a p-value (joint test) and no slope.
    inflation : ndarray (q, h)
        Standard error beside the others over that alone, as far as columns decide it.
    n, k : ndarray of int (q, h)
        Nights used, columns held equal (calendar and intercept counted).
    reason : ndarray of str (q, h)
        Empty, or the code of why there is no answer.
    held : ndarray of bool (q, h, h)
        ``held[o, j, l]``: habit l is held equal when j is asked about outcome o.
    nights : dict
        Sets of nights that are used again, see :func:`sleepstats.inference.found_habits.goes_with`.
    """

    estimate: Floats
    low: Floats
    high: Floats
    pvalue: Floats
    df: Floats
    inflation: Floats
    n: NDArray[np.int64]
    k: NDArray[np.int64]
    reason: NDArray[np.str_]
    held: Mask
    nights: dict[bytes, AskedNights] = field(default_factory=dict, repr=False)


def beside_others(
    outcomes: ArrayLike, pvalue: ArrayLike, habits: Habits, *, level: float = 0.95
) -> BesideTable:
    """Ask of every habit what remains of it once the others that matter are held equal.

    Parameters
    ----------
    outcomes : array_like (n, q)
        One row per night, NaN where missing.
    pvalue : array_like (q, h)
        Of every habit alone, calendar controls only; NaN where it was refused.
    habits : Habits
        From :func:`sleepstats.inference.habit_columns.ready_habits`.
    level : float
        Level of the intervals.

    Returns
    -------
    BesideTable

    Raises
    ------
    DiaryError
        If the shapes do not fit.

    Notes
    -----
    The engine of :func:`sleepstats.inference.gls_slopes` on the nights on which habit and
    outcome were recorded, with the calendar controls and the columns of
    :func:`sleepstats.inference.beside.held_equal`, whose gaps are filled; the habit's own and
    the outcome's never are. Each set of nights is whitened once. Refused, besides the engine's
    own reasons: what the others leave of the habit is less than a hundredth of its variance.

    Examples
    --------
    >>> from sleepstats.inference.habit_columns import ready_habits
    >>> rng = np.random.default_rng(2)
    >>> stress = rng.normal(size=200)
    >>> proxy = 0.6 * stress + 0.8 * rng.normal(size=200)
    >>> night = np.arange(200)
    >>> habits = ready_habits(np.column_stack([stress, proxy]), night, night % 7)
    >>> sleep = rng.normal(size=200) - 0.5 * stress
    >>> table = beside_others(sleep[:, None], [[1e-9, 1e-3]], habits)
    >>> (table.pvalue < 0.05).tolist(), table.held[0].tolist()
    ([[True, False]], [[False, True], [True, False]])
    """
    y = np.asarray(outcomes, dtype=np.float64)
    alone = np.asarray(pvalue, dtype=np.float64)
    if y.ndim != 2 or len(y) != len(habits.number) or alone.shape != (y.shape[1], habits.count):
        raise DiaryError(
            f"outcomes has shape {y.shape} and pvalue {alone.shape}; a row for each of "
            f"{len(habits.number)} nights, and a p-value for each outcome and each of "
            f"{habits.count} habits were expected."
        )

    def choose(nights: Nights, outcome: int, habit: int) -> Mask:
        return held_equal(habits, nights, habit, alone[outcome])

    return ask_all(y, habits, np.ones(alone.shape, dtype=bool), choose, level)


def ask_all(
    y: Floats,
    habits: Habits,
    asked: Mask,
    choose: Callable[[Nights, int, int], Mask],
    level: float,
) -> BesideTable:
    """Ask outcomes about habits, each with what is chosen for it held equal.

    Parameters
    ----------
    y : ndarray (n, q)
    habits : Habits
    asked : ndarray of bool (q, h)
        Cells to answer.
    choose : callable
        From nights, outcome and habit to the habits held equal (h,).
    level : float

    Returns
    -------
    BesideTable
    """
    shape = asked.shape
    numbers = {
        name: np.full(shape, np.nan)
        for name in ("estimate", "low", "high", "pvalue", "df", "inflation")
    }
    n, k = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    reason = np.full(shape, "", dtype="U48")
    held = np.zeros((*shape, habits.count), dtype=bool)
    known: dict[bytes, AskedNights] = {}
    shapes: list[Shapes] = []
    cells: list[tuple[int, int]] = []
    unit: list[float] = []
    for nights, pairs in sets_of_nights(y, habits, asked, known):
        questions = []
        for outcome, habit in pairs:
            cell = outcome, habit
            held[cell] = choose(nights.nights, outcome, habit)
            question = nights.question(outcome, habit, held[cell])
            n[cell], k[cell] = len(nights.y), question.k
            numbers["inflation"][cell] = question.inflation
            reason[cell] = question.reason
            if question.reason:
                continue
            if question.kinds is not None:
                numbers["pvalue"][cell], numbers["df"][cell] = question.kinds
                continue
            questions.append(question)
            cells.append(cell)
            unit.append(question.unit)
        shapes += nights.shapes(questions)
    found = averaged(shapes, level)
    weak = found["df"] < LEAST_DF
    for name, values in found.items():
        if name in ("estimate", "low", "high"):
            values = values * np.array(unit)
        values = values if name == "df" else np.where(weak, np.nan, values)
        for cell, value in zip(cells, values.tolist(), strict=True):
            numbers[name][cell] = value
    for cell, few in zip(cells, weak.tolist(), strict=True):
        reason[cell] = TOO_FEW_INFORMATIVE if few else ""
    return BesideTable(**numbers, n=n, k=k, reason=reason, held=held, nights=known)


def what_stands(pvalue: ArrayLike, found: ArrayLike, *, level: float = 0.95) -> Mask:
    """Say which of the habits found alone stand beside the others.

    Parameters
    ----------
    pvalue : array_like
        Beside the others, of one family of questions; NaN where refused.
    found : array_like of bool
        Found alone, of the same shape.
    level : float
        1 less the share of false ones among those that stand.

    Returns
    -------
    ndarray of bool
        Found, and below ``1 - level`` after Benjamini and Hochberg among the found.

    Examples
    --------
    >>> what_stands([0.001, 0.2, 0.03, 0.0001], [True, True, True, False]).tolist()
    [True, False, True, False]
    """
    named = np.asarray(found, dtype=bool)
    among = np.where(named, np.asarray(pvalue, dtype=np.float64), np.nan)
    with np.errstate(invalid="ignore"):
        return np.asarray(adjust_pvalues(among) <= 1.0 - level + 1e-12)


def bound_missed(pvalue: ArrayLike, found: ArrayLike, *, level: float = 0.95) -> float:
    """Return the p-value that one more habit would have needed to stand.

    Parameters
    ----------
    pvalue, found, level
        As :func:`what_stands`.

    Returns
    -------
    float
        ``(1 - level) (s + 1) / r``, of r found and answered s stand; all that do not stand lie
        above it. 0.05 when all stand.

    Examples
    --------
    >>> round(bound_missed([0.001, 0.2, 0.3, 0.04], [True, True, True, False]), 4)
    0.0333
    """
    named = np.asarray(found, dtype=bool) & np.isfinite(np.asarray(pvalue, dtype=np.float64))
    standing, asked = int(what_stands(pvalue, found, level=level).sum()), int(named.sum())
    return (1.0 - level) * min(1.0, (standing + 1) / max(asked, 1))
