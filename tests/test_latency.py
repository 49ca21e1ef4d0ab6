"""Whether latency was measured: counts by hand, and the rule seen in one app's export."""

import pathlib

import numpy as np
import pandas as pd
import pytest

from sleepstats.arrays import latency_refusal

SHARED = pathlib.Path(__file__).parents[1].parent / "shared"


def diary(**columns):
    n = len(next(iter(columns.values())))
    index = pd.date_range("2026-01-01", periods=n, name="night")
    return pd.DataFrame(columns, index=index)


def test_a_diary_that_rounds_to_five_minutes_passes():
    rng = np.random.default_rng(1)
    latency = 5.0 * rng.integers(1, 8, 60)
    in_bed = 15.0 * rng.integers(26, 38, 60)
    assert latency_refusal(diary(sol_min=latency, tib_min=in_bed)) == ""


def test_no_column_and_no_value():
    nothing = diary(sol_min=[np.nan] * 47)
    assert latency_refusal(nothing[[]]) == "latency not measured: nights has no column sol_min"
    assert latency_refusal(nothing) == "latency not measured: sol_min is missing on all 47 nights"


def test_nearly_always_zero_was_never_measured():
    found = latency_refusal(diary(sol_min=[0.0] * 60 + [4.0]))
    assert found == "latency not measured: sol_min is 0 min on 60 of 61 nights"


def test_nearly_always_one_value_is_quantised():
    found = latency_refusal(diary(sol_min=[15.0] * 9 + [20.0]))
    assert found == "latency quantised: sol_min is 15 min on 9 of 10 nights"


def test_a_share_of_the_time_in_bed_is_a_rule():
    rng = np.random.default_rng(2)
    in_bed = rng.uniform(380, 560, 60)
    latency = np.where(np.arange(60) < 20, in_bed / 150, rng.uniform(4, 40, 60))
    assert latency_refusal(diary(sol_min=latency, tib_min=in_bed)) == (
        "latency quantised: sol_min is time in bed / 150 on 20 of 60 nights; "
        "an app's rule, not a measurement"
    )
    assert latency_refusal(diary(sol_min=latency)) == ""


def test_the_same_night_again_and_again_is_no_rule():
    # 10 min of 480 on many nights: one ratio, but also one and the same time in bed
    rng = np.random.default_rng(3)
    in_bed = np.where(np.arange(60) < 30, 480.0, rng.uniform(400, 540, 60))
    latency = np.where(np.arange(60) < 30, 10.0, rng.uniform(5, 40, 60))
    assert latency_refusal(diary(sol_min=latency, tib_min=in_bed)) == ""


def test_real_export_with_the_floor():
    path = SHARED / "exports" / "sleep_cycle" / "sleepdata_mid_first60.csv"
    if not path.exists():
        pytest.skip("the shared exports are not beside this checkout")
    table = pd.read_csv(path, sep=";")
    nights = diary(
        sol_min=table["Time before sleep (seconds)"].to_numpy() / 60,
        tib_min=table["Time in bed (seconds)"].to_numpy() / 60,
    ).query("tib_min > 0")
    assert latency_refusal(nights).startswith("latency quantised: sol_min is time in bed / 150 on")
