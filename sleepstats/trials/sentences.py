"""A trial in plain words. Chance decided the condition, so here "caused" may be said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sleepstats.results.sentences import (
    _amount,
    _direction,
    _sentence,
    _size,
    _span,
    interval_name,
    named,
    removed,
    span_words,
)
from sleepstats.trials.compliance import SHIFTED
from sleepstats.units import counted, decimals

if TYPE_CHECKING:
    from sleepstats.trials.result import Beside, TrialResult


def say_trial(result: TrialResult) -> str:
    """Return a :class:`~sleepstats.TrialResult` as a sentence, and what went otherwise."""
    one, other = (f"“{label}”" for label in result.conditions)
    label = named(result.outcome_label)
    if result.status == "refused":
        return f"Not answered: {one} against {other} and {label}. {_sentence(result.reason)}"
    span = _span(result, 1.0)  # type: ignore[arg-type]
    interval = interval_name(result.level)
    test = (
        f"randomisation test p = {result.pvalue:.2g} over {'all ' if result.exact else ''}"
        f"{result.compared:,} schedules; {result.n} of {result.n_planned} planned nights, "
        f"{removed(result.adjust)}"
    )
    if result.status == "found":
        amount = _amount(result, 1.0)  # type: ignore[arg-type]
        if amount.startswith(f"{result.outcome_label} "):  # a time, a share or a ratio
            amount = amount.replace(f"{result.outcome_label} ", f"{label} to be ", 1)
        said = f"{one} instead of {other} caused {amount} ({interval} {span}; {test})."
    else:
        guess = _size(result, 1.0)  # type: ignore[arg-type]
        said = (
            f"No clear effect of {one} instead of {other} on {label}: anything from {span} would "
            f"fit these nights (best guess {guess}; {interval}; {test})."
        )
        if result.status == "unreachable":
            said += f" {_sentence(result.reason)}"
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
    less, more, unit, scale, follows = _direction(result)  # type: ignore[arg-type]
    low, high = scale * one.low, scale * one.high
    size = f"{abs(scale * one.effect):.{decimals(low, high)}f} {unit}"
    words = f"{size} {less if one.effect < 0 else more}"
    label = named(result.outcome_label)
    told = f"{words} {label}" if follows else f"{label} {words}"
    return f"{told} ({interval_name(result.level)} {span_words(low, high, unit, less, more)})"
