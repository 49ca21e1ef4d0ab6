"""Dates that have no year: the weekdays, the file's own years or the caller say which it is."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import islice, pairwise

import numpy as np

from sleepstats.errors import DiaryError, advice, option
from sleepstats.reading.cells import parsed, says_missing, stamp_words
from sleepstats.reading.nights import Options
from sleepstats.reading.text import RawTable

#: Rows that are looked at to see how a column is written.
_LOOKED_AT = 200
#: This share of the cells that say something must be written alike.
MOSTLY = 0.8
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
#: How the months begin in the languages that are read.
_MONTHS = [parsed.word_lists()[f"month {number}"] for number in range(1, 13)]
_WORDY = r"[^\W\d_]{3,10}\.?"
#: Days of spreadsheets between 1982 and 2064, seconds or milliseconds since 1970.
_DAY_NUMBER = re.compile(r"[345]\d{4}(?:[.,]\d+)?|1\d{9}(?:\d{3})?")
_COUNTED = re.compile(r"1\d{9}(?:\d{3})?(?:\.\d+)?|0?[.,]\d{3,}")
#: A date without a year, perhaps behind its weekday: 5.1., 05/01, 5 Jan, Jan 5th.
_NO_YEAR = re.compile(
    rf"(?:(?P<weekday>[^\W\d_]{{2,10}})[.,]* )?(?:(?P<one>\d{{1,2}})[./-](?P<two>\d{{1,2}})\.?|"
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?[ /-](?:of |de )?(?P<word>{_WORDY})|"
    rf"(?P<month>{_WORDY})[ /-](?P<dayafter>\d{{1,2}})(?:st|nd|rd|th)?|"
    r"(?P<monthcjk>\d{1,2})月 ?(?P<daycjk>\d{1,2})[日号])"
    r"(?: ?[(（]?(?:周|週|星期|礼拜)?(?P<behind>[月火水木金土日一二三四五六天])曜?日?[)）]?)?",
    re.IGNORECASE,
)


def share(column: Iterable[str], fits: Callable[[str], object]) -> float:
    """Return which share of the first cells that say something fits."""
    said, total = _said(tuple(islice(column, _LOOKED_AT)))
    return sum(n for text, n in said.items() if fits(text)) / total if total else 0.0


@lru_cache(maxsize=256)
def _said(column: tuple[str, ...]) -> tuple[Counter[str], int]:
    """Return how often each text stands that says something, and how many there are."""
    texts = Counter(map(str.strip, column))
    said = Counter({text: n for text, n in texts.items() if not says_missing(text)})
    return said, said.total()


def counted(text: str) -> bool:
    """Tell whether a cell is seconds or milliseconds since 1970, or a share of a day."""
    return bool(_COUNTED.fullmatch(text))


def dated(text: str) -> bool:
    """Tell whether a cell is a date without a year, or a number that can stand for a date."""
    return bool(_NO_YEAR.fullmatch(text) or _DAY_NUMBER.fullmatch(text))


#: A day without a year that cannot be a decimal number: 08.01, 8.1., 8/1, Do 8.1.
_NO_DECIMAL = re.compile(r"0\d[./-]\d\d?|.*\.|.*/.*|.*[^\W\d].*")


def undated_days(table: RawTable, known: Collection[int]) -> list[int]:
    """Return the columns whose cells are days without a year, most of them a day apart.

    One of the ``known`` headers is believed rather than numbers; not rather than days in words.
    """
    out = []
    for at, column in enumerate(table.columns):
        if share(column, lambda text: dated(text) and months_fit(text)) < MOSTLY:
            continue
        found = [_NO_YEAR.fullmatch(cell.strip()) for cell in column.tolist()]
        worded = any((match and not match.group(0)[0].isdecimal()) or (match and (match["word"] or
                     match["month"])) for match in found)  # fmt: skip
        if not worded and (at in known or not share(column, _NO_DECIMAL.fullmatch)):
            continue
        runs = [_in_a_run(_days_of(found, dayfirst=order)) for order in (True, False)]
        if any(near >= max(3, (known - 1) / 2) for known, near in runs):
            out.append(at)
    return out


def months_fit(text: str) -> bool:
    """Tell whether what stands for a month in a cell is one: not so in 20 min, Settimana 2."""
    found = _NO_YEAR.fullmatch(text)
    word = found and (found["word"] or found["month"])
    return not word or (month_of(word) is not None and not _WEEK.match(text))


def weekday_of(text: str) -> int | None:
    """Return the number of a weekday in words, Monday being 0."""
    return stamp_words.DAY_OF.get(text.strip(" .,()（）").casefold())


def is_weekday_word(text: str) -> bool:
    """Tell whether a cell is a weekday in words."""
    return weekday_of(text) is not None


def month_of(text: str) -> int | None:
    """Return the number of a month in words, by its first letters."""
    low = text.casefold()
    return next(
        (i for i, starts in enumerate(_MONTHS, 1) if any(low.startswith(s) for s in starts)), None
    )


def whole_month(word: str) -> int | None:
    """Return the number of a month whose whole name, or its first letters alone, a word is."""
    number, low = month_of(word), word.casefold()
    if number is None or stamp_words.read_words(f"1 {low} 2000").bad:
        return None
    return number


def add_years(
    table: RawTable, at: int, weekday_at: int | None, options: Options, notes: list[str],
    title: str = "", *, stamps: bool = False,
) -> None:  # fmt: skip
    """Give dates without a year theirs: as said, as the weekdays say, or as the file says.

    ``stamps``: those of a column in which each has its time of day.
    """
    column = table.columns[at]
    if share(column, stamp_words.stamp_of if stamps else _NO_YEAR.fullmatch) < MOSTLY:
        return
    cells = column.tolist()
    halves = [stamp_words.stamp_of(cell.strip()) for cell in cells] if stamps else []
    cells = [half["date"] if half else "" for half in halves] or cells
    if stamps and share(cells, _NO_YEAR.fullmatch) < MOSTLY:
        return
    found = [_NO_YEAR.fullmatch(cell.strip()) for cell in cells]
    if weekday_at is None and not any(match and match["weekday"] for match in found):
        weekday_at = next(
            (i for i, c in enumerate(table.columns) if share(c, is_weekday_word) >= MOSTLY), None
        )
    beside = [""] * len(cells) if weekday_at is None else table.columns[weekday_at].tolist()
    weekdays = [
        stamp_words.DAY_OF.get(f"周{m['behind']}", weekday_of(m["weekday"] or other)) if m else None
        for m, other in zip(found, beside, strict=True)
    ]
    orders = (True, False) if options.dayfirst is None else (options.dayfirst,)
    tries = [(order, _days_of(found, dayfirst=order)) for order in orders]
    dayfirst, parts = max(tries, key=lambda one: _in_a_run(one[1]))
    steps = _year_steps(parts)
    year, how = options.year, "as given"
    if year is None:
        year, how = _year_by_weekday(parts, steps, weekdays), "as the weekdays say"
    if year is None:
        year, how = _year_in(table, title), "as the file says elsewhere"
    if year is None:
        raise DiaryError(
            f"{table.name}, column {table.header[at]!r}: the dates have no year ({cells[0]!r}), "
            "and nothing in the file settles it. Say which year the first row is of: "
            f"{option('read_diary(path', year=2026)}."
        )
    out = []
    for cell, part, step in zip(cells, parts, steps, strict=True):
        out.append(f"{year + step}-{part[0]:02d}-{part[1]:02d}" if part else cell)
    times = [f" {half['time']}" if half else "" for half in halves] or [""] * len(out)
    out = [date and date + time for date, time in zip(out, times, strict=True)]
    table.columns[at] = np.fromiter(out, dtype=object, count=len(out))
    order = "" if dayfirst else ", the month first"
    notes.append(
        f"Column {table.header[at]!r} has no years: the first row is read as of {year}, {how}"
        f"{order}. Another: {advice('year=…', '--year YYYY')}"
    )


def _days_of(found: list[re.Match[str] | None], *, dayfirst: bool) -> list[tuple[int, int] | None]:
    """Return month and day of each cell; None where they cannot be."""
    parts: list[tuple[int, int] | None] = []
    for match in found:
        if match is None:
            parts.append(None)
            continue
        if match["one"]:
            one, two = int(match["one"]), int(match["two"])
            day, month = (one, two) if dayfirst else (two, one)
        elif match["monthcjk"]:
            day, month = int(match["daycjk"]), int(match["monthcjk"])
        else:
            day = int(match["day"] or match["dayafter"])
            month = month_of(match["word"] or match["month"]) or 0
        fits = 1 <= month <= 12 and 1 <= day <= _LENGTHS[month - 1]
        parts.append((month, day) if fits else None)
    return parts


def _in_a_run(parts: list[tuple[int, int] | None]) -> tuple[int, int]:
    """Count the dates that can be, and the neighbours that are a day apart."""
    known = [dt.date(2024, *part) for part in parts if part]
    near = sum(abs((two - one).days) in (1, 365) for one, two in pairwise(known))
    return len(known), near


def _year_steps(parts: list[tuple[int, int] | None]) -> list[int]:
    """Return how many years each row is after the first: December beside January is a new year."""
    steps, step, last = [], 0, None
    for part in parts:
        if part:
            if last and last[0] - part[0] >= 6:
                step += 1
            elif last and part[0] - last[0] >= 6:
                step -= 1
            last = part
        steps.append(step)
    return steps


def _year_by_weekday(
    parts: list[tuple[int, int] | None], steps: list[int], weekdays: list[int | None]
) -> int | None:
    """Return the latest year up to this one in which the weekdays fit, or None."""
    told = [
        (p, s, w) for p, s, w in zip(parts, steps, weekdays, strict=True) if p and w is not None
    ]
    if len(told) < 3:
        return None
    for year in range(dt.date.today().year, 1999, -1):
        fits = sum(falls_on(year + step, part, day) for part, step, day in told)
        if fits >= 0.9 * len(told):
            return year
    return None


def falls_on(year: int, part: tuple[int, int], weekday: int) -> bool:
    """Tell whether a month and day of a year are that weekday."""
    try:
        return dt.date(year, *part).weekday() == weekday
    except ValueError:  # 29 February
        return False


def _year_in(table: RawTable, title: str) -> int | None:
    """Return the only year that other cells of the first row's dates, or the title, name."""
    years: set[int] = set()
    for column in table.columns:
        first = next((c for c in column.tolist() if c.strip()), "")
        years |= {int(y) for y in re.findall(r"(?<!\d)(20[0-4]\d)(?=[-./]\d\d|$)", first)}
    years = years or {
        int(y) for y in re.findall(r"(?<!\d)(20[0-4]\d)(?!\d)", f"{title} {table.name}")
    }
    return years.pop() if len(years) == 1 else None


