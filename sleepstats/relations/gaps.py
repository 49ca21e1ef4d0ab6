"""Missing for a reason: whether the nights around the gaps were unlike the others."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Floats, read_values
from sleepstats.asking import LEAST_NIGHTS, Asking, Diary, Question, on_scale, prepare, verdicts
from sleepstats.asking.estimation import Answer, calendar_of, estimate
from sleepstats.asking.question_checks import check_question, names_of
from sleepstats.columns import Column, column_of, factor_names, how_long
from sleepstats.errors import worded
from sleepstats.inference import guards, none_alone
from sleepstats.results.sentences import interval_name
from sleepstats.units import Table

BEFORE, WITHOUT = "nights before a gap", "nights without it"
#: Nights of either sort that a comparison needs.
LEAST_GAPS = 5
#: Of the chance of a false alarm: for the outcomes and stress, and for all other habits together.
#: Of 900 diaries with seven habits whose gaps had no reason 33 had a note.
OWN_SHARE, HABITS_SHARE = 0.8, 0.05
#: t value of ordinary least squares below which nothing is asked for a note.
HINT = 1.8
#: How seldom chance misses free nights; 2 in 7 are such, outside of these shares a diary leans.
RARELY, FREE_SHARE = 0.01, (0.24, 0.34)
_AFTER = -1  # no habit of a diary has this place, whatever its name
_SAME = {"night": "same night", "day": "same day", "morning": "same morning"}

COLUMNS = (
    "column", "nights", "n_gap", "n_other", "effect", "effect_low", "effect_high", "effect_unit",
    "pvalue", "pvalue_family", "status", "reason", "words",
)  # fmt: skip


@worded
def missing_for_a_reason(
    nights: pd.DataFrame,
    outcome: str | None = None,
    *,
    columns: Sequence[str] | str | None = None,
    adjust: Sequence[str] = ("weekday", "trend"),
    level: float = 0.95,
) -> pd.DataFrame:
    """Test whether the nights before gaps, or the days without a night, were unlike the others.

    A diary kept less on bad nights, or less in stressful weeks, shows smaller relations than there
    are, or relations that are not there.

    Parameters
    ----------
    nights : DataFrame
        One row per night of one person.
    outcome : str, optional
        The column whose missing nights are the gaps; total sleep time or what stands in for it
        by default.
    columns : sequence of str, optional
        Columns that may have been different; by default ``outcome``, every factor with *stress*
        in its name, and every other habit that is known on 5 nights without the outcome or more.
    adjust : sequence of {"weekday", "trend"}
        What is taken out first.
    level : float
        Confidence level, 0.5 to 1.

    Returns
    -------
    DataFrame
        Two rows per column, one for the outcome itself. RangeIndex.

        * ``'column'``: column name
        * ``'nights'``: ``nights before a gap``: the next calendar night has no outcome, or
          ``nights without it``: the column is known and the outcome is not
        * ``'n_gap'``, ``'n_other'``: such nights, and others, with the column known
        * ``'effect'``, ``'effect_low'``, ``'effect_high'``, ``'effect_unit'``: such nights minus
          others, controls removed; of latency in minutes at the median
        * ``'pvalue'``, ``'pvalue_family'``: two-sided; by Holm over the table (other habits that
          were asked by default: over these, and found at a twentieth of ``1 - level``)
        * ``'status'``, ``'reason'``: as :func:`~sleepstats.correlate`; ``refused`` with fewer than
          5 nights of either sort
        * ``'words'``: the row as a sentence

    Raises
    ------
    DiaryError
        As :func:`~sleepstats.correlate`.

    Notes
    -----
    Each row is a difference between two sorts of nights by the same engine as
    :func:`~sleepstats.compare`. The last night of the diary is of neither sort. *not found* does
    not prove that nights are missing by chance: what the missing nights were like is not known.
    :func:`~sleepstats.correlate` asks this of its outcomes, of stress, and of every other habit on
    nights without the outcome, and says what was found in
    ``table.attrs["sleepstats_table"]["notes"]``; of diaries whose gaps have no reason at most one
    in twenty has a note.

    References
    ----------
    Little 1988, doi:10.1080/01621459.1988.10478722 (testing that values are missing by chance).

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, truth = ss.simulate_nights(120, seed=7)
    >>> ss.missing_for_a_reason(nights)[["column", "nights", "n_gap", "status"]]
        column               nights  n_gap     status
    0  tst_min  nights before a gap     10  not found
    1   stress  nights before a gap     10  not found
    2   stress    nights without it      0    refused
    """
    asking = Asking(tuple(names_of(adjust)), family="holm", level=level)
    named_columns = names_of(columns or ())
    wanted = [] if outcome is None else [outcome]
    check_question(
        nights, outcomes=wanted, factors=named_columns, asking=asking, calendar_only=True
    )
    if outcome is None:
        outcome = how_long(nights)
        check_question(nights, outcomes=[outcome], factors=[], asking=asking, calendar_only=True)
    others: list[str] = []
    if not named_columns:
        stress, others = _stress_and_others(nights, [outcome], factor_names(nights))
        named_columns = [outcome, *stress]
    diary = prepare(nights, [(name, name) for name in (outcome, *named_columns, *others)])[0]
    asked = _questions(nights, outcome, [*named_columns, *others], diary)
    asked = [one for one in asked if one.outcome.name not in others or _askable(one)]
    answers = estimate(diary, asked, asking)
    first = sum(one.outcome.name not in others for one in asked)
    stricter = replace(asking, level=1.0 - HABITS_SHARE * (1.0 - level))
    answers = verdicts.judge(asked[:first], answers[:first], asking) + verdicts.judge(
        asked[first:], answers[first:], stricter
    )
    rows = []
    for question, one in zip(asked, answers, strict=True):
        gap = int((question.x[question.used] == 1).sum())
        rows.append(
            (
                question.outcome.name,
                BEFORE if question.factor.name == "gap_after" else WITHOUT,
                gap, one.n - gap, one.effect, one.effect_low, one.effect_high,
                verdicts.effect_unit(question), one.pvalue, one.pvalue_family, one.status,
                one.reason, f"{verdicts.as_association(diary, question, one, asking)}",
            )
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    text = ("column", "nights", "effect_unit", "status", "reason", "words")
    return Table.of(table.astype(dict.fromkeys(text, "str")), _view)


def _view(table: pd.DataFrame, wide: bool) -> tuple[pd.DataFrame, str]:
    """Return what was compared, how many nights of each sort there are, and the answer."""
    sorts = [f"{row.n_gap} {row.nights}, {row.n_other} others" for row in table.itertuples()]
    shown = {"column": table["column"], "nights": sorts, "answer": table["words"]}
    return pd.DataFrame(shown), ""


def _stress_and_others(
    nights: pd.DataFrame, known: Sequence[str], factors: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Return the habits of stress, and the others that are numbers, or yes or no."""
    names = [name for name in dict.fromkeys(factors) if name not in known]
    stress = [name for name in names if "stress" in name.casefold()]
    types = dict(zip(nights.columns, nights.dtypes, strict=True))
    tests = (pd.api.types.is_numeric_dtype, pd.api.types.is_bool_dtype)
    rest = [name for name in names if name not in stress]
    return stress, [name for name in rest if any(test(types[name]) for test in tests)]


