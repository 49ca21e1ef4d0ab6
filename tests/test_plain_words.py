"""Every sentence that can stand on a card or a page: short, plain, and about what was found.

The limits are those of the page itself: at most twelve words in the large line beside the person's
own words, and no word that a layperson would have to look up.
"""

import html
import io
import math
import re
from dataclasses import replace
from string import ascii_lowercase

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.answers import few_named, lead_of, left_open, not_in_file, plain, rows_of
from sleepstats.answers.cards import TOLD, Card, cards_of
from sleepstats.answers.diary import own_span
from sleepstats.asking.present_table import present
from sleepstats.columns import DICTIONARY, column_of
from sleepstats.planning import more_nights
from sleepstats.report import sheet, write_tables
from sleepstats.report.page import ALIKE, _named
from sleepstats.report.sheet import numbers_of
from sleepstats.results.sentences import usual_said
from sleepstats.trials.designs import may_be_left_to_a_coin

pytestmark = pytest.mark.filterwarnings("ignore::sleepstats.errors.DiaryWarning")

MOST_WORDS = 12
#: Words of statistics and of sleep research; the method at the end of a page may use them.
TECHNICAL = re.compile(
    r"\b(latenc|onset|interval|regress|signific|p-value|pvalue|median|mean|standard deviation|"
    r"coefficient|correlat|posterior|covariate|adjust|residual|autocorrel|factor|outcome|waso|sol|"
    r"tst|tib|midsleep|efficiency|parameter|estimate|null|hypothes|quantile|percentile|trend|"
    r"caus|effect|because)",
    re.IGNORECASE,
)
UNITS = "min|h|ms|kcal|mg|dB|points|beats a minute|a minute|an hour|°C"
MEASURES = [
    name for name, column in DICTIONARY.items()
    if column.kind in ("recorded", "computed", "device") and column.when != "day"
]  # fmt: skip
HABITS = [
    ("late_meal", math.nan), ("stress", 1.0), ("screens_min", 60.0), ("screens_min", 10.0),
    ("caffeine_cups", 1.0), ("alcohol_drinks", 1.0), ("last_coffee_h_before_bed", 1.0),
    ("steps", 1000.0), ("bedroom_c", 1.0), ("dose_mg", 100.0), ("energy_kcal", 100.0),
    ("wine_glasses", 1.0), ("noise_db", 10.0),
]  # fmt: skip


def words(text):
    return len(re.findall(r"[^\s:]+", text))


@pytest.mark.parametrize("outcome", MEASURES)
@pytest.mark.parametrize("size", [-75.0, -7.3, -0.4, 0.03, 1.0, 22.0, 130.0])
def test_the_large_line_is_short_and_plain(outcome, size):
    column = column_of(None, outcome)
    for name, step in HABITS:
        habit = column_of(None, name)
        said = f"{plain.effect_said(size, column)} {plain.step_said(step, habit)}".strip()
        large = f"{plain.habit_said(habit)}: {said}"
        # the label of a habit is the person's own; a number with its unit is one thing to read
        own = words(plain.habit_said(habit)) - 1
        counted = re.sub(r"\d h (\d\d min)", r"\1", large)
        counted = re.sub(rf"(\d) ({UNITS})\b", r"\1", counted).replace("%", "")
        assert words(counted) - own <= MOST_WORDS, large
        assert not TECHNICAL.search(said), large
        assert "{" not in large


@pytest.mark.parametrize("outcome", MEASURES)
def test_ranges_and_limits_are_plain_and_ordered(outcome):
    column = column_of(None, outcome)
    for low, high in ((-56.0, -16.0), (0.02, 0.49), (-12.0, 11.0), (-30.0, 2.0), (3.0, 130.0)):
        for said in (plain.range_said(low, high, column), plain.at_most_said(low, high, column)):
            assert not TECHNICAL.search(said), said
            assert "-" not in said
            assert "−" not in said
    assert plain.range_said(-56.0, -16.0, column).startswith("16 to 56")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-47.0, -4.0, "looks like 4 to 47 min less, which may be luck"),
        (-92.4, -5.0, "looks like 5 min to 1 h 32 min less, which may be luck"),
        (0.3, 25.0, "looks like under 1 to 25 min more, which may be luck"),
        (-0.2, 25.0, "at most 25 min more"),
        (-1.1, 6.3, "between 1 min less and 6 min more"),
    ],
)
def test_a_limit_has_both_ends_and_none_that_rounds_to_nothing(low, high, said):
    """A range on one side of nothing would look like a finding; among many it may be luck."""
    assert plain.at_most_said(low, high, column_of(None, "tst_min")) == said


def test_a_range_in_hours_has_both_ends_in_hours():
    """66 and 133 minutes, by hand."""
    column = column_of(None, "out_of_bed")
    assert plain.range_said(66.0, 133.0, column) == "1 h 06 min to 2 h 13 min later"
    assert plain.range_said(48.0, 109.0, column) == "48 min to 1 h 49 min later"


@pytest.mark.parametrize("low", [0.004, 0.02, 0.3, 3.0, 40.0])
def test_an_end_beside_zero_is_not_written_as_zero(low):
    said = plain.range_said(low, low * 40.0, column_of(None, "quality"))
    assert float(said.split()[0]) > 0


@pytest.mark.parametrize("name", ["diary", "spreadsheet", "sleep_cycle"])
def test_everything_on_the_cards_of_the_samples_is_plain(name):
    said = ss.answer(ss.load_sample(name))
    cards = (*said.cards, *said.calendar_cards, *said.limits)
    assert cards
    for card in cards:
        text = " ".join((card.large, card.small, *card.more))
        assert not TECHNICAL.search(text), text
    for text in (said.lead, *said.sleep, *said.next_steps):
        read = text.partition("sleepstats trial plan")[0]  # what follows is typed
        assert not TECHNICAL.search(read), text


@pytest.mark.parametrize("name", ["diary", "sleep_cycle"])
def test_everything_above_the_columns_of_a_page_is_plain(name, tmp_path):
    """Legends, captions, folds, what can be seen in the pictures, and what to do next."""
    page = ss.write_report(ss.load_sample(name), tmp_path / "page.html").read_text("utf-8")
    body = re.sub(
        r"<style.*?</style>|<code>.*?</code>|<summary>|</summary>", " ", page, flags=re.DOTALL
    )
    words = re.sub(r"<[^>]+>", " ", body).partition("How your columns were read")[0]
    words = words.partition("Every measure")[0] + words.partition("Every measure")[2]
    assert len(words) > 3000
    assert not TECHNICAL.findall(words)


