"""Records of a tracker: a stretch from one full stamp to another, and the evening it belongs to."""

from __future__ import annotations

import numpy as np

from sleepstats.arrays import Days, Floats, Stamps
from sleepstats.clock import NOON_H, day_cut_h, evening_of, format_clock
from sleepstats.measures.elapsed import to_wall
from sleepstats.reading.cells import read_dates, read_stamps
from sleepstats.reading.cells.parsed import all_match, lines_of
from sleepstats.reading.nights.draft import Draft, Options
from sleepstats.reading.text import Cells, tidy

_DAY = r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?"
_ISO, _ISO_OFFSET = lines_of(_DAY), lines_of(_DAY + r"[+-][0-9]{4}")
_SLASHED = lines_of(r"[0-9]{2}/[0-9]{2}/(?:19|20)[0-9]{2} [0-9]{1,2}:[0-9]{2}")
_DOTTED = lines_of(r"[0-9]{2}\. [0-9]{2}\. (?:19|20)[0-9]{2} [0-9]{1,2}:[0-9]{2}")
#: Records at least this long say when the person goes to bed; shorter ones may be naps.
_A_NIGHT_H = 3.0
_NEVER = np.datetime64("NaT", "us")


def put_period(
    draft: Draft,
    begin: Stamps,
    end: Stamps,
    *,
    names: tuple[str, str],
    headers: tuple[str, str],
    cells: Cells,
) -> None:
    """Set the outermost clocks of each record and its evening; refuse rows without a beginning."""
    begin, end = begin.astype("datetime64[us]"), end.astype("datetime64[us]")
    hours = (end - begin) / np.timedelta64(1, "h")
    for i in np.flatnonzero((hours < 0) | (hours > 24)).tolist():
        draft.tell(i, headers[1], f"{said(end[i])} is {hours[i]:.1f} h after "
                   f"{said(begin[i])}: not used.")  # fmt: skip
        end[i] = _NEVER
    for i in np.flatnonzero(np.isnat(begin)).tolist():
        text = str(cells[i] or "").strip()
        what = f": {text!r} cannot be read as a time" if text else " is blank"
        draft.refused[i] = f"column {headers[0]!r}{what}, so this row has no night."
    long = begin[(hours >= _A_NIGHT_H) & (hours <= 24)]
    draft.day_cut_h = day_cut_h((long - long.astype("datetime64[D]")) / np.timedelta64(1, "m"))
    if draft.day_cut_h != NOON_H:
        draft.notes.append(
            f"Bed times lie near noon, so the day is cut at {format_clock(draft.day_cut_h)} "
            "instead of 12:00."
        )
    draft.night = evening_of(begin, draft.day_cut_h)
    for name, stamps, header in zip(names, (begin, end), headers, strict=True):
        draft.put(name, stamps, header)


def said(stamp: np.datetime64) -> str:
    """Write a stamp for a sentence, to the minute."""
    return str(stamp.astype("datetime64[m]")).replace("T", " ")


def stamps_in(
    draft: Draft, at: int, options: Options, *, dayfirst: bool | None = None
) -> tuple[Stamps, Floats]:
    """Read one column of stamps: as written, and their offsets from UTC in minutes (NaN: none)."""
    table = draft.table
    header = table.header[at]
    order = dayfirst if options.dayfirst is None else options.dayfirst
    quick = _uniform([tidy(cell) for cell in table.columns[at].tolist()], order)
    if quick is not None:
        return quick
    parsed = read_stamps(
        table.columns[at],
        dayfirst=order,
        where=f"{table.name}, column {header!r}",
        lines=table.line.tolist(),
    )
    stamps: Stamps = draft.parsed(parsed, header).astype("datetime64[us]")
    offset = parsed.offset_min
    return stamps, np.full(len(stamps), np.nan) if offset is None else offset


def dates_in(draft: Draft, at: int, options: Options, *, dayfirst: bool | None = None) -> Days:
    """Read one column of dates."""
    table = draft.table
    header = table.header[at]
    order = dayfirst if options.dayfirst is None else options.dayfirst
    texts = [tidy(cell) for cell in table.columns[at].tolist()]
    quick = _uniform([f"{text} 00:00" if text else "" for text in texts], order)
    if quick is not None:
        return quick[0].astype("datetime64[D]")
    where = f"{table.name}, column {header!r}"
    dates = read_dates(table.columns[at], dayfirst=order, where=where, lines=table.line.tolist())
    days: Days = draft.parsed(dates, header).astype("datetime64[D]")
    return days


def _uniform(texts: list[str], dayfirst: bool | None) -> tuple[Stamps, Floats] | None:
    """Read a column that a program wrote in one way throughout, or return None.

    The same as :func:`read_stamps` reads, several times faster.
    """
    offset = np.full(len(texts), np.nan)
    if all_match(_ISO, texts):
        iso = texts
    elif all_match(_ISO_OFFSET, texts):
        ends = [text[-5:] for text in texts]
        zones = {end: _minutes(end) if end else np.nan for end in set(ends)}
        offset = np.array([zones[end] for end in ends], dtype=np.float64)
        iso = [text[:-5] for text in texts]
    elif dayfirst is not None and all_match(_SLASHED, texts):
        d, m = (0, 3) if dayfirst else (3, 0)
        iso = [
            f"{t[6:10]}-{t[m : m + 2]}-{t[d : d + 2]}T{t[11:].zfill(5)}" if t else "" for t in texts
        ]
    elif dayfirst and all_match(_DOTTED, texts):
        iso = [f"{t[8:12]}-{t[4:6]}-{t[:2]}T{t[13:].zfill(5)}" if t else "" for t in texts]
    else:
        return None
    try:
        return np.array(iso, dtype=object).astype("datetime64[us]"), offset
    except ValueError:  # a 30 February, a minute 75: the slow way says which
        return None


def _minutes(offset: str) -> float:
    """Return the minutes of ``+0530``."""
    size = int(offset[1:3]) * 60.0 + int(offset[3:])
    return -size if offset[0] == "-" else size


def to_utc(stamps: Stamps, offset_min: Floats) -> Stamps:
    """Move stamps to UTC; those without an offset are taken for UTC."""
    utc: Stamps = stamps - (np.nan_to_num(offset_min) * 6e7).astype("timedelta64[us]")
    return utc


def utc_to_local(draft: Draft, stamps: Stamps, options: Options) -> Stamps:
    """Put UTC stamps on the clock of ``tz=``; without it they stay UTC, and that is said."""
    if options.tz:
        draft.zone = options.tz
        return to_wall(stamps.astype("datetime64[us]"), options.tz)
    draft.zone = "UTC"
    sentence = (
        "The times in this file are UTC and nothing says where the bed stood: clock times and the "
        "evening of a night are given in UTC. Durations are right. Name the zone of the bed: "
        "read_diary(..., tz='Europe/Berlin')."
    )
    if sentence not in draft.assumed:
        draft.assumed.append(sentence)
    return stamps.astype("datetime64[us]")


def epoch_ms(milliseconds: Floats) -> Stamps:
    """Return milliseconds since 1970 as UTC stamps, to the second; missing outside 1970 to 2099."""
    usable = (milliseconds > 0) & (milliseconds < 4.1e12)
    seconds = np.where(usable, np.nan_to_num(milliseconds), 0.0) // 1000
    stamps = seconds.astype(np.int64).astype("datetime64[s]").astype("datetime64[us]")
    return np.where(usable, stamps, _NEVER)
