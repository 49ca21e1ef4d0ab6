"""A claim in a form that nights can answer, and put as the question that answers it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sleepstats import responses
from sleepstats.arrays import FLOOR_MIN, LATENCY, Floats
from sleepstats.asking.estimation import large_effects
from sleepstats.columns import column_of
from sleepstats.errors import DiaryError
from sleepstats.relations import associate
from sleepstats.relations.interactions import interaction
from sleepstats.responses import courses, hours_before_bed
from sleepstats.responses.results import REBOUND, TOLERANCE
from sleepstats.results import NAN
from sleepstats.results.sentences import Shown, direction, median_latency, named, typical_night
from sleepstats.units import further, reading_step, usual_ends

DIRECTIONS = ("more", "less", "differs", "same")
PARTS = ("", "dose", "timing", "kind", "over time", "after stopping")
#: Why no diary can test a claim: the short word, and what is answered.
NO_DIARY: Mapping[str, str] = {
    "mechanism": "A diary records nights; what happens at receptors or with messengers in the "
    "body does not show in it.",
    "safety": "A diary cannot show that something is safe: rare harm and slow harm do not appear "
    "in one person's nights. A doctor or pharmacist is the one to ask.",
    "legality": "This is a question of law, which differs by place and changes.",
    "other people": "One person's nights say nothing about what happens to most people: that "
    "takes many people.",
}
#: What a claim takes over from the result of its question.
NUMBERS = (
    "effect", "effect_low", "effect_high", "effect_unit", "ratio", "ratio_low", "ratio_high",
    "pvalue",
)  # fmt: skip
#: Without a size, a claim is held against this share of a large effect (see ``reach``).
SHARE_OF_LARGE = 0.5
#: Weeks over which a wearing off without a claimed size is looked at.
WEARING_OFF_WEEKS = 2.0
#: A size that makes so many times all that the outcome varied by, over a habit's usual range.
ABSURD = 2.0


@dataclass(frozen=True)
class Claim:
    """One claim, in a form that nights can answer.

    Attributes
    ----------
    words : str
        The claim in words.
    outcome, factor : str
        Columns: what is said to be different, and with what. For ``timing`` the factor is
        hours before bed, for ``dose`` an amount, for ``over time`` and ``after stopping`` a yes
        or no.
    direction : {"more", "less", "differs", "same"}
        What the outcome is said to do: with the factor, or with more of it; ``dose``: with more
        where there was any; ``timing``: closer to bed; ``over time``: with each further week of
        use in a row; ``after stopping``: on the first three nights after; a moderator: where there
        is more of it, against where there is less. ``same`` needs `within`.
    part : str
        ``"dose"``, ``"timing"``, ``"kind"``, ``"over time"``, ``"after stopping"``, or the name of
        a column that is said to change what the factor goes with. Empty for the factor itself.
    kind : str
        With ``part="kind"``: one kind against the others; without it all kinds together. Nights
        without any are left out.
    used : str
        With ``part="timing"``: the column that says on which nights there was any.
    size : float
        The size claimed, in the outcome's unit; NaN if none is. For a numeric factor it is per
        single unit of it: 30 min for 400 mg is ``30 / 400``. For latency minutes at the median
        night; of a yes or no, on a typical night.
    within : float
        With ``direction="same"``: a difference too small to matter, in the same unit.
    source : str
        Where it was read.
    no_diary : str
        Why no diary can test it: ``"mechanism"``, ``"safety"``, ``"legality"``,
        ``"other people"``, or a sentence of one's own. Empty if one can.

    Examples
    --------
    >>> claim = Claim("You fall asleep sooner after reading.", "sol_min", "reading", "less")
    >>> claim.direction
    'less'
    """

    words: str
    outcome: str = ""
    factor: str = ""
    direction: str = ""
    part: str = ""
    kind: str = ""
    used: str = ""
    size: float = NAN
    within: float = NAN
    source: str = ""
    no_diary: str = ""


@dataclass(frozen=True, eq=False)
class Put:
    """What a question gave for one claim, on the outcome's own scale."""

    #: Nights used.
    n: int
    #: As the question's own result has them.
    effect: float
    effect_low: float
    effect_high: float
    effect_unit: str
    ratio: float
    ratio_low: float
    ratio_high: float
    pvalue: float
    #: Why it could not be asked; empty when it was.
    refusal: str
    #: What the outcome went with, in words, for one `step`.
    what: str
    #: Units of the factor that the sentence speaks of.
    step: float
    #: Effect to find, on the scale of the analysis (logarithm for latency), not negative.
    wanted: float
    #: The latency a ratio is told of: the median, of a yes or no the typical night without; or NaN.
    median: float
    outcome_label: str
    outcome_unit: str
    #: Nights and factor of a plain question, for which the nights it takes are computed exactly.
    frame: pd.DataFrame | None = None
    factor: str = ""
    #: Sentences that belong beside the answer.
    notes: str = ""

    def scaled(self) -> tuple[float, float, float]:
        """Return estimate and interval on the scale of the analysis."""
        if math.isnan(self.median):
            return self.effect, self.effect_low, self.effect_high
        ends = (self.ratio, self.ratio_low, self.ratio_high)
        one, low, high = (math.log(end) if end > 0 else NAN for end in ends)
        return one, low, high

    def towards(self, direction: str) -> tuple[float, float, float]:
        """Return estimate and interval ends counted towards what is claimed, nearest end first."""
        estimate, low, high = self.scaled()
        if direction == "less" or (direction != "more" and estimate < 0):
            return -estimate, -high, -low
        return estimate, low, high

    def claimed(self, claim: Claim) -> float:
        """Return the size claimed on the scale of the analysis; NaN if none is."""
        return self.on_scale(claim.size, less=claim.direction == "less")

    def on_scale(self, size: float, *, less: bool) -> float:
        """Return a size in the outcome's unit on the scale of the analysis, not negative."""
        if math.isnan(self.median):
            return size
        share = size * self.step / self.median  # for what is told: it comes back as claimed
        fall = -math.log(max(1.0 - share, FLOOR_MIN / self.median)) if less else 0.0
        return (fall or math.log1p(share)) / self.step

    def in_unit(self, size: float, *, less: bool) -> float:
        """Return a size on the scale of the analysis in the outcome's unit: the way back."""
        sign = -self.step if less else self.step
        plain = math.isnan(self.median)
        return size if plain else self.median * math.expm1(sign * size) / sign


