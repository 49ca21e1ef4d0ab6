"""Night numbers and calendar controls, by the definition and by hand."""

import numpy as np
import pytest

from sleepstats.errors import DiaryError
from sleepstats.inference.guards import calendar_controls, independent_columns, night_numbers


def test_night_numbers_follow_the_calendar_in_any_order_and_unit() -> None:
    days = np.array(["2024-03-04", "2024-02-28", "2024-03-01"], "datetime64[us]")
    got = night_numbers(days)
    assert got.tolist() == [5, 0, 2]  # 2024 is a leap year
    assert got.dtype == np.int64


def test_night_numbers_of_a_pandas_index_over_a_clock_change() -> None:
    import pandas as pd

    index = pd.DatetimeIndex(["2024-03-30", "2024-03-31", "2024-04-01"], name="night")
    assert night_numbers(index).tolist() == [0, 1, 2]


def test_no_nights() -> None:
    assert night_numbers(np.array([], "datetime64[D]")).tolist() == []


@pytest.mark.parametrize(
    ("span", "columns"),
    [(14, 4), (40, 4), (44, 4), (45, 5), (90, 6), (129, 6), (130, 10), (180, 12), (365, 12)],
)
def test_number_of_columns(span: int, columns: int) -> None:
    # intercept + (2, or 6 from 130 nights) + trend + min(4, span // 45)
    night = np.arange(span)
    assert calendar_controls(night, night % 7, span).shape == (span, columns)


def test_columns_by_hand() -> None:
    night = np.arange(135)
    controls = calendar_controls(night, (night + 1) % 7, 135)
    np.testing.assert_array_equal(controls[:, 0], 1)
    np.testing.assert_array_equal(controls[:, 1], (night + 1) % 7 == 1)
    np.testing.assert_allclose(controls[[0, 67, 134], 7], [-1, 0, 1], atol=1e-15)
    np.testing.assert_allclose(controls[:, 8], np.cos(np.pi * 2 * (night + 0.5) / 135))


def test_short_diaries_get_friday_with_saturday_and_sunday() -> None:
    night = np.arange(21)
    controls = calendar_controls(night, night % 7, 21)
    assert np.flatnonzero(controls[:7, 1]).tolist() == [4, 5]
    assert np.flatnonzero(controls[:7, 2]).tolist() == [6]


def test_each_control_alone() -> None:
    night = np.arange(60)
    assert calendar_controls(night, night % 7, 60, adjust=()).shape == (60, 1)
    assert calendar_controls(night, night % 7, 60, adjust=("weekday",)).shape == (60, 3)
    assert calendar_controls(night, night % 7, 60, adjust=("trend",)).shape == (60, 3)


def test_columns_without_variation_or_repeated_are_dropped() -> None:
    night = np.arange(140)
    weekday = night % 7
    week = weekday < 5
    controls = calendar_controls(night, weekday, 140, adjust=("weekday",), used=week)
    assert controls.shape == (140, 5)  # Saturday and Sunday columns never vary on weekdays
    no_monday = calendar_controls(night, weekday, 140, adjust=("weekday",), used=weekday != 0)
    assert no_monday.shape == (140, 6)  # without Mondays the six add up to the intercept


def test_one_night_keeps_the_intercept() -> None:
    assert calendar_controls([0], [3], 1).tolist() == [[1.0]]


def test_an_unknown_control_is_named() -> None:
    with pytest.raises(DiaryError) as caught:
        calendar_controls([0, 1], [0, 1], 2, adjust=("weekdays",))
    assert str(caught.value) == (
        "adjust: 'weekdays' is not a calendar control. Write any of 'weekday' and 'trend', or () "
        "for none. Did you mean 'weekday'?"
    )


def test_independent_columns_keep_the_first_of_a_set() -> None:
    rng = np.random.default_rng(0)
    base = rng.normal(size=(20, 3))
    table = np.column_stack(
        [base[:, 0], np.zeros(20), base[:, 1], base[:, 0] - 2 * base[:, 1], base[:, 2], base[:, 2]]
    )
    assert independent_columns(table).tolist() == [0, 2, 4]
    assert independent_columns(rng.normal(size=(3, 5))).tolist() == [0, 1, 2]
    assert independent_columns(np.empty((4, 0))).tolist() == []
