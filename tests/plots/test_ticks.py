"""Dates and clock times on axes: labels a calendar and a clock would have, and not too many."""

from __future__ import annotations

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from sleepstats.plots.calendar import clock_text, clock_ticks, date_ticks, day_numbers, years


def shown(days: int, room: int) -> list[str]:
    _, ax = plt.subplots()
    number = day_numbers(pd.date_range("2026-01-05", periods=days))
    ax.set_xlim(number[0] - 0.5, number[-1] + 0.5)
    date_ticks(ax.xaxis, days, room)
    ticks = [t for t in ax.get_xticks() if number[0] - 0.5 <= t <= number[-1] + 0.5]
    return [ax.xaxis.get_major_formatter()(tick, 0) for tick in ticks]


def test_few_nights_show_each_day() -> None:
    assert shown(3, 8) == ["Mon 05 Jan", "Tue 06 Jan", "Wed 07 Jan"]


def test_weeks_show_mondays() -> None:
    labels = shown(40, 8)
    assert labels[0] == "Mon 05 Jan"
    assert {label[:3] for label in labels} == {"Mon"}


def test_months_and_years_are_named() -> None:
    assert shown(365, 8)[:2] == ["Mar 2026", "May 2026"]
    assert shown(4000, 8)[0] == "2028"


@pytest.mark.parametrize("room", [2, 4, 7, 12, 40])
@pytest.mark.parametrize("days", [1, 2, 8, 30, 90, 200, 400, 2000, 6000])
def test_no_more_labels_than_fit(days: int, room: int) -> None:
    assert len(shown(days, room)) <= max(room, 3) + 1


def test_another_time_zone_setting_moves_no_label() -> None:
    with mpl.rc_context({"timezone": "Pacific/Auckland"}):
        assert shown(3, 8)[0] == "Mon 05 Jan"


def test_years() -> None:
    assert years(pd.date_range("2026-01-05", periods=3)) == "2026"
    assert years(pd.date_range("2025-12-30", periods=5)) == "2025–2026"


def test_clock_text_wraps_at_midnight_and_rounds_to_minutes() -> None:
    assert [clock_text(h) for h in (22.5, 24, 27.25, 23.9999)] == [
        "22:30", "00:00", "03:15", "00:00",
    ]  # fmt: skip


def test_clock_ticks_choose_natural_steps() -> None:
    _, ax = plt.subplots()
    ax.set_ylim(21, 26)
    clock_ticks(ax.yaxis, 5.0, 6)
    labels = [ax.yaxis.get_major_formatter()(t, 0) for t in ax.get_yticks()]
    assert {"22:00", "23:00", "00:00", "01:00"} <= set(labels)
