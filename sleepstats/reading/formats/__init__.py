"""One module per product. Each defines ``FORMAT``, or ``FORMATS``; a module adds its formats.

Here is which formats there are, which of them a file is, what an unknown file comes nearest to, and
in which of the old encodings it is.
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

from sleepstats.errors import DiaryError, did_you_mean
from sleepstats.reading.cells import kind_of_cells
from sleepstats.reading.cells.stamp_words import read_words
from sleepstats.reading.nights import Claim, Format, Options, Preview
from sleepstats.reading.nights.years import dated, month_of, months_fit
from sleepstats.reading.text import DELIMITERS, Source, csv_rows, normal_header, split_line
from sleepstats.reading.words import Shape, meaning, meanings, sense

#: A claim of this score needs no comparison with a plain diary table.
SURE = 90
#: Dates of nights side by side stand in so many lines from the top, and are at least so many.
_DATES_WITHIN, _FEWEST_NIGHTS = 12, 3
#: Of a table with more columns no names are told.
_MOST_NAMED = 15
_MONTH_AND_YEAR = re.compile(r"(?P<word>[^\W\d_]{3,})\.? ?(?P<year>20\d\d)")
_TURNED = (
    "Each night is a column of this file: it was turned round, and a line in a message is one of "
    "the turned table."
)
#: A format is named as the nearest only when this share of its header words is there.
NEAR_SHARE = 0.3


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
        raise DiaryError(_unknown(preview, name, formats))
    return max(claims, key=lambda pair: pair[0].score)


#: What a table of people says of them, and no diary of its nights.
_ABOUT_PEOPLE = frozenset(
    ("age", "gender", "sex", "occupation", "bmi", "bmi category", "height", "weight", "job",
     "country", "education", "marital status", "alter", "geschlecht", "beruf", "âge", "sexe")
)  # fmt: skip


def _unknown(preview: Preview, name: str, formats: Mapping[str, Format]) -> str:
    number = preview.first_line()
    line = preview.lines[number - 1].strip() if preview.lines else ""
    shown = line if len(line) <= 80 else line[:77] + "…"
    asked = "any known export" if name == "auto" else formats[name].product
    wanted = [f for f in formats.values() if name in ("auto", f.name)]
    return (
        f"{preview.name}, line {number}: {shown!r} does not look like the header of {asked}. "
        f"{nearest(preview, wanted)}{_of_people(preview, number)}"
        f"{_of_headers(preview, number) if name == 'auto' else ''}{_of_text(line)}"
        "Expected column names such as 'date', 'bed time', 'wake time'. If this is a diary with "
        "other headers, map them: read_diary(path, columns={'your header': 'into_bed', …}); "
        "list_formats() shows what is recognised."
    )


#: Headers as they are understood, for those that nearly are.
_USUAL = ("date", "bedtime", "went to bed", "lights out", "fell asleep", "woke up", "wake time",
          "waking time", "got up", "out of bed", "hours slept", "time asleep", "sleep quality",
          "time to fall asleep", "awakenings", "datum", "aufgewacht", "aufgestanden", "coucher",
          "réveil", "fecha", "giorno", "risveglio", "data")  # fmt: skip


def _of_headers(preview: Preview, number: int) -> str:
    """Name the columns that are understood, and the nearest known header of those that are not."""
    cells = max((preview.cells(number, one) for one in DELIMITERS), key=len, default=[])
    cells = [cell.strip() for cell in cells if cell.strip()]
    if not 2 <= len(cells) <= _MOST_NAMED:
        return ""
    known = meanings(cells, {})
    rest = [
        f"{cell!r}{did_you_mean(cell.casefold(), _USUAL).replace('Did you mean ', '(nearest: ')}"
        for i, cell in enumerate(cells)
        if i not in known
    ]
    rest = [text.replace("?", ")") if "(nearest: " in text else text for text in rest]
    got = ", ".join(repr(cells[i]) for i in sorted(known)) or "none of its columns"
    return f"Understood: {got}; not understood: {', '.join(rest)}. " if rest else ""


def _of_text(line: str) -> str:
    """Say so where the file begins as a text does, and no table."""
    if re.match(r"#{1,6} |[-*] |>|---", line):
        return (
            "It begins as a text (Markdown): copy its table into a spreadsheet, save that as CSV. "
        )
    return "It begins as a document (RTF): save its table as CSV. " if line[:5] == "{\\rtf" else ""


def _of_people(preview: Preview, number: int) -> str:
    """Say so where each row seems to be another person, or return an empty text."""
    for delimiter in DELIMITERS:
        words = {cell.strip().casefold() for cell in preview.cells(number, delimiter)}
        if len(words & _ABOUT_PEOPLE) >= 2 and not any("date" in word for word in words):
            return (
                "It has no dates, and speaks of what differs between people: a table with one row "
                "a person tells nothing of one person's nights. "
            )
    return ""


def upright(source: Source) -> Source | None:
    """Return a table whose nights stand side by side with one row a night; None if it is none.

    Its dates stand in a row, the names of what was written down in its first column. Such blocks
    may stand below each other, one a week.
    """
    top = source.preview()[:_DATES_WITHIN]
    for delimiter in DELIMITERS:
        cells = [split_line(line, delimiter) for line in top]
        if any(_has_days(row, source.name, *cells[:i]) for i, row in enumerate(cells)):
            rows = list(csv_rows(source.text, delimiter))
            head, nights, labels = _columns_of_nights(rows, source.name)
            if len(nights) >= _FEWEST_NIGHTS and labels:
                out = io.StringIO()
                table = csv.writer(out, lineterminator="\n")
                table.writerow([head, *labels])
                table.writerows(
                    [night.get(label, "") for label in ("", *labels)] for night in nights
                )
                return replace(source, text=out.getvalue(), raw=b"", notes=(*source.notes, _TURNED))
    return None


def _has_days(cells: list[str], *above: str | Sequence[str]) -> bool:
    cells = [cells[0], *_days_of_month(cells, *above)] if cells else cells
    days = [cell.strip() for cell in cells[1:] if cell.strip()]
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
            known = (day.isdecimal() and 1 <= int(day) <= 31 for day in days)
            return [
                f"{month['year']}-{number:02d}-{day:0>2}" if is_day else ""
                for day, is_day in zip(days, known, strict=True)
            ]
    return list(row[1:])


def _columns_of_nights(
    rows: list[list[str]], name: str
) -> tuple[str, list[dict[str, str]], list[str]]:
    """Return what the dates are called, what stands below each by its row's label, the labels."""
    head = ""
    nights: list[dict[str, str]] = []
    labels: dict[str, None] = {}
    block: dict[int, dict[str, str]] = {}
    for at, row in enumerate(rows):
        above = (name, *rows[max(0, at - 3) : at])
        if _has_days(row, *above):
            days = enumerate(_days_of_month(row, *above), 1)
            block = {i: {"": day.strip()} for i, day in days if day.strip()}
            nights += block.values()
            head = head or row[0].strip()
        elif row and (label := row[0].strip()) and any(cell.strip() for cell in row[1:]):
            labels[label] = None
            for i, night in block.items():
                night[label] = row[i].strip() if i < len(row) else ""
    dates = sense(head, Shape("date"))
    return head if dates and dates.role == "date" else "date", nights, list(labels)


