"""Temperatures with their unit in the cell: 68°F, 20,5 °C, 19 C."""

from __future__ import annotations

import re

import numpy as np

from sleepstats.reading.cells.parsed import distinct
from sleepstats.reading.text.raw_table import Cells

_DEGREES = re.compile(r"(-?\d+(?:[.,]\d+)?) ?(?:°|º|deg(?:rees)?\.?)? ?([cf]?)", re.IGNORECASE)
_ABOUT = re.compile(r"temp|°|degrees|grad\b")


def without_degrees(cells: Cells, header: str) -> tuple[Cells, str]:
    """Return the cells as bare numbers, and the unit ("c", "f" or "") they were in.

    Cells are returned as they are unless the column is about temperature and all units written in
    it are the same.
    """
    if not _ABOUT.search(header.casefold()):
        return cells, ""
    texts, codes = distinct(cells)
    found = [_DEGREES.fullmatch(text) for text in texts]
    units = {one[2].casefold() for one in found if one and one[2]}
    if len(units) > 1:
        return cells, ""
    bare = [one[1] if one else text for one, text in zip(found, texts, strict=True)]
    if bare == texts:
        return cells, ""
    return np.array(bare, dtype=object)[codes], next(iter(units), "")


def with_unit(name: str, unit: str) -> str:
    """Add the unit to a column name that does not say one."""
    return name if not unit or name.endswith(("_c", "_f")) else f"{name}_{unit}"
