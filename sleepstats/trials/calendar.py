"""A trial's plan as an iCalendar file that any calendar program takes in."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pandas as pd

from sleepstats.trials.plan import NO_STOP_RULE
from sleepstats.trials.sheet import code_of

if TYPE_CHECKING:
    from sleepstats.trials.plan import TrialPlan

_OCTETS = 75


def calendar_of(plan: TrialPlan) -> str:
    """Return the plan as a calendar of all-day entries.

    RFC 5545, https://www.rfc-editor.org/rfc/rfc5545
    """
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
