"""Whitening of any noise and any number of nights, and averages of t: dense matrices, scipy."""

import warnings

import numpy as np
import pytest
from scipy import stats

from sleepstats.inference import whiten as module
from sleepstats.inference.whiten import (
    gaps_of,
    mixture_interval,
    mixture_pvalue,
    noise_grid,
    whiten,
)

SHAPES = {
    "one": ([0.6], [0.3]),
    "one without memory": ([0.0], [0.0]),
    "two": ([0.6, -0.2], [0.3, 0.0]),
    "five, none first, then one persistence": ([0.0, 0.4, 0.4, 0.4, 0.4], [0, 0, 0.1, 0.5, 0.7]),
    "five, none first, then several": ([0.0, 0.4, 0.5, 0.4, 0.4], [0, 0, 0.1, 0.5, 0.7]),
    "five, of which none comes last": ([0.4, 0.4, 0.4, 0.4, 0.0], [0, 0.1, 0.5, 0.7, 0]),
    "five that all have one-night noise": ([0.0, 0.4, 0.4, 0.4, 0.4], [0.2, 0.3, 0.1, 0.5, 0.7]),
    "nine, the second persistence without": (
        [0.0, *[0.4] * 4, *[-0.3] * 4], [0, 0, 0.1, 0.5, 0.7, 0, 0.2, 0.4, 0.9],
    ),
    "nine, the second persistence with noise only": (
        [0.0, *[0.4] * 4, *[-0.3] * 4], [0, 0, 0.1, 0.5, 0.7, 0.1, 0.2, 0.4, 0.9],
    ),
    "six": ([0.0, *[0.4] * 5], [0, 0, 0.1, 0.5, 0.7, 0.8]),
    "no night goes on": ([0.0, *[0.4] * 3, 0.9], [0, 0.5, 0.5, 0.5, 0.0]),
}  # fmt: skip


@pytest.mark.parametrize("name", list(SHAPES))
@pytest.mark.parametrize("n", [1, 2, 7, 8, 9, 16, 17, 33])
def test_any_noise_and_any_number_of_nights_by_cholesky(error_correlation, name, n):
    phi, kappa = (np.array(one, dtype=float) for one in SHAPES[name])
    rng = np.random.default_rng(n)
    number = np.cumsum(rng.choice([1, 1, 2, 5, 60], size=n)) + 3
    columns = rng.normal(size=(n, 1 + n % 3))
    got, half_log_det = whiten(columns, number, phi, kappa)
    assert got.shape == (len(phi), columns.shape[1], n)
    for place, (one, share) in enumerate(zip(phi, kappa, strict=True)):
        root = np.linalg.cholesky(error_correlation(number, one, share))
        want = np.linalg.solve(root, columns).T
        np.testing.assert_allclose(got[place], want, atol=1e-10)
        assert half_log_det[place] == pytest.approx(np.log(np.diag(root)).sum(), abs=1e-10)


def test_gaps_by_hand():
    got = gaps_of(np.array([3, 4, 7, 20]), 8)
    assert got.tolist() == [0, 1, 3, 13, 0, 0, 0, 0]
    assert got.dtype == np.int64
    assert gaps_of(np.array([5]), 3).tolist() == [0, 0, 0]
    assert gaps_of(np.array([], dtype=int), 2).tolist() == [0, 0]


