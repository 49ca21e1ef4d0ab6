"""The answer "none" among numbers, durations or clock times: zero, or no time."""

from __future__ import annotations

import numpy as np

from sleepstats.arrays import Bools
from sleepstats.reading.cells import distinct, kind_of_cells
from sleepstats.reading.cells.taken import NONE
from sleepstats.reading.nights.draft import Draft
from sleepstats.reading.text import Cells

#: Measures and counts of which there can be none.
CAN_BE_NONE = ("nawk", "waso_min", "nap_min", "alcohol_drinks", "caffeine_drinks")


def answered_none(cells: Cells) -> Bools:
    """Say which cells say in words that there was none."""
    texts, codes = distinct(cells)
    words = [text.casefold().rstrip(".!") for text in texts]
    return np.array([word in NONE and word != "0" for word in words], dtype=bool)[codes]


def zero_for_none(draft: Draft, cells: Cells, header: str) -> Cells:
    """Put 0 where a column of numbers or durations says "none", and no text among clock times.

    A note tells it. A column that is of another kind without these answers, such as yes and no,
    is returned as it is.
    """
    none = answered_none(cells)
    if not none.any():
        return cells
    rest = np.asarray(cells, dtype=object).copy()
    rest[none] = ""
    kind = kind_of_cells(rest)
    if kind not in ("number", "duration", "clock"):
        return cells
    word = cells[int(np.flatnonzero(none)[0])].strip()
    count = int(none.sum())
    rows = "1 row" if count == 1 else f"{count} rows"
    if kind == "clock":
        draft.notes.append(f"Column {header!r}: {word!r} in {rows} is read as no time.")
    else:
        rest[none] = "0"
        draft.notes.append(f"Column {header!r}: {word!r} in {rows} is read as 0.")
    return rest
