"""The terms of a question with several columns, answered or refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats
from sleepstats.asking import several_columns
from sleepstats.asking.estimation import Asking
from sleepstats.asking.questions import Diary, Question
from sleepstats.inference import answers, families
from sleepstats.responses.results import TERMS, Response
from sleepstats.results.relation import NAN

#: Points of a drawn curve where there are more values than this.
POINTS = 13


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
