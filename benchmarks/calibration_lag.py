"""How often an earlier evening is found that did nothing, and how much ``explained`` explains.

    python benchmarks/calibration_lag.py            the tables of benchmarks/calibration_lag.md
    python benchmarks/calibration_lag.py --write    write benchmarks/calibration_lag.md

Invented diaries with fixed seeds. ``associate(lag=1)`` and ``associate(lag=(0, 1, 2))`` where no
evening does anything, where only the last one does, and where the one before the last does;
``explained`` where nothing, a little and much of the nights goes with the habits.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np
import pandas as pd
from calibration import DRIFT, WEEK_Y, persistent, present

import sleepstats as ss

SEED = 20261202
NIGHTS = (60, 120, 365)
EFFECT = 0.7  # SD of a yes
SHARES = {"nothing": 0.0, "a tenth": 0.1, "a third": 1 / 3}
HABITS = 6
LEAST_FOR_SHARES = 90  # explained() needs 56 recorded nights

Array = np.ndarray
Rng = np.random.Generator


def diary(rng: Rng, n: int, habits: Array, part: Array, noise: float = 1.0) -> pd.DataFrame:
    """Lay habits (n, h) beside sleep that has `part` of a standard deviation of theirs."""
    index = pd.date_range("2024-01-01", periods=n, name="night")
    index = (index + pd.Timedelta(days=int(rng.integers(7)))).rename("night")
    y = (
        part
        + noise * persistent(rng, n, 0.4)
        + WEEK_Y[index.day_of_week]
        + DRIFT * np.arange(n) / n
    )
    nights = pd.DataFrame({"tst_min": 430 + 55 * y}, index)
    for place, column in enumerate(habits.T):
        nights[f"habit{place}"] = column > 0.5 if set(column) <= {0.0, 1.0} else column
    return nights[present(rng, n)]


def lags_of(n: int, persistence: float, truth: int | None, diaries: int) -> str:
    """Return one row: how often each way of asking finds something."""
    rng = np.random.default_rng([SEED, n, int(10 * persistence), 9 if truth is None else truth])
    found, covered, asked = np.zeros(3), 0, 0
    while asked < diaries:
        habit = (persistent(rng, n, persistence) > 0.4).astype(float)
        part = np.zeros(n)
        if truth is not None:
            part[truth:] = EFFECT * habit[: n - truth]
        nights = diary(rng, n, habit[:, None], part)
        told = [
            ss.associate(nights, outcome="tst_min", factor="habit0", lag=lag)
            for lag in (0, 1, (0, 1, 2))
        ]
        if any(one.status == "refused" for one in told):
            continue
        asked += 1
        found += [one.pvalue < 0.05 for one in told]
        true = 55 * EFFECT * (truth == 1)
        covered += told[1].effect_low <= true <= told[1].effect_high
    what = {None: "none", 0: "the last", 1: "the one before the last"}[truth]
    rates = " | ".join(f"{100 * rate:.1f}" for rate in (*found / asked, covered / asked))
    return f"| {n} | {persistence:g} | {what} | {rates} |"


def shares_of(n: int, words: str, diaries: int) -> str:
    """Return one row: the share told, and how often its interval holds what was planted."""
    rng = np.random.default_rng([SEED, n, list(SHARES).index(words), 7])
    share, told, held, above, asked = SHARES[words], [], 0, 0, 0
    weights = np.sqrt(np.array([0.6, 0.4] + [0.0] * (HABITS - 2)))
    while asked < diaries:
        habits = np.column_stack([persistent(rng, n, 0.3) for _ in range(HABITS)])
        part = np.sqrt(share) * (habits @ weights)
        nights = diary(rng, n, habits, part, np.sqrt(1 - share))
        one = ss.explained(nights, outcome="tst_min")
        value, low, high = one.share_habits, one.share_habits_low, one.share_habits_high
        if not np.isfinite(value):
            continue
        asked += 1
        told.append(value)
        # of all the variance, the week and the drift of the nights included
        whole = share / (1 + WEEK_Y.var() + DRIFT**2 / 12)
        held += low <= whole <= high
        above += low > 0.0
    middle = np.median(told)
    rates = (whole, middle, held / asked, above / asked)
    return f"| {n} | {words} | " + " | ".join(f"{100 * rate:.0f}" for rate in rates) + " |"


PAGE = """# Earlier evenings, and how much is explained

{diaries} invented diaries a row; week, drift, AR(1) 0.4, 15 % of the nights missing.

## `associate(lag=)`

A yes/no habit with an effect of 0.7 SD of the evening named, or none. Found at p < .05, %: the last
evening (`lag=0`), the one before the last beside the last one's own value (`lag=1`), the last three
together (`lag=(0, 1, 2)`); and how often the interval of `lag=1` holds the truth.

| n | persistence | evening with an effect | lag=0 | lag=1 | lag=(0, 1, 2) | coverage, lag=1 |
| ---: | ---: | --- | ---: | ---: | ---: | ---: |
{lags}

## `explained`

Six habits, two of which carry the share named of what week and drift leave. Planted and told: of
all differences between nights, %; told is what the habits add in weeks left out, which the cost of
estimating them makes smaller in short diaries; *more than nothing*: its interval lies above zero.

| n | habits carry | planted, % | told, median, % | interval holds it, % | more than nothing, % |
| ---: | --- | ---: | ---: | ---: | ---: |
{shares}

Made by `{command}`.
"""


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--diaries", type=int, default=200, help="of each row")
    parser.add_argument("--write", action="store_true", help="write benchmarks/calibration_lag.md")
    arguments = parser.parse_args()
    lags, shares = [], []
    for n in NIGHTS:
        for persistence in (0.0, 0.7):
            for truth in (None, 0, 1):
                lags.append(lags_of(n, persistence, truth, arguments.diaries))
                print(lags[-1], flush=True)
        for words in SHARES if n >= LEAST_FOR_SHARES else ():
            shares.append(shares_of(n, words, arguments.diaries))
            print(shares[-1], flush=True)
    if arguments.write:
        typed = " ".join(["python benchmarks/calibration_lag.py", *sys.argv[1:]])
        text = PAGE.format(
            diaries=arguments.diaries, lags="\n".join(lags), shares="\n".join(shares), command=typed
        )
        Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
