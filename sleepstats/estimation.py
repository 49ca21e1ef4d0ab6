"""From questions made ready to numbers: the engine is asked once for each pattern of nights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sleepstats.inference.controls import calendar_controls, night_numbers
from sleepstats.inference.effective import effective_correlations
from sleepstats.inference.families import adjust_pvalues
from sleepstats.inference.gls import gls_slope, gls_slopes
from sleepstats.inference.joint import gls_joint
from sleepstats.latency import FLOOR_MIN
from sleepstats.questions import Diary, Question
from sleepstats.reach import UNREACHABLE_BELOW, large_effect, power_for
from sleepstats.results import NAN, Status
from sleepstats.units import difference_unit

Floats = NDArray[np.float64]
NONE = "none"


@dataclass(frozen=True)
class Contrast:
    """One kind of a categorical factor against the reference kind."""

    level: str
    reference: str
    n: int
    effect: float
    effect_low: float
    effect_high: float
    ratio: float
    ratio_low: float
    ratio_high: float
    pvalue: float
    pvalue_holm: float


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
    power: float = NAN
    large: float = NAN
    contrasts: tuple[Contrast, ...] = ()


@dataclass(frozen=True)
class Asking:
    """How the questions are asked: controls, displayed correlation, family, level."""

    adjust: tuple[str, ...]
    method: str
    family: str
    level: float


@dataclass(frozen=True, eq=False)
class _Calendar:
    """The nights of one group of questions: numbers, controls, length."""

    used: NDArray[np.bool_]
    number: NDArray[np.int64]
    controls: Floats
    span: int


def answer(diary: Diary, questions: Sequence[Question], asking: Asking) -> list[Answer]:
    """Answer every question that can be asked.

    Parameters
    ----------
    diary : Diary
        What the questions share.
    questions : sequence of Question
        One family.
    asking : Asking
        Controls, displayed correlation, family, level.

    Returns
    -------
    list of Answer
        One per question, in the same order.

    Notes
    -----
    Questions whose values stand on the same nights are answered together, with one whitening.
    """
    answers = [Answer(int(q.used.sum()), "refused", q.refusal) for q in questions]
    powers: list[tuple[int, Floats]] = []
    groups: dict[bytes, list[int]] = {}
    for place, question in enumerate(questions):
        if question.refusal:
            continue
        if question.kind == "categorical":
            calendar = _calendar(diary, question.used, asking)
            answers[place], reach = _kinds(question, calendar, asking)
            powers.append((place, reach))
        else:
            groups.setdefault(question.used.tobytes(), []).append(place)
    for places in groups.values():
        calendar = _calendar(diary, questions[places[0]].used, asking)
        powers += _slopes(questions, places, calendar, asking, answers)
    _judge(questions, answers, powers, asking)
    return answers


def _calendar(diary: Diary, used: NDArray[np.bool_], asking: Asking) -> _Calendar:
    dates = diary.dates[used]
    number = night_numbers(dates.to_numpy("datetime64[D]"))
    span = int(number[-1]) + 1
    controls = calendar_controls(number, dates.day_of_week.to_numpy(), span, adjust=asking.adjust)
    return _Calendar(used, number, controls, span)


def _slopes(
    questions: Sequence[Question],
    places: list[int],
    calendar: _Calendar,
    asking: Asking,
    answers: list[Answer],
) -> list[tuple[int, Floats]]:
    """Answer the questions of one group of nights in place; return what their power needs."""
    rows = {questions[i].outcome.name: i for i in places}
    columns = {(questions[i].factor.name, questions[i].lag): i for i in places}
    at_row = {name: place for place, name in enumerate(rows)}
    at_column = {key: place for place, key in enumerate(columns)}
    y = np.column_stack([questions[i].y[calendar.used] for i in rows.values()])
    x = np.column_stack([questions[i].x[calendar.used] for i in columns.values()])
    slopes = gls_slopes(y, x, calendar.controls, calendar.number, level=asking.level)
    seen = effective_correlations(
        y, x, calendar.controls, calendar.number, calendar.span,
        level=asking.level, method=asking.method,
    )  # fmt: skip
    powers = []
    for place in places:
        question = questions[place]
        cell = at_row[question.outcome.name], at_column[question.factor.name, question.lag]
        if code := str(slopes.reason[cell]):
            reason = _words(code, question, calendar, asking)
            answers[place] = replace(answers[place], reason=reason)
            continue
        found = [float(values[cell]) for values in (slopes.estimate, slopes.low, slopes.high)]
        answers[place] = replace(
            answers[place],
            status="not found",
            n_eff=float(seen.n_eff[cell]),
            r=float(seen.r[cell]),
            r_low=float(seen.low[cell]),
            r_high=float(seen.high[cell]),
            pvalue=float(slopes.pvalue[cell]),
            **_in_own_unit(found, question),  # type: ignore[arg-type]
        )
        large = large_effect(y[:, cell[0]], x[:, cell[1]], yes_no=question.kind == "yes/no")
        powers.append((place, np.array([large, found[1], found[2], float(slopes.df[cell])])))
    return powers


def _in_own_unit(slope: Sequence[float], question: Question) -> dict[str, float]:
    """Turn an estimate and its ends into the outcome's unit, and a log slope into a ratio too."""
    names = ("effect", "effect_low", "effect_high")
    if not question.log_scale:
        return dict(zip(names, slope, strict=True))
    ratios = [float(np.exp(value)) for value in slope]
    median = float(np.median(np.maximum(question.recorded[question.used], FLOOR_MIN)))
    minutes = [median * (ratio - 1.0) for ratio in ratios]
    named = dict(zip(("ratio", "ratio_low", "ratio_high"), ratios, strict=True))
    return named | dict(zip(names, minutes, strict=True))


