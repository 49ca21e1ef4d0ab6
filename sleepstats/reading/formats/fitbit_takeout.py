"""Fitbit in Google Takeout, ``UserSleeps_….csv``: UTC stamps and the offset of each end.

Begin and end of the record are taken for getting into and out of bed; latency and the minutes
after waking lie inside. An offset of ``+00:00`` may be a mere placeholder: where bed times would
lie hours from the usual, and the offset of the nearest other night puts them right, that is used,
and told.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats, Stamps
from sleepstats.reading.nights.device_table import (
    MAIN_SLEEP_MIN,
    Measure,
    check_spans,
    date_records,
    header_of,
    places,
    put_measures,
    put_zone,
    read_offsets,
    read_together,
    shifted,
    tell_unused,
    to_zone,
    zone_text,
)
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.text import Source, normal_header, read_table

_MEASURES = {
    "minutes_in_sleep_period": Measure("tib_min", "min", zero_missing=True),
    "minutes_asleep": Measure("tst_min", "min", zero_missing=True),
    "minutes_awake": Measure("awake_min", "min"),
    "minutes_to_fall_asleep": Measure("sol_min", "min"),
    "minutes_longest_awakening": Measure(
        "longest_awakening_min", "min", told={"when": "night", "made_of": ["awake_min"]}
    ),
}
_AFTER = "minutes_after_wake_up"
_STAMPS = ("sleep_start", "sleep_end")
_OFFSETS = ("start_utc_offset", "end_utc_offset")
#: A bed time is out of place if another offset brings it this much nearer to the usual.
_NEARER_MIN = 180.0


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a table with the names of Google's export of sleeps."""
    line = preview.first_line()
    found = header_of(preview, ("sleep_id", *_STAMPS), line=line, name=normal_header)
    if found is None or "minutes_asleep" not in found[1]:
        return None
    why = "the header has sleep_id, sleep_start, sleep_end and minutes_asleep of Google Takeout"
    return Claim(95, line, found[0], why)


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one UserSleeps file."""
    table = read_table(source, claim.header_line, claim.delimiter)
    place = places(table)
    draft = Draft(table, FORMAT.name, claim.why, np.empty(0, "datetime64[D]"), tracker=True)
    (begin, _), (end, _) = read_together(draft, [place[key] for key in _STAMPS], options)
    offsets = [
        read_offsets(table.columns[place[key]]) if key in place else np.full(len(table), np.nan)
        for key in _OFFSETS
    ]
    if options.tz:
        local = [to_zone(one, options.tz) for one in (begin, end)]
        draft.notes.append(f"UTC stamps were brought to the clock of {options.tz}.")
    else:
        offsets[1] = np.where(np.isnan(offsets[1]), offsets[0], offsets[1])
        _placeholders(draft, begin, end, offsets, place)
        _unknown(draft, offsets[0])
        local = [
            shifted(one, np.nan_to_num(offset, nan=0.0))
            for one, offset in zip((begin, end), offsets, strict=True)
        ]
        put_zone(draft, offsets[0], _OFFSETS[0])
        _changed(draft, offsets)
    draft.put("into_bed", local[0], _STAMPS[0], kind="device")
    draft.put("out_of_bed", local[1], _STAMPS[1], kind="device")
    put_measures(draft, place, _MEASURES)
    date_records(draft, local[0], place[_STAMPS[0]])
    check_spans(draft, "into_bed", ("out_of_bed",))
    _final_wake(draft, place)
    if "data_source" in place:
        cells = table.columns[place["data_source"]]
        texts = np.array([cell.strip() or None for cell in cells.tolist()], dtype=object)
        source_of = pd.array(texts, dtype="str")
        draft.put("data_source", source_of, "data_source", kind="control", when="night")
    used = {"sleep_id", "sleep_type", _AFTER, "data_source", *_STAMPS, *_OFFSETS, *_MEASURES}
    tell_unused(draft, [i for key, i in place.items() if key in used])
    return draft


def _placeholders(
    draft: Draft, begin: Stamps, end: Stamps, offsets: list[Floats], place: dict[str, int]
) -> None:
    """Replace offsets of zero that put bed times hours from the usual, by the nearest night's."""
    start = offsets[0]
    given, zero = np.flatnonzero(start != 0), np.flatnonzero(start == 0)
    long = (end - begin) / np.timedelta64(1, "m") >= MAIN_SLEEP_MIN
    given = given[np.isfinite(start[given]) & long[given]]
    if len(given) < 3 or not len(zero) or _OFFSETS[0] not in place:
        return
    clock = (begin - begin.astype("datetime64[D]")) / np.timedelta64(1, "m")
    angle = (clock[given] + start[given]) * (2 * np.pi / 1440.0)
    usual = np.arctan2(np.sin(angle).mean(), np.cos(angle).mean()) * 1440.0 / (2 * np.pi)
    zero = zero[~np.isnat(begin[zero])]
    given = given[np.argsort(begin[given], kind="stable")]
    after = np.clip(np.searchsorted(begin[given], begin[zero]), 1, len(given) - 1)
    left, right = given[after - 1], given[after]
    nearest = np.where(begin[zero] - begin[left] <= begin[right] - begin[zero], left, right)
    for i, near in zip(zero.tolist(), start[nearest].tolist(), strict=True):
        apart = [abs((clock[i] + m - usual + 720.0) % 1440.0 - 720.0) for m in (0.0, near)]
        if apart[0] - apart[1] >= _NEARER_MIN:
            draft.tell(
                i,
                draft.table.header[place[_OFFSETS[0]]],
                f"+00:00 would put the bed time {apart[0] / 60:.1f} h from the usual; the offset "
                f"of the nearest night, {zone_text(near)}, was used.",
            )
            for one in offsets:
                one[i] = near


