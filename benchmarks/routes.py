"""The way of ``read_diary(path)`` and ``correlate(nights)`` through the package, file by file.

    python benchmarks/routes.py

Every function counts once, where it is first called: a reader opens its file then. Printed are the
files in the order of that walk, how many there are, and how often the walk comes back to a file
that it had left: what a reader has to turn back for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import sleepstats as ss

PACKAGE = Path(ss.__file__).parent


def route_of(call: Callable[[], object]) -> list[str]:
    """Return the files of the package in which functions are first called, in that order."""
    seen: set[object] = set()
    files: list[str] = []

    def told(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        # a module's own lines run when it is imported, comprehensions belong to their function
        if event != "call" or code in seen or code.co_name.startswith("<"):
            return
        seen.add(code)
        path = Path(code.co_filename)
        if PACKAGE in path.parents:
            files.append(path.relative_to(PACKAGE).as_posix())

    sys.setprofile(told)
    try:
        call()
    finally:
        sys.setprofile(None)
    return [file for file, _ in groupby(files)]


def main() -> int:
    """Print both routes."""
    path = ss.sample_path("diary")
    nights = ss.read_diary(path)
    ss.correlate(nights)  # once before: what is imported on the way is no part of it
    for name, call in (
        ("read_diary(path)", lambda: ss.read_diary(path)),
        ("correlate(nights)", lambda: ss.correlate(nights)),
    ):
        route = route_of(call)
        entered = len(set(route))
        print(f"{name}: {entered} files, {len(route) - entered} returns to a file it had left")
        print("  " + " > ".join(route))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
