"""What can be typed after ``sleepstats``: the commands, their options, examples below the help.

Loads nothing that ``--help`` does not need.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sleepstats import __version__
from sleepstats.errors import DiaryError, harmless

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
    "trial plan": (
        ('sleepstats trial plan 56 --conditions reading "no reading" --outcome tst_min '
         "--matters 20",
         "eight weeks, a coin for each pair of evenings; 20 minutes more or less would matter"),
        ("sleepstats trial plan 64 --design blocks --block 4 --washout 1 --conditions tea none",
         "blocks of four nights, the first of each left out, for what takes a day to go"),
        ("sleepstats trial plan 56 --outcome sol_min --matters -10 --diary my_diary.csv",
         "and what these nights can show, by your own diary"),
    ),
    "trial analyse": (
        ("sleepstats trial analyse sleep_trial.csv", "the sheet is diary and plan at once"),
        ("sleepstats trial analyse oura.csv sleep_trial.csv",
         "nights of a tracker, held against the plan in the sheet"),
        ("sleepstats trial analyse my_diary.csv sleep_trial.csv --look 0.5",
         "the look after half of the nights, where the diary goes on"),
    ),
}  # fmt: skip


class Parser(argparse.ArgumentParser):
    """A parser with examples below its help, which repeats what was typed."""

    def show_examples(self) -> None:
        """Show below the help what a person types, here or one command further."""
        name = self.prog.removeprefix("sleepstats").strip()
        inside = [one for key in EXAMPLES if key.startswith(f"{name} ") for one in EXAMPLES[key]]
        lines = [f"  {typed}\n      {meaning}" for typed, meaning in EXAMPLES.get(name, inside)]
        told = [self.epilog or "", "\n".join(["examples:", *lines]) if lines else ""]
        self.epilog = "\n\n".join(part for part in told if part)
        self.formatter_class = _Help

    def _print_message(self, message: str, file: Any = None) -> None:
        super()._print_message(harmless(message), file)


class _Help(argparse.HelpFormatter):
    """Help as wide as the terminal; indented lines stay as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        filled = super()._fill_text
        lines = text.splitlines()
        return "\n".join(x if x[:1] in ("", " ") else filled(x, width, indent) for x in lines)


def parser_of(run: Mapping[str, Callable[[argparse.Namespace], int]]) -> Parser:
    """Return the parser of the whole command; ``run`` has what each command does."""
    shared = Parser(add_help=False)
    shared.add_argument("--debug", action="store_true", help="on failure, show where in the code")

    reading = Parser(add_help=False)
    _add_reading_options(reading)

    parser = Parser(
        prog="sleepstats",
        description="From a sleep diary export to an honest answer: what went with how you slept.",
        epilog="A file called sample:diary, sample:spreadsheet or sample:sleep_cycle is an "
        "invented diary that comes with the package. Nothing leaves this computer.",
    )
    parser.add_argument("--version", action="version", version=f"sleepstats {__version__}")
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(metavar="COMMAND")

    report = commands.add_parser(
        "report", parents=[reading, shared],
        help="read a diary, analyse it, write a page to read, and a notebook where Jupyter is",
    )  # fmt: skip
    report.add_argument(
        "files", nargs="+", metavar="FILE", help="a diary export; several are read as one diary"
    )
    report.add_argument(
        "-o", "--output", default=".", metavar="PLACE",
        help="folder to write to, or the page itself, such as page.html",
    )  # fmt: skip
    report.add_argument(
        "--outcome", action="append", default=[], metavar="COLUMN",
        help="ask about this measure, such as hrv_ms, not about the usual ones; also several times",
    )  # fmt: skip
    report.add_argument(
        "--summary", action="store_true",
        help="write one sheet for a doctor or a clinician instead of the page",
    )  # fmt: skip
    report.add_argument("--open", action="store_true", help="open the page when it is done")
    report.add_argument(
        "--csv", action="store_true", help="write the nights and every question as CSV as well"
    )
    report.add_argument("--force", action="store_true", help="replace an earlier report")
    report.add_argument("--quiet", action="store_true", help="no progress, only the result")

    check = commands.add_parser(
        "check", parents=[reading, shared], help="show what became of every row of a diary"
    )
    check.add_argument("files", nargs="+", metavar="FILE", help="a diary export")

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

    trial = commands.add_parser(
        "trial", help="plan a fair test of one habit, decided by a coin; ask what it showed"
    )
    both = trial.add_subparsers(required=True, metavar="plan|analyse")
    plan = both.add_parser(
        "plan", parents=[shared],
        help="decide by chance which night has which condition, and write the sheet to fill in",
    )  # fmt: skip
    _add_plan_options(plan)
    analyse = both.add_parser(
        "analyse", parents=[reading, shared],
        help="ask what the trial showed: what its plan registered",
    )  # fmt: skip
    analyse.add_argument("files", nargs="*", metavar="NIGHTS", help="the diary; none: the sheet")
    analyse.add_argument("plan", metavar="PLAN", help="the sheet that 'trial plan' wrote")
    analyse.add_argument("--outcome", metavar="COLUMN", help="another than the plan registered")
    analyse.add_argument("--look", type=float, metavar="SHARE", help="which planned look, as 0.5")

    commands.add_parser("formats", parents=[shared], help="list the known formats")

    for name, does in run.items():
        inside, _, command = name.rpartition(" ")
        (both if inside else commands).choices[command].set_defaults(run=does)
    for one in (parser, *commands.choices.values(), *both.choices.values()):
        one.show_examples()
    return parser


