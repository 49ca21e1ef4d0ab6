"""What a person reads: rounded text; the numbers themselves stay in the table."""

import io
import re

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.asking.present_table import present
from sleepstats.asking.verdicts import TABLE
from sleepstats.errors import DiaryError
from sleepstats.relations import associate, compare, correlate

NAN = float("nan")


def row(**changes):
    base = {
        "outcome": "tst_min", "factor": "alcohol", "when": "day before the night", "n": 60,
        "n_dropped": 0, "n_eff": 55.0, "r": -0.314, "r_low": -0.5, "r_high": -0.1,
        "effect": -23.4, "effect_low": -35.2, "effect_high": -11.4, "effect_unit": "min",
        "ratio": NAN, "ratio_low": NAN, "ratio_high": NAN, "pvalue": 0.0004,
        "pvalue_family": 0.0008, "status": "found", "reason": "",
    }  # fmt: skip
    return base | changes


def table(*rows, **about):
    made = pd.DataFrame(list(rows))
    made.attrs[TABLE] = {
        "labels": {"tst_min": "total sleep time"},
        "units": {},
        "steps": {},
    } | about
    return made


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "−23 min [−35, −11]"),
        ({"effect": 12.2, "effect_low": -3.1, "effect_high": 27.0, "effect_unit": "min per cup"},
         "+12 min [−3, 27] per cup"),
        ({"effect": 0.1, "effect_low": -0.4, "effect_high": 0.6, "effect_unit": "points"},
         "+0.1 points [−0.4, 0.6]"),
        ({"effect": 0.02, "effect_low": -4.0, "effect_high": 4.0}, "0 min [−4, 4]"),
        ({"ratio": 1.42, "ratio_low": 1.1, "ratio_high": 1.83, "effect": 5.88},
         "×1.42 [1.10, 1.83], about +6 min"),
        ({"effect": NAN}, "differs between kinds"),
        ({"effect": NAN, "status": "not found"}, "no clear difference"),
        ({"status": "refused"}, ""),
    ],
)  # fmt: skip
def test_difference_in_words(changes, text):
    assert present(table(row(**changes))).difference[0] == text


def test_round_steps():
    screens = row(factor="screens_min", effect=-0.1, effect_low=-0.16, effect_high=-0.04,
                  effect_unit="min per min")  # fmt: skip
    shown = present(table(screens, steps={"screens_min": 60.0}, units={"screens_min": "min"}))
    assert shown.difference[0] == "−6 min [−10, −2] per 60 min"
    # 1.01 per minute is 1.01 ** 30 = 1.35 per half hour; the median night is 0.14 / 0.01 = 14 min
    latency = screens | {"ratio": 1.01, "ratio_low": 1.0, "ratio_high": 1.02, "effect": 0.14}
    shown = present(table(latency, steps={"screens_min": 30.0}, units={"screens_min": "min"}))
    assert shown.difference[0] == "×1.35 [1.00, 1.81], about +5 min per 30 min"


def test_print_tells_latency_in_minutes_with_its_ends():
    """Ratio 1.42 is 5.88 min, so 14 in the middle; 14 * 0.1 and 14 * 0.83 are the ends, by hand."""
    latency = row(outcome="sol_min", ratio=1.42, ratio_low=1.1, ratio_high=1.83, effect=5.88)
    assert "+6 min [1, 12] " in repr(present(table(latency)))


def test_a_clock_is_shown_in_minutes():
    later = row(
        outcome="midsleep_h", effect=0.5, effect_low=0.25, effect_high=0.75, effect_unit="h"
    )
    shown = present(table(later, units={"midsleep_h": "h after the evening's midnight"}))
    assert shown.difference[0] == "+30 min [15, 45]"


def test_order_and_words():
    shown = present(
        table(
            row(factor="e", status="refused", pvalue=NAN, pvalue_family=NAN, r=NAN, effect=NAN,
                reason="too few nights: needs at least 14"),
            row(factor="d", status="unreachable", pvalue=0.2, pvalue_family=0.3,
                reason="out of reach: with 20 nights"),
            row(factor="c", status="not found", pvalue=0.02, pvalue_family=0.2),
            row(factor="c2", status="not found", pvalue=0.4, pvalue_family=0.5),
            row(factor="b", pvalue=0.01, pvalue_family=0.03),
            row(factor="a", pvalue=0.002, pvalue_family=0.005),
            row(factor="a0"),
        )
    )  # fmt: skip
    assert shown.factor.tolist() == ["a0", "a", "b", "c", "c2", "d", "e"]
    assert shown["how sure"].tolist() == [
        "very clear", "clear", "fairly clear", "may be luck", "not clear",
        "out of reach", "",
    ]  # fmt: skip
    assert shown.reason.tolist()[-2:] == ["out of reach", "too few nights"]
    assert shown.r.tolist()[0] == "−0.31 [−0.50, −0.10]"
    assert shown.r.tolist()[-1] == ""
    assert shown.outcome[0] == "total sleep time"


