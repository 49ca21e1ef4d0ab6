"""The house: imports run one way, names do not collide, files hold one idea."""

import ast
from pathlib import Path

import pytest

import sleepstats as ss

PACKAGE = Path(ss.__file__).parent
#: Each part may import those before it (CONTRIBUTING.md, "Where things are").
ORDER = (
    "arrays", "errors", "clock", "units", "columns", "factors", "latency", "progress", "measures",
    "reading", "inference", "results", "samples", "simulation", "asking", "relations", "responses",
    "planning", "cohort", "people", "trials", "claims", "plots", "answers", "report", "cli",
    "__main__", "__init__",
)  # fmt: skip
#: The rooms of ``reading``, in the order of a file's way through them.
ROOMS = ("text", "cells", "words", "nights", "formats")
MODULES = sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Parts that a module imports when it is loaded, not inside of a function."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sleepstats"):
            names = node.module.split(".")
            found |= {names[1]} if len(names) > 1 else {alias.name for alias in node.names}
    return found


def test_every_part_has_its_place():
    assert {part_of(path) for path in MODULES} == set(ORDER)


@pytest.mark.parametrize("part", ORDER)
def test_imports_run_one_way(part):
    before = ORDER[: ORDER.index(part) + 1]
    for path in MODULES:
        if part_of(path) == part:
            assert imported(path) <= set(before), path


@pytest.mark.parametrize("room", ROOMS)
def test_the_rooms_of_reading_are_walked_one_way(room):
    before = ROOMS[: ROOMS.index(room) + 1]
    for path in (PACKAGE / "reading" / room).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and ".reading." in node.module:
                assert node.module.split(".")[2] in before, path


def test_no_public_name_is_the_name_of_a_module():
    modules = {path.stem for path in MODULES} | {path.parent.name for path in MODULES}
    assert modules.isdisjoint(ss.__all__)
