"""The data dictionary: what each column of ``nights`` means.

A new column starts here. Checks, axis labels, sentences and the README table all read this page.

Kinds: *recorded* by the person, *computed* from recorded columns, measured by a *device*,
*factor* (a habit or circumstance asked about), *control* (bookkeeping, never asked about).
``when``: to which part of the cycle it belongs, the ``day`` (and evening) before the night, the
``night`` itself, or the ``morning`` after it. All three stand in the night's one row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

import pandas as pd

from sleepstats.arrays import computed_from
from sleepstats.errors import did_you_mean

Kind = Literal["recorded", "computed", "device", "factor", "control"]
When = Literal["day", "night", "morning"]

#: Name of the index level that dates the night: the evening on which it began.
NIGHT = "night"
#: Name of the outer index level where several people share a frame.
PERSON = "person"
#: Said of a night put together from several records: minutes of the pieces, clocks of the whole.
IN_PIECES = "joined as one night in pieces"
#: The key in ``DataFrame.attrs`` under which a frame carries its provenance.
RECORD = "sleepstats"
#: The five clock columns, in the order in which a night passes through them.
CLOCKS = ("into_bed", "lights_out", "sleep_onset", "final_wake", "out_of_bed")
#: How long one slept, best first: where fewer nights than a question needs tell it, the next.
STAND_INS = ("tst_min", "spt_min", "tib_min")
#: Nights with both values that a question needs.
ENOUGH = 14


@dataclass(frozen=True)
class Column:
    """One entry of the data dictionary."""

    #: Column name in ``nights``, unit included where it has one.
    name: str
    #: Where its values come from and what they are for.
    kind: Kind
    #: The part of the cycle it belongs to.
    when: When
    #: Unit as printed on an axis; empty for counts without one, ratings and text.
    unit: str
    #: Short words for axes and sentences.
    label: str
    #: One line for the README table.
    meaning: str
    #: Columns that enter its definition: correlating it with one of them is a tautology.
    made_of: tuple[str, ...] = ()
    #: Columns that share a clock with it, though neither is made of the other: a tautology too.
    tied: tuple[str, ...] = ()

    @property
    def axis_label(self) -> str:
        """Label with its unit in brackets, for an axis."""
        words = self.label[:1].upper() + self.label[1:]
        return f"{words} ({self.unit})" if self.unit else words


_COLUMNS = (
    # the clock, in the order of a night
    Column("into_bed",                     "recorded", "night",   "local time",
           "into bed", "got into bed (Consensus Sleep Diary item 1)"),
    Column("lights_out",                   "recorded", "night",   "local time",
           "lights out", "tried to go to sleep (item 2)"),
    Column("sleep_onset",                  "computed", "night",   "local time",
           "sleep onset", "fell asleep, lights_out + SOL", ("lights_out", "sol_min")),
    Column("final_wake",                   "recorded", "night",   "local time",
           "final awakening", "final awakening (item 6)"),
    Column("out_of_bed",                   "recorded", "night",   "local time",
           "out of bed", "got out of bed for the day (item 7)"),
    # durations, counts and what is made of them
    Column("sol_min",                      "recorded", "night",   "min",
           "sleep onset latency", "sleep onset latency, SOL (item 3)",
           ("lights_out", "sleep_onset")),
    Column("waso_min",                     "recorded", "night",   "min",
           "wake after sleep onset",
           "wake after sleep onset, before the final awakening, WASO (item 5)"),
    Column("nawk",                         "recorded", "night",   "",
           "awakenings", "awakenings, the final one not counted, NAWK (item 4)", ("waso_min",)),
    Column("tib_min",                      "computed", "night",   "min",
           "time in bed", "time in bed, TIB = out_of_bed − into_bed",
           ("into_bed", "out_of_bed", "tst_min")),
    Column("spt_min",                      "computed", "night",   "min",
           "sleep period time", "sleep period time, SPT = final_wake − sleep_onset",
           ("sleep_onset", "final_wake")),
    Column("tst_min",                      "computed", "night",   "min",
           "total sleep time", "total sleep time, TST = SPT − WASO, or the device's own figure",
           ("spt_min", "waso_min")),
    Column("twak_min",                     "computed", "night",   "min",
           "terminal wakefulness", "terminal wakefulness, TWAK = out_of_bed − final_wake",
           ("final_wake", "out_of_bed")),
    Column("se_pct",                       "computed", "night",   "%",
           "sleep efficiency", "sleep efficiency, SE = 100·TST/TIB", ("tst_min", "tib_min")),
    Column("midsleep_h",                   "computed", "night",   "h after the evening's midnight",
           "midsleep",
           "midsleep, sleep_onset + SPT/2, in hours after the evening date's midnight "
           "(27.5 is 03:30)", ("sleep_onset", "final_wake")),
    Column("bedtime_deviation_min",        "factor",   "night",   "min",
           "bed time off the usual",
           "distance of the bed time from the usual of the four weeks before, earlier or later",
           ("into_bed", "lights_out"), ("sleep_onset", "midsleep_h", "tib_min")),
    # ratings, and what belongs to the day before
    Column("quality",                      "recorded", "morning", "",
           "sleep quality", "rating of the night, on the file's scale, higher is better"),
    Column("rested",                       "recorded", "morning", "",
           "rested on waking", "rested or alert on waking, on the file's scale, higher is better"),
    Column("mood_on_waking",               "recorded", "morning", "",
           "mood on waking", "mood on waking, on the file's scale, higher is better"),
    Column("nap_min",                      "recorded", "day",     "min",
           "naps", "naps of the day before"),
    Column("stress",                       "factor",   "day",     "",
           "stress", "stress of the day before the night, on the file's scale, higher is more"),
    # what a device measured
    Column("awake_min",                    "device",   "night",   "min",
           "awake in bed", "awake in bed, as the device says",
           ("tib_min", "tst_min", "sol_min", "waso_min")),
    Column("rem_min",                      "device",   "night",   "min",
           "REM sleep", "REM or dream sleep, as the device says", ("tst_min",)),
    Column("light_min",                    "device",   "night",   "min",
           "light sleep", "light sleep, as the device says", ("tst_min",)),
    Column("deep_min",                     "device",   "night",   "min",
           "deep sleep", "deep sleep, as the device says", ("tst_min",)),
    Column("device_regularity_pct",        "device",   "night",   "%",
           "app's regularity score", "the app's own regularity score"),
    Column("heart_rate_bpm",               "device",   "morning", "bpm",
           "heart rate", "heart rate on waking"),
    Column("resting_heart_rate_bpm",       "device",   "night",   "bpm",
           "resting heart rate", "resting heart rate in this night, as the device says"),
    Column("sleeping_heart_rate_bpm",      "device",   "night",   "bpm",
           "heart rate asleep", "mean heart rate of this night"),
    Column("lowest_heart_rate_bpm",        "device",   "night",   "bpm",
           "lowest heart rate", "lowest heart rate in this night"),
    Column("hrv_ms",                       "device",   "night",   "ms",
           "heart rate variability", "heart rate variability in this night (RMSSD)"),
    Column("breaths_per_min",              "device",   "night",   "per min",
           "breathing rate", "breathing rate in this night"),
    Column("blood_oxygen_pct",             "device",   "night",   "%",
           "blood oxygen", "blood oxygen in this night"),
    Column("skin_temperature_c",           "device",   "night",   "°C",
           "skin temperature", "skin temperature in this night"),
    Column("movements_per_h",              "device",   "night",   "per hour",
           "movements", "movements in bed"),
    Column("snore_min",                    "device",   "night",   "min",
           "snoring", "snoring"),
    Column("coughs_per_h",                 "device",   "night",   "per hour",
           "coughing", "coughing"),
    Column("body_temperature_deviation_c", "device",   "night",   "°C",
           "body temperature deviation", "body temperature against the person's usual"),
    # bookkeeping: never asked about
    Column("air_pressure_kpa",             "control",  "night",   "kPa",
           "air pressure", "air pressure"),
    Column("weather_temperature_c",        "control",  "night",   "°C",
           "outdoor temperature", "outdoor temperature"),
    Column("weather",                      "control",  "night",   "",
           "weather", "weather in words"),
    Column("city",                         "control",  "night",   "",
           "city", "place, as the app says"),
    Column("alarm_mode",                   "control",  "night",   "",
           "alarm", "kind of alarm set"),
    Column("zone",                         "control",  "night",   "",
           "time zone", "time zone of the clock columns"),
    Column("comments",                     "control",  "night",   "",
           "comments", "free text of the source"),
    Column("planned",                      "control",  "night",   "",
           "planned condition", "condition a trial planned for the night"),
    Column("done",                         "control",  "night",   "",
           "condition done", "condition of a trial that was done"),
    Column("guess",                        "control",  "night",   "",
           "guessed condition", "condition of a trial as the person guessed it"),
    Column("trial_plan",                   "control",  "night",   "",
           "trial plan", "how a trial's plan was drawn"),
    Column("stop_rule",                    "control",  "night",   "",
           "stop rule", "stop rule written before a trial"),
    Column("trial_warning",                "control",  "night",   "",
           "trial warning", "warning that a trial's plan opens with"),
    Column("column_roles",                 "control",  "night",   "",
           "what columns are", "in files written for others: what names of columns do not say"),
    Column("problem",                      "control",  "night",   "",
           "problem", "empty, or what was wrong in the source line and what was done"),
)  # fmt: skip
#: The dictionary: name -> :class:`Column`. Any other column is a factor of the day.
DICTIONARY: Mapping[str, Column] = {column.name: column for column in _COLUMNS}

#: What a later bed time moves by itself: made of these, and tied to those.
OF_BED = ("into_bed", "lights_out"), ("sleep_onset", "midsleep_h")
#: Unit suffixes of names, longest first: ``screens_min`` is in minutes.
SUFFIX_UNITS = {
    "_hours_before_bed": "h before bed", "_h_before_bed": "h before bed", "_in_minutes": "min",
    "_in_hours": "h", "_per_h": "per hour", "_minutes": "min", "_drinks": "drinks",
    "_units": "units", "_steps": "steps", "_hours": "h", "_cups": "cups", "_mins": "min",
    "_hrs": "h", "_lux": "lux", "_bpm": "bpm", "_pct": "%", "_min": "min", "_mcg": "µg",
    "_kpa": "kPa", "_mg": "mg", "_ml": "ml", "_km": "km", "_kg": "kg", "_db": "dB", "_h": "h",
    "_c": "°C", "_f": "°F", "_g": "g", "_l": "l",
}  # fmt: skip


def with_unit(name: str, unit: str) -> str:
    """Add the unit to a column name that does not say one."""
    said = not unit or not unit.isalpha() or name.endswith(("_c", "_f", f"_{unit}"))
    return name if said else f"{name}_{unit}"


def split_unit(name: str) -> tuple[str, str]:
    """Return words and unit of a column name that carries its unit."""
    units = (one for one in SUFFIX_UNITS.items() if name.endswith(one[0]) and name != one[0])
    suffix, unit = next(units, ("", ""))
    # the scale that a header names, "(0-10)", is no word of it
    words = re.sub(r"(?<=[^\W_])_[01](?:_to)?_(?:[3-9]|10|20|100)$", "", name.removesuffix(suffix))
    return " ".join(words.replace("_", " ").split()) or name, unit


def told_of(nights: pd.DataFrame | None) -> dict[str, Any]:
    """Return the frame's reading record; empty where there is none, or another thing so named."""
    told = None if nights is None else getattr(nights, "attrs", {}).get(RECORD)
    if not isinstance(told, dict):
        return {}
    known: dict[str, type] = dict.fromkeys(("columns", "rows", "roles"), dict) | {"labels": str}
    known |= dict.fromkeys(("notes", "joins", "sources", "asides", "readings", "beside"), list)
    if wrong := {key for key, kind in known.items() if not isinstance(told.get(key, kind()), kind)}:
        told = {key: value for key, value in told.items() if key not in wrong}
    for key in ("columns", "roles"):
        if not all(isinstance(one, dict) for one in told.get(key, {}).values()):
            told = {**told, key: {}}
    return told


