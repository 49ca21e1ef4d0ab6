"""Mangle the invented exports in the ways files get mangled, and read them.

    python benchmarks/fuzz_reading.py 10000 [--seed 1]

What must hold for every mangled file, read in any zone, alone or cut into two files of which one
is mangled, or the program prints the file and stops with status 1: nothing but ``DiaryError`` with
words is raised, no foreign warning is given; every line with text stands in exactly one row of the
report; no night is counted twice; ``check_nights`` accepts the nights. The tests run a part of this
through hypothesis, which also shrinks what it finds.
"""

from __future__ import annotations

import argparse
import csv
import io
import multiprocessing
import random
import re
import sys
import time
import unicodedata
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import sleepstats as ss
from sleepstats.columns import DICTIONARY
from sleepstats.errors import DiaryError, DiaryWarning
from sleepstats.reading.nights.record import STATUSES

FIXTURES = Path(__file__).parents[1] / "tests" / "reading" / "fixtures"
FILES = sorted(p for p in FIXTURES.glob("*/*") if p.is_file())
#: Cells that turn up where something else was meant.
JUNK = ("", " ", "0", "-1", "99999", "NA", "null", "24:00", "25:61", "1e9", "-", "—", "31/02/2026",
        "2026-01-05", "2026-01-05 23:10:00", "0000-00-00", "9999-12-31 23:59:59", "nan", "inf",
        "true", '"', "a\nb", "x,y;z", "½", "１２", "0,5", "1.234.567", "#tag_3x #", "+14:00",
        "1970-01-01T00:00:00Z", "12:30 AM", "-0:30", "1e400", "\x00", "'", "\\", "1e308", "1e101",
        "9" * 400, "1e-320", "05-01-26 11:07PM", "2025-11-02 01:30:00", "2026-03-29 02:30:00",
        "10000-01-01", "2e15", "yes", "latte", "15:30", '"slept badly', "$x$", "=1+1")  # fmt: skip
#: Zones given as ``tz=``: none mostly, and such as change their clocks by night, by half an hour,
#: at midnight, or skipped a day.
ZONES = (None, None, None, "America/New_York", "Europe/Berlin", "Australia/Lord_Howe",
         "America/Havana", "Pacific/Apia", "Asia/Kathmandu", "UTC")  # fmt: skip
#: Days on which clocks change, in the zones above, and their neighbours.
CHANGING = ("2025-11-01", "2025-11-02", "2026-03-08", "2026-03-29", "2025-10-26", "2026-04-04",
            "2011-12-29", "2011-12-30")  # fmt: skip
_SEVERAL_NIGHTS_A_LINE = ("ggir",)


