"""Records of a tracker, one per row: their columns, the evening of each, what cannot be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sleepstats.arrays import Bools, Floats, Stamps
from sleepstats.clock import evening_of
from sleepstats.reading.cells import is_missing, read_durations, read_numbers, read_yes_no
from sleepstats.reading.nights.draft import Draft
from sleepstats.reading.nights.stamps import NEVER, shifted
from sleepstats.reading.text import Cells, RawTable, normal_header

#: Records shorter than this do not show when the person goes to bed.
MAIN_SLEEP_MIN = 180.0
#: A day is the longest that a duration can be.
_DAY_MIN = 1440.0


@dataclass(frozen=True)
class Column:
    """One column of a tracker's file: what it is called in ``nights``, and what can stand in it."""

    name: str
    #: How the file writes it; durations become minutes.
    written: Literal["number", "min", "s", "ms", "h", "yes/no", "text"] = "number"
    #: What can be; outside it the cell is told and missing.
    least: float = -np.inf
    most: float = np.inf
    #: Whether the file writes 0 for "not measured".
    zero_missing: bool = False
    #: For a text: what stands where nobody wrote anything; none: what means so anywhere.
    blank: Sequence[str] = ()
    #: What the data dictionary does not say of it, as in :meth:`Draft.put`; blank: nothing.
    kind: str = "device"
    when: str = ""
    label: str = ""
    unit: str | None = None
    made_of: Sequence[str] = ()

    def told(self) -> dict[str, Any]:
        """Return what the file says about the column beyond the dictionary."""
        said = {"kind": self.kind, "when": self.when, "label": self.label, "made_of": self.made_of}
        told: dict[str, Any] = {key: value for key, value in said.items() if value}
        if "made_of" in told:
            told["made_of"] = list(self.made_of)
        return told if self.unit is None else told | {"unit": self.unit}


@dataclass(frozen=True)
class Said:
    """The sentences about a row without a beginning, and about an end that cannot be."""

    unread: str = "column {header!r}: {cell!r} is no date and time, so this row has no night."
    blank: str = "column {header!r}: blank, so this row has no night."
    expected: str = " Expected YYYY-MM-DD HH:MM:SS."
    span: str = "from {begin} to {end} is {hours:.1f} h: the end is not used."
    #: Whether the sentence about the end is one about its column.
    of_column: bool = False


#: The same in the words of apps that were first read as times to the minute.
TIMES = Said(
    "column {header!r}: {cell!r} cannot be read as a time, so this row has no night.",
    "column {header!r} is blank, so this row has no night.",
    "",
    "{end} is {hours:.1f} h after {begin}: not used.",
    of_column=True,
)


def places(table: RawTable, word: Callable[[str], str] = normal_header) -> dict[str, int]:
    """Return where each header stands, by its word; of doubled headers the first."""
    return {word(header): i for i, header in reversed(list(enumerate(table.header)))}


def put_columns(draft: Draft, columns: Mapping[str, Column]) -> None:
    """Set every known column that holds anything."""
    for word, column in columns.items():
        if word in draft.place:
            put_column(draft, word, column)


def put_column(draft: Draft, word: str, column: Column) -> None:
    """Read one column and set it, unless it is empty."""
    if column.written == "text":
        put_text(draft, word, draft.cells(word), column)
        return
    values = read_column(draft, word, column)
    if not np.isnan(values).all():
        draft.put(column.name, values, draft.header(word), **column.told())


def put_text(draft: Draft, word: str, cells: Cells, column: Column) -> None:
    """Set a column of free text, unless nobody wrote anything."""
    import pandas as pd

    texts = cells.copy()
    blank = (
        np.array([text in column.blank for text in texts.tolist()], dtype=bool)
        if column.blank
        else is_missing(texts)
    )
    texts[blank] = None
    if any(text is not None for text in texts.tolist()):
        draft.put(column.name, pd.array(texts, dtype="str"), draft.header(word), **column.told())


def read_column(draft: Draft, word: str, column: Column) -> Floats:
    """Parse one column of numbers, durations or answers; what cannot be is told and missing."""
    header, cells = draft.header(word), draft.cells(word)
    least, most = column.least, column.most
    if column.written in ("min", "s", "h"):
        values: Floats = draft.parsed(read_durations(cells, unit=column.written), header).copy()
    elif column.written == "ms":
        values = draft.parsed(read_numbers(cells), header) / 60_000.0
        least, most = max(least, 0.0), min(most, _DAY_MIN)
    else:
        parse = read_yes_no if column.written == "yes/no" else read_numbers
        values = draft.parsed(parse(cells), header).copy()
    if column.zero_missing:
        values[values == 0] = np.nan
    for i in np.flatnonzero((values < least) | (values > most)).tolist():
        draft.tell(i, header, f"{cells[i].strip()!r} cannot be: expected {least:g} to {most:g}.")
        values[i] = np.nan
    return values


