"""Headers that name a day: last night, yesterday, today, this morning, in diaries and in lists.

The rows say yes on known evenings, so the right night of each yes is counted by hand: a habit of
last night in the row of the morning of 6 January is of the night of the 5th.
"""

from __future__ import annotations

import io
import warnings

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss

MORNINGS = pd.date_range("2026-01-06", periods=30)
YES = np.arange(30) % 3 == 0  # on the evening before each of them
GRADES = np.arange(30) % 5  # felt on each of these mornings, or on the day that follows
TRACKER = "night,into_bed,out_of_bed\n" + "".join(
    f"{day.date()},23:{i:02},07:00\n" for i, day in enumerate(MORNINGS - pd.Timedelta(days=1))
)


def read(text: str, **options: object) -> tuple[pd.DataFrame, str]:
    """Read a text, with what is warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        nights = ss.read_diary(io.StringIO(text), **options)
    return nights, " ".join(str(one.message) for one in caught)


def diary(date: str, habit: str, other: str) -> str:
    """Write a row for each morning: the night, a habit of the evening before it, and a rating."""
    rows = (
        f"{day.date()},23:00,07:00,{'yes' if yes else 'no'},{grade}\n"
        for day, yes, grade in zip(MORNINGS, YES, GRADES, strict=True)
    )
    return f"{date},Bed time,Wake time,{habit},{other}\n" + "".join(rows)


@pytest.mark.parametrize(
    ("habit", "other"),
    [
        ("Alcohol last night", "Stress today"), ("Did you drink alcohol last night?", "Tea today"),
        ("Screens last night", "Mood today"), ("Alcohol anoche", "Estrés hoy"),
        ("Wine the night before", "Stress today"), ("Alcohol gisteravond", "Stress vandaag"),
        ("Wine yesterday", "Stress today"), ("Wine last evening", "Stress today"),
    ],
)  # fmt: skip
def test_a_habit_of_last_night_is_of_the_evening_before_whatever_stands_beside(
    habit: str, other: str
) -> None:
    nights, _ = read(diary("Date", habit, other))
    record = nights.attrs["sleepstats"]
    assert record["labels"] == "morning"
    assert nights.index[0] == MORNINGS[0] - pd.Timedelta(days=1)
    assert nights[record["roles"][habit]["column"]].tolist() == YES.tolist()


@pytest.mark.parametrize("habit", ["Coffee yesterday", "Wine last night", "Tea yesterday evening"])
@pytest.mark.parametrize(
    ("date", "labels"), [("Date (calendar day)", "auto"), ("Date", "calendar")]
)
def test_on_a_calendar_day_what_is_of_yesterday_stays_with_the_night_that_ended(
    habit: str, date: str, labels: str
) -> None:
    nights, _ = read(diary(date, habit, "Stress"), labels=labels)
    record = nights.attrs["sleepstats"]
    assert record["labels"] == "calendar"
    assert nights[record["roles"][habit]["column"]].tolist() == YES.tolist()
    # the stress of that day came after its night: it is of the next one
    np.testing.assert_array_equal(nights["stress"], [np.nan, *GRADES[:-1]])
    assert any(repr(habit) in note and "own night" in note for note in record["notes"])


def test_last_night_said_of_the_night_itself_still_shows_a_calendar_day() -> None:
    text = diary("Date", "Rested", "Coffee today").replace("Bed time", "Last night: bed time")
    nights, _ = read(text)
    assert nights.attrs["sleepstats"]["labels"] == "calendar"


# ---- lists of habits beside the nights of a tracker


def joined(date: str, days: pd.DatetimeIndex, *columns: str, **options: str) -> tuple:
    """Join a list of a habit (yes or no) and perhaps a rating, with what is warned of."""
    rows = "".join(
        ",".join([str(day.date()), "yes" if yes else "no", str(grade)][: len(columns) + 1]) + "\n"
        for day, yes, grade in zip(days, YES, GRADES, strict=True)
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        nights = ss.read_diary(io.StringIO(TRACKER))
        both = ss.join_evenings(
            nights, io.StringIO(f"{','.join([date, *columns])}\n{rows}"), **options
        )
    return both, " ".join(str(one.message) for one in caught)


@pytest.mark.parametrize(
    "date",
    ["Date (morning)", "Morning of", "Wake date", "Date woke up", "Datum (Morgen)", "Date (matin)"],
)
def test_a_list_headed_by_the_morning_is_joined_by_the_morning(date: str) -> None:
    both, _ = joined(date, MORNINGS, "Late meal")
    assert both["late_meal"].tolist() == YES.tolist()
    assert both.attrs["sleepstats"]["joins"][0]["labels"] == "morning"
    assert any(
        "the morning on which the night ended" in n for n in both.attrs["sleepstats"]["notes"]
    )


@pytest.mark.parametrize("habit", ["Late meal last night", "Wine yesterday"])
def test_a_list_that_asks_of_last_night_is_of_mornings_and_says_so(habit: str) -> None:
    both, said = joined("Date", MORNINGS, habit, "Stress today")
    name = habit.lower().replace(" ", "_")
    assert both[name].tolist() == YES.tolist()
    assert f"as {habit!r} is asked" in said
    assert "labels='evening'" in said
    # and the stress of that morning's day comes after the night, as in a diary
    assert both["stress_today"].tolist() == GRADES.tolist()
    assert (
        ss.reading_report(both).attrs["sleepstats"]["columns"]["stress_today"]["when"] == "morning"
    )


def test_a_list_headed_by_the_evening_asks_of_its_own_evening() -> None:
    both, _ = joined("Evening", MORNINGS - pd.Timedelta(days=1), "Wine last night")
    assert both["wine_last_night"].tolist() == YES.tolist()


@pytest.mark.parametrize(
    "header",
    ["Rested this morning", "Mood this morning", "Tired in the morning", "Morning headache",
     "Rested", "Mood on waking"],
)  # fmt: skip
def test_what_a_list_says_of_a_morning_is_joined_and_told(header: str) -> None:
    evenings = MORNINGS - pd.Timedelta(days=1)
    both, said = joined("Date", evenings, "Wine", header)
    name = header.lower().replace(" ", "_")
    assert both[name].tolist() == GRADES.tolist()
    assert f"{header!r}: read as of the morning after the evening that 'Date' names" in said
    assert "labels='calendar'" in said
    # said to be calendar days: wine of that evening, the rating of the morning before it
    both, said = joined("Date", evenings, "Wine", header, labels="calendar")
    assert both["wine"].tolist() == YES.tolist()
    np.testing.assert_array_equal(both[name], [*GRADES[1:], np.nan])
    assert said == ""


@pytest.mark.parametrize("header", ["Energy next day", "Headache next morning"])
def test_what_is_of_the_next_day_is_joined_without_a_doubt(header: str) -> None:
    both, said = joined("Date", MORNINGS - pd.Timedelta(days=1), "Wine", header)
    assert both[header.lower().replace(" ", "_")].tolist() == GRADES.tolist()
    assert said == ""


def test_a_diarys_own_ratings_of_the_morning_go_beside_a_tracker() -> None:
    text = diary("Date (morning)", "Wine", "Headache this morning")
    alone, _ = read(text)
    both = ss.join_evenings(ss.read_diary(io.StringIO(TRACKER)), io.StringIO(text))
    for nights in (alone, both):
        assert nights["headache_this_morning"].tolist() == GRADES.tolist()
