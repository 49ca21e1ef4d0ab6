"""What a randomised trial gave. Chance decided the condition, so here "caused" may be said."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats
from sleepstats.errors import both_forms, marked
from sleepstats.results import Estimate, frame_table, sentences
from sleepstats.trials import question as asks
from sleepstats.units import counted, decimals

#: How a doubt about the night before ends.
LONGER = "Longer blocks, their first night left out, keep both apart"


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
    verdict : str
        What the trial shows against what matters: ``helps enough to matter`` (``makes it worse by
        enough to matter``, ``differs by enough to matter``), ``differs, but less than matters``,
        ``differs; whether by enough to matter cannot be told``, ``no difference that matters``,
        ``go on``, ``cannot tell``; ``differs`` where no size was named. ``not a planned look``,
        ``not what was planned``, ``not registered`` and ``not answered`` are none.
    question : asks.Question or None
        What the plan registered: ``outcome``, ``matters``, ``adjust``, ``level``, ``looks``.
    otherwise : str
        How the question asked differs from it; empty if it does not.
    look : int
        Which of the planned looks this is, from 1; 0 for one that was not planned.
    looks : tuple of int
        Nights after which the trial was to be looked at.
    chance_left : float
        Before the last look: the chance that the nights left would find a difference that
        matters, if there is one.
    doubts : tuple of str
        Why the difference may be another than that of the condition: nights missing on one side
        only, the other condition done, the condition guessed, the night before still at work, a
        plan that was changed. The answer says "went with" then and not "caused", and begins with
        them; the night before stands at its end.
    n, n_planned, n_first, n_second : int
        Planned nights that are compared, planned nights so far, and nights compared that were
        planned with the first and the second condition.
    mean_first, mean_second, median_first, median_second : float
        Of the outcome as recorded, by the condition planned.
    typical : float
        For latency the length of the night at which minutes are told: the median of the diary that
        the plan was made with, or of the nights planned with the second condition; NaN otherwise.
    raw_difference : float
        ``mean_first - mean_second``, nothing removed.
    effect, effect_low, effect_high : float
        First minus second condition as randomised, in ``effect_unit``, with the interval of the
        randomisation test; after an early end both allow for it, and before the last look the
        interval is what the bound of this look leaves possible.
    pvalue : float
        Share of the schedules whose statistic is as large as the one seen, those that would have
        ended the trial earlier among them.
    schedules : int
        Admissible schedules of the plan.
    compared, exact : int, bool
        Schedules compared, the one carried out among them; whether these are all admissible ones.
    design : str
        Name of the design.
    stop_rule : str
        What was written before the first night.
    as_done : Beside
        The same nights by what was done instead of what was planned: an observation.
    carry_over, own_beside : Beside
        What the condition of the night before still did, and what the night's own did beside it.
    blinding : Blinding or None
        Guesses of the condition, where recorded.
    compliance : DataFrame
        A row per condition and one for ``all``: ``condition``, ``planned``, ``as_planned``,
        ``swapped`` (the other was done), ``not_recorded``, ``missing`` (no outcome; besides).
    notes : tuple of str
        What the reader should know: nights swapped, weeks missing, other dates, guesses.
    data : DataFrame
        Every night: ``block``, ``planned``, ``done``, ``guess``, ``status``, the outcome.
    others : ndarray
        The effect as each schedule compared would have shown it (log for latency).
    """

    conditions: tuple[str, str]
    verdict: str
    question: asks.Question | None
    otherwise: str
    look: int
    looks: tuple[int, ...]
    chance_left: float
    doubts: tuple[str, ...]
    n: int
    n_planned: int
    n_first: int
    n_second: int
    mean_first: float
    mean_second: float
    median_first: float
    median_second: float
    typical: float
    raw_difference: float
    schedules: int
    compared: int
    exact: bool
    design: str
    stop_rule: str
    as_done: Beside
    carry_over: Beside
    own_beside: Beside
    blinding: Blinding | None
    compliance: pd.DataFrame
    notes: tuple[str, ...]
    others: Floats

    _picture: ClassVar[str] = "trial.plot_trial"
    _apart: ClassVar[tuple[str, ...]] = ("data", "others")
    _unshown: ClassVar[tuple[str, ...]] = (
        "compliance", "notes", "as_done", "carry_over", "own_beside", "blinding", "outcome_label",
        "outcome_unit", "stop_rule", "question", "otherwise", "doubts",
    )  # fmt: skip

    @property
    def own_unclear(self) -> bool:
        """Whether what was found is not clear beside the condition of the night before."""
        return self.status == "found" and self.own_beside.pvalue >= 1.0 - self.level

    def _words(self) -> str:
        """Return what stands against the answer, the answer in plain words, and what it means."""
        return both_forms(_say(self))

    def _tables(self) -> Iterator[str]:
        notes = "".join(
            f"<li>{html.escape(note)}</li>" for note in self.notes if note not in self.doubts
        )
        yield f"<ul>{notes}</ul>" if notes else ""
        yield frame_table(self.compliance)
        yield from super()._tables()


