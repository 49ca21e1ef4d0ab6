"""Slopes, HC2 variances and Bell-McCaffrey degrees of freedom at each noise shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sleepstats.inference.evidence import Evidence

Floats = NDArray[np.float64]

_LEAST_DF = 2.0
_FULL_LEVERAGE = 1e-12
_LEAST_VARIANCE = 1e-300


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
    without any N x N matrix.
    """
    n, k = evidence.controls.shape[1:]
    spare = n - k - 1
    shape = evidence.weight.shape
    slope, variance = np.empty(shape), np.empty(shape)
    df = np.full((shape[0], 1, shape[2]), float(spare))
    first, second = np.triu_indices(k)
    times = np.where(first == second, 1.0, 2.0)  # off the diagonal counts twice
    for point in range(shape[0]):
        q = evidence.controls[point]
        x = evidence.factors[point]
        y = evidence.outcomes[point]
        length = np.sqrt((x * x).sum(axis=0))
        x = x / length
        b = y.T @ x
        error = y[:, :, None] - b[None] * x[:, None, :]
        slope[point] = b / length
        if not robust:
            variance[point] = np.einsum("nqp,nqp->qp", error, error) / (spare * length**2)
            continue
        share = x * x
        leverage = (q * q).sum(axis=1)[:, None] + share
        d = share / np.maximum(1.0 - leverage, _FULL_LEVERAGE)
        variance[point] = np.einsum("np,nqp,nqp->qp", d, error, error) / length**2
        of_controls = d.T @ (q[:, first] * q[:, second])
        with_x = q.T @ (d * x)
        trace = (
            (of_controls**2) @ times + 2.0 * (with_x**2).sum(axis=0) + (d * share).sum(axis=0) ** 2
        )
        df[point, 0] = 1.0 / ((d * d * (1.0 - 2.0 * leverage)).sum(axis=0) + trace)
    return slope, np.maximum(variance, _LEAST_VARIANCE), np.clip(df, _LEAST_DF, spare)
