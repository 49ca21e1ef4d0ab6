"""Bytes to text to table: encodings, delimiters, quoting, ragged rows, line numbers."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sleepstats as ss
from sleepstats.errors import DiaryError
from sleepstats.reading.cells import distinct
from sleepstats.reading.text import (
    Source,
    normal_header,
    open_source,
    read_table,
    sniff_delimiter,
    split_line,
    tidy,
)

TEXT = "date;bed;temp (°C)\n2026-01-01;23:10;19,5\n2026-01-02;;\n"


def table_of(text, header_line=1, delimiter=";"):
    return read_table(open_source(io.StringIO(text)), header_line, delimiter)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_every_usual_encoding_gives_the_same_text(tmp_path, encoding):
    path = tmp_path / "diary.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert open_source(path).text == TEXT


@pytest.mark.filterwarnings("ignore::sleepstats.DiaryWarning")
@pytest.mark.parametrize("marks", [1, 2, 3])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "cp1252", "text"])
def test_a_file_with_several_byte_order_marks_has_none_in_its_header(marks, encoding):
    # files put together by `copy /b` or `cat` bring their marks along
    text = "\ufeff" * marks + "place,beds\ncafé,2\n"
    raw = text.encode("utf-8" if encoding == "text" else encoding, "replace")
    if encoding == "cp1252":  # the marks are those of UTF-8, what follows is not
        raw = b"\xef\xbb\xbf" * marks + "place,beds\ncafé,2\n".encode("cp1252")
    source = open_source(io.StringIO(text) if encoding == "text" else io.BytesIO(raw))
    assert source.preview()[0] == "place,beds"
    document = "\ufeff" * marks + '[{"date": "2026-01-05", "bed time": "23:00", "got up": "07:00"}]'
    assert len(ss.read_diary(io.BytesIO(document.encode()))) == 1


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_are_brought_to_one_form(newline):
    raw = io.BytesIO(TEXT.replace("\n", newline).encode())
    assert open_source(raw).text == TEXT


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"PK\x03\x04rest", "a zip archive or an Excel workbook"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x89PNG\r\n", "a picture"),
        (bytes(range(256)) * 20, "a binary file, not text"),
        (bytes(5000), "a binary file, not text"),
        (b"", "the file is empty"),
        (b"\n \n", "the file is empty"),
    ],
)
def test_what_is_no_text_is_refused_with_the_reason(tmp_path, raw, words):
    path = tmp_path / "export.csv"
    path.write_bytes(raw)
    with pytest.raises(DiaryError, match=words):
        open_source(path)


def test_missing_file_is_named():
    with pytest.raises(DiaryError, match=r"nowhere\.csv: no such file"):
        open_source("nowhere.csv")


def test_delimiter_is_read_from_the_header():
    assert [sniff_delimiter(line) for line in ("a,b,c", "a;b,c;d", "a\tb\tc", "a|b|c")] == [
        *",;\t|"
    ]


def test_quotes_are_respected_in_a_line():
    assert split_line('"How long, really?", x ', ",") == ["How long, really?", "x"]


def test_headers_come_to_one_form():
    assert normal_header(" Weather  Temperature (Â°C)\ufeff") == "weather temperature (°c)"


def test_rows_know_their_line_in_spite_of_blank_lines_and_quoted_newlines():
    table = table_of('a;b\n1;2\n\n3;"x\ny"\n5;6\n')
    assert table.line.tolist() == [2, 4, 6]
    assert table.columns[1].tolist() == ["2", "x\ny", "6"]
    inside = (5, "inside a quoted cell of the row in line 4")
    assert table.skipped == [(1, "header"), (3, "blank line"), inside]


def test_titles_above_the_header_are_accounted_for():
    table = table_of("My sleep\n\na;b\n1;2\n", header_line=3)
    assert table.skipped == [(1, "above the header"), (2, "blank line"), (3, "header")]
    assert table.line.tolist() == [4]


def test_trailing_delimiters_are_no_fault_but_extra_text_is():
    table = table_of("a;b\n1;2;\n3;4;5\n6\n")
    assert table.columns[0].tolist() == ["1", "3", "6"]
    assert table.columns[1].tolist() == ["2", "4", ""]
    assert table.width == {1: 3, 2: 1}


def test_a_repeated_header_is_skipped_and_told():
    table = table_of("a;b\n1;2\na;b\n3;4\n")
    assert table.skipped == [(1, "header"), (3, "header repeated")]
    assert table.columns[0].tolist() == ["1", "3"]


def test_an_opened_quote_does_not_swallow_the_rest_of_the_file():
    rows = "".join(f"{i};x\n" for i in range(200))
    table = table_of(f'a;b\n"broken;y\n{rows}')
    assert len(table) == 201
    assert table.line[-1] == 202


def test_header_only_gives_columns_without_rows():
    table = table_of("a;b\n")
    assert len(table) == 0
    assert [len(column) for column in table.columns] == [0, 0]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda rows: rows,
        lambda rows: [*rows[:50], rows[50] + ";x", *rows[51:]],
        lambda rows: [*rows[:50], rows[50] + ";x", rows[51].rpartition(";")[0], *rows[52:]],
        lambda rows: [*rows[:50], "", *rows[51:]],
        lambda rows: [*rows[:50], ";;", *rows[51:], "cut"],
        lambda rows: [*rows[:50], "date;bed;temp", *rows[51:]],
        lambda rows: ["", *rows[:50], " ", *rows[51:], "", "\t ", ""],
        lambda rows: [*rows[:50], '2026-01-02;"23:10\n\n";2', *rows[51:], "", "  "],
    ],
    ids=[
        "plain",
        "a long line",
        "long and short",
        "a blank line",
        "cut off",
        "a second header",
        "blank lines",
        "blank lines below quotes",
    ],
)
def test_long_plain_texts_take_a_faster_way_to_the_same_table(monkeypatch, spoil):
    rows = spoil([f"2026-01-{i % 28 + 1:02d};23:{i % 60:02d}; {i}" for i in range(300)])
    text = "date;bed;temp\n" + "\n".join(rows) + "\n"
    slow = table_of(text)
    monkeypatch.setattr("sleepstats.reading.text.raw_table.LONG_TEXT", 10)
    fast = table_of(text)
    assert fast.header == slow.header
    assert fast.skipped == slow.skipped
    assert fast.width == slow.width
    assert fast.line.tolist() == slow.line.tolist()
    assert [c.tolist() for c in fast.columns] == [c.tolist() for c in slow.columns]


@pytest.mark.parametrize("quoted", [False, True])
def test_blank_lines_take_a_long_text_no_slower_way(monkeypatch, quoted):
    """One more at the end of an export of PleesTracker had doubled its time."""
    rows = [f"2026-01-{i % 28 + 1:02d};{'' if not quoted else chr(34) * 2};{i}" for i in range(300)]
    monkeypatch.setattr("sleepstats.reading.text.raw_table.LONG_TEXT", 10)
    monkeypatch.setattr("sleepstats.reading.text.raw_table.split_rows", None)
    monkeypatch.setattr("sleepstats.reading.text.raw_table._plain_table", None)
    table = table_of("date;note;temp\n" + "\n".join([*rows, "", " "]) + "\n\n")
    assert table.line.tolist() == list(range(2, 302))
    assert table.skipped == [(1, "header"), *((i, "blank line") for i in (302, 303, 304))]


@pytest.mark.parametrize("end", ["", "\n"])
def test_cells_of_every_width_are_cut_as_they_stand(monkeypatch, end):
    """Eight bytes are one number: seven, eight and nine, signs of several bytes, blanks around."""
    kinds = [["1234567", "12345678", ""], ["12345678", "123456789", " 9"], ["größer", "½", "☕☕"],
             ["2031-03-01", "2031-03-02", "2031-03-03"], ["too long", "too long for it", ""],
             [" tea ", "tea", "\u3000tea"], ["größere!", "kleiner!!", "größerer"]]  # fmt: skip
    rows = [";".join(kind[(i * 7 // 5) % 3] for kind in kinds) for i in range(300)]
    text = "a;b;c;d;e;f;g\n" + "\n".join(rows) + end
    slow = table_of(text)
    monkeypatch.setattr("sleepstats.reading.text.raw_table.LONG_TEXT", 10)
    monkeypatch.setattr("sleepstats.reading.cells.parsed.SMALL", 10)
    fast = table_of(text)
    assert [c.tolist() for c in fast.columns] == [c.tolist() for c in slow.columns]
    for one, other in zip(fast.columns, slow.columns, strict=True):
        texts, codes = distinct(one)
        assert (texts, codes.tolist()) == (distinct(other)[0], distinct(other)[1].tolist())


def test_a_lone_return_before_a_pair_counts_as_a_line():
    assert open_source(io.BytesIO(b"a,b\r\r\n1,2\r")).text == "a,b\n\n1,2\n"


CELLS = ["", "a", " b ", '"', '""', '"c,d"', 'e"f', '"g ""h"""', "3,5", "\n", '"i\nj"', "one"]