def test_the_prior_of_every_shape_by_hand():
    """Width of the cell, 0.1 + phi, 1 / (1 - |phi|), a normal tail below zero, 1 - 0.8 kappa."""
    grid = noise_grid()
    phis = [-0.3, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
    widths = [0.3, 0.2, *[0.1] * 8, 0.075, 0.05]
    assert (grid.phi[0], grid.kappa[0]) == (0.0, 0.0)
    want = [0.2 * 0.1 * (1 + 0.76 + 0.52 + 0.36)]
    at = [(0.0, 0.0)]
    for phi, width in zip(phis, widths, strict=True):
        for kappa in (0.0, 0.3, 0.6, 0.8) if phi else ():
            tail = np.exp(-((phi / 0.25) ** 2)) if phi < 0 else 1.0
            want.append(width * (0.1 + max(phi, 0)) / (1 - abs(phi)) * tail * (1 - 0.8 * kappa))
            at.append((phi, kappa))
    assert list(zip(grid.phi.tolist(), grid.kappa.tolist(), strict=True)) == at
    np.testing.assert_allclose(np.exp(grid.log_prior), want, rtol=1e-12)
    for values in (grid.phi, grid.kappa, grid.log_prior):
        assert not values.flags.writeable


def parts(seed, m=40, g=9):
    rng = np.random.default_rng(seed)
    return (rng.dirichlet(np.full(g, 0.5), m), 0.5 * rng.normal(size=(m, g)),
            np.exp(0.3 * rng.normal(size=(m, g))), rng.uniform(4, 60, (m, g)))  # fmt: skip


def beyond(value, mixture):
    weight, centre, scale, df = mixture
    return (weight * stats.t.cdf((value[:, None] - centre) / scale, df)).sum(axis=1)


@pytest.mark.parametrize(("steps", "error"), [(1, 3e-3), (2, 2e-6), (3, 1e-11), (100, 1e-11)])
def test_steps_are_as_cubic_as_halleys(monkeypatch, steps, error):
    """The start has the mixture's mean and its spread; each step cubes what is wrong of it."""
    monkeypatch.setattr(module, "_MOST_STEPS", steps)
    mixture = parts(1)
    for level in (0.95,) if steps < 3 else (0.5, 0.95):
        low, high = mixture_interval(*mixture, level)
        np.testing.assert_allclose(beyond(low, mixture), 0.5 - level / 2, atol=error)
        np.testing.assert_allclose(beyond(high, mixture), 0.5 + level / 2, atol=error)


def test_equal_parts_are_where_they_begin(monkeypatch):
    """The quantile of equal parts is that of each: by scipy, before any step is needed."""
    monkeypatch.setattr(module, "_MOST_STEPS", 1)
    weight = np.full((2, 3), 1 / 3)
    centre = np.repeat([[5.0], [-2.0]], 3, axis=1)
    low, high = mixture_interval(weight, centre, 2 + 0 * centre, 7 + 0 * centre, 0.9)
    reach = 2 * stats.t.ppf(0.95, 7)
    np.testing.assert_allclose(low, [5 - reach, -2 - reach], rtol=1e-12)
    np.testing.assert_allclose(high, [5 + reach, -2 + reach], rtol=1e-12)


def test_parts_far_apart_and_of_unlike_width_are_bracketed():
    """Flat stretches between, where no step of Newton's helps; without a warning."""
    weight = np.array([[0.5, 0.5], [0.03, 0.97], [0.975, 0.025], [1.0, 0.0]])
    centre = np.array([[-1e4, 1e4], [-50.0, 0.0], [0.0, 500.0], [1.0, np.nan]])
    scale = np.array([[1.0, 1.0], [1e-3, 1.0], [1.0, 1e-6], [2.0, 0.0]])
    df = np.array([[2.0, 100.0], [4.0, 4.0], [30.0, 2.5], [9.0, np.nan]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for level in (0.2, 0.94, 0.95, 0.999999):
            low, high = mixture_interval(weight, centre, scale, df, level)
            some = weight[:3], centre[:3], scale[:3], df[:3]
            np.testing.assert_allclose(beyond(low[:3], some), 0.5 - level / 2, atol=1e-9)
            np.testing.assert_allclose(beyond(high[:3], some), 0.5 + level / 2, atol=1e-9)
            reach = 2 * stats.t.ppf(0.5 + level / 2, 9)
            assert (low[3], high[3]) == pytest.approx((1 - reach, 1 + reach), rel=1e-9)


def test_answers_do_not_depend_on_what_is_asked_beside_them():
    mixture = parts(2, m=6)
    whole = mixture_interval(*mixture, 0.9)
    for row in range(6):
        alone = mixture_interval(*(one[row : row + 1] for one in mixture), 0.9)
        assert [one[0] for one in alone] == [one[row] for one in whole]


def test_p_values_of_mixtures_by_scipys_tails():
    mixture = list(parts(3))
    mixture[1][0] = 0.0  # exactly at no effect
    mixture[1][1] += 40.0
    mixture[1][2] -= 40.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = mixture_pvalue(*mixture)
    weight, centre, scale, df = mixture
    below, above = ((weight * tail(-centre / scale, df)).sum(axis=1)
                    for tail in (stats.t.cdf, stats.t.sf))  # fmt: skip
    np.testing.assert_allclose(got, 2 * np.minimum(below, above), rtol=1e-9)
    assert got[0] == pytest.approx(1.0, abs=1e-12)
    assert got[1] < 1e-5
    idle = [np.column_stack([one, more]) for one, more in
            zip(mixture, (np.zeros(40), np.full(40, np.nan), np.zeros(40), np.full(40, np.nan)),
                strict=True)]  # fmt: skip
    np.testing.assert_array_equal(mixture_pvalue(*idle), got)
