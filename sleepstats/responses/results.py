"""What a question of how much, when or for how long gave: terms, a drawn curve, a sentence."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import pandas as pd

from sleepstats.results.relation import Status, _Result, _table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Columns of ``terms``.
TERMS = (
    "term", "effect", "effect_low", "effect_high", "effect_unit", "ratio", "ratio_low",
    "ratio_high", "pvalue", "pvalue_holm", "status", "reason",
)  # fmt: skip


class _Curved(_Result):
    """A result with a table of terms and a curve."""

    terms: pd.DataFrame

    def _repr_html_(self) -> str:
        """Return the sentence and the terms as a bare table, for a notebook."""
        rows = list(self.terms.itertuples(index=False)) if len(self.terms) else []
        table = _table(rows, TERMS) if rows else ""
        return f"<p>{html.escape(str(self))}</p>{table}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the curve with its interval; see :func:`sleepstats.plot_response`."""
        from sleepstats.plots.response import plot_response

        return plot_response(self, ax=ax)  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False, repr=False)
class Response(_Curved):
    """How an outcome answered to dose or timing.

    Made by :func:`sleepstats.dose_response` and :func:`sleepstats.timing_response`.

    Attributes
    ----------
    asked : {"dose", "timing"}
        What was asked.
    outcome, factor : str
        Column names; the factor is the dose, or the hours before bed.
    used : str
        Column that says on which nights there was any; empty for a dose, or where none was given.
    when : str
        Which part of the factor's cycle meets which of the outcome's, in words.
    n, n_with, n_dropped : int
        Nights used, of them nights with any; rows of the diary that lack a value.
    n_values : int
        Different doses, or different times, among the nights with any.
    middle : float
        The mean dose, or the median time, of the nights with any.
    reference : str
        What the curve is counted from, in words.
    curve : DataFrame
        The drawn response: ``x`` (dose, or hours before bed), ``estimate``, ``low``, ``high``
        (difference from the reference, in ``effect_unit``), and for timing ``monotone``, the
        isotonic curve, which is for drawing only and has no interval.
    terms : DataFrame
        The parts of the model, each beside the others: ``term``, ``effect``, ``effect_low``,
        ``effect_high``, ``effect_unit``, ``ratio``, ``ratio_low``, ``ratio_high`` (latency),
        ``pvalue``, ``pvalue_holm`` (over the terms), ``status``, ``reason``.
    effect_unit : str
        Unit of the curve: the outcome's.
    fvalue : float
        F of the joint test: of use and dose together; of the shape over the hours for timing.
    df1, df2 : int
        Its degrees of freedom.
    pvalue_joint : float
        Of that test.
    pvalue : float
        What ``status`` goes by: for a dose ``pvalue_joint``, for timing the decay term.
    status : {"found", "not found", "unreachable", "refused"}
        ``found`` if ``pvalue < 1 - level``.
    reason : str
        A short code, a colon and words; empty where there is nothing to explain.
    level : float
        Confidence level of every interval.
    adjust : tuple of str
        What was removed: ``"weekday"``, ``"trend"``.
    first_night, last_night : Timestamp or None
        First and last night used.
    outcome_label, factor_label, outcome_unit, factor_unit : str
        Words and units for axes and sentences.
    data : DataFrame
        The nights used, index ``night``: outcome and factor (0 or NaN hours where there was none).
    """

    asked: Literal["dose", "timing"]
    outcome: str
    factor: str
    used: str
    when: str
    n: int
    n_with: int
    n_dropped: int
    n_values: int
    middle: float
    reference: str
    effect_unit: str
    fvalue: float
    df1: int
    df2: int
    pvalue_joint: float
    pvalue: float
    status: Status
    reason: str
    level: float
    adjust: tuple[str, ...]
    first_night: pd.Timestamp | None
    last_night: pd.Timestamp | None
    outcome_label: str
    factor_label: str
    outcome_unit: str
    factor_unit: str
    data: pd.DataFrame = field(repr=False)
    curve: pd.DataFrame = field(repr=False)
    terms: pd.DataFrame = field(repr=False)

    def __str__(self) -> str:
        """Return the answer in plain words."""
        from sleepstats.responses.sentences import say_dose, say_timing

        return say_dose(self) if self.asked == "dose" else say_timing(self)
