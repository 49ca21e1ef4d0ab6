"""Rows to cells: of a long text all at once; of a row of another width than a record's with care.

A comma that nobody quoted ("7,5", "tired, late") parts one cell into two, and whatever stands
behind it would move under the wrong header. What the other rows look like says which cell it was.
Columns that stand again (bed 1, up 1, bed 2, up 2) hold a further record of their row.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sleepstats.arrays import Ints, Objects
from sleepstats.reading.text.quotes import DELIMITERS, DIGITS, LETTERS, shape, split_line
from sleepstats.reading.text.source import Cells, CodedCells, tidy

#: So many rows of the header's width show what a column looks like, of so many that are looked at;
#: a row with more surplus cells than so many is none of this table.
_KNOWN, _LOOKED_AT, _MOST_SURPLUS = 3, 2000, 12
#: One odd cell elsewhere, and words that were not met before in the one that is joined.
_MOST_DOUBT = 1.5
#: Fewer different words than these are a choice of answers.
_OWN_WORDS = 5
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
#: What tells columns of one kind apart: bed 1, second bed, and what pandas makes of a second "bed".
_NTH = re.compile(
    r"(?i)(?:\b|(?<=[^\W\d])|[._])[1-9](?:st|nd|rd|th|er|e|ère)?\b|\b(?:first|second|third|"
    r"erste[rs]?|zweite[rs]?|dritte[rs]?|premi.re?|deuxi.me|segund[ao]|primer[ao]?|terc.r[ao]?)\b"
)

_CLOCK = r"(?:(?:~|[^\W\d]{2,7}\.?) ?)?\d{1,2}(?:[:.h]\d\d)?(?: ?[ap]\.?m\.?)?"  # ca. 23:10
_RANGE = re.compile(
    rf"(?P<from>{_CLOCK})(?: ?uhr)? ?(?:-|–|—|−|→|/|~|to|till|until|bis|à|a|до) ?"
    rf"(?P<to>{_CLOCK})(?: ?uhr)?(?: ?\([^)]*\))?",
    re.IGNORECASE,
)
_STAMP = re.compile(r"(?=.*\d[:.h]\d\d)(?=.*(?<!\d)20[0-4]\d(?!\d))")
#: Between two dates with their times: May 4, 2026 11:15 PM → May 5, 2026 7:05 AM.
_BETWEEN_STAMPS = re.compile(r" *[→–—~] *| +(?:-|to|till|until|bis|à|au|a|al|hasta|até|tot|do) +")
#: Of eight bytes, read as a number, the first none, one, two …; rows that are cut at once.
_FIRST, _AT_ONCE = np.array([2 ** (8 * n) - 1 for n in range(9)], dtype=np.uint64), 1 << 16
_ZEROS = bytes.maketrans(b"123456789", b"000000000")
#: Nothing, so much of it that stretches of one length can be taken from a text before it.
BEHIND = bytes(512)
#: Texts of more characters than this are taken one by one.
_LONG = 64


def cut(body: bytes, delimiter: str, width: int) -> tuple[list[Cells], bytes]:
    """Cut what stands below a header at its delimiters and line breaks outside of quotes.

    With the columns go the bytes with which rows begin. Every quote encloses a cell or is doubled
    in one; ``BEHIND`` is behind the last break. Nothing is cut where rows differ in their cells.
    """
    import pandas as pd

    signs = np.frombuffer(body, dtype=np.uint8)[: -len(BEHIND)]
    found = _edges(signs, body.index(b"\n") + 1, delimiter)
    quoted = b'"' in body
    rows = np.count_nonzero(signs[found] == ord("\n")) if quoted else body.count(b"\n") - 1
    if len(found) != width * rows or (signs[found[width - 1 :: width]] != ord("\n")).any():
        return [], b""
    eight = np.ndarray(len(body) - 7, dtype="<u8", buffer=body, strides=(1,))
    columns: list[Cells] = []
    ends_of = [found[j::width].copy() for j in range(width)]
    begins = np.append(np.int32(body.index(b"\n") + 1), ends_of[-1][:-1] + 1)
    first = np.flatnonzero(np.bincount(signs[begins])).astype(np.uint8).tobytes()
    del found
    while ends_of:
        ends = ends_of.pop(0)
        length = ends - begins
        if quoted and (within := signs[begins] == ord('"')).any():
            begins, length = begins + within, length - 2 * within
        # each text of a column of short cells is made once: eight bytes are a number
        keys: NDArray[np.uint64] | None = None
        if length.max() <= 8:
            codes, keys = pd.factorize(eight[begins] & _FIRST[length])
        elif length.max() <= 16 and len({*_texts(body, begins[:1000], length[:1000])}) < 500:
            one, lows = pd.factorize(eight[begins] & _FIRST[np.minimum(length, 8)])
            two, highs = pd.factorize(eight[begins + 8] & _FIRST[np.maximum(length - 8, 0)])
            codes, pairs = pd.factorize(one * len(highs) + two)
            keys = np.stack([lows[pairs // len(highs)], highs[pairs % len(highs)]], axis=1)
        if keys is not None:
            wide = f"S{8 * keys.ndim}"
            texts = [key.decode() for key in keys.astype("<u8").view(wide).ravel().tolist()]
            if quoted:
                texts = [text.replace('""', '"') for text in texts]
            column = np.array(texts, dtype=object)[codes].view(CodedCells)
            if "".join(texts).isascii():  # else a cell may hold blanks of other kinds
                column.coded = ([text.strip() for text in texts], codes)
        else:
            cells: list[str] = []
            known: dict[str, str] = {}  # one text for all cells that say the same
            for at in range(0, rows, _AT_ONCE):
                some = _texts(body, begins[at : at + _AT_ONCE], length[at : at + _AT_ONCE])
                often = len({*some[:1000]}) < 500
                cells += map(known.setdefault, some, some) if often else some
            column = np.fromiter(cells, dtype=object, count=rows).view(CodedCells)
        columns.append(column)
        begins = ends + 1
    return columns, first


def _edges(signs: NDArray[np.uint8], start: int, delimiter: str) -> NDArray[np.int32]:
    """Return the places of the delimiters and line breaks that no quotes enclose."""
    found, before = list[NDArray[np.int32]](), np.False_
    for at in range(start, len(signs), 4 * _AT_ONCE):  # few enough to stay near at hand
        some = signs[at : at + 4 * _AT_ONCE]
        edges, quotes = (some == ord(delimiter)) | (some == ord("\n")), some == ord('"')
        if before or quotes.any():  # an odd number of quotes before it: inside
            here = np.flatnonzero(edges | quotes)
            inside = np.logical_xor.accumulate(quotes[here])
            keep = edges[here] & (inside == before)
            here, before = here[keep], inside[-1] ^ before if len(inside) else before
        else:
            here = np.flatnonzero(edges)
        found.append((here + at).astype(np.int32))
    return np.concatenate(found)


def _texts(body: bytes, begins: NDArray[np.int32], length: NDArray[np.int32]) -> list[str]:
    """Return stretches of a text without a zero byte in it; of doubled quotes one."""
    most, rows = int(length.max()), len(length)
    few_long = rows * most > 4 * (int(length.sum()) + rows)
    first, ends = int(begins[0]), begins + length
    plain = (few_long or most >= _LONG) and body[first : int(ends[-1])].isascii()
    if plain or few_long or most >= len(BEHIND):
        whole = body[first : int(ends[-1])]
        places = map(slice, (begins - first).tolist(), (ends - first).tolist())
        if plain:  # a place in the text is then one in the bytes
            cells = [*map(whole.decode().__getitem__, places)]
        else:
            cells = [whole[place].decode() for place in places]
        return "\0".join(cells).replace('""', '"').split("\0") if b'""' in whole else cells
    every = np.ndarray(len(body) - most, dtype=f"S{most + 1}", buffer=body, strides=(1,))
    box = every[begins].view(np.uint8).reshape(rows, most + 1)
    box[np.arange(rows), length] = 0
    if length.min() < most:
        box = box[np.arange(most + 1, dtype=np.uint16) <= length.astype(np.uint16)[:, None]]
    return box.tobytes().decode().replace('""', '"').split("\0")[:-1]


def tidied(cells: Cells) -> Objects:
    """Return cells as ``tidy`` has them, each distinct one made once."""
    import pandas as pd

    codes, texts = pd.factorize(np.asarray(cells, dtype=object))
    plain = "".join(texts).isascii()
    return np.array([*map(str.strip if plain else tidy, texts), ""], dtype=object)[codes]


def form(texts: Sequence[str] | Cells) -> list[str]:
    """Return what texts that differ in their digits only have in common, or nothing.

    Any digit is as good as another: one is asked for all. Cells of a form keep their characters.
    """
    rows = texts.tolist() if isinstance(texts, np.ndarray) else texts
    joined = "\n".join(rows).encode("utf-8", "replace") + b"\n"
    zeros = joined.translate(_ZEROS)
    first = zeros[: zeros.index(b"\n") + 1]
    if zeros != first * len(texts):
        return []
    if isinstance(texts, CodedCells) and first.isascii() and first[:-1] == first.strip():
        texts.chars = np.frombuffer(joined, dtype=np.uint8).reshape(len(texts), -1).T[:-1]
    return [first[:-1].decode()]


def resplit(count: int, rows: list[list[str]], line: Ints, widths: Ints) -> dict[int, str]:
    """Split rows that are one cell by the delimiter that gives them the header's width."""
    told: dict[int, str] = {}
    for position in np.flatnonzero(widths == 1).tolist() if count > 2 else ():
        whole = rows[position][0] if "\n" not in rows[position][0] else ""
        for delimiter in DELIMITERS:
            cells = split_line(whole, delimiter) if whole.count(delimiter) >= count - 1 else []
            if len(cells) == count:
                rows[position], widths[position] = cells, count
                told[int(line[position])] = (
                    f"the whole line stood in one cell: it was split by {delimiter!r}"
                )
                break
    return told


