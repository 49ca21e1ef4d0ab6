"""How much nights tell, part by part: plain sums, dense matrices, spectra summed lag by lag."""

import math
import warnings

import numpy as np
import pytest
from scipy import stats

from sleepstats.inference import guards, information
from sleepstats.inference.guards import calendar_controls
from sleepstats.inference.information import (
    effective_correlation,
    effective_correlations,
    expected_information,
    one_noise,
)
from sleepstats.inference.whiten import noise_grid

TURN = (np.arange(512) + 0.5) / 512 * math.pi


def by_lags(covariance):
    """Spectrum of a covariance (lags,) at 512 turns, summed lag by lag."""
    spectrum = np.full(512, covariance[0])
    for lag in range(1, len(covariance)):
        spectrum += 2 * covariance[lag] * np.cos(lag * TURN)
    return spectrum


def noise(phi, kappa, lags=600):
    """Covariance of one noise of unit variance."""
    covariance = (1 - kappa) * phi ** np.arange(lags)
    covariance[0] = 1.0
    return by_lags(covariance)


@pytest.fixture(scope="module")
def spectra():
    grid = noise_grid()
    return np.array([noise(*one) for one in zip(grid.phi, grid.kappa, strict=True)])


def test_spectra_are_sums_over_the_lags(spectra):
    grid = noise_grid()
    np.testing.assert_allclose(information._spectra(grid.phi, grid.kappa), spectra, rtol=1e-9)
    np.testing.assert_allclose(information._turns(), TURN, rtol=1e-12)


# correlations


def by_pairs(column, number, lags):
    """Mean product of pairs so many nights apart over the mean square, zero without a pair."""
    at = dict(zip(number.tolist(), column.tolist(), strict=True))
    told = []
    for lag in range(1, lags + 1):
        pairs = [at[night] * at[night + lag] for night in at if night + lag in at]
        told.append(np.mean(pairs) / np.mean(column**2) if pairs else 0.0)
    return told


@pytest.mark.parametrize("number", [[5, 6, 7, 9, 12, 13, 20], [3], [0, 40], range(30)])
@pytest.mark.parametrize("lags", [1, 2, 9, 33])
def test_memory_is_counted_pair_by_pair(number, lags):
    number = np.array(number)
    columns = np.random.default_rng(3).normal(size=(len(number), 2))
    columns /= np.sqrt((columns**2).sum(axis=0))
    got = information._autocorrelations(columns, number, lags)
    assert got.shape == (lags, 2)
    for place in range(2):
        want = by_pairs(columns[:, place], number, lags)
        np.testing.assert_allclose(got[:, place], want, atol=1e-12)


def test_no_nights_have_no_memory():
    got = information._autocorrelations(np.zeros((0, 2)), np.zeros(0, dtype=int), 3)
    assert got.tolist() == [[0.0, 0.0]] * 3


def test_the_same_series_is_told_within_a_hair_of_one():
    """By hand: r is taken as 1 - 1e-12; z of it is 14.16, and its error that of so many nights."""
    x = np.random.default_rng(1).normal(size=30)
    for sign in (1, -1):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            got = effective_correlation(x, sign * 3 * x, np.ones((30, 1)), np.arange(30), 30)
        z = math.atanh(1 - 1e-12)
        error = 1 / math.sqrt(got.n_eff - 3)
        ends = sorted(sign * math.tanh(z + side * 1.959963984540054 * error) for side in (-1, 1))
        assert (got.low, got.high) == pytest.approx(tuple(ends), abs=1e-14)
        assert got.r == pytest.approx(sign, abs=1e-12)
        assert got.pvalue == pytest.approx(2 * stats.norm.sf(z / error), rel=1e-6)


