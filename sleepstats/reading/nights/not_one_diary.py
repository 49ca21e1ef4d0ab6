"""A table that is not one person's nights of a known format: refused, with the way on.

Of several people the rows of one are taken; of an unknown file is said what it comes nearest to.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from sleepstats.errors import DiaryError, advice, did_you_mean, option
from sleepstats.reading.cells import looks_like_stamps, parsed, read_dates, read_stamps
from sleepstats.reading.nights import Format, Options, Preview, years
from sleepstats.reading.text import DELIMITERS, RawTable, normal_header
from sleepstats.reading.words import differs_between_people, meanings, meanings_of, people_beside

#: People of a study named in a message.
PEOPLE_SHOWN = 5
#: More names than this, under a header that says nothing, are not believed to be of people.
_MOST_PEOPLE = 12
_DEVICES = parsed.word_lists()["devices"]
#: Blocks of rows below each other have so many rows, and so much of their dates in common.
BLOCK_ROWS, COMMON_DATES = 5, 0.5
#: The word for ``person=`` that means everybody.
ALL = "all"
_STUDIED = "|".join(parsed.word_lists()["studied"])
#: Words that a diary may have for its own company: "people" met, "who" slept beside.
_ANYBODY = r"persons?|people|users?|members?|clients?"
_ID = r"(id|nr|no|num|number|code|name|key|identifier)"
_STRONG = re.compile(
    rf"((study|the) )?(({_STUDIED})( {_ID})?|({_ANYBODY}) {_ID})|pid|uid|subj( id)?|ppt( id)?"
)
_WEAK = re.compile(
    rf"{_ANYBODY}|who|id|name|e ?mail( address)?|initials|account( id)?|wearer|(first|full) name"
)
#: What else the words that name a person may say: French number is Spanish name, a kid is company.
_PERSON_BESIDE = frozenset(("person", "id", "times", "how", "habit"))


class SeveralPeople(DiaryError):
    """A table of several people that was asked for as one."""

    def __init__(self, text: str, people: list[str]) -> None:
        super().__init__(text)
        self.people = people


def header_words(header: str) -> str:
    """Return a header's words, those written together as in ``participantId`` apart."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    return " ".join(re.sub(r"[^\w\s]+|_", " ", normal_header(apart)).split())


def names_people(header: str) -> bool:
    """Say whether a header is a word for whose a row is."""
    return bool(_STRONG.fullmatch(header_words(header)))


def person_column(table: RawTable, dates: int | None) -> int | None:
    """Return the column that says whose a row is, if it names more than one person.

    A word such as ``participant`` is enough where people have several rows; ``id`` or ``name`` only
    where it tells the rows of one date apart.
    """
    n = len(table)
    for at, header in enumerate(table.header):
        strong = names_people(header)
        about = meanings_of(header)
        weak = _WEAK.fullmatch(header_words(header)) or {"person"} <= about <= _PERSON_BESIDE
        if at == dates or not (strong or weak or "person" in about or about <= {"how"}):  # wie
            continue
        several = Counter(map(str.strip, table.columns[at].tolist()))
        if not 2 <= len(several.keys() - {""}) <= n / 2:
            continue
        like_names = _like_names(several)
        weak = weak or ({"person", "unused"} <= about and like_names)  # German: Kind
        if not (strong or weak or like_names):
            continue
        if strong:
            return at
        if dates is not None:
            names, day = (list(map(str.strip, table.columns[i].tolist())) for i in (at, dates))
            day = [cell[:10] for cell in day]
            apart, least = len(set(zip(names, day, strict=True))), 0.75 if like_names else 0.9
            if len(set(day)) <= 0.75 * n and apart >= least * n:
                return at
    return None


def _like_names(several: Counter[str]) -> bool:
    """Say whether the cells under a header that says nothing can be names of a few people."""
    return (
        len(several) <= _MOST_PEOPLE
        and min(several.values()) >= BLOCK_ROWS
        and all(name[:1].isupper() and name.isalpha() for name in several)
        and not any(meanings_of(name) or name.casefold() in _DEVICES for name in several)
        and years.share(several, years.is_weekday_word) == 0
    )


def one_row_each(table: RawTable, *, dated: bool = True) -> str:
    """Return the header of a column that shows another person in every row, if there is one.

    Where nothing is dated initials and names are enough for it; numbers may count the nights. Ages
    that go up and down are enough anywhere.
    """
    for at, header in enumerate(table.header):
        if differs_between_people(header, table.columns[at]):
            return header
        strong = names_people(header)
        if strong or (not dated and _WEAK.fullmatch(header_words(header))):
            names = Counter(map(str.strip, table.columns[at].tolist()))
            each = len(table) >= 3 and "" not in names and len(names) == len(table)
            if each and (strong or not any(map(str.isdigit, names))):
                return header
    return ""


