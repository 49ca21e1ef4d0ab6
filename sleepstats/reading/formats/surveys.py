"""Survey tools used as a diary: Qualtrics and REDCap.

Qualtrics writes three header lines: names, question texts and import ids. The own columns of a
survey (network address, place, e-mail and so on) are never read into the nights nor repeated in a
message. Previews and test answers are no diary rows. REDCap repeats an instrument, with raw field
names or labels as headers; rows of other instruments (a blank ``redcap_repeat_instrument``, or no
item of the diary answered) are no diary rows, and in the public ``sd_`` form the date is that of
the evening. What is left is read as any diary table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sleepstats.columns import CLOCKS
from sleepstats.errors import DiaryError, advice
from sleepstats.reading.cells import is_missing, read_stamps
from sleepstats.reading.formats.diary import draft_of
from sleepstats.reading.nights import Claim, Draft, Format, Options, Preview
from sleepstats.reading.nights.not_one_diary import rows_of_one
from sleepstats.reading.text import DELIMITERS, RawTable, Source, normal_header, read_table
from sleepstats.reading.words import DATES, meaning, meanings

#: How questions are named.
_MAP = advice("columns={'Q3': 'into_bed', …}", "--column 'Q3=into_bed'")
#: The survey's own columns, some of which say who or where somebody is.
_OWN = {
    "startdate", "enddate", "status", "ipaddress", "progress", "duration (in seconds)", "finished",
    "recordeddate", "responseid", "recipientlastname", "recipientfirstname", "recipientemail",
    "externalreference", "locationlatitude", "locationlongitude", "distributionchannel",
    "userlanguage", "q_recaptchascore", "q_duplicaterespondent", "q_relevantidduplicate",
    "q_relevantidduplicatescore", "q_relevantidfraudscore", "q_relevantidlaststartdate",
    "q_ballotboxstuffing", "consent",
}  # fmt: skip
_NEEDED = {"startdate", "recordeddate", "responseid"}
_PERSON = ("externalreference", "recipientemail", "participantid", "participant_id", "participant",
           "pid", "subject", "subjectid", "subject_id")  # fmt: skip
# Exported as numbers, a preview is 1 and a test 2.
_TESTS = ("survey preview", "survey test", "1", "2")
_HEADER_ROWS = 2


def recognise_qualtrics(preview: Preview, options: Options) -> Claim | None:
    """Claim a table with the survey's own columns, above all those it keeps on each answer."""
    line = preview.first_line()
    for delimiter in DELIMITERS:
        keys = {normal_header(cell) for cell in preview.cells(line, delimiter)}
        if not keys >= _NEEDED:
            continue
        if not {"finished", "status", "progress", "distributionchannel"} & keys:
            continue
        ids = any('"ImportId"' in text.replace('""', '"') for text in preview.lines[line:])
        layout = "three header lines" if ids else "a header"
        return Claim(92, line, delimiter, f"{layout} of a Qualtrics survey with 'ResponseId'")
    return None


