"""Units in a log, boxes that were ticked, words of dates: what each hand means by them.

All files are made here, day by day; what is expected is what they were made of.
"""

from __future__ import annotations

import datetime as dt
import warnings

import pandas as pd
import pytest
from exports import read

import sleepstats as ss
from sleepstats.reading.cells.parsed import says_none
from sleepstats.reading.cells.stamp_words import no_dates
from sleepstats.units import as_one

DAYS = [dt.date(2031, 3, 3) + dt.timedelta(i) for i in range(24)]
BED = [f"23:{10 + 7 * i % 45:02d}" for i in range(24)]
UP = [f"07:{5 + 11 * i % 50:02d}" for i in range(24)]


def table(*columns: tuple[str, list]) -> str:
    """Return a table; cells with a comma are quoted."""
    rows = [[name for name, _ in columns], *zip(*(cells for _, cells in columns), strict=True)]
    quoted = ([f'"{cell}"' if "," in str(cell) else str(cell) for cell in row] for row in rows)
    return "\n".join(",".join(row) for row in quoted) + "\n"


def diary(*columns: tuple[str, list], date: str = "Evening of") -> str:
    return table((date, DAYS), ("Bed time", BED), ("Wake time", UP), *columns)


def joined(tmp_path, *columns: tuple[str, list], **options) -> pd.DataFrame:
    file = tmp_path / "log.csv"
    file.write_text(table(*columns), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ss.join_evenings(read(diary()), file, **options)


# ---- units of a log


@pytest.mark.parametrize(
    ("one", "more"),
    [
        ("glass", "glasses"), ("Glas", "Gläser"), ("verre", "verres"), ("vaso", "vasos"),
        ("bicchiere", "bicchieri"), ("copo", "copos"), ("glas", "glazen"),
        ("kieliszek", "kieliszki"),
        ("kopp", "koppar"), ("kop", "kopper"), ("lampka", "lampki"), ("tazza", "tazze"),
    ],
)  # fmt: skip
def test_singular_and_plural_are_one_unit(tmp_path, one, more) -> None:
    said = [f"1 {one}", f"2 {more}", f"3 {more}"] * 8
    log = joined(tmp_path, ("date", DAYS), ("time", ["20:15"] * 24), ("what", ["wine"] * 24),
                 ("amount", said))  # fmt: skip
    (amount,) = (n for n in log if n.startswith("wine_") and "last" not in n)
    assert log[amount].tolist() == [1.0, 2.0, 3.0] * 8


def test_units_that_only_begin_alike_stay_apart() -> None:
    told = as_one(["cup", "cups", "capsule", "glas", "glazen", "ml", "mg", "gläser"])
    assert told == {
        "ml": "ml", "mg": "mg", "cup": "cup", "cups": "cup", "glas": "glas", "glazen": "glas",
        "gläser": "glas", "capsule": "capsule",
    }  # fmt: skip
    assert as_one(["", "cup", "cups"])[""] == "cup"
    assert as_one(["", "cup", "ml"])[""] == ""


def test_a_bare_amount_is_of_the_only_unit_and_is_told(tmp_path) -> None:
    log = joined(tmp_path, ("date", DAYS), ("time", ["9:30"] * 24), ("what", ["melatonin"] * 24),
                 ("amount", ["3mg", "3", "1.5 mg", "0.5"] * 6))  # fmt: skip
    assert log["melatonin_mg"].tolist() == [3.0, 3.0, 1.5, 0.5] * 6
    told = "melatonin: 12 of 24 amounts are without a unit, read as 'mg', the only one."
    assert any(told in note for note in log.attrs["sleepstats"]["notes"])


def test_amounts_in_another_unit_are_not_lost_without_a_word(tmp_path) -> None:
    log = joined(tmp_path, ("date", DAYS), ("time", ["20:15"] * 24), ("what", ["tea"] * 24),
                 ("amount", ["1 cup", "2 cups", "300 ml", "2"] * 6))  # fmt: skip
    assert log["tea_cup"].fillna(-1).tolist() == [1.0, 2.0, -1.0, -1.0] * 6
    told = "tea: 12 of 24 amounts are in another unit than 'cup': not added up."
    assert any(told in note for note in log.attrs["sleepstats"]["notes"])


# ---- boxes that were ticked

TICKED = [
    "Wine;TV in bed",
    "TV in bed",
    "Wine;TV in bed",
    "Wine",
    "None of these",
    "Late meal;Wine",
]
BOXES = {
    "wine": [True, False, True, True, False, True],
    "tv_in_bed": [True, True, True, False, False, False],
    "late_meal": [False, False, False, False, False, True],
}


@pytest.mark.parametrize(
    ("asked", "none"),
    [
        ("What did you do last night?", "None of these"),
        ("Was traf gestern zu?", "Nichts davon"),
        ("Qu'avez-vous fait hier soir ?", "Aucun de ces choix"),
        ("¿Qué hiciste anoche?", "Ninguna de las anteriores"),
        ("Che cosa hai fatto ieri sera?", "Niente di tutto questo"),
        ("O que você fez ontem à noite?", "Nenhuma das anteriores"),
        ("Wat heb je gisteravond gedaan?", "Geen van deze"),
        ("Co robiłaś wczoraj wieczorem?", "Żadne z powyższych"),
        ("Vad gjorde du i går kväll?", "Inget av dessa"),
        ("昨晚做了什么?", "以上都没有"),
        ("何をしましたか?", "どれもしていない"),
        ("Which of these?", "None of the above"),
    ],
)
def test_boxes_under_any_question_are_habits_and_none_is_no_to_all(asked, none) -> None:
    cells = [cell.replace("None of these", none) for cell in TICKED * 4]
    nights = read(diary((asked, cells)))
    found = {n: nights[n].tolist() for n in nights if nights[n].dtype == "boolean"}
    assert len(found) == 3
    for name, said in BOXES.items():
        (column,) = (n for n in found if n.endswith(name))
        assert found[column] == said * 4, column


@pytest.mark.parametrize("none", ["None of these", "None"])
def test_two_boxes_are_two_habits_and_no_kinds(none) -> None:
    cells = ["Wine, TV", none, "TV", "Wine", none, "TV"] * 4
    nights = read(diary(("Which of these?", cells)))
    assert nights["which_of_these_wine"].tolist() == [True, False, False, True, False, False] * 4
    assert nights["which_of_these_tv"].tolist() == [True, False, True, False, False, True] * 4
    assert nights.attrs["sleepstats"]["roles"]["Which of these?"]["role"] == "habit"


def test_the_person_says_that_they_are_boxes() -> None:
    cells = ["read", "wine", "walk", "", "wine; walk", "read"] * 4
    text = diary(("What happened before bed?", cells))
    assert read(text)["comments"].notna().sum() == 20
    nights = read(text, columns={"What happened before bed?": "tags"})
    assert nights["what_happened_before_bed_wine"].fillna(False).tolist() == (
        [False, True, False, False, True, False] * 4
    )
    assert "comments" not in nights


def test_what_only_sounds_like_none_is_a_tag() -> None:
    assert not any(
        map(says_none, ["Nada de alcohol", "None of my pills", "Keine Schokolade", "Sport"])
    )


# ---- which column dates a row


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Night", [f"Night {i + 3}" for i in range(24)]),
        ("Evening", ["tv, wine", "reading", "tv", "wine, reading"] * 6),
        ("Noite", [f"Noite {99 - 2 * i}" for i in range(24)]),
        ("Night", ["Ibis", "Hotel Sol", "home"] * 8),
        ("Day", [f"Day {i + 1}" for i in range(24)]),
    ],
)
def test_what_holds_dates_is_the_date(header, cells) -> None:
    later = [day + dt.timedelta(1) for day in DAYS]
    text = table((header, cells), ("Date (evening)", DAYS), ("Bed time", BED), ("Wake time", UP))
    assert read(text).index.date.tolist() == DAYS
    stamped = table(
        (header, cells),
        ("Bed time", [f"{d} {t}" for d, t in zip(DAYS, BED, strict=True)]),
        ("Wake time", [f"{d} {t}" for d, t in zip(later, UP, strict=True)]),
    )
    assert read(stamped).index.date.tolist() == DAYS


