"""Workbooks, JSON and XML as texts of comma-separated cells, a line for each row or record.

A workbook's date, time, length of time, share or yes/no is written as such, however it looks there;
a formula as the value it had. Values within a record's values are columns of dotted names,
``levels.summary.deep.minutes``. Apple's export is read as a stream: it may exceed the memory.
Seconds since 1970 are written as stamps the same way.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any
from xml.parsers import expat

import numpy as np

from sleepstats.clock import to_wall
from sleepstats.errors import DiaryError, harmless
from sleepstats.reading.text.source import Source

#: A file of more bytes than this shows in a terminal how far it is read.
_BLOCK, _LONG = 1 << 20, 50 << 20
#: How deep values within values are followed; more named lists than this are no tables.
_DEEP, _NAMED = 5, 500
#: A list of at most so many plain values is one cell.
_LISTED = 40
_HEALTH = ("HealthData", "sourceName", "startDate", "endDate", "value", "HKTimeZone")
_SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
#: More rows and columns than a diary has: formatted to the end of the sheet, or no diary. After so
#: many empty rows nothing is expected any more.
_ROWS, _WIDE, _EMPTY_ROWS = 200_000, 1_000, 500
_LATE_H = 30
_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?")


def json_tables(name: str, raw: bytes | str) -> list[Source]:
    """Return each list of records in a JSON document; their first ten are looked at for names."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise DiaryError(
            f"{name}: this is JSON, but cannot be read ({error}). The file may be cut off: export "
            "it again."
        ) from None
    found = list(_lists(document, ()))
    if not found:
        raise DiaryError(f"{name}: this is JSON, but no list of records is in it. Expected one "
                         "record for each night, [{…}, {…}].")  # fmt: skip
    tables = [(".".join(path), _as_text(rows)) for path, rows in found]
    return _sources(name, "json", tables, "{}")


def _sources(name: str, kind: str, tables: list[tuple[str, str]], said: str) -> list[Source]:
    """Return each table by its own name where there are several."""
    alone = len(tables) == 1
    names = [name if alone else f"{name}, {said.format(title)}" for title, _ in tables]
    return [Source(n, text, kind, sheet=t) for n, (t, text) in zip(names, tables, strict=True)]


