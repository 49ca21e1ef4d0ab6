"""Every sentence that a trial can print, listed once in trial_sentences.txt.

After a change of the words: python tests/test_trial_sentences.py writes the list anew; read it
then as somebody who knows no statistics.
"""

import ast
import inspect
import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import sleepstats as ss
from sleepstats.trials import compliance, power, question, result, sentences_of, sheet

LIST = Path(__file__).with_name("trial_sentences.txt")
START = "2026-03-02"
WORDS = {"conditions": ("reading", "no reading"), "start": START}


def nights_of(made, effect=0.0, sd=30.0, seed=1, upto=None, carry=0.0, **columns):
    """Return the nights of a trial, made by hand."""
    rng = np.random.default_rng(seed)
    n = len(made.first)
    before = np.concatenate([[False], made.first[:-1]])
    y = 420 + sd * rng.normal(size=n) + effect * made.first + carry * before
    table = {"tst_min": y, "done": made.table["condition"].to_numpy(), **columns}
    return pd.DataFrame(table, index=made.nights).iloc[:upto]


def registered(length=56, **more):
    """Return a plan with a registered question."""
    return ss.plan_trial(length, seed=7, **{**WORDS, "outcome": "tst_min", "matters": 20, **more})


def diary(sd=60.0, n=120):
    """Return a diary so far, white nights."""
    rng = np.random.default_rng(1)
    index = pd.date_range("2025-11-03", periods=n, name="night")
    table = {
        "tst_min": 420 + sd * rng.normal(size=n),
        "sol_min": 20 * np.exp(rng.normal(0, 0.4, n)),
    }
    return pd.DataFrame(table, index=index)


def plans():
    """Yield plans of every kind."""
    yield ss.plan_trial(56, seed=7, **WORDS)
    yield ss.plan_trial(56, seed=7, stop_rule="I stop if I am ill.")
    yield ss.plan_trial(64, seed=7, design="blocks", block=4, washout=1)
    yield ss.plan_trial(60, seed=7, design="blocks", block=3, washout=2)
    yield ss.plan_trial(56, seed=7, design="free")
    yield ss.plan_trial(56, seed=7, outcome="energy", **WORDS)
    yield ss.plan_trial(56, seed=7, substance="Kava", asked_a_clinician=True)
    yield registered(matters=None)
    yield registered(looks=(1.0,))
    yield registered(start=None)
    for matters in (None, 100, 20, 5):
        yield registered(matters=matters, nights=diary())
    yield registered(looks=(1.0,), nights=diary())
    yield registered(outcome="sol_min", matters=-8, nights=diary())


def results():
    """Yield results of every kind."""
    made = registered()

    def asked(nights, by=made, **how):
        return ss.analyse_trial(nights, by, draws=999, **how)

    yield asked(nights_of(made, 60.0, sd=20.0))  # helps enough
    yield asked(nights_of(made, -60.0, sd=20.0))  # makes it worse
    yield asked(nights_of(made, 60.0, sd=20.0).drop(columns="done"))  # nobody knows what was done
    bed = registered(outcome="tib_min")
    in_bed = 480 + 60 * bed.first + 15 * np.random.default_rng(4).normal(size=56)
    yield asked(nights_of(bed, tib_min=in_bed), bed)  # neither direction is the better one
    yield asked(nights_of(made, 10.0, sd=8.0))  # less than matters
    yield asked(nights_of(made, 30.0))  # differs; enough or not
    plain = registered(matters=None)
    yield asked(nights_of(plain, 40.0), plain)
    yield asked(nights_of(plain, 0.0), plain)
    yield asked(nights_of(made, 0.0, sd=10.0))  # no difference that matters
    yield asked(nights_of(made, 0.0))  # cannot tell
    yield asked(nights_of(made, 0.0, upto=28))  # go on
    small = registered(28)
    yield asked(nights_of(small, 0.0, upto=14), small)  # any difference is still possible
    tiny = registered(64, looks=(0.125, 1.0))
    yield asked(nights_of(tiny, upto=8), tiny)  # too early
    yield asked(nights_of(made, 0.0, sd=60.0, seed=2, upto=42))  # hardly
    yield asked(nights_of(made, 80.0, upto=28))  # ended early
    yield asked(nights_of(made, 80.0, upto=32), look=0.5)
    swapped = nights_of(made, 0.0, upto=20)
    swapped.loc[swapped.index[[2, 3, 7]], "done"] = swapped["done"].iloc[[3, 2, 8]].to_numpy()
    swapped.loc[swapped.index[11], "done"] = None
    yield asked(swapped)  # not a planned look
    yield asked(nights_of(made, 0.0, upto=35))
    asleep = np.exp(2.8 + 0.4 * np.random.default_rng(5).normal(size=56) - 0.7 * made.first)
    yield asked(nights_of(made, sol_min=asleep), outcome="sol_min")
    yield asked(nights_of(made, 60.0), adjust=())
    yield asked(nights_of(made, 60.0), level=0.9)
    # doubts
    late = nights_of(made, 60.0)
    yield asked(late.assign(done=late["done"].shift(1)))
    other = registered(matters=5, stop_rule="If ill.")
    code = sheet.code_of(other)
    yield asked(nights_of(made, 60.0, trial_plan=code))
    yield asked(nights_of(made, trial_plan=sheet.code_of(registered(stop_rule="If."))))
    gaps = nights_of(made, 60.0)
    gaps.loc[gaps.index[made.first][:9], "tst_min"] = np.nan
    yield asked(gaps)
    done = nights_of(made, 60.0)
    done.loc[done.index[[0, 1, 9]], "done"] = done["done"].iloc[[1, 0, 8]].to_numpy()
    yield asked(done)
    yield asked(nights_of(made, 60.0, guess=made.table["condition"].to_numpy()))
    yield asked(nights_of(made, 60.0, guess=["?", "reading"] * 28))
    yield asked(nights_of(made, 40.0, sd=15.0, carry=40.0))  # the night before, clearly
    once = registered(looks=(1.0,))
    yield asked(nights_of(once, 10.0, carry=-20.0, seed=UNTOLD), once)  # one or the other
    yield asked(nights_of(made, 25.0, seed=UNCLEAR))  # not clear beside it
    # not registered
    bare = ss.plan_trial(56, seed=7, **WORDS)
    yield asked(nights_of(bare, 60.0, upto=40), bare, outcome="tst_min")
    ruled = ss.plan_trial(56, seed=7, stop_rule="I stop if ill.", **WORDS)
    yield asked(nights_of(ruled, 0.0, upto=40), ruled, outcome="tst_min")
    missing = nights_of(bare).drop(bare.nights[14:24]).drop(columns="done")
    yield asked(missing, bare, outcome="tst_min")
    yield asked(nights_of(bare, upto=9), bare, outcome="tst_min")
    yield asked(nights_of(bare, upto=21), bare, outcome="tst_min", level=0.999)
    quick = registered(outcome="sol_min", matters=-8, nights=diary())
    yield asked(nights_of(quick, sol_min=asleep), quick)
    falling = nights_of(bare, sol_min=asleep)
    yield asked(falling, bare, outcome="sol_min")
    washed = ss.plan_trial(64, seed=7, design="blocks", block=4, washout=1, **WORDS)
    yield asked(nights_of(washed, 40.0), washed, outcome="tst_min")


