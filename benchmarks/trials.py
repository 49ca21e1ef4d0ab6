"""What a randomised trial of one person can be trusted with, on invented nights of known truth.

    python benchmarks/trials.py            the tables of benchmarks/trials.md
    python benchmarks/trials.py --small    one row of each kind, fewer trials
    python benchmarks/trials.py --write    write benchmarks/trials.md

Size: how often an effect is found where there is none, over all planned looks. Power: how often
one is found, with planned looks and with one. Coverage: how often the interval holds the truth.
Each trial has its own seed, plan and nights.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import sleepstats as ss
from sleepstats.inference import looks as planned_looks
from sleepstats.inference import randomisation
from sleepstats.inference.guards import calendar_controls
from sleepstats.trials.designs import MOST_ENUMERATED
from sleepstats.trials.question import HARDLY

SEED = 20260301
OUTCOME = "tst_min"
MEAN, SD = 430.0, 60.0
WEEK = np.array([0.0, -0.1, 0.0, 0.1, 0.7, 0.8, -0.4])  # Monday to Sunday, in SD
DRIFT = 1.2  # SD from the first night to the last
EFFECT = MATTERS = 0.5  # SD
DRAWS = 999

Array = np.ndarray
Rng = np.random.Generator


@dataclass(frozen=True)
class Cell:
    """One kind of trial."""

    design: str
    block: int | None
    nights: int
    rho: float
    trials: int
    missing: float = 0.15
    effect: float = 0.0
    #: SD that the condition of the night before adds.
    carry: float = 0.0
    washout: int = 0

    @property
    def name(self) -> str:
        """What stands in the table."""
        first = ", first night left out" if self.washout else ""
        return f"blocks of {self.block}{first}" if self.block else self.design


#: Pairs, blocks and free order, the nights of each.
DESIGNS = (("pairs", None, 56), ("blocks", 3, 60), ("free", None, 56))


def cells(small: bool) -> tuple[list[Cell], list[Cell], list[Cell], list[Cell]]:
    """Return the rows of the tables: no effect, an effect, foretold, carry-over."""
    if small:
        return (
            [Cell("pairs", None, 56, 0.6, 100), Cell("blocks", 3, 60, 0.3, 100)],
            [Cell("pairs", None, 56, 0.6, 60, effect=EFFECT)],
            [Cell("pairs", None, 56, 0.6, 60, 0.0, EFFECT)],
            [Cell("pairs", None, 56, 0.3, 40, carry=0.5)],
        )
    none = [Cell(*kind, rho, 1000) for kind in DESIGNS for rho in (0.0, 0.3, 0.6)]
    some = [Cell(*kind, rho, 400, effect=EFFECT) for kind in DESIGNS for rho in (0.3, 0.6)]
    some += [Cell("pairs", None, 56, rho, 400, effect=0.8) for rho in (0.3, 0.6)]
    foretold = [
        Cell("pairs", None, 56, 0.3, 200, 0.0, EFFECT),
        Cell("pairs", None, 56, 0.6, 200, 0.0, EFFECT),
        Cell("pairs", None, 112, 0.3, 200, effect=EFFECT),
        Cell("blocks", 3, 60, 0.3, 200, effect=EFFECT),
        Cell("blocks", 4, 64, 0.3, 200, effect=EFFECT, washout=1),
    ]  # fmt: skip
    carry = [
        Cell(*kind, 0.4, 150, effect=own, carry=0.5, washout=washout)
        for kind, washout in ((("pairs", None, 56), 0), (("free", None, 56), 0),
                              (("blocks", 4, 64), 0), (("blocks", 4, 64), 1))
        for own in (0.0, EFFECT)
    ]  # fmt: skip
    carry.append(Cell("pairs", None, 56, 0.4, 150, effect=EFFECT))
    return none, some, foretold, carry


def persistent(rng: Rng, n: int, rho: float) -> Array:
    """Gaussian series of unit variance; one night's deviation lasts to the next by rho."""
    series = rng.normal(size=n)
    for night in range(1, n):
        series[night] = rho * series[night - 1] + np.sqrt(1 - rho**2) * series[night]
    return series


def present(rng: Rng, n: int, share: float = 0.15) -> Array:
    """Leave out a share of the nights, a third of them singly and the rest in runs of 2 to 7."""
    kept = np.ones(n, dtype=bool)
    wanted = round(share * n)
    kept[rng.choice(n, round(wanted / 3), replace=False)] = False
    while (missing := n - int(kept.sum())) < wanted:
        length = min(int(rng.integers(2, 8)), wanted - missing)
        start = int(rng.integers(0, n - length + 1))
        kept[start : start + length] = False
    return kept


