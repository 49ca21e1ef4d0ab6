"""One module per product. Each defines ``FORMAT``, or ``FORMATS``; a module adds its formats.

Here is which formats there are, which of them a file is, in which of the old encodings it is, and
what a person put beside a product's columns.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import numpy as np
import pandas as pd

from sleepstats.columns import CLOCKS
from sleepstats.errors import option
from sleepstats.reading.cells import is_missing, kind_of_cells, read_words
from sleepstats.reading.nights import Claim, Draft, Format, Options, Preview, own_columns
from sleepstats.reading.nights.not_one_diary import OTHER_NAMES, Unknown, unknown
from sleepstats.reading.nights.years import dated, month_of, months_fit
from sleepstats.reading.text import DELIMITERS, Source, csv_rows, quotes, raw_table, split_line
from sleepstats.reading.words import Shape, meaning, meanings_of, sense, strange_words
from sleepstats.reading.words.shapes import shape_of

SURE = 90  # a claim of this score needs no comparison with a plain diary table
#: Dates of nights side by side stand in so many lines from the top, and are at least so many.
_DATES_WITHIN, _FEWEST_NIGHTS = 12, 3
_MONTH_AND_YEAR = re.compile(r"(?<![^\W\d_])(?P<word>[^\W\d_]{3,})\.? ?(?P<year>20\d\d)")
#: What a device counts from midnight to midnight, and what else its headers speak of.
_DAY_TOTAL = re.compile(r"(total |daily )?(steps?|schritte|pas|pasos|passi|passos|步数|歩数)", re.I)
_OF_DEVICES = re.compile(
    r"score|weight|frequency|volume|balance|window|index|activ|training|temp|distance|burn|calor|"
    r"quality|strain|load|goal|target|^$", re.I
)  # fmt: skip
_TURNED = (
    "Each night is a column of this file: it was turned round. A message names the column, and the "
    "line in which its date stands."
)


@cache
def known_formats() -> dict[str, Format]:
    """Return every format by name, in alphabetical order."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    formats = [one for m in modules for one in getattr(m, "FORMATS", None) or (m.FORMAT,)]
    return {known.name: known for known in sorted(formats, key=lambda known: known.name)}


def recognise(
    preview: Preview, name: str, formats: Mapping[str, Format], options: Options
) -> tuple[Claim, Format]:
    """Return the best claim to a file and the format that made it."""
    claims: list[tuple[Claim, Format]] = []
    candidates = [f for f in formats.values() if name in ("auto", f.name)]
    for known in sorted(candidates, key=lambda f: f.last_resort):
        claim = known.recognise(preview, options)
        if claim is None:
            continue
        if claim.score >= SURE:  # no two formats are sure of one file
            return claim, known
        claims.append((claim, known))
    if not claims:
        raise Unknown(unknown(preview, name, formats))
    return max(claims, key=lambda pair: pair[0].score)


def upright(source: Source) -> Source | None:
    """Return a table whose nights stand side by side with one row a night; None if it is none.

    Its dates stand in a row, the names of what was written down in its first column. Such blocks
    may stand below each other, one a week.
    """
    top = source.preview()[:_DATES_WITHIN]
    for delimiter in DELIMITERS:
        cells = [split_line(line, delimiter) for line in top]
        if any(_has_days(row, source.name, *cells[:i]) for i, row in enumerate(cells)):
            reader = csv_rows(source.text, delimiter)
            rows, lines = [], []
            for row in reader:  # which may run over several lines
                rows.append(row)
                lines.append(reader.line_num - sum(cell.count("\n") for cell in row))
            head, nights, labels, places = _columns_of_nights(rows, source.name, lines)
            if len(nights) >= _FEWEST_NIGHTS and labels:
                out = io.StringIO()
                written = [[" ".join(name.split()) for name in (head, *labels)]]
                written += [[night.get(label, "") for label in ("", *labels)] for night in nights]
                csv.writer(out, lineterminator="\n").writerows(written)
                # of each line after the first; a cell may run over several
                turned = [
                    place
                    for row, place in zip(written, [places[0], *places], strict=True)
                    for _ in range(1 + sum(cell.count("\n") for cell in row))
                ]
                return replace(
                    source, text=out.getvalue(), raw=b"", notes=(*source.notes, _TURNED),
                    turned=tuple(turned[1:]),
                )  # fmt: skip
    return None


