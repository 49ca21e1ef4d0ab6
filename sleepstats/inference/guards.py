"""What can be asked of a series at all, and the reason when it cannot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sleepstats.arrays import Floats, Ints, orthonormal, products, spread
from sleepstats.errors import DiaryError
from sleepstats.inference.controls import REPEATED, clearly_apart, independent_columns


def in_calendar_order(
    Y: ArrayLike, X: ArrayLike, Z: ArrayLike, number: ArrayLike
) -> tuple[Floats, Floats, Floats, Ints]:
    """Complete arrays in calendar order, or a DiaryError that says what does not fit."""
    nights = np.asarray(number)
    tables = {
        name: np.asarray(table, dtype=np.float64) for name, table in (("Y", Y), ("X", X), ("Z", Z))
    }
    problems = [
        f"{name} has shape {table.shape}; one row for each of {len(nights)} night numbers and "
        "one column per series were expected."
        for name, table in tables.items()
        if table.ndim != 2 or len(table) != len(nights)
    ]
    problems += [
        f"{name} holds {int((~np.isfinite(table)).sum())} values that are missing or infinite. "
        "Leave those nights out first; gaps in the night numbers are understood."
        for name, table in tables.items()
        if not np.isfinite(table).all()
    ]
    order = np.argsort(nights, kind="stable")
    nights = nights[order].astype(np.int64)
    if (np.diff(nights) == 0).any():
        twice = int(nights[1:][np.diff(nights) == 0][0])
        problems.append(f"number holds night {twice} twice; one row per night was expected.")
    if problems:
        raise DiaryError(problems)
    outcomes, factors, controls = (table[order] for table in tables.values())
    return outcomes, factors, controls, nights


def standardised(columns: Floats) -> tuple[Floats, Floats]:
    """Columns without the controls scaled to unit mean square, and the scales."""
    scale = np.sqrt((columns * columns).mean(axis=0))
    return columns / scale, scale


CONSTANT = "constant"
TOO_FEW_NIGHTS = "too few nights"
ONE_SIDE_TOO_RARE = "one side too rare"
CONSTANT_GIVEN_CONTROLS = "constant given the controls"
TOO_FEW_INFORMATIVE = "too few informative nights"
OUTCOME = "outcome "  # in front of a code when it is the outcome that cannot be analysed

LEAST_SPARE = 5  # N - k - 1
LEAST_OFF_MODAL = 3
LEAST_DF = 4.0
_NOTHING = 1e-12  # share of the variance that counts as none


def off_modal(values: ArrayLike) -> int:
    """Count the nights whose value differs from the most frequent value."""
    column = np.asarray(values)
    if column.size == 0:
        return 0
    ordered = np.sort(column)
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    return int(column.size - np.diff(starts, append=column.size).max())


def control_basis(controls: Floats) -> Floats:
    """Orthonormal columns (N, k) spanning the controls; repeated controls are dropped."""
    length = np.sqrt((controls * controls).sum(axis=0))
    if 0 < controls.shape[1] <= len(controls) and length.all():
        across = clearly_apart(controls.T / length[:, None])
        if across is not None:  # as mostly; a second pass takes out what rounding left
            again = clearly_apart(across)
            return (across if again is None else again).T
        basis, root = orthonormal(controls / length)
        if (np.abs(np.diag(root)) > REPEATED).all():  # nothing to drop
            return basis
    kept = independent_columns(controls)
    return orthonormal(controls[:, kept])[0]


def without_controls(columns: Floats, basis: Floats) -> Floats:
    """Residuals of the columns on an orthonormal basis, projected twice against rounding."""
    across = basis.T
    left = columns - spread(products(across, columns.T).T, across).T
    return left - spread(products(across, left.T).T, across).T


def column_reasons(columns: Floats, residual: Floats, spare: int) -> NDArray[np.str_]:
    """Why each column cannot be analysed; empty where it can. ``spare``: ``N - k - 1``."""
    reasons = np.full(columns.shape[1], "", dtype="U48")
    if not len(columns):
        reasons[:] = TOO_FEW_NIGHTS
        return reasons
    # where at most two nights differ from the commonest value, one of the first three has it
    off = (columns != columns[:LEAST_OFF_MODAL, None]).sum(axis=1).min(axis=0)
    total = columns - columns.mean(axis=0)
    total *= total
    nothing = (residual * residual).sum(axis=0) <= _NOTHING * total.sum(axis=0)
    if spare >= LEAST_SPARE and off.min(initial=LEAST_OFF_MODAL) >= LEAST_OFF_MODAL:
        reasons[nothing] = CONSTANT_GIVEN_CONTROLS
        return reasons
    few = np.full(off.shape, spare < LEAST_SPARE)
    codes = (CONSTANT, TOO_FEW_NIGHTS, ONE_SIDE_TOO_RARE, CONSTANT_GIVEN_CONTROLS)
    return np.select([off == 0, few, off < LEAST_OFF_MODAL, nothing], codes, "").astype("U48")


def of_outcome(reasons: NDArray[np.str_]) -> NDArray[np.str_]:
    """Say of codes that they are about the outcome, where they are not about the nights."""
    if not reasons.astype(bool).any():
        return reasons
    of_nights = (reasons == "") | (reasons == TOO_FEW_NIGHTS)
    return np.where(of_nights, reasons, np.char.add(OUTCOME, reasons))


@dataclass(frozen=True, eq=False)
class Cleared:
    """One set of nights in calendar order: columns with and without controls, and what is refused.

    Worked out once for everything that is asked of the same nights.
    """

    number: Ints
    basis: Floats
    outcomes: Floats
    factors: Floats
    left_y: Floats
    left_x: Floats
    #: Codes of the columns, bare.
    of_y: NDArray[np.str_]
    of_x: NDArray[np.str_]

    @property
    def reason(self) -> NDArray[np.str_]:
        """Why each pair (q, p) cannot be asked; empty where it can."""
        return np.where(
            self.of_x[None, :] != "", self.of_x[None, :], of_outcome(self.of_y)[:, None]
        )


def cleared(Y: ArrayLike, X: ArrayLike, Z: ArrayLike, number: ArrayLike) -> Cleared:
    """Check outcomes (N, q), factors (N, p) and controls (N, k), and take the controls out."""
    outcomes, factors, controls, nights = in_calendar_order(Y, X, Z, number)
    basis, q = control_basis(controls), outcomes.shape[1]
    columns = np.concatenate([outcomes, factors], axis=1)
    left = without_controls(columns, basis)
    reasons = column_reasons(columns, left, len(nights) - basis.shape[1] - 1)
    return Cleared(
        nights, basis, outcomes, factors, left[:, :q], left[:, q:], reasons[:q], reasons[q:]
    )
