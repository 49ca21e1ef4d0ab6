"""Nights that lie far off, against Huber's estimate found by a general optimiser."""

import numpy as np
import pytest
from scipy import optimize

from sleepstats.inference import gls_slope
from sleepstats.inference.guards import control_basis
from sleepstats.inference.none_alone import LIMITS_SD, bring_in, bring_in_around

LEVEL_OF_MEDIAN = 1.482602218505602  # 1 / Phi^-1(3/4)


def diary(seed=1, n=80):
    """Heavy tails, a drift, one yes/no and one number."""
    rng = np.random.default_rng(seed)
    z = np.column_stack([np.ones(n), np.linspace(-1, 1, n)])
    x = np.column_stack([rng.random(n) < 0.3, rng.normal(size=n)]).astype(float)
    y = 400 + 10 * z[:, 1] - 30 * x[:, 0] + 20 * rng.standard_t(2.5, size=n)
    return y, x, z


def without(x, z):
    """What least squares on z leave of x."""
    return x - z @ np.linalg.lstsq(z, x, rcond=None)[0]


def huber_by_optimiser(y, design, below, above):
    """Minimise Huber's loss at fixed limits, knowing nothing of residuals moved."""

    def loss(b):
        off = y - design @ b
        far = np.where(off < 0, below, above)
        return np.where(np.abs(off) <= far, off**2 / 2, far * np.abs(off) - far**2 / 2).sum()

    def slope(b):
        return -design.T @ np.clip(y - design @ b, -below, above)

    start = np.linalg.lstsq(design, y, rcond=None)[0]
    got = optimize.minimize(loss, start, jac=slope, method="BFGS", options={"gtol": 1e-9})
    return got.x


@pytest.mark.parametrize("factor", [0, 1])
def test_the_slope_of_what_is_counted_is_hubers(factor):
    y, x, z = diary(11)
    design = np.column_stack([z, x[:, factor]])
    counted = bring_in(y[:, None], without(x, z), control_basis(z))[:, 0, factor]
    got = np.linalg.lstsq(design, counted, rcond=None)[0]
    off = y - design @ got
    # the limits that it settled on are where counted nights stop; theirs are found from it
    left = counted - design @ got
    far = (left > left.max() - 1e-6) | (left < left.min() + 1e-6)
    assert 2 <= far.sum() <= 25
    share = 1 - far.mean()
    below, above = -left.min() * share, left.max() * share
    np.testing.assert_allclose(got, huber_by_optimiser(y, design, below, above), rtol=1e-5)
    # tails this heavy: 1.2 robust standard deviations of the residuals, the side of the longer tail
    # so much nearer as the other is farther, to what the limits' three rounds leave
    scale = LEVEL_OF_MEDIAN * np.median(np.abs(off)) * np.sqrt(80 / 77)
    assert (below + above) / 2 == pytest.approx(LIMITS_SD[1] * scale, rel=0.1)
    assert (below < above) == (((off / off.std()) ** 3).sum() < 0)
    np.testing.assert_allclose(left[~far], off[~far] / share, rtol=1e-5)


