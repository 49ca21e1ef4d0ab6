"""From numbers to verdicts, and to what the caller gets: a table, Association or Difference.

"Not found" means little where even a large effect would have been missed: that is *unreachable*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sleepstats.arrays import Floats
from sleepstats.asking import Asking, Diary, Question
from sleepstats.asking.estimation import Answer, Contrast, minutes_between, off_no
from sleepstats.columns import NIGHT
from sleepstats.errors import both_forms, marked
from sleepstats.inference.none_alone import adjust_pvalues
from sleepstats.results import DATES_OPEN, NAN, FactorKind
from sleepstats.results.relation import Association, Difference
from sleepstats.units import difference_unit, one_unit, per_step, reading_step, usual_ends

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
    """Return the chance of finding an effect of this size, given an interval's ends."""
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
    rest = iter(power_for(*np.array(measured).T, questions=size, level=level).tolist())
    chances = []
    for one in answers:  # of kinds, the contrast that was measured best decides
        mine = [value for value in (next(rest) for _ in one.precision) if value == value]
        chances.append(max(mine, default=0.0))
    return chances


def _out_of_reach(question: Question, one: Answer, size: int, chance: float) -> str:
    """Say why the answer could hardly have been yes."""
    asked = f" and {size} questions" if size > 1 else ""
    if question.log_scale:
        what = "even a large difference"
    elif question.kind == "numeric":
        what = "even a strong link (a correlation of 0.5)"
    else:
        unit = difference_unit(question.outcome.unit, question.outcome.name)
        large = one.precision[0].large
        what = f"even a large difference ({large:.3g} {unit}, one standard deviation)"
    percent = 100.0 * chance
    often = "fewer than 1" if percent < 1 else f"only {percent:.0f}"
    noticed = f"{what} would be noticed in {often} of 100 such diaries"
    return f"out of reach: with {one.n} nights{asked}, {noticed}"


def what_matters(
    questions: Sequence[Question], answers: Sequence[Answer], matters: Mapping[str, float]
) -> list[Answer]:
    """Say where the interval lies within the smallest difference that matters to the person."""
    told = list(answers)
    for place, (question, one) in enumerate(zip(questions, answers, strict=True)):
        least = matters.get(question.outcome.name)
        if least is None or one.status == "refused" or not np.isfinite(one.effect_low):
            continue
        step, far = 1.0, ""
        if question.kind == "numeric":
            known, of_x = question.x[~np.isnan(question.x)], question.factor.unit
            step = float(max(np.ptp(usual_ends(known)), reading_step(known, of_x)))
            much = per_step(float(f"{step:.3g}"), of_x, question.factor.label)
            far = f" over {'one ' * (step == 1.0)}{much}, as evenings usually differ,"
        low, high = one.effect_low * step, one.effect_high * step
        if question.log_scale:
            low, high = minutes_between(question, step, one)
        if -least < low and high < least:
            unit = difference_unit(question.outcome.unit, question.outcome.name)
            reason = f"within what matters:{far} the whole interval lies within {least:g} {unit}"
            told[place] = replace(one, status="no difference that matters", reason=reason)
    return told


#: The key in ``DataFrame.attrs`` under which a result table says how it was made.
TABLE = "sleepstats_table"

_NUMBERS = ("effect", "effect_low", "effect_high", "ratio", "ratio_low", "ratio_high", "pvalue")
#: Columns of the table that are copied from an answer, by type.
_COUNTED = ("n_eff", "r", "r_low", "r_high", *_NUMBERS, "pvalue_family")
#: Every column of the table, in its order.
TABLE_COLUMNS = (
    "outcome", "factor", "when", "n", "n_dropped", "n_eff", "r", "r_low", "r_high",
    "effect", "effect_low", "effect_high", "effect_unit", "step", "ratio", "ratio_low",
    "ratio_high", "pvalue", "pvalue_family", "status", "reason",
)  # fmt: skip
#: Further columns of a table whose habits were also set beside each other.
BESIDE_COLUMNS = (
    "beside_effect", "beside_low", "beside_high", "beside_pvalue", "stands", "goes_with",
    "fcr_low", "fcr_high", "best_guess", "p_direction", "evening_after_effect",
    "evening_after_pvalue", "evening_after_pvalue_family", "held_equal", "robustness",
    "beside_guess", "best_guess_low", "best_guess_high",
)  # fmt: skip