@settings(max_examples=300, deadline=None)
@given(
    rows=st.lists(
        st.lists(
            st.sampled_from(CELLS),
            min_size=1,
            max_size=4,
        ),
        min_size=1,
        max_size=12,
    ),
    header=st.sampled_from(["one,two,three", '"one",two,"three"', "one,two", "one,two,three,"]),
    end=st.sampled_from(["", "\n", ",\n"]),
)
def test_the_fast_split_is_the_slow_one(rows, header, end):
    text = "\n".join([header, *(",".join(row) for row in rows)]) + end
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sleepstats.reading.text.raw_table._plain_table", lambda *_: None)
        slow = read_table(Source("a.csv", text, "text"), 1, ",")
        patch.setattr("sleepstats.reading.text.raw_table.LONG_TEXT", 0)
        long = read_table(Source("a.csv", text, "text"), 1, ",")
    for fast in (long, read_table(Source("a.csv", text, "text"), 1, ",")):
        assert fast.header == slow.header
        assert [column.tolist() for column in fast.columns] == [c.tolist() for c in slow.columns]
        assert fast.line.tolist() == slow.line.tolist()
        assert fast.skipped == slow.skipped
        assert fast.width == slow.width


def test_a_line_of_invisible_characters_is_a_blank_line():
    table = table_of("a;b\n\ufeff\n1;2\n\ufeff;\n\u200b\n3;4\n")
    assert [column.tolist() for column in table.columns] == [["1", "3"], ["2", "4"]]
    assert table.line.tolist() == [3, 6]
    assert table.skipped == [(1, "header"), (2, "blank line"), (4, "blank line"), (5, "blank line")]


