"""Columns of nights that the person wants held equal: aligned, their gaps filled, or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Floats
from sleepstats.asking.estimation import NONE, Asking
from sleepstats.asking.questions import LEAST_ON_A_SIDE, Diary, Question, prepare
from sleepstats.columns import Column, factor_names, ingredients
from sleepstats.errors import DiaryError
from sleepstats.factors import ValueKind
from sleepstats.inference.guards import calendar_controls, night_numbers
from sleepstats.inference.habit_columns import fill

#: A column that was recorded on fewer than this share of a question's nights is not held equal.
LEAST_RECORDED = 0.5
#: The unit of how long before bed something was last taken; missing where nothing was.
HOURS_BEFORE = "h before bed"
#: The order of a row: a day comes before its night, a night before its morning.
_PLACE = {"day": 0, "night": 1, "morning": 2}


def prepare_asked(
    nights: pd.DataFrame,
    pairs: Sequence[tuple[str, str]],
    asking: Asking,
    *,
    when: Mapping[str, str] | None = None,
) -> tuple[Diary, list[Question]]:
    """Make questions ready as :func:`prepare`, with the columns of ``adjust`` held equal.

    >>> index = pd.date_range("2026-01-01", periods=30, name="night")
    >>> wine = pd.Series(np.arange(30) % 3 == 0, index)
    >>> nights = pd.DataFrame({"tst_min": 400 + np.arange(30.0) % 7, "wine": wine}, index)
    >>> nights = nights.assign(stress=np.arange(30.0) % 4)
    >>> asking = Asking(("weekday", "stress"), "pearson", "none", 0.95)
    >>> _, (question,) = prepare_asked(nights, [("tst_min", "wine")], asking)
    >>> len(question.beside), question.refusal
    (1, '')
    """
    diary, questions = prepare(nights, pairs, when=when)
    if not asking.held:
        return diary, questions
    known: dict[str, dict[str, tuple[Question, Floats]]] = {}
    held = []
    for question in questions:
        if question.refusal:
            held.append(question)
            continue
        outcome = question.outcome
        if outcome.when not in known:
            known[outcome.when] = _filled(nights, diary, outcome.name, asking, when)
        columns = known[outcome.when]
        reasons = (refusal_of_held(nights, question, *columns[name]) for name in asking.held)
        if reason := next((reason for reason in reasons if reason), ""):
            held.append(replace(question, refusal=reason))
            continue
        beside = [column for name in asking.held for column in columns[name][1].T]
        held.append(replace(question, beside=(*question.beside, *beside)))
    return diary, held


def _filled(
    nights: pd.DataFrame,
    diary: Diary,
    outcome: str,
    asking: Asking,
    when: Mapping[str, str] | None,
) -> dict[str, tuple[Question, Floats]]:
    """Align habits with one part of the day, fill their gaps; those held equal, as columns."""
    factors = [name for name in factor_names(nights) if name not in asking.held]
    names = [name for name in (*asking.held, *factors) if name != outcome]
    _, aligned = prepare(nights, [(outcome, name) for name in names], when=when)
    problems = [
        f"adjust: {question.factor.name!r} holds neither numbers, yes or no, nor a few kinds, so "
        "it cannot be held equal. Leave it out, or make a number of it first."
        for question in aligned[: len(asking.held)]
        if question.kind in ("text", "other")
    ]
    if problems:
        raise DiaryError(problems)
    parts = [habit_columns(q.kind, q.x, len(q.levels)) for q in aligned]
    table = np.concatenate(parts, axis=1)
    number = night_numbers(diary.dates.to_numpy("datetime64[D]"))
    weekday = diary.dates.day_of_week.to_numpy()
    z = calendar_controls(number, weekday, int(number[-1]) + 1, adjust=asking.calendar)
    complete = fill(table, z)
    ends = np.cumsum([part.shape[1] for part in parts])
    blocks = np.split(complete, ends[:-1], axis=1)
    told = {q.factor.name: (q, block) for q, block in zip(aligned, blocks, strict=True)}
    if outcome in asking.held:
        told[outcome] = replace(aligned[0], factor=replace(aligned[0].outcome)), np.zeros((0, 0))
    return told


def habit_columns(kind: ValueKind, values: Floats, kinds: int) -> Floats:
    """Return a habit as columns: itself, or one for each kind but the commonest.

    >>> habit_columns("categorical", np.array([0.0, 1.0, 0.0, np.nan, 2.0]), 3).T
    array([[ 0.,  1.,  0., nan,  0.],
           [ 0.,  0.,  0., nan,  1.]])
    """
    if kind != "categorical":
        return values[:, None] if kind in ("yes/no", "numeric") else np.empty((len(values), 0))
    known = ~np.isnan(values)
    counts = np.bincount(values[known].astype(int), minlength=kinds)
    others = [place for place in np.flatnonzero(counts) if place != counts.argmax()]
    columns = [np.where(known, values == place, np.nan) for place in others]
    return np.column_stack(columns) if columns else np.empty((len(values), 0))


def refusal_of_held(
    nights: pd.DataFrame, question: Question, held: Question, columns: Floats
) -> str:
    """Say why a column cannot be held equal in a question; empty when it can."""
    outcome, factor, name = question.outcome.name, question.factor.name, held.factor.name
    if name in (outcome, factor):
        what = "the outcome itself" if name == outcome else "what is asked about"
        return f"tautology: adjust holds {name} equal, and it is {what}"
    for other, lag in ((outcome, held.lag), (factor, held.lag - question.lag)):
        tied = name in ingredients(other, nights) or other in ingredients(name, nights)
        if lag == 0 and tied:
            return f"tautology: adjust holds {name} equal, which is tied to {other} by definition"
    if lies_between(question, held):
        return (
            f"between: {name} ({held.factor.when}) comes after {factor} and before {outcome} is "
            f"told; holding it equal would take away what goes through it"
        )
    known = int((question.used & ~np.isnan(held.x)).sum())
    n = int(question.used.sum())
    if known < LEAST_RECORDED * n:
        return f"too few nights: {name}, to be held equal, was recorded on {known} of {n} nights"
    if not columns.size or not np.isfinite(columns).all():
        return f"constant: {name}, to be held equal, never varied"
    return ""


def lies_between(question: Question, held: Question) -> bool:
    """Say whether a column comes after the factor and not after the outcome.

    A column that the data dictionary does not know is a habit of the day, unless `when` says
    otherwise; one of the night itself is what the habit may work through.
    """
    place = {name: _PLACE[column.when] - 3 * lag for name, column, lag in (
        ("factor", question.factor, question.lag), ("held", held.factor, held.lag))}  # fmt: skip
    return place["held"] > place["factor"]


def never_beside(questions: Sequence[Question], between: Sequence[str]) -> Bools:
    """Say which factor (column) is never held equal when which one (row) is asked about.

    Those of the night, of the morning after it, what is declared, and the same habit twice.
    """
    h = len(questions)
    apart = np.zeros((h, h), dtype=bool)
    for place, other in enumerate(questions):
        column = other.factor
        late = column.when == "night" or (column.when == "morning" and other.lag == 0)
        apart[:, place] = late or column.name in between
    for one in range(h):
        for two in range(one):
            if _same_habit(questions[one], questions[two]):
                apart[one, two] = apart[two, one] = True
    return apart


def _same_habit(one: Question, other: Question) -> bool:
    """Say whether two factors are one habit: made of each other, or its amount, yes, kind, hour."""
    if _tied(one.factor, other.factor) and one.lag == other.lag:
        return True
    told = [q for q in (one, other) if q.factor.unit != HOURS_BEFORE]
    # two amounts, or two yes or no, that are alike are two habits that cannot be told apart
    if not told or (len(told) == 2 and one.kind == other.kind):
        return False
    known = np.logical_and.reduce([~np.isnan(q.x) for q in told])
    off = [_without(q)[known] for q in (one, other)]
    rare = min(int(off[0].sum()), int((~off[0]).sum()))
    return rare >= LEAST_ON_A_SIDE and bool((off[0] == off[1]).all())


def _without(question: Question) -> Bools:
    """Return the rows without the habit: no, nothing of it, kind none, no hour to be told."""
    if question.factor.unit == HOURS_BEFORE:
        return np.isnan(question.x)
    if question.kind != "categorical":
        return np.asarray(question.x == 0)
    none = [place for place, kind in enumerate(question.levels) if kind.casefold() == NONE]
    return np.isin(question.x, none)


def _tied(one: Column, other: Column) -> bool:
    """Say whether one column enters the definition of the other."""
    return one.name in other.made_of + other.tied or other.name in one.made_of + one.tied
