"""How a trial was kept to: planned, done, swapped, missing, over; what the reader should know."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from sleepstats import inference
from sleepstats.arrays import Bools, Floats, Ints
from sleepstats.columns import column_of
from sleepstats.errors import DiaryError, advice, both_forms, given, option
from sleepstats.results.sentences import listed
from sleepstats.trials import TrialPlan, filled_sheet, question, sheet
from sleepstats.trials.result import LONGER, Beside, Blinding, TrialResult
from sleepstats.units import counted

AS_PLANNED, SWAPPED, NOT_RECORDED, MISSING = "as planned", "swapped", "not recorded", "missing"
_WEEK = 7
_AT_LOOK = 2
_UNLIKELY = 0.05
_AS_MUCH = 0.5
_LONGER = (
    f"{LONGER} ("
    + advice("design='blocks', block=4, washout=1", "--design blocks --block 4 --washout 1")
    + ")."
)
#: How the gravest doubt begins.
SHIFTED = "What was done would fit the plan if it were dated"


def data_of(
    plan: TrialPlan, answers: filled_sheet.TrialAnswers, outcome: str, recorded: Floats
) -> pd.DataFrame:
    """Lay out every planned night so far: planned, done and guessed, and the outcome."""
    n = len(recorded)
    first = plan.first[:n]
    swapped = np.isfinite(answers.done) & ((answers.done == 1.0) != first)
    status = np.where(swapped, SWAPPED, AS_PLANNED)
    status = np.where(np.isfinite(answers.done), status, NOT_RECORDED)
    status = np.where(np.isfinite(recorded), status, MISSING)
    return pd.DataFrame(
        {
            "block": plan.design.blocks[:n],
            "planned": _labels(first.astype(float), plan.conditions),
            "done": _labels(answers.done, plan.conditions),
            "guess": _labels(answers.guess, plan.conditions),
            "status": pd.array(status.tolist(), dtype="str"),
            outcome: recorded,
        },
        index=plan.nights[:n],
    )


def compliance_of(data: pd.DataFrame, conditions: tuple[str, str]) -> pd.DataFrame:
    """Count the nights by condition planned and by how they were kept to."""
    planned, done = data["planned"].to_numpy(), data["done"].to_numpy()
    missing = (data["status"] == MISSING).to_numpy()
    known = data["done"].notna().to_numpy()
    kept = known & (done == planned)
    of_each = [(name, planned == name) for name in conditions]
    return pd.DataFrame(
        [
            {
                "condition": name,
                "planned": int(of.sum()),
                "as_planned": int((of & kept).sum()),
                "swapped": int((of & known & ~kept).sum()),
                "not_recorded": int((of & ~known).sum()),
                "missing": int((of & missing).sum()),
            }
            for name, of in [*of_each, ("all", np.ones(len(data), dtype=bool))]
        ]
    )


def blinding_of(guess: Floats, first: Bools, schedules: Bools) -> Blinding | None:
    """Compare guesses with the plan, and with the schedules that could have been."""
    known = np.isfinite(guess)
    if not known.any():
        return None
    said = guess[known] == 1.0
    right = int((said == first[known]).sum())
    under = (schedules[:, known] == said).sum(axis=1)
    as_many = int((under >= right).sum())
    everything = bool((schedules == first).all(axis=1).any())
    # of drawn schedules the one carried out counts once more, or p could be zero by luck
    pvalue = as_many / len(under) if everything else (1 + as_many) / (1 + len(under))
    return Blinding(int(known.sum()), right, float(under.mean()), float(pvalue))


def beside(
    y: Floats, x: Floats, controls: Floats, number: Ints, *, level: float, typical: float
) -> Beside:
    """Estimate with the ordinary engine, in the unit of the result."""
    if len(y) < 3:  # too few for controls to be removed at all
        return Beside(np.nan, np.nan, np.nan, np.nan, len(y), "too few nights")
    slope = inference.gls_slope(y, x, controls, number, level=level)
    ends: Sequence[float] = (slope.estimate, slope.low, slope.high)
    if not np.isnan(typical):
        ends = [typical * float(np.expm1(end)) for end in ends]
    effect, low, high = (float(end) for end in ends)
    return Beside(effect, low, high, float(slope.pvalue), len(y), slope.reason)


def notes_of(
    plan: TrialPlan,
    answers: filled_sheet.TrialAnswers,
    data: pd.DataFrame,
    schedules: Bools,
    guesses: Blinding | None,
    nights: pd.DataFrame,
) -> tuple[str, ...]:
    """Say what the reader should know of how the trial was kept to."""
    n = len(data)
    notes = [_shifted(plan, answers), *_swaps(data), _unrecorded(answers.upto(n))]
    notes += [_gap(data), _one_sided_gaps(data, plan.first[:n], schedules), _guessed(guesses)]
    if plan.question is None:
        notes.append(_stopped(plan, nights))
    left_out = int((~plan.design.compared[:n]).sum())
    if left_out:
        notes.append(
            f"{counted(left_out, 'night')} at the beginning of blocks "
            f"{'was' if left_out == 1 else 'were'} left out of the comparison, as planned."
        )
    later = nights.loc[nights.index > data.index[-1], data.columns[-1]]
    if n < len(plan.first) and (after := int(later.notna().sum())):
        notes.append(f"{counted(after, 'night')} after this look were not used.")
    return tuple(note for note in notes if note)


def doubts_of(
    result: TrialResult, plan: TrialPlan, answers: filled_sheet.TrialAnswers, nights: pd.DataFrame,
    schedules: Bools,
) -> tuple[str, ...]:  # fmt: skip
    """Say why the answer may be another than that of the condition; the sentence begins so."""
    doubts = [_shifted(plan, answers), *_of_another_plan(plan, nights)]
    doubts.append(_one_sided_gaps(result.data, plan.first[: len(result.data)], schedules))
    if swapped := int(result.compliance["swapped"].iloc[-1]):
        doubts.append(
            f"Nights are counted by the plan, though on {counted(swapped, 'night')} the other was "
            "done."
        )
    if result.blinding is not None and result.blinding.pvalue < _UNLIKELY:
        doubts.append(_guessed(result.blinding))
    doubts.append(_carried(result))
    if plan.question is None:
        doubts.append(_stopped(plan, nights))
    return tuple(both_forms(doubt) for doubt in doubts if doubt)


def _carried(result: TrialResult) -> str:
    """Say so where the night before may be part of it, or all of it."""
    if result.verdict == question.GO_ON:  # nothing is said of effects yet
        return ""
    carried, own = result.carry_over, result.own_beside
    one = f"“{result.conditions[0]}”"
    if carried.pvalue < 1.0 - result.level:
        often = f"{100 * (1.0 - result.level):.0f} of 100 trials"
        return (
            f"A doubt: {one} on the night before seems to carry over (by chance it seems so in "
            f"{often}). {_LONGER}"
        )
    # about as much of the night before as of the night itself, and neither is clear
    if result.own_unclear and abs(carried.effect) >= _AS_MUCH * abs(own.effect):
        return (
            f"A doubt: whether it was {one} on the night itself or on the night before cannot be "
            f"told. {_LONGER}"
        )
    return ""


def _of_another_plan(plan: TrialPlan, nights: pd.DataFrame) -> list[str]:
    """Say what the plan says otherwise than the line that stands in the diary."""
    if "trial_plan" not in nights:
        return []
    codes = {str(code) for code in nights["trial_plan"].dropna() if str(code).strip()}
    now = sheet.parts_of(plan) | {"sum": plan.checksum}
    changes = [
        question.changed_since(sheet.words_of(code) or {"line": code}, now)
        for code in sorted(codes)
    ]
    return [
        f"This plan is not the one that the sheet was made with: {change}. What counts is what "
        "was written in the sheet."
        for change in changes
        if change
    ]


def _guessed(guesses: Blinding | None) -> str:
    """Say how often the condition was guessed, and what that means."""
    if guesses is None:
        return ""
    knowing = "Knowing, or feeling, which kind of night it was may be part of the effect."
    return (
        f"Which kind of night it was, was guessed on {counted(guesses.guesses, 'night')}, "
        f"{guesses.right} times rightly; {guesses.expected:.0f} would be expected by chance "
        f"(p = {guesses.pvalue:.2g})."
    ) + (f" {knowing}" if guesses.pvalue < _UNLIKELY else "")


def _labels(codes: Floats, conditions: tuple[str, str]) -> pd.api.extensions.ExtensionArray:
    words = [None if np.isnan(code) else conditions[0 if code else 1] for code in codes]
    return pd.array(words, dtype="str")


def _shifted(plan: TrialPlan, answers: filled_sheet.TrialAnswers) -> str:
    known = np.isfinite(answers.done)
    moved = sheet.better_shift(
        plan.nights[known], answers.done[known] == 1.0, pd.Series(plan.first, index=plan.nights)
    )
    if not moved:
        return ""
    return (
        f"{SHIFTED} {moved}. No dates were changed. Check them: if they are wrong, this result is, "
        "too; correct them and ask again."
    )


def _swaps(data: pd.DataFrame) -> list[str]:
    """Name the nights done otherwise, neighbours exchanged first."""
    swapped = (data["done"].notna() & (data["done"] != data["planned"])).to_numpy()
    if not swapped.any():
        return []
    dates = data.index[swapped]
    exchanged: list[str] = []
    taken = set()  # a night is exchanged with one other only
    for a, b in pairwise(dates):
        crossed = data.loc[a, "done"] == data.loc[b, "planned"]
        back = data.loc[b, "done"] == data.loc[a, "planned"]
        if (b - a).days == 1 and a not in taken and crossed and back:
            exchanged.append(f"{a:%Y-%m-%d} and {b:%Y-%m-%d}")
            taken.add(b)
    told = ", ".join(f"{date:%Y-%m-%d}" for date in dates[:5])
    told += f" and {len(dates) - 5} more" if len(dates) > 5 else ""
    other = f"The other of the two was done on {counted(len(dates), 'night')}"
    notes = [f"{other}: {told}. Nights are counted by the plan."]
    if exchanged:
        more = f" and {len(exchanged) - 3} more" if len(exchanged) > 3 else ""
        notes.append(f"Two nights in a row were swapped: {'; '.join(exchanged[:3])}{more}.")
    return notes


def _unrecorded(answers: filled_sheet.TrialAnswers) -> str:
    known = np.isfinite(answers.done)
    if not known.any():
        return "What was done was not recorded; nights are counted by the plan."
    if known.all():
        return ""
    return f"What was done is not recorded on {counted(int((~known).sum()), 'planned night')}."


def _gap(data: pd.DataFrame) -> str:
    """Name the longest gap, if it is a week or more."""
    missing = (data["status"] == MISSING).to_numpy()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], missing, [False]])))
    if not len(edges):
        return ""
    begin, end = edges[::2], edges[1::2]
    longest = int((end - begin).argmax())
    nights = int(end[longest] - begin[longest])
    if nights < _WEEK:
        return ""
    first, last = data.index[begin[longest]], data.index[end[longest] - 1]
    return (
        f"{counted(nights, 'planned night')} in a row, {first:%Y-%m-%d} to {last:%Y-%m-%d}, are "
        "not recorded; they stay missing."
    )


def _one_sided_gaps(data: pd.DataFrame, first: Bools, schedules: Bools) -> str:
    """Warn where nights are missing rather under one condition, by the same randomisation."""
    missing = (data["status"] == MISSING).to_numpy()
    if not missing.any():
        return ""
    under = schedules[:, missing].sum(axis=1)
    here = int(first[missing].sum())
    off = np.abs(under - under.mean())
    share = (1 + int((off >= abs(here - under.mean()) - 1e-9).sum())) / (1 + len(under))
    if share >= _UNLIKELY:
        return ""
    return (
        f"Of {counted(int(missing.sum()), 'night')} that are not recorded, {here} were planned "
        f"“{data['planned'][first].iloc[0]}”; by chance a split is rarely so uneven (p = "
        f"{share:.2g}). If it was mostly bad nights that went unrecorded, the difference told is "
        "wrong."
    )


def _stopped(plan: TrialPlan, nights: pd.DataFrame) -> str:
    """Say so where the diary ends before the plan does."""
    last = nights.index[-1]
    left = int((plan.nights > last).sum())
    if not left:
        return ""
    rule = " No stop rule was written beforehand."
    if plan.stop_rule:
        rule = f" The stop rule was: {plan.stop_rule}"
    return (
        f"The diary ends on {last:%Y-%m-%d}, {counted(left, 'planned night')} before the plan "
        f"does. {question.GOOD_LOOKS}{rule}"
    )


def look_of(nights: pd.DataFrame, plan: TrialPlan, share: float | None) -> tuple[int, int, str]:
    """Return the planned nights that are over, which look that is, and why it is none."""
    if plan.question is None:
        if share is not None:
            raise DiaryError("look belongs to a plan with planned looks; this one has none.")
        return len(plan.first), 1, ""
    looks = plan.question.look_nights(plan.design)
    # the last night of which anything is told: a sheet has rows for nights to come
    kinds = {name: column_of(nights, str(name)).kind for name in nights}
    told = [name for name, kind in kinds.items() if kind in ("recorded", "computed", "device")
            or name in ("done", "guess", plan.question.outcome)]  # fmt: skip
    last = nights.index[nights[told].notna().any(axis=1)]
    over = int((plan.nights <= last[-1]).sum()) if len(last) else 0
    if share is not None:
        planned = [abs(share - one) < 1e-9 for one in plan.question.looks]
        if not any(planned):
            raise DiaryError(
                f"{given('look', share)}, expected one of the planned looks: "
                f"{', '.join(f'{one:g}' for one in plan.question.looks)}."
            )
        at = planned.index(True)
        if over < looks[at] - _WEEK:
            raise DiaryError(
                f"{option(look=share)} is planned after {looks[at]} nights, and the diary ends "
                f"after {over} of them. Ask again when they are over."
            )
        return looks[at], at + 1, ""
    for at, number in enumerate(looks, start=1):
        # a night or two before it that have no row are missing nights, and no other look
        if number - _AT_LOOK <= over <= number:
            return number, at, ""
    words = listed([str(number) for number in looks])
    passed = [one for one, number in zip(plan.question.looks, looks, strict=True) if number < over]
    why = f"this is not a planned look; those are after {words} nights"
    if passed:
        why += f"; the last one passed can still be asked about ({option(look=passed[-1])})"
    return over, 0, both_forms(why)
