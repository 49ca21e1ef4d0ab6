"""Archives, workbooks, JSON, XML and file objects of every make, whole and damaged.

The wrappings, and what must hold, stand in ``benchmarks/fuzz_containers.py``; a part of its tries
is run here. Below it single cases, each with what it once did. The files are made here.
"""

from __future__ import annotations

import importlib.util
import io
import sys
import warnings
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

import sleepstats as ss
from sleepstats import DiaryError, DiaryWarning

ROOT = Path(__file__).parents[2]


def _benchmark(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(spec.name, module)
    spec.loader.exec_module(module)
    return module


_benchmark("fuzz_reading")
wrapped = _benchmark("fuzz_containers")
DIARY = b"night,into_bed,out_of_bed\n2026-01-05,23:10,07:00\n2026-01-06,23:20,07:10\n"


@pytest.mark.parametrize("part", range(4))
def test_a_wrapping_changes_nothing_or_is_refused(part: int, tmp_path: Path) -> None:
    for number in range(part * 25, part * 25 + 25):
        folder = tmp_path / str(number)
        folder.mkdir()
        ended = wrapped.once(20, number, folder)
        assert ended.rpartition(": ")[2] in ("read", "refused")


def refused(source: object) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", DiaryWarning)
        with pytest.raises(DiaryError) as raised:
            ss.read_diary(source)
    return str(raised.value)


def archive(way: int, **files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", way) as made:
        for name, raw in files.items():
            made.writestr(name.replace("__", "/").replace("_csv", ".csv"), raw)
    return out.getvalue()


@pytest.mark.parametrize("way", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_damaged_anywhere_is_read_as_it_was_or_refused(way: int) -> None:
    """Once zlib's own error, or a ValueError of a place before the beginning."""
    raw = archive(way, a__diary_csv=DIARY)
    nights = ss.read_diary(wrapped.Named(raw, "x.zip"))
    assert len(nights) == 2
    for at in range(0, len(raw), 3):
        for letter in (raw[at] ^ 0xFF, raw[at] ^ 0x01):
            broken = raw[:at] + bytes([letter]) + raw[at + 1 :]
            try:
                got = ss.read_diary(wrapped.Named(broken, "x.zip"))
            except DiaryError as error:
                assert len(str(error)) > 20  # noqa: PT017
            else:
                assert got["into_bed"].tolist() == nights["into_bed"].tolist()
    for end in range(4, len(raw), 7):
        assert refused(wrapped.Named(raw[:end], "x.zip"))


def test_a_file_that_would_lie_elsewhere_is_refused() -> None:
    for name in ("/etc/passwd.csv", "../a.csv", "a/../../b.csv", "C:/a.csv", "\\a\\b.csv"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as made:
            made.writestr(name, DIARY)
        assert "would lie outside of its folder" in refused(wrapped.Named(out.getvalue(), "x.zip"))


def test_archives_that_unpack_to_more_than_there_is_are_refused_at_once() -> None:
    """The sizes are those that the archive declares; nothing is unpacked to find out."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        with made.open("xl/sharedStrings.xml", "w", force_zip64=True) as file:
            for _ in range(520):
                file.write(bytes(2**20))
        made.writestr("xl/workbook.xml", "<workbook/>")
    assert "this workbook would unpack to 520 MB" in refused(
        wrapped.Named(out.getvalue(), "bomb.xlsx")
    )


def test_rows_repeated_a_thousand_million_times_end_with_the_sheet() -> None:
    pytest.importorskip("odf")
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    from sleepstats.reading.text import documents

    book, sheet = OpenDocumentSpreadsheet(), Table(name="a")
    for cells, times in ((("night", "into_bed"), 1), (("2026-01-05", "23:10"), 10**9)):
        row = TableRow(numberrowsrepeated=times)
        for text in cells:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=text))
            row.addElement(cell)
        sheet.addElement(row)
    book.spreadsheet.addElement(sheet)
    out = io.BytesIO()
    book.save(out)
    ((_, rows),) = documents._ods(out.getvalue())
    assert len(rows) == documents._ROWS + 1


def test_a_text_that_is_binary_is_refused_as_bytes_are() -> None:
    text = DIARY.decode() + "2026-01-07,23:\x00,07:00\n"
    for source in (io.StringIO(text), io.BytesIO(text.encode())):
        assert "this is a binary file, not text" in refused(source)


@pytest.mark.parametrize("make", range(len(wrapped.STRANGE)))
def test_what_is_no_export_is_said(make: int) -> None:
    assert len(refused(wrapped.STRANGE[make]())) > 20


def test_entities_of_xml_are_not_followed() -> None:
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    for inside in (f'[<!ENTITY l0 "lol">{laughs}]', 'SYSTEM "file:///etc/passwd"'):
        text = (
            f"<?xml version='1.0'?><!DOCTYPE HealthData {inside}><HealthData><Record "
            "type='HKCategoryTypeIdentifierSleepAnalysis' sourceName='&l9;'/></HealthData>"
        )
        said = refused(io.BytesIO(text.encode()))
        assert "declares entities" in said or "SYSTEM" in inside
        assert "lol" not in said
        assert "root" not in said
