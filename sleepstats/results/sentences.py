"""Results in plain words: size, unit, interval, nights. "Went with", never more."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from sleepstats.arrays import FLOOR_MIN, LATENCY
from sleepstats.columns import column_of
from sleepstats.inference.shrinkage import place_of_no
from sleepstats.units import CLOCK_UNIT, decimals, difference_unit

if TYPE_CHECKING:
    from sleepstats.results import Estimate

#: ``when`` in words -> (preposition and plural for nights with a yes, place of a numeric factor)
PLACES = {
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

#: Between what meets what, and the words for an earlier evening, in ``when``.
EARLIER = ", "
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")

#: Beginnings of a label that tells what was done: "evenings with read a book" is no English.
_TOLD = re.compile(
    r"(?:\w{3,}ed|read|drank|ate|took|had|went|did|felt|got|was|were|ran|slept|woke|saw|i) \w"
)

#: From so many times as long on, a ratio is told as times and no longer as a share.
_TIMES = 2.0

#: Before how often luck alone finds as much; what is rarer is a find, however many are asked.
ALONE, ONCE = " Asked alone: ", 0.001
#: Of a yes or no that is no up to a day and yes from then on; of one that is the outcome.
STEP = " As a step in time, most of it is evened out as slow change; adjust=('weekday',) leaves it."
DAYS = "of 100 days"
#: One row of a table of results.
Row = Mapping[str, Any]

#: What is usual for a measure, in the words of a reader: no limit of health, and no advice; then
#: both ends of it, and how the nights beyond are counted ({0} below, {1} above, {2} the same bare).
USUAL: Mapping[str, tuple[str, float, float, str]] = {
    "tst_min": ("For adults 7 to 9 h are usual, from 65 years on 7 to 8 h", 420.0, 540.0,
                "it was shorter than 7 h on {0}, longer than 9 h on {2}"),
    "sol_min": ("Up to 30 min are usual", 0.0, 30.0, "it took longer on {1}"),
    "waso_min": ("Up to 30 min awake are usual", 0.0, 30.0, "it was more on {1}"),
    "se_pct": ("85 % or more is usual", 85.0, math.inf, "it was less on {0}"),
    "spt_min": ("Your time awake in between comes off that; for adults 7 to 9 h asleep are usual",
                0.0, math.inf, ""),
}  # fmt: skip
#: What is usual was found by what people write down.
DIARIES = " (What is usual comes from diaries; a device may tell of more or less.)"
_OHAYON = "National Sleep Foundation, Ohayon et al. 2017, doi:10.1016/j.sleh.2016.11.006"
#: Where these come from: measures, what is usual, source.
USUAL_FROM = (
    (("tst_min", "spt_min"), "hours of sleep", "National Sleep Foundation, Hirshkowitz et al. 2015,"
     " doi:10.1016/j.sleh.2014.12.010"),
    (("sol_min",), "falling asleep", _OHAYON), (("se_pct",), "share of the time in bed", _OHAYON),
    (("waso_min",), "time awake in the night", "Lichstein et al. 2003, "
     "doi:10.1016/S0005-7967(02)00023-4"),
)  # fmt: skip
#: What each control evens out, in words.
EVENED = {
    "weekday": "weekdays", "trend": "slow change", "previous": "{} the day before",
    "two days before": "{} two days before",
}  # fmt: skip


class Measured(Protocol):
    """What has to be known of an outcome to speak of its differences."""

    @property
    def outcome(self) -> str:
        """Its column name."""

    @property
    def outcome_unit(self) -> str:
        """Its unit."""


@dataclass(frozen=True)
class Shown:
    """What a sentence needs to know of an outcome."""

    outcome: str
    outcome_unit: str


def place(when: str) -> tuple[str, str, str]:
    """Return how the nights of a question are spoken of, earlier evenings included."""
    meeting, _, earlier = when.partition(EARLIER)
    preposition, plural, beside = PLACES[meeting]
    if earlier:
        return "after", plural, f"{'in' if plural == 'nights' else 'on'} {earlier}"
    return preposition, plural, beside


def evenings_said(when: str, lags: Sequence[int]) -> str:
    """Return evenings before the last in words."""
    plural = PLACES[when.partition(EARLIER)[0]][1]
    if len(lags) > 1 and list(lags) == list(range(len(lags))):
        return f"the last {_NUMBERS[len(lags)]} {plural}"
    one = plural.removesuffix("s")
    words = {0: f"the last {one}", 1: f"the {one} before the last"}
    return listed([words.get(k, f"the {one} {_NUMBERS[k]} before the last") for k in lags])


def span_words(low: float, high: float, unit: str, less: str, more: str) -> str:
    """Return an interval with its direction in words."""
    places = decimals(low, high)
    ends = [f"{abs(end):.{places}f}" for end in (low, high)]
    if (low < 0) == (high < 0):
        return f"{ends[0]} to {ends[1]} {unit} {less if low < 0 else more}"
    return f"{ends[0]} {unit} {less} to {ends[1]} {unit} {more}"


def removed(adjust: tuple[str, ...] | list[str], outcome_label: str = "its own value") -> str:
    """Return what the controls took out, in words."""
    words = [EVENED[name].format(outcome_label) for name in adjust if name in EVENED]
    held = [column_of(None, name).label for name in adjust if name not in EVENED]
    parts = [f"{listed(words)} evened out"] if words or not held else []
    # who writes adjust=["stress"] reads "and stress, too"
    left = ", weekdays and slow change left in" * (not {"weekday", "trend"} & {*adjust})
    return ", ".join([*parts, f"{listed(held)} held equal{left}"] if held else parts)


def listed(words: Sequence[str], last: str = "and") -> str:
    """Join words with commas and a last conjunction; ``nothing`` where there are none."""
    if len(words) > 2:
        words = [", ".join(words[:-1]), words[-1]]
    return f" {last} ".join(words) or "nothing"


def in_labels(text: str, names: Sequence[str]) -> str:
    """Return a text in which columns go by their labels."""
    every = "|".join(re.escape(name) for name in names)
    return re.sub(rf"\b(?:{every})\b", lambda found: column_of(None, found[0]).label, text)


def why(refused: Any) -> str:
    """Return the reason of an answer about one outcome and one factor as a sentence."""
    return as_sentence(in_labels(refused.reason, [refused.outcome, refused.factor]))


def named(label: str) -> str:
    """Return a label for a sentence; a person's own words that are no noun are quoted."""
    return f"“{label}”" if label[:1].isupper() or _TOLD.match(label) else label


