"""How much nights tell: a correlation on their effective number, what nights to come will add."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sleepstats.arrays import Floats, Ints, products
from sleepstats.errors import DiaryError, spelled
from sleepstats.inference import guards, whiten


@dataclass(frozen=True)
class Correlation:
    """One displayed correlation, controls removed; NaN with a reason."""

    r: float
    low: float
    high: float
    #: Effective number of nights.
    n_eff: float
    #: Two-sided; belongs to the interval.
    pvalue: float
    n: int
    k: int
    reason: str


@dataclass(frozen=True)
class CorrelationTable:
    """Correlations (q, p) of q outcomes with p factors; fields as in :class:`Correlation`."""

    r: Floats
    low: Floats
    high: Floats
    n_eff: Floats
    pvalue: Floats
    reason: NDArray[np.str_]
    n: int
    k: int

    def at(self, outcome: int, factor: int) -> Correlation:
        """Return one cell of the table."""
        cell = (outcome, factor)
        numbers = (self.r, self.low, self.high, self.n_eff, self.pvalue)
        r, low, high, n_eff, pvalue = (float(of[cell]) for of in numbers)
        return Correlation(r, low, high, n_eff, pvalue, self.n, self.k, str(self.reason[cell]))


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
        np.asarray(y)[:, None],
        np.asarray(x)[:, None],
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
        problems.append(f"level: {spelled(level)} is not between 0 and 1. Write 0.95 for 95 %.")
    if method not in METHODS:
        problems.append(f"method: {method!r} is not known. Write 'pearson' or 'spearman'.")
    if problems:
        raise DiaryError(problems)


#: Beyond this many calendar nights information grows by the same amount every night.
LINEAR_FROM = 360
_LADDER = (20, 30, 44, 45, 60, 89, 90, 129, 130, 134, 135, 180, 240, 300, LINEAR_FROM)
_GOLDEN = (5.0**0.5 - 1.0) / 2.0
_TURNS = 512


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
    #: (m, d) How far diaries differ in it: standard deviation over mean.
    between: Floats
    #: (m, d) Degrees of freedom of a slope's variance.
    df: Floats


def expected_information(
    covariances: Floats,
    *,
    most: int,
    phi: float,
    kappa: float,
    missing: float,
    adjust: Collection[str] = guards.ADJUSTMENTS,
    kurtosis: Floats | None = None,
) -> Expected:
    """Return what calendars of 20 to ``most`` nights are expected to tell of a factor.

    ``E[x' M x] = sum_ij M_ij c(|i - j|)``, ``M = R^-1 - R^-1 Z (Z' R^-1 Z)^-1 Z' R^-1``; c (d, 360)
    is each design's covariance, nights apart; ``kurtosis`` (d,) that of the whitened factor.
    """
    # some lengths, straight lines between them, and the last one carried on: every length by
    # itself would take minutes
    steps = np.array(_LADDER)
    # a few nights that decide leave few degrees of freedom, and diaries that differ more
    tails = np.full(len(covariances), 3.0) if kurtosis is None else kurtosis
    rows = [_one_length(int(n), covariances, phi, kappa, missing, adjust, tails) for n in steps]
    spare, told, between = (np.array([row[part] for row in rows]) for part in range(3))
    nights = np.arange(steps[0], max(most, int(steps[0])) + 1)
    beyond = np.maximum(nights - LINEAR_FROM, 0)
    share = 1.0 - missing

    def stretched(values: Floats, slope: float) -> Floats:
        return np.asarray(np.interp(nights, steps, values) + slope * beyond)

    rate = (told[-1] - told[-3]) / (steps[-1] - steps[-3])
    information = np.column_stack(
        [stretched(told[:, place], float(rate[place])) for place in range(told.shape[1])]
    )
    # beyond the ladder as at its end: diaries differ by the square root of their length
    apart = np.column_stack(
        [np.interp(nights, steps, of_design**2 * steps) for of_design in between.T]
    )
    all_spare = stretched(spare, share)
    vague = _shape_vagueness(covariances, phi, kappa, share * steps)
    all_vague = np.column_stack([np.interp(nights, steps, one * steps) for one in vague.T])
    # what the controls take up counts twice: fewer nights, and each of them weighs more
    few = share * nights / np.maximum(all_spare, 1.0) ** 2
    df = 1.0 / (tails * few[:, None] + 2.0 * all_vague / nights[:, None])
    return Expected(
        nights, share * nights, all_spare, information, np.sqrt(apart / nights[:, None]),
        np.maximum(df, 1.0),
    )  # fmt: skip


def _one_length(
    n: int,
    covariances: Floats,
    phi: float,
    kappa: float,
    missing: float,
    adjust: Collection[str],
    kurtosis: Floats,
) -> tuple[float, Floats, Floats]:
    """Return spare degrees of freedom, information of every design, and how far diaries differ."""
    every = np.arange(n)
    # gaps by the golden ratio: spread evenly, never on one weekday
    night = every[np.mod(_GOLDEN * (every + 1), 1.0) >= missing]
    basis = guards.control_basis(guards.calendar_controls(night, night % 7, n, adjust=adjust))
    apart = np.abs(night[:, None] - night)
    errors = (1.0 - kappa) * phi**apart
    np.fill_diagonal(errors, 1.0)
    inverse = np.linalg.inv(errors)
    seen = inverse @ basis
    root = np.linalg.cholesky(basis.T @ seen)
    taken = np.linalg.solve(root, seen.T)  # what the controls take out, one row each
    whole = np.bincount(apart.ravel(), inverse.ravel(), n)
    lost = np.bincount(apart.ravel(), (taken.T @ taken).ravel(), n)
    information = covariances[:, :n] @ (whole - lost)
    nights = len(night)
    if not nights:  # of a short calendar on which nearly every night is missing
        return -1.0, information, np.zeros(len(covariances))
    # the squares of whitened nights differ, and so does what each control takes out of a diary
    by_night = (covariances[:, :n] @ whole) ** 2 * (kurtosis - 1.0) / nights
    by_control = [float(((taken @ one[apart] @ taken.T) ** 2).sum()) for one in covariances]
    spread = np.sqrt(np.maximum(by_night, 0.0) + 2.0 * np.array(by_control))
    # a design of which the controls leave nothing tells nothing, in one diary as in the next
    between = np.divide(spread, information, out=np.zeros_like(spread), where=information > 0.0)
    return float(nights - basis.shape[1] - 1), information, between


def _shape_vagueness(covariances: Floats, phi: float, kappa: float, recorded: Floats) -> Floats:
    """Return the variance of the log of a standard error from noise that so many nights leave open.

    The likelihood that N nights are expected to give each shape of the grid (Whittle 1953, by
    spectra), to the power of one half: the shape is vague, and so is where its middle lies.
    """
    grid, turn = whiten.noise_grid(), _turns()
    waves = np.cos(np.outer(np.arange(covariances.shape[1]), turn))
    factor = np.maximum(2.0 * covariances @ waves - covariances[:, :1], 0.0)
    noise = _spectra(grid.phi, grid.kappa)
    true = _spectra(np.array([phi]), np.array([kappa]))[0]
    spread = (true / noise).mean(axis=1)
    misfit = np.log(spread) + np.log(noise).mean(axis=1)
    vague = np.empty((len(recorded), len(covariances)))
    for place, nights in enumerate(recorded.tolist()):
        weight = grid.log_prior - 0.25 * nights * misfit
        weight = np.exp(weight - weight.max())
        weight /= weight.sum()
        # the slowest waves are taken out by the drift
        kept = turn >= min(np.pi * (2.0 + min(4.0, nights // 45)) / nights, turn[-1])
        told = np.maximum(factor[:, kept] @ (1.0 / noise[:, kept]).T, 1e-300)
        log_error = 0.5 * np.log(spread / told)
        vague[place] = log_error**2 @ weight - (log_error @ weight) ** 2
    return vague


def one_noise(
    weight: Floats, variance: Floats, span: int, df: float
) -> tuple[float, float, float, float]:
    """Return the one noise that tells as much as all: variance, persistence, one-night share.

    Last, how vague it is: the relative variance of what diaries with it tell. ``weight`` and
    ``variance`` are of the shapes of the grid.
    """
    grid = whiten.noise_grid()
    # what a diary tells is linear in the inverse of the spectrum: that is averaged, above the slow
    # waves that the drift takes out, and the shape nearest to it stands for all
    kept = _turns() > np.pi * (2.0 + min(4.0, span // 45)) / span
    noise = _spectra(grid.phi, grid.kappa)[:, kept]
    mean = 1.0 / ((weight / variance) @ (1.0 / noise))
    ratio = mean / noise
    scale = ratio.mean(axis=1)
    best = int(np.argmin(np.log(scale) - np.log(ratio).mean(axis=1)))
    told = (mean / (variance[:, None] * noise)).mean(axis=1)
    vague = weight @ (told - weight @ told) ** 2 + 2.0 / df
    return float(scale[best]), float(grid.phi[best]), float(grid.kappa[best]), float(vague)


def _turns() -> Floats:
    """Return frequencies between a standstill and every other night, in radians a night."""
    return np.asarray((np.arange(_TURNS) + 0.5) / _TURNS * np.pi)


def _spectra(phi: Floats, kappa: Floats) -> Floats:
    """Return the spectrum of each noise of unit variance."""
    phi, kappa = phi[:, None], kappa[:, None]
    slow = (1.0 - phi**2) / (1.0 + phi**2 - 2.0 * phi * np.cos(_turns()))
    return np.asarray((1.0 - kappa) * slow + kappa)
