"""Verdicts asked of known truths: stress both ways, claims of a size, nights needed, curves.

    python benchmarks/calibration_verdicts.py                 the tables of calibration_verdicts.md
    python benchmarks/calibration_verdicts.py --diaries 40    fewer diaries a row
    python benchmarks/calibration_verdicts.py --write         write the committed page

Every diary is invented with fixed seeds: a week and a drift in the night (and in stress), and 15 %
of the nights missing, most of them in runs. The public functions are asked. Percent of diaries.
One process; a quarter of an hour at 240 diaries a row on one core.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from calibration_questions import (
    DRIFT,
    SD,
    WEEK_X,
    WEEK_Y,
    Rng,
    Row,
    as_text,
    calendar,
    percent,
    persistent,
    present,
    streaks,
    yes_no,
)

import sleepstats as ss

SEED = 20261129
WARM_UP = 60  # days before the first night, in which series settle


def stress_diary(
    rng: Rng,
    n: int,
    *,
    to_night: float = 0.0,
    to_day: float = 0.0,
    reliability: float = 1.0,
    driver: float = 0.0,
    own: float = 0.7,
    steps: int = 11,
) -> pd.DataFrame:
    """Stress rated 0 to 10 and two outcomes of the night.

    ``reliability``: the share of a rating's variance that is true. ``driver``: SD of the night per
    SD of something slow (persistence .9) that makes half of the variance of stress. ``steps``:
    answers that the rating has; 2 is a yes or no.
    """
    total = n + WARM_UP
    busy, settled = persistent(rng, total, 0.9), persistent(rng, total, own)
    noise, noise_sol = persistent(rng, total, 0.4), persistent(rng, total, 0.3)
    stress, night = np.zeros(total), np.zeros(total)
    for t in range(1, total):
        if driver:
            stress[t] = np.sqrt(0.5) * (busy[t] + settled[t]) + to_day * night[t - 1]
            night[t] = -driver * busy[t] + noise[t]
        else:
            fresh = settled[t] - own * settled[t - 1]
            stress[t] = own * stress[t - 1] + fresh + to_day * night[t - 1]
            night[t] = to_night * stress[t] + noise[t]
    stress, night = stress[WARM_UP:], night[WARM_UP:]
    sol = -0.6 * night + 0.8 * noise_sol[WARM_UP:]
    rated = stress + stress.std() * np.sqrt(1 / reliability - 1) * rng.normal(size=n)
    index = calendar(rng, n)
    weekday, drift = index.day_of_week.to_numpy(), DRIFT * np.arange(n) / n
    rated = 5 + 2 * (rated / rated.std() + WEEK_X[weekday] - drift)
    if steps == 2:
        rated = 10.0 * (rated > 6)
    rated = np.clip(np.round((steps - 1) * rated / 10), 0, steps - 1)
    frame = pd.DataFrame(
        {"tst_min": 430 + SD * (night + WEEK_Y[weekday] + drift),
         "sol_min": 20 * np.exp(0.5 * sol), "stress": rated},
        index=index,
    )  # fmt: skip
    return frame[present(rng, n)]


STRESS = [  # words, outcomes, truth
    ("nothing", 2, {}),
    ("day to night, rating exact", 1, {"to_night": -0.5}),
    ("day to night, rating exact", 2, {"to_night": -0.5}),
    ("day to night, reliability .8", 1, {"to_night": -0.5, "reliability": 0.8}),
    ("day to night, reliability .8", 2, {"to_night": -0.5, "reliability": 0.8}),
    ("day to night, reliability .6", 1, {"to_night": -0.5, "reliability": 0.6}),
    ("day to night, reliability .6", 2, {"to_night": -0.5, "reliability": 0.6}),
    ("day to night, rated 1 to 5", 1, {"to_night": -0.5, "steps": 5}),
    ("day to night, yes or no", 1, {"to_night": -0.5, "steps": 2}),
    ("day to night, a small one (.2 SD)", 1, {"to_night": -0.2}),
    ("a slow driver of both", 1, {"driver": 0.5}),
    ("a slow driver of both, quick stress", 2, {"driver": 0.5, "own": 0.3}),
    ("a slow driver of both, reliability .6", 1, {"driver": 0.5, "reliability": 0.6}),
    ("night to day (.3 SD), rating exact", 1, {"to_day": -0.3}),
    ("night to day (.3 SD), reliability .6", 1, {"to_day": -0.3, "reliability": 0.6}),
    ("both, reliability .6", 1, {"to_night": -0.5, "to_day": -0.3, "reliability": 0.6}),
]  # fmt: skip
VERDICTS = ("day to night", "night to day", "both", "neither", "cannot tell")


def stress(diaries: int) -> tuple[str, list[str], list[Row]]:
    """Verdicts by truth, number of outcomes and length."""
    rows: list[Row] = []
    for words, outcomes, truth in STRESS:
        for n in (60, 120, 365) if "rel" in words or "exact" in words else (120, 365):
            rng = np.random.default_rng([SEED, 1, len(rows)])
            counts = dict.fromkeys(VERDICTS, 0)
            held = told = 0
            for _ in range(diaries):
                nights = stress_diary(rng, n, **truth)
                asked = ("tst_min", "sol_min")[:outcomes]
                got = ss.stress_and_sleep(nights, outcomes=asked)
                counts[got.verdict] += 1
                # the old way: the stress before the night held equal, its p-value alone
                first = got.table[got.table.direction == "night to day"]
                old = first.pvalue.where(first.other_way != "previous", first.other_pvalue)
                held += bool((old < 0.05).any())
                told += "only roughly" in got.said()
            claimed = counts["night to day"] + counts["both"]
            rows.append(
                [words, outcomes, n, percent(claimed, diaries), percent(held, diaries),
                 *(percent(counts[name], diaries) for name in VERDICTS), percent(told, diaries)]
            )  # fmt: skip
    head = ["truth", "outcomes", "n", "night to day claimed",
            "p < .05 with the stress before held equal", *VERDICTS,
            "says that a rough rating would look the same"]  # fmt: skip
    return "Stress and sleep, both ways", head, rows


CLAIMED = 60.0
ANSWERS = ("goes with", "goes with, but smaller", "against", "cannot tell")


def claims(diaries: int) -> tuple[str, list[str], list[Row]]:
    """Tell what is said to a claim of an hour, by the truth."""
    rows: list[Row] = []
    asked = [ss.Claim("Tea adds an hour.", "tst_min", "tea", "more", size=CLAIMED)]
    for truth in (0.0, 20.0, 60.0):
        for n in (60, 120, 365):
            rng = np.random.default_rng([SEED, 2, len(rows)])
            counts = dict.fromkeys(ANSWERS, 0)
            for _ in range(diaries):
                index = calendar(rng, n)
                tea = rng.random(n) < 0.4
                y = persistent(rng, n, 0.3) + WEEK_Y[index.day_of_week.to_numpy()]
                nights = pd.DataFrame(
                    {"tst_min": 430 + SD * y + truth * tea, "tea": yes_no(tea)}, index=index
                )
                got = ss.check_claims(nights[present(rng, n)], asked).table["verdict"][0]
                counts[got] += 1
            rows.append([f"{truth:g} min", n, *(percent(counts[v], diaries) for v in ANSWERS)])
    head = ["truth (claimed: 60 min more)", "n", *ANSWERS]
    return "Claims of a size", head, rows


def used(rng: Rng, n: int, share: float, stay: float) -> np.ndarray:
    """Yes or no on so large a share of evenings; ``stay``: its correlation with the next one."""
    yes, told = np.empty(n, dtype=bool), rng.random(n)
    yes[0] = told[0] < share
    for night in range(1, n):
        yes[night] = told[night] < share + stay * (yes[night - 1] - share)
    return yes


PLANNED = [  # the five ways of nights_needed: share, correlation with the next evening
    (0.5, 0.0), (0.5, -1.0), (0.5, 0.8), (0.2, 0.0), (0.08, 0.0),
]  # fmt: skip


def before(diaries: int) -> tuple[str, list[str], list[Row]]:
    """How often the effect is found with the nights said before starting."""
    rows: list[Row] = []
    for effect in (30, 45):
        for questions in (1, 12):
            plan = ss.nights_needed(
                effect=effect, sd=60, persistence=0.3, missing=0.15, questions=questions
            ).table
            for design, n, (share, stay) in zip(
                plan.design, plan.nights.tolist(), PLANNED, strict=True
            ):
                rng = np.random.default_rng([SEED, 3, len(rows)])
                found = 0
                for _ in range(diaries):
                    index, habit = calendar(rng, n), used(rng, n, share, stay)
                    y = 430 + 60 * persistent(rng, n, 0.3) + effect * habit
                    frame = pd.DataFrame({"tst_min": y, "habit": yes_no(habit)}, index=index)
                    one = ss.associate(frame[present(rng, n)], outcome="tst_min", factor="habit")
                    found += one.pvalue < 0.05 / questions
                rows.append([f"{effect} min", design, questions, n, percent(found, diaries)])
    head = ["effect", "design", "questions", "nights said for 80 %", "found"]
    return "Nights needed, before starting (SD 60 min, persistence 0.3)", head, rows


FROM_NIGHTS = [  # words, persistence of the night, share, stay; a share of 0 is a number
    ("3 nights in 10", 0.3, 0.3, 0.0),
    ("3 nights in 10", 0.6, 0.3, 0.0),
    ("rare, 1 night in 12", 0.3, 0.08, 0.0),
    ("half of the nights, in streaks", 0.3, 0.5, 0.8),
    ("a number", 0.3, 0.0, 0.0),
]
OTHERS = 10  # further habits in the table


def table_of(
    rng: Rng, n: int, rho: float, share: float, stay: float, effect: float
) -> pd.DataFrame:
    """One habit with an effect among ten without one; a week and a drift in the night."""
    index = calendar(rng, n)
    habit = used(rng, n, share, stay) if share else persistent(rng, n, 0.3)
    y = persistent(rng, n, rho) + WEEK_Y[index.day_of_week.to_numpy()] + DRIFT * np.arange(n) / n
    columns = {"tst_min": 430 + 60 * y + effect * habit,
               "habit": yes_no(habit) if share else habit}  # fmt: skip
    for place in range(OTHERS):
        columns[f"other_{place}"] = yes_no(used(rng, n, 0.3 + 0.04 * place, 0.3))
    return pd.DataFrame(columns, index=index)[present(rng, n)]


def nights(diaries: int) -> tuple[str, list[str], list[Row]]:
    """Plan from 60 nights; then a new diary as long as was said, the habit as often as so far."""
    rows: list[Row] = []
    for words, rho, share, stay in FROM_NIGHTS:
        rng = np.random.default_rng([SEED, 4, len(rows)])
        effect = 30.0 if share else 15.0
        alone = table = answered = too_long = 0
        said: list[list[int]] = []
        while answered < diaries:
            pilot = table_of(rng, 60, rho, share, stay, effect)
            seen = float(pilot.habit.mean()) if share else 0.0
            try:
                plan = ss.nights_needed(pilot, factor="habit", effect=effect).table
            except ss.DiaryError:  # too rarely used in these 60 nights to be asked about
                continue
            if plan.nights.isna().any() or plan.nights.max() > 1500:
                too_long += 1
                continue
            answered += 1
            said.append(plan.nights.astype(int).tolist())
            one = table_of(rng, said[-1][0], rho, seen, stay, effect)
            alone += ss.associate(one, outcome="tst_min", factor="habit").status == "found"
            many = table_of(rng, said[-1][1], rho, seen, stay, effect)
            got = ss.correlate(many, outcomes="tst_min").set_index("factor")
            table += got.status["habit"] == "found"
        middle = np.median(said, axis=0)
        rows.append(
            [words, rho, f"{middle[0]:.0f}", percent(alone, diaries), f"{middle[1]:.0f}",
             percent(table, diaries), percent(too_long, too_long + diaries)]
        )  # fmt: skip
    head = ["habit", "persistence", "nights said, only question (median)",
            "found as the only question", f"nights said among {OTHERS + 1} (median)",
            f"found in a table of {OTHERS + 1}", "longer than 1,500 nights: left out"]  # fmt: skip
    return "Nights needed, learnt from 60 nights (80 % wanted)", head, rows


INTERACTION = [  # words, truth (SD), whether stress acts in a curve and the habit goes along
    ("yes/no by chance, yes/no in streaks", 0.0, False),
    ("yes/no by chance, yes/no in streaks", 0.8, False),
    ("yes/no in streaks, 0 to 10 stress", 0.0, False),
    ("yes/no in streaks, 0 to 10 stress", 0.8, False),
    ("habit that follows stress, stress acting in a curve", 0.0, True),
]


def curves(diaries: int) -> tuple[str, list[str], list[Row]]:
    """Size, coverage and power of the difference between two effects, with curved moderators."""
    rows: list[Row] = []
    for words, truth, curved in INTERACTION:
        for n in (60, 180):
            rng = np.random.default_rng([SEED, 5, len(rows)])
            found = covered = refused = answered = 0
            while answered < diaries:
                index = calendar(rng, n)
                weekday, drift = index.day_of_week.to_numpy(), DRIFT * np.arange(n) / n
                numeric = "stress" in words
                level = persistent(rng, n, 0.6) + WEEK_X[weekday]
                rated = np.clip(np.round(5 + 2 * level), 0, 10)
                other = rated if numeric else streaks(rng, n, 0.85)
                per = (other - 5) / 2.0 if numeric else other
                habit = streaks(rng, n, 0.85) if numeric else (rng.random(n) < 0.4).astype(float)
                y = persistent(rng, n, 0.5) + WEEK_Y[weekday] + drift
                if curved:
                    habit = (rng.random(n) < 1 / (1 + np.exp(-1.5 * per))).astype(float)
                    y = y - 0.4 * per - 0.2 * per**2
                y = y - 0.4 * habit - 0.3 * per + truth * habit * per
                frame = pd.DataFrame(
                    {"tst_min": 430 + SD * y, "habit": yes_no(habit),
                     "other": other if numeric else yes_no(other)}, index=index,
                )[kept := present(rng, n)]  # fmt: skip
                one = ss.interaction(frame, outcome="tst_min", factor="habit", moderator="other")
                if one.status == "refused":
                    refused += 1
                    continue
                answered += 1
                span = 1.0
                if numeric:
                    low, high = np.quantile(other[kept], [0.25, 0.75])
                    span = (high - low) / 2.0
                found += one.pvalue < 0.05
                size = truth * SD * span
                covered += one.difference.effect_low <= size <= one.difference.effect_high
            rows.append(
                [words, n, f"{truth:g} SD", percent(found, diaries), percent(covered, diaries),
                 percent(refused, refused + diaries)]
            )  # fmt: skip
    head = ["factor, moderator", "n", "true difference", "found, p < .05", "coverage", "refused"]
    return "Interaction", head, rows


PARTS = (stress, claims, before, nights, curves)
NOTES = {
    "stress": """*Claimed*: the verdict is *night to day* or *both*. Beside it: the older way alone,
