"""From numbers to verdicts: found, not found, or out of reach of these nights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sleepstats.asking.estimation import Answer, Asking
from sleepstats.asking.questions import Question
from sleepstats.asking.reach import UNREACHABLE_BELOW, power_for
from sleepstats.inference.families import adjust_pvalues
from sleepstats.units import difference_unit


def judge(questions: Sequence[Question], answers: Sequence[Answer], asking: Asking) -> list[Answer]:
    """Fill in family p-values, statuses and the reasons of what is out of reach.

    *found*: the family p-value is below ``1 - level``. *unreachable*: not found, and the power for
    a large effect is below 20 %, see :mod:`sleepstats.asking.reach`; for kinds, the power of the
    contrast that was measured best.
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
    for one in answers:
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