def interval_name(level: float) -> str:
    """Return what an interval is called."""
    return f"{100 * level:g} % interval"


def chance_said(pvalue: float) -> str:
    """Return a p-value as how often chance alone does as much: ``4 of 1,000 diaries``."""
    if pvalue < 0.001:
        return "fewer than 1 of 1,000 diaries"
    of, many = (1000, "1,000") if pvalue < 0.01 else (100, "100")
    return f"{of * pvalue:.0f} of {many} diaries"


def asked_alone(said: str, result: Any) -> str:
    """Add to what was found how often luck finds as much: many may be asked one by one."""
    luck = chance_said(result.pvalue).replace("diaries", "habits that go with nothing would look")
    tail = f"{ALONE}{luck} like this by luck; correlate() allows for how many are asked."
    x = result.data.iloc[:, -1].to_numpy()
    step = "trend" in result.adjust and {*x} == {0, 1} and np.abs(np.diff(1.0 * x)).sum() == 1.0
    found = result.status == "found" and result.pvalue >= ONCE
    return f"{said}{tail * found}{STEP * int(step)}"


def median_latency(latency: pd.Series[float]) -> float:
    """Return the person's median latency, floored as in the analysis."""
    return float(np.median(np.maximum(latency.dropna().to_numpy(dtype=float), FLOOR_MIN)))


