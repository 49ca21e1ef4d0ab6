"""How fast the table of questions and the readers are, as ratios against other programs.

    python benchmarks/speed.py            the figures of benchmarks/speed.md
    python benchmarks/speed.py --small    a minute less: for every change
    python benchmarks/speed.py --full     with a diary table of 1,000,000 rows
    python benchmarks/speed.py --write    write benchmarks/speed.md
    python benchmarks/speed.py --old DIR  with a table against another checkout in DIR, taking turns

All of a row's programs get the same data in the same run, and each its best of several repeats.
Short jobs take turns, so that a slow spell of the machine meets both.
"""

from __future__ import annotations

import argparse
import os
import pickle
import platform
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

import sleepstats as ss

OUTCOMES = ["tst_min", "sol_min"]
FACTORS = [
    "stress", "caffeine_cups", "alcohol_drinks", "screens_min", "late_meal", "exercise_min",
    "reading", "bedroom_temperature_c", "supplement_dose_mg", "nap",
]  # fmt: skip

#: Nights asked for (15 % are missing) and habits of the tables with gaps.
SIZES = ((120, 10), (365, 10), (1000, 20))

#: Not part of the project: the row is left out where the file is not there.
REAL = Path(__file__).parents[2] / "shared/exports/sleep_cycle/sleepdata_old_2020-09.csv"


@dataclass
class Row:
    """One comparison: what, ours and theirs in seconds, and what was to be reached."""

    what: str
    peer: str
    ours: float
    theirs: float
    reach: str

    def cells(self) -> list[str]:
        """Return the row of the table."""
        faster = self.theirs / self.ours
        ratio = f"{faster:,.0f} times as fast" if faster >= 10 else f"{1 / faster:.2f} x the time"
        return [self.what, self.peer, _time(self.ours), _time(self.theirs), ratio, self.reach]


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 10 else f"{1000 * seconds:,.0f} ms"


#: Of the processor: others' work on the machine counts less. Use one thread.
clock = time.process_time


def best(job: Callable[[], object], repeats: int) -> float:
    """Return the shortest of several runs in seconds."""
    times = []
    for _ in range(repeats):
        start = clock()
        job()
        times.append(clock() - start)
    return min(times)


def in_turn(
    ours: Callable[[], object], theirs: Callable[[], object], repeats: int
) -> tuple[float, float]:
    """Return the shortest run of each in seconds, the two taking turns."""
    times = [(best(ours, 1), best(theirs, 1)) for _ in range(repeats)]
    return min(a for a, _ in times), min(b for _, b in times)


def diary() -> pd.DataFrame:
    """Return 365 invented nights with ten habits as numbers, 15 % of the nights missing."""
    nights, _ = ss.simulate_nights(365, seed=1)
    rng = np.random.default_rng(1)
    nights = nights.assign(nap=rng.integers(0, 2, len(nights)).astype(float))
    for name in FACTORS:
        nights[name] = nights[name].astype("float64")
    return nights[OUTCOMES + FACTORS]


def gapped(n: int, habits: int, *, gaps: bool) -> pd.DataFrame:
    """Return invented nights with numbers as habits; with ``gaps`` each lacks 12 % of its own."""
    nights, _ = ss.simulate_nights(n, seed=1)
    rng = np.random.default_rng(1)
    made = nights[OUTCOMES].copy()
    for habit in range(habits):
        made[f"habit{habit}"] = rng.integers(0, 5 if habit % 2 else 2, len(made)).astype(float)
        missing = rng.random(len(made)) < 0.12
        if gaps:
            made.loc[missing, f"habit{habit}"] = np.nan
    return made


