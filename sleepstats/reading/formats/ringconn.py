"""RingConn: one row per record, on the clock at the bed, durations in minutes.

The ring tells when it saw the person in bed, fall asleep, wake up and rise, so latency is measured.
"""

from __future__ import annotations

import numpy as np

from sleepstats.reading.nights import Draft, records, tracker


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
               "sleep time ratio(%)", "time asleep(min)", "sleep stages - deep sleep(min)"),
    needs=("start time", "end time", "falling asleep time", "wake-up time"),
    clocks={
        "start time": "into_bed", "falling asleep time": "sleep_onset",
        "wake-up time": "final_wake", "end time": "out_of_bed",
    },
    columns={
        "time asleep(min)": records.Column("tst_min", "min", zero_missing=True),
        "sleep stages - awake(min)": records.Column("awake_min", "min"),
        "sleep stages - rem(min)": records.Column("rem_min", "min"),
        "sleep stages - light sleep(min)": records.Column("light_min", "min"),
        "sleep stages - deep sleep(min)": records.Column("deep_min", "min"),
    },
    known=("sleep time ratio(%)",),
    after=_latency,
)  # fmt: skip
