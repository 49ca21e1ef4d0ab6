"""What a randomised trial gave: frozen, at full precision, readable as a sentence."""

from __future__ import annotations

import html
from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from sleepstats.arrays import Floats
from sleepstats.results.relation import Status, _Result, _table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NOT_IN_DICT = ("data", "others")
_NOT_IN_TABLE = (
    *_NOT_IN_DICT, "compliance", "notes", "as_done", "carry_over", "blinding", "outcome_label",
    "outcome_unit", "stop_rule",
)  # fmt: skip


@dataclass(frozen=True)
class Beside:
    """An estimate beside the trial's own: an observation, with the ordinary engine."""

    #: First minus second condition with its interval, in the result's ``effect_unit``; NaN where it
    #: could not be estimated.
    effect: float
    low: float
    high: float
    #: Two-sided.
    pvalue: float
    #: Nights used.
    n: int
    #: Why there is no estimate; empty when there is one.
    reason: str = ""


@dataclass(frozen=True)
class Blinding:
    """How often the person's guess of the condition was right."""

    #: Nights with a guess, and those on which it was what had been planned.
    guesses: int
    right: int
    #: Right guesses that the same guesses would have had under the other schedules, on average.
    expected: float
    #: Share of the schedules under which the guesses agree as much or more.
    pvalue: float


@dataclass(frozen=True, eq=False, repr=False)
class TrialResult(_Result):
    """What the condition of a randomised trial changed; made by :func:`sleepstats.analyse_trial`.

    Attributes
    ----------
    outcome : str
        Column name.
    conditions : tuple of str
        The condition in question, and the one it is set against.
    n, n_planned, n_first, n_second : int
        Planned nights with the outcome, planned nights, and nights used that were planned with the
        first and the second condition.
    mean_first, mean_second, median_first, median_second : float
        Of the outcome as recorded, by the condition planned.
    raw_difference : float
        ``mean_first - mean_second``, nothing removed.
    effect, effect_low, effect_high : float
        First minus second condition as randomised, in ``effect_unit``, with the interval of the
        randomisation test.
    effect_unit : str
        The outcome's unit.
    ratio, ratio_low, ratio_high : float
        For latency, analysed on the log scale: times as long. Else NaN.
    pvalue : float
        Share of the schedules whose statistic is as large as the one seen.
    schedules : int
        Admissible schedules of the plan.
    compared : int
        Schedules compared, the one carried out among them.
    exact : bool
        Whether all admissible schedules were compared; otherwise drawn ones.
    status : {"found", "not found", "unreachable", "refused"}
        ``found`` if ``pvalue < 1 - level``.
    reason : str
        A short code, a colon and words; empty where there is nothing to explain.
    level : float
        Confidence level of the intervals.
    adjust : tuple of str
        What was removed: ``"weekday"``, ``"trend"``.
    design : str
        Name of the design.
    stop_rule : str
        What was written before the first night.
    first_night, last_night : Timestamp or None
        First and last night used.
    outcome_label, outcome_unit : str
        Words and unit for axes and sentences.
    as_done : Beside
        The same nights by what was done instead of what was planned: an observation, since whoever
        did otherwise had a reason.
    carry_over : Beside
        What the condition of the night before still did.
    blinding : Blinding or None
        Guesses of the condition, where recorded.
    compliance : DataFrame
        A row per condition and one for ``all``: ``condition``, ``planned``, ``as_planned``,
        ``swapped`` (the other one was done), ``not_recorded`` (what was done is not known),
        ``missing`` (no outcome that night; counted besides).
    notes : tuple of str
        Sentences about what the reader should know: nights swapped, weeks missing, dates that
        would fit better otherwise, guesses.
    data : DataFrame
        Every planned night, index ``night``: ``block``, ``planned``, ``done``, ``guess``,
        ``status`` (as planned, swapped, not recorded, missing) and the outcome.
    others : ndarray
        The effect as each schedule compared would have shown it, in the unit of the analysis (log
        for latency).
    """

    outcome: str
    conditions: tuple[str, str]
    n: int
    n_planned: int
    n_first: int
    n_second: int
    mean_first: float
    mean_second: float
    median_first: float
    median_second: float
    raw_difference: float
    effect: float
    effect_low: float
    effect_high: float
    effect_unit: str
    ratio: float
    ratio_low: float
    ratio_high: float
    pvalue: float
    schedules: int
    compared: int
    exact: bool
    status: Status
    reason: str
    level: float
    adjust: tuple[str, ...]
    design: str
    stop_rule: str
    first_night: pd.Timestamp | None
    last_night: pd.Timestamp | None
    outcome_label: str
    outcome_unit: str
    as_done: Beside
    carry_over: Beside
    blinding: Blinding | None
    compliance: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...]
    data: pd.DataFrame = field(repr=False)
    others: Floats = field(repr=False)

    def __str__(self) -> str:
        """Return the answer as one plain sentence, and after it what went otherwise."""
        from sleepstats.trials.sentences import say_trial

        return say_trial(self)

    def __repr__(self) -> str:
        return f"<TrialResult: {self}>"

    def to_dict(self) -> dict[str, Any]:
        """Return every number and word as plain Python values, ready for JSON.

        Returns
        -------
        dict
            All fields but ``data`` and ``others``; dates as ``YYYY-MM-DD``, missing numbers as
            NaN, ``compliance`` as a list of dicts, the smaller results as dicts.
        """
        plain = super().to_dict()
        plain.pop("others")
        for name, value in plain.items():
            if is_dataclass(value):
                plain[name] = {entry.name: getattr(value, entry.name) for entry in fields(value)}
        return plain

    def _repr_html_(self) -> str:
        """Return the sentences and bare tables, for a notebook."""
        shown = [
            (entry.name, getattr(self, entry.name))
            for entry in fields(self)
            if entry.name not in _NOT_IN_TABLE
        ]
        rows = [row for row in shown if row[1] is not None and row[1] == row[1] and row[1] != ""]
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        return (
            f"<p>{html.escape(str(self))}</p>"
            + (f"<ul>{notes}</ul>" if notes else "")
            + _table(list(self.compliance.itertuples(index=False)), tuple(self.compliance.columns))
            + _table(rows)
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the nights and the randomisation; see :func:`sleepstats.plot_trial`."""
        from sleepstats.plots.trial import plot_trial

        return plot_trial(self, ax=ax)
