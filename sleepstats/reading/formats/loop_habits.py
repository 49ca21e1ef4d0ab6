"""Loop Habit Tracker, ``Checkmarks.csv``: one row per day, newest first, one column per habit.

``YES_MANUAL`` is a tick, ``YES_AUTO`` a day that a weekly aim lets off: nothing was done on it that
the person said, so it is not recorded, as are ``UNKNOWN`` and ``SKIP``. Numbers are thousandths.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sleepstats.columns import name_from_header
from sleepstats.reading.cells.kinds import unused_names
from sleepstats.reading.nights.draft import Claim, Draft, Options, Preview
from sleepstats.reading.nights.stamps import read_days
from sleepstats.reading.nights.tracker import Tracker
from sleepstats.reading.text import DELIMITERS, normal_header

_YES, _NO = ("YES_MANUAL",), ("NO",)
_NOT_SAID = ("", "UNKNOWN", "SKIP", "YES_AUTO", "QUESTION_MARK")
_OWN = {"YES_MANUAL", "YES_AUTO", "UNKNOWN", "SKIP"}
_THOUSANDTHS = 1000.0


def _claims(preview: Preview, options: Options) -> Claim | None:
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


def _habits(draft: Draft) -> None:
    """Read each habit as yes, no, not recorded, or as how much."""
    draft.night = read_days(draft, draft.at("date"), draft.options)
    if draft.options.labels == "morning":
        draft.night = draft.night - np.timedelta64(1, "D")
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


FORMAT = Tracker(
    name="loop_habits",
    product="Loop Habit Tracker (Checkmarks.csv)",
    recognised_by="a column Date and cells YES_MANUAL, NO, UNKNOWN, SKIP",
    gives="no sleep: joined to the nights of another file it gives each habit as yes / no / not "
    "recorded, or its count",
    claims=_claims,
    role="evenings",
    dating=_habits,
    known=None,
    signature=("date", "yes_manual", "unknown"),
)
