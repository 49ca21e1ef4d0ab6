"""What comes before every question, part by part: by hand, by numpy's own QR, by statsmodels."""

import warnings

import numpy as np
import pytest

from sleepstats.errors import DiaryError
from sleepstats.inference import guards
from sleepstats.inference.guards import (
    all_cleared,
    calendar_controls,
    cleared,
    column_reasons,
    control_basis,
    in_calendar_order,
    independent_columns,
    off_modal,
    without_controls,
)

CODES = (guards.CONSTANT, guards.TOO_FEW_NIGHTS, guards.ONE_SIDE_TOO_RARE,
         guards.CONSTANT_GIVEN_CONTROLS)  # fmt: skip


def test_the_numbers_that_the_documentation_names():
    """Friday, Saturday, Sunday (Monday 0); a wave for 45 nights, four at most; 130 nights."""
    assert (guards.FRIDAY, guards.SATURDAY, guards.SUNDAY) == (4, 5, 6)
    assert (guards.NIGHTS_PER_WAVE, guards.MOST_WAVES, guards.FULL_WEEK_FROM) == (45, 4, 130)
    assert (guards.LEAST_SPARE, guards.LEAST_OFF_MODAL, guards.LEAST_DF) == (5, 3, 4.0)
    assert (guards.REPEATED, guards.WEEK_DIFFERS_BELOW) == (1e-9, 0.1)


def test_night_numbers_of_nothing_are_whole_numbers():
    got = guards.night_numbers([])
    assert got.dtype == np.int64
    assert len(got) == 0


def test_every_column_of_the_calendar_by_hand():
    """A line from -1 to 1, and cosines of 1, 1.5, 2 and 2.5 turns of a long diary."""
    night, span = np.arange(200), 200
    z = calendar_controls(night, night % 7, span)
    assert z.shape == (200, 12)
    for day in range(1, 7):
        np.testing.assert_array_equal(z[:, day], night % 7 == day)
    np.testing.assert_allclose(z[:, 7], (night - 99.5) / 99.5, atol=1e-12)
    for wave in range(4):
        turns = (wave + 2) / 2
        np.testing.assert_allclose(
            z[:, 8 + wave], np.cos(2 * np.pi * turns * (night + 0.5) / 200), atol=1e-12
        )


def test_a_calendar_of_two_nights_has_a_line_and_of_one_has_none():
    assert calendar_controls([0, 1], [0, 1], 2, adjust=("trend",)).tolist() == [[1, -1], [1, 1]]
    assert calendar_controls([0], [0], 1, adjust=("trend",)).tolist() == [[1]]
    assert calendar_controls(["0", "1"], [0, 1], 2, adjust=("trend",)).tolist() == [[1, -1], [1, 1]]


def test_six_columns_of_a_short_week_and_rows_that_are_used():
    night = np.arange(30)
    z = calendar_controls(night, night % 7, 30, adjust=("weekday",), each_weekday=True)
    assert z.shape == (30, 7)
    used = (night % 7 != 6).astype(int).astype(object)
    assert calendar_controls(night, night % 7, 30, adjust=("weekday",), used=used).shape == (30, 2)
    every = calendar_controls(night, night % 7, 30, adjust=("weekday",), used=np.ones(30))
    assert every.shape == (30, 3)


def test_two_strange_controls_are_both_named():
    with pytest.raises(DiaryError) as caught:
        calendar_controls([0], [0], 1, adjust=("trend", "moon", "trendy"))
    assert len(caught.value.problems) == 2
    assert "'moon' is not a calendar control" in caught.value.problems[0]


# repeated columns


