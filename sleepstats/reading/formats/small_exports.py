"""RingConn, intervals.icu, Withings and nights written out: small tables, mostly told as data.

RingConn: one row per record, on the clock at the bed, durations in minutes or as 8h05m. The ring
tells when it saw the person in bed, fall asleep, wake up and rise, so latency is measured.

intervals.icu, wellness data: one row per calendar day, whose night ended that morning. Four steps
of a scale are written 1 to 4, and 1 is the best of sleep quality, mood and motivation. Steps and
calories are those of the day, after its night.

Withings: ``sleep.csv`` of the account export, English, German or Spanish; only some of the headers
are translated. Stamps carry their offset, durations are seconds, and light + deep + rem + awake are
the record. ``awake`` holds what lies before falling asleep and before getting up, too. A latency of
zero comes from a watch, which measures none.

A table of nights that this library wrote itself: columns by their names, as they are.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.columns import CLOCKS, DICTIONARY, STAND_INS, split_unit
from sleepstats.errors import DiaryError
from sleepstats.reading.nights import Claim, Draft, Format, Options, Preview, shifted, tracker
from sleepstats.reading.nights.records import Column, put_columns
from sleepstats.reading.text import DELIMITERS, Cells, Source, normal_header, read_table
from sleepstats.reading.words import Sense
from sleepstats.written import unguarded

#: Older files say the unit in the header, newer ones in the cells.
_MINUTES = {
    f"{header}{unit}": Column(name, "min", zero_missing=name == "tst_min")
    for header, name in (
        ("time asleep", "tst_min"), ("time awake", "awake_min"),
        ("sleep stages - awake", "awake_min"), ("sleep stages - rem", "rem_min"),
        ("sleep stages - light sleep", "light_min"), ("sleep stages - deep sleep", "deep_min"),
    )
    for unit in ("", "(min)")
}  # fmt: skip


def _latency(draft: Draft) -> None:
    draft.naps_asleep = True
    columns = draft.columns
    latency = (columns["sleep_onset"] - columns["into_bed"]) / np.timedelta64(1, "m")
    # the ring writes the same time twice where it saw no falling asleep
    latency = np.where((latency > 0) & (latency < 600), latency, np.nan)
    if not np.isnan(latency).all():
        draft.put("sol_min", latency, draft.header("falling asleep time"), kind="device")


_RINGCONN = tracker.Tracker(
    name="ringconn",
    product="RingConn",
    recognised_by="columns Start Time, End Time, Falling Asleep Time, Wake-up time and Time Asleep",
    gives="times in bed and asleep, latency, stages; naps are short records by day; no habits",
    signature=("start time", "end time", "falling asleep time", "wake-up time",
               "sleep time ratio(%)", "time asleep", "sleep stages - deep sleep"),
    needs=("start time", "end time", "falling asleep time", "wake-up time"),
    clocks={
        "start time": "into_bed", "falling asleep time": "sleep_onset",
        "wake-up time": "final_wake", "end time": "out_of_bed",
    },
    columns=_MINUTES | {
        "sleep score": Column("sleep_score", least=1, most=100, zero_missing=True, when="night",
                              unit="", label="the app's sleep score", made_of=["tst_min"]),
        "avg. heart rate(bpm)": Column("sleeping_heart_rate_bpm", least=20, most=200,
                                       zero_missing=True),
        "avg. hrv(ms)": Column("hrv_ms", least=0, most=500, zero_missing=True),
        "avg. spo2(%)": Column("blood_oxygen_pct", least=50, most=100, zero_missing=True),
        "avg. skin temp(℃)": Column("skin_temperature_c", least=10, most=45, zero_missing=True,
                                    when="night", label="skin temperature"),
    },
    nap=("type", "nap"),
    known=("sleep time ratio(%)", "type"),
    after=_latency,
)  # fmt: skip

_ONE_DAY = np.timedelta64(1, "D")
_STEPS = {"sleepquality": "quality", "mood": "mood", "motivation": "motivation"}


def _date(draft: Draft) -> None:
    draft.night = tracker.read_days(draft, draft.at("id" if "id" in draft.place else "date"))
    draft.night = draft.night - _ONE_DAY  # the evening before


def _mirrored(draft: Draft) -> None:
    """Turn the scales of which 1 is the best: 4 becomes the best."""
    turned = [name for name in _STEPS.values() if name in draft.columns]
    for name in turned:
        draft.columns[name] = 5.0 - draft.columns[name]
    if turned:
        draft.notes.append(
            f"In intervals.icu 1 is the best and 4 the worst of {', '.join(turned)}: turned round, "
            "so that higher is better."
        )


def _rated(name: str, label: str) -> Column:
    return Column(name, least=1, most=4, kind="control", when="morning", label=label)


_INTERVALS = tracker.Tracker(
    name="intervals_icu",
    product="intervals.icu (wellness)",
    recognised_by="columns date (or id), sleepSecs, restingHR, hrv",
    gives="time asleep, scores, resting heart rate, HRV of the night; steps and calories of the "
    "day; no bed times, no latency",
    signature=("date", "sleepsecs", "sleepscore", "sleepquality", "restinghr", "hrv", "soreness",
               "fatigue", "stress", "mood", "ctl", "atl"),
    needs=("sleepsecs", "restinghr"),
    labels="calendar",
    records=False,
    dating=_date,
    after=_mirrored,
    columns={
        "sleepsecs": Column("tst_min", "s", zero_missing=True),
        "sleepscore": Column("sleep_score", zero_missing=True, when="night", label="sleep score"),
        "sleepquality": Column("quality", least=1, most=4, kind=""),
        "restinghr": Column("resting_heart_rate_bpm", zero_missing=True),
        "avgsleepinghr": Column("sleeping_heart_rate_bpm", zero_missing=True, when="night",
                                label="heart rate asleep", unit="bpm"),
        "hrv": Column("hrv_ms", zero_missing=True),
        "hrvsdnn": Column("hrv_sdnn_ms", zero_missing=True, when="night", label="HRV (SDNN)"),
        "respiration": Column("breaths_per_min", zero_missing=True),
        "spo2": Column("blood_oxygen_pct", zero_missing=True),
        "readiness": Column("readiness", zero_missing=True, when="morning", label="readiness"),
        "stress": Column("stress", least=1, most=4, kind="factor", when="day"),
        "steps": Column("steps", zero_missing=True, kind="factor", when="day"),
        "kcalconsumed": Column("kcal_eaten", zero_missing=True, kind="factor", when="day"),
        "mood": _rated("mood", "mood"),
        "motivation": _rated("motivation", "motivation"),
        "fatigue": _rated("fatigue", "fatigue"),
        "soreness": _rated("soreness", "soreness"),
        "comments": Column("comments", "text", kind=""),
    },
    known=("date", "id", "updated", "locked"),
    notes=("The file has no bed times and no latency.",
           "A row is read as a calendar day: its night ended that morning, its stress, steps and "
           "calories came after. Mood, fatigue, soreness and motivation may be of the morning or "
           "the evening and are not asked about."),
)  # fmt: skip


_WORDS = {
    "von": "from", "de": "from", "bis": "to", "a": "to",
    "leicht (s)": "light (s)", "ligero (s)": "light (s)",
    "tief (s)": "deep (s)", "profundo (s)": "deep (s)",
    "wach (s)": "awake (s)", "despierto (s)": "awake (s)",
    "aufwachen": "wake up", "despertar": "wake up", "notizen": "notes", "notas": "notes",
}  # fmt: skip

_HEART = Column("highest_heart_rate_bpm", least=20, most=250, zero_missing=True)


def _word(header: str) -> str:
    key = normal_header(header).removesuffix(":")  # of 2017: from:, to:
    return _WORDS.get(key, key)


def _claims(preview: Preview, options: Options) -> Claim | None:
    """Claim a file with Withings' stages in seconds, in any mixture of its languages."""
    line = preview.first_line()
    found = tracker.header_of(preview, _WITHINGS.needs, line=line, word=_word)
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
    put_columns(draft, {"notes": Column("comments", "text", kind="")})


