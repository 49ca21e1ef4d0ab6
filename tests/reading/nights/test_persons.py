"""Several people in one table: refused with the way on, read one at a time, or all.

The tables are invented; whose each row is stands in them.
"""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
from exports import read

import sleepstats as ss
from sleepstats.errors import DiaryError
from sleepstats.reading.nights import Options
from sleepstats.reading.nights.not_one_diary import rows_of_one
from sleepstats.reading.text import open_source, read_table


def nights_of(people: list[str], nights: int = 9) -> str:
    """Write one row per person and night; the bed time's minute is the person's number."""
    return "".join(
        f"{who},2026-01-{day:02d},23:0{number},07:00,{day % 3}\n"
        for number, who in enumerate(people)
        for day in range(1, 1 + nights)
    )


@pytest.mark.parametrize("header", ["participant", "Subject ID", "userId", "patient_no", "id"])
def test_a_column_of_people_is_recognised(header: str) -> None:
    text = f"{header},date,bedtime,woke up,tea\n" + nights_of(["aa", "bb", "cc"])
    with pytest.raises(DiaryError, match=r"3 people \('aa', 'bb', 'cc'\) stand in this file") as no:
        read(text)
    assert "read_diary(..., person='aa')" in str(no.value)
    assert "read_diary(..., person='all')" in str(no.value)
    one = read(text, person="bb")
    assert len(one) == 9
    assert set(one["into_bed"].dt.minute) == {1}


def test_all_of_them_as_people_are_pooled() -> None:
    text = "participant,date,bedtime,woke up,tea\n" + nights_of(["bb", "aa"])
    everybody = read(text, person="all")
    ss.check_nights(everybody)
    assert everybody.index.names == ["person", "night"]
    assert everybody.groupby("person").size().to_dict() == {"aa": 9, "bb": 9}
    report = ss.reading_report(everybody)
    assert report["status"].value_counts().to_dict() == {"used": 18, "skipped": 1}
    assert report["line"].tolist() == list(range(1, 20))
    assert everybody.attrs["sleepstats"]["rows_read"] == 18


def test_one_person_is_read_as_before() -> None:
    text = "participant,date,bedtime,woke up,tea\n" + nights_of(["aa"])
    assert len(read(text)) == len(read(text, person="aa")) == 9
    assert read(text, person="all").index.names == ["night"]
    with pytest.raises(DiaryError, match="person='zz': no column of this file names several"):
        read(text, person="zz")


def test_a_name_that_is_not_there() -> None:
    text = "participant,date,bedtime,woke up,tea\n" + nights_of(["anna", "bert"])
    with pytest.raises(DiaryError, match=r"person='ana' is not among its 2 people.*Did you mean"):
        read(text, person="ana")


def test_numbers_of_rows_are_no_people() -> None:
    rows = [f"{i},2026-01-{i:02d},23:10,07:00\n" for i in range(1, 20)]
    assert len(read("id,date,bedtime,woke up\n" + "".join(rows))) == 19


@pytest.mark.parametrize("header", ["People", "Who", "persons", "Name"])
def test_company_of_an_evening_is_no_column_of_people(header: str) -> None:
    rows = [f"2026-01-{i:02d},23:10,07:00,{i % 3}\n" for i in range(1, 20)]
    assert len(read(f"date,bedtime,woke up,{header}\n" + "".join(rows))) == 19
    few = [f"2026-01-{i:02d},23:10,07:00,x{i}\n" for i in range(1, 5)]
    assert len(read(f"date,bedtime,woke up,{header}\n" + "".join(few))) == 4


def test_dates_that_begin_anew() -> None:
    rows = "".join(line.partition(",")[2] + "\n" for line in nights_of(["a", "b"]).splitlines())
    text = "date,bedtime,woke up,tea\n" + rows
    with pytest.raises(DiaryError, match=r"column 'date' begins anew: 2 people \('1', '2'\)"):
        read(text)
    assert set(read(text, person="2")["into_bed"].dt.minute) == {1}


@pytest.mark.parametrize("newest_first", [False, True])
def test_one_persons_months_in_any_order_are_one_person(*, newest_first: bool) -> None:
    dates = [*pd.date_range("2026-02-01", periods=20), *pd.date_range("2026-01-01", periods=20)]
    dates = dates[::-1] if newest_first else dates
    rows = "".join(f"{day:%Y-%m-%d},23:10,07:00\n" for day in dates)
    assert len(read("date,bedtime,woke up\n" + rows)) == 40


def test_rows_pasted_twice_are_one_persons() -> None:
    rows = "".join(f"2026-03-{day:02d},23:{day:02d},07:00\n" for day in range(1, 15))
    assert len(read("date,bedtime,woke up\n" + rows + rows)) == 14


def test_people_in_a_trackers_file_are_recognised() -> None:
    rows = "".join(
        f"{who};2026-03-{day:02d} 23:00:00;2026-03-{day + 1:02d} 07:00:00;80%;8:00\n"
        for who in ("aa", "bb")
        for day in range(1, 7)
    )
    text = "participant;Start;End;Sleep quality;Time in bed\n" + rows
    with pytest.raises(DiaryError, match=r"2 people \('aa', 'bb'\)"):
        read(text)
    assert len(read(text, person="bb")) == 6


