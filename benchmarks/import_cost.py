"""How long ``import sleepstats`` takes, against ``import pandas``, in one run.

    python benchmarks/import_cost.py

The bare import loads nothing yet: each public name loads its module, and pandas, on first use. So
two more rows say what a person meets: the import with what reading a diary takes, and with every
public name touched, which loads every module of the package. Reach: ``import sleepstats`` at most
1.15 times ``import pandas``.
"""

from __future__ import annotations

import subprocess
import sys

REACH = 1.15
REPEATS = 7
CODES = {
    "import pandas": "import pandas",
    "import sleepstats": "import sleepstats",
    "import sleepstats, read_diary": "import sleepstats as ss\nss.read_diary",
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
    measured = best["import sleepstats"] / best["import pandas"]
    print(f"reach: import sleepstats at most {REACH} x; measured {measured:.2f} x")
    return int(measured > REACH)


if __name__ == "__main__":
    raise SystemExit(main())