def test_columns_are_kept_by_what_of_them_is_new():
    """By construction: the part that is new has the length that is said, beside unit vectors."""
    base = np.linalg.qr(np.random.default_rng(2).normal(size=(40, 3)))[0]
    for new, kept in ((1e-3, [0, 1]), (1e-8, [0, 1]), (1e-10, [0]), (0.0, [0])):
        column = base[:, 0] * np.sqrt(1 - new**2) + new * base[:, 1]
        for unit in (1e-6, 1.0, 1e6):
            two = np.column_stack([base[:, 0], unit * column])
            assert independent_columns(two).tolist() == kept
    almost = np.column_stack([base[:, 0], base[:, 0] + 0.05 * base[:, 1]])
    assert independent_columns(almost, tolerance=0.04).tolist() == [0, 1]
    assert independent_columns(almost, tolerance=0.06).tolist() == [0]
    exactly = np.array([[1.0, 0.6], [0.0, 0.8]])  # 0.8 of the second is new
    assert independent_columns(exactly, tolerance=0.8).tolist() == [0]


def test_the_first_of_repeated_columns_stays_wherever_zeros_stand():
    rng = np.random.default_rng(3)
    one, two, three = rng.normal(size=(3, 9))
    nothing = np.zeros(9)
    assert independent_columns(np.column_stack([nothing, one, nothing, two])).tolist() == [1, 3]
    table = np.column_stack([one, one + two, two, three, one - three])
    assert independent_columns(table).tolist() == [0, 1, 3]
    assert independent_columns(np.column_stack([nothing, nothing])).tolist() == []
    # as many columns as nights are told apart, of more the first
    assert independent_columns(np.eye(3)).tolist() == [0, 1, 2]
    wide = np.column_stack([np.eye(2), [1.0, 1.0]])
    assert independent_columns(wide).tolist() == [0, 1]
    first_twice = np.column_stack([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
    assert independent_columns(first_twice).tolist() == [0, 2]


@pytest.mark.parametrize("near", [1e-1, 1e-3, 1e-5, 1e-8])
def test_bases_of_columns_that_nearly_repeat_are_those_of_qr(near):
    rng = np.random.default_rng(4)
    z = rng.normal(size=(50, 3)) * [1.0, 1e5, 1e-5]
    z = np.column_stack([z, z[:, 0] + near * rng.normal(size=50)])
    basis = control_basis(z)
    np.testing.assert_allclose(basis.T @ basis, np.eye(4), atol=1e-13)
    want = np.linalg.qr(z / np.sqrt((z * z).sum(axis=0)))[0]
    np.testing.assert_allclose(basis @ basis.T, want @ want.T, atol=1e-16 / near**2 + 1e-12)
    y = rng.normal(size=(50, 2))
    left = without_controls(y, basis)
    assert np.abs(z.T @ left / np.sqrt((z * z).sum(axis=0))[:, None]).max() < 1e-12
    again = without_controls(1e8 * z[:, :1] + y[:, :1], basis)
    np.testing.assert_allclose(again, left[:, :1], atol=1e-3)


def test_controls_that_are_none_or_too_many_have_a_basis():
    rng = np.random.default_rng(5)
    assert control_basis(np.empty((5, 0))).shape == (5, 0)
    assert control_basis(np.zeros((5, 2))).shape == (5, 0)
    many = control_basis(rng.normal(size=(3, 6)))
    np.testing.assert_allclose(many @ many.T, np.eye(3), atol=1e-12)
    square = control_basis(rng.normal(size=(3, 3)))
    np.testing.assert_allclose(square @ square.T, np.eye(3), atol=1e-12)
    twice = control_basis(np.column_stack([np.ones(4), np.zeros(4), np.ones(4) * 3]))
    np.testing.assert_allclose(np.abs(twice), np.full((4, 1), 0.5), atol=1e-12)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert control_basis(np.column_stack([np.ones(4), np.zeros(4)])).shape == (4, 1)


def test_of_what_lies_along_the_controls_only_rounding_of_the_rest_is_left():
    """A hundred million times the controls: a second pass takes out what the first left of them."""
    rng = np.random.default_rng(11)
    n = 50
    z = np.column_stack([np.ones(n), rng.normal(size=(n, 2))])
    y = 1e8 * z @ rng.normal(size=(3, 2)) + rng.normal(size=(n, 2))
    x, basis = 1e8 * z[:, :1] + rng.normal(size=(n, 1)), control_basis(z)
    (one,) = all_cleared([(y, x, z, np.arange(n))])
    for left, along in ((without_controls(y, basis), basis), (one.left_y, one.basis),
                        (one.left_x, one.basis)):  # fmt: skip
        assert np.abs(along.T @ left).max() < 1e-13
        assert 0.5 < left.std() < 2.0


# refusals


def rare(n, off):
    """A column of n nights of which so many differ."""
    column = np.zeros(n)
    column[:off] = 1.0
    return column


@pytest.mark.parametrize("n", [20, 64, 65, 100])
def test_each_column_is_told_what_ails_it(n):
    rng = np.random.default_rng(n)
    z = np.column_stack([np.ones(n), np.arange(n)])
    basis = control_basis(z)
    columns = np.column_stack([
        np.full(n, 7.0), rare(n, 2), rare(n, 3), 1 - rare(n, 2), rng.normal(size=n), 3.0 * z[:, 1],
        rare(n, 2)[::-1], rare(n, 3)[::-1],
    ])  # fmt: skip
    left = without_controls(columns, basis)
    flat, few, one, given = CODES
    told = [flat, one, "", one, "", given, one, ""]
    assert column_reasons(columns, left, n - 3).tolist() == told
    assert column_reasons(columns, left, 5).tolist() == told
    # where nights are too few that is told first, but of what never varies
    assert column_reasons(columns, left, 4).tolist() == [flat, *[few] * 7]
    # without a rare one among them
    well = [2, 4, 5, 7]
    assert column_reasons(columns[:, well], left[:, well], 5).tolist() == ["", "", given, ""]
    assert column_reasons(columns[:, well], left[:, well], 4).tolist() == [few] * 4
    for place in range(8):
        alone = column_reasons(columns[:, [place]], left[:, [place]], 5)
        assert alone.tolist() == [told[place]]
    assert column_reasons(columns[:, :0], left[:, :0], 5).tolist() == []
    assert column_reasons(columns[:0], left[:0], 5).tolist() == [few] * 8
    assert column_reasons(columns, left, 5).dtype == column_reasons(columns[:0], left[:0], 5).dtype


def test_what_differs_early_or_late_is_seen_in_long_diaries():
    """Of 200 nights three differ among the last, or two among the first and one among the last."""
    late, both, two = np.zeros((3, 200))
    late[[150, 170, 199]] = both[[0, 1, 199]] = two[[0, 199]] = 1.0
    columns = np.column_stack([late, both, two])
    left = columns - columns.mean(axis=0)
    assert column_reasons(columns, left, 198).tolist() == ["", "", guards.ONE_SIDE_TOO_RARE]


def test_nothing_is_a_millionth_of_a_columns_own_spread():
    """1e-12 of the variance, whatever the unit and wherever the mean; the bound itself is none."""
    rng = np.random.default_rng(6)
    column = rng.normal(size=(40, 1))
    column -= column.mean()
    column /= np.sqrt((column**2).sum())
    for unit in (1e-8, 1.0, 1e8):
        for left, told in ((0.9e-6, True), (1.1e-6, False)):
            got = column_reasons(unit * (column + 3), unit * left * column, 30)
            assert (got[0] == guards.CONSTANT_GIVEN_CONTROLS) is told
    two = np.column_stack([column, 1e6 * column[::-1]])
    got = column_reasons(two, np.column_stack([column, 0.0 * column]), 30)
    assert got.tolist() == ["", guards.CONSTANT_GIVEN_CONTROLS]
    assert column_reasons(two[:, ::-1], np.column_stack([0 * column, column]), 30).tolist() == [
        guards.CONSTANT_GIVEN_CONTROLS, "",
    ]  # fmt: skip
    assert column_reasons(column, np.zeros((40, 1)), 30)[0] == guards.CONSTANT_GIVEN_CONTROLS


def test_most_frequent_values_are_counted_wherever_they_stand():
    """By hand."""
    told = [([3], 0), ([1, 2], 1), ([2, 1, 2], 1), ([5, 5, 1, 2, 3], 3), ([1, 2, 3, 5, 5], 3)]
    for values, off in [*told, ([1, 1, 2, 2, 2, 3], 3), (["a", "b", "a"], 1)]:
        assert off_modal(values) == off
        assert off_modal(values[::-1]) == off


def test_of_an_outcome_every_code_is_said_but_that_of_the_nights():
    given = np.array(["", *CODES])
    assert guards.of_outcome(given).tolist() == [
        "", "outcome constant", "too few nights", "outcome one side too rare",
        "outcome constant given the controls",
    ]  # fmt: skip
    assert guards.of_outcome(given[:1]).tolist() == [""]
    assert guards.of_outcome(given[2:3]).tolist() == ["too few nights"]


def test_nights_are_put_in_order_and_what_does_not_fit_is_told():
    y, x, z, night = in_calendar_order([[1], [2], [3]], [[4], [5], [6]], [[1], [1], [1]], [9, 3, 5])
    assert (y.ravel().tolist(), x.ravel().tolist()) == ([2, 3, 1], [5, 6, 4])
    assert night.tolist() == [3, 5, 9]
    assert night.dtype == np.int64
    assert y.dtype == z.dtype == float
    plain = (np.array(one, object) for one in ([[1], [2]], [[4], [5]], [[1], [1]]))
    objects = in_calendar_order(*plain, [1.0, 0.0])
    assert [one.dtype.kind for one in objects] == ["f", "f", "f", "i"]
    one = [[1.0], [2.0], [3.0]]
    for place, name in enumerate("YXZ"):
        for wrong, shape in (([1.0, 2.0, 3.0], "(3,)"), ([[1.0], [2.0]], "(2, 1)")):
            given = [one] * 3
            given[place] = wrong
            with pytest.raises(DiaryError) as caught:
                in_calendar_order(*given, [0, 1, 2])
            (told,) = caught.value.problems
            assert told.startswith(f"{name} has shape {shape}; one row for each of 3 night numbers")
        given = [one] * 3
        given[place] = [[1.0], [np.inf], [np.nan]]
        with pytest.raises(DiaryError) as caught:
            in_calendar_order(*given, [0, 1, 2])
        (told,) = caught.value.problems
        assert told.startswith(f"{name} holds 2 values that are missing or infinite.")
    with pytest.raises(DiaryError, match="number holds night 4 twice; one row per night"):
        in_calendar_order(one, one, one, [4, 2, 4])
    with pytest.raises(DiaryError, match="number holds night 1 twice"):
        in_calendar_order([*one, [1.0]], [*one, [1.0]], [*one, [1.0]], [7, 1, 1, 7])


# many sets at once


def test_sets_of_every_length_and_width_are_cleared_as_each_alone():
    """Lengths that are filled up to 16, and controls that repeat, are none, or one too many."""
    rng = np.random.default_rng(7)
    asked = []
    for n, k in ((15, 2), (16, 2), (17, 2), (14, 2), (30, 3), (31, 3), (3, 5), (16, 2)):
        z = np.column_stack([np.ones(n), rng.normal(size=(n, k - 1))])
        asked.append((rng.normal(size=(n, 2)), rng.normal(size=(n, 1)), z, np.arange(n)))
    repeated = asked[1][2].copy()
    repeated[:, 1] = 2.0
    asked.append((*asked[1][:2], repeated, asked[1][3]))
    nearly = asked[1][2].copy()
    nearly[:, 1] = 1 + 1e-4 * nearly[:, 1]
    asked.append((*asked[1][:2], nearly, asked[1][3]))
    zero = asked[1][2].copy()
    zero[:, 1] = 0.0
    asked.append((*asked[1][:2], zero, asked[1][3]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = all_cleared(asked)
    for (y, x, z, number), one in zip(asked, got, strict=True):
        alone = cleared(y, x, z, number)
        q = np.linalg.svd(z, full_matrices=False)
        q = q[0][:, q[1] > 1e-9 * q[1][0]]
        for some in (one, alone):
            assert some.basis.shape == (len(y), q.shape[1])
            np.testing.assert_allclose(some.basis @ some.basis.T, q @ q.T, atol=1e-9)
            np.testing.assert_allclose(some.basis.T @ some.basis, np.eye(q.shape[1]), atol=1e-12)
            np.testing.assert_allclose(some.left_y, y - q @ (q.T @ y), atol=1e-9)
            np.testing.assert_allclose(some.left_x, x - q @ (q.T @ x), atol=1e-9)
            np.testing.assert_array_equal(some.outcomes, y)
            np.testing.assert_array_equal(some.factors, x)
            assert some.reason.shape == (2, 1)
        np.testing.assert_array_equal(one.left_y, alone.left_y)
        few = len(y) - q.shape[1] - 1 < 5
        assert (one.reason == guards.TOO_FEW_NIGHTS).all() == few
    assert all_cleared([]) == []


@pytest.mark.parametrize(("n", "few"), [(8, False), (7, True)])
def test_cleared_nights_need_five_to_spare(n, few):
    rng = np.random.default_rng(8)
    z = np.column_stack([np.ones(n), np.arange(n)])
    one = cleared(rng.normal(size=(n, 2)), rng.normal(size=(n, 1)), z, np.arange(n))
    told = [guards.TOO_FEW_NIGHTS] if few else [""]
    assert one.of_y.tolist() == 2 * told
    assert one.of_x.tolist() == told


def test_what_ails_the_factor_is_told_before_what_ails_the_outcome():
    rng = np.random.default_rng(9)
    y = np.column_stack([rng.normal(size=30), np.full(30, 2.0)])
    x = np.column_stack([rng.normal(size=30), rare(30, 2)])
    one = cleared(y, x, np.ones((30, 1)), np.arange(30))
    assert one.reason.tolist() == [
        ["", guards.ONE_SIDE_TOO_RARE], ["outcome constant", guards.ONE_SIDE_TOO_RARE],
    ]  # fmt: skip
    assert one.of_y.tolist() == ["", guards.CONSTANT]


def test_weekdays_that_are_told_wholly_do_not_differ_by_more():
    """Nothing is left beside six weekdays: no ratio can be taken, and none is warned about."""
    night = np.arange(60)
    y = np.where(night % 7 == 2, 30.0, 0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not guards.weekdays_differ(y, night, night % 7)
        assert not guards.weekdays_differ(np.zeros(0), night[:0], night[:0])
        assert not guards.weekdays_differ(y[:1], night[:1], night[:1] % 7)
        # on two weekdays there is nothing for six to tell beside two
        some = night % 7 < 2
        assert not guards.weekdays_differ(
            np.random.default_rng(1).normal(size=60)[some], night[some], night[some] % 7
        )


def test_weekdays_of_a_diary_that_begins_late_are_those_of_one_that_begins_at_once():
    night = np.arange(90)
    rng = np.random.default_rng(3)
    for wednesday in (0.0, 0.55, 0.6, 0.65, 2.0):
        y = rng.normal(size=90) + wednesday * (night % 7 == 2)
        here = guards.weekdays_differ(y, night, night % 7)
        assert here == guards.weekdays_differ(y, night + 1000, night % 7)
        assert here == guards.weekdays_differ(1e6 * y + 1e3, night, night % 7)
