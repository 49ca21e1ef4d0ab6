"""Mangled exports: nothing but DiaryError, every line accounted for, no impossible night.

The ways of mangling, and what must hold, stand in ``benchmarks/fuzz_reading.py``, which runs any
number of tries; here hypothesis chooses, and shrinks what it finds.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import random
import re
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sleepstats as ss

ROOT = Path(__file__).parents[2]


def _benchmark(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


fuzz = _benchmark("fuzz_reading")
speed = _benchmark("reading_speed")
TEXTS = {file: file.read_bytes().decode("utf-8-sig") for file in fuzz.FILES}


@settings(
    max_examples=600, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(
    file=st.sampled_from(fuzz.FILES),
    changes=st.lists(st.sampled_from(fuzz.CHANGES), min_size=1, max_size=4),
    seed=st.integers(0, 2**32 - 1),
    zone=st.sampled_from(fuzz.ZONES),
    cut=st.booleans(),
)
def test_a_mangled_export_is_read_or_refused(
    file: Path, changes: list, seed: int, zone: str | None, cut: bool
) -> None:
    text, rng = TEXTS[file], random.Random(seed)
    beside, text = fuzz.halves(text, rng) if cut else ("", text)
    for change in changes:
        text = change(text, rng)
    fuzz.read_mangled(file, text, zone, beside)


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("file", fuzz.FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_what_is_read_in_any_zone_passes_the_check_of_nights(file: Path, zone: str) -> None:
    assert fuzz.read_mangled(file, TEXTS[file], zone) in ("read", "joined")
    for day in fuzz.CHANGING[:2] if "York" in zone else fuzz.CHANGING[5:6]:
        days = sorted(set(re.findall(r"20\d\d-\d\d-\d\d", TEXTS[file])))
        text = TEXTS[file].replace(days[0], day) if days else ""
        if text:
            fuzz.read_mangled(file, text, zone)


@pytest.mark.parametrize("file", fuzz.FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_an_export_that_is_not_mangled_is_read(file: Path) -> None:
    assert fuzz.read_mangled(file, TEXTS[file]) in ("read", "joined")


@pytest.mark.parametrize("file", fuzz.FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_long_history_is_read_as_well(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Long plain tables are split by another parser."""
    monkeypatch.setattr("sleepstats.reading.text.raw_table.LONG_TEXT", 1000)
    assert fuzz.read_mangled(file, speed.blown_up(TEXTS[file], 1500)) in ("read", "joined")


@pytest.mark.parametrize(
    "change", sorted(set(fuzz.CHANGES), key=lambda c: c.__name__), ids=lambda c: c.__name__
)
def test_each_change_bears_the_smallest_files(change) -> None:
    for text in ("a", "a,b\n", "\n", '"', "a;b\n1;2\n"):
        assert isinstance(change(text, random.Random(1)), str)


def test_a_lost_line_would_be_noticed() -> None:
    import io
    import warnings

    import sleepstats as ss

    text = "night,into_bed,out_of_bed\n2026-01-05,23:00,7:00\n"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source = io.StringIO(text)
        source.name = "mangled.csv"
        nights = ss.read_diary(source)
    fuzz.check(nights, text)
    with pytest.raises(AssertionError, match=r"lines \[3\] are not accounted for"):
        fuzz.check(nights, text + "2026-01-06,23:00,7:00\n")


def test_stamps_that_are_none_and_numbers_without_end_are_told():
    """Found by mangled files: no date in a column of stamps; 300 digits where numbers stand."""
    stamps = "Timestamp,Bedtime,Wake time\n" + "1026/01/06 7:31:05 AM GMT+1,22:45,6:50\n" * 4
    with pytest.raises(ss.DiaryError):
        ss.read_diary(io.StringIO(stamps))
    digits = "".join(f"2026-03-0{day},23:00,7:00,{'9' * 400}\n" for day in range(1, 6))
    with pytest.warns(ss.DiaryWarning, match="no amount that anybody counts"):
        nights = ss.read_diary(io.StringIO("date,bed,wake,units\n" + digits))
    assert len(nights) == 5


def test_a_known_number_that_is_none_is_kept_apart():
    """Found by mangled files: clock times where the share of oxygen stands."""
    rows = "".join(f"2026-03-0{day},23:00,7:00,15:30\n" for day in range(1, 8))
    with pytest.warns(ss.DiaryWarning, match="something else in a diary: numbers"):
        nights = ss.read_diary(io.StringIO("date,bed,wake,Blood oxygen %\n" + rows))
    assert "blood_oxygen_pct" not in nights
    assert len(ss.check_nights(nights)) == 7


