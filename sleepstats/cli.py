"""The command ``sleepstats``: report, check, template, trial, formats.

Exit status: 0 done; 2 not done, with the reason in one sentence on stderr; 130 stopped by Ctrl-C,
143 by SIGTERM, 129 by SIGHUP.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TextIO

import sleepstats
from sleepstats import report as shell
from sleepstats.errors import DiaryError, DiaryWarning, harmless, in_shell

if TYPE_CHECKING:
    import pandas as pd

DONE, NOT_DONE, INTERRUPTED = 0, 2, 130

#: Letters of the bar that shows how far the work is.
BAR = 20


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a pipe may know fewer letters than a diary
        sys.stdout.reconfigure(errors="replace")
    parser = _parser()
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


def _parser() -> argparse.ArgumentParser:
    from sleepstats.trials import add_trial

    shared = _Parser(add_help=False)
    shared.add_argument("--debug", action="store_true", help="on failure, show where in the code")

    reading = _Parser(add_help=False)
    shell.add_reading_options(reading)

    parser = _Parser(
        prog="sleepstats",
        description="From a sleep diary export to an honest answer: what went with how you slept.",
        epilog="A file called sample:diary, sample:spreadsheet or sample:sleep_cycle is an "
        "invented diary that comes with the package. Nothing leaves this computer.",
    )
    parser.add_argument(
        "--version", action="version", version=f"sleepstats {sleepstats.__version__}"
    )
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
    report.set_defaults(run=_report)

    check = commands.add_parser(
        "check", parents=[reading, shared], help="show what became of every row of a diary"
    )
    check.add_argument("files", nargs="+", metavar="FILE", help="a diary export")
    check.set_defaults(run=_check)

    shell.add_template(commands, shared)
    add_trial(commands, (reading, shared), _nights_of, _print)

    formats = commands.add_parser("formats", parents=[shared], help="list the known formats")
    formats.set_defaults(run=_formats)

    shell.with_examples(parser)
    for name, one in commands.choices.items():
        shell.with_examples(one, name)
    return parser


def _report(arguments: argparse.Namespace) -> int:
    from sleepstats.report.make import report_files

    with _progress(sys.stderr, quiet=arguments.quiet) as step, _warnings_in_words():
        done = report_files(
            arguments.files,
            folder=arguments.output,
            outcomes=arguments.outcome,
            summary=arguments.summary,
            force=arguments.force,
            on_step=step,
            **shell.reading_of(arguments),
        )
    _print(done.printed(in_shell, shell.width_of(sys.stdout)))
    _print(f"\nTo read:        {done.page}")
    if done.notebook:
        _print(f"To go on from:  {done.notebook}")
    if arguments.csv:
        got = done.answer
        tables = shell.write_tables(done.page, got.nights, got.table, over=arguments.force)
        _print(f"As tables:      {', '.join(map(str, tables))}")
    if arguments.open:
        import webbrowser

        if not webbrowser.open(done.page.resolve().as_uri()):
            _say("The page could not be opened from here; open it by hand.")
    return DONE


def _nights_of(files: Sequence[str], arguments: argparse.Namespace | None = None) -> pd.DataFrame:
    """Read the diary of a trial, or one so far with nothing said about how."""
    from sleepstats.report.make import read

    with _warnings_in_words():
        return read(files, **({} if arguments is None else shell.reading_of(arguments)))


def _check(arguments: argparse.Namespace) -> int:
    from sleepstats.reading.check import check_lines, problem_line
    from sleepstats.report.make import read

    with _warnings_in_words(show=False):
        nights = read(arguments.files, **shell.reading_of(arguments))
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
def _progress(stream: TextIO, *, quiet: bool) -> Iterator[Any]:
    """Give a function that shows the step at hand: a bar on a terminal, else a line each."""
    terminal = stream.isatty()
    done = 0.0

    def step(text: str) -> None:
        nonlocal done
        if quiet:
            return
        text = f"{harmless(text, lines=False)} …"
        if not terminal:
            print(text, file=stream, flush=True)
            return
        done = max(done, shell.share_done(text))
        bar = ("#" * round(BAR * done)).ljust(BAR, ".")
        line = f"[{bar}] {text}"[: shutil.get_terminal_size().columns - 1]
        print(f"\r\x1b[K{line}", end="", file=stream, flush=True)

    try:
        yield step
    finally:
        if terminal and not quiet:
            print("\r\x1b[K", end="", file=stream, flush=True)


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
        return f"sleepstats: {shell.with_near_name(error.shell)}"
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


def _say(text: str) -> None:
    print(shell.wrapped(harmless(text), sys.stderr), file=sys.stderr)


def _print(text: str) -> None:
    """Print words of a file: what controls a terminal is spelled out."""
    print(shell.wrapped(harmless(text), sys.stdout))


class _Parser(argparse.ArgumentParser):
    """The parser, which repeats what was typed."""

    def _print_message(self, message: str, file: Any = None) -> None:
        super()._print_message(harmless(message), file)


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
