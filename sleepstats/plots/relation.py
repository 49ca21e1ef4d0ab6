"""What every picture of one relation shares: its numbers, its dots, its labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sleepstats.arrays import Floats
from sleepstats.columns import CLOCKS
from sleepstats.plots.style import inches, note, open_frame, styled, title, transparency
from sleepstats.plots.ticks import clock_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sleepstats.results.relation import Association, Difference


def pair(result: Association | Difference) -> tuple[Floats, Floats]:
    """Return factor and outcome of the nights used, as numbers."""
    x, y = (
        result.data[name].to_numpy(dtype=np.float64, na_value=np.nan)
        for name in (result.factor, result.outcome)
    )
    known = np.isfinite(x) & np.isfinite(y)
    return x[known], y[known]


def dots(n: int, color: str, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the looks of ``n`` dots, the reader's own words winning."""
    from matplotlib.lines import Line2D

    ours = {
        "linestyle": "none", "marker": "o", "markersize": 5.5, "color": color,
        "markeredgewidth": 0, "alpha": transparency(n) if n else 0.75, "zorder": 2,
    }  # fmt: skip
    return styled(ours, kwargs, Line2D)


def axis_label(label: str, unit: str) -> str:
    """Return a label with its unit in brackets."""
    words = label[:1].upper() + label[1:]
    return f"{words} ({unit})" if unit else words


def on_clock(outcome: str) -> bool:
    """Say whether an outcome is a time of day; its data are hours after the evening's midnight."""
    return outcome in (*CLOCKS, "midsleep_h")


def finish(ax: Axes, result: Association | Difference, y: Floats, *, empty: str = "") -> None:
    """Label the outcome, write the sentence, and say so where there is no night to draw."""
    if on_clock(result.outcome):
        ax.set_ylabel(axis_label(result.outcome_label, "clock time"))
        clock_ticks(ax.yaxis, float(np.ptp(y)) if len(y) else 1.0, int(inches(ax)[1] / 0.4))
    else:
        ax.set_ylabel(axis_label(result.outcome_label, result.outcome_unit))
    open_frame(ax)
    title(ax, str(result))
    if not len(y):
        ax.set_xticks([])
        ax.set_yticks([])
        note(ax, empty or "No night has both values.")
