"""Each habit of a table beside the others: what stands, beside what the rest goes away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sleepstats.arrays import Bools, Floats
from sleepstats.asking.estimation import Answer, Asking, Precision, in_own_unit, median_latency
from sleepstats.asking.held_columns import habit_columns, never_beside
from sleepstats.asking.questions import Diary, Question
from sleepstats.inference.beside import BesideTable, beside_others, bound_missed, what_stands
from sleepstats.inference.found_habits import evenings_after, found_alone, goes_with
from sleepstats.inference.guards import night_numbers
from sleepstats.inference.habit_columns import Habits, ready_habits
from sleepstats.inference.none_alone import level_of_found
from sleepstats.inference.shares import robustness_value, t_of_pvalue
from sleepstats.inference.side_by_side import CANNOT_BE_TOLD


@dataclass(frozen=True, eq=False)
class _Group:
    """Outcomes that are asked about the same habits: places of their questions (q, h)."""

    places: list[list[int]]
    habits: Habits
    outcomes: Floats
    table: BesideTable


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

    Two steps: those found alone are asked again with the others that matter held equal, and
    Benjamini and Hochberg once more over the found of each family. Also returned is the level of
    the intervals that are wide enough for the picking.
    """
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
        stands = what_stands(pvalue, found, level=asking.level)
        missed = bound_missed(pvalue, found, level=asking.level)
        asked = sum(told[place].status != "refused" for place in family)
        levels[list(family)] = level_of_found(sum(found), asked, level=asking.level)
        for place, is_found, standing in zip(family, found, stands.tolist(), strict=True):
            bound[place] = missed
            if is_found:
                told[place] = replace(told[place], stands=standing)
    for group in groups:
        _explain(group, questions, told, bound, levels, asking)
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
        habit_columns(q.kind, np.where(q.used | np.isnan(q.y), q.x, np.nan), len(q.levels))
        if q.kind == "categorical"
        else q.x[:, None]
        for q in asked
    ]
    owner = np.repeat(np.arange(len(asked)), [part.shape[1] for part in parts])
    always = np.column_stack(asked[0].beside) if asked[0].beside else None
    habits = ready_habits(
        np.concatenate(parts, axis=1),
        night_numbers(diary.dates.to_numpy("datetime64[D]")),
        diary.dates.day_of_week.to_numpy(),
        habit=owner,
        apart=never_beside(asked, between),
        adjust=asking.calendar,
        always=always,
        each_weekday=asked[0].each_weekday,
    )
    outcomes = np.column_stack([questions[row[0]].y for row in places])
    alone = np.array([[answers[place].pvalue for place in row] for row in places])
    table = beside_others(outcomes, alone, habits, level=asking.level)
    return _Group(places, habits, outcomes, table)


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
    away = goes_with(group.outcomes, table, found, stands, group.habits, above=bound[places])
    low, high = found_alone(group.outcomes, table, found, group.habits, levels[places])
    after = evenings_after(
        group.outcomes, found & _before(questions, places), group.habits, level=asking.level
    )
    firm = robustness_value(t_of_pvalue(table.pvalue, table.df), table.n - table.k - 1)
    for row, column in np.argwhere(found).tolist():
        place = int(places[row, column])
        one = told[place]
        names = tuple(questions[int(other)].factor.name for other in places[row])
        others = tuple(names[other] for other in away[row][column])
        if not one.stands and table.reason[row, column] == CANNOT_BE_TOLD:
            others = tuple(dict.fromkeys((*others, *one.entangled)))
        question = questions[place]
        median = median_latency(question) if question.log_scale else None
        ends = in_own_unit([float(low[row, column])] * 2 + [float(high[row, column])], median)
        told[place] = replace(
            one,
            fcr_low=ends["effect_low"],
            fcr_high=ends["effect_high"],
            goes_with=() if one.stands else others,
            robustness=float(firm[row, column]) if one.stands else float("nan"),
            evening_after_pvalue=float(after.pvalue[row, column]),
            # held equal it stands all the same, so these nights do tell it from the others
            reason="" if one.stands and one.reason.startswith("entangled") else one.reason,
        )


def _before(questions: Sequence[Question], places: np.ndarray) -> Bools:
    """Say which habits came before the outcome, so that the next one comes after it."""
    return np.array(
        [
            [
                questions[place].outcome.when != "day"
                and (questions[place].factor.when == "day" or questions[place].lag == 1)
                for place in row
            ]
            for row in places.tolist()
        ]
    )
