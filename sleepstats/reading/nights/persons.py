"""Several people in one table: recognised, refused with the way on, or read one at a time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.columns import NIGHT, PERSON, RECORD
from sleepstats.errors import DiaryError, did_you_mean, marked, option
from sleepstats.reading.cells import looks_like_stamps, read_dates, read_stamps
from sleepstats.reading.nights import Options
from sleepstats.reading.nights.record import Record
from sleepstats.reading.text import RawTable, normal_header

#: People of a study named in a message.
PEOPLE_SHOWN = 5
#: Blocks of rows, one below the other, have at least this many rows, ...
BLOCK_ROWS = 5
#: ... and this share of their dates in common with the others.
COMMON_DATES = 0.5
#: The word for ``person=`` that means everybody.
ALL = "all"
_STUDIED = (
    r"participants?|subjects?|patients?|respondents?|volunteers?|probands?|teilnehmer(in)?|"
    r"versuchsperson|vp|sujet|participante|sujeto|paciente|partecipante|soggetto|paziente|"
    r"deelnemer|proefpersoon|uczestnik|deltagare"
)
#: Words that a diary may have for its own company: "people" met, "who" slept beside.
_ANYBODY = r"persons?|people|users?|members?|clients?"
_ID = r"(id|nr|no|num|number|code|name|key|identifier)"
_STRONG = re.compile(
    rf"((study|the) )?(({_STUDIED})( {_ID})?|({_ANYBODY}) {_ID})|pid|uid|subj( id)?|ppt( id)?"
)
_WEAK = re.compile(
    rf"{_ANYBODY}|who|id|name|e ?mail( address)?|initials|account( id)?|wearer|(first|full) name"
)


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
        words = header_words(header)
        strong = names_people(header)
        if at == dates or not (strong or _WEAK.fullmatch(words)):
            continue
        names = [cell.strip() for cell in table.columns[at].tolist()]
        several = len(set(names) - {""})
        if not 2 <= several <= n / 2:
            continue
        if strong:
            return at
        if dates is not None:
            day = [cell.strip()[:10] for cell in table.columns[dates].tolist()]
            if len(set(day)) <= 0.75 * n and len(set(zip(names, day, strict=True))) >= 0.9 * n:
                return at
    return None


def one_row_each(table: RawTable, *, dated: bool = True) -> str:
    """Return the header of a column that names another person in every row, if there is one.

    Where nothing is dated initials and names are enough for it; numbers may count the nights.
    """
    for at, header in enumerate(table.header):
        strong = names_people(header)
        if strong or (not dated and _WEAK.fullmatch(header_words(header))):
            names = [cell.strip() for cell in table.columns[at].tolist()]
            each = len(names) >= 3 and len(set(names) - {""}) == len(names)
            if each and (strong or not any(map(str.isdigit, names))):
                return header
    return ""


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
            f"{table.name}: person={options.person!r}: no column of this file names several people."
            " Leave person= out."
        )
    if options.person in people:
        other = {int(i): "row of another person" for i in np.flatnonzero(names != options.person)}
        return table.without_rows(other)
    shown = ", ".join(repr(person) for person in people[:PEOPLE_SHOWN])
    more = f" and {len(people) - PEOPLE_SHOWN} more" if len(people) > PEOPLE_SHOWN else ""
    who = "" if secret else f" ({shown}{more})"
    if options.person not in (None, ALL):
        near = "" if secret else did_you_mean(str(options.person), people)
        raise DiaryError(
            f"{table.name}, {where}: person={options.person!r} is not among its {len(people)} "
            f"people{who}.{near}"
        )
    example = "A01" if secret else people[0]
    raise SeveralPeople(
        f"{table.name}, {where}: {len(people)} people{who} stand in this file, and nights are read "
        f"one person at a time. Name one: {option('read_diary(...', person=example)}. For all of "
        f"them, as pool_people() takes them: {option('read_diary(...', person=ALL)}.",
        people,
    )


def _blocks(table: RawTable, options: Options, dates: int | None) -> np.ndarray | None:
    """Return the number of each row's block where dates jump back and run over the same again."""
    if dates is None or len(table) < 2 * BLOCK_ROWS:
        return None
    cells = table.columns[dates]
    if len(set(cells.tolist())) > 0.75 * len(table):
        return None  # hardly a date stands twice
    read = read_stamps if looks_like_stamps(cells) else read_dates
    try:
        parsed = read(cells, dayfirst=options.dayfirst, where=table.name, lines=table.line)
    except DiaryError:
        return None  # whoever reads the dates says why
    day = parsed.values.astype("datetime64[D]")
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


def read_all(read: Callable[[str | None], pd.DataFrame]) -> pd.DataFrame:
    """Read each person of a table alone; ``read`` takes a name, or None for a table of one."""
    try:
        return read(None)
    except SeveralPeople as several:
        people = several.people
    frames: dict[str, pd.DataFrame] = {}
    lost: list[str] = []
    for person in people:
        try:
            frames[person] = read(person)
        except DiaryError as error:
            lost.append(f"{person}: {marked(error.problems[0])}")
    if not frames:
        raise DiaryError(lost)
    records = [one.attrs.pop(RECORD) for one in frames.values()]  # pandas would compare arrays
    together = pd.concat(dict(sorted(frames.items())), names=[PERSON, NIGHT])
    together.attrs[RECORD] = _joined(records, lost)
    return together


def _joined(records: list[Record], lost: list[str]) -> Record:
    """Return one account of all rows: each from the record of the person whose row it is."""
    whole = Record(records[0])
    rows: dict[str, Any] = {key: value.copy() for key, value in whole["rows"].items()}
    for record in records[1:]:
        more = record["rows"]
        own = np.flatnonzero((more["status"] != "skipped") & (rows["status"] == "skipped"))
        for key in ("day", "status"):
            rows[key][own] = more[key][own]
        for place in map(str, own.tolist()):
            rows["problem"].pop(place, None)
            if place in more["problem"]:
                rows["problem"][place] = more["problem"][place]
    counts = Counter(rows["status"].tolist())
    del counts["skipped"]
    notes = [note for record in records for note in record["notes"]]
    columns = {name: told for record in records for name, told in record["columns"].items()}
    used = counts["used"] + counts["repaired"]
    return Record(
        whole | {
            "rows": rows, "counts": dict(counts), "rows_used": used, "columns": columns,
            "rows_read": sum(counts.values()), "rows_refused": counts["refused"],
            "refused": [one for record in records for one in record["refused"]],
            "notes": list(dict.fromkeys([*notes, *(f"Not read: {text}" for text in lost)])),
        }
    )  # fmt: skip