def test_a_range_that_nearly_reaches_nothing_is_not_very_clear():
    """A card's bar of 1 to 37 min beside "very clear" in the table: two answers for one finding."""
    guess = {"best_guess": -17.0, "best_guess_low": -37.0, "best_guess_high": -1.0}
    shown = present(table(row(**guess), row(**guess | {"best_guess_high": -2.0})))
    assert shown["how sure"].tolist() == ["fairly clear", "very clear"]


def test_footer():
    one = table(row(), questions=24, refused=3, family="bh", adjust=["weekday", "trend"], level=0.9,
                first_night="2026-01-01", last_night="2026-04-30", notes=[])  # fmt: skip
    assert present(one).attrs["footer"] == (
        "24 questions asked, 3 refused; luck among 21 allowed for (Benjamini–Hochberg); nights "
        "2026-01-01 to 2026-04-30; weekdays and slow change evened out; in brackets 90 % "
        "intervals of single questions."
    )
    one.attrs.clear()
    assert present(one).attrs["footer"] == "1 question asked."
    assert present(one).outcome[0] == "total sleep time"  # as the dictionary says


@pytest.fixture
def nights():
    rng = np.random.default_rng(1)
    index = pd.date_range("2026-01-05", periods=80, name="night")
    return pd.DataFrame(
        {
            "tst_min": 420 + 30 * rng.normal(size=80),
            "alcohol": rng.random(80) < 0.4,
            "screens_min": rng.uniform(0, 200, 80),
        },
        index=index,
    )


def test_a_real_table_is_copied_not_changed(nights):
    made = correlate(nights)
    before = made.copy()
    shown = present(made)
    pd.testing.assert_frame_equal(made, before)
    assert len(shown) == len(made)
    assert shown.attrs["footer"].startswith(
        "4 questions asked, 2 refused; luck among 2 allowed for (Benjamini–Hochberg);"
    )
    assert present(made[made.status == "refused"]).status.tolist() == ["refused"] * 2
    assert len(present(correlate(nights[["tst_min"]]))) == 0


def test_single_results(nights):
    one = present(associate(nights, outcome="tst_min", factor="screens_min"))
    assert one.difference[0].endswith(" per 60 min")
    assert one.nights[0] == 80
    diff = present(compare(nights, outcome="tst_min", factor="alcohol"))
    assert diff.factor[0] == "alcohol"
    assert diff.attrs["footer"] == (
        "1 question asked; nights 2026-01-05 to 2026-03-25; weekdays and slow change evened out; "
        "in brackets 95 % intervals of single questions."
    )
    # the same text as in the table of one question
    row_of_table = correlate(nights, outcomes="tst_min", factors="screens_min")
    assert present(row_of_table).difference[0] == one.difference[0]


@pytest.mark.parametrize("wrong", [pd.DataFrame({"a": [1]}), None, "table"])
def test_something_else(wrong):
    with pytest.raises(DiaryError) as caught:
        present(wrong)
    assert str(caught.value) == (
        f"present() was given a {type(wrong).__name__} that is no result. "
        "Give it what correlate(), associate() or compare() returned."
    )


def test_a_table_read_back_from_a_csv_is_shown():
    nights, _ = ss.simulate_nights(120, seed=7)
    table = ss.correlate(nights, beside=True)
    again = pd.read_csv(io.StringIO(table.to_csv(index=False)))
    shown, was = ss.present(again), ss.present(table)
    assert shown["reason"].tolist() == was["reason"].tolist()
    assert shown["status"].tolist() == was["status"].tolist()


