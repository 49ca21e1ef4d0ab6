"""Give the invented exports to ``read_diary`` in other wrappings, whole and damaged.

    python benchmarks/fuzz_containers.py 5000 --seed 1

Each table, as it is or mangled as in ``fuzz_reading.py``, is read once as plain bytes and once as
something else: a path, a text, a file object of every make, UTF-16 and old encodings, an archive
with folders in it, a workbook with formulas, errors and merged cells, JSON, Apple's XML; some of
these with bytes changed, cut off or put in. What must hold, or the program prints the case and ends
with status 1: nothing but a ``DiaryError`` with words, no foreign warning, nights that
``check_nights`` accepts; where nothing was damaged and the wrapping changes no letter, the very
same nights; of a workbook, every row that is not blank in the account.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fuzz_reading as fuzz
import pandas as pd

import sleepstats as ss
from sleepstats.errors import DiaryError, DiaryWarning

NAME = "mangled.csv"


class Named(io.BytesIO):
    """Bytes with a name."""

    def __init__(self, raw: bytes, name: str = NAME) -> None:
        super().__init__(raw)
        self.name = name


class Slow(io.RawIOBase):
    """Give a few bytes at a time, as a socket does."""

    def __init__(self, raw: bytes) -> None:
        self.rest = io.BytesIO(raw)
        self.name = NAME

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Give a little."""
        part = self.rest.read(min(len(buffer), 4099))
        buffer[: len(part)] = part
        return len(part)


class Only:
    """Have a ``read`` and nothing else."""

    name = NAME

    def __init__(self, gives: Any) -> None:
        self.gives = [gives]

    def read(self) -> Any:
        """Give everything once, whatever it is."""
        return self.gives.pop() if self.gives else b""


