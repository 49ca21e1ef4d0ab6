"""Dates and full stamps as people and programs write them, read column by column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from sleepstats.arrays import Days, Ints, Rows
from sleepstats.reading.cells import stamp_forms as forms
from sleepstats.reading.cells import stamp_words as words
from sleepstats.reading.cells.date_order import decide_order
from sleepstats.reading.cells.parsed import Parsed, Texts, Told, distinct, says_missing
from sleepstats.reading.cells.stamp_forms import NOTHING, DateParts, Times

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
    texts, codes, dates, _ = _parts(cells, timed=False)
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
    texts, codes, dates, times = _parts(cells, timed=True)
    days, style, bad_days = _days(dates, codes, dayfirst, where, lines)
    bad = {i: why for i, why in times.bad.items() if dates.kind[i] != NOTHING}
    bad |= {i: why.replace(words.WRITE_DATE, words.WRITE_STAMP) for i, why in bad_days.items()}
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


def _parts(cells: Texts, *, timed: bool) -> tuple[Sequence[str], Rows, DateParts, Times]:
    """Take a column apart: its texts, the place of each row among them, their dates and times.

    What a program wrote is of few forms and hardly says a stamp twice: all rows are read at once.
    Else each distinct text is read once, and those of a form of their own by themselves.
    """
    splitter = _Splitter()
    rows: list[Any] = cells.tolist() if isinstance(cells, np.ndarray) else list(cells)
    with suppress(TypeError):  # None among the cells
        dates, times = _empty(rows, splitter, timed)
        if forms.read_forms(rows, dates, times, _halves, whole=True).all():
            return rows, np.arange(len(rows)), dates, times
    texts, codes = distinct(cells)
    dates, times = _empty(texts, splitter, timed)
    done = forms.read_forms(texts, dates, times, _halves)
    for i in np.flatnonzero(~done).tolist():
        head, tail = splitter.split(texts[i])
        dates.put(i, splitter.written(head))
        times.put(i, tail)
    return texts, codes, dates, times


def _empty(texts: Sequence[str], splitter: _Splitter, timed: bool) -> tuple[DateParts, Times]:
    """Return dates and times to be filled in; of a stamp only the date is shown as the date."""
    n = len(texts)
    text = (lambda i: splitter.split(texts[i])[0]) if timed else texts.__getitem__
    return DateParts.empty(n, text), Times.empty(n)


def _halves(form: str) -> tuple[slice, slice] | None:
    """Return where date and time of day stand in a text of a numeric form."""
    head, mark, tail = form.partition("T" if form[10:11] == "T" else " ")
    if not mark:
        return slice(0, len(form)), slice(len(form), len(form))
    found = words.NUMBERS.fullmatch(head)
    if found and words.numbers_kind(found) and tail[:1].isdigit():
        return slice(0, len(head)), slice(len(head) + 1, len(form))
    stamp = STAMP.fullmatch(form)
    return (slice(*stamp.span("date")), slice(*stamp.span("time"))) if stamp else None


class _Splitter:
    """Splits stamps into date and time of day, and reads each distinct date once."""

    def __init__(self) -> None:
        self._dates: dict[str, words.Written] = {"": words.Written()}

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

    def written(self, head: str) -> words.Written:
        """Read the text of a date."""
        known = self._dates.get(head)
        if known is None:
            known = self._dates[head] = words.read_words(head)
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
    real = forms.is_day(year, month, day) & (dates.kind != NOTHING)
    if real.all():
        return forms.to_days(year, month, day), order.style, dict(dates.bad)
    days = np.full(len(real), np.datetime64("NaT", "us"), dtype="datetime64[D]")
    days[real] = forms.to_days(year[real], month[real], day[real])
    bad = dict(dates.bad)
    for i in np.flatnonzero(~real & (dates.kind != NOTHING)).tolist():
        bad[i] = _impossible(int(year[i]), int(month[i]), int(day[i]))
    return days, order.style, bad


def _impossible(year: int, month: int, day: int) -> str:
    if year < forms.FIRST_YEAR:
        return f"has the year {year}. {words.WRITE_DATE}"
    if not 1 <= month <= 12:
        return f"has no month {month}. {words.WRITE_DATE}"
    named = f"{words.MONTHS[month]} {year}"
    return f"is no day of the calendar: {named} has no {day}. {words.WRITE_DATE}"
