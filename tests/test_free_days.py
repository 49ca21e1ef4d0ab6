"""Free nights and work nights."""

import numpy as np
import pandas as pd
import pytest

from sleepstats.errors import DiaryError
from sleepstats.measures.between_nights import free_and_work

INDEX = pd.date_range("2026-01-05", periods=7, name="night")  # Monday to Sunday evening


def nights(**columns):
    return pd.DataFrame(columns, index=INDEX)


def test_the_night_before_a_free_day():
    free, work = free_and_work(nights(), ("Saturday", "Sunday"))
    assert free.tolist() == [False, False, False, False, True, True, False]
    assert work.tolist() == (~free).tolist()
    free, _ = free_and_work(nights(), ["monday"])
    assert free.tolist() == [False] * 6 + [True]


@pytest.mark.parametrize(
    "values",
    [
        pd.array([True, False, None, False, True, None, False], dtype="boolean"),
        np.array([1.0, 0.0, np.nan, 0.0, 1.0, np.nan, 0.0]),
    ],
)
def test_a_column_may_say_it_and_not_recorded_is_neither(values):
    free, work = free_and_work(nights(off=values), "off")
    assert free.tolist() == [True, False, False, False, True, False, False]
    assert work.tolist() == [False, True, False, True, False, False, True]


def test_wrong():
    with pytest.raises(DiaryError) as raised:
        free_and_work(nights(day_off=True), "dayoff")
    assert str(raised.value) == (
        "free_days='dayoff': no such column in nights. Did you mean 'day_off'? Give the name of a "
        'yes/no column, or days: free_days=["Saturday", "Sunday"].'
    )
    with pytest.raises(DiaryError) as raised:
        free_and_work(nights(off="yes"), "off")
    assert str(raised.value) == "free_days='off': the column is str, expected yes/no (boolean)."
    with pytest.raises(DiaryError, match="holds numbers other than 0 and 1, expected yes/no"):
        free_and_work(nights(off=range(7)), "off")
    with pytest.raises(DiaryError) as raised:
        free_and_work(nights(), ["Saturday", "Sonday"])
    assert str(raised.value) == (
        "free_days: 'Sonday' is no day of the week. Did you mean 'Sunday'? "
        "Expected Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday."
    )
