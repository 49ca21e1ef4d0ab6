"""Sleepmeter: ``sleep_history_….csv``, records below up to three lists of the person's own words.

The order is wake, sleep, bedtime. Stamps carry the offset of their own moment. ``holes`` are spells
awake, in minutes after falling asleep. Names and notes stand in quotes, but quotes and line breaks
inside them are not escaped: a record begins where a line begins like one, and its note runs until
the next. Aids, hindrances and tags are lists of what was ticked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from itertools import pairwise

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats
from sleepstats.reading import cells as of
from sleepstats.reading.nights import NEVER, Claim, Draft, Options, Preview, records, tracker
from sleepstats.reading.text import DELIMITERS, RawTable, Source, inside_of, normal_header

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
_HOLE = re.compile(r"\s*(\d{1,9})\s*-\s*(\d{1,9})\s*")
#: Words for what happened in the night itself rather than on the day before it.
_OF_NIGHT = {
    "baby_crying", "bathroom_break", "bunkmate_snoring", "dog_barking", "fire_ants",
    "loud_neighbor", "phone_rang", "restless_legs", "sleep_talking", "sleep_walking",
    "squirrels_on_roof", "storm", "too_bright", "too_cold", "too_hot", "wind",
}  # fmt: skip


def _claims(preview: Preview, options: Options) -> Claim | None:
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


@dataclass
class _Records(RawTable):
    """The records, the person's own words above them, and notes that have no closing quote."""

    own: dict[str, str] = field(default_factory=dict)
    #: Row position -> line in which the note ends.
    still_open: dict[int, int] = field(default_factory=dict)


def _table(source: Source, claim: Claim) -> _Records:
    lines = source.preview()[: claim.header_line]
    own = {m[1]: m[2].strip() for m in _OWN_WORD.finditer("\n".join(lines[:-1])) if m[2].strip()}
    words = tuple(normal_header(cell) for cell in lines[-1].split(","))
    if claim.delimiter == "," and words == _HEADER:
        table = _records(source, claim.header_line)
    else:  # re-saved by a spreadsheet, which also escaped the quotes
        plain = tracker.plain_table(source, claim)
        table = _Records(**{one.name: getattr(plain, one.name) for one in fields(plain)})
    table.own = own
    return table


def _records(source: Source, header_line: int) -> _Records:
    """Find the records below the header."""
    start = 0
    for _ in range(header_line):
        found = source.text.find("\n", start)
        start = found + 1 if found >= 0 else len(source.text)
    text = source.text[start:]
    begins = [match.start() for match in _BEGINS.finditer(text)]
    texts = text.removesuffix("\n").split("\n")
    firsts = np.searchsorted(np.cumsum([0, *(len(one) + 1 for one in texts)]), begins).tolist()
    rows: list[list[str]] = []
    width: dict[int, int] = {}
    still_open: dict[int, int] = {}
    several: list[tuple[int, int]] = []
    for first, end in pairwise([*firsts, len(texts)]):
        chunk = texts[first] if end - first == 1 else "\n".join(texts[first:end])
        if end - first > 1:
            several.append((header_line + 1 + first, header_line + end))
        match = _RECORD.match(chunk)
        if match:
            note = chunk[match.end() :]
            if not note.endswith('"'):
                still_open[len(rows)] = header_line + end
            row = [*match.groups(), note.removesuffix('"')]
        else:
            row = [cell.strip('"') for cell in chunk.split("\n")[0].split(",", len(_HEADER) - 1)]
            width[len(rows)] = len(row)
            row += [""] * (len(_HEADER) - len(row))
        rows.append(row)
    cells = zip(*rows, strict=True) if rows else ([] for _ in _HEADER)
    columns = [np.fromiter(column, dtype=object, count=len(rows)) for column in cells]
    above = source.text[:start].split("\n")[: header_line - 1]
    skipped = [(i + 1, "own words" if t.strip() else "blank line") for i, t in enumerate(above)]
    skipped.append((header_line, "header"))
    before = text[: begins[0]] if begins else text
    skipped += [
        (header_line + 1 + i, "no record begins here" if t.strip() else "blank line")
        for i, t in enumerate(before.removesuffix("\n").split("\n")) if before
    ]  # fmt: skip
    return _Records(
        source.name, list(_HEADER), columns, header_line + 1 + np.array(firsts, np.int64),
        sorted([*skipped, *inside_of(several)]), width,
        still_open=still_open,
    )  # fmt: skip


