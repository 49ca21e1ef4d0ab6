"""From a diary and a plan to numbers: as randomised first, and what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Floats, Ints
from sleepstats.asking.estimation import LARGE_DIFFERENCE_SD
from sleepstats.asking.verdicts import UNREACHABLE_BELOW, power_for
from sleepstats.checks import check_nights
from sleepstats.columns import Column, column_of
from sleepstats.errors import DiaryError, did_you_mean
from sleepstats.factors import read_values
from sleepstats.inference import gls, randomisation
from sleepstats.inference.guards import ADJUSTMENTS, calendar_controls
from sleepstats.latency import FLOOR_MIN, LATENCY, latency_refusal
from sleepstats.results.relation import NAN, Status
from sleepstats.trials.answers import TrialAnswers, answers_in
from sleepstats.trials.compliance import blinding_of, compliance_of, data_of, notes_of
from sleepstats.trials.designs import MOST_ENUMERATED
from sleepstats.trials.plan import TrialPlan, plan_of
from sleepstats.trials.result import Beside, TrialResult
from sleepstats.units import difference_unit

LEAST_DRAWS = 999


@dataclass(frozen=True)
class Asked:
    """How the question is asked."""

    outcome: str
    adjust: tuple[str, ...]
    level: float
    draws: int
    seed: int


@dataclass(frozen=True, eq=False)
class _Used:
    """The planned nights that have the outcome."""

    here: Bools  # of the planned nights
    y: Floats
    controls: Floats
    number: Ints
    median: float  # of latency; NaN otherwise


def analyse(
    nights: pd.DataFrame, plan: TrialPlan | str | PathLike[str], asked: Asked
) -> TrialResult:
    """Analyse a trial; :func:`sleepstats.analyse_trial` says how."""
    _check_question(nights, asked)
    plan, answers = _plan_and_answers(nights, plan)
    column, recorded = _outcome(nights, plan, asked.outcome)
    used = _used(plan, recorded, asked)
    first = plan.first
    schedules, exact = _schedules(plan, asked)
    test = randomisation.randomisation_test(
        used.y, first[used.here], schedules[:, used.here], used.controls, used.number,
        level=asked.level, everything=exact,
    )  # fmt: skip
    data = data_of(plan, answers, asked.outcome, recorded)
    beside, carried = _as_done(answers, used, asked), _carry_over(first, used, asked)
    guesses = blinding_of(answers.guess, first, schedules)
    status, reason = _verdict(test, used, asked)
    if asked.outcome == LATENCY and (why := latency_refusal(nights)):
        status, reason = "refused", why
    y = recorded[used.here]
    sides = [y[first[used.here]], y[~first[used.here]]]
    mean_first, mean_second = (float(side.mean()) if len(side) else NAN for side in sides)
    dates = plan.nights[used.here]
    return TrialResult(
        outcome=asked.outcome,
        conditions=plan.conditions,
        n=len(y),
        n_planned=len(first),
        n_first=len(sides[0]),
        n_second=len(sides[1]),
        mean_first=mean_first,
        mean_second=mean_second,
        median_first=float(np.median(sides[0])) if len(sides[0]) else NAN,
        median_second=float(np.median(sides[1])) if len(sides[1]) else NAN,
        raw_difference=mean_first - mean_second,
        **_effect(test, used),
        effect_unit=difference_unit(column.unit, asked.outcome),
        pvalue=test.pvalue,
        schedules=plan.schedules,
        compared=test.schedules,
        exact=exact,
        status=status,
        reason=reason,
        level=asked.level,
        adjust=asked.adjust,
        design=plan.design.name,
        stop_rule=plan.stop_rule,
        first_night=dates[0] if len(dates) else None,
        last_night=dates[-1] if len(dates) else None,
        outcome_label=column.label,
        outcome_unit=column.unit,
        as_done=beside,
        carry_over=carried,
        blinding=guesses,
        compliance=compliance_of(data, plan.conditions),
        notes=notes_of(plan, answers, data, schedules, guesses, nights),
        data=data,
        others=test.others,
    )


def _check_question(nights: pd.DataFrame, asked: Asked) -> None:
    """Raise one error with everything that is wrong with the question."""
    check_nights(nights)
    problems = []
    if isinstance(nights.index, pd.MultiIndex):
        problems.append(
            "nights holds several people, and a trial is one person's. Take one of them: "
            "nights.xs(person, level='person')."
        )
    if asked.outcome not in nights:
        problems.append(
            f"No column {asked.outcome!r} in nights."
            f"{did_you_mean(str(asked.outcome), list(nights.columns))}"
        )
    problems += [
        f"adjust: {name!r} is not a calendar control. Write any of 'weekday' and 'trend', or () "
        f"for none.{did_you_mean(str(name), ADJUSTMENTS)}"
        for name in asked.adjust
        if name not in ADJUSTMENTS
    ]
    for name, value, least in (("draws", asked.draws, LEAST_DRAWS), ("seed", asked.seed, 0)):
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if not whole or value < least:
            problems.append(f"{name} is {value!r}, expected a whole number, {least} or more.")
    if not 0.5 <= asked.level < 1:
        problems.append(f"level is {asked.level!r}, expected 0.5 to below 1, such as 0.95.")
    if not len(nights):
        problems.append("nights has no rows. Read the diary of the trial with read_diary(path).")
    if problems:
        raise DiaryError(problems)


def _plan_and_answers(
    nights: pd.DataFrame, plan: TrialPlan | str | PathLike[str]
) -> tuple[TrialPlan, TrialAnswers]:
    """Return the plan, and what was done from its sheet or else from the diary."""
    if isinstance(plan, TrialPlan):
        return plan, answers_in(nights, plan)
    if not isinstance(plan, str | PathLike):
        raise DiaryError(
            f"plan is a {type(plan).__name__}, expected what plan_trial() returned, or the path "
            "of its sheet."
        )
    from sleepstats.trials.filled_sheet import read_filled

    return read_filled(plan, plan_of)


def _outcome(nights: pd.DataFrame, plan: TrialPlan, name: str) -> tuple[Column, Floats]:
    """Return what is known of the outcome, and its values on the planned nights."""
    column = column_of(nights, name)
    dates = pd.DatetimeIndex(nights.index)
    if column.when == "day":
        raise DiaryError(
            f"{name!r} belongs to the day before the night, and so comes before that evening's "
            "condition. Choose an outcome of the night or of the morning after."
        )
    reading = read_values(nights[name], dates)
    if reading.kind == "empty":
        raise DiaryError(
            f"Column {name!r} has no value on any night. Read the diary that holds it, or choose "
            "another outcome."
        )
    if reading.kind != "numeric":
        raise DiaryError(
            f"Column {name!r} is {reading.kind}, expected numbers. Choose a measured outcome such "
            "as 'tst_min'."
        )
    if reading.unit:
        column = replace(column, unit=reading.unit)
    places = dates.get_indexer(plan.nights)
    if (places < 0).all():
        gap = int((plan.nights[0] - dates[0]).days)
        raise DiaryError(
            "The diary and the plan share no night: the diary runs from "
            f"{dates[0]:%Y-%m-%d} to {dates[-1]:%Y-%m-%d}, the plan from "
            f"{plan.nights[0]:%Y-%m-%d} to {plan.nights[-1]:%Y-%m-%d}; it begins {abs(gap)} days "
            f"{'after' if gap > 0 else 'before'} the diary. Nothing was moved: check the year and "
            "the month of both."
        )
    return column, np.where(places >= 0, reading.values[places], np.nan)


def _used(plan: TrialPlan, recorded: Floats, asked: Asked) -> _Used:
    """Take the nights with the outcome, and their controls over the plan's calendar."""
    here = np.isfinite(recorded)
    y, median = recorded[here], NAN
    if asked.outcome == LATENCY:
        y = np.log(np.maximum(y, FLOOR_MIN))
        median = float(np.exp(np.median(y))) if len(y) else NAN
    # in the plan's calendar, missing nights as gaps: nothing here may depend on the schedule
    number = np.flatnonzero(here)
    weekday = plan.nights.day_of_week.to_numpy()[here]
    controls = calendar_controls(number, weekday, len(recorded), adjust=asked.adjust)
    return _Used(here, y, controls, number, median)


