"""Whether more went with more: the response to a dose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats
from sleepstats.asking import LEAST_NIGHTS, LEAST_ON_A_SIDE, Question, several_columns
from sleepstats.errors import DiaryError, worded
from sleepstats.responses.results import Response
from sleepstats.responses.terms import POINTS, answered, refused_response, terms_of
from sleepstats.results.relation import NAN
from sleepstats.units import one_unit

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
    diary, question, asking = several_columns.ask_one(
        nights, outcome=outcome, factor=dose, adjust=adjust, level=level, when=when
    )
    _check_dose(nights, question)
    without = question.used & (question.x == 0)
    if question.refusal == "" and int(without.sum()) < LEAST_ON_A_SIDE:
        question = several_columns.only(question, question.x > 0)
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
    posed = several_columns.pose(diary, question, asking)
    used = (posed.x > 0).astype(np.float64)
    amount = used * (posed.x - facts["middle"])
    both = used.all()
    columns = amount[:, None] if both else np.column_stack([used, amount])
    joint = posed.joint(columns)
    slopes = [] if joint.reason else posed.slopes(columns)
    codes = [joint.reason, *(slope.reason for slope in slopes)]
    if any(codes):
        reason = posed.why(next(code for code in codes if code))
        return refused_response(diary, question, asking, reason, facts)
    doses = np.unique(taken)
    if len(doses) > POINTS:
        doses = np.linspace(doses[0], doses[-1], POINTS)
    if both:
        at = doses[1:]
        weights = (at - doses[0])[:, None]
        zero = doses[0]
    else:
        at, zero = doses, 0.0
        weights = np.column_stack([np.ones(len(at)), at - facts["middle"]])
    curve = several_columns.curve_of(at, posed.contrasts(columns, weights), posed.median)
    curve = pd.concat(
        [pd.DataFrame({"x": [zero], "estimate": 0.0, "low": 0.0, "high": 0.0}), curve]
    )
    names = ["used at all", "dose where used"][-len(slopes) :]
    unit = several_columns.shared_fields(diary, question, asking)["effect_unit"]
    per = f"{unit} per {one_unit(question.factor.unit, question.factor.label)}"
    terms = terms_of(posed, columns, names, slopes, [unit, per][-len(slopes) :])
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
