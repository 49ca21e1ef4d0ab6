"""Pictures of what was asked: one relation with the nights behind it, or all of them at once.

Nothing is computed here but where to put things: sizes and intervals come from the results.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sleepstats.errors import DiaryError
from sleepstats.plots.forest import plot_forest as plot_forest
from sleepstats.plots.groups import draw_kinds, draw_two_groups
from sleepstats.plots.slope import draw_slope

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sleepstats.results.relation import Association, Difference


def plot_association(
    result: Association | pd.DataFrame,
    *,
    outcome: str | None = None,
    factor: str | None = None,
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
    end of the slope's interval to the other. It is the effect with week and drift removed, not
    the line that fits the dots best. Solid if the relation was found, dashed if not. For sleep
    onset latency, analysed as a logarithm, the line is the curve ``median · ratio^(x − mean)``.

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
        from sleepstats.relations.one_or_all import associate

        outcome, factor = _both_named("plot_association()", outcome, factor)
        result = associate(result, outcome=outcome, factor=factor)
    if not hasattr(result, "kind"):
        raise DiaryError(
            f"plot_association() got {_what(result)}, expected nights or what "
            "associate() returned. For a Difference use plot_difference()."
        )
    if result.kind == "yes/no":
        return draw_two_groups(result, ax, kwargs)
    if not pd.api.types.is_numeric_dtype(result.data[result.factor].dtype):
        return draw_kinds(result, ax, kwargs)
    return draw_slope(result, ax, kwargs)


def plot_difference(
    result: Difference | pd.DataFrame,
    *,
    outcome: str | None = None,
    factor: str | None = None,
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
    Its zero is the bar of the nights without. Since week and drift are removed from the
    difference, the dot need not stand at the height of the bar of the nights with.

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
        from sleepstats.relations.one_or_all import compare

        outcome, factor = _both_named("plot_difference()", outcome, factor)
        result = compare(result, outcome=outcome, factor=factor)
    if not hasattr(result, "mean_without") and getattr(result, "kind", "") != "yes/no":
        raise DiaryError(
            f"plot_difference() got {_what(result)}, expected nights or what "
            "compare() returned. For a number or kinds use plot_association()."
        )
    return draw_two_groups(result, ax, kwargs)


def _both_named(where: str, outcome: str | None, factor: str | None) -> tuple[str, str]:
    if outcome is None or factor is None:
        raise DiaryError(
            f"{where} with nights needs outcome= and factor=, "
            "for example outcome='tst_min', factor='stress'."
        )
    return outcome, factor


def _what(result: object) -> str:
    """Name what came in instead of a result."""
    kind = getattr(result, "kind", "")
    return f"an {type(result).__name__} of {kind} kind" if kind else f"a {type(result).__name__}"