def put(nights: pd.DataFrame, claim: Claim, asked: Mapping[str, Any]) -> Put:
    """Put one claim to the nights."""
    about = {"outcome": claim.outcome, **asked}
    label = named(column_of(nights, claim.factor).label)
    if claim.part == "dose":
        return _dose(responses.dose_response(nights, dose=claim.factor, **about), claim, label)
    if claim.part == "timing":
        timing = hours_before_bed.timing_response(
            nights, hours=claim.factor, used=claim.used or None, **about
        )
        return _timing(timing, claim, label)
    if claim.part in ("over time", "after stopping"):
        return _course(courses.over_time(nights, factor=claim.factor, **about), claim, label)
    if claim.part == "kind":
        return _kind(nights, claim, about, label)
    if claim.part:
        return _moderated(nights, claim, about, label)
    return _plain(nights, claim, about, label)


def _plain(nights: pd.DataFrame, claim: Claim, about: Mapping[str, Any], label: str) -> Put:
    one = associate(nights, factor=claim.factor, **about)
    if one.kind == "categorical" and one.status != "refused":
        raise DiaryError(
            f"check_claims(): {claim.words!r} asks about {claim.factor!r}, which has kinds. Write "
            "part='kind' (and kind=, if it is about one of them), or make a yes or no of it."
        )
    got = _outcome_facts(one, claim, _refusal(one))
    if one.status == "refused":
        return replace(got, what=f"with {label}")
    x = one.data[claim.factor].to_numpy(dtype=float)
    yes_no = one.kind == "yes/no"
    step = 1.0 if yes_no else reading_step(x, one.factor_unit)
    large = large_effects(_scale(one.data, claim), x[:, None], yes_no=[yes_no])
    what = f"with {label}" if yes_no else f"for each {further(step, one.factor_unit, label)}"
    got = replace(
        got, what=what, step=step, wanted=SHARE_OF_LARGE * float(large[0, 0]), frame=nights,
        factor=claim.factor, median=got.median * one.ratio ** -typical_night(one)[1],
    )  # fmt: skip
    return _asked_back(got, one, claim, label)


def _kind(nights: pd.DataFrame, claim: Claim, about: Mapping[str, Any], label: str) -> Put:
    """Set kinds against each other, nights without any left out."""
    text = nights[claim.factor].astype("object")
    some = text.notna() & (text.astype(str).str.casefold() != "none")
    label = label.removesuffix(" kind")
    if not claim.kind:
        one = associate(nights.assign(**{claim.factor: text.where(some)}), factor=claim.factor,
                        **about)  # fmt: skip
        got = _outcome_facts(one, claim, _refusal(one))
        return replace(got, what=f"with different kinds of {label}")
    name = f"{claim.factor}={claim.kind}"
    mine = pd.Series(pd.NA, index=nights.index, dtype="boolean")
    mine[some] = text[some].astype(str).str.casefold() == claim.kind.casefold()
    got = _plain(nights.assign(**{name: mine}), replace(claim, factor=name, part=""), about, label)
    return replace(got, what=f"with {claim.kind} rather than other kinds of {label}")


def _moderated(nights: pd.DataFrame, claim: Claim, about: Mapping[str, Any], label: str) -> Put:
    result = interaction(nights, factor=claim.factor, moderator=claim.part, **about)
    one = result.difference
    got = _outcome_facts(one, claim, _refusal(result))
    what = f"with {label}, {result.high} rather than {result.low}"
    if result.status == "refused":
        return replace(got, what=what)
    step = one.step
    if one.kind != "yes/no":
        what = what.replace(f"with {label}", f"for each {further(step, one.factor_unit, label)}", 1)
    got = replace(got, what=what, step=step, wanted=_half_sd(one.data, claim) / step)
    return _asked_back(got, one, claim, label)


