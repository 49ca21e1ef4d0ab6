"""Slopes that each have columns of their own held equal, from one whitening of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sleepstats.arrays import Floats, products, spread
from sleepstats.inference import evidence
from sleepstats.inference.answers import mixture_interval, mixture_pvalue
from sleepstats.inference.whiten import noise_grid, whiten

_FEW = 4  # questions for which the products of the controls are not worth keeping
_AT_ONCE = 32  # questions that share one pass over the products of the controls


@dataclass(frozen=True, eq=False)
class Shapes:
    """One slope at each of the noise shapes, before they are averaged.

    Attributes
    ----------
    weight, slope, scale, df : ndarray (45,)
        Posterior weight, slope, its standard error, Bell-McCaffrey degrees of freedom; where the
        weight is 0 the others mean nothing.
    """

    weight: Floats
    slope: Floats
    scale: Floats
    df: Floats


@dataclass(frozen=True, eq=False)
class Whitened:
    """Columns of one set of nights without memory between nights, for every noise shape.

    Attributes
    ----------
    controls : ndarray (45, k, N)
        The controls of every question, orthonormal after whitening.
    columns : ndarray (45, c, N)
        The other columns, without the controls.
    cross : ndarray (45, c, c)
        Products of the other columns.
    leverage : ndarray (45, N)
        Of the controls.
    log_weight : ndarray (45,)
        Log prior less half the log determinants of errors and controls.
    """

    controls: Floats
    columns: Floats
    cross: Floats
    leverage: Floats
    log_weight: Floats

    def shapes(self, questions: Sequence[tuple[int, int, Sequence[int]]]) -> list[Shapes]:
        """Slopes of (outcome, factor, columns held equal) at every noise shape.

        Notes
        -----
        As :func:`sleepstats.inference.gls.gls_slopes` with the columns held equal among the
        controls. The Cholesky root of the products of [held, factor, outcome] holds all of it: its
        diagonal the information, its last row the outcome's parts along the others and what is
        left.
        """
        answers: list[Shapes] = []
        for start in range(0, len(questions), _AT_ONCE):
            answers += self._some(questions[start : start + _AT_ONCE])
        return answers

    def joined_by(self, columns: Floats, number: NDArray[np.int64]) -> Whitened:
        """Return these and further columns (N, c), without the controls, behind them."""
        grid = noise_grid()
        others = whiten(columns, number, grid.phi, grid.kappa)[0]
        others -= spread(products(others, self.controls), self.controls)
        both = np.concatenate([self.columns, others], axis=1)
        m = self.columns.shape[1]
        cross = np.empty((len(both), both.shape[1], both.shape[1]))
        cross[:, :m, :m] = self.cross
        cross[:, m:] = products(others, both)
        cross[:, :m, m:] = cross[:, m:, :m].transpose(0, 2, 1)
        return replace(self, columns=both, cross=cross)

    def _some(self, questions: Sequence[tuple[int, int, Sequence[int]]]) -> list[Shapes]:
        """Answer as many questions as share one pass over the controls."""
        n_shapes, k, n = self.controls.shape
        every = np.zeros((n_shapes, len(questions), n))
        parts = []
        for place, (outcome, factor, held) in enumerate(questions):
            columns = np.array([*held, factor, outcome])
            spare = n - k - len(held) - 1
            root: Floats = np.asarray(
                np.linalg.cholesky(self.cross[:, columns[:, None], columns]), dtype=np.float64
            )
            diagonal = np.einsum("gii->gi", root)
            rss = np.maximum(diagonal[:, -1] ** 2, evidence._LEAST_RSS)
            weight = self.log_weight - np.log(diagonal[:, :-1]).sum(axis=1)
            weight -= 0.5 * spare * np.log(rss)
            weight = np.exp(weight - weight.max())
            weight /= weight.sum()
            weight[weight < evidence.NEGLIGIBLE] = 0.0
            weight /= weight.sum()
            matters = np.flatnonzero(weight)
            kept = slice(matters[0], matters[-1] + 1)  # one range: the controls are not copied
            root, whole = root[kept], self.columns[kept][:, columns]
            q = spread(
                np.linalg.inv(root[:, :-1, :-1]), whole[:, :-1]
            )  # orthonormal, the factor last
            error = whole[:, -1] - spread(root[:, -1:, :-1], q)[:, 0]
            room = 1.0 - self.leverage[kept] - np.einsum("gkn,gkn->gn", q, q)
            room = np.maximum(room, evidence._FULL_LEVERAGE)
            d = q[:, -1] * q[:, -1] / room
            every[kept, place] = d
            length = root[:, -2, -2]
            size = np.einsum("gn,gn,gn->g", d, whole[:, -1], whole[:, -1])
            meat = np.einsum("gn,gn,gn->g", d, error, error)
            scale = np.sqrt(np.maximum(meat, evidence._ROUNDING * size)) / length
            dq = q * d[:, None]
            across = products(dq, self.controls[kept])
            among = products(dq, q)
            inverse = np.einsum("gn,gn,gn->g", d, d, 2.0 * room - 1.0)
            inverse += 2.0 * (across * across).sum(axis=(1, 2)) + (among * among).sum(axis=(1, 2))
            parts.append((weight, kept, root[:, -1, -2] / length, scale, inverse, spare))
        of_controls = _among_controls(self.controls, every)
        answers = []
        for place, (weight, kept, slope, scale, inverse, spare) in enumerate(parts):
            inverse = inverse + of_controls[kept, place]
            whole_slope, whole_scale, df = (np.ones(n_shapes) for _ in range(3))
            whole_slope[kept], whole_scale[kept] = slope, scale
            df[kept] = np.clip(1.0 / inverse, evidence._LEAST_DF, spare)
            answers.append(Shapes(weight, whole_slope, whole_scale, df))
        return answers


def _among_controls(controls: Floats, d: Floats) -> Floats:
    """Squared norm of ``Q diag(d) Q'`` for the controls (g, k, N) and each row of d (g, p, N)."""
    if d.shape[1] > _FEW:
        return evidence._squared_norm(controls, d)
    norm = np.empty(d.shape[:2])
    for place in range(d.shape[1]):
        meat = products(controls * d[:, place : place + 1], controls)
        norm[:, place] = np.einsum("gkl,gkl->g", meat, meat)
    return norm


