"""Smooth curves through few knots: the natural cubic spline, straight beyond its last knots."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sleepstats.arrays import Floats

#: Points of a drawn curve where there are more values than this.
POINTS = 13

#: Where Harrell puts four knots: these percentiles of the values.
KNOTS_AT = (5.0, 35.0, 65.0, 95.0)


def knots_of(values: ArrayLike, *, at: tuple[float, ...] = KNOTS_AT) -> Floats:
    """Return the knots of a set of values, equal ones once.

    Harrell 2015, Regression Modeling Strategies, section 2.4.5, doi:10.1007/978-3-319-19425-7.

    >>> knots_of(np.arange(101)).tolist()
    [5.0, 35.0, 65.0, 95.0]
    """
    return np.asarray(np.unique(np.percentile(np.asarray(values, dtype=np.float64), at)))


def natural_spline(values: ArrayLike, knots: ArrayLike) -> Floats:
    """Return the columns of a natural cubic spline, without the constant.

    With knots ``t1 < ... < tm`` and ``(u)+ = max(u, 0)``, curved column j is

    ``[(x - tj)+^3 - (x - t(m-1))+^3 (tm - tj)/(tm - t(m-1)) + (x - tm)+^3 (t(m-1) - tj)/(tm -
    t(m-1))] / (tm - t1)^2``,

    which is zero before its knot and straight after the last.

    Harrell 2015, Regression Modeling Strategies, equation 2.25, doi:10.1007/978-3-319-19425-7.

    >>> natural_spline([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0]).round(3).tolist()
    [[0.0, 0.0], [1.0, 0.25], [2.0, 1.5], [3.0, 3.0]]
    """
    x = np.asarray(values, dtype=np.float64)
    t = np.asarray(knots, dtype=np.float64)
    columns = [x]
    if len(t) >= 3:
        last_but_one, last, wide = t[-2], t[-1], (t[-1] - t[0]) ** 2
        for knot in t[:-2]:
            share = (last - knot) / (last - last_but_one)
            bent = _cube(x - knot) - share * _cube(x - last_but_one)
            columns.append((bent + (share - 1.0) * _cube(x - last)) / wide)
    return np.column_stack(columns)


def _cube(u: Floats) -> Floats:
    return np.asarray(np.maximum(u, 0.0) ** 3)
