"""A cohort: one person after the other, then the people's effects pooled.

Three steps that stand alone: ``effects_of_person`` (one person, any number of questions; the
function to map with an engine of your choice), ``effects_of_people`` (one process, one person in
memory at a time), ``pool_effects``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TextIO

import numpy as np
import pandas as pd

from sleepstats.arrays import FLOOR_MIN
from sleepstats.asking import Asking, Question, estimation, held_columns
from sleepstats.asking.question_checks import names_of
from sleepstats.asking.verdicts import UNREACHABLE_BELOW, effect_unit, power_for
from sleepstats.checks import check_nights
from sleepstats.errors import DiaryError
from sleepstats.inference import none_alone
from sleepstats.results import NAN, Status

#: Called with how many are done and how many there are (0 where unknown).
Progress = Callable[[int, int], None]

_WIDTH = 30
_EVERY_S = 0.2


def text_bar(what: str = "people", *, to: TextIO | None = None) -> Progress:
    """Return a callback that draws how far a long run is."""
    stream = sys.stderr if to is None else to
    began = time.monotonic()
    last = -1.0

    def draw(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done != total and now - last < _EVERY_S:
            return
        last = now
        spent = now - began
        if total:
            filled = _WIDTH * done // total
            bar = f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {done:,} of {total:,} {what}"
            left = spent / done * (total - done) if done else 0.0
            words = f"{bar}, {left:.0f} s left" if done < total else f"{bar}, {spent:.0f} s"
        else:
            words = f"{done:,} {what}, {spent:.0f} s"
        stream.write(f"\r{words}   " + ("\n" if total and done == total else ""))
        stream.flush()

    return draw


#: Columns of a table of effects, one row per person, outcome and factor.
EFFECTS = (
    "person", "outcome", "factor", "when", "kind", "n", "estimate", "error", "df", "large",
    "log_scale", "median", "effect_unit", "status", "reason",
)  # fmt: skip
#: Columns of a table of pooled effects, one row per outcome and factor.
POOLED = (
    "outcome", "factor", "n_people", "n_refused", "n_nights", "effect", "effect_low",
    "effect_high", "effect_unit", "ratio", "ratio_low", "ratio_high", "tau", "tau_low", "tau_high",
    "i2", "new_low", "new_high", "pvalue", "pvalue_family", "status", "reason",
)  # fmt: skip
_LEVEL = 0.95  # of the intervals that standard errors are taken from


def effects_of_person(
    nights: pd.DataFrame,
    *,
    outcomes: Sequence[str] | str,
    factors: Sequence[str] | str,
    person: Hashable = "",
    adjust: Sequence[str] = ("weekday", "trend"),
    when: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Answer every outcome and factor for one person: what a cohort maps over its people.

    Any engine that maps a function will do: with dask (``pip install sleepstats[cohort]``)
    ``dask.delayed(effects_of_person)(nights, ...)``, and :func:`pool_effects` of the tables.
    """
    rows = list(_rows_of(nights, names_of(outcomes), names_of(factors), person, adjust, when))
    return pd.DataFrame(rows, columns=list(EFFECTS))


def effects_of_people(
    people: Iterable[tuple[Hashable, pd.DataFrame]],
    *,
    outcomes: Sequence[str] | str,
    factors: Sequence[str] | str,
    adjust: Sequence[str] = ("weekday", "trend"),
    when: Mapping[str, str] | None = None,
    progress: Progress | bool = False,
    total: int = 0,
) -> pd.DataFrame:
    """Answer every question for every person, one person in memory at a time."""
    bar = _bar(progress)
    wanted, asked = names_of(outcomes), names_of(factors)
    rows: list[tuple[Any, ...]] = []
    for done, (name, nights) in enumerate(people, start=1):
        rows.extend(_rows_of(nights, wanted, asked, name, adjust, when))
        if bar is not None:
            bar(done, total)
    return pd.DataFrame(rows, columns=list(EFFECTS))


def _bar(progress: object) -> Progress | None:
    """Return what is to be called after each person, if it can be called like that."""
    if progress is True or progress is False or progress is None:
        return text_bar() if progress else None
    if callable(progress):
        from inspect import signature

        try:
            signature(progress).bind(1, 2)
        except TypeError:
            pass
        except ValueError:  # some functions written in C do not say what they take
            return progress
        else:
            return progress
    raise DiaryError(
        f"progress is {progress!r}, expected True, False or a function of two whole numbers: how "
        "many people are done, and how many there are."
    )


def pool_effects(effects: pd.DataFrame, *, level: float = 0.95, family: str = "bh") -> pd.DataFrame:
    """Pool a table of effects, a row per outcome and factor; see :func:`sleepstats.pool_people`."""
    rows = []
    for (outcome, factor), part in effects.groupby(["outcome", "factor"], sort=False):
        numbers, _ = pooled_numbers(part, level)
        rows.append({"outcome": outcome, "factor": factor, **numbers})
    table = pd.DataFrame(rows, columns=[*POOLED, "large", "df"])
    table["pvalue_family"] = none_alone.adjust_pvalues(
        table["pvalue"].to_numpy(dtype=float), family=family
    )
    asked = int(table["pvalue"].notna().sum()) if family != "none" else 1
    verdicts = [pooled_verdict(row, asked, level) for row in table.to_dict("records")]
    table["status"] = pd.array([status for status, _ in verdicts], dtype="str")
    table["reason"] = pd.array([reason for _, reason in verdicts], dtype="str")
    return table.drop(columns=["large", "df"])


