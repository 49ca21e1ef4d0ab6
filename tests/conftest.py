"""Fixtures for all tests. ``pytest --save DIR`` also writes every figure that a test drew."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("MPLBACKEND", "Agg")  # before matplotlib is imported: no window opens


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--save", metavar="DIR", type=Path, help="write the figures of tests here")


@pytest.fixture(autouse=True)
def _figures(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close what a test drew; with ``--save`` keep a picture of it for looking."""
    yield
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    folder = request.config.getoption("--save")
    for number in pyplot.get_fignums() if folder else ():
        folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^\w.-]+", "_", request.node.nodeid.removeprefix("tests/"))
        pyplot.figure(number).savefig(folder / f"{name}_{number}.png", dpi=96)
    pyplot.close("all")
