"""A file as decoded text with its lines; a cell in its tidy form, columns that know their texts."""

from __future__ import annotations

import codecs
import io
import os
import re
import stat
import time
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from os import PathLike
from pathlib import Path
from typing import IO, Any, TypeAlias, TypeVar

import numpy as np

from sleepstats.arrays import Objects, Rows
from sleepstats.errors import DiaryError
from sleepstats.reading.text.quotes import DELIMITERS, one_line_header, split_line

PathOrFile: TypeAlias = str | PathLike[str] | IO[str] | IO[bytes]

PREVIEW_LINES = 60
#: Lines longer than this are cut for recognition.
_PREVIEW_CHARACTERS = 500_000
#: No diary is larger; seconds that are waited for a pipe through which nothing comes.
MOST_BYTES, PATIENCE_S = 512 * 2**20, 5.0
_ADDRESS = re.compile(r"(?:https?|ftps?|s3|gs|file|data):/", re.IGNORECASE)
_Read = TypeVar("_Read", bytes, str, bytes | str)

_BINARY = "this is a binary file, not text. Export a CSV and give the path of that."
_NOT_TEXT = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook (.xlsx)",
     "Unpack the archive, or in the spreadsheet choose Save as, CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)",
     "In the spreadsheet choose Save as, CSV"),
    (b"%PDF", "a PDF", "Export a CSV from the app instead"),
    ((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*"), "a picture",
     "Export a CSV from the app instead, or type the table into a spreadsheet"),
    (b"RIFF", "a picture or a sound", "Export a CSV from the app instead"),
    (b"SQLite format 3", "a SQLite database", "Export a CSV from the app instead"),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first"),
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """One text, where it came from and how it was decoded."""

    name: str
    text: str
    encoding: str
    sheet: str = ""  # of a workbook, or the list of a JSON document
    notes: tuple[str, ...] = ()
    raw: bytes = field(default=b"", repr=False)  # where no rule says which old encoding it is
    turned: tuple[tuple[int, int], ...] = ()  # of a table turned round: date's line, column by row

    def begin_of(self, line: int) -> int:
        """Return where a line begins, from 1."""
        return reduce(lambda begin, _: self.text.index("\n", begin) + 1, range(line - 1), 0)

    def preview(self) -> list[str]:
        """Return the first lines, for recognition."""
        lines: list[str] = []
        start = 0
        while start < len(self.text) and len(lines) < PREVIEW_LINES:
            end = self.text.find("\n", start)
            end = len(self.text) if end < 0 else end
            lines.append(self.text[start : min(end, start + _PREVIEW_CHARACTERS)].rstrip("\r"))
            start = end + 1
        return lines


def open_source(path: PathOrFile) -> Source:
    """Read a file, or a file object, into text: UTF-8, plainly recognisable UTF-16, else cp1252."""
    name, raw = _read_bytes(path)
    if isinstance(raw, str):
        if b"\x00" in (raw.rstrip("\0") or raw)[:4096].encode("utf-8", "replace"):  # as in bytes
            raise DiaryError(f"{name}: {_BINARY}")
        text, encoding, raw = raw, "text", b""
    else:
        while raw.startswith(codecs.BOM_UTF8):  # where files were put together there are two
            raw = raw[3:]
        text, encoding = _decode(name, raw)
    text = text.lstrip("\ufeff")
    if not text or text.isspace():
        raise DiaryError(f"{name}: the file is empty. Export it again, or check the path.")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    raw = raw if encoding == "cp1252" else b""
    return Source(name, one_line_header(text), encoding, raw=raw)


def peek(file: Path, size: int = 65536) -> Source:
    """Read the beginning of a file, whole lines of it, to see what it is."""
    try:
        with file.open("rb") as stream:
            raw = stream.read(size)
    except OSError as error:
        raise DiaryError(f"{file}: cannot be read ({error.strerror}).") from None
    if len(raw) == size:
        raw = raw[: raw.rfind(b"\n") + 1] or raw
        if raw.startswith(codecs.BOM_UTF16_LE) and len(raw) % 2:
            raw = raw[:-1]
    return open_source(_named(raw, file.name))


def _named(raw: bytes, name: str) -> io.BytesIO:
    stream = io.BytesIO(raw)
    stream.name = name
    return stream


def _read_bytes(path: PathOrFile) -> tuple[str, bytes | str]:
    if not isinstance(path, (str, PathLike)):
        if not hasattr(path, "read"):
            raise DiaryError(
                f"read_diary() got a {type(path).__name__}, expected a path, a list of paths, "
                "a folder or an open file."
            )
        return from_object(path)
    file = checked_path(path)
    try:
        mode = file.stat().st_mode
        if stat.S_ISFIFO(mode):
            return file.name, _from_pipe(file)
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise DiaryError(
                f"{file}: this is a device, not a file. Save the export as a file and give its "
                "path, or give an open file object."
            )
        with file.open("rb") as stream:
            return file.name, _not_too_large(file.name, stream.read(MOST_BYTES + 1))
    except FileNotFoundError:
        raise DiaryError(
            f"{file}: no such file. The working folder is {_working_folder()!r}; check the "
            "spelling or give the full path."
        ) from None
    except PermissionError:
        raise DiaryError(f"{file}: no permission to read it. Change its permissions.") from None
    except OSError as error:
        raise DiaryError(f"{file}: cannot be read ({error.strerror}).") from None


def checked_path(path: str | PathLike[str]) -> Path:
    """Return a path, or say why this text is none."""
    text = str(path)
    if "\n" in text or "\r" in text:
        raise DiaryError(
            "read_diary() got a text of several lines where a path was expected. To read the text "
            "itself: read_diary(io.StringIO(text))."
        )
    if _ADDRESS.match(text):
        raise DiaryError(
            f"{text[:200]}: this is an address, and nothing is fetched from the net. Save the file "
            "and give its path."
        )
    shown = text if len(text) <= 200 else f"{text[:80]}… ({len(text)} characters)"
    try:
        file = Path(path)
        file.stat()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        pass  # said where the file is read
    except (OSError, ValueError, TypeError) as error:
        what = getattr(error, "strerror", None) or str(error)
        raise DiaryError(
            f"{shown!r}: this is no path of a file ({what}). Give the path of the export; to read "
            "a text itself: read_diary(io.StringIO(text))."
        ) from None
    return file


def _working_folder() -> str:
    try:
        return Path.cwd().name
    except OSError:  # it was deleted
        return "gone"


def _not_too_large(name: str, raw: _Read) -> _Read:
    if len(raw) > MOST_BYTES:
        raise DiaryError(
            f"{name}: more than {MOST_BYTES // 2**20} MB, and a diary is smaller. Check that it is "
            "the export, or cut it to fewer years."
        )
    return raw


def from_object(file: Any) -> tuple[str, bytes | str]:
    """Read a file object; whatever it raises is said in words."""
    try:
        name = Path(str(file.name)).name or "the file object"
    except Exception:  # whatever a strange object does when asked for its name
        name = "the file object"
    try:
        try:
            raw = file.read(MOST_BYTES + 1)
        except TypeError:  # its read() takes no size
            raw = file.read()
        while isinstance(file, io.RawIOBase) and raw and len(raw) <= MOST_BYTES:
            more = file.read(MOST_BYTES + 1)
            if not more:
                break
            raw += more
    except UnicodeDecodeError as error:
        raise DiaryError(
            f"{name}: was opened as {error.encoding} text and is none. Give its path, or open it "
            "with open(path, 'rb')."
        ) from None
    except Exception as error:
        raise DiaryError(
            f"{name}: the file object cannot be read ({type(error).__name__}: {error}). Open it "
            "for reading, or give its path."
        ) from None
    if isinstance(raw, (bytearray, memoryview)):
        raw = bytes(raw)
    if not isinstance(raw, (bytes, str)):
        raise DiaryError(
            f"{name}: read() gave a {type(raw).__name__}, expected text or bytes. Give the path of "
            "the file."
        )
    return name, _not_too_large(name, raw)


def _from_pipe(file: Path) -> bytes:
    """Read a named pipe to its end; one that nobody writes to is not waited for."""
    parts: list[bytes] = []
    size, waited = 0, 0.0
    pipe = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        while waited < PATIENCE_S and size <= MOST_BYTES:
            try:
                part = os.read(pipe, 2**20)
            except BlockingIOError:  # somebody is still writing
                part = None
            if part:
                parts.append(part)
                size, waited = size + len(part), 0.0
            elif part is not None and parts:
                return b"".join(parts)
            else:
                time.sleep(0.05)
                waited += 0.05
    finally:
        os.close(pipe)
    if size > MOST_BYTES:
        return _not_too_large(file.name, b"".join(parts))
    raise DiaryError(
        f"{file}: this is a pipe, and for {PATIENCE_S:.0f} s nothing came through it. Save the "
        "export as a file and give its path."
    )


def _decode(name: str, raw: bytes) -> tuple[str, str]:
    for magic, what, advice in _NOT_TEXT:
        if raw.startswith(magic) or (raw[4:8] == b"ftyp" and what == "a picture"):  # HEIC
            raise DiaryError(f"{name}: this is {what}, not a CSV text file. {advice}.")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _or_refuse(name, raw, "utf-16")
    if b"\x00" in (raw.rstrip(b"\x00") or raw)[:4096]:  # zeros at the end: not written to it
        half = raw[:4096]
        if half[1::2].count(0) > 0.4 * len(half[1::2]):
            return _or_refuse(name, raw, "utf-16-le")
        if half[0::2].count(0) > 0.4 * len(half[0::2]):
            return _or_refuse(name, raw, "utf-16-be")
        raise DiaryError(f"{name}: {_BINARY}")
    try:
        plain = raw
        if b"\r" not in raw:
            pass
        elif raw.count(b"\r") == raw.count(b"\r\n"):
            plain = raw.translate(None, b"\r")
        else:  # both at once: a lone return before a pair is a line of its own
            plain = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return plain.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    control = sum(raw[:4096].count(byte) for byte in range(32) if byte not in (9, 10, 12, 13))
    if control > 0.02 * len(raw[:4096]):
        raise DiaryError(f"{name}: {_BINARY}")
    return raw.decode("cp1252", errors="replace"), "cp1252"


def _or_refuse(name: str, raw: bytes, encoding: str) -> tuple[str, str]:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-16":  # no byte order mark said that it is text at all
            raise DiaryError(f"{name}: {_BINARY}") from None
        raise DiaryError(
            f"{name}: begins as {encoding} text but byte {error.start} does not fit. "
            "The file may be cut off; export it again."
        ) from None
    if "\x00" in text[:4096]:
        raise DiaryError(f"{name}: {_BINARY}")
    return text, encoding


def sniff_delimiter(line: str) -> str:
    """Return the delimiter of a header line: the candidate that splits it most often."""
    counts = {d: len(split_line(line, d)) for d in DELIMITERS}
    return max(DELIMITERS, key=lambda d: counts[d])


@lru_cache(maxsize=8192)
def normal_header(text: str) -> str:
    """Bring a header to one form: trimmed, blanks collapsed, case folded, mis-decoded ° mended."""
    return " ".join(text.replace("Â°", "°").replace("\ufeff", "").split()).casefold()


class CodedCells(np.ndarray[Any, np.dtype[np.object_]]):
    """An object array of texts with room for the distinct texts."""

    #: The distinct tidy texts, and each row's place among them; (length, rows) the characters of
    #: cells that differ in their digits only: once somebody asked, else None. None again when a
    #: cell was written to, and in every array made from this one.
    coded: tuple[list[str], Rows] | None
    chars: np.ndarray[Any, np.dtype[np.uint8]] | None

    def __array_finalize__(self, other: object) -> None:
        """Forget the codes in whatever is made from an array."""
        self.coded = self.chars = None

    def __setitem__(self, place: Any, value: Any) -> None:
        """Write cells, and forget the codes."""
        self.coded = self.chars = None
        super().__setitem__(place, value)


#: An object array of ``str``, one per source row; a cell that is not there is the empty text.
Cells: TypeAlias = Objects

_INVISIBLE = dict.fromkeys([0xAD, 0x61C, 0x2060, 0xFEFF, *range(0x200B, 0x2010)])
_INVISIBLE |= dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])  # directions


def tidy(text: object) -> str:
    """Strip a cell, bring every kind of blank to one, and drop invisible characters."""
    if not isinstance(text, str):
        return "" if text is None or text != text else str(text)
    if text.isascii():
        return text.strip()
    return " ".join(text.translate(_INVISIBLE).split())
