"""What a join writes into frame, record and report, cell by cell; all numbers counted by hand.

The other tests of joining ask whether the right evening met the right night; these hold the small
things beside it, each of which a slip of the pen could change without any of those noticing.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats import DiaryError, DiaryWarning
from sleepstats.reading.join import _columns_to_add

NIGHTS = "night,into_bed,out_of_bed\n" + "".join(
    f"2026-01-{day:02d},23:{day},07:{day}\n" for day in (12, 13, 14, 16)
)


def read(text: str, name: str = "mine.csv", **options: object) -> pd.DataFrame:
    stream = io.StringIO(text)
    stream.name = name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DiaryWarning)
        return ss.read_diary(stream, **options)


def evenings(first: str = "2026-01-12", n: int = 4, **columns: object) -> pd.DataFrame:
    return pd.DataFrame(columns, index=pd.date_range(first, periods=n))


def joined(nights: pd.DataFrame, other: object, **options: object) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DiaryWarning)
        return ss.join_evenings(nights, other, **options)


def entry(frame: pd.DataFrame) -> dict:
    return frame.attrs["sleepstats"]["joins"][-1]


def test_every_line_of_a_joined_frame_is_told() -> None:
    """A frame's lines count from 1; the evening of the 15th has no night."""
    got = joined(read(NIGHTS), evenings(tea=[1, 2, 3, 4]))
    report = ss.reading_report(got)
    theirs = report[report["file"] == "the joined frame"]
    assert theirs["line"].tolist() == [1, 2, 3, 4]
    assert theirs["status"].tolist() == ["joined", "joined", "joined", "unmatched"]
    assert theirs["night"].dt.day.tolist()[:3] == [12, 13, 14]
    assert pd.isna(theirs["night"].iloc[3])
    assert theirs["problem"].tolist() == [
        "", "", "", "line 4: there is no night of 2026-01-15: not joined."
    ]  # fmt: skip
    mine = report[report["file"] == "mine.csv"]
    assert mine["line"].tolist() == [1, 2, 3, 4, 5]
    assert mine["status"].tolist() == ["skipped", *["used"] * 4]
    assert entry(got) == {
        "file": "the joined frame", "labels": "evening", "matched": 3,
        "nights_without": ["2026-01-16"], "evenings_without": ["2026-01-15"], "columns": ["tea"],
        "better_shift": 0,
    }  # fmt: skip
    assert got.attrs["sleepstats"]["files"] == ["mine.csv", "the joined frame"]


def test_the_rule_asked_for_is_the_one_told() -> None:
    nights = read(NIGHTS)
    diary = read("night,bed time,wake time,tea\n2026-01-12,22:00,7:00,yes\n", labels="evening")
    told = entry(joined(nights, diary))
    assert told["labels"] == diary.attrs["sleepstats"]["labels"] == "evening"
    assert entry(joined(nights, evenings("2026-01-13", tea=[1] * 4), labels="morning"))[
        "labels"
    ] == "morning"  # fmt: skip


def test_warnings_point_at_the_line_that_joined() -> None:
    nights = read(NIGHTS)
    with pytest.warns(DiaryWarning, match="no evening in common") as caught:
        ss.join_evenings(nights, evenings("2027-01-12", tea=[1] * 4))
    assert [one.filename for one in caught] == [__file__]
    rng = np.random.default_rng(1)
    days = pd.date_range("2026-01-01", periods=60, name="night")
    bed = days + pd.to_timedelta(rng.integers(21 * 60, 24 * 60, 60), unit="min")
    own = pd.DataFrame({"into_bed": bed}, index=days)
    late = own.assign(tea=1).set_axis(days + pd.Timedelta(days=1)).rename_axis("night")
    with pytest.warns(DiaryWarning, match="it would be 60 of 60") as caught:
        got = ss.join_evenings(own, late.assign(into_bed=bed))
    assert [one.filename for one in caught] == [__file__]
    assert abs(entry(got)["better_shift"]) == 1
    with pytest.warns(DiaryWarning, match="second row") as caught:  # of reading the companion
        ss.join_evenings(
            nights,
            io.StringIO("night,bed time,wake time,tea\n" + "2026-01-12,22:00,7:00,yes\n" * 2),
        )
    assert [one.filename for one in caught] == [__file__]


