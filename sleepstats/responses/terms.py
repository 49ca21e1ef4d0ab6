"""What the questions about responses share: terms beside the factor, and cautions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sleepstats import inference
from sleepstats.arrays import Bools, Floats, Ints
from sleepstats.asking import Diary, Question, several_columns
from sleepstats.asking.estimation import Asking
from sleepstats.asking.several_columns import Posed
from sleepstats.inference import none_alone
from sleepstats.inference.guards import control_basis, without_controls
from sleepstats.responses.results import TERMS, Response
from sleepstats.results.relation import NAN
from sleepstats.units import CLOCK_UNIT

#: Points of a drawn curve where there are more values than this.
POINTS = 13


def terms_of(
    posed: several_columns.Posed,
    columns: Floats,
    names: Sequence[str],
    slopes: Sequence[inference.Slope],
    units: Sequence[str],
) -> pd.DataFrame:
    """Return the terms of a model as a table, each judged with Holm's adjustment over them."""
    holm = none_alone.adjust_pvalues([slope.pvalue for slope in slopes], family="holm").tolist()
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


def bad_week_before(posed: Posed, on: Bools) -> list[str]:
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
        f"Use {which} after a bad week: {before:.3g}{unit} of {posed.question.outcome.label} in "
        f"the {WEEK} nights before, usually {usual:.3g}{unit} ({away:.1f} standard deviations of "
        "weeks worse). Nights after such a week come nearer to the usual by themselves."
    ]


def reactive_use(posed: Posed, on: Bools) -> list[str]:
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
        f"{sum(table[0])} evenings after a night of the worst third, week and slow drift removed "
        f"({shares[0]:.0f} %), and on {table[1][0]} of {sum(table[1])} after other nights "
        f"({shares[1]:.0f} %). What it went "
        "with may be what it answered to."
    ]


def _week_before(value: Floats, number: Ints, night: int) -> float:
    """Return the mean of the seven calendar nights before a night; NaN with fewer than four."""
    within = value[(number >= night - WEEK) & (number < night)]
    return float(within.mean()) if len(within) >= LEAST_OF_A_WEEK else np.nan
