"""The displayed correlation, with an interval on the effective number of nights."""

from __future__ import annotations

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
