"""Habits that travel together: which of them a diary cannot tell apart, and why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sleepstats.columns import Column, column_of, factor_names
from sleepstats.estimation import Answer, Asking
from sleepstats.factors import ValueKind, read_values
from sleepstats.inference.controls import calendar_controls, night_numbers
from sleepstats.inference.guards import control_basis, without_controls
from sleepstats.question_checks import check_question, names_of
from sleepstats.questions import Diary, Question
from sleepstats.refusals import LEAST_NIGHTS, LEAST_ON_A_SIDE
from sleepstats.sides import Sides, sides_of
from sleepstats.units import counted

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Above this inflation of the interval no winner is named.
MOST_INFLATION = 2.0
#: A group has at most this many factors.
MOST_IN_A_GROUP = 4
#: Each of a group's others must make the interval this many times as wide.
EACH_ADDS = 1.2
#: Spare nights that a group needs beside its columns.
_SPARE = 5
_ALWAYS = 1.0 - 1e-10

COLUMNS = (
    "factor", "others", "size", "n", "both", "only_factor", "only_others", "neither",
    "r", "inflation", "status", "words",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Habit:
    """One factor on every row of the diary."""

    column: Column
    kind: ValueKind
    values: Floats
    levels: tuple[str, ...]
    known: Mask = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", ~np.isnan(self.values))


@dataclass(frozen=True)
class Link:
    """A factor and one or more others: how often apart, how much wider an interval becomes."""

    factor: int
    others: tuple[int, ...]
    n: int
    r: float = math.nan
    inflation: float = math.nan

    @property
    def status(self) -> str:
        """Whether this diary can tell them apart."""
        if math.isnan(self.inflation):
            return "cannot tell"
        return "entangled" if self.inflation > MOST_INFLATION else "separable"


def entangled(
    nights: pd.DataFrame,
    *,
    factors: Sequence[str] | str | None = None,
    adjust: Sequence[str] = ("weekday", "trend"),
) -> pd.DataFrame:
    """Find the factors that this diary cannot tell apart.

    Parameters
    ----------
    nights : DataFrame
        One row per night of one person.
    factors : sequence of str, optional
        Columns to set beside each other; every column of kind factor by default.
    adjust : sequence of {"weekday", "trend"}
        What is taken out first, as in the questions that follow.

    Returns
    -------
    DataFrame
        One row per pair, and one per group of three or four that hides no entangled pair;
        the most entangled first. RangeIndex.

        * ``'factor'``, ``'others'``: column names; a group's other names with commas between
        * ``'size'``: factors in the row
        * ``'n'``: nights on which all of them are known
        * ``'both'``, ``'only_factor'``, ``'only_others'``, ``'neither'``: those nights by side:
          yes or no; some or none; above the median or not; any kind or the reference. In a group
          the others count when any of them is on
        * ``'r'``: correlation with the controls removed; of a group, or where a factor has kinds,
          the largest that any combination gives
        * ``'inflation'``: standard error of ``factor`` with the others in its model over its
          standard error alone; the interval widens by as much, or by more where few nights decide
        * ``'status'``: ``entangled`` (inflation above 2), ``separable``, or ``cannot tell`` (fewer
          than 14 nights with all of them, or nothing varies besides the calendar)
        * ``'words'``: the row as a sentence

    Raises
    ------
    DiaryError
        For a frame that is no ``nights``, several people, or names that are not there.

    Notes
    -----
    ``inflation = 1 / sqrt(1 - R²)``, R² of the factor on the others after the controls: the square
    root of the variance inflation factor. Above 2, at least three quarters of what varies in
    the factor is shared, and no analysis of these nights can say which of them it was: the two
    nights with the one and without the other decide it, and there are hardly any.

    References
    ----------
    Fox & Monette 1992, doi:10.1080/01621459.1992.10475190 (several columns at once).

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, truth = ss.simulate_nights(60, seed=3)
    >>> wine = nights.late_meal.copy()
    >>> wine.iloc[[4, 30]] = ~wine.iloc[[4, 30]]
    >>> table = ss.entangled(nights.assign(wine=wine), factors=["wine", "late_meal", "stress"])
    >>> table[["factor", "others", "only_factor", "only_others", "status"]]
          factor     others  only_factor  only_others     status
    0       wine  late_meal            1            1  entangled
    1       wine     stress            9           15  separable
    2  late_meal     stress            8           14  separable
    """
    names = names_of(factors or ())
    asking = Asking(tuple(names_of(adjust)), "pearson", "none", 0.95)
    check_question(nights, outcomes=[], factors=names, asking=asking, when=None)
    dates = pd.DatetimeIndex(nights.index)
    habits = []
    for name in names or factor_names(nights):
        column, reading = column_of(nights, name), read_values(nights[name], dates)
        if reading.kind in ("yes/no", "numeric", "categorical"):
            column = replace(column, unit=reading.unit or column.unit)
            habits.append(Habit(column, reading.kind, reading.values, reading.levels))
    found = links(dates, habits, asking.adjust)
    found.sort(key=lambda link: -link.inflation if link.inflation == link.inflation else 1.0)
    rows = [
        (
            habits[link.factor].column.name,
            ", ".join(habits[other].column.name for other in link.others),
            1 + len(link.others), link.n, *_counts(link, habits),
            link.r, link.inflation, link.status, _words(link, habits),
        )
        for link in found
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    whole = ["size", "n", "both", "only_factor", "only_others", "neither"]
    text = ["factor", "others", "status", "words"]
    types = {**dict.fromkeys(whole, "int64"), **dict.fromkeys(text, "str")}
    return table.astype({**types, "r": "float64", "inflation": "float64"})


def mark_entangled(
    diary: Diary, questions: Sequence[Question], answers: Sequence[Answer], asking: Asking
) -> list[Answer]:
    """Say in the reason of every answer which other factors it cannot be told from.

    Parameters
    ----------
    diary : Diary
        What the questions share.
    questions : sequence of Question
        One table.
    answers : sequence of Answer
        Judged, in the same order.
    asking : Asking
        Controls.

    Returns
    -------
    list of Answer
        Statuses stay; refused answers stay as they are.
    """
    marked = list(answers)
    by_outcome: dict[str, list[int]] = {}
    for place, (question, one) in enumerate(zip(questions, answers, strict=True)):
        if one.status != "refused":
            by_outcome.setdefault(question.outcome.name, []).append(place)
    seen: dict[tuple[tuple[str, int], ...], Mapping[str, str]] = {}
    for places in by_outcome.values():
        asked = [questions[place] for place in places]
        key = tuple((one.factor.name, one.lag) for one in asked)
        if key not in seen:
            seen[key] = _reasons(diary, asked, asking)
        for place in places:
            if reason := seen[key].get(questions[place].factor.name):
                before = f"{answers[place].reason}; " if answers[place].reason else ""
                marked[place] = replace(answers[place], reason=before + reason)
    return marked


def _reasons(diary: Diary, asked: Sequence[Question], asking: Asking) -> Mapping[str, str]:
    """Return for each entangled factor which others it cannot be told from."""
    habits = [Habit(one.factor, one.kind, one.x, one.levels) for one in asked]
    partners: dict[int, list[Link]] = {}
    for link in links(diary.dates, habits, asking.adjust):
        if link.status == "entangled":
            for place in (link.factor, *link.others):
                partners.setdefault(place, []).append(link)
    reasons = {}
    for place, mine in partners.items():
        others = {other for link in mine for other in (link.factor, *link.others)} - {place}
        names = [habits[other].column.name for other in sorted(others)]
        worst = max(mine, key=lambda link: link.inflation)
        said = f"{_apart(worst, habits)}; {_wider(worst)}"
        reasons[habits[place].column.name] = f"entangled with {_listed(names)}: {said}"
    return reasons


def links(dates: pd.DatetimeIndex, habits: Sequence[Habit], adjust: Sequence[str]) -> list[Link]:
    """Set all factors beside each other.

    Parameters
    ----------
    dates : DatetimeIndex
        The evening of each row.
    habits : sequence of Habit
        Factors, row by row.
    adjust : sequence of str
        Calendar controls.

    Returns
    -------
    list of Link
        Every pair, in order, then the groups.
    """
    nights = _Nights(dates, habits, tuple(adjust))
    pairs = [nights.link(one, (other,)) for one, other in combinations(range(len(habits)), 2)]
    tied = {place for pair in pairs if pair.status == "entangled"
            for place in (pair.factor, *pair.others)}  # fmt: skip
    groups: list[Link] = []
    for place in range(len(habits)):
        if place in tied or len(habits) < 3:
            continue
        group = nights.group(place)
        if group is not None and not any(
            {group.factor, *group.others} == {known.factor, *known.others} for known in groups
        ):
            groups.append(group)
    return pairs + groups


class _Nights:
    """Factors with the calendar removed, once for each pattern of nights on which all are known."""

    def __init__(
        self, dates: pd.DatetimeIndex, habits: Sequence[Habit], adjust: tuple[str, ...]
    ) -> None:
        self.dates, self.habits, self.adjust = dates, habits, adjust
        self.days = dates.to_numpy("datetime64[D]")
        self.left: dict[bytes, dict[int, Floats]] = {}
        self.basis: dict[bytes, Floats] = {}

    def _block(self, place: int, used: Mask) -> Floats:
        """Return orthonormal columns of one factor, controls removed; none if nothing is left."""
        key = used.tobytes()
        if key not in self.basis:
            number = night_numbers(self.days[used])
            weekday = self.dates[used].day_of_week.to_numpy()
            controls = calendar_controls(number, weekday, int(number[-1]) + 1, adjust=self.adjust)
            self.basis[key], self.left[key] = control_basis(controls), {}
        known = self.left[key]
        if place not in known:
            columns = _columns(self.habits[place], used)
            left = without_controls(columns, self.basis[key])
            total = ((columns - columns.mean(axis=0)) ** 2).sum(axis=0)
            kept = (left**2).sum(axis=0) > 1e-9 * np.maximum(total, 1e-300)
            left = left[:, kept]
            if left.shape[1] == 1:
                left = left / np.sqrt((left * left).sum())
            known[place] = left if left.shape[1] == 1 else _orthonormal(left)
        return known[place]

    def link(self, place: int, others: tuple[int, ...]) -> Link:
        """Set one factor beside others on the nights on which all are known."""
        used = self.habits[place].known.copy()
        for other in others:
            used &= self.habits[other].known
        n = int(used.sum())
        if n < LEAST_NIGHTS:
            return Link(place, others, n)
        mine = self._block(place, used)
        theirs = np.column_stack([self._block(other, used) for other in others])
        if len(others) > 1:
            theirs = _orthonormal(theirs)
        spare = n - self.basis[used.tobytes()].shape[1] - mine.shape[1] - theirs.shape[1]
        if not mine.shape[1] or not theirs.shape[1] or spare < _SPARE:
            return Link(place, others, n)
        shared = mine.T @ theirs
        r = float(shared[0, 0]) if shared.size == 1 else float(np.linalg.norm(shared, 2))
        square = min(r * r, 1.0)
        inflation = math.inf if square > _ALWAYS else 1.0 / math.sqrt(1.0 - square)
        return Link(place, others, n, r, inflation)

    def group(self, place: int) -> Link | None:
        """Find the fewest others that together make a factor inseparable."""
        everyone = tuple(other for other in range(len(self.habits)) if other != place)
        if not self.link(place, everyone).inflation > MOST_INFLATION:  # also where none is known
            return None
        chosen: tuple[int, ...] = ()
        while len(chosen) < MOST_IN_A_GROUP - 1:
            tried = [
                self.link(place, (*chosen, other)) for other in everyone if other not in chosen
            ]
            best = max(tried, key=lambda link: np.nan_to_num(link.inflation, nan=0.0))
            chosen = best.others
            if best.status == "entangled":
                return best if len(chosen) > 1 and self._needs_all(best) else None
        return None

    def _needs_all(self, link: Link) -> bool:
        """Say whether every other adds its part, rather than a pair that is nearly entangled."""
        without = [
            self.link(link.factor, tuple(other for other in link.others if other != left_out))
            for left_out in link.others
        ]
        return all(EACH_ADDS * less.inflation <= link.inflation for less in without)


def _counts(link: Link, habits: Sequence[Habit]) -> tuple[int, int, int, int]:
    """Count the nights with both, only the factor, only the others, neither."""
    used = _known(link, habits)
    on = _sides(habits[link.factor], used).on
    others = np.any([_sides(habits[other], used).on for other in link.others], axis=0)
    return (
        int((on & others).sum()), int((on & ~others).sum()),
        int((~on & others).sum()), int((~on & ~others).sum()),
    )  # fmt: skip


def _known(link: Link, habits: Sequence[Habit]) -> Mask:
    """Return the nights on which all factors of a row are known."""
    places = (link.factor, *link.others)
    return np.asarray(np.logical_and.reduce([habits[place].known for place in places]))


def _orthonormal(columns: Floats) -> Floats:
    """Return orthonormal columns that span the same space."""
    if not columns.shape[1]:
        return columns
    return control_basis(columns)


def _columns(habit: Habit, used: Mask) -> Floats:
    """Return a factor as columns of numbers: one, or one per kind beyond the first."""
    values = habit.values[used]
    if habit.kind != "categorical":
        return values[:, None]
    seen, counts = np.unique(values, return_counts=True)
    often = seen[counts >= LEAST_ON_A_SIDE]
    return np.column_stack([np.zeros(len(values)), *(values == kind for kind in often[1:])])


def _sides(habit: Habit, used: Mask) -> Sides:
    """Return the two sides of a factor on some nights."""
    return sides_of(habit.column, habit.kind, habit.values[used], habit.levels)


def _words(link: Link, habits: Sequence[Habit]) -> str:
    """Return one row as a sentence."""
    labels = _listed([habits[place].column.label for place in (link.factor, *link.others)])
    labels = f"{labels[:1].upper()}{labels[1:]}"
    if math.isnan(link.inflation):
        return f"{labels}: {counted(link.n, 'night')} with all of them, too few to tell."
    if link.status == "separable":
        return f"{labels} can be told apart: {_apart(link, habits)}; {_wider(link)}."
    return (
        f"{labels} cannot be told apart: {_apart(link, habits)}; {_wider(link)}. None of them "
        "can be named."
    )


def _apart(link: Link, habits: Sequence[Habit]) -> str:
    """Say how many nights set them apart."""
    used = _known(link, habits)
    one, *rest = (_sides(habits[place], used) for place in (link.factor, *link.others))
    counts = _counts(link, habits)
    both, only_one, only_others, neither = (counted(count, "night") for count in counts)
    if len(rest) > 1:
        names = " or ".join(other.name for other in rest)
        return f"{one.one(True)} without {names}: {only_one}; the other way round: {only_others}"
    (other,) = rest
    if link.r < 0:
        return (
            f"{one.one(True)} {other.beside(True)}: {both}; "
            f"{one.one(False)} {other.beside(False)}: {neither}"
        )
    return (
        f"{one.one(True)} {other.beside(False)}: {only_one}; "
        f"{other.one(True)} {one.beside(False)}: {only_others}"
    )


def _wider(link: Link) -> str:
    """Say how much wider the interval becomes."""
    if math.isinf(link.inflation):
        return "in one model neither has an interval at all"
    return f"in one model the interval is at least {link.inflation:.1f} times as wide"


def _listed(names: Sequence[str]) -> str:
    """Join names with commas and a last *and*."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
