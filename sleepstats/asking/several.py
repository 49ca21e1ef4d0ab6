"""One outcome and several columns made of one factor: ready for the engine, and back in words.

Doses, times and courses ask this way: used at all, and how much, when or for how long. So do
earlier evenings of one habit, none of which is ever picked for its size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

from sleepstats import inference
from sleepstats.arrays import Bools, Floats, ValueKind, read_values
from sleepstats.asking import Asking, Diary, Question, estimation, held_columns, verdicts
from sleepstats.asking.question_checks import check_question, names_of
from sleepstats.columns import Column
from sleepstats.errors import DiaryError, spelled
from sleepstats.inference import none_alone, together
from sleepstats.results import NAN
from sleepstats.results.relation import Association
from sleepstats.results.sentences import EARLIER, evenings_said, named, place
from sleepstats.units import CLOCK_UNIT, difference_unit


@dataclass(frozen=True, eq=False)
class Posed:
    """One question with its calendar; the columns to ask about are made from it."""

    #: As everywhere.
    diary: Diary
    question: Question
    asking: Asking
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
        every = np.column_stack([controls, columns])
        y = none_alone.bring_in_around(self.y, every, tested=columns.shape[1])
        return inference.gls_joint(y, columns, controls, self.calendar.number)

    def contrasts(
        self, columns: Floats, weights: Floats, *, beside: Floats | None = None
    ) -> list[inference.Slope]:
        """Estimate weighted sums of the slopes of columns that stand in the model together."""
        controls = self._controls(beside)
        every = np.column_stack([controls, columns])
        y = none_alone.bring_in_around(self.y, every, tested=columns.shape[1])
        return together.gls_contrasts(
            y, columns, weights, controls, self.calendar.number, level=self.asking.level
        )

    def slopes(self, columns: Floats) -> list[inference.Slope]:
        """Estimate the slope of each column beside the others."""
        return self.contrasts(columns, np.eye(columns.shape[1]))

    def level_at(self, columns: Floats, row: Floats | float) -> float | None:
        """Return the typical latency were the columns this row on all nights; None for others."""
        if self.median is None:
            return None
        # the median itself is of nights as they were: a ratio times it is no difference from here
        slopes = np.array([slope.estimate for slope in self.slopes(columns)])
        return float(np.exp(np.median(self.y - (columns - row) @ slopes)))

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
) -> tuple[Diary, Question, Asking]:
    """Check one question and make it ready; `also` names further columns that must exist."""
    asking = Asking(tuple(names_of(adjust)), method, level=level)
    check_question(nights, outcomes=[outcome], factors=[factor, *also], asking=asking, when=when)
    diary, (question,) = held_columns.prepare_asked(nights, [(outcome, factor)], asking, when=when)
    return diary, question, asking


def pose(diary: Diary, question: Question, asking: Asking) -> Posed:
    """Lay out the nights of a question that can be asked."""
    used = question.used
    calendar = estimation.calendar_of(diary, question, asking)
    median = estimation.median_latency(question) if question.log_scale else None
    return Posed(diary, question, asking, calendar, question.y[used], question.x[used], median)


EFFECT_AND_RATIO = (
    "effect", "effect_low", "effect_high", "ratio", "ratio_low", "ratio_high",
)  # fmt: skip


def own_unit(slope: inference.Slope, median: float | None) -> dict[str, float]:
    """Return effect and ratio with their ends; the ratio is NaN but for latency."""
    none = dict.fromkeys(("ratio", "ratio_low", "ratio_high"), NAN)
    return none | estimation.in_own_unit((slope.estimate, slope.low, slope.high), median)


def curve_of(
    posed: Posed, at: Floats, columns: Floats, weights: Floats, level: float | None
) -> pd.DataFrame:
    """Return a drawn response: x, estimate, low, high, in the outcome's unit, from a level."""
    rows = [own_unit(slope, level) for slope in posed.contrasts(columns, weights)]
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


