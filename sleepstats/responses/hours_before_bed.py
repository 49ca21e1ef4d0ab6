"""Whether the hours before bed mattered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sleepstats.arrays import Bools, Floats, read_values
from sleepstats.asking import LEAST_ON_A_SIDE, Diary, Question, several
from sleepstats.errors import DiaryError, worded
from sleepstats.measures import EARLIEST_BEFORE_BED_H, LATEST_AFTER_BED_H
from sleepstats.responses import POINTS, answered, refused_response, terms_of
from sleepstats.responses.results import Response
from sleepstats.results import NAN

#: Where Harrell puts four knots: these percentiles of the values.
KNOTS_AT = (5.0, 35.0, 65.0, 95.0)
#: Different times, and nights with a time, that a timing response needs.
LEAST_TIMES, LEAST_TIMED = 5, 20
#: Hours after which the decay term has fallen to 1/e.
DECAY_H = 4.0


@worded
def timing_response(
    nights: pd.DataFrame,
    outcome: str,
    hours: str,
    *,
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
    adjust : sequence of str
        ``"weekday"``, ``"trend"``, and columns of nights to hold equal. ``()`` for nothing.
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
        As :func:`~sleepstats.associate`, and when the hours are no number, are in another unit,
        have a name that does not say hours, or lie more than 3 h after or 24 h before bed.

    Notes
    -----
    The bed time is held equal: a later one makes the hours more by itself, and the night shorter.
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
    diary, question, asking = several.ask_one(
        nights, outcome=outcome, factor=hours, adjust=adjust, level=level, when=when,
        also=[] if used is None else [used],
    )  # fmt: skip
    _check_hours(nights, hours, question)
    none = nights_without(nights, used, question, diary)
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
        return refused_response(diary, question, asking, refusal, facts)
    if none.any():
        question = replace(question, used=question.used | none)
    posed = several.pose(diary, question, asking)
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
        return refused_response(diary, question, asking, posed.why(code), facts)
    first, last = np.percentile(times, [2.5, 97.5])
    at = np.linspace(first, last, POINTS)
    shape = natural_spline(at, knots) - centre
    columns, weights = bent, shape
    if beside.size:
        columns = np.column_stack([beside, bent])
        weights = np.column_stack([np.ones(len(at)), shape])
    else:
        at, weights = at[shape.any(axis=1)], shape[shape.any(axis=1)]
    level_there = posed.level_at(columns, 0.0)
    curve = several.curve_of(posed, at, columns, weights, level_there)
    shape = _isotonic(posed, hours_before, some, bent, at, rising=slope.estimate < 0)
    curve["monotone"] = shape if level_there is None else level_there * np.expm1(shape)
    unit = several.shared_fields(diary, question, asking)["effect_unit"]
    share = some * decay / (late - early)
    decays = np.column_stack([beside, decay])
    from_early = posed.level_at(decays, np.array([1.0, early])[-decays.shape[1] :])
    terms = terms_of(posed, share[:, None], ["closer to bed"], [slope], [unit], [from_early])
    return answered(posed, joint, slope.pvalue, terms, curve, facts)


def _check_hours(nights: pd.DataFrame, hours: str, question: Question) -> None:
    """Raise where a column is no number of hours before bed."""
    kind = "a clock time" if nights[hours].dtype.kind == "M" else question.kind
    if kind not in ("numeric", "empty"):
        name = f"{hours}_h_before_bed"
        advice = (
            f"Give its neighbour {name!r}."
            if name in nights
            else "A clock column of a habit gives one through add_measures()."
        )
        raise DiaryError(
            f"timing_response(): column {hours!r} is {kind}, expected hours before bed, a "
            f"number. {advice}"
        )
    unit = question.factor.unit
    known = question.x[~np.isnan(question.x)]
    odd = known[(known < -LATEST_AFTER_BED_H) | (known > EARLIEST_BEFORE_BED_H)]
    if unit in ("min", "s") or len(odd):
        what = f"is in {unit}" if unit in ("min", "s") else f"holds {odd[0]:g}"
        raise DiaryError(
            f"timing_response(): column {hours!r} {what}, expected hours before bed, "
            f"from {-LATEST_AFTER_BED_H:g} (after bed time) to {EARLIEST_BEFORE_BED_H:g}. Minutes "
            f"become hours by nights.assign(hours=nights[{hours!r}] / 60)."
        )
    if unit.split()[:1] not in (["h"], ["min"], ["s"]) and "hour" not in hours.casefold():
        what = f"is in {unit}" if unit else "does not say that it holds hours"
        raise DiaryError(
            f"timing_response(): column {hours!r} {what}, expected hours before bed. If it holds "
            f"those, name it so: nights.rename(columns={{{hours!r}: {hours + '_h_before_bed'!r}}})."
            f" For more or less of it: dose_response() or associate()."
        )


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


def _isotonic(
    posed: several.Posed,
    hours: Floats,
    some: Bools,
    bent: Floats,
    at: Floats,
    *,
    rising: bool,
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
    return np.asarray(np.interp(at, values, fit) - base, dtype=np.float64)


def knots_of(values: ArrayLike, *, at: tuple[float, ...] = KNOTS_AT) -> Floats:
    """Return the knots of a set of values, equal ones once.

    Harrell 2015, Regression Modeling Strategies, section 2.4.5, doi:10.1007/978-3-319-19425-7.
    """
    return np.asarray(np.unique(np.percentile(np.asarray(values, dtype=np.float64), at)))


def natural_spline(values: ArrayLike, knots: ArrayLike) -> Floats:
    """Return the columns of a natural cubic spline (Harrell 2015, equation 2.25), no constant."""
    x = np.asarray(values, dtype=np.float64)
    t = np.asarray(knots, dtype=np.float64)
    columns = [x]
    # column j, knots t1 < ... < tm: [(x - tj)+^3 - (x - t(m-1))+^3 (tm - tj)/(tm - t(m-1))
    # + (x - tm)+^3 (t(m-1) - tj)/(tm - t(m-1))] / (tm - t1)^2: zero before its knot, straight
    # after the last
    if len(t) >= 3:
        last_but_one, last, wide = t[-2], t[-1], (t[-1] - t[0]) ** 2
        for knot in t[:-2]:
            share = (last - knot) / (last - last_but_one)
            bent = _cube(x - knot) - share * _cube(x - last_but_one)
            columns.append((bent + (share - 1.0) * _cube(x - last)) / wide)
    return np.column_stack(columns)


def _cube(u: Floats) -> Floats:
    return np.asarray(np.maximum(u, 0.0) ** 3)


def nights_without(
    nights: pd.DataFrame, used: str | None, question: Question, diary: Diary
) -> Bools:
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
