"""Health Auto Export (Apple Health): one wide row per day, durations as decimal hours.

A row's sleep is that of the night that ended on its date; its steps, drinks and minutes of exercise
are of the day itself and go with the night that follows. There are no clock times. The app writes
``0`` or nothing for what Apple Health has no sample of. ``[Asleep]`` is zero where sleep is kept as
stages; ``[Total]`` is newer and wins.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from sleepstats.arrays import Days, Floats
from sleepstats.errors import DiaryError, option
from sleepstats.reading.cells import looks_like_stamps, read_stamps
from sleepstats.reading.nights import Claim, Draft, Options, Preview
from sleepstats.reading.nights.records import Column, read_column, tell_unused
from sleepstats.reading.nights.tracker import Tracker, read_days
from sleepstats.reading.text import DELIMITERS, normal_header

_SLEEP = re.compile(
    r"sleep analysis \[(?P<what>total|asleep|in bed|core|deep|rem|awake)\] ?\((?P<unit>[^)]*)\)"
)
_STAGES = {"core": "light_min", "deep": "deep_min", "rem": "rem_min", "awake": "awake_min"}
#: What a day's row says of the day itself: header words and unit -> column.
_OF_DAY = {
    ("step count", "count"): Column("steps", least=0, zero_missing=True),
    ("step count", "steps"): Column("steps", least=0, zero_missing=True),
    ("dietary caffeine", "mg"): Column("caffeine_mg", least=0, zero_missing=True),
    ("caffeine", "mg"): Column("caffeine_mg", least=0, zero_missing=True),
    ("alcohol consumption", "count"): Column("alcohol_drinks", least=0, zero_missing=True),
    ("apple exercise time", "min"): Column("exercise_min", "min"),
    ("mindful minutes", "min"): Column("mindful_min", "min", zero_missing=True),
    ("time in daylight", "min"): Column("daylight_min", "min", zero_missing=True),
    ("walking + running distance", "km"): Column("walked_km", least=0, zero_missing=True),
}
_UNITS = {"hr": "h", "hrs": "h", "h": "h", "hour": "h", "hours": "h", "min": "min", "mins": "min"}
_DAY = np.timedelta64(1, "D")
_NEVER = np.datetime64("NaT", "D")


def _claims(preview: Preview, options: Options) -> Claim | None:
    """Claim a file with a column of dates and Apple's sleep analysis in brackets."""
    number = preview.first_line()
    for delimiter in DELIMITERS:
        cells = [normal_header(cell) for cell in preview.cells(number, delimiter)]
        sleep = [cell for cell in cells if _SLEEP.fullmatch(cell)]
        if sleep and {"date", "date/time"} & set(cells):
            return Claim(95, number, delimiter, f"the header has a date and {sleep[0]!r}")
    return None


def _nights(draft: Draft) -> None:
    """Date the rows, and take from each its night and its day."""
    keys = [normal_header(header) for header in draft.table.header]
    date_at = next(i for i, key in enumerate(keys) if key in ("date", "date/time"))
    day = _days(draft, date_at, draft.options)
    found: dict[str, int] = {}
    for i, key in enumerate(keys):
        if (match := _SLEEP.fullmatch(key)) and match["unit"] in _UNITS:
            found.setdefault(match["what"], i)
    _sleep(draft, found)
    began = draft.options.labels == "evening"
    evening = day if began else day - _DAY
    draft.labels = "evening" if began else "morning"
    draft.night = np.where(np.isnan(draft.columns["tst_min"]), _NEVER, evening)
    resting = [i for i, key in enumerate(keys) if key.startswith("resting heart rate (")]
    for i in resting[:1]:
        rate = Column("resting_heart_rate_bpm", least=20, most=200, zero_missing=True)
        draft.put(rate.name, read_column(draft, keys[i], rate), draft.table.header[i],
                  kind="device")  # fmt: skip
    used = [date_at, *found.values(), *resting, *_of_day(draft, keys, day)]
    if "total" not in found and draft.options.labels == "auto":
        draft.assumed.append(
            "This is the app's older layout, in which a night often stands on the day it began "
            "(begun after midnight: on the next). Read as the day it ended; durations are right, "
            "evenings may be one off, so habits of another file cannot be joined before you have "
            "compared some nights. If it is the day it began: "
            f"{option('read_diary(...', labels='evening')}."
        )
    nothing = np.isnat(draft.night) & ~np.isnat(day)
    if draft.evenings is not None:
        draft.aside = nothing
        draft.night = np.where(nothing, day, draft.night)
    else:
        for i in np.flatnonzero(nothing).tolist():
            draft.refused[i] = "no sleep was measured in the night before this date."
    draft.notes.append(
        "There are no clock times in this export, only durations: nothing can be said of bed "
        "times, latency or regularity. A night is the one that "
        + ("began" if began else "ended")
        + " on the row's date."
    )
    tell_unused(draft, (), used)


def _days(draft: Draft, at: int, options: Options) -> Days:
    """Return the calendar date of each row; several rows a day are refused."""
    table = draft.table
    header, cells = table.header[at], table.columns[at]
    if not looks_like_stamps(cells):
        return read_days(draft, at)
    where = f"{table.name}, column {header!r}"
    lines = table.line.tolist()
    parsed = read_stamps(cells, dayfirst=options.dayfirst, where=where, lines=lines)
    stamps = parsed.values.astype("M8[us]")
    # a local midnight written in UTC lies up to half a day beside the date's own
    day = (stamps + np.timedelta64(12, "h")).astype("M8[D]")
    if (day != stamps.astype("M8[D]"))[~np.isnat(day)].any():
        draft.notes.append(
            "Rows are stamped with the local midnight written in UTC: the date is that of the "
            "nearest midnight."
        )
    _only_daily(draft, stamps, day)
    for i in np.flatnonzero(np.isnat(day)).tolist():
        draft.refused[i] = f"column {header!r}: {parsed.reason(i) or 'blank: nothing dates it.'}"
    return day