def test_the_column_that_the_person_names_is_the_date() -> None:
    cells = [f"{day:%d.%m.%Y}" for day in DAYS]
    other = [f"{day + dt.timedelta(40):%d.%m.%Y}" for day in DAYS]  # of filling in, say
    text = table(("Night", other), ("Written", cells), ("Bed time", BED), ("Wake time", UP))
    assert read(text, columns={"Written": "evening"}).index.date.tolist() == DAYS


def test_no_dates() -> None:
    assert no_dates(["tea", "tv 2", "tv"])
    assert no_dates(["Night 8", "Night 12"])
    assert not no_dates(["Jan 8", "Jan 9"])
    assert not no_dates(["3/4", "week 2"])


# ---- how dates and answers are written

_ENE = ["", "ene", "feb", "mar", "abr"]


@pytest.mark.parametrize(
    "cells",
    [
        [f"{d.day:02d}/{_ENE[d.month]}/{d.year}" for d in DAYS],
        [f"{d:%d/%b/%Y}" for d in DAYS],
        [f"{d.month}月{d.day}日 周{'一二三四五六日'[d.weekday()]}" for d in DAYS],
        [f"{d.month}月{d.day}日（星期{'一二三四五六天'[d.weekday()]}）" for d in DAYS],
        [f"{d.month}月{d.day}日({'一二三四五六日'[d.weekday()]})" for d in DAYS],
        [f"{d.day}. {['', '', '', 'marts', 'april'][d.month]} {d.year}" for d in DAYS],
    ],
)
def test_months_in_words_and_weekdays_in_chinese(cells) -> None:
    # those without a year are of the latest in which the weekdays fit: 3 March is a Monday in 2025
    got = [
        (d.month, d.day)
        for d in read(table(("date evening", cells), ("Bed", BED), ("Up", UP))).index
    ]
    assert got == [(d.month, d.day) for d in DAYS]


