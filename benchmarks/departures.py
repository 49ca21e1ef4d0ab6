"""Old against new on the same invented diaries, those that depart from the model among them.

    python benchmarks/departures.py                  the tables of benchmarks/departures.md
    python benchmarks/departures.py --write          write benchmarks/departures.md
    python benchmarks/departures.py --diaries 200 --only departures

*Old*: the nights as recorded, six columns for the week from 40 nights. *New*: what ``associate``
does: nights that lie far off counted up to a limit, two columns for the week below 130 nights
unless the outcome's weekdays differ. Both are asked of the same diaries, half of which hold a known
effect. The cells are those of ``calibration.py``; the departures are a yes/no habit (30 %, 0.5 SD)
and a number (0.3 SD per SD) under noise that is not what the engine supposes.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np
from calibration import CELLS, DRIFT, OUTCOME, SD, WEEK_Y, invent, persistent, present
from real_windows import old_controls

from sleepstats.inference import gls_tables
from sleepstats.inference.guards import calendar_controls, cleared, weekdays_differ
from sleepstats.inference.none_alone import all_that_counts

SEED = 20261201
NIGHTS = {"cells": (30, 60, 180, 365), "departures": (60, 120)}

Array = np.ndarray
Rng = np.random.Generator
#: Outcome, habit or number, night numbers, weekdays, the effect per unit.
Asked = tuple[Array, Array, Array, Array, float]


def outliers(rng: Rng, noise: Array, share: float, size: float) -> Array:
    """Move some nights by so many standard deviations, either way where the size is positive."""
    sign = rng.choice([-1.0, 1.0], len(noise)) if size > 0 else 1.0
    return noise + np.where(rng.random(len(noise)) < share, sign * size, 0.0)


def heavy(rng: Rng, n: int) -> Array:
    """Return persistent noise of Student's t with three degrees of freedom."""
    steps = rng.standard_t(3, n) / np.sqrt(3)
    for night in range(1, n):
        steps[night] = 0.3 * steps[night - 1] + np.sqrt(0.91) * steps[night]
    return steps


def long_memory(rng: Rng, n: int) -> Array:
    """Return fractional noise, d = 0.4."""
    weights = np.cumprod(np.concatenate([[1.0], (np.arange(1, 3 * n) - 0.6) / np.arange(1, 3 * n)]))
    series = np.convolve(rng.normal(size=4 * n), weights)[3 * n : 4 * n]
    return series / np.sqrt((weights**2).sum())


def half(n: int, weekday: Array) -> Array:
    """Return ones in the second half of the diary."""
    return (np.arange(n) >= n / 2).astype(float)


def weekend(weekday: Array) -> Array:
    """Say which evenings are Fridays and Saturdays."""
    return np.isin(weekday, [4, 5])


Noise = Callable[[Rng, Array, Array, Array], Array]  # from noise, weekday and factor to noise
DEPARTURES: dict[str, Noise] = {
    "none": lambda rng, e, day, x: e,
    "outliers 2 %, 5 SD": lambda rng, e, day, x: outliers(rng, e, 0.02, 5.0),
    "all-nighters 3 %, -5 SD": lambda rng, e, day, x: outliers(rng, e, 0.03, -5.0),
    "Student's t, 3": lambda rng, e, day, x: heavy(rng, len(e)),
    "weekends 1.7 times as variable": lambda rng, e, day, x: e * np.where(weekend(day), 1.7, 1.0),
    "weekends 3 times as variable": lambda rng, e, day, x: e * np.where(weekend(day), 3.0, 1.0),
    "habit nights twice as variable": lambda rng, e, day, x: e * np.where(x > 0.5, 2.0, 1.0),
    "level shift of 1.5 SD": lambda rng, e, day, x: e + 1.5 * half(len(e), day),
    "variance doubles half way": lambda rng, e, day, x: e * (1 + 0.414 * half(len(e), day)),
    "long memory": lambda rng, e, day, x: long_memory(rng, len(e)),
    "random walk and noise": lambda rng, e, day, x: e + 0.15 * np.cumsum(rng.normal(size=len(e))),
    "skewed": lambda rng, e, day, x: (np.exp(0.8 * e) - np.exp(0.32)) / 1.6,
    "Thursdays short by 1 SD": lambda rng, e, day, x: e - (day == 3),
}
#: How the night is told, where not to the minute; the effect is then in another unit.
TOLD: dict[str, Callable[[Array], Array]] = {
    "rating 1 to 5": lambda y: np.clip(np.round(3 + y), 1, 5),
    "skewed rating": lambda y: np.clip(np.ceil(np.exp(0.5 * y)), 1, 5),
    "counts": lambda y: np.floor(np.exp(0.4 * y + 0.5)),
    "ceiling at 0.5 SD": lambda y: np.minimum(y, 0.5),
}


