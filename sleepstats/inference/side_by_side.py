"""Questions that stand on one set of nights, each with its own habits held equal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sleepstats.arrays import Bools, Floats, products
from sleepstats.inference import gls_joint, guards
from sleepstats.inference.habit_columns import Habits
from sleepstats.inference.none_alone import bring_in_around, brought_in_around
from sleepstats.inference.together import Shapes, Whitened, whiten_together
from sleepstats.inference.whiten import noise_grid

LEAST_RECORDED = 0.5  # of the nights, or a habit is not held equal
_NOTHING = 1e-12  # share of the variance that counts as none


@dataclass(frozen=True, eq=False)
class Nights:
    """One set of nights: controls, and every habit and outcome without them, of unit size."""

    used: Bools
    number: NDArray[np.int64]
    #: As they are, and orthonormal.
    controls: Floats
    basis: Floats
    #: (N, m), (N, q) of unit mean square; a column that cannot be held equal is 0.
    habits: Floats
    outcomes: Floats
    #: (m,), (q,): the scales that were taken out.
    of_habits: Floats
    of_outcomes: Floats
    #: (m, m): correlations of the habits.
    cross: Floats


def nights_of(habits: Habits, outcomes: Floats, used: Bools) -> Nights:
    """Take the controls out of every habit and outcome (n, q), complete on the nights used (n,)."""
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


SELECTED_BELOW = 0.1
MOST_OF_THE_REST = 0.5


def relation(habits: Habits, nights: Nights, habit: int) -> Floats:
    """p-values (h,) of every habit going with one of them once the calendar is removed; own: 1.

    One column each: ``t = r sqrt(df / (1 - r^2))``, ``df = N - k - 1``, two normal tails; where a
    habit has several, the smallest F test of a column on all of the other, times their number.
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


def held_equal(habits: Habits, nights: Nights, habit: int, pvalue: Floats) -> Bools:
    """Choose habits (h,) held equal when one is asked about: selection on both sides.

    p-value alone (h,) for this outcome or that of :func:`relation` below 0.1; on one side only is
    liberal in short diaries: Belloni, Chernozhukov & Hansen 2014, doi:10.1093/restud/rdt044.
    """
    strength = np.fmin(pvalue, relation(habits, nights, habit))
    varies = habits.usable & (nights.of_habits > 0)
    columns = np.bincount(habits.habit[varies], minlength=habits.count)
    held = np.asarray((strength < SELECTED_BELOW) & (columns > 0) & ~habits.apart[habit])
    n, k = nights.basis.shape
    # with hundreds of tags those come first whose p-value on either side is the smallest
    most = int(MOST_OF_THE_REST * max(n - k, 0))
    if columns[held].sum() > most:
        order = np.flatnonzero(held)[np.argsort(strength[held], kind="stable")]
        held[order[np.cumsum(columns[order]) > most]] = False
    return held


CANNOT_BE_TOLD = "cannot be told from others"
#: Of a standard error: beyond, the others leave less than a hundredth of the variance.
MOST_INFLATION = 10.0
_REPEATED = 1e-4  # a held column counts when more than this share of its length is new
_ALWAYS_KEPT = 2  # sets of nights whose whitened columns are kept: diaries without gaps have one
_MOST_KEPT = 1 << 22  # whitened numbers up to which further sets are
_MOST_TOGETHER = 1 << 20  # numbers of the sets of nights that are looked at together
_NAN = float("nan")


@dataclass(frozen=True, eq=False)
class Question:
    """One habit beside others: which columns, what they leave of it, or why not."""

    #: Columns among those of the nights: outcome, habit, habits held equal without repeated ones.
    outcome: int
    place: int
    beside: NDArray[np.int64]
    #: Columns held equal, the calendar's counted.
    k: int
    #: Standard error beside the others over that alone, as far as columns decide it.
    inflation: float
    reason: str
    #: Slope in the units of the diary per slope of columns of unit size.
    unit: float
    #: p-value and degrees of freedom of a habit of several columns.
    kinds: tuple[float, float] | None = None


