"""Many questions, far nights and many people, part by part: plain loops, Student's t, by hand."""

import warnings

import numpy as np
import pytest
from scipy import stats

from sleepstats.errors import DiaryError
from sleepstats.inference import guards, none_alone
from sleepstats.inference.none_alone import (
    adjust_pvalues,
    all_that_counts,
    bring_in,
    bring_in_around,
    brought_in_around,
    finely_told,
    level_of_found,
    pool_estimates,
)


def test_p_values_of_nothing_and_of_certainty_are_p_values():
    # by hand, of four: 0 stays 0; .02 4/2, .5 4/3 -> 2/3, 1; Holm: .02 3, .5 2 -> 1, 1
    given = [1.0, 0.5, 0.0, 0.02]
    np.testing.assert_allclose(adjust_pvalues(given), [1.0, 2 / 3, 0.0, 0.04])
    np.testing.assert_allclose(adjust_pvalues(given, family="holm"), [1.0, 1.0, 0.0, 0.06])
    # ties share one value whatever their order: .03 4/2 and .03 4 by Holm
    for order in ([0, 1, 2, 3], [1, 0, 3, 2], [3, 2, 1, 0]):
        some = np.array([0.03, 0.03, 0.9, 0.03])[order]
        np.testing.assert_allclose(adjust_pvalues(some), np.array([0.04, 0.04, 0.9, 0.04])[order])
        np.testing.assert_allclose(
            adjust_pvalues(some, family="holm"), np.array([0.12, 0.12, 0.9, 0.12])[order]
        )
    plain = np.array([0.25, 1, None], dtype=object)
    np.testing.assert_allclose(adjust_pvalues(plain), [0.5, 1.0, np.nan])


@pytest.mark.parametrize("value", [-1e-9, 1 + 1e-9, np.inf])
def test_what_is_no_p_value_is_named(value):
    with pytest.raises(DiaryError, match="is not a p-value"):
        adjust_pvalues([0.5, value])


@pytest.mark.parametrize("level", [0.0, 1.0, -0.5, 1.5])
def test_a_level_lies_between_none_and_all(level):
    with pytest.raises(DiaryError, match="is not between 0 and 1"):
        level_of_found(1, 2, level=level)


# far nights


def limits_of(off, x, spare):
    """How far below and above a night counts, and how far sizes grow along x, night by night."""
    n = len(off)
    sd = np.median(np.abs(off)) * np.sqrt(n / spare) / stats.norm.ppf(0.75)
    if x is None:
        return 2 * sd, 2 * sd, 0.0
    squares = np.minimum(off**2, 9 * sd**2)
    squares = squares - squares.mean()
    whole, least = squares @ x, []
    for night in range(n):
        others = np.arange(n) != night
        rest = squares[others] @ x[others] * np.sign(whole)
        lengths = np.linalg.norm(squares[others]) * np.linalg.norm(x[others])
        least.append(rest / lengths if lengths > 1e-9 else 0.0)
    grown = min(max((min(least) - 0.1) / 0.1, 0), 1)
    excess = n * np.sum(off**4) / np.sum(off**2) ** 2 - 3
    skew = np.sqrt(n) * np.sum(off**3) / np.sum(off**2) ** 1.5
    tails = min(max(excess / 1.5, 0), 1) * (1 - grown) if spare >= 0.85 * n else 0
    tails *= min(120 / n, 1)
    side = 0.2 * min(max(skew, -1), 1)
    outer = 2 + 0.5 * grown
    return sd * (outer - tails * (0.8 - side)), sd * (outer - tails * (0.8 + side)), grown


def plain_huber(y, design, *, one=True):
    """What the method says, one night after the other; the limits settle in three rounds."""
    n, m = design.shape
    q = np.linalg.qr(design)[0]
    x = q[:, -1] if one else None
    counts, below, above, grown = y.copy(), 0.0, 0.0, 0.0
    for step in range(400):
        fit = q @ (q.T @ counts)
        off = y - fit
        if step < 3:
            below, above, grown = limits_of(off, x, n - m)
        counts = fit + np.array([min(max(left, -below), above) for left in off])
    within = np.mean((off >= -below) & (off <= above))
    if within == 1:
        return y
    told = (counts - fit) / within
    if grown:  # errors of the nights as recorded, and by a half beyond
        told *= max(np.sqrt(x**2 @ off**2 / (x**2 @ told**2)), 1) ** (1.5 * grown)
    return fit + told


def heavy(seed, n, k, p=1, q=1):
    rng = np.random.default_rng(seed)
    z = np.column_stack([np.ones(n), rng.normal(size=(n, k - 1))])
    return 400 + 30 * rng.standard_t(2.0, size=(n, q)), rng.normal(size=(n, p)), z


