"""P-values of many questions asked at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sleepstats.arrays import Floats
from sleepstats.errors import DiaryError, did_you_mean

FAMILIES = ("bh", "holm", "none")


def adjust_pvalues(pvalues: ArrayLike, *, family: str = "bh") -> Floats:
    """Adjust p-values for the number of questions in the family.

    Parameters
    ----------
    pvalues : array_like
        Raw p-values, of any shape. NaN marks a question that was refused: it stays NaN and does
        not count as a question.
    family : {"bh", "holm", "none"}
        "bh" holds the expected share of false findings among the findings (Benjamini and
        Hochberg 1995); "holm" holds the chance of any false finding (Holm 1979).

    Returns
    -------
    ndarray of float
        Adjusted p-values, of the same shape.

    Raises
    ------
    DiaryError
        If `family` is not one of the three, or a p-value lies outside 0 to 1.

    Notes
    -----
    With ``p(1) <= ... <= p(m)``: BH ``min over j >= i of p(j) m / j``; Holm ``max over j <= i of
    p(j) (m - j + 1)``; both cut at 1.

    References
    ----------
    Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.
    Holm 1979, Scandinavian Journal of Statistics 6:65-70, https://www.jstor.org/stable/4615733.

    Examples
    --------
    >>> adjust_pvalues([0.01, 0.04, float("nan"), 0.03]).round(3).tolist()
    [0.03, 0.04, nan, 0.04]
    >>> adjust_pvalues([0.01, 0.04, float("nan"), 0.03], family="holm").round(3).tolist()
    [0.03, 0.06, nan, 0.06]
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
        from scipy.stats import false_discovery_control

        raw[asked] = false_discovery_control(raw[asked], method="bh")
    else:
        raw[asked] = _holm(raw[asked])
    return raw


def _holm(pvalues: Floats) -> Floats:
    """Step down: each p-value times the questions not yet settled, never falling."""
    order = np.argsort(pvalues, kind="stable")
    left = np.arange(len(pvalues), 0, -1)
    adjusted = np.empty_like(pvalues)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(pvalues[order] * left))
    return adjusted
