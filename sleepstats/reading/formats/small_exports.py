"""Two small exports: intervals.icu, and RingConn.

intervals.icu, wellness data: one row per calendar day, whose night ended that morning. Four steps
of a scale are written 1 to 4, and 1 is the best of sleep quality, mood and motivation. Steps and
calories are those of the day, after its night.

RingConn: one row per record, on the clock at the bed, durations in minutes or as 8h05m. The ring
tells when it saw the person in bed, fall asleep, wake up and rise, so latency is measured.
"""

from __future__ import annotations

import numpy as np

from sleepstats.reading.nights import Draft, records, tracker

Column = records.Column
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

FORMATS = (_INTERVALS, _RINGCONN)
