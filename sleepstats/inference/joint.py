"""Joint test of several columns, such as the levels of one categorical factor."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sleepstats.inference.answers import JointTest
from sleepstats.inference.controls import independent_columns
from sleepstats.inference.evidence import joint_evidence
from sleepstats.inference.guards import (
    CONSTANT_GIVEN_CONTROLS,
    OUTCOME,
    TOO_FEW_NIGHTS,
    column_reasons,
    control_basis,
    without_controls,
)
from sleepstats.inference.inputs import in_calendar_order, standardised


def gls_joint(y: ArrayLike, X: ArrayLike, Z: ArrayLike, number: ArrayLike) -> JointTest:
    """Test several columns together, such as the levels of one categorical factor.

    Parameters
    ----------
    y : array_like (N,)
        Outcome on the nights used, complete.
    X : array_like (N, m)
        Columns to test; those that repeat controls or earlier columns are dropped.
    Z : array_like (N, k)
        Controls, the intercept among them.
    number : array_like of int (N,)
        Calendar night number of each row.

    Returns
    -------
    JointTest
        fvalue, pvalue, df1, df2, n, reason.

    Raises
    ------
    DiaryError
        As :func:`gls_slopes`.

    Notes
    -----
    At each noise shape F is the usual generalised least squares F of dropping the columns; the
    p-value is the average of its tail probabilities over the noise shapes, weighted as in
    :func:`gls_slopes`.

    Examples
    --------
    >>> night = np.arange(60)
    >>> level = night % 3
    >>> y = 420 + 40 * (level == 1) + 10 * np.sin(night)
    >>> columns = np.column_stack([level == 1, level == 2])
    >>> test = gls_joint(y, columns, np.ones((60, 1)), night)
    >>> test.df1, test.df2, test.pvalue < 0.001
    (2, 57, True)
    """
    from scipy.special import fdtrc

    outcome, columns, controls, nights = in_calendar_order(
        np.asarray(y, dtype=np.float64)[:, None], X, Z, number
    )
    basis = control_basis(controls)
    n, k = basis.shape
    left_y = without_controls(outcome, basis)
    tested = without_controls(columns, basis)
    whole = np.concatenate([basis, columns - columns.mean(axis=0)], axis=1)
    kept = independent_columns(whole)
    tested = tested[:, kept[kept >= k] - k]
    m = tested.shape[1]
    spare = n - k - m
    reason = str(column_reasons(outcome, left_y, spare)[0])
    reason = reason if reason in ("", TOO_FEW_NIGHTS) else OUTCOME + reason
    reason = CONSTANT_GIVEN_CONTROLS if m == 0 else reason
    if reason:
        return JointTest(np.nan, np.nan, m, max(spare, 0), n, reason)
    weight, fvalue = joint_evidence(basis, np.linalg.qr(tested)[0], standardised(left_y)[0], nights)
    pvalue = float(weight @ np.asarray(fdtrc(m, spare, fvalue)))
    return JointTest(float(weight @ fvalue), pvalue, m, spare, n, "")
