"""How many nights an effect takes, before a diary begins and after."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pandas as pd

from sleepstats.arrays import FLOOR_MIN, LATENCY, Floats, Ints, latency_refusal, read_values
from sleepstats.asking import LEAST_NIGHTS, Asking, estimation, held_columns, question_checks
from sleepstats.columns import Column, column_of, factor_names, how_long
from sleepstats.errors import DiaryError, worded
from sleepstats.inference import guards, habit_columns, information, none_alone, randomisation
from sleepstats.planning import designs
from sleepstats.relations import DEFAULT_OUTCOMES
from sleepstats.units import reading_step

#: Chance of finding the effect that is asked for unless told otherwise.
POWER = 0.8
#: Share of nights not recorded, and persistence, supposed before any night is known.
USUAL_MISSING, USUAL_PERSISTENCE = 0.15, 0.3
#: Share of a night's variance that is its own before any night is known, and the most that one
#: night's lasting deviation hands to the next.
USUAL_ONE_NIGHT, MOST_LASTING = 0.3, 0.95
MOST_QUESTIONS = 1_000_000
MOST_NIGHTS = 730  # more are no plan
_NOTHING = 1e-18  # share of the squares that is rounding


@worded
def nights_needed(
    nights: pd.DataFrame | None = None,
    outcome: str = "",
    factor: str | None = None,
    *,
    effect: float | None = None,
    sd: float | None = None,
    persistence: float | None = None,
    missing: float | None = None,
    power: float = POWER,
    questions: int | None = None,
    adjust: Sequence[str] = ("weekday", "trend"),
    level: float = 0.95,
    when: Mapping[str, str] | None = None,
) -> designs.NightsNeeded:
    """Say how many nights an effect takes, or which effect the nights so far could show.

    Parameters
    ----------
    nights : DataFrame, optional
        One row per night of one person. Without it (before starting) ``sd`` and ``effect`` are
        needed.
    outcome : str, optional
        Column to explain. By default the first of ``tst_min``, ``spt_min`` and ``tib_min`` that was
        recorded, which the sentence names; without nights ``tst_min``.
    factor : str, optional
        A number or a yes or no, used as it was so far. Without it five ways to spread a yes
        or no over the nights are set side by side.
    effect : float, optional
        Effect to find, in the outcome's unit: yes against no, or per unit of a numeric factor (20
        min for an hour of screens in minutes: ``20 / 60``). For ``sol_min`` minutes at the median
        night, in a straight line over the step that the sentence tells. Without it only the
        smallest effect that the nights so far could show is given.
    sd, persistence, missing : float, optional
        A night's standard deviation (outcome's unit), the correlation of its deviation with the
        next night's (0.3 if not known), and the share of nights not recorded (0.15). Taken from
        ``nights`` where these are given.
    power : float
        Wanted chance of finding the effect.
    questions : int, optional
        Questions asked together: each is found at the strictest threshold of their family. By
        default both are said: what the question takes alone, and among as many as
        :func:`~sleepstats.correlate` would ask of these nights (alone only before starting).
    adjust : sequence of str
        ``"weekday"``, ``"trend"``, and columns of nights that the analysis will hold equal.
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
    fitted (:func:`~sleepstats.inference.information.expected_information`) and the factor's own
    autocovariance; the chance is that of a noncentral t variable, averaged over how far ``x' M x``
    differs from diary to diary. Degrees of freedom are the spare nights over the kurtosis of the
    whitened factor, and fewer where so many nights leave the shape of the noise open. For a factor
    that was recorded
    the smallest effect comes from the interval of the nights themselves, so that on a short diary
    the two can disagree: how much a few nights tell differs from one diary to the next. All of it
    supposes that a factor goes on as often, and in such streaks, as so far.
    Before starting,
    three tenths of a night's variance are supposed to be its own. How often the effect was found
    with the nights given, alone and in a table: ``benchmarks/calibration_verdicts.md``.

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
    0     half of the nights, by a coin     142
    1                 every other night      99
    2  half of the nights, ten in a row     269
    3      one night in five, by a coin     220
    4    one night in twelve, by a coin     468

    After: what these nights are enough for, alone and in the table of all habits.

    >>> nights, truth = ss.simulate_nights(90, seed=7)
    >>> ss.nights_needed(nights, factor="late_meal").table[["questions", "smallest"]].round()
       questions  smallest
    0          1      34.0
    1         24      50.0
    """
    asking = Asking(tuple(question_checks.names_of(adjust)), level=level)
    outcome = how_long(nights) if outcome == "" else outcome
    if isinstance(factor, (int, float)):
        raise DiaryError(
            f"nights_needed(): {factor!r} stands where a habit is named. Give a size by its name: "
            f"effect={factor!r}."
        )
    _check_numbers(nights is None, outcome, effect, sd, persistence, missing, power, questions)
    if nights is None:
        if factor is not None:
            raise DiaryError(
                f"nights_needed(): factor={factor!r} has no nights to learn from. Give nights, or "
                "leave factor out to see five ways of spreading a yes or no."
            )
        noise = supposed(float(sd or 0.0), persistence, missing)
        column = column_of(None, outcome)
        return designs.set_beside(
            column, None, noise, designs.five_designs(), effect, (0, 0), None, math.nan,
            power, [questions or 1], asking,
        )  # fmt: skip
    habits = [] if factor is None else [factor]
    question_checks.check_question(
        nights, outcomes=[outcome], factors=habits, asking=asking, when=when
    )
    asked = [questions] if questions else sorted({1, _in_the_table(nights, outcome, asking, when)})
    return _from_nights(nights, outcome, factor, effect, power, asked, asking, when)


def _in_the_table(
    nights: pd.DataFrame, outcome: str, asking: Asking, when: Mapping[str, str] | None
) -> int:
    """Count the questions of the table that this one would stand in."""
    outcomes = list(DEFAULT_OUTCOMES)
    if outcome not in outcomes:
        outcomes, _ = question_checks.default_stand_ins(nights)
    outcomes = outcomes if outcome in outcomes else [outcome]
    pairs = [(one, factor) for one in outcomes for factor in factor_names(nights)]
    pairs = [(one, factor) for one, factor in pairs if one in nights and one != factor]
    asked = held_columns.prepare_asked(nights, pairs, asking, when=when)[1] if pairs else []
    return max(sum(not one.refusal for one in asked), 1)


def _from_nights(
    nights: pd.DataFrame,
    outcome: str,
    factor: str | None,
    effect: float | None,
    power: float,
    questions: Sequence[int],
    asking: Asking,
    when: Mapping[str, str] | None,
) -> designs.NightsNeeded:
    """Learn spread, persistence and the factor's ways from the nights."""
    dates = pd.DatetimeIndex(nights.index)
    reading = read_values(nights[outcome], dates)
    column = column_of(nights, outcome)
    column = replace(column, unit=reading.unit or column.unit)
    used, y, x, smallest = ~np.isnan(reading.values), reading.values, None, None
    step = 1.0
    about: Column | None = None
    if outcome == LATENCY:
        if refusal := latency_refusal(nights):
            raise DiaryError(f"nights_needed(): {refusal}.")
        y = np.log(np.maximum(y, FLOOR_MIN))
    if factor is not None:
        diary, (question,) = held_columns.prepare_asked(
            nights, [(outcome, factor)], asking, when=when
        )
        if question.kind not in ("yes/no", "numeric"):
            raise DiaryError(
                f"nights_needed(): {factor!r} is neither a number nor a yes or no. Ask about one "
                "kind of it, or leave factor out."
            )
        (answer,) = estimation.estimate(diary, [question], asking)
        if answer.status == "refused":
            raise DiaryError(f"nights_needed(): {answer.reason}.")
        used, x, about = question.used, question.x[question.used], question.factor
        measured = answer.precision[0]
        half = (measured.high - measured.low) / 2.0
        from scipy.special import stdtrit

        smallest = half / float(stdtrit(measured.df, 0.5 + asking.level / 2.0)), measured.df
        kind = question.kind
        if kind == "numeric":
            step = reading_step(x, about.unit)
    n = int(used.sum())
    if n < LEAST_NIGHTS:
        raise DiaryError(
            f"nights_needed() needs at least {LEAST_NIGHTS} nights with {outcome} to learn its "
            f"spread; {n} have it. Give sd= instead, or record more nights."
        )
    number = guards.night_numbers(dates[used].to_numpy("datetime64[D]"))
    span = int(number[-1]) + 1
    controls = guards.calendar_controls(
        number, dates[used].day_of_week.to_numpy(), span, adjust=asking.calendar
    )
    left = guards.without_controls(y[used][:, None], guards.control_basis(controls))
    if not float((left**2).sum()) > _NOTHING * float((y[used] ** 2).sum()):
        same = "was the same" if np.ptp(y[used]) == 0.0 else "follows weekdays and slow change"
        raise DiaryError(
            f"nights_needed(): {outcome} {same} on all {n} nights, so there is no spread to learn. "
            "Give sd= instead, or ask about another outcome."
        )
    noise = fitted(y[used], controls, x, number, span)
    ways = designs.five_designs()
    if x is not None:
        ways = [own_design(x, controls, number, span, kind == "yes/no")]
    median = float(np.median(np.maximum(reading.values[used], FLOOR_MIN)))
    return designs.set_beside(
        column, about, noise, ways, effect, (span, n), smallest,
        median if outcome == LATENCY else math.nan, power, questions, asking, step,
    )  # fmt: skip


