"""Several rows of one night: which one is kept, and what is counted beside it."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.answers.diary import how_you_sleep
from sleepstats.reading.nights import Draft
from sleepstats.reading.nights.records import records_of
from sleepstats.reading.nights.tracker_nights import count_nap, settle
from sleepstats.reading.text import RawTable

HEAD = "night,into_bed,out_of_bed,stress,coffee_cups\n"


def read(*rows: str) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ss.read_diary(io.StringIO(HEAD + "\n".join(rows) + "\n"), labels="evening")


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("2026-01-05,23:00,07:00,1,2", "2026-01-05,23:10,07:00,2,3", 2),  # the later answer
        ("2026-01-05,23:00,07:00,1,2", "2026-01-05,23:10,07:00,2,", 1),  # the fuller
        ("2026-01-05,23:00,07:00,1,", "2026-01-05,23:10,07:00,2,3", 2),
        ("2026-01-05,23:00,07:00,1,2", "2026-01-05,23:10,07:00,2,   ", 1),  # blanks fill nothing
    ],
)
def test_of_two_answers_the_fuller_then_the_later_is_kept(
    first: str, second: str, kept: int
) -> None:
    nights = read(first, second)
    assert nights["stress"].tolist() == [kept]
    report = ss.reading_report(nights)
    statuses = {1: ["used", "duplicate"], 2: ["duplicate", "used"]}
    assert report["status"].tolist()[1:] == statuses[kept]


def a_draft(**more: object) -> Draft:
    """Three rows of one evening: a night and two records from 14:00 to 14:30."""
    cells = np.array(["a", "b", "c"], dtype=object)
    draft = Draft(
        RawTable("x.csv", ["h"], [cells], np.array([2, 3, 4])), "x", "",
        np.full(3, "2026-01-05", "datetime64[D]"), tracker=True,
    )  # fmt: skip
    draft.columns["into_bed"] = np.array(
        ["2026-01-05T23:00", "2026-01-05T14:00", "2026-01-05T15:00"], "datetime64[us]"
    )
    draft.columns["out_of_bed"] = np.array(
        ["2026-01-06T07:00", "2026-01-05T14:30", "2026-01-05T15:20"], "datetime64[us]"
    )
    draft.nap = np.array([False, True, True])
    for name, value in more.items():
        setattr(draft, name, value)
    return draft


def test_named_naps_are_counted_once_and_not_where_the_row_was_set_aside() -> None:
    """30 and 20 minutes; of a row that was summed up elsewhere nothing is counted."""
    draft = a_draft()
    assert {i: fate for i, (fate, _) in settle(draft).items()} == {1: "nap", 2: "nap"}
    assert draft.columns["nap_min"][0] == 50
    draft = a_draft(aside=np.array([False, False, True]))
    assert {i: fate for i, (fate, _) in settle(draft).items()} == {1: "nap", 2: "joined"}
    assert draft.columns["nap_min"][0] == 30
    draft = a_draft(part_of=np.array([-1, -1, 1]))
    assert {i: fate for i, (fate, _) in settle(draft).items()} == {1: "nap", 2: "merged"}
    assert draft.columns["nap_min"][0] == 30


def a_tracker(*spans: tuple[str, str], nap: tuple[int, ...] = ()) -> Draft:
    """Records by beginning and end ("05T23:00"; "" is missing), each on the evening it begins on.

    What begins before noon belongs to the evening before.
    """
    n = len(spans)
    cells = np.array([str(i) for i in range(n)], dtype=object)
    stamps = np.array(
        [[f"2026-01-{one}" if one else "NaT" for one in span] for span in spans], "datetime64[us]"
    )
    night = (stamps[:, 0] - np.timedelta64(12, "h")).astype("datetime64[D]")
    table = RawTable("x.csv", ["h"], [cells], np.arange(2, n + 2))
    draft = Draft(table, "x", "", night, tracker=True)
    draft.columns["into_bed"], draft.columns["out_of_bed"] = (
        stamps[:, 0].copy(),
        stamps[:, 1].copy(),
    )
    draft.nap = np.isin(np.arange(n), nap)
    return draft


def fates(draft: Draft) -> dict[int, str]:
    return {i: fate for i, (fate, _) in settle(draft).items()}


WEEK = tuple((f"{day:02d}T23:00", f"{day + 1:02d}T07:00") for day in range(5, 11))


def test_pieces_are_joined_in_the_order_of_the_clock_whatever_the_rows_are() -> None:
    """From 03:00 half an hour to 03:30; 06:30 again half an hour to 07:00: one night to 08:00.

    Seen in the order of the rows the last would be four hours from the night, and a nap.
    """
    spans = ("05T23:00", "06T03:00"), ("06T07:00", "06T08:00"), ("06T03:30", "06T06:30")
    draft = a_tracker(*spans)
    assert fates(draft) == {1: "merged", 2: "merged"}
    assert draft.columns["out_of_bed"][0] == np.datetime64("2026-01-06T08:00")
    assert draft.columns["tib_min"][0] == 240 + 60 + 180


def test_a_night_begins_with_its_first_piece_also_where_that_is_short() -> None:
    draft = a_tracker(("05T23:30", "06T07:00"), ("05T22:00", "05T23:00"))
    assert fates(draft) == {1: "merged"}
    assert draft.columns["into_bed"][0] == np.datetime64("2026-01-05T22:00")
    assert draft.columns["out_of_bed"][0] == np.datetime64("2026-01-06T07:00")
    assert draft.columns["tib_min"][0] == 60 + 450


@pytest.mark.parametrize(
    ("begins", "fate", "bed"),
    [
        ("12T22:30", "refused", "12T23:00"),  # thirty minutes before: begun by mistake
        ("12T22:29", "merged", "12T22:29"),  # longer before: the night is incomplete
        ("12T23:30", "refused", "12T23:00"),  # within it
        ("13T02:00", "merged", "12T23:00"),  # when it had ended
    ],
)
def test_a_record_without_an_end_beside_a_short_night(begins: str, fate: str, bed: str) -> None:
    """Six nights of eight hours say what is usual; three hours are less than three quarters."""
    draft = a_tracker(*WEEK, ("12T23:00", "13T02:00"), (begins, ""))
    assert fates(draft) == {7: fate}
    assert draft.columns["into_bed"][6] == np.datetime64(f"2026-01-{bed}")
    assert np.isnat(draft.columns["out_of_bed"][6]) == (fate == "merged")


def test_a_record_without_an_end_beside_a_whole_night_is_refused() -> None:
    draft = a_tracker(*WEEK, ("12T23:00", "13T05:00"), ("12T22:00", ""))
    assert fates(draft) == {7: "refused"}  # six hours are three quarters of eight
    draft = a_tracker(*WEEK, ("12T23:00", "13T04:59"), ("12T22:00", ""))
    assert fates(draft) == {7: "merged"}
    # five nights tell what is usual, four do not
    assert fates(a_tracker(*WEEK[2:], ("12T23:00", "13T05:00"), ("12T22:00", ""))) == {5: "refused"}
    assert fates(a_tracker(*WEEK[3:], ("12T23:00", "13T05:00"), ("12T22:00", ""))) == {4: "merged"}


@pytest.mark.parametrize(("gap", "fate"), [(90, "merged"), (91, "nap")])
def test_pieces_are_at_most_ninety_minutes_apart(gap: int, fate: str) -> None:
    begin = np.datetime64("2026-01-06T05:00") + np.timedelta64(gap, "m")
    end = begin + np.timedelta64(40, "m")
    draft = a_tracker(("05T23:00", "06T05:00"), (str(begin)[8:], str(end)[8:]))
    assert fates(draft) == {1: fate}


@pytest.mark.parametrize(("begins", "day"), [("06T03:59", 5), ("06T04:00", 6)])
def test_a_named_nap_alone_is_of_the_day_that_began_at_four(begins: str, day: int) -> None:
    """There are nights of both days, without an end to tell by; the nap is its own evening's."""
    draft = a_tracker((begins, "06T04:30"), ("07T23:00", "08T07:00"), nap=(0,))
    told = settle(draft)[0]
    assert told[0] == "nap"
    assert f"the night of 2026-01-{day:02d} it precedes is not recorded" in told[1]


