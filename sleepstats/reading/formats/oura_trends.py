"""Oura's old web export ("trends"): a row per day of waking, scores, seconds, activity.

What a row says of sleep belongs to the night that ended on its date; what it says of activity
belongs to that day, and stands here with the night that followed. ``None`` is missing. Both stamps
carry the morning's offset.
"""

from __future__ import annotations

import numpy as np

from sleepstats.reading.cells import read_dates, read_numbers
from sleepstats.reading.formats.oura import HEART
from sleepstats.reading.nights.device_table import (
    Measure,
    check_spans,
    date_records,
    header_of,
    places,
    put_measures,
    put_zone,
    read_measure,
    read_together,
    tell_clock_changes,
    tell_unused,
)
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.text import RawTable, Source, normal_header, read_table

_SCORE = {"when": "night", "label": "Oura's sleep score", "unit": "",
          "made_of": ["tst_min", "tib_min", "sol_min", "rem_min", "deep_min",
                      "midsleep_h"]}  # fmt: skip
_READY = {"when": "morning", "label": "Oura's readiness score", "unit": "",
          "made_of": ["sleep_score", "average_heart_rate_bpm", "hrv_ms"]}  # fmt: skip
_MEASURES = {
    "total bedtime": Measure("tib_min", "s", zero_missing=True),
    "total sleep duration": Measure("tst_min", "s", zero_missing=True),
    "total sleep time": Measure("tst_min", "s", zero_missing=True),
    "sleep latency": Measure("sol_min", "s"),
    "awake time": Measure("awake_min", "s"),
    "rem sleep duration": Measure("rem_min", "s"),
    "light sleep duration": Measure("light_min", "s"),
    "deep sleep duration": Measure("deep_min", "s"),
    "sleep score": Measure("sleep_score", least=0, most=100, told=_SCORE),
    "readiness score": Measure("readiness_score", least=0, most=100, told=_READY),
    "restless sleep": Measure(
        "restless_pct", least=0, most=100,
        told={"when": "night", "unit": "%", "label": "restless sleep"},
    ),
    "average resting heart rate": Measure(
        "average_heart_rate_bpm", least=20, most=200, zero_missing=True, told=HEART
    ),
    "lowest resting heart rate": Measure(
        "lowest_heart_rate_bpm", least=20, most=200, zero_missing=True
    ),
    "average hrv": Measure("hrv_ms", least=0, most=500, zero_missing=True),
    "temperature deviation (°c)": Measure("body_temperature_deviation_c", least=-10, most=10),
    "respiratory rate": Measure("breaths_per_min", least=2, most=60, zero_missing=True),
}  # fmt: skip
_OF_THE_DAY = {
    "steps": Measure("steps", least=0, most=200_000),
    "activity burn": Measure("activity_burn_kcal", least=0, most=30_000),
}
_TIMING = "sleep timing"
_STAMPS = ("bedtime start", "bedtime end")


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a table with a date, a sleep score and the stamps of the time in bed."""
    line = preview.first_line()
    needed = ("date", "sleep score", *_STAMPS)
    found = header_of(preview, needed, line=line, name=normal_header)
    if found is None:
        return None
    why = "the header has date, Sleep Score, Bedtime Start and Bedtime End of Oura's trends"
    return Claim(95, line, found[0], why)


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one trends file."""
    table = read_table(source, claim.header_line, claim.delimiter)
    place = places(table)
    draft = Draft(
        table, FORMAT.name, claim.why, np.empty(0, "datetime64[D]"), tracker=True, labels="morning"
    )
    (begin, offset), (end, _) = read_together(draft, [place[key] for key in _STAMPS], options)
    draft.put("into_bed", begin, table.header[place[_STAMPS[0]]], kind="device")
    draft.put("out_of_bed", end, table.header[place[_STAMPS[1]]], kind="device")
    put_measures(draft, place, _MEASURES)
    blank = np.array([c.strip() in ("", "None") for c in table.columns[place[_STAMPS[0]]].tolist()])
    for i in np.flatnonzero(blank).tolist():
        draft.refused[i] = f"no sleep was recorded for {table.columns[place['date']][i].strip()!r}."
    date_records(draft, begin, place[_STAMPS[0]])
    check_spans(draft, "into_bed", ("out_of_bed",))
    _dates(draft, place, options)
    timing = _middle(draft, table)
    put_zone(draft, offset, table.header[place[_STAMPS[0]]])
    tell_clock_changes(draft, offset, "morning")
    used = [i for key, i in place.items() if key in {"date", *_STAMPS, *_MEASURES, *_OF_THE_DAY}]
    tell_unused(draft, [*used, timing])
    return draft


def _dates(draft: Draft, place: dict[str, int], options: Options) -> None:
    """Check the label of each row, and move what belongs to its day to the night that followed."""
    table, at = draft.table, place["date"]
    where = f"{table.name}, column {table.header[at]!r}"
    lines = table.line.tolist()
    read = read_dates(table.columns[at], dayfirst=options.dayfirst, where=where, lines=lines)
    date = draft.parsed(read, table.header[at])
    apart = (date - draft.night) / np.timedelta64(1, "D")
    for i in np.flatnonzero((apart != 1) & ~np.isnan(apart)).tolist():
        draft.tell(
            i, table.header[at],
            f"{date[i]} is not the morning after {draft.night[i]}, the evening of the bed time, "
            "which counts.",
        )  # fmt: skip
    row_of = {day: i for i, day in enumerate(date.tolist()) if day is not None}
    before = np.array([row_of.get(night, -1) for night in draft.night.tolist()], dtype=np.intp)
    for key, measure in _OF_THE_DAY.items():
        if key in place:
            header = table.header[place[key]]
            own = read_measure(draft, table.columns[place[key]], header, measure)
            values = np.where(before >= 0, own[before], np.nan)
            if not np.isnan(values).all():
                label = f"{header.casefold()} of the day before"
                draft.put(measure.name, values, header, kind="factor", when="day", label=label)


def _middle(draft: Draft, table: RawTable) -> int:
    """Set the middle of sleep, which the file gives in seconds after bed time; return its column.

    A score may have the same name.
    """
    for i, header in enumerate(table.header):
        if normal_header(header) == _TIMING:
            seconds = read_numbers(table.columns[i]).values
            if np.nanmax(seconds, initial=0.0) > 100:
                bed = (draft.columns["into_bed"] - draft.night) / np.timedelta64(1, "h")
                draft.put("midsleep_h", bed + seconds / 3600.0, header, kind="device")
                return i
    return -1


FORMAT = Format(
    name="oura_trends",
    product='Oura (old web export, "trends")',
    recognised_by="columns date, Sleep Score, Bedtime Start, Bedtime End",
    gives="time in bed and asleep, latency, stages, middle of sleep, heart rate and its "
    "variability, scores, steps of the day before; naps are not in the file",
    recognise=recognise,
    read=read,
    signature=("date", "sleep score", "total sleep score", "total sleep duration",
               "bedtime start", "bedtime end"),
)  # fmt: skip
