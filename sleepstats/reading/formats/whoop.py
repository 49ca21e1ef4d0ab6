"""WHOOP: ``sleeps.csv`` and ``physiological_cycles.csv``, in the languages of the app.

A cycle begins as a sleep begins and lasts until the next one: what a cycle's row says of the day
(strain, energy) belongs to the day *after* its night and stands here with the following night.
Stamps are local, with one offset from UTC per row. The start of the cycle is the key of the export.
"""

from __future__ import annotations

import numpy as np

from sleepstats.arrays import Bools, Floats, Objects, Stamps
from sleepstats.reading.cells import read_yes_no
from sleepstats.reading.nights.device_table import (
    Measure,
    check_spans,
    date_records,
    header_of,
    places,
    put_measures,
    put_zone,
    read_measure,
    read_offsets,
    read_together,
    tell_clock_changes,
    tell_unused,
)
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.text import Source, read_table
from sleepstats.reading.words.whoop_headers import whoop_name

_DAY_MIN = 1440.0
_MEASURES = {
    "in bed": Measure("tib_min", "min", zero_missing=True),
    "asleep": Measure("tst_min", "min", zero_missing=True),
    "light": Measure("light_min", "min"),
    "deep": Measure("deep_min", "min"),
    "rem": Measure("rem_min", "min"),
    "awake": Measure("awake_min", "min"),
    "performance": Measure(
        "sleep_performance_pct", least=0, most=100,
        told={"when": "night", "unit": "%", "label": "WHOOP's sleep performance",
              "made_of": ["tst_min"]},
    ),
    "recovery": Measure(
        "recovery_score_pct", least=0, most=100,
        told={"when": "morning", "unit": "%", "label": "WHOOP's recovery score",
              "made_of": ["resting_heart_rate_bpm", "hrv_ms", "tst_min"]},
    ),
    "resting": Measure("resting_heart_rate_bpm", least=20, most=200),
    "variability": Measure("hrv_ms", least=0, most=500),
    "breathing": Measure("breaths_per_min", least=2, most=60),
    "skin": Measure("skin_temperature_c", least=10, most=45),
    "oxygen": Measure("blood_oxygen_pct", least=50, most=100),
}  # fmt: skip
_OF_THE_DAY = {
    "strain": Measure("day_strain", least=0, most=21),
    "energy": Measure("energy_burned_kcal", least=0, most=30_000),
}
_LABELS = {
    "day_strain": {"label": "strain of the day before", "unit": ""},
    "energy_burned_kcal": {"label": "energy burned the day before", "unit": "kcal"},
}


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a table of cycles with the onset of sleep, in any language of the app."""
    line = preview.first_line()
    needed = ("cycle start", "onset", "wake")
    found = header_of(preview, needed, line=line, name=whoop_name)
    if found is None or not {"asleep", "in bed", "resting", "nap"} & set(found[1]):
        return None
    file = "cycles" if {"recovery", "strain"} & set(found[1]) else "sleeps"
    why = f"the header has the cycle's start, sleep onset and wake onset of WHOOP's {file}"
    return Claim(96, line, found[0], why)


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one file of sleeps or of cycles."""
    table = read_table(source, claim.header_line, claim.delimiter)
    place = places(table, whoop_name)
    draft = Draft(table, FORMAT.name, claim.why, np.empty(0, "datetime64[D]"), tracker=True)
    if {"recovery", "strain"} & set(place):
        draft.role = "either"
    words = [w for w in ("cycle start", "onset", "wake", "cycle end") if w in place]
    stamps = dict(zip(words, read_together(draft, [place[w] for w in words], options), strict=True))
    start, onset, wake = (stamps[w][0] for w in ("cycle start", "onset", "wake"))
    draft.key = keys_of(start)
    draft.put("sleep_onset", onset, table.header[place["onset"]], kind="device")
    draft.put("final_wake", wake, table.header[place["wake"]], kind="device")
    put_measures(draft, place, _MEASURES)
    _no_sleep(draft, onset, place)
    date_records(draft, onset, place["onset"], nap=_naps(draft, place))
    check_spans(draft, "sleep_onset", ("final_wake",))
    if "zone" in place:
        offset = read_offsets(_without_utcz(table.columns[place["zone"]]))
        put_zone(draft, offset, table.header[place["zone"]])
        tell_clock_changes(draft, offset, "evening")
    if "cycle end" in place:
        _days(draft, place, start, stamps["cycle end"][0])
    draft.notes.append(
        "WHOOP gives no latency: its sleep onset begins the record, and the minutes awake hold "
        "those before falling asleep, too. Time in bed is its own figure, which leaves out gaps "
        "of the recording. A cycle begins with its night, so strain and energy of a cycle stand "
        "with the night that follows it."
        if "strain" in place
        else "WHOOP gives no latency: its sleep onset begins the record, and the minutes awake "
        "hold those before falling asleep, too. Time in bed is its own figure, which leaves out "
        "gaps of the recording."
    )
    tell_unused(draft, [i for word, i in place.items() if word in _READ])
    return draft


_READ = {"cycle start", "cycle end", "zone", "onset", "wake", "nap", *_MEASURES, *_OF_THE_DAY}


def keys_of(start: Stamps) -> Objects:
    """Return the start of the cycle as the text that names it in every file."""
    keys = np.datetime_as_string(start, unit="s").astype(object)
    keys[np.isnat(start)] = ""
    return keys


def _without_utcz(cells: Objects) -> Objects:
    """WHOOP writes ``UTCZ`` for UTC itself."""
    return np.where(cells == "UTCZ", "Z", cells)


def _no_sleep(draft: Draft, onset: Stamps, place: dict[str, int]) -> None:
    """Refuse cycles without a sleep, of which there is only a day."""
    blank = draft.table.columns[place["onset"]]
    for i in np.flatnonzero(np.isnat(onset)).tolist():
        if not blank[i].strip():
            draft.refused[i] = "a cycle without a recorded sleep."


def _naps(draft: Draft, place: dict[str, int]) -> Bools | None:
    if "nap" not in place:
        return None
    at = place["nap"]
    answers = draft.parsed(read_yes_no(draft.table.columns[at]), draft.table.header[at])
    return np.asarray(answers == 1.0)


def _days(draft: Draft, place: dict[str, int], start: Stamps, end: Stamps) -> None:
    """Set what a cycle says of its day with the night that begins as the cycle ends."""
    ends = {stamp: i for i, stamp in enumerate(end.tolist()) if stamp is not None}
    before = np.array([ends.get(stamp, -1) for stamp in start.tolist()], dtype=np.intp)
    for word, measure in _OF_THE_DAY.items():
        if word in place:
            at = place[word]
            header = draft.table.header[at]
            own = read_measure(draft, draft.table.columns[at], header, measure)
            values: Floats = np.where(before >= 0, own[before], np.nan)
            if not np.isnan(values).all():
                told = _LABELS[measure.name]
                draft.put(measure.name, values, header, kind="factor", when="day", **told)


FORMAT = Format(
    name="whoop",
    product="WHOOP (sleeps and physiological cycles)",
    recognised_by="columns Cycle start time, Sleep onset, Wake onset and their Spanish, German, "
    "French and Portuguese names",
    gives="sleep onset, waking, time asleep and in bed, stages, named naps; cycles add resting "
    "heart rate, its variability, recovery and the strain of the day before; no latency",
    recognise=recognise,
    read=read,
    signature=("cycle start time", "cycle end time", "cycle timezone", "sleep onset", "wake onset",
               "asleep duration (min)", "in bed duration (min)", "nap"),
)  # fmt: skip
