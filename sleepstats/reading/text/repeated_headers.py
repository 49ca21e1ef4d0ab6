"""Files in which a header of its own stands above every record, as wide as that record."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from sleepstats.errors import DiaryError
from sleepstats.reading.text.raw_table import LONGEST_CELL_LINES, RawTable
from sleepstats.reading.text.source import Source, normal_header

_READING = re.compile(r"(?:-?\d+(?:[.,]\d+)?(?:E-?\d+)?)?", re.ASCII)


@dataclass
class _Records:
    """Data rows by column name, the lines they stand on, and the lines that are no rows."""

    rows: list[dict[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    header: dict[str, str] = field(default_factory=dict)
    short: dict[int, int] = field(default_factory=dict)
    longest: int = 0


def read_records(
    source: Source, delimiter: str, known: Sequence[str], is_header: Callable[[list[str]], bool]
) -> RawTable:
    """Pair every data line with the header above it, keeping the known columns."""
    records = _split(source.text, delimiter, csv.QUOTE_MINIMAL, known, is_header)
    if records.longest > LONGEST_CELL_LINES or not records.header:  # a quote that was never closed
        records = _split(source.text, delimiter, csv.QUOTE_NONE, known, is_header)
    if not records.header:
        raise DiaryError(
            f"{source.name}: the header stands inside quotes that run over "
            "several lines. Export the file again."
        )
    header = [name for name in known if name in records.header]
    columns = []
    for name in header:
        cells = np.empty(len(records.rows), dtype=object)
        cells[:] = [row.get(name, "") for row in records.rows]
        columns.append(cells)
    written = [records.header[name] for name in header]
    line = np.array(records.lines, dtype=np.int64)
    return RawTable(source.name, written, columns, line, records.skipped, records.short)


def _split(
    text: str,
    delimiter: str,
    quoting: Literal[0, 3],
    known: Sequence[str],
    is_header: Callable[[list[str]], bool],
) -> _Records:
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting)
    out = _Records()
    names: list[str] = []
    places: list[int] = []
    seen: list[str] = []
    begin, after_data = 1, False
    for row in reader:
        if quoting == csv.QUOTE_NONE:
            row = [cell.strip().strip('"') for cell in row]
        if not row or (not row[0].strip() and not "".join(row).strip()):
            out.skipped.append((begin, "blank line"))
        elif row[: len(known)] == seen or is_header(row):
            if row[: len(known)] != seen:
                keys = [normal_header(cell) for cell in row]
                places = [i for i, key in enumerate(keys) if key in known and key not in keys[:i]]
                names = [keys[i] for i in places]
                out.header |= {keys[i]: row[i].strip() for i in places}
                seen = row[: len(known)] if places[-1] < len(known) else []
            out.skipped.append((begin, "header" if not out.rows else "header repeated"))
            after_data = False
        elif after_data and all(_READING.fullmatch(cell.strip()) for cell in row[: len(known)]):
            out.skipped.append((begin, "noise readings of the record above"))
        elif not places:
            out.skipped.append((begin, "above the first header"))
        else:
            if len(row) <= places[-1]:
                out.short[len(out.rows)] = len(row)
                row = row + [""] * (places[-1] + 1 - len(row))
            out.rows.append(dict(zip(names, [row[i] for i in places], strict=True)))
            out.lines.append(begin)
            out.longest = max(out.longest, reader.line_num - begin)
            after_data = True
        begin = reader.line_num + 1
    return out