def test_a_card_of_latency_speaks_of_minutes_longer():
    """Ratio 2 at a middle of 10 min for one step: 10 min; for half a step 10 (sqrt 2 - 1)."""
    from sleepstats.answers.cards import size_of

    row = {"effect": 10.0, "ratio": 2.0}
    assert size_of(row, ("effect",), (0.0, 1.0)) == pytest.approx((10.0,))
    assert size_of(row, ("effect",), (0.0, 0.5)) == pytest.approx((10.0 * (math.sqrt(2.0) - 1.0),))
    assert size_of({"effect": 3.0, "ratio": math.nan}, ("effect",), (0.0, 60.0)) == (180.0,)


def table_of(nights, **changes):
    """Return the table of one question about these nights, some of its cells replaced."""
    table = ss.correlate(nights, outcomes=["tst_min"], beside=True)
    for name, value in changes.items():
        table[name] = value
    return table


@pytest.fixture
def nights():
    rng = np.random.default_rng(11)
    index = pd.date_range("2026-01-01", periods=60, name="night")
    late = rng.random(60) < 0.5
    return pd.DataFrame({"tst_min": 430 + rng.normal(0, 20, 60) - 45 * late, "late": late}, index)


@pytest.mark.parametrize(
    ("changes", "said", "verdict"),
    [
        ({"stands": True, "held_equal": "stress"}, "still there with stress held equal",
         "stands"),
        ({"stands": True, "held_equal": ""}, "no other habit to set beside it", "stands"),
        ({"stands": False, "held_equal": "stress", "beside_effect": 3.0,
          "beside_pvalue": 0.01},
         "the other way round with stress held equal", "gone"),
        ({"stands": False, "goes_with": "stress"},
         "no longer clear once stress is held equal", "gone"),
        ({"stands": False, "goes_with": "late"},
         "no longer clear once late is held equal, nor that once this is", "gone"),
        ({"stands": False, "goes_with": ""}, "too few nights to hold the other habits equal",
         "gone"),
        ({"stands": False, "goes_with": "stress", "reason": "entangled with stress: always"},
         "cannot be told apart from stress", "gone"),
        ({"stands": True, "evening_after_effect": -20.0, "evening_after_pvalue_family": 0.01},
         "but late of the day after goes with it, too (20 min less): perhaps the other way round: "
         "first the night, then the day",
         "stands"),
    ],
)  # fmt: skip
def test_what_becomes_of_a_finding_beside_the_others_is_said(nights, changes, said, verdict):
    (card,) = cards_of(nights, table_of(nights, status="found", **changes))
    assert said in card.small
    assert card.verdict == verdict
    assert not TECHNICAL.search(card.small)


def test_the_leads_say_what_there_is(nights):
    table = table_of(nights)
    assert lead_of(nights, table, [], []) == (
        "The one habit asked about (late) does not clearly go with a difference in time asleep."
    )
    two = pd.concat([table, table.assign(factor="other")], ignore_index=True)
    assert lead_of(nights, two, [], []) == (
        "None of 2 habits (late and other) clearly goes with a difference in time asleep."
    )
    # "in how you sleep" said more than was asked, as of quality alone
    more = [two.assign(outcome=name) for name in ("sol_min", "quality")]
    assert lead_of(nights, pd.concat([two, more[0]]), [], []) == (
        "None of 2 habits (late and other) clearly goes with a difference in time asleep and time "
        "to fall asleep."
    )
    assert lead_of(nights, pd.concat([two, *more]), [], []) == (
        "None of 2 habits (late and other) clearly goes with a difference in how you sleep."
    )
    card = Card("Late", "about 5 min less sleep", "", "stands", "tst_min", "late")
    assert lead_of(nights, two, [card], []) == (
        "One of 2 habits goes with a difference in your time asleep."
    )
    # a reader looked for the other difference; and of a score alone nothing else in the night is
    good = replace(card, outcome="quality")
    assert lead_of(nights, two, [card, good], []) == (
        "One of 2 habits goes with a difference in your nights, also in time asleep."
    )
    assert lead_of(nights, two, [good], []) == (
        "One of 2 habits goes with a difference in sleep quality."
    )
    # one of two was taken for the first on the page: it is named
    both = [card, replace(good, factor="other")]
    assert lead_of(nights, two, both, []) == (
        "Two of 2 habits go with a difference in your nights, one of them (late) in time asleep."
    )
    gone = replace(card, verdict="gone")
    assert lead_of(nights, two, [gone], []) == (
        "One habit goes with a difference in time asleep, but it does not stand clear of the "
        "others."
    )
    both = [gone, replace(gone, factor="other")]
    assert lead_of(nights, two, both, []) == (
        "Some habits go with a difference in time asleep, but none stands clear of the others."
    )


def test_what_is_small_or_lies_in_one_season_is_counted_apart(nights):
    """Six of 12: of two it was 5 min of 8 h in bed, and one was taken in two months only.

    By hand: half of 30 min is 15; 1 % of 8 h is 4.8 min; 5 % is 24.
    """
    two = pd.concat([table_of(nights), table_of(nights).assign(factor="other")], ignore_index=True)
    card = Card("Late", "", "", "stands", "tst_min", "late", -40.0, -60.0, -20.0, "min")
    little = replace(card, outcome="se_pct", factor="other", value=-1.0, low=-1.9, high=-0.2,
                     unit="%")  # fmt: skip
    lead = "One of 2 habits goes with a difference in your time asleep"
    small = "one more with a small one, in share of the time in bed asleep"
    assert lead_of(nights, two, [card, little], []) == f"{lead}; {small}."
    large = replace(little, value=-5.0, low=-8.0)
    assert lead_of(nights, two, [card, large], []).startswith("Two of 2 habits go")
    assert lead_of(nights, two, [replace(card, value=-14.0)], []) == (
        "One of 2 habits goes with a small difference in your time asleep."
    )
    season = replace(card, factor="other", small="28 of these 31 nights lie from 3 May to 31 July")
    assert lead_of(nights, two, [card, season], []) == f"{lead}; one more may."
    # what is small is told in minutes, too, and leads nothing
    asleep = column_of(None, "se_pct")
    assert plain.effect_said(-1.0, asleep, each="") == (
        "about 1.0 % less of bed time asleep (5 min of 8 h)"
    )
    assert sorted([little, card], key=lambda one: one.rank) == [card, little]


