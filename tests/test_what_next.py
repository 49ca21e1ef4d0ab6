"""What a page names at its top and advises below: which measure, which night, which line."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.answers import Card, lead_of, left_open, unclear_said
from sleepstats.answers.cards import few_kinds, luck_said
from sleepstats.answers.findings import _go_on
from sleepstats.asking.held_columns import clearest_kind
from sleepstats.asking.present_table import how_sure
from sleepstats.report.page import page_of
from sleepstats.report.sheet import numbers_of
from sleepstats.written import listed_as

pytestmark = pytest.mark.filterwarnings("ignore::sleepstats.errors.DiaryWarning")
FIXTURES = Path(__file__).parent / "reading" / "fixtures"


def plees(*records):
    """Read records of a night tracker that joins pieces; each from and to in UTC."""
    stamps = [[int(pd.Timestamp(x, tz="UTC").timestamp() * 1000) for x in one] for one in records]
    lines = [f"{k},{begin},{end},3,,0" for k, (begin, end) in enumerate(stamps, start=1)]
    text = "\n".join(["sid,start,stop,rating,comment,wakes", *lines, ""])
    return ss.read_diary(io.StringIO(text))


def test_of_a_night_put_together_its_lines_are_named_and_the_one_that_makes_it_too_long():
    """By hand: 20:00–07:00 and 08:00–14:31 are 11 h and 6 h 31 min, together 17 h 31 min.

    The line of the eleven hours was to be deleted, a plausible night.
    """
    nights = plees(
        ("2026-11-27 08:00", "2026-11-27 14:31"), ("2026-11-26 20:00", "2026-11-27 07:00")
    )
    (step,) = ss.answer(nights).next_steps
    assert step == (
        "First look at Thursday 26 November 2026, put together from lines 2 and 3: time in bed "
        "17 h 31 min, but 11 h without line 2. Correct what is wrong, delete only what is no "
        "night. Then make this page again."
    )


def test_of_a_night_of_seconds_all_lines_are_named():
    """Records of 18, 2 and 1 seconds: without the first the fault is still there."""
    nights = plees(
        ("2026-11-26 20:24:00", "2026-11-26 20:24:18"),
        ("2026-11-26 20:24:30", "2026-11-26 20:24:32"),
        ("2026-11-26 20:24:40", "2026-11-26 20:24:41"),
    )
    (step,) = ss.answer(nights).next_steps
    assert "put together from lines 2, 3 and 4: time in bed 0 min. Correct" in step
    assert "without line" not in step


def test_a_short_sleep_in_a_long_night_is_no_line_to_delete():
    """50 min of sleep in 7 h in bed is a bad night that somebody had."""
    text = "night,into_bed,out_of_bed,tst_min\n2026-01-05,23:00,06:00,50\n"
    (step,) = ss.answer(ss.read_diary(io.StringIO(text))).next_steps
    assert "line 2: time asleep 50 min. Correct what is wrong, delete only what is no" in step


@pytest.fixture
def nights():
    index = pd.date_range("2026-01-05", periods=40, name="night")
    late = pd.array(np.arange(40) % 3 == 0, dtype="boolean")
    return pd.DataFrame({"tst_min": 430.0, "sol_min": 15.0, "late": late, "steps": 9.0}, index)


def limit(outcome, factor, half, takes):
    """Return what is left possible, as wide to both sides, with what it takes."""
    small = f"40 evenings; if it is 9 min, {takes} would probably show it"
    return Card(factor.capitalize(), "", small, "not found", outcome, factor, 0.0, -half, half)


def test_what_is_told_soonest_names_its_measure_and_those_that_take_years(nights):
    """Ten more nights for 10 min to fall asleep were read as ten for the time asleep."""
    table = pd.DataFrame({"status": "not found", "factor": ["late", "steps"]})
    more, years = "about 60 more nights like these", "only years of nights"
    limits = [
        limit("tst_min", "steps", 80.0, years),
        limit("tst_min", "late", 70.0, years),
        limit("sol_min", "steps", 9.0, "about 90 more nights like these"),
        limit("sol_min", "late", 8.0, more),  # the narrowest
    ]
    assert _go_on(nights, table, limits) == (
        "Go on noting these 2 habits, every evening, also when there was none. In time asleep: if "
        f"it is 9 min, {years} would probably show it. In time to fall asleep, told soonest: Late; "
        f"if it is 9 min, {more} would probably show it."
    )
    # at 21 nights "60 smaller" was said, and years beside it
    assert _go_on(nights, table, limits[:2]) == (
        "Go on recording: 40 nights show large differences only. In time asleep: if it is 9 min, "
        f"{years} would probably show it."
    )
    nights.attrs["sleepstats"] = {"format": "sleep_cycle"}
    told = _go_on(nights, table[1:], limits[2:])
    assert told.startswith("Go on recording. In time to fall asleep, told soonest: ")  # of steps


def test_what_most_ask_about_and_nobody_noted_has_its_next_step(nights):
    """WHOOP's cycles hold the day's strain alone; its journal lies beside them in the export."""
    whoop = ss.read_diary(FIXTURES / "whoop" / "physiological_cycles.csv")
    last = ss.answer(whoop).next_steps[-1]
    assert last.startswith(
        "For stress and habits of the evening: give a folder that also holds WHOOP (journal "
        "entries), if you have it, or each evening note beside the date, in a table"
    )
    assert last.endswith("sleepstats report FILE --with LIST")
    steps = ss.answer(nights).next_steps
    assert steps[-1].startswith("For stress: each evening note beside the date, in a table")
    assert "For stress" not in str(ss.answer(nights.assign(stress=3.0)).next_steps)
    assert "For stress" not in str(ss.answer(nights[["tst_min"]]).next_steps)  # said already


def test_habits_noted_often_enough_are_not_called_too_few():
    """Fourteen evenings "too few", and "from 14 on there are first answers": sleep never varied."""
    index = pd.date_range("2026-01-05", periods=15, name="night")
    asleep = np.where(np.arange(15) == 8, 420.0, 450.0)
    habit = np.r_[np.nan, np.arange(14) % 3 == 0].astype(float)
    said = ss.answer(pd.DataFrame({"tst_min": asleep, "tea": habit, "soup": habit[::-1]}, index))
    assert said.lead == (
        "None of your habits could be asked about: time asleep was 7 h 30 min on 13 of 14 nights "
        "(3 others needed); below stands why."
    )
    assert "differ more from day to day." in said.next_steps[0]
    assert "can be asked about; half" not in said.next_steps[0]
    page = page_of(said)
    assert "What could not be asked (2)" in page
    # the same of many tags (73 of one app) was read as many things
    assert page.count("2 habits: time asleep was") == 1
    assert "Tea, Soup." in page


def test_evenings_without_a_night_are_counted_and_not_their_rows():
    """By hand: nine rows of habits on five evenings that have no night."""
    index = pd.DatetimeIndex(["2026-03-02"], name="night")
    days = [f"2026-01-{k:02d}" for k in (1, 1, 2, 3, 3, 4, 4, 5, 5)]
    told = {str(k): f"there is no night of {day}: not joined." for k, day in enumerate(days)}
    rows = {"problem": told, "status": ["unmatched"] * 9, "day": [0] * 9, "line": [*range(9)]}
    nights = pd.DataFrame({"tst_min": [430.0]}, index)
    nights.attrs["sleepstats"] = {"counts": {"unmatched": 9, "joined": 5}, "rows": rows}
    assert next(left_open.next_steps(nights, ss.answer(nights).table, [], ["tst_min"])) == (
        "Note your night and your habits on the same days, at least 14. Evenings of this file with "
        "habits and no night: 5."
    )


def test_a_page_without_a_finding_begins_with_what_is_known():
    """“Whether it changed over time cannot be told yet” stood above 7 h 10 min of sleep."""
    rng = np.random.default_rng(4)
    index = pd.date_range("2026-01-05", periods=60, name="night")
    nights = pd.DataFrame({"tst_min": 430 + rng.normal(0, 60, 60).round()}, index)
    page = page_of(ss.answer(nights))
    lead = page.partition('<p class="lead">')[2].partition("</p>")[0].replace("\xa0", " ")
    assert lead.startswith("You slept 7 h")
    assert "Whether your sleep changed over these 8 weeks cannot be told. No habits" in (
        page.replace("\xa0", " ")
    )
    weekends = Card(
        "Friday and Saturday nights", "", "", "", "tst_min", low=-50.0, high=60.0, unit="min"
    )
    table = ss.answer(nights).table
    assert lead_of(nights, table, [], [], [weekends]).endswith(
        "Whether your sleep differs on Friday and Saturday nights cannot be told."
    )


@pytest.fixture(scope="module")
def kinds():
    """Forty nights with a tea of one kind or none, and of another on three of them."""
    rng = np.random.default_rng(11)
    index = pd.date_range("2026-01-05", periods=40, name="night")
    tea = np.resize(["mint", "none"], 40).astype(object)
    tea[[5, 14, 22]] = "lime"
    asleep = 430 + np.cumsum(rng.normal(0, 40, 40))
    frame = {"tst_min": asleep, "sol_min": 15 + rng.gamma(2.0, 4.0, 40), "tea": tea, "stress": 3.0}
    return pd.DataFrame(frame, index)


def test_kinds_that_could_not_be_compared_have_one_verdict(kinds):
    """“Too few nights” and “no clear difference” stood on one page, of the same evenings."""
    table = ss.answer(kinds).table
    kind = (table["factor"] == "tea") & table["outcome"].isin(["tst_min", "sol_min"])
    table.loc[kind, "status"] = ["unreachable", "not found"]
    main = ["tst_min", "sol_min"]
    assert few_kinds(table) == []  # asked of one measure: it is counted, and has its verdicts
    table.loc[table["factor"] == "tea", "status"] = "unreachable"
    assert few_kinds(table) == ["tea"]
    limits = left_open.limits_of(kinds, table, main)
    assert "tea" not in {card.factor for card in limits}
    assert "Tea" not in str(list(unclear_said(kinds, limits)))
    told = list(left_open.not_asked(kinds, table, main))
    # by hand: twenty of each, and lime stands for two of mint and one of none
    said = (
        "Tea: too few evenings of some kinds to compare time asleep and time to fall asleep "
        "(none 19, mint 18, lime 3)."
    )
    assert said in told


def test_what_may_be_luck_is_as_many_at_the_top_as_in_the_table():
    """Seven at the top were eleven in the table, and some of the top "out of reach" in it."""
    got = ss.answer(ss.load_sample("diary").iloc[:60])
    names = luck_said(got.nights, got.table, got.main)
    top = len(names.split("), ")) + int(names.rpartition(" and ")[2].split(" ")[0]) - 1
    top += " and " in names  # the last of those named
    body = "".join(numbers_of(got)).replace("\xa0", " ")
    assert top == body.count(">may be luck</td>") > 0


def test_what_is_clear_alone_may_be_luck_also_where_little_could_be_seen():
    """A list said "may be luck" of what its table called out of reach."""
    row = {"status": "unreachable", "pvalue": 0.03, "reason": "out of reach: words"}
    assert how_sure(row, {}) == "may be luck"
    assert how_sure(row | {"pvalue": 0.2}, {}) == "out of reach"


def of_kinds(n, rng, size=58.0):
    """Invent nights of four evening drinks, one of which goes with more sleep."""
    kinds = rng.choice(["tea", "none", "valerian", "wine"], n)
    hours = (420.0 + 45.0 * rng.normal(size=n) + size * (kinds == "valerian")) / 60.0
    days = pd.date_range("2026-01-05", periods=n)
    rows = [f"{d:%Y-%m-%d},{h:.2f},{k}" for d, h, k in zip(days, hours, kinds, strict=True)]
    return ss.read_diary(io.StringIO("\n".join(["Night,Hours of sleep,Evening drink", *rows])))


def test_a_finding_in_kinds_says_how_many_nights_show_its_clearest_again():
    """It said "takes years" of any; a size of 58 min and a spread of 45 take about 40 nights."""
    nights = of_kinds(110, np.random.default_rng(3))
    one = ss.associate(nights, "tst_min", "evening_drink").contrasts.sort_values("pvalue").iloc[0]
    # by hand: 110 nights have a range of so many minutes, which shrinks with the root of nights
    seen = 2.80 / 1.96 * (one["effect_high"] - one["effect_low"]) / 2.0
    takes = 10.0 * np.ceil(max(110.0 * (seen / one["effect"]) ** 2, 28.0) / 10.0)
    steps = " ".join(ss.answer(nights).next_steps)
    assert f"about {takes:.0f} more nights (enough for " in steps
    assert "between “valerian” and “none”; a smaller difference takes more)" in steps
    assert "years" not in steps


def test_so_many_nights_show_kinds_again():
    """Simulated truth: 58 min planted, the number for it found in 51 of 60 diaries (80 wanted)."""
    rng = np.random.default_rng(11)
    one = ss.associate(of_kinds(110, rng), "tst_min", "evening_drink").contrasts
    _, _, takes = clearest_kind(one.assign(effect=58.0)[one["level"] == "valerian"], 110, 1.0)
    again = [ss.associate(of_kinds(int(takes), rng), "tst_min", "evening_drink") for _ in range(30)]
    assert 30 <= takes <= 60
    assert 19 <= sum(one.pvalue < 0.05 for one in again) <= 29


def test_a_list_says_what_was_compared_where_that_is_narrow():
    """“No difference of 30 min or more: Bedroom temperature” was 18 beside 17 degrees."""
    # by hand: 18 is less than 1.2 times 17; 20 is more than 1.2 times 16
    told = "Bedroom temperature (only 17 to 18 °C)"
    assert listed_as("Bedroom temperature (18 °C compared with 17)") == told
    assert listed_as("Bedroom (20 °C compared with 16)") == "Bedroom"
    assert listed_as("Caffeine (3 cups compared with 0)") == "Caffeine"
    assert listed_as("Late meal") == "Late meal"
