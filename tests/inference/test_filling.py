"""Filling of missing cells: a straight line by hand, a simulated truth, what cannot be filled."""

import numpy as np
import pytest

from sleepstats.errors import DiaryError
from sleepstats.inference.habit_columns import fill, ready_habits
from sleepstats.inference.side_by_side import nights_of, relation

NIGHT = np.arange(200)
CALENDAR = np.column_stack([np.ones(200), NIGHT % 7 >= 5, NIGHT / 200])


@pytest.fixture
def columns():
    rng = np.random.default_rng(5)
    stress = rng.normal(size=200)
    wine = 0.8 * stress + 0.6 * rng.normal(size=200)
    tea = rng.normal(size=200) + 1.5 * CALENDAR[:, 1]
    return np.column_stack([stress, wine, tea])


def test_recorded_cells_stay_and_nothing_is_missing(columns):
    holed = np.where(np.random.default_rng(1).random(columns.shape) < 0.1, np.nan, columns)
    filled = fill(holed, CALENDAR)
    known = np.isfinite(holed)
    np.testing.assert_array_equal(filled[known], holed[known])
    assert np.isfinite(filled).all()


def test_a_single_gap_is_the_ridge_prediction_by_hand(columns):
    """(P'P + I)^-1 P'x on standardised columns, with one gap and all else known."""
    holed = columns.copy()
    holed[17, 1] = np.nan
    rest = np.arange(200) != 17
    mean, sd = columns[rest, 1].mean(), columns[rest, 1].std()
    others = np.column_stack([columns[:, [0, 2]], CALENDAR[:, 1:]])
    others = (others - others.mean(axis=0)) / others.std(axis=0)
    centred = others[rest] - others[rest].mean(axis=0)
    x = (columns[rest, 1] - mean) / sd
    slopes = np.linalg.solve(centred.T @ centred + np.eye(4), centred.T @ x)
    expected = mean + sd * float((others[17] - others[rest].mean(axis=0)) @ slopes)
    assert fill(holed, CALENDAR)[17, 1] == pytest.approx(expected, rel=1e-12)


def test_what_is_filled_is_nearer_the_truth_than_the_mean(columns):
    """Simulated truth: wine is stress x 0.8, so 64 % of its variance can be known."""
    gone = np.random.default_rng(2).random(200) < 0.3
    holed = columns.copy()
    holed[gone, 1] = np.nan
    filled = fill(holed, CALENDAR)
    error = np.mean((filled[gone, 1] - columns[gone, 1]) ** 2)
    of_mean = np.mean((columns[gone, 1] - np.nanmean(holed[:, 1])) ** 2)
    assert error < 0.5 * of_mean


def test_a_column_never_recorded_stays_missing_and_spoils_nothing(columns):
    with_empty = np.column_stack([columns, np.full(200, np.nan)])
    with_empty[5, 0] = np.nan
    filled = fill(with_empty, CALENDAR)
    assert np.isnan(filled[:, 3]).all()
    assert np.isfinite(filled[:, :3]).all()


def test_a_constant_column_is_filled_with_its_value():
    column = np.full((30, 1), 3.0)
    column[[2, 9]] = np.nan
    np.testing.assert_array_equal(fill(column, np.ones((30, 1))), np.full((30, 1), 3.0))


def test_the_order_of_columns_does_not_matter(columns):
    holed = np.where(np.random.default_rng(3).random(columns.shape) < 0.2, np.nan, columns)
    there, back = fill(holed, CALENDAR), fill(holed[:, ::-1], CALENDAR)[:, ::-1]
    np.testing.assert_allclose(there, back, rtol=1e-12, atol=1e-12)


def test_the_unit_does_not_matter(columns):
    holed = np.where(np.random.default_rng(3).random(columns.shape) < 0.2, np.nan, columns)
    unit = np.array([1000.0, -0.01, 1.0])
    np.testing.assert_allclose(
        fill(7.0 + holed * unit, CALENDAR), 7.0 + fill(holed, CALENDAR) * unit, rtol=1e-9
    )


def test_shapes_that_do_not_fit_are_told():
    with pytest.raises(DiaryError, match="one row for each evening"):
        fill(np.ones((4, 2)), np.ones((3, 1)))
    with pytest.raises(DiaryError, match="controls has missing values"):
        fill(np.ones((2, 1)), [[1.0], [np.nan]])


def test_the_hour_of_what_was_not_taken_is_no_guess(columns):
    """The mean of the recorded hours, by hand; all else is filled as if the hours were known."""
    holed = columns.copy()
    holed[::3, 2] = np.nan
    holed[5, 0] = np.nan
    hours = np.array([False, False, True])
    filled = fill(holed, CALENDAR, hours)
    np.testing.assert_allclose(filled[::3, 2], np.nanmean(holed[:, 2]), rtol=1e-12)
    known = fill(np.column_stack([holed[:, :2], filled[:, 2]]), CALENDAR)
    # a column of known numbers has a spread of its own: the same prediction but for that
    assert filled[5, 0] == pytest.approx(known[5, 0], abs=0.02)


def test_an_hour_made_up_from_the_habits_does_not_go_with_them():
    """Dice, 60 nights: a habit, ten others, the hour of something taken on half of the evenings.

    They have nothing to do with each other: p below 0.1 in a tenth. An hour predicted from the
    other habits goes with what predicted it.
    """
    below = {True: 0, False: 0}
    number = np.arange(60)
    for seed in range(200):
        rng = np.random.default_rng([7, seed])
        table = rng.normal(size=(60, 12))
        table[rng.random(60) < 0.5, 11] = np.nan
        for plainly in below:
            ready = ready_habits(table, number, number % 7, at_mean=[False] * 11 + [plainly])
            outcome = rng.normal(size=(60, 1))
            nights = nights_of(ready, outcome, np.ones(60, dtype=bool))
            below[plainly] += relation(ready, nights, 0)[11] < 0.1
    assert below[True] <= 32  # more than 32 of 200 by a binomial at 0.1: 4 in 1,000
    assert below[True] < below[False]
