"""Questions on one set of nights, part by part: statsmodels, dense algebra, counting."""

import math
import warnings

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from sleepstats.inference import beside, guards, side_by_side
from sleepstats.inference.beside import _Search, bound_missed, evenings_after, what_stands
from sleepstats.inference.habit_columns import ready_habits
from sleepstats.inference.side_by_side import (
    AskedNights,
    Nights,
    _inflation,
    _relation_of_kinds,
    _unit,
    held_equal,
    nights_of,
    relation,
    sets_of_nights,
)


def habits_of(n=60, seed=1, habit=None, **more):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 5))
    x[:, 1] = rng.random(n) < 0.4
    x[:, 2] = x[:, 0] + 0.8 * x[:, 2]
    return ready_habits(x, np.arange(n), np.arange(n) % 7, habit=habit, **more), rng


def test_the_numbers_that_the_documentation_names():
    """Below 0.1 on either side, half of the nights, a tenfold error, a hundredth of a variance."""
    assert (side_by_side.SELECTED_BELOW, side_by_side.MOST_OF_THE_REST) == (0.1, 0.5)
    assert (side_by_side.LEAST_RECORDED, side_by_side.MOST_INFLATION) == (0.5, 10.0)


def test_columns_of_unit_size_by_numpy():
    rng = np.random.default_rng(2)
    basis = guards.control_basis(np.column_stack([np.ones(30), np.arange(30)]))
    x = rng.normal(size=(30, 4)) * [1.0, 1e-7, 1e7, 1.0] + [0, 0, 1e7, 5]
    x[:, 3] = 4 + 2 * np.arange(30)
    got, scale = _unit(x, basis)
    left = x - basis @ (basis.T @ x)
    for place in range(3):
        size = math.sqrt((left[:, place] ** 2).mean())
        assert scale[place] == pytest.approx(size, rel=1e-6)
        np.testing.assert_allclose(got[:, place], left[:, place] / size, atol=1e-6)
    assert scale[3] == 0.0
    assert not got[:, 3].any()
    none, of_none = _unit(x[:0], basis[:0])
    assert none.shape == (0, 4)
    assert of_none.tolist() == [0.0] * 4


def test_nights_hold_what_half_of_them_recorded():
    """Of 40 nights used 20 are half, 19 are not; what is refused is a column of zeros."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(50, 3))
    x[10:30, 0] = np.nan
    x[10:31, 1] = np.nan
    habits = ready_habits(x, np.arange(50), np.arange(50) % 7)
    used = np.arange(50) >= 10
    y = rng.normal(size=(50, 2))
    got = nights_of(habits, y, used)
    told = {int(np.isnan(habits.columns[used, place]).sum()): got.of_habits[place] > 0
            for place in range(3)}  # fmt: skip
    assert told == {20: True, 21: False, 0: True}
    assert got.cross == pytest.approx(got.habits.T @ got.habits / 40)
    assert np.diag(got.cross) == pytest.approx([float(one) for one in got.of_habits > 0])
    assert np.abs(got.basis.T @ got.outcomes).max() < 1e-12
    nothing = nights_of(habits, y, np.zeros(50, dtype=bool))
    assert nothing.habits.shape == (0, 3)
    assert not nothing.cross.any()
    one = nights_of(habits, y, np.arange(50) == 40)
    assert not one.of_habits.any()


def test_kinds_go_together_as_by_statsmodels_f_test():
    """F of each column of the habit with fewer on all of the other's, times their number."""
    habits, _ = habits_of(habit=[0, 0, 1, 1, 1])
    nights = nights_of(habits, np.zeros((60, 1)), np.ones(60, dtype=bool))
    places = habits.places(0), habits.places(1)
    few, many = (habits.columns[:, one] for one in places)
    z = nights.controls
    p = [
        sm.OLS(column, np.column_stack([z, many])).fit().compare_f_test(sm.OLS(column, z).fit())[1]
        for column in few.T
    ]
    want = min(2 * min(p), 1.0)
    for pair in (places, places[::-1]):
        assert _relation_of_kinds(nights, *pair) == pytest.approx(want, rel=1e-7)
    assert relation(habits, nights, 0) == pytest.approx([1.0, want], rel=1e-7)
    # one column against several
    mixed, _ = habits_of(habit=[0, 1, 1, 2, 2])
    nights = nights_of(mixed, np.zeros((60, 1)), np.ones(60, dtype=bool))
    alone = mixed.columns[:, mixed.places(0)[0]]
    told = relation(mixed, nights, 0)
    for other in (1, 2):
        many = np.column_stack([nights.controls, mixed.columns[:, mixed.places(other)]])
        f = sm.OLS(alone, many).fit().compare_f_test(sm.OLS(alone, nights.controls).fit())[1]
        assert told[other] == pytest.approx(f, rel=1e-7)
        assert relation(mixed, nights, other)[0] == pytest.approx(f, rel=1e-7)
    assert told[0] == 1.0


