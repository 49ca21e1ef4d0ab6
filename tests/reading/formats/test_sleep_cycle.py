"""Sleep Cycle, all layouts. Every file here is invented; layouts follow real exports."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from exports import INVENTED, read

import sleepstats as ss

FIXTURES = INVENTED / "sleep_cycle"
OLD = (FIXTURES / "old.csv").read_text(encoding="utf-8")
MID = (FIXTURES / "mid.csv").read_text(encoding="utf-8")
NEW = (FIXTURES / "new.csv").read_text(encoding="utf-8")
ANDROID = (FIXTURES / "android.csv").read_text(encoding="utf-8")


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


def test_what_was_noted_with_any_piece_of_a_night_counts_for_the_night():
    text = (
        "Start;End;Sleep quality;Time in bed;Wake up;Sleep Notes\n"
        "2026-01-05 21:10:00;2026-01-05 21:40:00;9%;0:30;;Stressful day\n"
        "2026-01-05 22:30:00;2026-01-06 07:00:00;80%;8:30;:);\n"
        "2026-01-06 22:10:00;2026-01-06 22:40:00;9%;0:30;;Tea\n"
        "2026-01-06 23:00:00;2026-01-07 07:00:00;80%;8:00;:);Stressful day\n"
        "2026-01-07 23:00:00;2026-01-08 07:00:00;80%;8:00;:);Tea\n"
    )
    with pytest.warns(ss.DiaryWarning, match="joined as one night in pieces"):
        nights = ss.read_diary(io.StringIO(text))
    assert nights["tib_min"].tolist() == [540, 510, 480]
    assert nights["stressful_day"].tolist() == [True, True, False]
    assert nights["tea"].tolist() == [False, True, True]


def test_sleep_after_night_shifts_is_dated_by_its_own_bed_times():
    # bed times from 10:30 to 13:30: noon would make every other night a second record of its date.
    # They leave the clock empty from 13:30 to 10:30; its middle, midnight, is the cut (by hand).
    rows = [
        f"2031-03-{day:02d} {10 + day % 4}:30:00;2031-03-{day:02d} {17 + day % 4}:30:00;80%;7:00"
        for day in range(1, 13)
    ]
    text = "\n".join(["Start;End;Sleep quality;Time in bed", *rows, ""])
    nights = read(text)
    assert [f"{night:%m-%d}" for night in nights.index] == [f"03-{d:02d}" for d in range(1, 13)]
    assert ss.reading_report(nights)["status"].value_counts()["used"] == 12
    assert "the day is cut at 00:00" in " ".join(nights.attrs["sleepstats"]["notes"])


@pytest.mark.parametrize(
    "header",
    [
        "Date,Went to bed,Woke up,Sleep quality",
        "Date,Start,End,Sleep quality,Regularity",
        "Date,Bedtime,Wake,Coffees,Comments",
    ],
)
def test_a_diary_of_bare_times_under_a_trackers_headers_is_a_diary(header, tmp_path):
    """By hand: bed at 23:10 on the evening before each date, up at 6:50."""
    fields = header.count(",") - 2
    rows = [f"2026-01-{day:02d},23:10,06:50{',7' * fields}" for day in range(5, 12)]
    path = tmp_path / "mine.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    nights = ss.read_diary(path, labels="morning")
    assert nights.index.tolist() == pd.date_range("2026-01-04", periods=7).tolist()
    assert nights["into_bed"].tolist() == [day + pd.Timedelta("23:10:00") for day in nights.index]
    assert (nights["tib_min"] == 460).all()