@pytest.mark.parametrize(("n", "k"), [(64, 1), (65, 2), (80, 8), (79, 9), (30, 3), (200, 4)])
def test_far_nights_count_as_a_plain_loop_says(n, k):
    """Even and odd numbers of nights, filled up or not, of one control up to many."""
    y, x, z = heavy(n, n, k)
    y[[4, 9]] += [[700.0], [-900.0]]
    want = plain_huber(y[:, 0], np.column_stack([z, x]))
    assert (want != y[:, 0]).any()
    got = bring_in_around(y[:, 0], np.column_stack([z, x]))
    np.testing.assert_allclose(got, want, rtol=1e-6)


def test_far_nights_of_several_outcomes_and_factors_as_a_plain_loop_says():
    y, x, z = heavy(3, 61, 3, p=3, q=2)
    x[:, 1] = z[:, 1] * 2  # the controls leave nothing of it
    ratings = np.round(np.random.default_rng(1).normal(size=61))
    basis = guards.control_basis(z)
    left = guards.without_controls(x, basis)
    left[:, 1] = 0.0
    got = bring_in(np.column_stack([y[:, :1], ratings, y[:, 1:]]), left, basis)
    np.testing.assert_array_equal(got[:, 1], np.repeat(ratings[:, None], 3, axis=1))
    for row, place in ((0, 0), (2, 1)):
        for column in (0, 2):
            want = plain_huber(y[:, place], np.column_stack([z, x[:, column]]))
            np.testing.assert_allclose(got[:, row, column], want, rtol=1e-6)
        np.testing.assert_allclose(
            got[:, row, 1], plain_huber(y[:, place], z, one=False), rtol=1e-6
        )


def test_sets_of_many_sizes_are_brought_in_as_each_alone(monkeypatch):
    """Of like and unlike length and width together, in pieces of any size."""
    asked = []
    for seed, (n, k) in enumerate([(40, 3), (47, 3), (48, 3), (49, 3), (40, 8), (40, 9), (200, 2)]):
        y, x, z = heavy(seed, n, k)
        asked.append((y[:, 0], np.column_stack([z, x])))
    alone = [plain_huber(*one) for one in asked]
    for size in (0, 40 * 3, 40 * 3 - 1, 1 << 20):
        monkeypatch.setattr(none_alone, "_AT_ONCE", size)
        for got, want in zip(brought_in_around(iter(asked)), alone, strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-6)
    assert brought_in_around([]) == []


@pytest.mark.parametrize(("spare", "moved"), [(1, True), (0, False)])
def test_without_a_night_to_spare_nothing_is_brought_in(spare, moved):
    """Columns that leave one night alone: it is far off from nothing at all."""
    n = 16
    y = np.arange(n) ** 2.0
    y[5] += 900.0
    columns = np.delete(np.eye(n), 5, axis=1) if spare else np.eye(n)
    columns[5, 0] = 0.1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = bring_in(y[:, None], columns[:, -1:], guards.control_basis(columns[:, :-1]))[:, 0, 0]
    assert bool((got != y).any()) == moved


def test_how_many_values_and_how_often_one_may_return():
    """More than 11 values, and none on more than a quarter of the nights: counted by hand."""
    night = np.arange(48)
    eleven, twelve = night % 11, night % 12
    quarter = np.where(night < 12, 100, night)
    more = np.where(night < 13, 100, night)
    table = np.column_stack([eleven, twelve, quarter, more, night]).astype(float)
    assert finely_told(table).tolist() == [False, True, True, False, True]
    assert finely_told(table[::-1]).tolist() == [False, True, True, False, True]
    assert finely_told(more[:, None] * 1.0).tolist() == [False]
    assert finely_told(-more[:, None] * 1.0).tolist() == [False]


def test_what_counts_stands_behind_what_was_recorded():
    """Cells of an outcome without far nights stay; each other one gets a column of its own."""
    rng = np.random.default_rng(2)
    y = np.column_stack([rng.uniform(size=60), 30 * rng.standard_t(2.0, size=60)])
    x, z = rng.normal(size=(60, 2)), np.column_stack([np.ones(60), np.arange(60)])
    one = guards.cleared(y, x, z, np.arange(60))
    cells = [(1, 1), (0, 0), (1, 0), (1, 1)]
    ((more, where),) = all_that_counts([one], [cells])
    assert where == [(2, 1), (0, 0), (3, 0), (2, 1)]
    assert more.outcomes.shape == more.left_y.shape == (60, 4)
    np.testing.assert_array_equal(more.outcomes[:, :2], y)
    for column, factor in ((2, 1), (3, 0)):
        want = plain_huber(y[:, 1], np.column_stack([z, x[:, factor]]))
        np.testing.assert_allclose(more.outcomes[:, column], want, rtol=1e-6)
        left = more.outcomes[:, column] - z @ np.linalg.lstsq(z, more.outcomes[:, column])[0]
        np.testing.assert_allclose(more.left_y[:, column], left, atol=1e-7)
    assert more.of_y.tolist() == ["", "", "", ""]
    ((same, stays),) = all_that_counts([one], [[(0, 1), (0, 0)]])
    assert same is one
    assert stays == [(0, 1), (0, 0)]


