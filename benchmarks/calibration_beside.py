"""How often a habit that does nothing stands beside the others, and one that does something.

    python benchmarks/calibration_beside.py             the tables of calibration_beside.md
    python benchmarks/calibration_beside.py --small     two cells of 60 diaries; status 1 outside
    python benchmarks/calibration_beside.py --write     write benchmarks/calibration_beside.md
    python benchmarks/calibration_beside.py --diaries 100 --cells "60 nights" "doses"

Invented diaries with fixed seeds. Twelve habits: two with an effect on sleep (stress, -0.45 SD per
SD, and a yes/no, -0.9 SD), three proxies without one that are tied to them, seven others loosely
tied to each other; a week, a drift, AR(1) 0.4 and one-night noise; 10 % of the nights and 3 % of
the cells are missing. Every habit is asked alone, then beside the others.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from calibration import DRIFT, WEEK_Y, on_the_calendar, persistent

import sleepstats as ss
from sleepstats.inference import gls_joint, gls_slopes
from sleepstats.inference.beside import beside_others, evenings_after, what_stands
from sleepstats.inference.habit_columns import Habits, ready_habits
from sleepstats.inference.none_alone import adjust_pvalues, bring_in_around

SEED = 20240311
DIARIES = 300
STRESS, YES = -0.45, -0.9
MISSING_NIGHTS, MISSING_CELLS = 0.10, 0.03
FROM_THE_TIE = 0.45  # loading of the other habits on what they share
AT_MOST = 7.0
COVERAGE = (93.0, 97.5)

Array = np.ndarray
Rng = np.random.Generator


@dataclass
class Diary:
    """One invented diary: columns by habit, the truth, who are proxies."""

    columns: list[Array] = field(default_factory=list)  # one (n, any) per habit
    effect: list[float] = field(default_factory=list)  # per unit; NaN for kinds
    proxy: list[bool] = field(default_factory=list)
    between: list[int] = field(default_factory=list)

    def add(self, column: Array, effect: float = 0.0, *, proxy: bool = False) -> None:
        """Add one habit."""
        self.columns.append(column if column.ndim == 2 else column[:, None])
        self.effect.append(effect)
        self.proxy.append(proxy)


def series(rng: Rng, weekday: Array) -> Array:
    """Unit-variance persistent series with a week and a drift of its own."""
    return on_the_calendar(persistent(rng, len(weekday), 0.4), weekday)


def tied(rng: Rng, latent: Array, r: float) -> Array:
    """Return a series that correlates r with another."""
    return r * latent + np.sqrt(1.0 - r * r) * persistent(rng, len(latent), 0.3)


def yes_no(series_: Array, share: float = 0.3) -> Array:
    """Yes on about this share of evenings."""
    return (series_ > np.quantile(series_, 1.0 - share)).astype(float)


def dose(series_: Array) -> Array:
    """Nothing on 60 % of evenings, otherwise a skewed dose."""
    used = series_ > np.quantile(series_, 0.6)
    return np.where(used, np.ceil(2.0 * np.exp(0.5 * series_)) / 2.0, 0.0)


def kinds(series_: Array) -> Array:
    """Three kinds, as two columns."""
    low, high = np.quantile(series_, [0.45, 0.8])
    return np.column_stack([(series_ > low) & (series_ <= high), series_ > high]).astype(float)


def plain(rng: Rng, weekday: Array, cell: Cell) -> Diary:
    """Return the diary of the cells that others are variations of."""
    diary = Diary()
    stress, behind = series(rng, weekday), series(rng, weekday)
    first, second = (0.0, 0.0) if cell.null else (STRESS, YES)
    diary.add(stress, first)
    if cell.variant == "doses":
        taken = dose(behind)
        diary.add(taken, 0.0 if cell.null else YES / max(taken[taken > 0].mean(), 0.5))
    else:
        diary.add(yes_no(behind, 0.5), second)
    shape = {"doses": dose, "kinds": kinds}.get(cell.variant, lambda values: values)
    diary.add(shape(tied(rng, stress, cell.r)), proxy=True)
    diary.add(yes_no(tied(rng, stress, cell.r)), proxy=True)
    diary.add(tied(rng, behind, cell.r), proxy=True)
    if cell.variant == "between":
        diary.add(tied(rng, stress, 0.6), -0.3)  # what stress does partly goes through it
        diary.between = [5]
    shared = persistent(rng, len(weekday), 0.4)
    for place in range(len(diary.columns), cell.habits):
        own = tied(rng, shared, FROM_THE_TIE)
        own = on_the_calendar(own, weekday) if place % 3 else own
        diary.add(yes_no(own) if place % 2 else own)
    return diary


@dataclass(frozen=True)
class Cell:
    """One kind of diary."""

    n: int
    habits: int = 12
    r: float = 0.6
    variant: str = ""
    null: bool = False


CELLS = {
    "60 nights": Cell(60),
    "120 nights": Cell(120),
    "60 nights, 20 habits": Cell(60, 20),
    "60 nights, 30 habits": Cell(60, 30),
    "120 nights, 20 habits, r .8": Cell(120, 20, 0.8),
    "120 nights, r 0": Cell(120, r=0.0),
    "120 nights, r .3": Cell(120, r=0.3),
    "120 nights, r .9": Cell(120, r=0.9),
    "120 nights, kinds": Cell(120, variant="kinds"),
    "120 nights, doses": Cell(120, variant="doses"),
    "120 nights, cells missing on stressful evenings": Cell(120, variant="stressful"),
    "120 nights, a yes more often unwritten": Cell(120, variant="unwritten"),
    "120 nights, bad nights more often missing": Cell(120, variant="bad nights"),
    "120 nights, one habit between, declared (true of 3)": Cell(120, variant="between"),
    "no effect, 30 nights": Cell(30, null=True),
    "no effect, 60 nights": Cell(60, null=True),
    "no effect, 120 nights": Cell(120, null=True),
    "365 nights": Cell(365),
    "no effect, 365 nights": Cell(365, null=True),
}  # fmt: skip


def invent(rng: Rng, cell: Cell) -> tuple[Array, Habits, Diary]:
    """Return the outcome, the habits as a person has them, and the truth."""
    n = cell.n
    weekday = (np.arange(n) + int(rng.integers(7))) % 7
    diary = plain(rng, weekday, cell)
    noise = np.sqrt(0.75) * persistent(rng, n, 0.4) + 0.5 * rng.normal(size=n)
    outcome = noise + WEEK_Y[weekday] + DRIFT * np.arange(n) / n
    for column, effect in zip(diary.columns, diary.effect, strict=True):
        if effect:
            outcome = outcome + effect * column[:, 0]
    kept = rng.random(n) >= MISSING_NIGHTS
    if cell.variant == "bad nights":
        kept &= ~((outcome < np.quantile(outcome, 0.25)) & (rng.random(n) < 0.3))
    columns = [column.copy() for column in diary.columns]
    high = diary.columns[0][:, 0] > np.quantile(diary.columns[0][:, 0], 0.75)
    for place, column in enumerate(columns):
        unwritten = rng.random(n) < MISSING_CELLS
        if cell.variant == "stressful" and place:
            unwritten |= high & (rng.random(n) < 0.2)
        if cell.variant == "unwritten" and set(np.unique(diary.columns[place])) == {0.0, 1.0}:
            unwritten |= (column[:, 0] == 1.0) & (rng.random(n) < 0.2)
        column[unwritten] = np.nan
    habit = np.repeat(np.arange(len(columns)), [column.shape[1] for column in columns])
    apart = np.zeros((len(columns), len(columns)), bool)
    apart[:, diary.between] = True
    habits = ready_habits(
        np.concatenate(columns, axis=1)[kept],
        np.flatnonzero(kept),
        weekday[kept],
        habit=habit,
        apart=apart,
    )
    return outcome[kept], habits, diary


def alone(outcome: Array, habits: Habits) -> tuple[Array, Array]:
    """p-value and interval width of every habit alone, as the first step has them."""
    p, width = np.full(habits.count, np.nan), np.full(habits.count, np.nan)
    for habit in range(habits.count):
        used = habits.recorded(habit)
        number, z = habits.controls(used)
        x = habits.columns[used][:, habits.places(habit)]
        counted = bring_in_around(outcome[used], np.concatenate([z, x], axis=1))
        if x.shape[1] > 1:
            p[habit] = gls_joint(counted, x, z, number).pvalue
            continue
        got = gls_slopes(counted[:, None], x, z, number)
        p[habit] = got.pvalue[0, 0]
        width[habit] = got.high[0, 0] - got.low[0, 0]
    return p, width


@dataclass
class Tally:
    """What was seen in the diaries of one cell."""

    diaries: int = 0
    proxy_named: int = 0
    proxy_stands: int = 0
    idle_stands: int = 0  # any habit without effect, proxies among them
    true_named: int = 0
    true_stand: int = 0
    asked: int = 0
    refused: int = 0
    p_alone: list[Array] = field(default_factory=list)  # the two with effect, the three proxies
    p_beside: list[Array] = field(default_factory=list)
    p_idle: list[float] = field(default_factory=list)
    covered: list[bool] = field(default_factory=list)
    width: list[Array] = field(default_factory=list)
    width_alone: list[Array] = field(default_factory=list)
    held: list[float] = field(default_factory=list)


def look(tally: Tally, rng: Rng, cell: Cell) -> None:
    """Invent one diary, ask it, count."""
    outcome, habits, truth = invent(rng, cell)
    p, width = alone(outcome, habits)
    found = adjust_pvalues(p) <= 0.05
    table = beside_others(outcome[:, None], p[None], habits)
    stands = what_stands(table.pvalue[0], found)
    effect, proxy = np.array(truth.effect), np.array(truth.proxy)
    idle = effect == 0.0
    tally.diaries += 1
    tally.proxy_named += bool((found & proxy).any())
    tally.proxy_stands += bool((stands & proxy).any())
    tally.idle_stands += bool((stands & idle).any())
    tally.true_named += int((found & ~idle).sum())
    tally.true_stand += int((stands & ~idle).sum())
    tally.asked += habits.count
    tally.refused += int((table.reason != "").sum())
    tally.p_alone.append(p[:5])
    tally.p_beside.append(table.pvalue[0, :5])
    told = table.reason[0] == ""
    tally.p_idle += table.pvalue[0, told & idle].tolist()
    # stress beside what lies between it and the night: the whole of it, also what goes through
    expected = effect.copy()
    if truth.between:
        expected[0] += effect[truth.between[0]] * 0.6
    simple = told & np.isfinite(table.low[0])
    within = (table.low[0] <= expected) & (expected <= table.high[0])
    tally.covered += within[simple].tolist()
    tally.width.append((table.high - table.low)[0, :2])
    tally.width_alone.append(width[:2])
    tally.held.append(float(table.held[0].sum(axis=1).mean()))


def share(values: Array) -> str:
    """Percentages of p-values below 0.05, one for each column."""
    table = np.array(values)
    below = np.where(np.isnan(table), np.nan, table < 0.05)
    return "/".join(f"{100 * part:.0f}" for part in np.nanmean(below, axis=0))


def row_of(name: str, tally: Tally) -> str:
    """Return one line of the first table."""
    percent = 100.0 / tally.diaries
    wide, narrow = np.nanmean(tally.width, axis=0), np.nanmean(tally.width_alone, axis=0)
    p_alone, p_beside = np.array(tally.p_alone), np.array(tally.p_beside)
    cells = [
        name,
        f"{share(p_alone[:, :2])} \\| {share(p_alone[:, 2:])}",
        f"{share(p_beside[:, :2])} \\| {share(p_beside[:, 2:])}",
        f"{percent * tally.proxy_named:.1f} %, {tally.true_named / tally.diaries:.2f}",
        f"**{percent * tally.proxy_stands:.1f} %, {tally.true_stand / tally.diaries:.2f}**",
        f"{percent * tally.idle_stands:.1f} %",
        f"{100 * np.mean(tally.covered):.1f} %",
        f"{narrow[0]:.2f} {narrow[1]:.2f} → {wide[0]:.2f} {wide[1]:.2f}",
        f"{np.mean(tally.held):.1f}",
        f"{100 * tally.refused / tally.asked:.1f} %",
    ]
    return "| " + " | ".join(cells) + " |"


def deciles_of(name: str, tally: Tally) -> str:
    """Return one line of the second table: shares of p-values of habits without effect."""
    p = np.array(tally.p_idle)
    tenths = np.histogram(p, bins=np.linspace(0.0, 1.0, 11))[0] / max(len(p), 1)
    cells = [name, str(len(p)), f"{100 * (p < 0.01).mean():.1f}", f"{100 * (p < 0.05).mean():.1f}"]
    return "| " + " | ".join(cells + [f"{100 * tenth:.1f}" for tenth in tenths]) + " |"


# --- through the door that a person takes ------------------------------------------------------


def asked_through_correlate(tally: Tally, rng: Rng, cell: Cell) -> None:
    """Invent one diary as :func:`look`, give it to ``correlate`` as a table, count."""
    outcome, habits, truth = invent(rng, cell)
    # the Monday from which the diary's night numbers give its weekdays
    first = pd.Timestamp("2024-01-01") + pd.Timedelta(
        days=int(habits.weekday[0] - habits.number[0]) % 7
    )
    index = pd.DatetimeIndex(first + pd.to_timedelta(habits.number, "D"), name="night")
    nights = pd.DataFrame({"tst_min": 430.0 + 55.0 * outcome}, index)
    for habit in range(habits.count):
        column = habits.columns[:, habits.places(habit)[0]]
        told = pd.array(column == 1.0, dtype="boolean")
        told[np.isnan(column)] = pd.NA
        yes_or_no = set(np.unique(column[np.isfinite(column)])) == {0.0, 1.0}
        nights[f"habit{habit:02d}"] = told if yes_or_no else column
    table = ss.correlate(nights, outcomes="tst_min", beside=True)
    effect, proxy = np.array(truth.effect), np.array(truth.proxy)
    idle = effect == 0.0
    found = (table["status"] == "found").to_numpy()
    stands = table["stands"].fillna(False).to_numpy(dtype=bool)
    told = np.isfinite(table["beside_low"].to_numpy())
    tally.diaries += 1
    tally.proxy_named += bool((found & proxy).any())
    tally.proxy_stands += bool((stands & proxy).any())
    tally.idle_stands += bool((stands & idle).any())
    tally.true_named += int((found & ~idle).sum())
    tally.true_stand += int((stands & ~idle).sum())
    tally.asked += habits.count
    tally.refused += int((~told).sum())
    tally.p_alone.append(table["pvalue"].to_numpy()[:5])
    tally.p_beside.append(table["beside_pvalue"].to_numpy()[:5])
    tally.p_idle += table["beside_pvalue"].to_numpy()[told & idle].tolist()
    low, high = (table[name].to_numpy() / 55.0 for name in ("beside_low", "beside_high"))
    tally.covered += ((low <= effect) & (effect <= high))[told].tolist()
    tally.width.append((high - low)[:2])
    ends = (table[name].to_numpy()[:2] / 55.0 for name in ("effect_low", "effect_high"))
    tally.width_alone.append(np.subtract(*ends) * -1.0)
    tally.held.append(float(table["held_equal"].str.count("habit").mean()))


THROUGH = ("60 nights", "120 nights", "60 nights, 20 habits", "120 nights, doses",
           "no effect, 60 nights", "no effect, 120 nights", "no effect, 365 nights")  # fmt: skip


# --- the evening after --------------------------------------------------------------------------


def spells(rng: Rng, n: int) -> tuple[Array, Array]:
    """Return a habit taken in bad spells, without any effect."""
    spell = persistent(rng, n, 0.8)
    return -0.6 * spell, yes_no(spell + 0.7 * rng.normal(size=n), 0.4)


def answers_the_night(rng: Rng, n: int) -> tuple[Array, Array]:
    """Return a habit that follows a bad night; no effect."""
    night = persistent(rng, n, 0.3)
    before = np.concatenate([[0.0], night[:-1]])
    return 0.6 * night, yes_no(-0.6 * before + rng.normal(size=n), 0.4)


def works(rho: float) -> Callable[[Rng, int], tuple[Array, Array]]:
    """Return a habit with an effect that lasts from evening to evening by itself."""

    def made(rng: Rng, n: int) -> tuple[Array, Array]:
        habit = yes_no(persistent(rng, n, rho), 0.4)
        return -0.7 * habit, habit

    return made


def idle_habit(rng: Rng, n: int) -> tuple[Array, Array]:
    """No effect, persistent."""
    return np.zeros(n), yes_no(persistent(rng, n, 0.6), 0.4)


AFTER = {
    "no effect, persistent habit": idle_habit,
    "an effect, habit without persistence": works(0.0),
    "an effect, persistent habit": works(0.7),
    "taken in bad spells, no effect": spells,
    "taken after a bad night, no effect": answers_the_night,
}


def after_of(name: str, n: int, diaries: int) -> str:
    """Return one line of the third table."""
    rng = np.random.default_rng([SEED, n, list(AFTER).index(name)])
    found, after, both = 0, 0, 0
    for _ in range(diaries):
        weekday = (np.arange(n) + int(rng.integers(7))) % 7
        part, habit = AFTER[name](rng, n)
        outcome = part + np.sqrt(0.75) * persistent(rng, n, 0.4) + 0.5 * rng.normal(size=n)
        outcome = outcome + WEEK_Y[weekday] + DRIFT * np.arange(n) / n
        habit = np.where(rng.random(n) < MISSING_CELLS, np.nan, habit)
        kept = rng.random(n) >= MISSING_NIGHTS
        habits = ready_habits(habit[kept, None], np.flatnonzero(kept), weekday[kept])
        named = alone(outcome[kept], habits)[0][0] < 0.05
        later = evenings_after(outcome[kept, None], [[True]], habits).pvalue[0, 0] < 0.05
        found, after, both = found + named, after + later, both + (named and later)
    shares = [100 * found / diaries, 100 * after / diaries, 100 * both / max(found, 1)]
    return f"| {name}, {n} nights | " + " | ".join(f"{value:.1f} %" for value in shares) + " |"


# --- tables -------------------------------------------------------------------------------------

HEAD = (
    "| diaries | alone: true \\| proxies, % p < .05 | beside: true \\| proxies | alone, BH: "
    "any proxy named, true named of 2 | stands: any proxy, true of 2 | any without effect stands | "
    "coverage beside | width of the two, alone → beside | held equal | refused |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)
TENTHS = (
    "| diaries | p-values | < .01 | < .05 | "
    + " | ".join(f".{tenth}–" for tenth in range(10))
    + " |\n|---|---|---|---|" + "---|" * 10
)  # fmt: skip
LATER = (
    "| habit | found | the evening after found | of those found, the evening after too |\n"
    "|---|---|---|---|"
)


def tally_of(name: str, diaries: int, ask: Callable[[Tally, Rng, Cell], None] = look) -> Tally:
    """Count one cell."""
    tally = Tally()
    rng = np.random.default_rng([SEED, list(CELLS).index(name)])
    for _ in range(diaries):
        ask(tally, rng, CELLS[name])
    return tally


def page(rows: list[str], tenths: list[str], later: list[str], diaries: int) -> str:
    """Return the committed page."""
    return f"""# Each habit beside the others: how often which one stands

