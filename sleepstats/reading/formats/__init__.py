"""One module per product. Each defines ``FORMAT``, or ``FORMATS``; a module adds its formats.

Here is which formats there are, which of them a file is, and what an unknown file comes nearest to.
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
from sleepstats.reading.nights.draft import Claim, Format, Options, Preview
from sleepstats.reading.nights.years import dated, month_of, months_fit
from sleepstats.reading.text import DELIMITERS, Source, normal_header, split_line
from sleepstats.reading.words import Shape, meanings, sense

#: A claim of this score needs no comparison with a plain diary table.
SURE = 90
#: Dates of nights side by side stand in so many lines from the top, and are at least so many.
_DATES_WITHIN, _FEWEST_NIGHTS = 12, 3
#: Of a table with more columns no names are told.
_MOST_NAMED = 15
_MONTH_AND_YEAR = re.compile(r"(?P<word>[^\W\d_]{3,})\.? ?(?P<year>20\d\d)")
_TURNED = (
    "Each night is a column of this file: it was turned round. A message names the column, and the "
    "line in which its date stands."
)
#: A format is named as the nearest only when this share of its header words is there.
NEAR_SHARE = 0.3


class Unknown(DiaryError):
    """A table that no format claims."""


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
        raise Unknown(_unknown(preview, name, formats))
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


#: Of a JSON document so many lists are told, and so many names of each.
_LISTS_TOLD, _NAMES_TOLD = 4, 8


def what_json_holds(sources: Sequence[Source]) -> str:
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


def unknown_json(sources: Sequence[Source]) -> str:
    """Say what a JSON document holds, that there is no sleep in it, and which documents are read.

    Records of which all but the dates are understood get the way on, too.
    """
    name = sources[0].name.removesuffix(f", {sources[0].sheet}")
    known = [f.product for f in known_formats().values() if ".json" in f.product.casefold()]
    return (
        f"{name}: {what_json_holds(sources)}. No sleep was found in it. JSON that is read: "
        f"{'; '.join(known)}; Oura's and Health Auto Export's; any list of records with a date and "
        "'bedtime', 'wake time' or the like. For other names: "
        "read_diary(path, columns={'your name': 'into_bed', …})."
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
            reader = csv.reader(io.StringIO(source.text), delimiter=delimiter)
            rows, lines = [], []
            for row in reader:  # which may run over several lines
                rows.append(row)
                lines.append(reader.line_num - sum(cell.count("\n") for cell in row))
            head, nights, labels, places = _columns_of_nights(rows, source.name, lines)
            if len(nights) >= _FEWEST_NIGHTS and labels:
                out = io.StringIO()
                table = csv.writer(out, lineterminator="\n")
                table.writerow([head, *labels])
                table.writerows(
                    [night.get(label, "") for label in ("", *labels)] for night in nights
                )
                return replace(
                    source, text=out.getvalue(), raw=b"", notes=(*source.notes, _TURNED),
                    turned=tuple(places),
                )  # fmt: skip
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
            days = enumerate(_days_of_month(row, *above), 1)
            block = {i: {"": day.strip()} for i, day in days if day.strip()}
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