def test_kinds_that_could_not_be_compared_are_no_habit_that_was_asked(nights):
    """ "One of 12 habits" stood above "What could not be asked (1)" (a simulated diary)."""
    kinds = table_of(nights, status="unreachable").assign(factor="kind", effect=np.nan)
    table = pd.concat([table_of(nights), kinds], ignore_index=True)
    assert lead_of(nights, table, [], []).startswith("The one habit asked about (late) does not")


def test_one_word_for_what_was_found_and_may_be_next_to_nothing(nights):
    """A hollow dot stood beside "clear" in the table, and the first sentence counted it as found.

    A best guess of 15 min less whose range reaches to 2 min more: perhaps, everywhere.
    """
    posterior = dict(zip(TOLD, (-15.0, -34.0, 2.0), strict=True))
    row = {"status": "found", "stands": True, "p_direction": 0.96, "robustness": 0.2, **posterior}
    table = table_of(nights, **row)
    (card,) = cards_of(nights, table)
    assert card.is_hollow
    assert card.large == "Late: perhaps 15 min less sleep"
    # a chance on the hollow cards only made them look the surest of all
    assert card.small.startswith("34 min less to 2 min more; yes on ")
    assert card.more[0] == "Before it was made smaller: about 25 min less sleep."
    assert "96" not in card.small
    assert not any("explain this away" in text for text in card.more)
    # asked by itself it has its p-value; with others asked the guess's range decides
    assert present(table)["how sure"][0] == "very clear"
    table.attrs["sleepstats_table"]["questions"] = 2
    assert present(table)["how sure"][0] == "perhaps"
    assert ">perhaps</td>" in sheet._number_row(nights, table.iloc[0].to_dict(), {})
    two = pd.concat([table, table.assign(factor="other")], ignore_index=True)
    assert lead_of(nights, two, [card], []) == (
        "One of 2 habits may go with a difference in your time asleep."
    )
    firm = replace(card, high=-2.0, factor="other")
    assert lead_of(nights, two, [firm, card], []) == (
        "One of 2 habits goes with a difference in your time asleep; one more may."
    )
    # a reader took it for time asleep: the measure is named where it is another
    soon = replace(card, outcome="sol_min")
    assert lead_of(nights, two, [firm, soon], []) == (
        "One of 2 habits goes with a difference in your time asleep; one more may, in time to "
        "fall asleep."
    )


@pytest.mark.parametrize(("yes", "said"), [(1, "1 night"), (2, "2 nights")])
def test_of_three_nights_none_is_told_to_take_blanks_for_no(nights, yes, said):
    """Seven paragraphs of a page of three nights advised what would have helped nothing."""
    reason = f"never recorded as no: late has {yes} yes, 0 no and 1 not recorded; a list of ticks"
    table = table_of(nights, status="refused", reason=reason)
    (told,) = left_open.not_asked(nights.iloc[:3], table)
    assert told == f"Late: noted beside sleep on {said}; 14 are needed."


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("too few nights: needs at least 14 nights with both tst_min and late; 8 have both "
         "(late is missing on 52 of 60 nights)", "noted beside sleep on 8 nights; 14 are needed"),
        ("constant: late follows weekdays and slow change exactly; nothing else varies",
         "changes only with the days of the week and the months"),
        ("constant: late was the same on all 60 nights", "was the same on all 60 nights"),
        ("never recorded as no: late has 9 yes, 0 no and 51 not recorded; a list of ticks cannot "
         "tell no from not recorded",
         "was never recorded as no. If a blank means no: read_diary(..., blank_is_no=('late',))"),
        ("tautology: tst_min and late are tied by definition",
         "total sleep time and late are tied by definition"),
    ],
)  # fmt: skip
def test_why_a_habit_was_not_asked_about_names_no_column(nights, reason, said):
    """The reasons are those that the questions give."""
    table = table_of(nights, status="refused", reason=reason)
    assert list(left_open.not_asked(nights, table)) == [f"Late: {said}."]


@pytest.mark.parametrize(
    ("name", "may"),
    [("screens_min", True), ("late_meal", True), ("reading", True), ("drank_wine", False),
     ("stress", False), ("stress_reading", False), ("headache", False), ("magnesium_mg", False),
     ("ibuprofen", False), ("period", False), ("steps", False), ("worked_late", False),
     ("evening_walk", True), ("sleeping_pill", False), ("caffeine_cups", False)],
)  # fmt: skip
def test_a_coin_is_offered_for_what_people_may_leave_to_it_and_nothing_else(name, may):
    assert may_be_left_to_a_coin(column_of(None, name)) is may


def test_what_is_left_possible_is_told_for_the_persons_own_evenings():
    """Cups 0, 1, 2, 3 in turn: eight of ten evenings lie between 0 and 3, so the limit of a cup
    times three; a yes or no has no amount, and hours of a clock none either."""
    index = pd.date_range("2026-01-01", periods=80, name="night")
    rng = np.random.default_rng(3)
    cups = np.tile([0.0, 1.0, 2.0, 3.0], 20)
    nights = pd.DataFrame(
        {"tst_min": 430 + rng.normal(0, 20, 80), "tea_cups": rng.permutation(cups)}, index
    )
    assert own_span(nights, "tea_cups") == (0.0, 3.0)
    (card,) = ss.answer(nights, outcomes="tst_min").limits
    assert card.lead == "Tea (3 cups compared with 0)"
    row = ss.correlate(nights, outcomes="tst_min", factors="tea_cups").iloc[0]
    assert (card.low, card.high) == pytest.approx((3 * row.effect_low, 3 * row.effect_high))
    late = nights.assign(late=rng.random(80) < 0.5)
    assert own_span(late, "late") == (0.0, 0.0)
    assert plain.amounts_said(0.0, 0.0, column_of(None, "late")) == ""
    burn = column_of(None, "activity_kcal")
    assert plain.amounts_said(220.0, 650.0, burn) == " (650 kcal compared with 220)"


