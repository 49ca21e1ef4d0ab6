"""Read real exports and print what came of every file.

    python benchmarks/reading_table.py [FOLDER] > benchmarks/exports_read.md

FOLDER holds one folder per product, ``../shared/exports`` beside the checkout by default. The files
are not part of the project; the table says what the reader made of them.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import sleepstats as ss
from sleepstats.columns import factor_names
from sleepstats.errors import DiaryError, DiaryWarning
from sleepstats.reading.formats import known_formats
from sleepstats.reading.gather import gather
from sleepstats.reading.nights import Options
from sleepstats.reading.nights.companions import companion_frame, fate_of

HEAD = (
    "| product | file | format | rows | nights | naps | joined | merged, duplicate | refused, "
    "unmatched | problems | factors | first night | last night |"
)


def main() -> int:
    beside = Path(__file__).parents[1].parent / "shared" / "exports"
    top = Path(sys.argv[1]) if len(sys.argv) > 1 else beside
    if not top.is_dir():
        print(f"{top}: no such folder", file=sys.stderr)
        return 2
    print("# What the reader made of real exports\n")
    print(
        "Written by `python benchmarks/reading_table.py`. *rows*: source rows; *merged, "
        "duplicate*: pieces of a night, second devices, second files; *problems*: nights with "
        "something to "
        "tell. A file that only goes with nights has its evenings counted as joined.\n"
    )
    print(HEAD)
    print("|" + " --- |" * (HEAD.count("|") - 1))
    lost = 0
    for folder in sorted(p for p in top.iterdir() if p.is_dir()):
        files = sorted(p for p in folder.rglob("*.csv"))
        for file in files:
            lost += line(folder.name, file.name, file)
        if len(files) > 1 and folder.name in ("whoop", "oura", "fitbit", "samsung_health"):
            lost += line(folder.name, "the folder", folder)
    print(f"\nRows not accounted for: {lost}.")
    return 0


def line(product: str, name: str, path: Path) -> int:
    """Print one row of the table; return how many source rows have no fate."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DiaryWarning)
            nights = ss.read_diary(path)
    except DiaryError as error:
        if "holds no nights" in str(error):
            return companion(product, path)
        print(f"| {product} | {name} | | | {error.problems[0].replace('|', ' ')} |" + " |" * 8)
        return 0
    record = nights.attrs["sleepstats"]
    counts = record["counts"]

    def count(*statuses: str) -> int:
        return sum(counts.get(status, 0) for status in statuses)

    formats = ", ".join(dict.fromkeys(part["format"] for part in record["sources"]))
    rows = record["rows_read"]
    print(
        f"| {product} | {name} | {formats} | {rows} | {len(nights)} | {count('nap')} | "
        f"{count('joined')} | {count('merged', 'duplicate')} | {count('refused', 'unmatched')} | "
        f"{int((nights['problem'] != '').sum())} | {len(factor_names(nights))} | "
        f"{nights.index.min():%Y-%m-%d} | {nights.index.max():%Y-%m-%d} |"
    )
    return int(rows - (sum(counts.values()) - counts.get("skipped", 0)))


def companion(product: str, path: Path) -> int:
    """Print the row of a file that has evenings only."""
    drafts, _ = gather(path, "auto", known_formats(), Options())
    fates = [fate_of(draft) for draft in drafts]
    evenings = companion_frame(drafts, fates)
    rows = sum(len(draft.table) for draft in drafts)
    joined = sum(int((status == "joined").sum()) for status, _ in fates)
    if evenings.empty:
        print(f"| {product} | {path.name} | {drafts[0].format} | {rows} | with its nights only |" +
              " |" * 8)  # fmt: skip
        return 0
    print(
        f"| {product} | {path.name} | {drafts[0].format} | {rows} | 0 ({len(evenings)} evenings) "
        f"| 0 | {joined} | 0 | {rows - joined} | {sum(len(draft.problems) for draft in drafts)} | "
        f"{evenings.shape[1]} | {evenings.index.min():%Y-%m-%d} | {evenings.index.max():%Y-%m-%d} |"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
