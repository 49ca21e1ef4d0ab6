"""Results in plain words: size, unit, interval, nights. "Went with", never more."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sleepstats.latency import FLOOR_MIN
from sleepstats.units import CLOCK_UNIT, decimals, difference_unit, further, reading_step

if TYPE_CHECKING:
    import pandas as pd

    from sleepstats.results.relation import Association, Difference

#: ``when`` in words -> (preposition and plural for nights with a yes, place of a numeric factor)
_PLACES = {
    "day before the night": ("after", "evenings", "on the day before"),
    "day before the morning": ("after", "evenings", "on the day before"),
    "morning before the night": ("after", "mornings", "on the morning before"),
    "morning of the same day": ("after", "mornings", "on that morning"),
    "night before the day": ("after", "nights", "in the night before"),
    "night before the morning": ("after", "nights", "in the night"),
    "same night": ("on", "nights", "in the same night"),
    "same day": ("on", "days", "on the same day"),
    "same morning": ("on", "mornings", "on the same morning"),
}

#: What each control takes out, in words.
_REMOVED = {"weekday": "week", "trend": "slow drift", "previous": "the day before's own value"}


def say_association(one: Association) -> str:
    """Return an :class:`~sleepstats.Association` as one sentence."""
    if one.status == "refused":
        return f"Not answered: {one.factor_label} and {one.outcome_label}. {_sentence(one.reason)}"
    if one.kind == "categorical":
        return _say_kinds(one)
    values = one.data[one.factor].to_numpy(dtype=float)
    if one.kind == "yes/no":
        return _say_sides(one, int(values.sum()), one.n)
    step = reading_step(values, one.factor_unit)
    of = f"{further(step, one.factor_unit, named(one.factor_label))} {_PLACES[one.when][2]}"
    return _say(one, f"each {of}", f"for each {of}", step=step)


def say_difference(diff: Difference) -> str:
    """Return a :class:`~sleepstats.Difference` as one sentence."""
    if diff.status == "refused":
        return (
            f"Not answered: {diff.outcome_label} with and without {diff.factor_label}. "
            f"{_sentence(diff.reason)}"
        )
    return _say_sides(diff, diff.n_with, diff.n)


def span_words(low: float, high: float, unit: str, less: str, more: str) -> str:
    """Return an interval with its direction in words.

    >>> span_words(-35.2, -11.4, "min", "less", "more")
    '35 to 11 min less'
    >>> span_words(-12.0, 3.0, "min", "less", "more")
    '12 min less to 3 min more'
    """
    places = decimals(low, high)
    ends = [f"{abs(end):.{places}f}" for end in (low, high)]
    if (low < 0) == (high < 0):
        return f"{ends[0]} to {ends[1]} {unit} {less if low < 0 else more}"
    return f"{ends[0]} {unit} {less} to {ends[1]} {unit} {more}"


def removed(adjust: tuple[str, ...] | list[str]) -> str:
    """Return what the controls took out, in words.

    >>> removed(("weekday", "trend"))
    'week and slow drift removed'
    """
    words = [_REMOVED[name] for name in adjust]
    if len(words) > 2:
        words = [", ".join(words[:-1]), words[-1]]
    return f"{' and '.join(words)} removed" if words else "nothing removed"


def named(label: str) -> str:
    """Return a label as it stands in a sentence: a tag in the person's own words is quoted.

    >>> named("alcohol"), named("Drank coffee")
    ('alcohol', '“Drank coffee”')
    """
    return f"“{label}”" if label[:1].isupper() else label


def interval_name(level: float) -> str:
    """Return what an interval is called.

    >>> interval_name(0.95)
    '95 % interval'
    """
    return f"{100 * level:g} % interval"


def median_latency(latency: pd.Series[float]) -> float:
    """Return the person's median latency, floored as in the analysis."""
    return float(np.median(np.maximum(latency.dropna().to_numpy(dtype=float), FLOOR_MIN)))


def _say_sides(result: Association | Difference, n_with: int, n: int) -> str:
    """Return the sentence of a yes or no."""
    place, plural, _ = _PLACES[result.when]
    who = f"{plural} with {named(result.factor_label)} ({n_with} of {n} nights)"
    return _say(result, who, f"{place} {who}", step=1.0)


def _say(result: Association | Difference, subject: str, adverb: str, *, step: float) -> str:
    """Return the sentence of one slope or difference, by its status."""
    span = _span(result, step)
    counted = "" if f" of {result.n} nights)" in subject else f"{result.n} nights, "
    note = f"{counted}{removed(result.adjust)}"
    interval = interval_name(result.level)
    if result.status == "found":
        subject = subject[:1].upper() + subject[1:]
        return f"{subject} went with {_amount(result, step)} ({interval} {span}; {note})."
    guess = f"best guess {_size(result, step)}"
    if result.status == "unreachable":
        return (
            f"These nights cannot tell whether {result.outcome_label} differed {adverb}: anything "
            f"from {span} would fit ({guess}; {interval}; {note}). {_sentence(result.reason)}"
        )
    return (
        f"No clear difference in {result.outcome_label} {adverb}: anything from {span} would fit "
        f"these nights ({guess}; {interval}; {note})."
    )


