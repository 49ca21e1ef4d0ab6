"""Zepp, Zepp Life and Mi Fit: ``SLEEP_….csv``, one row per date, times in UTC.

``date`` is the morning of waking, on the clock of the bed. ``start`` and ``stop`` are falling
asleep and waking as the band saw them: the file knows no time in bed. Minutes throughout; REM sleep
is not part of shallow sleep. A row of zeros is a night without the band.
"""

from __future__ import annotations

import numpy as np

from sleepstats.clock import NOON_H, evening_of
from sleepstats.reading.cells import read_durations
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.nights.periods import dates_in, put_period, stamps_in, to_utc, utc_to_local
from sleepstats.reading.text import DELIMITERS, Source, normal_header, read_table

_SIGNATURE = {"date", "deepsleeptime", "shallowsleeptime", "waketime", "start", "stop"}
_STAGES = {"deepsleeptime": "deep_min", "shallowsleeptime": "light_min", "remtime": "rem_min"}
_DAY = np.timedelta64(1, "D")


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a file with the band's own column names."""
    number = preview.first_line()
    for delimiter in DELIMITERS:
        if {normal_header(cell) for cell in preview.cells(number, delimiter)} >= _SIGNATURE:
            why = "the header has 'deepSleepTime', 'shallowSleepTime', 'wakeTime', 'start', 'stop'"
            return Claim(95, number, delimiter, why)
    return None


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one file of nights."""
    table = read_table(source, claim.header_line, claim.delimiter)
    place = {normal_header(h): i for i, h in reversed(list(enumerate(table.header)))}
    draft = Draft(table, FORMAT.name, claim.why, np.empty(0, "datetime64[D]"), tracker=True)
    stamps = []
    for key in ("start", "stop"):
        written, offset = stamps_in(draft, place[key], options)
        stamps.append(utc_to_local(draft, to_utc(written, offset), options))
    begin, end = stamps
    put_period(
        draft, begin, end, names=("sleep_onset", "final_wake"),
        headers=(table.header[place["start"]], table.header[place["stop"]]),
        cells=table.columns[place["start"]],
    )  # fmt: skip
    _minutes(draft, place)
    _no_sleep(draft)
    _evenings(draft, place, options)
    _naps(draft, place)
    draft.notes.append(
        "The file has no time in bed and no latency: the band gives falling asleep and waking only."
    )
    return draft


def _minutes(draft: Draft, place: dict[str, int]) -> None:
    """Read stages and waking; total sleep time is their sum without the waking."""
    table = draft.table
    for key, name in (*_STAGES.items(), ("waketime", "waso_min")):
        if key in place:
            cells, header = table.columns[place[key]], table.header[place[key]]
            draft.put(name, draft.parsed(read_durations(cells, unit="min"), header), header,
                      kind="device")  # fmt: skip
    parts = [draft.columns[name] for name in _STAGES.values() if name in draft.columns]
    if "rem_min" in draft.columns and not (draft.columns["rem_min"] > 0).any():
        del draft.columns["rem_min"], draft.told["rem_min"]
        draft.notes.append("REM sleep is 0 throughout: this band does not measure it.")
    made_of = [name for name in _STAGES.values() if name in draft.columns]
    total = np.sum(parts, axis=0)
    for i in np.flatnonzero(total > 1440).tolist():
        draft.tell(i, "", f"the stages add up to {total[i]:g} min, more than a day: not used.")
    total = np.where(total > 1440, np.nan, total)
    draft.put("tst_min", total, kind="device", made_of=[*made_of, "spt_min", "waso_min"])


def _evenings(draft: Draft, place: dict[str, int], options: Options) -> None:
    """Without ``tz=`` take the evening from ``date``, which is the only local time in the file."""
    cells, header = draft.table.columns[place["date"]], draft.table.header[place["date"]]
    morning = dates_in(draft, place["date"], options)
    evening = evening_of(morning.astype("datetime64[us]"), NOON_H)
    both = ~np.isnat(evening) & ~np.isnat(draft.night)
    apart = both & (evening != draft.night)
    if options.tz:
        if apart.any():
            draft.notes.append(
                f"With tz={options.tz!r}, column {header!r} is not the morning after on "
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
    for name in ("tst_min", "waso_min", *_STAGES.values()):
        if name in draft.columns:
            draft.columns[name][nothing | unworn] = np.nan


def _naps(draft: Draft, place: dict[str, int]) -> None:
    if "naps" not in place:
        return
    header = draft.table.header[place["naps"]]
    given = [i for i, cell in enumerate(draft.table.columns[place["naps"]].tolist())
             if cell.strip() not in ("", "[]", "0", "null", "None")]  # fmt: skip
    if given:
        draft.notes.append(f"Column {header!r} is not read; rows with an entry: {len(given)}.")


FORMAT = Format(
    name="zepp",
    product="Zepp, Zepp Life, Mi Fit (Amazfit, Xiaomi bands)",
    recognised_by="columns date, deepSleepTime, shallowSleepTime, wakeTime, start, stop",
    gives="falling asleep and waking in UTC (name the zone with tz=), stages, time awake; no time "
    "in bed, no latency, no habits",
    recognise=recognise,
    read=read,
    signature=tuple(sorted(_SIGNATURE)),
)
