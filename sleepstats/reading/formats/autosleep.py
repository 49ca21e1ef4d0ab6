"""AutoSleep (Apple Watch): one row per day, durations as HH:MM:SS, stamps without offset.

The date labels run a day ahead of the stamps in some exports and overlapping exports label one
night twice, so a night is dated by its stamps. With several sessions in a row the stamps are those
of one of them and the durations the total of all. ``fellAsleepIn`` is zero on nearly every night
and counts as not measured. ``quality`` is a duration; the columns ``…Avg7`` are running means over
a week and are never used.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sleepstats.reading.cells import is_missing, read_dates, read_numbers
from sleepstats.reading.cells.tags import note_on_blanks, split_tags, unused_names
from sleepstats.reading.nights.device_table import (
    Measure,
    check_spans,
    date_records,
    header_of,
    places,
    put_measures,
    read_together,
    tell_unused,
)
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.text import Source, normal_header, read_table

_SIGNATURE = ("iso8601", "fromdate", "todate", "bedtime", "waketime", "inbed", "fellasleepin",
              "sessions", "asleep", "efficiency")  # fmt: skip
_NEEDED = ("bedtime", "waketime", "inbed", "asleep", "todate")
_MEASURES = {
    "inbed": Measure("tib_min", "h", zero_missing=True),
    "asleep": Measure("tst_min", "h", zero_missing=True),
    "awake": Measure("awake_min", "h"),
    "fellasleepin": Measure("sol_min", "h", zero_missing=True),
    "deep": Measure("deep_min", "h"),
    "quality": Measure("quality_sleep_min", "h", told={
        "when": "night", "unit": "min", "label": "the app's quality sleep", "made_of": ["tst_min"],
    }),
    "sleepbpm": Measure("sleeping_heart_rate_bpm", least=20, most=250, zero_missing=True),
    "wakingbpm": Measure("heart_rate_bpm", least=20, most=250, zero_missing=True),
    "hrv": Measure("hrv_ms", least=0, most=500, zero_missing=True,
                   told={"label": "heart rate variability on waking"}),
    "spo2avg": Measure("blood_oxygen_pct", least=50, most=100, zero_missing=True),
    "respavg": Measure("breaths_per_min", least=2, most=60, zero_missing=True),
    "daybpm": Measure("day_heart_rate_bpm", least=20, most=250, zero_missing=True,
                      told={"when": "day", "label": "heart rate by day"}),
}  # fmt: skip
#: Known and redundant or not measures of this night.
_KNOWN = {*_SIGNATURE, "tags", "notes", *_MEASURES}


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a file whose header has AutoSleep's own words."""
    line = preview.first_line()
    found = header_of(preview, _NEEDED, line=line, name=normal_header)
    if found is None:
        return None
    return Claim(95, line, found[0], "the header has 'toDate', 'bedtime', 'waketime' and 'inBed'")


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one AutoSleep export."""
    table = read_table(source, claim.header_line, claim.delimiter)
    place = places(table)
    draft = Draft(table, FORMAT.name, claim.why, np.empty(0, "M8[D]"), tracker=True)
    ends = [place["bedtime"], place["waketime"]]
    (bed, _), (wake, _) = read_together(draft, ends, options)
    draft.put("into_bed", bed, table.header[ends[0]], kind="device")
    draft.put("out_of_bed", wake, table.header[ends[1]], kind="device")
    put_measures(draft, place, _MEASURES)
    date_records(draft, bed, ends[0])
    check_spans(draft, "into_bed", ("out_of_bed",))
    if "sessions" in place:
        _sessions(draft, place["sessions"])
    _labels(draft, place["todate"], options)
    _words(draft, place)
    if "sol_min" not in draft.columns:
        draft.notes.append("'fellAsleepIn' is zero or blank throughout: no latency was measured.")
    draft.notes.append(
        "Clock times are those of the phone, without a zone; 'deep' and 'quality' are the app's "
        "own estimates from movement and heart rate."
    )
    averages = [i for key, i in place.items() if key.endswith("avg7")]
    tell_unused(draft, [*averages, *(i for key, i in place.items() if key in _KNOWN)])
    return draft


def _sessions(draft: Draft, at: int) -> None:
    """Drop stamps of one session where the durations are the total of several."""
    header = draft.table.header[at]
    number = draft.parsed(read_numbers(draft.table.columns[at]), header)
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
        bed[i] = wake[i] = np.datetime64("NaT", "us")


def _labels(draft: Draft, at: int, options: Options) -> None:
    """Say where the file's own dates and its stamps disagree; the stamps date the night."""
    table = draft.table
    where = f"{table.name}, column {table.header[at]!r}"
    cells = read_dates(
        table.columns[at], dayfirst=options.dayfirst, where=where, lines=table.line.tolist()
    )
    ahead = (cells.values - draft.night).astype("m8[D]") - np.timedelta64(1, "D")
    known = ~np.isnat(ahead)
    other = known & (ahead != np.timedelta64(0, "D"))
    if other.any():
        draft.notes.append(
            f"In {int(other.sum())} of {int(known.sum())} rows the label {table.header[at]!r} is "
            "not the morning after the bed time; nights are dated by their bed times."
        )


def _words(draft: Draft, place: dict[str, int]) -> None:
    """Take tags as factors and notes as comments."""
    table = draft.table
    if "tags" in place:
        cells, header = table.columns[place["tags"]], table.header[place["tags"]]
        separator = ";" if any(";" in cell for cell in cells.tolist()) else ","
        tags = split_tags(cells, separator)
        names = unused_names(list(tags), set(draft.columns))
        for tag, values in tags.items():
            draft.put(names[tag], values, header, kind="factor", when="day", label=tag.lower())
        blank = np.array([not cell.strip() for cell in cells.tolist()], dtype=bool)
        if tags and (note := note_on_blanks(draft.night, blank, "tag")):
            draft.notes.append(note)
    if "notes" in place:
        cells, header = table.columns[place["notes"]], table.header[place["notes"]]
        texts = cells.copy()
        texts[is_missing(cells)] = None
        if any(text is not None for text in texts.tolist()):
            draft.put("comments", pd.array(texts, dtype="str"), header)


FORMAT = Format(
    name="autosleep",
    product="AutoSleep (Apple Watch)",
    recognised_by="columns toDate, bedtime, waketime, inBed and asleep",
    gives="times and time in bed, time asleep and awake, heart rate, tags; a latency only where "
    "fellAsleepIn is not zero",
    recognise=recognise,
    read=read,
    signature=_SIGNATURE,
)
