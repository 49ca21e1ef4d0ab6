"""Why a question cannot be asked: a short code, and what was counted, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sleepstats.arrays import Bools, Floats
from sleepstats.factors import Reading
from sleepstats.latency import LATENCY
from sleepstats.units import counted

if TYPE_CHECKING:
    from sleepstats.asking.questions import Diary, Question


#: Nights with both values that a question needs.
LEAST_NIGHTS = 14
#: Nights that must differ from the commonest value, and nights a kind must have.
LEAST_ON_A_SIDE = 3


def refusal_of(
    diary: Diary, asked: Question, exposure: Reading, alike: dict[tuple[str, bytes], str]
) -> str:
    """Return the first reason why a question cannot be asked."""
    outcome, factor = asked.outcome.name, asked.factor.name
    if outcome not in diary.names and outcome != LATENCY:
        return f"not recorded: nights has no column {outcome}"
    if LATENCY in (outcome, factor) and diary.latency_refusal:
        return diary.latency_refusal
    if outcome == factor:
        return f"tautology: {factor} is the outcome itself"
    if asked.lag == 0 and (factor in diary.made_of[outcome] or outcome in diary.made_of[factor]):
        return f"tautology: {outcome} and {factor} are tied by definition"
    if exposure.kind == "text":
        return f"text: {factor} has {len(exposure.levels)} different answers, too many to compare"
    if exposure.kind == "other":
        return f"not usable: {factor} is {exposure.levels[0]}, neither number, yes or no, nor kind"
    if exposure.kind == "yes/no" and (never := _never_no(factor, exposure.values)):
        return never
    return _too_few(asked) or _too_alike(asked, alike)


def narrowed_refusal(asked: Question) -> str:
    """Return why a question cannot be asked on the nights that also have what is held fixed."""
    n = int(asked.used.sum())
    if n < LEAST_NIGHTS:
        return (
            f"too few nights: needs at least {LEAST_NIGHTS} nights with {asked.outcome.name}, "
            f"{asked.factor.name} and what is held fixed beside them; {n} have all"
        )
    return _too_alike(asked, {})


def _never_no(factor: str, values: Floats) -> str:
    """Say when a factor was only ever ticked."""
    yes, no = int((values == 1).sum()), int((values == 0).sum())
    unknown = len(values) - yes - no
    if no or not yes or not unknown:
        return ""
    return (
        f"never recorded as no: {factor} has {yes} yes, 0 no and {unknown} not recorded; "
        "a list of ticks cannot tell no from not recorded"
    )


def _too_few(asked: Question) -> str:
    """Say how many nights have both values when they are fewer than needed."""
    n = int(asked.used.sum())
    if n >= LEAST_NIGHTS:
        return ""
    total = len(asked.used)
    gaps = {
        asked.outcome.name: int(np.isnan(asked.y).sum()),
        asked.factor.name: int(np.isnan(asked.x).sum()),
    }
    worst = max(gaps, key=lambda name: gaps[name])
    have = "has" if n == 1 else "have"
    missing = f" ({worst} is missing on {gaps[worst]} of {counted(total, 'night')})"
    return (
        f"too few nights: needs at least {LEAST_NIGHTS} nights with both {asked.outcome.name} and "
        f"{asked.factor.name}; {n} {have} both{missing if gaps[worst] else ''}"
    )


def _too_alike(asked: Question, alike: dict[tuple[str, bytes], str]) -> str:
    """Say when nearly all nights have one value of the factor, or of the outcome."""
    nights = asked.used.tobytes()
    factor = f"{asked.factor.name}, {asked.lag} before", nights
    if factor not in alike:  # the same for every outcome on the same nights
        alike[factor] = _factor_too_alike(asked)
    outcome = asked.outcome.name, nights
    if not alike[factor] and outcome not in alike:
        alike[outcome] = _mostly_one(asked.outcome.name, asked.recorded[asked.used], ())
    return alike[factor] or alike[outcome]


def _factor_too_alike(asked: Question) -> str:
    """Say when fewer than three nights differ from the factor's commonest value."""
    x, factor = asked.x[asked.used], asked.factor.name
    if asked.kind != "yes/no":
        return _mostly_one(factor, x, asked.levels)
    n, yes = len(x), int(x.sum())
    if yes in (0, n):
        said = ("no", "yes", "0", "1")[bool(yes) + 2 * bool(asked.factor.unit)]
        return f"constant: {factor} was {said} on all {n} nights"
    if min(yes, n - yes) >= LEAST_ON_A_SIDE:
        return ""
    return (
        f"one side too rare: {factor} on {yes} of {n} nights "
        f"({LEAST_ON_A_SIDE} needed on each side)"
    )


def _mostly_one(name: str, values: Floats, levels: tuple[str, ...]) -> str:
    """Say when fewer than three nights differ from the commonest value."""
    seen, counts = np.unique(values, return_counts=True)
    n, times = len(values), int(counts.max())
    if n - times >= LEAST_ON_A_SIDE:
        return ""
    common = seen[counts.argmax()]
    said = levels[int(common)] if levels else f"{common:g}"
    if times == n:
        return f"constant: {name} was {said} on all {n} nights"
    return (
        f"one side too rare: {name} was {said} on {times} of {n} nights "
        f"({LEAST_ON_A_SIDE} others needed)"
    )


def often_enough(asked: Question) -> Bools:
    """Keep the nights whose kind was seen on at least three of them."""
    counts = np.bincount(asked.x[asked.used].astype(int), minlength=len(asked.levels))
    kept = np.flatnonzero(counts >= LEAST_ON_A_SIDE)
    return asked.used & np.isin(asked.x, kept)


def kinds_refusal(asked: Question) -> str:
    """Refuse a categorical factor of which only one kind was seen often enough."""
    kinds = np.unique(asked.x[asked.used])
    if len(kinds) < 2:
        only = f"only {asked.levels[int(kinds[0])]} was" if len(kinds) else "no kind was"
        return (
            f"one side too rare: of {len(asked.levels)} kinds of {asked.factor.name} {only} "
            f"seen on at least {LEAST_ON_A_SIDE} nights"
        )
    return _too_few(asked)