def _say(result: TrialResult) -> str:
    """Return a :class:`~sleepstats.TrialResult` in sentences, the doubts first."""
    one, other = (f"“{label}”" for label in result.conditions)
    label = sentences.named(result.outcome_label)
    lasts = [doubt for doubt in result.doubts if LONGER in doubt]
    told = [marked(doubt) for doubt in result.doubts if doubt not in lasts]
    if result.verdict == asks.NOT_A_LOOK:
        return " ".join([*told, _not_looked(result)])
    if result.status == "refused":
        why = sentences.as_sentence(result.reason)
        early = f" {_next_look(result)}" if result.verdict == asks.GO_ON else ""
        return f"Not answered: {one} against {other} and {label}. {why}{early}"
    if result.otherwise:
        told.append(f"Not what was planned: {result.otherwise}.")
    span = sentences.span_said(result, 1.0)
    interval = sentences.interval_name(result.level)
    used = f"{result.n} of {result.n_planned} planned nights, {sentences.removed(result.adjust)}"
    test = (
        f"randomisation test p = {result.pvalue:.2g} over {'all ' if result.exact else ''}"
        f"{result.compared:,} schedules; {used}"
    )
    bounded = np.isfinite(result.effect_low) and np.isfinite(result.effect_high)
    anything = f"anything from {span}" if bounded else "any amount"
    if result.verdict == asks.GO_ON:
        told.append(
            f"Not decided yet: after {result.n_planned} of {result.looks[-1]} planned nights "
            f"{one} instead of {other} may still change {label} by {anything} ({interval}, "
            f"widened as it is looked at {counted(len(result.looks), 'time')}; {used}). "
            f"{_next_look(result)}"
        )
    elif result.status == "found":
        amount = sentences.amount_said(result, 1.0)
        # chance decided the condition; but it went with what else went otherwise, too
        caused = "went with" if result.doubts or result.otherwise else "caused"
        if amount.startswith(f"{result.outcome_label} "):  # a time, a share or a ratio
            to_be = " to be" if caused == "caused" else ""
            amount = amount.replace(result.outcome_label, f"{label}{to_be}", 1)
        elif caused == "caused":
            amount = f"about {amount}"
        # where nobody wrote down what was done, only the plan to do it can have
        who = f"Planning {one}" if result.data["done"].isna().all() else one
        told.append(f"{who} instead of {other} {caused} {amount} ({interval} {span}; {test}).")
    elif result.verdict == asks.NONE and result.question is not None:
        told.append(
            f"No difference that matters: {one} instead of {other} changes {label} by less than "
            f"{_size(result)}; {anything} would fit these nights "
            f"({interval}; {test})."
        )
    else:
        guess = sentences.size_said(result, 1.0)
        told.append(
            f"No clear effect of {one} instead of {other} on {label}: {anything} would "
            f"fit these nights (best guess {guess}; {interval}; {test})."
        )
        if result.status == "unreachable":
            told.append(sentences.as_sentence(result.reason))
    told += [*_middles(result), *filter(None, _meaning(result)), *map(marked, lasts)]
    if result.own_unclear and not lasts:
        told.append(
            "That supposes that nothing lasts into the next night: with the night before taken "
            "into account it is no longer clear."
        )
    return " ".join([*told, *_by_what_was_done(result)])


def _middles(result: TrialResult) -> Iterator[str]:
    """Tell the middle night of both conditions where a difference is a share of a night."""
    if np.isnan(result.typical) or result.verdict == asks.GO_ON:
        return
    one, other = (f"“{label}”" for label in result.conditions)
    asked = result.question
    night = f"that planned {other}"
    if asked is not None and asked.typical == result.typical:
        night = "that of the diary before the trial"
    yield (
        f"The middle night was {result.median_first:.0f} min where {one} was planned and "
        f"{result.median_second:.0f} min where {other} was; the typical night is {night}."
    )


