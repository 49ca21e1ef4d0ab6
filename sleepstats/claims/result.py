"""What became of a list of claims: a table, and each claim in words. "Went with", never more."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools
from sleepstats.asking import Asking
from sleepstats.columns import column_of
from sleepstats.relations.entangling import tied_to
from sleepstats.results import NAN, Result, html_table
from sleepstats.results import sentences as say
from sleepstats.units import LEFT, decimals

if TYPE_CHECKING:
    from sleepstats.claims.questions import Claim, Put

#: Columns of :attr:`ClaimsCheck.table`.
COLUMNS = (
    "words", "source", "outcome", "factor", "part", "direction", "size", "testable", "verdict", "n",
    "effect", "effect_low", "effect_high", "effect_unit", "ratio", "ratio_low", "ratio_high",
    "pvalue", "pvalue_family", "smallest", "looked_for", "could_show", "nights_needed", "reason",
    "answer",
)  # fmt: skip
SMALLER = "goes with, but smaller"
CLEAR = ("goes with", SMALLER, "against")
VERDICTS = (*CLEAR, "cannot tell", "not kept", "no diary")
#: Beside these, for counting: what goes against the size of a claim only.
_ITS_SIZE = "against its size"
#: A difference is as large as claimed if it is surely above this share of the size claimed.
AS_LARGE = 0.5
_LEADS = {
    "goes with": "These nights go with the claim",
    SMALLER: "These nights go with the claim, but for less than is claimed",
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

        * ``'words'``, ``'source'``, ``'outcome'``, ``'factor'``, ``'part'``, ``'direction'``,
          ``'size'``: the claim; size is NaN where none is claimed
        * ``'testable'``: whether any diary can test it
        * ``'verdict'``: ``goes with`` (and is as large as claimed, where a size is),
          ``goes with, but smaller``, ``against``, ``cannot tell``, ``not kept`` (a column is
          missing), ``no diary``
        * ``'n'``: nights used, 0 where nothing was asked
        * ``'effect'``, ``'effect_low'``, ``'effect_high'``, ``'effect_unit'``: in the outcome's
          unit, per unit of a numeric factor; NaN for all kinds together
        * ``'ratio'``, ``'ratio_low'``, ``'ratio_high'``: for latency; else NaN
        * ``'pvalue'``, ``'pvalue_family'``: of a difference; adjusted over the claims asked
        * ``'smallest'``: the smallest effect that would be found in `power` of such diaries, not
          negative, in ``effect_unit`` (latency: minutes at the median night; less of them where
          the claim is)
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

    def _words(self) -> str:
        """Return the tally, then each claim with its answer."""
        lines = [self._tally()]
        for row in self.table.to_dict("records"):
            lines.append(f"“{row['words']}” {row['answer']}")
        return "\n".join(lines)

    def _brief(self) -> str:
        return self._tally()

    def _repr_html_(self) -> str:
        rows = [
            (row["words"], row["verdict"], row["answer"]) for row in self.table.to_dict("records")
        ]
        table = html_table(rows, ("claim", "verdict", "what these nights say"))
        for tag in ("<td>", "<th>"):
            table = table.replace(tag, f"{tag[:-1]}{LEFT}>")
        return f"<p>{html.escape(self._tally())}</p>{table}"

    def _tally(self) -> str:
        rows = self.table
        # what is not found goes against the size that is claimed, and not against less of it
        only = (rows["verdict"] == "against") & rows["size"].notna()
        only &= ~(rows["pvalue_family"] < 1.0 - self.level)
        counts = rows["verdict"].mask(only, _ITS_SIZE).value_counts()
        words = {
            "goes with": "these nights go with {}",
            SMALLER: "go with {} for less than is claimed",
            "against": "go against {}",
            _ITS_SIZE: "go against its size" if self.n_claims == 1 else "go against the size of {}",
            "cannot tell": "cannot tell about {}",
            "not kept": "{} could be tested with another column",
            "no diary": "no diary can test {}",
        }
        one = self.n_claims == 1
        told = [
            words[name].format("it" if one else counts[name]) for name in words if name in counts
        ]
        if told[0].split()[0] in ("go", "cannot"):
            told[0] = f"these nights {told[0]}"
        claims = "One claim" if one else f"Of {self.n_claims} claims"
        return f"{claims}: {', '.join(told)}."


def verdict_of(row: dict[str, Any], one: Put, strict: Put, claim: Claim, level: float) -> str:
    """Return what the nights say to a claim; `strict` has the interval for all claims together."""
    if row["reason"]:
        return "cannot tell"
    found = bool(row["pvalue_family"] < 1.0 - level)
    if claim.direction == "same":
        # shown only where the interval of all claims together lies within what counts as none
        _, low, high = strict.scaled()
        if max(abs(low), abs(high)) <= one.on_scale(claim.within, less=False):
            return "goes with"
        _, low, high = one.scaled()
        beyond = max(low, -high) > one.on_scale(claim.within, less=high < 0)
        return "against" if found and beyond else "cannot tell"
    estimate, near, far = one.towards(claim.direction)
    claimed = one.claimed(claim)
    if not found:  # NaN where no size is claimed: nothing is shorter than that
        return "against" if far < claimed else "cannot tell"
    if estimate < 0:
        return "against"
    if far < claimed:
        return SMALLER
    return "cannot tell" if near <= AS_LARGE * claimed else "goes with"


def answer_words(
    row: dict[str, Any], one: Put | None, claim: Claim, asking: Asking, power: float
) -> str:
    """Return the answer to one claim in words."""
    said = _said(row, one, claim, asking, power)
    return f"{said} {one.notes}".rstrip() if one is not None else said


def _said(row: dict[str, Any], one: Put | None, claim: Claim, asking: Asking, power: float) -> str:
    """Return the answer without what belongs beside it."""
    verdict, reason = row["verdict"], str(row["reason"])
    lead = _LEADS[verdict]
    if verdict == "no diary":
        return f"{lead}. {reason}"
    if one is None:
        return f"{lead}: {reason}{'' if reason.endswith(('.', '?')) else '.'}"
    if one.refusal.startswith("size asked back: "):
        return f"Not judged: {reason.partition(': ')[2]}."
    if one.refusal:
        reason = say.in_labels(reason, [claim.outcome, claim.factor])
        return f"{lead} ({reason.rstrip('.')})."
    name, rest = say.interval_name(asking.level), f"{one.n} nights, {say.removed(asking.adjust)}"
    label = one.outcome_label
    if math.isnan(row["effect"]) and math.isnan(row["ratio"]):
        often = f"chance alone makes kinds differ so much in {say.chance_said(row['pvalue'])}"
        said = f"{label} {one.what}: {often}"
        return f"{lead}. {said[:1].upper()}{said[1:]} ({rest})."
    shown = say.Shown(claim.outcome, one.outcome_unit)
    span = say.interval_words(shown, row, one.step)
    found = bool(row["pvalue_family"] < 1.0 - asking.level)
    size = say.size_words(shown, row, one.step)
    if not math.isnan(one.median):
        minutes = one.median * (row["ratio"] ** one.step - 1.0)
        more = "more" if minutes > 0 else "less"
        size += f", about {abs(minutes):.0f} min {more} on a typical night,"
    was = f"{label} was {size} {one.what} ({name} {span}; {rest})"
    near = one.scaled()[1:]
    hint = bool(not found and near[0] * near[1] > 0)  # clear if it were the only claim
    name += " of this claim alone" * hint
    may = f"{label} {one.what} may be anything from {span} ({name}; {rest})"
    if reason:
        several = " and " in reason
        either = "any of them, or with none" if several else "either of them, or with neither"
        goes = f"{was}, and that may go with {either}" if found else may
        return f"{say.as_sentence(reason.partition(': ')[2])[:-1]}: {goes}."
    if verdict == "cannot tell" and (not found or math.isnan(claim.size)):
        lead += " (no more than a hint among so many claims)" if hint else ""
        if claim.direction == "same":
            lead = lead.replace("nights", "nights show a difference and") if found else lead
            lead += f" whether it is within {_amount(one, claim, claim.within)}"
        could = "" if found and claim.direction == "same" else _could(row, one, claim, power)
        return f"{lead}: {was if found else may}. {could}".rstrip()
    if claim.direction == "same":
        none = f"of no difference (none means within {_amount(one, claim, claim.within)})"
        return f"{lead} {none}: {was if found else may}."
    if math.isnan(claim.size):
        return f"{lead}: {was}."
    asked = _amount(one, claim, claim.size)
    if verdict == "cannot tell":
        return (
            f"These nights go with the direction of the claim and cannot tell its size: {was}. "
            f"That leaves room for the {asked} that are claimed, and for less than half of it."
        )
    if verdict == "against" and not found:
        return f"These nights go against the size claimed, {asked}, not against less of it: {may}."
    _, *ends, sought = map(float, (*one.towards(claim.direction), one.claimed(claim)))
    just = "just " * (min(abs(end - sought) for end in ends) < 0.03 * sought)  # rounded alike
    asked += f", which is {just}outside that interval" * (verdict == SMALLER or ends[0] > sought)
    lead += ", and for more" * (ends[0] > sought)
    if verdict not in (SMALLER, "against") and ends[0] <= sought:
        lead = "These nights go with the claim and its size"
    return f"{lead}: {was}. Claimed: {asked}."


def _amount(one: Put, claim: Claim, size: float, *, way: bool = True) -> str:
    """Return a size that is claimed or looked for in words, with its direction or without."""
    less, more, unit, scale, _ = say.direction(say.Shown(claim.outcome, one.outcome_unit))
    falls = claim.direction == "less"
    value = scale * one.step * one.in_unit(one.on_scale(size, less=falls), less=falls)
    words = {"less": f" {less}", "more": f" {more}"}.get(claim.direction, "") if way else ""
    words += "" if math.isnan(one.median) else " on a typical night"
    return f"{value:.{decimals(0.0, value)}f} {unit}{words}".replace(".0 ", " ")


def _could(row: dict[str, Any], one: Put, claim: Claim, power: float) -> str:
    """Say what diaries like this one find, and how often; and what it would take."""
    if "smallest" not in row:
        return ""
    often = f"in {100 * power:.0f} of 100 such diaries (imagined ones like this)"
    if not row["could_show"]:
        takes = row["nights_needed"]
        long = "more than ten years" if math.isnan(takes) else f"about {takes:.0f} recorded nights"
        wanted = _amount(one, claim, float(row["looked_for"]), way=False)
        return f"To notice a difference of {wanted}, if there is one, {often} takes {long}."
    least = _amount(one, claim, float(row["smallest"]))
    far = one.towards(claim.direction)[2]
    if claim.direction in ("differs", "same"):
        far = max(abs(end) for end in one.scaled()[1:])
    if far < one.on_scale(float(row["smallest"]), less=claim.direction == "less"):
        return (
            f"As much as {least} would have been noticed {often} and no longer fits; a smaller "
            "difference may."
        )
    return (
        f"As much as {least} is still possible: it would be noticed {often}, and missed in the "
        f"other {100 - 100 * power:.0f}."
    )


class Apart:
    """Which columns a diary cannot tell apart; looked up once for all claims."""

    def __init__(self, nights: pd.DataFrame, adjust: Sequence[str]) -> None:
        self.nights = nights
        self.adjust = adjust
        self.groups = tied_to(nights, adjust)

    def reason(self, claim: Claim) -> str:
        """Say which others a claim's factor cannot be told from."""
        name, among_users = claim.factor, claim.part in ("dose", "timing", "kind")
        groups = self.groups
        if among_users:
            values = self.nights[name]
            some = values.notna() if claim.part == "timing" else _any(values)
            groups = tied_to(self.nights[np.asarray(some)], self.adjust)
        others: set[str] = set()
        for rest in groups.get(name, []):
            if rest & {claim.outcome, claim.part}:
                continue
            if among_users or not any(self._one_thing(name, other) for other in rest):
                others |= rest
        if not others:
            return ""
        label = column_of(self.nights, name).label
        names = " and ".join(column_of(self.nights, other).label for other in sorted(others))
        return f"entangled: these nights cannot tell {label} from {names}"

    def _one_thing(self, one: str, other: str) -> bool:
        """Whether two columns are parts of one record: tea, tea_cups, tea_h_before_bed."""
        if one.split("_")[0] != other.split("_")[0]:
            return False
        if one.endswith("_h_before_bed") or other.endswith("_h_before_bed"):
            return True
        known = (self.nights[one].notna() & self.nights[other].notna()).to_numpy()
        mine, theirs = _any(self.nights[one]), _any(self.nights[other])
        return bool((mine == theirs)[known].all())


def _any(values: pd.Series[Any]) -> Bools:
    """Return on which nights there was any of it."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        return np.asarray(values.to_numpy(dtype=float, na_value=0.0) > 0)
    return np.asarray(values.notna() & (values.astype(str).str.casefold() != "none"))
