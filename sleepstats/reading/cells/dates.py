"""Dates and full stamps as people and programs write them, read column by column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from sleepstats.arrays import Days, Ints, Rows, Stamps
from sleepstats.reading.cells.date_order import decide_order
from sleepstats.reading.cells.date_parts import FIRST_YEAR, NOTHING, DateParts, is_day, to_days
from sleepstats.reading.cells.date_words import (
    MONTHS,
    NUMBERS,
    WRITE_DATE,
    Written,
    numbers_kind,
    read_words,
)
from sleepstats.reading.cells.iso_stamps import read_iso_stamps
from sleepstats.reading.cells.parsed import (
    Parsed,
    Texts,
    Told,
    all_match,
    distinct,
    lines_of,
    says_missing,
)
from sleepstats.reading.cells.stamp_forms import read_forms
from sleepstats.reading.cells.times_of_day import WRITE_STAMP, Times

_ISO_STAMP = lines_of(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?")
_ISO_DATE = lines_of(r"(?:19|[2-9][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}")
STAMP = re.compile(
    r"(?P<date>.*[^\s,])(?<! at)(?:,? at |[ ,]+|(?-i:T))"
    r"(?P<time>\d{1,2}(?:[:.h]\d\d(?:[:.]\d\d(?:[.,]\d+)?)?| ?[ap]\.? ?m\b).*)",
    re.ASCII | re.IGNORECASE,
)


def read_dates(
    cells: Texts,
    *,
    dayfirst: bool | None,
    where: str,
    lines: Sequence[int] | Ints | None = None,
) -> Parsed:
    """Read a column of dates.

    Dates that begin with the year, or name the month, need no decision. Otherwise a first number
    above 12 shows that the day comes first, a second number above 12 the month. If no cell shows
    it, dotted dates (03.04.2026) are day first; else the order of the rows decides, if under one
    reading at least 80 % of the steps from row to row are 1 to 3 days in one direction, under the
    other less than 50 %, and there are at least 3 steps (rows of one day are no step). Years of two
    digits: 00 to 68 are 2000 to 2068, 69 to 99 are 1969 to 1999 (as in POSIX). Years before 1900
    are refused.

    >>> read_dates(["14/07/2021", "2/8/2021", "31/2/2021"], dayfirst=None, where="d.csv").values
    array(['2021-07-14', '2021-08-02', 'NaT'], dtype='datetime64[D]')
    """
    quick = _iso(cells, _ISO_DATE, "datetime64[D]")
    if quick is not None:
        return quick
    texts, codes = distinct(cells)
    dates, _ = _parts(texts, shown=texts)
    days, style, bad = _days(dates, codes, dayfirst, where, lines)
    return Parsed(days[codes], Told(codes, texts, bad), style=style)


def read_stamps(
    cells: Texts,
    *,
    dayfirst: bool | None,
    where: str,
    lines: Sequence[int] | Ints | None = None,
) -> Parsed:
    """Read a column of full stamps, dates with a time of day.

    >>> stamps = read_stamps(["2021/03/04 9:05:07 PM GMT+1"], dayfirst=None, where="form.csv")
    >>> stamps.values
    array(['2021-03-04T21:05:07.000000'], dtype='datetime64[us]')
    >>> stamps.offset_min
    array([60.])
    """
    quick = _iso(cells, _ISO_STAMP, "datetime64[us]") or read_iso_stamps(cells)
    if quick is not None:
        return quick
    texts, codes = distinct(cells)
    dates, times = _parts(texts)
    days, style, bad_days = _days(dates, codes, dayfirst, where, lines)
    bad = {i: why for i, why in times.bad.items() if dates.kind[i] != NOTHING}
    bad |= {i: why.replace(WRITE_DATE, WRITE_STAMP) for i, why in bad_days.items()}
    values = days.astype("datetime64[us]") + times.micros.astype("timedelta64[us]")
    values[list(bad)] = np.datetime64("NaT", "us")
    repaired = {
        i: "read as 00:00 of the next day."
        for i in np.flatnonzero(times.repaired).tolist()
        if i not in bad
    }
    return Parsed(
        values[codes],
        Told(codes, texts, bad),
        Told(codes, texts, repaired),
        style,
        offset_min=times.offset[codes],
    )


def _iso(cells: Texts, pattern: re.Pattern[str], dtype: str) -> Parsed | None:
    """Read a column that is ISO dates or stamps and empty cells only, or return None."""
    try:
        texts = cells if isinstance(cells, list) else np.asarray(cells, dtype=object).tolist()
        values = _of_one_form(texts)
        if values is None:
            if not all_match(pattern, texts):
                return None
            values = np.asarray(texts, dtype=object).astype(dtype)
    except (TypeError, ValueError):  # None among the texts; a 30 February, a minute 75
        return None
    style = "ISO dates, year first"
    return Parsed(
        values,
        style=style,
        offset_min=None if dtype.endswith("[D]") else np.full(len(values), np.nan),
    )


def _of_one_form(texts: Sequence[str]) -> Stamps | None:
    """Read a column that is all ISO dates, or all ISO stamps, of years since 1900; else None."""
    joined = "\n".join(texts)
    size = len(texts[0]) + 1 if texts else 0
    if size not in _FORMS or len(joined) + 1 != size * len(texts) or not joined.isascii():
        return None
    grid = np.frombuffer(f"{joined}\n".encode("ascii"), dtype=np.uint8).reshape(-1, size)
    digits, signs, wanted = _FORMS[size]
    numbers = np.ascontiguousarray(grid[:, digits].T) - np.uint8(ord("0"))
    if (numbers > 9).any() or (grid[:, signs] != wanted).any():
        return None
    pairs = 10 * numbers[::2] + numbers[1::2]  # 20, 26, 04, 03, ...
    year = 100 * pairs[0].astype(np.int64) + pairs[1]
    month, day, *clock = pairs[2:].astype(np.int64)
    if not is_day(year, month, day).all():
        return None
    days = to_days(year, month, day)
    if not clock:
        return days
    hour, minute, second = clock
    if ((hour > 23) | (minute > 59) | (second > 59)).any():
        return None
    seconds = (60 * (60 * hour + minute) + second).astype("timedelta64[s]")
    stamps: Stamps = (days + seconds).astype("datetime64[us]")
    return stamps


def _form(template: bytes) -> tuple[Rows, Rows, NDArray[np.uint8]]:
    """Return where digits stand, where signs stand, and the signs."""
    signs = np.frombuffer(template, dtype=np.uint8)
    digits = np.flatnonzero(signs == ord("0"))
    others = np.flatnonzero(signs != ord("0"))
    return digits, others, signs[others]


_FORMS = {len(form): _form(form) for form in (b"0000-00-00\n", b"0000-00-00 00:00:00\n")}


def _parts(texts: list[str], shown: Sequence[str] | None = None) -> tuple[DateParts, Times]:
    """Take apart distinct texts: few numeric forms all at once, the others one by one."""
    splitter = _Splitter()
    heads = splitter.heads(texts) if shown is None else shown
    dates, times = DateParts.empty(heads), Times.empty(len(texts))
    done = read_forms(texts, dates, times, _halves)
    for i in np.flatnonzero(~done).tolist():
        head, tail = splitter.split(texts[i])
        dates.put(i, splitter.written(head))
        times.put(i, tail)
    return dates, times


def _halves(form: str) -> tuple[slice, slice] | None:
    """Return where date and time of day stand in a text of a numeric form."""
    head, mark, tail = form.partition("T" if form[10:11] == "T" else " ")
    if not mark:
        return slice(0, len(form)), slice(len(form), len(form))
    if tail[:1].isdigit() and (found := NUMBERS.fullmatch(head)) and numbers_kind(found):
        return slice(0, len(head)), slice(len(head) + 1, len(form))
    stamp = STAMP.fullmatch(form)
    return (slice(*stamp.span("date")), slice(*stamp.span("time"))) if stamp else None


class _Heads(Sequence[str]):
    """The dates of stamps, cut out when asked for."""

    def __init__(self, texts: Sequence[str], splitter: _Splitter) -> None:
        self._texts, self._splitter = texts, splitter

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            return [self[i] for i in range(*place.indices(len(self)))]
        return self._splitter.split(self._texts[place])[0]


class _Splitter:
    """Splits stamps into date and time of day, and reads each distinct date once."""

    def __init__(self) -> None:
        self._dates: dict[str, Written] = {"": Written()}

    def heads(self, texts: Sequence[str]) -> Sequence[str]:
        """Return the dates of stamps."""
        return _Heads(texts, self)

    def split(self, text: str) -> tuple[str, str]:
        """Return the text of the date, and of the time of day if there is one."""
        head, _, tail = text.partition("T" if text[10:11] == "T" else " ")
        if tail[:1].isdigit() and not self.written(head).bad:
            return head, tail
        if says_missing(text):
            return "", ""
        if tail and (found := STAMP.fullmatch(text)) and not self.written(found["date"]).bad:
            return found["date"], found["time"]
        return text, ""

    def written(self, head: str) -> Written:
        """Read the text of a date."""
        known = self._dates.get(head)
        if known is None:
            known = self._dates[head] = read_words(head)
        return known


def _days(
    dates: DateParts,
    codes: Rows,
    dayfirst: bool | None,
    where: str,
    lines: Sequence[int] | Ints | None,
) -> tuple[Days, str, dict[int, str]]:
    """Turn written dates into days, once the order of day and month is known."""
    order = decide_order(dates, codes, dayfirst, where, lines)
    year, month, day = order.parts(dates)
    real = is_day(year, month, day) & (dates.kind != NOTHING)
    days = np.full(len(real), np.datetime64("NaT", "us"), dtype="datetime64[D]")
    days[real] = to_days(year[real], month[real], day[real])
    bad = dict(dates.bad)
    for i in np.flatnonzero(~real & (dates.kind != NOTHING)).tolist():
        bad[i] = _impossible(int(year[i]), int(month[i]), int(day[i]))
    return days, order.style, bad


def _impossible(year: int, month: int, day: int) -> str:
    if year < FIRST_YEAR:
        return f"has the year {year}. {WRITE_DATE}"
    if not 1 <= month <= 12:
        return f"has no month {month}. {WRITE_DATE}"
    return f"is no day of the calendar: {MONTHS[month]} {year} has no {day}. {WRITE_DATE}"