def made(cross, n=30, k=4):
    """Nights of which only the correlations of their habits matter."""
    m = len(cross)
    nothing = np.zeros((n, m))
    return Nights(np.ones(n, bool), np.arange(n), np.ones((n, k)), np.ones((n, k)), nothing,
                  nothing[:, :1], np.ones(m), np.ones(1), np.array(cross, dtype=float))  # fmt: skip


def test_relations_at_their_ends():
    """By hand: r of .6 on 25 freedoms is t = 3.75; what is a copy goes with it for sure."""
    habits, _ = habits_of()
    mine = habits.places(0)[0]
    others = [habits.places(other)[0] for other in (1, 2, 3, 4)]
    cross = np.eye(5)
    cross[mine, others] = cross[others, mine] = [0.6, -0.6, 1.0 + 1e-15, 0.0]
    p = 2 * stats.norm.sf(3.75)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert relation(habits, made(cross), 0) == pytest.approx([1.0, p, p, 0.0, 1.0], abs=1e-12)
        # without a night to spare nothing can be told
        none = relation(habits, made(cross, n=4), 0)
    assert none[[0, 1, 2, 4]].tolist() == [1.0] * 4


@pytest.mark.parametrize(("n", "told"), [(8, True), (7, True), (6, False)])
def test_kinds_need_one_night_beside_them(n, told):
    """Four controls and two columns of the other habit leave n - 6."""
    cross = np.eye(4)
    cross[0, 2] = cross[2, 0] = 0.9
    got = _relation_of_kinds(made(cross, n=n), np.array([0, 1]), np.array([2, 3]))
    if not told:
        assert got == 1.0
        return
    f = (0.81 / 2) / (0.19 / (n - 6))
    assert got == pytest.approx(min(2 * stats.f.sf(f, 2, n - 6), 1.0))


def test_kinds_that_are_copies_or_nothing():
    one, two = np.array([0, 1]), np.array([2, 3])
    cross = np.eye(4)
    cross[0, 2] = cross[2, 0] = 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert 0 <= _relation_of_kinds(made(cross), one, two) < 1e-100
        cross[2:, 2:] = 1.0  # two columns that are one: of rank one
        cross[0, 2:] = cross[2:, 0] = 0.5
        got = _relation_of_kinds(made(cross), one, two)
        assert got == pytest.approx(2 * stats.f.sf(0.25 / (0.75 / 25), 1, 25))
        cross[2:] = cross[:, 2:] = 0.0
        assert _relation_of_kinds(made(cross), one, two) == 1.0