def test_everybody_of_a_table_is_pooled() -> None:
    rows = "".join(
        f"p{who},{day:%Y-%m-%d},{7 + ((who + i * i) % 5) / 3 + (i % 3) / 2:.2f},{i % 3}\n"
        for who in range(5)
        for i, day in enumerate(pd.date_range("2026-01-01", periods=40))
    )
    everybody = read("participant,evening,hours slept,tea\n" + rows, person="all")
    pooled = ss.pool_people(everybody, outcome="tst_min", factor="tea")
    assert pooled.n_people == 5
    assert 20.0 < pooled.effect < 40.0  # half an hour a cup was written


def test_a_table_of_people_is_told_to_be_one() -> None:
    rows = "".join(f"{i},{20 + i},7.{i},6\n" for i in range(1, 9))
    with pytest.raises(DiaryError, match="each row is another person, so this is a table of peop"):
        read("Person ID,Age,Sleep Duration,Quality of Sleep\n" + rows)
    with pytest.raises(DiaryError, match="a table with one row a person tells nothing of one"):
        read("age,gender,sleep_hours,caffeine\n" + rows)


def test_people_are_named_unless_that_would_tell_who_they_are() -> None:
    rows = "".join(f"p{i % 7},x\n" for i in range(20))
    table = read_table(open_source(io.StringIO("subject,tea\n" + rows)), 1, ",")
    with pytest.raises(DiaryError, match=r"7 people \('p0', 'p1', 'p2', 'p3', 'p4' and 2 more\)"):
        rows_of_one(table, Options(), at=0)
    with pytest.raises(DiaryError, match="7 people stand in this file"):
        rows_of_one(table, Options(), at=0, secret=True)
    assert rows_of_one(table, Options(), at=1) is table


def test_the_shell_reads_one_person(tmp_path, capsys) -> None:
    from sleepstats.__main__ import main

    file = tmp_path / "two.csv"
    file.write_text("participant,date,bedtime,woke up,tea\n" + nights_of(["aa", "bb"]))
    assert main(["check", str(file)]) == 2
    assert "Name one: --person 'aa'" in capsys.readouterr().err
    assert main(["check", str(file), "--person", "bb"]) == 0
    assert "9 nights" in capsys.readouterr().out
    assert main(["check", str(file), "--person", "all"]) == 2


# ---- columns of somebody else beside one's own


def _beside(header: str, *cells: str, own: str = "Bed,Up") -> pd.DataFrame:
    """Return thirty nights of 23:10 to 07:10, and a last column with these cells in turn."""
    rows = [f"{day:%Y-%m-%d},23:10,07:10,{cells[i % len(cells)]}"
            for i, day in enumerate(pd.date_range("2026-01-05", periods=30))]  # fmt: skip
    return read("\n".join([f"Evening,{own},{header}", *rows]))


@pytest.mark.parametrize("own", ["My bed,My up", "Bed,Up"])
@pytest.mark.parametrize("first", [True, False])
def test_my_bed_time_is_mine_and_hers_is_put_aside(own: str, first: bool) -> None:
    hers, mine = "22:10,06:10", "23:10,07:10"
    header, cells = ("Her bed,Her up", own), (hers, mine)
    header, cells = (header, cells) if first else (header[::-1], cells[::-1])
    rows = [f"2026-01-{day:02d},{','.join(cells)},{day % 3}" for day in range(1, 31)]
    nights = read("\n".join([f"Evening,{','.join(header)},Wine", *rows]))
    assert set(nights["into_bed"].dt.strftime("%H:%M")) == {"23:10"}
    assert set(nights["out_of_bed"].dt.strftime("%H:%M")) == {"07:10"}
    assert set(nights["tib_min"]) == {480.0}  # 23:10 to 07:10
    assert "lights_out" not in nights
    roles = nights.attrs["sleepstats"]["roles"]
    assert [roles[h]["role"] for h in ("Her bed", "Her up")] == ["aside", "aside"]
    assert "another person" in roles["Her bed"]["why"]


@pytest.mark.parametrize(
    ("header", "cells"),
    [("Her sleep quality (1-5)", ("3", "5")), ("Her sleep (h)", ("7", "6")),
     ("Her stress", ("3", "5")), ("His wake ups", ("1", "2")),
     ("Her time to fall asleep (min)", ("13", "24")), ("Seine Schlafqualität (1-5)", ("3", "5")),
     ("Sa qualité de sommeil", ("3", "5")), ("Child up at", ("07:50", "08:20")),
     ("Quality of sleep (wife)", ("3", "5")), ("Son's sleep (h)", ("8.5", "9"))],
)  # fmt: skip
def test_what_another_person_slept_or_felt_is_put_aside(
    header: str, cells: tuple[str, ...]
) -> None:
    nights = _beside(header, *cells)
    told = nights.attrs["sleepstats"]["roles"][header]
    assert told["role"] == "aside"
    of_mine = {"quality", "tst_min", "stress", "nawk", "sol_min"}
    assert of_mine.isdisjoint(nights)
    assert set(nights["tib_min"]) == {480.0}