def supposed(sd: float, persistence: float | None, missing: float | None) -> designs.Noise:
    """Return the noise supposed before any night is known."""
    next_night = USUAL_PERSISTENCE if persistence is None else persistence
    kappa = min(USUAL_ONE_NIGHT, 1.0 - next_night / MOST_LASTING)
    kappa = max(kappa, 0.0)
    away = USUAL_MISSING if missing is None else missing
    return designs.Noise(sd, next_night / (1.0 - kappa), kappa, away)


def fitted(y: Floats, controls: Floats, x: Floats | None, number: Ints, span: int) -> designs.Noise:
    """Fit spread and persistence with the calendar and the factor removed."""
    columns = controls if x is None else np.column_stack([controls, x])
    basis = guards.control_basis(columns)
    counted = none_alone.bring_in_around(y, columns, tested=int(x is not None))[:, None]
    weight, variance = randomisation.noise_weights(
        guards.without_controls(counted, basis)[:, 0], basis, number
    )
    left = max(len(number) - basis.shape[1], 1)
    total, phi, kappa, vague = information.one_noise(weight, variance, span, left)
    return designs.Noise(math.sqrt(total), phi, kappa, 1.0 - len(number) / span, vague)


def own_design(
    x: Floats, controls: Floats, number: Ints, span: int, yes_no: bool
) -> designs.Design:
    """Return how a factor was spread over the nights: its autocovariance ``c(0) r**lag``."""
    # c(0) and r = c(1) / c(0) such that what is left of the factor beside the controls would on
    # average be as it is: taken as it is, what is left looks too restless
    basis = guards.control_basis(controls)
    left = guards.without_controls(x[:, None], basis)[:, 0]
    at_zero, ratio = habit_columns.memory(x, left, basis, number, span)
    covariance: Floats = at_zero * ratio ** np.arange(information.LINEAR_FROM, dtype=np.float64)
    if yes_no:
        return designs.Design("as so far", float(x.mean()), covariance)
    kurtosis = float((left**4).mean() / (left**2).mean() ** 2)
    return designs.Design("as so far", math.nan, covariance, kurtosis)


def _check_numbers(
    before: bool,
    outcome: str,
    effect: float | None,
    sd: float | None,
    persistence: float | None,
    missing: float | None,
    power: float,
    questions: int | None,
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
    few = questions is None or 1 <= questions <= MOST_QUESTIONS
    expect(few, "questions", questions, f"a whole number from 1 to {MOST_QUESTIONS:,}")
    if problems:
        raise DiaryError(problems)


def more_nights(span: int, width: float, size: float, share: float) -> str:
    """Say how many nights beyond ``span`` would show a size, or that it takes years.

    By the square-root law, in 80 of 100 at a level of ``0.05 share``; ``width`` is of the range.
    """
    seen = (NormalDist().inv_cdf(1.0 - 0.025 * min(share, 1.0)) + 0.84) / 1.96 * width / 2.0
    more = span * ((seen / size) ** 2 - 1.0)
    few = f"about {max(round(more, -1), 10):,.0f} more nights like these"
    told = few if more <= MOST_NIGHTS else "only years of nights"
    return f"if it is {size:.0f} min, {told} would probably show it"
