"""Zepp, Zepp Life and Mi Fit: ``SLEEP_….csv``, one row per date, times in UTC.

``date`` is the morning of waking, on the clock of the bed. ``start`` and ``stop`` are falling
asleep and waking as the band saw them: the file knows no time in bed. Minutes throughout; REM sleep
is not part of shallow sleep. A row of zeros is a night without the band.

Mi Fitness writes a row per record of anything, what was recorded as JSON in a cell: times in
seconds since 1970, minutes, and the zone of the bed in quarters of an hour.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from itertools import repeat
from types import NoneType
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.reading.nights import Claim, Draft, Options, Preview, records, tracker
from sleepstats.reading.text import Cells, RawTable, Source, normal_header
from sleepstats.reading.text.source import CodedCells

_STAGES = ("deep_min", "light_min", "rem_min")
_DAY = np.timedelta64(1, "D")
_ZEROS = bytes.maketrans(b"123456789", b"000000000")


def _after(draft: Draft) -> None:
    _asleep(draft)
    _no_sleep(draft)
    _evenings(draft)
    _naps(draft)


def _asleep(draft: Draft) -> None:
    """Add the stages up: total sleep time is their sum without the waking."""
    parts = [draft.columns[name] for name in _STAGES if name in draft.columns]
    if "rem_min" in draft.columns and not (draft.columns["rem_min"] > 0).any():
        del draft.columns["rem_min"], draft.told["rem_min"]
        draft.notes.append("REM sleep is 0 throughout: this band does not measure it.")
    made_of = [name for name in _STAGES if name in draft.columns]
    total = np.sum(parts, axis=0) if parts else np.full(len(draft.table), np.nan)
    for i in np.flatnonzero(total > 1440).tolist():
        draft.tell(i, "", f"the stages add up to {total[i]:g} min, more than a day: not used.")
    total = np.where(total > 1440, np.nan, total)
    draft.put("tst_min", total, kind="device", made_of=[*made_of, "spt_min", "waso_min"])


def _evenings(draft: Draft) -> None:
    """Without ``tz=`` take the evening from ``date``, which is the only local time in the file."""
    cells, header = draft.cells("date"), draft.header("date")
    # the label is a day at the bed and the stamps are UTC: no cut of theirs can apply to it
    evening = tracker.dates_of(draft, "date") - _DAY
    both = ~np.isnat(evening) & ~np.isnat(draft.night)
    apart = both & (evening != draft.night)
    if draft.options.tz:
        if apart.any():
            draft.notes.append(
                f"In the zone {draft.options.tz!r}, column {header!r} is not the morning after on "
                f"{int(apart.sum())} of {int(both.sum())} nights: the times were taken."
            )
        return
    near = both & (evening >= draft.night - _DAY) & (evening <= draft.night + _DAY)
    for i in np.flatnonzero(both & ~near).tolist():
        draft.tell(i, header, f"{cells[i]!r} is not the morning after {draft.night[i]}: not used.")
    draft.night = np.where(near, evening, draft.night)


def _no_sleep(draft: Draft) -> None:
    """Take rows of zeros, whose start is their stop, for nights without the band."""
    begin, end = draft.columns["sleep_onset"], draft.columns["final_wake"]
    total = draft.columns["tst_min"]
    nothing = (begin == end) & ~(total > 0)
    for i in np.flatnonzero(nothing & ~np.isnat(draft.night)).tolist():
        draft.refused[i] = "start is stop and no minute of sleep is given: the band was not worn."
    draft.night[nothing] = np.datetime64("NaT", "us")
    unworn = ~nothing & (total == 0)
    for i in np.flatnonzero(unworn & ~np.isnat(draft.night)).tolist():
        draft.tell(i, "", "no minute of sleep is given between start and stop: not measured.")
    for name in ("tst_min", "waso_min", *_STAGES):
        if name in draft.columns:
            draft.columns[name][nothing | unworn] = np.nan


def _naps(draft: Draft) -> None:
    if "naps" not in draft.place:
        return
    given = [i for i, cell in enumerate(draft.cells("naps").tolist())
             if cell.strip() not in ("", "[]", "0", "null", "None")]  # fmt: skip
    if given:
        header = draft.header("naps")
        draft.notes.append(f"Column {header!r} is not read; rows with an entry: {len(given)}.")


_ZEPP = tracker.Tracker(
    name="zepp",
    product="Zepp, Zepp Life, Mi Fit (Amazfit, Xiaomi bands)",
    recognised_by="columns date, deepSleepTime, shallowSleepTime, wakeTime, start, stop",
    gives="falling asleep and waking in UTC (the zone has to be named), stages, time awake; no "
    "time in bed, no latency, no habits",
    signature=("date", "deepsleeptime", "shallowsleeptime", "start", "stop", "waketime"),
    why="the header has 'deepSleepTime', 'shallowSleepTime', 'wakeTime', 'start', 'stop'",
    clocks={"start": "sleep_onset", "stop": "final_wake"},
    clock_kind="",
    zone="utc",
    columns={
        "deepsleeptime": records.Column("deep_min", "min"),
        "shallowsleeptime": records.Column("light_min", "min"),
        "remtime": records.Column("rem_min", "min"),
        "waketime": records.Column("waso_min", "min"),
    },
    after=_after,
    notes=(
        "The file has no time in bed and no latency: the band gives falling asleep and waking "
        "only.",
    ),
    known=None,
    besides=("naps", "lastsynctime"),
    labels="morning",
    said=records.TIMES,
)


#: Names in the JSON of a record of sleep.
_RECORD = ("bedtime", "wake_up_time", "timezone", "duration", "sleep_deep_duration",
           "sleep_light_duration", "sleep_rem_duration", "sleep_awake_duration", "avg_hr", "min_hr",
           "sleep_score", "awake_count")  # fmt: skip
_OTHER = "a record of something else than sleep"
#: Forms of documents that are read at once, and digits that a number has in them, at most.
_MOST_FORMS, _MOST_DIGITS = 64, 18


def _claim(preview: Preview, options: Options) -> Claim | None:
    """Claim the files of records, of which that of sports has a category."""
    line = preview.first_line()
    needs = ("uid", "sid", "key", "time", "value")
    found = tracker.header_of(preview, needs, line=line, word=normal_header)
    if found is None or "category" in found[1]:
        return None
    return Claim(95, line, found[0], "the header has 'Uid', 'Sid', 'Key', 'Time', 'Value'")


def _documents(texts: list[str]) -> list[Any]:
    """Read cells of JSON, all at once where each is whole; what is none holds nothing."""
    with suppress(ValueError):
        found: list[Any] = json.loads(f"[{','.join(texts)}]")
        if len(found) == len(texts):
            return found
    found = []
    for text in texts:
        try:
            found.append(json.loads(text))
        except ValueError:
            found.append({})
    return found


def _written(values: np.ndarray | list[Any]) -> Cells:
    """Write the values of a column, each whole number once; what is 0 or absent is blank."""
    numbers = np.array([])
    if isinstance(values, np.ndarray):
        numbers = values
    elif {*map(type, values)} <= {int, NoneType}:
        numbers = np.array([one or 0 for one in values])
    if numbers.dtype != np.int64:  # also a number of more digits than fit
        return np.array([str(one) if one else "" for one in values], dtype=object)
    codes, known = pd.factorize(numbers)
    texts = [str(one or "") for one in known.tolist()]
    cells = np.array(texts, dtype=object)[codes].view(CodedCells)
    cells.coded = (texts, codes)
    return cells


def _stretches(value: Any) -> list[dict[str, Any]]:
    """Return the stretches of sleep of a document."""
    value = value if isinstance(value, dict) else {}
    parts = [one for one in value.get("segment_details") or () if isinstance(one, dict)]
    if len(parts) == 1:
        value.setdefault("duration", value.get("total_duration"))
        parts = [value | parts[0]]
    return parts or [value]


def _at_once(texts: list[str]) -> tuple[np.ndarray, list[np.ndarray]] | None:
    """Return whose each stretch is, and columns; None where not all is plain whole numbers.

    A program writes few forms of a document, which differ in their numbers only: of each form one
    is read, with the place of every number instead of it.
    """
    written = "\n".join(texts).encode("utf-8", "replace")
    signs = np.frombuffer(written, dtype=np.uint8)
    digit = signs - np.uint8(ord("0")) < np.uint8(10)
    begins, ends = digit.copy(), digit.copy()
    begins[1:] &= ~digit[:-1]
    ends[:-1] &= ~digit[1:]
    zeros = np.frombuffer(written.translate(_ZEROS), dtype=np.uint8)[begins | ~digit]
    codes, forms = pd.factorize(np.array(zeros.tobytes().decode().split("\n"), dtype=object))
    at = np.flatnonzero(begins)
    length = np.flatnonzero(ends) - at + 1
    led = (signs[at] == ord("0")) & (length > 1)  # no number of JSON, or behind a decimal point
    if len(codes) != len(texts) or len(forms) > _MOST_FORMS or led.any():
        return None
    if not len(at) or length.max() > _MOST_DIGITS:
        return None
    numbers = np.zeros(len(at), dtype=np.int64)
    for size in np.unique(length).tolist():
        here, steps = np.flatnonzero(length == size), np.arange(size)
        numbers[here] = (signs[at[here, None] + steps] - np.uint8(ord("0"))) @ 10 ** steps[::-1]
    count = np.array([form.count("0") for form in forms])
    first = np.cumsum(count[codes]) - count[codes]
    whose, columns = list[np.ndarray](), [list[np.ndarray]() for _ in _RECORD]
    for code, form in enumerate(forms):
        ours, cuts = np.flatnonzero(codes == code), form.split("0")
        places = [*map(str, range(1, len(cuts))), ""]
        try:
            value = json.loads("".join(map(str.__add__, cuts, places)))
        except ValueError:
            return None
        for stretch in _stretches(value):
            whose.append(ours)
            for column, said in zip(columns, map(stretch.get, _RECORD), strict=True):
                if said is not None and type(said) is not int:
                    return None
                one = numbers[first[ours] + abs(said) - 1] if said else np.zeros_like(ours)
                column.append(one if (said or 0) >= 0 else -one)
    order = np.argsort(np.concatenate(whose), kind="stable")
    return np.concatenate(whose)[order], [np.concatenate(one)[order] for one in columns]


def _records(source: Source, claim: Claim) -> RawTable:
    """Return a row for each stretch of sleep, its names in the header; all else is skipped."""
    whole = tracker.plain_table(source, claim)
    at = records.places(whole)
    sleep = whole.columns[at["key"]] == "sleep"
    if "tag" in at:  # of the days summed up; others only say that there is something
        sleep &= whole.columns[at["tag"]] == "daily_report"
    texts = whole.columns[at["value"]][sleep].tolist()
    if (found := _at_once(texts)) is not None:
        place, columns = found[0], [*map(_written, found[1])]
    else:
        each = [_stretches(value) for value in _documents(texts)]
        place = np.repeat(np.arange(len(each)), [*map(len, each)])
        columns = [_written([one.get(name) for some in each for one in some]) for name in _RECORD]
    skipped = [*whole.skipped, *zip(whole.line[~sleep].tolist(), repeat(_OTHER), strict=False)]
    return replace(whole, header=[*_RECORD], columns=columns, line=whole.line[sleep][place],
                   skipped=sorted(skipped), width={})  # fmt: skip


def _at_the_bed(draft: Draft) -> None:
    """Read seconds since 1970 on the clock of the record's zone, or of ``tz=``."""
    offset = 15.0 * records.read_column(draft, "timezone", records.Column("zone"))
    for word, name in MI_FITNESS.clocks.items():
        seconds = records.read_column(draft, word, records.Column(name))
        utc = tracker.epoch_ms(1000.0 * seconds)
        if np.isfinite(offset).any() and not draft.options.tz:
            draft.put(name, tracker.to_utc(utc, -offset), draft.header(word), kind="device")
        else:
            draft.put(name, tracker.utc_to_local(draft, utc), draft.header(word), kind="device")
    if not draft.options.tz:
        tracker.put_zone(draft, offset, draft.header("timezone"))


