"""P-values of many questions asked at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sleepstats.arrays import Floats
from sleepstats.errors import DiaryError, did_you_mean

FAMILIES = ("bh", "holm", "none")


def adjust_pvalues(pvalues: ArrayLike, *, family: str = "bh") -> Floats:
    """Adjust p-values for the number of questions; NaN (refused) stays and does not count.

    BH ``min over j >= i of p(j) m / j`` (Benjamini & Hochberg 1995,
    doi:10.1111/j.2517-6161.1995.tb02031.x), Holm ``max over j <= i of p(j) (m - j + 1)`` (1979).
    """
    if family not in FAMILIES:
        raise DiaryError(
            f"family: {family!r} is not known. Write 'bh', 'holm' or 'none'."
            f"{did_you_mean(str(family), FAMILIES)}"
        )
    raw = np.array(pvalues, dtype=np.float64)
    asked = ~np.isnan(raw)
    outside = raw[asked][(raw[asked] < 0) | (raw[asked] > 1)]
    if outside.size:
        raise DiaryError(f"pvalues: {float(outside[0])!r} is not a p-value. Give values of 0 to 1.")
    if family == "none" or not asked.any():
        return raw
    if family == "bh":
        raw[asked] = _step_up(raw[asked])
    else:
        raw[asked] = _holm(raw[asked])
    return raw


def _step_up(pvalues: Floats) -> Floats:
    """Step up: each p-value over its share of the questions, never above a larger one's."""
    # three lines rather than scipy.stats, which takes a second to import
    order, m = np.argsort(pvalues), len(pvalues)
    adjusted = np.empty_like(pvalues)
    shares = pvalues[order] * (m / np.arange(1, m + 1))
    adjusted[order] = np.minimum.accumulate(shares[::-1])[::-1]
    return np.clip(adjusted, 0.0, 1.0)


def _holm(pvalues: Floats) -> Floats:
    """Step down: each p-value times the questions not yet settled, never falling."""
    order = np.argsort(pvalues, kind="stable")
    left = np.arange(len(pvalues), 0, -1)
    adjusted = np.empty_like(pvalues)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(pvalues[order] * left))
    return adjusted
