"""Tail probabilities and quantiles of a weighted mixture of shifted, scaled t distributions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_MOST_STEPS = 100


def mixture_pvalue(weight: Floats, centre: Floats, scale: Floats, df: Floats) -> Floats:
    """Two-sided p-value that the mixture's parameter is zero.

    Parameters
    ----------
    weight, centre, scale, df : ndarray (m, G)
        One mixture per row; weights of a row add up to one and may be zero.

    Returns
    -------
    ndarray (m,)
        ``2 min(F(0), 1 - F(0))``, both tails summed directly so that small p-values stay exact.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> mixture_pvalue(one, 2.0 * one, one, 10.0 * one).round(4).tolist()
    [0.0734]
    """
    used = np.nonzero(weight)
    t = -centre[used] / scale[used]
    tail = _beyond(t, df[used])
    mass = weight[used]
    n_rows = len(weight)
    below = np.bincount(used[0], mass * np.where(t < 0, tail, 1.0 - tail), n_rows)
    above = np.bincount(used[0], mass * np.where(t < 0, 1.0 - tail, tail), n_rows)
    return np.minimum(1.0, 2.0 * np.minimum(below, above))


def mixture_interval(
    weight: Floats, centre: Floats, scale: Floats, df: Floats, level: float
) -> tuple[Floats, Floats]:
    """Equal-tailed interval of each mixture.

    Parameters
    ----------
    weight, centre, scale, df : ndarray (m, G)
        One mixture per row; weights of a row add up to one and may be zero.
    level : float
        Probability inside the interval.

    Returns
    -------
    low, high : ndarray (m,)

    Notes
    -----
    A quantile of a mixture lies between the smallest and the largest of its parts' quantiles.
    Halley steps run inside that bracket, and fall back on its middle when they would leave it.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> low, high = mixture_interval(one, 2.0 * one, one, 10.0 * one, 0.95)
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([-0.228], [4.228])
    """
    from scipy.special import gammaln, stdtrit

    rows, points = np.nonzero(weight)
    n_rows = len(weight)
    mass, middle, spread, freedom = (a[rows, points] for a in (weight, centre, scale, df))
    reach = spread * np.asarray(stdtrit(freedom, 0.5 + level / 2.0))
    starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
    mean = np.add.reduceat(mass * middle, starts)
    between = np.add.reduceat(mass * (middle - mean[rows]) ** 2, starts)
    within = np.add.reduceat(mass * reach**2, starts)
    half = np.sqrt(within + 4.0 * between)
    # both ends as one problem of 2 m rows: the lower ends first
    rows = np.concatenate([rows, rows + n_rows])
    starts = np.concatenate([starts, starts + len(mass)])
    mass, middle, spread, freedom = (np.tile(a, 2) for a in (mass, middle, spread, freedom))
    ends = middle + np.concatenate([-reach, reach])
    lower = np.minimum.reduceat(ends, starts)
    upper = np.maximum.reduceat(ends, starts)
    target = np.repeat([0.5 - level / 2.0, 0.5 + level / 2.0], n_rows)
    value = np.clip(np.concatenate([mean - half, mean + half]), lower, upper)
    # a cubic step of 1e-5 leaves an error far below 1e-12
    tolerance, tiny = 1e-5 * np.tile(half, 2), 1e-13 * np.tile(half, 2)
    height = np.exp(gammaln(0.5 * freedom + 0.5) - gammaln(0.5 * freedom))
    height *= mass / (np.sqrt(np.pi * freedom) * spread)
    for _ in range(_MOST_STEPS):
        t = (value[rows] - middle) / spread
        tail = _beyond(t, freedom)
        excess = np.add.reduceat(mass * np.where(t < 0, tail, 1.0 - tail), starts) - target
        base = 1.0 + t * t / freedom
        density = height * base ** (-0.5 * (freedom + 1.0))
        slope = np.add.reduceat(density, starts)
        bend = np.add.reduceat(-density * (freedom + 1.0) * t / (freedom * base * spread), starts)
        lower = np.where(excess < 0, value, lower)
        upper = np.where(excess > 0, value, upper)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            newton = excess / slope
            moved = value - newton / (1.0 - 0.5 * newton * bend / slope)
        inside = (moved >= lower) & (moved <= upper)
        moved = np.where(inside, moved, 0.5 * (lower + upper))
        done = np.where(inside, np.abs(moved - value) <= tolerance, upper - lower <= tiny)
        value = moved
        if done.all():
            break
    return value[:n_rows], value[n_rows:]


def _beyond(t: Floats, df: Floats) -> Floats:
    """Probability that a t variable lies beyond t on t's own side of zero."""
    from scipy.special import betainc

    return np.asarray(0.5 * betainc(0.5 * df, 0.5, df / (df + t * t)))
