"""The time of day in a stamp, with the offset from UTC where it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from sleepstats.arrays import Bools, Floats, Ints, Rows

_TIME = (
    r"(?P<h>\d{1,2})(?:(?P<sep>[:.h])(?P<m>\d\d)(?:[:.](?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?)?)?"
    r" ?(?:(?P<half>[ap])\.? ?m\.?|uhr)?"
)
_ZONE = (
    r"(?: ?(?P<zone>z|utc|gmt)?(?P<sign>[+-])(?P<zh>\d{1,2})(?::?(?P<zm>\d\d))?"
    r"| ?(?P<utc>z|utc|gmt))?"
)
TAIL = re.compile(_TIME + _ZONE, re.ASCII | re.IGNORECASE)
WRITE_STAMP = "Write YYYY-MM-DD HH:MM, for example 2026-04-03 23:10."
_IMPOSSIBLE = f"has an impossible time of day. {WRITE_STAMP}"
_NO_TIME = f"has no time of day. {WRITE_STAMP}"
_UNREADABLE = f"has no time of day that can be read. {WRITE_STAMP}"


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

    def impossible(self, rows: Rows) -> None:
        """Note times such as 23:75."""
        self.bad.update(dict.fromkeys(rows.tolist(), _IMPOSSIBLE))

    def put(self, place: int, text: str) -> None:
        """Read one time of day by itself."""
        micros, offset, repaired, bad = _read(text)
        self.micros[place], self.offset[place], self.repaired[place] = micros, offset, repaired
        if bad:
            self.bad[place] = bad


@lru_cache(maxsize=8192)
def _read(text: str) -> tuple[int, float, bool, str]:
    """Return microseconds, offset, whether 24:00 was written, and why it cannot be read."""
    if not text:
        return 0, np.nan, False, _NO_TIME
    found = TAIL.fullmatch(" ".join(text.split()))
    if not found:
        return 0, np.nan, False, _UNREADABLE
    part = found.groupdict()
    minute, second = int(part["m"] or 0), int(part["s"] or 0)
    hours, wrong = half_of_day(int(part["h"]), minute, second, part["half"])
    if wrong:
        return 0, np.nan, False, _IMPOSSIBLE
    hour = int(hours)
    micros = ((hour * 60 + minute) * 60 + second) * 1_000_000
    if part["f"]:
        micros += int(part["f"][:6].ljust(6, "0"))
    offset = np.nan
    if part["sign"]:
        offset = int(part["zh"]) * 60.0 + int(part["zm"] or 0)
        offset = -offset if part["sign"] == "-" else offset
    elif part["utc"]:
        offset = 0.0
    return micros, offset, hour == 24, ""


def half_of_day(
    hour: Ints | int, minute: Ints | int, second: Ints | int, half: str | None
) -> tuple[Ints, Bools]:
    """Bring hours with am or pm to 24; also tell which times there are not.

    >>> hour, wrong = half_of_day(np.array([12, 7, 15, 0]), 5, 0, "p")
    >>> hour.tolist(), wrong.tolist()
    ([12, 19, 15, 12], [False, False, False, True])
    """
    hours, minutes, seconds = np.asarray(hour), np.asarray(minute), np.asarray(second)
    past = (hours > 24) | ((hours == 24) & ((minutes > 0) | (seconds > 0)))
    wrong = past | (minutes > 59) | (seconds > 59)
    if half:
        morning = half in "aA"
        also = (hours == 0) if morning else ((hours > 12) & (hours < 24))
        wrong |= ~(((hours >= 1) & (hours <= 12)) | also)
        turned = hours % 12 + (0 if morning else 12)
        hours = np.where(hours <= 12, turned, hours)
    return hours, wrong
