"""How regular sleep is: what can only be said of many nights together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Floats, Ints
from sleepstats.checks import check_nights
from sleepstats.columns import PERSON, column_of
from sleepstats.errors import DiaryError, did_you_mean, spelled, worded
from sleepstats.measures import add_measures, description
from sleepstats.units import CLOCK_UNIT, Table, counted

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@worded
def regularity(
    nights: pd.DataFrame, *, free_days: str | Sequence[str] = ("Saturday", "Sunday")
) -> pd.DataFrame:
    """Say how regular sleep is from night to night, with the definition of each measure.

    Parameters
    ----------
    nights : DataFrame
        One row per night with clock times: ``sleep_onset`` and ``final_wake`` (or what
        :func:`add_measures` makes them from); where a diary has sleep times on fewer than half as
        many nights as ``into_bed`` and ``out_of_bed``, the time in bed is taken instead, and
        ``basis`` says so.
    free_days : sequence of str, or str
        Days without work, by name; the night before one is a free night. By default Saturday and
        Sunday, so that Friday and Saturday evenings are free. Or the name of a yes/no column that
        says of each night whether the day after it was free.

    Returns
    -------
    DataFrame
        One row per measure, indexed by ``measure`` (by ``person`` and ``measure`` where the frame
        holds several people), at full precision:

        ``value`` : float
            Missing where the diary holds less than ``needed``.
        ``unit`` : str
            Its unit.
        ``n`` : int
            Nights used; pairs of consecutive nights for ``sri``.
        ``needed`` : str
            The least data for a value.
        ``reason`` : str
            Why there is no value; empty where there is one.
        ``basis`` : str
            The columns it was made from.
        ``definition`` : str
            What it is, in one line.
        ``source`` : str
            Where the definition comes from, with DOI.

        The measures:

        ``midsleep_sd_min``
            Standard deviation of midsleep on the clock.
        ``tst_sd_min``
            Standard deviation of total sleep time.
        ``sri``
            Sleep Regularity Index, −100 to 100.
        ``midsleep_work_h``, ``midsleep_free_h``
            Mean midsleep before work days and before free days, in hours after the evening's
            midnight (27.5 is 03:30).
        ``social_jetlag_min``
            How far these two are apart.

    Raises
    ------
    DiaryError
        If the index is not one of nights, a day has no such name, or the column of free days is
        not there or holds neither yes nor no.

    Notes
    -----
    ``midsleep_sd_min`` is the circular standard deviation ``sqrt(-2 ln R) * 1440 / (2 π)``: each
    hour h of midsleep is a point on a circle, at the angle ``2 π h / 24``, and R (0 to 1) is how
    far from the centre their mean lies; for nights close together it is the ordinary one with
    divisor n.
    ``tst_sd_min`` is the ordinary one with divisor n − 1. Both need 7 nights: with a week or less,
    standard deviations make sleep look more regular than it is [1]_.

    ``sri`` [2]_ is 100 for the same hours every day, 0 if being asleep at an hour says nothing
    about that hour a day later, and negative if it reverses::

        SRI = -100 + 200 * same / (M * (N - 1))

    of N days, each cut into M epochs. ``same`` counts the pairs of an epoch and the epoch 24 hours
    later, ``M * (N - 1)`` in all, of which both are asleep or both awake. Here epochs are
    infinitely short: beginnings and ends of sleep are compared exactly, over days from 12 hours
    before the mean midsleep to 12 hours after it. Only consecutive nights that are both known make
    a pair, at least 5 are needed, and a missing night shifts nothing. Asleep is the time from sleep
    onset to the final awakening, awake all other time: a diary does not say when the wakings in the
    night were, nor the naps. By wrist, which sees them, half of 60,977 people of the UK Biobank had
    74 to 86 [3]_; 30 min awake a night take 8 off.

    ``social_jetlag_min`` [4]_ is ``|MSF - MSW|``, the shorter way around the clock between the
    circular means of midsleep on free and on work nights. It needs 2 free and 3 work nights.

    References
    ----------
    .. [1] Fischer D, Klerman EB, Phillips AJK. Measuring sleep regularity: theoretical properties
       and practical usage of existing metrics. Sleep 2021;44(10):zsab103.
       https://doi.org/10.1093/sleep/zsab103
    .. [2] Phillips AJK, Clerx WM, O'Brien CS, et al. Irregular sleep/wake patterns are associated
       with poorer academic performance and delayed circadian and sleep/wake timing. Sci Rep
       2017;7:3216. https://doi.org/10.1038/s41598-017-03171-4
    .. [3] Windred DP, Burns AC, Lane JM, et al. Sleep regularity is a stronger predictor of
       mortality risk than sleep duration: a prospective cohort study. Sleep 2024;47(1):zsad253.
       https://doi.org/10.1093/sleep/zsad253
    .. [4] Wittmann M, Dinich J, Merrow M, Roenneberg T. Social jetlag: misalignment of biological
       and social time. Chronobiol Int 2006;23(1-2):497-509.
       https://doi.org/10.1080/07420520500545979

    Examples
    --------
    Two weeks, one hour later on Friday and Saturday evenings:

    >>> index = pd.date_range("2026-01-05", periods=14, name="night")
    >>> later = pd.to_timedelta(60 * index.day_of_week.isin([4, 5]), unit="min")
    >>> nights = pd.DataFrame({
    ...     "sleep_onset": index + pd.Timedelta("23:00:00") + later,
    ...     "final_wake": index + pd.Timedelta("31:00:00") + later,
    ... }, index=index)
    >>> table = regularity(nights)
    >>> table[["value", "unit", "n"]].round(1)
                       value                            unit   n
    measure
    midsleep_sd_min     27.1                             min  14
    tst_sd_min           NaN                             min   0
    sri                 94.9                                  13
    midsleep_work_h     27.0  h after the evening's midnight  10
    midsleep_free_h     28.0  h after the evening's midnight   4
    social_jetlag_min   60.0                             min  14
    >>> table.loc["tst_sd_min", "reason"]
    'tst_min is known on 0 nights; 7 nights are needed'
    """
    check_nights(nights)
    nights = add_measures(nights)
    if isinstance(nights.index, pd.MultiIndex):
        tables = {
            who: regularity(one, free_days=free_days) for who, one in description.by_person(nights)
        }
        if not tables:
            raise DiaryError("nights holds no night of anybody. Read a diary with nights in it.")
        return Table.of(pd.concat(tables, names=[PERSON]), _view)
    free, work = free_and_work(nights, free_days)
    begin, end, basis = _times(nights)
    sleeping = basis == description.SLEEP
    own = sleeping and "midsleep_h" in nights
    middle = description.hours_of(nights, "midsleep_h") if own else (begin + end) / 2.0
    rows = [
        description.midsleep_sd(middle, basis),
        description.duration_sd(nights),
        same_hours(nights),
        *description.social_jetlag(middle, free, work, basis),
    ]
    return Table.of(pd.DataFrame(rows).set_index("measure"), _view)


def _view(table: pd.DataFrame, wide: bool) -> tuple[pd.DataFrame, str]:
    """Return the measures for reading: what each is, or why it has no value."""
    shown = table.reset_index()[[*table.index.names, "value", "n"]]
    clock = table["unit"] == CLOCK_UNIT
    shown["value"] = [
        description.number_said(value, clock=is_clock, places=0)
        + ("" if is_clock or not unit else f" {unit}")
        for value, is_clock, unit in zip(table["value"], clock, table["unit"], strict=True)
    ]
    shown["value"] = shown["value"].where(table["value"].notna().to_numpy(), "")
    told = table["reason"].where(table["reason"] != "", table["definition"])
    shown["what it is, or why it has no value"] = told.to_numpy()
    if wide:
        shown["source"] = table["source"].to_numpy()
    return shown, how_regular(dict(table.T["sri"])) if "sri" in table.index else ""


def _times(nights: pd.DataFrame, *, ends: bool = False) -> tuple[Floats, Floats, tuple[str, str]]:
    """Return begin and end in hours after the evening's midnight, of sleep or of time in bed.

    Where both ``ends`` are needed, midsleep alone is no reason to take those of sleep.
    """
    found = []
    for pair in (description.SLEEP, description.BED):
        begin, end = (
            description.hours_of(nights, name) if name in nights else np.full(len(nights), np.nan)
            for name in pair
        )
        usable = (end > begin) & (end - begin <= 24.0)
        found.append(
            (np.where(usable, begin, np.nan), np.where(usable, end, np.nan), int(usable.sum()))
        )
    asleep = found[0][2]
    if "midsleep_h" in nights and not ends:
        asleep = max(asleep, int(nights["midsleep_h"].notna().sum()))
    of_sleep, of_bed = (*found[0][:2], description.SLEEP), (*found[1][:2], description.BED)
    return of_sleep if 2 * asleep >= found[1][2] else of_bed


def free_and_work(nights: pd.DataFrame, free_days: str | Sequence[str]) -> tuple[Bools, Bools]:
    """Return which nights come before free days and which before work days."""
    if isinstance(free_days, str):
        if free_days not in nights:
            raise DiaryError(
                f"free_days={free_days!r}: no such column in nights."
                f"{did_you_mean(free_days, map(str, nights.columns))} Give the name of a yes/no "
                'column, or days: free_days=["Saturday", "Sunday"].'
            )
        column = nights[free_days]
        if not pd.api.types.is_numeric_dtype(column.dtype):
            raise DiaryError(
                f"free_days={free_days!r}: the column is {column.dtype}, expected yes/no (boolean)."
            )
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        if not bool(np.isin(values[~np.isnan(values)], (0.0, 1.0)).all()):
            raise DiaryError(
                f"free_days={free_days!r}: the column holds numbers other than 0 and 1, expected "
                "yes/no (boolean)."
            )
        return values == 1.0, values == 0.0
    names = {day.casefold(): number for number, day in enumerate(_DAYS)}
    wrong = [day for day in free_days if not isinstance(day, str) or day.casefold() not in names]
    if wrong:
        raise DiaryError(
            [
                f"free_days: {spelled(day)} is no day of the week.{did_you_mean(day, _DAYS)} "
                f"Expected {', '.join(_DAYS)}."
                for day in wrong
            ]
        )
    mornings = [(names[str(day).casefold()] - 1) % 7 for day in free_days]
    free = np.isin(pd.DatetimeIndex(nights.index).day_of_week.to_numpy(), mornings)
    return free, ~free


_PHILLIPS = "Phillips et al. 2017, doi:10.1038/s41598-017-03171-4"
#: Minutes of a day.
DAY_MIN = 1440.0
#: Half of adults had these by wrist (Windred 2024); 30 min awake take ``200 * 2 * 30 / 1440`` off.
HALF_HAD, UNSEEN, STATES = (74.0, 86.0), 8.0, ("asleep or awake", "in bed or not")


def how_regular(row: Mapping[Any, Any]) -> str:
    """Say in plain words whether hours are regular: surely less, surely more, else as usual."""
    index, (low, high), bed = float(row["value"]), HALF_HAD, "into_bed" in row["basis"]
    how = "less regular than three of four" if index < low else "roughly as regular as is usual"
    how = "more regular than three of four" if index > high + UNSEEN else how
    told = (
        f"These hours are {how}: at {50.0 + index / 2.0:.0f} of 100 moments you were {STATES[bed]} "
        f"as 24 hours before, a regularity index of {index:.0f}. (Half of 60,977 adults had "
        f"{low:.0f} to {high:.0f} by a device that saw wakings, too; here, without them, it comes "
        f"out up to about {UNSEEN:.0f} higher; doi:10.1093/sleep/zsad253.)"
    )
    return told * (not math.isnan(index))


def same_hours(nights: pd.DataFrame) -> dict[str, Any]:
    """Say how alike days are: the Sleep Regularity Index of the nights that follow each other."""
    begin, end, basis = _times(nights, ends=True)
    day = nights.index.to_numpy().astype("datetime64[D]").astype(np.int64)
    middle = description.mean_h((begin + end) / 2.0)
    cut = 720.0 if math.isnan(middle) else 60.0 * (middle - 12.0)
    apart = pair_disagreement(day, 60.0 * begin, 60.0 * end, cut)
    n = len(apart)
    least, pairs = description.LEAST_PAIRS, counted(n, "pair")
    known = f"{pairs} of consecutive nights {'is' if n == 1 else 'are'} known"
    told = [name for name in basis if name in nights and nights[name].notna().any()]
    lacks = [column_of(nights, name).label for name in basis if name not in told]
    return description.row_of(
        "sri", regularity_index(apart), "", n, f"{least} pairs of consecutive nights",
        enough=n >= least,
        found=f"no night tells {' and '.join(lacks)}" if lacks else known,
        basis=description.joined(basis), source=_PHILLIPS,
        definition="how regular hours are, 100 at most: how often one is "
        f"{STATES[basis != description.SLEEP]} as 24 h before (Sleep Regularity Index: 200 × that "
        "share − 100; wakings and naps not seen)",
    )  # fmt: skip


def pair_disagreement(day: Ints, begin: Floats, end: Floats, cut_min: float = 720.0) -> Floats:
    """Return, for each pair of consecutive days, the minutes in which their states differ."""
    usable = (end > begin) & (end - begin <= DAY_MIN)
    day, begin, end = day[usable], begin[usable] - cut_min, end[usable] - cut_min
    if len(day) < 2:
        return np.empty(0)
    # a day runs from cut to cut: its own night, and what the nights beside it reach into it;
    # between two neighbouring beginnings or ends of two days, laid over each other, either
    # day's state is constant, so that the sum of the stretches that differ is exact
    starts, ends = _with_neighbours(day, begin, end)
    pair = np.flatnonzero(np.diff(day) == 1)
    edges = np.concatenate([starts[pair], ends[pair], starts[pair + 1], ends[pair + 1]], axis=1)
    edges = np.sort(np.clip(edges, 0.0, DAY_MIN))
    middle = (edges[:, 1:] + edges[:, :-1]) / 2.0
    differ = _asleep(starts[pair], ends[pair], middle) != _asleep(
        starts[pair + 1], ends[pair + 1], middle
    )
    return np.asarray((np.diff(edges) * differ).sum(axis=1), dtype=np.float64)


def regularity_index(disagreement: Floats) -> float:
    """Return the Sleep Regularity Index of pairs of days, −100 to 100; NaN without pairs."""
    if not len(disagreement):
        return float("nan")
    return float(100.0 - 200.0 * disagreement.mean() / DAY_MIN)


def _with_neighbours(day: Ints, begin: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Return the sleep of the nights before, on and after each day, on the day's own axis."""
    starts = np.zeros((len(day), 3))  # an unknown neighbour is an interval of no length
    ends = starts.copy()
    starts[:, 1], ends[:, 1] = begin, end
    follows = np.diff(day) == 1
    starts[1:, 0] = follows * (begin[:-1] - DAY_MIN)
    ends[1:, 0] = follows * (end[:-1] - DAY_MIN)
    starts[:-1, 2] = follows * (begin[1:] + DAY_MIN)
    ends[:-1, 2] = follows * (end[1:] + DAY_MIN)
    return starts, ends


def _asleep(starts: Floats, ends: Floats, when: Floats) -> Bools:
    """Say for each row's moments whether any of the row's three intervals holds them."""
    state = np.zeros(when.shape, dtype=np.bool_)
    for i in range(starts.shape[1]):
        state |= (when >= starts[:, [i]]) & (when < ends[:, [i]])
    return state


def longest_run(short: Bools, number: Ints) -> tuple[int, int]:
    """Return length and first place of the longest run of calendar nights that are all short."""
    best, start, run = 0, 0, 0
    for place, yes in enumerate(short):
        follows = run and yes and number[place] == number[place - 1] + 1
        run = run + 1 if follows else int(yes)
        if run > best:
            best, start = run, place - run + 1
    return best, start
