"""Zepp / Mi Fit. The fixture is invented; the real layout is the row of ``../shared``."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from exports import INVENTED, REAL, read

import sleepstats as ss
from sleepstats.errors import DiaryWarning

FIXTURE = INVENTED / "zepp/SLEEP_1.csv"
TEXT = FIXTURE.read_text(encoding="utf-8-sig")
OWN = REAL / "zepp/zepp_sleep_layout.csv"


def test_without_tz_times_are_utc_and_dates_local():
    with pytest.warns(DiaryWarning, match="tz='Europe/Berlin'"):
        nights = ss.read_diary(FIXTURE)
    assert nights.attrs["sleepstats"]["format"] == "zepp"
    assert [f"{n:%m-%d}" for n in nights.index] == ["05-01", "05-03"]
    assert str(nights.loc["2022-05-01", "sleep_onset"]) == "2022-05-01 14:30:00"


def test_tz_gives_the_clock_of_the_bed():
    nights = read(FIXTURE, tz="Asia/Tokyo")
    assert [f"{n:%m-%d}" for n in nights.index] == ["05-01", "05-03"]
    assert str(nights.loc["2022-05-01", "sleep_onset"]) == "2022-05-01 23:30:00"
    assert str(nights.loc["2022-05-01", "final_wake"]) == "2022-05-02 06:20:00"
    assert nights.loc["2022-05-01", "midsleep_h"] == pytest.approx(26 + 55 / 60)


def test_minutes_and_what_the_file_cannot_give():
    nights = read(FIXTURE)
    np.testing.assert_array_equal(nights["tst_min"], [400, 330])  # 80 + 250 + 70; 70 + 200 + 60
    np.testing.assert_array_equal(nights["waso_min"], [10, np.nan])
    np.testing.assert_array_equal(nights["spt_min"], [410, 370])
    assert "tib_min" not in nights
    assert "sol_min" not in nights
    assert "27526666.7 hours" in nights.loc["2022-05-03", "problem"]  # an epoch as minutes
    notes = " ".join(nights.attrs["sleepstats"]["notes"])
    assert "Column 'naps' is not read; rows with an entry: 1." in notes
    assert "no time in bed and no latency" in notes


def test_a_night_without_the_band_is_refused():
    report = ss.reading_report(read(FIXTURE))
    assert report["status"].tolist() == ["skipped", "used", "refused", "repaired"]
    assert report["problem"].tolist()[2] == (
        "line 3: start is stop and no minute of sleep is given: the band was not worn."
    )


def test_the_old_layout_has_no_rem():
    text = (
        "date,lastSyncTime,deepSleepTime,shallowSleepTime,wakeTime,start,stop\n"
        "2019-02-05,1,100,300,5,2019-02-04 22:00:00+0000,2019-02-05 04:45:00+0000\n"
    )
    nights = read(text)
    assert nights.loc["2019-02-04", "tst_min"] == 400
    assert "rem_min" not in nights


def test_a_wrong_zone_shows():
    nights = read(FIXTURE, tz="Pacific/Honolulu")  # 04:30 to 11:20 on the day before
    assert (
        "With tz='Pacific/Honolulu', column 'date' is not the morning after on 2 of 2 nights: the "
        "times were taken."
    ) in nights.attrs["sleepstats"]["notes"]


def test_a_spreadsheet_changes_nothing():
    rows = [line.split(",") for line in TEXT.splitlines()]
    order = [6, 5, 7, 0, 2, 3, 4]
    resaved = "\r\n".join(";".join(row[i] for i in order) for row in rows)
    a, b = read(resaved), read(TEXT)
    pd.testing.assert_frame_equal(a[sorted(a)], b[sorted(b)])


@pytest.mark.skipif(not OWN.exists(), reason="../shared is not here")
def test_real_row():
    night = read(OWN).loc["2023-02-17"]
    # 76 + 206 + 67 = 349 min = stop - start
    assert (night["tst_min"], night["spt_min"], night["waso_min"]) == (349, 349, 0)
