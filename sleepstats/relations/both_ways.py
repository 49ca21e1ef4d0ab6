"""Stress and sleep, both ways: the day and its night, the night and the day after it."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from sleepstats.asking.estimation import Answer, Asking, estimate
from sleepstats.asking.held_columns import prepare_asked
from sleepstats.asking.packing import TABLE, about_table, as_association, as_table
from sleepstats.asking.question_checks import check_question, default_stand_ins, names_of
from sleepstats.asking.questions import Diary, Question, hold_fixed
from sleepstats.asking.verdicts import chances_of_large, judge
from sleepstats.columns import column_of, factor_names
from sleepstats.errors import DiaryError, worded
from sleepstats.factors import read_values
from sleepstats.relations.one_or_all import DEFAULT_OUTCOMES
from sleepstats.results.base import Drawn, frame_table
from sleepstats.results.relation import Association

Verdict = Literal["day to night", "night to day", "both", "neither", "cannot tell"]

TO_NIGHT, TO_DAY = "day to night", "night to day"
#: Fewer different values of stress do not hold it fixed.
LEAST_VALUES = 6
#: "neither" needs this power for a large effect in every question.
WOULD_HAVE_SHOWN = 0.8


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class BothWays(Drawn):
    """Stress and sleep in both directions; made by :func:`stress_and_sleep`.

    Attributes
    ----------
    verdict : {"day to night", "night to day", "both", "neither", "cannot tell"}
        Which direction was found. *neither*: nothing was found, and every question would have
        shown a large effect in at least 80 % of diaries like this one. *cannot tell*: nothing was
        found, and that says little.
    stress, outcomes : tuple of str
        Columns asked about.
    rated : tuple of {"day", "night", "morning"}
        When each stress column was taken to be rated.
    to_night : tuple of Association
        Stress, and the night after it.
    to_day : tuple of Association
        The night, and the stress rated next after it; ``"previous"`` in ``adjust`` says that
        the stress rated before that night was held fixed.
    table : DataFrame
        ``direction``, then the columns of :func:`~sleepstats.correlate`; one row per question.
    family : str
        How p-values were adjusted over the table.
    adjust : tuple of str
        Calendar controls.
    """

    verdict: Verdict
    stress: tuple[str, ...]
    outcomes: tuple[str, ...]
    rated: tuple[str, ...]
    to_night: tuple[Association, ...]
    to_day: tuple[Association, ...]
    family: str
    adjust: tuple[str, ...]
    table: pd.DataFrame = field(repr=False)

    _picture: ClassVar[str] = "two_way.plot_two_way"

    def __str__(self) -> str:
        """Return the verdict and one sentence per question."""
        return "\n".join([self.said(), *(str(one) for one in (*self.to_night, *self.to_day))])

    def __repr__(self) -> str:
        return f"<BothWays: {self.said()}>"

    def said(self) -> str:
        """Return the verdict as one sentence.

        Returns
        -------
        str

        Examples
        --------
        >>> import sleepstats as ss
        >>> nights, _ = ss.simulate_nights(120, seed=7)
        >>> ss.stress_and_sleep(nights, outcomes="tst_min").said()
        'Day to night: stress went with the night after it; the other direction was not found.'
        """
        found = {
            TO_NIGHT: "stress went with the night after it",
            TO_DAY: "the night went with the stress of the day after it",
        }
        if self.verdict == "both":
            return f"Both: {found[TO_NIGHT]}, and {found[TO_DAY]}."
        if self.verdict == "neither":
            return (
                "Neither: no direction was found, and a large effect would have been found in at "
                f"least {100 * WOULD_HAVE_SHOWN:.0f} % of diaries like this one."
            )
        if self.verdict == "cannot tell":
            return (
                "Cannot tell: no direction was found, but a large effect could well have been "
                "missed."
            )
        others = self.to_day if self.verdict == TO_NIGHT else self.to_night
        told = any(one.status == "not found" for one in others)
        rest = "was not found" if told else "cannot be told from these nights"
        name = f"{self.verdict[:1].upper()}{self.verdict[1:]}"
        return f"{name}: {found[self.verdict]}; the other direction {rest}."

    def _repr_html_(self) -> str:
        """Return one paragraph per sentence and the rounded table."""
        from sleepstats.asking.present_table import present

        sentences = "".join(f"<p>{html.escape(line)}</p>" for line in str(self).splitlines())
        return sentences + frame_table(present(self.table).drop(columns="reason"))


@worded
def stress_and_sleep(
    nights: pd.DataFrame,
    *,
    stress: Sequence[str] | str | None = None,
    outcomes: Sequence[str] | str = DEFAULT_OUTCOMES,
    adjust: Sequence[str] = ("weekday", "trend"),
    family: str = "bh",
    level: float = 0.95,
    when: Mapping[str, str] | None = None,
) -> BothWays:
    """Ask both ways: stress and the night after it, the night and the stress of the day after it.

    Parameters
    ----------
    nights : DataFrame
        One row per night of one person.
    stress : str or sequence of str, optional
        Ratings, amounts or yes/no columns of stress; every factor with *stress* in its name or
        label by default.
    outcomes : sequence of str
        Columns of the night or of the morning after it; as in :func:`~sleepstats.correlate`.
    adjust : sequence of {"weekday", "trend"}
        What is taken out first.
    family : {"bh", "holm", "none"}
        How p-values are adjusted for the number of questions, both directions counted.
    level : float
        Confidence level, 0.5 to 1.
    when : mapping of str to {"day", "night", "morning"}, optional
        When a column happens. Stress rated in the evening belongs to the ``"day"`` (the default);
        ``{"stress": "morning"}`` says that it was rated on waking, after the night of its row.

    Returns
    -------
    BothWays
        Frozen: ``verdict``, ``to_night``, ``to_day``, ``table``; ``str()`` says all of it. The
        columns of ``table`` are ``direction`` (``day to night`` or ``night to day``), then those
        of :func:`~sleepstats.correlate`, with the same ``attrs``.

    Raises
    ------
    DiaryError
        As :func:`~sleepstats.correlate`; when no column of stress is found or one holds words.

    Notes
    -----
    Day to night: the slope of the night's value on the stress before it, as ``correlate`` gives
    it. Night to day: the slope of the next stress rating on the night, with the rating before that
    night held fixed; so a stressful spell that lasts, and that the night only reflected, does not
    count for the night. Both allow for errors that persist; missing nights are gaps. A yes or no
    stress is given in percentage points of days as an outcome.

    A rating of fewer than six different values, or a yes or no, holds stress fixed only in part:
    where it was found to go with the night after it, the other direction is refused as *too
    coarse*, because in simulations it was then found in 10 to 24 % of diaries in which nothing was
    there.

    A direction is *found* when one of its rows is. In simulated diaries in which only the day went
    with the night, the other direction was found about as often as its level says, which a lagged
    Pearson correlation is far from: see ``benchmarks/calibration_questions.md``.

    Neither direction is proof of an effect: what else came with those days came too.

    References
    ----------
    Granger 1969, doi:10.2307/1912791 (the past of a series held fixed).
    Imbens & Kolesar 2016, doi:10.1162/REST_a_00552 (variance).

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, truth = ss.simulate_nights(120, seed=7)
    >>> both = ss.stress_and_sleep(nights, outcomes="tst_min")
    >>> both.verdict
    'day to night'
    >>> both.table[["direction", "outcome", "factor", "when", "status"]]
          direction  outcome   factor                  when     status
    0  day to night  tst_min   stress  day before the night      found
    1  night to day   stress  tst_min  night before the day  not found
    """
    wanted, names = names_of(outcomes), names_of(stress or ())
    is_default = tuple(wanted) == DEFAULT_OUTCOMES
    asking = check_question(
        nights,
        outcomes=[] if is_default else wanted,
        factors=names,
        asking=Asking(tuple(names_of(adjust)), "pearson", family, level),
        when=when,
    )
    notes: list[str] = []
    if is_default:
        wanted, notes = default_stand_ins(nights)
    names = names or _stress_columns(nights)
    _check_numbers(nights, names)
    if both := [name for name in wanted if name in names]:
        raise DiaryError(
            f"stress_and_sleep(): {both[0]!r} is the stress itself. Name what to explain, for "
            "example outcomes='tst_min', or another column as stress=."
        )
    pairs = [(name, outcome) for name in names for outcome in wanted if name != outcome]
    forward = [(outcome, name) for name, outcome in pairs]
    diary, questions = prepare_asked(nights, [*forward, *pairs], asking, when=when)
    half = len(pairs)
    asked: list[Question] = []
    for to_night, to_day in zip(questions[:half], questions[half:], strict=True):
        asked += _ordered(to_night, _given_before(diary, to_day))
    measured = estimate(diary, asked, asking)
    answers = judge(asked, measured, asking)
    coarse = [
        place
        for place in range(1, len(asked), 2)
        if answers[place - 1].status == "found" and _values(asked[place]) < LEAST_VALUES
    ]
    for place in coarse:
        measured[place] = Answer(answers[place].n, "refused", _too_coarse(asked[place]))
    if coarse:
        answers = judge(asked, measured, asking)
    results = [
        as_association(diary, question, got, asking)
        for question, got in zip(asked, answers, strict=True)
    ]
    held = (*asking.adjust, "previous")
    to_day_results = tuple(replace(one, adjust=held, family=family) for one in results[1::2])
    table = as_table(asked, answers)
    table.insert(0, "direction", pd.Series([TO_NIGHT, TO_DAY] * half, dtype="str"))
    table.attrs[TABLE] = about_table(diary, asked, answers, asking, notes)
    when_of = {q.factor.name: q.factor.when for q in asked[::2]}
    return BothWays(
        verdict=_verdict(answers, asking),
        stress=tuple(names),
        outcomes=tuple(wanted),
        rated=tuple(when_of[name] for name in names),
        to_night=tuple(replace(one, family=family) for one in results[::2]),
        to_day=to_day_results,
        level=level,
        family=family,
        adjust=asking.adjust,
        table=table,
    )


def _stress_columns(nights: pd.DataFrame) -> list[str]:
    """Return the factors that are called stress."""
    factors = factor_names(nights)
    found = [
        name
        for name in factors
        if re.search("stress", f"{name} {column_of(nights, name).label}", re.IGNORECASE)
    ]
    if not found:
        raise DiaryError(
            "No factor of nights has stress in its name. Name the column that rates it, for "
            f"example stress='tension'. Factors present: {', '.join(factors) or 'none'}."
        )
    return found


def _check_numbers(nights: pd.DataFrame, names: Sequence[str]) -> None:
    """Refuse stress in words."""
    dates = pd.DatetimeIndex(nights.index)
    kinds = {name: read_values(nights[name], dates).kind for name in names}
    problems = [
        f"Column {name!r} holds words; stress is a number or a yes or no. Give its answers numbers "
        f"first, for example nights.assign({name}=nights[{name!r}].map({{'low': 1, 'high': 3}}))."
        for name, kind in kinds.items()
        if kind in ("categorical", "text", "other")
    ]
    if problems:
        raise DiaryError(problems)


def _given_before(diary: Diary, question: Question) -> Question:
    """Hold the stress rated before the night fixed; a yes or no counts in percent of days."""
    values = question.recorded
    if set(values[~np.isnan(values)]) <= {0.0, 1.0}:
        outcome = replace(question.outcome, unit="%")
        question = replace(question, outcome=outcome, recorded=100 * values, y=100 * values)
    before = np.where(diary.follows, np.concatenate([[np.nan], values[:-1]]), np.nan)
    return hold_fixed(question, before)


def _ordered(to_night: Question, to_day: Question) -> tuple[Question, Question]:
    """Refuse both directions where it is not known which of the two came first."""
    part = to_night.factor.when
    if part != to_night.outcome.when:
        return to_night, to_day
    reason = (
        f"same time: {to_night.factor.name} and {to_night.outcome.name} both belong to the {part}, "
        "so neither comes before the other; say when= if that is wrong"
    )
    return (
        replace(to_night, refusal=to_night.refusal or reason),
        replace(to_day, refusal=to_day.refusal or reason),
    )


def _values(to_day: Question) -> int:
    """Count the different stress values that were used."""
    return len(np.unique(to_day.y[to_day.used]))


def _too_coarse(to_day: Question) -> str:
    """Say why the night and the next stress cannot be told from the stress before."""
    name = to_day.outcome.name
    return (
        f"too coarse: {name} has {_values(to_day)} different values and went with the night after "
        f"it; held fixed, it leaves part of itself in that night. Rate {name} from 0 to 10"
    )


def _verdict(answers: Sequence[Answer], asking: Asking) -> Verdict:
    """Return the one verdict over all questions."""
    to_night = any(one.status == "found" for one in answers[::2])
    to_day = any(one.status == "found" for one in answers[1::2])
    if to_night or to_day:
        if to_night and to_day:
            return "both"
        return "day to night" if to_night else "night to day"
    asked = [place for place, one in enumerate(answers) if one.status != "refused"]
    if {place % 2 for place in asked} != {0, 1}:
        return "cannot tell"
    size = len(asked) if asking.family != "none" else 1
    chances = chances_of_large(answers, size, asking.level)
    shown = all(chances[place] >= WOULD_HAVE_SHOWN for place in asked)
    return "neither" if shown else "cannot tell"
