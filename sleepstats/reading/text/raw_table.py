"""The text below a header, split into columns of text cells with the line number of every row.

Nothing is interpreted here: quoting, ragged rows, blank lines, repeated headers.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress, repeat

import numpy as np

from sleepstats.arrays import Ints
from sleepstats.reading.text.quotes import lines_of, split_at_once, split_line, split_rows
from sleepstats.reading.text.rows import BEHIND, apart, cut, even_out, resplit
from sleepstats.reading.text.source import Cells, CodedCells, Source, tidy

#: Texts of more characters than this are cut at once where they are plain.
LONG_TEXT = 300_000
_TOP = 100_000  # characters that hold the first row of such a text


@dataclass
class RawTable:
    """A header and columns of text cells, each row with its line in the file."""

    #: File name, for messages.
    name: str
    #: As written, stripped.
    header: list[str]
    #: list of object arrays: text cells, one array per header, as written.
    columns: list[Cells]
    #: int array: 1-based source line on which each row begins.
    line: Ints
    #: Lines that are no rows: titles, header, blank lines, repeated headers.
    skipped: list[tuple[int, str]] = field(default_factory=list)
    #: dict: row position -> number of fields, for rows that do not have as many as the header.
    width: dict[int, int] = field(default_factory=dict)
    #: dict: line of a row -> how it was split otherwise than its quotes or delimiters say.
    told: dict[int, str] = field(default_factory=dict)
    #: int array, or None: of a table that was turned round, in which column of the file a row is;
    #: its line is then that of its date.
    turned: Ints | None = None
    #: dict: header of a column that others were made of -> the role of what was made.
    renamed: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Let columns keep their distinct texts: each is asked for them many times."""
        self.columns = [
            one if isinstance(one, CodedCells) else one.view(CodedCells) for one in self.columns
        ]

    def __len__(self) -> int:
        return len(self.line)

    def without_rows(self, drop: Mapping[int, str]) -> RawTable:
        """Return the table without some of its rows, listed as skipped with the reason."""
        keep = np.ones(len(self), dtype=bool)
        keep[list(drop)] = False
        place = np.cumsum(keep) - 1
        skipped = [*self.skipped, *((int(self.line[i]), why) for i, why in drop.items())]
        return RawTable(
            self.name,
            self.header,
            [column[keep] for column in self.columns],
            self.line[keep],
            sorted(skipped),
            {int(place[i]): width for i, width in self.width.items() if keep[i]},
            self.told,
            None if self.turned is None else self.turned[keep],
            self.renamed,
        )

    def with_columns(self, keep: Sequence[int], headers: Sequence[str]) -> RawTable:
        """Return a table of some of its columns, under other headers."""
        return RawTable(
            self.name, list(headers), [self.columns[i] for i in keep], self.line, [*self.skipped],
            told=self.told, turned=self.turned, renamed=self.renamed,
        )  # fmt: skip

    def apart(self, groups: Sequence[Sequence[int]], beside: Sequence[int]) -> RawTable:
        """Return a table where a further record of a row, in columns that stand again, has a row.

        Its line is the same, the cells of ``beside`` stand in it, too.
        """
        gone = {i for at in groups for i in at[1:]}
        keep = [i for i in range(len(self.header)) if i not in gone]
        table = self.with_columns(keep, [self.header[i] for i in keep])
        table.columns, of = apart(self.columns, groups, beside)
        table.line = self.line[of]
        table.turned = None if self.turned is None else self.turned[of]
        names = (self.header[i] for i in gone if self.header[i] not in table.header)
        table.renamed = table.renamed | dict.fromkeys(names, "clock")
        return table


