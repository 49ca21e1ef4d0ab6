"""Read the sheet of a trial back: the plan it names, and what was filled in."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from os import PathLike
from typing import Any, TypeVar
from urllib.parse import unquote

import numpy as np
import pandas as pd

from sleepstats.arrays import Stamps
from sleepstats.errors import DiaryError
from sleepstats.reading.cells import read_dates
from sleepstats.reading.text import open_source, sniff_delimiter
from sleepstats.trials.answers import TrialAnswers, code_words, misfits
from sleepstats.trials.designs import design
from sleepstats.trials.sheet import Planned, unguarded, words_of

Plan = TypeVar("Plan", bound=Planned)

_NEEDED = ("night", "planned", "trial_plan")


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
    source = open_source(path)
    rows = [
        (line, [cell.strip() for cell in row])
        for line, row in _lines(source.text)
        if any(cell.strip() for cell in row)
    ]
    header = [cell.casefold() for cell in rows[0][1]]
    missing = [column for column in _NEEDED if column not in header]
    if missing:
        raise DiaryError(
            f"{source.name}: no column {', '.join(repr(column) for column in missing)}; this is "
            "not the sheet of a trial. Write one with plan.to_csv(path), and keep its header."
        )
    if len(rows) == 1:
        raise DiaryError(f"{source.name}: the sheet has a header and no nights.")
    cells = [row + [""] * (len(header) - len(row)) for _, row in rows[1:]]
    table = {
        column: [unguarded(row[place]) for row in cells] for place, column in enumerate(header)
    }
    return source.name, [line for line, _ in rows[1:]], table


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """Split a text into rows with the line each ends on."""
    delimiter = sniff_delimiter(text.partition("\n")[0])
    reader = csv.reader(text.splitlines(), delimiter=delimiter)
    return [(reader.line_num, row) for row in reader]


def _plan(name: str, table: Mapping[str, list[str]], plan_of: Callable[..., Plan]) -> Plan:
    """Draw the plan again that the sheet names."""
    codes = sorted({code for code in table["trial_plan"] if code})
    if len(codes) != 1:
        raise DiaryError(
            f"{name}, column 'trial_plan': {len(codes)} different plans, expected one. Keep that "
            "column as it was written, and one trial per sheet."
        )
    words = words_of(codes[0]) or {}
    stop_rule, warning = (
        next((text for text in table.get(column, []) if text), "")
        for column in ("stop_rule", "trial_warning")
    )
    try:
        one, other = (unquote(part) for part in words["conditions"].split("/"))
        kind = words["design"]
        made = design(
            kind,
            int(words["nights"]),
            block=int(words["block"]) if kind == "blocks" else None,
            max_run=int(words["max_run"]) if kind == "free" else None,
        )
        return plan_of(
            made,
            seed=int(words["seed"]),
            conditions=(one, other),
            start=words["start"],
            stop_rule=stop_rule,
            substance=words["substance"],
            warning=warning,
        )
    except (KeyError, ValueError):  # a DiaryError is a ValueError
        raise DiaryError(
            f"{name}, column 'trial_plan': {codes[0]!r} is not how a plan is written. Keep that "
            "column as it was, or give analyse_trial() the plan itself."
        ) from None


def _nights(
    name: str, lines: list[int], cells: list[str], plan: Planned
) -> tuple[Stamps, list[str]]:
    """Read the dates; where a spreadsheet left the order of day and month open, the plan's fits."""
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
    for row, night in enumerate(nights.tolist()):
        if night is None:
            continue
        if night in seen:
            problems.append(
                f"{where[row]}: the night {night:%Y-%m-%d} stands in the sheet already "
                f"({where[seen[night]].rpartition(', ')[2]}). Keep one row per night."
            )
        else:
            seen[night] = row
    return problems
