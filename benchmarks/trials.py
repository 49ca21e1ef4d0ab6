"""What a randomised trial of one person can be trusted with, on invented nights of known truth.

    python benchmarks/trials.py            the tables of benchmarks/trials.md
    python benchmarks/trials.py --small    one row of each kind, fewer trials
    python benchmarks/trials.py --write    write benchmarks/trials.md

Size: how often an effect is found where there is none. Power: how often 0.5 SD is found. Coverage:
how often the interval holds the truth. Each trial has its own seed, plan and nights.
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

SEED = 20260301
OUTCOME = "tst_min"
MEAN, SD = 430.0, 60.0
WEEK = np.array([0.0, -0.1, 0.0, 0.1, 0.7, 0.8, -0.4])  # Monday to Sunday, in SD
DRIFT = 1.2  # SD from the first night to the last
EFFECT = 0.5  # SD
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
    least: float | None = None  # power expected at least, in percent

    @property
    def name(self) -> str:
        """What stands in the table."""
        return f"blocks of {self.block}" if self.block else self.design


def cells(small: bool) -> list[Cell]:
    """Return the rows of the tables."""
    if small:
        return [
            Cell("pairs", None, 56, 0.6, 200),
            Cell("blocks", 3, 60, 0.3, 200),
            Cell("pairs", None, 56, 0.6, 100, 0.0, EFFECT, 77.0),
        ]
    rows = [
        Cell(design, block, nights, rho, 1000)
        for design, block, nights in (("pairs", None, 56), ("blocks", 3, 60))
        for rho in (0.0, 0.3, 0.6)
    ]
    rows.append(Cell("free", None, 56, 0.3, 1000))
    power = (
        ("pairs", None, 56, 0.3, 0.0, 51.0), ("pairs", None, 56, 0.6, 0.0, 77.0),
        ("pairs", None, 56, 0.3, 0.15, None), ("pairs", None, 56, 0.6, 0.15, None),
        ("pairs", None, 112, 0.3, 0.15, None), ("blocks", 2, 56, 0.3, 0.15, None),
        ("blocks", 3, 60, 0.3, 0.15, None), ("blocks", 3, 60, 0.6, 0.15, None),
        ("free", None, 56, 0.3, 0.15, None),
    )  # fmt: skip
    return rows + [
        Cell(design, block, nights, rho, 500, missing, EFFECT, least)
        for design, block, nights, rho, missing, least in power
    ]


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
    """Return the nights recorded of a trial."""
    days = plan.nights
    n = len(days)
    y = persistent(rng, n, cell.rho) + WEEK[days.day_of_week] + DRIFT * np.arange(n) / n
    y = y + cell.effect * plan.first
    kept = present(rng, n, cell.missing)
    return pd.DataFrame({OUTCOME: MEAN + SD * y}, index=days)[kept]


def count(cell: Cell) -> dict[str, float]:
    """Run the trials of one row."""
    found = covered = usual = 0
    for trial in range(cell.trials):
        start = pd.Timestamp("2026-03-02") + pd.Timedelta(days=trial % 7)
        plan = ss.plan_trial(
            cell.nights, seed=SEED + trial, design=cell.design, block=cell.block, start=start
        )
        kind = [len(cell.name), cell.nights, *(round(100 * part) for part in
                                               (cell.rho, cell.missing, cell.effect))]  # fmt: skip
        rng = np.random.default_rng([SEED, trial, *kind])
        nights = invent(rng, plan, cell)
        result = ss.analyse_trial(nights, plan, outcome=OUTCOME, draws=DRAWS, seed=trial)
        found += result.status == "found"
        covered += result.effect_low <= cell.effect * SD <= result.effect_high
        first = pd.Series(plan.first, index=plan.nights).reindex(nights.index).to_numpy()
        usual += welch(nights[OUTCOME].to_numpy(), first)
    share = 100.0 / cell.trials
    return {"found": found * share, "covered": covered * share, "welch": usual * share}


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


def predicted(cell: Cell, diaries: int) -> float:
    """Power foretold by plan_trial from a diary of 90 nights of the same person, on average."""
    total = 0.0
    for diary in range(diaries):
        rng = np.random.default_rng([SEED, diary, 11, round(10 * cell.rho)])
        days = pd.date_range("2025-12-01", periods=90, name="night")
        y = persistent(rng, 90, cell.rho) + WEEK[days.day_of_week] + DRIFT * np.arange(90) / 90
        nights = pd.DataFrame({OUTCOME: MEAN + SD * y}, index=days)
        nights = nights[present(rng, 90, cell.missing)]
        plan = ss.plan_trial(
            cell.nights, seed=diary, design=cell.design, block=cell.block, nights=nights,
            outcome=OUTCOME, effect=EFFECT * SD,
        )  # fmt: skip
        total += plan.expectation.power  # type: ignore[union-attr]
    return 100.0 * total / diaries


def error(percent: float, trials: int) -> float:
    """Return the Monte-Carlo standard error in percentage points."""
    return float(np.sqrt(max(percent * (100 - percent), 100.0) / trials))


def tables(small: bool) -> tuple[str, list[str]]:
    """Return the page's tables, and what lies outside its bounds by more than chance."""
    size = ["| design | nights | persistence | found without effect | Welch's t | coverage |",
            "| --- | --- | --- | ---: | ---: | ---: |"]  # fmt: skip
    power = ["| design | nights | persistence | missing | found, 0.5 SD | foretold | coverage |",
             "| --- | --- | --- | ---: | ---: | ---: | ---: |"]  # fmt: skip
    misses = []
    for cell in cells(small):
        rates = count(cell)
        start = f"| {cell.name} | {cell.nights} | {cell.rho:g} |"
        start += f" {100 * cell.missing:.0f} %" + " |" if cell.effect else ""
        start += f" {rates['found']:.1f} |"
        end = f" {rates['covered']:.1f} |"
        margin = 2.6 * error(rates["found"], cell.trials)
        if cell.effect:
            told = predicted(cell, 10 if small else 20)
            power.append(f"{start} {told:.0f} |{end}")
            if cell.least is not None and rates["found"] < cell.least - margin:
                misses.append(f"power {start}")
        else:
            size.append(f"{start} {rates['welch']:.1f} |{end}")
            if not 4.0 - margin <= rates["found"] <= 6.0 + margin:
                misses.append(f"size {start}")
        off = 2.6 * error(rates["covered"], cell.trials)
        if not 93.0 - off <= rates["covered"] <= 97.0 + off:
            misses.append(f"coverage {start}{end}")
        print(start, end, file=sys.stderr)
    rhos = (0.7,) if small else (0.0, 0.3, 0.5, 0.7)
    half = ["| persistence | Welch's t finds a difference |", "| --- | ---: |"]
    half += [f"| {rho:g} | {halves(rho, 500 if small else 4000):.0f} |" for rho in rhos]
    parts = ["## No effect", "\n".join(size), "## An effect of 0.5 SD", "\n".join(power),
             "## First half against second half, no effect", "\n".join(half)]  # fmt: skip
    return "\n\n".join(parts), misses


PAGE = """# Trials

How far a randomised trial of one person can be trusted, in percent. Every trial is invented with
fixed seeds: Gaussian nights each of which keeps "persistence" of the deviation of the night
before, a week, a drift of 1.2 SD over the trial, nights missing (15 % unless said otherwise, most
of them in runs). Found and coverage are `analyse_trial` with its defaults, but {draws} schedules
drawn instead of 4,999; "coverage" is how often the 95 % interval holds the truth. Welch's t
compares the same nights without regard to week, drift or persistence. "Foretold" is the power that
`plan_trial` says beforehand from a diary of 90 such nights, averaged over 20 diaries. 1,000 trials
a row without an effect (standard error 0.7 points), 500 with one (2.2 points for power, 1.0 for
coverage).

{tables}

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