def typical_night(result: Estimate) -> tuple[float, float]:
    """Return the latency at which minutes are told, and how far "no" lies below it."""
    if planned := getattr(result, "typical", 0.0):  # a trial's: nights of the other condition
        return planned, 0.0
    y, x = result.data[result.outcome], result.data[getattr(result, "factor", result.outcome)]
    yes_no = x.dtype == bool and not math.isnan(result.ratio)
    return median_latency(y), place_of_no(y, x, result.ratio) if yes_no else 0.0


def latency_minutes(result: Estimate, step: float = 1.0) -> list[float]:
    """Return what a ratio and its ends are in minutes, on a typical night."""
    middle, off = typical_night(result)
    ratios = (result.ratio, result.ratio_low, result.ratio_high)
    return [middle * (ratio ** (step - off) - ratio**-off) for ratio in ratios]


def direction(result: Measured) -> tuple[str, str, str, float, bool]:
    """Return words for a fall and a rise, unit, scale, and whether the outcome's name follows."""
    unit = difference_unit(result.outcome_unit, result.outcome)
    if result.outcome_unit == CLOCK_UNIT:
        return "earlier", "later", "min", 60.0, False
    if result.outcome == "nawk":
        # awakenings are counted, so there are fewer of them and not less
        return "fewer", "more", "awakenings", 1.0, False
    known = getattr(result, "data", {}).get(result.outcome, ())
    if result.outcome_unit == "%" and {*known} == {0.0, 100.0}:
        return "fewer", "more", DAYS, 1.0, False
    if unit in ("min", "h"):
        return "less", "more", unit, 1.0, True
    return "lower", "higher", unit, 1.0, False


def ratio_said(ratio: float) -> str:
    """Return a ratio as a share shorter or longer; from twice as long on, as times as long."""
    if ratio >= _TIMES:
        return f"{ratio:.1f} times as long"
    return f"{100 * abs(ratio - 1.0):.0f} % {'shorter' if ratio < 1.0 else 'longer'}"


def ratios_said(low: float, high: float) -> str:
    """Return an interval of ratios in words."""
    if low >= _TIMES:
        return f"{low:.1f} to {ratio_said(high)}"
    if high < 1.0 or 1.0 <= low <= high < _TIMES:
        return f"{100 * abs(low - 1.0):.0f} to {ratio_said(high)}"
    return f"{ratio_said(low)} to {ratio_said(high)}"


def way_said(name: str, label: str, unit: str, *, rises: bool) -> str:
    """Return a column with the way it went in words."""
    ways = ("shorter", "longer") if name == LATENCY else direction(Shown(name, unit))
    return f"{ways[1] if rises else ways[0]} {label}"


def went_with(answers: Sequence[Any]) -> str:
    """Say what was found: ``higher stress went with less total sleep time in the night ...``."""
    told: dict[str, list[str]] = {}
    for one in answers:
        if one.status == "found":
            factor = named(one.factor_label)
            if one.kind != "yes/no":
                factor = way_said(one.factor, factor, one.factor_unit, rises=True)
            rises = one.effect > 0 if math.isnan(one.ratio) else one.ratio > 1
            outcome = way_said(one.outcome, one.outcome_label, one.outcome_unit, rises=rises)
            if direction(one)[2] == DAYS:
                outcome = f"{'more' if rises else 'fewer'} days with {named(one.outcome_label)}"
            told.setdefault(factor, []).append(outcome)
    night = answers[0].when.endswith(("before the night", "before the morning"))
    where = "in the night after it" if night else "on the day after it"
    return "; ".join(f"{factor} went with {listed(went)} {where}" for factor, went in told.items())


def size_said(result: Estimate, step: float) -> str:
    """Return the estimate in words, without the name of the outcome."""
    return size_words(result, vars(result), step)


