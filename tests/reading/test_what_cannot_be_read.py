"""What cannot be read is named for what it is, once for each kind of problem, with the way on."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from exports import read

import sleepstats as ss
from sleepstats import DiaryError
from sleepstats.reading import text as text_room
from sleepstats.reading.text import documents

#: First bytes as the specifications of the formats give them.
KINDS = {
    "photo.heic": (b"\x00\x00\x00\x20ftypheic\x00\x00\x00\x00mif1heic", "this is a picture"),
    "scan.png": (b"\x89PNG\r\n\x1a\n\x00\x00", "this is a picture"),
    "scan.jpg": (b"\xff\xd8\xff\xe0\x00\x10JFIF", "this is a picture"),
    "scan.tif": (b"II*\x00\x08\x00\x00\x00", "this is a picture"),
    "page.pdf": (b"%PDF-1.7\n", "this is a PDF"),
    "page.html": (b"<!DOCTYPE html><html><body>hi</body></html>", "a web page"),
    "other.xml": (b"<?xml version='1.0'?><note>a</note>", "XML of another kind"),
    "notes.md": (b"# My sleep\n\nI slept badly.\n", r"a text \(Markdown\)"),
    "notes.rtf": (b"{\\rtf1\\ansi hello}", r"a document \(RTF\)"),
}


@pytest.mark.parametrize("name", KINDS)
def test_files_of_other_kinds_are_named(name: str, tmp_path: Path) -> None:
    raw, words = KINDS[name]
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(DiaryError, match=words):
        ss.read_diary(tmp_path / name)


def test_a_markdown_table_is_read() -> None:
    rows = "".join(f"| 2031-03-0{day} | 23:1{day} | 07:1{day} |\n" for day in range(1, 9))
    got = read("# My sleep\n\n| date | bed time | wake time |\n|---|---|---|\n" + rows)
    assert len(got) == 8


def test_one_line_for_each_kind_of_problem() -> None:
    rows = "".join(f"3/{day}-31,23:10,07:30\n" for day in range(1, 29))
    with pytest.raises(DiaryError) as caught:
        read("date,bed time,wake time\n" + rows)
    assert len(caught.value.problems) == 28
    text = str(caught.value)
    assert text.count("is not a date") == 1
    assert text.endswith("The same in 28 rows: lines 2, 3, 4, 5, 6, ….")


def test_what_was_understood_is_said_and_the_nearest_of_what_was_not() -> None:
    with pytest.raises(DiaryError) as caught:
        read("started,bedtme,coffee\nx,y,1\n")
    assert "not understood: 'started'" in str(caught.value)
    assert "'bedtme' (nearest: 'bedtime')" in str(caught.value)


def test_an_unknown_clock_where_no_bed_time_is_may_be_it() -> None:
    rows = "".join(f"2031-03-{day:02d},23:{day},07:30,{day % 3}\n" for day in range(10, 28))
    got = read("date,hinx,wake up,coffee\n" + rows)
    told = got.attrs["sleepstats"]["roles"]["hinx"]
    assert told["role"] == "aside"
    assert "columns={'hinx': 'into_bed'}" in told["why"]


def test_a_diary_in_an_unknown_language_is_told_its_two_clocks(tmp_path: Path) -> None:
    rows = "".join(f"{day:02d}. 3. 2031;23:{day};07:{day};3\n" for day in range(10, 28))
    path = tmp_path / "cesky.csv"
    path.write_text("Datum;Ulehnutí;Probuzení;Káva\n" + rows, encoding="utf-8")
    wanted = {"Ulehnutí": "into_bed", "Probuzení": "final_wake"}
    with pytest.raises(DiaryError) as caught:
        ss.read_diary(path)
    assert f"columns={wanted}" in str(caught.value)
    assert len(read(path, columns=wanted)) == 18
    run = [sys.executable, "-m", "sleepstats", "check", str(path)]
    said = subprocess.run(run, capture_output=True, text=True, check=False, encoding="utf-8")
    assert said.returncode == 2
    asked = "--column 'Ulehnutí=into_bed' --column 'Probuzení=final_wake'"
    assert asked in said.stderr
    options = [f"--column={header}={column}" for header, column in wanted.items()]
    said = subprocess.run([*run, *options], capture_output=True, check=False)
    assert said.returncode == 0


def test_json_is_not_read_beyond_what_a_diary_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_room, "MOST_BYTES", 2**20)
    path = tmp_path / "sleep-2031.json"
    path.write_text("[" + ",".join(['{"dateOfSleep": "2031-03-01"}'] * 40_000) + "]")
    with pytest.raises(DiaryError, match="1 MB of JSON, and no more than 1 MB are read at once"):
        ss.read_diary(path)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_long_export_shows_how_far_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    record = (
        '<Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="Watch" '
        'startDate="2031-03-01 23:00:00 +0000" endDate="2031-03-02 06:00:00 +0000" '
        'value="HKCategoryValueSleepAnalysisAsleepCore"/>\n'
    )
    steps = '<Record type="HKQuantityTypeIdentifierStepCount" value="9"/>\n' * 60_000
    text = f"<HealthData>\n{record}{steps}</HealthData>".encode()
    monkeypatch.setattr(documents, "_LONG", 2**20)
    screen = _Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    documents.health_table("export.xml", io.BytesIO(text))
    assert "Reading export.xml: " in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")  # nothing is left of it


def test_a_column_is_not_mapped_to_a_name_that_means_another():
    """The clock time would become a habit of its own, in silence."""
    text = "date,bed time,wake time\n2026-01-05,23:10,07:00\n2026-01-06,23:20,07:05\n"
    with pytest.raises(DiaryError, match="'bedtime' is no column of nights") as raised:
        ss.read_diary(io.StringIO(text), columns={"bed time": "bedtime"})
    assert "columns={'bed time': 'into_bed'}" in str(raised.value)
    assert "--column 'bed time=into_bed'" in raised.value.shell
    with pytest.raises(DiaryError, match="did you mean 'final_wake'"):  # a slip of the pen
        ss.read_diary(io.StringIO(text), columns={"wake time": "fnal_wake"})
    nights = ss.read_diary(io.StringIO(text), columns={"wake time": "sauna"}, labels="evening")
    assert "sauna" in nights


def test_years_without_a_night_are_told():
    """60 years: the second file is another's, or its years are mistyped."""
    text = "date,into bed,out of bed\n{0}-01-05,23:10,07:00\n{0}-01-06,23:20,07:05\n"
    files = [io.StringIO(text.format(year)) for year in (1966, 2026)]
    with pytest.warns(ss.DiaryWarning, match="Between 1966-01-0. and 2026-01-0. lie 60 years"):
        ss.read_diary(files, labels="evening")


def test_values_without_a_line_of_names_are_told_as_that(tmp_path) -> None:
    # a log kept by a script: no header at all
    file = tmp_path / "log.csv"
    file.write_text("2026-01-05,23:10,06:40,2\n2026-01-06,23:20,06:50,1\n", encoding="utf-8")
    with pytest.raises(DiaryError, match="It holds values, no names: write a line of names above"):
        ss.read_diary(file)