def invent(rng: Rng, plan: ss.TrialPlan, cell: Cell) -> pd.DataFrame:
    """Return the nights of a trial, those that were not recorded missing."""
    days = plan.nights
    n = len(days)
    y = persistent(rng, n, cell.rho) + WEEK[days.day_of_week] + DRIFT * np.arange(n) / n
    y = y + cell.effect * plan.first + cell.carry * np.concatenate([[False], plan.first[:-1]])
    kept = present(rng, n, cell.missing)
    return pd.DataFrame({OUTCOME: np.where(kept, MEAN + SD * y, np.nan)}, index=days)


def planned(cell: Cell, trial: int) -> tuple[ss.TrialPlan, pd.DataFrame]:
    """Return a trial's plan and nights."""
    start = pd.Timestamp("2026-03-02") + pd.Timedelta(days=trial % 7)
    plan = ss.plan_trial(
        cell.nights, seed=SEED + trial, design=cell.design, block=cell.block, start=start,
        washout=cell.washout, outcome=OUTCOME, matters=MATTERS * SD,
    )  # fmt: skip
    kind = [len(cell.name), cell.nights, *(round(100 * part) for part in (
        cell.rho, cell.missing, cell.effect, cell.carry))]  # fmt: skip
    return plan, invent(np.random.default_rng([SEED, trial, *kind]), plan, cell)


@dataclass(frozen=True)
class Ended:
    """How one trial ends."""

    #: Found at any planned look; found before the last; ended since hardly anything would be found.
    found: bool
    early: bool
    hardly: bool
    #: Nights until then, and whether the interval told then holds the truth.
    nights: int
    covered: bool
    estimate: float
    #: Looks taken, but never ended because hardly anything would be found.
    found_going_on: bool
    #: A single look at the end.
    once: bool
    once_covered: bool


def ended(cell: Cell, plan: ss.TrialPlan, nights: pd.DataFrame, draws: int, seed: int) -> Ended:
    """Run one trial as planned: what analyse_trial does at each look, drawn and whitened once.

    tests/test_trial_looks.py holds it to what analyse_trial says.
    """
    question = plan.question
    assert question is not None
    y = nights[OUTCOME].to_numpy()
    here = np.isfinite(y) & plan.design.compared
    number = np.flatnonzero(here)
    weekday = plan.nights.day_of_week.to_numpy()[here]
    few = plan.schedules <= MOST_ENUMERATED
    schedules = plan.design.every() if few else plan.design.draw(draws, [seed, plan.seed, 3])
    schedules = schedules[:, here]
    looks = question.look_nights(plan.design)
    early = [number < over for over in looks]
    controls = [
        calendar_controls(number[part], weekday[part], over)
        for part, over in zip(early, looks, strict=True)
    ]
    compared = planned_looks.compare_looks(
        y[here], plan.first[here], schedules, controls, number, everything=few
    )
    shares = tuple(over / looks[-1] for over in looks)
    asked = {"asked": question.matters, "hardly": HARDLY}
    truth = cell.effect * SD
    at, hardly = len(looks), False
    for look in range(1, len(looks) + 1):
        test = planned_looks.looks_test(compared[:look], shares=shares, **asked)
        hardly = look < len(looks) and not test.crossed and test.left < HARDLY
        if test.crossed or hardly:
            at = look
            break
    whole = test if at == len(looks) else planned_looks.looks_test(compared, shares=shares, **asked)
    once = randomisation.inverted(compared[-1], 0.95)
    return Ended(
        test.crossed > 0, 0 < test.crossed < len(looks), hardly, looks[at - 1],
        test.low <= truth <= test.high, test.estimate / SD, whole.crossed > 0,
        once.pvalue < 0.05 - 1e-12, once.low <= truth <= once.high,
    )  # fmt: skip


def rates(cell: Cell) -> dict[str, float]:
    """Run the trials of one row."""
    runs = []
    usual = 0
    for trial in range(cell.trials):
        plan, nights = planned(cell, trial)
        runs.append(ended(cell, plan, nights, DRAWS, trial))
        kept = nights[OUTCOME].notna().to_numpy()
        usual += welch(nights[OUTCOME].to_numpy()[kept], plan.first[kept])
    table = pd.DataFrame(runs).astype(float)
    early = table["early"] > 0
    told = (100.0 * table.mean()).to_dict()
    return told | {
        "nights": float(table["nights"].mean()), "estimate": float(table["estimate"].mean()),
        "welch": 100.0 * usual / cell.trials,
        "covered early": 100.0 * float(table["covered"][early].mean()),
        "n early": float(early.sum()),
    }  # fmt: skip