def test_named_naps_before_and_after_the_record_of_their_evening() -> None:
    """After the night has ended a nap is the next one's; the same nap twice counts once."""
    draft = a_tracker(
        ("05T23:00", "06T07:00"), ("06T23:00", "07T07:00"), ("06T11:00", "06T11:30"),
        ("06T15:00", "06T15:20"), ("06T15:00", "06T15:20"), nap=(2, 3, 4),
    )  # fmt: skip
    assert fates(draft) == {2: "nap", 3: "nap", 4: "duplicate"}
    np.testing.assert_array_equal(draft.columns["nap_min"][:2], [np.nan, 50])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pd.array([False, None, True], dtype="boolean"), True),
        (pd.array([True, False, None], dtype="boolean"), True),
        (pd.array([None, False, None], dtype="boolean"), False),
        (np.array([1.0, np.nan, 3.0]), 3.0),
        (np.array([np.nan, 2.0, 1.0]), 2.0),
        (np.array([1, 5, 2]), 5),
        (pd.array(["wine", "beer", "gin"], dtype="str"), "wine"),
        (pd.array([None, "beer", "gin"], dtype="str"), "beer"),
        (np.array(["NaT", "NaT", "2026-01-05T20:00"], "datetime64[us]"),
         np.datetime64("2026-01-05T20:00")),
    ],
)  # fmt: skip
def test_an_evening_gets_the_answers_of_all_its_records(values: object, expected: object) -> None:
    """Yes before no, the most, else what the night's record says or the first that says any."""
    draft = a_draft()
    draft.put("wine", values, "Wine", kind="factor")
    settle(draft)
    assert draft.columns["wine"][0] == expected


