"""The drawn response: to a dose, to the hours before bed, to the nights since starting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sleepstats.errors import DiaryError
from sleepstats.plots import style
from sleepstats.plots.relation import axis_label
from sleepstats.results.sentences import interval_name, removed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sleepstats.responses.results import OverTime, Response


@style.picture
def plot_response(result: Response | OverTime, *, ax: Axes | None = None, **kwargs: Any) -> Axes:
    """Draw how an outcome answered to dose, timing, or nights since starting.

    Parameters
    ----------
    result : Response or OverTime
        What :func:`sleepstats.dose_response`, :func:`sleepstats.timing_response` or
        :func:`sleepstats.over_time` returned.
    ax : Axes, optional
        Where to draw. Without it a new figure is made.
    **kwargs
        Looks of the line (``color``, ``linewidth``, …; as for ``Axes.plot``).

    Returns
    -------
    Axes
        x is the dose, the hours before bed (bedtime on the right), or the nights since starting;
        y the difference from the reference in the outcome's unit.

    Raises
    ------
    DiaryError
        If something else comes in.

    Notes
    -----
    The line is the model's curve with its interval, week and drift removed: solid if found,
    dashed if not. The ticks along the bottom are the nights with any, one each. For timing the
    stepped dotted line is the isotonic curve through the nights, which has no interval. A refused
    question shows its reason.

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, _ = ss.simulate_nights(180, seed=7)
    >>> got = ss.dose_response(nights, outcome="tst_min", dose="alcohol_drinks")
    >>> ax = ss.plot_response(got)
    >>> ax.get_xlabel()
    'Alcohol (drinks)'
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    if not hasattr(result, "curve"):
        raise DiaryError(
            f"plot_response() got a {type(result).__name__}, expected what dose_response(), "
            "timing_response() or over_time() returned."
        )
    ax = style.axes_or_new(ax, 6.6, 4.4)
    # courses of use are asked in one way only and do not name it
    asked = getattr(result, "asked", "courses")
    curve = result.curve
    x = curve["x"].to_numpy(dtype=np.float64)
    # clock times are kept in hours, and people speak of minutes
    scale = 60.0 if result.effect_unit == "h" and result.outcome_unit != "h" else 1.0
    handles: list[Any] = []
    if len(x):
        estimate, low, high = (
            scale * curve[name].to_numpy(dtype=np.float64) for name in ("estimate", "low", "high")
        )
        dashes = "solid" if result.status == "found" else (0, (5, 3))
        looks = style.styled(
            {"color": style.SLEEP, "linewidth": 2, "linestyle": dashes, "zorder": 4}, kwargs, Line2D
        )
        ax.axhline(0.0, color=style.REFERENCE, linewidth=1, zorder=1)
        begins = (
            1 if asked == "dose" and getattr(result, "reference", "") == "nights without" else 0
        )
        if begins:  # nights without are where it counts from, no dose among others
            looks_of_none: dict[str, Any] = {
                "color": style.INK,
                "marker": "o",
                "markerfacecolor": style.PAPER,
            }
            ax.plot(x[0], 0.0, markersize=7, linestyle="none", zorder=5, **looks_of_none)
            handles.append(
                Line2D([], [], **looks_of_none, linestyle="none", label="nights without")
            )
        x, estimate, low, high = (values[begins:] for values in (x, estimate, low, high))
        ax.fill_between(x, low, high, color=looks["color"], alpha=0.18, linewidth=0, zorder=2)
        ax.plot(x, estimate, **looks)
        handles.append(Line2D([], [], **looks, label=f"difference, {removed(result.adjust)}"))
        handles.append(
            Patch(color=looks["color"], alpha=0.18, linewidth=0, label=interval_name(result.level))
        )
        if "monotone" in curve:
            (step,) = ax.plot(
                x, scale * curve["monotone"].to_numpy(dtype=np.float64), color=style.ATTENTION,
                linewidth=1.4, linestyle=(0, (1, 1.5)), zorder=3,
                label="never turning back (isotonic; no interval)",
            )  # fmt: skip
            handles.append(step)
        _nights_below(ax, result, asked)
    _axes_of(ax, result, asked, scale)
    style.open_frame(ax)
    style.title(ax, str(result).partition(": ")[0] + "." if len(x) else str(result))
    if len(x):
        style.legend_below(ax, handles, _counts(result), lines=1)
    else:
        ax.set_xticks([])
        ax.set_yticks([])
        style.note(ax, "No response to draw.")
    return ax


def _nights_below(ax: Axes, result: Response | OverTime, asked: str) -> None:
    """Draw one tick for each night with any, along the bottom."""
    if asked == "courses":
        return
    values = result.data[result.factor].to_numpy(dtype=np.float64)
    values = values[np.isfinite(values) & ((values > 0) | (asked == "timing"))]
    ends = ax.get_xlim()
    inside = values[(values >= ends[0]) & (values <= ends[1])]
    room = 0.006 * (ends[1] - ends[0])
    shifts = style.spread(len(inside), room)
    ax.plot(
        inside + shifts, np.full(len(inside), 0.02), marker="|", markersize=9, linestyle="none",
        color=style.INK, alpha=0.4, transform=ax.get_xaxis_transform(), zorder=3,
    )  # fmt: skip
    # the ticks of the nights must not stretch the axis of the curve
    ax.set_xlim(ends)


def _axes_of(ax: Axes, result: Response | OverTime, asked: str, scale: float) -> None:
    from matplotlib.ticker import MaxNLocator

    unit = "min" if scale != 1.0 else result.effect_unit
    reference = getattr(result, "reference", "nights without")
    if np.isfinite(result.terms["ratio"].astype(float)).any():
        unit = f"{unit}, median night"
    ax.set_ylabel(
        f"{result.outcome_label[:1].upper()}{result.outcome_label[1:]}: difference\n"
        f"from {reference} ({unit})"
    )
    if asked == "courses":
        ax.set_xlabel(f"Nights since starting, {result.factor_label}")
        return
    ax.set_xlabel(axis_label(result.factor_label, result.factor_unit))
    known = result.data[result.factor].dropna().to_numpy(dtype=np.float64)
    if asked == "dose" and len(known) and bool((known == np.round(known)).all()):
        ax.xaxis.set_major_locator(MaxNLocator(nbins=9, steps=[1, 2, 2.5, 5, 10], integer=True))
    if asked == "timing":
        ax.invert_xaxis()  # later in the evening is further right


def _counts(result: Response | OverTime) -> str:
    return f"{style.count_of(result.n)}, {result.n_with} of them with any"
