"""Samples taken through the day, such as stress, brought to one row per day.

The day of a sample is its local calendar date. Only samples from 06:00 to midnight count: those of
the small hours may lie in a sleep, and would mix it into the day before. The evening begins at
18:00. Each mean gives every sample the same weight.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats, Stamps
from sleepstats.reading.nights.draft import Draft

DAY_BEGINS_H, EVENING_BEGINS_H = 6, 18


def summarise_days(draft: Draft, stamps: Stamps, values: Floats, name: str, header: str) -> None:
    """Add a file's samples to its ``evenings``, as mean, maximum and mean of the evening."""
    day = stamps.astype("datetime64[D]")
    hour = (stamps - day) / np.timedelta64(1, "h")
    awake = (hour >= DAY_BEGINS_H) & ~np.isnan(values)
    evening = awake & (hour >= EVENING_BEGINS_H)
    draft.night = day
    by_day = pd.Series(values[awake]).groupby(pd.DatetimeIndex(day[awake]))
    late = pd.Series(values[evening]).groupby(pd.DatetimeIndex(day[evening]))
    columns = {
        f"{name}_mean": (by_day.mean(), f"mean {name}, 06:00 to midnight"),
        f"{name}_max": (by_day.max(), f"highest {name}, 06:00 to midnight"),
        f"{name}_evening_mean": (late.mean(), f"mean {name}, 18:00 to midnight"),
    }
    frame = pd.DataFrame({key: series for key, (series, _) in columns.items()}, dtype=float)
    draft.evenings = frame if draft.evenings is None else draft.evenings.join(frame, how="outer")
    for key, (_, label) in columns.items():
        draft.told[key] = {
            "header": header, "kind": "factor", "when": "day", "unit": "", "label": label,
            "made_of": [f"{name}_{part}" for part in ("mean", "max", "evening_mean")
                        if key != f"{name}_{part}"],
        }  # fmt: skip
    early = int((~np.isnan(values) & (hour < DAY_BEGINS_H)).sum())
    left = f" {early} samples before 06:00 were left out: they may lie in a sleep." if early else ""
    draft.notes.append(
        f"{name.capitalize()}: {int(awake.sum())} samples of {len(frame)} days, as mean and "
        f"maximum of the day (06:00 to midnight) and mean of the evening (from 18:00).{left}"
    )
