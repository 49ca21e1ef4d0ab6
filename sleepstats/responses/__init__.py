"""How much, how late, for how long: what the three share, and the response to a dose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sleepstats import inference
from sleepstats.arrays import Bools, Floats, Ints
from sleepstats.asking import LEAST_NIGHTS, LEAST_ON_A_SIDE, Asking, Diary, Question, several
from sleepstats.errors import DiaryError, worded
from sleepstats.inference import none_alone
from sleepstats.inference.guards import control_basis, without_controls
from sleepstats.responses.results import TERMS, Response
from sleepstats.results import NAN
from sleepstats.units import CLOCK_UNIT, one_unit

#: Points of a drawn curve where there are more values than this.
POINTS = 13


def terms_of(
    posed: several.Posed,
    columns: Floats,
    names: Sequence[str],
    slopes: Sequence[inference.Slope],
    units: Sequence[str],
    levels: Sequence[float | None],
) -> pd.DataFrame:
    """Return the terms of a model, each from its level, judged with Holm's adjustment over them."""
    holm = none_alone.adjust_pvalues([slope.pvalue for slope in slopes], family="holm").tolist()
    rows = []
    for place, (slope, pvalue) in enumerate(zip(slopes, holm, strict=True)):
        column = columns[:, place]
        yes_no = set(np.unique(column)) <= {0.0, 1.0}
        exact = several.precision_of(posed, column, slope, yes_no=yes_no)
        status, reason = several.verdict(posed, pvalue, [exact])
        if slope.reason:
            status, reason = "refused", posed.why(slope.reason)
        rows.append(
            {
                "term": names[place],
                **several.own_unit(slope, levels[place]),
                "effect_unit": units[place],
                "pvalue": slope.pvalue,
                "pvalue_holm": pvalue,
                "status": status,
                "reason": reason,
            }
        )
    return pd.DataFrame(rows, columns=list(TERMS))


def answered(
    posed: several.Posed,
    joint: inference.JointTest,
    pvalue: float,
    terms: pd.DataFrame,
    curve: pd.DataFrame,
    facts: dict[str, Any],
) -> Response:
    """Return a response with its joint verdict."""
    reachable = terms["status"].isin(["found", "not found"]).any()
    status, reason = "not found", ""
    if pvalue < 1.0 - posed.asking.level:
        status = "found"
    elif not reachable:
        status, reason = "unreachable", str(terms["reason"].iloc[0])
    test: dict[str, Any] = {name: getattr(joint, name) for name in ("fvalue", "df1", "df2")}
    test |= {"pvalue_joint": joint.pvalue, "pvalue": pvalue, "status": status, "reason": reason}
    shared = several.shared_fields(posed.diary, posed.question, posed.asking)
    return Response(**shared, **facts, **test, curve=curve, terms=terms)


def refused_response(
    diary: Diary, question: Question, asking: Asking, reason: str, facts: dict[str, Any]
) -> Response:
    """Return a response that could not be asked for, with the reason."""
    test: dict[str, Any] = {"fvalue": NAN, "df1": 0, "df2": 0, "pvalue_joint": NAN, "pvalue": NAN}
    return Response(
        **several.shared_fields(diary, question, asking),
        **facts,
        **test,
        status="refused",
        reason=reason,
        curve=pd.DataFrame(columns=["x", "estimate", "low", "high"], dtype=float),
        terms=pd.DataFrame(columns=list(TERMS)),
    )


#: Different doses that a dose response needs among the nights with any.
LEAST_DOSES = 3
#: Nights with any that a dose response needs.
LEAST_DOSED = 8


