"""Several people: each one's effect, their mean, how much they differ, and one more person."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from sleepstats.asking import Asking, Question, prepare, question_checks
from sleepstats.checks import check_nights
from sleepstats.cohort import Progress, effects_of_people, pooled_numbers, pooled_verdict
from sleepstats.columns import NIGHT, PERSON
from sleepstats.errors import DiaryError, worded
from sleepstats.results import OfFactor, Sized, sentences
from sleepstats.units import decimals, further


@worded
def pool_people(
    nights: pd.DataFrame,
    outcome: str,
    factor: str,
    *,
    adjust: Sequence[str] = ("weekday", "trend"),
    level: float = 0.95,
    when: Mapping[str, str] | None = None,
    progress: Progress | bool = False,
) -> PeoplePool:
    """Ask every person alone how a factor went with an outcome, then pool the answers.

    Parameters
    ----------
    nights : DataFrame
        Several people: one row per person and night, index ``(person, night)``.
    outcome : str
        Column to explain: a number or a clock time.
    factor : str
        Column to ask about: a number, or a yes or no.
    adjust : sequence of str
        ``"weekday"``, ``"trend"``, and columns of nights to hold equal, in each person's nights.
    level : float
        Confidence level, 0.5 to 1.
    when : mapping of str to {"day", "night", "morning"}, optional
        When a column happens, where the reading record and the dictionary do not say.
    progress : bool or callable
        True draws a bar on standard error; a callable is called with people done and all people.

    Returns
    -------
    PeoplePool
        Frozen; its documentation lists every field: the mean effect with interval and p-value, how
        much people differ with interval, what to expect of a new person, and every person's own
        answer or reason for none. Refused with fewer than four people answered: nothing is pooled.

    Raises
    ------
    DiaryError
        As :func:`~sleepstats.associate`; and when nights is of one person, or the factor has
        kinds.

    Notes
    -----
    Each person's effect comes from that person's nights alone, with the regression of
    :func:`~sleepstats.associate`, so that differences between people (who drinks more, who sleeps
    less) cannot make or hide an effect. The effects are then pooled as random effects: variance
    between people after Paule and Mandel, interval after Hartung and Knapp with one degree of
    freedom less than people (fewer still where a few diaries carry most of the weight: Bell and
    McCaffrey), Q-profile interval for the differences between people. Latency is
    pooled as a logarithm; its minutes are at the median of the people's median nights.

    References
    ----------
    Paule & Mandel 1982, doi:10.6028/jres.087.022. Hartung & Knapp 2001, doi:10.1002/sim.791.
    Viechtbauer 2007, doi:10.1002/sim.2514. Higgins, Thompson & Spiegelhalter 2009,
    doi:10.1111/j.1467-985X.2008.00552.x.

    Examples
    --------
    >>> import sleepstats as ss
    >>> diaries = {name: ss.simulate_nights(90, seed=seed)[0] for seed, name in enumerate("abcde")}
    >>> nights = pd.concat(diaries, names=["person", "night"])
    >>> got = ss.pool_people(nights, outcome="tst_min", factor="stress")
    >>> got.n_people, got.people["status"].unique().tolist()
    (5, ['answered'])
    """
    check_nights(nights)
    if not isinstance(nights.index, pd.MultiIndex):
        raise DiaryError(
            "pool_people() pools people, and nights has one. Put several together with "
            "pd.concat({'ann': ann, 'bob': bob}, names=['person', 'night']), or use associate()."
        )
    people = nights.index.unique(PERSON)
    if not len(people):
        raise DiaryError("nights has no rows, so there is nothing to ask.")
    asking = Asking(tuple(question_checks.names_of(adjust)), level=level)
    question_checks.check_question(
        _one(nights, people[0]), outcomes=[outcome], factors=[factor], asking=asking, when=when
    )
    effects = effects_of_people(
        ((name, _one(nights, name)) for name in people),
        outcomes=[outcome],
        factors=[factor],
        adjust=asking.adjust,
        when=when,
        progress=progress,
        total=len(people),
    )
    answered = effects[effects["status"] == "answered"]
    if answered.empty and (effects["kind"] == "categorical").all():
        raise DiaryError(
            f"pool_people() pools an amount or a yes or no, and {factor!r} has kinds. Make a yes "
            f"or no of one of them first, for example nights.assign(one=nights[{factor!r}] == ...)."
        )
    _, (question,) = prepare(_one(nights, people[0]), [(outcome, factor)], when=when)
    return _as_result(effects, question, asking)


def _one(nights: pd.DataFrame, name: Hashable) -> pd.DataFrame:
    """Return one person's nights."""
    part = pd.DataFrame(nights.xs(name, level=PERSON))
    part.index = part.index.rename(NIGHT)
    return part


