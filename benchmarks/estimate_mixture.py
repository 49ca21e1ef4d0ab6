"""How large are the effects of real habits? The shares of the mixture, estimated from exports.

    python benchmarks/estimate_mixture.py FOLDER [FOLDER ...]

Every file below the folders is read by itself, and every folder that holds files as one export.
Each habit of the evening before that can be asked about total sleep time on 40 nights or more gives
an effect on the scale of a correlation, week and slow drift taken out, with its standard error. The
shares of the fixed widths are those of maximum likelihood, ``r ~ sum w N(0, width^2 + se^2)``. What
is printed is beside the constants of ``sleepstats/inference/effect_sizes.py``; nothing is written.
"""

from __future__ import annotations

import argparse
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np
import pandas as pd

import sleepstats as ss
from sleepstats.inference import gls_slopes
from sleepstats.inference.guards import calendar_controls, night_numbers
from sleepstats.inference.shrinkage import SHARES, WIDTHS, r_units

OUTCOME = "tst_min"
LEAST_NIGHTS = 40
SEED, DRAWS = 16, 200
BY_CHANCE = 1.959964  # half width of a 95 % interval in normal standard errors

Array = np.ndarray


@dataclass(frozen=True)
class Habit:
    """One habit of one export, on the scale of a correlation."""

    source: str
    name: str
    n: int
    r: float
    se: float


def sources(folders: list[Path]) -> Iterator[tuple[Path, Path]]:
    """Each file with the folder that it lies in, then each folder."""
    for folder in folders:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        yield from ((path, path.parent) for path in files)
        yield from ((parent, parent) for parent in sorted({path.parent for path in files}))


def habits_of(nights: pd.DataFrame, source: str) -> Iterator[Habit]:
    """Ask every habit of the evening before about total sleep time."""
    table = ss.correlate(nights, outcomes=OUTCOME)
    asked = table[(table["status"] != "refused") & table["effect"].notna()]
    for factor, when in asked[["factor", "when"]].to_numpy():
        data = ss.associate(nights, outcome=OUTCOME, factor=factor).data
        if len(data) < LEAST_NIGHTS or when != "day before the night":
            continue
        number = night_numbers(data.index.to_numpy())
        controls = calendar_controls(number, data.index.day_of_week, int(number.max()) + 1)
        y, x = (data[name].to_numpy(float)[:, None] for name in (OUTCOME, factor))
        slope = gls_slopes(y, x, controls, number).at(0, 0)
        unit = float(r_units(y, x, controls)[0, 0])
        se = (slope.high - slope.low) / (2 * BY_CHANCE)
        if np.isfinite(slope.estimate * unit):
            yield Habit(source, factor, len(data), slope.estimate * unit, se * unit)


def gather(folders: list[Path]) -> tuple[list[Habit], int]:
    """All habits, and how many sources gave nights.

    A person's history often lies in one folder in several layouts: of a habit that comes more
    than once there, the one with the most nights is kept.
    """
    kept: dict[tuple[Path, str], Habit] = {}
    given = 0
    for path, parent in sources(folders):
        try:
            nights = ss.read_diary(path)
            habits = list(habits_of(nights, path.name))
        except ss.DiaryError:
            continue
        given += 1
        for habit in habits:
            before = kept.get((parent, habit.name))
            if before is None or habit.n > before.n:
                kept[parent, habit.name] = habit
    return list(kept.values()), given


def densities(r: Array, se: Array) -> Array:
    """Density of every effect (m, widths) under each part, its own error added."""
    variance = np.asarray(WIDTHS) ** 2 + (se**2)[:, None]
    return np.exp(-0.5 * (r**2)[:, None] / variance) / np.sqrt(2 * np.pi * variance)


def most_likely(density: Array) -> Array:
    """Shares of maximum likelihood, by expectation and maximisation (the problem is concave)."""
    shares = np.full(density.shape[1], 1.0 / density.shape[1])
    for _ in range(2000):
        part = density * shares
        shares = (part / part.sum(axis=1, keepdims=True)).mean(axis=0)
    return shares


def account(habits: list[Habit], given: int) -> str:
    """Say what was estimated, beside the constants."""
    r, se = (np.array([getattr(habit, name) for habit in habits]) for name in ("r", "se"))
    density = densities(r, se)
    shares = most_likely(density)
    rng = np.random.default_rng(SEED)
    drawn = np.array(
        [most_likely(density[rng.integers(len(r), size=len(r))]) for _ in range(DRAWS)]
    )
    low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    gain = float(np.log(density @ shares).sum() - np.log(density @ np.asarray(SHARES)).sum())
    spread = float(np.sqrt(max(np.mean(r**2 - se**2), 0.0)))
    lines = [
        f"{len(habits)} habits of {len({habit.source for habit in habits})} sources "
        f"({given} gave nights), median {np.median([habit.n for habit in habits]):.0f} nights, "
        f"median |r| {np.median(np.abs(r)):.3f}, median standard error {np.median(se):.3f}",
        f"standard deviation of r, sampling error taken off: {spread:.3f} (constants: "
        f"{np.sqrt(np.dot(SHARES, np.square(WIDTHS))):.3f})",
        "",
        "| width | share here | 90 % of resamples of habits | constant |",
        "| ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {width:.2f} | {here:.2f} | {least:.2f} to {most:.2f} | {constant:.2f} |"
        for width, here, least, most, constant in zip(
            WIDTHS, shares, low, high, SHARES, strict=True
        )
    ]
    lines += [
        "",
        f"Log likelihood here {gain:.2f} above that of the constants (two free shares gain 1 by "
        "chance on average, 3 one time in twenty).",
        "",
        "| source | habit | nights | r | standard error |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {habit.source} | {habit.name} | {habit.n} | {habit.r:+.3f} | {habit.se:.3f} |"
        for habit in sorted(habits, key=lambda habit: -abs(habit.r))
    ]
    return "\n".join(lines)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    folders = parser.parse_args().folders
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        habits, given = gather(folders)
    if not habits:
        print(f"No habit with {LEAST_NIGHTS} nights below {', '.join(map(str, folders))}.")
        return 1
    print(account(habits, given))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
