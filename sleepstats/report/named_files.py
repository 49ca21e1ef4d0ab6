"""Files as a person named them: read, and written as the code that reads them again."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sleepstats.errors import harmless
from sleepstats.reading.join import join_evenings
from sleepstats.reading.read import read_diary
from sleepstats.samples import sample_path

#: A file named like this means a diary that ships with the package.
SAMPLE = "sample:"


def read(
    files: Sequence[str | Path], *, companions: Sequence[str | Path] = (), **reading: Any
) -> pd.DataFrame:
    """Read files as ``read_diary`` does, and what goes beside; ``sample:NAME`` is a sample."""
    reading = {key: value for key, value in reading.items() if value is not None}
    paths: list[str | Path] = []
    for file in files:
        name = sample_name(file)
        paths.append(file if name is None else sample_path(name))
    nights = read_diary(paths[0] if len(paths) == 1 else paths, **reading)
    for file in companions:
        nights = join_evenings(nights, file)
    return nights


def load_code(
    files: Sequence[str | Path],
    companions: Sequence[str | Path],
    folder: Path,
    reading: dict[str, Any],
) -> str:
    """Return the call that reads these files from the notebook's own folder."""
    given = {key: value for key, value in reading.items() if value is not None and value != "auto"}
    options = "".join(f", {key}={value!r}" for key, value in given.items())
    paths = []
    for file in files:
        name = sample_name(file)
        paths.append(f"ss.sample_path({name!r})" if name else repr(_relative(file, folder)))
    what = paths[0] if len(paths) == 1 else f"[{', '.join(paths)}]"
    code = f"ss.read_diary({what}{options})"
    for file in companions:
        code = f"ss.join_evenings({code}, {_relative(file, folder)!r})"
    return code


def _relative(file: str | Path, folder: Path) -> str:
    """Return a path as seen from ``folder``, so that both can be moved together."""
    try:
        return Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # another drive
        return Path(file).resolve().as_posix()


def sample_name(file: str | Path) -> str | None:
    """Return NAME of ``sample:NAME``, unless a file is really called so."""
    text = str(file)
    if not text.startswith(SAMPLE) or Path(text).exists():
        return None
    return text.removeprefix(SAMPLE)


def shown_name(file: str | Path) -> str:
    """Return a file's name in Markdown, for the heading."""
    name = sample_name(file)
    if name:
        return f"the invented diary {as_code(name + '.csv')} that comes with sleepstats"
    return as_code(Path(file).resolve().name)


def plain_name(file: str | Path) -> str:
    """Return a file's name as it is, for the page."""
    name = sample_name(file)
    return f"the invented diary {name}.csv" if name else Path(file).resolve().name


def as_code(text: str) -> str:
    """Return text in as many backticks as Markdown needs to show it as it is."""
    text = harmless(text, lines=False)  # a blank line would end the paragraph and the backticks
    ticks = "`"
    while ticks in text:
        ticks += "`"
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"
