"""Withings: ``sleep.csv`` of the account export, English, German or Spanish.

Only some of the headers are translated. Stamps carry their offset; all durations are seconds, and
light + deep + rem + awake make up the whole record. ``awake`` holds the minutes before falling
asleep and before getting up, too. A latency of zero comes from a watch, which measures none.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sleepstats.reading.nights import Claim, Draft, Options, Preview, records, shifted, tracker
from sleepstats.reading.text import normal_header

_WORDS = {
    "von": "from", "de": "from", "bis": "to", "a": "to",
    "leicht (s)": "light (s)", "ligero (s)": "light (s)",
    "tief (s)": "deep (s)", "profundo (s)": "deep (s)",
    "wach (s)": "awake (s)", "despierto (s)": "awake (s)",
    "aufwachen": "wake up", "despertar": "wake up", "notizen": "notes", "notas": "notes",
}  # fmt: skip

_HEART = records.Column("highest_heart_rate_bpm", least=20, most=250, zero_missing=True)


def _word(header: str) -> str:
    key = normal_header(header).removesuffix(":")  # of 2017: from:, to:
    return _WORDS.get(key, key)


def _claims(preview: Preview, options: Options) -> Claim | None:
    """Claim a file with Withings' stages in seconds, in any mixture of its languages."""
    line = preview.first_line()
    found = tracker.header_of(preview, FORMAT.needs, line=line, word=_word)
    if found is None:
        return None
    first = preview.cells(line, found[0])[0]
    return Claim(95, line, found[0], f"the header has {first!r} and stages in seconds")


def _inside(draft: Draft) -> None:
    """Set what follows from the record: sleep, its onset and end, wake in between."""
    columns, blank = draft.columns, np.full(len(draft.table), np.nan)
    parts = [columns.get(name, blank) for name in ("light_min", "deep_min", "rem_min")]
    asleep = parts[0] + parts[1] + (np.nan_to_num(parts[2]) if "rem_min" in columns else 0.0)
    asleep = np.where(asleep > 0, asleep, np.nan)
    header = draft.told.get("light_min", {}).get("header", "")
    draft.put(
        "tst_min", asleep, header, kind="device", made_of=["light_min", "deep_min", "rem_min"]
    )
    nothing = np.flatnonzero(np.isnan(asleep) & (np.nan_to_num(parts[0] + parts[1]) == 0))
    for i in nothing.tolist():
        draft.tell(i, header, "no stage of sleep: nothing was measured but the times")
        for name in ("sol_min", "twak_min", "awake_min", "light_min", "deep_min", "rem_min", "nawk",
                     "snore_min", "snoring_episodes"):  # fmt: skip
            if name in columns:
                columns[name][i] = np.nan
    awake = columns.get("awake_min", blank)
    # clocks that changed between the two stamps
    moved = np.nan_to_num(draft.offset["to"] - draft.offset["from"])
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
    records.put_columns(draft, {"notes": records.Column("comments", "text", kind="")})


FORMAT = tracker.Tracker(
    name="withings",
    product="Withings",
    recognised_by="columns from, to, light (s), deep (s), or their German and Spanish names",
    gives="times in bed, latency, stages, wake after onset, heart rate, snoring; naps are short "
    "records by day; no habits",
    signature=("from", "to", "light (s)", "deep (s)", "rem (s)", "awake (s)", "wake up",
               "duration to sleep (s)", "duration to wake up (s)"),
    needs=("from", "to", "light (s)", "deep (s)"),
    claims=_claims,
    word=_word,
    clocks={"from": "into_bed", "to": "out_of_bed"},
    zone="evening",
    columns={
        "light (s)": records.Column("light_min", "s"),
        "deep (s)": records.Column("deep_min", "s"),
        "rem (s)": records.Column("rem_min", "s"),
        "awake (s)": records.Column("awake_min", "s"),
        "wake up": records.Column("nawk", least=0, most=200),
        "duration to sleep (s)": records.Column("sol_min", "s", zero_missing=True),
        "duration to wake up (s)": records.Column("twak_min", "s"),
        "snoring (s)": records.Column("snore_min", "s"),
        "snoring episodes": records.Column("snoring_episodes", least=0, when="night"),
        "average heart rate": replace(_HEART, name="sleeping_heart_rate_bpm"),
        "heart rate (min)": replace(_HEART, name="lowest_heart_rate_bpm"),
        "heart rate (max)": replace(_HEART, when="night", label="highest heart rate"),
    },
    known=("notes",),
    lone_naps=True,
    after=_inside,
)  # fmt: skip
