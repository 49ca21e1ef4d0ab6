"""Result objects: frozen, plain as a dictionary, readable in a notebook."""

import dataclasses
import importlib
import inspect
import json
import re

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.relations import associate, compare
from sleepstats.results import Drawn, Result, frame_table


@pytest.fixture(scope="module")
def nights():
    rng = np.random.default_rng(1)
    index = pd.date_range("2026-01-05", periods=80, name="night")
    alcohol = rng.random(80) < 0.4
    return pd.DataFrame(
        {
            "tst_min": 420 - 40 * alcohol + 30 * rng.normal(size=80),
            "alcohol": alcohol,
            "tea": rng.choice(["none", "mint <b>"], 80),
        },
        index=index,
    )


def test_frozen(nights):
    one = associate(nights, outcome="tst_min", factor="alcohol")
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.n = 3
    with pytest.raises(dataclasses.FrozenInstanceError):
        compare(nights, outcome="tst_min", factor="alcohol").n_with = 3


def test_dictionary_is_plain(nights):
    for result in (
        associate(nights, outcome="tst_min", factor="alcohol"),
        associate(nights, outcome="tst_min", factor="tea"),
        compare(nights, outcome="tst_min", factor="alcohol"),
        compare(nights.iloc[:5], outcome="tst_min", factor="alcohol"),
    ):
        plain = result.to_dict()
        again = json.loads(json.dumps(plain))
        assert again["outcome"] == "tst_min"
        assert "data" not in plain
        names = {entry.name for entry in dataclasses.fields(result)} - {"data"}
        assert set(plain) == names
        for value in plain.values():
            assert not isinstance(value, np.generic)


def test_dictionary_values(nights):
    plain = associate(nights, outcome="tst_min", factor="tea").to_dict()
    assert plain["first_night"] == "2026-01-05"
    assert plain["adjust"] == ["weekday", "trend"]
    assert plain["contrasts"][0]["level"] == "mint <b>"
    refused = associate(nights.iloc[:0].reindex(nights.index), outcome="tst_min", factor="tea")
    assert refused.to_dict()["first_night"] is None


def test_notebook_shows_the_sentence_and_a_bare_table(nights):
    one = associate(nights, outcome="tst_min", factor="tea")
    page = one._repr_html_()
    assert page.startswith("<p>")
    assert page.count("<table>") == 2
    assert "style" not in page
    assert "class" not in page
    assert "mint &lt;b&gt;" in page
    assert "<b>" not in page
    assert "nan" not in page
    diff = compare(nights, outcome="tst_min", factor="alcohol")
    assert "<th>mean_with</th>" in diff._repr_html_()


def test_data_are_the_nights_used(nights):
    gaps = nights.astype({"alcohol": "boolean"})
    gaps.loc[gaps.index[:10], "alcohol"] = pd.NA
    one = associate(gaps, outcome="tst_min", factor="alcohol")
    assert one.data.columns.tolist() == ["tst_min", "alcohol"]
    assert one.data.index.name == "night"
    assert (len(one.data), one.n, one.n_dropped) == (70, 70, 10)
    assert (one.first_night, one.last_night) == (gaps.index[10], gaps.index[-1])
    assert one.data["alcohol"].dtype == bool
    assert pd.api.types.is_string_dtype(
        associate(nights, outcome="tst_min", factor="tea").data["tea"].dtype
    )


RESULTS = [
    ss.Association, ss.BothWays, ss.ClaimsCheck, ss.Difference, ss.Interaction, ss.NightsNeeded,
    ss.OverTime, ss.PeoplePool, ss.Response, ss.TrialResult,
]  # fmt: skip


@pytest.mark.parametrize("result", RESULTS)
def test_every_field_is_explained_once(result):
    page = inspect.getdoc(result)
    assert page.count("Attributes\n----------\n") == 1
    entries = re.findall(r"^([a-z]\w*(?:, \w+)*) : ", page.partition("----------\n")[2], re.M)
    names = [name for entry in entries for name in entry.split(", ")]
    assert sorted(names) == sorted({entry.name for entry in dataclasses.fields(result)})
    assert issubclass(result, Result)


def test_what_a_class_says_of_an_attribute_wins_over_its_base():
    page = inspect.getdoc(ss.PeoplePool)
    assert "What was removed from each person's nights." in page
    assert "What was removed: " not in page
    assert "What was removed: " in inspect.getdoc(ss.Association)


def test_what_is_shared_is_declared_once():
    """No class declares again what a base has."""
    for result in RESULTS:
        inherited = {name for base in result.__mro__[1:] for name in vars(base).get(
            "__annotations__", ())} - {"_apart", "_frame", "_picture", "_unshown"}  # fmt: skip
        assert not inherited & set(vars(result).get("__annotations__", ())), result


@pytest.mark.parametrize("result", [one for one in RESULTS if issubclass(one, Drawn)])
def test_the_picture_behind_the_door_is_there(result):
    module, _, function = result._picture.partition(".")
    assert callable(getattr(importlib.import_module(f"sleepstats.plots.{module}"), function))


def test_print_is_80_columns_wide_and_an_f_string_is_unbroken(nights):
    plan = ss.plan_trial(20, seed=1, start="2026-03-02", substance="tea")
    for one in (
        associate(nights, "tst_min", "tea"),
        compare(nights, "tst_min", "alcohol"),
        ss.nights_needed(nights, outcome="tst_min", effect=30),
        plan,
    ):
        told = f"{one}"
        assert max(map(len, told.split("\n"))) > 80
        for shown in (str(one), repr(one)):
            assert max(map(len, shown.split("\n"))) <= 80
        assert " ".join(str(one).split()) == " ".join(told.split())
        assert not re.search(r"(went|\d)\n(with|min|%)", str(one))


def test_a_wide_and_low_table_is_turned():
    """Eleven columns of two rows ran a hundred pixels out of a notebook's page."""
    wide = pd.DataFrame({f"c{k}": [float(k), 10.0 + k] for k in range(11)})
    lines = frame_table(wide).split("<tr>")[1:]
    assert len(lines) == 11
    assert lines[3].startswith("<th>c3</th><td>3</td><td>13</td>")
    assert frame_table(wide[["c0", "c1"]]).count("<tr>") == 3


def test_an_answer_without_a_picture_names_those_there_are():
    """It was an AttributeError that named no other way."""
    nights, _ = ss.simulate_nights(60, seed=1)
    one = ss.interaction(nights, "tst_min", "late_meal", "stress")
    with pytest.raises(ss.DiaryError) as raised:
        one.plot()
    assert str(raised.value) == (
        "Interaction has no picture of its own. There are plot_association(nights, outcome, "
        "factor), plot_forest(correlate(nights))."
    )
