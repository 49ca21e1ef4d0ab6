"""Dates and full stamps as people and programs write them, read column by column.

Which number of a date is the day is decided from the whole column, never from one cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from sleepstats.arrays import Bools, Days, Floats, Ints, Rows, Stamps
from sleepstats.errors import DiaryError, advice
from sleepstats.reading.cells import stamp_forms as forms
from sleepstats.reading.cells import stamp_words as words
from sleepstats.reading.cells.parsed import Parsed, Texts, Told, distinct
from sleepstats.reading.cells.stamp_forms import NOTHING, OPEN, SHORT, YEAR_FIRST, DateParts, Times

#: One reading is taken if this share of its steps is 1 to 3 days, and less than that of the other.
_STEADY, _UNSTEADY, _LONGEST_STEP, _FEWEST_STEPS = 0.8, 0.5, 3, 3

_DMY, _MDY, _YMD = "day first", "month first", "year first"
#: What settles the order, and what was said of it.
_SAY_WHICH = advice("Pass dayfirst=True or dayfirst=False", "Give --dayfirst or --monthfirst")
_GIVE = {
    True: advice("Pass dayfirst=True", "Give --dayfirst"),
    False: advice("Pass dayfirst=False", "Give --monthfirst"),
}
_GIVEN = {
    True: advice("dayfirst=True was passed", "--dayfirst was given"),
    False: advice("dayfirst=False was passed", "--monthfirst was given"),
}
_OFFSET = re.compile(r"(?:UTC|GMT)? ?(?:(?P<sign>[+-])(?P<h>\d{1,2})(?::?(?P<m>\d\d))?|Z)?", re.I)
_ZEROS = str.maketrans("123456789", "000000000")


def read_dates(
    cells: Texts,
    *,
    dayfirst: bool | None,
    where: str,
    lines: Sequence[int] | Ints | None = None,
) -> Parsed:
    """Read a column of dates.

    Which number is the day: one above 12 shows it; else dots say day first; else the order under
    which the rows follow each other by 1 to 3 days. Years before 1900 are refused.
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
    """Read a column of full stamps, dates with a time of day."""
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


def is_stamp(text: str) -> bool:
    """Tell whether a text is a date and a time; if with zeros for its digits, then with any."""
    return _is_stamp(text.translate(_ZEROS)) or _is_stamp(text)


@lru_cache(maxsize=1024)
def _is_stamp(text: str) -> bool:
    found = words.stamp_of(text)
    return found is not None and words.read_words(found["date"]).given


def _parts(cells: Texts, *, timed: bool) -> tuple[Sequence[str], Rows, DateParts, Times]:
    """Take a column apart: its texts, the place of each row among them, their dates and times.

    What a program wrote is of few forms and hardly says a stamp twice: all rows are read at once.
    Else each distinct text is read once, and those of a form of their own by themselves.
    """
    splitter = words.Splitter()
    rows: list[Any] = cells.tolist() if isinstance(cells, np.ndarray) else list(cells)
    with suppress(TypeError):  # None among the cells
        dates, times = _empty(rows, splitter, timed)
        asked = times if timed else None
        alike = getattr(cells, "chars", None)
        if forms.read_forms(rows, dates, asked, words.halves, whole=True, alike=alike).all():
            return rows, np.arange(len(rows)), dates, times
    texts, codes = distinct(cells)
    dates, times = _empty(texts, splitter, timed)
    done = forms.read_forms(texts, dates, times if timed else None, words.halves)
    for i in np.flatnonzero(~done).tolist():
        head, tail = splitter.split(texts[i])
        dates.put(i, splitter.written(head))
        times.put(i, tail)
    return texts, codes, dates, times


def _empty(texts: Sequence[str], splitter: words.Splitter, timed: bool) -> tuple[DateParts, Times]:
    """Return dates and times to be filled in; of a stamp only the date is shown as the date."""
    n = len(texts)
    text = (lambda i: splitter.split(texts[i])[0]) if timed else texts.__getitem__
    return DateParts.empty(n, text), Times.empty(n)


def _days(
    dates: DateParts,
    codes: Rows,
    dayfirst: bool | None,
    where: str,
    lines: Sequence[int] | Ints | None,
) -> tuple[Days, str, dict[int, str]]:
    """Turn written dates into days, once the order of day and month is known."""
    order = _decide_order(dates, codes, dayfirst, where, lines)
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


