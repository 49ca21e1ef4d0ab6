"""Strips of nights side by side, and the adjusted differences between them."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats
from sleepstats.factors import MOST_KINDS
from sleepstats.latency import LATENCY
from sleepstats.plots.relation import axis_label, dots, finish, on_clock, pair
from sleepstats.plots.style import (
    EXPOSED,
    INK,
    MINUS,
    REFERENCE,
    SLEEP,
    axes_or_new,
    count_of,
    inches,
    interval_name,
    legend_below,
    spread,
)
from sleepstats.plots.ticks import clock_text
from sleepstats.results.sentences import removed
from sleepstats.units import difference_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

    from sleepstats.results.relation import Association, Difference


def draw_two_groups(
    result: Association | Difference, ax: Axes | None, kwargs: dict[str, Any]
) -> Axes:
    """Draw Gardner and Altman's picture of nights without, nights with, and the difference."""
    ax = axes_or_new(ax, 6.6, 4.6)
    x, y = pair(result)
    groups = [y[x == 0], y[x == 1]]
    _strip(ax, 0, groups[0], result, _hollow(dots(len(groups[0]), REFERENCE, kwargs)))
    _strip(ax, 1, groups[1], result, dots(len(groups[1]), EXPOSED, kwargs))
    labels = [
        _group_label(word, values, result)
        for word, values in zip(("without", "with"), groups, strict=True)
    ]
    shown = result.status != "refused" and np.isfinite(result.effect) and len(groups[0]) > 0
    if shown:
        base = _centre(groups[0], result)
        level = ax.plot([0, 2.45], [base, base], color=REFERENCE, linewidth=1, zorder=1)[0]
        level.set_linestyle((0, (5, 3)))
        ends = (base + result.effect_low, base + result.effect_high)
        _dot_with_interval(ax, 2, base + result.effect, ends, result.status == "found")
        labels.append(f"difference with\n{interval_name(result.level)}")
        _difference_axis(ax, result, base)
    _name_groups(ax, labels)
    ax.set_xlim(-0.55, 2.45 if shown else 1.55)
    ax.set_xlabel(axis_label(result.factor_label, ""))
    finish(ax, result, y)
    return ax


def draw_kinds(one: Association, ax: Axes | None, kwargs: dict[str, Any]) -> Axes:
    """Draw a strip for each kind and its adjusted difference from the reference kind."""
    from matplotlib.lines import Line2D

    kinds = one.data[one.factor].astype(str)
    table = pd.DataFrame() if one.contrasts is None else one.contrasts
    contrasts = table.to_dict("records")
    first = [str(row["reference"]) for row in contrasts[:1]]
    told = [str(row["level"]) for row in contrasts]
    levels = list(dict.fromkeys([*first, *told, *sorted(kinds.unique())]))
    y = one.data[one.outcome].to_numpy(dtype=np.float64, na_value=np.nan)
    if len(levels) > MOST_KINDS:
        ax = axes_or_new(ax, 6.6, 3.0)
        ax.set_xlabel(axis_label(one.factor_label, ""))
        finish(ax, one, y[:0], empty="Too many different answers to draw.")
        return ax
    ax = axes_or_new(ax, float(np.clip(1.4 * len(levels) + 1.6, 6.6, 12.0)), 4.8)
    groups = [y[(kinds == level).to_numpy()] for level in levels]
    for place, values in enumerate(groups):
        _strip(ax, place - 0.12, values, one, dots(len(values), SLEEP, kwargs))
    handles: list[Any] = [
        Line2D([], [], **dots(0, SLEEP, kwargs), label="one night"),
        Line2D([], [], color=INK, linewidth=2, label=_centre_word(one)),
    ]
    drawn: set[bool] = set()
    for row in contrasts:
        base = _centre(groups[0], one)
        if np.isfinite(row["effect"]):
            ends = (base + row["effect_low"], base + row["effect_high"])
            found = bool(row["pvalue_holm"] < 1 - one.level)
            beside = levels.index(str(row["level"])) + 0.3
            _dot_with_interval(ax, beside, base + row["effect"], ends, found)
            drawn.add(found)
    if drawn:
        ax.axhline(base, color=REFERENCE, linewidth=1, linestyle=(0, (5, 3)), zorder=1)
        words = f"difference from {levels[0]} with {interval_name(one.level)},\n"
        for found in sorted(drawn, reverse=True):
            state = "found" if found else "not found"
            handles.append(_dot_in_legend(found, f"{words}{removed(one.adjust)}: {state}"))
    names = [_group_label(name, v, one) for name, v in zip(levels, groups, strict=True)]
    _name_groups(ax, names)
    ax.set_xlim(-0.6, len(levels) - 0.4)
    ax.set_xlabel(axis_label(one.factor_label, ""))
    finish(ax, one, y)
    legend_below(ax, handles, "", lines=3)
    return ax


