"""The regression engine: slopes with honest intervals for one person's nights.

Generalised least squares in calendar time. The errors are a slow AR(1) part plus one-night noise;
their two parameters are averaged over a fixed grid rather than plugged in. Variances are HC2 on
the whitened residuals with Bell-McCaffrey degrees of freedom. No random numbers are drawn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sleepstats.arrays import Floats
from sleepstats.errors import DiaryError
from sleepstats.inference import guards, mixture
from sleepstats.inference.answers import JointTest, Slope, SlopeTable
from sleepstats.inference.controls import independent_columns
from sleepstats.inference.evidence import Evidence, joint_evidence, slopes_at_noise, weigh_noise

__all__ = ["JointTest", "Slope", "SlopeTable", "gls_joint", "gls_slope", "gls_slopes"]

STANDARD_ERRORS = ("hc2", "model")


def gls_slopes(
    Y: ArrayLike,
    X: ArrayLike,
    Z: ArrayLike,
    number: ArrayLike,
    *,
    level: float = 0.95,
    se: str = "hc2",
) -> SlopeTable:
    """Slopes of q outcomes (N, q) on p factors (N, p), each alone beside the controls Z (N, k).

    ``se="model"`` trusts the error model: 8 to 10 % false positives where weekends vary more.
    Bell & McCaffrey 2002; Imbens & Kolesar 2016, doi:10.1162/REST_a_00552.
    """
    _check_options(level, se)
    outcomes, factors, controls, nights = guards.in_calendar_order(Y, X, Z, number)
    basis = guards.control_basis(controls)
    n, k = len(nights), basis.shape[1]
    left_y, left_x = (
        guards.without_controls(outcomes, basis),
        guards.without_controls(factors, basis),
    )
    of_x = guards.column_reasons(factors, left_x, n - k - 1)
    of_y = guards.column_reasons(outcomes, left_y, n - k - 1)
    of_y = np.where(
        (of_y == "") | (of_y == guards.TOO_FEW_NIGHTS), of_y, np.char.add(guards.OUTCOME, of_y)
    )
    reason = np.where(of_x[None, :] != "", of_x[None, :], of_y[:, None])
    empty = {
        name: np.full(reason.shape, np.nan)
        for name in ("estimate", "low", "high", "pvalue", "df", "phi", "kappa")
    }
    rows, cols = np.flatnonzero(of_y == ""), np.flatnonzero(of_x == "")
    if len(rows) and len(cols):
        cells = np.ix_(rows, cols)
        left_y, scale_y = guards.standardised(left_y[:, rows])
        left_x, scale_x = guards.standardised(left_x[:, cols])
        evidence = weigh_noise(basis, left_x, left_y, nights)
        answers = _mixture_slopes(evidence, level, se)
        unit = scale_y[:, None] / scale_x[None, :]
        # the weight lies on too few nights: their variance is hardly known
        weak = answers["df"] < guards.LEAST_DF
        reason[cells] = np.where(weak, guards.TOO_FEW_INFORMATIVE, "")
        for name, values in answers.items():
            if name in ("estimate", "low", "high"):
                values = values * unit
            if name in ("estimate", "low", "high", "pvalue"):
                values = np.where(weak, np.nan, values)
            empty[name][cells] = values
    return SlopeTable(**empty, reason=reason, n=n, k=k)


def gls_slope(
    y: ArrayLike,
    x: ArrayLike,
    Z: ArrayLike,
    number: ArrayLike,
    *,
    level: float = 0.95,
    se: str = "hc2",
) -> Slope:
    """Slope of one outcome on one factor; see :func:`gls_slopes`.

    >>> night = np.arange(40)
    >>> x = (night // 4) % 2
    >>> slope = gls_slope(420 + 30 * x + 20 * np.sin(night), x, np.ones((40, 1)), night)
    >>> slope.low < 30 < slope.high
    True
    """
    table = gls_slopes(
        np.asarray(y, dtype=np.float64)[:, None],
        np.asarray(x, dtype=np.float64)[:, None],
        Z,
        number,
        level=level,
        se=se,
    )
    return table.at(0, 0)


def _mixture_slopes(evidence: Evidence, level: float, se: str) -> dict[str, Floats]:
    """Estimate, interval, p-value and averages of every pair, in standardised units."""
    shape = evidence.weight.shape[1:]
    centre, variance, df = slopes_at_noise(evidence, robust=se == "hc2")
    weight, centre, scale, freedom = (
        np.ascontiguousarray(values.reshape(len(values), -1).T)
        for values in (
            evidence.weight,
            centre,
            np.sqrt(variance),
            np.broadcast_to(df, variance.shape),
        )
    )
    # averaged, not plugged in: an interval that knows its noise for sure is too short
    low, high = mixture.mixture_interval(weight, centre, scale, freedom, level)
    answers = {
        "estimate": (weight * centre).sum(axis=1),
        "low": low,
        "high": high,
        "pvalue": mixture.mixture_pvalue(weight, centre, scale, freedom),
        "df": (weight * freedom).sum(axis=1),
        "phi": weight @ evidence.phi,
        "kappa": weight @ evidence.kappa,
    }
    return {name: values.reshape(shape) for name, values in answers.items()}


def _check_options(level: float, se: str) -> None:
    """Refuse an option that does not exist."""
    problems = []
    if not 0.0 < level < 1.0:
        problems.append(f"level: {level!r} is not between 0 and 1. Write 0.95 for 95 %.")
    if se not in STANDARD_ERRORS:
        problems.append(f"se: {se!r} is not known. Write 'hc2' or 'model'.")
    if problems:
        raise DiaryError(problems)


def gls_joint(y: ArrayLike, X: ArrayLike, Z: ArrayLike, number: ArrayLike) -> JointTest:
    """Test columns X (N, m) together, such as the kinds of one factor, by F."""
    from scipy.special import fdtrc

    outcome, columns, controls, nights = guards.in_calendar_order(
        np.asarray(y, dtype=np.float64)[:, None], X, Z, number
    )
    basis = guards.control_basis(controls)
    n, k = basis.shape
    left_y = guards.without_controls(outcome, basis)
    tested = guards.without_controls(columns, basis)
    # centred, so that a column far from zero is not taken for a repetition of the intercept
    whole = np.concatenate([basis, columns - columns.mean(axis=0)], axis=1)
    kept = independent_columns(whole)
    tested = tested[:, kept[kept >= k] - k]
    m = tested.shape[1]
    spare = n - k - m
    reason = str(guards.column_reasons(outcome, left_y, spare)[0])
    reason = reason if reason in ("", guards.TOO_FEW_NIGHTS) else guards.OUTCOME + reason
    reason = guards.CONSTANT_GIVEN_CONTROLS if m == 0 else reason
    if reason:
        return JointTest(np.nan, np.nan, m, max(spare, 0), n, reason)
    weight, fvalue = joint_evidence(
        basis, np.linalg.qr(tested)[0], guards.standardised(left_y)[0], nights
    )
    pvalue = float(weight @ np.asarray(fdtrc(m, spare, fvalue)))
    return JointTest(float(weight @ fvalue), pvalue, m, spare, n, "")