DAYS = [f"2026-01-{d:02d};22:{d:02d};{d % 5}" for d in range(1, 11)]


def diary_of(notes):
    return "night;bed;stress;note\n" + "".join(
        f"{row};{notes.get(i, 'ok')}\n" for i, row in enumerate(DAYS)
    )


def open_quote(columns):
    return (
        f"a quote opens column {columns} and none closes it: only the text up to the next "
        "delimiter was taken, without the quote"
    )


def lines_told(table):
    return sorted([*table.line.tolist(), *(line for line, _ in table.skipped)])


@pytest.mark.parametrize(
    ("notes", "opened"),
    [
        ({3: '"slept badly'}, [5]),
        ({2: '"', 7: '"'}, [4, 9]),
        ({1: '"', 2: '"', 3: '"', 9: '"'}, [3, 4, 5, 11]),
        ({2: '"bad', 6: '"in quotes; and well closed"'}, [4]),
        ({9: '"the last'}, [11]),
    ],
    ids=["one", "two ditto marks", "four", "before a quoted cell", "in the last line"],
)
def test_a_quote_that_nothing_closes_costs_its_own_cell(notes, opened):
    """Ten lines were written, ten rows there are; the line numbers are those of the quotes."""
    table = table_of(diary_of(notes))
    assert table.line.tolist() == list(range(2, 12))
    assert lines_told(table) == list(range(1, 12))
    assert [column.tolist() for column in table.columns[:3]] == [
        list(column) for column in zip(*(row.split(";") for row in DAYS), strict=True)
    ]
    assert table.told == dict.fromkeys(opened, open_quote("'note'"))


