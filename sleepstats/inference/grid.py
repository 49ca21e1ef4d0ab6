"""The noise a diary may have: a fixed grid of persistence and one-night noise, with its prior."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from sleepstats.arrays import Floats

PERSISTENCE = (-0.3, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
ONE_NIGHT_SHARE = (0.0, 0.3, 0.6, 0.8)


@dataclass(frozen=True)
class NoiseGrid:
    """The 45 noise shapes that the engine averages over.

    Two nights d calendar nights apart have error correlation ``(1 - kappa) * phi**d``.

    Attributes
    ----------
    phi : ndarray (45,)
        How much of one night's deviation lasts to the next night.
    kappa : ndarray (45,)
        Share of the variance that belongs to one night alone, such as reporting noise.
    log_prior : ndarray (45,)
        Log of the prior weight, not normalised.
    """

    phi: Floats
    kappa: Floats
    log_prior: Floats


@cache
def noise_grid() -> NoiseGrid:
    """Return the fixed grid of noise shapes.

    The grid is 12 values of persistence by 4 shares of one-night noise. Without persistence the
    share means nothing, so ``phi = 0`` is kept once, with the prior weight of its four points.

    Returns
    -------
    NoiseGrid
        Arrays of length 45; they are shared and read-only.

    Notes
    -----
    ``log prior = log(width of phi's cell) + log(0.1 + max(phi, 0)) - log(1 - |phi|)
    + log(1 - 0.8 kappa) - [phi < 0] (phi / 0.25)^2``: persistence is expected to be positive,
    a little more weight lies near one, and a diary of pure one-night noise stays possible.

    Examples
    --------
    >>> grid = noise_grid()
    >>> len(grid.phi), float(grid.phi.min()), float(grid.phi.max())
    (45, -0.3, 0.95)
    """
    phi = np.asarray(PERSISTENCE)
    kappa = np.asarray(ONE_NIGHT_SHARE)
    of_phi = (
        np.log(np.gradient(phi))
        + np.log(0.1 + np.maximum(phi, 0.0))
        - np.log1p(-np.abs(phi))
        - np.where(phi < 0, (phi / 0.25) ** 2, 0.0)
    )
    of_kappa = np.log1p(-0.8 * kappa)
    flat_phi, flat_kappa, flat_prior = [0.0], [0.0], [0.0]
    for value, prior in zip(phi, of_phi, strict=True):
        if value == 0.0:
            flat_prior[0] = float(prior + np.log(np.exp(of_kappa).sum()))
            continue
        flat_phi += [float(value)] * len(kappa)
        flat_kappa += kappa.tolist()
        flat_prior += (prior + of_kappa).tolist()
    arrays = [np.asarray(values) for values in (flat_phi, flat_kappa, flat_prior)]
    for values in arrays:
        values.flags.writeable = False
    return NoiseGrid(*arrays)
