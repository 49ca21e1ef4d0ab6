"""WHOOP's journal: one row per question and cycle, yes, no, or no row at all.

It is filled in the morning about the day before and stands under the cycle that began with the
night between: its answers go with the night of the same cycle.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats, Rows
from sleepstats.clock import evening_of
from sleepstats.reading.cells import distinct, read_yes_no
from sleepstats.reading.cells.tags import unused_names
from sleepstats.reading.formats.whoop import keys_of
from sleepstats.reading.nights.device_table import header_of, places, read_together
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.text import Source, read_table
from sleepstats.reading.words.whoop_headers import whoop_name

#: Where question and answer stand as exported, for languages whose words for them are not known.
_QUESTION, _ANSWER, _WIDTH = 3, 4, (5, 6)
_FIRST = ["cycle start", "cycle end", "zone"]


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a table of questions and answers under the starts of cycles."""
    line = preview.first_line()
    found = header_of(preview, ("cycle start",), line=line, name=whoop_name)
    if found is None:
        return None
    delimiter, names = found
    if {"question", "answer"} <= set(names):
        why = "the header has the cycle's start, a question and its answer, as WHOOP's journal"
    elif names[:3] == _FIRST and len(names) in _WIDTH and _yes_or_no(preview, line, delimiter):
        why = "the header has the cycle's start, end and zone, then a question and true or false"
    else:
        return None
    return Claim(96, line, delimiter, why)


def _yes_or_no(preview: Preview, line: int, delimiter: str) -> bool:
    rows = [preview.cells(n + 1, delimiter) for n in range(line, len(preview.lines))]
    answers = [row[_ANSWER] for row in rows if len(row) > _ANSWER]
    return bool(answers) and all(a.casefold() in ("true", "false", "") for a in answers[:-1])


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one journal: an entry per row, the evenings' answers in ``evenings``."""
    table = read_table(source, claim.header_line, claim.delimiter)
    place = places(table, whoop_name)
    question, answer = place.get("question", _QUESTION), place.get("answer", _ANSWER)
    draft = Draft(table, FORMAT.name, claim.why, np.empty(0, "datetime64[D]"), role="evenings")
    ((start, _),) = read_together(draft, [place["cycle start"]], options)
    draft.key = keys_of(start)
    draft.night = evening_of(start, 12.0)
    for i in np.flatnonzero(np.isnat(start)).tolist():
        cell = table.columns[place["cycle start"]][i].strip()
        draft.refused[i] = f"column {table.header[place['cycle start']]!r}: {cell!r} is no cycle."
    texts, which = distinct(table.columns[question])
    yes = draft.parsed(read_yes_no(table.columns[answer]), table.header[answer])
    for i in np.flatnonzero(np.array([not text for text in texts])[which]).tolist():
        draft.tell(i, table.header[question], "an answer without a question: not used.")
    _evenings(draft, texts, which, yes, table.header[answer])
    if "notes" in place and any(c.strip() for c in table.columns[place["notes"]].tolist()):
        draft.notes.append("The journal's notes are not read: they may hold names.")
    return draft


def _evenings(
    draft: Draft,
    texts: list[str],
    which: Rows,
    yes: Floats,
    header: str,
) -> None:
    """Turn rows of question and answer into one column per question."""
    spelling: dict[str, str] = {}
    for text in texts:
        spelling.setdefault(text.casefold(), text)
    spelling.pop("", None)
    number = {fold: j for j, fold in enumerate(spelling)}
    column = np.array([number.get(text.casefold(), -1) for text in texts], dtype=np.intp)[which]
    keys = list(dict.fromkeys(key for key in draft.key.tolist() if key))  # type: ignore[union-attr]
    order = {key: r for r, key in enumerate(keys)}
    row = np.array([order.get(key, -1) for key in draft.key.tolist()], dtype=np.intp)  # type: ignore[union-attr]
    use = np.flatnonzero((row >= 0) & (column >= 0) & ~np.isnan(yes))
    answers = np.full((len(keys), len(spelling)), np.nan)
    cell = row[use] * max(len(spelling), 1) + column[use]
    _tell_twice(draft, use, cell, yes, header)
    answers.reshape(-1)[cell] = yes[use]
    names = unused_names(list(spelling.values()), set())
    values = {
        names[text]: pd.arrays.BooleanArray(answers[:, j] == 1.0, np.isnan(answers[:, j]))
        for j, text in enumerate(spelling.values())
    }
    draft.evenings = pd.DataFrame(values, index=pd.Index(keys, dtype="str"))
    for j, text in enumerate(spelling.values()):
        draft.told[names[text]] = {"header": text, "kind": "factor", "when": "day", "label": text}
        asked = int((~np.isnan(answers[:, j])).sum())
        if asked < len(keys):
            draft.notes.append(
                f"{text!r} was answered on {asked} of {len(keys)} cycles; on the others it is "
                "not recorded."
            )


def _tell_twice(
    draft: Draft, use: Rows, cell: Rows, yes: Floats,
    header: str,
) -> None:  # fmt: skip
    """Tell of a question answered twice under one cycle in different ways; the later row counts."""
    order = np.argsort(cell, kind="stable")
    same = cell[order][1:] == cell[order][:-1]
    for k in np.flatnonzero(same).tolist():
        earlier, later = int(use[order[k]]), int(use[order[k + 1]])
        if yes[earlier] != yes[later]:
            line = int(draft.table.line[later])
            draft.tell(earlier, header, f"answered otherwise in line {line}, which counts.")


FORMAT = Format(
    name="whoop_journal",
    product="WHOOP (journal entries)",
    recognised_by="columns Cycle start time, Question text, Answered yes and their translations",
    gives="a yes / no / not recorded habit per question, joined to the night of the same cycle",
    recognise=recognise,
    read=read,
    signature=("cycle start time", "cycle timezone", "question text", "answered yes", "notes"),
)