@dataclass(frozen=True)
class _Order:
    """The order of day, month and year in a column, and how it was decided."""

    name: str
    style: str

    def parts(self, dates: DateParts) -> tuple[Ints, Ints, Ints]:
        """Return years, months and days of written dates."""
        first, second, third = dates.numbers
        if dates.kind.max(initial=0) <= YEAR_FIRST:
            return first, second, third
        short, year_first = dates.kind == SHORT, dates.kind == YEAR_FIRST
        if self.name == _YMD:
            year_first = year_first | short
        year = np.where(year_first, first, third)
        year = np.where(short, forms.full_years(year), year)
        month = np.where(~year_first & (self.name == _MDY), first, second)
        day = np.where(year_first, third, second if self.name == _MDY else first)
        return year, month, day

    def fits(self, dates: DateParts) -> Bools:
        """Tell which written dates have a month and a day in this order."""
        _, month, day = self.parts(dates)
        return np.asarray((month >= 1) & (month <= 12) & (day >= 1) & (day <= 31))


_ORDERS = {name: _Order(name, name) for name in (_DMY, _MDY, _YMD)}


def _decide_order(
    dates: DateParts,
    codes: Rows,
    dayfirst: bool | None,
    where: str,
    lines: Sequence[int] | Ints | None,
) -> _Order:
    """Decide the order of day and month in a column."""
    open_ones = (dates.kind == OPEN) | (dates.kind == SHORT)
    undecided = np.flatnonzero(open_ones)
    if not len(undecided):
        said = "the year comes first or the month is named" if len(dates.kind) else "no dates"
        return _Order(_YMD, said)
    names = (_DMY, _MDY, _YMD) if (dates.kind == SHORT).any() else (_DMY, _MDY)
    fitting = {name: open_ones & _ORDERS[name].fits(dates) for name in names}
    only = np.sum(list(fitting.values()), axis=0) == 1
    shows = {name: np.flatnonzero(only & fits) for name, fits in fitting.items()}

    def told(i: int) -> str:
        row = int(np.flatnonzero(codes == i)[0])
        return f"{dates.text(i)!r} in {_row_name(row, lines)}"

    if dayfirst is not None:
        return _as_told(_DMY if dayfirst else _MDY, shows, told, where)
    shown = [name for name in names if len(shows[name])]
    if len(shown) > 1:
        one, other = shown[:2]
        raise DiaryError(
            f"{where}: the dates contradict each other: {told(shows[one][0])} is {one}, "
            f"{told(shows[other][0])} is {other}. Expected one order in the whole column. "
            f"{_SAY_WHICH} to read it that way and report the rest."
        )
    if shown:
        return _Order(shown[0], f"{shown[0]}: {told(shows[shown[0]][0])} shows it")
    possible = [name for name in names if fitting[name].any()]
    if not possible:
        return _Order(_DMY, "no possible date")
    same = dates.numbers[0] == dates.numbers[1]
    if ((dates.kind == OPEN) & same)[undecided].all():
        return _Order(_DMY, "day and month are the same number")
    if dates.dotted[undecided].all():
        return _Order(_DMY, f"{_DMY}: dates written with dots")
    steady = _steady_order(dates, codes, possible)
    if steady is not None:
        return steady
    raise DiaryError(_cannot_say(dates, undecided, where))


def _as_told(name: str, shows: dict[str, Rows], told: Callable[[int], str], where: str) -> _Order:
    """Take the caller's order, unless every cell that shows an order shows another one."""
    against = [i for other, cells in shows.items() if other != name for i in cells]
    if against and not len(shows.get(name, ())):
        raise DiaryError(
            f"{where}: {_GIVEN[name == _DMY]}, but {told(against[0])} can only be read "
            f"{_MDY if name == _DMY else _DMY}. {_GIVE[name != _DMY]}, or leave it out."
        )
    return _Order(name, f"{name}: as passed")


def _steady_order(dates: DateParts, codes: Rows, names: Sequence[str]) -> _Order | None:
    """Return the one order under which the rows follow each other day by day, if there is one."""
    shares = {name: _share_of_short_steps(dates, codes, _ORDERS[name]) for name in names}
    best = max(shares, key=lambda name: shares[name])
    others = [share for name, share in shares.items() if name != best]
    if shares[best] >= _STEADY and all(share < _UNSTEADY for share in others):
        return _Order(best, f"{best}: so the rows follow each other day by day")
    return None


