"""What the engine answers: plain frozen holders of numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sleepstats.arrays import Floats


@dataclass(frozen=True)
class Slope:
    """One slope: outcome units per unit of the factor, controls removed; NaN with a reason."""

    estimate: float
    low: float
    high: float
    #: Two-sided, of a zero slope; agrees with the interval.
    pvalue: float
    #: Degrees of freedom of the interval, averaged over the noise shapes.
    df: float
    #: Nights used, columns of controls used (intercept counted).
    n: int
    k: int
    #: Average persistence and one-night share of the errors.
    phi: float
    kappa: float
    #: Empty, or why there is no answer.
    reason: str


@dataclass(frozen=True)
class SlopeTable:
    """Slopes (q, p) of q outcomes on p factors, one at a time; fields as in :class:`Slope`."""

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
    """Test that several columns together have no slope: F averaged over the noise shapes."""

    fvalue: float
    #: Average of the F tail probabilities.
    pvalue: float
    #: Columns tested that are not repeated, degrees of freedom of the errors.
    df1: int
    df2: int
    n: int
    reason: str


@dataclass(frozen=True)
class Correlation:
    """One displayed correlation, controls removed; NaN with a reason."""

    r: float
    low: float
    high: float
    #: Effective number of nights.
    n_eff: float
    #: Two-sided; belongs to the interval.
    pvalue: float
    n: int
    k: int
    reason: str


@dataclass(frozen=True)
class CorrelationTable:
    """Correlations (q, p) of q outcomes with p factors; fields as in :class:`Correlation`."""

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
