"""Nights printed in another zone's clock, and latency that is an app's rule, are told."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pandas as pd
import pytest
from exports import REAL

import sleepstats as ss
from sleepstats import DiaryWarning
from sleepstats.reading.nights.plausible import nights_away


def nights(hours: list[float]) -> pd.DataFrame:
    """Nights that begin so many hours after the midnight of their evening."""
    index = pd.date_range("2026-01-05", periods=len(hours), name="night")
    begin = index + pd.to_timedelta(np.array(hours) * 60, unit="m")
    return pd.DataFrame({"into_bed": begin}, index=index)


def test_a_block_of_shifted_nights_with_sharp_edges_is_found() -> None:
    found = nights_away(nights([23.5] * 10 + [16.5] * 5 + [23.5] * 10))
    assert found == [(10, 14, -7.0, 23.5)]


@pytest.mark.parametrize(
    "hours",
    [
        [23.5] * 25,
        [23.5] * 10 + [16.5] * 2 + [23.5] * 10,  # two nights are no stretch
        [22.0] * 12 + [24.0, 25.5, 27.0, 27.5, 27.0, 25.5, 24.0],  # drifts, no edge
        [23.0, 23.0, 8.0, 8.0, 8.0] * 6,  # shift work: there is no usual
        [23.5] * 4 + [16.5] * 3,  # too short a diary to have a usual
    ],
)
def test_what_is_no_stretch(hours: list[float]) -> None:
    assert nights_away(nights(hours)) == []


def test_the_nights_and_the_notes_say_it_and_nothing_is_corrected() -> None:
    lines = ["night,into_bed,out_of_bed"]
    for i, day in enumerate(pd.date_range("2026-01-05", periods=20)):
        lines.append(f"{day:%Y-%m-%d}," + ("16:30,01:00" if 8 <= i < 12 else "23:30,08:00"))
    with pytest.warns(DiaryWarning, match="another time zone"):
        read = ss.read_diary(io.StringIO("\n".join(lines)))
    assert read["into_bed"].iloc[8] == pd.Timestamp("2026-01-13 16:30")
    assert (read["problem"] != "").sum() == 4
    assert read["problem"].iloc[8] == (
        "bed time hours from the usual: the clock may be that of another time zone."
    )
    assert any(
        "with sharp edges, as when a journey" in n for n in read.attrs["sleepstats"]["notes"]
    )


def test_latency_that_is_a_rule_is_noted_at_reading() -> None:
    lines = ["night,lights_out,sol_min,final_wake"]
    lines += [f"2026-01-{day:02d},23:00,0,07:00" for day in range(5, 25)]
    read = ss.read_diary(io.StringIO("\n".join(lines)))
    assert read.attrs["sleepstats"]["notes"][-1] == (
        "The latency of this diary is not asked about: latency not measured: sol_min is 0 min on "
        "all 20 nights."
    )


@pytest.mark.skipif(not REAL.exists(), reason="../shared is not here")
def test_the_journeys_in_a_real_history() -> None:
    # formats.md 0.2: nights in Bali read 16:06 to 01:33; the second stretch is in March 2020
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DiaryWarning)
        read = ss.read_diary(REAL / "sleep_cycle" / "sleepdata_old_2020-09.csv")
        middle = ss.read_diary(REAL / "sleep_cycle" / "sleepdata_mid_first60.csv")
    spans = [(f"{read.index[a]:%Y-%m-%d}", f"{read.index[b]:%Y-%m-%d}")
             for a, b, _, _ in nights_away(read)]  # fmt: skip
    assert spans == [("2017-08-24", "2017-09-13"), ("2020-02-27", "2020-03-20")]
    assert "time in bed / 150" in middle.attrs["sleepstats"]["notes"][-1]