def _schedules(plan: TrialPlan, asked: Asked) -> tuple[Bools, bool]:
    """Return all admissible schedules where they are few, otherwise drawn ones."""
    if plan.schedules <= MOST_ENUMERATED:
        return plan.design.every(), True
    # a stream of its own, so that the draws are not those the plan itself came from
    return plan.design.draw(int(asked.draws), [int(asked.seed), int(plan.seed), 3]), False


def _effect(test: randomisation.Randomised, used: _Used) -> dict[str, float]:
    """Name estimate and interval; latency has a ratio, and minutes at the median night."""
    ends = (test.estimate, test.low, test.high)
    names = ("effect", "effect_low", "effect_high")
    if np.isnan(used.median):
        return dict(zip(names, ends, strict=True)) | dict.fromkeys(
            ("ratio", "ratio_low", "ratio_high"), NAN
        )
    ratios = [float(np.exp(end)) for end in ends]
    minutes = [used.median * (ratio - 1.0) for ratio in ratios]
    return dict(zip((*names, "ratio", "ratio_low", "ratio_high"), (*minutes, *ratios), strict=True))


def _verdict(test: randomisation.Randomised, used: _Used, asked: Asked) -> tuple[Status, str]:
    """Say whether the effect was found, or could not have been, and why."""
    n = len(used.y)
    if test.reason:
        words = {
            randomisation.TOO_FEW_SCHEDULES: f"on the {n} nights used only {test.distinct} "
            f"schedules can be told apart, expected {randomisation.LEAST_SCHEDULES} or more",
            "too few nights": f"{n} of {len(used.here)} planned nights have {asked.outcome}, too "
            f"few beside {used.controls.shape[1]} columns of controls",
            "constant": f"all {n} nights used had one and the same condition",
            "one side too rare": f"fewer than 3 of {n} nights used had one of the conditions",
            "outcome constant": f"{asked.outcome} was the same on all {n} nights",
            "outcome constant given the controls": f"{asked.outcome} follows the week and the "
            "drift exactly; nothing else varies",
            "constant given the controls": "the schedule follows the week and the drift exactly "
            "on the nights used",
        }
        return "refused", f"{test.reason}: {words.get(test.reason, test.reason)}"
    # a p-value is a count over a count: what is 0.05 exactly must not be found by rounding
    if test.pvalue < 1.0 - asked.level - 1e-12:
        return "found", ""
    large = LARGE_DIFFERENCE_SD * float(used.y.std(ddof=1))
    df = max(test.n - test.k - 1, 1)
    if not np.isfinite(test.high - test.low) or (
        power_for(large, test.low, test.high, df, level=asked.level) < UNREACHABLE_BELOW
    ):
        return "unreachable", (
            "unreachable: these nights could hardly have shown even a difference as large as the "
            "usual spread between nights"
        )
    return "not found", ""


