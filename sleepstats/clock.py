"""Overnight time: readings on one line through the night, the circle, lengths of one night.

A clock reading is minutes after midnight, ``[0, 1440)``. An *unrolled* reading is minutes after
the midnight of the evening date, so that 23:30 is 1410 and the 00:30 after it is 1470.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sleepstats.arrays import Bools, Floats, Stamps, modulo

DAY_MIN = 1440.0
NOON_H = 12.0
STAGES = ("deep_min", "light_min", "rem_min")

#: Bed times this near to noon, this many and this large a share of them, move the day cut.
NEAR_NOON_MIN, NEAR_NOON_COUNT, NEAR_NOON_SHARE = 180.0, 3, 0.10
#: The emptiest arc must be this long, and noon this far inside it to stay the cut.
EMPTY_ARC_MIN, CLEARANCE_MIN = 240.0, 90.0
#: One bed time in this many may lie in the emptiest arc.
STRAY_ONE_IN = 50

#: So many clock times, and such a share of them near the usual one, show what is usual.
USUAL_FROM, USUAL_SHARE = 6, 0.7

#: A clock change shows as a disagreement of about an hour between stamps and elapsed time.
DST_GAP_MIN = (50.0, 70.0)


def day_cut_h(bed_minutes: Floats) -> float:
    """Return the hour at which one evening date ends and the next begins."""
    beds = np.sort(modulo(bed_minutes[np.isfinite(bed_minutes)], DAY_MIN))
    # bed times lie near noon if at least 3, and at least 10 %, fall between 09:00 and 15:00: one
    # late morning nap moves nothing
    near = np.count_nonzero(np.abs(beds - 720.0) <= NEAR_NOON_MIN)
    if near < NEAR_NOON_COUNT or near < NEAR_NOON_SHARE * beds.size:
        return NOON_H
    beyond = 1 + beds.size // STRAY_ONE_IN
    ends = np.concatenate([beds, beds + DAY_MIN])[beyond : beyond + beds.size]
    arcs = ends - beds
    longest = int(np.argmax(arcs))  # the longest stretch of the clock without bed times
    start, length = float(beds[longest]), float(arcs[longest])
    noon_at = (720.0 - start) % DAY_MIN
    # noon stays where it lies well inside of the empty stretch, and where none is long enough, as
    # then no cut would separate one evening from the next
    if length < EMPTY_ARC_MIN or CLEARANCE_MIN <= noon_at <= length - CLEARANCE_MIN:
        return NOON_H
    return round((start + length / 2.0) / 30.0) / 2.0 % 24.0


def unroll(minutes: Floats, cut_h: float) -> Floats:
    """Lay clock readings on one line: minutes after the midnight of the evening date."""
    cut = cut_h * 60.0
    return modulo(minutes - cut, DAY_MIN) + cut


def unroll_after(minutes: Floats, start: Floats) -> Floats:
    """Return the first time at or after ``start`` at which the clock reads ``minutes``."""
    return start + modulo(minutes - start, DAY_MIN)


def evening_of(stamps: Stamps, cut_h: float) -> Stamps:
    """Return the date of the evening on which the night of each stamp began."""
    cut = np.timedelta64(round(cut_h * 3600), "s")
    return (stamps - cut).astype("datetime64[D]")


#: Times that show what they follow.
_FEW_TIMES = 10


def circular_mean_h(
    hours: ArrayLike, period: float = 24.0, *, counts: Floats | None = None
) -> float:
    """Return the mean direction of clock readings, in hours: ``atan2(S, C) p / 2 pi``.

    Mardia & Jupp 1999, Directional Statistics, section 2.2, doi:10.1002/9780470316979.
    """
    cosine, sine, _ = _resultant(hours, period, counts)
    if not math.hypot(cosine, sine) > 1e-9:  # all round the clock: the direction is rounding
        return math.nan
    mean = math.atan2(sine, cosine) * period / (2.0 * math.pi) % period
    return 0.0 if mean >= period else mean


def circular_sd_h(hours: ArrayLike, period: float = 24.0) -> float:
    """Return the circular standard deviation of clock readings: ``sqrt(-2 ln R) p / 2 pi`` hours.

    Mardia & Jupp 1999, section 2.3, doi:10.1002/9780470316979; Fisher 1993, Statistical Analysis
    of Circular Data, section 2.3, doi:10.1017/CBO9780511564345.
    """
    cosine, sine, count = _resultant(hours, period)
    # for readings close together it is the ordinary standard deviation with divisor n; it is not
    # the "angular deviation" sqrt(2 (1 - R))
    length = min(math.hypot(cosine, sine), 1.0)
    if count < 2 or not length > 1e-9:
        return math.nan
    return math.sqrt(-2.0 * math.log(length)) * period / (2.0 * math.pi)


def _resultant(
    hours: ArrayLike, period: float, counts: Floats | None = None
) -> tuple[float, float, int]:
    """Return mean cosine, mean sine and the number of readings."""
    given = np.asarray(hours, dtype=np.float64).ravel()
    angle = given[np.isfinite(given)] * (2.0 * math.pi / period)
    if not angle.size:
        return math.nan, math.nan, angle.size
    if counts is not None:  # how often each stands; all are finite
        cosine, sine = (np.average(f(angle), weights=counts) for f in (np.cos, np.sin))
        return float(cosine), float(sine), angle.size
    return float(np.cos(angle).mean()), float(np.sin(angle).mean()), angle.size


def format_clock(hours: float) -> str:
    """Write hours as a clock reading, to the nearest minute; empty text for NaN."""
    if not math.isfinite(hours):
        return ""
    minutes = math.floor(hours * 60.0 + 0.5) % 1440
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def dst_gap(minutes_difference: Floats) -> Bools:
    """Tell which disagreements of two durations look like a change of the clocks."""
    size = np.abs(minutes_difference)
    return (size >= DST_GAP_MIN[0]) & (size <= DST_GAP_MIN[1])


_US_PER_MIN = 6e7
_NEVER = np.datetime64("NaT", "us")


def known_zone(name: str | None) -> str | None:
    """Return the zone if it is an IANA name this machine knows, else nothing."""
    if not name or not isinstance(name, str):
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


#: Years that the calendars of time zones know.
_FIRST, _LAST = np.datetime64("1000-01-01", "us"), np.datetime64("9998-12-31", "us")


def _in_years(stamps: Stamps) -> Stamps:
    """Return the stamps, missing where no zone has a clock: before 1000 and after 9998."""
    return np.where((stamps >= _FIRST) & (stamps <= _LAST), stamps, _NEVER)


def to_line(stamps: Stamps, zone: str, *, first: bool = True) -> Stamps:
    """Put wall-clock stamps on the time line (UTC); a reading that was skipped is moved on."""
    local = pd.DatetimeIndex(_in_years(stamps)).tz_localize(
        zone,
        ambiguous=np.full(len(stamps), first),
        nonexistent=pd.Timedelta(hours=1),
    )
    return np.array(local.tz_convert(None), dtype="datetime64[us]")  # pandas' own is locked


def to_wall(line: Stamps, zone: str) -> Stamps:
    """Put stamps of the time line (UTC) on the wall clock of a zone."""
    local = pd.DatetimeIndex(_in_years(line)).tz_localize("UTC").tz_convert(zone)
    return np.array(local.tz_localize(None))


def in_last_half_day(clock: Floats, before: Floats) -> Floats:
    """Return minutes of a 12-hour clock as those of 24 in the last half day before a time."""
    return np.asarray(np.mod(before - np.mod(before - clock, 720.0), 1440.0))


def follows_the_first(clock: Floats, first: Floats, second: Floats) -> bool:
    """Whether clock times come within hours of the first times, and vary less from them.

    Minutes; from the second they spread at least twice as far (middle half). Fewer than ten show
    nothing.
    """
    after = np.mod(clock - np.stack([first, second]) + 60.0, 1440.0) - 60.0
    after = after[:, np.isfinite(after).all(axis=0)]
    if after.shape[1] < _FEW_TIMES:
        return False
    spread = np.subtract(*np.percentile(after, [75, 25], axis=1))
    return bool(np.median(after[0]) < 300.0 and spread[0] < 0.5 * spread[1])


# ---- when one's hours moved

#: Nights of a level of one's hours, weeks of it at least; hours to the next; what a move has to
#: spare: weeks times squared hours, a month an hour off.
WEEK, LEAST_WEEKS, MOVED_H, MOVE_COSTS = 7, 3, 1.0, 4.0


def moves_of(middle: Floats) -> list[int]:
    """Return the first night of each level of one's hours after the first.

    Medians of weeks are cut where that costs least: squares about levels, ``MOVE_COSTS`` a cut.
    """
    if not (weeks := len(middle) // WEEK):
        return []
    parts = np.array_split(np.arange(len(middle)), weeks)
    level = np.array([np.median(middle[part]) for part in parts])
    total, squares = (np.concatenate([[0.0], np.cumsum(level**k)]) for k in (1, 2))
    costs, begins = np.zeros((2, weeks + 1))
    costs[1:] = np.inf
    for end in range(LEAST_WEEKS, weeks + 1):
        start = np.arange(end - LEAST_WEEKS + 1)
        within = (total[end] - total[start]) ** 2 / (end - start)
        cost = costs[start] + MOVE_COSTS + squares[end] - squares[start] - within
        begins[end], costs[end] = cost.argmin(), cost.min()
    cuts: list[int] = []
    end = int(begins[weeks])
    while end:
        cuts.insert(0, _sharp(middle, int(parts[end][0])))
        end = int(begins[end])
    # a slow drift is no move: levels have to tell their nights better than a straight line
    while cuts:
        sides = list(pairwise(np.split(middle, cuts)))
        failing = [(abs(_step(*both)), k) for k, both in enumerate(sides) if not _is_move(*both)]
        if not failing:
            break
        del cuts[min(failing)[1]]
    return cuts


def _sharp(middle: Floats, near: int) -> int:
    """Return the night within a week of one at which the weeks around lie nearest to two levels."""
    low, high = near - LEAST_WEEKS * WEEK, near + LEAST_WEEKS * WEEK

    def off(cut: int) -> float:
        sides = middle[low:cut], middle[cut:high]
        return sum(float(np.abs(side - np.median(side)).sum()) for side in sides)

    return min(range(near - WEEK + 1, near + WEEK), key=off)


def _step(before: Floats, after: Floats) -> float:
    return float(np.median(after) - np.median(before))


def _is_move(before: Floats, after: Floats) -> bool:
    """Say whether two levels lie apart, and tell their nights better than a straight line."""
    low, high = (before, after) if _step(before, after) > 0 else (after, before)
    apart = np.percentile(high, 25) > np.percentile(low, 75)
    both = np.concatenate([before, after])
    place = np.arange(len(both))
    line = np.polynomial.Polynomial.fit(place, both, 1)(place)
    off = sum(np.abs(side - np.median(side)).sum() for side in (before, after))
    nearer = off < np.abs(both - line).sum()
    return bool(apart and nearer and abs(_step(before, after)) >= MOVED_H)


def from_usual(clock: Floats, *, near: float) -> Floats:
    """Return how far each clock time is from the usual one; NaN where there is no usual one."""
    known = np.isfinite(clock)
    if known.sum() < USUAL_FROM:
        return np.full(len(clock), np.nan)
    usual = circular_mean_h(clock[known] / 60.0) * 60.0
    off: Floats = modulo(clock - usual + DAY_MIN / 2.0, DAY_MIN) - DAY_MIN / 2.0
    usually = (np.abs(off[known]) <= near).mean() >= USUAL_SHARE
    return off if usually else np.full(len(off), np.nan)


def same_minutes(one: Floats, other: Floats, *, least: int = 5) -> bool:
    """Whether two agree: where clocks change they are an hour off, and a few rows are mistyped."""
    off = np.abs(one - other)
    off = off[np.isfinite(off)]
    return len(off) >= least and bool((off <= 1.5).mean() >= 0.8)


def is_time_in_bed(minutes: Floats, columns: Mapping[str, Any]) -> bool:
    """Whether minutes are all the time in bed: from bed to rising, or all stages and time awake."""
    wholes, stages = [], time_in_stages(columns)
    end = columns.get("out_of_bed", columns.get("final_wake"))
    if end is not None and "into_bed" in columns:
        wholes.append((end - columns["into_bed"]) / np.timedelta64(1, "m"))
    if stages[0] and "waso_min" in columns:
        wholes.append(stages[1] + columns["waso_min"])
    return any(same_minutes(whole, minutes) for whole in wholes)


def time_in_stages(columns: Mapping[str, Any]) -> tuple[tuple[str, ...], Floats]:
    """Return the columns of stages, if there are two or three, and the minutes in all of them."""
    stages = tuple(name for name in STAGES if name in columns)
    if len(stages) < 2:
        return (), np.empty(0)
    return stages, np.sum([columns[name] for name in stages], axis=0)


def nothing_measured(columns: Mapping[str, Any]) -> Bools:
    """Return the nights of which a whole is 0, or all stages: of nothing else is a 0 a finding."""
    wholes = [columns[name] for name in ("tst_min", "tib_min", "spt_min") if name in columns]
    stages, total = time_in_stages(columns)
    zero = [np.asarray(one == 0) for one in (*wholes, *([total] if stages else []))]
    return np.any(zero, axis=0) if zero else np.zeros(1, dtype=bool)


def with_points(minutes: Floats | None, total: Floats) -> Floats | None:
    """Return 6.19 h as 6 h 19 min where the stages of nearly all nights add up to that, else None.

    Of one digit the stages of the night itself say whether 5.3 is 5 h 30 or 5 h 3 min.
    """
    if minutes is None or len(minutes) != len(total):
        return None
    hours = np.floor(minutes / 60.0 + 1e-9)
    parts = np.round((minutes / 60.0 - hours) * 100.0)
    plain, digit = (60.0 * hours + one for one in (parts, parts / 10.0))
    plain = np.where((parts % 10 == 0) & (abs(digit - total) < abs(plain - total)), digit, plain)
    known = np.isfinite(minutes) & (total > 0)
    fits = [(np.abs(one - total)[known] <= 1.5).mean() for one in (plain, minutes) if known.any()]
    return plain if known.sum() >= 5 and fits[0] >= 0.8 and fits[1] < 0.5 else None