@lru_cache(maxsize=1 << 14)
def _by_name(name: str) -> Column:
    """Look a column up in the dictionary, or else make its entry from its name."""
    if name in DICTIONARY:
        return DICTIONARY[name]
    words, unit = split_unit(name)
    words = f"last {words[:-5]}" if words.endswith(" last") else words
    made_of, tied = OF_BED if name.endswith("_h_before_bed") else ((), ())
    return Column(name, "factor", "day", unit, words, words, made_of, tied)


def column_of(nights: pd.DataFrame | None, name: str) -> Column:
    """Look a column up: the frame's own record first, then the dictionary, then its name."""
    column = _by_name(name)
    if nights is None:
        return column
    told = told_of(nights).get("columns", {}).get(name, {})
    changed = {key: told[key] for key in ("kind", "when", "unit", "label") if key in told}
    changed |= {key: tuple(told[key]) for key in ("made_of", "tied") if key in told}
    return replace(column, **changed) if changed else column


def how_long(nights: pd.DataFrame | None) -> str:
    """Name the best measure of how long one slept of which there are nights enough, or any."""
    known = {} if nights is None else {x: nights[x].count() for x in STAND_INS if x in nights}
    return [*(x for least in (ENOUGH, 1) for x in known if known[x] >= least), *STAND_INS][0]