def columns_of_one(table: RawTable, options: Options) -> tuple[RawTable, Options]:
    """Return the columns of the person asked for where those of several stand side by side."""
    people = people_beside(table.header)
    if not people:
        return table, options
    if options.person in people:
        mine = people[options.person]
        others = {i for name, at in people.items() for i in at if name != options.person}
        keep = [i for i in range(len(table.header)) if i not in others]
        header = [mine.get(i, table.header[i]) for i in keep]
        return table.with_columns(keep, header), replace(options, person=None)
    raise _several(f"{table.name}: the columns of", list(people), "stand side by side in")


def rows_of_one(
    table: RawTable, options: Options, *, dates: int | None = None, at: int | None = None,
    secret: bool = False,
) -> RawTable:  # fmt: skip
    """Return the rows of the person asked for; a table of several is refused if nobody is."""
    at = person_column(table, dates) if at is None else at
    if at is not None:
        names = np.array([cell.strip() for cell in table.columns[at].tolist()], dtype=object)
        where = f"column {table.header[at]!r}"
    elif (block := _blocks(table, options, dates)) is not None:
        names = block
        where = f"column {table.header[dates or 0]!r} begins anew"
    else:
        names, where = np.empty(0, dtype=object), ""
    people = list(dict.fromkeys(name for name in names.tolist() if name))
    if len(people) < 2:
        alone = {options.person, ""}
        if options.person in (None, ALL) or any(
            options.person in cells and {cell.strip() for cell in cells} <= alone
            for cells in map(np.ndarray.tolist, table.columns)
        ):
            return table
        raise DiaryError(
            f"{table.name}: {option(person=options.person)}: no column of this file names several "
            f"people. Leave {advice('person=', '--person')} out."
        )
    if options.person in people:
        other = {int(i): "row of another person" for i in np.flatnonzero(names != options.person)}
        return table.without_rows(other)
    shown = ", ".join(repr(person) for person in people[:PEOPLE_SHOWN])
    more = f" and {len(people) - PEOPLE_SHOWN} more" if len(people) > PEOPLE_SHOWN else ""
    who = "" if secret else f" ({shown}{more})"
    if options.person not in (None, ALL):
        near = "" if secret else did_you_mean(options.person, people)
        raise DiaryError(
            f"{table.name}, {where}: {option(person=options.person)} is not among its "
            f"{len(people)} people{who}.{near}"
        )
    example = "A01" if secret else people[0]
    raise _several(f"{table.name}, {where}:", people, "stand in", who, example)


def _several(
    where: str, people: list[str], stand: str, who: str | None = None, example: str = ""
) -> SeveralPeople:
    who = f" ({', '.join(map(repr, people[:PEOPLE_SHOWN]))})" if who is None else who
    return SeveralPeople(
        f"{where} {len(people)} people{who} {stand} this file, and nights are read one person at a "
        f"time. Name one: {option('read_diary(...', person=example or people[0])}. For all of "
        f"them, as pool_people() takes them: {option('read_diary(...', person=ALL)}.",
        people,
    )


def _blocks(table: RawTable, options: Options, dates: int | None) -> np.ndarray | None:
    """Return the number of each row's block where dates jump back and run over the same again."""
    if dates is None or len(table) < 2 * BLOCK_ROWS:
        return None
    cells = table.columns[dates]
    if len(parsed.distinct(cells)[0]) > 0.75 * len(table):
        return None  # hardly a date stands twice
    read = read_stamps if looks_like_stamps(cells) else read_dates
    try:
        stamps = read(cells, dayfirst=options.dayfirst, where=table.name, lines=table.line)
    except DiaryError:
        return None  # whoever reads the dates says why
    day = stamps.values.astype("datetime64[D]")
    known = np.flatnonzero(~np.isnat(day))
    step = np.diff(day[known].astype(np.int64))
    if not len(step):
        return None
    step = step if np.count_nonzero(step >= 0) >= np.count_nonzero(step <= 0) else -step
    starts = np.flatnonzero(step <= -2) + 1
    number = np.zeros(len(table), dtype=int)
    number[known[starts]] = 1
    number = np.cumsum(number)
    rows = Counter(number[known].tolist())
    if len(rows) < 2 or min(rows.values()) < BLOCK_ROWS:
        return None
    pairs = list(zip(number[known].tolist(), day[known].tolist(), strict=True))
    if len(set(pairs)) < 0.9 * len(pairs):
        return None
    # The same rows pasted twice are one person's.
    whole = set(zip(*(column.tolist() for column in table.columns), strict=True))
    if len(whole) <= 0.6 * len(table):
        return None
    often = Counter(one for _, one in set(pairs))
    common = np.mean([often[one] > 1 for _, one in pairs])
    if common < COMMON_DATES:
        return None
    return np.array([str(1 + block) for block in number.tolist()], dtype=object)


