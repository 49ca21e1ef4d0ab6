"""The form of a claim: what it must say so that nights can answer it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from sleepstats.errors import DiaryError, did_you_mean
from sleepstats.results import NAN

DIRECTIONS = ("more", "less", "differs", "same")
PARTS = ("", "dose", "timing", "kind", "over time", "after stopping")
#: Why no diary can test a claim: the short word, and what is answered.
NO_DIARY: Mapping[str, str] = {
    "mechanism": "A diary records nights; what happens at receptors or with messengers in the "
    "body does not show in it.",
    "safety": "A diary cannot show that something is safe: rare harm and slow harm do not appear "
    "in one person's nights. A doctor or pharmacist is the one to ask.",
    "legality": "This is a question of law, which differs by place and changes.",
    "other people": "One person's nights say nothing about what happens to most people: that "
    "takes many people.",
}


@dataclass(frozen=True)
class Claim:
    """One claim, in a form that nights can answer.

    Attributes
    ----------
    words : str
        The claim in words.
    outcome, factor : str
        Columns: what is said to be different, and with what. For ``timing`` the factor is
        hours before bed, for ``dose`` an amount, for ``over time`` and ``after stopping`` a yes
        or no.
    direction : {"more", "less", "differs", "same"}
        What the outcome is said to do: with the factor, or with more of it; ``dose``: with more
        where there was any; ``timing``: closer to bed; ``over time``: with each further week of
        use in a row; ``after stopping``: on the first three nights after; a moderator: where there
        is more of it, against where there is less. ``same`` needs `within`.
    part : str
        ``"dose"``, ``"timing"``, ``"kind"``, ``"over time"``, ``"after stopping"``, or the name of
        a column that is said to change what the factor goes with. Empty for the factor itself.
    kind : str
        With ``part="kind"``: one kind against the others; without it all kinds together. Nights
        without any are left out.
    used : str
        With ``part="timing"``: the column that says on which nights there was any.
    size : float
        The size claimed, in the outcome's unit (per unit of a numeric factor; minutes at the
        median night for latency); NaN if none is.
    within : float
        With ``direction="same"``: a difference too small to matter, in the same unit.
    source : str
        Where it was read.
    no_diary : str
        Why no diary can test it: ``"mechanism"``, ``"safety"``, ``"legality"``,
        ``"other people"``, or a sentence of one's own. Empty if one can.

    Examples
    --------
    >>> claim = Claim("You fall asleep sooner after reading.", "sol_min", "reading", "less")
    >>> claim.direction
    'less'
    """

    words: str
    outcome: str = ""
    factor: str = ""
    direction: str = ""
    part: str = ""
    kind: str = ""
    used: str = ""
    size: float = NAN
    within: float = NAN
    source: str = ""
    no_diary: str = ""


def not_kept(nights: pd.DataFrame, claim: Claim) -> str:
    """Say which columns to keep for a claim."""
    if claim.no_diary:
        return ""
    factor = {
        "": "yes or no, or how much, each evening",
        "dose": "how much, each evening, 0 for none",
        "timing": "hours before bed, empty on evenings without",
        "kind": "which kind, each evening, none for none",
        "over time": "yes or no, each evening",
        "after stopping": "yes or no, each evening",
    }
    asked = [(claim.outcome, "each night"), (claim.factor, factor.get(claim.part, factor[""]))]
    asked += [(claim.used, factor[""])] if claim.used else []
    asked += [(claim.part, factor[""])] if claim.part not in PARTS else []
    gone = [(name, what) for name, what in asked if name not in nights]
    columns = [str(column) for column in nights.columns]
    return "; ".join(
        f"keep a column {name!r} ({what}).{did_you_mean(name, [*columns, *PARTS])}".removesuffix(
            "."
        )
        for name, what in gone
    )


def as_claims(claims: Iterable[Claim | Mapping[str, Any]]) -> list[Claim]:
    """Return claims, or say everything that is wrong with them."""
    names = [entry.name for entry in fields(Claim)]
    problems: list[str] = []
    made = []
    if isinstance(claims, Claim | Mapping | str) or not isinstance(claims, Iterable):
        raise DiaryError(
            "check_claims(): claims is a single one, expected a list: check_claims(nights, [claim])"
            "."
        )
    for place, given in enumerate(claims, 1):
        where = f"check_claims(), claim {place}"
        if isinstance(given, Claim):
            made.append(given)
        elif not isinstance(given, Mapping):
            problems.append(f"{where}: {given!r} is neither a Claim nor a dict.")
            continue
        else:
            wrong = [str(name) for name in given if name not in names]
            problems += [
                f"{where}: a claim has no {name!r}.{did_you_mean(name, names)} It has: "
                f"{', '.join(names)}."
                for name in wrong
            ]
            made.append(Claim(**{"words": "", **{k: v for k, v in given.items() if k in names}}))
        problems += [f"{where}: {sentence}" for sentence in _problems(made[-1])]
    if not made and not problems:
        problems = ["check_claims(): no claims were given. Write at least one."]
    if problems:
        raise DiaryError(problems)
    return made


def _problems(claim: Claim) -> list[str]:
    """Say what is wrong with the form of one claim."""
    texts = [entry.name for entry in fields(Claim) if entry.name not in ("size", "within")]
    wrong = [
        f"{name} is {getattr(claim, name)!r}, expected words."
        for name in texts
        if not isinstance(getattr(claim, name), str)
    ]
    wrong += [
        f"{name} is {getattr(claim, name)!r}, expected a number above 0."
        for name in ("size", "within")
        if not isinstance(getattr(claim, name), int | float) or getattr(claim, name) <= 0
    ]
    if wrong:
        return wrong
    if not claim.words.strip():
        wrong.append("words is empty. Write the claim as it was made.")
    if claim.no_diary:
        return wrong
    wrong += [
        f"{name} is empty. Name a column, or say in no_diary= why no diary can test it."
        for name in ("outcome", "factor")
        if not getattr(claim, name)
    ]
    if claim.direction not in DIRECTIONS:
        wrong.append(
            f"direction is {claim.direction!r}, expected one of {', '.join(DIRECTIONS)}."
            f"{did_you_mean(claim.direction, DIRECTIONS)}"
        )
    if claim.direction == "same" and math.isnan(claim.within):
        wrong.append(
            "direction 'same' needs within=, a difference too small to matter, in the outcome's "
            "unit."
        )
    if claim.kind and claim.part != "kind":
        wrong.append(f"kind is {claim.kind!r}, and part is not 'kind'.")
    if claim.part == "kind" and not claim.kind and claim.direction != "differs":
        wrong.append("all kinds together have no direction: write 'differs', or name one kind=.")
    return wrong
