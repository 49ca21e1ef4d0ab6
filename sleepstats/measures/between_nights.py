"""How regular sleep is: what can only be said of many nights together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Floats
from sleepstats.checks import check_nights
from sleepstats.clock import circular_mean_h, circular_sd_h
from sleepstats.columns import PERSON
from sleepstats.measures.description import by_person, hours_of
from sleepstats.measures.free_days import free_and_work
from sleepstats.measures.nightly import add_measures
from sleepstats.measures.same_state import pair_disagreement, regularity_index
from sleepstats.units import CLOCK_UNIT

#: The least data for each kind of measure.
LEAST_NIGHTS, LEAST_PAIRS, LEAST_FREE, LEAST_WORK = 7, 5, 2, 3

_FISCHER = "Fischer et al. 2021, doi:10.1093/sleep/zsab103"
_PHILLIPS = "Phillips et al. 2017, doi:10.1038/s41598-017-03171-4"
_WITTMANN = "Wittmann et al. 2006, doi:10.1080/07420520500545979"
_SLEEP, _BED = ("sleep_onset", "final_wake"), ("into_bed", "out_of_bed")


def regularity(
    nights: pd.DataFrame, *, free_days: str | Sequence[str] = ("Saturday", "Sunday")
) -> pd.DataFrame:
    r"""Say how regular sleep is from night to night, with the definition of each measure.

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
    ``midsleep_sd_min`` is the circular standard deviation
    :math:`\sqrt{-2\ln\bar R}\cdot 1440/2\pi` with :math:`\bar R` the length of the mean of
    :math:`e^{2\pi i h/24}`; for nights close together it is the ordinary one with divisor n.
    ``tst_sd_min`` is the ordinary one with divisor n − 1. Both need 7 nights: with a week or less,
    standard deviations make sleep look more regular than it is [1]_.

    ``sri`` [2]_ is 100 for the same hours every day, 0 if being asleep at an hour says nothing
    about that hour a day later, and negative if it reverses:

    .. math:: \mathrm{SRI} = -100 + \frac{200}{M (N-1)} \sum_{j=1}^{M} \sum_{i=1}^{N-1}
       \delta(s_{i,j}, s_{i+1,j})

    with :math:`\delta = 1` where the state :math:`s` at time of day j is the same on day i and day
    i + 1. Here the epochs are infinitely short: the beginnings and ends of sleep are compared
    exactly, over days that run from 12 hours before the mean midsleep to 12 hours after it. Only
    consecutive nights that are both known make a pair, at least 5 are needed, and a missing night
    shifts nothing. The time from sleep onset to the final awakening counts as asleep, all other
    time as awake: a diary does not say when the wakings in the night were, nor the naps. Values
    from a tracker, which sees both, are not comparable; among 60,977 people of the UK Biobank
    the median by wrist was 81 [3]_.

    ``social_jetlag_min`` [4]_ is :math:`|\mathrm{MSF} - \mathrm{MSW}|`, the shorter way around the
    clock between the circular means of midsleep on free and on work nights. It needs 2 free and
    3 work nights.

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
    if not isinstance(nights, pd.DataFrame):
        check_nights(nights)  # says what it is
    nights = add_measures(nights)
    if isinstance(nights.index, pd.MultiIndex):
        tables = {who: regularity(one, free_days=free_days) for who, one in by_person(nights)}
        return pd.concat(tables, names=[PERSON])
    free, work = free_and_work(nights, free_days)
    begin, end, basis = _times(nights)
    sleeping = basis == _SLEEP
    own = sleeping and "midsleep_h" in nights
    middle = hours_of(nights, "midsleep_h") if own else (begin + end) / 2.0
    rows = [
        _midsleep_sd(middle, basis),
        _duration_sd(nights),
        _same_hours(nights, begin, end, basis),
        *_social_jetlag(middle, free, work, basis),
    ]
    columns = ["measure", "value", "unit", "n", "needed", "reason", "basis", "definition", "source"]
    return pd.DataFrame(rows, columns=columns).set_index("measure")


def _times(nights: pd.DataFrame) -> tuple[Floats, Floats, tuple[str, str]]:
    """Return begin and end in hours after the evening's midnight, of sleep or of time in bed."""
    found = []
    for pair in (_SLEEP, _BED):
        begin, end = (
            hours_of(nights, name) if name in nights else np.full(len(nights), np.nan)
            for name in pair
        )
        usable = (end > begin) & (end - begin <= 24.0)
        found.append(
            (np.where(usable, begin, np.nan), np.where(usable, end, np.nan), int(usable.sum()))
        )
    asleep = found[0][2]
    if "midsleep_h" in nights:
        asleep = max(asleep, int(nights["midsleep_h"].notna().sum()))
    return (*found[0][:2], _SLEEP) if 2 * asleep >= found[1][2] else (*found[1][:2], _BED)


