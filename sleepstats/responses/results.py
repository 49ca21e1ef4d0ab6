"""What a question of how much, when or for how long gave: terms, a drawn curve, the sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd

from sleepstats.results import OfFactor, OfNights, frame_table, sentences
from sleepstats.units import counted, further, reading_step

#: Columns of ``terms``.
TERMS = (
    "term", "effect", "effect_low", "effect_high", "effect_unit", "ratio", "ratio_low",
    "ratio_high", "pvalue", "pvalue_holm", "status", "reason",
)  # fmt: skip
#: The terms of a question over courses of use.
EFFECT, TOLERANCE, REBOUND = "with against without", "each further week", "after stopping"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Curved(OfFactor, OfNights):
    """A result with a table of terms and a curve.

    Attributes
    ----------
    n, n_with, n_dropped : int
        Nights used, of them nights with any; rows of the diary that lack a value.
    curve : DataFrame
        The drawn response: ``x``, ``estimate``, ``low``, ``high``.
    terms : DataFrame
        The parts of the model, each beside the others: ``term``, ``effect``, ``effect_low``,
        ``effect_high``, ``effect_unit``, ``ratio``, ``ratio_low``, ``ratio_high`` (latency),
        ``pvalue``, ``pvalue_holm`` (over the terms), ``status``, ``reason``.
    """

    n: int
    n_with: int
    n_dropped: int
    middle: float
    curve: pd.DataFrame = field(repr=False)
    terms: pd.DataFrame = field(repr=False)

    _picture: ClassVar[str] = "several.plot_response"

    def _tables(self) -> Iterator[str]:
        """Yield the terms, where there are any."""
        if len(self.terms):
            yield frame_table(self.terms)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Response(Curved):
    """How an outcome answered to dose or timing.

    Made by :func:`sleepstats.dose_response` and :func:`sleepstats.timing_response`; the factor is
    the dose, or the hours before bed.

    Attributes
    ----------
    asked : {"dose", "timing"}
        What was asked.
    used : str
        Column that says on which nights there was any; empty for a dose, or where none was given.
    n_values : int
        Different doses, or different times, among the nights with any.
    middle : float
        The mean dose, or the median time, of the nights with any.
    reference : str
        What the curve is counted from, in words.
    curve : DataFrame
        The drawn response: ``x`` (dose, or hours before bed), ``estimate``, ``low``, ``high``
        (difference from the reference, in ``effect_unit``), and for timing ``monotone``, the
        isotonic curve, which is for drawing only and has no interval. Latency is analysed as a
        logarithm: its minutes, and those of a term that sets one thing against another, count from
        the median that all nights would have at the reference; of a term per unit, from theirs.
    effect_unit : str
        Unit of the curve: the outcome's.
    fvalue : float
        F of the joint test: of use and dose together; of the shape over the hours for timing.
    df1, df2 : int
        Its degrees of freedom.
    pvalue_joint : float
        Of that test.
    pvalue : float
        What ``status`` goes by: for a dose ``pvalue_joint``, for timing the decay term.
    data : DataFrame
        The nights used, index ``night``: outcome and factor (0 or NaN hours where there was none).
    """

    asked: Literal["dose", "timing"]
    used: str
    n_values: int
    reference: str
    fvalue: float
    df1: int
    df2: int
    pvalue_joint: float

    def _words(self) -> str:
        """Return the answer in plain words."""
        label, what = sentences.named(self.factor_label), "dose" if self.asked == "dose" else "time"
        if self.status == "refused":
            asked = f"{self.outcome_label} by the {what} of {label}"
            return f"Not answered: {asked}. {sentences.as_sentence(self.reason)}"
        return (_say_dose if self.asked == "dose" else _say_timing)(self, label)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class OverTime(Curved):
    """How a difference behaved over courses of use; made by :func:`sleepstats.over_time`.

    Attributes
    ----------
    starts, stops : int
        Changes to use and from use that the diary shows.
    courses, ended : int
        Courses, that is stretches of use of seven nights or more, and those seen to end.
    n_rebound : int
        Nights without among the first three after the end of a course.
    longest : int
        Calendar nights of the longest stretch of use.
    middle : float
        Mean of the nights since starting, over the nights with.
    terms : DataFrame
        ``with against without`` (at ``middle`` nights since starting), ``each further week`` (how
        the difference changed per week of use) and ``after stopping`` (the first three nights
        against other nights without), each beside the others: ``term``, ``effect``,
        ``effect_low``, ``effect_high``, ``effect_unit``, ``ratio``, ``ratio_low``,
        ``ratio_high`` (latency), ``pvalue``, ``pvalue_holm`` (over the terms asked), ``status``
        (``found``, ``cannot tell`` or ``refused``), ``reason``.
    curve : DataFrame
        ``x`` (nights since starting, 0 the first), ``estimate``, ``low``, ``high``: the difference
        from nights without; empty where wearing off cannot be asked.
    pvalue : float
        The smaller of the adjusted p-values of wearing off and rebound.
    status : {"found", "unreachable", "refused"}
        ``found`` if wearing off or rebound was; ``unreachable``, "these nights cannot tell",
        otherwise; ``refused`` if neither can be asked.
    cautions : tuple of str
        Sentences: use began after a bad week, or follows bad nights; with the numbers.
    """

    starts: int
    stops: int
    courses: int
    ended: int
    n_rebound: int
    longest: int
    cautions: tuple[str, ...]

    def _words(self) -> str:
        """Return the answer in plain words."""
        return _say_courses(self)


def _term_words(
    result: sentences.Measured, subject: str, row: sentences.Row, step: float = 1.0
) -> str:
    """Return one term as part of a sentence, by its status."""
    span = sentences.interval_words(result, row, step)
    if row["status"] == "found":
        return f"{subject} went with {sentences.size_words(result, row, step)} ({span})"
    return f"{subject} may have gone with anything from {span}"


def _say_dose(result: Response, label: str) -> str:
    """Return a dose response in plain words."""
    rows = {row["term"]: row for row in _rows(result.terms)}
    taken = result.data[result.factor].to_numpy(dtype=float)
    step = reading_step(taken[taken > 0], result.factor_unit)
    parts = []
    if len(rows) == 2:
        unit = f" {result.factor_unit}" if result.factor_unit else ""
        subject = f"{label} at all, at its mean of {result.middle:.3g}{unit},"
        parts.append(_term_words(result, subject, rows["used at all"]))
    where = " where there was any" if len(rows) == 2 else ""
    subject = f"each {further(step, result.factor_unit, label)}{where}"
    parts.append(_term_words(result, subject, rows["dose where used"], step))
    lead = _lead(result, f"the dose of {label}", "used at all and dose together"
                 if len(rows) == 2 else "the dose")  # fmt: skip
    return f"{lead}: {'; '.join(parts)} ({_note(result)}).{_tail(result)}"


def _say_timing(result: Response, label: str) -> str:
    """Return a timing response in plain words."""
    (row,) = _rows(result.terms)
    times = result.data[result.factor].to_numpy(dtype=float)
    early, late = np.nanpercentile(times, [95, 5])
    subject = f"{late:.1f} rather than {early:.1f} h before bed"
    lead = _lead(result, f"the time of {label}", "closer to bed")
    luck = sentences.chance_said(result.pvalue_joint)
    shape = f"chance alone gives as much, of any shape over the hours, in {luck}"
    return f"{lead}: {_term_words(result, subject, row)}; {shape} ({_note(result)}).{_tail(result)}"


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
    with_any = f"{result.n} {sentences.PLACES[result.when][1]}"
    if result.n_with != result.n:
        with_any = f"{result.n_with} of {with_any} with any"
    return (
        f"{sentences.interval_name(result.level)}s; {with_any}; {sentences.removed(result.adjust)}"
    )


def _tail(result: Response) -> str:
    return sentences.asked_alone(
        f" {sentences.as_sentence(result.reason)}" if result.reason else "", result
    )


def _say_courses(result: OverTime) -> str:
    """Return what happened over courses of use in plain words."""
    label, outcome = sentences.named(result.factor_label), result.outcome_label
    cautions = "".join(f" {sentence}" for sentence in result.cautions)
    if not len(result.terms):
        why = f"{sentences.as_sentence(result.reason)}{cautions}"
        return f"Not answered: {outcome} over courses of {label}. {why}"
    told = [_course_words(result, row, label) for row in _rows(result.terms)]
    changed = f"{outcome} changed over courses of {label}"
    lead = {
        "found": f"{changed[:1].upper()}{changed[1:]}",
        "unreachable": f"These nights cannot tell whether {changed}",
        "refused": f"Courses of {label} are too few to say how {outcome} changed over them",
    }[result.status]
    note = (
        f"{sentences.interval_name(result.level)}s; {counted(result.courses, 'course')}, "
        f"{result.n_with} of {counted(result.n, 'night')} with it; "
        f"{sentences.removed(result.adjust)}"
    )
    return f"{lead}: {'; '.join(told)} ({note}).{cautions}"


def _course_words(result: OverTime, row: sentences.Row, label: str) -> str:
    """Return one term of the courses."""
    subject = {
        "with against without": f"nights with {label}",
        "each further week": "each further week of it",
        "after stopping": "the first 3 nights after stopping",
    }[row["term"]]
    if row["status"] == "refused":
        why = row["reason"].partition(": ")[2].replace(" (", "; ").rstrip(")")
        return f"{subject} could not be asked ({why})"
    return _term_words(result, subject, row)
