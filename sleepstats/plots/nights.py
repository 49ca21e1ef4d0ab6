"""Pictures of the nights themselves, bars or one measure over the calendar, and of their answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sleepstats import plots as style
from sleepstats.columns import column_of, how_long, told_of
from sleepstats.plots import calendar

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_WEEKEND = (4, 5)  # evenings of Friday and Saturday
_UNKNOWN = "in bed, when you\nslept is not known"
_TEXT_IN = 0.18  # what a line of text takes
_OUTLINED = 3  # points of height that a row needs for an empty outline to be seen as one
_CROWDED = 400  # rows beyond which single nights can no longer be told apart by eye


@style.picture
def plot_raster(
    nights: pd.DataFrame, *, double: bool = False, ax: Axes | None = None, **kwargs: Any
) -> Axes:
    """Draw every night as a bar on the clock: a row a night, from noon to noon.

    Parameters
    ----------
    nights : DataFrame
        One row per night, with clock columns: one of ``into_bed``, ``lights_out``,
        ``sleep_onset`` and one of ``final_wake``, ``out_of_bed``.
    double : bool, default False
        Draw each row 48 h wide, the next night repeated to the right of each. Sleep that drifts
        around the clock then runs through as one slanting band.
    ax : Axes, optional
        Where to draw. Without it a new figure is made, taller the more nights there are.
    **kwargs
        Looks of the bars of sleep (``color``, ``alpha``, …; a matplotlib ``PolyCollection``).

    Returns
    -------
    Axes
        x is hours after the midnight before the evening (18 is 18:00, 30 is 06:00 of the next
        day); y is the evening's date as matplotlib counts it, the first night on top.

    Raises
    ------
    DiaryError
        If nights has no clock columns from which a bar could be drawn, or holds several people.

    Notes
    -----
    Pale bar: in bed, from ``into_bed`` (else ``lights_out``, else ``sleep_onset``) to
    ``out_of_bed`` (else ``final_wake``). Dark bar: from ``sleep_onset`` to ``final_wake``; time
    awake in between is not drawn, since a diary tells how long it was and not when. Where one of
    these two is not known, the time in bed is an empty outline, or grey where rows leave no room
    for one. Every calendar night from the first to the last has its row; a night without times
    leaves it empty and is counted. Rows of Friday and Saturday evening are shaded (not beyond 400
    rows, where stripes would only flicker). The row starts at noon, or at the hour the reading
    record gives as ``day_cut_h``; a night that reaches beyond the 24 h widens the axis and is never
    cut.

    Examples
    --------
    >>> evening = pd.DatetimeIndex(["2026-01-02", "2026-01-04"], name="night")
    >>> hours = pd.to_timedelta([23.0, 23.5], unit="h")
    >>> nights = pd.DataFrame({"lights_out": evening + hours,
    ...                        "final_wake": evening + hours + pd.Timedelta("8h")}, index=evening)
    >>> ax = plot_raster(nights)
    >>> ax.get_legend().get_title().get_text()
    '2 nights, 1 missing'
    """
    from matplotlib.collections import PolyCollection
    from matplotlib.patches import Patch
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    calendar.one_person(nights, "plot_raster()")
    calendar.require_clocks(nights)
    start, end = (calendar.first_clock(nights, n) for n in calendar.BED_ENDS)
    onset, wake = (calendar.first_clock(nights, [n]) for n in ("sleep_onset", "final_wake"))
    drawn, slept = np.isfinite(start) & np.isfinite(end), np.isfinite(onset) & np.isfinite(wake)
    unknown = drawn & ~slept  # filled, a night of unknown sleep is seen as one without any
    every_day = pd.date_range(nights.index[0], nights.index[-1])
    row = calendar.day_numbers(pd.DatetimeIndex(nights.index))
    rows = len(every_day)

    told = told_of(nights).get("day_cut_h")
    cut = float(told) if isinstance(told, int | float) and 0 <= told < 24 else 12.0
    width = 48.0 if double else 24.0
    left, right = cut, cut + width
    # a night that reaches beyond the 24 h widens the axis and is never cut
    if drawn.any():
        left = min(left, float(np.floor(start[drawn].min())))
        if not double:
            right = max(right, float(np.ceil(end[drawn].max())))

    # a handful of nights in a year are no page of empty rows
    tall_as = min(rows, 8 * int(drawn.sum()) + 30)
    ax = style.axes_or_new(ax, 8.0, float(np.clip(0.08 * tall_as + 0.9, 1.9, 13.0)))
    crowded = rows > _CROWDED
    # stripes thinner than a row of pixels only flicker
    weekend = calendar.day_numbers(
        every_day[every_day.day_of_week.isin(() if crowded else _WEEKEND)]
    )
    whole_width = (np.zeros(len(weekend)), np.ones(len(weekend)))
    shade = PolyCollection(
        calendar.bars_of(weekend, *whole_width, 1.0), facecolor=style.SHADE, linewidth=0, zorder=0,
        transform=ax.get_yaxis_transform(),
    )  # fmt: skip
    ax.add_collection(shade, autolim=False)
    in_bed = {"facecolor": style.IN_BED, "alpha": 0.45, "linewidth": 0}
    outline: dict[str, Any] = {"facecolor": "none", "edgecolor": style.IN_BED, "linewidth": 1.0}
    if 72 * style.inches(ax)[1] < _OUTLINED * rows:  # nothing would be left between the lines
        outline = {"facecolor": style.REFERENCE, "linewidth": 0}
    asleep = style.styled(
        {"facecolor": style.SLEEP, "linewidth": 0, "zorder": 3}, kwargs, PolyCollection
    )
    # a handful of nights would make bars as thick as blocks
    slim = min(1.0, rows / 8)
    for begin, stop, height, looks in (
        (np.where(unknown, np.nan, start), end, 0.8 * slim, in_bed),
        (onset, wake, 0.5 * slim, asleep),
        (np.where(unknown, start, np.nan), end, 0.7 * slim, outline),
    ):
        height = 1.0 if crowded else height
        bars = calendar.bars_of(row, begin, stop, height)
        if double:
            # the next night to the right of each: drifting sleep runs through as one band
            bars += calendar.bars_of(row - 1, begin + 24, stop + 24, height)
        ax.add_collection(PolyCollection(bars, **{"zorder": 2, **looks}), autolim=False)

    ax.set_xlim(left, right)
    ax.set_ylim(row[-1] + 0.5, row[0] - 0.5)
    wide, tall = style.inches(ax)
    labels = (right - left) / max(2.0, wide / 0.65)
    ax.xaxis.set_major_locator(MultipleLocator(next(h for h in (3, 6, 12, 24) if h >= labels)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda hour, _: calendar.clock_text(hour)))
    # on a tall picture the scale below is out of sight
    if tall > 6:
        ax.tick_params(axis="x", top=True, labeltop=True)
    ax.grid(axis="x", color=style.REFERENCE, linewidth=0.5, alpha=0.6)
    ax.set_axisbelow(True)
    calendar.date_ticks(ax.yaxis, rows, int(tall / 0.25))
    style.open_frame(ax)
    ax.set_xlabel("Clock time")
    ax.set_ylabel(f"Evening, {calendar.years(every_day)}")
    missing = rows - int(drawn.sum())
    sleep = style.styled({"facecolor": style.SLEEP}, kwargs, Patch)
    handles = []
    if slept.any():
        colour = sleep.get("facecolor", sleep.get("color"))
        handles.append(Patch(facecolor=colour, label="asleep"))
    if (slept & ((start < onset) | (end > wake))).any():
        handles.append(Patch(facecolor=style.IN_BED, alpha=0.45, label="in bed"))
    if unknown.any():
        handles.append(Patch(**outline, label=_UNKNOWN))
    if not crowded:
        handles.append(_shaded("Friday, Saturday"))
    style.legend_beside(ax, handles, f"{style.count_of(int(drawn.sum()))}, {missing:,} missing")
    if not drawn.any():
        style.note(ax, "No night here has both a start and an end.")
    return ax


@style.picture
def plot_series(
    nights: pd.DataFrame, outcome: str = "", *, ax: Axes | None = None, **kwargs: Any
) -> Axes:
    """Draw one measure over the calendar, with missing nights left open.

    Parameters
    ----------
    nights : DataFrame
        One row per night.
    outcome : str, optional
        A column of numbers or yes/no, or a clock column (drawn as time of day). By default the
        first of ``tst_min``, ``spt_min`` and ``tib_min`` that was recorded; the axis names it.
    ax : Axes, optional
        Where to draw. Without it a new figure is made.
    **kwargs
        Looks of the line and its dots (``color``, ``marker``, …; as for ``Axes.plot``).

    Returns
    -------
    Axes
        x is the evening's date; y the outcome in its own unit.

    Raises
    ------
    DiaryError
        If the column is not there or holds text, or nights holds several people.

    Notes
    -----
    One dot a night, hollow for Friday and Saturday nights; the line joins neighbouring nights
    only and breaks where a night is missing, which is shaded as well. Beyond 400 nights there
    are dots only, all alike. The dashed line is the
    plain mean of the dots. Nothing is smoothed and nothing is filled in.

    Examples
    --------
    >>> index = pd.DatetimeIndex(["2026-01-05", "2026-01-06", "2026-01-08"], name="night")
    >>> ax = plot_series(pd.DataFrame({"tst_min": [420.0, 390.0, 435.0]}, index=index))
    >>> ax.get_ylabel(), ax.get_legend().get_title().get_text()
    ('Total sleep time (min)', '3 nights, 1 missing')
    """
    from matplotlib.collections import PolyCollection
    from matplotlib.lines import Line2D

    calendar.one_person(nights, "plot_series()")
    outcome = how_long(nights) if outcome == "" else outcome
    recorded, on_clock = calendar.numbers_of(nights, outcome)
    every_day = pd.date_range(nights.index[0], nights.index[-1])
    values = pd.Series(recorded, index=nights.index).reindex(every_day).to_numpy(dtype=np.float64)
    day = calendar.day_numbers(every_day)
    seen = np.isfinite(values)
    n, missing = int(seen.sum()), int((~seen).sum())

    ax = style.axes_or_new(ax, 9.0, 3.2)
    crowded = len(day) > _CROWDED
    # many nights in the same width: smaller dots, or they hide each other
    size = float(np.clip(60.0 / max(n, 1) ** 0.5, 2.5, 5.5))
    ours = {"color": style.SLEEP, "marker": "o", "markersize": size, "linewidth": 0.8, "zorder": 3}
    if crowded:
        ours |= {"linestyle": "none", "markeredgewidth": 0, "alpha": 0.6}
    looks = style.styled(ours, kwargs, Line2D)
    weekend = every_day.day_of_week.isin(() if crowded else _WEEKEND)
    # a filled dot below would show through a hollow one on a ground that is not known
    ax.plot(day, values, **{"markevery": (~weekend).tolist(), **looks})
    in_legend = {**looks, "linestyle": "none", "markersize": max(size, 4.5)}
    handles: list[Any] = [Line2D([], [], **in_legend, label="one night")]
    if not crowded:
        hollow = {"linestyle": "none", "markerfacecolor": style.PAPER}
        ax.plot(day[weekend], values[weekend], **{**looks, **hollow})
        handles.append(Line2D([], [], **{**in_legend, **hollow}, label="Friday, Saturday"))
    if n:
        mean = float(values[seen].mean())
        handles.append(
            ax.axhline(mean, color=style.INK, linestyle=(0, (5, 3)), linewidth=1.0, zorder=2,
                       label=f"mean {calendar.mean_text(nights, outcome, mean, on_clock)}")
        )  # fmt: skip
    if missing:
        zeros = np.zeros(missing)
        # corners the other way round: the bars of the raster lie, these stand
        gaps = [bar[:, ::-1] for bar in calendar.bars_of(day[~seen], zeros, zeros + 1, 1.0)]
        where = ax.get_xaxis_transform()
        shade = PolyCollection(gaps, transform=where, facecolor=style.SHADE, linewidth=0, zorder=0)
        ax.add_collection(shade, autolim=False)
        handles.append(_shaded("missing"))

    ax.set_xlim(day[0] - 0.5 - 0.01 * len(day), day[-1] + 0.5 + 0.01 * len(day))
    wide, tall = style.inches(ax)
    calendar.date_ticks(ax.xaxis, len(day), int(wide / 0.95))
    column = column_of(nights, outcome)
    if on_clock:
        calendar.clock_ticks(ax.yaxis, float(np.ptp(values[seen])) if n else 1.0, int(tall / 0.4))
        ax.set_ylabel(f"{column.label[:1].upper()}{column.label[1:]} (clock time)")
    else:
        ax.set_ylabel(column.axis_label)
    ax.set_xlabel(f"Evening, {calendar.years(every_day)}")
    style.open_frame(ax)
    style.legend_beside(ax, handles, f"{style.count_of(n)}, {missing:,} missing")
    if not n:
        ax.set_yticks([])
        style.note(ax, f"No night here has a value of {outcome}.")
    return ax


def _shaded(label: str) -> Any:
    """Return the entry of a legend for what is shaded."""
    from matplotlib.patches import Patch

    return Patch(facecolor=style.SHADE, edgecolor=style.REFERENCE, linewidth=0.5, label=label)


def without_habits(ax: Axes | None) -> Axes:
    """Say in the place of questions that no habit is noted beside these nights."""
    ax = style.axes_or_new(ax, 7.0, 1.4)
    ax.set_axis_off()
    style.note(ax, "No habit is noted beside these nights, so there is nothing to set beside them; "
               "plot_calendar(nights) draws the nights.")  # fmt: skip
    return ax


@dataclass(frozen=True)
class AnswerRow:
    """One finding of an answer as it is drawn: its words, and its bar on a scale of -1 to 1."""

    large: str
    small: str
    #: Low end, value and high end; empty where there is no single size.
    at: tuple[float, ...] = ()
    #: What the ends of the scale are; whether the dot is hollow.
    end: str = ""
    hollow: bool = False


@style.picture
def draw_answer(lead: str, rows: Sequence[AnswerRow], more: int, *, ax: Axes | None = None) -> Axes:
    """Draw findings in words, each with its size and range; ``more`` were left out."""
    # in inches from the top: every row is as tall as its words, so that none lies on another
    words = [(style.row_name(row.large, 70, lines=4), style.row_name(row.small, 96, lines=4))
             for row in rows]  # fmt: skip
    tall = [[_TEXT_IN * (1 + part.count("\n")) if part else 0.0 for part in said] for said in words]
    whole = sum(map(sum, tall)) + 0.62 * len(rows) + 0.3
    ax = style.axes_or_new(ax, 7.0, whole + 0.6)
    y = 0.1
    for row, (large, small), (above, below) in zip(rows, words, tall, strict=True):
        ax.text(-1.0, y, large, va="top", fontweight="bold", linespacing=1.1)
        ax.text(-1.0, y + above, small, va="top", fontsize="small", linespacing=1.1)
        y += above + below + 0.12
        if row.at:
            _bar_of(ax, y, row)
        else:
            ax.plot([0.0, 0.0], [y - 0.09, y + 0.09], color=style.REFERENCE, linewidth=1.0)
        y += 0.5
    style.title(ax, lead)
    if not rows:  # an empty picture is no answer
        ax.text(0.0, 0.1, "Nothing stood out that could be drawn.", ha="center", color=style.GREY)
    if more > 0:
        ax.text(-1.0, y, f"… and {more} more", va="center", fontsize="small")
    ax.set(xlim=(-1.05, 1.05), ylim=(whole, 0.0))
    ax.set_axis_off()
    return ax


def _bar_of(ax: Axes, y: float, row: AnswerRow) -> None:
    """Draw size and range on their scale, whose ends stand right below it."""
    low, value, high = (max(-1.0, min(size, 1.0)) for size in row.at)
    ax.plot([0.0, 0.0], [y - 0.09, y + 0.09], color=style.REFERENCE, linewidth=1.0)
    for edge, mark, cut in ((-1.0, "<", min(row.at) < -1.0), (1.0, ">", max(row.at) > 1.0)):
        ax.plot([edge] * cut, [y] * cut, mark, color=style.SLEEP, markersize=8.0)
    ax.plot([low, high], [y] * 2, color=style.SLEEP, linewidth=5.0, alpha=0.45,
            solid_capstyle="butt")  # fmt: skip
    ends = (-1.0, f"−{row.end}", "left"), (0.0, "0", "center"), (1.0, f"+{row.end}", "right")
    for edge, said, ha in ends:
        ax.text(edge, y + 0.1, said, ha=ha, va="top", fontsize="small", color=style.GREY)
    filled = style.PAPER if row.hollow else style.SLEEP
    ax.plot([value], [y], "o", markersize=8.0, color=style.SLEEP, markerfacecolor=filled)
