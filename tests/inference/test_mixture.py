"""Mixture tails and quantiles against scipy.stats and root finding."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from sleepstats.inference.evidence import mixture_interval, mixture_pvalue


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
