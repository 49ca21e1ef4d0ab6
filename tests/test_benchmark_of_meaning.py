"""The benchmark of meaning is whole: its lists agree with its tables, which can be made again."""

import csv
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from sleepstats.columns import DICTIONARY

HERE = Path(__file__).parents[1] / "benchmarks" / "meaning"
ROLES = {
    "date", "clock", "night", "morning", "habit", "aside", "person", "id", "note", "unused",
}  # fmt: skip


def listed(name):
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def module(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.mark.parametrize("name", ["headers.csv", "headers_later.csv", "tables.csv"])
def test_roles_and_names_are_those_there_are(name):
    for row in listed(name):
        assert set(row["role"].split("|")) <= ROLES, row
        assert set(row["column"].split("|")) <= {"", *DICTIONARY}, row


def test_headers_stand_once_and_have_cells():
    rows = listed("headers.csv") + listed("headers_later.csv")
    assert len({row["header"] for row in rows}) == len(rows) >= 330
    assert len({row["language"] for row in rows}) == 11
    assert all(3 <= len(row["example_cells"].split("|")) <= 5 for row in rows)


def test_tables_are_what_the_script_writes(tmp_path, monkeypatch):
    maker = module(HERE / "make_tables.py")
    for name in ("tables.csv", "tables_expect.csv"):
        (tmp_path / name).write_bytes((HERE / name).read_bytes())
    monkeypatch.setattr(maker, "HERE", tmp_path)
    maker.main()
    names = {f"{row['table']}.csv" for row in listed("tables_expect.csv")}
    assert names == {path.name for path in (HERE / "tables").iterdir()}
    assert {row["table"] for row in listed("tables.csv")} == {name[:-4] for name in names}
    for name in sorted(names):
        assert (tmp_path / "tables" / name).read_bytes() == (HERE / "tables" / name).read_bytes()


def test_simulated_nights_add_up():
    maker = module(HERE / "make_tables.py")
    for sim in ({}, {"bed": "23:55"}, {"shift": "1"}):
        night = maker.Nights(np.random.default_rng(1), np.datetime64("2031-03-03"), 400, sim)
        np.testing.assert_array_equal(night.tst, night.wake - night.onset - night.waso)
        np.testing.assert_array_equal(night.tst, night.light + night.deep + night.rem)
        np.testing.assert_array_equal(night.tib, night.tst + night.awake)
        assert (night.up[:-1] < night.bed[1:] + maker.DAY).all()  # a night ends before the next


@pytest.mark.parametrize(
    ("role", "column", "said", "verdict"),
    [
        ("night", "sol_min", "", "right"),
        ("night", "latency", "", "wrong in silence"),  # of the night, but its minutes are lost
        ("habit", "latency", "", "wrong in silence"),
        ("habit", "latency", "Latency is read.", "wrong in silence"),  # not named as a column
        ("habit", "latency", "Column 'Latency' is read as a habit.", "wrong, told"),
        ("aside", "latency", "", "wrong, told"),
        ("", "", "", "wrong in silence"),
    ],
)
def test_a_column_is_right_told_or_silent(monkeypatch, role, column, said, verdict):
    # worked out from the words at the head of benchmarks/meaning.py
    path = HERE.parent / "meaning.py"
    spec = importlib.util.spec_from_file_location("meaning", path)
    meaning = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "meaning", meaning)  # dataclasses look their module up
    spec.loader.exec_module(meaning)
    got = meaning.Reading(nights=(), roles={"Latency": {"role": role, "column": column}}, said=said)
    expected = {"header": "Latency", "role": "night", "column": "sol_min"}
    assert meaning.verdict_on(expected, got)[0] == verdict
    refused = meaning.Reading(error="No.")
    assert meaning.verdict_on(expected, refused)[0] == "wrong, told"