def date_records(
    draft: Draft, begin: Stamps, word: str, *, end: Stamps | None = None, said: Said | None = None
) -> None:
    """Give each record its evening date; a record without a beginning, or refused, has none.

    Where the day is cut shows the bed times of the file's own long sleeps, named naps left out.
    """
    said = said or Said()
    minutes = (begin - begin.astype("datetime64[D]")) / np.timedelta64(1, "m")
    main = np.isfinite(minutes)
    if draft.nap is not None:
        main &= ~draft.nap
    main &= ~(_length_min(draft, begin, end) < MAIN_SLEEP_MIN)
    draft.cut_day(minutes[main])
    draft.night = evening_of(begin, draft.day_cut_h)
    header, cells = draft.header(word), draft.cells(word)
    for i in np.flatnonzero(np.isnat(begin)).tolist():
        cell = str(cells[i] or "").strip()
        text = (said.unread if cell else said.blank).format(header=header, cell=cell)
        draft.refused.setdefault(i, text + said.expected)
    draft.night[list(draft.refused)] = np.datetime64("NaT", "D")


def _length_min(draft: Draft, begin: Stamps, end: Stamps | None) -> Floats:
    """Return how long each record is: the file's own figure, else from stamp to stamp."""
    length = np.full(len(begin), np.nan)
    if end is not None:
        length = (end - begin) / np.timedelta64(1, "m")
    given = draft.columns.get("tib_min", length)
    return np.where(np.isnan(given), length, given)


def check_spans(draft: Draft, begin: str, end: str, *, said: Said | None = None) -> None:
    """Drop the end of a record that ends before it begins, or more than a day later."""
    said = said or Said()
    first, last = draft.columns[begin], draft.columns[end]
    hours = (last - first) / np.timedelta64(1, "h")
    header = draft.told.get(end, {}).get("header", "") if said.of_column else ""
    for i in np.flatnonzero((hours < 0) | (hours > 24)).tolist():
        sentence = said.span.format(begin=minute(first[i]), end=minute(last[i]), hours=hours[i])
        draft.tell(i, header, sentence)
        last[i] = NEVER


def minute(stamp: np.datetime64) -> str:
    """Write a stamp for a sentence, to the minute."""
    if np.isnat(stamp):
        return "(blank)"
    return str(stamp.astype("datetime64[m]")).replace("T", " ")


def put_final_wake(draft: Draft, word: str) -> None:
    """Set the final awakening so many minutes before the end of the record."""
    put_columns(draft, {word: Column("twak_min", "min")})
    if "twak_min" in draft.columns:
        wake = shifted(draft.columns["out_of_bed"], -draft.columns["twak_min"])
        draft.put("final_wake", wake, draft.header(word), kind="device")


def of_the_day(draft: Draft, columns: Mapping[str, Column], before: Any) -> None:
    """Set what a row says of its day with the night that follows; ``before``: that day's row."""
    for word, column in columns.items():
        if word in draft.place:
            own = read_column(draft, word, column)
            values = np.where(before >= 0, own[before], np.nan)
            if not np.isnan(values).all():
                draft.put(column.name, values, draft.header(word), **column.told())


def tell_unused(draft: Draft, words: Collection[str], at: Collection[int] = ()) -> None:
    """Note the columns that were not read and hold something."""
    table = draft.table
    used = {*at, *(i for word, i in draft.place.items() if word in words)}
    rest = [
        header
        for i, header in enumerate(table.header)
        if i not in used and any(cell.strip() for cell in table.columns[i].tolist())
    ]
    if rest:
        draft.notes.append(f"Columns not used: {', '.join(rest)}.")


def nap_answers(draft: Draft, word: str, nap: str) -> Bools:
    """Tell which rows the file calls naps: by a word of its own, else by a yes."""
    if nap:
        cells = draft.cells(word).tolist()
        return np.array([cell.strip().casefold() == nap for cell in cells], dtype=bool)
    answers = draft.parsed(read_yes_no(draft.cells(word)), draft.header(word))
    return np.asarray(answers == 1.0)
