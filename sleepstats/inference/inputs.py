"""Arrays as the engine needs them: complete, in calendar order, on a common scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sleepstats.arrays import Floats, Ints
from sleepstats.errors import DiaryError


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
