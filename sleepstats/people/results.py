"""What several people gave together: the mean effect, how much they differ, a new person."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from sleepstats.results import sentences as say
from sleepstats.results.base import OfFactor, Sized
from sleepstats.units import decimals, further


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

    _picture: ClassVar[str] = "effects.draw_people"
    _frame: ClassVar[str] = "people"

    def __str__(self) -> str:
        """Return the answer in plain words."""
        return _say(self)


def _say(got: PeoplePool) -> str:
    """Return a pooled answer in plain words."""
    label, outcome = say.named(got.factor_label), got.outcome_label
    left_out = f" {_people(got.n_refused)} could not be answered." if got.n_refused else ""
    if got.status == "refused":
        return f"Not pooled: {label} and {outcome}. {say.as_sentence(got.reason)}"
    place, plural, beside = say.PLACES[got.when]
    if got.kind == "numeric":
        where = f"for each {further(1.0, got.factor_unit, label)} {beside}"
    else:
        where = f"{place} {plural} with {label}"
    span, size, new = _words(got)
    note = f"{_people(got.n_people)}, {got.n_nights:,} nights, {say.removed(got.adjust)} in each"
    interval = say.interval_name(got.level)
    if got.status == "found":
        text = f"On average over people, {outcome} was {size} {where} ({interval} {span}; {note})."
    else:
        lead = {"not found": "No clear difference", "unreachable": "These people cannot tell of a "
                "difference"}[got.status]  # fmt: skip
        text = (
            f"{lead} in {outcome} {where}: on average over people anything from {span} would fit "
            f"({interval}; {note})."
        )
    why = f" {say.as_sentence(got.reason)}" if got.reason else ""
    return f"{text}{why} {_differ(got)} One more person may be anywhere from {new}.{left_out}"


def _words(got: PeoplePool) -> tuple[str, str, str]:
    """Return interval, size and the new person's interval in words."""
    less, more, unit, scale, _ = say.direction(got)
    new = say.span_words(scale * got.new_low, scale * got.new_high, unit, less, more)
    if not math.isnan(got.ratio):
        span = f"{got.ratio_low:.2f} to {got.ratio_high:.2f} times as long"
        return span, f"{got.ratio:.2f} times as long", f"{new} at the middle of their medians"
    low, high = scale * got.effect_low, scale * got.effect_high
    value = scale * got.effect
    size = f"{abs(value):.{decimals(low, high)}f} {unit} {less if value < 0 else more}"
    return say.span_words(low, high, unit, less, more), size, new


def _differ(got: PeoplePool) -> str:
    """Say how much people differ."""
    if not math.isnan(got.ratio):
        # of latency the spread is that of the logarithm: a factor, no minutes
        ends = [math.exp(end) for end in (got.tau, got.tau_low, got.tau_high)]
        return (
            f"People differ by a factor of {ends[0]:.2f} (standard deviation; "
            f"{ends[1]:.2f} to {ends[2]:.2f})."
        )
    _, _, unit, scale, _ = say.direction(got)
    low, high = scale * got.tau_low, scale * got.tau_high
    places = decimals(low, high)
    unit = got.effect_unit if scale == 1.0 else unit
    return (
        f"People differ by {scale * got.tau:.{places}f} {unit} (standard deviation of their true "
        f"effects; {low:.{places}f} to {high:.{places}f})."
    )


def _people(n: int) -> str:
    return "1 person" if n == 1 else f"{n:,} people"
