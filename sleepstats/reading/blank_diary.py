"""A blank diary to fill in, which reads back without a question."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sleepstats.errors import DiaryError

#: The items of a night, in the words that are understood; the first dates the row.
HEADERS = (
    "Evening of", "Into bed", "Lights out", "Minutes to fall asleep", "Awakenings",
    "Minutes awake in the night", "Final awakening", "Out of bed", "Sleep quality (1 to 5)",
    "Rested (1 to 5)", "Stress (0 to 10)",
)  # fmt: skip
_CLOCKS = (1, 2, 6, 7)
_COMMENTS = "Comments"
#: So many evenings are written down in advance.
DAYS = 28
#: In a workbook, cells of clock times say so.
_TIME, _DATE = "hh:mm", "yyyy-mm-dd"


def write_blank_diary(
    path: Path,
    habits: Sequence[str] = (),
    *,
    first: str | None = None,
    days: int = DAYS,
    force: bool = False,
) -> list[str]:
    """Write a CSV file or a workbook with a row for each evening; return its headers."""
    headers = [*HEADERS, *(habit.strip() for habit in habits), _COMMENTS]
    keys = [header.casefold() for header in headers]
    twice = next((h for h, key in zip(headers, keys, strict=True) if keys.count(key) > 1), None)
    if twice is not None or "" in keys:
        raise DiaryError(
            f"habits: {twice or ''!r} stands twice or is empty. Expected a name of its own for "
            "each, such as 'Coffee (cups)'."
        )
    if path.exists() and not force:
        raise DiaryError(f"{path}: is already there. Use --force to replace it, or another name.")
    try:
        begin = dt.date.fromisoformat(first) if first else dt.date.today()
    except ValueError:
        raise DiaryError(
            f"--first {first!r} is no date. Expected one such as 2026-01-31."
        ) from None
    evenings = [begin + dt.timedelta(days=i) for i in range(days)]
    if path.suffix.lower() == ".xlsx":
        _workbook(path, headers, evenings)
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as file:  # spreadsheets need the mark
            table = csv.writer(file)
            table.writerow(headers)
            table.writerows([day.isoformat(), *[""] * (len(headers) - 1)] for day in evenings)
    return headers


def add_template(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command ``template`` to those of the shell."""
    blank = commands.add_parser("template", parents=[shared], help="write a blank diary to fill in")
    blank.add_argument(
        "habits", nargs="*", metavar="HABIT",
        help="a column of your own, such as 'Coffee (cups)' or 'Walk yes/no'",
    )  # fmt: skip
    blank.add_argument(
        "-o", "--output", default="sleep_diary.csv", metavar="FILE",
        help="name of the file; with .xlsx a workbook is written",
    )  # fmt: skip
    blank.add_argument("--first", metavar="DATE", help="first evening, as 2026-01-31 (today)")
    blank.add_argument("--force", action="store_true", help="replace an earlier file")
    blank.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    path = Path(arguments.output)
    habits, first = arguments.habits, arguments.first
    headers = write_blank_diary(path, habits, first=first, force=arguments.force)
    print(
        f"{path}: {', '.join(headers)}.\nFill in one row each morning; leave blank what you do not "
        f"know. Then: sleepstats report {path}"
    )
    return 0


def _workbook(path: Path, headers: list[str], evenings: list[dt.date]) -> None:
    try:
        from openpyxl import Workbook
    except ImportError:
        raise DiaryError(
            f"{path.name}: writing a workbook needs the package 'openpyxl', which is not "
            "installed: python -m pip install openpyxl. Or give a name ending in .csv."
        ) from None
    book = Workbook()
    sheet = book.active
    sheet.title = "Sleep diary"
    sheet.append(headers)
    for row, day in enumerate(evenings, start=2):
        sheet.cell(row=row, column=1, value=day).number_format = _DATE
        for at in _CLOCKS:
            sheet.cell(row=row, column=at + 1).number_format = _TIME
    for at, header in enumerate(headers, start=1):
        sheet.column_dimensions[sheet.cell(row=1, column=at).column_letter].width = len(header) + 2
    sheet.freeze_panes = "B2"
    book.save(path)
