"""Lines to cells: what a quote encloses, and which quote encloses nothing.

A cell in quotes may hold delimiters and line breaks. A quote that is only text (a ditto mark, a
note that begins with one) looks the same until it is closed, and would take the rows below it in.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import repeat, zip_longest
from typing import Any

import numpy as np

from sleepstats.arrays import Ints

DELIMITERS = ",;\t|"
#: A quoted cell longer than this many lines is an opened quote that was never closed.
LONGEST_CELL_LINES = 50
#: The shapes of rows are taken from so many lines and columns.
_SAMPLED, _COLUMNS_SAMPLED = 2000, 30
#: A header that is broken into lines is looked for in so many; it holds no date.
_TOP_LINES, _DATE = 30, re.compile(r"\d{4}[-/.]\d|\d[-/.]\d{1,2}[-/.]\d")
_BREAK, _QUOTE = ord("\n"), ord('"')
#: Cells whose quotes have blanks around them, and, of a text without such quotes, in single ones.
_SET_OFF = re.compile(r'(?m)(^|[,;\t|]) *"((?:[^"\n]|"")*)" *(?=[,;\t|]|$)')
_SINGLE = re.compile(r"(?m)(^|[,;\t|]) *'([^'\n]*)' *(?=[,;\t|]|$)")
DIGITS, LETTERS = re.compile(r"\d+"), re.compile(r"[^\W\d_]+")


def lines_of(text: str) -> list[str]:
    """Return the lines of a text; nothing follows the last line break."""
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return lines


def one_line_header(text: str) -> str:
    """Bring quotes to ends of cells, a header with line breaks onto one line; blank ones follow."""
    if '"' not in text:
        return _SINGLE.sub(r'\1"\2"', text) if "'" in text else text
    if ' "' in text or '" ' in text:
        text = _SET_OFF.sub(r'\1"\2"', text)
    *top, below = text.split("\n", _TOP_LINES)
    first = next((i for i, line in enumerate(top) if line.count('"') % 2), len(top))
    last, open_now = first, True
    while open_now and (last := last + 1) < len(top):
        open_now = top[last].count('"') % 2 == 0
    header, rows = " ".join(top[first : last + 1]), [row for row in top[last + 1 :] if row.strip()]
    if open_now or not rows or _DATE.search(header):
        return text
    for delimiter in DELIMITERS:
        try:
            width = len(next(csv.reader([header], delimiter=delimiter, strict=True)))
        except csv.Error:
            continue
        above, under = (
            [len(split_line(row, delimiter)) == width for row in part]
            for part in (top[:first], rows)
        )
        if width > 1 and not any(above) and 2 * sum(under) > len(under):
            top[first : last + 1] = [header, *[""] * (last - first)]
            return "\n".join([*top, below])
    return text


def csv_rows(text: str, delimiter: str) -> Any:
    """Return the ``csv`` module's reader of a text; no cell is too long for it."""
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    return csv.reader(io.StringIO(text), delimiter=delimiter)


def split_line(line: str, delimiter: str) -> list[str]:
    """Split one line into stripped cells, quotes respected; one that nothing closes is text."""
    if '"' not in line:
        return list(map(str.strip, line.split(delimiter)))
    csv.field_size_limit(max(csv.field_size_limit(), len(line) + 1))
    try:
        for row in csv.reader([line], delimiter=delimiter, strict=True):
            return [cell.strip() for cell in row]
    except csv.Error:  # the quote is opened and never closed, or closed within the cell
        pass
    cells, opened = split_open_line(line, delimiter)
    if opened:
        return [cell.strip() for cell in cells]
    for row in csv.reader([line], delimiter=delimiter):
        return [cell.strip() for cell in row]
    return []


def split_each(lines: list[str], delimiter: str) -> list[list[str | None]]:
    """Split each line by itself, and return the cells by column: None where a line has none."""
    text = delimiter.join(lines)
    cuts = {*map(str.count, lines, repeat(delimiter))}
    if len(cuts) > 1 or '"' in text:
        return by_column([split_line(line, delimiter) for line in lines])
    cells: list[str | None] = [*map(str.strip, text.split(delimiter))]
    width = cuts.pop() + 1
    return [cells[i::width] for i in range(width)]


def by_column(rows: Iterable[Sequence[str]]) -> list[list[str | None]]:
    """Return the cells of rows by column: None where a row has none."""
    return [*map(list, zip_longest(*rows))]


