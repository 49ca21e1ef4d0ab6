"""A diary kept a week a block: titles, headers, averages, blank lines and legends between nights.

Six invented weeks from Monday 3 March 2031; what each title says of the year or the month is what
the calendar says.
"""

from __future__ import annotations

import datetime as dt
import io
import warnings

import pytest

import sleepstats as ss

FIRST = dt.date(2031, 3, 3)  # a Monday


def blocks(head: str, date: str, title: str, *, average: str = "", again: bool = True) -> str:
    """Return six weeks of seven nights, the minutes of the bed time counting them."""
    names = f"{head};Bed;Wake;Coffee"
    lines = [] if again else [names]
    for week in range(6):
        monday = FIRST + dt.timedelta(7 * week)
        if title:
            lines.append(title.format(n=week + 1, a=monday, z=monday + dt.timedelta(6)) + ";;;")
        lines += [names] * again
        for i in range(7):
            day = monday + dt.timedelta(i)
            lines.append(f"{date.format(day)};23:{7 * week + i:02d};07:05;{i % 3}")
        lines += [f"{average};23:10;07:05;1.3"] * bool(average) + [";;;"]
    return "\n".join([*lines, "", "0 = none; x = a little;;", "Legend: coffee in cups;;;"]) + "\n"


def read(text: str, **told: object):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ss.read_diary(io.StringIO(text), labels="evening", **told)


@pytest.mark.parametrize(
    ("title", "average"),
    [
        ("Week {n} ({a:%d.%m}–{z:%d.%m.%Y})", "average"),
        ("Week of {a:%d %b} 2031", "Ø"),
        ("KW {n} 2031", "Durchschnitt"),
        ("Semaine {n} – 2031", "moyenne"),
        ("Settimana {n} {a:%d.%m.%Y}", "media"),
        ("Tydzień {n} ({a:%d.%m}–{z:%d.%m.%Y})", "średnia"),
        ("Vecka {n}, 2031", "Summa"),
        ("第{n}週 2031年", "平均"),
        ("2031 week {n}", "Totals:"),
    ],
)
@pytest.mark.parametrize("again", [True, False])
def test_a_block_a_week(title, average, again):
    nights = read(blocks("Evening", "{:%d.%m}", title, average=average, again=again))
    assert [night.date() for night in nights.index] == [FIRST + dt.timedelta(i) for i in range(42)]
    assert [stamp.minute for stamp in nights["into_bed"]] == [*range(42)]
    assert nights.attrs["sleepstats"]["rows_refused"] == 0
    assert "are titles, averages or remarks" in " ".join(nights.attrs["sleepstats"]["notes"])


@pytest.mark.parametrize("title", ["", "Week {n}", "KW {n}"])
def test_a_year_that_no_title_names_is_asked_or_said(title):
    text = blocks("Date", "{:%d.%m.}", title, average="mean")
    with pytest.raises(ss.DiaryError, match="year=2026"):
        read(text)
    assert len(read(text, year=2031)) == 42


def test_weekdays_settle_the_year():
    assert len(read(blocks("Date", "{:%a %d/%m}", "Week {n}", average="avg"))) == 42


@pytest.mark.parametrize("month", ["{:%B} 2031", "{:%B %Y}"])
def test_days_of_a_month_below_a_title_of_that_month(month):
    rows = "".join(
        f"{month.format(first)};;\n"
        + "".join(f"{day};23:{day:02d};07:00\n" for day in range(1, 29))
        for first in (dt.date(2031, 1, 1), dt.date(2031, 2, 1), dt.date(2031, 3, 1))
    )
    nights = read("Day;Bed;Wake\n" + rows)
    expected = [dt.date(2031, m, d) for m in (1, 2, 3) for d in range(1, 29)]
    assert [night.date() for night in nights.index] == expected
    assert [stamp.minute for stamp in nights["into_bed"]] == [d.day for d in expected]


def test_a_night_whose_date_cannot_be_read_is_refused_and_not_left_out():
    text = blocks("Date", "{:%d.%m.%Y}", "Week {n}").replace("05.03.2031", "yesterday")
    nights = read(text)
    assert len(nights) == 41
    assert nights.attrs["sleepstats"]["rows_refused"] == 1
