"""Fitbit's sleep log as a table: one row per session of ``sleep-….json``, local stamps, no zone.

Takeout and the web API give JSON; people flatten it into CSV, with the JSON's own names or with
those that ``pandas.json_normalize`` makes of them (``levels.summary.deep.minutes``).
"""

from __future__ import annotations

import numpy as np

from sleepstats.reading.nights.device_table import (
    Measure,
    check_spans,
    date_records,
    header_of,
    places,
    put_measures,
    read_together,
    shifted,
    tell_unused,
)
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.nights.same_night import name_lone_naps
from sleepstats.reading.text import Source, normal_header, read_table

_STAMPS = ("starttime", "endtime")
_STAGES = {"deep": "deep_min", "light": "light_min", "rem": "rem_min"}
_AFTER = "minutesafterwakeup"
_MEASURES = {
    "timeinbed": Measure("tib_min", "min", zero_missing=True),
    "minutesasleep": Measure("tst_min", "min", zero_missing=True),
    "minutesawake": Measure("awake_min", "min"),
    "minutestofallasleep": Measure("sol_min", "min"),
    **{
        header: Measure(name, "min")
        for stage, name in _STAGES.items()
        for header in (f"{stage}_min", f"{stage}_minutes", f"levels.summary.{stage}.minutes")
    },
}
#: Known and of no use here: what the others say already, and scores made of them.
_LEFT = {"dateofsleep", "duration", "efficiency", "ismainsleep", "logid", "type", "infocode"}


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a table with the names of Fitbit's sleep log."""
    line = preview.first_line()
    found = header_of(
        preview, ("dateofsleep", *_STAMPS, "minutesasleep"), line=line, name=normal_header
    )
    if found is None:
        return None
    why = "the header has dateOfSleep, startTime, endTime and minutesAsleep of Fitbit's sleep log"
    return Claim(95, line, found[0], why)


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one flattened sleep log."""
    table = read_table(source, claim.header_line, claim.delimiter)
    place = places(table)
    draft = Draft(table, FORMAT.name, claim.why, np.empty(0, "datetime64[D]"), tracker=True)
    (begin, _), (end, _) = read_together(draft, [place[key] for key in _STAMPS], options)
    draft.put("into_bed", begin, table.header[place["starttime"]], kind="device")
    draft.put("out_of_bed", end, table.header[place["endtime"]], kind="device")
    put_measures(draft, place, _MEASURES)
    date_records(draft, begin, place["starttime"])
    check_spans(draft, "into_bed", ("out_of_bed",))
    name_lone_naps(draft, begin, end)
    if _AFTER in place:
        put_measures(draft, {_AFTER: place[_AFTER]}, {_AFTER: Measure("twak_min", "min")})
    if "twak_min" in draft.columns:
        wake = shifted(draft.columns["out_of_bed"], -draft.columns["twak_min"])
        draft.put("final_wake", wake, table.header[place[_AFTER]], kind="device")
    draft.notes.append(
        "Fitbit's sleep log has local clock times without a zone: after a journey they are those "
        "of the tracker. Efficiency is Fitbit's own score and not used."
    )
    used = {_AFTER, *_STAMPS, *_MEASURES, *_LEFT}
    tell_unused(draft, [i for key, i in place.items() if key in used])
    return draft


FORMAT = Format(
    name="fitbit_sessions",
    product="Fitbit (sleep log of Takeout or the web API as a table)",
    recognised_by="columns dateOfSleep, startTime, endTime, minutesAsleep",
    gives="time in bed and asleep, stages, latency (mostly 0: then refused); naps by the rule for "
    "several records of a night",
    recognise=recognise,
    read=read,
    signature=("dateofsleep", "starttime", "endtime", "minutesasleep", "minutesawake", "timeinbed"),
)
