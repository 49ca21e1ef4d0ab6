"""The command ``sleepstats``: what report, check, template, trial and formats do.

Exit status: 0 done; 2 not done, with the reason in one sentence on stderr; 130 stopped by Ctrl-C,
143 by SIGTERM, 129 by SIGHUP.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import os
import re
import secrets
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import sleepstats
from sleepstats.errors import DiaryError, DiaryWarning, did_you_mean, harmless, in_shell
from sleepstats.options import parser_of, reading_of
from sleepstats.written import progress, width_of, wrapped, write_whole

if TYPE_CHECKING:
    import pandas as pd

    from sleepstats.trials.result import TrialResult

DONE, NOT_DONE, INTERRUPTED = 0, 2, 130
_BOM = "\ufeff"  # spreadsheets need it to know the letters


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a pipe may know fewer letters than a diary
        sys.stdout.reconfigure(errors="replace")
    parser = parser_of(COMMANDS)
    arguments = parser.parse_args(argv)
    if arguments.run is None:
        parser.print_help()
        return DONE
    caught: list[int] = []
    try:
        with _ended_gently() as caught:
            status = int(arguments.run(arguments))
        sys.stdout.flush()
    except KeyboardInterrupt:
        _say("\nStopped. Nothing was written.")
        return 128 + caught[0] if caught else INTERRUPTED
    except BrokenPipeError:
        # whoever read our output has seen enough; leave quietly
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        if arguments.debug:
            traceback.print_exc()
        else:
            _say(_in_one_sentence(error, getattr(arguments, "output", ".")))
        return NOT_DONE
    return status


def _report(arguments: argparse.Namespace) -> int:
    from sleepstats.report import report_files, write_tables

    with progress(sys.stderr, quiet=arguments.quiet) as step, _warnings_in_words():
        done = report_files(
            arguments.files,
            folder=arguments.output,
            outcomes=arguments.outcome,
            summary=arguments.summary,
            force=arguments.force,
            on_step=step,
            **reading_of(arguments),
        )
    _print(done.printed(in_shell, width_of(sys.stdout)))
    _print(f"\nTo read:        {done.page}")
    if done.notebook:
        _print(f"To go on from:  {done.notebook}")
    if arguments.csv:
        got = done.answer
        tables = write_tables(done.page, got.nights, got.table, over=arguments.force)
        _print(f"As tables:      {', '.join(map(str, tables))}")
    if arguments.open:
        import webbrowser

        if not webbrowser.open(done.page.resolve().as_uri()):
            _say("The page could not be opened from here; open it by hand.")
    return DONE


def _nights_of(files: Sequence[str], arguments: argparse.Namespace | None = None) -> pd.DataFrame:
    """Read the diary of a trial, or one so far with nothing said about how."""
    from sleepstats.report import read

    with _warnings_in_words():
        return read(files, **({} if arguments is None else reading_of(arguments)))


def _check(arguments: argparse.Namespace) -> int:
    from sleepstats.reading.check import check_lines, problem_line
    from sleepstats.report import read

    with _warnings_in_words(show=False):
        nights = read(arguments.files, **reading_of(arguments))
    for line in check_lines(nights):
        _print(in_shell(line))
    rows = sleepstats.reading_report(nights)
    from sleepstats.columns import told_of

    said = told_of(nights)["rows"]["problem"]
    rows["problem"] = [in_shell(said.get(str(i), "")) for i in range(len(rows))]
    told = rows[(rows["problem"] != "") & (rows["status"] != "skipped")]
    if len(told):
        print()
        for row in told.itertuples():
            _print(problem_line(row))
    print()
    _print(_columns_of(nights))
    return DONE


def _template(arguments: argparse.Namespace) -> int:
    from sleepstats.reading.check import write_blank_diary

    path = Path(arguments.output)
    habits, first = arguments.habits, arguments.first
    headers = write_blank_diary(path, habits, first=first, force=arguments.force)
    print(
        f"{path}: {', '.join(headers)}.\nFill in one row each morning; leave blank what you do not "
        f"know. Then: sleepstats report {path}"
    )
    return DONE


def _plan_trial(arguments: argparse.Namespace) -> int:
    from sleepstats.trials import ask, page_text, sheet

    seed = secrets.randbelow(1 << 31) if arguments.seed is None else arguments.seed
    diary = _nights_of([arguments.diary]) if arguments.diary else None
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
    texts = (_BOM + sheet.sheet_of(made), page_text(made), sheet.calendar_of(made))
    try:
        write_whole(dict(zip(paths, texts, strict=True)))
    except FileExistsError:
        there = next((path for path in paths if path.exists()), paths[0])
        raise DiaryError(
            f"{there}: is already there, and what was filled in is never "
            "written over. Give another name with -o."
        ) from None
    _print(made.shell)
    _print(
        f"\nTo fill in:   {paths[0]}\nTo print:     {paths[1]}\nCalendar:     {paths[2]}\n"
        f"Afterwards:   sleepstats trial analyse {paths[0]}"
    )
    return DONE


def _analyse_trial(arguments: argparse.Namespace) -> int:
    from sleepstats.trials import TrialPlan, ask

    # says what is wrong with the sheet before the diary
    asked = TrialPlan.from_csv(arguments.plan).question
    nights = _nights_of(arguments.files or [arguments.plan], arguments)
    outcome = arguments.outcome or (asked and asked.outcome)
    if not arguments.files and outcome is not None and outcome not in nights:
        raise DiaryError(
            f"{arguments.plan}: nothing is filled in yet that gives {outcome}. Fill it in each "
            "morning, or name the diary before it: sleepstats trial analyse NIGHTS PLAN."
        )
    result = ask.analyse_trial(
        nights, arguments.plan, outcome=arguments.outcome, look=arguments.look
    )
    for line in _lines_of(result):
        _print(line)
    return DONE


def _lines_of(result: TrialResult) -> Iterator[str]:
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


def _formats(arguments: argparse.Namespace) -> int:
    for row in sleepstats.list_formats().itertuples():
        _print(f"{row.Index}: {row.product}")
        _print(f"  recognised by  {row.recognised_by}\n  gives          {row.gives}")
    return DONE


def _columns_of(nights: pd.DataFrame) -> str:
    """List the columns with the nights on which each has a value."""
    from sleepstats.columns import column_of, told_of

    told = told_of(nights).get("columns", {})
    width = max(len(name) for name in nights.columns)
    lines = [f"{'column':<{width}}  nights  kind      belongs to"]
    for name in nights.columns:
        column = column_of(nights, name)
        values = nights[name]
        known = int((values != "").sum()) if name == "problem" else int(values.notna().sum())
        written = column.kind == "computed" and "header" in told.get(name, {})
        kind = "recorded" if written else column.kind
        lines.append(f"{name:<{width}}  {known:>6}  {kind:<8}  {column.when}")
    return "\n".join(lines)


@contextmanager
def _warnings_in_words(*, show: bool = True) -> Iterator[None]:
    """Show a diary's warnings as sentences on stderr, without file names of the library."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for one in caught if show else ():
        if isinstance(one.message, DiaryWarning):
            _say(f"Note: {one.message.shell}")