def amount_said(result: Estimate, step: float) -> str:
    """Return the estimate in words, with the name of the outcome."""
    size = size_said(result, step)
    if not math.isnan(result.ratio):
        middle, minutes = typical_night(result)[0], latency_minutes(result, step)[0]
        size = f"{size}, about {abs(minutes):.0f} min {'more' if minutes >= 0 else 'less'}"
        return f"{result.outcome_label} {size} on a typical night of {middle:.0f} min"
    if direction(result)[-1]:
        return f"{size} {result.outcome_label}"
    if result.outcome == "nawk":
        return size
    days = direction(result)[2] == DAYS
    return f"{named(result.outcome_label)} on {size}" if days else f"{result.outcome_label} {size}"


def span_said(result: Estimate, step: float) -> str:
    """Return the interval in words: ``35 to 11 min less`` or ``12 min less to 3 min more``."""
    if not math.isnan(result.ratio):
        times = ratios_said(result.ratio_low**step, result.ratio_high**step)
        _, low, high = latency_minutes(result, step)
        span = span_words(low, high, "min", "less", "more")
        typical = f"on a typical night of {typical_night(result)[0]:.0f} min"
        return times if result.status == "found" else f"{span} {typical} ({times})"
    return interval_words(result, vars(result), step)


def size_words(result: Measured, row: Row, step: float = 1.0) -> str:
    """Return an estimate in words: ``22 min less``, ``30 % longer``."""
    if not math.isnan(row["ratio"]):
        return ratio_said(row["ratio"] ** step)
    less, more, unit, scale, _ = direction(result)
    value, low, high = (scale * step * row[f"effect{end}"] for end in ("", "_low", "_high"))
    text = f"{abs(value):.{decimals(low, high)}f}"
    # what rounds to nothing is neither more nor less
    return f"{text} {unit} {less if value < 0 else more}" if float(text) else f"{text} {unit}"


def interval_words(result: Measured, row: Row, step: float = 1.0) -> str:
    """Return an interval in words: ``35 to 11 min less``."""
    if not math.isnan(row["ratio"]):
        return ratios_said(*(row[f"ratio{end}"] ** step for end in ("_low", "_high")))
    less, more, unit, scale, _ = direction(result)
    low, high = (scale * step * row[f"effect{end}"] for end in ("_low", "_high"))
    return span_words(low, high, unit, less, more)


def as_sentence(reason: str) -> str:
    """Return a reason as a sentence: capital first, full stop last."""
    return f"{reason[:1].upper()}{reason[1:]}." if reason else ""


def usual_said(name: str, values: Sequence[float], *, device: bool = False) -> str:
    """Say what is usual, and on how many nights not; where no device takes stillness for sleep."""
    if name not in USUAL or (device and name in (LATENCY, "se_pct")):
        return ""
    text, low, high, counted = USUAL[name]
    beyond = [sum(x < low for x in values), sum(x > high for x in values)]
    below, above = (f"{n:,}" if n else "none" for n in beyond)
    of = f"of {len(values):,} nights"
    told = f"; {counted.format(f'{below} {of}', f'{above} {of}', above)}" * bool(counted)
    return f"{text}{told}.{DIARIES * device}"


def usual_from(sleep: Sequence[str]) -> list[str]:
    """Say where the usual values come from, of the measures that are told with one."""
    told = {name for name, usual in USUAL.items() if any(usual[0] in one for one in sleep)}
    sources: dict[str, list[str]] = {}
    for names, what, source in USUAL_FROM:
        if told.intersection(names):
            sources.setdefault(source, []).append(what)
    return bool(sources) * [
        "What is called usual is what experts agreed on for people who sleep well, by what "
        "they themselves write down; a device that counts every short waking tells of more "
        f"time awake. Many who sleep well lie outside. Sources: "
        f"{'; '.join(f'{listed(what)}: {source}' for source, what in sources.items())}."
    ]
