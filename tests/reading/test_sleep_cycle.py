"""Sleep Cycle, all layouts. Every file here is invented; layouts follow real exports."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.errors import DiaryWarning

OLD = """Start;End;Sleep quality;Time in bed;Wake up;Sleep Notes;Heart rate;Activity (steps)
2019-03-04 23:10:05;2019-03-05 07:02:11;81%;7:52;:);Tea:Read before bed ;61;5300
2019-03-06 00:40:00;2019-03-06 08:01:30;70%;7:21;:|;Stressful day:Tea;0;8011
2019-03-07 23:30:00;2019-03-08 09:10:00;0%;0:00;;Tea;0;1200
2019-03-08 22:15:00;2019-03-09 06:45:20;77%;8:30;:(;;58;900
"""
MID = """Start;End;Sleep Quality;Regularity;Mood;Heart rate (bpm);Steps;Alarm mode;Air Pressure (Pa);City;Movements per hour;Time in bed (seconds);Time asleep (seconds);Time before sleep (seconds);Window start;Window stop;Did snore;Snore time;Weather temperature (°C);Weather type;Notes
2021-05-01 23:00:00;2021-05-02 07:00:00;80%;-21%;Good;60;1000;Normal;101.2;;30.1;28800.0;26000.0;192.0;2021-05-02 06:30:00;2021-05-02 07:00:00;true;120.0;12.5;Cloudy;Tea:Stressful day
2021-05-02 23:30:00;2021-05-03 07:00:00;75%;—;Bad;0;2000;No alarm;100.9;;41.0;27000.0;25000.0;180.0;;;false;0.0;0.0;No weather;
2021-05-03 23:30:00;2021-05-04 07:30:00;70%;90%;OK;0;2000;No alarm;100.9;;41.0;0.0;22000.0;180.0;;;false;0.0;0.0;No weather;Tea
"""
NEW = """Start;End;Sleep Quality;Regularity;Awake (seconds);Dream (seconds);Light (seconds);Deep (seconds);Mood;Heart rate (bpm);Steps;Alarm mode;Air Pressure (Pa);City;Movements per hour;Time in bed (seconds);Time asleep (seconds);Time before sleep (seconds);Window start;Window stop;Snore time (seconds);Weather temperature (°F);Weather type;Notes;Body temperature deviation (degrees Celsius)
2025-10-30 23:00:00;2025-10-31 07:00:00;82%;0%;3000.0;7200.0;13800.0;4800.0;Not set;58;6122;No alarm;100.1;;34.9;28800.0;25800.0;1470.0;;;0.0;50.0;Sunny;;0.1
2025-11-01 23:30:00;2025-11-02 06:30:00;84%;0%;3600.0;7200.0;13200.0;4800.0;Not set;57;7000;No alarm;100.1;;33.0;28800.0;25200.0;1200.0;;;0.0;32.0;No weather;;
"""
ANDROID = """Went to bed;Woke up;Sleep Quality;Time in bed (seconds);Time asleep (seconds);Asleep after (seconds);Regularity;Did snore;Snore time (seconds);Coughing (per hour);City;Alertness score;Alertness reaction time (seconds);Alertness accuracy;Movements per hour;Wake up window start;Wake up window stop
2021-07-14 22:45:06;2021-07-15 04:33:06;51%;20880;18150;1390;—;false;0;0.0;;;;;61.7;21-07-15 04:30:00;21-07-15 05:00:00
2021-07-16 00:00:10;2021-07-16 06:11:10;58%;22260;18790;445;—;false;0;0.0;;;;;67.6;21-07-16 06:00:00;21-07-16 06:30:00
"""


def read(text, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DiaryWarning)
        return ss.read_diary(io.StringIO(text), **options)


def test_old_layout_row_by_row():
    nights = read(OLD)
    assert nights.attrs["sleepstats"]["format"] == "sleep_cycle"
    assert [f"{n:%m-%d}" for n in nights.index] == ["03-04", "03-05", "03-07", "03-08"]
    assert nights["tib_min"].tolist()[:2] == [472.0, 441.0]
    assert nights["quality"].tolist()[:2] == [81.0, 70.0]
    np.testing.assert_array_equal(nights["mood_on_waking"], [3, 2, np.nan, 1])
    np.testing.assert_array_equal(nights["heart_rate_bpm"], [61, np.nan, np.nan, 58])
    assert nights["steps"].tolist() == [5300, 8011, 1200, 900]


def test_failed_tracking_is_missing_and_told():
    night = read(OLD).loc["2019-03-07"]
    assert np.isnan(night["tib_min"])
    assert np.isnan(night["quality"])
    assert pd.isna(night["out_of_bed"])
    assert "tracking failed" in night["problem"]
    assert night["problem"].startswith("line 4, column 'Time in bed': 0 although 9.7 h lie")


def test_notes_are_yes_no_or_not_recorded():
    nights = read(OLD)
    assert nights["tea"].tolist() == [True, True, True, pd.NA]
    assert nights["stressful_day"].tolist() == [False, True, False, pd.NA]
    assert nights["read_before_bed"].tolist() == [True, False, False, pd.NA]


def test_mid_layout_zeros_dashes_and_weather():
    nights = read(MID)
    np.testing.assert_array_equal(nights["device_regularity_pct"], [-21, np.nan, np.nan])
    np.testing.assert_allclose(nights["tib_min"], [480, 450, np.nan])
    np.testing.assert_allclose(nights["sol_min"], [3.2, 3.0, np.nan])
    np.testing.assert_allclose(nights["weather_temperature_c"], [12.5, np.nan, np.nan])
    assert nights["mood_on_waking"].tolist() == [3, 1, 2]
    assert nights["tea"].tolist() == [True, pd.NA, True]


def test_new_layout_stages_fahrenheit_and_clock_change():
    nights = read(NEW)
    np.testing.assert_allclose(nights["rem_min"], [120, 120])
    np.testing.assert_allclose(nights["tst_min"], [430, 420])
    np.testing.assert_allclose(nights["sol_min"], [24.5, 20])
    np.testing.assert_allclose(nights["weather_temperature_c"], [10, np.nan])
    change = nights.loc["2025-11-01"]
    assert change["tib_min"] == 480.0
    assert "clock" in change["problem"] or "daylight" in change["problem"].lower()


def test_android_layout():
    nights = read(ANDROID)
    assert [f"{n:%m-%d}" for n in nights.index] == ["07-14", "07-15"]
    np.testing.assert_allclose(nights["tib_min"], [348, 371])
    np.testing.assert_allclose(nights["sol_min"], [1390 / 60, 445 / 60])
    assert "mood_on_waking" not in nights


@pytest.mark.parametrize("text", [OLD, MID, NEW, ANDROID])
def test_a_spreadsheet_may_change_delimiter_case_and_column_order(text):
    original = read(text)
    rows = [line.split(";") for line in text.splitlines()]
    order = list(range(len(rows[0])))[::-1]
    resaved = "".join(",".join(row[i] for i in order) + "\n" for row in rows)
    again = read(resaved.replace("false", "FALSE"))
    pd.testing.assert_frame_equal(again[sorted(again)], original[sorted(original)])


def test_rows_of_one_night_keep_the_longest_and_count_the_nap():
    nap = "2019-03-08 14:00:00;2019-03-08 15:30:00;20%;1:30;;;0;10\n"
    nights = read(OLD + nap)
    assert nights.loc["2019-03-08", "nap_min"] == 90.0
    assert nights.loc["2019-03-08", "tib_min"] == 510.0
    report = ss.reading_report(nights)
    assert report["status"].tolist() == ["skipped", "used", "used", "repaired", "used", "nap"]


def test_a_night_in_pieces_is_joined():
    pieces = (
        "2019-03-10 23:00:00;2019-03-11 03:00:00;50%;4:00;;;0;10\n"
        "2019-03-11 03:40:00;2019-03-11 07:40:00;50%;4:00;;;0;10\n"
    )
    nights = read(OLD + pieces)
    night = nights.loc["2019-03-10"]
    assert night["tib_min"] == 480.0
    assert str(night["out_of_bed"]) == "2019-03-11 07:40:00"
    assert ss.reading_report(nights)["status"].tolist()[-2:] == ["repaired", "merged"]


def test_half_a_file_keeps_what_can_be_read_and_tells_the_rest():
    cut = OLD[: OLD.index("2019-03-08 22:15") + 6]
    nights = read(cut)
    assert len(nights) == 3
    last = ss.reading_report(nights).iloc[-1]
    assert last["status"] == "refused"
    assert "is no date and time" in last["problem"]
