"""The main job from file to page; here what the shell asks and shows: options, examples, tables."""

from __future__ import annotations

import argparse
import os
import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any, TextIO

from sleepstats.errors import DiaryError, did_you_mean
from sleepstats.written import as_csv, write_whole

if TYPE_CHECKING:
    import pandas as pd


def add_reading_options(reading: argparse.ArgumentParser) -> None:
    """Add the options that the commands for a diary share."""
    reading.add_argument(
        "--format", default="auto", metavar="NAME",
        help="read as this format (see: sleepstats formats) instead of recognising it",
    )  # fmt: skip
    _add_table_options(reading, "--")
    reading.add_argument(
        "--with", dest="companions", action="append", default=[], metavar="FILE",
        help="habits, doses, mood of the same days, to go beside the nights; also several times. "
        "What is said of that table alone: --with-sheet, --with-labels and so on",
    )  # fmt: skip
    reading.add_argument("--person", metavar="NAME", help="one person of a table of several")
    _add_table_options(reading, _WITH, hidden=True)


#: How options begin that are of the table beside the nights.
_WITH = "--with-"


def _add_table_options(
    reading: argparse.ArgumentParser, begin: str, *, hidden: bool = False
) -> None:
    """Add what can be said of a table: of the nights, or of the one that goes beside them."""

    def add(name: str, *, to: Any = reading, help: str, **told: Any) -> None:
        to.add_argument(begin + name, help=argparse.SUPPRESS if hidden else help, **told)

    add(
        "labels", default="auto", choices=("auto", "evening", "morning", "bedtime", "calendar"),
        metavar="WHAT",
        help="what a row's date names: evening (on which the night began), morning (after it), "
        "bedtime (its calendar date), calendar (a day: its night ended that morning), or auto",
    )  # fmt: skip
    add(
        "column", action="append", default=[], metavar="HEADER=COLUMN",
        help='what a header means, such as "Went to bed=into_bed"; may be given again',
    )  # fmt: skip
    add(
        "when", action="append", default=[], metavar="COLUMN=PART",
        help="what a column tells of: day (a habit before the night), night, or morning",
    )  # fmt: skip
    add(
        "blank-is-no", action="append", default=[], metavar="COLUMN",
        help="a habit for which a blank cell or a dash means none; once more for each further one",
    )  # fmt: skip
    order: Any = reading if hidden else reading.add_mutually_exclusive_group()
    add("dayfirst", to=order, action="store_true", help="read 03/04 as 3 April")
    add("monthfirst", to=order, action="store_true", help="read 03/04 as March 4")

    add("tz", metavar="ZONE", help="time zone of the clock times, such as Europe/Berlin")

    add("sheet", metavar="NAME", help="sheet of a workbook to read")
    add("year", type=int, metavar="YYYY", help="year of the first date, where dates have none")
    add(
        "reverse", action="append", default=[], metavar="COLUMN",
        help="a rating that runs the other way (1 is most stressed); may be given several times",
    )  # fmt: skip


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
    blank.set_defaults(run=_write_template)


def _write_template(arguments: argparse.Namespace) -> int:
    from sleepstats.reading.check import write_blank_diary

    path = Path(arguments.output)
    habits, first = arguments.habits, arguments.first
    headers = write_blank_diary(path, habits, first=first, force=arguments.force)
    print(
        f"{path}: {', '.join(headers)}.\nFill in one row each morning; leave blank what you do not "
        f"know. Then: sleepstats report {path}"
    )
    return 0