def _only_daily(draft: Draft, stamps: Days, day: Days) -> None:
    known = ~np.isnat(day)
    if not known.any():
        return
    rows, days = int(known.sum()), len(np.unique(day[known]))
    if len(np.unique(stamps[known])) > 1.5 * days:
        raise DiaryError(
            f"{draft.table.name}: {rows} rows for {days} days: this export has several rows a day, "
            "whose hours of sleep must not be added up blindly. In the app choose the time "
            "grouping 'Day' and export again."
        )


def _sleep(draft: Draft, found: dict[str, int]) -> None:
    """Set time asleep, time in bed and stages; zero is not measured."""
    table = draft.table
    blank = np.full(len(table), np.nan)
    values: dict[str, Floats] = {}
    for what, at in found.items():
        match = _SLEEP.fullmatch(normal_header(table.header[at]))
        unit = _UNITS[match["unit"]] if match else "h"
        column = Column(what, unit, zero_missing=what != "awake")  # type: ignore[arg-type]
        values[what] = read_column(draft, normal_header(table.header[at]), column)
    stages = values.get("core", blank) + values.get("deep", blank) + values.get("rem", blank)
    asleep = values.get("total", blank)
    for other in (values.get("asleep", blank), stages):
        asleep = np.where(np.isnan(asleep), other, asleep)
    in_bed = values.get("in bed", blank).copy()
    for i in np.flatnonzero(in_bed + 5 < asleep).tolist():
        header = table.header[found["in bed"]]
        draft.tell(
            i, header,
            f"{in_bed[i]:.0f} min in bed are less than {asleep[i]:.0f} min asleep (another device "
            "measured it): not used",
        )  # fmt: skip
        in_bed[i] = np.nan
    source = next((what for what in ("total", "asleep", "core") if what in found), "")
    draft.put("tst_min", asleep, table.header[found[source]] if source else "", kind="device")
    if not np.isnan(in_bed).all():
        draft.put("tib_min", in_bed, table.header[found["in bed"]], kind="device")
    for what, name in _STAGES.items():
        if what in values and not np.isnan(values[what]).all():
            stage = np.where(np.isnan(asleep), np.nan, values[what])
            draft.put(name, stage, table.header[found[what]], kind="device")


def _of_day(draft: Draft, keys: list[str], day: Days) -> list[int]:
    """Collect what is of the day itself, for the night that follows; return the columns used."""
    table = draft.table
    used: list[int] = []
    parts: dict[str, Floats] = {}
    for i, key in enumerate(keys):
        words, _, unit = key.rpartition(" (")
        column = _OF_DAY.get((words, unit.rstrip(")")))
        if column is None or column.name in parts:
            continue
        used.append(i)
        values = read_column(draft, key, column)
        if not np.isnan(values).all():
            parts[column.name] = values
            draft.told[column.name] = {"header": table.header[i], "kind": "factor", "when": "day"}
    if parts:
        frame = pd.DataFrame(parts, index=pd.DatetimeIndex(day.astype("M8[us]")))
        draft.evenings = frame[frame.index.notna()].dropna(how="all")
        draft.notes.append(
            f"{', '.join(parts)} are of the row's own date and stand with the night that follows; "
            "0 counts as not recorded, except for exercise."
        )
    return used


FORMAT = Tracker(
    name="health_auto_export",
    product="Health Auto Export (Apple Health)",
    recognised_by="a column Date or Date/Time and columns such as Sleep Analysis [Asleep] (hr)",
    gives="time asleep, time in bed and stages per night; steps, caffeine and other daily sums of "
    "the day before; no clock times and no latency",
    claims=_claims,
    labels="morning",
    records=False,
    dating=_nights,
    known=None,
    signature=("date", "date/time", "sleep analysis [total] (hr)", "sleep analysis [asleep] (hr)",
               "sleep analysis [in bed] (hr)", "sleep analysis [core] (hr)",
               "sleep analysis [deep] (hr)", "sleep analysis [rem] (hr)"),
)  # fmt: skip

JSON = Tracker(
    name="health_auto_export_json",
    product="Health Auto Export (Apple Health), JSON",
    recognised_by="records of sleep_analysis with sleepStart, sleepEnd and core or asleep",
    gives="onset, waking, time asleep, stages and time in bed of each night",
    signature=("date", "sleepstart", "sleepend", "inbedstart", "inbedend", "core", "deep", "rem"),
    needs=("sleepstart", "sleepend", "date"),
    why="the records have sleepStart and sleepEnd, as Health Auto Export's",
    clocks={"sleepstart": "sleep_onset", "sleepend": "final_wake"},
    zone="morning",
    lone_naps=True,
    columns={
        "asleep": Column("tst_min", "h", zero_missing=True),
        "totalsleep": Column("tst_min", "h", zero_missing=True),
        "inbed": Column("tib_min", "h", zero_missing=True),
        "core": Column("light_min", "h"),
        "deep": Column("deep_min", "h"),
        "rem": Column("rem_min", "h"),
        "awake": Column("awake_min", "h"),
    },
    known=lambda word: True,
)  # fmt: skip

FORMATS = (FORMAT, JSON)
