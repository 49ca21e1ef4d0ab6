"""Dates and full stamps as people and programs write them, read column by column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sleepstats.reading.date_order import Order, decide_order
from sleepstats.reading.date_words import MONTHS, Written, read_words
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
_TIME = (
    r"(?P<h>\d{1,2})(?:(?P<sep>[:.h])(?P<m>\d\d)(?:[:.](?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?)?)?"
    r" ?(?:(?P<half>[ap])\.? ?m\.?|uhr)?"
)
_ZONE = (
    r"(?: ?(?P<zone>z|utc|gmt)?(?P<sign>[+-])(?P<zh>\d{1,2})(?::?(?P<zm>\d\d))?"
    r"| ?(?P<utc>z|utc|gmt))?"
)
_TAIL = re.compile(_TIME + _ZONE, re.ASCII | re.IGNORECASE)
_STAMP = re.compile(
    r"(?P<date>.*[^\s,T])(?:,? at |[ ,T]+)"
    r"(?P<time>\d{1,2}(?:[:.h]\d\d(?:[:.]\d\d(?:[.,]\d+)?)?| ?[ap]\.? ?m\b).*)",
    re.ASCII | re.IGNORECASE,
)
#: Share of a sample of the cells that must be stamps, and the size of the sample.
_MOSTLY, _SAMPLE = 0.9, 2_000

_WRITE_DATE = "Write YYYY-MM-DD, for example 2026-04-03."
_WRITE_STAMP = "Write YYYY-MM-DD HH:MM, for example 2026-04-03 23:10."


class _Time(NamedTuple):
    """A time of day in microseconds, and the offset from UTC in minutes if written."""

    micros: int
    offset: float
    bad: str = ""
    repaired: bool = False


def read_dates(
    cells: Texts, *, dayfirst: bool | None, where: str, lines: Sequence[int] | None = None
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
    digits: 00 to 68 are 2000 to 2068, 69 to 99 are 1969 to 1999 (as in POSIX). Years outside 1900
    to 2100 are refused.

    Examples
    --------
    >>> read_dates(["14/07/2021", "2/8/2021", "31/2/2021"], dayfirst=None, where="d.csv").values
    array(['2021-07-14', '2021-08-02', 'NaT'], dtype='datetime64[D]')
    """
    texts, codes = distinct(cells)
    heads = []
    for text in texts:
        written = read_words(text)
        if written.bad and (found := _STAMP.fullmatch(text)):
            whole = read_words(found["date"])
            written = whole if not whole.bad else written
        heads.append(written)
    days, style, bad = _days(texts, heads, codes, dayfirst, where, lines)
    return Cells(days[codes], Told(codes, bad), style=style)