def test_of_two_rows_of_an_evening_the_later_counts_and_order_does_not_matter() -> None:
    days = ["2026-01-13", "2026-01-12", "2026-01-13", "2026-01-14"]
    frame = pd.DataFrame({"tea": [1, 2, 3, 4]}, index=pd.to_datetime(days))
    got = joined(read(NIGHTS), frame)
    np.testing.assert_array_equal(got["tea"], [2, 3, 4, np.nan])
    assert list(got.index) == list(read(NIGHTS).index)


def test_a_frame_with_a_zone_keeps_the_day_of_its_clock() -> None:
    days = pd.date_range("2026-01-12 20:00", periods=3, tz="America/New_York")
    got = joined(read(NIGHTS), pd.DataFrame({"tea": [1, 2, 3]}, index=days))
    np.testing.assert_array_equal(got["tea"], [1, 2, 3, np.nan])


def test_a_frame_without_any_date_is_refused_and_one_of_numbers_is_no_calendar() -> None:
    with pytest.raises(DiaryError):
        ss.join_evenings(read(NIGHTS), pd.DataFrame({"tea": [1, 2]}, index=[5, 6]))
    people = pd.concat({"a": read(NIGHTS), "b": read(NIGHTS)}, names=["person", "night"])
    assert len(people) == 8  # pandas compares the records, and arrays have no truth
    with pytest.raises(DiaryError, match="holds several people"):
        ss.join_evenings(people, evenings(tea=[1] * 4))


def test_a_frame_of_one_row_joins() -> None:
    got = joined(read(NIGHTS), pd.DataFrame({"date": ["2026-01-13"], "tea": [7]}))
    np.testing.assert_array_equal(got["tea"], [np.nan, 7, np.nan, np.nan])
    assert "date" not in got


def test_a_frame_that_was_read_keeps_its_file_and_lines() -> None:
    """Its record says where its rows came from; the frame is taken as it was read."""
    diary = read("night,bed time,wake time,tea\n\n2026-01-13,22:00,7:00,yes\n", "tea.csv")
    got = joined(read(NIGHTS), diary)
    report = ss.reading_report(got)
    theirs = report[report["file"] == "tea.csv"]
    assert theirs["line"].tolist() == [1, 2, 3]
    assert theirs["status"].tolist() == ["skipped", "skipped", "joined"]
    assert pd.isna(theirs["night"]).tolist() == [True, True, False]
    assert entry(got)["file"] == "tea.csv"
    assert got.attrs["sleepstats"]["files"] == ["mine.csv", "tea.csv"]


def test_rows_that_were_refused_stay_refused_and_tell_why() -> None:
    diary = read(
        "night,bed time,wake time,tea\n2026-01-13,22:00,7:00,yes\nsoon,22:00,7:00,no\n"
        "2026-01-13,22:00,7:00,no\n2026-01-20,22:00,7:00,no\n", "tea.csv",
    )  # fmt: skip
    got = joined(read(NIGHTS), diary)
    report = ss.reading_report(got)
    theirs = report[report["file"] == "tea.csv"]
    assert theirs["status"].tolist() == [
        "skipped", "duplicate", "refused", "joined", "unmatched"
    ] or theirs["status"].tolist() == [
        "skipped", "joined", "refused", "duplicate", "unmatched"
    ]  # fmt: skip
    nights = theirs.set_index("line")["night"]
    assert pd.isna(nights[3])
    assert nights[2] == nights[4] == pd.Timestamp("2026-01-13")
    assert pd.isna(nights[5])  # its own evening is none of these nights
    assert "soon" in theirs.set_index("line")["problem"][3]


