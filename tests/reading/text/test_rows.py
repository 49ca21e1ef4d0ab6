"""Rows with more cells than the header: expected is what a person sees in the line."""

import datetime as dt
import io
from itertools import zip_longest

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.reading.cells import read_dates
from sleepstats.reading.text import Source, quotes, read_table, rows
from sleepstats.reading.text.source import CodedCells

pytestmark = pytest.mark.filterwarnings("ignore::sleepstats.DiaryWarning")

HOURS = "Day,Sleep (h),Coffee,Mood\n" + "".join(
    f"2026-09-{day:02d},{7 + day % 2},{day % 4},{(':)', ':(', 'ok')[day % 3]}\n"
    for day in range(1, 21)
)
NOTES = "date,bed,wake,late meal,notes\n" + "".join(
    f"2026-09-{day:02d},23:{day + 10},06:{day + 20},{('yes', 'no')[day % 2]},{note}\n"
    for day, note in enumerate(["", "slept well", "noisy street and hot", "bad dreams"] * 5, 1)
)
EATEN = "date,bed,wake,what I ate,coffee\n" + "".join(
    f"2026-09-{day:02d},23:{day + 10},06:{day + 20},{food},{day % 3}\n"
    for day, food in enumerate(["rice", "pasta", "soup", "pizza and wine", "bread"] * 4, 1)
)


def last(table, row):
    nights = ss.read_diary(io.StringIO(table + row + "\n"))
    assert len(nights) == 21
    return nights.iloc[-1]


def test_a_decimal_comma_moves_nothing_under_another_header():
    night = last(HOURS, "2026-09-21,7,5,two,:)")
    assert night["tst_min"] == 450.0
    assert night["coffee"] == 2.0
    assert night["mood"] == ":)"
    assert "read as '7,5' under 'Sleep (h)'" in night["problem"]


@pytest.mark.parametrize(
    ("row", "mood"), [("2026-09-21,7,5,2,:)", ":)"), ("2026-09-21,7,5,2,:),well", None)]
)
def test_what_can_be_split_in_two_ways_is_left_blank_and_told(row, mood):
    night = last(HOURS, row)
    assert pd.isna(night["tst_min"])
    assert pd.isna(night["coffee"])
    assert night["mood"] == mood if mood else pd.isna(night["mood"])
    assert "cannot be told, so 'Sleep (h)', 'Coffee'" in night["problem"]


def test_a_note_with_commas_keeps_its_end():
    night = last(NOTES, "2026-09-21,23:10,06:20,yes,hot, then cold, then hot")
    assert night["comments"] == "hot, then cold, then hot"
    assert night["late_meal"] == True  # noqa: E712
    assert night["tib_min"] == 430.0


def test_words_in_the_middle_are_joined_and_a_remark_behind_the_last_column_is_left_out():
    night = last(EATEN, "2026-09-21,23:10,06:20,rice, beans,2")
    assert (night["what_i_ate"], night["coffee"]) == ("rice, beans", 2)
    night = last(EATEN, "2026-09-21,23:10,06:20,rice,2,left over")
    assert (night["what_i_ate"], night["coffee"]) == ("rice", 2)
    assert "what stands beyond them was left out" in night["problem"]


def test_without_rows_to_learn_from_nothing_is_joined():
    nights = ss.read_diary(io.StringIO("date,bed,wake\n2026-09-21,23:10,06:20,left,over\n"))
    assert nights["tib_min"].tolist() == [430.0]


def test_cells_of_one_form_keep_their_characters_until_they_are_written_to():
    """Dates are read from them as from the cells: 31 days from 2026-01-01, counted by hand."""
    texts = [f"2026-01-{i:02d}" for i in range(1, 32)]
    cells = np.array(texts, dtype=object).view(CodedCells)
    assert cells.chars is None
    assert rows.form(cells) == ["0000-00-00"]
    assert ["".join(map(chr, one)) for one in cells.chars.T] == texts
    read = read_dates(cells, dayfirst=None, where="here").values
    assert read.tolist() == [dt.date(2026, 1, i) for i in range(1, 32)]
    assert cells[3:].chars is None
    cells[0] = "2025-12-31"
    assert cells.chars is None
    assert str(read_dates(cells, dayfirst=None, where="here").values[0]) == "2025-12-31"
    for other in (["2026-01-01 ", "2026-01-02 "], ["1月", "2月"], ["1", "12"]):
        cells = np.array(other, dtype=object).view(CodedCells)
        rows.form(cells)
        assert cells.chars is None


def test_the_form_of_texts_is_what_they_have_in_common():
    """By hand; a text of another length, with another sign or of two lines has another form."""
    assert rows.form(["2031-03-04", "1999-12-31"]) == ["0000-00-00"]
    assert rows.form(["2031年3月4日", "1999年9月1日"]) == ["0000年0月0日"]
    assert rows.form(["", ""]) == [""]
    for other in (["2031-03-04", "2031-3-04"], ["2031-03-04", "2031.03.04"], ["1\n2"], []):
        assert rows.form(other) == []


def test_lines_of_one_width_are_split_as_each_by_itself():
    for lines in (
        ["a, b", "1,2 "],
        ["a,b", "1"],
        ['"a,b",c', "1,2"],
        ["", ""],
        ["a"],
        ["x,y,", ",,"],
    ):
        each = [quotes.split_line(line, ",") for line in lines]
        assert quotes.split_each(lines, ",") == [*map(list, zip_longest(*each))]


