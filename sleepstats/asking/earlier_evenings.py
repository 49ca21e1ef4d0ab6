"""What lies further back: earlier evenings of one habit, and ratings on either side of a night.

No evening is ever picked for its size: which ones are meant is said before they are asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats
from sleepstats.asking import estimation, packing, questions, verdicts
from sleepstats.asking.held_columns import habit_columns
from sleepstats.asking.questions import Diary, Question
from sleepstats.asking.several_columns import pose, precision_of
from sleepstats.errors import DiaryError
from sleepstats.factors import read_values
from sleepstats.results.relation import NAN, Association
from sleepstats.results.sentences import EARLIER, evenings_said, own_value

#: The furthest evening before the last that can be asked about.
MOST_BACK = 7


def lags_of(lag: Any) -> tuple[int, ...]:
    """Return evenings before the last, nearest first; say what is wrong with them.

    >>> lags_of(1), lags_of((2, 0, 1))
    ((1,), (0, 1, 2))
    """
    lag = lag.tolist() if isinstance(lag, np.ndarray) else lag
    given: list[Any] = list(lag) if isinstance(lag, (list, tuple, range)) else [lag]
    wants = "Write 1 for the evening before the last, or (0, 1, 2) for the last three together."
    if not given:
        raise DiaryError(f"lag: {lag!r} names no evening. {wants}")
    for one in given:
        if isinstance(one, bool) or not isinstance(one, Integral):
            raise DiaryError(
                f"lag: {one!r} is a {type(one).__name__}, expected a whole number of evenings "
                f"before the last. {wants}"
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
    asking: estimation.Asking,
    lags: Sequence[int],
) -> Association:
    """Ask a question of earlier evenings, later ones that are not asked about held equal."""
    values = read_values(nights[question.factor.name], diary.dates).values
    evenings = [_nights_before(values, diary, question.lag + k) for k in range(lags[-1] + 1)]
    asked = _lay_out(question, evenings, lags)
    if asked.refusal or len(lags) == 1:
        (got,) = verdicts.judge([asked], estimation.estimate(diary, [asked], asking), asking)
        one = packing.as_association(diary, asked, got, asking)
    else:
        one = _together(diary, asked, asking, [evenings[lag] for lag in lags], lags)
    later = [back for back in range(lags[-1]) if back not in lags]
    return replace(one, adjust=(*one.adjust, own_value(question.when, later))) if later else one


def _nights_before(values: Floats, diary: Diary, back: int) -> Floats:
    """Return the values of so many calendar nights before; missing where that has no row."""
    told = pd.Series(values, index=diary.dates)
    moved = told.reindex(diary.dates - pd.Timedelta(days=back))
    return np.asarray(moved, dtype=np.float64)


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
        for column in habit_columns(question.kind, evening, len(question.levels)).T
    ]
    asked = questions.hold_fixed(asked, *later) if later else asked
    asked = replace(asked, refusal=asked.refusal or questions.narrowed_refusal(asked))
    if kinds and not asked.refusal:
        asked = replace(asked, used=questions.often_enough(asked))
        asked = replace(asked, refusal=questions.kinds_refusal(asked))
    return asked


def _together(
    diary: Diary,
    asked: Question,
    asking: estimation.Asking,
    evenings: Sequence[Floats],
    lags: Sequence[int],
) -> Association:
    """Test several evenings with one p; each beside the others has an interval and no p."""
    posed = pose(diary, asked, asking)
    columns = np.column_stack([evening[asked.used] for evening in evenings])
    test = posed.joint(columns)
    if test.reason:
        got = estimation.Answer(posed.n, "refused", posed.why(test.reason))
        return packing.as_association(diary, asked, got, asking)
    slopes = posed.slopes(columns)
    yes_no = asked.kind == "yes/no"
    exact = [
        precision_of(posed, column, slope, yes_no=yes_no)
        for column, slope in zip(columns.T, slopes, strict=True)
    ]
    got = estimation.Answer(posed.n, "not found", "", pvalue=test.pvalue, precision=tuple(exact))
    (got,) = verdicts.judge([asked], [got], asking)
    ratios = dict.fromkeys(("ratio", "ratio_low", "ratio_high"), NAN)
    rows = [
        {"lag": lag, "evening": evenings_said(asked.when, [lag])}
        | ratios
        | estimation.in_own_unit((slope.estimate, slope.low, slope.high), posed.median)
        for lag, slope in zip(lags, slopes, strict=True)
    ]
    names = ["lag", "evening", "effect", "effect_low", "effect_high", *ratios]
    whole = packing.as_association(diary, asked, got, asking)
    return replace(whole, contrasts=pd.DataFrame(rows)[names])


def on_either_side(
    diary: Diary, to_night: Question, question: Question
) -> tuple[Question, Question, Question]:
    """Ask of a rating and its night; of the night and the next rating; and of that in another way.

    The second holds the rating before the night fixed. The third subtracts the rating two rows
    back: what ties a night to both its sides alike, such as what a rough rating left out, cancels.
    """
    part = to_night.factor.when
    if part == to_night.outcome.when:
        reason = (
            f"same time: {to_night.factor.name} and {to_night.outcome.name} both belong to the "
            f"{part}, so neither comes before the other; say when= if that is wrong"
        )
        to_night = replace(to_night, refusal=to_night.refusal or reason)
        question = replace(question, refusal=question.refusal or reason)
    values = question.recorded
    if set(values[~np.isnan(values)]) <= {0.0, 1.0}:  # a yes or no counts in percent of days
        values = 100.0 * values
        percent = replace(question.outcome, unit="%")
        question = replace(question, outcome=percent, recorded=values, y=values)
    before, two = (_nights_before(values, diary, back) for back in (1, 2))
    known = ~np.isnan(np.column_stack([before, two])).any(axis=1)
    turned = replace(question, y=values - two, used=question.used & known)
    turned = replace(turned, refusal=question.refusal or questions.narrowed_refusal(turned))
    return to_night, questions.hold_fixed(question, before), turned


def less_sure(
    held: estimation.Answer, minus: estimation.Answer, name: str, chance: float
) -> tuple[int, estimation.Answer]:
    """Return which of two ways of asking is told, 0 or 1, and its answer; p is the larger one.

    The second way is told, unless it alone finds something, or too few nights have it.
    """
    if minus.status == "refused" or held.status == "refused":
        way = int(held.status == "refused" or held.pvalue < chance)
        return way, (held, minus)[way]
    found = (held.pvalue < chance, minus.pvalue < chance)
    if all(found) and held.effect * minus.effect < 0:
        reason = (
            f"no agreement: with {name} of the day before held equal, and with that of two days "
            "before subtracted, the answers point in opposite directions"
        )
        return 1, estimation.Answer(minus.n, "refused", reason)
    way = int(found[0] or not found[1])
    return way, replace((held, minus)[way], pvalue=max(held.pvalue, minus.pvalue))
