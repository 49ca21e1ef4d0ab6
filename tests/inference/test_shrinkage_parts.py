"""Best guesses part by part: scipy's quantiles, sums written out, hand calculation."""

import warnings

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from sleepstats.inference import guards, shrinkage
from sleepstats.inference.shrinkage import (
    SCALES,
    SHARES,
    WIDTHS,
    best_guesses,
    r_units,
    robustness_value,
    t_of_pvalue,
    units_of,
)


def test_the_numbers_that_the_documentation_names():
    """Widths and shares of the habits' sizes; scales by the root of two, from a half to four."""
    assert dict(zip(WIDTHS, SHARES, strict=True)) == {0.05: 0.68, 0.10: 0.30, 0.20: 0.02}
    assert pytest.approx([0.5, 0.5**0.5, 1, 2**0.5, 2, 8**0.5, 4]) == SCALES
    assert shrinkage.SD_LOG_SCALE == 0.7
    assert (shrinkage.OWN_KIND, shrinkage.OWN_WIDTH) == (0.0075, 0.6)
    assert shrinkage.MIDDLE_DF == 8.0


@pytest.mark.parametrize("df", [2.5, 9.0, 60.0, 200.0, 1e6])
@pytest.mark.parametrize("t", [0.0, 2.0, 15.0, 400.0])
def test_the_normal_parts_of_a_t_make_up_its_density(df, t):
    """Sum of normal densities of the parts against scipy's t; beyond 200 degrees it is that of 200.

    At 400 standard errors the nodes begin at a precision of e^-6 and the rest of the way is cut.
    """
    variance, mass = shrinkage._normal_parts(np.array([t]), np.array([df]))
    assert variance.shape == mass.shape == (1, 20)
    assert np.exp(mass).sum() == pytest.approx(1.0, rel=1e-12)
    if t < 400:
        at = np.linspace(0, max(t, 1), 5)[:, None]
        got = (np.exp(mass) * stats.norm.pdf(at, 0, np.sqrt(variance))).sum(axis=1)
        want = stats.t.pdf(at[:, 0], min(df, 200.0))
        np.testing.assert_allclose(got, want, rtol=6e-3)
    # chi2_df / df has nothing above e to four of its logarithm's deviations, nor below five
    spread = np.sqrt(2 / min(df, 200.0))
    lowest = max(np.log((min(df, 200.0) + 1) / (min(df, 200.0) + t * t)), -6.0)
    ends = np.log(1 / variance[0, [0, -1]])
    assert ends == pytest.approx([lowest - 5 * spread, 4 * spread], rel=1e-12)
    assert np.diff(np.log(1 / variance[0])) == pytest.approx(np.diff(ends)[0] / 19, rel=1e-9)


def test_errors_beside_their_middle_by_hand():
    """Errors .1 .2 .3 with 10 20 30 degrees of freedom; the middle of their squares is .04.

    Others know 2 / pi times 50 40 30: 31.831 25.465 19.099; beside eight at most 8 x 31.831 /
    39.831 = 6.3932, 6.0875, 5.6383. First square (6.3932 x .04 + 10 x .01) / 16.3932 = .021700,
    second .04, third (5.6383 x .04 + 30 x .09) / 35.6383 = .082089.
    """
    se, df = np.array([0.1, 0.2, 0.3]), np.array([10.0, 20.0, 30.0])
    got, freedom = shrinkage._beside_the_middle(se, df, np.ones(3))
    np.testing.assert_allclose(got**2, [0.021700, 0.04, 0.082089], rtol=1e-4)
    np.testing.assert_allclose(freedom, [16.3932, 26.0875, 35.6383], rtol=1e-5)
    # a question alone has no others; .1 of 100 nights and .2 of 25 are one error
    alone, freedom = shrinkage._beside_the_middle(se[:1], df[:1], np.ones(1))
    assert (alone[0], freedom[0]) == (pytest.approx(0.1, rel=1e-12), 10.0)
    alike, _ = shrinkage._beside_the_middle(se[:2], df[:2], np.array([100.0, 25.0]))
    np.testing.assert_allclose(alike, se[:2], rtol=1e-12)


