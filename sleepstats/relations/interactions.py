"""Whether one thing goes with a different night when another is there as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Floats
from sleepstats.asking import LEAST_NIGHTS, Asking, Question, estimation, held_columns, verdicts
from sleepstats.asking.question_checks import check_question, names_of
from sleepstats.asking.several import Sides, sides_of
from sleepstats.errors import DiaryError, worded
from sleepstats.results import NAN, Result, Status, sentences
from sleepstats.results.relation import Association
from sleepstats.units import counted, further

#: Nights that each of the four corners must have: with and without the one, with and without the
#: other.
LEAST_IN_A_CORNER = 5
#: Where a numeric moderator is called low and high.
LOW, HIGH = 0.25, 0.75

_NUMBERS = ("effect", "effect_low", "effect_high", "ratio", "ratio_low", "ratio_high", "pvalue")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Interaction(Result):
    """What a factor went with at two levels of a moderator; made by :func:`interaction`.

    Attributes
    ----------
    outcome, factor, moderator : str
        Column names.
    low, high : str
        The two levels of the moderator in words.
    at_low, at_high : Association
        What the factor went with at either level. Of a numeric moderator both come from one
        straight line through all nights.
    difference : Association
        At the high level minus at the low one; its ``status`` is that of the result. On the log
        scale (latency) its ``ratio`` is a ratio of ratios, and it has no effect in minutes.
    n, n_dropped : int
        Nights used, and rows that lack one of the three values.
    corners : tuple of int
        Nights with neither, only the factor, only the moderator, both: with some, or above the
        median.
    status : {"found", "not found", "unreachable", "refused"}
        Of the difference.
    reason : str
        A short code, a colon and words; empty where there is nothing to explain.
    pvalue : float
        Two-sided, of the difference.
    adjust : tuple of str
        Calendar controls.
    table : DataFrame
        Three rows (low, high, difference): ``at, n, effect, effect_low, effect_high,
        effect_unit, ratio, ratio_low, ratio_high, pvalue``.
    """

    outcome: str
    factor: str
    moderator: str
    low: str
    high: str
    n: int
    n_dropped: int
    corners: tuple[int, int, int, int]
    status: Status
    reason: str
    pvalue: float
    adjust: tuple[str, ...]
    at_low: Association = field(repr=False)
    at_high: Association = field(repr=False)
    difference: Association = field(repr=False)
    table: pd.DataFrame = field(repr=False)

    _frame: ClassVar[str] = "table"

    def _words(self) -> str:
        """Return the answer as one plain sentence."""
        one = self.difference
        factor, outcome = sentences.named(one.factor_label), one.outcome_label
        if self.status == "refused":
            asked = f"{outcome} and {factor}, {self.low} and {self.high}"
            return f"Not answered: {asked}. {sentences.why(self)}"
        step = one.step
        what = f"each {further(step, one.factor_unit, factor)}"
        what = factor if one.kind == "yes/no" else what
        levels = (
            f"{what[:1].upper()}{what[1:]}, {self.high}: "
            f"{sentences.amount_said(self.at_high, step)} ({_ends(self.at_high, step)}); "
            f"{self.low}: {sentences.size_said(self.at_low, step)} ({_ends(self.at_low, step)})."
        )
        intervals = f"{sentences.interval_name(self.level)}s"
        note = f"{intervals}; {counted(self.n, 'night')}, {sentences.removed(self.adjust)}"
        tail = f" {self.reason[:1].upper()}{self.reason[1:]}." if self.reason else ""
        size, ends = sentences.size_said(one, step), _ends(one, step)
        sides = f"{self.high} than {self.low}"
        if self.status == "found":
            return f"{levels} The two differ: {size} {sides} ({ends}; {note}).{tail}"
        verdict = "No clear difference between the two"
        if self.status == "unreachable":
            verdict = "These nights cannot tell whether the two differ"
        would = f"anything from {ends} {sides} would fit (best guess {size}; {note})"
        return f"{levels} {verdict}: {would}.{tail}"


@worded
def interaction(
    nights: pd.DataFrame,
    outcome: str,
    factor: str,
    moderator: str,
    *,
    adjust: Sequence[str] = ("weekday", "trend"),
    level: float = 0.95,
    when: Mapping[str, str] | None = None,
) -> Interaction:
    """Ask whether a factor went with a different night when another was there as well.

    Such as a late meal with and without alcohol, a supplement on stressful and on calm days, or
    caffeine with and without a medicine.

    Parameters
    ----------
    nights : DataFrame
        One row per night of one person.
    outcome : str
        Column to explain: a number or a clock time.
    factor : str
        Column to ask about: a number, or a yes or no.
    moderator : str
        The other column. A yes or no, kinds (any of them against ``none`` or the commonest), and
        an amount that is often zero (some against none) have two sides. Any other number is
        taken at its lower and its upper quartile, on a straight line.
    adjust : sequence of str
        ``"weekday"``, ``"trend"``, and columns of nights to hold equal. ``()`` for nothing.
    level : float
        Confidence level, 0.5 to 1.
    when : mapping of str to {"day", "night", "morning"}, optional
        When a column happens, where the reading record and the dictionary do not say.

    Returns
    -------
    Interaction
        Frozen; its documentation lists every field. Refused where one of the four corners (with
        and without the one, with and without the other) has fewer than 5 nights.

    Raises
    ------
    DiaryError
        As :func:`~sleepstats.correlate`, and when the factor has kinds.

    Notes
    -----
    One regression ``outcome ~ factor + moderator + factor × moderator + calendar`` with errors
    that may persist. Each of the three numbers is the slope of one column with the others held
    fixed. The square of a moderator on a straight line is held fixed, too: where a factor goes
    along with it, a moderator that itself acts in a curve would otherwise look like a difference
    (in 10 of 100 simulated diaries instead of 5 or 6). A difference between two effects needs
    about four times as many nights as one effect of the same size: *not found* says little, and
    often the answer is *unreachable*.

    References
    ----------
    Gelman, Hill & Vehtari 2020, doi:10.1017/9781139161879 (section 16.4, on the nights it takes).
    Imbens & Kolesar 2016, doi:10.1162/REST_a_00552 (variance).

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, truth = ss.simulate_nights(180, seed=7)
    >>> one = ss.interaction(
    ...     nights, outcome="tst_min", factor="late_meal", moderator="alcohol_drinks"
    ... )
    >>> one.low, one.high, sum(one.corners) == one.n
    ('without alcohol', 'with alcohol', True)
    """
    asking = Asking(tuple(names_of(adjust)), level=level)
    check_question(
        nights, outcomes=[outcome], factors=[factor, moderator], asking=asking, when=when
    )
    diary, (mine, other) = held_columns.prepare_asked(
        nights, [(outcome, factor), (outcome, moderator)], asking, when=when
    )
    if mine.kind == "categorical":
        kind = next((kind for kind in mine.levels if kind.casefold() != "none"), mine.levels[0])
        raise DiaryError(
            f"interaction(): {factor!r} has {len(mine.levels)} kinds; a factor is a number or a "
            "yes or no. Ask about one kind, for example "
            f"nights.assign(one_kind=nights[{factor!r}] == {kind!r}), factor='one_kind'."
        )
    used = mine.used & other.used
    corners, refusal = _corners(mine, other, used)
    at, words = _levels(other, used)
    questions = _questions(mine, other, used, refusal, at)
    results = []
    for question in questions:
        answers = verdicts.judge([question], estimation.estimate(diary, [question], asking), asking)
        results.append(verdicts.as_association(diary, question, answers[0], asking))
    low, high, difference = results
    if questions[2].log_scale:
        difference = replace(difference, effect=NAN, effect_low=NAN, effect_high=NAN)
    refused = next((one for one in results if one.status == "refused"), difference)
    return Interaction(
        outcome=outcome,
        factor=factor,
        moderator=moderator,
        low=words[0],
        high=words[1],
        n=difference.n,
        n_dropped=difference.n_dropped,
        corners=corners,
        status=refused.status,
        reason=refused.reason,
        pvalue=difference.pvalue,
        level=level,
        adjust=asking.adjust,
        at_low=low,
        at_high=high,
        difference=difference,
        table=_as_table(words, [low, high, difference], _sides(other, used), used),
    )


def _sides(question: Question, used: Bools) -> Sides:
    """Return the two sides of a question's factor on the nights used."""
    return sides_of(question.factor, question.kind, question.x[used], question.levels)


