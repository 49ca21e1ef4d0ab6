"""Best guesses: estimates drawn towards zero by how small real effects are; what could undo one.

What stands out of many questions is told too large by its own estimate. The posterior mean under
the mixture of habits' sizes (``WIDTHS``, ``SHARES``) is not, on average over such diaries.

Also where latency's minutes are told from, and the spread and freedom of a mean over people.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sleepstats.arrays import FLOOR_MIN, Floats
from sleepstats.errors import DiaryError
from sleepstats.inference.guards import Cleared, control_basis, without_controls

# In standard deviations of the night per standard deviation of the habit, week and slow drift taken
# out of both. Maximum likelihood over these fixed widths, sampling error taken off, from 195 habits
# of the evening before in 45 exports of real trackers with at least 40 nights each: half of those
# habits lie below 0.07 as measured. `benchmarks/estimate_mixture.py` estimates the shares again.
#: Standard deviations of the parts of the mixture.
WIDTHS = (0.05, 0.10, 0.20)
#: Share of the habits in each part.
SHARES = (0.68, 0.30, 0.02)
#: One diary's effects may be this many times as wide; before it is seen the logarithm of that is
#: normal about 0, with this standard deviation.
SCALES = tuple(2.0 ** (step / 2.0) for step in range(-2, 5))
SD_LOG_SCALE = 0.7
#: Share of habits that are of a kind of their own, and its width: one strong cause among habits
#: without effect is not drawn to nothing by their company. Set by simulation, not estimated
#: (`benchmarks/calibration_guess.py`).
OWN_KIND, OWN_WIDTH = 0.0075, 0.6
#: An error counts as if the middle of the diary's errors had been seen with it, with at most so
#: many degrees of freedom: what is found is mostly what has too small an error of its own.
MIDDLE_DF = 8.0

#: A ratio whose logarithm is below this says nothing of where no lies beside yes.
_TURN = 0.05
_NODES = 20
_MOST_DF = 200.0  # a t beyond is normal for this purpose, and the nodes stay close enough
_LEAST_LOG_PRECISION = -6.0  # an estimate would have to lie 20 of its standard errors out
_LEAST_SE = 1e-9  # on the scale of r: a perfect fit stays finite
_MOST_STEPS = 60
_NOTHING = 1e-12  # share of a column's variance that counts as none


@dataclass(frozen=True)
class BestGuesses:
    """Posterior means of one diary's table, in the unit of the estimates, with their interval.

    ``p_direction``: 0.5 to 1, that the true effect has the estimate's sign; ``scale``: how many
    times as wide as the usual this diary's effects seem to be, NaN when nothing was answered.
    """

    guess: Floats
    low: Floats
    high: Floats
    p_direction: Floats
    scale: float


def r_units(Y: ArrayLike, X: ArrayLike, Z: ArrayLike) -> Floats:
    """Factor (q, p) that turns a slope into standard deviations per standard deviation.

    ``sd(x) / sd(y)``, the controls taken out of both; NaN where the controls leave nothing.
    """
    outcomes, factors = np.asarray(Y, dtype=np.float64), np.asarray(X, dtype=np.float64)
    basis = control_basis(np.asarray(Z, dtype=np.float64))
    left = (without_controls(columns, basis) for columns in (outcomes, factors))
    return _units(outcomes, factors, *left)


def units_of(nights: Cleared) -> Floats:
    """As :func:`r_units`, of what was cleared of its controls."""
    return _units(nights.outcomes, nights.factors, nights.left_y, nights.left_x)


def _units(outcomes: Floats, factors: Floats, left_y: Floats, left_x: Floats) -> Floats:
    """Ratio of what the controls leave of factors and outcomes (q, p)."""
    return _left(factors, left_x)[None, :] / _left(outcomes, left_y)[:, None]


def place_of_no(latency: ArrayLike, yes: ArrayLike, ratio: float) -> float:
    """Return how far "no" lies below the median night, in units of a yes/no habit.

    ``median (ratio ** (1 - off) - ratio ** -off)`` is with against without at the geometric mean:
    the median may lie in either of two heaps of nights.
    """
    off = float(np.mean(np.asarray(yes, dtype=np.float64)))
    logs = np.log(np.maximum(np.asarray(latency, dtype=np.float64), FLOOR_MIN))
    if abs(turn := float(np.log(ratio))) > _TURN:
        off += float(np.median(logs) - logs.mean()) / turn
    return min(max(off, 0.0), 1.0)


def best_guesses(
    estimate: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    df: ArrayLike,
    unit: ArrayLike,
    *,
    nights: ArrayLike = 1.0,
    level: float = 0.95,
    ends: ArrayLike = True,
) -> BestGuesses:
    """Posterior means of all estimates of one diary's table, ``unit`` from :func:`r_units`.

    Of every question that was answered, found or not; NaN where refused. Stephens 2017,
    doi:10.1093/biostatistics/kxw041. ``nights``: how many answered each, so that errors can be
    compared. ``ends``: where `low` and `high` are told, which take longest.
    """
    # with r = estimate unit, se = (high - low) unit / (2 t_level,df): given the scale s the true r
    # is drawn from sum w N(0, s^2 tau^2), and (r - true) / se is a t variable, taken as a mixture
    # of normals of variance se^2 / l, l ~ chi2_df / df. Each normal part is closed: it weighs w
    # N(r; 0, s^2 tau^2 + se^2 / l), its posterior mean is k r with k = s^2 tau^2 / (s^2 tau^2 +
    # se^2 / l), its standard deviation sqrt(k se^2 / l). Mean and chance are averaged over the
    # scales, weighed by how well each explains the other rows of the table. A few habits in a
    # thousand are taken to be of a wide kind of their own, so that a single strong cause stays. Of
    # one question alone the scale stays open: its guess is too large where effects are usual, too
    # small where they are wide
    from scipy.special import ndtr, stdtrit

    if not 0.0 < level < 1.0:
        raise DiaryError(f"level: {level!r} is not between 0 and 1. Write 0.95 for 95 %.")
    given = [np.asarray(values, dtype=np.float64) for values in (estimate, low, high, df, unit)]
    names = ("estimate", "low", "high", "df", "unit")
    if problems := [
        f"{name} has shape {values.shape}; that of estimate, {given[0].shape}, was expected."
        for name, values in zip(names, given, strict=True)
        if values.shape != given[0].shape
    ]:
        raise DiaryError(problems)
    answered = np.isfinite(given).all(axis=0)
    told = np.full((4, *answered.shape), np.nan)
    if not answered.any():
        return BestGuesses(told[0], told[1], told[2], told[3], float("nan"))
    slope, lower, upper, freedom, per_r = (values[answered] for values in given)
    se = (upper - lower) * per_r / (2.0 * np.asarray(stdtrit(freedom, 0.5 + level / 2.0)))
    se, r = np.maximum(se, _LEAST_SE), slope * per_r
    many = np.broadcast_to(np.asarray(nights, dtype=np.float64), answered.shape)[answered]
    se, freedom = _beside_the_middle(se, freedom, many)
    variance, mass = _normal_parts(np.abs(r) / se, freedom)
    variance *= (se**2)[:, None]
    weight, keep = _posterior_parts(r, variance, mass)
    centre = keep * slope[:, None]
    scale = np.sqrt(keep * np.tile(np.repeat(variance, len(WIDTHS), axis=1), len(SCALES) + 1))
    scale /= per_r[:, None]
    told[0, answered] = (weight * centre).sum(axis=1)
    asked = np.broadcast_to(ends, answered.shape) & answered
    if (some := asked[answered]).any():
        parts = weight[some], centre[some], scale[some]
        told[1, asked] = _quantile(*parts, 0.5 - level / 2.0)
        told[2, asked] = _quantile(*parts, 0.5 + level / 2.0)
    # the weights add up to one but for rounding; a chance is never more than one
    told[3, answered] = np.minimum((weight * ndtr(np.abs(centre) / scale)).sum(axis=1), 1.0)
    by_scale = weight.reshape(len(r), len(SCALES) + 1, -1).sum(axis=(0, 2))[:-1]
    wide = float(np.average(SCALES, weights=by_scale))
    return BestGuesses(told[0], told[1], told[2], told[3], wide)


def _left(columns: Floats, without: Floats) -> Floats:
    """Root mean square of each column without the controls; NaN where they leave nothing."""
    left, about = np.einsum("np,np->p", without, without), columns - columns.mean(axis=0)
    kept = left > _NOTHING * np.einsum("np,np->p", about, about)
    return np.sqrt(np.where(kept, left / max(len(columns), 1), np.nan))


def _beside_the_middle(se: Floats, df: Floats, nights: Floats) -> tuple[Floats, Floats]:
    """Errors and their freedom (m,), the middle of all counted with each.

    Smyth 2004, doi:10.2202/1544-6115.1027; a median of m variances knows 2 m / pi of them.
    """
    middle = np.median(se**2 * nights) / nights
    others = 2.0 / np.pi * (df.sum() - df)  # of one question alone nothing is known beside it
    more = MIDDLE_DF * others / (MIDDLE_DF + others)
    return np.sqrt((more * middle + df * se**2) / (more + df)), df + more


def _normal_parts(t: Floats, df: Floats) -> tuple[Floats, Floats]:
    """Variances and log weights (m, nodes) of the normals that make up each row's t.

    Trapezoid rule on the log of the precision l, from where an estimate so far out would put it to
    where chi2_df / df has nothing left; the integrand is smooth, and gone at both ends.
    """
    freedom = np.minimum(df, _MOST_DF)[:, None]
    spread = np.sqrt(2.0 / freedom)
    lowest = np.log((freedom + 1.0) / (freedom + t[:, None] ** 2))
    lowest = np.maximum(lowest, _LEAST_LOG_PRECISION) - 5.0 * spread
    log_precision = lowest + (4.0 * spread - lowest) * np.linspace(0.0, 1.0, _NODES)
    log_mass = 0.5 * freedom * (log_precision - np.exp(log_precision))
    log_mass -= log_mass.max(axis=1, keepdims=True)
    log_mass -= np.log(np.exp(log_mass).sum(axis=1, keepdims=True))
    return np.exp(-log_precision), log_mass


def _posterior_parts(r: Floats, variance: Floats, mass: Floats) -> tuple[Floats, Floats]:
    """Weight and kept share of r (m, parts) of the normals of each posterior.

    Parts are scales x nodes x widths; behind the scales, as if it were one, the kind of its own.
    """
    kinds = np.multiply.outer(np.asarray(SCALES) ** 2, np.asarray(WIDTHS) ** 2)
    kinds = np.vstack([kinds, np.full(len(WIDTHS), OWN_WIDTH**2)])
    prior = kinds[None, :, None, :]
    total = prior + variance[:, None, :, None]
    log_part = np.log(SHARES) + mass[:, None, :, None]
    log_part = log_part - 0.5 * (np.log(total) + (r**2)[:, None, None, None] / total)
    highest = log_part.max(axis=(2, 3), keepdims=True)
    part = np.exp(log_part - highest)
    evidence = part.sum(axis=(2, 3))
    weight = _kind_weights(np.log(evidence) + highest[:, :, 0, 0])
    part *= (weight / evidence)[:, :, None, None]
    keep = prior / total
    return part.reshape(len(r), -1), keep.reshape(len(r), -1)


def _kind_weights(log_evidence: Floats) -> Floats:
    """Weight of every scale and of the kind of its own for every row, from their log evidences.

    Mostly a row has the scale that the other rows speak for: its own evidence is left out, because
    a chance finding would vouch for itself. With prior chance `OWN_KIND` it is of its own kind.
    """
    alike = log_evidence[:, :-1]
    others = alike.sum(axis=0) - alike - 0.5 * (np.log(SCALES) / SD_LOG_SCALE) ** 2
    shared = np.exp(others - others.max(axis=1, keepdims=True))
    shared /= shared.sum(axis=1, keepdims=True)
    evidence = np.exp(log_evidence - log_evidence.max(axis=1, keepdims=True))
    own = OWN_KIND * evidence[:, -1:]
    own /= own + (1.0 - OWN_KIND) * (shared * evidence[:, :-1]).sum(axis=1, keepdims=True)
    return np.hstack([(1.0 - own) * shared, own])


def _quantile(weight: Floats, centre: Floats, scale: Floats, target: float) -> Floats:
    """Quantile of each row's mixture of normals: Newton steps inside of a closing bracket."""
    from scipy.special import ndtr, ndtri

    ends = centre + ndtri(target) * scale
    lower, upper = ends.min(axis=1), ends.max(axis=1)
    value: Floats = (weight * ends).sum(axis=1)
    close = 1e-9 * scale.max(axis=1)
    for _ in range(_MOST_STEPS):
        z = (value[:, None] - centre) / scale
        excess = (weight * ndtr(z)).sum(axis=1) - target
        density = (weight * np.exp(-0.5 * z * z) / scale).sum(axis=1) / np.sqrt(2.0 * np.pi)
        lower, upper = np.where(excess < 0, value, lower), np.where(excess > 0, value, upper)
        with np.errstate(divide="ignore", invalid="ignore"):
            moved = value - excess / density
        inside = (moved >= lower) & (moved <= upper)
        moved = np.asarray(np.where(inside, moved, 0.5 * (lower + upper)))
        settled = np.abs(moved - value) <= close
        value = moved
        if settled.all():
            break
    return value


