"""All relations asked at once: a row each, dot and interval, the numbers written beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sleepstats import plots as style
from sleepstats.asking.present_table import BESIDE, ends_of, for_step, how_sure
from sleepstats.columns import column_of
from sleepstats.errors import DiaryError
from sleepstats.plots import calendar, nights
from sleepstats.results.relation import verdict_of
from sleepstats.results.sentences import interval_name, removed
from sleepstats.units import CLOCK_UNIT, decimals, difference_unit, per_step, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

_NEEDED = (
    "outcome", "factor", "n", "effect", "effect_low", "effect_high", "effect_unit", "ratio",
    "ratio_low", "ratio_high", "pvalue_family", "status", "reason",
)  # fmt: skip
_OF_CLOCKS = (CLOCK_UNIT, "local time")
#: How far below its row the estimate with the others held equal is drawn, and how.
_BELOW = 0.3
_LEFT: dict[str, Any] = {"linewidth": 1.0, "solid_capstyle": "butt", "markersize": 3.5}
#: What a row of kinds says, which has no one difference to draw.
_KINDS = {
    "gone": "differs between kinds, alone",
    "not found": "no clear difference",
    "unreachable": "out of reach",
}
#: Found, whatever became of it; what tables call what is less sure, and as what else it is drawn.
_FOUND = ("found", "stands", "gone", "perhaps")
_UNSURE = {"perhaps": "gone", "may be luck": "not found"}


@dataclass(frozen=True)
class _Row:
    """One line of the picture; ``ends`` is empty where there is nothing to draw."""

    label: str
    text: str = ""
    value: float = float("nan")
    ends: tuple[float, ...] = ()
    status: str = "heading"
    #: Estimate and ends with the others held equal, where the row was found.
    left: tuple[float, ...] = ()
    #: What a step of the factor is, such as ``30 min``; empty for a yes or no.
    per: str = ""


@style.picture
def plot_forest(table: pd.DataFrame, *, ax: Axes | None = None, **kwargs: Any) -> Axes:
    """Draw every question of a table: dot and interval, sorted, the numbers beside them.

    Parameters
    ----------
    table : DataFrame
        What :func:`sleepstats.correlate` returned (or some rows of it), or nights, which are then
        given to it.
    ax : Axes, optional
        Where to draw; with outcomes of several units it becomes the first of their panels. Without
        it a new figure is made, taller the more rows there are.
    **kwargs
        Looks of the dots (``color``, ``markersize``, …; as for ``Axes.plot``).

    Returns
    -------
    Axes
        x is the difference in the outcome's unit; y counts rows from the top. The factors are the
        tick labels. Outcomes of another unit, and latency, stand in a panel with a scale of their
        own; returned is the first, and ``.figure.axes`` are all.

    Raises
    ------
    DiaryError
        If the table is neither nights nor from :func:`sleepstats.correlate`, or no row was picked.

    Notes
    -----
    Rows stand below their outcome, each yes or no first, from the largest rise to the largest fall.
    An effect of a numeric factor is drawn for the step at its name (``per 30 min``), which is not
    as much of one habit as of another: below a dotted line. Clocks are in minutes, latency, on a
    scale of its own, in minutes about the median night.

    A filled dot: found, that is the p-value adjusted for all questions of the table is below ``1 −
    level``; in a table made with ``beside=True`` (as nights are asked) it also stands with the
    others held equal, and what was found and does not stand, or is *perhaps* in the table, is
    hollow in the same colour. The interval of what was found is there its false-coverage-rate
    interval; the small square below it is what is left with the others held equal. Hollow: not
    found. Hollow on a dotted line: unreachable, these nights could hardly have shown even a large
    effect. The other intervals are those of each question on its own: one can miss zero and its
    dot still be hollow. Refused questions stay in the list in grey with their reason.

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, _ = ss.simulate_nights(60, seed=1)
    >>> table = ss.correlate(nights, outcomes="tst_min", factors=["stress", "late_meal"])
    >>> ax = ss.plot_forest(table)
    >>> sorted(label.get_text() for label in ax.get_yticklabels())
    ['Late meal', 'Stress, per point', 'Total sleep time']
    """
    table = table_of(table, "plot_forest()")
    about: dict[str, Any] = table.attrs.get("sleepstats_table", {})
    if not len(table):
        return nights.without_habits(ax)
    groups: dict[tuple[str, bool], list[_Row]] = {}
    for outcome, part in table.groupby("outcome", sort=False):
        own = _own_unit(str(outcome), about)
        unit = "min" if own in _OF_CLOCKS else difference_unit(own, str(outcome))
        # on the scale of hours asleep the dots of latency hide their ranges
        logged = bool(part["ratio"].notna().any())
        groups.setdefault((unit, logged), []).extend(_group(part, about))
    panels = _panels(ax, [len(rows) for rows in groups.values()])
    level = float(about.get("level", 0.95))
    for panel, ((unit, _), rows) in zip(panels, groups.items(), strict=True):
        panel.axvline(0.0, color=style.REFERENCE, linewidth=1, zorder=1)
        for place, row in enumerate(rows):
            _draw(panel, place, row, kwargs)
        _limits(panel, rows)
        _row_names(panel, rows)
        # a scale that is one for all only where all are told per the same
        each = ", per the step named" * (len({row.per for row in rows if row.ends}) > 1)
        panel.set_xlabel(f"Difference ({unit}{each}) with {interval_name(level)}")
        style.open_frame(panel)
        panel.spines["left"].set_visible(False)
        panel.tick_params(axis="y", length=0)
    note = _asked(table, about)
    if table.get("fcr_low", pd.Series()).notna().any():
        note += "\nof what was found the ranges are wider, as it was picked out of so many"
    drawn = [row for rows in groups.values() for row in rows]
    if len({row.per for row in drawn if row.ends}) > 1:
        note += "\nunlike steps cannot be compared: one is more of one habit than of another"
    style.legend_below(panels[-1], _legend(drawn, kwargs), note)
    return panels[0]


def table_of(table: pd.DataFrame, where: str, *more: str) -> pd.DataFrame:
    """Return the table of questions that a picture of it needs; nights are asked."""
    if not isinstance(table, pd.DataFrame):
        raise DiaryError(
            f"{where} got a {type(table).__name__}, expected nights or the table that "
            "correlate() returned."
        )
    if table.index.nlevels > 1 or table.index.name == "night":
        from sleepstats.relations import correlate

        table = correlate(table, beside=True)
    missing = [name for name in (*_NEEDED, *more) if name not in table]
    if missing:
        raise DiaryError(
            f"{where} needs the table that correlate() returned; this one lacks "
            f"{', '.join(missing)}. Leave its columns in, and round with present() last."
        )
    if len(table) == 0 and table.attrs.get("sleepstats_table", {}).get("questions") != 0:
        raise DiaryError(f"{where}: the table has no rows, so there is nothing to draw.")
    return table


def _panels(ax: Axes | None, rows: list[int]) -> list[Axes]:
    """Return axes one below the other, as many as there are units, in the place of one."""
    n = len(rows)
    ax = style.axes_or_new(ax, 9.5, 0.31 * sum(rows) + 2.1 + 0.75 * (n - 1))
    if n == 1:
        return [ax]
    figure, spec = style.figure_of(ax), ax.get_subplotspec()
    looks: dict[str, Any] = {"height_ratios": rows, "hspace": 0.9 / (sum(rows) / n)}
    if spec is None:  # placed by hand
        left, bottom, right, top = ax.get_position().extents
        looks |= {"left": left, "bottom": bottom, "right": right, "top": top}
    grid = (spec.subgridspec if spec is not None else figure.add_gridspec)(n, 1, **looks)
    ax.set_subplotspec(grid[0])
    return [ax, *(figure.add_subplot(grid[k]) for k in range(1, n))]


def _group(part: pd.DataFrame, about: dict[str, Any]) -> list[_Row]:
    """Return the heading of one outcome and its rows, sorted, refused ones last."""
    outcome = str(part["outcome"].iloc[0])
    logged = part["ratio"].notna().any()
    rows = [_Row(_label(outcome, about), "minutes on a typical night" if logged else "")]
    asked = [_answered(entry, about) for entry in part.to_dict("records")
             if entry["status"] != "refused"]  # fmt: skip
    # what is per a step is not as much of one habit as of another, and stands by itself
    rows += sorted(asked, key=lambda row: (np.isnan(row.value), row.per != "", -row.value))
    refused = part[part["status"] == "refused"]
    codes = refused["reason"].str.split(":").str[0]
    # one line instead of a column of the same words
    if len(refused) > 1 and len(refused) == len(part) and len(set(codes)) == 1:
        return [*rows, _Row(f"All {len(part)} factors", f"not asked: {codes.iloc[0]}",
                            status="refused")]  # fmt: skip
    return rows + [_Row(_label(factor, about), f"not asked: {code}", status="refused")
                   for factor, code in zip(refused["factor"], codes, strict=True)]  # fmt: skip


def seen_as(entry: dict[Any, Any], about: dict[str, Any], *, few: bool = False) -> str:
    """Return the verdict on a row as it is drawn, unsure as in the table; with few looks fewer."""
    verdict = verdict_of(entry)
    if verdict in ("stands", "found", "not found", "unreachable"):
        words = how_sure({"pvalue": np.nan, **entry}, about)
        return (_UNSURE[words] if few else words) if words in _UNSURE else verdict
    return verdict


def _answered(entry: dict[Any, Any], about: dict[str, Any]) -> _Row:
    """Return the row of one answered question, its effect scaled to the step of its factor."""
    name, status = str(entry["factor"]), seen_as(entry, about)
    label, n = _label(name, about), style.count_of(int(entry["n"]))
    if not np.isfinite(entry["effect"]):
        words = _KINDS.get(verdict_of(entry), "differs between kinds")
        return _Row(label, f"{words} (p = {entry['pvalue_family']:.2g}); {n}", status=status)
    unit, per, step, (value, low, high) = for_step(entry, about, ends_of(entry))
    places = decimals(low, high)
    between = f"{signed(low, places, plus=False)}, {signed(high, places, plus=False)}"
    if per and step != 1.0:
        per = per_step(step, _own_unit(name, about), label)
    unit = unit if per else f"{unit}, yes against no".lstrip(", ")
    text = f"{signed(value, places)} [{between}] {unit}; {n}"
    left: tuple[float, ...] = ()
    if verdict_of(entry) in ("stands", "gone") and entry.get("held_equal") != "":
        left = tuple(for_step(entry, about, BESIDE)[3])
    return _Row(label, text, value, (low, high), status, left, per)


def _per(factor: str, about: dict[str, Any]) -> str:
    """Return what a number is told per, such as ``per 60 min``; empty for a yes or no."""
    if factor not in about.get("steps", {}):
        return ""
    own, label = _own_unit(factor, about), _label(factor, about)
    return f"per {per_step(float(about['steps'][factor]), own, label)}"


def _label(name: str, about: dict[str, Any]) -> str:
    words = str(about.get("labels", {}).get(name) or column_of(None, name).label)
    return words[:1].upper() + words[1:]


def _own_unit(name: str, about: dict[str, Any]) -> str:
    own = about.get("units", {}).get(name)
    return column_of(None, name).unit if own is None else str(own)


def _draw(ax: Axes, place: int, row: _Row, kwargs: dict[str, Any]) -> None:
    """Draw one row and write its numbers right of the axes."""
    if row.ends:
        color = style.SLEEP if row.status in _FOUND else style.INK
        dashes = (0, (1, 1.5)) if row.status == "unreachable" else "solid"
        ax.plot(row.ends, [place, place], color=color, linewidth=1.8, linestyle=dashes,
                solid_capstyle="butt", zorder=2)  # fmt: skip
        ax.plot(row.value, place, **_dot(row.status, kwargs))
    if row.left:
        value, *ends = row.left
        ax.plot(ends, [place + _BELOW] * 2, color=style.GREY, zorder=2, **_LEFT)
        ax.plot(value, place + _BELOW, color=style.GREY, zorder=3, marker="s", **_LEFT)
    if row.text:
        ax.annotate(row.text, (1.02, place), xycoords=("axes fraction", "data"), va="center",
                    color=style.GREY if row.status == "refused" else style.INK, fontsize="small",
                    ha="left", annotation_clip=False)  # fmt: skip


def _dot(status: str, kwargs: dict[str, Any]) -> dict[str, Any]:
    from matplotlib.lines import Line2D

    color = style.SLEEP if status in _FOUND else style.INK
    ours = {"marker": "o", "markersize": 7, "color": color, "linestyle": "none",
            "markeredgewidth": 1.5, "zorder": 3}  # fmt: skip
    hollow = {} if status in ("found", "stands") else {"markerfacecolor": style.PAPER}
    return {**style.styled(ours, kwargs, Line2D), **hollow}


def _limits(ax: Axes, rows: list[_Row]) -> None:
    ends = [0.0, *(end for row in rows for end in (*row.ends, *row.left))]
    low, high = min(ends), max(ends)
    # where nothing could be drawn the scale still needs a width
    margin = 0.05 * (high - low) or 1.0
    ax.set_xlim(low - margin, high + margin)
    calendar.fewer_if_wide(ax.xaxis)
    ax.set_ylim(len(rows) - (0.4 if rows[-1].left else 0.5), -0.6)
    if len(ends) == 1:
        ax.set_xticks([0.0])
        style.note(ax, "No question could be drawn; the reasons stand on the right.")


def _row_names(ax: Axes, rows: list[_Row]) -> None:
    ax.set_yticks(range(len(rows)), [
        style.row_name(row.label, 44, end=f", per {row.per}" * bool(row.per)) for row in rows
    ])  # fmt: skip
    for place, (row, label) in enumerate(zip(rows, ax.get_yticklabels(), strict=True)):
        if place and row.per and not rows[place - 1].per and rows[place - 1].ends:
            ax.axhline(place - 0.5, color=style.REFERENCE, linewidth=0.5, linestyle=":", zorder=0)
        if row.status == "heading":
            label.set_fontweight("bold")
            if place:
                ax.axhline(place - 0.5, color=style.REFERENCE, linewidth=0.5, zorder=0)
        elif row.status == "refused":
            label.set_color(style.GREY)


def _legend(rows: list[_Row], kwargs: dict[str, Any]) -> list[Line2D]:
    """Return what each kind of dot in this picture says."""
    from matplotlib.lines import Line2D

    held = any(row.left for row in rows)
    beside = "still there with the others held equal"
    words = {
        "stands": f"stands: found, and {beside if held else 'no other went with it and sleep'}",
        "found": "found, all questions counted",
        "perhaps": "perhaps: found, and the range of its best guess reaches 0",
        "gone": "found alone, not with the others held equal",
        "no difference that matters": "no difference that matters",
        "may be luck": "may be luck: clear alone, not among so many questions",
        "not found": "not clear",
        "unreachable": "out of reach: too few nights even for a large effect",
    }
    present, handles = {row.status for row in rows if row.ends}, []
    for status in filter(present.__contains__, words):
        line = {"linestyle": (0, (1, 1.5)) if status == "unreachable" else "solid"}
        looks = {**_dot(status, kwargs), **line, "linewidth": 1.8}
        handles.append(Line2D([], [], **looks, label=words[status]))
    if held:
        looks = {**_LEFT, "color": style.GREY, "marker": "s"}
        handles.append(Line2D([], [], **looks, label="below it: with the others held equal"))
    return handles


def _asked(table: pd.DataFrame, about: dict[str, Any]) -> str:
    """Return nights, questions and what was removed, in words."""
    refused, every = int((table["status"] == "refused").sum()), about.get("questions", len(table))
    parts = [style.count_of(int(about["nights"]))] if "nights" in about else []
    part = f"{len(table)} of " if len(table) < every else ""
    parts.append(part + style.count_of(int(every), "question"))
    parts += [f"{refused} of them not asked"] if refused else []
    parts += [removed(about["adjust"])] if "adjust" in about else []
    return ", ".join(parts)
