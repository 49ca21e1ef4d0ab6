"""What was done on each night of a trial, matched word for word with the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Floats
from sleepstats.errors import DiaryError, did_you_mean
from sleepstats.reading.cells import says_missing
from sleepstats.trials.sheet import Planned
from sleepstats.units import counted

Codes = Floats

#: Words of a guess that is none.
_NO_GUESS = ("?", "dont know", "don't know", "no idea", "unsure", "not sure", "unknown")
_YES_NO = ({"on", "off"}, {"yes", "no"})


@dataclass(frozen=True, eq=False)
class TrialAnswers:
    """What the person wrote down, in the plan's order of nights."""

    #: ndarray of float (n_nights,): 1 for the first condition, 0 for the second, NaN where nothing
    #: was written.
    done: Codes
    guess: Codes
    #: ndarray of bool (n_nights,): planned nights that have a row where the answers come from.
    rows: Bools
    #: Where the answers come from, for sentences; empty if there are none.
    source: str


def code_words(
    words: Sequence[str], conditions: tuple[str, str], *, where: Sequence[str], guess: bool = False
) -> tuple[Codes, list[str]]:
    """Match words with the two conditions, capitals and blanks aside."""
    known = {label.casefold(): value for label, value in zip(conditions, (1.0, 0.0), strict=True)}
    codes = np.full(len(words), np.nan)
    problems = []
    for row, word in enumerate(words):
        plain = " ".join(word.split()).casefold()
        if plain in known:
            codes[row] = known[plain]
        elif plain and not says_missing(plain) and not (guess and plain in _NO_GUESS):
            near = did_you_mean(word, conditions)
            problems.append(
                f"{where[row]}: {word!r} is not a condition of this plan. Write "
                f"{conditions[0]!r} or {conditions[1]!r}, or leave it empty.{near}"
            )
    return codes, problems


def answers_in(nights: pd.DataFrame, plan: Planned) -> TrialAnswers:
    """Take what was done from the diary itself, where it has such columns."""
    codes, problems = {}, []
    for name in ("planned", "done", "guess"):
        codes[name], wrong = _column(nights, name, plan)
        problems += wrong
    dates = pd.DatetimeIndex(nights.index)
    known = np.isfinite(codes["planned"])
    problems += misfits(
        dates[known], codes["planned"][known] == 1.0, plan,
        [f"nights, {date:%Y-%m-%d}" for date in dates[known]], outside=False,
    )  # fmt: skip
    if problems:
        raise DiaryError(problems)
    places = dates.get_indexer(plan.nights)
    here = places >= 0
    taken = {name: np.where(here, values[places], np.nan) for name, values in codes.items()}
    written = bool(np.isfinite(taken["done"]).any())
    return TrialAnswers(taken["done"], taken["guess"], here, "the diary" if written else "")


def misfits(
    dates: pd.DatetimeIndex,
    first: Bools,
    plan: Planned,
    where: Sequence[str],
    *,
    outside: bool = True,
) -> list[str]:
    """Say where what was planned according to a file is not what the plan says."""
    planned = pd.Series(plan.first, index=plan.nights)
    places = planned.index.get_indexer(dates)
    problems, wrong = [], []
    for row, place in enumerate(places):
        label = plan.conditions[0 if first[row] else 1]
        if place < 0 and outside:
            problems.append(
                f"{where[row]}: the evening {dates[row]:%Y-%m-%d} is not in the plan, which runs "
                f"from {plan.nights[0]:%Y-%m-%d} to {plan.nights[-1]:%Y-%m-%d}."
            )
            wrong.append(row)
        elif place >= 0 and planned.iloc[place] != first[row]:
            problems.append(
                f"{where[row]}: {label!r} stands as planned, but the plan says "
                f"{plan.conditions[1 if first[row] else 0]!r} for that evening."
            )
            wrong.append(row)
    if wrong:
        span = slice(wrong[0], wrong[-1] + 1)
        moved = better_shift(dates[span], first[span], planned)
        if moved:
            problems.insert(
                0,
                f"The {counted(len(dates[span]), 'row')} from {dates[wrong[0]]:%Y-%m-%d} to "
                f"{dates[wrong[-1]]:%Y-%m-%d} would fit the plan if they were dated {moved}. "
                "Nothing was moved: correct the dates in the file if they are wrong.",
            )
    return problems


