"""One module per format. Each defines ``FORMAT``; adding a module adds the format."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from sleepstats.reading.nights.draft import Format


@cache
def known_formats() -> dict[str, Format]:
    """Return every format by name, in alphabetical order of its module."""
    formats = (
        import_module(f"{__name__}.{module.name}").FORMAT for module in iter_modules(__path__)
    )
    return {known.name: known for known in formats}
