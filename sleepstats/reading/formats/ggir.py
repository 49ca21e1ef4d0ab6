"""What programs of actigraphy take beside the device: sleep logs of GGIR, diaries of pyActigraphy.

GGIR has one wide row per person, a group of columns per day.

``D1_date`` is a calendar date: ``D1_wakeup`` (and ``lightson``) is of its morning, ``D1_onset``
(``inbed``, ``lightsout``) of its evening, also where the clock says 02:00. The night of day k so
ends with the waking of day k + 1. Logs without dates, ``onset_N1,wakeup_N1``, number the nights and
cannot be put on a calendar. pyActigraphy has a row per night, nap or stretch without the device.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from sleepstats.errors import DiaryError
from sleepstats.reading.cells import read_clocks, that_are
from sleepstats.reading.formats.diary import draft_of
from sleepstats.reading.nights import Claim, Draft, Format, Options, Preview, not_one_diary, tracker
from sleepstats.reading.text import DELIMITERS, Cells, RawTable, Source, normal_header, read_table

_PLAIN = re.compile(r"(?:onset|wakeup|inbed|lightsout)_n\d+")
_DAY = re.compile(r"d(?P<day>\d{1,4})_(?P<word>.+)")
_NAP = re.compile(r"nap_?(?P<number>\d*)_?(?P<side>start|end)_?(?P<after>\d*)")
#: Words of the columns, as GGIR finds them, and what they are: (column, of the next day's group).
_WORDS = (
    (("date",), "night", False),
    (("inbed", "tobed", "bedstart"), "into_bed", False),
    (("lightsout",), "lights_out", False),
    (("onset",), "sleep_onset", False),
    (("wakeup",), "final_wake", True),
    (("lightson", "outbed", "outofbed", "bedend"), "out_of_bed", True),
)


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a header of numbered days with dates and wake-up times, or of numbered nights."""
    line = preview.first_line()
    for delimiter in DELIMITERS:
        keys = [normal_header(cell) for cell in preview.cells(line, delimiter)]
        if {"onset_n1", "wakeup_n1"} <= set(keys):
            return Claim(95, line, delimiter, "the header numbers the nights: 'onset_N1'")
        if "d1_date" in keys and any(k.startswith("d1_") and "wakeup" in k for k in keys):
            return Claim(95, line, delimiter, "the header numbers the days: 'D1_date', 'D1_wakeup'")
    return None


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read the sleep log of one person."""
    wide = read_table(source, claim.header_line, claim.delimiter)
    keys = [normal_header(header) for header in wide.header]
    if not any(key.endswith("_date") for key in keys):
        raise DiaryError(
            f"{source.name}, line {claim.header_line}: this sleep log numbers its nights "
            "(onset_N1, wakeup_N1, …) and has no dates, so weekdays, gaps and other files cannot "
            "be told. Save it in GGIR's layout with dates: ID, D1_date, D1_wakeup, D1_inbed, "
            "D1_onset, D2_date, …"
        )
    who = next((i for i, key in enumerate(keys) if key in ("id", "participant")), 0)
    wide = not_one_diary.rows_of_one(wide, options, at=who)
    places = [_place(key) for key in keys]
    days = sorted({day for day, _ in places if day})
    table, naps, columns = _long(wide, places, days)
    own = replace(options, columns=columns | dict(options.columns))
    draft = draft_of(table, GGIR.name, claim.why, own)
    draft.notes.append(
        "One row of the log holds all nights of the person: every night names the same line. "
        "The date of a day is that of the morning it begins with and of the evening it ends with."
    )
    _naps(draft, naps)
    return draft


def _place(key: str) -> tuple[int, str]:
    """Return the day's number and what a column is; 0 for those that are of no day."""
    match = _DAY.fullmatch(key)
    if match is None:
        return 0, ""
    word = match["word"].replace("_", "").replace(" ", "")
    if "nap" in word:
        return int(match["day"]), match["word"].replace(" ", "_")
    for names, column, next_day in _WORDS:
        if any(name in word for name in names):
            return int(match["day"]) - next_day, column
    return 0, ""


