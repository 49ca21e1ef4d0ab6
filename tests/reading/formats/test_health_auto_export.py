"""Health Auto Export. Fixtures are invented; the layout follows parsers and their fixtures."""

from __future__ import annotations

import io

import numpy as np
import pytest
from exports import INVENTED, REAL, read, status

import sleepstats as ss
from sleepstats.errors import DiaryError

FIXTURES = INVENTED / "health_auto_export"
OWN = REAL / "health_auto_export"


def test_sleep_is_of_the_night_that_ended_and_hours_are_minutes():
    nights = read(FIXTURES / "daily_utc.csv")
    assert nights.attrs["sleepstats"]["format"] == "health_auto_export"
    assert [f"{n:%m-%d}" for n in nights.index] == ["03-01", "03-02", "03-04"]
    assert nights["tst_min"].tolist() == [450, 375, 432]
    np.testing.assert_allclose(nights["rem_min"], [105, 75, np.nan])


def test_a_time_in_bed_that_cannot_be_is_told_and_missing():
    nights = read(FIXTURES / "daily_utc.csv")
    np.testing.assert_array_equal(nights["tib_min"], [480, np.nan, np.nan])
    assert "30 min in bed are less than 375 min asleep" in nights.loc["2026-03-02", "problem"]
    assert "would be 808.7 hours, more than a day" in nights.loc["2026-03-04", "problem"]


def test_what_is_of_the_day_goes_with_the_night_that_follows():
    nights = read(FIXTURES / "daily_utc.csv")
    np.testing.assert_array_equal(nights["caffeine_mg"], [np.nan, 95, 190])
    np.testing.assert_array_equal(nights["steps"], [np.nan, 8000, np.nan])
    np.testing.assert_array_equal(nights["exercise_min"], [np.nan, 30, 12])
    assert status(nights) == {"repaired": 2, "skipped": 1, "used": 1, "joined": 1}


def test_the_older_layout():
    nights = read(FIXTURES / "older.csv")
    assert nights["tst_min"].tolist() == [414, 426]
    assert nights["tib_min"].tolist() == [444, 426]
    report = ss.reading_report(nights)
    assert report["problem"].iloc[-1] == (
        "line 4: no sleep was measured in the night before this date."
    )


def test_hourly_rows_are_refused_with_what_to_do():
    rows = "".join(f"2026-01-0{1 + h // 24} {h % 24:02d}:00:00 +0100,0.9\n" for h in range(48))
    with pytest.raises(DiaryError) as error:
        read(io.StringIO("Date/Time,Sleep Analysis [Total] (hr)\n" + rows))
    assert str(error.value).endswith("choose the time grouping 'Day' and export again.")
    assert "48 rows for 3 days" in str(error.value)
