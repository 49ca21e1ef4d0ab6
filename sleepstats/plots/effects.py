"""Pictures of relations: one with the nights behind it, and all of them as a matrix."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sleepstats import plots as style
from sleepstats.asking.present_table import for_step
from sleepstats.errors import DiaryError
from sleepstats.plots import forest, nights, relation
from sleepstats.units import decimals, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sleepstats.results.relation import Association, Difference

_WHOLE, _LEAST = 520.0, 10.0  # area of a circle of r = 1, and of the smallest, in square points
_FILLED, _MOST = ("found", "stands"), 6  # of more outcomes beside each other none can be read
_SHORT = {
    "one side too rare": "too rare",
    "latency not measured": "not measured",
    "latency quantised": "app's rule",
    "never recorded as no": "never a no",
}


@style.picture
def plot_association(
    result: Association | pd.DataFrame,
    outcome: str | None = None,
    factor: str | None = None,
    *,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw how one factor went with one outcome: every night, and the adjusted effect.

    Parameters
    ----------
    result : Association or DataFrame
        What :func:`sleepstats.associate` returned, or nights, which are then given to it.
    outcome, factor : str, optional
        Column names; needed with nights, not used otherwise.
    ax : Axes, optional
        Where to draw. Without it a new figure is made.
    **kwargs
        Looks of the dots (``color``, ``markersize``, ``alpha``, …; as for ``Axes.plot``).

    Returns
    -------
    Axes
        x is the factor, y the outcome, both in their own units.

    Raises
    ------
    DiaryError
        If nights come without ``outcome`` and ``factor``, or something else comes in.

    Notes
    -----
    A numeric factor: one dot a night (whole-number scores are shifted sideways a little so that
    equal nights do not hide each other; the shifts are the same at each call). The line has the
    adjusted slope and goes through the mean of both; its band turns about the same point from one
    end of the slope's interval to the other. It is the effect with weekdays and slow change
    evened out, not the line that fits the dots best. Solid if the relation was found, dashed if
    not. For sleep onset latency, analysed as a logarithm, the line is the curve
    ``median · ratio^(x − mean)``, of the median that all nights would have at the mean.

    A yes/no factor: as :func:`sleepstats.plot_difference`. Kinds: a strip of dots each, and beside
    it the adjusted difference from the reference kind, drawn from the reference's mean. A refused
    question shows its nights and the reason.

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, _ = ss.simulate_nights(60, seed=1)
    >>> ax = ss.plot_association(nights, outcome="tst_min", factor="stress")
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('Stress', 'Total sleep time (min)')
    """
    if isinstance(result, pd.DataFrame):
        one: Association = _asked(result, "associate", outcome, factor)
        result = one
    if not hasattr(result, "kind"):
        raise DiaryError(
            f"plot_association() got {_what(result)}, expected nights or what "
            "associate() returned. For a Difference use plot_difference()."
        )
    if result.contrasts is not None and result.kind != "categorical":
        raise DiaryError(
            "plot_association() got several evenings asked together, which have no one slope to "
            "draw. Look at their contrasts, or draw one evening: associate(…, lag=1)."
        )
    if result.kind == "yes/no":
        return relation.draw_two_groups(result, ax, kwargs)
    if not pd.api.types.is_numeric_dtype(result.data[result.factor].dtype):
        return relation.draw_kinds(result, ax, kwargs)
    return relation.draw_slope(result, ax, kwargs)


