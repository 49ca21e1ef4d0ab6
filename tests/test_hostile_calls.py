"""Whatever comes in, an answer or words come out: frames, options, records, pictures.

What is tried, and what must hold, stands in ``benchmarks/hostile_calls.py``, which makes any number
of calls; here hypothesis chooses among them. Single cases are named below it, each with what it
once did. What is expected is what the documentation says: a result, or a ``DiaryError``.
"""

import importlib.util
import inspect
import io
import sys
import warnings
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sleepstats as ss
from sleepstats.columns import told_of
from sleepstats.errors import DiaryError, DiaryWarning, harmless
from sleepstats.inference.looks import chance_left
from sleepstats.plots.nights import AnswerRow, draw_answer

ROOT = Path(__file__).parents[1]


def _benchmark(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


hostile = _benchmark("hostile_calls")


@settings(max_examples=150, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
@given(seed=st.integers(0, 2**63))
def test_a_call_gives_a_result_or_words(seed):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # making a hostile frame may warn, too
        words, call = hostile.asked(np.random.default_rng(seed))
    with mpl.rc_context():  # a theme lasts, as it is meant to
        assert hostile.fault(call) == ("", ""), words


_CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.decimals(),
    st.binary(max_size=3), st.complex_numbers(), st.dates(), st.timedeltas(),
)  # fmt: skip


@settings(max_examples=60, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
@given(
    name=st.text(max_size=12),
    cells=st.lists(_CELLS, min_size=1, max_size=6),
    function=st.sampled_from([ss.correlate, ss.entangled, ss.missing_for_a_reason, ss.answer]),
)
def test_a_frame_that_passes_is_answered(name, cells, function):
    """A column of anything at all beside one that can be asked about."""
    nights = frame()
    nights[name] = pd.Series((cells * 30)[:30], index=nights.index, dtype=object)
    kind, told = hostile.fault(lambda: str(function(nights)))
    assert not kind, told


def frame(n=30, **columns):
    rng = np.random.default_rng(0)
    index = pd.date_range("2026-01-01", periods=n, name="night")
    return pd.DataFrame({"tst_min": 420 + 40 * rng.normal(size=n), **columns}, index=index)


def test_two_factors_of_kinds_on_the_same_nights_are_set_beside_each_other():
    """Once a KeyError. Of two independent choices neither doubles the other's interval."""
    rng = np.random.default_rng(1)
    nights = frame(60, drink=rng.choice(["tea", "wine", "water"], 60),
                   place=rng.choice(["home", "hotel", "tent"], 60))  # fmt: skip
    table = ss.entangled(nights)
    assert table["status"].tolist() == ["separable"]
    assert table["n"].tolist() == [60]
    # four orthonormal columns beside four: the largest canonical correlation, by numpy alone
    assert ss.correlate(nights)["factor"].unique().tolist() == ["drink", "place"]
    same = nights.assign(place=nights["drink"].map({"tea": "x", "wine": "y", "water": "z"}))
    assert ss.entangled(same)["status"].tolist() == ["entangled"]


@pytest.mark.parametrize("habits", [{}, {"tea": np.arange(30) % 2}])
def test_fewer_than_two_factors_are_entangled_with_nothing(habits):
    assert len(ss.entangled(frame(**habits))) == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"z": np.ones(30) + 1j}, "Column 'z' holds complex numbers. Keep one part, for example "
         "nights['z'].map(lambda z: z.real)."),
        ({"z": np.array([1j] * 30, dtype=object)}, "Column 'z' holds complex numbers. Keep one "
         "part, for example nights['z'].map(lambda z: z.real)."),
        ({"seen": np.full(30, np.datetime64("12000-01-01", "s"))}, "Column 'seen' has a year "
         "before 1 or after 9999 on 30 nights, first on 2026-01-01. Set it to missing there."),
        ({"z": np.array([10**400] * 30, dtype=object)}, "Column 'z' is infinite on 30 nights, "
         "first on 2026-01-01. Set it to missing there."),
        ({"z": [Decimal("1e150")] * 30}, "Column 'z' has 1e+150 for its largest number. Give it a "
         "unit in which it lies between 1e-100 and 1e+100."),
        ({"midsleep_h": ["late"] * 30}, "Column 'midsleep_h' is str, expected numbers. Convert it "
         "with pandas.to_numeric() first."),
        ({"final_wake": np.full(30, np.datetime64("2036-01-01T07:00", "s"))}, "Column 'final_wake' "
         "lies more than a week from its night on 30 nights, first on 2026-01-01. Check the date "
         "of that night, or set it to missing there."),
    ],
)  # fmt: skip
def test_what_no_question_can_use_is_told_by_the_check(change, message):
    with pytest.raises(DiaryError) as raised:
        ss.check_nights(frame(**change))
    assert str(raised.value) == message