def rows_of(text: str) -> tuple[list[list[str]], str]:
    """Split a file into cells, by the delimiter of its widest line near the top."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")[:30]
    delimiter = max(",;\t|", key=lambda d: max(line.count(d) for line in lines))
    return list(csv.reader(io.StringIO(text), delimiter=delimiter)), delimiter


csv.field_size_limit(10**9)


def text_of(rows: list[list[str]], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def mangle(text: str, rng: random.Random) -> str:
    """Apply one to four random changes."""
    for _ in range(rng.randint(1, 4)):
        text = rng.choice(CHANGES)(text, rng)
    return text


def cut_off(text: str, rng: random.Random) -> str:
    return text[: rng.randint(0, len(text))]


def cut_line(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    i = rng.randrange(len(lines))
    lines[i] = lines[i][: rng.randint(0, len(lines[i]))]
    return "\n".join(lines)


def drop_line(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    del lines[rng.randrange(len(lines))]
    return "\n".join(lines)


def repeat_line(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    i = rng.randrange(len(lines))
    lines.insert(rng.randint(0, len(lines)), lines[i])
    return "\n".join(lines)


def shuffle_lines(text: str, rng: random.Random) -> str:
    head, *lines = text.split("\n")
    rng.shuffle(lines)
    return "\n".join([head, *lines])


def shuffle_columns(text: str, rng: random.Random) -> str:
    rows, delimiter = rows_of(text)
    width = max(map(len, rows), default=0)
    order = list(range(width))
    rng.shuffle(order)
    return text_of([[row[i] for i in order if i < len(row)] for row in rows], delimiter)


def change_delimiter(text: str, rng: random.Random) -> str:
    rows, _ = rows_of(text)
    return text_of(rows, rng.choice(",;\t|"))


def swap_delimiter_blindly(text: str, rng: random.Random) -> str:
    return text.replace(rng.choice(",;\t"), rng.choice(",;\t"))


def bom(text: str, rng: random.Random) -> str:
    return "\ufeff" + text


def repeat_header(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    lines.insert(rng.randint(0, len(lines)), lines[0])
    return "\n".join(lines)


def repeat_column(text: str, rng: random.Random) -> str:
    rows, delimiter = rows_of(text)
    i = rng.randrange(max(map(len, rows), default=0) or 1)
    return text_of([[*row, *row[i : i + 1]] for row in rows], delimiter)


def drop_column(text: str, rng: random.Random) -> str:
    rows, delimiter = rows_of(text)
    i = rng.randrange(max(map(len, rows), default=0) or 1)
    return text_of([row[:i] + row[i + 1 :] for row in rows], delimiter)


def junk_cells(text: str, rng: random.Random) -> str:
    rows, delimiter = rows_of(text)
    for _ in range(rng.randint(1, 5)):
        row = rng.choice(rows) if rows else []
        if row:
            row[rng.randrange(len(row))] = rng.choice(JUNK)
    return text_of(rows, delimiter)


def swap_cells(text: str, rng: random.Random) -> str:
    rows, delimiter = rows_of(text)
    one, two = (rng.choice(rows) for _ in range(2)) if rows else ([], [])
    if one and two:
        i, j = rng.randrange(len(one)), rng.randrange(len(two))
        one[i], two[j] = two[j], one[i]
    return text_of(rows, delimiter)


def blank_column(text: str, rng: random.Random) -> str:
    rows, delimiter = rows_of(text)
    i = rng.randrange(max(map(len, rows), default=0) or 1)
    return text_of([*rows[:1], *([*r[:i], "", *r[i + 1 :]] for r in rows[1:])], delimiter)


def stray_quote(text: str, rng: random.Random) -> str:
    i = rng.randint(0, len(text))
    return text[:i] + '"' + text[i:]


def ditto_marks(text: str, rng: random.Random) -> str:
    """Put a lone quote into some cells, or in front of what they say."""
    lines = text.split("\n")
    delimiter = max(",;\t|", key=lambda d: max(line.count(d) for line in lines[:30]))
    for _ in range(rng.randint(1, 4)):
        i = rng.randrange(len(lines))
        cells = lines[i].split(delimiter)
        j = rng.randrange(len(cells))
        cells[j] = rng.choice(['"', '"' + cells[j], cells[j] + '"', '""', '"x'])
        lines[i] = delimiter.join(cells)
    return "\n".join(lines)


def notes_of_several_lines(text: str, rng: random.Random) -> str:
    """Put line breaks into some cells, closed in quotes as they should be."""
    rows, delimiter = rows_of(text)
    for _ in range(rng.randint(1, 4)):
        row = rng.choice(rows) if rows else []
        if row:
            note = rng.choice(
                ["a\nb", "woke\n\nat 3", "tea, milk\n2 cups", 'he said "no"\nx', "\n"]
            )
            row[rng.randrange(len(row))] = note
    return text_of(rows, delimiter)


def other_kind(text: str, rng: random.Random) -> str:
    """Fill a column with something of another kind."""
    rows, delimiter = rows_of(text)
    i = rng.randrange(max(map(len, rows), default=0) or 1)
    cells = rng.choice(
        [("yes", "no", ""), ("0", "1"), ("latte", "mocha"), ("15:30", ""), ("2", "7")]
    )
    return text_of(
        [*rows[:1], *([*r[:i], rng.choice(cells), *r[i + 1 :]] for r in rows[1:])], delimiter
    )


def many_columns(text: str, rng: random.Random) -> str:
    rows, delimiter = rows_of(text)
    more = rng.choice([20, 120])
    heads = [[f"c{k}" for k in range(more)], *([rng.choice("012")] * more for _ in rows[1:])]
    return text_of([[*row, *head] for row, head in zip(rows, heads, strict=False)], delimiter)


def other_years(text: str, rng: random.Random) -> str:
    """Change the year in some or all places."""
    year = rng.choice(["26", "1026", "9999", "2036", "0001", "2025"])
    found = rng.choice(["2026", "2024", "2023", "2021", "2020", "2010"])
    return text.replace(found, year, rng.choice([1, 2, -1]))


def to_changing_clocks(text: str, rng: random.Random) -> str:
    """Move a day to one whose clocks change."""
    days = re.findall(r"20\d\d-\d\d-\d\d", text)
    return text.replace(rng.choice(days), rng.choice(CHANGING)) if days else text


def blank_lines(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    for _ in range(rng.randint(1, 3)):
        lines.insert(rng.randint(0, len(lines)), rng.choice(["", "  ", ",,,", ";;"]))
    return "\n".join(lines)


def title_line(text: str, rng: random.Random) -> str:
    return rng.choice(["My sleep", "Export,2026", "sep=;", ""]) + "\n" + text


def old_line_ends(text: str, rng: random.Random) -> str:
    return text.replace("\n", rng.choice(["\r\n", "\r"]))


def other_digits(text: str, rng: random.Random) -> str:
    """Change one digit."""
    places = [i for i, letter in enumerate(text) if letter.isdigit()]
    if not places:
        return text
    i = rng.choice(places)
    return text[:i] + rng.choice("0123456789") + text[i + 1 :]


def mixed_line_ends(text: str, rng: random.Random) -> str:
    """End every line in a way of its own, some in what only looks like the end of a line."""
    ends = rng.choice(
        [("\n", "\r\n"), ("\n", "\r"), ("\r\n", "\r"), ("\n", "\n", "\u2028", "\x0b")]
    )
    return "".join(line + rng.choice(ends) for line in text.split("\n"))


def mark_inside(text: str, rng: random.Random) -> str:
    """Put a byte order mark or another invisible letter in the middle."""
    i = rng.randint(0, len(text))
    return text[:i] + rng.choice("\ufeff\u200b\u200f\u00a0\u00ad\u202e") + text[i:]


def quotes_in_header(text: str, rng: random.Random) -> str:
    head, *lines = text.split("\n")
    delimiter = max(",;\t|", key=head.count)
    cells = head.split(delimiter)
    i = rng.randrange(len(cells))
    cells[i] = rng.choice(
        [
            f'"{cells[i]}',
            f'{cells[i]}"',
            f'"{cells[i]}"',
            f'a "{cells[i]}" b',
            "''",
            f"'{cells[i]}'",
        ]
    )
    return "\n".join([delimiter.join(cells), *lines])


def delimiter_from_here(text: str, rng: random.Random) -> str:
    """Change the delimiter in the middle of the file, as where two exports were put together."""
    lines = text.split("\n")
    i = rng.randrange(len(lines))
    old, new = rng.choice(",;\t"), rng.choice(",;\t|")
    return "\n".join([*lines[:i], *(line.replace(old, new) for line in lines[i:])])


def columns_swapped_from_here(text: str, rng: random.Random) -> str:
    rows, delimiter = rows_of(text)
    width = max(map(len, rows), default=0)
    if width < 2:
        return text
    i, j = rng.sample(range(width), 2)
    for row in rows[rng.randrange(len(rows)) :]:
        if max(i, j) < len(row):
            row[i], row[j] = row[j], row[i]
    return text_of(rows, delimiter)


def written_twice(text: str, rng: random.Random) -> str:
    """Append the file, or the end of it, to itself."""
    return text + text[rng.choice([0, rng.randint(0, len(text))]) :]


def half_written(text: str, rng: random.Random) -> str:
    """End as a file does whose program or machine stopped: cut, then nothing or zeros."""
    return cut_off(text, rng) + rng.choice(["", '"', "\x00" * 40, "\ufffd", "\n" * 30])


def same_everywhere(text: str, rng: random.Random) -> str:
    """Say the same in a column on every line."""
    rows, delimiter = rows_of(text)
    i = rng.randrange(max(map(len, rows), default=0) or 1)
    cell = rng.choice([*JUNK, *(row[i] for row in rows[1:4] if i < len(row))])
    return text_of([*rows[:1], *([*r[:i], cell, *r[i + 1 :]] for r in rows[1:])], delimiter)


def few_lines(text: str, rng: random.Random) -> str:
    """Keep the header and no line, one or two."""
    lines = text.split("\n")
    return "\n".join(lines[: rng.randint(1, 3)])


def padded(text: str, rng: random.Random) -> str:
    rows, delimiter = rows_of(text)
    with_what = rng.choice([" ", "\u00a0", "\u3000", "\u200b", "'", "="])
    return text_of([[with_what + c + with_what.strip() for c in row] for row in rows], delimiter)


def other_letters(text: str, rng: random.Random) -> str:
    """Write everything large or small, wide, or decomposed."""
    how: Callable[[str], str] = rng.choice(
        [str.upper, str.lower, str.swapcase, lambda t: unicodedata.normalize("NFD", t),
         lambda t: t.translate({i: i + 0xFEE0 for i in range(48, 58)})]
    )  # fmt: skip
    return how(text)


def ragged(text: str, rng: random.Random) -> str:
    """Add a delimiter at the end of the header, of some lines, or of all."""
    lines = text.split("\n")
    delimiter = max(",;\t|", key=lines[0].count)
    share = rng.choice([0.0, 0.3, 1.0])
    more = delimiter * rng.randint(1, 3)
    head = lines[0] + more if rng.random() < 0.5 else lines[0]
    return "\n".join([head, *(x + more if rng.random() < share else x for x in lines[1:])])


def dates_otherwise(text: str, rng: random.Random) -> str:
    """Write the dates of some lines in another way."""
    ways = (r"\3.\2.\1", r"\2/\3/\1", r"\3/\2/\1", r"\1\2\3", r"\1/\2/\3", r"\3-\2")
    way, share = rng.choice(ways), rng.choice([0.1, 0.5, 1.0])
    return "\n".join(
        re.sub(r"(20\d\d)-(\d\d)-(\d\d)", way, line) if rng.random() < share else line
        for line in text.split("\n")
    )


def long_cell(text: str, rng: random.Random) -> str:
    rows, delimiter = rows_of(text)
    row = rng.choice(rows) if rows else []
    if row:
        letters = rng.choice(["x", "9", '"', "a b ", "🛌", ": ", "(", " ", "1 x ", "a("])
        row[rng.randrange(len(row))] = letters * rng.choice([300, 20_000])
    return text_of(rows, delimiter)


def thousands_of_columns(text: str, rng: random.Random) -> str:
    """Widen some of the files to thousands of columns; all of them would take days."""
    if rng.random() < 0.99:
        return text
    rows, delimiter = rows_of(text)
    more = rng.choice([1_500, 1_500, 10_000])
    cells = rng.choice([("", "1"), ("yes", ""), ("",), ("0", "7", "x")])
    heads = [[f"c{k}" for k in range(more)]]
    heads += [[rng.choice(cells) for _ in range(more)] for _ in rows[1:8]]
    return text_of([[*row, *head] for row, head in zip(rows, heads, strict=False)], delimiter)


def other_quotes(text: str, rng: random.Random) -> str:
    """Put cells into quotes of other kinds."""
    pairs = ("''", "“”", "«»", "„“", "``", "‘’", ('\\"', '\\"'), ('"""', '"""'))
    (opens, shuts), share = rng.choice(pairs), rng.choice([0.05, 0.5, 1.0])
    rows, delimiter = rows_of(text)
    return "\n".join(
        delimiter.join(opens + c + shuts if rng.random() < share else c for c in row)
        for row in rows
    )


def lines_in_one_cell(text: str, rng: random.Random) -> str:
    """Put lines into quotes as one cell, as spreadsheets do that were not told the delimiter."""
    share = rng.choice([0.05, 0.5, 1.0])
    return "\n".join(
        '"' + line.replace('"', '""') + '"' if line and rng.random() < share else line
        for line in text.split("\n")
    )


def totals(text: str, rng: random.Random) -> str:
    """Add a row that sums up, at the end, at the top, or after every third."""
    rows, delimiter = rows_of(text)
    word = rng.choice(["Total", "Mittelwert", "Moyenne", "Σ", "28 records", "-- end --", ""])
    cells = ("", "7:35", "455", "=SUM(B2:B30)", "#DIV/0!", "0.5", "23:10")
    row = [word, *(rng.choice(cells) for _ in rows[0][1:])] if rows else [word]
    if rng.random() < 0.3:
        return text_of([r for i, one in enumerate(rows) for r in ([one, row] if i % 3 == 2 else
                                                                  [one])], delimiter)  # fmt: skip
    rows.insert(rng.choice([len(rows), 1]), row)
    return text_of(rows, delimiter)


def formulas(text: str, rng: random.Random) -> str:
    """Write cells as a spreadsheet does that shows its formulas, or that failed at them."""
    form = rng.choice(['="%s"', "=%s", "'%s", "#REF!", "#N/A", "#####", "+%s", "@%s", "{%s}"])
    share = rng.choice([0.02, 0.3, 1.0])
    rows, delimiter = rows_of(text)
    return text_of([*rows[:1], *([form.replace("%s", c) if rng.random() < share else c for c in row]
                                 for row in rows[1:])], delimiter)  # fmt: skip


def two_exports(text: str, rng: random.Random) -> str:
    """Append another product's export, or set it in front."""
    other, between = text_in(rng.choice(FILES)), rng.choice(["", "\n", "\n\n", "\nSheet2\n"])
    return text + between + other if rng.random() < 0.5 else other + between + text


