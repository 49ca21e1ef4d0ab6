"""A tracker's export described as data, and the one function that reads all that are plain.

What is odd about a product is a hook: a function that is called with the draft, in which the cells
of a word's column are ``draft.cells(word)``, and everything read so far stands under its name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from sleepstats.arrays import Stamps
from sleepstats.reading.nights import Claim, Draft, Format, Options, Preview
from sleepstats.reading.nights.persons import rows_of_one
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
from sleepstats.reading.nights.stamps import (
    put_zone,
    read_together,
    tell_clock_changes,
    to_utc,
    utc_to_local,
)
from sleepstats.reading.text import DELIMITERS, RawTable, Source, normal_header, read_table

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
    #: The order of day and month that the product writes, where the file does not show it.
    dayfirst: bool | None = None
    #: Word of a column -> what it is.
    columns: Mapping[str, Column] = field(default_factory=dict)
    #: Whether these stand in ``nights`` as in the file, from its last column to its first.
    in_file_order: bool = False
    #: The column that names naps, and its word for one; without a word it says yes or no.
    nap: tuple[str, str] | None = None
    #: Whether a short record by day that is alone on its evening is taken for a nap.
    lone_naps: bool = True
    #: Which date a row is labelled with, if with any.
    labels: str = "evening"
    role: Literal["nights", "evenings", "either"] = "nights"
    #: Whether several rows may fall on one night.
    records: bool = True
    #: Words of columns that are known and not needed, or which are; None: what is not read is not
    #: listed.
    known: Collection[str] | Callable[[str], bool] | None = ()
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
        object.__setattr__(self, "recognise", self.claims or self._recognise)
        object.__setattr__(self, "read", self._read)

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
            table, self.name, claim.why, np.full(len(table), "NaT", "datetime64[D]"),
            role=self.role, labels=self.labels, tracker=self.records and self.role != "evenings",
            place=places(table, self.word), options=options,
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
        if self.known is not None:
            known = set(filter(self.known, draft.place) if callable(self.known) else self.known)
            tell_unused(draft, {*self.clocks, *self.columns, *known})
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
        words = [word(cell) for cell in preview.cells(line, delimiter)]
        if set(needs) <= set(words):
            return delimiter, words
    return None


def put_clocks(
    draft: Draft, clocks: Mapping[str, str], zone: str = "local", *, kind: str = "device",
    dayfirst: bool | None = None,
) -> None:  # fmt: skip
    """Read the stamps of records and set them on the clock at the bed."""
    for word, stamps in zip(clocks, read_stamps_of(draft, clocks, dayfirst=dayfirst), strict=True):
        if zone == "utc":
            stamps = utc_to_local(draft, to_utc(stamps, draft.offset[word]), draft.options)
        draft.put(clocks[word], stamps, draft.header(word), **({"kind": kind} if kind else {}))


def read_stamps_of(
    draft: Draft, words: Collection[str], *, dayfirst: bool | None = None
) -> list[Stamps]:
    """Read the stamps of the columns of some words; their offsets go to ``draft.offset``."""
    at = [draft.at(word) for word in words]
    read = read_together(draft, at, draft.options, dayfirst=dayfirst)
    draft.offset |= {word: offset for word, (_, offset) in zip(words, read, strict=True)}
    return [stamps for stamps, _ in read]


def put_offsets(draft: Draft, words: list[str], printed: Literal["evening", "morning"]) -> None:
    """Set the zone of each record, and tell of clock changes where both stamps have one offset."""
    first, last = (draft.offset[word] for word in (words[0], words[-1]))
    put_zone(draft, first, draft.header(words[0]))
    if (first == last)[np.isfinite(first) & np.isfinite(last)].all():
        tell_clock_changes(draft, first, printed)