def _row(
    measure: str, value: float, unit: str, n: int, needed: str, *, enough: bool, found: str,
    basis: str, definition: str, source: str,
) -> dict[str, Any]:  # fmt: skip
    reason = "" if enough else f"{found}; {needed} are needed"
    if enough and math.isnan(value):
        reason = "the times are spread around the clock so evenly that they have no mean"
    return {
        "measure": measure,
        "value": value if enough else math.nan,
        "unit": unit,
        "n": n,
        "needed": needed,
        "reason": reason,
        "basis": basis,
        "definition": definition,
        "source": source,
    }


def _midsleep_sd(middle: Floats, basis: tuple[str, str]) -> dict[str, Any]:
    n = int((~np.isnan(middle)).sum())
    what = _middle(basis)
    return _row(
        "midsleep_sd_min", abs(60.0 * circular_sd_h(middle)), "min", n, f"{LEAST_NIGHTS} nights",
        enough=n >= LEAST_NIGHTS, found=f"{what} is known on {_count(n, 'night')}",
        basis=_joined(basis), source=_FISCHER,
        definition=f"circular standard deviation of {what} on the clock",
    )  # fmt: skip


def _duration_sd(nights: pd.DataFrame) -> dict[str, Any]:
    values = np.full(0, np.nan)
    if "tst_min" in nights:
        values = nights["tst_min"].to_numpy(dtype=np.float64, na_value=np.nan)
        values = values[~np.isnan(values)]
    n = len(values)
    return _row(
        "tst_sd_min", float(values.std(ddof=1)) if n > 1 else math.nan, "min", n,
        f"{LEAST_NIGHTS} nights", enough=n >= LEAST_NIGHTS,
        found=f"tst_min is known on {_count(n, 'night')}", basis="tst_min", source=_FISCHER,
        definition="standard deviation of total sleep time (divisor n − 1)",
    )  # fmt: skip


def _same_hours(
    nights: pd.DataFrame, begin: Floats, end: Floats, basis: tuple[str, str]
) -> dict[str, Any]:
    day = nights.index.to_numpy().astype("datetime64[D]").astype(np.int64)
    middle = _mean_h((begin + end) / 2.0)
    cut = 720.0 if math.isnan(middle) else 60.0 * (middle - 12.0)
    apart = pair_disagreement(day, 60.0 * begin, 60.0 * end, cut)
    n = len(apart)
    state = "asleep or awake" if basis == _SLEEP else "in bed or not"
    return _row(
        "sri", regularity_index(apart), "", n, f"{LEAST_PAIRS} pairs of consecutive nights",
        enough=n >= LEAST_PAIRS,
        found=f"{_count(n, 'pair')} of consecutive nights {'is' if n == 1 else 'are'} known",
        basis=_joined(basis), source=_PHILLIPS,
        definition=f"Sleep Regularity Index: 200 × the share of moments at which the state "
        f"({state}) is the same 24 h later, − 100; wakings in the night and naps not seen",
    )  # fmt: skip


def _social_jetlag(
    middle: Floats, free: Bools, work: Bools, basis: tuple[str, str]
) -> list[dict[str, Any]]:
    what = _middle(basis)
    rows, means, counts = [], [], []
    for name, flags, least in (("work", work, LEAST_WORK), ("free", free, LEAST_FREE)):
        hours = middle[flags & ~np.isnan(middle)]
        mean, n = _mean_h(hours), len(hours)
        means.append(mean)
        counts.append(n)
        rows.append(
            _row(
                f"midsleep_{name}_h", mean, CLOCK_UNIT, n,
                f"{least} {name} nights", enough=n >= least,
                found=f"{what} is known on {_count(n, f'{name} night')}",
                basis=_joined(basis), source=_WITTMANN,
                definition=f"circular mean of {what} on nights before "
                f"{'work' if name == 'work' else 'free'} days",
            )
        )  # fmt: skip
    work_n, free_n = counts
    apart = abs((means[1] - means[0] + 12.0) % 24.0 - 12.0)
    rows.append(
        _row(
            "social_jetlag_min", 60.0 * apart, "min", work_n + free_n,
            f"{LEAST_FREE} free and {LEAST_WORK} work nights",
            enough=free_n >= LEAST_FREE and work_n >= LEAST_WORK,
            found=f"{what} is known on {_count(free_n, 'free night')} and "
            f"{_count(work_n, 'work night')}",
            basis=_joined(basis), source=_WITTMANN,
            definition="absolute difference between midsleep_free_h and midsleep_work_h on the "
            "clock",
        )
    )  # fmt: skip
    return rows


def _mean_h(hours: Floats) -> float:
    """Return the circular mean, on the turn of the clock on which most of the hours are."""
    mean = circular_mean_h(hours)
    return mean if math.isnan(mean) else mean + 24.0 * round((np.nanmedian(hours) - mean) / 24.0)


def _middle(basis: tuple[str, str]) -> str:
    return "midsleep" if basis == _SLEEP else "the middle of the time in bed"


def _joined(basis: tuple[str, str]) -> str:
    return " and ".join(basis)


def _count(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"