def test_interval_and_p_value_are_fishers():
    """Fisher's z with error 1 / sqrt(n - 3); of ranks times sqrt(1 + r^2 / 2), at any level."""
    r, n = np.array([[0.3, -0.6, 0.0]]), np.array([[30.0, 12.0, 4.5]])
    for method, wider in (("pearson", 1.0), ("spearman", np.sqrt(1 + r**2 / 2))):
        low, high, p = information._fisher(r, n, 0.8, method)
        error = wider / np.sqrt(n - 3)
        np.testing.assert_allclose(low, np.tanh(np.arctanh(r) - 1.2815515655446004 * error))
        np.testing.assert_allclose(high, np.tanh(np.arctanh(r) + 1.2815515655446004 * error))
        np.testing.assert_allclose(p, 2 * stats.norm.sf(np.abs(np.arctanh(r)) / error))


def test_nights_that_last_are_worth_four_and_a_half_at_the_least():
    """By hand of the definition: 7 nights that go one way are worth fewer than 4.5 by Bartlett."""
    slow = np.arange(7.0)
    got = effective_correlation(slow, slow**2, np.ones((7, 1)), np.arange(7), 7)
    assert got.n_eff == 4.5
    low, high = (math.tanh(math.atanh(got.r) + side * 1.959963984540054 / math.sqrt(1.5))
                 for side in (-1, 1))  # fmt: skip
    assert (got.low, got.high) == pytest.approx((low, high), rel=1e-9)


def test_turning_nights_are_never_worth_more_than_there_are():
    night = np.arange(20)
    x = (-1.0) ** night + 0.01 * np.sin(night**2)
    got = effective_correlation(x, x + 0.1 * np.cos(night**2), np.ones((20, 1)), night, 20)
    # both turn each night: the products of their memories are above zero
    assert got.n_eff < 10
    other = effective_correlation(
        x, np.repeat([1.0, -1.0], 10) + 0.1 * np.cos(night**2), np.ones((20, 1)), night, 20
    )
    assert other.n_eff == 20  # N - k + 1 of twenty nights and their mean


def test_a_table_is_its_cells_and_refused_columns_change_no_other():
    rng = np.random.default_rng(4)
    n = 40
    y = np.column_stack([rng.normal(size=n), np.full(n, 3.0), rng.normal(size=n)])
    x = np.column_stack([rng.normal(size=n), np.arange(n) < 2, rng.normal(size=n)])
    z = np.column_stack([np.ones(n), np.arange(n)])
    for method in ("pearson", "spearman"):
        table = effective_correlations(y, x, z, np.arange(n), n, method=method, level=0.9)
        assert (table.n, table.k) == (n, 2)
        rare, flat = guards.ONE_SIDE_TOO_RARE, guards.OUTCOME + guards.CONSTANT
        assert table.reason.tolist() == [["", rare, ""], [flat, rare, flat], ["", rare, ""]]
        for row, column in ((0, 0), (0, 2), (2, 0), (2, 2)):
            one = effective_correlation(
                x[:, column], y[:, row], z, np.arange(n), n, method=method, level=0.9
            )
            got = table.at(row, column)
            assert [got.r, got.low, got.high, got.n_eff, got.pvalue] == pytest.approx(
                [one.r, one.low, one.high, one.n_eff, one.pvalue], rel=1e-9
            )
            assert (one.n, one.k) == (n, 2)
        told = [table.r, table.low, table.high, table.n_eff, table.pvalue]
        for values in told:
            assert np.isnan(values[table.reason != ""]).all()
            assert np.isfinite(values[table.reason == ""]).all()


def test_ranks_without_controls_are_those_of_the_ranks():
    """Ranks by scipy, then the definition; ties have their middle, and order does not matter."""
    rng = np.random.default_rng(5)
    x, y = np.round(rng.normal(size=30) * 2), rng.normal(size=30) ** 3
    z, night = np.column_stack([np.ones(30), np.arange(30)]), np.arange(30)
    got = effective_correlation(x, y, z, night, 30, method="spearman")
    ranks = effective_correlation(stats.rankdata(x), stats.rankdata(y), z, night, 30)
    assert (got.r, got.n_eff) == pytest.approx((ranks.r, ranks.n_eff), rel=1e-9)
    assert got.low < ranks.low < ranks.high < got.high


