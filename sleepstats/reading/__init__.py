"""``read_diary``: any known export in, ``nights`` out, every source row accounted for."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.columns import CLOCKS, DICTIONARY, NIGHT, PERSON, RECORD
from sleepstats.errors import DiaryError, advice, did_you_mean, marked, option, spelled, worded
from sleepstats.reading.formats import known_formats
from sleepstats.reading.gather import gather, put_beside
from sleepstats.reading.nights import Options
from sleepstats.reading.nights.assemble import assemble
from sleepstats.reading.nights.not_one_diary import ALL, SeveralPeople
from sleepstats.reading.nights.record import Record
from sleepstats.reading.nights.which_evening import RULES
from sleepstats.reading.text import PathOrFile, again
from sleepstats.reading.words import meaning
from sleepstats.units import Table


@worded
def read_diary(
    path: PathOrFile | Sequence[PathOrFile],
    *,
    format: str = "auto",
    columns: Mapping[str, str] | None = None,
    when: Mapping[str, str] | None = None,
    reverse: Sequence[str] = (),
    dayfirst: bool | None = None,
    tz: str | None = None,
    labels: str = "auto",
    blank_is_no: Sequence[str] = (),
    sheet: str | None = None,
    year: int | None = None,
    person: str | None = None,
    strict: bool = False,
) -> pd.DataFrame:
    """Read a sleep diary or a tracker's export into one row per night.

    Parameters
    ----------
    path : path, open file, folder, or list of these
        CSV text in any usual encoding and with any usual delimiter; a workbook (.xlsx, .ods: needs
        the extra ``excel``); JSON or XML of the products that have it. Several files, or those of
        a folder or a .zip, are read as one export: files of nights are put
        together (of a night that stands in two, the first file's row is kept), and journals,
        stress samples and the like are joined to their nights by the export's own key, else by
        evening. In a folder, files of no known format are left out, and the record says so.
    format : str, default "auto"
        A name from :func:`list_formats`, or ``"auto"`` to recognise the file by its content.
    columns : mapping, optional
        For tables with headers of a person's own: ``{"header in the file": "column name"}``, for
        example ``{"Zubettgehzeit": "into_bed"}``. What is not named is recognised as usual.
    when : mapping, optional
        ``{"column or header": "day" | "night" | "morning"}``: which part of the cycle a column
        tells of. It wins over what its words or numbers show, and settles a column left aside:
        ``day`` makes it a habit of the day and evening before the night, ``morning`` a rating of
        the morning after, ``night`` a measure of the night.
    reverse : sequence of str
        Rating columns that run the other way in this file (``["stress"]`` where 1 is most
        stressed). They are mirrored within the range found.
    dayfirst : bool, optional
        Whether 03/04/2026 is 3 April. Needed only where the column of dates cannot decide.
    tz : str, optional
        IANA zone of the clock times, such as ``"Europe/Berlin"``, for files that do not say.
        Nights in which the clocks change are then measured in elapsed time.
    labels : {"auto", "evening", "morning", "bedtime", "calendar"}
        What the date of a row names: the evening on which the night began, the morning on which it
        ended, the calendar date on which the bed time falls, or a calendar day, whose night ended
        that morning and whose habits came after. ``"auto"`` decides from the file where it can be
        decided and says how; where it cannot, a warning says so, each printed answer about a habit
        has a line, and ``answer`` tries the other readings, too.
    blank_is_no : sequence of str
        Columns of a table of one's own in which a blank cell or a dash means no, none or zero.
        Without it such a cell is *not recorded*, and a warning says on how many evenings. Blank
        times of the clock and hours before bed stay blank: 0 would be one.
    person : str, optional
        One person of a table of several, as the file names them; ``"all"`` for everybody, indexed
        ``(person, night)``, as :func:`sleepstats.pool_people` takes them.
    sheet : str, optional
        Name of the sheet of a workbook, or of the list of a JSON document, where the content does
        not settle it. Sheets with the same headers (one per month) are read together.
    year : int, optional
        Year of the first date, where the dates have none and nothing in the file settles it.
    strict : bool, default False
        Raise :class:`DiaryError` listing everything that was not read, instead of warning.

    Returns
    -------
    DataFrame
        One row per night, indexed by ``night``: the date of the evening on which it began. Columns
        as in :mod:`sleepstats.columns`, in the standard units their names carry; measures are
        computed (:func:`add_measures`). ``problem`` says what was wrong in a night's source row.
        ``.attrs["sleepstats"]`` holds the reading record; :func:`reading_report` shows it by row.

    Raises
    ------
    DiaryError
        If the file cannot be read as text, is empty, is of no known format, lacks what its format
        needs, has dates that cannot be decided, or has no row that can become a night; with
        ``strict``, also if anything was repaired, refused or assumed.

    Warns
    -----
    DiaryWarning
        Once per file, with the first cases, if a cell was repaired or not read, a row refused, or
        assumed what no row settles. What rows settle (``labels``) stands in the reading record.

    Notes
    -----
    A night belongs to the evening date of its bed time: clock times before noon count to the
    evening before. Where bed times lie near noon (shift work) the day is cut in the middle of the
    emptiest stretch of the clock instead, and the reading record says so.

    Nothing is guessed silently: an unreadable cell becomes missing and is told in ``problem``, a
    row that cannot become a night is listed as refused.

    Examples
    --------
    >>> import io
    >>> text = '''night,lights_out,sol_min,waso_min,final_wake,stress
    ... 2026-01-05,23:10,15,10,06:50,3
    ... 2026-01-06,00:20,25,0,07:05,6
    ... '''
    >>> nights = read_diary(io.StringIO(text))
    >>> nights[["lights_out", "tst_min", "stress"]]
                        lights_out  tst_min  stress
    night
    2026-01-05 2026-01-05 23:10:00    435.0     3.0
    2026-01-06 2026-01-07 00:20:00    380.0     6.0
    """
    options = checked_options(
        format, columns, when, reverse, dayfirst, tz, labels, blank_is_no, sheet, year
    )
    if person is not None and not isinstance(person, str):
        raise DiaryError(f"person={spelled(person)}: expected a text: one person's name, or 'all'.")
    if not isinstance(strict, bool):
        raise DiaryError(f"strict={spelled(strict)}: expected True or False.")
    given: Any = path
    if person == ALL:  # an open file is read once for each person, also one that cannot go back
        given = [again(one) for one in path] if isinstance(path, (list, tuple)) else again(given)

    def read_one(one: str | None) -> pd.DataFrame:
        for file in given if isinstance(given, list) else [given]:
            if person == ALL and hasattr(file, "seek"):
                file.seek(0)
        own, collects = replace(options, person=one), gc.isenabled()
        gc.disable()  # it would go through all cells read so far, again and again
        try:
            drafts, left_out = gather(given, format, known_formats(), own)
            return assemble(put_beside(drafts), own, strict=strict, left_out=left_out, stacklevel=6)
        finally:
            if collects:
                gc.enable()

    return _read_all(read_one) if person == ALL else read_one(person)


def _read_all(read: Callable[[str | None], pd.DataFrame]) -> pd.DataFrame:
    """Read each person of a table alone; ``read`` takes a name, or None for a table of one."""
    try:
        return read(None)
    except SeveralPeople as several:
        people = several.people
    frames: dict[str, pd.DataFrame] = {}
    lost: list[str] = []
    for person in people:
        try:
            frames[person] = read(person)
        except DiaryError as error:
            lost.append(f"{person}: {marked(error.problems[0])}")
    if not frames:
        raise DiaryError(lost)
    records = [one.attrs.pop(RECORD) for one in frames.values()]  # pandas would compare arrays
    together = pd.concat(dict(sorted(frames.items())), names=[PERSON, NIGHT])
    together.attrs[RECORD] = _joined(records, lost)
    return together


def _joined(records: list[Record], lost: list[str]) -> Record:
    """Return one account of all rows: each from the record of the person whose row it is."""
    whole = Record(records[0])
    rows: dict[str, Any] = {key: value.copy() for key, value in whole["rows"].items()}
    for record in records[1:]:
        more = record["rows"]
        own = np.flatnonzero((more["status"] != "skipped") & (rows["status"] == "skipped"))
        for key in ("day", "status"):
            rows[key][own] = more[key][own]
        for place in map(str, own.tolist()):
            rows["problem"].pop(place, None)
            if place in more["problem"]:
                rows["problem"][place] = more["problem"][place]
    counts = Counter(rows["status"].tolist())
    del counts["skipped"]
    notes = [note for record in records for note in record["notes"]]
    columns = {name: told for record in records for name, told in record["columns"].items()}
    used = counts["used"] + counts["repaired"]
    return Record(
        whole | {
            "rows": rows, "counts": dict(counts), "rows_used": used, "columns": columns,
            "rows_read": sum(counts.values()), "rows_refused": counts["refused"],
            "refused": [one for record in records for one in record["refused"]],
            "notes": list(dict.fromkeys([*notes, *(f"Not read: {text}" for text in lost)])),
        }
    )  # fmt: skip


def checked_options(
    format: str = "auto",
    columns: Mapping[str, str] | None = None,
    when: Mapping[str, str] | None = None,
    reverse: Sequence[str] = (),
    dayfirst: bool | None = None,
    tz: str | None = None,
    labels: str = "auto",
    blank_is_no: Sequence[str] = (),
    sheet: str | None = None,
    year: int | None = None,
) -> Options:
    """Check the keyword arguments of ``read_diary``."""
    formats = known_formats()
    if not isinstance(format, str):
        raise DiaryError(
            f"format={spelled(format)}: expected a text, 'auto' or one of list_formats()."
        )
    if format != "auto" and format not in formats:
        raise DiaryError(
            f"{_as(format=format)} is not known.{did_you_mean(format, formats)} "
            f"Known: auto, {', '.join(formats)}."
        )
    if not isinstance(labels, str) or labels not in ("auto", *RULES):
        raise DiaryError(f"{_as(labels=labels)}: expected 'auto', {', '.join(map(repr, RULES))}.")
    for which, given in (("columns", columns), ("when", when)):
        if given is not None and not isinstance(given, Mapping):
            example = "{'Zubettgehzeit': 'into_bed'}" if which == "columns" else "{'tea': 'day'}"
            raise DiaryError(
                f"{which}= is a {type(given).__name__}, expected a mapping such as {example}."
            )
    for which, given in (("columns", columns), ("when", when)):
        for key, value in (given or {}).items():
            if not (isinstance(key, str) and isinstance(value, str)):
                raise DiaryError(
                    f"{which}= has {spelled(key)}: {spelled(value)}, expected texts on both sides."
                )
    for header, name in (columns or {}).items():
        meant = meaning(name) or "".join(get_close_matches(name, CLOCKS, 1, 0.85))
        if name not in DICTIONARY and meant in DICTIONARY:  # otherwise a habit of their own
            raise DiaryError(
                f"{option(columns={header: name})}: {name!r} is no column of nights; did you mean "
                f"{meant!r}? Write {option('read_diary(...', columns={header: meant})}, "
                "or give a habit of your own another name."
            )
    names = _names(reverse, f"reverse={spelled(reverse)}: expected a list of column names, such as "
                            "['stress'].")  # fmt: skip
    shown = f"blank_is_no={spelled(blank_is_no)}"
    blanks = _names(blank_is_no, f"{shown}: expected a list of names, such as ['wine'].")
    if dayfirst is not None and not isinstance(dayfirst, bool):
        raise DiaryError(f"dayfirst={spelled(dayfirst)}: expected True, False or None (decide).")
    for name, part in (when or {}).items():
        if part not in ("day", "night", "morning"):
            raise DiaryError(
                f"{option(when={name: part})}: expected 'day' (and evening before the night), "
                "'night' or 'morning' (after it)."
            )
    _check_zone(tz)
    if sheet is not None and not isinstance(sheet, str):
        raise DiaryError(f"sheet={spelled(sheet)}: expected the name of a sheet, a text.")
    whole = isinstance(year, Integral) and not isinstance(year, bool)
    if year is not None and (not whole or not 1970 <= year <= 2099):
        raise DiaryError(f"{_as(year=year)}: expected the year of the first date, such as 2026.")
    return Options(columns or {}, when or {}, names, dayfirst, tz, labels, blanks, sheet, year)


def _as(**given: Any) -> str:
    """Return what was given as it was typed, in Python or in the shell."""
    ((name, value),) = given.items()
    return advice(f"{name}={spelled(value)}", f"--{name} {spelled(value)}")


def _names(given: Any, said: str) -> tuple[str, ...]:
    """Return one name or several as names."""
    try:
        names = (given,) if isinstance(given, str) else tuple(given)
    except TypeError:
        names = (None,)
    if not all(isinstance(one, str) for one in names):
        raise DiaryError(said)
    return names


def _check_zone(tz: str | None) -> None:
    if tz is None:
        return
    # Only who names a zone waits for the list of zones.
    from zoneinfo import ZoneInfo, available_timezones

    try:
        known = isinstance(tz, str) and bool(ZoneInfo(tz))  # a list of one name would do, too
    except (KeyError, ValueError, OSError, TypeError):
        known = False
    if not known:
        near = did_you_mean(tz, available_timezones())
        raise DiaryError(
            f"{_as(tz=tz)} is no time zone.{near} Use an IANA name such as 'Europe/Berlin'."
        )


def list_formats() -> pd.DataFrame:
    """List the formats that :func:`read_diary` knows.

    Returns
    -------
    DataFrame
        One row per format, indexed by ``format`` (the word for ``read_diary(format=...)``):

        ``product`` : str
            Where such a file comes from.
        ``recognised_by`` : str
            What in the file's content identifies it; never its name.
        ``gives`` : str
            What can be learned from it, and what it cannot give.

    Examples
    --------
    >>> list_formats().loc["sleep_cycle", "product"]
    'Sleep Cycle (iOS and Android)'
    """
    rows = [(f.name, f.product, f.recognised_by, f.gives) for f in known_formats().values()]
    table = pd.DataFrame(rows, columns=["format", "product", "recognised_by", "gives"])
    return Table.of(table.set_index("format"), _view_of_formats)


def _view_of_formats(table: pd.DataFrame, wide: bool) -> tuple[pd.DataFrame, str]:
    """Return the formats for reading."""
    names = ["product", *(["recognised_by"] if wide else []), "gives"]
    return table[names].reset_index(), ""