def even_out(
    rows: list[list[str]],
    line: Ints,
    widths: Ints,
    header: Sequence[str],
    delimiter: str,
    told: dict[int, str],
) -> tuple[list[list[str]], Ints, dict[int, int], list[tuple[int, str]]]:
    """Bring every row to the header's width; remember those that were not, in ``told`` by line."""
    count = len(header)
    if (widths == count + 1).all() and not any(row[-1] for row in rows):  # a delimiter at the end
        for row in rows:
            row.pop()
        return rows, line, {}, []
    looks: list[_Look] | None = None
    blank: list[int] = []
    odd: list[tuple[int, int]] = []
    for position in np.flatnonzero(widths != count).tolist():
        row, width = rows[position], int(widths[position])
        if not (row and "!" <= row[0][:1] <= "~") and not tidy("".join(row)):
            blank.append(position)
            continue
        if width > count and "".join(row[count:]).strip():
            if looks is None:
                looks = _looks(rows, widths, count)
            row, said = _rejoined(row, header, delimiter, looks)
            if said:
                told[int(line[position])] = f"{width} fields where the header has {count}: {said}"
            else:
                odd.append((position, width))
        elif width < count:
            odd.append((position, width))
        rows[position] = (row + [""] * (count - width))[:count]
    skipped = [(int(line[position]), "blank line") for position in blank]
    if blank:
        keep = np.ones(len(rows), dtype=bool)
        keep[blank] = False
        rows = [rows[position] for position in np.flatnonzero(keep).tolist()]
        line = line[keep]
    before = np.array(blank, dtype=np.int64)
    moved = {position - int(np.searchsorted(before, position)): width for position, width in odd}
    return rows, line, moved, skipped


