"""JSON and XML as texts of comma-separated cells, a line for each record.

Values within a record's values are columns of dotted names, ``levels.summary.deep.minutes``.
Apple's export of health data is read as a stream, as it may be larger than the memory.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, Any
from xml.parsers import expat

from sleepstats.errors import DiaryError, harmless
from sleepstats.reading.text.source import Source

#: A file of more bytes than this shows in a terminal how far it is read.
_BLOCK, _LONG = 1 << 20, 50 << 20
#: How deep values within values are followed; more named lists than this are no tables.
_DEEP, _NAMED = 5, 500
#: A list of at most so many plain values is one cell.
_LISTED = 40
_JSON = re.compile(rb"\s*(?:\{\s*(?:\"|\}|$)|\[\s*(?:[\{\[\"\]]|-?\d[\d.]*\s*[,\]]|$))")
_KEY = re.compile(rb'"([A-Za-z][^"\\\n]{0,60})"\s*:')
_HEALTH = ("HealthData", "sourceName", "startDate", "endDate", "value", "HKTimeZone")
_SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"


def is_json(head: bytes) -> bool:
    """Tell whether a file's first bytes are those of a JSON document.

    >>> is_json(b'[{"a": 1}]'), is_json(b"[Sleep]"), is_json(b"date,sleep")
    (True, False, False)
    """
    return bool(_JSON.match(head.removeprefix(b"\xef\xbb\xbf")))


def json_keys(name: str, head: bytes) -> Source:
    """Return the names in the first bytes of a JSON document as a header, to see what it is."""
    keys = dict.fromkeys(key.decode("utf-8", "replace") for key in _KEY.findall(head))
    return Source(name, ",".join(key.replace(",", " ") for key in keys) + "\n", "json")


def json_tables(name: str, raw: bytes | str) -> list[Source]:
    """Return each list of records in a JSON document; their first ten are looked at for names."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise DiaryError(
            f"{name}: this is JSON, but cannot be read ({error}). The file may be cut off: export "
            "it again."
        ) from None
    found = list(_lists(document, ()))
    if not found:
        raise DiaryError(
            f"{name}: this is JSON, but no list of records is in it. Expected one record for each "
            "night, [{…}, {…}]."
        )
    alone = len(found) == 1
    return [
        Source(name if alone else f"{name}, {'.'.join(path)}", _as_text(rows), "json",
               sheet=".".join(path))
        for path, rows in found
    ]  # fmt: skip


def _lists(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Find the lists of records, within records and within lists of things that have a name."""
    if len(path) > _DEEP:
        return
    if isinstance(value, Mapping):
        if path == () and not any(isinstance(part, (dict, list)) for part in value.values()):
            yield (), [value]
        for key, part in value.items():
            yield from _lists(part, (*path, str(key)))
    elif isinstance(value, list):
        records = [one for one in value if isinstance(one, Mapping) and one]
        named = all("name" in one for one in records) and len(records) <= _NAMED
        inner = [
            table
            for one in (records if named else [])
            for part in one.values()
            if isinstance(part, list)
            for table in _lists(part, (*path, str(one["name"])))
        ]
        if inner:
            yield from inner
        elif records:
            yield path, records


def _as_text(records: Iterable[Mapping[str, Any]]) -> str:
    rows = [dict(_flat(record, "", 0)) for record in records]
    header = list(dict.fromkeys(key for row in rows for key in row))
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(header)
    table.writerows([row.get(key, "") for key in header] for row in rows)
    return out.getvalue()


def _flat(record: Mapping[str, Any], before: str, depth: int) -> Iterator[tuple[str, str]]:
    for key, value in record.items():
        name = f"{before}{key}"
        if isinstance(value, Mapping):
            if depth < _DEEP:
                yield from _flat(value, f"{name}.", depth + 1)
        elif isinstance(value, list) and (kinds := _kinds(value)) and depth < _DEEP:
            for kind, part in kinds.items():
                yield from _flat(part, f"{name}.{kind}.", depth + 2)
        elif isinstance(value, list):
            if len(value) <= _LISTED and not any(isinstance(v, (dict, list)) for v in value):
                yield name, " | ".join(_text(v) for v in value)
        else:
            yield name, _text(value)


def _kinds(value: list[Any]) -> dict[str, Mapping[str, Any]]:
    """Return a few records of which each is of another ``type`` by that name, else none."""
    if not 0 < len(value) <= _LISTED or not all(isinstance(one, Mapping) for one in value):
        return {}
    named = {one["type"]: one for one in value if isinstance(one.get("type"), str)}
    return named if len(named) == len(value) else {}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.replace("\r", " ").replace("\n", " ") if isinstance(value, str) else str(value)


def _shown(name: str, stream: IO[bytes]) -> Callable[[int], None]:
    """Return what counts the bytes read, and shows them in a terminal if they are many."""
    size = done = shown = 0
    if stream.seekable():
        size = stream.seek(0, 2)
        stream.seek(0)

    def step(count: int) -> None:
        nonlocal done, shown
        done += count
        if size < _LONG or not sys.stderr.isatty():
            return
        if done >= size:
            sys.stderr.write("\r\x1b[K")
        elif (now := 100 * done // size) > shown:
            shown = now
            sys.stderr.write(f"\r\x1b[KReading {harmless(name, lines=False)}: {now} %")
        sys.stderr.flush()

    return step


def health_table(name: str, stream: IO[bytes]) -> Source:
    """Return the sleep records of Apple's ``export.xml``; everything else in it passes by.

    Only the records of sleep are kept, so that the memory does not grow with the steps and the
    heart rates, which are nearly all of the file.
    """
    rows: list[list[str]] = []
    inside: list[str] | None = None
    others = 0

    def start(tag: str, given: dict[str, str]) -> None:
        nonlocal inside, others
        if tag == "Record":
            others += 1
            inside = None
            if given.get("type") == _SLEEP:
                inside = [given.get(key, "") for key in ("type", *_HEALTH[1:-1])] + [""]
                rows.append(inside)
        elif tag == "MetadataEntry" and inside is not None and given.get("key") == "HKTimeZone":
            inside[-1] = given.get("value", "")

    def refuse(*_: Any) -> None:
        raise DiaryError(f"{name}: declares entities, which no health export does: not read.")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EntityDeclHandler = refuse
    step = _shown(name, stream)
    try:
        while block := stream.read(_BLOCK):
            parser.Parse(block, False)
            step(len(block))
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise DiaryError(
            f"{name}, line {error.lineno}: this XML cannot be read "
            f"({expat.errors.messages[error.code]}). The file may be cut off: export it again."
        ) from None
    if not rows:
        raise DiaryError(
            f"{name}: {others} records of Apple Health, none of them of sleep. Sleep is in it when "
            "a watch or an app recorded any and may write to Health."
        )
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([list(_HEALTH), *rows])
    told = f"{len(rows):,} of the {others:,} records of this export are of sleep."
    return Source(name, out.getvalue(), "xml", notes=(told,))
