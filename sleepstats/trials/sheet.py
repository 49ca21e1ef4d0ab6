"""The sheet to fill in during a trial: what it says, what may happen to it, its page to print."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from os import PathLike
from pathlib import Path
from string import Template
from urllib.parse import quote

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools
from sleepstats.errors import DiaryError
from sleepstats.trials import designs, power, question
from sleepstats.written import guarded, write_whole
from sleepstats.written import unguarded as unguarded

#: Filled in by the person, besides what was planned.
ANSWERS = ("done", "guess", "note")
#: Diary columns to fill in, in the order of a night; the others are computed from them.
DIARY = ("into_bed", "lights_out", "sol_min", "nawk", "waso_min", "final_wake", "out_of_bed",
         "quality")  # fmt: skip
HEADER = ("night", "planned", *ANSWERS, *DIARY, "trial_plan", "stop_rule", "trial_warning")
_MARK, _EARLIER = "sleepstats-trial-2", "sleepstats-trial-1"


@dataclass(frozen=True, eq=False, repr=False)
class Planned:
    """What a plan is made of: all that is written down, and that answers are held against."""

    design: designs.Design
    seed: int
    drawn: tuple[bool, ...]
    conditions: tuple[str, str]
    start: pd.Timestamp | None
    stop_rule: str
    substance: str = ""
    warning: str = ""
    expectation: power.TrialPower | None = None
    question: question.Question | None = None
    checksum: str = ""

    def __post_init__(self) -> None:
        if not self.checksum:
            object.__setattr__(self, "checksum", checksum_of(self))

    @property
    def table(self) -> pd.DataFrame:
        """The schedule, made anew each time: what is done to it does not change the plan.

        One row per night, index ``number`` from 1: ``night`` (date of the evening; missing in a
        plan without a start), ``block`` (which pair of blocks it belongs to, from 1; all 1 in a
        free order), ``condition``.
        """
        n = len(self.drawn)
        dates = pd.DatetimeIndex([pd.NaT] * n).as_unit("us") if self.start is None else self.nights
        words = [self.conditions[0 if first else 1] for first in self.drawn]
        return pd.DataFrame(
            {
                "night": dates.to_numpy(),
                "block": self.design.blocks,
                "condition": pd.array(words, dtype="str"),
            },
            index=pd.RangeIndex(1, n + 1, name="number"),
        )

    @property
    def first(self) -> Bools:
        """True on nights with the condition in question."""
        return np.array(self.drawn)

    @property
    def nights(self) -> pd.DatetimeIndex:
        """The evenings planned; a plan without a start has none."""
        if self.start is None:
            raise DiaryError(
                "This plan has no dates yet. Say when the first evening is: "
                "plan = plan.starting('2026-03-02')."
            )
        return pd.date_range(self.start, periods=len(self.drawn), name="night", unit="us")


def sheet_of(plan: Planned) -> str:
    """Return the sheet to fill in."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(HEADER)
    code = code_of(plan)
    for place, (night, condition) in enumerate(
        zip(plan.nights, plan.table["condition"], strict=True)
    ):
        once = ("", "") if place else (plan.stop_rule, plan.warning)
        blanks = [""] * (len(ANSWERS) + len(DIARY))
        rows.writerow([f"{night:%Y-%m-%d}", *map(guarded, (condition, *blanks, code, *once))])
    return out.getvalue()


def parts_of(plan: Planned) -> dict[str, str]:
    """Return everything a plan is drawn from and asks, by name."""
    parts = {
        "design": plan.design.name,
        "nights": str(plan.design.n_nights),
        "block": str(plan.design.block),
        "max_run": str(plan.design.max_run),
        "washout": str(plan.design.washout),
        "seed": str(plan.seed),
        "start": "" if plan.start is None else f"{plan.start:%Y-%m-%d}",
        "conditions": "/".join(quote(name, safe="") for name in plan.conditions),
        "substance": quote(plan.substance, safe=""),
    }
    return parts | ({} if plan.question is None else plan.question.parts())


def checksum_of(plan: Planned) -> str:
    """Return a checksum of all that a plan says: schedule, question, stop rule, warning.

    It is no secret: it keeps nobody from changing a plan, but from not noticing.
    """
    schedule = "".join("10"[not first] for first in plan.first)
    told = [*parts_of(plan).values(), schedule, plan.stop_rule, plan.warning]
    return sha256("\n".join(told).encode()).hexdigest()[:12]


def code_of(plan: Planned) -> str:
    """Return the plan on one line, its checksum last."""
    parts = parts_of(plan) | {"sum": plan.checksum}
    return " ".join([_MARK, *(f"{name}={value}" for name, value in parts.items())])


def words_of(code: str) -> dict[str, str] | None:
    """Return the parts of a plan's line; nothing if it is none."""
    mark, *parts = code.split() or [""]
    if mark not in (_MARK, _EARLIER):
        return None
    return dict(part.partition("=")[::2] for part in parts)


def write_new(path: str | PathLike[str], text: str, encoding: str) -> Path:
    """Write a file that does not exist yet, line ends as they stand in the text."""
    file = Path(path)
    try:
        write_whole({file: text}, encoding=encoding)
    except FileExistsError:
        raise DiaryError(
            f"{file}: the file exists, and what was filled in is never written over. Choose "
            "another name, or delete the file."
        ) from None
    return file