def test_two_quotes_in_one_line_cost_their_own_cells():
    table = table_of('a;b;c;d\n1;";3;"\n5;6;7;8\n')
    assert [column.tolist() for column in table.columns] == [
        ["1", "5"], ["", "6"], ["3", "7"], ["", "8"]
    ]  # fmt: skip
    assert table.told == {2: open_quote("'b', 'd'")}


@pytest.mark.parametrize(
    "note",
    [
        "woke at 3\nand at 5",
        "beer; wine; tea\nwater; milk; tea; and so on",
        "I began:\n2026-01-03\nand then slept",
        "\n\nfar below",
        'he said ""no""\nand left',
    ],
)
@pytest.mark.parametrize("at", [0, 4, 9])
def test_a_quoted_note_of_several_lines_is_one_cell(note, at):
    table = table_of(diary_of({at: f'"{note}"'}))
    assert len(table) == 10
    assert table.columns[3][at] == note.replace('""', '"')
    assert lines_told(table) == list(range(1, 12 + note.count("\n")))
    assert table.told == {}


@pytest.mark.filterwarnings("ignore::sleepstats.DiaryWarning")
@pytest.mark.parametrize("length", [20, 400])
@pytest.mark.parametrize("kind", ["bytes", "text"])
def test_zeros_at_the_end_cost_their_own_line(kind, length):
    """A machine that stopped while it wrote leaves zeros; short and long files are read alike."""
    days = pd.date_range("2024-01-05", periods=length)
    text = "night,into_bed,out_of_bed\n" + "".join(f"{d:%Y-%m-%d},23:10,07:00\n" for d in days)
    text += "\0" * 40
    nights = ss.read_diary(io.StringIO(text) if kind == "text" else io.BytesIO(text.encode()))
    assert len(nights) == length
    report = ss.reading_report(nights)
    assert report["status"].tolist()[-1] == "refused"


@pytest.mark.parametrize("above", ["", "My sleep\n\n"])
@pytest.mark.parametrize(
    ("header", "names"),
    [
        ('night,"Time\nin bed",coffee,up', ["night", "Time in bed", "coffee", "up"]),
        ('"Night\n(date)","in\nbed","Tea,\ncoffee","get\n\nup"',
         ["Night (date)", "in bed", "Tea, coffee", "get  up"]),
        ('night,bed,"a ""big""\nscale (0-10)",up', ["night", "bed", 'a "big" scale (0-10)', "up"]),
    ],
)  # fmt: skip
def test_a_header_whose_cells_are_broken_into_lines_is_one(header, names, above):
    """As spreadsheets write headers with line breaks; a row stays on the line where it stands."""
    text = above + header + "\n" + "".join(f"2026-01-0{d},23:10,{d},07:00\n" for d in range(1, 6))
    source = open_source(io.StringIO(text))
    titles = above.count("\n")
    table = read_table(source, titles + 1, ",")
    assert table.header == names
    first = titles + header.count("\n") + 2
    assert table.line.tolist() == list(range(first, first + 5))
    assert lines_told(table) == list(range(1, first + 5))


@pytest.mark.parametrize(
    "text",
    [
        'night,"bed,up\n2026-01-01,23:10,07:00\n2026-01-02,23:20,07:10\n',  # nothing closes it
        '"night,bed\n2026-01-01",23:10\n2026-01-02,23:10\n2026-01-03,23:10\n',  # takes a row in
        'night,note\n2026-01-01,"woke\nat 3"\n2026-01-02,no\n2026-01-03,no\n',  # a note, below
        'a,"b\nc"\n1,2,3,4\n1,2,3,4\n',  # fits no row
    ],
)
def test_what_is_no_broken_header_stays(text):
    assert open_source(io.StringIO(text)).text == text


