"""Pictures of nights and results, which compute no statistic; here what every picture shares."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from textwrap import wrap
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import numpy as np

from sleepstats.arrays import Floats
from sleepstats.errors import DiaryError, did_you_mean, spelled, worded

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


#: Okabe–Ito colours, told apart by most colour-blind readers; no meaning hangs on colour alone.
#: INK: text. GREY: what was not asked. SHADE: behind the data. PAPER: fills hollow dots. GROUND:
#: of axes, through which the paper of the figure is seen.
_LIGHT = {
    "SLEEP": "#0072b2", "IN_BED": "#56b4e9", "EXPOSED": "#e69f00", "ATTENTION": "#d55e00",
    "REFERENCE": "#9aa0a6", "INK": "#3c4043", "GREY": "#5f6368", "SHADE": "#eceef0",
    "PAPER": "white", "GROUND": "none",
}  # fmt: skip
_LOOKS = {
    "light": _LIGHT,
    "dark": _LIGHT | {
        "SLEEP": "#4aa3e0", "IN_BED": "#8cc8ee", "ATTENTION": "#ee7a2f", "REFERENCE": "#7d8389",
        "INK": "#d5d8dc", "GREY": "#a3a9af", "SHADE": "#2b2f34", "PAPER": "#111111",
    },
    # no grey reaches 4.5 on white and on black at once: a veil of white, gone in a light notebook
    # and light grey, not glaring, in a dark one
    "both": _LIGHT | {
        "IN_BED": "#3a97cf", "EXPOSED": "#b87300", "ATTENTION": "#c24d00", "REFERENCE": "#7d8287",
        "GREY": "#4b4f54", "SHADE": "#80808040", "PAPER": "#ffffffd9",
    },
}  # fmt: skip
#: Backends that put pictures into a notebook.
_INLINE = ("inline", "module://matplotlib_inline.backend_inline")
#: What is drawn at the moment takes its colours from here.
_IN_FORCE: ContextVar[dict[str, str]] = ContextVar("colours", default=_LIGHT)

_THEME: dict[str, Any] = {
    "font.size": 10.5,
    "axes.titlesize": "medium",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "savefig.dpi": 150,
}
#: Colours of matplotlib's settings, by the name of ours.
_COLOURED = {
    "text.color": "INK", "axes.labelcolor": "INK", "xtick.color": "INK", "ytick.color": "INK",
    "axes.edgecolor": "REFERENCE", "figure.facecolor": "PAPER", "axes.facecolor": "GROUND",
    "savefig.facecolor": "PAPER",
}  # fmt: skip
P = ParamSpec("P")
R = TypeVar("R")


def __getattr__(name: str) -> str:
    """Return a colour of ours, as it is in the picture that is drawn at the moment."""
    if name not in _LIGHT:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _IN_FORCE.get()[name]


def theme(look: str = "light") -> _Theme:
    """Draw in the library's looks: from now on, or for the length of a ``with`` block.

    Parameters
    ----------
    look : {"light", "dark", "both"}
        On white, on nearly black, or on a veil of white that can be read on either.

    Returns
    -------
    context manager
        matplotlib's settings are the library's at once: Okabe–Ito colours, titles on the left, no
        frame above and to the right. At the end of a ``with`` block they are what they were, also
        by an exception. Can decorate a function as well.

    Raises
    ------
    DiaryError
        If there is no such look.

    Notes
    -----
    Plots need no theme and follow a dark style of matplotlib's own and the figure of ``ax=``; in a
    notebook they are drawn as with ``"both"``: on white where Jupyter is light, on light grey where
    it is dark (``theme("dark")`` makes them dark). Only this changes matplotlib's settings.
    Colours: Okabe and Ito (2008), https://jfly.uni-koeln.de/color/

    Examples
    --------
    >>> import matplotlib
    >>> before = matplotlib.rcParams["axes.titlelocation"]
    >>> with theme("dark"):
    ...     print(matplotlib.rcParams["axes.titlelocation"])
    left
    >>> matplotlib.rcParams["axes.titlelocation"] == before
    True
    """
    if not isinstance(look, str) or look not in _LOOKS:
        raise DiaryError(
            f"theme({spelled(look)}): there is no such look.{did_you_mean(look, _LOOKS)} "
            f"Expected {', '.join(map(repr, _LOOKS))}."
        )
    return _Theme(look)


class _Theme:
    """Settings that are in force from the moment this is made to the end of its block."""

    def __init__(self, look: str) -> None:
        from cycler import cycler

        colours = _LOOKS[look]
        cycle = ("SLEEP", "EXPOSED", "IN_BED", "ATTENTION", "REFERENCE")
        self._settings = {
            **_THEME,
            "axes.prop_cycle": cycler(color=[colours[name] for name in cycle]),
            **{key: colours[name] for key, name in _COLOURED.items()},
        }
        self._before = _set(self._settings)

    def __enter__(self) -> None:
        self._before = self._before or _set(self._settings)  # may be used again

    def __exit__(self, *error: object) -> None:
        _set(self._before)
        self._before = {}

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Decorate a function: the looks are for its calls, not from now on."""
        self.__exit__()

        @functools.wraps(function)
        def in_theme(*args: P.args, **kwargs: P.kwargs) -> R:
            with self:
                return function(*args, **kwargs)

        return in_theme