def columns_in_another_order_from_here(text: str, rng: random.Random) -> str:
    """Repeat the header in the middle with its columns in another order."""
    rows, delimiter = rows_of(text)
    if len(rows) < 3:
        return text
    order = list(range(len(rows[0])))
    rng.shuffle(order)
    at = rng.randrange(1, len(rows))
    below = [[row[i] if i < len(row) else "" for i in order] for row in [rows[0], *rows[at:]]]
    return text_of([*rows[:at], *below], delimiter)


def other_line_ends(text: str, rng: random.Random) -> str:
    """End lines in what other programs take for the end of one."""
    end = rng.choice(["\r\r\n", "\n\r", "\x0c", "\x85", "\u2029", "\\n", " \n", "\x00\n", "<br>"])
    share = rng.choice([0.1, 1.0])
    return "".join(line + (end if rng.random() < share else "\n") for line in text.split("\n"))


def broken_by_mail(text: str, rng: random.Random) -> str:
    """Break long lines, or begin each with a mark, as mail programs do."""
    if rng.random() < 0.5:
        mark = rng.choice(["> ", ">", "  ", "\t", "# ", "| ", "1: "])
        return "\n".join(mark + line for line in text.split("\n"))
    width, broken = rng.choice([40, 76, 255]), rng.choice(["\n", "=\n", "\n "])
    return "\n".join(
        broken.join(line[i : i + width] for i in range(0, max(len(line), 1), width))
        for line in text.split("\n")
    )