#: A date within a text, its year perhaps elsewhere; the number of a week.
_MONTH = rf"(?:{'|'.join(start for starts in _MONTHS for start in starts)})[^\W\d_]*\.?"
_WITHIN = re.compile(
    r"(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)|(?P<one>\d{1,2})[./](?P<two>\d{1,2})(?:[./](?P<year>20\d\d|"
    rf"\d\d))?|(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)? (?:de )?(?P<word>{_MONTH})(?:,? "
    rf"(?P<y1>20\d\d))?|(?P<month>{_MONTH}) (?P<dayafter>\d{{1,2}})(?!\d)(?:,? (?P<y2>20\d\d))?",
    re.IGNORECASE,
)
_WEEK = re.compile(
    r"(?:week|kw|woche|sem(?:aine|ana)|sett(?:imana|\.)?|vecka|v\.|u[gk]e|tydz\w*\.?) ?"
    r"(?:n[or]\.? ?)?(?P<week>\d{1,2})\b(?! ?[./-] ?\d)",
    re.IGNORECASE,
)


def weekdays_dated(
    table: RawTable, at: int, options: Options, notes: list[str], title: str
) -> RawTable:
    """Date rows that have only their weekday by what stands above each week, or above the table.

    The days run on from there; a weekday that stands twice running is one day.
    """
    cells = [cell.strip() for cell in table.columns[at].tolist()]
    days = [weekday_of(cell) for cell in cells]
    above = {i: " ".join(column[i] for column in table.columns) for i, day in enumerate(days)
             if day is None}  # fmt: skip
    named = set(re.findall(r"(?<!\d)(20[0-4]\d)(?!\d)", f"{title} {table.name}"))
    year = options.year or (int(named.pop()) if len(named) == 1 else None)
    last = _starts(title, year, days, -1)
    out, drop = list(cells), dict[int, str]()
    fresh, dated_rows, previous = last is not None, 0, -1
    for i, day in enumerate(days):
        if day is None:
            if (start := _starts(above[i], year, days, i)) is not None:
                last, fresh, drop[i] = start, True, "it dates the rows below it"
            continue
        if last is None:
            continue
        if fresh:
            last += dt.timedelta(day - last.weekday() if day != last.weekday() else 0)
        elif day != previous:
            last += dt.timedelta((day - last.weekday() - 1) % 7 + 1)
        fresh, previous = False, day
        out[i] = last.isoformat()
        dated_rows += 1
    if not dated_rows:
        return table
    notes.append(
        f"Column {table.header[at]!r} holds weekdays: dated by what stands above them, "
        f"{cells[days.index(previous)]!r} and its like; the first is {min(out)}."
    )
    columns = list(table.columns)
    columns[at] = np.fromiter(out, dtype=object, count=len(out))
    header = [*table.header[:at], "date", *table.header[at + 1 :]]
    return replace(table, columns=columns, header=header).without_rows(drop)


