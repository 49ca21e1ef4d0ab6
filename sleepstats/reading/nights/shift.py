"""Whether two files about the same nights would fit better one day apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

#: Two clock times within this are the same observation, one of them on a person's own clock.
SAME_CLOCK_MIN = 15.0
#: A shift fits clearly better when this much larger a share of nights agrees, ...
SHARE_BETTER = 0.2
#: ... by this many standard errors, ...
CLOCK_ERRORS = 3.0
#: ... or, without clocks, when this many more evenings find a night, by this many errors.
MORE_MATCHED, MATCH_ERRORS = 3, 2.0
FEWEST = 10
_PAIRS = (("into_bed", "lights_out", "sleep_onset"), ("out_of_bed", "final_wake"))


def better_shift(nights: pd.DataFrame, other: pd.DataFrame) -> tuple[int, str]:
    """Compare the companion as labelled with the companion one day earlier and later."""
    by_clock = _by_clock(nights, other)
    return by_clock if by_clock is not None else _by_gaps(nights, other)


def same_clock(nights: pd.DataFrame, other: pd.DataFrame, shift: int = 0) -> tuple[int, int, str]:
    """Count common nights with one bed (else rising) time within 15 min, the other moved."""
    moved = other.set_axis(other.index + pd.Timedelta(days=shift), axis=0)
    common = nights.index.intersection(moved.index)
    for names, word in zip(_PAIRS, ("bed", "rising"), strict=True):
        one = next((n for n in names if n in nights), None)
        two = next((n for n in names if n in other), None)
        if one is None or two is None:
            continue
        gap = _clock_gap(nights.loc[common, one], moved.loc[common, two])
        known = np.isfinite(gap)
        if known.any():
            return int((gap[known] <= SAME_CLOCK_MIN).sum()), int(known.sum()), word
    return 0, 0, ""


def _clock_gap(one: pd.Series, two: pd.Series) -> np.ndarray:
    """Minutes between two readings of the clock, whatever their dates."""
    minutes = (one.to_numpy() - two.to_numpy()) / np.timedelta64(1, "m")
    gap: np.ndarray = np.abs(np.mod(minutes + 720.0, 1440.0) - 720.0)
    return gap


def _by_clock(nights: pd.DataFrame, other: pd.DataFrame) -> tuple[int, str] | None:
    now, of_now, word = same_clock(nights, other)
    if of_now < FEWEST:
        return None
    best, why = 0, ""
    most = now / of_now
    for shift in (-1, 1):
        then, of_then, _ = same_clock(nights, other, shift)
        if of_then < FEWEST:
            continue
        share, pooled = then / of_then, (now + then) / (of_now + of_then)
        error = (pooled * (1 - pooled) * (1 / of_now + 1 / of_then)) ** 0.5
        gain = share - now / of_now
        if share > most and gain >= SHARE_BETTER and gain >= CLOCK_ERRORS * error:
            best, most = shift, share
            why = (
                f"as its dates are labelled, {now} of {of_now} common nights have the same {word} "
                f"time within {SAME_CLOCK_MIN:.0f} min; one day {_way(shift)} it would be {then} "
                f"of {of_then}. {_advice(shift)}"
            )
    return best, why


def _by_gaps(nights: pd.DataFrame, other: pd.DataFrame) -> tuple[int, str]:
    have = nights.index
    now = other.index.isin(have)
    best, why, most = 0, "", 0
    for shift in (-1, 1):
        then = pd.DatetimeIndex(other.index + pd.Timedelta(days=shift)).isin(have)
        gained, lost = int((then & ~now).sum()), int((now & ~then).sum())
        surplus = gained - lost
        if surplus > most and surplus >= max(
            MORE_MATCHED, MATCH_ERRORS * float(gained + lost) ** 0.5
        ):
            best, most = shift, surplus
            why = (
                f"as its dates are labelled, {int(now.sum())} of its {len(now)} evenings have a "
                f"night; one day {_way(shift)} it would be {int(then.sum())}, and the gaps of both "
                f"would fall together. {_advice(shift)}"
            )
    return best, why


def _way(shift: int) -> str:
    return "earlier" if shift < 0 else "later"


def _advice(shift: int) -> str:
    labels = "morning" if shift < 0 else "evening"
    return (
        f"Nothing was shifted. If its dates name the {labels}: "
        f"join_evenings(..., labels={labels!r})."
    )
