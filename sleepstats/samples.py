"""Diaries that come along: invented samples with their truth beside them, and a blank one."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sleepstats.errors import DiaryError, did_you_mean

if TYPE_CHECKING:  # the command line writes a blank diary without pandas
    import pandas as pd

#: Name of each sample and what it is.
SAMPLES = {
    "diary": "120 nights in this library's own layout, ten habits, effects planted",
    "spreadsheet": "60 nights in a hand-made spreadsheet with the usual warts",
    "sleep_cycle": "150 nights as the Sleep Cycle app exported them until 2020",
}


def load_sample(name: str = "diary") -> pd.DataFrame:
    """Load a shipped sample diary.

    All of them are invented. What was planted in each, and how each was made, stands in
    ``README.md`` beside the files (``sample_path("diary").with_name("README.md")``).

    Parameters
    ----------
    name : {"diary", "spreadsheet", "sleep_cycle"}, default "diary"
        ``diary``: 120 calendar nights in this library's own layout. ``spreadsheet``: 60 nights
        typed by hand, with mixed clock styles and cells that nobody can read; loading it warns,
        as it should. ``sleep_cycle``: 150 nights of an app's export.

    Returns
    -------
    DataFrame
        As :func:`read_diary` returns it: one row per night, index ``night`` (evening date). The
        columns of ``diary``, besides those that :func:`add_measures` computes:

        ============================== ========== ==================================================
        column                         unit       meaning
        ============================== ========== ==================================================
        ``into_bed``                   local time got into bed
        ``lights_out``                 local time tried to sleep
        ``sol_min``                    min        took so long to fall asleep
        ``nawk``                       count      awakenings, the final one not counted
        ``waso_min``                   min        awake after falling asleep, in all
        ``final_wake``                 local time final awakening
        ``out_of_bed``                 local time got up
        ``quality``                    1 to 5     rating of the night, 5 is best
        ``stress``                     0 to 10    stress of the day before the night
        ``caffeine_cups``              cups       coffee or tea that day
        ``caffeine_last``              local time last cup; also ``caffeine_last_h_before_bed``
        ``alcohol_drinks``             drinks     that evening
        ``screens_min``                min        in front of a screen, evening
        ``late_meal``                  yes/no     ate late
        ``exercise_min``               min        that day
        ``reading``                    yes/no     read in bed
        ``bedroom_temperature_c``      °C         bedroom at lights out
        ``supplement_kind``            words      none, chamomile or magnesium (invented)
        ``supplement_dose_mg``         mg         0 without
        ``supplement_time``            local time also ``supplement_time_h_before_bed``
        ============================== ========== ==================================================

    Raises
    ------
    DiaryError
        If there is no sample of that name, or this installation has lost its samples.

    Examples
    --------
    >>> nights = load_sample()
    >>> nights[["sol_min", "tst_min", "stress"]].shape[1]
    3
    """
    from sleepstats.reading.read import read_diary

    return read_diary(sample_path(name))


def sample_path(name: str = "diary") -> Path:
    """Say where a shipped sample lies, to open or copy the file itself.

    Parameters
    ----------
    name : {"diary", "spreadsheet", "sleep_cycle"}, default "diary"
        As for :func:`load_sample`.

    Returns
    -------
    Path
        An existing CSV file.

    Raises
    ------
    DiaryError
        If there is no sample of that name, or this installation has lost its samples.

    Examples
    --------
    >>> sample_path("spreadsheet").name
    'spreadsheet.csv'
    >>> sample_path("dairy")
    Traceback (most recent call last):
    ...
    sleepstats.errors.DiaryError: No sample 'dairy'. Did you mean 'diary'? Samples: diary, ...
    """
    if name not in SAMPLES:
        near = did_you_mean(str(name), SAMPLES)
        raise DiaryError(f"No sample {name!r}.{near} Samples: {', '.join(SAMPLES)}.")
    places = _places()
    for place in places:
        path = place / f"{name}.csv"
        if path.is_file():
            return path
    raise DiaryError(
        f"Sample '{name}.csv' lies neither in {places[0]} (where an installation has it) nor in "
        f"{places[1]} (where a checkout has it). Install sleepstats again."
    )


def _places() -> tuple[Path, Path]:
    """Return the folder of a built wheel and that of a checkout or editable installation."""
    return (
        Path(str(files("sleepstats"))) / "_sample",
        Path(__file__).resolve().parents[1] / "data" / "sample",
    )


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
