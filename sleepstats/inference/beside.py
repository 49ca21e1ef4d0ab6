"""Each habit beside the others: its own slope, whether it stands, beside what it goes away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sleepstats.arrays import Bools, Floats
from sleepstats.errors import DiaryError
from sleepstats.inference import side_by_side
from sleepstats.inference.guards import LEAST_DF, TOO_FEW_INFORMATIVE
from sleepstats.inference.habit_columns import Habits
from sleepstats.inference.none_alone import adjust_pvalues
from sleepstats.inference.side_by_side import AskedNights, Nights, Question
from sleepstats.inference.together import Shapes, averaged


@dataclass(frozen=True, eq=False)
class BesideTable:
    """Slopes of q outcomes on h habits, each habit beside the others that matter: (q, h).

    NaN where there is a reason. A habit of several columns has a p-value (joint test), no slope.
    """

    estimate: Floats
    low: Floats
    high: Floats
    pvalue: Floats
    df: Floats
    #: Standard error beside the others over that alone, as far as columns decide it.
    inflation: Floats
    #: Nights used, and columns held equal (calendar and intercept counted).
    n: NDArray[np.int64]
    k: NDArray[np.int64]
    reason: NDArray[np.str_]
    #: (q, h, h): habit l is held equal when j is asked about outcome o.
    held: Bools
    #: Sets of nights that are used again.
    nights: dict[bytes, AskedNights] = field(default_factory=dict, repr=False)


def beside_others(
    outcomes: ArrayLike, pvalue: ArrayLike, habits: Habits, *, level: float = 0.95
) -> BesideTable:
    """Ask of every habit what remains of it once the others that matter are held equal.

    Outcomes (n, q); p-values of every habit alone (q, h), NaN where refused. As :func:`gls_slopes`
    on nights that have both, beside the calendar and :func:`held_equal`, whose gaps are filled.
    """
    y = np.asarray(outcomes, dtype=np.float64)
    alone = np.asarray(pvalue, dtype=np.float64)
    if y.ndim != 2 or len(y) != len(habits.number) or alone.shape != (y.shape[1], habits.count):
        raise DiaryError(
            f"outcomes has shape {y.shape} and pvalue {alone.shape}; a row for each of "
            f"{len(habits.number)} nights, and a p-value for each outcome and each of "
            f"{habits.count} habits were expected."
        )

    def choose(nights: Nights, outcome: int, habit: int) -> Bools:
        return side_by_side.held_equal(habits, nights, habit, alone[outcome])

    return ask_all(y, habits, np.ones(alone.shape, dtype=bool), choose, level)


def ask_all(
    y: Floats,
    habits: Habits,
    asked: Bools,
    choose: Callable[[Nights, int, int], Bools],
    level: float,
) -> BesideTable:
    """Ask about cells (q, h), each with the habits held equal (h,) that are chosen for it."""
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
    for together in side_by_side.sets_of_nights(y, habits, asked, known):
        questions: list[tuple[AskedNights, list[Question]]] = []
        for nights, pairs in together:
            questions.append((nights, []))
            for cell in pairs:
                held[cell] = choose(nights.nights, *cell)
                question = nights.question(*cell, held[cell])
                n[cell], k[cell] = len(nights.y), question.k
                numbers["inflation"][cell] = question.inflation
                reason[cell] = question.reason
                if question.reason:
                    continue
                if question.kinds is not None:
                    numbers["pvalue"][cell], numbers["df"][cell] = question.kinds
                    continue
                questions[-1][1].append(question)
                cells.append(cell)
                unit.append(question.unit)
        shapes += side_by_side.shapes_of(questions)
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


def what_stands(pvalue: ArrayLike, found: ArrayLike, *, level: float = 0.95) -> Bools:
    """Say which habits found alone stand beside the others: Benjamini & Hochberg among these."""
    named = np.asarray(found, dtype=bool)
    among = np.where(named, np.asarray(pvalue, dtype=np.float64), np.nan)
    with np.errstate(invalid="ignore"):
        return np.asarray(adjust_pvalues(among) <= 1.0 - level + 1e-12)


def bound_missed(pvalue: ArrayLike, found: ArrayLike, *, level: float = 0.95) -> float:
    """Return the p-value that one more habit would have needed to stand.

    ``(1 - level) (s + 1) / r``, of r found and answered s stand; 0.05 when all stand.
    """
    named = np.asarray(found, dtype=bool) & np.isfinite(np.asarray(pvalue, dtype=np.float64))
    standing, asked = int(what_stands(pvalue, found, level=level).sum()), int(named.sum())
    return (1.0 - level) * min(1.0, (standing + 1) / max(asked, 1))


def goes_with(
    outcomes: ArrayLike,
    table: BesideTable,
    found: ArrayLike,
    stands: ArrayLike,
    habits: Habits,
    *,
    above: ArrayLike = 0.05,
) -> list[list[tuple[int, ...]]]:
    """Name the fewest habits beside which each habit found that does not stand goes away.

    Gone is a p-value above `above` (:func:`bound_missed`), or no answer. In the order taken; empty
    where nothing was held equal.
    """
    y = np.asarray(outcomes, dtype=np.float64)
    standing = np.asarray(stands, dtype=bool)
    asked = np.asarray(found, dtype=bool) & ~standing
    bound = np.broadcast_to(np.asarray(above, dtype=np.float64), asked.shape)
    named: list[list[tuple[int, ...]]] = [[()] * habits.count for _ in range(y.shape[1])]
    for together in side_by_side.sets_of_nights(y, habits, asked, dict(table.nights)):
        searches = [
            _Search(
                nights, o, j, float(bound[o, j]), standing[o],
                table.held[o, j].nonzero()[0].tolist(),
            )
            for nights, pairs in together
            for o, j in pairs
        ]  # fmt: skip
        while pending := [one for one in searches if not one.ended]:
            for one, p in zip(pending, _pvalues(pending), strict=True):
                one.take(p)
        for one in searches:
            named[one.outcome][one.habit] = tuple(one.taken)
    return named


@dataclass(eq=False)
class _Search:
    """The search for one habit: what has been taken, what has been tried beside it."""

    nights: AskedNights
    outcome: int
    habit: int
    above: float
    stands: Bools
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
        # none is enough: the one that leaves the largest p-value is kept, and the next looked for
        # beside it; no answer counts as 1, ties go to the lower number
        best = max(enough or self.left, key=lambda one: (self.tried[one], -one))
        self.taken.append(best)
        self.left.remove(best)
        self.tried, self.gone = {}, bool(enough)


def _pvalues(searches: list[_Search]) -> list[list[float]]:
    """p-values of every habit beside what was taken and each of its next ones."""
    answers: list[list[float]] = []
    asked: list[tuple[AskedNights, list[Question]]] = []
    cells = []
    for row, one in enumerate(searches):
        answers.append([])
        if not asked or asked[-1][0] is not one.nights:
            asked.append((one.nights, []))
        for column, other in enumerate(one.next_ones):
            held = np.zeros(one.nights.habits.count, dtype=bool)
            held[[*one.taken, other]] = True
            question = one.nights.question(one.outcome, one.habit, held)
            answers[row].append(1.0)
            if question.reason:
                continue
            if question.kinds is not None:
                answers[row][column] = question.kinds[0]
                continue
            asked[-1][1].append(question)
            cells.append((row, column))
    told = averaged(side_by_side.shapes_of(asked))
    for (row, column), p, df in zip(cells, told["pvalue"], told["df"], strict=True):
        answers[row][column] = 1.0 if df < LEAST_DF else float(p)
    return answers


def evenings_after(
    outcomes: ArrayLike, found: ArrayLike, habits: Habits, *, level: float = 0.95
) -> BesideTable:
    """Ask every night about the evening after it, the evening's own habit held equal.

    On nights with outcome, habit and the next calendar evening's. Found here as well: both follow
    something that lasts, or the habit follows the night.
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
