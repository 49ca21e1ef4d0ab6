"""Diaries as people keep them, in many languages and layouts, with the warts of each.

One invented month of nights is written by each of these hands; what has to be read is what was
written: the clock times of every night on their evening, and every habit. Each hand needs at most
the one option that a message names.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss

NIGHTS = 35
FIRST = dt.date(2031, 3, 3)


@dataclass(frozen=True)
class Night:
    """One invented night: minutes after the evening's midnight, and what was done before it."""

    evening: dt.date
    bed: int
    asleep: int
    wake: int
    up: int
    quality: int
    coffee: int
    wine: int
    run: bool

    @property
    def morning(self) -> dt.date:
        """The day on which it ended."""
        return self.evening + dt.timedelta(1)


def month() -> list[Night]:
    """Return the nights; on free days one sleeps in, which settles what a date names."""
    chance = random.Random(11)
    out = []
    for i in range(NIGHTS):
        evening = FIRST + dt.timedelta(i)
        free = evening.weekday() in (4, 5)
        bed = 1380 + chance.randint(-30, 30) + 60 * free
        asleep = bed + chance.randint(5, 40)
        wake = asleep + chance.randint(390, 450) + 50 * free
        out.append(
            Night(evening, bed, asleep, wake, wake + chance.randint(2, 20), chance.randint(1, 5),
                  chance.randint(0, 3), chance.choice((0, 0, 1, 2)), chance.random() < 0.5)
        )  # fmt: skip
    return out


MONTH = month()


def hm(minutes: int, sign: str = ":") -> str:
    return f"{minutes // 60 % 24:02d}{sign}{minutes % 60:02d}"


def half_day(minutes: int, blank: str = " ") -> str:
    hour = minutes // 60 % 24
    return f"{(hour - 1) % 12 + 1}:{minutes % 60:02d}{blank}{'am' if hour < 12 else 'pm'}"


