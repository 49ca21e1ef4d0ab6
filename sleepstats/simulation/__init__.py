"""Invented diaries: with a known truth, returned beside them; and those that are shipped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats
from sleepstats.columns import NIGHT
from sleepstats.errors import DiaryError, did_you_mean, spelled, worded
from sleepstats.simulation import habits
from sleepstats.simulation.habits import EFFECTS, LATENCY_RATIOS, WEEKDAY_MIN, Truth, checked

#: Name of each sample and what it is.
SAMPLES = {
    "diary": "120 nights in this library's own layout, ten habits, effects planted",
    "spreadsheet": "60 nights in a hand-made spreadsheet with the usual warts",
    "sleep_cycle": "150 nights as the Sleep Cycle app exported them until 2020",
}

_USUAL_TST_MIN = 425.0
_USUAL_SOL_MIN = 18.0
_SOL_SD_LOG = 0.4


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
    checked(n, seed, effects, latency_ratios, rho, white, sd_min, weekday_min, missing, rounding)
    sd_min, rounding = float(sd_min), float(rounding)  # a fraction is a number, too
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


def load_sample(name: str = "diary") -> pd.DataFrame:
    """Load a shipped sample diary.

    All of them are invented. What was planted in each, and how each was made, stands in
    ``README.md`` beside the files (``sample_path("diary").with_name("README.md")``).

    Parameters
    ----------
    name : {"diary", "spreadsheet", "sleep_cycle"}, default "diary"
        ``diary``: 120 calendar nights in this library's own layout. ``spreadsheet``: 60 nights
        typed by hand, with mixed clock styles and cells that nobody can read; loading it warns,
        as it should. ``sleep_cycle``: 150 nights of an app's export.

    Returns
    -------
    DataFrame
        As :func:`read_diary` returns it: one row per night, index ``night`` (evening date). The
        columns of ``diary``, besides those that :func:`add_measures` computes:

        ============================== ========== ==================================================
        column                         unit       meaning
        ============================== ========== ==================================================
        ``into_bed``                   local time got into bed
        ``lights_out``                 local time tried to sleep
        ``sol_min``                    min        took so long to fall asleep
        ``nawk``                       count      awakenings, the final one not counted
        ``waso_min``                   min        awake after falling asleep, in all
        ``final_wake``                 local time final awakening
        ``out_of_bed``                 local time got up
        ``quality``                    1 to 5     rating of the night, 5 is best
        ``stress``                     0 to 10    stress of the day before the night
        ``caffeine_cups``              cups       coffee or tea that day
        ``caffeine_last``              local time last cup; also ``caffeine_last_h_before_bed``
        ``alcohol_drinks``             drinks     that evening
        ``screens_min``                min        in front of a screen, evening
        ``late_meal``                  yes/no     ate late
        ``exercise_min``               min        that day
        ``reading``                    yes/no     read in bed
        ``bedroom_temperature_c``      °C         bedroom at lights out
        ``supplement_kind``            words      none, chamomile or magnesium (invented)
        ``supplement_dose_mg``         mg         0 without
        ``supplement_time``            local time also ``supplement_time_h_before_bed``
        ============================== ========== ==================================================

    Raises
    ------
    DiaryError
        If there is no sample of that name, or this installation has lost its samples.

    Examples
    --------
    >>> nights = load_sample()
    >>> nights[["sol_min", "tst_min", "stress"]].shape[1]
    3
    """
    from sleepstats.reading import read_diary

    return read_diary(sample_path(name))


def sample_path(name: str = "diary") -> Path:
    """Say where a shipped sample lies, to open or copy the file itself.

    Parameters
    ----------
    name : {"diary", "spreadsheet", "sleep_cycle"}, default "diary"
        As for :func:`load_sample`.

    Returns
    -------
    Path
        An existing CSV file.

    Raises
    ------
    DiaryError
        If there is no sample of that name, or this installation has lost its samples.

    Examples
    --------
    >>> sample_path("spreadsheet").name
    'spreadsheet.csv'
    >>> sample_path("dairy")
    Traceback (most recent call last):
    ...
    sleepstats.errors.DiaryError: No sample 'dairy'. Did you mean 'diary'? Samples: diary, ...
    """
    if not isinstance(name, str) or name not in SAMPLES:
        near = did_you_mean(name, SAMPLES)
        raise DiaryError(f"No sample {spelled(name)}.{near} Samples: {', '.join(SAMPLES)}.")
    places = _places()
    for place in places:
        path = place / f"{name}.csv"
        if path.is_file():
            return path
    raise DiaryError(
        f"Sample '{name}.csv' lies neither in {places[0]} (where an installation has it) nor in "
        f"{places[1]} (where a checkout has it). Install sleepstats again."
    )


def _places() -> tuple[Path, Path]:
    """Return the folder of a built wheel and that of a checkout or editable installation."""
    return (
        Path(str(files("sleepstats"))) / "_sample",
        Path(__file__).resolve().parents[2] / "data" / "sample",
    )
