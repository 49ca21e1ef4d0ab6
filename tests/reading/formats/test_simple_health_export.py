"""Simple Health Export CSV. Fixtures are invented; the layout follows parsers."""

from __future__ import annotations

import io

import numpy as np
import pytest
from exports import INVENTED, REAL, clock, read, status

import sleepstats as ss
from sleepstats.errors import DiaryWarning

FIXTURES = INVENTED / "simple_health_export"
OWN = REAL / "simple_health_export"


@pytest.fixture
def nights():
    return read(FIXTURES / "phone_and_watch.csv")


def test_one_device_per_night_and_never_their_sum(nights):
    assert nights["device"].tolist() == ["Sam's Watch", "Sam's Watch", "Sam's iPhone"]
    assert nights["tst_min"].tolist() == [420, 390, 410]
    assert "are not added up" in " ".join(nights.attrs["sleepstats"]["notes"])


def test_overlapping_segments_of_one_device_count_once(nights):
    # 23:30 to 05:30 core, 05:00 to 06:00 REM: 390 minutes in all, not 420
    assert nights.loc["2026-01-03", "tst_min"] == 390
    assert nights.loc["2026-01-03", "light_min"] == 360
    assert nights.loc["2026-01-03", "rem_min"] == 60


def test_clocks_are_of_the_zone_of_the_row(nights):
    assert clock(nights, "sleep_onset") == ["02 23:00", "03 23:30", "04 19:00"]
    assert clock(nights, "final_wake") == ["03 06:20", "04 06:00", "05 01:50"]


def test_wake_after_onset_and_time_in_bed_only_where_told(nights):
    np.testing.assert_array_equal(nights["waso_min"], [20, 0, np.nan])
    np.testing.assert_array_equal(nights["tib_min"], [np.nan, np.nan, 480])
    np.testing.assert_array_equal(nights["sol_min"], [np.nan, np.nan, 60])


def test_segments_naps_and_useless_rows_are_accounted_for(nights):
    assert nights.loc["2026-01-03", "nap_min"] == 40
    assert status(nights) == {
        "merged": 5, "used": 3, "refused": 3, "skipped": 2, "duplicate": 1, "nap": 1,
    }  # fmt: skip
    report = ss.reading_report(nights).set_index("line")
    assert report.loc[14, "problem"] == "line 14: a segment without two readable stamps."
    assert report.loc[15, "problem"] == "line 15: 'dozing' is no stage of sleep."


def test_a_watch_with_only_a_nap_does_not_take_the_night_from_the_phone():
    text = (
        "type,sourceName,startDate,endDate,value\n"
        "HKCategoryTypeIdentifierSleepAnalysis,Watch,2026-01-02 15:00:00 +0100,"
        "2026-01-02 15:40:00 +0100,asleepCore\n"
        "HKCategoryTypeIdentifierSleepAnalysis,Phone,2026-01-02 23:00:00 +0100,"
        "2026-01-03 07:00:00 +0100,asleep\n"
    )
    nights = read(io.StringIO(text))
    assert nights["device"].tolist() == ["Phone"]
    assert nights["tst_min"].tolist() == [480]


def test_utc_stamps_without_a_zone_are_told_and_tz_moves_them():
    text = (
        "sourceName,startDate,endDate,value\n"
        "Watch,2026-01-02 23:00:00 +0000,2026-01-03 06:00:00 +0000,asleepCore\n"
    )
    with pytest.warns(DiaryWarning, match="Every stamp carries"):
        ss.read_diary(io.StringIO(text))
    nights = read(io.StringIO(text), tz="Asia/Tokyo")
    assert clock(nights, "sleep_onset") == ["03 08:00"]


def test_the_zone_of_a_row_goes_before_the_zone_of_the_caller(nights):
    # the fixture's watch names Europe/London for each row
    again = read(FIXTURES / "phone_and_watch.csv", tz="Asia/Tokyo")
    named = again["device"] == "Sam's iPhone"
    assert clock(again[named], "sleep_onset") == clock(nights[named.to_numpy()], "sleep_onset")