def test_nights_of_a_year_that_no_calendar_shows_are_refused():
    index = pd.DatetimeIndex(np.array(["12000-01-01", "12000-01-02"], "datetime64[s]"))
    with pytest.raises(DiaryError, match="a year before 1 or after 9999"):
        ss.check_nights(pd.DataFrame({"tst_min": [1.0, 2.0]}, index=index.rename("night")))


def test_decimals_are_numbers():
    dose = [None if i == 4 else Decimal(i % 7) / 2 for i in range(30)]
    got = ss.associate(frame(dose=dose), outcome="tst_min", factor="dose")
    same = ss.associate(frame(dose=[np.nan if d is None else float(d) for d in dose]),
                        outcome="tst_min", factor="dose")  # fmt: skip
    assert (got.kind, got.n, got.effect) == ("numeric", 29, same.effect)
    one = ss.interaction(frame(dose=dose, stress=np.arange(30) % 5), outcome="tst_min",
                         factor="dose", moderator="stress")  # fmt: skip
    assert "different answers" not in one.reason


@pytest.mark.parametrize(
    "record",
    [5, "x", [1], {"columns": 5}, {"columns": {"stress": 5}},
     {"notes": 5, "rows": 5, "zone": 5, "day_cut_h": "x"},
     {"labels": 5, "readings": 5, "roles": 5, "asides": 5}, {"roles": {"stress": 5}}],
)  # fmt: skip
def test_something_else_under_the_name_of_the_record_is_no_record(record):
    nights = frame(stress=np.arange(30) % 5)
    plain = ss.correlate(nights)
    nights.attrs["sleepstats"] = record
    pd.testing.assert_frame_equal(ss.correlate(nights), plain)
    assert told_of(nights).get("columns", {}) == {}
    with pytest.raises(DiaryError, match="carries no reading record"):
        ss.reading_report(nights)
    assert len(ss.add_measures(nights)) == 30
    assert str(ss.answer(nights)) == str(ss.answer(nights.assign()))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda n: ss.plot_series(n, outcome=5), "plot_series(): outcome is 5, expected text."),
        (lambda n: ss.plot_calendar(n, outcome=None),
         "plot_calendar(): outcome is None, expected text."),
        (lambda n: ss.plan_trial(20, seed=1, nights=n, outcome=5),
         "plan_trial(): outcome is 5, expected text or None."),
        (lambda n: ss.nights_needed(n, effect="x"),
         "nights_needed(): effect is 'x', expected a number or None."),
        (lambda n: ss.regularity(n, free_days=5),
         "regularity(): free_days is 5, expected text or a list of names."),
        (lambda n: ss.add_bedtime_deviation(n, days_back="x"),
         "add_bedtime_deviation(): days_back is 'x', expected a whole number."),
        (lambda n: ss.simulate_nights(20, seed=1, weekday_min=5),
         "simulate_nights(): weekday_min is 5, expected a list of numbers."),
        (lambda n: ss.plan_trial(20, seed=1, outcome="tst_min", matters=20.0, looks="tst_min"),
         "plan_trial(): looks is 'tst_min', expected a list of numbers or None."),
        (lambda n: ss.simulate_nights(20, seed=1, effects={"stress": "day"}),
         "simulate_nights(): effects is {'stress': 'day'}, expected a mapping from names to "
         "numbers or None."),
        (lambda n: ss.plot_series(n, ax=5),
         "plot_series(): ax is 5, expected axes of matplotlib or None."),
        (lambda n: ss.plot_series(n, nonsense=1),
         "plot_series(): nonsense=1 cannot be drawn with (Line2D.set() got an unexpected keyword "
         "argument 'nonsense'). Give what matplotlib knows, for example color='black', or leave it "
         "out."),
    ],
)  # fmt: skip
def test_an_option_of_the_wrong_type_is_named(call, message):
    with pytest.raises(DiaryError) as raised:
        call(frame())
    assert str(raised.value) == message
    plt.close("all")


