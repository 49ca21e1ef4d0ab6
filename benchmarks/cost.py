"""What the questions cost: time against nights, factors and people, and the memory of a cohort.

    python benchmarks/cost.py             the tables of benchmarks/cost.md
    python benchmarks/cost.py --small     a few seconds; status 1 when growth is out of bounds
    python benchmarks/cost.py --write     write benchmarks/cost.md

One thread. Best of several repeats, by the processor's clock.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import platform
import pstats
import resource
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

import sleepstats as ss
from sleepstats.cohort import effects_of_people, effects_of_person, pool_effects
from sleepstats.inference import gls_slopes, gls_tables
from sleepstats.inference.guards import calendar_controls, night_numbers

OUTCOMES = ["tst_min", "sol_min"]
#: Time may grow at most like this power of nights, of pairs and of people.
GROWTH = {"nights": 1.4, "factors": 1.2, "people": 1.1}


def diary(
    n: int, factors: int, seed: int = 1, *, outcomes: int = 2, gaps: bool = False
) -> pd.DataFrame:
    """Return n nights of outcomes, stress and further numbers, 15 % missing in runs.

    With ``gaps`` every factor lacks 12 % of its own besides: as many patterns as factors.
    """
    rng = np.random.default_rng(seed)
    index = pd.date_range("2020-01-06", periods=n, name="night")
    kept = np.repeat(rng.random(n // 3 + 1) > 0.15, 3)[:n]
    made = {
        "tst_min": np.clip(420 + 40 * rng.normal(size=n), 60, 900),
        "sol_min": np.exp(2.8 + 0.4 * rng.normal(size=n)),
        "stress": np.clip(np.round(5 + 2 * rng.normal(size=n)), 0, 10),
    }
    made |= {f"habit{i}": rng.normal(size=n) for i in range(factors - 1)}
    made |= {f"more{i}": rng.normal(size=n) for i in range(outcomes - 2)}
    for name in ["stress", *(f"habit{i}" for i in range(factors - 1))] if gaps else []:
        made[name] = np.where(rng.random(n) < 0.12, np.nan, made[name])
    return pd.DataFrame(made, index=index)[kept]


def best(job: Callable[[], object], repeats: int) -> float:
    """Return the shortest of several runs in seconds of the processor."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        job()
        times.append(time.process_time() - start)
    return min(times)


def power_of(sizes: list[int], seconds: list[float]) -> float:
    """Return the power of growth between the two largest sizes."""
    return float(np.log(seconds[-1] / seconds[-2]) / np.log(sizes[-1] / sizes[-2]))


HABITS = ["stress", *(f"habit{i}" for i in range(11))]


def person_of(number: int, nights: int = 365) -> pd.DataFrame:
    """Return one person's diary: 12 habits, two of which go with how long the person sleeps."""
    made = diary(nights, len(HABITS), seed=number)
    made["tst_min"] -= 8.0 * made["stress"] + 15.0 * made["habit0"]
    return made


def people(n: int) -> Iterator[tuple[int, pd.DataFrame]]:
    """Yield diaries one after the other; none is kept."""
    for person in range(n):
        yield person, person_of(person)


def cohort(n: int, *, bar: bool = False) -> float:
    """Answer and pool a cohort; return the seconds without making the diaries."""
    spent = -best(lambda: [person_of(0) for _ in range(5)], 1) / 5 * n
    start = time.process_time()
    effects = effects_of_people(people(n), outcomes=OUTCOMES, factors=HABITS, progress=bar, total=n)
    table = pool_effects(effects)
    if len(table) != 24 or (table["n_people"] != n).any():
        raise SystemExit("the cohort did not answer every question")
    return spent + time.process_time() - start


def cohort_beside(n: int) -> float:
    """Ask each of a cohort alone and beside the others, keeping what stands; return seconds."""
    start, stands = time.process_time(), 0
    for _, nights in people(n):
        table = ss.correlate(nights, outcomes=OUTCOMES, factors=HABITS, beside=True)
        stands += int(table["stands"].eq(True).sum())
    if stands < n:
        raise SystemExit("of what was planted hardly anything stands")
    return time.process_time() - start


def answered(person: int) -> pd.DataFrame:
    """Answer one person's questions: what the workers are given."""
    return effects_of_person(person_of(person), outcomes=OUTCOMES, factors=HABITS, person=person)


