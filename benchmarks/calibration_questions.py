"""Gaps, entangled habits, hours before bed: asked of known truths; others: calibration_verdicts.py.

    python benchmarks/calibration_questions.py             the tables of calibration_questions.md
    python benchmarks/calibration_questions.py --small     40 diaries a row: for every change
    python benchmarks/calibration_questions.py --write     write benchmarks/calibration_questions.md

Every diary is invented with fixed seeds: a week and a drift in both series, persistence, and 15 %
of the nights missing, most of them in runs. The public functions are asked; beside them stands
what somebody with scipy or statsmodels would do. Columns are percent of diaries.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from scipy import stats

import sleepstats as ss

SEED = 20261123
SD = 55.0
WEEK_Y = np.array([0.0, -0.1, 0.0, 0.1, 0.7, 0.8, -0.4])  # Monday to Sunday, in SD
WEEK_X = np.array([0.2, 0.0, 0.1, 0.0, -0.6, -0.7, 0.3])
DRIFT = 1.2  # SD from the first night to the last

Rng = np.random.Generator
Row = list[object]


def calendar(rng: Rng, n: int) -> pd.DatetimeIndex:
    """Evenings in a row, beginning on any weekday."""
    start = pd.Timestamp("2024-01-01") + pd.Timedelta(days=int(rng.integers(7)))
    return pd.date_range(start, periods=n, name="night")


def persistent(rng: Rng, n: int, rho: float) -> np.ndarray:
    """Gaussian series of unit variance; one night's deviation lasts to the next by rho."""
    series = rng.normal(size=n)
    for night in range(1, n):
        series[night] = rho * series[night - 1] + np.sqrt(1 - rho**2) * series[night]
    return series


def nightly(rng: Rng, n: int, arma: bool) -> np.ndarray:
    """Noise of a night: AR(1) .5, or a longer memory under as much noise of one night."""
    if arma:
        return (persistent(rng, n, 0.8) + rng.normal(size=n)) / np.sqrt(2)
    return persistent(rng, n, 0.5)


def present(rng: Rng, n: int) -> np.ndarray:
    """Leave out 15 % of the nights, a third of them singly and the rest in runs of 2 to 7."""
    kept = np.ones(n, dtype=bool)
    wanted = round(0.15 * n)
    kept[rng.choice(n, round(wanted / 3), replace=False)] = False
    while (away := n - int(kept.sum())) < wanted:
        length = min(int(rng.integers(2, 8)), wanted - away)
        start = int(rng.integers(0, n - length + 1))
        kept[start : start + length] = False
    return kept


def streaks(rng: Rng, n: int, stay: float) -> np.ndarray:
    """Yes or no; an evening is like the one before with probability ``stay``."""
    turns = np.cumsum(rng.random(n) >= stay)
    return ((turns + rng.integers(2)) % 2).astype(float)


def yes_no(values: np.ndarray) -> pd.arrays.BooleanArray:
    return pd.array(values == 1, dtype="boolean")


def percent(found: float, of: int) -> str:
    return f"{100 * found / of:.1f}"


def gaps(diaries: int) -> tuple[str, list[str], list[Row]]:
    """Nights before gaps: false alarms, and alarms when bad or stressful nights are missing."""
    rows: list[Row] = []
    for words, of_bad, of_stress in (
        ("gaps by chance", 0.0, 0.0),
        ("more often after bad nights", 1.0, 0.0),
        ("more often on bad and stressful nights", 1.0, 1.0),
    ):
        for n in (90, 180):
            rng = np.random.default_rng([SEED, 3, len(rows)])
            noted = worse = naive = answered = 0
            while answered < diaries:
                index = calendar(rng, n)
                weekday = index.day_of_week.to_numpy()
                noise, own = persistent(rng, n, 0.6), persistent(rng, n, 0.6)
                stress = np.clip(np.round(5 + 2 * (own + WEEK_X[weekday])), 0, 10)
                slept = 430 + SD * (noise + WEEK_Y[weekday])
                if of_bad or of_stress:
                    bad = -of_bad * noise + of_stress * own
                    chance = 1.0 / (1.0 + np.exp(2.2 - 1.2 * bad))
                    kept = rng.random(n) > chance
                else:
                    kept = present(rng, n)
                nights = pd.DataFrame({"tst_min": slept, "stress": stress}, index=index)[kept]
                asked = ss.missing_for_a_reason(nights)
                if asked.status[0] == "refused":
                    continue
                answered += 1
                worse += (asked.pvalue[:2] < 0.05).to_numpy()
                notes = ss.correlate(nights, outcomes="tst_min").attrs["sleepstats_table"]["notes"]
                noted += bool(notes)
                before = np.diff(nights.index.to_numpy("datetime64[D]").astype(int)) > 1
                slept = nights.tst_min.to_numpy()[:-1]
                test = stats.ttest_ind(slept[before], slept[~before], equal_var=False)
                naive += test.pvalue < 0.05
            rows.append([words, n, percent(worse[0], diaries), percent(worse[1], diaries),
                         percent(noted, diaries), percent(naive, diaries)])  # fmt: skip
    head = ["gaps", "n", "sleep, p < .05", "stress, p < .05", "correlate notes it",
            "Welch test of sleep"]  # fmt: skip
    return "Missing for a reason", head, rows