def _share_of_short_steps(dates: DateParts, codes: Rows, order: _Order) -> float:
    """Return the share of steps from row to row that are 1 to 3 days, in the better direction."""
    year, month, day = order.parts(dates)
    real = forms.is_day(year, month, day) & (dates.kind != NOTHING)
    number = np.full(len(real), np.nan)
    number[real] = forms.to_days(year[real], month[real], day[real]).astype(np.int64)
    days = number[codes]
    steps = np.diff(days[np.isfinite(days)])
    # rows of one day are no step
    steps = steps[steps != 0] if np.count_nonzero(steps) >= _FEWEST_STEPS else steps[:0]
    if not steps.size:
        return 0.0
    return float(max(np.mean((s > 0) & (s <= _LONGEST_STEP)) for s in (steps, -steps)))


def _row_name(row: int, lines: Sequence[int] | Ints | None) -> str:
    return f"row {row + 1}" if lines is None else f"line {int(lines[row])}"


def _cannot_say(dates: DateParts, undecided: Rows, where: str) -> str:
    first, second, _ = dates.numbers[:, undecided]
    low, high = np.minimum(first, second), np.maximum(first, second)
    either = np.flatnonzero((first != second) & (low >= 1) & (high <= 12))
    told = either[0] if len(either) else 0
    one, other, text = int(first[told]), int(second[told]), dates.text(int(undecided[told]))
    if not (1 <= one <= 12 and 1 <= other <= 12):
        return (
            f"{where}: the dates do not say in which order {text!r} is written. "
            f"{_SAY_WHICH}, or write YYYY-MM-DD."
        )
    return (
        f"{where}: the dates do not say whether {text} is {one} {words.MONTHS[other]} or "
        f"{words.MONTHS[one]} {other}. {_SAY_WHICH}."
    )


def _blank_runs(blank: Bools) -> list[tuple[int, int]]:
    """Return (start, length) of runs of at least a week in a row without any tag."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], blank.astype(np.int8), [0]))))
    first, length = edges[::2], np.diff(edges)[::2]
    long = length >= 7
    return list(zip(first[long].tolist(), length[long].tolist(), strict=True))


def note_on_blanks(night: Stamps, blank: Bools, what: str) -> str:
    """Say how many records have no tag at all, and where runs of a week or more of them lie.

    ``what`` is the app's word for its tags, in the singular.
    """
    count = int(blank.sum())
    if not count:
        return ""
    dated = np.flatnonzero(~np.isnat(night))
    order = dated[np.argsort(night[dated], kind="stable")]
    records = "record has" if count == 1 else "records have"
    note = (
        f"{count} {records} no {what} at all; there every habit counts as not recorded, neither "
        "yes nor no."
    )
    for start, length in _blank_runs(blank[order]):
        first, last = night[order[start]], night[order[start + length - 1]]
        note += f" {length} of them run from {first} to {last}."
    return note


def read_offsets(cells: Texts) -> Floats:
    """Return minutes east of UTC of ``UTC+0530``, ``-04:00``, ``GMT-5``, ``Z``; NaN for others."""
    texts, codes = distinct(cells)
    minutes = np.full(len(texts), np.nan)
    for i, text in enumerate(texts):
        found = _OFFSET.fullmatch(text)
        if text and found:
            size = int(found["h"] or 0) * 60.0 + int(found["m"] or 0)
            minutes[i] = -size if found["sign"] == "-" else size
    return minutes[codes]


def are_shares_of_a_day(texts: Sequence[str], values: Floats) -> bool:
    """Tell whether numbers are shares of a day: most are whole minutes of one, none of an hour."""
    known = np.flatnonzero(values > 0)
    if not len(known) or values[known].max() >= 1:
        return False
    found = [re.fullmatch(r"0?[.,](\d+)", texts[i]) for i in known.tolist()]
    exact = np.array([one is not None and len(one[1]) > 3 for one in found])
    of_day, of_hour = (
        np.abs(one - np.round(one)) < 0.1 for one in values[known] * [[1440.0], [60.0]]
    )
    return all(found) and bool(2 * (exact & of_day & ~of_hour).sum() > len(known))