def _size(result: TrialResult, more: str = "") -> str:
    """Return the difference that matters in words, with the night it is told at."""
    asked = result.question
    return "" if asked is None else asked.at(result.typical).size_words(more)


def _by_what_was_done(result: TrialResult) -> Iterator[str]:
    """Tell last what is no answer of the trial: whoever did otherwise had a reason."""
    undecided = result.verdict == asks.GO_ON  # what the plan does not tell yet, this must not
    if not undecided and result.compliance["swapped"].iloc[-1] and result.as_done.n:
        size = beside_words(result, result.as_done)
        yield f"Not its answer: by what was done, “{result.conditions[0]}” went with {size}."


def _meaning(result: TrialResult) -> Iterator[str]:
    """Say what the answer means against what matters, and for the nights left."""
    asked = result.question
    if asked is None:
        yield "What the trial asks was not written in its plan beforehand."
        return
    if result.otherwise or result.verdict == asks.GO_ON:
        return
    size, least = _size(result), _size(result, " or more")
    yield {
        asks.ENOUGH: f"The gain is enough to matter: every gain that fits is {least}.",
        asks.WORSE: f"The loss is enough to matter: every loss that fits is {least}.",
        asks.DIFFERS: f"The difference is enough to matter: every difference that fits is {least}.",
        asks.LESS: f"The difference is less than matters: every one that fits is below {size}.",
        asks.OPEN: f"There is a difference; whether of {least}, which would matter, cannot be "
        "told.",
        asks.FOUND: "There is a difference; how large a one would matter was not said beforehand.",
        asks.NONE: "",
        asks.CANNOT_TELL: "Cannot tell: these nights fit with no difference, and with "
        f"{f'one of {least}' if asked.matters == asked.matters else 'any in the interval'}.",
    }[result.verdict]
    left = result.looks[-1] - result.n_planned
    if left and result.status == "found":
        yield (
            f"The plan allows ending here, {counted(left, 'night')} early: the difference is clear "
            "enough. Its size and interval allow for that, as trials that end early are those in "
            "which chance helped."
        )
    elif left:
        yield (
            f"The plan allows ending here: the {counted(left, 'night')} left would show a "
            f"difference of {size}, if it is there, in only {100 * result.chance_left:.0f} of 100 "
            "trials."
        )


def _next_look(result: TrialResult) -> str:
    """Say when a trial is looked at again."""
    after = next(number for number in result.looks if number > result.n_planned)
    date = result.data.index[0] + pd.Timedelta(days=after - 1)
    return f"The next planned look is after {after} nights, on the morning after {date:%Y-%m-%d}."


def _not_looked(result: TrialResult) -> str:
    """Count the nights, and say nothing of the effect."""
    one, other = (f"“{label}”" for label in result.conditions)
    counts = result.compliance.iloc[-1]
    kept = f"on {counts['as_planned']} it was done as planned"
    if counts["swapped"]:
        kept += f", on {counts['swapped']} the other was done"
    if counts["not_recorded"]:
        kept += f", on {counts['not_recorded']} what was done is not recorded"
    return (
        f"No verdict: {sentences.as_sentence(marked(result.reason).partition(': ')[2])} "
        f"{result.n_planned} of {result.looks[-1]} planned nights are over; {result.n} have "
        f"{sentences.named(result.outcome_label)}, {result.n_first} planned {one} and "
        f"{result.n_second} planned {other}; {kept}. {_next_look(result)} {asks.GOOD_LOOKS}"
    )


def beside_words(result: TrialResult, one: Beside) -> str:
    """Return a smaller estimate's interval in words."""
    less, more, unit, scale, follows = sentences.direction(result)
    low, high = scale * one.low, scale * one.high
    size = f"{abs(scale * one.effect):.{decimals(low, high)}f} {unit}"
    words = f"{size} {less if one.effect < 0 else more}"
    label = sentences.named(result.outcome_label)
    told = f"{words} {label}" if follows else f"{label} {words}"
    span = sentences.span_words(low, high, unit, less, more)
    return f"{told} ({sentences.interval_name(result.level)} {span})"
