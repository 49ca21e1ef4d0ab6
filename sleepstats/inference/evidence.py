"""How well each noise shape fits, and answers averaged over all shapes with these weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sleepstats.arrays import Floats, Ints, padded, products, spread
from sleepstats.inference.whiten import (
    gaps_of,
    left_to_each_run,
    noise_grid,
    noise_steps,
    whiten,
    whiten_patterns,
)

NEGLIGIBLE = 1e-10  # posterior weight below which a noise shape is left out
#: Numbers at once where only the noise of patterns is stepped through, and whitened ones.
_STEPS = _TOGETHER = 1 << 18
_LEAST_RSS = 1e-28  # relative to a standardised outcome; keeps the log finite for a perfect fit


@dataclass(frozen=True)
class Evidence:
    """Whitened columns of one pattern of gaps, and the weight of each noise shape."""

    phi: Floats
    kappa: Floats
    weight: Floats  # (G, q, p), adding up to one over the first axis
    n: int
    k: int
    whitened: Floats  # (G, k + p + q, N), zero where nights were filled up; any order of nights
    mix: Floats  # (G, ., .) makes of them orthonormal controls and the others without them
    left: Floats  # (G, p + q, p + q) products of the others without the controls

    def columns_at(self, points: slice | Ints) -> tuple[Floats, Floats, Floats]:
        """Orthonormal controls (., k, N), factors (., p, N) and outcomes (., q, N) without them."""
        k, p, last = self.k, self.weight.shape[2], self.k + self.left.shape[1]
        mix, whitened = self.mix[points], self.whitened[points]
        others = whitened[:, k:last] + spread(mix[:, k:last, :k], whitened[:, :k])
        return spread(mix[:, :k, :k], whitened[:, :k]), others[:, :p], others[:, p:]


def weigh_patterns(
    columns: Sequence[Floats], numbers: Sequence[Ints], k: int, p: int
) -> Iterator[Evidence]:
    """Weigh the noise for patterns of gaps of about one length, one after the other.

    What is whitened lasts until the next is asked for. Columns: k controls, p factors, q outcomes.
    """
    grid = noise_grid()
    length = max(padded(len(number)) for number in numbers)
    width, shapes = columns[0].shape[1], len(grid.phi)
    even = width + width % 2  # BLAS is quicker with a row of zeros than with an odd number of rows
    stepped, whole = (max(1, most // (length * shapes)) for most in (_STEPS, _TOGETHER // width))
    room = np.zeros((min(whole, len(columns)), shapes, even, length))
    for first in range(0, len(columns), stepped):
        gaps = np.array([gaps_of(number, length) for number in numbers[first : first + stepped]])
        steps = noise_steps(gaps, grid.phi, grid.kappa)
        rows = np.zeros((len(gaps), length, width))
        for row, each in zip(rows, columns[first : first + stepped], strict=True):
            row[: len(each)] = each
        left = left_to_each_run(rows, steps)
        for start in range(0, len(gaps), whole):
            some = slice(start, start + whole)
            of_some, here = steps.of(some), rows[some]
            whitened = room[: len(here)]
            runs = whitened.reshape(*whitened.shape[:3], *steps.carry.shape[1::-1])
            whiten_patterns(here, of_some, left[:, some], runs[:, :, :width])
            for place, each in enumerate(whitened):
                n = len(numbers[first + start + place])
                weight, mix, left_of = weigh(each, of_some.half_log_det[place], n, k, p, width)
                yield Evidence(grid.phi, grid.kappa, weight, n, k, each, mix, left_of)


def weigh(
    whitened: Floats, half_log_det: Floats, n: int, k: int, p: int, width: int
) -> tuple[Floats, Floats, Floats]:
    """Weight (G, q, p) of every noise shape for every pair; ``mix`` and ``left``.

    From whitened columns (G, ., N): k controls, p factors, q outcomes, ``width`` in all.
    """
    controls, others = whitened[:, :k], whitened[:, k:width]
    cross = products(whitened, whitened) if p == 1 else products(controls, whitened)
    root = np.linalg.cholesky(cross[:, :k, :k])
    to_unit = np.linalg.inv(root)
    onto = to_unit @ cross[:, :k, k:width]
    if p == 1:
        left = cross[:, k:width, k:width] - onto.transpose(0, 2, 1) @ onto
    else:  # of many factors only products with the outcomes, and of each with itself
        left = np.zeros((len(whitened), width - k, width - k))
        left[:, p:, :p] = products(others[:, p:], others[:, :p])
        left[:, p:, :p] -= onto[:, :, p:].transpose(0, 2, 1) @ onto[:, :, :p]
        lengths = np.einsum("gcn,gcn->gc", others, others)
        np.einsum("gii->gi", left)[:] = lengths - np.einsum("gkc,gkc->gc", onto, onto)
    square = np.einsum("gii->gi", left)
    sxx, syy = square[:, None, :p], square[:, p:, None]
    # an outcome that the factor explains wholly would otherwise weigh by the log of rounding
    rss = np.maximum(syy - left[:, p:, :p] ** 2 / sxx, _LEAST_RSS)
    # log w = log prior - log|R|/2 - log|Z'Z|/2 - log Sxx / 2 - (N - k - 1)/2 log rss
    of_shape = noise_grid().log_prior - half_log_det
    of_shape -= np.log(np.einsum("gii->gi", root)).sum(axis=1)
    log_weight = of_shape[:, None, None] - 0.5 * np.log(sxx) - 0.5 * (n - k - 1) * np.log(rss)
    weight = np.exp(log_weight - log_weight.max(axis=0))  # the largest is 1: nothing overflows
    weight /= weight.sum(axis=0)
    weight[weight < NEGLIGIBLE] = 0.0
    weight /= weight.sum(axis=0)
    mix = np.zeros((*whitened.shape[:2], whitened.shape[1]))
    np.einsum("gii->gi", mix)[:, k:] = 1.0
    mix[:, :k, :k] = to_unit
    mix[:, k:width, :k] = -(onto.transpose(0, 2, 1) @ to_unit)
    return weight, mix, left


def joint_evidence(
    basis: Floats, tested: Floats, outcome: Floats, number: Ints
) -> tuple[Floats, Floats]:
    """Weight and F statistic (45,) of dropping all tested columns, per noise shape.

    Orthonormal controls and tested columns; the outcome (N, 1) without controls, standardised.
    """
    grid = noise_grid()
    (n, k), m = basis.shape, tested.shape[1]
    columns = np.concatenate([basis, tested, outcome], axis=1)
    whitened, half_log_det = whiten(columns, number, grid.phi, grid.kappa)
    root = np.linalg.cholesky(products(whitened, whitened))
    # the root's last row holds the outcome's parts along controls and tested columns, and the rest
    explained = (root[:, -1, k:-1] ** 2).sum(axis=1)
    rss = np.maximum(root[:, -1, -1] ** 2, _LEAST_RSS)
    spare = n - k - m
    half_log_information = np.log(np.einsum("gii->gi", root)[:, :-1]).sum(axis=1)
    log_weight = grid.log_prior - half_log_det - half_log_information - 0.5 * spare * np.log(rss)
    weight = np.exp(log_weight - log_weight.max())
    return weight / weight.sum(), (explained / m) / (rss / spare)


_LEAST_DF = 2.0  # with fewer a t distribution has no variance
_FULL_LEVERAGE = 1e-12  # a night that the columns fit wholly has no residual to divide
_ROUNDING = 1e-15  # below this share of the outcome's variance a residual is rounding
_NUMBERS_AT_ONCE = 1 << 16  # of all columns: blocks of noise shapes that fit a processor's cache
_FEW = 4  # factors up to which products of each with all controls are the quicker way


def slopes_at_noise(evidence: Evidence, *, robust: bool) -> tuple[Floats, Floats, Floats]:
    """Slope, variance (G, q, p) and degrees of freedom (G, 1, p) at every noise shape that matters.

    Robust: HC2 with Bell-McCaffrey degrees of freedom (Survey Methodology 2002, 28:169-181).
    """
    shape = evidence.weight.shape
    # where no pair gives a shape weight nothing is computed, and nothing of it is used
    slope, variance, df = np.zeros(shape), np.ones(shape), np.full((shape[0], 1, shape[2]), 2.0)
    matters = np.flatnonzero(evidence.weight.any(axis=(1, 2)))
    if robust and shape[2] == 1:
        slope[matters], variance[matters], df[matters] = _of_one_factor(evidence, matters)
        return slope, variance, df
    for block in _blocks(evidence, matters):
        slope[block], variance[block], df[block] = sandwich(
            *evidence.columns_at(block), evidence.n, robust=robust
        )
    return slope, variance, df


def _blocks(evidence: Evidence, matters: Ints) -> Iterator[slice | Ints]:
    """Give noise shapes as many at once as fit a processor's cache."""
    _, width, n = evidence.whitened.shape
    at_once = max(1, _NUMBERS_AT_ONCE // (n * width))
    for start in range(0, len(matters), at_once):
        some = matters[start : start + at_once]
        whole = some[-1] - some[0] == len(some) - 1
        yield slice(some[0], some[-1] + 1) if whole else some  # a slice copies nothing


def _of_one_factor(evidence: Evidence, matters: Ints) -> tuple[Floats, Floats, Floats]:
    """As :func:`sandwich` of one factor at some noise shapes, by one product of all columns."""
    k, left = evidence.k, evidence.left[matters]
    length = np.sqrt(left[:, 0, 0])
    b = left[:, 1:, 0] / length[:, None]
    evidence.mix[matters, k] /= length[:, None]  # the factor of unit length
    whole, of_d = np.empty(evidence.mix.shape), np.empty(len(evidence.mix))
    for block in _blocks(evidence, matters):
        columns = spread(evidence.mix[block], evidence.whitened[block])
        x, fitted = columns[:, k], columns[:, : k + 1]
        room = 1.0 - np.einsum("gkn,gkn->gn", fitted, fitted)
        d = x * x
        d /= np.maximum(room, _FULL_LEVERAGE, out=room)
        of_d[block] = np.einsum("gn,gn->g", d, d)
        columns *= np.sqrt(d, out=d)[:, None]
        whole[block] = products(columns, columns)
    last, whole = k + left.shape[1], whole[matters]
    kept, across = whole[:, k, k], whole[:, k, k + 1 : last]
    size = np.einsum("gii->gi", whole)[:, k + 1 : last]
    meat = size - b * (2.0 * across - b * kept[:, None])
    variance = np.maximum(meat, _ROUNDING * size) / left[:, :1, 0]
    entries = whole[:, : k + 1, : k + 1]
    spread_of = 2.0 * kept - of_d[matters] + np.einsum("gij,gij->g", entries, entries)
    df = _least_to(spread_of, evidence.n - k - 1)[:, None, None]
    return (b / length[:, None])[:, :, None], variance[:, :, None], df


def sandwich(
    q: Floats, x: Floats, y: Floats, n: int, *, robust: bool
) -> tuple[Floats, Floats, Floats]:
    """Slope, variance (g, q, p), degrees of freedom (g, 1, p) from what ``columns_at`` gives."""
    # x of unit length after the controls, h = h_controls + x^2, d = x^2 / (1 - h):
    # V = sum d e^2 / Sxx. With unit errors V has mean 1 / Sxx; matching its variance gives
    # df = tr(A)^2 / tr(A^2), A = (I - H) diag(d) (I - H), here without an N x N matrix:
    # 1 / (sum d^2 (1 - 2 h) + ||Q' diag(d) Q||^2), Q the orthonormal columns of controls and x,
    # and sum d^2 (1 - 2 h) = 2 sum d x^2 - sum d^2 because d (1 - h) = x^2
    spare = n - q.shape[1] - 1
    length = np.sqrt(np.einsum("gpn,gpn->gp", x, x))
    x = x / length[:, :, None]
    b = products(y, x)
    slope = b / length[:, None]
    share = x * x
    if not robust:
        rss = np.einsum("gqn,gqn->gq", y, y)[:, :, None] - b * b
        variance = np.maximum(rss, _ROUNDING) / (spare * length**2)[:, None]
        return slope, variance, np.full((len(x), 1, x.shape[1]), float(spare))
    room = 1.0 - np.einsum("gkn,gkn->gn", q, q)[:, None] - share
    d = share / np.maximum(room, _FULL_LEVERAGE, out=room)
    dx = d * x
    kept = np.einsum("gpn,gpn->gp", d, share)
    size = products(y * y, d)
    meat = size - b * (2.0 * products(y, dx) - b * kept[:, None])
    variance = np.maximum(meat, _ROUNDING * size) / (length**2)[:, None]
    with_x = products(dx, q)
    spread_of = (
        kept * (2.0 + kept)
        - np.einsum("gpn,gpn->gp", d, d)
        + 2.0 * np.einsum("gpk,gpk->gp", with_x, with_x)
        + (_norm_of_few(q, d) if d.shape[1] <= _FEW else _squared_norm(q, d))
    )
    return slope, variance, _least_to(spread_of, spare)[:, None]


def _least_to(spread_of: Floats, most: float) -> Floats:
    """Return degrees of freedom; the least where nights of full leverage cancel to nothing."""
    df = np.divide(1.0, spread_of, out=np.zeros_like(spread_of), where=spread_of != 0.0)
    return np.asarray(np.clip(df, _LEAST_DF, most))


def _norm_of_few(q: Floats, d: Floats) -> Floats:
    """As :func:`_squared_norm`, one product of matrices for each row of d."""
    norm = np.empty(d.shape[:2])
    for row in range(d.shape[1]):
        entries = products(q * d[:, row, None], q)
        norm[:, row] = np.einsum("gij,gij->g", entries, entries)
    return norm


def _squared_norm(q: Floats, d: Floats) -> Floats:
    """Squared Frobenius norm of ``q diag(d) q'`` for q (g, k, N) and each row of d (g, p, N)."""
    (n_shapes, k, n), p = q.shape, d.shape[1]
    pairs = np.empty((k * (k + 1) // 2, n))  # of one noise shape, so that they stay in the cache
    times = np.full(len(pairs), 2.0)  # off the diagonal counts twice
    norm = np.empty((n_shapes, p))
    for shape in range(n_shapes):
        columns, start = q[shape], 0
        for row in range(k):
            stop = start + k - row
            np.multiply(columns[row:], columns[row], out=pairs[start:stop])
            times[start] = 1.0
            start = stop
        entries = products(d[shape][None], pairs[None])[0]
        entries *= entries
        norm[shape] = entries @ times
    return norm


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
        value, done = np.where(done, value, moved), done | settled
        if done.all():
            break
        still = ~done[rows]
        rows = rows[still]
        of = (mass, middle, spread, freedom, height)
        mass, middle, spread, freedom, height = (a[still] for a in of)
    return value[:n_rows], value[n_rows:]


def _beyond(t: Floats, df: Floats) -> Floats:
    """Probability that a t variable lies beyond t on t's own side of zero."""
    from scipy.special import betainc  # only here: scipy takes a while to load

    return np.asarray(0.5 * betainc(0.5 * df, 0.5, df / (df + t * t)))