def test_a_second_row_of_an_evening_without_a_night_names_none() -> None:
    diary = read(
        "night,bed time,wake time,tea\n" + "2026-01-20,22:00,7:00,no\n" * 2, "tea.csv"
    )  # fmt: skip
    report = ss.reading_report(joined(read(NIGHTS), diary))
    theirs = report[report["file"] == "tea.csv"]
    assert pd.isna(theirs["night"]).all()
    assert sorted(theirs["status"]) == ["duplicate", "skipped", "unmatched"]


def test_two_companions_at_once_are_told_as_the_files_they_are() -> None:
    """Two lists of habits; in the report their files come after the nights' own, in order."""
    one = io.StringIO("date,tea\n2026-01-12,yes\n2026-01-13,no\n2026-01-14,yes\n")
    two = io.StringIO("date,wine\n2026-01-12,1\n2026-01-16,2\n")
    one.name, two.name = "tea.csv", "wine.csv"
    got = joined(read(NIGHTS), [one, two])
    report = ss.reading_report(got)
    assert report["file"].tolist() == ["mine.csv"] * 5 + ["tea.csv"] * 4 + ["wine.csv"] * 3
    assert report["line"].tolist() == [1, 2, 3, 4, 5, 1, 2, 3, 4, 1, 2, 3]
    np.testing.assert_array_equal(got["wine"].astype(float), [1, np.nan, np.nan, 2])


def test_which_columns_come_over() -> None:
    """Habits, ratings and what only the other device measured; not sleep, not what is there."""
    nights = read(NIGHTS).assign(hrv_ms=[40.0, 41, 42, 43])
    other = evenings(
        tea=[1, 2, 3, 4], quality=[5, 4, 3, 2], tst_min=[400.0] * 4, hrv_ms=[9.0] * 4,
        resting_heart_rate_bpm=[50.0, 51, 52, 53], into_bed=[pd.Timestamp("2026-01-12 23:00")] * 4,
        zone=["UTC"] * 4,
    )  # fmt: skip
    other["into_bed"] = other.index + pd.Timedelta("23h")
    got = joined(nights, other)
    assert [name for name in got if name not in nights] == [
        "tea", "quality", "resting_heart_rate_bpm"
    ]  # fmt: skip
    assert got["hrv_ms"].tolist() == [40.0, 41, 42, 43]
    np.testing.assert_array_equal(got["resting_heart_rate_bpm"], [50, 51, 52, np.nan])
    assert entry(got)["columns"] == ["tea", "quality", "resting_heart_rate_bpm"]


def test_hours_before_bed_are_computed_from_the_clock_they_came_with() -> None:
    """Wine at 20:00, then 23:12 to 23:16 for bed; hours of another bed time are left behind."""
    other = evenings(n=3, wine_h_before_bed=[1.0] * 3)
    other["wine"] = other.index + pd.Timedelta("20h")
    nights = read(NIGHTS)
    got = joined(nights, other)
    assert got["wine_h_before_bed"].tolist()[:3] == pytest.approx([3.2, 3 + 13 / 60, 3 + 14 / 60])
    # without the clock they are all there is
    alone = joined(nights, evenings(n=3, wine_h_before_bed=[1.0] * 3))
    np.testing.assert_array_equal(alone["wine_h_before_bed"], [1, 1, 1, np.nan])


def test_a_name_taken_twice_is_counted_on() -> None:
    nights = read(NIGHTS)
    one = joined(nights, evenings(tea=[1] * 4))
    two = joined(one, evenings(tea=[2] * 4))
    three = joined(two, evenings(tea=[3] * 4))
    four = joined(three, evenings(tea=[4] * 4))
    assert [name for name in four if name.startswith("tea")] == [
        "tea", "tea_frame", "tea_frame_2", "tea_frame_3"
    ]  # fmt: skip
    assert [len(four.attrs["sleepstats"]["joins"]), four["tea_frame_3"].iloc[0]] == [4, 4]
    assert ss.reading_report(four)["file"].value_counts()["the joined frame"] == 16
    told = four.attrs["sleepstats"]["columns"]["tea_frame_2"]
    assert told["label"] == "tea (frame)"


