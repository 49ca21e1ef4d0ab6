"""Sleep Cycle: three iOS layouts, the Android one, and each of them re-saved by a spreadsheet.

No column dates the night; ``Start`` and ``End`` are full local stamps. The duration column is
elapsed time and right where a clock change makes the stamps an hour off. ``0`` stands for "not
measured" in time in bed, heart rate and weather. Notes are joined by colons and describe the
evening before the night.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sleepstats.arrays import Floats
from sleepstats.clock import evening_of
from sleepstats.reading.cells import distinct, read_durations, read_numbers, read_stamps
from sleepstats.reading.cells.tags import note_on_blanks, split_tags, unused_names
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.text import DELIMITERS, Cells, Source, normal_header, read_table

_MOODS = {":)": 3.0, ":|": 2.0, ":(": 1.0, "good": 3.0, "ok": 2.0, "bad": 1.0}
_NO_MOOD = ("", "not set", "—", "-")
_DASHES = ("", "—", "-")

#: Header (normalised, blanks before brackets removed) -> column, told kind; numbers as written.
_NUMBERS = {
    "heart rate": "heart_rate_bpm",
    "heart rate(bpm)": "heart_rate_bpm",
    "activity(steps)": "steps",
    "steps": "steps",
    "air pressure(pa)": "air_pressure_kpa",
    "movements per hour": "movements_per_h",
    "coughing(per hour)": "coughs_per_h",
    "body temperature deviation(degrees celsius)": "body_temperature_deviation_c",
    "sleep quality": "quality",
    "regularity": "device_regularity_pct",
    "alertness score": "alertness_score",
    "alertness reaction time(seconds)": "alertness_reaction_time_s",
    "alertness accuracy": "alertness_accuracy",
}
_SECONDS = {
    "time in bed(seconds)": "tib_min",
    "time asleep(seconds)": "tst_min",
    "time before sleep(seconds)": "sol_min",
    "asleep after(seconds)": "sol_min",
    "awake(seconds)": "awake_min",
    "dream(seconds)": "rem_min",
    "light(seconds)": "light_min",
    "deep(seconds)": "deep_min",
    "snore time": "snore_min",
    "snore time(seconds)": "snore_min",
}
_TEXTS = {"alarm mode": "alarm_mode", "city": "city", "weather type": "weather"}
_ZERO_IS_MISSING = ("heart_rate_bpm", "tib_min", "tst_min")


def _key(header: str) -> str:
    return normal_header(header).replace(" (", "(")


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a file whose header has Sleep Cycle's stamp pair and its own columns."""
    number = preview.first_line()
    for delimiter in DELIMITERS:
        keys = [_key(cell) for cell in preview.cells(number, delimiter)]
        have = set(keys)
        if {"went to bed", "woke up", "sleep quality"} <= have:
            layout = "Android layout"
        elif not {"start", "end", "sleep quality"} <= have:
            continue
        elif "time in bed" in have:
            layout = "iOS layout before 2020"
        elif "awake(seconds)" in have:
            layout = "iOS layout since 2023"
        elif have & {"time in bed(seconds)", "regularity"}:
            layout = "iOS layout of 2020 to 2022"
        else:
            continue
        why = f"the header has {_quoted(keys[:3])} and the columns of the {layout}"
        if delimiter != ";":
            why += ", re-saved with another delimiter"
        return Claim(95, number, delimiter, why)
    return None


