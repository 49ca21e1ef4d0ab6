"""What one diary cannot show by itself: a randomised trial, and several people side by side.

A trial: its nights in order, the difference, and what chance would have made.
"""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sleepstats import plots as style
from sleepstats.arrays import LATENCY, Floats
from sleepstats.errors import DiaryError
from sleepstats.plots import calendar
from sleepstats.plots.relation import dots, finish, on_clock
from sleepstats.results.sentences import interval_name
from sleepstats.trials.result import TrialResult
from sleepstats.units import MINUS, difference_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sleepstats.people import PeoplePool

#: Width of the axes on the right, in inches.
_SIDE_IN = 1.9
#: More people than this have no names beside their rows.
_NAMED_UP_TO = 40


@style.picture
def plot_trial(result: TrialResult, *, ax: Axes | None = None, **kwargs: Any) -> Axes:
    """Draw a randomised trial: every night, the effect, and the effects chance would have shown.

    Parameters
    ----------
    result : TrialResult
        What :func:`sleepstats.analyse_trial` returned.
    ax : Axes, optional
        Where to draw. Without it a new figure is made.
    **kwargs
        Looks of the dots (``markersize``, ``alpha``, …; as for ``Axes.plot``).

    Returns
    -------
    Axes
        The nights: x the calendar, y the outcome in its own unit. A second axes on its right
        (``ax.child_axes[0]``) counts differences on the same scale, from the mean of the nights
        planned with the second condition (for latency the median).

    Raises
    ------
    DiaryError
        If something else comes in.

    Notes
    -----
    Filled dots were planned with the first condition, rings with the second; a cross marks a night
    on which the other was done. A line joins the means of the two halves of each pair. Ticks along
    the bottom are planned nights without the outcome. Right: the effect as randomised with its
    interval, filled if found; behind it, how often the other schedules compared would have shown
    each effect, had the condition changed nothing.

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, _ = ss.simulate_nights(56, seed=3, start="2026-03-02")
    >>> plan = ss.plan_trial(56, seed=7, start="2026-03-02")
    >>> ax = ss.plot_trial(ss.analyse_trial(nights, plan, outcome="tst_min"))
    >>> ax.get_ylabel()
    'Total sleep time (min)'
    """
    if not isinstance(result, TrialResult):
        raise DiaryError(
            f"plot_trial() got a {type(result).__name__}, expected what analyse_trial() returned."
        )
    ax = style.axes_or_new(ax, 9.6, 4.8)
    y = result.data[result.outcome].to_numpy(dtype=np.float64)
    days = calendar.day_numbers(pd.DatetimeIndex(result.data.index))
    known = np.isfinite(y)
    _pairs(ax, result, days, y)
    _nights(ax, result, days, y, kwargs)
    finish(ax, result, y[known], empty="No planned night has the outcome.")
    ax.set_xlim(days[0] - 1, days[-1] + 1)
    if known.any():
        ax.plot(
            days[~known], np.full((~known).sum(), 0.012), transform=ax.get_xaxis_transform(),
            marker="|", markersize=7, linestyle="none", color=style.REFERENCE, clip_on=False,
            zorder=3,
        )  # fmt: skip
        calendar.date_ticks(ax.xaxis, len(days), int(style.inches(ax)[0] / 1.1))
        ax.set_xlabel(f"Evening ({pd.Timestamp(result.data.index[0]):%Y})")
    if np.isfinite(result.effect):
        _difference(ax, result)
    return ax


