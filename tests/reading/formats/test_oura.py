"""Oura, old and new exports. The files here are invented; layouts follow the exports."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from exports import INVENTED, REAL, read

import sleepstats as ss

HERE = INVENTED / "oura"
OWN = REAL / "oura"
needs_real = pytest.mark.skipif(not OWN.exists(), reason="the real export is not here")


def test_sleepmodel_row_by_row():
    nights = read(HERE / "sleepmodel.csv")
    assert nights.attrs["sleepstats"]["format"] == "oura"
    assert [f"{n:%m-%d}" for n in nights.index] == ["03-26", "03-27", "03-28"]
    np.testing.assert_allclose(nights["tst_min"], [390 + 30, 410, 360])
    np.testing.assert_allclose(nights["sol_min"], [12, 10, 15])
    np.testing.assert_array_equal(nights["hrv_ms"], [50, 52, 48])
    np.testing.assert_array_equal(nights["average_heart_rate_bpm"], [54, 55, 56.25])
    report = ss.reading_report(nights)
    assert report["status"].tolist() == [
        "skipped", "repaired", "used", "nap", "merged", "repaired", "refused", "refused",
    ]  # fmt: skip
    assert report["problem"].iloc[6] == "line 7, column 'type': 'deleted', deleted in the app."


def test_a_late_nap_counts_with_the_night_that_follows_it():
    naps = read(HERE / "sleepmodel.csv")["nap_min"]
    np.testing.assert_array_equal(naps, [np.nan, np.nan, 40])


def test_the_final_awakening_comes_from_the_phases():
    nights = read(HERE / "sleepmodel.csv")
    # 82 digits, the last 4 awake: 78 x 5 min = 390 min after 00:10
    assert str(nights["final_wake"].iloc[2]) == "2026-03-29 06:40:00"
    assert nights["final_wake"].isna().tolist() == [True, True, False]


def test_the_night_of_a_clock_change_is_told():
    problem = read(HERE / "sleepmodel.csv")["problem"].iloc[2]
    assert problem == (
        "line 2: both stamps carry the morning's offset, UTC+02:00, and the previous night's is "
        "an hour less: if the clocks changed in this night, the clock showed an hour earlier at "
        "bed time. Durations are right."
    )


def test_a_folder_joins_stress_and_tags():
    files = ["sleepmodel", "dailystress", "daytimestress", "enhancedtag"]
    nights = read([HERE / f"{name}.csv" for name in files])
    assert len(nights) == 3
    np.testing.assert_array_equal(nights["stress_high_min"], [90, 240, np.nan])
    np.testing.assert_array_equal(nights["recovery_high_min"], [60, 0, np.nan])
    assert nights["stress_day_summary"].tolist()[:2] == ["normal", "stressful"]
    np.testing.assert_allclose(nights["stress_mean"], [np.nan, 60, 10])
    np.testing.assert_allclose(nights["stress_max"], [np.nan, 80, 10])
    np.testing.assert_allclose(nights["stress_evening_mean"], [np.nan, 70, np.nan])
    np.testing.assert_allclose(nights["recovery_mean"], [np.nan, 20, 30])
    assert nights["alcohol"].tolist() == [True, True, False]
    assert nights["coffee"].tolist() == [True, False, False]
    assert nights["evening_swim"].tolist() == [False, False, True]
    told = nights.attrs["sleepstats"]["columns"]
    assert told["stress_evening_mean"]["label"] == "mean stress, 18:00 to midnight"
    assert any(
        "1 samples before 06:00 were left out" in n for n in nights.attrs["sleepstats"]["notes"]
    )


def test_a_tag_without_a_name_and_a_sample_out_of_range_are_told():
    files = ["sleepmodel", "daytimestress", "enhancedtag"]
    nights = read([HERE / f"{name}.csv" for name in files])
    texts = ss.reading_report(nights)["problem"]
    assert texts.str.contains("a tag without a name: not used.").sum() == 1
    assert texts.str.contains("'180' cannot be: expected 0 to 100.").sum() == 1


def test_stamps_in_utc_are_brought_to_a_zone():
    text = (
        "id;bedtime_end;bedtime_start;day;total_sleep_duration;type\n"
        "a;2026-06-01T04:30:00+00:00;2026-05-31T21:15:00+00:00;2026-06-01;25200;long_sleep\n"
    )
    assert str(read(io.StringIO(text), tz="Europe/Berlin")["into_bed"].iloc[0]) == (
        "2026-05-31 23:15:00"
    )
    plain = read(io.StringIO(text))
    assert str(plain["into_bed"].iloc[0]) == "2026-05-31 21:15:00"
    assert "All stamps carry the offset +00:00" in plain.attrs["sleepstats"]["notes"][0]
    # 21:15 of the one that counts; a mean with a deleted 23:35 told 22:25, which no night has
    gone = "b;2026-06-02T00:05:00+00:00;2026-06-01T23:35:00+00:00;2026-06-02;0;deleted\n"
    for more in ("", gone):
        told = read(io.StringIO(text + more)).attrs["sleepstats"]["notes"][0]
        assert "where they lie about 21:15." in told


def test_trends_row_by_row():
    nights = read(HERE / "trends.csv")
    assert nights.attrs["sleepstats"]["format"] == "oura_trends"
    assert [f"{n:%m-%d}" for n in nights.index] == ["03-06", "03-07", "03-09"]
    np.testing.assert_allclose(nights["tib_min"], [500, 480, 420])
    np.testing.assert_allclose(nights["tst_min"], [450, 420, 360])
    np.testing.assert_allclose(nights["sol_min"], [10, 20, 5])
    np.testing.assert_allclose(nights["midsleep_h"], [23 + 15000 / 3600, 24.5 + 14100 / 3600,
                                                      22.75 + 12900 / 3600])  # fmt: skip
    np.testing.assert_allclose(nights["average_heart_rate_bpm"], [60.5, 61.5, np.nan])
    np.testing.assert_allclose(nights["body_temperature_deviation_c"], [-0.1, 0.2, np.nan])
    refused = nights.attrs["sleepstats"]["refused"]
    assert [(r["line"], r["why"]) for r in refused] == [
        (4, "no sleep was recorded for '2020-03-09'.")
    ]


def test_steps_of_a_date_stand_with_the_night_that_began_on_it():
    nights = read(HERE / "trends.csv")
    np.testing.assert_array_equal(nights["steps"], [np.nan, 9000, 12000])
    np.testing.assert_array_equal(nights["activity_burn_kcal"], [np.nan, 400, 500])


def test_a_spreadsheet_may_change_delimiter_and_order():
    text = (HERE / "trends.csv").read_text(encoding="utf-8")
    again = read(io.StringIO(text.replace(",", "\t").replace("\n", "\r\n")))
    pd.testing.assert_frame_equal(again, read(HERE / "trends.csv"))


@needs_real
def test_the_real_trends_file_is_accounted_for():
    nights = read(OWN / "oura_trends_old.csv")
    counts = nights.attrs["sleepstats"]["counts"]
    assert (len(nights), counts["refused"]) == (1274, 24)
    assert nights["sol_min"].max() == 127.5
    assert (nights["tib_min"] - nights["tst_min"] - nights["awake_min"]).abs().max() < 1e-9
    problem = nights["problem"]
    assert "2019-03-09" in problem[problem != ""].index


@needs_real
def test_the_new_fixture_is_read_and_its_deleted_row_refused():
    nights = read(OWN / "oura_sleepmodel_new_fixture.csv")
    assert nights["tst_min"].tolist() == [420.0]
    assert nights.attrs["sleepstats"]["rows_refused"] == 1