def reading_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what was chosen as keyword arguments of :func:`sleepstats.report.make.read`."""
    if arguments.person == "all":
        raise DiaryError(
            "A report is of one person: name one with --person. All together are read in Python, "
            "and pool_people() asks about them."
        )
    of_companions = _of_table(arguments, "with_")
    return _of_table(arguments, "") | {
        "format": arguments.format,
        "person": arguments.person,
        "companions": arguments.companions,
        "beside": {name: x for name, x in of_companions.items() if x not in (None, (), "auto")},
    }


def _of_table(arguments: argparse.Namespace, begin: str) -> dict[str, Any]:
    given = {
        name.removeprefix(begin): value
        for name, value in vars(arguments).items()
        if name.startswith(begin)
    }
    dayfirst = True if given["dayfirst"] else False if given["monthfirst"] else None
    return {
        "labels": given["labels"],
        "dayfirst": dayfirst,
        "columns": _pairs("--column", given["column"]) or None,
        "when": _pairs("--when", given["when"]) or None,
        "blank_is_no": tuple(given["blank_is_no"]),
        "tz": given["tz"],
        "sheet": given["sheet"],
        "year": given["year"],
        "reverse": tuple(given["reverse"]) or None,
    }


def _pairs(option: str, given: Sequence[str]) -> dict[str, str]:
    """Return NAME=VALUE as a mapping; a name may hold an equals sign itself."""
    pairs: dict[str, str] = {}
    for one in given:
        name, sign, value = one.rpartition("=")
        if not (name.strip() and sign and value.strip()):
            example = "tired=morning" if option == "--when" else "Went to bed=into_bed"
            raise DiaryError(f"{option} {one!r}: expected NAME=VALUE, such as {example!r}.")
        pairs[name.strip()] = value.strip()
    return pairs


#: What a person types, under the command whose help shows it.
EXAMPLES = {
    "": (
        ("sleepstats report sample:diary --open", "an invented diary, to see what comes out"),
        ("sleepstats report my_diary.csv", "your own"),
        ("sleepstats template Coffees 'Walk yes/no'", "a blank diary to fill in"),
        ("sleepstats report --help", "the options of a command"),
    ),
    "report": (
        ("sleepstats report my_diary.csv --open", "write the page and open it"),
        ("sleepstats report oura.csv --with habits.csv", "a tracker, and a list of your own"),
        ("sleepstats report whoop_export/ --outcome resting_heart_rate_bpm", "one measure"),
        ("sleepstats report my_diary.csv --summary", "one sheet to print for a doctor"),
        ("sleepstats report my_diary.csv --csv -o results", "the tables as well, in a folder"),
        ("sleepstats report my_diary.csv --labels morning --dayfirst", "what the dates mean"),
    ),
    "check": (
        ("sleepstats check my_diary.csv", "what became of every row and column"),
        ("sleepstats check my_diary.csv --column 'Went to bed=into_bed'", "a header in words"),
        ("sleepstats check plees.csv --tz Europe/Berlin", "clock times that are in UTC"),
    ),
    "template": (
        ("sleepstats template", "sleep_diary.csv, from today on"),
        ("sleepstats template 'Coffee (cups)' 'Late meal yes/no' -o mine.xlsx", "your habits"),
    ),
    "formats": (("sleepstats formats", "every file that is known, and what it gives"),),
}  # fmt: skip


def with_examples(parser: argparse.ArgumentParser, command: str = "") -> None:
    """Show below the help of a command what a person types."""
    shown = EXAMPLES.get(command, ())
    lines = [f"  {typed}\n      {meaning}" for typed, meaning in shown]
    told = [parser.epilog or "", "\n".join(["examples:", *lines]) if lines else ""]
    parser.epilog = "\n\n".join(part for part in told if part)
    parser.formatter_class = _Help


class _Help(argparse.HelpFormatter):
    """Help as wide as the terminal; indented lines stay as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        filled = super()._fill_text
        lines = text.splitlines()
        return "\n".join(x if x[:1] in ("", " ") else filled(x, width, indent) for x in lines)


def write_tables(
    page: Path, nights: pd.DataFrame, table: pd.DataFrame, *, over: bool
) -> list[Path]:
    """Write the nights and every question as CSV beside the page; return the files."""
    stem = page.stem.removesuffix("_report").removesuffix("_summary")
    frames = {"nights": nights, "questions": table}
    texts = {page.with_name(f"{stem}_{name}.csv"): as_csv(one) for name, one in frames.items()}
    try:
        write_whole(texts, over=over)
    except FileExistsError as error:
        raise DiaryError(
            f"{error.filename or page.parent}: is already there; the page was written, the tables "
            "were not. Use --force to replace them, or -o to write elsewhere."
        ) from None
    return list(texts)


def share_done(text: str) -> float:
    """Return about how much of the work is done where this step begins."""
    if steps := re.match(r"Step (\d+) of (\d+)", text):
        return 0.25 + 0.7 * (int(steps[1]) - 1) / int(steps[2])
    return {"Asking": 0.1, "Writing": 0.95}.get(text.split()[0], 0.0)


def with_near_name(text: str) -> str:
    """Ask whether the file of nearly this name in the same folder was meant."""
    missing = re.match(r"(.+?): no such file\.", text)
    if missing is None:
        return text
    folder, name = os.path.split(missing[1])
    with suppress(OSError):
        near = did_you_mean(name, os.listdir(folder or "."))
        return f"{missing[0]}{near}{text[missing.end() :]}"
    return text


def width_of(stream: TextIO) -> int:
    """Return how many letters a line of a stream has: those of the terminal, else 80."""
    return max(shutil.get_terminal_size().columns, 20) if stream.isatty() else 80


def wrapped(text: str, stream: TextIO) -> str:
    """Break long lines between words where a person reads them, on a terminal."""
    if not stream.isatty():
        return text
    width = width_of(stream)
    lines = []
    for line in text.split("\n"):
        edge = " " * (len(line) - len(line.lstrip()))
        long = wrap(line, width, subsequent_indent=edge, break_on_hyphens=False)
        lines += [line] if len(line) <= width else long
    return "\n".join(lines)