@pytest.mark.filterwarnings("ignore::sleepstats.DiaryWarning")
def test_degrees_beyond_all_numbers_and_devices_without_an_evening():
    """Found by mangled files: 1e308 degrees Fahrenheit; one record in the year 9999."""
    text = (ROOT / "tests/reading/fixtures/sleep_cycle/new.csv").read_text(encoding="utf-8")
    assert len(ss.read_diary(io.StringIO(text.replace(";50.0;", ";1e308;", 1)))) > 0
    exported = "tests/reading/fixtures/simple_health_export/phone_and_watch.csv"
    text = (ROOT / exported).read_text(encoding="utf-8")
    for year in ("9999", "0001"):
        mangled = text.replace(",2026-01-02 22:30", f",{year}-01-02 22:30", 1)
        mangled = mangled.replace(",2026-01-03 06:30", f",{year}-01-03 06:30", 1)
        assert len(ss.read_diary(io.StringIO(mangled))) > 0


#: What long cells are made of: single signs, and what patterns of cells begin with.
LONG = (
    "x", "9", "0", "(", ")", "[", "{", '"', "'", ".", ",", ":", ";", "-", "–", "/", "\\", "_",
    "#", "*", "+", "=", "<", "&", "%", "$", "@", "~", "|", "?", " ", "\u00a0", "\u3000", "\t",
    "é", "日", "年", "🛌", "１", "½", "a ", "a b ", "9 ", "9.", "9,", "9:", "9-", "9/", "(a) ",
    "9(", "a(", "()", "[1] ", "1h ", "1h2m ", "7:30 ", "12:30-", "2026-", "2026-01-05 ", "am ",
    "x2 ", "2x", "a, ", "a | ", "mg ", "1 mg ", "1 to ", "or ", "half ", "from 1 ", "1 (", "aA",
    "ab1", "#a ", "\u0301", "\u200b", "'s", "3-1 ", "asleep 10:00 - ", "bed ", "sp o", "★", "1/",
    "e9", "<b>", "&amp;", "https:/", "no ", "yes ",
)  # fmt: skip


@pytest.mark.filterwarnings("ignore::sleepstats.DiaryWarning")
@pytest.mark.parametrize(
    ("header", "plain", "end"),
    [
        ("notes", "tea", "!"),
        ("medication", "5 mg", ""),
        ("coffee", "2", ""),
        ("screens", "15-30 min", ""),
        ("went", "23:10", "!"),
    ],
)
def test_long_cells_take_as_long_as_they_are(header, plain, end):
    """20,000 letters of every kind are read in seconds; what was tried at each of them took hours.

    A column for each kind, its other cells plain. The bound: 89 such cells took 2 to 4 s; a pattern
    that begins anew in the middle of a run takes 20,000 squared steps, 5 s and more for each cell.
    """
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["date", "bed time", "got up", *(f"{header} {i}" for i in range(len(LONG)))])
    for day in range(5, 15):
        cells = [(one * 20_000)[:20_000] + end for one in LONG] if day == 9 else [plain] * len(LONG)
        table.writerow([f"2026-01-{day:02d}", "23:10", "07:00", *cells])
    began = time.process_time()
    nights = ss.read_diary(io.StringIO(out.getvalue()))
    assert time.process_time() - began < 60
    assert len(nights) == 10


@pytest.mark.filterwarnings("ignore::sleepstats.DiaryWarning")
@pytest.mark.parametrize("letters", ["x", "9", "a b ", "x-", "1 x ", "sleep ", "a(", "x. ", "🛌"])
def test_a_long_header_takes_as_long_as_it_is(letters):
    """A header of 32,000 letters took 5 to 25 s: each of its words had the whole searched anew.

    The bound: it takes 0.1 to 0.2 s; what is quadratic in it takes 100 times the least of these.
    """
    rows = "".join(f"2026-01-{day:02d},23:10,07:00,1\n" for day in range(5, 15))
    header = (letters * 32_000)[:32_000]
    began = time.process_time()
    nights = ss.read_diary(io.StringIO(f"date,bed time,got up,{header}\n{rows}"))
    assert time.process_time() - began < 3
    assert len(nights) == 10


def test_a_long_cell_of_scales_is_searched_once():
    """Found by mangled files: 80,000 letters without a number took minutes."""
    from sleepstats.reading.formats.daylio import _SCALE

    for cell in ("a b " * 20_000, " " * 80_000, ": " * 40_000):
        assert re.search(_SCALE, cell) is None
    assert re.search(_SCALE, "foo: bar: 3")["name"].strip() == "bar"
