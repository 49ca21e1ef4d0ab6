"""What was filled in during a trial: read from its sheet or the diary, held against the plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, TypeVar
from urllib.parse import unquote

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Floats, Stamps
from sleepstats.errors import DiaryError, advice, did_you_mean
from sleepstats.trials import designs, question, sheet
from sleepstats.units import counted

Plan = TypeVar("Plan", bound=sheet.Planned)

_NEEDED = ("night", "planned", "trial_plan")

#: How a sheet is written, and what may be given instead of it.
_WRITTEN = advice(" plan.to_csv(path)", ": sleepstats trial plan")
_ITSELF = advice(", or give analyse_trial() the plan itself", "")
_TICKS = ("x", "1", "ok", "yes", "y", "ja", "oui", "sí", "si", "sim", "tak", "✓", "✔")
#: Words of a guess that is none.
_NO_GUESS = ("?", "dont know", "don't know", "no idea", "unsure", "not sure", "unknown")
_YES_NO = ({"on", "off"}, {"yes", "no"})


@dataclass(frozen=True, eq=False)
class TrialAnswers:
    """What the person wrote down, in the plan's order of nights."""

    #: ndarray of float (n_nights,): 1 for the first condition, 0 for the second, NaN where nothing
    #: was written.
    done: Floats
    guess: Floats
    #: ndarray of bool (n_nights,): planned nights that have a row where the answers come from.
    rows: Bools
    #: Where the answers come from, for sentences; empty if there are none.
    source: str

    def upto(self, over: int) -> TrialAnswers:
        """Return what was written down of the first nights of the plan."""
        return TrialAnswers(self.done[:over], self.guess[:over], self.rows[:over], self.source)


def code_words(
    words: Sequence[str], conditions: tuple[str, str], *, where: Sequence[str], guess: bool = False
) -> tuple[Floats, list[str]]:
    """Match words with the two conditions, capitals and blanks aside."""
    from sleepstats.reading.cells import says_missing  # who only plans does not wait for it

    known = {label.casefold(): value for label, value in zip(conditions, (1.0, 0.0), strict=True)}
    codes = np.full(len(words), np.nan)
    problems = []
    for row, word in enumerate(words):
        plain = " ".join(word.split()).casefold()
        if plain in known:
            codes[row] = known[plain]
        elif plain and not says_missing(plain) and not (guess and plain in _NO_GUESS):
            near = did_you_mean(word, conditions)
            tick = ": a tick does not say which of the two it was" * (plain in _TICKS)
            problems.append(
                f"{where[row]}: {word!r} is not a condition of this plan{tick}. Write "
                f"{conditions[0]!r} or {conditions[1]!r}, or leave it empty.{near}"
            )
    return codes, problems


def answers_in(nights: pd.DataFrame, plan: sheet.Planned) -> TrialAnswers:
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
    plan: sheet.Planned,
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
        moved = sheet.better_shift(dates[span], first[span], planned)
        if moved:
            problems.insert(
                0,
                f"The {counted(len(dates[span]), 'row')} from {dates[wrong[0]]:%Y-%m-%d} to "
                f"{dates[wrong[-1]]:%Y-%m-%d} would fit the plan if they were dated {moved}. "
                "Nothing was moved: correct the dates in the file if they are wrong.",
            )
    return problems


def _column(nights: pd.DataFrame, name: str, plan: sheet.Planned) -> tuple[Floats, list[str]]:
    """Read one column of the diary as conditions."""
    if name not in nights:
        return np.full(len(nights), np.nan), []
    column = nights[name]
    if pd.api.types.is_numeric_dtype(column.dtype):  # yes and no among them
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


def plan_and_answers(
    nights: pd.DataFrame, plan: Plan | str | PathLike[str], plan_of: Callable[..., Plan]
) -> tuple[Plan, TrialAnswers]:
    """Return the plan, and what was done from its sheet or else from the diary."""
    if isinstance(plan, str | PathLike):
        made, answers = read_filled(plan, plan_of)
        return made, answers if answers.source else answers_in(nights, made)
    if not hasattr(plan, "checksum"):
        raise DiaryError(
            f"plan is a {type(plan).__name__}, expected what plan_trial() returned, or the path "
            "of its sheet."
        )
    if plan.checksum != sheet.checksum_of(plan):
        raise DiaryError(
            "The plan was altered after it was made: what it says gives the checksum "
            f"{sheet.checksum_of(plan)}, expected {plan.checksum}. Give the plan as it was made "
            "(TrialPlan.from_csv(path) reads it from its sheet), or make a new one with "
            "plan_trial() for nights to come."
        )
    return plan, answers_in(nights, plan)


def read_filled(
    path: str | PathLike[str], plan_of: Callable[..., Plan]
) -> tuple[Plan, TrialAnswers]:
    """Read a plan's sheet; ``plan_of`` draws a plan anew from what its line says."""
    name, lines, table = _table(path)
    plan = _plan(name, table, plan_of)
    where = [f"{name}, line {line}" for line in lines]
    nights, problems = _nights(name, lines, table["night"], plan)
    planned, wrong = code_words(
        table["planned"], plan.conditions, where=[f"{place}, planned" for place in where]
    )
    problems += wrong
    answers = {}
    for column in ("done", "guess"):
        words = table.get(column, [""] * len(lines))
        answers[column], wrong = code_words(
            words, plan.conditions, where=[f"{place}, {column}" for place in where],
            guess=column == "guess",
        )  # fmt: skip
        problems += wrong
    dated = ~np.isnat(nights)
    problems += _twice(nights, where)
    both = dated & np.isfinite(planned)
    dates = pd.DatetimeIndex(nights[both])
    shown = [where[row] for row in np.flatnonzero(both)]
    problems = misfits(dates, planned[both] == 1.0, plan, shown) + problems
    if problems:
        raise DiaryError(problems)
    places = pd.DatetimeIndex(nights).get_indexer(plan.nights)
    here = places >= 0
    done, guess = (np.where(here, answers[column][places], np.nan) for column in ("done", "guess"))
    return plan, TrialAnswers(done, guess, here, name if np.isfinite(done).any() else "")