def by_workers(n: int, workers: int) -> float:
    """Answer a cohort by dask on so many processes; return seconds on the wall."""
    import dask

    start = time.perf_counter()
    lazy = [dask.delayed(answered)(person) for person in range(n)]
    got = dask.compute(*lazy, scheduler="processes", num_workers=workers)
    pool_effects(pd.concat(got))
    return time.perf_counter() - start


def eight_people(nights: pd.DataFrame) -> pd.DataFrame:
    """Ask the same nights eight times, as if of eight people, and pool."""
    names = [name for name in nights.columns if name not in OUTCOMES]
    people = ((person, nights) for person in range(8))
    return pool_effects(effects_of_people(people, outcomes=OUTCOMES, factors=names))


def correlate_all(nights: pd.DataFrame) -> pd.DataFrame:
    """Ask every outcome about every factor."""
    outcomes = [name for name in nights if name in OUTCOMES or name.startswith("more")]
    factors = [name for name in nights if name not in outcomes]
    return ss.correlate(nights, outcomes=outcomes, factors=factors)


def peak_mb() -> float:
    """Return the most memory this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def top_three(job: Callable[[], object]) -> list[str]:
    """Return the three functions in which most of the time goes, with their share."""
    profile = cProfile.Profile()
    profile.runcall(job)
    stats = pstats.Stats(profile)
    entries: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = stats.stats  # type: ignore[attr-defined]
    whole = sum(entry[2] for entry in entries.values())
    largest = sorted(entries.items(), key=lambda item: -item[1][2])[:3]
    return [
        f"`{name}` in {Path(file).name if file != '~' else 'C'} {100 * entry[2] / whole:.0f} %"
        for (file, _, name), entry in largest
    ]


def floor_ms(n: int, pairs: int, controls: int = 11) -> float:
    """Return the time of the arithmetic alone: whitening and its cross products, in ms."""
    from sleepstats.inference.whiten import noise_grid

    shapes, columns = len(noise_grid().phi), controls + pairs // 2 + 2
    rng = np.random.default_rng(0)
    block = rng.normal(size=(shapes, columns, n))
    out = np.empty((shapes, columns, columns))
    products = best(lambda: np.matmul(block, block.transpose(0, 2, 1), out=out), 5)
    recursion = best(lambda: np.multiply(block, 0.5, out=block), 5)
    return 1000 * (products + 2 * recursion)


def own_gaps_floor_ms(n: int, patterns: int, controls: int) -> float:
    """Return the time of the arithmetic that patterns of gaps have each for itself, in ms.

    Per noise shape and whitened number three passes of the recursion, cross products for the
    weights, controls made orthonormal, a pass and cross products for the variances: in pieces that
    stay in the cache, as if nothing were ever fetched or laid out.
    """
    from sleepstats.inference.whiten import noise_grid

    shapes, columns = 5, controls + 4  # a factor, two outcomes, and an even number
    rng = np.random.default_rng(0)
    block, other, out = (rng.normal(size=(shapes, columns, n)) for _ in range(3))
    mix, cross = (rng.normal(size=(shapes, columns, columns)) for _ in range(2))

    def arithmetic() -> None:
        for _ in range(4):
            np.multiply(block, other, out=out)
        for _ in range(2):
            np.matmul(block, other.transpose(0, 2, 1), out=cross)
        np.matmul(mix, block, out=out)

    pieces = len(noise_grid().phi) / shapes * patterns
    return 1000 * pieces * best(arithmetic, 200)


def _head(corner: str, columns: list[str]) -> list[str]:
    """Return the two first lines of a table with a column of growth."""
    rule = f"| --- |{' ---: |' * (len(columns) + 1)}"
    return [f"| {corner} | {' | '.join(columns)} | growth |", rule]


def _row(name: str, seconds: list[float], grown: float) -> str:
    return f"| {name} | {' | '.join(f'{1000 * value:,.0f}' for value in seconds)} | {grown:.2f} |"


def _engine_alone(nights: pd.DataFrame) -> None:
    """Ask the engine for the 20 slopes of a table, arrays in and arrays out."""
    number = night_numbers(nights.index.to_numpy())
    controls = calendar_controls(number, nights.index.day_of_week, int(number.max()) + 1)
    values = nights.to_numpy()
    gls_slopes(values[:, :2], values[:, 2:], controls, number)


def _patterns_alone(n: int, habits: int) -> None:
    """Ask the engine for two slopes on each of so many patterns of n nights."""
    rng = np.random.default_rng(0)
    asked = []
    for _ in range(habits):
        number = np.sort(rng.choice(round(1.3 * n), n, replace=False))
        controls = calendar_controls(number, number % 7, round(1.3 * n))
        x = rng.integers(0, 3, (n, 1)).astype(float)
        asked.append((rng.normal(size=(n, 2)), x, controls, number))
    gls_tables(asked)


def tables(*, small: bool) -> tuple[str, list[str]]:
    """Return the tables in Markdown, and what is out of bounds."""
    lines: list[str] = []
    missed: list[str] = []
    spans = [90, 365, 1000] if small else [90, 365, 1000, 3650]
    repeats = 3 if small else 5
    jobs: dict[str, Callable[[pd.DataFrame], object]] = {
        "correlate, 20 questions": correlate_all,
        "stress_and_sleep, 4 questions": lambda nights: ss.stress_and_sleep(
            nights, stress="stress", outcomes=OUTCOMES
        ),
        "pool_people's steps, 8 people, 20 questions": eight_people,
        "dose_response with its curve": lambda nights: ss.dose_response(
            nights, outcome="tst_min", dose="stress"
        ),
    }
    lines += _head("ms", [f"{n:,} nights" for n in spans])
    for name, job in jobs.items():
        seconds = [best(partial(job, diary(n, 10)), repeats) for n in spans]
        grown = power_of(spans, seconds)
        lines.append(_row(name, seconds, grown))
        if grown > GROWTH["nights"]:
            missed.append(f"{name}: nights to the power {grown:.2f}")
    # every habit with its own missing nights: each is a pattern of gaps
    seconds = [best(partial(correlate_all, diary(n, 10, gaps=True)), repeats) for n in spans]
    grown = power_of(spans, seconds)
    lines.append(_row("correlate, 20 questions, 10 patterns of gaps", seconds, grown))
    counts = [5, 10, 20, 40, 80][: 4 if small else 5]
    every = jobs["correlate, 20 questions"]
    seconds = [best(partial(every, diary(365, n)), repeats) for n in counts]
    grown = power_of(counts, seconds)
    lines += ["", *_head("ms", [f"{n} factors" for n in counts])]
    lines.append(_row("correlate, 365 nights, 2 outcomes", seconds, grown))
    own = [best(partial(correlate_all, diary(365, n, gaps=True)), repeats) for n in counts]
    lines.append(_row("the same, each with gaps of its own: as many patterns", own,
                      power_of(counts, own)))  # fmt: skip
    pooled = [best(partial(eight_people, diary(365, n)), repeats) for n in counts]
    lines.append(_row("pool_people's steps, 8 people", pooled, power_of(counts, pooled)))
    if grown > GROWTH["factors"]:
        missed.append(f"correlate: factors to the power {grown:.2f}")
    asked = [2, 4, 8, 16]
    several = [best(partial(correlate_all, diary(365, 10, outcomes=n, gaps=True)), repeats)
               for n in asked]  # fmt: skip
    lines += ["", *_head("ms", [f"{n} outcomes" for n in asked])]
    lines.append(_row("correlate, 365 nights, 10 factors with gaps of their own", several,
                      power_of(asked, several)))  # fmt: skip
    sizes = [10, 40] if small else [100, 300, 1000]
    seconds, memory = [], []
    for n in sizes:
        seconds.append(cohort(n, bar=not small and sys.stderr.isatty()))
        memory.append(peak_mb())
    grown = power_of(sizes, seconds)
    lines += [
        "",
        "A cohort of 365 nights, 12 factors and 2 outcomes each, in one process, pooled:",
        "",
        "| people | s | ms a person | most memory, MB |",
        "| ---: | ---: | ---: | ---: |",
    ]
    for n, value, held in zip(sizes, seconds, memory, strict=True):
        lines.append(f"| {n:,} | {value:.1f} | {1000 * value / n:.1f} | {held:.0f} |")
    lines += ["", f"People to the power {grown:.2f}; {memory[-1] - memory[0]:+.0f} MB from "
              f"{sizes[0]:,} to {sizes[-1]:,} people: only their effects are kept."]  # fmt: skip
    both = [cohort_beside(n) for n in sizes]
    lines += ["", "The same people asked by `correlate(beside=True)`, what stands counted and the "
              "rest let go:", "", "| people | s | ms a person | most memory, MB |",
              "| ---: | ---: | ---: | ---: |"]  # fmt: skip
    for n, value in zip(sizes, both, strict=True):
        lines.append(f"| {n:,} | {value:.1f} | {1000 * value / n:.1f} | {peak_mb():.0f} |")
    one, two = (by_workers(sizes[-1], workers) for workers in (1, 2))
    lines += ["", f"By dask, {sizes[-1]:,} people: {one:.1f} s on the wall with one worker, "
              f"{two:.1f} s with two ({one / two:.2f} times as fast)."]  # fmt: skip
    if grown > GROWTH["people"]:
        missed.append(f"cohort: people to the power {grown:.2f}")
    if memory[-1] - memory[0] > 40:
        missed.append(f"cohort: {memory[-1] - memory[0]:.0f} MB more")
    nights = diary(365, 10)
    lines += ["", "Where the time goes (the three largest by own time, under the profiler):", ""]
    for name, job in jobs.items():
        lines.append(f"* {name}, 365 nights: {', '.join(top_three(partial(job, nights)))}")
    many = diary(365, counts[-1])
    told = ", ".join(top_three(partial(every, many)))
    lines.append(f"* correlate, {counts[-1]} factors, 365 nights: {told}")
    lines.append(f"* cohort of 20: {', '.join(top_three(lambda: cohort(20)))}")
    whole = 1000 * best(partial(every, nights), repeats)
    engine = 1000 * best(partial(_engine_alone, nights), repeats)
    floor = floor_ms(len(nights), 20)
    lines += [
        "",
        "Against the arithmetic: one pass over the whitened columns of all 45 noise shapes and "
        f"their cross products take {floor:.1f} ms for 20 questions on 365 nights. The engine "
        f"takes {engine:.0f} ms: it adds the recursion from night to night, which cannot be done "
        "out of order, and the sandwich variances with their degrees of freedom. `correlate` takes "
        f"{whole:.0f} ms: it adds the displayed correlations, the checks and the table.",
    ]
    lines.append("")
    lines += [
        f"With gaps of their own {habits} habits on {n:,} nights take at least "
        f"{own_gaps_floor_ms(n, habits, k):.0f} ms for the arithmetic that each pattern has for "
        "itself; the engine takes "
        f"{1000 * best(partial(_patterns_alone, n, habits), repeats):.0f} ms."
        for n, habits, k in ((93, 10, 6), (272, 10, 12), (760, 20, 12))
    ]
    return "\n".join(lines), missed


def page(table: str, command: str) -> str:
    """Return the committed page around the tables."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "pandas"))
    return f"""# Cost

Time of the processor, one thread, best of five. Invented diaries with 15 % of the nights missing.
Growth is the power between the two largest sizes: 1 is linear. `correlate` also looks for habits
that travel together, among all pairs of factors: that part grows with the square of the factors,
and is small up to some forty of them. Each pattern of gaps is whitened for itself, many patterns
stepping together, so that time is linear in patterns; outcomes on the same nights share them.

{table}

Made by `{command}` with Python {platform.python_version()}, {packages}.
"""


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="few sizes; status 1 out of bounds")
    parser.add_argument("--write", action="store_true", help="write benchmarks/cost.md")
    arguments = parser.parse_args()
    start = time.perf_counter()
    text, missed = tables(small=arguments.small)
    print(text)
    print(f"{time.perf_counter() - start:.0f} s; out of bounds: {'; '.join(missed) or 'none'}",
          file=sys.stderr)  # fmt: skip
    if arguments.write:
        typed = " ".join(["python benchmarks/cost.py", *sys.argv[1:]])
        path = Path(__file__).with_suffix(".md")
        path.write_text(page(text, typed), encoding="utf-8")
        print(f"written: {path.name}", file=sys.stderr)
    return int(arguments.small and bool(missed))


if __name__ == "__main__":
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":  # read by numpy as it loads: begin again
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.argv])
    raise SystemExit(main())
