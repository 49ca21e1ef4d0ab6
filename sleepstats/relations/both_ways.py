"""Stress and sleep, both ways: the day and its night, the night and the day after it."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from sleepstats.arrays import read_values
from sleepstats.asking import Asking, Question, estimation, held_columns, question_checks, verdicts
from sleepstats.columns import column_of, factor_names
from sleepstats.errors import DiaryError, worded
from sleepstats.relations import DEFAULT_OUTCOMES
from sleepstats.results import DATES_OPEN, NAN, Drawn, frame_table, sentences
from sleepstats.results.relation import Association

Verdict = Literal["day to night", "night to day", "both", "neither", "cannot tell"]

TO_NIGHT, TO_DAY = "day to night", "night to day"
#: What is taken out in the second direction, by the way of asking.
TAKEN_OUT = ("previous", "two days before")
#: What an inexact rating does, and how many sizes a verdict names.
ROUGH = (
    "with the stress before it held fixed the night went with the stress after it, but not when "
    "asked more strictly, as below: stress that the rating missed, or something behind both, such "
    "as a busy month, could make it look so"
)
#: Fewer evenings of one side mostly show too large a difference.
MOST_TOLD, FEW = 4, 14
#: "neither" needs this power for a large effect in every question.
WOULD_HAVE_SHOWN = 0.8


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class BothWays(Drawn):
    """Stress and sleep in both directions; made by :func:`stress_and_sleep`.

    Attributes
    ----------
    verdict : {"day to night", "night to day", "both", "neither", "cannot tell"}
        Which direction was found. *neither*: nothing was found, and every question would have
        shown a large effect in at least 80 % of diaries like this one; there is no large one, and
        what size is still possible is said. *cannot tell*: nothing was found, which says little.
    stress, outcomes : tuple of str
        Columns asked about.
    rated : tuple of {"day", "night", "morning"}
        When each stress column was taken to be rated.
    to_night : tuple of Association
        Stress, and the night after it.
    to_day : tuple of Association
        The night, and the stress rated next after it, asked in two ways that must agree; the
        ``adjust`` of the one that is told ends with ``"two days before"`` (the stress of two days
        before subtracted) or ``"previous"`` (the stress rated before that night held fixed).
    rough : tuple of bool
        For each of `to_day`, whether it would have been found if the ratings were exact, while a
        rating that catches stress only roughly would look the same.
    table : DataFrame
        ``direction``, then the columns of :func:`~sleepstats.correlate`; one row per question.
        Of `to_day` also the way that is not told: ``other_way``, ``other_effect``, ``other_low``,
        ``other_high``, ``other_pvalue``.
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
    rough: tuple[bool, ...]
    family: str
    adjust: tuple[str, ...]
    table: pd.DataFrame = field(repr=False)

    _picture: ClassVar[str] = "several.plot_two_way"

    def _words(self) -> str:
        """Return the verdict and one sentence per question."""
        return "\n".join(map(format, (*self._few(), self.said(), *self.to_night, *self.to_day)))

    def _few(self) -> list[str]:
        """Say before all else where what was found is of few evenings of one side."""
        found = [x for x in self.to_night if (x.status, x.kind) == ("found", "yes/no")]
        few = {x.n: round(min(s := x.data[x.factor].sum(), x.n - s)) for x in found}
        said = "Only {} of {} evenings are of one side; so few mostly show too large a difference."
        return [said.format(k, n) for n, k in few.items() if k < FEW][:1]

    def _left_open(self) -> str:
        return self.table.attrs[verdicts.TABLE][DATES_OPEN]  # type: ignore[no-any-return]

    def _brief(self) -> str:
        return self.said()

    def said(self) -> str:
        """Return the verdict as one sentence.

        Returns
        -------
        str

        Examples
        --------
        >>> import sleepstats as ss
        >>> nights, _ = ss.simulate_nights(120, seed=7)
        >>> ss.stress_and_sleep(nights, outcomes="tst_min").said().partition(";")[0]
        'Day to night: higher stress went with less total sleep time in the night after it'
        """
        often = f"in at least {100 * WOULD_HAVE_SHOWN:.0f} of 100 such diaries"
        if self.verdict == "both":
            found = map(sentences.went_with, (self.to_night, self.to_day))
            return f"Both: {'; and '.join(found)}."
        if self.verdict == "neither":
            return (
                f"No large difference either way was found, and one would have been noticed {often}"
                f" (imagined ones like this). Smaller ones are possible: {self._possible()}."
            )
        if self.verdict == "cannot tell":
            missed = "nothing was found either way, but a large difference could well be missed"
            if all(one.status == "refused" for one in (*self.to_night, *self.to_day)):
                missed = "none of this could be asked of these nights"
            return f"Cannot tell: {ROUGH if any(self.rough) else missed}."
        ways = self.to_night, self.to_day
        mine, others = ways[::-1] if self.verdict == TO_DAY else ways
        name = f"{self.verdict[:1].upper()}{self.verdict[1:]}: {sentences.went_with(mine)}"
        if self.verdict == TO_NIGHT and any(self.rough):
            return f"{name}. Whether there is a link the other way, too, cannot be told: {ROUGH}."
        if any(one.status == "not found" for one in others):
            return f"{name}; a link the other way did not show, which does not rule it out."
        return f"{name}; whether there is a link the other way, these nights cannot tell."

    def _possible(self) -> str:
        """Return the sizes that are still possible in words."""
        told = [one for one in (*self.to_night, *self.to_day) if one.status != "refused"]
        if len(told) > MOST_TOLD:
            return "how large, the lines below say"
        plural = "s" if len(told) > 1 else ""
        spans = "; ".join(one.possible() for one in told)
        return f"{spans} ({100 * self.level:g} % interval{plural})"

    def _repr_html_(self) -> str:
        """Return one paragraph per sentence and the rounded table."""
        from sleepstats.asking.present_table import present

        lines = f"{self}\n{self._left_open()}".strip().splitlines()
        said = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
        return said + frame_table(present(self.table).drop(columns=["r", "status", "reason"]))


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
    adjust : sequence of str
        ``"weekday"``, ``"trend"``, and columns of nights to hold equal. ``()`` for nothing.
    family : {"bh", "holm", "none"}
        How p-values are adjusted over all questions, both directions.
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
    it. Both directions allow for errors that persist; missing nights are gaps. A yes or no
    stress is given in percentage points of days as an outcome.

    Night to day is asked in two ways. (1) The slope of the next rating on the night, with the
    rating before that night held fixed, so that a stressful spell that lasts, and that the night
    only reflected, does not count for the night. That is enough only for exact ratings: what a
    rough one leaves out stays in the night. (2) The slope, on the night, of the next rating minus
    the one two days before it. What a rough rating leaves out, and whatever is behind both day
    and night, ties the night to the days on either side of it alike: it cancels. What the night
    leads to comes after it only. Both must find it, in one direction: ``pvalue`` is the larger of
    the two. Effect and interval are of (2), or of (1) where only (2) finds something.

    A direction is *found* when one of its rows is. How often, in simulated diaries in which only
    the day went with the night, or a slow driver with both, the other direction was claimed, with
    ratings from exact to rough: ``benchmarks/calibration_verdicts.md``. The second way supposes
    that what is behind both acts on the stress and the night of one date, and does not allow for
    a common driver that reaches the night a day before the rating.

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
    wanted, names = question_checks.names_of(outcomes), question_checks.names_of(stress or ())
    is_default = tuple(wanted) == DEFAULT_OUTCOMES
    asking = Asking(tuple(question_checks.names_of(adjust)), family=family, level=level)
    question_checks.check_question(
        nights, outcomes=[] if is_default else wanted, factors=names, asking=asking, when=when
    )
    notes: list[str] = []
    if is_default:
        wanted, notes = question_checks.default_stand_ins(nights)
    names = names or _stress_columns(nights)
    _check_numbers(nights, names)
    if both := [name for name in wanted if name in names]:
        raise DiaryError(
            f"stress_and_sleep(): {both[0]!r} is the stress itself. Name what to explain, for "
            "example outcomes='tst_min', or another column as stress=."
        )
    pairs = [(name, outcome) for name in names for outcome in wanted if name != outcome]
    if not pairs:
        raise DiaryError(
            "stress_and_sleep(): outcomes is empty, so there is no night to set against stress. "
            "Name what to explain, for example outcomes='tst_min'."
        )
    forward = [(outcome, name) for name, outcome in pairs]
    diary, questions = held_columns.prepare_asked(nights, [*forward, *pairs], asking, when=when)
    half = len(pairs)
    asked, minus = list[Question](), list[Question]()
    for to_night, to_day in zip(questions[:half], questions[half:], strict=True):
        *pair, turned = held_columns.on_either_side(diary, to_night, to_day)
        asked += pair
        minus.append(turned)
    measured = estimation.estimate(diary, [*asked, *minus], asking)
    measured, second = measured[: 2 * half], measured[2 * half :]
    exact, first = verdicts.judge(asked, measured, asking)[1::2], measured[1::2]
    ways = []
    for place, turned in enumerate(minus):
        name = turned.outcome.name
        way, answer = held_columns.less_sure(first[place], second[place], name, 1.0 - level)
        measured[2 * place + 1] = answer
        asked[2 * place + 1] = (asked[2 * place + 1], turned)[way]
        ways.append(way)
    answers = verdicts.judge(asked, measured, asking)
    both_told = zip(asked, answers, strict=True)
    results = [verdicts.as_association(diary, one, got, asking) for one, got in both_told]
    table = verdicts.as_table(asked, answers)
    table.insert(0, "direction", pd.Series([TO_NIGHT, TO_DAY] * half, dtype="str"))
    others = [(second, first)[way][place] for place, way in enumerate(ways)]
    told = [part for way in ways for part in ("", TAKEN_OUT[1 - way])]
    table["other_way"] = pd.Series(told, dtype="str")
    for name in ("effect", "effect_low", "effect_high", "pvalue"):
        values = [value for one in others for value in (NAN, getattr(one, name))]
        table[f"other_{name.removeprefix('effect_')}"] = np.array(values, dtype=np.float64)
    table.attrs[verdicts.TABLE] = verdicts.about_table(diary, asked, answers, asking, notes)
    when_of = {q.factor.name: q.factor.when for q in asked[::2]}
    return BothWays(
        verdict=_verdict(answers, asking),
        stress=tuple(names),
        outcomes=tuple(wanted),
        rated=tuple(when_of[name] for name in names),
        to_night=tuple(replace(one, family=family) for one in results[::2]),
        to_day=tuple(
            replace(one, adjust=(*asking.adjust, TAKEN_OUT[way]), family=family)
            for one, way in zip(results[1::2], ways, strict=True)
        ),
        rough=tuple(
            one.status == "found" != got.status
            for one, got in zip(exact, answers[1::2], strict=True)
        ),
        level=level,
        family=family,
        adjust=asking.adjust,
        table=table,
    )


