"""Prove that a change of the code changed no result: a short hash of every text and number.

    python benchmarks/digest.py --out NEW.json [--full DIR] [--quick]
    python benchmarks/digest.py --compare OLD.json NEW.json

Digested: what becomes of every fixture, sample and (beside the checkout) real export; what is asked
of each; every other public question; whole reports (not with ``--quick``); the notebooks' outputs.
``--full`` keeps the text behind each hash, so that ``--compare`` shows what differs.
"""

import argparse
import dataclasses
import difflib
import gzip
import hashlib
import json
import os
import re
import sys
import time
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
# one thread: how numpy splits a sum depends on their number; the path is for the commands below
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "Agg", "PYTHONPATH": str(ROOT)}

import digest_items as items
import numpy as np
import pandas as pd

import sleepstats as ss


def plain(value):
    """Return a value as JSON knows it: floats to the bit, no order where there is none."""
    if value is None or isinstance(value, (bool, str, int)):
        return value
    if isinstance(value, (float, np.floating)):
        return repr(float(value))  # the shortest text that reads back as the same bits
    if value is pd.NA or value is pd.NaT or isinstance(value, os.PathLike):
        return os.path.basename(str(value))
    if isinstance(value, np.generic) and not isinstance(value, np.datetime64):
        return plain(value.item())
    if isinstance(value, dict):
        return {str(plain(key)): plain(entry) for key, entry in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((plain(entry) for entry in value), key=str)
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if isinstance(value, (pd.DataFrame, pd.Series)):
        return frame_text(pd.DataFrame(value)).splitlines()
    if isinstance(value, (np.ndarray, pd.Index, pd.api.extensions.ExtensionArray)):
        return [str(value.dtype), *map(plain, value)]
    if dataclasses.is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    return value.isoformat() if hasattr(value, "isoformat") else repr(value)


def frame_text(frame):
    """One line per cell, so that a difference names its row and column."""
    index = frame.index
    lines = [f"index {index.names} {type(index).__name__} {getattr(index, 'dtype', '')}"]
    lines += [f"columns {list(frame.columns)}", *(f"index {plain(entry)}" for entry in index)]
    for place, name in enumerate(frame.columns):
        column = frame.iloc[:, place]
        lines.append(f"{name}: {column.dtype}")
        lines += [f"{name} [{row}] {type(cell).__name__} {json.dumps(plain(cell), sort_keys=True)}"
                  for row, cell in enumerate(column)]  # fmt: skip
    return "\n".join(lines)


class Digest:
    """The hashes by item, and with ``full`` the texts in a folder."""

    def __init__(self, full):
        self.items, self.full = {}, full

    def add(self, item, value):
        """Digest a value under a name that is used once."""
        if item in self.items:
            raise ValueError(f"two items are called {item!r}")
        text = frame_text(value) if isinstance(value, pd.DataFrame) else value
        if not isinstance(text, str):
            text = json.dumps(plain(value), sort_keys=True, indent=0, ensure_ascii=False)
        text = text.replace(f"{items.SHARED}/", "").replace(f"{ROOT}/", "").replace(str(ROOT), "")
        data = re.sub(r" at 0x[0-9a-f]+", " at 0x", text).encode()
        self.items[item] = hashlib.sha256(data).hexdigest()[:16]
        if self.full:
            (self.full / stored(item)).write_bytes(gzip.compress(data, 3, mtime=0))

    def ask(self, item, function, *given, **options):
        """Digest what a call returns, warns of or raises; return its value or None."""
        value = None
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                value = function(*given, **options)
                said = getattr(
                    value, "sentences", value
                )  # sentences were once a class of their own
                if isinstance(said, tuple) and all(isinstance(one, str) for one in said):
                    value = list(said)
                self.add(item, value)
                if getattr(value, "attrs", None):
                    self.add(f"{item} | attrs", value.attrs)
                if dataclasses.is_dataclass(value):
                    self.add(f"{item} | said", str(value))
                    self.add(f"{item} | shown", getattr(value, "_repr_html_", str)())
            except Exception as error:
                self.add(item, f"{type(error).__name__}: {error}")
        told = [f"{one.category.__name__}: {one.message}" for one in caught]
        if told:
            self.add(f"{item} | warnings", "\n".join(told))
        return value


def stored(item):
    words = re.sub(r"[^\w.-]+", "_", item)[:120]  # two items may differ in signs only
    return f"{words}_{hashlib.sha256(item.encode()).hexdigest()[:8]}.txt.gz"


def compare(old_file, new_file):
    """Print each item that differs, with its first lines where both texts were kept."""
    sides = [json.loads(file.read_text("utf-8")) for file in (old_file, new_file)]
    old, new = (side["items"] for side in sides)
    names = sorted({*old, *new})
    different = [name for name in names if old.get(name) != new.get(name)]
    for name in different:
        print(name, *[": only in OLD"] * (name not in new), *[": only in NEW"] * (name not in old))
        kept = [Path(side["full"] or "none") / stored(name) for side in sides]
        if all(path.is_file() for path in kept):
            texts = [gzip.decompress(path.read_bytes()).decode().splitlines() for path in kept]
            for line in list(difflib.unified_diff(*texts, lineterm="", n=0))[2:12]:
                print(f"    {line[:300]}")
    one_side = len({*old} ^ {*new})
    print(f"{len(names)} items: {len(different) - one_side} differ, {one_side} on one side only.")
    return int(bool(different))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="write the hashes here")
    parser.add_argument("--full", type=Path, help="keep the text behind each hash in this folder")
    parser.add_argument("--quick", action="store_true", help="no reports")
    parser.add_argument("--compare", type=Path, nargs=2, metavar=("OLD", "NEW"))
    given = parser.parse_args()
    if given.compare:
        return compare(*given.compare)
    if not given.out or not Path(ss.__file__).is_relative_to(ROOT):
        parser.error(f"--out is needed, and sleepstats of {ROOT}, not {ss.__file__}")
    if given.full:
        given.full.mkdir(parents=True, exist_ok=True)
    digest, start = Digest(given.full and given.full.resolve()), time.perf_counter()
    for name, nights in items.reading(digest).items():
        items.asking(digest, name, nights)
    items.questions(digest)
    for file in sorted((ROOT / "notebooks").glob("*.ipynb")):
        items.outputs(digest, f"notebook {file.name}", file)
    items.commands(digest, with_reports=not given.quick)
    kept = {"full": str(digest.full or ""), "items": digest.items}
    given.out.write_text(json.dumps(kept, indent=0) + "\n", encoding="utf-8")
    print(f"{len(digest.items)} items in {time.perf_counter() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
