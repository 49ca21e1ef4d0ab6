"""Bytes to text cells with their line numbers; nothing is interpreted.

Here is what a file is by its first bytes: text, workbook, JSON, Apple's XML, an archive of these.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import IO, Any

from sleepstats.errors import DiaryError
from sleepstats.reading.text import documents
from sleepstats.reading.text.quotes import DELIMITERS, csv_rows, inside_of, split_line, split_rows
from sleepstats.reading.text.raw_table import RawTable, first_of_two, read_table, remarks
from sleepstats.reading.text.source import (
    MOST_BYTES,
    Cells,
    PathOrFile,
    Source,
    checked_path,
    from_object,
    normal_header,
    open_source,
    peek,
    sniff_delimiter,
    tidy,
)

__all__ = [
    "DELIMITERS", "TABLE_FILES", "Cells", "Entry", "PathOrFile", "RawTable", "Source", "again",
    "checked_path", "csv_rows", "entries_of", "first_of_two", "inside_of", "normal_header",
    "open_any", "open_source", "peek", "read_table", "remarks", "sniff_delimiter", "split_line",
    "split_rows", "tidy",
]  # fmt: skip

#: Endings of files in a folder or an archive that may hold nights.
TABLE_FILES = (".csv", ".tsv", ".txt", ".xlsx", ".ods", ".json", ".xml")
_HEAD = 65_536
#: What is unpacked into memory at once, of one file and of a whole archive; Apple's XML is not.
_LARGEST, _ALL = 1 << 30, 4 << 30
_JSON = re.compile(rb"\s*(?:\{\s*(?:\"|\}|$)|\[\s*(?:[\{\[\"\]]|-?\d[\d.]*\s*[,\]]|$))")
_KEY = re.compile(rb'"([A-Za-z][^"\\\n]{0,60})"\s*:')
_ZIP = b"PK\x03\x04"
_XML = re.compile(rb"\s*<(?:\?xml|!doctype|html|[A-Za-z])", re.IGNORECASE)
#: What else begins with ``<``: a word in its first bytes, what it is, and what to do.
_MARKUP = (
    (b"<html", "a web page (HTML)", "Save the table as CSV, or open it in a spreadsheet first"),
    (b"Excel.Sheet", "an old Excel workbook (XML)", "In the spreadsheet choose Save as, xlsx"),
    (b"<ClinicalDocument", "a clinical document (XML)", "Give export.xml of the same export"),
    (b"<gpx", "a track of places (GPX)", "There is no sleep in it"),
    (b"", "XML of another kind than Apple Health's export.xml", "Export a CSV instead"),
)  # fmt: skip
_OTHER_ZIPS = (
    ("word/document.xml", "a Word document", "Copy the table into a spreadsheet and save as CSV"),
    ("Index/Document.iwa", "a Numbers document", "In Numbers choose Export to, Excel or CSV"),
    ("Index.zip", "a Numbers document", "In Numbers choose Export to, Excel or CSV"),
    ("ppt/presentation.xml", "a presentation", "Copy the table into a spreadsheet"),
    ("xl/workbook.bin", "a binary Excel workbook (.xlsb)", "In Excel choose Save as, xlsx or CSV"),
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A file of a folder or of an archive: seen at its top, or opened."""

    name: str
    where: str
    top: Callable[[], Source | None]
    open: Callable[[], list[Source]]


def again(path: PathOrFile) -> PathOrFile:
    """Return a path as it is, an open file as one that can be read more than once."""
    if isinstance(path, (str, PathLike, _Bytes, _Text)) or not hasattr(path, "read"):
        return path
    name, raw = from_object(path)
    stream: PathOrFile = _named(raw, name)
    return stream


