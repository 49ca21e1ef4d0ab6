"""A tracker's export described as data, and the one function that reads all that are plain.

Its stamps, dates and offsets are brought to the clock at the bed.
What is odd about a product is a hook: a function that is called with the draft, in which the cells
of a word's column are ``draft.cells(word)``, and everything read so far stands under its name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from sleepstats.arrays import Days, Floats, Stamps
from sleepstats.clock import format_clock, to_wall
from sleepstats.errors import option
from sleepstats.reading.cells import Parsed, kind_of_cells, read_dates, read_stamps
from sleepstats.reading.nights import NEVER, Claim, Draft, Format, Options, Preview, shifted, years
from sleepstats.reading.nights.not_one_diary import rows_of_one
from sleepstats.reading.nights.records import (
    Column,
    Said,
    check_spans,
    date_records,
    name_lone_naps,
    nap_answers,
    places,
    put_columns,
    tell_unused,
)
from sleepstats.reading.text import DELIMITERS, RawTable, Source, normal_header, read_table

_SHOWN = 20  # lines in which a file shows whether its stamps have dates
_CHANGE_MONTHS = (3, 4, 9, 10, 11)  # of clocks, somewhere
_LABELS = {"nights": "bedtime", "either": "bedtime", "evenings": "evening"}
Hook = Callable[[Draft], None]


@dataclass(frozen=True, kw_only=True)
class Tracker(Format):
    """A format whose rows are a tracker's records, as data."""

    #: Words that only this product's header has together; none: the whole signature.
    needs: tuple[str, ...] = ()
    #: What is said of a file that was recognised by them, blank: that it has them; how sure it is.
    why: str = ""
    score: int = 95
    #: Brings a header to its word, in which everything here is spelled.
    word: Callable[[str], str] = normal_header
    #: Word of a column of stamps -> clock column; the first begins a record, the last ends it.
    clocks: Mapping[str, str] = field(default_factory=dict)
    clock_kind: str = "device"
    #: What the stamps show: ``"local"``, the clock at the bed; ``"utc"``; or the clock at the bed
    #: with the offset that held in the ``"evening"`` or the ``"morning"`` on both stamps.
    zone: Literal["local", "utc", "evening", "morning"] = "local"
    #: The order of day and month, where the file does not show it.
    dayfirst: bool | None = None
    #: Word of a column -> what it is.
    columns: Mapping[str, Column] = field(default_factory=dict)
    #: Whether these stand in ``nights`` as in the file, the last column first.
    in_file_order: bool = False
    #: The column that names naps, and its word for one; without a word it says yes or no.
    nap: tuple[str, str] | None = None
    #: Whether a short record by day that is alone on its evening is taken for a nap.
    lone_naps: bool = True
    #: Which date a row is labelled with; blank: the one in the stamps with which it begins.
    labels: str = ""
    role: Literal["nights", "evenings", "either"] = "nights"
    records: bool = True  # whether several rows may fall on one night
    #: Words of columns that are known and not needed, or which are; None: what is not read is not
    #: listed.
    known: Collection[str] | Callable[[str], bool] | None = ()
    besides: tuple[str, ...] = ()  # words of further columns of the product
    #: What such a file cannot give.
    notes: tuple[str, ...] = ()
    said: Said = field(default_factory=Said)
    #: Hooks: another way to claim, to cut the table, to read the stamps, to date the rows; and
    #: what is done before and after the rows have their dates.
    claims: Callable[[Preview, Options], Claim | None] | None = None
    table: Callable[[Source, Claim], RawTable] | None = None
    stamps: Hook | None = None
    dating: Hook | None = None
    before: Hook | None = None
    after: Hook | None = None
    recognise: Callable[[Preview, Options], Claim | None] = field(init=False)
    read: Callable[[Source, Claim, Options], Draft] = field(init=False)

    def __post_init__(self) -> None:
        """Derive what the doors ask of any format."""
        object.__setattr__(self, "recognise", self._claimed)
        object.__setattr__(self, "read", self._read)

    def _claimed(self, preview: Preview, options: Options) -> Claim | None:
        """Claim a file, unless its stamps are bare times: a diary whose headers are as common."""
        claim = (self.claims or self._recognise)(preview, options)
        if claim and not self.stamps and 0 < claim.header_line < len(preview.lines):
            lines = range(claim.header_line, min(len(preview.lines), _SHOWN) + 1)
            head, *rows = (preview.cells(line, claim.delimiter) for line in lines)
            at = [i for i, header in enumerate(head) if self.word(header) in self.clocks]
            if kind_of_cells([row[i] for row in rows for i in at if i < len(row)]) == "clock":
                return None
        return claim

    def _recognise(self, preview: Preview, options: Options) -> Claim | None:
        """Claim a file whose first line has the words."""
        line = preview.first_line()
        needs = self.needs or self.signature
        found = header_of(preview, needs, line=line, word=self.word)
        why = self.why or f"the header has {', '.join(map(repr, needs))}"
        return Claim(self.score, line, found[0], why) if found else None

    def _read(self, source: Source, claim: Claim, options: Options) -> Draft:
        """Read a file by what the format says."""
        table = self.table(source, claim) if self.table else plain_table(source, claim)
        table = rows_of_one(table, options)
        draft = Draft(
            table, self.name, claim.why, np.full(len(table), "NaT", "M8[D]"), options=options,
            role=self.role, labels=self.labels or _LABELS[self.role],
            tracker=self.records and self.role != "evenings", place=places(table, self.word),
        )  # fmt: skip
        if self.stamps:
            self.stamps(draft)
        elif self.clocks:
            put_clocks(draft, self.clocks, self.zone, kind=self.clock_kind, dayfirst=self.dayfirst)
        words = draft.place if self.in_file_order else self.columns
        put_columns(draft, {one: self.columns[one] for one in words if one in self.columns})
        if self.nap and self.nap[0] in draft.place:
            draft.nap = nap_answers(draft, *self.nap)
        if self.before:
            self.before(draft)
        (self.dating or self._date)(draft)
        if self.after:
            self.after(draft)
        draft.notes += self.notes
        known = filter(self.known, draft.place) if callable(self.known) else self.known or ()
        own = {*self.clocks, *self.columns, *known}
        if self.known is not None:
            tell_unused(draft, own)
        draft.of_product = own.union(self.signature, self.needs, self.nap or (), self.besides)
        return draft

    def _date(self, draft: Draft) -> None:
        """Date the records by when they begin, and say what their offsets show."""
        names = [name for name in self.clocks.values() if name in draft.columns]
        if not names:
            return
        word, first, last = next(iter(self.clocks)), names[0], names[-1]
        begin, end = draft.columns[first], draft.columns[last]
        date_records(draft, begin, word, end=end, said=self.said)
        check_spans(draft, first, last, said=self.said)
        if self.zone in ("evening", "morning"):
            put_offsets(draft, list(self.clocks), self.zone)
        if self.lone_naps:
            name_lone_naps(draft, begin, end)


