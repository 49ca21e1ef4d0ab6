"""Recognition by content: every invented export against every format, as it is and re-saved."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from exports import INVENTED

import sleepstats as ss
from sleepstats import DiaryError
from sleepstats.reading.formats import SURE, known_formats
from sleepstats.reading.nights import Options, Preview
from sleepstats.reading.text import open_source, sniff_delimiter

FILES = sorted(p for p in INVENTED.glob("*/*") if p.is_file())
PRODUCTS = {name: known for name, known in known_formats().items() if not known.last_resort}


def claims(raw: bytes) -> dict[str, int]:
    """Return the score of every format that claims a file of this content."""
    source = open_source(io.BytesIO(raw))
    preview = Preview("some file", source.preview())
    found = {name: known.recognise(preview, Options()) for name, known in PRODUCTS.items()}
    return {name: claim.score for name, claim in found.items() if claim is not None}


def resaved(raw: bytes, delimiter: str) -> bytes:
    """Save a table again as a spreadsheet does: another delimiter, quotes where needed, CRLF."""
    text = open_source(io.BytesIO(raw)).text
    wide = max(text.split("\n")[:30], key=lambda line: len(line))
    rows = list(csv.reader(io.StringIO(text), delimiter=sniff_delimiter(wide)))
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def reordered(raw: bytes) -> bytes:
    """Reverse the columns of every row that is as wide as the header."""
    text = open_source(io.BytesIO(raw)).text
    wide = max(text.split("\n")[:30], key=lambda line: len(line))
    delimiter = sniff_delimiter(wide)
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    width = max(map(len, rows))
    rows = [[*reversed(row + [""] * (width - len(row)))] if len(row) > 1 else row for row in rows]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode()


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "as exported": lambda raw: raw,
    "with a BOM": lambda raw: b"\xef\xbb\xbf" + raw.removeprefix(b"\xef\xbb\xbf"),
    "with CRLF": lambda raw: raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
    "as UTF-16": lambda raw: raw.decode("utf-8-sig").encode("utf-16"),
    "re-saved with ;": lambda raw: resaved(raw, ";"),
    "re-saved with ,": lambda raw: resaved(raw, ","),
    "re-saved with tabs": lambda raw: resaved(raw, "\t"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("file", FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_each_export_is_claimed_by_its_own_format_alone(file: Path, change: str) -> None:
    found = claims(CHANGES[change](file.read_bytes()))
    own = [name for name in found if f"{name}_".startswith(f"{file.parent.name}_")]
    assert set(found) == set(own), f"{file.name} {change} is claimed by {sorted(found)}"
    if file.parent.name in PRODUCTS:
        assert len(own) == 1
        assert found[own[0]] >= SURE


@pytest.mark.parametrize("name", known_formats())
def test_each_format_has_an_invented_export(name: str) -> None:
    folders = {p.parent.name for p in FILES}
    assert any(f"{name}_".startswith(f"{folder}_") for folder in folders), (
        f"put one into tests/reading/fixtures/{name}/"
    )


@pytest.mark.parametrize(
    "header",
    [
        "date,steps,distance",
        "start,end,duration",
        "timestamp,heart rate",
        "Date,Weight (kg),Body fat %",
        "from,to,amount,currency",
        "start time,end time,activity,notes",
        "date,sleep score",
        "id,start,stop,project",
    ],
)
def test_other_tables_are_claimed_by_no_product(header: str) -> None:
    assert claims(f"{header}\n2026-01-05,1,2,3\n".encode()) == {}


def test_an_unknown_file_is_told_the_nearest_format_and_what_is_missing() -> None:
    text = "start;end;sleep quality\n1;2;3\n"
    with pytest.raises(DiaryError) as caught:
        ss.read_diary(io.StringIO(text), format="sleep_cycle")
    assert str(caught.value) == (
        "the file object, line 1: 'start;end;sleep quality' does not look like the header of Sleep "
        "Cycle (iOS and Android). The nearest is Sleep Cycle (iOS and Android) "
        "(format='sleep_cycle'): 'start', 'end', 'sleep quality' are there, but 'time in bed', "
        "'wake up', 'sleep notes' are not. Expected column names such as 'date', 'bed time', 'wake "
        "time'. If this is a diary with other headers, map them: read_diary(path, columns={'your "
        "header': 'into_bed', …}); list_formats() shows what is recognised."
    )


def test_a_file_like_nothing_known_is_told_no_nearest() -> None:
    with pytest.raises(DiaryError) as caught:
        ss.read_diary(io.StringIO("a,b\n1,2\n"))
    assert "nearest" not in str(caught.value)


@pytest.mark.parametrize("name", PRODUCTS)
def test_each_product_names_its_header_words(name: str) -> None:
    """So that a file of it that has changed is told what is missing."""
    words = PRODUCTS[name].signature
    assert len(words) >= 3
    assert all(word == " ".join(word.split()).casefold() for word in words)