def test_without_a_habit_beside_it_nothing_is_called_held_equal(nights):
    (card,) = cards_of(nights, table_of(nights, status="found", stands=True, held_equal=""))
    assert "held equal" not in " ".join((card.small, *card.more))


def test_scores_and_ratings_say_which_end_is_good():
    told = {
        name: plain.better_said(column_of(None, name)) for name in ("quality", "rested", "nawk")
    }
    assert told == {"quality": ", more is better", "rested": ", more is better", "nawk": ""}
    label = replace(column_of(None, "score"), label="the app's sleep score")
    assert plain.better_said(label) == ", more is better"
    assert plain.better_said(replace(label, label="stress score")) == ""


def test_what_is_no_matter_for_a_coin_is_asked_of_new_nights(nights):
    found = nights.rename(columns={"late": "ibuprofen"})
    (step,) = ss.answer(found, outcomes="tst_min").next_steps
    assert step.startswith("To see whether it comes again (ibuprofen: less sleep): go on recording")
    assert "If it is there too, it was hardly luck; if not, it may still be so." in step
    assert "no advice" in step
    assert "coin" not in step
    (step,) = ss.answer(nights.rename(columns={"late": "late_meal"}), "tst_min").next_steps
    assert step.startswith("To learn whether it is the reason (late meal: less sleep), let a coin")
    assert "no advice" not in step  # said below a coin it contradicted what stood before it
    assert "if you may freely do either: with it or without." in step
    # for what was found, and not for half an hour of whatever measure comes first
    size, number = re.search(
        r"each of about \d+ evenings \(enough for (.+) in time asleep, not for less.*plan (\d+) ",
        step,
    ).groups()
    found = ss.answer(nights.rename(columns={"late": "late_meal"}), "tst_min").cards[0]
    assert size == f"{abs(found.value):.0f} min"
    # the size of the sentence is what matters, and the diary says whether so many nights show it
    asked = f"--outcome tst_min --matters {abs(found.value):.0f} --diary FILE"
    typed = f'trial plan {number} {asked} --conditions "late meal" "without"'
    assert step.endswith(f"To plan it: sleepstats {typed}")


def test_names_of_many_letters_do_not_break_a_line(nights):
    long = "".join(ascii_lowercase) * 3
    said = ss.answer(nights.rename(columns={"late": long}))
    assert long.capitalize() in said.cards[0].large
    assert "<" not in said.cards[0].large


# ---- what readers took for something else, said so that it cannot be


def told_page(nights, tmp_path):
    page = ss.write_report(nights, tmp_path / "page.html").read_text("utf-8")
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("</style>")[2]).split())


def test_how_sure_a_direction_is_stands_on_the_face_beside_its_range(nights):
    """ "Chance that it is less: over 99 in 100" was read as less than 42; told where it is open."""
    (card,) = cards_of(nights, table_of(nights, status="found", stands=True))
    assert not card.is_unsure
    assert "chance" not in " ".join((card.small, *card.more))


@pytest.mark.parametrize("days", [45, 60, 90, 150])
def test_heading_bar_and_chance_are_of_one_source(days):
    """A guess of 15 min stood at the edge of a bar of 11 to 48 min that left it 97 in 100.

    Of one posterior its mean lies within its interval, which holds 0 where that is below 97.5.
    """
    unsure = 0
    for seed in range(3):
        nights, _ = ss.simulate_nights(days, seed=100 * days + seed)
        got = ss.answer(nights)
        row_of = {(row["outcome"], row["factor"]): row for row in rows_of(got.table)}
        for card in (card for card in got.cards if card.low == card.low):
            assert card.low < card.value < card.high
            chance = row_of[card.outcome, card.factor]["p_direction"]
            assert (card.low * card.high > 0.0) is (chance > 0.975) is not card.is_unsure
            assert not card.is_unsure or card.is_hollow
            unsure += card.is_unsure
    assert unsure or days > 45  # found, and less sure: there are such


def test_a_finding_is_told_and_drawn_for_the_persons_own_evenings():
    """Stress 0 to 8 alike often, 6 min a point, planted: eight times the size of one point."""
    rng = np.random.default_rng(5)
    stress = rng.permutation(np.repeat(np.arange(9.0), 10))
    index = pd.date_range("2026-01-01", periods=90, name="night")
    nights = pd.DataFrame(
        {"tst_min": 450 - 6 * stress + rng.normal(0, 12, 90), "stress": stress}, index
    )
    (card,) = ss.answer(nights, outcomes="tst_min").cards
    low, high = own_span(nights, "stress")
    assert (low, high) == (0.0, 8.0)
    row = ss.correlate(nights, outcomes="tst_min", beside=True).iloc[0]
    assert (card.value, card.low, card.high) == pytest.approx(tuple(8 * row[list(TOLD)]))
    own = plain.effect_said(card.value, column_of(None, "tst_min"))
    assert card.large == f"Stress (8 points compared with 0): {own}"
    # what one point goes with is said to be that
    (each,) = (text for text in card.more if text.startswith("For each point: "))
    assert (
        each == f"For each point: {plain.effect_said(row.best_guess, column_of(None, 'tst_min'))}."
    )


def test_a_step_is_never_longer_than_what_lies_between_ones_own_evenings():
    """2,000 to 2,450 kcal on most days, one of 5,200: 100, where the whole range says 1,000."""
    from sleepstats.units import reading_step, usual_ends

    burned = np.array([*np.linspace(2000.0, 2450.0, 40), 5200.0])
    assert usual_ends(burned)[1] < 2500
    assert reading_step(burned, "kcal") == 100.0
    assert (
        reading_step(np.array([*burned[:-1], *np.linspace(3000.0, 5200.0, 20)]), "kcal") == 1000.0
    )


def test_what_falls_with_the_clock_is_not_said_to_be_a_time_to_fall_asleep():
    said = plain.effect_said(32.0, column_of(None, "sleep_onset"))
    assert said == "asleep about 32 min later by the clock"
    assert plain.effect_said(-23.0, column_of(None, "spt_min")) == (
        "about 23 min less sleep (wakings included)"
    )


