"""From a diary and a plan to numbers: as randomised first, and what stands beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sleepstats.arrays import FLOOR_MIN, LATENCY, Bools, Floats, Ints, latency_refusal, numbers_of
from sleepstats.asking import estimation, verdicts
from sleepstats.columns import Column, column_of
from sleepstats.errors import DiaryError, both_forms, marked
from sleepstats.inference import guards, looks, randomisation
from sleepstats.results import NAN, Status
from sleepstats.trials import TrialPlan, compliance, designs, filled_sheet, question
from sleepstats.trials.result import Beside, TrialResult
from sleepstats.units import difference_unit


@dataclass(frozen=True, eq=False)
class Asking:
    """One trial, what is asked of it, and the look at which it is asked."""

    plan: TrialPlan
    question: question.Question
    #: How this differs from what was registered; empty if it does not, or if nothing was.
    otherwise: str
    #: Planned nights that are over, and after which it was to be looked at.
    over: int
    looks: tuple[int, ...]
    #: Which of these it is, from 1; 0 for one that was not planned, with the reason.
    look: int
    why_not_now: str
    draws: int
    seed: int

    @property
    def outcome(self) -> str:
        """The outcome's column."""
        return self.question.outcome

    @property
    def sequential(self) -> bool:
        """Whether what was registered is asked at one of several looks."""
        return self.plan.question is not None and len(self.looks) > 1 and not self.otherwise


_UNKNOWN = randomisation.Randomised(
    NAN, NAN, NAN, NAN, 0, 0, np.zeros(0), NAN, 0, 0, question.NOT_A_LOOK
)


@dataclass(frozen=True, eq=False)
class _Used:
    """The planned nights up to the look that are compared and have the outcome."""

    here: Bools  # of the planned nights up to the look
    y: Floats
    controls: Floats
    number: Ints
    weekday: Ints
    typical: float  # latency: the night at which minutes are told; NaN otherwise


def analyse(
    nights: pd.DataFrame, asking: Asking, answers: filled_sheet.TrialAnswers
) -> TrialResult:
    """Analyse a trial; :func:`sleepstats.analyse_trial` says how."""
    plan = asking.plan
    column, recorded = _outcome(nights, plan, asking.outcome)
    over = slice(0, asking.over)
    first, recorded = plan.first[over], recorded[over]
    schedules, exact = _schedules(asking)
    seen, upto = schedules[:, over], answers.upto(asking.over)
    used = _used(asking, recorded)
    data = compliance.data_of(plan, upto, asking.outcome, recorded)
    guesses = compliance.blinding_of(upto.guess, first, seen)
    nothing = Beside(NAN, NAN, NAN, NAN, 0, question.NOT_A_LOOK)
    test, done, carried, apart = _UNKNOWN, nothing, nothing, nothing
    if asking.look:  # otherwise nights and compliance, and nothing of the effect
        test = _test(asking, used, first[used.here], seen[:, used.here], exact)
        done = _as_done(upto, used, asking)
        carried, apart = _carry_over(first, used, asking)
    effect = _effect(test, used)
    verdict, status, reason = _verdict(test, effect, used, asking)
    if asking.outcome == LATENCY and (why := latency_refusal(nights)):
        verdict, status, reason = question.NOT_ANSWERED, "refused", why
    y = recorded[used.here]
    sides = [y[first[used.here]], y[~first[used.here]]]
    shown = [side if len(side) and asking.look else np.array([NAN]) for side in sides]
    dates = plan.nights[over][used.here]
    result = TrialResult(
        outcome=asking.outcome,
        conditions=plan.conditions,
        n=len(y),
        n_planned=len(first),
        n_first=len(sides[0]),
        n_second=len(sides[1]),
        mean_first=float(shown[0].mean()),
        mean_second=float(shown[1].mean()),
        median_first=float(np.median(shown[0])),
        median_second=float(np.median(shown[1])),
        typical=used.typical,
        raw_difference=float(shown[0].mean() - shown[1].mean()),
        **effect,
        effect_unit=difference_unit(column.unit, asking.outcome),
        pvalue=test.pvalue,
        schedules=plan.schedules,
        compared=test.schedules,
        exact=exact,
        verdict=verdict,
        status=status,
        reason=reason,
        level=asking.question.level,
        adjust=asking.question.adjust,
        design=plan.design.name,
        stop_rule=plan.stop_rule,
        question=plan.question,
        otherwise=asking.otherwise,
        look=asking.look if plan.question is not None else 0,
        looks=asking.looks,
        chance_left=test.left,
        first_night=dates[0] if len(dates) else None,
        last_night=dates[-1] if len(dates) else None,
        outcome_label=column.label,
        outcome_unit=column.unit,
        as_done=done,
        carry_over=carried,
        own_beside=apart,
        blinding=guesses,
        compliance=compliance.compliance_of(data, plan.conditions),
        doubts=(),
        notes=compliance.notes_of(plan, answers, data, seen, guesses, nights),
        data=data,
        others=test.others,
    )
    return replace(result, doubts=compliance.doubts_of(result, plan, answers, nights, seen))