def test_what_was_found_by_too_small_an_error_is_not_told_as_large(monkeypatch):
    """Simulated truth: 24 effects from the mixture, errors of 16 degrees of freedom, p below .002.

    Errors are those of 60 nights, .14; sizes told over true ones, with the middle and without it.
    """
    rng, told = np.random.default_rng(41), []
    width = rng.choice(WIDTHS, size=(4000, 24), p=SHARES)
    true = width * rng.normal(size=width.shape)
    r = true + 0.14 * rng.normal(size=width.shape)
    se = 0.14 * np.sqrt(rng.chisquare(16, size=width.shape) / 16)
    found = 2 * stats.t.sf(np.abs(r) / se, 16) < 0.002
    for at_most in (8.0, 0.0):
        monkeypatch.setattr(shrinkage, "MIDDLE_DF", at_most)
        ratio = np.zeros(2)
        for table in np.flatnonzero(found.any(axis=1)):
            here, df = found[table], np.full(24, 16.0)
            given = arguments(r[table], se[table], df, np.ones(24))
            guess = best_guesses(*given, ends=False).guess
            ratio += np.abs(guess[here]).sum(), (np.sign(r) * true)[table][here].sum()
        told.append(ratio[0] / ratio[1])
    assert told[1] > 1.4  # of these tables; an error of .07
    assert told[0] < told[1] - 0.05


def kinds_by_bayes(evidence):
    """Chances of seven scales and of a kind of its own for each row: loops over Bayes' rule."""
    want = []
    for row in range(len(evidence)):
        shared = [np.exp(-(np.log(scale) ** 2) / (2 * 0.7**2)) for scale in SCALES]
        for other in range(len(evidence)):
            if other != row:
                shared = [one * evidence[other][place] for place, one in enumerate(shared)]
        shared = [one / sum(shared) for one in shared]
        with_others = 0.9925 * sum(one * evidence[row][k] for k, one in enumerate(shared))
        by_itself = 0.0075 * evidence[row][-1]
        chance = by_itself / (by_itself + with_others)
        want.append([(1 - chance) * one for one in shared] + [chance])
    return np.array(want)


def test_weights_of_kinds_by_hand(monkeypatch):
    """Three rows, two scales (as wide, and e^.7 times) and a kind of its own, with 3 in 400.

    The wider scale's chance beforehand is e^-.5 = .60653 of the other's. First row, from the others
    .2 x .3 = .06 and .6 x .3 x .60653 = .10918, that is .35466 and .64534; explained by them
    .9925 (.35466 x .5 + .64534 x .1) = .24005, by itself .0075 x .4 = .003: chance .012343. Second:
    .15 and .018196, .89182 and .10818, .9925 x .24327 = .24145, .0075 x .1: .0030967. Third: .1
    and .036392, .73318 and .26682, .9925 x .3 = .29775, .0075 x 40 = .3: .50188.
    """
    monkeypatch.setattr(shrinkage, "SCALES", (1.0, np.exp(0.7)))
    evidence = np.array([[0.5, 0.1, 0.4], [0.2, 0.6, 0.1], [0.3, 0.3, 40.0]])
    want = [
        [0.987657 * 0.35466, 0.987657 * 0.64534, 0.012343],
        [0.996903 * 0.89182, 0.996903 * 0.10818, 0.003097],
        [0.498118 * 0.73318, 0.498118 * 0.26682, 0.501882],
    ]
    got = shrinkage._kind_weights(np.log(evidence))
    np.testing.assert_allclose(got, want, atol=1e-5)


def test_weights_of_kinds_by_bayes_written_out():
    evidence = np.random.default_rng(3).uniform(0.1, 1.0, (4, 8))
    evidence[2, -1] = 60.0  # speaks for its own kind
    want = kinds_by_bayes(evidence)
    assert want[2, -1] > 0.3 > 0.05 > want[0, -1]
    for far in (0.0, -5000.0, 5000.0):  # of logs only their differences matter
        moved = np.log(evidence) + far * np.array([[1.0], [-2.0], [1.0], [0.0]])
        np.testing.assert_allclose(shrinkage._kind_weights(moved), want, rtol=1e-9)


def test_posterior_parts_written_out():
    """Every scale, node and width by itself: weight by its normal density, kept share by Bayes.

    Behind the scales the kind of its own: three times the width .6, with the shares of the widths.
    """
    r, variance = np.array([0.2, -0.05]), np.array([[0.01, 0.02], [0.004, 0.003]])
    mass = np.log(np.array([[0.3, 0.7], [0.6, 0.4]]))
    weight, keep = shrinkage._posterior_parts(r, variance, mass)
    assert weight.shape == keep.shape == (2, 8 * 2 * 3)
    parts = np.empty((2, 8, 2, 3))
    kept = np.empty_like(parts)
    for row, kind, node, width in np.ndindex(parts.shape):
        prior = (SCALES[kind] * WIDTHS[width]) ** 2 if kind < 7 else 0.36
        total = prior + variance[row, node]
        parts[row, kind, node, width] = (
            SHARES[width] * np.exp(mass[row, node]) * stats.norm.pdf(r[row], 0, np.sqrt(total))
        )
        kept[row, kind, node, width] = prior / total
    of_kind = kinds_by_bayes(parts.sum(axis=(2, 3)))
    parts *= (of_kind / parts.sum(axis=(2, 3)))[:, :, None, None]
    np.testing.assert_allclose(weight, parts.reshape(2, -1), rtol=1e-9)
    np.testing.assert_allclose(keep, kept.reshape(2, -1), rtol=1e-12)


