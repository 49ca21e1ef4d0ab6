"""How well each noise shape fits, and what slopes and their errors are at each."""

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
    weight: Floats  # (G, m) of each pair, adding up to one over the first axis
    pairs: tuple[Ints, Ints]  # (m,) outcome and (m,) factor
    n: int
    k: int
    p: int
    whitened: Floats  # (G, k + p + q, N), zero where nights were filled up; any order of nights
    mix: Floats  # (G, ., k), or (G, ., .) of one factor: makes of them orthonormal controls, and
    left: Floats  # others without them; (G, 1 + q, 1 + q) products of those, of one factor

    def columns_at(self, points: slice | Ints) -> tuple[Floats, Floats, Floats]:
        """Orthonormal controls (., k, N), factors (., p, N) and outcomes (., q, N) without them."""
        k, p = self.k, self.p
        mix, whitened = self.mix[points, :, :k], self.whitened[points]
        others = whitened[:, k:] + spread(mix[:, k:], whitened[:, :k])
        return spread(mix[:, :k], whitened[:, :k]), others[:, :p], others[:, p:]


def weigh_patterns(
    columns: Sequence[Floats],
    numbers: Sequence[Ints],
    pairs: Sequence[tuple[Ints, Ints]],
    k: int,
    p: int,
) -> Iterator[Evidence]:
    """Weigh the noise for patterns of gaps of about one length, one after the other.

    What is whitened lasts until the next is asked for. Columns: k controls, p factors, q outcomes;
    pairs: outcomes and factors that are asked about.
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
                which = first + start + place
                n, own = len(numbers[which]), pairs[which]
                found = weigh(each, of_some.half_log_det[place], own, n, k, p, width)
                yield Evidence(grid.phi, grid.kappa, found[0], own, n, k, p, each, *found[1:])


def weigh(
    whitened: Floats,
    half_log_det: Floats,
    pairs: tuple[Ints, Ints],
    n: int,
    k: int,
    p: int,
    width: int,
) -> tuple[Floats, Floats, Floats]:
    """Weight (G, m) of every noise shape for every pair; ``mix`` and ``left``.

    From whitened columns (G, ., N): k controls, p factors, q outcomes, ``width`` in all.
    """
    controls, others = whitened[:, :k], whitened[:, k:width]
    cross = products(whitened, whitened) if p == 1 else products(controls, whitened)
    root = np.linalg.cholesky(cross[:, :k, :k])
    to_unit = np.linalg.inv(root)
    onto = to_unit @ cross[:, :k, k:width]
    if p == 1:
        left = cross[:, k:width, k:width] - onto.transpose(0, 2, 1) @ onto
        both, square = left[:, 1:, 0], np.einsum("gii->gi", left)
    else:  # of many factors only the products asked about, and of each with itself
        left = np.empty((0, 0, 0))
        square = np.einsum("gcn,gcn->gc", others, others) - np.einsum("gkc,gkc->gc", onto, onto)
        of_x, of_y = onto[:, :, pairs[1]], onto[:, :, p + pairs[0]]
        both = -np.einsum("gkm,gkm->gm", of_x, of_y)
        for one, each in zip(both, others, strict=True):  # a copy of one noise shape's at a time
            one += np.einsum("mn,mn->m", each[pairs[1]], each[p + pairs[0]])
    sxx, syy = square[:, pairs[1]], square[:, p + pairs[0]]
    # an outcome that the factor explains wholly would otherwise weigh by the log of rounding
    rss = np.maximum(syy - both**2 / sxx, _LEAST_RSS)
    # log w = log prior - log|R|/2 - log|Z'Z|/2 - log Sxx / 2 - (N - k - 1)/2 log rss
    of_shape = noise_grid().log_prior - half_log_det
    of_shape -= np.log(np.einsum("gii->gi", root)).sum(axis=1)
    log_weight = of_shape[:, None] - 0.5 * np.log(sxx) - 0.5 * (n - k - 1) * np.log(rss)
    weight = np.exp(log_weight - log_weight.max(axis=0))  # the largest is 1: nothing overflows
    weight /= weight.sum(axis=0)
    weight[weight < NEGLIGIBLE] = 0.0
    weight /= weight.sum(axis=0)
    mix = np.zeros((*whitened.shape[:2], whitened.shape[1] if p == 1 else k))
    if p == 1:
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
    """Slope, variance and degrees of freedom (G, m) at every noise shape that matters.

    Robust: HC2 with Bell-McCaffrey degrees of freedom (Survey Methodology 2002, 28:169-181).
    """
    shape = evidence.weight.shape
    # where no pair gives a shape weight nothing is computed, and nothing of it is used
    slope, variance, df = np.zeros(shape), np.ones(shape), np.full(shape, 2.0)
    matters = np.flatnonzero(evidence.weight.any(axis=1))
    if robust and evidence.p == 1:
        slope[matters], variance[matters], df[matters] = _of_one_factor(evidence, matters)
        return slope, variance, df
    for block in _blocks(evidence, matters):
        slope[block], variance[block], df[block] = sandwich(
            *evidence.columns_at(block), evidence.pairs, evidence.n, robust=robust
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
    return b / length[:, None], variance, _least_to(spread_of, evidence.n - k - 1)[:, None]


def sandwich(
    q: Floats, x: Floats, y: Floats, pairs: tuple[Ints, Ints], n: int, *, robust: bool
) -> tuple[Floats, Floats, Floats]:
    """Slope, variance, degrees of freedom (g, m) of pairs from what ``columns_at`` gives."""
    # x of unit length after the controls, h = h_controls + x^2, d = x^2 / (1 - h):
    # V = sum d e^2 / Sxx. With unit errors V has mean 1 / Sxx; matching its variance gives
    # df = tr(A)^2 / tr(A^2), A = (I - H) diag(d) (I - H), here without an N x N matrix:
    # 1 / (sum d^2 (1 - 2 h) + ||Q' diag(d) Q||^2), Q the orthonormal columns of controls and x,
    # and sum d^2 (1 - 2 h) = 2 sum d x^2 - sum d^2 because d (1 - h) = x^2
    spare = n - q.shape[1] - 1
    length = np.sqrt(np.einsum("gpn,gpn->gp", x, x))
    x = x / length[:, :, None]
    of_y, of_x = pairs
    y, length = y[:, of_y], length[:, of_x]
    b = np.einsum("gmn,gmn->gm", y, x[:, of_x])
    slope = b / length
    if not robust:
        rss = np.einsum("gmn,gmn->gm", y, y) - b * b
        variance = np.maximum(rss, _ROUNDING) / (spare * length**2)
        return slope, variance, np.full(slope.shape, float(spare))
    share = x * x
    room = 1.0 - np.einsum("gkn,gkn->gn", q, q)[:, None] - share
    d = share / np.maximum(room, _FULL_LEVERAGE, out=room)
    dx = d * x
    kept = np.einsum("gpn,gpn->gp", d, share)
    across = np.einsum("gmn,gmn->gm", y, dx[:, of_x])
    size = np.einsum("gmn,gmn->gm", np.multiply(y, y, out=y), d[:, of_x])
    meat = size - b * (2.0 * across - b * kept[:, of_x])
    variance = np.maximum(meat, _ROUNDING * size) / length**2
    with_x = products(dx, q)
    spread_of = (
        kept * (2.0 + kept)
        - np.einsum("gpn,gpn->gp", d, d)
        + 2.0 * np.einsum("gpk,gpk->gp", with_x, with_x)
        + (_norm_of_few(q, d) if d.shape[1] <= _FEW else _squared_norm(q, d))
    )
    return slope, variance, _least_to(spread_of, spare)[:, of_x]


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