def _difference_axis(ax: Axes, result: Association | Difference, base: float) -> None:
    """Add the scale on the right, counted from the bar of the nights without."""
    unit, scale = difference_unit(result.outcome_unit, result.outcome), 1.0
    if on_clock(result.outcome):
        unit, scale = "min", 60.0
    elif result.outcome == LATENCY:
        unit = "min at the median night"
    right = ax.secondary_yaxis("right", functions=_counted_from(base, scale))
    right.yaxis.set_major_formatter(lambda v, _: f"{v:+g}".replace("-", MINUS) if v else "0")
    right.set_ylabel(f"Difference ({unit})\n{removed(result.adjust)}")


def _counted_from(base: float, scale: float) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """Return the way from a value to its difference from ``base``, and back."""
    return (lambda value: (value - base) * scale), (lambda moved: moved / scale + base)


def _strip(
    ax: Axes, place: float, values: Floats, result: Association | Difference, looks: dict[str, Any]
) -> None:
    """Draw one group's nights, and a bar at their mean or median."""
    ax.plot(place + spread(len(values), 0.14), values, **looks)
    if len(values):
        centre = _centre(values, result)
        ax.plot([place - 0.22, place + 0.22], [centre, centre], color=INK, linewidth=2, zorder=4)


def _hollow(looks: dict[str, Any]) -> dict[str, Any]:
    """Return the looks of dots drawn as rings, dark enough to be seen."""
    edge = "#5f6368" if looks.get("color") == REFERENCE else looks.get("color")
    return {**looks, "markerfacecolor": "none", "markeredgewidth": 1.2, "markeredgecolor": edge}


def _centre_word(result: Association | Difference) -> str:
    return "median" if result.outcome == LATENCY else "mean"


def _centre(values: Floats, result: Association | Difference) -> float:
    """Return where a group's bar stands: the median for latency, the mean otherwise."""
    if not len(values):
        return float("nan")
    return float(np.median(values) if result.outcome == LATENCY else values.mean())


def _dot_with_interval(
    ax: Axes, place: float, value: float, ends: tuple[float, float], found: bool
) -> None:
    low, high = ax.get_ylim()
    _, tall = inches(ax)
    points = 72.0 * tall * abs(ends[1] - ends[0]) / abs(high - low)  # length of the interval
    ax.plot([place, place], ends, color=INK, linewidth=2, solid_capstyle="butt", zorder=5)
    ax.plot(
        place, value, marker="o", markersize=min(9.0, max(3.0, points / 3.0)), color=INK,
        markeredgewidth=1.8 if points > 20.0 else 0.8, zorder=6,
        markerfacecolor=INK if found else "white",
    )  # fmt: skip


def _dot_in_legend(found: bool, label: str) -> Line2D:
    from matplotlib.lines import Line2D

    return Line2D(
        [], [], color=INK, linewidth=2, marker="o", markersize=7, label=label,
        markerfacecolor=INK if found else "white",
    )  # fmt: skip


def _name_groups(ax: Axes, labels: list[str]) -> None:
    """Put the names under the groups, smaller where they stand close."""
    close = inches(ax)[0] / len(labels) < 1.3
    ax.set_xticks(range(len(labels)), labels, fontsize="small" if close else None)


def _group_label(word: str, values: Floats, result: Association | Difference) -> str:
    """Return a group's name, its nights and where its bar stands."""
    lines = [fill(word, 14), count_of(len(values))]
    if len(values):
        centre = _centre(values, result)
        number = f"{centre:.0f}" if abs(centre) >= 100 else f"{centre:.1f}"
        if on_clock(result.outcome):
            number = clock_text(centre)
        lines.append(f"{_centre_word(result)} {number}")
    return "\n".join(lines)