def split_open_line(line: str, delimiter: str) -> tuple[list[str], list[int]]:
    """Split a line by itself; return its cells, and which begin with a quote that is only text.

    A quote opens a cell only where another closes it, before a delimiter or the end of the line.
    A cell that is such a quote and nothing else (a ditto mark) is blank.
    """
    if not line.startswith('"') and f'{delimiter}"' not in line:
        return line.split(delimiter), []
    cells: list[str] = []
    opened: list[int] = []
    at, length = 0, len(line)
    while at <= length:
        quoted = line.startswith('"', at)
        alone = line.startswith(delimiter, at + 1)
        shut = _closing_quote(line, at + 1) if quoted and not alone else -1
        if shut >= 0 and (shut + 1 == length or line.startswith(delimiter, shut + 1)):
            cells.append(line[at + 1 : shut].replace('""', '"'))
            at = shut + 2
            continue
        end = line.find(delimiter, at)
        end = length if end < 0 else end
        if quoted:
            opened.append(len(cells))
        cells.append(line[at:end].strip().strip('"') if quoted else line[at:end])
        at = end + 1
    return cells, opened


def _closing_quote(line: str, at: int) -> int:
    """Return where the first quote stands that is not doubled, or -1."""
    while (shut := line.find('"', at)) >= 0 and line.startswith('"', shut + 1):
        at = shut + 2
    return shut


