"""Reading a column: amounts, yes or no, kinds, text; not recorded stays apart from no.

Every expected value is what the cells say, worked out by hand.
"""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from sleepstats.arrays import MOST_KINDS, read_values

NIGHTS = pd.date_range("2026-01-01", periods=4, name="night")
YES_NO = [1.0, 0.0, np.nan, 1.0]


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([True, False, None, True], dtype="boolean"),
        pd.Series([True, False, pd.NA, True], dtype=object),
        pd.Series([1.0, 0.0, np.nan, 1.0]),
        pd.Series([1, 0, None, 1], dtype="Int64"),
        pd.Series(["yes", "no", None, "Yes"], dtype="str"),
        pd.Series(["y", "n", None, "Y"], dtype=object),
        pd.Series(["true", "false", "", "true"], dtype=object),
        pd.Series(["yes", "no", None, "yes"], dtype="category"),
    ],
    ids=["boolean", "object", "float", "Int64", "words", "letters", "blank", "category"],
)
def test_every_way_to_write_yes_and_no_reads_alike(column):
    reading = read_values(column, NIGHTS)
    assert reading.kind == "yes/no"
    np.testing.assert_array_equal(reading.values, YES_NO)


def test_plain_bool_has_no_missing_state():
    reading = read_values(pd.Series([True, False, False, True]), NIGHTS)
    assert (reading.kind, reading.values.tolist()) == ("yes/no", [1.0, 0.0, 0.0, 1.0])


def test_amounts_keep_their_gaps_and_infinity_is_a_gap():
    reading = read_values(pd.Series([2.0, np.nan, np.inf, 0.0]), NIGHTS)
    assert reading.kind == "numeric"
    np.testing.assert_array_equal(reading.values, [2.0, np.nan, np.nan, 0.0])


def test_numbers_in_an_object_column_are_amounts():
    reading = read_values(pd.Series([2, 3.5, None, np.int64(4)], dtype=object), NIGHTS)
    assert reading.kind == "numeric"
    np.testing.assert_array_equal(reading.values, [2.0, 3.5, np.nan, 4.0])


def test_a_clock_counts_from_the_midnight_before_the_evening():
    stamps = ["2026-01-01 23:30", "2026-01-03 00:30", None, "2026-01-04 22:00"]
    reading = read_values(pd.Series(pd.to_datetime(stamps)), NIGHTS)
    assert reading.kind == "numeric"
    assert reading.unit == "h after the evening's midnight"
    np.testing.assert_allclose(reading.values, [23.5, 24.5, np.nan, 22.0])


def test_kinds_are_coded_by_their_place_in_the_alphabet():
    reading = read_values(pd.Series(["tea", "none", None, "tea"], dtype="str"), NIGHTS)
    assert (reading.kind, reading.levels) == ("categorical", ("none", "tea"))
    np.testing.assert_array_equal(reading.values, [1.0, 0.0, np.nan, 1.0])


def test_an_unused_category_is_no_kind():
    column = pd.Series(pd.Categorical(["a", "b", "a", "b"], categories=["a", "b", "c"]))
    assert read_values(column, NIGHTS).levels == ("a", "b")


@pytest.mark.parametrize(
    ("answers", "kind"), [(MOST_KINDS, "categorical"), (MOST_KINDS + 1, "text")]
)
def test_many_different_answers_are_text(answers, kind):
    column = pd.Series([f"note {i}" for i in range(answers)], dtype="str")
    nights = pd.date_range("2026-01-01", periods=answers)
    reading = read_values(column, nights)
    assert (reading.kind, len(reading.levels)) == (kind, answers)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([None] * 4, dtype="boolean"),
        pd.Series([np.nan] * 4),
        pd.Series([None, "", " ", None], dtype=object),
        pd.Series([pd.NaT] * 4),
    ],
)
def test_nothing_recorded_is_empty(column):
    assert read_values(column, NIGHTS).kind == "empty"


def test_a_type_without_a_question_says_its_name():
    reading = read_values(pd.Series([dt.timedelta(hours=1)] * 4), NIGHTS)
    assert reading.kind == "other"
    assert reading.levels[0].startswith("timedelta64")
