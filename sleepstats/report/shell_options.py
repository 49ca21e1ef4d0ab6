"""How a file is read, as options of the shell."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from sleepstats.errors import DiaryError


def add_reading_options(reading: argparse.ArgumentParser) -> None:
    """Add the options that the commands for a diary share."""
    reading.add_argument(
        "--format", default="auto", metavar="NAME",
        help="read as this format (see: sleepstats formats) instead of recognising it",
    )  # fmt: skip
    reading.add_argument(
        "--labels", default="auto", choices=("auto", "evening", "morning", "bedtime", "calendar"),
        help="what a row's date names: the evening on which the night began, the morning after, "
        "the calendar date of the bed time, or a calendar day (its night ended that morning)",
    )  # fmt: skip
    reading.add_argument(
        "--column", action="append", default=[], metavar="HEADER=COLUMN",
        help='what a header means, such as "Went to bed=into_bed"; may be given again',
    )  # fmt: skip
    reading.add_argument(
        "--when", action="append", default=[], metavar="COLUMN=PART",
        help="what a column tells of: day (a habit before the night), night, or morning",
    )  # fmt: skip
    reading.add_argument(
        "--blank-is-no", action="append", default=[], metavar="COLUMN",
        help="a habit for which a blank cell or a dash means none",
    )  # fmt: skip
    order = reading.add_mutually_exclusive_group()
    order.add_argument("--dayfirst", action="store_true", help="read 03/04 as 3 April")
    order.add_argument("--monthfirst", action="store_true", help="read 03/04 as March 4")

    reading.add_argument(
        "--tz", metavar="ZONE", help="time zone of the clock times, such as Europe/Berlin"
    )

    reading.add_argument("--sheet", metavar="NAME", help="sheet of a workbook to read")
    reading.add_argument(
        "--year", type=int, metavar="YYYY", help="year of the first date, where dates have none"
    )
    reading.add_argument(
        "--reverse", action="append", default=[], metavar="COLUMN",
        help="a rating that runs the other way (1 is most stressed); may be given several times",
    )  # fmt: skip
    reading.add_argument(
        "--with", dest="companions", action="append", default=[], metavar="FILE",
        help="habits, doses, mood of the same days, to go beside the nights; also several times",
    )  # fmt: skip
    reading.add_argument("--person", metavar="NAME", help="one person of a table of several")


def reading_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what was chosen as keyword arguments of ``read_diary``."""
    if arguments.person == "all":
        raise DiaryError(
            "A report is of one person: name one with --person. All together are read in Python, "
            "and pool_people() asks about them."
        )
    dayfirst = True if arguments.dayfirst else False if arguments.monthfirst else None
    return {
        "format": arguments.format,
        "labels": arguments.labels,
        "dayfirst": dayfirst,
        "columns": _pairs("--column", arguments.column) or None,
        "when": _pairs("--when", arguments.when) or None,
        "blank_is_no": tuple(arguments.blank_is_no),
        "tz": arguments.tz,
        "sheet": arguments.sheet,
        "year": arguments.year,
        "reverse": tuple(arguments.reverse) or None,
        "person": arguments.person,
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