def invisible_letters(text: str, rng: random.Random) -> str:
    """Put a letter that is not seen, or one that moves others, into cells."""
    letter = rng.choice(
        "\u200b\u200e\u202e\u2066\u00ad\u2060\ufe0f\x01\x07\x1b\x7f\x85\u2028\x0b\ue000"
    )
    share = rng.choice([0.05, 0.5, 1.0])
    rows, delimiter = rows_of(text)

    def put(cell: str) -> str:
        i = rng.randint(0, len(cell))
        return cell[:i] + letter + cell[i:] if rng.random() < share else cell

    return text_of([[put(cell) for cell in row] for row in rows], delimiter)


def clocks_otherwise(text: str, rng: random.Random) -> str:
    """Write clock times in other ways, some of them all at once."""
    ways = (
        "{h}h{m}",
        "{h}.{m}",
        "{h}{m}",
        "{h}:{m}:00.000000",
        "{h}:{m} Uhr",
        "~{h}:{m}",
        "{h}",
        "{h}:{m}-{h}:{m}",
        "{h}:{m}?",
        "{h}：{m}",
        "{h}:{m} CET",
        "midnight",
        "{h}:{m}+14:00",
    )
    many = rng.choice([1, 5, 0])
    return re.sub(r"\b([01]?\d|2[0-3]):([0-5]\d)\b(?!:)",
                  lambda m: rng.choice(ways).format(h=m[1], m=m[2]), text, count=many)  # fmt: skip