def _lists(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Find the lists of records, within records and within lists of things that have a name."""
    if len(path) > _DEEP:
        return
    if isinstance(value, Mapping):
        if path == () and not any(isinstance(part, (dict, list)) for part in value.values()):
            yield (), [value]
        for key, part in value.items():
            yield from _lists(part, (*path, str(key)))
    elif isinstance(value, list):
        records = [one for one in value if isinstance(one, Mapping) and one]
        named = all("name" in one for one in records) and len(records) <= _NAMED
        inner = [
            table
            for one in (records if named else [])
            for part in one.values()
            if isinstance(part, list)
            for table in _lists(part, (*path, str(one["name"])))
        ]
        if inner:
            yield from inner
        elif records:
            yield path, records


def _as_text(records: Iterable[Mapping[str, Any]]) -> str:
    rows = [dict(_flat(record, "", 0)) for record in records]
    header = list(dict.fromkeys(key for row in rows for key in row))
    names = [_one_line(key) for key in header]
    return _written([names, *([row.get(key, "") for key in header] for row in rows)])


def _written(rows: Iterable[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _flat(record: Mapping[str, Any], before: str, depth: int) -> Iterator[tuple[str, str]]:
    for key, value in record.items():
        name = f"{before}{key}"
        if isinstance(value, Mapping):
            if depth < _DEEP:
                yield from _flat(value, f"{name}.", depth + 1)
        elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
            if depth < _DEEP and all(isinstance(one, Mapping) and "type" in one for one in value):
                for one in value[:_LISTED]:
                    yield from _flat(one, f"{name}.{one['type']}.", depth + 2)
        elif isinstance(value, list):
            if len(value) <= _LISTED and not any(isinstance(v, list) for v in value):
                yield name, " | ".join(_text(v) for v in value)
        else:
            yield name, _text(value)


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    return value.replace("\r", " ").replace("\n", " ") if isinstance(value, str) else str(value)


def of_seconds(value: float, size: float, tz: str, utc: str) -> str:
    """Write seconds, or parts of which ``size`` make one, since 1970 as a stamp of a zone."""
    stamp = np.datetime64(round(value / size), "s").astype("M8[us]")
    stamp = to_wall(np.array([stamp]), tz)[0] if tz else stamp
    return str(stamp.astype("M8[s]")).replace("T", " ") + utc


def _blocks(name: str, stream: IO[bytes]) -> Iterator[bytes]:
    """Read a file block by block, and show in a terminal how far it is read if it is long."""
    size = done = shown = 0
    if stream.seekable():
        size = stream.seek(0, 2)
        stream.seek(0)
    while block := stream.read(_BLOCK):
        yield block
        done += len(block)
        if size < _LONG or not sys.stderr.isatty():
            continue
        if done >= size:
            sys.stderr.write("\r\x1b[K")
        elif (now := 100 * done // size) > shown:
            shown = now
            sys.stderr.write(f"\r\x1b[KReading {harmless(name, lines=False)}: {now} %")
        sys.stderr.flush()


def health_table(name: str, stream: IO[bytes]) -> Source:
    """Return the sleep records of Apple's ``export.xml``; all else, nearly all of it, passes by."""
    rows: list[list[str]] = []
    inside: list[str] | None = None
    others = 0

    def start(tag: str, given: dict[str, str]) -> None:
        nonlocal inside, others
        if tag == "Record":
            others += 1
            inside = None
            if given.get("type") == _SLEEP:
                inside = [given.get(key, "") for key in ("type", *_HEALTH[1:-1])] + [""]
                rows.append(inside)
        elif tag == "MetadataEntry" and inside is not None and given.get("key") == "HKTimeZone":
            inside[-1] = given.get("value", "")

    def refuse(*_: Any) -> None:
        raise DiaryError(f"{name}: declares entities, which no health export does: not read.")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EntityDeclHandler = refuse
    try:
        for block in _blocks(name, stream):
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise DiaryError(
            f"{name}, line {error.lineno}: this XML cannot be read "
            f"({expat.errors.messages[error.code]}). The file may be cut off: export it again."
        ) from None
    if not rows:
        raise DiaryError(
            f"{name}: {others} records of Apple Health, none of them of sleep. Sleep is in it when "
            "a watch or an app recorded any and may write to Health."
        )
    told = f"{len(rows):,} of the {others:,} records of this export are of sleep."
    return Source(name, _written([list(_HEALTH), *rows]), "xml", notes=(told,))


def sheets_of(name: str, raw: bytes, kind: str) -> list[Source]:
    """Return each sheet that holds anything; its hidden state does not matter."""
    try:
        sheets = list(_xlsx(raw) if kind == "xlsx" else _ods(raw))
    except ImportError as error:
        raise DiaryError(
            f"{name}: reading a workbook needs the package {error.name!r}, which is not installed: "
            f"python -m pip install {error.name}. Or in the spreadsheet choose Save as, CSV."
        ) from None
    except DiaryError as error:
        raise DiaryError(f"{name}: {error}") from None
    except Exception as error:
        raise DiaryError(
            f"{name}: this workbook cannot be opened ({type(error).__name__}). It may be damaged "
            "or locked with a password: save it again without one, or as CSV."
        ) from None
    texts = [(title, _rows_as_text(rows)) for title, rows in sheets]
    if full := [(title, text) for title, text in texts if text.strip(", \n")]:
        return _sources(name, kind, full, "sheet {!r}")
    raise DiaryError(f"{name}: no sheet of this workbook holds anything.")


def _xlsx(raw: bytes) -> Iterator[tuple[str, list[list[str]]]]:
    import warnings

    from openpyxl import load_workbook

    with warnings.catch_warnings():  # of styles and forms that are not understood
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # other programs write them wrong
            rows: list[list[str]] = []
            blank = 0
            for row in sheet.iter_rows(max_col=_WIDE):
                cells = ["" if c.value is None else _cell(c.value, c.number_format) for c in row]
                blank = 0 if any(cells) else blank + 1
                rows.append(cells)
                if blank > _EMPTY_ROWS or len(rows) > _ROWS:
                    break
            yield sheet.title, rows


def _cell(value: Any, look: str = "") -> str:
    """Write a cell's value; its number format tells a date without time, and a share."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return _stamp(value, timed=_shows_hours(look))
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return _clock(value.hour * 3600 + value.minute * 60 + value.second, value.microsecond)
    if isinstance(value, dt.timedelta):
        return _clock(value.total_seconds(), days=True)
    if isinstance(value, (int, float)):
        return f"{_number(value * 100)}%" if "%" in look else _number(value)
    text = str(value)
    return "" if text.startswith("#") and text.rstrip("!?").isupper() else _one_line(text)


def _shows_hours(look: str) -> bool:
    """Tell whether a number format shows hours; what is in quotes or brackets does not count."""
    return "h" in re.sub(r'"[^"]*"|\[\$[^\]]*\]|\\.', "", look).casefold()


def _stamp(value: dt.datetime, *, timed: bool) -> str:
    value = (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
    if value.year < 1901:  # a time of more than a day, or beside the first day there is
        return _clock(value.hour * 3600 + value.minute * 60 + value.second)
    look = "%Y-%m-%d %H:%M:%S" if timed or value.time() != dt.time() else "%Y-%m-%d"
    return value.strftime(look)


def _clock(seconds: float, micro: int = 0, *, days: bool = False) -> str:
    """Write H:MM, with seconds where there are any; a length may have more than a day."""
    total = round(seconds + micro / 1e6)
    sign = "-" if total < 0 else ""
    hour, rest = divmod(abs(total), 3600)
    if days and 24 <= hour < _LATE_H:  # 24:10 is ten past midnight: no sleep is as long
        hour, days = hour - 24, False
    minute, second = divmod(rest, 60)
    shown = f"{sign}{hour}:{minute:02d}" if days else f"{hour % 24:02d}:{minute:02d}"
    return shown + (f":{second:02d}" if second else "")


def _number(value: float) -> str:
    """Write a number as a spreadsheet shows it, without the noise of binary fractions."""
    text = f"{value:.12g}"
    return text if "e" not in text else repr(value)


def _ods(raw: bytes) -> Iterator[tuple[str, list[list[str]]]]:
    from odf import opendocument, table

    book = opendocument.load(io.BytesIO(raw))
    for sheet in book.spreadsheet.getElementsByType(table.Table):
        rows: list[list[str]] = []
        blank = 0
        for row in sheet.getElementsByType(table.TableRow):
            cells: list[str] = []
            for cell in row.childNodes:
                times = int(cell.getAttribute("numbercolumnsrepeated") or 1)
                cells += [_ods_cell(cell)] * min(times, _WIDE - len(cells))
            times = int(row.getAttribute("numberrowsrepeated") or 1)
            empty = not any(cells)
            rows += [cells] * min(times, _EMPTY_ROWS + 1 if empty else _ROWS + 1 - len(rows))
            blank = blank + times if empty else 0
            if blank > _EMPTY_ROWS or len(rows) > _ROWS:
                break
        yield str(sheet.getAttribute("name")), rows


def _ods_cell(cell: Any) -> str:
    """Write a cell of an OpenDocument sheet, whose values carry their kind."""
    kind = cell.getAttribute("valuetype")
    if kind == "date":
        return str(cell.getAttribute("datevalue")).replace("T", " ")
    if kind == "time" and (found := _DURATION.fullmatch(str(cell.getAttribute("timevalue")))):
        hour, minute, second = (int(part or 0) for part in found.groups())
        return _clock(hour * 3600 + minute * 60 + second, days=hour > 23)
    if kind == "boolean":
        return "yes" if str(cell.getAttribute("booleanvalue")) == "true" else "no"
    if kind in ("float", "currency", "percentage"):
        return _cell(float(cell.getAttribute("value")), "%" if kind == "percentage" else "")
    from odf import teletype

    return _one_line(" ".join(teletype.extractText(part) for part in cell.childNodes
                              if part.qname[1] == "p"))  # fmt: skip


def _one_line(text: str) -> str:
    return " ".join(text.split()) if "\n" in text or "\r" in text else text.strip()


def _rows_as_text(rows: Iterable[list[str]]) -> str:
    """Write rows as lines; empty columns at the left and right, and rows at the end, go."""
    kept = list(rows)
    while kept and not any(kept[-1]):
        kept.pop()
    full = [i for row in kept for i, cell in enumerate(row) if cell]
    first, last = (min(full), max(full) + 1) if full else (0, 0)
    return _written((row + [""] * (last - len(row)))[first:last] for row in kept)
