"""Random effects: against statsmodels, by hand, and at the edges."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from sleepstats.errors import DiaryError
from sleepstats.inference.none_alone import pool_estimates
from sleepstats.inference.shrinkage import freedom_of_mean


@pytest.fixture
def people():
    rng = np.random.default_rng(5)
    errors = rng.uniform(2, 8, 15)
    return 10 + 5 * rng.normal(size=15) + errors * rng.normal(size=15), errors


def test_agrees_with_statsmodels(people):
    # statsmodels: iterated (Paule-Mandel) tau^2, Hartung-Knapp interval with t
    got = pool_estimates(*people)
    other = combine_effects(people[0], people[1] ** 2, method_re="iterated", use_t=True)
    assert got.tau**2 == pytest.approx(other.tau2, rel=1e-5)
    assert got.estimate == pytest.approx(other.mean_effect_re, rel=1e-7)
    low, high = other.conf_int()[3] if len(other.conf_int()) > 3 else other.conf_int()[1]
    half = (high - low) / 2 * stats.t.ppf(0.975, got.df) / stats.t.ppf(0.975, 14)
    assert (got.low, got.high) == pytest.approx(
        (got.estimate - half, got.estimate + half), rel=1e-5
    )
    assert 7 < got.df < 14  # fewer than P - 1: weights run from 0.017 to 0.173


@pytest.mark.parametrize("share", [[0.25] * 4, [0.7, 0.1, 0.1, 0.05, 0.05], [0.4, 0.35, 0.15, 0.1]])
def test_degrees_of_freedom_are_those_of_the_dense_matrices(share):
    # Bell & McCaffrey (2002) for a weighted mean, by its matrices
    h = np.array(share)
    n = len(h)
    residuals = np.eye(n) - np.outer(np.ones(n), h)
    form = residuals.T @ np.diag(h**2 / (1 - h)) @ residuals @ np.diag(1 / h)
    dense = np.trace(form) ** 2 / np.trace(form @ form)
    assert freedom_of_mean(h) == pytest.approx(dense, rel=1e-10)
    if len(set(share)) == 1:
        assert dense == pytest.approx(n - 1, rel=1e-10)


def test_equal_errors_are_a_one_sample_t_test():
    y = np.array([3.0, 8.0, -2.0, 12.0, 5.0, 9.0])
    got = pool_estimates(y, np.full(6, 1.5))
    student = stats.ttest_1samp(y, 0.0)
    assert got.pvalue == pytest.approx(student.pvalue, rel=1e-10)
    assert (got.low, got.high) == pytest.approx(student.confidence_interval(), rel=1e-10)
    assert got.tau**2 == pytest.approx(y.var(ddof=1) - 1.5**2, rel=1e-9)  # by hand
    low, high = (5 * y.var(ddof=1) / stats.chi2.ppf(q, 5) - 1.5**2 for q in (0.975, 0.025))
    assert got.tau_low**2 == pytest.approx(max(low, 0.0), rel=1e-9)
    assert got.tau_high**2 == pytest.approx(high, rel=1e-9)


def test_tau_interval_covers_and_prediction_is_wider(people):
    got = pool_estimates(*people)
    assert got.tau_low <= got.tau <= got.tau_high
    assert got.new_low < got.low < got.high < got.new_high
    assert got.weights.sum() == pytest.approx(1.0)
    assert 0 < got.i2 < 100


def test_alike_people_have_no_tau():
    got = pool_estimates([1.0, 1.1, 0.9, 1.0], [5.0, 5.0, 5.0, 5.0])
    assert got.tau == got.tau_low == got.tau_high == 0.0


def test_scale_and_order_do_not_matter(people):
    y, errors = people
    plain, other = pool_estimates(y, errors), pool_estimates(60 * y[::-1], 60 * errors[::-1])
    assert other.pvalue == pytest.approx(plain.pvalue, rel=1e-9)
    assert other.tau == pytest.approx(60 * plain.tau, rel=1e-9)


def test_three_people_are_not_pooled():
    got = pool_estimates([1.0, 2.0, 3.0], [1.0, 1.0, 1.0])
    assert got.reason == "too few people"
    assert np.isnan([got.estimate, got.pvalue, got.tau]).all()


def test_no_error_is_refused():
    with pytest.raises(DiaryError, match="one standard error above zero per person were expected"):
        pool_estimates([1.0, 2.0, 3.0, 4.0], [1.0, 0.0, 1.0, 1.0])


def test_tau_interval_covers_the_truth():
    # 400 simulated groups of 10, tau = 3: exact binomial 99.9 % interval of 95 % is 90.8 to 98.1
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(400):
        errors = rng.uniform(1, 5, 10)
        got = pool_estimates(3 * rng.normal(size=10) + errors * rng.normal(size=10), errors)
        held += got.tau_low <= 3.0 <= got.tau_high
    assert 0.908 <= held / 400 <= 0.981


def test_one_long_diary_among_short_ones_finds_no_more_than_it_should():
    # known truth: no mean effect, people differ by 0.3; errors as of 25 and of 400 nights, each
    # estimated. With P - 1 degrees of freedom 10 % of such groups were found (2,000 groups).
    rng = np.random.default_rng(4)
    true, df = np.array([0.24] * 4 + [0.05]), np.array([12] * 4 + [300])
    found = plain = 0
    for _ in range(600):
        errors = true * np.sqrt(rng.chisquare(df) / df)
        got = pool_estimates(0.3 * rng.normal(size=5) + true * rng.normal(size=5), errors)
        found += got.pvalue < 0.05
        plain += 2 * stats.t.sf(stats.t.isf(got.pvalue / 2, got.df), 4) < 0.05
    assert stats.binomtest(found, 600, 0.05, alternative="greater").pvalue > 0.01
    assert stats.binomtest(plain, 600, 0.05, alternative="greater").pvalue < 0.01
