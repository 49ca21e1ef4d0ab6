"""Sleepmeter: ``sleep_history_….csv``, records below up to three lists of the person's own words.

The order is wake, sleep, bedtime. Stamps carry the offset of their own moment. ``holes`` are spells
awake, in minutes after falling asleep. Names and notes stand in quotes, but quotes and line breaks
inside them are not escaped: a record begins where a line begins like one, and its note runs until
the next. Aids, hindrances and tags are lists of what was ticked.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats, Stamps
from sleepstats.reading.cells import is_missing, read_numbers
from sleepstats.reading.cells.tags import note_on_blanks, split_tags, unused_names
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.nights.periods import put_period, said, stamps_in, to_utc
from sleepstats.reading.text import DELIMITERS, RawTable, Source, normal_header, read_table

_HEADER = ("wake", "sleep", "bedtime", "holes", "type", "dreams", "aid", "hindrances", "tags",
           "quality", "notes")  # fmt: skip
_SIGNATURE = {"wake", "sleep", "bedtime", "holes", "type"}
_STAMP = r'"?(?:\d{4}-\d\d-\d\d \d\d:\d\d[+-]\d{4})"?'
_BEGINS = re.compile(rf"^{_STAMP},", re.MULTILINE)
_RECORD = re.compile(
    ",".join([_STAMP.replace("?:", "", 1)] * 3 + [r"([^,\n]*)"] * 7 + ['"']), re.ASCII
)
_OWN_WORD = re.compile(r'^(CUSTOM_\d+),(?:[^,\n]*,)?"(.*)"$', re.MULTILINE)
_A_DAY = np.timedelta64(1, "D")
_HOLE = re.compile(r"\s*(\d+)\s*-\s*(\d+)\s*")
#: Words for what happened in the night itself rather than on the day before it.
_OF_NIGHT = {
    "baby_crying", "bathroom_break", "bunkmate_snoring", "dog_barking", "fire_ants",
    "loud_neighbor", "phone_rang", "restless_legs", "sleep_talking", "sleep_walking",
    "squirrels_on_roof", "storm", "too_bright", "too_cold", "too_hot", "wind",
}  # fmt: skip


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a file with the header of the records within its first lines."""
    for number, line in enumerate(preview.lines, start=1):
        if "holes" not in line.casefold():
            continue
        for delimiter in DELIMITERS:
            keys = [normal_header(cell) for cell in preview.cells(number, delimiter)]
            if set(keys) >= _SIGNATURE:
                why = f"line {number} has 'wake', 'sleep', 'bedtime', 'holes', 'type'"
                return Claim(95, number, delimiter, why)
    return None


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one Sleepmeter file."""
    written = [normal_header(cell) for cell in source.preview()[claim.header_line - 1].split(",")]
    if claim.delimiter == "," and tuple(written) == _HEADER:
        table, open_notes = _records(source, claim.header_line)
    else:  # re-saved by a spreadsheet, which also escaped the quotes
        table, open_notes = read_table(source, claim.header_line, claim.delimiter), {}
    place = {normal_header(h): i for i, h in reversed(list(enumerate(table.header)))}
    draft = Draft(table, FORMAT.name, claim.why, np.empty(0, "datetime64[D]"), tracker=True)
    for row, last in open_notes.items():
        draft.tell(row, "notes", f"not closed, it runs to line {last}: a damaged record may be "
                   "part of it.")  # fmt: skip
    _times(draft, place, options)
    if "quality" in place:
        cells, header = table.columns[place["quality"]], table.header[place["quality"]]
        rating = draft.parsed(read_numbers(cells), header)
        draft.put("quality", rating, header, label="rating (0 to 10)")
    _habits(draft, place, _own_words(source, claim.header_line))
    if "notes" in place:
        notes = table.columns[place["notes"]].copy()
        notes[is_missing(notes)] = None
        draft.put("comments", pd.array(notes, dtype="str"), table.header[place["notes"]])
    return draft


def _records(source: Source, header_line: int) -> tuple[RawTable, dict[int, int]]:
    """Find the records below the header; also which notes have no closing quote, and their end."""
    start = 0
    for _ in range(header_line):
        found = source.text.find("\n", start)
        start = found + 1 if found >= 0 else len(source.text)
    text = source.text[start:]
    begins = [match.start() for match in _BEGINS.finditer(text)]
    lines: list[int] = []
    rows: list[list[str]] = []
    width: dict[int, int] = {}
    still_open: dict[int, int] = {}
    line, counted = header_line + 1, 0
    ends = [*begins[1:], len(text)][: len(begins)]
    for begin, end in zip(begins, ends, strict=True):
        line, counted = line + text.count("\n", counted, begin), begin
        chunk = text[begin:end].removesuffix("\n")
        match = _RECORD.match(chunk)
        if match:
            note = chunk[match.end() :]
            if not note.endswith('"'):
                still_open[len(rows)] = line + chunk.count("\n")
            row = [*match.groups(), note.removesuffix('"')]
        else:
            row = [cell.strip('"') for cell in chunk.split("\n")[0].split(",", len(_HEADER) - 1)]
            width[len(rows)] = len(row)
            row += [""] * (len(_HEADER) - len(row))
        rows.append(row)
        lines.append(line)
    columns = []
    for i in range(len(_HEADER)):
        cells = np.empty(len(rows), dtype=object)
        cells[:] = [row[i] for row in rows]
        columns.append(cells)
    above = source.text[:start].split("\n")[: header_line - 1]
    skipped = [(i + 1, "own words" if t.strip() else "blank line") for i, t in enumerate(above)]
    skipped.append((header_line, "header"))
    before = text[: begins[0]] if begins else text
    skipped += [
        (header_line + 1 + i, "no record begins here" if t.strip() else "blank line")
        for i, t in enumerate(before.removesuffix("\n").split("\n")) if before
    ]  # fmt: skip
    table = RawTable(source.name, list(_HEADER), columns, np.array(lines, np.int64), skipped, width)
    return table, still_open


def _own_words(source: Source, header_line: int) -> dict[str, str]:
    """Return the person's own words for ``CUSTOM_0001`` and the like."""
    above = "\n".join(source.preview()[: header_line - 1])
    return {match[1]: match[2].strip() for match in _OWN_WORD.finditer(above) if match[2].strip()}


