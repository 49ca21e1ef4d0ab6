"""Ask the nights: what went with sleep, one relation or all of them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from sleepstats.asking import packing, question_checks, verdicts
from sleepstats.asking.estimation import Asking, estimate
from sleepstats.asking.questions import prepare
from sleepstats.columns import factor_names
from sleepstats.errors import DiaryError, worded
from sleepstats.relations.entangling import mark_entangled
from sleepstats.relations.gaps import gap_notes
from sleepstats.results.relation import Association, Difference

DEFAULT_OUTCOMES = ("tst_min", "sol_min")


@worded
def correlate(
    nights: pd.DataFrame,
    *,
    outcomes: Sequence[str] | str = DEFAULT_OUTCOMES,
    factors: Sequence[str] | str | None = None,
    adjust: Sequence[str] = ("weekday", "trend"),
    method: str = "pearson",
    family: str = "bh",
    level: float = 0.95,
    when: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Ask how every factor went with every outcome.

    Parameters
    ----------
    nights : DataFrame
        One row per night of one person, as :func:`~sleepstats.check_nights` describes it.
    outcomes : sequence of str
        Columns to explain. The default is total sleep time and sleep onset latency; where
        ``tst_min`` was not recorded ``spt_min`` stands in for it, or else ``tib_min``, and where
        ``sol_min`` was not recorded its questions are refused. A named outcome must exist.
    factors : sequence of str, optional
        Columns to ask about; every column of kind factor by default.
    adjust : sequence of {"weekday", "trend"}
        What is taken out first: the week, and the slow drift of the months. ``()`` for nothing.
    method : {"pearson", "spearman"}
        The displayed ``r``. The p-value and the effect do not depend on it.
    family : {"bh", "holm", "none"}
        How p-values are adjusted for the number of questions: Benjamini-Hochberg holds the share
        of false findings, Holm the chance of any.
    level : float
        Confidence level of every interval, 0.5 to 1; ``1 - level`` decides what is found.
    when : mapping of str to {"day", "night", "morning"}, optional
        When a column happens, where the reading record and the data dictionary do not say. A
        column unknown to them belongs to the day before the night.

    Returns
    -------
    DataFrame
        One row per outcome and factor, in the order asked, RangeIndex, full precision:

        * ``'outcome'``, ``'factor'``: column names
        * ``'when'``: which part of the factor's cycle meets which of the outcome's
        * ``'n'``: nights used
        * ``'n_dropped'``: rows of the diary that lack either value
        * ``'n_eff'``: effective sample size of the displayed r
        * ``'r'``, ``'r_low'``, ``'r_high'``: displayed correlation, controls removed (latency: of
          its logarithm); missing for a categorical factor
        * ``'effect'``, ``'effect_low'``, ``'effect_high'``: adjusted effect, per unit of a numeric
          factor or yes against no; missing for a categorical factor
        * ``'effect_unit'``: its unit, such as ``min per cup``
        * ``'ratio'``, ``'ratio_low'``, ``'ratio_high'``: for ``sol_min``, times as long
        * ``'pvalue'``: of the effect, two-sided
        * ``'pvalue_family'``: adjusted over the table
        * ``'status'``: ``found``, ``not found``, ``unreachable`` or ``refused``
        * ``'reason'``: a short code, a colon and words; empty where nothing needs explaining

        ``table.attrs["sleepstats_table"]`` says how the table was made: level, family, method,
        adjust, questions, refused, nights (used in any question), first_night, last_night, labels,
        units, steps (of a numeric factor, as :func:`~sleepstats.present` speaks of it), notes
        (sentences for the reader: what stood in for an outcome, and nights that were missing for a
        reason, see :func:`missing_for_a_reason`).

    Raises
    ------
    DiaryError
        With everything that is wrong: a frame that is no ``nights``, several people, names that
        are not there, an outcome that is no number, options that do not exist.

    See Also
    --------
    associate : one relation, with its nights and a sentence.
    compare : nights with a habit against nights without it.
    entangled : factors that the diary cannot tell apart.
    present : a table for reading.

    Notes
    -----
    The effect is the slope of a regression in calendar time whose errors may persist from night to
    night; missing nights are gaps, nothing is imputed. Latency is analysed as
    ``log(max(sol_min, 2.5))``: the ratio is ``exp(slope)``, the effect ``median (ratio - 1)``.
    A factor never comes after its outcome: where it would, the row before is taken if it is the
    calendar night before.

    *found*: ``pvalue_family < 1 - level``. *unreachable*: not found, and even a large effect
    (one standard deviation for yes against no, a correlation of 0.5 for a number) would have been
    found in fewer than 20 % of diaries like this one, given how exactly these nights measure and
    how many questions were asked. *refused*: the question cannot be asked; it does not count in
    the family. A question needs 14 nights with both values, and three nights that differ from the
    commonest value. *entangled with ...* in the reason, whatever the status: these nights cannot
    tell the factor from another one of the table, see :func:`entangled`; do not name either alone.

    An association is not an effect of the factor: what else came with those evenings came too.

    References
    ----------
    Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.
    Imbens & Kolesar 2016, doi:10.1162/REST_a_00552.

    Examples
    --------
    1. Everything the diary has

    >>> import sleepstats as ss
    >>> nights, truth = ss.simulate_nights(120, seed=7)
    >>> table = ss.correlate(nights)
    >>> table.outcome.unique().tolist(), "stress" in set(table.factor)
    (['tst_min', 'sol_min'], True)

    2. One outcome, strict

    >>> ss.correlate(nights, outcomes="se_pct", family="holm").outcome.unique().tolist()
    ['se_pct']
    """
    wanted = question_checks.names_of(outcomes)
    notes: list[str] = []
    is_default = tuple(wanted) == DEFAULT_OUTCOMES
    asking = question_checks.check_question(
        nights,
        outcomes=[] if is_default else wanted,
        factors=question_checks.names_of(factors or ()),
        asking=Asking(tuple(question_checks.names_of(adjust)), method, family, level),
        when=when,
    )
    if is_default:
        wanted, notes = question_checks.default_stand_ins(nights)
    if factors is None:
        names = factor_names(nights)
        pairs = [(y, x) for y in wanted for x in names if x != y]
    else:
        pairs = [(y, x) for y in wanted for x in question_checks.names_of(factors)]
    diary, questions = prepare(nights, pairs, when=when)
    answers = verdicts.judge(questions, estimate(diary, questions, asking), asking)
    answers = mark_entangled(diary, questions, answers, asking)
    if not pairs:
        notes.append("nights has no column of kind factor, so nothing was asked")
    notes += gap_notes(nights, wanted, [x for _, x in pairs], asking)
    table = packing.as_table(questions, answers)
    table.attrs[packing.TABLE] = packing.about_table(diary, questions, answers, asking, notes)
    return table