def welch(y: Array, first: Array) -> bool:
    """Tell whether Welch's t test finds a difference."""
    from scipy.special import stdtr

    sides = (y[first], y[~first])
    a, b = (side.var(ddof=1) / len(side) for side in sides)
    df = (a + b) ** 2 / (a**2 / (len(sides[0]) - 1) + b**2 / (len(sides[1]) - 1))
    t = (sides[0].mean() - sides[1].mean()) / np.sqrt(a + b)
    return bool(2 * stdtr(df, -abs(t)) < 0.05)


def halves(rho: float, trials: int) -> float:
    """Share of 70-night diaries without any effect whose halves differ by Welch's t test."""
    found = 0
    for trial in range(trials):
        rng = np.random.default_rng([SEED, trial, 7, round(10 * rho)])
        found += welch(persistent(rng, 70, rho), np.arange(70) < 35)
    return 100.0 * found / trials


def predicted(cell: Cell, diaries: int) -> tuple[float, float, float]:
    """Return what plan_trial foretells from a diary of 90 nights, on average."""
    told = []
    for diary in range(diaries):
        rng = np.random.default_rng([SEED, diary, 11, round(10 * cell.rho)])
        days = pd.date_range("2025-12-01", periods=90, name="night")
        y = persistent(rng, 90, cell.rho) + WEEK[days.day_of_week] + DRIFT * np.arange(90) / 90
        nights = pd.DataFrame({OUTCOME: MEAN + SD * y}, index=days)
        nights = nights[present(rng, 90, cell.missing)]
        plan = ss.plan_trial(
            cell.nights, seed=diary, design=cell.design, block=cell.block, nights=nights,
            outcome=OUTCOME, matters=EFFECT * SD, washout=cell.washout,
        )  # fmt: skip
        power = plan.expectation
        assert power is not None
        told.append((power.power, power.with_effect.found, power.without.hardly))
    return tuple(100.0 * np.mean(told, axis=0))


def carried(cell: Cell) -> dict[str, float]:
    """Count what analyse_trial says at the end where the night before is still at work."""
    runs = []
    truth = SD * (cell.effect + cell.carry * cell.washout)
    for trial in range(cell.trials):
        plan, nights = planned(cell, trial)
        result = ss.analyse_trial(nights.dropna(), plan, draws=DRAWS, seed=trial, look=1.0)
        said = str(result)
        wrong = result.status == "found" and result.effect < 0
        runs.append((
            result.status == "found", wrong, wrong and "night before" not in said,
            result.status == "found" and not wrong, "caused" in said and not wrong,
            result.effect_low <= truth <= result.effect_high,
        ))  # fmt: skip
    names = ("found", "wrong", "silent", "right", "caused", "covered")
    return dict(zip(names, 100.0 * np.mean(runs, axis=0), strict=True))


def error(percent: float, trials: int) -> float:
    """Return the Monte-Carlo standard error in percentage points."""
    return float(np.sqrt(max(percent * (100 - percent), 100.0) / trials))