def test_a_week_has_no_month_in_its_title() -> None:
    lines = diary().splitlines()
    weeks = [
        line
        for k in range(3)
        for line in (f"Settimana {k + 1},,", *lines[:1], *lines[1 + 8 * k : 9 + 8 * k])
    ]
    nights = read("\n".join(weeks) + "\n")
    assert nights.index.date.tolist() == DAYS
    assert not (ss.reading_report(nights)["status"] == "refused").any()


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("ja", "nei"), ("ja", "nej"), ("kyllä", "ei"), ("igen", "nem"), ("evet", "hayır"),
        ("da", "nu"), ("ano", "ne"), ("有り", "無し"), ("tak", "nie"), ("sandt", "falsk"),
    ],
)  # fmt: skip
def test_yes_and_no(yes, no) -> None:
    nights = read(diary(("Yoga", [yes, no, no] * 8)))
    assert nights["yoga"].tolist() == [True, False, False] * 8


# ---- Danish and Norwegian

DANISH = ("Nat til", "Gik i seng", "Faldt i søvn (min)", "Stod op", "Søvnkvalitet (1-5)", "Kaffe")
NORSK = ("Natt til", "La meg", "Minutter til søvn", "Sto opp", "Søvnkvalitet (1-5)", "Kaffe")


@pytest.mark.parametrize("words", [DANISH, NORSK, (*NORSK[:2], "Min. før jeg sovnet", *NORSK[3:])])
def test_danish_and_norwegian(words) -> None:
    after = [day + dt.timedelta(1) for day in DAYS]
    minutes, quality, coffee = [5, 20, 15] * 8, [2, 4, 5, 3] * 6, [0, 2, 1] * 8
    nights = read(table(*zip(words, (after, BED, minutes, UP, quality, coffee), strict=True)))
    assert nights.index.date.tolist() == DAYS  # the night to a day is that before it
    assert [f"{t:%H:%M}" for t in nights["into_bed"]] == BED
    assert [f"{t:%H:%M}" for t in nights["out_of_bed"]] == UP
    assert nights["sol_min"].tolist() == minutes
    assert nights["quality"].tolist() == quality
    assert nights["kaffe"].tolist() == coffee


