"""Wall-clock stamps as elapsed minutes, so that a night in which the clocks change has its length.

Minutes are counted from the midnight of the evening date. Without a time zone a wall clock is
taken as it stands; with one, stamps are placed on the time line of that zone first.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Floats, Stamps

_US_PER_MIN = 6e7
_NEVER = np.datetime64("NaT", "us")


def known_zone(name: str | None) -> str | None:
    """Return the zone if it is an IANA name this machine knows, else nothing."""
    if not name:
        return None
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
    return name


def minutes_since(
    midnight: Stamps, stamps: Stamps, zone: str | None = None
) -> tuple[Floats, Bools]:
    """Return elapsed minutes from the evening's midnight, and which readings came twice."""
    twice = np.zeros(len(stamps), dtype=np.bool_)
    if zone is not None:
        wall, midnight = stamps, to_line(midnight, zone)
        stamps = to_line(wall, zone)
        twice = (to_line(wall, zone, first=False) != stamps) & ~np.isnat(wall)
    minutes = (stamps - midnight).view(np.int64) / _US_PER_MIN
    minutes[np.isnat(stamps)] = np.nan
    return minutes, twice


def stamps_after(midnight: Stamps, minutes: Floats, zone: str | None = None) -> Stamps:
    """Return the wall-clock stamps that lie so many elapsed minutes after the midnights."""
    known = ~np.isnan(minutes)
    steps = np.rint(np.where(known, minutes, 0.0) * _US_PER_MIN).astype("timedelta64[us]")
    line = np.where(known, (midnight if zone is None else to_line(midnight, zone)) + steps, _NEVER)
    line = line.astype("datetime64[us]")
    return line if zone is None else to_wall(line, zone)


def to_line(stamps: Stamps, zone: str, *, first: bool = True) -> Stamps:
    """Put wall-clock stamps on the time line (UTC); a reading that was skipped is moved on."""
    local = pd.DatetimeIndex(stamps).tz_localize(
        zone,
        ambiguous=np.full(len(stamps), first),
        nonexistent=pd.Timedelta(hours=1),
    )
    return local.tz_convert(None).to_numpy("datetime64[us]")


def to_wall(line: Stamps, zone: str) -> Stamps:
    """Put stamps of the time line (UTC) on the wall clock of a zone."""
    local = pd.DatetimeIndex(line).tz_localize("UTC").tz_convert(zone)
    return local.tz_localize(None).to_numpy("datetime64[us]")
