"""How well each noise shape fits: the posterior weights that the engine averages with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sleepstats.arrays import Floats, Ints
from sleepstats.inference.grid import noise_grid
from sleepstats.inference.whiten import whiten

NEGLIGIBLE = 1e-10  # posterior weight below which a noise shape is left out
_LEAST_RSS = 1e-28  # relative to a standardised outcome; keeps the log finite for a perfect fit


@dataclass(frozen=True)
class Evidence:
    """Whitened columns and the weight of each noise shape that matters for some pair.

    Attributes
    ----------
    phi, kappa : ndarray (g,)
        The noise shapes kept.
    weight : ndarray (g, q, p)
        Posterior weight per outcome and factor, adding up to one over the first axis.
    n, k : int
        Nights, columns of controls.
    whitened, to_unit, onto : ndarray
        What :meth:`columns_at` is made from.
    """

    phi: Floats
    kappa: Floats
    weight: Floats
    n: int
    k: int
    whitened: Floats  # (g, k + p + q, N)
    to_unit: Floats  # (g, k, k) makes the whitened controls orthonormal
    onto: Floats  # (g, k, p + q) parts of the other columns along them

    def columns_at(self, points: slice) -> tuple[Floats, Floats, Floats]:
        """Orthonormal controls (., k, N), factors (., p, N) and outcomes (., q, N) without them."""
        whitened = self.whitened[points]
        controls = self.to_unit[points] @ whitened[:, : self.k]
        others = whitened[:, self.k :] - self.onto[points].transpose(0, 2, 1) @ controls
        p = self.weight.shape[2]
        return controls, others[:, :p], others[:, p:]


def weigh_noise(basis: Floats, factors: Floats, outcomes: Floats, number: Ints) -> Evidence:
    """Whiten for every noise shape and weigh the shapes, separately for each pair.

    Parameters
    ----------
    basis : ndarray (N, k)
        Orthonormal controls.
    factors, outcomes : ndarray (N, p), (N, q)
        Without the controls, standardised.
    number : ndarray (N,) of int
        Calendar night numbers, increasing.

    Returns
    -------
    Evidence
    """
    grid = noise_grid()
    n, k = basis.shape
    p = factors.shape[1]
    columns = np.concatenate([basis, factors, outcomes], axis=1)
    whitened, half_log_det = whiten(columns, number, grid.phi, grid.kappa)
    cross = whitened @ whitened.transpose(0, 2, 1)
    root = np.linalg.cholesky(cross[:, :k, :k])
    to_unit = np.linalg.inv(root)
    onto = to_unit @ cross[:, :k, k:]
    left = cross[:, k:, k:] - onto.transpose(0, 2, 1) @ onto
    square = np.einsum("gii->gi", left)
    sxx, syy = square[:, None, :p], square[:, p:, None]
    rss = np.maximum(syy - left[:, p:, :p] ** 2 / sxx, _LEAST_RSS)
    of_shape = grid.log_prior - half_log_det - np.log(np.einsum("gii->gi", root)).sum(axis=1)
    log_weight = of_shape[:, None, None] - 0.5 * np.log(sxx) - 0.5 * (n - k - 1) * np.log(rss)
    weight = np.exp(log_weight - log_weight.max(axis=0))
    weight /= weight.sum(axis=0)
    weight[weight < NEGLIGIBLE] = 0.0
    weight /= weight.sum(axis=0)
    matters = np.flatnonzero(weight.any(axis=(1, 2)))
    kept = slice(matters[0], matters[-1] + 1)  # one range, so that nothing is copied
    return Evidence(
        phi=grid.phi[kept],
        kappa=grid.kappa[kept],
        weight=weight[kept],
        n=n,
        k=k,
        whitened=whitened[kept],
        to_unit=to_unit[kept],
        onto=onto[kept],
    )


def joint_evidence(
    basis: Floats, tested: Floats, outcome: Floats, number: Ints
) -> tuple[Floats, Floats]:
    """Weight and F statistic of dropping all tested columns, per noise shape.

    Parameters
    ----------
    basis, tested : ndarray (N, k), (N, m)
        Orthonormal controls and tested columns.
    outcome : ndarray (N, 1)
        Without the controls, standardised.
    number : ndarray (N,) of int
        Calendar night numbers, increasing.

    Returns
    -------
    weight, fvalue : ndarray (45,)

    Notes
    -----
    The last row of the Cholesky root of the cross products of [controls, tested, outcome] holds
    the outcome's parts along each of them, and what is left.
    """
    grid = noise_grid()
    (n, k), m = basis.shape, tested.shape[1]
    columns = np.concatenate([basis, tested, outcome], axis=1)
    whitened, half_log_det = whiten(columns, number, grid.phi, grid.kappa)
    root = np.linalg.cholesky(whitened @ whitened.transpose(0, 2, 1))
    explained = (root[:, -1, k:-1] ** 2).sum(axis=1)
    rss = np.maximum(root[:, -1, -1] ** 2, _LEAST_RSS)
    spare = n - k - m
    half_log_information = np.log(np.einsum("gii->gi", root)[:, :-1]).sum(axis=1)
    log_weight = grid.log_prior - half_log_det - half_log_information - 0.5 * spare * np.log(rss)
    weight = np.exp(log_weight - log_weight.max())
    return weight / weight.sum(), (explained / m) / (rss / spare)
