"""Is this a question that can be put at all: names, options, one person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sleepstats import columns
from sleepstats.arrays import LATENCY, latency_refusal
from sleepstats.asking import Asking, Question
from sleepstats.checks import check_nights
from sleepstats.columns import CLOCKS, DICTIONARY, PERSON, STAND_INS, column_of, how_long, told_of
from sleepstats.errors import DiaryError, advice, did_you_mean, spelled, worded
from sleepstats.inference import guards, information, none_alone
from sleepstats.units import CLOCK_UNIT, counted

WHENS = ("day", "night", "morning")


def names_of(names: Iterable[str] | str) -> list[str]:
    """Return names as a list without repeats; a single name may stand alone."""
    given = [names] if isinstance(names, str) or not isinstance(names, Iterable) else list(names)
    if odd := [name for name in given if not isinstance(name, str)]:
        raise DiaryError(
            f"{spelled(odd[0], 'this')} is a {type(odd[0]).__name__}, expected a name or a list of "
            "names. Write for example ['weekday'], or () for none."
        )
    return list(dict.fromkeys(given))


def _check_rows(nights: pd.DataFrame) -> None:
    """Check that there is a night."""
    if not len(nights):
        raise DiaryError(
            "nights has no rows, so there is nothing to ask. Choose rows that are there; of a "
            "file, reading_report(nights) says what became of its rows."
        )


def check_question(
    nights: pd.DataFrame,
    *,
    outcomes: Sequence[str],
    factors: Sequence[str],
    asking: Asking,
    when: Mapping[str, str] | None = None,
    calendar_only: bool = False,
) -> Asking:
    """Check the frame, the names and the options, and say everything that is wrong at once."""
    check_nights(nights)
    _check_rows(nights)
    if isinstance(nights.index, pd.MultiIndex):
        people = nights.index.unique(PERSON)
        raise DiaryError(
            f"nights holds {len(people)} people. Ask about one person at a time, for example "
            f"nights.loc[{people[0]!r}]."
        )
    for name in (asked := (*outcomes, *factors)):
        if isinstance(name, (list, tuple, dict, set, pd.Series, pd.Index, np.ndarray)):
            one = f"{spelled(name, 'this')} is a {type(name).__name__}, expected the name of one "
            raise DiaryError(f"{one}column. For several at once use correlate().")
    if when is not None and not isinstance(when, Mapping):
        raise DiaryError(
            f"when: {spelled(when, 'this')} is a {type(when).__name__}, expected a mapping such as "
            "{'stress': 'day'}."
        )
    problems = [_absent(nights, name, outcomes) for name in asked if name not in nights]
    problems += [
        sentence for name in outcomes if name in nights and (sentence := _no_number(nights, name))
    ]
    problems += _adjust_problems(nights, asking, calendar_only)
    problems += _option_problems(asking)
    for name, part in (when or {}).items():
        if name not in nights:
            problems.append(f"when: {_absent(nights, name)}")
        elif part not in WHENS:
            problems.append(
                f"when: {name!r} is said to happen at {part!r}. Write 'day', 'night' or 'morning'."
                f"{did_you_mean(part, WHENS)}"
            )
    if problems:
        raise DiaryError(dict.fromkeys(problems))
    return asking


def _absent(nights: pd.DataFrame, name: str, outcomes: Sequence[str] = ()) -> str:
    what, named = "Factors", columns.factor_names(nights)
    if name in outcomes:
        what, named = "Measures", [x for part in outcome_families(nights).values() for x in part]
    said = str(name).casefold()
    labels = {one: str(column_of(nights, one).label).casefold() for one in named}
    alike = [one for one in named if said in labels[one].split()]  # tables print labels
    alike.sort(key=lambda one: labels[one] != said)
    near = f" Did you mean {alike[0]!r}?" if alike else did_you_mean(name, named)
    return f"{columns.absent(nights, name, near)} {what} present: {', '.join(named) or 'none'}."


def _no_number(nights: pd.DataFrame, name: str) -> str:
    """Say why a column cannot be an outcome; empty when it can."""
    dtype, instead, what = nights[name].dtype, "", "yes or no"
    if not pd.api.types.is_bool_dtype(dtype):
        if _is_number_or_clock(dtype) or nights[name].isna().all():
            return ""
        words = dict.fromkeys(spelled(str(one), "a text") for one in nights[name].dropna())
        what = f"words ({', '.join(list(words)[:3])})"
        instead = " Written as numbers it can be asked about."
    numeric = nights.select_dtypes("number").columns
    numbers = [str(column) for column in numeric if column_of(nights, column).when != "day"]
    such = f", for example {numbers[0]}" if numbers else ""
    return f"Column {name!r} is {what}; an outcome is a number or a clock time{such}.{instead}"


def _is_number_or_clock(dtype: Any) -> bool:
    """Say whether a column's type can be an outcome; a yes or no cannot."""
    return getattr(dtype, "kind", "") in {"i", "u", "f", "c", "M"}