def read_stamps(
    cells: Texts, *, dayfirst: bool | None, where: str, lines: Sequence[int] | None = None
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
    quick = _iso_stamps(cells)
    if quick is not None:
        return quick
    texts, codes = distinct(cells)
    dates: dict[str, int] = {}
    date_of = np.zeros(len(texts), dtype=np.intp)
    times: dict[str, _Time] = {}
    clock: list[_Time] = []
    known: dict[str, Written] = {}
    nothing = _Time(0, np.nan)
    for i, text in enumerate(texts):
        head, time = _split(text, known, times)
        date_of[i] = dates.setdefault(head, len(dates))
        clock.append(time or nothing)
    heads = list(dates)
    written = [known.get(head) or read_words(head) for head in heads]
    days, style, bad_dates = _days(heads, written, date_of[codes], dayfirst, where, lines)
    bad = {i: t.bad for i, t in enumerate(clock) if t.bad}
    for i in np.flatnonzero(np.isin(date_of, list(bad_dates))).tolist():
        sentence = bad_dates[int(date_of[i])]
        bad[i] = sentence.replace(_WRITE_DATE, _WRITE_STAMP)
    micros = np.array([t.micros for t in clock], dtype="timedelta64[us]")
    values = days[date_of].astype("datetime64[us]") + micros
    values[list(bad)] = np.datetime64("NaT")
    repaired = {
        i: f"{texts[i]!r} read as 00:00 of the next day."
        for i, t in enumerate(clock)
        if t.repaired and i not in bad
    }
    offset = np.array([t.offset for t in clock], dtype=np.float64)
    return Cells(
        values[codes], Told(codes, bad), Told(codes, repaired), style, offset_min=offset[codes]
    )


def looks_like_stamps(cells: Texts) -> bool:
    """Tell whether at least nine in ten of the cells that say something are date and time.

    Examples
    --------
    >>> looks_like_stamps(["2024-03-01 23:10", "01/03/2024 23:10"])
    True
    >>> looks_like_stamps(["23:10", "7.30 pm"])
    False
    """
    sample = cells[:: max(1, len(cells) // _SAMPLE)]
    texts, codes = distinct(sample)
    fits = np.zeros(len(texts), dtype=np.float64)
    for i, text in enumerate(texts):
        if says_missing(text):
            fits[i] = np.nan
        elif found := _STAMP.fullmatch(text):
            fits[i] = not read_words(found["date"]).bad
    said = fits[codes][np.isfinite(fits[codes])]
    return bool(said.size) and float(said.mean()) >= _MOSTLY


def _iso_stamps(cells: Texts) -> Cells | None:
    """Read a column that is ISO stamps and empty cells only, or return None."""
    try:
        texts = cells if isinstance(cells, list) else np.asarray(cells, dtype=object).tolist()
        if not all_match(_ISO_STAMP, texts):
            return None
        values = np.asarray(texts, dtype=object).astype("datetime64[us]")
    except (TypeError, ValueError):  # None among the texts; a 30 February, a minute 75
        return None
    style = "ISO dates, year first"
    return Cells(values, style=style, offset_min=np.full(len(values), np.nan))


def _split(
    text: str, known: dict[str, Written], times: dict[str, _Time]
) -> tuple[str, _Time | None]:
    """Split a stamp into the text of its date and its time of day."""
    if says_missing(text):
        return "", None
    head, _, tail = text.partition("T" if text[10:11] == "T" else " ")
    if head not in known:
        known[head] = read_words(head)
    if known[head].bad or not tail[:1].isdigit():
        found = _STAMP.fullmatch(text)
        if not found:
            if not read_words(text).bad:
                return text, _Time(0, np.nan, f"{text!r} has no time of day. {_WRITE_STAMP}")
            return text, _Time(0, np.nan)
        head, tail = found["date"], found["time"]
    if tail not in times:
        times[tail] = _time(tail)
    time = times[tail]
    return head, time._replace(bad=f"{text!r} {time.bad}") if time.bad else time


def _time(text: str) -> _Time:
    found = _TAIL.fullmatch(" ".join(text.split()))
    if not found:
        return _Time(0, np.nan, f"has no time of day that can be read. {_WRITE_STAMP}")
    part = found.groupdict()
    hour, minute, second = int(part["h"]), int(part["m"] or 0), int(part["s"] or 0)
    half = (part["half"] or "").casefold()
    wrong = minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second))
    if wrong or (half and not 1 <= hour <= 12 and not (half == "a" and hour == 0)
                 and not (half == "p" and 12 < hour < 24)):  # fmt: skip
        return _Time(0, np.nan, f"has an impossible time of day. {_WRITE_STAMP}")
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
    lines: Sequence[int] | None,
) -> tuple[Days, str, dict[int, str]]:
    """Turn written dates into days, once the order of day and month is known."""
    order = decide_order(texts, written, codes, dayfirst, where, lines)
    days = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[D]")
    bad: dict[int, str] = {}
    numbers = []
    places = []
    for i, date_written in enumerate(written):
        if date_written.bad:
            bad[i] = f"{texts[i]!r} {date_written.bad}"
        elif date_written.given:
            try:
                numbers.append(_ordinal(date_written, order))
                places.append(i)
            except ValueError:
                bad[i] = f"{texts[i]!r} {_impossible(date_written, order)}"
    if numbers:
        days[places] = np.array(numbers, dtype="datetime64[D]")
    return days, order.style, bad


def _ordinal(written: Written, order: Order) -> int:
    """Return days since 1970-01-01; ValueError if there is no such day."""
    year, month, day = order.parts(written)
    if not 1900 <= year <= 2100:
        raise ValueError
    return date(year, month, day).toordinal() - 719_163


def _impossible(written: Written, order: Order) -> str:
    year, month, day = order.parts(written)
    if not 1900 <= year <= 2100:
        return f"has the year {year}. {_WRITE_DATE}"
    if not 1 <= month <= 12:
        return f"has no month {month}. {_WRITE_DATE}"
    return f"is no day of the calendar: {MONTHS[month]} {year} has no {day}. {_WRITE_DATE}"
