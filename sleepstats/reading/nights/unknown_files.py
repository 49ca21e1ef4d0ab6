"""A file that no format knows: what it seems to be, what it comes nearest to, and what to do."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence

from sleepstats.errors import DiaryError, advice, did_you_mean
from sleepstats.reading.nights import Format, Preview
from sleepstats.reading.text import DELIMITERS, Source, normal_header
from sleepstats.reading.words import meanings

#: Of a table with more columns no names are told.
_MOST_NAMED = 15
#: How headers of one's own are mapped; what lists the formats.
_MAP = "read_diary(path, columns={{'your {}': 'into_bed', …}})"
SHOWN_BY = advice("list_formats() shows", "'sleepstats formats' shows") + " what is recognised"
#: A format is named as the nearest only when this share of its header words is there.
NEAR_SHARE = 0.3


class Unknown(DiaryError):
    """A table that no format claims."""


#: What a table of people says of them, and no diary of its nights.
_ABOUT_PEOPLE = frozenset(
    ("age", "gender", "sex", "occupation", "bmi", "bmi category", "height", "weight", "job",
     "country", "education", "marital status", "alter", "geschlecht", "beruf", "âge", "sexe")
)  # fmt: skip


def unknown(preview: Preview, name: str, formats: Mapping[str, Format]) -> str:
    """Say how a file begins, what it comes nearest to, and what to do."""
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
        "other headers, map them: "
        f"{advice(_MAP.format('header'), '--column ' + repr('your header=into_bed'))}; {SHOWN_BY}."
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


def unknown_json(sources: Sequence[Source], formats: Mapping[str, Format]) -> str:
    """Say what a JSON document holds, that no sleep is in it, and which documents are read."""
    name = sources[0].name.removesuffix(f", {sources[0].sheet}")
    known = [f.product for f in formats.values() if ".json" in f.product.casefold()]
    return (
        f"{name}: {what_json_holds(sources)}. No sleep was found in it. JSON that is read: "
        f"{'; '.join(known)}; Oura's and Health Auto Export's; any list of records with a date and "
        "'bedtime', 'wake time' or the like. For other names: "
        f"{advice(_MAP.format('name'), '--column ' + repr('your name=into_bed'))}."
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
