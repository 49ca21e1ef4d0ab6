"""The habits of a diary as columns: plain loops, scikit-like ridge by hand, counting."""

import warnings

import numpy as np
import pytest
from scipy import stats

from sleepstats.errors import DiaryError
from sleepstats.inference import habit_columns
from sleepstats.inference.guards import calendar_controls
from sleepstats.inference.habit_columns import (
    PENALTIES,
    _blocks,
    _loss,
    _losses,
    _share,
    _standard,
    explained_shares,
    fill,
    memory,
    ready_habits,
)


def test_the_numbers_that_the_documentation_names():
    assert (habit_columns.GAP_NIGHTS, habit_columns.MOST_BLOCKS) == (3, 26)
    assert (habit_columns.LEAST_BLOCKS, habit_columns.INNER_BLOCKS) == (4, 8)
    assert PENALTIES.tolist() == [np.inf, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02]
    assert (habit_columns.ROUNDS, habit_columns.RIDGE) == (6, 1.0)


# ready habits


def test_habits_are_taken_apart_by_their_columns():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(30, 4))
    x[[2, 5], 0] = x[7, 2] = np.nan
    habits = ready_habits(x, np.arange(30), np.arange(30) % 7, habit=[0, 1, 0, 2])
    assert habits.count == 3
    for place, owner in enumerate([0, 1, 0, 2]):
        mine = habits.columns[:, habits.places(owner)]
        assert any(np.array_equal(x[:, place], one, equal_nan=True) for one in mine.T)
    assert [len(habits.places(one)) for one in range(3)] == [2, 1, 1]
    assert np.flatnonzero(~habits.recorded(0)).tolist() == [2, 5, 7]
    assert habits.recorded(1).all()
    np.testing.assert_array_equal(habits.apart, np.eye(3, dtype=bool))
    assert np.isfinite(habits.filled).all()
    order = [3, 0, 2, 1]
    turned = ready_habits(x[:, order], np.arange(30), np.arange(30) % 7,
                          habit=np.array([0, 1, 0, 2])[order])  # fmt: skip
    np.testing.assert_array_equal(turned.columns, habits.columns)
    np.testing.assert_array_equal(turned.habit, habits.habit)


def test_habits_of_plain_numbers_with_everything_that_can_be_said():
    x = np.array([[0, 1, 2, None, 4, 0, 3, 1] * 4, [1, 0] * 16], object).T
    apart = np.array([[0, 1], [0, 0]], object)
    always = np.array([[night % 3] for night in range(32)], object)
    habits = ready_habits(x, list(map(float, range(32))), [float(one % 7) for one in range(32)],
                          apart=apart, always=always, habit=[0.0, 1.0])  # fmt: skip
    assert habits.apart.tolist() == [[True, True], [False, True]]
    assert habits.always.dtype == habits.columns.dtype == float
    assert habits.habit.dtype == habits.number.dtype == habits.weekday.dtype == np.int64
    used = np.arange(32) > 3
    number, z = habits.controls(used)
    assert number.tolist() == list(range(28))
    want = calendar_controls(np.arange(28), np.arange(4, 32) % 7, 28)
    np.testing.assert_allclose(z, np.column_stack([want, np.arange(4, 32) % 3]))
    none = habits.controls(np.zeros(32, dtype=bool))
    assert none[1].shape[0] == len(none[0]) == 0


def test_filling_knows_the_calendar_from_the_first_night_on():
    """A habit of Wednesdays: its gaps are filled by the weekday, wherever the diary begins."""
    night = np.arange(140)
    x = (night % 7 == 2).astype(float)[:, None]
    x[[9, 10, 11, 12]] = np.nan
    for first in (0, 5000):
        filled = ready_habits(x, night + first, night % 7).filled[:, 0]
        assert filled[9] > 0.8
        assert np.abs(filled[10:13]).max() < 0.2
    alone = ready_habits(x, night, night % 7, adjust=()).filled[:, 0]
    assert alone[9:13] == pytest.approx(np.full(4, np.nanmean(x)))
    never = ready_habits(np.zeros((0, 2)), [], [])
    assert never.filled.shape == (0, 2)
    assert never.count == 2
    bare = ready_habits(np.zeros((5, 0)), np.arange(5), np.arange(5))
    assert bare.count == 0