def absent(nights: pd.DataFrame, name: str, near: str = "") -> str:
    """Say that a column is not there, and which is meant; of a length of sleep which stands in."""
    said, other = f"No column {name!r} in nights.", how_long(nights)
    if name in DICTIONARY and (name not in STAND_INS or other not in nights):
        return said  # what is known and not there is not misspelt
    if name not in STAND_INS:
        return f"{said}{near or did_you_mean(name, map(str, nights.columns))}"
    lacks = [column_of(nights, one).label for one in _by_name(name).made_of if one not in nights]
    why = f" and cannot be computed without {' and '.join(lacks)}" if lacks else ""
    return (
        f"{said} {_by_name(name).label.capitalize()} was not recorded{why}; "
        f"{column_of(nights, other).label} stands in for it: write {other!r}."
    )


def factor_names(nights: pd.DataFrame) -> list[str]:
    """Return the columns of kind factor, in the frame's order; computed of their night, none is.

    A habit that is a clock time is asked once, by its hours before bed where these are known.
    """
    computed = computed_of(nights)
    return [
        name
        for name, dtype in zip(nights.columns, nights.dtypes, strict=True)
        if not (dtype.kind == "M" and f"{name}_h_before_bed" in nights)
        and column_of(nights, name).kind == "factor"
        and name not in computed
    ]