with the stress before the night held equal. Effects in SD of the night per SD of stress; two
outcomes are total sleep time and latency, which share most of a night. Stress persists by .7.""",
    "claims": """Said to “Tea adds an hour”. *Goes with* means in its size, too.""",
    "before": """*Found*: p below .05, or .05 / 12 among 12 questions.""",
    "nights": """The plan is made from 60 nights of a diary of eleven habits; then a new diary is
drawn, as long as was said, in which the habit comes as often as in those 60 nights. *Found* as
`associate` and `correlate` (Benjamini-Hochberg over eleven questions) call it.""",
    "curves": """The square of a numeric moderator is held equal.""",
}


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--diaries", type=int, default=400, help="diaries a row")
    parser.add_argument("--parts", nargs="+", default=[part.__name__ for part in PARTS])
    parser.add_argument("--write", action="store_true", help="write the committed page")
    arguments = parser.parse_args()
    page = Path(__file__).with_suffix(".md")
    old = page.read_text(encoding="utf-8").split("\n## ")[1:] if page.exists() else []
    sections = {text.partition("\n")[0]: f"## {text.strip()}" for text in old}
    for part in PARTS:
        if part.__name__ not in arguments.parts:
            continue
        start = time.process_time()
        title, head, rows = part(arguments.diaries)
        table = as_text(title, head, rows).partition("\n\n")[2]
        seconds = time.process_time() - start
        errors = [100 * np.sqrt(p * (1 - p) / arguments.diaries) for p in (0.05, 0.8)]
        sections[title] = (
            f"## {title}\n\n{NOTES[part.__name__]}\n\n{table}\n\n"
            f"{arguments.diaries} diaries a row: standard errors {errors[0]:.1f} points at a true "
            f"5 % and {errors[1]:.1f} at 80 %; {seconds:.0f} s of one core."
        )
        print(f"{sections[title]}\n", flush=True)
        if arguments.write:
            packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "pandas"))
            made = f"Python {platform.python_version()}, {packages}"
            page.write_text(f"{ABOUT.format(made)}\n\n" + "\n\n".join(sections.values()) + "\n",
                            encoding="utf-8")  # fmt: skip
    return 0


ABOUT = """# Calibration of verdicts

Every diary is invented with fixed seeds; the truth is in the first columns. n counts calendar
nights, 15 % of them missing. Percent of diaries; their Monte-Carlo standard error stands below each
table. Made by `python benchmarks/calibration_verdicts.py
--write`, part by part, with {}."""


if __name__ == "__main__":
    raise SystemExit(main())