def own_gaps() -> list[Row]:
    """Time a table where each habit lacks nights of its own: against pingouin, and complete."""
    import pingouin

    rows = []
    for (n, habits), reach in zip(SIZES, (1.0, 1.25, 1.25), strict=True):
        nights, whole = gapped(n, habits, gaps=True), gapped(n, habits, gaps=False)
        names = [name for name in nights if name not in OUTCOMES]

        def ours(nights: pd.DataFrame = nights, names: list[str] = names) -> None:
            ss.correlate(nights, outcomes=OUTCOMES, factors=names)

        def complete(nights: pd.DataFrame = whole, names: list[str] = names) -> None:
            ss.correlate(nights, outcomes=OUTCOMES, factors=names)

        def paired(nights: pd.DataFrame = nights, names: list[str] = names) -> None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                pingouin.pairwise_corr(nights, columns=[OUTCOMES, names])

        what = f"correlate: {len(nights)} nights, {habits} factors with gaps of their own"
        rows.append(Row(what, "pingouin.pairwise_corr", *in_turn(ours, paired, 10),
                        f"{reach:g} x the time"))  # fmt: skip
        rows.append(Row(what, "the same without gaps", *in_turn(ours, complete, 10),
                        "1.5 x the time"))  # fmt: skip
    return rows


WORKER = """
import sys, time, pickle, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, sys.argv[1])
import sleepstats as ss
print(ss.__file__, flush=True)
for line in sys.stdin:
    nights, outcomes, factors = pickle.load(open(line.strip(), "rb"))
    start = time.process_time()
    ss.correlate(nights, outcomes=outcomes, factors=factors)
    print(time.process_time() - start, flush=True)
"""


def _told(worker: subprocess.Popen[str], line: str = "") -> str:
    """Send a line to a process, if there is one, and return the line that it sends back."""
    if worker.stdin is None or worker.stdout is None:
        raise SystemExit("a process without pipes")
    worker.stdin.write(line)
    worker.stdin.flush()
    return worker.stdout.readline()


def against_old(old: Path, repeats: int = 12) -> str:
    """Time the same tables with another checkout of the package, each in a process, in turn."""
    workers = []
    for folder in (old, Path(__file__).parents[1]):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(folder.resolve())],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        if not _told(worker).startswith(str(folder.resolve())):
            raise SystemExit(f"the package of {folder} was not found")
        workers.append(worker)
    lines = ["| correlate | then | now | now / then |", "| --- | ---: | ---: | ---: |"]
    cases = [(n, h, gaps) for n, h in SIZES for gaps in (False, True)]
    with tempfile.TemporaryDirectory() as folder_name:
        path = Path(folder_name) / "asked.pickle"
        for n, habits, gaps in cases:
            nights = gapped(n, habits, gaps=gaps)
            names = [name for name in nights if name not in OUTCOMES]
            path.write_bytes(pickle.dumps((nights, OUTCOMES, names)))
            times: list[list[float]] = [[], []]
            for _ in range(repeats):
                for worker, told in zip(workers, times, strict=True):
                    told.append(float(_told(worker, f"{path}\n")))
            then, now = (min(told) for told in times)
            what = f"{len(nights)} nights, {habits} factors, "
            what += "gaps of their own" if gaps else "no gaps"
            lines.append(f"| {what} | {_time(then)} | {_time(now)} | {now / then:.2f} |")
            print(lines[-1], flush=True)
    for worker in workers:
        worker.communicate()
    return "\n".join(lines)


