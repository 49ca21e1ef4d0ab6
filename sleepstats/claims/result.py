"""What became of a list of claims: a table, and each claim in words. "Went with", never more."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from sleepstats.asking.estimation import Asking
from sleepstats.results import sentences as say
from sleepstats.results.base import NAN, Result, html_table
from sleepstats.units import decimals

if TYPE_CHECKING:
    from sleepstats.claims.form import Claim
    from sleepstats.claims.questions import Put

#: Columns of :attr:`ClaimsCheck.table`.
COLUMNS = (
    "words", "source", "outcome", "factor", "part", "direction", "testable", "verdict", "n",
    "effect", "effect_low", "effect_high", "effect_unit", "ratio", "ratio_low", "ratio_high",
    "pvalue", "pvalue_family", "smallest", "looked_for", "could_show", "nights_needed", "reason",
    "answer",
)  # fmt: skip
VERDICTS = ("goes with", "against", "cannot tell", "not kept", "no diary")
_LEADS = {
    "goes with": "These nights go with the claim",
    "against": "These nights go against the claim",
    "cannot tell": "These nights cannot tell",
    "not kept": "This diary cannot test it yet",
    "no diary": "No diary can test it",
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ClaimsCheck(Result):
    """What a diary says to a list of claims; made by :func:`sleepstats.check_claims`.

    Attributes
    ----------
    n_claims, questions : int
        Claims given, and those that were asked: the family of the adjustment.
    power : float
        The chance at which an effect counts as one that could be shown.
    adjust : tuple of str
        What was removed: ``"weekday"``, ``"trend"``.
    first_night, last_night : Timestamp or None
        Of the diary.
    table : DataFrame
        One row per claim, in the order given, RangeIndex:

        * ``'words'``, ``'source'``, ``'outcome'``, ``'factor'``, ``'part'``, ``'direction'``: the
          claim
        * ``'testable'``: whether any diary can test it
        * ``'verdict'``: ``goes with``, ``against``, ``cannot tell``, ``not kept`` (a column is
          missing), ``no diary``
        * ``'n'``: nights used, 0 where nothing was asked
        * ``'effect'``, ``'effect_low'``, ``'effect_high'``, ``'effect_unit'``: in the outcome's
          unit, per unit of a numeric factor; NaN for all kinds together
        * ``'ratio'``, ``'ratio_low'``, ``'ratio_high'``: for latency; else NaN
        * ``'pvalue'``, ``'pvalue_family'``: of a difference; adjusted over the claims asked
        * ``'smallest'``: the smallest effect that these nights would show, not negative, in
          ``effect_unit`` (latency: minutes at the median night; less of them where the claim is)
        * ``'looked_for'``: the size claimed, or half of a large effect where none is
        * ``'could_show'``: whether ``smallest`` is at most ``looked_for``; missing where unknown
        * ``'nights_needed'``: recorded nights that ``looked_for`` takes; missing where unknown or
          beyond ten years
        * ``'reason'``: why it could not be answered; empty where it was
        * ``'answer'``: the answer in words
    """

    n_claims: int
    questions: int
    power: float
    adjust: tuple[str, ...]
    first_night: pd.Timestamp | None
    last_night: pd.Timestamp | None
    table: pd.DataFrame = field(repr=False)

    @classmethod
    def of(
        cls,
        rows: Sequence[dict[str, Any]],
        nights: pd.DataFrame,
        asking: Asking,
        questions: int,
        power: float,
    ) -> Self:
        """Make one from its rows."""
        text = ("words", "source", "outcome", "factor", "part", "direction", "verdict",
                "effect_unit", "reason", "answer")  # fmt: skip
        filled = [{**dict.fromkeys(COLUMNS, NAN), **dict.fromkeys(text, ""), **row} for row in rows]
        for row in filled:
            if not isinstance(row["could_show"], bool):
                row["could_show"] = pd.NA
            whole = row["nights_needed"]
            row["nights_needed"] = pd.NA if math.isnan(whole) else int(whole)
        types = {**dict.fromkeys(COLUMNS, "float64"), **dict.fromkeys(text, "str")}
        types |= {"testable": "bool", "n": "int64", "could_show": "boolean"}
        types |= {"nights_needed": "Int64"}
        table = pd.DataFrame(filled, columns=list(COLUMNS)).astype(types)
        dates = pd.DatetimeIndex(nights.index)
        return cls(
            n_claims=len(rows),
            questions=questions,
            level=asking.level,
            power=power,
            adjust=asking.adjust,
            first_night=dates[0] if len(dates) else None,
            last_night=dates[-1] if len(dates) else None,
            table=table,
        )

    def __str__(self) -> str:
        """Return the tally, then each claim with its answer."""
        lines = [self._tally()]
        for row in self.table.to_dict("records"):
            lines.append(f"“{row['words']}” {row['answer']}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<ClaimsCheck: {self._tally()}>"

    def _repr_html_(self) -> str:
        rows = [
            (row["words"], row["verdict"], row["answer"]) for row in self.table.to_dict("records")
        ]
        table = html_table(rows, ("claim", "verdict", "what these nights say"))
        return f"<p>{html.escape(self._tally())}</p>{table}"

    def _tally(self) -> str:
        counts = self.table["verdict"].value_counts()
        words = {
            "goes with": "these nights go with",
            "against": "go against",
            "cannot tell": "cannot tell about",
            "not kept": "could be tested with another column",
            "no diary": "no diary can test",
        }
        told = [f"{words[name]} {counts[name]}" for name in VERDICTS[:3] if name in counts]
        told += [f"{counts[name]} {words[name]}" for name in ("not kept",) if name in counts]
        told += [f"{words[name]} {counts[name]}" for name in ("no diary",) if name in counts]
        plural = "claim" if self.n_claims == 1 else "claims"
        return f"Of {self.n_claims} {plural}: {', '.join(told)}."


def verdict_of(row: dict[str, Any], one: Put, claim: Claim, questions: int, level: float) -> str:
    """Return what the nights say to a claim that was asked."""
    if row["reason"]:
        return "cannot tell"
    found = bool(row["pvalue_family"] < 1.0 - level)
    estimate, low, high = one.scaled()
    if claim.direction == "same":
        from scipy.special import stdtrit

        # "makes no difference" is shown only where the whole interval, widened for the number of
        # claims asked, lies within what counts as none
        df = max(one.n - 10, 4)
        wider = stdtrit(df, 1.0 - (1.0 - level) / questions / 2.0) / stdtrit(df, 0.5 + level / 2.0)
        reach = max(
            abs(estimate - wider * (estimate - low)), abs(estimate + wider * (high - estimate))
        )
        if reach <= one.on_scale(claim.within, less=False):
            return "goes with"
        return "against" if found else "cannot tell"
    if not found:
        return "cannot tell"
    if claim.direction == "differs" or (claim.direction == "more") == (estimate > 0):
        return "goes with"
    return "against"


def answer_words(row: dict[str, Any], one: Put | None, claim: Claim, asking: Asking) -> str:
    """Return the answer to one claim in words."""
    said = _said(row, one, claim, asking)
    return f"{said} {one.notes}".rstrip() if one is not None else said


def _said(row: dict[str, Any], one: Put | None, claim: Claim, asking: Asking) -> str:
    """Return the answer without what belongs beside it."""
    lead = _LEADS[row["verdict"]]
    if row["verdict"] == "no diary":
        return f"{lead}. {row['reason']}"
    reason = str(row["reason"])
    if one is None or one.refusal:
        return f"{lead}: {reason}{'' if reason.endswith(('.', '?')) else '.'}"
    note = f"{say.interval_name(asking.level)}; {one.n} nights, {say.removed(asking.adjust)}"
    label = one.outcome_label
    if math.isnan(row["effect"]) and math.isnan(row["ratio"]):
        said = f"{label} {one.what}: p = {row['pvalue']:.2g} for all kinds together"
        return f"{lead}. {said[:1].upper()}{said[1:]} ({note.partition('; ')[2]})."
    shown = _Shown(claim.outcome, one.outcome_unit)
    span = say.interval_words(shown, row, one.step)
    if row["verdict"] == "cannot tell":
        body = f"{label} {one.what} may be anything from {span} ({note})"
    else:
        size = say.size_words(shown, row, one.step)
        name, _, rest = note.partition("; ")
        body = f"{label} was {size} {one.what} ({name} {span}; {rest})"
    body = f"{lead}: {body}."
    if reason:
        return f"{body} {reason[:1].upper()}{reason[1:]}."
    return f"{body} {_could(row, one, claim)}".rstrip()


def _could(row: dict[str, Any], one: Put, claim: Claim) -> str:
    """Say what these nights could have shown, and what it would take."""
    if "smallest" not in row or row["verdict"] != "cannot tell":
        return ""
    unit, scale = say.direction(_Shown(claim.outcome, one.outcome_unit))[2:4]
    less = claim.direction == "less"
    sizes = [one.on_scale(float(row[name]), less=less) for name in ("smallest", "looked_for")]
    sizes = [scale * one.in_unit(one.step * size, less=less) for size in sizes]
    least, wanted = sizes
    places = decimals(0.0, float(np.fmin(least, wanted)))
    would = f"They would have shown {least:.{places}f} {unit} or more"
    if row["could_show"]:
        return f"{would}."
    takes = row["nights_needed"]
    long = "more than ten years" if math.isnan(takes) else f"about {takes:.0f} recorded nights"
    return f"{would}; {wanted:.{places}f} {unit} takes {long}."


@dataclass(frozen=True)
class _Shown:
    """What a sentence needs to know of an outcome."""

    outcome: str
    outcome_unit: str