def _dose(result: Any, claim: Claim, label: str) -> Put:
    got = _outcome_facts(result, claim, _refusal(result))
    if result.status == "refused":
        return replace(got, what=f"by the dose of {label}")
    taken = result.data[claim.factor].to_numpy(dtype=float)
    taken = taken[taken > 0]
    step = reading_step(taken, result.factor_unit)
    each = further(step, result.factor_unit, label)
    got = replace(
        _with_term(got, result, "dose where used"), what=f"for each {each} where there was any",
        step=step, wanted=_half_sd(result.data, claim) / float(np.ptp(taken)),
    )  # fmt: skip
    return _asked_back(got, result, claim, label)


def _timing(result: Any, claim: Claim, label: str) -> Put:
    got = _outcome_facts(result, claim, _refusal(result))
    if result.status == "refused":
        return replace(got, what=f"by the time of {label}")
    early, late = np.nanpercentile(result.data[claim.factor].to_numpy(dtype=float), [95, 5])
    return replace(
        _with_term(got, result, "closer to bed"), wanted=_half_sd(result.data, claim),
        what=f"with {label} {late:.1f} rather than {early:.1f} h before bed",
    )  # fmt: skip


def _course(result: Any, claim: Claim, label: str) -> Put:
    got, wearing_off = _outcome_facts(result, claim, _refusal(result)), claim.part == "over time"
    after = f"on the first 3 nights after stopping {label}"
    what = f"with each further week of {label} in a row" if wearing_off else after
    if not len(result.terms):
        return replace(got, what=what)
    got = _with_term(got, result, TOLERANCE if wearing_off else REBOUND)
    weeks = WEARING_OFF_WEEKS if wearing_off else 1.0
    wanted = NAN if got.refusal else _half_sd(result.data, claim) / weeks
    return replace(got, what=what, wanted=wanted)


def _asked_back(got: Put, result: Any, claim: Claim, label: str) -> Put:
    """Ask what a size is meant for that would be absurd over the usual range of the habit."""
    if got.refusal or getattr(result, "kind", "") == "yes/no":
        return got
    x = result.data[claim.factor].to_numpy(dtype=float)
    x = x[x > 0] if claim.part == "dose" else x
    name, size = ("within", claim.within) if claim.direction == "same" else ("size", claim.size)
    low, high = usual_ends(x)
    low, high = (low, high) if high > low else (float(np.nanmin(x)), float(np.nanmax(x)))
    varied = float(np.ptp(_scale(result.data, claim)))
    over = abs(got.on_scale(size, less=claim.direction == "less")) * (high - low)
    if not over > ABSURD * varied:  # also where no size is claimed
        return got
    _, _, unit, scale, _ = direction(Shown(claim.outcome, got.outcome_unit))
    each, much = further(1.0, result.factor_unit, label), scale * abs(size)
    reason = (
        f"size asked back: {name}={size:g} means {much:g} {unit} for each {each}, "
        f"which is {much * (high - low):,.0f} {unit} between {low:g} and {high:g}, and "
        f"{got.outcome_label} never differed by so much. For how much of it is it meant? If for "
        f"{high:g}, write {name}={size:g}/{high:g}"
    )
    return replace(got, refusal=reason, pvalue=NAN)


def _outcome_facts(result: Any, claim: Claim, refusal: str) -> Put:
    """Return what every result has, before any words."""
    numbers: dict[str, Any] = {name: getattr(result, name, NAN) for name in NUMBERS}
    numbers["pvalue"] = NAN if refusal else result.pvalue
    latency = claim.outcome == LATENCY and not refusal
    return Put(
        **numbers,
        n=result.n,
        refusal=refusal,
        what="",
        step=1.0,
        wanted=NAN,
        median=median_latency(result.data[LATENCY]) if latency else NAN,
        outcome_label=result.outcome_label,
        outcome_unit=result.outcome_unit,
        notes=" ".join(getattr(result, "cautions", ())),
    )


def _refusal(result: Any) -> str:
    return str(result.reason) if result.status == "refused" else ""


def _with_term(got: Put, result: Any, name: str) -> Put:
    """Take the numbers of one term of a result."""
    rows: list[dict[str, Any]] = result.terms.to_dict("records")
    row = next(row for row in rows if row["term"] == name)
    if row["status"] == "refused":
        return replace(got, refusal=str(row["reason"]), pvalue=NAN, median=NAN)
    return replace(got, **{name: row[name] for name in NUMBERS})


def _scale(data: pd.DataFrame, claim: Claim) -> Floats:
    """Return the outcome as a column, on the scale of the analysis."""
    y = data[claim.outcome].to_numpy(dtype=float)
    return (np.log(np.maximum(y, FLOOR_MIN)) if claim.outcome == LATENCY else y)[:, None]


def _half_sd(data: pd.DataFrame, claim: Claim) -> float:
    return SHARE_OF_LARGE * float(_scale(data, claim).std(ddof=1))