def shared_fields(diary: Diary, question: Question, asking: Asking) -> dict[str, Any]:
    """Return the fields that every result of one outcome and one factor has."""
    used = question.used
    return verdicts.asked_fields(diary, question, asking, question.x[used]) | {
        "n": int(used.sum()),
        "n_dropped": int((~used).sum()),
        "effect_unit": difference_unit(question.outcome.unit, question.outcome.name),
    }


#: The furthest evening before the last that can be asked about.
MOST_BACK = 7


def lags_of(lag: Any) -> tuple[int, ...]:
    """Return evenings before the last, nearest first; say what is wrong with them."""
    lag = lag.tolist() if isinstance(lag, np.ndarray) else lag
    given: list[Any] = list(lag) if isinstance(lag, (list, tuple, range)) else [lag]
    wants = "Write 1 for the evening before the last, or (0, 1, 2) for the last three together."
    if not given:
        raise DiaryError(f"lag: {lag!r} names no evening. {wants}")
    for one in given:
        if isinstance(one, bool) or not isinstance(one, Integral):
            raise DiaryError(
                f"lag: {spelled(one, 'this')} is a {type(one).__name__}, expected a whole number "
                f"of evenings before the last. {wants}"
            )
        if int(one) < 0:
            raise DiaryError(
                f"lag: {one} would be an evening that came after the outcome. Expected 0 to "
                f"{MOST_BACK} evenings before the last. {wants}"
            )
        if int(one) > MOST_BACK:
            raise DiaryError(
                f"lag: {one} is further back than the {MOST_BACK} evenings before the last that "
                f"can be asked about. {wants}"
            )
    if len(set(given)) < len(given):
        raise DiaryError(f"lag: {lag!r} names an evening twice. Name each once. {wants}")
    return tuple(sorted(int(one) for one in given))


def ask_earlier(
    nights: pd.DataFrame,
    diary: Diary,
    question: Question,
    asking: Asking,
    lags: Sequence[int],
) -> Association:
    """Ask a question of earlier evenings, later ones that are not asked about held equal."""
    values = read_values(nights[question.factor.name], diary.dates).values
    evenings = [
        held_columns.nights_before(values, diary, question.lag + k) for k in range(lags[-1] + 1)
    ]
    asked = _lay_out(question, evenings, lags)
    if asked.refusal or len(lags) == 1:
        (got,) = verdicts.judge([asked], estimation.estimate(diary, [asked], asking), asking)
        one = verdicts.as_association(diary, asked, got, asking)
    else:
        one = _together(diary, asked, asking, [evenings[lag] for lag in lags], lags)
    later = [back for back in range(lags[-1]) if back not in lags]
    beside = place(f"{question.when}{EARLIER}{evenings_said(question.when, later)}")[2]
    return replace(one, adjust=(*one.adjust, f"its own value {beside}")) if later else one


def _lay_out(question: Question, evenings: Sequence[Floats], lags: Sequence[int]) -> Question:
    """Put the nearest evening asked about into the question, and hold the others' nights ready."""
    asked = replace(question, when=f"{question.when}{EARLIER}{evenings_said(question.when, lags)}")
    kinds = question.kind == "categorical"
    if question.refusal:
        return asked
    if kinds and len(lags) > 1:
        name = question.factor.name
        reason = (
            f"kinds: {name} has kinds, and several evenings are asked together of a number or a "
            "yes or no; ask of one evening, such as lag=1, or make a yes or no of it first"
        )
        return replace(asked, refusal=reason)
    known = np.isfinite(np.column_stack([evenings[lag] for lag in lags])).all(axis=1)
    asked = replace(
        asked, x=evenings[lags[0]], lag=question.lag + lags[0], used=question.used & known
    )
    later = [
        column
        for back, evening in enumerate(evenings)
        if back not in lags
        for column in held_columns.habit_columns(question.kind, evening, len(question.levels)).T
    ]
    return held_columns.narrowed(held_columns.hold_fixed(asked, *later) if later else asked)


