"""What a table says of a habit beside the others, in words: stands, goes away, cannot be told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from sleepstats.columns import column_of
from sleepstats.results import sentences as say

#: More names than these are counted.
MOST_NAMED = 3
#: Outcome and factor -> the names beside which it goes away.
Away = Mapping[tuple[str, str], tuple[str, ...]]


def verdict_of(row: say.Row) -> str:
    """Return the status of a row, with what stands and what is *gone* beside others told apart.

    >>> verdict_of({"status": "found", "stands": False}), verdict_of({"status": "found"})
    ('gone', 'found')
    """
    stands = row.get("stands")
    if row["status"] != "found" or stands is None or stands != stands:
        return str(row["status"])
    return "stands" if bool(stands) else "gone"


def turned(row: say.Row) -> bool:
    """Say whether a habit clearly points the other way with the others held equal.

    >>> turned({"effect": 7.0, "beside_effect": -2.0, "beside_pvalue": 0.01})
    True
    >>> turned({"effect": 7.0, "beside_effect": -2.0, "beside_pvalue": 0.7})
    False
    """
    alone, beside, pvalue = (
        float(row.get(name, math.nan)) for name in ("effect", "beside_effect", "beside_pvalue")
    )
    return alone * beside < 0 and pvalue < 0.05


def away_of(rows: Iterable[say.Row]) -> Away:
    """Return beside which names each found habit of a table goes away.

    >>> away_of([{"outcome": "tst_min", "factor": "wine", "goes_with": "stress, tea"}])
    {('tst_min', 'wine'): ('stress', 'tea')}
    """
    return {(row["outcome"], row["factor"]): names_in(row.get("goes_with")) for row in rows}


def names_in(text: Any) -> tuple[str, ...]:
    """Return the names of a cell in which commas stand between them."""
    return tuple(str(text).split(", ")) if isinstance(text, str) and text else ()


def beside_words(row: say.Row, about: Mapping[str, Any], away: Away) -> str:
    """Say what is left of a found habit with the others held equal; empty for other rows.

    >>> row = {"outcome": "tst_min", "factor": "wine", "status": "found", "stands": False,
    ...        "goes_with": "stress", "reason": "", "evening_after_pvalue": 0.4}
    >>> beside_words(row, {}, away_of([row]))
    'goes with it, but not once stress is held equal'
    """
    verdict = verdict_of(row)
    if verdict not in ("stands", "gone"):
        return ""
    if verdict == "stands":
        held = named_some(names_in(row.get("held_equal")), about)
        words = f"stands, with {held} held equal" if held else "stands, with no other to hold equal"
    else:
        words = _gone(row, about, away)
    after = float(row.get("evening_after_pvalue", math.nan))
    if after < 1.0 - float(about.get("level", 0.95)):
        words += "; the evening after, which cannot have made the night, goes with it too"
    return words


def _gone(row: say.Row, about: Mapping[str, Any], away: Away) -> str:
    """Say beside what a habit goes away, or what it cannot be told from."""
    pair = (row["outcome"], row["factor"])
    others = away.get(pair, names_in(row.get("goes_with")))
    if turned(row):
        held = named_some(names_in(row.get("held_equal")), about)
        return f"goes with it, but the other way round with {held} held equal"
    if not others:
        return "too few nights to set it beside the others"
    # each goes away beside the other, or hardly a night has the one without the other
    mutual = all(row["factor"] in away.get((row["outcome"], other), ()) for other in others)
    if mutual or "entangled with" in str(row.get("reason", "")):
        return f"cannot be told from {named_some(others, about)}"
    verb = "is" if len(others) == 1 else "are"
    return f"goes with it, but not once {named_some(others, about)} {verb} held equal"


def named_some(names: tuple[str, ...], about: Mapping[str, Any]) -> str:
    """Name up to three habits by their labels, and count the others; empty where there is none."""
    labels = about.get("labels", {})
    words = [say.named(str(labels.get(name) or column_of(None, name).label)) for name in names]
    if not words:
        return ""
    more = len(words) - MOST_NAMED
    if more > 1:
        words = [*words[:MOST_NAMED], f"{more} more"]
    return say.listed(words)


def found_interval_name(level: float) -> str:
    """Return what an interval of something picked out is called.

    >>> found_interval_name(0.95)
    '95 % false-coverage-rate interval'
    """
    return f"{100 * level:g} % false-coverage-rate interval"
