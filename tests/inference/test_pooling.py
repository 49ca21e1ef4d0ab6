"""Random effects: against statsmodels, by hand, and at the edges."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from sleepstats.errors import DiaryError
from sleepstats.inference.pooling import pool_estimates


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
    assert (got.low, got.high) == pytest.approx(
        other.conf_int()[3] if len(other.conf_int()) > 3 else other.conf_int()[1], rel=1e-5
    )


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