def _askable(question: Question) -> bool:
    """Whether a habit is asked about the nights without the outcome: enough of either sort."""
    return question.factor.name != "gap_after" and not question.refusal


def gap_questions(
    nights: pd.DataFrame,
    outcomes: Sequence[str],
    factors: Sequence[str],
    asking: Asking,
    diary: Diary,
) -> tuple[list[Question], list[tuple[int, float]]]:
    """Return what a table should ask about its missing nights; of how many, at which share, each.

    Only what ordinary least squares sees anything of; the engine would see no more of the others.
    """
    known = [
        name
        for name in outcomes
        if name in nights and not pd.api.types.is_datetime64_dtype(nights[name].dtype)
    ]
    if not known:
        return [], []
    stress, others = _stress_and_others(nights, known, factors)
    bases: dict[bytes, Floats] = {}
    near: list[Question] = []
    families: list[tuple[int, float]] = []
    asked = _questions(nights, known[0], [*known, *stress, *others], diary)
    own = [one for one in asked if one.outcome.name not in others and not one.refusal]
    of_habits = [one for one in asked if one.outcome.name in others and _askable(one)]
    for family, share in ((own, OWN_SHARE), (of_habits, HABITS_SHARE)):
        hinted = [one for one in family if _hinted(diary, one, asking, bases)]
        near += hinted
        families += [(len(family), share)] * len(hinted)
    return near, families


def gap_notes(
    near: Sequence[Question], answers: Sequence[Answer], families: Sequence[tuple[int, float]],
    level: float,
) -> list[str]:  # fmt: skip
    """Return what a table of questions should say about its missing nights."""
    notes = []
    for asked, share in dict.fromkeys(families):
        mine = [place for place, one in enumerate(families) if one == (asked, share)]
        pvalues = np.ones(asked)
        told = [answers[place].pvalue for place in mine]
        pvalues[: len(mine)] = np.where(np.isfinite(told), told, 1.0)
        clear = none_alone.adjust_pvalues(pvalues, family="holm")[: len(mine)]
        notes += [
            _note(near[place], answers[place], level)
            for place, pvalue in zip(mine, clear.tolist(), strict=True)
            if pvalue < share * (1.0 - level)
        ]
    return notes