def _stress_columns(nights: pd.DataFrame) -> list[str]:
    """Return the factors that are called stress."""
    factors = factor_names(nights)
    found = [n for n in factors if "stress" in f"{n} {column_of(nights, n).label}".casefold()]
    if not found:
        raise DiaryError(
            "No factor of nights has stress in its name. Name the column that rates it, for "
            f"example stress='tension'. Factors present: {', '.join(factors) or 'none'}."
        )
    return found


def _check_numbers(nights: pd.DataFrame, names: Sequence[str]) -> None:
    """Refuse stress in words."""
    problems = [
        f"Column {name!r} holds words; stress is a number or a yes or no. Give its answers numbers "
        f"first, for example nights.assign({name}=nights[{name!r}].map({{'low': 1, 'high': 3}}))."
        for name in names
        if read_values(nights[name], pd.DatetimeIndex(nights.index)).kind
        in ("categorical", "text", "other")
    ]
    if problems:
        raise DiaryError(problems)


def _verdict(answers: Sequence[estimation.Answer], asking: Asking) -> Verdict:
    """Return the one verdict over all questions."""
    found = [any(one.status == "found" for one in answers[way::2]) for way in (0, 1)]
    if any(found):
        return "both" if all(found) else "day to night" if found[0] else "night to day"
    asked = [place for place, one in enumerate(answers) if one.status != "refused"]
    if {place % 2 for place in asked} != {0, 1}:
        return "cannot tell"
    size = len(asked) if asking.family != "none" else 1
    chances = verdicts.chances_of_large(answers, size, asking.level)
    return "neither" if min(chances[p] for p in asked) >= WOULD_HAVE_SHOWN else "cannot tell"
