"""Rows of one date, pieces, naps and shifts; what stands in a product's file and is not read.

The tables are invented; what is expected is what was put into them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from exports import read

from sleepstats.reading.check import check_lines
from sleepstats.reading.words import Shape, sense
from sleepstats.reading.words.shapes import shape_of

SHIFTS = """date,shift,to bed,woke up,coffee
2031-05-06,early,22:00,05:20,1
2031-05-07,early,22:10,05:20,2
2031-05-08,early,22:25,05:20,0
2031-05-09,night,17:30,18:45,
2031-05-10,night,08:50,14:55,3
2031-05-10,night,17:30,18:45,
2031-05-11,night,08:00,15:10,2
2031-05-11,night,17:30,18:45,
2031-05-12,night,08:00,14:55,1
2031-05-12,off,23:30,09:00,0
2031-05-13,off,23:40,09:10,0
2031-05-15,late,01:30,09:20,2
2031-05-16,night,17:30,18:45,
2031-05-17,night,08:15,14:45,3
2031-05-17,night,17:30,18:45,
2031-05-18,night,08:15,14:40,3
2031-05-18,off,23:30,09:40,1
"""


def test_rows_that_would_overlap_show_what_their_dates_name() -> None:
    """On the 12th and the 18th there is sleep by day, and the night after it."""
    got = read(SHIFTS)
    assert got.attrs["sleepstats"]["labels"] == "bedtime"
    # who lies down at 08:50 of the 10th, after a shift, has the evening of the 9th behind her
    assert [f"{night:%d}" for night in got.index] == [
        "06", "07", "08", "09", "10", "11", "12", "13", "14", "16", "17", "18",
    ]  # fmt: skip
    assert got.loc["2031-05-09", "into_bed"] == pd.Timestamp("2031-05-10 08:50")
    assert "under the other readings some rows would overlap" in " ".join(
        got.attrs["sleepstats"]["notes"]
    )


def test_a_column_of_night_and_nap_is_no_habit_and_names_the_naps() -> None:
    rows = "".join(f"2031-05-{d:02d},natt,23:{d},07:00\n" for d in range(10, 22))
    text = "datum,sort,somnade,vaknade\n" + rows + "2031-05-12,tupplur,14:10,14:40\n"
    got = read(text, labels="evening")
    assert got.attrs["sleepstats"]["roles"]["sort"]["role"] == "id"
    assert "sort" not in got
    assert got.loc["2031-05-12", "nap_min"] == 30
    assert len(got) == 12


def test_two_pieces_have_the_period_from_first_to_last() -> None:
    rows = "".join(f"2031-05-{d:02d},23:{d},07:00,{460 - d + 10}\n" for d in range(10, 24))
    text = f"date,fell asleep,woke up,minutes\n{rows}2031-05-24,23:00,02:00,180\n"
    got = read(f"{text}2031-05-24,03:00,06:00,180\n", labels="evening")
    assert got.loc["2031-05-24", "spt_min"] == 420  # 23:00 to 06:00, and not the 180 of a piece


@pytest.mark.parametrize(
    ("header", "shape", "role", "column"),
    [
        ("Befinden am Morgen", Shape("number", 1, 10), "morning", "rested"),
        ("Forme au lever", Shape("number", 1, 10), "morning", "rested"),
        ("How did you feel this morning", Shape("number", 1, 10), "morning", "rested"),
        ("Mood on waking", Shape("number", 1, 10), "morning", "mood_on_waking"),
        ("Headache on waking", Shape("number", 1, 10), "morning", ""),  # much of it is not rested
        ("Was war heute los?", Shape("text", levels=5), "note", "comments"),
        ("What did you drink", Shape("text", levels=5), "habit", ""),
        ("Points", Shape("number", 40, 60), "aside", ""),
        ("Outdoor light exposure (min)", Shape("number", 10, 120), "habit", ""),
        ("Day", shape_of(np.array(["Mon 4 Mar", "Tue 5 Mar", "Wed 6 Mar"], object)), "date", ""),
        ("提交答卷时间", Shape("stamp"), "date", "<filled in>"),
    ],
)
def test_feelings_on_waking_questions_and_forms(
    header: str, shape: Shape, role: str, column: str
) -> None:
    meant = sense(header, shape)
    assert meant is not None
    assert (meant.role, meant.column) == (role, column)


RING = (
    "Start Time,End Time,Falling Asleep Time,Wake-up Time,Sleep Time Ratio(%),Time Asleep,"
    "Sleep Stages - REM,Sleep Score,Avg. SpO2(%),Recovery Index,Type\n"
    "2031-03-02 23:00,2031-03-03 07:00,2031-03-02 23:20,2031-03-03 06:50,91%,7h5m,1h27m,71,96%,5,"
    "Primary sleep\n"
    "2031-03-03 14:00,2031-03-03 14:40,2031-03-03 14:05,2031-03-03 14:40,80%,32m,0m,0,0%,0,Nap\n"
    "2031-03-03 23:30,2031-03-04 06:30,2031-03-03 23:41,2031-03-04 06:20,90%,6h10m,1h,64,97%,4,"
    "Primary sleep\n"
)


def test_a_ring_that_writes_hours_and_minutes_and_names_naps() -> None:
    got = read(RING)
    assert got["tst_min"].tolist() == [425, 370]
    assert got["rem_min"].tolist() == [87, 60]
    assert got["sleep_score"].tolist() == [71, 64]
    assert got["nap_min"].dropna().tolist() == [32]


def test_what_a_product_measures_of_the_night_is_of_the_night_also_where_it_is_not_read() -> None:
    roles = read(RING).attrs["sleepstats"]["roles"]
    assert roles["Sleep Time Ratio(%)"]["role"] == "night"
    assert roles["Sleep Time Ratio(%)"]["column"] == ""
    assert roles["Recovery Index"]["role"] == "night"
    assert roles["Type"]["role"] == "id"
    said = check_lines(read(RING))
    assert not any("Recovery Index" in line for line in said if line.startswith("Taken"))