def _kinds(question: Question, calendar: _Calendar, asking: Asking) -> tuple[Answer, Floats]:
    """Answer one categorical question: all kinds together, then each against the reference."""
    y, codes = question.y[calendar.used], question.x[calendar.used].astype(int)
    kinds, counts = np.unique(codes, return_counts=True)
    named = [place for place in kinds if question.levels[place].casefold() == NONE]
    reference = int(named[0] if named else kinds[counts.argmax()])
    others = [int(kind) for kind in kinds if kind != reference]
    dummies = np.column_stack([codes == kind for kind in others]).astype(float)
    base = Answer(len(y), "refused", "")
    joint = gls_joint(y, dummies, calendar.controls, calendar.number)
    if joint.reason:
        reason = _words(joint.reason, question, calendar, asking)
        return replace(base, reason=reason), np.full(4, np.nan)
    contrasts, powers = [], []
    for place, kind in enumerate(others):
        beside = np.column_stack([calendar.controls, np.delete(dummies, place, axis=1)])
        slope = gls_slope(y, dummies[:, place], beside, calendar.number, level=asking.level)
        found = (slope.estimate, slope.low, slope.high)
        own = {"ratio": NAN, "ratio_low": NAN, "ratio_high": NAN} | _in_own_unit(found, question)
        contrasts.append(
            Contrast(
                level=question.levels[kind],
                reference=question.levels[reference],
                n=int((codes == kind).sum()),
                pvalue=slope.pvalue,
                pvalue_holm=NAN,
                **own,
            )
        )
        powers.append((large_effect(y, codes.astype(float), yes_no=True), *found[1:], slope.df))
    holm = adjust_pvalues([one.pvalue for one in contrasts], family="holm")
    told = tuple(replace(c, pvalue_holm=float(p)) for c, p in zip(contrasts, holm, strict=True))
    done = replace(base, status="not found", pvalue=joint.pvalue, contrasts=told)
    return done, np.array(powers).T


def _judge(
    questions: Sequence[Question],
    answers: list[Answer],
    powers: list[tuple[int, Floats]],
    asking: Asking,
) -> None:
    """Fill in family p-values and statuses in place."""
    family = adjust_pvalues([one.pvalue for one in answers], family=asking.family)
    asked = sum(one.status != "refused" for one in answers)
    size = asked if asking.family != "none" else 1
    reach = {place: values for place, values in powers if answers[place].status != "refused"}
    flat = np.column_stack(
        [values.reshape(4, -1) for values in reach.values()] or [np.empty((4, 0))]
    )
    power = power_for(*flat, questions=max(size, 1), level=asking.level)
    ends = np.cumsum([values.size // 4 for values in reach.values()])
    best = dict(zip(reach, np.split(power, ends[:-1]), strict=True)) if reach else {}
    for place, one in enumerate(answers):
        if one.status == "refused":
            continue
        could = best[place][~np.isnan(best[place])]
        chance = float(could.max()) if len(could) else NAN
        large = float(np.ravel(reach[place][0])[0])
        status: Status = "not found"
        reason = ""
        if family[place] < 1.0 - asking.level:
            status = "found"
        elif chance < UNREACHABLE_BELOW:
            status = "unreachable"
            reason = _out_of_reach(questions[place], one.n, size, large, chance)
        answers[place] = replace(
            one,
            pvalue_family=float(family[place]),
            status=status,
            reason=reason,
            power=chance,
            large=large,
        )


def _out_of_reach(question: Question, n: int, size: int, large: float, chance: float) -> str:
    """Say why an answer could hardly have been yes."""
    asked = f" and {size} questions" if size > 1 else ""
    if question.log_scale:
        what = "even a large effect"
    elif question.kind == "numeric":
        what = "even a large effect (a correlation of 0.5)"
    else:
        unit = difference_unit(question.outcome.unit, question.outcome.name)
        what = f"even a large difference ({large:.3g} {unit}, one standard deviation)"
    return (
        f"too few nights: with {n} nights{asked}, {what} would be found in "
        f"{max(100 * chance, 1):.0f} % of such diaries"
    )


def _words(code: str, question: Question, calendar: _Calendar, asking: Asking) -> str:
    """Turn the engine's code into a reason with words."""
    name = question.factor.name
    if code.startswith("outcome "):
        code, name = code.removeprefix("outcome "), question.outcome.name
    n, k = len(calendar.number), calendar.controls.shape[1]
    words = {
        "too few nights": f"{n} nights are too few beside the {k} columns that take out "
        f"{' and '.join(asking.adjust) or 'the mean'}; record more nights, or ask with adjust=()",
        "too few informative nights": f"{name} changes on too few of {n} nights to tell it from "
        "the week and the slow drift",
        "constant given the controls": f"{name} follows the week or the slow drift exactly; "
        "what is left of it does not vary",
        "constant": f"{name} was the same on all {n} nights",
        "one side too rare": f"fewer than 3 of {n} nights differ in {name}",
    }
    short = "constant" if code == "constant given the controls" else code
    return f"{short}: {words.get(code, code)}"
