"""Whether these nights could have shown even a large effect.

An answer "not found" means little when a large effect would have been missed as well. Such a
question is called *unreachable*.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from sleepstats.arrays import Floats

#: A large difference between yes and no, in standard deviations of the outcome.
LARGE_DIFFERENCE_SD = 1.0
#: A large effect of a numeric factor, as a correlation.
LARGE_CORRELATION = 0.5
#: Below this power for a large effect a question is unreachable.
UNREACHABLE_BELOW = 0.2


def large_effects(outcomes: Floats, factors: Floats, *, yes_no: Sequence[bool]) -> Floats:
    """Return the effects that count as large, in outcome units per factor unit.

    >>> nights = np.array([[400.0], [420.0], [440.0]])
    >>> large_effects(nights, np.array([[0.0, 1.0], [1.0, 2.0], [1.0, 3.0]]), yes_no=[True, False])
    array([[20., 10.]])
    """
    spread = outcomes.std(axis=0, ddof=1)
    width = factors.std(axis=0, ddof=1)
    step = np.where(yes_no, LARGE_DIFFERENCE_SD, LARGE_CORRELATION / np.where(width, width, np.nan))
    return np.asarray(spread[:, None] * step[None, :])


def power_for(
    effect: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    df: ArrayLike,
    *,
    questions: int = 1,
    level: float = 0.95,
) -> Floats:
    """Return the chance that an effect of this size would have been found.

    The standard error is half the interval's width over the t quantile. Power is the probability
    that a noncentral t variable with ``df`` degrees of freedom and noncentrality ``effect / se``
    falls beyond the critical value at ``(1 - level) / questions``, the strictest threshold that
    either Holm or Benjamini-Hochberg sets in a family of that size.

    A standard error of 10 min, 60 degrees of freedom: 28 min are found four times in five.

    >>> half = 10.0 * 2.0002978
    >>> round(float(power_for(28.5, -half, half, 60.0)), 2)
    0.8
    """
    from scipy.special import stdtrit

    freedom = np.asarray(df, dtype=np.float64)
    half = (np.asarray(high, dtype=np.float64) - np.asarray(low, dtype=np.float64)) / 2.0
    error = half / stdtrit(freedom, 0.5 + level / 2.0)
    shift = np.abs(np.asarray(effect, dtype=np.float64)) / error
    return power_at(shift, freedom, questions=questions, level=level)


def power_at(shift: ArrayLike, df: ArrayLike, *, questions: int = 1, level: float = 0.95) -> Floats:
    """Return the chance of finding an effect of so many standard errors.

    >>> round(float(power_at(0.0, 30.0)), 3), round(float(power_at(2.9, 30.0)), 2)
    (0.05, 0.8)
    """
    from scipy.special import nctdtr, stdtrit

    freedom = np.asarray(df, dtype=np.float64)
    critical = stdtrit(freedom, 1.0 - (1.0 - level) / questions / 2.0)
    shift = np.minimum(np.asarray(shift, dtype=np.float64), 30.0)
    wrong_side = np.nan_to_num(nctdtr(freedom, shift, -critical))  # NaN where it underflows
    beyond = 1.0 - nctdtr(freedom, shift, critical) + np.where(np.isnan(shift), np.nan, wrong_side)
    return np.asarray(np.clip(beyond, 0.0, 1.0))


def shift_for(power: float, df: ArrayLike, *, questions: int = 1, level: float = 0.95) -> Floats:
    """Return how many standard errors an effect must have to be found with this power.

    >>> round(float(shift_for(0.8, 30.0)), 2)
    2.9
    """
    freedom = np.asarray(df, dtype=np.float64)
    low, high = np.zeros(freedom.shape), np.full(freedom.shape, 30.0)
    for _ in range(50):
        middle = (low + high) / 2.0
        enough = power_at(middle, freedom, questions=questions, level=level) >= power
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.asarray(high)