def questions(small: bool) -> list[Row]:
    """Time 20 questions against permutation tests and against pingouin's table."""
    import pingouin
    from scipy import stats

    nights = diary()

    def table() -> None:
        ss.correlate(nights, outcomes=OUTCOMES, factors=FACTORS)

    pairs = [(y, x) for y in OUTCOMES for x in FACTORS]
    some = pairs[::10] if small else pairs

    def permuted(statistic: Callable[..., object]) -> Callable[[], None]:
        def run() -> None:
            for y, x in some:
                both = nights[[y, x]].dropna().to_numpy()
                fixed = both[:, 1] - both[:, 1].mean()
                stats.permutation_test(
                    (both[:, 0],), lambda a, axis, b=fixed: statistic(a, b, axis),
                    permutation_type="pairings", n_resamples=9999, vectorized=True, rng=1,
                )  # fmt: skip

        return run

    def pearson(a: np.ndarray, b: np.ndarray, axis: int) -> object:
        return stats.pearsonr(a, np.broadcast_to(b, a.shape), axis=axis).statistic

    def product(a: np.ndarray, b: np.ndarray, axis: int) -> object:
        return (a * b).sum(axis=axis)

    def paired() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pingouin.pairwise_corr(nights, columns=[OUTCOMES, FACTORS])

    scale = len(pairs) / len(some)
    estimated = f" (estimated from {len(some)} of {len(pairs)} pairs)" if small else ""
    what = f"correlate: {len(nights)} nights, {len(FACTORS)} factors, {len(OUTCOMES)} outcomes"

    def one_by_one() -> None:
        y, x = pairs[0]
        mine, fixed = nights[[y, x]].dropna().to_numpy().T
        stats.permutation_test(
            (mine,), lambda a: stats.pearsonr(a, fixed).statistic,
            permutation_type="pairings", n_resamples=999, rng=1,
        )  # fmt: skip

    ours, pingouins = in_turn(table, paired, 25)
    scipy = "scipy permutation_test, 9,999, of pearsonr"
    return [
        Row(what, f"{scipy}, as its documentation has it (estimated from 999 of one pair)", ours,
            10 * len(pairs) * best(one_by_one, 1), "400 times as fast"),
        Row(what, f"{scipy}, vectorised{estimated}", ours, scale * best(permuted(pearson), 1),
            "400 times as fast"),
        Row(what, f"the same, of a bare sum of products{estimated}", ours,
            scale * best(permuted(product), 1), "none set"),
        Row(what, "pingouin.pairwise_corr", ours, pingouins, "1 x the time"),
    ]  # fmt: skip


def beside_each_other() -> list[Row]:
    """Time the table with each habit beside the others against the table without."""
    nights, _ = ss.simulate_nights(365, seed=1)
    rng = np.random.default_rng(1)
    factors = [*FACTORS[:-1], "nap", "tea", "sweets"]
    for name in factors[-3:]:
        nights[name] = rng.integers(0, 2, len(nights)).astype(float)
    for name in factors:
        nights[name] = nights[name].astype("float64")
    gaps = nights.copy()
    for name in factors:
        gaps.loc[rng.random(len(gaps)) < 0.03, name] = np.nan
    rows = []
    for what, diary in (("no cell missing", nights), ("3 % of the cells missing", gaps)):

        def ask(beside: bool, diary: pd.DataFrame = diary) -> Callable[[], object]:
            return lambda: ss.correlate(diary, outcomes=OUTCOMES, factors=factors, beside=beside)

        rows.append(
            Row(f"correlate(beside=True): 365 nights, {len(factors)} factors, 2 outcomes, {what}",
                "correlate(beside=False)", *in_turn(ask(True), ask(False), 15), "4 x the time")
        )  # fmt: skip
    return rows