def test_hours_of_sleep_in_danish_are_hours() -> None:
    nights = read(diary(("Søvn (timer)", [7.5, 6.25, 7.0] * 8)))
    assert nights["tst_min"].tolist() == [450.0, 375.0, 420.0] * 8
    timer = read(diary(("Sleep timer (min)", [30, 0, 15] * 8)))
    assert "tst_min" not in timer or timer["tst_min"].max() < 60


@pytest.mark.parametrize("evening", ["Kveld", "Aften", "Kväll", "Evening"])
def test_habits_of_an_evening_in_the_north(tmp_path, evening) -> None:
    log = joined(tmp_path, (evening, DAYS), ("Trening", ["ja", "nei", "nei"] * 8))
    assert log["trening"].tolist() == [True, False, False] * 8


# ---- degrees, naps, times before bed


@pytest.mark.parametrize(
    ("header", "cells", "name", "values"),
    [
        ("Bedroom", ["18℃", "19.5 ℃", "20℃"], "bedroom_c", [18, 19.5, 20]),
        ("室温", ["18度", "19度", "20度"], "室温", [18, 19, 20]),
        ("Room", ["+19°", "18°", "-2°"], "room", [19, 18, -2]),
        ("Temp", ["66℉", "68°F", "70 f"], "temp_f", [66, 68, 70]),
    ],
)
def test_degrees_however_they_are_signed(header, cells, name, values) -> None:
    assert read(diary((header, cells * 8)))[name].tolist() == values * 8


NAPS = {
    "en": ("Nap start", "Nap end"), "es": ("Siesta inicio", "Siesta fin"),
    "de": ("Mittagsschlaf von", "Mittagsschlaf bis"), "fr": ("Sieste début", "Sieste fin"),
    "it": ("Pisolino inizio", "Pisolino fine"), "nl": ("Dutje van", "Dutje tot"),
    "sv": ("Tupplur från", "Tupplur till"), "da": ("Lur fra", "Lur til"),
    "pt": ("Cochilo início", "Cochilo fim"), "ja": ("昼寝開始", "昼寝終了"),
    "zh": ("午睡开始", "午睡结束"),
}  # fmt: skip


@pytest.mark.parametrize("names", NAPS.values(), ids=NAPS)
def test_a_nap_from_then_to_then_has_minutes(names) -> None:
    begin, end = ["14:10", "", "23:50", "no"] * 6, ["14:45", "", "0:20", ""] * 6
    nights = read(diary((names[0], begin), (names[1], end)))
    assert nights["nap_min"].fillna(-1).tolist() == [35.0, -1.0, 30.0, 0.0] * 6


def test_two_naps_of_a_day_are_added_and_a_slip_is_told() -> None:
    nights = read(diary(
        ("Nap 1 start", ["14:10", "15:00"] * 12), ("Nap 1 end", ["14:40", "14:30"] * 12),
        ("Nap 2 start", ["18:00", ""] * 12), ("Nap 2 end", ["18:20", ""] * 12),
    ))  # fmt: skip
    assert nights["nap_min"].fillna(-1).tolist() == [50.0, -1.0] * 12
    assert "'15:00-14:30' is a range" in nights["problem"].iloc[1]
    said = read(diary(("Nap min", ["30", "0"] * 12), ("Nap start", ["14:10", ""] * 12),
                      ("Nap end", ["14:50", ""] * 12)))  # fmt: skip
    assert said["nap_min"].tolist() == [30.0, 0.0] * 12  # what is written as minutes holds


def test_a_pill_half_an_hour_before_bed_is_no_bed_time() -> None:
    def before(clock: str, minutes: int) -> str:
        then = dt.datetime.fromisoformat(f"2031-03-03 {clock}") - dt.timedelta(minutes=minutes)
        return f"{then:%H:%M}"

    at = [before(bed, 30) if i % 3 else "" for i, bed in enumerate(BED)]
    nights = read(diary(("Zopiclone (mg)", [7.5 if i % 3 else 0 for i in range(24)]), ("Hour", at)))
    assert nights["hour_h_before_bed"].dropna().unique().tolist() == [0.5]
    every = read(diary(("Thing", [before(bed, 20) for bed in BED])))  # each evening: it may be bed
    role = every.attrs["sleepstats"]["roles"]["Thing"]
    assert (role["role"], role["why"]) == ("aside", "its times are those of the bed time")


