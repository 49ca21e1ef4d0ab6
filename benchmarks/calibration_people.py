"""How often pooling people finds an effect that is not there, and one that is.

    python benchmarks/calibration_people.py             the table of calibration_people.md
    python benchmarks/calibration_people.py --small     fewer people; status 1 outside the band
    python benchmarks/calibration_people.py --write     write benchmarks/calibration_people.md

Invented people with fixed seeds. People who score high on the factor sleep less on the whole, for
reasons that have nothing to do with it: pooled raw nights show an effect, nobody has one.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from calibration import DRIFT, MEAN, WEEK_X, WEEK_Y, persistent, present

from sleepstats.cohort import effects_of_person
from sleepstats.inference.none_alone import pool_estimates

SEED = 20240303
SD = 20.0  # minutes of sleep
NIGHTS = 60
GROUPS = (5, 10, 20)
SIZES = (4.5, 6.5)
COVERAGE = (93.0, 97.5)
PEER_GROUPS = 200
#: Short and long diaries in a group, and how much people differ there.
UNEVEN = ((5, 0), (3, 1), (4, 1), (8, 2), (15, 5))
UNEVEN_TAU = 0.3
#: mean effect, spread of the people's effects (both in SD per SD), people -> percent to reach
POWER = {(0.1, 0.0, 10): 40, (0.1, 0.0, 20): 68, (0.15, 0.2, 10): 35, (0.15, 0.2, 20): 65}

Rng = np.random.Generator


@dataclass(frozen=True)
class People:
    """Invented people with one spread of effects: diaries, own effects and errors, truths."""

    tau: float
    diaries: list[pd.DataFrame]
    estimates: np.ndarray
    errors: np.ndarray


def invent(rng: Rng, tau: float, n: int = NIGHTS) -> pd.DataFrame:
    """Return one person's nights; outcome and factor in units of their own nightly SD."""
    days = pd.date_range("2024-01-01", periods=n, name="night")
    weekday = (days.day_of_week.to_numpy() + int(rng.integers(7))) % 7
    drift = np.arange(n) / n
    x = persistent(rng, n, 0.5) + WEEK_X[weekday] + rng.normal() * drift
    y = persistent(rng, n, 0.5) + WEEK_Y[weekday] + DRIFT * rng.normal() * drift
    y += tau * rng.normal() * x
    whole = rng.normal()  # the person, not the night
    days = days + pd.Timedelta(days=int((weekday[0] - days[0].day_of_week) % 7))
    nights = pd.DataFrame(
        {"tst_min": MEAN + SD * (y - 1.2 * whole), "stress": 5 + x + 1.5 * whole + rng.normal()},
        index=pd.DatetimeIndex(days, name="night"),
    )
    return nights[present(rng, n)]


def people_with(tau: float, wanted: int, n: int = NIGHTS) -> People:
    """Return people and what each one's nights say."""
    rng = np.random.default_rng([SEED, round(100 * tau), *([n] if n != NIGHTS else [])])
    diaries, estimates, errors = [], [], []
    while len(diaries) < wanted:
        nights = invent(rng, tau, n)
        row = effects_of_person(nights, outcomes="tst_min", factors="stress").iloc[0]
        if row["status"] != "answered":
            continue
        diaries.append(nights)
        estimates.append(row["estimate"] / SD)
        errors.append(row["error"] / SD)
    return People(tau, diaries, np.array(estimates), np.array(errors))


@dataclass(frozen=True)
class Row:
    """One size of group: what was found, what was covered, what others find."""

    mean: float
    tau: float
    size: int
    groups: int
    found: int
    covered: int
    tau_covered: int
    fixed: int
    peers: tuple[float, ...]


def count(people: People, mean: float, size: int) -> Row:
    """Pool the people in groups; nobody stands in two groups of one row."""
    from scipy import stats

    groups = len(people.diaries) // size
    found = covered = tau_covered = fixed = 0
    for group in range(groups):
        who = slice(group * size, (group + 1) * size)
        # the engine is exact in this: adding b x to y adds b to the estimate and nothing else
        estimates, errors = people.estimates[who] + mean, people.errors[who]
        got = pool_estimates(estimates, errors)
        found += got.pvalue < 0.05
        covered += got.low <= mean <= got.high
        tau_covered += got.tau_low <= people.tau <= got.tau_high
        weight = errors**-2
        z = (weight * estimates).sum() / np.sqrt(weight.sum())
        fixed += 2 * stats.norm.sf(abs(z)) < 0.05
    peers = peer_rates(people, size) if mean == 0 else ()
    return Row(mean, people.tau, size, groups, int(found), int(covered), int(tau_covered),
               int(fixed), peers)  # fmt: skip


