"""Parts of the engine that larger tests pass over without looking: each by another program or hand.

Sources of the expected numbers: statsmodels' F test of nested models, Higgins' typical variance and
the jackknife's upper end calculated by hand, and dense matrices.
"""

import numpy as np
import pytest
import statsmodels.api as sm

from sleepstats.inference.evidence import _least_to, root_of
from sleepstats.inference.guards import (
    LEAST_SPARE,
    WEEK_DIFFERS_BELOW,
    _all_without,
    weekdays_differ,
)
from sleepstats.inference.habit_columns import _share, memory, ready_habits
from sleepstats.inference.information import _quickly_turned
from sleepstats.inference.none_alone import pool_estimates
from sleepstats.inference.randomisation import _end


def _anova(y, night, weekday, span):
    """P-value of six weekday columns beside two, by statsmodels; the drift as the method says."""
    drift = [np.ones(span), np.arange(span) / span]
    drift += [np.cos(np.pi * (wave + 2) * (np.arange(span) + 0.5) / span)
              for wave in range(span // 45)]  # fmt: skip
    few = np.column_stack([*drift, np.isin(weekday, (4, 5)), weekday == 6]).astype(float)
    every = np.column_stack([*drift, *(weekday == day for day in range(6))]).astype(float)
    whole = sm.OLS(y, every[night]).fit()
    return whole.compare_f_test(sm.OLS(y, few[night]).fit())[1]


@pytest.mark.parametrize("span", [40, 90, 129])
@pytest.mark.parametrize("thursdays", [0.0, 1.0])
def test_whether_weekdays_differ_is_the_f_test_of_statsmodels(span, thursdays):
    rng = np.random.default_rng(span)
    weekday, said = (np.arange(span) + 2) % 7, []
    for _ in range(40):
        y = rng.normal(size=span) + thursdays * (weekday == 3)
        y[rng.permutation(span - 2)[: span // 8] + 1] = np.nan  # gaps, never at the ends
        night = np.flatnonzero(np.isfinite(y))
        pvalue = _anova(y[night], night, weekday, span)
        said.append(weekdays_differ(y, np.arange(span), weekday))
        assert said[-1] == (pvalue < WEEK_DIFFERS_BELOW)
    assert 0 < sum(said) < 40


def test_weekdays_are_not_compared_in_long_or_very_short_diaries():
    rng = np.random.default_rng(1)
    for span, asked in (
        (130, False),
        (129, True),
        (LEAST_SPARE + 8, True),
        (LEAST_SPARE + 7, False),
    ):
        weekday = np.arange(span) % 7
        y = 1e-3 * rng.normal(size=span) + 10 * (weekday == 2)
        # 8 columns: intercept, line and six weekdays, so that N - 8 are left
        assert weekdays_differ(y, np.arange(span), weekday) == asked
    for same in (np.nan, 0.0):  # nothing is known, and nothing differs
        assert not weekdays_differ(np.full(60, same), np.arange(60), np.arange(60) % 7)


def test_sets_of_controls_of_which_one_repeats_itself():
    """By hand: 1 to 4 off their mean and off what two and two nights differ by."""
    level, halves, slope = np.ones(4), np.array([1.0, 1.0, -1.0, -1.0]), np.arange(1.0, 5.0)
    rows = np.array([[level, halves], [level, level], [halves, level]])
    basis, left = _all_without(rows, np.array([[slope], [slope], [2 * slope]]))
    assert left[[0, 2], 0] == pytest.approx(np.outer([1, 2], [-0.5, 0.5, -0.5, 0.5]), abs=1e-12)
    assert basis[[0, 2]] == pytest.approx(rows[[0, 2]] / 2)
    assert np.isnan(basis[1]).all()


def test_habits_are_usable_from_three_nights_that_differ_and_count_from_their_first_night():
    """By definition: three nights off the commonest value, and the calendar begins with them."""
    night = np.arange(100)
    x = np.column_stack([night < 2, night < 3]).astype(float)
    habits = ready_habits(x, night, night % 7)
    assert habits.usable.tolist() == [False, True]
    later = ready_habits(x, night + 700, night % 7)
    used = np.ones(100, dtype=bool)
    np.testing.assert_array_equal(later.controls(used)[1], habits.controls(used)[1])


def test_lengths_that_are_quick_to_transform_by_hand():
    """The next of 1, 3, 5 and 9 times a power of two."""
    lengths = {1: 1, 2: 2, 3: 3, 7: 8, 9: 9, 11: 12, 13: 16, 17: 18, 19: 20, 33: 36, 37: 40, 65: 72}
    assert {least: _quickly_turned(least) for least in lengths} == lengths


def test_the_end_of_an_interval_is_an_order_statistic():
    """By hand: of 0 to 4,000 in any order a twentieth of 4,001, 201, are at most 200."""
    for seed in range(5):
        low = np.random.default_rng(seed).permutation(4001).astype(float)
        assert _end(low, 0.95) == 200
        assert _end(low[:19], 0.95) == low[:19].min()
        assert _end(np.append(low[:19], -1.0), 0.95) == -1.0  # 1 of 20
        assert _end(np.append(low[:38], [-2.0, -1.0]), 0.95) == -1.0  # 2 of 40


def test_the_share_of_differences_between_people_by_hand():
    # Higgins & Thompson 2002: of equal errors the typical variance is theirs, 4;
    # tau^2 solves sum (y - m)^2 / (4 + tau^2) = P - 1: 272 / 4 - 4 = 64
    y = np.array([0.0, 10.0, 20.0, 4.0, 16.0])
    got = pool_estimates(y, np.full(5, 2.0))
    assert got.tau**2 == pytest.approx(64.0, rel=1e-9)
    assert got.i2 == pytest.approx(100 * 64 / 68, rel=1e-9)
    # unequal ones, weights w = 1 / v = 1, 1/4, 1/4, 1/9: 3 sum w / ((sum w)^2 - sum w^2)
    w = np.array([1.0, 0.25, 0.25, 1 / 9])
    typical = 3 * w.sum() / (w.sum() ** 2 - (w**2).sum())
    some = pool_estimates([0.0, 9.0, -7.0, 12.0], [1.0, 2.0, 2.0, 3.0])
    assert some.i2 == pytest.approx(100 * some.tau**2 / (some.tau**2 + typical), rel=1e-9)


def test_what_learning_cost_stands_on_the_upper_end_of_a_share_by_hand():
    # four blocks, each with a loss of 10 about its mean and 4, 5, 6, 5 of it saved: 20 / 40 = 0.5.
    # Without one: 16, 15, 14, 15 of 30; the jackknife's variance is 3/4 (2 / 30^2) = 1 / 600
    mean, saved = np.full(4, 10.0), np.array([4.0, 5.0, 6.0, 5.0])
    error = np.sqrt(1 / 600)
    t = 3.182446305284263  # table of t: 3 degrees of freedom, 97.5 %
    free, dear = _share(mean, saved, 0.0, 0.95), _share(mean, saved, 0.1, 0.95)
    assert (free.estimate, dear.estimate) == (0.5, 0.5)
    assert (free.low, free.high) == pytest.approx((0.5 - t * error, 0.5 + t * error), rel=1e-9)
    # 2 (1 - 0.5) 0.1
    assert (dear.low, dear.high) == pytest.approx((free.low, free.high + 0.1), rel=1e-9)


def test_a_habits_memory_is_that_of_the_dense_matrices():
    # E[sum of M x x' M, lag apart] = sum_m c(m) (sum of M T(m) M, lag apart), 0 to span // 4 lags
    rng = np.random.default_rng(8)
    for span, lags in ((40, 10), (120, 15), (7, 2)):
        number = np.sort(rng.permutation(span)[: span - span // 8])
        n = len(number)
        x = np.convolve(rng.normal(size=n + 2), [0.4, 0.8, 1.0], "valid")
        basis = np.linalg.qr(np.column_stack([np.ones(n), number, rng.normal(size=n)]))[0]
        m = np.eye(n) - basis @ basis.T
        left = m @ x
        apart = np.abs(number[:, None] - number)
        masks = [apart == lag for lag in range(lags + 1)]
        # each pair of nights counts once, so what lies off the diagonal is halved
        shares = [1.0, *[0.5] * lags]
        mixed = [
            [share * (m @ one @ m)[mask].sum() for one in masks]
            for share, mask in zip(shares, masks, strict=True)
        ]
        seen = [
            share * np.outer(left, left)[mask].sum()
            for share, mask in zip(shares, masks, strict=True)
        ]
        own = np.linalg.lstsq(np.array(mixed), np.array(seen), rcond=1e-8)[0]
        least, most = (left**2).mean(), x.var()
        got = memory(x, left, basis, number, span)
        assert got[0] == pytest.approx(np.clip(own[0], least, most), rel=1e-8)
        ratio = np.clip(own[1] / max(own[0], least), -0.98, 0.98)
        assert got[1] == pytest.approx(ratio, rel=1e-8)


def test_an_outcome_that_nothing_is_left_of_keeps_a_root():
    # 5 = 1 + 4 by hand: the outcome is its columns, and no rest; Cholesky alone refuses it
    cross = np.array([[[1.0, 0.0, 1.0], [0.0, 1.0, 2.0], [1.0, 2.0, 5.0]]])
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.cholesky(cross)
    root = root_of(cross.copy())
    assert root @ root.transpose(0, 2, 1) == pytest.approx(cross, rel=2e-12)
    assert 0 < root[0, 2, 2] < 3e-6


def test_degrees_of_freedom_lie_between_two_and_what_is_left():
    # by hand: 1 / 0.4 = 2.5; with two or fewer a t distribution has no variance, 40 are left;
    # nights of full leverage cancel to nothing
    got = _least_to(np.array([[0.4, 1.0, 0.001, 0.0, 0.5]]), 40.0)
    assert got.tolist() == [[2.5, 2.0, 40.0, 2.0, 2.0]]
