"""Take the memory between nights out of every column, for all noise shapes at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from sleepstats.arrays import Floats, Ints

PERSISTENCE = (-0.3, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
ONE_NIGHT_SHARE = (0.0, 0.3, 0.6, 0.8)


@dataclass(frozen=True)
class NoiseGrid:
    """The 45 noise shapes: nights d apart have error correlation ``(1 - kappa) * phi**d``."""

    #: How much of one night's deviation lasts to the next night.
    phi: Floats
    #: Share of the variance that belongs to one night alone, such as reporting noise.
    kappa: Floats
    #: Not normalised.
    log_prior: Floats


@cache
def noise_grid() -> NoiseGrid:
    """Return 12 values of persistence by 4 of one-night noise, shared and read-only."""
    phi = np.asarray(PERSISTENCE)
    kappa = np.asarray(ONE_NIGHT_SHARE)
    # persistence is expected to be positive, a little more weight lies near one, and a diary of
    # pure one-night noise stays possible
    of_phi = (
        # width of the cell: the grid is not even
        np.log(np.gradient(phi))
        + np.log(0.1 + np.maximum(phi, 0.0))
        - np.log1p(-np.abs(phi))
        - np.where(phi < 0, (phi / 0.25) ** 2, 0.0)
    )
    of_kappa = np.log1p(-0.8 * kappa)
    flat_phi, flat_kappa, flat_prior = [0.0], [0.0], [0.0]
    for value, prior in zip(phi, of_phi, strict=True):
        if (
            value == 0.0
        ):  # without persistence the share means nothing: one point, the weight of four
            flat_prior[0] = float(prior + np.log(np.exp(of_kappa).sum()))
            continue
        flat_phi += [float(value)] * len(kappa)
        flat_kappa += kappa.tolist()
        flat_prior += (prior + of_kappa).tolist()
    arrays = [np.asarray(values) for values in (flat_phi, flat_kappa, flat_prior)]
    for values in arrays:
        values.flags.writeable = False
    return NoiseGrid(*arrays)


def whiten(columns: Floats, number: Ints, phi: Floats, kappa: Floats) -> tuple[Floats, Floats]:
    """Whiten columns (N, c) by Kalman innovations for G noise shapes; missing nights are gaps.

    Returns ``L^-1 columns`` as (G, c, N), ``L L'`` the error correlation, and half its log
    determinant (G,). Jones 1980, doi:10.1080/00401706.1980.10486171.
    """
    # only two recursions step through the nights, nothing is imputed; with a = phi**gap
    # F' = 1 - a^2 (1 - 2 kappa) - (a kappa)^2 / F, e' = column' - a column + a (kappa / F) e
    gaps, which = np.unique(np.diff(number), return_inverse=True)
    decay = (phi ** gaps[:, None].astype(np.float64))[which]  # (N-1, G)
    variance = _innovation_variance(decay, kappa)
    # in units of their own standard deviation, e' = [1, -a] [column', column] / sd' + carry e
    sd = np.sqrt(variance)
    carry = (decay * kappa / (sd[:-1] * sd[1:]))[:, :, None]
    mix = np.stack([1.0 / sd[1:], -decay / sd[1:]], axis=2)  # (N-1, G, 2)
    pairs = np.stack([columns[1:], columns[:-1]], axis=1)  # (N-1, 2, c)
    innovation = np.empty((len(number), len(phi), columns.shape[1]))
    innovation[0] = columns[0]
    np.matmul(mix, pairs, out=innovation[1:])
    step = np.empty(innovation.shape[1:])
    before = innovation[0]
    for share, now in zip(carry, innovation[1:], strict=True):
        np.multiply(before, share, step)
        np.add(now, step, now)
        before = now
    return innovation.transpose(1, 2, 0), np.log(sd).sum(axis=0)


def _innovation_variance(decay: Floats, kappa: Floats) -> Floats:
    """One-step prediction variance of every night (N, G) when the marginal variance is one."""
    square = decay * decay
    fixed = 1.0 - square * (1.0 - 2.0 * kappa)
    fading = square * kappa**2
    variance = np.ones((len(decay) + 1, len(kappa)))
    before = variance[0]
    for stays, fades, now in zip(fixed, fading, variance[1:], strict=True):
        np.divide(fades, before, now)
        np.subtract(stays, now, now)
        before = now
    return variance