def test_a_card_on_another_measure_says_whether_time_asleep_is_clear():
    """Alcohol: rating lower, planted; time asleep has nothing planted."""
    rng = np.random.default_rng(8)
    index = pd.date_range("2026-01-01", periods=100, name="night")
    alcohol = rng.random(100) < 0.5
    quality = 4 - alcohol + (rng.random(100) < 0.2)
    nights = pd.DataFrame(
        {"tst_min": 430 + rng.normal(0, 30, 100), "quality": quality * 1.0, "alcohol": alcohol},
        index,
    )
    said = ss.answer(nights)
    card = next(card for card in said.cards if card.outcome == "quality")
    row = said.table.set_index("outcome").loc["tst_min"]
    assert row["status"] != "found"
    # told once, in the list of what is left possible; in the fold it was read as a second verdict
    assert not any("time asleep" in text for text in card.more)
    (told,) = (one for one in said.limits if one.outcome == "tst_min")
    assert f"{max(-row.effect_low, row.effect_high):.0f} min" in told.said


def test_a_headline_says_when_nights_are_too_few_to_say():
    """Twenty nights that differ by 80 min leave more than half an hour open, either way."""
    rng = np.random.default_rng(2)
    index = pd.date_range("2026-01-01", periods=20, name="night")
    nights = pd.DataFrame({"tst_min": rng.normal(430, 80, 20), "late": rng.random(20) < 0.5}, index)
    said = ss.answer(nights)
    assert all(card.is_wide for card in said.limits)
    assert said.lead.startswith(
        "20 nights are too few to say whether time asleep differs with late."
    )


def test_weekends_that_differ_are_not_called_without_a_difference(tmp_path):
    """An hour more on Friday and Saturday nights, planted in 84 nights."""
    rng = np.random.default_rng(4)
    index = pd.date_range("2026-01-05", periods=84, name="night")
    free = index.day_of_week.isin([4, 5])
    nights = pd.DataFrame({"tst_min": 420 + 60 * free + rng.normal(0, 20, 84)}, index)
    words = told_page(nights, tmp_path)
    assert "Friday and Saturday nights: about" in words
    assert "Weekdays and months: no clear" not in words
    assert "rule out" not in words
    month = re.search(r"Over these 3 months: whether time asleep drifted cannot", words)
    assert month or "Over these 3 months: time asleep" in words


def test_nobody_is_sent_on_as_before(nights):
    """A reader took "go on as before" below a finding on drinks for leave to drink."""
    (step,) = ss.answer(nights.rename(columns={"late": "wine"}), outcomes="tst_min").next_steps
    assert "as before" not in step
    assert "This is no advice to change anything, nor to leave it as it is." in step


def test_nights_in_bed_without_a_time_asleep_are_drawn_as_outlines(tmp_path):
    """Two of thirty: they looked like whole nights awake."""
    index = pd.date_range("2026-01-01", periods=30, name="night")
    bed = index + pd.Timedelta(hours=23)
    nights = pd.DataFrame(
        {"into_bed": bed, "sleep_onset": bed + pd.Timedelta(minutes=20),
         "final_wake": bed + pd.Timedelta(hours=8), "out_of_bed": bed + pd.Timedelta(hours=8)},
        index,
    )  # fmt: skip
    whole = ss.write_report(ss.add_measures(nights), tmp_path / "a.html").read_text("utf-8")
    assert 'class="open"' not in whole
    nights.loc[index[3:5], ["sleep_onset", "final_wake"]] = pd.NaT
    page = ss.write_report(ss.add_measures(nights), tmp_path / "b.html").read_text("utf-8")
    outline = re.search(r'<path class="open" d="([^"]*)"', page)[1]
    assert outline.count("M") == 2
    assert "An empty outline: in bed, and when you slept is not known." in page


def test_nights_on_which_a_device_measured_quite_other_values_are_told():
    """Six nights in a row 60 ms where all others lie around 14, planted; the pulse went with it."""
    rng = np.random.default_rng(6)
    index = pd.date_range("2026-01-01", periods=80, name="night")
    hrv, pulse = 14 + rng.normal(0, 2, 80), 80 + rng.normal(0, 3, 80)
    hrv[30:36], pulse[30:36] = 60.0, 61.0
    nights = pd.DataFrame(
        {"tst_min": 430.0 + rng.normal(0, 20, 80), "hrv_ms": hrv, "resting_heart_rate_bpm": pulse},
        index,
    )
    (told,) = (text for text in ss.answer(nights).sleep if "lay far from the others" in text)
    assert told.startswith(
        "On 6 nights heart rate variability lay far from the others (60 to 60 ms;"
    )
    assert (
        "the longest stretch from Saturday 31 January 2026 to Thursday 5 February 2026 (6)" in told
    )
    assert "On the same nights: resting heart rate 61 instead of 79.5." in told
    # a slower pulse that varies more is no sign of an illness: it worried a reader
    assert told.endswith(
        "or another place or setting of the device looks like that; they are kept."
    )
    ill = nights.assign(hrv_ms=14 + rng.normal(0, 2, 80), resting_heart_rate_bpm=160.0 - pulse)
    (told,) = (text for text in ss.answer(ill).sleep if "lay far from the others" in text)
    assert told.startswith("On 6 nights resting heart rate lay far")
    assert "or an illness" in told
    still = nights.assign(hrv_ms=14 + rng.normal(0, 2, 80), resting_heart_rate_bpm=80.0)
    assert "far from the others" not in str(ss.answer(still).sleep)


def test_a_guess_outside_of_what_was_measured_has_a_range_of_its_own(nights):
    """Guess 10 in 1 to 22, measured 40 in 30 to 50: one size a card, the other in the table."""
    table = table_of(
        nights, status="found", stands=True, best_guess=-10.0, effect=-40.0,
        fcr_low=-50.0, fcr_high=-30.0, best_guess_low=-22.0, best_guess_high=-1.0,
    )  # fmt: skip
    (card,) = cards_of(nights, table)
    assert card.large == "Late: about 10 min less sleep"
    assert card.small.startswith("1 to 22 min less; ")
    assert "40" not in card.small
    (more,) = card.more
    assert more.startswith("Before it was made smaller: about 40 min less sleep; ")


