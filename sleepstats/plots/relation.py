"""One relation and its nights: a slope through dots, or strips of nights side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sleepstats import plots as style
from sleepstats.arrays import FLOOR_MIN, LATENCY, MOST_KINDS, Floats
from sleepstats.columns import CLOCKS
from sleepstats.plots import calendar
from sleepstats.results import Estimate
from sleepstats.results.relation import Association, Difference
from sleepstats.results.sentences import ALONE, interval_name, latency_minutes, removed
from sleepstats.units import MINUS, difference_unit, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

#: What the names of an estimate and of the ends of its interval end in.
ENDS = ("", "_low", "_high")


def pair(result: Association | Difference) -> tuple[Floats, Floats]:
    """Return factor and outcome of the nights used, as numbers."""
    x, y = (
        result.data[name].to_numpy(dtype=np.float64, na_value=np.nan)
        for name in (result.factor, result.outcome)
    )
    known = np.isfinite(x) & np.isfinite(y)
    return x[known], y[known]


def most_found(table: pd.DataFrame, outcomes: list[str], most: int) -> list[str]:
    """Return the outcomes in which most was found, so many, in their order."""
    found = (table["status"] == "found").groupby(table["outcome"]).sum()
    kept = sorted(outcomes, key=lambda name: -int(found[name]))[:most]
    return [name for name in outcomes if name in kept]


def transparency(n: int) -> float:
    """Return how opaque one dot of ``n`` should be, so that crowds still show as darker."""
    return float(np.clip(6.0 / max(n, 1) ** 0.5, 0.2, 0.75))


def dots(n: int, color: str, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the looks of ``n`` dots, the reader's own words winning."""
    from matplotlib.lines import Line2D

    ours = {
        "linestyle": "none", "marker": "o", "markersize": 5.5, "color": color,
        "markeredgewidth": 0, "alpha": transparency(n) if n else 0.75, "zorder": 2,
    }  # fmt: skip
    return style.styled(ours, kwargs, Line2D)


def axis_label(label: str, unit: str) -> str:
    """Return a label with its unit in brackets."""
    words = label[:1].upper() + label[1:]
    return f"{words} ({unit})" if unit else words


def on_clock(outcome: str) -> bool:
    """Say whether an outcome is a time of day; its data are hours after the evening's midnight."""
    return outcome in (*CLOCKS, "midsleep_h")


def finish(ax: Axes, result: Estimate, y: Floats, *, empty: str = "") -> None:
    """Label the outcome, write the sentence, and say so where there is no night to draw."""
    if on_clock(result.outcome):
        ax.set_ylabel(axis_label(result.outcome_label, "clock time"))
        calendar.clock_ticks(
            ax.yaxis, float(np.ptp(y)) if len(y) else 1.0, int(style.inches(ax)[1] / 0.4)
        )
    else:
        ax.set_ylabel(axis_label(result.outcome_label, result.outcome_unit))
    style.open_frame(ax)
    style.title(ax, f"{result}".partition(ALONE)[0])
    if not len(y):
        ax.set_xticks([])
        ax.set_yticks([])
        style.note(ax, empty or "No night has both values.")


