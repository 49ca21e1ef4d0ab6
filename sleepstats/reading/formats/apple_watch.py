"""AutoSleep and Pillow, which read the Apple Watch.

AutoSleep: one row per day, durations as HH:MM:SS, stamps without offset.

The date labels run a day ahead of the stamps in some exports and overlapping exports label one
night twice, so a night is dated by its stamps. With several sessions in a row the stamps are those
of one of them and the durations the total of all. ``fellAsleepIn`` is zero on nearly every night
and counts as not measured. ``quality`` is a duration; the columns ``…Avg7`` are running means over
a week and are never used.

Pillow: one row per recording, blanks after the commas, ``(null)`` for nothing. Stamps are local.
Minutes throughout, whether or not the header says so. A column marks naps.
"""

from __future__ import annotations

import numpy as np

from sleepstats.reading import cells as of
from sleepstats.reading.nights import NEVER, Claim, Draft, Options, Preview, records, tracker
from sleepstats.reading.nights.records import Column, put_columns
from sleepstats.reading.nights.tracker import Tracker, read_dates_of
from sleepstats.reading.text import normal_header

#: Redundant, or not of this night.
_KNOWN = {"iso8601", "fromdate", "todate", "sessions", "efficiency", "tags", "notes"}


def _after(draft: Draft) -> None:
    if "sessions" in draft.place:
        _sessions(draft)
    _labels(draft)
    _tags_if_any(draft)
    put_columns(draft, {"notes": Column("comments", "text", kind="")})
    if "sol_min" not in draft.columns:
        draft.notes.append("'fellAsleepIn' is zero or blank throughout: no latency was measured.")


def _sessions(draft: Draft) -> None:
    """Drop stamps of one session where the durations are the total of several."""
    header = draft.header("sessions")
    number = draft.parsed(of.read_numbers(draft.cells("sessions")), header)
    total = draft.columns.get("tib_min")
    if total is None:
        return
    bed, wake = draft.columns["into_bed"], draft.columns["out_of_bed"]
    span = (wake - bed) / np.timedelta64(1, "m")
    for i in np.flatnonzero((number > 1) & (total - span > 5)).tolist():
        draft.tell(
            i, header,
            f"{number[i]:.0f} sessions: the times {str(bed[i])[11:16]} to {str(wake[i])[11:16]} "
            f"are of one of them and the durations the total of all, so the times are not used",
        )  # fmt: skip
        bed[i] = wake[i] = NEVER


def _labels(draft: Draft) -> None:
    """Say where the file's own dates and its stamps disagree; the stamps date the night."""
    cells = read_dates_of(draft, "todate")
    ahead = (cells.values - draft.night).astype("m8[D]") - np.timedelta64(1, "D")
    known = ~np.isnat(ahead)
    other = known & (ahead != np.timedelta64(0, "D"))
    if other.any():
        header = draft.header("todate")
        draft.notes.append(
            f"In {int(other.sum())} of {int(known.sum())} rows the label {header!r} is "
            "not the morning after the bed time; nights are dated by their bed times."
        )


def _tags(draft: Draft) -> None:
    """Take tags as factors."""
    cells, header = draft.cells("tags").copy(), draft.header("tags")
    cells[of.is_missing(cells)] = ""
    separator = ";" if any(";" in cell for cell in cells.tolist()) else ","
    tags = of.split_tags(cells, separator)
    names = of.unused_names(list(tags), set(draft.columns))
    for tag, values in tags.items():
        draft.put(names[tag], values, header, kind="factor", when="day", label=tag.lower())
    blank = np.array([not cell.strip() for cell in cells.tolist()], dtype=bool)
    if tags and (note := of.note_on_blanks(draft.night, blank, "tag")):
        draft.notes.append(note)


def _tags_if_any(draft: Draft) -> None:
    if "tags" in draft.place:
        _tags(draft)


