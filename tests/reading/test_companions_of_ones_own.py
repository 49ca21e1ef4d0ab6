"""Lists of habits, Loop's checkmarks and logs of doses beside nights; values as in the fixtures."""

from __future__ import annotations

import io
import shutil

import numpy as np
import openpyxl
import pandas as pd
import pytest
from exports import INVENTED, read

import sleepstats as ss
from sleepstats import DiaryError
from sleepstats.__main__ import main
from sleepstats.errors import both_forms, in_shell, option
from sleepstats.reading.nights.companions import better_shift

ROWS = "".join(f"2027-03-0{d},23:{10 + d},07:00\n" for d in range(1, 7))
NIGHTS = "night,into_bed,out_of_bed\n" + ROWS
LOOP, HABITS, LOG = (
    INVENTED / "loop_habits" / "Checkmarks.csv",
    INVENTED / "habits" / "my_habits.csv",
    INVENTED / "dose_log" / "log.csv",
)


def joined(other, **options):
    return ss.join_evenings(read(NIGHTS), other, **options)


def three(values):
    """Write yes, no and not recorded as Y, N and ?."""
    return "".join("?" if pd.isna(v) else "Y" if v else "N" for v in values)


def test_loops_answers_have_three_states_and_its_counts_are_thousandths():
    got = joined(LOOP)
    # A tick is yes; let off by a weekly aim, skipped or unknown is not recorded.
    assert three(got["stretching"]) == "NY??NY"
    assert three(got["early_dinner"]) == "NYY??N"
    np.testing.assert_array_equal(got["tea"], [1, np.nan, 3, 0, 1, 2.5])


@pytest.mark.parametrize("together", [False, True])
def test_a_list_of_habits_goes_beside_the_nights_newest_first(together):
    got = read([io.StringIO(NIGHTS), HABITS]) if together else joined(HABITS)
    assert got["herbal_tea_cups"].tolist() == [0, 1, 3, 1, 0, 2]
    assert three(got["walked"]) == "YNY?NY"
    assert got["stress"].tolist() == [1, 6, 4, 2, 5, 3]
    assert len(got) == 6
    assert "entered" not in got


def test_a_list_of_habits_may_name_the_morning():
    got = joined(HABITS, labels="morning")
    np.testing.assert_array_equal(got["herbal_tea_cups"], [1, 3, 1, 0, 2, np.nan])


def test_a_list_of_habits_alone_is_told_where_to_go():
    with pytest.raises(DiaryError) as caught:
        read(HABITS)
    said = str(caught.value)
    assert "join it to another diary: join_evenings(nights, this)" in said
    assert "Its headers: Date, entered, Herbal tea (cups), Walked, Stress." in said


def test_a_log_becomes_yes_no_amount_and_hours_before_bed():
    """100 + 80 mg of caffeine, the last at 15:30, in bed at 23:11: 7 h 41 min before."""
    got = joined(LOG)
    assert three(got["caffeine"]) == "YY?N??"
    np.testing.assert_array_equal(got["caffeine_mg"], [180, 100, np.nan, 0, np.nan, np.nan])
    assert got["caffeine_last_h_before_bed"].iloc[0] == pytest.approx(7 + 41 / 60)
    # 500 mcg are 0.5 mg; what was taken at 00:40 belongs to the evening before.
    assert got["melatonin_mg"].tolist()[:2] == [0.5, 1.0]
    rows = ss.reading_report(got)
    assert "'a bit' is no amount" in rows["problem"].str.cat()
    assert (rows["status"] == "joined").sum() == 6


def test_several_rows_of_a_day_are_summed_up():
    text = "date,coffee_cups,mood,walk\n2027-03-01,1,4,no\n2027-03-01,2,6,yes\n2027-03-02,1,3,no\n"
    got = joined(io.StringIO(text))
    assert got["coffee_cups"].tolist()[:2] == [3, 1]
    assert got["mood"].tolist()[:2] == [5, 3]
    assert three(got["walk"][:2]) == "YN"


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"Date": ["2027-03-04", "2027-03-02"], "tea": [1, 2]}),
        pd.DataFrame(
            {"tea": [1, 2]}, index=pd.to_datetime(["2027-03-04 12:00", "2027-03-02 08:00"])
        ),
        pd.DataFrame({"tea": [1, 2]}, index=["2027-03-04", "2027-03-02"]),
        pd.DataFrame({"when": pd.to_datetime(["2027-03-04", "2027-03-02"]), "tea": [1, 2]}),
    ],
)
def test_a_frame_goes_by_its_column_or_index_of_dates(frame):
    np.testing.assert_array_equal(joined(frame)["tea"], [np.nan, 2, np.nan, 1, np.nan, np.nan])


def test_a_frame_with_a_cell_that_is_no_date_is_refused():
    with pytest.raises(DiaryError, match="'soon' is no date"):
        joined(pd.DataFrame({"date": ["2027-03-04", "soon"], "tea": [1, 2]}))


def test_a_diary_beside_a_tracker_lends_its_habits_not_its_sleep():
    owl = "start;end;sleep quality;time in bed;wake up;sleep notes\n" + "".join(
        f"2027-03-0{d} 23:{10 + d}:00;2027-03-0{d + 1} 07:00:00;80%;7:30;;\n" for d in range(1, 7)
    )
    diary = "Evening of,Bedtime,Got up,Rested,Tea\n" + "".join(
        f"2027-03-0{d},22:{10 + d},06:00,{d % 5 + 1},{d % 3}\n" for d in range(1, 7)
    )
    alone = read(owl)
    got = read([io.StringIO(owl), io.StringIO(diary)])
    pd.testing.assert_series_equal(got["into_bed"], alone["into_bed"])
    assert got["tea"].tolist() == [1, 2, 0, 1, 2, 0]
    assert got["rested"].tolist() == [2, 3, 4, 5, 1, 2]
    assert "its own times of sleep are not mixed in" in " ".join(got.attrs["sleepstats"]["notes"])


