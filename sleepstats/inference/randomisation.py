"""Fisher's randomisation test: what the other schedules would have shown of the same nights."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sleepstats.arrays import Bools, Floats, Ints, products
from sleepstats.errors import DiaryError
from sleepstats.inference.guards import column_reasons, control_basis, without_controls
from sleepstats.inference.whiten import noise_grid, whiten

TOO_FEW_SCHEDULES = "too few schedules"
LEAST_SCHEDULES = 256
TIE = 1e-9  # statistics this close, relative to the largest, are the same number
MEMORY = 90  # nights apart from which on nothing is remembered
#: Values of a week, weeks of a level at least, shares of the time that slides take, and how much
#: better than those of half of it and more a step has to fit: log of squares, times weeks.
WEEK, LEAST_WEEKS, SLIDES, STEP_CLEAR = 7, 4, (0.25, 0.5, 0.75, 1.0), 10.0
_LEAST_SHARE = 1e-12  # below this share of its length a schedule is gone with the controls


@dataclass(frozen=True)
class Randomised:
    """What a randomisation test gave, in the unit of y."""

    #: First condition minus second; an end that no schedule bounds is infinite.
    estimate: float
    low: float
    high: float
    #: Share of the schedules whose statistic is as large as that of the schedule carried out.
    pvalue: float
    #: Schedules compared, the one carried out among them; how many differ on the nights used.
    schedules: int
    distinct: int
    #: The difference as each schedule would have shown it: no effect, only chance.
    others: Floats
    #: Persistence that was taken out, the same for all schedules.
    phi: float
    n: int
    k: int
    reason: str
    #: Planned look, from 1, at which the schedule carried out crossed its bound; 0 if at none.
    crossed: int = 0
    #: Chance that the nights left would find the effect asked about; NaN if none was.
    left: float = float("nan")


@dataclass(frozen=True)
class Compared:
    """An outcome beside all schedules of its nights, whitened and without the controls."""

    #: (m,) ``A_s = x_s'y / |x_s|``, ``C_s = x_s'x_o / |x_s|`` and ``|x_s|``, o the schedule carried
    #: out: ranking by ``(A_s - c C_s)^2`` is ranking by abs(t) of schedule s in ``y - c x_o``.
    a: Floats
    c: Floats
    length: Floats
    #: ``y'y``, A_o and C_o, and what y was divided by.
    square: float
    a_done: float
    c_done: float
    scale: float
    distinct: int
    phi: float
    n: int
    k: int
    #: Why nothing can be compared; empty if it can.
    reason: str


def noise_weights(y: Floats, basis: Floats, number: Ints) -> tuple[Floats, Floats]:
    """Fit the noise with the controls alone: weight and variance of each noise shape (45,).

    ``log w = log prior - log|R|/2 - log|Z' R^-1 Z|/2 - (N - k)/2 log rss``.
    """
    grid = noise_grid()
    n, k = basis.shape
    columns = np.concatenate([basis, y[:, None]], axis=1)
    whitened, half_log_det = whiten(columns, number, grid.phi, grid.kappa)
    root = np.linalg.cholesky(products(whitened, whitened))
    diagonal = np.einsum("gii->gi", root)
    rss = np.maximum(diagonal[:, -1] ** 2, np.finfo(float).tiny)
    log_weight = (
        grid.log_prior
        - half_log_det
        - np.log(diagonal[:, :k]).sum(axis=1)
        - 0.5 * (n - k) * np.log(rss)
    )
    weight = np.exp(log_weight - log_weight.max())
    return weight / weight.sum(), rss / (n - k)


def off_of_median(values: Floats, number: Ints) -> float:
    """Return how far the median may lie from that of all such nights: the 95 % interval's far end.

    By ranks, which hold for any distribution; nights that remember one another count for fewer.
    """
    # whether a night lies above the median has the variance of a coin; the mean of n that remember
    # one another varies 1 + 2 sum_d (pairs d nights apart) / n (1 - kappa) phi**d times as much;
    # what n nights tell, its inverse, is averaged over the noise shapes, all alike beforehand: the
    # prior leans to slow memory, of which a regression takes most out with its controls
    grid, n = noise_grid(), len(values)
    middle = np.median(values) if n else 0.0
    if n < 3 or not (above := np.sign(values - middle)).any():
        return 0.0
    there = np.bincount(number - number[0])
    apart = np.arange(1, min(len(there), MEMORY))
    pairs = np.array([there[d:] @ there[:-d] for d in apart]) / n
    weight, _ = noise_weights(above, np.full((n, 1), n**-0.5), number)
    weight = weight * np.exp(-grid.log_prior)
    more = 1.0 + 2.0 * (1.0 - grid.kappa) * (pairs @ grid.phi ** apart[:, None])
    off = min(0.98 / math.sqrt(n * (weight @ (1.0 / more)) / weight.sum()), 0.5)
    ends = np.quantile(values, [0.5 - off, 0.5 + off], method="nearest")
    return float(np.abs(ends - middle).max())


def step_of(values: Floats) -> int:
    """Return the place from which on another level fits clearly better than a slide; else 0."""
    weeks = len(values) // WEEK
    if weeks < 3 * LEAST_WEEKS:
        return 0
    parts = np.array_split(np.arange(len(values)), weeks)
    level, place = np.array([np.median(values[part]) for part in parts]), np.arange(weeks)
    cuts = np.arange(LEAST_WEEKS, weeks - LEAST_WEEKS + 1)
    left = _left(level, (place >= cuts[:, None]).astype(np.float64))
    quick, *slow = (
        _left(level, np.clip((place - np.arange(weeks - wide + 1)[:, None]) / wide, 0.0, 1.0)).min()
        for wide in (max(round(share * weeks), 1) for share in SLIDES)
    )
    cut, best = cuts[left.argmin()], max(left.min(), 1e-12)
    off = level - np.where(place < cut, level[:cut].mean(), level[cut:].mean())
    alike = max(off[1:] @ off[:-1] / max(off @ off, 1e-12), 0.0)  # weeks alike are fewer weeks
    clear = weeks * (1.0 - alike) / (1.0 + alike) * math.log(max(min(slow), best) / best)
    return int(parts[cut][0]) if clear >= STEP_CLEAR and quick >= left.min() else 0


def _left(level: Floats, shapes: Floats) -> Floats:
    """Return the squares that each shape leaves of a level, fitted with a constant."""
    shapes = shapes - shapes.mean(axis=1, keepdims=True)
    level = level - level.mean()
    taken: Floats = (shapes @ level) ** 2 / np.maximum((shapes**2).sum(axis=1), 1e-12)
    return level @ level - taken


def _information(basis: Floats, number: Ints, phi: float) -> Floats:
    """Return ``W' (I - H) W``: products of columns, whitened and without the controls."""
    columns = np.concatenate([basis, np.eye(len(number))], axis=1)
    whitened, _ = whiten(columns, number, np.array([phi]), np.zeros(1))
    k = basis.shape[1]
    q = np.linalg.qr(whitened[0, :k].T)[0]
    operator = whitened[0, k:].T
    cleared = operator - q @ (q.T @ operator)
    product: Floats = cleared.T @ cleared
    return product


