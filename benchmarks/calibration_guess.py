"""How true is what is printed because it was found: its interval, its size, its direction.

    python benchmarks/calibration_guess.py             the tables of calibration_guess.md
    python benchmarks/calibration_guess.py --small     a twentieth of the diaries
    python benchmarks/calibration_guess.py --write     write benchmarks/calibration_guess.md

Invented diaries with fixed seeds, asked through the engine; found after Benjamini-Hochberg.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np
from calibration import (
    DRIFT,
    WEEK_Y,
    blocks,
    dose,
    numeric,
    persistent,
    present,
    rating,
    weekend_habit,
)
from scipy.special import stdtrit

import sleepstats as ss
from sleepstats.inference import gls_tables
from sleepstats.inference.guards import (
    calendar_controls,
    cleared,
    control_basis,
    night_numbers,
    without_controls,
)
from sleepstats.inference.none_alone import adjust_pvalues, all_that_counts, level_of_found
from sleepstats.inference.shrinkage import (
    OWN_KIND,
    OWN_WIDTH,
    SHARES,
    WIDTHS,
    best_guesses,
    units_of,
)
from sleepstats.inference.whiten import mixture_interval
from sleepstats.simulation import EFFECTS, LATENCY_RATIOS

SEED = 20261129
LEAST_ROWS, LEAST_DIARIES, MOST_DIARIES = 400, 200, 2000
TOGETHER = 20  # so many diaries are asked at once, which takes half the time
MOST_WRONG = 6.0
TOLD = {60: (0.0, 1.3)}
TOLD_LATER = (0.9, 1.15)
#: One strong cause among nothing: at least so much of it is told, so many standard errors out.
FAR_OUT, LEAST_TOLD = 4.0, 0.85
#: Numbers and yes/no among the habits of simulate_nights; a kind of supplement has no one size.
HABITS = (
    "stress", "caffeine_cups", "caffeine_last_h_before_bed", "alcohol_drinks", "screens_min",
    "late_meal", "exercise_min", "reading", "bedroom_temperature_c", "supplement_dose_mg",
    "supplement_time_h_before_bed",
)  # fmt: skip

Array = np.ndarray
Rng = np.random.Generator


def sometimes(share: float) -> Callable[[Rng, Array], Array]:
    """Yes on so many evenings, one like another."""
    return lambda rng, weekday: (rng.random(len(weekday)) < share).astype(float)


MIXED = (
    numeric(0.0), numeric(0.3), numeric(0.6), numeric(0.6), rating, rating, blocks, blocks,
    sometimes(0.3), weekend_habit, dose, sometimes(0.12),
)  # fmt: skip


@dataclass(frozen=True)
class Diary:
    """Outcomes (n, 2), habits (n, p) with gaps, calendar, and the true slopes (2, p)."""

    y: Array
    x: Array
    number: Array
    weekday: Array
    true: Array


def planted(rng: Rng, n: int, share: float) -> Diary:
    """Return a diary of simulate_nights with its usual effects, or a share of them."""
    nights, truth = ss.simulate_nights(
        n,
        seed=int(rng.integers(2**31)),
        effects={habit: share * effect for habit, effect in EFFECTS.items()},
        latency_ratios={habit: ratio**share for habit, ratio in LATENCY_RATIOS.items()},
    )
    latency = np.log(np.maximum(nights["sol_min"].to_numpy(float), 2.5))
    ratios = [truth.effects["sol_min"][habit] for habit in HABITS]
    return Diary(
        np.column_stack([nights["tst_min"].to_numpy(float), latency]),
        np.column_stack([nights[habit].to_numpy(float, na_value=np.nan) for habit in HABITS]),
        night_numbers(nights.index.to_numpy()),
        nights.index.day_of_week.to_numpy(),
        np.array([[truth.effects["tst_min"][habit] for habit in HABITS], np.log(ratios)]),
    )


def mixed(rng: Rng, n: int, draw: Callable[[Rng], Array]) -> Diary:
    """Return a diary of twelve habits of many kinds, independent given the calendar.

    Two outcomes share half of their noise. An effect is in standard deviations of that noise per
    standard deviation of the habit, calendar taken out.
    """
    weekday = (np.arange(n) + rng.integers(7)) % 7
    x = np.column_stack([habit(rng, weekday) for habit in MIXED])
    both = persistent(rng, n, 0.6)
    noise = np.sqrt(0.5) * np.column_stack([both + persistent(rng, n, rho) for rho in (0.6, 0.3)])
    effect = draw(rng)
    kept = np.flatnonzero(present(rng, n))
    number, weekday, x = kept - kept[0], weekday[kept], x[kept]
    controls = calendar_controls(number, weekday, int(number[-1]) + 1)
    left = without_controls(x, control_basis(controls))
    spread = np.sqrt((left**2).mean(axis=0))
    true = effect / np.where(spread > 1e-9, spread, np.inf)
    calendar = WEEK_Y[weekday] + DRIFT * number / n
    return Diary(noise[kept] + calendar[:, None] + x @ true.T, x, number, weekday, true)


def drawn(rng: Rng, n: int, times: float) -> Diary:
    """Return a diary whose every effect is drawn from the mixture, so many times as wide."""

    def draw(rng: Rng) -> Array:
        part = rng.choice(len(WIDTHS), p=SHARES, size=(2, len(MIXED)))
        return times * np.asarray(WIDTHS)[part] * rng.normal(size=part.shape)

    return mixed(rng, n, draw)


def one_cause(rng: Rng, n: int, size: float) -> Diary:
    """Return a diary in which one habit goes with one outcome, and nothing else with anything.

    ``size`` in standard deviations of the night as it is, what the habit does to it included.
    """

    def draw(rng: Rng) -> Array:
        effect = np.zeros((2, len(MIXED)))
        place = rng.integers(2), rng.integers(len(MIXED))
        effect[place] = rng.choice([-1.0, 1.0]) * size / np.sqrt(1.0 - size**2)
        return effect

    return mixed(rng, n, draw)


def ask(diaries: list[Diary]) -> list[dict[str, Array]]:
    """Ask every question of some diaries; what is told of those found, beside the truth."""
    names = ("effect", "low", "high", "p", "df", "unit", "nights")
    answers = [{name: np.full(diary.true.shape, np.nan) for name in names} for diary in diaries]
    mixtures: list[dict[tuple[int, int], Array]] = [{} for _ in diaries]
    asked = []
    for of, diary in enumerate(diaries):
        groups: dict[bytes, list[int]] = {}
        for place, habit in enumerate(diary.x.T):
            groups.setdefault(np.isfinite(habit).tobytes(), []).append(place)
        for key, places in groups.items():
            used = np.frombuffer(key, dtype=bool)
            if used.sum() < 12:
                continue
            number = diary.number[used] - diary.number[used][0]
            controls = calendar_controls(number, diary.weekday[used], int(number[-1]) + 1)
            y, x = diary.y[used], diary.x[used][:, places]
            cells = list(np.ndindex(y.shape[1], x.shape[1]))
            asked.append((of, places, cells, cleared(y, x, controls, number)))
    series = all_that_counts([nights for *_, nights in asked], [cells for _, _, cells, _ in asked])
    tables = gls_tables([counted for counted, _ in series], cells=[rows for _, rows in series])
    for (of, places, cells, nights), (_, rows), table in zip(asked, series, tables, strict=True):
        unit = units_of(nights)
        for (outcome, factor), row in zip(cells, rows, strict=True):
            one, cell = table.at(*row), (outcome, places[factor])
            told = (one.estimate, one.low, one.high, one.pvalue, one.df)
            told += (unit[outcome, factor], len(nights.outcomes))
            for name, value in zip(names, told, strict=True):
                answers[of][name][cell] = value
            if row in table.mixtures:
                mixtures[of][cell] = table.mixtures[row]
    return [of_found(*each) for each in zip(diaries, answers, mixtures, strict=True)]


def of_found(
    diary: Diary, got: dict[str, Array], mixtures: dict[tuple[int, int], Array]
) -> dict[str, Array]:
    """Return what is told of what was found in one diary, beside the truth."""
    found = adjust_pvalues(got["p"]) < 0.05
    level = level_of_found(int(found.sum()), int(np.isfinite(got["p"]).sum()))
    fcr_low, fcr_high = np.full((2, *found.shape), np.nan)
    if found.any():
        parts = np.stack([mixtures[cell] for cell in zip(*np.nonzero(found), strict=True)], axis=1)
        fcr_low[found], fcr_high[found] = mixture_interval(*parts, level)
    numbers = (got[name] for name in ("effect", "low", "high", "df", "unit"))
    best = best_guesses(*numbers, nights=got["nights"], ends=found)
    true, sign = diary.true, np.sign(got["effect"])
    told = {
        "null": true == 0.0,
        "single": (true < got["low"]) | (true > got["high"]),
        "fcr": (true < fcr_low) | (true > fcr_high),
        "posterior": (true < best.low) | (true > best.high),
        "fcr_width": (fcr_high - fcr_low) / (got["high"] - got["low"]),
        "posterior_width": (best.high - best.low) / (got["high"] - got["low"]),
        "plain": np.abs(got["effect"]) * got["unit"],
        "guess": np.abs(best.guess) * got["unit"],
        "true": sign * true * got["unit"],
        "claimed": best.p_direction,
        "out": 2 * stdtrit(got["df"], 0.975) * np.abs(got["effect"]) / (got["high"] - got["low"]),
    }
    return {name: values[found].astype(float) for name, values in told.items()}


@dataclass(frozen=True)
class Row:
    """One kind of diary: how many, and what was told of each found row."""

    n: int
    kind: float
    diaries: int
    told: dict[str, Array]
    per_diary: dict[str, float]  # mean over diaries of wrong / max(found, 1)

    def share(self, name: str) -> float:
        """Percent of the found rows."""
        return float(100.0 * self.told[name].mean())

    def ratio(self, name: str) -> float:
        """Sizes told over true sizes, those told in the wrong direction counted as negative."""
        return float(self.told[name].sum() / self.told["true"].sum())

    def error_of_ratio(self) -> float:
        """Monte-Carlo standard error of the guesses' ratio, rows taken as independent."""
        off = self.told["guess"] - self.ratio("guess") * self.told["true"]
        return float(np.sqrt((off**2).sum()) / self.told["true"].sum())

    def only(self, which: Array) -> Row:
        """Keep some of the rows."""
        return replace(self, told={name: values[which] for name, values in self.told.items()})

    def cause(self) -> Row:
        """Keep the rows that are not truly nothing."""
        return self.only(self.told["null"] == 0)

    def far_out(self) -> Row:
        """Keep the rows whose estimate lies many standard errors out."""
        return self.only(self.told["out"] >= FAR_OUT)