@pytest.mark.parametrize(("n", "reason"), [(7, ""), (6, guards.TOO_FEW_NIGHTS)])
def test_ranks_need_five_spare_nights_too(n, reason):
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(2, n))
    got = effective_correlation(x, y, np.ones((n, 1)), np.arange(n), n, method="spearman")
    assert (got.reason, got.n, got.k) == (reason, n, 1)


def test_correlations_of_plain_numbers():
    rng = np.random.default_rng(6)
    x, y = rng.integers(0, 9, size=(2, 30))
    want = effective_correlation(x, y, np.ones((30, 1)), np.arange(30), 30)
    got = effective_correlation(
        x.astype(object), y.astype(object), np.ones((30, 1), object), np.arange(30), 30
    )
    assert got == want


@pytest.mark.parametrize("level", [0.0, 1.0, 2.0])
def test_levels_at_and_beyond_their_ends_are_refused(level):
    with pytest.raises(guards.DiaryError, match="is not between 0 and 1"):
        effective_correlation([1.0, 2], [1.0, 2], np.ones((2, 1)), [0, 1], 2, level=level)


# nights to come


def dense(n, covariance, phi, kappa, missing, kurtosis, adjust=("weekday", "trend")):
    """Spare nights, information and its spread of one calendar, matrix by matrix."""
    golden = (math.sqrt(5) - 1) / 2
    night = np.array([d for d in range(n) if math.modf(golden * (d + 1))[0] >= missing])
    z = calendar_controls(night, night % 7, n, adjust=adjust)
    apart = np.abs(night[:, None] - night)
    r = np.where(apart == 0, 1.0, (1 - kappa) * float(phi) ** apart)
    inverse = np.linalg.inv(r)
    taken = inverse @ z @ np.linalg.inv(z.T @ inverse @ z) @ z.T @ inverse
    c = covariance[apart]
    information = ((inverse - taken) * c).sum()
    whole = (inverse * c).sum()
    # each whitened night's square varies by kurtosis - 1, what each control takes by 2
    spread = whole**2 * (kurtosis - 1) / len(night) + 2 * np.trace(taken @ c @ taken @ c)
    return len(night) - z.shape[1] - 1, information, math.sqrt(spread) / information


@pytest.mark.parametrize("adjust", [("weekday", "trend"), ("trend",)])
def test_one_calendar_is_that_of_the_dense_matrices(adjust):
    lag = np.arange(360)
    covariances = np.array([0.25 * 0.7**lag, 0.21 * 0.0**lag])
    for n, missing, phi, kappa in ((44, 0.15, 0.5, 0.3), (134, 0.0, 0.2, 0.0), (20, 0.3, 0.9, 0.6)):
        tails = np.array([3.0, 4.7])
        got = information._one_length(n, covariances, phi, kappa, missing, adjust, tails)
        for place in range(2):
            want = dense(n, covariances[place], phi, kappa, missing, tails[place], adjust)
            assert (got[0], got[1][place], got[2][place]) == pytest.approx(want, rel=1e-8)


def test_a_night_that_lies_just_at_the_share_of_missing_ones_is_there():
    """The golden ratio's part of the first night is 0.618...: exactly as much may be missing."""
    golden = (math.sqrt(5) - 1) / 2
    at, above = (
        information._one_length(20, np.ones((1, 360)), 0.3, 0.0, share, (), np.full(1, 3.0))
        for share in (golden, np.nextafter(golden, 1))
    )
    assert at[0] - above[0] == 1


def test_no_night_at_all_tells_nothing():
    got = information._one_length(3, np.ones((2, 360)), 0.3, 0.0, 0.99999, (), np.full(2, 3.0))
    assert got[0] == -1.0
    assert got[1].tolist() == got[2].tolist() == [0.0, 0.0]


def test_a_factor_that_controls_take_out_tells_nothing_and_differs_by_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = information._one_length(20, np.zeros((1, 360)), 0.3, 0.0, 0.0, (), np.full(1, 3.0))
    assert got[1].tolist() == got[2].tolist() == [0.0]