def _in_one_sentence(error: Exception, output: str) -> str:
    """Say what went wrong to somebody who will not read a traceback."""
    if isinstance(error, DiaryError):
        return f"sleepstats: {_with_near_name(error.shell)}"
    if isinstance(error, OSError):
        # a name of ours for what is unfinished says nothing to a person
        ours = error.filename is None or "sleepstats-" in str(error.filename)
        place = output if ours else error.filename
        return f"sleepstats: {place}: {error.strerror or error}."
    name = getattr(error, "ename", type(error).__name__)  # of the error inside a notebook's cell
    text = str(getattr(error, "evalue", error)).strip().splitlines()
    last = text[-1] if text else ""
    return (
        f"sleepstats: this should not have happened ({name}: {last}). Run the same command with "
        "--debug to see where, and please report it."
    )


def _with_near_name(text: str) -> str:
    """Ask whether the file of nearly this name in the same folder was meant."""
    missing = re.match(r"(.+?): no such file\.", text)
    if missing is None:
        return text
    folder, name = os.path.split(missing[1])
    with suppress(OSError):
        near = did_you_mean(name, os.listdir(folder or "."))
        return f"{missing[0]}{near}{text[missing.end() :]}"
    return text


def _say(text: str) -> None:
    print(wrapped(harmless(text), sys.stderr), file=sys.stderr)


def _print(text: str) -> None:
    """Print words of a file: what controls a terminal is spelled out."""
    print(wrapped(harmless(text), sys.stdout))


@contextmanager
def _ended_gently() -> Iterator[list[int]]:
    """Take SIGTERM and SIGHUP for Ctrl-C, so that what is unfinished is removed on the way out.

    Gives the list that holds the signal then.
    """
    import signal

    caught: list[int] = []

    def stop(number: int, frame: object) -> None:
        caught.append(number)
        if len(caught) == 1:  # a second one must not cut the cleaning short
            raise KeyboardInterrupt

    before = {}
    for name in ("SIGTERM", "SIGHUP"):
        one = getattr(signal, name, None)
        with suppress(ValueError):  # not in the main thread
            # who started us under nohup wants no end
            if one is not None and signal.getsignal(one) == signal.SIG_DFL:
                before[one] = signal.signal(one, stop)
    try:
        yield caught
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


COMMANDS = {
    "report": _report,
    "check": _check,
    "template": _template,
    "trial plan": _plan_trial,
    "trial analyse": _analyse_trial,
    "formats": _formats,
}