class _Look:
    """What the cells of a column look like in rows of the header's width."""

    def __init__(self, cells: Sequence[str]) -> None:
        written = [cell.strip() for cell in cells if cell.strip()]
        self._known = set(written)
        self._shapes = {shape(cell) for cell in written if DIGITS.search(cell)}
        self._numbers = bool(written) and all(map(_NUMBER.fullmatch, written))
        #: Any text would do in a column of notes, further words in one of words.
        self._notes = any(len(cell.split()) > 3 for cell in self._known)
        self._words = len(self._known) >= _OWN_WORDS and not self._shapes
        self._notes |= self._words and 2 * len(self._known) > len(written)

    def fits(self, cell: str) -> bool:
        """Say whether a cell could stand in the column."""
        cell = cell.strip()
        if not cell or cell in self._known or self._notes:
            return True
        if self._numbers:
            return _NUMBER.fullmatch(cell) is not None
        return shape(cell) in self._shapes

    def doubt(self, parts: Sequence[str], delimiter: str) -> float:
        """Return how odd it would be that these were one cell: 0 not, infinite never."""
        if self.fits(delimiter.join(parts)):
            return 0.0
        worded = all(LETTERS.search(part) and not DIGITS.search(part) for part in parts)
        return 0.5 if self._words and worded else math.inf


