"""Counts with their word in the cell: 3 times, 2 drinks, twice."""

from __future__ import annotations

import re

import numpy as np

from sleepstats.reading.cells.parsed import distinct
from sleepstats.reading.text.raw_table import Cells

_COUNT = re.compile(
    r"(\d+(?:[.,]\d+)?) ?(?:x|×|times?|drinks?|cups?|glass(?:es)?|units?|naps?|awakenings?|"
    r"mal|fois|veces|volte|keer|раза?|getränke?|tassen?|gläser|glas|verres?|tasses?)\.?",
    re.IGNORECASE,
)
_WORDS = {"once": "1", "one time": "1", "twice": "2", "einmal": "1", "zweimal": "2"}


def bare_counts(cells: Cells) -> Cells:
    """Return counts without their words; every other cell as it is.

    >>> bare_counts(np.array(["3 times", "twice", "2", "a few"], dtype=object)).tolist()
    ['3', '2', '2', 'a few']
    """
    texts, codes = distinct(cells)
    bare = list(texts)
    for i, text in enumerate(texts):
        if found := _COUNT.fullmatch(text):
            bare[i] = found[1]
        else:
            bare[i] = _WORDS.get(text.casefold(), text)
    return cells if bare == texts else np.array(bare, dtype=object)[codes]