@pytest.mark.parametrize("bar", [len, lambda done: None, "x", 5])
def test_what_cannot_show_progress_is_refused_before_anybody_is_asked(bar):
    people = pd.concat({k: frame(stress=np.arange(30) % 5) for k in "abcd"},
                       names=["person", "night"])  # fmt: skip
    with pytest.raises(DiaryError, match="expected True, False or a function of two whole numbers"):
        ss.pool_people(people, "tst_min", "stress", progress=bar)
    seen = []
    ss.pool_people(people, "tst_min", "stress", progress=lambda *both: seen.append(both))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_diary_of_one_night_in_thirteen_is_planned_without_a_foreign_warning():
    """Twenty nights over most of a year: short calendars hold fewer nights than controls."""
    nights = frame(20).set_axis(
        pd.date_range("2026-01-05", periods=20, freq="13D", name="night")
    )  # fmt: skip
    kind, told = hostile.fault(lambda: ss.nights_needed(nights, "tst_min", effect=30))
    assert not kind, told
    table = ss.nights_needed(nights, "tst_min", effect=30).table
    assert np.isfinite(table["smallest"]).all()
    assert (table["smallest"] > 0).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda n: ss.plan_trial(20, seed=1, outcome=b"tst_min"),
         "plan_trial(): outcome is b'tst_min', expected text or None."),
        (lambda n: ss.associate(n, outcome=b"tst_min", factor="stress"),
         "associate(): outcome is b'tst_min', expected text."),
        (lambda n: ss.plan_trial(20, seed=1, stop_rule=b"when ill"),
         "plan_trial(): stop_rule is b'when ill', expected text."),
        (lambda n: ss.nights_needed(n, questions=10**30),
         f"nights_needed(): questions is {10**30}, expected a whole number from 1 to 1,000,000."),
        (lambda n: ss.check_claims(n, np.array("more")),
         "check_claims(): claims is a single one, expected a list: check_claims(nights, [claim])."),
    ],
)  # fmt: skip
def test_what_behaves_like_text_numbers_and_lists_and_is_none(call, message):
    with pytest.raises(DiaryError) as caught:
        call(frame())
    assert str(caught.value) == message


def test_fractions_are_numbers_wherever_one_is_asked_for():
    # 19/20 is 0.95 and 1/2 is 0.5: the same answers, to the letter
    nights, words = (
        ss.simulate_nights(40, seed=3)[0],
        {"seed": 1, "outcome": "tst_min", "matters": 20.0},
    )
    for call in (
        lambda level, half: ss.plan_trial(20, level=level, looks=(half, 1), **words),
        lambda level, half: ss.associate(nights, "tst_min", "stress", level=level),
        lambda level, half: ss.nights_needed(nights, "tst_min", "stress", power=half, effect=30),
        lambda level, half: ss.check_claims(
            nights, [{"words": "w", "outcome": "tst_min", "factor": "stress", "direction": "more"}],
            level=level, power=half,
        ),
    ):  # fmt: skip
        assert str(call(Fraction(19, 20), Fraction(1, 2))) == str(call(0.95, 0.5))


def test_an_empty_name_is_no_column():
    with pytest.raises(DiaryError, match="No column '' in nights"):
        ss.timing_response(frame(), outcome="tst_min", hours="stress", used="")


@pytest.mark.parametrize("wrong", [{}, [], 5, None, np.array(["light", "dark"]), b"diary"])
@pytest.mark.parametrize("call", [ss.theme, ss.load_sample, ss.sample_path])
def test_names_of_looks_and_samples_are_texts(call, wrong):
    with pytest.raises(DiaryError, match=r"there is no such look|No sample"):
        call(wrong)


def test_nights_with_a_zone_are_told_without_a_warning():
    nights = frame()
    nights.index = nights.index.tz_localize("America/New_York")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DiaryError, match="The index 'night' has a time zone"):
            ss.check_nights(nights)


@pytest.mark.parametrize("summary", [True, False])
def test_an_answer_and_its_page_are_about_one_person(tmp_path, summary):
    nights = frame(stress=np.arange(30) % 5)
    people = pd.concat({"a": nights, "b": nights}, names=["person", "night"])
    page = tmp_path / "x.html"
    for call in (lambda: ss.answer(people), lambda: ss.write_report(people, page, summary=summary)):
        with pytest.raises(DiaryError, match=r"answer\(\) is about one person"):
            call()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", [5, None, b"x.html", "a\0b.html", "a" * 9000, [], {"a": 1}, "."])
def test_a_page_is_written_to_a_path(path):
    with pytest.raises(DiaryError, match=r"cannot be the path of a file|is a folder"):
        ss.write_report(frame(), path)


