"""What the engine answers, and how it is averaged: mixtures of shifted, scaled t distributions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sleepstats.arrays import Floats


@dataclass(frozen=True)
class Slope:
    """One slope: outcome units per unit of the factor, controls removed; NaN with a reason."""

    estimate: float
    low: float
    high: float
    #: Two-sided, of a zero slope; agrees with the interval.
    pvalue: float
    #: Degrees of freedom of the interval, averaged over the noise shapes.
    df: float
    #: Nights used, columns of controls used (intercept counted).
    n: int
    k: int
    #: Average persistence and one-night share of the errors.
    phi: float
    kappa: float
    #: Empty, or why there is no answer.
    reason: str


@dataclass(frozen=True)
class SlopeTable:
    """Slopes (q, p) of q outcomes on p factors, one at a time; fields as in :class:`Slope`."""

    estimate: Floats
    low: Floats
    high: Floats
    pvalue: Floats
    df: Floats
    phi: Floats
    kappa: Floats
    reason: NDArray[np.str_]
    n: int
    k: int

    def at(self, outcome: int, factor: int) -> Slope:
        """Return one cell of the table."""
        cell = (outcome, factor)
        return Slope(
            estimate=float(self.estimate[cell]),
            low=float(self.low[cell]),
            high=float(self.high[cell]),
            pvalue=float(self.pvalue[cell]),
            df=float(self.df[cell]),
            n=self.n,
            k=self.k,
            phi=float(self.phi[cell]),
            kappa=float(self.kappa[cell]),
            reason=str(self.reason[cell]),
        )


@dataclass(frozen=True)
class JointTest:
    """Test that several columns together have no slope: F averaged over the noise shapes."""

    fvalue: float
    #: Average of the F tail probabilities.
    pvalue: float
    #: Columns tested that are not repeated, degrees of freedom of the errors.
    df1: int
    df2: int
    n: int
    reason: str


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
        return Correlation(
            r=float(self.r[cell]),
            low=float(self.low[cell]),
            high=float(self.high[cell]),
            n_eff=float(self.n_eff[cell]),
            pvalue=float(self.pvalue[cell]),
            n=self.n,
            k=self.k,
            reason=str(self.reason[cell]),
        )


_MOST_STEPS = 100


def mixture_pvalue(weight: Floats, centre: Floats, scale: Floats, df: Floats) -> Floats:
    """Two-sided p-value ``2 min(F(0), 1 - F(0))`` of m mixtures of G parts."""
    used = np.nonzero(weight)
    t = -centre[used] / scale[used]
    tail = _beyond(t, df[used])  # each tail summed directly, so that small p-values stay exact
    mass = weight[used]
    n_rows = len(weight)
    below = np.bincount(used[0], mass * np.where(t < 0, tail, 1.0 - tail), n_rows)
    above = np.bincount(used[0], mass * np.where(t < 0, 1.0 - tail, tail), n_rows)
    return np.minimum(1.0, 2.0 * np.minimum(below, above))


def mixture_interval(
    weight: Floats, centre: Floats, scale: Floats, df: Floats, level: float
) -> tuple[Floats, Floats]:
    """Equal-tailed interval of m mixtures of G parts; a part's weight may be zero."""
    from scipy.special import gammaln, stdtrit

    rows, points = np.nonzero(weight)
    n_rows = len(weight)
    mass, middle, spread, freedom = (a[rows, points] for a in (weight, centre, scale, df))
    reach = spread * np.asarray(stdtrit(freedom, 0.5 + level / 2.0))
    mean = np.bincount(rows, mass * middle, n_rows)
    between = np.bincount(rows, mass * (middle - mean[rows]) ** 2, n_rows)
    half = np.sqrt(np.bincount(rows, mass * reach**2, n_rows) + 4.0 * between)
    # both ends as one problem of 2 m rows: the lower ends first
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    starts = np.concatenate([starts, starts + len(rows)])
    rows = np.concatenate([rows, rows + n_rows])
    mass, middle, spread, freedom = (np.tile(a, 2) for a in (mass, middle, spread, freedom))
    ends = middle + np.concatenate([-reach, reach])
    lower, upper = np.minimum.reduceat(ends, starts), np.maximum.reduceat(ends, starts)
    # a quantile of a mixture lies between the smallest and the largest of its parts' quantiles:
    # Halley steps run inside that bracket, and fall back on its middle when they would leave it
    target = np.repeat([0.5 - level / 2.0, 0.5 + level / 2.0], n_rows)
    value = np.clip(np.concatenate([mean - half, mean + half]), lower, upper)
    # steps are cubic: after one of 5e-4 of the narrowest part the error is near 1e-11 of it
    close, closed = 5e-4 * np.minimum.reduceat(spread, starts), 1e-13 * np.tile(half, 2)
    height = np.exp(gammaln(0.5 * freedom + 0.5) - gammaln(0.5 * freedom))
    height *= mass / (np.sqrt(np.pi * freedom) * spread)
    done = np.zeros(2 * n_rows, dtype=bool)
    for _ in range(_MOST_STEPS):
        t = (value[rows] - middle) / spread
        base = 1.0 + t * t / freedom
        density = height * base ** (-0.5 * (freedom + 1.0))
        fall = density * (freedom + 1.0) * t / (freedom * base * spread)
        tail = _beyond(t, freedom)
        below = mass * np.where(t < 0, tail, 1.0 - tail)
        excess, slope, bend = (
            np.bincount(rows, part, 2 * n_rows) for part in (below, density, -fall)
        )
        excess -= target
        lower = np.where(~done & (excess < 0), value, lower)
        upper = np.where(~done & (excess > 0), value, upper)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            newton = excess / slope
            moved = value - newton / (1.0 - 0.5 * newton * bend / slope)
        inside = (moved >= lower) & (moved <= upper)
        moved = np.where(inside, moved, 0.5 * (lower + upper))
        settled = np.where(inside, np.abs(moved - value) <= close, upper - lower <= closed)
        value = np.where(done, value, moved)
        done |= settled
        if done.all():
            break
        still = ~done[rows]
        rows = rows[still]
        mass, middle, spread, freedom, height = (
            a[still] for a in (mass, middle, spread, freedom, height)
        )
    return value[:n_rows], value[n_rows:]


def _beyond(t: Floats, df: Floats) -> Floats:
    """Probability that a t variable lies beyond t on t's own side of zero."""
    from scipy.special import betainc

    return np.asarray(0.5 * betainc(0.5 * df, 0.5, df / (df + t * t)))
