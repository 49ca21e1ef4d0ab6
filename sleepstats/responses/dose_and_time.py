"""How much and when: the response to a dose, and to the hours between a habit and bed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sleepstats.asking.estimation import Asking
from sleepstats.asking.questions import Diary, Question
from sleepstats.asking.refusals import LEAST_NIGHTS, LEAST_ON_A_SIDE
from sleepstats.asking.several_columns import (
    Posed,
    ask_one,
    curve_of,
    only,
    own_unit,
    pose,
    precision_of,
    shared_fields,
    verdict,
)
from sleepstats.errors import DiaryError
from sleepstats.factors import read_values
from sleepstats.inference.answers import JointTest, Slope
from sleepstats.inference.families import adjust_pvalues
from sleepstats.responses.results import TERMS, Response
from sleepstats.responses.splines import knots_of, natural_spline
from sleepstats.results.relation import NAN
from sleepstats.units import one_unit

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Different doses that a dose response needs among the nights with any.
LEAST_DOSES = 3
#: Nights with any that a dose response needs.
LEAST_DOSED = 8
#: Different times, and nights with a time, that a timing response needs.
LEAST_TIMES, LEAST_TIMED = 5, 20
#: Hours after which the decay term has fallen to 1/e.
DECAY_H = 4.0
#: Points of a drawn curve where there are more values than this.
_POINTS = 13


def dose_response(
    nights: pd.DataFrame,
    *,
    outcome: str,
    dose: str,
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
    adjust : sequence of {"weekday", "trend"}
        What is taken out first. ``()`` for nothing.
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
        As :func:`~sleepstats.associate`, and when the dose is negative or no number.

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
    diary, question, asking = ask_one(
        nights, outcome=outcome, factor=dose, adjust=adjust, level=level, when=when
    )
    _check_dose(question)
    without = question.used & (question.x == 0)
    if question.refusal == "" and int(without.sum()) < LEAST_ON_A_SIDE:
        question = only(question, question.x > 0)
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
        return _refused(diary, question, asking, refusal, facts)
    posed = pose(diary, question, asking)
    used = (posed.x > 0).astype(np.float64)
    amount = used * (posed.x - facts["middle"])
    both = used.all()
    columns = amount[:, None] if both else np.column_stack([used, amount])
    joint = posed.joint(columns)
    slopes = [] if joint.reason else posed.slopes(columns)
    codes = [joint.reason, *(slope.reason for slope in slopes)]
    if any(codes):
        reason = posed.why(next(code for code in codes if code))
        return _refused(diary, question, asking, reason, facts)
    doses = np.unique(taken)
    if len(doses) > _POINTS:
        doses = np.linspace(doses[0], doses[-1], _POINTS)
    if both:
        at = doses[1:]
        weights = (at - doses[0])[:, None]
        zero = doses[0]
    else:
        at, zero = doses, 0.0
        weights = np.column_stack([np.ones(len(at)), at - facts["middle"]])
    curve = curve_of(at, posed.contrasts(columns, weights), posed.median)
    curve = pd.concat(
        [pd.DataFrame({"x": [zero], "estimate": 0.0, "low": 0.0, "high": 0.0}), curve]
    )
    names = ["used at all", "dose where used"][-len(slopes) :]
    unit = shared_fields(diary, question, asking)["effect_unit"]
    per = f"{unit} per {one_unit(question.factor.unit, question.factor.label)}"
    terms = terms_of(posed, columns, names, slopes, [unit, per][-len(slopes) :])
    return _answered(posed, joint, joint.pvalue, terms, curve.reset_index(drop=True), facts)


def timing_response(
    nights: pd.DataFrame,
    *,
    outcome: str,
    hours: str,
    used: str | None = None,
    adjust: Sequence[str] = ("weekday", "trend"),
    level: float = 0.95,
    when: Mapping[str, str] | None = None,
) -> Response:
    """Ask whether it mattered how long before bed.

    Parameters
    ----------
    nights : DataFrame
        One row per night of one person, as :func:`~sleepstats.check_nights` describes it.
    outcome : str
        Column to explain: a number or a clock time.
    hours : str
        Hours from the habit to bed, such as ``coffee_h_before_bed``; missing on nights without.
    used : str, optional
        Column that says whether there was any: yes or no, or an amount. Its nights without then
        are the reference; otherwise only nights with a time are used, and the curve counts from
        their median time.
    adjust : sequence of {"weekday", "trend"}
        What is taken out first. ``()`` for nothing.
    level : float
        Confidence level, 0.5 to 1.
    when : mapping of str to {"day", "night", "morning"}, optional
        When a column happens, where the reading record and the dictionary do not say.

    Returns
    -------
    Response
        Frozen; its documentation lists every field. The term *closer to bed* sets the latest usual
        time (5 % of the nights are later) against the earliest (5 % are earlier), and ``pvalue``
        is its; ``pvalue_joint`` tests whether the hours mattered in any smooth shape; ``curve`` is
        that shape. ``status`` is ``refused`` with fewer than 20 nights with a time or 5 different
        times.

    Raises
    ------
    DiaryError
        As :func:`~sleepstats.associate`, and when the hours are no number.

    Notes
    -----
    Decay: a column ``exp(-hours / 4)`` on nights with any, beside a column *any*; what is left of
    a thing at bedtime that clears with a time constant of 4 h. Shape: a natural cubic spline with
    knots at 5, 35, 65 and 95 % of the hours, beside *any*; an F test of its columns. *Any* stays
    in both, so a habit that goes with short nights at whatever hour is not taken for timing.
    ``curve["monotone"]`` is the isotonic regression of the nights with controls removed: for
    drawing, since no valid p-value is known for it under persistence.

    References
    ----------
    Harrell 2015, Regression Modeling Strategies, doi:10.1007/978-3-319-19425-7.

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, truth = ss.simulate_nights(240, seed=7)
    >>> got = ss.timing_response(
    ...     nights, outcome="tst_min", hours="caffeine_last_h_before_bed", used="caffeine_cups"
    ... )
    >>> got.terms["term"].tolist(), got.reference
    (['closer to bed'], 'nights without')
    """
    diary, question, asking = ask_one(
        nights, outcome=outcome, factor=hours, adjust=adjust, level=level, when=when,
        also=[used] if used else [],
    )  # fmt: skip
    if question.kind not in ("numeric", "empty"):
        raise DiaryError(
            f"timing_response(): column {hours!r} is {question.kind}, expected hours before bed, a "
            "number. A clock column of a habit gives one through add_measures()."
        )
    none = _nights_without(nights, used, question, diary)
    times = question.x[question.used]
    facts: dict[str, Any] = {
        "asked": "timing",
        "used": used or "",
        "n_with": len(times),
        "n_values": len(np.unique(times)),
        "middle": float(np.median(times)) if len(times) else NAN,
        "reference": "nights without" if none.any() else "the median time",
    }
    refusal = question.refusal or _timing_refusal(question, times)
    if refusal:
        return _refused(diary, question, asking, refusal, facts)
    if none.any():
        question = replace(question, used=question.used | none)
    posed = pose(diary, question, asking)
    some = ~np.isnan(posed.x)
    hours_before = np.where(some, posed.x, facts["middle"])
    knots = knots_of(times)
    centre = natural_spline([facts["middle"]], knots)
    bent = np.where(some[:, None], natural_spline(hours_before, knots) - centre, 0.0)
    decay = np.where(some, np.exp(-hours_before / DECAY_H), 0.0)
    early, late = np.exp(-np.percentile(times, [95, 5]) / DECAY_H)
    beside = np.empty((posed.n, 0)) if some.all() else some.astype(np.float64)[:, None]
    joint = posed.joint(bent, beside=beside)
    step = np.array([[late - early]])
    (slope,) = posed.contrasts(decay[:, None], step, beside=beside)
    code = joint.reason or slope.reason
    if code:
        return _refused(diary, question, asking, posed.why(code), facts)
    first, last = np.percentile(times, [2.5, 97.5])
    at = np.linspace(first, last, _POINTS)
    shape = natural_spline(at, knots) - centre
    columns, weights = bent, shape
    if beside.size:
        columns = np.column_stack([beside, bent])
        weights = np.column_stack([np.ones(len(at)), shape])
    else:
        at, weights = at[shape.any(axis=1)], shape[shape.any(axis=1)]
    curve = curve_of(at, posed.contrasts(columns, weights), posed.median)
    curve["monotone"] = _isotonic(posed, hours_before, some, bent, at, rising=slope.estimate < 0)
    unit = shared_fields(diary, question, asking)["effect_unit"]
    share = some * decay / (late - early)
    terms = terms_of(posed, share[:, None], ["closer to bed"], [slope], [unit])
    return _answered(posed, joint, slope.pvalue, terms, curve, facts)


def terms_of(
    posed: Posed,
    columns: Floats,
    names: Sequence[str],
    slopes: Sequence[Slope],
    units: Sequence[str],
) -> pd.DataFrame:
    """Return the terms of a model as a table, each judged with Holm's adjustment over them."""
    holm = adjust_pvalues([slope.pvalue for slope in slopes], family="holm").tolist()
    rows = []
    for place, (slope, pvalue) in enumerate(zip(slopes, holm, strict=True)):
        column = columns[:, place]
        yes_no = set(np.unique(column)) <= {0.0, 1.0}
        exact = precision_of(posed, column, slope, yes_no=yes_no)
        status, reason = verdict(posed, pvalue, [exact])
        if slope.reason:
            status, reason = "refused", posed.why(slope.reason)
        rows.append(
            {
                "term": names[place],
                **own_unit(slope, posed.median),
                "effect_unit": units[place],
                "pvalue": slope.pvalue,
                "pvalue_holm": pvalue,
                "status": status,
                "reason": reason,
            }
        )
    return pd.DataFrame(rows, columns=list(TERMS))


