"""Stress both ways, interaction, gaps, entangled habits, nights needed: asked of known truths.

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
from collections.abc import Callable
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


def in_both_directions(
    rng: Rng, n: int, to_night: float, to_day: float, arma: bool, rating: str
) -> pd.DataFrame:
    """Stress and nights, each persistent; effects per SD."""
    index = calendar(rng, n)
    weekday, drift = index.day_of_week.to_numpy(), DRIFT * np.arange(n) / n
    own, night = persistent(rng, n, 0.6) * 0.8, nightly(rng, n, arma)
    stress, last, level = np.empty(n), 0.0, 0.0
    for t in range(n):
        level = 0.6 * level + (own[t] - 0.6 * own[t - 1] if t else own[t]) + to_day * last
        stress[t] = level
        night[t] += to_night * level
        last = night[t]
    stress = 5 + 2 * (stress + WEEK_X[weekday] - drift)
    if rating == "0 to 10":
        stress = np.clip(np.round(stress), 0, 10)
    elif rating == "1 to 5":
        stress = np.clip(np.round(3 + (stress - 5) / 2), 1, 5)
    elif rating == "yes/no":
        stress = (stress > 6).astype(float)
    frame = pd.DataFrame(
        {"tst_min": 430 + SD * (night + WEEK_Y[weekday] + drift), "stress": stress}, index=index
    )
    return frame[present(rng, n)]


def lagged_pearson(nights: pd.DataFrame) -> float:
    """Return the p-value of the plain correlation of a night with the next day's stress."""
    both = pd.DataFrame({"x": nights.tst_min.shift(1, freq="D"), "y": nights.stress}).dropna()
    return float(stats.pearsonr(both.x, both.y).pvalue)


def both_ways(diaries: int) -> tuple[str, list[str], list[Row]]:
    """Verdicts and rates of both directions."""
    cells = [
        ("nothing", 0.0, 0.0, False, ""),
        ("day to night", -0.5, 0.0, False, ""),
        ("day to night, 0 to 10 rating, reporting noise", -0.5, 0.0, True, "0 to 10"),
        ("day to night, 1 to 5 rating", -0.5, 0.0, False, "1 to 5"),
        ("day to night, yes/no", -0.5, 0.0, False, "yes/no"),
        ("night to day", 0.0, -0.3, False, ""),
        ("both", -0.5, -0.3, False, ""),
    ]
    rows: list[Row] = []
    for words, to_night, to_day, arma, rating in cells:
        for n in (60, 180, 365):
            rng = np.random.default_rng([SEED, 1, len(rows)])
            night = day = plain = 0
            verdicts: dict[str, int] = {}
            of = diaries
            for _ in range(of):
                nights = in_both_directions(rng, n, to_night, to_day, arma, rating)
                got = ss.stress_and_sleep(nights, outcomes="tst_min")
                night += got.to_night[0].pvalue < 0.05
                day += got.to_day[0].pvalue < 0.05
                plain += lagged_pearson(nights) < 0.05
                verdicts[got.verdict] = verdicts.get(got.verdict, 0) + 1
            said = [
                percent(verdicts.get(verdict, 0), of)
                for verdict in ("day to night", "night to day", "both", "neither", "cannot tell")
            ]
            rows.append([words, n, percent(night, of), percent(day, of), percent(plain, of), *said])
    head = ["truth", "n", "day to night, p < .05", "night to day, p < .05",
            "lagged Pearson, night to day", "verdict: day to night", "night to day", "both",
            "neither", "cannot tell"]  # fmt: skip
    return "Stress and sleep, both ways", head, rows