def _corners(mine: Question, other: Question, used: Bools) -> tuple[tuple[int, int, int, int], str]:
    """Count the nights of the four corners, and say why they cannot be compared."""
    refusal = mine.refusal or other.refusal
    if not refusal and other.factor.name == mine.factor.name:
        refusal = f"tautology: {other.factor.name} is the factor itself"
    n = int(used.sum())
    if not refusal and n < LEAST_NIGHTS:
        names = f"{mine.outcome.name}, {mine.factor.name} and {other.factor.name}"
        have = "has" if n == 1 else "have"
        refusal = f"too few nights: needs at least {LEAST_NIGHTS} nights with {names}; {n} {have}"
    if not n:
        return (0, 0, 0, 0), refusal
    one, two = _sides(mine, used), _sides(other, used)
    cells = [(~one.on & ~two.on), (one.on & ~two.on), (~one.on & two.on), (one.on & two.on)]
    counts = [int(cell.sum()) for cell in cells]
    if not refusal and min(counts) < LEAST_IN_A_CORNER:
        rarest = int(np.argmin(counts))
        what = f"{one.one(rarest in (1, 3))} {two.beside(rarest > 1)}"
        refusal = (
            f"one corner too rare: {what} on {counts[rarest]} of {counted(n, 'night')} "
            f"({LEAST_IN_A_CORNER} needed in each of the four)"
        )
    return (counts[0], counts[1], counts[2], counts[3]), refusal