def _rows_of(
    nights: pd.DataFrame,
    outcomes: Sequence[str],
    factors: Sequence[str],
    person: Hashable,
    adjust: Sequence[str],
    when: Mapping[str, str] | None,
) -> Iterator[tuple[Any, ...]]:
    """Answer one person's questions, one row of the table of effects each."""
    from scipy.special import stdtrit

    check_nights(nights)
    if isinstance(nights.index, pd.MultiIndex):
        raise DiaryError("effects_of_person() asks one person; nights holds several.")
    asking = Asking(tuple(names_of(adjust)), level=_LEVEL)
    pairs = [(y, x) for y in outcomes for x in factors if x != y]
    diary, questions = held_columns.prepare_asked(nights, pairs, asking, when=when)
    questions = [_no_kinds(question) for question in questions]
    medians = {q.outcome.name: _median(q) for q in questions if q.log_scale}
    for question, got in zip(questions, estimation.estimate(diary, questions, asking), strict=True):
        fixed = (person, question.outcome.name, question.factor.name, question.when, question.kind)
        median = medians.get(question.outcome.name, NAN)
        tail = (question.log_scale, median, effect_unit(question))
        if got.status == "refused" or not got.precision:
            yield (*fixed, got.n, NAN, NAN, NAN, NAN, *tail, "refused", got.reason)
            continue
        (exact,) = got.precision
        half = 0.5 * (exact.high - exact.low)
        # half the interval over the t quantile of its degrees of freedom
        error = half / float(stdtrit(exact.df, 0.5 + _LEVEL / 2.0))
        value = float(np.log(got.ratio)) if question.log_scale else got.effect
        yield (*fixed, got.n, value, error, exact.df, exact.large, *tail, "answered", "")


def _no_kinds(question: Question) -> Question:
    """Refuse a factor with kinds: they have no one effect to pool."""
    if question.refusal or question.kind != "categorical":
        return question
    return replace(question, refusal=f"kinds: {question.factor.name} has kinds, no one effect")


def _median(question: Question) -> float:
    """Return the person's median latency on the nights with one; NaN without."""
    known = question.recorded[~np.isnan(question.recorded)]
    return float(np.median(np.maximum(known, FLOOR_MIN))) if len(known) else NAN


def pooled_numbers(part: pd.DataFrame, level: float) -> tuple[dict[str, Any], none_alone.Pooled]:
    """Pool the people's answers to one question, in the outcome's unit."""
    answered = part[part["status"] == "answered"]
    pooled = none_alone.pool_estimates(
        answered["estimate"].to_numpy(dtype=float), answered["error"].to_numpy(dtype=float),
        level=level,
    )  # fmt: skip
    units = answered["effect_unit"] if len(answered) else part["effect_unit"]
    numbers: dict[str, Any] = {
        "n_people": len(answered),
        "n_refused": len(part) - len(answered),
        "n_nights": int(answered["n"].sum()),
        "effect_unit": units.mode().iloc[0] if len(units) else "",
        "tau": pooled.tau,
        "tau_low": pooled.tau_low,
        "tau_high": pooled.tau_high,
        "i2": pooled.i2,
        "pvalue": pooled.pvalue,
        "large": float(answered["large"].median()) if len(answered) else NAN,
        "df": pooled.df,
    }
    ends = {"effect": pooled.estimate, "effect_low": pooled.low, "effect_high": pooled.high}
    new = {"new_low": pooled.new_low, "new_high": pooled.new_high}
    if not answered["log_scale"].any():
        none = dict.fromkeys(("ratio", "ratio_low", "ratio_high"), NAN)
        return numbers | ends | new | none, pooled
    middle = float(answered["median"].median())
    ratios = {name.replace("effect", "ratio"): float(np.exp(v)) for name, v in ends.items()}
    minutes = {name: middle * float(np.expm1(v)) for name, v in (ends | new).items()}
    return numbers | minutes | ratios, pooled


def pooled_verdict(row: Mapping[Any, Any], questions: int, level: float) -> tuple[Status, str]:
    """Return status and reason of a pooled answer."""
    if np.isnan(row["pvalue"]):
        return "refused", (
            f"too few people: {row['n_people']} answered, {row['n_refused']} could not be "
            f"({none_alone.LEAST_PEOPLE} needed to pool)"
        )
    if row["pvalue_family"] < 1.0 - level:
        return "found", ""
    low, high = row["effect_low"], row["effect_high"]
    if not np.isnan(row["ratio"]):
        low, high = np.log(row["ratio_low"]), np.log(row["ratio_high"])
    chance = float(power_for(row["large"], low, high, row["df"], questions=questions, level=level))
    if chance >= UNREACHABLE_BELOW:
        return "not found", ""
    return "unreachable", (
        f"out of reach: with {row['n_people']} people, even a large difference would be noticed in "
        f"only {100 * chance:.0f} of 100 such groups"
    )