class Place:
    """Be like a path, and none."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __fspath__(self) -> str:
        return str(self.path)


# Wrappings that change no letter: folder, text -> what read_diary gets.


def on_disk(folder: Path, text: str) -> Path:
    path = folder / NAME
    path.write_bytes(text.encode("utf-8", "replace"))
    return path


def _text(folder: Path, text: str) -> io.StringIO:
    stream = io.StringIO(text, newline="")
    stream.name = NAME
    return stream


def _zipped(raw: bytes, name: str, rng: random.Random) -> Named:
    """Put a file into an archive, among others and in folders."""
    out = io.BytesIO()
    way = rng.choice(
        [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
    )
    with zipfile.ZipFile(out, "w", way) as archive:
        for more in rng.sample(["a/", "readme.md", "__MACOSX/._x.csv", "b/c/d/photo.png"], 2):
            archive.writestr(more, b"" if more.endswith("/") else b"\x00\x01 x")
        archive.writestr(rng.choice(["", "export/", "a/b/c/d/e/"]) + name, raw)
    return Named(out.getvalue(), "export.zip")


SAME: dict[str, Callable[[Path, str], Any]] = {
    "path": on_disk,
    "text path": lambda folder, text: str(on_disk(folder, text)),
    "like a path": lambda folder, text: Place(on_disk(folder, text)),
    "list": lambda folder, text: [on_disk(folder, text)],
    "tuple": lambda folder, text: (on_disk(folder, text),),
    "folder": lambda folder, text: on_disk(folder, text).parent,
    "text": _text,
    "open file": lambda folder, text: on_disk(folder, text).open("rb"),
    "open text": lambda folder, text: on_disk(folder, text).open(encoding="utf-8", newline=""),
    "unbuffered": lambda folder, text: on_disk(folder, text).open("rb", buffering=0),
    "slow": lambda folder, text: Slow(text.encode("utf-8", "replace")),
    "only read": lambda folder, text: Only(text.encode("utf-8", "replace")),
    "bytearray": lambda folder, text: Only(bytearray(text.encode("utf-8", "replace"))),
    "mark": lambda folder, text: Named(b"\xef\xbb\xbf" + text.encode("utf-8", "replace")),
}


# Wrappings that change letters or types.


def _encoded(text: str, rng: random.Random) -> Named:
    way = rng.choice(["utf-16", "utf-16-le", "utf-32", "cp1252", "latin-1", "cp1251", "shift_jis",
                      "gb18030", "utf-7", "mac_roman", "utf-8-sig"])  # fmt: skip
    return Named(text.encode(way, "replace"))


def _record_of_text(text: str) -> list[dict[str, Any]]:
    rows, _ = fuzz.rows_of(text)
    head = rows[0] if rows else []
    return [dict(zip(head, row, strict=False)) for row in rows[1:] if any(row)]


def _typed(cell: str, rng: random.Random) -> Any:
    for make in (int, float, pd.Timestamp):
        try:
            value = make(cell)
        except Exception:
            continue
        if rng.random() < 0.7 and not (isinstance(value, float) and value != value):
            return value
    return {"true": True, "false": False, "": None}.get(cell.lower(), cell)


def _json(text: str, rng: random.Random) -> Named:
    """Write the rows as one of the shapes of JSON, with values of every kind."""
    records = _record_of_text(text)
    for record in records:
        for key in list(record):
            value = _typed(record[key], rng)
            record[key] = value if isinstance(value, bool | int | float | None) else str(value)
            if rng.random() < 0.02:
                record[key] = rng.choice([[], {}, [1, 2], {"a": {"b": 1}}, None, True, 1e308,
                                          float("nan"), "x" * 999, [[[]]], 10**40])  # fmt: skip
    shape: Callable[[Any], Any] = rng.choice(
        [lambda r: r, lambda r: {"data": r}, lambda r: {"a": {"b": {"c": r}}}, lambda r: [r],
         lambda r: r[0] if r else {}, lambda r: {"data": {"metrics": [{"name": "x", "data": r}]}},
         lambda r: {str(i): one for i, one in enumerate(r)}, lambda r: [*r, 5, None, "x", []]]
    )  # fmt: skip
    return Named(json.dumps(shape(records)).encode(), "export.json")


def _xml(text: str, rng: random.Random) -> Named:
    """Write sleep records as Apple does, some of them impossible."""
    kinds = ["InBed", "AsleepCore", "AsleepDeep", "AsleepREM", "Awake", "AsleepUnspecified", "x"]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<HealthData locale="de_DE">']
    now = pd.Timestamp("2026-01-05 22:00")
    for _ in range(rng.randint(0, 60)):
        end = now + pd.Timedelta(minutes=rng.choice([5, 30, 90, 400, -20, 0, 100_000]))
        zone = rng.choice(["+0100", "+0100", "-0500", "", "Z", "+9999"])
        stamps = [f"{at:%Y-%m-%d %H:%M:%S} {zone}" for at in (now, end)]
        if rng.random() < 0.05:
            stamps[rng.randrange(2)] = rng.choice(fuzz.JUNK).replace("\x00", "").replace('"', "")
        name = rng.choice(["Watch", "Watch", "Phone", "&#233;", "&lt;b&gt;", ""])
        lines.append(
            f'<Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="{name}" '
            f'startDate="{stamps[0]}" endDate="{stamps[1]}" '
            f'value="HKCategoryValueSleepAnalysis{rng.choice(kinds)}"/>'
        )
        now = end if rng.random() < 0.8 else end + pd.Timedelta(hours=rng.choice([2, 15, 24]))
        if not 2000 < now.year < 2100:
            now = pd.Timestamp("2026-02-05 22:00")
    if rng.random() < 0.15:
        lines.insert(1, rng.choice([
            '<!DOCTYPE h [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;&a;&a;&a;">]>',
            '<!DOCTYPE h SYSTEM "file:///etc/passwd">', "<!-- x -->",
        ]))  # fmt: skip
    lines.append("</HealthData>")
    return Named("\n".join(lines).encode(), "export.xml")


def _workbook(text: str, rng: random.Random) -> tuple[Named, int]:
    """Write the rows as a workbook; return it and how many rows are not blank."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    rows, _ = fuzz.rows_of(text)
    book = Workbook()
    sheet = book.active
    typed, filled = rng.random() < 0.5, 0
    for row in rows[:400]:
        cells = [ILLEGAL_CHARACTERS_RE.sub("", cell)[:30_000] for cell in row[:300]]
        told = [cell.strip() if cell.startswith(("=", "#")) else cell for cell in cells]
        if any(cell.strip() and not cell.startswith(("=", "#")) for cell in told):
            filled += 1
        values = [_typed(cell, rng) if typed and filled > 1 else cell for cell in cells]
        sheet.append([v.to_pydatetime() if _zoneless(v) else str(v) if isinstance(v, pd.Timestamp)
                      else v for v in values])  # fmt: skip
    for _ in range(rng.randint(0, 3)):
        cell = sheet.cell(rng.randint(1, len(rows) + 2), rng.randint(1, 12))
        cell.value = rng.choice(["=A1+1", "=NOW()", "#DIV/0!", "#N/A", "=1/0", True, 1e300, 45000.9,
                                 "\n", " "])  # fmt: skip
    if rng.random() < 0.3:
        first = rng.randint(1, 5)
        sheet.merge_cells(start_row=first, end_row=first + rng.randint(0, 2), start_column=1,
                          end_column=rng.randint(1, 4))  # fmt: skip
        filled = 0  # of merged cells one value is left, so some rows are blank
    if rng.random() < 0.3:
        for name in rng.sample(["Notes", "Summary", "a/b".replace("/", "-"), "é"], 2):
            book.create_sheet(name).append(["x", 5, None])
        filled = 0
    out = io.BytesIO()
    book.save(out)
    return Named(out.getvalue(), "book.xlsx"), filled


