"""Measures, amounts and steps in the words of somebody who never read a paper on sleep."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from sleepstats.columns import CLOCKS, OF_BED, Column, column_of, split_unit, told_of
from sleepstats.reading.nights import roles
from sleepstats.units import CLOCK_UNIT, one_unit

_LESS, _EARLIER = ("less", "more"), ("earlier", "later")
#: Column -> (its name, a difference of it, its two ways); amount and way stand in the braces.
PLAIN: Mapping[str, tuple[str, str, tuple[str, str]]] = {
    "tst_min": ("time asleep", "{} {} sleep", _LESS),
    "spt_min": ("time from falling asleep to waking up", "{} {} sleep (wakings included)", _LESS),
    "tib_min": ("time in bed", "{} {} time in bed", _LESS),
    "sol_min": ("time to fall asleep", "{} {} to fall asleep", ("quicker", "longer")),
    "waso_min": ("time awake in the night", "{} {} awake in the night", _LESS),
    "nawk": ("times woken up", "{} {} awakenings", ("fewer", "more")),
    "twak_min": ("time in bed after waking", "{} {} in bed after waking", _LESS),
    "se_pct": ("share of the time in bed asleep", "{} {} of bed time asleep", _LESS),
    "awake_min": ("time awake in bed", "{} {} awake in bed", _LESS),
    "rem_min": ("dream (REM) sleep", "{} {} dream (REM) sleep", _LESS),
    "light_min": ("light sleep", "{} {} light sleep", _LESS),
    "deep_min": ("deep sleep", "{} {} deep sleep", _LESS),
    "restless_pct": ("share of restless sleep", "{} of the night {} restless", _LESS),
    "snore_min": ("snoring", "{} {} snoring", _LESS),
    "into_bed": ("going to bed", "to bed {} {}", _EARLIER),
    "lights_out": ("lights out", "lights out {} {}", _EARLIER),
    "sleep_onset": ("time of falling asleep", "asleep {} {} by the clock", _EARLIER),
    "sleep_onset of a device":
        ("beginning of the recorded sleep", "recorded sleep begins {} {}", _EARLIER),
    "final_wake": ("time of waking up", "woke up {} {}", _EARLIER),
    "out_of_bed": ("getting up", "got up {} {}", _EARLIER),
    "midsleep_h": ("middle of sleep", "middle of sleep {} {}", _EARLIER),
}  # fmt: skip
#: How it begins that something is not told; what a habit is called that is stress.
NOT_IN_FILE, STRESS = "Not in this file: ", re.compile("stres|stré|压力|壓力|ストレス", re.I)
#: Why nights are left out of what is said of one's sleep.
HARDLY, CANNOT_BE = "under 1 h or over 16 h is hardly a night", "their rows hold what cannot be"
#: What is said of a habit that also differs on the day after.
FOLLOWS = "perhaps the other way round: first the night, then the day"
#: What else may be behind a change of what a device measured.
DEVICE = "the device, its app or where it is worn or lies may have changed"
#: What is said of a weekend where dates may name evenings; of habits and weekdays then.
ALSO_OTHERWISE = "the same if dates name the evening and these are Saturday and Sunday nights"
NOT_OTHERWISE = "not so if dates name the evening, as these are Saturday and Sunday nights then"
OTHER_DAYS = "what is said of Friday and Saturday nights is of Saturday and Sunday nights then"
#: What a measure is, where its name does not say enough; by the end of a label, words of devices.
EXPLAINED = {
    "sleep_onset": "That is a time of the clock: it may only be that you went to bed later.",
    "midsleep_h": "The middle of sleep lies halfway between falling asleep and waking up.",
}
OF_DEVICES = (
    ("strain", "Strain: how hard the day was for the heart, 0 to 21; more is harder."),
    ("heart rate variability", "Heart rate variability: how unevenly the heart beats; more is "
     "usually taken for rest, and people differ a lot."),
    ("heart rate", "A lower heart rate in sleep is usually taken for rest."),
    ("recovery score", "Recovery score: how rested the app takes your body to be."),
    ("sleep performance", "Sleep performance: how close your sleep came to what the app says you "
     "needed."),
    ("readiness score", "Readiness score: how fit for the day the app takes you to be, by your "
     "nights and the days before."),
    ("temperature deviation", "Temperature deviation: how far from what is usual for you."),
)  # fmt: skip
SHRUNK = "; of so large and unsure a figure most is usually luck"
ONLY, READ = " (clear only with others held equal)", " (as the dates were read)"
#: Below this share of what is left open, what nobody wrote down need not be strong.
WEAK = 0.1
WEAKLY = "something you did not write down could easily be the whole reason"
#: What stands above a table of every measure: of fewer than eight nights, and of more.
EVERY = (
    "A night has the date of its evening: a time after midnight is of the next morning. What lies "
    "between the pieces of a night is neither time in bed nor time asleep.",
    "At most half of the nights lie above the middle night, at most half below it; the middle half "
    "holds at least half of them. “May be off by”: other nights of yours have another middle.",
)
#: Scores of which all products make more the better.
SCORE = re.compile(r"\b(sleep|recovery|readiness) (score|performance)$")
SCORED = "An app makes its score of other measures of the night: no finding apart from these."
#: How long before bed something was last taken; from so many minutes on they are told in hours.
HOURS_BEFORE, LONG = "h before bed", 59.5
LEAST_WHOLE = 2.95  # minutes from which on a limit is told in whole ones
#: Unit of a difference -> as it is read aloud.
_UNITS = {"bpm": "beats a minute", "per min": "a minute", "per hour": "an hour", "": "points"}
#: Shares that are told in percent: of a score, "9 % lower" could be a share of it.
_SHARES, OF_8_H = frozenset({"se_pct", "restless_pct", "blood_oxygen_pct"}), 4.8


def _words_of(column: Column) -> tuple[str, str, tuple[str, str]] | None:
    """Return what is told of a measure; a device knows when its record of sleep begins."""
    return PLAIN.get(f"{column.name} of a {column.kind}", PLAIN.get(column.name))


def measure_name(column: Column) -> str:
    """Return what a measure is called in a sentence."""
    words = _words_of(column)
    return words[0] if words else column.label


def parts_said(leads: Sequence[str]) -> str:
    """Name the parts of the calendar that findings begin with, as they begin a line."""
    parts = {"Friday": "weekends", "Around": "seasons"}
    words = (lead.split() for lead in leads)
    said = ", ".join(dict.fromkeys(parts.get(word[0], word[-1]) for word in words))
    return f"{said[:1].upper()}{said[1:]}"


def left_out_said(dates: Sequence[str], n: int, why: str) -> str:
    """Say which of so many nights the sentences below leave out; nothing where they do not."""
    left = f"{len(dates)} of {n} night{'s' * (n > 1)} left out of the sentences below"
    return f"{left}: {', '.join(dates[:7])}{' …' * (len(dates) > 7)}; {why}." * bool(dates)


def labels_said(nights: pd.DataFrame) -> dict[str, str]:
    """Return what labels of tables are on the page; of a label of its own nothing is known."""
    columns = [column_of(nights, str(name)) for name in nights]
    return {x.label: measure_name(x) for x in columns if x.label == column_of(None, x.name).label}


def minutes_said(minutes: float, places: int = 0) -> str:
    """Return minutes as they are spoken of; from an hour on in hours."""
    if abs(minutes) < LONG:
        return f"{minutes:.{places}f} min"
    hours, rest = divmod(round(minutes), 60)
    return f"{hours} h {rest:02d} min" if rest else f"{hours} h"


def is_clock(column: Column) -> bool:
    """Say whether a measure is a time on the clock, so that its differences are minutes."""
    return column.name in CLOCKS or column.unit in (CLOCK_UNIT, "local time")


def scale_of(column: Column) -> float:
    """Return what turns a difference of a measure into the unit that is spoken of."""
    return 60.0 if is_clock(column) else 1.0


def unit_said(column: Column) -> str:
    """Return the unit of a difference; ``min`` for clocks and durations."""
    if is_clock(column):
        return "min"
    if column.name == "nawk":
        return ""
    if column.unit == "%" and column.name not in _SHARES:
        return "points"
    return _UNITS.get(column.unit, column.unit)


def amount_said(size: float, column: Column, places: int) -> str:
    """Return an amount without its sign: ``7 min``, ``0.4 points``."""
    if unit_said(column) == "min":
        return minutes_said(abs(size), places)
    return f"{abs(size):.{places}f} {unit_said(column)}".strip()


def places_of(size: float) -> int:
    """Return how many decimals a best guess deserves."""
    return 0 if abs(size) >= 2.95 else 1 if abs(size) >= 0.295 else 2


def effect_said(size: float, column: Column, about: str = "about ", each: str | None = None) -> str:
    """Return a difference in words, its direction told; on a card ``each``, for which step."""
    amount = f"{about}{amount_said(size, column, places_of(size))}"
    step = f" {each}" if each else ""
    if column.name == "se_pct" and each == "":  # "1.0 % less" seemed as much as 10 min
        step = f" ({OF_8_H * abs(size):.0f} min of 8 h)"
    if words := _words_of(column):
        return words[1].format(amount, words[2][0 if size < 0 else 1]) + step
    return f"{column.label} {amount} {'lower' if size < 0 else 'higher'}{step}"


def direction_said(size: float, column: Column) -> str:
    """Return the direction alone, for a range: ``less``, ``longer``, ``earlier``."""
    words = PLAIN.get(column.name)
    ways = _EARLIER if is_clock(column) else words[2] if words else ("lower", "higher")
    return ways[0 if size < 0 else 1]


def _places_of_ends(low: float, high: float) -> int:
    """Return decimals of a range: enough that an end beside zero is not written as zero."""
    near, far = sorted((abs(low), abs(high)))
    places = 0 if far >= 9.5 else 1 if far >= 0.95 else 2
    if (low < 0) == (high < 0) and 0 < near < 0.5 * 10.0**-places:
        places += 1
    return places


def range_said(low: float, high: float, column: Column) -> str:
    """Return from where to where, the smaller first where both lie on one side."""
    places = _places_of_ends(low, high)
    near, far = sorted((low, high), key=abs)
    nothing = float(f"{near:.{places}f}") == 0.0
    if nothing and low * high >= 0.0:
        most = amount_said(far, column, places - ((low < 0) == (high < 0)))
        return f"next to nothing to {most} {direction_said(far, column)}"
    if (low < 0) == (high < 0):
        first, last = (amount_said(end, column, places) for end in (near, far))
        unit = unit_said(column)
        if unit == "min" and abs(near) < 0.5 and abs(far) >= 9.5:  # tenths of a minute say too much
            return f"under 1 to {amount_said(far, column, 0)} {direction_said(low, column)}"
        if unit != "min" or abs(far) < LONG:  # of one unit, which is told once
            first = first.removesuffix(f" {unit}")
        return f"{first} to {last} {direction_said(low, column)}"
    less, more = (
        "a trace" if nothing and end == near else amount_said(end, column, places)
        for end in (low, high)
    )  # fmt: skip
    return f"{less} {direction_said(-1.0, column)} to {more} {direction_said(1.0, column)}"


def at_most_said(low: float, high: float, column: Column, step: str = "") -> str:
    """Return what is left possible of a difference that was not seen, for a step of a habit."""
    near, far = sorted((abs(low), abs(high)))
    if low * high > 0:
        return f"looks like {range_said(low, high, column)} {step}".rstrip() + ", which may be luck"
    places = _places_of_ends(low, high)
    if unit_said(column) == "min":
        places = 0 if far >= LEAST_WHOLE else 1
    ends = [amount_said(end, column, places) for end in (low, high)]
    # an end that is nothing, or on the other side of it, is no limit worth a word
    if low > 0 or float(f"{abs(low):.{places}f}") == 0.0:
        return f"at most {ends[1]} {direction_said(1.0, column)} {step}".rstrip()
    if high < 0 or float(f"{abs(high):.{places}f}") == 0.0:
        return f"at most {ends[0]} {direction_said(-1.0, column)} {step}".rstrip()
    if near > 0.9 * far:
        return f"at most {ends[abs(low) != far]} either way {step}".rstrip()
    words = [direction_said(-1.0, column), direction_said(1.0, column)]
    return f"between {ends[0]} {words[0]} and {ends[1]} {words[1]} {step}".rstrip()


def way_said(size: float, column: Column) -> str:
    """Return a difference without its size: what it is more or less of."""
    if words := _words_of(column):
        way = words[2][0 if size < 0 else 1]
        return " ".join(words[1].replace("{} of the night", "{}").format("", way).split())
    return f"{column.label} {'lower' if size < 0 else 'higher'}"


def unit_of(column: Column) -> str:
    """Return the unit of a habit, also where only its name says it."""
    return column.unit or ("kcal" if column.name.endswith("_kcal") else "")


#: From one amount of a habit to another, both told from the middle one.
Step = tuple[float, float]


def step_said(step: float, column: Column) -> str:
    """Return for how much more of a habit a difference is; empty for a yes or no."""
    if math.isnan(step):
        return ""
    unit = unit_of(column)
    if unit in (HOURS_BEFORE, CLOCK_UNIT):
        word = "earlier" if unit == HOURS_BEFORE else "later"
        return f"for each {'hour' if step == 1.0 else f'{step:g} hours'} {word}"
    if (unit, step) in (("min", 60.0), ("h", 1.0)):
        return "for each extra hour"
    if step == 1.0:
        return f"for each {one_unit(unit, habit_said(column))}"
    return f"for each extra {step:,.0f} {unit}".rstrip()


def habit_said(column: Column) -> str:
    """Return what a habit is called at the head of a line, its unit left to the step."""
    words = (column.label or split_unit(column.name)[0]).removesuffix(" kcal").strip()
    words = f"{words[:1].upper()}{words[1:]}"
    return f"“{words}”" if words.endswith("?") else words


def amounts_said(low: float, high: float, column: Column) -> str:
    """Return the evenings with much and with little of a habit that are compared; or nothing."""
    unit = unit_of(column) or "points" * (one_unit("", habit_said(column)) == "point")
    if not high > low:
        return ""
    if unit == HOURS_BEFORE:
        return f" ({high:.2g} h before bed compared with {low:.2g})"
    return f" ({high:,g}{f' {unit}'.rstrip()} compared with {low:,g})"


def hangs_on_bed(column: Column) -> bool:
    """Say whether a habit depends on when one went to bed, and is compared at the same time."""
    return unit_of(column) == HOURS_BEFORE or column.made_of == OF_BED[0]


def device_said(column: Column) -> str:
    """Return what a device's own word means, and what more of it is taken for; or nothing."""
    label = column.label.removesuffix(" of the day before")
    return next((told for word, told in OF_DEVICES if label.endswith(word)), "")


