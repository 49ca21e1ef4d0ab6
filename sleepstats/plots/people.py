"""Every person's own effect, the mean over people, and what to expect of one more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sleepstats.plots.style import (
    INK,
    REFERENCE,
    SLEEP,
    axes_or_new,
    count_of,
    interval_name,
    legend_below,
    note,
    open_frame,
    title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sleepstats.people.results import PeoplePool

_NAMED_UP_TO = 40


def draw_people(got: PeoplePool, *, ax: Axes | None = None) -> Axes:
    """Draw a forest of people: dot and interval each, larger where the person weighs more.

    >>> import pandas as pd
    >>> import sleepstats as ss
    >>> diaries = {name: ss.simulate_nights(60, seed=seed)[0] for seed, name in enumerate("abcd")}
    >>> nights = pd.concat(diaries, names=["person", "night"])
    >>> ax = draw_people(ss.pool_people(nights, outcome="tst_min", factor="stress"))
    >>> ax.get_xlabel()
    'Effect (min per point) with 95 % interval'
    """
    from matplotlib.lines import Line2D

    people = got.people[got.people["status"] == "answered"].sort_values("effect", ascending=False)
    n = len(people)
    ax = axes_or_new(ax, 6.6, float(np.clip(0.2 * n + 2.0, 2.6, 11.0)))
    ax.axvline(0.0, color=REFERENCE, linewidth=1, zorder=1)
    effect, low, high = (
        people[name].to_numpy(dtype=np.float64) for name in ("effect", "effect_low", "effect_high")
    )
    row = np.arange(n)
    ax.hlines(row, low, high, color=INK, linewidth=1.2 if n <= _NAMED_UP_TO else 0.6, alpha=0.7)
    weight = people["weight"].to_numpy(dtype=np.float64)
    area = np.full(n, 25.0)
    if np.isfinite(weight).all() and n:
        area = np.clip(30.0 * weight / weight.mean(), 8.0, 90.0)
    ax.scatter(effect, row, s=area, color=INK, linewidth=0, zorder=3)
    handles: list[Any] = [
        Line2D([], [], color=INK, marker="o", markersize=5, linewidth=1.2, label="one person")
    ][:n]
    names = [str(name) for name in people["person"]] if n <= _NAMED_UP_TO else [""] * n
    if np.isfinite(got.effect):
        filled = SLEEP if got.status == "found" else "white"
        ends = [got.effect_low, got.effect_high]
        ax.plot(ends, [n + 0.5] * 2, color=SLEEP, linewidth=3, zorder=4, solid_capstyle="butt")
        ax.plot(got.effect, n + 0.5, marker="D", markersize=9, color=SLEEP, zorder=5,
                markerfacecolor=filled, markeredgewidth=1.8)  # fmt: skip
        ax.plot([got.new_low, got.new_high], [n + 1.5] * 2, color=SLEEP, linewidth=3, zorder=4,
                linestyle=(0, (1, 0.7)))  # fmt: skip
        names += ["Mean of people", "One more person"]
        row = np.append(row, [n + 0.5, n + 1.5])
    ax.set_yticks(row, names)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(row) + 0.2 if len(row) > n else n - 0.2, -0.8)
    unit = f"{got.effect_unit} at the median night" if np.isfinite(got.ratio) else got.effect_unit
    ax.set_xlabel(f"Effect ({unit}) with {interval_name(got.level)}")
    open_frame(ax)
    ax.spines["left"].set_visible(False)
    title(ax, str(got).partition(" People differ by")[0])
    told = f"{count_of(got.n_nights)} of {n} people" + (
        f", {got.n_refused} more could not be answered" if got.n_refused else ""
    )
    if n:
        legend_below(ax, handles, told)
    else:
        ax.set_xticks([])
        note(ax, "No person could be answered.")
    return ax