def test_what_is_held_equal_by_strength_and_room():
    """Six columns; the calendar leaves 30 - 4 nights, so that 13 columns are half of them."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=(30, 6))
    habits = ready_habits(x, np.arange(30), np.arange(30) % 7, habit=[0, 1, 2, 3, 3, 3])
    nights = made(np.eye(6))
    p = np.array([np.nan, 0.0999, 0.1, 0.01])
    assert held_equal(habits, nights, 0, p).tolist() == [False, True, False, True]
    short = made(np.eye(6), n=12)  # half of 8 are 4 columns: the three kinds and one more
    assert held_equal(habits, short, 0, p).tolist() == [False, True, False, True]
    shorter = made(np.eye(6), n=11)  # 3: the kinds are stronger, and one more has no room
    assert held_equal(habits, shorter, 0, p).tolist() == [False, False, False, True]
    other = np.array([np.nan, 0.001, 0.1, 0.01])  # now the single one is, and the kinds have none
    assert held_equal(habits, shorter, 0, other).tolist() == [False, True, False, False]
    assert not held_equal(habits, made(np.eye(6), n=4), 0, p).any()
    # of equal strength the lower number comes first
    same = np.array([0.05, 0.05, 0.05, 0.5])
    assert held_equal(habits, made(np.eye(6), n=7), 3, same).tolist() == [True] + [False] * 3


def test_what_cannot_be_held_is_not():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(30, 3))
    x[:, 1] = np.arange(30) < 2  # two nights only: of no use
    habits = ready_habits(x, np.arange(30), np.arange(30) % 7)
    used = nights_of(habits, rng.normal(size=(30, 1)), np.ones(30, dtype=bool))
    assert held_equal(habits, used, 0, np.zeros(3)).tolist() == [False, False, True]


# questions


@pytest.fixture
def asked():
    rng = np.random.default_rng(6)
    x = rng.normal(size=(60, 4))
    x[:, 3] = x[:, 0] + 0.05 * x[:, 3]
    y = rng.normal(size=(60, 2))
    habits = ready_habits(x, np.arange(60), np.arange(60) % 7)
    return AskedNights(habits, y, np.ones(60, dtype=bool), [0, 1]), habits, x, y


def test_inflation_is_the_root_of_that_of_the_variance(asked):
    """1 / sqrt(1 - R^2), R^2 by statsmodels of the habit on those beside it and the calendar."""
    nights, _, x, _ = asked
    for habit, held in ((0, [1, 2]), (0, [3]), (2, [0, 1, 3])):
        chosen = np.isin(np.arange(4), held)
        question = nights.question(0, habit, chosen)
        z = nights.nights.controls
        own, beside_it = x[:, habit], np.column_stack([z, x[:, held]])
        left = sm.OLS(own, beside_it).fit().ssr / sm.OLS(own, z).fit().ssr
        assert question.inflation == pytest.approx(1 / math.sqrt(left), rel=1e-7)
        assert question.reason == ("cannot be told from others" if left < 0.01 else "")
        assert question.k == z.shape[1] + len(held)
        assert (question.outcome, question.kinds) == (0, None)
    bare = nights.question(1, 0, np.zeros(4, dtype=bool))
    assert (bare.inflation, bare.k, bare.outcome) == (1.0, nights.nights.basis.shape[1], 1)


def test_a_copy_is_inflated_without_end_and_repeated_columns_count_once():
    cross = np.eye(4)
    cross[0, 1] = cross[1, 0] = 1.0
    some = made(cross)
    assert _inflation(some, np.array([1]), np.array([0])) == (np.array([1]), math.inf)
    assert _inflation(some, np.array([2, 3]), np.array([0]))[1] == 1.0
    # the habit's column that keeps most is what counts
    cross[2, 3] = cross[3, 2] = 0.6
    kept, inflation = _inflation(made(cross), np.array([1, 2]), np.array([0, 3]))
    assert kept.tolist() == [1, 2]
    assert inflation == pytest.approx(1 / 0.8)
    x = np.random.default_rng(1).normal(size=(60, 2))
    for new, count in ((1e-3, 2), (1e-5, 1), (0.0, 1)):
        three = np.column_stack([x[:, 0], x[:, 0] + new * x[:, 1], x[:, 1]])
        habits = ready_habits(np.round(three, 12), np.arange(60), np.arange(60) % 7, adjust=())
        told = AskedNights(habits, x, np.ones(60, dtype=bool), [0])
        owners = habits.habit.tolist()
        question = told.question(0, 2, np.array([True, True, False]))
        assert len(question.beside) == count
        assert question.place == owners.index(2)


@pytest.mark.parametrize(("n", "few"), [(13, False), (12, True)])
def test_five_nights_must_be_left_beside_what_is_held(n, few):
    """By hand: four of the calendar, three habits and one's own."""
    rng = np.random.default_rng(7)
    habits = ready_habits(rng.normal(size=(n, 4)), np.arange(n), np.arange(n) % 7)
    nights = AskedNights(habits, rng.normal(size=(n, 1)), np.ones(n, dtype=bool), [0])
    got = nights.question(0, 0, np.array([False, True, True, True]))
    assert got.reason in ({guards.TOO_FEW_NIGHTS} if few else {"", "cannot be told from others"})
    assert got.k == 7


def test_what_ails_habit_or_outcome_alone_is_told_first():
    rng = np.random.default_rng(8)
    x = np.column_stack([np.full(40, 2.0), rng.normal(size=40), np.arange(40) < 2])
    y = np.column_stack([np.full(40, 3.0), rng.normal(size=40)])
    habits = ready_habits(x, np.arange(40), np.arange(40) % 7)
    nights = AskedNights(habits, y, np.ones(40, dtype=bool), [0, 1])
    held = np.zeros(3, dtype=bool)
    told = [[nights.question(o, j, held).reason for j in range(3)] for o in range(2)]
    flat, rare = guards.CONSTANT, guards.ONE_SIDE_TOO_RARE
    assert told == [[flat, guards.OUTCOME + flat, rare], [flat, "", rare]]
    again = [nights.question(1, j, held).reason for j in range(3)]
    assert again == told[1]
    assert np.isnan(nights.question(0, 1, held).inflation)


