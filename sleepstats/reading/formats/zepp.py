"""Zepp, Zepp Life and Mi Fit: ``SLEEP_….csv``, one row per date, times in UTC.

``date`` is the morning of waking, on the clock of the bed. ``start`` and ``stop`` are falling
asleep and waking as the band saw them: the file knows no time in bed. Minutes throughout; REM sleep
is not part of shallow sleep. A row of zeros is a night without the band.
"""

from __future__ import annotations

import numpy as np

from sleepstats.reading.nights import Draft, records, tracker

_STAGES = ("deep_min", "light_min", "rem_min")
_DAY = np.timedelta64(1, "D")


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
                f"With tz={draft.options.tz!r}, column {header!r} is not the morning after on "
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


FORMAT = tracker.Tracker(
    name="zepp",
    product="Zepp, Zepp Life, Mi Fit (Amazfit, Xiaomi bands)",
    recognised_by="columns date, deepSleepTime, shallowSleepTime, wakeTime, start, stop",
    gives="falling asleep and waking in UTC (name the zone with tz=), stages, time awake; no time "
    "in bed, no latency, no habits",
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
    said=records.TIMES,
)