def open_any(path: PathOrFile) -> list[Source]:
    """Return the text of a file, the sheets of a workbook, or the lists of a JSON document.

    An archive is no file but a folder: see :func:`entries_of`.
    """
    head, stream = _head(path)
    kind = _kind(head, stream if stream is not None else path)
    name = _name(path)
    if kind == "text" or (isinstance(path, (str, PathLike)) and not Path(path).is_file()):
        return [open_source(path if stream is None else stream)]
    if kind == "xml":
        if stream is not None:
            return _marked_up(name, head, stream)
        with Path(str(path)).open("rb") as file:
            return _marked_up(name, head, file)
    held = len(stream.getbuffer()) if isinstance(stream, io.BytesIO) else 0
    size = Path(path).stat().st_size if isinstance(path, (str, PathLike)) else held
    if size > MOST_BYTES:
        raise DiaryError(
            f"{name}: {size / 2**20:,.0f} MB of {kind.upper()}, and no more than "
            f"{MOST_BYTES // 2**20} MB are read at once. Give the files of sleep alone, or cut it "
            "to fewer years."
        )
    raw = stream.read() if stream is not None else Path(str(path)).read_bytes()
    if kind == "json":
        return documents.json_tables(name, _decoded(raw))
    raw = raw if isinstance(raw, bytes) else raw.encode()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        unpacked = sum(info.file_size for info in archive.infolist())
    if unpacked > MOST_BYTES:
        much = f"would unpack to {unpacked / 2**20:,.0f} MB, more than a diary has"
        raise DiaryError(f"{name}: this workbook {much}. Save the sheet of the nights as CSV.")
    return documents.sheets_of(name, raw, kind)


def entries_of(path: PathOrFile) -> list[Entry] | None:
    """Return the files of a folder or archive that may hold nights; None for any other file."""
    if isinstance(path, (str, PathLike)) and (folder := checked_path(path)).is_dir():
        return [_of_folder(file) for file in sorted(_tables_below(folder))]
    head, stream = _head(path)
    given = stream if stream is not None else path
    if head[:4] != _ZIP or _kind(head, given) != "zip":
        return None
    return _of_archive(_name(path), given)


def _tables_below(folder: Path) -> Iterator[Path]:
    """Find tables; what is hidden and what programs bring along is nobody's export."""
    for place, inner, names in os.walk(folder):
        programs = "pyvenv.cfg" in names or place.endswith(("site-packages", "node_modules"))
        inner[:] = [name for name in inner if not programs and name[0] != "."]
        for one in map(Path(place).joinpath, () if programs else names):
            if one.suffix.lower() in TABLE_FILES and one.is_file():
                yield one


def _of_folder(file: Path) -> Entry:
    def top() -> Source | None:
        head, _ = _head(file)
        return _top(file.name, head, file.suffix) or (None if head[:4] == _ZIP else peek(file))

    return Entry(file.name, str(file), top, lambda: open_any(file))


def _of_archive(name: str, given: Any) -> list[Entry]:
    """List the files in an archive; nothing is ever unpacked to the disk."""
    try:
        archive = zipfile.ZipFile(given)
    except Exception:  # whatever broken sizes, names and places make of it
        raise DiaryError(
            f"{name}: this archive, or an Excel workbook (.xlsx), is damaged or not whole: "
            "download or export it again."
        ) from None
    entries, total = [], 0
    for info in sorted(archive.infolist(), key=lambda one: one.filename):
        inner = PurePosixPath(info.filename.replace("\\", "/"))
        if info.is_dir() or inner.suffix.lower() not in TABLE_FILES:
            continue
        if inner.is_absolute() or ".." in inner.parts or ":" in inner.parts[0]:
            raise DiaryError(
                f"{name}: holds a file {info.filename!r} that would lie outside of its folder: "
                "this is no export. Nothing was read."
            )
        if "__MACOSX" in inner.parts or inner.name.startswith("._"):
            continue
        total += 0 if inner.suffix.lower() == ".xml" else info.file_size
        entries.append(_member(archive, info, inner))
    if total > _ALL:
        raise DiaryError(
            f"{name}: would unpack to {total / 2**30:.0f} GB, more than an export of sleep has: "
            "unpack it, and give the files that hold sleep."
        )
    return entries


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, inner: PurePosixPath) -> Entry:
    @contextmanager
    def stream() -> Iterator[IO[bytes]]:
        try:
            with archive.open(info) as file:
                yield file
        except DiaryError:
            raise
        except Exception:  # each way of packing has errors of its own, met while reading
            raise DiaryError(
                f"{inner.name}: is locked with a password, damaged or packed in an unusual way: "
                "unpack the archive and give the file."
            ) from None

    def top() -> Source | None:
        with stream() as file:
            head = file.read(_HEAD)
        known = _top(inner.name, head, inner.suffix)
        if known is not None or head[:4] == _ZIP:
            return known
        cut = head[: head.rfind(b"\n") + 1] or head if len(head) == _HEAD else head
        return open_source(_named(cut, inner.name))

    def whole() -> list[Source]:
        with stream() as file:
            head = file.read(_HEAD)
        if _XML.match(_bare(head)):
            with stream() as file:
                return _marked_up(inner.name, head, file)
        if info.file_size > _LARGEST:
            raise DiaryError(
                f"{inner.name}: {info.file_size / 2**30:.1f} GB unpacked, more than a table of "
                "nights has: not read."
            )
        with stream() as file:
            raw = file.read()
        return open_any(_named(raw, inner.name))

    return Entry(inner.name, str(inner), top, whole)


