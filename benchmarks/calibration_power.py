"""How often ``associate`` finds an effect that is there, kind of diary by kind of diary.

    python benchmarks/calibration_power.py           the table of benchmarks/calibration_power.md
    python benchmarks/calibration_power.py --small   60 diaries a row
    python benchmarks/calibration_power.py --write   write benchmarks/calibration_power.md

The diaries are those of ``calibration.py``, with an effect of 0.3 SD per SD of a number, 0.15 SD
per point of a rating, 0.5 SD for a habit, 0.7 SD for a rare one. Four figures a row: what
``associate`` finds as people get it, with week, straight drift and slow waves taken out; what the
same engine finds with week and straight drift only, as in the method study that it was chosen by;
what a test finds that is told the true persistence and noise of each diary, beside those same
controls (no honest test can be expected to find more); and what the method study found on diaries
of its own.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np
from calibration import (
    FACTOR,
    OUTCOME,
    SD,
    SEED,
    Array,
    Cell,
    Rng,
    blocks,
    courses,
    invent,
    numeric,
    rating,
    weekend_habit,
)

import sleepstats as ss
from sleepstats.inference import gls_slope
from sleepstats.inference.guards import calendar_controls, night_numbers

LOUD = 1.7  # weekends of calibration.py against weekdays


def rare(rng: Rng, weekday: Array) -> Array:
    """Yes on 8 % of evenings."""
    return (rng.random(len(weekday)) < 0.08).astype(float)


#: Kind of diary, and percent found in the method study at 60 and 180 nights.
CELLS: dict[str, tuple[Cell, int, int]] = {
    "numeric, no persistence": (Cell(numeric(0.0), 0.0, 0.3, ""), 46, 94),
    "numeric, both 0.3": (Cell(numeric(0.3), 0.3, 0.3, ""), 44, 95),
    "numeric, both 0.6": (Cell(numeric(0.6), 0.6, 0.3, ""), 46, 93),
    "numeric, nights 0.6": (Cell(numeric(0.0), 0.6, 0.3, ""), 71, 100),
    "rating, both 0.6": (Cell(rating, 0.6, 0.15, ""), 45, 94),
    "rating, long memory": (Cell(rating, 0.8, 0.15, "", reporting_noise=True), 42, 90),
    "streaks, nights 0.3": (Cell(blocks, 0.3, 0.5, ""), 20, 64),
    "streaks, nights 0.6": (Cell(blocks, 0.6, 0.5, ""), 22, 63),
    "courses, nights 0.6": (Cell(courses, 0.6, 0.5, ""), 17, 55),
    "rare habit, nights 0.6": (Cell(rare, 0.6, 0.7, ""), 39, 91),
    "weekend habit, loud weekends": (
        Cell(weekend_habit, 0.3, 0.5, "", loud_weekends=True), 14, 43,
    ),
}  # fmt: skip


def told_the_noise(y: Array, x: Array, controls: Array, number: Array, noise: Array) -> float:
    """p-value of a regression that knows the correlation of the errors, and only not their size."""
    from scipy import stats

    root = np.linalg.cholesky(noise)
    whitened = np.linalg.solve(root, np.column_stack([controls, x, y]))
    design, outcome = whitened[:, :-1], whitened[:, -1]
    coefficients, rss, _, _ = np.linalg.lstsq(design, outcome)
    spare = len(y) - design.shape[1]
    error = np.sqrt(rss[0] / spare * np.linalg.inv(design.T @ design)[-1, -1])
    return float(2 * stats.t.sf(abs(coefficients[-1] / error), spare))


def true_noise(cell: Cell, number: Array, weekday: Array) -> Array:
    """Correlation of the errors of a diary of ``calibration.py``."""
    noise = cell.rho ** np.abs(number[:, None] - number[None, :]).astype(float)
    if cell.reporting_noise:
        noise = (noise + np.eye(len(number))) / 2
    if cell.loud_weekends:
        size = np.where(np.isin(weekday, [4, 5]), LOUD, 1.0)
        noise = noise * size[:, None] * size[None, :]
    return noise


def found(task: tuple[str, int, int]) -> tuple[int, int, int, int]:
    """Return how many of the diaries asked were found, in three ways, and how many refused."""
    name, n, wanted = task
    cell = CELLS[name][0]
    rng = np.random.default_rng([SEED, 7, list(CELLS).index(name), n])
    hits = np.zeros(3, dtype=int)
    refused = asked = 0
    while asked < wanted:
        nights, values = invent(rng, cell, n)
        nights[OUTCOME] += cell.effect * SD * values
        one = ss.associate(nights, outcome=OUTCOME, factor=FACTOR)
        if one.status == "refused":
            refused += 1
            continue
        asked += 1
        number, weekday = night_numbers(nights.index), nights.index.day_of_week.to_numpy()
        controls = calendar_controls(number, weekday, int(number[-1]) + 1)[:, :8]
        y = nights[OUTCOME].to_numpy()
        straight = gls_slope(y, values, controls, number)
        noise = true_noise(cell, number, weekday)
        told = told_the_noise(y, values, controls, number, noise)
        hits += [one.pvalue < 0.05, straight.pvalue < 0.05, told < 0.05]
    return int(hits[0]), int(hits[1]), int(hits[2]), refused


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--diaries", type=int, default=400, help="diaries a row")
    parser.add_argument("--small", action="store_true", help="60 diaries a row")
    parser.add_argument("--write", action="store_true", help="write calibration_power.md")
    arguments = parser.parse_args()
    diaries = 60 if arguments.small else arguments.diaries
    tasks = [(name, n, diaries) for name in CELLS for n in (60, 180)]
    with multiprocessing.Pool() as pool:
        results = dict(zip(tasks, pool.map(found, tasks, chunksize=1), strict=True))
    lines = [
        "| diary | n | found, % | week and straight drift only, % | told the noise, % "
        "| in the method study, % | refused, % |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    low = []
    for (name, n, of), (*hits, refused) in results.items():
        wanted = CELLS[name][1 if n == 60 else 2]
        free, straight, told = (100 * hit / of for hit in hits)
        error = max(100 * np.sqrt(wanted * (100 - wanted) / 1e4 / of), 0.5)
        lines.append(
            f"| {name} | {n} | {free:.0f} | {straight:.0f} | {told:.0f} | {wanted} "
            f"| {100 * refused / (refused + of):.0f} |"
        )
        if straight < wanted - 2 * error:
            low.append(f"{name}, n = {n}")
    said = (
        f"{diaries} diaries a row; Monte-Carlo error up to {50 / diaries**0.5:.1f} points. More "
        "than two standard errors below the method study, with the study's controls: "
        f"{'; '.join(low) or 'none'}."
    )
    text = "\n".join([*lines, "", said])
    print(text)
    if arguments.write:
        Path(__file__).with_suffix(".md").write_text(
            "# Power\n\nHow often `associate` finds an effect that is there.\n\nThe diaries"
            f"{__doc__.split('The diaries', 1)[1]}\n{text}\n\n"
            f"Made by `python benchmarks/calibration_power.py --diaries {diaries} --write`.\n",
            encoding="utf-8",
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