LEAST_ROWS = 10
_FITS = 0.95
_DOES_NOT = 0.8
_DAYS = (1, -1, 2, -2, 3, -3, 7, -7)
_MONTHS = (1, -1, 12, -12)


def better_shift(dates: pd.DatetimeIndex, first: Bools, plan: pd.Series[bool]) -> str:
    """Name the one move of the dates under which they fit a plan; empty if none clearly does."""
    if len(dates) < LEAST_ROWS or _agreement(dates, first, plan) >= _DOES_NOT:
        return ""
    # a move of dates is named, never made: which of two records is wrong only the person knows
    fits = [(_agreement(moved, first, plan), words) for moved, words in _moves(dates)]
    share, words = max(fits, key=lambda fit: fit[0])
    return words if share >= _FITS else ""


def _moves(dates: pd.DatetimeIndex) -> Iterator[tuple[pd.DatetimeIndex, str]]:
    """Move the dates alike, in each of the ways that happen."""
    for days in _DAYS:
        yield dates + pd.Timedelta(days=days), _words(days, "day")
    for months in _MONTHS:
        unit, number = ("year", months // 12) if abs(months) == 12 else ("month", months)
        moved = [date + pd.DateOffset(months=months) for date in dates]
        yield pd.DatetimeIndex(moved), _words(number, unit)


def _words(number: int, unit: str) -> str:
    size = abs(number)
    count = f"one {unit}" if size == 1 else f"{size} {unit}s"
    return f"{count} {'later' if number > 0 else 'earlier'}"


def _agreement(dates: pd.DatetimeIndex, first: Bools, plan: pd.Series[bool]) -> float:
    """Return the share of rows that stand in the plan with the same condition."""
    places = plan.index.get_indexer(dates)
    inside = places >= 0
    return float((inside & (plan.to_numpy()[places] == first)).mean())


_OCTETS = 75  # the longest line that RFC 5545 allows
NO_STOP_RULE = (
    "No stop rule was written. Write down now, before the first night, what would make you stop "
    "early. A trial stopped when it looks good more often shows differences that are not there. "
    "Feeling unwell is always reason enough to end it."
)


def calendar_of(plan: Planned) -> str:
    """Return the plan as a calendar of all-day entries (RFC 5545)."""
    from sleepstats import __version__

    nights = plan.nights
    code = code_of(plan)
    told = [plan.warning] if plan.warning else []
    told.append(f"Stop rule: {plan.stop_rule}" if plan.stop_rule else NO_STOP_RULE)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//sleepstats//trial {__version__}//EN",
        "CALSCALE:GREGORIAN",
    ]
    for number, (night, condition) in enumerate(
        zip(nights, plan.table["condition"], strict=True), start=1
    ):
        identity = sha256(f"{code} {night:%Y-%m-%d}".encode()).hexdigest()[:32]
        lines += [
            "BEGIN:VEVENT",
            f"UID:{identity}@sleepstats",
            f"DTSTAMP:{nights[0]:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{night:%Y%m%d}",
            f"DTEND;VALUE=DATE:{night + pd.Timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(f'{condition} (trial night {number} of {len(nights)})')}",
            f"DESCRIPTION:{_escaped(chr(10).join(told))}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(text: str) -> str:
    """Return text with the signs that mean something to a calendar escaped."""
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"),
                          ("\n", "\\n"), ("\r", "\\n")):  # fmt: skip
        text = text.replace(sign, written)
    return text


def _folded(line: str) -> str:
    """Break a line after at most 75 octets, never inside a character."""
    pieces, piece, size = [], "", 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > _OCTETS:
            pieces.append(piece)
            piece, size = " ", 1
        piece += sign
        size += octets
    return "\r\n".join([*pieces, piece])


def page_of(
    said: Sequence[str], table: pd.DataFrame, *, substance: str, warned: bool, in_blocks: bool
) -> str:
    """Return a plan's sentences and its nights as one page without scripts or anything to load.

    ``warned``: the first sentence is the warning. The frame of the page stands beside the report's.
    """
    # read as a resource, so that it is found in a wheel as well
    page = files("sleepstats").joinpath("report", "page", "trial.html").read_text(encoding="utf-8")
    title = "Plan of a sleep trial" + (f": {substance}" if substance else "")
    first = '<p class="warning">' if warned else "<p>"
    paragraphs = [
        f"{first if place == 0 else '<p>'}{html.escape(sentence)}</p>"
        for place, sentence in enumerate(said)
    ]
    return Template(page).substitute(
        title=html.escape(title),
        said="".join(paragraphs),
        nights="\n".join(_rows(table, in_blocks)),
    )


def _rows(table: pd.DataFrame, in_blocks: bool) -> Iterator[str]:
    """Yield a line of the page for every night; a block begins with a thicker line."""
    before = 0
    for number, row in table.iterrows():
        new = ' class="first"' if in_blocks and row["block"] != before else ""
        before = row["block"]
        yield (
            f"<tr{new}><th>{number}</th><td>{row['night']:%a %d %b %Y}</td>"
            f'<td>{html.escape(str(row["condition"]))}</td><td class="box">☐</td>'
            '<td class="note"></td></tr>'
        )
