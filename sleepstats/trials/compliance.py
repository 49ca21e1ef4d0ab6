"""How a trial was kept to: planned, done, swapped, missing; and what the reader should know."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Floats
from sleepstats.trials.answers import TrialAnswers, shift_of_done
from sleepstats.trials.plan import TrialPlan
from sleepstats.trials.result import SHIFTED, Blinding
from sleepstats.units import counted

AS_PLANNED, SWAPPED, NOT_RECORDED, MISSING = "as planned", "swapped", "not recorded", "missing"
_WEEK = 7
_UNLIKELY = 0.05


def data_of(plan: TrialPlan, answers: TrialAnswers, outcome: str, recorded: Floats) -> pd.DataFrame:
    """Lay out every planned night: what was planned, done and guessed, and the outcome."""
    swapped = np.isfinite(answers.done) & ((answers.done == 1.0) != plan.first)
    status = np.where(swapped, SWAPPED, AS_PLANNED)
    status = np.where(np.isfinite(answers.done), status, NOT_RECORDED)
    status = np.where(np.isfinite(recorded), status, MISSING)
    return pd.DataFrame(
        {
            "block": plan.table["block"].to_numpy(),
            "planned": _labels(plan.first.astype(float), plan.conditions),
            "done": _labels(answers.done, plan.conditions),
            "guess": _labels(answers.guess, plan.conditions),
            "status": pd.array(status.tolist(), dtype="str"),
            outcome: recorded,
        },
        index=plan.nights,
    )


def compliance_of(data: pd.DataFrame, conditions: tuple[str, str]) -> pd.DataFrame:
    """Count the nights by condition planned and by how they were kept to."""
    planned, done = data["planned"].to_numpy(dtype=object), data["done"].to_numpy(dtype=object)
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


def notes_of(
    plan: TrialPlan,
    answers: TrialAnswers,
    data: pd.DataFrame,
    schedules: Bools,
    guesses: Blinding | None,
    nights: pd.DataFrame,
) -> tuple[str, ...]:
    """Say what the reader should know before believing the result."""
    notes = [_shifted(plan, answers), *_swaps(data, plan.conditions), _unrecorded(answers)]
    notes += [_gap(data), _one_sided_gaps(data, plan.first, schedules), _stopped(plan, nights)]
    if guesses is not None:
        notes.append(
            f"The condition was guessed on {counted(guesses.guesses, 'night')}, "
            f"{guesses.right} times rightly; {guesses.expected:.0f} would be expected by chance "
            f"(p = {guesses.pvalue:.2g})."
            + (
                " Knowing the condition, or feeling it, may be part of the effect."
                if guesses.pvalue < _UNLIKELY
                else ""
            )
        )
    return tuple(note for note in notes if note)


def _labels(codes: Floats, conditions: tuple[str, str]) -> pd.api.extensions.ExtensionArray:
    words = [None if np.isnan(code) else conditions[0 if code else 1] for code in codes]
    return pd.array(words, dtype="str")


def _shifted(plan: TrialPlan, answers: TrialAnswers) -> str:
    moved = shift_of_done(answers, plan)
    if not moved:
        return ""
    return (
        f"{SHIFTED} {moved}. Nothing was moved: if the "
        "dates are wrong, correct them and ask again; until then do not believe this result."
    )


def _swaps(data: pd.DataFrame, conditions: tuple[str, str]) -> list[str]:
    """Name the nights done otherwise, neighbours exchanged first."""
    known = data["done"].notna().to_numpy()
    if not known.any():
        return []
    swapped = known & (data["done"] != data["planned"]).to_numpy()
    if not swapped.any():
        return []
    dates = data.index[swapped]
    exchanged = [
        f"{a:%Y-%m-%d} and {b:%Y-%m-%d}"
        for a, b in zip(data.index[:-1], data.index[1:], strict=True)
        if (b - a).days == 1
        and swapped[data.index.get_loc(a)]
        and swapped[data.index.get_loc(b)]
        and data.loc[a, "done"] == data.loc[b, "planned"]
        and data.loc[b, "done"] == data.loc[a, "planned"]
    ]
    listed = ", ".join(f"{date:%Y-%m-%d}" for date in dates[:5])
    more = f" and {len(dates) - 5} more" if len(dates) > 5 else ""
    notes = [
        f"The other condition was done on {counted(len(dates), 'night')}: {listed}{more}. They "
        "count as planned."
    ]
    if exchanged:
        more = f" and {len(exchanged) - 3} more" if len(exchanged) > 3 else ""
        notes.append(f"Neighbours done in the other order: {'; '.join(exchanged[:3])}{more}.")
    return notes


def _unrecorded(answers: TrialAnswers) -> str:
    known = np.isfinite(answers.done)
    if not known.any():
        return "What was done was not recorded; every night counts as planned."
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
        f"{counted(nights, 'planned night')} in a row, {first:%Y-%m-%d} to {last:%Y-%m-%d}, have "
        "no outcome; they stay missing."
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
        f"Of {counted(int(missing.sum()), 'night')} without outcome {here} were planned "
        f"“{data['planned'][first].iloc[0]}”; so uneven a split comes by chance with p = "
        f"{share:.2g}. If bad nights went unrecorded on one side, the effect is off."
    )


def _stopped(plan: TrialPlan, nights: pd.DataFrame) -> str:
    """Say so where the diary ends before the plan does."""
    last = nights.index[-1]
    left = int((plan.nights > last).sum())
    if not left:
        return ""
    rule = (
        f" The stop rule was: {plan.stop_rule}"
        if plan.stop_rule
        else (" No stop rule was written beforehand.")
    )
    return (
        f"The diary ends on {last:%Y-%m-%d}, {counted(left, 'planned night')} before the plan "
        f"does. A trial looked at early and stopped when it looks good finds too much.{rule}"
    )
