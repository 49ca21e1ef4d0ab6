"""Colours, the optional theme, ticks of dates and clocks: what every picture here shares."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from textwrap import wrap
from typing import TYPE_CHECKING, Any, ParamSpec, cast

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.dates import RRuleLocator, YearLocator
    from matplotlib.figure import Figure

#: Okabe–Ito colours, told apart by most colour-blind readers. Nothing is red against green, and
#: no meaning hangs on colour alone.
SLEEP = "#0072b2"
IN_BED = "#56b4e9"
EXPOSED = "#e69f00"
ATTENTION = "#d55e00"
REFERENCE = "#9aa0a6"

#: Text and hairlines: dark grey reads as well as black and lets the data be the darkest thing.
INK = "#3c4043"
#: Shading behind the data.
SHADE = "#eceef0"
#: Minus sign, as wide as a plus.
MINUS = "\u2212"

_THEME: dict[str, Any] = {
    "font.size": 10.5,
    "axes.titlesize": "medium",
    "axes.titlelocation": "left",
    "axes.labelcolor": INK,
    "axes.edgecolor": REFERENCE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.dpi": 150,
}
P = ParamSpec("P")


@contextmanager
def theme() -> Iterator[None]:
    """Draw in the library's looks for the length of a ``with`` block.

    Returns
    -------
    context manager
        Inside it matplotlib's settings are the library's: Okabe–Ito colours, titles on the left,
        no frame above and to the right, dark grey text. On leaving it, also by an exception, they
        are what they were. Can decorate a function as well.

    Notes
    -----
    The plots of this library are legible without it; it changes fonts and lines only, never what
    is drawn. It is the only place that touches matplotlib's settings.

    References
    ----------
    Okabe M, Ito K (2008). Color universal design. https://jfly.uni-koeln.de/color/

    Examples
    --------
    >>> import matplotlib
    >>> before = matplotlib.rcParams["axes.titlelocation"]
    >>> with theme():
    ...     print(matplotlib.rcParams["axes.titlelocation"])
    left
    >>> matplotlib.rcParams["axes.titlelocation"] == before
    True
    """
    import matplotlib as mpl
    from cycler import cycler

    settings: Any = dict(_THEME)
    settings["axes.prop_cycle"] = cycler(color=[SLEEP, EXPOSED, IN_BED, ATTENTION, REFERENCE])
    before = {name: mpl.rcParams[name] for name in settings}
    mpl.rcParams.update(settings)
    try:
        yield
    finally:  # only what was changed here: a notebook sets others when it draws for the first time
        mpl.rcParams.update(before)


def spelled_out(draw: Callable[P, Axes]) -> Callable[P, Axes]:
    """Show a dollar sign in a person's own words as one: matplotlib would set formulas between two.

    Only what was drawn by this call is touched, never what else stands in the reader's figure.
    """

    @functools.wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Axes:
        from matplotlib.axes import Axes as AnyAxes
        from matplotlib.text import Text

        theirs = kwargs.get("ax")
        others = set(figure_of(theirs).axes) - {theirs} if isinstance(theirs, AnyAxes) else set()
        ax = draw(*args, **kwargs)
        for one in figure_of(ax).axes:
            if one in others:
                continue
            for text in one.findobj(Text):
                text.set_parse_math(False)
            for label in (one.xaxis.label, one.yaxis.label):  # a whole question for a header
                label.set_text(row_name(label.get_text(), 70, lines=3))
        return ax

    return drawn


def axes_or_new(ax: Axes | None, width: float, height: float) -> Axes:
    """Return ``ax``, or the axes of a new constrained figure of this size in inches."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    _, new = plt.subplots(figsize=(width, height), layout="constrained")
    return new


def row_name(text: str, width: int = 34, *, lines: int = 2) -> str:
    """Return a name that leaves room for what it names: longer ones in lines, then cut."""
    if len(text) <= width or "\n" in text:
        return text
    return "\n".join(wrap(text, width, max_lines=lines, placeholder=" …"))


def figure_of(ax: Axes) -> Figure:
    """Return the whole figure the axes stand in."""
    return cast("Figure", ax.get_figure(root=True))


def inches(ax: Axes) -> tuple[float, float]:
    """Return width and height of the axes, near enough to choose how many labels fit."""
    box = ax.get_window_extent()
    dpi = figure_of(ax).dpi
    return float(box.width / dpi), float(box.height / dpi)


def styled(
    defaults: Mapping[str, Any], given: Mapping[str, Any], artist: type[Artist]
) -> dict[str, Any]:
    """Lay the reader's keyword arguments over ours, whichever alias they were spelled with."""
    from matplotlib.cbook import normalize_kwargs

    theirs = normalize_kwargs(dict(given), artist)
    if "c" in theirs:  # lines know this alias, collections do not
        theirs["color"] = theirs.pop("c")
    ours = dict(defaults)
    if "color" in theirs:  # one colour for all means ours for face and edge must not win
        for part in ("facecolor", "edgecolor", "markerfacecolor", "markeredgecolor"):
            ours.pop(part, None)
    return {**ours, **theirs}


def open_frame(ax: Axes, *, right: bool = False) -> None:
    """Take away the frame lines that carry no scale."""
    ax.spines["top"].set_visible(False)
    ax.spines["right"].set_visible(right)


