"""A randomised trial of one person; here ``sleepstats trial``: plan it, write its sheet, ask it.

Loads nothing that ``--help`` does not need.
"""

from __future__ import annotations

import argparse
import datetime as dt
import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sleepstats.errors import DiaryError, in_shell
from sleepstats.written import write_whole

if TYPE_CHECKING:
    from sleepstats.trials.result import TrialResult


_PLAN_EXAMPLES = """\
examples:
  sleepstats trial plan 56 --conditions reading "no reading" --outcome tst_min --matters 20
      eight weeks, a coin for each pair of evenings; 20 minutes more or less would matter
  sleepstats trial plan 64 --design blocks --block 4 --washout 1 --conditions tea none
      blocks of four nights, the first of each left out, for what takes a day to go
  sleepstats trial plan 56 --outcome sol_min --matters -10 --diary my_diary.csv
      and what these nights can show, by your own diary
"""
_ANALYSE_EXAMPLES = """\
examples:
  sleepstats trial analyse sleep_trial.csv
      the sheet is diary and plan at once
  sleepstats trial analyse oura.csv sleep_trial.csv
      nights of a tracker, held against the plan in the sheet
  sleepstats trial analyse my_diary.csv sleep_trial.csv --look 0.5
      the look after half of the nights, where the diary goes on
"""
_BOM = "\ufeff"  # spreadsheets need it to know the letters


def add_trial(
    commands: Any,
    shared: Sequence[argparse.ArgumentParser],
    read: Callable[..., Any],
    say: Callable[[str], None],
) -> None:
    """Add the command ``trial`` to those of the shell.

    ``shared``: the options of reading a diary, and of every command; ``read(files, arguments)``
    gives nights, ``say`` prints.
    """
    reading, every = shared
    raw = argparse.RawDescriptionHelpFormatter
    trial = commands.add_parser(
        "trial", help="plan a fair test of one habit, decided by a coin; ask what it showed",
        formatter_class=raw, epilog=_PLAN_EXAMPLES + _ANALYSE_EXAMPLES.partition("\n")[2],
    )  # fmt: skip
    both = trial.add_subparsers(required=True, metavar="plan|analyse")
    plan = both.add_parser(
        "plan", parents=[every], formatter_class=raw, epilog=_PLAN_EXAMPLES,
        help="decide by chance which night has which condition, and write the sheet to fill in",
    )  # fmt: skip
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
    plan.set_defaults(run=lambda arguments: _plan(arguments, read, say))
    analyse = both.add_parser(
        "analyse", parents=[reading, every], formatter_class=raw, epilog=_ANALYSE_EXAMPLES,
        help="ask what the trial showed: what its plan registered",
    )  # fmt: skip
    analyse.add_argument("files", nargs="*", metavar="NIGHTS", help="the diary; none: the sheet")
    analyse.add_argument("plan", metavar="PLAN", help="the sheet that 'trial plan' wrote")
    analyse.add_argument("--outcome", metavar="COLUMN", help="another than the plan registered")
    analyse.add_argument("--look", type=float, metavar="SHARE", help="which planned look, as 0.5")
    analyse.set_defaults(run=lambda arguments: _analyse(arguments, read, say))


def _plan(
    arguments: argparse.Namespace, read: Callable[..., Any], say: Callable[[str], None]
) -> int:
    from sleepstats.trials import ask, plan, sheet

    seed = secrets.randbelow(1 << 31) if arguments.seed is None else arguments.seed
    diary = None
    if arguments.diary:
        diary = read([arguments.diary])
    made = ask.plan_trial(
        arguments.nights, seed=seed, design=arguments.design,
        start=arguments.start or dt.date.today(), conditions=tuple(arguments.conditions),
        block=arguments.block, max_run=arguments.max_run, washout=arguments.washout,
        stop_rule=arguments.stop_rule, substance=arguments.substance,
        medicine=arguments.medicine, asked_a_clinician=arguments.asked_a_clinician,
        outcome=arguments.outcome, matters=arguments.matters, looks=arguments.looks,
        nights=diary,
    )  # fmt: skip
    paths = [Path(f"{arguments.output}.{ending}") for ending in ("csv", "html", "ics")]
    texts = (_BOM + sheet.sheet_of(made), plan.page_text(made), sheet.calendar_of(made))
    try:
        write_whole(dict(zip(paths, texts, strict=True)))
    except FileExistsError:
        there = next((path for path in paths if path.exists()), paths[0])
        raise DiaryError(
            f"{there}: is already there, and what was filled in is never "
            "written over. Give another name with -o."
        ) from None
    say(made.shell)
    say(
        f"\nTo fill in:   {paths[0]}\nTo print:     {paths[1]}\nCalendar:     {paths[2]}\n"
        f"Afterwards:   sleepstats trial analyse {paths[0]}"
    )
    return 0


def _analyse(
    arguments: argparse.Namespace, read: Callable[..., Any], say: Callable[[str], None]
) -> int:
    from sleepstats.trials import ask, plan

    # says what is wrong with the sheet before the diary
    asked = plan.TrialPlan.from_csv(arguments.plan).question
    nights = read(arguments.files or [arguments.plan], arguments)
    outcome = arguments.outcome or (asked and asked.outcome)
    if not arguments.files and outcome is not None and outcome not in nights:
        raise DiaryError(
            f"{arguments.plan}: nothing is filled in yet that gives {outcome}. Fill it in each "
            "morning, or name the diary before it: sleepstats trial analyse NIGHTS PLAN."
        )
    result = ask.analyse_trial(
        nights, arguments.plan, outcome=arguments.outcome, look=arguments.look
    )
    for line in _lines(result):
        say(line)
    return 0


def _lines(result: TrialResult) -> Iterator[str]:
    """Yield the verdict, the sentences, how it was kept to, and what else is to be known."""
    from sleepstats.trials import question

    if result.verdict not in (question.NOT_REGISTERED, question.NOT_ANSWERED):
        # "go on" alone would be read as what to do
        open_yet = " (not decided yet)" if result.verdict == question.GO_ON else ""
        yield f"{result.verdict[:1].upper()}{result.verdict[1:]}{open_yet}.\n"
    yield f"{result.shell}\n"
    heads = ["nights", *(str(name).replace("_", " ") for name in result.compliance.columns[1:])]
    table = [heads, *([str(cell) for cell in row] for row in result.compliance.to_numpy())]
    width = max(len(row[0]) for row in table)
    for label, *cells in table:
        kept = (cell.rjust(len(head)) for cell, head in zip(cells, heads[1:], strict=True))
        yield f"{label:<{width}}  {'  '.join(kept)}"
    notes = [note for note in result.notes if note not in result.doubts]
    if notes:
        yield "\n" + "\n".join(f"* {in_shell(note)}" for note in notes)
