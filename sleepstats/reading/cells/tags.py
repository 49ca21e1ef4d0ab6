"""Lists of ticked notes (tags) as factors with three states.

Apps write only what was ticked. A night with a list says yes to what is on it and no to the rest
of the person's vocabulary; a night without any list says nothing: whether the list was empty or
not kept cannot be told, so every tag is *not recorded* there.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Stamps
from sleepstats.columns import name_from_header
from sleepstats.reading.text.raw_table import Cells


def split_tags(cells: Cells, separator: str) -> dict[str, pd.arrays.BooleanArray]:
    """Turn a column of joined tags into one yes / no / not recorded column per tag."""
    texts = cells.tolist()
    place = {text: i for i, text in enumerate(dict.fromkeys(texts))}
    codes = np.fromiter(map(place.__getitem__, texts), dtype=np.intp, count=len(texts))
    parts = separator.join(place).split(separator)
    number_of, spelling = _vocabulary(parts)
    columns = np.fromiter(map(number_of.__getitem__, parts), dtype=np.intp, count=len(parts))
    rows = np.repeat(np.arange(len(place)), [text.count(separator) + 1 for text in place])
    ticked = np.zeros((len(place), len(spelling) + 1), dtype=bool)  # the last for no tag: -1
    ticked[rows, columns] = True
    ticked = ticked[:, :-1]
    blank = ~np.asarray(ticked.any(axis=1))[codes]
    per_row = np.ascontiguousarray(ticked[codes].T)
    order = np.argsort(-per_row.sum(axis=1), kind="stable")
    return {spelling[j]: pd.arrays.BooleanArray(per_row[j], blank.copy()) for j in order.tolist()}


def _vocabulary(parts: list[str]) -> tuple[dict[str, int], list[str]]:
    """Give each tag a number, blanks and case ignored, -1 for none; return also the spellings."""
    place: dict[str, int] = {}
    spelling: list[str] = []
    number_of: dict[str, int] = {}
    for part in dict.fromkeys(parts):
        tag = part.strip()
        if not tag:
            number_of[part] = -1
            continue
        number_of[part] = place.setdefault(tag.casefold(), len(spelling))
        if len(place) > len(spelling):
            spelling.append(tag)
    return number_of, spelling


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


def _blank_runs(blank: Bools) -> list[tuple[int, int]]:
    """Return (start, length) of runs of at least a week in a row without any tag."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], blank.astype(np.int8), [0]))))
    runs = edges.reshape(-1, 2)
    return [(int(a), int(b - a)) for a, b in runs if b - a >= 7]


def note_on_blanks(night: Stamps, blank: Bools, what: str) -> str:
    """Say how many records have no tag at all, and where runs of a week or more of them lie.

    ``what`` is the app's word for its tags, in the singular.
    """
    count = int(blank.sum())
    if not count:
        return ""
    dated = np.flatnonzero(~np.isnat(night))
    order = dated[np.argsort(night[dated], kind="stable")]
    records = "record has" if count == 1 else "records have"
    note = (
        f"{count} {records} no {what} at all; there every habit counts as not recorded, neither "
        "yes nor no."
    )
    for start, length in _blank_runs(blank[order]):
        first, last = night[order[start]], night[order[start + length - 1]]
        note += f" {length} of them run from {first} to {last}."
    return note