def _nights(ax: Axes, result: TrialResult, days: Floats, y: Floats, kwargs: dict[str, Any]) -> None:
    """Draw every night by the condition planned, and the mean of each."""
    from matplotlib.lines import Line2D

    first = (result.data["planned"] == result.conditions[0]).to_numpy()
    swapped = (result.data["status"] == "swapped").to_numpy()
    base = {**dots(0, style.EXPOSED, kwargs), "alpha": 1.0, "markersize": 6.5, "zorder": 4}
    base |= {name: kwargs[name] for name in kwargs if name in base}
    ring = {
        **base,
        "markerfacecolor": style.PAPER,
        "markeredgecolor": style.GREY,
        "markeredgewidth": 1.3,
    }
    filled = {**base, "markeredgecolor": style.INK, "markeredgewidth": 0.5}
    handles: list[Any] = []
    known = np.isfinite(y)
    for side, looks, label in ((first, filled, 0), (~first, ring, 1)):
        ax.plot(days[side & known], y[side & known], **looks)
        name = style.row_name(result.conditions[label], 56, lines=1)
        count = style.count_of(int((side & known).sum()))
        handles.append(Line2D([], [], **looks, label=f"planned “{name}” ({count})"))
    ax.plot(days[swapped], y[swapped], linestyle="none", marker="x", color=style.INK, zorder=5)
    if swapped.any():
        handles.append(
            Line2D([], [], linestyle="none", marker="x", color=style.INK,
                   label=f"the other was done ({style.count_of(int(swapped.sum()))})")
        )  # fmt: skip
    if (~known).any():
        handles.append(
            Line2D([], [], linestyle="none", marker="|", color=style.REFERENCE,
                   label=f"no outcome ({style.count_of(int((~known).sum()))})")
        )  # fmt: skip
    from matplotlib.transforms import ScaledTranslation

    below = ScaledTranslation(0, -0.55, style.figure_of(ax).dpi_scale_trans)
    ax.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0.0, 0.0), frameon=False,
        bbox_transform=ax.transAxes + below, borderaxespad=0.0, fontsize="small",
        ncols=2 if len(handles) > 2 and style.inches(ax)[0] < 8 else len(handles),
    )  # fmt: skip


def _pairs(ax: Axes, result: TrialResult, days: Floats, y: Floats) -> None:
    """Shade every other pair of blocks, and join the means of its halves."""
    data = result.data
    first = (data["planned"] == result.conditions[0]).to_numpy()
    block = data["block"].to_numpy()
    if block[-1] == 1:
        return
    for number in np.unique(block):
        inside = block == number
        if number % 2:
            ax.axvspan(days[inside][0] - 0.5, days[inside][-1] + 0.5, color=style.SHADE,
                       linewidth=0, zorder=0)  # fmt: skip
        halves = [inside & side & np.isfinite(y) for side in (first, ~first)]
        if all(half.any() for half in halves):
            ends = [(days[half].mean(), y[half].mean()) for half in halves]
            ax.plot(*zip(*ends, strict=True), color=style.REFERENCE, linewidth=1.3, zorder=2)
            for half, (_, mean) in zip(halves, ends, strict=True):
                reach = [days[half][0] - 0.3, days[half][-1] + 0.3]
                if reach[1] - reach[0] > 1:  # a block of several nights
                    ax.plot(reach, [mean, mean], color=style.GREY, linewidth=1.6, zorder=2)


def _difference(ax: Axes, result: TrialResult) -> None:
    """Draw the effect beside the nights, over what the other schedules would have shown."""
    from matplotlib.transforms import ScaledTranslation, blended_transform_factory

    latency = result.outcome == LATENCY
    scale = 60.0 if on_clock(result.outcome) else 1.0
    others = result.others[np.isfinite(result.others)]
    if latency:
        # the schedules were compared as logarithms; the axis is in minutes
        others = result.typical * np.expm1(others)
    # differences count from the second condition, as the effect does
    base = result.median_second if latency else result.mean_second
    low, high = ax.get_ylim()
    ends = [end for end in (result.effect_low, result.effect_high) if np.isfinite(end)]
    low = min([low, *(base + end for end in ends)])
    high = max([high, *(base + end for end in ends)])
    ax.set_ylim(low, high)
    ax.axhline(base, color=style.REFERENCE, linewidth=1, linestyle=(0, (5, 3)), zorder=1)
    # in inches: the axes beside keep their width whatever the size of the figure
    inches_beside = style.figure_of(ax).dpi_scale_trans + ScaledTranslation(1, 0, ax.transAxes)  # type: ignore[arg-type]
    beside = blended_transform_factory(inches_beside, ax.transAxes)
    side = ax.inset_axes((0.12, 0.0, _SIDE_IN, 1.0), transform=beside)
    side.set_ylim(scale * (low - base), scale * (high - base))
    side.hist(
        scale * others, bins=41, orientation="horizontal", color=style.REFERENCE, alpha=0.55,
        # shares, so that the width does not depend on how many schedules were drawn
        weights=np.full(len(others), 1 / len(others)),
    )  # fmt: skip
    widest = side.get_xlim()[1]
    side.axhline(0, color=style.REFERENCE, linewidth=1, linestyle=(0, (5, 3)), zorder=1)
    place = widest * 1.25
    effect = [
        scale * float(np.clip(end, low - base, high - base))
        for end in (result.effect_low, result.effect_high)
    ]
    side.plot([place, place], effect, color=style.INK, linewidth=2, solid_capstyle="butt")
    found = result.status == "found"
    side.plot(
        place, scale * result.effect, marker="o", markersize=9, color=style.INK,
        markeredgewidth=1.8, markerfacecolor=style.INK if found else style.PAPER,
    )  # fmt: skip
    side.set_xlim(0, widest * 1.6)
    side.set_xticks(
        [widest * 0.45, place], ["without\nany effect", f"effect,\n{interval_name(result.level)}"],
        fontsize="small",
    )  # fmt: skip
    side.tick_params(axis="x", length=0)
    side.yaxis.tick_right()
    side.yaxis.set_major_formatter(lambda v, _: f"{v:+g}".replace("-", MINUS) if v else "0")
    unit = "min on a typical night" if latency else "min"
    if not (latency or on_clock(result.outcome)):
        unit = difference_unit(result.outcome_unit, result.outcome)
    one, other = (style.row_name(name, 56, lines=1) for name in result.conditions)
    side.set_xlabel(fill(f"“{one}” minus “{other}” ({unit})", 30), fontsize="small")
    style.open_frame(side, right=True)
    side.spines["left"].set_visible(False)


