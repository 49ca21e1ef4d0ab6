"""SleepBot, HabitBull, intervals.icu and Garmin's stress: each value by hand from the fixture."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from exports import INVENTED, clock, read, status

import sleepstats as ss
from sleepstats.reading.formats.times_in_bed import _to_the_minute

SLEEPBOT = INVENTED / "sleepbot" / "sleepbot.csv"
INTERVALS = INVENTED / "intervals_icu" / "wellness.csv"


def test_sleepbot_dates_the_waking() -> None:
    got = read(SLEEPBOT)
    assert clock(got, "into_bed") == ["11 23:10", "12 22:40", "13 23:59", "15 00:17", "16 00:50"]
    assert clock(got, "out_of_bed")[:2] == ["12 06:50", "13 06:10"]
    assert status(got) == {"used": 5, "nap": 1, "skipped": 1}  # 13:25 to 13:55 is the nap
    assert got["comments"].iloc[2] == "slept well"
    assert got.loc["2031-01-12", ["coffee", "wine"]].all()


def test_sleepbot_can_be_dated_by_the_bed_time() -> None:
    got = read(SLEEPBOT, labels="bedtime")
    # the row of 12/01, 23:10 to 06:50, then began on the evening of the 12th
    assert clock(got, "into_bed")[0] == "12 23:10"
    assert clock(got, "out_of_bed")[0] == "13 06:50"


def test_habitbull_goes_beside_nights() -> None:
    joined = ss.join_evenings(read(SLEEPBOT), INVENTED / "habitbull" / "HabitBullData.csv")
    np.testing.assert_array_equal(joined["cups_of_coffee"], [3, 0, 2, np.nan, np.nan])
    assert joined["meditate"].astype(object).where(joined["meditate"].notna(), None).tolist() == [
        True, False, None, True, None,
    ]  # fmt: skip
    with pytest.raises(ss.DiaryError, match="holds no nights, only what goes with them"):
        read(INVENTED / "habitbull" / "HabitBullData.csv")


def test_intervals_icu_has_calendar_days() -> None:
    got = read(INTERVALS)
    # 26340 s are 439 min; the row of the 11th is the night of the 10th
    np.testing.assert_array_equal(got["tst_min"], [439, 365, np.nan, 480])
    assert str(got.index[0].date()) == "2031-01-10"
    # the steps of the 11th came before the night of the 11th; 0 steps were not counted
    np.testing.assert_array_equal(got["steps"], [np.nan, 9120, 4020, 12040])
    # 2, 3 and 1 of quality, of which 1 is the best, are 3, 2 and 4
    np.testing.assert_array_equal(got["quality"], [3, 2, np.nan, 4])
    np.testing.assert_array_equal(got["resting_heart_rate_bpm"], [48, 51, np.nan, 47])


def test_a_first_column_without_a_name_holds_the_dates() -> None:
    # Garmin Connect's report of stress: an empty header above the dates, -- for nothing
    stress = io.StringIO(",Stress\n2031-01-11,28\n2031-01-12,35\n2031-01-14,--\n")
    joined = ss.join_evenings(read(SLEEPBOT), stress)
    np.testing.assert_array_equal(joined["stress"], [28, 35, np.nan, np.nan, np.nan])


def test_hours_and_minutes_are_a_length() -> None:
    rows = "".join(f"2031-01-{11 + i},{i}h {10 + i}min\n" for i in range(1, 5))
    joined = ss.join_evenings(read(SLEEPBOT), io.StringIO("date,reading\n" + rows))
    assert joined["reading_min"].iloc[1] == 60 + 11


def _events(*odd: str) -> str:
    """300 nights: two coffees and one, to bed at 23:05, asleep, up once for 20 min, up at 6:50."""
    evening = "16:00,coffee,2|17:00,Coffee,|23:05,went to bed,|23:20,lights off,|23:40,fell asleep,"
    morning = "03:00,woke,|03:05,woke,|03:20,fell asleep,|05:00,tea,|06:40,woke,|06:50,got up,"
    days = [f"{day:%Y-%m-%d}" for day in pd.date_range("2031-01-01", periods=301)]
    rows = [
        f"{day} {event}"
        for n in range(300)
        for day, events in ((days[n], evening), (days[n + 1], morning))
        for event in events.split("|")
    ]
    return "\n".join(["when,what,more", *rows, *odd]) + "\n"


def test_a_log_of_events_is_the_same_with_odd_lines_at_its_end() -> None:
    plain = read(_events())
    assert len(plain) == 300
    # asleep 23:40, awake 03:00 to 03:20, woke 06:40, up 06:50
    assert set(plain["waso_min"]) == {20.0}
    assert set(plain["nawk"]) == {1.0}
    assert set(plain["twak_min"]) == {10.0}
    assert set(plain["coffee"]) == {3.0}
    told = ss.reading_report(plain).set_index("line")["problem"]
    assert told[2] == "noted before the night that begins in line 4"
    assert told[10] == "told within a night: not used"
    assert told[6] == "of the night that begins in line 4"
    last = "2031-10-28"
    for odd, why in (
        (f"{last} 20:00", "no date and time of an event"),  # no cell of what happened
        (f'{last} 20:00,"tea, green",1,more', "no night follows it"),  # each line by itself
        (f"{last} 20:00,woke,", "no night was begun before it"),
        ("x,y,z", "no date and time of an event"),
    ):
        nights = read(_events(odd))
        pd.testing.assert_frame_equal(nights, plain, check_like=True)
        assert ss.reading_report(nights)["problem"].iloc[-1] == why
    late = read(_events(f"{last} 23:00,went to bed,", "2031-10-29 17:01,got up,"))
    assert len(late) == 301  # 18 hours and a minute: nobody's night
    assert late["out_of_bed"].isna().tolist() == 300 * [False] + [True]


def test_times_of_events_are_written_as_numpy_writes_them() -> None:
    days = np.datetime64("1900-01-01", "us") + np.arange(0, 2_950_000, 7).astype("m8[D]")
    stamps = days + (np.arange(len(days)) * 7919 % 1440).astype("m8[m]") + np.timedelta64(59, "s")
    expected = [text.replace("T", " ") for text in np.datetime_as_string(stamps, unit="m")]
    assert _to_the_minute(stamps) == expected
    assert _to_the_minute(stamps[:0]) == []
