"""Dates and stamps of few numeric forms, such as 3/14/2026 7:05 PM: each form is read at once.

Two texts have one form when they differ in their digits only. What a form means is decided once, by
the same patterns that read a single text; its numbers are then taken from all texts together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sleepstats.arrays import Bools, Ints, Rows
from sleepstats.reading.cells.date_parts import OPEN, SHORT, YEAR_FIRST, DateParts
from sleepstats.reading.cells.date_words import NUMBERS, full_year, numbers_kind
from sleepstats.reading.cells.times_of_day import TAIL, Times, half_of_day

#: Fewer texts than this are read one by one as fast.
FEWEST = 200
_MOST_FORMS = 60
_KINDS = {"ymd": YEAR_FIRST, "open": OPEN, "short": SHORT}

#: From a form to the positions of its date and of its time of day, or None.
Halves = Callable[[str], "tuple[slice, slice] | None"]


@dataclass(frozen=True)
class _Form:
    """Where the parts of one form stand."""

    kind: int
    dotted: bool
    numbers: tuple[slice, slice, slice]
    short_year: bool
    time: re.Match[str] | None
    time_at: int


def read_forms(texts: Sequence[str], dates: DateParts, times: Times, halves: Halves) -> Bools:
    """Read the texts that have one of a column's few numeric forms.

    >>> texts = [f"{day}/2/2026 7:05 PM" for day in range(1, 29)] * 10
    >>> dates, times = DateParts.empty(texts), Times.empty(len(texts))
    >>> def halves(form):
    ...     return slice(0, form.index(" ")), slice(form.index(" ") + 1, len(form))
    >>> bool(read_forms(texts, dates, times, halves).all()), dates.numbers[27].tolist()
    (True, [28, 2, 2026])
    """
    done = np.zeros(len(texts), dtype=bool)
    if len(texts) < FEWEST:
        return done
    for text, rows, digits in _forms(texts):
        form = _understood(text, halves)
        if form is None:
            continue
        _fill_dates(form, digits, rows, dates)
        if form.time is not None:
            _fill_times(form.time, form.time_at, digits, rows, times)
        done[rows] = True
    return done


def _forms(texts: Sequence[str]) -> Iterator[tuple[str, Rows, NDArray[np.uint8]]]:
    """Yield the commonest forms: as a text of zeros, the places of its texts, their characters."""
    lengths = np.fromiter(map(len, texts), dtype=np.intp, count=len(texts))
    left = _MOST_FORMS
    for length in np.unique(lengths[lengths > 0]).tolist():
        rows = np.flatnonzero(lengths == length)
        joined = "".join([texts[row] for row in rows.tolist()])
        if not joined.isascii():
            kept = [row for row in rows.tolist() if texts[row].isascii()]
            rows = np.array(kept, dtype=np.intp)
            joined = "".join([texts[row] for row in kept])
        digits = np.frombuffer(joined.encode("ascii"), np.uint8).reshape(len(rows), length)
        zeros = np.where((digits > ord("0")) & (digits <= ord("9")), np.uint8(ord("0")), digits)
        while len(rows) and left:
            left -= 1
            same = (zeros == zeros[0]).all(axis=1)
            yield zeros[0].tobytes().decode("ascii"), rows[same], digits[same]
            rows, digits, zeros = rows[~same], digits[~same], zeros[~same]


def _understood(text: str, halves: Halves) -> _Form | None:
    """Return where the parts of a form stand, or None where it is not one of numbers only."""
    if "0" not in text:
        return None
    cut = halves(text)
    if cut is None:
        return None
    head, tail = cut
    found = NUMBERS.fullmatch(text[head])
    kind = numbers_kind(found) if found else None
    if found is None or kind is None:
        return None
    at = head.start
    numbers = tuple(slice(at + found.start(i), at + found.end(i)) for i in (1, 3, 4))
    time = None
    if tail.stop > tail.start:
        time = TAIL.fullmatch(text[tail])
        if time is None or "  " in text[tail]:
            return None
    return _Form(
        _KINDS[kind],
        kind == "open" and found[2] in ". ",
        (numbers[0], numbers[1], numbers[2]),
        kind == "open" and len(found[4]) <= 2,
        time,
        tail.start,
    )


def _number(digits: NDArray[np.uint8], where: slice) -> Ints:
    """Return the numbers that stand at some places of all texts."""
    value = np.zeros(len(digits), dtype=np.int64)
    for column in range(where.start, where.stop):
        value = 10 * value + (digits[:, column] - ord("0"))
    return value


def _fill_dates(form: _Form, digits: NDArray[np.uint8], rows: Rows, dates: DateParts) -> None:
    numbers = np.column_stack([_number(digits, where) for where in form.numbers])
    if form.short_year:
        numbers[:, 2] = np.array([full_year(i, 2) for i in range(100)])[numbers[:, 2]]
    dates.kind[rows] = form.kind
    dates.numbers[rows] = numbers
    dates.dotted[rows] = form.dotted


def _fill_times(
    found: re.Match[str], at: int, digits: NDArray[np.uint8], rows: Rows, times: Times
) -> None:
    def number(name: str) -> Ints:
        start, stop = found.span(name)
        return _number(digits, slice(at + start, at + stop) if start >= 0 else slice(0, 0))

    hour, wrong = half_of_day(number("h"), number("m"), number("s"), found["half"])
    fraction = min(len(found["f"] or ""), 6)
    micros = 1_000_000 * (60 * (60 * hour + number("m")) + number("s"))
    if fraction:
        start = at + found.start("f")
        micros += _number(digits, slice(start, start + fraction)) * 10 ** (6 - fraction)
    offset = np.full(len(rows), np.nan)
    if found["sign"]:
        offset = 60.0 * number("zh") + number("zm")
        offset = -offset if found["sign"] == "-" else offset
    elif found["utc"]:
        offset[:] = 0.0
    times.micros[rows] = np.where(wrong, 0, micros)
    times.offset[rows] = np.where(wrong, np.nan, offset)
    times.repaired[rows] = ~wrong & (hour == 24)
    times.impossible(rows[wrong])