def t_of_pvalue(pvalue: ArrayLike, df: ArrayLike) -> Floats:
    """Size of the t value that has this two-sided p-value: the engine's, which averages many."""
    from scipy.special import stdtrit

    half = np.asarray(pvalue, dtype=np.float64) / 2.0
    return np.asarray(-stdtrit(np.asarray(df, dtype=np.float64), half))


def robustness_value(t: ArrayLike, df: ArrayLike) -> Floats:
    """Share, 0 to 1, of what is left of both that something unrecorded must have to undo a slope.

    ``f = |t| / sqrt(df)``, ``RV = (sqrt(f^4 + 4 f^2) - f^2) / 2``: Cinelli & Hazlett 2020,
    doi:10.1111/rssb.12348. NaN for NaN.
    """
    f = np.abs(np.asarray(t, dtype=np.float64)) / np.sqrt(np.asarray(df, dtype=np.float64))
    square = np.minimum(f, 1e6) ** 2  # a perfect fit: nothing less than all of it would do
    return np.asarray(0.5 * (np.sqrt(square * square + 4.0 * square) - square))


def freedom_of_mean(share: Floats) -> float:
    """Return the Bell-McCaffrey degrees of freedom of a mean with these weights (sum 1)."""
    # (tr BV)^2 / tr (BV)^2, V = diag(1 / share), B = (I - 1h')' A (I - 1h'), h = share,
    # A = diag(h^2 / (1 - h)), written out so that it takes no matrix
    h, v = share, 1.0 / share
    a = h**2 / (1.0 - h)
    c = a.sum()
    ends = -2.0 * h * a + c * h**2
    first = (v * (a + ends)).sum()
    p, q, s = (v * h**2).sum(), (v * a**2).sum(), (v * a * h).sum()
    cross = 2.0 * p * q + 2.0 * s**2 + (c * p) ** 2 - 4.0 * c * p * s
    second = (v**2 * a * (a + 2.0 * ends)).sum() + cross
    return float(min(first**2 / second, len(h) - 1.0))


def spread_about_mean(y: Floats, v: Floats, tau2: float) -> float:
    """Weighted sum of squares about the weighted mean; falls as tau2 grows."""
    weight = 1.0 / (v + tau2)
    mean = (weight * y).sum() / weight.sum()
    return float((weight * (y - mean) ** 2).sum())


def where_it_falls_to(function: Callable[[float], float], wanted: float) -> float:
    """Return where a falling function of a value above zero falls to what is wanted, or zero."""
    from scipy.optimize import brentq

    if function(0.0) <= wanted:
        return 0.0
    high = 1.0
    while function(high) > wanted:
        high *= 4.0
    return float(brentq(lambda value: function(value) - wanted, 0.0, high, xtol=1e-14, rtol=1e-13))