def _beside(y: Floats, x: Floats, controls: Floats, number: Ints, used: _Used,
            asked: Asked) -> Beside:  # fmt: skip
    """Estimate with the ordinary engine, in the unit of the result."""
    if len(y) < 3:  # too few for controls to be removed at all
        return Beside(NAN, NAN, NAN, NAN, len(y), "too few nights")
    slope = gls.gls_slope(y, x, controls, number, level=asked.level)
    ends: Sequence[float] = (slope.estimate, slope.low, slope.high)
    if not np.isnan(used.median):
        ends = [used.median * float(np.expm1(end)) for end in ends]
    effect, low, high = (float(end) for end in ends)
    return Beside(effect, low, high, float(slope.pvalue), len(y), slope.reason)


def _as_done(answers: TrialAnswers, used: _Used, asked: Asked) -> Beside:
    """Compare by what was done, on the nights for which that is known."""
    done = answers.done[used.here]
    known = np.isfinite(done)
    if not known.any():
        return Beside(NAN, NAN, NAN, NAN, 0, "not recorded")
    return _beside(
        used.y[known], done[known], used.controls[known], used.number[known], used, asked
    )


def _carry_over(first: Bools, used: _Used, asked: Asked) -> Beside:
    """Estimate what the condition planned for the night before did, beside the night's own."""
    later = used.number > 0  # the first night has no night before it
    number = used.number[later]
    own, before = first[number].astype(float), first[number - 1].astype(float)
    controls: Any = np.column_stack([used.controls[later], own])
    return _beside(used.y[later], before, controls, number, used, asked)