@style.picture
def plot_difference(
    result: Difference | pd.DataFrame,
    outcome: str | None = None,
    factor: str | None = None,
    *,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw nights with a factor beside nights without it, and the adjusted difference.

    Parameters
    ----------
    result : Difference or DataFrame
        What :func:`sleepstats.compare` returned, or nights, which are then given to it.
    outcome, factor : str, optional
        Column names; needed with nights, not used otherwise.
    ax : Axes, optional
        Where to draw. Without it a new figure is made.
    **kwargs
        Looks of the dots of both groups (``markersize``, ``alpha``, …; as for ``Axes.plot``).

    Returns
    -------
    Axes
        Without at x = 0, with at x = 1, the difference at x = 2; y in the outcome's unit. The
        scale on the right (a secondary axis, following the left) counts from the line of the
        nights without.

    Raises
    ------
    DiaryError
        If nights come without ``outcome`` and ``factor``, or something else comes in.

    Notes
    -----
    The picture of Gardner and Altman. Left: every night, shifted sideways so that equal nights
    show, with the mean as a bar (for sleep onset latency, analysed as a logarithm, the median).
    Right: the adjusted difference as a dot, filled if found and hollow if not, with its interval.
    Its zero is the bar of the nights without. Since weekdays and slow change are evened out in
    the difference, the dot need not stand at the height of the bar of the nights with. Of latency,
    a ratio, the minutes are those of the sentence: on a typical night.

    References
    ----------
    Gardner MJ, Altman DG (1986). Confidence intervals rather than P values. BMJ 292, 746–750.
    https://doi.org/10.1136/bmj.292.6522.746

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, _ = ss.simulate_nights(60, seed=1)
    >>> ax = ss.plot_difference(nights, outcome="tst_min", factor="late_meal")
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('Late meal', 'Total sleep time (min)')
    """
    if isinstance(result, pd.DataFrame):
        one: Difference = _asked(result, "compare", outcome, factor)
        result = one
    if not hasattr(result, "mean_without") and getattr(result, "kind", "") != "yes/no":
        raise DiaryError(
            f"plot_difference() got {_what(result)}, expected nights or what "
            "compare() returned. For a number or kinds use plot_association()."
        )
    return relation.draw_two_groups(result, ax, kwargs)


def _asked(nights: pd.DataFrame, how: str, outcome: str | None, factor: str | None) -> Any:
    """Ask the nights that came in the place of a result."""
    from sleepstats import relations

    if outcome is None or factor is None:
        where = "plot_difference()" if how == "compare" else "plot_association()"
        told = "needs outcome= and factor=, for example outcome='tst_min', factor='stress'."
        raise DiaryError(f"{where} with nights {told}")
    return getattr(relations, how)(nights, outcome, factor)


def _what(result: object) -> str:
    """Name what came in instead of a result."""
    kind = getattr(result, "kind", "")
    return f"an {type(result).__name__} of {kind} kind" if kind else f"a {type(result).__name__}"


@style.picture
def plot_matrix(table: pd.DataFrame, *, ax: Axes | None = None, **kwargs: Any) -> Axes:
    """Draw every factor against every outcome: circles as large as the correlation.

    Parameters
    ----------
    table : DataFrame
        What :func:`sleepstats.correlate` returned (or some rows of it), or nights, which are then
        given to it.
    ax : Axes, optional
        Where to draw. Without it a new figure, of the six outcomes in which most was found.
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
    more with more, amber and a minus less with more, by the effect beside it. Filled: found, all
    questions counted, and in a table made with ``beside=True`` it stands with the others held
    equal. A ring: not found; thick: found alone only, or *perhaps* in the table. A grey ring:
    unreachable, these nights could hardly have shown even a large effect. Beside it the adjusted
    effect in the outcome's unit, per the step of the factor that its row names. Kinds have no one
    correlation: a diamond. A grey cell was not asked, and says why. Empty: not in the table.

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

    table = forest.table_of(table, "plot_matrix()", "r")
    about: dict[str, Any] = table.attrs.get("sleepstats_table", {})
    if not len(table):
        return nights.without_habits(ax)
    outcomes, factors = (list(dict.fromkeys(table[name])) for name in ("outcome", "factor"))
    wide, every = 1.75, len(outcomes)
    outcomes = outcomes if ax is not None else relation.most_found(table, outcomes, _MOST)
    told = f"; {every - len(outcomes)} other measures are not drawn: pick their rows"
    told, table = told * (every > len(outcomes)), table[table["outcome"].isin(outcomes)]
    # the legend needs as much beside the names: a notebook draws nothing right where it lacks that
    broad = max(0.9 * wide * len(outcomes) + 2.9, 6.1)
    ax = style.axes_or_new(ax, broad, 0.42 * len(factors) + 2.0)
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
        ["\n".join(wrap(forest._label(name, about), 18, max_lines=4)) for name in outcomes],
    )
    ax.xaxis.tick_top()
    names = [(forest._label(name, about), forest._per(name, about)) for name in factors]
    rows = (style.row_name(label, end=f" ({per})" * bool(per)) for label, per in names)
    ax.set_yticks(range(len(factors)), list(rows))
    ax.tick_params(length=0)
    for line in range(1, len(factors)):
        ax.axhline(line - 0.5, color=style.REFERENCE, linewidth=0.4, zorder=0)
    ax.spines[:].set_visible(False)
    style.legend_below(ax, _legend(table, about), forest._asked(table, about) + told, lines=-1)
    return ax


