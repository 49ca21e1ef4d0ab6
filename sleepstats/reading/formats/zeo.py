"""Zeo headband: ``zeodata.csv`` as exported from myZeo, one row per night.

``Sleep Date`` is the evening, except of nights that begin in the morning; dates are US (month
first). Minutes throughout. ``Rise Time`` is the last awakening, on a grid of five minutes; ``End of
Night`` is the end of the recording, to the minute and usually some minutes later. The columns
``SS …`` ("sleep stealers") and ``… Feel`` are a diary beside the recording: graded answers, blank
or all zero on mornings without one.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from sleepstats.columns import name_from_header
from sleepstats.reading.cells import read_numbers
from sleepstats.reading.nights import NEVER, Draft
from sleepstats.reading.nights.records import TIMES, Column, check_spans, date_records, minute
from sleepstats.reading.nights.tracker import Tracker, dates_of, read_stamps_of

_CLOCKS = {"start of night": "into_bed", "end of night": "out_of_bed", "rise time": "final_wake"}
#: Rise times are whole steps of this, so they may lie a little after the end of the recording.
_GRID = np.timedelta64(5, "m")
_FEELS = {"morning feel": "rested", "day feel 1": "day_feel_1", "day feel 2": "day_feel_2",
          "day feel 3": "day_feel_3"}  # fmt: skip
#: Sleep stealers that describe the night itself rather than the day before it.
_OF_NIGHT = {
    "fall asleep", "comfort", "noise", "light", "temperature", "familiar", "bedroom", "disruption",
    "hot flashes", "dreams", "restroom",
}  # fmt: skip


def _stamps(draft: Draft) -> None:
    if draft.options.dayfirst is None:
        draft.options = replace(draft.options, dayfirst=not _month_first(draft))
    words = [word for word in _CLOCKS if word in draft.place]
    stamps = read_stamps_of(draft, words)
    for word, one in zip(words, stamps, strict=True):
        draft.put(_CLOCKS[word], one, draft.header(word))


def _month_first(draft: Draft) -> bool:
    """Say whether dates are written as myZeo does, unless one of them can only be day first."""
    leading = re.compile(r"\s*(\d{1,2})[/.]")
    found = (leading.match(cell) for cell in draft.cells("sleep date").tolist())
    return not any(match and int(match[1]) > 12 for match in found)


def _date(draft: Draft) -> None:
    """Date the nights by their start; the last awakening lies inside the recording."""
    begin = draft.columns["into_bed"]
    end = next((n for n in ("out_of_bed", "final_wake") if n in draft.columns), "")
    date_records(draft, begin, "start of night", end=draft.columns.get(end), said=TIMES)
    if end:
        check_spans(draft, "into_bed", end, said=TIMES)
    if end == "out_of_bed" and "final_wake" in draft.columns:
        _final_wake(draft)
    _evenings(draft)


def _final_wake(draft: Draft) -> None:
    """Keep the last awakening where it lies inside the recording."""
    wake, begin, rise = (draft.columns[n] for n in ("final_wake", "into_bed", "out_of_bed"))
    header = draft.told["final_wake"]["header"]
    wake = np.where((wake > rise) & (wake - rise <= _GRID), rise, wake)
    for i in np.flatnonzero((wake < begin) | (wake > rise)).tolist():
        draft.tell(i, header, f"{minute(wake[i])} is not between "
                   f"{minute(begin[i])} and {minute(rise[i])}: not used.")  # fmt: skip
        wake[i] = NEVER
    draft.put("final_wake", wake, header)


def _evenings(draft: Draft) -> None:
    """Date nights without a start by ``Sleep Date``, and tell where it means another evening.

    The headband begins a new date in the early morning, this library where nobody goes to bed.
    """
    header = draft.header("sleep date")
    evening = dates_of(draft, "sleep date")
    undated = np.isnat(draft.night) & ~np.isnat(evening)
    draft.night[undated] = evening[undated]
    for i in np.flatnonzero(undated).tolist():
        draft.refused.pop(i, None)
    for i in np.flatnonzero((evening != draft.night) & ~np.isnat(evening)).tolist():
        began = minute(draft.columns["into_bed"][i])
        night = draft.night[i]
        draft.tell(i, header, f"{evening[i]}, but it began at {began}: it is the night of {night}.")


def _after(draft: Draft) -> None:
    _not_worn(draft)
    _diary(draft)


def _not_worn(draft: Draft) -> None:
    """Take a night without any sleep for what it is: the headband recorded nothing."""
    nothing = draft.columns.get("tst_min", np.ones(len(draft.table))) == 0
    for i in np.flatnonzero(nothing).tolist():
        draft.tell(i, "", "no sleep at all was recorded: taken as not measured.")
    for name in (column.name for column in FORMAT.columns.values()):
        if name in draft.columns:
            draft.columns[name][nothing] = np.nan


def _diary(draft: Draft) -> None:
    """Read the answers beside the recording, and how long that diary was kept."""
    keys = [key for key in draft.place if key in _FEELS or re.match(r"ss\b|sscf\b", key)]
    answers = {}
    for key in keys:
        cells = draft.cells(key)
        if any(cell.strip() not in ("", "0") for cell in cells.tolist()):
            answers[key] = draft.parsed(read_numbers(cells), draft.header(key))
    if not answers:
        draft.notes.append("The file has no factors: its diary columns are all blank or zero.")
        return
    kept = np.any([values > 0 for values in answers.values()], axis=0)
    for key, values in answers.items():
        values[~kept] = np.nan
        header = draft.header(key)
        if key in _FEELS:
            values[values == 0] = np.nan
            draft.put(_FEELS[key], values, header, kind="recorded", when="morning",
                      label="morning feel" if key == "morning feel" else key)  # fmt: skip
            continue
        word = re.sub(r"^ss(cf)?\b", lambda m: "custom factor" if m[1] else "", key).strip()
        draft.put(name_from_header(word), values, header, kind="factor",
                  when="night" if word in _OF_NIGHT else "day", label=word)  # fmt: skip
    draft.notes.append(
        f"The diary beside the recording was filled in on {int(kept.sum())} of {len(draft.table)} "
        "nights; on the others its answers count as not recorded. Answers are grades, 0 for none."
    )


FORMAT = Tracker(
    name="zeo",
    product="Zeo headband (myZeo export)",
    recognised_by="columns Sleep Date, ZQ, Total Z, Time to Z, Start of Night",
    gives="time in bed, latency, time awake, stages and awakenings as the headband saw them; the "
    "graded answers of its own diary (caffeine, alcohol and others) where they were filled in",
    signature=("sleep date", "start of night", "time to z", "total z", "zq"),
    why="the header has 'Sleep Date', 'ZQ', 'Total Z' and 'Time to Z'",
    clocks=_CLOCKS,
    columns={
        "total z": Column("tst_min", "min"),
        "time to z": Column("sol_min", "min"),
        "time in wake": Column("waso_min", "min"),
        "time in rem": Column("rem_min", "min"),
        "time in light": Column("light_min", "min"),
        "time in deep": Column("deep_min", "min"),
        "awakenings": Column("nawk"),
        "zq": Column("quality", when="night", label="Zeo's sleep score (ZQ)",
                     made_of=["tst_min", "rem_min", "deep_min", "waso_min", "nawk"]),
    },
    stamps=_stamps,
    dating=_date,
    after=_after,
    known=None,
    besides=("notes",),
)  # fmt: skip