def _times(draft: Draft, place: dict[str, int], options: Options) -> None:
    """Read the three times and the spells awake; durations are elapsed time, whatever the clock."""
    local: dict[str, Stamps] = {}
    utc: dict[str, Stamps] = {}
    for key in ("bedtime", "sleep", "wake"):
        local[key], offset = stamps_in(draft, place[key], options)
        utc[key] = to_utc(local[key], offset)
    bed, onset, wake = (utc[key].copy() for key in ("bedtime", "sleep", "wake"))
    odd = (wake < bed) | (wake - bed > _A_DAY)
    for i in np.flatnonzero(odd & (local["wake"] >= local["bedtime"])).tolist():
        draft.tell(i, "", "the offsets from UTC do not fit the times: not used.")
    for key, times in (("bedtime", bed), ("sleep", onset), ("wake", wake)):
        times[odd] = local[key][odd]
    wrong = (onset < bed) | (onset > wake)
    for i in np.flatnonzero(wrong).tolist():
        first, middle, last = (said(local[key][i]) for key in ("bedtime", "sleep", "wake"))
        draft.tell(i, "sleep", f"{middle} is not between {first} and {last}: not used.")
    sleepless = (onset == wake) & ~np.isnat(onset)
    for i in np.flatnonzero(sleepless).tolist():
        draft.tell(i, "sleep", "is the time of waking: this person did not sleep.")
    for stamps in (local["sleep"], onset):
        stamps[wrong | sleepless] = np.datetime64("NaT", "us")
    begin = np.where(np.isnat(local["bedtime"]), local["sleep"], local["bedtime"])
    put_period(
        draft, begin, local["wake"], names=("into_bed", "final_wake"), headers=("bedtime", "wake"),
        cells=draft.table.columns[place["bedtime"]],
    )  # fmt: skip
    minutes = np.timedelta64(1, "m")
    ended = ~np.isnat(draft.columns["final_wake"])
    draft.put("sleep_onset", local["sleep"], "sleep")
    draft.put(
        "tib_min", np.where(ended, (wake - bed) / minutes, np.nan),
        label="time in bed to the final awakening", made_of=["into_bed", "final_wake"],
    )  # fmt: skip
    draft.put("sol_min", (onset - bed) / minutes, made_of=["into_bed", "sleep_onset"])
    span = np.where(ended, (wake - onset) / minutes, np.nan)
    draft.put("spt_min", span)
    _holes(draft, place, span)
    if "waso_min" in draft.columns:
        asleep = span - draft.columns["waso_min"]
        draft.put("tst_min", np.where(sleepless & ended, 0.0, asleep))
    kinds = [cell.strip().upper() for cell in draft.table.columns[place["type"]].tolist()]
    draft.nap = np.array([kind == "NAP" for kind in kinds], dtype=bool)


