"""How much of the differences between nights week, drift and the habits together account for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.asking import Asking, held_columns, prepare, present_table, question_checks
from sleepstats.columns import column_of, factor_names
from sleepstats.errors import DiaryError, worded
from sleepstats.inference import guards, habit_columns
from sleepstats.relations import correlate
from sleepstats.results import Result, relation
from sleepstats.results.sentences import EVENED, interval_name, listed, named
from sleepstats.units import counted

#: Nights with the outcome that are needed: eight weeks.
LEAST_NIGHTS = 56


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Explained(Result):
    """How much of the differences between nights can be told from the calendar and the habits.

    Every share is of the squared differences between nights in weeks that were left out of the
    fit. A share below 0 did worse than the mean, and counts as nothing.

    Attributes
    ----------
    outcome, outcome_label : str
        Column name and words.
    n, weeks : int
        Nights with the outcome, and the calendar weeks they lie in.
    share_week_drift, share_week_drift_low, share_week_drift_high : float
        Of weekdays and slow change, as far as ``adjust`` names them, with its interval.
    share_all, share_all_low, share_all_high : float
        Of calendar and habits together.
    share_habits, share_habits_low, share_habits_high : float
        What the habits add to the calendar: the difference of the two.
    habits : tuple of str
        Habits used.
    left_out : tuple of str
        Habits that could not be asked about or were recorded on fewer than half of the nights.
    adjust : tuple of str
        Calendar columns used.
    """

    outcome: str
    outcome_label: str
    n: int
    weeks: int
    share_week_drift: float
    share_week_drift_low: float
    share_week_drift_high: float
    share_all: float
    share_all_low: float
    share_all_high: float
    share_habits: float
    share_habits_low: float
    share_habits_high: float
    habits: tuple[str, ...]
    left_out: tuple[str, ...]
    adjust: tuple[str, ...]

    def _words(self) -> str:
        count = len(self.habits)
        who = f"the {count} habits" if count > 1 else named(column_of(None, self.habits[0]).label)
        parts = [f"{who} went with {self._said('share_habits')}"]
        if self.adjust:
            calendar = "them" if len(self.adjust) > 1 else "it"
            taken = listed([EVENED[name] for name in self.adjust])
            parts = [
                f"{taken} went with {self._said('share_week_drift')}",
                f"{who} beside {calendar} with {self._said('share_habits')}",
                f"all together with {self._said('share_all')}",
            ]
            if min(self.share_week_drift, self.share_habits) < 0:
                parts.pop()  # worse than nothing counts as nothing, and takes nothing from all
        return (
            f"Of the differences in {named(self.outcome_label)} between nights, {listed(parts)}; "
            f"{interval_name(self.level)}s, measured on weeks left out, "
            f"{counted(self.n, 'night')} in {counted(self.weeks, 'week')}. What goes with a clear "
            "difference can still account for little of all differences."
        )

    def _said(self, name: str) -> str:
        """Return one share in words; what chance alone can give is told as nothing."""
        value, low, high = (100 * getattr(self, f"{name}{end}") for end in ("", "_low", "_high"))
        if low <= 0:
            # without a column that varies there is no interval to be told
            span = f" (0 to {high:.0f} %)" if high >= 0.5 else ""
            return f"no share that can be told from none{span}"
        return f"{value:.0f} % ({low:.0f} to {high:.0f} %)"


@worded
def explained(
    nights: pd.DataFrame,
    outcome: str,
    factors: Sequence[str] | str | None = None,
    *,
    adjust: Sequence[str] = ("weekday", "trend"),
    level: float = 0.95,
) -> Explained:
    """Measure how much of the differences between nights week, drift and habits account for.

    Parameters
    ----------
    nights : DataFrame
        One row per night of one person.
    outcome : str
        Column of the night or the morning, a number or a clock time.
    factors : sequence of str, optional
        Habits to use together; every column of kind factor by default.
    adjust : sequence of {"weekday", "trend"}
        What of the calendar is used.
    level : float
        Confidence level, 0.5 to 1.

    Returns
    -------
    Explained
        Shares of week and drift, of the habits beside them, and of all, each with its interval.

    Raises
    ------
    DiaryError
        As :func:`~sleepstats.correlate`; with fewer than 56 nights with the outcome, or with no
        habit that can be used.

    Notes
    -----
    Whole calendar weeks (Monday to Sunday evening; blocks of several in diaries of more than 26)
    are left out in turn, with 3 nights on either side, and predicted from the others by ridge
    regression, whose penalty is chosen within these. ``share = 1 - sum(loss) / sum(loss of the
    mean)``; interval by a jackknife over the weeks. What a habit does not record is filled from
    the other habits and the calendar, never from the outcome. Latency counts on the log scale. A
    share is what these nights teach of other weeks, less in a short diary than in a long one; the
    upper end allows for what a longer one would teach. It says of no habit that it is the reason.
    In 100 invented diaries each (84 and 120 nights, ten habits) the 95 % interval held a true share
    of .1 or .3 in 96 to 99, in 88 where outcome and habits keep .4 of the night before (97 with a
    year of nights); without any share its lower end was above 0 in 2 or 3.

    References
    ----------
    Roberts et al. 2017, doi:10.1111/ecog.02881 (blocks left out, where neighbours are alike).

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, truth = ss.simulate_nights(180, seed=1)
    >>> result = ss.explained(nights, outcome="tst_min")
    >>> len(result.habits), result.n, result.weeks, result.share_habits_low > 0
    (12, 153, 26, True)
    """
    asking = Asking(tuple(question_checks.names_of(adjust)), level=level)
    names = question_checks.names_of(factors or ())
    question_checks.check_question(
        nights, outcomes=[outcome], factors=names, asking=asking, calendar_only=True
    )
    names = names or [name for name in factor_names(nights) if name != outcome]
    at_the_bed, _ = held_columns.clocks_known(nights)
    diary, asked = prepare(at_the_bed, [(outcome, name) for name in names])
    asked = [
        replace(q, x=held_columns.of_equal_bed(q)) for q in held_columns.at_equal_bed(nights, asked)
    ]
    if not asked:
        raise DiaryError("nights has no habits beside the outcome. Name columns with factors=[...]")
    y = asked[0].y
    known = np.isfinite(y)
    n = int(known.sum())
    if n < LEAST_NIGHTS:
        raise DiaryError(
            f"outcome: {outcome!r} is known on {counted(n, 'night')}; at least {LEAST_NIGHTS} "
            "(eight weeks) were expected, so that weeks can be left out. Record more nights, or "
            "ask about single habits with correlate()."
        )
    used = [
        question for question in asked
        if not question.refusal
        and (known & np.isfinite(question.x)).sum() >= held_columns.LEAST_RECORDED * n
    ]  # fmt: skip
    if not used:
        why = "; ".join(q.refusal or f"{q.factor.name} was recorded too seldom" for q in asked)
        raise DiaryError(
            f"factors: none of {listed([q.factor.name for q in asked])} can be used ({why}). At "
            "least one habit recorded on half of the nights was expected; name others."
        )
    days = diary.dates.to_numpy("datetime64[D]")
    number = guards.night_numbers(days)
    weekday = diary.dates.day_of_week.to_numpy()
    z = guards.calendar_controls(number, weekday, int(number[-1]) + 1, adjust=asking.calendar)
    parts = [
        held_columns.habit_columns(question.kind, question.x, len(question.levels))
        for question in used
    ]
    habits = habit_columns.fill(np.concatenate(parts, axis=1), z)
    week = (number - number[0] + weekday[0]) // 7
    shares = habit_columns.explained_shares(
        y[known], z[known, 1:], habits[known], number[known], week[known], level=level
    )
    return Explained(
        outcome=outcome,
        outcome_label=asked[0].outcome.label,
        n=n,
        weeks=shares.weeks,
        share_week_drift=shares.calendar.estimate,
        share_week_drift_low=shares.calendar.low,
        share_week_drift_high=shares.calendar.high,
        share_all=shares.every.estimate,
        share_all_low=shares.every.low,
        share_all_high=shares.every.high,
        share_habits=shares.habits.estimate,
        share_habits_low=shares.habits.low,
        share_habits_high=shares.habits.high,
        habits=tuple(question.factor.name for question in used),
        left_out=tuple(q.factor.name for q in asked if q not in used),
        adjust=asking.calendar,
        level=level,
    )


def gone_beside(nights: pd.DataFrame, outcome: str, factor: str, **options: Any) -> str:
    """Say what becomes of a found habit with the others held equal; empty where it is left."""
    asked = [x for x in factor_names(nights) if x not in (outcome, factor, *options["adjust"])]
    table = correlate(nights, [outcome], [factor, *asked], beside=True, **options)
    rows, about = present_table.rows_with(table)
    row, label = rows[0], named(column_of(nights, factor).label)
    if relation.verdict_of(row) == "gone" and relation.names_in(row["goes_with"]):
        return f"{label} {relation.beside_words(row, about, relation.away_of(rows))}"
    # among so many habits it is not found, so the table does not say beside which it goes
    lost = (
        row["status"] not in ("found", "refused") and row["beside_pvalue"] >= 1 - options["level"]
    )
    held = relation.named_some(relation.names_in(row["held_equal"]), about)
    return f"{label} is not clear with {held} held equal" if lost and held else ""
