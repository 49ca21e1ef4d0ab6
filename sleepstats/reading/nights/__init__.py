"""What a format hands over: one draft per file, one entry per source row, nothing dropped yet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sleepstats.arrays import Bools, Floats, Ints, Objects, Stamps
from sleepstats.clock import NOON_H, day_cut_h, format_clock
from sleepstats.errors import DiaryError, advice, did_you_mean
from sleepstats.reading.cells import Parsed, answered_none, kind_of_cells, without_bands
from sleepstats.reading.text import Cells, RawTable, Source, normal_header, split_line
from sleepstats.reading.words import Sense

NEVER = np.datetime64("NaT", "us")
#: A form that is filled in from this hour on is filled in before the night, of the day that ends.
LATE_H = 17.0


@dataclass(frozen=True)
class Options:
    """The keyword arguments of ``read_diary`` that a format may need."""

    columns: Mapping[str, str] = field(default_factory=dict)
    when: Mapping[str, str] = field(default_factory=dict)
    reverse: Sequence[str] = ()
    dayfirst: bool | None = None
    tz: str | None = None
    labels: str = "auto"
    #: Columns in which a cell without an answer means none.
    blank_is_no: Sequence[str] = ()
    #: Of a workbook the sheet to read; the year of dates that have none.
    sheet: str | None = None
    year: int | None = None
    #: One person of a table of several.
    person: str | None = None
    #: What the dates of a table name, as other sheets or a tracker beside it show.
    settled: str = ""


@dataclass(frozen=True)
class Preview:
    """The first lines of a file, for recognition."""

    name: str
    lines: Sequence[str]
    _split: dict[tuple[int, str], list[str]] = field(default_factory=dict, compare=False)

    def cells(self, number: int, delimiter: str) -> list[str]:
        """Return the stripped cells of a 1-based line; every format asks for the same few."""
        cells = self._split.get((number, delimiter))
        if cells is None:
            cells = split_line(self.lines[number - 1], delimiter)
            self._split[number, delimiter] = cells
        return cells

    def first_line(self) -> int:
        """Return the 1-based number of the first line with any text."""
        return next((i + 1 for i, line in enumerate(self.lines) if line.strip(" ,;\t|")), 1)


@dataclass(frozen=True)
class Claim:
    """A format's claim to a file."""

    #: 0 to 100; the highest claim reads the file. Product exports claim 90 and more, diary tables
    #: at most 60.
    score: int
    #: 1-based line of the column names.
    header_line: int
    #: Field delimiter.
    delimiter: str
    #: What was recognised, for ``sleepstats check`` and for people.
    why: str


@dataclass(frozen=True)
class Format:
    """A format that ``read_diary`` knows."""

    #: The word for ``format=``.
    name: str
    #: Name for people.
    product: str
    #: One line each for ``list_formats()``.
    recognised_by: str
    gives: str
    #: ``(Preview, Options) -> Claim | None``; looks at content only, never at the file name.
    recognise: Callable[[Preview, Options], Claim | None]
    #: ``(Source, Claim, Options) -> Draft``.
    read: Callable[[Source, Claim, Options], Draft]
    #: Asked only when no other format is sure.
    last_resort: bool = False
    #: Header words of such a file, lower case, for naming the nearest format of an unknown file.
    signature: tuple[str, ...] = ()