def _say_kinds(one: Association) -> str:
    """Return the sentence of a categorical factor: all kinds together, then each."""
    note = f"{one.n} nights, {removed(one.adjust)}"
    kinds = f"kinds of {named(one.factor_label).removesuffix(' kind')}"
    verdict = {
        "found": f"Different {kinds} went with different {one.outcome_label}",
        "not found": f"No clear difference in {one.outcome_label} between {kinds}",
        "unreachable": f"These nights cannot tell whether {one.outcome_label} differed between "
        f"{kinds}",
    }[one.status]
    tail = f" {_sentence(one.reason)}" if one.reason else ""
    less, more, unit, scale, _ = _direction(one)
    spans = []
    for row in [] if one.contrasts is None else one.contrasts.to_dict("records"):
        if math.isnan(row["effect_low"]):
            span = "not enough nights to say"
        elif math.isnan(row["ratio"]):
            low, high = scale * row["effect_low"], scale * row["effect_high"]
            span = span_words(low, high, unit, less, more)
        else:
            span = f"{row['ratio_low']:.2f} to {row['ratio_high']:.2f} times as long"
        spans.append(f"{row['level']} {span}")
    against = "" if one.contrasts is None else f" against {one.contrasts['reference'].iloc[0]}"
    told = f"; {interval_name(one.level)}s{against}: {', '.join(spans)}" if spans else ""
    return f"{verdict} (p = {one.pvalue:.2g} for all kinds together{told}; {note}).{tail}"


def _direction(result: Association | Difference) -> tuple[str, str, str, float, bool]:
    """Return words for a fall and a rise, unit, scale, and whether the outcome's name follows."""
    unit = difference_unit(result.outcome_unit, result.outcome)
    if result.outcome_unit == CLOCK_UNIT:
        return "earlier", "later", "min", 60.0, False
    if result.outcome == "nawk":
        return "fewer", "more", "awakenings", 1.0, False
    if unit in ("min", "h"):
        return "less", "more", unit, 1.0, True
    return "lower", "higher", unit, 1.0, False


def _size(result: Association | Difference, step: float) -> str:
    """Return the estimate in words, without the name of the outcome."""
    if not math.isnan(result.ratio):
        return f"{result.ratio**step:.2f} times as long"
    less, more, unit, scale, _ = _direction(result)
    value, low, high = (
        scale * step * end for end in (result.effect, result.effect_low, result.effect_high)
    )
    text = f"{abs(value):.{decimals(low, high)}f}"
    if float(text) == 0:
        return f"{text} {unit}"
    return f"{text} {unit} {less if value < 0 else more}"


def _amount(result: Association | Difference, step: float) -> str:
    """Return the estimate in words, with the name of the outcome."""
    size = _size(result, step)
    if not math.isnan(result.ratio):
        middle = median_latency(result.data[result.outcome])
        minutes = middle * (result.ratio**step - 1.0)
        return (
            f"{result.outcome_label} {size}, about {abs(minutes):.0f} min "
            f"{'more' if minutes >= 0 else 'less'} at the median night of {middle:.0f} min"
        )
    if _direction(result)[-1]:
        return f"{size} {result.outcome_label}"
    if result.outcome == "nawk":
        return size
    return f"{result.outcome_label} {size}"


def _span(result: Association | Difference, step: float) -> str:
    """Return the interval in words: ``35 to 11 min less`` or ``12 min less to 3 min more``."""
    if not math.isnan(result.ratio):
        ratios = [result.ratio_low**step, result.ratio_high**step]
        times = f"{ratios[0]:.2f} to {ratios[1]:.2f} times as long"
        if result.status == "found":
            return times
        middle = median_latency(result.data[result.outcome])
        minutes = [middle * (ratio - 1.0) for ratio in ratios]
        span = span_words(minutes[0], minutes[1], "min", "less", "more")
        return f"{span} at the median night of {middle:.0f} min ({times})"
    less, more, unit, scale, _ = _direction(result)
    low, high = (scale * step * end for end in (result.effect_low, result.effect_high))
    return span_words(low, high, unit, less, more)


def _sentence(reason: str) -> str:
    """Return a reason as a sentence: capital first, full stop last."""
    return f"{reason[:1].upper()}{reason[1:]}." if reason else ""