@pytest.mark.parametrize("summary", [True, False])
@pytest.mark.parametrize("columns", [[], ["tst_min"], ["tst_min", "stress"]])
def test_no_page_is_written_of_no_nights(tmp_path, columns, summary):
    nothing = frame(stress=np.arange(30) % 5)[columns].iloc[:0]
    with pytest.raises(DiaryError, match="nights has no rows, so there is nothing to show"):
        ss.write_report(nothing, tmp_path / "x.html", summary=summary)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("people", [True, False])
def test_nights_and_people_of_which_there_are_none(people):
    """A frame of people without a row has nobody who could be named."""
    nobody = frame(stress=np.arange(30) % 5).iloc[:0]
    if people:
        nobody = pd.concat({"a": nobody}, names=["person", "night"])
    claim = {"words": "w", "outcome": "tst_min", "factor": "stress", "direction": "less"}
    for call in (
        lambda: ss.correlate(nobody),
        lambda: ss.entangled(nobody),
        lambda: ss.associate(nobody, outcome="tst_min", factor="stress"),
        lambda: ss.check_claims(nobody, [claim]),
        lambda: ss.plot_calendar(nobody),
    ):
        with pytest.raises(DiaryError, match="nights has no rows"):
            call()


def test_tables_of_nobody_are_refused():
    nobody = pd.concat({"a": frame()}, names=["person", "night"]).iloc[:0]
    for call in (ss.regularity, ss.describe_nights):
        with pytest.raises(DiaryError, match="nights holds no night of anybody"):
            call(nobody)


@pytest.mark.parametrize("warns", [True, False])
def test_options_that_fail_or_warn_while_they_are_printed_are_refused_in_words(warns):
    given, nights = hostile.Unprintable(warns=warns), frame(stress=np.arange(30) % 5)
    claim = {"words": "w", "outcome": "tst_min", "factor": "stress", "direction": "less"}
    for call, words in (
        (lambda: ss.theme(given), "there is no such look"),
        (lambda: ss.load_sample(given), "No sample an? Unprintable"),
        (lambda: ss.anonymise(nights, seed=given), "expected a whole number, 0 or more"),
        (lambda: ss.regularity(nights, free_days=[given]), "is no day of the week"),
        (lambda: ss.correlate(nights, method=given), "method: an? Unprintable is not known"),
        (lambda: ss.correlate(nights, family=given), "family: an? Unprintable is not known"),
        (lambda: ss.check_claims(nights, [{**claim, "size": given}]), "size is an? Unprintable"),
        (lambda: ss.check_claims(nights, [given]), "an? Unprintable is neither a Claim nor"),
        (lambda: ss.check_claims(nights, [claim], power=given), "power is an? Unprintable"),
        (lambda: ss.read_diary(io.StringIO(""), tz=given), "is no time zone"),
        (lambda: ss.read_diary(io.StringIO(""), strict=given), "expected True or False"),
        (lambda: ss.read_diary(io.StringIO(""), person=given), "expected a text"),
        (lambda: ss.plan_trial(20, seed=1, substance=[given]), "substance"),
        (lambda: ss.simulate_nights(20, seed=1, effects=[given]), "effects is a list"),
        (lambda: ss.simulate_nights(20, seed=1, start={"a": [given]}), "start is {'a': "),
        (lambda: ss.simulate_nights(20, seed=1, start=(given, {given: 1})), "start is "),
        (lambda: ss.read_diary(io.StringIO(""), sheet=given), "sheet=an? Unprintable"),
        (lambda: ss.read_diary(io.StringIO(""), year=given), "year=an? Unprintable"),
        (lambda: ss.read_diary(io.StringIO(""), reverse=given), "reverse=an? Unprintable"),
        (lambda: ss.read_diary(io.StringIO(""), dayfirst=given), "dayfirst=an? Unprintable"),
        (lambda: ss.read_diary(io.StringIO(""), labels=given), "labels=an? Unprintable"),
        (lambda: ss.read_diary(io.StringIO(""), columns={"a": given}), "has 'a': an? Unprintable"),
    ):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with pytest.raises(DiaryError, match=words):
                call()
        assert not caught


def test_trials_of_more_nights_and_draws_than_anybody_has():
    with pytest.raises(DiaryError, match="n_nights is above 10,000, expected that many nights"):
        ss.plan_trial(10**59, seed=1)
    plan = ss.plan_trial(20, seed=1, start="2026-01-05", outcome="tst_min")
    with pytest.raises(DiaryError, match=r"draws is 9223372036854775808, expected 1,000,000"):
        ss.analyse_trial(frame(), plan, draws=2**63)