def read_qualtrics(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one person's answers to a survey used as a diary."""
    table = read_table(source, claim.header_line, claim.delimiter)
    keys = [normal_header(header) for header in table.header]
    texts = [""] * len(keys)
    if "three" in claim.why:
        texts = [str(column[0]) if len(column) else "" for column in table.columns]
        heads = dict.fromkeys(range(min(_HEADER_ROWS, len(table))), "header")
        table = table.without_rows(heads)
    table = table.without_rows(_tests(table, keys))
    who = next(
        (i for key in _PERSON for i, k in enumerate(keys) if k == key and _said(table, i)), None
    )
    # It may be an e-mail address, which no message repeats.
    if who is not None:
        table = rows_of_one(table, options, at=who, secret=True)
    keep = [i for i, key in enumerate(keys) if key not in _OWN and i != who]
    headers = [_header(table.header[i], texts[i]) for i in keep]
    wishes = {
        header: options.columns[original]
        for i, header in zip(keep, headers, strict=True)
        for original in options.columns
        if normal_header(original) in (keys[i], normal_header(texts[i]))
    }
    known = {normal_header(text) for i in keep for text in (keys[i], texts[i])}
    wishes |= {h: name for h, name in options.columns.items() if normal_header(h) not in known}
    if not set(meanings(headers, wishes).values()) & set(DATES):
        keep, headers = [keys.index("recordeddate"), *keep], ["RecordedDate", *headers]
    if not set(meanings(headers, wishes).values()) - set(DATES):
        raise DiaryError(
            f"{source.name}: no question of this survey is known as an item of a sleep diary. Name "
            f"them with {_MAP}."
        )
    mapped = replace(options, columns=wishes)
    draft = _of_part(table, keep, headers, QUALTRICS.name, claim.why, mapped)
    draft.notes.append(
        "The survey's own columns (addresses, places, times of filling in) are not taken over."
    )
    return draft


def _of_part(
    table: RawTable, keep: Sequence[int], headers: list[str], format: str, why: str,
    options: Options,
) -> Draft:  # fmt: skip
    """Read some columns of a wider table, a study's export, as a diary with these headers."""
    draft = draft_of(table.with_columns(keep, headers), format, why, options)
    for position, width in table.width.items():
        draft.tell(position, "", f"{width} fields where the header has {len(table.header)}")
    return draft


def _said(table: RawTable, at: int) -> bool:
    return any(cell.strip() for cell in table.columns[at].tolist())


def _tests(table: RawTable, keys: list[str]) -> dict[int, str]:
    """Return the rows that are previews and tests of the survey."""
    if "status" not in keys:
        return {}
    cells = table.columns[keys.index("status")].tolist()
    return {
        i: "a preview or test of the survey, no answer."
        for i, cell in enumerate(cells)
        if cell.strip().casefold() in _TESTS
    }


def _header(name: str, text: str) -> str:
    """Return the short name if it is known as a sleep item, else the question's text."""
    question = " ".join(text.split())
    return name if meaning(name) is not None or not question else question


QUALTRICS = Format(
    name="qualtrics",
    product="Qualtrics (a survey used as a diary)",
    recognised_by="columns StartDate, RecordedDate and ResponseId, mostly above two more header "
    "lines",
    gives="whatever was asked, for one person; addresses and places are never taken over",
    recognise=recognise_qualtrics,
    read=read_qualtrics,
    signature=("startdate", "enddate", "status", "progress", "finished", "recordeddate",
               "responseid"),
)  # fmt: skip


#: Fields of the public consensus sleep diary form, and what they hold.
_FIELDS = {
    "sd_date": "night", "sd_2": "into_bed", "sd_3b": "lights_out", "sd_4": "sol_min",
    "sd_5": "nawk", "sd_6": "waso_min", "sd_7a": "woke_earlier_than_planned",
    "sd_7b": "woke_early_by_min", "sd_8": "final_wake", "sd_9": "out_of_bed",
}  # fmt: skip
_MORNING = {"woke_earlier_than_planned": "morning", "woke_early_by_min": "morning"}
_INSTRUMENT = ("redcap_repeat_instrument", "repeat instrument")
_EVENT = ("redcap_event_name", "event name")
_STRUCTURE = (
    *_INSTRUMENT, *_EVENT, "redcap_repeat_instance", "repeat instance", "redcap_data_access_group",
    "data access group", "redcap_survey_identifier", "survey identifier", "survey timestamp",
    "complete?", "sd_ts_server",
)  # fmt: skip
_SLEEP = {*CLOCKS, "sol_min", "waso_min", "tst_min", "nawk"}


def recognise_redcap(preview: Preview, options: Options) -> Claim | None:
    """Claim a table with REDCap's own columns and items of a sleep diary."""
    line = preview.first_line()
    for delimiter in DELIMITERS:
        cells = preview.cells(line, delimiter)
        keys = {normal_header(cell) for cell in cells}
        own = [key for key in (*_INSTRUMENT, *_EVENT) if key in keys]
        first = normal_header(cells[0]) if cells else ""
        named = first in ("record_id", "record id")
        if not (own or named) or len(cells) < 3:
            continue
        items = _SLEEP & set(meanings(cells, _wishes(cells, options)).values())
        if len(items) >= 2 and (own or "sd_date" in keys):
            return Claim(95, line, delimiter, f"the header has {(own or [first])[0]!r} and a diary")
    return None


def _wishes(headers: list[str], options: Options) -> dict[str, str]:
    """Return what ``columns=`` would say for the fields that are there."""
    known = {h: _FIELDS[normal_header(h)] for h in headers if normal_header(h) in _FIELDS}
    return known | dict(options.columns)


def read_redcap(source: Source, claim: Claim, options: Options) -> Draft:
    """Read the diary rows of one person's REDCap export."""
    table = read_table(source, claim.header_line, claim.delimiter)
    keys = [normal_header(header) for header in table.header]
    wishes = _wishes(table.header, options)
    items = meanings(table.header, wishes)
    left = _no_diary_rows(table, keys, items)
    odd = [int(table.line[i]) for i in sorted(left) if i in table.width]
    table = table.without_rows(left)
    if not len(table):
        raise DiaryError(
            f"{source.name}: no row of the diary in this export. Expected rows with "
            f"{_INSTRUMENT[0]!r} filled in and items of a sleep diary; export that instrument."
        )
    table = rows_of_one(table, options, at=0)
    structure = {0} | {
        i for i, key in enumerate(keys)
        if key in _STRUCTURE or key.endswith(("_timestamp", "_complete"))
    }  # fmt: skip
    keep = [
        i for i in range(len(keys))
        if table.header[i] in wishes
        or (i not in structure and not is_missing(table.columns[i]).all())
    ]  # fmt: skip
    headers = [table.header[i] for i in keep]
    mapped = replace(options, columns=wishes, when=_MORNING | dict(options.when))
    draft = _of_part(table, keep, headers, REDCAP.name, claim.why, mapped)
    draft.told |= {
        name: draft.told.get(name, {}) | {"when": when}
        for name, when in _MORNING.items() if name in draft.columns
    }  # fmt: skip
    stamps = [i for i, key in enumerate(keys) if key.endswith("_timestamp")]
    if stamps:
        _filled_at_once(draft, table, stamps[0])
    if odd:
        draft.assumed.append(
            f"Lines without an item of the diary, with another number of fields than the header: "
            f"{len(odd)}, first line {odd[0]}. They were left out; look whether a night stands in "
            "them, in quotes as a whole."
        )
    return draft


def _no_diary_rows(table: RawTable, keys: list[str], items: dict[int, str]) -> dict[int, str]:
    """Return the rows of other instruments and those with no item answered."""
    drop: dict[int, str] = {}
    asked = [table.columns[i] for i, name in items.items() if name not in DATES]
    answered = np.zeros(len(table), dtype=bool)
    for column in asked:
        answered |= ~is_missing(column)
    at = next((i for i, key in enumerate(keys) if key in _INSTRUMENT), None)
    for i in np.flatnonzero(~answered).tolist():
        drop[i] = "no item of the diary is answered in this row."
    if at is not None:
        for i in np.flatnonzero(is_missing(table.columns[at])).tolist():
            drop[i] = f"no diary row: {table.header[at]!r} is blank."
    return drop


def _filled_at_once(draft: Draft, table: RawTable, at: int) -> None:
    """Note nights that were filled in together, days later."""
    cells = table.columns[at].copy()
    # An unfinished form has "[not completed]" in the place of its time.
    cells[[cell.startswith("[") for cell in cells.tolist()]] = ""
    where = f"{table.name}, column {table.header[at]!r}"
    stamps = read_stamps(cells, dayfirst=None, where=where, lines=table.line.tolist()).values
    days = Counter(day for day in stamps.astype("M8[D]").tolist() if day is not None)
    many = sum(count for count in days.values() if count >= 3)
    if many:
        draft.notes.append(
            f"{many} rows were filled in on days on which at least three were: written from memory "
            "later, not on the morning itself."
        )


REDCAP = Format(
    name="redcap",
    product="REDCap (Consensus Sleep Diary form)",
    recognised_by="columns record_id and redcap_repeat_instrument (or their labels) with items of "
    "a sleep diary, for example sd_date, sd_2, sd_8",
    gives="whatever the form asked, for one person; rows of other instruments are left out",
    recognise=recognise_redcap,
    read=read_redcap,
    signature=("record_id", "redcap_event_name", "redcap_repeat_instrument",
               "redcap_repeat_instance", "sd_date", "sd_2", "sd_3b", "sd_4", "sd_8", "sd_9"),
)  # fmt: skip

FORMATS = (QUALTRICS, REDCAP)
