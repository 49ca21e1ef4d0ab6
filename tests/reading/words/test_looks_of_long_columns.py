"""How a column looks does not depend on how often its rows are repeated."""

from dataclasses import replace

import pytest

from sleepstats.reading.words.shapes import shape_of


@pytest.mark.parametrize(
    "cells",
    [
        ["23:10", "0:30", "22:50", ""],
        ["1.28", "1.25", "1.28", "1.31"],
        ["22.45", "7.05", "23.10"],
        ["2310", "645", "2250"],
        ["1", "0", "0", "1"],
        ["30", "7.5", "n/a", "-2"],
        ["7h 10min", "6 h 5 min"],
        ["11:05 PM", "12:10 AM"],
        ["07:30", "7:45", "00:40"],
    ],
)
def test_repeating_the_rows_changes_no_look(cells):
    """The middle of clock times is one of sums: it may differ in the last bits."""
    short, long = shape_of(cells), shape_of(cells * 2_000)
    assert long.middle == pytest.approx(short.middle, nan_ok=True)
    assert replace(long, middle=0.0) == replace(short, middle=0.0)


def test_only_rows_that_go_up_by_one_count_the_rows():
    """By hand: 1, 2, 3 counts; 1, 2, 3, 1, 2, 3 does not, nor when it is long."""
    assert shape_of(["1", "2", "3"]).counting
    assert shape_of([str(i) for i in range(1, 5_000)]).counting
    assert not shape_of(["1", "2", "3"] * 2).counting
    assert not shape_of(["1", "2", "3"] * 3_000).counting


def test_the_middle_is_weighted_by_how_often_a_time_stands():
    """By hand: 01:00 three times and 05:00 once; the mean of the directions, atan2 of the sums."""
    from math import atan2, cos, pi, sin

    angles = [2 * pi * hour / 24 for hour in (1, 1, 1, 5)]
    mean = atan2(sum(map(sin, angles)), sum(map(cos, angles))) * 24 / (2 * pi)
    looks = shape_of(["01:00", "01:00", "01:00", "05:00"] * 3_000)
    assert looks.middle == pytest.approx(60 * mean)