def randomisation_test(
    y: ArrayLike,
    x: ArrayLike,
    schedules: ArrayLike,
    Z: ArrayLike,
    number: ArrayLike,
    *,
    level: float = 0.95,
    everything: bool = False,
) -> Randomised:
    """Test one randomised comparison against the schedules (m, N) that it could have had.

    ``everything``: all admissible ones, x among them; else draws, and x is added. Fisher 1935;
    Edgington & Onghena 2007, doi:10.1201/9781420011814; Garthwaite 1996, doi:10.2307/2532852.
    """
    outcome, done = np.asarray(y, dtype=np.float64), np.asarray(x, dtype=bool)
    others = np.asarray(schedules, dtype=bool)
    controls, nights = np.asarray(Z, dtype=np.float64), np.asarray(number, dtype=np.int64)
    _check_shapes(outcome, done, others, controls, nights)
    all_of_them = others if everything else np.concatenate([done[None, :], others])
    return inverted(compare(outcome, done, all_of_them, controls, nights), level)


def compare(
    y: Floats, x: Bools, schedules: Bools, controls: Floats, number: Ints, *,
    scale: float = 0.0, least: int = LEAST_SCHEDULES,
) -> Compared:  # fmt: skip
    """Set an outcome beside schedules, the one carried out among them; y divided by ``scale``."""
    basis = control_basis(controls)
    n, k = basis.shape
    left = without_controls(y[:, None], basis)
    as_numbers = x.astype(np.float64)[:, None]
    reason = str(column_reasons(as_numbers, without_controls(as_numbers, basis), n - k - 1)[0])
    if not reason and (of_y := str(column_reasons(y[:, None], left, n - k - 1)[0])):
        reason = f"outcome {of_y}"
    distinct = len(schedules)
    if least > 1:
        distinct = len(np.unique(np.packbits(schedules, axis=1), axis=0)) if n else 0
    if not reason and distinct < least:
        reason = TOO_FEW_SCHEDULES
    nan, none = float("nan"), np.zeros(len(schedules))
    if reason:
        return Compared(none, none, none, nan, nan, nan, nan, distinct, nan, n, k, reason)
    scale = scale or float(left.std())
    y_unit = left[:, 0] / scale
    weight, _ = noise_weights(y_unit, basis, number)
    grid = noise_grid()
    # one persistence, from the controls alone: it does not depend on the schedule, so the test
    # stays exact
    phi = float(grid.phi[(weight * (grid.kappa == 0.0)).argmax()])
    information = _information(basis, number, phi)
    a, c, length = _parts(schedules, y_unit, x, information)
    a_done, c_done = _of_done(x, y_unit, information)
    square = float(y_unit @ information @ y_unit)
    return Compared(a, c, length, square, a_done, c_done, scale, distinct, phi, n, k, "")


