"""Withings: ``sleep.csv`` of the account export, English, German or Spanish.

Only some of the headers are translated. Stamps carry their offset; all durations are seconds, and
light + deep + rem + awake make up the whole record. ``awake`` holds the minutes before falling
asleep and before getting up, too. A latency of zero comes from a watch, which measures none.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats
from sleepstats.reading.cells import is_missing
from sleepstats.reading.nights.device_table import (
    Measure,
    check_spans,
    date_records,
    places,
    put_measures,
    put_zone,
    read_together,
    shifted,
    tell_clock_changes,
    tell_unused,
)
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.nights.lone_naps import name_lone_naps
from sleepstats.reading.text import DELIMITERS, Source, normal_header, read_table

_WORDS = {
    "von": "from", "de": "from", "bis": "to", "a": "to",
    "leicht (s)": "light (s)", "ligero (s)": "light (s)",
    "tief (s)": "deep (s)", "profundo (s)": "deep (s)",
    "wach (s)": "awake (s)", "despierto (s)": "awake (s)",
    "aufwachen": "wake up", "despertar": "wake up", "notizen": "notes", "notas": "notes",
}  # fmt: skip
_ENGLISH = {
    "from", "to", "light (s)", "deep (s)", "awake (s)", "rem (s)", "wake up",
    "duration to sleep (s)", "duration to wake up (s)",
}  # fmt: skip
_MEASURES = {
    "light (s)": Measure("light_min", "s"),
    "deep (s)": Measure("deep_min", "s"),
    "rem (s)": Measure("rem_min", "s"),
    "awake (s)": Measure("awake_min", "s"),
    "wake up": Measure("nawk", least=0, most=200),
    "duration to sleep (s)": Measure("sol_min", "s", zero_missing=True),
    "duration to wake up (s)": Measure("twak_min", "s"),
    "snoring (s)": Measure("snore_min", "s"),
    "snoring episodes": Measure("snoring_episodes", least=0, told={"when": "night"}),
    "average heart rate": Measure("sleeping_heart_rate_bpm", least=20, most=250, zero_missing=True),
    "heart rate (min)": Measure("lowest_heart_rate_bpm", least=20, most=250, zero_missing=True),
    "heart rate (max)": Measure(
        "highest_heart_rate_bpm", least=20, most=250, zero_missing=True,
        told={"when": "night", "label": "highest heart rate"},
    ),
}  # fmt: skip


def _name(header: str) -> str:
    key = normal_header(header)
    return _WORDS.get(key, key)


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a file with Withings' stages in seconds, in any mixture of its languages."""
    line = preview.first_line()
    for delimiter in DELIMITERS:
        cells = preview.cells(line, delimiter)
        have = {_name(cell) for cell in cells}
        if {"from", "to", "light (s)", "deep (s)"} <= have:
            return Claim(95, line, delimiter, f"the header has {cells[0]!r} and stages in seconds")
    return None


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one file of sleep."""
    table = read_table(source, claim.header_line, claim.delimiter)
    place = places(table, _name)
    draft = Draft(table, FORMAT.name, claim.why, np.empty(0, "M8[D]"), tracker=True)
    at = [place["from"], place["to"]]
    (begin, offset), (end, end_offset) = read_together(draft, at, options)
    draft.put("into_bed", begin, table.header[at[0]], kind="device")
    draft.put("out_of_bed", end, table.header[at[1]], kind="device")
    put_measures(draft, place, _MEASURES)
    date_records(draft, begin, at[0])
    check_spans(draft, "into_bed", ("out_of_bed",))
    put_zone(draft, offset, table.header[at[0]])
    if (offset == end_offset)[np.isfinite(offset) & np.isfinite(end_offset)].all():
        tell_clock_changes(draft, offset, "evening")
    name_lone_naps(draft, begin, end)
    _inside(draft, offset, end_offset)
    if "notes" in place:
        texts = table.columns[place["notes"]].copy()
        texts[is_missing(texts)] = None
        if any(text is not None for text in texts.tolist()):
            draft.put("comments", pd.array(texts, dtype="str"), table.header[place["notes"]])
    tell_unused(draft, [i for key, i in place.items() if key in {*_MEASURES, *_ENGLISH, "notes"}])
    return draft


def _inside(draft: Draft, offset: Floats, end_offset: Floats) -> None:
    """Set what follows from the record: sleep, its onset and end, wake in between."""
    columns, blank = draft.columns, np.full(len(draft.table), np.nan)
    parts = [columns.get(name, blank) for name in ("light_min", "deep_min", "rem_min")]
    asleep = parts[0] + parts[1] + (np.nan_to_num(parts[2]) if "rem_min" in columns else 0.0)
    asleep = np.where(asleep > 0, asleep, np.nan)
    header = draft.told.get("light_min", {}).get("header", "")
    draft.put(
        "tst_min", asleep, header, kind="device", made_of=["light_min", "deep_min", "rem_min"]
    )
    awake = columns.get("awake_min", blank)
    moved = np.nan_to_num(end_offset - offset)  # clocks that changed between the two stamps
    span = (columns["out_of_bed"] - columns["into_bed"]) / np.timedelta64(1, "m") - moved
    for i in np.flatnonzero(np.abs(span - asleep - awake) > 5).tolist():
        draft.tell(
            i, "",
            f"stages and awake add up to {asleep[i] + awake[i]:.0f} min, the stamps are "
            f"{span[i]:.0f} min apart",
        )  # fmt: skip
    draft.put("tib_min", np.where((span > 0) & (span <= 1440), span, np.nan), "", kind="device")
    latency, rising = columns.get("sol_min", blank), columns.get("twak_min", blank)
    between = awake - latency - rising
    if not np.isnan(between).all():
        draft.put("waso_min", np.where(between < 0, np.nan, between), "", kind="device",
                  made_of=["awake_min", "sol_min", "twak_min"])  # fmt: skip
    if not np.isnan(latency).all():
        draft.put("sleep_onset", shifted(columns["into_bed"], latency), "", kind="device")
    else:
        draft.notes.append("No latency was measured: it is zero or blank throughout.")
    if not np.isnan(rising).all():
        draft.put("final_wake", shifted(columns["out_of_bed"], -rising), "", kind="device")


FORMAT = Format(
    name="withings",
    product="Withings",
    recognised_by="columns from, to, light (s), deep (s), or their German and Spanish names",
    gives="times in bed, latency, stages, wake after onset, heart rate, snoring; naps are short "
    "records by day; no habits",
    recognise=recognise,
    read=read,
    signature=("from", "to", "light (s)", "deep (s)", "rem (s)", "awake (s)", "wake up",
               "duration to sleep (s)", "duration to wake up (s)"),
)  # fmt: skip