@style.picture
def draw_people(got: PeoplePool, *, ax: Axes | None = None) -> Axes:
    """Draw a forest of people: dot and interval each, larger where the person weighs more."""
    from matplotlib.lines import Line2D

    people = got.people[got.people["status"] == "answered"].sort_values("effect", ascending=False)
    n = len(people)
    ax = style.axes_or_new(ax, 6.6, float(np.clip(0.2 * n + 2.0, 2.6, 11.0)))
    ax.axvline(0.0, color=style.REFERENCE, linewidth=1, zorder=1)
    effect, low, high = (
        people[name].to_numpy(dtype=np.float64) for name in ("effect", "effect_low", "effect_high")
    )
    row = np.arange(n)
    ax.hlines(
        row, low, high, color=style.INK, linewidth=1.2 if n <= _NAMED_UP_TO else 0.6, alpha=0.7
    )
    weight = people["weight"].to_numpy(dtype=np.float64)
    # a dot is as large as its person counts in the mean
    area = np.full(n, 25.0)
    if np.isfinite(weight).all() and n:
        area = np.clip(30.0 * weight / weight.mean(), 8.0, 90.0)
    ax.scatter(effect, row, s=area, color=style.INK, linewidth=0, zorder=3)
    handles: list[Any] = [
        Line2D([], [], color=style.INK, marker="o", markersize=5, linewidth=1.2, label="one person")
    ][:n]
    names = [style.row_name(str(name)) if n <= _NAMED_UP_TO else "" for name in people["person"]]
    if np.isfinite(got.effect):
        filled = style.SLEEP if got.status == "found" else style.PAPER
        ends = [got.effect_low, got.effect_high]
        ax.plot(
            ends, [n + 0.5] * 2, color=style.SLEEP, linewidth=3, zorder=4, solid_capstyle="butt"
        )
        ax.plot(got.effect, n + 0.5, marker="D", markersize=9, color=style.SLEEP, zorder=5,
                markerfacecolor=filled, markeredgewidth=1.8)  # fmt: skip
        ax.plot([got.new_low, got.new_high], [n + 1.5] * 2, color=style.SLEEP, linewidth=3,
                zorder=4, linestyle=(0, (1, 0.7)))  # fmt: skip
        names += ["Mean of people", "One more person"]
        row = np.append(row, [n + 0.5, n + 1.5])
    ax.set_yticks(row, names)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(row) + 0.2 if len(row) > n else n - 0.2, -0.8)
    unit = f"{got.effect_unit} on a typical night" if np.isfinite(got.ratio) else got.effect_unit
    ax.set_xlabel(f"Difference ({unit}) with {interval_name(got.level)}")
    style.open_frame(ax)
    ax.spines["left"].set_visible(False)
    style.title(ax, f"{got}".partition(" People differ by")[0])
    told = f"{style.count_of(got.n_nights)} of {n} people" + (
        f", {got.n_refused} more could not be answered" if got.n_refused else ""
    )
    if n:
        style.legend_below(ax, handles, told)
        return ax
    ax.set_xticks([])
    style.note(ax, "No person could be answered.")
    return ax