def test_sets_of_nights_hold_each_question_once(monkeypatch):
    """Three patterns of gaps; as many together as are small, and as many kept as there is room."""
    rng = np.random.default_rng(9)
    x, y = rng.normal(size=(40, 3)), rng.normal(size=(40, 2))
    x[3, 1] = np.nan
    y[5, 1] = np.nan
    habits = ready_habits(x, np.arange(40), np.arange(40) % 7)
    asked = np.array([[True, True, False], [True, True, True]])
    size = AskedNights(habits, y, np.ones(40, dtype=bool), [0]).whitened_size
    assert size == 40 * (4 + 3) * 45  # nights, columns and shapes
    for most, kept in ((1 << 30, 4), (0, 2), (size + 39 * 315, 2), (4 * size, 4)):
        monkeypatch.setattr(side_by_side, "_MOST_KEPT", most)
        known = {}
        groups = list(sets_of_nights(y, habits, asked, known))
        assert len(groups) == 1
        cells = sorted(cell for _, pairs in groups[0] for cell in pairs)
        assert cells == sorted(zip(*np.nonzero(asked), strict=True))
        assert len(groups[0]) == 4
        assert len(known) == kept
        for nights, pairs in groups[0]:
            for o, j in pairs:
                used = np.isfinite(y[:, o]) & habits.recorded(j)
                np.testing.assert_array_equal(nights.nights.used, used)
        assert sum(nights.kept for nights, _ in groups[0]) == kept
        again = list(sets_of_nights(y, habits, asked, known))
        same = {id(one) for one, _ in again[0]} & {id(one) for one, _ in groups[0]}
        assert len(same) == kept
    monkeypatch.setattr(side_by_side, "_MOST_TOGETHER", 40 * 3)
    assert [len(one) for one in sets_of_nights(y, habits, asked, {})] == [2, 2]
    monkeypatch.setattr(side_by_side, "_MOST_TOGETHER", 0)
    assert [len(one) for one in sets_of_nights(y, habits, asked, {})] == [1] * 4
    assert list(sets_of_nights(y, habits, np.zeros((2, 3), dtype=bool), {})) == []


# beside


def test_what_stands_and_what_would_have_stood_at_their_bounds():
    """By hand at 5 and 10 %: a p-value of exactly its share stands."""
    assert what_stands([0.05], [True]).tolist() == [True]
    assert what_stands([0.05 + 1e-9], [True]).tolist() == [False]
    assert what_stands([0.08], [True]).tolist() == [False]
    assert what_stands([0.08], [True], level=0.9).tolist() == [True]
    assert what_stands([0.025, 0.06], [1, 1]).tolist() == [True, False]
    # two found and answered, one stands: the second would have stood below 0.05 2 / 2
    assert bound_missed([0.025, 0.06], [1, 1]) == pytest.approx(0.05)
    assert bound_missed([0.06, 0.07, 0.08, np.nan], [1, 1, 1, 1]) == pytest.approx(0.05 / 3)
    assert bound_missed([0.2, 0.3], [1, 1], level=0.9) == pytest.approx(0.05)
    assert bound_missed([0.001, 0.002], [1, 1]) == pytest.approx(0.05)
    assert bound_missed([np.nan], [1]) == pytest.approx(0.05)


def search(left, stands, above=0.05):
    return _Search(None, 0, 0, above, np.array(stands, dtype=bool), list(left))


def test_a_search_tries_those_that_stand_first_and_stops_where_one_is_enough():
    one = search([1, 2, 3, 4], [0, 1, 0, 1, 0])
    assert one.next_ones == [1, 3]
    one.take([0.2, 0.4])
    assert (one.taken, one.gone, one.ended) == ([3], True, True)


def test_a_search_goes_on_to_the_others_and_then_keeps_the_best():
    one = search([1, 2, 3, 4], [0, 1, 0, 0, 0])
    assert one.next_ones == [1]
    one.take([0.01])
    assert (one.taken, one.ended, one.next_ones) == ([], False, [2, 3, 4])
    one.take([0.03, 0.05, 0.05])  # exactly at the bound is not gone; ties go to the lower number
    assert (one.taken, one.gone, one.ended) == ([3], False, False)
    # once one is taken those that stand come no longer first
    assert one.next_ones == [1, 2, 4]
    one.take([0.04, 0.06, 0.06])
    assert (one.taken, one.gone) == ([3, 2], True)
    last = search([1], [0, 0])
    last.take([0.01])
    assert (last.taken, last.gone, last.ended, last.left) == ([1], False, True, [])
    assert search([], [0]).ended