def whiten_together(basis: Floats, columns: Floats, number: NDArray[np.int64]) -> Whitened:
    """Whiten all columns of one set of nights once, for questions that hold different ones equal.

    Parameters
    ----------
    basis : ndarray (N, k)
        Orthonormal controls of every question.
    columns : ndarray (N, c)
        Complete; without the controls, of unit size, not nearly repeated among those that are
        held equal together.
    number : ndarray (N,) of int
        Calendar night numbers, increasing.

    Returns
    -------
    Whitened
    """
    grid = noise_grid()
    k = basis.shape[1]
    both = np.concatenate([basis, columns], axis=1)
    whitened, half_log_det = whiten(both, number, grid.phi, grid.kappa)
    controls, others = np.ascontiguousarray(whitened[:, :k]), whitened[:, k:]
    root = np.linalg.cholesky(products(controls, controls))
    controls = spread(np.linalg.inv(root), controls)
    others = others - spread(products(others, controls), controls)
    log_weight = grid.log_prior - half_log_det
    log_weight = log_weight - np.log(np.einsum("gii->gi", root)).sum(axis=1)
    leverage = np.einsum("gkn,gkn->gn", controls, controls)
    return Whitened(controls, others, products(others, others), leverage, log_weight)


def averaged(shapes: Sequence[Shapes], level: float = 0.95) -> dict[str, Floats]:
    """Average slopes over the noise shapes: estimate, interval, p-value and degrees of freedom.

    Parameters
    ----------
    shapes : sequence of Shapes
        One per question.
    level : float
        Level of the intervals.

    Returns
    -------
    dict of str to ndarray
        ``estimate``, ``low``, ``high``, ``pvalue``, ``df``, one value per question.
    """
    if not shapes:
        return {name: np.zeros(0) for name in ("estimate", "low", "high", "pvalue", "df")}
    weight, slope, scale, df = (
        np.stack([getattr(one, name) for one in shapes])
        for name in ("weight", "slope", "scale", "df")
    )
    low, high = mixture_interval(weight, slope, scale, df, level)
    return {
        "estimate": (weight * slope).sum(axis=1),
        "low": low,
        "high": high,
        "pvalue": mixture_pvalue(weight, slope, scale, df),
        "df": (weight * df).sum(axis=1),
    }
