"""Slopes, HC2 variances and Bell-McCaffrey degrees of freedom at each noise shape."""

from __future__ import annotations

import numpy as np

from sleepstats.arrays import Floats
from sleepstats.inference.evidence import Evidence

_LEAST_DF = 2.0
_FULL_LEVERAGE = 1e-12
_ROUNDING = 1e-15  # below this share of the outcome's variance a residual is rounding
_NUMBERS_AT_ONCE = 1 << 15  # of one column: blocks of noise shapes that fit a processor's cache


def slopes_at_noise(evidence: Evidence, *, robust: bool) -> tuple[Floats, Floats, Floats]:
    """Slope, its variance and degrees of freedom for every noise shape and pair.

    Parameters
    ----------
    evidence : Evidence
    robust : bool
        HC2 with Bell-McCaffrey degrees of freedom, or the variance of the error model.

    Returns
    -------
    slope, variance : ndarray (g, q, p)
    df : ndarray (g, 1, p)
        Does not depend on the outcome.

    Notes
    -----
    With ``x`` scaled to unit length after the controls, ``h = h_controls + x^2`` and ``d = x^2 /
    (1 - h)``: ``V = sum d e^2 / Sxx``. With unit errors V has mean ``1 / Sxx``, and matching its
    variance gives ``df = 1 / (sum d^2 (1 - 2 h) + ||Q' diag(d) Q||^2)``, ``Q`` the orthonormal
    columns of controls and x. That is ``tr(A)^2 / tr(A^2)``, ``A = (I - H) diag(d) (I - H)``,
    without any N x N matrix; ``sum d^2 (1 - 2 h) = 2 sum d x^2 - sum d^2`` because ``d (1 - h) =
    x^2``.
    """
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
