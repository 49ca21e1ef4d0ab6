"""Apple Health: its ``export.xml`` or ``.zip``, and Simple Health Export CSV. Rows are segments.

``export.xml`` is read as a stream into a table of its records of sleep, from every device.

The rows of phone, watch and apps overlap and are never added up. Each night is taken from one
device: one that tells stages before one that tells only asleep, and that before one that tells only
in bed; among equals the one with more nights. Segments of one device closer together than 90
minutes are one record; minutes are those of the union of its segments.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sleepstats.arrays import Bools, Floats, Objects, Rows, Stamps
from sleepstats.clock import to_wall
from sleepstats.errors import option
from sleepstats.reading.cells import distinct
from sleepstats.reading.nights import NEVER, Claim, Draft, Options, Preview, tracker, tracker_nights
from sleepstats.reading.nights.records import MAIN_SLEEP_MIN, date_records, name_lone_naps
from sleepstats.reading.text import normal_header

_SIGNATURE = ("type", "sourcename", "sourceversion", "producttype", "device", "startdate",
              "enddate", "value")  # fmt: skip
_NEEDED = ("sourcename", "startdate", "enddate", "value")
#: How they are headed by those who write the records of sleep into a table of their own.
_OWN_WORDS = {
    f"{part}{gap}{what}": f"{part}date"
    for part in ("start", "end") for gap in ("", " ", "_") for what in ("", "date", "time")
}  # fmt: skip
_IN_CELLS = ("hkcategoryvaluesleepanalysis", "asleepcore", "inbed")
_SLEEP_TYPE = "hkcategorytypeidentifiersleepanalysis"
#: Stage words without Apple's prefixes -> what is measured.
_STAGES = {
    "inbed": "in bed", "asleep": "asleep", "asleepunspecified": "asleep", "awake": "awake",
    "asleepcore": "light_min", "asleepdeep": "deep_min", "asleeprem": "rem_min",
    "core": "light_min", "deep": "deep_min", "rem": "rem_min",
}  # fmt: skip
_STAGED = ("light_min", "deep_min", "rem_min")
_ASLEEP = ("asleep", *_STAGED)

#: Minutes between the time lines of different devices or records, so that one pass does for all.
_APART = 1e6


def _claims(preview: Preview, options: Options) -> Claim | None:
    """Claim a table of Apple's sleep analysis segments, perhaps below a line ``sep=,``."""
    line = preview.first_line()
    if preview.lines and preview.lines[line - 1].strip().casefold().startswith("sep="):
        line += 1
    found = tracker.header_of(preview, _NEEDED[1:], line=line, word=_word)
    if found is None or "healthdata" in found[1]:
        return None
    told = (_SLEEP_TYPE, "asleep", "inbed") if "sourcename" in found[1] else _IN_CELLS
    if not any(word in text.casefold() for text in preview.lines[line:] for word in told):
        return None
    return Claim(95, line, found[0], "the header has 'startDate', 'endDate' and sleep segments")


def _word(header: str) -> str:
    word = normal_header(header)
    return _OWN_WORDS.get(word, word)


def _stamps(draft: Draft) -> None:
    for word, stamps in zip(
        SIMPLE_EXPORT.clocks, tracker.read_stamps_of(draft, SIMPLE_EXPORT.clocks), strict=True
    ):
        draft.stamps[word] = _local(draft, word, stamps)
        # elapsed time: on the clock, an hour in which it is changed is there twice or not at all
        draft.stamps[f"{word} utc"] = tracker.to_utc(stamps, draft.offset[word])


def _date(draft: Draft) -> None:
    """Join segments to records, date them, and take each night from one device."""
    start, end = draft.stamps["startdate utc"], draft.stamps["enddate utc"]
    stage = _stages(draft)
    wrong = ~(end > start)
    for i in np.flatnonzero(wrong & ~np.isnat(start) & ~np.isnat(end)).tolist():
        draft.refused[i] = f"a segment from {start[i]} to {end[i]} has no length."
    for i in np.flatnonzero(np.isnat(start) | np.isnat(end)).tolist():
        draft.refused[i] = "a segment without two readable stamps."
    good = ~wrong & np.isin(np.arange(len(start)), list(draft.refused), invert=True)
    told = "sourcename" in draft.place
    names, device = distinct(draft.cells("sourcename") if told else np.full(len(start), ""))
    record = number_records(start, end, device, good)
    first = _measure(draft, record, start, end, stage, draft.header("startdate"))
    draft.part_of = np.where(record >= 0, first[record], -1)
    begin = np.where(record >= 0, draft.columns["into_bed"][draft.part_of], NEVER)
    date_records(draft, begin, "startdate")
    name_lone_naps(draft, draft.columns["into_bed"], draft.columns["out_of_bed"])
    _one_device(draft, first, names, device, stage, record)
    _time_in_bed(draft, np.isin(np.arange(len(start)), draft.part_of[stage == "in bed"]))