def inverted(one: Compared, level: float) -> Randomised:
    """Return estimate, interval and p-value of one comparison, by inversion."""
    nan, scale = float("nan"), one.scale
    estimate = low_end = high_end = pvalue = nan
    others = np.zeros(0)
    if not one.reason:
        low, high = _bounds(one.a, one.c, one.a_done, one.c_done)
        estimate = one.a_done / one.c_done
        low, high = np.minimum(low, estimate), np.maximum(high, estimate)
        pvalue = float(np.mean((low <= 0.0) & (high >= 0.0)))
        low_end, high_end = scale * _end(low, level), -scale * _end(-high, level)
        others = scale * one.a / np.where(one.length > 0, one.length, np.nan)
    return Randomised(
        estimate=scale * estimate,
        low=low_end,
        high=high_end,
        pvalue=pvalue,
        schedules=len(one.a),
        distinct=one.distinct,
        others=others,
        phi=one.phi,
        n=one.n,
        k=one.k,
        reason=one.reason,
    )


def _parts(schedules: Bools, y: Floats, done: Bools,
           information: Floats) -> tuple[Floats, Floats, Floats]:  # fmt: skip
    """Products of every schedule with outcome and schedule carried out, and its own length."""
    x = schedules.astype(np.float64)
    through = x @ information
    square = np.einsum("mn,mn->m", through, x)
    gone = square <= _LEAST_SHARE * square.max()
    length = np.where(gone, 0.0, np.sqrt(np.maximum(square, 0.0)))
    unit = np.where(gone, np.inf, length)
    return (through @ y) / unit, (through @ done.astype(np.float64)) / unit, length


def _of_done(done: Bools, y: Floats, information: Floats) -> tuple[float, float]:
    """Return the same products of the schedule carried out."""
    through = information @ done.astype(np.float64)
    length = float(np.sqrt(through @ done))
    return float(through @ y) / length, length


def _bounds(a: Floats, c: Floats, a_done: float, c_done: float) -> tuple[Floats, Floats]:
    """Supposed effects between which each schedule's statistic is as large as the one seen."""
    # |A_s - c C_s| >= |A_o - c C_o| exactly for c between (A_o - A_s)/(C_o - C_s) and
    # (A_o + A_s)/(C_o + C_s), as |C_s| <= C_o: the ends of the interval are order statistics
    size = max(float(np.abs(a).max()), abs(a_done), TIE)
    ends = []
    for sign in (-1.0, 1.0):
        top, bottom = a_done + sign * a, c_done + sign * c
        same = bottom <= TIE * c_done
        top = np.where(np.abs(top) <= TIE * size, 0.0, top)  # ties at no effect stay ties
        ends.append((top / np.where(same, np.inf, bottom), same))
    (first, same), (second, mirrored) = ends
    # what cannot be told from the schedule carried out, or is its mirror image, is everywhere
    everywhere = same | mirrored
    low = np.where(everywhere, -np.inf, np.minimum(first, second))
    high = np.where(everywhere, np.inf, np.maximum(first, second))
    return low, high


def _end(low: Floats, level: float) -> float:
    """Return the least supposed effect that 1 - level of the schedules reach."""
    enough = max(1, int(np.ceil((1.0 - level) * len(low) - TIE)))
    return float(np.sort(low)[enough - 1])


def _check_shapes(
    y: Floats, x: Bools, schedules: Bools, z: Floats,
    number: Ints,
) -> None:  # fmt: skip
    n = len(y)
    problems = []
    if not (x.shape == (n,) and z.ndim == 2 and len(z) == n and number.shape == (n,)):
        problems.append("y, x, Z and number have different numbers of nights.")
    if schedules.ndim != 2 or schedules.shape[1:] != (n,) or not len(schedules):
        problems.append(f"schedules have shape {schedules.shape}, expected (m, {n}), m at least 1.")
    if not (np.isfinite(y).all() and np.isfinite(z).all()):
        problems.append("y or Z has missing values; give complete nights only.")
    if (np.diff(number) <= 0).any():
        problems.append("number must increase; one row per night, in calendar order.")
    if problems:
        raise DiaryError(problems)