def test_an_outcome_without_far_nights_is_left_as_it_is():
    night = np.arange(60)
    y = 420 + 25 * np.sin(0.45 * night) + (37 * night % 11)
    x = (night // 5 % 2)[:, None].astype(float)
    counted = bring_in(y[:, None], without(x, np.ones((60, 1))), control_basis(np.ones((60, 1))))
    np.testing.assert_array_equal(counted[:, 0, 0], y)


@pytest.mark.parametrize("rating", [np.arange(80) % 11, np.where(np.arange(80) % 3, 0.0, 300.0)])
def test_ratings_and_outcomes_that_are_mostly_one_value_have_no_far_nights(rating):
    rating = rating.astype(float)
    rating[::3] += np.arange(27) * (rating.max() > 20)
    counted = bring_in_around(rating, np.ones((80, 1)))
    np.testing.assert_array_equal(counted, rating)


def test_one_all_nighter_does_not_decide():
    """By construction: 20 min less with the habit, and one night awake without it."""
    rng = np.random.default_rng(5)
    x = (np.arange(60) % 3 == 0).astype(float)
    y = 420 - 20 * x + 15 * rng.normal(size=60)
    y[7] = 0.0  # awake all night, without the habit
    z = np.ones((60, 1))
    raw = gls_slope(y, x, z, np.arange(60))
    counted = bring_in_around(y, np.column_stack([z, x]))
    got = gls_slope(counted, x, z, np.arange(60))
    assert raw.high > 0 > got.high
    assert abs(got.estimate + 20) < 10


def test_a_large_effect_of_a_rare_habit_is_not_taken_for_far_nights():
    """By construction: 300 min less on six of 90 nights, fifteen times the nights' own spread."""
    rng = np.random.default_rng(6)
    x = (np.arange(90) % 15 == 4).astype(float)
    y = 420 - 300 * x + 20 * rng.normal(size=90)
    z = np.ones((90, 1))
    counted = bring_in_around(y, np.column_stack([z, x]))
    assert gls_slope(counted, x, z, np.arange(90)).estimate == pytest.approx(-300, abs=20)


def test_each_pair_is_as_if_it_were_asked_alone_and_units_do_not_matter():
    y, x, z = diary(3)
    both = np.column_stack([y, np.exp(y / 200)])
    basis = control_basis(z)
    together = bring_in(both, without(x, z), basis)
    for row, column in np.ndindex(2, 2):
        alone = bring_in_around(both[:, row], np.column_stack([z, x[:, column]]))
        np.testing.assert_allclose(together[:, row, column], alone, rtol=1e-9)
    np.testing.assert_allclose(
        bring_in(60 * both, without(x, z) / 7, basis), 60 * together, rtol=1e-9
    )


def louder(seed, n, times):
    """By construction: nothing goes with the habit; its nights are so many times as variable."""
    rng = np.random.default_rng(seed)
    x = (rng.random(n) < 0.3).astype(float)
    return rng.normal(size=n) * np.where(x == 1, times, 1.0), x, np.ones((n, 1))


def test_nights_with_a_factor_that_vary_more_have_the_errors_of_the_nights_as_recorded():
    """They look like heavy tails; no error may be smaller than that of the nights themselves."""
    for seed in range(20):
        y, x, z = louder(seed, 200, 3.0)
        raw = gls_slope(y, x, z, np.arange(200))
        counted = bring_in_around(y, np.column_stack([z, x]))
        got = gls_slope(counted, x, z, np.arange(200))
        # as recorded and by a half beyond: (recorded / counted) ** 1.5, at least 1
        assert got.high - got.low > 0.97 * (raw.high - raw.low)
        assert got.high - got.low < 1.3 * (raw.high - raw.low)


def test_a_single_night_does_not_say_that_a_factor_s_nights_vary_more():
    """One night far off with the habit or without: the same limits, as the rest says nothing."""
    rng = np.random.default_rng(8)
    x, noise = (np.arange(80) % 4 == 0).astype(float), rng.normal(size=80)
    z = np.ones((80, 1))
    widths = []
    for night, height in ((8, 6.0), (8, 60.0), (9, 6.0), (9, 60.0)):
        y = noise.copy()
        y[night] = -height
        counted = bring_in_around(y, np.column_stack([z, x]))
        got = gls_slope(counted, x, z, np.arange(80))
        widths.append(got.high - got.low)
        assert not np.array_equal(counted, y)
    assert max(widths) < 1.15 * min(widths)
    assert widths[0] == pytest.approx(widths[1], rel=0.05)
    assert widths[2] == pytest.approx(widths[3], rel=0.05)


def test_where_several_columns_are_tested_their_order_does_not_matter():
    """No one factor: two standard deviations, whichever column stands last."""
    rng = np.random.default_rng(9)
    kinds = (rng.integers(0, 4, 120)[:, None] == [1, 2, 3]).astype(float)
    y = rng.standard_t(2.5, size=120) * (1.0 + 2.0 * kinds[:, 0])
    z = np.ones((120, 1))
    ways = [
        bring_in_around(y, np.column_stack([z, kinds[:, order]]), tested=3)
        for order in ([0, 1, 2], [2, 0, 1])
    ]
    np.testing.assert_allclose(ways[0], ways[1], rtol=1e-7)
    assert (ways[0] != y).any()
