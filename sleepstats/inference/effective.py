"""How much nights tell: the displayed correlation on its effective nights, nights not yet lived."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sleepstats.arrays import Floats, Ints, products
from sleepstats.errors import DiaryError
from sleepstats.inference import guards
from sleepstats.inference.answers import Correlation, CorrelationTable

METHODS = ("pearson", "spearman")
LEAST_EFFECTIVE = 4.5
_NEAREST_ONE = 1.0 - 1e-12


def effective_correlations(
    Y: ArrayLike,
    X: ArrayLike,
    Z: ArrayLike,
    number: ArrayLike,
    span: int,
    *,
    level: float = 0.95,
    method: str = "pearson",
) -> CorrelationTable:
    """Correlate q outcomes with p factors, controls removed; intervals on the effective nights.

    ``n_eff = max(4.5, (N - k + 1) / max(1, 1 + 2 s))``: Bartlett 1935, doi:10.2307/2342284; Pyper
    & Peterman 1998, doi:10.1139/f98-104. Ranks: Bonett & Wright 2000, doi:10.1007/BF02294183.
    """
    return correlations_of(guards.cleared(Y, X, Z, number), span, level=level, method=method)


def correlations_of(
    nights: guards.Cleared, span: int, *, level: float = 0.95, method: str = "pearson"
) -> CorrelationTable:
    """Correlate what was cleared of its controls; see :func:`effective_correlations`."""
    _check_options(level, method)
    (n, k), q = nights.basis.shape, nights.outcomes.shape[1]
    left = np.concatenate([nights.left_y, nights.left_x], axis=1)
    reasons = np.concatenate([nights.of_y, nights.of_x])
    if method == "spearman":
        columns = np.concatenate([nights.outcomes, nights.factors], axis=1)
        # row by row in memory as before ranking, on which the last bit of a product depends
        columns = np.ascontiguousarray(pd.DataFrame(columns).rank().to_numpy())
        left = guards.without_controls(columns, nights.basis)
        reasons = guards.column_reasons(columns, left, n - k - 1)
    of_y, of_x = guards.of_outcome(reasons[:q]), reasons[q:]
    reason = np.where(of_x[None, :] != "", of_x[None, :], of_y[:, None])
    usable = reasons == ""
    left = np.where(usable, left, 0.0)
    length = np.sqrt((left * left).sum(axis=0))
    left = left / np.where(usable, length, 1.0)
    r = products(left[:, :q].T, left[:, q:].T)
    # s = sum_j (1 - j / (L + 1)) a_x(j) a_y(j), j = 1 .. L: the taper keeps s from running away
    # where few pairs are far apart
    memory = _autocorrelations(left, nights.number, max(2, span // 4))
    lags = memory.shape[0]
    taper = 1.0 - np.arange(1, lags + 1) / (lags + 1)
    shared = products((taper[:, None] * memory[:, :q]).T, memory[:, q:].T)
    # never more nights than there are (s below zero), never so few that Fisher's z has no spread
    n_eff = np.maximum(LEAST_EFFECTIVE, (n - k + 1) / np.maximum(1.0, 1.0 + 2.0 * shared))
    low, high, pvalue = _fisher(r, n_eff, level, method)
    answers = {"r": r, "low": low, "high": high, "n_eff": n_eff, "pvalue": pvalue}
    for name, values in answers.items():
        answers[name] = np.where(reason == "", values, np.nan)
    return CorrelationTable(**answers, reason=reason, n=n, k=k)


def effective_correlation(
    x: ArrayLike,
    y: ArrayLike,
    Z: ArrayLike,
    number: ArrayLike,
    span: int,
    *,
    level: float = 0.95,
    method: str = "pearson",
) -> Correlation:
    """Correlate two series, controls removed from both; see :func:`effective_correlations`."""
    table = effective_correlations(
        np.asarray(y, dtype=np.float64)[:, None],
        np.asarray(x, dtype=np.float64)[:, None],
        Z,
        number,
        span,
        level=level,
        method=method,
    )
    return table.at(0, 0)


def _autocorrelations(columns: Floats, number: Ints, lags: int) -> Floats:
    """Autocorrelation of each unit-length column at lags 1 .. lags, from observed pairs only."""
    n, n_columns = columns.shape
    place = number - number[0] if n else number
    reach = int(place[-1]) + 1 if n else 1
    size = _quickly_turned(reach + lags)
    calendar = np.zeros((n_columns + 1, size))
    calendar[:-1, place] = columns.T
    calendar[-1, place] = 1.0  # which nights are there
    spectrum = np.fft.rfft(calendar)
    power = spectrum.real**2 + spectrum.imag**2
    products = np.fft.irfft(power, size)[:, 1 : lags + 1]
    pairs = np.rint(products[-1])  # whole numbers but for the rounding of the transform
    return np.where(pairs > 0, products[:-1] * n / np.maximum(pairs, 1.0), 0.0).T


def _quickly_turned(least: int) -> int:
    """Return the next length of 1, 3, 5 or 9 times a power of two: quick to transform."""
    return min(odd << max(0, (-(-least // odd) - 1).bit_length()) for odd in (1, 3, 5, 9))


def _fisher(r: Floats, n_eff: Floats, level: float, method: str) -> tuple[Floats, Floats, Floats]:
    """Interval and p-value of a correlation on Fisher's scale."""
    from scipy.special import ndtr, ndtri

    clipped = np.clip(r, -_NEAREST_ONE, _NEAREST_ONE)
    z = np.arctanh(clipped)
    error = 1.0 / np.sqrt(n_eff - 3.0)
    # not protected against weekends that vary more than weekdays: the slope's interval is
    if method == "spearman":
        error = error * np.sqrt(1.0 + 0.5 * clipped**2)
    half = float(ndtri(0.5 + level / 2.0)) * error
    return np.tanh(z - half), np.tanh(z + half), 2.0 * np.asarray(ndtr(-np.abs(z) / error))