def test_the_header_is_read_as_it_was_recognised():
    """A quote in the header that the next line closes: the first row is not taken into it."""
    table = table_of('"time,what,much\n2027-03-01",tea,1\n2027-03-02,tea,2\n'.replace(",", ";"))
    assert table.header == ["time", "what", "much"]
    assert table.line.tolist() == [2, 3]
    assert table.columns[1].tolist() == ["tea", "tea"]


@pytest.mark.filterwarnings("ignore::sleepstats.DiaryWarning")
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "mac_roman", "utf-16", "json"])
def test_a_broken_header_is_one_in_every_encoding_and_document(encoding):
    rows = [(f"2026-01-0{d}", f"23:1{d}", d, f"07:0{d}") for d in range(1, 8)]
    names = ("night", "Time\nin bed", "Müdigkeit\n(größte)", "out\nof bed")
    if encoding == "json":
        raw = json.dumps([dict(zip(names, row, strict=True)) for row in rows]).encode()
    else:
        lines = [",".join(f'"{name}"' for name in names), *(",".join(map(str, r)) for r in rows)]
        raw = "\n".join(lines).encode(encoding)
    nights = ss.read_diary(io.BytesIO(raw))
    assert [f"{one:%H:%M}" for one in nights["into_bed"]] == [f"23:1{d}" for d in range(1, 8)]
    assert nights["tib_min"].tolist() == [470.0] * 7  # 23:1d to 07:0d
    (tired,) = [name for name in nights if name.startswith("müdigkeit")]
    assert nights[tired].tolist() == list(range(1, 8))


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_lines_of_another_delimiter_are_split_by_it_and_told(sign):
    """Where two exports were put together; a line of other width, or a text, is left as it is."""
    other = f"2026-01-02{sign}23:20{sign}2.5{sign}a b"
    source = open_source(
        io.StringIO(f"night,bed,tea,note\n2026-01-01,23:10,1,x\n{other}\na{sign}b\n")
    )
    table = read_table(source, 1, ",")
    assert [column.tolist() for column in table.columns] == [
        ["2026-01-01", "2026-01-02", f"a{sign}b"], ["23:10", "23:20", ""], ["1", "2.5", ""],
        ["x", "a b", ""],
    ]  # fmt: skip
    assert table.told == {
        3: f"the whole line stood in one cell: it was split by {sign!r}",
    }
    assert table.width == {2: 1}


def test_a_note_of_several_lines_is_not_split():
    table = table_of('a;b;c\n"one | two\nthree | four"\n1;2;3\n')
    assert table.columns[0].tolist() == ["one | two\nthree | four", "1"]
    assert table.told == {}


def test_marks_of_the_direction_of_writing_are_no_part_of_a_cell():
    """Hebrew and Arabic sheets put isolates and embeddings around dates and numbers."""
    for opens, shuts in ("\u2066\u2069", "\u2067\u2069", "\u202b\u202c", "\u061c\u200f"):
        assert tidy(f"{opens}2026-01-05{shuts}") == "2026-01-05"


def test_a_quoted_note_in_a_middle_column_is_one_cell():
    rows = [f'2026-01-{d:02d};"first\n2 and {d}; more";3;4;5\n' for d in range(1, 8)]
    table = table_of("night;note;a;b;c\n" + "".join(rows))
    assert table.columns[1].tolist() == [f"first\n2 and {d}; more" for d in range(1, 8)]
    assert table.columns[4].tolist() == ["5"] * 7


def test_a_quote_in_the_header_does_not_swallow_the_rows():
    text = diary_of({}).replace(";bed", ';"bed', 1)
    table = table_of(text)
    assert table.header == ["night", "bed", "stress", "note"]
    assert len(table) == 10
