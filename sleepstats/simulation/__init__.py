"""Invented diaries with a known truth: what went into them is returned beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from numbers import Integral

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats
from sleepstats.columns import NIGHT
from sleepstats.errors import DiaryError, did_you_mean, worded
from sleepstats.simulation import habits

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

_USUAL_TST_MIN = 425.0
_USUAL_SOL_MIN = 18.0
_SOL_SD_LOG = 0.4
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


@worded
def simulate_nights(
    n: int = 90,
    *,
    seed: int,
    effects: Mapping[str, float] | None = None,
    latency_ratios: Mapping[str, float] | None = None,
    rho: float = 0.4,
    white: float = 0.3,
    sd_min: float = 40.0,
    weekday_min: tuple[float, ...] = WEEKDAY_MIN,
    drift_min: float = 20.0,
    missing: float = 0.15,
    rounding: float = 1.0,
    start: str | date = "2026-01-05",
) -> tuple[pd.DataFrame, Truth]:
    """Invent a diary whose truth is known, to test a method or to learn what one can show.

    Parameters
    ----------
    n : int, default 90
        Calendar nights from the first to the last. Both of these are always recorded.
    seed : int
        Seed of the random numbers. The same seed gives the same diary on every machine.
    effects : mapping of str to float, optional
        What to plant in total sleep time instead of :data:`EFFECTS`: minutes per unit of a habit,
        or for yes against no. Habits not named get nothing, so ``effects={}`` plants nothing.
        A kind of supplement is named ``"supplement_kind=magnesium"``.
    latency_ratios : mapping of str to float, optional
        The same for sleep onset latency instead of :data:`LATENCY_RATIOS`, as ratios: 1.06 per
        point of stress is 6 % longer with each point.
    rho : float, default 0.4
        Persistence: the share of a night's lasting deviation that the next night keeps.
    white : float, default 0.3
        Share of the noise variance that does not last (0 to 1).
    sd_min : float, default 40
        Standard deviation of the noise in total sleep time, minutes.
    weekday_min : seven floats
        Weekday profile of total sleep time, minutes, Monday to Sunday evening.
    drift_min : float, default 20
        Straight drift of total sleep time from first to last night, minutes.
    missing : float, default 0.15
        Share of nights without a row (0 to 0.6): a third of them single nights, the rest in runs
        of two to seven.
    rounding : float, default 1
        Round clocks and durations to so many minutes, as people do; 5 gives the usual heaps, 0
        leaves the fractions.
    start : str or date, default "2026-01-05"
        Evening of the first night.

    Returns
    -------
    nights : DataFrame
        Index ``night`` (evening date). Recorded: ``into_bed``, ``lights_out``, ``sleep_onset``,
        ``final_wake``, ``out_of_bed`` (local time), ``sol_min``, ``waso_min`` (min), ``nawk``,
        ``quality`` (1 to 5). The habits: ``stress`` (0 to 10), ``caffeine_cups``,
        ``caffeine_last_h_before_bed`` (h), ``alcohol_drinks``, ``screens_min``, ``late_meal``
        (yes/no), ``exercise_min``, ``reading`` (yes/no), ``bedroom_temperature_c``,
        ``supplement_kind``, ``supplement_dose_mg``, ``supplement_time_h_before_bed`` (h). Then the
        columns of :func:`add_measures`, among them ``tst_min``.
    truth : Truth
        Everything planted, and the noise it was planted in.

    Raises
    ------
    DiaryError
        If a number is outside its range or an effect names no habit; all of them at once.

    Notes
    -----
    Total sleep time of night t is

    ``425 + weekday + drift + Σ effect · (habit − its mean) + noise``

    with noise of variance ``sd_min²``, AR(1) with persistence ``rho`` for the share
    ``1 − white`` of it and independent for the rest. The logarithm of latency is
    ``log 18 + Σ log(ratio) · (habit − its mean) + noise``. The final awakening is sleep onset
    plus wake after sleep onset plus total sleep time, so that ``tst_min`` as computed from the
    clocks is the planted value, up to ``rounding``. Total sleep time below 60 or above 900
    minutes is set to that bound: never, with the default noise.

    Habits are independent of each other given weekday and trend, so what is planted for
    one is what an analysis of that one alone, with those controls, should find. An effect of hours
    before bed is planted on nights that have them.

    Examples
    --------
    >>> nights, truth = simulate_nights(120, seed=1)
    >>> truth.effects["tst_min"]["stress"]
    -8.0
    >>> truth.effects["sol_min"]["reading"]
    1.0
    >>> nights.shape[0], str(nights.index[-1].date())
    (102, '2026-05-04')
    """
    effects = EFFECTS if effects is None else effects
    latency_ratios = LATENCY_RATIOS if latency_ratios is None else latency_ratios
    _check(n, seed, effects, latency_ratios, rho, white, sd_min, weekday_min, missing, rounding)
    rng = np.random.Generator(np.random.PCG64(int(seed)))
    index = pd.date_range(_first_evening(start), periods=n, name=NIGHT, unit="us")
    weekday = index.day_of_week.to_numpy()

    late = 0.75 * np.isin(weekday, (4, 5))
    lights_h = (
        _rounded(60.0 * (23.2 + late + 0.45 * habits.persistent(rng, n, 0.3)), rounding) / 60.0
    )
    factors = habits.habits(rng, weekday, lights_h)
    noise = np.sqrt(1.0 - white) * habits.persistent(rng, n, rho) + np.sqrt(white) * habits.normal(
        rng, n
    )
    trend = np.linspace(-0.5, 0.5, n) if n > 1 else np.zeros(n)
    tst = _USUAL_TST_MIN + np.asarray(weekday_min, float)[weekday] + drift_min * trend
    tst = tst + sd_min * noise + habits.sum_of_effects(factors, effects)
    tst = np.clip(tst, 60.0, 900.0)
    log_ratios = {name: float(np.log(ratio)) for name, ratio in latency_ratios.items()}
    log_sol = np.log(_USUAL_SOL_MIN) + _SOL_SD_LOG * habits.persistent(rng, n, 0.2)
    log_sol = log_sol + habits.sum_of_effects(factors, log_ratios)

    minutes = _minutes_of_the_night(rng, lights_h * 60.0, np.exp(log_sol), tst, rounding)
    evening = index.to_numpy("datetime64[us]")
    nights = pd.DataFrame(
        {
            name: evening + np.rint(minutes[name] * 6e7).astype("timedelta64[us]")
            for name in ("into_bed", "lights_out", "sleep_onset", "final_wake", "out_of_bed")
        },
        index=index,
    )
    for name in ("sol_min", "waso_min", "nawk"):
        nights[name] = minutes[name]
    latent = 3.3 + 0.9 * (tst - _USUAL_TST_MIN) / 55.0 + 0.6 * habits.normal(rng, n)
    nights["quality"] = np.clip(np.rint(latent), 1, 5)
    nights = pd.concat([nights, factors.set_index(index)], axis=1)
    nights = nights[habits.recorded(rng, n, missing)]

    from sleepstats.measures import add_measures

    truth = Truth(
        {
            "tst_min": habits.every_habit(effects, 0.0),
            "sol_min": habits.every_habit(latency_ratios, 1.0),
        },
        float(rho), float(white), float(sd_min), _SOL_SD_LOG,
        tuple(float(value) for value in weekday_min), float(drift_min), float(missing),
        float(rounding), int(n), int(seed),
    )  # fmt: skip
    return add_measures(nights), truth


def _minutes_of_the_night(
    rng: np.random.Generator, lights: Floats, sol: Floats, tst: Floats, rounding: float
) -> dict[str, Floats]:
    """Lay the night out in minutes after the evening's midnight; every duration rounded once."""
    n = len(lights)
    before = _rounded(5.0 + 8.0 * np.abs(habits.normal(rng, n)), rounding)
    sol = np.minimum(_rounded(sol, rounding), 240.0)
    nawk = np.floor(-1.6 * np.log1p(-rng.random(n)))
    waso = _rounded(nawk * 8.0 * np.exp(0.4 * habits.normal(rng, n)), rounding)
    waso = np.minimum(np.where(nawk > 0, np.maximum(waso, rounding), 0.0), 180.0)
    after = _rounded(3.0 + 9.0 * np.abs(habits.normal(rng, n)), rounding)
    onset = lights + sol
    wake = onset + waso + _rounded(tst, rounding)
    return {
        "into_bed": lights - before, "lights_out": lights, "sleep_onset": onset,
        "final_wake": wake, "out_of_bed": wake + after,
        "sol_min": sol, "waso_min": waso, "nawk": nawk,
    }  # fmt: skip