def test_what_a_device_records_is_not_said_to_be_falling_asleep():
    """A reader of a band's export took "asleep later" for lying awake: its record begins later."""
    own = column_of(None, "sleep_onset")
    band = replace(own, kind="device")
    assert plain.effect_said(32.0, band) == "recorded sleep begins about 32 min later"
    assert plain.way_said(-5.0, band) == "recorded sleep begins earlier"
    assert plain.measure_name(band) == "beginning of the recorded sleep"
    assert plain.measure_name(own) == "time of falling asleep"


def test_page_print_and_written_table_use_one_word_for_a_verdict(tmp_path):
    """Three vocabularies of one diary contradicted each other ("not large", "out of reach")."""
    got = ss.answer(ss.load_sample("diary").iloc[:60])
    body = "".join(numbers_of(got)).replace("\xa0", " ")
    page = re.findall(r'data-is="verdict">(.*?)</td>', body)
    asked = got.table[got.table["status"] != "refused"]
    order = [x for name in asked["outcome"].unique() for x in asked.index[asked["outcome"] == name]]
    _, written = write_tables(tmp_path / "d_report.html", got.nights, got.table, over=False)
    table = pd.read_csv(written)
    assert table["verdict"].fillna("")[order].tolist() == page
    shown = ss.present(got.table)
    printed = shown["how sure"].where(shown["status"] != "refused").dropna()
    assert sorted(printed) == sorted(page)
    # by the definitions: found and by the p-value, or alone below 0.05, or neither
    luck = asked["status"].isin(["not found", "unreachable"]) & (asked["pvalue"] < 0.05)
    luck &= (asked["status"] == "not found") | asked["effect"].notna()  # kinds on too few evenings
    assert page.count("may be luck") == int(luck.sum()) > 0
    open_yet = (asked["status"] == "not found") & ~luck
    assert page.count("not clear") == int(open_yet.sum()) > 0
    far = (asked["status"] == "unreachable") & ~luck
    assert page.count("out of reach") == int(far.sum()) > 0


def test_more_nights_are_counted_for_a_finding_among_all_questions():
    """By the square-root law: (z + 0.84) / 1.96 of half the width, z of 0.025 a question."""
    for share, z in ((1.0, 1.95996), (0.1, 2.80703)):  # tables of the normal: 0.025 and 0.0025
        more = 100 * (((z + 0.84) / 1.96 * 40.0 / 30.0) ** 2 - 1.0)
        told = f"if it is 30 min, about {round(more, -1):.0f} more nights like these would"
        assert more_nights(100, 80.0, 30.0, share).startswith(told)


def test_a_habit_that_could_not_be_asked_is_not_passed_over(nights):
    """Takeaway ticked or blank, never a no: it went with wine, and the card said nothing did."""
    table = table_of(nights, status="found", stands=True, held_equal="")
    table = pd.concat([table, table.iloc[:1].assign(factor="takeaway", status="refused")])
    table.attrs = ss.correlate(nights, "tst_min", beside=True).attrs
    table = pd.concat([table, table.iloc[:1].assign(factor="tea", status="not found")])
    table.attrs = ss.correlate(nights, "tst_min", beside=True).attrs
    (card,) = cards_of(nights.assign(takeaway=np.nan, tea=0.0), table)
    assert "no other habit was seen to go with both this one and your sleep" in card.small
    assert "(not looked at, as it could not be asked: takeaway)" in card.small


def test_few_nights_that_are_hardly_nights_are_pointed_out():
    """One minute at noon and 23 hours: told as nights, without a word, to a reader."""
    index = pd.DatetimeIndex(["1999-12-31", "2020-11-22", "2020-11-23"], name="night")
    nights = pd.DataFrame({"tst_min": [1.0, 420.0, 1381.0], "tib_min": [1.0, 420.0, 1381.0]}, index)
    nights["se_pct"] = 100.0
    said = ss.answer(nights)
    assert said.sleep[:2] == (
        "2 of 3 nights left out of the sentences below: Friday 31 December 1999, Monday 23 "
        "November 2020; under 1 h or over 16 h is hardly a night.",
        "You were in bed for 7 h (1 night).",  # the one of 420 min
    )
    assert said.next_steps == (
        "First look at Friday 31 December 1999: time asleep 1 min; at Monday 23 November 2020: "
        "time asleep 23 h 01 min. Correct what is wrong, delete only what is no night. Then make "
        "this page again.",
    )
    rows = [("1999-12-31", "12:00", "12:01"), ("2020-11-22", "23:00", "06:00")]
    lines = "\n".join(f"{day},{begin},{end}" for day, begin, end in rows)
    with pytest.warns(ss.DiaryWarning):
        read = ss.read_diary(io.StringIO(f"night,into_bed,out_of_bed\n{lines}\n"))
    (step,) = ss.answer(read).next_steps
    assert step.startswith("First look at Friday 31 December 1999, line 2: time in bed 1 min. ")
    assert list(said.measures) == ["Fri 31 Dec 1999", "Sun 22 Nov 2020", "Mon 23 Nov 2020"]
    assert "sleep efficiency" not in said.measures.index  # nothing was measured
    assert said.sleep[-1].endswith("is a year mistyped?")


def test_a_score_is_said_to_be_made_of_other_measures():
    """A reader counted pulse, variability and the score made of them as three findings."""
    rng = np.random.default_rng(4)
    nights = ss.load_sample("sleep_cycle")
    (score,) = (x for x in nights if plain.SCORE.search(column_of(nights, x).label))
    read = rng.random(len(nights)) < 0.5
    nights = nights.assign(**{score: 70.0 - 15 * read + rng.normal(0, 5, len(nights))}, read=read)
    cards = ss.answer(nights, outcomes=score).cards
    (card,) = (card for card in cards if card.factor == "read")
    assert sum("no finding apart from these" in text for text in card.more) == 1


def test_habits_that_an_app_offers_and_nobody_ticked_are_not_listed_as_mine():
    """A reader was startled by "passed out drunk": a name of the app, and no night had it."""
    index = pd.date_range("2026-01-05", periods=3, name="night")
    nights = pd.DataFrame({"tst_min": 420.0, "tea": [1.0, 0.0, 1.0], "drunk": 0.0}, index)
    nights.attrs["sleepstats"] = {
        "roles": {"tags": {"role": "habit", "column": "tea", "why": "a column of the format x"},
                  "Slept, h": {"role": "night", "column": "tst_min", "why": "said"},
                  "Bed": {"role": "night", "column": "into_bed", "why": "said"}},
    }  # fmt: skip
    assert list(plain.taken_said(nights, ["tea", "drunk"])) == [
        ("As results of the night", "Slept, h; Bed"),  # a comma within a name
        (
            "As habits of the day or evening before",
            "tea (noted in tags) (1 more: never noted, or always no, on these nights)",
        ),
    ]