@pytest.fixture(scope="module")
def expected():
    lag = np.arange(360)
    covariances = np.array([0.25 * 0.7**lag, 0.21 * 0.0**lag])
    kurtosis = np.array([2.5, 6.0])
    return (
        covariances,
        kurtosis,
        expected_information(
            covariances, most=500, phi=0.4, kappa=0.2, missing=0.2, kurtosis=kurtosis
        ),
    )


def test_between_rungs_there_are_straight_lines_and_beyond_them_one(expected):
    covariances, kurtosis, got = expected
    assert got.nights.tolist() == list(range(20, 501))
    np.testing.assert_allclose(got.recorded, 0.8 * got.nights)
    rungs = {n: [dense(n, covariances[d], 0.4, 0.2, 0.2, kurtosis[d]) for d in (0, 1)]
             for n in (30, 44, 180, 240, 360)}  # fmt: skip
    for d in (0, 1):
        for n in (30, 44, 180, 240, 360):
            at = n - 20
            told = (got.spare[at], got.information[at, d], got.between[at, d])
            assert told == pytest.approx(rungs[n][d], rel=1e-8)
        # 37 lies half way from 30 to 44, 210 from 180 to 240
        for n, one, other in ((37, 30, 44), (210, 180, 240)):
            middle = [(a + b) / 2 for a, b in zip(rungs[one][d], rungs[other][d], strict=True)]
            assert got.spare[n - 20] == pytest.approx(middle[0])
            assert got.information[n - 20, d] == pytest.approx(middle[1])
            # squares times nights lie on the line
            square = (rungs[one][d][2] ** 2 * one + rungs[other][d][2] ** 2 * other) / 2
            assert got.between[n - 20, d] == pytest.approx(math.sqrt(square / n))
        rate = (rungs[360][d][1] - rungs[240][d][1]) / 120
        assert got.information[500 - 20, d] == pytest.approx(rungs[360][d][1] + 140 * rate)
        assert got.spare[500 - 20] == pytest.approx(rungs[360][d][0] + 140 * 0.8)
        far = rungs[360][d][2] * math.sqrt(360 / 500)
        assert got.between[500 - 20, d] == pytest.approx(far)