def _together(
    diary: Diary,
    asked: Question,
    asking: Asking,
    evenings: Sequence[Floats],
    lags: Sequence[int],
) -> Association:
    """Test several evenings with one p; each beside the others has an interval and no p."""
    posed = pose(diary, asked, asking)
    columns = np.column_stack([evening[asked.used] for evening in evenings])
    test = posed.joint(columns)
    if test.reason:
        got = estimation.Answer(posed.n, "refused", posed.why(test.reason))
        return verdicts.as_association(diary, asked, got, asking)
    slopes = posed.slopes(columns)
    yes_no = asked.kind == "yes/no"
    exact = [
        precision_of(posed, column, slope, yes_no=yes_no)
        for column, slope in zip(columns.T, slopes, strict=True)
    ]
    got = estimation.Answer(posed.n, "not found", "", pvalue=test.pvalue, precision=tuple(exact))
    (got,) = verdicts.judge([asked], [got], asking)
    rows = [
        {"lag": lag, "evening": evenings_said(asked.when, [lag]), **own_unit(slope, posed.median)}
        for lag, slope in zip(lags, slopes, strict=True)
    ]
    names = ["lag", "evening", *EFFECT_AND_RATIO]
    whole = verdicts.as_association(diary, asked, got, asking)
    return replace(whole, contrasts=pd.DataFrame(rows)[names])


#: An amount that is zero on this share of nights was taken or not taken.
OFTEN_ZERO = 0.2
NONE = "none"


@dataclass(frozen=True, eq=False)
class Sides:
    """Which nights are on the one side of a factor, and both sides in words."""

    #: ndarray of bool: yes; some of it; more than the median; or a kind that is not the reference.
    on: Bools
    #: How the sides differ.
    split: str
    #: The factor as it stands in a sentence.
    name: str
    #: The kind that the others are set against, where none of the kinds is ``none``.
    reference: str = ""

    def one(self, on: bool) -> str:
        """Return a side as it stands first in a phrase: ``wine``, ``less screens``."""
        if self.split == "with":
            return self.name if on else f"no {self.name}"
        if self.split == "kind":
            return f"{self.name} {'other than ' if on else ''}“{self.reference}”"
        less = {"more": "less", "later": "earlier", "earlier": "later"}
        return f"{self.split if on else less[self.split]} {self.name}"

    def beside(self, on: bool) -> str:
        """Return a side as it stands second: ``without a meal``, ``with more screens``."""
        if self.split == "with":
            return f"{'with' if on else 'without'} {self.name}"
        return f"with {self.one(on)}"


def sides_of(column: Column, kind: ValueKind, values: Floats, levels: tuple[str, ...]) -> Sides:
    """Split nights in two: some or none, above the median or not, another kind or the reference."""
    name = named(column.label)
    if not len(values):  # no night has all of the factors looked at
        return Sides(values > 0, "with", name)
    if kind == "yes/no":
        return Sides(values == 1, "with", name)
    if kind == "categorical":
        seen, counts = np.unique(values, return_counts=True)
        none = [place for place in seen if levels[int(place)].casefold() == NONE]
        reference = none[0] if none else seen[counts.argmax()]
        name = name.removesuffix(" kind")
        if none:
            return Sides(values != reference, "with", name)
        return Sides(values != reference, "kind", name, levels[int(reference)])
    if values.min(initial=0.0) == 0 and (values == 0).mean() >= OFTEN_ZERO:
        return Sides(values > 0, "with", name)
    above = values > np.median(values)
    if above.sum() < 0.25 * len(values):  # the median is also the most frequent high value
        above = values >= np.median(values)
    split = {CLOCK_UNIT: "later", "h before bed": "earlier"}.get(column.unit, "more")
    return Sides(above, split, name)