@pytest.mark.parametrize("target", [0.025, 0.3, 0.5, 0.975])
def test_quantiles_of_normal_mixtures_by_root_finding(target):
    rng = np.random.default_rng(4)
    weight = rng.dirichlet(np.full(6, 0.5), 5)
    centre, scale = 3 * rng.normal(size=(5, 6)), np.exp(rng.normal(size=(5, 6)))
    weight[4], centre[4] = [0.5, 0.5, 0, 0, 0, 0], [-30.0, 30, 0, 0, 0, 0]  # two far apart
    scale[3] *= 1e-6
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = shrinkage._quantile(weight, centre, scale, target)
    for row in range(5):

        def excess(c, row=row):
            return weight[row] @ stats.norm.cdf((c - centre[row]) / scale[row]) - target

        want = optimize.brentq(excess, -100, 100, xtol=1e-13, rtol=1e-14)
        below = weight[row] @ stats.norm.cdf((got[row] - centre[row]) / scale[row])
        assert below == pytest.approx(target, abs=1e-8)
        assert got[row] == pytest.approx(want, abs=1e-7 * scale[row].max() + (row == 4) * 60)


def test_newtons_steps_are_few(monkeypatch):
    """Quadratic as Newton's are: in nine from the mean of the parts' quantiles to all digits."""
    monkeypatch.setattr(shrinkage, "_MOST_STEPS", 9)
    rng = np.random.default_rng(5)
    weight = rng.dirichlet(np.full(6, 0.5), 20)
    centre, scale = 0.5 * rng.normal(size=(20, 6)), np.exp(0.3 * rng.normal(size=(20, 6)))
    for target in (0.025, 0.975):
        got = shrinkage._quantile(weight, centre, scale, target)
        below = (weight * stats.norm.cdf((got[:, None] - centre) / scale)).sum(axis=1)
        np.testing.assert_allclose(below, target, rtol=1e-7)


def arguments(r, se, df, unit, level=0.95):
    r, se, df, unit = (np.asarray(one, dtype=float) for one in (r, se, df, unit))
    reach = stats.t.ppf(0.5 + level / 2, df) * se
    return r / unit, (r - reach) / unit, (r + reach) / unit, df, unit


def test_a_guess_is_the_sum_over_its_parts():
    """Mean, ends and chance of a direction from the parts themselves, in the estimate's unit."""
    r, se = np.array([0.3, -0.1, 0.02]), np.array([0.1, 0.12, 0.05])
    df, unit = np.array([12.0, 30.0, 8.0]), np.array([0.5, 20.0, 1.0])
    got = best_guesses(*arguments(r, se, df, unit, 0.9), level=0.9)
    se, df = shrinkage._beside_the_middle(se, df, np.ones(3))
    variance, mass = shrinkage._normal_parts(np.abs(r) / se, df)
    variance = variance * se[:, None] ** 2
    weight, keep = shrinkage._posterior_parts(r, variance, mass)
    sd = np.sqrt(keep.reshape(3, 8, 20, 3) * variance[:, None, :, None]).reshape(3, -1)
    mean = keep * r[:, None]
    np.testing.assert_allclose(got.guess * unit, (weight * mean).sum(axis=1), rtol=1e-9)
    away = stats.norm.cdf(np.abs(mean) / sd)
    np.testing.assert_allclose(got.p_direction, (weight * away).sum(axis=1), rtol=1e-9)
    for ends, target in ((got.low, 0.05), (got.high, 0.95)):
        below = stats.norm.cdf(((ends * unit)[:, None] - mean) / sd)
        np.testing.assert_allclose((weight * below).sum(axis=1), target, rtol=1e-7)
    # the scale is that of rows that are of no kind of their own
    of_scale = weight.reshape(3, 8, -1).sum(axis=(0, 2))[:7]
    assert 2.9 < of_scale.sum() < 3
    assert got.scale == pytest.approx(of_scale @ np.array(SCALES) / of_scale.sum(), rel=1e-9)