def entangling(diaries: int) -> tuple[str, list[str], list[Row]]:
    """Only wine matters and meals travel with it: what is named, and how far intervals widen."""
    rows: list[Row] = []
    for share in (0.5, 0.2, 0.1, 0.03):
        for n in (60, 180):
            rng = np.random.default_rng([SEED, 4, len(rows)])
            marked = meal = both = 0
            predicted, seen, errors = [], [], []
            for _ in range(diaries):
                index = calendar(rng, n)
                weekday = index.day_of_week.to_numpy()
                wine = rng.random(n) < np.where(np.isin(weekday, [4, 5]), 0.7, 0.3)
                other = np.where(rng.random(n) < share, ~wine, wine)
                y = nightly(rng, n, False) + WEEK_Y[weekday] - 0.6 * wine
                frame = pd.DataFrame(
                    {"tst_min": 430 + SD * y, "wine": yes_no(wine), "meal": yes_no(other)},
                    index=index,
                )[present(rng, n)]
                table = ss.correlate(frame, outcomes="tst_min").set_index("factor")
                tied = "entangled" in table.reason["meal"]
                found = table.status["meal"] == "found"
                marked += tied
                meal += found
                both += found and not tied
                link = ss.entangled(frame).inflation[0]
                ratio = joint_over_alone(frame)
                if np.isfinite(link) and all(np.isfinite(ratio)):
                    predicted.append(link)
                    seen.append(ratio[0])
                    errors.append(ratio[1])
            rows.append([f"{100 * share:.0f} %", n, percent(marked, diaries),
                         percent(meal, diaries), percent(both, diaries),
                         f"{np.median(predicted):.2f}" if predicted else "",
                         f"{np.median(errors):.2f}" if predicted else "",
                         f"{np.median(seen):.2f}" if predicted else ""])  # fmt: skip
    head = ["evenings apart", "n", "marked as entangled", "meal found (it does nothing)",
            "found and not marked", "inflation told", "standard errors in the engine",
            "intervals in the engine"]  # fmt: skip
    return "Entangled habits", head, rows


def joint_over_alone(frame: pd.DataFrame) -> tuple[float, float]:
    """Interval and standard error of wine with the meal in the model over those without it."""
    from sleepstats.inference import gls_slope
    from sleepstats.inference.guards import calendar_controls, night_numbers

    number = night_numbers(frame.index.to_numpy())
    controls = calendar_controls(number, frame.index.day_of_week, int(number.max()) + 1)
    wine, meal = (frame[name].to_numpy(float) for name in ("wine", "meal"))
    alone = gls_slope(frame.tst_min, wine, controls, number)
    joint = gls_slope(frame.tst_min, wine, np.column_stack([controls, meal]), number)
    width = [one.high - one.low for one in (joint, alone)]
    error = [
        wide / stats.t.ppf(0.975, one.df) for wide, one in zip(width, (joint, alone), strict=True)
    ]
    return width[0] / width[1], error[0] / error[1]


