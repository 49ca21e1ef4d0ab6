"""Weighted sums of slopes: one column's own slope, any sum, against ordinary least squares."""

import numpy as np
import pytest
import statsmodels.api as sm

from sleepstats.errors import DiaryError
from sleepstats.inference import gls_slope, whiten
from sleepstats.inference.together import gls_contrasts
from sleepstats.inference.whiten import NoiseGrid


@pytest.fixture
def data():
    rng = np.random.default_rng(4)
    night = np.arange(90)
    columns = np.column_stack(
        [rng.normal(size=90), 100 * (rng.random(90) < 0.4), rng.normal(size=90)]
    )
    y = columns @ [2.0, 0.03, -1.0] + rng.normal(size=90)
    return y, columns, np.column_stack([np.ones(90), night / 90]), night


def test_a_unit_weight_is_the_columns_own_slope_beside_the_others(data):
    y, columns, controls, night = data
    got = gls_contrasts(y, columns, np.eye(3), controls, night)
    for place, slope in enumerate(got):
        beside = np.column_stack([controls, np.delete(columns, place, axis=1)])
        alone = gls_slope(y, columns[:, place], beside, night)
        np.testing.assert_allclose(
            [slope.estimate, slope.low, slope.high, slope.pvalue, slope.df],
            [alone.estimate, alone.low, alone.high, alone.pvalue, alone.df],
            rtol=1e-6,
        )


def test_without_memory_a_sum_is_that_of_statsmodels(data, monkeypatch):
    zero = np.zeros(1)
    monkeypatch.setattr(whiten, "noise_grid", lambda: NoiseGrid(zero, zero, zero))
    y, columns, controls, night = data
    weights = np.array([1.0, 40.0, -2.0])
    (got,) = gls_contrasts(y, columns, weights, controls, night)
    fit = sm.OLS(y, np.column_stack([controls, columns])).fit(cov_type="HC2")
    other = fit.t_test(np.concatenate([[0, 0], weights]))
    assert got.estimate == pytest.approx(float(other.effect[0]), rel=1e-9)
    from scipy import stats

    half = stats.t.ppf(0.975, got.df) * float(other.sd[0, 0])
    assert got.high - got.estimate == pytest.approx(half, rel=1e-6)


def test_scale_of_a_column_does_not_matter(data):
    y, columns, controls, night = data
    (one,) = gls_contrasts(y, columns, [[1.0, 2.0, 0.0]], controls, night)
    (other,) = gls_contrasts(y, columns * [1, 1e4, 1], [[1.0, 2e4, 0.0]], controls, night)
    assert one.low == pytest.approx(other.low, rel=1e-6)
    assert one.pvalue == pytest.approx(other.pvalue, rel=1e-6)


@pytest.mark.parametrize("weights", [[[1.0, 2.0]], [[0.0, 0.0, 0.0]]])
def test_weights_that_do_not_fit_are_refused(data, weights):
    y, columns, controls, night = data
    with pytest.raises(DiaryError, match=r"one weight for each of the 3 columns was expected"):
        gls_contrasts(y, columns, weights, controls, night)