def test_units_of_drinks_are_their_amount():
    text = "date,time,drink,units\n" + "".join(
        f"{d}/03/2027,{h}:30,{what},{much}\n"
        for d in range(1, 7)
        for h, what, much in ((13, "Coffee", 1), (20, "Wine", 2.5))
    )
    got = joined(io.StringIO(text), dayfirst=True)
    assert got["wine_amount"].tolist() == [2.5] * 6
    assert got["coffee_last_h_before_bed"].iloc[0] == pytest.approx(9 + 41 / 60)  # 13:30 to 23:11


def test_dates_of_a_list_of_habits_may_have_no_year():
    text = "Date,Mood,Walk\n" + "".join(f"{d} Mar,{d},yes\n" for d in range(1, 7))
    got = joined(io.StringIO(text), year=2027)
    # In a list by day the mood is that of the day, not of the morning after a night.
    assert got["mood"].tolist() == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("written", ["%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d"])
def test_a_list_of_habits_is_one_however_its_dates_are_written(written):
    """05.01.2026 alone could be a number with points between its thousands."""
    days = pd.date_range("2026-01-05", periods=20)
    rows = "".join(f"{day.strftime(written)};{day.day % 3};yes\n" for day in days)
    nights, _ = ss.simulate_nights(20, seed=1, start="2026-01-05", missing=0)
    bare = nights[["into_bed", "out_of_bed"]]
    joined = ss.join_evenings(bare, io.StringIO(f"Date;Coffees;Late meal\n{rows}"))
    assert joined["coffees"].tolist() == [day.day % 3 for day in days]


@pytest.fixture
def diary_and_book(tmp_path):
    """Write thirty nights of a diary, and a workbook of two sheets of habits of their days."""
    days = pd.date_range("2031-03-03", periods=30)
    diary = tmp_path / "diary.csv"
    rows = [f"{d:%Y-%m-%d},23:{10 + i},07:0{i % 10}" for i, d in enumerate(days)]
    diary.write_text("\n".join(["Night,Bedtime,Got up", *rows]), encoding="utf-8")
    book = tmp_path / "habits.xlsx"
    made = openpyxl.Workbook()
    for title, thing in (("Food", "Soup"), ("Drinks", "Wine")):
        sheet = made.active if title == "Food" else made.create_sheet(title)
        sheet.title = title
        sheet.append(["Date", thing])
        for i, day in enumerate(days):
            sheet.append([day.to_pydatetime(), i % 3])
    made.save(book)
    return diary, book


@pytest.mark.parametrize("typed", [["--sheet", "Drinks"], ["--with-sheet", "Drinks"]])
def test_a_sheet_is_of_the_workbook_that_goes_beside(diary_and_book, capsys, typed):
    diary, book = diary_and_book
    assert main(["check", str(diary), "--with", str(book), *typed]) == 0
    out = capsys.readouterr().out
    assert "\nwine " in out
    assert "soup" not in out


def test_what_is_said_of_the_table_beside_is_typed_for_it_alone(diary_and_book, capsys):
    diary, book = diary_and_book
    typed = ["check", str(diary), "--with", str(book), "--with-sheet", "Drinks"]
    assert main(typed) == 0
    out = capsys.readouterr().out
    assert "30 of 30 nights" in out
    assert "If it names the morning after: --with-labels morning." in out
    assert main([*typed, "--with-labels", "morning"]) == 0
    assert "29 of 30 nights" in capsys.readouterr().out  # one evening earlier, the diary as it was


def test_numbers_of_the_other_order_of_bytes_are_set_beside_a_list() -> None:
    """A find of the hostile calls: pandas refuses to align such columns with others."""
    index = pd.date_range("2026-01-05", periods=20, name="night")
    nights = pd.DataFrame({"stress": np.arange(20.0) % 5}, index)
    odd = nights.astype(">f8")
    assert better_shift(odd.iloc[2:], nights) == better_shift(nights.iloc[2:], nights)


def test_what_is_said_of_a_companion_is_typed_as_its_own_option():
    """``--labels`` gave the same advice again, in a loop."""
    said = both_forms(option("join_evenings(...", labels="evening"))
    assert in_shell(said) == "--with-labels evening"
    assert str(said) == "join_evenings(..., labels='evening')"


def test_a_diary_left_out_beside_an_export_is_told(tmp_path):
    """In Python, too: it stood nowhere but in ``sleepstats check``."""
    shutil.copy(next((INVENTED / "zeo").iterdir()), tmp_path / "zeo.csv")
    rows = "".join(f"2026-01-{d:02},23:10,07:00,2\n" for d in range(5, 15))
    (tmp_path / "mine.csv").write_text(f"Date,Bed time,Wake time,Wine\n{rows}")
    with pytest.warns(ss.DiaryWarning, match=r"Not read: mine.csv: looks like a .* join_evenings"):
        ss.read_diary(tmp_path)


def test_hours_before_bed_beside_how_much_are_told_apart():
    """Two rows of a table were both called melatonin."""
    rows = "".join(f"2026-01-{d:02},23:10,07:00,{d % 3},{d % 4 / 2 + 1}\n" for d in range(5, 29))
    nights = read(f"Night,Bed,Wake,Melatonin (mg),Melatonin hours before bed\n{rows}")
    told = nights.attrs["sleepstats"]["columns"]
    assert told["melatonin_h_before_bed"]["label"] == "melatonin, before bed"
