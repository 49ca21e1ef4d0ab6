"""Simple Health Export CSV (Apple Health): one row per segment of a stage, from every device.

The rows of phone, watch and apps overlap and are never added up. Each night is taken from one
device: one that tells stages before one that tells only asleep, and that before one that tells only
in bed; among equals the one with more nights. Segments of one device closer together than 90
minutes are one record; minutes are those of the union of its segments.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sleepstats.arrays import Bools, Floats, Objects, Rows, Stamps
from sleepstats.measures.elapsed import to_wall
from sleepstats.reading.cells import distinct
from sleepstats.reading.nights.device_table import (
    MAIN_SLEEP_MIN,
    date_records,
    header_of,
    places,
    read_together,
    shifted,
)
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.nights.same_night import name_lone_naps
from sleepstats.reading.nights.segments import edges, minutes_covered, number_records
from sleepstats.reading.text import Source, normal_header, read_table

_SIGNATURE = ("type", "sourcename", "sourceversion", "producttype", "device", "startdate",
              "enddate", "value")  # fmt: skip
_NEEDED = ("sourcename", "startdate", "enddate", "value")
_SLEEP_TYPE = "hkcategorytypeidentifiersleepanalysis"
#: Stage words without Apple's prefixes -> what is measured.
_STAGES = {
    "inbed": "in bed", "asleep": "asleep", "asleepunspecified": "asleep", "awake": "awake",
    "asleepcore": "light_min", "asleepdeep": "deep_min", "asleeprem": "rem_min",
    "core": "light_min", "deep": "deep_min", "rem": "rem_min",
}  # fmt: skip
_STAGED = ("light_min", "deep_min", "rem_min")
_ASLEEP = ("asleep", *_STAGED)
_NEVER = np.datetime64("NaT", "us")


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a table of Apple's sleep analysis segments, perhaps below a line ``sep=,``."""
    line = preview.first_line()
    if preview.lines and preview.lines[line - 1].strip().casefold().startswith("sep="):
        line += 1
    found = header_of(preview, _NEEDED, line=line, name=normal_header)
    sleep = any(
        _SLEEP_TYPE in text.casefold() or "asleep" in text.casefold() or "inbed" in text.casefold()
        for text in preview.lines[line:]
    )
    if found is None or not sleep:
        return None
    return Claim(95, line, found[0], "the header has 'sourceName', 'startDate' and sleep segments")


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one file of segments."""
    table = read_table(source, claim.header_line, claim.delimiter)
    place = places(table)
    draft = Draft(table, FORMAT.name, claim.why, np.empty(0, "M8[D]"), tracker=True)
    at = [place["startdate"], place["enddate"]]
    (start, start_offset), (end, end_offset) = read_together(draft, at, options)
    zones = table.columns[place["hktimezone"]] if "hktimezone" in place else None
    start = _local(draft, start, start_offset, zones, options)
    end = _local(draft, end, end_offset, zones, options)
    stage = _stages(draft, place)
    wrong = ~(end > start)
    for i in np.flatnonzero(wrong & ~np.isnat(start) & ~np.isnat(end)).tolist():
        draft.refused[i] = f"a segment from {start[i]} to {end[i]} has no length."
    for i in np.flatnonzero(np.isnat(start) | np.isnat(end)).tolist():
        draft.refused[i] = "a segment without two readable stamps."
    good = ~wrong & np.isin(np.arange(len(table)), list(draft.refused), invert=True)
    names, device = distinct(table.columns[place["sourcename"]])
    record = number_records(start, end, device, good)
    first = _measure(draft, record, start, end, stage, table.header[at[0]])
    draft.part_of = np.where(record >= 0, first[record], -1)
    begin = np.where(record >= 0, draft.columns["into_bed"][draft.part_of], _NEVER)
    date_records(draft, begin, at[0])
    name_lone_naps(draft, draft.columns["into_bed"], draft.columns["out_of_bed"])
    _one_device(draft, first, names, device, stage, record)
    _time_in_bed(draft, np.isin(np.arange(len(table)), draft.part_of[stage == "in bed"]))
    return draft


def _local(
    draft: Draft, stamps: Stamps, offset: Floats, zones: Objects | None,
    options: Options,
) -> Stamps:  # fmt: skip
    """Put stamps on the clock at the bed: the row's zone, else ``tz=``, else as printed."""
    from zoneinfo import available_timezones

    utc = shifted(stamps, -np.nan_to_num(offset))
    local = to_wall(utc, options.tz) if options.tz else stamps.copy()
    draft.zone = options.tz or ""
    if zones is not None:
        known = available_timezones()
        names, codes = distinct(zones)
        for k, name in enumerate(names):
            if name in known:
                local[codes == k] = to_wall(utc[codes == k], name)
        return local
    printed = offset[np.isfinite(offset)]
    if not options.tz and len(printed) and (printed == 0).all():
        sentence = (
            "Every stamp carries +0000 (UTC) and nothing says where the bed stood: clock times and "
            "evenings are given in UTC. Name the zone: read_diary(..., tz='Europe/Berlin')."
        )
        if sentence not in draft.assumed:
            draft.assumed.append(sentence)
    return local


