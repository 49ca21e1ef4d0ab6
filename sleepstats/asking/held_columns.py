"""What a question holds equal: columns that the person names, ratings on a night's other side.

Also what of an answered table decides how many nights more would show: its family, its kinds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats, ValueKind
from sleepstats.asking import LEAST_NIGHTS, Asking, Diary, Question, of_kinds, prepare, too_alike
from sleepstats.asking.estimation import Answer
from sleepstats.columns import OF_BED, column_of, factor_names, ingredients
from sleepstats.errors import DiaryError, both_forms, option
from sleepstats.inference.guards import calendar_controls, night_numbers
from sleepstats.inference.habit_columns import fill
from sleepstats.reading.nights import dates_left_open, plausible

#: A column that was recorded on fewer than this share of a question's nights is not held equal.
LEAST_RECORDED = 0.5
#: Stretches a year, at most, that are no shifts; a unit; what marks a line on clock times.
MOST_AWAY, LOCAL, CLOCK = 3, "local time", ":clock"
#: The unit of how long before bed something was last taken; missing where nothing was.
HOURS_BEFORE = "h before bed"
#: The order of a row: a day comes before its night, a night before its morning.
_PLACE = {"day": 0, "night": 1, "morning": 2}


def prepare_asked(
    nights: pd.DataFrame,
    pairs: Sequence[tuple[str, str]],
    asking: Asking,
    *,
    when: Mapping[str, str] | None = None,
) -> tuple[Diary, list[Question]]:
    """Make questions ready as :func:`prepare`, with the columns of ``adjust`` held equal."""
    at_the_bed, away = clocks_known(nights)
    diary, questions = prepare(at_the_bed, pairs, when=when)
    told = {name + CLOCK: away[name] for pair in pairs for name in pair if name in away}
    diary = replace(diary, dates_open=open_lines(nights, [x for _, x in pairs]) | told)
    questions = at_equal_bed(nights, questions)
    if not asking.held:
        return diary, questions
    known: dict[str, dict[str, tuple[Question, Floats]]] = {}
    held = []
    for question in questions:
        outcome = question.outcome
        if question.refusal or outcome.name in asking.held:
            itself = f"tautology: adjust holds {outcome.name} equal, and it is the outcome itself"
            held.append(replace(question, refusal=question.refusal or itself))
            continue
        if outcome.when not in known:
            known[outcome.when] = _filled(nights, diary, outcome.name, asking, when)
        columns = known[outcome.when]
        reasons = (refusal_of_held(nights, question, *columns[name]) for name in asking.held)
        if reason := next((reason for reason in reasons if reason), ""):
            held.append(replace(question, refusal=reason))
            continue
        beside = [column for name in asking.held for column in columns[name][1].T]
        held.append(replace(question, beside=(*question.beside, *beside)))
    return diary, held


def clocks_known(nights: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return nights without clock times of stretches printed hours off; a line by such column."""
    # 18 such nights of 1,190 made a habit's “2 h later”; what comes again and again is shifts
    runs = plausible.nights_away(nights)
    if not runs or len(runs) > MOST_AWAY * (1 + (nights.index[-1] - nights.index[0]).days // 365):
        return nights, {}
    places = [i for first, last, *_ in runs for i in range(first, last + 1)]
    off, columns = (
        np.isin(np.arange(len(nights)), places),
        [column_of(nights, str(x)) for x in nights],
    )
    names = [x.name for x in columns if x.unit == LOCAL or nights[x.name].dtype.kind == "M"]
    spans = [f"{nights.index[a]:%Y-%m-%d} to {nights.index[b]:%Y-%m-%d}" for a, b, *_ in runs]
    line = f"{len(places)} nights ({', '.join(spans)}) left out: hours from the usual, "
    line = f"Times of the clock: {line}as on a journey, in shifts or by a clock set otherwise."
    return nights.assign(**{x: nights[x].mask(off) for x in names}), dict.fromkeys(names, line)


def open_lines(nights: pd.DataFrame, habits: Sequence[str]) -> dict[str, str]:
    """Say of habits, by name, what the dates were taken for where they can name another day."""
    told: dict[str, str] = {}
    for dates in dates_left_open.open_dates(nights):
        own = [n for n in habits if (n in dates.columns if dates.file else n not in told)]
        moved = [n for n in own if column_of(nights, n).when == "day"]
        if moved and not dates.likely:
            ways = " or ".join(option(f"{dates.read_by}(...", labels=one) for one in dates.others)
            line = (
                f"Still open: a date of {dates.file or 'the file'} was taken for "
                f"{dates.means(dates.taken)}, its habits for those of the evening before. "
                f"If not: {ways}."
            )
            told |= dict.fromkeys(moved, both_forms(line))
    return told


def at_equal_bed(nights: pd.DataFrame, questions: Sequence[Question]) -> list[Question]:
    """Hold the bed time equal in questions about hours before it, and what is counted until it."""
    # a later bed time makes the hours more by itself, and the night shorter: with a coffee at
    # dice's hour and bed times that vary by 50 min (60 nights) 95 of 100 diaries had "less sleep
    # for each hour earlier", and 6 so
    counted = [q.factor.unit == HOURS_BEFORE or q.factor.made_of == OF_BED[0] for q in questions]
    asked = [one and not q.lag for one, q in zip(counted, questions, strict=True)]
    there = [name for name in ("lights_out", "into_bed") if any(asked) and name in nights]
    there = there or ["sleep_onset"] * (any(asked) and "sleep_onset" in nights)
    hours = [
        (nights[name].to_numpy() - nights.index.to_numpy()) / np.timedelta64(1, "h")
        for name in there
    ]
    bed = np.full(len(nights), np.nan)
    for each in hours:  # where the one is blank, the other
        bed = np.where(np.isfinite(bed), bed, each)
    # minutes in bed before the light went out belong to those hours and to the time in bed alike
    columns = [bed, *([hours[0] - hours[1]] if len(hours) == 2 else [])]
    known = [np.isfinite(column) for column in columns]
    filled = [
        np.where(here, column, column[here].mean())
        for here, column in zip(known, columns, strict=True) if here.any()
    ]  # fmt: skip
    held = []
    for question, yes in zip(questions, asked, strict=True):
        yes = bool(yes and not question.refusal and question.used.any())
        use = [column for column in filled if yes and np.ptp(column[question.used]) > 1e-9]
        ready = yes and use
        held.append(replace(question, bed=np.column_stack(use)) if ready else question)
    return held


def of_equal_bed(question: Question) -> Floats:
    """Return a factor's values; hours before bed as they would be at the usual bed time."""
    if question.bed is None:
        return question.x
    used = question.used & ~np.isnan(question.x)
    bed = question.bed - question.bed[used].mean(axis=0)
    x = question.x[used] - question.x[used].mean()
    return np.asarray(question.x - bed @ np.linalg.lstsq(bed[used], x, rcond=None)[0])


def _filled(
    nights: pd.DataFrame,
    diary: Diary,
    outcome: str,
    asking: Asking,
    when: Mapping[str, str] | None,
) -> dict[str, tuple[Question, Floats]]:
    """Align habits with one part of the day, fill their gaps; those held equal, as columns."""
    factors = [name for name in factor_names(nights) if name not in asking.held]
    names = [name for name in (*asking.held, *factors) if name != outcome]
    _, aligned = prepare(nights, [(outcome, name) for name in names], when=when)
    problems = [
        f"adjust: {question.factor.name!r} holds neither numbers, yes or no, nor a few kinds, so "
        "it cannot be held equal. Leave it out, or make a number of it first."
        for question in aligned[: len(asking.held)]
        if question.kind in ("text", "other")
    ]
    if problems:
        raise DiaryError(problems)
    parts = [habit_columns(q.kind, q.x, len(q.levels)) for q in aligned]
    table = np.concatenate(parts, axis=1)
    number = night_numbers(diary.dates.to_numpy("datetime64[D]"))
    weekday = diary.dates.day_of_week.to_numpy()
    z = calendar_controls(number, weekday, int(number[-1]) + 1, adjust=asking.calendar)
    own = [q.factor.unit == HOURS_BEFORE for q in aligned]
    complete = fill(table, z, np.repeat(own, [part.shape[1] for part in parts]))
    ends = np.cumsum([part.shape[1] for part in parts])
    blocks = np.split(complete, ends[:-1], axis=1)
    told = {q.factor.name: (q, block) for q, block in zip(aligned, blocks, strict=True)}
    if outcome in asking.held:
        told[outcome] = replace(aligned[0], factor=replace(aligned[0].outcome)), np.zeros((0, 0))
    return told


def hold_fixed(question: Question, *columns: Floats) -> Question:
    """Ask the same question beside further columns, on the rows that have them all."""
    used = question.used & ~np.isnan(np.column_stack(columns)).any(axis=1)
    narrowed = replace(question, used=used, beside=(*question.beside, *columns))
    return replace(narrowed, refusal=question.refusal or narrowed_refusal(narrowed))


def narrowed_refusal(asked: Question) -> str:
    """Return why a question cannot be asked on the nights that also have what is held fixed."""
    n = int(asked.used.sum())
    if n < LEAST_NIGHTS:
        return (
            f"too few nights: needs at least {LEAST_NIGHTS} nights with {asked.outcome.name}, "
            f"{asked.factor.name} and what is held fixed beside them; {n} have all"
        )
    return too_alike(asked, {})


def narrowed(asked: Question) -> Question:
    """Leave out rare kinds of a question on fewer rows, and say whether it can still be asked."""
    asked = replace(asked, refusal=asked.refusal or narrowed_refusal(asked))
    if asked.kind == "categorical" and not asked.refusal:
        asked = of_kinds(asked)
    return asked


def habit_columns(kind: ValueKind, values: Floats, kinds: int) -> Floats:
    """Return a habit as columns: itself, or one for each kind but the commonest."""
    if kind != "categorical":
        return values[:, None] if kind in ("yes/no", "numeric") else np.empty((len(values), 0))
    known = ~np.isnan(values)
    counts = np.bincount(values[known].astype(int), minlength=kinds)
    others = [place for place in np.flatnonzero(counts) if place != counts.argmax()]
    columns = [np.where(known, values == place, np.nan) for place in others]
    return np.column_stack(columns) if columns else np.empty((len(values), 0))


def refusal_of_held(
    nights: pd.DataFrame, question: Question, held: Question, columns: Floats
) -> str:
    """Say why a column cannot be held equal in a question; empty when it can."""
    outcome, factor, name = question.outcome.name, question.factor.name, held.factor.name
    if name in (outcome, factor):
        what = "the outcome itself" if name == outcome else "what is asked about"
        return f"tautology: adjust holds {name} equal, and it is {what}"
    for other, lag in ((outcome, held.lag), (factor, held.lag - question.lag)):
        tied = name in ingredients(other, nights) or other in ingredients(name, nights)
        if lag == 0 and tied:
            return f"tautology: adjust holds {name} equal, which is tied to {other} by definition"
    if lies_between(question, held):
        return (
            f"between: {name} ({held.factor.when}) comes after {factor} and before {outcome} is "
            f"told; holding it equal would take away what goes through it"
        )
    known = int((question.used & ~np.isnan(held.x)).sum())
    n = int(question.used.sum())
    if known < LEAST_RECORDED * n:
        return f"too few nights: {name}, to be held equal, was recorded on {known} of {n} nights"
    if not columns.size or not np.isfinite(columns).all():
        return f"constant: {name}, to be held equal, never varied"
    return ""


def lies_between(question: Question, held: Question) -> bool:
    """Say whether a column comes after the factor: what is of the night the habit may work through.

    One that the data dictionary does not know is a habit of the day, unless `when` says otherwise.
    """
    before, after = (_PLACE[one.factor.when] - 3 * one.lag for one in (question, held))
    return after > before


def nights_before(values: Floats, diary: Diary, back: int) -> Floats:
    """Return the values of so many calendar nights before; missing where that has no row."""
    days = diary.dates - pd.Timedelta(days=back)
    return np.asarray(pd.Series(values, index=diary.dates).reindex(days), dtype=np.float64)


def on_either_side(
    diary: Diary, to_night: Question, question: Question
) -> tuple[Question, Question, Question]:
    """Ask of a rating and its night; of the night and the next rating; and of that in another way.

    The second holds the rating before the night fixed. The third subtracts the rating two rows
    back: what ties a night to both its sides alike, such as what a rough rating left out, cancels.
    """
    part = to_night.factor.when
    if part == to_night.outcome.when:
        reason = (
            f"same time: {to_night.factor.name} and {to_night.outcome.name} both belong to the "
            f"{part}, so neither comes before the other; if that is wrong, say when "
            "each is rated (when=)"
        )
        to_night = replace(to_night, refusal=to_night.refusal or reason)
        question = replace(question, refusal=question.refusal or reason)
    values = question.recorded
    if set(values[~np.isnan(values)]) <= {0.0, 1.0}:  # a yes or no counts in percent of days
        values = 100.0 * values
        percent = replace(question.outcome, unit="%")
        question = replace(question, outcome=percent, recorded=values, y=values)
    before, two = (nights_before(values, diary, back) for back in (1, 2))
    known = ~np.isnan(np.column_stack([before, two])).any(axis=1)
    turned = replace(question, y=values - two, used=question.used & known)
    turned = replace(turned, refusal=question.refusal or narrowed_refusal(turned))
    return to_night, hold_fixed(question, before), turned


def less_sure(held: Answer, minus: Answer, name: str, chance: float) -> tuple[int, Answer]:
    """Return which of two ways of asking is told, 0 or 1, and its answer; p is the larger one.

    The second way is told, unless it alone finds something, or too few nights have it.
    """
    if minus.status == "refused" or held.status == "refused":
        way = int(held.status == "refused" or held.pvalue < chance)
        return way, (held, minus)[way]
    found = (held.pvalue < chance, minus.pvalue < chance)
    if all(found) and held.effect * minus.effect < 0:
        reason = (
            f"no agreement: two ways of setting earlier {name} apart gave opposite answers, so "
            "neither is shown"
        )
        return 1, Answer(minus.n, "refused", reason)
    way = int(found[0] or not found[1])
    return way, replace((held, minus)[way], pvalue=max(held.pvalue, minus.pvalue))


def share_of(table: pd.DataFrame, row: Mapping[str, Any]) -> float:
    """Return of what share of its family one more finding would be the last."""
    family = row.get("family_name", "")
    status = table.loc[table["family_name"] == family, "status"] if family else table["status"]
    return float(((status == "found").sum() + 1) / (status != "refused").sum())


def hidden_beside(table: pd.DataFrame) -> dict[tuple[str, str], list[str]]:
    """Return what is clear only with others held equal, with those of them that stand.

    By Holm over the family: by Benjamini and Hochberg 8 of 100 diaries without any effect name one.
    """
    rows, hidden = table[table["status"] != "refused"], dict[tuple[str, str], list[str]]()
    for _, mine in rows.groupby(rows.get("family_name", rows["status"] != "")):
        ranked = mine.sort_values("beside_pvalue")
        holm = (ranked["beside_pvalue"] * np.arange(len(ranked), 0, -1)).cummax()
        each = ranked.assign(pvalue_family=holm).to_dict("records")
        firm = {(row["outcome"], row["factor"]) for row in each if row["stands"] is True}
        for row in each:
            beside = [x for x in str(row["held_equal"]).split(", ") if (row["outcome"], x) in firm]
            clear = row["pvalue_family"] < 0.05 and row["beside_effect"] == row["beside_effect"]
            if row["status"] in ("not found", "unreachable") and clear and beside:
                hidden[str(row["outcome"]), str(row["factor"])] = beside
    return hidden


def clearest_kind(contrasts: pd.DataFrame | None, n: int, scale: float) -> tuple[float, str, float]:
    """Return how far the clearest of kinds differs, from which, and on how many nights it shows.

    By the square-root law from ``n`` nights, in 80 of 100 at a level of 0.05. On few nights are
    too few of each kind, however far they differ (four, by 133 min: seen in 4 of 12 diaries of 14
    nights, in 12 of 12 of 30).
    """
    known = pd.DataFrame() if contrasts is None else contrasts.dropna(subset="effect_low")
    if known.empty or not (one := known.sort_values("pvalue").iloc[0])["effect"]:
        return np.nan, "", np.inf
    seen = (1.96 + 0.84) / 1.96 * (one["effect_high"] - one["effect_low"]) / 2.0
    between = f" between “{one['level']}” and “{one['reference']}”"
    takes = max(n * (seen / one["effect"]) ** 2, 2.0 * LEAST_NIGHTS)
    return scale * one["effect"], between, float(takes)