def _check_dose(question: Question) -> None:
    """Raise when a column is no amount."""
    name, outcome = question.factor.name, question.outcome.name
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


def _timing_refusal(question: Question, times: Floats) -> str:
    """Say why these times cannot show a response; empty when they can."""
    name = question.factor.name
    if len(times) < LEAST_TIMED:
        return (
            f"too few nights: {name} is known on {len(times)} nights with {question.outcome.name} "
            f"({LEAST_TIMED} needed)"
        )
    different = len(np.unique(times))
    if different < LEAST_TIMES:
        return f"too few times: {name} has {different} different values ({LEAST_TIMES} needed)"
    return ""


def _nights_without(
    nights: pd.DataFrame, used: str | None, question: Question, diary: Diary
) -> Mask:
    """Return the rows on which there was none and the outcome is known."""
    if used is None:
        return np.zeros(len(nights), dtype=bool)
    reading = read_values(nights[used], diary.dates)
    if reading.kind not in ("yes/no", "numeric", "empty"):
        raise DiaryError(
            f"timing_response(): column {used!r} is {reading.kind}, expected yes or no, or an "
            "amount that is 0 on nights without."
        )
    some = reading.values
    if question.lag:
        some = np.where(diary.follows, np.concatenate([[np.nan], some[:-1]])[: len(some)], np.nan)
    none = (some == 0) & np.isnan(question.x) & ~np.isnan(question.y)
    return none if int(none.sum()) >= LEAST_ON_A_SIDE else np.zeros(len(nights), dtype=bool)