def _rounded(minutes: Floats, step: float) -> Floats:
    return step * np.rint(minutes / step) if step > 0 else minutes


def _check(
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

    expect(_is_whole(n) and n >= 1, "n", n, "a whole number of nights, 1 or more")
    expect(_is_whole(seed) and seed >= 0, "seed", seed, "a whole number, 0 or more")
    expect(-1 < rho < 1, "rho", rho, "a number between -1 and 1")
    expect(0 <= white <= 1, "white", white, "a share from 0 to 1")
    expect(sd_min >= 0, "sd_min", sd_min, "minutes, 0 or more")
    expect(0 <= missing <= _MISSING_AT_MOST, "missing", missing, "a share from 0 to 0.6")
    expect(0 <= rounding <= 60, "rounding", rounding, "minutes from 0 to 60")
    expect(
        len(tuple(weekday_min)) == 7, "weekday_min", weekday_min, "seven numbers, Monday to Sunday"
    )
    names = habits.levels()
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


def _first_evening(start: str | date) -> pd.Timestamp:
    """Return the date on which the diary begins."""
    try:
        first = pd.Timestamp(start)
        if not pd.isna(first):
            return first.normalize()
    except (TypeError, ValueError):
        pass
    raise DiaryError(
        f"simulate_nights(): start is {start!r}, expected a date such as '2026-01-05'."
    )