@worded
def dose_response(
    nights: pd.DataFrame,
    outcome: str,
    dose: str,
    *,
    adjust: Sequence[str] = ("weekday", "trend"),
    level: float = 0.95,
    when: Mapping[str, str] | None = None,
) -> Response:
    """Ask whether more went with more: used at all, and how much where it was used.

    Parameters
    ----------
    nights : DataFrame
        One row per night of one person, as :func:`~sleepstats.check_nights` describes it.
    outcome : str
        Column to explain: a number or a clock time.
    dose : str
        Amount per night, 0 where there was none; missing where it was not recorded.
    adjust : sequence of str
        ``"weekday"``, ``"trend"``, and columns of nights to hold equal. ``()`` for nothing.
    level : float
        Confidence level, 0.5 to 1.
    when : mapping of str to {"day", "night", "morning"}, optional
        When a column happens, where the reading record and the dictionary do not say.

    Returns
    -------
    Response
        Frozen; its documentation lists every field. ``terms`` has two rows, *used at all* (at the
        mean dose) and *dose where used* (per unit); ``pvalue`` tests both together; ``curve`` is
        the difference from nights without, at each dose taken. ``status`` is ``refused`` with
        fewer than 14 nights, 8 nights with a dose, or 3 different doses, or when fewer than 3
        nights had another than the commonest dose.

    Raises
    ------
    DiaryError
        As :func:`~sleepstats.associate`, and when the dose is negative, no number or a clock time.

    Notes
    -----
    ``y = controls + a used + b used (dose - mean dose of the nights used) + errors``, the errors
    persistent as everywhere. Where the dose was 0 on fewer than 3 nights, those nights are left
    out, there is no *used at all*, and the curve counts from the lowest dose. The curve is straight
    between doses; the interval at each dose is that of ``a + b (dose - mean)``. Holm's adjustment
    covers the two terms.

    A dose that one evening asked for (more on worse days) answers to the evening, not the night.

    References
    ----------
    Holm 1979, https://www.jstor.org/stable/4615733.

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, truth = ss.simulate_nights(180, seed=7)
    >>> got = ss.dose_response(nights, outcome="tst_min", dose="alcohol_drinks")
    >>> got.terms["term"].tolist(), got.effect_unit
    (['used at all', 'dose where used'], 'min')
    """
    diary, question, asking = several.ask_one(
        nights, outcome=outcome, factor=dose, adjust=adjust, level=level, when=when
    )
    _check_dose(nights, question)
    without = question.used & (question.x == 0)
    if question.refusal == "" and int(without.sum()) < LEAST_ON_A_SIDE:
        question = replace(question, used=question.used & (question.x > 0))
    some = question.used & (question.x > 0)
    taken = question.x[some]
    facts: dict[str, Any] = {
        "asked": "dose",
        "used": "",
        "n_with": len(taken),
        "n_values": len(np.unique(taken)),
        "middle": float(taken.mean()) if len(taken) else NAN,
        "reference": "nights without" if (without & question.used).any() else "the lowest dose",
    }
    refusal = question.refusal or _dose_refusal(question, taken)
    if refusal:
        return refused_response(diary, question, asking, refusal, facts)
    posed = several.pose(diary, question, asking)
    used = (posed.x > 0).astype(np.float64)
    amount = used * (posed.x - facts["middle"])
    both = used.all()
    columns = amount[:, None] if both else np.column_stack([used, amount])
    joint = posed.joint(columns)
    slopes = [] if joint.reason else posed.slopes(columns)
    codes = [joint.reason, *(slope.reason for slope in slopes)]
    if any(codes):
        reason = posed.why(next(code for code in codes if code))
        if 0 < (none := int((used == 0).sum())) < LEAST_NIGHTS:  # enough are left for the dose
            reason = f"too few nights: {question.factor.name} was 0 on only {none} of {len(used)}, "
            reason += "too few to set any against none; associate() asks for more or less of it"
        return refused_response(diary, question, asking, reason, facts)
    doses = np.unique(taken)
    if len(doses) > POINTS:
        doses = np.linspace(doses[0], doses[-1], POINTS)
    at, zero = (doses[1:], doses[0]) if both else (doses, 0.0)  # where the curve begins
    rises = at - (zero if both else facts["middle"])
    weights = rises[:, None] if both else np.column_stack([np.ones(len(at)), rises])
    level_there = posed.level_at(columns, zero - facts["middle"] if both else 0.0)
    start = pd.DataFrame({"x": [zero], "estimate": 0.0, "low": 0.0, "high": 0.0})
    curve = pd.concat([start, several.curve_of(posed, at, columns, weights, level_there)])
    own = slice(-len(slopes), None)
    names = ["used at all", "dose where used"][own]
    unit = several.shared_fields(diary, question, asking)["effect_unit"]
    per = f"{unit} per {one_unit(question.factor.unit, question.factor.label)}"
    levels = [level_there, posed.median][own]
    terms = terms_of(posed, columns, names, slopes, [unit, per][own], levels)
    return answered(posed, joint, joint.pvalue, terms, curve.reset_index(drop=True), facts)


def _check_dose(nights: pd.DataFrame, question: Question) -> None:
    """Raise when a column is no amount."""
    name, outcome = question.factor.name, question.outcome.name
    if nights[name].dtype.kind == "M":
        raise DiaryError(
            f"dose_response(): column {name!r} is a clock time, expected an amount, 0 for none. "
            "For the hours before bed use timing_response()."
        )
    if question.kind not in ("numeric", "empty", "yes/no"):
        raise DiaryError(
            f"dose_response(): column {name!r} is {question.kind}, expected an amount, 0 for none. "
            f"For kinds use associate(nights, outcome={outcome!r}, factor={name!r})."
        )
    low = question.x[~np.isnan(question.x)].min(initial=0.0)
    if low < 0:
        raise DiaryError(
            f"dose_response(): column {name!r} holds {low:g}, expected amounts of 0 or more. "
            "Correct the entry, or set it to missing."
        )