def _add_plan_options(plan: argparse.ArgumentParser) -> None:
    plan.add_argument("nights", type=int, metavar="NIGHTS", help="how many nights, such as 56")
    plan.add_argument(
        "--conditions", nargs=2, default=("on", "off"), metavar=("ONE", "OTHER"),
        help="the condition in question, and the one it is set against",
    )  # fmt: skip
    plan.add_argument("--outcome", metavar="COLUMN", help="what it is to change, such as tst_min")
    plan.add_argument(
        "--matters", type=float, metavar="SIZE",
        help="the smallest difference that matters, in the outcome's unit; -10 for a fall",
    )  # fmt: skip
    plan.add_argument(
        "--looks", type=float, nargs="+", metavar="SHARE",
        help="when it is looked at, as shares of the nights (0.5 0.75 1)",
    )  # fmt: skip
    plan.add_argument("--design", default="pairs", metavar="NAME", help="pairs, blocks or free")
    plan.add_argument("--block", type=int, metavar="N", help="nights of a block (3)")
    plan.add_argument(
        "--washout", type=int, default=0, metavar="N", help="first nights of a block left out (0)"
    )
    plan.add_argument("--max-run", type=int, metavar="N", help="longest run in free order (3)")
    plan.add_argument("--start", metavar="DATE", help="first evening, as 2026-03-02 (today)")
    plan.add_argument("--seed", type=int, metavar="N", help="for the same plan again (by chance)")
    plan.add_argument("--stop-rule", default="", metavar="WORDS", help="what would make you stop")
    plan.add_argument("--substance", default="", metavar="WORDS", help="what is tried")
    plan.add_argument("--medicine", action="store_true", help="it is a medicine")
    plan.add_argument(
        "--asked-a-clinician", action="store_true", help="a doctor or pharmacist was asked"
    )
    plan.add_argument("--diary", metavar="FILE", help="your diary so far: what a plan can show")
    plan.add_argument(
        "-o", "--output", default="sleep_trial", metavar="NAME",
        help="NAME.csv to fill in, NAME.html to print, NAME.ics for the calendar (sleep_trial)",
    )  # fmt: skip


def _add_reading_options(reading: argparse.ArgumentParser) -> None:
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


def reading_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what was chosen as keyword arguments of :func:`sleepstats.report.read`."""
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
