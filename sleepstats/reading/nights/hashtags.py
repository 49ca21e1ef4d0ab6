"""Hashtags in free text, such as ``#stress`` and ``#alcohol_3x``, as factors."""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np

from sleepstats.reading.cells.tags import note_on_blanks, split_tags, unused_names
from sleepstats.reading.nights.draft import Draft
from sleepstats.reading.text import Cells

_TAG = re.compile(
    r"(?<!\S)#(?P<tag>[^\s#]*?[^\W\d_][^\s#]*?)(?:_(?P<times>\d{1,3})x)?[.,;:!?)]*(?=[\s#]|$)"
)
_SEPARATOR = "\x1f"


def put_hashtags(
    draft: Draft,
    cells: Cells,
    header: str,
    *,
    automatic: Collection[str] = (),
    of_night: Collection[str] = (),
) -> Cells:
    r"""Add one column per hashtag and return the texts without them."""
    found: dict[str, tuple[str, str, str, dict[str, int]]] = {}
    for text in dict.fromkeys(cells.tolist()):
        found[text] = _split(str(text), automatic)
    parts = [found[text] for text in cells.tolist()]
    own = split_tags(_array([part[1] for part in parts]), _SEPARATOR)
    machine = split_tags(_array([part[2] for part in parts]), _SEPARATOR)
    names = unused_names([*own, *machine], set(draft.columns) | {"comments"})
    counted = {tag for *_, times in found.values() for tag, number in times.items() if number != 1}
    for tag, values in own.items():
        when = "night" if tag.casefold() in of_night else "day"
        label = tag
        column: object = values
        if tag.casefold() in counted:
            times = [part[3].get(tag.casefold(), 0) for part in parts]
            column = np.where(values.isna(), np.nan, np.array(times, dtype=float))
            label = f"{tag} (times)"
        draft.put(names[tag], column, header, kind="factor", when=when, label=label)
    for tag, values in machine.items():
        draft.put(names[tag], values, header, kind="control", when="night", label=tag)
    if own:
        blank = np.array([not part[1] for part in parts], dtype=bool)
        if note := note_on_blanks(draft.night, blank, "tag"):
            draft.notes.append(note)
    return _array([part[0] for part in parts])


def _split(text: str, automatic: Collection[str]) -> tuple[str, str, str, dict[str, int]]:
    """Return the text without tags, the person's tags, the app's tags, and how often each."""
    plain = text.replace("\\n", " \n ")
    own: list[str] = []
    machine: list[str] = []
    times: dict[str, int] = {}
    for match in _TAG.finditer(plain):
        tag = match["tag"]
        (machine if tag.casefold() in automatic else own).append(tag)
        times[tag.casefold()] = max(times.get(tag.casefold(), 0), int(match["times"] or 1))
    return (
        "\n".join(" ".join(line.split()) for line in _TAG.sub(" ", plain).split("\n")).strip(),
        _SEPARATOR.join(own),
        _SEPARATOR.join(machine),
        times,
    )


def _array(texts: list[str]) -> Cells:
    array = np.empty(len(texts), dtype=object)
    array[:] = texts
    return array
