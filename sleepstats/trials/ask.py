"""A fair test of one habit: plan it by chance, run it, ask what it changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from os import PathLike

import numpy as np
import pandas as pd

from sleepstats import trials
from sleepstats.checks import check_nights
from sleepstats.columns import absent
from sleepstats.errors import DiaryError, advice, given, harmless, option, worded
from sleepstats.trials import TrialPlan, analysis, compliance, filled_sheet, power, question
from sleepstats.trials.designs import design as designed
from sleepstats.trials.result import TrialResult

LEAST_DRAWS, MOST_DRAWS = 999, 1_000_000
_DOSE = re.compile(r"\d\s*(?:mg|mcg|[µμ]g|iu|drops?|tablets?|pills?|capsules?|gummies)\b", re.I)
#: What a plan opens with that names a dose of what is not known to need asking.
_ASK = (
    "A dose is named: ask a doctor or pharmacist first whether it goes with your health and with "
    "what else you take. This is a schedule of nights; it says nothing about whether to take "
    "anything, or how much."
)


@worded
def plan_trial(
    n_nights: int,
    *,
    seed: int,
    design: str = "pairs",
    start: str | date | pd.Timestamp | None = None,
    conditions: tuple[str, str] = ("on", "off"),
    block: int | None = None,
    max_run: int | None = None,
    stop_rule: str = "",
    substance: str = "",
    medicine: bool = False,
    asked_a_clinician: bool = False,
    nights: pd.DataFrame | None = None,
    outcome: str | None = None,
    matters: float | None = None,
    looks: Sequence[float] | None = None,
    adjust: Sequence[str] = ("weekday", "trend"),
    level: float = 0.95,
    washout: int = 0,
    effect: float | None = None,
) -> TrialPlan:
    """Plan a randomised trial: which night has which condition, decided by chance.

    Parameters
    ----------
    n_nights : int
        Calendar nights of the trial.
    seed : int
        Not negative. The same seed gives the same schedule on every platform.
    design : {"pairs", "blocks", "free"}
        ``pairs``: a coin decides for each pair of nights which condition comes first. ``blocks``:
        the same with blocks of nights, for what takes days to come and go. ``free``: any balanced
        order without long runs.
    start : str or date, optional
        Date of the first evening. Without it the plan has no dates until
        :meth:`TrialPlan.starting`.
    conditions : tuple of str
        The condition in question, and the one it is set against.
    block : int, optional
        Nights of a block in ``blocks``; 3 by default.
    max_run : int, optional
        Longest run of one condition in ``free``; 3 by default.
    stop_rule : str
        What would make you stop early, in your own words, written before the first night.
    substance : str
        What is being tried, in your own words.
    medicine : bool
        Whether it is a medicine.
    asked_a_clinician : bool
        That a doctor or pharmacist was asked. Needed for a medicine, and for substances known for
        dependence, withdrawal or toxicity, in which case the plan opens with a warning. Where
        a dose is named (``"melatonin 2 mg"``) it opens with the advice to ask.
    nights : DataFrame, optional
        Your diary so far: the plan then says what it can show, before it starts, and how likely
        the looks end it early.
    outcome : str, optional
        What the trial is to change: with it the question is registered in the plan, and
        :func:`analyse_trial` answers that question.
    matters : float, optional
        The smallest difference that matters to you, in the outcome's unit; below zero if a fall is
        hoped for. Answers are held against it. For ``sol_min``: minutes off, or on, a typical
        night, the median of `nights`, or without them of the trial's nights under the other
        condition; so the same share of a night at planning and at the end.
    looks : sequence of float, optional
        Shares of the nights after which the trial is looked at; (0.5, 0.75, 1.0) by default,
        (1.0,) for the end alone. Pairs of blocks are kept whole.
    adjust : sequence of {"weekday", "trend"}
        What is taken out first.
    level : float
        Level of the interval, 0.5 to 1.
    washout : int
        Nights at the beginning of each block that are left out of the comparison, where what was
        done in the block before may still be at work; with ``design="blocks"``.
    effect : float, optional
        A difference for which the plan says how likely it is to be found, and how many nights it
        takes; `matters` by default, and taken for it where that is left out.

    Returns
    -------
    TrialPlan
        ``.table`` with ``night``, ``block``, ``condition``; ``.schedules``; ``.seed``;
        ``.question``, what was registered; ``.checksum`` of all of it, which stands in the sheet;
        ``.to_csv(path)`` writes the sheet to fill in, ``.to_ics(path)`` a calendar,
        ``.to_html(path)`` a page to print; ``str()`` says it in words.

    Raises
    ------
    DiaryError
        For a design with fewer than 256 schedules, or one half of the nights against the other; a
        number of nights that the blocks do not fill; a substance on the list without
        `asked_a_clinician`; a diary that cannot say what can be shown.

    Notes
    -----
    All admissible schedules are numbered and one number is drawn, each equally likely
    (:func:`sleepstats.trials.designs.ranks_below` says how). A plan is a schedule of nights: it
    says nothing about doses, and recommends nothing.

    By look t the share ``2 - 2 Phi(z / sqrt(t))`` of the error is spent (Lan & DeMets 1983), and
    the trial may end where the difference is clear by that, or where the nights left would find
    one of `matters` with a chance below 10 %. Looked at at another time, nothing is said of the
    effect.

    References
    ----------
    Kravitz RL, Duan N (eds) 2014. Design and Implementation of N-of-1 Trials: A User's Guide. AHRQ
    Publication 13(14)-EHC122-EF. https://effectivehealthcare.ahrq.gov/products/n-1-trials
    Lan KKG, DeMets DL 1983, doi:10.1093/biomet/70.3.659.

    Examples
    --------
    >>> plan = plan_trial(28, seed=7, start="2026-03-02", conditions=("reading", "no reading"),
    ...                   stop_rule="I stop if I am ill for more than three nights.")
    >>> plan.schedules
    16384
    >>> plan.table["condition"].head(4).tolist()
    ['reading', 'no reading', 'reading', 'no reading']
    >>> plan = plan_trial(56, seed=7, outcome="tst_min", matters=20)
    >>> plan.question.look_nights(plan.design)
    (28, 42, 56)
    """
    problems = []
    whole = isinstance(seed, int | np.integer) and not isinstance(seed, bool)
    if not whole or seed < 0:
        problems.append(f"{given('seed', seed)}, expected a whole number, 0 or more.")
    named, wrong = question.labels_of(conditions)
    problems += wrong
    for name, value in (("stop_rule", stop_rule), ("substance", substance)):
        if not isinstance(value, str):
            problems.append(f"{name} is {value!r}, expected words.")
    for name, value in (("conditions", "".join(named)), ("stop_rule", stop_rule),
                        ("substance", substance)):  # fmt: skip
        if harmless(words := " ".join(str(value).split())) != words:
            problems.append(f"{name} holds control characters ({value!a}). Write words only.")
    if problems:
        raise DiaryError(problems)
    made = designed(design, n_nights, block=block, max_run=max_run, washout=washout)
    warning = question.caution_about([substance, *named], medicine=medicine)
    if warning and not asked_a_clinician:
        raise DiaryError(
            f"{warning} When you have asked, and what you were told allows nights with and nights "
            f"without, {advice('write asked_a_clinician=True', 'add --asked-a-clinician')}."
        )
    if not warning and _DOSE.search(" ".join([substance, *named])):
        warning = _ASK
    asked = expectation = None
    if outcome is not None:
        size, called = (effect, "effect") if matters is None else (matters, "matters")
        asked = question.registered(outcome, size, adjust, level, looks, made, called)
        if nights is not None:
            shown = matters if effect is None else effect
            expectation = power.expect(
                nights, made, outcome=asked.outcome, effect=shown, seed=int(seed), asked=asked
            )
            asked = asked.at(expectation.typical)
    elif nights is not None:
        raise DiaryError(
            f"{advice('plan_trial() with nights= needs outcome=', '--diary needs --outcome')}, the "
            f"column that the trial is to change, for example {option(outcome='tst_min')}."
        )
    else:
        sizes = {"effect": effect, "matters": matters, "looks": looks}
        for name in (name for name, value in sizes.items() if value is not None):
            raise DiaryError(
                f"{advice(f'plan_trial() got {name}= without', f'--{name} was given without')} "
                f"{advice('outcome=', '--outcome')}. Say what the trial is to change, for "
                f"example {option(outcome='tst_min')}."
            )
    return trials.plan_of(
        made,
        seed=int(seed),
        conditions=named,
        start=start,
        stop_rule=" ".join(stop_rule.split()),
        substance=" ".join(substance.split()),
        warning=warning,
        expectation=expectation,
        question=asked,
    )


@worded
def analyse_trial(
    nights: pd.DataFrame,
    plan: TrialPlan | str | PathLike[str],
    *,
    outcome: str | None = None,
    adjust: Sequence[str] | None = None,
    level: float | None = None,
    look: float | None = None,
    draws: int = 4999,
    seed: int = 0,
) -> TrialResult:
    """Ask what the condition of a randomised trial changed: the question registered in its plan.

    Parameters
    ----------
    nights : DataFrame
        The diary. Nights outside the plan are not used; planned nights that lack the outcome stay
        missing. A column ``done`` (and ``guess``) is used where the plan does not come with a
        filled-in sheet.
    plan : TrialPlan or path
        The plan, or its sheet as filled in.
    outcome : str, optional
        Numeric column to explain; needed where the plan registered none. Another one than was
        registered is answered as "not what was planned", and so are other controls or another
        level.
    adjust : sequence of {"weekday", "trend"}, optional
        What is taken out first, by default as registered, or both; it does not depend on the
        schedule, so the test stays exact.
    level : float, optional
        Level of the interval, 0.5 to 1, by default as registered, or 0.95; ``1 - level`` decides
        what is found.
    look : float, optional
        Which planned look this is, such as 0.5, where the diary does not end with its last night:
        that night was not recorded, or the diary goes on. Later nights are not used.
    draws : int
        Schedules drawn when there are more than 20,000 admissible ones; 999 or more.
    seed : int
        Seed of these draws.

    Returns
    -------
    TrialResult
        ``verdict`` against what matters. As randomised first: ``effect`` with ``effect_low``,
        ``effect_high`` in the outcome's unit, ``pvalue``, ``schedules`` compared. Then ``doubts``,
        ``compliance``, ``as_done``, ``carry_over``, ``blinding``, ``notes``; ``str()`` says it in
        plain words, ``.plot()`` is the picture. At a look that was not planned nights and
        compliance only.

    Raises
    ------
    DiaryError
        If the sheet does not fit its plan (nights twice, unknown words, nights that are not in
        the plan, a condition that was not planned), or the diary and the plan share no night, or
        the outcome is no number, or the plan or its sheet was altered after it was made. A shift
        of dates that would fit is named, never made.

    Notes
    -----
    Fisher's randomisation test. The diary is taken as it is, missing nights included; the only
    chance is the schedule. The statistic is ``abs(t)`` of the condition in a regression with
    controls, whitened for the persistence between nights; it is computed for every admissible
    schedule (or drawn ones), and p is the share that is as large as the one seen. The interval
    holds the effects that the same test would not reject: for each, the effect is taken off the
    nights with the condition and the test repeated (see
    :func:`sleepstats.inference.randomisation.randomisation_test`). Persistence is fitted once, on
    the nights as they are, and kept for all of these effects; an effect subtracted from the diary
    by hand and asked about again is whitened anew, so that its p can differ a little from the
    interval's end. Nights count under the
    condition that was *planned*, whatever was done; ``as_done`` is an observation, not a trial.
    With several planned looks each bound comes from the re-drawn schedules that have not crossed
    earlier, so that over all looks no more than ``1 - level`` of the trials without an effect find
    one (see :func:`sleepstats.inference.looks.looks_test`, which also says what interval and
    estimate are after an early end). Sleep onset latency is analysed as a logarithm: a ratio, and
    minutes at ``typical``: never the median of all nights of the trial, which the condition moves.

    References
    ----------
    Fisher RA 1935, The Design of Experiments. Edgington & Onghena 2007, Randomization Tests,
    doi:10.1201/9781420011814.

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, _ = ss.simulate_nights(56, seed=3, start="2026-03-02")
    >>> plan = ss.plan_trial(56, seed=7, start="2026-03-02", outcome="tst_min", matters=20)
    >>> result = ss.analyse_trial(nights, plan)
    >>> result.verdict
    'no difference that matters'
    """
    _check_frame(nights)
    made, answers = filled_sheet.plan_and_answers(nights, plan, trials.plan_of)
    asked, otherwise = question.asked_of(made.question, made.design, outcome, adjust, level)
    problems = []
    if asked.outcome not in nights:
        problems.append(absent(nights, asked.outcome))
    for name, value, least in (("draws", draws, LEAST_DRAWS), ("seed", seed, 0)):
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if not whole or value < least:
            problems.append(f"{given(name, value)}, expected a whole number, {least} or more.")
        elif name == "draws" and value > MOST_DRAWS:
            problems.append(f"draws is {value!r}, expected {MOST_DRAWS:,} or fewer.")
    if problems:
        raise DiaryError(problems)
    over, at, why_not = compliance.look_of(nights, made, look)
    looks = () if made.question is None else asked.look_nights(made.design)
    asking = analysis.Asking(
        made, asked, otherwise, over, looks, at, why_not, int(draws), int(seed)
    )
    return analysis.analyse(nights, asking, answers)


def _check_frame(nights: pd.DataFrame) -> None:
    """Raise one error with everything that is wrong with the diary itself."""
    check_nights(nights)
    problems = []
    if isinstance(nights.index, pd.MultiIndex):
        problems.append(power.SEVERAL)
    if not len(nights):
        problems.append("nights has no rows. Read the diary of the trial with read_diary(path).")
    if problems:
        raise DiaryError(problems)
