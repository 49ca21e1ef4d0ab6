"""Claims held against diaries whose truth is planted; the planted numbers are in each test."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control

import sleepstats as ss
from sleepstats.claims.result import COLUMNS
from sleepstats.errors import DiaryError

MEAL = {"words": "A late meal.", "outcome": "tst_min", "factor": "late_meal", "direction": "less"}
WITHIN = {"words": "No matter.", "outcome": "tst_min", "factor": "reading", "direction": "same"}


@pytest.fixture(scope="module")
def nights():
    """300 nights: 35 min less after a late meal, latency 0.7 times after reading, else nothing."""
    made, _ = ss.simulate_nights(
        300, seed=5, effects={"late_meal": -35.0}, latency_ratios={"reading": 0.7}
    )
    return made.assign(supplement=made["supplement_kind"] != "none")


def verdicts(nights, *claims, **options):
    return ss.check_claims(nights, claims, **options).table["verdict"].tolist()


def test_planted_truths(nights):
    opposite = {**MEAL, "direction": "more"}
    reading = ss.Claim("Sooner.", "sol_min", "reading", "less")
    null = ss.Claim("Exercise.", "tst_min", "exercise_min", "more")
    assert verdicts(nights, MEAL, opposite, reading, null) == [
        "goes with", "against", "goes with", "cannot tell",
    ]  # fmt: skip
    assert verdicts(nights, {**MEAL, "direction": "differs"}) == ["goes with"]


def test_no_difference_goes_with_a_narrow_interval_only(nights):
    wide = {**WITHIN, "within": 60.0}
    narrow = {**WITHIN, "within": 5.0}
    meal = {**WITHIN, "factor": "late_meal", "within": 10.0}
    assert verdicts(nights, wide, narrow, meal) == ["goes with", "cannot tell", "against"]


def test_no_diary_and_missing_column(nights):
    safe = {"words": "Safe.", "no_diary": "safety"}
    own = {"words": "Ancient.", "no_diary": "Nobody kept a diary then."}
    dark = {**MEAL, "factor": "dark_room"}
    typing = {**MEAL, "factor": "late_meel"}
    table = ss.check_claims(nights, [safe, own, dark, typing]).table
    assert table["verdict"].tolist() == ["no diary", "no diary", "not kept", "not kept"]
    assert table["testable"].tolist() == [False, False, True, True]
    assert table["answer"][0].startswith("No diary can test it. A diary cannot show that something")
    assert table["answer"][1] == "No diary can test it. Nobody kept a diary then."
    assert table["answer"][2] == (
        "This diary cannot test it yet: keep a column 'dark_room' (yes or no, or how much, each "
        "evening)."
    )
    assert table["answer"][3].endswith("Did you mean 'late_meal'?")
    assert table["pvalue"].isna().all()


def test_entangled_with_another_habit_cannot_tell(nights):
    wine = nights["late_meal"].copy()
    wine.iloc[[4, 30]] = ~wine.iloc[[4, 30]]
    table = ss.check_claims(nights.assign(wine=wine), [MEAL]).table
    assert table["verdict"].tolist() == ["cannot tell"]
    assert "cannot tell late meal from wine" in table["answer"][0]
    assert table["pvalue"][0] < 0.001


def test_parts_of_one_record_are_not_entangled(nights):
    claims = [
        ss.Claim("Kind.", "sol_min", "supplement_kind", "differs", part="kind"),
        ss.Claim("One kind.", "sol_min", "supplement_kind", "less", part="kind", kind="magnesium"),
        ss.Claim("Used.", "tst_min", "supplement", "more"),
    ]
    assert ss.check_claims(nights, claims).table["reason"].tolist() == ["", "", ""]


def test_dose_that_goes_with_kind_is_entangled(nights):
    """Doses of the sample: 500 or 1000 of one kind, 200 or 400 of the other."""
    claim = ss.Claim("Dose.", "tst_min", "supplement_dose_mg", "more", part="dose")
    answer = ss.check_claims(nights, [claim]).table["answer"][0]
    assert answer.startswith("These nights cannot tell")


def test_every_part_is_asked_with_its_own_question(nights):
    claims = [
        ss.Claim("Dose.", "tst_min", "alcohol_drinks", "less", part="dose"),
        ss.Claim("Time.", "sol_min", "caffeine_last_h_before_bed", "more", part="timing",
                 used="caffeine_cups"),
        ss.Claim("Lasts.", "tst_min", "supplement", "same", part="over time", within=10.0),
        ss.Claim("After.", "tst_min", "supplement", "less", part="after stopping"),
        ss.Claim("Both.", "tst_min", "late_meal", "less", part="reading"),
    ]  # fmt: skip
    table = ss.check_claims(nights, claims).table
    dose = ss.dose_response(nights, outcome="tst_min", dose="alcohol_drinks").terms
    time = ss.timing_response(
        nights, outcome="sol_min", hours="caffeine_last_h_before_bed", used="caffeine_cups"
    )
    course = ss.over_time(nights, outcome="tst_min", factor="supplement").terms
    both = ss.interaction(nights, outcome="tst_min", factor="late_meal", moderator="reading")
    expected = [dose["pvalue"][1], time.pvalue, *course["pvalue"][1:], both.pvalue]
    np.testing.assert_allclose(table["pvalue"], expected)
    assert table["looked_for"].gt(0).all()
    assert table["smallest"].gt(0).all()


def test_family_is_benjamini_and_hochberg_as_scipy_has_it(nights):
    names = ["late_meal", "reading", "exercise_min", "stress", "screens_min"]
    claims = [ss.Claim(name, "tst_min", name, "less") for name in names]
    claims.append(ss.Claim("Safe.", no_diary="safety"))
    got = ss.check_claims(nights, claims)
    assert got.questions == 5
    expected = false_discovery_control(got.table["pvalue"][:5])
    np.testing.assert_allclose(got.table["pvalue_family"][:5], expected)


def test_what_it_takes_is_what_nights_needed_says(nights):
    claim = ss.Claim("Exercise.", "tst_min", "late_meal", "less", size=10.0)
    row = ss.check_claims(nights, [claim]).table.iloc[0]
    needed = ss.nights_needed(nights, outcome="tst_min", factor="late_meal", effect=10.0)
    assert row["smallest"] == needed.table["smallest"][0]
    assert row["nights_needed"] == math.ceil(needed.table["recorded"][0])
    assert not row["could_show"]


def test_refused_is_cannot_tell_and_not_counted(nights):
    claims = [MEAL, {**MEAL, "factor": "sauna"}]
    few = pd.Series(pd.NA, index=nights.index, dtype="boolean")
    few.iloc[:6] = [True, False] * 3
    got = ss.check_claims(nights.assign(sauna=few), claims)
    assert got.questions == 1
    assert got.table["verdict"].tolist() == ["goes with", "cannot tell"]
    assert "too few nights" in got.table["answer"][1]


def test_table_words_and_dictionary(nights):
    got = ss.check_claims(nights, [MEAL, {"words": "Legal.", "no_diary": "legality"}])
    assert tuple(got.table.columns) == COLUMNS
    assert str(got).splitlines()[0] == ("Of 2 claims: these nights go with 1, no diary can test 1.")
    assert "cause" not in str(got)
    assert got.to_dict()["table"][1]["could_show"] is None
    assert got._repr_html_().count("<tr>") == 3
    assert repr(got).startswith("<ClaimsCheck: Of 2 claims")


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        ([], "check_claims(): no claims were given. Write at least one."),
        (MEAL, "check_claims(): claims is a single one, expected a list: check_claims(nights, "
               "[claim])."),
        (["sleep"], "check_claims(), claim 1: 'sleep' is neither a Claim nor a dict."),
        ([{**MEAL, "direction": "mor"}], "check_claims(), claim 1: direction is 'mor', expected "
         "one of more, less, differs, same. Did you mean 'more'?"),
        ([{**MEAL, "words": " "}],
         "check_claims(), claim 1: words is empty. Write the claim as it was made."),
        ([WITHIN], "check_claims(), claim 1: direction 'same' needs within=, a difference too "
         "small to matter, in the outcome's unit."),
        ([{"words": "x", "direction": "more", "factor": "reading"}], "check_claims(), claim 1: "
         "outcome is empty. Name a column, or say in no_diary= why no diary can test it."),
        ([{**MEAL, "size": -3}],
         "check_claims(), claim 1: size is -3, expected a number above 0."),
        ([{**MEAL, "kind": "white"}],
         "check_claims(), claim 1: kind is 'white', and part is not 'kind'."),
    ],
)  # fmt: skip
def test_errors(nights, claims, sentence):
    with pytest.raises(DiaryError) as raised:
        ss.check_claims(nights, claims)
    assert str(raised.value) == sentence


def test_misspelt_field_kinds_and_people(nights):
    with pytest.raises(DiaryError, match="a claim has no 'outcom'"):
        ss.check_claims(nights, [{**MEAL, "outcom": "tst_min"}])
    with pytest.raises(DiaryError, match="which has kinds"):
        ss.check_claims(nights, [{**MEAL, "factor": "supplement_kind"}])
    two = pd.concat({"ann": nights, "bob": nights}, names=["person", "night"])
    with pytest.raises(DiaryError, match="nights holds 2 people"):
        ss.check_claims(two, [MEAL])


def test_size_of_latency_comes_back_as_it_was_claimed(nights):
    """5 min less and 5 min more are different ratios of the same night: a typical one without."""
    claims = [
        ss.Claim("Less.", "sol_min", "late_meal", "less", size=5.0),
        ss.Claim("More.", "sol_min", "late_meal", "more", size=5.0),
    ]
    table = ss.check_claims(nights, claims).table
    np.testing.assert_allclose(table["looked_for"], [5.0, 5.0])
    assert table["smallest"][0] < table["smallest"][1]
    used = nights[["sol_min", "late_meal"]].dropna().astype(float)
    # a ratio so near 1 is told of the median, which lies as far up as there are late meals
    share, median = used["late_meal"].mean(), used["sol_min"].median()
    without = median * table["ratio"][0] ** -share
    both = -np.log1p(-table["smallest"][0] / without), np.log1p(table["smallest"][1] / without)
    np.testing.assert_allclose(*both)


def test_power_part_and_one_claim_alone(nights):
    with pytest.raises(DiaryError, match="power is 80, expected a chance"):
        ss.check_claims(nights, [MEAL], power=80)
    with pytest.raises(DiaryError, match="claims is a single one, expected a list"):
        ss.check_claims(nights, None)
    answer = ss.check_claims(nights, [{**MEAL, "part": "doze"}]).table["answer"][0]
    assert answer.endswith("Did you mean 'dose'?")


def test_use_that_answers_to_bad_nights_is_told_beside_the_verdict():
    """Used for ten nights after each bad one: over_time says so, and the claim repeats it."""
    rng = np.random.default_rng(4)
    tst = 420 + 40 * rng.normal(size=200)
    on = np.zeros(200, dtype=bool)
    for night in np.flatnonzero(tst < 370):
        on[night + 1 : night + 9] = True
    index = pd.date_range("2026-01-05", periods=200, name="night")
    nights = pd.DataFrame({"tst_min": tst, "tea": on}, index=index)
    claim = ss.Claim("It lasts.", "tst_min", "tea", "same", "over time", within=5.0)
    cautions = ss.over_time(nights, outcome="tst_min", factor="tea").cautions
    assert cautions
    assert ss.check_claims(nights, [claim]).table["answer"][0].endswith(" ".join(cautions))


def test_a_column_is_held_equal_in_a_claim_as_in_the_question():
    """The same engine, so the same numbers as associate gives."""
    nights = ss.load_sample("diary")
    held = ("weekday", "trend", "stress")
    claim = {"words": "Screens cost sleep.", "outcome": "tst_min", "factor": "screens_min",
             "direction": "less"}  # fmt: skip
    (row,) = ss.check_claims(nights, [claim], adjust=held).table.to_dict("records")
    one = ss.associate(nights, "tst_min", "screens_min", adjust=held)
    assert row["pvalue"] == one.pvalue


def test_a_size_below_the_whole_interval_is_no_size_that_fits():
    """On the sample an hour of screens went with 35 (19 to 52) min less sleep: 10 is outside."""
    claim = {
        "words": "An hour of screens costs 10 min of sleep.", "outcome": "tst_min",
        "factor": "screens_min", "direction": "less", "size": 10 / 60,
    }  # fmt: skip
    got = ss.check_claims(ss.load_sample("diary"), [claim])
    assert got.table["verdict"].tolist() == ["goes with"]
    said = " ".join(got.table["answer"][0].split())
    assert said.startswith("These nights go with the claim, and for more: total sleep time was")
    assert said.endswith("Claimed: 10 min less, which is outside that interval.")
    edge = -got.table["effect_high"][0] * 0.995  # a hair beyond, and written with the same digits
    got = ss.check_claims(ss.load_sample("diary"), [{**claim, "size": edge}])
    assert "which is just outside that interval" in " ".join(got.table["answer"][0].split())


def doses(n=120, per_mg=0.075, seed=1):
    """Return nights with 0 to 400 mg by dice, and 7.5 min more sleep for each 100 mg."""
    rng = np.random.default_rng(seed)
    mg = rng.choice([0, 200, 300, 400], n)
    table = {"tst_min": 420 + per_mg * mg + 20 * rng.normal(size=n), "magnesium_mg": mg}
    return pd.DataFrame(table, index=pd.date_range("2026-01-05", periods=n, name="night"))


MG = {
    "words": "Magnesium gives half an hour of sleep.", "outcome": "tst_min",
    "factor": "magnesium_mg", "direction": "more",
}  # fmt: skip


@pytest.mark.parametrize(
    ("claim", "asked"),
    [({"size": 30}, "size"), ({"direction": "same", "within": 15}, "within"),
     ({"size": 30, "part": "dose"}, "size")],
)  # fmt: skip
def test_a_size_for_each_single_mg_is_asked_back_and_never_judged(claim, asked):
    """By hand: 30 min for each of 400 mg are 12,000 min (15 are 6,000); nobody sleeps so long."""
    (row,) = ss.check_claims(doses(), [{**MG, **claim}]).table.to_dict("records")
    amount = claim.get("size", claim.get("within"))
    over = {"": f"{400 * amount:,} min between 0 and 400", "dose": "6,000 min between 200 and 400"}
    assert row["verdict"] == "cannot tell"
    assert row["answer"].startswith(
        f"Not judged: {asked}={amount} means {amount} min for each further mg of magnesium, which "
        f"is {over[claim.get('part', '')]}, and total sleep time never differed by so much."
    )
    assert row["answer"].endswith(f"If for 400, write {asked}={amount}/400.")


def test_a_size_per_unit_that_is_meant_is_judged():
    # planted: 30 min for 400 mg; and an hour of screens that costs an hour is bold, not absurd
    assert verdicts(doses(), {**MG, "size": 30 / 400}) == ["goes with"]
    bold = {
        "words": "An hour of screens costs an hour of sleep.", "outcome": "tst_min",
        "factor": "screens_min", "direction": "less", "size": 1.0,
    }  # fmt: skip
    got = ss.check_claims(ss.load_sample("diary"), [bold]).table["answer"][0]
    assert "Not judged" not in got


def test_a_difference_that_may_be_within_what_counts_as_none_is_not_against_none():
    """Simulated truth: 10 min where none means within 15, so "against" is false; 40 is beyond."""
    said = {10: [], 40: []}
    for truth, seed in [(truth, seed) for truth in said for seed in range(10)]:
        rng = np.random.default_rng(seed)
        tea = rng.random(300) < 0.45
        table = {"tst_min": 415 + truth * tea + 30 * rng.normal(size=300), "tea": tea}
        made = pd.DataFrame(table, index=pd.date_range("2026-01-05", periods=300, name="night"))
        claim = {**WITHIN, "factor": "tea", "within": 15}
        (row,) = ss.check_claims(made, [claim]).table.to_dict("records")
        said[truth].append(row["verdict"])
        if row["verdict"] == "cannot tell":
            assert " cannot tell whether it is within 15 min: " in row["answer"]
    assert "against" not in said[10]
    assert said[40].count("against") >= 9  # 40 - 2 * 3.5 min is beyond 15


def test_a_column_kept_on_some_nights_takes_no_verdict_from_the_others():
    """Planted: 40 min less for each of a. c is a + b, and kept on 4 nights of 10."""
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, 120))
    c = np.where(np.arange(120) % 10 < 4, a + b + 0.1 * rng.random(120), np.nan)
    table = {"tst_min": 420 - 40 * a + 20 * rng.normal(size=120), "a": a, "b": b, "c": c}
    made = pd.DataFrame(table, index=pd.date_range("2026-01-05", periods=120, name="night"))
    less = [{**MEAL, "factor": name} for name in "ac"]
    assert verdicts(made, *less) == ["goes with", "cannot tell"]
    said = ss.check_claims(made, less).table["answer"][1]
    assert said.startswith("These nights cannot tell c from a and b: ")


def test_a_size_of_latency_for_a_number_is_told_as_it_was_claimed(nights):
    """By hand: 5 min for 30 min of exercise are 5 / 30 for each, and are told as 10 per hour."""
    claim = ss.Claim("Slower.", "sol_min", "exercise_min", "more", size=5 / 30)
    (row,) = ss.check_claims(nights, [claim]).table.to_dict("records")
    assert row["looked_for"] == pytest.approx(5 / 30)
    step = re.search(r"for each further (\d+) min of exercise", row["answer"])
    assert f" {int(step[1]) * 5 / 30:.0f} min " in row["answer"]


def test_the_sentences_of_a_notebook_begin_at_the_left(nights):
    """A notebook sets cells to the right: sentences of four lines had no edge to begin at."""
    page = ss.check_claims(nights, [{"words": "It is safe.", "no_diary": "safety"}])._repr_html_()
    assert page.count('style="text-align: left"') == 2 * 3  # the head and one row, of three columns


@pytest.mark.parametrize(("draws", "said", "wine"), [
    (0, "Tv goes with it, but not once wine is held equal: total sleep time was 28 min less with "
        "tv (", "goes with"),
    (1, "Tv goes with it, but not once wine is held equal, nor that once this is: total sleep time "
        "was 26 min less with tv (", "cannot tell"),
])  # fmt: skip
def test_what_goes_away_beside_another_habit_goes_with_no_claim(draws, said, wine):
    """Simulated: wine takes 40 min, television nothing and comes with wine on 85 % of evenings.

    ``correlate(beside=True)`` says the same of the same nights.
    """
    r, n = np.random.default_rng(2), 90
    r.random(n), r.standard_normal(n), [r.integers(0, 9, n) for _ in range(draws)]
    drank = r.random(n) < 0.4
    tv = np.where(r.random(n) < 0.85, drank, ~drank)
    slept, index = (
        430 - 40 * drank + 25 * r.standard_normal(n),
        pd.date_range("2026-01-05", periods=n),
    )
    made = pd.DataFrame({"tst_min": slept, "wine": drank, "tv": tv}, index=index.rename("night"))
    claims = [{"words": "w", "outcome": "tst_min", "factor": x, "direction": "less"}
              for x in ("tv", "wine")]  # fmt: skip
    got = ss.check_claims(made, claims).table
    assert got["verdict"].tolist() == ["cannot tell", wine]
    assert got["answer"][0].startswith(said)
    stands = ss.correlate(made, "tst_min", beside=True).set_index("factor")["stands"]
    assert [bool(stands[x]) for x in ("tv", "wine")] == [False, wine == "goes with"]
