"""Over time: does a difference wear off with use, and what comes after stopping."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Floats, Ints, read_values
from sleepstats.asking import LEAST_ON_A_SIDE, Asking, Diary, Question, question_checks, several
from sleepstats.errors import DiaryError, worded
from sleepstats.inference import Slope
from sleepstats.responses import bad_week_before, reactive_use, terms_of
from sleepstats.responses.results import EFFECT, REBOUND, TERMS, TOLERANCE, OverTime
from sleepstats.results import NAN, Status
from sleepstats.units import counted, difference_unit

#: Nights without a record after which a course is no longer known to go on.
LONGEST_GAP = 7

#: Nights after a stop in which a rebound is looked for.
REBOUND_NIGHTS = 3

#: Nights that use must have been kept up for to be a course.
LEAST_COURSE_NIGHTS = 7

_COUNTS = ("starts", "stops", "courses", "ended", "longest")
#: Use that came and went once: so many of its nights, at least so many, in so much of the diary.
MOST_USE, LEAST_USES, SHORT_PART = 0.9, 8, 0.6
LOOKS_ALIKE = "whatever else was so at that time could be behind it just as well"
#: Courses that the wearing off of a difference needs: with one it cannot be told from drift.
LEAST_COURSES = 2


@dataclass(frozen=True, eq=False)
class Courses:
    """Where in its courses each night stands."""

    #: ndarray (n,): calendar nights since the stretch of use began, 0 for its first; 0 on nights
    #: without.
    since_start: Floats
    #: ndarray of bool (n,): whether it is one of the first three calendar nights after a course.
    after_end: Bools
    #: As in :class:`OverTime`.
    starts: int
    stops: int
    courses: int
    ended: int
    longest: int


def courses_of(on: Bools, number: Ints) -> Courses:
    """Follow the courses of use through the calendar."""
    gap = np.diff(number, prepend=number[:1] - LONGEST_GAP - 2)
    known = gap <= LONGEST_GAP + 1
    before = np.concatenate([[False], on[:-1]])
    begins = on & ~(before & known)
    stretch = np.where(on, np.cumsum(begins), 0)  # 1, 2, ... on nights with, 0 without
    first = number[begins]
    since = np.where(on, number - first[stretch - 1] if len(first) else 0, 0)
    lasted = np.array([since[stretch == which].max() + 1 for which in range(1, len(first) + 1)])
    stops = np.flatnonzero(~on & before & known)
    ended = stops[lasted[stretch[stops - 1] - 1] >= LEAST_COURSE_NIGHTS] if len(stops) else stops
    after = np.zeros(len(on), dtype=bool)
    for stop in ended.tolist():
        since_last = number - number[stop - 1]
        after |= ~on & (since_last >= 1) & (since_last <= REBOUND_NIGHTS)
    return Courses(
        since.astype(np.float64),
        after,
        starts=int((on & ~before & known).sum()),
        stops=len(stops),
        courses=int((lasted >= LEAST_COURSE_NIGHTS).sum()),
        ended=len(ended),
        longest=int(lasted.max(initial=0)),
    )


def mostly_within(nights: pd.DataFrame, outcome: str, factor: str, level: str = "") -> str:
    """Say between which dates nine in ten nights with a habit lie, if that is one part of a diary.

    Whatever else changed in that part, a season or a job, looks the same as the habit.
    """
    read = read_values(nights[factor], days := pd.DatetimeIndex(nights.index.get_level_values(-1)))
    on = 1.0 if read.kind == "yes/no" else read.levels.index(level) if level in read.levels else NAN
    known = nights[outcome].notna().to_numpy() & ~np.isnan(read.values)
    days, used = days[known], days[known & (read.values == on)]
    if len(used) < LEAST_USES:
        return ""
    most = math.ceil(MOST_USE * len(used))
    lasts = used[most - 1 :] - used[: len(used) - most + 1]
    start, end = used[first := int(lasts.argmin())], used[first + most - 1]
    if end - start > SHORT_PART * (days[-1] - days[0]):
        return ""
    many = int(((used >= start) & (used <= end)).sum())
    dates = " to ".join(f"{day.day} {day:%B %Y}" for day in (start, end))
    return f"{many:,} of these {len(used):,} nights lie from {dates}: {LOOKS_ALIKE}"


@worded
def over_time(
    nights: pd.DataFrame,
    outcome: str,
    factor: str,
    *,
    adjust: Sequence[str] = ("weekday", "trend"),
    level: float = 0.95,
    when: Mapping[str, str] | None = None,
) -> OverTime:
    """Ask whether a difference wore off with use, and what came after stopping.

    Parameters
    ----------
    nights : DataFrame
        One row per night of one person, as :func:`~sleepstats.check_nights` describes it.
    outcome : str
        Column to explain: a number or a clock time.
    factor : str
        A yes or no that was kept up for nights on end and then paused, more than once.
    adjust : sequence of str
        ``"weekday"``, ``"trend"``, and columns of nights to hold equal. ``()`` for nothing.
    level : float
        Confidence level, 0.5 to 1.
    when : mapping of str to {"day", "night", "morning"}, optional
        When a column happens, where the reading record and the dictionary do not say.

    Returns
    -------
    OverTime
        Frozen; its documentation lists every field. Refused for a single onset (before and after
        only), where the effect cannot be told from drift. ``each further week`` is refused with
        fewer than two courses of seven nights, ``after stopping`` with fewer than two that were
        seen to end or fewer than three nights after them.

    Raises
    ------
    DiaryError
        As :func:`~sleepstats.compare`.

    Notes
    -----
    ``y = controls + a on + b on (nights since starting - their mean) + c (first 3 nights after a
    course) + errors``. A person needs many courses for b and c: with several courses in 180
    nights a wearing off of 0.4 standard deviations in two weeks is found about one time in eight.
    So the answer is "these nights cannot tell" unless something was found.

    Cautions: the seven nights before use began were more than one standard deviation (of such
    weeks) worse than usual, so that nights get better afterwards by themselves; or use began on a
    clearly larger share of evenings after a bad night (the worst third) than after other nights,
    by Fisher's exact test at 5 %, so that the habit answers to sleep and not only sleep to it.

    References
    ----------
    Barnett, van der Pols & Dobson 2005, doi:10.1093/ije/dyh299 (regression to the mean).

    Examples
    --------
    >>> import sleepstats as ss
    >>> index = pd.date_range("2026-01-05", periods=120, name="night")
    >>> on = (np.arange(120) // 15) % 2 == 1
    >>> tst = 420 + 20 * np.sin(np.arange(120)) + 15 * on
    >>> got = ss.over_time(pd.DataFrame({"tst_min": tst, "magnesium": on}, index=index),
    ...                    outcome="tst_min", factor="magnesium")
    >>> got.starts, got.stops, got.longest
    (4, 3, 15)
    """
    diary, question, asking = several.ask_one(
        nights, outcome=outcome, factor=factor, adjust=adjust, level=level, when=when
    )
    if question.kind not in ("yes/no", "empty"):
        raise DiaryError(question_checks.no_sides(question).replace("compare()", "over_time()", 1))
    if question.refusal:
        return _result(diary, question, asking, None, {}, "refused", question.refusal)
    posed = several.pose(diary, question, asking)
    on = posed.x == 1
    got = courses_of(on, posed.calendar.number)
    facts: dict[str, Any] = {name: getattr(got, name) for name in _COUNTS}
    facts |= {
        "n_rebound": int(got.after_end.sum()),
        "middle": float(got.since_start[on].mean()),
    }
    cautions = tuple(bad_week_before(posed, on) + reactive_use(posed, on))
    if got.starts + got.stops <= 1:
        return _result(
            diary, question, asking, None, facts, "refused", _single_onset(question, got), cautions
        )
    names, columns, refusals = _columns(question, on, got, facts["middle"])
    slopes = posed.slopes(columns)
    terms = _terms(posed, names, columns, slopes, refusals)
    curve = _curve(posed, names, columns, got, facts["middle"])
    asked = terms[terms["term"].isin([TOLERANCE, REBOUND])]
    pvalue = float(asked["pvalue_holm"].min()) if asked["pvalue_holm"].notna().any() else NAN
    status: Status = "unreachable"
    reason = "cannot tell: courses like these are too few to show it"
    if (asked["status"] == "refused").all():
        status, reason = "refused", str(asked["reason"].iloc[0])
    elif (asked["status"] == "found").any():
        status, reason = "found", ""
    return _result(
        diary, question, asking, terms, facts, status, reason, cautions, curve=curve, pvalue=pvalue
    )


def _single_onset(question: Question, got: Courses) -> str:
    """Say why a before and after cannot be told from drift."""
    name = question.factor.name
    what = "begun once and kept up" if got.starts else "stopped once and not taken up again"
    return (
        f"single onset: {name} was {what}, so any difference is mixed with whatever else "
        "changed over these weeks; pause and resume it a few times, or plan_trial()"
    )


def _columns(
    question: Question, on: Bools, got: Courses, middle: float
) -> tuple[list[str], Floats, dict[str, str]]:
    """Return the terms that can be asked, their columns, and why others cannot."""
    name = question.factor.name
    names, columns = [EFFECT], [on.astype(np.float64)]
    refusals = {}
    kept_up = f"{name} was {_times(got.courses)} kept up for {LEAST_COURSE_NIGHTS} nights or more"
    if got.courses < LEAST_COURSES:
        refusals[TOLERANCE] = f"too few courses: {kept_up} ({LEAST_COURSES} courses needed)"
    else:
        names.append(TOLERANCE)
        columns.append(np.where(on, (got.since_start - middle) / 7.0, 0.0))
    n_after = int(got.after_end.sum())
    if got.ended < LEAST_COURSES or n_after < LEAST_ON_A_SIDE:
        refusals[REBOUND] = (
            f"too few courses: {kept_up}, and {_times(got.ended)} seen to stop, with "
            f"{counted(n_after, 'night')} recorded among the first {REBOUND_NIGHTS} after "
            f"({LEAST_COURSES} courses and {LEAST_ON_A_SIDE} nights needed)"
        )
    elif n_after > int((~on).sum()) - LEAST_ON_A_SIDE:
        refusals[REBOUND] = (
            f"one side too rare: nearly all nights without {name} are the first "
            f"{REBOUND_NIGHTS} after a course"
        )
    else:
        names.append(REBOUND)
        columns.append(got.after_end.astype(np.float64))
    return names, np.column_stack(columns), refusals


def _times(n: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(n, f"{n} times")


def _terms(
    posed: several.Posed,
    names: Sequence[str],
    columns: Floats,
    slopes: Sequence[Slope],
    refusals: Mapping[str, str],
) -> pd.DataFrame:
    """Return all three terms; what was not found is "cannot tell"."""
    unit = difference_unit(posed.question.outcome.unit, posed.question.outcome.name)
    units = [f"{unit} per week" if name == TOLERANCE else unit for name in names]
    levels = [posed.median if n == TOLERANCE else posed.level_at(columns, 0.0) for n in names]
    terms = terms_of(posed, columns, names, slopes, units, levels)
    terms["status"] = terms["status"].replace(["not found", "unreachable"], "cannot tell")
    missing = [
        {**dict.fromkeys(TERMS, NAN), "term": name, "effect_unit": unit, "status": "refused",
         "reason": reason}
        for name, reason in refusals.items()
    ]  # fmt: skip
    return pd.DataFrame([*terms.to_dict("records"), *missing], columns=list(TERMS))


def _curve(
    posed: several.Posed, names: Sequence[str], columns: Floats, got: Courses, middle: float
) -> pd.DataFrame:
    """Return the difference by nights since starting, up to where a tenth of the nights lie."""
    if TOLERANCE not in names:
        return pd.DataFrame(columns=["x", "estimate", "low", "high"], dtype=float)
    on = posed.x == 1
    at = np.linspace(0.0, np.percentile(got.since_start[on], 95), 8)
    weights = np.zeros((len(at), columns.shape[1]))
    weights[:, 0], weights[:, names.index(TOLERANCE)] = 1.0, (at - middle) / 7.0
    return several.curve_of(posed, at, columns, weights, posed.level_at(columns, 0.0))


def _result(
    diary: Diary,
    question: Question,
    asking: Asking,
    terms: pd.DataFrame | None,
    facts: Mapping[str, Any],
    status: Status,
    reason: str,
    cautions: tuple[str, ...] = (),
    *,
    curve: pd.DataFrame | None = None,
    pvalue: float = NAN,
) -> OverTime:
    counts = dict.fromkeys((*_COUNTS, "n_rebound"), 0)
    empty = pd.DataFrame(columns=["x", "estimate", "low", "high"], dtype=float)
    return OverTime(
        **several.shared_fields(diary, question, asking),
        **{**counts, "middle": NAN, **facts},
        n_with=int((question.x[question.used] == 1).sum()),
        pvalue=pvalue,
        status=status,
        reason=reason,
        cautions=cautions,
        curve=empty if curve is None else curve,
        terms=pd.DataFrame(columns=list(TERMS)) if terms is None else terms,
    )