def _adjust_problems(nights: pd.DataFrame, asking: Asking, calendar_only: bool) -> list[str]:
    """Say which names are neither a calendar control nor a column that can be held equal."""
    wrong = [name for name in asking.held if calendar_only or name not in nights]
    also = columns.factor_names(nights) if wrong and not calendar_only else ()
    write = "any of 'weekday' and 'trend'"
    if not calendar_only:
        write += ", columns of nights to be held equal"
    return [
        f"adjust: {name!r} is not known. Write {write}, or () for none."
        f"{did_you_mean(name, (*guards.ADJUSTMENTS, *also))}"
        for name in wrong
    ]


def _option_problems(asking: Asking) -> list[str]:
    problems = []
    if asking.method not in information.METHODS:
        problems.append(
            f"method: {spelled(asking.method)} is not known. Write 'pearson' or 'spearman'."
            f"{did_you_mean(asking.method, information.METHODS)}"
        )
    if asking.family not in none_alone.FAMILIES:
        problems.append(
            f"family: {spelled(asking.family)} is not known. Write 'bh', 'holm' or 'none'."
            f"{did_you_mean(spelled(asking.family), none_alone.FAMILIES)}"
        )
    if not (isinstance(asking.level, int | float) and 0.5 < asking.level < 1.0):
        problems.append(
            f"level: {spelled(asking.level)} is not between 0.5 and 1. "
            "Write 0.95 for 95 % intervals."
        )
    return problems


