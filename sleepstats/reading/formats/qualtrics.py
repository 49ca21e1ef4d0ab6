"""Qualtrics: a survey used as a diary; three header lines, names, question texts and import ids.

The survey's own columns (network address, place, e-mail and so on) are never read into the nights
nor repeated in a message. Previews and test answers are no diary rows. What is left is read as any
diary table, with a column's short name or else its question text as the header.
"""

from __future__ import annotations

from dataclasses import replace

from sleepstats.errors import DiaryError
from sleepstats.reading.formats.diary import draft_of_part
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.nights.persons import rows_of_one
from sleepstats.reading.text import DELIMITERS, RawTable, Source, normal_header, read_table
from sleepstats.reading.words.header_words import DATES
from sleepstats.reading.words.headers import meaning, meanings

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


def recognise(preview: Preview, options: Options) -> Claim | None:
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


def read(source: Source, claim: Claim, options: Options) -> Draft:
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
            "them with columns={'Q3': 'into_bed', …}."
        )
    mapped = replace(options, columns=wishes)
    draft = draft_of_part(table, keep, headers, FORMAT.name, claim.why, mapped)
    draft.notes.append(
        "The survey's own columns (addresses, places, times of filling in) are not taken over."
    )
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


FORMAT = Format(
    name="qualtrics",
    product="Qualtrics (a survey used as a diary)",
    recognised_by="columns StartDate, RecordedDate and ResponseId, mostly above two more header "
    "lines",
    gives="whatever was asked, for one person; addresses and places are never taken over",
    recognise=recognise,
    read=read,
    signature=("startdate", "enddate", "status", "progress", "finished", "recordeddate",
               "responseid"),
)  # fmt: skip