def _hinted(diary: Diary, question: Question, asking: Asking, bases: dict[bytes, Floats]) -> bool:
    """Say whether ordinary least squares sees anything at all; the engine is asked only then."""
    key = question.used.tobytes() + bytes([question.each_weekday])
    if key not in bases:  # mostly the same nights for every column
        bases[key] = guards.control_basis(calendar_of(diary, question, asking).controls)
    basis = bases[key]
    both = np.column_stack([question.y[question.used], question.x[question.used]])
    y, x = guards.without_controls(both, basis).T
    spare = len(y) - basis.shape[1] - 1
    if spare < 1 or not (x @ x > 0 and y @ y > 0):
        return False
    r = float(x @ y) / math.sqrt(float(x @ x) * float(y @ y))
    return bool(r * r * spare > HINT**2 * (1.0 - r * r))


def _note(question: Question, one: Answer, level: float) -> str:
    """Return one note."""
    y, gap = question.y[question.used], question.x[question.used] == 1
    if question.factor.name != "gap_after" and set(np.unique(y)) <= {0.0, 1.0}:
        return (
            f"missing for a reason: of {int(gap.sum())} nights without a record of sleep "
            f"{int(y[gap].sum())} were nights with {question.outcome.label}, of the "
            f"{int((~gap).sum())} others {int(y[~gap].sum())}, so what the missing nights were "
            "like may change every answer"
        )
    side = "lower" if one.effect < 0 else "higher"
    ends = sorted(abs(end) for end in (one.effect_low, one.effect_high))
    nights = f"{int((question.x[question.used] == 1).sum())} of {one.n} nights"
    unit = verdicts.effect_unit(question)
    sort = BEFORE if question.factor.name == "gap_after" else "nights without a record of sleep"
    return (
        f"missing for a reason: {question.outcome.label} was {side} on {sort} ({nights}; "
        f"by {ends[0]:.3g} to {ends[1]:.3g} {unit}, {interval_name(level)}), so "
        "what the missing nights were like may change every answer"
    )


def _questions(
    nights: pd.DataFrame, outcome: str, columns: Sequence[str], diary: Diary
) -> list[Question]:
    """Set the nights around the gaps of one column against the others."""
    names = list(dict.fromkeys(columns))
    readings = {
        name: diary.readings.get(name) or read_values(nights[name], diary.dates)
        for name in (outcome, *names)
    }
    known = ~np.isnan(readings[outcome].values)
    followed = np.concatenate([diary.follows[1:] & known[1:], [False]])
    after = np.where(followed, 0.0, 1.0)
    if known.any():
        after[np.flatnonzero(known)[-1] :] = np.nan  # nothing is known of what came after
    gap = Column("gap_after", "control", "night", "", "a gap after them", "")
    label = column_of(nights, outcome).label
    without = Column("gap", "control", "night", "", f"no {label}", "")
    asked = []
    sorts = [(gap, after, ~np.isnan(after), after == 1.0)]
    sorts.append((without, np.where(known, 0.0, 1.0), np.ones(len(known), dtype=bool), ~known))
    for name in names:
        column, recorded = column_of(nights, name), readings[name].values
        column = replace(column, unit=readings[name].unit or column.unit)
        y = on_scale(name, recorded)
        there = ~np.isnan(y)
        for factor, x, told, gaps in sorts[: 1 + (name != outcome)]:
            used = there & told
            refusal = _refusal(name, y, used, int(np.count_nonzero(used & gaps)))
            one = Question(
                column, factor, _SAME[column.when], _AFTER, "yes/no", recorded, y, x, (), used,
                refusal,
            )  # fmt: skip
            asked.append(one)
    return asked


def _refusal(name: str, y: Floats, used: Bools, gaps: int) -> str:
    """Say why two sorts of nights cannot be compared."""
    n = int(np.count_nonzero(used))
    few = min(gaps, n - gaps)
    if n < LEAST_NIGHTS:
        return f"too few nights: {n} have {name}, {LEAST_NIGHTS} needed"
    if few < LEAST_GAPS:
        what = "gaps" if few == gaps else "nights without a gap"
        return f"one side too rare: {few} {what}, {LEAST_GAPS} needed"
    if np.ptp(y[used]) == 0:
        return f"constant: {name} was the same on all {n} nights"
    return ""


def free_nights_missing(days: pd.DatetimeIndex) -> Iterator[str]:
    """Say where the nights without an entry are mostly those before free days."""
    from scipy.stats import hypergeom

    span = pd.date_range(days[0], days[-1])
    missing = span.difference(days)
    free = [guards.FRIDAY, guards.SATURDAY]
    in_all, gone, left = (int(some.day_of_week.isin(free).sum()) for some in (span, missing, days))
    by_chance = hypergeom(len(span), in_all, len(missing))
    share = left / len(days)
    if by_chance.sf(gone - 1) < RARELY and share < FREE_SHARE[0]:
        which, other = "Friday or Saturday nights", "the other nights of the week"
    elif by_chance.cdf(gone) < RARELY and share > FREE_SHARE[1]:
        gone, which = len(missing) - gone, "no Friday or Saturday nights"
        other = "Friday and Saturday nights"
    else:
        return
    yield (
        f"{gone} of the {len(missing)} nights without an entry are {which}: what is typical here "
        f"leans to {other}."
    )