def _check_options(level: float, method: str) -> None:
    """Refuse an option that does not exist."""
    problems = []
    if not 0.0 < level < 1.0:
        problems.append(f"level: {level!r} is not between 0 and 1. Write 0.95 for 95 %.")
    if method not in METHODS:
        problems.append(f"method: {method!r} is not known. Write 'pearson' or 'spearman'.")
    if problems:
        raise DiaryError(problems)


#: Beyond this many calendar nights information grows by the same amount every night.
LINEAR_FROM = 360
_LADDER = (20, 30, 44, 45, 60, 89, 90, 129, 130, 134, 135, 180, 240, 300, LINEAR_FROM)
_GOLDEN = (5.0**0.5 - 1.0) / 2.0


@dataclass(frozen=True, eq=False)
class Expected:
    """What calendars of growing length are expected to tell."""

    #: Calendar nights, one by one, and how many of them are recorded.
    nights: Ints
    recorded: Floats
    #: ``N - k - 1``: degrees of freedom beside the controls.
    spare: Floats
    #: (m, d) ``x' M x``: the variance of a slope is the variance of a night over it.
    information: Floats


def expected_information(
    covariances: Floats,
    *,
    most: int,
    phi: float,
    kappa: float,
    missing: float,
    adjust: Collection[str] = guards.ADJUSTMENTS,
) -> Expected:
    """Return what calendars of 20 to ``most`` nights are expected to tell of a factor.

    ``E[x' M x] = sum_ij M_ij c(|i - j|)``, ``M = R^-1 - R^-1 Z (Z' R^-1 Z)^-1 Z' R^-1``; c (d, 360)
    is each design's covariance of the factor with itself so many nights later.
    """
    # some lengths, straight lines between them, and the last one carried on: every length by
    # itself would take minutes
    steps = np.array(_LADDER)
    rows = [_one_length(int(n), covariances, phi, kappa, missing, adjust) for n in steps]
    spare, told = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    nights = np.arange(steps[0], max(most, int(steps[0])) + 1)
    beyond = np.maximum(nights - LINEAR_FROM, 0)
    share = 1.0 - missing

    def stretched(values: Floats, slope: float) -> Floats:
        return np.asarray(np.interp(nights, steps, values) + slope * beyond)

    rate = (told[-1] - told[-3]) / (steps[-1] - steps[-3])
    information = np.column_stack(
        [stretched(told[:, place], float(rate[place])) for place in range(told.shape[1])]
    )
    return Expected(nights, share * nights, stretched(spare, share), information)


def _one_length(
    n: int,
    covariances: Floats,
    phi: float,
    kappa: float,
    missing: float,
    adjust: Collection[str],
) -> tuple[float, Floats]:
    """Return the spare degrees of freedom and the information of every design."""
    every = np.arange(n)
    # gaps by the golden ratio: spread evenly, never on one weekday
    night = every[np.mod(_GOLDEN * (every + 1), 1.0) >= missing]
    basis = guards.control_basis(guards.calendar_controls(night, night % 7, n, adjust=adjust))
    apart = np.abs(night[:, None] - night)
    errors = (1.0 - kappa) * phi**apart
    np.fill_diagonal(errors, 1.0)
    inverse = np.linalg.inv(errors)
    seen = inverse @ basis
    kernel = inverse - seen @ np.linalg.solve(basis.T @ seen, seen.T)
    by_lag = np.bincount(apart.ravel(), kernel.ravel(), n)
    return float(len(night) - basis.shape[1] - 1), covariances[:, :n] @ by_lag