@pytest.mark.parametrize(("controls", "code"), [(14, ""), (15, guards.TOO_FEW_NIGHTS)])
def test_what_counts_needs_five_nights_to_spare_as_well(controls, code):
    y, x, z = heavy(4, 20, controls)
    y[7] += 1e5
    one = guards.cleared(y, x, z, np.arange(20))
    ((more, where),) = all_that_counts([one], [[(0, 0)]])
    assert where == [(1, 0)]
    assert more.of_y.tolist() == [code, code]


# people


def test_the_interval_for_one_more_person_by_hand():
    """Equal errors: y's own variance holds both, s^2 + s^2 / n but for the error of one night."""
    y = np.array([3.0, 8.0, -2.0, 12.0, 5.0, 9.0])
    got = pool_estimates(y, np.full(6, 1.5), level=0.9)
    tau2, error2 = y.var(ddof=1) - 1.5**2, y.var(ddof=1) / 6
    away = stats.t.ppf(0.95, 4) * np.sqrt(tau2 + error2)
    assert (got.new_low, got.new_high) == pytest.approx((y.mean() - away, y.mean() + away))
    half = stats.t.ppf(0.95, 5) * np.sqrt(error2)
    assert (got.low, got.high) == pytest.approx((y.mean() - half, y.mean() + half))
    assert (got.n, got.df, got.reason) == (6, pytest.approx(5.0), "")
    assert got.weights == pytest.approx(np.full(6, 1 / 6))


def test_small_and_large_units_are_told_to_as_many_digits():
    """tau^2 of equal errors is the variance less theirs; in hours of minutes of seconds."""
    y = np.array([3.0, 8.0, -2.0, 12.0, 5.0])
    for unit in (1e-4, 1.0, 3600.0):
        got = pool_estimates(y * unit, np.full(5, 1.5 * unit))
        assert got.tau / unit == pytest.approx(np.sqrt(y.var(ddof=1) - 2.25), rel=1e-5)
        assert got.tau_high / unit == pytest.approx(
            np.sqrt(4 * y.var(ddof=1) / stats.chi2.ppf(0.025, 4) - 2.25), rel=1e-6
        )


def test_people_who_are_all_the_same_are_certain_or_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        same, none = (pool_estimates([value] * 4, [1.0] * 4) for value in (2.0, 0.0))
    assert (same.pvalue, same.low, same.high) == (0.0, 2.0, 2.0)
    assert (none.pvalue, none.low, none.high) == (1.0, 0.0, 0.0)
    assert same.i2 == same.tau_high == 0.0


@pytest.mark.parametrize(("people", "df"), [(3, 2), (2, 1), (1, 0), (0, 0)])
def test_fewer_than_four_people_are_counted_and_not_pooled(people, df):
    got = pool_estimates(np.arange(people), np.ones(people))
    assert (got.reason, got.n, got.df) == ("too few people", people, df)
    assert len(got.weights) == people
    told = [got.estimate, got.low, got.high, got.pvalue, got.tau, got.tau_low, got.tau_high,
            got.i2, got.new_low, got.new_high, *got.weights]  # fmt: skip
    assert np.isnan(told).all()
    assert pool_estimates(np.arange(4), np.ones(4)).reason == ""


def test_people_as_a_list_of_plain_numbers():
    want = pool_estimates([1.0, 2.0, 4.0, 8.0], [1.0, 2.0, 1.0, 2.0])
    got = pool_estimates(np.array([1, 2, 4, 8], object), np.array([1, 2, 1, 2], object))
    assert (got.estimate, got.low, got.pvalue) == (want.estimate, want.low, want.pvalue)


@pytest.mark.parametrize(
    ("estimates", "errors"),
    [
        ([1.0] * 5, [1.0] * 4), ([[1.0]] * 4, [[1.0]] * 4), ([1.0, 2, 3, np.nan], [1.0] * 4),
        ([1.0] * 4, [1.0, 1, 1, np.inf]), ([1.0] * 4, [1.0, 1, 1, 0]),
    ],
)  # fmt: skip
def test_what_cannot_be_pooled_is_told_by_its_shape(estimates, errors):
    shapes = f"{np.shape(estimates)} and errors {np.shape(errors)}"
    with pytest.raises(DiaryError) as caught:
        pool_estimates(estimates, errors)
    assert str(caught.value).startswith(f"estimates has shape {shapes}; one finite estimate")