def test_hours_before_bed_are_listed_once():
    """A column of the file that is named so stood there again as "caffeine last"."""
    index = pd.date_range("2026-01-05", periods=3, name="night")
    last, made = "caffeine_last_h_before_bed", "tea_h_before_bed"
    nights = pd.DataFrame({"tst_min": 420.0, last: [9.0, 8.0, 7.0], made: [3.0, 2.0, 1.0]}, index)
    nights.attrs["sleepstats"] = {
        "roles": {last: {"role": "habit", "column": last, "why": "said"},
                  "Last tea": {"role": "habit", "column": "tea", "why": "said"}},
    }  # fmt: skip
    (told,) = (x for what, x in plain.taken_said(nights, [last, made]) if "habits" in what)
    assert told == f"{last}, Last tea"


def test_far_nights_that_lie_apart_are_no_stretch():
    """ "The longest stretch of them from Tuesday to the same Tuesday (1)", to a reader."""
    rng = np.random.default_rng(6)
    hrv = 14 + rng.normal(0, 2, 80)
    hrv[[5, 20, 35, 50, 65]] = 60.0
    index = pd.date_range("2026-01-01", periods=80, name="night")
    (told,) = ss.answer(pd.DataFrame({"tst_min": 430.0, "hrv_ms": hrv}, index)).sleep[-1:]
    assert told.startswith("On 5 nights heart rate variability lay far from the others")
    assert "stretch" not in told


def test_what_a_tracker_calls_so_is_explained_once_and_judges_nobody(tmp_path):
    """Two readers of a band's page did not know whether more of a word was wanted or not."""
    told = {
        label: plain.device_said(replace(column_of(None, "x"), label=label))
        for label in ("strain of the day before", "heart rate variability", "lowest heart rate",
                      "WHOOP's recovery score", "WHOOP's sleep performance",
                      "Oura's readiness score", "body temperature deviation", "late meal")
    }  # fmt: skip
    assert [label for label, words in told.items() if not words] == ["late meal"]
    for words in told.values():
        assert len(words.split()) <= 20
        assert not TECHNICAL.search(words), words
        assert not re.search(r"\b(good|bad|poor|healthy|should|too)\b", words), words
    rng = np.random.default_rng(7)
    index = pd.date_range("2026-01-01", periods=90, name="night")
    late = rng.random(90) < 0.5
    nights = pd.DataFrame({"tst_min": 430 - 40 * late + rng.normal(0, 20, 90), "late": late}, index)
    nights["hrv_ms"] = 60 - 20 * late + rng.normal(0, 5, 90)
    words = told_page(nights, tmp_path)
    assert words.count(told["heart rate variability"]) == 1
    assert told["WHOOP's recovery score"] not in words


def test_a_list_at_the_top_marks_what_is_less_than_a_finding(nights, tmp_path):
    """A reader took scores made of the findings above them for the surest of all."""
    rng = np.random.default_rng(4)
    night = ss.load_sample("sleep_cycle")
    (score,) = (x for x in night if plain.SCORE.search(column_of(night, x).label))
    read = rng.random(len(night)) < 0.5
    night = night.assign(**{score: 70.0 - 15 * read + rng.normal(0, 5, len(night))}, read=read)
    listed = html.unescape(told_page(night, tmp_path)).partition("Dot: the best guess")[0]
    # where there is nothing else it stands alone; beside what it is made of it is left out
    assert re.search(r"Read : the app's sleep score about \d+ points lower ", listed)
    assert listed.count("sleep score") == 1
    # of weekends too, and folded on their cards
    cards = [card for card in ss.answer(night).calendar_cards if card.outcome == score]
    assert all(plain.SCORED in card.more for card in cards)


@pytest.mark.parametrize(
    ("days", "said"), [(70, "10 weeks"), (121, "4 months"), (1292, "3½ years"), (1461, "4 years")]
)
def test_a_stretch_of_years_is_told_to_the_half(days, said):
    """1,292 days were told as "these 4 years", above dates of three and a half."""
    from sleepstats.answers.changes import _span_said

    ends = pd.DatetimeIndex(["2019-01-01", pd.Timestamp("2019-01-01") + pd.Timedelta(days=days)])
    assert _span_said(ends) == f"Over these {said}"


def test_a_share_of_the_night_is_no_points_and_an_end_that_is_nothing_no_zero():
    """ "9 points less restless sleep" was taken for a score; "0.00 points lower" for unfinished."""
    restless = replace(column_of(None, "restless_pct"), label="restless sleep", unit="%")
    assert plain.effect_said(-9.0, restless) == "about 9 % of the night less restless"
    assert plain.way_said(-9.0, restless) == "less restless"
    score = replace(column_of(None, "recovery_pct"), label="WHOOP's recovery score", unit="%")
    assert plain.unit_said(score) == "points"  # 9 % lower could be a ninth of it
    for low, high, said in (
        (-0.2, 25.0, "a trace less to 25 min more"),  # both ways, as the range goes
        (-31.0, 0.3, "31 min less to a trace more"),
    ):
        assert plain.range_said(low, high, column_of(None, "tst_min")) == said


def test_only_what_little_would_explain_away_is_told_on_the_card(nights):
    """ "Only something that goes closely would explain this away" was read as "all but certain".

    What next to nothing would explain away says so where "still there" stood, which says the
    contrary to a reader.
    """
    assert "little" not in ALIKE
    for robust, said in ((0.05, plain.WEAKLY), (0.2, "still there with stress held equal")):
        held = {"held_equal": "stress", "stands": True, "robustness": robust}
        (card,) = cards_of(nights, table_of(nights, status="found", **held))
        assert card.small.endswith(f"; {said}")
        assert not any("explain" in text for text in card.more)