def header_in_lines(text: str, rng: random.Random) -> str:
    """Break cells of the header into lines, in quotes, as spreadsheets write them."""
    rows, delimiter = rows_of(text)
    if rows:
        for i in rng.sample(range(len(rows[0])), min(len(rows[0]), rng.choice([1, 2, 99]))):
            words = rows[0][i].split(" ")
            words.insert(rng.randint(0, len(words)), rng.choice(["", "(0-10)", "\n", "a"]))
            rows[0][i] = rng.choice(["\n", " \n"]).join(words)
    return text_of(rows, delimiter)


def quoted_over_lines(text: str, rng: random.Random) -> str:
    """Put a quote at the start of a cell and one at the end of another, up to two lines below."""
    lines = text.split("\n")
    delimiter = max(",;\t|", key=lambda d: max(line.count(d) for line in lines[:30]))
    i = rng.choice([0, rng.randrange(len(lines))])
    j = min(i + rng.randint(0, 2), len(lines) - 1)
    for at, before in ((i, True), (j, False)):
        cells = lines[at].split(delimiter)
        k = rng.randrange(len(cells))
        cells[k] = f'"{cells[k]}' if before else f'{cells[k]}"'
        lines[at] = delimiter.join(cells)
    return "\n".join(lines)


def turned_round(text: str, rng: random.Random) -> str:
    """Write some of the rows as columns, so that nights stand side by side."""
    rows, delimiter = rows_of(text)
    rows = rows[: rng.choice([8, 40])]
    width = max(map(len, rows), default=0)
    return text_of(
        [[row[i] if i < len(row) else "" for row in rows] for i in range(width)], delimiter
    )


