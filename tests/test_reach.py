"""Power against statsmodels' TTestPower, and against an integral over the chi-square."""

import numpy as np
import pytest
from scipy import integrate, stats
from statsmodels.stats.power import TTestPower

from sleepstats.asking.estimation import large_effects
from sleepstats.asking.verdicts import power_for


@pytest.mark.parametrize(("size", "nights"), [(0.1, 14), (0.2, 20), (0.5, 30)])
@pytest.mark.parametrize("questions", [1, 24])
def test_one_sample_t_test(size, nights, questions):
    # a mean of `nights` values with SD 1 has standard error 1 / sqrt(nights)
    df = nights - 1
    half = stats.t.ppf(0.975, df) / np.sqrt(nights)
    expected = TTestPower().power(size, nights, 0.05 / questions, alternative="two-sided")
    assert float(power_for(size, -half, half, df, questions=questions)) == pytest.approx(
        expected, abs=1e-6
    )


@pytest.mark.parametrize(
    ("shift", "df", "level"), [(2.5, 25.0, 0.9), (6.2, 59.0, 0.95), (14.0, 9.5, 0.99)]
)
def test_integral_over_the_variance(shift, df, level):
    # T = (Z + shift) / sqrt(V / df): given V, the tails are normal
    critical = stats.t.ppf(0.5 + level / 2, df)

    def tails(v):
        edge = critical * np.sqrt(v / df)
        return stats.chi2.pdf(v, df) * (stats.norm.sf(edge - shift) + stats.norm.cdf(-edge - shift))

    expected = integrate.quad(tails, 0, 20 * df, epsabs=1e-10, limit=200)[0]
    half = 2.0 * critical  # standard error 2, interval around 7
    found = float(power_for(2.0 * shift, 7 - half, 7 + half, df, level=level))
    assert found == pytest.approx(expected, abs=1e-7)


def test_arrays_and_extremes():
    power = power_for([0.0, 1.0, 1e9], [-1.0] * 3, [1.0] * 3, [40.0] * 3)
    assert power[0] == pytest.approx(0.05)
    assert power[2] == pytest.approx(1.0)
    assert (np.diff(power) > 0).all()


def test_large_effects_by_hand():
    # SD of 400, 420, 440 is 20, of 1, 2, 3 is 1: half of 20 / 1 per unit
    outcome = np.array([[400.0], [420.0], [440.0]])
    factors = np.array([[0.0, 1.0, 5.0], [1.0, 2.0, 5.0], [1.0, 3.0, 5.0]])
    found = large_effects(outcome, factors, yes_no=[True, False, False])
    np.testing.assert_allclose(found, [[20.0, 10.0, np.nan]])