def default_stand_ins(nights: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Return the outcomes to ask about when the caller named none, and what to say about them."""
    length = how_long(nights)
    recorded = length in nights and bool(nights[length].notna().any())
    latency = "sol_min" in nights and bool(nights["sol_min"].notna().any())
    if not recorded and not latency:
        rated = [
            str(name)
            for name in nights.columns
            if column_of(nights, name).when != "day"
            and pd.api.types.is_numeric_dtype(nights[name].dtype)
            and column_of(nights, name).kind != "control"
            and nights[name].notna().any()
        ]
        example = f"outcomes=[{rated[0]!r}]" if rated else "outcomes=['quality']"
        raise DiaryError(
            "nights has no values in tst_min, spt_min, tib_min or sol_min, which correlate() asks "
            f"about by default. Name what to explain, for example {example}."
        )
    if not recorded:
        return ["tst_min", "sol_min"], ["no sleep duration was recorded"]
    notes = []
    if length != "tst_min":
        n = int(nights["tst_min"].count()) if "tst_min" in nights else 0
        was = f"recorded on {counted(n, 'night')} only" if n else "not recorded"
        label = column_of(nights, length).label
        notes.append(f"total sleep time was {was}; {label} ({length}) stands in for it")
    if not latency:
        notes.append("sleep onset latency was not recorded")
    return [length, "sol_min"], notes


def outcome_families(nights: pd.DataFrame) -> dict[str, list[str]]:
    """Sort every measure of the night and the morning that varies into families of questions.

    What a person came for is a family of its own: how long (the best that is recorded), how soon.
    """
    _check_rows(nights)
    measured = []
    for name in map(str, nights.columns):
        column = column_of(nights, name)
        if column.when == "day" or column.kind in ("factor", "control"):
            continue
        if _is_number_or_clock(nights[name].dtype) and _varies(nights[name]):
            measured.append(column)
    names = [column.name for column in measured]
    came_for = [name for name in (how_long(nights), *STAND_INS) if name in names][:1]
    if LATENCY in names and not latency_refusal(nights):
        came_for.append(LATENCY)
    clocks = [
        column.name
        for column in measured
        if column.name in (*CLOCKS, "midsleep_h", *STAND_INS) or column.unit == CLOCK_UNIT
    ]
    stages: list[str] = [
        name for name in ("awake_min", "rem_min", "light_min", "deep_min") if name in names
    ]
    body = [column.name for column in measured if column.kind == "device"]
    parts: dict[str, list[str]] = {
        "how long and how soon": came_for,
        "how well": [name for name in names if name not in (*came_for, *clocks, *body, LATENCY)],
        "when": [name for name in clocks if name not in came_for],
        "stages of sleep": stages,
        "body": [name for name in body if name not in (*stages, *came_for, *clocks)],
    }
    return {words: part for words, part in parts.items() if part}


def _varies(column: pd.Series[Any]) -> bool:
    """Say whether a column has two different values."""
    values = column.dropna().to_numpy()
    return bool((values != values[:1]).any())


def of_the_night(nights: pd.DataFrame, names: Sequence[str]) -> tuple[str, ...]:
    """Return outcomes, none of which is known to be a habit of the day before."""
    _check_rows(nights)
    if not names:
        raise DiaryError("outcomes is an empty list. Name a measure or leave it out.")
    told = told_of(nights).get("columns", {})
    if missing := [name for name in names if name not in nights]:
        raise DiaryError([_absent(nights, name, names) for name in missing])
    for name in names:
        one = column_of(nights, name)
        if (one.kind, one.when) == ("factor", "day") and (name in told or name in DICTIONARY):
            alone = f"; of this one alone correlate(nights, outcomes='all', factors={name!r})"
            every = f"{advice('answer(nights)', 'sleepstats report without --outcome')} asks what "
            expected = "expected a measure of the night or the morning"
            said = f"{every}every habit goes with{advice(alone, '')}."
            raise DiaryError(f"{name!r} is a habit of the day before, {expected}. {said}")
    return tuple(names)


def check_matters(nights: pd.DataFrame, matters: Mapping[str, float] | None) -> None:
    """Check that differences that matter are positive numbers of columns that are there."""
    if matters is None:
        return
    if not isinstance(matters, Mapping):
        raise DiaryError(
            f"matters: {spelled(matters, 'this')} is a {type(matters).__name__}, expected a "
            "mapping such as {'tst_min': 15}."
        )
    problems = []
    for name, least in matters.items():
        if name not in nights:
            problems.append(f"matters: {_absent(nights, name, (name,))}")
        elif isinstance(least, bool) or not isinstance(least, int | float) or not 0 < least < 1e9:
            problems.append(
                f"matters: {spelled(least)} of {name!r} is not a difference. Write a number above "
                "0, in the outcome's unit."
            )
    if problems:
        raise DiaryError(problems)


def no_sides(question: Question) -> str:
    """Say what to use for a factor that has no two sides."""
    outcome, factor = question.outcome.name, question.factor.name
    if question.kind == "numeric":
        values = question.x[~np.isnan(question.x)]
        clock = question.factor.unit == CLOCK_UNIT
        what = "a clock time" if clock else "a number"
        number = f"nights[{factor!r}]"
        if clock:
            number = f"(({number} - nights.index) / pd.Timedelta('1h'))"
        middle = float(np.median(values)) if len(values) else 3.0
        if len(values) and middle == values.min() and middle < values.max():
            middle = float(values[values > middle].min())  # at least the median would be all
        more = (
            f", or make a yes or no of it first: nights.assign(much={number}"
            f".astype('Float64') >= {middle:g})"
        )
        if len(values) and values.min() == values.max():
            more = f"; it is {middle:g} on all nights, so that nothing can be asked about it"
    elif question.kind == "other":
        what = f"of the type {', '.join(question.levels) or 'object'}"
        more = f" once it is a number, for example nights[{factor!r}] / pd.Timedelta('1min')"
    else:
        what, more = f"words with {len(question.levels)} different answers", ""
    return (
        f"compare() sets yes against no, and {factor!r} is {what}. "
        f"Use associate(nights, outcome={outcome!r}, factor={factor!r}){more}."
    )


@worded
def main_outcomes(nights: pd.DataFrame) -> tuple[str, ...]:
    """Choose the measures that people ask about first: how long, how soon, and how good it was.

    Parameters
    ----------
    nights : DataFrame
        One row per night.

    Returns
    -------
    tuple of str
        Columns of ``nights``, up to three.

    Notes
    -----
    The sleep period or else the time in bed stands in for sleep where fewer than 14 nights tell how
    long the person slept. A latency that is an app's rule and no measurement is left out.

    Examples
    --------
    >>> import sleepstats as ss
    >>> ss.main_outcomes(ss.load_sample("diary"))
    ('tst_min', 'sol_min', 'quality')
    """
    check_nights(nights)
    known = [name for name in nights.columns if nights[name].notna().any()]
    chosen = [name for name in (how_long(nights),) if name in known]
    if not latency_refusal(nights):
        chosen.append("sol_min")
    if "quality" in known and column_of(nights, "quality").kind == "recorded":
        chosen.append("quality")
    return tuple(chosen)


def calendar_of(nights: pd.DataFrame, outcomes: Sequence[str]) -> list[str]:
    """Choose what is asked about over the calendar: one measure of each kind, no parts of sleep."""
    families = outcome_families(nights)
    kept = list(families.get("how long and how soon", []))
    for ends in (("lights_out", "into_bed", "sleep_onset"), ("out_of_bed", "final_wake")):
        kept += [name for name in ends if name in outcomes][:1]
    kept += [name for name in families.get("how well", []) if name in ("quality", "rested")]
    kept += families.get("body", [])
    return [name for name in dict.fromkeys(kept) if name in outcomes] or list(outcomes)