def _outcome(nights: pd.DataFrame, plan: TrialPlan, name: str) -> tuple[Column, Floats]:
    """Return what is known of the outcome, and its values on the planned nights."""
    column = column_of(nights, name)
    dates = pd.DatetimeIndex(nights.index)
    if column.when == "day":
        raise DiaryError(
            f"{name!r} belongs to the day before the night, and so comes before that evening's "
            "condition. Choose an outcome of the night or of the morning after."
        )
    reading = numbers_of(nights, name)
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


def _used(asking: Asking, recorded: Floats) -> _Used:
    """Take the nights with the outcome, and their controls over the calendar up to the look."""
    here = np.isfinite(recorded) & asking.plan.design.compared[: asking.over]
    y, typical = recorded[here], NAN
    if asking.outcome == LATENCY:
        y, typical = np.log(np.maximum(y, FLOOR_MIN)), asking.question.typical or NAN
        # the other condition's nights, as the condition in question moves the median of all
        other = recorded[here & ~asking.plan.first[: asking.over]]
        if np.isnan(typical) and len(other):
            typical = float(np.median(np.maximum(other, FLOOR_MIN)))
    # in the plan's calendar, missing nights as gaps: nothing here may depend on the schedule
    number = np.flatnonzero(here)
    weekday = asking.plan.nights.day_of_week.to_numpy()[: asking.over][here]
    fixed = guards.calendar_controls(number, weekday, asking.over, adjust=asking.question.adjust)
    return _Used(here, y, fixed, number, weekday, typical)


def _schedules(asking: Asking) -> tuple[Bools, bool]:
    """Return all admissible schedules where they are few, otherwise drawn ones."""
    plan = asking.plan
    if plan.schedules <= designs.MOST_ENUMERATED:
        return plan.design.every(), True
    # a stream of its own, so that the draws are not those the plan itself came from
    return plan.design.draw(asking.draws, [asking.seed, int(plan.seed), 3]), False


def _test(
    asking: Asking, used: _Used, first: Bools, schedules: Bools, exact: bool
) -> randomisation.Randomised:
    """Compare the schedule with those that could have been: once, or at the looks planned."""
    level = asking.question.level
    if not asking.sequential:
        return randomisation.randomisation_test(
            used.y, first, schedules, used.controls, used.number, level=level, everything=exact
        )
    of_looks = []
    for over in asking.looks[: asking.look]:
        early = used.number < over
        of_looks.append(
            guards.calendar_controls(
                used.number[early], used.weekday[early], over, adjust=asking.question.adjust
            )
        )
    matters = asking.question.matters
    if not np.isnan(used.typical):
        matters = float(np.log1p(max(asking.question.hoped * abs(matters) / used.typical, -0.99)))
    compared = looks.compare_looks(
        used.y, first, schedules, of_looks, used.number, everything=exact,
        final=asking.look == len(asking.looks),
    )  # fmt: skip
    return looks.looks_test(
        compared, shares=tuple(over / asking.looks[-1] for over in asking.looks), level=level,
        asked=0.0 if np.isnan(matters) else matters, hardly=question.HARDLY,
    )  # fmt: skip


def _effect(test: randomisation.Randomised, used: _Used) -> dict[str, float]:
    """Name estimate and interval; latency has a ratio, and minutes at the typical night."""
    ends, ratios = [test.estimate, test.low, test.high], [NAN] * 3
    if not np.isnan(used.typical):
        ratios = [float(np.exp(end)) for end in ends]
        ends = [used.typical * (ratio - 1.0) for ratio in ratios]
    names = ("effect", "effect_low", "effect_high", "ratio", "ratio_low", "ratio_high")
    return dict(zip(names, (*ends, *ratios), strict=True))


