"""Garmin Connect. Fixtures are invented; layouts follow public parsers."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from exports import INVENTED, REAL, clock, read

import sleepstats as ss
from sleepstats.errors import DiaryError

FIXTURES = INVENTED / "garmin"
OWN = REAL / "garmin"


WEEKLY = (
    "Date,Avg Score,Avg Quality,Avg Duration,Avg Sleep Need,Avg Bedtime,Avg Wake Time\n"
    "3-9 Feb,71,Fair,7h 1min,8h 0min,23:02,7:01\n"
)


def test_the_first_column_is_the_date_of_waking():
    nights = read(FIXTURES / "seven_days.csv")
    assert nights.attrs["sleepstats"]["format"] == "garmin"
    assert [f"{n:%m-%d}" for n in nights.index] == ["07-08", "07-09", "07-10", "07-11"]
    assert clock(nights, "sleep_onset") == ["09 00:10", "10 01:10", "", "11 23:20"]
    assert clock(nights, "final_wake") == ["09 06:45", "10 06:45", "", "12 06:50"]


def test_dashes_are_missing_and_guarded_numbers_are_read():
    nights = read(FIXTURES / "seven_days.csv")
    np.testing.assert_array_equal(nights["quality"], [60, 55, np.nan, 81])
    np.testing.assert_array_equal(nights["body_battery"], [12, 12, -9, 40])
    np.testing.assert_array_equal(nights["skin_temperature_change"], [-0.1, -0.1, np.nan, 0.3])
    np.testing.assert_array_equal(nights["tst_min"], [540, 300, np.nan, 425])


def test_a_duration_longer_than_the_clock_times_is_told():
    assert read(FIXTURES / "seven_days.csv").loc["2025-07-08", "problem"] == (
        "line 5, column 'Duration': 540 min asleep in the 395 min between the clock times (were "
        "the clocks changed, or is a nap in it?); spt_min would be 395 min from sleep_onset and "
        "final_wake, less than tst_min: left missing"
    )


def test_four_weeks_in_us_notation():
    nights = read(FIXTURES / "four_weeks_12_hours.csv")
    assert clock(nights, "sleep_onset") == ["31 22:45", "02 00:05"]
    assert [f"{n:%m-%d}" for n in nights.index] == ["07-31", "08-01"]
    assert nights["tst_min"].tolist() == [420, 390]


def test_one_night_page():
    nights = read(FIXTURES / "one_day.csv")
    night = nights.iloc[0]
    assert f"{nights.index[0]:%F}" == "2025-02-02"
    assert night["tst_min"] == 422
    assert night["deep_min"] + night["light_min"] + night["rem_min"] == 422
    assert night["stress_asleep"] == 17
    assert night["hrv_ms"] == 48
    assert night["blood_oxygen_pct"] == 95
    assert night["body_battery_change"] == 51
    lines = (FIXTURES / "one_day.csv").read_text(encoding="utf-8").splitlines()
    assert len(ss.reading_report(nights)) == len(lines)


def test_a_page_without_its_date_is_refused():
    text = (FIXTURES / "one_day.csv").read_text(encoding="utf-8").replace("2025-02-03", "")
    with pytest.raises(DiaryError, match="this page of one night has no date"):
        read(io.StringIO(text))


def test_weeks_are_no_nights():
    with pytest.raises(DiaryError) as error:
        read(io.StringIO(WEEKLY))
    assert str(error.value) == (
        "the file object, line 1: this is Garmin's export of weekly averages. A week is no night: "
        "nothing that differs from night to night is left in it. Choose '4 Weeks' or '7 Days' on "
        "the page and export each period."
    )


@pytest.mark.skipif(not OWN.exists(), reason="the folder of real exports is not here")
def test_public_fixtures():
    nights = read(OWN / "Sleep_7_days_fixture.csv")
    assert clock(nights, "sleep_onset") == ["17 22:10", "18 22:10"]
    assert nights["tst_min"].tolist() == [543, 517]
    night = read(OWN / "Sleep_1_day_fixture.csv").iloc[0]
    # the same night as in the file of seven days, with 24 min awake
    assert night["tst_min"] + night["awake_min"] == 541 == nights["spt_min"].iloc[1]
    assert clock(read(OWN / "Sleep_4_weeks_us_locale_fixture.csv"), "final_wake") == ["26 06:04"]
    with pytest.raises(DiaryError, match="weekly averages"):
        read(OWN / "Sleep_weekly_fixture.csv")


STRESS = INVENTED / "garmin_stress"
SIX = "night,into_bed,out_of_bed\n" + "".join(f"2031-02-0{d},23:1{d},07:00\n" for d in range(1, 7))


def test_stress_of_a_day_goes_with_the_night_that_follows():
    got = ss.join_evenings(read(SIX), STRESS / "Stress.csv")
    none = [np.nan] * 3
    np.testing.assert_array_equal(got["stress"], [*none, 27, 41, np.nan])
    np.testing.assert_array_equal(got["stress_rest_min"], [*none, 420, 190, np.nan])
    # "--" beside minutes of the others: the day had no high stress
    np.testing.assert_array_equal(got["stress_high_min"], [*none, 0, 15, np.nan])
    notes = " ".join(got.attrs["sleepstats"]["notes"])
    assert "it holds the hours asleep of the night before as well" in notes


def day_of_stress(date, **parts):
    stages = [{"type": part.upper()} | told for part, told in parts.items()]
    return {"calendarDate": date, "totalSteps": 5120, "allDayStress": {"aggregatorList": stages}}


def test_stress_of_the_account_is_that_of_the_hours_awake(tmp_path):
    total = {"averageStressLevel": 30, "restDuration": 30000, "highDuration": 600}
    awake = {"averageStressLevel": 44, "restDuration": 9000, "mediumDuration": 3000}
    days = [
        day_of_stress("2031-02-03", total=total, awake=awake, asleep={"averageStressLevel": 14}),
        day_of_stress("2031-02-04", total={"averageStressLevel": -1},
                      awake={"averageStressLevel": -2}),
        day_of_stress("2031-02-05", total=total,
                      awake={"averageStressLevel": 31, "restDuration": 15000}),
    ]  # fmt: skip
    file = tmp_path / "UDSFile_2031-02-01_2031-02-05.json"
    file.write_text(json.dumps(days), encoding="utf-8")
    got = ss.join_evenings(read(SIX), file)
    # -2 on the 4th is too little seen; 9,000 s are 150 min
    np.testing.assert_array_equal(got["stress"], [np.nan, np.nan, 44, np.nan, 31, np.nan])
    np.testing.assert_array_equal(
        got["stress_rest_min"], [np.nan, np.nan, 150, np.nan, 250, np.nan]
    )
    assert got["stress_medium_min"].iloc[4] == 0
