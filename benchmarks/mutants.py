"""Change the code in small wrong ways, one at a time, and count the changes that the tests notice.

    python benchmarks/mutants.py --sample 60 --seed 1 [--only clock measures]
    python benchmarks/mutants.py --only clock --at clock.py:98 --tests tests/test_clock.py

Comparisons, signs, operators, numbers, ``and``/``or``, ``not``, conditions and keywords are
changed; of each part as many changes as asked for are drawn. What is printed lives: the file, the
line, and what was put in the place of what. Run it by hand after a part has been rewritten; a
survivor is either a missing test or a change that makes no difference.

The tests of a part are run once without a change, to learn which of them pass over which line. A
change within a function is put into that function in a fork of the process that has everything
loaded, and met by the tests that pass over its line, first those that are quick and have noticed
changes before; any other change is loaded anew and met by all tests of the part. A test that takes
ten times its processor time, and 15 seconds more, is ended; the change counts as noticed, and is
printed. ``--at`` takes every change of some lines instead of a sample, to see what a new test
notices. No file is written.
"""

from __future__ import annotations

import argparse
import ast
import copy
import gc
import importlib.machinery
import os
import pickle
import random
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import _lru_cache_wrapper, partial
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import matplotlib as mpl
import pandas as pd  # noqa: F401
import pytest
import scipy.stats  # noqa: F401

mpl.use("agg")
sys.dont_write_bytecode = True
TOP = Path(__file__).parents[1]
#: What is mutated, and the tests that answer for it.
PARTS = {
    "clock": (["clock.py"], ["tests/test_clock.py", "tests/test_elapsed.py"]),
    "measures": (
        ["measures/*.py"],
        ["tests/test_measures.py", "tests/test_between_nights.py", "tests/test_description.py",
         "tests/test_night_to_night.py", "tests/test_schedule.py", "tests/test_free_days.py",
         "tests/test_printed_tables.py", "tests/test_recorded_numbers.py", "tests/test_answers.py"],
    ),
    "same_night": (
        ["reading/nights/tracker_nights.py"],
        ["tests/reading/nights", "tests/reading/formats"],
    ),
    "join": (
        ["reading/join.py"],
        ["tests/reading/test_join.py", "tests/reading/test_join_to_the_letter.py",
         "tests/reading/test_companions_of_ones_own.py"],
    ),
    "inference": (
        ["inference/*.py"],
        ["tests/inference", "tests/test_outside_references.py", "tests/test_trial_looks.py",
         "tests/test_beside_others.py", "tests/test_planning.py", "tests/test_explained.py",
         "tests/test_recorded_numbers.py"],
    ),
    "trials": (
        ["trials/*.py"],
        ["tests/test_trials.py", "tests/test_trial_designs.py", "tests/test_trial_power.py",
         "tests/test_trial_sheet.py", "tests/test_trial_looks.py",
         "tests/test_trial_counting.py", "tests/test_trial_edges.py",
         "tests/test_trial_sentences.py",
         "tests/test_cli.py::test_every_argument_of_every_command_says_what_it_is",
         "tests/test_recorded_numbers.py"],
    ),
}  # fmt: skip
#: Simulations, which tell a wrong number from a right one only after minutes.
SLOW = [
    f"--deselect=tests/{test}"
    for test in (
        "inference/test_calibration.py", "inference/test_families.py::test_equals_statsmodels",
        "inference/test_randomisation.py::test_size_and_coverage_in_persistent_nights",
        "inference/test_beside.py::test_hundreds_of_tags_leave_half_of_the_nights",
        "inference/test_beside.py::test_the_number_of_threads_changes_no_bit",
        "inference/test_patterns.py::test_three_threads_or_one_give_the_same_bits_and_share_"
        "nothing_out",
        "test_trial_power.py::test_power_grows_with_nights_and_effect_and_falls_with_blocks",
        "test_trial_power.py::test_what_a_season_cannot_show_is_said_before_it_starts",
    )
]  # fmt: skip
SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div, ast.Mod: ast.FloorDiv, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
    ast.And: ast.Or, ast.Or: ast.And, ast.USub: ast.UAdd,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One small wrong change of a file."""

    path: Path
    line: int
    before: str
    after: str
    source: str
    #: Lines of the statement that is changed, as far as its own, and of the function around it.
    lines: range
    function: int

    def __str__(self) -> str:
        return f"{self.path.as_posix()}:{self.line}: {self.before} -> {self.after}"


def changed(node: ast.AST) -> Iterator[ast.AST]:
    """Return the small wrong forms of one node."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in SWAPPED:
        other = copy.deepcopy(node)
        other.ops = [SWAPPED[type(node.ops[0])]()]  # type: ignore[list-item]
        yield other
    if isinstance(node, ast.BinOp | ast.BoolOp | ast.UnaryOp | ast.AugAssign):
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
            yield node.operand
        elif type(node.op) in SWAPPED and not isinstance(
            getattr(node, "left", None), ast.JoinedStr
        ):
            other = copy.deepcopy(node)
            other.op = SWAPPED[type(node.op)]()  # type: ignore[assignment]
            yield other
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield ast.Constant(not node.value)
        elif isinstance(node.value, int | float):
            yield ast.Constant(node.value + 1)
    if isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
    if isinstance(node, ast.Call) and node.keywords and node.keywords[-1].arg:
        other = copy.deepcopy(node)
        other.keywords.pop()
        yield other