def sleep_cycle_text(n: int) -> str:
    """Return an invented Sleep Cycle export of the layout used until 2020."""
    rng = np.random.default_rng(2)
    evening = pd.date_range("2014-12-28", periods=n) + pd.to_timedelta(
        22 * 3600 + rng.integers(0, 3 * 3600, n), unit="s"
    )
    minutes = rng.integers(360, 560, n)
    wake = evening + pd.to_timedelta(60 * minutes, unit="s")
    notes = np.array(["", "Drank coffee", "Drank coffee:Stressful day", "Worked out"])
    lines = ["Start;End;Sleep quality;Time in bed;Wake up;Sleep Notes"]
    lines += [
        f"{a:%Y-%m-%d %H:%M:%S};{b:%Y-%m-%d %H:%M:%S};{q}%;{m // 60}:{m % 60:02d};:);{note}"
        for a, b, q, m, note in zip(
            evening, wake, rng.integers(40, 100, n), minutes,
            notes[rng.integers(0, 4, n)], strict=True,
        )
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def diary_text(n: int) -> str:
    """Return an invented diary table of n nights in a row, a million of them until 4638."""
    rng = np.random.default_rng(3)
    dates = np.datetime_as_string(np.datetime64("1901-01-01") + np.arange(n), unit="D")
    hours = np.array([f"{i // 60:02d}:{i % 60:02d}" for i in range(1440)])
    bed, wake = rng.integers(1320, 1410, n), rng.integers(380, 500, n)
    table = pd.DataFrame(
        {
            "date": dates,
            "into bed": hours[bed],
            "lights out": hours[bed + rng.integers(0, 30, n)],
            "minutes to fall asleep": rng.integers(1, 12, n) * 5,
            "awakenings": rng.integers(0, 5, n),
            "minutes awake in the night": rng.integers(0, 60, n),
            "final awakening": hours[wake],
            "out of bed": hours[wake + rng.integers(0, 30, n)],
            "sleep quality": rng.integers(1, 6, n),
            "stress": rng.integers(0, 11, n),
        }
    )
    return table.to_csv(index=False)


def reading(rows: int, folder: Path) -> list[Row]:
    """Time the readers against ``pandas.read_csv`` with the dates parsed, on the same files."""
    app, table = folder / "sleepdata.csv", folder / "diary.csv"
    app.write_text(sleep_cycle_text(1191), encoding="utf-8")
    table.write_text(diary_text(rows), encoding="utf-8")

    def ours(path: Path) -> Callable[[], object]:
        return lambda: ss.read_diary(path)

    def theirs_app(path: Path) -> Callable[[], object]:
        def read() -> None:
            frame = pd.read_csv(path, sep=";")
            for name in ("Start", "End"):
                frame[name] = pd.to_datetime(frame[name])

        return read

    def theirs_table() -> None:
        pd.read_csv(table, parse_dates=["date"])

    def theirs_clocks() -> None:
        frame = pd.read_csv(table, parse_dates=["date"])
        for name in ("into bed", "lights out", "final awakening", "out of bed"):
            frame[name] = pd.to_datetime(frame[name], format="%H:%M")

    repeats = 5 if rows > 100_000 else 9
    what = f"read_diary: diary table, {rows:,} rows"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        found = [
            Row("read_diary: Sleep Cycle, 1,191 rows", "pandas.read_csv and to_datetime",
                *in_turn(ours(app), theirs_app(app), 60), "3 x the time"),
            Row(what, "pandas.read_csv with dates parsed",
                *in_turn(ours(table), theirs_table, repeats), "3 x the time"),
            Row("the same", "the same, and to_datetime of the clock times",
                *in_turn(ours(table), theirs_clocks, repeats), "none set"),
        ]  # fmt: skip
        if REAL.exists():
            pair = in_turn(ours(REAL), theirs_app(REAL), 60)
            what = "read_diary: one person's real Sleep Cycle export, 1,191 rows"
            found.insert(1, Row(what, found[0].peer, *pair, found[0].reach))
    return found


def as_text(rows: list[Row]) -> str:
    """Return the comparisons as a Markdown table."""
    head = ["what", "against", "ours", "theirs", "measured", "reach"]
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(row.cells())} |" for row in rows]
    return "\n".join(lines)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="fewer permutations, fewer rows")
    parser.add_argument("--full", action="store_true", help="a table of 1,000,000 rows")
    parser.add_argument("--write", action="store_true", help="write benchmarks/speed.md")
    parser.add_argument("--old", type=Path, help="another checkout, to take turns with")
    arguments = parser.parse_args()
    old = ""
    if arguments.old:
        commit = subprocess.run(
            ["git", "-C", str(arguments.old), "rev-parse", "--short", "HEAD"],
            capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip
        old = f"\n\n## Against {commit}\n\n{against_old(arguments.old)}"
    lines = 1_000_000 if arguments.full else 20_000 if arguments.small else 100_000
    with tempfile.TemporaryDirectory() as folder:
        rows = [*questions(arguments.small), *own_gaps(), *beside_each_other()]
        text = as_text([*rows, *reading(lines, Path(folder))])
    print(text)
    if arguments.write:
        packages = ", ".join(
            f"{name} {version(name)}" for name in ("pandas", "numpy", "scipy", "pingouin")
        )
        path = Path(__file__).with_suffix(".md")
        path.write_text(
            f"# Speed\n\n{text}\n\nMade by `python benchmarks/speed.py"
            f"{' --full' if arguments.full else ''} --write` with Python "
            f"{platform.python_version()}, {packages}, on {platform.machine()}. Times are the best "
            "of several repeats in one run, of the processor, one thread; only the ratios mean "
            f"something elsewhere.{old}\n",
            encoding="utf-8",
        )
        print(f"written: {path.name}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":  # read by numpy as it loads: begin again
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.argv])
    raise SystemExit(main())
