"""Products' other layouts, and products of today: each value worked out by hand from the text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from exports import INVENTED, clock, read, status

from sleepstats.columns import column_of
from sleepstats.errors import DiaryError


def test_autosleep_of_2020_has_minutes_and_hours_in_one_column() -> None:
    nights = read(INVENTED / "autosleep" / "history_2020.csv")
    np.testing.assert_array_equal(nights["tib_min"], [480, 450, 460])
    np.testing.assert_array_equal(nights["tst_min"], [451, 380, 440])
    np.testing.assert_array_equal(nights["awake_min"], [29, 70, 20])
    np.testing.assert_array_equal(nights["sol_min"], [14, np.nan, 6])
    np.testing.assert_array_equal(nights["deep_min"], [95, 65, 58])
    np.testing.assert_array_equal(nights["sleeping_heart_rate_bpm"], [55, 58, np.nan])
    assert clock(nights, "out_of_bed") == ["11 06:10", "12 06:50", "13 06:20"]
    assert nights["wine"].tolist() == [True, pd.NA, True]
    assert nights["late_meal"].tolist() == [True, pd.NA, False]


def test_ringconn_measures_latency() -> None:
    nights = read(INVENTED / "ringconn" / "sleep.csv")
    assert clock(nights, "into_bed") == ["10 22:50", "11 23:30", "13 00:20"]
    assert [f"{night:%m-%d}" for night in nights.index] == ["03-10", "03-11", "03-12"]
    np.testing.assert_array_equal(nights["sol_min"], [25, np.nan, 11])
    np.testing.assert_array_equal(nights["tst_min"], [420, 425, 400])
    np.testing.assert_array_equal(nights["nap_min"], [np.nan, np.nan, 35])


def test_pyactigraphy_names_nights_naps_and_what_is_no_sleep() -> None:
    nights = read(INVENTED / "pyactigraphy" / "diary.csv")
    np.testing.assert_array_equal(nights["tib_min"], [465, 410, 440])
    np.testing.assert_array_equal(nights["nap_min"], [np.nan, 25, np.nan])
    assert status(nights) == {"used": 3, "nap": 1, "refused": 1, "skipped": 3}
    assert "was not worn for 1.5 h" in nights.attrs["sleepstats"]["refused"][0]["why"]


GARMIN = (
    "Date,Score,Resting Heart Rate,Body Battery,Pulse Ox,Respiration,Quality,Duration,Bedtime,"
    "Wake Time\n"
    "2026-03-11,80,55,60,95,14,Good,7h 0min,11:00 PM,6:10 AM\n"
    "2026-03-12,90,0,0,0,0,Excellent,8h 0min,10:30 PM,6:40 AM\n"
)


def test_garmin_with_a_renamed_first_header_is_garmin() -> None:
    nights = read(GARMIN)
    assert nights.attrs["sleepstats"]["format"] == "garmin"
    np.testing.assert_array_equal(nights["tst_min"], [420, 480])
    for name in ("resting_heart_rate_bpm", "body_battery", "blood_oxygen_pct", "breaths_per_min"):
        assert nights[name].isna().tolist() == [False, True], name
        assert column_of(nights, name).when == "night", name


@pytest.mark.parametrize(("restless", "name"), [(180, "restless_periods"), (18, "restless_pct")])
def test_oura_restless_sleep_was_a_share_and_is_a_count(restless: int, name: str) -> None:
    text = (
        "date,Sleep Score,Total Sleep Duration,Restless Sleep,Steps,Bedtime Start,Bedtime End\n"
        f"2026-03-11,80,25200,{restless},0,2026-03-10T23:00:00.000+01:00,"
        "2026-03-11T07:00:00.000+01:00\n"
        f"2026-03-12,81,25200,{restless + 2},9000,2026-03-11T23:00:00.000+01:00,"
        "2026-03-12T07:00:00.000+01:00\n"
        f"2026-03-13,81,25200,{restless + 2},9000,2026-03-12T23:00:00.000+01:00,"
        "2026-03-13T07:00:00.000+01:00\n"
    )
    nights = read(text)
    np.testing.assert_array_equal(nights[name], [restless, restless + 2, restless + 2])
    assert (nights["problem"] == "").all()
    # no step was counted on the 11th; the 12th's go with the night of the 12th
    np.testing.assert_array_equal(nights["steps"], [np.nan, np.nan, 9000])


HEALTH = "sourceName,startDate,endDate,value\n"


def test_a_night_in_which_the_clock_is_changed_has_its_elapsed_minutes() -> None:
    text = HEALTH + (
        "Watch,2026-03-28 22:00:00 +0100,2026-03-29 01:00:00 +0100,asleepCore\n"
        "Watch,2026-03-29 01:00:00 +0100,2026-03-29 04:00:00 +0200,asleepDeep\n"
        "Watch,2026-03-29 04:00:00 +0200,2026-03-29 06:00:00 +0200,asleepREM\n"
        "Watch,2026-10-24 23:00:00 +0200,2026-10-25 02:50:00 +0200,asleepCore\n"
        "Watch,2026-10-25 02:50:00 +0200,2026-10-25 02:10:00 +0100,asleepDeep\n"
        "Watch,2026-10-25 02:10:00 +0100,2026-10-25 06:00:00 +0100,asleepREM\n"
    )
    nights = read(text)
    # 3 h + 2 h + 2 h; and 3:50 + 0:20 + 3:50
    np.testing.assert_array_equal(nights["tst_min"], [420, 480])
    np.testing.assert_array_equal(nights["deep_min"], [120, 20])
    np.testing.assert_array_equal(nights["spt_min"], [420, 480])
    assert clock(nights, "final_wake") == ["29 06:00", "25 06:00"]


def test_withings_record_without_a_stage_measured_nothing() -> None:
    text = (
        'from,to,"light (s)","deep (s)","rem (s)","awake (s)","wake up","Duration to sleep (s)",'
        '"Duration to wake up (s)","Average heart rate"\n'
        "2026-03-10T23:00:00+01:00,2026-03-11T07:00:00+01:00,0,0,0,28800,12,4000,0,0\n"
        "2026-03-11T23:00:00+01:00,2026-03-12T07:00:00+01:00,14400,7200,5400,1800,2,600,300,60\n"
    )
    nights = read(text)
    for name in ("tst_min", "sol_min", "waso_min", "se_pct", "nawk"):
        assert nights[name].isna().tolist() == [True, False], name
    assert "nothing was measured but the times" in nights["problem"].iloc[0]


def test_samsungs_combined_file_says_which_file_to_take() -> None:
    text = "com.samsung.shealth.sleep_combined,6307003,11\nstart_time,end_time\n"
    with pytest.raises(DiaryError, match=r"Take com\.samsung\.shealth\.sleep\.\*\.csv"):
        read(text)


OLD_HEALTH = (
    "Date,Resting Heart Rate (bpm),Sleep Analysis [Asleep] (hr),Sleep Analysis [In Bed] (hr)\n"
    "2026-03-11 00:00:00,57,7.0,7.5\n2026-03-12 00:00:00,0,6.5,7.0\n"
)


def test_health_auto_exports_older_layout_asks_which_day_it_means() -> None:
    nights = read(OLD_HEALTH)
    assert [f"{night:%m-%d}" for night in nights.index] == ["03-10", "03-11"]
    assert any("labels='evening'" in note for note in nights.attrs["sleepstats"]["notes"])
    np.testing.assert_array_equal(nights["resting_heart_rate_bpm"], [57, np.nan])
    began = read(OLD_HEALTH, labels="evening")
    assert [f"{night:%m-%d}" for night in began.index] == ["03-11", "03-12"]
    assert not any("labels='evening'" in note for note in began.attrs["sleepstats"]["notes"])


def test_sleep_cycle_counts_no_steps_where_there_are_none() -> None:
    text = (
        "Start;End;Sleep quality;Time in bed;Activity (steps)\n"
        "2026-03-10 23:00:00;2026-03-11 07:00:00;80%;8:00;0\n"
        "2026-03-11 23:00:00;2026-03-12 07:00:00;80%;8:00;4000\n"
    )
    np.testing.assert_array_equal(read(text)["steps"], [np.nan, 4000])
