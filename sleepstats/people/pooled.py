"""Several people: each answered alone, then pooled; raw nights of different people never meet."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import pandas as pd

from sleepstats.asking.estimation import Asking
from sleepstats.asking.question_checks import check_question, names_of
from sleepstats.asking.questions import Question, prepare
from sleepstats.checks import check_nights
from sleepstats.cohort import Progress, effects_of_people, pooled_numbers, pooled_verdict
from sleepstats.columns import NIGHT, PERSON
from sleepstats.errors import DiaryError
from sleepstats.people.results import PeoplePool


def pool_people(
    nights: pd.DataFrame,
    *,
    outcome: str,
    factor: str,
    adjust: Sequence[str] = ("weekday", "trend"),
    level: float = 0.95,
    when: Mapping[str, str] | None = None,
    progress: Progress | bool = False,
) -> PeoplePool:
    """Ask every person alone how a factor went with an outcome, then pool the answers.

    Parameters
    ----------
    nights : DataFrame
        Several people: one row per person and night, index ``(person, night)``.
    outcome : str
        Column to explain: a number or a clock time.
    factor : str
        Column to ask about: a number, or a yes or no.
    adjust : sequence of {"weekday", "trend"}
        What is taken out of each person's nights first. ``()`` for nothing.
    level : float
        Confidence level, 0.5 to 1.
    when : mapping of str to {"day", "night", "morning"}, optional
        When a column happens, where the reading record and the dictionary do not say.
    progress : bool or callable
        True draws a bar on standard error; a callable is called with people done and all people.

    Returns
    -------
    PeoplePool
        Frozen; its documentation lists every field: the mean effect with interval and p-value, how
        much people differ with interval, what to expect of a new person, and every person's own
        answer or reason for none. Refused with fewer than four people answered: nothing is pooled.

    Raises
    ------
    DiaryError
        As :func:`~sleepstats.associate`; and when nights is of one person, or the factor has
        kinds.

    Notes
    -----
    Each person's effect comes from that person's nights alone, with the regression of
    :func:`~sleepstats.associate`, so that differences between people (who drinks more, who sleeps
    less) cannot make or hide an effect. The effects are then pooled as random effects: variance
    between people after Paule and Mandel, interval after Hartung and Knapp with one degree of
    freedom less than people (fewer still where a few diaries carry most of the weight: Bell and
    McCaffrey), Q-profile interval for the differences between people. Latency is
    pooled as a logarithm; its minutes are at the median of the people's median nights.

    References
    ----------
    Paule & Mandel 1982, doi:10.6028/jres.087.022. Hartung & Knapp 2001, doi:10.1002/sim.791.
    Viechtbauer 2007, doi:10.1002/sim.2514. Higgins, Thompson & Spiegelhalter 2009,
    doi:10.1111/j.1467-985X.2008.00552.x.

    Examples
    --------
    >>> import sleepstats as ss
    >>> diaries = {name: ss.simulate_nights(90, seed=seed)[0] for seed, name in enumerate("abcde")}
    >>> nights = pd.concat(diaries, names=["person", "night"])
    >>> got = ss.pool_people(nights, outcome="tst_min", factor="stress")
    >>> got.n_people, got.people["status"].unique().tolist()
    (5, ['answered'])
    """
    check_nights(nights)
    if not isinstance(nights.index, pd.MultiIndex):
        raise DiaryError(
            "pool_people() pools people, and nights has one. Put several together with "
            "pd.concat({'ann': ann, 'bob': bob}, names=['person', 'night']), or use associate()."
        )
    people = nights.index.unique(PERSON)
    if not len(people):
        raise DiaryError("nights has no rows, so there is nothing to ask.")
    asking = check_question(
        _one(nights, people[0]),
        outcomes=[outcome],
        factors=[factor],
        asking=Asking(tuple(names_of(adjust)), "pearson", "none", level),
        when=when,
    )
    effects = effects_of_people(
        ((name, _one(nights, name)) for name in people),
        outcomes=[outcome],
        factors=[factor],
        adjust=asking.adjust,
        when=when,
        progress=progress,
        total=len(people),
    )
    answered = effects[effects["status"] == "answered"]
    if answered.empty and (effects["kind"] == "categorical").all():
        raise DiaryError(
            f"pool_people() pools an amount or a yes or no, and {factor!r} has kinds. Make a yes "
            f"or no of one of them first, for example nights.assign(one=nights[{factor!r}] == ...)."
        )
    _, (question,) = prepare(_one(nights, people[0]), [(outcome, factor)], when=when)
    return _as_result(effects, question, asking)


def _one(nights: pd.DataFrame, name: Hashable) -> pd.DataFrame:
    """Return one person's nights."""
    part = pd.DataFrame(nights.xs(name, level=PERSON))
    part.index = part.index.rename(NIGHT)
    return part


def _as_result(effects: pd.DataFrame, question: Question, asking: Asking) -> PeoplePool:
    """Return the pooled answer to one question with every person's own."""
    from scipy.special import stdtrit

    numbers, pooled = pooled_numbers(effects, asking.level)
    numbers["pvalue_family"] = numbers["pvalue"]
    status, reason = pooled_verdict(numbers, 1, asking.level)
    answered = (effects["status"] == "answered").to_numpy()
    weight = np.full(len(effects), np.nan)
    weight[answered] = pooled.weights
    value, error = (effects[name].to_numpy(dtype=float) for name in ("estimate", "error"))
    half = stdtrit(effects["df"].to_numpy(dtype=float), 0.5 + asking.level / 2.0) * error
    ends = {"effect": value, "effect_low": value - half, "effect_high": value + half}
    if question.log_scale:
        ratios = {name.replace("effect", "ratio"): np.exp(v) for name, v in ends.items()}
        middle = effects["median"].to_numpy(dtype=float)
        ends = {name: middle * np.expm1(v) for name, v in ends.items()} | ratios
    people = pd.DataFrame(
        {
            "person": effects["person"],
            "n": effects["n"],
            **ends,
            "weight": weight,
            "status": effects["status"],
            "reason": effects["reason"],
        }
    )
    unshown = ("large", "df", "pvalue_family")
    fields = {name: value for name, value in numbers.items() if name not in unshown}
    factor = effects.loc[answered, "kind"].mode()
    return PeoplePool(
        **fields,
        outcome=question.outcome.name,
        factor=question.factor.name,
        when=question.when,
        kind=str(factor.iloc[0]) if len(factor) else question.kind,
        status=status,
        reason=reason,
        level=asking.level,
        adjust=asking.adjust,
        outcome_label=question.outcome.label,
        factor_label=question.factor.label,
        outcome_unit=question.outcome.unit,
        factor_unit=question.factor.unit,
        people=people,
    )
