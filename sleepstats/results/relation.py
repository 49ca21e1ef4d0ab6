"""What one question about the nights gave: frozen, at full precision, readable as a sentence."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FactorKind = Literal["numeric", "yes/no", "categorical"]
Status = Literal["found", "not found", "unreachable", "refused"]
NAN = float("nan")


class _Result:
    """What both results do: a sentence, a bare table, a dictionary, a picture."""

    def to_dict(self) -> dict[str, Any]:
        """Return every number and word as plain Python values, ready for JSON.

        Returns
        -------
        dict
            All fields but ``data``; dates as ``YYYY-MM-DD``, missing numbers as NaN, ``contrasts``
            as a list of dicts.

        Examples
        --------
        >>> import sleepstats as ss
        >>> nights, _ = ss.simulate_nights(60, seed=1)
        >>> ss.associate(nights, outcome="tst_min", factor="stress").to_dict()["effect_unit"]
        'min per point'
        """
        plain: dict[str, Any] = {}
        for entry in fields(self):  # type: ignore[arg-type]
            value = getattr(self, entry.name)
            if entry.name == "data":
                continue
            if isinstance(value, pd.DataFrame):
                value = value.to_dict("records")
            elif isinstance(value, pd.Timestamp):
                value = f"{value:%Y-%m-%d}"
            elif isinstance(value, tuple):
                value = list(value)
            plain[entry.name] = value
        return plain

    def _repr_html_(self) -> str:
        """Return the sentence and a bare table, for a notebook."""
        skipped = {"data", "contrasts", "outcome_label", "factor_label", "outcome_unit"}
        skipped |= {"factor_unit"}
        rows = [
            (entry.name, getattr(self, entry.name))
            for entry in fields(self)  # type: ignore[arg-type]
            if entry.name not in skipped
        ]
        text = f"<p>{html.escape(str(self))}</p>{_table([row for row in rows if _cell(row[1])])}"
        contrasts = getattr(self, "contrasts", None)
        if contrasts is not None:
            text += _table(list(contrasts.itertuples(index=False)), tuple(contrasts.columns))
        return text


@dataclass(frozen=True, eq=False, repr=False)
class Association(_Result):
    """How one factor went with one outcome; made by :func:`sleepstats.associate`.

    Attributes
    ----------
    outcome, factor : str
        Column names.
    when : str
        Which part of the factor's cycle meets which of the outcome's, in words.
    kind : {"numeric", "yes/no", "categorical"}
        How the factor was read.
    n, n_dropped : int
        Nights used, and rows of the diary that lack either value (or a kind seen often enough).
    n_eff : float
        Effective sample size of ``r``: nights worth of independent information.
    r, r_low, r_high : float
        Correlation with the controls removed, and its interval; NaN for a categorical factor.
    effect, effect_low, effect_high : float
        Adjusted effect in ``effect_unit``: per unit of a numeric factor, yes against no; NaN for
        a categorical factor, see ``contrasts``.
    effect_unit : str
        The outcome's unit, and ``per`` the factor's for a numeric one.
    ratio, ratio_low, ratio_high : float
        For latency, analysed on the log scale: times as long per unit or with yes. Else NaN.
    pvalue, pvalue_family : float
        Two-sided, of the effect (of all kinds together for a categorical factor). One question
        is its own family, so both are equal here.
    status : {"found", "not found", "unreachable", "refused"}
        ``found`` if ``pvalue_family < 1 - level``.
    reason : str
        A short code, a colon and words; empty where there is nothing to explain.
    level : float
        Confidence level of every interval.
    method : {"pearson", "spearman"}
        Of the displayed ``r``.
    adjust : tuple of str
        What was removed: ``"weekday"``, ``"trend"``.
    family : str
        How p-values were adjusted: ``"none"`` for one question.
    first_night, last_night : Timestamp or None
        First and last night used.
    outcome_label, factor_label, outcome_unit, factor_unit : str
        Words and units for axes and sentences.
    data : DataFrame
        The nights used, index ``night``, two columns named by outcome and factor. A factor of an
        earlier row (see ``when``) already stands beside the outcome it met.
    contrasts : DataFrame or None
        For a categorical factor, each kind against the reference: ``level, reference, n, effect,
        effect_low, effect_high, pvalue, pvalue_holm, ratio, ratio_low, ratio_high``.
    """

    outcome: str
    factor: str
    when: str
    kind: FactorKind
    n: int
    n_dropped: int
    n_eff: float
    r: float
    r_low: float
    r_high: float
    effect: float
    effect_low: float
    effect_high: float
    effect_unit: str
    ratio: float
    ratio_low: float
    ratio_high: float
    pvalue: float
    pvalue_family: float
    status: Status
    reason: str
    level: float
    method: str
    adjust: tuple[str, ...]
    family: str
    first_night: pd.Timestamp | None
    last_night: pd.Timestamp | None
    outcome_label: str
    factor_label: str
    outcome_unit: str
    factor_unit: str
    data: pd.DataFrame = field(repr=False)
    contrasts: pd.DataFrame | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """Return the answer as one plain sentence."""
        from sleepstats.results.sentences import say_association

        return say_association(self)

    def __repr__(self) -> str:
        return f"<Association: {self}>"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the nights behind the answer; see :func:`sleepstats.plot_association`."""
        from sleepstats.plots.effects import plot_association

        return plot_association(self, ax=ax)


