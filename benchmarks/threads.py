"""Whether two threads of our own would answer sooner: halves of the work in turn, then at once.

``python benchmarks/threads.py``. Nothing of the package is changed: the patterns of gaps that
``correlate`` hands to the engine, and the lines of a diary table, are cut in two. By the clock on
the wall, of the processor, and along the longer of the two threads, which is the least that two
free cores could take where no thread waits for the interpreter's lock. A loop over numbers in the
cache, which lets go of that lock, says whether two cores were free.
"""

from __future__ import annotations

import io
import os
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read by numpy as it loads
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from speed import OUTCOMES, SIZES, diary_text, gapped

import sleepstats as ss
from sleepstats import inference

Task = Callable[[], object]


def _own_time(task: Task) -> float:
    start = time.thread_time()
    task()
    return time.thread_time() - start


def timed(halves: Sequence[Task], at_once: bool) -> tuple[float, float, float]:
    """Return time on the wall, of the processor, and of the longest thread."""
    wall, worked = time.perf_counter(), time.process_time()
    if at_once:
        with ThreadPoolExecutor(len(halves)) as pool:
            longest = max(pool.map(_own_time, halves))
    else:
        longest = sum(map(_own_time, halves))
    return time.perf_counter() - wall, time.process_time() - worked, longest


def engine(n: int, habits: int) -> list[Task]:
    """Return the two halves of what the engine is asked for a table with gaps of their own."""
    asked: list[tuple[list[object], list[object], float]] = []
    whole = inference.gls_tables

    def kept(one, *, cells=None, level=0.95):  # type: ignore[no-untyped-def]
        asked.append((list(one), list(cells), level))
        return whole(one, cells=cells, level=level)

    nights = gapped(n, habits, gaps=True)
    names = [str(name) for name in nights if name not in OUTCOMES]
    vars(inference)["gls_tables"] = kept
    try:
        ss.correlate(nights, outcomes=OUTCOMES, factors=names)
    finally:
        vars(inference)["gls_tables"] = whole

    def half(place: int) -> Task:
        def run() -> None:
            for one, cells, level in asked:
                whole(one[place::2], cells=cells[place::2], level=level)  # type: ignore[arg-type]

        return run

    return [half(0), half(1)]


def table(rows: int) -> list[Task]:
    """Return readings of the two halves of a diary table."""
    header, *lines = diary_text(rows).splitlines(keepends=True)
    parts = [lines[: rows // 2], lines[rows // 2 :]]
    texts = ["".join([header, *part]).encode() for part in parts]
    return [partial(_read, text) for text in texts]


def _read(text: bytes) -> object:
    return ss.read_diary(io.BytesIO(text))


def loop() -> None:
    """Work on numbers in the cache without the interpreter's lock."""
    numbers = np.ones(20_000)
    for _ in range(1_000):
        np.multiply(numbers, 1.0, out=numbers)


def main() -> None:
    warnings.simplefilter("ignore")
    asked: dict[str, list[Task]] = {"a loop that needs no lock": [loop, loop]}
    asked |= {f"the engine, {n} x {k} with gaps": engine(n, k) for n, k in SIZES}
    asked["a diary table, 200,000 rows"] = table(200_000)
    print("| ms, in turn / at once | on the wall | of the processor | longest thread | wall |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for what, halves in asked.items():
        times: dict[bool, list[tuple[float, float, float]]] = {False: [], True: []}
        end = time.time() + 12.0
        while time.time() < end:
            for at_once in times:
                times[at_once].append(timed(halves, at_once))
        one, two = (1e3 * np.array(times[at_once]).min(axis=0) for at_once in times)
        cells = " | ".join(f"{a:.1f} / {b:.1f}" for a, b in zip(one, two, strict=True))
        print(f"| {what} | {cells} | {two[0] / one[0]:.2f} |", flush=True)


if __name__ == "__main__":
    main()
