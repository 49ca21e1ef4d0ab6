"""One factor, one outcome: the answers of ``associate`` and ``compare``, and how firm, in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from sleepstats.columns import column_of
from sleepstats.results import Estimate, FactorKind, OfFactor, frame_table
from sleepstats.results import sentences as say
from sleepstats.units import further, reading_step


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Association(OfFactor, Estimate):
    """How one factor went with one outcome; made by :func:`sleepstats.associate`.

    Attributes
    ----------
    kind : {"numeric", "yes/no", "categorical"}
        How the factor was read.
    n, n_dropped : int
        Nights used, and rows of the diary that lack either value (or a kind seen often enough).
    n_eff : float
        Effective sample size of ``r``: nights worth of independent information.
    r, r_low, r_high : float
        Correlation of the nights as recorded, controls removed, and its interval on ``n_eff``
        nights; NaN for a categorical factor. Where it and the effect disagree about zero, the
        effect decides ``status``: it is told from persistence and far nights better.
    effect, effect_low, effect_high : float
        Adjusted effect in ``effect_unit``: per unit of a numeric factor, yes against no; NaN for
        a categorical factor, see ``contrasts``.
    ratio, ratio_low, ratio_high : float
        For latency, analysed on the log scale: times as long per unit or with yes. Else NaN.
    pvalue, pvalue_family : float
        Two-sided, of the effect (of all kinds together for a categorical factor). One question
        is its own family, so both are equal here.
    status : {"found", "not found", "unreachable", "refused"}
        ``found`` if ``pvalue_family < 1 - level``.
    method : {"pearson", "spearman"}
        Of the displayed ``r``.
    family : str
        How p-values were adjusted: ``"none"`` for one question.
    data : DataFrame
        The nights used, index ``night``, two columns named by outcome and factor. A factor of an
        earlier row (see ``when``) already stands beside the outcome it met.
    contrasts : DataFrame or None
        For a categorical factor, each kind against the reference: ``level, reference, n, effect,
        effect_low, effect_high, pvalue, pvalue_holm, ratio, ratio_low, ratio_high``; only
        ``pvalue_holm`` allows for there being several kinds, intervals do not. For several
        evenings asked together, each beside the others: ``lag, evening, effect, effect_low,
        effect_high, ratio, ratio_low, ratio_high``; ``effect`` is NaN, ``pvalue`` is of them all,
        and the factor in ``data`` is of the nearest evening.
    """

    kind: FactorKind
    n: int
    n_dropped: int
    n_eff: float
    r: float
    r_low: float
    r_high: float
    pvalue_family: float
    method: str
    family: str
    contrasts: pd.DataFrame | None = field(default=None, repr=False)

    _picture: ClassVar[str] = "effects.plot_association"

    def _words(self) -> str:
        """Return the answer as one plain sentence."""
        if self.status == "refused":
            pair = f"{self.factor_label} and {self.outcome_label}"
            return f"Not answered: {pair}. {say.why(self)}"
        if self.kind == "categorical":
            return _say_kinds(self)
        if self.contrasts is not None:
            return _say_evenings(self)
        subject, step = self.subject()
        said = _say(self, subject, self.adverb(), step=step)
        return said if self.family != "none" else say.asked_alone(said, self)

    @property
    def step(self) -> float:
        """For how much of a number a person would speak of the effect; 1 of anything else."""
        if self.kind != "numeric":
            return 1.0
        return reading_step(self.data[self.factor].to_numpy(dtype=float), self.factor_unit)

    def subject(self) -> tuple[str, float]:
        """Return what a sentence of a number or a yes/no is about, and the step it speaks of."""
        if self.kind == "yes/no":
            values = self.data[self.factor].to_numpy(dtype=float)
            return _sides(self, int(values.sum()), self.n), 1.0
        step, label = self.step, say.named(self.factor_label)
        return f"each {further(step, self.factor_unit, label)} {say.place(self.when)[2]}", step

    def adverb(self) -> str:
        """Return what a sentence sets the outcome beside: ``for each further cup ...``."""
        preposition = say.place(self.when)[0] if self.kind == "yes/no" else "for"
        return f"{preposition} {self.subject()[0]}"

    def possible(self) -> str:
        """Return in words which sizes the interval leaves possible."""
        span = say.span_said(self, self.subject()[1])
        return f"{self.outcome_label} {self.adverb()} may differ by anything from {span}"

    def _tables(self) -> Iterator[str]:
        yield from super()._tables()
        if self.contrasts is not None:
            yield frame_table(self.contrasts)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Difference(OfFactor, Estimate):
    """Nights with a factor against nights without; made by :func:`sleepstats.compare`.

    Attributes
    ----------
    n_with, n_without, n_dropped : int
        Nights with the factor, nights without it, and rows of the diary that lack either value.
    mean_with, mean_without, median_with, median_without : float
        Of the outcome as recorded, in its own unit.
    raw_difference : float
        ``mean_with - mean_without``, nothing removed.
    effect, effect_low, effect_high : float
        Adjusted difference in ``effect_unit``, with minus without.
    data : DataFrame
        The nights used, index ``night``: the outcome, and the factor as bool.
    """

    n_with: int
    n_without: int
    n_dropped: int
    mean_with: float
    mean_without: float
    median_with: float
    median_without: float
    raw_difference: float

    _picture: ClassVar[str] = "effects.plot_difference"

    @property
    def n(self) -> int:
        """Nights used, with and without the factor together."""
        return self.n_with + self.n_without

    def _words(self) -> str:
        """Return the answer as one plain sentence."""
        if self.status == "refused":
            both = f"{self.outcome_label} with and without {self.factor_label}"
            return f"Not answered: {both}. {say.why(self)}"
        who = _sides(self, self.n_with, self.n)
        said = _say(self, who, f"{say.place(self.when)[0]} {who}", step=1.0)
        return say.asked_alone(said, self)


def _sides(result: Association | Difference, n_with: int, n: int) -> str:
    """Return what the sentence of a yes or no is about."""
    _, plural, beside = say.place(result.when)
    label, counted = say.named(result.factor_label), f"({n_with} of {n} nights)"
    if say.EARLIER in result.when:
        return f"{label} {beside} {counted}"
    return f"{plural} with {label} {counted}"


def _say(result: Association | Difference, subject: str, adverb: str, *, step: float) -> str:
    """Return the sentence of one slope or difference, by its status."""
    span = say.span_said(result, step)
    # with a yes or no the subject has told the nights already
    counted = "" if f" of {result.n} nights)" in subject else f"{result.n} nights, "
    note = f"{counted}{say.removed(result.adjust, result.outcome_label)}"
    interval = say.interval_name(result.level)
    if result.status == "found":
        subject = subject[:1].upper() + subject[1:]
        return f"{subject} went with {say.amount_said(result, step)} ({interval} {span}; {note})."
    guess = f"best guess {say.size_said(result, step)}"
    if result.status == "unreachable":
        return (
            f"These nights cannot tell whether {result.outcome_label} differed {adverb}: anything "
            f"from {span} would fit ({guess}; {interval}; {note}). {say.as_sentence(result.reason)}"
        )
    ends = (result.ratio_low - 1.0, result.ratio_high - 1.0)
    if math.isnan(result.ratio):
        ends = (result.effect_low, result.effect_high)
    if ends[0] * ends[1] > 0:  # clear if it were the only question
        return (
            f"No more than a hint among so many questions: {subject} went with "
            f"{say.amount_said(result, step)} ({interval} of this question alone {span}; {note})."
        )
    return (
        f"No clear difference in {result.outcome_label} {adverb}: anything from {span} would fit "
        f"these nights ({guess}; {interval}; {note})."
    )


def _say_kinds(one: Association) -> str:
    """Return the sentence of a categorical factor: all kinds together, then each."""
    note = f"{one.n} nights, {say.removed(one.adjust)}"
    kinds = f"kinds of {say.named(one.factor_label).removesuffix(' kind')}"
    kinds += f" {say.place(one.when)[2]}" if say.EARLIER in one.when else ""
    verdict = {
        "found": f"Different {kinds} went with different {one.outcome_label}",
        "not found": f"No clear difference in {one.outcome_label} between {kinds}",
        "unreachable": f"These nights cannot tell whether {one.outcome_label} differed between "
        f"{kinds}",
    }[one.status]
    tail = f" {say.as_sentence(one.reason)}" if one.reason else ""
    less, more, unit, scale, _ = say.direction(one)
    spans = []
    for row in [] if one.contrasts is None else one.contrasts.to_dict("records"):
        if math.isnan(row["effect_low"]):
            span = "not enough nights to say"
        elif math.isnan(row["ratio"]):
            low, high = scale * row["effect_low"], scale * row["effect_high"]
            span = say.span_words(low, high, unit, less, more)
        else:
            span = say.ratios_said(row["ratio_low"], row["ratio_high"])
        spans.append(f"{row['level']} {span}")
    alone = " of each on its own" if len(spans) > 1 else ""
    if one.contrasts is not None:
        alone += f", compared with {one.contrasts['reference'].iloc[0]}"
    told = f"; {say.interval_name(one.level)}s{alone}: {', '.join(spans)}" if spans else ""
    by_chance = f"chance alone makes kinds differ so much in {say.chance_said(one.pvalue)}"
    return f"{verdict} ({by_chance}{told}; {note}).{tail}"


def _say_evenings(one: Association) -> str:
    """Return the sentence of several evenings: all together, then each beside the others."""
    step, per = one.step, ""
    if one.kind == "numeric":
        per = f" for each {further(step, one.factor_unit, say.named(one.factor_label))}"
    habit = f"{say.named(one.factor_label)} {say.place(one.when)[2]}"
    verdict = {
        "found": f"{habit[:1].upper()}{habit[1:]}, taken together, went with {one.outcome_label}",
        "not found": f"No clear difference in {one.outcome_label} after {habit}, taken together",
        "unreachable": f"These nights cannot tell whether {one.outcome_label} differed after "
        f"{habit}, taken together",
    }[one.status]
    rows: list[Any] = [] if one.contrasts is None else one.contrasts.to_dict("records")
    note = f"{one.n} nights, {say.removed(one.adjust)}"
    spans = [
        f"{row['evening']} "
        + ("not enough nights to say" if math.isnan(row["effect_low"])
           else say.interval_words(one, row, step))
        for row in rows
    ]  # fmt: skip
    tail = f" {say.as_sentence(one.reason)}" if one.reason else ""
    return (
        f"{verdict} (p = {one.pvalue:.2g} for all together; {say.interval_name(one.level)}s{per}, "
        f"each beside the others: {', '.join(spans)}; {note}).{tail}"
    )


#: What still points the way it did with the others held equal, and whose best guess may be none.
NO_CLEARER = "still unsure"
#: More names than these are counted.
MOST_NAMED = 3
#: Outcome and factor -> the names beside which it goes away.
Away = Mapping[tuple[str, str], tuple[str, ...]]


def verdict_of(row: say.Row) -> str:
    """Return the status of a row, with what stands and what is *gone* beside others told apart."""
    stands = row.get("stands")
    if row["status"] != "found" or stands is None or stands != stands:
        return str(row["status"])
    return "stands" if bool(stands) else "gone"


def is_unsure(row: say.Row) -> bool:
    """Say whether the range of a finding's best guess holds no difference."""
    low, high = (float(row.get(f"best_guess_{end}", math.nan)) for end in ("low", "high"))
    return row["status"] == "found" and low <= 0.0 <= high


