"""The evening that follows a night, which cannot have made it."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sleepstats.inference.beside import BesideTable, ask_all
from sleepstats.inference.habit_columns import Habits

Floats = NDArray[np.float64]


def evenings_after(
    outcomes: ArrayLike, found: ArrayLike, habits: Habits, *, level: float = 0.95
) -> BesideTable:
    """Ask every night about the evening after it, the evening's own habit held equal.

    Parameters
    ----------
    outcomes : array_like (n, q)
        One row per night, NaN where missing.
    found : array_like of bool (q, h)
        Which habits to ask about.
    habits : Habits
    level : float
        Level of the intervals.

    Returns
    -------
    BesideTable
        Of the following evening's habits; `held` is the evening's own. NaN where not asked.

    Notes
    -----
    The nights on which the outcome, the habit, and the habit of the next calendar evening were
    recorded; calendar controls of the night. Something found here as well means that both follow
    something that lasts, or that the habit follows the night.

    Examples
    --------
    >>> from sleepstats.inference.habit_columns import ready_habits
    >>> rng = np.random.default_rng(1)
    >>> night = np.arange(150)
    >>> sleep = rng.normal(size=150)
    >>> wine = np.r_[0.0, -sleep[:-1]] + rng.normal(size=150)
    >>> habits = ready_habits(wine[:, None], night, night % 7)
    >>> after = evenings_after(sleep[:, None], [[True]], habits)
    >>> bool(after.estimate[0, 0] < 0), bool(after.pvalue[0, 0] < 0.001)
    (True, True)
    """
    y = np.asarray(outcomes, dtype=np.float64)
    asked = np.asarray(found, dtype=bool)
    following = np.full_like(habits.columns, np.nan)
    before = np.flatnonzero(np.diff(habits.number) == 1)
    following[before] = habits.columns[before + 1]
    following[~np.isfinite(habits.columns)] = np.nan  # asked where its own evening is known
    h = habits.count
    # habits 0 to h - 1 are the evenings after, h to 2 h - 1 the evening's own
    own = np.zeros((2 * h, 2 * h), dtype=bool)
    own[np.arange(h), h + np.arange(h)] = True
    both = replace(
        habits,
        columns=np.concatenate([following, habits.columns], axis=1),
        filled=np.concatenate([following, habits.columns], axis=1),
        habit=np.concatenate([habits.habit, h + habits.habit]),
        count=2 * h,
        apart=~own,
        usable=np.concatenate([habits.usable, habits.usable]),
    )
    wide = np.concatenate([asked, np.zeros_like(asked)], axis=1)
    table = ask_all(y, both, wide, lambda nights, outcome, habit: own[habit], level)
    cut = {
        each.name: getattr(table, each.name)[:, :h]
        for each in fields(table)
        if each.name not in ("held", "nights")
    }
    return BesideTable(**cut, held=table.held[:, :h, h:])
