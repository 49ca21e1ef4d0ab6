"""Pictures of answers that are several numbers: a response along its curve, both ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sleepstats import plots as style
from sleepstats.arrays import FLOOR_MIN, LATENCY
from sleepstats.errors import DiaryError
from sleepstats.plots.calendar import fewer_if_wide
from sleepstats.plots.relation import axis_label
from sleepstats.results.sentences import interval_name, removed
from sleepstats.units import decimals, per_step, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sleepstats.relations.both_ways import BothWays
    from sleepstats.responses.results import OverTime, Response
    from sleepstats.results.relation import Association


#: What is drawn over the hours is not what the sentence's two times are set against each other on.
_SHAPE = " in any smooth shape (the sentence's is of a curve that only gets steeper towards bed)"


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
    The line is the model's curve with its interval, weekdays and slow change evened out: solid if
    found, dashed if not. The ticks along the bottom are the nights with any, one each. For timing
    the line may take any smooth shape, while the sentence sets two times on the decay curve against
    each other; the dotted line is the isotonic curve through the nights, which has no interval. A
    refused question shows its reason.

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
        begins = int(asked == "dose" and getattr(result, "reference", "") == "nights without")
        if begins:  # nights without are where it counts from, no dose among others
            none: dict[str, Any] = {"color": style.INK, "marker": "o", "linestyle": "none"}
            none["markerfacecolor"] = style.PAPER
            ax.plot(x[0], 0.0, markersize=7, zorder=5, **none)
            handles.append(Line2D([], [], **none, label="nights without"))
        x, estimate, low, high = (values[begins:] for values in (x, estimate, low, high))
        ax.fill_between(x, low, high, color=looks["color"], alpha=0.25, linewidth=0, zorder=2)
        ax.plot(x, estimate, **looks)
        words = f"difference{_SHAPE * (asked == 'timing')}, {removed(result.adjust)}"
        handles.append(Line2D([], [], **looks, label=words))
        handles.append(
            Patch(color=looks["color"], alpha=0.25, linewidth=0, label=interval_name(result.level))
        )
        if "monotone" in curve:
            (step,) = ax.plot(
                x, scale * curve["monotone"].to_numpy(dtype=np.float64), color=style.ATTENTION,
                linewidth=1.4, linestyle=(0, (1, 1.5)), zorder=3,
                label="never turning back (no interval)",
            )  # fmt: skip
            handles.append(step)
        _nights_below(ax, result, asked)
    _axes_of(ax, result, asked, scale)
    style.open_frame(ax)
    style.title(ax, f"{result}".partition(": ")[0] + "." if len(x) else f"{result}")
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


_ARROW = "\u2192"
_HEADINGS = (f"The day {_ARROW} the night after it", f"The night {_ARROW} the day after it")


@style.picture
def plot_two_way(result: BothWays, *, ax: Axes | None = None, **kwargs: Any) -> Axes:
    """Draw stress and sleep in both directions: dot and interval each, on one scale.

    Parameters
    ----------
    result : BothWays
        What :func:`sleepstats.stress_and_sleep` returned.
    ax : Axes, optional
        Where to draw. Without it a new figure is made, taller the more questions there are.
    **kwargs
        Looks of the dots (``color``, ``markersize``, …; as for ``Axes.plot``).

    Returns
    -------
    Axes
        x is the adjusted effect in standard deviations of one per standard deviation of the other,
        so that both directions can be set beside each other; y counts rows.

    Raises
    ------
    DiaryError
        If something else comes in.

    Notes
    -----
    Above: how the night went after more stressful days. Below: how stressed the day was after the
    night, the stress before that night held fixed. Beside each row the effect in its own
    units. Filled: found, all questions of both directions counted; hollow: not found; hollow on a
    dotted line: these nights could hardly have shown even a large effect. The scale is the effect
    times ``sd(factor) / sd(outcome)`` (of the logarithm, for latency).

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, _ = ss.simulate_nights(120, seed=7)
    >>> ax = ss.plot_two_way(ss.stress_and_sleep(nights, outcomes="tst_min"))
    >>> [label.get_text() for label in ax.get_yticklabels()][0]
    'The day → the night after it'
    """
    from matplotlib.lines import Line2D

    if not hasattr(result, "to_night") or not hasattr(result, "to_day"):
        raise DiaryError(
            f"plot_two_way() got a {type(result).__name__}, expected what stress_and_sleep() "
            "returned."
        )
    rows: list[Association | str] = []
    for heading, answers in zip(_HEADINGS, (result.to_night, result.to_day), strict=True):
        rows += [heading, *answers]
    ax = style.axes_or_new(ax, 9.0, 0.36 * len(rows) + 2.1)
    ax.axvline(0.0, color=style.REFERENCE, linewidth=1, zorder=1)
    # one stress needs no name on every row
    several = len({one.factor for one in result.to_night}) > 1
    names, ends = [], [0.0]
    for place, one in enumerate(rows):
        if isinstance(one, str):
            names.append(one)
            if place:
                ax.axhspan(place - 0.5, len(rows), color=style.SHADE, linewidth=0, zorder=0)
            continue
        name, tail = _name(one, several)
        names.append(style.row_name(name, end=tail))
        text, grey = _numbers(one), one.status == "refused"
        ax.annotate(
            text, (1.02, place), xycoords=("axes fraction", "data"), va="center", ha="left",
            color=style.GREY if grey else style.INK, fontsize="small", annotation_clip=False,
        )  # fmt: skip
        value, low, high = _standard(one)
        if not np.isfinite([value, low, high]).all():
            continue
        ends += [low, high]
        line = (0, (1, 1.5)) if one.status == "unreachable" else "solid"
        color = style.SLEEP if one.status == "found" else style.INK
        ax.plot([low, high], [place, place], color=color, linewidth=2, linestyle=line,
                solid_capstyle="butt", zorder=2)  # fmt: skip
        looks = {"marker": "o", "markersize": 8, "color": color, "linestyle": "none",
                 "markeredgewidth": 1.6, "zorder": 3}  # fmt: skip
        hollow = {} if one.status == "found" else {"markerfacecolor": style.PAPER}
        ax.plot(value, place, **{**style.styled(looks, kwargs, Line2D), **hollow})
    margin = 0.06 * (max(ends) - min(ends)) or 1.0
    ax.set_xlim(min(ends) - margin, max(ends) + margin)
    fewer_if_wide(ax.xaxis)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_yticks(range(len(rows)), names)
    for one, label in zip(rows, ax.get_yticklabels(), strict=True):
        label.set_fontweight("bold" if isinstance(one, str) else "normal")
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(
        f"Size, counted in usual ups and downs of both, with {interval_name(result.level)}"
    )
    style.open_frame(ax)
    ax.spines["left"].set_visible(False)
    # what is still possible the rows show themselves
    style.title(ax, result.said().partition(" Smaller ones are possible")[0])
    statuses = [one.status for one in rows if not isinstance(one, str)]
    if len(ends) == 1:
        ax.set_xticks([0.0])
        style.note(ax, "No question could be drawn; the reasons stand on the right.")
    nights = max((one.n for one in rows if not isinstance(one, str)), default=0)
    told = f"up to {style.count_of(nights)}, {removed(result.adjust)}"
    style.legend_below(ax, _legend(statuses), told)
    return ax


def _name(one: Association, several: bool) -> tuple[str, str]:
    """Return what answered, and to what where several stresses were asked."""
    label = f"{one.outcome_label[:1].upper()}{one.outcome_label[1:]}"
    # in the second direction the stress is what answers; then the row says to what
    stress_is_outcome = one.when.startswith("night before") or "of the same day" in one.when
    if stress_is_outcome or several:
        return label, f" by {one.factor_label}"
    return label, ""


def _standard(one: Association) -> tuple[float, float, float]:
    """Return the effect and its ends in standard deviations of outcome per one of the factor."""
    x, y = (one.data[name].to_numpy(dtype=np.float64) for name in (one.factor, one.outcome))
    ends = ("", "_low", "_high")
    values = [float(getattr(one, f"effect{end}")) for end in ends]
    if one.outcome == LATENCY:
        y = np.log(np.maximum(y, FLOOR_MIN))
        # latency is analysed as a logarithm, so its spread has to be that of the logarithm
        values = [float(np.log(getattr(one, f"ratio{end}"))) for end in ends]
    if len(x) < 2 or y.std() == 0:
        return (float("nan"),) * 3
    value, low, high = (each * float(x.std() / y.std()) for each in values)
    return value, low, high


def _numbers(one: Association) -> str:
    """Return effect, interval, unit and nights, or why there is none."""
    if one.status == "refused":
        return f"not asked: {one.reason.partition(':')[0]}"
    step = one.step
    if np.isfinite(one.ratio):
        value, low, high = (getattr(one, f"ratio{end}") ** step for end in ("", "_low", "_high"))
        text, unit = f"{value:.2f} [{low:.2f}, {high:.2f}]", "times"
    else:
        value, low, high = (step * getattr(one, f"effect{e}") for e in ("", "_low", "_high"))
        places = decimals(low, high)
        between = f"{signed(low, places, plus=False)}, {signed(high, places, plus=False)}"
        text = f"{signed(value, places)} [{between}]"
        unit = one.effect_unit.partition(" per ")[0]
    if one.kind == "numeric":
        unit = f"{unit} per {per_step(step, one.factor_unit, one.factor_label)}"
    return f"{text} {unit}; {style.count_of(one.n)}"


def _legend(statuses: Sequence[str]) -> list[Any]:
    from matplotlib.lines import Line2D

    words = {
        "found": "found, all questions counted",
        "not found": "not clear",
        "unreachable": "out of reach: too few nights even for a large effect",
    }
    handles = []
    for status in (status for status in words if status in statuses):
        color = style.SLEEP if status == "found" else style.INK
        handles.append(
            Line2D([], [], color=color, marker="o", markersize=7, markeredgewidth=1.6,
                   markerfacecolor=color if status == "found" else style.PAPER, linewidth=2,
                   linestyle=(0, (1, 1.5)) if status == "unreachable" else "solid",
                   label=words[status])
        )  # fmt: skip
    return handles
