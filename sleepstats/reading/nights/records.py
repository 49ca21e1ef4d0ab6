"""Records of a tracker, one per row: their columns, the evening of each, what cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Floats, Stamps
from sleepstats.clock import NOON_H, evening_of
from sleepstats.columns import OF_BED, column_of
from sleepstats.errors import option
from sleepstats.reading.cells import is_missing, read_durations, read_numbers, read_yes_no, that_are
from sleepstats.reading.cells.parsed import NO_SLEEP, word_lists
from sleepstats.reading.nights import NEVER, Draft, shifted
from sleepstats.reading.text import Cells, RawTable, normal_header
from sleepstats.reading.words import own_name

#: Records shorter than this do not show when the person goes to bed.
MAIN_SLEEP_MIN = 180.0
_DAY_MIN = 1440.0  # the longest that a duration can be
#: Of so many nights so many cannot be less of the night as total sleep, or more as latency.
_FEWEST, _MOST_NIGHTS, _HARDLY, _MOST_OF = 5, 0.8, 0.2, 0.6
_EITHER = (("tst_min", "sol_min", "to fall asleep"), ("sol_min", "tst_min", "asleep"))
OF_MEDICINE = re.compile("|".join(word_lists()["medicines"]))  # headers of what is taken
#: Clocks that begin and end a record, the outermost at the edges.
BEGINS, ENDS = ("into_bed", "lights_out", "sleep_onset"), ("final_wake", "out_of_bed")
#: A record that begins between these hours of the clock and is shorter than this is a nap.
BY_DAY_H, SHORTER_THAN_H = (6.0, 20.0), 3.0


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
    #: Whether it is counted until the person goes to bed: a later bed time makes it more.
    until_bed: bool = False

    def told(self) -> dict[str, Any]:
        """Return what the file says about the column beyond the dictionary."""
        said = {"kind": self.kind, "when": self.when, "label": self.label, "made_of": self.made_of}
        told: dict[str, Any] = {key: value for key, value in said.items() if value}
        if self.until_bed:
            told["made_of"], told["tied"] = map(list, OF_BED)
        elif "made_of" in told:
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
    texts = cells.copy()
    blank = np.isin(texts, list(column.blank)) if column.blank else is_missing(texts)
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
        tell_zeros(draft, values, header)
    odd = (values < least) | (values > most)
    expected = f"cannot be: expected {least:g} to {most:g}."
    for i, cell in zip(np.flatnonzero(odd).tolist(), cells[odd].tolist(), strict=True):
        draft.tell(i, header, f"{cell.strip()!r} {expected}")
    values[odd] = np.nan
    return values


def tell_zeros(draft: Draft, values: Floats, header: str) -> None:
    """Take zeros out of a column in which they mean that nothing was measured, and say it."""
    values[zero := values == 0] = np.nan
    slept = [values is draft.columns.get(name) for name in ("tst_min", "spt_min")]  # a diary
    for i in np.flatnonzero(zero & any(slept)).tolist():
        draft.tell(i, header, f"0 {NO_SLEEP}")
    if (n := int(zero.sum())) and not np.isnan(values).all():
        draft.notes += [f"Column {header!r}: 0 in {n} row{'s' * (n > 1)} is read as not measured."]


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
    rows = np.flatnonzero((hours < 0) | (hours > 24))
    for i, *told in zip(
        rows.tolist(), minutes_of(first[rows]), minutes_of(last[rows]), strict=True
    ):
        sentence = said.span.format(begin=told[0], end=told[1], hours=hours[i])
        draft.tell(i, header, sentence)
    last[rows] = NEVER


def minutes_of(stamps: Stamps) -> list[str]:
    """Write stamps for sentences, to the minute."""
    text = "\n".join(np.datetime_as_string(stamps.astype("datetime64[m]")).tolist())
    return text.replace("NaT", "(blank)").replace("T", " ").split("\n") if len(stamps) else []


def minute(stamp: np.datetime64) -> str:
    """Write one stamp so."""
    return minutes_of(np.array([stamp]))[0]


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
        header if table.header.count(header) == 1 else f"{header} (column {i + 1})"
        for i, header in enumerate(table.header)
        if i not in used and any(cell.strip() for cell in table.columns[i].tolist())
    ]
    if rest:
        draft.notes.append(f"Columns not used: {', '.join(rest)}.")


def nap_answers(draft: Draft, word: str, nap: str) -> Bools:
    """Tell which rows the file calls naps: by a word of its own, else by a yes."""
    if nap:
        return that_are(draft.cells(word), nap)
    return np.asarray(draft.parsed(read_yes_no(draft.cells(word)), draft.header(word)) == 1.0)


def yes_or_no(draft: Draft, column: Cells, header: str) -> pd.arrays.BooleanArray:
    """Read a column of yes and no; say what "forgot" counts as."""
    taken = bool(OF_MEDICINE.search(header.casefold()))
    values = draft.parsed(read_yes_no(column, taken=taken), header)
    forgot = that_are(column, *word_lists()["forgot"])
    if forgot.any():
        what, count = column[int(np.flatnonzero(forgot)[0])].strip(), int(forgot.sum())
        on = f"Column {header!r}: {what!r} on {count} of {len(column)} evenings counted as"
        no = option("read_diary(...", blank_is_no=(own_name(header),))
        draft.weighty.append(
            f"{on} not taken." if (values[forgot] == 0).any() else
            f"{on} not recorded. If it means no: {no}."
        )  # fmt: skip
    return pd.arrays.BooleanArray(np.nan_to_num(values).astype(bool), np.isnan(values))


@dataclass
class Records:
    """What the rules look at, as plain lists: numpy is slow for one value at a time."""

    #: Microseconds since 1970 on the local clock.
    begin: list[int | None]
    end: list[int | None]
    #: Length in bed, else asleep; -1 where unknown.
    minutes: list[float]
    #: Day number of the night.
    day: list[int]
    #: Source line.
    line: list[int]
    #: (night's record, another of it) of those whose answers go to the night.
    given: list[tuple[int, int]] = field(default_factory=list)


def records_of(draft: Draft) -> Records:
    """Return when each record begins and ends, from the outermost clocks it has."""
    spans: list[np.ndarray] = []
    for names in (BEGINS, tuple(reversed(ENDS))):
        found = np.full(len(draft.table), np.datetime64("NaT", "us"), dtype="datetime64[us]")
        for name in names:
            if name in draft.columns:
                stamps = draft.columns[name].astype("datetime64[us]")
                found = np.where(np.isnat(found), stamps, found)
        spans.append(found)
    lengths: np.ndarray = (spans[1] - spans[0]) / np.timedelta64(1, "m")
    for name in ("tst_min", "tib_min"):
        given = draft.columns.get(name)
        if given is not None:
            use = np.isnan(lengths) if name == "tst_min" else ~np.isnan(given)
            lengths = np.where(use, given, lengths)
    return Records(
        _whole(spans[0]),
        _whole(spans[1]),
        np.where(np.isnan(lengths), -1.0, lengths).tolist(),
        draft.night.astype("datetime64[D]").astype(np.int64).tolist(),
        np.asarray(draft.table.line).tolist(),
    )


def contradicted(draft: Draft) -> dict[str, str]:
    """Return why a total sleep is none that is hardly any of the nights, a latency that is most."""
    found, own = dict[str, str](), draft.columns
    begin, end = (next((own[n] for n in names if n in own), None) for names in (BEGINS, ENDS[::-1]))
    for name, other, words in _EITHER:
        if begin is None or name not in own or name in draft.options.columns.values():
            continue
        share = own[name] / np.maximum(_length_min(draft, begin, end), 1.0)  # not through 0
        off = (share < _HARDLY if name == "tst_min" else share > _MOST_OF)[np.isfinite(share)]
        if len(off) >= _FEWEST and off.mean() >= _MOST_NIGHTS:
            way = option("read_diary(...", columns={draft.told[name]["header"]: other})
            usual = f"{100 * np.nanmedian(share):.0f} % of the nights as their clock times say"
            usual += f", no {column_of(None, name).label}"
            found[name] = f"its numbers are {usual}; if they are minutes {words}: {way}"
    return found


def _whole(stamps: np.ndarray) -> list[int | None]:
    whole: list[int | None] = stamps.astype(np.int64).tolist()
    for i in np.flatnonzero(np.isnat(stamps)).tolist():
        whole[i] = None
    return whole


def name_lone_naps(draft: Draft, begin: Stamps, end: Stamps) -> None:
    """Mark as naps the records by day that would otherwise stand alone for a night.

    Several of one evening, too, where all begin by day and are short together.
    """
    if draft.day_cut_h != NOON_H:
        return
    rows = np.flatnonzero(~np.isnat(draft.night) & ~np.isnat(begin))
    _, place = np.unique(draft.night[rows], return_inverse=True)
    hours = (end - begin)[rows] / np.timedelta64(1, "h")
    clock = (begin - begin.astype("datetime64[D]"))[rows] / np.timedelta64(1, "h")
    otherwise = ~((clock >= BY_DAY_H[0]) & (clock < BY_DAY_H[1]))  # a length unknown: no nap
    together = np.bincount(place, np.where(otherwise, np.inf, hours))
    found = rows[together[place] < SHORTER_THAN_H]
    if len(found):
        nap = np.zeros(len(draft.night), dtype=bool) if draft.nap is None else draft.nap.copy()
        nap[found] = True
        draft.nap = nap