def damaged(text: str, rng: random.Random) -> bytes:
    """Write a text in another encoding or two, or flip some of its bytes."""
    names = ("utf-8", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp437", "utf-7",
             "shift_jis", "cp1251", "gb18030", "mac_roman", "koi8_r")  # fmt: skip
    cut = rng.choice([0, len(text), rng.randint(0, len(text))])
    first, then = rng.sample(names, 2)
    text = text.replace("a", rng.choice(["a", "a", "ä", "я", "か"]))
    raw = bytearray(text[:cut].encode(first, "replace") + text[cut:].encode(then, "replace"))
    for _ in range(rng.choice([0, 0, 1, 5, 50]) if raw else 0):
        raw[rng.randrange(len(raw))] = rng.choice([0, 10, 13, 34, rng.randrange(256)])
    return bytes(raw[: len(raw) - rng.choice([0, 0, 1, 2, 3])])


def read_damaged(raw: bytes, tz: str | None = None) -> str:
    """Read bytes of which nobody knows what they say; return how it ended."""
    stream = io.BytesIO(raw)
    stream.name = "mangled.csv"
    try:
        nights = _read(stream, tz)
    except DiaryError as error:
        if not str(error).strip() or not all(error.problems) or not error.problems:
            raise AssertionError("an error without words") from error
        return "refused"
    ss.reading_report(nights)
    ss.check_nights(nights)
    return "read"