@dataclass
class Draft:
    """The rows of one file, decoded but not yet turned into nights."""

    #: The text cells, for line numbers and messages.
    table: RawTable
    #: Format name and what was recognised.
    format: str
    why: str
    #: datetime64[D] array: evening date of each row; NaT where a row cannot become a night.
    night: Stamps
    #: dict: column name -> array of one value per row.
    columns: dict[str, Any] = field(default_factory=dict)
    #: dict: column name -> what the file says about it beyond the dictionary (``header``, ``kind``,
    #: ``when``, ``unit``, ``label``, ``made_of``).
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: dict: row position -> sentences about cells that were not usable.
    problems: dict[int, list[str]] = field(default_factory=dict)
    #: dict: row position -> why it cannot become a night.
    refused: dict[int, str] = field(default_factory=dict)
    #: Decisions the file did not settle, taken by a stated rule: warned about, refused if strict.
    assumed: list[str] = field(default_factory=list)
    #: Notes that change an answer: told in the warning, which blanks make, too; no error if strict.
    weighty: list[str] = field(default_factory=list)
    twelve_hour: bool = False  # the bed times are of a 12-hour clock without am and pm
    #: Findings about the file as a whole, shown by ``check`` and the report.
    notes: list[str] = field(default_factory=list)
    #: Whether the file holds nights, or what goes with nights read from another file of the same
    #: export (a journal, stress samples). ``"either"``: nights when it is read alone, joined to the
    #: nights when another file of the same export holds them (a summary of the same nights).
    role: Literal["nights", "evenings", "either"] = "nights"
    #: object array of str, or None: the export's own identifier of the night of each row, the same
    #: text in all its files.
    key: Objects | None = None
    #: bool array, or None: rows that the file itself calls naps; such a row is never a night.
    nap: Bools | None = None
    #: Whether a nap counts with the minutes asleep in it, not with its length.
    naps_asleep: bool = False
    #: int array, or None: for a file with several rows per record: the position of the row that
    #: carries the record's values (its own position there); the other rows are ``merged`` into it.
    part_of: Ints | None = None
    #: bool array, or None: rows of a file of nights that are no record of a night (a ticked factor,
    #: a mood) and were summed up in ``evenings``.
    aside: Bools | None = None
    #: What to join to the nights, one row per evening date (``datetime64``) or per key (text),
    #: where the source has several rows per evening. Without it, ``columns`` of a draft with the
    #: role ``"evenings"`` are joined row by row. What the file says about its columns stands in
    #: ``told``.
    evenings: pd.DataFrame | None = None
    labels: str = "evening"
    #: Other rules by which the dates of a table may name its nights, that the file leaves open.
    readings: Sequence[str] = ()
    day_cut_h: float = NOON_H
    zone: str = ""
    #: Columns of a tracker's table that are none of the product's: habits of the person's own.
    pasted: list[str] = field(default_factory=list)
    #: The words of the columns that the product itself writes.
    of_product: Collection[str] = ()
    #: Whether several records of one night are parts, naps and devices (a tracker), or second
    #: answers for the same night (a diary, ``False``).
    tracker: bool = False
    #: Where the column of each word stands, for a format that is described as data.
    place: Mapping[str, int] = field(default_factory=dict)
    options: Options = field(default_factory=Options)
    #: Stamps that are no clocks of the night, by word.
    stamps: dict[str, Stamps] = field(default_factory=dict)
    #: Those of ``options.blank_is_no`` that are columns here.
    blanks_read: set[str] = field(default_factory=set)
    #: What the columns were taken for that stand in no other way, by header.
    sense: dict[str, Sense] = field(default_factory=dict)
    #: Minutes east of UTC as written in the stamps of a column, NaN where nothing is written.
    offset: dict[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Tell of rows that do not have as many fields as the header."""
        for position, width in self.table.width.items():
            count = len(self.table.header)
            missing = "those that are not there count as blank."
            beyond = "what stands beyond them was left out. Quote cells that hold the delimiter."
            rest = missing if width < count else beyond
            self.tell(position, "", f"{width} fields where the header has {count}; {rest}")
        told = self.table.told
        for position in np.flatnonzero(np.isin(self.table.line, list(told))).tolist():
            self.tell(position, "", told[int(self.table.line[position])])
        inside = [line for line, why in self.table.skipped if why[:15] == "inside a quoted"]
        if inside:
            self.notes.append(
                f"{len(inside)} {'line stands' if len(inside) == 1 else 'lines stand'} inside "
                f"quoted cells that run over several lines, first line {inside[0]}."
            )

    def cut_day(self, bed_minutes: Floats, *, what: str = "Bed times") -> None:
        """Let the bed times of the file say where one evening ends and the next begins."""
        self.day_cut_h = day_cut_h(bed_minutes)
        if self.day_cut_h != NOON_H:
            self.notes.append(
                f"{what} lie near noon, so the day is cut at "
                f"{format_clock(self.day_cut_h)} instead of 12:00."
            )

    def correct_year(self) -> None:
        """Correct a date that fits between those of the rows around it but for its year."""
        days = self.night[rows := np.flatnonzero(~np.isnat(self.night))]
        if (np.abs(np.diff(days)) <= np.timedelta64(180, "D")).all():  # nothing is half a year off
            return
        first: Stamps = np.minimum(days[:-2], days[2:])
        last: Stamps = np.maximum(days[:-2], days[2:])
        months = (days[1:-1] - first) / np.timedelta64(30, "D")
        off = np.flatnonzero((last - first <= np.timedelta64(31, "D")) & (abs(months) > 6)) + 1
        steps = np.diff(np.delete(days, off)).astype(np.int64)
        in_order = (steps >= 0).all() or (steps <= 0).all()
        if not 0 < len(off) <= 3 + len(days) // 50 or not in_order:
            return
        for at, row in zip(off.tolist(), rows[off].tolist(), strict=True):
            low, high, day = first[at - 1], last[at - 1], days[at]
            fits = {year for one in (low, high) if f"{low}" <= (year := f"{one}"[:4] + f"{day}"[4:])
                    <= f"{high}"}  # fmt: skip
            free = fits - {*map(str, self.night)} - {one for one in fits if one[5:] == "02-29"}
            told = f"dated {day}, between rows of {low} and {high}: "
            if len(free) == 1:
                self.night[row] = meant = np.datetime64(free.pop())
                for stamps in (v for v in self.columns.values() if v.dtype.kind == "M"):
                    if abs(stamps[row] - day) < np.timedelta64(4, "D"):
                        stamps[row] += meant - day
                self.tell(row, "", f"{told}read as {meant}, the only year that fits")
            elif fits:  # the night is another row's: which one is meant is not known
                self.night[row] = np.datetime64("NaT", "D")
                self.refused[row] = f"{told}its year is mistyped. Correct the date."

    def cells(self, word: str) -> Cells:
        """Return the text cells of the column of a word."""
        return self.table.columns[self.at(word)]

    def header(self, word: str) -> str:
        """Return the header of the column of a word, as the file spells it."""
        return self.table.header[self.at(word)]

    def at(self, word: str) -> int:
        """Return where the column of a word stands."""
        if word not in self.place:  # the line was recognised, but its quotes cut it otherwise
            raise DiaryError(
                f"{self.table.name}: this file ({self.why}) has no column {word!r} once its header "
                "is cut into cells. Look for a stray quote in the header, or export the file again."
            )
        return self.place[word]

    def tell(self, position: int, header: str, sentence: str) -> None:
        """Add a problem of one cell."""
        what = f"{'column' if self.table.turned is None else 'row'} {header!r}: " if header else ""
        told = self.problems.setdefault(int(position), [])
        told += [f"{what}{sentence}"] * (f"{what}{sentence}" not in told)

    def parsed(self, cells: Parsed, header: str) -> NDArray[Any]:
        """Return the values of parsed cells and take over what was wrong with them."""
        for position in np.flatnonzero(cells.bad_mask).tolist():
            self.tell(position, header, cells.reason(position))
        self.assume(cells, header)
        for position, sentence in cells.repaired.items():
            self.tell(position, header, sentence)
        return cells.values

    def amounts(self, read: Callable[[Cells], Parsed], cells: Cells, header: str) -> NDArray[Any]:
        """Return what a reader of amounts makes of cells; where it fails, bands are tried."""
        found = read(cells)
        if found.bad_mask.any() and (plain := self.without_bands(cells, header)) is not cells:
            found = read(plain)
        return self.parsed(found, header)

    def without_bands(self, cells: Cells, header: str) -> Cells:
        """Return a column whose bands, such as 15-30 min, are amounts; say what was done."""
        plain, done, assumed = without_bands(cells)
        if done:
            self.weighty.append(f"Column {header!r}: {done}")
        if assumed:
            self.assumed.append(f"Column {header!r}: {assumed}")
        return plain

    def zero_for_none(self, column: Cells, header: str) -> Cells:
        """Put 0 where numbers or durations say "none", and no text among clock times; tell it.

        A column that is of another kind without these answers is returned as it is.
        """
        if not (none := answered_none(column)).any():
            return column
        rest = np.asarray(column, dtype=object).copy()
        rest[none] = ""
        kind = kind_of_cells(rest)
        if kind not in ("number", "duration", "clock"):
            return column
        rest[none] = "" if kind == "clock" else "0"
        word, count = column[int(np.flatnonzero(none)[0])].strip(), int(none.sum())
        rows = "1 row" if count == 1 else f"{count} rows"
        as_what = "no time" if kind == "clock" else "0"
        self.notes.append(f"Column {header!r}: {word!r} in {rows} is read as {as_what}.")
        return rest

    def assume(self, cells: Parsed, header: str) -> None:
        """Take over what a column suggests but does not prove."""
        sentence = f"Column {header!r}: {cells.assumed}"
        if cells.assumed and sentence not in self.assumed:
            self.assumed.append(sentence)

    def since_evening(self, *names: str) -> Floats:
        """Return the first clock there is, in minutes after its evening's midnight."""
        clock = next((self.columns[name] for name in names if name in self.columns), None)
        if clock is None:
            return np.full(len(self.table), np.nan)
        evening = self.night.astype("datetime64[us]")
        return np.asarray((clock - evening) / np.timedelta64(1, "m"), dtype=float)

    def put(self, name: str, values: Any, header: str = "", **told: Any) -> None:
        """Set a column and what the file says about it."""
        self.columns[name] = values
        if header or told:
            self.told[name] = ({"header": header} if header else {}) | told


def when_of_columns(told: Mapping[str, Mapping[str, Any]], options: Options) -> dict[str, str]:
    """Return what ``when=`` says of columns, named themselves or by the header they stand under."""
    said = {normal_header(key): part for key, part in options.when.items()}
    headers = {name: normal_header(str(one.get("header", name))) for name, one in told.items()}
    by_header = {name: said[header] for name, header in headers.items() if header in said}
    own = {n: p for n, p in options.when.items() if normal_header(n) not in headers.values()}
    return by_header | own


def no_blank_unread(drafts: Sequence[Draft], options: Options) -> None:
    """Refuse a name of ``blank_is_no`` that is of no column in which a blank could mean no."""
    read = {name for draft in drafts for name in draft.blanks_read}
    for name in [one for one in options.blank_is_no if normal_header(one) not in read]:
        headers = [*dict.fromkeys(h for draft in drafts for h in draft.table.header)]
        near, all_of_them = did_you_mean(name, headers), ", ".join(headers)
        said = advice(f"blank_is_no={name!r}", f"--blank-is-no {name!r}")
        raise DiaryError(f"{said}: no habit of that name.{near} The header has: {all_of_them}.")


def sentences(texts: Sequence[str]) -> str:
    """Join what is to be told of one row."""
    return "; ".join([*[text.removesuffix(".") for text in texts[:-1]], *texts[-1:]])


def shifted(stamps: Stamps, minutes: Floats) -> Stamps:
    """Move stamps by minutes; NaT where the minutes are not known."""
    micros = np.full(len(minutes), np.timedelta64("NaT", "us"), dtype="timedelta64[us]")
    known = np.isfinite(minutes)
    micros[known] = np.rint(minutes[known] * 60e6).astype("timedelta64[us]")
    moved: Stamps = stamps + micros
    return moved