def _zoneless(value: Any) -> bool:
    return isinstance(value, pd.Timestamp) and value.tzinfo is None and 1900 < value.year < 9000


def damaged(raw: bytes, rng: random.Random) -> bytes:
    """Change, cut off, put in or turn round some bytes."""
    if not raw:
        return raw
    for _ in range(rng.randint(1, 3)):
        i, j = sorted(rng.randrange(len(raw) + 1) for _ in range(2))
        way = rng.randrange(6)
        if way == 0:
            raw = raw[:i]
        elif way == 1:
            raw = raw[:i] + bytes(rng.randrange(256) for _ in range(rng.randint(1, 9))) + raw[i:]
        elif way == 2:
            raw = raw[:i] + raw[min(j, i + 200) :]
        elif way == 3:
            raw = raw[:i] + b"\x00" * rng.randint(1, 60) + raw[i:]
        elif way == 4:
            raw = raw[:i] + raw[i : i + 1].translate(bytes(range(255, -1, -1))) + raw[i + 1 :]
        else:
            raw = raw[i:] + raw[:i]
        if not raw:
            break
    return raw


#: What is no export at all.
STRANGE: tuple[Callable[[], Any], ...] = (
    lambda: (line for line in ("night,into_bed\n", "2026-01-05,23:00\n")),
    lambda: iter([]),
    lambda: {"a": 1},
    lambda: {1, 2},
    lambda: 5,
    lambda: None,
    lambda: object(),
    lambda: b"a,b\n1,2",
    lambda: pd.DataFrame({"night": ["2026-01-05"]}),
    list,
    lambda: [None],
    lambda: [[[]]],
    lambda: "",
    lambda: "\x00",
    lambda: " ",
    lambda: "a\nb",
    lambda: "http://x/y.csv",
    lambda: ".csv",
    lambda: Named(b""),
    lambda: Named(b"\n\n"),
    lambda: Named(b"\xff\xfe"),
    lambda: Named(b"PK\x03\x04"),
    lambda: Named(b"\x1f\x8b\x08"),
    lambda: Named(b"%PDF-1.4"),
    lambda: Named(b"{"),
    lambda: Named(b"[]"),
    lambda: Named(b"<"),
    lambda: Named(b"<?xml?>"),
    lambda: Named(b"[" * 100_000),
    lambda: Named(b'{"a":' * 100_000),
    lambda: Only(None),
    lambda: Only(5),
    lambda: Only(["a"]),
    lambda: io.StringIO("\ud800,a\n1,2\n"),
    lambda: sys,
    lambda: Path("/nope/nope.csv"),
    lambda: open,
    lambda: bytearray(b"a,b"),
    lambda: memoryview(b"a,b"),
    lambda: range(3),
    lambda: 1.5,
    lambda: True,
)