def draw_slope(one: Association, ax: Axes | None, kwargs: dict[str, Any]) -> Axes:
    """Draw the dots and the adjusted slope of a numeric factor."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.ticker import MaxNLocator

    ax = style.axes_or_new(ax, 6.6, 4.8)
    x, y = pair(one)
    # equal nights of a whole-number score would hide behind each other
    shifted = x + style.spread(len(x), _room_between(x))
    ax.plot(shifted, y, **dots(len(x), style.SLEEP, kwargs))
    handles: list[Any] = [Line2D([], [], **dots(0, style.SLEEP, kwargs), label="one night")][
        : len(x)
    ]
    if one.status != "refused" and np.isfinite(one.effect) and len(x):
        # an adjusted slope has no height of its own: it goes through the mean of both
        away = np.linspace(x.min(), x.max(), 101) - x.mean()
        dashes = "solid" if one.status == "found" else (0, (5, 3))
        (line,) = ax.plot(
            away + x.mean(), _risen(one, x, y, "", away), color=style.INK, linewidth=2,
            linestyle=dashes, zorder=4,
            label=f"what went with {style.row_name(one.factor_label, 60, lines=1)}, "
            f"{removed(one.adjust)}",
        )  # fmt: skip
        ax.fill_between(
            away + x.mean(), _risen(one, x, y, "_low", away), _risen(one, x, y, "_high", away),
            color=style.INK, alpha=0.22, linewidth=0, zorder=3,
        )  # fmt: skip
        band = Patch(color=style.INK, alpha=0.22, linewidth=0, label=interval_name(one.level))
        handles += [line, band]
    if len(x) and bool((x == np.round(x)).all()):
        ax.xaxis.set_major_locator(MaxNLocator(nbins=9, steps=[1, 2, 2.5, 5, 10], integer=True))
    ax.set_xlabel(axis_label(one.factor_label, one.factor_unit))
    finish(ax, one, y)
    style.legend_below(ax, handles, _correlation(one))
    return ax


def _risen(one: Association, x: Floats, y: Floats, end: str, away: Floats) -> Floats:
    """Return the outcome expected ``away`` units of the factor from its mean."""
    if np.isfinite(one.ratio):
        # the median of nights as they were is not that of nights at the mean
        middle = np.median(np.maximum(y, FLOOR_MIN) * one.ratio ** (x.mean() - x))
        return np.asarray(middle * getattr(one, f"ratio{end}") ** away, dtype=np.float64)
    return np.asarray(y.mean() + getattr(one, f"effect{end}") * away, dtype=np.float64)


def _correlation(one: Association) -> str:
    """Return nights and the displayed correlation with its interval."""
    if not np.isfinite(one.r):
        return style.count_of(one.n)
    low, high = signed(one.r_low, 2, plus=False), signed(one.r_high, 2, plus=False)
    return f"{style.count_of(one.n)}, correlation {signed(one.r, 2)} [{low}, {high}]"


def _room_between(x: Floats) -> float:
    """Return how far dots may be shifted sideways: within a score, not at all for measures."""
    values = np.unique(x)
    if not 1 < len(values) <= 15 or len(x) < 2 * len(values):
        return 0.0
    return 0.18 * float(np.diff(values).min())


def draw_two_groups(
    result: Association | Difference, ax: Axes | None, kwargs: dict[str, Any]
) -> Axes:
    """Draw Gardner and Altman's picture of nights without, nights with, and the difference."""
    ax = style.axes_or_new(ax, 6.6, 4.6)
    x, y = pair(result)
    groups = [y[x == 0], y[x == 1]]
    _strip(ax, 0, groups[0], result, _hollow(dots(len(groups[0]), style.REFERENCE, kwargs)))
    _strip(ax, 1, groups[1], result, dots(len(groups[1]), style.EXPOSED, kwargs))
    labels = [
        _group_label(word, values, result)
        for word, values in zip(("without", "with"), groups, strict=True)
    ]
    shown = result.status != "refused" and np.isfinite(result.effect) and len(groups[0]) > 0
    if shown:
        # the difference has to be counted from something that is seen: the bar of those without
        base = _centre(groups[0], result)
        level = ax.plot([0, 2.45], [base, base], color=style.REFERENCE, linewidth=1, zorder=1)[0]
        level.set_linestyle((0, (5, 3)))
        times = np.isfinite(result.ratio)
        moved = latency_minutes(result) if times else [getattr(result, f"effect{x}") for x in ENDS]
        dot, *ends = (base + size for size in moved)
        _dot_with_interval(ax, 2, dot, ends, result.status == "found")
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
    # a strip for each of a hundred answers shows nothing
    if not 0 < len(levels) <= MOST_KINDS:
        ax = style.axes_or_new(ax, 6.6, 3.0)
        ax.set_xlabel(axis_label(one.factor_label, ""))
        finish(ax, one, y[:0], empty="Too many different answers to draw." if levels else "")
        return ax
    ax = style.axes_or_new(ax, float(np.clip(1.4 * len(levels) + 1.6, 6.6, 12.0)), 4.8)
    groups = [y[(kinds == level).to_numpy()] for level in levels]
    for place, values in enumerate(groups):
        _strip(ax, place - 0.12, values, one, dots(len(values), style.SLEEP, kwargs))
    handles: list[Any] = [
        Line2D([], [], **dots(0, style.SLEEP, kwargs), label="one night"),
        Line2D([], [], color=style.INK, linewidth=2, label=_centre_word(one)),
    ]
    drawn: set[bool] = set()
    for row in contrasts:
        base = _centre(groups[0], one)
        if np.isfinite(row["effect"]):
            dot, *ends = _from_base(row, base)
            found = bool(row["pvalue_holm"] < 1 - one.level)
            beside = levels.index(str(row["level"])) + 0.3
            _dot_with_interval(ax, beside, dot, ends, found)
            drawn.add(found)
    if drawn:
        ax.axhline(base, color=style.REFERENCE, linewidth=1, linestyle=(0, (5, 3)), zorder=1)
        beside_it = style.row_name(levels[0], 40, lines=1)
        words = f"difference from {beside_it} with {interval_name(one.level)},\n"
        for found in sorted(drawn, reverse=True):
            state = "found" if found else "not found"
            handles.append(_dot_in_legend(found, f"{words}{removed(one.adjust)}: {state}"))
    names = [_group_label(name, v, one) for name, v in zip(levels, groups, strict=True)]
    _name_groups(ax, names)
    ax.set_xlim(-0.6, len(levels) - 0.4)
    ax.set_xlabel(axis_label(one.factor_label, ""))
    finish(ax, one, y)
    style.legend_below(ax, handles, "", lines=3)
    return ax


