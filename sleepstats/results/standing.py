"""What a table says of a habit beside the others, in words: stands, goes away, cannot be told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sleepstats.columns import column_of
from sleepstats.results import sentences as say

if TYPE_CHECKING:
    from sleepstats.results.relation import Association

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


def finding_words(one: Association, row: say.Row, about: Mapping[str, Any], away: Away) -> str:
    """Say what was found of one habit: best guess, interval for the picking, what stands.

    Parameters
    ----------
    one : Association
        The question asked alone.
    row : mapping
        Its row of a table made with ``beside=True``.
    about : mapping
        The table's attrs.
    away : mapping
        From :func:`away_of`, of the whole table.
    """
    beside = beside_words(row, about, away)
    lead = _lead(one, row, about)
    first, _, after = beside.partition("; ")
    parts = [lead, f"It {first}." if not first.startswith("too few") else f"There are {first}."]
    if first.startswith(("goes", "stands, with ")):
        parts[1] = f"It {first}{_left(one, row)}."
    if verdict_of(row) == "stands" and float(row["robustness"]) > 0:
        parts.append(
            "To explain it away, something that nobody wrote down would have to account for "
            f"{100 * float(row['robustness']):.0f} % of what is left of both."
        )
    if after:
        parts.append(
            f"But {after} (p = {float(row['evening_after_pvalue']):.2g}), so both may follow "
            "something that lasts."
        )
    return " ".join(parts)


def _lead(one: Association, row: say.Row, about: Mapping[str, Any]) -> str:
    """Say the size of what was found, as the best guess that allows for the picking."""
    if math.isnan(float(row["best_guess"])):
        return str(one)
    subject, step = one.subject()
    guess = _resized(one, row, ("best_guess", "fcr_low", "fcr_high"))
    asked = about.get("questions", 0) - about.get("refused", 0)
    measured = f"the measured {say.size_said(one, step)}"
    picked = f", smaller than {measured} as it was picked out of {asked} questions"
    if asked < 2:
        picked = f", smaller than {measured} as real differences mostly are"
    chance = 100.0 * float(row["p_direction"])
    sure = "more than 99" if chance > 99.0 else f"{chance:.0f}"
    counted = "" if f" of {one.n} nights)" in subject else f"{one.n} nights, "
    return (
        f"{subject[:1].upper()}{subject[1:]} went with {say.amount_said(guess, step)} (best "
        f"guess{picked}; {found_interval_name(one.level)} {say.span_said(guess, step)}; "
        f"direction right with a chance of {sure} %; "
        f"{counted}{say.removed(one.adjust)})."
    )


def _left(one: Association, row: say.Row) -> str:
    """Say what is left of the effect with the others held equal: the best guess of it."""
    if math.isnan(float(row["beside_guess"])):
        return ""
    step = one.subject()[1]
    beside = _resized(one, row, ("beside_guess", "beside_low", "beside_high"))
    return f" (best guess then {say.size_said(beside, step)})"


def _resized(one: Association, row: say.Row, names: tuple[str, str, str]) -> Association:
    """Return an answer with another estimate and interval of its table in the place of its own."""
    values = [float(row[name]) for name in names]
    fields = dict(zip(("effect", "effect_low", "effect_high"), values, strict=True))
    if not math.isnan(one.ratio):
        middle = say.median_latency(one.data[one.outcome])
        fields |= {
            name.replace("effect", "ratio"): 1.0 + value / middle for name, value in fields.items()
        }
    return replace(one, **fields)  # type: ignore[arg-type]


def found_interval_name(level: float) -> str:
    """Return what an interval of something picked out is called.

    >>> found_interval_name(0.95)
    '95 % false-coverage-rate interval'
    """
    return f"{100 * level:g} % false-coverage-rate interval"
