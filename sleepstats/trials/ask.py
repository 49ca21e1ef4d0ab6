"""A fair test of one habit: plan it by chance, run it, ask what it changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from os import PathLike

import numpy as np
import pandas as pd

from sleepstats.errors import DiaryError, harmless, worded
from sleepstats.trials.analysis import Asked, analyse
from sleepstats.trials.designs import design as design_of
from sleepstats.trials.plan import TrialPlan, plan_of
from sleepstats.trials.power import expect
from sleepstats.trials.result import TrialResult


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
        dependence, withdrawal or toxicity, in which case the plan opens with a warning.
    nights : DataFrame, optional
        Your diary so far: the plan then says what it can show, before it starts.
    outcome : str, optional
        What the trial is to change; needed with `nights`.
    effect : float, optional
        A difference you would care about, in the outcome's unit (for ``sol_min``: minutes at
        your median night). The plan says how likely it is to be found, and how many nights it
        takes.

    Returns
    -------
    TrialPlan
        ``.table`` with ``night``, ``block``, ``condition``; ``.schedules``; ``.seed``;
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

    References
    ----------
    Kravitz RL, Duan N (eds) 2014. Design and Implementation of N-of-1 Trials: A User's Guide. AHRQ
    Publication 13(14)-EHC122-EF. https://effectivehealthcare.ahrq.gov/products/n-1-trials

    Examples
    --------
    >>> plan = plan_trial(28, seed=7, start="2026-03-02", conditions=("reading", "no reading"),
    ...                   stop_rule="I stop if I am ill for more than three nights.")
    >>> plan.schedules
    16384
    >>> plan.table["condition"].head(4).tolist()
    ['reading', 'no reading', 'reading', 'no reading']
    """
    problems = []
    whole = isinstance(seed, int | np.integer) and not isinstance(seed, bool)
    if not whole or seed < 0:
        problems.append(f"seed is {seed!r}, expected a whole number, 0 or more.")
    named, wrong = _conditions(conditions)
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
    made = design_of(design, n_nights, block=block, max_run=max_run)
    warning = caution_about([substance, *named], medicine=medicine)
    if warning and not asked_a_clinician:
        raise DiaryError(
            f"{warning} When you have asked, and what you were told allows nights with and nights "
            "without, write asked_a_clinician=True."
        )
    expectation = None
    if nights is not None:
        if outcome is None:
            raise DiaryError(
                "plan_trial() with nights= needs outcome=, the column that the trial is to "
                "change, for example outcome='tst_min'."
            )
        expectation = expect(nights, made, outcome=outcome, effect=effect, seed=int(seed))
    elif outcome is not None or effect is not None:
        raise DiaryError(
            "plan_trial() got outcome= or effect= without nights=. What a trial can show depends "
            "on your own diary: give it as nights=."
        )
    return plan_of(
        made,
        seed=int(seed),
        conditions=named,
        start=start,
        stop_rule=" ".join(stop_rule.split()),
        substance=" ".join(substance.split()),
        warning=warning,
        expectation=expectation,
    )


@worded
def analyse_trial(
    nights: pd.DataFrame,
    plan: TrialPlan | str | PathLike[str],
    *,
    outcome: str,
    adjust: Sequence[str] = ("weekday", "trend"),
    level: float = 0.95,
    draws: int = 4999,
    seed: int = 0,
) -> TrialResult:
    """Ask what the condition of a randomised trial changed.

    Parameters
    ----------
    nights : DataFrame
        The diary. Nights outside the plan are not used; planned nights that lack the outcome stay
        missing. A column ``done`` (and ``guess``) is used where the plan does not come with a
        filled-in sheet.
    plan : TrialPlan or path
        The plan, or its sheet as filled in.
    outcome : str
        Numeric column to explain.
    adjust : sequence of {"weekday", "trend"}
        What is taken out first; it does not depend on the schedule, so the test stays exact.
    level : float
        Level of the interval, 0.5 to 1; ``1 - level`` decides what is found.
    draws : int
        Schedules drawn when there are more than 20,000 admissible ones; 999 or more.
    seed : int
        Seed of these draws.

    Returns
    -------
    TrialResult
        As randomised first: ``effect`` with ``effect_low``, ``effect_high`` in the outcome's unit,
        ``pvalue``, ``schedules`` compared. Then ``compliance``, ``as_done``, ``carry_over``,
        ``blinding``, ``notes``; ``str()`` is a sentence, ``.plot()`` the picture.

    Raises
    ------
    DiaryError
        If the sheet does not fit its plan (nights twice, unknown words, nights that are not in
        the plan, a condition that was not planned), or the diary and the plan share no night, or
        the outcome is no number. A shift of dates that would fit is named, never made.

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
    Sleep onset latency is analysed as a logarithm: a ratio, and minutes at the median night.

    References
    ----------
    Fisher RA 1935, The Design of Experiments. Edgington & Onghena 2007, Randomization Tests,
    doi:10.1201/9781420011814.

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, _ = ss.simulate_nights(56, seed=3, start="2026-03-02")
    >>> plan = ss.plan_trial(56, seed=7, start="2026-03-02")
    >>> result = ss.analyse_trial(nights, plan, outcome="tst_min")
    >>> result.status
    'not found'
    """
    asked = Asked(outcome, tuple(adjust), level, draws, seed)
    return analyse(nights, plan, asked)


