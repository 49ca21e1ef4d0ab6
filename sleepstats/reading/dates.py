"""Dates and full stamps as people and programs write them, read column by column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sleepstats.reading.date_order import Order, decide_order
from sleepstats.reading.date_words import MONTHS, WRITE_DATE, Written, read_words
from sleepstats.reading.iso_stamps import read_iso_stamps
from sleepstats.reading.parsed import (
    Cells,
    Texts,
    Told,
    all_match,
    distinct,
    lines_of,
    says_missing,
)

Days = NDArray[np.datetime64]

_ISO_STAMP = lines_of(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?")
_ISO_DATE = lines_of(r"(?:19|[2-9][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}")
_TIME = (
    r"(?P<h>\d{1,2})(?:(?P<sep>[:.h])(?P<m>\d\d)(?:[:.](?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?)?)?"
    r" ?(?:(?P<half>[ap])\.? ?m\.?|uhr)?"
)
_ZONE = (
    r"(?: ?(?P<zone>z|utc|gmt)?(?P<sign>[+-])(?P<zh>\d{1,2})(?::?(?P<zm>\d\d))?"
    r"| ?(?P<utc>z|utc|gmt))?"
)
_TAIL = re.compile(_TIME + _ZONE, re.ASCII | re.IGNORECASE)
STAMP = re.compile(
    r"(?P<date>.*[^\s,])(?<! at)(?:,? at |[ ,]+|(?-i:T))"
    r"(?P<time>\d{1,2}(?:[:.h]\d\d(?:[:.]\d\d(?:[.,]\d+)?)?| ?[ap]\.? ?m\b).*)",
    re.ASCII | re.IGNORECASE,
)
WRITE_STAMP = "Write YYYY-MM-DD HH:MM, for example 2026-04-03 23:10."


class _Time(NamedTuple):
    """A time of day in microseconds, and the offset from UTC in minutes if written."""

    micros: int
    offset: float
    bad: str = ""
    repaired: bool = False


_NO_TIME = _Time(0, np.nan, f"has no time of day. {WRITE_STAMP}")


def read_dates(
    cells: Texts,
    *,
    dayfirst: bool | None,
    where: str,
    lines: Sequence[int] | NDArray[np.int64] | None = None,
) -> Cells:
    """Read a column of dates.

    Parameters
    ----------
    cells : object array or sequence of str
        Text cells of one column. Of full stamps the date is taken.
    dayfirst : bool or None
        Whether 03/04/2026 is 3 April. None: decided from the whole column.
    where : str
        File and column, the beginning of error messages.
    lines : sequence of int, optional
        Line of each cell in its file, for messages; else rows are counted from 1.

    Returns
    -------
    Cells
        ``values``: ``datetime64[D]``; ``style``: how the order was decided.

    Raises
    ------
    DiaryError
        If the column contradicts itself or ``dayfirst``, or does not say which number is the day.

    Notes
    -----
    Dates that begin with the year, or name the month, need no decision. Otherwise a first number
    above 12 shows that the day comes first, a second number above 12 the month. If no cell shows
    it, dotted dates (03.04.2026) are day first; else the order of the rows decides, if under one
    reading at least 80 % of the steps from row to row are 1 to 3 days in one direction, under the
    other less than 50 %, and there are at least 3 steps (rows of one day are no step). Years of two
    digits: 00 to 68 are 2000 to 2068, 69 to 99 are 1969 to 1999 (as in POSIX). Years before 1900
    are refused.

    Examples
    --------
    >>> read_dates(["14/07/2021", "2/8/2021", "31/2/2021"], dayfirst=None, where="d.csv").values
    array(['2021-07-14', '2021-08-02', 'NaT'], dtype='datetime64[D]')
    """
    quick = _iso(cells, _ISO_DATE, "datetime64[D]")
    if quick is not None:
        return quick
    texts, codes = distinct(cells)
    splitter = _Splitter()
    written = [splitter.written(splitter.split(text)[0]) for text in texts]
    days, style, bad = _days(texts, written, codes, dayfirst, where, lines)
    return Cells(days[codes], Told(codes, texts, bad), style=style)


def read_stamps(
    cells: Texts,
    *,
    dayfirst: bool | None,
    where: str,
    lines: Sequence[int] | NDArray[np.int64] | None = None,
) -> Cells:
    """Read a column of full stamps, dates with a time of day.

    Parameters
    ----------
    cells : object array or sequence of str
        Text cells of one column.
    dayfirst, where, lines
        As in :func:`read_dates`.

    Returns
    -------
    Cells
        ``values``: ``datetime64[us]``, the local time as written, without a zone; ``offset_min``:
        minutes east of UTC where the cell states them (``Z``, ``+02:00``, ``GMT+1``), else NaN.

    Raises
    ------
    DiaryError
        As in :func:`read_dates`.

    Examples
    --------
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
    splitter = _Splitter()
    heads: dict[str, int] = {}
    head_of = np.zeros(len(texts), dtype=np.intp)
    clock: list[_Time] = []
    for i, text in enumerate(texts):
        head, tail = splitter.split(text)
        head_of[i] = heads.setdefault(head, len(heads))
        clock.append(splitter.time(tail))
    written = [splitter.written(head) for head in heads]
    days, style, bad_heads = _days(list(heads), written, head_of[codes], dayfirst, where, lines)
    bad = {i: time.bad for i, time in enumerate(clock) if time.bad and written[head_of[i]].kind}
    if bad_heads:
        for i in np.flatnonzero(np.isin(head_of, list(bad_heads))).tolist():
            bad[i] = bad_heads[int(head_of[i])].replace(WRITE_DATE, WRITE_STAMP)
    micros = np.array([t.micros for t in clock], dtype="timedelta64[us]")
    values = days[head_of].astype("datetime64[us]") + micros
    values[list(bad)] = np.datetime64("NaT", "us")
    repaired = {
        i: "read as 00:00 of the next day."
        for i, t in enumerate(clock)
        if t.repaired and i not in bad
    }
    offset = np.array([t.offset for t in clock], dtype=np.float64)
    return Cells(
        values[codes],
        Told(codes, texts, bad),
        Told(codes, texts, repaired),
        style,
        offset_min=offset[codes],
    )