def _has_days(cells: list[str], *above: str | Sequence[str]) -> bool:
    cells = [cells[0], *_days_of_month(cells, *above)] if cells else cells
    days = [cell.strip() for cell in cells[1:] if cell.strip() and not raw_table.is_average(cell)]
    return len(set(days)) >= _FEWEST_NIGHTS and (
        kind_of_cells(days) in ("date", "stamp")
        or all(dated(d) and months_fit(d) for d in days)
        or not any(read_words(d).bad for d in days)
    )


def _days_of_month(row: Sequence[str], *above: str | Sequence[str]) -> list[str]:
    """Return the cells after the first; the days 1, 2, 3 of "March 2031" as whole dates.

    The month stands beside the days, else in the nearest title ``above`` them. What stands at the
    side of the days, such as totals, is blank.
    """
    days = [cell.strip() for cell in row[1:]]
    if [day for day in days if day.isdecimal()][:3] != ["1", "2", "3"]:
        return list(row[1:])
    titles = [text for text in above if isinstance(text, str)]
    titles += [next(iter(said), "") for cells in above if not isinstance(cells, str)
               if len(said := [cell for cell in cells if cell.strip()]) == 1]  # fmt: skip
    for title in (row[0], *reversed(titles)):
        month = _MONTH_AND_YEAR.search(title)
        if month and (number := month_of(month["word"])):
            known = (x.isdecimal() and len(x) < 3 and 1 <= int(x) <= 31 for x in days)
            return [
                f"{month['year']}-{number:02d}-{day:0>2}" if is_day else ""
                for day, is_day in zip(days, known, strict=True)
            ]
    return list(row[1:])


def _columns_of_nights(
    rows: list[list[str]], name: str, lines: list[int]
) -> tuple[str, list[dict[str, str]], list[str], list[tuple[int, int]]]:
    """Return what the dates are called, what stands below each by its row's label, the labels.

    And the line and the column of each date.
    """
    head = ""
    places: list[tuple[int, int]] = []
    nights: list[dict[str, str]] = []
    labels: dict[str, None] = {}
    block: dict[int, dict[str, str]] = {}
    for at, row in enumerate(rows):
        above = (name, *rows[max(0, at - 3) : at])
        if _has_days(row, *above):
            days = enumerate(map(str.strip, _days_of_month(row, *above)), 1)
            block = {i: {"": day} for i, day in days if day and not raw_table.is_average(day)}
            nights += block.values()
            places += [(lines[at], i + 1) for i in block]
            head = head or row[0].strip()
        elif row and (label := row[0].strip()) and any(cell.strip() for cell in row[1:]):
            labels[label] = None
            for i, night in block.items():
                night[label] = row[i].strip() if i < len(row) else ""
    dates = sense(head, Shape("date"))
    head = head if dates and dates.role == "date" else "date"
    return head, nights, list(labels), places


#: Encodings that files of tables are met in, the commonest first; the first of equals holds.
_CANDIDATES = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "shift_jis", "gb18030", "big5",
    "euc_kr", "mac_roman", "cp850",
)  # fmt: skip
#: The letters beside the plain ones of one language each, from German to Lithuanian.
_LETTERS = (
    "äöüßµ", "àâæçéèêëîïôùûüÿœº", "áéíóúüñªº", "áàâãçéêíóôõúüªº", "àáèéìíîòóùúªº", "äëéèêïóöüç",
    "ąćęłńóśźż", "åäöéüà", "æøåéäöü", "áčďéěíňóřšťúůýž", "áäčďéíľňóôšťúýž", "áéíóöőúüű", "čćđšž",
    "ăâîșțşţ", "çğıiöşüâî", "áðéíóúýþæö", "äõöüšž", "āčēģīķļņšūž", "ąčęėįšųūž",
)  # fmt: skip
_SAMPLE, _LINES = 20_000, 25  # so much of a file is looked at
#: Encodings of which no spreadsheet of today writes a file.
_RARE = re.compile(r"mac_(?!roman|cyrillic)|hp_|cp(?:0|1\d\d\b|1[01]\d\d|5|7|8[57]5)|kz|ptcp|tis")
_ODD = re.compile(
    r"(?<=[^\W\d_])[\u0080-\u00bf\u00d7\u00f7\u2000-\u2bff](?=[^\W\d_])|"
    r"(?<=[a-zß-öø-ÿа-я])[A-ZÀ-ÖØ-ÞŸŽŹŻŠŚČĆĎĚĘĄŁŇŃŘŤŮŐŰĽĹŔА-Я]|"
    r"(?<=[A-Za-zÀ-ɏ])[\u0370-\u1fff\u2e80-\uffef]"
)