LONG = '"{""bpm"": 70, ""of"": ""' + 90 * "x" + '""}"'
ROWS = 700 * [f'2031-03-03,"a, b",{LONG},x', f'2031-03-04,"two\nlines",{LONG},é'] + ["2031,,s,y"]


@pytest.mark.parametrize(
    "odd",
    [
        "2031-03-03x,1,2,3",  # one sign more
        "2031-03-03é,1,2,3",  # no ASCII, and its two bytes stand on both sides of the eighth
        "2031-03é-03,1,2,3",
        '"2031-""03""",1,2,3',  # doubled quotes
        f"{17 * 'x'},1,2,3",  # longer than what is a number
        f'2031-03-03,1,"{600 * "é"}",3',
        f'2031-03-03,1,"{600 * "y"}""",3',
        f'2031-03-03,"{300_000 * ","}",2,3',  # a quote that is open where the next stretch begins
        ",,,",
    ],
)
def test_what_is_cut_at_once_is_what_csv_cuts_with_an_odd_cell_in_the_last_row(odd):
    text = "\n".join(["a,b,c,d", *ROWS, odd]) + "\n"
    columns, begin = rows.cut(text.encode() + rows.BEHIND, ",", 4)
    assert {*begin} == {ord("2"), odd.encode()[0]}  # as ROWS and the odd row are written
    cells = [*quotes.csv_rows(text, ",")][1:]  # by the csv module: the other way
    assert [*zip(*(column.tolist() for column in columns), strict=True)] == [*map(tuple, cells)]
    for column in columns:
        if column.coded is not None:
            texts, codes = column.coded
            assert [texts[i] for i in codes] == [cell.strip() for cell in column]


def test_cells_are_tidied_as_each_by_itself():
    cells = np.array([" a", "a", "", None, "b\u200b", "c\u00a0 d", " a"], dtype=object)
    assert rows.tidied(cells).tolist() == ["a", "a", "", "", "b", "c d", "a"]
    assert rows.tidied(cells[:3]).tolist() == ["a", "a", ""]


@pytest.mark.parametrize("quoted", ["", '"'])
@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (",,", "blank line"),
        (" ,\t,", "blank line"),
        ("\u200b,,", "blank line"),
        ("day,bed,note", "header repeated"),
        (" day,bed,note", "header repeated"),
        ('"day",bed,note', "header repeated"),
        (",23:10,no day", None),  # a row: what it lacks is told of it
    ],
)
def test_lines_that_are_no_rows_are_found_in_a_long_table_as_in_a_short_one(odd, why, quoted):
    row = f"2031-03-03,{quoted}23:10{quoted},a note of a night"
    for count in (20, 20_000):  # the longer of them is cut at once
        lines = ["day,bed,note", *count * [row], odd, row]
        table = read_table(Source("a.csv", "\n".join(lines) + "\n", "utf-8"), 1, ",")
        assert dict(table.skipped).get(count + 2) == why  # the line below the header and the rows
        assert len(table) == count + 2 - (why is not None)


QUOTED = """Date, "Bed time" ,"Wake time", Coffee, Notes
2026-01-05, "23:10", "06:40" ,2, "late; tired"
2026-01-06, "23:20", "06:50" ,1, "ok"
"""


@pytest.mark.parametrize("change", ["  ", "''", "\"'", ",;", ",\t"])
def test_blanks_around_quotes_and_single_ones(change):
    # by hand: the same two nights. Before, a note with a delimiter was two cells, and the coffee
    # of the night its note
    nights = ss.read_diary(io.StringIO(QUOTED.replace(*change)))
    assert nights["into_bed"].dt.strftime("%H:%M").tolist() == ["23:10", "23:20"]
    assert nights["final_wake"].dt.strftime("%H:%M").tolist() == ["06:40", "06:50"]
    assert nights["coffee"].tolist() == [2, 1]
    assert nights["comments"].tolist() == ["late; tired", "ok"]


def test_apostrophes_are_no_quotes():
    text = "Date,Bed time,Wake time,Notes\n2026-01-05,23:10,06:40,'twas late\n"
    nights = ss.read_diary(io.StringIO(text + "2026-01-06,23:20,06:50,rock 'n' roll\n"))
    assert nights["comments"].tolist() == ["'twas late", "rock 'n' roll"]
    # in the text of a cell in double quotes single ones stay as they are
    text = "Date,Bed time,Notes\n2026-01-05,23:10,\"said, 'ok', then\"\n2026-01-06,23:10,x\n"
    assert ss.read_diary(io.StringIO(text))["comments"].iloc[0] == "said, 'ok', then"


def test_month_and_day_in_columns_of_their_own():
    text = "Month,Day,Slept (h),Coffee\n1,30,7,2\n1,31,8,1\n2,1,8,1\n2,2,8,1\n"
    nights = ss.read_diary(io.StringIO(text), year=2026)
    assert nights.index.strftime("%m-%d").tolist() == ["01-29", "01-30", "01-31", "02-01"]
    with pytest.raises(ss.DiaryError, match="the dates have no year"):
        ss.read_diary(io.StringIO(text))