def _quoted(words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one Sleep Cycle file."""
    table = read_table(source, claim.header_line, claim.delimiter)
    keys = [_key(header) for header in table.header]
    place = {key: i for i, key in reversed(list(enumerate(keys)))}
    draft = Draft(table, FORMAT.name, claim.why, np.empty(0, "datetime64[D]"), tracker=True)
    _stamps(draft, place, options)
    for key, i in place.items():
        cells, header = table.columns[i], table.header[i]
        if key in _SECONDS:
            draft.put(_SECONDS[key], _measure(draft, cells, header, _seconds), header)
        elif key in _NUMBERS:
            draft.put(_NUMBERS[key], _measure(draft, cells, header, read_numbers), header)
        elif key in _TEXTS:
            _text(draft, _TEXTS[key], cells, header)
    if "time in bed" in place:
        i = place["time in bed"]
        minutes = _measure(draft, table.columns[i], table.header[i], _hours_minutes)
        draft.put("tib_min", minutes, table.header[i])
    _moods(draft, place)
    _weather(draft, place)
    _zeros(draft)
    _describe(draft)
    _notes(draft, place)
    known = {"start", "end", "went to bed", "woke up", "wake up", "mood", "notes", "sleep notes",
             "time in bed", *_SECONDS, *_NUMBERS, *_TEXTS}  # fmt: skip
    unused = [
        table.header[i] for key, i in place.items()
        if key not in known and not key.startswith("weather temperature")
    ]  # fmt: skip
    if unused:
        draft.notes.append(f"Columns not used: {', '.join(unused)}.")
    return draft


def _seconds(cells: Cells) -> object:
    return read_durations(cells, unit="s")


def _hours_minutes(cells: Cells) -> object:
    return read_durations(cells, unit="h")


def _measure(draft: Draft, cells: Cells, header: str, parse: Callable[[Cells], object]) -> Floats:
    """Parse a numeric column."""
    values: Floats = draft.parsed(parse(cells), header)  # type: ignore[arg-type]
    return values


def _stamps(draft: Draft, place: dict[str, int], options: Options) -> None:
    table = draft.table
    begin_at = place.get("start", place.get("went to bed"))
    end_at = place.get("end", place.get("woke up"))
    stamps = {}
    for name, at in (("into_bed", begin_at), ("out_of_bed", end_at)):
        header = table.header[at]  # type: ignore[index]
        where = f"{table.name}, column {header!r}"
        cells = table.columns[at]  # type: ignore[index]
        parsed = read_stamps(cells, dayfirst=options.dayfirst, where=where, lines=table.line)
        stamps[name] = draft.parsed(parsed, header).astype("datetime64[us]")
        draft.put(name, stamps[name], header)
    begin, end = stamps["into_bed"], stamps["out_of_bed"]
    draft.night = evening_of(begin, draft.day_cut_h)
    for i in np.flatnonzero(np.isnat(begin)).tolist():
        draft.refused[i] = (
            f"column {table.header[begin_at]!r}: "  # type: ignore[index]
            f"{table.columns[begin_at][i]!r} is no date and time, "  # type: ignore[index]
            "so this row has no night. Expected YYYY-MM-DD HH:MM:SS."
        )
    span = (end - begin) / np.timedelta64(1, "h")
    for i in np.flatnonzero((span < 0) | (span > 24)).tolist():
        draft.tell(i, "", f"from {begin[i]} to {end[i]} is {span[i]:.1f} h: end time not used.")
        end[i] = np.datetime64("NaT", "us")


def _text(draft: Draft, name: str, cells: Cells, header: str) -> None:
    values = cells.copy()
    values[[cell in _DASHES or cell == "No weather" for cell in cells.tolist()]] = None
    if any(value is not None for value in values.tolist()):
        draft.put(name, _str_array(values), header)


def _str_array(values: Cells) -> object:
    import pandas as pd

    return pd.array(values, dtype="str")


def _moods(draft: Draft, place: dict[str, int]) -> None:
    at = place.get("mood", place.get("wake up"))
    if at is None:
        return
    cells, header = draft.table.columns[at], draft.table.header[at]
    texts, codes = distinct(cells)
    words = [text.casefold() for text in texts]
    mood = np.array([_MOODS.get(word, np.nan) for word in words])[codes]
    unknown = np.array([word not in _MOODS and word not in _NO_MOOD for word in words])[codes]
    for i in np.flatnonzero(unknown).tolist():
        draft.tell(i, header, f"{cells[i]!r} is no mood. Expected Good, OK, Bad or a face.")
    if not np.isnan(mood).all():
        draft.put("mood_on_waking", mood, header, label="mood on waking (1 bad, 2 ok, 3 good)")


def _weather(draft: Draft, place: dict[str, int]) -> None:
    at = next((place[key] for key in place if key.startswith("weather temperature")), None)
    if at is None:
        return
    header = draft.table.header[at]
    degrees = _measure(draft, draft.table.columns[at], header, read_numbers)
    if "f)" in _key(header):
        degrees = (degrees - 32.0) * 5.0 / 9.0
    if "weather type" in place:
        types = draft.table.columns[place["weather type"]]
        degrees[[t.strip().casefold() in ("no weather", "") for t in types.tolist()]] = np.nan
    if not np.isnan(degrees).all():
        draft.put("weather_temperature_c", degrees, header)


def _zeros(draft: Draft) -> None:
    """Take the app's zeros for what they mean: not measured."""
    minutes = draft.columns.get("tib_min")
    if minutes is not None:
        failed = np.flatnonzero(minutes == 0)
        span = (draft.columns["out_of_bed"] - draft.columns["into_bed"]) / np.timedelta64(1, "m")
        for i in failed.tolist():
            draft.tell(
                i,
                draft.told["tib_min"]["header"],
                f"0 although {span[i] / 60:.1f} h lie between the stamps: tracking failed, "
                "so time in bed, its end and the app's scores are missing.",
            )
            draft.columns["out_of_bed"][i] = np.datetime64("NaT", "us")
        for name in ("quality", "device_regularity_pct", "tst_min", "sol_min", "awake_min",
                     "rem_min", "light_min", "deep_min"):  # fmt: skip
            if name in draft.columns:
                draft.columns[name][failed] = np.nan
    for name in _ZERO_IS_MISSING:
        if name in draft.columns:
            values = draft.columns[name]
            values[values == 0] = np.nan


def _describe(draft: Draft) -> None:
    told = draft.told
    if "quality" in told:
        told["quality"] |= {
            "kind": "device", "when": "night", "unit": "%", "label": "the app's sleep score",
            "made_of": ["tib_min", "tst_min", "awake_min", "movements_per_h"],
        }  # fmt: skip
    for name in ("tib_min", "tst_min", "sol_min"):
        if name in told:
            told[name]["kind"] = "device"
    for name in ("alertness_score", "alertness_reaction_time_s", "alertness_accuracy"):
        if name in told:
            told[name] |= {"kind": "device", "when": "morning"}
    for name in [n for n, v in draft.columns.items() if v.dtype == float and np.isnan(v).all()]:
        if name != "tib_min":
            del draft.columns[name]
            told.pop(name, None)


def _notes(draft: Draft, place: dict[str, int]) -> None:
    at = place.get("notes", place.get("sleep notes"))
    if at is None:
        return
    cells, header = draft.table.columns[at], draft.table.header[at]
    tags = split_tags(cells, ":")
    names = unused_names(list(tags), set(draft.columns))
    for tag, values in tags.items():
        draft.put(names[tag], values, header, kind="factor", when="day", label=tag)
    if tags:
        blank = np.asarray(next(iter(tags.values())).isna(), dtype=bool)
        if note := note_on_blanks(draft.night, blank, "note"):
            draft.notes.append(note)


FORMAT = Format(
    name="sleep_cycle",
    product="Sleep Cycle (iOS and Android)",
    recognised_by="columns Start, End, Sleep quality and time in bed (Android: Went to bed, "
    "Woke up, Sleep Quality)",
    gives="time in bed; newer layouts also time asleep and a latency that the app sets as a share "
    "of time in bed; notes as yes / no / not recorded habits, mood on waking, steps",
    recognise=recognise,
    read=read,
    signature=("start", "end", "sleep quality", "time in bed", "wake up", "sleep notes"),
)