CHANGES = (
    cut_off, cut_line, drop_line, repeat_line, shuffle_lines, shuffle_columns, change_delimiter,
    swap_delimiter_blindly, bom, repeat_header, repeat_column, drop_column, junk_cells, junk_cells,
    swap_cells, blank_column, stray_quote, blank_lines, title_line, old_line_ends, other_digits,
    ditto_marks, ditto_marks, notes_of_several_lines, other_kind, many_columns, other_years,
    to_changing_clocks, mixed_line_ends, mark_inside, quotes_in_header, delimiter_from_here,
    columns_swapped_from_here, written_twice, half_written, same_everywhere, few_lines, padded,
    other_letters, ragged, dates_otherwise, long_cell, thousands_of_columns, other_quotes,
    lines_in_one_cell, totals, formulas, two_exports, columns_in_another_order_from_here,
    other_line_ends, broken_by_mail, invisible_letters, clocks_otherwise, turned_round,
    header_in_lines, quoted_over_lines,
)  # fmt: skip


def read_mangled(file: Path, text: str, tz: str | None = None, beside: str = "") -> str:
    """Read a mangled text of a fixture and check what must hold; return how it ended.

    A journal is read beside the unmangled files of nights of its own folder, else beside a diary.
    With ``beside``, that text is read as the first of two files.
    """
    first = [_stream(beside, "first.csv")] if beside else []
    try:
        nights = _read([*first, _stream(text)] if first else _stream(text), tz)
    except DiaryError as error:
        if not str(error).strip() or not all(error.problems) or not error.problems:
            raise AssertionError("an error without words") from error
        if "holds no nights, only what goes with them" not in str(error):
            return "refused"
        return _beside_its_nights(file, text, tz)
    check(nights, text)
    return "read"


def _stream(text: str, name: str = "mangled.csv") -> io.BytesIO:
    stream = io.BytesIO(text.encode("utf-8", "replace"))
    stream.name = name
    return stream


def _read(source: object, tz: str | None) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", DiaryWarning)
        return ss.read_diary(source, tz=tz)


def _beside_its_nights(file: Path, text: str, tz: str | None) -> str:
    own = [one for one in FILES if one.parent == file.parent and one != file]
    for partner in [*own, *(one for one in FILES if one.parent.name == "diary")]:
        try:
            nights = _read([partner, _stream(text)], tz)
        except DiaryError:
            continue
        check(nights, text)
        return "joined"
    return "refused"


def halves(text: str, rng: random.Random) -> tuple[str, str]:
    """Cut a file into two with the same header."""
    head, *lines = text.split("\n")
    at = rng.randint(0, len(lines))
    return "\n".join([head, *lines[:at]]), "\n".join([head, *lines[at:]])