def _table(path: str | PathLike[str]) -> tuple[str, list[int], dict[str, list[str]]]:
    """Return the file's name, the line of each row, and its columns as text."""
    from sleepstats.reading.text import csv_rows, open_source, sniff_delimiter

    source = open_source(path)
    delimiter = sniff_delimiter(source.text.partition("\n")[0])
    reader = csv_rows(source.text, delimiter)
    rows = [
        (reader.line_num, [cell.strip() for cell in row])
        for row in reader
        if any(cell.strip() for cell in row)
    ]
    header = [cell.casefold() for cell in rows[0][1]]
    missing = [column for column in _NEEDED if column not in header]
    if missing:
        raise DiaryError(
            f"{source.name}: no column {', '.join(repr(column) for column in missing)}; this is "
            f"not the sheet of a trial. Write one with{_WRITTEN}, and keep its header."
        )
    if len(rows) == 1:
        raise DiaryError(f"{source.name}: the sheet has a header and no nights.")
    cells = [row + [""] * len(header) for _, row in rows[1:]]
    table = {
        column: [sheet.unguarded(row[place]) for row in cells]
        for place, column in enumerate(header)
    }
    return source.name, [line for line, _ in rows[1:]], table


def _plan(name: str, table: Mapping[str, list[str]], plan_of: Callable[..., Plan]) -> Plan:
    """Draw the plan again that the sheet names."""
    codes = sorted({code for code in table["trial_plan"] if code})
    if len(codes) != 1:
        raise DiaryError(
            f"{name}, column 'trial_plan': {len(codes)} different plans, expected one. Keep that "
            "column as it was written, and one trial per sheet."
        )
    words = sheet.words_of(codes[0]) or {}
    stop_rule, warning = (
        next((text for text in table.get(column, []) if text), "")
        for column in ("stop_rule", "trial_warning")
    )
    try:
        one, other = (unquote(part) for part in words["conditions"].split("/"))
        kind = words["design"]
        plan = plan_of(
            designs.design(
                kind,
                int(words["nights"]),
                block=int(words["block"]) if kind == "blocks" else None,
                max_run=int(words["max_run"]) if kind == "free" else None,
                washout=int(words.get("washout", 0)),
            ),
            seed=int(words["seed"]),
            conditions=(one, other),
            start=words["start"],
            stop_rule=stop_rule,
            substance=unquote(words.get("substance", "")),
            warning=warning,
            question=_question_of(words),
        )
    except (KeyError, ValueError):  # a DiaryError is a ValueError
        raise DiaryError(
            f"{name}, column 'trial_plan': {codes[0]!r} is not how a plan is written. Keep that "
            f"column as it was{_ITSELF}."
        ) from None
    if words.get("sum", plan.checksum) != plan.checksum:
        raise DiaryError(
            f"{name}: the plan was altered after it was made: its line in 'trial_plan', with the "
            f"stop rule and the warning, gives the checksum {plan.checksum}, expected "
            f"{words['sum']}. Write them back as they were (a calendar or a printed page of the "
            f"plan has the words){_ITSELF}."
        )
    return plan


def _question_of(words: Mapping[str, str]) -> question.Question | None:
    """Return the question of a plan's line; none if nothing was registered."""
    if not words.get("outcome"):
        return None
    return question.Question(
        unquote(words["outcome"]),
        float(words["matters"] or float("nan")),
        tuple(name for name in words["adjust"].split("/") if name),
        float(words["level"]),
        tuple(float(share) for share in words["looks"].split("/")),
        float(words.get("typical", 0)),
    )


def _nights(
    name: str, lines: list[int], cells: list[str], plan: sheet.Planned
) -> tuple[Stamps, list[str]]:
    """Read the dates; where a spreadsheet left the order of day and month open, the plan's fits."""
    from sleepstats.reading.cells import read_dates

    where = f"{name}, column 'night'"
    texts = np.array(cells, dtype=object)
    try:
        read = read_dates(texts, dayfirst=None, where=where, lines=lines)
    except DiaryError:  # 03/04 may be either: only one way fits the plan
        tried = [read_dates(texts, dayfirst=way, where=where, lines=lines) for way in (True, False)]
        fitting = [one for one in tried if pd.DatetimeIndex(one.values).isin(plan.nights).all()]
        if len(fitting) != 1:
            raise
        read = fitting[0]
    nights = read.values.astype("datetime64[us]")
    problems = [
        f"{name}, line {lines[row]}, column 'night': {cells[row]!r} {read.reason(int(row))}"
        for row in np.flatnonzero(read.bad_mask)
    ]
    problems += [
        f"{name}, line {lines[row]}: the row has no date. Write the evening's, YYYY-MM-DD."
        for row in np.flatnonzero(np.isnat(nights) & ~read.bad_mask)
    ]
    return nights, problems


def _twice(nights: Stamps, where: list[str]) -> list[str]:
    """Say which nights stand in the sheet more than once."""
    problems: list[str] = []
    seen: dict[Any, int] = {}
    for row in np.flatnonzero(~np.isnat(nights)).tolist():
        first = seen.setdefault(nights[row], row)
        if first != row:
            problems.append(
                f"{where[row]}: the night {pd.Timestamp(nights[row]):%Y-%m-%d} stands in the sheet "
                f"already ({where[first].rpartition(', ')[2]}). Keep one row per night."
            )
    return problems