def best_decoded(source: Source) -> tuple[Source, list[str]]:
    """Return a source whose bytes are no UTF-8 in the encoding in which its words are known.

    charset-normalizer proposes, the words of the header decide, and which it was is told.
    """
    if not source.raw:
        return source, []
    top = source.raw[:_SAMPLE]
    top = top[: top.rfind(b"\n") + 1] or top
    proposed = _proposed(top)
    order = list(dict.fromkeys(["cp1252", *proposed, *_CANDIDATES]))
    best, most, seen = "cp1252", (-1, 0, 0, 0), set[str]()
    for encoding in order:
        try:
            text = _decoded(top, encoding, "strict")
        except (UnicodeDecodeError, LookupError):
            continue
        # the commoner of two encodings of the same letters holds; no text has control characters
        if text in seen or any("\x80" <= sign <= "\x9f" for sign in set(text)):
            continue
        seen.add(text)
        likely = int(encoding in proposed[:1])
        score = (_known_words(text), _letters_known(text), -_odd_signs(text), likely)
        if score > most:
            best, most = encoding, score
    text = _decoded(source.raw, best, "replace")
    how = f"its words fit {best}" if most[0] else f"{best} is the likeliest"
    note = f"The file is not in UTF-8: {how}. If letters look wrong, save it as CSV UTF-8."
    return replace(source, text=text, encoding=best, raw=b""), [note]


def _decoded(raw: bytes, encoding: str, errors: str) -> str:
    return quotes.one_line_header(re.sub("\r\n?", "\n", raw.decode(encoding, errors)))


def _proposed(sample: bytes) -> list[str]:
    """Return what charset-normalizer takes the bytes for, the likeliest first."""
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return []
    return [m.encoding for m in from_bytes(sample) if not _RARE.match(m.encoding)][:6]


def _odd_signs(text: str) -> int:
    """Count odd signs inside of words, and the letters that no one language has: mańana, acosté."""
    letters = [sign for sign in text.casefold() if "\x80" < sign < "\u0300" and sign.isalpha()]
    return len(_ODD.findall(text)) + min(sum(a not in own for a in letters) for own in _LETTERS)


def _letters_known(text: str) -> int:
    """Count the words with other than plain letters that are known: après, no aprčs."""
    words = {word for word in re.findall(r"[^\W\d_]{3,}", text.casefold()) if not word.isascii()}
    return sum(not strange_words(word) and not _ODD.search(word) for word in words)


def _known_words(text: str) -> int:
    """Count the headers that mean something, in the line of the first ones that has most."""
    most = 0
    for line in text.split("\n")[:_LINES]:
        for delimiter in (one for one in DELIMITERS if one in line):
            cells = split_line(line, delimiter)
            known = (meaning(c) or (meanings_of(c) and not _ODD.search(c)) for c in cells)
            most = max(most, sum(map(bool, known)))
    return most


#: Of a JSON document so many lists are told, and so many names of each.
_LISTS_TOLD, _NAMES_TOLD = 4, 8


def held(sources: Sequence[Source]) -> str:
    """Say in a few words which records a JSON document is a list of."""
    said = []
    for source in sources[:_LISTS_TOLD]:
        header, *rows = csv.reader(io.StringIO(source.text))
        more = ", …" if len(header) > _NAMES_TOLD else ""
        lead = f"in {source.sheet!r} " if source.sheet else ""
        records = "1 record" if len(rows) == 1 else f"{len(rows):,} records"
        said.append(f"{lead}{records} with {', '.join(map(repr, header[:_NAMES_TOLD]))}{more}")
    rest = len(sources) - _LISTS_TOLD
    return "JSON: " + "; ".join(said) + (f"; and {rest} more lists" if rest > 0 else "")


