"""What only asks how much is of the habit right before it; a diary with a dose is a diary.

The clock of each row says 23:00 to 07:00 with 10 minutes to fall asleep and none awake: 470 min.
"""

from __future__ import annotations

import io
import warnings

import pandas as pd
import pytest

import sleepstats as ss

NIGHTS = pd.date_range("2026-01-05", periods=24)


def read(header: str, cells: list[str], **options: object) -> pd.DataFrame:
    """Read nights alike in their times, with the same further cells in every other row."""
    plain = ["no", "", *[""] * len(cells)][: len(cells)]
    rows = (
        f"{night.date()},23:00,10,0,07:00,{','.join(plain if i % 2 else cells)}\n"
        for i, night in enumerate(NIGHTS)
    )
    text = f"Night,Bedtime,Minutes to fall asleep,Minutes awake,Woke up,{header}\n{''.join(rows)}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ss.read_diary(io.StringIO(text), **options)


@pytest.mark.parametrize(
    "asked",
    ["How much?", "How many?", "Amount", "Total", "How long?", "For how long?", "Duration",
     "¿Cuánto?", "Quanto?", "Wie viel?", "Combien ?", "Hoeveel?", "Wie lange?", "Dauer"],
)  # fmt: skip
@pytest.mark.parametrize("habit", ["Alcohol?", "Wine"])
def test_what_only_asks_how_much_is_the_habits(habit: str, asked: str) -> None:
    nights = read(f"{habit},{asked}", ["yes", "2"])
    assert (nights["tst_min"] == 470).all()
    role = nights.attrs["sleepstats"]["roles"][f"{habit} {asked}"]
    assert (role["role"], role["when"]) == ("habit", "day")
    assert nights[role["column"]].dropna().tolist() == [2.0] * 12
    told = f"Column {asked!r} is read as '{habit} {asked}', right behind it."
    assert told in nights.attrs["sleepstats"]["notes"]


def test_each_of_two_is_of_its_own_habit() -> None:
    nights = read("Alcohol?,How much?,Coffee?,How much?", ["yes", "2", "yes", "3"])
    assert nights["alcohol_how_much"].dropna().tolist() == [2.0] * 12
    assert nights["coffee_how_much"].dropna().tolist() == [3.0] * 12


def test_how_long_behind_a_nap_is_how_long_it_was_and_a_dose_no_sleep() -> None:
    assert read("Nap?,How long?", ["yes", "30"])["nap_min"].dropna().tolist() == [30.0] * 12
    nights = read("Magnesium,How much?", ["yes", "400"])
    assert (nights["tst_min"] == 470).all()
    assert nights["magnesium_how_much"].dropna().tolist() == [400.0] * 12


def test_a_nights_length_stays_one_and_what_is_said_holds() -> None:
    assert read("Alcohol?,Duration", ["yes", "7:40"])["tst_min"].iloc[0] == 460
    told = read("Alcohol?,Total", ["yes", "460"], columns={"Total": "tst_min"})
    assert told["tst_min"].iloc[0] == 460


# ---- a diary that also says what was taken, and one whose days are counted


@pytest.mark.parametrize(
    "header",
    ["Night,Bedtime,Woke up,Medication,Dose (mg)", "Date,Bedtime,Woke up,Supplement,Dose",
     "Datum,Zubettgehzeit,Aufwachzeit,Medikament,Dosis", "Date,Bedtime,Woke up,Drink,Amount"],
)  # fmt: skip
def test_bed_and_waking_times_beside_a_dose_are_nights(header: str) -> None:
    rows = "".join(f"{night.date()},23:00,07:00,melatonin,3\n" for night in NIGHTS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nights = ss.read_diary(io.StringIO(f"{header}\n{rows}"))
    assert nights.attrs["sleepstats"]["format"] == "diary"
    assert (nights["tib_min"] == 480).all()
    assert len(nights) == 24


@pytest.mark.parametrize(
    "header", ["Day,Date", "Tag,Datum", "Jour,Date", "Día,Fecha", "Dag,Datum", "Giorno,Data",
               "Day #,Date"],
)  # fmt: skip
def test_days_that_are_counted_leave_the_dates_to_the_next_column(header: str) -> None:
    rows = "".join(f"{i + 1},{night.date()},23:00,07:00\n" for i, night in enumerate(NIGHTS))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nights = ss.read_diary(io.StringIO(f"{header},Bedtime,Woke up\n{rows}"), labels="evening")
    assert nights.index.tolist() == NIGHTS.tolist()


def test_naps_in_minutes_are_not_announced_as_habits() -> None:
    nights = read("Nap (min),Wine", ["30", "yes"])
    said = " ".join(str(ss.answer(nights).read).split())
    assert "as habits of the day or evening before: Wine;" in said
    assert "as naps, shown and not set against the night: Nap (min)" in said


def test_a_habit_of_some_weekdays_alone_was_not_constant() -> None:
    """Wine on Fridays and Saturdays only: nothing is left of it beside the weekdays."""
    index = pd.date_range("2026-01-05", periods=91, name="night")
    wine = index.day_of_week.isin([4, 5])
    minutes = 420.0 + pd.Series(range(91)) % 17
    nights = pd.DataFrame({"tst_min": minutes, "wine": wine})
    table = ss.correlate(nights.set_axis(index), "tst_min")
    assert table["reason"].iloc[0].startswith("no change of its own: wine follows weekdays")
