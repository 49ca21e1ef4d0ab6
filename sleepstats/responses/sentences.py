"""Doses, times and courses in plain words. "Went with", never more."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sleepstats.results.sentences import (
    _PLACES,
    _direction,
    _sentence,
    interval_name,
    named,
    removed,
    span_words,
)
from sleepstats.units import counted, decimals, further, reading_step

if TYPE_CHECKING:
    import pandas as pd

    from sleepstats.responses.over_time_result import OverTime
    from sleepstats.responses.results import Response

Row = Mapping[str, Any]


def size_words(result: Any, row: Row, step: float = 1.0) -> str:
    """Return an estimate in words: ``22 min less``, ``1.30 times as long``."""
    if not math.isnan(row["ratio"]):
        return f"{row['ratio'] ** step:.2f} times as long"
    less, more, unit, scale, _ = _direction(result)
    value, low, high = (scale * step * row[f"effect{end}"] for end in ("", "_low", "_high"))
    text = f"{abs(value):.{decimals(low, high)}f}"
    return f"{text} {unit} {less if value < 0 else more}" if float(text) else f"{text} {unit}"


def interval_words(result: Any, row: Row, step: float = 1.0) -> str:
    """Return an interval in words: ``35 to 11 min less``."""
    if not math.isnan(row["ratio"]):
        low, high = (row[f"ratio{end}"] ** step for end in ("_low", "_high"))
        return f"{low:.2f} to {high:.2f} times as long"
    less, more, unit, scale, _ = _direction(result)
    low, high = (scale * step * row[f"effect{end}"] for end in ("_low", "_high"))
    return span_words(low, high, unit, less, more)


def term_words(result: Any, subject: str, row: Row, step: float = 1.0) -> str:
    """Return one term as part of a sentence, by its status."""
    span = interval_words(result, row, step)
    if row["status"] == "found":
        return f"{subject} went with {size_words(result, row, step)} ({span})"
    return f"{subject} may have gone with anything from {span}"


def say_dose(result: Response) -> str:
    """Return a dose response in plain words."""
    label = named(result.factor_label)
    if result.status == "refused":
        return (
            f"Not answered: {result.outcome_label} by the dose of {label}. "
            f"{_sentence(result.reason)}"
        )
    rows = {row["term"]: row for row in _rows(result.terms)}
    taken = result.data[result.factor].to_numpy(dtype=float)
    step = reading_step(taken[taken > 0], result.factor_unit)
    parts = []
    if len(rows) == 2:
        unit = f" {result.factor_unit}" if result.factor_unit else ""
        subject = f"{label} at all, at its mean of {result.middle:.3g}{unit},"
        parts.append(term_words(result, subject, rows["used at all"]))
    where = " where there was any" if len(rows) == 2 else ""
    subject = f"each {further(step, result.factor_unit, label)}{where}"
    parts.append(term_words(result, subject, rows["dose where used"], step))
    lead = _lead(result, f"the dose of {label}", "used at all and dose together"
                 if len(rows) == 2 else "the dose")  # fmt: skip
    return f"{lead}: {'; '.join(parts)} ({_note(result)}).{_tail(result)}"


def say_timing(result: Response) -> str:
    """Return a timing response in plain words."""
    label = named(result.factor_label)
    if result.status == "refused":
        return (
            f"Not answered: {result.outcome_label} by the time of {label}. "
            f"{_sentence(result.reason)}"
        )
    (row,) = _rows(result.terms)
    times = result.data[result.factor].to_numpy(dtype=float)
    early, late = np.nanpercentile(times, [95, 5])
    subject = f"{late:.1f} rather than {early:.1f} h before bed"
    lead = _lead(result, f"the time of {label}", "closer to bed")
    shape = f"p = {result.pvalue_joint:.2g} for any shape over the hours"
    return f"{lead}: {term_words(result, subject, row)}; {shape} ({_note(result)}).{_tail(result)}"


def _rows(terms: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in terms.to_dict("records")]


def _lead(result: Response, what: str, tested: str) -> str:
    """Return the verdict on the whole."""
    outcome, tail = result.outcome_label, f"(p = {result.pvalue:.2g} for {tested})"
    if result.status == "found":
        return f"{outcome[:1].upper()}{outcome[1:]} went with {what} {tail}"
    if result.status == "unreachable":
        return f"These nights cannot tell whether {outcome} went with {what} {tail}"
    return f"{outcome[:1].upper()}{outcome[1:]} did not clearly go with {what} {tail}"


def _note(result: Response) -> str:
    plural = _PLACES[result.when][1]
    with_any = (
        f"{result.n_with} of {result.n} {plural} with any"
        if result.n_with != result.n
        else (f"{result.n} {plural}")
    )
    return f"{interval_name(result.level)}s; {with_any}; {removed(result.adjust)}"


def _tail(result: Response) -> str:
    return f" {_sentence(result.reason)}" if result.reason else ""


def say_courses(result: OverTime) -> str:
    """Return what happened over courses of use in plain words."""
    label, outcome = named(result.factor_label), result.outcome_label
    cautions = "".join(f" {sentence}" for sentence in result.cautions)
    if not len(result.terms):
        return (
            f"Not answered: {outcome} over courses of {label}. {_sentence(result.reason)}{cautions}"
        )
    told = [_course_words(result, row, label) for row in _rows(result.terms)]
    changed = f"{outcome} changed over courses of {label}"
    lead = {
        "found": f"{changed[:1].upper()}{changed[1:]}",
        "unreachable": f"These nights cannot tell whether {changed}",
        "refused": f"Courses of {label} are too few to say how {outcome} changed over them",
    }[result.status]
    note = (
        f"{interval_name(result.level)}s; {counted(result.courses, 'course')}, {result.n_with} of "
        f"{counted(result.n, 'night')} with it; {removed(result.adjust)}"
    )
    return f"{lead}: {'; '.join(told)} ({note}).{cautions}"


def _course_words(result: OverTime, row: Row, label: str) -> str:
    """Return one term of the courses."""
    subject = {
        "with against without": f"nights with {label}",
        "each further week": "each further week of it",
        "after stopping": "the first 3 nights after stopping",
    }[row["term"]]
    if row["status"] == "refused":
        return f"{subject} could not be asked ({row['reason'].partition(': ')[2]})"
    return term_words(result, subject, row)