def _spells(text: str) -> list[tuple[int, int]] | None:
    """Return beginnings and ends of the spells awake; None if it is no list of them."""
    if not text.strip():
        return []
    found = [_HOLE.fullmatch(part) for part in text.split("|")]
    return [(int(m[1]), int(m[2])) for m in found if m] if all(found) else None


def _holes(draft: Draft, place: dict[str, int], span: Floats) -> None:
    """Add up the spells awake; if the file has none at all, they were not kept."""
    cells, header = draft.table.columns[place["holes"]], draft.table.header[place["holes"]]
    waso, nawk = np.zeros(len(cells)), np.zeros(len(cells))
    known: dict[str, list[tuple[int, int]] | None] = {
        text: _spells(text) for text in dict.fromkeys(cells.tolist())
    }
    noted = [i for i, cell in enumerate(cells.tolist()) if known[cell] != []]
    if not noted:
        draft.notes.append(
            "No record has a spell awake: whether there were none or they were not kept cannot be "
            "told, so waking and total sleep time are missing."
        )
        return
    for i in noted:
        ends = known[cells[i]]
        most = np.inf if np.isnan(span[i]) else float(span[i])
        if ends is None or any(not 0 <= a <= b <= most for a, b in ends):
            draft.tell(i, header, f"{cells[i]!r} is no list of spells awake within the "
                       f"{most:g} min of this sleep: not used.")  # fmt: skip
            waso[i] = nawk[i] = np.nan
        else:
            waso[i], nawk[i] = sum(b - a for a, b in ends), len(ends)
    waso[np.isnan(span)] = nawk[np.isnan(span)] = np.nan
    draft.put("waso_min", waso, header)
    draft.put("nawk", nawk, header)


def _habits(draft: Draft, place: dict[str, int], own: dict[str, str]) -> None:
    """Take aids, hindrances and tags together: a night with any of them says no to the others."""
    joined = np.full(len(draft.table), "", dtype=object)
    source: dict[str, str] = {}
    for key in (key for key in ("aid", "hindrances", "tags") if key in place):
        cells = draft.table.columns[place[key]].tolist()
        said: dict[str, str] = {}
        for text in dict.fromkeys(cells):
            words = [word.strip() for word in text.split("|")]
            words = [own.get(word, word) for word in words if word not in ("", "NONE")]
            for word in words:
                source.setdefault(word.casefold(), key)
            said[text] = "".join(f"{word}\x1f" for word in words)
        joined += np.array([said[cell] for cell in cells], dtype=object)
    ticked = split_tags(joined, "\x1f")
    names = unused_names(list(ticked), set(draft.columns) | {"quality", "comments", "nap_min"})
    for word, values in ticked.items():
        draft.put(
            names[word], values, source[word.casefold()], kind="factor",
            when="night" if word.casefold() in _OF_NIGHT else "day",
            label=word.replace("_", " ").lower() if word.isupper() else word,
        )  # fmt: skip
    if ticked:
        blank = np.array([not cell for cell in joined.tolist()], dtype=bool)
        if note := note_on_blanks(draft.night, blank, "aid, hindrance or tag"):
            draft.notes.append(note)


FORMAT = Format(
    name="sleepmeter",
    product="Sleepmeter (Android)",
    recognised_by="columns wake, sleep, bedtime, holes, type, in this order, perhaps below lists "
    "of the person's own words",
    gives="bedtime, latency, spells awake, waking, naps by the app's own mark, rating; aids, "
    "hindrances and tags as yes / no / not recorded habits",
    recognise=recognise,
    read=read,
    signature=_HEADER,
)
