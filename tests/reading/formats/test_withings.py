"""Withings. Fixtures are invented; the layout follows a real export."""

from __future__ import annotations

import numpy as np
import pytest
from exports import INVENTED, REAL, clock, read, status

import sleepstats as ss

FIXTURES = INVENTED / "withings"
OWN = REAL / "withings"


@pytest.fixture
def nights():
    return read(FIXTURES / "english.csv")


def test_seconds_are_minutes_and_the_parts_of_being_awake_are_told_apart(nights):
    assert nights.attrs["sleepstats"]["format"] == "withings"
    night = nights.loc["2022-03-01"]
    assert night["tst_min"] == 420  # 240 + 90 + 90
    assert (night["sol_min"], night["waso_min"], night["twak_min"]) == (15, 35, 10)
    assert f"{night['sleep_onset']:%H:%M} {night['final_wake']:%H:%M}" == "23:15 06:50"
    assert night["comments"] == "windy, loud"


def test_zero_latency_and_zero_heart_rate_were_not_measured(nights):
    night = nights.loc["2022-03-02"]
    assert np.isnan(night["sol_min"])
    assert np.isnan(night["waso_min"])
    assert np.isnan(night["sleeping_heart_rate_bpm"])


def test_short_records_by_day_are_naps_also_when_they_stand_alone(nights):
    assert nights.loc["2022-03-02", "nap_min"] == 50
    report = ss.reading_report(nights).set_index("line")
    assert report.loc[5, "problem"] == (
        "line 5: a nap (40 min); the night of 2022-03-05 it precedes is not recorded."
    )
    assert status(nights) == {"used": 3, "nap": 2, "skipped": 1, "refused": 1}


def test_elapsed_time_across_a_change_of_the_clocks(nights):
    assert nights.loc["2022-03-26", "tib_min"] == 480
    assert "the clocks changed" in nights.loc["2022-03-26", "problem"]


def test_german_and_spanish_half_translated():
    german = read(FIXTURES / "german.csv")
    assert german["tst_min"].tolist() == [420]
    assert "sol_min" not in german
    spanish = read(FIXTURES / "spanish_resaved.csv")
    assert spanish["tst_min"].tolist() == [450]
    assert spanish["waso_min"].tolist() == [15]
    assert clock(spanish, "into_bed") == ["04 22:40"]


@pytest.mark.skipif(not OWN.exists(), reason="the folder of real exports is not here")
def test_real_file_row_by_row():
    nights = read(OWN / "sleep_german.csv")
    assert [f"{n:%m-%d}" for n in nights.index] == [
        "10-10", "10-11", "10-12", "10-15", "10-17", "10-19", "10-23",
    ]  # fmt: skip
    np.testing.assert_allclose(nights["tst_min"], [434, 381, 439, 394, 560, 451, 580])
    np.testing.assert_allclose(nights["sol_min"], [22, 30, 10, 80, 40, 25, 19])
    np.testing.assert_allclose(nights["waso_min"], [7, 0, 0, 6, 43, 32, 8])
    assert status(nights) == {"used": 6, "skipped": 1, "repaired": 1, "nap": 1}
    assert (
        "stages and awake add up to 643 min, the stamps are 670 min apart"
        in (nights.loc["2020-10-17", "problem"])
    )
