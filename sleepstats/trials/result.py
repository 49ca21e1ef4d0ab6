"""What a randomised trial gave. Chance decided the condition, so here "caused" may be said."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats
from sleepstats.results import sentences as say
from sleepstats.results.base import Estimate, frame_table
from sleepstats.units import counted, decimals

#: How the gravest note begins.
SHIFTED = "What was done would fit the plan if it were dated"


@dataclass(frozen=True)
class Beside:
    """An estimate beside the trial's own: an observation, with the ordinary engine."""

    #: First minus second condition with its interval, in the result's ``effect_unit``; NaN where it
    #: could not be estimated.
    effect: float
    low: float
    high: float
    #: Two-sided.
    pvalue: float
    #: Nights used.
    n: int
    #: Why there is no estimate; empty when there is one.
    reason: str = ""


@dataclass(frozen=True)
class Blinding:
    """How often the person's guess of the condition was right."""

    #: Nights with a guess, and those on which it was what had been planned.
    guesses: int
    right: int
    #: Right guesses that the same guesses would have had under the other schedules, on average.
    expected: float
    #: Share of the schedules under which the guesses agree as much or more.
    pvalue: float


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TrialResult(Estimate):
    """What the condition of a randomised trial changed; made by :func:`sleepstats.analyse_trial`.

    Attributes
    ----------
    conditions : tuple of str
        The condition in question, and the one it is set against.
    n, n_planned, n_first, n_second : int
        Planned nights with the outcome, planned nights, and nights used that were planned with the
        first and the second condition.
    mean_first, mean_second, median_first, median_second : float
        Of the outcome as recorded, by the condition planned.
    raw_difference : float
        ``mean_first - mean_second``, nothing removed.
    effect, effect_low, effect_high : float
        First minus second condition as randomised, in ``effect_unit``, with the interval of the
        randomisation test.
    pvalue : float
        Share of the schedules whose statistic is as large as the one seen.
    schedules : int
        Admissible schedules of the plan.
    compared : int
        Schedules compared, the one carried out among them.
    exact : bool
        Whether all admissible schedules were compared; otherwise drawn ones.
    design : str
        Name of the design.
    stop_rule : str
        What was written before the first night.
    as_done : Beside
        The same nights by what was done instead of what was planned: an observation, since whoever
        did otherwise had a reason.
    carry_over : Beside
        What the condition of the night before still did.
    blinding : Blinding or None
        Guesses of the condition, where recorded.
    compliance : DataFrame
        A row per condition and one for ``all``: ``condition``, ``planned``, ``as_planned``,
        ``swapped`` (the other one was done), ``not_recorded`` (what was done is not known),
        ``missing`` (no outcome that night; counted besides).
    notes : tuple of str
        Sentences about what the reader should know: nights swapped, weeks missing, dates that
        would fit better otherwise, guesses.
    data : DataFrame
        Every planned night, index ``night``: ``block``, ``planned``, ``done``, ``guess``,
        ``status`` (as planned, swapped, not recorded, missing) and the outcome.
    others : ndarray
        The effect as each schedule compared would have shown it, in the unit of the analysis (log
        for latency).
    """

    conditions: tuple[str, str]
    n: int
    n_planned: int
    n_first: int
    n_second: int
    mean_first: float
    mean_second: float
    median_first: float
    median_second: float
    raw_difference: float
    schedules: int
    compared: int
    exact: bool
    design: str
    stop_rule: str
    as_done: Beside
    carry_over: Beside
    blinding: Blinding | None
    compliance: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...]
    others: Floats = field(repr=False)

    _picture: ClassVar[str] = "trial.plot_trial"
    _apart: ClassVar[tuple[str, ...]] = ("data", "others")
    _unshown: ClassVar[tuple[str, ...]] = (
        "compliance", "notes", "as_done", "carry_over", "blinding", "outcome_label",
        "outcome_unit", "stop_rule",
    )  # fmt: skip

    def __str__(self) -> str:
        """Return the answer as one plain sentence, and after it what went otherwise."""
        return _say(self)

    def _tables(self) -> Iterator[str]:
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        yield f"<ul>{notes}</ul>" if notes else ""
        yield frame_table(self.compliance)
        yield from super()._tables()


def _say(result: TrialResult) -> str:
    """Return a :class:`~sleepstats.TrialResult` as a sentence, and what went otherwise."""
    one, other = (f"“{label}”" for label in result.conditions)
    label = say.named(result.outcome_label)
    if result.status == "refused":
        return f"Not answered: {one} against {other} and {label}. {say.as_sentence(result.reason)}"
    span = say.span_said(result, 1.0)
    interval = say.interval_name(result.level)
    test = (
        f"randomisation test p = {result.pvalue:.2g} over {'all ' if result.exact else ''}"
        f"{result.compared:,} schedules; {result.n} of {result.n_planned} planned nights, "
        f"{say.removed(result.adjust)}"
    )
    if result.status == "found":
        amount = say.amount_said(result, 1.0)
        if amount.startswith(f"{result.outcome_label} "):  # a time, a share or a ratio
            amount = amount.replace(f"{result.outcome_label} ", f"{label} to be ", 1)
        said = f"{one} instead of {other} caused {amount} ({interval} {span}; {test})."
    else:
        guess = say.size_said(result, 1.0)
        said = (
            f"No clear effect of {one} instead of {other} on {label}: anything from {span} would "
            f"fit these nights (best guess {guess}; {interval}; {test})."
        )
        if result.status == "unreachable":
            said += f" {say.as_sentence(result.reason)}"
    doubts = [note for note in result.notes if note.startswith(SHIFTED)]
    return " ".join([*doubts, said, *_otherwise(result)])


def _otherwise(result: TrialResult) -> list[str]:
    """Say what did not go by the plan, shortly."""
    said = []
    swapped = int(result.compliance["swapped"].iloc[-1])
    if swapped:
        by_done = ""
        if not np.isnan(result.as_done.effect):
            by_done = f"; counted as done, they went with {beside_words(result, result.as_done)}"
        said.append(
            f"Nights count as planned, though on {counted(swapped, 'night')} the other was "
            f"done{by_done}."
        )
    if result.carry_over.pvalue < 1.0 - result.level:
        said.append(
            "The condition of the night before seems to matter still: "
            f"{beside_words(result, result.carry_over)}; longer blocks would keep them apart."
        )
    return said


def beside_words(result: TrialResult, one: Beside) -> str:
    """Return a smaller estimate's interval in words."""
    less, more, unit, scale, follows = say.direction(result)
    low, high = scale * one.low, scale * one.high
    size = f"{abs(scale * one.effect):.{decimals(low, high)}f} {unit}"
    words = f"{size} {less if one.effect < 0 else more}"
    label = say.named(result.outcome_label)
    told = f"{words} {label}" if follows else f"{label} {words}"
    span = say.span_words(low, high, unit, less, more)
    return f"{told} ({say.interval_name(result.level)} {span})"