def read_table(
    source: Source, header_line: int, delimiter: str, *, named: Collection[str] | None = None
) -> RawTable:
    """Split the text below a header line into columns; in a diary it may be two lines."""
    text, start = source.text, source.begin_of(header_line)
    above, text = text[:start].split("\n")[:-1], text[start:] if start else text
    table = _long_table(source, text, delimiter, header_line)
    if table is None:
        table = _plain_table(source, text, delimiter, header_line)
    if table is None:
        found = split_rows(text, delimiter)
        header = [cell.strip() for cell in found.rows[0]]
        while header and not header[-1]:
            header.pop()
        line = header_line + np.array(found.starts, dtype=np.int64)
        table = _columns(source.name, header, found.rows[1:], line[1:], delimiter)
        if found.several:
            table.skipped = sorted([*table.skipped, *found.skipped(header_line)])
        for i, places in found.opened.items():
            names = ", ".join(repr(header[j]) for j in places if j < len(header))
            if i and names:
                also = table.told.get(int(line[i]), "")
                table.told[int(line[i])] = (
                    f"a quote opens column {names} and none closes it: only the text up to the "
                    f"next delimiter was taken, without the quote{also and '; '}{also}"
                )
    titles = [
        (number + 1, "blank line" if not line.strip() else "above the header")
        for number, line in enumerate(above)
    ]
    table.skipped[:0] = [*titles, (header_line, "header")]
    if source.turned:  # one line of the file holds the dates of many rows
        place = np.array(source.turned)[table.line - header_line - 1]
        table.line, table.turned = place[:, 0], place[:, 1]
        table.skipped = []
    return table if named is None else with_second_line(table, named)


def _plain_table(source: Source, text: str, delimiter: str, first_line: int) -> RawTable | None:
    """Split a text without quotes and with as many fields in every line at once, or return None."""
    if '"' in text:
        return None
    lines = lines_of(text)
    cuts = lines[0].count(delimiter)
    header = [cell.strip() for cell in lines[0].split(delimiter)]
    if len(lines) < 2 or not header[-1]:
        return None
    if set(map(str.count, lines, repeat(delimiter))) != {cuts}:
        return None
    cells = delimiter.join(lines[1:]).split(delimiter)
    columns: list[Cells] = [_object_array(cells[i :: cuts + 1]) for i in range(cuts + 1)]
    line = np.arange(first_line + 1, first_line + len(lines))
    return _without_blank_rows(RawTable(source.name, header, columns, line))


def _long_table(source: Source, text: str, delimiter: str, first_line: int) -> RawTable | None:
    """Split a long text with as many fields in every row that is not blank, or return None."""
    below = text.find("\n") + 1  # where the rows begin; a long text is not copied for them
    header = text[: below - 1]
    short = not 0 < below < len(text) or len(text) < LONG_TEXT
    if short or header.count('"') % 2 or text.find("\0", below) >= 0:
        return None
    skipped: list[tuple[int, str]] = []
    if text[-2:].isspace():  # blank lines at the end
        end = text.find("\n", len(text.rstrip())) + 1 or len(text)
        last = first_line + text.count("\n", 0, end)
        skipped = [(last + i, "blank line") for i in range(len(lines_of(text[end:])))]
        text = text[:end]
    quoted = text.find('"', below) >= 0
    names = split_line(header, delimiter)
    while names and not names[-1]:
        names.pop()
    top = io.StringIO(text[below : below + _TOP])
    csv.field_size_limit(max(csv.field_size_limit(), _TOP))
    split = csv.reader(top, delimiter=delimiter)
    width = len(next((row for row in split if "".join(row).strip()), []))
    ends = width - len(names)  # 1: every row ends with a delimiter, the header does not
    if not all(names) or ends not in (0, 1):
        return None
    body = text.encode("utf-8", "replace")
    if quoted:
        at_once = split_at_once(text, body, delimiter, len(names), first_line)
        if at_once is None:
            return None
        starts, skipped = at_once[0][1:], at_once[1] + skipped
    body += b"\n" * (not text.endswith("\n")) + BEHIND
    columns, begin = cut(body, delimiter, width)
    if not quoted:
        starts = np.arange(1, len(columns[0]) + 1 if columns else 0)
        if not columns:  # blank lines; only some rows end with a delimiter that the header has not
            mark, rows = delimiter.encode(), body.split(b"\n")
            rows = [row[:-1] if row.count(mark) >= len(names) and row.endswith(mark) else row
                    for row in rows]  # fmt: skip
            said = np.array([bool(row.strip()) for row in rows])
            blank, starts = np.flatnonzero(~said), np.flatnonzero(said)[1:-1]
            skipped[:0] = [(first_line + i, "blank line") for i in blank.tolist()]
            body, ends = b"\n".join(compress(rows, said)), 0
            columns, begin = cut(body, delimiter, len(names))
    if not columns or (ends and any(columns.pop())):
        return None
    table = RawTable(source.name, names, columns, first_line + starts, skipped)
    seldom = re.escape(f'{delimiter}"{names[0][0]}')  # a blank cell, a quote, the header again
    odd = re.search(rf"[^!-~]|[{seldom}]".encode(), begin)
    return _without_blank_rows(table) if odd else table


