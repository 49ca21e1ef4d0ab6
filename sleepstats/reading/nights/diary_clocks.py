"""Clock times of a diary row, put on dates so that the night runs in order."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sleepstats.arrays import Bools, Floats, Stamps
from sleepstats.clock import format_clock, unroll, unroll_after
from sleepstats.columns import CLOCKS
from sleepstats.reading.nights.draft import Draft

#: A night longer than this from bed to the final awakening holds a wrong clock time.
LONGEST_NIGHT_MIN = 18 * 60.0
#: Longest time believed between neighbouring clock items (in bed awake before or after sleep).
LONGEST_STEP_MIN = 12 * 60.0
#: A clock-valued factor up to this long after lights out still belongs to the same evening.
AFTER_LIGHTS_OUT_MIN = 3 * 60.0


def unroll_night(
    draft: Draft, clocks: Mapping[str, Floats], headers: Mapping[str, str], cut_h: float
) -> dict[str, Floats]:
    """Turn clock readings into minutes after the evening date's midnight, in the night's order."""
    out: dict[str, Floats] = {}
    start = np.full(len(draft.table), np.nan)
    for name in ("into_bed", "lights_out"):
        if name in clocks:
            minutes = unroll(clocks[name], cut_h)
            if name == "lights_out":
                _drop(draft, minutes, minutes < start, headers[name],
                      "lights out {0} is before getting into bed {1}: lights out not used.",
                      minutes, start)  # fmt: skip
            out[name] = minutes
            start = np.where(np.isnan(minutes), start, minutes)
    for name in ("sleep_onset", "final_wake", "out_of_bed"):
        if name not in clocks:
            continue
        alone = np.isnan(start)
        minutes = np.where(alone, unroll(clocks[name], cut_h), unroll_after(clocks[name], start))
        step = minutes - start
        if name == "final_wake":
            bad = step > LONGEST_NIGHT_MIN
            _drop_night(draft, out, minutes, bad, start, headers[name])
        else:
            _drop(draft, minutes, step > LONGEST_STEP_MIN, headers[name],
                  "{0} is before {1}, the clock time it should follow: not used.",
                  minutes, start)  # fmt: skip
        out[name] = minutes
        start = np.where(np.isnan(minutes), start, minutes)
    return out


def _drop(
    draft: Draft, values: Floats, bad: Bools, header: str, text: str,
    first: Floats, second: Floats,
) -> None:  # fmt: skip
    for i in np.flatnonzero(bad).tolist():
        one, other = format_clock(first[i] / 60), format_clock(second[i] / 60)
        draft.tell(i, header, text.format(one, other))
    values[bad] = np.nan


def _drop_night(
    draft: Draft, out: dict[str, Floats], wake: Floats, bad: Bools, start: Floats,
    header: str,
) -> None:  # fmt: skip
    for i in np.flatnonzero(bad).tolist():
        hours, minutes = divmod(round(wake[i] - start[i]), 60)
        draft.tell(
            i, header,
            f"from {format_clock(start[i] / 60)} to {format_clock(wake[i] / 60)} would be a night "
            f"of {hours} h {minutes:02d} min: one of the times is wrong, so neither is used. "
            "Write times as HH:MM on a 24-hour clock.",
        )  # fmt: skip
    for values in (*out.values(), wake):
        values[bad] = np.nan
    start[bad] = np.nan


def to_stamps(night: Stamps, minutes: Floats) -> Stamps:
    """Put minutes after the evening's midnight on the calendar."""
    stamps = night.astype("datetime64[us]")
    known = ~np.isnan(minutes) & ~np.isnat(stamps)
    if known.all():
        whole: Stamps = stamps + np.round(minutes * 60e6).astype("m8[us]")
        return whole
    out = np.full(len(stamps), np.datetime64("NaT", "us"), dtype="datetime64[us]")
    micro = np.round(minutes[known] * 60e6).astype("timedelta64[us]")
    out[known] = stamps[known] + micro
    return out


def evening_clock(clock: Floats, reference: Floats, *, morning: bool, cut_h: float) -> Floats:
    """Unroll a clock-valued factor: the last such time before bed, or the first after it.

    A time up to three hours after lights out still belongs to the same evening. Where the bed
    time is missing, the evening is cut at the night's own cut.
    """
    if morning:
        return np.where(np.isnan(reference), clock + 1440.0, unroll_after(clock, reference))
    latest = reference + AFTER_LIGHTS_OUT_MIN
    back = np.mod(latest - clock, 1440.0)
    alone = np.where(clock < 60.0 * (cut_h - 7.0), clock + 1440.0, clock)
    return np.where(np.isnan(reference), alone, latest - back)


def clock_columns(found: Mapping[int, str]) -> dict[str, int]:
    """Return the clock columns among recognised headers: name -> position."""
    return {name: i for i, name in found.items() if name in CLOCKS}
