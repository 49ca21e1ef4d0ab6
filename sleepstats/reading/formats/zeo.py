"""Zeo headband: ``zeodata.csv`` as exported from myZeo, one row per night.

``Sleep Date`` is the evening, except of nights that begin in the morning; dates are US (month
first). Minutes throughout. ``Rise Time`` is the last awakening, on a grid of five minutes; ``End of
Night`` is the end of the recording, to the minute and usually some minutes later. The columns
``SS …`` ("sleep stealers") and ``… Feel`` are a diary beside the recording: graded answers, blank
or all zero on mornings without one.
"""

from __future__ import annotations

import re

import numpy as np

from sleepstats.arrays import Stamps
from sleepstats.columns import name_from_header
from sleepstats.reading.cells import read_durations, read_numbers
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.nights.periods import dates_in, put_period, said, stamps_in
from sleepstats.reading.text import DELIMITERS, Cells, Source, normal_header, read_table

_MINUTES = {
    "total z": "tst_min", "time to z": "sol_min", "time in wake": "waso_min",
    "time in rem": "rem_min", "time in light": "light_min", "time in deep": "deep_min",
}  # fmt: skip
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
_SIGNATURE = {"sleep date", "zq", "total z", "time to z", "start of night"}


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a file whose header has Zeo's own words for sleep."""
    number = preview.first_line()
    for delimiter in DELIMITERS:
        if {normal_header(cell) for cell in preview.cells(number, delimiter)} >= _SIGNATURE:
            why = "the header has 'Sleep Date', 'ZQ', 'Total Z' and 'Time to Z'"
            return Claim(95, number, delimiter, why)
    return None


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one Zeo file."""
    table = read_table(source, claim.header_line, claim.delimiter)
    place = {normal_header(h): i for i, h in reversed(list(enumerate(table.header)))}
    draft = Draft(table, FORMAT.name, claim.why, np.empty(0, "datetime64[D]"), tracker=True)
    month_first = _month_first(table.columns[place["sleep date"]])
    dayfirst = options.dayfirst if options.dayfirst is not None else not month_first
    stamps = {}
    for key, name in _CLOCKS.items():
        if key in place:
            stamps[name], _ = stamps_in(draft, place[key], options, dayfirst=dayfirst)
    ends = "out_of_bed" if "out_of_bed" in stamps else "final_wake"
    header_of = {name: table.header[place[k]] for k, name in _CLOCKS.items() if k in place}
    begin = stamps["into_bed"]
    end = stamps.get(ends, np.full(len(begin), np.datetime64("NaT", "us")))
    put_period(
        draft, begin, end, names=("into_bed", ends),
        headers=(header_of["into_bed"], header_of.get(ends, "")),
        cells=table.columns[place["start of night"]],
    )  # fmt: skip
    _final_wake(draft, stamps, header_of)
    _evenings(draft, place, dayfirst, options)
    for key, name in _MINUTES.items():
        if key in place:
            cells, header = table.columns[place[key]], table.header[place[key]]
            draft.put(name, draft.parsed(read_durations(cells, unit="min"), header), header,
                      kind="device")  # fmt: skip
    if "awakenings" in place:
        _number(draft, place, "awakenings", "nawk", kind="device")
    _number(draft, place, "zq", "quality", kind="device", when="night",
            label="Zeo's sleep score (ZQ)",
            made_of=["tst_min", "rem_min", "deep_min", "waso_min", "nawk"])  # fmt: skip
    _not_worn(draft)
    _diary(draft, place)
    return draft


def _month_first(cells: Cells) -> bool:
    """Say whether dates are written as myZeo does, unless one of them can only be day first."""
    leading = re.compile(r"\s*(\d{1,2})[/.]")
    found = (leading.match(cell) for cell in cells.tolist())
    return not any(match and int(match[1]) > 12 for match in found)


def _number(draft: Draft, place: dict[str, int], key: str, name: str, **told: object) -> None:
    cells, header = draft.table.columns[place[key]], draft.table.header[place[key]]
    draft.put(name, draft.parsed(read_numbers(cells), header), header, **told)


def _final_wake(draft: Draft, stamps: dict[str, Stamps], header_of: dict[str, str]) -> None:
    """Set the last awakening where it is a column beside the end of the recording."""
    if "out_of_bed" not in stamps or "final_wake" not in stamps:
        return
    wake, begin, rise = stamps["final_wake"], stamps["into_bed"], draft.columns["out_of_bed"]
    wake = np.where((wake > rise) & (wake - rise <= _GRID), rise, wake)
    for i in np.flatnonzero((wake < begin) | (wake > rise)).tolist():
        draft.tell(i, header_of["final_wake"], f"{said(wake[i])} is not between "
                   f"{said(begin[i])} and {said(rise[i])}: not used.")  # fmt: skip
        wake[i] = np.datetime64("NaT", "us")
    draft.put("final_wake", wake, header_of["final_wake"])


def _evenings(draft: Draft, place: dict[str, int], dayfirst: bool, options: Options) -> None:
    """Date nights without a start by ``Sleep Date``, and tell where it means another evening.

    The headband begins a new date in the early morning, this library where nobody goes to bed.
    """
    at = place["sleep date"]
    header = draft.table.header[at]
    evening = dates_in(draft, at, options, dayfirst=dayfirst)
    undated = np.isnat(draft.night) & ~np.isnat(evening)
    draft.night[undated] = evening[undated]
    for i in np.flatnonzero(undated).tolist():
        draft.refused.pop(i, None)
    for i in np.flatnonzero((evening != draft.night) & ~np.isnat(evening)).tolist():
        began = said(draft.columns["into_bed"][i])
        night = draft.night[i]
        draft.tell(i, header, f"{evening[i]}, but it began at {began}: it is the night of {night}.")


def _not_worn(draft: Draft) -> None:
    """Take a night without any sleep for what it is: the headband recorded nothing."""
    nothing = draft.columns.get("tst_min", np.ones(len(draft.table))) == 0
    for i in np.flatnonzero(nothing).tolist():
        draft.tell(i, "", "no sleep at all was recorded: taken as not measured.")
    for name in ("quality", "nawk", *_MINUTES.values()):
        if name in draft.columns:
            draft.columns[name][nothing] = np.nan


def _diary(draft: Draft, place: dict[str, int]) -> None:
    """Read the answers beside the recording, and how long that diary was kept."""
    table = draft.table
    keys = [key for key in place if key in _FEELS or re.match(r"ss\b|sscf\b", key)]
    answers = {}
    for key in keys:
        cells = table.columns[place[key]]
        if any(cell.strip() not in ("", "0") for cell in cells.tolist()):
            answers[key] = draft.parsed(read_numbers(cells), table.header[place[key]])
    if not answers:
        draft.notes.append("The file has no factors: its diary columns are all blank or zero.")
        return
    kept = np.any([values > 0 for values in answers.values()], axis=0)
    for key, values in answers.items():
        values[~kept] = np.nan
        header = table.header[place[key]]
        if key in _FEELS:
            values[values == 0] = np.nan
            draft.put(_FEELS[key], values, header, kind="recorded", when="morning",
                      label="morning feel" if key == "morning feel" else key)  # fmt: skip
            continue
        word = re.sub(r"^ss(cf)?\b", lambda m: "custom factor" if m[1] else "", key).strip()
        draft.put(name_from_header(word), values, header, kind="factor",
                  when="night" if word in _OF_NIGHT else "day", label=word)  # fmt: skip
    draft.notes.append(
        f"The diary beside the recording was filled in on {int(kept.sum())} of {len(table)} "
        "nights; on the others its answers count as not recorded. Answers are grades, 0 for none."
    )


FORMAT = Format(
    name="zeo",
    product="Zeo headband (myZeo export)",
    recognised_by="columns Sleep Date, ZQ, Total Z, Time to Z, Start of Night",
    gives="time in bed, latency, time awake, stages and awakenings as the headband saw them; the "
    "graded answers of its own diary (caffeine, alcohol and others) where they were filled in",
    recognise=recognise,
    read=read,
    signature=tuple(sorted(_SIGNATURE)),
)
