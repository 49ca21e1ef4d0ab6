"""Sleep as Android: ``sleep-export.csv``, one header and one or two lines of data per record.

The header is repeated before every record, each time as wide as that record's recording; only its
first columns, up to ``Geo``, are of interest. ``Id`` is the beginning in milliseconds since 1970,
``Tz`` the zone of that bed, ``Hours`` the elapsed length, which stays right when the clocks change.
Habits are hashtags in the comment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sleepstats.arrays import Bools, Floats
from sleepstats.clock import known_zone, to_wall
from sleepstats.errors import DiaryError
from sleepstats.reading.cells import Parsed, read_durations, read_numbers
from sleepstats.reading.nights import NEVER, Claim, Draft, Options, Preview, entries, tracker
from sleepstats.reading.nights.records import TIMES, minutes_of
from sleepstats.reading.text import DELIMITERS, Cells, RawTable, Source, normal_header, split_rows

_SIGNATURE = {"id", "tz", "from", "to", "hours", "comment"}
#: The columns that every layout has before the movement readings; older ones end at Cycles.
_KNOWN = ("id", "tz", "from", "to", "sched", "hours", "rating", "comment", "framerate", "snore",
          "noise", "cycles", "deepsleep", "lenadjust", "geo")  # fmt: skip
_MEASURES = {"snore": "snore_score", "noise": "noise_score", "cycles": "sleep_cycles"}
#: Tags that the app itself sets; they do not show that the person kept tags.
_AUTOMATIC = ("fullmoon", "newmoon", "light", "home", "watch")
_OF_NIGHT = ("baddream", "dream", "gooddream", "laugh", "snore", "talk")
_NOTHING = re.compile(r"manually added|\\n|\s", re.IGNORECASE)
_APART = np.timedelta64(90, "s")


def _claims(preview: Preview, options: Options) -> Claim | None:
    """Claim a file whose first line is the header of a record."""
    number = preview.first_line()
    for delimiter in DELIMITERS:
        if _is_header(preview.cells(number, delimiter)):
            why = "the header begins with 'Id', 'Tz', 'From', 'To', 'Sched', 'Hours'"
            return Claim(95, number, delimiter, why)
    return None


def _is_header(cells: list[str]) -> bool:
    """Say whether this is the header of a record; the columns may stand in any order."""
    if not ("Id" in cells or "id" in cells or "ID" in cells):
        return False
    return {normal_header(cell) for cell in cells} >= _SIGNATURE


def _table(source: Source, claim: Claim) -> RawTable:
    return read_records(source, claim.delimiter, _KNOWN, _is_header)


def _after(draft: Draft) -> None:
    hours = draft.columns["tib_min"]
    adjust, by_hand = _adjustment(draft)
    asleep = hours + adjust
    for i in np.flatnonzero(asleep < 0).tolist():
        draft.tell(i, "LenAdjust", f"{adjust[i]:g} min is more than the record is long: not used.")
    asleep[asleep < 0] = np.nan
    draft.put("tst_min", asleep, "LenAdjust", kind="device", made_of=["tib_min"])
    _scores(draft, asleep)
    _comments(draft)
    draft.notes.append(
        "The app measures no latency: total sleep time is the length of a record less the waking "
        "that the app took off (LenAdjust)."
    )
    if by_hand.any():
        count = int(by_hand.sum())
        records = "record was" if count == 1 else "records were"
        draft.notes.append(
            f"{count} {records} entered by hand: nothing was measured, and the length of the "
            "record stands for the time asleep."
        )


def _column(
    draft: Draft, key: str, parse: Callable[..., Parsed] = read_numbers, **how: Any
) -> Floats:
    """Read a column of numbers; one that this version of the app did not write is missing."""
    if key not in draft.place:
        return np.full(len(draft.table), np.nan)
    header, cells = draft.header(key), draft.cells(key)
    if "," in "".join(cells.tolist()):  # a decimal comma: no number has thousands
        cells = np.array([cell.replace(",", ".") for cell in cells.tolist()], dtype=object)
    values: Floats = draft.parsed(parse(cells, **how), header)
    return values


def _stamps(draft: Draft) -> None:
    """Set when each record began and ended on the clock of its own bed.

    ``From`` and ``To`` are that clock; ``Id`` gives the seconds, and the clock itself where
    ``From`` cannot be read. ``To`` gives way to ``Id`` + ``Hours`` where the two disagree.
    """
    begin, end = tracker.read_stamps_of(draft, ["from", "to"], dayfirst=True)
    hours = _column(draft, "hours", read_durations, unit="h")
    exact = tracker.epoch_ms(_column(draft, "id"))
    zones = np.array([cell.strip() for cell in draft.cells("tz").tolist()], dtype=object)
    length = np.where(np.isnan(hours), 0, np.rint(hours * 6e7)).astype("timedelta64[us]")
    ending = np.where(np.isnan(hours), NEVER, exact + length)
    for zone in dict.fromkeys(zones.tolist()):
        here = np.flatnonzero(zones == zone)
        if not known_zone(zone):
            draft.notes.append(
                f"Tz {zone!r} is no zone known here: From and To are taken as given."
            )
            exact[here], ending[here] = NEVER, NEVER
            continue
        exact[here], ending[here] = to_wall(exact[here], zone), to_wall(ending[here], zone)
    off = np.abs(exact - begin) > _APART
    rows = np.flatnonzero(off)
    both = minutes_of(exact[rows]), minutes_of(begin[rows])
    for i, by_id, taken in zip(rows.tolist(), *both, strict=True):
        draft.tell(i, "Id", f"gives {by_id} in {zones[i]}, From gives {taken}: From taken.")
    local = np.where(off | np.isnat(exact), begin, exact)
    late = ~off & (np.abs(ending - end) > 2 * _APART)
    rows = np.flatnonzero(late)
    both = minutes_of(end[rows]), minutes_of(ending[rows])
    for i, to, taken in zip(rows.tolist(), *both, strict=True):
        draft.tell(i, "To", f"{to} is not Id and Hours, {taken}: the latter taken.")
    end = np.where(late | np.isnat(end), ending, end)
    end = np.where((end < local) & (local - end < _APART), local, end)
    draft.put("into_bed", local, "From")
    draft.put("out_of_bed", end, "To")
    draft.put("tib_min", hours, "Hours", kind="device")
    named = list(dict.fromkeys(zone for zone in zones.tolist() if zone))
    if len(named) == 1:
        draft.zone = known_zone(named[0]) or ""
    elif named:
        import pandas as pd

        zones[zones == ""] = None
        draft.put("zone", pd.array(zones, dtype="str"), "Tz")


def _adjustment(draft: Draft) -> tuple[Floats, Bools]:
    """Return the minutes to add for waking (negative), and which records were entered by hand."""
    adjust = _column(draft, "lenadjust")
    cycles = _column(draft, "cycles")
    by_hand = np.array(
        ["manually added" in cell.casefold() for cell in _cells(draft, "comment").tolist()],
        dtype=bool,
    ) & ~(cycles >= 0)
    if "lenadjust" in draft.place:  # -1.0 is the mark of a record entered by hand, -1 is a minute
        marked = _cells(draft, "lenadjust") == "-1.0"
        by_hand |= marked
        adjust = np.where(marked, 0.0, adjust)
    for i in np.flatnonzero(adjust > 0).tolist():
        draft.tell(i, "LenAdjust", f"{adjust[i]:g} would lengthen the record: not used.")
    return np.where(np.isnan(adjust) | (adjust > 0), 0.0, adjust), by_hand


def _cells(draft: Draft, key: str) -> Cells:
    if key not in draft.place:
        return np.full(len(draft.table), "", dtype=object)
    return draft.cells(key)


def _scores(draft: Draft, asleep: Floats) -> None:
    """Read what was rated and measured; negative numbers, and a rating of 0, mean nothing."""
    rating = _column(draft, "rating")
    draft.put("quality", np.where(rating > 0, rating, np.nan), "Rating", label="rating (0 to 5)")
    deep = _column(draft, "deepsleep")
    for i in np.flatnonzero(deep > 1).tolist():
        draft.tell(i, "DeepSleep", f"{deep[i]:g} is no share of the sleep: not used.")
    deep = np.where((deep >= 0) & (deep <= 1), deep, np.nan)
    draft.put("deep_min", deep * asleep, "DeepSleep", kind="device")
    for key, name in _MEASURES.items():
        values = _column(draft, key)
        draft.put(name, np.where(values >= 0, values, np.nan), key.title(), kind="device",
                  when="night", label=f"{key} as the app counts it")  # fmt: skip
    for name in ("quality", "deep_min", *_MEASURES.values()):
        if np.isnan(draft.columns[name]).all():
            del draft.columns[name], draft.told[name]


def _comments(draft: Draft) -> None:
    cells = _cells(draft, "comment")
    words = entries.put_hashtags(draft, cells, "Comment", automatic=_AUTOMATIC, of_night=_OF_NIGHT)
    said = np.array([bool(_NOTHING.sub("", word)) for word in words.tolist()], dtype=bool)
    if said.any():
        import pandas as pd

        texts = [" ".join(word.replace("\\n", " ").split()) for word in words.tolist()]
        shown = np.array(texts, dtype=object)
        shown[~said] = None
        draft.put("comments", pd.array(shown, dtype="str"), "Comment")


FORMAT = tracker.Tracker(
    name="sleep_as_android",
    product="Sleep as Android",
    recognised_by="a header Id, Tz, From, To, Sched, Hours that is repeated before every record",
    gives="time in bed, total sleep time without latency, deep sleep, rating; hashtags of the "
    "comment as yes / no / not recorded habits or counts; the zone of each night",
    signature=_KNOWN,
    claims=_claims,
    table=_table,
    clocks={"from": "into_bed", "to": "out_of_bed"},
    said=TIMES,
    stamps=_stamps,
    after=_after,
    known=None,
)


_READING = re.compile(r"(?:-?\d+(?:[.,]\d+)?(?:E-?\d+)?)?", re.ASCII)


@dataclass
class _Records:
    """The known cells of data rows, the lines they stand on, and the lines that are no rows."""

    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    header: dict[str, str] = field(default_factory=dict)
    short: dict[int, int] = field(default_factory=dict)
    #: Lines of rows with an opened quote that nothing closes.
    opened: list[int] = field(default_factory=list)


def read_records(
    source: Source, delimiter: str, known: Sequence[str], is_header: Callable[[list[str]], bool]
) -> RawTable:
    """Pair every data line with the header above it, keeping the known columns."""
    records = _split(source.text, delimiter, known, is_header)
    if not records.header:
        raise DiaryError(
            f"{source.name}: the header stands inside quotes that run over "
            "several lines. Export the file again."
        )
    header = [name for name in known if name in records.header]
    columns = [np.empty(len(records.rows), dtype=object) for _ in known]
    for column, cells in zip(columns, zip(*records.rows, strict=True), strict=False):
        column[:] = cells
    columns = [columns[known.index(name)] for name in header]
    written = [records.header[name] for name in header]
    line = np.array(records.lines, dtype=np.int64)
    return RawTable(
        source.name, written, columns, line, sorted(records.skipped), records.short,
        dict.fromkeys(records.opened, "a cell"),
    )  # fmt: skip


def _are_readings(cells: Sequence[str]) -> bool:
    return not "".join(cells).strip() or all(_READING.fullmatch(cell.strip()) for cell in cells)


def _split(
    text: str,
    delimiter: str,
    known: Sequence[str],
    is_header: Callable[[list[str]], bool],
) -> _Records:
    found = split_rows(text, delimiter)
    out = _Records(skipped=found.skipped(1))
    places: list[int] = []
    seen: dict[tuple[str, ...], list[int]] = {}  # headers, which differ in the movement readings
    after_data = False
    for number, (row, start) in enumerate(zip(found.rows, found.starts, strict=True)):
        begin = start + 1
        if not row or (not row[0].strip() and not "".join(row).strip()):
            out.skipped.append((begin, "blank line"))
        elif (head := tuple(row[: len(known)])) in seen or is_header(row):
            if head in seen:
                places = seen[head]
            else:
                keys = [normal_header(cell) for cell in row]
                places = [keys.index(name) if name in keys else -1 for name in known]
                out.header |= {keys[i]: row[i].strip() for i in places if i >= 0}
                if max(places) < len(known):
                    seen[head] = places
            out.skipped.append((begin, "header" if not out.rows else "header repeated"))
            after_data = False
        elif after_data and _are_readings(head):
            out.skipped.append((begin, "noise readings of the record above"))
        elif not places:
            out.skipped.append((begin, "above the first header"))
        else:
            if len(row) <= (last := max(places)):
                out.short[len(out.rows)] = len(row)
            row = [*row, *[""] * max(1, last + 2 - len(row))]  # the last one for what is not there
            if number in found.opened:
                out.opened.append(begin)
            out.rows.append([row[i] for i in places])
            out.lines.append(begin)
            after_data = True
    return out