def test_a_look_at_which_all_is_known_already_warns_of_nothing():
    """The chance to end with a finding is then 0 or 1: z is beyond the bound of 1.96 or is not."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(chance_left([1.9, 2.0], 1.0, 0.5, (1.0,), 0.05), [0.0, 1.0])


def test_the_answers_picture_shows_a_dollar_sign_as_one():
    stress = np.random.default_rng(3).integers(0, 5, 90).astype(float)
    nights = pd.DataFrame(
        {"tst_min": 420.0 - 20 * stress + np.arange(90) % 7, "$\\frac$": stress},
        index=pd.date_range("2026-01-05", periods=90, name="night"),
    )
    got = ss.answer(nights)
    assert "$" in got.cards[0].large
    got.plot().figure.savefig(io.BytesIO(), format="png", dpi=40)
    plt.close("all")


def test_numbers_of_rarer_types_are_numbers():
    third, tenth = Fraction(1, 3), Fraction(1, 10)
    one, _ = ss.simulate_nights(20, seed=1, sd_min=third, rounding=tenth)
    other, _ = ss.simulate_nights(20, seed=1, sd_min=1 / 3, rounding=0.1)
    pd.testing.assert_frame_equal(one, other)
    wide = frame(tag=np.arange(30) % 2).astype({"tag": np.longdouble})
    assert len(ss.anonymise(wide, seed=1)) == 30


def test_a_fault_of_ours_is_not_put_into_words(monkeypatch):
    """Every argument is what it should be: then it is no matter of the arguments."""
    monkeypatch.setattr("sleepstats.asking.several.check_question", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ss.associate(frame(), outcome="tst_min", factor="tst_min")


def test_companions_of_several_people_or_of_nobody_are_refused():
    nights = frame(stress=np.arange(30.0))
    people = pd.concat({"a": nights, "b": nights}, names=["person", "night"])
    for mine, other, words in (
        (nights, people, "The joined frame holds several people. Give the evenings of one, for "
         "example other.xs(person, level='person')."),
        (people, nights, "nights holds several people, and evenings are joined to those of one, "
         "for example nights.xs(person, level='person')."),
        (nights, nights.iloc[:0], "The joined frame has no rows: nothing to join. Give "
         "one row per evening."),
        (nights.iloc[:0], nights, "nights has no rows, so nothing can be joined. Read them with "
         "read_diary(path)."),
    ):  # fmt: skip
        with pytest.raises(DiaryError) as raised:
            ss.join_evenings(mine, other)
        assert str(raised.value) == words


@pytest.mark.parametrize(("value", "said"), [(0.0, "was the same"), (420.0, "was the same")])
def test_a_constant_outcome_has_no_spread_to_learn(value, said):
    with pytest.raises(DiaryError) as raised:
        ss.nights_needed(frame().assign(tst_min=value))
    assert str(raised.value) == (
        f"nights_needed(): tst_min {said} on all 30 nights, so there is no spread to learn. Give "
        "sd= instead, or ask about another outcome."
    )


def test_a_whole_unit_that_was_never_near_is_refused_for_a_ratio():
    """A ratio per unit would be e to the power of a million."""
    rng = np.random.default_rng(2)
    nights = frame(60, sol_min=rng.integers(5, 40, 60) * 1.0, dose=rng.normal(size=60) * 1e-9)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = ss.correlate(nights)
        row = table[(table["outcome"] == "sol_min") & (table["factor"] == "dose")].iloc[0]
    assert row["status"] == "refused"
    assert row["reason"] == (
        "unit too large: dose changes by so little that a whole unit of it was never near; give it "
        "a smaller unit, such as mg for kg"
    )
    # what is analysed in its own unit has an effect that can be written down
    assert np.isfinite(table[(table["outcome"] == "tst_min")]["effect"]).all()
    with pytest.raises(DiaryError, match="unit too large"):
        ss.nights_needed(nights, outcome="sol_min", factor="dose")


def test_frames_that_add_measures_cannot_name_are_refused():
    nights = frame()
    with pytest.raises(DiaryError, match="Two columns are named 'tst_min'"):
        ss.add_measures(pd.concat([nights, nights], axis=1))
    with pytest.raises(DiaryError, match="A column is named 0, which is no text"):
        ss.regularity(nights.set_axis([0], axis=1))
    index = nights.index
    bed, up = index + pd.Timedelta("23h"), index + pd.Timedelta("31h")
    back = frame(tst_min=390.0, into_bed=bed, out_of_bed=up, tib_min=400.0, problem=np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        problem = ss.add_measures(back)["problem"]
    assert problem.iloc[0] == (
        "tib_min recorded as 400 min, into_bed and out_of_bed give 480 min: kept 400 min"
    )


@pytest.mark.parametrize(
    "columns",
    [
        {"f": [None] * 15 + list("abc") * 5, "tst_min": [400.0] * 15 + [np.nan] * 15},
        {"f": list("abc") * 10, "tst_min": [np.nan] * 30},
        {"f": pd.array([None] * 30, dtype="str")},
    ],
)
def test_a_refused_question_about_kinds_is_drawn_as_such(columns):
    nights = frame().assign(**columns)
    ax = ss.plot_association(nights, outcome="tst_min", factor="f")
    assert "No night has both values." in [text.get_text() for text in ax.texts]
    plt.close("all")


@pytest.mark.parametrize("name", ["$\\frac$", "wine ($) and snacks ($)", "a_b^c"])
def test_a_dollar_sign_is_drawn_as_one(name):
    """matplotlib sets what stands between two of them as a formula, or fails to."""
    nights = frame(**{name: np.random.default_rng(3).normal(size=30)})
    drawn = [
        ss.plot_series(nights, outcome=name),
        ss.plot_association(nights, outcome="tst_min", factor=name),
        ss.plot_forest(nights),
        ss.plot_matrix(nights),
        ss.plot_calendar(nights, outcome=name),
    ]
    for ax in drawn:
        ax.figure.savefig(io.BytesIO(), format="png", dpi=40)
        texts = ax.figure.findobj(lambda a: hasattr(a, "get_parse_math") and "$" in a.get_text())
        assert not any(text.get_parse_math() for text in texts)
        if "$" in name:
            assert texts
    plt.close("all")


@pytest.mark.parametrize("empty", [True, False])
@pytest.mark.parametrize(
    "name", ["x" * 300, "how many minutes " * 18 + "x", "a\n" * 100 + "b", "$" * 300]
)
def test_a_name_of_hundreds_of_letters_leaves_room_for_the_picture(name, empty):
    """matplotlib warns of axes that collapse beside a text; a note is set without formulas."""
    nights = frame(**{name: np.full(30, np.nan) if empty else np.arange(30) % 5.0})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for draw in (ss.plot_series, ss.plot_calendar):
            ax = draw(nights, outcome=name)
            ax.figure.savefig(io.BytesIO(), format="png", dpi=40)
            assert ("No night here has a value of" in " ".join(t.get_text() for t in ax.texts)) == (
                empty
            )
    plt.close("all")


def test_only_what_is_drawn_is_spelled_out():
    _, (mine, theirs) = plt.subplots(ncols=2)
    theirs.set_title("$x^2$")
    ss.plot_series(frame(), ax=mine)
    assert theirs.title.get_parse_math()
    plt.close("all")


def test_a_question_for_a_column_name_leaves_room_for_the_picture():
    name = "how often did you wake up and look at the clock before it was time to get up " * 2
    nights = frame(**{name: np.arange(30) % 7})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for draw in (ss.plot_matrix, ss.plot_forest):
            draw(nights).figure.savefig(io.BytesIO(), dpi=40)
    plt.close("all")


@pytest.mark.parametrize(
    "name", ["W" * 200, "a question about the evening " * 7 + "?", "a\nb" * 60, "睡" * 200]
)
def test_long_names_of_habits_kinds_and_people_leave_room_for_every_picture(name):
    """Titles, legends and ticks are cut after some lines; a font without the sign may be told."""
    rng = np.random.default_rng(3)
    nights = frame(
        **{name: rng.integers(0, 4, 30) * 1.0},
        kind=rng.choice([f"{name}tea", f"{name}wine", "none"], 30),
        late=rng.integers(0, 2, 30).astype(bool),
    )
    people = pd.concat({name: nights, f"{name}2": nights, "c": nights}, names=["person", "night"])
    people = people.sort_index()
    one = {"outcome": "tst_min", "factor": name}
    conditions = (name.replace("\n", " ")[:100], "off")
    plan = ss.plan_trial(30, seed=2, start="2026-01-05", conditions=conditions)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "Glyph", UserWarning)
        warnings.simplefilter("ignore", ss.DiaryWarning)
        for drawn in (
            ss.plot_forest(nights),
            ss.plot_matrix(nights),
            ss.plot_association(nights, **one),
            ss.plot_association(nights, outcome=name, factor="kind"),
            ss.plot_difference(nights, outcome=name, factor="late"),
            ss.stress_and_sleep(nights, stress=name).plot(),
            ss.pool_people(people, **one).plot(),
            ss.analyse_trial(nights, plan, outcome="tst_min").plot(),
            draw_answer(name, [AnswerRow(name, name, (-0.5, 0.0, 0.5), "+4 h")], 1),
        ):
            drawn.figure.savefig(io.BytesIO(), format="png", dpi=40)
    plt.close("all")


def test_what_warns_while_it_is_printed_is_told_in_words():
    """numpy warns of the precision of long doubles while pandas prints a frame of them."""
    wide = frame(tag=np.arange(30) / 7).astype({"tag": np.longdouble})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for given in ([wide], [Warns()]):
            with pytest.raises(DiaryError, match=r"is a list, expected the name of one"):
                ss.associate(frame(), outcome=given, factor="tst_min")
            with pytest.raises(DiaryError, match=r"^level: .+ is not between"):
                ss.correlate(frame(x=np.arange(30)), level=given)
            with pytest.raises(DiaryError, match=r"^plot_series\(\): outcome is .+, expected"):
                ss.plot_series(frame(), outcome=given)
    assert not caught


class Warns:
    """What warns while it is printed."""

    def __repr__(self):
        warnings.warn("printed", RuntimeWarning, stacklevel=2)
        return "short"


def test_words_of_errors_and_warnings_do_not_control_a_terminal():
    raw = "a\x1b]0;title\x07\x1b[31mred\x9b\u202e\ud800 b\n\tc"
    said = "a\\x1b]0;title\\x07\\x1b[31mred\\x9b\\u202e\\ud800 b\n\tc"
    assert harmless(raw) == str(DiaryError(raw)) == str(DiaryWarning(raw)) == said
    assert harmless("a\nb\t", lines=False) == "a\\nb\\t"
    plain = "é ü 🛌 “so” – 漢字 العربية"
    assert harmless(plain) == plain


def test_no_outcome_and_bytes_of_another_order_are_a_result_or_words():
    """Found by hostile calls: outcomes=() and a big-endian column beside the nights."""
    nights = frame(60, stress=np.arange(60) % 5)
    with pytest.raises(ss.DiaryError, match="outcomes is empty"):
        ss.stress_and_sleep(nights, stress="stress", outcomes=())
    other = pd.DataFrame({"tea": np.arange(60.0).astype(">f8")}, index=nights.index[:60])
    joined = ss.join_evenings(nights, other.iloc[5:])
    assert joined["tea"].iloc[5:].tolist() == list(range(5, 60))


def test_numbers_in_another_order_of_bytes_are_reported(tmp_path):
    """pandas takes no rows out of such columns; files of other programs hold them."""
    days = np.arange(40)
    index = pd.date_range("2026-01-01", periods=40, name="night")
    nights = pd.DataFrame({"tst_min": 400.0 + days % 7, "cups": (days % 3).astype(">f8")}, index)
    nights.attrs["kept"] = 1
    answer = ss.answer(nights)
    assert answer.nights.attrs["kept"] == 1
    assert answer.nights["cups"].tolist() == nights["cups"].tolist()
    assert ss.write_report(nights, tmp_path / "sheet.html", summary=True).exists()


def test_nights_of_nobody_are_described_in_words():
    index = pd.MultiIndex.from_arrays([[], pd.DatetimeIndex([])], names=["person", "night"])
    with pytest.raises(DiaryError, match="no night of anybody"):
        ss.describe_nights(pd.DataFrame({"quality": pd.Series([], dtype=float)}, index=index))


def test_what_is_asked_about_cannot_be_held_equal():
    nights = frame(60, stress=np.arange(60) % 5)
    one = ss.associate(nights, "tst_min", "stress", adjust=("weekday", "tst_min"))
    assert one.status == "refused"
    assert one.reason == "tautology: adjust holds tst_min equal, and it is the outcome itself"


@pytest.mark.parametrize("call", [
    lambda nights, odd: ss.plot_association(nights, "tst_min", odd),
    lambda nights, odd: ss.plan_trial(20, seed=1, max_run=[odd]),
    lambda nights, odd: ss.compare(nights, odd, "stress"),
    lambda nights, odd: ss.add_bedtime_deviation(nights, days_back=10**5000),
    lambda nights, odd: ss.simulate_nights(20, seed=10**5000),
    lambda nights, odd: ss.anonymise(nights, seed=10**5000),
], ids=["factor", "in a list", "outcome", "days_back", "seed", "another seed"])  # fmt: skip
def test_what_cannot_be_printed_is_refused_before_it_is(call):
    """A thing that warns while it is printed, and numbers of more digits than Python prints."""

    class Warns:
        def __repr__(self):
            warnings.warn("printed", RuntimeWarning, stacklevel=2)
            return "printed"

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DiaryError, match=r"expected a whole number|No column"):
            call(frame(60, stress=np.arange(60) % 5), Warns())


def test_a_rating_in_words_is_no_number_of_the_morning():
    nights = frame(40).assign(rested=["water", "fire"] * 20)
    assert "Rested" not in " ".join(ss.answer(nights).sleep)


def test_hours_before_bed_without_a_night_that_has_them_are_refused():
    nights = frame(20, stress=np.arange(20) % 5)
    out = pd.to_datetime(nights.index) + pd.Timedelta("23h")
    nights = nights.assign(lights_out=out, tea_h_before_bed=pd.Series(np.nan, nights.index))
    table = ss.correlate(nights, "tst_min", ["tea_h_before_bed", "stress"], beside=True)
    assert table["status"].tolist()[0] == "refused"


def test_amounts_as_fractions_have_their_card():
    cups = [Fraction(one % 5) for one in range(90)]
    nights = frame(90).assign(tea_cups=pd.Series(cups, dtype=object).to_numpy())
    nights["tst_min"] = [400.0 - 9.0 * float(cup) + one % 7 for one, cup in enumerate(cups)]
    assert "Tea (4 cups compared with 0)" in str(ss.answer(nights, "tst_min"))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda n: ss.read_diary("d.csv", dayfrist=True),
         "read_diary(): no option 'dayfrist'. Did you mean 'dayfirst'?"),
        (lambda n: ss.correlate(n, factor="stress"),
         "correlate(): no option 'factor'. Did you mean 'factors'?"),
        (lambda n: ss.write_report(n), "write_report(): missing a required argument: 'path'."),
        (lambda n: ss.compare(n, "tst_min"), "compare(): missing a required argument: 'factor'."),
        (lambda n: ss.anonymise(n), "anonymise(): missing a required argument: 'seed'."),
    ],
)  # fmt: skip
def test_a_misspelt_option_and_one_that_is_missing_are_named(call, said):
    """The near names are the functions' own; the call stays a TypeError, as everywhere."""
    with pytest.raises(TypeError) as raised:
        call(frame())
    assert str(raised.value) == said
    shown = raised.value._render_traceback_()  # none of our lines in a notebook
    assert shown[-1] == f"DiaryError: {said}"
    assert len(shown) == 2