@pytest.mark.parametrize(
    "header",
    ["Wife woke up", "Partner up at", "Dog up at", "Her up", "My wife woke up", "妻の起床",
     "Frau aufgestanden"],
)  # fmt: skip
def test_when_another_got_up_is_no_habit_of_the_evening_before(header: str) -> None:
    nights = _beside(header, "06:30", "07:20")
    assert nights.attrs["sleepstats"]["roles"][header]["role"] == "aside"
    assert not [name for name in nights if str(name).endswith("_h_before_bed")]


def test_whose_it_is_the_person_says_last() -> None:
    rows = "".join(f"2026-01-{day:02d},23:10,07:10,{day % 5}\n" for day in range(1, 31))
    nights = read("Evening,Bed,Up,Her stress\n" + rows, columns={"Her stress": "stress"})
    assert nights.attrs["sleepstats"]["roles"]["Her stress"]["column"] == "stress"
    assert nights.attrs["sleepstats"]["roles"]["Her stress"]["role"] == "habit"


@pytest.mark.parametrize("header", ["Kids in bed at", "Child asleep at", "Kids lights out"])
def test_when_the_children_were_in_bed_is_a_habit_of_the_evening(header: str) -> None:
    nights = _beside(header, "20:30", "20:10")
    assert nights.attrs["sleepstats"]["roles"][header]["role"] == "habit"
    assert "lights_out" not in nights
    assert set(nights["into_bed"].dt.strftime("%H:%M")) == {"23:10"}


def test_a_diary_kept_for_a_child_alone_is_read_as_before() -> None:
    rows = "".join(f"2026-01-{day:02d},19:10,06:10\n" for day in range(1, 31))
    nights = read("Evening,Child bed time,Child wake time\n" + rows)
    assert set(nights["tib_min"]) == {660.0}  # 19:10 to 06:10


#: Ann goes to bed at 23:10 and is up at 07:10, Bo at 22:10 and 06:40, a minute later each night.
ANN = [f"2026-01-{day:02d},23:{9 + day},07:{9 + day},1" for day in range(1, 29)]
BO = [f"2026-01-{day:02d},22:{9 + day},06:{30 + day},0" for day in range(1, 29)]
HEADER = "date,bed,wake,wine"


def in_turn(*people: list[str]) -> str:
    return "\n".join([HEADER, *(row for rows in zip(*people, strict=True) for row in rows)])


def test_two_people_in_turn_are_asked_about() -> None:
    with pytest.raises(DiaryError, match=r"line 3: 28 of 28 dates have rows of different") as no:
        read(in_turn(ANN, BO))
    assert "a column 'person' and name one: read_diary(..., person='Ann')" in str(no.value)
    hours = [f"2026-01-{day:02d},{h}" for day in range(1, 29) for h in ("7.5", "6.25")]
    with pytest.raises(DiaryError, match="28 of 28 dates have rows of different nights"):
        read("\n".join(["date,hours slept", *hours]))


def test_rows_of_one_person_that_are_double_are_read_as_before() -> None:
    same = read(in_turn(ANN, ANN))  # exported again
    assert len(same) == 28
    assert set(same["tib_min"]) == {480.0}
    split = [f"2026-01-{day:02d},03:10,07:10,1" for day in range(1, 29)]
    first = [f"2026-01-{day:02d},22:10,02:10,1" for day in range(1, 29)]
    assert set(read(in_turn(first, split))["tib_min"]) == {480.0}  # 4 h and 4 h
    naps = [f"2026-01-{day:02d},14:00,14:40,1" for day in range(1, 29)]
    assert len(read(in_turn(ANN, naps))) >= 28
    typed = [*BO[:4], *ANN[4:]]  # four nights were typed again otherwise
    assert len(read(in_turn(ANN, typed))) == 28


def test_two_files_of_two_people_in_a_folder_are_asked_about(tmp_path: Path) -> None:
    (tmp_path / "Ann.csv").write_text("\n".join([HEADER, *ANN]))
    (tmp_path / "Bo.csv").write_text("\n".join([HEADER, *BO]))
    with pytest.raises(DiaryError, match=r"Bo.csv: 28 nights are others in Ann.csv. If they are"):
        ss.read_diary(tmp_path, labels="evening")
    (tmp_path / "Bo.csv").write_text("\n".join([HEADER, *ANN]))  # the same file again
    with pytest.warns(ss.DiaryWarning, match="already read from Ann.csv, line 2"):
        assert len(ss.read_diary(tmp_path, labels="evening")) == 28


def test_a_problem_of_ones_own_is_no_remark_of_ours() -> None:
    rows = "".join(
        f"2026-01-{d:02d},23:10,07:10,{'yes' if d % 3 else 'no'}\n" for d in range(1, 29)
    )
    nights = read("night,into bed,wake,problem\n" + rows)
    assert int(nights["problem_noted"].sum()) == 19  # 28 days, 9 of which 3 divides
    assert nights.attrs["sleepstats"]["roles"]["problem"]["role"] == "habit"
    assert (nights["problem"] == "").all()