def test_what_is_clearly_smaller_with_the_others_held_equal_is_told_on_the_card(nights):
    """By hand: 20 min less alone; 12 with the others held equal is less than three quarters."""
    found = {"status": "found", "stands": True, "best_guess": -20.0, "robustness": 0.3}
    names = ("stress", "wine", "tea")
    for left, said in ((-12.0, ", smaller (about 12 min),"), (-16.0, "")):
        row = {"beside_guess": left, "held_equal": ", ".join(names)}
        (card,) = cards_of(nights, table_of(nights, **found, **row))
        assert f"; still there{said} with other habits held equal" in card.small
        assert card.more[1:] == ("Held equal for time asleep: stress, wine and tea.",)


def test_what_is_large_of_how_long_and_how_soon_leads():
    """By hand, of 30 min, and 10 to fall asleep: 60 of 30, 15 of 10, 20 of 30, a pulse, 4 of 10."""

    def card(outcome, value, unit="min"):
        return Card("Tea", "", "", "stands", outcome, "tea", value, value - 1, value + 1, unit)

    made = [card("sol_min", 4.0), card("heart_rate", 4.0, "beats a minute"),
            card("tst_min", 20.0), card("sol_min", 15.0), card("tst_min", -60.0)]  # fmt: skip
    assert sorted(made, key=lambda one: one.rank) == made[::-1]


def test_a_list_at_the_top_says_for_how_much_a_size_is(nights, tmp_path):
    """A reader took "Stress: 41 min less sleep" for a stressful day: it is 7 points beside 1."""
    diary = ss.load_sample("diary")
    listed = html.unescape(told_page(diary, tmp_path)).partition("Dot: the best guess")[0]
    for card in ss.answer(diary).cards:
        assert re.search(re.escape(card.lead) + " ?" + re.escape(card.compared) + " ?:", listed)
    assert "Stress (7 points compared with 1): about 40 min less sleep" in listed.replace(
        "Stress  ", "Stress "
    )
    # and for a step, where evenings have no usual span: a count that is mostly 0
    wine = np.where(np.arange(len(nights)) % 13 == 0, 2.0, 0.0)
    rare = nights.drop(columns="late").assign(
        wine_glasses=wine, tst_min=nights["tst_min"] - 60 * wine
    )
    got = ss.answer(rare)
    listed = _named(got, got.cards)
    assert re.search(
        r"<strong>Wine glasses</strong>: .*>perhaps \d+.min less sleep for each", listed
    )


def test_hours_that_moved_are_not_said_to_be_unknown(tmp_path):
    """A page said that hours moved by 2 h, and lower down that it could not be told."""
    days = pd.date_range("2026-01-01", periods=84, name="night")
    hours = np.where(np.arange(84) < 42, 1.0, -1.0) + np.random.default_rng(3).normal(0, 0.7, 84)
    bed = days + pd.to_timedelta(np.round(24.0 * 60 + 60 * hours), unit="min")
    length = 460 + np.random.default_rng(4).normal(0, 40, 84).round()
    up = bed + pd.to_timedelta(length, unit="min")
    moved = ss.add_measures(pd.DataFrame({"into_bed": bed, "out_of_bed": up}, index=days))
    got = ss.answer(moved)
    assert "Your sleep moved about" in got.lead
    left = " ".join(str(card) for card in got.calendar_limits if "months" in card.lead)
    assert "time in bed" in left
    assert "going to bed" not in left
    assert "getting up" not in left


def test_more_nights_are_not_said_to_settle_what_is_smaller(nights):
    """A reader took the best guess, "it may be as small as", for the least it can be."""
    (step,) = ss.answer(nights.rename(columns={"late": "ibuprofen"}), "tst_min").next_steps
    assert re.search(r"more nights \(enough for \d+ min; a smaller difference takes more\)", step)


def test_a_coin_is_planned_for_the_amounts_that_are_compared():
    """The sentence said 120 min or 30 min, the command with it or without."""
    (step,) = ss.answer(ss.load_sample("diary")).next_steps
    assert "do either: 120 min or 30 min" in step
    assert step.endswith('--conditions "screens 120 min" "screens 30 min"')


def test_a_limit_of_less_than_half_a_minute_has_no_tenths():
    """ "0.3 to 36.9 min less" has digits nobody has; a minute apart is no more than that."""
    slept = column_of(None, "tst_min")
    for low, high, said in (
        (-36.9, -0.3, "under 1 to 37 min less"),
        (0.1, 9.7, "under 1 to 10 min more"),
        (0.3, 4.2, "0.3 to 4.2 min more"),  # of few minutes tenths are told
        (-36.9, -0.6, "1 to 37 min less"),
    ):
        assert plain.range_said(low, high, slept) == said


def test_one_name_is_written_out_and_not_counted():
    """ "and 1 more" stood in place of a word as long; of two and more the number is told."""
    names = [f"habit number {k}" for k in range(7)]  # by hand: five hold 70 letters, the first 60
    assert few_named(names[:6]) == ", ".join(names[:6])
    assert few_named(names) == f"{', '.join(names[:5])} and 2 more"


def test_habits_of_the_day_are_said_not_to_be_those_of_the_evening():
    """A reader of three counts of steps and burn took "none of 3 habits" for the evening's."""
    rng, index = np.random.default_rng(4), pd.date_range("2026-01-01", periods=60, name="night")
    columns = {"day_strain": {"kind": "factor", "when": "day", "label": "strain of the day before"}}
    nights = pd.DataFrame({"tst_min": 420 + rng.normal(0, 20, 60),
                           "day_strain": rng.normal(10, 3, 60)}, index)  # fmt: skip
    nights.attrs["sleepstats"] = {"columns": columns}
    assert not_in_file(nights).endswith("stress, habits of the evening.")
    assert not_in_file(nights.assign(tea=rng.random(60) < 0.5)).endswith("stress.")
    two = nights.assign(steps=rng.normal(8000, 1000, 60))
    lead = ss.answer(two, outcomes="tst_min").lead
    assert lead.startswith("None of 2 habits (strain and steps) clearly goes with")


def test_what_a_device_takes_for_sleep_is_held_against_no_norm():
    """99 % "asleep" by a watch beside "85 % or more is usual" was read as no trouble."""
    for name, values in (("se_pct", [99.0] * 20), ("sol_min", [5.0] * 20)):
        assert "usual" in usual_said(name, values)
        assert usual_said(name, values, device=True) == ""
    assert "usual" in usual_said("tst_min", [420.0] * 20, device=True)
