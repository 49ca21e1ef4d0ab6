"""Measures of one night as columns, each from its definition; those between nights stand beside."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats, Ints, Objects
from sleepstats.checks import check_nights, check_shape
from sleepstats.columns import PERSON
from sleepstats.errors import DiaryError, spelled, worded
from sleepstats.measures.sheet import DAY_MIN, TOLERATED_MIN, Sheet, known

#: A clock-valued habit this long after bed time, or this long before it, is not of that evening.
LATEST_AFTER_BED_H, EARLIEST_BEFORE_BED_H = 3.0, 24.0

_NO_LIGHTS_OUT = (
    "No night says when the person tried to sleep: falling asleep is counted from getting into bed."
)
_NO_INTO_BED = "No night says when the person got into bed: time in bed begins with lights out."
_NO_OUT_OF_BED = (
    "No night says when the person got out of bed: time in bed ends with the final awakening."
)
#: Time asleep and time in bed are rounded each for itself.
ROUNDED_MIN = 1.0
#: Pairs of clock items that stand in for time in bed: its label then, and the note about the file.
_STAND_INS = {
    ("into_bed", "final_wake"): ("time in bed to the final awakening", _NO_OUT_OF_BED),
    ("lights_out", "out_of_bed"): ("time from lights out to rising", _NO_INTO_BED),
    ("lights_out", "final_wake"): (
        "time from lights out to the final awakening", f"{_NO_INTO_BED} {_NO_OUT_OF_BED}"
    ),
}  # fmt: skip


@worded
def add_measures(nights: pd.DataFrame) -> pd.DataFrame:
    r"""Compute the nightly measures from the clock items and durations that were recorded.

    :func:`read_diary` has done it already; a frame built by hand wants it once.

    Parameters
    ----------
    nights : DataFrame
        One row per night. Used where present: ``into_bed``, ``lights_out``, ``sleep_onset``,
        ``final_wake``, ``out_of_bed`` (local time), ``sol_min``, ``waso_min`` (min), ``nawk``,
        and habits that are clock times, such as ``caffeine_last`` (local time).

    Returns
    -------
    DataFrame
        A new frame with the same rows. A column is added only if at least one night has a value:

        ``sleep_onset`` : datetime64
            ``lights_out + sol_min``.
        ``sol_min`` : float, min
            ``sleep_onset − lights_out``, where falling asleep was recorded as a clock time.
        ``waso_min`` : float, min
            0 where ``nawk`` is 0 and the duration was left blank.
        ``tib_min`` : float, min
            Time in bed, ``out_of_bed − into_bed``.
        ``spt_min`` : float, min
            Sleep period time, ``final_wake − sleep_onset``.
        ``tst_min`` : float, min
            Total sleep time, ``spt_min − waso_min``.
        ``twak_min`` : float, min
            Terminal wakefulness, ``out_of_bed − final_wake``.
        ``se_pct`` : float, %
            Sleep efficiency, ``100 tst_min / tib_min``.
        ``midsleep_h`` : float, h
            Middle of the sleep period on the clock, in hours after the midnight of the evening
            date (27.5 is 03:30).
        ``<name>_h_before_bed`` : float, h
            For each habit of the day that is a clock time: hours from it to ``lights_out`` (to
            ``into_bed`` if no night has ``lights_out``); negative after it.
        ``problem`` : str
            What contradicts what on that night, appended to what stood there.

    Raises
    ------
    DiaryError
        If it is no frame of nights, a clock column is no local time, or a duration no number.

    Notes
    -----
    *What was recorded wins.* A value that stands in a column is kept, and only blanks are filled;
    a column that a device measured is not filled at all. Where the kept value is more than 5 min
    from what the other columns give, ``problem`` says so; a difference of 50 to 70 min may be a
    change of the clocks, which is said, too. To have a column computed afresh, drop it first.

    *What cannot be is missing, never bent.* A duration below 0 or above 24 h, a time in bed or
    sleep period of 0, a sleep onset after the final awakening, total sleep more than 5 min longer
    than the time in bed, a sleep period more than 5 min shorter than the sleep in it, an efficiency
    above 100 %, stages (alone or together) over 30 min longer than the night, more than one
    awakening in 4 min: each becomes missing with a sentence in ``problem``.

    *Total sleep time needs WASO.* A diary that never asked how long the awakenings lasted gets no
    ``tst_min`` and no ``se_pct``; the length of its nights is ``spt_min``.

    *Items that were never asked.* If no night has ``lights_out``, latency is counted from
    ``into_bed``; if no night has ``into_bed``, time in bed begins with ``lights_out``; if no night
    has ``out_of_bed``, it ends with ``final_wake``. This holds for all nights or for none, so that
    a column never mixes two definitions; ``nights.attrs["sleepstats"]`` then says it, and labels
    follow. A blank on a single night is never stood in for.

    *Efficiency* is the conventional ratio to the time in bed [1]_, and ``tib_min`` the column to
    look at when it surprises: reading in bed lowers it. Reed and Sacco [2]_ divide by
    ``sol + tst + waso +`` time trying to sleep after the final awakening instead.

    *Clocks that change.* Durations are differences of the wall clock unless the reading record
    names a time zone (``read_diary(tz=...)``), and elapsed time then. In the hour that runs
    twice the first run is taken, and said.

    *Idempotent:* a second call changes nothing.

    References
    ----------
    .. [1] Carney CE, Buysse DJ, Ancoli-Israel S, et al. The Consensus Sleep Diary: standardizing
       prospective sleep self-monitoring. Sleep 2012;35(2):287-302.
       https://doi.org/10.5665/sleep.1642
    .. [2] Reed DL, Sacco WP. Measuring sleep efficiency: what should the denominator be? J Clin
       Sleep Med 2016;12(2):263-266. https://doi.org/10.5664/jcsm.5498

    Examples
    --------
    In bed at 22:00, lights out 22:30, asleep after 18 min, 30 min awake, up at 06:45:

    >>> index = pd.DatetimeIndex(["2026-01-05"], name="night")
    >>> evening, morning = pd.Timestamp("2026-01-05"), pd.Timestamp("2026-01-06")
    >>> nights = pd.DataFrame({
    ...     "into_bed": evening + pd.Timedelta("22:00:00"),
    ...     "lights_out": evening + pd.Timedelta("22:30:00"),
    ...     "sol_min": 18.0, "waso_min": 30.0,
    ...     "final_wake": morning + pd.Timedelta("06:30:00"),
    ...     "out_of_bed": morning + pd.Timedelta("06:45:00"),
    ... }, index=index)
    >>> add_measures(nights)[["tib_min", "spt_min", "tst_min", "se_pct", "midsleep_h"]]
                tib_min  spt_min  tst_min     se_pct  midsleep_h
    night
    2026-01-05    525.0    462.0    432.0  82.285714       26.65
    """
    check_shape(nights)
    return _filled(Sheet(nights))


def measured(nights: pd.DataFrame, problem: Objects) -> pd.DataFrame:
    """Do the same where what is told of each night is kept apart; ``problem`` grows in place."""
    return _filled(Sheet(nights, problem))


def _filled(sheet: Sheet) -> pd.DataFrame:
    """Settle one measure after the other, each from those before it."""
    bed, lights = sheet.clock("into_bed"), sheet.clock("lights_out")
    wake, rise = sheet.clock("final_wake"), sheet.clock("out_of_bed")
    begin, begin_name = (lights, "lights_out") if known(lights) else (bed, "into_bed")

    onset = _sleep_onset(sheet, begin, begin_name, np.where(np.isnan(wake), rise, wake))
    tib = _time_in_bed(sheet, bed, lights, wake, rise)
    spt = _sleep_period(sheet, wake - onset, tib)
    longest = np.fmax(np.fmax(tib, spt), np.fmax(wake, rise) - np.fmin(bed, lights))
    tst = _total_sleep_time(sheet, spt, tib, sheet.awakenings(longest))
    sheet.drop_beyond(longest, tst)
    sheet.settle("twak_min", rise - wake, "final_wake and out_of_bed")
    # 100 x / x is not always 100, and rounded to minutes what was slept may be one more
    full = (tst >= tib) & (tst <= tib + ROUNDED_MIN)
    efficiency = np.where(full, 100.0, 100.0 * tst / tib)
    sheet.settle("se_pct", efficiency, "tst_min and tib_min", most=100.0, minutes=tib / 100.0)
    middle = sheet.wall_hours(onset + spt / 2.0)
    ends = "sleep_onset and final_wake"
    sheet.settle("midsleep_h", middle, ends, least=-24.0, most=72.0, minutes=60.0)
    for name in sheet.clock_habits():
        hours = (begin - sheet.clock(name)) / 60.0
        sheet.settle(
            f"{name}_h_before_bed", hours, f"{name} and {begin_name}",
            least=-LATEST_AFTER_BED_H, most=EARLIEST_BEFORE_BED_H, minutes=60.0,
            too_little=f"more than {LATEST_AFTER_BED_H:g} h after bed time",
            too_much=f"more than {EARLIEST_BEFORE_BED_H:g} h before bed time",
        )  # fmt: skip
    return sheet.frame()


def _sleep_onset(sheet: Sheet, begin: Floats, begin_name: str, until: Floats) -> Floats:
    """Settle when sleep began and how long that took."""
    recorded = sheet.clock("sleep_onset")
    tried = begin_name == "lights_out"
    latency = recorded - begin if tried else sheet.blank
    sol = sheet.settle_part("sol_min", latency, "lights_out and sleep_onset", until - begin)
    computed = begin + sol
    if not tried:
        if known(recorded):
            computed = sheet.blank
        elif known(computed):
            sheet.stand_in("sleep_onset", made_of=[begin_name, "sol_min"], note=_NO_LIGHTS_OUT)
    return sheet.settle_onset(recorded, computed, f"{begin_name} and sol_min", until)


def _time_in_bed(sheet: Sheet, bed: Floats, lights: Floats, wake: Floats, rise: Floats) -> Floats:
    """Settle time in bed, from the best pair of clock items that the diary has."""
    begin, begin_name = (bed, "into_bed") if known(bed) else (lights, "lights_out")
    end, end_name = (rise, "out_of_bed") if known(rise) else (wake, "final_wake")
    computed = end - begin
    if (begin_name, end_name) in _STAND_INS:
        label, note = _STAND_INS[begin_name, end_name]
        recorded = sheet.number("tib_min")
        if bool(((recorded > 0.0) & (recorded <= DAY_MIN)).any()):
            computed = sheet.blank
        elif known(computed):
            made_of = [begin_name, end_name, "tst_min"]
            sheet.stand_in("tib_min", made_of=made_of, note=note, label=label)
    return sheet.settle("tib_min", computed, f"{begin_name} and {end_name}", above=0.0)


def _sleep_period(sheet: Sheet, computed: Floats, tib: Floats) -> Floats:
    """Settle the sleep period, which cannot be shorter than the sleep that was recorded in it."""
    asleep = sheet.number("tst_min")
    # clocks that give no period say nothing; where there are none the recorded period is asked
    possible = (asleep <= np.fmin(tib + TOLERATED_MIN, DAY_MIN)) & ~(computed <= 0.0)
    least = np.where(possible, asleep - TOLERATED_MIN, 0.0)
    spt = sheet.settle(
        "spt_min", computed, "sleep_onset and final_wake", above=0.0,
        least=np.fmax(least, 0.0), too_little="less than tst_min",
    )  # fmt: skip
    sheet.tell_longer("spt_min", spt, "tib_min", tib)
    return spt


def _total_sleep_time(sheet: Sheet, spt: Floats, tib: Floats, nawk: Floats) -> Floats:
    """Settle total sleep time, if the diary asked how long the awakenings lasted."""
    waso, through = sheet.number("waso_min"), nawk == 0
    usable = (waso >= 0.0) & (waso <= DAY_MIN)
    asked = bool((usable & ~through).any() or (usable.any() and not (nawk > 0).any()))
    # Zeros alone, on nights slept through, would pick out the good nights.
    slept_through = np.where(through, 0.0, np.nan) if asked else sheet.blank
    waso = sheet.settle_part("waso_min", slept_through, "nawk", spt)
    return sheet.settle(
        "tst_min", spt - waso if asked else sheet.blank, "spt_min and waso_min",
        most=np.fmin(tib + TOLERATED_MIN, DAY_MIN), too_much="more than tib_min allows",
    )  # fmt: skip


#: The column that :func:`add_bedtime_deviation` adds.
DEVIATION = "bedtime_deviation_min"
#: What a bed time is, best first.
BED_TIMES = ("into_bed", "lights_out")
#: Calendar days before a night that make the usual, and nights of those that must be known.
DAYS_BACK, LEAST_BEFORE = 28, 7
#: Below this mean resultant length bed times are all round the clock: there is no usual.
_NO_USUAL = 0.3


@worded
def add_bedtime_deviation(
    nights: pd.DataFrame, *, days_back: int = DAYS_BACK, least: int = LEAST_BEFORE
) -> pd.DataFrame:
    """Add how far each night's bed time lay from the person's usual, earlier or later.

    Parameters
    ----------
    nights : DataFrame
        One row per night with ``into_bed`` or, where that is not recorded, ``lights_out``; of one
        or several people.
    days_back : int
        Calendar days before the night that make its usual.
    least : int
        Nights of those with a bed time that are needed; fewer leave the night missing.

    Returns
    -------
    DataFrame
        A copy with ``bedtime_deviation_min`` (minutes, 0 to 720), a factor of the night, which
        :func:`~sleepstats.correlate` then asks about. It is not added by itself: every further
        factor makes all other findings a little harder.

    Raises
    ------
    DiaryError
        For a frame that is no ``nights``, without bed times, or numbers out of range.

    Notes
    -----
    The usual of a night is the circular mean of the bed times on the ``days_back`` days before it,
    without itself and later nights. The deviation is the shorter way round the clock. Where the
    earlier bed times lie all round the clock (mean resultant length below 0.3) there is no usual.

    The deviation shares a clock with ``into_bed``, ``lights_out``, ``sleep_onset``, ``midsleep_h``
    and ``tib_min``: questions about those are refused as tautologies; about ``tst_min`` they are
    questions, not definitions.

    References
    ----------
    Fischer, Klerman & Phillips 2021, doi:10.1093/sleep/zsab103 (what measures of
    regularity see).

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, truth = ss.simulate_nights(60, seed=1)
    >>> nights = ss.add_bedtime_deviation(nights)
    >>> int(nights.bedtime_deviation_min.isna().sum()), "bedtime_deviation_min" in nights
    (7, True)
    """
    check_nights(nights)
    problems = []
    if not 1 <= days_back <= 365:
        problems.append(
            f"add_bedtime_deviation(): days_back is {spelled(days_back)}, expected 1 to 365 days."
        )
    if not 1 <= least <= days_back:
        problems.append(
            f"add_bedtime_deviation(): least is {spelled(least)}, expected 1 to days_back "
            f"({spelled(days_back)})."
        )
    known = [name for name in BED_TIMES if name in nights and nights[name].notna().any()]
    if not known:
        problems.append(
            "add_bedtime_deviation() needs bed times in into_bed or lights_out; nights has none. "
            "Read them with read_diary(path)."
        )
    if problems:
        raise DiaryError(problems)
    clock = nights[known[0]]
    for name in known[1:]:
        clock = clock.fillna(nights[name])
    evening = pd.DatetimeIndex(nights.index.get_level_values(-1))
    minutes = ((clock.to_numpy("datetime64[us]") - evening.to_numpy("datetime64[us]"))
               / np.timedelta64(1, "m"))  # fmt: skip
    day = evening.to_numpy("datetime64[D]").astype(np.int64)
    deviation = np.full(len(nights), np.nan)
    people = np.zeros_like(day)
    if isinstance(nights.index, pd.MultiIndex):
        people = pd.factorize(nights.index.get_level_values(PERSON))[0]
    for person in np.unique(people):
        rows = np.flatnonzero(people == person)
        deviation[rows] = _deviation(day[rows], minutes[rows], days_back, least)
    return nights.assign(**{DEVIATION: deviation})


def _deviation(day: Ints, minutes: Floats, days_back: int, least: int) -> Floats:
    """Return the distance of every night of one person from the mean of the nights before it."""
    known = ~np.isnan(minutes)
    angle = np.nan_to_num(minutes) * (2.0 * np.pi / DAY_MIN)
    sums = np.zeros((3, len(day) + 1))
    sums[:, 1:] = np.cumsum([known * np.cos(angle), known * np.sin(angle), known], axis=1)
    first = np.searchsorted(day, day - days_back)
    east, north, count = sums[:, :-1] - sums[:, first]
    off = np.angle(np.exp(1j * (angle - np.arctan2(north, east))))
    usual = known & (count >= least) & (np.hypot(east, north) >= _NO_USUAL * count)
    return np.asarray(np.where(usual, np.abs(off) * (DAY_MIN / (2.0 * np.pi)), np.nan))
