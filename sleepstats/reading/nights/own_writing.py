"""What people write in the cells of their own tables, brought to what the readers of cells take.

A date in three columns, without its year or as a number of a spreadsheet; seconds since 1970; a
weekday where a date is expected; two clock times in one cell. Only the columns of dates and clock
times are touched, and each finding is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

import numpy as np

from sleepstats.columns import CLOCKS
from sleepstats.errors import option
from sleepstats.reading.cells import Lines, distinct, looks_like_stamps, parsed, says_missing
from sleepstats.reading.cells.clocks import asks_how_much
from sleepstats.reading.cells.stamp_forms import number, number_like, of_days
from sleepstats.reading.cells.stamp_words import hours_and_minutes
from sleepstats.reading.nights import Options, dates_left_open, diary_clocks, which_evening, years
from sleepstats.reading.text import Cells, RawTable, first_of_two, normal_header, remarks, rows
from sleepstats.reading.text.documents import of_seconds
from sleepstats.reading.words import DATES, Shape, meanings, meanings_of, naps_together, sense
from sleepstats.reading.words.shapes import shape_of

_OF_SLEEP = re.compile(r"a?sle[ep]|schl[ai]f|sommeil|sueño|dorm|slaap|сон")
_FIRST_DAY, _LAST_DAY, _SECONDS = 30_000, 60_000, (3e8, 4.1e9)  # of a spreadsheet: 1982 to 2064
_FULL_DATE = re.compile(r"\d{4}[-./年]|\d{1,2}[-./]\d{1,2}[-./]\d")
_DATED = Lines(rf"(?:{_FULL_DATE.pattern}).*")
_WEEKDAYS_FROM = 0.6  # of a column of weekdays that has a line above each week
_DAY = re.compile(
    r"(?:(?P<before>[^\W\d]+)[.,]* )?(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|[.日号])?"
    r"(?:[., ]*[(（]?(?P<behind>[^\W\d]+)[)）]?)?"
)
_BETWEEN = 0.5  # of a column of dates is enough where averages and titles stand between weeks
_YEAR, _WORD = re.compile(r"(?<!\d)20[0-4]\d(?!\d)"), re.compile(r"[^\W\d_]{3,}")
_ASLEEP, _MOST_KINDS, _LONGEST_KIND = {"sleep", "night", "nap"}, 30, 30
_ONE_LINE = "1 line is a title, an average or a remark, no night"


def spelled_out(
    table: RawTable, options: Options, title: str = ""
) -> tuple[RawTable, Options, list[str], list[str]]:
    """Return a table whose dates and clock times are written in full, what was done, what assumed.

    An assumption is what the file did not settle. ``title``: what stands above the header.
    """
    notes, assumed = list[str](), list[str]()
    if not len(table):
        return table, options, notes, assumed
    table = _three_columns(_rows_of_sleep(first_of_two(table, notes), notes), notes)
    table, title = _rows_between(table, options, notes, title)
    named = _amounts_named(table, options, notes)
    header, columns, pairs = hours_and_minutes(named, table.columns)
    notes += [f"Columns {a!r} and {b!r} are read as one of hours and minutes." for a, b in pairs]
    given = any("nap" in meanings_of(header) for header in options.columns)
    if naps := () if given else naps_together(header, columns):
        notes.append(f"Columns {' and '.join(map(repr, naps))} are naps of a day: added up.")
    together = dict.fromkeys(sum(pairs, ()), "clock") | dict.fromkeys(naps, "habit")
    table = _copy(table, columns, header, **together)
    table, options = dates_left_open.named_by_two_days(table, options, notes)
    table = _only_weekdays(table, options, notes, title)
    table, options = _weekdays(table, options, notes)
    table = _two_times(table, options, notes)
    found = meanings(table.header, options.columns)
    if not set(found.values()) & set(DATES) and (at := _undated(table)) is not None:
        found[at] = DATES[-1]
    for i, texts in enumerate(table.columns):
        if i not in found and years.share(texts, years.counted) >= years.MOSTLY:
            told = sense(table.header[i], Shape("stamp"))
            if told and told.column in CLOCKS and told.column not in found.values():
                found[i] = told.column
    for i, name in found.items():
        if name in DATES or name in CLOCKS:
            table.columns[i] = _numbers(table, i, name, options, notes, assumed)
    dates = [i for i, name in found.items() if name in DATES]
    weekday = next((i for i, name in found.items() if name == "weekday"), None)
    dates = dates or (days if len(days := years.undated_days(table, found)) == 1 else [])
    for i in dates:
        _days_of_a_month(table, i, f"{title} {table.name}", notes)
        years.add_years(table, i, weekday, options, notes, title)
    for i in (i for i, name in found.items() if name in CLOCKS):
        years.add_years(table, i, weekday, options, notes, title, stamps=True)
    if options.dayfirst is None and dates and weekday is not None:
        order = which_evening.order_by_weekday(table.columns[dates[0]], table.columns[weekday])
        options = replace(options, dayfirst=order)
    return _stays(table, dates, options, notes), options, notes, assumed


def _amounts_named(table: RawTable, options: Options, notes: list[str]) -> list[str]:
    """Name what only asks how much by the habit right before it (Alcohol? How much?)."""
    header, said = list(table.header), {*map(normal_header, options.columns)}
    for i in range(1, len(header)):
        if not asks_how_much(header[i]) or normal_header(header[i]) in said:
            continue
        habit, shape = sense(table.header[i - 1], Shape()), shape_of(table.columns[i])
        of_night = shape.low >= 180 or (3 <= shape.low <= shape.high <= 14 and not shape.whole)
        if habit and habit.role == "habit" and asks_how_much(header[i], nightly=of_night):
            header[i] = f"{table.header[i - 1]} {header[i]}"
            notes.append(f"Column {table.header[i]!r} is read as {header[i]!r}, right behind it.")
    return header


def _stays(table: RawTable, dates: list[int], options: Options, notes: list[str]) -> RawTable:
    """Put a further stay in bed of a row (bed 2, up 2) in a row of its own, below it."""
    said = {*map(normal_header, options.columns)}  # of these the person says what they are
    if not (alike := rows.alike(["" if normal_header(h) in said else h for h in table.header])):
        return table
    shapes = [shape_of(column) for column in table.columns]
    found = meanings(table.header, options.columns, shapes)
    clocks = [at for at in alike if all(shapes[i].clock or shapes[i].kind == "empty" for i in at)]
    groups = {name: at for at in clocks if (name := found.get(at[0])) in CLOCKS}
    ends = [groups.keys() & part for part in (CLOCKS[:3], CLOCKS[3:])]
    if not all(ends) or len({*map(len, groups.values())}) > 1:
        return table
    whole = table.apart([*groups.values()], dates)
    if more := len(whole) - len(table):
        gone = ", ".join(repr(table.header[i]) for at in groups.values() for i in at[1:])
        notes.append(
            f"Columns {gone} hold further stays in bed ({more}), each after the one before it in "
            "its row: pieces of the night or naps."
        )
    return whole


def _undated(table: RawTable) -> int | None:
    """Return the column that is headed as one of dates, in whatever language, if there is one."""
    told = [sense(header, Shape("date")) for header in table.header]
    dates = (i for i, one in enumerate(told) if one and one.role == "date")
    return next((i for i in dates if years.share(table.columns[i], _dayish) >= years.MOSTLY), None)


def _dayish(text: str) -> bool:
    return years.dated(text) or (text.isdecimal() and len(text) < 3 and 1 <= int(text) <= 31)


def range_beside(cells: Iterable[list[str]], headers: list[str]) -> int:
    """Return 1 if some column below headers holds two clock times in a cell; 2: with dates."""
    whole = [row for row in cells if len(row) == len(headers) and not any(map(rows.span, headers))]
    spans = [c for c in zip(*whole, strict=True) if years.share(c, rows.span) >= years.MOSTLY]
    return max((1 + any(map(_YEAR.search, cells)) for cells in spans), default=0)


def _copy(table: RawTable, columns: list[Cells], header: list[str], **roles: str) -> RawTable:
    table = replace(table, skipped=list(table.skipped), renamed=table.renamed | roles)
    return replace(table, header=header, columns=columns)


def _three_columns(table: RawTable, notes: list[str]) -> RawTable:
    """Put the year, if there is one, the month and the day of columns of their own together."""
    keys = list(map(normal_header, table.header))
    heads_of = (parsed.word_lists()[f"head of {part}"] for part in ("year", "month", "day"))
    year, month, day = (next((i for i, k in enumerate(keys) if k in h), None) for h in heads_of)
    at = [i for i in (year, month, day) if i is not None]
    dated = {i for i, name in meanings(table.header, {}).items() if name in DATES} - {*at}
    if month is None or day is None or (year is None and dated):
        return table
    dates = list[str]()
    for *y, m, d in zip(*(map(str.strip, table.columns[i].tolist()) for i in at), strict=True):
        month = years.month_of(m) or m
        whole = f"{y[0]}-{month:0>2}-{d:0>2}" if y else f"{d}.{month}."
        dates.append(whole if any((*y, m, d)) else "")
    if years.share(table.columns[day], str.isdecimal) < years.MOSTLY:
        return table
    parts, kept = [table.header[i] for i in at], [i for i in range(len(keys)) if i not in at]
    notes.append(f"Columns {', '.join(map(repr, parts))} are read as one date.")
    columns = [np.array(dates, dtype=object), *(table.columns[i] for i in kept)]
    header = ["date", *(table.header[i] for i in kept)]
    return _copy(table, columns, header, **dict.fromkeys(parts, "date"))


def _rows_between(table: RawTable, options: Options, notes: list[str], title: str) -> tuple[
    RawTable, str
]:  # fmt: skip
    """Leave out titles, averages and remarks between the rows; return the title that names a year.

    Where the dates are days of months, each month being in a title, they are written out.
    """
    found = meanings(table.header, options.columns)
    likely = [i for i, name in found.items() if name in DATES] or range(len(table.header))
    at = next((i for i in likely if years.share(table.columns[i], _dated) >= _BETWEEN), None)
    column = np.empty(0, object) if at is None else table.columns[at]
    cells = rows.form(column) or column.tolist()
    cells = [] if all(cells) and _DATED.fit(cells) else [*map(str.strip, column.tolist())]
    odd = [i for i, cell in enumerate(cells) if not (_FULL_DATE.match(cell) or _dated(cell))]
    if at is None or not 0 < len(odd) <= len(cells) / 2:
        return table, title
    said = remarks(table, odd)
    for i, text in said.items():
        title = title if _YEAR.search(title) else f"{title} {text}"
        month = next(filter(None, map(years.whole_month, _WORD.findall(text))), None)
        for k in range(i + 1, next((k for k in odd if k > i), len(cells))):
            if month and (day := _day_of_month(cells[k])):
                cells[k] = f"{day}.{month}."
    if said:
        lines = ", ".join(str(int(table.line[i])) for i in list(said)[:3]) + " …" * (len(said) > 3)
        several = f"{len(said)} lines are titles, averages or remarks, no nights"
        notes.append(f"{several if len(said) > 1 else _ONE_LINE}: line {lines}.")
        table = replace(table, columns=list(table.columns))
        table.columns[at] = np.array(cells, dtype=object)
    return table.without_rows(dict.fromkeys(said, "a title, an average or a remark")), title


def _dated(cell: str) -> bool:
    """Whether a cell can be a date, of whatever form."""
    text = cell.strip()
    undated = years.dated(text) and years.months_fit(text)
    return bool(_FULL_DATE.match(text) or undated or _day_of_month(text))


def _weekdays(table: RawTable, options: Options, notes: list[str]) -> tuple[RawTable, Options]:
    """Call a column of weekdays so, lest its header is taken for that of the date."""
    found = meanings(table.header, options.columns)
    header, told = list(table.header), dict(options.columns)
    for i, column in enumerate(table.columns):
        if found.get(i) not in (*DATES, None) or normal_header(header[i]) in told:
            continue
        days = {years.weekday_of(text) for text in column[:200].tolist()} - {None}
        if len(days) > 2 and years.share(column, years.is_weekday_word) >= years.MOSTLY:
            notes.append(f"Column {table.header[i]!r} holds weekdays.")
            if header.count(header[i]) == 1:
                told[header[i]] = "weekday"
            else:
                header[i] = "weekday"
    return _copy(table, list(table.columns), header), replace(options, columns=told)


def _rows_of_sleep(table: RawTable, notes: list[str]) -> RawTable:
    """Take the rows of sleep from a table of all that somebody did, one stretch of time a row."""
    if sum(looks_like_stamps(column) for column in table.columns) < 2:
        return table
    for i, column in enumerate(table.columns):
        kinds = set(column.tolist())
        if not 2 <= len(kinds) <= _MOST_KINDS or max(map(len, kinds)) > _LONGEST_KIND:
            continue
        asleep = {kind for kind in kinds if {"sleep"} <= meanings_of(kind) <= _ASLEEP}
        if asleep and not any(meanings_of(kind) <= _ASLEEP for kind in kinds - asleep):
            rest = [row for row, kind in enumerate(column.tolist()) if kind not in asleep]
            notes.append(f"Column {table.header[i]!r}: only the rows of {sorted(asleep)} are read.")
            table = table.without_rows(dict.fromkeys(rest, "a row of something else than sleep"))
            table.columns[i] = np.full(len(table), "", dtype=object)  # it has said all
            return table
    return table


def _only_weekdays(table: RawTable, options: Options, notes: list[str], title: str) -> RawTable:
    """Date rows of weekdays alone."""
    found = meanings(table.header, options.columns)
    for i, column in enumerate(table.columns):
        of_days = found.get(i) in (*DATES, "weekday", None)
        if of_days and years.share(column, years.is_weekday_word) >= _WEEKDAYS_FROM:
            rest = (c for j, c in enumerate(table.columns) if j != i)
            dated = any(years.share(c, _FULL_DATE.match) >= years.MOSTLY for c in rest)
            if not dated and not years.undated_days(table, found):
                return years.weekdays_dated(table, i, options, notes, title)
    return table


def _two_times(table: RawTable, options: Options, notes: list[str]) -> RawTable:
    """Cut a column of two clock times in a cell in two."""
    found = meanings(table.header, options.columns)
    if len(set(found.values()) & set(CLOCKS)) > 1:
        return table
    for i, column in enumerate(table.columns):
        if years.share(column, rows.span) < years.MOSTLY:
            continue
        if not any(":" in text or re.search(r"\d ?[-–—to]+ ?\d", text) for text in column[:20]):
            continue  # 14/1 is a date
        texts, codes = distinct(column)
        # What is no pair stays whole, so that the row tells of it.
        pairs = [rows.span(text) or (text, "") for text in texts]
        begin, end = (np.array([p[k] for p in pairs], dtype=object)[codes] for k in (0, 1))
        slept = _OF_SLEEP.search(normal_header(table.header[i]))
        names = ("sleep onset", "final wake") if slept else ("into bed", "out of bed")
        notes.append(f"Column {table.header[i]!r} holds two times: read as {' and '.join(names)}.")
        columns = [*table.columns[:i], begin, end, *table.columns[i + 1 :]]
        header = [*table.header[:i], *names, *table.header[i + 1 :]]
        return _copy(table, columns, header, **{table.header[i]: "clock"})
    return table


def _days_of_a_month(table: RawTable, at: int, title: str, notes: list[str]) -> None:
    """Write the days 1, 2, 3 of a sheet for each month as dates, its month being in the title."""
    months = {n for word in re.findall(r"[^\W\d_]{3,}", title) if (n := years.whole_month(word))}
    named = set(re.findall(r"(?<!\d)20[0-4]\d(?!\d)", title))
    if len(months) != 1 or years.share(table.columns[at], _day_of_month) < years.MOSTLY:
        return
    cells = [cell.strip() for cell in table.columns[at].tolist()]
    month, year = months.pop(), named.pop() if len(named) == 1 else ""
    for i, day in enumerate(map(_day_of_month, cells)):
        if day:
            date = f"{year}-{month:02d}-{day:0>2}"
            cells[i] = date if year else cells[i].replace(day, f"{day}.{month}.")
    table.columns[at] = np.array(cells, dtype=object)
    notes.append(f"Column {table.header[at]!r} holds days of the month {year or '?'}-{month:02d}.")


def _day_of_month(text: str) -> str:
    """Return the day of a cell that is one, perhaps beside its weekday: 1, Thu 1, 1 (Do)."""
    found = _DAY.fullmatch(text)
    words = [found["before"], found["behind"]] if found else []
    return found["day"] if found and all(not w or years.is_weekday_word(w) for w in words) else ""


def _numbers(
    table: RawTable, at: int, name: str, options: Options, notes: list[str], assumed: list[str]
) -> Cells:
    """Return stamps for seconds or milliseconds since 1970, dates and times for day numbers."""
    if years.share(table.columns[at], number_like) < years.MOSTLY:
        return table.columns[at]
    texts, codes = distinct(table.columns[at])
    values, header = [number(text) for text in texts], table.header[at]
    if name in DATES and (written := years.six_digits(texts)):
        notes.append(f"Column {header!r} holds dates of six digits: {written[1]}.")
        return np.array(written[0], dtype=object)[codes]
    known = [value for value in values if value is not None]
    if not known or any(v is None and not says_missing(t)
                        for v, t in zip(values, texts, strict=True)):  # fmt: skip
        return table.columns[at]
    low, high = min(known), max(known)
    write: Callable[[float], str]
    for unit, size in (("seconds", 1.0), ("milliseconds", 1000.0)):
        if _SECONDS[0] <= low / size and high / size <= _SECONDS[1]:
            zoned = [years.share(c, diary_clocks.OFFSET.fullmatch) for c in table.columns]
            offsets = [table.header[i] for i, part in enumerate(zoned) if part >= years.MOSTLY]
            utc = "+00:00" if offsets and not options.tz and name in CLOCKS else ""
            if options.tz or offsets:
                how = options.tz or f"the offsets in column {offsets[0]!r}"
                notes.append(f"Column {header!r} holds {unit} since 1970: read as of {how}.")
            else:
                assumed.append(
                    f"Column {header!r} holds {unit} since 1970, which are UTC; clock times are "
                    "given so. Name the zone of the bed: "
                    f"{option('read_diary(...', tz='Europe/Berlin')}."
                )
            write = partial(of_seconds, size=size, tz=options.tz or "", utc=utc)
            break
    else:
        if name in DATES and low >= _FIRST_DAY and high <= _LAST_DAY:
            notes.append(f"Column {header!r} holds day numbers of a spreadsheet: read as dates.")
        elif name in CLOCKS and low >= 0 and high < 1 and any(v % 1 for v in known):
            notes.append(f"Column {header!r} holds shares of a day: read as clock times.")
        elif not (name in CLOCKS and low >= _FIRST_DAY and high <= _LAST_DAY):
            return table.columns[at]
        write = of_days
    out = [text if v is None else write(v) for v, text in zip(values, texts, strict=True)]
    return np.array(out, dtype=object)[codes]