def vagueness(covariance, phi, kappa, nights, spectra):
    """Variance of the log error over the shapes, by plain loops over them and over 512 turns."""
    grid, true, factor = noise_grid(), noise(phi, kappa), by_lags(covariance)
    slowest = math.pi * (2 + min(4, nights // 45)) / nights
    logs, errors = [], []
    for shape, prior in zip(spectra, grid.log_prior, strict=True):
        size = np.mean(true / shape)
        # Whittle: - N/2 (log s + mean log f) of a shape that is fitted, to the power of one half
        logs.append(prior - nights / 4 * (math.log(size) + np.mean(np.log(shape))))
        told = sum(max(f, 0.0) / s for f, s, t in zip(factor, shape, TURN, strict=True)
                   if t >= slowest)  # fmt: skip
        errors.append(math.log(size / told) / 2)
    weight = np.exp(np.array(logs) - max(logs))
    weight /= weight.sum()
    middle = weight @ errors
    return float(weight @ (np.array(errors) - middle) ** 2)


@pytest.mark.parametrize("nights", [16.0, 44.9, 45.0, 130.0, 288.0, 1000.0])
def test_how_vague_the_noise_leaves_an_error(spectra, nights):
    lag = np.arange(360)
    covariances = np.array([0.25 * 0.7**lag, np.where(lag == 0, 0.21, 0.0), 0.2 * 0.97**lag])
    got = information._shape_vagueness(covariances, 0.4, 0.2, np.array([nights]))
    want = [vagueness(one, 0.4, 0.2, nights, spectra) for one in covariances]
    assert got[0] == pytest.approx(want, rel=1e-6)


def test_so_few_nights_that_all_turns_are_slow_leave_the_quickest_one(spectra):
    covariance = 0.25 * 0.7 ** np.arange(360)
    got = information._shape_vagueness(covariance[None], 0.4, 0.2, np.array([1.0]))
    grid, true = noise_grid(), noise(0.4, 0.2)
    logs = grid.log_prior - 0.25 * (np.log((true / spectra).mean(axis=1))
                                    + np.log(spectra).mean(axis=1))  # fmt: skip
    weight = np.exp(logs) / np.exp(logs).sum()
    error = 0.5 * np.log((true / spectra).mean(axis=1) / (by_lags(covariance)[-1] / spectra[:, -1]))
    assert got[0, 0] == pytest.approx(weight @ error**2 - (weight @ error) ** 2, rel=1e-6)


def test_degrees_of_freedom_fall_by_tails_and_by_what_is_vague(expected, spectra):
    """1 / df = tails N / spare^2 + 2 vague, where the vagueness times nights lies on lines."""
    covariances, kurtosis, got = expected
    for n in (44, 180, 360):
        at = n - 20
        for d in (0, 1):
            vague = vagueness(covariances[d], 0.4, 0.2, 0.8 * n, spectra)
            few = 0.8 * n / got.spare[at] ** 2
            assert got.df[at, d] == pytest.approx(1 / (kurtosis[d] * few + 2 * vague), rel=1e-6)
    vague = vagueness(covariances[1], 0.4, 0.2, 0.8 * 360, spectra) * 360 / 500
    few = 0.8 * 500 / got.spare[480] ** 2
    assert got.df[480, 1] == pytest.approx(1 / (6 * few + 2 * vague), rel=1e-6)
    # a line between the vagueness times nights at 180 and 240
    one, other = (n * vagueness(covariances[0], 0.4, 0.2, 0.8 * n, spectra) for n in (180, 240))
    few = 0.8 * 210 / got.spare[190] ** 2
    assert got.df[190, 0] == pytest.approx(1 / (2.5 * few + (one + other) / 210), rel=1e-6)
    assert (got.df >= 1.0).all()


def test_short_calendars_have_one_degree_of_freedom_and_one_spare_night_at_the_least():
    covariance = 0.25 * 0.7 ** np.arange(360)
    got = expected_information(covariance[None], most=24, phi=0.6, kappa=0.2, missing=0.8)
    assert got.spare[0] < 1
    assert got.df[0, 0] == 1.0
    assert (
        len(expected_information(covariance[None], most=3, phi=0.6, kappa=0.2, missing=0).df) == 1
    )


def test_tails_are_those_of_the_normal_unless_told():
    covariance = 0.25 * 0.7 ** np.arange(360)
    bare, told = (
        expected_information(covariance[None], most=30, phi=0.6, kappa=0.2, missing=0.1, **tails)
        for tails in ({}, {"kurtosis": np.array([3.0])})
    )
    np.testing.assert_array_equal(bare.df, told.df)
    np.testing.assert_array_equal(bare.between, told.between)


@pytest.mark.parametrize("span", [20, 44, 45, 179, 180, 400])
def test_the_one_noise_is_that_of_the_averaged_inverse_spectrum(spectra, span):
    rng = np.random.default_rng(span)
    grid = noise_grid()
    weight = rng.dirichlet(np.full(45, 0.2))
    variance = rng.uniform(0.5, 2.0, 45)
    slowest = math.pi * (2 + min(4, span // 45)) / span
    turns = [place for place, turn in enumerate(TURN) if turn > slowest]
    mean = 1 / np.array(
        [sum(weight[g] / variance[g] / spectra[g, t] for g in range(45)) for t in turns]
    )
    some = spectra[:, turns]
    misfit = [math.log(np.mean(mean / one)) - np.mean(np.log(mean / one)) for one in some]
    best = int(np.argmin(misfit))
    told = np.array([np.mean(mean / (v * one)) for v, one in zip(variance, some, strict=True)])
    vague = weight @ told**2 - (weight @ told) ** 2 + 2 / 17
    got = one_noise(weight, variance, span, 17.0)
    want = (np.mean(mean / some[best]), grid.phi[best], grid.kappa[best], vague)
    assert got == pytest.approx(want, rel=1e-7)
    # all of one shape is that shape, and only its variance is vague
    one = np.eye(45)[30]
    assert one_noise(one, variance, span, 8.0) == pytest.approx(
        (variance[30], grid.phi[30], grid.kappa[30], 0.25), rel=1e-7
    )