def test_a_rating_under_another_name_stays_a_rating_of_the_morning() -> None:
    nights = read(NIGHTS).assign(quality=[1.0, 2, 3, 4])
    got = joined(nights, evenings(quality=[5, 4, 3, 2]))
    told = got.attrs["sleepstats"]["columns"]["quality_frame"]
    known = ss.columns.DICTIONARY["quality"]
    assert (told["kind"], told["when"]) == (known.kind, known.when)
    assert told["label"] == f"{known.label} (frame)"


def test_sources_and_notes_of_both_are_kept_in_order() -> None:
    diary = read("night,bed time,wake time,tea\n2026-01-13,22:00,7:00,yes\n", "tea.csv")
    nights = read(NIGHTS)
    record = joined(nights, diary).attrs["sleepstats"]
    assert [one["file"] for one in record["sources"]] == ["mine.csv", "tea.csv"]
    assert record["notes"][-1] == (
        "tea.csv: joined by evening date brought to the evening; 1 of 4 nights and of its 1 "
        "evenings match; 3 nights have no entry there (2026-01-12 to 2026-01-16)."
    )


def test_a_record_that_lacks_something_is_made_anew() -> None:
    """Attrs that survived only in part cannot account for lines; the frame's own rows do."""
    other = evenings(tea=[1, 2, 3, 4])
    other.attrs["sleepstats"] = {"file": "old.csv", "format": "diary"}
    got = joined(read(NIGHTS), other.rename_axis("night"))
    assert entry(got)["file"] == "the joined frame"
    full = read("night,bed time,wake time,tea\n2026-01-13,22:00,7:00,yes\n", "tea.csv")
    keys = ("rows", "files", "file", "format", "labels", "columns", "notes")
    exact = full.copy()
    exact.attrs = {"sleepstats": {key: full.attrs["sleepstats"][key] for key in keys}}
    assert entry(joined(read(NIGHTS), exact))["file"] == "tea.csv"


def test_what_a_device_measured_under_a_name_of_its_own_comes_over() -> None:
    """No name of the dictionary; the frame's record says that a device measured it."""
    other = evenings(glow=[1.0, 2, 3, 4]).rename_axis("night")
    other.attrs["sleepstats"] = {"columns": {"glow": {"kind": "device", "when": "night"}}}
    got = joined(read(NIGHTS), other)
    np.testing.assert_array_equal(got["glow"], [1, 2, 3, np.nan])
    assert "glow_frame" not in joined(got, other)


def test_of_measures_only_those_of_a_device_are_joined() -> None:
    """By the rule: measured by a device, and not something else by the dictionary."""
    index = pd.date_range("2026-01-05", periods=3, name="night")
    kinds = {"movement": "device", "hints": "recorded", "waso_min": "device", "hrv_ms": "recorded",
             "tea": "factor"}  # fmt: skip
    frame = pd.DataFrame(dict.fromkeys(kinds, 1.0), index=index)
    frame.attrs["sleepstats"] = {"columns": {name: {"kind": kind} for name, kind in kinds.items()}}
    nights = pd.DataFrame({"tst_min": [420.0] * 3}, index=index)
    assert _columns_to_add(nights, frame, {"format": "x"}) == {"movement": "movement", "tea": "tea"}


# ---- the same file joined once more

HABITS = "date,tea,gym,last snack\n" + "".join(
    f"2026-01-{day:02d},{day % 3},{'x' if day % 2 else ''},2{day % 3}:10\n" for day in range(11, 18)
)


def named(text: str, name: str = "habits.csv") -> io.StringIO:
    stream = io.StringIO(text)
    stream.name = name
    return stream


