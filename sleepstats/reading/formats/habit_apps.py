"""Habit trackers on the phone: Loop Habit Tracker and HabitBull, which know nothing of sleep.

Loop's ``Checkmarks.csv`` has one row per day, newest first, one column per habit. ``YES_MANUAL`` is
a tick, ``YES_AUTO`` a day that a weekly aim lets off: nothing was done on it that the person said,
so it is not recorded, as are ``UNKNOWN`` and ``SKIP``. Numbers are thousandths.

HabitBull writes one row per habit and day: 1 for done, 0 for not done, or how much.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sleepstats.columns import name_from_header
from sleepstats.reading.cells import read_numbers
from sleepstats.reading.cells.kinds import unused_names
from sleepstats.reading.nights.draft import Claim, Draft, Options, Preview
from sleepstats.reading.nights.stamps import read_days
from sleepstats.reading.nights.tracker import Tracker
from sleepstats.reading.text import DELIMITERS, normal_header

_YES, _NO = ("YES_MANUAL",), ("NO",)
_NOT_SAID = ("", "UNKNOWN", "SKIP", "YES_AUTO", "QUESTION_MARK")
_OWN = {"YES_MANUAL", "YES_AUTO", "UNKNOWN", "SKIP"}
_THOUSANDTHS = 1000.0


def _loop_claims(preview: Preview, options: Options) -> Claim | None:
    """Claim a table of a date and cells in Loop's own words."""
    line = preview.first_line()
    for delimiter in DELIMITERS:
        headers = preview.cells(line, delimiter)
        if len(headers) < 2 or normal_header(headers[0]) != "date":
            continue
        below = range(line + 1, len(preview.lines) + 1)
        cells = {cell for number in below for cell in preview.cells(number, delimiter)[1:]}
        if cells & _OWN and not {c for c in cells - _OWN - {"NO", ""} if not _is_count(c)}:
            return Claim(95, line, delimiter, "a date and YES_MANUAL, NO, UNKNOWN of Loop Habits")
    return None


def _is_count(cell: str) -> bool:
    return cell.removeprefix("-").isdecimal()


def _loop_habits(draft: Draft) -> None:
    """Read each habit as yes, no, not recorded, or as how much."""
    _date(draft, "date")
    headers = [header for header in draft.table.header[1:] if header]
    names = unused_names(headers, {"night"})
    for i, header in enumerate(draft.table.header[1:], start=1):
        if not header:
            continue
        cells = [cell.strip() for cell in draft.table.columns[i].tolist()]
        told = {
            "kind": "factor",
            "when": "day",
            "label": name_from_header(header).replace("_", " "),
        }
        if any(map(_is_count, cells)):
            counts = [float(cell) / _THOUSANDTHS if _is_count(cell) else np.nan for cell in cells]
            draft.put(names[header], np.array(counts), header, **told)
            continue
        for row, cell in enumerate(cells):
            if cell not in (*_YES, *_NO, *_NOT_SAID):
                draft.tell(row, header, f"{cell!r} is none of Loop's answers: not used.")
        yes = np.array([cell in _YES for cell in cells])
        known = np.array([cell in (*_YES, *_NO) for cell in cells])
        if known.any():
            draft.put(names[header], pd.arrays.BooleanArray(yes, ~known), header, **told)


LOOP = Tracker(
    name="loop_habits",
    product="Loop Habit Tracker (Checkmarks.csv)",
    recognised_by="a column Date and cells YES_MANUAL, NO, UNKNOWN, SKIP",
    gives="no sleep: joined to the nights of another file it gives each habit as yes / no / not "
    "recorded, or its count",
    claims=_loop_claims,
    role="evenings",
    dating=_loop_habits,
    known=None,
    signature=("date", "yes_manual", "unknown"),
)


def _date(draft: Draft, word: str) -> None:
    """Date each row by the day before the night, or by the morning where the caller says so."""
    draft.night = read_days(draft, draft.at(word), draft.options)
    if draft.options.labels == "morning":
        draft.night = draft.night - np.timedelta64(1, "D")


def _bull_habits(draft: Draft) -> None:
    """Bring HabitBull's rows to one column per habit."""
    _date(draft, "calendardate")
    header = draft.header("habitname")
    habit = np.array([cell.strip() for cell in draft.cells("habitname").tolist()], dtype=object)
    value = draft.parsed(read_numbers(draft.cells("value")), draft.header("value"))
    rows = pd.DataFrame({"night": draft.night.astype("M8[us]"), "habit": habit, "value": value})
    rows = rows[rows["night"].notna() & (rows["habit"] != "") & rows["value"].notna()]
    table = rows.pivot_table(index="night", columns="habit", values="value", aggfunc="sum")
    names = unused_names(list(table.columns), {"night"})
    evenings = {}
    for name in table.columns:
        amounts = table[name]
        ticked = set(rows.loc[rows["habit"] == name, "value"]) <= {0.0, 1.0}
        evenings[names[name]] = (amounts > 0).where(amounts.notna()).astype(
            "boolean") if ticked else amounts  # fmt: skip
        draft.told[names[name]] = {
            "header": header, "kind": "factor", "when": "day", "label": str(name)
        }  # fmt: skip
    draft.evenings = pd.DataFrame(evenings, index=table.index)


HABITBULL = Tracker(
    name="habitbull",
    product="HabitBull",
    recognised_by="columns HabitName, HabitDescription, HabitCategory, CalendarDate, Value",
    gives="no sleep: joined to the nights of another file it gives each habit as yes / no, or how "
    "much; a day without a row is not recorded",
    signature=("habitname", "habitdescription", "habitcategory", "calendardate", "value",
               "commenttext"),
    needs=("habitname", "habitcategory", "calendardate", "value"),
    role="evenings",
    dating=_bull_habits,
    known=None,
)  # fmt: skip
FORMATS = (LOOP, HABITBULL)