def test_ends_are_told_only_where_they_are_asked_for():
    given = arguments([[0.3, -0.1], [0.2, np.nan]], 0.1, [[12.0, 12], [12, 12]], [[1.0, 1], [1, 1]])
    every = best_guesses(*given)
    some = best_guesses(*given, ends=[[True, False], [False, True]])
    none = best_guesses(*given, ends=False)
    np.testing.assert_array_equal(some.guess, every.guess)
    np.testing.assert_array_equal(none.p_direction, every.p_direction)
    assert (some.low[0, 0], some.high[0, 0]) == (every.low[0, 0], every.high[0, 0])
    assert np.isnan([some.low[0, 1], some.high[1, 0], some.low[1, 1], every.low[1, 1]]).all()
    assert np.isnan(none.low).all()
    assert np.isnan(none.high).all()
    assert np.isnan([every.guess[1, 1], every.p_direction[1, 1]]).all()
    assert np.isfinite(every.guess[0]).all()


def test_one_missing_number_is_a_question_that_was_not_answered():
    whole = list(arguments([0.3, -0.1, 0.2], 0.1, [12.0] * 3, [1.0] * 3))
    for place in range(5):
        given = [one.copy() for one in whole]
        given[place][1] = np.nan
        got = best_guesses(*given)
        assert np.isnan([got.guess[1], got.low[1], got.high[1], got.p_direction[1]]).all()
        alone = best_guesses(*(one[[0, 2]] for one in whole))
        np.testing.assert_allclose(got.guess[[0, 2]], alone.guess, rtol=1e-12)
    empty = best_guesses(*[np.full((2, 3), np.nan)] * 5)
    for values in (empty.guess, empty.low, empty.high, empty.p_direction):
        assert values.shape == (2, 3)
        assert np.isnan(values).all()
    assert np.isnan(empty.scale)


def test_a_perfect_fit_is_not_drawn_to_nothing_and_stays_finite():
    """Without any error the limit is that of one part in a thousand million: the estimate stays."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = best_guesses([0.2], [0.2], [0.2], [30.0], [1.0])
        beside = best_guesses([0.2, 0.1], [0.2, 0.0], [0.2, 0.2], [30.0, 30.0], [1.0, 1.0])
    # an error of nothing is not believed beside one that is some
    assert 0.15 < beside.guess[0] < 0.2
    assert got.guess[0] == pytest.approx(0.2, rel=1e-6)
    assert 1 - 1e-12 < got.p_direction[0] <= 1.0
    assert 0 < got.high[0] - got.low[0] < 1e-6


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_levels_at_their_ends_are_refused(level):
    with pytest.raises(guards.DiaryError, match="is not between 0 and 1"):
        best_guesses([1.0], [0.0], [2.0], [9.0], [1.0], level=level)


def test_units_by_numpys_standard_deviations_and_of_plain_numbers():
    rng = np.random.default_rng(2)
    y, x = rng.integers(0, 99, size=(30, 2)), rng.integers(0, 9, size=(30, 3))
    z = np.ones((30, 1))
    want = x.std(axis=0) / y.std(axis=0)[:, None]
    got = r_units(y.astype(object), x.astype(object), z.astype(object))
    np.testing.assert_allclose(got, want, rtol=1e-12)
    one = guards.cleared(y, x, z, np.arange(30))
    np.testing.assert_allclose(units_of(one), want, rtol=1e-12)
    # what the controls leave is held against the column's own spread, wherever its mean lies
    far = 1e7 + rng.normal(size=(30, 1))
    assert r_units(y[:, :1], far, z)[0, 0] == pytest.approx(far.std() / y[:, 0].std(), rel=1e-6)
    small = 1e-9 * rng.normal(size=(30, 1)), 1e9 * rng.normal(size=(30, 1))
    for one in small:
        got = r_units(y[:, :1], one, z)[0, 0]
        assert got == pytest.approx(one.std() / y[:, 0].std(), rel=1e-9)


def test_t_and_robustness_of_plain_numbers():
    """Student's t by integrating its density; RV of f = 1, by hand: (sqrt 5 - 1) / 2."""
    p = np.array([0.04, 0.5], object)
    for value, t in zip([0.04, 0.5], t_of_pvalue(p, np.array([7, 7], object)), strict=True):
        tail = integrate.quad(lambda u: stats.t.pdf(u, 7), float(t), np.inf)[0]
        assert 2 * tail == pytest.approx(value, rel=1e-6)
    assert t_of_pvalue(1.0, 9) == 0.0
    got = robustness_value(np.array([3, -3, 0], object), np.array([9, 9, 9], object))
    golden = (5**0.5 - 1) / 2
    assert got == pytest.approx([golden, golden, 0.0], rel=1e-12)
    assert robustness_value(2.0, 1.0) == pytest.approx((32**0.5 - 4) / 2, rel=1e-12)  # f = 2
    assert robustness_value(1e9, 1.0) == pytest.approx(1.0, abs=1e-3)