def _skipped(tree: ast.Module) -> set[int]:
    """Return the nodes that are annotations or wording."""
    out: set[int] = set()
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        if isinstance(node, ast.AnnAssign | ast.arg):
            parts = [node.annotation]
        elif isinstance(node, ast.FunctionDef):
            parts = [node.returns, *node.decorator_list]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("DiaryError", "zip"):
            parts = [node]  # wording, and zip(strict=)
        elif isinstance(node, ast.JoinedStr):
            parts = [node]
        for part in parts:
            out |= {id(inner) for inner in ast.walk(part)} if part is not None else set()
    return out


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Return every mutant of one file."""
    text = (TOP / path).read_text(encoding="utf-8")
    tree = ast.parse(text)
    skipped = _skipped(tree)
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line.encode()))
    raw = text.encode()
    around = _around(tree)
    for node in ast.walk(tree):
        if id(node) in skipped or not hasattr(node, "lineno"):
            continue
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        before = raw[start:end].decode()
        for other in changed(node):
            after = ast.unparse(ast.fix_missing_locations(other))
            if not isinstance(node, ast.AugAssign):
                after = f"({after})"
            source = (raw[:start] + after.encode() + raw[end:]).decode()
            try:
                ast.parse(source)
            except SyntaxError:
                continue
            yield Mutant(path, node.lineno, before[:80], after[:80], source, *around[id(node)])


def _around(tree: ast.Module) -> dict[int, tuple[range, int]]:
    """Return of every node the lines of its statement, and where the outermost function begins."""
    found: dict[int, tuple[range, int]] = {}

    def walk(node: ast.AST, lines: range, function: int) -> None:
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            end = body[0].lineno if body else node.end_lineno + 1
            lines = range(node.lineno, max(end, node.lineno + 1))
        found[id(node)] = (lines, function)
        for name, value in ast.iter_fields(node):
            inside = function
            if isinstance(node, ast.FunctionDef) and not function and name == "body":
                inside = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    walk(child, lines, inside)

    walk(tree, range(0), 0)
    return found


@dataclass
class Seen:
    """What the tests of a part do without a change."""

    #: (file, line) -> the tests that pass over it.
    over: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


class Watching:
    """A plugin of pytest: run everything once and note it, then meet each mutant in a fork."""

    def __init__(self, files: list[Path], mutants: list[Mutant]) -> None:
        self.files = {str(TOP / file) for file in files}
        self.mutants = mutants
        self.alive: list[Mutant] = []
        self.elsewhere: list[Mutant] = []  # not within a function
        self.last = ""
        self.noticed: Counter[str] = Counter()  # how many changes a test was first to notice
        self.seen = Seen()

    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Meet every mutant that lies within a function."""
        if self.seen.seconds:  # known already: a mutant was loaded anew, and its tests simply run
            return None
        for file in self.files:
            module = Path(file).relative_to(TOP).with_suffix("")
            importlib.import_module(".".join(module.parts).removesuffix(".__init__"))
        self.seen = in_fork(lambda: self.look(session))
        for mutant in self.mutants:
            if not mutant.function:
                self.elsewhere.append(mutant)
                continue
            names: set[str] = set()
            for line in mutant.lines:
                names |= self.seen.over.get((str(TOP / mutant.path), line), set())
            items = self.quickest_first([one for one in session.items if one.nodeid in names])
            by = in_fork(partial(self.met, session, mutant, items), self.patience(items))
            self.note(mutant, by, f"{len(items)} tests")
        return True

    def note(self, mutant: Mutant, by: str, met: str) -> None:
        """Note which test noticed a change, if one did."""
        if not by:
            self.alive.append(mutant)
            shown(f"  lives: {mutant} ({met})")
        elif by == ENDLESS:
            shown(f"  does not end: {mutant}")
        else:
            self.noticed[by] += 1

    def patience(self, items: list[pytest.Item]) -> float:
        """Return after how many seconds these tests are taken not to end."""
        return 60 + 10 * sum(self.seen.seconds[one.nodeid] for one in items)

    def look(self, session: pytest.Session) -> Seen:
        """Run every test and note which lines it passes over."""
        over: dict[tuple[str, int], set[str]] = defaultdict(set)

        def line(frame: FrameType, event: str, _: Any) -> Any:
            if event == "line":
                passed[frame.f_code].add(frame.f_lineno)
            return line

        def call(frame: FrameType, *_: Any) -> Any:
            code = frame.f_code
            if code.co_filename not in self.files or not unseen(code, passed[code]):
                return None
            return line

        for i, item in enumerate(session.items):
            forget()
            passed: dict[CodeType, set[int]] = defaultdict(set)
            now, began, failed = item.nodeid, time.process_time(), session.testsfailed
            threading.settrace(call)
            sys.settrace(call)
            one_test(session, i, session.items)
            sys.settrace(None)
            self.seen.seconds[now] = time.process_time() - began
            for code, lines in passed.items():
                for number in lines:
                    over[code.co_filename, number].add(now)
            if session.testsfailed > failed:
                self.seen.failed.append(now)
        self.seen.over = dict(over)
        return self.seen

    def met(self, session: pytest.Session, mutant: Mutant, items: list[pytest.Item]) -> str:
        """Change a function where it is loaded; return the test that fails, or nothing."""
        put_in_place(mutant)
        forget()
        for i, item in enumerate(items):
            self.limit(item.nodeid)
            one_test(session, i, items)
            if session.testsfailed:
                return item.nodeid
        return ""

    def limit(self, test: str) -> None:
        """End this process where a test takes ten times its processor time."""
        signal.setitimer(signal.ITIMER_PROF, 15 + 10 * self.seen.seconds[test])

    def quickest_first(self, items: list[pytest.Item]) -> list[pytest.Item]:
        """Sort by time for each change noticed so far; what fails anyway is left out."""

        def rank(item: pytest.Item) -> float:
            return self.seen.seconds[item.nodeid] / (1 + self.noticed[item.nodeid])

        return sorted((one for one in items if one.nodeid not in self.seen.failed), key=rank)

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Limit the time of a test where a mutant is loaded anew."""
        if item.nodeid in self.seen.seconds:
            self.limit(item.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note which test failed."""
        if report.failed:
            self.last = report.nodeid

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the quickest tests in front where a mutant is loaded anew."""
        if self.seen.seconds:
            items[:] = self.quickest_first([i for i in items if i.nodeid in self.seen.seconds])


def one_test(session: pytest.Session, i: int, items: list[pytest.Item]) -> None:
    following = items[i + 1] if i + 1 < len(items) else None
    session.config.hook.pytest_runtest_protocol(item=items[i], nextitem=following)


def unseen(code: CodeType, seen: set[int]) -> bool:
    """Say whether a function has lines that a test has not passed over yet."""
    if code not in LINES:
        inside = {line for *_, line in code.co_lines() if line}
        LINES[code] = inside - {code.co_firstlineno} or inside
    return not LINES[code] <= seen


LINES: dict[CodeType, set[int]] = {}


def put_in_place(mutant: Mutant) -> None:
    """Change a function where it is loaded."""
    path = str(TOP / mutant.path)
    wanted = {
        (code.co_qualname, code.co_firstlineno): code
        for code in codes(compile(mutant.source, path, "exec"))
    }
    for found in gc.get_objects():
        if isinstance(found, FunctionType) and found.__code__.co_filename == path:
            name = (found.__code__.co_qualname, found.__code__.co_firstlineno)
            if name[1] == mutant.function:
                found.__code__ = wanted[name]


CACHES: dict[int, list[Any]] = {}


def forget() -> None:
    """Empty every cache of the package: what an earlier test left there would be met by none."""
    loaded = len(sys.modules)
    if loaded not in CACHES:  # looked for anew once something more is loaded
        CACHES[loaded] = [
            found
            for found in gc.get_objects()
            if isinstance(found, _lru_cache_wrapper)
            and (found.__module__ or "").startswith("sleepstats")
        ]
    for found in CACHES[loaded]:
        found.cache_clear()


def codes(code: CodeType) -> Iterator[CodeType]:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield inner
            yield from codes(inner)


def in_fork(work: Callable[[], Any], seconds: float = 7200) -> Any:
    """Do something in a copy of this process and return the outcome; it may not end."""
    with tempfile.TemporaryFile() as file:
        child = os.fork()
        if not child:
            with open(os.devnull, "w") as nothing:
                os.dup2(nothing.fileno(), 1)
                os.dup2(nothing.fileno(), 2)
            signal.alarm(round(seconds))
            try:
                pickle.dump(work(), file)
                file.flush()
            except BaseException:
                shown(traceback.format_exc())
                os._exit(1)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status):
            os._exit(1)  # told above; pytest, around this, would go on
        file.seek(0)
        written = file.read()
        return pickle.loads(written) if written else ENDLESS


def loaded_anew(mutant: Mutant, watching: Watching, tests: list[str]) -> str:
    """Load the package with the change, run the tests; return the one that fails, or nothing."""
    path, get = str(TOP / mutant.path), importlib.machinery.SourceFileLoader.get_code

    def get_code(loader: Any, name: str) -> Any:
        if loader.path == path:
            return compile(mutant.source, path, "exec")
        return get(loader, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore
    failed = pytest.main(["-x", *ASKED, *SLOW, *tests], plugins=[watching])
    return (watching.last or "loading") if failed else ""


ASKED = ("-q", "-s", "-p", "no:cacheprovider")
OUT = os.fdopen(os.dup(1), "w")
ENDLESS = "did not end"


def shown(line: str) -> None:
    print(line, file=OUT, flush=True)


def measured(part: str, drawn_by: Callable[[list[Mutant]], list[Mutant]], tests: list[str]) -> None:
    """Draw mutants of a part, run tests on each, print the share killed and who lives."""
    places = PARTS[part][0]
    files = [
        found.relative_to(TOP)
        for place in places
        for found in sorted((TOP / "sleepstats").glob(place))
    ]
    every = [mutant for path in files for mutant in mutants_of(path)]
    drawn = drawn_by(every)
    began = time.perf_counter()
    watching = Watching(files, drawn)

    def in_functions() -> Watching:
        pytest.main([*ASKED, *SLOW, *tests], plugins=[watching])
        return watching

    watching = in_fork(in_functions)
    if not watching.seen.seconds:
        raise SystemExit(f"{part}: no test was run; are these there? {' '.join(tests)}")
    for test in watching.seen.failed:
        shown(f"  fails without any change, and is left out: {test}")
    patience = 60 + 10 * sum(watching.seen.seconds.values())
    for mutant in watching.elsewhere:
        watching.note(mutant, in_fork(partial(loaded_anew, mutant, watching, tests), patience),
                      "all tests")  # fmt: skip
    share = 1 - len(watching.alive) / len(drawn)
    shown(f"{part}: {len(drawn)} of {len(every)} mutants, {share:.0%} killed, "
          f"{time.perf_counter() - began:.0f} s")  # fmt: skip


def main() -> int:
    """Measure the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", default=list(PARTS), choices=list(PARTS))
    parser.add_argument("--at", nargs="+", help="every change of these lines, as clock.py:98")
    parser.add_argument("--tests", nargs="+", help="instead of those of the part")
    asked = parser.parse_args()
    if "sleepstats" in sys.modules:
        raise SystemExit("sleepstats is loaded already; the tree would not be what is tested")
    os.chdir(TOP)
    sys.path.insert(0, str(TOP))

    def drawn(every: list[Mutant]) -> list[Mutant]:
        if asked.at:
            return [one for one in every if f"{one.path}:{one.line}".endswith(tuple(asked.at))]
        return random.Random(asked.seed).sample(every, min(asked.sample, len(every)))

    for part in asked.only:
        shown(f"{part}: {asked.at or f'seed {asked.seed}'}")
        measured(part, drawn, asked.tests or PARTS[part][1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
