"""Several columns at once: each beside the others, and any weighted sum of their slopes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sleepstats.arrays import Floats, Ints, products, spread
from sleepstats.errors import DiaryError
from sleepstats.inference import evidence, guards
from sleepstats.inference.answers import Slope, mixture_interval, mixture_pvalue
from sleepstats.inference.whiten import noise_grid, whiten


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

    As :func:`sleepstats.inference.gls.gls_slopes`; where one column cannot be analysed no sum is
    given. Variance and degrees of freedom: Imbens & Kolesar 2016, doi:10.1162/REST_a_00552.
    """
    outcome, columns, controls, nights = guards.in_calendar_order(
        np.asarray(y, dtype=np.float64)[:, None], X, Z, number
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
    low, high = mixture_interval(shared, centre, scale, freedom, level)
    pvalue = mixture_pvalue(shared, centre, scale, freedom)
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
    grid = noise_grid()
    n, k = len(number), basis.shape[1] + columns.shape[1]
    stacked = np.concatenate([basis, columns, outcome], axis=1)
    whitened, half_log_det = whiten(stacked, number, grid.phi, grid.kappa)
    root = np.linalg.cholesky(products(whitened, whitened))
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
    kept_norm = np.array(
        [
            [products(point * each, point).ravel() for each in of_d]
            for point, of_d in zip(q, d, strict=True)
        ]
    )
    df = 1.0 / (np.einsum("gcn,gcn,gn->gc", d, d, 2.0 * room - 1.0) + (kept_norm**2).sum(axis=2))
    noise = _Noise(grid.phi[kept], grid.kappa[kept], weight)
    rounding = evidence._ROUNDING * length
    return noise, b, np.maximum(variance[:, :, 0], rounding), np.clip(df, evidence._LEAST_DF, n - k)