def peer_rates(people: People, size: int) -> tuple[float, ...]:
    """Percent found by pooled scipy.pearsonr, pingouin.rm_corr, and scipy on per-person means."""
    import pingouin
    from scipy import stats

    groups = min(PEER_GROUPS, len(people.diaries) // size)
    found = np.zeros(3)
    for group in range(groups):
        part = people.diaries[group * size : (group + 1) * size]
        nights = pd.concat(part, keys=range(size), names=["person", "night"]).reset_index()
        repeated = pingouin.rm_corr(nights, x="stress", y="tst_min", subject="person")
        slopes = [stats.linregress(one["stress"], one["tst_min"]).slope for one in part]
        column = "p_val" if "p_val" in repeated else "pval"
        found += [
            stats.pearsonr(nights["stress"], nights["tst_min"]).pvalue < 0.05,
            float(repeated[column].iloc[0]) < 0.05,
            stats.ttest_1samp(slopes, 0.0).pvalue < 0.05,
        ]
    return tuple(100 * found / groups)


def uneven(wanted: int) -> str:
    """Return the table of groups whose diaries differ in length; nobody has a mean effect."""
    from scipy import stats

    short, long = people_with(UNEVEN_TAU, wanted, 25), people_with(UNEVEN_TAU, wanted // 4, 400)
    lines = ["| nights of each person | groups | pool_people: found | the same with P - 1 degrees "
             "of freedom |", f"|{' ---: |' * 4}"]  # fmt: skip
    for few, many in UNEVEN:
        groups = min(len(short.estimates) // few, len(long.estimates) // many if many else wanted)
        found = plain = 0
        for group in range(groups):
            parts = [(short, few), (long, many)]
            estimates, errors = (
                np.concatenate([getattr(people, name)[group * k : (group + 1) * k]
                                for people, k in parts])
                for name in ("estimates", "errors")
            )  # fmt: skip
            got = pool_estimates(estimates, errors)
            found += got.pvalue < 0.05
            with_all = 2 * stats.t.sf(stats.t.isf(got.pvalue / 2, got.df), got.n - 1)
            plain += with_all < 0.05
        nights = f"{few} x 25" + (f", {many} x 400" if many else "")
        lines.append(
            f"| {nights} | {groups} | {100 * found / groups:.1f} | {100 * plain / groups:.1f} |"
        )
    return "\n".join(
        [f"Diaries of uneven length, no effect on the average, spread {UNEVEN_TAU}; percent found:",
         "", *lines]
    )  # fmt: skip


def misses(rows: list[Row]) -> list[str]:
    """Name the rates whose exact 95 % interval lies wholly outside their band."""
    from scipy import stats

    said = []
    for row in rows:
        for what, found, band in (
            ("false positives", row.found if row.mean == 0 else None, SIZES),
            ("coverage", row.covered, COVERAGE),
        ):
            if found is None:
                continue
            ends = stats.binomtest(found, row.groups).proportion_ci(0.95)
            if 100 * ends.low > band[1] or 100 * ends.high < band[0]:
                rate = 100 * found / row.groups
                said.append(f"{row.size} people, spread {row.tau}: {what} {rate:.1f} %")
    return said


def as_text(rows: list[Row]) -> str:
    """Return both tables in Markdown."""
    null = ["| people | spread | groups | pool_people: found | coverage | coverage of spread | "
            "fixed effects, z | scipy.pearsonr, raw nights | pingouin.rm_corr | "
            "t test of OLS slopes |", f"|{' ---: |' * 10}"]  # fmt: skip
    power = ["| mean effect | people | spread | groups | pool_people: found | to reach |",
             f"|{' ---: |' * 6}"]  # fmt: skip
    for row in rows:
        rate = f"{100 * row.found / row.groups:.1f}"
        if row.mean:
            reach = POWER[row.mean, row.tau, row.size]
            power.append(
                f"| {row.mean} | {row.size} | {row.tau} | {row.groups} | {rate} | {reach} |"
            )
            continue
        shares = [row.found, row.covered, row.tau_covered, row.fixed]
        cells = [f"{100 * share / row.groups:.1f}" for share in shares]
        cells += [f"{peer:.1f}" for peer in row.peers]
        null.append(f"| {row.size} | {row.tau} | {row.groups} | {' | '.join(cells)} |")
    missed = "; ".join(misses(rows)) or "none"
    return "\n".join(
        ["No effect on the average; percent found at p < 0.05:", "", *null, "",
         "A mean effect, in SD of sleep per SD of the factor; percent found:", "", *power, "",
         f"Wanted: found {SIZES[0]} to {SIZES[1]} % without an effect, coverage {COVERAGE[0]:g} to "
         f"{COVERAGE[1]:g} %. Outside beyond Monte-Carlo error (the exact 95 % interval lies "
         f"wholly outside): {missed}."]
    )  # fmt: skip


def page(table: str, command: str) -> str:
    """Return the committed page around the table."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "pingouin"))
    return f"""# Calibration of pooling over people

Each invented person has {NIGHTS} nights, 15 % of them missing, with a week, a drift of their own
and persistence 0.5 in sleep and in the factor. People who score high on the factor sleep less on
the whole: a difference between people that says nothing about anybody's nights. "Spread" is the
standard deviation of the people's true effects, in SD of sleep per SD of the factor. Coverage of
spread is that of the Q-profile interval. The people of a row stand in one group each; pingouin
and scipy get the first {PEER_GROUPS} groups.

{table}

Made by `{command}` with Python {platform.python_version()}, {packages}.
"""


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=8000, help="people for each spread")
    parser.add_argument("--small", action="store_true", help="600 people; status 1 when outside")
    parser.add_argument("--write", action="store_true", help="write calibration_people.md")
    arguments = parser.parse_args()
    start = time.perf_counter()
    cohorts = [people_with(tau, 600 if arguments.small else arguments.people) for tau in (0.0, 0.2)]
    rows = [count(people, 0.0, size) for size in GROUPS for people in cohorts]
    rows += [
        count(people, mean, size)
        for mean, tau, size in POWER
        for people in cohorts
        if people.tau == tau
    ]
    text = f"{as_text(rows)}\n\n{uneven(400 if arguments.small else arguments.people)}"
    print(text)
    print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr)
    if arguments.write:
        typed = " ".join(["python benchmarks/calibration_people.py", *sys.argv[1:]])
        path = Path(__file__).with_suffix(".md")
        path.write_text(page(text, typed), encoding="utf-8")
        print(f"written: {path.name}", file=sys.stderr)
    return int(arguments.small and bool(misses(rows)))


if __name__ == "__main__":
    raise SystemExit(main())
