"""Slopes of columns held beside others: several at once, or each with columns of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sleepstats.arrays import Floats, Ints, products, spread
from sleepstats.errors import DiaryError
from sleepstats.inference import Slope, evidence, guards, whiten


def gls_contrasts(
    y: ArrayLike,
    X: ArrayLike,
    weights: ArrayLike,
    Z: ArrayLike,
    number: ArrayLike,
    *,
    level: float = 0.95,
) -> list[Slope]:
    """Estimate sums ``weights @ slopes`` (c, m) of columns X (N, m) in one model beside Z.

    As :func:`sleepstats.inference.gls_slopes`; where one column cannot be analysed no sum is
    given. Variance and degrees of freedom: Imbens & Kolesar 2016, doi:10.1162/REST_a_00552.
    """
    outcome, columns, controls, nights = guards.in_calendar_order(
        np.asarray(y)[:, None], X, Z, number
    )
    sums = np.atleast_2d(np.asarray(weights, dtype=np.float64))
    if sums.shape[1] != columns.shape[1] or not sums.any(axis=1).all():
        raise DiaryError(
            f"weights has shape {sums.shape}; one weight for each of the {columns.shape[1]} "
            "columns was expected, not all of them zero."
        )
    basis = guards.control_basis(controls)
    (n, k), m = basis.shape, columns.shape[1]
    reasons = _reasons(outcome, columns, basis)
    if any(reasons):
        first = next(code for code in reasons if code)
        own = [[reasons[1 + j] for j in np.flatnonzero(one) if reasons[1 + j]] for one in sums]
        return [_nothing(reasons[0] or (codes or [first])[0], n, k + m - 1) for codes in own]
    left_y, scale_y = guards.standardised(guards.without_controls(outcome, basis))
    left_x, scale_x = guards.standardised(guards.without_controls(columns, basis))
    noise, b, variance, df = _at_noise(basis, left_x, left_y, nights, sums / scale_x)
    weight = noise.weight
    centre, scale, freedom = (np.ascontiguousarray(v.T) for v in (b, np.sqrt(variance), df))
    shared = np.ascontiguousarray(np.broadcast_to(weight, centre.shape))
    low, high = whiten.mixture_interval(shared, centre, scale, freedom, level)
    pvalue = whiten.mixture_pvalue(shared, centre, scale, freedom)
    unit = float(scale_y[0])
    slopes = []
    for place in range(len(sums)):
        mean_df = float(weight @ freedom[place])
        if mean_df < guards.LEAST_DF:
            slopes.append(_nothing(guards.TOO_FEW_INFORMATIVE, n, k + m - 1, mean_df))
            continue
        slopes.append(
            Slope(
                estimate=unit * float(weight @ centre[place]),
                low=unit * float(low[place]),
                high=unit * float(high[place]),
                pvalue=float(pvalue[place]),
                df=mean_df,
                n=n,
                k=k + m - 1,
                phi=float(weight @ noise.phi),
                kappa=float(weight @ noise.kappa),
                reason="",
            )
        )
    return slopes


def _reasons(outcome: Floats, columns: Floats, basis: Floats) -> list[str]:
    """Return the outcome's reason, then each column's, empty where it can be analysed."""
    (n, k), m = basis.shape, columns.shape[1]
    spare = n - k - m
    of_y = str(guards.column_reasons(outcome, guards.without_controls(outcome, basis), spare)[0])
    of_y = of_y if of_y in ("", guards.TOO_FEW_NIGHTS) else guards.OUTCOME + of_y
    left = guards.without_controls(columns, basis)
    of_x = [str(code) for code in guards.column_reasons(columns, left, spare)]
    whole = np.concatenate([basis, columns - columns.mean(axis=0)], axis=1)
    kept = set(guards.independent_columns(whole).tolist())
    of_x = [
        code or ("" if k + place in kept else guards.CONSTANT_GIVEN_CONTROLS)
        for place, code in enumerate(of_x)
    ]
    return [of_y, *of_x]


def _nothing(code: str, n: int, k: int, df: float = np.nan) -> Slope:
    nan = float("nan")
    return Slope(nan, nan, nan, nan, df, n, k, nan, nan, code)


@dataclass(frozen=True)
class _Noise:
    """The noise shapes that matter, and their weight."""

    phi: Floats
    kappa: Floats
    weight: Floats


def _at_noise(
    basis: Floats, columns: Floats, outcome: Floats, number: Ints, sums: Floats
) -> tuple[_Noise, Floats, Floats, Floats]:
    """Value, variance and degrees of freedom (g, c) of every sum at every noise shape kept."""
    grid = whiten.noise_grid()
    n, k = len(number), basis.shape[1] + columns.shape[1]
    stacked = np.concatenate([basis, columns, outcome], axis=1)
    whitened, half_log_det = whiten.whiten(stacked, number, grid.phi, grid.kappa)
    root = evidence.root_of(products(whitened, whitened))
    rss = np.maximum(root[:, -1, -1] ** 2, evidence._LEAST_RSS)
    half_log_information = np.log(np.einsum("gii->gi", root)[:, :-1]).sum(axis=1)
    log_weight = grid.log_prior - half_log_det - half_log_information - 0.5 * (n - k) * np.log(rss)
    weight = np.exp(log_weight - log_weight.max())
    kept = weight > evidence.NEGLIGIBLE * weight.sum()
    weight = weight[kept] / weight[kept].sum()
    # with whitened columns W and u = W (W'W)^-1 c: c'b = u'y, V = sum u^2 e^2 / (1 - h), and the
    # Bell-McCaffrey degrees of freedom are those of u; (W'W)^-1 is never formed
    inverse = np.linalg.inv(root[kept][:, :k, :k])
    q = spread(inverse, whitened[kept][:, :k])  # orthonormal rows
    of_y = root[kept][:, k, :k]
    error = whitened[kept][:, k] - np.einsum("gk,gkn->gn", of_y, q)
    room = np.maximum(1.0 - np.einsum("gkn,gkn->gn", q, q), evidence._FULL_LEVERAGE)
    along = sums @ inverse[:, :, basis.shape[1] :].transpose(0, 2, 1)  # (g, c, k): u = along @ q
    b = np.einsum("gck,gk->gc", along, of_y)
    u = spread(along, q)
    length = np.einsum("gcn,gcn->gc", u, u)
    variance = products(u * u, (error**2 / room)[:, None])
    d = (u * u) / (length[:, :, None] * room[:, None, :])
    pairs = zip(q, d, strict=True)
    kept_norm = np.array([[products(one * of, one).ravel() for of in each] for one, each in pairs])
    spread_of = np.einsum("gcn,gcn,gn->gc", d, d, 2.0 * room - 1.0) + (kept_norm**2).sum(axis=2)
    df = evidence._least_to(spread_of, n - k)
    noise = _Noise(grid.phi[kept], grid.kappa[kept], weight)
    rounding = evidence._ROUNDING * length
    return noise, b, np.maximum(variance[:, :, 0], rounding), df


_FEW = 4  # questions for which the products of the controls are not worth keeping
_AT_ONCE = 32  # questions that share one pass over the products of the controls


@dataclass(frozen=True, eq=False)
class Shapes:
    """One slope at each of the 45 noise shapes, before they are averaged: arrays (45,)."""

    #: Posterior weight; where it is 0 the others mean nothing.
    weight: Floats
    slope: Floats
    #: Standard error of the slope, and its Bell-McCaffrey degrees of freedom.
    scale: Floats
    df: Floats


@dataclass(frozen=True, eq=False)
class Whitened:
    """Columns of one set of nights without memory between nights, for every noise shape."""

    #: (45, k, N) of every question, orthonormal after whitening.
    controls: Floats
    #: (45, c, N) the others, without the controls, and (45, c, c) their products.
    columns: Floats
    cross: Floats
    #: (45, N) of the controls.
    leverage: Floats
    #: (45,) log prior less half the log determinants of errors and controls.
    log_weight: Floats
    #: From night to night, for further columns.
    steps: whiten.Steps

    def shapes(self, questions: Sequence[tuple[int, int, Sequence[int]]]) -> list[Shapes]:
        """Slopes of (outcome, factor, columns held equal) at every noise shape."""
        # the Cholesky root of the products of [held, factor, outcome] holds all of it: its diagonal
        # the information, its last row the outcome's parts along the others and what is left
        answers: list[Shapes] = []
        for start in range(0, len(questions), _AT_ONCE):
            answers += self._some(questions[start : start + _AT_ONCE])
        return answers

    def joined_by(self, columns: Floats) -> Whitened:
        """Return these and further columns (N, c), without the controls, behind them."""
        others = whiten.whitened_by(columns, self.steps)
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
            root = evidence.root_of(self.cross[:, columns[:, None], columns])
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
            df[kept] = evidence._least_to(inverse, spare)
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

    ``columns`` (N, c): complete, without the controls, of unit size, and not nearly repeated among
    those that are held equal together; ``basis`` (N, k): orthonormal controls of every question.
    """
    grid = whiten.noise_grid()
    k = basis.shape[1]
    both = np.concatenate([basis, columns], axis=1)
    steps = whiten.steps_of(number, grid.phi, grid.kappa)
    whitened = whiten.whitened_by(both, steps)
    controls, others = np.ascontiguousarray(whitened[:, :k]), whitened[:, k:]
    root = np.linalg.cholesky(products(controls, controls))
    controls = spread(np.linalg.inv(root), controls)
    others = others - spread(products(others, controls), controls)
    log_weight = grid.log_prior - steps.half_log_det[0]
    log_weight = log_weight - np.log(np.einsum("gii->gi", root)).sum(axis=1)
    leverage = np.einsum("gkn,gkn->gn", controls, controls)
    return Whitened(controls, others, products(others, others), leverage, log_weight, steps)


def averaged(shapes: Sequence[Shapes], level: float = 0.95) -> dict[str, Floats]:
    """Average slopes, one Shapes a question: estimate, low, high, pvalue and df over the noise."""
    if not shapes:
        return {name: np.zeros(0) for name in ("estimate", "low", "high", "pvalue", "df")}
    weight, slope, scale, df = (
        np.stack([getattr(one, name) for one in shapes])
        for name in ("weight", "slope", "scale", "df")
    )
    low, high = whiten.mixture_interval(weight, slope, scale, df, level)
    return {
        "estimate": (weight * slope).sum(axis=1),
        "low": low,
        "high": high,
        "pvalue": whiten.mixture_pvalue(weight, slope, scale, df),
        "df": (weight * df).sum(axis=1),
    }
