"""Pillow (iOS): one row per recording, blanks after the commas, ``(null)`` for nothing.

Stamps are local. Minutes throughout, whether or not the header says so. A column marks naps.
"""

from __future__ import annotations

import numpy as np

from sleepstats.reading.cells import read_numbers
from sleepstats.reading.nights import Claim, Draft, Options, Preview, records, tracker
from sleepstats.reading.text import normal_header

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
    found = tracker.header_of(preview, FORMAT.needs, line=line, word=_word)
    words = [normal_header(cell) for cell in preview.cells(line, found[0])] if found else []
    if found and any(one.startswith("time in ") or one == "duration (mins)" for one in words):
        return Claim(93, line, found[0], FORMAT.why)
    return None


def _after(draft: Draft) -> None:
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
    numbers = read_numbers(rest)
    for i in np.flatnonzero(numbers.bad_mask).tolist():
        draft.tell(i, header, f"{cells[i].strip()!r} is no mood known here: not used.")
    mood = np.where(np.isnan(mood), numbers.values, mood)
    if not np.isnan(mood).all():
        draft.put("mood_on_waking", mood, header)


FORMAT = tracker.Tracker(
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
        "sounds recorded": records.Column("sounds_recorded", when="night"),
        "time in deep": records.Column("deep_min", "min"),
        "time in light": records.Column("light_min", "min"),
        "time in rem": records.Column("rem_min", "min"),
        "time awake": records.Column("awake_min", "min"),
        "duration": records.Column("tib_min", "min"),
        "sleep quality": records.Column(
            "quality", when="night", unit="%", label="the app's sleep score",
            made_of=["tib_min", "awake_min", "deep_min", "rem_min"],
        ),
    },
    in_file_order=True,
    nap=("nap", ""),
    said=records.TIMES,
    after=_after,
    notes=("The file has no latency: it is part of the time awake. It has no habits.",),
    known=None,
    signature=("start time", "end time", "duration (mins)", "nap", "sleep quality (%)",
               "time awake", "time in rem", "time in light", "time in deep",),
)  # fmt: skip
