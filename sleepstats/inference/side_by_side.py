"""Questions that stand on one set of nights, each with its own habits held equal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sleepstats.arrays import Floats, products
from sleepstats.inference import gls_joint, guards
from sleepstats.inference.habit_columns import Habits, Mask
from sleepstats.inference.none_alone import bring_in_around
from sleepstats.inference.together import Shapes, Whitened, whiten_together

LEAST_RECORDED = 0.5  # of the nights, or a habit is not held equal
_NOTHING = 1e-12  # share of the variance that counts as none


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
    basis = guards.control_basis(controls)
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
    left = guards.without_controls(columns, basis)
    scale = np.sqrt((left * left).mean(axis=0))
    total = np.sqrt(((columns - columns.mean(axis=0)) ** 2).mean(axis=0))
    varies = scale > np.sqrt(_NOTHING) * total
    scale = np.where(varies, scale, 0.0)
    return np.where(varies, left / np.where(varies, scale, 1.0), 0.0), scale


CANNOT_BE_TOLD = "cannot be told from others"
MOST_INFLATION = 10.0
_REPEATED = 1e-4  # a held column counts when more than this share of its length is new
_MOST_KEPT = 2  # sets of nights whose whitened columns are kept: diaries without gaps have one
_NAN = float("nan")


@dataclass(frozen=True, eq=False)
class Question:
    """One habit beside others: which columns, what they leave of it, or why not.

    Attributes
    ----------
    outcome, place : int
        Columns of outcome and habit among those of the nights.
    beside : ndarray of int
        Columns of the habits held equal, repeated ones left out.
    k : int
        Columns held equal, the calendar's counted.
    inflation : float
        Standard error beside the others over that alone, as far as columns decide it.
    reason : str
        Empty, or the code of why there is no answer.
    unit : float
        Slope in the units of the diary per slope of columns of unit size.
    counted : ndarray (N,)
        The outcome, nights far from what calendar, habit and those let one expect brought in.
    kinds : tuple of float, optional
        p-value and degrees of freedom of a habit of several columns.
    """

    outcome: int
    place: int
    beside: NDArray[np.int64]
    k: int
    inflation: float
    reason: str
    unit: float
    counted: Floats
    kinds: tuple[float, float] | None = None


def sets_of_nights(
    y: Floats, habits: Habits, asked: Mask, known: dict[bytes, AskedNights]
) -> Iterator[tuple[AskedNights, list[tuple[int, int]]]]:
    """Give each set of nights on which questions stand, with its questions (outcome, habit).

    Sets that are already `known` are used again; a few new ones are added to them.
    """
    told = np.isfinite(y)
    sets: dict[bytes, tuple[Mask, list[tuple[int, int]]]] = {}
    for habit in np.flatnonzero(asked.any(axis=0)).tolist():
        recorded = habits.recorded(habit)
        for outcome in np.flatnonzero(asked[:, habit]).tolist():
            used = recorded & told[:, outcome]
            sets.setdefault(used.tobytes(), (used, []))[1].append((outcome, habit))
    for key, (used, pairs) in sets.items():
        outcomes = sorted({outcome for outcome, _ in pairs})
        nights = known.get(key) or AskedNights(habits, y, used, outcomes)
        if len(known) < _MOST_KEPT:
            known[key] = nights
        yield nights, pairs


class AskedNights:
    """One set of nights and the outcomes asked about on them.

    Parameters
    ----------
    habits : Habits
    y : ndarray (n, q)
    used : ndarray of bool (n,)
        Nights on which the habits asked about and the outcomes were recorded.
    outcomes : sequence of int
        Columns of y.
    """

    def __init__(self, habits: Habits, y: Floats, used: Mask, outcomes: Sequence[int]) -> None:
        self.habits = habits
        self.y = y[used][:, outcomes]
        self.nights: Nights = nights_of(habits, y[:, outcomes], used)
        self.where = {outcome: place for place, outcome in enumerate(outcomes)}
        self._codes: dict[int, str] = {}
        self._needed: Mask = np.zeros(0, dtype=bool)
        self._whitened: Whitened | None = None
        spare = len(self.y) - self.nights.basis.shape[1] - 1
        code = guards.column_reasons(self.y, self.nights.outcomes * self.nights.of_outcomes, spare)
        self.of_y = guards.of_outcome(code)

    def question(self, outcome: int, habit: int, held: Mask) -> Question:
        """Look at one question's columns, before anything is asked of the engine."""
        nights, habits = self.nights, self.habits
        (n, k), place = nights.basis.shape, self.where[outcome]
        mine = habits.places(habit)
        beside = np.flatnonzero(held[habits.habit])
        beside = beside[nights.of_habits[beside] > 0]
        code = self._alone(habit) or str(self.of_y[place])
        inflation = _NAN
        if not code:
            beside, inflation = _inflation(nights, beside, mine)
            if n - k - len(beside) - len(mine) < guards.LEAST_SPARE:
                code = guards.TOO_FEW_NIGHTS
            elif inflation > MOST_INFLATION:
                code = CANNOT_BE_TOLD
        kinds, unit, counted = None, _NAN, self.y[:, place]
        if not code:
            z = np.concatenate([nights.basis, nights.habits[:, beside]], axis=1)
            counted = bring_in_around(counted, np.concatenate([z, nights.habits[:, mine]], axis=1))
            if len(mine) > 1:
                own = habits.columns[nights.used][:, mine]
                test = gls_joint(counted, own, z, nights.number)
                code, kinds = test.reason, (test.pvalue, float(test.df2))
            else:
                unit = float(nights.of_outcomes[place] / nights.of_habits[mine[0]])
        return Question(
            place, int(mine[0]), beside, k + len(beside), inflation, code, unit, counted, kinds
        )

    def _alone(self, habit: int) -> str:
        """Why a habit cannot be asked about even alone; empty where it can."""
        if habit not in self._codes:
            nights, mine = self.nights, self.habits.places(habit)
            own = self.habits.columns[nights.used][:, mine]
            spare = len(self.y) - nights.basis.shape[1] - 1
            left = nights.habits[:, mine] * nights.of_habits[mine]
            codes = guards.column_reasons(own, left, spare).tolist()
            self._codes[habit] = "" if "" in codes else codes[0]
        return self._codes[habit]

    def shapes(self, questions: Sequence[Question]) -> list[Shapes]:
        """Ask the engine about single columns; everything they need is whitened once."""
        if not questions:
            return []
        nights = self.nights
        needed = np.zeros(nights.habits.shape[1], dtype=bool)
        for question in questions:
            needed[question.beside] = needed[question.place] = True
        if self._whitened is None or (needed & ~self._needed).any():
            self._needed = needed
            self._whitened = whiten_together(nights.basis, nights.habits[:, needed], nights.number)
        at = np.cumsum(self._needed) - 1
        asked = [(q.outcome, int(at[q.place]), tuple(at[q.beside].tolist())) for q in questions]
        # in an order of the content, so that rounding does not depend on who asks first
        order = sorted(range(len(asked)), key=asked.__getitem__)
        outcomes = np.column_stack([questions[place].counted for place in order])
        outcomes = guards.without_controls(outcomes, nights.basis)
        outcomes /= nights.of_outcomes[[questions[place].outcome for place in order]]
        whole = self._whitened.joined_by(outcomes, nights.number)
        first = int(self._needed.sum())
        told = whole.shapes([(first + row, *asked[place][1:]) for row, place in enumerate(order)])
        answers: list[Shapes] = [told[0]] * len(asked)
        for place, answer in zip(order, told, strict=True):
            answers[place] = answer
        return answers


def _inflation(
    nights: Nights, beside: NDArray[np.int64], mine: NDArray[np.int64]
) -> tuple[NDArray[np.int64], float]:
    """Held columns that are not repeated, and the least inflation of the habit's columns."""
    if not len(beside):
        return beside, 1.0
    try:
        root = np.linalg.cholesky(nights.cross[np.ix_(beside, beside)])
        repeated = bool((np.diag(root) <= _REPEATED).any())
    except np.linalg.LinAlgError:
        repeated = True
    if repeated:
        beside = beside[guards.independent_columns(nights.habits[:, beside], tolerance=_REPEATED)]
        root = np.linalg.cholesky(nights.cross[np.ix_(beside, beside)])
    along = np.linalg.solve(root, nights.cross[np.ix_(beside, mine)])
    share = 1.0 - (along * along).sum(axis=0)
    return beside, float(1.0 / np.sqrt(max(share.max(), 1e-16)))
