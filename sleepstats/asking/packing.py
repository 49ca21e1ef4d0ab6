"""From answers to what the caller gets: a table, an Association or a Difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.asking.estimation import Answer, Asking, Contrast
from sleepstats.asking.questions import Diary, Question
from sleepstats.columns import NIGHT
from sleepstats.results.relation import NAN, Association, Difference, FactorKind
from sleepstats.units import difference_unit, one_unit, reading_step

#: The key in ``DataFrame.attrs`` under which a result table says how it was made.
TABLE = "sleepstats_table"

_NUMBERS = ("effect", "effect_low", "effect_high", "ratio", "ratio_low", "ratio_high", "pvalue")
#: Columns of the table that are copied from an answer, by type.
_COUNTED = ("n_eff", "r", "r_low", "r_high", *_NUMBERS, "pvalue_family")
#: Every column of the table, in its order.
TABLE_COLUMNS = (
    "outcome", "factor", "when", "n", "n_dropped", "n_eff", "r", "r_low", "r_high",
    "effect", "effect_low", "effect_high", "effect_unit", "ratio", "ratio_low", "ratio_high",
    "pvalue", "pvalue_family", "status", "reason",
)  # fmt: skip
#: Further columns of a table whose habits were also set beside each other.
_BESIDE_NUMBERS = (
    "beside_effect", "beside_low", "beside_high", "beside_pvalue", "fcr_low", "fcr_high",
    "best_guess", "p_direction", "evening_after_pvalue", "robustness", "beside_guess",
)  # fmt: skip
BESIDE_COLUMNS = (
    "beside_effect", "beside_low", "beside_high", "beside_pvalue", "stands", "goes_with",
    "fcr_low", "fcr_high", "best_guess", "p_direction", "evening_after_pvalue", "held_equal",
    "robustness", "beside_guess",
)  # fmt: skip


def effect_unit(question: Question) -> str:
    """Return the unit of the effect: the outcome's, per the factor's for a numeric one."""
    unit = difference_unit(question.outcome.unit, question.outcome.name)
    if question.kind != "numeric":
        return unit
    return f"{unit} per {one_unit(question.factor.unit, question.factor.label)}"


def as_table(questions: Sequence[Question], answers: Sequence[Answer]) -> pd.DataFrame:
    """Return one row per question, built once from lists."""
    both = list(zip(questions, answers, strict=True))
    columns: dict[str, Any] = {
        "outcome": pd.array([q.outcome.name for q in questions], dtype="str"),
        "factor": pd.array([q.factor.name for q in questions], dtype="str"),
        "when": pd.array([q.when for q in questions], dtype="str"),
        "n": np.array([one.n for one in answers], dtype=np.int64),
        "n_dropped": np.array([len(q.used) - one.n for q, one in both], dtype=np.int64),
        "effect_unit": pd.array(
            ["" if one.status == "refused" else effect_unit(q) for q, one in both], dtype="str"
        ),
        "status": pd.array([one.status for one in answers], dtype="str"),
        "reason": pd.array([one.reason for one in answers], dtype="str"),
    }
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
    for name in _BESIDE_NUMBERS:
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
    for question, one in zip(questions, answers, strict=True):
        if one.status != "refused":
            used |= question.used
    nights = diary.dates[used]
    columns = {c.name: c for q in questions for c in (q.outcome, q.factor)}
    steps = {
        q.factor.name: reading_step(q.x[~np.isnan(q.x)], q.factor.unit)
        for q in questions
        if q.kind == "numeric"
    }
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
        "steps": steps,
        "notes": list(notes),
    }


def as_association(diary: Diary, question: Question, got: Answer, asking: Asking) -> Association:
    """Return the answer to one question with its nights."""
    kinds: dict[str, FactorKind] = {"yes/no": "yes/no", "categorical": "categorical"}
    return Association(
        **_shared(diary, question, got, asking),
        kind=kinds.get(question.kind, "numeric"),
        n=got.n,
        n_eff=got.n_eff,
        r=got.r,
        r_low=got.r_low,
        r_high=got.r_high,
        effect_unit=effect_unit(question),
        pvalue_family=got.pvalue_family,
        method=asking.method,
        family=asking.family,
        contrasts=_contrasts(got),
    )


def as_difference(diary: Diary, question: Question, got: Answer, asking: Asking) -> Difference:
    """Return nights with against nights without."""
    y, on = question.recorded[question.used], question.x[question.used] == 1
    sides = (y[on], y[~on])
    mean = [float(side.mean()) if len(side) else NAN for side in sides]
    median = [float(np.median(side)) if len(side) else NAN for side in sides]
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
    outcome, factor, used = question.outcome, question.factor, question.used
    nights = diary.dates[used]
    data = pd.DataFrame(
        {outcome.name: question.recorded[used], factor.name: _factor_values(question)},
        index=nights.rename(NIGHT),
    )
    shared: dict[str, Any] = {name: getattr(got, name) for name in _NUMBERS}
    return shared | {
        "outcome": outcome.name,
        "factor": factor.name,
        "when": question.when,
        "n_dropped": len(used) - got.n,
        "status": got.status,
        "reason": got.reason,
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
    if question.kind == "yes/no":
        return x == 1
    if question.levels:
        return pd.array([question.levels[int(place)] for place in x], dtype="str")
    return x


def _contrasts(one: Answer) -> pd.DataFrame | None:
    """Return the contrasts of a categorical factor as a table."""
    if not one.contrasts:
        return None
    names = list(Contrast.__dataclass_fields__)
    return pd.DataFrame({name: [getattr(c, name) for c in one.contrasts] for name in names})