UNTOLD, UNCLEAR = 52, 1


def sentences(text):
    """Cut a text into sentences with its numbers and dates taken out."""
    text = re.sub(r"\d{4}-\d\d-\d\d", "DATE", text)
    text = re.sub(r"\d+(,\d{3})*(\.\d+)?(e-\d+)?", "N", text)
    return re.split(r"(?<=[.!?]) (?=[A-Z“])", text)


@cache
def printed():
    """Return every sentence that plans and results print, and every verdict."""
    said = set()
    for made in plans():
        said.update(sentences(format(made)))
    verdicts = set()
    for one in results():
        verdicts.add(one.verdict)
        for text in (f"{one}", *one.notes):
            said.update(sentences(text))
    return sorted(verdicts), sorted(said)


def listing():
    """Return the list as it stands in the file."""
    verdicts, said = printed()
    return "\n".join(["Verdicts", "", *verdicts, "", "Sentences (N a number, DATE a date)", "",
                      *said, ""])  # fmt: skip


#: Where the words of sentences stand.
SPEAKING = (
    result._say, result._meaning, result._next_look, result._not_looked, result.beside_words,
    compliance._carried, compliance._of_another_plan, compliance._guessed, compliance._swaps,
    compliance._unrecorded, compliance._gap, compliance._one_sided_gaps, compliance._stopped,
    compliance._shifted, compliance.notes_of, compliance.doubts_of, sentences_of,
    question.asked_for, power.TrialPower._words, power.TrialPower.early,
)  # fmt: skip


def literals(function):
    """Return the pieces of text of a function that are no names of columns or formats."""
    tree = ast.parse(inspect.cleandoc("\n" + inspect.getsource(function)))
    body = tree.body[0].body
    told = [node for part in body[1:] for node in ast.walk(part)]
    pieces = [node.value for node in told if isinstance(node, ast.Constant)]
    return [piece for piece in pieces if isinstance(piece, str) and len(piece.split()) > 2]


def test_every_sentence_is_listed_once_and_nothing_else_is():
    assert LIST.read_text(encoding="utf-8") == listing()


def test_every_verdict_is_reached():
    assert set(printed()[0]) == {
        question.ENOUGH, question.WORSE, question.DIFFERS, question.LESS, question.OPEN,
        question.FOUND, question.NONE, question.GO_ON, question.CANNOT_TELL, question.NOT_A_LOOK,
        question.NOT_PLANNED, question.NOT_REGISTERED, question.NOT_ANSWERED,
    }  # fmt: skip


def test_every_piece_of_text_in_the_code_is_in_a_listed_sentence():
    """A sentence that no case above prints would be missing from the list."""
    everything = "\n".join(printed()[1])
    for function in SPEAKING:
        for piece in literals(function):
            for part in sentences(piece.strip()):
                assert part in everything, (function.__qualname__, piece)


def test_caused_stands_only_where_nothing_stands_against_it():
    found = list(results())
    assert {one.verdict for one in found if "caused" in f"{one}"} >= {question.ENOUGH}
    for one in found:
        if "caused" in f"{one}":
            assert not one.doubts
            assert not one.otherwise
            assert one.status == "found"
        doubts = [doubt for doubt in one.doubts if "on the night before" not in doubt]
        if doubts and one.status != "refused":
            assert f"{one}".startswith(doubts[0])
        if len(doubts) < len(
            one.doubts
        ):  # the answer first, what may last from the night before last
            assert f"{one}".startswith((doubts or ["“reading”"])[0])
            assert "A doubt: " in f"{one}".rpartition("weekdays and slow change evened out)")[2]


if __name__ == "__main__":
    LIST.write_text(listing(), encoding="utf-8")
