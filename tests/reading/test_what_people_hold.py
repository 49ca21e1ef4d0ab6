"""Workbooks, archives, JSON, XML, old encodings, and what stands in people's own cells.

Every file is invented and made here; the expected values are those that were put in.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import warnings
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from exports import clock, read
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

import sleepstats as ss
from sleepstats import DiaryError, DiaryWarning
from sleepstats.reading.words import sense
from sleepstats.reading.words.shapes import shape_of

DAYS = [dt.date(2027, 12, 28) + dt.timedelta(days=i) for i in range(9)]


def diary(write, *, head="Date", more="", ends=("Bedtime", "Got up")):
    """Return a diary whose dates are written in some way: from 23:10 to 07:00, a minute later."""
    rows = [f"{write(day)},23:{10 + i},07:00" for i, day in enumerate(DAYS)]
    return f"{head},{','.join(ends)}{more}\n" + "\n".join(rows)


def named(raw, name):
    stream = io.BytesIO(raw)
    stream.name = name
    return stream


def notes(nights):
    return " ".join(nights.attrs["sleepstats"]["notes"])


# workbooks


def month(book, title, first, *, head=True):
    """Add a sheet as people make them: a merged title, the table from column B, kinds of cells."""
    sheet = book.create_sheet(title)
    if head:
        sheet["B1"] = "My sleep"
        sheet.merge_cells("B1:G1")
        sheet.append([])
    sheet.append([None, "Evening", "Bedtime", "Wake up", "Slept", "Late tea", "Battery"])
    for i in range(4):
        night = dt.datetime(*first) + dt.timedelta(days=i)
        sheet.append(
            [None, night, dt.time(23, 10 + i), dt.time(6, 50), dt.timedelta(hours=7, minutes=5),
             bool(i % 2), 0.5 + i / 100]
        )  # fmt: skip
        sheet.cell(row=sheet.max_row, column=2).number_format = "dd/mm/yyyy"
        sheet.cell(row=sheet.max_row, column=7).number_format = "0%"


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture(name="workbook")
def make_workbook():
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    book.active["A1"] = "Fill in one row each morning"
    month(book, "January", (2027, 1, 4))
    month(book, "February", (2027, 2, 1))
    return saved(book)


def test_cells_of_a_workbook_are_what_they_are(workbook):
    nights = read(named(workbook, "sleep.xlsx"), sheet="January")
    assert nights.index.strftime("%m-%d").tolist() == ["01-04", "01-05", "01-06", "01-07"]
    assert clock(nights, "into_bed") == ["04 23:10", "05 23:11", "06 23:12", "07 23:13"]
    assert nights["tst_min"].tolist() == [425] * 4
    assert nights["late_tea"].tolist() == [False, True, False, True]
    assert nights["battery"].tolist() == [50, 51, 52, 53]


def test_sheets_with_the_same_headers_are_read_together_and_told(workbook):
    nights = read(named(workbook, "sleep.xlsx"))
    assert len(nights) == 8
    assert "Of 3 sheets read: 'January', 'February'; not read: 'Read me'." in notes(nights)
    rows = ss.reading_report(nights)
    # Row 4 of the sheet: below the title, a blank row and the headers.
    used = rows[rows["status"] == "used"].iloc[0]
    assert (used["file"], used["line"]) == ("sleep.xlsx, sheet 'January'", 4)


def test_an_unknown_sheet_is_told_those_there_are(workbook):
    with pytest.raises(DiaryError) as caught:
        read(named(workbook, "sleep.xlsx"), sheet="Januar")
    assert str(caught.value) == (
        "sleep.xlsx: there is no sheet 'Januar'. Did you mean 'January'? Its sheets: Read me, "
        "January, February."
    )


def test_a_sheet_is_not_asked_of_a_text():
    with pytest.raises(DiaryError, match="this file has no sheets"):
        read(diary(str), sheet="x")


def test_a_damaged_workbook_is_refused(workbook):
    with pytest.raises(DiaryError, match=r"damaged or not whole"):
        read(named(workbook[:2000], "sleep.xlsx"))


def ods(rows):
    book = OpenDocumentSpreadsheet()
    table = Table(name="Schlaf")
    for cells in rows:
        row = TableRow()
        for kind, key, value in cells:
            cell = TableCell(valuetype=kind, **{key: value} if key else {})
            cell.addElement(P(text="as shown" if key else value))
            row.addElement(cell)
        table.addElement(row)
    book.spreadsheet.addElement(table)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_an_opendocument_sheet_is_read_by_its_values():
    head = [("string", "", h) for h in ("Abend", "Bettzeit", "Aufgestanden", "Tee", "Kaffee")]
    body = [
        [("date", "datevalue", f"2027-01-{4 + i:02d}"), ("time", "timevalue", f"PT23H1{i}M00S"),
         ("time", "timevalue", "PT07H00M00S"), ("boolean", "booleanvalue", "true"),
         ("float", "value", str(i))]
        for i in range(4)
    ]  # fmt: skip
    nights = read(named(ods([head, *body]), "schlaf.ods"))
    assert nights["tib_min"].tolist() == [470, 469, 468, 467]
    assert nights["tee"].tolist() == [True] * 4
    assert nights["kaffee"].tolist() == [0, 1, 2, 3]


# archives


def packed(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, raw in files.items():
            archive.writestr(name, raw)
    return out.getvalue()


APPLE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!ELEMENT HealthData (ExportDate,Me,(Record)*)>
]>
<HealthData locale="en_GB">
 <Record type="HKQuantityTypeIdentifierStepCount" sourceName="Phone" unit="count"
  startDate="2027-02-01 10:00:00 +0100" endDate="2027-02-01 10:10:00 +0100" value="312"/>
 <Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="Watch"
  startDate="2027-02-01 23:10:00 +0100" endDate="2027-02-02 02:40:00 +0100"
  value="HKCategoryValueSleepAnalysisAsleepCore">
  <MetadataEntry key="HKTimeZone" value="Europe/Berlin"/>
 </Record>
 <Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="Watch"
  startDate="2027-02-02 02:40:00 +0100" endDate="2027-02-02 05:40:00 +0100"
  value="HKCategoryValueSleepAnalysisAsleepREM"/>
 <Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="Phone App"
  startDate="2027-02-01 23:00:00 +0100" endDate="2027-02-02 07:00:00 +0100"
  value="HKCategoryValueSleepAnalysisAsleepUnspecified"/>
</HealthData>
"""