_WITHINGS = tracker.Tracker(
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
        "light (s)": Column("light_min", "s"),
        "deep (s)": Column("deep_min", "s"),
        "rem (s)": Column("rem_min", "s"),
        "awake (s)": Column("awake_min", "s"),
        "wake up": Column("nawk", least=0, most=200),
        "duration to sleep (s)": Column("sol_min", "s", zero_missing=True),
        "duration to wake up (s)": Column("twak_min", "s"),
        "snoring (s)": Column("snore_min", "s"),
        "snoring episodes": Column("snoring_episodes", least=0, when="night"),
        "average heart rate": replace(_HEART, name="sleeping_heart_rate_bpm"),
        "heart rate (min)": replace(_HEART, name="lowest_heart_rate_bpm"),
        "heart rate (max)": replace(_HEART, when="night", label="highest heart rate"),
    },
    known=("notes",),
    lone_naps=True,
    after=_inside,
)  # fmt: skip


#: What a file of nights may say of a column beyond its name.
_TOLD = ("kind", "when", "unit", "label", "made_of", "tied")
_TIMES, _TEXTS = ("night", *CLOCKS), ("problem", "comments", "column_roles")
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?)?")


def _claims_nights(preview: Preview, options: Options) -> Claim | None:
    """Claim a table of nights, unless something is said that is said of a diary."""
    number, end = preview.first_line(), len(preview.lines) + 1
    said = options.columns or options.reverse or options.blank_is_no or options.person
    for delimiter in () if said or options.labels not in ("auto", "evening") else DELIMITERS:
        header = preview.cells(number, delimiter)
        below = (preview.cells(n, delimiter) for n in range(number + 1, end))
        rows = [row for row in below if len(row) == len(header)]
        stamps = [i for i, name in enumerate(header) if name in ("night", *CLOCKS)]
        whole = rows and all(_STAMP.fullmatch(row[i]) for row in rows for i in stamps)
        own = "night" in header and "person" not in header and {"problem", "midsleep_h"} & {*header}
        if own and whole and {*header} & {*CLOCKS, *STAND_INS}:
            return Claim(95, number, delimiter, "nights as sleepstats writes them")
    return None