def nearest(preview: Preview, formats: list[Format]) -> str:
    """Name the format whose header words the first lines share most, and those that are missing."""
    best: tuple[float, int, Format | None, list[str], list[str]] = (0.0, 0, None, [], [])
    for line in range(1, len(preview.lines) + 1):
        for delimiter in DELIMITERS:
            words = {normal_header(cell) for cell in preview.cells(line, delimiter)}
            for one in formats:
                have = [word for word in one.signature if word in words]
                share = len(have) / max(len(one.signature), 1)
                if len(have) >= 2 and (share, len(have)) > best[:2]:
                    missing = [word for word in one.signature if word not in words]
                    best = (share, len(have), one, have, missing)
    share, _, known, have, missing = best
    if known is None or share < NEAR_SHARE:
        return ""
    return (
        f"The nearest is {known.product} (format={known.name!r}): {_quoted(have)} "
        f"{'are' if len(have) > 1 else 'is'} there"
        + (f", but {_quoted(missing)} {'are' if len(missing) > 1 else 'is'} not. "
           if missing else ", but something else of it is not as expected. ")
    )  # fmt: skip


def _quoted(words: list[str], shown: int = 5) -> str:
    text = ", ".join(repr(word) for word in words[:shown])
    return text + (f" and {len(words) - shown} more" if len(words) > shown else "")


#: Encodings that files of tables are met in, the commonest first; the first of equals holds.
_CANDIDATES = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "shift_jis", "gb18030", "big5",
    "euc_kr", "mac_roman", "cp850",
)  # fmt: skip
#: So much of a file is looked at.
_SAMPLE = 20_000
_LINES = 25
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
    best, most, seen = "cp1252", (-1, 0, 0), set[str]()
    for encoding in order:
        try:
            text = _decoded(top, encoding, "strict")
        except (UnicodeDecodeError, LookupError):
            continue
        if text in seen:  # the same letters: the commoner encoding's name holds
            continue
        seen.add(text)
        score = (_known_words(text), -_odd_signs(text), int(encoding in proposed[:1]))
        if score > most:
            best, most = encoding, score
    text = _decoded(source.raw, best, "replace")
    how = f"its words fit {best}" if most[0] else f"{best} is the likeliest"
    note = f"The file is not in UTF-8: {how}. If letters look wrong, save it as CSV UTF-8."
    return replace(source, text=text, encoding=best, raw=b""), [note]


def _decoded(raw: bytes, encoding: str, errors: str) -> str:
    return raw.decode(encoding, errors).replace("\r\n", "\n").replace("\r", "\n")


def _proposed(sample: bytes) -> list[str]:
    """Return what charset-normalizer takes the bytes for, the likeliest first."""
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return []
    proposed = [match.encoding for match in from_bytes(sample)]
    return [one for one in proposed if not _RARE.match(one)][:6]


def _odd_signs(text: str) -> int:
    """Count the signs, capitals and other scripts inside of words: what a wrong encoding leaves.

    >>> _odd_signs("Müdigkeit"), _odd_signs("M³digkeit"), _odd_signs("Zażyłem"), _odd_signs("кОфЕ")
    (0, 1, 0, 2)
    """
    return len(_ODD.findall(text))


def _known_words(text: str) -> int:
    """Count the headers that mean something, in the line of the first ones that has most."""
    most = 0
    for line in text.split("\n")[:_LINES]:
        for delimiter in DELIMITERS:
            if delimiter in line:
                most = max(most, sum(meaning(c) is not None for c in split_line(line, delimiter)))
    return most
