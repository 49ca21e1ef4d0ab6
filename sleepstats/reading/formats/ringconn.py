"""RingConn: one row per record, on the clock at the bed, durations in minutes or as 8h05m.

The ring tells when it saw the person in bed, fall asleep, wake up and rise, so latency is measured.
"""

from __future__ import annotations

import numpy as np

from sleepstats.reading.nights import Draft, records, tracker

_Column = records.Column


#: Older files say the unit in the header, newer ones in the cells.
_MINUTES = {
    f"{header}{unit}": _Column(name, "min", zero_missing=name == "tst_min")
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


FORMAT = tracker.Tracker(
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
        "sleep score": _Column("sleep_score", least=1, most=100, zero_missing=True, when="night",
                               unit="", label="the app's sleep score", made_of=["tst_min"]),
        "avg. heart rate(bpm)": _Column("sleeping_heart_rate_bpm", least=20, most=200,
                                        zero_missing=True),
        "avg. hrv(ms)": _Column("hrv_ms", least=0, most=500, zero_missing=True),
        "avg. spo2(%)": _Column("blood_oxygen_pct", least=50, most=100, zero_missing=True),
        "avg. skin temp(℃)": _Column("skin_temperature_c", least=10, most=45, zero_missing=True,
                                     when="night", label="skin temperature"),
    },
    nap=("type", "nap"),
    known=("sleep time ratio(%)", "type"),
    after=_latency,
)  # fmt: skip
