"""A list of habits of one's own, which knows nothing of sleep.

It goes with the nights of another file. A date is that of the day before the night, if neither its
header nor another one says otherwise; a time of the small hours beside it belongs to the evening
before. Where a day has several rows, amounts are added up and ratings averaged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.columns import CLOCKS, RECORD, column_of
from sleepstats.errors import DiaryError, option
from sleepstats.reading import cells, words
from sleepstats.reading.formats.daylio import by_time
from sleepstats.reading.formats.diary import HEADER_WITHIN, SLEEP, put_habits, shapes_below
from sleepstats.reading.nights import Claim, Draft, Format, Options, Preview, entries, roles
from sleepstats.reading.nights.dates_left_open import calendar_days
from sleepstats.reading.nights.own_writing import range_beside, spelled_out
from sleepstats.reading.nights.tracker import read_days, read_together
from sleepstats.reading.nights.which_evening import MEANS
from sleepstats.reading.nights.years import MOSTLY, dated, share
from sleepstats.reading.text import DELIMITERS, Source, read_table
from sleepstats.reading.words.shapes import shape_of

_DAY = np.timedelta64(1, "D")
#: Units and words of columns that add up over a day.
_ADDS_UP = ("mg", "mcg", "g", "ml", "cl", "iu", "min", "h", "cups", "drinks", "glasses", "count",
            "units", "amount", "dose", "steps", "km")  # fmt: skip


def _recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a table with a date and other columns, the dates of which can be read."""
    for number in range(1, min(len(preview.lines), HEADER_WITHIN) + 1):
        for delimiter in DELIMITERS:
            headers = preview.cells(number, delimiter)
            if not any(headers[1:]):  # a title: Habits in the evening
                continue
            found = words.meanings(headers, options.columns)
            if not headers[0]:  # an index without a name
                shapes = shapes_below(preview, number, delimiter, len(headers))
                found = found | {0: words.PLAIN_DATE} if shapes[0].kind == "date" else {}
            elif set(words.DATES).isdisjoint(found.values()) and any(
                map(words.meanings_of, headers)
            ):
                found = _date_of(headers, shapes_below(preview, number, delimiter, len(headers)))
            at = next((i for i, name in found.items() if name in words.DATES), None)
            if at is None:
                continue
            below = [preview.cells(n, delimiter) for n in range(number + 1, len(preview.lines) + 1)]
            # 05.01.2026 alone could be a number with points between its thousands
            dates = [row[at].replace(".", "/") for row in below
                     if len(row) == len(headers) and row[at]]  # fmt: skip
            if dates and (
                cells.kind_of_cells(dates) in ("date", "stamp") or share(dates, dated) >= MOSTLY
            ):
                why = f"line {number} has a date ({headers[at]!r}) and no sleep"
                shapes = shapes_below(preview, number, delimiter, len(headers))
                found = words.meanings(headers, options.columns, shapes)
                told = not options.columns.keys().isdisjoint(headers)
                nights = told or _has_nights(headers, found, shapes, below)
                return Claim(15 if nights else _NO_NIGHTS, number, delimiter, why)
    return None


#: More than a diary claims; what is said of anything that takes time; where nights lie, in minutes.
_NO_NIGHTS, _OF_ANYTHING = 61, {"length", "begin", "end", "times", "opaque", "heart", "date"}
_EVENING, _AFTERNOON, _MORNING = 17 * 60, 14 * 60, 6 * 60
_NIGHT = ((3, 14), (180, 840), (10_800, 50_400))


def _has_nights(
    headers: list[str], found: Mapping[int, str], shapes: list[words.Shape], rows: list[list[str]]
) -> bool:
    """Whether a start, an end or a length without a word of sleep can be those of nights."""
    named = {name: i for i, name in found.items() if name in SLEEP}
    if not named:  # with what stands below it no header is of sleep, but two times in a cell may be
        return any(text[:1].isdigit() for text in headers) or bool(range_beside(rows, headers))
    if any(words.meanings_of(headers[i]) - _OF_ANYTHING for i in named.values()):
        return True
    begin, end = (
        next((shapes[named[name]] for name in part if name in named), None)
        for part in (CLOCKS[:3], CLOCKS[3:])
    )
    by_day = begin is not None and _MORNING <= begin.middle < _EVENING
    if begin and by_day and (not begin.either if end is None else end.high >= _AFTERNOON):
        return False  # a start and a length, or an end by day: of work, of a lesson
    for name, i in named.items():
        habit = words.sense(headers[i - 1], words.Shape()) if i else None
        if name in CLOCKS or (
            habit and habit.role == "habit" and cells.clocks.asks_how_much(headers[i])
        ):
            continue  # Walk, Duration
        texts = np.array([row[i] for row in rows if len(row) == len(headers)], dtype=object)
        lengths = cells.read_durations(texts, unit=None).values
        middle = float(np.nanmedian(lengths)) if np.isfinite(lengths).any() else np.nan
        if any(least <= middle <= most for least, most in _NIGHT):
            return True
    if begin is None or end is None:
        return begin is not None or end is not None
    halves = 720.0 if max(begin.high, end.high) < _AFTERNOON else 1440.0  # a clock of twelve hours
    span = (end.middle - begin.middle) % halves
    late = halves < 1440.0 or not _MORNING <= begin.middle < _EVENING
    return bool(np.isnan(span) or (late and 180.0 <= span <= 840.0))


