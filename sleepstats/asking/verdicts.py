"""From numbers to verdicts: found, not found, or out of reach of these nights.

"Not found" means little where even a large effect would have been missed: that is *unreachable*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from sleepstats.arrays import Floats
from sleepstats.asking.estimation import (
    Answer,
    Asking,
    Precision,
    in_own_unit,
    median_latency,
)
from sleepstats.asking.questions import Question
from sleepstats.inference import shrinkage
from sleepstats.inference.none_alone import adjust_pvalues
from sleepstats.units import difference_unit, reading_step

#: Below this power for a large effect a question is unreachable.
UNREACHABLE_BELOW = 0.2


def power_for(
    effect: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    df: ArrayLike,
    *,
    questions: int = 1,
    level: float = 0.95,
) -> Floats:
    """Return the chance of finding an effect of this size, given an interval's ends.

    >>> half = 10.0 * 2.0002978  # a standard error of 10 min, 60 degrees of freedom
    >>> round(float(power_for(28.5, -half, half, 60.0)), 2)
    0.8
    """
    from scipy.special import stdtrit

    freedom = np.asarray(df, dtype=np.float64)
    half = (np.asarray(high, dtype=np.float64) - np.asarray(low, dtype=np.float64)) / 2.0
    error = half / stdtrit(freedom, 0.5 + level / 2.0)
    shift = np.abs(np.asarray(effect, dtype=np.float64)) / error
    return power_at(shift, freedom, questions=questions, level=level)


def power_at(shift: ArrayLike, df: ArrayLike, *, questions: int = 1, level: float = 0.95) -> Floats:
    """Return the chance of finding an effect of so many standard errors."""
    from scipy.special import nctdtr, stdtrit

    freedom = np.asarray(df, dtype=np.float64)
    critical = stdtrit(freedom, 1.0 - (1.0 - level) / questions / 2.0)
    shift = np.minimum(np.asarray(shift, dtype=np.float64), 30.0)
    wrong_side = np.nan_to_num(nctdtr(freedom, shift, -critical))  # NaN where it underflows
    beyond = 1.0 - nctdtr(freedom, shift, critical) + np.where(np.isnan(shift), np.nan, wrong_side)
    return np.asarray(np.clip(beyond, 0.0, 1.0))


def shift_for(power: float, df: ArrayLike, *, questions: int = 1, level: float = 0.95) -> Floats:
    """Return how many standard errors an effect must have to be found with this power."""
    freedom = np.asarray(df, dtype=np.float64)
    low, high = np.zeros(freedom.shape), np.full(freedom.shape, 30.0)
    for _ in range(50):
        middle = (low + high) / 2.0
        enough = power_at(middle, freedom, questions=questions, level=level) >= power
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.asarray(high)


def judge_families(
    questions: Sequence[Question],
    answers: Sequence[Answer],
    asking: Asking,
    families: Sequence[Sequence[int]],
) -> list[Answer]:
    """Judge each family of questions, given by their places, as if it were asked alone."""
    judged = list(answers)
    for places in families:
        mine = judge([questions[p] for p in places], [answers[p] for p in places], asking)
        for place, one in zip(places, mine, strict=True):
            judged[place] = one
    return judged


def judge(questions: Sequence[Question], answers: Sequence[Answer], asking: Asking) -> list[Answer]:
    """Fill in family p-values, statuses and the reasons of what is out of reach.

    *unreachable*: not found, and the power for a large effect is below 20 %.
    """
    family = adjust_pvalues([one.pvalue for one in answers], family=asking.family).tolist()
    asked = sum(one.status != "refused" for one in answers)
    size = max(asked, 1) if asking.family != "none" else 1
    chances = chances_of_large(answers, size, asking.level)
    judged = []
    for question, one, pvalue, chance in zip(questions, answers, family, chances, strict=True):
        if one.status == "refused":
            judged.append(one)
        elif pvalue < 1.0 - asking.level:
            judged.append(replace(one, pvalue_family=pvalue, status="found"))
        elif chance < UNREACHABLE_BELOW:
            reason = _out_of_reach(question, one, size, chance)
            judged.append(replace(one, pvalue_family=pvalue, status="unreachable", reason=reason))
        else:
            judged.append(replace(one, pvalue_family=pvalue))
    return judged


def chances_of_large(answers: Sequence[Answer], size: int, level: float) -> list[float]:
    """Return for each answer the best chance that a large effect would have been found."""
    measured = [(p.large, p.low, p.high, p.df) for one in answers for p in one.precision]
    if not measured:
        return [np.nan] * len(answers)
    power = power_for(*np.array(measured).T, questions=size, level=level).tolist()
    rest = iter(power)
    chances = []
    for one in answers:  # of kinds, the contrast that was measured best decides
        mine = [value for value in (next(rest) for _ in one.precision) if value == value]
        chances.append(max(mine, default=0.0))
    return chances


def _out_of_reach(question: Question, one: Answer, size: int, chance: float) -> str:
    """Say why the answer could hardly have been yes."""
    asked = f" and {size} questions" if size > 1 else ""
    if question.log_scale:
        what = "even a large effect"
    elif question.kind == "numeric":
        what = "even a large effect (a correlation of 0.5)"
    else:
        unit = difference_unit(question.outcome.unit, question.outcome.name)
        large = one.precision[0].large
        what = f"even a large difference ({large:.3g} {unit}, one standard deviation)"
    percent = 100.0 * chance
    often = "less than 1 %" if percent < 1 else f"{percent:.0f} %"
    found = f"would be found in {often} of such diaries"
    return f"out of reach: with {one.n} nights{asked}, {what} {found}"


def guessed(questions: Sequence[Question], answers: Sequence[Answer], level: float) -> list[Answer]:
    """Fill in the best guess of every number and yes/no, alone and beside the others.

    The posterior mean under what is known of real habits' effects, all rows of the table at once.
    """
    alone = _guesses([() if one.contrasts else one.precision for one in answers], level)
    beside = _guesses([one.beside_precision for one in answers], level)
    told = []
    for question, one, mine, left in zip(questions, answers, alone, beside, strict=True):
        asked = question.log_scale and one.status != "refused"
        median = median_latency(question) if asked else None
        guess, then = (in_own_unit([slope] * 3, median)["effect"] for slope in (mine[0], left[0]))
        told.append(replace(one, best_guess=guess, p_direction=mine[1], beside_guess=then))
    return told


def _guesses(measured: Sequence[tuple[Precision, ...]], level: float) -> list[tuple[float, float]]:
    """Return guess and chance of its direction of each estimate; NaN where there is none."""
    numbers = np.full((5, len(measured)), np.nan)
    for place, one in enumerate(measured):
        for exact in one[:1]:
            numbers[:, place] = exact.estimate, exact.low, exact.high, exact.df, exact.unit
    got = shrinkage.best_guesses(*numbers, level=level, ends=False)
    return list(zip(got.guess.tolist(), got.p_direction.tolist(), strict=True))


def what_matters(
    questions: Sequence[Question], answers: Sequence[Answer], matters: Mapping[str, float]
) -> list[Answer]:
    """Say where the interval lies within the smallest difference that matters to the person."""
    told = list(answers)
    for place, (question, one) in enumerate(zip(questions, answers, strict=True)):
        least = matters.get(question.outcome.name)
        if least is None or one.status == "refused" or not np.isfinite(one.effect_low):
            continue
        step = 1.0
        if question.kind == "numeric":
            step = reading_step(question.x[~np.isnan(question.x)], question.factor.unit)
        low, high = one.effect_low * step, one.effect_high * step
        if question.log_scale:
            median = median_latency(question)
            low, high = (median * (r**step - 1.0) for r in (one.ratio_low, one.ratio_high))
        if -least < low and high < least:
            unit = difference_unit(question.outcome.unit, question.outcome.name)
            reason = f"within what matters: the whole interval lies within {least:g} {unit}"
            told[place] = replace(one, status="no difference that matters", reason=reason)
    return told
