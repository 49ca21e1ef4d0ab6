"""Change the code in small wrong ways, one at a time, and count the changes that the tests notice.

    python benchmarks/mutants.py --sample 60 --seed 1 [--only clock measures]

Comparisons, signs, operators, numbers, ``and``/``or``, ``not``, conditions, keywords and returned
values are changed in a copy of the tree; of each part as many changes as asked for are drawn. What
is printed lives: the file, the line, and what was put in the place of what. Run it by hand after
a part has been rewritten; a survivor is either a missing test or a change that makes no difference.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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
         "tests/test_night_to_night.py", "tests/test_schedule.py", "tests/test_free_days.py"],
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
    "inference": (["inference/*.py"], ["tests/inference", "tests/test_outside_references.py"]),
    "trials": (
        ["trials/*.py"],
        ["tests/test_trials.py", "tests/test_trial_designs.py", "tests/test_trial_power.py",
         "tests/test_trial_sheet.py", "tests/test_trial_looks.py",
         "tests/test_trial_counting.py"],
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
            yield Mutant(path, node.lineno, before[:80], after[:80], source)


def killed(room: Path, mutant: Mutant, tests: list[str], seconds: float) -> bool:
    """Return whether the tests notice the change."""
    place = room / mutant.path
    original = place.read_text(encoding="utf-8")
    place.write_text(mutant.source, encoding="utf-8")
    try:
        return bool(run(room, tests, seconds))
    finally:
        place.write_text(original, encoding="utf-8")


def nearest_first(path: Path, tests: list[str]) -> list[str]:
    """Return the files of tests, those named like the module first: most mutants end there."""
    files = [
        found.relative_to(TOP).as_posix()
        for test in tests
        for found in (sorted((TOP / test).glob("test_*.py")) if "." not in test else [TOP / test])
    ]
    words = set(path.stem.split("_"))
    return sorted(files, key=lambda file: -len(words & set(Path(file).stem.split("_"))))


def run(room: Path, tests: list[str], seconds: float) -> int:
    """Run tests in the copy; a run that does not end has noticed something too."""
    child = os.fork()  # with pandas, SciPy and pytest loaded already: loading them is most of a run
    if not child:
        with open(os.devnull, "w") as nothing:
            os.dup2(nothing.fileno(), 1)
            os.dup2(nothing.fileno(), 2)
        signal.alarm(round(seconds))
        os.chdir(room)
        sys.path.insert(0, str(room))
        os._exit(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *SLOW, *tests]))
    return os.waitpid(child, 0)[1]


def main() -> int:
    """Draw mutants of every part, run its tests on each, print the share killed and who lives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", default=list(PARTS), choices=list(PARTS))
    asked = parser.parse_args()
    if "sleepstats" in sys.modules:
        raise SystemExit("sleepstats is loaded already; the copy would not be what is tested")
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder) / "sleepstats"
        shutil.copytree(TOP, room, ignore=shutil.ignore_patterns(".git", "*_cache", "__pycache__"))
        for part in asked.only:
            places, tests = PARTS[part]
            files = [
                found.relative_to(TOP)
                for place in places
                for found in sorted(
                    (TOP / "sleepstats").glob(place if ".py" in place else place + "/*.py")
                )
            ]
            started = time.perf_counter()
            if run(room, tests, 1800):
                print(f"{part}: the tests fail without any change", file=sys.stderr)
                return 1
            seconds = 3 * (time.perf_counter() - started) + 30
            every = [mutant for path in files for mutant in mutants_of(path)]
            drawn = random.Random(asked.seed).sample(every, min(asked.sample, len(every)))
            alive = []
            for mutant in drawn:
                if not killed(room, mutant, nearest_first(mutant.path, tests), seconds):
                    alive.append(mutant)
                    print(f"  lives: {mutant}", flush=True)
            share = 1 - len(alive) / len(drawn)
            print(f"{part}: {len(drawn)} of {len(every)} mutants, {share:.0%} killed, "
                  f"{time.perf_counter() - started:.0f} s", flush=True)  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