def _stages(draft: Draft, place: dict[str, int]) -> Objects:
    """Return what each segment measures; other types of sample and unknown stages are refused."""
    table = draft.table
    texts, codes = distinct(table.columns[place["value"]])
    plain = [
        text.casefold().replace(" ", "").removeprefix("hkcategoryvaluesleepanalysis").split("/")[0]
        for text in texts
    ]
    stage = np.array([_STAGES.get(word, "") for word in plain], dtype=object)[codes]
    for i in np.flatnonzero(stage == "").tolist():
        draft.refused[i] = f"{table.columns[place['value']][i]!r} is no stage of sleep."
    if "type" in place:
        kinds, codes = distinct(table.columns[place["type"]])
        sleep = np.array([_SLEEP_TYPE in kind.casefold() for kind in kinds], dtype=bool)[codes]
        for i in np.flatnonzero(~sleep).tolist():
            draft.refused[i] = "a sample of another type than sleep analysis."
    return stage


def _measure(
    draft: Draft, record: Rows, start: Stamps, end: Stamps, stage: Objects, header: str
) -> Rows:
    """Set clocks and minutes on the first row of each record; return these rows."""
    count, n = int(record.max()) + 1 if len(record) else 0, len(record)
    rows = np.flatnonzero(record >= 0)
    first = np.full(max(count, 1), -1, dtype=np.intp)
    first[record[rows][::-1]] = rows[::-1]

    def spread(values: NDArray[np.generic], missing: object) -> NDArray[np.generic]:
        out = np.full(n, missing, dtype=values.dtype)
        out[first[:count]] = values
        return out

    asleep = rows[np.isin(stage[rows], _ASLEEP)]
    bed, rise = edges(rows, record, start, end, count)
    onset, wake = edges(asleep, record, start, end, count)
    in_bed = rows[stage[rows] == "in bed"]
    told_in_bed = np.bincount(record[in_bed], minlength=count) > 0
    awake = rows[stage[rows] == "awake"]
    inside = awake[(start[awake] >= onset[record[awake]]) & (end[awake] <= wake[record[awake]])]
    draft.put("into_bed", spread(bed, _NEVER), header, kind="device")
    draft.put("out_of_bed", spread(rise, _NEVER), header, kind="device")
    if len(asleep):
        draft.put("sleep_onset", spread(onset, _NEVER), header, kind="device")
        draft.put("final_wake", spread(wake, _NEVER), header, kind="device")
    minutes = {"tst_min": minutes_covered(asleep, record, start, end, count)}
    for name in _STAGED:
        minutes[name] = minutes_covered(rows[stage[rows] == name], record, start, end, count)
    minutes["awake_min"] = minutes_covered(awake, record, start, end, count)
    staged = ~np.isnan([minutes[name] for name in (*_STAGED, "awake_min")]).all(axis=0)
    minutes["waso_min"] = np.where(
        staged, np.nan_to_num(minutes_covered(inside, record, start, end, count)), np.nan
    )
    latency = (onset - bed) / np.timedelta64(1, "m")
    minutes["sol_min"] = np.where(told_in_bed & (latency > 0), latency, np.nan)
    for name, values in minutes.items():
        if not np.isnan(values).all():
            draft.put(name, spread(values, np.nan), header, kind="device")
    return first


def _time_in_bed(draft: Draft, told: Bools) -> None:
    """Drop bed times of records without a segment in bed: they only begin with sleep."""
    for name in ("into_bed", "out_of_bed"):
        values = draft.columns[name]
        values[~told] = _NEVER
        if np.isnat(values).all():
            del draft.columns[name], draft.told[name]
    if not told.any():
        draft.notes.append("No device tells time in bed: there is no latency and no efficiency.")


def _one_device(
    draft: Draft, first: Rows, names: list[str], device: Rows, stage: Objects,
    record: Rows,
) -> None:  # fmt: skip
    """Keep one device per night; the records of the others are left without values."""
    rows = first[first >= 0]
    rank: dict[int, tuple[int, int]] = {}
    for k in np.unique(device[rows]).tolist():
        has = set(stage[(device == k) & (record >= 0)].tolist())
        detail = 2 if has & set(_STAGED) else 1 if has & set(_ASLEEP) else 0
        rank[k] = (detail, len(np.unique(draft.night[rows[device[rows] == k]])))
    order = sorted(rank, key=lambda k: rank[k], reverse=True)
    length = (draft.columns["out_of_bed"] - draft.columns["into_bed"]) / np.timedelta64(1, "m")
    taken: dict[object, int] = {}
    for least in (MAIN_SLEEP_MIN, 0.0):  # a device that only has a nap does not take the night
        for k in order:
            for i in rows[(device[rows] == k) & (length[rows] >= least)].tolist():
                taken.setdefault(draft.night[i], k)
    lost = [i for i in rows.tolist() if taken[draft.night[i]] != device[i]]
    for values in draft.columns.values():
        values[lost] = _NEVER if values.dtype.kind == "M" else np.nan
    label = np.full(len(draft.table), None, dtype=object)
    label[rows] = np.array(names, dtype=object)[device[rows]]
    draft.put("device", pd.array(label, dtype="str"), draft.table.header[0], kind="control",
              label="device")  # fmt: skip
    if len(order) > 1:
        used = {k: sum(1 for one in taken.values() if one == k) for k in order}
        parts = ", ".join(f"{names[k]!r} {used[k]}" for k in order)
        draft.notes.append(
            f"The rows of {len(order)} devices overlap and are not added up; each night is taken "
            f"from one of them (evenings: {parts}); 'device' says which. Devices do not measure "
            "alike."
        )


FORMAT = Format(
    name="simple_health_export",
    product="Simple Health Export CSV (Apple Health)",
    recognised_by="columns sourceName, startDate, endDate and value with segments of sleep",
    gives="times, time asleep, stages and wake after onset of one device per night; a latency only "
    "where the same device tells time in bed",
    recognise=recognise,
    read=read,
    signature=_SIGNATURE,
)
