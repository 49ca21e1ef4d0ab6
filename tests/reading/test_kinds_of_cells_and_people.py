"""Units of one letter, odd signs in clock times, whose rows they are, what was taken or skipped.

All tables are invented here; the expected values are worked out by hand from their cells.
"""

from __future__ import annotations

import datetime as dt
import io
import re

import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.reading.words import Shape, sense
from sleepstats.reading.words.header_words import unit_in

pytestmark = pytest.mark.filterwarnings("ignore::sleepstats.DiaryWarning")


def table(head: str, row: str, rows: int = 14, sign: str = "\t") -> io.BytesIO:
    """Return a table with the days from 5 January 2026, its cells filled in from a template."""
    lines = [head.replace("|", sign)]
    for i in range(rows):
        day = dt.date(2026, 1, 5) + dt.timedelta(i)
        lines.append(row.format(day=day, i=i, m=f"{5 * (i % 12):02d}").replace("|", sign))
    return io.BytesIO(("\n".join(lines) + "\n").encode())


@pytest.mark.parametrize("head", ["inslapen duurde (u)", "insomning (t)", "zasypianie (godz)"])
def test_a_unit_of_one_letter_is_that_of_lengths(head: str) -> None:
    assert unit_in(head) == "h"
    nights = ss.read_diary(table(f"evening|bed|up|{head}", "{day}|23:10|07:00|0.{m}"))
    assert nights["sol_min"].tolist()[:3] == [0.0, 3.0, 6.0]


def test_a_letter_behind_a_habit_is_no_unit_of_time() -> None:
    assert unit_in("magnesium (g)") == ""
    assert unit_in("reps (t)") == ""


def test_parts_of_an_hour_without_a_unit_are_hours_and_it_is_told() -> None:
    nights = ss.read_diary(table("evening|bed|up|latency", "{day}|23:10|07:00|0.{m}5"))
    # .005, .055, .105, ... of an hour
    assert nights["sol_min"].head(3).round(1).tolist() == [0.3, 3.3, 6.3]
    assert any("read as hours" in note for note in nights.attrs["sleepstats"]["notes"])


@pytest.mark.parametrize(
    ("bed", "up"),
    [("23.{m} uur", "7.{m} uur"), ("ore 23.{m}", "ore 7.{m}"), ("godz. 23:{m}", "godz. 7:{m}"),
     ("23-{m}", "7-{m}"), ("23 {m}", "7 {m}"), ("23;{m}", "7;{m}"), ("T23:{m}", "T07:{m}"),
     ("下午11:{m}", "上午7:{m}")],
)  # fmt: skip
def test_clock_times_with_words_and_odd_signs(bed: str, up: str) -> None:
    nights = ss.read_diary(table("evening|into bed|out of bed", f"{{day}}|{bed}|{up}"))
    assert nights["into_bed"].dt.strftime("%H:%M").tolist()[:3] == ["23:00", "23:05", "23:10"]
    assert nights["out_of_bed"].dt.strftime("%H:%M").tolist()[:3] == ["07:00", "07:05", "07:10"]


def test_midnight_is_am_12_in_chinese() -> None:
    first = (
        table("evening|into bed|out of bed", "{day}|下午11:{m}|上午6:{m}", 2).getvalue().decode()
    )
    text = first + "2026-01-07\t上午12:20\t上午7:20\n2026-01-08\t上午1:05\t上午8:05\n"
    nights = ss.read_diary(io.BytesIO(text.encode()))
    assert nights["tib_min"].tolist() == [7 * 60.0] * 4


def test_numbers_that_lost_their_zeros_are_minutes_after_midnight() -> None:
    beds = ["2310", "15", "0", "2345", "30", "2350", "2305", "5", "2330", "105"]
    rows = [f"2026-01-{5 + i:02d},{bed},{640 + i}" for i, bed in enumerate(beds)]
    text = "\n".join(["evening,into bed,out of bed", *rows]) + "\n"
    got = ss.read_diary(io.BytesIO(text.encode()))["into_bed"].dt.strftime("%H:%M").tolist()
    assert got == ["23:10", "00:15", "00:00", "23:45", "00:30", "23:50", "23:05", "00:05", "23:30",
                   "01:05"]  # fmt: skip


def test_an_hour_and_minutes_alike_are_still_asked() -> None:
    beds = ["2310", "2315", "2320", "2345", "2", "2350", "2305", "2355", "2330", "105"]
    rows = [f"2026-01-{5 + i:02d},{bed},{640 + i}" for i, bed in enumerate(beds)]
    text = "\n".join(["evening,into bed,out of bed", *rows]) + "\n"
    nights = ss.read_diary(io.BytesIO(text.encode()))
    assert pd.isna(nights["into_bed"].iloc[4])
    assert "'2' could be 2 minutes past midnight or 2 o'clock" in nights["problem"].iloc[4]