_NOTES = (
    "Clock times are those of the phone, without a zone; 'deep' and 'quality' are the app's own "
    "estimates from movement and heart rate.",
)
FORMAT = Tracker(
    name="autosleep",
    product="AutoSleep (Apple Watch)",
    recognised_by="columns toDate, bedtime, waketime, inBed and asleep",
    gives="times and time in bed, time asleep and awake, heart rate, tags; a latency only where "
    "fellAsleepIn is not zero",
    signature=("iso8601", "fromdate", "todate", "bedtime", "waketime", "inbed", "fellasleepin",
               "sessions", "asleep", "efficiency"),
    needs=("bedtime", "waketime", "inbed", "asleep", "todate"),
    why="the header has 'toDate', 'bedtime', 'waketime' and 'inBed'",
    clocks={"bedtime": "into_bed", "waketime": "out_of_bed"},
    columns={
        "inbed": Column("tib_min", "h", zero_missing=True),
        "asleep": Column("tst_min", "h", zero_missing=True),
        "awake": Column("awake_min", "h"),
        "fellasleepin": Column("sol_min", "h", zero_missing=True),
        "deep": Column("deep_min", "h"),
        "quality": Column("quality_sleep_min", "h", when="night", unit="min",
                          label="the app's quality sleep", made_of=["tst_min"]),
        "sleepbpm": Column("sleeping_heart_rate_bpm", least=20, most=250, zero_missing=True),
        "wakingbpm": Column("heart_rate_bpm", least=20, most=250, zero_missing=True,
                            label="heart rate on waking"),
        "hrv": Column("hrv_ms", least=0, most=500, zero_missing=True,
                      label="heart rate variability on waking"),
        "spo2avg": Column("blood_oxygen_pct", least=50, most=100, zero_missing=True),
        "respavg": Column("breaths_per_min", least=2, most=60, zero_missing=True),
        "daybpm": Column("day_heart_rate_bpm", least=20, most=250, zero_missing=True,
                         when="day", label="heart rate by day"),
    },
    lone_naps=False,
    after=_after,
    notes=_NOTES,
    known=lambda word: word.endswith("avg7") or word in _KNOWN,
)  # fmt: skip
#: The layout of the history of 2020 and before: minutes alone, or hours and minutes.
HISTORY = Tracker(
    name="autosleep_history",
    product="AutoSleep (Apple Watch), older layout",
    recognised_by="columns In bed at, Until, Asleep, Fell asleep in and Quality sleep",
    gives="times and time in bed, time asleep, latency where it was measured, heart rate, tags",
    signature=("in bed at", "until", "duration", "asleep", "time awake in bed", "fell asleep in",
               "quality sleep", "deep sleep", "heartrate"),
    needs=("in bed at", "until", "asleep", "quality sleep"),
    clocks={"in bed at": "into_bed", "until": "out_of_bed"},
    columns={
        "duration": Column("tib_min", "min", zero_missing=True),
        "asleep": Column("tst_min", "min", zero_missing=True),
        "time awake in bed": Column("awake_min", "min"),
        "fell asleep in": Column("sol_min", "min", zero_missing=True),
        "quality sleep": FORMAT.columns["quality"],
        "deep sleep": Column("deep_min", "min"),
        "heartrate": Column("sleeping_heart_rate_bpm", least=20, most=250, zero_missing=True),
        "notes": Column("comments", "text", kind=""),
    },
    after=_tags_if_any,
    notes=_NOTES,
    known=("tags",),
)  # fmt: skip
#: Beginnings of headers: versions differ in what follows ("(mins)", "Sleep").
_STEMS = ("duration", "time awake", "time in rem", "time in light", "time in deep",
          "sleep quality", "wake-up mood")  # fmt: skip
_MOODS = {"bad": 1.0, "very bad": 1.0, "poor": 1.0, "ok": 2.0, "okay": 2.0, "neutral": 2.0,
          "average": 2.0, "good": 3.0, "great": 4.0, "very good": 4.0,
          "excellent": 4.0}  # fmt: skip