def _local(draft: Draft, word: str, stamps: Stamps) -> Stamps:
    """Put stamps on the clock at the bed: the row's zone, else ``tz=``, else as printed."""
    from zoneinfo import available_timezones

    offset, tz = draft.offset[word], draft.options.tz
    utc = tracker.to_utc(stamps, offset)
    local = to_wall(utc, tz).copy() if tz else stamps.copy()
    draft.zone = tz or ""
    if "hktimezone" in draft.place:
        known = available_timezones()
        names, codes = distinct(draft.cells("hktimezone"))
        for k, name in enumerate(names):
            if name in known:
                local[codes == k] = to_wall(utc[codes == k], name)
        return local
    printed = offset[np.isfinite(offset)]
    if not tz and len(printed) and (printed == 0).all():
        sentence = (
            "Every stamp carries +0000 (UTC) and nothing says in which time zone you slept: clock "
            "times and evenings are given in UTC. Name the zone: "
            f"{option('read_diary(...', tz='Europe/Berlin')}."
        )
        if sentence not in draft.assumed:
            draft.assumed.append(sentence)
    return local


def _stages(draft: Draft) -> Objects:
    """Return what each segment measures; other types of sample and unknown stages are refused."""
    cells = draft.cells("value")
    texts, codes = distinct(cells)
    plain = [
        text.casefold().replace(" ", "").removeprefix("hkcategoryvaluesleepanalysis").split("/")[0]
        for text in texts
    ]
    stage = np.array([_STAGES.get(word, "") for word in plain], dtype=object)[codes]
    for i in np.flatnonzero(stage == "").tolist():
        draft.refused[i] = f"{cells[i]!r} is no stage of sleep."
    kind = next((word for word in ("type", "healthdata") if word in draft.place), None)
    if kind:
        kinds, codes = distinct(draft.cells(kind))
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
    clock = draft.stamps["startdate"], draft.stamps["enddate"]
    bed, rise = edges(rows, record, start, end, count)
    onset, wake = edges(asleep, record, start, end, count)
    shown_bed, shown_rise = edges(rows, record, start, end, count, clock)
    shown_onset, shown_wake = edges(asleep, record, start, end, count, clock)
    in_bed = rows[stage[rows] == "in bed"]
    told_in_bed = np.bincount(record[in_bed], minlength=count) > 0
    awake = rows[stage[rows] == "awake"]
    inside = awake[(start[awake] >= onset[record[awake]]) & (end[awake] <= wake[record[awake]])]
    draft.put("into_bed", spread(shown_bed, NEVER), header, kind="device")
    draft.put("out_of_bed", spread(shown_rise, NEVER), header, kind="device")
    if len(asleep):
        draft.put("sleep_onset", spread(shown_onset, NEVER), header, kind="device")
        draft.put("final_wake", spread(shown_wake, NEVER), header, kind="device")
    minutes = {"tst_min": minutes_covered(asleep, record, start, end, count)}
    for name in _STAGED:
        minutes[name] = minutes_covered(rows[stage[rows] == name], record, start, end, count)
    minutes["awake_min"] = minutes_covered(awake, record, start, end, count)
    staged = ~np.isnan([minutes[name] for name in (*_STAGED, "awake_min")]).all(axis=0)
    minutes["waso_min"] = np.where(
        staged, np.nan_to_num(minutes_covered(inside, record, start, end, count)), np.nan
    )
    latency = (onset - bed) / np.timedelta64(1, "m")
    if ((shown_rise - shown_bed) != (rise - bed)).any():  # the clocks were changed in a night
        minutes["tib_min"] = np.where(told_in_bed, (rise - bed) / np.timedelta64(1, "m"), np.nan)
        minutes["spt_min"] = (wake - onset) / np.timedelta64(1, "m")
    minutes["sol_min"] = np.where(told_in_bed & (latency > 0), latency, np.nan)
    for name, values in minutes.items():
        if not np.isnan(values).all():
            draft.put(name, spread(values, np.nan), header, kind="device")
    return first