def check(nights: pd.DataFrame, text: str) -> None:
    """Raise AssertionError where a night or the account of the rows is impossible."""
    report = ss.reading_report(nights)
    mine = report[report["file"] == "mangled.csv"]
    wide = any(s["format"] in _SEVERAL_NIGHTS_A_LINE for s in nights.attrs["sleepstats"]["sources"])
    # of nights side by side the lines of the turned table are told, and the person is told so
    said = nights.attrs["sleepstats"]["notes"]
    # so has a diary's line with further stays in bed: a row for each, and the person is told so
    wide |= any("hold further stays in bed" in note for note in said)
    if not any("was turned round" in note for note in said):
        _every_line_accounted_for(mine, text, once=not wide)
    if not set(report["status"]) <= set(STATUSES):
        raise AssertionError(f"statuses {set(report['status'])}")
    silent = mine[mine["status"].isin(["refused", "unmatched", "duplicate"]) & (mine.problem == "")]
    if len(silent):
        raise AssertionError(f"no reason given:\n{silent}")
    if not (nights.index.is_unique and nights.index.is_monotonic_increasing):
        raise AssertionError("nights are not unique and sorted")
    if nights.index.hasnans or nights.columns.has_duplicates:
        raise AssertionError("a night without a date, or a column twice")
    for name in nights.columns:
        column = DICTIONARY.get(name)
        if column is None or column.unit not in ("min", "%"):
            continue
        values = nights[name].to_numpy(dtype=float, na_value=np.nan)
        if column.unit == "min" and (np.isinf(values).any() or (values < 0).any()
                                     or (values > 1440).any()):  # fmt: skip
            raise AssertionError(f"{name}: {values}")
    ss.check_nights(nights)


def _every_line_accounted_for(report: pd.DataFrame, text: str, *, once: bool) -> None:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    filled = [i for i, line in enumerate(text.split("\n"), 1) if line.strip()]
    told = report["line"].tolist()
    if unknown := set(told) - set(range(1, text.count("\n") + 2)):
        raise AssertionError(f"lines {sorted(unknown)} are told and not there")
    if once and len(set(told)) != len(told):
        raise AssertionError(f"a line is told twice: {told}")
    lost = sorted(set(filled) - set(told))
    if lost:
        raise AssertionError(f"lines {lost} are not accounted for; told: {told}")


@cache
def text_in(file: Path) -> str:
    """Return an invented export as text."""
    return file.read_bytes().decode("utf-8-sig")


def one(task: tuple[int, int]) -> tuple[str, str, str]:
    """Mangle and read one file; return how it ended, and where and how it failed."""
    seed, number = task
    rng = random.Random(seed * 1_000_003 + number)
    file = rng.choice(FILES)
    text, beside = text_in(file), ""
    if rng.random() < 0.2:
        beside, text = halves(text, rng)
    text = mangle(text, rng)
    tz = rng.choice(ZONES)
    try:
        if rng.random() < 0.1:
            return read_damaged(damaged(text, rng), tz), "", ""
        return read_mangled(file, text, tz, beside), "", ""
    except Exception as error:
        where = error.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else ""
        example = f"{file.parent.name}/{file.name} #{number} {tz}: {error}\n{text[:1500]}"
        return "FAILED", f"{type(error).__name__} at {place}", example


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tries", type=int, nargs="?", default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=None)
    given = parser.parse_args()
    tries, seed = given.tries, given.seed
    ended: dict[str, int] = {}
    began = time.perf_counter()
    failures: dict[str, str] = {}
    with multiprocessing.Pool(given.processes) as pool:
        tasks = ((seed, number) for number in range(tries))
        for how, key, example in pool.imap(one, tasks, chunksize=100):
            ended[how] = ended.get(how, 0) + 1
            if key:
                failures.setdefault(key, example)
    seconds = time.perf_counter() - began
    for key, example in failures.items():
        print(f"== {key}\n{example}\n")
    counts = ", ".join(f"{count} {how}" for how, count in sorted(ended.items()))
    print(f"{tries} mangled files of {len(FILES)} exports: {counts}; seed {seed}, {seconds:.0f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
