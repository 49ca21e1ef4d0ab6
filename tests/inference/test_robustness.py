"""Robustness values: the published example, and the bias that such a share makes."""

import numpy as np
import pytest
from scipy import stats

from sleepstats.inference.shrinkage import robustness_value, t_of_pvalue

T, DF = 4.18445, 783  # Cinelli & Hazlett 2020, doi:10.1111/rssb.12348, Darfur: directly harmed


def test_the_published_example():
    """Its Table 1: RV 13.9 %; sensemakr prints more digits."""
    assert robustness_value(T, DF) == pytest.approx(0.13878, abs=5e-6)


def test_something_as_strong_as_the_value_takes_just_the_slope_away():
    """Bias = se sqrt(df) sqrt(R2y R2d / (1 - R2d)), their equation 6, equal shares."""
    rv = float(robustness_value(T, DF))
    bias = np.sqrt(DF) * np.sqrt(rv * rv / (1.0 - rv))  # in standard errors
    assert bias == pytest.approx(T, rel=1e-12)


def test_sign_does_not_matter_and_missing_stays_missing():
    values = robustness_value([3.0, -3.0, np.nan, 0.0], [50.0, 50.0, 50.0, 50.0])
    assert values[0] == values[1]
    assert np.isnan(values[2])
    assert values[3] == 0.0


@pytest.mark.parametrize("p", [0.9, 0.0501, 0.0499, 1e-20])
def test_the_t_of_a_p_value_is_the_engines(p):
    """t by scipy's inverse survival function; 21 degrees of freedom of a slope on 90 nights."""
    assert t_of_pvalue(p, 21.0) == pytest.approx(stats.t.isf(p / 2, 21.0), rel=1e-9)


def test_a_perfect_fit_cannot_be_explained_away_by_less_than_all():
    """The limit of the formula for f to infinity, by hand: (f^2 (1 + 2 / f^2) - f^2) / 2 = 1."""
    assert robustness_value(np.inf, 30.0) == pytest.approx(1.0, abs=1e-4)