def _dose_refusal(question: Question, taken: Floats) -> str:
    """Say why these doses cannot show a response; empty when they can."""
    name, n = question.factor.name, int(question.used.sum())
    if n < LEAST_NIGHTS:
        return f"too few nights: needs at least {LEAST_NIGHTS} nights, {n} have a dose of {name}"
    if len(taken) < LEAST_DOSED:
        return (
            f"too few nights: {name} was above 0 on {len(taken)} of {n} nights "
            f"({LEAST_DOSED} needed for a dose response)"
        )
    values, counts = np.unique(taken, return_counts=True)
    if len(values) < LEAST_DOSES:
        said = " and ".join(f"{value:g}" for value in values)
        return (
            f"too few doses: {name} was {said} on all {len(taken)} nights with any "
            f"({LEAST_DOSES} different doses needed); compare nights with and without it instead"
        )
    others = len(taken) - int(counts.max())
    if others < LEAST_ON_A_SIDE:
        return (
            f"too few doses: {name} was {values[counts.argmax()]:g} on {counts.max()} of "
            f"{len(taken)} nights with any ({LEAST_ON_A_SIDE} others needed)"
        )
    return ""


#: Outcomes of which more is worse; of all others less is.
MORE_IS_WORSE = frozenset(
    ("sol_min", "waso_min", "nawk", "twak_min", "awake_min", "stress", "snore_min",
     "movements_per_h", "coughs_per_h", "resting_heart_rate_bpm", "lowest_heart_rate_bpm")
)  # fmt: skip
#: Nights of a week, and how many of them must be recorded to speak of it.
WEEK, LEAST_OF_A_WEEK = 7, 4
#: A week this many standard deviations (of weeks) worse than usual is a bad week.
BAD_WEEK_SD = 1.0
#: Evenings needed on each side to speak of reactive use.
LEAST_EVENINGS = 8


def bad_week_before(posed: several.Posed, on: Bools) -> list[str]:
    """Say when use began after a week that was worse than usual."""
    name = posed.question.outcome.name
    if posed.question.outcome.unit == CLOCK_UNIT:
        return []
    worse = 1.0 if name in MORE_IS_WORSE else -1.0
    value = posed.question.recorded[posed.calendar.used]
    number = posed.calendar.number
    # the comparison: all weeks of seven calendar nights with four or more records
    weeks = np.array([_week_before(value, number, int(night)) for night in number])
    known = np.isfinite(weeks)
    starts = 1 + np.flatnonzero(on[1:] & ~on[:-1])
    starts = starts[np.isfinite(weeks[starts])]
    if known.sum() < 2 * WEEK or not len(starts):
        return []
    usual, spread = float(weeks[known].mean()), float(weeks[known].std(ddof=1))
    before = float(weeks[starts].mean())
    away = worse * (before - usual) / spread if spread > 0 else 0.0
    if away <= BAD_WEEK_SD:
        return []
    unit = f" {posed.question.outcome.unit}".rstrip()
    which = "began" if len(starts) == 1 else f"began {len(starts)} times, on average"
    return [
        f"Use {which} after a bad week: {before:.3g}{unit} of {posed.question.outcome.label} a "
        f"night over the {WEEK} nights before, usually {usual:.3g}{unit} (worse by {away:.1f} "
        "times the usual spread between weeks). Nights after such a week come nearer to the usual "
        "by themselves, so sleep may have recovered without it."
    ]


def reactive_use(posed: several.Posed, on: Bools) -> list[str]:
    """Say when use began clearly more often after a bad night: Fisher's exact test at 5 %."""
    from scipy.stats import fisher_exact

    if posed.question.outcome.unit == CLOCK_UNIT:
        return []
    worse = 1.0 if posed.question.outcome.name in MORE_IS_WORSE else -1.0
    recorded = posed.question.recorded[posed.calendar.used]
    # the calendar first: a habit of Fridays does not answer to what Thursdays are like
    basis = control_basis(posed.calendar.controls)
    value = worse * without_controls(recorded[:, None], basis)[:, 0]
    number = posed.calendar.number
    # only evenings after a recorded night without use: use itself cannot have made that night bad
    rows = 1 + np.flatnonzero((np.diff(number) == 1) & ~on[:-1])
    if not len(rows):
        return []
    bad = value[rows - 1] > np.quantile(value[rows - 1], 2.0 / 3.0)
    if min(bad.sum(), (~bad).sum()) < LEAST_EVENINGS:
        return []
    begun = on[rows]
    table = [
        [int((begun & bad).sum()), int((~begun & bad).sum())],
        [int((begun & ~bad).sum()), int((~begun & ~bad).sum())],
    ]
    if fisher_exact(np.array(table), alternative="greater").pvalue >= 0.05:
        return []
    shares = [100.0 * yes / (yes + no) for yes, no in table]
    label = posed.question.factor.label
    return [
        f"{label[:1].upper()}{label[1:]} followed bad nights: it was taken up on {table[0][0]} of "
        f"{sum(table[0])} evenings after a night of the worst third, weekdays and slow change "
        f"evened out ({shares[0]:.0f} %), and on {table[1][0]} of {sum(table[1])} after other "
        f"nights ({shares[1]:.0f} %). What it went with may be what it answered to."
    ]


def _week_before(value: Floats, number: Ints, night: int) -> float:
    """Return the mean of the seven calendar nights before a night; NaN with fewer than four."""
    within = value[(number >= night - WEEK) & (number < night)]
    return float(within.mean()) if len(within) >= LEAST_OF_A_WEEK else np.nan