def tables(small: bool) -> tuple[str, list[str]]:
    """Return the page's tables, and what lies outside its bounds by more than chance."""
    none, some, foretold, carry = cells(small)
    misses = []

    def within(what: str, value: float, low: float, high: float, trials: float) -> None:
        margin = 2.6 * error(value, trials)
        if not low - margin <= value <= high + margin:
            misses.append(f"{what} {value:.1f}")

    size = ["| design | nights | persistence | found at any look | so, never given up | one look "
            "| Welch's t | coverage | given up early | nights on average |",
            "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
    for cell in none:
        got = rates(cell)
        start = f"{cell.name} | {cell.nights} | {cell.rho:g}"
        size.append(
            f"| {start} | {got['found']:.1f} | {got['found_going_on']:.1f} | {got['once']:.1f} | "
            f"{got['welch']:.1f} | {got['covered']:.1f} | {got['hardly']:.0f} | "
            f"{got['nights']:.0f} |"
        )
        print(size[-1], file=sys.stderr, flush=True)
        within(f"size {start}", got["found_going_on"], 4.0, 6.0, cell.trials)
        within(f"coverage {start}", got["covered"], 93.0, 97.5, cell.trials)
    power = ["| design | nights | persistence | effect | found, planned looks | one look | ended "
             "early, found | given up early | nights on average | coverage | of those found early "
             "| estimate |",
             "| --- | --- | --- | --- |" + " ---: |" * 8]  # fmt: skip
    for cell in some:
        got = rates(cell)
        start = f"{cell.name} | {cell.nights} | {cell.rho:g} | {cell.effect:g} SD"
        early = f"{got['covered early']:.0f} of {got['n early']:.0f}" if got["n early"] else ""
        power.append(
            f"| {start} | {got['found']:.1f} | {got['once']:.1f} | {got['early']:.0f} | "
            f"{got['hardly']:.0f} | {got['nights']:.0f} | {got['covered']:.1f} | {early} | "
            f"{got['estimate']:.2f} |"
        )
        print(power[-1], file=sys.stderr, flush=True)
        within(f"loss {start}", got["once"] - got["found"], -100.0, 4.0, 2 * cell.trials)
        within(f"coverage {start}", got["covered"], 93.0, 97.5, cell.trials)
        if got["n early"] >= 30:
            within(f"coverage early {start}", got["covered early"], 93.0, 97.5, got["n early"])
    told = ["| design | nights | persistence | missing | found at the end | foretold | ended "
            "early, found | foretold | given up early without an effect, foretold |",
            "| --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
    for cell in foretold:
        got, said = rates(cell), predicted(cell, 5 if small else 20)
        told.append(
            f"| {cell.name} | {cell.nights} | {cell.rho:g} | {100 * cell.missing:.0f} % | "
            f"{got['once']:.0f} | {said[0]:.0f} | {got['early']:.0f} | {said[1]:.0f} | "
            f"{said[2]:.0f} |"
        )
        print(told[-1], file=sys.stderr, flush=True)
    before = ["| design | own effect | of the night before | found | with the wrong sign | so, "
              "without a word | found rightly | and called caused | coverage |",
              "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
    for cell in carry:
        got = carried(cell)
        before.append(
            f"| {cell.name} | {cell.effect:g} SD | {cell.carry:g} SD | {got['found']:.0f} | "
            f"{got['wrong']:.1f} | {got['silent']:.1f} | {got['right']:.0f} | {got['caused']:.0f} "
            f"| {got['covered']:.0f} |"
        )
        print(before[-1], file=sys.stderr, flush=True)
        within(f"silent {cell.name}", got["silent"], 0.0, 2.0, cell.trials)
    rhos = (0.7,) if small else (0.0, 0.3, 0.5, 0.7)
    half = ["| persistence | Welch's t finds a difference |", "| --- | ---: |"]
    half += [f"| {rho:g} | {halves(rho, 500 if small else 4000):.0f} |" for rho in rhos]
    parts = ["## No effect", "\n".join(size), "## An effect", "\n".join(power),
             "## Foretold", "\n".join(told), "## The night before still at work",
             "\n".join(before), "## First half against second half, no effect",
             "\n".join(half)]  # fmt: skip
    return "\n\n".join(parts), misses


PAGE = """# Trials

How far a randomised trial of one person can be trusted, in percent. Every trial is invented with
fixed seeds: Gaussian nights each of which keeps "persistence" of the deviation of the night
before, a week, a drift of 1.2 SD over the trial, 15 % of the nights missing (unless said
otherwise), most of them in runs. Each is planned with `plan_trial(..., outcome="tst_min",
matters=30)` (half an SD) and looked at after half, three quarters and all of its nights; {draws}
schedules are drawn instead of 4,999. Welch's t compares the same nights without regard to week,
drift or persistence.

1,000 trials a row without an effect (standard error 0.7 points for what is found and for coverage),
400 with one (2.5 for what is found, 1.1 for coverage; found with planned looks and with one are of
the same trials, their difference has about 1.1), 200 for what is foretold (3.5), 150 for
carry-over (4; about 1.2 for what is said without a word).

* **Found at any look**: the trial ends where the bound of a planned look is crossed, or where the
  nights left would find half an SD with a chance below 10 % ("given up early"). **So, never given
  up**: it goes on in the second case; the bounds are made for that.
* **Coverage**: how often the interval told where the trial ends holds the truth; **of those found
  early**, how often that of trials that ended with a finding before the last look does. Without an
  effect it holds the truth in none of these: a finding says that no effect does not fit.
* **Estimate**: mean over all trials, in SD, where they end.

{tables}

"So, without a word": found with the wrong sign, and neither before nor behind the finding is the
night before named. The truth is the night's own effect; where the first night of a block is left
out, what lasts into the next night is part of it, as every night compared has one of its own kind
before it. "Called caused": found with the right sign, and nothing stands against the word.

The last table is why such a design is refused: 70 nights, the first 35 against the last 35, no
drift and no effect, nothing but persistence.

`{typed}`, {seconds:.0f} s.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    start = time.perf_counter()
    text, misses = tables(arguments.small)
    print(text)
    seconds = time.perf_counter() - start
    print(f"{seconds:.0f} s; outside the bounds: {misses or 'none'}", file=sys.stderr)
    if arguments.write:
        typed = " ".join(["python benchmarks/trials.py", *sys.argv[1:]])
        page = PAGE.format(draws=DRAWS, tables=text, typed=typed, seconds=seconds)
        Path(__file__).with_suffix(".md").write_text(page, encoding="utf-8")
    return int(bool(misses))


if __name__ == "__main__":
    raise SystemExit(main())