@worded
def associate(
    nights: pd.DataFrame,
    *,
    outcome: str,
    factor: str,
    adjust: Sequence[str] = ("weekday", "trend"),
    method: str = "pearson",
    level: float = 0.95,
    when: Mapping[str, str] | None = None,
) -> Association:
    """Ask how one factor went with one outcome.

    Parameters
    ----------
    nights : DataFrame
        One row per night of one person, as :func:`~sleepstats.check_nights` describes it.
    outcome : str
        Column to explain: a number or a clock time.
    factor : str
        Column to ask about: a number, a yes or no, or kinds (words).
    adjust : sequence of {"weekday", "trend"}
        What is taken out first. ``()`` for nothing.
    method : {"pearson", "spearman"}
        The displayed ``r``.
    level : float
        Confidence level, 0.5 to 1.
    when : mapping of str to {"day", "night", "morning"}, optional
        When a column happens, where the reading record and the dictionary do not say.

    Returns
    -------
    Association
        Frozen; its documentation lists every field. A question that cannot be asked comes back
        with ``status="refused"`` and the reason.

    Raises
    ------
    DiaryError
        As :func:`correlate`.

    Notes
    -----
    The same numbers as that pair's row of :func:`correlate`, asked alone: ``pvalue_family`` is
    ``pvalue``. A categorical factor is tested jointly; ``contrasts`` sets every kind against
    ``none`` where that is a kind, otherwise against the commonest, with Holm's adjustment over the
    kinds. Kinds seen on fewer than three nights are dropped and counted.

    References
    ----------
    Holm 1979, https://www.jstor.org/stable/4615733.

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, truth = ss.simulate_nights(120, seed=7)
    >>> one = ss.associate(nights, outcome="tst_min", factor="stress")
    >>> one.effect_unit, one.when
    ('min per point', 'day before the night')
    """
    asking = question_checks.check_question(
        nights,
        outcomes=[outcome],
        factors=[factor],
        asking=Asking(tuple(question_checks.names_of(adjust)), method, "none", level),
        when=when,
    )
    diary, (question,) = prepare(nights, [(outcome, factor)], when=when)
    (got,) = verdicts.judge([question], estimate(diary, [question], asking), asking)
    return packing.as_association(diary, question, got, asking)


@worded
def compare(
    nights: pd.DataFrame,
    *,
    outcome: str,
    factor: str,
    adjust: Sequence[str] = ("weekday", "trend"),
    level: float = 0.95,
    when: Mapping[str, str] | None = None,
) -> Difference:
    """Set nights with a habit against nights without it.

    Parameters
    ----------
    nights : DataFrame
        One row per night of one person, as :func:`~sleepstats.check_nights` describes it.
    outcome : str
        Column to explain: a number or a clock time.
    factor : str
        A yes or no (booleans, 1 and 0, or the words). Nights on which it was not recorded belong
        to neither side.
    adjust : sequence of {"weekday", "trend"}
        What is taken out first. ``()`` for nothing.
    level : float
        Confidence level, 0.5 to 1.
    when : mapping of str to {"day", "night", "morning"}, optional
        When a column happens, where the reading record and the dictionary do not say.

    Returns
    -------
    Difference
        Frozen; its documentation lists every field. The means, medians and ``raw_difference`` are
        of the outcome as recorded; ``effect`` and its interval have the controls removed and allow
        for nights that resemble their neighbours.

    Raises
    ------
    DiaryError
        As :func:`correlate`, and when the factor is a number or has kinds: the sentence says what
        to use instead.

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, truth = ss.simulate_nights(120, seed=7)
    >>> diff = ss.compare(nights, outcome="tst_min", factor="late_meal")
    >>> diff.n_with + diff.n_without + diff.n_dropped == len(nights)
    True
    """
    asking = question_checks.check_question(
        nights,
        outcomes=[outcome],
        factors=[factor],
        asking=Asking(tuple(question_checks.names_of(adjust)), "pearson", "none", level),
        when=when,
    )
    diary, (question,) = prepare(nights, [(outcome, factor)], when=when)
    if question.kind not in ("yes/no", "empty"):
        raise DiaryError(question_checks.no_sides(question))
    (got,) = verdicts.judge([question], estimate(diary, [question], asking), asking)
    return packing.as_difference(diary, question, got, asking)