def better_said(column: Column) -> str:
    """Say which end of a rating or a score is which, where that is known; or nothing."""
    if "higher is better" in column.meaning or SCORE.search(column.label):
        return ", more is better"
    return f", more is more {column.label}" if "higher is more" in column.meaning else ""


def number_said(n: int) -> str:
    """Return a number at the head of a sentence."""
    words = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    return words[n] if n < len(words) else str(n)


#: What is shown, and nothing is made of it.
NAPS = "As naps of the day before, shown and not set against the night"


def taken_said(nights: pd.DataFrame, habits: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Say what was taken for what: a heading, and names as the file or the answer has them."""
    taken = told_of(nights).get("roles") or {}

    def words(text: str) -> set[str]:
        return set(re.findall(r"\w{3,}", text.casefold()))

    # a column of tags, and a file beside this one, hold habits that no header names
    tags = [
        header.strip()
        for header, one in taken.items()
        if one["why"].startswith("a column of the format") and one["role"] == "habit"
        and not words(header) & words(column_of(nights, one["column"]).label)
    ]  # fmt: skip
    shown = {one.get("column", "") for header, one in taken.items() if header.strip() not in tags}
    # hours before bed may be what was made of a time, or a column of the file
    new = [name for name in habits if not {name, name.removesuffix("_h_before_bed")} & shown]
    others = [column_of(nights, name) for name in new]
    ticked = [one for one in others if (nights[one.name].dropna() != 0).any()]
    naps = [header.strip() for header, one in taken.items() if one.get("column") == "nap_min"]
    for told, headers in roles.taken_groups(taken) if taken else ():
        day = "habits" in told
        names = [name for name in headers if name not in (*naps, *tags)]
        mine = [one for one in others if (one.when == "day") is day and told[:3] != "not"]
        names += [one.label for one in mine if one in ticked]
        never = sum(one not in ticked for one in mine)
        more = f" (noted in {', '.join(tags)})" * (day and bool(tags))
        more += f" ({never} more: never noted, or always no, on these nights)" * bool(never)
        every = ("; " if any("," in name for name in names) else ", ").join(names) or "none"
        yield f"{told[:1].upper()}{told[1:]}", f"{every}{more}"
    if naps:
        yield NAPS, ", ".join(naps)
