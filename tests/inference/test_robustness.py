"""Robustness values: the published example, and the definition searched for by bisection."""

import numpy as np
import pytest
from scipy import optimize, stats

from sleepstats.errors import DiaryError
from sleepstats.inference.shares import partial_r2, robustness_value, t_of_pvalue

T, DF = 4.18445, 783  # Cinelli & Hazlett 2020, doi:10.1111/rssb.12348, Darfur: directly harmed


def test_the_published_example():
    """Its Table 1: partial R2 2.2 %, RV 13.9 %, RV at 5 % 7.6 %; sensemakr prints more digits."""
    assert partial_r2(T, DF) == pytest.approx(0.02187, abs=5e-6)
    assert robustness_value(T, DF) == pytest.approx(0.13878, abs=5e-6)
    assert robustness_value(T, DF, alpha=0.05) == pytest.approx(0.07626, abs=5e-6)


@pytest.mark.parametrize("q", [0.5, 1.0])
def test_something_as_strong_as_the_value_takes_just_that_share_away(q):
    """Bias = se sqrt(df) sqrt(R2y R2d / (1 - R2d)), their equation 6, equal shares."""
    rv = float(robustness_value(T, DF, q=q))
    bias = np.sqrt(DF) * np.sqrt(rv * rv / (1.0 - rv))  # in standard errors
    assert bias == pytest.approx(q * T, rel=1e-12)


def test_with_alpha_the_adjusted_t_is_just_critical():
    """Their equations 6 and 7, by bisection; equal shares leave the standard error but for df."""

    def over(share):
        bias = np.sqrt(DF) * np.sqrt(share * share / (1.0 - share))
        return (T - bias) / np.sqrt(DF / (DF - 1)) - stats.t.ppf(0.975, DF - 1)

    searched = optimize.brentq(over, 1e-6, 0.13)
    assert robustness_value(T, DF, alpha=0.05) == pytest.approx(searched, rel=1e-9)


def test_nothing_significant_has_no_robustness():
    assert robustness_value([0.0, 1.0, -1.5], 60.0, alpha=0.05).tolist() == [0.0, 0.0, 0.0]
    assert robustness_value(0.0, 60.0) == 0.0


def test_sign_does_not_matter_and_missing_stays_missing():
    values = robustness_value([3.0, -3.0, np.nan], [50.0, 50.0, 50.0], alpha=0.05)
    assert values[0] == values[1]
    assert np.isnan(values[2])


def test_a_huge_t_stays_below_one():
    """For f above 1 / f* the other form of the paper's appendix holds."""
    value = float(robustness_value(500.0, 8.0, alpha=0.05))
    f, critical = 500.0 / np.sqrt(8.0), stats.t.ppf(0.975, 7) / np.sqrt(7.0)
    assert value == pytest.approx((f**2 - critical**2) / (1 + f**2), rel=1e-12)
    assert value < 1


@pytest.mark.parametrize("p", [0.9, 0.0501, 0.0499, 1e-20])
def test_with_the_engines_degrees_of_freedom_zero_means_not_significant(p):
    """t by scipy's inverse survival function; 21 degrees of freedom of a slope on 90 nights."""
    t = t_of_pvalue(p, 21.0)
    assert t == pytest.approx(stats.t.isf(p / 2, 21.0), rel=1e-9)
    value = robustness_value(t, 70.0, alpha=0.05, critical_df=21.0)
    assert (value > 0) == (p < 0.05)


def test_impossible_options_are_told():
    with pytest.raises(DiaryError, match="q: 0 is not positive"):
        robustness_value(2.0, 50.0, q=0)
    with pytest.raises(DiaryError, match=r"alpha: 5 is not between 0 and 1. Write 0.05"):
        robustness_value(2.0, 50.0, alpha=5)


def test_a_perfect_fit_cannot_be_explained_away_by_less_than_all():
    """The limit of the formula for f to infinity, by hand: (f^2 (1 + 2 / f^2) - f^2) / 2 = 1."""
    assert robustness_value(np.inf, 30.0) == pytest.approx(1.0, abs=1e-4)
