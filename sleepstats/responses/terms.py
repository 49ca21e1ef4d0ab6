"""The terms of a question with several columns, answered or refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sleepstats.arrays import Bools, Floats
from sleepstats.asking import several_columns
from sleepstats.asking.estimation import Asking
from sleepstats.asking.questions import LEAST_ON_A_SIDE, Diary, Question
from sleepstats.errors import DiaryError
from sleepstats.factors import read_values
from sleepstats.inference import answers, families
from sleepstats.responses.results import TERMS, Response
from sleepstats.results.relation import NAN

#: Points of a drawn curve where there are more values than this.
POINTS = 13

#: Where Harrell puts four knots: these percentiles of the values.
KNOTS_AT = (5.0, 35.0, 65.0, 95.0)


def knots_of(values: ArrayLike, *, at: tuple[float, ...] = KNOTS_AT) -> Floats:
    """Return the knots of a set of values, equal ones once.

    Harrell 2015, Regression Modeling Strategies, section 2.4.5, doi:10.1007/978-3-319-19425-7.
    """
    return np.asarray(np.unique(np.percentile(np.asarray(values, dtype=np.float64), at)))


def natural_spline(values: ArrayLike, knots: ArrayLike) -> Floats:
    """Return the columns of a natural cubic spline (Harrell 2015, equation 2.25), no constant.

    >>> natural_spline([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0]).round(3).tolist()
    [[0.0, 0.0], [1.0, 0.25], [2.0, 1.5], [3.0, 3.0]]
    """
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


def terms_of(
    posed: several_columns.Posed,
    columns: Floats,
    names: Sequence[str],
    slopes: Sequence[answers.Slope],
    units: Sequence[str],
) -> pd.DataFrame:
    """Return the terms of a model as a table, each judged with Holm's adjustment over them."""
    holm = families.adjust_pvalues([slope.pvalue for slope in slopes], family="holm").tolist()
    rows = []
    for place, (slope, pvalue) in enumerate(zip(slopes, holm, strict=True)):
        column = columns[:, place]
        yes_no = set(np.unique(column)) <= {0.0, 1.0}
        exact = several_columns.precision_of(posed, column, slope, yes_no=yes_no)
        status, reason = several_columns.verdict(posed, pvalue, [exact])
        if slope.reason:
            status, reason = "refused", posed.why(slope.reason)
        rows.append(
            {
                "term": names[place],
                **several_columns.own_unit(slope, posed.median),
                "effect_unit": units[place],
                "pvalue": slope.pvalue,
                "pvalue_holm": pvalue,
                "status": status,
                "reason": reason,
            }
        )
    return pd.DataFrame(rows, columns=list(TERMS))


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


def answered(
    posed: several_columns.Posed,
    joint: answers.JointTest,
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
    return Response(
        **several_columns.shared_fields(posed.diary, posed.question, posed.asking),
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


def refused_response(
    diary: Diary, question: Question, asking: Asking, reason: str, facts: dict[str, Any]
) -> Response:
    """Return a response that could not be asked for, with the reason."""
    return Response(
        **several_columns.shared_fields(diary, question, asking),
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
