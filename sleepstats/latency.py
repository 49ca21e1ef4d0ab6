"""Whether sleep onset latency was measured at all, and finely enough to ask about.

Several apps have a latency column that is no measurement: always zero, or a fixed share of the
time in bed. A relation with such a column is a relation with the app's rule.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats

LATENCY = "sol_min"
#: Latencies below half of a diary's usual 5-min unit are set to this before taking the log.
FLOOR_MIN = 2.5
#: One value on this share of the nights or more says nothing about the nights.
SAME_SHARE = 0.8
#: One ratio of latency to time in bed on this share of nights is a rule, not a measurement.
RATIO_SHARE = 0.15
#: ... when it holds on nights of at least this many different times in bed.
RATIO_TIMES = 5


def latency_refusal(nights: pd.DataFrame) -> str:
    """Say why the latency of this diary cannot be asked about; empty when it can."""
    if LATENCY not in nights:
        return f"latency not measured: nights has no column {LATENCY}"
    latency = nights[LATENCY].to_numpy(dtype=float, na_value=np.nan)
    known = np.isfinite(latency)
    n = int(known.sum())
    if n == 0:
        return f"latency not measured: {LATENCY} is missing on {_all(len(nights))}"
    values, counts = np.unique(latency[known], return_counts=True)
    most, times = float(values[counts.argmax()]), int(counts.max())
    if times >= SAME_SHARE * n:
        where = _all(n) if times == n else f"{times} of {n} nights"
        code = "latency not measured" if most == 0 else "latency quantised"
        return f"{code}: {LATENCY} is {most:g} min on {where}"
    return _fixed_share(latency, nights)


def _fixed_share(latency: Floats, nights: pd.DataFrame) -> str:
    """Find one ratio of latency to time in bed that returns on nights of different length."""
    if "tib_min" not in nights:
        return ""
    in_bed = nights["tib_min"].to_numpy(dtype=float, na_value=np.nan)
    both = np.isfinite(latency) & np.isfinite(in_bed) & (latency > 0) & (in_bed > 0)
    if both.sum() < RATIO_TIMES:
        return ""
    both &= latency > 1e-5 * np.where(both, in_bed, 1.0)  # a few milliseconds are no share
    if both.sum() < RATIO_TIMES:
        return ""
    shares = np.round(latency[both] / in_bed[both], 5)
    values, counts = np.unique(shares, return_counts=True)
    best = int(counts.argmax())
    n, times = int(both.sum()), int(counts[best])
    different = len(np.unique(in_bed[both][shares == values[best]]))
    if times < RATIO_SHARE * n or different < RATIO_TIMES:
        return ""
    return (
        f"latency quantised: {LATENCY} is time in bed / {1 / values[best]:.0f} "
        f"on {times} of {n} nights; an app's rule, not a measurement"
    )


def _all(n: int) -> str:
    return f"all {n} nights" if n != 1 else "the only night"