def sets_of_nights(
    y: Floats, habits: Habits, asked: Bools, known: dict[bytes, AskedNights]
) -> Iterator[list[tuple[AskedNights, list[tuple[int, int]]]]]:
    """Give the sets of nights on which questions stand, with their questions (outcome, habit).

    As many together as are small. Sets that are `known` are used again; some new ones are added.
    """
    told = np.isfinite(y)
    sets: dict[bytes, tuple[Bools, list[tuple[int, int]]]] = {}
    for habit in np.flatnonzero(asked.any(axis=0)).tolist():
        recorded = habits.recorded(habit)
        for outcome in np.flatnonzero(asked[:, habit]).tolist():
            used = recorded & told[:, outcome]
            sets.setdefault(used.tobytes(), (used, []))[1].append((outcome, habit))
    room = _MOST_KEPT - sum(one.whitened_size for one in known.values())
    together: list[tuple[AskedNights, list[tuple[int, int]]]] = []
    for key, (used, pairs) in sets.items():
        nights = known.get(key)
        if nights is None:
            nights = AskedNights(habits, y, used, sorted({outcome for outcome, _ in pairs}))
            room -= nights.whitened_size
            if len(known) < _ALWAYS_KEPT or room >= 0:
                known[key], nights.kept = nights, True
        together.append((nights, pairs))
        if sum(one.nights.habits.size for one, _ in together) > _MOST_TOGETHER:
            yield together
            together = []
    if together:
        yield together


class AskedNights:
    """Nights on which habits were recorded, and the outcomes (columns of y) asked about there."""

    #: Whether the whitened columns stay for further questions.
    kept: bool = False

    def __init__(self, habits: Habits, y: Floats, used: Bools, outcomes: Sequence[int]) -> None:
        self.habits = habits
        self.y = y[used][:, outcomes]
        self.nights: Nights = nights_of(habits, y[:, outcomes], used)
        self.where = {outcome: place for place, outcome in enumerate(outcomes)}
        self._codes: dict[int, str] = {}
        self._needed: Bools = np.zeros(0, dtype=bool)
        self._whitened: Whitened | None = None
        spare = len(self.y) - self.nights.basis.shape[1] - 1
        code = guards.column_reasons(self.y, self.nights.outcomes * self.nights.of_outcomes, spare)
        self.of_y = guards.of_outcome(code)

    @property
    def whitened_size(self) -> int:
        """Numbers of all columns at all noise shapes."""
        width = self.nights.basis.shape[1] + self.nights.habits.shape[1]
        return int(len(self.y) * width * len(noise_grid().phi))

    def question(self, outcome: int, habit: int, held: Bools) -> Question:
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
        kinds, unit = None, _NAN
        if not code and len(mine) == 1:
            unit = float(nights.of_outcomes[place] / nights.of_habits[mine[0]])
        elif not code:
            z, own = self._columns(beside), habits.columns[nights.used][:, mine]
            columns = self._columns([*beside, *mine])
            counted = bring_in_around(self.y[:, place], columns, tested=len(mine))
            test = gls_joint(counted, own, z, nights.number)
            code, kinds = test.reason, (test.pvalue, float(test.df2))
        return Question(place, int(mine[0]), beside, k + len(beside), inflation, code, unit, kinds)

    def _columns(self, places: Sequence[int] | NDArray[np.int64]) -> Floats:
        """Return the controls and some habits' columns."""
        return np.concatenate([self.nights.basis, self.nights.habits[:, places]], axis=1)

    def around(self, question: Question) -> tuple[Floats, Floats]:
        """Return the question's outcome and all columns of its model."""
        columns = self._columns([*question.beside, question.place])
        return self.y[:, question.outcome], columns

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

    def shapes(self, questions: Sequence[Question], counted: Sequence[Floats]) -> list[Shapes]:
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
        outcomes = np.column_stack([counted[place] for place in order])
        outcomes = guards.without_controls(outcomes, nights.basis)
        outcomes /= nights.of_outcomes[[questions[place].outcome for place in order]]
        whole = self._whitened.joined_by(outcomes)
        first = int(self._needed.sum())
        told = whole.shapes([(first + row, *asked[place][1:]) for row, place in enumerate(order)])
        answers: list[Shapes] = [told[0]] * len(asked)
        for place, answer in zip(order, told, strict=True):
            answers[place] = answer
        if not self.kept:
            self._whitened = None
        return answers


def shapes_of(asked: Sequence[tuple[AskedNights, Sequence[Question]]]) -> list[Shapes]:
    """Bring the far nights of all questions in together, and ask the engine set by set."""
    each = [(nights, question) for nights, questions in asked for question in questions]
    counted = brought_in_around(nights.around(question) for nights, question in each)
    shapes: list[Shapes] = []
    for nights, questions in asked:
        mine = counted[len(shapes) : len(shapes) + len(questions)]
        shapes += nights.shapes(questions, mine)
    return shapes


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
    new = float((1.0 - (along * along).sum(axis=0)).max())
    # what rounding leaves of a column that repeats others is no size
    return beside, 1.0 / math.sqrt(new) if new > 1e-12 else math.inf
