"""Cells that say a number with more around it: labels, scales, stars, units, "none".

The diaries are invented; what each cell must mean is plain from its text."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.reading.cells import read_ratings

NAN = float("nan")


def diary(header: str, *cells: str) -> pd.DataFrame:
    days = pd.date_range("2026-01-05", periods=len(cells))
    rows = [f"{day:%Y-%m-%d};23:00;07:00;{cell}" for day, cell in zip(days, cells, strict=True)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        return ss.read_diary(io.StringIO("\n".join([f"night;Lights out;Wake;{header}", *rows])))


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["3 - somewhat", "5 – extremely", "1: not at all", "2"], [3, 5, 1, 2]),
        (["somewhat (3)", "very (4)", ""], [3, 4, NAN]),
        (["8/10", "7 of 10", "6,5 von 10"], [8, 7, 6.5]),
        (["★★★", "★★★★★", "★★☆☆☆"], [3, 5, 2]),
        (["8/10", "4/5", "7"], [NAN, NAN, 7]),  # two scales: which is meant by 7 is not known
        (["12/10", "so so", "3 to 4"], [NAN, NAN, NAN]),
    ],
)
def test_ratings(cells, values):
    np.testing.assert_array_equal(read_ratings(cells).values, values)


def test_ratings_in_a_diary():
    labelled = ["3 - somewhat", "5 - extremely", "1 - not at all"]
    assert diary("How stressed were you today? (1-5)", *labelled)["stress"].tolist() == [3, 5, 1]
    assert diary("Pain", "3/10", "0/10", "2/10")["pain"].tolist() == [3, 0, 2]
    told = diary("Stress", "8/10", "4/5")["problem"].tolist()
    assert "'8/10' is not a number" in told[0]
    # a date, a share of two things and free text stay what they are
    assert diary("Dinner", "pasta (2)", "soup", "salad")["dinner"].dtype == "str"


def test_temperatures_with_their_unit_in_the_cell():
    assert diary("Bedroom temp (°F)", "68°F", "70", "66 F")["bedroom_temp_f"].tolist() == [
        68, 70, 66
    ]  # fmt: skip
    assert diary("Room temperature", "20,5 °C", "19C", "18 °C")["room_temperature_c"].tolist() == [
        20.5,
        19,
        18,
    ]
    mixed = diary("Room temperature", "68°F", "19°C", "20°C")
    assert mixed["room_temperature_c"].tolist() == [20, 19, 20]  # 68 °F are 20 °C, and it is told
    assert "68°F" in " ".join(mixed.attrs["sleepstats"]["notes"])


def test_none_among_numbers_is_zero_and_told():
    nights = diary("Alcohol (drinks)", "2", "none", "None", "1", "")
    np.testing.assert_array_equal(nights["alcohol_drinks"], [2, 0, 0, 1, NAN])
    note = "Column 'Alcohol (drinks)': 'none' in 2 rows is read as 0."
    assert note in nights.attrs["sleepstats"]["notes"]
    assert diary("Exercise", "30 min", "no", "1 h")["exercise_min"].tolist() == [30, 0, 60]
    assert diary("Awakenings", "2", "none", "1")["nawk"].tolist() == [2, 0, 1]


def test_none_among_clock_times_is_no_time():
    nights = diary("Last coffee", "14:00", "none", "15:30", "none")
    np.testing.assert_array_equal(nights["caffeine_last_h_before_bed"], [9, NAN, 7.5, NAN])
    note = "Column 'Last coffee': 'none' in 2 rows is read as no time."
    assert note in nights.attrs["sleepstats"]["notes"]


def test_yes_and_no_are_not_numbers_of_things():
    nights = diary("Wine", "yes", "no", "no")
    assert nights["wine"].tolist() == [True, False, False]
    assert (
        diary("Stress", "none", "3", "4")["problem"].str.contains("'none' is not a number").iloc[0]
    )
