"""What a column of text cells holds, and the readers for each kind of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import numpy as np

from sleepstats.reading.clocks import read_clocks
from sleepstats.reading.date_words import read_words
from sleepstats.reading.dates import looks_like_stamps
from sleepstats.reading.durations import read_durations
from sleepstats.reading.numbers import number_text, read_numbers, read_yes_no
from sleepstats.reading.parsed import Cells, Texts, Told, distinct, is_missing, says_missing

__all__ = [
    "Cells",
    "Kind",
    "Texts",
    "Told",
    "is_missing",
    "kind_of_cells",
    "looks_like_stamps",
    "read_clocks",
    "read_durations",
    "read_numbers",
    "read_yes_no",
]

Kind = Literal["empty", "clock", "duration", "number", "yes/no", "date", "stamp", "text"]

#: This share of the cells that say something must fit a kind; at most so many cells are looked at.
_MOSTLY, _SAMPLE = 0.9, 2_000

_CLOCK = re.compile(r"\d{1,2}[:h]\d\d(?::\d\d)?")
_EARLY = re.compile(r"0:\d\d(?::\d\d)?")
_DATE_PARTS = re.compile(r"\D*\d{1,4}\D+\d{1,2}\D+\d{1,4}\D*|.*[^\W\d_]{3}.*\d.*|(?:19|20)\d{6}")


def kind_of_cells(cells: Texts) -> Kind:
    """Say what a whole unknown column most likely holds.

    Parameters
    ----------
    cells : object array or sequence of str
        Text cells of one column; of more than 2,000 an evenly spaced sample is looked at.

    Returns
    -------
    {"empty", "clock", "duration", "number", "yes/no", "date", "stamp", "text"}
        The first kind that at least 90 % of the cells that say something fit, else "text".

    Notes
    -----
    Bare numbers are "number", also 0 and 1, and 2310: nothing in them says clock or yes. Cells that
    are all ``H:MM`` are "clock", unless one of them is like ``0:45``, without a leading zero, and
    none has an hour of 13 or more: that is how durations are written.

    Examples
    --------
    >>> kind_of_cells(["yes", "no", "", "yes"])
    'yes/no'
    >>> kind_of_cells(["23:10", "0:15"]), kind_of_cells(["0:45", "1:30"])
    ('clock', 'duration')
    """
    texts, codes = distinct(cells[:: max(1, len(cells) // _SAMPLE)])
    weight = np.bincount(codes, minlength=len(texts))
    said = [i for i, text in enumerate(texts) if not says_missing(text)]
    if not said:
        return "empty"
    words = [texts[i] for i in said]
    enough = _MOSTLY * int(weight[said].sum())

    def mostly(fits: Iterable[bool]) -> bool:
        fitting = sum(int(weight[i]) for i, fit in zip(said, fits, strict=True) if fit)
        return fitting >= enough

    if mostly(bool(number_text(word)) for word in words):
        return "number"
    if mostly(~read_yes_no(words).bad_mask):
        return "yes/no"
    if looks_like_stamps(cells):
        return "stamp"
    if mostly(bool(_DATE_PARTS.fullmatch(w)) and not read_words(w).bad for w in words):
        return "date"
    clocks = [word for word in words if _CLOCK.fullmatch(word)]
    early = any(_EARLY.fullmatch(word) for word in clocks)
    if mostly(np.isfinite(read_clocks(words, role="any").values)) and not (
        len(clocks) == len(words)
        and early
        and all(int(word[:2].rstrip(":h")) < 13 for word in words)
    ):
        return "clock"
    if mostly(np.isfinite(read_durations(words, unit=None).values)):
        return "duration"
    return "text"
