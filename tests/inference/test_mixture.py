"""Mixture tails and quantiles against scipy.stats and root finding."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from sleepstats.inference import gls_slopes, gls_tables
from sleepstats.inference.whiten import mixture_interval, mixture_pvalue


def test_one_part_is_student_t() -> None:
    one = np.ones((1, 1))
    for b, s, df, level in [
        (2.0, 0.5, 7.3, 0.95),
        (-300.0, 40.0, 2.0, 0.99),
        (1e-9, 1.0, 80.0, 0.5),
    ]:
        low, high = mixture_interval(one, b * one, s * one, df * one, level)
        want = stats.t.interval(level, df, b, s)
        assert [low[0], high[0]] == pytest.approx(want, rel=1e-9, abs=1e-9 * s)
        p = mixture_pvalue(one, b * one, s * one, df * one)[0]
        assert p == pytest.approx(2 * stats.t.sf(abs(b) / s, df), rel=1e-9)


def test_a_tiny_p_keeps_its_digits() -> None:
    one = np.ones((1, 1))
    p = mixture_pvalue(one, 40.0 * one, one, 60.0 * one)[0]
    assert p == pytest.approx(2 * stats.t.sf(40, 60), rel=1e-8)
    assert 0 < p < 1e-30


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    spread=st.floats(0.01, 30),
    level=st.sampled_from([0.5, 0.8, 0.95, 0.999]),
)
def test_quantiles_agree_with_root_finding(seed: int, spread: float, level: float) -> None:
    rng = np.random.default_rng(seed)
    m, g = 3, 9
    w = rng.dirichlet(np.full(g, 0.4), size=m)
    w[:, 0] = 0.0
    w /= w.sum(axis=1, keepdims=True)
    b = rng.normal(size=(m, g)) * spread
    s = np.exp(rng.normal(size=(m, g)))
    df = rng.uniform(2, 60, size=(m, g))
    low, high = mixture_interval(w, b, s, df, level)
    for row in range(m):
        for got, target in [(low[row], 0.5 - level / 2), (high[row], 0.5 + level / 2)]:
            parts = b[row] + s[row] * stats.t.ppf(target, df[row])

            def excess(c: float, row: int = row, target: float = target) -> float:
                return (w[row] * stats.t.cdf((c - b[row]) / s[row], df[row])).sum() - target

            want = optimize.brentq(
                excess, parts.min() - 1e-6, parts.max() + 1e-6, xtol=1e-13, rtol=1e-14
            )
            # on the scale of probability, where flat stretches between far parts do not matter
            assert excess(got) == pytest.approx(0.0, abs=1e-8)
            assert got == pytest.approx(want, abs=1e-6 * (high[row] - low[row]))


def test_a_level_for_each_row_is_that_row_at_that_level() -> None:
    rng = np.random.default_rng(3)
    w, s, df = rng.dirichlet(np.ones(5), 4), np.exp(rng.normal(size=(4, 5))), np.full((4, 5), 9.0)
    b, level = rng.normal(size=(4, 5)), np.array([0.5, 0.9, 0.95, 0.999])
    low, high = mixture_interval(w, b, s, df, level)
    for row in range(4):
        one = slice(row, row + 1)
        want = mixture_interval(w[one], b[one], s[one], df[one], float(level[row]))
        np.testing.assert_allclose((low[row], high[row]), np.ravel(want), rtol=1e-12)


def test_what_a_table_keeps_gives_its_interval_at_any_level() -> None:
    """Against the engine asked at that level, for each cell asked and no other."""
    rng = np.random.default_rng(4)
    y, x, z = rng.normal(size=(60, 3)), rng.normal(size=(60, 4)), np.ones((60, 1))
    asked = [(0, 1), (2, 3), (2, 0)]
    (table,) = gls_tables([(y, x, z, np.arange(60))], cells=[asked])
    assert set(table.mixtures) == set(asked)
    other = gls_slopes(y, x, z, np.arange(60), level=0.99)
    for cell in asked:
        weight, slope, scale, df = table.mixtures[cell][:, None]
        low, high = mixture_interval(weight, slope, scale, df, 0.99)
        assert low[0] == pytest.approx(other.low[cell], rel=1e-9)
        assert high[0] == pytest.approx(other.high[cell], rel=1e-9)