def clock(minutes: int) -> dt.time:
    return dt.time(minutes // 60 % 24, minutes % 60)


def table(rows: list[list[object]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    book = pytest.importorskip("openpyxl").Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def excel_title_weekday_ticks() -> bytes:
    rows: list[list[object]] = [
        ["My sleep diary 2031"], ["fill in every morning!"], [],
        ["Day", "Date", "Bed", "Woke", "Up", "How was the night (1-5)", "Coffee", "Wine", "Run?"],
    ]  # fmt: skip
    rows += [
        [n.morning.strftime("%a"), dt.datetime.combine(n.morning, dt.time()), clock(n.bed),
         clock(n.wake), clock(n.up), n.quality, n.coffee, n.wine, "x" if n.run else None]
        for n in MONTH
    ]  # fmt: skip
    return workbook({"Sleep": [*rows, [], ["", "Average", None, None, None, 3.1]]})


def german_semicolons_cp1252() -> bytes:
    words = ["sehr schlecht", "schlecht", "mittel", "gut", "sehr gut"]
    head = ["Datum", "Zubettgehen", "Aufgewacht", "Aufgestanden", "Schlafdauer (h)",
            "Schlafqualität", "Kaffee", "Wein", "Laufen"]  # fmt: skip
    rows = [
        [n.morning.strftime("%d.%m.%Y"), hm(n.bed), hm(n.wake), hm(n.up),
         f"{(n.wake - n.asleep) / 60:.2f}".replace(".", ","), words[n.quality - 1], n.coffee,
         n.wine, "ja" if n.run else "nein"]
        for n in MONTH
    ]  # fmt: skip
    return table([head, *rows], ";", "cp1252")


def french_form() -> bytes:
    words = ["Très mal", "Mal", "Moyen", "Bien", "Très bien"]
    head = ["Horodateur", "À quelle heure vous êtes-vous couché(e) ?",
            "À quelle heure vous êtes-vous réveillé(e) ?", "Lever", "Comment avez-vous dormi ?",
            "Nombre de cafés hier", "Verres de vin hier", "Course hier"]  # fmt: skip
    rows = [
        [f"{n.morning:%d/%m/%Y} 08:{11 * i % 60:02d}:00", hm(n.bed, "h"), hm(n.wake, "h"),
         hm(n.up, "h"), words[n.quality - 1], n.coffee, n.wine, "Oui" if n.run else "Non"]
        for i, n in enumerate(MONTH)
    ]  # fmt: skip
    return table([head, *rows])


def form_of_the_evening() -> bytes:
    """Filled in at nine in the evening: last night, and what was done today, before the next."""
    head = ["Timestamp", "Bedtime last night", "Wake time this morning", "Got up at",
            "How rested did you feel?", "Coffees today", "Wine today", "Run today"]  # fmt: skip
    after = [*MONTH[1:], Night(MONTH[-1].morning, 0, 0, 0, 0, 0, 1, 0, run=False)]
    rows = [
        [f"{n.morning.month}/{n.morning.day}/{n.morning.year} 21:{17 * i % 60:02d}:10",
         half_day(n.bed), half_day(n.wake), half_day(n.up), n.quality, d.coffee, d.wine,
         "yes" if d.run else "no"]
        for i, (n, d) in enumerate(zip(MONTH, after, strict=True))
    ]  # fmt: skip
    return table([head, *rows])


def no_year_newest_first() -> bytes:
    days = ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"]
    head = ["Tag", "ins Bett", "wach", "raus", "Wie war die Nacht?", "Kaffee", "Wein", "gelaufen"]
    rows = [
        [f"{days[n.evening.weekday()]} {n.evening.day}.{n.evening.month}.", hm(n.bed, "."),
         hm(n.wake, "."), hm(n.up, "."), n.quality, n.coffee, n.wine, "x" if n.run else "nein"]
        for n in reversed(MONTH)
    ]  # fmt: skip
    return table([head, *rows], ";")


def american_half_days() -> bytes:
    head = ["date", "went to bed", "woke up", "got up", "rating", "coffee", "wine", "run"]
    rows = [
        [n.evening.strftime("%m/%d/%y"), half_day(n.bed, ""), half_day(n.wake, ""),
         half_day(n.up, ""), f"{n.quality}/5", n.coffee, n.wine, str(n.run).upper()]
        for n in MONTH
    ]  # fmt: skip
    return table([head, *rows])


def two_tables_in_a_sheet() -> bytes:
    rows: list[list[object]] = [
        ["Date", "Bedtime", "Wake time", "Got up", "Quality", "Coffee", "Wine", "Run", None,
         "Month", "Average"],
    ]  # fmt: skip
    for i, n in enumerate(MONTH):
        beside = [None, ["March", "April"][i], 3.2] if i < 2 else []
        rows.append([n.evening, clock(n.bed), clock(n.wake), clock(n.up), n.quality, n.coffee,
                     n.wine, "yes" if n.run else "no", *beside])  # fmt: skip
    return workbook({"Sheet1": rows})


def a_sheet_for_each_week_transposed() -> bytes:
    sheets: dict[str, list[list[object]]] = {}
    for week in range(NIGHTS // 7):
        nights = MONTH[7 * week : 7 * week + 7]
        sheets[f"KW {10 + week}"] = [
            [None, *("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")],
            ["Datum", *(dt.datetime.combine(n.evening, dt.time()) for n in nights)],
            ["Ins Bett", *(clock(n.bed) for n in nights)],
            ["Aufgewacht", *(clock(n.wake) for n in nights)],
            ["Aufgestanden", *(clock(n.up) for n in nights)],
            ["Schlafqualität", *(n.quality for n in nights)],
            ["Kaffee", *(n.coffee for n in nights)],
            ["Wein", *(n.wine for n in nights)],
            ["Laufen", *("ja" if n.run else "nein" for n in nights)],
        ]
    return workbook(sheets)


def a_sheet_for_each_month_with_days() -> bytes:
    sheets: dict[str, list[list[object]]] = {}
    for n in MONTH:
        title = [
            [f"{n.evening:%B %Y}"],
            ["Night of", "Bed", "Wake", "Rose", "Quality", "Coffee", "Wine", "Ran"],
        ]
        sheets.setdefault(f"{n.evening:%b}", title).append(
            [n.evening.day, clock(n.bed), clock(n.wake), clock(n.up), n.quality, n.coffee, n.wine,
             "y" if n.run else "n"]
        )  # fmt: skip
    return workbook(sheets)


def nights_side_by_side() -> bytes:
    return table([
        ["", *(n.evening.isoformat() for n in MONTH)],
        ["Went to bed", *(hm(n.bed) for n in MONTH)],
        ["Woke up", *(hm(n.wake) for n in MONTH)],
        ["Got up", *(hm(n.up) for n in MONTH)],
        ["Quality 1-5", *(n.quality for n in MONTH)],
        ["Coffee", *(n.coffee for n in MONTH)],
        ["Wine", *(n.wine for n in MONTH)],
        ["Run", *("yes" if n.run else "no" for n in MONTH)],
    ])  # fmt: skip


def japanese_shift_jis() -> bytes:
    head = ["日付", "就寝", "目覚め", "起床", "睡眠の質", "コーヒー", "ワイン", "ランニング"]
    rows = [
        [f"{n.evening.year}年{n.evening.month}月{n.evening.day}日", hm(n.bed),
         f"{n.wake // 60 % 24}時{n.wake % 60}分", hm(n.up), n.quality, n.coffee, n.wine,
         "○" if n.run else "×"]
        for n in MONTH
    ]  # fmt: skip
    return table([head, *rows], encoding="shift_jis")


def chinese_gb18030() -> bytes:
    words = ["很差", "差", "一般", "好", "很好"]
    head = ["日期", "上床时间", "醒来时间", "起床时间", "睡眠质量", "咖啡(杯)", "红酒(杯)", "跑步"]
    rows = [
        [f"{n.evening.year}/{n.evening.month}/{n.evening.day}", hm(n.bed), hm(n.wake), hm(n.up),
         words[n.quality - 1], n.coffee, n.wine, "是" if n.run else "否"]
        for n in MONTH
    ]  # fmt: skip
    return table([head, *rows], encoding="gb18030")


def polish_cp1250() -> bytes:
    head = ["Data", "Położenie się", "Przebudzenie", "Wstanie", "Jakość (1-5)", "Kawa", "Wino",
            "Bieganie"]  # fmt: skip
    rows = [
        [n.morning.strftime("%d.%m.%Y"), hm(n.bed), hm(n.wake), hm(n.up), n.quality, n.coffee,
         n.wine, "tak" if n.run else "nie"]
        for n in MONTH
    ]  # fmt: skip
    return table([head, *rows], ";", "cp1250")


def portuguese_date_in_three_columns() -> bytes:
    head = ["Dia", "Mês", "Ano", "Deitei", "Acordei", "Levantei", "Qualidade", "Café", "Vinho",
            "Corrida"]  # fmt: skip
    rows = [
        [n.evening.day, n.evening.month, n.evening.year, hm(n.bed), hm(n.wake), hm(n.up), n.quality,
         n.coffee, n.wine, "sim" if n.run else "não"]
        for n in MONTH
    ]  # fmt: skip
    return table([head, *rows], ";")


def french_mac_roman() -> bytes:
    head = ["Date", "Couché", "Réveillé", "Levé", "Qualité", "Café", "Vin", "Course à pied"]
    rows = [
        [n.evening.strftime("%d/%m/%Y"), hm(n.bed), hm(n.wake), hm(n.up), n.quality, n.coffee,
         n.wine, "oui" if n.run else "non"]
        for n in MONTH
    ]  # fmt: skip
    return table([head, *rows], ";", "mac_roman")


def swedish_words() -> bytes:
    words = ["mycket dålig", "ganska dålig", "okej", "ganska bra", "mycket bra"]
    head = ["Natt", "Gick och la mig", "Vaknade", "Steg upp", "Sömnkvalitet", "Kaffe", "Vin",
            "Löpning"]  # fmt: skip
    rows = [
        [n.evening.isoformat(), hm(n.bed), hm(n.wake), hm(n.up), words[n.quality - 1], n.coffee,
         n.wine, "ja" if n.run else "nej"]
        for n in MONTH
    ]  # fmt: skip
    return table([head, *rows])


def decimal_hours() -> bytes:
    head = ["date", "bed", "wake", "up", "quality", "coffee", "wine", "run"]
    rows = [
        [n.evening.isoformat(), *(f"{m / 60 % 24:.2f}" for m in (n.bed, n.wake, n.up)), n.quality,
         n.coffee, n.wine, "y" if n.run else "n"]
        for n in MONTH
    ]  # fmt: skip
    return table([head, *rows])


def italian_units_in_words() -> bytes:
    """Days without a year under a header that names no date, one thing counted in each cell."""
    days = ["lun", "mar", "mer", "gio", "ven", "sab", "dom"]
    months = ["gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"]

    def of(number: int, one: str, more: str) -> str:
        return f"{number} {one if number == 1 else more}" if number else "nessuno"

    head = ["Risveglio", "A letto", "Sveglia", "Alzata", "Qualità", "Caffè", "Vino", "Corsa"]
    rows = [
        [f"{days[n.morning.weekday()]} {n.morning.day} {months[n.morning.month - 1]}", hm(n.bed),
         hm(n.wake), hm(n.up), n.quality, of(n.coffee, "tazza", "tazze"),
         of(n.wine, "bicchiere", "bicchieri"), "sì" if n.run else "no"]
        for n in MONTH
    ]  # fmt: skip
    return table([head, *rows])


def japanese_past_midnight() -> bytes:
    """Weekdays behind the dates, hours counted on after midnight."""
    head = ["日付", "就寝", "目が覚めた", "起床", "睡眠の質", "コーヒー", "ワイン", "ランニング"]
    rows = [
        [f"{n.evening:%Y/%m/%d}({'月火水木金土日'[n.evening.weekday()]})",
         f"{n.bed // 60}:{n.bed % 60:02d}", hm(n.wake), hm(n.up), n.quality, f"{n.coffee}杯",
         f"{n.wine}杯", "○" if n.run else "×"]
        for n in MONTH
    ]  # fmt: skip
    return table([head, *rows])


def spanish_notes_in_cells() -> bytes:
    beside = ["", " (película)", "", " despertador", "", " aprox"]
    head = ["Fecha de la noche", "Me acosté", "Me desperté", "Me levanté", "Calidad (1-5)", "Café",
            "Vino", "Correr"]  # fmt: skip
    rows = [
        [n.evening.isoformat(), hm(n.bed) + beside[i % 6], hm(n.wake) + beside[(i + 2) % 6],
         hm(n.up), n.quality, f"~{n.coffee}" if i % 5 == 2 else n.coffee, n.wine,
         "Sí (17h)" if n.run and i % 2 else "sí" if n.run else "no"]
        for i, n in enumerate(MONTH)
    ]  # fmt: skip
    return table([head, *rows])


#: What a hand needs to be told, if anything.
HANDS: dict[Callable[[], bytes], dict[str, object]] = {
    excel_title_weekday_ticks: {"blank_is_no": ["run"]},
    german_semicolons_cp1252: {},
    french_form: {},
    form_of_the_evening: {},
    no_year_newest_first: {"year": 2031},
    american_half_days: {},
    two_tables_in_a_sheet: {},
    a_sheet_for_each_week_transposed: {},
    a_sheet_for_each_month_with_days: {},
    nights_side_by_side: {},
    japanese_shift_jis: {},
    chinese_gb18030: {},
    polish_cp1250: {},
    portuguese_date_in_three_columns: {},
    french_mac_roman: {},
    swedish_words: {},
    italian_units_in_words: {"year": MONTH[0].morning.year},
    japanese_past_midnight: {},
    spanish_notes_in_cells: {},
    decimal_hours: {},
}


@pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.__name__)
def test_what_was_written_is_read(hand: Callable[[], bytes], tmp_path: Path) -> None:
    raw = hand()
    path = tmp_path / ("diary.xlsx" if raw.startswith(b"PK") else "diary.csv")
    path.write_bytes(raw)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        got = ss.read_diary(path, **HANDS[hand])  # type: ignore[arg-type]
    assert [day.date() for day in got.index] == [n.evening for n in MONTH]
    clocks = {"into_bed": "bed", "final_wake": "wake", "out_of_bed": "up"}
    for name, minutes in ((name, [getattr(n, own) for n in MONTH]) for name, own in clocks.items()):
        written = [
            pd.Timestamp(n.evening) + pd.Timedelta(minutes=m)
            for n, m in zip(MONTH, minutes, strict=True)
        ]
        off = (got[name] - pd.Series(written, index=got.index)).dt.total_seconds().abs()
        assert off.max() <= 30, name  # decimal hours are to the 36 s
    rating = "rested" if "rested" in got else "quality"
    np.testing.assert_array_equal(got[rating], [n.quality for n in MONTH])
    roles = got.attrs["sleepstats"]["roles"]
    habits = [told["column"] for told in roles.values() if told["role"] == "habit"]
    assert len(habits) == 3
    first = 1 if hand is form_of_the_evening else 0  # no row says what came before the first night
    for name, values in zip(
        habits, ([n.coffee for n in MONTH], [n.wine for n in MONTH], [n.run for n in MONTH]),
        strict=True,
    ):  # fmt: skip
        assert got[name].astype(float).tolist()[first:] == [float(v) for v in values][first:], name


def test_a_grid_of_habits_goes_beside_nights() -> None:
    grid = table([
        ["Habit", *(n.evening.isoformat() for n in MONTH)],
        ["Coffee", *(n.coffee for n in MONTH)],
        ["Run", *("yes" if n.run else "no" for n in MONTH)],
    ])  # fmt: skip
    nights = ss.read_diary(io.BytesIO(nights_side_by_side()))
    joined = ss.join_evenings(nights[["into_bed", "final_wake"]], io.BytesIO(grid))
    assert joined["coffee"].tolist() == [n.coffee for n in MONTH]
    assert joined["run"].tolist() == [n.run for n in MONTH]


def test_a_grid_whose_month_stands_above_its_days() -> None:
    first = MONTH[0].evening
    same = [n for n in MONTH if n.evening.month == first.month]
    on = {n.evening.day: n for n in same}
    days = range(1, 29)
    grid = table([
        [f"Habits, {first:%B %Y}", *[""] * 29],
        ["Habit", *days, "Total"],
        ["Coffee", *(on[d].coffee if d in on else "" for d in days), sum(n.coffee for n in same)],
        ["Run", *("✓" if d in on and on[d].run else "" for d in days), ""],
    ])  # fmt: skip
    nights = ss.read_diary(io.BytesIO(nights_side_by_side()))
    nights = nights[["into_bed", "final_wake"]].loc[: pd.Timestamp(same[-1].evening)]
    joined = ss.join_evenings(nights, io.BytesIO(grid))
    within = [n for n in same if n.evening.day < 29]
    assert joined["coffee"].tolist()[: len(within)] == [n.coffee for n in within]
    run = joined["run"].tolist()[: len(within)]
    assert [value is True for value in run] == [n.run for n in within]


def test_hours_with_decimals_are_no_days_without_a_year() -> None:
    rows = [[n.evening.isoformat(), hm(n.bed), hm(n.wake)] for n in MONTH]
    dated = table([["when", "bed", "wake"], *rows])
    assert len(ss.read_diary(io.BytesIO(dated))) == NIGHTS
    hours = [[f"7.{i}", hm(n.bed), hm(n.wake)] for i, n in enumerate(MONTH[:9], 1)]
    for header in ("Sleep duration", "x"):
        with pytest.raises(ss.DiaryError, match="no column says which night a row is"):
            ss.read_diary(io.BytesIO(table([[header, "bed", "wake"], *hours])))


def test_one_cup_and_two_cups_are_of_one_unit() -> None:
    rows = [["When", "What", "How much"]]
    for n in MONTH:
        rows += [
            [f"{n.evening} 08:10", "coffee", "1 cup"],
            [f"{n.evening} 15:20", "coffee", "2 cups"],
        ]
    nights = ss.read_diary(io.BytesIO(nights_side_by_side()))
    joined = ss.join_evenings(nights[["into_bed", "final_wake"]], io.BytesIO(table(rows)))
    assert joined["coffee_cup"].tolist() == [3.0] * NIGHTS


def test_hours_that_are_the_time_in_bed_are_no_sleep() -> None:
    rows = [["date", "bed", "up", "hours"]]
    rows += [[n.evening.isoformat(), hm(n.bed), hm(n.up), f"{(n.up - n.bed) // 60}:"
              f"{(n.up - n.bed) % 60:02d}"] for n in MONTH]  # fmt: skip
    got = ss.read_diary(io.BytesIO(table(rows)))
    assert "tst_min" not in got
    assert got["tib_min"].tolist() == [n.up - n.bed for n in MONTH]


@pytest.mark.parametrize(("labels", "shift"), [("evening", 0), ("calendar", 0), ("bedtime", 0),
                                               ("morning", 1)])  # fmt: skip
def test_a_list_of_habits_knows_all_four_rules(labels: str, shift: int) -> None:
    rows = [["date", "coffee"]]
    rows += [[(n.evening + dt.timedelta(shift)).isoformat(), str(n.coffee)] for n in MONTH]
    nights = ss.read_diary(io.BytesIO(nights_side_by_side()))
    bare = nights[["into_bed", "final_wake"]]
    # what was drunk on a day comes before its night, whichever way the day is called
    joined = ss.join_evenings(bare, io.BytesIO(table(rows)), labels=labels)
    assert joined["coffee"].tolist() == [n.coffee for n in MONTH]
    frame = pd.read_csv(io.BytesIO(table(rows)))
    assert ss.join_evenings(bare, frame, labels=labels)["coffee"].tolist() == [
        n.coffee for n in MONTH
    ]


@pytest.mark.filterwarnings("ignore::sleepstats.DiaryWarning")
def test_what_begins_by_day_and_lasts_for_hours_is_no_night() -> None:
    # study in a café from 10 in the morning, trips to work: logs of the day. As diaries of sleep
    # they were bed times at 10 in the morning, or nights without one measure of sleep
    study = "".join(
        f"1/{d}/26,{9 + d % 3}:{d + 10} AM,Café,{3 + d % 3}.{d + 10},{d % 4}\n"
        for d in range(5, 30)
    )
    trips = "".join(
        f"09:{d + 10}: 00,1/{d}/2026,to work,2.7,1{d % 4}:3{d % 9},{d % 3}\n" for d in range(5, 30)
    )
    for text in (
        f"Date,Start time,Study location,Duration (hr.mm),Friends\n{study}",
        f"Time of departure (hh:mm 24hr),Date,Way,Distance (mi),Duration (mm:ss),Lights\n{trips}",
    ):
        with pytest.raises(ss.DiaryError, match="holds no nights, only what goes with them"):
            ss.read_diary(io.StringIO(text))
    # by night the same two columns are those of sleep
    slept = "".join(f"2026-01-{d:02d},{22 + d % 2}:{d + 10},7:{d + 10}\n" for d in range(5, 30))
    assert len(ss.read_diary(io.StringIO(f"Date,Start time,Duration\n{slept}"))) == 25