def _levels(other: Question, used: Bools) -> tuple[Floats, tuple[str, str]]:
    """Return the moderator on every row so that low is 0 and high is 1, and both in words."""
    sides = _sides(other, used)
    x = np.full(len(other.x), np.nan)
    values = other.x[used]
    low, high = np.quantile(values, [LOW, HIGH]) if len(values) else (0.0, 0.0)
    if sides.split in ("with", "kind") or low == high:
        x[used] = sides.on
        return x, (sides.beside(False), sides.beside(True))
    unit = f" {other.factor.unit}" if other.factor.unit else ""
    x[used] = (values - low) / (high - low)
    words = tuple(f"at {sides.name} {value:.3g}{unit}" for value in (low, high))
    return x, (words[0], words[1])


def _questions(
    mine: Question, other: Question, used: Bools, refusal: str, at: Floats
) -> tuple[Question, Question, Question]:
    """Return the questions for the low level, the high level, and their difference."""
    x = mine.x - (mine.x[used].mean() if used.any() else 0.0)
    base = replace(mine, used=used, refusal=refusal)
    # a factor that goes along with a moderator that acts in a curve would look like an interaction
    curved = () if np.isin(at[used], (0.0, 1.0)).all() else ((at - 0.5) ** 2,)
    return (
        replace(base, beside=(at, x * at, *curved)),
        replace(base, beside=(at - 1.0, x * (at - 1.0), *curved)),
        replace(base, x=x * at, beside=(x, at, *curved)),
    )


def _as_table(
    words: tuple[str, str], results: Sequence[Association], sides: Sides, used: Bools
) -> pd.DataFrame:
    """Return the three numbers as a table."""
    on = int(sides.on.sum())
    counts = [int(used.sum()) - on, on, int(used.sum())]
    rows = [
        {"at": at, "n": n, **{name: getattr(one, name) for name in _NUMBERS[:3]},
         "effect_unit": one.effect_unit, **{name: getattr(one, name) for name in _NUMBERS[3:]}}
        for at, n, one in zip((*words, "difference"), counts, results, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _ends(one: Association, step: float) -> str:
    """Return an interval in words; of latency as ratios only."""
    if one.ratio != one.ratio:
        return sentences.span_said(one, step)
    return sentences.ratios_said(one.ratio_low**step, one.ratio_high**step)