def _time_in_bed(draft: Draft, told: Bools) -> None:
    """Drop bed times of records without a segment in bed: they only begin with sleep."""
    for name in ("into_bed", "out_of_bed"):
        values = draft.columns[name]
        values[~told] = NEVER
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
    rows = rows[~np.isnat(draft.night[rows])]  # what has no evening is of no night
    rank: dict[int, tuple[int, int]] = {}
    for k in np.unique(device[rows]).tolist():
        has = set(stage[(device == k) & (record >= 0)].tolist())
        detail = 2 if has & set(_STAGED) else 1 if has & set(_ASLEEP) else 0
        rank[k] = (detail, len(np.unique(draft.night[rows[device[rows] == k]])))
    order = sorted(rank, key=lambda k: rank[k], reverse=True)
    length = (draft.columns["out_of_bed"] - draft.columns["into_bed"]) / np.timedelta64(1, "m")
    length = np.nan_to_num(length, nan=-np.inf)  # segments that end before they begin
    taken: dict[object, int] = {}
    for least in (MAIN_SLEEP_MIN, -np.inf):  # a device that only has a nap does not take the night
        for k in order:
            for i in rows[(device[rows] == k) & (length[rows] >= least)].tolist():
                taken.setdefault(draft.night[i], k)
    lost = [i for i in rows.tolist() if taken[draft.night[i]] != device[i]]
    for values in draft.columns.values():
        values[lost] = NEVER if values.dtype.kind == "M" else np.nan
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


def number_records(start: Stamps, end: Stamps, device: Rows, good: Bools) -> Rows:
    """Return the record of each segment: a device's run without a gap of more than 90 minutes."""
    record = np.full(len(start), -1, dtype=np.intp)
    rows = np.flatnonzero(good)
    if len(rows):
        order = rows[np.lexsort((start[rows], device[rows]))]
        begin, finish = _minutes(order, start, end)
        line = device[order] * (finish.max() + _APART)
        latest = np.maximum.accumulate(finish + line)
        new = np.concatenate(
            ([True], (begin + line)[1:] - latest[:-1] > tracker_nights.PIECE_GAP_MIN)
        )
        record[order] = np.cumsum(new) - 1
    return record


def minutes_covered(rows: Rows, record: Rows, start: Stamps, end: Stamps, count: int) -> Floats:
    """Return per record the minutes that at least one of the rows covers; NaN where none is."""
    if not len(rows):
        return np.full(count, np.nan)
    order = rows[np.lexsort((start[rows], record[rows]))]
    begin, finish = _minutes(order, start, end)
    line = record[order] * (finish.max() + _APART)
    latest = np.maximum.accumulate(finish + line)
    seen = np.concatenate(([-np.inf], latest[:-1])) - line
    covered = np.clip(finish - np.maximum(begin, seen), 0.0, None)
    total = np.bincount(record[order], covered, minlength=count)
    there = np.bincount(record[order], minlength=count) > 0
    return np.where(there, total, np.nan)


def edges(
    rows: Rows, record: Rows, start: Stamps, end: Stamps, count: int,
    clock: tuple[Stamps, Stamps] | None = None,
) -> tuple[Stamps, Stamps]:  # fmt: skip
    """Return when the first of the rows of each record begins and the last ends.

    ``clock``: the same stamps as they are to be told; their order is not that of time.
    """
    begins, ends = (start, end) if clock is None else clock
    low, high = np.full(count, NEVER), np.full(count, NEVER)
    by_start = rows[np.argsort(start[rows], kind="stable")[::-1]]
    by_end = rows[np.argsort(end[rows], kind="stable")]
    low[record[by_start]] = begins[by_start]  # of several writes to one place the last stays
    high[record[by_end]] = ends[by_end]
    return low, high


def _minutes(order: Rows, start: Stamps, end: Stamps) -> tuple[Floats, Floats]:
    zero = start[order].min()
    minute = np.timedelta64(1, "m")
    return (start[order] - zero) / minute, (end[order] - zero) / minute


SIMPLE_EXPORT = tracker.Tracker(
    name="simple_health_export",
    product="Simple Health Export CSV (Apple Health)",
    recognised_by="columns sourceName, startDate, endDate and value with segments of sleep",
    gives="times, time asleep, stages and wake after onset of one device per night; a latency only "
    "where the same device tells time in bed",
    claims=_claims,
    clocks={"startdate": "into_bed", "enddate": "out_of_bed"},
    stamps=_stamps,
    dating=_date,
    known=None,
    signature=_SIGNATURE,
    word=_word,
)


_OF_XML = ("healthdata", *_NEEDED)


def _xml_claims(preview: Preview, options: Options) -> Claim | None:
    """Claim the table that is made of the export's records of sleep."""
    line = preview.first_line()
    found = tracker.header_of(preview, _OF_XML, line=line, word=normal_header)
    why = "an export of Apple Health: records of sleep analysis"
    return Claim(95, line, found[0], why) if found else None


EXPORT = replace(
    SIMPLE_EXPORT,
    name="apple_health",
    product="Apple Health (export.zip or export.xml)",
    recognised_by="XML with HealthData, also inside of the .zip that the Health app shares",
    claims=_xml_claims,
    signature=_OF_XML,
)
FORMATS = (EXPORT, SIMPLE_EXPORT)