def plain_table(source: Source, claim: Claim) -> RawTable:
    """Cut a file whose rows stand below one header."""
    return read_table(source, claim.header_line, claim.delimiter)


def header_of(
    preview: Preview, needs: Collection[str], *, line: int, word: Callable[[str], str]
) -> tuple[str, list[str]] | None:
    """Return the delimiter and the words of a header line that has all of ``needs``."""
    if not 1 <= line <= len(preview.lines):
        return None
    for delimiter in DELIMITERS:
        cells = preview.cells(line, delimiter)  # of a wrong delimiter they are too few
        if len(cells) >= len(set(needs)) and set(needs) <= set(words := [*map(word, cells)]):
            return delimiter, words
    return None


def put_clocks(
    draft: Draft, clocks: Mapping[str, str], zone: str = "local", *, kind: str = "device",
    dayfirst: bool | None = None,
) -> None:  # fmt: skip
    """Read the stamps of records and set them on the clock at the bed."""
    for word, stamps in zip(clocks, read_stamps_of(draft, clocks, dayfirst=dayfirst), strict=True):
        if zone == "utc":
            stamps = utc_to_local(draft, to_utc(stamps, draft.offset[word]))
        draft.put(clocks[word], stamps, draft.header(word), **({"kind": kind} if kind else {}))


