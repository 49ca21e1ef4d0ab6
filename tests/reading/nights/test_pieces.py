"""Night, piece or nap by one rule, for trackers and for tables of one's own.

The records are invented; what is expected is counted by hand from their times.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from exports import read, status

import sleepstats
from sleepstats import DiaryError
from sleepstats.reading.nights.records import Records
from sleepstats.reading.nights.tracker_nights import _across

HEAD = "Start;End;Sleep quality;Time in bed;Sleep Notes\n"
USUAL = "".join(
    f"2026-03-{day:02d} 23:00:00;2026-03-{day + 1:02d} 07:00:00;80%;8:00;Tea\n"
    for day in range(1, 8)
)


def night(nights: pd.DataFrame, day: str) -> pd.Series:
    return nights.loc[f"2026-03-{day}"]


@pytest.mark.parametrize(
    ("begin", "end", "over"),
    [(0, 10, None), (0, 11, 1), (19, 30, 1), (20, 30, None), (12, 15, 1), (0, 40, 1), (40, 50, 2)],
)
def test_what_only_touches_a_record_does_not_lie_over_it(begin: int, end: int, over: int) -> None:
    """By hand: one record without an end, one from 10 to 20, one from 40 to 50."""
    records = Records([0, 10, 40], [None, 20, 50], [-1.0] * 3, [0] * 3, [2, 3, 4])
    assert _across(records, begin, end, (0, 1, 2)) == over


def test_the_time_between_pieces_is_not_time_in_bed() -> None:
    text = (
        HEAD
        + USUAL
        + (
            "2026-03-08 22:00:00;2026-03-09 01:00:00;50%;3:00;Wine\n"
            "2026-03-09 02:00:00;2026-03-09 06:00:00;50%;4:00;Tea\n"
        )
    )
    got = night(read(text), "08")
    assert got["tib_min"] == 420
    assert (got["tea"], got["wine"]) == (True, True)


def test_pieces_without_a_column_of_their_length_add_up() -> None:
    rows = "1,1767654000000,1767664800000,3\n2,1767668400000,1767682800000,4\n"
    got = read("sid,start,stop,rating\n" + rows, tz="Europe/Budapest")
    # 180 and 240 minutes, an hour apart
    assert got["tib_min"].tolist() == [420]


def test_a_record_that_failed_leaves_the_night_incomplete_and_its_tags() -> None:
    text = (
        HEAD
        + USUAL
        + (
            "2026-03-08 23:30:00;2026-03-09 04:30:00;0%;0:00;Stressful day\n"
            "2026-03-09 05:30:00;2026-03-09 06:15:00;9%;0:45;\n"
        )
    )
    got = night(read(text), "08")
    assert pd.isna(got["tib_min"])
    assert pd.isna(got["out_of_bed"])
    assert pd.isna(got["quality"])
    assert got["into_bed"] == pd.Timestamp("2026-03-08 23:30")
    assert got["stressful_day"]
    assert "the night is incomplete" in got["problem"]


def test_a_record_begun_by_mistake_costs_the_night_nothing() -> None:
    text = (
        HEAD
        + USUAL
        + (
            "2026-03-08 22:50:00;2026-03-08 22:51:00;0%;0:00;Wine\n"
            "2026-03-08 23:00:00;2026-03-09 07:00:00;80%;8:00;Tea\n"
        )
    )
    got = night(read(text), "08")
    assert got["tib_min"] == 480
    assert got["wine"]


def test_a_record_as_long_as_a_night_is_no_nap() -> None:
    text = (
        HEAD
        + USUAL
        + (
            "2026-03-09 00:30:00;2026-03-09 07:30:00;80%;7:00;Tea\n"
            "2026-03-09 11:00:00;2026-03-09 19:00:00;80%;8:00;Wine\n"
            "2026-03-10 23:00:00;2026-03-11 07:00:00;80%;8:00;Tea\n"
        )
    )
    got = read(text)
    # nothing else is recorded on the evening of the 9th
    assert [f"{day:%d}" for day in got.index[-3:]] == ["08", "09", "10"]
    assert night(got, "09")["tib_min"] == 480
    assert "nap_min" not in got or got["nap_min"].isna().all()


@pytest.mark.parametrize(("minutes", "nights"), [(20, 7), (240, 8)])
def test_a_lone_short_record_by_day_is_no_night(minutes: int, nights: int) -> None:
    end = pd.Timestamp("2026-03-09 14:00") + pd.Timedelta(minutes=minutes)
    hours, rest = divmod(minutes, 60)
    row = f"2026-03-09 14:00:00;{end:%Y-%m-%d %H:%M:%S};30%;{hours}:{rest:02d};\n"
    assert len(read(HEAD + USUAL + row)) == nights


def test_rows_of_ones_own_table_that_do_not_overlap_are_pieces_or_naps() -> None:
    text = (
        "night,into bed,out of bed,tea\n2026-03-01,23:00,02:00,1\n2026-03-01,03:00,07:00,0\n"
        "2026-03-02,23:10,07:00,0\n2026-03-03,13:00,13:40,0\n2026-03-03,23:00,07:00,2\n"
    )
    got = read(text)
    np.testing.assert_array_equal(got["tib_min"], [420, 470, 480])
    np.testing.assert_array_equal(got["nap_min"], [np.nan, np.nan, 40])
    np.testing.assert_array_equal(got["tea"], [1, 0, 2])
    assert status(got) == {"used": 2, "repaired": 1, "merged": 1, "nap": 1, "skipped": 1}


def test_rows_of_ones_own_table_that_overlap_are_second_answers() -> None:
    text = "night,into bed,out of bed,tea\n2026-03-01,23:00,07:00,1\n2026-03-01,23:10,07:10,0\n"
    got = read(text)
    assert len(got) == 1
    assert status(got)["duplicate"] == 1


def test_rounding_by_a_minute_costs_no_efficiency() -> None:
    text = "night,into bed,out of bed,total sleep time\n2026-03-01,23:00,07:00,481\n"
    assert read(text)["se_pct"].tolist() == [100]
    more = text.replace("481", "484")
    assert "se_pct" not in read(more)


@pytest.mark.parametrize(
    ("latency", "minutes"),
    [("0.5,0.25,1", [30, 15, 60]), ("30,15,60", [30, 15, 60])],
)
def test_clocks_prove_the_unit_of_a_latency(latency: str, minutes: list[float]) -> None:
    first, second, third = latency.split(",")
    text = (
        "night,lights out,fell asleep,woke up,latency,hours slept\n"
        f"2026-03-01,23:00,23:30,07:00,{first},7.5\n2026-03-02,23:00,23:15,07:00,{second},7.75\n"
        f"2026-03-03,22:00,23:00,07:00,{third},8\n"
    )
    np.testing.assert_allclose(read(text)["sol_min"], minutes)


def test_a_file_has_one_unit() -> None:
    text = "night,latency,hours slept\n2026-03-01,0.5,7.5\n2026-03-02,0.25,7\n"
    got = read(text)
    np.testing.assert_allclose(got["sol_min"], [30, 15])
    assert any("is read as hours, as the durations" in n for n in got.attrs["sleepstats"]["notes"])


def test_a_unit_that_nothing_settles_is_asked_for() -> None:
    text = "night,latency,hours slept\n2026-03-01,1,7.5\n2026-03-02,2,7\n"
    got = read(text)
    assert got["sol_min"].isna().all()
    assert any("'latency (min)' or 'latency (h)'" in n for n in got.attrs["sleepstats"]["notes"])


def test_zeros_of_what_is_never_zero_are_not_measured_and_told() -> None:
    text = (
        "night,into bed,out of bed,Steps,Resting heart rate,Coffee\n"
        "2026-03-01,23:00,07:00,0,55,0\n2026-03-02,23:00,07:00,4000,0,1\n"
        "2026-03-03,23:00,07:00,5000,57,2\n"
    )
    got = read(text)
    np.testing.assert_array_equal(got["steps"], [np.nan, 4000, 5000])
    assert got["coffee"].tolist() == [0, 1, 2]
    notes = got.attrs["sleepstats"]["notes"]
    assert "Column 'Steps': 0 in 1 row is read as not measured." in notes
    assert any("heart rate': 0 in 1 row" in note for note in notes)


def test_seconds_are_no_minutes() -> None:
    # 1260 s are 21 min; the whole night in seconds beside it, 26340 s, is 439 min
    text = "night,latency,deep sleep,total sleep\n"
    text += "2026-03-01,1260,3720,26340\n2026-03-02,600,5700,24600\n"
    got = read(text)
    np.testing.assert_allclose(got["sol_min"], [21, 10])
    np.testing.assert_allclose(got["tst_min"], [439, 410])
    np.testing.assert_allclose(got["deep_min"], [62, 95])


def test_seconds_that_nothing_proves_are_asked_for() -> None:
    text = "night,latency,hours slept\n2026-03-01,1260,7.5\n2026-03-02,900,7\n2026-03-03,720,7\n"
    got = read(text)
    assert got["sol_min"].isna().all()
    assert any("'latency (min)' or 'latency (s)'" in n for n in got.attrs["sleepstats"]["notes"])


def test_the_time_in_bed_leaves_no_room_for_minutes() -> None:
    # 8 h in bed and 7.5 h asleep leave 30 min: 300 are seconds, 5 min
    rows = "".join(f"2026-03-0{day},23:00,07:00,7.5,{60 * day + 180}\n" for day in range(1, 7))
    got = read("night,into bed,out of bed,hours slept,latency\n" + rows)
    np.testing.assert_allclose(got["sol_min"], [4, 5, 6, 7, 8, 9])


def test_a_battery_and_a_sleep_of_zero_were_not_measured() -> None:
    text = (
        "night,into bed,out of bed,asleep_min,Body battery,Sleep score,Wine\n"
        "2026-03-01,23:00,07:00,0,0,0,0\n2026-03-02,23:00,07:00,400,74,80,2\n"
        "2026-03-03,23:00,07:00,410,81,75,0\n"
    )
    got = read(text)
    np.testing.assert_array_equal(got["tst_min"], [np.nan, 400, 410])
    np.testing.assert_array_equal(got["body_battery"], [np.nan, 74, 81])
    assert got["wine"].tolist() == [0, 2, 0]
    notes = got.attrs["sleepstats"]["notes"]
    assert "Column 'asleep_min': 0 in 1 row is read as not measured." in notes


def test_a_row_a_person_is_told_to_be_that() -> None:
    text = "initials,age,mean_tst_min,mean_sol_min\nAD,31,434,37\nBK,28,461,31\nCR,44,430,4\n"
    with pytest.raises(DiaryError, match="column 'initials': each row is another person"):
        read(text)


@pytest.mark.parametrize(
    ("header", "labels"),
    [
        ("date (calendar day),bedtime,woke,coffee", "calendar"),
        ("Datum (Abend),bedtime,woke,coffee", "evening"),
        ("Date,Last night: bedtime,Last night: woke up at,Coffees today", "calendar"),
        ("Date,Last night: bedtime,Last night: woke up at,Coffees yesterday", "morning"),
    ],
)
def test_words_of_the_headers_settle_the_evening(header: str, labels: str) -> None:
    rows = "".join(f"2026-03-0{day},23:{day}0,07:00,{day % 3}\n" for day in range(1, 6))
    got = read(header + "\n" + rows)
    assert got.attrs["sleepstats"]["labels"] == labels
    coffee = got.filter(like="coffee").iloc[:, 0]
    # a calendar day's coffee came after its night: it goes to the night of the row below
    first = {"calendar": np.nan, "evening": 1.0, "morning": 1.0}[labels]
    np.testing.assert_array_equal(coffee.iloc[0], first)


def stays(head: str, cells: str) -> str:
    """Return a table of ten plain nights, 23:00 to 07:00, and one row of these cells."""
    blank = "," * (head.count(",") - 3)
    plain = [f"2026-03-{day:02d},23:00,07:00{blank},{day % 3}" for day in range(1, 11)]
    return "\n".join([head, *plain, cells, ""])


@pytest.mark.parametrize(
    "head",
    [
        "date,bed 1,up 1,bed 2,up 2,coffee",
        "date,sleep start,sleep end,sleep start,sleep end,coffee",
        "date,sleep start,sleep end,sleep start.1,sleep end.1,coffee",
        "date,from_1,to_1,from_2,to_2,coffee",
        "Datum,ins Bett 1,aufgestanden 1,ins Bett 2,aufgestanden 2,Kaffee",
        "date,first bedtime,first wake time,second bedtime,second wake time,coffee",
    ],
)
def test_further_stays_of_a_row_are_pieces_or_naps(head: str) -> None:
    """By hand: 22:45 to 03:10 and 04:00 to 06:30 are 265 + 150 min of one night; 40 min at 14:00
    are a nap of the day after, so of the evening after, if that has a row. What else stands in the
    row is told once.
    """
    got = read(stays(head, "2026-03-11,22:45,03:10,04:00,06:30,2"), labels="evening")
    assert len(got) == 11
    one = night(got, "11")
    assert one["tib_min"] == 265.0 + 150.0
    assert (one["into_bed"], one.filter(["out_of_bed", "final_wake"]).max()) == (
        pd.Timestamp("2026-03-11 22:45"),
        pd.Timestamp("2026-03-12 06:30"),
    )
    habit = "kaffee" if "Kaffee" in head else "coffee"
    assert one[habit] == 2.0
    assert got[habit].notna().all()
    notes = " ".join(got.attrs["sleepstats"]["notes"])
    assert "hold further stays in bed (1)" in notes

    # what the person says of another column changes nothing
    again = stays(head, "2026-03-11,22:45,03:10,04:00,06:30,2")
    named = read(again, labels="evening", columns={head.split(",")[-1]: "cups_of_it"})
    assert night(named, "11")["tib_min"] == 265.0 + 150.0

    last = "2026-03-12,23:00,07:00,,,1"
    got = read(stays(head, f"2026-03-11,23:00,07:00,14:00,14:40,2\n{last}"), labels="evening")
    assert len(got) == 12
    assert night(got, "11")["tib_min"] == 480.0
    assert night(got, "12")["nap_min"] == 40.0


def test_a_nap_before_the_night_in_its_row_is_of_that_evening() -> None:
    head = "date,bed 1,up 1,bed 2,up 2,coffee"
    got = read(stays(head, "2026-03-11,14:00,14:40,23:00,07:00,2"), labels="evening")
    assert night(got, "11")["tib_min"] == 480.0
    assert night(got, "11")["nap_min"] == 40.0


def test_a_further_stay_without_an_end_is_told() -> None:
    head = "date,bed 1,up 1,bed 2,up 2,coffee"
    got = read(stays(head, "2026-03-11,23:00,07:00,14:00,,2"), labels="evening")
    assert len(got) == 11
    assert night(got, "11")["tib_min"] == 480.0
    report = sleepstats.reading_report(got)
    assert report["status"].tolist().count("used") == 11
    assert (report["line"] == 12).sum() == 2


def test_three_ends_beside_two_beginnings_are_no_stays() -> None:
    rows = "".join(f"2026-03-{day:02d},23:00,07:00,07:30,1\n" for day in range(1, 11))
    got = read(f"date,bed 1,up 1,up 2,coffee\n{rows}", labels="evening")
    assert got["tib_min"].tolist() == [480.0] * 10