def test_a_nap_of_no_minutes_and_one_of_unknown_length() -> None:
    draft, fate = a_tracker(("05T23:00", "06T07:00"), ("05T14:00", "05T14:00")), {}
    day = int(np.datetime64("2026-01-05", "D").astype(int))
    r = records_of(draft)
    count_nap(draft, r, 1, day, {day: 0}, fate)
    assert fate[1] == ("nap", "a nap (0 min), counted in nap_min of the night of 2026-01-05.")
    assert draft.columns["nap_min"][0] == 0
    r.minutes[1] = float("nan")
    count_nap(draft, r, 1, day, {day: 0}, fate)
    assert fate[1][1].startswith("a nap (unknown length), counted")
    assert draft.columns["nap_min"][0] == 0
    r.minutes[1] = 20.0
    count_nap(draft, r, 1, day + 1, {day: 0}, fate)
    assert fate[1][1] == "a nap (20 min); the night of 2026-01-06 it precedes is not recorded."


def test_a_long_record_that_counts_as_a_nap_is_told_with_how_one_sleeps() -> None:
    """17:40 to 22:50 are 310 min, 01:50 to 06:00 of the same evening 250; of 30 nothing is said."""
    rows = ["Start,End,Duration"]
    rows += [f"2031-03-{d:02d} 23:40,2031-03-{d + 1:02d} 06:20,400" for d in range(1, 7)]
    rows += ["2031-03-07 17:40,2031-03-07 22:50,310", "2031-03-08 01:50,2031-03-08 06:00,250"]
    rows += ["2031-03-08 14:00,2031-03-08 14:30,30", "2031-03-08 23:40,2031-03-09 06:20,400"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nights = ss.read_diary(io.StringIO("\n".join(rows) + "\n"))
    naps = ss.reading_report(nights).query("status == 'nap'")["problem"].tolist()
    assert naps[0].startswith(
        "line 9: a nap (250 min; line 8 of that evening is longer), counted in"
    )
    assert "a nap (30 min), counted in" in naps[1]
    assert [x for x in how_you_sleep(nights) if x.startswith("Counted")] == [
        "Counted as a nap: line 9 (250 min; line 8 of that evening is longer). If the two are "
        "one night in pieces, make them one line; if they are two nights, correct the dates; if "
        "one is wrong, delete that one."
    ]


def test_a_whole_night_beside_another_is_the_next_evenings_if_that_is_free() -> None:
    """Usual are eight hours: eight by day after a night of seven are the evening after it."""
    more = ("12T23:00", "13T06:00"), ("13T09:00", "13T17:00")
    draft = a_tracker(*WEEK, *more)
    draft.night[7] = draft.night[6]
    assert fates(draft) == {}
    assert draft.night[7] == np.datetime64("2026-01-13")
    draft = a_tracker(*WEEK, *more, ("13T23:00", "14T07:00"))
    draft.night[7] = draft.night[6]
    # the evening after has a night of its own, and what begins at 23:00 is not of the day before
    assert fates(draft) == {6: "duplicate"}
    assert draft.night[6] == np.datetime64("2026-01-12")
    by_day = ("12T09:00", "12T16:00"), ("12T20:00", "13T06:00")
    draft = a_tracker(*WEEK, *by_day, ("13T23:00", "14T07:00"))
    draft.night[6] = draft.night[7]
    assert fates(draft) == {}
    assert draft.night[6] == np.datetime64("2026-01-11")  # begun in the morning it is


@pytest.mark.parametrize(("begins", "fate"), [("12T12:00", {6: "duplicate"}), ("12T11:59", {})])
def test_a_whole_night_begun_at_noon_is_not_of_the_evening_before(
    begins: str, fate: object
) -> None:
    """Six hours beside ten of one evening; the evening after has a night, that before none."""
    nights = ("12T20:00", "13T06:00"), ("13T23:00", "14T07:00")
    draft = a_tracker(*WEEK, (begins, "12T18:00"), *nights)
    draft.night[6] = draft.night[7]
    assert fates(draft) == fate
    assert draft.night[6] == np.datetime64("2026-01-12" if fate else "2026-01-11")


def test_a_named_nap_beside_a_night_without_an_end_stays_with_its_evening() -> None:
    draft = a_tracker(("05T23:00", ""), ("06T05:00", "06T05:30"), nap=(1,))
    fate, words = settle(draft)[1]
    assert (fate, draft.columns["nap_min"][0]) == ("nap", 30)
    assert "not recorded" not in words


def test_rows_that_are_part_of_a_record_are_merged_into_its_first_row() -> None:
    """By hand: rows 1 and 2 belong to row 0, row 4 to row 3; row 5 to none."""
    draft = a_tracker(*WEEK)
    draft.part_of = np.array([0, 0, 0, 3, 3, -1])
    told = settle(draft)
    assert {i: told[i] for i in (1, 2, 4)} == {
        1: ("merged", "part of the record that begins in line 2."),
        2: ("merged", "part of the record that begins in line 2."),
        4: ("merged", "part of the record that begins in line 5."),
    }
    assert sorted(told) == [1, 2, 4]


@pytest.mark.parametrize(("ends", "day"), [("13T05:00", 13), ("13T04:59", 12)])
def test_six_hours_of_a_usual_eight_are_a_whole_night(ends: str, day: int) -> None:
    """Three quarters: then the eight hours by day are the next evening's, else the night itself."""
    draft = a_tracker(*WEEK, ("12T23:00", ends), ("13T09:00", "13T17:00"))
    draft.night[7] = draft.night[6]
    settle(draft)
    assert draft.night[7] == np.datetime64(f"2026-01-{day}")


def test_the_same_record_twice_and_one_within_another_are_told_apart() -> None:
    once = ("05T23:00", "06T07:00")
    (told,) = settle(a_tracker(once, once)).values()
    assert told == (
        "duplicate",
        "second row for the night of 2026-01-05: line 2 has it and was kept.",
    )
    for within in (("05T23:30", "06T07:00"), ("05T23:00", "06T06:30")):
        (told,) = settle(a_tracker(once, within)).values()
        assert told[0] == "duplicate"
        assert told[1].startswith("overlaps the longer record of the night of 2026-01-05 (line 2)")


def test_a_record_that_can_be_no_night_does_not_take_the_place_of_one() -> None:
    """24 h, by hand, before the eight of the same evening; two of 20 h have nobody beside them."""
    whole, night = ("05T00:00", "06T00:00"), ("05T22:50", "06T07:00")
    draft = a_tracker(whole, night)
    draft.night[:] = np.datetime64("2026-01-05")
    told = settle(draft)
    said = "overlaps the likelier record of the night of 2026-01-05 (line 3), which was kept."
    assert told == {0: ("duplicate", said)}
    draft = a_tracker(whole, ("05T00:00", "05T20:00"))
    draft.night[:] = np.datetime64("2026-01-05")
    ((row, (fate, _)),) = settle(draft).items()
    assert (row, fate) == (1, "duplicate")


@pytest.mark.parametrize(("asleep", "counted"), [(1.0, 1), (0.0, 30), (np.nan, 30)])
def test_a_nap_counts_with_its_minutes_asleep_where_there_are_any(
    asleep: float, counted: int
) -> None:
    draft = a_tracker(("05T23:00", "06T07:00"), ("05T15:00", "05T15:30"), nap=(1,))
    draft.naps_asleep, draft.columns["tst_min"] = True, np.array([400.0, asleep])
    assert fates(draft) == {1: "nap"}
    assert draft.columns["nap_min"][0] == counted


def test_of_records_equally_long_the_fullest_then_the_first_is_the_night() -> None:
    spans = ("05T20:00", "05T23:00"), ("06T02:00", "06T05:00")
    draft = a_tracker(*spans)
    assert fates(draft) == {1: "nap"}
    draft = a_tracker(*spans)
    draft.table.columns[0][0] = " "
    assert fates(draft) == {0: "nap"}
    np.testing.assert_array_equal(draft.columns["nap_min"], [np.nan, 180])


def test_rows_of_ones_own_without_an_end_or_touching() -> None:
    """A row without an end is a second answer; one that begins as another ends is a piece."""
    nights = read("2026-01-05,22:00,02:00,1,2", "2026-01-05,03:00,,2,3")
    assert ss.reading_report(nights)["status"].tolist()[1:] == ["used", "duplicate"]
    nights = read("2026-01-05,22:00,02:00,1,2", "2026-01-05,02:00,06:00,2,3")
    assert sorted(ss.reading_report(nights)["status"][1:]) == ["merged", "repaired"]
    assert nights["tib_min"].tolist() == [480]
    nights = read("2026-01-05,22:00,02:01,1,2", "2026-01-05,02:00,06:00,2,3")
    assert sorted(ss.reading_report(nights)["status"][1:]) == ["duplicate", "used"]


def test_ticks_and_answers_of_all_records_stay_with_the_evening() -> None:
    """Yes before no, the larger of two numbers, words of the first; a device's own do not mix."""
    draft = a_tracker(("05T23:00", "06T05:00"), ("06T05:30", "06T07:00"), ("05T15:00", "05T15:30"))
    columns = {
        "tea": pd.array([False, True, None], "boolean"),
        "milk": pd.array([None, False, None], "boolean"),
        "wine": pd.array([True, False, False], "boolean"),
        "cups": np.array([1.0, 3.0, 2.0]),
        "mood": np.array(["good", "bad", "bad"], dtype=object),
        "hrv_ms": np.array([40.0, 60.0, 70.0]),
    }
    for name, values in columns.items():
        draft.put(name, values, name, kind="device" if name == "hrv_ms" else "factor")
    assert fates(draft) == {1: "merged", 2: "nap"}
    got = {name: draft.columns[name][0] for name in columns}
    assert got == {
        "tea": True,
        "milk": False,
        "wine": True,
        "cups": 3,
        "mood": "good",
        "hrv_ms": 40,
    }


def plain(text: str) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ss.read_diary(io.StringIO(text))


MORNING = "date,entry,went to bed,woke up,how rested,coffee\n"


def test_an_evening_row_and_a_morning_row_of_one_day_are_one_night():
    rows = "".join(
        f"2031-01-0{d},morning,23:1{d},07:0{d},{d - 3},\n2031-01-0{d},evening,,,,{d}\n"
        for d in range(5, 9)
    )
    got = plain(MORNING + rows)
    # the morning of the 5th ended the night of the 4th; the coffee of the 5th came after it
    assert [f"{night:%d}" for night in got.index] == ["04", "05", "06", "07"]
    np.testing.assert_array_equal(got["coffee"], [np.nan, 5, 6, 7])
    assert got["rested"].tolist() == [2, 3, 4, 5]
    record = got.attrs["sleepstats"]
    assert record["labels"] == "evening"  # each evening's row goes with the morning after it
    assert record["roles"]["entry"]["role"] == "date"
    assert (
        "3 evenings and the mornings after them have a row each: put together. "
        "Left out, without such a morning: 1."
    ) in record["notes"]
    assert (ss.reading_report(got)["status"] == "duplicate").sum() == 0


def test_a_form_filled_in_twice_a_day_is_one_night():
    rows = "".join(
        f"1/{d}/2031 7:50:00,23:1{d},07:0{d},\n1/{d}/2031 21:40:00,,,{d}\n" for d in range(5, 9)
    )
    got = plain("Timestamp,Bedtime,Wake,Coffee\n" + rows)
    assert [f"{night:%d}" for night in got.index] == ["04", "05", "06", "07"]
    np.testing.assert_array_equal(got["coffee"], [np.nan, 5, 6, 7])


@pytest.mark.parametrize(
    ("evening", "morning", "bed"),
    [("kväll", "morgon", "La mig"), ("Abend", "Morgen", "Ins Bett"), ("soir", "matin", "Au lit"),
     ("wieczór", "rano", "Do łóżka"), ("晚上", "早上", "上床时间"), ("pm", "am", "Bed")],
)  # fmt: skip
def test_an_evening_that_begins_a_file_makes_no_night_of_the_day_before(evening, morning, bed):
    """The bed time stands in the evening's row, how it went in the row of the morning after."""
    rows = "".join(
        f"2031-03-{d:02d},{evening},23:{d},{'2 or so' if d == 13 else d % 3},,\n"
        f"2031-03-{d + 1:02d},{morning},,,07:{d},{d % 5}\n"
        for d in range(10, 20)
    )
    got = plain(f"Date,part,{bed},Coffee,Woke up,Quality\n{rows}")
    assert [night.day for night in got.index] == [*range(10, 20)]
    assert [stamp.minute for stamp in got["into_bed"]] == [*range(10, 20)]
    assert [stamp.minute for stamp in got["final_wake"]] == [*range(10, 20)]
    # what cannot be read is told at its own evening
    assert [night.day for night in got.index[got["problem"].str.contains("Coffee")]] == [13]


def test_an_evening_of_habits_that_ends_a_file_makes_no_night():
    rows = "".join(
        f"2031-03-{d:02d},evening,,,{d}\n2031-03-{d + 1:02d},morning,23:{d},07:{d},\n"
        for d in range(10, 20)
    )
    got = plain(f"Date,part,Bed,Woke up,Coffee\n{rows}2031-03-20,evening,,,2\n")
    assert [night.day for night in got.index] == [*range(10, 20)]
    assert "an evening without a morning after it" in str(got.attrs["sleepstats"]["rows"])


def test_rows_of_one_day_that_differ_stay_two():
    text = "date,went to bed,woke up,coffee\n2031-01-05,23:00,07:00,\n2031-01-05,23:30,,2\n"
    assert (ss.reading_report(plain(text))["status"] == "duplicate").sum() == 1


def test_a_short_record_after_waking_is_a_nap_of_the_evening_that_follows() -> None:
    """40 minutes from 09:00, three hours after waking: before the night of the 6th, not of the 4th.

    A named nap that begins in the minute in which the night ends comes after it as well.
    """
    nights = ("04T23:00", "05T06:00"), ("05T23:00", "06T06:00"), ("06T23:00", "07T06:30")
    draft = a_tracker(*nights, ("06T09:00", "06T09:40"))
    assert fates(draft) == {3: "nap"}
    np.testing.assert_array_equal(draft.columns["nap_min"][:3], [np.nan, np.nan, 40])
    draft = a_tracker(*nights, ("06T06:00", "06T06:25"), nap=(3,))
    assert fates(draft) == {3: "nap"}
    np.testing.assert_array_equal(draft.columns["nap_min"][:3], [np.nan, np.nan, 25])


def test_short_records_do_not_make_the_usual_night_short() -> None:
    """Six nights of eight hours and seven lone hours: two hours after waking are still a nap."""
    alone = tuple((f"{day}T23:00", f"{day + 1}T00:00") for day in range(20, 27))
    draft = a_tracker(*WEEK, *alone, ("12T23:00", "13T07:00"), ("13T09:30", "13T11:30"))
    assert fates(draft)[len(WEEK) + len(alone) + 1] == "nap"


@pytest.mark.parametrize(("ends", "fate"), [("02:00", {}), ("01:59", {7: "nap"})])
def test_nights_of_three_hours_tell_what_is_usual(ends: str, fate: object) -> None:
    """Of six nights of three hours 135 min are three quarters, and no nap; shorter tell nothing."""
    week = tuple((f"{day:02d}T23:00", f"{day + 1:02d}T{ends}") for day in range(5, 12))
    draft = a_tracker(*week, ("12T09:00", "12T11:15"))
    draft.night[7] = draft.night[6]
    assert fates(draft) == fate