# ---- layouts


def week(days: list, *, mean: str = "", remark: str = "") -> str:
    rows = [
        ["Matin du", *days], ["Heure du coucher", *BED[:7]],
        ["Temps pour s'endormir (min)", 5, 15, 20, 10, 25, 30, 5], ["Heure du lever", *UP[:7]],
        ["Cafés", 1, 2, 0, 1, 3, 2, 0], ["Remarques", remark, *[""] * 6],
    ]  # fmt: skip
    means = [mean, "", 15.7, "", 1.3, ""] if mean else []
    return "\n".join(",".join(map(str, [*r, *means[i : i + 1]])) for i, r in enumerate(rows)) + "\n"


@pytest.mark.parametrize("mean", ["", "Moyenne", "Average", "Ø", "Gennemsnit", "Média", "平均"])
def test_days_side_by_side_with_a_column_of_averages(mean) -> None:
    nights = read(week(DAYS[1:8], mean=mean))
    assert nights.index.date.tolist() == DAYS[:7]
    # s'endormir is no second
    assert nights["sol_min"].tolist() == [5.0, 15.0, 20.0, 10.0, 25.0, 30.0, 5.0]
    assert nights["cafés"].tolist() == [1.0, 2.0, 0.0, 1.0, 3.0, 2.0, 0.0]


def test_sheets_of_days_side_by_side_need_not_have_the_same_rows_filled(tmp_path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for k, remark in enumerate(["", "grippe", ""]):
        sheet = book.create_sheet(f"Semaine {k + 1}")
        text = week(DAYS[1 + 7 * k : 8 + 7 * k], mean="Moyenne", remark=remark)
        for line in text.splitlines():
            sheet.append(line.split(","))
    book.save(tmp_path / "agenda.xlsx")
    nights = read(tmp_path / "agenda.xlsx")
    assert nights.index.date.tolist() == DAYS[:21]
    assert nights["comments"].dropna().tolist() == ["grippe"]


def test_a_title_above_habits_is_no_header(tmp_path) -> None:
    text = table(("Kveld", DAYS), ("Kaffe", [0, 2, 1] * 8))
    (tmp_path / "vaner.csv").write_text(f"Vaner om kvelden,\n{text}", encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        log = ss.join_evenings(read(diary()), tmp_path / "vaner.csv")
    assert log["kaffe"].tolist() == [0.0, 2.0, 1.0] * 8


@pytest.mark.parametrize(
    "line",
    [
        "Mon {}: bed {}, up {}, coffee 1", "ma {}: naar bed {}, op {}, koffie 3",
        "lun {}: couché {}, levé {}", "{}. ins Bett {} auf {}", "{}日 就寝 {} 起床 {}",
        "Day {}\nBed: {}\nUp: {}\n",
    ],
)  # fmt: skip
def test_notes_typed_line_by_line_are_told_what_to_do(line) -> None:
    text = "".join(line.format(i + 3, BED[i], UP[i]) + "\n" for i in range(12))
    with pytest.raises(ss.DiaryError) as caught:
        read(text)
    assert "these are notes typed line by line, and no table. Expected one row a night" in str(
        caught.value
    )
    assert "columns=" not in str(caught.value)


@pytest.mark.parametrize("header", ["Sleep", "Dormí", "Schlaf", "Sommeil", "Sömn", "Søvn"])
@pytest.mark.parametrize("cells", [["4/5", "3/5", "5/5"], ["★★★★", "★★★", "★★★★★"]])
def test_sleep_of_so_many_points_is_a_rating(header, cells) -> None:
    assert read(diary((header, cells * 8)))["quality"].tolist() == [4.0, 3.0, 5.0] * 8


def test_sentences_with_a_comma_that_come_again_are_no_boxes() -> None:
    said = ["Snow, went out.", "Saw my aunt again.", "Snow, went out.", "Up at dawn, tea first."]
    roles = read(diary(("Entry", said * 6))).attrs["sleepstats"]["roles"]
    assert roles["Entry"]["role"] == "note"
