"""What the engine answers: plain frozen holders of numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sleepstats.arrays import Floats


@dataclass(frozen=True)
class Slope:
    """One slope: how much the outcome differs per unit of the factor, controls removed.

    Attributes
    ----------
    estimate, low, high : float
        Slope and interval, outcome units per factor unit; NaN with a `reason`.
    pvalue : float
        Two-sided p-value of a zero slope; agrees with the interval.
    df : float
        Degrees of freedom of the interval, averaged over the noise shapes.
    n, k : int
        Nights used, columns of controls used (intercept counted).
    phi, kappa : float
        Average persistence and one-night share of the errors.
    reason : str
        Empty, or why there is no answer.
    """

    estimate: float
    low: float
    high: float
    pvalue: float
    df: float
    n: int
    k: int
    phi: float
    kappa: float
    reason: str


@dataclass(frozen=True)
class SlopeTable:
    """Slopes of q outcomes on p factors, one factor at a time.

    Attributes
    ----------
    estimate, low, high, pvalue, df, phi, kappa : ndarray (q, p)
        As in :class:`Slope`; NaN where there is a reason.
    reason : ndarray of str (q, p)
        Empty, or why there is no answer.
    n, k : int
        Nights used, columns of controls used (intercept counted).
    """

    estimate: Floats
    low: Floats
    high: Floats
    pvalue: Floats
    df: Floats
    phi: Floats
    kappa: Floats
    reason: NDArray[np.str_]
    n: int
    k: int

    def at(self, outcome: int, factor: int) -> Slope:
        """Return one cell of the table."""
        cell = (outcome, factor)
        return Slope(
            estimate=float(self.estimate[cell]),
            low=float(self.low[cell]),
            high=float(self.high[cell]),
            pvalue=float(self.pvalue[cell]),
            df=float(self.df[cell]),
            n=self.n,
            k=self.k,
            phi=float(self.phi[cell]),
            kappa=float(self.kappa[cell]),
            reason=str(self.reason[cell]),
        )


@dataclass(frozen=True)
class JointTest:
    """Test that several columns together have no slope.

    Attributes
    ----------
    fvalue : float
        F statistic averaged over the noise shapes.
    pvalue : float
        Average of the F tail probabilities.
    df1, df2 : int
        Columns tested that are not repeated, degrees of freedom of the errors.
    n : int
        Nights used.
    reason : str
        Empty, or why there is no answer.
    """

    fvalue: float
    pvalue: float
    df1: int
    df2: int
    n: int
    reason: str


@dataclass(frozen=True)
class Correlation:
    """One displayed correlation, controls removed.

    Attributes
    ----------
    r, low, high : float
        Correlation and interval; NaN with a `reason`.
    n_eff : float
        Effective number of nights.
    pvalue : float
        Two-sided p-value that belongs to the interval.
    n, k : int
        Nights used, columns of controls used (intercept counted).
    reason : str
        Empty, or why there is no answer.
    """

    r: float
    low: float
    high: float
    n_eff: float
    pvalue: float
    n: int
    k: int
    reason: str


@dataclass(frozen=True)
class CorrelationTable:
    """Correlations of q outcomes with p factors.

    Attributes
    ----------
    r, low, high, n_eff, pvalue : ndarray (q, p)
        As in :class:`Correlation`; NaN where there is a reason.
    reason : ndarray of str (q, p)
        Empty, or why there is no answer.
    n, k : int
        Nights used, columns of controls used (intercept counted).
    """

    r: Floats
    low: Floats
    high: Floats
    n_eff: Floats
    pvalue: Floats
    reason: NDArray[np.str_]
    n: int
    k: int

    def at(self, outcome: int, factor: int) -> Correlation:
        """Return one cell of the table."""
        cell = (outcome, factor)
        return Correlation(
            r=float(self.r[cell]),
            low=float(self.low[cell]),
            high=float(self.high[cell]),
            n_eff=float(self.n_eff[cell]),
            pvalue=float(self.pvalue[cell]),
            n=self.n,
            k=self.k,
            reason=str(self.reason[cell]),
        )