def _word(header: str) -> str:
    key = normal_header(header)
    return next((stem for stem in _STEMS if key.startswith(stem)), key)


def _claims(preview: Preview, options: Options) -> Claim | None:
    """Claim a file with Pillow's nap column beside start, end and quality."""
    line = preview.first_line()
    found = tracker.header_of(preview, PILLOW.needs, line=line, word=_word)
    words = [normal_header(cell) for cell in preview.cells(line, found[0])] if found else []
    if found and any(one.startswith("time in ") or one == "duration (mins)" for one in words):
        return Claim(93, line, found[0], PILLOW.why)
    return None


def _after_pillow(draft: Draft) -> None:
    _mood(draft)
    _asleep(draft)


def _asleep(draft: Draft) -> None:
    """Add the stages up; all zero means that the recording had none."""
    stages = [name for name in ("rem_min", "light_min", "deep_min") if name in draft.columns]
    if not stages:
        return
    total = np.sum([draft.columns[name] for name in stages], axis=0)
    for name in (*stages, "awake_min"):
        if name in draft.columns:
            draft.columns[name][total == 0] = np.nan
    total = np.where((total == 0) | (total > 1440), np.nan, total)
    if not np.isnan(total).all():
        draft.put("tst_min", total, kind="device", made_of=[*stages, "tib_min", "awake_min"])


def _mood(draft: Draft) -> None:
    """Read the mood on waking: a number, or the app's words from bad to great."""
    if "wake-up mood" not in draft.place:
        return
    cells, header = draft.cells("wake-up mood"), draft.header("wake-up mood")
    said = [
        "" if cell.strip().casefold() in ("(null)", "none") else cell for cell in cells.tolist()
    ]
    mood = np.array([_MOODS.get(cell.strip().casefold(), np.nan) for cell in said], dtype=float)
    rest = np.where(np.isnan(mood), np.array(said, dtype=object), "")
    numbers = of.read_numbers(rest)
    for i in np.flatnonzero(numbers.bad_mask).tolist():
        draft.tell(i, header, f"{cells[i].strip()!r} is no mood known here: not used.")
    mood = np.where(np.isnan(mood), numbers.values, mood)
    if not np.isnan(mood).all():
        draft.put("mood_on_waking", mood, header)


PILLOW = Tracker(
    name="pillow",
    product="Pillow (iOS)",
    recognised_by="columns Start Time, End Time, Duration (mins), Nap, Sleep Quality (%)",
    gives="time in bed, total sleep time and stages, naps by the app's own mark, mood on waking; "
    "no latency, no habits",
    needs=("start time", "end time", "nap", "sleep quality"),
    why="the header has 'Start Time', 'End Time', 'Nap' and 'Sleep Quality'",
    word=_word,
    claims=_claims,
    clocks={"start time": "into_bed", "end time": "out_of_bed"},
    clock_kind="",
    columns={
        "sounds recorded": Column("sounds_recorded", when="night"),
        "time in deep": Column("deep_min", "min"),
        "time in light": Column("light_min", "min"),
        "time in rem": Column("rem_min", "min"),
        "time awake": Column("awake_min", "min"),
        "duration": Column("tib_min", "min"),
        "sleep quality": Column(
            "quality", when="night", unit="%", label="the app's sleep score",
            made_of=["tib_min", "awake_min", "deep_min", "rem_min"],
        ),
    },
    in_file_order=True,
    nap=("nap", ""),
    said=records.TIMES,
    after=_after_pillow,
    notes=("The file has no latency: it is part of the time awake. It has no habits.",),
    known=None,
    signature=("start time", "end time", "duration (mins)", "nap", "sleep quality (%)",
               "time awake", "time in rem", "time in light", "time in deep",),
)  # fmt: skip
FORMATS = (FORMAT, HISTORY, PILLOW)