@pytest.mark.parametrize("zipped", [False, True])
def test_apples_export_takes_a_night_from_one_device(zipped):
    """210 min core and 180 REM of the watch; the app's 480 min of the same night are not added."""
    raw = APPLE.encode()
    if zipped:
        raw = packed(**{
            "apple_health_export/export.xml": raw,
            "apple_health_export/export_cda.xml": b'<?xml version="1.0"?><ClinicalDocument/>',
        })  # fmt: skip
    nights = read(named(raw, "export.zip" if zipped else "export.xml"))
    assert nights.index.strftime("%Y-%m-%d").tolist() == ["2027-02-01"]
    assert nights["tst_min"].tolist() == [390]
    assert nights["device"].tolist() == ["Watch"]
    assert "3 of the 4 records of this export are of sleep." in notes(nights)
    if zipped:
        assert "export_cda.xml: this is a clinical document" in notes(nights)


def test_apples_export_without_sleep_says_so():
    raw = APPLE.replace("SleepAnalysis", "Something").encode()
    with pytest.raises(DiaryError, match="4 records of Apple Health, none of them of sleep"):
        read(named(raw, "export.xml"))


def test_apples_export_cut_off_says_where():
    with pytest.raises(DiaryError, match=r"export.xml, line \d+: this XML cannot be read"):
        read(named(APPLE[:-60].encode(), "export.xml"))


def test_entities_are_not_unfolded():
    raw = b'<!DOCTYPE HealthData [<!ENTITY a "aaaa">]><HealthData>&a;</HealthData>'
    with pytest.raises(DiaryError, match="declares entities"):
        read(named(raw, "export.xml"))


def test_an_archive_is_read_as_a_folder(tmp_path: Path):
    path = tmp_path / "mine.zip"
    path.write_bytes(packed(**{"a/sleep.csv": diary(str), "__MACOSX/a/._sleep.csv": b"\0\1"}))
    assert len(read(path)) == 9


def test_a_file_outside_of_the_archives_folder_is_refused(tmp_path: Path):
    path = tmp_path / "mine.zip"
    path.write_bytes(packed(**{"../sleep.csv": diary(str)}))
    with pytest.raises(DiaryError, match=r"'../sleep.csv' that would lie outside of its folder"):
        read(path)
    assert list(tmp_path.iterdir()) == [path]


def test_an_archive_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("sleepstats.reading.text._ALL", 100)
    path = tmp_path / "mine.zip"
    path.write_bytes(packed(**{"sleep.csv": diary(str)}))
    with pytest.raises(DiaryError, match="would unpack to"):
        read(path)


# JSON

FITBIT = [
    {
        "logId": 1, "dateOfSleep": "2027-01-06", "startTime": "2027-01-05T23:09:00.000",
        "endTime": "2027-01-06T07:09:00.000", "duration": 28800000, "minutesToFallAsleep": 0,
        "minutesAsleep": 420, "minutesAwake": 60, "minutesAfterWakeup": 2, "timeInBed": 480,
        "efficiency": 90, "type": "stages", "mainSleep": True,
        "levels": {"summary": {"deep": {"count": 3, "minutes": 70}},
                   "data": [{"dateTime": "2027-01-05T23:09:00.000", "level": "light"}]},
    },
    {
        "logId": 2, "dateOfSleep": "2027-01-06", "startTime": "2027-01-06T14:00:00.000",
        "endTime": "2027-01-06T14:40:00.000", "minutesToFallAsleep": 0, "minutesAsleep": 35,
        "minutesAwake": 5, "timeInBed": 40, "type": "classic", "mainSleep": False,
    },
]  # fmt: skip


def test_fitbits_json_is_read():
    nights = read(named(json.dumps(FITBIT).encode(), "sleep-2027-01.json"))
    assert nights["tst_min"].tolist() == [420]
    assert nights["tib_min"].tolist() == [480]
    assert nights["deep_min"].tolist() == [70]
    assert "sol_min" not in nights  # 0 is not measured
    assert nights.attrs["sleepstats"]["format"] == "fitbit_json"