def interactions(diaries: int) -> tuple[str, list[str], list[Row]]:
    """Size, coverage and power of the difference between two effects."""
    import statsmodels.api as sm

    rows: list[Row] = []
    for words, stay, numeric in (
        ("yes/no by chance, yes/no in streaks", 0.85, False),
        ("yes/no in streaks, 0 to 10 stress", 0.85, True),
    ):
        for n in (60, 180):
            for truth in (0.0, 0.8):
                rng = np.random.default_rng([SEED, 2, len(rows)])
                found = covered = naive = refused = answered = 0
                while answered < diaries:
                    index = calendar(rng, n)
                    weekday = index.day_of_week.to_numpy()
                    drift = DRIFT * np.arange(n) / n
                    habit = (
                        streaks(rng, n, stay) if numeric else (rng.random(n) < 0.4).astype(float)
                    )
                    stress = persistent(rng, n, 0.6) + WEEK_X[weekday]
                    stress = np.clip(np.round(5 + 2 * stress), 0, 10)
                    other = stress if numeric else streaks(rng, n, stay)
                    per = (other - 5) / 2.0 if numeric else other
                    y = nightly(rng, n, False) + WEEK_Y[weekday] + drift
                    y = y - 0.4 * habit - 0.3 * per + truth * habit * per
                    frame = pd.DataFrame(
                        {"tst_min": 430 + SD * y, "habit": yes_no(habit),
                         "other": other if numeric else yes_no(other)}, index=index,
                    )[kept := present(rng, n)]  # fmt: skip
                    one = ss.interaction(
                        frame, outcome="tst_min", factor="habit", moderator="other"
                    )
                    if one.status == "refused":
                        refused += 1
                        continue
                    answered += 1
                    span = 1.0
                    if numeric:
                        low, high = np.quantile(other[kept], [0.25, 0.75])
                        span = (high - low) / 2.0 if high > low else np.nan
                    found += one.pvalue < 0.05
                    size = truth * SD * span
                    covered += one.difference.effect_low <= size <= one.difference.effect_high
                    x, m = habit[kept], per[kept]
                    design = sm.add_constant(np.column_stack([x, m, x * m]))
                    naive += sm.OLS(frame.tst_min.to_numpy(), design).fit().pvalues[-1] < 0.05
                rows.append(
                    [words, n, f"{truth:g} SD", percent(found, diaries),
                     percent(covered, diaries), percent(naive, diaries),
                     percent(refused, refused + diaries)]
                )  # fmt: skip
    head = ["factor, moderator", "n", "true difference", "found, p < .05", "coverage",
            "statsmodels OLS, found", "refused"]  # fmt: skip
    return "Interaction", head, rows


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
    from sleepstats.inference.gls import gls_slope
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


def planning(diaries: int) -> tuple[str, list[str], list[Row]]:
    """Power in diaries of as many nights as ``nights_needed`` gave for 80 %."""
    ways: list[Callable[[Rng, int], np.ndarray]] = [
        lambda rng, n: (rng.random(n) < 0.5).astype(float),
        lambda rng, n: np.arange(n) % 2.0,
        lambda rng, n: streaks(rng, n, 0.9),
        lambda rng, n: (rng.random(n) < 0.2).astype(float),
        lambda rng, n: (rng.random(n) < 0.08).astype(float),
    ]
    rows: list[Row] = []
    for effect in (30, 45):
        plan = ss.nights_needed(effect=effect, sd=60, persistence=0.3, missing=0.15).table
        for design, n, way in zip(plan.design, plan.nights.tolist(), ways, strict=True):
            rng = np.random.default_rng([SEED, 5, len(rows)])
            found = 0
            for _ in range(diaries):
                index = calendar(rng, n)
                habit = way(rng, n)
                y = 430 + 60 * persistent(rng, n, 0.3) + effect * habit
                frame = pd.DataFrame({"tst_min": y, "habit": yes_no(habit)}, index=index)
                one = ss.associate(frame[present(rng, n)], outcome="tst_min", factor="habit")
                found += one.pvalue < 0.05
            rows.append([f"{effect} min", design, n, percent(found, diaries)])
    head = ["effect", "design", "nights given for 80 %", "found, p < .05"]
    return "Nights needed (SD 60 min, persistence 0.3, 15 % missing)", head, rows


#: What misses its mark in the committed run; to be read again after every new one.
MISSES = """**Short of the mark:** nights needed where use comes in runs of ten, 72 to 78 %
instead of 80: how much such nights tell differs from diary to diary, and the plan goes by what they
tell on average. A habit that goes with the one that matters on 80 to 90 % of evenings is
found on its own and not marked: it can be told apart, but only with both in one model."""

PARTS = (both_ways, interactions, gaps, entangling, planning)


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
missing. `stress_and_sleep` gives its verdict over both directions (Benjamini-Hochberg); a rating
of fewer than six values that went with the night is refused the other way. "Lagged Pearson" is
`scipy.stats.pearsonr` of a night and the next day's stress. "Refused" diaries were drawn again. In
*Entangled habits* only wine matters, and late meals go with it but on the share of evenings given:
a meal that is found is a winner wrongly named, unless it is marked."""


if __name__ == "__main__":
    raise SystemExit(main())
