"""How many nights an effect takes, before a diary begins and after."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from sleepstats.asking import question_checks, verdicts
from sleepstats.asking.estimation import Asking, estimate
from sleepstats.asking.held_columns import prepare_asked
from sleepstats.asking.questions import LEAST_NIGHTS
from sleepstats.columns import Column, column_of
from sleepstats.errors import DiaryError, worded
from sleepstats.factors import read_values
from sleepstats.inference import guards
from sleepstats.inference.guards import calendar_controls, night_numbers
from sleepstats.latency import FLOOR_MIN, LATENCY, latency_refusal
from sleepstats.planning import designs
from sleepstats.planning.designs import NightsNeeded

#: Chance of finding the effect that is asked for unless told otherwise.
POWER = 0.8


_NOTHING = 1e-18  # share of the squares that is rounding


@worded
def nights_needed(
    nights: pd.DataFrame | None = None,
    outcome: str = "tst_min",
    factor: str | None = None,
    *,
    effect: float | None = None,
    sd: float | None = None,
    persistence: float | None = None,
    missing: float | None = None,
    power: float = POWER,
    questions: int = 1,
    adjust: Sequence[str] = ("weekday", "trend"),
    level: float = 0.95,
    when: Mapping[str, str] | None = None,
) -> NightsNeeded:
    """Say how many nights an effect takes, or which effect the nights so far could show.

    Parameters
    ----------
    nights : DataFrame, optional
        One row per night of one person. Without it (before starting) ``sd`` and ``effect`` are
        needed.
    outcome : str
        Column to explain.
    factor : str, optional
        A number or a yes or no, used as it was so far. Without it five ways to spread a yes
        or no over the nights are set side by side.
    effect : float, optional
        Effect to find, in the outcome's unit: yes against no, or per unit of a numeric factor.
        For ``sol_min`` minutes at the median night. Without it only the smallest effect that the
        nights so far could show is given.
    sd, persistence, missing : float, optional
        A night's standard deviation (outcome's unit), the correlation of its deviation with the
        next night's (0.3 if not known), and the share of nights not recorded (0.15). Taken from
        ``nights`` where these are given.
    power : float
        Wanted chance of finding the effect.
    questions : int
        Questions asked together: each is found at the strictest threshold of their family.
    adjust : sequence of {"weekday", "trend"}
        What the analysis takes out.
    level : float
        Confidence level.
    when : mapping of str to {"day", "night", "morning"}, optional
        When a column happens, where the reading record and the dictionary do not say.

    Returns
    -------
    NightsNeeded
        Frozen; its documentation lists every field and the columns of ``table``.

    Raises
    ------
    DiaryError
        For a frame that is no ``nights``, names that are not there, numbers out of range, a factor
        with kinds, and where neither nights nor ``sd`` and ``effect`` are given, or fewer than 14
        nights have the values.

    Notes
    -----
    The standard error after n calendar nights is ``sd / sqrt(E[x' M x])``, with the noise as
    fitted (:func:`~sleepstats.inference.effective.expected_information`) and the factor's own
    autocovariance; the power is that of a noncentral t variable, the same computation that
    calls a question of :func:`~sleepstats.correlate` unreachable. For a factor that was recorded
    the smallest effect comes from the interval of the nights themselves, so that on a short diary
    the two can disagree: how much a few nights tell differs from one diary to the next.
    Degrees of freedom are the spare nights, or the nights over the factor's kurtosis if that is
    less. Before starting,
    three tenths of a night's variance are supposed to be its own. The power that the nights given
    really had is in ``benchmarks/calibration_questions.md``.

    References
    ----------
    Lenth 2001, doi:10.1198/000313001317098149 (plan from the effect, not from the p-value).

    Examples
    --------
    Before starting: 30 min of sleep, nights with a standard deviation of an hour.

    >>> import sleepstats as ss
    >>> plan = ss.nights_needed(effect=30, sd=60, persistence=0.3, missing=0.15)
    >>> plan.table[["design", "nights"]]
                                 design  nights
    0     half of the nights, by a coin     139
    1                 every other night      96
    2  half of the nights, ten in a row     260
    3      one night in five, by a coin     216
    4    one night in twelve, by a coin     463

    After: what these nights could show.

    >>> nights, truth = ss.simulate_nights(90, seed=7)
    >>> ss.nights_needed(nights, factor="late_meal").table.columns.tolist()
    ['design', 'share', 'effect', 'effect_unit', 'nights', 'recorded', 'smallest']
    """
    asking = Asking(tuple(question_checks.names_of(adjust)), "pearson", "none", level)
    _check_numbers(nights is None, outcome, effect, sd, persistence, missing, power, questions)
    if nights is None:
        if factor is not None:
            raise DiaryError(
                f"nights_needed(): factor={factor!r} has no nights to learn from. Give nights, or "
                "leave factor out to see five ways of spreading a yes or no."
            )
        noise = designs.supposed(float(sd or 0.0), persistence, missing)
        column = column_of(None, outcome)
        return designs.set_beside(
            column, None, noise, designs.five_designs(), effect, (0, 0), None, math.nan,
            power, questions, asking,
        )  # fmt: skip
    question_checks.check_question(
        nights,
        outcomes=[outcome],
        factors=[] if factor is None else [factor],
        asking=asking,
        when=when,
    )
    return _from_nights(nights, outcome, factor, effect, power, questions, asking, when)


def _from_nights(
    nights: pd.DataFrame,
    outcome: str,
    factor: str | None,
    effect: float | None,
    power: float,
    questions: int,
    asking: Asking,
    when: Mapping[str, str] | None,
) -> NightsNeeded:
    """Learn spread, persistence and the factor's ways from the nights."""
    dates = pd.DatetimeIndex(nights.index)
    reading = read_values(nights[outcome], dates)
    column = column_of(nights, outcome)
    column = replace(column, unit=reading.unit or column.unit)
    used, y, x, smallest = ~np.isnan(reading.values), reading.values, None, None
    about: Column | None = None
    if outcome == LATENCY:
        if refusal := latency_refusal(nights):
            raise DiaryError(f"nights_needed(): {refusal}.")
        y = np.log(np.maximum(y, FLOOR_MIN))
    if factor is not None:
        diary, (question,) = prepare_asked(nights, [(outcome, factor)], asking, when=when)
        if question.kind not in ("yes/no", "numeric"):
            raise DiaryError(
                f"nights_needed(): {factor!r} is neither a number nor a yes or no. Ask about one "
                "kind of it, or leave factor out."
            )
        (answer,) = estimate(diary, [question], asking)
        if answer.status == "refused":
            raise DiaryError(f"nights_needed(): {answer.reason}.")
        used, x, about = question.used, question.x[question.used], question.factor
        measured = answer.precision[0]
        half = (measured.high - measured.low) / 2.0
        from scipy.special import stdtrit

        error = half / float(stdtrit(measured.df, 0.5 + asking.level / 2.0))
        shift = verdicts.shift_for(power, measured.df, questions=questions, level=asking.level)
        smallest = error * float(shift)
        kind = question.kind
    n = int(used.sum())
    if n < LEAST_NIGHTS:
        raise DiaryError(
            f"nights_needed() needs at least {LEAST_NIGHTS} nights with {outcome} to learn its "
            f"spread; {n} have it. Give sd= instead, or record more nights."
        )
    number = night_numbers(dates[used].to_numpy("datetime64[D]"))
    span = int(number[-1]) + 1
    controls = calendar_controls(
        number, dates[used].day_of_week.to_numpy(), span, adjust=asking.calendar
    )
    left = guards.without_controls(y[used][:, None], guards.control_basis(controls))
    if not float((left**2).sum()) > _NOTHING * float((y[used] ** 2).sum()):
        same = "was the same" if np.ptp(y[used]) == 0.0 else "follows the week and slow drift"
        raise DiaryError(
            f"nights_needed(): {outcome} {same} on all {n} nights, so there is no spread to learn. "
            "Give sd= instead, or ask about another outcome."
        )
    noise = designs.fitted(y[used], controls, x, number, span)
    ways = designs.five_designs()
    if x is not None:
        ways = [designs.own_design(x, controls, number, span, kind == "yes/no")]
    median = float(np.median(np.maximum(reading.values[used], FLOOR_MIN)))
    return designs.set_beside(
        column, about, noise, ways, effect, (span, n), smallest,
        median if outcome == LATENCY else math.nan, power, questions, asking,
    )  # fmt: skip


def _check_numbers(
    before: bool,
    outcome: str,
    effect: float | None,
    sd: float | None,
    persistence: float | None,
    missing: float | None,
    power: float,
    questions: int,
) -> None:
    """Raise one error with everything that is wrong with the numbers."""
    problems = []

    def expect(good: bool, name: str, value: object, expected: str) -> None:
        if not good:
            problems.append(f"nights_needed(): {name} is {value!r}, expected {expected}.")

    told = {"sd": sd, "persistence": persistence, "missing": missing}
    if not before:
        problems += [
            f"nights_needed(): {name} is learnt from nights; leave {name}= out."
            for name, value in told.items()
            if value is not None
        ]
    elif sd is None or effect is None:
        problems.append(
            "nights_needed() without nights needs sd=, the standard deviation of a night, and "
            "effect=, what is to be found: for example effect=30, sd=60 (min)."
        )
    elif outcome == LATENCY:
        problems.append(
            "nights_needed(): sol_min is analysed on its logarithm, so its spread must be learnt "
            "from nights. Give nights, or ask about another outcome."
        )
    expect(sd is None or sd > 0, "sd", sd, "a number above 0")
    expect(effect is None or effect != 0, "effect", effect, "a number other than 0")
    expect(persistence is None or 0 <= persistence < 1, "persistence", persistence, "0 to below 1")
    expect(missing is None or 0 <= missing <= 0.6, "missing", missing, "a share from 0 to 0.6")
    expect(0.1 <= power < 1, "power", power, "a chance from 0.1 to below 1")
    expect(questions >= 1, "questions", questions, "a whole number, 1 or more")
    if problems:
        raise DiaryError(problems)
