"""How well each noise shape fits: the posterior weights that the engine averages with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sleepstats.arrays import Floats, Ints
from sleepstats.inference.whiten import noise_grid, whiten

NEGLIGIBLE = 1e-10  # posterior weight below which a noise shape is left out
_LEAST_RSS = 1e-28  # relative to a standardised outcome; keeps the log finite for a perfect fit


@dataclass(frozen=True)
class Evidence:
    """Whitened columns and the weight of each noise shape that matters for some pair."""

    phi: Floats
    kappa: Floats
    weight: Floats  # (g, q, p), adding up to one over the first axis
    n: int
    k: int
    whitened: Floats  # (g, k + p + q, N)
    to_unit: Floats  # (g, k, k) makes the whitened controls orthonormal
    onto: Floats  # (g, k, p + q) parts of the other columns along them

    def columns_at(self, points: slice) -> tuple[Floats, Floats, Floats]:
        """Orthonormal controls (., k, N), factors (., p, N) and outcomes (., q, N) without them."""
        whitened = self.whitened[points]
        controls = self.to_unit[points] @ whitened[:, : self.k]
        others = whitened[:, self.k :] - self.onto[points].transpose(0, 2, 1) @ controls
        p = self.weight.shape[2]
        return controls, others[:, :p], others[:, p:]


def weigh_noise(basis: Floats, factors: Floats, outcomes: Floats, number: Ints) -> Evidence:
    """Whiten for every noise shape and weigh the shapes, separately for each pair.

    Orthonormal controls (N, k); factors and outcomes without them, standardised.
    """
    grid = noise_grid()
    n, k = basis.shape
    p = factors.shape[1]
    columns = np.concatenate([basis, factors, outcomes], axis=1)
    whitened, half_log_det = whiten(columns, number, grid.phi, grid.kappa)
    cross = whitened @ whitened.transpose(0, 2, 1)
    root = np.linalg.cholesky(cross[:, :k, :k])
    to_unit = np.linalg.inv(root)
    onto = to_unit @ cross[:, :k, k:]
    left = cross[:, k:, k:] - onto.transpose(0, 2, 1) @ onto
    square = np.einsum("gii->gi", left)
    sxx, syy = square[:, None, :p], square[:, p:, None]
    # an outcome that the factor explains wholly would otherwise weigh by the log of rounding
    rss = np.maximum(syy - left[:, p:, :p] ** 2 / sxx, _LEAST_RSS)
    # log w = log prior - log|R|/2 - log|Z'Z|/2 - log Sxx / 2 - (N - k - 1)/2 log rss
    of_shape = grid.log_prior - half_log_det - np.log(np.einsum("gii->gi", root)).sum(axis=1)
    log_weight = of_shape[:, None, None] - 0.5 * np.log(sxx) - 0.5 * (n - k - 1) * np.log(rss)
    weight = np.exp(log_weight - log_weight.max(axis=0))  # the largest is 1: nothing overflows
    weight /= weight.sum(axis=0)
    weight[weight < NEGLIGIBLE] = 0.0
    weight /= weight.sum(axis=0)
    matters = np.flatnonzero(weight.any(axis=(1, 2)))
    kept = slice(matters[0], matters[-1] + 1)  # one range, so that nothing is copied
    return Evidence(
        phi=grid.phi[kept],
        kappa=grid.kappa[kept],
        weight=weight[kept],
        n=n,
        k=k,
        whitened=whitened[kept],
        to_unit=to_unit[kept],
        onto=onto[kept],
    )


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
    root = np.linalg.cholesky(whitened @ whitened.transpose(0, 2, 1))
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
_NUMBERS_AT_ONCE = 1 << 15  # of one column: blocks of noise shapes that fit a processor's cache


def slopes_at_noise(evidence: Evidence, *, robust: bool) -> tuple[Floats, Floats, Floats]:
    """Slope, variance (g, q, p) and degrees of freedom (g, 1, p) at every noise shape kept.

    Robust: HC2 with Bell-McCaffrey degrees of freedom (Survey Methodology 2002, 28:169-181).
    """
    # x of unit length after the controls, h = h_controls + x^2, d = x^2 / (1 - h):
    # V = sum d e^2 / Sxx. With unit errors V has mean 1 / Sxx; matching its variance gives
    # df = tr(A)^2 / tr(A^2), A = (I - H) diag(d) (I - H), here without an N x N matrix:
    # 1 / (sum d^2 (1 - 2 h) + ||Q' diag(d) Q||^2), Q the orthonormal columns of controls and x,
    # and sum d^2 (1 - 2 h) = 2 sum d x^2 - sum d^2 because d (1 - h) = x^2
    spare = evidence.n - evidence.k - 1
    shape = evidence.weight.shape
    slope, variance = np.empty(shape), np.empty(shape)
    df = np.full((shape[0], 1, shape[2]), float(spare))
    at_once = max(1, _NUMBERS_AT_ONCE // (evidence.n * (shape[2] + evidence.k)))
    for start in range(0, shape[0], at_once):
        block = slice(start, start + at_once)
        q, x, y = evidence.columns_at(block)
        length = np.sqrt(np.einsum("gpn,gpn->gp", x, x))
        x = x / length[:, :, None]
        b = y @ x.transpose(0, 2, 1)
        slope[block] = b / length[:, None]
        share = x * x
        if not robust:
            rss = np.einsum("gqn,gqn->gq", y, y)[:, :, None] - b * b
            variance[block] = np.maximum(rss, _ROUNDING) / (spare * length**2)[:, None]
            continue
        leverage = np.einsum("gkn,gkn->gn", q, q)[:, None] + share
        d = share / np.maximum(1.0 - leverage, _FULL_LEVERAGE)
        dx = d * x
        kept = np.einsum("gpn,gpn->gp", d, share)
        size = (y * y) @ d.transpose(0, 2, 1)
        meat = size - b * (2.0 * (y @ dx.transpose(0, 2, 1)) - b * kept[:, None])
        variance[block] = np.maximum(meat, _ROUNDING * size) / (length**2)[:, None]
        with_x = dx @ q.transpose(0, 2, 1)
        df[block, 0] = 1.0 / (
            kept * (2.0 + kept)
            - np.einsum("gpn,gpn->gp", d, d)
            + 2.0 * np.einsum("gpk,gpk->gp", with_x, with_x)
            + _squared_norm(q, d)
        )
    return slope, variance, np.clip(df, _LEAST_DF, spare)


def _squared_norm(q: Floats, d: Floats) -> Floats:
    """Squared Frobenius norm of ``q diag(d) q'`` for q (g, k, N) and each row of d (g, p, N)."""
    (n_shapes, k, n), p = q.shape, d.shape[1]
    products = np.empty((k * (k + 1) // 2, n))  # of one noise shape, so that they stay in the cache
    times = np.full(len(products), 2.0)  # off the diagonal counts twice
    norm = np.empty((n_shapes, p))
    for shape in range(n_shapes):
        columns, start = q[shape], 0
        for row in range(k):
            stop = start + k - row
            np.multiply(columns[row:], columns[row], out=products[start:stop])
            times[start] = 1.0
            start = stop
        entries = d[shape] @ products.T
        entries *= entries
        norm[shape] = entries @ times
    return norm
