"""Sheets of a workbook (.xlsx, .ods) as texts of comma-separated cells, a line for each row.

A cell that is a date, a time, a length of time, a share or yes/no is written as such, whatever it
looks like in the spreadsheet; a formula as the value it had when the workbook was saved.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

from sleepstats.errors import DiaryError
from sleepstats.reading.text.source import Source

#: More rows and columns than a diary has: formatted to the end of the sheet, or no diary.
_ROWS, _WIDE = 200_000, 1_000
#: Empty rows and columns in a row after which nothing is expected any more.
_EMPTY_ROWS = 500
_LATE_H = 30
_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?")


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
    texts = [(title, _as_text(rows)) for title, rows in sheets]
    full = [(title, text) for title, text in texts if text.strip(", \n")]
    if not full:
        raise DiaryError(f"{name}: no sheet of this workbook holds anything.")
    alone = len(full) == 1
    return [
        Source(name if alone else f"{name}, sheet {title!r}", text, kind, sheet=title)
        for title, text in full
    ]


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
                cells = [
                    _cell(c.value, c.number_format) if c.value is not None else "" for c in row
                ]
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
        return _stamp(value, timed=_has(look, "h"))
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return _clock(value.hour * 3600 + value.minute * 60 + value.second, value.microsecond)
    if isinstance(value, dt.timedelta):
        return _clock(value.total_seconds(), days=True)
    if isinstance(value, (int, float)):
        if "%" in look:
            return f"{_number(value * 100)}%"
        return _number(value)
    text = str(value)
    return "" if text.startswith("#") and text.rstrip("!?").isupper() else _one_line(text)


def _has(look: str, letter: str) -> bool:
    """Tell whether a number format shows hours; what stands in quotes or brackets does not count.

    >>> _has('dd/mm/yyyy', "h"), _has('[$-409]m/d/yy h:mm AM/PM;@', "h"), _has('d" heures"', "h")
    (False, True, False)
    """
    return letter in re.sub(r'"[^"]*"|\[\$[^\]]*\]|\\.', "", look).casefold()


def _stamp(value: dt.datetime, *, timed: bool) -> str:
    value = (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
    midnight = value.time() == dt.time()
    if value.year < 1901:  # a time of more than a day, or beside the first day there is
        return _clock(value.hour * 3600 + value.minute * 60 + value.second)
    return f"{value:%Y-%m-%d}" if midnight and not timed else f"{value:%Y-%m-%d %H:%M:%S}"


def _clock(seconds: float, micro: int = 0, *, days: bool = False) -> str:
    """Write H:MM, with seconds where there are any; a length may have more than a day."""
    total = round(seconds + micro / 1e6)
    sign = "-" if total < 0 else ""
    hour, rest = divmod(abs(total), 3600)
    if days and 24 <= hour < _LATE_H:  # 24:10 is ten past midnight: no sleep is as long
        hour, days = hour - 24, False
    minute, second = divmod(rest, 60)
    shown = (
        f"{sign}{hour if days else hour % 24}:{minute:02d}"
        if days
        else (f"{hour % 24:02d}:{minute:02d}")
    )
    return shown + (f":{second:02d}" if second else "")


def _number(value: float) -> str:
    """Write a number as a spreadsheet shows it, without the noise of binary fractions.

    >>> _number(7.0), _number(0.1 + 0.2), _number(46028)
    ('7', '0.3', '46028')
    """
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
    if kind in ("float", "currency"):
        return _number(float(cell.getAttribute("value")))
    if kind == "percentage":
        return f"{_number(float(cell.getAttribute('value')) * 100)}%"
    from odf import teletype

    return _one_line(" ".join(teletype.extractText(part) for part in cell.childNodes
                              if part.qname[1] == "p"))  # fmt: skip


def _one_line(text: str) -> str:
    return " ".join(text.split()) if "\n" in text or "\r" in text else text.strip()


def _as_text(rows: Iterable[list[str]]) -> str:
    """Write rows as lines; empty columns at the left and right, and rows at the end, go."""
    kept = list(rows)
    while kept and not any(kept[-1]):
        kept.pop()
    full = [i for row in kept for i, cell in enumerate(row) if cell]
    if not full:
        return ""
    first, last = min(full), max(full) + 1
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        (row + [""] * (last - len(row)))[first:last] for row in kept
    )
    return out.getvalue()
