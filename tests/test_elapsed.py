"""Wall clock and elapsed time."""

import numpy as np

from sleepstats.clock import known_zone, minutes_since, stamps_after, to_line, to_wall


def stamps(*texts):
    return np.array(texts, dtype="datetime64[us]")


def test_without_a_zone():
    minutes, twice = minutes_since(
        stamps("2026-01-05", "2026-01-05", "2026-01-05"),
        stamps("2026-01-05T23:30:30", "2026-01-06T07:00", "NaT"),
    )
    assert minutes.tolist()[:2] == [1410.5, 1860.0]
    assert np.isnan(minutes[2])
    assert not twice.any()


def test_over_the_change_of_the_clocks():
    # New York: 8 March 2026 02:00 became 03:00; 1 November 2026 02:00 became 01:00.
    nights = stamps("2026-03-07", "2026-10-31")
    minutes, twice = minutes_since(
        nights, stamps("2026-03-08T07:00", "2026-11-01T07:00"), "America/New_York"
    )
    assert minutes.tolist() == [1800.0, 1920.0]
    assert not twice.any()


def test_a_reading_that_was_skipped_and_one_that_came_twice():
    minutes, twice = minutes_since(
        stamps("2026-03-28", "2026-10-24"),
        stamps("2026-03-29T02:30", "2026-10-25T02:30"),
        "Europe/Berlin",
    )
    assert minutes.tolist() == [1590.0, 1590.0]  # 02:30 by the clock that was not put forward
    assert twice.tolist() == [False, True]


def test_there_and_back():
    nights = stamps("2026-03-28", "2026-06-01", "2026-10-24", "2026-10-24")
    wall = stamps("2026-03-29T06:10", "2026-06-01T22:59:59.5", "2026-10-25T06:10", "NaT")
    for zone in (None, "Europe/Berlin", "Australia/Lord_Howe"):
        minutes, _ = minutes_since(nights, wall, zone)
        back = stamps_after(nights, minutes, zone)
        assert np.array_equal(back[:3], wall[:3])
        assert np.isnat(back[3])


def test_years_that_no_zone_has_a_clock_for_are_missing():
    """The ends of the years that are held to be known, and a microsecond beyond each."""
    ends = stamps(
        "1000-01-01", "9998-12-31", "0999-12-31T23:59:59.999999", "9998-12-31T00:00:00.000001"
    )
    for there in (to_line, to_wall):
        assert np.isnat(there(ends, "Etc/UTC")).tolist() == [False, False, True, True]


def test_stamps_are_microseconds_whatever_they_were():
    """Nights of one unit only: pandas refuses to compare arrays, and numpy to view them, mixed."""
    seconds = stamps("2026-06-01T22:59:59", "NaT").astype("datetime64[s]")
    for there in (to_line, to_wall):
        assert there(seconds, "Europe/Berlin").dtype == np.dtype("datetime64[us]")
    for zone in (None, "Europe/Berlin"):
        night = stamps("2026-06-01", "2026-06-01")
        minutes, twice = minutes_since(night, stamps("2026-06-01T23:00", "NaT"), zone)
        assert (minutes.dtype, twice.dtype) == (np.dtype(float), np.dtype(bool))
        assert stamps_after(night, minutes, zone).dtype == np.dtype("datetime64[us]")


def test_known_zone():
    assert known_zone("Europe/Berlin") == "Europe/Berlin"
    assert known_zone("") is None
    assert known_zone(None) is None
    assert known_zone(5) is None
    assert known_zone("Europe/Berlim") is None
    assert known_zone("../etc/passwd") is None