def computed_of(nights: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return columns that are called habits and computed from measures of their own night."""
    told = [column_of(nights, str(name)) for name in nights]
    own = [x.name for x in told if x.kind == "factor" and not (x.made_of or x.name in DICTIONARY)]
    night = [x for x in told if x.when != "day" and x.kind not in ("factor", "control")]
    parts = [x.name for x in night if x.when == "night" and x.name in DICTIONARY]
    names = [name for name in own if nights[name].dtype.kind in "iuf"]
    one = isinstance(nights.index, pd.DatetimeIndex)  # person
    return computed_from(nights, names, [x.name for x in night], parts) if names and one else {}


def ingredients(name: str, nights: pd.DataFrame | None = None) -> set[str]:
    """Return every column that enters a column's definition, or is tied to it by a clock."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for part in column_of(nights, waiting.pop()).made_of:
            if part not in found:
                found.add(part)
                waiting.append(part)
    return found.union(column_of(nights, name).tied) - {name}


def name_from_header(header: str) -> str:
    """Turn a person's own header into an attribute-safe column name that keeps its unit."""
    text = header.strip().casefold()
    for sign, word in (("°", ""), ("µg", "mcg"), ("%", " pct "), ("&", " and "), ("#", " ")):
        text = text.replace(sign, word)
    text = re.sub(r"\(\s*(minutes|mins)\s*\)", "(min)", text)
    text = re.sub(r"\(\s*(hours|hrs|hr)\s*\)", "(h)", text)
    text = re.sub(r"[^\w]+", "_", re.sub(r"[’'`]", "", text)).strip("_")
    if not text:
        return "column"
    return f"n_{text}" if text[0].isdigit() else text