def test_evenings_after_are_those_of_the_next_calendar_evening():
    """By construction: the habit of the next evening is the outcome itself, its own is noise."""
    rng = np.random.default_rng(10)
    number = np.delete(np.arange(90), [20, 50])
    y = rng.normal(size=(88, 2))
    x = rng.normal(size=(88, 2))
    x[1:, 0] = y[:-1, 0] + 0.5 * rng.normal(size=87)
    x[30, 0] = np.nan
    habits = ready_habits(x, number, number % 7)
    found = np.ones((2, 2), dtype=bool)
    found[1, 1] = False
    got = evenings_after(y, found, habits)
    place = int(habits.habit[np.isnan(habits.columns).any(axis=0)][0])
    assert place == 0
    assert got.pvalue[0, 0] < 1e-6
    assert got.pvalue[1, 0] > 0.01
    assert np.isnan(got.pvalue[1, 1])
    # 88 nights, of which the last and the two before a gap have no evening after them; for the
    # first habit neither has the one before the evening that was not recorded, nor that one
    assert got.n.tolist() == [[83, 85], [83, 0]]
    assert got.held.shape == (2, 2, 2)
    assert got.held[0].tolist() == [[True, False], [False, True]]
    wide = evenings_after(y, found, habits, level=0.99)
    assert wide.high[0, 0] > got.high[0, 0]


def test_beside_has_the_level_that_was_asked_for():
    rng = np.random.default_rng(11)
    habits = ready_habits(rng.normal(size=(50, 2)), np.arange(50), np.arange(50) % 7)
    y = rng.normal(size=(50, 1))
    half, wide = (beside.beside_others(y, np.full((1, 2), 0.5), habits, level=level)
                  for level in (0.5, 0.95))  # fmt: skip
    assert (wide.low < half.low).all()
    assert (half.high < wide.high).all()
    with pytest.raises(guards.DiaryError) as caught:
        beside.beside_others(y, np.full((1, 3), 0.5), habits)
    assert str(caught.value).startswith("outcomes has shape (50, 1) and pvalue (1, 3); a row for")
    for wrong in (y[:, 0], y[:49]):
        with pytest.raises(guards.DiaryError, match="outcomes has shape"):
            beside.beside_others(wrong, np.full((1, 2), 0.5), habits)


def test_doors_take_plain_numbers_and_yes_and_no_as_one_and_nothing():
    rng = np.random.default_rng(12)
    x = rng.normal(size=(60, 3))
    x[:, 1] = x[:, 0] + 0.5 * x[:, 1]
    y = x[:, [0]] + rng.normal(size=(60, 1))
    habits = ready_habits(x, np.arange(60), np.arange(60) % 7)
    p = np.array([[1e-4, 1e-3, 0.5]])
    want = beside.beside_others(y, p, habits)
    got = beside.beside_others(y.astype(object), p.astype(object), habits)
    np.testing.assert_array_equal(got.pvalue, want.pvalue)
    found, stands = np.array([[True, True, True]]), np.array([[True, False, False]])
    named = beside.goes_with(y, want, found, stands, habits, above=1e-9)
    assert named[0][0] == ()  # it stands, and is not asked about
    assert named[0][1]
    whole = found.astype(int).astype(object), stands.astype(int).astype(object)
    for above in (np.array([[1e-9] * 3], object), [1e-9] * 3, 1e-9):
        again = beside.goes_with(y.astype(object), want, *whole, habits, above=above)
        assert again == named
    # nothing goes away beside a bound that nothing passes: all that was held is named
    every = beside.goes_with(y, want, found, stands, habits, above=1.1)
    held = set(np.flatnonzero(want.held[0, 1]).tolist())
    assert set(every[0][1]) == held
    later, plain = (evenings_after(one, some, habits) for one, some in
                    ((y, found), (y.astype(object), found.astype(int).astype(object))))  # fmt: skip
    np.testing.assert_array_equal(later.pvalue, plain.pvalue)
    told = what_stands(np.array([0.001, 0.2], object), np.array([1, 1], object))
    assert told.tolist() == [True, False]
    assert bound_missed(np.array([0.001, 0.2], object), np.array([1, 1], object)) == pytest.approx(
        0.05
    )
