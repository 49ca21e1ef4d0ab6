"""The command ``sleepstats``, or ``python -m sleepstats``: report, check, template, trial, formats.

Exit status: 0 done; 2 not done, with the reason in one sentence on stderr; 130 stopped by Ctrl-C,
143 by SIGTERM, 129 by SIGHUP.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__" and not sys.flags.safe_path and sys.path[:1] in ([""], [os.getcwd()]):
    # ``-m`` puts the working folder in front: what lies there, a pandas.py, would be run
    del sys.path[0]

import argparse
import datetime as dt
import io
import re
import secrets
import tomllib
import traceback
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import sleepstats
from sleepstats.errors import DiaryError, DiaryWarning, did_you_mean, harmless, in_shell
from sleepstats.written import ended_gently, progress, width_of, wrapped

if TYPE_CHECKING:
    import pandas as pd


DONE, NOT_DONE, INTERRUPTED = 0, 2, 130


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
        with ended_gently() as caught:
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


class _Parser(argparse.ArgumentParser):
    """A parser with examples below its help, which repeats what was typed."""

    def with_options(self, options: Mapping[str, Any], begin: str = "--") -> Self:
        """Add options of ``options.toml``; those that begin in another way are in no help."""
        only_one: Any = None
        for names, words in options.items():
            given = {"action": "store_true", "help": words} if isinstance(words, str) else {**words}
            if begin != "--":
                given["help"] = argparse.SUPPRESS
            if given.get("action") == "append":
                given["default"] = []
            # what TOML does not know
            if "type" in given:
                given["type"] = {"int": int, "float": float}[given["type"]]
            if isinstance(given.get("metavar"), list):
                given["metavar"] = tuple(given["metavar"])
            to: Any = self
            if given.pop("only_one", False) and begin == "--":
                to = only_one = only_one or self.add_mutually_exclusive_group()
            to.add_argument(*names.replace("--", begin).split(), **given)
        return self

    def show_examples(self, examples: Sequence[tuple[str, str]]) -> None:
        """Show below the help what a person types, each with what it means."""
        lines = [f"  {typed}\n      {meaning}" for typed, meaning in examples]
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


def typed() -> dict[str, Any]:
    """Return what can be typed: what stands in ``options.toml``."""
    return tomllib.loads(Path(__file__).with_name("options.toml").read_text(encoding="utf-8"))


def _parser() -> _Parser:
    told = typed()
    first, commands = told["command"].pop(""), told["command"]
    shared = {
        name: _Parser(add_help=False).with_options(options)
        for name, options in told["shared"].items()
    }
    shared["with_table"] = _Parser(add_help=False).with_options(told["shared"]["table"], "--with-")
    parser = _Parser(prog="sleepstats", description=first["description"], epilog=first["epilog"])
    version = f"sleepstats {sleepstats.__version__}"
    parser.add_argument("--version", action="version", version=version)
    parser.set_defaults(run=None)
    parser.show_examples(first["examples"])
    below = {"": parser.add_subparsers(metavar="COMMAND")}
    for name, words in commands.items():
        above, _, last = name.rpartition(" ")
        parents = [shared[parent] for parent in words.get("parents", ())]
        one = below[above].add_parser(last, help=words["help"], parents=parents)
        one.with_options(words.get("options", {}))
        if "inside" in words:
            below[name] = one.add_subparsers(required=True, metavar=words["inside"])
        else:
            one.set_defaults(run=COMMANDS[name])
        inside = [commands[other] for other in commands if f"{other} ".startswith(f"{name} ")]
        one.show_examples([shown for each in inside for shown in each.get("examples", ())])
    return parser


def _report(arguments: argparse.Namespace) -> int:
    from sleepstats.report import reading_of, report_files, write_tables

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
    from sleepstats.report import read, reading_of

    with _warnings_in_words():
        return read(files, **({} if arguments is None else reading_of(arguments)))


def _check(arguments: argparse.Namespace) -> int:
    from sleepstats.reading.check import check_lines, columns_of, problem_line
    from sleepstats.report import read, reading_of

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
    _print(columns_of(nights))
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
    from sleepstats.trials import ask, write_all

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
    paths = write_all(made, arguments.output)
    _print(made.shell)
    _print(
        f"\nTo fill in:   {paths[0]}\nTo print:     {paths[1]}\nCalendar:     {paths[2]}\n"
        f"Afterwards:   sleepstats trial analyse {paths[0]}"
    )
    return DONE


def _analyse_trial(arguments: argparse.Namespace) -> int:
    from sleepstats.trials import TrialPlan, ask, lines_of

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
    for line in lines_of(result):
        _print(line)
    return DONE


def _formats(arguments: argparse.Namespace) -> int:
    for row in sleepstats.list_formats().itertuples():
        _print(f"{row.Index}: {row.product}")
        _print(f"  recognised by  {row.recognised_by}\n  gives          {row.gives}")
    return DONE


@contextmanager
def _warnings_in_words(*, show: bool = True) -> Iterator[None]:
    """Show a diary's warnings as sentences on stderr, without file names of the library."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for one in caught if show else ():
        if isinstance(one.message, DiaryWarning):
            from sleepstats.report.page import spoken

            _say(f"Note: {spoken(one.message.shell)}")  # names of ours are in no file


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


COMMANDS = {
    "report": _report,
    "check": _check,
    "template": _template,
    "trial plan": _plan_trial,
    "trial analyse": _analyse_trial,
    "formats": _formats,
}

if __name__ == "__main__":
    raise SystemExit(main())
