"""What is asked of habits that were found: beside which they go away, and the evening after."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

import numpy as np
from numpy.typing import ArrayLike

from sleepstats.arrays import Floats
from sleepstats.inference.beside import BesideTable, ask_all
from sleepstats.inference.guards import LEAST_DF
from sleepstats.inference.habit_columns import Habits, Mask
from sleepstats.inference.side_by_side import AskedNights, sets_of_nights
from sleepstats.inference.together import averaged


def goes_with(
    outcomes: ArrayLike,
    table: BesideTable,
    found: ArrayLike,
    stands: ArrayLike,
    habits: Habits,
    *,
    above: ArrayLike = 0.05,
) -> list[list[tuple[int, ...]]]:
    """Name the fewest habits beside which each habit that does not stand goes away.

    Parameters
    ----------
    outcomes : array_like (n, q)
        As given to :func:`sleepstats.inference.beside.beside_others`.
    table : BesideTable
        Its answer.
    found, stands : array_like of bool (q, h)
        Found alone; stands beside the others. Habits found that do not stand are asked about.
    habits : Habits
    above : array_like, (q, h) or a number
        Gone means a p-value above this, or no answer. Where a p-value below 0.05 did not stand
        because of its family, give :func:`sleepstats.inference.beside.bound_missed`.

    Returns
    -------
    list of list of tuple of int
        Per outcome and habit: habits in the order in which they were taken; empty where nothing
        is asked or nothing was held equal.

    Notes
    -----
    One habit that is enough alone, beside the calendar: first among those that stand, otherwise
    among all that were held equal, the one that leaves the largest p-value (no answer counts as 1,
    ties go to the lower number). If none is enough, the one that leaves the largest p-value is
    kept and the next is looked for beside it, until the habit is gone or nothing is left to hold
    equal.

    Examples
    --------
    >>> from sleepstats.inference.beside import beside_others
    >>> from sleepstats.inference.habit_columns import ready_habits
    >>> rng = np.random.default_rng(1)
    >>> stress, other = rng.normal(size=(2, 200))
    >>> proxy = 0.6 * stress + 0.8 * rng.normal(size=200)
    >>> night = np.arange(200)
    >>> habits = ready_habits(np.column_stack([stress, proxy, other]), night, night % 7)
    >>> sleep = (rng.normal(size=200) - 0.5 * stress)[:, None]
    >>> table = beside_others(sleep, [[1e-9, 1e-3, 0.04]], habits)
    >>> goes_with(sleep, table, [[True, True, False]], [[True, False, False]], habits)
    [[(), (0,), ()]]
    """
    y = np.asarray(outcomes, dtype=np.float64)
    standing = np.asarray(stands, dtype=bool)
    asked = np.asarray(found, dtype=bool) & ~standing
    bound = np.broadcast_to(np.asarray(above, dtype=np.float64), asked.shape)
    named: list[list[tuple[int, ...]]] = [[()] * habits.count for _ in range(y.shape[1])]
    for nights, pairs in sets_of_nights(y, habits, asked, dict(table.nights)):
        searches = [
            _Search(o, j, float(bound[o, j]), standing[o], table.held[o, j].nonzero()[0].tolist())
            for o, j in pairs
        ]
        while pending := [one for one in searches if not one.ended]:
            for one, p in zip(pending, _pvalues(nights, pending), strict=True):
                one.take(p)
        for one in searches:
            named[one.outcome][one.habit] = tuple(one.taken)
    return named


@dataclass(eq=False)
class _Search:
    """The search for one habit: what has been taken, what has been tried beside it."""

    outcome: int
    habit: int
    above: float
    stands: Mask
    left: list[int]
    taken: list[int] = field(default_factory=list)
    tried: dict[int, float] = field(default_factory=dict)
    gone: bool = False

    @property
    def ended(self) -> bool:
        """Whether the habit is gone or nothing is left to hold equal."""
        return self.gone or not self.left

    @property
    def next_ones(self) -> list[int]:
        """Habits to try now: one at a time those that stand come first."""
        untried = [one for one in self.left if one not in self.tried]
        standing = [one for one in untried if self.stands[one] and not self.taken]
        return standing or untried

    def take(self, pvalues: list[float]) -> None:
        """Learn what is left beside each of the next ones, and take one if that is enough."""
        self.tried |= dict(zip(self.next_ones, pvalues, strict=True))
        enough = [one for one, p in self.tried.items() if p > self.above]
        if not enough and len(self.tried) < len(self.left):
            return
        best = max(enough or self.left, key=lambda one: (self.tried[one], -one))
        self.taken.append(best)
        self.left.remove(best)
        self.tried, self.gone = {}, bool(enough)


def _pvalues(nights: AskedNights, searches: list[_Search]) -> list[list[float]]:
    """p-values of every habit beside what was taken and each of its next ones."""
    answers: list[list[float]] = []
    questions, cells = [], []
    for row, one in enumerate(searches):
        answers.append([])
        for column, other in enumerate(one.next_ones):
            held = np.zeros(nights.habits.count, dtype=bool)
            held[[*one.taken, other]] = True
            question = nights.question(one.outcome, one.habit, held)
            answers[row].append(1.0)
            if question.reason:
                continue
            if question.kinds is not None:
                answers[row][column] = question.kinds[0]
                continue
            questions.append(question)
            cells.append((row, column))
    told = averaged(nights.shapes(questions))
    for (row, column), p, df in zip(cells, told["pvalue"], told["df"], strict=True):
        answers[row][column] = 1.0 if df < LEAST_DF else float(p)
    return answers


def found_alone(
    outcomes: ArrayLike, table: BesideTable, found: ArrayLike, habits: Habits, level: ArrayLike
) -> tuple[Floats, Floats]:
    """Intervals of found habits alone, each at a level of its own.

    Parameters
    ----------
    outcomes : array_like (n, q)
    table : BesideTable
        What was whitened for it is used again.
    found : array_like of bool (q, h)
        Habits of one column; those of several have no interval.
    habits : Habits
    level : array_like (q, h)
        From :func:`sleepstats.inference.none_alone.level_of_found`.

    Returns
    -------
    low, high : ndarray (q, h)
        As :func:`sleepstats.inference.gls_slopes` at that level; NaN where not found.

    Examples
    --------
    >>> from sleepstats.inference.beside import beside_others
    >>> from sleepstats.inference.habit_columns import ready_habits
    >>> night = np.arange(60)
    >>> habits = ready_habits((night % 4 == 1)[:, None], night, night % 7)
    >>> sleep = (420 - 30 * (night % 4 == 1) + 9 * np.sin(night))[:, None]
    >>> table = beside_others(sleep, [[1e-9]], habits)
    >>> low, high = found_alone(sleep, table, [[True]], habits, [[0.99]])
    >>> bool(low[0, 0] < -30 < high[0, 0])
    True
    """
    y, levels = np.asarray(outcomes, dtype=np.float64), np.asarray(level, dtype=np.float64)
    asked = np.asarray(found, dtype=bool)
    low, high = np.full(asked.shape, np.nan), np.full(asked.shape, np.nan)
    none = np.zeros(habits.count, dtype=bool)
    for nights, pairs in sets_of_nights(y, habits, asked, dict(table.nights)):
        both = [(pair, nights.question(*pair, none)) for pair in pairs]
        both = [one for one in both if not one[1].reason and one[1].kinds is None]
        shapes = nights.shapes([question for _, question in both])
        for (cell, question), shape in zip(both, shapes, strict=True):
            told = averaged([shape], float(levels[cell]))
            low[cell], high[cell] = told["low"][0] * question.unit, told["high"][0] * question.unit
    return low, high


def evenings_after(
    outcomes: ArrayLike, found: ArrayLike, habits: Habits, *, level: float = 0.95
) -> BesideTable:
    """Ask every night about the evening after it, the evening's own habit held equal.

    Parameters
    ----------
    outcomes : array_like (n, q)
        One row per night, NaN where missing.
    found : array_like of bool (q, h)
        Which habits to ask about.
    habits : Habits
    level : float
        Level of the intervals.

    Returns
    -------
    BesideTable
        Of the following evening's habits; `held` is the evening's own. NaN where not asked.

    Notes
    -----
    The nights on which the outcome, the habit, and the habit of the next calendar evening were
    recorded; calendar controls of the night. Something found here as well means that both follow
    something that lasts, or that the habit follows the night.

    Examples
    --------
    >>> from sleepstats.inference.habit_columns import ready_habits
    >>> rng = np.random.default_rng(1)
    >>> night = np.arange(150)
    >>> sleep = rng.normal(size=150)
    >>> wine = np.r_[0.0, -sleep[:-1]] + rng.normal(size=150)
    >>> habits = ready_habits(wine[:, None], night, night % 7)
    >>> after = evenings_after(sleep[:, None], [[True]], habits)
    >>> bool(after.estimate[0, 0] < 0), bool(after.pvalue[0, 0] < 0.001)
    (True, True)
    """
    y = np.asarray(outcomes, dtype=np.float64)
    asked = np.asarray(found, dtype=bool)
    following = np.full_like(habits.columns, np.nan)
    before = np.flatnonzero(np.diff(habits.number) == 1)
    following[before] = habits.columns[before + 1]
    following[~np.isfinite(habits.columns)] = np.nan  # asked where its own evening is known
    h = habits.count
    # habits 0 to h - 1 are the evenings after, h to 2 h - 1 the evening's own
    own = np.zeros((2 * h, 2 * h), dtype=bool)
    own[np.arange(h), h + np.arange(h)] = True
    both = replace(
        habits,
        columns=np.concatenate([following, habits.columns], axis=1),
        filled=np.concatenate([following, habits.columns], axis=1),
        habit=np.concatenate([habits.habit, h + habits.habit]),
        count=2 * h,
        apart=~own,
        usable=np.concatenate([habits.usable, habits.usable]),
    )
    wide = np.concatenate([asked, np.zeros_like(asked)], axis=1)
    table = ask_all(y, both, wide, lambda nights, outcome, habit: own[habit], level)
    cut = {
        each.name: getattr(table, each.name)[:, :h]
        for each in fields(table)
        if each.name not in ("held", "nights")
    }
    return BesideTable(**cut, held=table.held[:, :h, h:])
