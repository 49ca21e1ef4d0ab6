"""From questions made ready to numbers: the engine is asked once for each pattern of nights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from sleepstats import inference
from sleepstats.arrays import FLOOR_MIN, Bools, Floats, Ints
from sleepstats.asking import Asking, Diary, Question
from sleepstats.inference import SlopeTable, guards, information, none_alone, shrinkage
from sleepstats.results import NAN, Status

#: The kind that others are set against where a person wrote it down.
NONE = "none"
#: A large difference between yes and no, in standard deviations of the outcome.
LARGE_DIFFERENCE_SD = 1.0
#: A large effect of a numeric factor, as a correlation.
LARGE_CORRELATION = 0.5
#: A ratio per unit of the factor beyond e to this power is beyond what can be written down.
MOST_LOG_RATIO = 100.0


@dataclass(frozen=True)
class Precision:
    """How exactly a slope was measured, on the scale of the analysis, and what would be large."""

    large: float
    low: float
    high: float
    df: float
    #: The slope itself, and what turns it into standard deviations per standard deviation.
    estimate: float = NAN
    unit: float = NAN
    #: (4, 45) weights, slopes, errors, df at the noise shapes: intervals at any other level.
    mixture: Floats | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Contrast:
    """One kind of a categorical factor against the reference kind."""

    level: str
    reference: str
    n: int
    effect: float
    effect_low: float
    effect_high: float
    pvalue: float
    pvalue_holm: float = NAN
    ratio: float = NAN
    ratio_low: float = NAN
    ratio_high: float = NAN


@dataclass(frozen=True)
class Answer:
    """The numbers of one question; NaN where there is none."""

    n: int
    status: Status
    reason: str
    n_eff: float = NAN
    r: float = NAN
    r_low: float = NAN
    r_high: float = NAN
    effect: float = NAN
    effect_low: float = NAN
    effect_high: float = NAN
    ratio: float = NAN
    ratio_low: float = NAN
    ratio_high: float = NAN
    pvalue: float = NAN
    pvalue_family: float = NAN
    precision: tuple[Precision, ...] = ()
    contrasts: tuple[Contrast, ...] = ()
    fcr_low: float = NAN
    fcr_high: float = NAN
    best_guess: float = NAN
    best_guess_low: float = NAN
    best_guess_high: float = NAN
    p_direction: float = NAN
    beside_effect: float = NAN
    beside_low: float = NAN
    beside_high: float = NAN
    beside_pvalue: float = NAN
    beside_precision: tuple[Precision, ...] = ()
    beside_guess: float = NAN
    stands: bool | None = None
    goes_with: tuple[str, ...] = ()
    held_equal: tuple[str, ...] = ()
    robustness: float = NAN
    evening_after_effect: float = NAN
    evening_after_pvalue: float = NAN
    evening_after_pvalue_family: float = NAN
    entangled: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Calendar:
    """The nights of one group of questions: which rows, numbers, controls, length.

    Some controls may repeat others here that differ on nights left out only.
    """

    used: Bools
    number: Ints
    controls: Floats
    span: int


def estimate(diary: Diary, questions: Sequence[Question], asking: Asking) -> list[Answer]:
    """Ask the engine every question that can be asked."""
    answers = [Answer(int(q.used.sum()), "refused", q.refusal) for q in questions]
    for place, question in enumerate(questions):
        if question.kind == "categorical" and not question.refusal:
            answers[place] = _kinds(question, calendar_of(diary, question, asking), asking)
    together = same_nights(questions)
    groups = [[questions[place] for place in places] for places in together]
    calendars = [calendar_of(diary, group[0], asking) for group in groups]
    laid = _lay_out(groups, calendars)
    # every pattern of gaps at once: alone each would step through its nights for a few columns
    tables = inference.gls_tables(
        [one.counted for one in laid], cells=[one.asked for one in laid], level=asking.level
    )
    for places, group, calendar, one, slopes in zip(
        together, groups, calendars, laid, tables, strict=True
    ):
        found = _slopes(group, calendar, one, slopes, asking)
        for place, answer in zip(places, found, strict=True):
            answers[place] = answer
    return answers


def same_nights(questions: Sequence[Question]) -> list[list[int]]:
    """Group the places of numbers and yes/no that can be asked by the nights they stand on."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for place, question in enumerate(questions):
        if not question.refusal and question.kind != "categorical":
            beside = tuple(column.tobytes() for column in _fixed(question))
            key = (question.used.tobytes(), question.each_weekday, *beside)
            # what stands on the same nights, beside the same columns, shares one whitening
            groups.setdefault(key, []).append(place)
    return list(groups.values())


def _fixed(question: Question) -> tuple[Floats, ...]:
    """Return the columns held equal besides the calendar."""
    return question.beside if question.bed is None else (*question.beside, *question.bed.T)


