"""All factors by all outcomes: how large and how certain, refusals visible."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sleepstats import plots as style
from sleepstats.plots.forest import _asked, _label, _per, _stepped, table_of
from sleepstats.results.relation import verdict_of
from sleepstats.units import decimals

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WHOLE, _LEAST = 520.0, 10.0  # area of a circle of r = 1, and of the smallest, in square points
_FILLED = ("found", "stands")
_SHORT = {
    "too few nights": "too few nights",
    "one side too rare": "too rare",
    "latency not measured": "not measured",
    "latency quantised": "app's rule",
    "never recorded as no": "never a no",
}


@style.picture
def plot_matrix(table: pd.DataFrame, *, ax: Axes | None = None, **kwargs: Any) -> Axes:
    """Draw every factor against every outcome: circles as large as the correlation.

    Parameters
    ----------
    table : DataFrame
        What :func:`sleepstats.correlate` returned (or some rows of it), or nights, which are then
        given to it.
    ax : Axes, optional
        Where to draw. Without it a new figure is made, as large as the table needs.
    **kwargs
        Looks of the circles (``alpha``, ``linewidth``, …; as for ``Axes.scatter``).

    Returns
    -------
    Axes
        x counts outcomes, y counts factors from the top, in the table's order.

    Raises
    ------
    DiaryError
        If the table is neither nights nor from :func:`sleepstats.correlate`, or has no rows.

    Notes
    -----
    The area of a circle is the size of the correlation ``r``, controls removed; blue and a plus is
    more with more, amber and a minus is less with more. Filled: found, all questions counted, and
    in a table made with ``beside=True`` it stands with the others held equal. A ring: not found, or
    (thick) found alone only. A grey ring: unreachable, these nights could hardly have shown even a
    large effect. Beside it the adjusted effect in the outcome's unit, per the step of the factor
    that its row names.
    Kinds have no one correlation: a diamond. A grey cell was not asked, and says why. Empty: not in
    the table.

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, _ = ss.simulate_nights(60, seed=1)
    >>> table = ss.correlate(nights, factors=["stress", "late_meal"])
    >>> ax = ss.plot_matrix(table)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Stress (per point)', 'Late meal']
    """
    from matplotlib.patches import Rectangle

    table = table_of(table, "plot_matrix()", "r")
    about: dict[str, Any] = table.attrs.get("sleepstats_table", {})
    outcomes, factors = (list(dict.fromkeys(table[name])) for name in ("outcome", "factor"))
    wide = 1.75
    ax = style.axes_or_new(ax, 0.9 * wide * len(outcomes) + 2.9, 0.42 * len(factors) + 2.0)
    for entry in table.to_dict("records"):
        x = wide * outcomes.index(entry["outcome"])
        y = factors.index(entry["factor"])
        if entry["status"] == "refused":
            ax.add_patch(Rectangle((x - wide / 2 + 0.04, y - 0.46), wide - 0.08, 0.92,
                                   facecolor=style.SHADE, linewidth=0, zorder=1))  # fmt: skip
            code = str(entry["reason"]).partition(":")[0]
            ax.text(x, y, _SHORT.get(code, code), ha="center", va="center", color=style.GREY,
                    fontsize="small", zorder=3)  # fmt: skip
        else:
            _cell(ax, x, y, entry, about, kwargs)
    ax.set_xlim(-wide / 2, wide * (len(outcomes) - 0.5))
    ax.set_ylim(len(factors) - 0.4, -0.6)
    ax.set_xticks(
        [wide * place for place in range(len(outcomes))],
        ["\n".join(wrap(_label(name, about), 18, max_lines=4)) for name in outcomes],
    )
    ax.xaxis.tick_top()
    names = [(_label(name, about), _per(name, about)) for name in factors]
    rows = [style.row_name(f"{label} ({per})" if per else label) for label, per in names]
    ax.set_yticks(range(len(factors)), rows)
    ax.tick_params(length=0)
    for line in range(1, len(factors)):
        ax.axhline(line - 0.5, color=style.REFERENCE, linewidth=0.4, zorder=0)
    for side in ax.spines.values():
        side.set_visible(False)
    style.legend_below(ax, _legend(table), _asked(table, about), lines=-1)
    return ax


def _cell(
    ax: Axes, x: float, y: float, entry: dict[Any, Any], about: dict[str, Any], kwargs: Any
) -> None:
    """Draw one answered question: circle or diamond, sign, effect."""
    place = x - 0.42
    # kinds have no direction, so no circle
    if not np.isfinite(entry["r"]):
        filled = style.SLEEP if verdict_of(entry) in _FILLED else style.PAPER
        ax.plot(place, y, marker="D", markersize=7, color=style.INK, markerfacecolor=filled,
                markeredgewidth=1.3, zorder=3)  # fmt: skip
        ax.text(x - 0.08, y, f"kinds: p {entry['pvalue_family']:.2g}", va="center", color=style.INK,
                fontsize="small")  # fmt: skip
        return
    from matplotlib.collections import PathCollection

    r = float(entry["r"])
    looks = style.styled(_ring(verdict_of(entry), r), kwargs, PathCollection)
    # the area, not the width: that is what the eye compares
    ax.scatter([place], [y], s=max(_WHOLE * abs(r), _LEAST), zorder=3, **looks)
    ax.text(x - 0.08, y, _effect(entry, about), va="center", color=style.INK, fontsize="small",
            fontweight="bold" if verdict_of(entry) in _FILLED else "normal")  # fmt: skip


def _ring(status: str, r: float) -> dict[str, Any]:
    """Return the looks of a circle by its status and sign."""
    color = style.SLEEP if r >= 0 else style.EXPOSED
    if status in _FILLED:
        return {"facecolor": color, "edgecolor": color, "linewidth": 1.4}
    if status == "gone":
        return {"facecolor": style.PAPER, "edgecolor": color, "linewidth": 2.6}
    color = style.REFERENCE if status == "unreachable" else color
    return {"facecolor": style.PAPER, "edgecolor": color, "linewidth": 1.4}


def _effect(entry: dict[Any, Any], about: dict[str, Any]) -> str:
    """Return the effect per step with its sign; a little one keeps its sign by the word."""
    step = float(about.get("steps", {}).get(entry["factor"], 1.0))
    value, low, high = (_stepped(entry, end, step) for end in ("", "_low", "_high"))
    unit = str(entry["effect_unit"]).partition(" per ")[0]
    # there is no room for long units beside a circle
    unit = {"percentage points": "points", "awakenings": ""}.get(unit, unit)
    return f"{style.signed(value, decimals(low, high))} {unit}".strip()


def _legend(table: pd.DataFrame) -> list[Any]:
    """Return what each circle of this picture says."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    asked = table[np.isfinite(table["r"].astype(float))]
    handles: list[Any] = []
    looks: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 9}
    for color, sign, words in (
        (style.SLEEP, asked["r"] >= 0, "more with more (+)"),
        (style.EXPOSED, asked["r"] < 0, f"less with more ({style.signed(-1.0, 0)[0]})"),
    ):
        if sign.any():
            handles.append(Line2D([], [], color=color, label=words, **looks))
    words_of = {
        "stands": "filled: stands with the others held equal",
        "found": "filled: found, all questions counted",
        "gone": "thick ring: found alone, not with the others held equal",
        "no difference that matters": "ring: no difference that matters",
        "not found": "ring: not found",
        "unreachable": "grey ring: cannot tell, too few nights even for a large effect",
    }
    seen = {verdict_of(entry) for entry in asked.to_dict("records")}  # type: ignore[arg-type]
    for status, words in words_of.items():
        if status in seen:
            face = style.INK if status in _FILLED else style.PAPER
            edge = style.REFERENCE if status == "unreachable" else style.INK
            wide = 2.6 if status == "gone" else 1.0
            handles.append(Line2D([], [], color=edge, markerfacecolor=face, label=words,
                                  markeredgewidth=wide, **looks))  # fmt: skip
    if (table["status"] == "refused").any():
        handles.append(Patch(facecolor=style.SHADE, label="not asked, with the reason"))
    return handles