def _as_result(effects: pd.DataFrame, question: Question, asking: Asking) -> PeoplePool:
    """Return the pooled answer to one question with every person's own."""
    from scipy.special import stdtrit

    numbers, pooled = pooled_numbers(effects, asking.level)
    numbers["pvalue_family"] = numbers["pvalue"]
    status, reason = pooled_verdict(numbers, 1, asking.level)
    answered = (effects["status"] == "answered").to_numpy()
    weight = np.full(len(effects), np.nan)
    weight[answered] = pooled.weights
    value, error = (effects[name].to_numpy(dtype=float) for name in ("estimate", "error"))
    half = stdtrit(effects["df"].to_numpy(dtype=float), 0.5 + asking.level / 2.0) * error
    ends = {"effect": value, "effect_low": value - half, "effect_high": value + half}
    if question.log_scale:
        ratios = {name.replace("effect", "ratio"): np.exp(v) for name, v in ends.items()}
        middle = effects["median"].to_numpy(dtype=float)
        ends = {name: middle * np.expm1(v) for name, v in ends.items()} | ratios
    people = pd.DataFrame(
        {
            "person": effects["person"],
            "n": effects["n"],
            **ends,
            "weight": weight,
            "status": effects["status"],
            "reason": effects["reason"],
        }
    )
    unshown = ("large", "df", "pvalue_family")
    fields = {name: value for name, value in numbers.items() if name not in unshown}
    factor = effects.loc[answered, "kind"].mode()
    return PeoplePool(
        **fields,
        outcome=question.outcome.name,
        factor=question.factor.name,
        when=question.when,
        kind=str(factor.iloc[0]) if len(factor) else question.kind,
        status=status,
        reason=reason,
        level=asking.level,
        adjust=asking.adjust,
        outcome_label=question.outcome.label,
        factor_label=question.factor.label,
        outcome_unit=question.outcome.unit,
        factor_unit=question.factor.unit,
        people=people,
    )


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PeoplePool(OfFactor, Sized):
    """How a factor went with an outcome in several people; made by :func:`sleepstats.pool_people`.

    Attributes
    ----------
    kind : {"numeric", "yes/no"}
        How the factor was read.
    n_people, n_refused, n_nights : int
        People answered, people who could not be, nights of those answered.
    effect, effect_low, effect_high : float
        Mean of the people's effects in ``effect_unit``, and its interval; for latency minutes at
        the median of the people's medians.
    tau, tau_low, tau_high : float
        Standard deviation of the people's true effects, and its interval: how much people differ.
        For latency of the logarithm.
    i2 : float
        Share of the variance of the people's estimates that is no error, percent.
    new_low, new_high : float
        Interval for the effect in one more person, in ``effect_unit``.
    pvalue : float
        Two-sided, of a zero mean effect.
    status : {"found", "not found", "unreachable", "refused"}
        ``found`` if ``pvalue < 1 - level``; refused with fewer than four people answered.
    adjust : tuple of str
        What was removed from each person's nights.
    people : DataFrame
        One row per person: ``person``, ``n`` (nights), ``effect``, ``effect_low``,
        ``effect_high`` (latency: and ``ratio``), ``weight`` in the mean, ``status``
        (``answered`` or ``refused``), ``reason``.
    """

    kind: str
    n_people: int
    n_refused: int
    n_nights: int
    tau: float
    tau_low: float
    tau_high: float
    i2: float
    new_low: float
    new_high: float
    people: pd.DataFrame = field(repr=False)

    _picture: ClassVar[str] = "trial.draw_people"
    _frame: ClassVar[str] = "people"

    def _words(self) -> str:
        """Return the answer in plain words."""
        return _say(self)


def _say(got: PeoplePool) -> str:
    """Return a pooled answer in plain words."""
    label, outcome = sentences.named(got.factor_label), got.outcome_label
    left_out = f" {_people(got.n_refused)} could not be answered." if got.n_refused else ""
    if got.status == "refused":
        return f"Not pooled: {label} and {outcome}. {sentences.as_sentence(got.reason)}"
    place, plural, beside = sentences.PLACES[got.when]
    if got.kind == "numeric":
        where = f"for each {further(1.0, got.factor_unit, label)} {beside}"
    else:
        where = f"{place} {plural} with {label}"
    span, size, new = _words(got)
    note = (
        f"{_people(got.n_people)}, {got.n_nights:,} nights, {sentences.removed(got.adjust)} in each"
    )
    interval = sentences.interval_name(got.level)
    if got.status == "found":
        text = f"On average over people, {outcome} was {size} {where} ({interval} {span}; {note})."
    else:
        lead = {"not found": "No clear difference", "unreachable": "These people cannot tell of a "
                "difference"}[got.status]  # fmt: skip
        text = (
            f"{lead} in {outcome} {where}: on average over people anything from {span} would fit "
            f"({interval}; {note})."
        )
    why = f" {sentences.as_sentence(got.reason)}" if got.reason else ""
    return f"{text}{why} {_differ(got)} One more person may be anywhere from {new}.{left_out}"


def _words(got: PeoplePool) -> tuple[str, str, str]:
    """Return interval, size and the new person's interval in words."""
    less, more, unit, scale, _ = sentences.direction(got)
    new = sentences.span_words(scale * got.new_low, scale * got.new_high, unit, less, more)
    if not math.isnan(got.ratio):
        span = sentences.ratios_said(got.ratio_low, got.ratio_high)
        return span, sentences.ratio_said(got.ratio), f"{new} at the middle of their medians"
    low, high = scale * got.effect_low, scale * got.effect_high
    value = scale * got.effect
    size = f"{abs(value):.{decimals(low, high)}f} {unit} {less if value < 0 else more}"
    return sentences.span_words(low, high, unit, less, more), size, new


def _differ(got: PeoplePool) -> str:
    """Say how much people differ."""
    if not math.isnan(got.ratio):
        # of latency the spread is that of the logarithm: a factor, no minutes
        ends = [math.exp(end) for end in (got.tau, got.tau_low, got.tau_high)]
        return (
            f"People differ by a factor of {ends[0]:.2f} (standard deviation; "
            f"{ends[1]:.2f} to {ends[2]:.2f})."
        )
    _, _, unit, scale, _ = sentences.direction(got)
    low, high = scale * got.tau_low, scale * got.tau_high
    places = decimals(low, high)
    unit = got.effect_unit if scale == 1.0 else unit
    return (
        f"People differ by {scale * got.tau:.{places}f} {unit} (standard deviation of their true "
        f"effects; {low:.{places}f} to {high:.{places}f})."
    )


def _people(n: int) -> str:
    return "1 person" if n == 1 else f"{n:,} people"