@dataclass(frozen=True, eq=False, repr=False)
class Difference(_Result):
    """Nights with a factor against nights without; made by :func:`sleepstats.compare`.

    Attributes
    ----------
    outcome, factor : str
        Column names.
    when : str
        Which part of the factor's cycle meets which of the outcome's, in words.
    n_with, n_without, n_dropped : int
        Nights with the factor, nights without it, and rows of the diary that lack either value.
    mean_with, mean_without, median_with, median_without : float
        Of the outcome as recorded, in its own unit.
    raw_difference : float
        ``mean_with - mean_without``, nothing removed.
    effect, effect_low, effect_high : float
        Adjusted difference in ``effect_unit``, with and minus without.
    effect_unit : str
        The outcome's unit.
    ratio, ratio_low, ratio_high : float
        For latency, analysed on the log scale: times as long. Else NaN.
    pvalue : float
        Two-sided, of the adjusted difference.
    status : {"found", "not found", "unreachable", "refused"}
        ``found`` if ``pvalue < 1 - level``.
    reason : str
        A short code, a colon and words; empty where there is nothing to explain.
    level : float
        Confidence level of the interval.
    adjust : tuple of str
        What was removed: ``"weekday"``, ``"trend"``.
    first_night, last_night : Timestamp or None
        First and last night used.
    outcome_label, factor_label, outcome_unit, factor_unit : str
        Words and units for axes and sentences.
    data : DataFrame
        The nights used, index ``night``: the outcome, and the factor as bool.
    """

    outcome: str
    factor: str
    when: str
    n_with: int
    n_without: int
    n_dropped: int
    mean_with: float
    mean_without: float
    median_with: float
    median_without: float
    raw_difference: float
    effect: float
    effect_low: float
    effect_high: float
    effect_unit: str
    ratio: float
    ratio_low: float
    ratio_high: float
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

    @property
    def n(self) -> int:
        """Nights used, with and without the factor together."""
        return self.n_with + self.n_without

    def __str__(self) -> str:
        """Return the answer as one plain sentence."""
        from sleepstats.results.sentences import say_difference

        return say_difference(self)

    def __repr__(self) -> str:
        return f"<Difference: {self}>"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw both groups and their difference; see :func:`sleepstats.plot_difference`."""
        from sleepstats.plots.effects import plot_difference

        return plot_difference(self, ax=ax)


def _table(rows: Sequence[Sequence[object]], header: Sequence[str] = ()) -> str:
    """Return a table without styles; a row begins with its name."""
    head = "".join(f"<th>{html.escape(name)}</th>" for name in header)
    lines = [f"<tr>{head}</tr>"] if head else []
    for first, *rest in rows:
        cells = "".join(f"<td>{html.escape(_cell(value))}</td>" for value in rest)
        lines.append(f"<tr><th>{html.escape(_cell(first))}</th>{cells}</tr>")
    return f"<table>{''.join(lines)}</table>"


def _cell(value: object) -> str:
    """Return one value as text for a table; empty for a missing one."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value) or "none"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