def no_json(sources: Sequence[Source], formats: Mapping[str, Format]) -> str:
    """Say what a JSON document holds, that no sleep is in it, and which documents are read."""
    name = sources[0].name.removesuffix(f", {sources[0].sheet}")
    known = [f.product for f in formats.values() if ".json" in f.product.casefold()]
    return (
        f"{name}: {held(sources)}. No sleep was found in it. JSON that is read: "
        f"{'; '.join(known)}; Oura's and Health Auto Export's; any list of records with a date and "
        "'bedtime', 'wake time' or the like. For other names: "
        f"{OTHER_NAMES}."
    )


def take_pasted(draft: Draft) -> Draft:
    """Take what is surely a habit, a feeling or a note that a person put beside a product's own."""
    rows_apart = draft.part_of is None and draft.evenings is None
    if not draft.of_product or draft.role == "evenings" or not rows_apart:
        return draft
    taken: list[str] = []
    product = {draft.place[word] for word in draft.of_product if word in draft.place}
    read = {told.get("header") for told in draft.told.values()}
    for at, header in enumerate(draft.table.header):
        column = draft.table.columns[at]
        known = at in product or header in read or bool(_OF_DEVICES.search(header))
        words = None if known else sense(header, Shape())
        known |= words is not None and words.role not in ("habit", "morning", "note")
        if known or (shape := shape_of(column)).kind == "empty":
            continue
        meant = sense(header, shape)
        if meant and meant.role == "note" and "comments" not in draft.columns:
            texts = pd.Series(column).mask(is_missing(column))
            draft.put("comments", texts.astype("str").array, header)
            taken.append(header)
            continue
        sure = meant is not None or shape.kind == "yes/no" or shape.ticks
        meant = own_columns.role_of_own(header, None, meant, draft.options, shape)
        if meant.role not in ("habit", "morning") or not (sure or meant.why == "you said so"):
            continue
        before = set(draft.columns)
        after = draft.since_evening(*CLOCKS)
        own_columns.take_own_column(draft, column, header, name=None, sense=meant, reference=after)
        names = [n for n in draft.columns if n not in before and meant.role == "habit"]
        if draft.labels == "morning" and _DAY_TOTAL.fullmatch(header.strip()):
            _of_the_day(draft, names, header)
            continue
        draft.pasted += names
        taken.append(header)
    for i, note in enumerate(draft.notes):
        if note.startswith(lead := "Columns not used: "):
            rest = [h for h in note[len(lead) : -1].split(", ") if h not in taken]
            draft.notes[i : i + 1] = [f"{lead}{', '.join(rest)}."] if rest else []
    listed = ", ".join(map(repr, taken))
    if draft.labels == "calendar":
        draft.pasted = []  # all that is of the day moves
    elif draft.pasted and draft.options.labels == "calendar":
        draft.labels = "calendar"
        draft.notes.append(f"Your own columns {listed}: of the day on which the row's night ended.")
    elif draft.pasted:
        draft.readings = ("calendar",)
        draft.assumed.append(
            f"Columns {listed} are not of this kind of export: taken as your own, habits as of the "
            "evening before the row's night. If they are of the day on which it ended: "
            f"{option('read_diary(...', labels='calendar')}."
        )
    return draft


def _of_the_day(draft: Draft, names: Sequence[str], header: str) -> None:
    """Bring what was counted on the day of waking to the night that followed."""
    night = draft.night.astype("M8[D]")
    row_of = {day: i for i, day in enumerate(night.tolist()) if day is not None}
    before = np.array([row_of.get(day, -1) for day in (night - np.timedelta64(1, "D")).tolist()])
    for name in names:
        values = pd.Series(draft.columns[name])
        moved = values.take(np.maximum(before, 0)).reset_index(drop=True)
        draft.columns[name] = moved.where(before >= 0).array
    draft.notes.append(f"Column {header!r}: of its calendar day, after the night that ended on it.")
