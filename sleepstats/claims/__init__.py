"""An article's claims held against the nights."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

import pandas as pd

from sleepstats.asking import Asking, question_checks, verdicts
from sleepstats.checks import check_nights
from sleepstats.claims.questions import DIRECTIONS, NO_DIARY, NUMBERS, PARTS, Claim, Put, put
from sleepstats.claims.result import CLEAR, Apart, ClaimsCheck, answer_words, verdict_of
from sleepstats.columns import PERSON
from sleepstats.errors import DiaryError, did_you_mean, spelled, worded
from sleepstats.inference.none_alone import adjust_pvalues
from sleepstats.planning import POWER, nights_needed
from sleepstats.relations.accounted import gone_beside
from sleepstats.results import NAN

#: Beyond so many calendar nights "more than ten years" is said.
_LONGEST = 3650


@worded
def check_claims(
    nights: pd.DataFrame,
    claims: Sequence[Claim | Mapping[str, Any]],
    *,
    adjust: Sequence[str] = ("weekday", "trend"),
    level: float = 0.95,
    power: float = POWER,
    when: Mapping[str, str] | None = None,
) -> ClaimsCheck:
    """Hold claims against a diary: can it test them, what does it say, could it have shown it.

    Parameters
    ----------
    nights : DataFrame
        One row per night of one person.
    claims : sequence of Claim or dict
        Each with the fields of :class:`~sleepstats.Claim`. All questions they ask are one family;
        claims that ask the same of the nights count once.
    adjust : sequence of str
        ``"weekday"``, ``"trend"``, and columns of nights to hold equal. ``()`` for nothing.
    level : float
        Confidence level.
    power : float
        Wanted chance of showing an effect.
    when : mapping of str to {"day", "night", "morning"}, optional
        When a column happens, where the reading record and the dictionary do not say.

    Returns
    -------
    ClaimsCheck
        Frozen; ``str()`` is one sentence or two per claim, and ``.table`` has a row per claim with
        the columns that its documentation lists.

    Raises
    ------
    DiaryError
        For a frame that is no ``nights``, several people, or claims that are not in the form of
        :class:`~sleepstats.Claim`; all of them at once.

    Notes
    -----
    Verdicts: ``goes with`` and ``against`` where the difference was found after the adjustment of
    Benjamini and Hochberg over the claims asked, by its direction (``differs`` in either);
    ``cannot tell`` otherwise, where the question was refused, the factor cannot be told from
    another (:func:`~sleepstats.entangled`; for a dose, a time or a kind on the nights with any;
    ``tea`` and ``tea_cups``, there on the same nights, are one thing), and where what was found of
    a plain claim is gone with the other habits held equal (:func:`~sleepstats.correlate`).

    A claim of a size is judged by its size. ``goes with``: found in the direction claimed, and
    the whole interval lies above half of the size claimed and reaches it. ``goes with, but
    smaller``: found so, and the whole interval lies below the size claimed. ``against``: found the
    other way round; or not found, and the whole interval lies below the size claimed. ``cannot
    tell``: anything else. Sizes are judged by the interval that is printed, which is of one claim:
    of a hundred claims that are exactly right in size, two or three are called smaller.

    A claim of no difference goes with the nights if the interval at the level ``1 - (1 - level) /
    claims asked`` lies within `within`, and is against them if a difference was found whose whole
    interval lies beyond `within`. A size (or `within`) that would make more than twice all that the
    outcome varied by, between the 10th and 90th percentile of the habit, is asked back (``cannot
    tell``). ``not kept``: a column is missing. ``no diary``: no diary can test it.

    ``smallest`` is the effect that would be found with the wanted power in diaries like this one,
    at the strictest threshold of the family. The effect to find is the size claimed, or half of a
    large one where none is: half a standard deviation of the outcome between yes and no, later
    and earlier, the lowest and the highest dose, after two weeks of use; for a number, the slope
    at which both correlate by 0.25. ``nights_needed`` is computed by
    :func:`~sleepstats.nights_needed` for a plain claim; otherwise it grows with the square of
    ``smallest`` over the effect to find. All of it supposes that the factor goes on as so far.

    References
    ----------
    Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, truth = ss.simulate_nights(180, seed=7)
    >>> checked = ss.check_claims(nights, [
    ...     {"words": "A late meal shortens the night.", "outcome": "tst_min",
    ...      "factor": "late_meal", "direction": "less"},
    ...     {"words": "It acts on a receptor.", "no_diary": "mechanism"},
    ... ])
    >>> checked.table["verdict"].tolist()
    ['goes with', 'no diary']
    """
    asked = as_claims(claims)
    if not 0.1 <= power < 1:
        raise DiaryError(
            f"check_claims(): power is {spelled(power)}, expected a chance from 0.1 to below 1."
        )
    check_nights(nights)
    if len(nights) and isinstance(nights.index, pd.MultiIndex):
        people = nights.index.unique(PERSON)
        raise DiaryError(
            f"nights holds {len(people)} people. Check claims on one person at a time, for example "
            f"nights.loc[{people[0]!r}], or ask pool_people()."
        )
    options = {"adjust": tuple(question_checks.names_of(adjust)), "level": level, "when": when}
    asking = Asking(tuple(question_checks.names_of(adjust)), family="bh", level=level)
    missing = [not_kept(nights, claim) for claim in asked]
    there = [claim for claim, gone in zip(asked, missing, strict=True) if not gone]
    testable = [claim for claim in there if not claim.no_diary]
    question_checks.check_question(
        nights, outcomes=[claim.outcome for claim in testable],
        factors=[claim.factor for claim in testable], asking=asking, when=when,
    )  # fmt: skip
    found: list[Put | None] = [
        None if gone or claim.no_diary else put(nights, claim, options)
        for claim, gone in zip(asked, missing, strict=True)
    ]
    # Claims that ask the same of the nights, in other words or of another size, are one question.
    asks = [(c.outcome, c.factor, c.part, c.kind, c.used, c.no_diary) for c in asked]
    pvalue_of = {ask: NAN if one is None else one.pvalue
                 for ask, one in zip(asks, found, strict=True)}  # fmt: skip
    adjusted = adjust_pvalues(list(pvalue_of.values()), family="bh").tolist()
    family_of = dict(zip(pvalue_of, adjusted, strict=True))
    family = [family_of[ask] for ask in asks]
    questions = sum(not math.isnan(pvalue) for pvalue in pvalue_of.values())
    apart = Apart(nights, asking.calendar)
    rows = []
    for claim, gone, one, pvalue in zip(asked, missing, found, family, strict=True):
        row = _row(claim, gone)
        if one is not None:
            row.update(_numbers(one, pvalue))
            stricter = 1.0 - (1.0 - level) / max(questions, 2)
            strict = one
            if not one.refusal and (one.frame is None or claim.direction == "same"):
                strict = put(nights, claim, {**options, "level": stricter})
            df = _freedom(one, strict, level, stricter)
            row.update(_reach(one, claim, questions, df, level, power, options))
            row["reason"] = one.refusal or apart.reason(claim)
            strict = strict if questions > 1 else one
            row["verdict"] = verdict_of(row, one, strict, claim, level)
            if not claim.part and row["verdict"] in CLEAR and pvalue < 1.0 - level:
                gone = gone_beside(nights, claim.outcome, claim.factor, **options)
                row |= (
                    {"verdict": "cannot tell", "reason": f"beside others: {gone}"} if gone else {}
                )
        row["answer"] = answer_words(row, one, claim, asking, power)
        rows.append(row)
    return ClaimsCheck.of(rows, nights, asking, questions, power)


def _row(claim: Claim, gone: str) -> dict[str, Any]:
    """Return a row of a claim before any night was looked at."""
    facts = asdict(claim)
    row: dict[str, Any] = {
        name: facts[name]
        for name in ("words", "source", "outcome", "factor", "part", "direction", "size")
    }
    row |= {"testable": not claim.no_diary, "verdict": "not kept", "reason": gone, "n": 0}
    if claim.no_diary:
        row["verdict"], row["reason"] = "no diary", NO_DIARY.get(claim.no_diary, claim.no_diary)
    return row


def _numbers(one: Put, pvalue: float) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("n", *NUMBERS)} | {"pvalue_family": pvalue}


def _freedom(one: Put, strict: Put, level: float, stricter: float) -> float:
    """Return the degrees of freedom of an answer, from its interval at two levels."""
    from scipy.special import stdtrit

    halves = [(high - low) / 2.0 for _, low, high in (one.scaled(), strict.scaled())]
    if strict is one or not halves[0] > 0:
        return NAN
    few, many = 1.0, 1e4
    for _ in range(60):  # the fewer degrees of freedom, the more the stricter one is the wider
        df = math.sqrt(few * many)
        ends = [float(stdtrit(df, 0.5 + chance / 2.0)) for chance in (level, stricter)]
        few, many = (df, many) if ends[1] / ends[0] > halves[1] / halves[0] else (few, df)
    return few


def _reach(
    one: Put,
    claim: Claim,
    questions: int,
    df: float,
    level: float,
    power: float,
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the smallest effect that such nights would show, the one looked for, its nights."""
    _, low, high = one.scaled()
    if one.refusal or math.isnan(low) or not questions:
        return {}
    from scipy.special import stdtrit

    less = claim.direction == "less"
    size = claim.within if claim.direction == "same" else claim.size
    wanted = one.wanted if math.isnan(size) else one.on_scale(size, less=less)
    if one.frame is None:
        error = (high - low) / 2.0 / float(stdtrit(df, 0.5 + level / 2.0))
        least = error * float(verdicts.shift_for(power, df, questions=questions, level=level))
        needed: float = math.ceil(one.n * (least / wanted) ** 2)
    else:
        got = nights_needed(
            one.frame, outcome=claim.outcome, factor=one.factor, questions=questions, power=power,
            effect=one.in_unit(wanted, less=False), **options,
        )  # fmt: skip
        least = one.on_scale(float(got.table["smallest"].iloc[0]), less=False)
        takes = got.table["recorded"].iloc[0]
        needed = NAN if pd.isna(takes) else math.ceil(float(takes))
    reach: dict[str, Any] = {
        "smallest": one.in_unit(least, less=less),
        "looked_for": one.in_unit(wanted, less=less),
    }
    reach["could_show"] = bool(least <= wanted)
    if reach["could_show"]:
        needed = one.n if math.isnan(needed) else min(needed, one.n)
    else:
        needed = max(needed, one.n + 1)
    reach["nights_needed"] = needed if needed <= _LONGEST else NAN
    return reach


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
    near = [*map(str, nights.columns), *PARTS]
    return "; ".join(
        f"keep a column {name!r} ({what}).{did_you_mean(name, near)}".removesuffix(".")
        for name, what in asked
        if name not in nights
    )


def as_claims(claims: Iterable[Claim | Mapping[str, Any]]) -> list[Claim]:
    """Return claims, or say everything that is wrong with them."""
    names = [entry.name for entry in fields(Claim)]
    problems: list[str] = []
    made = []
    try:
        listed = None if isinstance(claims, Claim | Mapping | str) else [*claims]
    except TypeError:  # an array of one, which says that it can be gone through, among them
        listed = None
    if listed is None:
        raise DiaryError(
            "check_claims(): claims is a single one, expected a list: check_claims(nights, [claim])"
            "."
        )
    for place, given in enumerate(listed, 1):
        where = f"check_claims(), claim {place}"
        if isinstance(given, Claim):
            made.append(given)
        elif not isinstance(given, Mapping):
            problems.append(f"{where}: {spelled(given)} is neither a Claim nor a dict.")
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
        f"{name} is {spelled(getattr(claim, name))}, expected words."
        for name in texts
        if not isinstance(getattr(claim, name), str)
    ]
    wrong += [
        f"{name} is {spelled(getattr(claim, name))}, expected a number above 0."
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
