"""Oura's account export, ``App Data/sleepmodel.csv``: a record per sleep, semicolons, API names.

Stamps are local with their offset. ``day`` is the day of waking. Durations are in seconds.
``type`` is ``long_sleep``, ``sleep`` (a shorter one), ``late_nap``, ``rest`` or ``deleted``.
"""

from __future__ import annotations

import numpy as np

from sleepstats.arrays import Floats, Stamps
from sleepstats.clock import circular_mean_h, format_clock
from sleepstats.reading.nights.device_table import (
    Measure,
    check_spans,
    date_records,
    header_of,
    places,
    put_measures,
    put_zone,
    read_together,
    tell_clock_changes,
    tell_unused,
    to_zone,
)
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.text import Cells, Source, normal_header, read_table

HEART = {"when": "night", "unit": "bpm", "label": "average heart rate in this night"}
_MEASURES = {
    "time_in_bed": Measure("tib_min", "s", zero_missing=True),
    "total_sleep_duration": Measure("tst_min", "s", zero_missing=True),
    "latency": Measure("sol_min", "s"),
    "awake_time": Measure("awake_min", "s"),
    "rem_sleep_duration": Measure("rem_min", "s"),
    "light_sleep_duration": Measure("light_min", "s"),
    "deep_sleep_duration": Measure("deep_min", "s"),
    "average_heart_rate": Measure(
        "average_heart_rate_bpm", least=20, most=200, zero_missing=True, told=HEART
    ),
    "lowest_heart_rate": Measure("lowest_heart_rate_bpm", least=20, most=200, zero_missing=True),
    "average_hrv": Measure("hrv_ms", least=0, most=500, zero_missing=True),
    "average_breath": Measure("breaths_per_min", least=2, most=60, zero_missing=True),
    "restless_periods": Measure(
        "restless_periods", told={"when": "night", "label": "restless periods"}
    ),
}
_NO_SLEEP = {"deleted": "deleted in the app", "rest": "a rest, not a sleep"}
_PHASES = ("sleep_phase_5_min", "hypnogram_5_min", "hypnogram_5min")
_STAMPS = ("bedtime_start", "bedtime_end")
_EPOCH_MIN = 5.0


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a table with the API's names for bed time and sleep."""
    line = preview.first_line()
    needed = (*_STAMPS, "total_sleep_duration")
    found = header_of(preview, needed, line=line, name=normal_header)
    if found is None:
        return None
    why = "the header has bedtime_start, bedtime_end and total_sleep_duration, as Oura's sleepmodel"
    return Claim(95, line, found[0], why)


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one sleepmodel file."""
    table = read_table(source, claim.header_line, claim.delimiter)
    place = places(table)
    draft = Draft(table, FORMAT.name, claim.why, np.empty(0, "datetime64[D]"), tracker=True)
    (begin, offset), (end, _) = read_together(draft, [place[key] for key in _STAMPS], options)
    begin, end = in_zone(draft, (begin, end), offset, options)
    draft.put("into_bed", begin, table.header[place["bedtime_start"]], kind="device")
    draft.put("out_of_bed", end, table.header[place["bedtime_end"]], kind="device")
    put_measures(draft, place, _MEASURES)
    kinds = table.columns[place["type"]] if "type" in place else np.full(len(table), "", object)
    kind = np.array([cell.strip().casefold() for cell in kinds.tolist()], dtype=object)
    date_records(draft, begin, place["bedtime_start"], nap=np.asarray(kind == "late_nap"))
    for word, why in _NO_SLEEP.items():
        for i in np.flatnonzero(kind == word).tolist():
            draft.refused[i] = f"column 'type': {word!r}, {why}."
            draft.night[i] = np.datetime64("NaT", "us")
    check_spans(draft, "into_bed", ("out_of_bed",))
    phases = next((place[key] for key in _PHASES if key in place), None)
    if phases is not None:
        _final_wake(draft, table.columns[phases], begin, end, table.header[phases])
    if options.tz is None:
        put_zone(draft, offset, table.header[place["bedtime_start"]])
        tell_clock_changes(draft, offset, "morning")
    read_too = {*_STAMPS, "type", "day", "id", *_PHASES, *_MEASURES}
    tell_unused(draft, [i for key, i in place.items() if key in read_too])
    return draft


def in_zone(
    draft: Draft, stamps: tuple[Stamps, ...], offset: Floats, options: Options
) -> tuple[Stamps, ...]:
    """Bring stamps that all say +00:00 to the zone the caller names, or note that they say so."""
    known = offset[np.isfinite(offset)]
    if not len(known) or np.any(known != 0):
        return stamps
    if options.tz:
        draft.notes.append(f"All stamps are UTC: brought to the clock of {options.tz}.")
        return tuple(to_zone(one, options.tz) for one in stamps)
    first = stamps[0][~np.isnat(stamps[0])]
    clock = (first - first.astype("datetime64[D]")) / np.timedelta64(1, "h")
    draft.notes.append(
        "All stamps carry the offset +00:00 and are taken for the clock at the bed, where they "
        f"lie about {format_clock(circular_mean_h(clock))}. If that cannot be, give the zone: "
        "read_diary(path, tz='Europe/Berlin')."
    )
    return stamps


def _final_wake(draft: Draft, cells: Cells, begin: Stamps, end: Stamps, header: str) -> None:
    """Find the final awakening in the phases, one digit per 5 min from bed time, 4 for awake."""
    wake = np.full(len(begin), np.datetime64("NaT", "us"), dtype="datetime64[us]")
    span = (end - begin) / np.timedelta64(1, "m")
    for i, cell in enumerate(cells.tolist()):
        phases = cell.strip().strip('"')
        asleep = phases.rstrip("4")
        if asleep.strip("1234") or not asleep:
            continue
        if abs(len(phases) * _EPOCH_MIN - span[i]) <= 2 * _EPOCH_MIN:
            minutes = round(len(asleep) * _EPOCH_MIN)
            wake[i] = min(begin[i] + np.timedelta64(minutes, "m"), end[i])
    if not np.isnat(wake).all():
        draft.put("final_wake", wake, header, kind="device")
        draft.notes.append(
            f"The final awakening is the end of the last five minutes of sleep in {header!r}."
        )


FORMAT = Format(
    name="oura",
    product="Oura (account export, sleepmodel)",
    recognised_by="columns bedtime_start, bedtime_end, total_sleep_duration (semicolons)",
    gives="time in bed and asleep, latency, stages, heart rate and its variability; late naps "
    "named; stress and tags stand in files of their own",
    recognise=recognise,
    read=read,
    signature=("id", "bedtime_start", "bedtime_end", "day", "total_sleep_duration", "type"),
)