def turned(row: say.Row) -> bool:
    """Say whether a habit clearly points the other way with the others held equal."""
    names = ("effect", "beside_effect", "beside_pvalue")
    alone, beside, pvalue = (float(row.get(name, math.nan)) for name in names)
    return alone * beside < 0 and pvalue < 0.05


def differs_after(row: say.Row, about: Mapping[str, Any]) -> bool:
    """Say whether a habit clearly differs on the evening after too, and in the same direction."""
    pvalue = float(row.get("evening_after_pvalue_family", math.nan))
    # what differs the other way explains nothing; kinds have no direction
    way = row.get("effect", math.nan) * row.get("evening_after_effect", math.nan)
    return pvalue < 1.0 - float(about.get("level", 0.95)) and not way < 0.0


def away_of(rows: Iterable[say.Row]) -> Away:
    """Return beside which names each found habit of a table goes away."""
    return {(row["outcome"], row["factor"]): names_in(row.get("goes_with")) for row in rows}


def names_in(text: Any) -> tuple[str, ...]:
    """Return the names of a cell in which commas stand between them."""
    return tuple(str(text).split(", ")) if isinstance(text, str) and text else ()


def beside_words(row: say.Row, about: Mapping[str, Any], away: Away) -> str:
    """Say what is left of a found habit with the others held equal; empty for other rows."""
    verdict = verdict_of(row)
    if verdict not in ("stands", "gone"):
        return ""
    held = named_some(names_in(row.get("held_equal")), about)
    firm = f"{NO_CLEARER}, " * bool(held) if is_unsure(row) else "stands, "
    words = f"{firm}with {held} held equal" if held else f"{firm}nothing to hold equal"
    words = _gone(row, about, away) if verdict == "gone" else words
    if twice := named_some(about.get("noted_twice", {}).get(row["factor"], ()), about):
        words += f"; {twice} is the same habit noted again, not held equal"
    if differs_after(row, about):
        words += "; on the evening after it differs as well, so the order is in doubt"
    return words


