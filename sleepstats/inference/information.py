"""How much nights not yet lived will tell: the information expected of a design."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from sleepstats.arrays import Floats, Ints
from sleepstats.inference import controls, guards

#: Beyond this many calendar nights information grows by the same amount every night.
LINEAR_FROM = 360
_LADDER = (20, 30, 39, 40, 60, 89, 90, 134, 135, 180, 240, 300, LINEAR_FROM)
_GOLDEN = (5.0**0.5 - 1.0) / 2.0


@dataclass(frozen=True, eq=False)
class Expected:
    """What calendars of growing length are expected to tell."""

    #: Calendar nights, one by one, and how many of them are recorded.
    nights: Ints
    recorded: Floats
    #: ``N - k - 1``: degrees of freedom beside the controls.
    spare: Floats
    #: (m, d) ``x' M x``: the variance of a slope is the variance of a night over it.
    information: Floats


def expected_information(
    covariances: Floats,
    *,
    most: int,
    phi: float,
    kappa: float,
    missing: float,
    adjust: Collection[str] = controls.ADJUSTMENTS,
) -> Expected:
    """Return what calendars of 20 to ``most`` nights are expected to tell of a factor.

    ``E[x' M x] = sum_ij M_ij c(|i - j|)``, ``M = R^-1 - R^-1 Z (Z' R^-1 Z)^-1 Z' R^-1``; c (d, 360)
    is each design's covariance of the factor with itself so many nights later.
    """
    # thirteen lengths, straight lines between them, and the last one carried on: every length by
    # itself would take minutes
    steps = np.array(_LADDER)
    rows = [_one_length(int(n), covariances, phi, kappa, missing, adjust) for n in steps]
    spare, told = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    nights = np.arange(steps[0], max(most, int(steps[0])) + 1)
    beyond = np.maximum(nights - LINEAR_FROM, 0)
    share = 1.0 - missing

    def stretched(values: Floats, slope: float) -> Floats:
        return np.asarray(np.interp(nights, steps, values) + slope * beyond)

    rate = (told[-1] - told[-3]) / (steps[-1] - steps[-3])
    information = np.column_stack(
        [stretched(told[:, place], float(rate[place])) for place in range(told.shape[1])]
    )
    return Expected(nights, share * nights, stretched(spare, share), information)


def _one_length(
    n: int,
    covariances: Floats,
    phi: float,
    kappa: float,
    missing: float,
    adjust: Collection[str],
) -> tuple[float, Floats]:
    """Return the spare degrees of freedom and the information of every design."""
    every = np.arange(n)
    # gaps by the golden ratio: spread evenly, never on one weekday
    night = every[np.mod(_GOLDEN * (every + 1), 1.0) >= missing]
    basis = guards.control_basis(controls.calendar_controls(night, night % 7, n, adjust=adjust))
    apart = np.abs(night[:, None] - night)
    errors = (1.0 - kappa) * phi**apart
    np.fill_diagonal(errors, 1.0)
    inverse = np.linalg.inv(errors)
    seen = inverse @ basis
    kernel = inverse - seen @ np.linalg.solve(basis.T @ seen, seen.T)
    by_lag = np.bincount(apart.ravel(), kernel.ravel(), n)
    return float(len(night) - basis.shape[1] - 1), covariances[:, :n] @ by_lag
