"""How long the sample's page takes from a cold start, against importing what such programs import.

    python benchmarks/page.py [TIMES]

The page may take at most four times as long as ``import pandas, scipy.stats, matplotlib.pyplot``;
both are started in a fresh interpreter, in turn, and the best of the times counts.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

IMPORTS = "import pandas, scipy.stats, matplotlib.pyplot"
PAGE = "import sleepstats as ss; ss.write_report(ss.load_sample('diary'), {path!r})"
MOST_TIMES, MOST_BYTES = 4.0, 1_000_000


def seconds(code: str) -> float:
    """Run code in a fresh interpreter and return how long that took."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)
    return time.perf_counter() - begin


def main() -> int:
    """Print both times, their ratio and the size; 1 if the page is too slow or too large."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        pairs = [(seconds(IMPORTS), seconds(PAGE.format(path=str(path)))) for _ in range(times)]
        size = path.stat().st_size
    imports, page = (min(each) for each in zip(*pairs, strict=True))
    print(f"imports {imports:.2f} s, page {page:.2f} s: {page / imports:.2f} times; {size:,} bytes")
    return int(page > MOST_TIMES * imports or size > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