def count(
    make: Callable[[Rng, int, float], Diary], n: int, kind: float, seed: int, part: float
) -> Row:
    """Invent and ask diaries until enough rows are found, 200 at least and 2,000 at most."""
    rng = np.random.default_rng([SEED, seed, n, round(10 * kind)])
    rows: list[dict[str, Array]] = []
    waiting: list[dict[str, Array]] = []
    enough = 0
    while len(rows) < MOST_DIARIES * part:
        if len(rows) >= LEAST_DIARIES * part and enough >= LEAST_ROWS * part:
            break
        if not waiting:
            waiting = ask([make(rng, n, kind) for _ in range(TOGETHER)])
        rows.append(waiting.pop(0))
        enough += len(rows[-1]["true"])
    ways = ("single", "fcr", "posterior")
    per_diary = {
        way: float(100 * np.mean([row[way].mean() if len(row[way]) else 0.0 for row in rows]))
        for way in ways
    }
    told = {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
    print(f"{make.__name__} n = {n}, {kind:g}: {len(rows)} diaries, {enough} rows", file=sys.stderr)
    return Row(n, kind, len(rows), told, per_diary)


def intervals_table(rows: list[Row]) -> str:
    """Return the table of intervals in Markdown."""
    lines = [
        "| effects | n | diaries | rows found | of them truly nothing, % | wrong of the found, %: "
        "single question | FCR | best guess | wrong per diary, %: single | FCR | best guess | "
        "width: FCR | best guess |",
        "|" + " --- |" + " ---: |" * 12,
    ]
    for row in rows:
        wrong = " | ".join(f"{row.share(way):.1f}" for way in ("single", "fcr", "posterior"))
        mean = " | ".join(f"{row.per_diary[way]:.1f}" for way in ("single", "fcr", "posterior"))
        width = " | ".join(
            f"{row.told[way].mean():.2f}" for way in ("fcr_width", "posterior_width")
        )
        what = {1.0: "as they are", 0.5: "halved"}.get(row.kind, f"{row.kind:g}")
        lines.append(
            f"| {what} | {row.n} | {row.diaries} | {len(row.told['true'])} | "
            f"{row.share('null'):.1f} | {wrong} | {mean} | {width} |"
        )
    return "\n".join(lines)


def sizes_table(rows: list[Row], kind: Callable[[float], str]) -> str:
    """Return the table of sizes and directions in Markdown."""
    lines = [
        "| effects | n | diaries | rows found | told / true: estimate | best guess | ± | "
        "direction right, % | said to be right, % | best guess interval wrong, % |",
        "|" + " --- |" + " ---: |" * 9,
    ]
    lines += [
        f"| {kind(row.kind)} | {row.n} | {row.diaries} | {len(row.told['true'])} | "
        f"{row.ratio('plain'):.2f} | {row.ratio('guess'):.2f} | {row.error_of_ratio():.2f} | "
        f"{100 * np.mean(row.told['true'] > 0):.1f} | {row.share('claimed'):.1f} | "
        f"{row.share('posterior'):.1f} |"
        for row in rows
    ]
    return "\n".join(lines)


def cause_table(rows: list[Row]) -> str:
    """Return the table of one strong cause among nothing in Markdown."""
    lines = [
        "| size | n | diaries | cause found, % | told / true: estimate | best guess | ± | "
        f"best guess interval wrong, % | {FAR_OUT:g} standard errors out or more: rows | estimate "
        "| best guess | ± |",
        "|" + " ---: |" * 12,
    ]
    for row in rows:
        cause, far = row.cause(), row.cause().far_out()
        rows_found = len(cause.told["true"])
        lines.append(
            f"| {row.kind:g} | {row.n} | {row.diaries} | {100 * rows_found / row.diaries:.0f} | "
            f"{cause.ratio('plain'):.2f} | {cause.ratio('guess'):.2f} | "
            f"{cause.error_of_ratio():.2f} | {cause.share('posterior'):.1f} | "
            f"{len(far.told['true'])} | {far.ratio('plain'):.2f} | {far.ratio('guess'):.2f} | "
            f"{far.error_of_ratio():.2f} |"
        )
    return "\n".join(lines)


def misses(found: list[Row], sizes: list[Row], causes: list[Row]) -> list[str]:
    """Name what lies outside of the goals, Monte-Carlo error not allowed for."""
    said = []
    for row in found:
        what = f"n = {row.n}, effects x {row.kind:g}"
        for way, name in (("fcr", "FCR"), ("posterior", "best guess")):
            if row.share(way) > MOST_WRONG:
                said.append(f"{name} intervals of found rows at {what}: {row.share(way):.1f} %")
    for rows, kind in ((found, "planted"), (sizes, "drawn")):
        for row in rows:
            low, high = TOLD.get(row.n, TOLD_LATER)
            if row.n >= min(TOLD) and not low <= row.ratio("guess") <= high:
                what = f"n = {row.n}, {kind} effects x {row.kind:g}"
                said.append(f"size of the best guess at {what}: {row.ratio('guess'):.2f}")
    for row in causes:
        what = f"one cause of {row.kind:g}, n = {row.n}"
        if (wrong := row.cause().share("posterior")) > MOST_WRONG:
            said.append(f"best guess intervals of {what}: {wrong:.1f} %")
        told = row.cause().far_out().ratio("guess")
        if row.n > min(TOLD) and told < LEAST_TOLD:
            said.append(f"size of the best guess of {what}, far out: {told:.2f}")
    return said


INTRODUCTION = """# What is printed because it was found

Engine, Benjamini-Hochberg over the table, calendar controls as `correlate` has them. Three 95 %
intervals: of the single question; the false-coverage-rate (FCR) interval (level 1 - .05 R / m for R
found of m asked); and that of the best guess, the posterior under the mixture of real habits'
sizes. *Wrong of the found* is the share of printed intervals that miss the truth; *wrong per diary*
the mean of V / max(R, 1), V of R printed wrong, which is what FCR intervals promise. They differ
where most diaries have nothing found: a finding that is truly nothing is always missed by an FCR
interval, because that interval never holds zero. **What is printed beside a finding is the FCR
interval; its promise is *wrong per diary*, at most 5 %, measured 2.9 to 4.7 %.** It does not
promise that of all findings of short diaries at most 5 % are printed wrong, and they are not: up to
29 % at 45 nights with small effects, where one finding in five is truly nothing. Sizes are sums
over found rows, on the scale of a correlation; a size told in the wrong direction counts as
negative.
"""


def page(found: list[Row], sizes: list[Row], causes: list[Row], command: str) -> str:
    """Return the committed page."""
    outside = "\n".join(f"* {miss}" for miss in misses(found, sizes, causes)) or "* nothing"
    return f"""{INTRODUCTION}
## Intervals

Diaries of `simulate_nights`, numbers and yes/no only: {len(HABITS)} habits by two outcomes, planted
effects as they are and halved, most of the {2 * len(HABITS)} questions without any.

{intervals_table(found)}

The sizes of the same rows:

{sizes_table(found, lambda kind: {1.0: "as they are", 0.5: "halved"}.get(kind, f"{kind:g}"))}

## Sizes when effects are drawn from the mixture

Twelve mixed habits by two outcomes; every effect is drawn from the mixture, as wide, twice and four
times as wide, in standard deviations of the nights' noise per standard deviation of the habit.

{sizes_table(sizes, lambda kind: f"x {kind:g}")}

## One strong cause among nothing

The same habits; one of them goes with one of the outcomes, nothing else with anything. Its size is
in standard deviations of the night for one of the habit.

{cause_table(causes)}

## Goals

At most {MOST_WRONG:g} % of the printed intervals wrong; best guesses {TOLD_LATER[0]:g} to
{TOLD_LATER[1]:g} times the truth from 90 nights on, at most {TOLD[60][1]:g} at 60; of one strong
cause at least {LEAST_TOLD:g} from 90 nights on where the estimate lies {FAR_OUT:g} standard errors
out. Outside of them:

{outside}

± is the Monte-Carlo standard error. How a diary's own width is learned (a row's own evidence left
out) was chosen among some 120 variants on other diaries of the second kind, and a few of the first;
how likely each width is beforehand, and the kind of its own ({100 * OWN_KIND:g} % of habits,
{OWN_WIDTH:g} wide), on others again, strong causes among them; the middle of the errors on others
still, among some 650 settings: [what was tried](tried.md).
Made by `{command}`.
"""


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="a twentieth of the diaries")
    parser.add_argument("--processes", type=int, default=1, help="the cells share these")
    parser.add_argument("--write", action="store_true", help="write calibration_guess.md")
    arguments = parser.parse_args()
    start = time.perf_counter()
    part = 0.05 if arguments.small else 1.0
    cells = [(planted, n, s, 1, part) for s in (1.0, 0.5) for n in (45, 60, 90, 120, 180)]
    cells += [(drawn, n, s, 2, part) for s in (1.0, 2.0, 4.0) for n in (60, 90, 120, 365)]
    cells += [(one_cause, n, s, 3, part) for s in (0.45, 0.5) for n in (60, 90, 120, 180)]
    with multiprocessing.get_context("spawn").Pool(arguments.processes) as pool:
        rows = pool.starmap(count, cells, chunksize=1)
    found, sizes, causes = (
        [row for row, cell in zip(rows, cells, strict=True) if cell[0] is make]
        for make in (planted, drawn, one_cause)
    )
    command = " ".join(["python benchmarks/calibration_guess.py", *sys.argv[1:]])
    text = page(found, sizes, causes, command)
    print(text)
    print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr)
    if arguments.write:
        Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
