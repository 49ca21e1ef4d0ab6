"""What an invented diary is made of: habits, planted effects, and the truth about them.

Evening habits move the way habits do: in streaks, with the week, mostly zero.

Each habit is drawn from uniform random numbers alone, so that a change in a library's own
normal or Poisson sampler can never change a diary. The habits are independent of each other given
the calendar: the effect planted for one is the effect an analysis of that one should find.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from numbers import Integral

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sleepstats.arrays import Bools, Floats, Rows
from sleepstats.errors import DiaryError, did_you_mean

#: Every invented habit, with its kind and how it moves from night to night.
HABITS: dict[str, str] = {
    "stress": "score 0 to 10, persistent from day to day, lower on Saturday and Sunday",
    "caffeine_cups": "count, none on three days in ten, otherwise 1 to 5",
    "caffeine_last_h_before_bed": "hours from the last cup to lights out, missing without a cup",
    "alcohol_drinks": "count, none on most nights, drinks on most Fridays and Saturdays",
    "screens_min": "minutes in steps of 5, mildly persistent",
    "late_meal": "yes or no, three nights in ten, short streaks",
    "exercise_min": "minutes in steps of 5, none on six days in ten",
    "reading": "yes or no, every other night, long streaks",
    "bedroom_temperature_c": "°C in halves, slow, drifting with the season",
    "supplement_kind": "none, chamomile or magnesium, in courses of about ten nights",
    "supplement_dose_mg": "mg, one of two doses by kind, 0 without",
    "supplement_time_h_before_bed": "hours from taking it to lights out, missing without",
}
#: Levels of ``supplement_kind``; an effect on one is named ``supplement_kind=magnesium``.
KINDS = ("none", "chamomile", "magnesium")
_DOSES = {"none": (0.0, 0.0), "chamomile": (500.0, 1000.0), "magnesium": (200.0, 400.0)}
#: Planted in total sleep time unless told otherwise: minutes per unit of the habit, or yes/no.
EFFECTS: Mapping[str, float] = {
    "stress": -8.0,
    "alcohol_drinks": -14.0,
    "screens_min": -0.4,
    "late_meal": -25.0,
    "caffeine_last_h_before_bed": 6.0,
    "caffeine_cups": -3.0,
}
#: Planted in sleep onset latency unless told otherwise: ratio per unit of the habit, or yes/no.
LATENCY_RATIOS: Mapping[str, float] = {
    "stress": 1.06,
    "screens_min": 1.005,
    "caffeine_last_h_before_bed": 0.93,
}
#: Minutes of total sleep time by evening, Monday to Sunday, against an average night.
WEEKDAY_MIN = (-5.0, -10.0, -5.0, -10.0, 25.0, 30.0, -25.0)
_MISSING_AT_MOST = 0.6


@dataclass(frozen=True)
class Truth:
    """What was put into a simulated diary."""

    #: dict of str to dict of str to float: ``effects["tst_min"][habit]``: minutes of total sleep
    #: time per unit of the habit, yes against no, or a level against ``none``
    #: (``supplement_kind=magnesium``). 0 is a planted nothing. ``effects["sol_min"][habit]``: ratio
    #: of sleep onset latency, 1 is a planted nothing. Every habit is listed.
    effects: dict[str, dict[str, float]]
    #: Share of a night's persistent deviation that the next night keeps.
    rho: float
    #: Share of the noise variance that does not persist at all.
    white: float
    #: Standard deviation of the noise in total sleep time, minutes.
    sd_min: float
    #: The same for the natural logarithm of latency.
    sol_sd_log: float
    #: Weekday profile of total sleep time, Monday to Sunday evening, minutes.
    weekday_min: tuple[float, ...]
    #: Change of total sleep time from the first to the last night, on a straight line, minutes.
    drift_min: float
    #: Share of calendar nights left out.
    missing: float
    #: Minutes to which clocks and durations were rounded; 0 is not at all.
    rounding: float
    #: Calendar nights and seed asked for.
    n: int
    seed: int


def normal(rng: np.random.Generator, n: int) -> Floats:
    """Return ``n`` standard normal numbers made of ``2 n`` uniform ones (Box and Muller)."""
    one, two = rng.random(n), rng.random(n)
    return np.sqrt(-2.0 * np.log1p(-one)) * np.cos(2.0 * np.pi * two)


def persistent(rng: np.random.Generator, n: int, rho: float) -> Floats:
    """Return a stationary AR(1) series of unit variance: each night keeps ``rho`` of the last."""
    shocks = normal(rng, n)
    shocks[1:] *= np.sqrt(1.0 - rho * rho)
    steps = accumulate(shocks.tolist(), lambda last, shock: rho * last + shock)
    return np.fromiter(steps, float, n)


def streaks(rng: np.random.Generator, n: int, share: float, rho: float) -> Bools:
    """Return a yes/no Markov chain: yes on ``share`` of nights, lag-one correlation ``rho``."""
    draws = rng.random(n).tolist()
    enter, stay = share * (1.0 - rho), share + rho * (1.0 - share)
    states = accumulate(
        draws[1:], lambda on, draw: draw < (stay if on else enter), initial=draws[0] < share
    )
    return np.fromiter(states, bool, n)


def courses(rng: np.random.Generator, n: int, levels: int, stay: float) -> Rows:
    """Return levels ``0 .. levels-1`` in courses: kept with ``stay``, else any other level."""
    keep, pick = rng.random(n).tolist(), rng.random(n).tolist()
    first = int(pick[0] * levels)

    def step(level: int, draws: tuple[float, float]) -> int:
        kept, other = draws
        return level if kept < stay else (level + 1 + int(other * (levels - 1))) % levels

    walk = accumulate(zip(keep[1:], pick[1:], strict=True), step, initial=first)
    return np.fromiter(walk, np.intp, n)


def counts(rng: np.random.Generator, n: int, mean: float, most: int) -> Floats:
    """Return Poisson counts of the given mean, cut off at ``most``."""
    steps = np.exp(-mean) * np.cumprod([1.0, *(mean / k for k in range(1, most))])
    return np.searchsorted(np.cumsum(steps), rng.random(n)).astype(float)


def habits(rng: np.random.Generator, weekday: NDArray[np.int_], lights_h: Floats) -> pd.DataFrame:
    """Draw every habit of :data:`HABITS`."""
    n = len(weekday)
    lazy = np.isin(weekday, (5, 6))
    out: dict[str, object] = {}
    stress = 4.3 - 1.2 * lazy + 2.2 * persistent(rng, n, 0.5)
    out["stress"] = np.clip(np.rint(stress), 0, 10) + 0.0  # no minus zero
    cups = np.where(rng.random(n) < 0.3, 0.0, 1.0 + counts(rng, n, 1.2, 4))
    last = np.clip(np.rint(4.0 * (15.5 + 2.2 * normal(rng, n))) / 4.0, 8.0, 21.0)
    out["caffeine_cups"] = cups
    out["caffeine_last_h_before_bed"] = np.where(cups > 0, lights_h - last, np.nan)
    out_tonight = rng.random(n) < np.where(np.isin(weekday, (4, 5)), 0.60, 0.12)
    out["alcohol_drinks"] = np.where(out_tonight, 1.0 + counts(rng, n, 1.0, 5), 0.0)
    out["screens_min"] = np.clip(5.0 * np.rint(14 + 7 * persistent(rng, n, 0.3)), 0, 240)
    out["late_meal"] = pd.array(streaks(rng, n, 0.3, 0.2), dtype="boolean")
    moved = rng.random(n) < 0.4
    out["exercise_min"] = np.where(moved, 5.0 * np.rint(4 + 14 * rng.random(n)), 0.0)
    out["reading"] = pd.array(streaks(rng, n, 0.5, 0.6), dtype="boolean")
    season = np.cos(2.0 * np.pi * np.arange(n) / 365.0)
    warmth = 19.0 - 1.5 * season + 0.9 * persistent(rng, n, 0.7)
    out["bedroom_temperature_c"] = np.rint(2.0 * warmth) / 2.0
    kind = np.asarray(KINDS, dtype=object)[courses(rng, n, len(KINDS), 0.9)]
    high = rng.random(n) < 0.5
    dose = np.array([_DOSES[name][int(top)] for name, top in zip(kind, high, strict=True)])
    taken_h = np.rint(4.0 * (0.5 + rng.random(n))) / 4.0
    out["supplement_kind"] = pd.array(kind, dtype="str")
    out["supplement_dose_mg"] = dose
    out["supplement_time_h_before_bed"] = np.where(dose > 0, taken_h, np.nan)
    return pd.DataFrame(out)


def recorded(rng: np.random.Generator, n: int, missing: float) -> Bools:
    """Mark the nights recorded: a third of the gaps are single nights, the rest runs of 2-7."""
    away = min(round(missing * n), max(0, n - 2))
    lengths = [1] * round(away / 3)
    left = away - len(lengths)
    while left > 0:
        length = min(left, 2 + int(6 * rng.random()))
        if left - length == 1:  # never leave a single night over
            length += 1 if length < 7 else -1
        lengths.append(length)
        left -= length
    # between recorded nights, no two gaps side by side: each keeps its length, and the first and
    # last night stay
    gaps = np.asarray(lengths, dtype=np.intp)[np.argsort(rng.random(len(lengths)))]
    after = np.sort(np.argsort(rng.random(n - away - 1))[: len(gaps)]) if len(gaps) else gaps
    kept = np.ones(n, dtype=bool)
    gone = 0
    for slot, length in zip(after.tolist(), gaps.tolist(), strict=False):
        first = slot + 1 + gone
        kept[first : first + length] = False
        gone += length
    return kept


def levels() -> tuple[str, ...]:
    """Return every name that an effect can be planted under."""
    kinds = tuple(f"supplement_kind={kind}" for kind in KINDS[1:])
    return (*(name for name in HABITS if name != "supplement_kind"), *kinds)


def every_habit(planted: Mapping[str, float], nothing: float) -> dict[str, float]:
    """Return what was planted under every name, ``nothing`` where none was."""
    return {name: float(planted.get(name, nothing)) for name in levels()}


def sum_of_effects(factors: pd.DataFrame, effects: Mapping[str, float]) -> Floats:
    """Add up effect · (habit − mean); a habit that is missing on a night adds nothing there."""
    total = np.zeros(len(factors))
    for name, effect in effects.items():
        column, _, level = name.partition("=")
        values = factors[column] == level if level else factors[column]
        x = values.to_numpy(dtype=float, na_value=np.nan)
        if np.isfinite(x).any():
            total += effect * np.nan_to_num(x - np.nanmean(x))
    return total


_MOST_NIGHTS = 1_000_000


def checked(
    n: int,
    seed: int,
    effects: Mapping[str, float],
    latency_ratios: Mapping[str, float],
    rho: float,
    white: float,
    sd_min: float,
    weekday_min: tuple[float, ...],
    missing: float,
    rounding: float,
) -> None:
    """Raise one error with everything that is wrong with the request."""
    problems = []

    def expect(good: bool, name: str, value: object, expected: str) -> None:
        if not good:
            problems.append(f"simulate_nights(): {name} is {value!r}, expected {expected}.")

    enough = _is_whole(n) and 1 <= n <= _MOST_NIGHTS
    expect(enough, "n", n, f"a whole number of nights from 1 to {_MOST_NIGHTS:,}")
    expect(_is_whole(seed) and 0 <= seed < 10**300, "seed", seed, "a whole number, 0 or more")
    expect(-1 < rho < 1, "rho", rho, "a number between -1 and 1")
    expect(0 <= white <= 1, "white", white, "a share from 0 to 1")
    expect(sd_min >= 0, "sd_min", sd_min, "minutes, 0 or more")
    expect(0 <= missing <= _MISSING_AT_MOST, "missing", missing, "a share from 0 to 0.6")
    expect(0 <= rounding <= 60, "rounding", rounding, "minutes from 0 to 60")
    expect(
        len(tuple(weekday_min)) == 7, "weekday_min", weekday_min, "seven numbers, Monday to Sunday"
    )
    names = levels()
    for argument, planted in (("effects", effects), ("latency_ratios", latency_ratios)):
        problems += [
            f"simulate_nights(): {argument} names {name!r}, which is no habit."
            f"{did_you_mean(name, names)} Habits: {', '.join(names)}."
            for name in planted
            if name not in names
        ]
        for name, value in planted.items():
            expect(bool(np.isfinite(value)), f"{argument}[{name!r}]", value, "a number")
    for name, value in latency_ratios.items():
        expect(value > 0, f"latency_ratios[{name!r}]", value, "a ratio above 0, 1 for no effect")
    if problems:
        raise DiaryError(problems)


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)
