"""Zeo headband. The fixture is invented; the real file is the one of ``../shared``."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from exports import INVENTED, REAL, read

from sleepstats.columns import column_of, factor_names

TEXT = (INVENTED / "zeo/zeodata.csv").read_text(encoding="utf-8")
OWN = REAL / "zeo_and_google_forms_diary/zeodata.csv"


def test_evening_minutes_and_us_dates():
    nights = read(TEXT)
    assert nights.attrs["sleepstats"]["format"] == "zeo"
    assert [f"{n:%m-%d}" for n in nights.index] == [
        "03-02", "03-03", "03-05", "03-06", "03-28", "03-29"
    ]  # fmt: skip
    night = nights.loc["2010-03-02"]
    names = ["tst_min", "sol_min", "waso_min", "rem_min", "light_min", "deep_min", "nawk"]
    assert night[names].tolist() == [420, 15, 5, 110, 230, 80, 1]
    assert (night["tib_min"], night["quality"]) == (446, 80)


def test_rise_time_is_on_a_grid_and_the_recording_ends_later():
    nights = read(TEXT)
    assert str(nights.loc["2010-03-02", "final_wake"]) == "2010-03-03 06:30:00"
    assert str(nights.loc["2010-03-02", "out_of_bed"]) == "2010-03-03 06:36:00"
    # 07:00 on the grid although the recording ended at 06:58
    assert str(nights.loc["2010-03-03", "final_wake"]) == "2010-03-04 06:58:00"
    assert nights.loc["2010-03-03", "problem"] == ""


def test_what_cannot_be_is_told():
    nights = read(TEXT)
    assert nights.loc["2010-03-05", "problem"] == (
        "line 4, column 'Sleep Date': 2010-03-06, but it began at 2010-03-06 06:40: "
        "it is the night of 2010-03-05."
    )
    assert nights.loc["2010-03-28", "problem"] == (
        "line 6, column 'Rise Time': 2010-03-28 22:30 is not between 2010-03-28 23:40 "
        "and 2010-03-29 06:33: not used."
    )
    unworn = nights.loc["2010-03-06"]
    assert "no sleep at all was recorded" in unworn["problem"]
    assert unworn[["tst_min", "sol_min", "waso_min", "quality", "nawk"]].isna().all()


def test_a_night_without_a_start_is_dated_by_its_sleep_date():
    night = read(TEXT).loc["2010-03-29"]
    assert pd.isna(night["into_bed"])
    assert night["tst_min"] == 410


def test_diary_answers_have_three_states():
    nights = read(TEXT)
    # blank, all zero (03-05, a morning without an answer) and answered
    np.testing.assert_array_equal(nights["caffeine"], [2, np.nan, np.nan, np.nan, 0, np.nan])
    np.testing.assert_array_equal(nights["alcohol"], [0, np.nan, np.nan, np.nan, 3, np.nan])
    np.testing.assert_array_equal(nights["rested"], [3, np.nan, np.nan, np.nan, 2, np.nan])
    assert "noise" not in nights  # blank throughout
    assert set(factor_names(nights)) == {"caffeine", "alcohol", "fall_asleep"}
    assert column_of(nights, "fall_asleep").when == "night"
    assert column_of(nights, "rested").when == "morning"
    note = "was filled in on 2 of 6 nights"
    assert any(note in text for text in nights.attrs["sleepstats"]["notes"])


def test_a_file_without_answers_says_so():
    rows = [line.split(",") for line in TEXT.splitlines()]
    head = rows[0]
    drop = [i for i, h in enumerate(head) if h.startswith(("SS", "Morning", "Day"))]
    text = "\n".join(",".join(c for i, c in enumerate(row) if i not in drop) for row in rows)
    nights = read(text)
    assert factor_names(nights) == []
    assert any("no factors" in note for note in nights.attrs["sleepstats"]["notes"])


def test_day_first_dates_are_seen_and_a_spreadsheet_changes_nothing():
    swapped = TEXT.replace("03/28/2010", "28/03/2010").replace("03/29/2010", "29/03/2010")
    for day in ("02", "03", "04", "06", "07", "30"):
        swapped = swapped.replace(f"03/{day}/2010", f"{day}/03/2010")
    original = read(TEXT)
    pd.testing.assert_frame_equal(read(swapped), original, check_like=True)
    resaved = "\ufeff" + TEXT.replace(",", ";").replace("\n", "\r\n")
    pd.testing.assert_frame_equal(read(resaved), original)


@pytest.mark.skipif(not OWN.exists(), reason="../shared is not here")
def test_real_file():
    nights = read(OWN)
    record = nights.attrs["sleepstats"]
    # 188 rows in the file; rows 1, 2, 26 and 112 compared by hand with the text
    assert (record["rows_read"], len(nights), record["rows_refused"]) == (188, 188, 0)
    assert nights.loc["2011-11-05", "sol_min"] == 36
    assert str(nights.loc["2012-11-09", "final_wake"]) == "2012-11-10 09:20:00"
    assert str(nights.loc["2012-11-09", "out_of_bed"]) == "2012-11-10 10:28:00"
    # the two Sleep Dates that name the morning: 26 November 2011 and 22 April 2012
    told = nights.index[nights["problem"].str.contains("it is the night of")]
    assert [f"{n:%Y-%m-%d}" for n in told] == ["2011-11-25", "2012-04-21"]
    assert nights["sol_min"].count() == 188
    np.testing.assert_array_equal(
        nights["caffeine"].dropna().value_counts().sort_index(), [3, 5]
    )  # 0 and 2