def hours_before_bed(diaries: int) -> tuple[str, list[str], list[Row]]:
    """Hours before bed whose bed time moves the night, too: found where they do nothing, and do."""
    rows: list[Row] = []
    truths = [(spread, follow, 0.0) for spread in (20, 50, 90) for follow in (0.0, 0.5)]
    for spread, follow, effect in [*truths, (50, 0.0, 6.0), (50, 0.5, 6.0)]:
        for n in (60, 180):
            rng = np.random.default_rng([SEED, 5, len(rows)])
            alone, held, naive = [], [], []
            for _ in range(diaries):
                index = calendar(rng, n)
                weekday = index.day_of_week.to_numpy()
                bed = 23.0 + spread / 60 * (nightly(rng, n, False) + WEEK_Y[weekday])
                coffee = 15.0 + 1.5 * (rng.normal(size=n) + WEEK_X[weekday])
                wake = 31.0 + follow * (bed - 23.0) + 0.5 * rng.normal(size=n)
                wake += effect / 60 * (bed - coffee - 8.0)
                clocks = {
                    name: index + pd.to_timedelta(np.round(hours * 60), unit="min")
                    for name, hours in (("lights_out", bed), ("final_wake", wake))
                }
                hours = bed - coffee
                frame = pd.DataFrame(
                    {**clocks, "spt_min": 60 * (wake - bed), "coffee_h_before_bed": hours,
                     "stress": np.clip(np.round(5 + 2 * rng.normal(size=n)), 0, 10)},
                    index=index,
                )[present(rng, n)]  # fmt: skip
                one = ss.associate(frame, "spt_min", "coffee_h_before_bed")
                alone.append([one.pvalue < 0.05, one.effect_low <= effect <= one.effect_high])
                beside = ss.correlate(frame, outcomes="spt_min", beside=True).set_index("factor")
                held.append(beside.beside_pvalue["coffee_h_before_bed"] < 0.05)
                test = stats.pearsonr(frame.coffee_h_before_bed, frame.spt_min)
                naive.append(test.pvalue < 0.05)
            found, covered = np.mean(alone, axis=0)
            rows.append([f"{effect:.0f} min", f"{spread} min", f"{follow:.1f}", n,
                         percent(100 * found, 100), percent(100 * covered, 100),
                         percent(100 * np.mean(held), 100),
                         percent(100 * np.mean(naive), 100)])  # fmt: skip
    head = ["true, for each hour", "SD of bed times", "rising follows by", "n", "p < .05",
            "intervals hold the truth", "p < .05 beside others", "Pearson, p < .05"]  # fmt: skip
    return "Hours before bed", head, rows


#: What misses its mark in the committed run; to be read again after every new one.
MISSES = """**Short of the mark:** a habit that goes with the one that matters on 80 to 90 % of
evenings is found on its own and not marked: it can be told apart, but only with both in one
model."""

PARTS = (gaps, entangling, hours_before_bed)


def as_text(title: str, head: list[str], rows: list[Row]) -> str:
    """Return one table in Markdown."""
    lines = [f"## {title}", "", f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def measured(task: tuple[str, int]) -> str:
    """Return the table of one part."""
    name, diaries = task
    start = time.perf_counter()
    (part,) = (part for part in PARTS if part.__name__ == name)
    text = as_text(*part(diaries))
    print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    return text


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--diaries", type=int, default=240, help="diaries a row")
    parser.add_argument("--small", action="store_true", help="40 diaries a row")
    parser.add_argument("--parts", nargs="+", default=[part.__name__ for part in PARTS])
    parser.add_argument("--write", action="store_true", help="write the committed page")
    arguments = parser.parse_args()
    diaries = 40 if arguments.small else arguments.diaries
    wanted = [(part.__name__, diaries) for part in PARTS if part.__name__ in arguments.parts]
    texts = []
    with multiprocessing.Pool() as pool:
        for text in pool.imap(measured, wanted):
            texts.append(text)
            print(f"{text}\n", flush=True)
    if arguments.write:
        packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "pandas"))
        typed = " ".join(["python benchmarks/calibration_questions.py", *sys.argv[1:]])
        error = 100 * np.sqrt(0.05 * 0.95 / diaries)
        page = (
            f"# Calibration of further questions\n\n{_about(diaries, error)}\n\n{MISSES}\n\n"
            + "\n\n".join(texts)
            + f"\n\nMade by `{typed}` with Python {platform.python_version()}, {packages}.\n"
        )
        Path(__file__).with_suffix(".md").write_text(page, encoding="utf-8")
    return 0


def _about(diaries: int, error: float) -> str:
    return f"""Every diary is invented with fixed seeds; the truth is in the first columns. Where
it is nothing, 5 % should be found. Percent of {diaries} diaries a row;
Monte-Carlo standard error {error:.1f} points at a true 5 %. n counts calendar nights, 15 % of them
missing. "Refused" diaries were drawn again. In
*Entangled habits* only wine matters, and late meals go with it but on the share of evenings given:
a meal that is found is a winner wrongly named, unless it is marked. In *Hours before bed* the last
coffee is drunk at an hour of its own, and a later bed time makes both the hours more and the night
shorter; the rest of the table asks at the same bed time."""


if __name__ == "__main__":
    raise SystemExit(main())