def calendar_of(diary: Diary, question: Question, asking: Asking) -> Calendar:
    """Return the nights of a question and everything that is held fixed on them."""
    used = question.used
    rows = np.flatnonzero(used)
    key = int(rows[0]), int(rows[-1]) + 1, asking.calendar, question.each_weekday
    number, controls = (of_all[rows - rows[0]] for of_all in diary.windows[key])
    span = int(number[-1]) + 1
    if fixed := _fixed(question):
        controls = np.column_stack([controls, *(column[used] for column in fixed)])
    return Calendar(used, number, controls, span)


class _Laid(NamedTuple):
    """Outcomes and factors of one group, the cell of each question, one of each factor."""

    y: Floats
    x: Floats
    cells: list[tuple[int, int]]
    factors: list[Question]
    #: The same without controls; with outcomes that have their far nights brought in behind the
    #: others, and each question's cell among those.
    nights: guards.Cleared
    counted: guards.Cleared
    asked: list[tuple[int, int]]


def _slopes(
    group: Sequence[Question], calendar: Calendar, laid: _Laid, slopes: SlopeTable, asking: Asking
) -> list[Answer]:
    """Answer the questions of one group of nights."""
    y, x, cells, factors, nights, _, asked = laid
    seen = information.correlations_of(
        nights, calendar.span, level=asking.level, method=asking.method
    )
    large = large_effects(y, x, yes_no=[q.kind == "yes/no" for q in factors])
    unit = shrinkage.units_of(nights)
    timed = {q.outcome.name: q for q in group if q.log_scale}
    medians = {name: median_latency(q) for name, q in timed.items()}
    of_cell = (seen.n_eff, seen.r, seen.low, seen.high, large, unit)
    of_own = (slopes.reason, slopes.estimate, slopes.low, slopes.high, slopes.df, slopes.pvalue)
    at_cell, at_own = (tuple(np.transpose(at)) for at in (cells, asked))
    told = zip(*(table[at_cell].tolist() for table in of_cell), strict=True)
    found = zip(*(table[at_own].tolist() for table in of_own), strict=True)
    answers, n = [], len(calendar.number)
    for question, of_r, of_slope, at in zip(group, told, found, asked, strict=True):
        n_eff, r, r_low, r_high, most, scale = of_r
        code, estimate, low, high, df, pvalue = of_slope
        if not code and question.log_scale and max(-low, high) > MOST_LOG_RATIO:
            code = "no such unit"
        if code:
            answers.append(Answer(n, "refused", in_words(code, question, calendar, asking)))
            continue
        precision = Precision(most, low, high, df, estimate, scale, slopes.mixtures[at])
        sizes = in_own_unit((estimate, low, high), medians.get(question.outcome.name))
        shown = (n_eff, r, r_low, r_high)
        one = Answer(n, "not found", "", *shown, pvalue=pvalue, precision=(precision,), **sizes)  # type: ignore[arg-type]
        answers.append(one)
    return answers


def _lay_out(groups: Sequence[Sequence[Question]], calendars: Sequence[Calendar]) -> list[_Laid]:
    """Lay out outcomes and factors of each group, and bring in the nights that are far off."""
    parts, cells = [], []
    for group, calendar in zip(groups, calendars, strict=True):
        outcomes = {q.outcome.name: q for q in group}
        factors = {(q.factor.name, q.lag): q for q in group}
        row_of = {name: row for row, name in enumerate(outcomes)}
        column_of = {key: column for column, key in enumerate(factors)}
        y = np.column_stack([q.y[calendar.used] for q in outcomes.values()])
        x = np.column_stack([q.x[calendar.used] for q in factors.values()])
        parts.append((y, x, list(factors.values())))
        cells.append([(row_of[q.outcome.name], column_of[q.factor.name, q.lag]) for q in group])
    nights = guards.all_cleared(
        [(y, x, c.controls, c.number) for (y, x, _), c in zip(parts, calendars, strict=True)]
    )
    counted = none_alone.all_that_counts(nights, cells)
    return [
        _Laid(y, x, asked, factors, one, *told)
        for (y, x, factors), asked, one, told in zip(parts, cells, nights, counted, strict=True)
    ]


def large_effects(outcomes: Floats, factors: Floats, *, yes_no: Sequence[bool]) -> Floats:
    """Return the effects that count as large, in outcome units per factor unit."""
    spread = outcomes.std(axis=0, ddof=1)
    width = factors.std(axis=0, ddof=1)
    step = np.where(yes_no, LARGE_DIFFERENCE_SD, LARGE_CORRELATION / np.where(width, width, np.nan))
    return np.asarray(spread[:, None] * step[None, :])


def median_latency(question: Question) -> float:
    """Return the person's median latency, floored as in the analysis."""
    ordered = np.sort(np.maximum(question.recorded[question.used], FLOOR_MIN))
    return float(0.5 * (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]))


