"""The last gate: what cannot be is missing and told, whatever format it came from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sleepstats.reading.nights.plausible import drop_impossible


def nights(**columns: list) -> pd.DataFrame:
    index = pd.date_range("2026-01-05", periods=len(next(iter(columns.values()))), name="night")
    return pd.DataFrame(columns, index=index)


def nothing_told(frame: pd.DataFrame) -> np.ndarray:
    return np.full(len(frame), "", dtype=object)


def test_durations_beyond_a_day_or_below_nothing_are_dropped() -> None:
    frame = nights(light_min=[300.0, -1.0, 5e7, np.inf], nap_min=[30.0, 2000.0, 0.0, np.nan])
    problem = nothing_told(frame)
    drop_impossible(frame, problem)
    np.testing.assert_array_equal(frame["light_min"], [300, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(frame["nap_min"], [30, np.nan, 0, np.nan])
    assert problem.tolist()[:2] == [
        "", "light_min -1 min is not between 0 and 1440: not used. Check the unit; "
        "nap_min 2000 min is not between 0 and 1440: not used. Check the unit.",
    ]  # fmt: skip


def test_clock_times_out_of_order_are_dropped() -> None:
    onset = pd.to_datetime(["2026-01-05 23:00", "2026-01-06 23:00", "2026-01-07 23:00"])
    wake = pd.to_datetime(["2026-01-06 07:00", "2026-01-05 07:00", "2026-01-10 07:00"])
    frame = nights(sleep_onset=list(onset), final_wake=list(wake))
    problem = nothing_told(frame)
    drop_impossible(frame, problem)
    assert frame["final_wake"].isna().tolist() == [False, True, True]
    assert problem.tolist()[1] == (
        "final_wake 2026-01-05 07:00 is not within a day after sleep_onset 2026-01-06 23:00: "
        "not used."
    )


def test_possible_nights_are_left_alone() -> None:
    frame = nights(tib_min=[0.0, 1440.0], se_pct=[0.0, 100.0])
    before = frame.copy()
    problem = nothing_told(frame)
    drop_impossible(frame, problem)
    pd.testing.assert_frame_equal(frame, before)
    assert not any(problem)