def _times(draft: Draft) -> None:
    """Read the three times; elapsed time is measured in UTC, whatever the clock."""
    if isinstance(draft.table, _Records):
        for row, until in draft.table.still_open.items():
            draft.tell(row, "notes", f"not closed, it runs to line {until}: a damaged record may "
                       "be part of it.")  # fmt: skip
    words = ("bedtime", "sleep", "wake")
    local = dict(zip(words, tracker.read_stamps_of(draft, words), strict=True))
    utc = {word: tracker.to_utc(local[word], draft.offset[word]) for word in words}
    bed, onset, wake = (utc[word] for word in words)
    odd = (wake < bed) | (wake - bed > _A_DAY)
    for i in np.flatnonzero(odd & (local["wake"] >= local["bedtime"])).tolist():
        draft.tell(i, "", "the offsets from UTC do not fit the times: not used.")
    for key, times in (("bedtime", bed), ("sleep", onset), ("wake", wake)):
        times[odd] = local[key][odd]
    asleep = onset.copy()
    wrong = (onset < bed) | (onset > wake)
    for i in np.flatnonzero(wrong).tolist():
        first, middle, last = (
            records.minute(local[key][i]) for key in ("bedtime", "sleep", "wake")
        )
        draft.tell(i, "sleep", f"{middle} is not between {first} and {last}: not used.")
    sleepless = (onset == wake) & ~np.isnat(onset)
    for i in np.flatnonzero(sleepless).tolist():
        draft.tell(i, "sleep", "is the time of waking: this person did not sleep.")
    for stamps in (local["sleep"], onset):
        stamps[wrong | sleepless] = NEVER
    begin = np.where(np.isnat(local["bedtime"]), local["sleep"], local["bedtime"])
    draft.put("into_bed", begin, "bedtime")
    draft.put("sleep_onset", local["sleep"], "sleep")
    draft.put("final_wake", local["wake"], "wake")
    draft.stamps |= utc | {"asleep": asleep}


def _after(draft: Draft) -> None:
    bed, onset, wake = (draft.stamps[word] for word in ("bedtime", "sleep", "wake"))
    sleepless = np.isnat(onset) & (draft.stamps["asleep"] == wake)
    minutes = np.timedelta64(1, "m")
    ended = ~np.isnat(draft.columns["final_wake"])
    draft.put(
        "tib_min", np.where(ended, (wake - bed) / minutes, np.nan),
        label="time in bed to the final awakening", made_of=["into_bed", "final_wake"],
    )  # fmt: skip
    draft.put("sol_min", (onset - bed) / minutes, made_of=["into_bed", "sleep_onset"])
    span = np.where(ended, (wake - onset) / minutes, np.nan)
    draft.put("spt_min", span)
    _holes(draft, span)
    if "waso_min" in draft.columns:
        asleep = span - draft.columns["waso_min"]
        draft.put("tst_min", np.where(sleepless & ended, 0.0, asleep))
    if "quality" in draft.place:
        rating = draft.parsed(of.read_numbers(draft.cells("quality")), draft.header("quality"))
        draft.put("quality", rating, draft.header("quality"), label="rating (0 to 10)")
    _habits(draft)
    if "notes" in draft.place:
        notes = draft.cells("notes").copy()
        notes[of.is_missing(notes)] = None
        draft.put("comments", pd.array(notes, dtype="str"), draft.header("notes"))


def _spells(text: str) -> list[tuple[int, int]] | None:
    """Return beginnings and ends of the spells awake; None if it is no list of them."""
    if not text.strip():
        return []
    found = [_HOLE.fullmatch(part) for part in text.split("|")]
    return [(int(m[1]), int(m[2])) for m in found if m] if all(found) else None


def _holes(draft: Draft, span: Floats) -> None:
    """Add up the spells awake; if the file has none at all, they were not kept."""
    cells, header = draft.cells("holes"), draft.header("holes")
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


def _habits(draft: Draft) -> None:
    """Take aids, hindrances and tags together: a night with any of them says no to the others."""
    own = draft.table.own if isinstance(draft.table, _Records) else {}
    joined = np.full(len(draft.table), "", dtype=object)
    source: dict[str, str] = {}
    for key in (key for key in ("aid", "hindrances", "tags") if key in draft.place):
        cells = draft.cells(key).tolist()
        said: dict[str, str] = {}
        for text in dict.fromkeys(cells):
            words = [word.strip() for word in text.split("|")]
            words = [own.get(word, word) for word in words if word not in ("", "NONE")]
            for word in words:
                source.setdefault(word.casefold(), key)
            said[text] = "".join(f"{word}\x1f" for word in words)
        joined += np.array([said[cell] for cell in cells], dtype=object)
    ticked = of.split_tags(joined, "\x1f")
    names = of.unused_names(list(ticked), set(draft.columns) | {"quality", "comments", "nap_min"})
    for word, values in ticked.items():
        draft.put(
            names[word], values, source[word.casefold()], kind="factor",
            when="night" if word.casefold() in _OF_NIGHT else "day",
            label=word.replace("_", " ").lower() if word.isupper() else word,
        )  # fmt: skip
    if ticked:
        blank = np.array([not cell for cell in joined.tolist()], dtype=bool)
        if note := of.note_on_blanks(draft.night, blank, "aid, hindrance or tag"):
            draft.notes.append(note)


FORMAT = tracker.Tracker(
    name="sleepmeter",
    product="Sleepmeter (Android)",
    recognised_by="columns wake, sleep, bedtime, holes, type, in this order, perhaps below lists "
    "of the person's own words",
    gives="bedtime, latency, spells awake, waking, naps by the app's own mark, rating; aids, "
    "hindrances and tags as yes / no / not recorded habits",
    claims=_claims,
    table=_table,
    clocks={"bedtime": "into_bed", "wake": "final_wake"},
    said=records.TIMES,
    nap=("type", "nap"),
    stamps=_times,
    after=_after,
    known=None,
    signature=_HEADER,
)