@pytest.mark.parametrize(
    ("yes", "no"),
    [("taken", "skipped"), ("genommen", "vergessen"), ("pris", "pas pris"), ("preso", "non preso"),
     ("genomen", "vergeten"), ("した", "しない"), ("飲んだ", "飲まなかった"), ("吃了", "没吃")],
)  # fmt: skip
def test_what_was_taken_or_skipped_is_yes_or_no(yes: str, no: str) -> None:
    both = table("evening|bed|up|magnesium", "{day}|23:10|07:00|" + yes, 7).getvalue().decode()
    more = table("evening|bed|up|magnesium", "{day}|23:10|07:00|" + no, 14).getvalue().decode()
    text = both + "".join(more.splitlines(keepends=True)[8:])
    nights = ss.read_diary(io.BytesIO(text.encode()))
    assert nights["magnesium"].tolist() == [True] * 7 + [False] * 7


def people(head: str, names: list[str]) -> io.BytesIO:
    """Return a table that has a row of each person for every evening."""
    rows = [f"evening,{head},bed,up"]
    for i in range(10):
        day = dt.date(2026, 1, 5) + dt.timedelta(i)
        rows += [f"{day},{name},2{k}:1{i % 6},07:{10 + i}" for k, name in enumerate(names)]
    return io.BytesIO(("\n".join(rows) + "\n").encode())


@pytest.mark.parametrize("head", ["Kid", "child", "Nombre del participante", "Kind"])
def test_children_in_one_table_are_several_people(head: str) -> None:
    with pytest.raises(ss.DiaryError, match=r"2 people \('Emil', 'Frida'\) stand in this file"):
        ss.read_diary(people(head, ["Emil", "Frida"]))
    nights = ss.read_diary(people(head, ["Emil", "Frida"]), person="all")
    assert len(nights) == 20
    frida = nights.xs("Frida", level=0)
    assert isinstance(frida, pd.DataFrame)
    assert frida["into_bed"].dt.hour.unique().tolist() == [21]
    assert nights.attrs["sleepstats"]["roles"][head]["role"] == "person"


def test_a_kid_at_home_is_a_habit() -> None:
    nights = ss.read_diary(table("evening|bed|up|kids at home", "{day}|23:10|07:00|{m}"))
    assert nights.attrs["sleepstats"]["roles"]["kids at home"]["role"] == "habit"


@pytest.mark.parametrize(
    ("head", "cell"), [("Age", "{0}"), ("Gender", "{1}"), ("Alter", "{0}"), ("Sexo", "{1}")]
)
def test_ages_that_go_up_and_down_are_of_many_people(head: str, cell: str) -> None:
    rows = [f"ID,{head},Bedtime,Wakeup time,Coffee"]
    for i in range(12):
        cells = cell.format(20 + 17 * i % 41, ("Male", "Female")[i * i % 3 % 2])
        rows.append(f"{i + 1},{cells},2026-02-{1 + i:02d} 23:10,2026-02-{2 + i:02d} 07:00,1")
    text = "\n".join(rows) + "\n"
    with pytest.raises(ss.DiaryError, match=re.escape(f"column {head!r}: each row is another")):
        ss.read_diary(io.BytesIO(text.encode()))


def test_one_persons_birthday_is_no_other_person() -> None:
    rows = ["age,date,bed,up"]
    rows += [f"{30 + (i > 5)},2026-02-{1 + i:02d},23:10,07:00" for i in range(12)]
    assert len(ss.read_diary(io.BytesIO(("\n".join(rows) + "\n").encode()))) == 12


def test_what_tells_nights_from_naps_is_no_habit() -> None:
    rows = ["evening,from,to,kind,drinks"]
    for i in range(10):
        day = f"2026-02-{1 + i:02d}"
        rows.append(f"{day},23:10,07:00,night,1")
        rows += [f"{day},14:10,14:40,nap,1"] if i % 3 == 0 else []
    nights = ss.read_diary(io.BytesIO(("\n".join(rows) + "\n").encode()))
    assert "kind" not in nights
    assert nights.attrs["sleepstats"]["roles"]["kind"]["role"] == "id"
    assert nights["nap_min"].dropna().tolist() == [30.0] * 4