def _set(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Change settings of matplotlib; return what they were."""
    import matplotlib as mpl

    current: dict[str, Any] = mpl.rcParams  # type: ignore[assignment]
    # only what is changed here: a notebook sets others when it draws for the first time
    before = {name: current[name] for name in settings}
    current.update(settings)
    return before


def _look_of(ax: Axes | None) -> tuple[str, bool]:
    """Return the look that fits what is drawn on, and whether the settings do not know of it."""
    from matplotlib import colors, rcParams, rcParamsDefault

    faces = [rcParams["axes.facecolor"], rcParams["figure.facecolor"]]
    if ax is not None:
        faces = [ax.get_facecolor(), figure_of(ax).get_facecolor()]
    elif rcParams["backend"] in _INLINE and all(
        rcParams[name] == rcParamsDefault[name] for name in ("text.color", "figure.facecolor")
    ):
        return "both", True
    *rgb, seen = next((face for face in map(colors.to_rgba, faces) if face[3] > 0), (1, 1, 1, 0))
    if seen < 1:
        return "both", False
    return ("dark" if np.dot(rgb, (0.2126, 0.7152, 0.0722)) < 0.35 else "light"), False


def picture(draw: Callable[P, Axes]) -> Callable[P, Axes]:
    """Make a function draw in colours that fit, show plain text, and say what is wrong in words.

    A dollar sign in a person's own words is shown as one: matplotlib would set formulas between
    two. Only what this call drew is touched, never what else stands in the reader's figure.
    """

    @worded
    @functools.wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Axes:
        from matplotlib.axes import Axes as AnyAxes
        from matplotlib.text import Text

        theirs = kwargs.get("ax")
        theirs = theirs if isinstance(theirs, AnyAxes) else None
        others = set(figure_of(theirs).axes) - {theirs} if theirs is not None else set()
        look, unset = _look_of(theirs)
        colours = _LOOKS[look]
        token = _IN_FORCE.set(colours)
        before = _set({key: colours[name] for key, name in _COLOURED.items()} if unset else {})
        try:
            ax = draw(*args, **kwargs)
            for one in figure_of(ax).axes:
                if one in others:
                    continue
                for text in one.findobj(Text):
                    text.set_parse_math(False)
                for label in (one.xaxis.label, one.yaxis.label):  # a whole question for a header
                    label.set_text(row_name(label.get_text(), 70, lines=3))
                if look != "light":  # ticks that are made later have to know
                    one.tick_params(color=colours["REFERENCE"], labelcolor=colours["INK"])
        finally:
            _set(before)
            _IN_FORCE.reset(token)
        if theirs is None:
            _show_in_interpreter()
        return ax

    return drawn


def _show_in_interpreter() -> None:
    """Show a new figure at Python's own prompt, where nothing else would."""
    import matplotlib as mpl

    prompt = hasattr(sys, "ps1") and "IPython" not in sys.modules and not mpl.is_interactive()
    if prompt and mpl.get_backend().lower() not in ("agg", "svg", "pdf", "ps", "pgf", "cairo"):
        import matplotlib.pyplot as plt

        plt.show(block=False)


def axes_or_new(ax: Axes | None, width: float, height: float) -> Axes:
    """Return ``ax``, or the axes of a new constrained figure of this size in inches."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    _, new = plt.subplots(figsize=(width, height), layout="constrained")
    return new


def row_name(text: str, width: int = 34, *, lines: int = 2, end: str = "") -> str:
    """Return a name that leaves room for what it names: longer ones in lines, or cut."""
    # W, M and what comes from Chinese signs on are as broad as two and a half others
    width -= width * 3 * sum(one in "MW" or one > "\u2e7f" for one in text) // (5 * len(text) or 1)
    parts = [part for line in f"{text}{end}".splitlines() for part in wrap(line, width)]
    if len(parts) > lines and end:  # what tells two rows apart stays
        parts = [row_name(text, width, lines=1), row_name(end.strip(" ,"), width, lines=lines - 1)]
    elif len(parts) > lines:
        parts[lines - 1 :] = [f"{wrap(parts[lines - 1], width - 2)[0]} …"]
    return "\n".join(parts)


def figure_of(ax: Axes) -> Figure:
    """Return the whole figure the axes stand in."""
    return cast("Figure", ax.get_figure(root=True))


def inches(ax: Axes) -> tuple[float, float]:
    """Return width and height of the axes, near enough to choose how many labels fit."""
    box, dpi = ax.get_window_extent(), figure_of(ax).dpi
    return float(box.width / dpi), float(box.height / dpi)


def styled(
    defaults: Mapping[str, Any], given: Mapping[str, Any], artist: type[Artist]
) -> dict[str, Any]:
    """Lay the reader's keyword arguments over ours, whichever alias they were spelled with."""
    from matplotlib.cbook import normalize_kwargs

    theirs, ours = normalize_kwargs(dict(given), artist), dict(defaults)
    theirs |= {"color": theirs.pop("c")} if "c" in theirs else {}  # collections do not know it
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
    _legend(ax, handles, title, (1.01, 1.0), ax.transAxes)


def legend_below(ax: Axes, handles: list[Any], title: str, *, lines: int = 1) -> None:
    """Put the legend under the axis label, where it covers no dot."""
    from matplotlib.transforms import ScaledTranslation

    down = ScaledTranslation(0, -0.36 - 0.16 * lines, figure_of(ax).dpi_scale_trans)
    _legend(ax, handles, title, (0.0, 0.0), ax.transAxes + down)


def _legend(ax: Axes, handles: list[Any], title: str, place: Any, where: Any) -> None:
    narrow = figure_of(ax).get_figwidth() < 6.2
    title = row_name(title, 44 if len(title) > 50 and narrow else 90, lines=6)
    for one in handles:
        one.set_label(row_name(str(one.get_label()), 40 if narrow else 90, lines=4))
    look: dict[str, Any] = {"alignment": "left", "frameon": False, "title_fontsize": "small"}
    look |= {"bbox_to_anchor": place, "bbox_transform": where, "borderaxespad": 0}
    look["handlelength"] = 3  # of a dashed line more than a dash
    ax.legend(handles=handles, title=title, loc="upper left", fontsize="small", **look)


def title(ax: Axes, sentence: str) -> None:
    """Write the answer above the axes, broken into as few lines as fit, all about as long."""
    widest = max(24, int(inches(ax)[0] * 15))
    lines = len(wrap(sentence, widest))
    even = next(w for w in range(20, widest + 1) if w == widest or len(wrap(sentence, w)) <= lines)
    most = max(int(2 * figure_of(ax).get_figheight()), 4)
    ax.set_title(row_name(sentence, even, lines=most), fontsize="medium")


def note(ax: Axes, text: str) -> None:
    """Write a sentence across the middle of axes that have little else to show."""
    colours = _IN_FORCE.get()
    ax.text(
        0.5, 0.5, row_name(" ".join(text.split()), 60, lines=8),
        transform=ax.transAxes, ha="center", va="center", color=colours["INK"],
        bbox={"facecolor": colours["PAPER"], "edgecolor": colours["REFERENCE"],
              "boxstyle": "round,pad=0.5"}, zorder=9,
    )  # fmt: skip


def spread(n: int, width: float) -> Floats:
    """Return ``n`` sideways shifts within ``±width``, the same at every call."""
    # a fixed seed: a picture drawn twice is the same picture
    return np.random.default_rng(20).uniform(-width, width, n)


def count_of(n: int, word: str = "night") -> str:
    """Return ``"1 night"`` or ``"12 nights"``, with a comma in thousands."""
    return f"{n:,} {word}{'' if n == 1 else 's'}"