def test_garmins_account_file_is_brought_to_the_bed():
    record = {
        "sleepStartTimestampGMT": "2027-01-05T22:09:00.0", "calendarDate": "2027-01-06",
        "sleepEndTimestampGMT": "2027-01-06T06:33:00.0", "deepSleepSeconds": 3600,
        "lightSleepSeconds": 14400, "remSleepSeconds": 5400, "awakeSleepSeconds": 600,
    }  # fmt: skip
    off = record | {"sleepStartTimestampGMT": "2027-01-06T22:00:00.0", "deepSleepSeconds": 0,
                    "sleepEndTimestampGMT": "2027-01-07T06:00:00.0", "lightSleepSeconds": 0,
                    "remSleepSeconds": 0}  # fmt: skip
    nights = read(named(json.dumps([record, off]).encode(), "s.json"), tz="Europe/Berlin")
    assert clock(nights, "sleep_onset") == ["05 23:09", "06 23:00"]
    assert nights["tst_min"].iloc[0] == 390  # 60 + 240 + 90
    assert np.isnan(nights["tst_min"].iloc[1])


def test_ouras_api_answer_is_read():
    record = {
        "id": "x", "day": "2027-01-06", "bedtime_start": "2027-01-05T23:00:00+01:00",
        "bedtime_end": "2027-01-06T07:00:00+01:00", "total_sleep_duration": 25200,
        "time_in_bed": 28800, "latency": 600, "type": "long_sleep", "heart_rate": {"items": [1]},
    }  # fmt: skip
    nights = read(named(json.dumps({"data": [record]}).encode(), "oura.json"))
    assert (nights["tst_min"].iloc[0], nights["sol_min"].iloc[0]) == (420, 10)


def test_health_auto_exports_json_is_read():
    sleep = {"date": "2027-01-06 00:00:00 +0100", "sleepStart": "2027-01-05 23:20:00 +0100",
             "sleepEnd": "2027-01-06 06:50:00 +0100", "core": 4.0, "deep": 1.0, "rem": 2.0,
             "asleep": 0, "totalSleep": 7.0, "inBed": 7.5, "source": "Watch"}  # fmt: skip
    steps = {"date": "2027-01-06 00:00:00 +0100", "qty": 4000}
    metrics = [{"name": "step_count", "units": "count", "data": [steps]},
               {"name": "sleep_analysis", "units": "hr", "data": [sleep]}]  # fmt: skip
    nights = read(named(json.dumps({"data": {"metrics": metrics}}).encode(), "HAE.json"))
    assert nights["tst_min"].tolist() == [420]
    assert nights["light_min"].tolist() == [240]
    assert clock(nights, "sleep_onset") == ["05 23:20"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'[{"a": 1', "this is JSON, but cannot be read"),
        (b'{"a": []}', "no list of records is in it"),
        (b"<html><table></table></html>", "a web page (HTML)"),
        (b'<?xml version="1.0"?><gpx></gpx>', "a track of places (GPX)"),
        (b'<?xml version="1.0"?><a></a>', "XML of another kind"),
        (packed(**{"word/document.xml": ""}), "a Word document"),
        (packed(**{"Index/Document.iwa": ""}), "a Numbers document"),
        (b"GIF89a" + bytes(20), "a picture"),
    ],
)
def test_other_files_are_named_for_what_they_are(raw, said):
    with pytest.raises(DiaryError) as caught:
        read(named(raw, "file"))
    assert said in str(caught.value)


# encodings


@pytest.mark.parametrize(
    ("header", "note"),
    [
        ("Fecha (mañana);Me acosté;Me levanté;Cafés", "1½ tazas, sueño ligero"),
        ("Date;Couché à;Levé à;Café", "bu à dîner, très tôt"),
        ("Data;Deitei às;Levantei;Cafés", "não dormi, só à noite"),
        ("Data;A letto;Alzato;Caffè", "così così, perché sì"),
    ],
)
def test_letters_that_one_language_has_together_decide_between_encodings(header, note, monkeypatch):
    """In cp1250 the ñ of Spanish is a Polish ń and the à of French a Slovak ŕ."""
    monkeypatch.setattr("sleepstats.reading.formats._proposed", lambda sample: ["cp1250"])
    rows = "".join(f"{d:02d}/03/2031;23:10;07:05;2;{note}\n" for d in (13, 14, 15, 16))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nights = ss.read_diary(io.BytesIO(f"{header};Note\n{rows}".encode("cp1252")))
    assert [*nights.attrs["sleepstats"]["roles"]] == [*header.split(";"), "Note"]


@pytest.mark.parametrize(
    ("encoding", "header", "column"),
    [
        ("cp1251", "Дата,Отбой,Подъём,Кофе", "кофе"),
        ("cp1252", "Datum,Bettzeit,Aufgestanden,Müdigkeit", "müdigkeit"),
        ("cp1250", "Date,Bedtime,Got up,Zażyłem lek", "zażyłem_lek"),
        ("mac_roman", "Date,Heure du coucher,Heure du lever,Fatigué après déjeuner",
         "fatigué_après_déjeuner"),
        ("shift_jis", "Date,Bedtime,Got up,コーヒー", "コーヒー"),
    ],
)  # fmt: skip
def test_the_words_of_the_header_decide_the_encoding(encoding, header, column):
    text = header + "\n" + "\n".join(f"2027-02-0{i},23:1{i},07:00,{i % 4}" for i in range(1, 9))
    nights = read(named(text.encode(encoding), "d.csv"))
    assert nights[column].tolist() == [float(i % 4) for i in range(1, 9)]
    assert "The file is not in UTF-8" in notes(nights)


