"""The house: imports run one way and in no circle, names do not collide, files hold one idea.

The numbers are the house's own rules (CONTRIBUTING.md, "Habits"), not results of anything.
"""

import ast
from collections import Counter
from pathlib import Path

import pytest

import sleepstats as ss

PACKAGE = Path(ss.__file__).parent
#: Each part may import those before it (CONTRIBUTING.md, "Where things are").
ORDER = (
    "errors", "written", "units", "arrays", "clock", "columns", "checks", "measures",
    "reading", "anonymising", "inference", "results", "simulation", "asking",
    "relations", "responses", "planning", "cohort", "people", "trials", "claims", "plots",
    "answers", "report", "__main__", "__init__",
)  # fmt: skip
#: The rooms of reading/, from bytes to nights; what lies at its top are the doors.
ROOMS = ("text", "cells", "words", "nights", "formats", "doors")
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST, FULLEST = 350, 25
MOST_FILES, MOST_IMPORTS, LEAST_COMMENTS = 155, 1025, 0.03
#: A file has no room for a mend from so many lines on; so many may be like that.
FULL, MOST_FULL = 346, 46


def part_of(path):
    """Return the part of the package that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def room_of(path):
    """Return the room of reading/ that a file belongs to."""
    parts = path.relative_to(PACKAGE / "reading").parts
    return parts[0] if len(parts) > 1 else "doors"


def name_of(path):
    """Return a module's name within the package, dotted."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


FILES = {name_of(path): path for path in MODULES if path.parent != PACKAGE or path.stem[0] != "_"}


def imports_of(path):
    """Return the import statements from the package, those inside functions and for typing too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith("sleepstats."))
        or (isinstance(node, ast.Import) and node.names[0].name.startswith("sleepstats"))
    ]


def imported(path):
    """Return the modules of the package that a file imports."""
    found = set()
    for node in imports_of(path):
        names = [alias.name.removeprefix("sleepstats.") for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            room = node.module.removeprefix("sleepstats").removeprefix(".")
            inside = {name: f"{room}.{name}".removeprefix(".") for name in names}
            # what is no module of a room stands in the room's door
            names = [of_room if of_room in FILES else room for of_room in inside.values()]
        found |= set(names)
    return found & set(FILES) - {name_of(path)}


def test_what_is_imported_is_there():
    """For typing, too, where neither Python nor mypy beside another checkout would notice."""
    for path in MODULES:
        told = {node.module for node in imports_of(path) if isinstance(node, ast.ImportFrom)}
        assert {name.removeprefix("sleepstats.") for name in told} <= {*FILES, "sleepstats"}, path


def test_every_part_has_its_place():
    assert {part_of(path) for path in MODULES} == set(ORDER)
    assert {room_of(path) for path in (PACKAGE / "reading").rglob("*.py")} == set(ROOMS)


@pytest.mark.parametrize("part", ORDER)
def test_imports_run_one_way(part):
    before = ORDER[: ORDER.index(part) + 1]
    for path in MODULES:
        if part_of(path) == part:
            assert {name.split(".")[0] for name in imported(path)} <= set(before), path


@pytest.mark.parametrize("room", ROOMS)
def test_the_rooms_of_reading_are_entered_one_way(room):
    before = ROOMS[: ROOMS.index(room) + 1]
    for path in (PACKAGE / "reading").rglob("*.py"):
        if room_of(path) == room:
            entered = {FILES[name] for name in imported(path) if name.startswith("reading.")}
            assert {room_of(other) for other in entered} <= set(before), path


def test_no_module_imports_itself_by_way_of_others():
    """Imports inside functions and for typing count, and so do the doors of the rooms."""
    waiting = {name: imported(path) for name, path in FILES.items()}
    while free := {name for name, needs in waiting.items() if not needs & set(waiting)}:
        waiting = {name: needs for name, needs in waiting.items() if name not in free}
    # what is left is in a circle or imports one; those that nobody left imports are not in it
    while loose := set(waiting) - set().union(*waiting.values()):
        waiting = {name: needs for name, needs in waiting.items() if name not in loose}
    assert not sorted(waiting)


def test_pictures_are_reached_through_one_door():
    """Names of modules written as text are imports that the tests above cannot see."""
    doors = {"results/__init__.py", "__init__.py"}
    told = {p for p in MODULES if "import_module(" in p.read_text(encoding="utf-8")}
    formats = {p for p in told if part_of(p) == "reading"}  # finds the formats that are there
    assert {p.relative_to(PACKAGE).as_posix() for p in told - formats} == doors
    assert len(formats) == 1


def test_no_file_is_too_long():
    """A file that is has two ideas."""
    lines = {name_of(p): len(p.read_text(encoding="utf-8").splitlines()) for p in MODULES}
    assert {name: n for name, n in lines.items() if n > LONGEST} == {}


def test_most_files_have_room_for_a_mend():
    """Where a mend begins with squeezing, it gets worse than it was."""
    full = [p for p in MODULES if len(p.read_text(encoding="utf-8").splitlines()) >= FULL]
    assert len(full) <= MOST_FULL


def test_no_folder_is_too_full():
    full = Counter(path.parent.relative_to(PACKAGE).as_posix() for path in MODULES)
    del full["reading/formats"]  # one product a file, however many there are
    assert {folder: n for folder, n in full.items() if n > FULLEST} == {}


def test_there_are_few_whole_files():
    assert len(MODULES) <= MOST_FILES


def test_modules_need_little_of_each_other():
    lines = sum(node.end_lineno - node.lineno + 1 for path in MODULES for node in imports_of(path))
    assert lines <= MOST_IMPORTS


def test_comments_say_why():
    """Lines that are a comment against lines of code, documentation left out."""
    comments = code = 0
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        told = set()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and (
                ast.get_docstring(node) is not None
            ):
                told |= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
        for number, line in enumerate(text.splitlines(), start=1):
            if number not in told and line.strip():
                comments += line.strip().startswith("#")
                code += not line.strip().startswith("#")
    assert comments / code >= LEAST_COMMENTS


def test_no_public_name_is_the_name_of_a_module():
    modules = {path.stem for path in MODULES} | {path.parent.name for path in MODULES}
    assert modules.isdisjoint(ss.__all__)
