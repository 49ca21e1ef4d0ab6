"""Pillow (iOS): one row per recording, blanks after the commas, ``(null)`` for nothing.

Stamps are local. Minutes throughout, whether or not the header says so. A column marks naps.
"""

from __future__ import annotations

import numpy as np

from sleepstats.reading.cells import read_durations, read_numbers, read_yes_no
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.nights.periods import put_period, stamps_in
from sleepstats.reading.text import DELIMITERS, Source, normal_header, read_table

_SIGNATURE = {"start time", "end time", "nap"}
#: Beginnings of headers: versions differ in what follows ("(mins)", "Sleep").
_MINUTES = {"duration": "tib_min", "time awake": "awake_min", "time in rem": "rem_min",
            "time in light": "light_min", "time in deep": "deep_min"}  # fmt: skip
_MOODS = {"bad": 1.0, "very bad": 1.0, "poor": 1.0, "ok": 2.0, "okay": 2.0, "neutral": 2.0,
          "average": 2.0, "good": 3.0, "great": 4.0, "very good": 4.0,
          "excellent": 4.0}  # fmt: skip


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a file with Pillow's nap column beside start, end and quality."""
    number = preview.first_line()
    for delimiter in DELIMITERS:
        keys = [normal_header(cell) for cell in preview.cells(number, delimiter)]
        quality = any(key.startswith("sleep quality") for key in keys)
        stages = any(key.startswith("time in ") for key in keys)
        if set(keys) >= _SIGNATURE and quality and (stages or "duration (mins)" in keys):
            why = "the header has 'Start Time', 'End Time', 'Nap' and 'Sleep Quality'"
            return Claim(93, number, delimiter, why)
    return None


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one Pillow file."""
    table = read_table(source, claim.header_line, claim.delimiter)
    place = {normal_header(h): i for i, h in reversed(list(enumerate(table.header)))}
    draft = Draft(table, FORMAT.name, claim.why, np.empty(0, "datetime64[D]"), tracker=True)
    stamps = []
    for key in ("start time", "end time"):
        stamps.append(stamps_in(draft, place[key], options)[0])
    put_period(
        draft, *stamps, names=("into_bed", "out_of_bed"),
        headers=(table.header[place["start time"]], table.header[place["end time"]]),
        cells=table.columns[place["start time"]],
    )  # fmt: skip
    nap = read_yes_no(table.columns[place["nap"]])
    draft.nap = draft.parsed(nap, table.header[place["nap"]]) == 1.0
    for key, at in place.items():
        name = next((n for begin, n in _MINUTES.items() if key.startswith(begin)), None)
        cells, header = table.columns[at], table.header[at]
        if name and name not in draft.columns:
            draft.put(name, draft.parsed(read_durations(cells, unit="min"), header), header,
                      kind="device")  # fmt: skip
        elif key.startswith("sleep quality"):
            draft.put("quality", draft.parsed(read_numbers(cells), header), header, kind="device",
                      when="night", unit="%", label="the app's sleep score",
                      made_of=["tib_min", "awake_min", "deep_min", "rem_min"])  # fmt: skip
        elif key == "sounds recorded":
            draft.put("sounds_recorded", draft.parsed(read_numbers(cells), header), header,
                      kind="device", when="night")  # fmt: skip
        elif key.startswith("wake-up mood"):
            _mood(draft, at)
    _asleep(draft)
    draft.notes.append("The file has no latency: it is part of the time awake. It has no habits.")
    return draft


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


def _mood(draft: Draft, at: int) -> None:
    """Read the mood on waking: a number, or the app's words from bad to great."""
    cells, header = draft.table.columns[at], draft.table.header[at]
    said = [
        "" if cell.strip().casefold() in ("(null)", "none") else cell for cell in cells.tolist()
    ]
    mood = np.array([_MOODS.get(cell.strip().casefold(), np.nan) for cell in said], dtype=float)
    rest = np.where(np.isnan(mood), np.array(said, dtype=object), "")
    numbers = read_numbers(rest)
    for i in np.flatnonzero(numbers.bad_mask).tolist():
        draft.tell(i, header, f"{cells[i].strip()!r} is no mood known here: not used.")
    mood = np.where(np.isnan(mood), numbers.values, mood)
    if not np.isnan(mood).all():
        draft.put("mood_on_waking", mood, header)


FORMAT = Format(
    name="pillow",
    product="Pillow (iOS)",
    recognised_by="columns Start Time, End Time, Duration (mins), Nap, Sleep Quality (%)",
    gives="time in bed, total sleep time and stages, naps by the app's own mark, mood on waking; "
    "no latency, no habits",
    recognise=recognise,
    read=read,
    signature=(
        "start time",
        "end time",
        "duration (mins)",
        "nap",
        "sleep quality (%)",
        "time awake",
        "time in rem",
        "time in light",
        "time in deep",
    ),
)
