"""A part of the night, a plan or an average is not the night; nor what was done while awake in it.

The cells are invented; what a header means is as a person reads it, and values are by hand.
"""

from __future__ import annotations

import io
import warnings

import pandas as pd
import pytest

import sleepstats as ss


def diary(header: str, cells: list[str], up: str = "out of bed") -> pd.DataFrame:
    """Return thirty nights from 23:10 to 07:00 whose last column has these cells in turn."""
    days = pd.date_range("2026-01-05", periods=30)
    rows = [f"{day:%Y-%m-%d}\t23:1{i % 7}\t07:0{i % 7}\t{cells[i % len(cells)]}"
            for i, day in enumerate(days)]  # fmt: skip
    text = "\n".join([f"date\tbedtime\t{up}\t{header}", *rows])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        return ss.read_diary(io.StringIO(text), labels="evening")


def taken(nights: pd.DataFrame, header: str) -> tuple[str, str]:
    told = nights.attrs["sleepstats"]["roles"][header]
    return told["role"], told["column"]


MINUTES, HOURS, COUNTS = ["20", "45", "35"], ["6.5", "7.25", "5.75"], ["1", "0", "3"]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Longest awakening (min)", MINUTES),
        ("Längste Wachphase (min)", MINUTES),
        ("Despertar más largo (min)", MINUTES),
        ("Average wake duration (min)", MINUTES),
        ("Minutes per awakening", MINUTES),
        ("Awakenings >5 min", COUNTS),
        ("Woken by hot flush", COUNTS),
        ("Number of awakenings due to pain", COUNTS),
        ("Noise woke me (times)", COUNTS),
        ("Hours of sleep missed", HOURS),
        ("Sleep opportunity (h)", HOURS),
        ("Sleep window (h)", HOURS),
        ("Schlaf vor Mitternacht (h)", HOURS),
        ("Weekly average sleep (h)", HOURS),
        ("sleep_planned_h", HOURS),
        ("Sommeil recommandé (h)", HOURS),
        ("Time asleep on my back (h)", HOURS),
    ],
)
def test_a_part_a_plan_or_an_average_is_not_the_whole(header: str, cells: list[str]) -> None:
    nights = diary(header, cells)
    role, column = taken(nights, header)
    assert role == "night"
    assert column not in ("tst_min", "waso_min", "nawk", "tib_min")
    assert nights[column].iloc[:3].tolist() == [float(cell) for cell in cells]


@pytest.mark.parametrize(
    "header",
    ["Planned wake", "Goal wake time", "Geplante Aufstehzeit", "Hora prevista de despertar"],
)
def test_a_planned_time_ends_no_night(header: str) -> None:
    nights = diary(header, ["06:30", "06:40"])
    assert taken(nights, header)[0] == "clock"
    assert "final_wake" not in nights or nights["final_wake"].isna().all()


@pytest.mark.parametrize(
    "header", ["Woke at night at", "Woke to pee at", "Awake from", "Awake until", "First woke"]
)
def test_a_waking_at_night_is_a_clock_within_the_night(header: str) -> None:
    """03:25 of the night of the 5th is on the 6th: it was dated before the bed time, or minutes."""
    nights = diary(header, ["03:25", "01:40"])
    role, column = taken(nights, header)
    assert role == "clock"
    assert column not in ("final_wake", "waso_min")
    first = nights[column or "first_woke"].iloc[0]
    assert first == pd.Timestamp("2026-01-06 03:25")


def test_a_note_of_the_goal_beside_a_bed_time_is_no_plan() -> None:
    nights = ss.read_diary(
        io.StringIO(
            "date,Bedtime (goal 23:00),wake time\n"
            + "".join(f"2026-01-{day:02d},23:20,07:00\n" for day in range(5, 15))
        ),
        labels="evening",
    )
    assert taken(nights, "Bedtime (goal 23:00)") == ("clock", "into_bed")


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Ate during the night", ["yes", "no"]),
        ("Handy in der Nacht (min)", MINUTES),
        ("Lay awake worrying (min)", MINUTES),
        ("Read when awake at night (min)", MINUTES),
    ],
)
def test_what_was_done_at_night_is_no_habit_of_the_evening(header: str, cells: list[str]) -> None:
    assert taken(diary(header, cells), header)[0] == "aside"


@pytest.mark.parametrize(
    "header", ["Daytime HRV", "Evening heart rate", "SpO2 daytime", "Day HRV", "HR before bed"]
)
def test_a_pulse_of_the_day_is_not_the_nights(header: str) -> None:
    assert taken(diary(header, ["61", "72", "58"]), header)[0] == "aside"


@pytest.mark.parametrize(
    "header", ["Resting Heart Rate Score", "Sleep breathing quality", "Lesson duration"]
)
def test_a_score_is_no_rate_and_a_lesson_no_night(header: str) -> None:
    column = taken(diary(header, ["76", "67", "90"]), header)[1]
    assert column not in ("resting_heart_rate_bpm", "breaths_per_min", "tst_min")


def test_german_am_abend_is_no_morning() -> None:
    assert taken(diary("Stimmung am Abend", ["1", "3", "5"]), "Stimmung am Abend")[0] == "habit"


@pytest.mark.parametrize(
    "header",
    [
        "Hoe lang duurde het voordat u in slaap viel?",
        "Wie lange hat es nach dem Lichtlöschen gedauert, bis Sie einschliefen?",
    ],
)
def test_until_asleep_in_a_clinics_words(header: str) -> None:
    nights = diary(header, MINUTES)
    assert taken(nights, header) == ("night", "sol_min")
    assert nights["sol_min"].iloc[:3].tolist() == [20.0, 45.0, 35.0]


@pytest.mark.parametrize(
    "text",
    [
        "Date,Description,Amount\n" + "2026-01-{:02d},Rent,-{:d}.5\n",
        "Datum,Beginn,Ende,Pause (min),Stunden\n" + "2026-01-{:02d},07:30,16:{:02d},30,8.5\n",
        "Date,Clock in,Clock out,Break\n" + "2026-01-{:02d},22:00,06:{:02d},30\n",
    ],
    ids=["a bank statement", "working hours", "night shifts"],
)
def test_what_is_no_sleep_at_all_is_refused(text: str) -> None:
    head, row, _ = text.split("\n")
    rows = "".join(f"{row.format(day, day + 10)}\n" for day in range(5, 25))
    with pytest.raises(ss.DiaryError, match="holds no nights"):
        ss.read_diary(io.StringIO(f"{head}\n{rows}"))
