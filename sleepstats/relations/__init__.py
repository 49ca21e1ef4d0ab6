"""What went with what: one relation, or all of them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from sleepstats.asking import Asking, estimation, present_table, question_checks, verdicts
from sleepstats.asking.held_columns import clocks_known, prepare_asked
from sleepstats.asking.several import ask_earlier, ask_one, lags_of
from sleepstats.columns import factor_names
from sleepstats.errors import DiaryError, worded
from sleepstats.relations.beside_others import guessed, noted_twice, set_beside
from sleepstats.relations.entangling import mark_entangled
from sleepstats.relations.gaps import gap_notes, gap_questions
from sleepstats.results.relation import Association, Difference

DEFAULT_OUTCOMES = ("tst_min", "sol_min")


@worded
def correlate(
    nights: pd.DataFrame,
    outcomes: Sequence[str] | str = DEFAULT_OUTCOMES,
    factors: Sequence[str] | str | None = None,
    *,
    adjust: Sequence[str] = ("weekday", "trend"),
    method: str = "pearson",
    family: str = "bh",
    level: float = 0.95,
    when: Mapping[str, str] | None = None,
    beside: bool = False,
    matters: Mapping[str, float] | None = None,
    between: Sequence[str] | str = (),
) -> pd.DataFrame:
    """Ask how every factor went with every outcome, alone and beside the others.

    Parameters
    ----------
    nights : DataFrame
        One row per night of one person, as :func:`~sleepstats.check_nights` describes it.
    outcomes : sequence of str
        Columns to explain. The default is total sleep time and sleep onset latency; where
        ``tst_min`` was not recorded ``spt_min`` stands in for it, or else ``tib_min``, and where
        ``sol_min`` was not recorded its questions are refused. A named outcome must exist.
        ``"all"``: every measure that varies, in families by which p-values are adjusted.
    factors : sequence of str, optional
        Columns to ask about; every column of kind factor by default.
    adjust : sequence of str
        What is taken out first: ``"weekday"``, the slow drift of the months ``"trend"``, and any
        columns of nights to be held equal, such as ``"stress"``. ``()`` for nothing.
    method : {"pearson", "spearman"}
        The displayed ``r``. The p-value and the effect do not depend on it.
    family : {"bh", "holm", "none"}
        How p-values are adjusted for the number of questions: Benjamini-Hochberg holds the share
        of false findings, Holm the chance of any.
    level : float
        Confidence level of every interval, 0.5 to 1; ``1 - level`` decides what is found.
    when : mapping of str to {"day", "night", "morning"}, optional
        When a column happens, where reading record and dictionary do not say (then on the day).
    beside : bool
        Whether to ask every factor once more with the others that matter held equal.
    matters : mapping of str to float, optional
        Outcome to the smallest difference that matters, in its unit (latency: minutes); of a
        number between its usual evenings, the 10th and the 90th percentile of the values.
    between : sequence of str
        Factors that lie between others and the outcome, and are never held equal.

    Returns
    -------
    DataFrame
        One row per outcome and factor, in the order asked, RangeIndex, full precision:

        * ``'outcome'``, ``'factor'``: column names
        * ``'when'``: which part of the factor's cycle meets which of the outcome's
        * ``'n'``, ``'n_dropped'``: nights used; rows of the diary that lack either value
        * ``'n_eff'``: effective sample size of the displayed r
        * ``'r'``, ``'r_low'``, ``'r_high'``: displayed correlation, controls removed (latency: of
          its logarithm); missing for a categorical factor
        * ``'effect'``, ``'effect_low'``, ``'effect_high'``: adjusted effect, per unit of a numeric
          factor or yes against no; missing for a categorical factor
        * ``'effect_unit'``: its unit, such as ``min per cup``; ``'step'``: for how much of a number
          :func:`~sleepstats.present` tells it
        * ``'ratio'``, ``'ratio_low'``, ``'ratio_high'``: for ``sol_min``, times as long
        * ``'pvalue'``: of the effect, two-sided
        * ``'pvalue_family'``: adjusted over the table
        * ``'status'``: ``found``, ``not found``, ``unreachable``, ``refused``, or with
          ``matters=`` ``no difference that matters``: the whole interval lies within it
        * ``'reason'``: a short code, a colon and words; empty where nothing needs explaining

        With ``outcomes="all"`` also ``'family_name'``. With ``beside=True`` also:

        * ``'beside_effect'``, ``'beside_low'``, ``'beside_high'``, ``'beside_pvalue'``: the effect,
          its single-question interval and p-value with ``'held_equal'`` (names with commas) held
          equal; kinds have a p-value only
        * ``'stands'``: of what was found, whether ``beside_pvalue`` is below ``1 - level`` after
          Benjamini and Hochberg among the found of the family, and ``beside_effect`` points the
          same way as ``effect``; missing where nothing was found
        * ``'goes_with'``: for what was found and does not stand, the fewest factors beside which
          it goes away, or from which it cannot be told
        * ``'fcr_low'``, ``'fcr_high'``: false-coverage-rate interval of what was found, level
          ``1 - (1 - level) R / m``, R found of m answered in the family
        * ``'best_guess'``, ``'p_direction'``, ``'beside_guess'``: posterior mean of the effect
          alone under what is known of real habits, the chance of its direction; and beside the rest
        * ``'best_guess_low'``, ``'best_guess_high'``: of what was found, the same posterior's
          central interval; without 0 exactly where ``p_direction`` is over ``(1 + level) / 2``
        * ``'evening_after_effect'``, ``'evening_after_pvalue'``, ``'evening_after_pvalue_family'``:
          of what was found, the same factor on the evening after, which cannot have made the night,
          its own evening held equal (the last adjusted over the family); told where its sign is
          that of ``effect``; kinds have a p-value only
        * ``'robustness'``: of what stands, the share of what is left of factor and outcome that
          something unrecorded would have to account for, of both, to explain it away:
          ``(sqrt(f**4 + 4 f**2) - f**2) / 2``, ``f = |t| / sqrt(df)``

        ``table.attrs["sleepstats_table"]`` says how the table was made: level, family, method,
        adjust, questions, refused, nights (used in any question), first_night, last_night, labels,
        units, steps (factor to ``step``), families (name to outcomes), found_levels (outcome to the
        level of ``fcr_low``), notes (what stood in for an outcome, and nights missing for a reason,
        see :func:`missing_for_a_reason`), dates_open (what the file's dates leave open).

    Raises
    ------
    DiaryError
        With everything that is wrong: a frame that is no ``nights``, several people, names that
        are not there, an outcome that is no number, options that do not exist.

    Notes
    -----
    The effect is the slope of a regression in calendar time whose errors may persist from night to
    night; missing nights are gaps, nothing is imputed. Latency is analysed as
    ``log(max(sol_min, 2.5))``: the ratio is ``exp(slope)``, the effect ``median (ratio - 1)``; of a
    yes or no is printed ``median (ratio ** (1 - q) - ratio ** -q)``, q about the share of yes.
    A night farther than two standard deviations of ordinary nights (1.2 where tails are heavy, less
    on the longer side) from what everything held fixed and the factor let one expect counts up to
    there (Huber's estimate; ratings have no such nights): one all-nighter decides nothing. Where
    residuals grow along the factor: up to 2.5, with errors no smaller than of nights as recorded.
    ``r`` is of the latter. Below 130 nights Friday with Saturday, and Sunday, stand for the week,
    else six columns. A factor never comes after its outcome: the calendar night before is taken.
    Hours before bed are asked at the same bed time, which moves them and the night's length alike.

    *found*: ``pvalue_family < 1 - level``. *unreachable*: not found, and even a large effect
    (one standard deviation for yes against no, a correlation of 0.5 for a number) would have been
    found in fewer than 20 % of diaries like this one, given how exactly these nights measure and
    how many questions were asked. *refused*: cannot be asked, and not in the family: a question
    needs 14 nights with both values, three of them off the commonest. *entangled with ...* in the
    reason: these nights cannot tell it from another one, see :func:`entangled`; name neither alone.

    An association is not an effect of the factor: what else came with those evenings came too. Held
    equal beside a factor are those with p below 0.1 for the outcome and those that go with
    the factor (p below 0.1, controls removed); their gaps, and only theirs, are filled by what the
    other factors lead one to expect. Never held equal: factors of the night itself or of the
    morning after it, what ``between`` declares, an amount beside its own yes or no.

    References
    ----------
    Belloni, Chernozhukov & Hansen 2014, doi:10.1093/restud/rdt044 (held equal: both sides).
    Benjamini & Yekutieli 2005, doi:10.1198/016214504000001907 (false-coverage-rate intervals).
    Cinelli & Hazlett 2020, doi:10.1111/rssb.12348; Stephens 2017, doi:10.1093/biostatistics/kxw041.
    Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.
    Huber 1973, doi:10.1214/aos/1176342503; Imbens & Kolesar 2016, doi:10.1162/REST_a_00552.

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, truth = ss.simulate_nights(120, seed=7)
    >>> ss.correlate(nights).outcome.unique().tolist()
    ['tst_min', 'sol_min']
    >>> table = ss.correlate(nights, outcomes="tst_min", beside=True)
    >>> table.loc[table.stands.fillna(False), "factor"].tolist()
    ['stress', 'screens_min']
    """
    wanted = question_checks.names_of(outcomes)
    notes: list[str] = []
    groups: dict[str, list[str]] = {}
    if wanted == ["all"] and "all" not in nights:
        groups = question_checks.outcome_families(nights)
        wanted = [name for names in groups.values() for name in names]
    is_default = tuple(wanted) == DEFAULT_OUTCOMES
    asking = Asking(tuple(question_checks.names_of(adjust)), method, family, level)
    named = [*question_checks.names_of(factors or ()), *question_checks.names_of(between)]
    question_checks.check_question(
        nights, outcomes=[] if is_default else wanted, factors=named, asking=asking, when=when
    )
    question_checks.check_matters(nights, matters)
    if is_default:
        wanted, notes = question_checks.default_stand_ins(nights)
    habits = factor_names(nights) if factors is None else question_checks.names_of(factors)
    pairs = [(y, x) for y in wanted for x in habits if factors is not None or x != y]
    groups = groups or {"": wanted}
    families = [[k for k, (y, _) in enumerate(pairs) if y in names] for names in groups.values()]
    diary, questions = prepare_asked(nights, pairs, asking, when=when)
    # what the missing nights are asked stands on one more set of nights: all are whitened together
    gaps, n_gaps = gap_questions(nights, wanted, [x for _, x in pairs], asking, diary)
    answers = estimation.estimate(diary, [*questions, *gaps], asking)
    answers, of_gaps = answers[: len(pairs)], answers[len(pairs) :]
    answers = verdicts.judge_families(questions, answers, asking, families)
    answers = verdicts.what_matters(questions, answers, matters or {})
    answers = mark_entangled(diary, questions, answers, asking)
    levels = [level] * len(pairs)
    if beside:
        ways = question_checks.names_of(between)
        answers, levels = set_beside(diary, questions, answers, asking, families, between=ways)
        answers = guessed(questions, answers, level)
    notes += ["nights has no column of kind factor, so nothing was asked"] * (not pairs)
    notes += gap_notes(gaps, of_gaps, n_gaps, level)
    table = verdicts.as_table(questions, answers)
    about = verdicts.about_table(diary, questions, answers, asking, notes)
    told = [(one, sum(answers[k].status != "refused" for k in one)) for one in families]
    answered = {pairs[k][0]: n for one, n in told for k in one}
    about |= {"families": groups, "when": dict(when or {}), "answered": answered}
    if "" not in groups:
        family_of = {y: name for name, names in groups.items() for y in names}
        table["family_name"] = table["outcome"].map(family_of).astype("str")
    if beside:
        table = verdicts.with_beside(table, answers)
        about["found_levels"] = {y: at for (y, _), at in zip(pairs, levels, strict=True)}
        about["noted_twice"] = noted_twice(questions)
    table.attrs[verdicts.TABLE] = about
    return present_table.easy_to_read(table)


@worded
def associate(
    nights: pd.DataFrame,
    outcome: str,
    factor: str,
    *,
    adjust: Sequence[str] = ("weekday", "trend"),
    method: str = "pearson",
    level: float = 0.95,
    when: Mapping[str, str] | None = None,
    lag: int | Sequence[int] = 0,
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
    adjust : sequence of str
        ``"weekday"``, ``"trend"``, columns of nights to be held equal. ``()`` for nothing.
    method : {"pearson", "spearman"}
        The displayed ``r``.
    level : float
        Confidence level, 0.5 to 1.
    when : mapping of str to {"day", "night", "morning"}, optional
        When a column happens, where the reading record and the dictionary do not say.
    lag : int or sequence of int
        Evenings before the last, 0 to 7. 1: the evening before the last, the last one's own value
        held equal. ``(0, 1, 2)``: the last three in one test with one p, never the best of them.

    Returns
    -------
    Association
        Frozen; its documentation lists every field. A question that cannot be asked comes back
        with ``status="refused"`` and the reason.

    Raises
    ------
    DiaryError
        As :func:`correlate`; a ``lag`` that is no evening, too far back, or named twice.

    Notes
    -----
    That pair's row of :func:`correlate`, asked alone: ``pvalue_family`` is ``pvalue``. Kinds are
    tested jointly; ``contrasts`` sets each against ``none`` where that is a kind, otherwise against
    the commonest, with Holm's adjustment; those seen on fewer than three nights are dropped.

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
    lags = lags_of(lag)
    diary, question, asking = ask_one(
        nights, outcome=outcome, factor=factor, adjust=adjust, level=level, when=when, method=method
    )
    if lags != (0,):
        return ask_earlier(clocks_known(nights)[0], diary, question, asking, lags)
    (got,) = verdicts.judge([question], estimation.estimate(diary, [question], asking), asking)
    return verdicts.as_association(diary, question, got, asking)


@worded
def compare(
    nights: pd.DataFrame,
    outcome: str,
    factor: str,
    *,
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
    adjust : sequence of str
        ``"weekday"``, ``"trend"``, columns of nights to be held equal. ``()`` for nothing.
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
        As :func:`correlate`, and when the factor is a number or has kinds.

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, truth = ss.simulate_nights(120, seed=7)
    >>> diff = ss.compare(nights, outcome="tst_min", factor="late_meal")
    >>> diff.n_with + diff.n_without + diff.n_dropped == len(nights)
    True
    """
    diary, question, asking = ask_one(
        nights, outcome=outcome, factor=factor, adjust=adjust, level=level, when=when
    )
    if question.kind not in ("yes/no", "empty"):
        raise DiaryError(question_checks.no_sides(question))
    (got,) = verdicts.judge([question], estimation.estimate(diary, [question], asking), asking)
    return verdicts.as_difference(diary, question, got, asking)
