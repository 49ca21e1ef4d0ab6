"""Pictures of one relation: in one person with the nights behind it, or in several people.

Nothing is computed here but where to put things: sizes and intervals come from the results.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sleepstats import plots as style
from sleepstats.errors import DiaryError
from sleepstats.plots.relation import draw_kinds, draw_slope, draw_two_groups
from sleepstats.results.sentences import interval_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sleepstats.people import PeoplePool
    from sleepstats.results.relation import Association, Difference


_NAMED_UP_TO = 40


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
    ``median · ratio^(x − mean)``.

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
        return draw_two_groups(result, ax, kwargs)
    if not pd.api.types.is_numeric_dtype(result.data[result.factor].dtype):
        return draw_kinds(result, ax, kwargs)
    return draw_slope(result, ax, kwargs)


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
    the difference, the dot need not stand at the height of the bar of the nights with.

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
    return draw_two_groups(result, ax, kwargs)


@style.picture
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
    names = [str(name) for name in people["person"]] if n <= _NAMED_UP_TO else [""] * n
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
    ax.set_xlabel(f"Effect ({unit}) with {interval_name(got.level)}")
    style.open_frame(ax)
    ax.spines["left"].set_visible(False)
    style.title(ax, str(got).partition(" People differ by")[0])
    told = f"{style.count_of(got.n_nights)} of {n} people" + (
        f", {got.n_refused} more could not be answered" if got.n_refused else ""
    )
    if n:
        style.legend_below(ax, handles, told)
    else:
        ax.set_xticks([])
        style.note(ax, "No person could be answered.")
    return ax


def _asked(nights: pd.DataFrame, how: str, outcome: str | None, factor: str | None) -> Any:
    """Ask the nights that came in the place of a result."""
    from sleepstats import relations

    if outcome is None or factor is None:
        where = "plot_difference()" if how == "compare" else "plot_association()"
        raise DiaryError(
            f"{where} with nights needs outcome= and factor=, "
            "for example outcome='tst_min', factor='stress'."
        )
    return getattr(relations, how)(nights, outcome, factor)


def _what(result: object) -> str:
    """Name what came in instead of a result."""
    kind = getattr(result, "kind", "")
    return f"an {type(result).__name__} of {kind} kind" if kind else f"a {type(result).__name__}"