def read_stamps_of(
    draft: Draft, words: Collection[str], *, dayfirst: bool | None = None
) -> list[Stamps]:
    """Read the stamps of the columns of some words; their offsets go to ``draft.offset``."""
    at = [draft.at(word) for word in words]
    read = read_together(draft, at, dayfirst=dayfirst)
    draft.offset |= {word: offset for word, (_, offset) in zip(words, read, strict=True)}
    return [stamps for stamps, _ in read]


def put_offsets(draft: Draft, words: list[str], printed: Literal["evening", "morning"]) -> None:
    """Set the zone of each record, and tell of clock changes where both stamps have one offset."""
    first, last = (draft.offset[word] for word in (words[0], words[-1]))
    put_zone(draft, first, draft.header(words[0]))
    if (first == last)[np.isfinite(first) & np.isfinite(last)].all():
        tell_clock_changes(draft, first, printed)


def read_together(
    draft: Draft, at: Sequence[int], *, dayfirst: bool | None = None
) -> list[tuple[Stamps, Floats]]:
    """Read columns of stamps as one: local stamps and offsets (min), one order of day and month.

    ``dayfirst`` is the order that the product writes, where the caller names none.
    """
    table = draft.table
    n = len(table)
    order = dayfirst if draft.options.dayfirst is None else draft.options.dayfirst
    headers = [table.header[i] for i in at]
    cells = np.concatenate([table.columns[i] for i in at])
    lines = np.tile(table.line, len(at))
    where = f"{table.name}, column {headers[0]!r}"
    parsed = read_stamps(cells, dayfirst=order, where=where, lines=lines)
    for position in np.flatnonzero(parsed.bad_mask).tolist():
        draft.tell(position % n, headers[position // n], parsed.reason(position))
    for position, sentence in parsed.repaired.items():
        draft.tell(position % n, headers[position // n], sentence)
    for header in headers:
        draft.assume(parsed, header)
    stamps = parsed.values.astype("datetime64[us]")
    offset = parsed.offset_min
    offsets = np.full(len(stamps), np.nan) if offset is None else offset
    return [
        (stamps[k * n : (k + 1) * n].copy(), offsets[k * n : (k + 1) * n].copy())
        for k in range(len(at))
    ]


def read_dates_of(draft: Draft, at: int | str, *, dayfirst: bool | None = None) -> Parsed:
    """Read the dates of a column or of that of a word; nothing is told yet."""
    at = draft.at(at) if isinstance(at, str) else at
    order = dayfirst if draft.options.dayfirst is None else draft.options.dayfirst
    table = draft.table
    where = f"{table.name}, column {table.header[at]!r}"
    return read_dates(table.columns[at], dayfirst=order, where=where, lines=table.line)


def dates_of(draft: Draft, word: str, *, dayfirst: bool | None = None) -> Days:
    """Read one column of dates; those that cannot be read are told."""
    dates = read_dates_of(draft, word, dayfirst=dayfirst)
    days: Days = draft.parsed(dates, draft.header(word)).astype("datetime64[D]")
    return days


def read_days(draft: Draft, at: int) -> Days:
    """Return the date of each row; a row without one is refused."""
    years.add_years(draft.table, at, None, draft.options, draft.notes)
    parsed = read_dates_of(draft, at)
    for i in np.flatnonzero(np.isnat(parsed.values)).tolist():
        why = parsed.reason(i) or "blank, so this row has no date."
        draft.refused[i] = f"column {draft.table.header[at]!r}: {why}"
    days: Days = parsed.values.astype("datetime64[D]")
    return days


def epoch_ms(milliseconds: Floats) -> Stamps:
    """Return milliseconds since 1970 as UTC stamps, to the second; missing outside 1970 to 2099."""
    usable = (milliseconds > 0) & (milliseconds < 4.1e12)
    seconds = np.where(usable, np.nan_to_num(milliseconds), 0.0) // 1000
    stamps = seconds.astype(np.int64).astype("datetime64[s]").astype("datetime64[us]")
    return np.where(usable, stamps, NEVER)


def to_utc(stamps: Stamps, offset_min: Floats) -> Stamps:
    """Move stamps to UTC; those without an offset are taken for UTC."""
    return shifted(stamps, -np.nan_to_num(offset_min))


def utc_to_local(draft: Draft, stamps: Stamps) -> Stamps:
    """Put UTC stamps on the clock of ``tz=``; without it they stay UTC, and that is said."""
    if draft.options.tz:
        draft.zone = draft.options.tz
        return to_wall(stamps.astype("datetime64[us]"), draft.options.tz)
    draft.zone = "UTC"
    sentence = (
        "The times in this file are UTC and nothing says in which time zone you slept: clock times "
        "and evenings of nights are given in UTC. Durations are right. Name the zone of the bed: "
        f"{option('read_diary(...', tz='Europe/Berlin')}."
    )
    if sentence not in draft.assumed:
        draft.assumed.append(sentence)
    return stamps.astype("datetime64[us]")


def put_zone(draft: Draft, offset_min: Floats, header: str) -> None:
    """Set the column that says which offset the clock columns stand in."""
    import pandas as pd

    known, codes = np.unique(offset_min[np.isfinite(offset_min)], return_inverse=True)
    texts = np.full(len(offset_min), None, dtype=object)
    if len(known):
        texts[np.isfinite(offset_min)] = np.array([zone_text(m) for m in known], object)[codes]
        draft.put("zone", pd.array(texts, dtype="str"), header)


def zone_text(minutes: float) -> str:
    """Write an offset: -240 is ``UTC-04:00``."""
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{format_clock(abs(minutes) / 60.0)}"


def tell_clock_changes(
    draft: Draft, offset_min: Floats, printed: Literal["evening", "morning"]
) -> None:
    """Tell of nights in which the clocks seem to have changed, and count changes of zone.

    An hour between two nights in a row, on a Saturday evening of the months in which clocks are
    changed, is taken for that; the rest for travel.
    """
    known = np.flatnonzero(~np.isnat(draft.night) & np.isfinite(offset_min))
    if draft.nap is not None:
        known = known[~draft.nap[known]]
    order = known[np.argsort(draft.night[known], kind="stable")]
    before, after = order[:-1], order[1:]
    change = offset_min[after] - offset_min[before]
    days = (draft.night[after] - draft.night[before]).astype(int)
    row = before if printed == "evening" else after
    evening = draft.night[row]
    saturday = (evening.astype(int) - 2) % 7 == 0
    month = evening.astype("datetime64[M]").astype(int) % 12 + 1
    clocks = (np.abs(change) == 60.0) & (days == 1) & saturday & np.isin(month, _CHANGE_MONTHS)
    for k in np.flatnonzero(clocks).tolist():
        forward = change[k] > 0
        zone = zone_text(offset_min[row[k]])
        if printed == "evening":
            other, there = "next", f"an hour {'later' if forward else 'earlier'} at waking"
            size = "more" if forward else "less"
        else:
            other, there = "previous", f"an hour {'earlier' if forward else 'later'} at bed time"
            size = "less" if forward else "more"
        draft.tell(
            int(row[k]), "",
            f"both stamps carry the {printed}'s offset, {zone}, and the {other} night's is an "
            f"hour {size}: if the clocks changed in this night, the clock showed {there}. "
            "Durations are right.",
        )  # fmt: skip
    moves = int(((change != 0) & ~clocks).sum())
    if moves:
        draft.notes.append(
            f"The offset from UTC changes {moves} times between nights (travel, or clocks changed "
            "in a night without a record); clock times are those of the offset printed."
        )