def _columns(
    name: str, header: list[str], rows: list[list[str]], line: Ints, delimiter: str
) -> RawTable:
    count = len(header)
    widths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    skipped: list[tuple[int, str]] = []
    odd: dict[int, int] = {}
    told: dict[int, str] = {}
    if len(rows) and not (widths == count).all():
        told = resplit(count, rows, line, widths)
        rows, line, odd, skipped = even_out(rows, line, widths, header, delimiter, told)
    if rows:
        columns = [_object_array(cells) for cells in zip(*rows, strict=True)]
    else:
        columns = [np.empty(0, dtype=object) for _ in header]
    table = RawTable(name, header, columns, line, skipped, odd, told)
    return _without_blank_rows(table)


def _object_array(cells: Sequence[str]) -> Cells:
    return np.fromiter(cells, dtype=object, count=len(cells))


def _without_blank_rows(table: RawTable) -> RawTable:
    """Move rows without any text, and repeats of the header, to the list of skipped lines."""
    if not len(table) or not table.columns:
        return table
    name = table.header[0]
    first = table.columns[0].tolist()
    suspects = [i for i, cell in enumerate(first) if cell < "!" or cell == name]
    if not "".join(first).isascii():  # perhaps of invisible characters only
        suspects += [i for i, cell in enumerate(first) if not cell.isascii()]
        suspects = sorted(set(suspects))
    for header, column in zip(table.header[1:], table.columns[1:], strict=False):
        if not suspects:
            return table
        cells = column.tolist()
        suspects = [i for i in suspects if cells[i] == header or tidy(cells[i]) in ("", header)]
    drop: list[int] = []
    for i, *cells in zip(suspects, *(c[suspects].tolist() for c in table.columns), strict=True):
        cells = [str(cell).strip() for cell in cells]
        if not any(map(tidy, cells)):
            table.skipped.append((int(table.line[i]), "blank line"))
            drop.append(i)
        elif cells == table.header:
            table.skipped.append((int(table.line[i]), "header repeated"))
            drop.append(i)
    if drop:
        keep = np.ones(len(table), dtype=bool)
        keep[drop] = False
        new_position = np.cumsum(keep) - 1
        table.columns = [column[keep] for column in table.columns]
        table.line = table.line[keep]
        table.width = {int(new_position[i]): w for i, w in table.width.items() if keep[i]}
    table.skipped.sort()
    return table


_SHORTER = 0.5  # so many of its rows has a second table beside the diary at most
#: What a second line of a header says in a word: how cells look, a unit, the evening; (anything).
_SECOND = re.compile(
    r"[(\[]?(?P<form>yes/no|ja/nein|oui/non|h?h:mm|uhrzeit|time|zeit)[)\]]?|\(.+\)|\[.+\]|"
    r"[mμµ]?c?g|[mcd]?l|h|hrs?|hours?|std\.?|stunden?|heures?|horas?|min(?:ut\w*)?\.?|units?|drinks?|"
    r"cups?|tassen?|tasses?|gl[aä]s\w*|°?[cf]|%|bpm|ms|steps|schritte|k?m|kcal|i[ue]|"
    r"evening|morning|abends?|morgens?|soir|matin"
)