def legend_beside(ax: Axes, handles: list[Any], title: str) -> None:
    """Put the legend and the counts right of the axes, where they cover no night."""
    ax.legend(
        handles=handles,
        title=title,
        loc="upper left",
        bbox_to_anchor=(1.01, 1.0),
        borderaxespad=0.0,
        alignment="left",
        frameon=False,
        fontsize="small",
        title_fontsize="small",
    )


def legend_below(ax: Axes, handles: list[Any], title: str, *, lines: int = 1) -> None:
    """Put the legend under the axis label, where it covers no dot."""
    from matplotlib.transforms import ScaledTranslation

    ax.legend(
        handles=handles,
        title=title,
        loc="upper left",
        bbox_to_anchor=(0.0, 0.0),
        bbox_transform=ax.transAxes
        + ScaledTranslation(0, -0.36 - 0.16 * lines, figure_of(ax).dpi_scale_trans),
        borderaxespad=0.0,
        alignment="left",
        frameon=False,
        fontsize="small",
        title_fontsize="small",
    )


def title(ax: Axes, sentence: str) -> None:
    """Write the answer above the axes, broken into as few lines as fit, all about as long."""
    widest = max(24, int(inches(ax)[0] * 15))
    # as few lines as fit first, then all about as long: one word on a last line looks lost
    lines = len(wrap(sentence, widest))
    even = next(w for w in range(20, widest + 1) if w == widest or len(wrap(sentence, w)) <= lines)
    ax.set_title("\n".join(wrap(sentence, even)), fontsize="medium")


def note(ax: Axes, text: str) -> None:
    """Write a sentence across the middle of axes that have little else to show."""
    ax.text(
        0.5, 0.5, text,
        transform=ax.transAxes, ha="center", va="center", color=INK, wrap=True,
        bbox={"facecolor": "white", "edgecolor": REFERENCE, "boxstyle": "round,pad=0.5"},
        zorder=9,
    )  # fmt: skip


def transparency(n: int) -> float:
    """Return how opaque one dot of ``n`` should be, so that crowds still show as darker."""
    return float(np.clip(6.0 / max(n, 1) ** 0.5, 0.2, 0.75))


def spread(n: int, width: float) -> Floats:
    """Return ``n`` sideways shifts within ``±width``, the same at every call."""
    # a fixed seed: a picture drawn twice is the same picture
    return np.random.default_rng(20).uniform(-width, width, n)


def count_of(n: int, word: str = "night") -> str:
    """Return ``"1 night"`` or ``"12 nights"``, with a comma in thousands."""
    return f"{n:,} {word}{'' if n == 1 else 's'}"


def signed(value: float, places: int, *, plus: bool = True) -> str:
    """Return a rounded number with a real minus sign; what rounds to zero has no sign."""
    # a number of sixty digits leaves no room for the picture
    plain = 1e-9 < abs(value) < 1e9 and places < 12
    text = f"{abs(value):.{places}f}" if plain or not value else f"{abs(value):.3g}"
    if float(text) == 0:
        return text
    return f"{MINUS if value < 0 else '+' * plus}{text}"


def day_numbers(dates: pd.DatetimeIndex) -> Floats:
    """Return dates as matplotlib counts days."""
    from matplotlib.dates import date2num

    return np.asarray(date2num(dates.to_numpy()), dtype=np.float64)


def date_ticks(axis: Axis, days: int, room: int) -> None:
    """Put ticks on days, Mondays, months or years: the finest of which ``room`` labels fit."""
    from matplotlib.dates import DayLocator, MonthLocator, WeekdayLocator, YearLocator, num2date
    from matplotlib.ticker import FuncFormatter

    # one tick alone is no scale
    room = max(room, 2)
    words = "%a %d %b"
    locator: RRuleLocator | YearLocator
    if days <= max(room, 3):
        locator = DayLocator(tz="UTC")
    elif days <= 7 * room * 3:
        locator = WeekdayLocator(byweekday=0, interval=-(-days // 7 // room), tz="UTC")
    elif days <= 6 * 31 * room:
        words = "%b %Y"
        months = next(step for step in (1, 2, 3, 6) if days <= step * 31 * room)
        locator = MonthLocator(bymonth=range(1, 13, months), tz="UTC")
    else:
        words = "%Y"
        locator = YearLocator(-(-days // 365 // room), tz="UTC")
    axis.set_major_locator(locator)
    axis.set_major_formatter(FuncFormatter(lambda day, _: num2date(day, "UTC").strftime(words)))


def years(calendar: pd.DatetimeIndex) -> str:
    """Return ``"2026"`` or ``"2025–2026"``."""
    first, last = calendar[0].year, calendar[-1].year
    return f"{first}" if first == last else f"{first}–{last}"


def clock_text(hours: float) -> str:
    """Return hours after a midnight, also beyond 24, as a clock shows them.

    >>> clock_text(22.5), clock_text(27.25)
    ('22:30', '03:15')
    """
    minutes = round(hours * 60)
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def clock_ticks(axis: Axis, span: float, room: int) -> None:
    """Put ticks on full, half or quarter hours: the finest of which ``room`` labels fit."""
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    steps = (0.25, 0.5, 1.0, 2.0, 3.0, 6.0, 12.0)
    step = next((step for step in steps if span / step <= max(room, 2)), 0.0)
    step = step or 24.0 * float(np.ceil(span / 24.0 / max(room, 2)))
    axis.set_major_locator(MultipleLocator(step))
    axis.set_major_formatter(FuncFormatter(lambda hour, _: clock_text(hour)))
