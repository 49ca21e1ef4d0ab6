"""Many questions at once: adjusted p-values, intervals of what was found, and how firm it is."""

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


def level_of_found(found: int, asked: int, *, level: float = 0.95) -> float:
    """Level at which intervals of the found questions have to be computed.

    Parameters
    ----------
    found : int
        Questions found.
    asked : int
        Questions of the family that were answered; refused ones do not count.
    level : float
        One minus the share of printed intervals that may miss, on average over diaries.

    Returns
    -------
    float
        ``1 - (1 - level) found / asked``; `level` itself when nothing or everything was found.

    Raises
    ------
    DiaryError
        If `level` is not between 0 and 1 or more were found than asked.

    Notes
    -----
    With R intervals printed, V of them wrong, the mean of ``V / max(R, 1)`` is at most
    ``1 - level``. That mean counts a diary in which nothing was found as nothing wrong: of the
    intervals that are printed after all, more may be wrong where hardly anything is ever found.
    After Benjamini-Hochberg or Holm at ``1 - level`` the interval of a found question never holds
    zero, because its p-value is at most ``(1 - level) found / asked``.

    References
    ----------
    Benjamini & Yekutieli 2005, doi:10.1198/016214504000001907.

    Examples
    --------
    >>> round(level_of_found(2, 24), 6)
    0.995833
    """
    if not 0.0 < level < 1.0:
        raise DiaryError(f"level: {level!r} is not between 0 and 1. Write 0.95 for 95 %.")
    if not 0 <= found <= asked:
        raise DiaryError(
            f"found: {found!r} of {asked!r} questions asked. Give the questions found, 0 up to the "
            "number asked."
        )
    return 1.0 - (1.0 - level) * found / asked if found else level


def partial_r2(t: ArrayLike, df: ArrayLike) -> Floats:
    """Share of what is left of the outcome's variance that the factor accounts for.

    Parameters
    ----------
    t : array_like
        t values of the slope.
    df : array_like
        Degrees of freedom of the errors, nights less columns.

    Returns
    -------
    ndarray
        ``t^2 / (t^2 + df)``.

    Examples
    --------
    >>> partial_r2(3.0, 91.0).round(2).tolist()
    0.09
    """
    square = np.asarray(t, dtype=np.float64) ** 2
    return np.asarray(square / (square + np.asarray(df, dtype=np.float64)))


def t_of_pvalue(pvalue: ArrayLike, df: ArrayLike) -> Floats:
    """Size of the t value that has this two-sided p-value: the engine's, which averages many.

    Parameters
    ----------
    pvalue : array_like
    df : array_like
        Degrees of freedom that belong to the p-value.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> t_of_pvalue([0.05, 1e-30], [30.0, 100.0]).round(2).tolist()
    [2.04, 16.72]
    """
    from scipy.special import stdtrit

    half = np.asarray(pvalue, dtype=np.float64) / 2.0
    return np.asarray(-stdtrit(np.asarray(df, dtype=np.float64), half))


def robustness_value(
    t: ArrayLike,
    df: ArrayLike,
    *,
    q: float = 1.0,
    alpha: float | None = None,
    critical_df: ArrayLike | None = None,
) -> Floats:
    """Robustness value: how strongly something unrecorded must go with both to explain it away.

    Parameters
    ----------
    t : array_like
        t values of the slope.
    df : array_like
        Degrees of freedom of the errors, nights less columns.
    q : float
        Share of the slope to be explained away; 1 for all of it.
    alpha : float, optional
        With it: until the slope is no longer significant at this level, instead of gone.
    critical_df : array_like, optional
        Degrees of freedom of the critical t; ``df - 1`` by default. With those of the engine's
        interval the value is above 0 exactly where the interval excludes 0.

    Returns
    -------
    ndarray
        Share, 0 to 1, of the variance left of factor and of outcome that the unrecorded thing
        would have to account for, both at once; anything weaker does not do it. NaN for NaN.

    Raises
    ------
    DiaryError
        If q is not positive or alpha is not between 0 and 1.

    Notes
    -----
    ``f = q |t| / sqrt(df)``, ``RV = (sqrt(f^4 + 4 f^2) - f^2) / 2``. With alpha, ``f* = t(1 -
    alpha/2; df - 1) / sqrt(df - 1)`` is first taken off f: RV is 0 when nothing remains, and
    ``(f^2 - f*^2) / (1 + f^2)`` where f exceeds ``1 / f*``.

    References
    ----------
    Cinelli & Hazlett 2020, doi:10.1111/rssb.12348.

    Examples
    --------
    The example of that paper, violence in Darfur:

    >>> robustness_value(4.18445, 783).round(3).tolist()
    0.139
    >>> robustness_value(4.18445, 783, alpha=0.05).round(3).tolist()
    0.076
    """
    from scipy.special import stdtrit

    if not q > 0:
        raise DiaryError(f"q: {q!r} is not positive. Write 1 for the whole slope.")
    if alpha is not None and not 0.0 < alpha < 1.0:
        raise DiaryError(f"alpha: {alpha!r} is not between 0 and 1. Write 0.05 for 5 %.")
    freedom = np.asarray(df, dtype=np.float64)
    f = q * np.abs(np.asarray(t, dtype=np.float64)) / np.sqrt(freedom)
    if alpha is None:
        return _equal_shares(f)
    with np.errstate(invalid="ignore", divide="ignore"):
        of_t = freedom - 1.0 if critical_df is None else np.asarray(critical_df, dtype=np.float64)
        least = np.asarray(stdtrit(of_t, 1.0 - alpha / 2.0))
        # the engine's t is compared as it is, the paper's with one degree of freedom less
        spare = freedom - 1.0 if critical_df is None else freedom
        critical = least / np.sqrt(spare)
        strong = (f * f - critical * critical) / (1.0 + f * f)
        value = np.where(f * critical > 1.0, strong, _equal_shares(f - critical))
    return np.where(f < critical, 0.0, value)


def _equal_shares(f: Floats) -> Floats:
    """Share that factor and outcome would both have to have in common with the unrecorded thing."""
    square = np.minimum(f, 1e6) ** 2  # a perfect fit: nothing less than all of it would do
    return np.asarray(0.5 * (np.sqrt(square * square + 4.0 * square) - square))
