"""How well each noise shape fits, and what slopes and their errors are at each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sleepstats.arrays import Floats, Ints, padded, products, spread
from sleepstats.inference import whiten

NEGLIGIBLE = 1e-10  # posterior weight below which a noise shape is left out
#: Numbers at once where only the noise of patterns is stepped through, and whitened ones.
_STEPS, _TOGETHER = 1 << 18, 1 << 18
_LEAST_RSS = 1e-28  # relative to a standardised outcome; keeps the log finite for a perfect fit


@dataclass(frozen=True)
class AtNoise:
    """What one pattern of gaps tells of m pairs at each of G noise shapes: (G, m)."""

    #: Adding up to one over the shapes; where no pair gives a shape weight the others are of use to
    #: nobody.
    weight: Floats
    slope: Floats
    variance: Floats
    df: Floats


def weigh_patterns(
    columns: Sequence[Floats],
    numbers: Sequence[Ints],
    pairs: Sequence[tuple[Ints, Ints]],
    k: int,
    p: int,
    *,
    robust: bool = True,
) -> Iterator[AtNoise]:
    """Tell slopes and the weight of the noise for patterns of gaps of about one length, in turn.

    Columns: k controls, p factors, q outcomes; pairs: outcomes and factors that are asked about.
    Robust: HC2 with Bell-McCaffrey degrees of freedom (Survey Methodology 2002, 28:169-181).
    """
    grid = whiten.noise_grid()
    length, width = max(padded(len(number)) for number in numbers), columns[0].shape[1]
    # BLAS is quicker with a row of zeros than with an odd number of rows
    size = len(grid.phi), width + width % 2, length
    stepped = max(1, _STEPS // (len(grid.phi) * length))
    together = max(1, _TOGETHER // int(np.prod(size))) if p == 1 else 1
    room = np.zeros((min(together, len(columns)) * (p == 1), *size))  # until the next is whitened
    for first in range(0, len(columns), stepped):
        part = slice(first, first + stepped)
        asked, nights = pairs[part], np.array([len(one) for one in numbers[part]])
        gaps = np.array([whiten.gaps_of(one, length) for one in numbers[part]])
        steps = whiten.noise_steps(gaps, grid.phi, grid.kappa)
        rows = np.zeros((len(gaps), length, width))
        for row, each in zip(rows, columns[part], strict=True):
            row[: len(each)] = each
        left = whiten.left_to_each_run(rows, steps)
        for start in range(0, len(gaps), together):
            some = slice(start, start + together)
            of_some = steps.of(some)
            if p > 1:
                yield _of_factors(
                    rows[some], of_some, left[:, some], asked[start], int(nights[start]), k, p,
                    robust=robust,
                )  # fmt: skip
                continue
            whitened = room[: len(rows[some])]
            _whiten_into(whitened, rows[some], of_some, left[:, some])
            told = _of_one_factor(whitened, of_some.half_log_det, nights[some], k, width, robust)
            for place, (of_y, _) in enumerate(asked[some]):
                yield AtNoise(*(one[place][:, of_y] for one in told))


def _whiten_into(whitened: Floats, rows: Floats, steps: whiten.Steps, left: Floats) -> None:
    """Whiten into (P, G, ., N), of which a last row may stay empty."""
    runs = whitened.reshape(*whitened.shape[:3], *steps.decay.shape[1::2])
    whiten.whiten_patterns(rows, steps, left, runs[:, :, : rows.shape[2]])


def _of_one_factor(
    whitened: Floats, half_log_det: Floats, n: Ints, k: int, width: int, robust: bool
) -> tuple[Floats, Floats, Floats, Floats]:
    """Weight, slope, variance, df (P, G, q) of q outcomes on the one factor of P sets of n nights.

    From whitened columns (P, G, ., N), which are worked on in place: controls, factor, outcomes.
    """
    cross = products(whitened[:, :, :width], whitened)[..., :width]
    root = np.linalg.cholesky(cross[..., :k, :k])
    to_unit = np.linalg.inv(root)
    onto = to_unit @ cross[..., :k, k:]
    left = cross[..., k:, k:] - onto.swapaxes(2, 3) @ onto
    length = np.sqrt(left[..., :1, 0])
    b = left[..., 1:, 0] / length
    rss = np.einsum("pgii->pgi", left)[..., 1:] - b * b
    spare = n[:, None, None] - np.float64(k + 1)
    of_shape = whiten.noise_grid().log_prior - half_log_det
    of_shape -= np.log(np.einsum("pgii->pgi", root)).sum(axis=2)
    # an outcome that the factor explains wholly would otherwise weigh by the log of rounding
    weight = _weights(
        of_shape[..., None] - np.log(length) - 0.5 * spare * np.log(np.maximum(rss, _LEAST_RSS))
    )
    if not robust:
        variance = np.maximum(rss, _ROUNDING) / (spare * length**2)
        return weight, b / length, variance, np.broadcast_to(spare, b.shape)
    # controls and the factor orthonormal, outcomes without the controls
    mix = np.zeros(cross.shape)
    np.einsum("pgii->pgi", mix)[..., k:] = 1.0
    mix[..., :k, :k] = to_unit
    mix[..., k:, :k] = -(onto.swapaxes(2, 3) @ to_unit)
    mix[..., k, :] /= length
    whole, of_d = np.zeros(cross.shape), np.zeros(cross.shape[:2])
    matters = np.asarray(weight.any(axis=(0, 2)))
    for part in _blocks(np.flatnonzero(matters), whitened[:, 0].size):
        mine, turn = whitened[:, part], mix[:, part]
        fitted = spread(turn[..., : k + 1, : k + 1], mine[:, :, : k + 1])
        room = 1.0 - np.einsum("pgkn,pgkn->pgn", fitted, fitted)
        d = fitted[:, :, k] ** 2
        d /= np.maximum(room, _FULL_LEVERAGE, out=room)
        of_d[:, part] = np.einsum("pgn,pgn->pg", d, d)
        mine *= np.sqrt(d, out=d)[:, :, None]
        whole[:, part] = products(mine[:, :, :width], mine)[..., :width]
    whole = mix @ whole @ mix.swapaxes(2, 3)
    kept, across = whole[..., k, k, None], whole[..., k, k + 1 :]
    size = np.einsum("pgii->pgi", whole)[..., k + 1 :]
    meat = size - b * (2.0 * across - b * kept)
    entries = whole[..., : k + 1, : k + 1]
    norm = np.einsum("pgij,pgij->pg", entries, entries)
    spread_of = 2.0 * kept + (norm - of_d)[..., None]
    # where no pair gives a shape weight nothing of these is used
    idle = ~matters[:, None]
    variance = np.where(idle, 1.0, np.maximum(meat, _ROUNDING * size) / length**2)
    df = np.where(idle, 2.0, _least_to(spread_of, spare))
    return weight, b / length, variance, np.broadcast_to(df, b.shape)


def _weights(log_weight: Floats) -> Floats:
    """Turn log weights (..., G, m) into weights."""
    weight = np.exp(log_weight - log_weight.max(axis=-2, keepdims=True))  # the largest is 1
    weight /= weight.sum(axis=-2, keepdims=True)
    weight[weight < NEGLIGIBLE] = 0.0
    weight /= weight.sum(axis=-2, keepdims=True)
    return np.asarray(weight)


def _of_factors(
    rows: Floats,
    steps: whiten.Steps,
    left: Floats,
    pairs: tuple[Ints, Ints],
    n: int,
    k: int,
    p: int,
    *,
    robust: bool,
) -> AtNoise:
    """Tell all pairs of one set of n nights (1, N, c) with p factors, some shapes at a time."""
    (_, length, width), m = rows.shape, len(pairs[0])
    size = width + width % 2, length
    at_once = max(1, _TOGETHER // (len(whiten.ONE_NIGHT_SHARE) * int(np.prod(size))))
    # where no pair gives a shape weight nothing is computed, and nothing of it is used
    told = np.zeros((3, len(whiten.noise_grid().phi), m))
    told[1:] = np.array([1.0, 2.0])[:, None, None]
    log_weight, highest = np.empty(told.shape[1:]), np.full(m, -np.inf)
    room = np.zeros((1, len(whiten.ONE_NIGHT_SHARE) * at_once + 1, *size))
    for shapes, of_some, remember in steps.by_persistence(at_once):
        whitened = room[:, : shapes.stop - shapes.start]
        _whiten_into(whitened, rows, of_some, left[..., remember])
        controls, others = whitened[0, :, :k], whitened[0, :, k:width]
        cross = products(controls, whitened[0])
        root = np.linalg.cholesky(cross[:, :, :k])
        to_unit = np.linalg.inv(root)
        onto = to_unit @ cross[:, :, k:width]
        # only the products asked about, and of each with itself
        square = np.einsum("gcn,gcn->gc", others, others) - np.einsum("gkc,gkc->gc", onto, onto)
        of_x, of_y = onto[:, :, pairs[1]], onto[:, :, p + pairs[0]]
        each, at = _beside(others[:, p:], pairs, p)
        both = np.einsum("grmn,gmn->grm", each, others[:, :p][:, at]).reshape(-1, m)
        both -= np.einsum("gkm,gkm->gm", of_x, of_y)
        sxx, syy = square[:, pairs[1]], square[:, p + pairs[0]]
        # log w = log prior - log|R|/2 - log|Z'Z|/2 - log Sxx / 2 - (N - k - 1)/2 log rss
        rss = np.maximum(syy - both**2 / sxx, _LEAST_RSS)
        of_shape = whiten.noise_grid().log_prior[shapes] - steps.half_log_det[0, shapes]
        of_shape -= np.log(np.einsum("gii->gi", root)).sum(axis=1)
        fits = of_shape[:, None] - 0.5 * np.log(sxx) - 0.5 * (n - k - 1) * np.log(rss)
        log_weight[shapes], highest = fits, np.maximum(highest, fits.max(axis=0))
        matters = (fits > highest + _SURELY_NEGLIGIBLE).any(axis=1)
        for part in _blocks(np.flatnonzero(matters), whitened[0, 0].size):
            clear, mine = to_unit[part], whitened[0, part]
            rest = mine[:, k:width]
            rest -= spread(onto[part].swapaxes(1, 2) @ clear, mine[:, :k])
            clear = spread(clear, mine[:, :k])
            of_part = sandwich(clear, rest[:, :p], rest[:, p:], pairs, n, robust=robust)
            told[:, shapes][:, part] = np.stack(of_part)
    return AtNoise(_weights(log_weight), *told)


def _beside(y: Floats, pairs: tuple[Ints, Ints], p: int) -> tuple[Floats, Ints | slice]:
    """Return outcomes (g, r, m, N) of pairs, and which of p factors (m) they meet r times each.

    Mostly each factor has outcomes of its own, one after the other: then nothing is copied.
    """
    of_y, of_x = pairs
    own = np.arange(len(of_x))
    in_turns = y.shape[1] == len(own) and len(own) % p == 0
    if in_turns and (of_y == own).all() and (of_x == own % p).all():
        return y.reshape(len(y), -1, p, y.shape[2]), slice(None)
    return y[:, None, of_y], of_x


def _blocks(shapes: Ints, size: int) -> Iterator[slice]:
    """Give noise shapes, of so many numbers each, as many at once as fit a processor's cache."""
    at_once = max(1, _NUMBERS_AT_ONCE // size)
    while len(shapes):
        first = int(shapes[0])
        within = shapes[shapes < first + at_once]
        yield slice(first, int(within[-1]) + 1)  # a slice copies nothing
        shapes = shapes[len(within) :]


#: Log of a weight, less the largest so far, that no rounding makes more than negligible.
_SURELY_NEGLIGIBLE = np.log(NEGLIGIBLE) - 0.1
_TRACE = 1e-12  # above the rounding of sums over thousands of nights, whoever sums them


def root_of(cross: Floats) -> Floats:
    """Return the Cholesky root; an outcome that nothing is left of keeps a trace of rounding."""
    try:
        return np.asarray(np.linalg.cholesky(cross))
    except np.linalg.LinAlgError:
        cross[:, -1, -1] *= 1.0 + _TRACE
        return np.asarray(np.linalg.cholesky(cross))


def joint_evidence(
    basis: Floats, tested: Floats, outcome: Floats, number: Ints
) -> tuple[Floats, Floats]:
    """Weight and F statistic (45,) of dropping all tested columns, per noise shape.

    Orthonormal controls and tested columns; the outcome (N, 1) without controls, standardised.
    """
    grid = whiten.noise_grid()
    (n, k), m = basis.shape, tested.shape[1]
    columns = np.concatenate([basis, tested, outcome], axis=1)
    whitened, half_log_det = whiten.whiten(columns, number, grid.phi, grid.kappa)
    root = root_of(products(whitened, whitened))
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
_PAIRS_AT_ONCE = 1 << 15
_FEW = 4  # factors up to which products of each with all controls are the quicker way


def sandwich(
    q: Floats, x: Floats, y: Floats, pairs: tuple[Ints, Ints], n: int, *, robust: bool
) -> tuple[Floats, Floats, Floats]:
    """Slope, variance, degrees of freedom (g, m) of pairs from what ``columns_at`` gives."""
    # x of unit length after the controls, h = h_controls + x^2, d = x^2 / (1 - h):
    # V = sum d e^2 / Sxx. With unit errors V has mean 1 / Sxx; matching its variance gives
    # df = tr(A)^2 / tr(A^2), A = (I - H) diag(d) (I - H), here without an N x N matrix:
    # 1 / (sum d^2 (1 - 2 h) + ||Q' diag(d) Q||^2), Q the orthonormal columns of controls and x,
    # and sum d^2 (1 - 2 h) = 2 sum d x^2 - sum d^2 because d (1 - h) = x^2
    spare, shape = n - q.shape[1] - 1, (len(y), len(pairs[0]))
    length = np.sqrt(np.einsum("gpn,gpn->gp", x, x))
    x = x / length[:, :, None]
    of_x = pairs[1]
    y, at = _beside(y, pairs, x.shape[1])  # (g, r, m, N): the outcomes of m factors, r of each
    length = length[:, of_x]
    b = np.einsum("grmn,gmn->grm", y, x[:, at])
    slope = b.reshape(shape) / length
    if not robust:
        rss = (np.einsum("grmn,grmn->grm", y, y) - b * b).reshape(shape)
        variance = np.maximum(rss, _ROUNDING) / (spare * length**2)
        return slope, variance, np.full(shape, float(spare))
    share = x * x
    room = 1.0 - np.einsum("gkn,gkn->gn", q, q)[:, None] - share
    d = share / np.maximum(room, _FULL_LEVERAGE, out=room)
    dx = d * x
    kept = np.einsum("gpn,gpn->gp", d, share)
    across = np.einsum("grmn,gmn->grm", y, dx[:, at])
    size = np.einsum("grmn,gmn->grm", np.multiply(y, y, out=y), d[:, at])
    meat = size - b * (2.0 * across - b * kept[:, None, at])
    variance = np.maximum(meat, _ROUNDING * size).reshape(shape) / length**2
    with_x = products(dx, q)
    spread_of = (
        kept * (2.0 + kept)
        - np.einsum("gpn,gpn->gp", d, d)
        + 2.0 * np.einsum("gpk,gpk->gp", with_x, with_x)
        + (_norm_of_few(q, d) if d.shape[1] <= _FEW else _squared_norm(q, d))
    )
    return slope, variance, _least_to(spread_of, spare)[:, of_x]


def _least_to(spread_of: Floats, most: float | Floats) -> Floats:
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
    rows = k * (k + 1) // 2
    at_once = max(1, _PAIRS_AT_ONCE // (rows * n))  # so that they stay in the cache
    pairs = np.empty((min(at_once, n_shapes), rows, n))
    times = np.full(rows, 2.0)  # off the diagonal counts twice
    norm = np.empty((n_shapes, p))
    for first in range(0, n_shapes, at_once):
        columns, start = q[first : first + at_once], 0
        of_some = pairs[: len(columns)]
        for row in range(k):
            stop = start + k - row
            np.multiply(columns[:, row:], columns[:, row, None], out=of_some[:, start:stop])
            times[start] = 1.0
            start = stop
        entries = products(d[first : first + at_once], of_some)
        entries *= entries
        norm[first : first + at_once] = entries @ times
    return norm