def from_cells(rng: Rng, name: str, n: int) -> Asked:
    """Return a diary of ``calibration.py``."""
    nights, x = invent(rng, CELLS[name], n)
    number = (nights.index - nights.index[0]).days.to_numpy()
    weekday = nights.index.day_of_week.to_numpy()
    return nights[OUTCOME].to_numpy() / SD, x, number, weekday, CELLS[name].effect


def departing(rng: Rng, name: str, n: int) -> Asked:
    """Return a diary whose noise is not what the engine supposes."""
    weekday = (np.arange(n) + rng.integers(7)) % 7
    yes = bool(rng.integers(2))
    x = (rng.random(n) < 0.3).astype(float) if yes else persistent(rng, n, 0.3)
    noise = persistent(rng, n, 0.3)
    if name in DEPARTURES:
        noise = DEPARTURES[name](rng, noise, weekday, x)
    kept = present(rng, n)
    number = np.flatnonzero(kept) - np.flatnonzero(kept)[0]
    y = noise + WEEK_Y[weekday] + DRIFT * np.arange(n) / n
    return y[kept], x[kept], number, weekday[kept], 0.5 if yes else 0.3


def answers(asked: Asked, told: Callable[[Array], Array]) -> Array | None:
    """Say of old and new: false, found, covered; None where either refuses."""
    y, x, number, weekday, effect = asked
    both = np.column_stack([told(y), told(y + effect * x)])
    span, rows = int(number[-1]) + 1, []
    for new in (False, True):
        z = old_controls(number, weekday, span)
        if new:
            differ = weekdays_differ(both[:, 0], number, weekday)
            z = calendar_controls(number, weekday, span, each_weekday=differ)
        nights, cells = cleared(both, x[:, None], z, number), [(0, 0), (1, 0)]
        if new:
            nights, cells = all_that_counts([nights], [cells])[0]
        (table,) = gls_tables([nights], cells=[cells])
        null, planted = (table.at(*cell) for cell in cells)
        if null.reason or planted.reason:
            return None
        covered = planted.low <= effect <= planted.high
        rows.append([null.pvalue < 0.05, planted.pvalue < 0.05, covered])
    return np.array(rows, dtype=float)


def counted(kind: str, diaries: int) -> Iterator[str]:
    """Give the rows of one table."""
    names = list(CELLS) if kind == "cells" else [*DEPARTURES, *TOLD]
    for n in NIGHTS[kind]:
        for place, name in enumerate(names):
            rng = np.random.default_rng([SEED, n, place, len(kind)])
            make = from_cells if kind == "cells" else departing
            told = TOLD.get(name, lambda y: y)
            total, asked = np.zeros((2, 3)), 0
            while asked < diaries:
                got = answers(make(rng, name, n), told)
                if got is not None:
                    total, asked = total + got, asked + 1
            (a, b, c), (d, e, f) = 100 * total / asked
            covered = "another unit | " if name in TOLD else f"{c:.1f} | {f:.1f}"
            yield (f"| {n} | {name} | {a:.1f} | {d:.1f} | {b:.1f} | {e:.1f} | {e - b:+.1f} | "
                   f"{covered} |")  # fmt: skip


PAGE = """# Old against new on the same invented diaries

*Old*: the nights as recorded, six columns for the week from 40 nights. *New*: nights that lie far
off counted up to a limit; two columns for the week below 130 nights unless the outcome's weekdays
differ. {diaries} diaries a row without an effect and the same with one: the Monte-Carlo standard
error of 5 % is {error:.1f} points; of the difference between old and new much less, as both are
asked of the same diaries.
{parts}
Made by `{command}`.
"""


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--diaries", type=int, default=400, help="of each row")
    parser.add_argument("--only", choices=list(NIGHTS))
    parser.add_argument("--write", action="store_true", help="write benchmarks/departures.md")
    arguments = parser.parse_args()
    parts = []
    for kind in [arguments.only] if arguments.only else NIGHTS:
        titles = {"cells": "Cells of `calibration.py`", "departures": "Departures from the model"}
        lines = [
            f"\n## {titles[kind]}\n",
            "| n | diary | false, %: old | new | found, %: old | new | gain | coverage, %: old | "
            "new |",
            "| ---: | --- |" + " ---: |" * 7,
        ]
        print("\n".join(lines))
        for line in counted(kind, arguments.diaries):
            print(line, flush=True)
            lines.append(line)
        parts.append("\n".join(lines))
    if arguments.write:
        error = 100 * np.sqrt(0.05 * 0.95 / arguments.diaries)
        typed = " ".join(["python benchmarks/departures.py", *sys.argv[1:]])
        page = PAGE.format(
            diaries=arguments.diaries, error=error, parts="\n".join(parts) + "\n", command=typed
        )
        Path(__file__).with_suffix(".md").write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