def with_second_line(table: RawTable, named: Collection[str]) -> RawTable:
    """Take a row of units below the header, mg or (evening), into it, but for headers ``named``."""
    below = [column[0].strip() for column in table.columns] if len(table) > 2 else []
    said = [i for i, text in enumerate(below) if text]
    clear = {i: m for i in said if (m := _SECOND.fullmatch(below[i].casefold()))}
    if 2 * len(clear) < max(1, len(said)) or any(re.match(r"\d", below[i]) for i in said):
        return table
    if any(below[i] in map(str.strip, table.columns[i][1:].tolist()) for i in said):
        return table  # the answers of a night
    header, rest = list(table.header), ", ".join(repr(below[i]) for i in said if i not in clear)
    for i in (i for i, m in clear.items() if not (m["form"] or header[i] in named)):
        text = f" ({below[i].strip('()[]')})"
        header[i] += text * (text.strip() not in header[i])
    why = f"a second line of the header, read with it{rest and f', but for {rest}'}"
    return replace(table.without_rows({0: why}), header=header)


def first_of_two(table: RawTable, notes: list[str]) -> RawTable:
    """Leave out a second, shorter table that stands to the right of an empty column."""
    gaps = [i for i, header in enumerate(table.header) if i > 1 and not header]
    if not gaps:
        return table
    filled = [[bool(cell.strip()) for cell in column.tolist()] for column in table.columns]
    for gap in gaps:
        if any(filled[gap]):
            continue
        left, right = (
            {i for column in part for i, one in enumerate(column) if one}
            for part in (filled[:gap], filled[gap + 1 :])
        )
        rest = [name for name in table.header[gap + 1 :] if name]
        if right and len(right) <= _SHORTER * len(left):
            notes.append(
                f"Right of an empty column stands another table ({', '.join(map(repr, rest))}), "
                "which is not read."
            )
            return replace(table, columns=table.columns[:gap], header=table.header[:gap])
    return table


#: How the row of a week's or a month's averages or sums begins, and what no legend holds.
_AVERAGE = re.compile(
    r"\W*(?:ø|⌀|σ|avg|average|mean\b|totals?\b|sum\b|durchschn|schnitt|mittelw|summe|gesamt|moyenne|"
    r"somme|promedio|media\b|suma\b|somma|totale|m[eé]dia|soma\b|gemiddeld|totaal|[sś]redni|razem|"
    r"medel|summa|snitt|gj?enn[eo]msnit|gns|合計|平均|总计|合计)"
)
_AT_A_TIME = re.compile(r"\d[:.h]\d\d")


def is_average(cell: str) -> bool:
    """Tell whether a cell is the head of averages or sums."""
    return _AVERAGE.match(cell.strip().casefold()) is not None


def remarks(table: RawTable, rows: Sequence[int]) -> dict[int, str]:
    """Return what is said in those of some rows without a date that are titles or averages.

    Titles and remarks fill one cell, legends a few, without a clock time and with nothing to date.
    """
    usual = max(sum(bool(c[i].strip()) for c in table.columns) for i in range(len(table)))
    found: dict[int, str] = {}
    for i in rows:
        said = [cell for column in table.columns if (cell := column[i].strip())]
        legend = 0 < len(said) <= usual / 2 and not any(map(_AT_A_TIME.search, said))
        few = len(said) == 1 or (legend and not re.search(r"\d(?!.*[=:])", said[0]))
        few = few and usual > 2 and bool(re.search(r"\w", said[0]))
        if few or (said and is_average(said[0])):
            found[i] = said[0]
    return found