def _typed(name: str, column: Cells) -> Any:
    """Return the values of a column as they were before they were written; else blank."""
    written = pd.Series(list(map(unguarded, column.tolist())), dtype=object)
    texts = written.map(str.strip)
    known, blank = texts[texts != ""], (texts == "").to_numpy()
    if name in _TEXTS:
        return written.mask(blank, None).astype("str").array
    stamped = texts.map(_STAMP.fullmatch).notna()
    if name in _TIMES or (len(known) and stamped.all()):
        stamps = pd.to_datetime(texts.where(stamped & ~blank), format="ISO8601", errors="coerce")
        return stamps.to_numpy("M8[us]", copy=True)
    if len(known) and known.isin(["True", "False"]).all():
        return pd.arrays.BooleanArray((texts == "True").to_numpy(), blank)
    numbers = pd.to_numeric(texts.mask(blank), errors="coerce").astype(float)
    measured = name in DICTIONARY and DICTIONARY[name].unit
    if not (measured or numbers[~blank].notna().all()):
        return written.mask(blank, None).astype("str").array
    return numbers.to_numpy(copy=True)


def _read_nights(source: Source, claim: Claim, options: Options) -> Draft:
    """Take columns by their names, as they are; what the names do not say stands in one."""
    table = read_table(source, claim.header_line, claim.delimiter)
    cells_of = dict(zip(table.header, table.columns, strict=True))
    typed = {name: _typed(name, column) for name, column in cells_of.items()}
    night = typed["night"].astype("M8[D]")
    draft = Draft(table, "nights", claim.why, night, options=options)
    for name, column in typed.items():
        for i in np.flatnonzero(pd.isna(column)).tolist():
            if cell := cells_of[name][i].strip():
                draft.tell(i, name, f"{cell!r} is not as sleepstats writes it: not used")
                if "problem" in typed:  # what is new is told, in the place of what was
                    typed["problem"][i] = None
    del typed["night"]
    try:
        said = json.loads(next(filter(None, cells_of.get("column_roles", ())), "{}"))
        told = {name: {k: one[k] for k in _TOLD if k in one} for name, one in said.items()}
    except (ValueError, AttributeError, TypeError):
        where = f"{table.name}, column 'column_roles'"
        raise DiaryError(f"{where}: not as it was written. Write the file again.") from None
    own = [x for x in typed if x not in DICTIONARY and not x.endswith("_h_before_bed")]
    for name, column in typed.items():
        label = {"label": split_unit(name)[0]} if name in own else {}
        draft.put(name, column, name, **label | told.get(name, {}))
    if own and "column_roles" not in typed:
        draft.assumed.append(
            f"{', '.join(map(repr, own))}: taken as habits of the day before; this table tells "
            "only their names. One written by 'sleepstats report FILE --csv' or "
            "anonymise(nights, seed=1).to_csv() tells what each column is."
        )
    draft.sense |= dict.fromkeys(("problem", "column_roles"), Sense("note"))
    return draft


_NIGHTS = Format(
    name="nights",
    product="A table of nights that sleepstats wrote",
    recognised_by="columns night and problem or midsleep_h, all times written with their date",
    gives="what was written, by the names of the columns as they are",
    recognise=_claims_nights,
    read=_read_nights,
    signature=("night", "problem", "midsleep_h"),
)

FORMATS = (_INTERVALS, _RINGCONN, _WITHINGS, _NIGHTS)
