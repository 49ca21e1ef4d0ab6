"""Many written dates and times as arrays; those of few forms are read form by form.

Two texts have one form when they differ in their digits only. What it means is decided once, by
the patterns that read a single text; its numbers are then taken from all texts together.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from sleepstats.arrays import Bools, Floats, Ints, Rows, Stamps
from sleepstats.reading.cells import stamp_words as words
from sleepstats.reading.cells.parsed import says_missing

#: Fewer texts than this are read one by one as fast.
FEWEST = 20
_MOST_FORMS = 60
#: No date and time is written in as many characters.
_LONGEST = 80
#: Digits that a whole number of 64 bits has at least room for.
_MOST_DIGITS = 18

#: Kinds of a written date: nothing written (or unreadable), year first, two numbers and the year
#: of which either may be the day, three numbers of two digits.
NOTHING, YEAR_FIRST, OPEN, SHORT = range(4)
_KIND_OF = {"": NOTHING, "ymd": YEAR_FIRST, "open": OPEN, "short": SHORT}
_DAYS_OF_MONTH = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
FIRST_YEAR = 1900
_ZERO = np.uint8(ord("0"))

#: From a form to the positions of its date and of its time of day, or None.
Halves = Callable[[str], "tuple[slice, slice] | None"]
#: Where in a column texts of one form stand.
_Places = Rows | slice


@dataclass
class DateParts:
    """Many written dates; see :class:`~sleepstats.reading.cells.stamp_words.Written` for one."""

    #: From a place to the date as written.
    text: Callable[[int], str]
    #: ndarray of int (n,): what each is.
    kind: Ints
    #: ndarray of int (3, n): the three numbers in the order written.
    numbers: Ints
    #: ndarray of bool (n,): joined by dots.
    dotted: Bools
    #: dict of int to str: why a date cannot be read.
    bad: dict[int, str] = field(default_factory=dict)

    @classmethod
    def empty(cls, n: int, text: Callable[[int], str]) -> DateParts:
        """Return parts to be filled in."""
        return cls(text, np.zeros(n, np.int64), np.zeros((3, n), np.int64), np.zeros(n, bool))

    def put(self, place: int, written: words.Written) -> None:
        """Fill in one date that was read by itself."""
        self.kind[place] = _KIND_OF[written.kind]
        self.numbers[:, place] = written.parts
        self.dotted[place] = written.dotted
        if written.bad:
            self.bad[place] = written.bad


@dataclass
class Times:
    """Times of day of many stamps."""

    #: ndarray of int (n,): microseconds since midnight.
    micros: Ints
    #: ndarray of float (n,): minutes east of UTC, NaN where nothing is written.
    offset: Floats
    #: ndarray of bool (n,): whether 24:00 was written.
    repaired: Bools
    #: dict of int to str: why a time cannot be read.
    bad: dict[int, str] = field(default_factory=dict)

    @classmethod
    def empty(cls, n: int) -> Times:
        """Return times to be filled in."""
        return cls(np.zeros(n, np.int64), np.full(n, np.nan), np.zeros(n, bool))

    def put(self, place: int, text: str) -> None:
        """Read one time of day by itself."""
        micros, offset, repaired, bad = words.read_time(text)
        self.micros[place], self.offset[place], self.repaired[place] = micros, offset, repaired
        if bad:
            self.bad[place] = bad

    def refuse(self, rows: _Places, why: str) -> None:
        """Note times that cannot be read."""
        self.bad.update(dict.fromkeys(np.arange(len(self.micros))[rows].tolist(), why))


def full_years(numbers: Ints) -> Ints:
    """Return the years of numbers of two digits; 00 to 68 are 2000 to 2068."""
    return numbers + np.where(numbers < 69, 2000, 1900)


def is_day(year: Ints, month: Ints, day: Ints) -> Bools:
    """Tell which years, months and days are days of the calendar since 1900."""
    real = (month >= 1) & (month <= 12) & (day >= 1) & (year >= FIRST_YEAR) & (year <= 9999)
    real &= day <= _DAYS_OF_MONTH[np.where(real, month, 0)]
    last = np.flatnonzero((month == 2) & (day == 29))  # few: only of them the year is asked
    leap = (year[last] % 4 == 0) & ((year[last] % 100 != 0) | (year[last] % 400 == 0))
    real[last[~leap]] = False
    return np.asarray(real)


def to_days(year: Ints, month: Ints, day: Ints) -> Stamps:
    """Return dates of parts that :func:`is_day` allows."""
    months = 12 * (year - 1970) + month - 1
    low, high = months.min(initial=0), months.max(initial=0) + 1
    begin = np.arange(low, high).astype("M8[M]").astype("M8[D]")
    return np.asarray(begin[months - low] + (day - 1).astype("m8[D]"))


@dataclass(frozen=True)
class _Form:
    """Where the parts of one form stand."""

    kind: int
    dotted: bool
    #: Of a month in words the number itself.
    numbers: tuple[slice, slice | int, slice]
    short_year: bool
    time: re.Match[str] | None
    time_at: int


def read_forms(
    texts: Sequence[str], dates: DateParts, times: Times | None, halves: Halves, *,
    whole: bool = False, alike: NDArray[np.uint8] | None = None,
) -> Bools:  # fmt: skip
    """Read the texts that have one of a column's few forms; tell which those are.

    With ``whole`` it gives up at the first form that is none; blank texts count as read then.
    ``alike``: their characters, if they are known to have one form.
    """
    done = np.zeros(len(texts), dtype=bool)
    if len(texts) < FEWEST:
        return done
    for text, rows, chars in _forms(texts, done if whole else None, alike):
        form = _understood(text, halves) or _of_words(chars[:, 0].tobytes().decode("ascii"))
        if form is not None:
            _fill_dates(form, chars, rows, dates)
            if times is None:  # only the dates are asked for
                pass
            elif form.time is not None:
                _fill_times(form.time, form.time_at, chars, rows, times)
            else:
                times.refuse(rows, words.NO_TIME)
            done[rows] = True
        elif whole and says_missing(text):
            done[rows] = True
        elif whole:
            break
    return done


def _forms(
    texts: Sequence[str], blank: Bools | None, alike: NDArray[np.uint8] | None
) -> Iterator[tuple[str, _Places, NDArray[np.uint8]]]:
    """Yield the commonest forms: a text of zeros, the places of its texts, their characters.

    Characters come as (length of the text, number of texts). Empty texts are marked in ``blank``.
    """
    left = _MOST_FORMS  # a column of prose has as many forms as cells
    for rows, chars in _by_length(texts, blank) if alike is None else [(slice(None), alike)]:
        some = chars if alike is None else chars[:, :1]
        zeros = np.where(some - _ZERO < np.uint8(10), _ZERO, some)
        while chars.shape[1] and left:
            left -= 1
            form = zeros[:, :1]
            same = (zeros == form).all(axis=0)
            text = form.tobytes().decode("ascii")
            if same.all():
                yield text, rows, chars
                break
            rows = np.arange(len(texts))[rows]
            yield text, rows[same], chars[:, same]
            rows, chars, zeros = rows[~same], chars[:, ~same], zeros[:, ~same]


def _by_length(
    texts: Sequence[str], blank: Bools | None
) -> Iterator[tuple[_Places, NDArray[np.uint8]]]:
    """Yield the places of texts of one length, and their characters one by one."""
    # what a program writes has one length: to ask each text for it would take longer than reading
    size = len(texts[0]) + 1
    joined = "\n".join(texts) + "\n"
    if len(joined) == size * len(texts) and joined.isascii():
        chars = np.frombuffer(joined.encode("ascii"), np.uint8).reshape(-1, size).T
        if (chars[-1] == ord("\n")).all():  # the lines end where they all would
            yield slice(None), np.ascontiguousarray(chars[:-1])
            return
    lengths = np.fromiter(map(len, texts), dtype=np.intp, count=len(texts))
    if blank is not None:
        blank[lengths == 0] = True
    for length in np.flatnonzero(np.bincount(np.minimum(lengths, _LONGEST))[:_LONGEST]).tolist():
        here = lengths == length
        rows, joined = np.flatnonzero(here), "".join(compress(texts, here.tolist()))
        if not joined.isascii():
            rows = np.array([row for row in rows.tolist() if texts[row].isascii()], dtype=np.intp)
            joined = "".join([texts[row] for row in rows.tolist()])
        if joined:
            chars = np.frombuffer(joined.encode("ascii"), np.uint8).reshape(-1, length)
            yield rows, np.ascontiguousarray(chars.T)


def _understood(text: str, halves: Halves) -> _Form | None:
    """Return where the parts of a form stand, or None where it is not one of numbers only."""
    if "0" not in text:
        return None
    cut = halves(text)
    if cut is None:
        return None
    head, tail = cut
    found = words.NUMBERS.fullmatch(text[head])
    kind = words.numbers_kind(found) if found else None
    if found is None or kind is None:
        return None
    at = head.start
    numbers = tuple(slice(at + found.start(i), at + found.end(i)) for i in (1, 3, 4))
    time = None
    if tail.stop > tail.start:
        time = words.TAIL.fullmatch(text[tail])
        if time is None or "  " in text[tail]:
            return None
    return _Form(
        _KIND_OF[kind],
        kind == "open" and found[2] in ". ",
        (numbers[0], numbers[1], numbers[2]),
        kind == "open" and len(found[4]) <= 2,
        time,
        tail.start,
    )


def _of_words(text: str) -> _Form | None:
    """Return where the parts of a form stand whose month is a word, by one text of that form."""
    head, tail = words.Splitter().split(text)
    written = words.read_words(head)
    numbers = sorted((len(found[0]), found.span()) for found in re.finditer("[0-9]+", head))
    exact = text == " ".join(text.split()) and text.startswith(head) and text.endswith(tail)
    if written.kind != "ymd" or [n for n, _ in numbers] not in ([1, 4], [2, 4]) or not exact:
        return None
    day, year = (slice(*where) for _, where in numbers)
    if written.parts[::2] != (int(head[year]), int(head[day])):
        return None
    time = words.TAIL.fullmatch(tail) if tail else None
    if tail and (time is None or time["f"]):
        return None
    at = len(text) - len(tail)
    return _Form(YEAR_FIRST, False, (year, written.parts[1], day), False, time, at)


def same_width(texts: Sequence[str]) -> Ints | None:
    """Return the numbers of texts that are as many digits each, read at once; None for others."""
    size = len(texts[0]) if len(texts) else 0
    if not 0 < size <= _MOST_DIGITS or len(texts[-1]) != size or not texts[0].isdecimal():
        return None
    if len(joined := "".join(texts).encode("utf-8", "replace")) != size * len(texts):
        return None
    digits = np.frombuffer(joined, np.uint8).reshape(-1, size) - _ZERO
    uneven = (digits > 9).any() or {*map(len, texts)} != {size}
    return None if uneven else np.asarray(digits @ 10 ** np.arange(size)[::-1], dtype=np.int64)


def _number(chars: NDArray[np.uint8], where: slice) -> Ints:
    """Return the numbers that stand at some places of all texts."""
    value: Ints = np.zeros(chars.shape[1], "u2" if where.stop - where.start < 5 else "i8")
    for column in chars[where]:
        value = 10 * value + (column - _ZERO)
    return value.astype(np.int64)


def _fill_dates(form: _Form, chars: NDArray[np.uint8], rows: _Places, dates: DateParts) -> None:
    for i, where in enumerate(form.numbers):
        if isinstance(where, int):
            dates.numbers[i, rows] = where
            continue
        number = _number(chars, where)
        dates.numbers[i, rows] = full_years(number) if i == 2 and form.short_year else number
    dates.kind[rows] = form.kind
    dates.dotted[rows] = form.dotted


def _fill_times(
    found: re.Match[str], at: int, chars: NDArray[np.uint8], rows: _Places, times: Times
) -> None:
    def number(name: str, longest: int = 6) -> Ints:
        start, stop = found.span(name)
        return _number(chars, slice(at + start, at + min(stop, start + longest)))

    minute, second = number("m"), number("s")
    hour, wrong = words.half_of_day(number("h"), minute, second, found["half"])
    micros = 1_000_000 * (60 * (60 * hour + minute) + second)
    if found["f"]:
        micros += number("f") * 10 ** (6 - min(len(found["f"]), 6))
    offset = np.full(len(hour), np.nan)
    if found["sign"]:
        offset = 60.0 * number("zh") + number("zm")
        offset = -offset if found["sign"] == "-" else offset
    elif found["utc"]:
        offset[:] = 0.0
    if wrong.any():
        micros[wrong], offset[wrong] = 0, np.nan
        times.refuse(np.arange(len(times.micros))[rows][wrong], words.IMPOSSIBLE)
    times.micros[rows] = micros
    times.offset[rows] = offset
    times.repaired[rows] = ~wrong & (hour == 24)


#: Day 0 of spreadsheets.
_DAY_0 = dt.date(1899, 12, 30)


def of_days(value: float) -> str:
    """Write a spreadsheet's day number as a date, its share of a day as a clock time."""
    days, minutes = divmod(round(value * 1440), 1440)
    clock = f"{minutes // 60:02d}:{minutes % 60:02d}"
    if not days:
        return clock
    day = (_DAY_0 + dt.timedelta(days=days)).isoformat()
    return f"{day} {clock}" if minutes else day


def number_like(text: str) -> bool:
    """Whether a cell is a number and nothing else."""
    return number(text) is not None


def number(text: str) -> float | None:
    """Return the number that a cell is, if it is one."""
    plain = text.replace(",", ".")
    return float(plain) if re.fullmatch(r"\d+(?:\.\d+)?", plain) else None