def _date_of(headers: list[str], shapes: list[words.Shape]) -> dict[int, str]:
    """Return the first column of dates, whose header says so in whatever language."""
    for i, (header, shape) in enumerate(zip(headers, shapes, strict=True)):
        meant = words.sense(header, shape)
        if meant and meant.role == "date" and meant.column in words.DATES:
            return {i: meant.column}
    return {}


def _read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read a list of habits."""
    table, options, notes, assumed = spelled_out(
        read_table(source, claim.header_line, claim.delimiter), options
    )
    found = words.meanings(table.header, options.columns)
    found = {i: name for i, name in found.items() if name not in SLEEP or table.header[i] in
             options.columns}  # fmt: skip
    if not table.header[0]:
        found[0] = words.PLAIN_DATE
    elif set(words.DATES).isdisjoint(found.values()):
        found |= _date_of(table.header, [shape_of(column) for column in table.columns])
    at = next((i for i, name in found.items() if name in words.DATES), None)
    if at is None:
        raise DiaryError(
            f"{source.name}, line {claim.header_line}: no column of dates in "
            f"{', '.join(map(repr, table.header[:5]))}. A header in quotes as a whole is one cell: "
            "save the table as CSV again, or name its dates 'date'."
        )
    draft = Draft(
        table, FORMAT.name, claim.why, np.full(len(table), "NaT", "M8[D]"), role="evenings",
        options=options,
    )  # fmt: skip
    if not len(table):
        return draft
    draft.night, used = _evenings(draft, at, found)
    order = by_time(draft, used)
    for i, why in words.turned.of_the_day_after(table.header, draft.labels, set()):
        if (
            words.sense(table.header[i], words.Shape()) or words.turned.Sense("habit")
        ).role == "habit":
            found.pop(i, None)
            draft.sense[table.header[i]] = words.turned.Sense("morning", why=why)
    put_habits(draft, {i: n for i, n in found.items() if i not in used}, options, without=used)
    _of_the_day(draft)
    _once_a_day(draft, order)
    if draft.labels == "calendar":
        draft.evenings = calendar_days(draft)
    draft.notes[:0] = notes
    draft.assumed += assumed
    if options.labels == "auto":
        _tell_days(draft, table.header[at], found[at])
    return draft


def _label(draft: Draft, header: str, kind: str) -> str:
    """Return what the dates name, as the person, their header or others say; else the day.

    Who asks of yesterday, or of wine last night, fills in the row on the morning after.
    """
    if (rule := draft.options.labels) == "auto":
        said = (words.dates_said([header], header) or ("",))[0] if kind != words.FILLED_IN else ""
        back = (
            said != "evening" and kind != words.EVENING_DATE and any(map(_back, draft.table.header))
        )
        rule = "morning" if kind == words.MORNING_DATE or said == "morning" or back else said
    return rule if rule in ("morning", "calendar") else "evening"


def _back(header: str) -> bool:
    return words.before_date(header) == "day"


def _tell_days(draft: Draft, header: str, kind: str) -> None:
    """Say what the dates are taken for, and what they leave open."""
    if draft.labels != "evening":
        back = next(filter(_back, draft.table.header), "")
        why = f", as {back!r} is asked" if back else ""
        other = option(labels="evening")
        (draft.assumed if back else draft.notes).append(
            f"Column {header!r} is read as {MEANS[draft.labels]}{why}. If it is the evening before "
            f"the night: {other}."
        )
        return
    if kind in (words.PLAIN_DATE, words.FILLED_IN):
        draft.readings = ("morning",)
    draft.notes.append(
        f"Column {header!r} is taken for the day before the night. If it names the morning after: "
        f"{option(labels='morning')}."
    )
    named = {n: str(told.get("header", n)) for n, told in draft.told.items()}
    when = {n: draft.told[n].get("when") or column_of(None, n).when for n in named}
    risen = dict.fromkeys(named[n] for n, part in when.items() if part == "morning")
    if listed := ", ".join(repr(h) for h in risen if not words.turned.AFTER.search(h.casefold())):
        draft.assumed.append(
            f"{listed}: read as of the morning after the evening that {header!r} names. If of the "
            f"morning of that date: {option(labels='calendar')}."
        )


def two_rules(nights: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Say so where one date is another night in each of two files, and both rules are guesses."""
    one, two = nights.get("labels"), other["labels"]
    if {one, two} != {"morning", "evening"} or not (nights.get("readings") and other["readings"]):
        return ""
    return (
        f"its dates are taken for the {two}, those of {nights['file']} for the {one}: the same "
        f"date is two different nights, and neither file says so. If both name the same: "
        f"{option('join_evenings(...', labels=str(one))} or {option('read_diary(...', labels=two)}."
    )