#: Of a table with more columns no names are told.
_MOST_NAMED = 15
#: How headers of one's own are mapped; what lists the formats.
_MAP = "read_diary(path, columns={{'your {}': 'into_bed', …}})"
OTHER_NAMES = advice(_MAP.format("name"), "--column " + repr("your name=into_bed"))
SHOWN_BY = advice("list_formats() shows", "'sleepstats formats' shows") + " what is recognised"
#: A format is named as the nearest only when this share of its header words is there.
NEAR_SHARE = 0.3


class Unknown(DiaryError):
    """A table that no format claims."""


#: What a table of people says of them, and no diary of its nights.
_ABOUT_PEOPLE = parsed.word_lists()["about people"].keys()


#: What a line of notes says of a night: bed 23:25; Bed: 11.15pm; au lit à 23h10.
_TYPED = re.compile(
    r"(?i)((?:[^\W\d]{1,20}[ :=]+){1,3})\W?\d\d?(?:[:.h][0-5]\d(?: ?[ap]m)?| ?[ap]m)\b"
)
_OF_ENDS = {"bed", "lights", "fall", "wake", "rise", "sleep"}
_NOTES = (
    "these are notes typed line by line, and no table. Expected one row a night and a column for "
    "each thing, such as date, bed time, wake time, coffee: put them into a spreadsheet like that, "
    "or fill in the blank diary that 'sleepstats template' writes (in a terminal)."
)


def unknown(preview: Preview, name: str, formats: Mapping[str, Format]) -> str:
    """Say how a file begins, what it comes nearest to, and what to do."""
    number = preview.first_line()
    many = [
        max(sum(c.strip()[:1].isalpha() for c in preview.cells(n, d)) for d in DELIMITERS)
        for n in range(number, len(preview.lines) + 1)
    ]
    if many and many[0] < 3 < max(many):  # a header below a preamble
        number += many.index(max(many))
    line = preview.lines[number - 1].strip() if preview.lines else ""
    shown = line if len(line) <= 80 else line[:77] + "…"
    typed = (map(meanings_of, _TYPED.findall(line[:200])) for line in preview.lines)
    if name == "auto" and sum(any(about & _OF_ENDS for about in words) for words in typed) > 2:
        return f"{preview.name}, line {number}: {shown!r}: {_NOTES}"
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


#: Headers as they are understood, for those that nearly are.
_USUAL = parsed.word_lists()["usual headers"]


def _of_headers(preview: Preview, number: int) -> str:
    """Name the columns that are understood, and the nearest known header of those that are not."""
    cells = max((preview.cells(number, one) for one in DELIMITERS), key=len, default=[])
    cells = [cell.strip() for cell in cells if cell.strip()]
    if not 2 <= len(cells) <= _MOST_NAMED:
        return ""
    if all(re.search(r"\d", cell) and not re.search(r"[^\W\d_]{3}", cell) for cell in cells):
        return "It holds values, no names: write a line of names above it. "
    known = meanings(cells, {})
    near = [did_you_mean(cell.casefold(), _USUAL).replace("Did you mean ", "") for cell in cells]
    near = [f" (nearest: {word.strip(' ?')})" if word else "" for word in near]
    rest = [f"{cell!r}{near[i]}" for i, cell in enumerate(cells) if i not in known]
    got = ", ".join(repr(cells[i]) for i in sorted(known)) or "none of its columns"
    return f"Understood: {got}; not understood: {', '.join(rest)}. " if rest else ""


def _of_text(line: str) -> str:
    """Say so where the file begins as a text does, and no table."""
    if re.match(r"#{1,6} |[-*] |>|---", line):
        return "It begins as a text (Markdown): save its table as CSV, from a spreadsheet. "
    return "It begins as a document (RTF): save its table as CSV. " if line[:5] == "{\\rtf" else ""


def _of_people(preview: Preview, number: int) -> str:
    """Say so where each row seems to be another person, or return an empty text."""
    for delimiter in DELIMITERS:
        words = {cell.strip().casefold() for cell in preview.cells(number, delimiter)}
        if len(words & _ABOUT_PEOPLE) >= 2 and not any("date" in word for word in words):
            return (
                "It has no dates and is about people: a table with one row a person tells nothing "
                "of one person's nights. "
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
        f"The nearest is {known.product} ({option(format=known.name)}): {_quoted(have)} "
        f"{'are' if len(have) > 1 else 'is'} there"
        + (f", but {_quoted(missing)} {'are' if len(missing) > 1 else 'is'} not. "
           if missing else ", but something else of it is not as expected. ")
    )  # fmt: skip


def _quoted(words: list[str], shown: int = 5) -> str:
    more = f" and {len(words) - shown} more" if len(words) > shown else ""
    return ", ".join(map(repr, words[:shown])) + more
