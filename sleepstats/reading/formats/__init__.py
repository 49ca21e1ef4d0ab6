"""One module per product. Each defines ``FORMAT``, or ``FORMATS``; a module adds its formats.

Here is which formats there are, which of them a file is, and what an unknown file comes nearest to.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from sleepstats.errors import DiaryError
from sleepstats.reading.cells import kind_of_cells
from sleepstats.reading.nights.draft import Claim, Format, Options, Preview
from sleepstats.reading.text import DELIMITERS, normal_header

#: A claim of this score needs no comparison with a plain diary table.
SURE = 90
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
        f"{nearest(preview, wanted)}{_sideways(preview, number)}{_of_people(preview, number)}"
        "Expected column names such as 'date', 'bed time', 'wake time'. If this is a diary with "
        "other headers, map them: read_diary(path, columns={'your header': 'into_bed', …}); "
        "list_formats() shows what is recognised."
    )


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


def _sideways(preview: Preview, number: int) -> str:
    """Say so where the nights seem to stand side by side, or return an empty text."""
    for delimiter in DELIMITERS:
        days = [cell for cell in preview.cells(number, delimiter)[1:] if cell.strip()]
        if len(days) >= 3 and kind_of_cells(days) in ("date", "stamp"):
            return (
                "Its first line holds dates, as if each night were a column: one row per night is "
                "expected. Transpose the table in the spreadsheet (copy, paste special, "
                "transpose) and export again. "
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
