"""What came of asking whether a difference wore off."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from sleepstats.responses.results import _Curved
from sleepstats.results.relation import Status

#: The terms of such a question.
EFFECT, TOLERANCE, REBOUND = "with against without", "each further week", "after stopping"


@dataclass(frozen=True, eq=False, repr=False)
class OverTime(_Curved):
    """How a difference behaved over courses of use; made by :func:`sleepstats.over_time`.

    Attributes
    ----------
    outcome, factor : str
        Column names.
    when : str
        Which part of the factor's cycle meets which of the outcome's, in words.
    n, n_with, n_dropped : int
        Nights used, of them with the factor; rows of the diary that lack either value.
    starts, stops : int
        Changes to use and from use that the diary shows.
    courses, ended : int
        Courses, that is stretches of use of seven nights or more, and those seen to end.
    n_rebound : int
        Nights without among the first three after the end of a course.
    longest : int
        Calendar nights of the longest stretch of use.
    middle : float
        Mean of the nights since starting, over the nights with.
    effect_unit : str
        The outcome's unit.
    terms : DataFrame
        ``with against without`` (at ``middle`` nights since starting), ``each further week`` (how
        the difference changed per week of use) and ``after stopping`` (the first three nights
        against other nights without), each beside the others: ``term``, ``effect``,
        ``effect_low``, ``effect_high``, ``effect_unit``, ``ratio``, ``ratio_low``,
        ``ratio_high`` (latency), ``pvalue``, ``pvalue_holm`` (over the terms asked), ``status``
        (``found``, ``cannot tell`` or ``refused``), ``reason``.
    curve : DataFrame
        ``x`` (nights since starting, 0 the first), ``estimate``, ``low``, ``high``: the difference
        from nights without; empty where wearing off cannot be asked.
    pvalue : float
        The smaller of the adjusted p-values of wearing off and rebound.
    status : {"found", "unreachable", "refused"}
        ``found`` if wearing off or rebound was; ``unreachable``, "these nights cannot tell",
        otherwise; ``refused`` if neither can be asked.
    reason : str
        A short code, a colon and words; empty where there is nothing to explain.
    cautions : tuple of str
        Sentences: use began after a bad week, or follows bad nights; with the numbers.
    level : float
        Confidence level of every interval.
    adjust : tuple of str
        What was removed: ``"weekday"``, ``"trend"``.
    first_night, last_night : Timestamp or None
        First and last night used.
    outcome_label, factor_label, outcome_unit, factor_unit : str
        Words and units for axes and sentences.
    data : DataFrame
        The nights used, index ``night``: outcome and factor.
    """

    outcome: str
    factor: str
    when: str
    n: int
    n_with: int
    n_dropped: int
    starts: int
    stops: int
    courses: int
    ended: int
    n_rebound: int
    longest: int
    middle: float
    effect_unit: str
    pvalue: float
    status: Status
    reason: str
    cautions: tuple[str, ...]
    level: float
    adjust: tuple[str, ...]
    first_night: pd.Timestamp | None
    last_night: pd.Timestamp | None
    outcome_label: str
    factor_label: str
    outcome_unit: str
    factor_unit: str
    data: pd.DataFrame = field(repr=False)
    curve: pd.DataFrame = field(repr=False)
    terms: pd.DataFrame = field(repr=False)

    def __str__(self) -> str:
        """Return the answer in plain words."""
        from sleepstats.responses.sentences import say_courses

        return say_courses(self)