def _starts(text: str, year: int | None, days: list[int | None], above: int) -> dt.date | None:
    """Return the date, or the Monday of the week, that a text above the rows of a week names."""
    first = next((day for day in days[above + 1 :] if day is not None), None)
    if year is not None and (found := _WEEK.search(text)) and int(found["week"]) in range(1, 53):
        return dt.date.fromisocalendar(year, int(found["week"]), 1)
    for match in _WITHIN.finditer(text):
        month = month_of(match["word"] or match["month"] or "") or match["m"]
        orders = [(match["d"] or match["day"] or match["dayafter"], month)]
        if match["one"]:
            orders = [(match["one"], match["two"]), (match["two"], match["one"])]
        written = match["y"] or match["year"] or match["y1"] or match["y2"] or year or 0
        of = int(written) + (2000 if len(str(written)) == 2 else 0)
        tries = []
        for day, number in orders:
            try:
                tries.append(dt.date(of, int(number or 0), int(day or 0)))
            except ValueError:  # no year, no month
                continue
        if tries:
            return next((date for date in tries if date.weekday() == first), tries[0])
    return None


def six_digits(texts: list[str]) -> tuple[list[str], str] | None:
    """Return dates such as 260106 in full, and how they are read: in the order that runs on."""
    said = [text for text in texts if not says_missing(text)]
    if not said or not all(re.fullmatch(r"\d{6}", text) for text in said):
        return None
    most, how, full = 0, "", dict[str, str]()
    for order, said_so in (("%y%m%d", "year, month, day"), ("%d%m%y", "day, month, year"),
                       ("%m%d%y", "month, day, year")):  # fmt: skip
        try:
            days = [dt.datetime.strptime(text, order).date() for text in said]
        except ValueError:
            continue
        near = sum(abs((two - one).days) == 1 for one, two in pairwise(days))
        if near > most:
            most, how = near, said_so
            full = {t: d.isoformat() for t, d in zip(said, days, strict=True)}
    return ([full.get(text, text) for text in texts], how) if 2 * most >= len(said) - 1 else None