def test_six_weekday_columns_where_they_are_asked_for():
    night = np.arange(40)
    x = np.random.default_rng(1).normal(size=(40, 1))
    every = np.ones(40, dtype=bool)
    few, six = (ready_habits(x, night, night % 7, each_weekday=one).controls(every)[1].shape[1]
                for one in (False, True))  # fmt: skip
    assert (few, six) == (4, 8)
    line = ready_habits(x, night, night % 7, adjust=["trend"]).controls(every)[1]
    assert line.shape[1] == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"columns": np.zeros(5)}, "columns, number, weekday and always have different"),
        ({"number": np.arange(4)}, "columns, number, weekday and always have different"),
        ({"weekday": np.arange(4)}, "columns, number, weekday and always have different"),
        ({"always": np.zeros((4, 1))}, "columns, number, weekday and always have different"),
        ({"number": [0, 1, 1, 2, 3]}, "number must increase; one row per night"),
        ({"number": [0, 1, 3, 2, 4]}, "number must increase; one row per night"),
        ({"habit": [0, 2]}, "habit must name each of 2 columns' habit, 0, 1, ... without a gap."),
        ({"habit": [1, 1]}, "habit must name each of 2 columns' habit, 0, 1, ... without a gap."),
        ({"habit": [0]}, "habit must name each of 2 columns' habit, 0, 1, ... without a gap."),
        ({"apart": np.zeros((3, 3))}, "apart has shape (3, 3); 2 habits were given."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(change, told):
    given = {"columns": np.zeros((5, 2)), "number": np.arange(5), "weekday": np.arange(5)}
    ready_habits(**given)
    with pytest.raises(DiaryError) as caught:
        ready_habits(**given | change)
    assert caught.value.problems[0].startswith(told) or told in caught.value.problems
    assert len(caught.value.problems) == 1 or "columns" in change


# filling


def by_rounds(table, controls):
    """Gaps by ridge regression on all that was filled before, six times, column by column."""
    known = np.isfinite(table)
    mean = np.nanmean(table, axis=0)
    sd = np.nanstd(table, axis=0)
    unit = np.where(known, (table - mean) / sd, 0.0)
    z = controls[:, controls.std(axis=0) > 0]
    z = (z - z.mean(axis=0)) / z.std(axis=0)
    for _ in range(6):
        fresh = unit.copy()
        for column in range(table.shape[1]):
            rows = known[:, column]
            others = np.column_stack([np.delete(unit, column, axis=1), z])
            middle = others[rows].mean(axis=0)
            x = unit[rows, column]
            p = others[rows] - middle
            slopes = np.linalg.solve(p.T @ p + np.eye(p.shape[1]), p.T @ (x - x.mean()))
            fresh[~rows, column] = x.mean() + (others[~rows] - middle) @ slopes
        unit = fresh
    return np.where(known, table, mean + sd * unit)


@pytest.mark.parametrize("seed", range(3))
def test_gaps_in_many_columns_are_filled_round_by_round(seed):
    rng = np.random.default_rng(seed)
    stress = rng.normal(size=(60, 1))
    table = (stress + rng.normal(size=(60, 4))) * [1.0, 50.0, 1e-3, 1.0] + [0.0, 400.0, 1e-2, -7.0]
    table[rng.random(table.shape) < 0.2] = np.nan
    controls = np.column_stack([np.ones(60), np.arange(60), rng.normal(size=60)])
    np.testing.assert_allclose(fill(table, controls), by_rounds(table, controls), rtol=1e-9)
    objects = np.where(np.isnan(table), None, table).astype(object)
    np.testing.assert_allclose(fill(objects, controls.astype(object)), fill(table, controls))


def test_columns_that_say_nothing_are_filled_with_what_they_say():
    """A constant is a constant, whatever its size; nothing recorded stays so; no gap, no change."""
    rng = np.random.default_rng(4)
    table = np.column_stack([
        np.full(30, 1e-8), np.full(30, -3e7), np.zeros(30), np.full(30, np.nan),
        rng.normal(size=30), 1e7 + 1e-3 * rng.normal(size=30),
    ])  # fmt: skip
    whole = table.copy()
    table[4, [0, 1, 2, 5]] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = fill(table, np.ones((30, 1)))
    assert got[4, :3] == pytest.approx([1e-8, -3e7, 0.0], rel=1e-12)
    assert np.isnan(got[:, 3]).all()
    np.testing.assert_array_equal(got[:, 4], table[:, 4])
    assert abs(got[4, 5] - 1e7) < 3e-3
    assert got[4, 5] != np.nanmean(table[:, 5])  # it follows the others a little
    np.testing.assert_array_equal(fill(whole[:, 4:], np.ones((30, 1))), whole[:, 4:])


@pytest.mark.parametrize(
    ("columns", "controls"), [(np.ones(3), np.ones((3, 1))), (np.ones((3, 1)), np.ones(3)),
                              (np.ones((3, 1)), np.ones((2, 1)))]
)  # fmt: skip
def test_what_cannot_be_filled_is_told_by_its_shape(columns, controls):
    with pytest.raises(DiaryError) as caught:
        fill(columns, controls)
    assert str(caught.value) == (
        f"columns has shape {columns.shape} and controls {controls.shape}; one row for each "
        "evening was expected in both."
    )


def test_standard_columns_by_numpy():
    rng = np.random.default_rng(5)
    table = rng.normal(size=(20, 3)) * [1e-9, 1.0, 1e9] + [0.0, 5.0, 1e9]
    some = np.column_stack([table[:, 0], np.full(20, 3.0), table[:, 1:]])
    want = (table - table.mean(axis=0)) / table.std(axis=0)
    np.testing.assert_allclose(_standard(some), want, rtol=1e-6)


# memory


def test_memory_is_held_between_what_is_left_and_what_there_was():
    """By hand of the rule: never above the column's variance, nor nearer to one than 0.98."""
    n = 60
    ramp = np.arange(n) - (n - 1) / 2
    basis = np.ones((n, 1)) / np.sqrt(n)
    variance, ratio = memory(ramp, ramp, basis, np.arange(n), n)
    assert variance == pytest.approx(ramp.var())
    assert ratio == 0.98
    turn = (-1.0) ** np.arange(n)
    variance, ratio = memory(turn, turn, basis, np.arange(n), n)
    assert (variance, ratio) == (pytest.approx(1.0), -0.98)


# explained shares


def ridge(y, x, fit, test, penalties):
    """Squared loss of one ridge regression, a penalty for each column; infinite: not used."""
    used = np.isfinite(penalties)
    p = x[fit][:, used] - x[fit][:, used].mean(axis=0)
    slopes = np.linalg.solve(
        p.T @ p + fit.sum() * np.diag(penalties[used]), p.T @ (y[fit] - y[fit].mean())
    )
    told = y[fit].mean() + (x[test][:, used] - x[fit][:, used].mean(axis=0)) @ slopes
    return ((y[test] - told) ** 2).sum()


@pytest.fixture(scope="module")
def weeks():
    rng = np.random.default_rng(6)
    night = np.delete(np.arange(98), [3, 4, 40, 41, 42])
    x = rng.normal([0, 0, 3, 0, 0], size=(len(night), 5))
    y = x @ [0.5, 0.0, 0.4, 0.0, 0.0] + rng.normal(size=len(night)) + 7
    return y, x, night


def test_losses_are_those_of_ridge_regression(weeks):
    y, x, night = weeks
    fit, test = night < 60, night > 70
    penalties = np.array([[np.inf] * 5, [1.0] * 5, [0.1, 5.0, np.inf, 0.02, 1.0]])
    got = _loss(y, x, fit, test, penalties)
    want = [ridge(y, x, fit, test, one) for one in penalties]
    np.testing.assert_allclose(got, want, rtol=1e-9)


def test_weeks_are_cut_into_blocks_by_counting():
    assert _blocks(np.array([7, 7, 9, 12, 12, 20]), 26).tolist() == [0, 0, 1, 2, 2, 3]
    assert _blocks(np.array([7, 7, 9, 12, 12, 20]), 2).tolist() == [0, 0, 0, 1, 1, 1]
    assert _blocks(np.array([7, 7, 9, 12, 12, 20]), 3).tolist() == [0, 0, 0, 1, 1, 2]


def losses_by_hand(y, x, k, night, block, one):
    """The calendar's penalty first, then the habits' beside it, each by blocks within the fit."""

    def apart(rows):
        return np.array([min(abs(night[rows] - it)) > 3 for it in night])

    test = block == one
    fit = apart(test)
    place = {week: at for at, week in enumerate(sorted(set(block[fit].tolist())))}
    many = min(8, len(place))
    inner = np.array([place[week] * many // len(place) if week in place else -1 for week in block])
    inner[~fit] = -1
    penalty = np.full(x.shape[1], np.inf)
    told = [ridge(y, x, fit, test, penalty)]
    for columns in (range(k), range(k, x.shape[1])):
        tried = []
        for value in PENALTIES:
            some = penalty.copy()
            some[list(columns)] = value
            total = sum(ridge(y, x, fit & apart(inner == other), inner == other, some)
                        for other in range(many))  # fmt: skip
            tried.append((total, some))
        penalty = min(tried, key=lambda one: one[0])[1]
        told.append(ridge(y, x, fit, test, penalty))
    return told


def test_each_block_is_told_from_the_other_weeks_by_the_best_penalty(weeks):
    y, x, night = weeks
    block = night // 7
    for one in (0, 6, 13):
        want = losses_by_hand(y, x, 2, night, block, one)
        assert _losses(y, x, 2, night, block, one) == pytest.approx(want, rel=1e-9)
        assert want[1] != want[0]


def test_shares_are_made_of_the_losses_of_all_blocks(weeks):
    """Ratio, jackknife and what learning costs: two columns of the calendar, three of habits."""
    y, x, night = weeks
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    told = np.array([_losses(y, z, 2, night, night // 7, one) for one in range(14)])
    got = explained_shares(y.astype(object), x[:, :2].astype(object), x[:, 2:].astype(object),
                           night.astype(float), (night // 7).astype(float), level=0.9)  # fmt: skip
    n, mean = len(y), told[:, 0]
    for share, saved, columns in (
        (got.calendar, mean - told[:, 1], 2), (got.every, mean - told[:, 2], 5),
        (got.habits, told[:, 1] - told[:, 2], 3),
    ):  # fmt: skip
        want = _share(mean, saved, columns / n, 0.9)
        assert (share.estimate, share.low, share.high) == pytest.approx(
            (want.estimate, want.low, want.high), rel=1e-9
        )
        assert share.estimate == pytest.approx(saved.sum() / mean.sum(), rel=1e-9)
    assert got.weeks == 14


def test_an_interval_of_a_share_by_leaving_blocks_out():
    """Jackknife block by block; t by scipy; the upper end lies between nothing and all."""
    mean, saved = np.array([10.0, 12.0, 9.0, 14.0, 8.0]), np.array([3.0, 5.0, 1.0, 6.0, 2.0])
    left = np.array([np.delete(saved, one).sum() / np.delete(mean, one).sum() for one in range(5)])
    error = np.sqrt(4 / 5 * ((left - left.mean()) ** 2).sum())
    share = 17 / 53
    half = stats.t.ppf(0.9, 4) * error
    got = _share(mean, saved, 0.05, 0.8)
    assert (got.estimate, got.low) == pytest.approx((share, share - half))
    assert got.high == pytest.approx(share + half + 2 * (1 - share) * 0.05)
    assert _share(mean, saved, 9.0, 0.8).high == 1.0
    assert _share(mean, -saved, -9.0, 0.8).high == 0.0


@pytest.mark.parametrize(
    ("weeks", "values", "refused"),
    [(4, 1.0, False), (3, 1.0, True), (4, 0.0, True)],
)
def test_four_weeks_of_values_that_differ_are_needed(weeks, values, refused):
    n = 7 * weeks
    given = (values * np.sin(np.arange(n) ** 2), np.zeros((n, 0)), np.zeros((n, 0)), np.arange(n),
             np.arange(n) // 7)  # fmt: skip
    if not refused:
        assert explained_shares(*given).weeks == weeks
        return
    with pytest.raises(DiaryError, match=rf"y has {weeks} weeks and differs by"):
        explained_shares(*given)