def test_picked_rows_keep_the_number_of_questions_that_their_ranges_allow_for():
    """Counted by hand: the sample has 12 habits, how long and how soon together 24 questions."""
    nights = ss.load_sample("diary")
    table = ss.correlate(nights, "tst_min", beside=True)
    every = "Ranges of what was found allow for 12 questions"
    for some in (table, table[table.status == "found"], table[table.factor == "late_meal"]):
        assert every in str(some)
    assert "Ranges of what" not in str(table[table.status != "found"])
    whole = ss.correlate(nights, "all", beside=True)
    for some in (whole[whole.outcome == "tst_min"], whole[whole.factor == "screens_min"].iloc[:2]):
        assert "Ranges of what was found allow for 24 questions" in str(some)
    sizes = whole[whole.status == "found"].outcome.map(whole.attrs["sleepstats_table"]["answered"])
    told = f"allow for {sizes.min()} to {sizes.max()} questions"
    assert told in " ".join(ss.present(whole).attrs["wider"].split())


def test_a_table_read_back_says_for_how_much_a_size_is():
    """Two tables of one diary said "per 60 min" and "per min": what is read back is the same."""
    table = ss.correlate(ss.load_sample("diary"), outcomes="all", beside=True)
    # by hand: screens run from 30 to 120 min on most evenings, and an hour fits into that
    assert table.set_index("factor")["step"]["screens_min"].unique().tolist() == [60.0]
    assert np.isnan(table.set_index("factor")["step"]["late_meal"]).all()
    shown = ss.present(pd.read_csv(io.StringIO(table.to_csv(index=False))))
    # minutes of latency of a yes or no need to know how often it was yes, which a file does not say
    yes_no = shown["factor"].isin(["late meal", "reading"])
    same = ~(yes_no & (shown["outcome"] == "sleep onset latency")).to_numpy(dtype=bool)
    whole = pd.DataFrame(ss.present(table))
    assert same.sum() == len(whole) - 2
    pd.testing.assert_frame_equal(pd.DataFrame(shown)[same], whole[same])
    assert (shown["difference"].str.endswith(" per 60 min")).any()
    # a table of an earlier version has no steps, and is shown for one of each
    before = pd.read_csv(io.StringIO(table.drop(columns="step").to_csv(index=False)))
    assert (ss.present(before)["difference"].str.endswith(" per min")).any()


def test_one_question_is_as_sure_with_beside_as_without():
    """A reader got "very clear", and "perhaps" of the same numbers with nothing to hold equal."""
    nights = ss.load_sample("diary")
    alone, beside = (
        ss.correlate(nights, "tst_min", ["screens_min"], beside=on) for on in (False, True)
    )
    assert alone["pvalue"].item() == beside["pvalue"].item()
    # the best guess, which knows of one question only, is pulled far and reaches none
    assert beside["best_guess_high"].item() >= 0.0 > beside["best_guess"].item()
    assert ss.present(alone)["how sure"].item() == "very clear"
    assert ss.present(beside)["how sure"].item() == "very clear"
    assert ss.present(beside)["beside the others"].item() == "stands, nothing to hold equal"
    assert str(alone).splitlines()[:3] == str(beside).splitlines()[:3]


def test_html_tells_what_is_left_with_others_held_equal():
    """The ratio of latency asked alone stood in this cell; by hand: asked again with the others."""
    rng, n = np.random.default_rng(5), 200
    stress = rng.integers(0, 11, n) * 1.0
    tense, noise = stress + rng.normal(0, 2.0, n) > 5, rng.normal(size=(2, n))
    nights = pd.DataFrame(
        {
            "tst_min": np.round(420 - 6 * stress - 30 * tense + 15 * noise[0]),
            "sol_min": np.round(12 * np.exp(0.06 * stress + 0.5 * tense + 0.2 * noise[1])),
            "stress": stress, "tense": tense,
        },
        index=pd.date_range("2026-01-05", periods=n, name="night"),
    )  # fmt: skip
    table = correlate(nights, ["tst_min", "sol_min"], beside=True)
    told = {}
    for line in re.findall("<tr>(.*?)</tr>", table._repr_html_())[1:]:
        outcome, factor, _, held, *_ = re.findall("<td[^>]*>(.*?)</td>", line)
        numbers = re.findall(r"[-−]?\d+(?:\.\d+)?", held)[:3]
        told[outcome, factor] = [float(x.replace("−", "-")) for x in numbers]
    assert len(told) == 4
    for outcome, kind, half in (("tst_min", "effect", 0.501), ("sol_min", "ratio", 0.00501)):
        for factor, other in (("stress", "tense"), ("tense", "stress")):
            one = associate(nights, outcome, factor, adjust=("weekday", "trend", other))
            assert one.step == 1.0 or factor == "tense"
            expected = [getattr(one, f"{kind}{end}") for end in ("", "_low", "_high")]
            label = table.attrs[TABLE]["labels"][outcome]
            assert told[label, factor] == pytest.approx(expected, abs=half)
