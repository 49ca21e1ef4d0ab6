"""Files, paths, file objects and options as they should not be: a result or words, never a crash.

What is expected is the library's own promise: nothing but ``DiaryError`` with a sentence, and what
is read passes ``check_nights``. The diaries are invented here.
"""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import os
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from exports import INVENTED

import sleepstats as ss
from sleepstats.errors import DiaryError, DiaryWarning
from sleepstats.reading.nights import own_writing

HEAD = "night,into_bed,out_of_bed"


def diary(
    values: list[str], header: str = "coffee", month: int = 1, nights: int = 28
) -> io.StringIO:
    rows = "".join(
        f"2026-{month:02d}-{d:02d},22:50,07:00,{values[d % len(values)]}\n"
        for d in range(1, nights + 1)
    )
    text = io.StringIO(f"{HEAD},{header}\n{rows}")
    text.name = f"{month}.csv"
    return text


def quietly(source: object, **options: object) -> pd.DataFrame:
    """Read; only the library's own warnings may be given."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", DiaryWarning)
        return ss.check_nights(ss.read_diary(source, **options))


class Strange:
    """A file object that gives or raises what it was told to."""

    def __init__(self, gives: object) -> None:
        self.gives = gives

    def read(self, *size: int) -> object:
        if isinstance(self.gives, Exception):
            raise self.gives
        return self.gives


class Nameless(io.StringIO):
    @property
    def name(self) -> str:
        raise RuntimeError("no name")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("night,into_bed\n2026-01-05,23:00\n", "a text of several lines where a path was expected"),
        ("a" * 5000, "5000 characters"),
        ("a\0b.csv", "this is no path of a file"),
        ("https://example.com/a.csv", "https://example.com/a.csv: this is an address, and nothing"),
        (b"night,into_bed", "read_diary\\(\\) got bytes where a path was expected"),
        (5, "got a int"),
        (None, "got a NoneType"),
        ([], "an empty list of files"),
        ([["nowhere.csv"]], "nowhere.csv: no such file"),
    ],
    ids=["a text", "long", "NUL", "an address", "bytes", "int", "None", "empty", "list in a list"],
)
def test_what_is_no_path_is_said(path: object, words: str) -> None:
    with pytest.raises(DiaryError, match=words):
        ss.read_diary(path)  # type: ignore[arg-type]


def test_a_list_that_holds_itself_is_refused() -> None:
    loop: list = []
    loop.append(loop)
    with pytest.raises(DiaryError, match="lists within lists"):
        ss.read_diary(loop)


@pytest.mark.parametrize(
    ("gives", "words"),
    [
        (None, "read\\(\\) gave a NoneType, expected text or bytes"),
        (5, "read\\(\\) gave a int"),
        (RuntimeError("boom"), "cannot be read \\(RuntimeError: boom\\)"),
        (OSError(5, "Input/output error"), "cannot be read \\(OSError"),
        ("", "the file is empty"),
    ],
)
def test_a_strange_file_object_is_said(gives: object, words: str) -> None:
    with pytest.raises(DiaryError, match=words):
        ss.read_diary(Strange(gives))  # type: ignore[arg-type]


def test_file_objects_that_can_be_read_are() -> None:
    raw = diary(["1", "2"]).getvalue()
    assert len(quietly(Nameless(raw))) == 28
    assert len(quietly(Strange(memoryview(raw.encode())))) == 28
    assert len(quietly(Strange(bytearray(raw.encode())))) == 28


def test_closed_unreadable_and_wrongly_decoded_files_are_said(tmp_path: Path) -> None:
    closed = diary(["1"])
    closed.close()
    with pytest.raises(DiaryError, match="I/O operation on closed file"):
        ss.read_diary(closed)
    with (tmp_path / "w.csv").open("w") as out, pytest.raises(DiaryError, match="not readable"):
        ss.read_diary(out)
    (tmp_path / "latin.csv").write_bytes(diary(["caf\u00e9"]).getvalue().encode("cp1252"))
    with (
        (tmp_path / "latin.csv").open(encoding="utf-8") as stream,
        pytest.raises(DiaryError, match="was opened as utf-8 text and is none"),
    ):
        ss.read_diary(stream)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there are no devices here")
def test_a_device_is_refused_at_once() -> None:
    with pytest.raises(DiaryError, match="/dev/zero: this is a device, not a file"):
        ss.read_diary("/dev/zero")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_is_read_and_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    monkeypatch.setattr("sleepstats.reading.text.source.PATIENCE_S", 0.2)
    with pytest.raises(DiaryError, match="this is a pipe, and for 0 s nothing came through it"):
        ss.read_diary(pipe)
    monkeypatch.setattr("sleepstats.reading.text.source.PATIENCE_S", 5.0)
    raw = diary(["1", "2"]).getvalue()

    def write() -> None:
        with pipe.open("w") as out:
            out.write(raw[:100])
            out.flush()
            time.sleep(0.2)
            out.write(raw[100:])

    writer = threading.Thread(target=write)
    writer.start()
    assert len(quietly(pipe)) == 28
    writer.join()


def test_a_file_that_is_too_large_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sleepstats.reading.text.source.MOST_BYTES", 100)
    (tmp_path / "large.csv").write_text(diary(["1"]).getvalue())
    for source in (tmp_path / "large.csv", diary(["1"])):
        with pytest.raises(DiaryError, match="more than 0 MB, and a diary is smaller"):
            ss.read_diary(source)


def test_more_columns_than_a_diary_has_are_refused() -> None:
    with pytest.raises(DiaryError, match=r"line 1: 30004 columns, and no more than 20000 are read"):
        ss.read_diary(diary(["1" + ",1" * 30_000], "c" + ",c" * 30_000))


def test_hundreds_of_columns_are_read_without_a_foreign_warning() -> None:
    header = ",".join(f"c{i}" for i in range(300))
    nights = quietly(diary([",".join("0" * 300), ",".join("1" * 300)], header, nights=4))
    assert nights["c299"].tolist() == [1, 0, 1, 0]


@pytest.mark.parametrize(
    "options",
    [
        {"reverse": 5}, {"reverse": [5]}, {"format": None}, {"format": []}, {"columns": {5: 6}},
        {"columns": {"coffee": 5}}, {"columns": 5}, {"when": {5: "day"}}, {"when": {"coffee": 5}},
        {"tz": 5}, {"tz": ""}, {"tz": []}, {"tz": "a\0b"}, {"labels": None}, {"labels": []},
        {"dayfirst": 1}, {"sheet": 1}, {"sheet": ["a"]}, {"year": "2026"}, {"year": True},
        {"year": np.array([2026])}, {"strict": pd.NA}, {"strict": 1}, {"tz": pd.Index(["UTC"])},
        {"reverse": np.array("stress")}, {"blank_is_no": np.array("wine")}, {"blank_is_no": [1]},
        {"person": 1},
    ],
    ids=str,
)  # fmt: skip
def test_options_of_another_type_are_said(options: dict) -> None:
    name = next(iter(options))
    with pytest.raises(DiaryError, match=f"{name}="):
        ss.read_diary(diary(["1"]), **options)


KINDS = {
    "number": ["0", "1", "3", ""],
    "yes_no": ["yes", "no", ""],
    "text": ["latte", "mocha", "none"],
    "time": ["15:30", "16:10", ""],
}


@pytest.mark.parametrize(("one", "two"), [*itertools.permutations(KINDS, 2)])
def test_columns_of_two_kinds_are_kept_apart_and_told(one: str, two: str) -> None:
    with pytest.warns(DiaryWarning, match=f"kept apart as 'coffee_{two}'"):
        nights = ss.read_diary([diary(KINDS[one]), diary(KINDS[two], month=2)])
    alone = [quietly(diary(KINDS[kind], month=m)) for kind, m in ((one, 1), (two, 2))]
    assert nights["coffee"].iloc[:28].equals(alone[0]["coffee"])
    assert nights[f"coffee_{two}"].iloc[28:].equals(alone[1]["coffee"].rename(f"coffee_{two}"))
    assert nights["coffee"].iloc[28:].isna().all()
    assert nights[f"coffee_{two}"].iloc[:28].isna().all()
    with pytest.raises(DiaryError, match="kept apart"):
        ss.read_diary([diary(KINDS[one]), diary(KINDS[two], month=2)], strict=True)


@pytest.mark.parametrize("swap", [False, True])
def test_nought_and_one_beside_yes_and_no_are_answers(swap: bool) -> None:
    both = [diary(["yes", "no", ""]), diary(["0", "1", ""], month=2)]
    with pytest.warns(DiaryWarning, match="holds 0 and 1, and yes and no in another file"):
        nights = ss.read_diary(both[::-1] if swap else both)
    assert nights["coffee"].dtype == "boolean"
    # d % 3 picks the answer: 1 is "no" in January, "1" in February
    assert nights["coffee"].iloc[[0, 1, 28, 29]].tolist() == [False, pd.NA, True, pd.NA]


def test_a_column_that_is_empty_in_one_file_is_of_the_other_files_kind() -> None:
    for kind in KINDS.values():
        nights = quietly([diary([""]), diary(kind, month=2)])
        assert nights["coffee"].iloc[28:].equals(quietly(diary(kind, month=2))["coffee"])


@pytest.mark.parametrize("cell", ["1e308", "1e101", "9" * 400, "1e99", "1e-320"])
def test_a_number_that_nobody_counts_is_told_and_missing(cell: str) -> None:
    values = [cell, *(str(d % 3) for d in range(1, 28))]
    nights = quietly(diary(values, "coffee_cups"))
    assert np.flatnonzero(nights["coffee_cups"].isna()).tolist() == [27]  # 28 % 28 is the first
    assert "line 29" in nights["problem"].iloc[27] or "coffee_cups" in nights["problem"].iloc[27]
    report = ss.reading_report(nights)
    assert "coffee_cups" in report["problem"].iloc[-1]
    ss.describe_nights(nights)


def test_clock_times_years_off_are_told_and_missing() -> None:
    """A Zeo row without a bed time whose waking is ten years later."""
    head = (
        "Sleep Date,ZQ,Total Z,Time to Z,Time in Wake,Time in REM,Time in Light,Time in Deep,"
        "Awakenings,Start of Night,End of Night,Rise Time,Alarm Reason,Set Alarm Time,"
        "Morning Feel,Sleep Graph,Firmware Version\n"
    )
    row = "03/02/2000,88,410,2,0,120,210,80,0,,03/02/2010 06:33,03/02/2010 06:30,0,,,1 2,x\n"
    nights = quietly(io.StringIO(head + row))
    assert nights[["final_wake", "out_of_bed"]].isna().all(axis=None)
    assert (
        "final_wake 2010-03-02 06:30 is days from the night of 2000-03-02"
        in nights["problem"].iloc[0]
    )
    assert nights["tst_min"].tolist() == [410]


def test_years_that_no_zone_knows() -> None:
    text = diary(["1"]).getvalue() + "9999-12-31,23:00,07:00,2\n"
    for tz in (None, "Europe/Berlin"):
        nights = quietly(io.StringIO(text), tz=tz)
        assert len(nights) == 28
        assert ss.reading_report(nights)["problem"].iloc[-1].startswith("line 30: dated 9999-12-3")


@pytest.mark.parametrize("rows", [1, 3])
def test_fitbit_with_years_of_two_digits_asks_for_the_order(rows: int) -> None:
    head = (
        "Sleep\nStart Time,End Time,Minutes Asleep,Minutes Awake,Number of Awakenings,Time in Bed\n"
    )
    row = '"11-10-26 11:07PM","12-10-26 6:40AM","400","50","20","450"\n'
    with pytest.raises(DiaryError, match="do not say whether 11-10-26 is 11 October"):
        ss.read_diary(io.StringIO(head + row * rows))


def test_a_computed_onset_that_the_clock_shows_before_the_bed_time_is_missing() -> None:
    """New York, 2 November 2025: 01:40 came twice; 45 min after the first is 01:25 again."""
    text = "night,into_bed,lights_out,sol_min,waso_min,final_wake,out_of_bed\n"
    text += "2025-11-01,01:40,01:40,45,0,07:00,07:30\n"
    nights = quietly(io.StringIO(text), tz="America/New_York", labels="evening")
    assert nights["sleep_onset"].isna().all()
    assert (
        "sleep_onset would read 01:25 on the clock that was set back" in nights["problem"].iloc[0]
    )
    # 01:40 EDT to 07:00 EST are 6 h 20 min, 45 of them awake
    assert nights["spt_min"].tolist() == [335]
    assert ss.add_measures(nights).equals(nights)


def test_rows_of_which_none_becomes_a_night_are_counted_in_words() -> None:
    from sleepstats.reading.nights import Draft
    from sleepstats.reading.nights.assemble import _no_night
    from sleepstats.reading.text import RawTable

    table = RawTable("x.csv", ["a"], [np.array(["1", "2"], dtype=object)], np.array([2, 3]))
    draft = Draft(table, "diary", "", np.full(2, "NaT", "datetime64[D]"))
    status = np.array(["joined", "joined"], dtype=object)
    assert _no_night([draft], [(status, {})]) == [
        "x.csv: no row of it became a night (2 joined). Check that it is the export of nights, and "
        "of the period meant."
    ]


@pytest.mark.parametrize(
    "text",
    [
        # a header whose quotes cut it otherwise than it was recognised; words above numbers
        'custom_name,end_day,tag_type_code,"comment,id,start_time,start_day,end_time\n'
        ',,tag_generic_alcohol,two," with food""",t1,2026-03-27T20:15:00+01:00,2026-03-27,\n',
        "night,into_bed,out_of_bed,Heart rate (bpm)\n"
        + "".join(f"2026-01-{day:02d},23:10,07:00,{'tea' if day % 2 else 'milk'}\n"
                  for day in range(5, 15)),
        'Body\n"2024-03-10 11:30PM","1"\nBody\n""\nDate,"",Steps\n"2024-03-09","2,531","11,402"\n',
        "date,\n2026-01-05,\n2026-01-05,\n2026-01-06,\n",
        # WHOOP's journal whose quote swallows a line, so that the answer has no column
        "Hora de inicio del ciclo,Hora de finalización del ciclo,Zona horaria del ciclo,"
        'Texto de la pregunta,"\n",Notas\n2026-09-01 23:50:00,,UTC,Tea?,true,x\n',
        "Cycle start time,Cycle end time,Cycle timezone,?\n2026-09-01 23:50:00,,UTC,true\n",
        # clock times under no header: nothing to name in columns=
        "date,,tea\n" + "".join(f"2026-01-{day:02d},23:{day},yes\n" for day in range(10, 30)),
        "1e101,tea,,date,x\n3,U,,2027-03-03,Y\nU,Y,,2027-03-02,Y\n0,A,24:00,2027-03-04,S\n",
    ],
)  # fmt: skip
def test_what_a_header_promises_is_read_or_refused(text):
    """Found by mangling files; what can be read keeps the invariants."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        try:
            nights, said = ss.read_diary(io.StringIO(text)), ""
        except ss.DiaryError as error:
            nights, said = None, str(error)
    if nights is None:
        assert len(said) > 20
    else:
        ss.check_nights(nights)


def test_a_record_that_ends_in_another_zone_than_it_begins_keeps_its_night() -> None:
    """Apple Health, flown west: the clock at the end shows less than the one at the beginning.

    By hand: 22:20 to 01:30 UTC is asleep from 23:20 in Berlin to 20:30 in New York, 190 minutes;
    as clock times they cannot stand beside each other.
    """
    kind = "HKCategoryTypeIdentifierSleepAnalysis"
    text = io.StringIO(
        "type,sourceName,startDate,endDate,value,HKTimeZone\n"
        f"{kind},W,2027-03-01 22:20:00 +0000,2027-03-02 01:20:00 +0000,Core,Europe/Berlin\n"
        f"{kind},W,2027-03-02 01:20:00 +0000,2027-03-02 01:30:00 +0000,Core,\n"
    )
    nights = quietly(text, tz="America/New_York")
    assert nights.index.strftime("%Y-%m-%d").tolist() == ["2027-03-01"]
    assert nights["tst_min"].tolist() == [190]
    assert nights["sleep_onset"].astype(str).tolist() == ["2027-03-01 23:20:00"]
    report = ss.reading_report(nights)
    assert report["line"].tolist() == [1, 2, 3]
    assert report["status"].tolist()[1:] in (["used", "merged"], ["repaired", "merged"])


def test_all_people_of_a_file_that_cannot_go_back_are_read() -> None:
    """A file is read once for each person; one of a pipe or a socket is kept."""

    class Once(io.RawIOBase):
        def __init__(self, raw: bytes) -> None:
            self.rest = io.BytesIO(raw)

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:
            part = self.rest.read(len(buffer))
            buffer[: len(part)] = part
            return len(part)

    raw = b"person,night,into_bed,out_of_bed\n" + b"".join(
        f"{who},2026-01-{day:02d},23:{day},07:00\n".encode()
        for who in ("ann", "bob")
        for day in range(10, 20)
    )
    for source in (Once(raw), [Once(raw)], io.BytesIO(raw), [io.BytesIO(raw)]):
        nights = ss.read_diary(source, person="all")
        assert nights.index.get_level_values("person").value_counts().to_dict() == {
            "ann": 10, "bob": 10
        }  # fmt: skip


@pytest.mark.parametrize(
    "letters", ["x", "9", '""', "a b ", "7:", "1.", "2026-", "日", "Ab", "schlaf", "(", "[", "| "]
)
def test_a_cell_or_header_of_thousands_of_letters_is_read_at_once(letters: str) -> None:
    """Once hours for a header (its words were taken apart letter by letter), a second for
    brackets, and a ValueError for more digits than Python makes a number of.
    """
    long = '"' + letters * (6000 // len(letters)) + '"'
    rows = "".join(f"2026-01-{day},23:{day},07:00,{day % 5}\n" for day in range(10, 20))
    for text in (
        f"{HEAD},{long}\n{rows}",
        f"{HEAD},stress\n{rows}".replace("23:12", long),
        f"{HEAD},stress\n{rows}".replace("2026-01-12", long),
        f"{HEAD},stress\n{rows}".replace(",2\n", f",{long}\n"),
        f"{long}\n{HEAD},stress\n{rows}",
        f"date,tea\n2026-01-10,{long}\n2026-01-11,{long}\n",
        f"{long},tea\n2026-01-10,yes\n2026-01-11,no\n",
    ):
        try:
            nights = quietly(io.StringIO(text))
        except DiaryError as error:
            assert 20 < len(str(error)) < 20_000  # noqa: PT017
        else:
            assert len(nights) >= 9


OLD_MAC = "Datum;Bettzeit;Aufstehzeit;Müdigkeit\r" + "".join(
    f"{d:02d}.01.2026;23:10;07:00;{d}\r" for d in range(13, 21)
)


@pytest.mark.parametrize(
    ("text", "stress"),
    [
        (OLD_MAC, 13.0),
        (OLD_MAC.replace("23:10", '"23:10"', 1), 13.0),
        (OLD_MAC.replace(";13\r", ';13\n"";;;\r'), 13.0),
    ],
)
def test_line_ends_of_old_machines_in_their_encodings(text: str, stress: float) -> None:
    """The ``csv`` module refuses a carriage return within a line; files in UTF-8 had none left."""
    nights = quietly(io.BytesIO(text.encode("cp1252")))
    assert len(nights) == 8
    assert nights["müdigkeit"].iloc[0] == stress


def test_a_note_of_any_length_in_a_table_that_is_turned_round() -> None:
    """The ``csv`` module stops at 131,072 letters of one cell unless it is told otherwise."""
    days = [f"{d}.1.2026" for d in range(13, 32)]
    text = "\n".join(
        [
            ",".join(["what", *days]),
            "bed time" + ",23:10" * 19,
            "wake time" + ",7:00" * 19,
            "notes," + "n" * 200_000 + "," * 18,
        ]
    )
    csv.field_size_limit(131_072)
    nights = quietly(io.StringIO(text))
    assert nights["into_bed"].notna().all()
    assert len(nights) == 19


def test_a_list_of_habits_whose_header_is_one_cell_is_refused_with_words() -> None:
    text = (
        '\n"Date,Stretching,Tea,Early dinner,"\n2027-03-06,YES_MANUAL,2500,NO,\n'
        '"2027-03-05,NO,1000,UNKNOWN,"\n"2027-03-04,YES_AUTO,0,SKIP,"\n'
        '"2027-03-03,UNKNOWN,3000,YES_MANUAL,"\n",YES_MANUAL,UNKNOWN,YES_MANUAL,\n'
        '"2027-03-01,NO,1000,NO,""\n'
    )
    with pytest.raises(DiaryError, match=r"does not look like|holds no nights"):
        quietly(io.StringIO(text))


@pytest.mark.parametrize("folder", sorted(p.name for p in INVENTED.iterdir() if p.is_dir()))
def test_a_cell_of_thousands_of_digits_is_words_or_a_problem(folder: str) -> None:
    """Python makes no number of more than 4,300 digits: mangled files had them below a date."""
    for path in sorted((INVENTED / folder).glob("*.[ct]sv")):
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        for place in (0, 1, -1):  # of a row's cells
            rows = [line.split(",") for line in lines]
            long = max(range(len(rows)), key=lambda i: (len(rows[i]), i))
            rows[long][min(place, len(rows[long]) - 1)] = "9" * 5000
            with contextlib.suppress(DiaryError):
                ss.check_nights(quietly(io.StringIO("\n".join(map(",".join, rows)))))


def test_a_day_is_of_two_digits() -> None:
    """What the mangling found: digits without end below a header of dates."""
    days = ["1", "31", "32", "0", "9" * 5000]
    assert [own_writing._dayish(day) for day in days] == [True, True, False, False, False]
