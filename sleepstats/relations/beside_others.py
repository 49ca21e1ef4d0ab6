"""Each habit of a table beside the others: what stands, beside what the rest goes away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sleepstats.arrays import Bools, Floats, Ints
from sleepstats.asking import LEAST_ON_A_SIDE, Asking, Diary, Question, held_columns
from sleepstats.asking.estimation import NONE, Answer, Precision, in_own_unit, median_latency
from sleepstats.inference import beside, guards, shrinkage, side_by_side, whiten
from sleepstats.inference.habit_columns import Habits, ready_habits
from sleepstats.inference.none_alone import adjust_pvalues, level_of_found
from sleepstats.inference.shrinkage import robustness_value, t_of_pvalue


@dataclass(frozen=True, eq=False)
class _Group:
    """Outcomes that are asked about the same habits: places of their questions (q, h)."""

    places: list[list[int]]
    habits: Habits
    outcomes: Floats
    table: beside.BesideTable


def set_beside(
    diary: Diary,
    questions: Sequence[Question],
    answers: Sequence[Answer],
    asking: Asking,
    families: Sequence[Sequence[int]],
    *,
    between: Sequence[str] = (),
) -> tuple[list[Answer], list[float]]:
    """Fill in what is left of every habit with the others held equal, and what stands.

    Also returned is the level of the intervals that are wide enough for the picking.
    """
    # two steps: those found alone are asked again with the others that matter held equal, and
    # Benjamini and Hochberg once more over the found of each family
    told = list(answers)
    groups = [
        _asked(diary, questions, answers, asking, places, between)
        for places in _alike(questions, answers)
    ]
    for group in groups:
        _fill_in(group, questions, told)
    bound, levels = np.full(len(told), 0.05), np.full(len(told), asking.level)
    for family in families:
        found = [told[place].status == "found" for place in family]
        pvalue = [told[place].beside_pvalue for place in family]
        stands = beside.what_stands(pvalue, found, level=asking.level)
        missed = beside.bound_missed(pvalue, found, level=asking.level)
        asked = sum(told[place].status != "refused" for place in family)
        levels[list(family)] = level_of_found(sum(found), asked, level=asking.level)
        for place, is_found, standing in zip(family, found, stands.tolist(), strict=True):
            bound[place] = missed
            if is_found:
                told[place] = replace(told[place], stands=standing and _same_story(told[place]))
    for group in groups:
        _explain(group, questions, told, bound, levels, asking)
    for family in families:  # the evenings after are a family of their own
        after = [told[place].evening_after_pvalue for place in family]
        adjusted = adjust_pvalues(after, family=asking.family)
        for place, pvalue in zip(family, adjusted.tolist(), strict=True):
            told[place] = replace(told[place], evening_after_pvalue_family=pvalue)
    return told, levels.tolist()


def _alike(questions: Sequence[Question], answers: Sequence[Answer]) -> list[list[list[int]]]:
    """Put together the outcomes whose answered questions are about the same habits."""
    by_outcome: dict[str, list[int]] = {}
    for place, (question, one) in enumerate(zip(questions, answers, strict=True)):
        if one.status != "refused":
            by_outcome.setdefault(question.outcome.name, []).append(place)
    alike: dict[tuple[object, ...], list[list[int]]] = {}
    for places in by_outcome.values():
        asked = [questions[place] for place in places]
        key = (
            asked[0].each_weekday,
            *(
                (q.factor.name, q.lag, q.used.tobytes() if q.kind == "categorical" else b"")
                for q in asked
            ),
        )
        alike.setdefault(key, []).append(places)
    return list(alike.values())


def _asked(
    diary: Diary,
    questions: Sequence[Question],
    answers: Sequence[Answer],
    asking: Asking,
    places: list[list[int]],
    between: Sequence[str],
) -> _Group:
    """Ask the engine about outcomes with the same habits."""
    asked = [questions[place] for place in places[0]]
    parts = [
        held_columns.habit_columns(
            q.kind, np.where(q.used | np.isnan(q.y), q.x, np.nan), len(q.levels)
        )
        if q.kind == "categorical"
        else held_columns.of_equal_bed(q)[:, None]
        for q in asked
    ]
    owner = np.repeat(np.arange(len(asked)), [part.shape[1] for part in parts])

    def ready(always: Sequence[Floats]) -> Habits:
        return ready_habits(
            np.concatenate(parts, axis=1),
            guards.night_numbers(diary.dates.to_numpy("datetime64[D]")),
            diary.dates.day_of_week.to_numpy(),
            habit=owner,
            at_mean=np.array([q.factor.unit == held_columns.HOURS_BEFORE for q in asked])[owner],
            apart=never_beside(asked, between),
            adjust=asking.calendar,
            always=np.column_stack(always) if always else None,
            each_weekday=asked[0].each_weekday,
        )

    habits = ready(asked[0].beside)
    outcomes = np.column_stack([questions[row[0]].y for row in places])
    alone = np.array([[answers[place].pvalue for place in row] for row in places])
    table = beside.beside_others(outcomes, alone, habits, level=asking.level)
    bed = [q.bed for q in asked if q.bed is not None]
    if bed:  # for hours before bed the bed time is held equal too, for no other habit
        again = beside.beside_others(
            outcomes, alone, ready([*asked[0].beside, *bed[0].T]), level=asking.level
        )
        own = np.array([q.bed is not None for q in asked])
        each = {name: np.where(own, getattr(again, name), getattr(table, name)) for name in _CELLS}
        table = replace(table, **each, held=np.where(own[:, None], again.held, table.held))
    return _Group(places, habits, outcomes, table)


#: What a table beside others has of each outcome and habit.
_CELLS = ("estimate", "low", "high", "pvalue", "df", "inflation", "n", "k", "reason")


def _fill_in(group: _Group, questions: Sequence[Question], told: list[Answer]) -> None:
    """Write slopes beside the others into the answers, in the unit of each."""
    table = group.table
    for row, places in enumerate(group.places):
        names = [questions[place].factor.name for place in places]
        for column, place in enumerate(places):
            cell, question = (row, column), questions[place]
            slope = [float(part[cell]) for part in (table.estimate, table.low, table.high)]
            median = median_latency(question) if question.log_scale else None
            effect = in_own_unit(slope, median)
            exact: tuple[Precision, ...] = ()
            if told[place].precision and np.isfinite(slope[0]):
                df, unit = float(table.df[cell]), told[place].precision[0].unit
                exact = (Precision(np.nan, slope[1], slope[2], df, slope[0], unit),)
            told[place] = replace(
                told[place],
                beside_precision=exact,
                beside_effect=effect["effect"],
                beside_low=effect["effect_low"],
                beside_high=effect["effect_high"],
                beside_pvalue=float(table.pvalue[cell]),
                held_equal=tuple(names[other] for other in np.flatnonzero(table.held[cell])),
            )


def _explain(
    group: _Group,
    questions: Sequence[Question],
    told: list[Answer],
    bound: Floats,
    levels: Floats,
    asking: Asking,
) -> None:
    """Say how firm what stands is, beside what the rest goes away, and ask the evening after."""
    places = np.array(group.places)
    table = group.table
    found: Bools = np.array([[told[place].status == "found" for place in row] for row in places])
    if not found.any():
        return
    stands: Bools = np.array([[bool(told[place].stands) for place in row] for row in places])
    away = beside.goes_with(group.outcomes, table, found, stands, group.habits, above=bound[places])
    low, high = _wider(told, np.where(found, places, -1), levels)
    after = beside.evenings_after(
        group.outcomes, found & _before(questions, places), group.habits, level=asking.level
    )
    firm = robustness_value(t_of_pvalue(table.pvalue, table.df), table.n - table.k - 1)
    for row, column in np.argwhere(found).tolist():
        place = int(places[row, column])
        one = told[place]
        others = tuple(questions[int(places[row, x])].factor.name for x in away[row][column])
        if not one.stands and (
            table.reason[row, column] == side_by_side.CANNOT_BE_TOLD or not _same_story(one)
        ):
            others = tuple(dict.fromkeys((*others, *one.entangled)))
        median = median_latency(questions[place]) if questions[place].log_scale else None
        slopes = [float(part[row, column]) for part in (after.estimate, low, high)]
        own = in_own_unit(slopes, median)
        told[place] = replace(
            one,
            fcr_low=own["effect_low"],
            fcr_high=own["effect_high"],
            goes_with=() if one.stands else others,
            robustness=float(firm[row, column]) if one.stands else float("nan"),
            evening_after_effect=own["effect"],
            evening_after_pvalue=float(after.pvalue[row, column]),
            # held equal it stands all the same, so these nights do tell it from the others
            reason="" if one.stands and one.reason.startswith("entangled") else one.reason,
        )


def _same_story(one: Answer) -> bool:
    """Say whether what is left beside the others is what was found: not turned, nor much more.

    Beside a near copy a habit can be left with several times its effect: that of their difference.
    """
    times = one.beside_effect / one.effect if one.effect else 1.0
    return not (times < 0 or (one.entangled and times > 2.0))


def _wider(told: Sequence[Answer], places: Ints, levels: Floats) -> tuple[Floats, Floats]:
    """Intervals alone of the answers at these places, each at a level of its own; NaN at -1."""
    low, high = np.full(places.shape, np.nan), np.full(places.shape, np.nan)
    mixtures = [
        (cell, exact.mixture)
        for cell in np.argwhere(places >= 0).tolist()
        for exact in told[places[*cell]].precision
        if exact.mixture is not None
    ]
    if mixtures:
        row, column = np.array([cell for cell, _ in mixtures]).T
        weight, slope, scale, df = np.stack([mixture for _, mixture in mixtures], axis=1)
        wide = whiten.mixture_interval(weight, slope, scale, df, levels[places[row, column]])
        low[row, column], high[row, column] = wide
    return low, high


def _before(questions: Sequence[Question], places: Ints) -> Bools:
    """Say which habits came before the outcome, so that the next one comes after it."""
    before: Bools = np.array(
        [q.outcome.when != "day" and (q.factor.when == "day" or q.lag == 1) for q in questions]
    )
    return before[places]


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
    mine, its = one.factor, other.factor
    tied = mine.name in its.made_of + its.tied or its.name in mine.made_of + mine.tied
    if tied and one.lag == other.lag:
        return True
    told = [q for q in (one, other) if q.factor.unit != held_columns.HOURS_BEFORE]
    # two amounts, or two yes or no, that are alike are two habits that cannot be told apart
    if not told or (len(told) == 2 and one.kind == other.kind):
        return False
    known = np.logical_and.reduce([~np.isnan(q.x) for q in told])
    off = [_without(q)[known] for q in (one, other)]
    rare = min(int(off[0].sum()), int((~off[0]).sum()))
    return rare >= LEAST_ON_A_SIDE and bool((off[0] == off[1]).all())


def noted_twice(questions: Sequence[Question]) -> dict[str, tuple[str, ...]]:
    """Return the amounts and their own yes or no, each with what is the same habit: one in all."""
    asked = {
        q.factor.name: q for q in reversed(questions) if q.factor.unit != held_columns.HOURS_BEFORE
    }
    return {
        name: others
        for name, one in asked.items()
        if (others := tuple(
            other for other, two in asked.items()
            if {one.kind, two.kind} == {"numeric", "yes/no"} and _same_habit(one, two)
        ))
    }  # fmt: skip


def _without(question: Question) -> Bools:
    """Return the rows without the habit: no, nothing of it, kind none, no hour to be told."""
    if question.factor.unit == held_columns.HOURS_BEFORE:
        return np.isnan(question.x)
    if question.kind != "categorical":
        return np.asarray(question.x == 0)
    none = [place for place, kind in enumerate(question.levels) if kind.casefold() == NONE]
    return np.isin(question.x, none)


def guessed(questions: Sequence[Question], answers: Sequence[Answer], level: float) -> list[Answer]:
    """Fill in the best guess of every number and yes/no: the posterior mean, all rows at once."""
    # beside the others the same share is taken off: drawn by itself the wider estimate shrank more,
    # and what luck took off was read as what the other habits account for
    alone = _guesses(answers, level).tolist()
    told = []
    for question, one, (mine, low, high, chance) in zip(questions, answers, alone, strict=True):
        asked = question.log_scale and one.status != "refused"
        median = median_latency(question) if asked else None
        left = float("nan")
        for measured, held in zip(one.precision[:1], one.beside_precision[:1], strict=False):
            left = held.estimate * mine / measured.estimate if measured.estimate else 0.0
        sizes, then = (in_own_unit(x, median) for x in ((mine, low, high), [left] * 3))
        told.append(replace(
            one, best_guess=sizes["effect"], best_guess_low=sizes["effect_low"],
            best_guess_high=sizes["effect_high"], p_direction=chance, beside_guess=then["effect"],
        ))  # fmt: skip
    return told


def _guesses(answers: Sequence[Answer], level: float) -> Floats:
    """Return guess, ends of what was found, and chance of direction; NaN where there is none."""
    numbers = np.full((5, len(answers)), np.nan)
    for place, one in enumerate(answers):
        for exact in () if one.contrasts else one.precision[:1]:
            numbers[:, place] = exact.estimate, exact.low, exact.high, exact.df, exact.unit
    found = [one.status == "found" for one in answers]
    nights = [one.n for one in answers]
    got = shrinkage.best_guesses(*numbers, nights=nights, level=level, ends=found)
    return np.column_stack([got.guess, got.low, got.high, got.p_direction])
