"""Independent references: the engine again with dense matrices, and null diaries."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import optimize, stats

PHI = [-0.3, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
WIDTH = [0.3, 0.2, *[0.1] * 8, 0.075, 0.05]  # half the distance between the neighbours
KAPPA = [0.0, 0.3, 0.6, 0.8]


def _points() -> list[tuple[float, float, float]]:
    """(phi, kappa, prior weight), phi = 0 once."""
    points = {}
    for phi, width in zip(PHI, WIDTH, strict=True):
        for kappa in KAPPA:
            prior = width * (0.1 + max(phi, 0.0)) / (1.0 - abs(phi)) * (1.0 - 0.8 * kappa)
            prior *= np.exp(-((min(phi, 0.0) / 0.25) ** 2))
            key = (phi, kappa if phi else 0.0)
            points[key] = points.get(key, 0.0) + prior
    return [(phi, kappa, prior) for (phi, kappa), prior in points.items()]


def _error_correlation(number: np.ndarray, phi: float, kappa: float) -> np.ndarray:
    gap = np.abs(number[:, None] - number[None, :]).astype(float)
    return np.where(gap == 0, 1.0, (1.0 - kappa) * phi**gap)


def _dense_slope(
    y: np.ndarray,
    x: np.ndarray,
    controls: np.ndarray,
    number: np.ndarray,
    *,
    level: float = 0.95,
    se: str = "hc2",
) -> SimpleNamespace:
    """The engine by full N x N matrices: Cholesky, brute-force trace, root finding."""
    n, k = controls.shape
    spare = n - k - 1
    scale_y, scale_x = y.std(), x.std()
    y, x = (y - y.mean()) / scale_y, (x - x.mean()) / scale_x
    phis, kappas, logs, slopes, errors, dfs = [], [], [], [], [], []
    for phi, kappa, prior in _points():
        root = np.linalg.cholesky(_error_correlation(number, phi, kappa))
        z, xw, yw = (np.linalg.solve(root, part) for part in (controls, x, y))
        design = np.column_stack([z, xw])
        hat = design @ np.linalg.pinv(design)
        beta = np.linalg.lstsq(design, yw, rcond=None)[0]
        error = yw - design @ beta
        own = xw - z @ np.linalg.lstsq(z, xw, rcond=None)[0]
        information, rss = own @ own, error @ error
        u = own / information
        maker = np.eye(n) - hat
        if se == "hc2":
            weight = u**2 / np.diag(maker)
            variance = (weight * error**2).sum()
            quadratic = maker @ np.diag(weight) @ maker
            df = np.trace(quadratic) ** 2 / np.trace(quadratic @ quadratic)
            df = min(max(df, 2.0), spare)
        else:
            variance, df = rss / spare / information, spare
        logs.append(
            np.log(prior)
            - np.log(np.diag(root)).sum()
            - 0.5 * np.linalg.slogdet(z.T @ z)[1]
            - 0.5 * np.log(information)
            - 0.5 * spare * np.log(rss)
        )
        phis.append(phi)
        kappas.append(kappa)
        slopes.append(beta[-1])
        errors.append(np.sqrt(variance))
        dfs.append(df)
    w = np.exp(np.array(logs) - max(logs))
    w /= w.sum()
    b, s, df = np.array(slopes), np.array(errors), np.array(dfs)
    ends = []
    for target in (0.5 - level / 2, 0.5 + level / 2):
        quantiles = b + s * stats.t.ppf(target, df)
        ends.append(
            optimize.brentq(
                lambda c, target=target: (w * stats.t.cdf((c - b) / s, df)).sum() - target,
                quantiles.min() - 1e-6,
                quantiles.max() + 1e-6,
                xtol=1e-14,
                rtol=1e-14,
            )
        )
    below, above = (w * stats.t.cdf(-b / s, df)).sum(), (w * stats.t.sf(-b / s, df)).sum()
    unit = scale_y / scale_x
    return SimpleNamespace(
        estimate=(w * b).sum() * unit,
        low=ends[0] * unit,
        high=ends[1] * unit,
        pvalue=2 * min(below, above),
        df=(w * df).sum(),
        phi=(w * np.array(phis)).sum(),
        kappa=(w * np.array(kappas)).sum(),
    )


def _dense_joint(
    y: np.ndarray, columns: np.ndarray, controls: np.ndarray, number: np.ndarray
) -> SimpleNamespace:
    """Joint F test by full matrices: residual sums of squares with and without the columns."""
    n, k = controls.shape
    m = columns.shape[1]
    spare = n - k - m
    y = (y - y.mean()) / y.std()
    logs, statistics = [], []
    for phi, kappa, prior in _points():
        root = np.linalg.cholesky(_error_correlation(number, phi, kappa))
        z, xw, yw = (np.linalg.solve(root, part) for part in (controls, columns, y))
        whole = np.column_stack([z, xw])
        small = yw - z @ np.linalg.lstsq(z, yw, rcond=None)[0]
        large = yw - whole @ np.linalg.lstsq(whole, yw, rcond=None)[0]
        rss = large @ large
        statistics.append((small @ small - rss) / m / (rss / spare))
        logs.append(
            np.log(prior)
            - np.log(np.diag(root)).sum()
            - 0.5 * np.linalg.slogdet(whole.T @ whole)[1]
            - 0.5 * spare * np.log(rss)
        )
    w = np.exp(np.array(logs) - max(logs))
    w /= w.sum()
    f = np.array(statistics)
    return SimpleNamespace(
        fvalue=(w * f).sum(), pvalue=(w * stats.f.sf(f, m, spare)).sum(), df1=m, df2=spare
    )


@pytest.fixture(scope="session")
def dense_slope() -> Callable[..., Any]:
    return _dense_slope


@pytest.fixture(scope="session")
def dense_joint() -> Callable[..., Any]:
    return _dense_joint


@pytest.fixture(scope="session")
def error_correlation() -> Callable[..., Any]:
    return _error_correlation


@pytest.fixture(scope="session")
def golden() -> SimpleNamespace:
    """A diary by formula, no random numbers: 51 of 60 nights, five nights on, five off."""
    t = np.arange(60)
    t = t[(t % 9 != 4) & ~((t >= 30) & (t <= 32))]
    weekday = (t + 2) % 7
    x = ((t // 5) % 2).astype(float)
    y = 420 + 25 * np.sin(0.45 * t) + 18 * (((37 * t) % 11) - 5) / 5
    y = y + 20 * np.isin(weekday, [4, 5]) + 12 * x + 0.15 * t
    dummies = [(weekday == which).astype(float) for which in range(1, 7)]
    controls = np.column_stack([np.ones(len(t)), *dummies, 2 * t / 59 - 1])
    return SimpleNamespace(y=y, x=x, controls=controls, number=t, weekday=weekday, span=60)


def _persistent(rng: np.random.Generator, n: int, phi: float) -> np.ndarray:
    """Gaussian AR(1) of unit variance."""
    series = rng.normal(size=n)
    for night in range(1, n):
        series[night] = phi * series[night - 1] + np.sqrt(1 - phi**2) * series[night]
    return series


@pytest.fixture(scope="session")
def persistent() -> Callable[..., np.ndarray]:
    return _persistent


@pytest.fixture(scope="session")
def gappy() -> Callable[..., SimpleNamespace]:
    """Random diaries with runs of missing nights, two outcomes, numeric and yes/no factors."""

    def make(seed: int, n: int, phi: float, noise: float) -> SimpleNamespace:
        rng = np.random.default_rng(seed)
        missing = rng.random(n) < 0.08
        for start in rng.integers(0, n, size=max(1, n // 40)):
            missing[start : start + int(rng.integers(2, 8))] = True
        missing[[0, -1]] = False
        number = np.flatnonzero(~missing)
        x = np.column_stack(
            [
                _persistent(rng, n, phi),
                rng.random(n) < 0.3,
                (_persistent(rng, n, 0.8) > 0.2),
                np.round(5 + 2 * _persistent(rng, n, 0.4)),
            ]
        ).astype(float)
        y = np.column_stack([_persistent(rng, n, phi) for _ in range(2)])
        y = (y + noise * rng.normal(size=y.shape)) * [55.0, 0.2] + [430.0, 3.0]
        y = y + 12 * x[:, [0]]
        return SimpleNamespace(
            y=y[number], x=x[number], number=number, weekday=(number + 3) % 7, span=n
        )

    return make