def _top(name: str, head: bytes, suffix: str) -> Source | None:
    """Return what shows at the top of a JSON or XML document, or None for text and workbooks."""
    if _is_json(_bare(head)):
        return _json_keys(name, head)
    if _XML.match(_bare(head)):
        if b"<HealthData" in head or b"HealthData [" in head:
            return Source(name, "HealthData,sourceName,startDate,endDate,value\n", "xml")
        _refuse_markup(name, head)
    return None


def _is_json(head: bytes) -> bool:
    """Tell whether a file's first bytes are those of a JSON document."""
    return bool(_JSON.match(head.removeprefix(b"\xef\xbb\xbf")))


def _json_keys(name: str, head: bytes) -> Source:
    """Return the names in the first bytes of a JSON document as a header, to see what it is."""
    keys = dict.fromkeys(key.decode("utf-8", "replace") for key in _KEY.findall(head))
    return Source(name, ",".join(key.replace(",", " ") for key in keys) + "\n", "json")


def _head(path: PathOrFile) -> tuple[bytes, Any]:
    """Return the first bytes of a file and, for an open one, a stream that still has them."""
    if isinstance(path, (str, PathLike)):
        try:
            if not Path(path).is_file():  # a pipe is read once, and what is not there is said later
                return b"", None
            with Path(path).open("rb") as file:
                return file.read(_HEAD), None
        except (OSError, ValueError):
            return b"", None
    stream = again(path)
    if not isinstance(stream, (_Bytes, _Text)):
        return b"", path  # no file at all: opening it says so
    head = stream.read(_HEAD)
    stream.seek(0)
    return head.encode("utf-8", "replace") if isinstance(head, str) else head, stream


def _kind(head: bytes, given: Any) -> str:
    """Return ``text``, ``xlsx``, ``ods``, ``zip``, ``json`` or ``xml``."""
    if head[:4] == _ZIP:
        return _kind_of_zip(given)
    bare = _bare(head)
    return "json" if _is_json(bare) else "xml" if _XML.match(bare) else "text"


def _kind_of_zip(given: Any) -> str:
    try:
        with zipfile.ZipFile(given) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                return "xlsx"
            kind = b""
            if "mimetype" in names:
                with archive.open("mimetype") as file:
                    kind = file.read(100)
    except Exception:  # broken: said where its files are listed
        return "zip"
    finally:
        if hasattr(given, "seek"):
            given.seek(0)
    if b"opendocument.spreadsheet" in kind:
        return "ods"
    for member, what, advice in _OTHER_ZIPS:
        if member in names:
            raise DiaryError(f"{_name(given)}: this is {what}, not a table. {advice}.")
    return "zip"


def _marked_up(name: str, head: bytes, stream: IO[bytes]) -> list[Source]:
    if b"<HealthData" in head or b"HealthData [" in head:
        if isinstance(stream, io.TextIOBase):
            stream = io.BytesIO(stream.read().encode())
        return [documents.health_table(name, stream)]
    return _refuse_markup(name, head)


def _refuse_markup(name: str, head: bytes) -> list[Source]:
    low = head.lower()
    for word, what, advice in _MARKUP:
        if word.lower() in low:
            raise DiaryError(f"{name}: this is {what}, not a table of nights. {advice}.")
    return []


def _bare(head: bytes) -> bytes:
    """Return the first bytes without a byte order mark, UTF-16 as it would be in UTF-8."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    return head.lstrip(b"\xef\xbb\xbf")


def _decoded(raw: bytes | str) -> bytes | str:
    return raw.lstrip("\ufeff") if isinstance(raw, str) else raw.lstrip(b"\xef\xbb\xbf")


def _named(raw: bytes | str, name: str) -> Any:
    return _Text(raw, name) if isinstance(raw, str) else _Bytes(raw, name)


class _Bytes(io.BytesIO):
    """Bytes with a name."""

    def __init__(self, raw: bytes, name: str) -> None:
        super().__init__(raw)
        self.name = name


class _Text(io.StringIO):
    """A text with a name; its line ends are kept."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text, newline="")
        self.name = name


def _name(path: Any) -> str:
    given = path if isinstance(path, (str, PathLike)) else getattr(path, "name", "the file object")
    return Path(str(given)).name