def _iso(cells: Texts, pattern: re.Pattern[str], dtype: str) -> Cells | None:
    """Read a column that is ISO dates or stamps and empty cells only, or return None."""
    try:
        texts = cells if isinstance(cells, list) else np.asarray(cells, dtype=object).tolist()
        if not _of_one_form(texts) and not all_match(pattern, texts):
            return None
        values = np.asarray(texts, dtype=object).astype(dtype)
    except (TypeError, ValueError):  # None among the texts; a 30 February, a minute 75
        return None
    style = "ISO dates, year first"
    return Cells(
        values,
        style=style,
        offset_min=None if dtype.endswith("[D]") else np.full(len(values), np.nan),
    )


def _of_one_form(texts: Sequence[str]) -> bool:
    """Say at once whether a column is all ISO dates, or all ISO stamps, of years since 1900."""
    joined = "\n".join(texts)
    size = len(texts[0]) + 1 if texts else 0
    if size not in _FORMS or len(joined) + 1 != size * len(texts) or not joined.isascii():
        return False
    grid = np.frombuffer(f"{joined}\n".encode("ascii"), dtype=np.uint8).reshape(-1, size)
    digits, signs, wanted = _FORMS[size]
    columns = grid.T[digits]
    fits = ((columns >= ord("0")) & (columns <= ord("9"))).all() and (
        grid[:, signs] == wanted
    ).all()
    late = (grid[:, 0] > ord("1")) | ((grid[:, 0] == ord("1")) & (grid[:, 1] == ord("9")))
    return bool(fits and late.all())


def _form(template: bytes) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.uint8]]:
    """Return where digits stand, where signs stand, and the signs."""
    signs = np.frombuffer(template, dtype=np.uint8)
    digits = np.flatnonzero(signs == ord("0"))
    others = np.flatnonzero(signs != ord("0"))
    return digits, others, signs[others]


_FORMS = {len(form): _form(form) for form in (b"0000-00-00\n", b"0000-00-00 00:00:00\n")}


class _Splitter:
    """Splits stamps into date and time of day, and reads each distinct part once."""

    def __init__(self) -> None:
        self._dates: dict[str, Written] = {"": Written()}
        self._times: dict[str, _Time] = {"": _NO_TIME}

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

    def time(self, tail: str) -> _Time:
        """Read the text of a time of day."""
        known = self._times.get(tail)
        if known is None:
            known = self._times[tail] = _time(tail)
        return known


def _time(text: str) -> _Time:
    found = _TAIL.fullmatch(" ".join(text.split()))
    if not found:
        return _Time(0, np.nan, f"has no time of day that can be read. {WRITE_STAMP}")
    part = found.groupdict()
    hour, minute, second = int(part["h"]), int(part["m"] or 0), int(part["s"] or 0)
    half = (part["half"] or "").casefold()
    wrong = minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second))
    if wrong or (half and not 1 <= hour <= 12 and not (half == "a" and hour == 0)
                 and not (half == "p" and 12 < hour < 24)):  # fmt: skip
        return _Time(0, np.nan, f"has an impossible time of day. {WRITE_STAMP}")
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    micros = ((hour * 60 + minute) * 60 + second) * 1_000_000
    if part["f"]:
        micros += int(part["f"][:6].ljust(6, "0"))
    offset = np.nan
    if part["sign"]:
        digits = part["zh"]
        offset = int(digits) * 60.0 + int(part["zm"] or 0)
        offset = -offset if part["sign"] == "-" else offset
    elif part["utc"]:
        offset = 0.0
    return _Time(micros, offset, repaired=hour == 24)


def _days(
    texts: list[str],
    written: list[Written],
    codes: NDArray[np.intp],
    dayfirst: bool | None,
    where: str,
    lines: Sequence[int] | NDArray[np.int64] | None,
) -> tuple[Days, str, dict[int, str]]:
    """Turn written dates into days, once the order of day and month is known."""
    order = decide_order(texts, written, codes, dayfirst, where, lines)
    days = np.full(len(texts), np.datetime64("NaT", "us"), dtype="datetime64[D]")
    bad: dict[int, str] = {}
    numbers = []
    places = []
    for i, date_written in enumerate(written):
        if date_written.bad:
            bad[i] = date_written.bad
        elif date_written.given:
            try:
                numbers.append(_ordinal(date_written, order))
                places.append(i)
            except ValueError:
                bad[i] = _impossible(date_written, order)
    if numbers:
        days[places] = np.array(numbers, dtype="datetime64[D]")
    return days, order.style, bad


def _ordinal(written: Written, order: Order) -> int:
    """Return days since 1970-01-01; ValueError if there is no such day."""
    year, month, day = order.parts(written)
    if year < 1900:
        raise ValueError
    return date(year, month, day).toordinal() - 719_163


def _impossible(written: Written, order: Order) -> str:
    year, month, day = order.parts(written)
    if year < 1900:
        return f"has the year {year}. {WRITE_DATE}"
    if not 1 <= month <= 12:
        return f"has no month {month}. {WRITE_DATE}"
    return f"is no day of the calendar: {MONTHS[month]} {year} has no {day}. {WRITE_DATE}"
