"""The nights of a numeric factor, and the adjusted slope through them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sleepstats.arrays import Floats
from sleepstats.latency import FLOOR_MIN
from sleepstats.plots.relation import axis_label, dots, finish, pair
from sleepstats.plots.style import (
    INK,
    SLEEP,
    axes_or_new,
    count_of,
    interval_name,
    legend_below,
    signed,
    spread,
)
from sleepstats.results.sentences import removed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sleepstats.results.relation import Association


def draw_slope(one: Association, ax: Axes | None, kwargs: dict[str, Any]) -> Axes:
    """Draw the dots and the adjusted slope of a numeric factor."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.ticker import MaxNLocator

    ax = axes_or_new(ax, 6.6, 4.8)
    x, y = pair(one)
    shifted = x + spread(len(x), _room_between(x))
    ax.plot(shifted, y, **dots(len(x), SLEEP, kwargs))
    handles: list[Any] = [Line2D([], [], **dots(0, SLEEP, kwargs), label="one night")][: len(x)]
    if one.status != "refused" and np.isfinite(one.effect) and len(x):
        away = np.linspace(x.min(), x.max(), 101) - x.mean()
        style = "solid" if one.status == "found" else (0, (5, 3))
        (line,) = ax.plot(
            away + x.mean(), _risen(one, y, "", away), color=INK, linewidth=2, linestyle=style,
            zorder=4, label=f"what went with {one.factor_label}, {removed(one.adjust)}",
        )  # fmt: skip
        ax.fill_between(
            away + x.mean(), _risen(one, y, "_low", away), _risen(one, y, "_high", away),
            color=INK, alpha=0.15, linewidth=0, zorder=3,
        )  # fmt: skip
        band = Patch(color=INK, alpha=0.15, linewidth=0, label=interval_name(one.level))
        handles += [line, band]
    if len(x) and bool((x == np.round(x)).all()):
        ax.xaxis.set_major_locator(MaxNLocator(nbins=9, steps=[1, 2, 2.5, 5, 10], integer=True))
    ax.set_xlabel(axis_label(one.factor_label, one.factor_unit))
    finish(ax, one, y)
    legend_below(ax, handles, _correlation(one))
    return ax


def _risen(one: Association, y: Floats, end: str, away: Floats) -> Floats:
    """Return the outcome expected ``away`` units of the factor from its mean."""
    if np.isfinite(one.ratio):
        middle = np.median(np.maximum(y, FLOOR_MIN))
        return np.asarray(middle * getattr(one, f"ratio{end}") ** away, dtype=np.float64)
    return np.asarray(y.mean() + getattr(one, f"effect{end}") * away, dtype=np.float64)


def _correlation(one: Association) -> str:
    """Return nights and the displayed correlation with its interval."""
    if not np.isfinite(one.r):
        return count_of(one.n)
    low, high = signed(one.r_low, 2, plus=False), signed(one.r_high, 2, plus=False)
    return f"{count_of(one.n)}, r {signed(one.r, 2)} [{low}, {high}]"


def _room_between(x: Floats) -> float:
    """Return how far dots may be shifted sideways: within a score, not at all for measures."""
    values = np.unique(x)
    if not 1 < len(values) <= 15 or len(x) < 2 * len(values):
        return 0.0
    return 0.18 * float(np.diff(values).min())
