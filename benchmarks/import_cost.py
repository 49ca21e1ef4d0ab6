"""How long ``import sleepstats`` takes, against ``import pandas``, in one run.

    python benchmarks/import_cost.py

Two figures: the bare import, which loads nothing yet, and the import with every public name used
once, which loads pandas and every module of the package. Reach: at most 1.15 times pandas.
"""

from __future__ import annotations

import subprocess
import sys

REACH = 1.15
REPEATS = 7
CODES = {
    "import pandas": "import pandas",
    "import sleepstats": "import sleepstats",
    "import sleepstats, every public name": (
        "import sleepstats as ss\nfor name in ss.__all__: getattr(ss, name)"
    ),
}


def seconds(code: str) -> float:
    """Return how long a fresh Python takes for this code, start-up not counted."""
    timed = f"import time\nstart = time.perf_counter()\n{code}\nprint(time.perf_counter() - start)"
    done = subprocess.run([sys.executable, "-c", timed], capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> int:
    """Print the table; fail if the reach is missed."""
    best = dict.fromkeys(CODES, float("inf"))
    for _ in range(REPEATS):  # interleaved, so that a busy moment hits all alike
        for name, code in CODES.items():
            best[name] = min(best[name], seconds(code))
    print(f"best of {REPEATS}, fresh interpreter each")
    for name, time in best.items():
        print(f"{name:<38} {1000 * time:7.0f} ms  {time / best['import pandas']:5.2f} x pandas")
    worst = max(best.values()) / best["import pandas"]
    print(f"reach: at most {REACH} x; measured {worst:.2f} x")
    return int(worst > REACH)


if __name__ == "__main__":
    raise SystemExit(main())