def _unknown(draft: Draft, offset: Floats) -> None:
    count = int(np.isnan(offset).sum())
    if count:
        draft.assumed.append(
            f"{count} rows have no offset from UTC: their clock times are UTC. Give the zone: "
            "read_diary(path, tz='Europe/Berlin')."
        )


def _changed(draft: Draft, offsets: list[Floats]) -> None:
    """Tell of nights that began and ended under different offsets."""
    for i in np.flatnonzero(offsets[1] - offsets[0] != 0).tolist():
        if np.isfinite(offsets[0][i]):
            draft.tell(
                i,
                "",
                f"the offset changes in the night, from {zone_text(offsets[0][i])} to "
                f"{zone_text(offsets[1][i])}: the clock times are an hour or more closer or "
                "further apart than the sleep was long.",
            )


def _final_wake(draft: Draft, place: dict[str, int]) -> None:
    if _AFTER not in place:
        return
    header = draft.table.header[place[_AFTER]]
    put_measures(draft, {_AFTER: place[_AFTER]}, {_AFTER: Measure("twak_min", "min")})
    if "twak_min" in draft.columns:
        wake = shifted(draft.columns["out_of_bed"], -draft.columns["twak_min"])
        draft.put("final_wake", wake, header, kind="device")


FORMAT = Format(
    name="fitbit_takeout",
    product="Fitbit (Google Takeout, UserSleeps)",
    recognised_by="columns sleep_id, sleep_start, sleep_end, minutes_asleep",
    gives="time in bed and asleep, latency, awake after the final awakening; scores and stress "
    "stand in files of their own",
    recognise=recognise,
    read=read,
    signature=("sleep_id", "sleep_type", "minutes_in_sleep_period", "minutes_after_wake_up",
               "minutes_to_fall_asleep", "minutes_asleep", "minutes_awake", "start_utc_offset",
               "sleep_start", "end_utc_offset", "sleep_end"),
)  # fmt: skip
