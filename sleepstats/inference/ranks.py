"""Ranks, for outcomes with outliers or censored entries."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sleepstats.arrays import Floats


def average_ranks(values: ArrayLike) -> Floats:
    """Rank the values of each column from 1; ties share the mean of their ranks.

    Parameters
    ----------
    values : array_like (N,) or (N, c)
        Complete columns.

    Returns
    -------
    ndarray
        Ranks, of the same shape.

    Examples
    --------
    >>> average_ranks([30.0, 10.0, 10.0, 90.0]).tolist()
    [3.0, 1.5, 1.5, 4.0]
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim == 1:
        return _ranks_of(table)
    ranked = np.empty_like(table)
    for column in range(table.shape[1]):
        ranked[:, column] = _ranks_of(table[:, column])
    return ranked


def _ranks_of(column: Floats) -> Floats:
    """Average ranks of one column."""
    _, place, count = np.unique(column, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return (last - 0.5 * (count - 1))[place]
