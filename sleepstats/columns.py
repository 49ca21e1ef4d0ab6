"""The data dictionary: what each column of ``nights`` means, and the check of a frame.

A new column starts here. Checks, axis labels, sentences and the README table all read this page.

Kinds: *recorded* by the person, *computed* from recorded columns, measured by a *device*,
*factor* (a habit or circumstance asked about), *control* (bookkeeping, never asked about).
``when`` says to which part of the cycle a column belongs: the ``day`` (and evening) before the
night, the ``night`` itself, or the ``morning`` after it. All three stand in the night's one row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from sleepstats.errors import DiaryError

Kind = Literal["recorded", "computed", "device", "factor", "control"]
When = Literal["day", "night", "morning"]

#: Name of the index level that dates the night: the evening on which it began.
NIGHT = "night"
#: Name of the outer index level where several people share a frame.
PERSON = "person"
#: Said in the problem of a night that was put together from several records: its minutes are those
#: of the pieces, its clocks those of the whole.
IN_PIECES = "joined as one night in pieces"
#: No amount that a person writes down is larger, nor the inverse of this smaller.
LARGEST = 1e100
#: The key in ``DataFrame.attrs`` under which a frame carries its provenance.
RECORD = "sleepstats"
#: The five clock columns, in the order in which a night passes through them.
CLOCKS = ("into_bed", "lights_out", "sleep_onset", "final_wake", "out_of_bed")


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
    #: One line for the README table.
    meaning: str
    #: Short words for axes and sentences.
    label: str
    #: Columns that enter its definition: correlating it with one of them is a tautology.
    made_of: tuple[str, ...] = ()
    #: Columns that share a clock with it, though neither is made of the other: a tautology too.
    tied: tuple[str, ...] = ()

    @property
    def axis_label(self) -> str:
        """Label with its unit in brackets, for an axis.

        >>> DICTIONARY["tst_min"].axis_label
        'Total sleep time (min)'
        """
        words = self.label[:1].upper() + self.label[1:]
        return f"{words} ({self.unit})" if self.unit else words


def _dictionary(*columns: Column) -> dict[str, Column]:
    return {column.name: column for column in columns}


#: The dictionary: name -> :class:`Column`. Any other column is a factor of the day.
DICTIONARY: Mapping[str, Column] = _dictionary(
    Column("into_bed", "recorded", "night", "local time",
           "got into bed (Consensus Sleep Diary item 1)", "into bed"),
    Column("lights_out", "recorded", "night", "local time",
           "tried to go to sleep (item 2)", "lights out"),
    Column("sleep_onset", "computed", "night", "local time",
           "fell asleep, lights_out + SOL", "sleep onset", ("lights_out", "sol_min")),
    Column("final_wake", "recorded", "night", "local time",
           "final awakening (item 6)", "final awakening"),
    Column("out_of_bed", "recorded", "night", "local time",
           "got out of bed for the day (item 7)", "out of bed"),
    Column("sol_min", "recorded", "night", "min",
           "sleep onset latency, SOL (item 3)", "sleep onset latency",
           ("lights_out", "sleep_onset")),
    Column("waso_min", "recorded", "night", "min",
           "wake after sleep onset, before the final awakening, WASO (item 5)",
           "wake after sleep onset"),
    Column("nawk", "recorded", "night", "",
           "awakenings, the final one not counted, NAWK (item 4)", "awakenings", ("waso_min",)),
    Column("tib_min", "computed", "night", "min",
           "time in bed, TIB = out_of_bed − into_bed", "time in bed",
           ("into_bed", "out_of_bed", "tst_min")),
    Column("spt_min", "computed", "night", "min",
           "sleep period time, SPT = final_wake − sleep_onset", "sleep period time",
           ("sleep_onset", "final_wake")),
    Column("tst_min", "computed", "night", "min",
           "total sleep time, TST = SPT − WASO, or the device's own figure", "total sleep time",
           ("spt_min", "waso_min")),
    Column("twak_min", "computed", "night", "min",
           "terminal wakefulness, TWAK = out_of_bed − final_wake", "terminal wakefulness",
           ("final_wake", "out_of_bed")),
    Column("se_pct", "computed", "night", "%",
           "sleep efficiency, SE = 100·TST/TIB", "sleep efficiency", ("tst_min", "tib_min")),
    Column("midsleep_h", "computed", "night", "h after the evening's midnight",
           "midsleep, sleep_onset + SPT/2, in hours after the evening date's midnight "
           "(27.5 is 03:30)", "midsleep", ("sleep_onset", "final_wake")),
    Column("bedtime_deviation_min", "factor", "night", "min",
           "distance of the bed time from the usual of the four weeks before, earlier or later",
           "bed time off the usual", ("into_bed", "lights_out"),
           ("sleep_onset", "midsleep_h", "tib_min")),
    Column("quality", "recorded", "morning", "",
           "rating of the night, on the file's scale, higher is better", "sleep quality"),
    Column("rested", "recorded", "morning", "",
           "rested or alert on waking, on the file's scale, higher is better", "rested on waking"),
    Column("mood_on_waking", "recorded", "morning", "",
           "mood on waking, on the file's scale, higher is better", "mood on waking"),
    Column("nap_min", "recorded", "day", "min", "naps of the day before", "naps"),
    Column("stress", "factor", "day", "",
           "stress of the day before the night, on the file's scale, higher is more", "stress"),
    Column("awake_min", "device", "night", "min", "awake in bed, as the device says",
           "awake in bed", ("tib_min", "tst_min", "sol_min", "waso_min")),
    Column("rem_min", "device", "night", "min", "REM or dream sleep, as the device says",
           "REM sleep", ("tst_min",)),
    Column("light_min", "device", "night", "min", "light sleep, as the device says",
           "light sleep", ("tst_min",)),
    Column("deep_min", "device", "night", "min", "deep sleep, as the device says",
           "deep sleep", ("tst_min",)),
    Column("device_regularity_pct", "device", "night", "%",
           "the app's own regularity score", "app's regularity score"),
    Column("heart_rate_bpm", "device", "morning", "bpm", "heart rate on waking", "heart rate"),
    Column("resting_heart_rate_bpm", "device", "night", "bpm",
           "resting heart rate in this night, as the device says", "resting heart rate"),
    Column("sleeping_heart_rate_bpm", "device", "night", "bpm", "mean heart rate of this night",
           "heart rate asleep"),
    Column("lowest_heart_rate_bpm", "device", "night", "bpm", "lowest heart rate in this night",
           "lowest heart rate"),
    Column("hrv_ms", "device", "night", "ms", "heart rate variability in this night (RMSSD)",
           "heart rate variability"),
    Column("breaths_per_min", "device", "night", "per min", "breathing rate in this night",
           "breathing rate"),
    Column("blood_oxygen_pct", "device", "night", "%", "blood oxygen in this night",
           "blood oxygen"),
    Column("skin_temperature_c", "device", "night", "°C", "skin temperature in this night",
           "skin temperature"),
    Column("movements_per_h", "device", "night", "per hour", "movements in bed", "movements"),
    Column("snore_min", "device", "night", "min", "snoring", "snoring"),
    Column("coughs_per_h", "device", "night", "per hour", "coughing", "coughing"),
    Column("body_temperature_deviation_c", "device", "night", "°C",
           "body temperature against the person's usual", "body temperature deviation"),
    Column("air_pressure_kpa", "control", "night", "kPa", "air pressure", "air pressure"),
    Column("weather_temperature_c", "control", "night", "°C", "outdoor temperature",
           "outdoor temperature"),
    Column("weather", "control", "night", "", "weather in words", "weather"),
    Column("city", "control", "night", "", "place, as the app says", "city"),
    Column("alarm_mode", "control", "night", "", "kind of alarm set", "alarm"),
    Column("zone", "control", "night", "", "time zone of the clock columns", "time zone"),
    Column("comments", "control", "night", "", "free text of the source", "comments"),
    Column("planned", "control", "night", "", "condition a trial planned for the night",
           "planned condition"),
    Column("done", "control", "night", "", "condition of a trial that was done", "condition done"),
    Column("guess", "control", "night", "", "condition of a trial as the person guessed it",
           "guessed condition"),
    Column("trial_plan", "control", "night", "", "how a trial's plan was drawn", "trial plan"),
    Column("stop_rule", "control", "night", "", "stop rule written before a trial", "stop rule"),
    Column("trial_warning", "control", "night", "", "warning that a trial's plan opens with",
           "trial warning"),
    Column("problem", "control", "night", "",
           "empty, or what was wrong in the source line and what was done", "problem"),
)  # fmt: skip

#: Unit suffixes of names, longest first: ``screens_min`` is in minutes.
SUFFIX_UNITS = {
    "_h_before_bed": "h before bed",
    "_per_h": "per hour",
    "_drinks": "drinks",
    "_units": "units",
    "_steps": "steps",
    "_cups": "cups",
    "_lux": "lux",
    "_bpm": "bpm",
    "_pct": "%",
    "_min": "min",
    "_mcg": "µg",
    "_kpa": "kPa",
    "_mg": "mg",
    "_ml": "ml",
    "_km": "km",
    "_kg": "kg",
    "_db": "dB",
    "_h": "h",
    "_c": "°C",
    "_f": "°F",
    "_g": "g",
}


def split_unit(name: str) -> tuple[str, str]:
    """Return words and unit of a column name that carries its unit.

    >>> split_unit("bedroom_temperature_c")
    ('bedroom temperature', '°C')
    >>> split_unit("reading")
    ('reading', '')
    """
    for suffix, unit in SUFFIX_UNITS.items():
        if name.endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)].replace("_", " "), unit
    return name.replace("_", " "), ""


def column_of(nights: pd.DataFrame | None, name: str) -> Column:
    """Look a column up: the frame's own record first, then the dictionary, then its name.

    >>> column_of(None, "screens_min").unit
    'min'
    >>> column_of(None, "screens_min").when
    'day'
    """
    if name in DICTIONARY:
        column = DICTIONARY[name]
    else:
        words, unit = split_unit(name)
        if words.endswith(" last"):
            words = f"last {words.removesuffix(' last')}"
        made_of = ("into_bed", "lights_out") if name.endswith("_h_before_bed") else ()
        column = Column(name, "factor", "day", unit, words, words, made_of)
    told = {} if nights is None else nights.attrs.get(RECORD, {}).get("columns", {}).get(name, {})
    changed = {key: told[key] for key in ("kind", "when", "unit", "label") if key in told}
    if "made_of" in told:
        changed["made_of"] = tuple(told["made_of"])
    return replace(column, **changed) if changed else column


def factor_names(nights: pd.DataFrame) -> list[str]:
    """Return the columns of kind factor, in the frame's order.

    A habit that is a clock time is asked once, by its hours before bed where these are known.

    >>> index = pd.date_range("2026-01-01", periods=1, name="night")
    >>> factor_names(pd.DataFrame({"tst_min": 400.0, "stress": 3, "coffee_cups": 2}, index=index))
    ['stress', 'coffee_cups']
    """
    return [
        name
        for name, dtype in zip(nights.columns, nights.dtypes, strict=True)
        if not (dtype.kind == "M" and f"{name}_h_before_bed" in nights)
        and column_of(nights, name).kind == "factor"
    ]


def is_tautology(one: str, other: str, nights: pd.DataFrame | None = None) -> bool:
    """Say whether one column enters the definition of the other, directly or through others.

    ``nights`` is the frame whose reading record may know more (an app's score made of its own
    time in bed).

    >>> is_tautology("se_pct", "sol_min")
    True
    >>> is_tautology("tst_min", "stress")
    False
    """
    return one == other or other in ingredients(one, nights) or one in ingredients(other, nights)


def ingredients(name: str, nights: pd.DataFrame | None = None) -> set[str]:
    """Return every column that enters a column's definition, or is tied to it by a clock.

    >>> sorted(ingredients("waso_min")), sorted(ingredients("nawk"))
    ([], ['waso_min'])
    """
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for part in column_of(nights, waiting.pop()).made_of:
            if part not in found:
                found.add(part)
                waiting.append(part)
    return found.union(column_of(nights, name).tied) - {name}


def name_from_header(header: str) -> str:
    """Turn a person's own header into an attribute-safe column name that keeps its unit.

    >>> name_from_header("Screens before bed (min)")
    'screens_before_bed_min'
    >>> name_from_header("Bedroom temp (°C)")
    'bedroom_temp_c'
    >>> name_from_header("2nd coffee?")
    'n_2nd_coffee'
    """
    text = header.strip().casefold()
    for sign, word in (("°", ""), ("µg", "mcg"), ("%", " pct "), ("&", " and "), ("#", " ")):
        text = text.replace(sign, word)
    text = re.sub(r"\(\s*(minutes|mins)\s*\)", "(min)", text)
    text = re.sub(r"\(\s*(hours|hrs|hr)\s*\)", "(h)", text)
    text = re.sub(r"[’'`]", "", text)
    text = re.sub(r"[^\w]+", "_", text).strip("_")
    if not text:
        return "column"
    return f"n_{text}" if text[0].isdigit() else text


_DURATIONS = ("sol_min", "waso_min", "tib_min", "spt_min", "tst_min", "twak_min", "nap_min",
              "awake_min", "rem_min", "light_min", "deep_min")  # fmt: skip


def check_nights(nights: pd.DataFrame) -> pd.DataFrame:
    """Check that a frame keeps the invariants of ``nights``.

    Parameters
    ----------
    nights : DataFrame
        One row per night. Index: ``DatetimeIndex`` named ``night`` (or a ``MultiIndex``
        ``(person, night)``), dates without time of day and without zone, sorted, unique.

    Returns
    -------
    DataFrame
        The same object, so that the check can stand in a ``pipe``.

    Raises
    ------
    DiaryError
        With every broken invariant: wrong index, duplicate or unsorted nights, duplicate column
        names, clock columns that are no times or out of order, durations that are negative or
        longer than 24 h, efficiency outside 0–100 %.

    Notes
    -----
    A frame built by hand needs an outcome, a factor and this index, nothing else.

    Examples
    --------
    >>> index = pd.date_range("2026-01-01", periods=2, name="night")
    >>> len(check_nights(pd.DataFrame({"tst_min": [420.0, 395.0], "stress": [3, 7]}, index=index)))
    2
    >>> check_nights(pd.DataFrame({"tst_min": [420.0, -5.0]}, index=index))
    Traceback (most recent call last):
    ...
    sleepstats.errors.DiaryError: Column 'tst_min' is negative on 1 night, first on 2026-01-02...
    """
    if not isinstance(nights, pd.DataFrame):
        raise DiaryError(
            f"nights is a {type(nights).__name__}, not a DataFrame. Read a file with "
            "read_diary(path), or build a DataFrame with one row per night."
        )
    problems = [*_index_problems(nights.index)]
    twice = nights.columns[nights.columns.duplicated()].unique().tolist()
    problems += [f"Two columns are named {name!r}. Rename or drop one." for name in twice]
    strange = [name for name in nights.columns if not isinstance(name, str)]
    problems += [
        f"A column is named {name!r}, which is no text. Rename the columns, for example "
        "nights.columns = ['tst_min', 'stress']."
        for name in strange[:1]
    ]
    if not twice and not problems:
        problems += _clock_problems(nights)
        problems += _range_problems(nights)
        problems += _size_problems(nights)
    if problems:
        raise DiaryError(problems)
    return nights


def _index_problems(index: pd.Index) -> list[str]:
    advice = (
        "Set one date per night, for example nights.index = pd.DatetimeIndex(dates, name='night')."
    )
    if isinstance(index, pd.MultiIndex):
        if list(index.names) != [PERSON, NIGHT]:
            return [f"The index levels are {list(index.names)}, expected ['person', 'night']."]
        dates = index.levels[1]
    else:
        if index.name != NIGHT:
            return [f"The index is named {index.name!r}, expected 'night'. {advice}"]
        dates = index
    if not isinstance(dates, pd.DatetimeIndex):
        return [f"The index 'night' holds {dates.dtype} values, expected dates. {advice}"]
    problems = []
    if dates.tz is not None:
        problems.append(
            "The index 'night' has a time zone; a night is a local date. "
            "Use nights.index.tz_localize(None)."
        )
    if dates.hasnans:
        problems.append("The index 'night' has a missing date. Drop or date that row.")
    elif not bool((dates == dates.normalize()).all()):
        problems.append("The index 'night' has times of day. Use nights.index.normalize().")
    if not index.is_unique:
        which = index[index.duplicated()][0]
        which = which[1] if isinstance(index, pd.MultiIndex) else which
        twice = int(index.duplicated().sum())
        problems.append(
            f"{twice} {'night stands' if twice == 1 else 'nights stand'} in the frame twice, first "
            f"{which:%Y-%m-%d}. Keep one row per night."
        )
    if not index.is_monotonic_increasing:
        problems.append("The nights are not in order. Use nights.sort_index().")
    return problems


def _first(nights: pd.DataFrame, bad: np.ndarray) -> str:
    """Return ``"3 nights, first on 2026-01-02"`` for a mask."""
    label = nights.index[int(np.flatnonzero(bad)[0])]
    day = label[1] if isinstance(label, tuple) else label
    count = int(bad.sum())
    return f"{count} night{'s' if count != 1 else ''}, first on {day:%Y-%m-%d}"


def _clock_problems(nights: pd.DataFrame) -> list[str]:
    problems = []
    times: dict[str, np.ndarray] = {}
    for name in (c for c in CLOCKS if c in nights):
        dtype = nights[name].dtype
        if isinstance(dtype, pd.DatetimeTZDtype) or not pd.api.types.is_datetime64_dtype(dtype):
            problems.append(
                f"Column {name!r} is {dtype}, expected local times without zone (datetime64)."
            )
        else:
            times[name] = nights[name].to_numpy("datetime64[us]")
    for earlier, later in pairwise(times):
        bad = times[earlier] > times[later]
        if bad.any():
            problems.append(
                f"Column {earlier!r} is later than {later!r} on {_first(nights, bad)}. "
                "A night runs into_bed, lights_out, sleep_onset, final_wake, out_of_bed."
            )
    return problems


def _range_problems(nights: pd.DataFrame) -> list[str]:
    problems = []
    limits = dict.fromkeys(_DURATIONS, (0.0, 1440.0)) | {"se_pct": (0.0, 100.0)}
    for name, (low, high) in limits.items():
        if name not in nights:
            continue
        if not pd.api.types.is_numeric_dtype(nights[name].dtype):
            problems.append(f"Column {name!r} is {nights[name].dtype}, expected numbers.")
            continue
        values = nights[name].to_numpy(dtype=float, na_value=np.nan)
        if (values < low).any():
            problems.append(
                f"Column {name!r} is negative on {_first(nights, values < low)}. "
                "A duration cannot be."
            )
        if (values > high).any():
            unit = DICTIONARY[name].unit
            problems.append(
                f"Column {name!r} is above {high:g} {unit} on {_first(nights, values > high)}. "
                "Check the unit and the date of that night."
            )
    return problems


def _size_problems(nights: pd.DataFrame) -> list[str]:
    """Refuse numbers that are infinite, or of a size that no unit explains."""
    problems = []
    for name, dtype in nights.dtypes.items():
        if not pd.api.types.is_float_dtype(dtype):
            continue
        size = np.abs(nights[name].to_numpy(dtype=float, na_value=np.nan))
        if not size.size or np.isnan(largest := np.fmax.reduce(size)):
            continue
        if np.isinf(largest):
            where = _first(nights, np.isinf(size))
            problems.append(f"Column {name!r} is infinite on {where}. Set it to missing there.")
        elif largest > LARGEST or 0.0 < largest < 1.0 / LARGEST:
            problems.append(
                f"Column {name!r} has {largest:.3g} for its largest number. Give it a unit in "
                f"which it lies between {1.0 / LARGEST:g} and {LARGEST:g}."
            )
    return problems