def _isotonic(
    posed: Posed, hours: Floats, some: Mask, bent: Floats, at: Floats, *, rising: bool
) -> Floats:
    """Return the monotone curve through the nights with controls removed, for drawing."""
    from scipy.optimize import isotonic_regression

    controls = posed.calendar.controls
    parts = [controls, bent] if some.all() else [controls, some[:, None], bent]
    slope = np.linalg.lstsq(np.column_stack(parts), posed.y, rcond=None)[0]
    left = posed.y - controls @ slope[: controls.shape[1]]
    base = 0.0 if some.all() else float(left[~some].mean())
    values, place = np.unique(hours[some], return_inverse=True)
    counts = np.bincount(place)
    means = np.bincount(place, left[some]) / counts
    fit = isotonic_regression(means, weights=counts, increasing=rising).x
    base = float(np.interp(np.median(hours), values, fit)) if some.all() else base
    drawn = np.interp(at, values, fit) - base
    if posed.median is not None:
        drawn = posed.median * np.expm1(drawn)
    return np.asarray(drawn, dtype=np.float64)


def _answered(
    posed: Posed,
    joint: JointTest,
    pvalue: float,
    terms: pd.DataFrame,
    curve: pd.DataFrame,
    facts: dict[str, Any],
) -> Response:
    reachable = terms["status"].isin(["found", "not found"]).any()
    status, reason = "not found", ""
    if pvalue < 1.0 - posed.asking.level:
        status = "found"
    elif not reachable:
        status, reason = "unreachable", str(terms["reason"].iloc[0])
    return Response(
        **shared_fields(posed.diary, posed.question, posed.asking),
        **facts,
        fvalue=joint.fvalue,
        df1=joint.df1,
        df2=joint.df2,
        pvalue_joint=joint.pvalue,
        pvalue=pvalue,
        status=status,  # type: ignore[arg-type]
        reason=reason,
        curve=curve,
        terms=terms,
    )


def _refused(
    diary: Diary, question: Question, asking: Asking, reason: str, facts: dict[str, Any]
) -> Response:
    return Response(
        **shared_fields(diary, question, asking),
        **facts,
        fvalue=NAN,
        df1=0,
        df2=0,
        pvalue_joint=NAN,
        pvalue=NAN,
        status="refused",
        reason=reason,
        curve=pd.DataFrame(columns=["x", "estimate", "low", "high"], dtype=float),
        terms=pd.DataFrame(columns=list(TERMS)),
    )
