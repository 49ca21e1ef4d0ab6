"""Several columns at once: each beside the others, and any weighted sum of their slopes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sleepstats.errors import DiaryError
from sleepstats.inference.answers import Slope
from sleepstats.inference.gls import gls_slope

Floats = NDArray[np.float64]


def gls_contrasts(
    y: ArrayLike,
    X: ArrayLike,
    weights: ArrayLike,
    Z: ArrayLike,
    number: ArrayLike,
    *,
    level: float = 0.95,
) -> list[Slope]:
    """Estimate weighted sums of the slopes of several columns, all of them in the model.

    Parameters
    ----------
    y : array_like (N,)
        Outcome on the nights used, complete.
    X : array_like (N, m)
        Columns that stand in the model together.
    weights : array_like (c, m)
        One weighted sum ``weights @ slopes`` per row; a row of the identity matrix is one
        column's own slope beside the others.
    Z : array_like (N, k)
        Controls, the intercept among them.
    number : array_like of int (N,)
        Calendar night number of each row.
    level : float
        Level of the intervals.

    Returns
    -------
    list of Slope
        One per row of `weights`.

    Raises
    ------
    DiaryError
        As :func:`gls_slopes`, and when a row of `weights` does not fit the columns or is all zero.

    Notes
    -----
    ``X b = (X c / |c|^2)(c'b) + (X N)(N'b)`` for the orthonormal ``N`` with ``N'c = 0``: turned
    like this, the weighted sum is the slope of one column, and the engine gives its interval.

    Examples
    --------
    >>> night = np.arange(60)
    >>> X = np.column_stack([night % 2, night % 3])
    >>> y = 10 * X[:, 0] + 5 * X[:, 1] + np.sin(night)
    >>> (one,) = gls_contrasts(y, X, [[1, 2]], np.ones((60, 1)), night)
    >>> one.low < 20 < one.high
    True
    """
    columns = np.asarray(X, dtype=np.float64)
    sums = np.atleast_2d(np.asarray(weights, dtype=np.float64))
    if columns.ndim != 2 or sums.shape[1] != columns.shape[1] or not sums.any(axis=1).all():
        raise DiaryError(
            f"weights has shape {sums.shape}; one weight for each of the {columns.shape[-1]} "
            "columns was expected, not all of them zero."
        )
    scale = columns.std(axis=0)
    scale[scale == 0] = 1.0
    columns, sums = columns / scale, sums / scale
    controls = np.asarray(Z, dtype=np.float64)
    slopes = []
    for one in sums:
        others = np.linalg.svd(one[None, :])[2][1:].T
        beside = np.column_stack([controls, columns @ others])
        slopes.append(gls_slope(y, columns @ one / (one @ one), beside, number, level=level))
    return slopes