`python benchmarks/calibration_beside.py --write`: {diaries} invented diaries a cell, seed {SEED};
Python {platform.python_version()}, numpy {version("numpy")}, scipy {version("scipy")}. The standard
error of a share of 5 % is {100 * np.sqrt(0.0475 / diaries):.1f} points. To hold: any proxy that
stands at most {AT_MOST:.0f} %, coverage {COVERAGE[0]:.0f} to {COVERAGE[1]} %, true ones of 2 at
least 0.47 at 60 nights and 1.50 at 120. The last rows ask the diaries of their cell through
`correlate(beside=True)`, as a person does, the rows above them through the engine.

{HEAD}
{chr(10).join(rows)}

Shares (%) of the p-values beside the others of habits **without** effect, by tenths; 10 each where
p is uniform:

{TENTHS}
{chr(10).join(tenths)}

The evening after on the night, the evening's own habit held equal (single questions, p < .05):

{LATER}
{chr(10).join(later)}
"""


def small() -> int:
    """Two cells; status 1 where a bound is missed beyond chance."""
    missed = []
    for name, true in (("60 nights", 0.25), ("no effect, 60 nights", 0.0)):
        tally = tally_of(name, 60)
        print(row_of(name, tally))
        if tally.proxy_stands > 9:  # 99.9 % of a binomial of 60 at 5 %
            missed.append(f"{name}: a proxy stands in {tally.proxy_stands} of 60 diaries")
        if tally.true_stand / tally.diaries < true:
            missed.append(f"{name}: {tally.true_stand} true ones stand in 60 diaries")
        if not 92.0 < 100 * np.mean(tally.covered) < 98.5:
            missed.append(f"{name}: coverage {100 * np.mean(tally.covered):.1f} %")
    print("\n".join(missed) or "within the bounds")
    return int(bool(missed))


def main() -> int:
    """Run the cells asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--diaries", type=int, default=DIARIES)
    parser.add_argument("--cells", nargs="*", choices=list(CELLS), default=list(CELLS))
    chosen = parser.parse_args()
    if chosen.small:
        return small()
    rows: list[str] = []
    tenths: list[str] = []
    later: list[str] = []

    def write() -> None:
        """Write what is known so far, so that a run that is stopped is not lost."""
        if chosen.write:
            text = page(rows, tenths, later, chosen.diaries)
            Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")

    for name in chosen.cells:
        tally = tally_of(name, chosen.diaries)
        rows.append(row_of(name, tally))
        tenths.append(deciles_of(name, tally))
        print(rows[-1], tenths[-1], sep="\n", flush=True)
        write()
    for name in (name for name in THROUGH if name in chosen.cells):
        tally = tally_of(name, chosen.diaries, asked_through_correlate)
        rows.append(row_of(f"through `correlate`: {name}", tally))
        tenths.append(deciles_of(f"through `correlate`: {name}", tally))
        print(rows[-1], tenths[-1], sep="\n", flush=True)
        write()
    if chosen.cells == list(CELLS):
        for n in (60, 120, 365):
            for name in AFTER:
                later.append(after_of(name, n, chosen.diaries))
                print(later[-1], flush=True)
                write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
