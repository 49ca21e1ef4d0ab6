"""Bearable. Fixtures are invented; their layout follows real exports."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pandas as pd
import pytest
from exports import INVENTED, REAL, clock, read, status

import sleepstats as ss
from sleepstats.errors import DiaryError, DiaryWarning
from sleepstats.reading.formats.bearable import _name_and_word

FIXTURES = INVENTED / "bearable"
OWN = REAL / "bearable"


@pytest.fixture
def nights():
    return read(FIXTURES / "newer_layout.csv")


def test_a_night_is_the_evening_before_the_date_of_waking(nights):
    assert nights.attrs["sleepstats"]["format"] == "bearable"
    assert [f"{n:%m-%d}" for n in nights.index] == ["03-02", "03-03", "03-04", "03-06"]
    assert clock(nights, "into_bed") == ["02 23:10", "04 00:30", "", ""]
    assert clock(nights, "sleep_onset") == ["02 23:40", "04 00:50", "05 01:00", ""]
    assert clock(nights, "final_wake") == ["03 07:00", "04 06:50", "05 06:00", ""]
    assert clock(nights, "out_of_bed") == ["03 07:30", "04 06:50", "", ""]


def test_latency_is_from_in_bed_to_asleep_and_the_amount_is_kept(nights):
    np.testing.assert_array_equal(nights["sol_min"], [30, 20, np.nan, np.nan])
    np.testing.assert_array_equal(nights["tst_min"], [440, 360, 480, 345])
    np.testing.assert_array_equal(nights["spt_min"], [440, 360, np.nan, np.nan])


def test_amount_and_interval_that_disagree_are_both_told(nights):
    assert nights.loc["2024-03-04", "problem"] == (
        "line 20, column 'rating/amount': the amount is 8:00, but 'Asleep 01:00 - 06:00' is 5:00; "
        "spt_min would be 300 min from sleep_onset and final_wake, less than tst_min: left missing"
    )


def test_sleep_by_day_is_a_nap(nights):
    assert nights.loc["2024-03-03", "nap_min"] == 70.0
    report = ss.reading_report(nights).set_index("line")
    assert report.loc[3, "status"] == "nap"
    assert report.loc[24, "problem"] == (
        "line 24: a nap (50 min); the night of 2024-03-09 it precedes is not recorded."
    )


def test_symptoms_are_the_worst_of_the_day_and_zero_only_beside_another_one(nights):
    np.testing.assert_array_equal(nights["stress"], [np.nan, 3, 0, np.nan])
    np.testing.assert_array_equal(nights["headache"], [np.nan, 0, 2, np.nan])


def test_a_symptom_of_the_small_hours_belongs_to_the_night_and_stays_apart(nights):
    np.testing.assert_array_equal(nights["stress_in_the_night"], [np.nan, 2, np.nan, np.nan])
    told = nights.attrs["sleepstats"]["columns"]
    assert told["stress_in_the_night"]["when"] == "night"
    assert told["stress"]["when"] == "day"


def test_factors_have_three_states(nights):
    assert nights["tea"].tolist() == [pd.NA, True, True, pd.NA]
    assert nights["long_walk"].tolist() == [pd.NA, True, False, pd.NA]
    assert nights["magnesium"].tolist() == [pd.NA, True, pd.NA, pd.NA]


def test_a_mood_after_midnight_is_of_the_evening_before(nights):
    np.testing.assert_array_equal(nights["mood"], [np.nan, 4, 7, np.nan])
    assert nights["felt_calm"].tolist() == [pd.NA, False, True, pd.NA]
    np.testing.assert_array_equal(nights["step_count_steps"], [np.nan, 8412, np.nan, np.nan])


def test_sleep_factors_and_quality_go_to_the_night_that_ended(nights):
    assert nights["woke_early"].tolist() == [pd.NA, True, pd.NA, pd.NA]
    np.testing.assert_array_equal(nights["quality"], [3, np.nan, np.nan, np.nan])


def test_every_row_is_accounted_for_and_free_text_is_left_out(nights):
    report = ss.reading_report(nights).set_index("line")
    assert status(nights) == {
        "joined": 13, "used": 3, "nap": 2, "refused": 2, "skipped": 3, "repaired": 1,
    }  # fmt: skip
    assert report.loc[18, "problem"] == "category 'Gratitudes' is not used."
    assert report.loc[21, "problem"] == (
        "line 21: a sleep row without an amount and without times."
    )
    assert "column 'date formatted': blank, so this row has no date." in report.loc[23, "problem"]


def test_a_file_without_sleep_joins_another_diary():
    with pytest.raises(DiaryError, match="holds no nights, only what goes with them"):
        read(FIXTURES / "without_sleep.csv")
    diary = "night,into_bed,out_of_bed\n2024-02-02,23:00,07:00\n2024-02-03,23:00,07:00\n"
    nights = read(io.StringIO(diary))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DiaryWarning)
        joined = ss.join_evenings(nights, FIXTURES / "without_sleep.csv")
    np.testing.assert_array_equal(joined["stress"], [2, np.nan])
    assert joined["tea"].tolist() == [pd.NA, True]


@pytest.mark.skipif(not OWN.exists(), reason="the folder of real exports is not here")
def test_real_excerpt():
    nights = read(OWN / "bearable_2021_layout_excerpt.csv")
    assert [f"{n:%Y-%m-%d}" for n in nights.index] == ["2021-07-13", "2021-07-14", "2021-07-19"]
    np.testing.assert_array_equal(nights["sol_min"], [15, 10, np.nan])
    np.testing.assert_array_equal(nights["spt_min"], [330, 330, 540])
    np.testing.assert_array_equal(nights["quality"], [np.nan, np.nan, 4])
    assert (
        "the amount is 7:00, but 'Asleep 04:00 - 09:30. In bed 03:50 - 09:30' is 5:30"
        in (nights.loc["2021-07-14", "problem"])
    )
    counts = status(nights)
    assert counts == {"unmatched": 9, "joined": 5, "used": 2, "repaired": 1, "skipped": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Headache (Mild)", ("Headache", "mild")), ("Headache", ("Headache", "")),
        ("Pain (left) (Severe) ", ("Pain (left)", "severe")), ("Pain (left", ("Pain (left", "")),
        ("(Mild)", ("", "mild")), ("Pain (a) b", ("Pain (a) b", "")), ("", ("", "")),
        ("x" + " " * 50_000 + "y", ("x" + " " * 50_000 + "y", "")),
        (" (" * 20_000, ((" (" * 20_000), "")),
    ],
)  # fmt: skip
def test_a_symptom_and_its_word(text, said):
    # by hand; the last two took hours where a pattern tried every blank
    assert _name_and_word(text) == said
