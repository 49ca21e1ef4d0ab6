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
from sleepstats.clock import to_wall
from sleepstats.reading.nights.draft import Draft
from sleepstats.reading.nights.records import MAIN_SLEEP_MIN, Column, put_final_wake
from sleepstats.reading.nights.stamps import put_zone, read_offsets, shifted, zone_text
from sleepstats.reading.nights.tracker import Tracker, read_stamps_of

_OFFSETS = ("start_utc_offset", "end_utc_offset")
#: A bed time is out of place if another offset brings it this much nearer to the usual.
_NEARER_MIN = 180.0


def _stamps(draft: Draft) -> None:
    """Bring UTC stamps to the zone that the caller names, else to the offset of their row."""
    clocks = FORMAT.clocks
    begin, end = read_stamps_of(draft, clocks)
    if draft.options.tz:
        local = [to_wall(one, draft.options.tz) for one in (begin, end)]
        draft.notes.append(f"UTC stamps were brought to the clock of {draft.options.tz}.")
    else:
        blank = np.full(len(draft.table), np.nan)
        offsets = [
            read_offsets(draft.cells(word)) if word in draft.place else blank.copy()
            for word in _OFFSETS
        ]
        offsets[1] = np.where(np.isnan(offsets[1]), offsets[0], offsets[1])
        _placeholders(draft, begin, end, offsets)
        _unknown(draft, offsets[0])
        both = zip((begin, end), offsets, strict=True)
        local = [shifted(one, np.nan_to_num(offset)) for one, offset in both]
        put_zone(draft, offsets[0], _OFFSETS[0])
        _changed(draft, offsets)
    for word, stamps in zip(clocks, local, strict=True):
        draft.put(clocks[word], stamps, word, kind="device")


def _after(draft: Draft) -> None:
    put_final_wake(draft, "minutes_after_wake_up")
    if "data_source" in draft.place:
        cells = draft.cells("data_source").tolist()
        texts = np.array([cell.strip() or None for cell in cells], dtype=object)
        source_of = pd.array(texts, dtype="str")
        draft.put("data_source", source_of, "data_source", kind="control", when="night")


def _placeholders(draft: Draft, begin: Stamps, end: Stamps, offsets: list[Floats]) -> None:
    """Replace offsets of zero that put bed times hours from the usual, by the nearest night's."""
    start = offsets[0]
    given, zero = np.flatnonzero(start != 0), np.flatnonzero(start == 0)
    long = (end - begin) / np.timedelta64(1, "m") >= MAIN_SLEEP_MIN
    given = given[np.isfinite(start[given]) & long[given]]
    if len(given) < 3 or not len(zero) or _OFFSETS[0] not in draft.place:
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
                draft.header(_OFFSETS[0]),
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


FORMAT = Tracker(
    name="fitbit_takeout",
    product="Fitbit (Google Takeout, UserSleeps)",
    recognised_by="columns sleep_id, sleep_start, sleep_end, minutes_asleep",
    gives="time in bed and asleep, latency, awake after the final awakening; scores and stress "
    "stand in files of their own",
    signature=("sleep_id", "sleep_type", "minutes_in_sleep_period", "minutes_after_wake_up",
               "minutes_to_fall_asleep", "minutes_asleep", "minutes_awake", "start_utc_offset",
               "sleep_start", "end_utc_offset", "sleep_end"),
    needs=("sleep_id", "sleep_start", "sleep_end", "minutes_asleep"),
    why="the header has sleep_id, sleep_start, sleep_end and minutes_asleep of Google Takeout",
    clocks={"sleep_start": "into_bed", "sleep_end": "out_of_bed"},
    columns={
        "minutes_in_sleep_period": Column("tib_min", "min", zero_missing=True),
        "minutes_asleep": Column("tst_min", "min", zero_missing=True),
        "minutes_awake": Column("awake_min", "min"),
        "minutes_to_fall_asleep": Column("sol_min", "min"),
        "minutes_longest_awakening": Column(
            "longest_awakening_min", "min", when="night", made_of=["awake_min"]
        ),
    },
    known=("sleep_id", "sleep_type", "data_source", "minutes_after_wake_up", *_OFFSETS),
    stamps=_stamps,
    after=_after,
)  # fmt: skip