def once(seed: int, number: int, folder: Path) -> str:
    """Read one table in one wrapping; return what it was and how it ended."""
    rng = random.Random(seed * 1_000_003 + number)
    if rng.random() < 0.05:
        return _ended("strange", lambda: rng.choice(STRANGE)())
    text = fuzz.text_in(rng.choice(fuzz.FILES))
    if rng.random() < 0.5:
        text = fuzz.mangle(text, rng)
    how = rng.choice([*SAME, "zip", "zip", "encoded", "json", "xml", "xml", "workbook", "workbook"])
    filled = 0
    if how in SAME:
        return _same(how, folder, text)
    if how == "zip":
        made = _zipped(text.encode("utf-8", "replace"), NAME, rng)
    elif how == "encoded":
        made = _encoded(text, rng)
    elif how == "json":
        made = _json(text, rng)
    elif how == "xml":
        made = _xml(text, rng)
    else:
        made, filled = _workbook(text, rng)
    if rng.random() < 0.1:
        made = _zipped(made.getvalue(), made.name, rng)
    if rng.random() < 0.3:
        how, filled = f"damaged {how}", 0
        made = Named(damaged(made.getvalue(), rng), made.name)
    return _ended(how, lambda: made, filled)


def _same(how: str, folder: Path, text: str) -> str:
    """Read a text plainly and otherwise, and hold one against the other."""
    want = _nights(lambda: Named(text.encode("utf-8", "replace")))
    got = _nights(lambda: SAME[how](folder, text))
    both = [isinstance(one, pd.DataFrame) for one in (want, got)]
    if all(both):
        pd.testing.assert_frame_equal(want, got)
        pd.testing.assert_frame_equal(ss.reading_report(want), ss.reading_report(got))
    elif any(both):
        raise AssertionError(f"{how}: {want!r} and {got!r}")
    return f"{how}: {'read' if isinstance(got, pd.DataFrame) else 'refused'}"


def _ended(how: str, source: Callable[[], Any], filled: int = 0) -> str:
    got = _nights(source)
    if isinstance(got, pd.DataFrame) and filled:
        told = ss.reading_report(got)
        count = (told["problem"].ne("blank") | told["status"].ne("skipped")).sum()
        if count < filled:
            raise AssertionError(f"{filled} rows are not blank, {count} are told")
    return f"{how}: {'read' if isinstance(got, pd.DataFrame) else 'refused'}"


def _nights(source: Callable[[], Any]) -> pd.DataFrame | DiaryError:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", DiaryWarning)
        given = source()
        try:
            nights = ss.read_diary(given)
        except DiaryError as error:
            if not str(error).strip() or not all(error.problems) or not error.problems:
                raise AssertionError("an error without words") from error
            return error
        finally:
            if hasattr(given, "close") and not isinstance(given, type):
                given.close()
        return ss.check_nights(nights)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tries", type=int, nargs="?", default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", type=int, default=0, dest="first", help="begin at this one")
    given = parser.parse_args()
    began, ended, failures = time.perf_counter(), Counter[str](), Counter[str]()
    for number in range(given.first, given.first + given.tries):
        with tempfile.TemporaryDirectory() as folder:
            try:
                ended[once(given.seed, number, Path(folder))] += 1
            except Exception as error:
                where = traceback.extract_tb(error.__traceback__)
                inside = [f for f in where if "/sleepstats/" in f.filename] or where
                key = f"{type(error).__name__} at {inside[-1].filename}:{inside[-1].lineno}"
                failures[key] += 1
                if failures[key] == 1:
                    print(f"== #{number} {key}\n{traceback.format_exc()[-1500:]}", flush=True)
    counts = ", ".join(f"{count} {how}" for how, count in sorted(ended.items()))
    print(f"{given.tries} wrappings, seed {given.seed}, {time.perf_counter() - began:.0f} s: "
          f"{sum(failures.values())} finds; {counts}")  # fmt: skip
    for key, count in failures.most_common():
        print(f"{count:6d}  {key}")
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
