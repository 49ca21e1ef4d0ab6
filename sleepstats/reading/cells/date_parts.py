"""Written dates as arrays: three numbers each, and which of them are still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sleepstats.arrays import Bools, Ints, Stamps
from sleepstats.reading.cells.date_words import Written

#: Kinds of a written date: nothing written (or unreadable), year first, two numbers and the year
#: of which either may be the day, three numbers of two digits.
NOTHING, YEAR_FIRST, OPEN, SHORT = range(4)
_KIND_OF = {"": NOTHING, "ymd": YEAR_FIRST, "open": OPEN, "short": SHORT}
_DAYS_OF_MONTH = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
FIRST_YEAR = 1900


@dataclass
class DateParts:
    """Many written dates; see :class:`~sleepstats.reading.cells.date_words.Written` for one."""

    #: As written.
    texts: Sequence[str]
    #: ndarray of int (n,): what each is.
    kind: Ints
    #: ndarray of int (n, 3): the three numbers in the order written.
    numbers: Ints
    #: ndarray of bool (n,): joined by dots.
    dotted: Bools
    #: dict of int to str: why a date cannot be read.
    bad: dict[int, str] = field(default_factory=dict)

    @classmethod
    def empty(cls, texts: Sequence[str]) -> DateParts:
        """Return parts to be filled in."""
        n = len(texts)
        return cls(texts, np.zeros(n, np.int64), np.zeros((n, 3), np.int64), np.zeros(n, bool))

    def put(self, place: int, written: Written) -> None:
        """Fill in one date that was read by itself."""
        self.kind[place] = _KIND_OF[written.kind]
        self.numbers[place] = written.parts
        self.dotted[place] = written.dotted
        if written.bad:
            self.bad[place] = written.bad


def full_years(numbers: Ints) -> Ints:
    """Return the years of numbers of two digits; 00 to 68 are 2000 to 2068."""
    return numbers + np.where(numbers < 69, 2000, 1900)


def is_day(year: Ints, month: Ints, day: Ints) -> Bools:
    """Tell which years, months and days are days of the calendar since 1900."""
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    fits = (month >= 1) & (month <= 12) & (day >= 1) & (year >= FIRST_YEAR) & (year <= 9999)
    length = _DAYS_OF_MONTH[np.where(fits, month, 0)] - ((month == 2) & ~leap)
    return np.asarray(fits & (day <= length))


def to_days(year: Ints, month: Ints, day: Ints) -> Stamps:
    """Return dates of parts that :func:`is_day` allows."""
    months = (12 * (year - 1970) + month - 1).astype("datetime64[M]")
    return np.asarray(months.astype("datetime64[D]") + (day - 1))