def _verdict(
    test: randomisation.Randomised, effect: dict[str, float], used: _Used, asking: Asking
) -> tuple[str, Status, str]:
    """Say what the trial shows, whether an effect was found, and why not."""
    if not asking.look:
        why = both_forms(f"{question.NOT_A_LOOK}: {marked(asking.why_not_now)}")
        return question.NOT_A_LOOK, "refused", why
    label = column_of(None, asking.outcome).label
    status, reason = _status(
        test, used.y, label, asking.question.level, len(used.here), asking.sequential
    )
    if status == "refused":
        early = asking.sequential and asking.over < asking.looks[-1]
        return question.GO_ON if early else question.NOT_ANSWERED, status, reason
    if asking.plan.question is None:
        return question.NOT_REGISTERED, status, reason
    if asking.otherwise:
        return question.NOT_PLANNED, status, reason
    verdict = asking.question.verdict(effect["effect_low"], effect["effect_high"])
    if verdict == question.NONE:
        return verdict, "no difference that matters", ""
    if status != "found" and asking.over < asking.looks[-1]:
        if not test.left < question.HARDLY:
            return question.GO_ON, "not found", ""
        size = asking.question.at(used.typical).size_words()
        chance = f"with a chance of {100 * test.left:.0f} %"
        hardly = f"hardly: the nights left would find a difference of {size} {chance}"
        return verdict, "not found", hardly
    return verdict, status, reason


def _status(
    test: randomisation.Randomised,
    y: Floats,
    outcome: str,
    level: float,
    planned: int,
    sequential: bool,
) -> tuple[Status, str]:
    """Say whether the effect was found, or could not have been, and why."""
    n = len(y)
    if test.reason:
        words = {
            randomisation.TOO_FEW_SCHEDULES: f"on the {n} nights used only {test.distinct} "
            f"schedules can be told apart, expected {randomisation.LEAST_SCHEDULES} or more",
            "too few nights": f"{n} of {planned} planned nights have {outcome}, too few to compare",
            "constant": f"all {n} nights used were planned alike",
            "one side too rare": f"fewer than 3 of {n} nights used were of one kind",
            "outcome constant": f"{outcome} was the same on all {n} nights",
            "outcome constant given the controls": f"{outcome} follows weekdays and slow change "
            "exactly; nothing else varies",
            "constant given the controls": "the schedule follows weekdays and slow change exactly",
        }
        return "refused", f"{test.reason}: {words.get(test.reason, test.reason)}"
    # a p-value is a count over a count: what is 0.05 exactly must not be found by rounding
    if test.crossed if sequential else test.pvalue < 1.0 - level - 1e-12:
        return "found", ""
    large = estimation.LARGE_DIFFERENCE_SD * float(y.std(ddof=1))
    df = max(test.n - test.k - 1, 1)
    if not np.isfinite(test.high - test.low) or (
        verdicts.power_for(large, test.low, test.high, df, level=level) < verdicts.UNREACHABLE_BELOW
    ):
        return "unreachable", (
            "unreachable: these nights could hardly have shown even a difference as large as the "
            "usual spread between nights"
        )
    return "not found", ""


def _as_done(answers: filled_sheet.TrialAnswers, used: _Used, asking: Asking) -> Beside:
    """Compare by what was done, on the nights for which that is known."""
    done = answers.done[used.here]
    known = np.isfinite(done)
    if not known.any():
        return Beside(NAN, NAN, NAN, NAN, 0, "not recorded")
    return compliance.beside(
        used.y[known], done[known], used.controls[known], used.number[known],
        level=asking.question.level, typical=used.typical,
    )  # fmt: skip


def _carry_over(first: Bools, used: _Used, asking: Asking) -> tuple[Beside, Beside]:
    """Estimate what the night before's condition did beside the own, and the own beside it."""
    level = asking.question.level
    later = used.number > 0  # the first night has no night before it
    y, number = used.y[later], used.number[later]
    both = first[number].astype(float), first[number - 1].astype(float)
    found = []
    for x, held in (both[::-1], both):
        fixed = np.column_stack([used.controls[later], held])
        found.append(compliance.beside(y, x, fixed, number, level=level, typical=used.typical))
    return found[0], found[1]