def _long(
    wide: RawTable, places: list[tuple[int, str]], days: list[int]
) -> tuple[RawTable, dict[str, Cells], dict[str, str]]:
    """Turn the one row with numbered days into one row per night; say what its headers mean."""
    days = [day for day in days if day > 0]
    names = [n for _, n, _ in _WORDS if n in {name for _, name in places}]
    naps = sorted({name for _, name in places if "nap" in name})
    # Of two columns for one thing the first counts.
    at = {place: i for i, place in reversed(list(enumerate(places)))}
    cells: dict[str, Cells] = {}
    for name in (*names, *naps):
        grid = np.full((len(wide), len(days)), "", dtype=object)
        for j, day in enumerate(days):
            if (day, name) in at:
                grid[:, j] = list(map(str.strip, wide.columns[at[day, name]].tolist()))
        cells[name] = grid.ravel()
    said = np.zeros(len(wide) * len(days), dtype=bool)
    for column in (column for name, column in cells.items() if name != "night"):
        said |= ~that_are(column, "", "na")
    for name in cells:
        cells[name] = cells[name][said]
    line = np.repeat(wide.line, len(days)).astype(np.int64)[said]
    empty = sorted({*wide.line.tolist()} - {*line.tolist()})
    skipped = sorted([*wide.skipped, *((n, "a row in which no night is filled in") for n in empty)])
    first = {name: wide.header[i] for (_, name), i in reversed(at.items())}
    headers = {name: re.sub(r"^(\D*)\d+", r"\1…", first[name]) for name in names}  # D…_wakeup
    columns = [cells[n] for n in names]
    table = RawTable(wide.name, list(headers.values()), columns, line, skipped)
    told = {header: name for name, header in headers.items()}
    return table, {name: cells[name] for name in naps}, told


def _naps(draft: Draft, cells: dict[str, Cells]) -> None:
    """Add up the naps of each day; a nap that ends on the clock before it began is not used."""
    total = np.full(len(draft.table), np.nan)
    pairs: dict[str, dict[str, str]] = {}
    for name in cells:
        if match := _NAP.fullmatch(name):
            pairs.setdefault(match["number"] or match["after"], {})[match["side"]] = name
    for sides in (pair for pair in pairs.values() if len(pair) == 2):
        start, end = (
            read_clocks(cells[sides[s]], role="any", twelve_hour=False).values
            for s in ("start", "end")
        )
        minutes = end - start
        for i in np.flatnonzero(minutes <= 0).tolist():
            draft.tell(i, sides["end"], f"{cells[sides['end']][i]!r} is before the nap began")
        total = np.where(minutes > 0, np.nansum([total, minutes], axis=0), total)
    if not np.isnan(total).all():
        draft.put("nap_min", total, "nap start and end")


GGIR = Format(
    name="ggir",
    product="GGIR sleep log",
    recognised_by="columns D1_date, D1_wakeup and so on; logs without dates (onset_N1) are "
    "recognised and refused",
    gives="the clock items of one person's log and naps; no latency unless both lights out and "
    "onset are logged, no awakenings",
    recognise=recognise,
    read=read,
    signature=("id", "d1_date", "d1_wakeup", "d1_inbed", "d1_onset", "d2_date", "d2_wakeup"),
)

_KINDS = ("night", "nap", "nowear", "active")
#: The header stands below a line with the person's name in the study.
_HEADER_WITHIN = 12


def _pyactigraphy_claims(preview: Preview, options: Options) -> Claim | None:
    """Claim a file with TYPE, START and END above rows of pyActigraphy's own types."""
    for line in range(1, min(_HEADER_WITHIN, len(preview.lines)) + 1):
        found = tracker.header_of(preview, PYACTIGRAPHY.signature, line=line, word=normal_header)
        if found is None:
            continue
        at = found[1].index("type")
        below = range(line + 1, len(preview.lines) + 1)
        rows = [preview.cells(number, found[0]) for number in below if preview.lines[number - 1]]
        kinds = {row[at].casefold() for row in rows if len(row) > at} - {""}
        if "night" in kinds and kinds <= set(_KINDS):
            why = "the header has TYPE, START and END above rows of NIGHT, NAP or NOWEAR"
            return Claim(95, line, found[0], why)
    return None


def _no_sleep(draft: Draft) -> None:
    """Refuse the rows that are no sleep."""
    kinds = np.array([cell.strip().casefold() for cell in draft.cells("type").tolist()])
    hours = (draft.columns["out_of_bed"] - draft.columns["into_bed"]) / np.timedelta64(1, "h")
    for i in np.flatnonzero(kinds == "nowear").tolist():
        draft.refused[i] = f"the device was not worn for {hours[i]:.1f} h: no sleep."
    for i in np.flatnonzero(kinds == "active").tolist():
        draft.refused[i] = "a stretch awake: no sleep."


PYACTIGRAPHY = tracker.Tracker(
    name="pyactigraphy",
    product="pyActigraphy sleep diary",
    recognised_by="columns TYPE, START, END with rows of NIGHT, NAP or NOWEAR",
    gives="times in bed and named naps; no latency, no time asleep, no habits",
    signature=("type", "start", "end"),
    claims=_pyactigraphy_claims,
    clocks={"start": "into_bed", "end": "out_of_bed"},
    clock_kind="",
    nap=("type", "nap"),
    lone_naps=False,
    known=("type",),
    before=_no_sleep,
    notes=("The file holds times in bed only: no latency, no time asleep, no habits.",),
)

FORMATS = (GGIR, PYACTIGRAPHY)