def shift_of_done(answers: TrialAnswers, plan: Planned) -> str:
    """Name a move of the dates under which what was done is what was planned; else empty."""
    known = np.isfinite(answers.done)
    return better_shift(
        plan.nights[known], answers.done[known] == 1.0, pd.Series(plan.first, index=plan.nights)
    )


def _column(nights: pd.DataFrame, name: str, plan: Planned) -> tuple[Codes, list[str]]:
    """Read one column of the diary as conditions."""
    if name not in nights:
        return np.full(len(nights), np.nan), []
    column = nights[name]
    if pd.api.types.is_bool_dtype(column.dtype) or pd.api.types.is_numeric_dtype(column.dtype):
        if {label.casefold() for label in plan.conditions} not in _YES_NO:
            if not column.notna().any():
                return np.full(len(nights), np.nan), []
            return np.full(len(nights), np.nan), [
                f"Column {name!r} of nights holds {column.dtype}, and yes or no does not say which "
                f"condition it was. Write {plan.conditions[0]!r} or {plan.conditions[1]!r}."
            ]
        yes = plan.conditions[0].casefold() in ("on", "yes")
        values = column.to_numpy(dtype=float, na_value=np.nan)
        return (values if yes else 1.0 - values), []
    words = ["" if pd.isna(word) else str(word) for word in column]
    where = [f"nights, {name}, {date:%Y-%m-%d}" for date in pd.DatetimeIndex(nights.index)]
    return code_words(words, plan.conditions, where=where, guess=name == "guess")


LEAST_ROWS = 10
_FITS = 0.95
_DOES_NOT = 0.8
_DAYS = (1, -1, 2, -2, 3, -3, 7, -7)
_MONTHS = (1, -1, 12, -12)


def better_shift(dates: pd.DatetimeIndex, first: Bools, plan: pd.Series[bool]) -> str:
    """Name the one move of the dates under which they fit a plan; empty if none clearly does.

    >>> nights = pd.date_range("2026-03-02", periods=20)
    >>> plan = pd.Series([True, False, False, True, True] * 4, index=nights)
    >>> better_shift(nights - pd.Timedelta(days=1), plan.to_numpy(), plan)
    'one day later'
    """
    if len(dates) < LEAST_ROWS or _agreement(dates, first, plan) >= _DOES_NOT:
        return ""
    # a move of dates is named, never made: which of two records is wrong only the person knows
    fits = [(_agreement(moved, first, plan), words) for moved, words in _moves(dates)]
    share, words = max(fits, key=lambda fit: fit[0])
    return words if share >= _FITS else ""


def _moves(dates: pd.DatetimeIndex) -> Iterator[tuple[pd.DatetimeIndex, str]]:
    """Move the dates alike, in each of the ways that happen."""
    for days in _DAYS:
        yield dates + pd.Timedelta(days=days), _words(days, "day")
    for months in _MONTHS:
        unit, number = ("year", months // 12) if abs(months) == 12 else ("month", months)
        moved = [date + pd.DateOffset(months=months) for date in dates]
        yield pd.DatetimeIndex(moved), _words(number, unit)


def _words(number: int, unit: str) -> str:
    size = abs(number)
    count = f"one {unit}" if size == 1 else f"{size} {unit}s"
    return f"{count} {'later' if number > 0 else 'earlier'}"


def _agreement(dates: pd.DatetimeIndex, first: Bools, plan: pd.Series[bool]) -> float:
    """Return the share of rows that stand in the plan with the same condition."""
    places = plan.index.get_indexer(dates)
    inside = places >= 0
    return float((inside & (plan.to_numpy()[places] == first)).mean())