def _looks(rows: list[list[str]], widths: Ints, count: int) -> list[_Look]:
    """Return what each column looks like; nothing where too few rows have the header's width."""
    even = np.flatnonzero(widths == count)
    if len(even) < _KNOWN or 2 * len(even) < (widths > count).sum():
        return []
    return [_Look(column) for column in zip(*(rows[i] for i in even[:_LOOKED_AT]), strict=True)]


def _rejoined(
    row: list[str], header: Sequence[str], delimiter: str, looks: list[_Look]
) -> tuple[list[str], str]:
    """Return a row with too many cells at the header's width, and what was done; else as it is."""
    count, surplus = len(header), len(row) - len(header)
    if not looks or surplus > _MOST_SURPLUS:
        return row, ""
    # the surplus in one cell, whichever: all others stand where they belong; or behind the last
    ways, doubts = [], []
    for at, look in enumerate(looks):
        parts = row[at : at + surplus + 1]
        ways.append([*row[:at], delimiter.join(parts), *row[at + surplus + 1 :]])
        odd = sum(not each.fits(cell) for each, cell in zip(looks, ways[at], strict=True))
        doubt = look.doubt(parts, delimiter)
        doubts.append(odd - (doubt > 0) + doubt)
    if all(map(_Look.fits, looks, row)):
        ways.append(row)
        doubts.append(1.0)
    least = min(doubts)
    likely = [way for way, doubt in zip(ways, doubts, strict=True) if doubt < least + 1.0]
    if least <= _MOST_DOUBT and len(likely) == 1:
        (way,) = likely
        at = ways.index(way)
        cell = f"read as {way[at]!r} under {header[at]!r}" if at < count else ""
        return way, cell and f"{cell}. Quote cells that hold {delimiter!r}."
    cells = [set(each) for each in zip(*(way[:count] for way in likely), strict=True)]
    if least > _MOST_DOUBT:  # without its first cell, mostly the date, nobody would find the row
        cells = [{row[0]}, *(set[str]() for _ in header[1:])]
    left = [name for name, each in zip(header, cells, strict=True) if len(each) != 1]
    return [each.pop() if len(each) == 1 else "" for each in cells], (
        f"which cell holds a {delimiter!r} of its own cannot be told, so "
        f"{', '.join(map(repr, left))} were left blank. Quote cells that hold the delimiter."
    )


def span(text: str) -> tuple[str, str] | None:
    """Return both times of a cell that holds two, with their dates if it has them."""
    if found := _RANGE.fullmatch(text):
        return found["from"], found["to"]
    begin, _, end = _BETWEEN_STAMPS.sub("\n", text, count=1).partition("\n")
    return (begin, end) if _STAMP.match(begin) and _STAMP.match(end) else None


def alike(header: Sequence[str]) -> list[list[int]]:
    """Return the columns whose headers differ in a number alone, or in nothing."""
    places: dict[str, list[int]] = {}
    for i, text in enumerate(header):
        plain = re.sub(r"[\W_]+", " ", _NTH.sub(" ", text)).strip().casefold()
        places.setdefault(plain, []).append(i)
    return [at for plain, at in places.items() if plain and len(at) > 1]


def apart(
    columns: Sequence[Objects], groups: Sequence[Sequence[int]], beside: Sequence[int]
) -> tuple[list[Objects], Ints]:
    """Return columns in which what stands in the second ones of groups is a row below, and so on.

    ``beside`` stands in each of these rows, all other cells in the first. With them goes which row
    each is of.
    """
    further = [
        dict(zip((group[0] for group in groups), one, strict=True))
        for one in zip(*(group[1:] for group in groups), strict=True)
    ]
    gone = {i for one in further for i in one.values()}
    keep = [i for i in range(len(columns)) if i not in gone]
    rows, of = list[list[str]](), list[int]()
    for n, cells in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        rows.append([cells[i] for i in keep])
        for one in further:
            if any(cells[i].strip() for i in one.values()):
                place = {i: i for i in beside} | one
                rows.append([cells[place[i]] if i in place else "" for i in keep])
        of += [n] * (len(rows) - len(of))
    return [np.array(cells, dtype=object) for cells in zip(*rows, strict=True)], np.array(of)