# what stands in cells

FIRST = dt.date(2027, 12, 28)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        (diary(lambda d: f"{d.day}.{d.month}."), {"year": 2027}),
        (diary(lambda d: f"{d.month}/{d.day}"), {"year": 2027}),
        (diary(lambda d: f"{d.day} {d:%B}"), {"year": 2027}),
        (diary(lambda d: f"{(d - dt.date(1899, 12, 30)).days}"), {}),
        (diary(lambda d: f"{d:%A},{d.isoformat()}", head="Day,Date"), {}),
        (diary(lambda d: f"{d.year},{d.month},{d.day}", head="Year,Month,Day"), {}),
        (diary(lambda d: f"{d.day},{d:%b},{d.year}", head="Tag,Monat,Jahr"), {}),
    ],
)
def test_dates_are_read_however_they_are_written(text, options):
    nights = read(text, labels="evening", **options)
    assert nights.index.tolist() == pd.DatetimeIndex(DAYS).tolist()
    assert nights["tib_min"].tolist() == [470 - i for i in range(9)]


def test_weekdays_settle_the_year_and_it_is_told():
    """28 December is a Sunday in 2025 (and before that in 2014), 1 January 2026 a Thursday."""
    days = [dt.date(2025, 12, 28) + dt.timedelta(days=i) for i in range(9)]
    rows = [f"{d:%a} {d.day} {d:%b},23:10,07:00" for d in days]
    nights = read("Date,Bedtime,Got up\n" + "\n".join(rows), labels="evening")
    assert nights.index.tolist() == pd.DatetimeIndex(days).tolist()
    assert "read as of 2025, as the weekdays say" in notes(nights)


def test_weekdays_settle_day_and_month():
    """5 January 2026 is a Monday, 1 May a Friday."""
    days = [dt.date(2026, 1, 5) + dt.timedelta(days=i) for i in range(7)]
    rows = [f"{d:%a},{d:%m/%d/%Y},23:10,07:00" for d in days]
    nights = read("Day,Date,Bedtime,Got up\n" + "\n".join(rows), labels="evening")
    assert nights.index.tolist() == pd.DatetimeIndex(days).tolist()


def test_a_missing_year_is_asked_for_once():
    with pytest.raises(DiaryError) as caught:
        read(diary(lambda d: f"{d.day}.{d.month}."))
    assert str(caught.value) == (
        "the file object, column 'Date': the dates have no year ('28.12.'), and nothing in the "
        "file settles it. Say which year the first row is of: read_diary(path, year=2026)."
    )


@pytest.mark.parametrize(
    ("head", "cell", "length"),
    [("In bed", "23:15-06:45", "tib_min"), ("Slept", "23:15 – 06:45", "spt_min"),
     ("Night", "11:15 pm to 6:45 am", "tib_min")],
)  # fmt: skip
def test_two_times_in_a_cell_are_a_night(head, cell, length):
    text = f"Date,{head},Tea\n" + "\n".join(f"{day},{cell},1" for day in DAYS)
    assert read(text)[length].tolist() == [450.0] * 9


@pytest.mark.parametrize("size", [1, 1000])
def test_seconds_since_1970_are_brought_to_the_zone(size):
    """1800000000 is 2027-01-15 08:00:00 UTC; 10 h before it is 22:00 UTC, 23:00 in Berlin."""
    rows = [f"{(1_800_000_000 - 36_000 + d) * size},{(1_800_000_000 - 7_200 + d) * size}"
            for d in (0, 86_400)]  # fmt: skip
    nights = read("Bedtime,Got up\n" + "\n".join(rows), tz="Europe/Berlin")
    assert clock(nights, "into_bed") == ["14 23:00", "15 23:00"]
    assert nights["tib_min"].tolist() == [480, 480]


def test_seconds_without_a_zone_are_warned_about():
    rows = [f"{1_800_000_000 - 36_000},{1_800_000_000 - 7_200}"]
    with pytest.warns(DiaryWarning, match="seconds since 1970, which are UTC"):
        ss.read_diary(io.StringIO("Bedtime,Got up\n" + "\n".join(rows)))


def test_a_column_of_weekdays_is_no_habit_whatever_it_is_called():
    text = "Date,Day,Bed,Up\n" + "".join(
        f"2031-03-{day:02d},{name},23:10,07:00\n"
        for day, name in enumerate(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], 3)
    )
    roles = ss.read_diary(io.StringIO(text), labels="evening").attrs["sleepstats"]["roles"]
    assert roles["Day"]["role"] == "date"


def test_amounts_with_their_unit_are_numbers():
    """0,5 l and 1,0 l were once tags, cut at the comma; 2 verres and 1 verre are of one unit."""
    rows = [
        (f"0{4 + i}.03.2031", f"{a} l", w)
        for i, (a, w) in enumerate(
            [("0,5", "1 verre"), ("1,0", "2 verres"), ("1,5", "0 verre"), ("0,5", "1 verre")]
        )
    ]
    text = "Date;Couché;Lever;Eau;Vin\n" + "".join(f"{d};23:10;07:00;{a};{w}\n" for d, a, w in rows)
    nights = ss.read_diary(io.StringIO(text), labels="evening")
    assert nights["eau_l"].tolist() == [0.5, 1.0, 1.5, 0.5]
    assert nights["vin"].tolist() == [1.0, 2.0, 0.0, 1.0]


