"""Lists of ticked notes (tags) as factors with three states.

Apps write only what was ticked. A night with a list says yes to what is on it and no to the rest
of the person's vocabulary; a night without any list says nothing: whether the list was empty or
not kept cannot be told, so every tag is *not recorded* there.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from sleepstats.columns import name_from_header
from sleepstats.reading.source import Cells


def split_tags(cells: Cells, separator: str) -> dict[str, pd.arrays.BooleanArray]:
    """Turn a column of joined tags into one yes / no / not recorded column per tag.

    Parameters
    ----------
    cells : object array of str
        One list per row, joined by ``separator``; blank where none was written.
    separator : str
        As the app joins them.

    Returns
    -------
    dict
        Tag as written (trimmed) -> nullable boolean array, commonest tag first.
    """
    unique: dict[str, int] = {}
    codes = np.fromiter(
        (unique.setdefault(cell, len(unique)) for cell in cells.tolist()), np.int64, len(cells)
    )
    lists = [[tag for tag in map(str.strip, text.split(separator)) if tag] for text in unique]
    spelling: dict[str, str] = {}
    for tags in lists:
        for tag in tags:
            spelling.setdefault(tag.casefold(), tag)
    column_of_tag = {key: j for j, key in enumerate(spelling)}
    ticked = np.zeros((len(lists), len(spelling)), dtype=bool)
    for i, tags in enumerate(lists):
        for tag in tags:
            ticked[i, column_of_tag[tag.casefold()]] = True
    blank = np.array([not tags for tags in lists], dtype=bool)[codes]
    per_row = ticked[codes]
    order = np.argsort(-per_row.sum(axis=0), kind="stable")
    names = list(spelling.values())
    return {
        names[j]: pd.arrays.BooleanArray(per_row[:, j].copy(), blank.copy()) for j in order.tolist()
    }


def unused_names(tags: list[str], taken: set[str]) -> dict[str, str]:
    """Give each tag a column name of its own."""
    return _distinct(tags, taken, name_from_header)


def _distinct(words: list[str], taken: set[str], name: Callable[[str], str]) -> dict[str, str]:
    names: dict[str, str] = {}
    used = set(taken)
    for word in words:
        plain = name(word)
        unique, count = plain, 2
        while unique in used:
            unique, count = f"{plain}_{count}", count + 1
        used.add(unique)
        names[word] = unique
    return names


def blank_runs(cells: Cells, separator: str) -> list[tuple[int, int]]:
    """Return (start, length) of runs of at least 14 rows in a row without any tag."""
    blank = np.fromiter((not c.strip(f" {separator}") for c in cells.tolist()), bool, len(cells))
    edges = np.flatnonzero(np.diff(np.concatenate(([0], blank.astype(np.int8), [0]))))
    runs = edges.reshape(-1, 2)
    return [(int(a), int(b - a)) for a, b in runs if b - a >= 14]
