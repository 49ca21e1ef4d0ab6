"""What a person waits for from a cold start, against importing what such programs import.

    python benchmarks/page.py [TIMES]

Each job runs in a fresh interpreter, in turn with ``import pandas, scipy.stats,
matplotlib.pyplot``; the best of the times counts. The page may take at most four times as long as
those imports.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import sleepstats as ss

IMPORTS = "import pandas, scipy.stats, matplotlib.pyplot"
START = "import sleepstats as ss; nights = ss.read_diary({diary!r}); "
JOBS = {
    "report": START + "ss.write_report(nights, {page!r})",
    "check, in the shell": "import sys; sys.argv = ['sleepstats', 'check', {diary!r}]; "
    "from sleepstats.__main__ import main; main()",
    "read_diary, correlate, plot_forest": START + "table = ss.correlate(nights); "
    "ss.plot_forest(table).figure.savefig({picture!r})",
}
MOST_TIMES, MOST_BYTES = 4.0, 1_000_000


def seconds(code: str) -> float:
    """Run code in a fresh interpreter and return how long that took."""
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], check=True, stdout=subprocess.DEVNULL,
        env=os.environ | {"MPLBACKEND": "agg"},
    )  # fmt: skip
    return time.perf_counter() - begin


def main() -> int:
    """Print the times, their ratios and the page's size; 1 if the page is too slow or large."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    slow = False
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        places = {"diary": str(ss.sample_path("diary")), "page": str(page),
                  "picture": str(page.with_suffix(".png"))}  # fmt: skip
        for name, code in JOBS.items():
            pairs = [(seconds(IMPORTS), seconds(code.format(**places))) for _ in range(times)]
            imports, job = (min(each) for each in zip(*pairs, strict=True))
            print(f"{name}: {job:.2f} s, imports {imports:.2f} s: {job / imports:.2f} times")
            slow |= name == "report" and job > MOST_TIMES * imports
        size = page.stat().st_size
    print(f"the page has {size:,} bytes")
    return int(slow or size > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