def off_no(question: Question, ratio: float) -> float:
    """Return how far "no" lies below the median night, in units of a yes/no habit; else 0."""
    if question.kind != "yes/no" or not question.log_scale or np.isnan(ratio):
        return 0.0
    return shrinkage.place_of_no(question.recorded[question.used], question.x[question.used], ratio)


def minutes_between(question: Question, step: float, one: Answer) -> list[float]:
    """Return the ends, in minutes of latency, of what a step makes about the median night."""
    off, middle = off_no(question, one.ratio), median_latency(question)
    return [middle * (r ** (step - off) - r**-off) for r in (one.ratio_low, one.ratio_high)]


def in_own_unit(slope: Sequence[float], median: float | None) -> dict[str, float]:
    """Name an estimate and its ends; a slope of log latency becomes ratio and minutes."""
    names = ("effect", "effect_low", "effect_high")
    if median is None:
        return dict(zip(names, slope, strict=True))
    ratios = np.exp(np.clip(slope, -MOST_LOG_RATIO, MOST_LOG_RATIO)).tolist()
    minutes = [median * (ratio - 1.0) for ratio in ratios]
    named = zip(("ratio", "ratio_low", "ratio_high", *names), (*ratios, *minutes), strict=True)
    return dict(named)


def _kinds(question: Question, calendar: Calendar, asking: Asking) -> Answer:
    """Answer one categorical question: all kinds together, then each against the reference."""
    y, codes = question.y[calendar.used], question.x[calendar.used].astype(int)
    kinds, counts = np.unique(codes, return_counts=True)
    named = [place for place in kinds if question.levels[place].casefold() == NONE]
    reference = int(named[0] if named else kinds[counts.argmax()])
    others = [int(kind) for kind in kinds if kind != reference]
    dummies = np.column_stack([codes == kind for kind in others]).astype(float)
    columns = np.column_stack([calendar.controls, dummies])
    y = none_alone.bring_in_around(y, columns, tested=len(others))
    joint = inference.gls_joint(y, dummies, calendar.controls, calendar.number)
    if joint.reason:
        reason = in_words(joint.reason, question, calendar, asking)
        return Answer(len(y), "refused", reason)
    # without kinds beside it a kind would be set against a mixture of all others
    median = median_latency(question) if question.log_scale else None
    large = float(large_effects(y[:, None], dummies[:, :1], yes_no=[True])[0, 0])
    contrasts, precision = [], []
    for place, kind in enumerate(others):
        beside = np.column_stack([calendar.controls, np.delete(dummies, place, axis=1)])
        one = dummies[:, place]
        slope = inference.gls_slope(y, one, beside, calendar.number, level=asking.level)
        named_slope = in_own_unit((slope.estimate, slope.low, slope.high), median)
        names = question.levels[kind], question.levels[reference]
        count = int((codes == kind).sum())
        told = Contrast(*names, n=count, pvalue=slope.pvalue, **named_slope)  # type: ignore[arg-type]
        contrasts.append(told)
        precision.append(Precision(large, slope.low, slope.high, slope.df))
    holm = none_alone.adjust_pvalues([one.pvalue for one in contrasts], family="holm").tolist()
    adjusted = [replace(one, pvalue_holm=p) for one, p in zip(contrasts, holm, strict=True)]
    return Answer(
        len(y), "not found", "", pvalue=joint.pvalue, precision=tuple(precision),
        contrasts=tuple(adjusted),
    )  # fmt: skip


def in_words(code: str, question: Question, calendar: Calendar, asking: Asking) -> str:
    """Turn the engine's code into a reason with words."""
    name = question.factor.name
    if code.startswith("outcome "):
        code, name = code.removeprefix("outcome "), question.outcome.name
    n, k = len(calendar.number), len(guards.independent_columns(calendar.controls))
    taken = " and ".join(
        {"weekday": "weekdays", "trend": "slow change"}.get(part, part) for part in asking.adjust
    )
    # a weekend leaves something where its weekdays are not evened out
    way = "; adjust=('trend',) leaves the days of the week in" * (
        taken == "weekdays and slow change"
    )
    words = {
        "too few nights": f"{n} nights are too few beside the {k} columns that take out "
        f"{taken or 'the mean'}; record more nights, or ask with adjust=()",
        "too few informative nights": f"{name} changes on too few of {n} nights to be told from "
        f"{taken or 'chance'}",
        "constant given the controls": f"{name} follows {taken} exactly; nothing else varies{way}",
        "constant": f"{name} was the same on all {n} nights",
        "no such unit": f"{name} changes by so little that a whole unit of it was never near; give "
        "it a smaller unit, such as mg for kg",
        "one side too rare": f"fewer than 3 of {n} nights differ in {name}",
    }
    short = {
        "constant given the controls": "no change of its own",
        "too few informative nights": "too few nights",
        "no such unit": "unit too large",
    }
    return f"{short.get(code, code)}: {words.get(code, code)}"