def _gone(row: say.Row, about: Mapping[str, Any], away: Away) -> str:
    """Say beside what a habit goes away, or what it cannot be told from."""
    pair = (row["outcome"], row["factor"])
    others = away.get(pair, names_in(row.get("goes_with")))
    if turned(row):
        held = named_some(names_in(row.get("held_equal")), about)
        return f"goes with it, but the other way round with {held} held equal"
    if not others:
        return "too few nights to set it beside the others"
    if "entangled with" in str(row.get("reason", "")):
        return f"cannot be told apart from {named_some(others, about)}"
    return f"goes with it, but not once {named_some(others, about)} {held_said(pair, others, away)}"


def held_said(pair: tuple[str, str], others: tuple[str, ...], away: Away) -> str:
    """Return the verb after others that are held equal, and whether they go away beside this."""
    verb, that = ("is", "that") if len(others) == 1 else ("are", "those")
    mutual = all(pair[1] in away.get((pair[0], other), ()) for other in others)
    return f"{verb} held equal{f', nor {that} once this is' * mutual}"


def named_some(names: tuple[str, ...], about: Mapping[str, Any]) -> str:
    """Name up to three habits by their labels, and count the others; empty where there is none."""
    labels = about.get("labels", {})
    words = [say.named(str(labels.get(name) or column_of(None, name).label)) for name in names]
    if (more := len(words) - MOST_NAMED) > 1:
        words = [*words[:MOST_NAMED], f"{more} more"]
    return say.listed(words) if words else ""