def test_asleep_among_twelve_hour_clocks_is_a_clock():
    """11:20 beside bed at 11:05 and woke at 6:40 is when, not how long."""
    text = "date,bed,asleep,woke,up\n" + "".join(
        f"2031-03-{d:02d},11:0{d % 6},11:2{d % 7},6:4{d % 5},7:0{d % 3}\n" for d in range(3, 20)
    )
    with pytest.warns(ss.DiaryWarning, match="12-hour clock"):
        nights = ss.read_diary(io.StringIO(text), labels="evening")
    assert (nights["spt_min"] > 400).all()


@pytest.mark.parametrize(
    ("head", "cell", "options"),
    [("Dia", "{d}/3", {"year": 2031}), ("日付", "3月{d}日", {"year": 2031}),
     ("Dzień", "{d:02d}.03.2031", {})],
)  # fmt: skip
def test_dates_under_a_header_of_any_language(head, cell, options):
    text = f"{head},Deitei,Acordei\n" + "".join(
        f"{cell.format(d=d)},23h1{d % 6},06h4{d % 5}\n" for d in range(3, 12)
    )
    nights = ss.read_diary(io.StringIO(text), labels="morning", **options)
    assert len(nights) == 9
    assert str(nights.index[0])[:10] == "2031-03-02"


def test_dates_with_points_side_by_side_are_turned_round():
    head = ";" + ";".join(f"{d:02d}.03.2031" for d in range(3, 10))
    rows = "\n".join(
        [
            head,
            "Zu Bett" + ";23:10" * 7,
            "Aufgestanden" + ";07:00" * 7,
            "Kaffee" + ";1;2" * 3 + ";0",
        ]
    )
    nights = ss.read_diary(io.StringIO(rows), labels="morning")
    assert len(nights) == 7
    assert nights["kaffee"].tolist() == [1, 2, 1, 2, 1, 2, 0]


