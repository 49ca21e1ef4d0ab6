"""Take the memory between nights out of every column, for all noise shapes at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def whiten(
    columns: Floats, number: NDArray[np.int64], phi: Floats, kappa: Floats
) -> tuple[Floats, Floats]:
    """Whiten columns by Kalman innovations, with missing nights as gaps in the calendar.

    Parameters
    ----------
    columns : ndarray (N, c)
        One row per night used, in the order of the calendar.
    number : ndarray (N,) of int
        Calendar night number of each row, strictly increasing.
    phi, kappa : ndarray (G,)
        Noise shapes, see :func:`sleepstats.inference.grid.noise_grid`.

    Returns
    -------
    whitened : ndarray (G, N, c)
        ``L^-1 @ columns``, where ``L L'`` is the error correlation of that noise shape.
    half_log_det : ndarray (G,)
        Half the log determinant of the error correlation.

    Notes
    -----
    With ``a = phi**gap`` the innovation variance obeys ``F' = 1 - a^2 (1 - 2 kappa) - (a kappa)^2
    / F`` from ``F = 1``, and the filtered level of a column ``s' = a (kappa / F') s + (1 - kappa /
    F') column``. Only these two recursions step through the nights; nothing is imputed.

    Examples
    --------
    >>> whitened, _ = whiten(np.array([[1.0], [1.0]]), np.array([0, 1]), np.array([0.6]),
    ...                      np.array([0.0]))
    >>> whitened[0, :, 0].round(3).tolist()
    [1.0, 0.5]
    """
    n_nights = len(number)
    decay = phi ** np.diff(number)[:, None].astype(np.float64)  # (N-1, G)
    variance = _innovation_variance(decay, kappa)
    alone = kappa / variance  # share of an innovation that is forgotten at once
    whitened = np.empty((len(phi), n_nights, columns.shape[1]))
    level = (1.0 - alone)[:, :, None] * columns[:, None, :]  # (N, G, c), becomes the filtered level
    keep = (decay * alone[1:])[:, :, None]
    step = np.empty(level.shape[1:])
    for night in range(1, n_nights):
        np.multiply(level[night - 1], keep[night - 1], out=step)
        np.add(level[night], step, out=level[night])
    by_night = whitened.transpose(1, 0, 2)
    by_night[0] = columns[0]
    np.multiply(level[:-1], decay[:, :, None], out=by_night[1:])
    np.subtract(columns[1:, None, :], by_night[1:], out=by_night[1:])
    by_night /= np.sqrt(variance)[:, :, None]
    return whitened, 0.5 * np.log(variance).sum(axis=0)


def _innovation_variance(decay: Floats, kappa: Floats) -> Floats:
    """One-step prediction variance of every night (N, G) when the marginal variance is one."""
    square = decay * decay
    fixed = 1.0 - square * (1.0 - 2.0 * kappa)
    fading = square * kappa**2
    variance = np.ones((len(decay) + 1, len(kappa)))
    for night in range(len(decay)):
        np.divide(fading[night], variance[night], out=variance[night + 1])
        np.subtract(fixed[night], variance[night + 1], out=variance[night + 1])
    return variance