@dataclass
class SplitRows:
    """Rows of cells, the line on which each begins (from 0), and what quotes did to them."""

    rows: list[list[str]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    #: Row -> places of the cells that begin with a quote which nothing closes.
    opened: dict[int, list[int]] = field(default_factory=dict)
    #: First and last line of rows of several lines, from 0.
    several: list[tuple[int, int]] = field(default_factory=list)

    def skipped(self, first_line: int) -> list[tuple[int, str]]:
        """Account for the lines that begin no row."""
        return inside_of((first_line + first, first_line + last) for first, last in self.several)


def inside_of(several: Iterable[tuple[int, int]]) -> list[tuple[int, str]]:
    """Account for the lines of rows of several lines: all but the first stand inside a cell."""
    return [
        (n, f"inside a quoted cell of the row in line {first}")
        for first, last in several for n in range(first + 1, last + 1)
    ]  # fmt: skip


def split_rows(text: str, delimiter: str) -> SplitRows:
    """Split a text into rows; an opened quote that is none costs its own cell and no row.

    A cell of several lines is one only if it is closed, not too long, and none of its lines reads
    like a row of the table.
    """
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    lines = lines_of(text)
    out = SplitRows()
    if '"' not in text:
        out.rows = [line.split(delimiter) for line in lines]
        out.starts = list(range(len(lines)))
        return out
    shapes = RowShapes(lines, delimiter)
    at = 0
    while at < len(lines):
        at = _split_from(at, lines, shapes, out)
    return out


def split_at_once(
    text: str, body: bytes, delimiter: str, width: int, first_line: int
) -> tuple[Ints, list[tuple[int, str]]] | None:
    """Return the line on which each row begins, from 0, and an account of those that begin none.

    ``body``: the text's bytes. None where not every quote opens or closes a cell, or where a row
    of several lines may be rows that an open quote took in: :func:`split_rows` tells them apart.
    """
    at = np.frombuffer(body, dtype=np.uint8)
    quotes = np.flatnonzero(at == _QUOTE)
    if len(quotes) % 2 or len(delimiter.encode()) > 1:
        return None
    edges = np.zeros(256, dtype=bool)
    edges[[_BREAK, ord(delimiter), _QUOTE]] = True  # a quote beside a quote is a doubled one
    opening, closing = quotes[::2], quotes[1::2]
    before, after = opening[opening > 0] - 1, closing[closing < len(at) - 1] + 1
    if not (edges[at[before]].all() and edges[at[after]].all()):
        return None
    breaks = np.flatnonzero(at == _BREAK)
    if not text.endswith("\n"):
        breaks = np.append(breaks, len(at))
    last = np.flatnonzero(np.searchsorted(quotes, breaks) % 2 == 0)  # line on which each row ends
    first = np.concatenate([[0], last[:-1] + 1])
    long = last > first
    if len(last) < 2 or last[-1] + 1 < len(breaks) or (last - first).max() > LONGEST_CELL_LINES:
        return None
    several = list(zip(first[long].tolist(), last[long].tolist(), strict=True))
    lines = lines_of(text) if several else []
    shapes = RowShapes(lines, delimiter)
    inside = [line for one, end in several for line in lines[one + 1 : end + 1]]
    if any(shapes.alike(line, width) for line in {*inside} if not shapes.closes(line)):
        return None
    return first, SplitRows(several=several).skipped(first_line)


def _split_from(at: int, lines: list[str], shapes: RowShapes, out: SplitRows) -> int:
    """Append the rows from a line on; return where to go on, below a quote that opened nothing."""
    reader = csv.reader(
        (lines[j] + "\n" for j in range(at, len(lines))), delimiter=shapes.delimiter
    )
    begin = at
    for row in reader:
        end = at + reader.line_num
        width = _width(out.rows[0], 0) if out.rows else 0
        several = end - begin > 1
        if not out.rows:  # the header, as it was recognised: on one line
            row = split_line(lines[begin], shapes.delimiter)
            if several:
                out.rows.append(row)
                out.starts.append(begin)
                return begin + 1
        quoted = '"' in lines[begin]
        last = end == len(lines) and quoted
        odd = width and quoted and _width(row, width) != width
        if several or last or (odd and not shapes.closed(lines[begin])):
            alone, opened = split_open_line(lines[begin], shapes.delimiter)
            expected = width or _width(alone, 0)
            fits = bool(opened) and _width(alone, expected) == expected != _width(row, expected)
            if fits or _swallowed(lines[begin:end], last, shapes, expected):
                out.opened[len(out.rows)] = opened
                out.rows.append(alone)
                out.starts.append(begin)
                if several:
                    return begin + 1
                begin = end
                continue
        if several:
            out.several.append((begin, end - 1))
        out.rows.append(row)
        out.starts.append(begin)
        begin = end
    return len(lines)


def _width(row: list[str], least: int) -> int:
    """Count the cells of a row without blank ones at its end beyond the header's."""
    count = len(row)
    while count > least and not row[count - 1].strip():
        count -= 1
    return count


def _swallowed(lines: list[str], last: bool, shapes: RowShapes, width: int) -> bool:
    """Say whether these lines are no cell of several lines but rows below an open quote."""
    if len(lines) > LONGEST_CELL_LINES + 1:
        return True
    if last:  # if nothing closes it, a further line would be part of it, too
        more = csv.reader([*(f"{line}\n" for line in lines), "\n"], delimiter=shapes.delimiter)
        if sum(1 for _ in more) == 1:
            return True
    return any(shapes.alike(line, width) for line in lines[1:])


class RowShapes:
    """What rows of a table look like, to tell a swallowed row from a line of a note.

    A line is like a row if it has half of its cells at least, and the cells of the columns whose
    texts have few shapes (2026-01-05 and 23:10 are ``9-9-9`` and ``9:9``) have those shapes.
    """

    def __init__(self, lines: Sequence[str], delimiter: str) -> None:
        self.delimiter = delimiter
        self._lines = lines
        sign = re.escape(delimiter)
        cell = rf'(?:"(?!{sign})(?:[^"]|"")*+"|[^"{sign}]*+)'
        self._closed = re.compile(rf"{cell}(?:{sign}{cell})*+")
        #: Whether the first quote of a line ends a cell that was opened above.
        self.closes = re.compile(rf'[^"]++(?<!{sign})"(?:{sign}|\Z)').match
        self._known: dict[int, set[str]] | None = None

    def closed(self, line: str) -> bool:
        """Say whether each quote of a line opens or closes a cell."""
        return self._closed.fullmatch(line) is not None

    def alike(self, line: str, width: int) -> bool:
        """Say whether a line reads like a row of so many cells."""
        least = max(2, width / 2)
        if line.count(self.delimiter) + 1 < least or self.closes(line):
            return False
        cells = split_open_line(line, self.delimiter)[0]
        if len(cells) < least:
            return False
        known = self._shapes(width)
        if not known:
            return len(cells) == width >= 4
        first = min(known)
        if first >= len(cells) or shape(cells[first]) not in known[first]:
            return False
        asked = [j for j in known if j < len(cells) and (cells[j].strip() or j == first)]
        hits = sum(shape(cells[j]) in known[j] for j in asked)
        return hits >= 0.6 * len(asked)

    def _shapes(self, width: int) -> dict[int, set[str]]:
        """Return the usual shapes of each column that has some, from the lines near the top."""
        if self._known is None:
            count: dict[int, Counter[str]] = {}
            for line in self._lines[1:_SAMPLED]:
                cells = split_open_line(line, self.delimiter)[0]
                if len(cells) >= max(2, width / 2):
                    for j, cell in enumerate(cells[:_COLUMNS_SAMPLED]):
                        if cell.strip():
                            count.setdefault(j, Counter())[shape(cell)] += 1
            self._known = {}
            for j, shapes in count.items():
                total = sum(shapes.values())
                usual = {s for s, n in shapes.items() if "9" in s and n >= 2 and n >= 0.05 * total}
                if usual and sum(shapes[s] for s in usual) >= 0.5 * total:
                    self._known[j] = usual
        return self._known


def shape(cell: str) -> str:
    """Return what a cell looks like: 23:10 and 7:05 are ``9:9``, words are ``a``."""
    return LETTERS.sub("a", DIGITS.sub("9", cell.strip()))