def _conditions(conditions: tuple[str, str]) -> tuple[tuple[str, str], list[str]]:
    """Return both labels, and what is wrong with them."""
    expected = (
        "expected two different labels, the one in question first, such as ('reading', "
        "'no reading')"
    )
    labels = () if isinstance(conditions, str) else tuple(conditions)
    words = [" ".join(label.split()) for label in labels if isinstance(label, str)]
    if len(words) != 2 or not all(words) or len({word.casefold() for word in words}) != 2:
        return ("", ""), [f"conditions is {conditions!r}, {expected}."]
    return (words[0], words[1]), []


#: What a person may write -> why a clinician comes first. Names of groups and common members.
#: Sources: the withdrawal syndromes of DSM-5-TR and ICD-11; LiverTox (NCBI Bookshelf NBK547852)
#: for liver injury; the products' labels for the rest.
_CAUTIONS: Mapping[str, str] = {
    "dependence and withdrawal; liver injury has been reported":
        "kratom mitragynine mitragyna 7-oh 7-hydroxymitragynine",
    "dependence, withdrawal and stopped breathing":
        "opioid opioids opiate opiates codeine morphine oxycodone hydrocodone tramadol tapentadol "
        "methadone buprenorphine tianeptine",
    "dependence; stopping suddenly can bring on seizures":
        "benzodiazepine benzodiazepines alprazolam clonazepam diazepam lorazepam temazepam "
        "xanax valium barbiturate barbiturates phenobarbital phenibut ghb gbl alcohol",
    "dependence, rebound sleeplessness and acts done while asleep":
        "zolpidem zopiclone eszopiclone zaleplon ambien z-drug z-drugs",
    "withdrawal when stopped":
        "gabapentin pregabalin baclofen nicotine cannabis marijuana thc hashish",
    "withdrawal when stopped, and interactions with other medicines":
        "antidepressant antidepressants ssri ssris snri snris sertraline fluoxetine paroxetine "
        "citalopram escitalopram venlafaxine duloxetine trazodone mirtazapine amitriptyline "
        "doxepin antipsychotic antipsychotics quetiapine olanzapine lithium",
    "a dangerous rise of blood pressure or pulse when stopped suddenly":
        "clonidine propranolol metoprolol beta-blocker beta-blockers",
    "dependence and strain on the heart":
        "amphetamine amphetamines adderall methylphenidate ritalin modafinil",
    "confusion, falls and poisoning at doses not far above the usual":
        "diphenhydramine doxylamine promethazine chloral",
    "liver injury": "kava kava-kava",
    "serious interactions with other medicines": "st-john's-wort hypericum 5-htp",
    "adrenal insufficiency when stopped": "prednisone prednisolone hydrocortisone steroid steroids",
}  # fmt: skip
_REASONS = {word: reason for reason, words in _CAUTIONS.items() for word in words.split()}

MEDICINE = "a medicine, and medicines are started and stopped with whoever prescribed them"


def caution_about(texts: Iterable[str], *, medicine: bool = False) -> str:
    """Return the warning that a plan must open with; empty when nothing on the list is named.

    >>> caution_about(["reading"])
    ''
    """
    text = " ".join(texts).casefold().replace("’", "'")
    text = text.replace("st. john", "st john").replace("st john's wort", "st-john's-wort")
    words = re.findall(r"[\w'-]+", text)
    found = [word for word in dict.fromkeys(words) if word in _REASONS]
    parts = [f"“{word}” is known for {_REASONS[word]}" for word in found]
    if medicine:
        parts.append(f"this is {MEDICINE}")
    if not parts:
        return ""
    return (
        f"Before anything else, ask a doctor or pharmacist: {'; '.join(parts)}. Starting and "
        "stopping by a schedule can itself do harm. This is a schedule of nights; it says nothing "
        "about whether to take anything, or how much."
    )
