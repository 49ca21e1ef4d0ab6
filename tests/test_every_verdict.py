"""Every sentence that verdicts can print, listed once in ``every_verdict.txt``, to be read.

The numbers are set by hand; what is tested is which sentence is said. Write the list anew with
``python tests/test_every_verdict.py``, and read it as somebody who knows no statistics.
"""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.asking import Asking
from sleepstats.claims.questions import Claim, Put
from sleepstats.claims.result import ClaimsCheck, answer_words, verdict_of
from sleepstats.columns import column_of
from sleepstats.planning import designs
from sleepstats.relations.both_ways import stress_and_sleep
from sleepstats.relations.entangling import entangled
from sleepstats.relations.interactions import interaction

LIST = Path(__file__).with_name("every_verdict.txt")
NAN = float("nan")
ASKING = Asking(("weekday", "trend"), "pearson", "bh", 0.95)


def diary(n=120):
    """Nights without any chance: whole numbers that go round at different speeds."""
    day = np.arange(n)
    columns = {
        "tst_min": 430.0 + 20 * np.sin(1.7 * day) + 10 * np.cos(0.9 * day),
        "sol_min": 15.0 + 5 * np.sin(2.3 * day),
        "stress": 5.0 + np.round(3 * np.sin(0.7 * day)),
        "wine": pd.array((day // 3) % 2 == 0, dtype="boolean"),
        "late_meal": pd.array((day % 5) < 2, dtype="boolean"),
        "tea": np.resize(["none", "mint", "lime"], n),
    }
    index = pd.date_range("2026-01-05", periods=n, name="night")
    return pd.DataFrame(columns, index=index)


def clear(one, effect, low, high, **changes):
    """Return an answer with numbers set by hand."""
    return dataclasses.replace(one, effect=effect, effect_low=low, effect_high=high, **changes)


def stress_sentences():
    """Both ways: every verdict, and every sentence of a question."""
    made = stress_and_sleep(diary(), outcomes="tst_min")
    night = clear(made.to_night[0], -6.0, -9.0, -3.0, status="found", reason="")
    no_night = clear(night, -1.0, -4.0, 2.0, status="not found")
    refused = {"status": "refused", "reason": "too few nights: needs at least 14 nights"}
    day = clear(made.to_day[0], -0.004, -0.007, -0.001, status="found", reason="")
    no_day = clear(day, -0.001, -0.004, 0.002, status="not found")
    verdicts = {
        "day to night": ("day to night", night, no_day, False),
        "day to night, the other not asked": (
            "day to night", night, dataclasses.replace(day, **refused), False,
        ),
        "day to night, a rough rating": ("day to night", night, no_day, True),
        "night to day": ("night to day", no_night, day, False),
        "night to day, the other not asked": (
            "night to day", dataclasses.replace(night, **refused), day, False,
        ),
        "both": ("both", night, day, False),
        "neither": ("neither", no_night, no_day, False),
        "cannot tell": ("cannot tell", no_night, no_day, False),
        "cannot tell, a rough rating": ("cannot tell", no_night, no_day, True),
    }  # fmt: skip
    for name, (verdict, to_night, to_day, rough) in verdicts.items():
        both = dataclasses.replace(
            made, verdict=verdict, to_night=(to_night,), to_day=(to_day,), rough=(rough,)
        )
        yield name, both.said()
    many = dataclasses.replace(made, verdict="neither", to_night=(no_night,) * 5, rough=(False,))
    yield "neither, of many questions", many.said()
    far = {"status": "unreachable", "reason": "out of reach: with 20 nights, even a strong link "
           "(a correlation of 0.5) would be noticed in only 9 of 100 such diaries", "n": 20,
           "effect_low": -31.0, "effect_high": 29.0}  # fmt: skip
    first = dataclasses.replace(no_day, adjust=("weekday", "trend", "previous"))
    for name, one in {
        "a night after stress, found": night,
        "a night after stress, not found": no_night,
        "a night after stress, a hint": dataclasses.replace(night, status="not found"),
        "a night after stress, out of reach": dataclasses.replace(no_night, **far),
        "stress after a night, found": day,
        "stress after a night, not found": no_day,
        "stress after a night, not found, the day before held equal": first,
        "stress after a night, not asked": dataclasses.replace(day, **refused),
    }.items():
        yield name, f"{one}"
    same = diary().assign(quality=lambda d: (d.tst_min / 100).round(1))
    got = stress_and_sleep(same, outcomes="quality", when={"stress": "morning"})
    yield "rated at the same time", f"{got.to_night[0]}"
    against = dataclasses.replace(
        day, status="refused", reason="no agreement: two ways of setting earlier stress apart gave "
        "opposite answers, so neither is shown",
    )  # fmt: skip
    yield "the two ways contradict each other", f"{against}"


def claimed(claim, effect, low, high, *, found, row=(), reason="", notes="", **changes):
    """Return verdict and answer of a claim on numbers set by hand."""
    one = Put(
        n=102, effect=effect, effect_low=low, effect_high=high, effect_unit="min", ratio=NAN,
        ratio_low=NAN, ratio_high=NAN, pvalue=0.01 if found else 0.4, refusal="",
        what="with tea", step=1.0, wanted=20.0, median=NAN, outcome_label="total sleep time",
        outcome_unit="min", notes=notes,
    )  # fmt: skip
    one = dataclasses.replace(one, **changes)
    full = {name: getattr(one, name) for name in ("effect", "effect_low", "effect_high", "ratio",
            "ratio_low", "ratio_high", "pvalue")}  # fmt: skip
    full |= {"pvalue_family": one.pvalue, "reason": one.refusal or reason} | dict(row)
    full["verdict"] = verdict_of(full, one, one, claim, 0.95)
    return full["verdict"], answer_words(full, one, claim, ASKING, 0.8)


def claim_sentences():
    """Claims: every verdict with every reason for it."""
    more = Claim("Tea adds sleep.", "tst_min", "tea", "more")
    hour = dataclasses.replace(more, words="Tea adds an hour.", size=60.0)
    same = Claim("Tea makes no difference.", "tst_min", "tea", "same", within=15.0)
    within_reach = {"smallest": 25.0, "looked_for": 30.0, "could_show": True, "nights_needed": 80.0}
    too_far = {"smallest": 45.0, "looked_for": 30.0, "could_show": False, "nights_needed": 230.0}
    never = {**too_far, "nights_needed": NAN}
    latency = {"median": 15.0, "ratio": 0.7, "ratio_low": 0.5, "ratio_high": 0.95,
               "outcome_label": "sleep onset latency"}  # fmt: skip
    sooner = Claim("Sooner by 5 min.", "sol_min", "tea", "less", size=5.0)
    alike = "entangled: these nights cannot tell tea from honey"
    course = (
        "Use began after a bad week: 380 min of total sleep time a night over the 7 nights before, "
        "usually 420 min (worse by 2.1 times the usual spread between weeks). Nights after such a "
        "week come nearer to the usual by themselves, so sleep may have recovered without it."
    )
    cases = {
        "no size, found": (more, 25, 10, 40, {"found": True}),
        "no size, the other way": (more, -25, -40, -10, {"found": True}),
        "no size, cannot tell, within reach, not ruled out": (
            more, 8, -18, 34, {"found": False, "row": within_reach}),
        "no size, cannot tell, within reach, ruled out": (
            more, 2, -18, 22, {"found": False, "row": within_reach}),
        "no size, cannot tell, out of reach": (more, 8, -30, 46, {"found": False, "row": too_far}),
        "no size, cannot tell, a hint": (more, 20, 2, 38, {"found": False, "row": within_reach}),
        "no size, cannot tell, ten years": (more, 8, -30, 46, {"found": False, "row": never}),
        "differs, found": (dataclasses.replace(more, direction="differs"), -25, -40, -10,
                           {"found": True}),
        "differs, cannot tell": (dataclasses.replace(more, direction="differs"), -8, -34, 18,
                                 {"found": False, "row": within_reach}),
        "a size, as large": (hour, 55, 38, 72, {"found": True}),
        "a size, smaller": (hour, 25, 10, 40, {"found": True}),
        "a size, which cannot be told": (hour, 45, 20, 70, {"found": True}),
        "a size, the other way": (hour, -25, -40, -10, {"found": True}),
        "a size, not found and too small": (hour, 8, -18, 34, {"found": False}),
        "a size, cannot tell": (hour, 30, -20, 80, {"found": False, "row": {
            **too_far, "looked_for": 60.0, "smallest": 70.0}}),
        "latency, a size, as large": (sooner, -4.5, -7.5, -0.75, {"found": True, **latency,
            "ratio_high": 0.8}),
        "latency, a size, which cannot be told": (sooner, -4.5, -7.5, -0.75,
                                                  {"found": True, **latency}),
        "no difference, goes with": (same, 2, -9, 13, {"found": False}),
        "no difference, found and small": (same, 7, 1, 13, {"found": True}),
        "no difference, found and on both sides": (same, 25, 10, 40, {
            "found": True, "row": within_reach}),
        "no difference, against": (same, 30, 20, 40, {"found": True}),
        "a size asked back": (hour, 25, 10, 40, {"found": True, "refusal": (
            "size asked back: size=60 means 60 min for each further mg of tea, which is 12,000 min "
            "between 0 and 200, and total sleep time never differed by so much. For how much of it "
            "is it meant? If for 200, write size=60/200")}),
        "no difference, cannot tell": (same, 8, -18, 34, {"found": False, "row": {
            **too_far, "looked_for": 15.0}}),
        "not told apart": (more, 25, 10, 40, {"found": True, "reason": alike}),
        "not told apart, not found": (more, 8, -18, 34, {"found": False, "reason": alike}),
        "not told apart from two": (more, 25, 10, 40, {
            "found": True, "reason": f"{alike} and lemon"}),
        "beside what it may answer to": (more, 25, 10, 40, {"found": True, "notes": course}),
        "kinds together, found": (dataclasses.replace(more, direction="differs"), NAN, NAN, NAN,
                                  {"found": True, "what": "with different kinds of tea"}),
        "kinds together, not found": (dataclasses.replace(more, direction="differs"), NAN, NAN, NAN,
                                      {"found": False, "what": "with different kinds of tea"}),
        "refused": (more, NAN, NAN, NAN, {"found": False, "pvalue": NAN,
            "refusal": "too few nights: needs at least 14 nights with both tst_min and tea; 6 have "
            "both"}),
    }  # fmt: skip
    for name, (claim, effect, low, high, options) in cases.items():
        verdict, answer = claimed(claim, effect, low, high, **options)
        yield f"{name} [{verdict}]", answer
    unkept = [Claim("Dark.", "tst_min", "dark_room", "more")]
    unkept += [Claim("x", no_diary=code) for code in
               ("mechanism", "safety", "legality", "other people", "Nobody knows.")]  # fmt: skip
    for row in ss.check_claims(diary(), unkept).table.to_dict("records"):
        yield f"[{row['verdict']}] {row['reason'][:20]}", row["answer"]
    verdicts = ("goes with", "goes with, but smaller", "against", "cannot tell", "not kept",
                "no diary")  # fmt: skip
    for told in (verdicts, *((verdict,) for verdict in verdicts)):
        rows = [{"verdict": verdict, "testable": True, "n": 0} for verdict in told]
        yield f"tally: {', '.join(told)}", ClaimsCheck.of(rows, diary(), ASKING, 1, 0.8)._tally()
    size = {"verdict": "against", "testable": True, "n": 102, "size": 60.0, "pvalue_family": 0.4}
    for count in (1, 2):
        told = ClaimsCheck.of([size] * count, diary(), ASKING, count, 0.8)._tally()
        yield f"tally: against, of {count} not found", told


def nights_sentences():
    """Nights needed: before starting, and from nights."""
    noise = designs.Noise(60.0, 0.43, 0.3, 0.15)
    column, habit = column_of(None, "tst_min"), column_of(None, "late_meal")
    own = designs.Design("as so far", 0.3, 0.21 * 0.3 ** np.arange(360.0))
    log = designs.Noise(0.5, 0.43, 0.3, 0.15)
    latency = column_of(None, "sol_min")

    def said(about, factor, noise, ways, effect, so_far, exact, median, asked):
        return format(designs.set_beside(
            about, factor, noise, ways, effect, so_far, exact, median, 0.8, asked, ASKING
        ))  # fmt: skip

    five, exact, none = designs.five_designs(), (10.0, 80.0), (0, 0)
    yield "before", said(column, None, noise, five, 30.0, none, None, NAN, [1])
    yield "before, among others", said(column, None, noise, five, 30.0, none, None, NAN, [12])
    yield "before, out of reach", said(column, None, noise, five[4:], 1.0, none, None, NAN, [1])
    so_far = (120, 102)
    yield "both", said(column, habit, noise, [own], 30.0, so_far, exact, NAN, [1, 24])
    yield "no effect asked for", said(column, habit, noise, [own], None, so_far, exact, NAN, [1])
    yield "any habit", said(column, None, noise, five[:2], 30.0, so_far, None, NAN, [1, 24])
    told_more = said(column, habit, noise, [own], 30.0, so_far, (9.0, 80.0), NAN, [1])
    yield "these nights told more", told_more
    told_less = said(column, habit, noise, [own], 60.0, so_far, (23.0, 80.0), NAN, [1])
    yield "these nights told less", told_less
    yield "latency", said(latency, habit, log, [own], 5.0, so_far, (0.1, 80.0), 15.0, [1])


def other_sentences():
    """Habits that travel together, and whether one changes another."""
    nights, rng = diary(), np.random.default_rng(1)
    near = nights.wine.copy()
    near.iloc[[4, 50]] = ~near.iloc[[4, 50]]
    amount = np.where(nights.wine.to_numpy(bool), rng.choice([1.0, 9.0], len(nights)), 0.0)
    few = nights.wine.where(np.arange(len(nights)) < 10)
    opposite = ~near
    cases = {
        "apart": nights[["wine", "late_meal"]],
        "not apart": nights[["wine"]].assign(meal=near),
        "the contrary": nights[["wine"]].assign(dry=opposite),
        "the same": nights[["wine"]].assign(copy=nights.wine),
        "by the amount": nights[["wine"]].assign(glasses=amount),
        "too few nights": nights[["late_meal"]].assign(wine=few),
    }
    for name, frame in cases.items():
        frame = frame.assign(tst_min=nights.tst_min)
        yield f"together: {name}", entangled(frame).words[0]
    made = interaction(nights, outcome="tst_min", factor="wine", moderator="late_meal")
    for status, half in (("found", 15.0), ("not found", 25.0), ("unreachable", 60.0)):
        one = clear(made.difference, -20.0, -20.0 - half, half - 20.0, status=status)
        reason = "out of reach: with 120 nights, even a large difference would be noticed in only "
        reason = f"{reason}9 of 100 such diaries" if status == "unreachable" else ""
        near, far = (15.0, 15.0) if status != "unreachable" else (40.0, 45.0)
        yield f"change: {status}", format(dataclasses.replace(
            made, status=status, difference=one, reason=reason,
            at_low=clear(made.at_low, -5.0, -5.0 - near, near - 5.0),
            at_high=clear(made.at_high, -25.0, -25.0 - far, far - 25.0),
        ))  # fmt: skip
    rare = pd.array(np.arange(len(nights)) == 7, dtype="boolean")
    yield (
        "change: refused",
        format(
            interaction(
                nights.assign(sauna=rare), outcome="tst_min", factor="wine", moderator="sauna"
            )
        ),
    )
    kinds = ss.associate(nights, outcome="tst_min", factor="tea")
    # what is out of reach says why
    far = "out of reach: with 120 nights, even a large difference (22 min, one standard deviation) "
    far += "would be noticed in only 9 of 100 such diaries"
    for status, pvalue, half, reason in (
        ("found", 0.01, 15.0, ""), ("not found", 0.4, 25.0, ""), ("unreachable", 0.7, 60.0, far),
    ):  # fmt: skip
        yield f"kinds: {status}", format(dataclasses.replace(
            kinds, status=status, reason=reason, pvalue=pvalue, contrasts=kinds.contrasts.assign(
                effect=20.0, effect_low=20.0 - half, effect_high=20.0 + half),
        ))  # fmt: skip


PARTS = {
    "STRESS AND SLEEP, BOTH WAYS": stress_sentences,
    "CLAIMS": claim_sentences,
    "NIGHTS NEEDED": nights_sentences,
    "OTHERS": other_sentences,
}


def every_sentence():
    """Return the list as one text."""
    lines = []
    for title, part in PARTS.items():
        lines += [title, "=" * len(title), ""]
        for name, sentence in part():
            lines += [f"{name}:", f"    {sentence}", ""]
    return "\n".join(lines)


@pytest.mark.parametrize("title", PARTS)
def test_every_sentence_is_listed(title):
    told = LIST.read_text(encoding="utf-8")
    names = []
    for name, sentence in PARTS[title]():
        assert f"{name}:\n    {sentence}\n" in told
        names.append(name)
    assert len(set(names)) == len(names)


def test_the_list_holds_nothing_else():
    told = LIST.read_text(encoding="utf-8")
    assert told == every_sentence()


def test_no_sentence_contradicts_itself():
    """What an interval reaches, these nights did not rule out; a chance is said of 100 diaries."""
    told = LIST.read_text(encoding="utf-8")
    assert "would have shown" not in told
    assert "would show" not in told
    assert " 0 nights" not in told
    for word in ("caused", "proves", "significant", "p-value", "degrees of freedom"):
        assert word not in told


if __name__ == "__main__":
    LIST.write_text(every_sentence(), encoding="utf-8")