def effect_unit(question: Question) -> str:
    """Return the unit of the effect: the outcome's, per the factor's for a numeric one."""
    unit = difference_unit(question.outcome.unit, question.outcome.name)
    per = f" per {one_unit(question.factor.unit, question.factor.label)}"
    return f"{unit}{per if question.kind == 'numeric' else ''}"


def step_of(question: Question) -> float:
    """Return for how much of a number a person would speak of its effect; NaN of anything else."""
    known = question.x[~np.isnan(question.x)]
    return reading_step(known, question.factor.unit) if question.kind == "numeric" else NAN


def as_table(questions: Sequence[Question], answers: Sequence[Answer]) -> pd.DataFrame:
    """Return one row per question, built once from lists."""
    both = list(zip(questions, answers, strict=True))
    columns: dict[str, Any] = {
        "n": np.array([one.n for one in answers], dtype=np.int64),
        "n_dropped": np.array([len(q.used) - one.n for q, one in both], dtype=np.int64),
    }
    texts: dict[str, list[str]] = {
        "outcome": [q.outcome.name for q in questions],
        "factor": [q.factor.name for q in questions],
        "when": [q.when for q in questions],
        "effect_unit": ["" if one.status == "refused" else effect_unit(q) for q, one in both],
        "status": [one.status for one in answers],
        "reason": [one.reason for one in answers],
    }
    # all texts at once: each array of them is made slowly
    every = pd.array([text for column in texts.values() for text in column], dtype="str")
    for place, name in enumerate(texts):
        columns[name] = every[place * len(both) : (place + 1) * len(both)]
    factors = {(q.factor.name, q.lag): q for q in questions}
    steps = {key: step_of(q) for key, q in factors.items()}
    columns["step"] = np.array([steps[q.factor.name, q.lag] for q in questions])
    for name in _COUNTED:
        columns[name] = np.array([getattr(one, name) for one in answers], dtype=np.float64)
    return pd.DataFrame({name: columns[name] for name in TABLE_COLUMNS})


def with_beside(table: pd.DataFrame, answers: Sequence[Answer]) -> pd.DataFrame:
    """Put the further columns of habits beside each other into a table."""
    columns: dict[str, Any] = {
        "stands": pd.array([one.stands for one in answers], dtype="boolean"),
        "goes_with": pd.array([", ".join(one.goes_with) for one in answers], dtype="str"),
        "held_equal": pd.array([", ".join(one.held_equal) for one in answers], dtype="str"),
    }
    for name in (name for name in BESIDE_COLUMNS if name not in columns):
        columns[name] = np.array([getattr(one, name) for one in answers], dtype=np.float64)
    return table.assign(**{name: columns[name] for name in BESIDE_COLUMNS})


def about_table(
    diary: Diary,
    questions: Sequence[Question],
    answers: Sequence[Answer],
    asking: Asking,
    notes: Sequence[str],
) -> dict[str, Any]:
    """Return how a table was made: small, plain values, since attrs are copied with the frame."""
    used = np.zeros(len(diary.dates), dtype=bool)
    asked = list(zip(questions, answers, strict=True))
    for question, one in asked:
        if one.status != "refused":
            used |= question.used
    nights = diary.dates[used]
    columns = {c.name: c for q in questions for c in (q.outcome, q.factor)}
    return {
        "level": asking.level,
        "family": asking.family,
        "method": asking.method,
        "adjust": list(asking.adjust),
        "questions": len(answers),
        "refused": sum(one.status == "refused" for one in answers),
        "nights": int(used.sum()),
        "first_night": f"{nights[0]:%Y-%m-%d}" if len(nights) else "",
        "last_night": f"{nights[-1]:%Y-%m-%d}" if len(nights) else "",
        "labels": {name: column.label for name, column in columns.items()},
        "units": {name: column.unit for name, column in columns.items()},
        "steps": {q.factor.name: step_of(q) for q in questions if q.kind == "numeric"},
        "off_no": {q.factor.name: off_no(q, one.ratio) for q, one in asked if q.log_scale},
        "notes": [*notes, *(f"{line}." for line in diary.computed.values())],
        DATES_OPEN: both_forms("\n".join(dict.fromkeys(map(marked, diary.dates_open.values())))),
    }


