"""PleesTracker. The fixture is invented; the real file is the one of ``../shared``."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from exports import INVENTED, REAL, read

import sleepstats as ss
from sleepstats.errors import DiaryError, DiaryWarning

FIXTURE = INVENTED / "plees_tracker/plees-tracker.csv"
OWN = REAL / "plees_tracker/plees-tracker.csv"


def test_milliseconds_are_utc_and_that_is_told():
    with pytest.warns(DiaryWarning, match="nothing says in which time zone you slept"):
        nights = ss.read_diary(FIXTURE)
    assert nights.attrs["sleepstats"]["zone"] == "UTC"
    assert str(nights.loc["2020-07-04", "into_bed"]) == "2020-07-04 22:00:00"
    np.testing.assert_allclose(nights["tib_min"], [450, 360, np.nan])
    np.testing.assert_array_equal(nights["quality"], [4, np.nan, 3])  # 0 is unrated
    np.testing.assert_array_equal(nights["nawk"], [2, 0, 1])
    assert nights["comments"].tolist()[0] == "first line\nsecond, line"
    assert nights["tea"].tolist() == [True, pd.NA, pd.NA]


def test_tz_moves_clock_and_evening():
    nights = read(FIXTURE, tz="Asia/Tokyo")
    assert [f"{n:%m-%d}" for n in nights.index] == ["07-04", "07-05", "07-06"]
    assert str(nights.loc["2020-07-04", "into_bed"]) == "2020-07-05 07:00:00"
    assert nights.attrs["sleepstats"]["zone"] == "Asia/Tokyo"
    assert not any("UTC" in note for note in nights.attrs["sleepstats"]["notes"])


def test_what_cannot_be_is_told():
    nights = read(FIXTURE)
    assert nights.loc["2020-07-06", "problem"] == (
        "line 5, column 'stop': 2020-07-07 00:00 is -2.8 h after 2020-07-07 02:46: not used."
    )
    report = ss.reading_report(nights)
    assert report["status"].tolist() == [
        "skipped", "used", "skipped", "used", "repaired", "refused"
    ]  # fmt: skip
    assert report["problem"].tolist()[-1] == (
        "line 6, column 'start' is blank, so this row has no night."
    )


def test_dates_instead_of_milliseconds():
    text = "sid;start;stop;rating\n1;2020-07-04 22:00:00;2020-07-05 05:30:00;4\n"
    nights = read(text)
    assert nights.loc["2020-07-04", "tib_min"] == 450
    assert not any("UTC" in note for note in nights.attrs["sleepstats"]["notes"])


def test_a_header_without_records():
    with pytest.raises(DiaryError, match="there is a header"):
        read("sid,start,stop,rating\n")


@pytest.mark.skipif(not OWN.exists(), reason="../shared is not here")
def test_real_file():
    nights = read(OWN)
    assert nights.attrs["sleepstats"]["rows_read"] == 3
    # 1608323029380 ms is 2020-12-18 20:23:49 UTC; three records of 28, 1 and 1 s
    assert str(nights.loc["2020-12-18", "into_bed"]) == "2020-12-18 20:23:49"
    assert str(nights.loc["2020-12-18", "out_of_bed"]) == "2020-12-18 20:24:27"