def test_a_notebook_shows_the_readers_own_line_and_the_sentence():
    """23 to 66 lines of our own stood before each sentence; IPython asks the error itself."""
    code = "\n".join(["", "def mine(n):", "    return ss.correlate(n, 'tst')", "mine(nights)"])
    with pytest.raises(DiaryError) as raised:
        exec(compile(code, "a cell", "exec"), {"ss": ss, "nights": frame()})
    where, said = raised.value._render_traceback_()
    assert where.startswith("line 3: ")
    assert said == f"DiaryError: {raised.value}"
    assert DiaryError("as it is")._render_traceback_() == ["DiaryError: as it is"]


FUNCTIONS = [name for name in ss.__all__ if inspect.isfunction(getattr(ss, name))]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("warns", [True, False])
def test_what_cannot_be_printed_is_refused_in_words_as_any_argument(
    name, warns, tmp_path, monkeypatch
):
    """Alone, and within a list, a tuple, a mapping (name or value) or a set; no file is made."""
    monkeypatch.chdir(tmp_path)
    bad = hostile.Unprintable(warns=warns)
    parameters = inspect.signature(getattr(ss, name)).parameters.values()
    named = [p for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    usual = {"n_nights": 20, "seed": 1, "outcome": "tst_min", "factor": "stress"}
    for asked in named:
        for value in (bad, [bad], (bad,), {"a": bad}, {bad: 1}, {bad}, [[bad]], frozenset([bad])):
            given = {
                p.name: frame() if p.name in ("nights", "table") else usual.get(p.name, "x")
                for p in named
                if p.default is p.empty
            }
            if "path" in given:
                given["path"] = io.StringIO(hostile.DIARY)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                warnings.simplefilter("ignore", ss.DiaryWarning)
                with suppress(DiaryError):
                    getattr(ss, name)(**{**given, asked.name: value})
                    assert not (asked.default is asked.empty and asked.name == "path")
    assert {one.name for one in tmp_path.iterdir()} <= {"x"}