def test_a_sheet_for_each_person_is_of_several_people():
    """The same evenings, told otherwise: the second sheet was once dropped as read already."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for who, bed in (("Lisa", "23:10"), ("Mark", "22:40")):
        sheet = book.create_sheet(who)
        sheet.append(["Datum", "Naar bed", "Op"])
        for d in range(3, 13):
            sheet.append([f"2031-03-{d:02d}", bed, "07:00"])
    raw = saved(book)
    with pytest.raises(DiaryError, match=r"several people.*person='Lisa'"):
        ss.read_diary(io.BytesIO(raw))
    assert len(ss.read_diary(io.BytesIO(raw), person="Mark", labels="morning")) == 10
    both = ss.read_diary(io.BytesIO(raw), person="all", labels="morning")
    assert sorted(set(both.index.get_level_values("person"))) == ["Lisa", "Mark"]


def test_an_app_of_ones_own_may_count_seconds():
    begin = 1_930_000_000  # 2031-02-27 23:06:40 UTC
    rows = [
        f"{i},{begin + 86_400 * i},{begin + 86_400 * i + 28_800},{60 + i % 9}" for i in range(9)
    ]
    text = "\n".join(["id,bed_ts,wake_ts,score", *rows])
    nights = ss.read_diary(io.StringIO(text), tz="UTC")
    assert nights["tib_min"].tolist() == [480.0] * 9
    assert clock(nights, "into_bed")[0] == "27 23:06"
    assert nights.attrs["sleepstats"]["roles"]["score"]["role"] == "night"


def test_clock_times_written_as_hours_and_minutes():
    """23h15min and 6h45min under words for going to bed and waking are when, not how long."""
    text = "Data\tFui dormir\tAcordei\tDormi\n" + "".join(
        f"{d:02d}/03/2031\t23h1{d % 6}min\t06h4{d % 5}min\t7h2{d % 7}min\n" for d in range(3, 20)
    )
    nights = ss.read_diary(io.StringIO(text), labels="morning")
    assert clock(nights, "final_wake")[0] == "03 06:43"
    assert nights["tst_min"].iloc[0] == 443.0


def test_shares_of_a_day_and_ranges_with_their_length():
    """0.96875 is 23:15 under any header of a clock; 23:40 – 06:50 (7h10) is a night."""
    rows = "".join(f"2031-03-{d:02d},0.96875,0.9791667,0.28125\n" for d in range(3, 12))
    nights = ss.read_diary(io.StringIO("Date,Bed,Asleep,Wake\n" + rows), labels="evening")
    assert clock(nights, "sleep_onset")[0] == "03 23:30"
    rows = "".join(f"0{d}/03/2031,23:40 – 06:50 (7h10),1\n" for d in range(3, 10))
    nights = ss.read_diary(io.StringIO("Fecha,Sueño,Café\n" + rows), labels="morning")
    assert nights["spt_min"].tolist() == [430.0] * 7


WEEKS = [dt.date(2026, 1, 5) + dt.timedelta(days=i) for i in range(14)]


def weeks(above, *, first=WEEKS[0]):
    """Write two weeks of rows that have their weekday only, a line above each."""
    lines = ["Day,Bedtime,Got up"]
    for start in (first, first + dt.timedelta(days=7)):
        lines.append(f"{above(start)},,")
        lines += [f"{start + dt.timedelta(days=i):%a},23:{10 + i},07:00" for i in range(7)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("text", "options"),
    [(weeks(lambda d: f"Week of {d:%b} {d.day} {d.year}"), {}),
     (weeks(lambda d: f"Woche ab {d:%d.%m.%Y}"), {}),
     (weeks(lambda d: f"Week of {d.day} {d:%B}"), {"year": 2026}),
     ("Sleep 2026\n" + weeks(lambda d: f"KW {d.isocalendar().week}"), {}),
     ("Sleep from 5 January 2026\n" + weeks(lambda d: "-"), {})],
)  # fmt: skip
def test_weekdays_are_dated_by_what_stands_above_their_week(text, options):
    """5 January 2026 is the Monday of the second ISO week."""
    nights = read(text, labels="evening", **options)
    assert nights.index.tolist() == pd.DatetimeIndex(WEEKS).tolist()
    assert nights["tib_min"].tolist() == [470 - i for i in range(7)] * 2
    assert "holds weekdays: dated by what stands above them" in notes(nights)


def test_days_with_their_weekday_take_the_month_of_the_title():
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=i) for i in range(9)]
    rows = "\n".join(f"{d:%a} {d.day},23:{10 + i},07:00" for i, d in enumerate(days))
    nights = read(f"January 2026\nDay,Bedtime,Got up\n{rows}\n", labels="evening")
    assert nights.index.tolist() == pd.DatetimeIndex(days).tolist()


@pytest.mark.parametrize("order", ["%y%m%d", "%d%m%y", "%m%d%y"])
def test_dates_of_six_digits_are_read_in_the_order_that_runs_on(order):
    nights = read(diary(lambda d: d.strftime(order)), labels="evening")
    assert nights.index.tolist() == pd.DatetimeIndex(DAYS).tolist()
    assert "holds dates of six digits" in notes(nights)


UTC = ["start,end,offset"] + [
    f"2031-03-{d:02d}T2{d % 3}:10:00Z,2031-03-{d + 1:02d}T06:0{d}:00Z,+0{d % 2 + 1}:00"
    for d in range(3, 9)
]


def test_stamps_in_utc_are_brought_to_the_bed_by_the_offsets_beside_them():
    """22:10 UTC is 00:10 of the next day at +02:00, 23:10 at +01:00."""
    nights = read("\n".join(UTC))
    assert nights["into_bed"].dt.strftime("%d %H:%M").tolist() == [
        "03 22:10", "04 22:10", "06 00:10", "06 21:10", "07 23:10", "08 23:10"
    ]  # fmt: skip
    assert nights["zone"].tolist()[:2] == ["UTC+02:00", "UTC+01:00"]


def test_stamps_in_utc_with_nothing_beside_them_ask_for_the_zone():
    text = "\n".join(line.rpartition(",")[0] for line in UTC)
    with pytest.warns(ss.DiaryWarning, match="tz='Europe/Berlin'"):
        nights = ss.read_diary(io.StringIO(text))
    assert f"{nights['into_bed'].iloc[0]:%d %H:%M}" == "03 20:10"
    tokyo = read(text, tz="Asia/Tokyo")  # nine hours later
    assert f"{tokyo['into_bed'].iloc[0]:%d %H:%M}" == "04 05:10"
    assert tokyo["tib_min"].tolist() == nights["tib_min"].tolist()


@pytest.mark.parametrize(
    ("head", "names"),
    [("Prénom", ("Zoé", "Luc")), ("Kto", ("Ola", "Jan")), ("Wie", ("Anna", "Bram")),
     ("名前", ("花子", "太郎")), ("Rec", ("Ida", "Per"))],
)  # fmt: skip
def test_two_people_row_by_row_are_refused_under_any_header(head, names):
    rows = [f"{d.isoformat()},{one},23:{10 + i},07:00" for i, d in enumerate(DAYS) for one in names]
    text = f"Date,{head},Bedtime,Got up\n" + "\n".join(rows)
    with pytest.raises(DiaryError, match=f"column '{head}': 2 people"):
        read(text)
    assert len(read(text, person=names[0])) == len(DAYS)


def test_two_devices_are_not_two_people():
    rows = [f"{d.isoformat()},{one},23:{10 + i},07:00" for i, d in enumerate(DAYS)
            for one in ("Watch", "Ring")]  # fmt: skip
    assert len(read("Date,Rec,Bedtime,Got up\n" + "\n".join(rows))) == len(DAYS)


@pytest.mark.parametrize(
    ("head", "role"),
    [("Zorb (evening)", "habit"), ("Zorb before bed", "habit"), ("Zorb (Abend)", "habit"),
     ("Zorb le soir", "habit"), ("Zorb on waking", "morning"), ("Zorb", "aside")],
)  # fmt: skip
def test_a_word_of_the_evening_settles_what_is_unknown(head, role):
    rows = [f"{d.isoformat()},23:{10 + i},07:00,{1 + i % 4}" for i, d in enumerate(DAYS)]
    nights = read(f"Date,Bedtime,Got up,{head}\n" + "\n".join(rows), labels="evening")
    assert nights.attrs["sleepstats"]["roles"][head]["role"] == role


@pytest.mark.parametrize(
    ("write", "head", "options"),
    [(lambda d, m: f"{d.day}./{m.day}.{m.month}.{m.year}", "Nacht vom … auf …", {}),
     (lambda d, m: f"{d.day}/{d.month} au {m.day}/{m.month}", "Nuit du", {"year": 2027}),
     (lambda d, m: f"{d.month}/{d.day} to {m.month}/{m.day}", "Night", {"year": 2027}),
     (lambda d, m: f"{d:%a} {d.day}.{d.month}. - {m:%a} {m.day}.{m.month}.{m:%y}", "Datum", {}),
     (lambda d, m: f"{d.day}-{m.day} {m:%b} {m.year}", "Night", {})],
)  # fmt: skip
def test_a_cell_that_names_both_days_of_a_night_names_its_evening(write, head, options):
    rows = [f"{write(d, d + dt.timedelta(days=1))},23:{10 + i},07:00" for i, d in enumerate(DAYS)]
    nights = read(f"{head},Bedtime,Got up\n" + "\n".join(rows), **options)
    assert nights.index.tolist() == pd.DatetimeIndex(DAYS).tolist()
    assert nights.attrs["sleepstats"]["labels"] == "evening"
    assert nights.attrs["sleepstats"]["roles"][head]["role"] == "date"


def test_of_all_that_somebody_did_the_rows_of_sleep_are_read():
    lines = ["Activity,From,To,Duration"]
    for d in DAYS[:6]:
        lines += [f"Sleep,{d} 23:10,{d + dt.timedelta(days=1)} 07:10,8:00",
                  f"Work,{d} 08:30,{d} 17:00,8:30", f"Sport,{d} 18:00,{d} 19:00,1:00"]  # fmt: skip
    nights = read("\n".join(lines))
    assert nights.index.tolist() == pd.DatetimeIndex(DAYS[:6]).tolist()
    assert nights["tib_min"].tolist() == [480] * 6
    assert "only the rows of ['Sleep'] are read" in notes(nights)
    report = ss.reading_report(nights)
    assert (report["status"] == "skipped").sum() == 13  # the header, work and sport


def test_hours_and_minutes_with_a_point_are_no_decimals():
    """7.05 to 7.57: of twelve decimals one at least would be .60 or more."""
    minutes = [5, 9, 13, 18, 22, 27, 31, 36, 41, 46, 52, 57]
    days = [dt.date(2027, 12, 1) + dt.timedelta(days=i) for i in range(12)]
    rows = [
        f"{d},23.00,07.{10 + i},7.{m:02d}"
        for i, (d, m) in enumerate(zip(days, minutes, strict=True))
    ]
    head = "Datum,Bett,Auf,Schlafdauer\n"
    nights = read(head + "\n".join(rows), labels="evening")
    assert nights["tst_min"].tolist() == [420 + m for m in minutes]
    rows[0] = rows[0].replace("7.05", "7.75")  # now they are
    assert read(head + "\n".join(rows), labels="evening")["tst_min"].iloc[0] == 465


def test_fifteen_m_of_a_screen_are_minutes_and_of_a_walk_metres():
    rows = [f"{d},23:10,07:00,{5 * i}m,{100 * i} m" for i, d in enumerate(DAYS)]
    nights = read("Date,Bedtime,Got up,Screen time,Walk\n" + "\n".join(rows), labels="evening")
    assert nights["screen_time_min"].tolist() == [5 * i for i in range(9)]
    assert nights["walk_m"].tolist() == [100 * i for i in range(9)]


def test_two_people_side_by_side_are_refused_with_the_way_on():
    rows = [f"{d},23:{10 + i},07:00,22:{30 + i},06:30,{i % 3}" for i, d in enumerate(DAYS)]
    text = "Date,Anna bed,Anna up,Bram bed,Bram up,Wine\n" + "\n".join(rows)
    with pytest.raises(DiaryError, match=r"the columns of 2 people \('Anna', 'Bram'\) stand side"):
        read(text, labels="evening")
    bram = read(text, labels="evening", person="Bram")
    assert bram["tib_min"].tolist() == [480 - i for i in range(9)]
    assert bram["wine"].tolist() == [i % 3 for i in range(9)]
    both = read(text, labels="evening", person="all")
    assert both.index.get_level_values("person").unique().tolist() == ["Anna", "Bram"]


@pytest.mark.parametrize(
    "header",
    [
        "Fecha;Hora;Sustancia;Cantidad", "Data;Ora;Sostanza;Quantità", "Data;Horário;O que;Dose",
        "Datum;Tijd;Middel;Hoeveelheid", "Data;Godzina;Lek;Dawka", "Datum;Tid;Läkemedel;Mängd",
        "Date;Heure;Boisson;Quantité", "Datum;Uhrzeit;Wirkstoff;Menge", "日付;時刻;薬;用量",
        "日期;时间;药物;剂量",
    ],
)  # fmt: skip
def test_a_log_of_doses_is_one_in_any_of_the_languages(header, tmp_path):
    """By hand: melatonin on two of four evenings, wine on three, on one of them twice."""
    nights = ss.read_diary(
        io.StringIO("night,into_bed,out_of_bed\n" + "".join(
            f"2026-02-{day:02d},23:00,07:00\n" for day in range(2, 6)))
    )  # fmt: skip
    rows = [
        "2026-02-02;21:00;vino;1", "2026-02-02;22:00;melatonin;3 mg", "2026-02-03;21:00;vino;1",
        "2026-02-03;22:00;vino;1", "2026-02-04;22:30;melatonin;3 mg", "2026-02-05;20:00;vino;2",
    ]  # fmt: skip
    path = tmp_path / "log.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    both = ss.join_evenings(nights, path)
    assert both["vino"].tolist() == [True, True, False, True]
    assert both["melatonin"].tolist() == [True, False, True, False]


@pytest.mark.parametrize("between", [" → ", " – ", " to ", " bis ", " - "])
def test_a_night_may_be_one_cell_of_two_dates_with_their_times(between):
    """By hand: from 23:15 on the evening to 7:05 on the next day, and from 0:40 to 8:30."""
    rows = [
        f'note,"May {day}, 2026 11:15 PM{between}May {day + 1}, 2026 7:05 AM",{day % 3}'
        for day in range(4, 16)
    ]
    rows.append(f'note,"May 17, 2026 12:40 AM{between}May 17, 2026 8:30 AM",2')
    nights = ss.read_diary(io.StringIO("\n".join(["Name,Sleep,Coffee", *rows]) + "\n"))
    assert len(nights) == 13
    begin = nights["sleep_onset"] if "sleep_onset" in nights else nights["into_bed"]
    assert begin.iloc[0] == pd.Timestamp("2026-05-04 23:15")
    assert begin.iloc[-1] == pd.Timestamp("2026-05-17 00:40")
    assert nights.index[-1] == pd.Timestamp("2026-05-16")
    assert nights["coffee"].tolist() == [day % 3 for day in range(4, 16)] + [2]


def test_a_root_sign_is_a_tick():
    """Chinese and Japanese keyboards write it so; blanks stay not recorded."""
    rows = [f"2026-03-{day:02d},23:00,7:00,{'√' if day % 3 else ''}" for day in range(1, 25)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        nights = ss.read_diary(
            io.StringIO("\n".join(["日期,上床时间,起床,咖啡", *rows])), labels="evening",
            blank_is_no="咖啡",
        )  # fmt: skip
    assert nights["咖啡"].tolist() == [bool(day % 3) for day in range(1, 25)]


@pytest.mark.parametrize(
    "header",
    [
        "Comment avez-vous dormi ? (1 = très mal, 5 = très bien)",
        "Como você dormiu? (1 = mal, 5 = bem)", "Wie haben Sie geschlafen? (1: schlecht; 5: gut)",
        "Jak spałam? [1 - źle, 5 - dobrze]", "Hoe heb je geslapen (1 = slecht / 5 = goed)",
    ],
)  # fmt: skip
def test_what_the_ends_of_a_scale_are_called_is_no_part_of_the_header(header):
    found = sense(header, shape_of(np.array(list("1234554321") * 3, dtype=object)))
    assert found.role == "morning"


@pytest.mark.parametrize(
    "table",
    [
        {"Walk": "yes", "Duration": "40"}, {"Coffee": "2", "Amount": "200"},
        {"Sport": "ja", "Dauer": "45"}, {"Gym": "yes", "From": "18:00", "To": "19:05"},
        {"Steps": "5000", "Distance": "3.1", "Duration": "30"},
        {"Start Time": "18:10", "End Time": "19:05", "Activity": "Run", "Avg HR": "120"},
        {"Start": "20:00", "End": "21:30", "Show": "film"},
    ],
)  # fmt: skip
def test_a_length_or_two_ends_of_anything_make_no_table_of_nights(table, tmp_path):
    """What was done on a day is of its evening, as without its length: 39 min became 4 (drawn)."""
    days = pd.date_range("2031-01-06", periods=20)
    nights = pd.DataFrame({"tst_min": 400.0 + np.arange(20) % 7}, index=days.rename("night"))
    path = tmp_path / "done.csv"
    rows = [",".join([f"{day:%Y-%m-%d}", *table.values()]) for day in days[::2]]
    path.write_text("\n".join([",".join(["Date", *table]), *rows]) + "\n", encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        joined = ss.join_evenings(nights, path)
    own = [name for name in joined if name not in nights]
    assert own
    assert "sleeping_heart_rate_bpm" not in own
    assert joined[own[0]].notna().tolist() == [True, False] * 10  # the evening of its own date
    with pytest.raises(ss.DiaryError, match="holds no nights"):
        ss.read_diary(path)


@pytest.mark.parametrize(
    "table",
    [
        {"Duration": "7:35"}, {"Duration": "455"}, {"Dauer": "7,5"},
        {"Start": "23:10", "End": "06:40"}, {"From": "11:10", "To": "6:40"},
    ],
)  # fmt: skip
def test_a_length_or_two_ends_like_those_of_nights_are_still_nights(table):
    """7 h 35 min of no other name, and a clock of twelve hours: as a person would read them."""
    rows = "".join(f"2031-01-{k:02d};{';'.join(table.values())}\n" for k in range(5, 20))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        nights = ss.read_diary(io.StringIO(f"date;{';'.join(table)}\n{rows}"))
    assert len(nights) == 15
    assert {"tst_min", "tib_min"} & set(nights)
