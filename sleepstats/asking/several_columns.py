"""One outcome and several columns made of one factor: ready for the engine, and back in words.

Doses, times and courses all ask this way: used at all, and how much, when or for how long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sleepstats import inference
from sleepstats.arrays import Bools, Floats
from sleepstats.asking import estimation, question_checks, verdicts
from sleepstats.asking.held_columns import prepare_asked
from sleepstats.asking.questions import Diary, Question
from sleepstats.columns import NIGHT
from sleepstats.inference.none_alone import bring_in_around
from sleepstats.inference.together import gls_contrasts
from sleepstats.results.relation import NAN
from sleepstats.units import difference_unit


@dataclass(frozen=True, eq=False)
class Posed:
    """One question with its calendar; the columns to ask about are made from it."""

    #: As everywhere.
    diary: Diary
    question: Question
    asking: estimation.Asking
    #: Nights used, their numbers and controls.
    calendar: estimation.Calendar
    #: ndarray (n,): outcome on the nights used, on the scale of the analysis.
    y: Floats
    #: ndarray (n,): factor on the nights used.
    x: Floats
    #: The person's median latency, min, where that is the outcome.
    median: float | None

    @property
    def n(self) -> int:
        """Nights used."""
        return len(self.y)

    def joint(self, columns: Floats, *, beside: Floats | None = None) -> inference.JointTest:
        """Test columns together, beside the controls and further columns."""
        controls = self._controls(beside)
        y = bring_in_around(self.y, np.column_stack([controls, columns]))
        return inference.gls_joint(y, columns, controls, self.calendar.number)

    def contrasts(
        self, columns: Floats, weights: Floats, *, beside: Floats | None = None
    ) -> list[inference.Slope]:
        """Estimate weighted sums of the slopes of columns that stand in the model together."""
        controls = self._controls(beside)
        y = bring_in_around(self.y, np.column_stack([controls, columns]))
        return gls_contrasts(
            y, columns, weights, controls, self.calendar.number, level=self.asking.level
        )

    def slopes(self, columns: Floats) -> list[inference.Slope]:
        """Estimate the slope of each column beside the others."""
        return self.contrasts(columns, np.eye(columns.shape[1]))

    def _controls(self, beside: Floats | None) -> Floats:
        if beside is None or not beside.size:
            return self.calendar.controls
        return np.column_stack([self.calendar.controls, beside])

    def why(self, code: str) -> str:
        """Turn the engine's code into a reason with words."""
        return estimation.in_words(code, self.question, self.calendar, self.asking)


def ask_one(
    nights: pd.DataFrame,
    *,
    outcome: str,
    factor: str,
    adjust: Sequence[str],
    level: float,
    when: Mapping[str, str] | None,
    also: Sequence[str] = (),
    method: str = "pearson",
) -> tuple[Diary, Question, estimation.Asking]:
    """Check one question and make it ready; `also` names further columns that must exist."""
    asking = question_checks.check_question(
        nights,
        outcomes=[outcome],
        factors=[factor, *also],
        asking=estimation.Asking(tuple(question_checks.names_of(adjust)), method, "none", level),
        when=when,
    )
    diary, (question,) = prepare_asked(nights, [(outcome, factor)], asking, when=when)
    return diary, question, asking


def pose(diary: Diary, question: Question, asking: estimation.Asking) -> Posed:
    """Lay out the nights of a question that can be asked."""
    used = question.used
    calendar = estimation.calendar_of(diary, question, asking)
    median = estimation.median_latency(question) if question.log_scale else None
    return Posed(diary, question, asking, calendar, question.y[used], question.x[used], median)


def only(question: Question, rows: Bools) -> Question:
    """Return the question on fewer rows."""
    return replace(question, used=question.used & rows)


def own_unit(slope: inference.Slope, median: float | None) -> dict[str, float]:
    """Return effect and ratio with their ends; the ratio is NaN but for latency."""
    ends = {"": slope.estimate, "_low": slope.low, "_high": slope.high}
    if median is None:
        effects = {f"effect{end}": value for end, value in ends.items()}
        return effects | {f"ratio{end}": NAN for end in ends}
    ratios = {end: float(np.exp(value)) for end, value in ends.items()}
    effects = {f"effect{end}": median * (ratio - 1.0) for end, ratio in ratios.items()}
    return effects | {f"ratio{end}": ratio for end, ratio in ratios.items()}


def curve_of(at: Floats, slopes: Sequence[inference.Slope], median: float | None) -> pd.DataFrame:
    """Return a drawn response: x, estimate, low, high, in the outcome's unit."""
    rows = [own_unit(slope, median) for slope in slopes]
    return pd.DataFrame(
        {
            "x": np.asarray(at, dtype=np.float64),
            "estimate": [row["effect"] for row in rows],
            "low": [row["effect_low"] for row in rows],
            "high": [row["effect_high"] for row in rows],
        }
    )


def precision_of(
    posed: Posed, column: Floats, slope: inference.Slope, *, yes_no: bool
) -> estimation.Precision:
    """Say how exactly a slope was measured beside what would be a large one."""
    spread = float(posed.y.std(ddof=1))
    if yes_no:
        return estimation.Precision(spread, slope.low, slope.high, slope.df)
    moved = column[column != 0]  # a column that is zero where nothing was used
    width = float(moved.std(ddof=1)) if len(moved) > 1 else 0.0
    return estimation.Precision(
        0.5 * spread / width if width else NAN, slope.low, slope.high, slope.df
    )


def verdict(
    posed: Posed, pvalue: float, precision: Sequence[estimation.Precision]
) -> tuple[Any, str]:
    """Return status and reason of a p-value, as everywhere: found, not found or unreachable."""
    answer = estimation.Answer(posed.n, "not found", "", pvalue=pvalue, precision=tuple(precision))
    (got,) = verdicts.judge([posed.question], [answer], posed.asking)
    return got.status, got.reason


def shared_fields(diary: Diary, question: Question, asking: estimation.Asking) -> dict[str, Any]:
    """Return the fields that every result of one outcome and one factor has."""
    used = question.used
    nights = diary.dates[used]
    data = pd.DataFrame(
        {question.outcome.name: question.recorded[used], question.factor.name: question.x[used]},
        index=nights.rename(NIGHT),
    )
    return {
        "outcome": question.outcome.name,
        "factor": question.factor.name,
        "when": question.when,
        "n": int(used.sum()),
        "n_dropped": int((~used).sum()),
        "effect_unit": difference_unit(question.outcome.unit, question.outcome.name),
        "level": asking.level,
        "adjust": asking.adjust,
        "first_night": nights[0] if len(nights) else None,
        "last_night": nights[-1] if len(nights) else None,
        "outcome_label": question.outcome.label,
        "factor_label": question.factor.label,
        "outcome_unit": question.outcome.unit,
        "factor_unit": question.factor.unit,
        "data": data,
    }