def as_association(diary: Diary, question: Question, got: Answer, asking: Asking) -> Association:
    """Return the answer to one question with its nights."""
    kinds: dict[str, FactorKind] = {one: one for one in ("yes/no", "categorical")}
    numbers = ("n", "n_eff", "r", "r_low", "r_high", "pvalue_family")
    return Association(
        **_shared(diary, question, got, asking),
        **{name: getattr(got, name) for name in numbers},
        kind=kinds.get(question.kind, "numeric"),
        effect_unit=effect_unit(question),
        method=asking.method,
        family=asking.family,
        contrasts=_contrasts(got),
    )


def as_difference(diary: Diary, question: Question, got: Answer, asking: Asking) -> Difference:
    """Return nights with against nights without."""
    y, on = question.recorded[question.used], question.x[question.used] == 1
    sides = (y[on], y[~on])
    mean, median = ([float(f(s)) if len(s) else NAN for s in sides] for f in (np.mean, np.median))
    return Difference(
        **_shared(diary, question, got, asking),
        n_with=len(sides[0]),
        n_without=len(sides[1]),
        mean_with=mean[0],
        mean_without=mean[1],
        median_with=median[0],
        median_without=median[1],
        raw_difference=mean[0] - mean[1],
        effect_unit=effect_unit(question),
    )


def _shared(diary: Diary, question: Question, got: Answer, asking: Asking) -> dict[str, Any]:
    """Return the fields that both results have."""
    numbers = {name: getattr(got, name) for name in _NUMBERS}
    told = {"n_dropped": len(question.used) - got.n, "status": got.status, "reason": got.reason}
    return asked_fields(diary, question, asking, _factor_values(question)) | numbers | told


def asked_fields(
    diary: Diary, question: Question, asking: Asking, factor_values: Any
) -> dict[str, Any]:
    """Return what every result says of its question; the factor's values are those to be shown."""
    outcome, factor, used = question.outcome, question.factor, question.used
    nights = diary.dates[used]
    shown = {outcome.name: question.recorded[used], factor.name: factor_values}
    data = pd.DataFrame(shown, index=nights.rename(NIGHT))
    mine = (factor.name, *(f"{one.name}:clock" for one in (factor, outcome)))
    lines = (marked(diary.dates_open[name]) for name in mine if name in diary.dates_open)
    data.attrs = {DATES_OPEN: both_forms("\n".join(dict.fromkeys(lines)))}
    return {
        "outcome": outcome.name,
        "factor": factor.name,
        "when": question.when,
        "level": asking.level,
        "adjust": asking.adjust,
        "first_night": nights[0] if len(nights) else None,
        "last_night": nights[-1] if len(nights) else None,
        "outcome_label": outcome.label,
        "factor_label": factor.label,
        "outcome_unit": outcome.unit,
        "factor_unit": factor.unit,
        "data": data,
    }


def _factor_values(question: Question) -> Any:
    """Return the factor on the nights used: numbers, booleans, or the names of kinds."""
    x = question.x[question.used]
    if question.levels and question.kind != "yes/no":
        return pd.array([question.levels[int(place)] for place in x], dtype="str")
    return x == 1 if question.kind == "yes/no" else x


def _contrasts(one: Answer) -> pd.DataFrame | None:
    """Return the contrasts of a categorical factor as a table."""
    told = {x: [getattr(c, x) for c in one.contrasts] for x in Contrast.__dataclass_fields__}
    return pd.DataFrame(told) if one.contrasts else None
