"""Several people: each alone, then pooled; refusals by name; never raw nights together."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.cohort import effects_of_people, effects_of_person, pool_effects, text_bar
from sleepstats.errors import DiaryError


def person(seed, effect=-20.0, level=420.0, n=80):
    rng = np.random.default_rng(seed)
    index = pd.date_range("2026-01-05", periods=n, name="night")
    alcohol = rng.random(n) < 0.4
    return pd.DataFrame(
        {
            "tst_min": level + effect * alcohol + 25 * rng.normal(size=n),
            "sol_min": 15 * 1.3**alcohol * np.exp(0.3 * rng.normal(size=n)),
            "alcohol": alcohol,
            "tea": rng.choice(["mint", "lime"], n),
        },
        index=index,
    )


def together(diaries):
    return pd.concat(diaries, names=["person", "night"]).sort_index()


@pytest.fixture(scope="module")
def six():
    return together({name: person(seed) for seed, name in enumerate("abcdef")})


def test_recovers_the_mean_effect(six):
    got = ss.pool_people(six, outcome="tst_min", factor="alcohol")
    assert got.effect_low < -20 < got.effect_high
    assert (got.status, got.effect_unit, got.kind) == ("found", "min", "yes/no")
    assert (got.n_people, got.n_refused, got.n_nights) == (6, 0, 480)
    assert got.tau_low <= got.tau <= got.tau_high
    assert got.new_low <= got.effect_low


def test_each_persons_effect_is_that_of_associate(six):
    got = ss.pool_people(six, outcome="tst_min", factor="alcohol").people.set_index("person")
    one = ss.associate(six.loc["c"], outcome="tst_min", factor="alcohol")
    assert got.loc["c", "effect"] == pytest.approx(one.effect)
    # the interval is a t interval of the same width, not the mixture's own
    assert got.loc["c", "effect_high"] - got.loc["c", "effect_low"] == pytest.approx(
        one.effect_high - one.effect_low
    )
    assert got["weight"].sum() == pytest.approx(1.0)


def test_differences_between_people_make_no_effect():
    # truth: none within any person; heavier drinkers sleep less, as pooled raw nights show
    diaries = {}
    for seed in range(8):
        one = person(seed, effect=0.0, level=480.0 - 20 * seed)
        rng = np.random.default_rng(100 + seed)
        one["alcohol"] = rng.random(len(one)) < 0.1 + 0.1 * seed
        diaries[f"p{seed}"] = one
    nights = together(diaries)
    raw = np.corrcoef(nights["alcohol"], nights["tst_min"])[0, 1]
    assert raw < -0.3
    got = ss.pool_people(nights, outcome="tst_min", factor="alcohol")
    assert got.effect_low < 0 < got.effect_high


def test_latency_is_pooled_as_a_ratio(six):
    got = ss.pool_people(six, outcome="sol_min", factor="alcohol", level=0.999)
    assert got.ratio_low < 1.3 < got.ratio_high
    assert got.effect == pytest.approx(
        np.median([six.loc[p, "sol_min"].median() for p in "abcdef"]) * (got.ratio - 1)
    )
    assert "% longer after evenings with alcohol" in f"{got}"


def test_refused_people_are_listed_with_reasons(six):
    short = person(9, n=10)
    nights = together({**{name: six.loc[name] for name in "abcd"}, "zoe": short})
    got = ss.pool_people(nights, outcome="tst_min", factor="alcohol")
    zoe = got.people.set_index("person").loc["zoe"]
    assert (zoe["status"], got.n_people, got.n_refused) == ("refused", 4, 1)
    assert zoe["reason"].startswith("too few nights: needs at least 14 nights")
    assert f"{got}".endswith("1 person could not be answered.")


def test_three_people_are_not_pooled(six):
    got = ss.pool_people(six.loc[["a", "b", "c"]], outcome="tst_min", factor="alcohol")
    assert got.status == "refused"
    assert np.isnan([got.effect, got.pvalue]).all()
    assert f"{got}" == (
        "Not pooled: alcohol and total sleep time. Too few people: 3 answered, 0 could not be (4 "
        "needed to pool)."
    )
    assert got.people["effect"].notna().all()  # each person's own answer stands


def test_sentence(six):
    text = format(ss.pool_people(six, outcome="tst_min", factor="alcohol"))
    assert text.startswith("On average over people, total sleep time was 18 min less ")
    assert "after evenings with alcohol (95 % interval " in text
    assert (
        "6 people, 480 nights, weekdays and slow change evened out in each). People differ by "
        in text
    )
    assert "One more person may be anywhere from " in text


def test_one_person_is_an_error(six):
    with pytest.raises(DiaryError) as raised:
        ss.pool_people(six.loc["a"], outcome="tst_min", factor="alcohol")
    assert str(raised.value) == (
        "pool_people() pools people, and nights has one. Put several together with "
        "pd.concat({'ann': ann, 'bob': bob}, names=['person', 'night']), or use associate()."
    )


def test_kinds_are_an_error(six):
    with pytest.raises(
        DiaryError, match=r"^pool_people\(\) pools an amount or a yes or no, and 't"
    ):
        ss.pool_people(six, outcome="tst_min", factor="tea")


def test_wrong_names_are_an_error(six):
    with pytest.raises(DiaryError, match=r"No column 'alcohl' in nights\. Did you mean 'alcohol'"):
        ss.pool_people(six, outcome="tst_min", factor="alcohl")


def test_result_is_plain(six):
    got = ss.pool_people(six, outcome="tst_min", factor="alcohol")
    plain = json.loads(json.dumps(got.to_dict()))
    assert len(plain["people"]) == 6
    assert got._repr_html_().startswith("<p>On average")
    with pytest.raises(AttributeError):
        got.n_people = 2


def test_cohort_is_the_same_as_one_by_one(six):
    asked = {"outcomes": ["tst_min", "sol_min"], "factors": ["alcohol", "tea", "absent"]}
    diaries = [(name, six.loc[name]) for name in "abcdef"]
    seen = []
    effects = effects_of_people(
        iter(diaries), **asked, progress=lambda done, total: seen.append((done, total)), total=6
    )
    assert seen == [(done, 6) for done in range(1, 7)]
    alone = pd.concat(
        [effects_of_person(nights, **asked, person=name) for name, nights in diaries],
        ignore_index=True,
    )
    pd.testing.assert_frame_equal(effects, alone)
    table = pool_effects(effects)
    assert len(table) == 6
    one = ss.pool_people(six, outcome="sol_min", factor="alcohol")
    row = table[(table.outcome == "sol_min") & (table.factor == "alcohol")].iloc[0]
    assert (row["ratio"], row["pvalue"]) == pytest.approx((one.ratio, one.pvalue))
    assert row["pvalue_family"] >= row["pvalue"]
    absent = table[table.factor == "absent"]
    assert (absent["status"] == "refused").all()
    assert absent["reason"].iloc[0] == (
        "too few people: 0 answered, 6 could not be (4 needed to pool)"
    )


def test_bar_on_a_stream():
    out = io.StringIO()
    bar = text_bar(to=out)
    for done in range(1, 101):
        bar(done, 100)
    text = out.getvalue()
    assert text.endswith("\n")
    assert "[##############################] 100 of 100 people, 0 s" in text
    assert text.count("\r") < 20  # not one line a person
    other = io.StringIO()
    text_bar("diaries", to=other)(7, 0)
    assert other.getvalue().strip() == "7 diaries, 0 s"


def test_the_same_function_mapped_by_dask(six):
    dask = pytest.importorskip("dask", reason="the extra 'cohort' is not installed")
    lazy = [
        dask.delayed(effects_of_person)(
            six.loc[name], outcomes="tst_min", factors="alcohol", person=name
        )
        for name in "abcdef"
    ]
    table = pool_effects(pd.concat(dask.compute(*lazy, scheduler="threads")))
    one = ss.pool_people(six, outcome="tst_min", factor="alcohol")
    assert table["effect"].iloc[0] == pytest.approx(one.effect)