def again(nights: pd.DataFrame, other: object, **options: object) -> tuple[pd.DataFrame, list[str]]:
    """Join and return what was warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        got = ss.join_evenings(nights, other, **options)
    return got, [str(one.message) for one in caught]


def test_a_file_joined_again_replaces_its_own() -> None:
    """A cell of a notebook run twice: the same columns, rows, notes and entry as after one run."""
    one, said = again(read(NIGHTS), named(HABITS))
    assert not any("joined again" in text for text in said)
    two, said = again(one, named(HABITS))
    assert [text for text in said if "again" in text] == [
        "habits.csv: joined again: its columns replace those of before."
    ]
    three, _ = again(two, named(HABITS))
    for got in (two, three):
        pd.testing.assert_frame_equal(
            pd.DataFrame(got)[list(one)], pd.DataFrame(one), check_like=True
        )
        assert set(got) == set(one)
        pd.testing.assert_frame_equal(
            pd.DataFrame(ss.reading_report(got)), pd.DataFrame(ss.reading_report(one))
        )
        mine, before = got.attrs["sleepstats"], one.attrs["sleepstats"]
        assert (mine["joins"], mine["files"]) == (before["joins"], before["files"])
        assert len(mine["sources"]) == len(before["sources"]) == 2
        said_more = [note for note in mine["notes"] if note not in before["notes"]]
        assert said_more == ["habits.csv: joined again: its columns replace those of before."]


def test_joined_again_with_the_option_that_was_advised() -> None:
    one, _ = again(read(NIGHTS), named(HABITS))
    (advice,) = (n for n in one.attrs["sleepstats"]["notes"] if "blank_is_no" in n)
    assert "join_evenings(..., blank_is_no=('gym',))" in advice
    assert one["gym"].isna().sum() == 3  # 12, 14 and 16 January are blank
    two, _ = again(one, named(HABITS), blank_is_no=("gym",))
    assert two["gym"].tolist() == [False, True, False, False]
    assert not [name for name in two if name.endswith("_habits")]
    assert not any("If it means none" in note for note in two.attrs["sleepstats"]["notes"])
    # by another rule for its dates, it is the same file still
    three, _ = again(one, named(HABITS), labels="morning")
    assert three["tea"].tolist() == [13 % 3, 14 % 3, 15 % 3, 17 % 3]
    assert [one["labels"] for one in three.attrs["sleepstats"]["joins"]] == ["morning"]
    # and the other way round: from mornings to evenings
    four, said = again(three, named(HABITS), labels="evening")
    assert said == ["habits.csv: joined again: its columns replace those of before."]
    assert four["tea"].tolist() == [12 % 3, 13 % 3, 14 % 3, 16 % 3]


def test_dates_two_days_on_are_another_file() -> None:
    """By another rule for its dates the same file lies a day on, never two."""
    one, _ = again(read(NIGHTS), named(HABITS), labels="evening")
    for days in (-2, 2):
        text = "date,tea,gym\n" + "".join(f"2026-01-{d + days},1,yes\n" for d in range(11, 18))
        two, said = again(one, named(text), labels="morning")
        assert not any("again" in text for text in said)
        assert len(two.attrs["sleepstats"]["joins"]) == 2


def test_warnings_point_at_the_line_that_joins() -> None:
    nights = joined(read(NIGHTS), named(HABITS))
    apart = named("date,sauna\n2020-01-01,yes\n2020-01-02,no\n", "old.csv")
    for other in (named(HABITS), apart):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            ss.join_evenings(nights, other)
        assert {one.filename for one in caught} == {__file__}


def test_what_was_joined_beside_it_stays() -> None:
    first, _ = again(read(NIGHTS), named(HABITS))
    other = named("date,wine,tea\n2026-01-12,yes,9\n2026-01-13,no,8\n2026-01-14,no,7\n", "w.csv")
    both, _ = again(first.assign(mine=1.0), other)
    got, _ = again(both, named(HABITS))
    assert {"mine", "wine", "tea", "tea_habits"} <= set(got)
    record = got.attrs["sleepstats"]
    assert [one["file"] for one in record["joins"]] == ["w.csv", "habits.csv"]
    assert record["files"] == ["mine.csv", "w.csv", "habits.csv"]
    counts = ss.reading_report(got)["file"].value_counts().to_dict()
    assert counts == {"mine.csv": 5, "w.csv": 4, "habits.csv": 8}


@pytest.mark.parametrize(
    "other",
    [
        named(HABITS.replace("-12,0", "-12,5"), "other.csv"),
        named(HABITS.replace("2026", "2027")),  # of another year
        named("date,tea\n" + "".join(f"2026-01-{day},1\n" for day in range(11, 18))),
    ],
)
def test_another_file_is_joined_as_before(other: io.StringIO) -> None:
    one, _ = again(read(NIGHTS), named(HABITS))
    two, said = again(one, other)
    assert not any("again" in text for text in said)
    assert {"tea", "tea_habits"} <= set(two)
    assert len(two.attrs["sleepstats"]["joins"]) == 2


NOTEBOOK_FILES = Path(__file__).resolve().parents[2] / "notebooks" / "export"


@pytest.mark.skipif(not NOTEBOOK_FILES.is_dir(), reason="the notebooks are not beside these tests")
def test_what_was_taken_names_the_habits_that_stand_beside_the_nights():
    """The subject of notebook 9, four habits of a list, was not named among what was read."""
    with warnings.catch_warnings(action="ignore"):
        nights = ss.read_diary(NOTEBOOK_FILES / "oura_trends.csv")
        nights = ss.join_evenings(nights, NOTEBOOK_FILES / "habits.csv")
    read = ss.answer(nights).read
    habits = read[0].partition("as habits of the day or evening before: ")[2]
    # the headers of habits.csv
    for header in ("coffees", "wine (glasses)", "late meal", "stress"):
        assert header in habits.casefold()
    # two columns have this name; the first, a score, is the one that is not used
    assert "Columns not used: Sleep Timing (column 3), Sleep Efficiency." in read


def test_by_another_rule_that_gives_the_same_evenings_it_is_the_same_file() -> None:
    """In bed before midnight, a date of the evening and one of the bed time are the same."""
    diary = "night,into_bed,out_of_bed,tea\n" + "".join(
        f"2026-01-{day:02d},23:{day},07:{day},{day % 3}\n" for day in (12, 13, 14, 16)
    )
    one, _ = again(read(NIGHTS), named(diary), labels="evening")
    two, said = again(one, named(diary), labels="bedtime")
    assert said == ["habits.csv: joined again: its columns replace those of before."]
    assert set(two) == set(one)
    assert two["tea"].tolist() == one["tea"].tolist() == [0, 1, 2, 1]


def test_joined_again_only_the_hours_of_its_own_clocks_are_reckoned_anew() -> None:
    """Supper of the companion moves from 19:12 to 20:12; the coffee is the diary's own.

    Bed at 23:12: by hand 4 h, then 3 h. Nobody asks how the diary came to its hours of coffee.
    """
    rows = "".join(f"2026-01-{day:02d},{{hour}}:{day}\n" for day in (12, 13, 14, 16))
    nights = read(NIGHTS)
    nights["coffee_last"] = nights["into_bed"] - pd.Timedelta(hours=8)
    nights["coffee_last_h_before_bed"] = 8.05
    kinds = {"kind": "factor", "when": "day"}
    nights.attrs["sleepstats"]["columns"]["coffee_last"] = kinds
    one, _ = again(nights, named("date,supper\n" + rows.format(hour=19)))
    assert one["supper_h_before_bed"].tolist() == [4.0] * 4
    two, _ = again(one, named("date,supper\n" + rows.format(hour=20)))
    assert two["supper_h_before_bed"].tolist() == [3.0] * 4
    assert two["coffee_last_h_before_bed"].tolist() == [8.05] * 4