def dated_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a person's frame by its dates, in order: of its index, else of its column of dates."""
    if frame.attrs.get(RECORD) or len(frame) == 0:
        return frame
    dated = pd.api.types.is_datetime64_any_dtype
    if not dated(frame.index.dtype):
        at = next((i for i, name in words.meanings([str(c) for c in frame.columns], {}).items()
                   if name in words.DATES), None)  # fmt: skip
        if at is None:
            at = next((i for i, d in enumerate(frame.dtypes) if dated(d)), None)
        days = frame.index if at is None else frame.iloc[:, at]
        if at is None and not all(isinstance(day, (str, dt.date)) for day in days):
            return frame
        known = pd.to_datetime(days, format="ISO8601", errors="coerce")
        if pd.isna(known).any():
            wrong = next(iter(pd.Series(days)[pd.isna(known)]))
            raise DiaryError(
                f"join_evenings() got a frame in which {wrong!r} is no date: expected 2026-01-31."
            )
        frame = frame.drop(columns=[] if at is None else [frame.columns[at]])
        frame = frame.set_axis(pd.DatetimeIndex(known))
    index = pd.DatetimeIndex(frame.index).tz_localize(None)
    frame = frame.set_axis(index.normalize().astype("datetime64[us]"))
    return frame[~frame.index.duplicated(keep="last")].sort_index(kind="stable")


def _evenings(draft: Draft, at: int, found: dict[int, str]) -> tuple[np.ndarray, set[int]]:
    """Return the evening of each row, and the columns that date it."""
    table = draft.table
    dates = {i for i, name in found.items() if name in words.DATES or name == "weekday"}
    stamps = {i for i, column in enumerate(table.columns) if cells.kind_of_cells(column) == "stamp"}
    if at in stamps:
        ((stamp, _),) = read_together(draft, [at])
        day = stamp.astype("M8[D]")
        minutes = (stamp - day) / np.timedelta64(1, "m")
        # Midnight to the minute is a date without a time.
        day = entries.entry_evening(day, np.where(minutes == 0, 720.0, minutes))
        for i in np.flatnonzero(np.isnat(day)).tolist():
            draft.refused[i] = f"column {table.header[at]!r} names no day that can be read."
    else:
        day = read_days(draft, at)
    rest = sorted(stamps - {at})
    if rest:
        names = ", ".join(repr(table.header[i]) for i in rest)
        draft.notes.append(f"Columns not used, as they hold dates: {names}.")
    draft.labels = _label(draft, table.header[at], found[at])
    day = day - _DAY * (draft.labels != "evening")
    return day, {at, *dates, *stamps}


def _of_the_day(draft: Draft) -> None:
    """Take for a habit what a diary would leave aside: here a date names a day, and no night."""
    for told in (one for one in draft.told.values() if one.keys() >= {"header", "kind"}):
        meant = draft.sense.get(told["header"]) if told["kind"] == "control" else None
        if meant and meant.role == "aside" and meant != roles.EITHER:
            del told["kind"]
            why = "a list of habits is of the days it names"
            draft.sense[told["header"]] = replace(meant, role="habit", why=why)


def _once_a_day(draft: Draft, order: np.ndarray | None) -> None:
    """Sum up the rows of a day that has several, in their order."""
    days = draft.night[~np.isnat(draft.night)]
    if len(np.unique(days)) == len(days):
        return
    how = {}
    # As many rows also where no column could be taken.
    columns = {name: pd.Series(values) for name, values in draft.columns.items()}
    frame = pd.DataFrame(columns, index=range(len(draft.night)))
    for name in frame.columns:
        if pd.api.types.is_bool_dtype(frame[name].dtype):
            how[name] = "max"
        elif pd.api.types.is_numeric_dtype(frame[name].dtype):
            how[name] = "sum" if set(name.split("_")) & set(_ADDS_UP) else "mean"
        else:
            how[name] = "last"
    rows = np.arange(len(frame)) if order is None else order
    grouped = frame.iloc[rows].groupby(draft.night[rows].astype("M8[us]"))
    parts = {
        name: grouped[name].sum(min_count=1) if one == "sum" else grouped[name].agg(one)
        for name, one in how.items()
    }
    draft.evenings = pd.DataFrame(parts)
    means = [name for name, one in how.items() if one == "mean"]
    sums = [name for name, one in how.items() if one == "sum"]
    draft.notes.append(
        f"{len(days)} rows of {len(np.unique(days))} days: yes where any row of a day says yes"
        + (f"; added up: {', '.join(sums)}" if sums else "")
        + (f"; averaged: {', '.join(means)}" if means else "")
        + ("; of texts the last in the file." if order is None else "; of texts the latest.")
    )


FORMAT = Format(
    name="habits",
    product="List of habits (a table of your own without sleep)",
    recognised_by="a column of dates beside other columns, none of them of sleep",
    gives="no sleep: joined to the nights of another file, every column as a habit of the day "
    "before",
    recognise=_recognise,
    read=_read,
    last_resort=True,
)