MI_FITNESS = tracker.Tracker(
    name="mi_fitness",
    product="Mi Fitness (Xiaomi account export, …_fitness_data.csv)",
    recognised_by="columns Uid, Sid, Key, Time, Value",
    gives="falling asleep and waking on the clock of the bed, time asleep, stages, time awake, "
    "pulse, score; no time in bed, no latency, no habits",
    signature=("uid", "sid", "key", "time", "value", "updatetime"),
    claims=_claim,
    table=_records,
    stamps=_at_the_bed,
    clocks={"bedtime": "sleep_onset", "wake_up_time": "final_wake"},
    columns={
        "duration": records.Column("tst_min", "min", zero_missing=True),
        "sleep_deep_duration": records.Column("deep_min", "min"),
        "sleep_light_duration": records.Column("light_min", "min"),
        "sleep_rem_duration": records.Column("rem_min", "min"),
        "sleep_awake_duration": records.Column("waso_min", "min"),
        "awake_count": records.Column("nawk"),
        "avg_hr": records.Column("sleeping_heart_rate_bpm", zero_missing=True),
        "min_hr": records.Column("lowest_heart_rate_bpm", zero_missing=True),
        "sleep_score": records.Column("sleep_score", zero_missing=True),
    },
    known=("timezone",),
    notes=_ZEPP.notes,
    said=records.TIMES,
)
FORMATS = (_ZEPP, MI_FITNESS)