def test_a_copy_of_the_hours_asleep_is_of_the_night_whatever_it_is_called() -> None:
    rows = ["evening,bed,up,tst,X1"]
    for i in range(14):
        asleep = 400 + 37 * i % 61
        rows.append(f"2026-02-{1 + i:02d},23:10,07:{i:02d},{asleep},{asleep / 60:.2f}")
    nights = ss.read_diary(io.BytesIO(("\n".join(rows) + "\n").encode()))
    assert nights.attrs["sleepstats"]["roles"]["X1"]["role"] == "night"


def test_tally_marks_are_counted() -> None:
    marks = ["|||", "|", "0", "||"]
    rows = [f"2026-02-{1 + i:02d},23:10,07:00,{marks[i % 4]}" for i in range(12)]
    text = "\n".join(["evening,bed,up,beers", *rows]) + "\n"
    nights = ss.read_diary(io.BytesIO(text.encode()))
    assert nights["beers"].tolist() == [3.0, 1.0, 0.0, 2.0] * 3


def test_pictures_in_headers_are_read() -> None:
    rows = [f"2026-02-{1 + i:02d},23:10,07:00,{'✅❌'[i % 2]},{'🙂😞'[i % 2]}" for i in range(12)]
    text = "\n".join(["evening,😴 from,to,🍷,morning 🙂", *rows]) + "\n"
    nights = ss.read_diary(io.BytesIO(text.encode()))
    told = nights.attrs["sleepstats"]["roles"]
    assert (told["🍷"]["role"], told["🍷"]["column"]) == ("habit", "wine_glass")
    assert nights["wine_glass"].tolist() == [True, False] * 6
    assert told["morning 🙂"]["role"] == "morning"


@pytest.mark.parametrize(
    ("header", "shape", "role", "column"),
    [
        ("Éveillé dans la nuit (min)", Shape("number", 0, 60), "night", "waso_min"),
        ("Restful sleep %", Shape("number", 40, 70), "night", ""),
        ("toss & turn events", Shape("number", 8, 31), "night", ""),
        ("CPAP usage (h)", Shape("number", 5.1, 7.9, whole=False), "night", ""),
        ("Left the bedroom", Shape("clock", 400, 500, either=True), "clock", "out_of_bed"),
        ("slaapkamer uit", Shape("clock", 400, 500, either=True), "clock", "out_of_bed"),
        ("Awake", Shape("clock", 5, 55, either=True, padded=True), "night", "waso_min"),
        ("Godzina pobudki", Shape("clock", 345, 440, either=True), "clock", "final_wake"),
    ],
)
def test_headers_whose_words_were_another_languages(
    header: str, shape: Shape, role: str, column: str
) -> None:
    meant = sense(header, shape)
    assert ((meant.role, meant.column) if meant else ("", "")) == (role, column)


def test_out_beside_in_bed_is_the_rising() -> None:
    rows = [f"2026-02-{1 + i:02d},11:{10 + i} PM,7:{10 + i} AM" for i in range(12)]
    text = "\n".join(["Evening,In bed,Out", *rows]) + "\n"
    nights = ss.read_diary(io.BytesIO(text.encode()))
    assert nights["out_of_bed"].dt.hour.unique().tolist() == [7]
    assert nights["tib_min"].unique().tolist() == [480.0]


def test_a_row_of_the_evening_and_one_of_the_morning_are_the_night_between_them() -> None:
    rows = ["date,part,went to bed,got up,coffees"]
    for i in range(12):
        rows.append(f"2026-02-{1 + i:02d},evening,23:{10 + i},,{i % 3}")
        rows.append(f"2026-02-{2 + i:02d},morning,,07:{10 + i},")
    nights = ss.read_diary(io.BytesIO(("\n".join(rows) + "\n").encode()))
    assert nights["tib_min"].dropna().tolist() == [480.0] * 12
    first = nights.loc["2026-02-01"]
    assert f"{first['into_bed']:%d %H:%M}" == "01 23:10"
    assert f"{first['out_of_bed']:%d %H:%M}" == "02 07:10"
    assert nights["coffees"].dropna().tolist() == [i % 3 for i in range(12)]


def test_a_column_of_am_and_pm_is_no_habit() -> None:
    rows = [f"2026-02-{1 + i:02d},11:{10 + i},PM,7:{10 + i}" for i in range(12)]
    text = "\n".join(["Evening,Bed,AM/PM,Up", *rows]) + "\n"
    nights = ss.read_diary(io.BytesIO(text.encode()))
    assert nights.attrs["sleepstats"]["roles"]["AM/PM"]["role"] == "id"
    assert sense("SSRI am/pm", Shape("text", levels=2)) is not None