def _cell(
    ax: Axes, x: float, y: float, entry: dict[Any, Any], about: dict[str, Any], kwargs: Any
) -> None:
    """Draw one answered question: circle or diamond, sign, effect."""
    place, status = x - 0.42, forest.seen_as(entry, about, few=True)
    if not np.isfinite(entry["r"]):  # kinds have no direction, so no circle
        filled = style.SLEEP if status in _FILLED else style.PAPER
        ax.plot(place, y, marker="D", markersize=7, color=style.INK, markerfacecolor=filled,
                markeredgewidth=1.3, zorder=3)  # fmt: skip
        ax.text(x - 0.08, y, f"kinds: p {entry['pvalue_family']:.2g}", va="center", color=style.INK,
                fontsize="small")  # fmt: skip
        return
    from matplotlib.collections import PathCollection

    # where slope and correlation disagree the colour is that of the number one reads
    looks = style.styled(_ring(status, float(entry["effect"])), kwargs, PathCollection)
    # the area, not the width: that is what the eye compares
    ax.scatter([place], [y], s=max(_WHOLE * abs(entry["r"]), _LEAST), zorder=3, **looks)
    ax.text(x - 0.08, y, _effect(entry, about), va="center", color=style.INK, fontsize="small",
            fontweight="bold" if status in _FILLED else "normal")  # fmt: skip


def _ring(status: str, effect: float) -> dict[str, Any]:
    """Return the looks of a circle by its status and sign."""
    color = style.SLEEP if effect >= 0 else style.EXPOSED
    if status in _FILLED:
        return {"facecolor": color, "edgecolor": color, "linewidth": 1.4}
    if status == "gone":
        return {"facecolor": style.PAPER, "edgecolor": color, "linewidth": 2.6}
    color = style.REFERENCE if status == "unreachable" else color
    return {"facecolor": style.PAPER, "edgecolor": color, "linewidth": 1.4}


def _effect(entry: dict[Any, Any], about: dict[str, Any]) -> str:
    """Return the effect per step with its sign; a little one keeps its sign by the word."""
    unit, _, _, (value, low, high) = for_step(entry, about, ("effect", "effect_low", "effect_high"))
    unit = {"percentage points": "points", "awakenings": ""}.get(unit, unit)  # there is no room
    return f"{signed(value, decimals(low, high))} {unit}".strip()


def _legend(table: pd.DataFrame, about: dict[str, Any]) -> list[Any]:
    """Return what each circle of this picture says."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    asked = table[np.isfinite(table["r"].astype(float))]
    looks: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 9}
    size = {**looks, "markersize": float(np.sqrt(0.2 * _WHOLE)), "color": style.GREY}
    handles: list[Any] = [Line2D([], [], label="area: correlation (here 0.2)", **size)]
    for color, sign, words in (
        (style.SLEEP, asked["effect"] >= 0, "more with more (+)"),
        (style.EXPOSED, asked["effect"] < 0, f"less with more ({signed(-1.0, 0)[0]})"),
    ):
        if sign.any():
            handles.append(Line2D([], [], color=color, label=words, **looks))
    words_of = {
        "stands": "filled: stands with the others held equal",
        "found": "filled: found, all questions counted",
        "gone": "thick ring: found, and perhaps none, or not with the others held equal",
        "no difference that matters": "ring: no difference that matters",
        "not found": "ring: not clear",
        "unreachable": "grey ring: out of reach, too few nights even for a large effect",
    }
    seen = {forest.seen_as(entry, about, few=True) for entry in asked.to_dict("records")}
    for status in filter(seen.__contains__, words_of):
        face = style.INK if status in _FILLED else style.PAPER
        edge = style.REFERENCE if status == "unreachable" else style.INK
        handles.append(Line2D([], [], color=edge, markerfacecolor=face, label=words_of[status],
                              markeredgewidth=2.6 if status == "gone" else 1, **looks))  # fmt: skip
    if len(asked) < (table["status"] != "refused").sum():
        ours = {**looks, "marker": "D", "color": style.INK, "markerfacecolor": style.PAPER}
        handles.append(Line2D([], [], label="diamond: kinds (filled: found)", **ours))
    if (table["status"] == "refused").any():
        handles.append(Patch(facecolor=style.SHADE, label="not asked, with the reason"))
    return handles