def _from_base(entry: Mapping[Any, Any], base: float) -> list[float]:
    """Return where a difference and its ends lie; a ratio is one of the base, not of all nights."""
    times = np.isfinite(entry["ratio"])
    return [base * entry[f"ratio{x}"] if times else base + entry[f"effect{x}"] for x in ENDS]


def _difference_axis(ax: Axes, result: Estimate, base: float) -> None:
    """Add the scale on the right, counted from the bar of the nights without."""
    unit, scale = difference_unit(result.outcome_unit, result.outcome), 1.0
    if on_clock(result.outcome):
        unit, scale = "min", 60.0
    unit += " on a typical night" * (result.outcome == LATENCY)
    # a secondary axis follows the left one when a reader zooms
    right = ax.secondary_yaxis("right", functions=_counted_from(base, scale))
    right.yaxis.set_major_formatter(lambda v, _: f"{v:+g}".replace("-", MINUS) if v else "0")
    right.set_ylabel(f"Difference ({unit})\n{removed(result.adjust)}")


def _counted_from(base: float, scale: float) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """Return the way from a value to its difference from ``base``, and back."""
    return (lambda value: (value - base) * scale), (lambda moved: moved / scale + base)


def _strip(ax: Axes, place: float, values: Floats, result: Estimate, looks: dict[str, Any]) -> None:
    """Draw one group's nights, and a bar at their mean or median."""
    ax.plot(place + style.spread(len(values), 0.14), values, **looks)
    if len(values):
        centre = _centre(values, result)
        ax.plot(
            [place - 0.22, place + 0.22], [centre, centre], color=style.INK, linewidth=2, zorder=4
        )


def _hollow(looks: dict[str, Any]) -> dict[str, Any]:
    """Return the looks of dots drawn as rings, dark enough to be seen."""
    # the grey of the filled dots is too pale for a thin ring
    edge = style.GREY if looks.get("color") == style.REFERENCE else looks.get("color")
    return {**looks, "markerfacecolor": "none", "markeredgewidth": 1.2, "markeredgecolor": edge}


def _centre_word(result: Estimate) -> str:
    return "median" if result.outcome == LATENCY else "mean"


def _centre(values: Floats, result: Estimate) -> float:
    """Return where a group's bar stands: the median for latency, the mean otherwise."""
    if not len(values):
        return float("nan")
    return float(np.median(values) if result.outcome == LATENCY else values.mean())


def _dot_with_interval(
    ax: Axes, place: float, value: float, ends: Sequence[float], found: bool
) -> None:
    low, high = ax.get_ylim()
    _, tall = style.inches(ax)
    # a dot larger than its interval would hide it
    points = 72.0 * tall * abs(ends[1] - ends[0]) / abs(high - low)  # length of the interval
    ax.plot([place, place], ends, color=style.INK, linewidth=2, solid_capstyle="butt", zorder=5)
    ax.plot(
        place, value, marker="o", markersize=min(9.0, max(3.0, points / 3.0)), color=style.INK,
        markeredgewidth=1.8 if points > 20.0 else 0.8, zorder=6,
        markerfacecolor=style.INK if found else style.PAPER,
    )  # fmt: skip


def _dot_in_legend(found: bool, label: str) -> Line2D:
    from matplotlib.lines import Line2D

    return Line2D(
        [], [], color=style.INK, linewidth=2, marker="o", markersize=7, label=label,
        markerfacecolor=style.INK if found else style.PAPER,
    )  # fmt: skip


def _name_groups(ax: Axes, labels: list[str]) -> None:
    """Put the names under the groups, smaller where they stand close."""
    # names side by side run into each other below this width
    close = style.inches(ax)[0] / len(labels) < 1.3
    ax.set_xticks(range(len(labels)), labels, fontsize="small" if close else None)


def _group_label(word: str, values: Floats, result: Estimate) -> str:
    """Return a group's name, its nights and where its bar stands."""
    lines = [style.row_name(word, 14, lines=4), style.count_of(len(values))]
    if len(values):
        centre = _centre(values, result)
        number = f"{centre:.0f}" if abs(centre) >= 100 else f"{centre:.1f}"
        if on_clock(result.outcome):
            number = calendar.clock_text(centre)
        lines.append(f"{_centre_word(result)} {number}")
    return "\n".join(lines)
