"""Admissible schedules: counted, listed and drawn; against brute force."""

from itertools import product
from typing import NamedTuple

import numpy as np
import pytest

import sleepstats as ss
from sleepstats.errors import DiaryError
from sleepstats.trials.designs import Design, _ways, design, may_be_left_to_a_coin, ranks_below

FREE = [Design("free", n, 0, cap) for n in range(2, 13) for cap in (1, 2, 3, 5)]
COINS = [Design("pairs", 10, 1, 0), Design("blocks", 12, 2, 0), Design("blocks", 18, 3, 0)]


def every_schedule(made):
    """List what the definition admits, by trying all rows of noughts and ones."""
    found = []
    for bits in product((0, 1), repeat=made.n_nights):
        if made.name == "free":
            runs = max(len(run) for run in "".join(map(str, bits)).replace("01", "0 1")
                       .replace("10", "1 0").split())  # fmt: skip
            good = runs <= made.max_run and abs(2 * sum(bits) - len(bits)) <= 1
        else:
            size = made.block
            parts = [bits[i : i + size] for i in range(0, len(bits), size)]
            good = all(len(set(part)) == 1 for part in parts) and all(
                one[0] != other[0] for one, other in zip(parts[::2], parts[1::2], strict=True)
            )
        if good:
            found.append(bits)
    return found


@pytest.mark.parametrize("made", [*FREE, *COINS], ids=str)
def test_count_and_list_equal_brute_force(made):
    wanted = every_schedule(made)
    assert made.count == len(wanted)
    listed = [tuple(row) for row in made.every().astype(int).tolist()]
    assert len(set(listed)) == len(listed)
    assert sorted(listed) == sorted(wanted)


def test_counts_of_usual_plans():
    assert design("pairs", 56).count == 2**28
    assert design("blocks", 60).count == 2**10  # ten pairs of three-night blocks
    # 56 nights, 28 of each, no run over 3: number of compositions of 28 into k parts of 1 to 3
    # on either side, k differing by at most one (independent of the table used by the library)
    parts = np.zeros((30, 30), dtype=object)
    parts[0, 0] = 1
    for total in range(1, 30):
        for k in range(1, 30):
            parts[total, k] = sum(parts[total - size, k - 1] for size in (1, 2, 3) if size <= total)
    runs = parts[28]
    both = sum(2 * runs[k] * runs[k] + 2 * runs[k] * runs[k + 1] for k in range(29))
    assert design("free", 56, max_run=3).count == both


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("pairs", 24, {}), "BAABBAABBAABBAABABBABAAB"),
        (("blocks", 32, {"block": 2}), "BBAAAABBBBAAAABBBBAAAABBBBAAAABB"),
        (("free", 24, {}), "ABBAABBBABABBAAABABAABBA"),
        (("free", 15, {"max_run": 2}), "BBABABBABBAABAA"),
    ],
)
def test_the_same_seed_gives_the_same_schedule_everywhere(arguments, expected):
    # drawn once and written down here: a change on any platform or in any version shows
    name, nights, more = arguments
    schedule = design(name, nights, **more).draw(1, 2026)[0]
    assert "".join("A" if first else "B" for first in schedule) == expected


def test_whole_numbers_of_any_size_are_drawn_alike_everywhere():
    assert ranks_below(1000, 8, 5) == [424, 501, 448, 118, 237, 655, 964, 462]
    assert ranks_below(2**70, 2, 5) == [992527118819525191080, 1005630258719500971456]
    assert ranks_below(1, 3, 5) == [0, 0, 0]


@pytest.mark.parametrize("made", [Design("free", 6, 0, 3), Design("pairs", 8, 1, 0)], ids=str)
def test_every_schedule_is_equally_likely(made):
    # chi-square over 8,000 draws; fixed seed, 99.9 % point of chi-square with count - 1 df
    from scipy.stats import chi2

    drawn = made.draw(8000, 3)
    _, times = np.unique(drawn, axis=0, return_counts=True)
    assert len(times) == made.count
    expected = 8000 / made.count
    assert ((times - expected) ** 2 / expected).sum() < chi2.ppf(0.999, made.count - 1)


def test_long_free_plans_are_drawn_with_exact_numbers():
    made = design("free", 200, max_run=3)
    assert made.count > 2**64
    drawn = made.draw(50, 1)
    assert (drawn.sum(axis=1) == 100).all()
    # no run of four: no four nights in a row are alike
    four = np.lib.stride_tricks.sliding_window_view(drawn, 4, axis=1).sum(axis=2)
    assert ((four > 0) & (four < 4)).all()
    assert len(np.unique(drawn, axis=0)) == 50


@pytest.mark.parametrize("name", ["before/after", "halves", "AB", "half-and-half"])
def test_one_half_against_the_other_is_refused_with_the_reason(name):
    with pytest.raises(DiaryError) as raised:
        design(name, 56)
    assert str(raised.value) == (
        f"design={name!r} is refused. With all nights of one condition first, whatever else "
        "changed over the weeks looks like an effect, and nights that resemble their neighbours "
        "are counted as if each were news: where a night keeps 0.7 of the deviation of the night "
        "before, about 40 % of such comparisons find an effect that is not there. Use "
        "design='pairs'."
    )


def test_a_single_pair_of_long_blocks_is_refused_as_halves_too():
    with pytest.raises(DiaryError, match="have only 2 different schedules") as raised:
        design("blocks", 56, block=28)
    assert "about 40 %" in str(raised.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("pairs", 14, {}), "14 nights in pairs have only 128 different schedules, expected 256 or "
         "more: with fewer a chance result is too likely. Plan 16 nights or more."),
        (("blocks", 56, {"block": 7}), "56 nights in blocks of 7 have only 16 different schedules, "
         "expected 256 or more: with fewer a chance result is too likely. Plan 112 nights or "
         "more."),
        (("free", 8, {}), "8 nights in free order with runs of at most 3 have only 62 different "
         "schedules, expected 256 or more: with fewer a chance result is too likely. Plan 11 "
         "nights or more."),
        (("free", 56, {"max_run": 1}), "56 nights in free order with runs of at most 1 have only 2 "
         "different schedules, expected 256 or more: with fewer a chance result is too likely. "
         "Allow runs of 2 or more nights."),
        (("pairs", 57, {}), "57 nights cannot be cut into pairs, expected a multiple of 2. Plan 56 "
         "or 58 nights."),
        (("blocks", 56, {}), "56 nights cannot be cut into blocks of 3, expected a multiple of 6. "
         "Plan 54 or 60 nights."),
        (("pair", 56, {}), "design is 'pair', expected 'pairs', 'blocks' or 'free'. Did you mean "
         "'pairs'?"),
        (("pairs", 56, {"block": 2}), "block belongs to design='blocks'; design is 'pairs'. Leave "
         "it out."),
        (("blocks", 56, {"max_run": 2}), "max_run belongs to design='free'; design is 'blocks'. "
         "Leave it out."),
        (("pairs", 56.0, {}), "n_nights is 56.0, expected a whole number, 2 or more."),
        (("blocks", 60, {"block": 0}), "block is 0, expected a whole number, 1 or more."),
    ],
)  # fmt: skip
def test_designs_that_cannot_be_are_refused_in_words(arguments, message):
    name, nights, more = arguments
    with pytest.raises(DiaryError) as raised:
        design(name, nights, **more)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("tst", "tst_min"),
        ("SOL", "sol_min"),
        ("total sleep time", "tst_min"),
        ("Total_Sleep", "tst_min"),
    ],
)
def test_an_outcome_without_its_unit_is_no_column_of_ones_own(name, meant):
    """Forty nights later there would be no such column in the sheet."""
    with pytest.raises(ss.DiaryError, match=f"{name!r} is no column. Did you mean '?{meant}"):
        ss.plan_trial(40, conditions=("reading", "no reading"), outcome=name, seed=1)


# by hand, at the bounds


def test_a_free_design_has_no_blocks():
    made = design("free", 24)
    assert made == Design("free", 24, 0, 3, 0)
    assert (made.turn, made.blocks.tolist()) == (1, [1] * 24)
    assert made.draw(2, 1).dtype == design("pairs", 24).draw(2, 1).dtype == bool
    assert made.blocks.dtype == np.int64
    assert design("blocks", 48).turn == 6
    assert made.compared.all()
    blocks = design("blocks", 48).blocks
    assert (blocks.tolist(), blocks.dtype) == ([1 + i // 6 for i in range(48)], np.int64)


def test_the_table_of_ways_that_plans_share_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        _ways(3, 2)[0, 0, 0] = 1


def test_numbers_that_are_not_below_the_count_are_thrown_away():
    """Two bits make 0 to 3; of three schedules there is none of number 3."""
    assert set(ranks_below(3, 200, 1)) == {0, 1, 2}


@pytest.mark.parametrize(
    ("arguments", "message", "halves"),
    [
        (("blocks", 3, {}), "3 nights cannot be cut into blocks of 3, expected a multiple of 6. "
         "Plan 6 nights.", False),
        (("pairs", 2, {}), "2 nights in pairs have only 2 different schedules", False),
        (("blocks", 4, {"block": 2}), "4 nights in blocks of 2 have only 2 different", True),
        (("blocks", 8, {"block": 2}), "8 nights in blocks of 2 have only 4 different", False),
        (("free", 10, {"max_run": 2}), "Plan 13 nights or more.", False),
        (("pairs", True, {}), "n_nights is True, expected a whole number, 2 or more.", False),
        (("free", 24, {"block": 3}), "block belongs to design='blocks'; design is 'free'.", False),
        (("pairs", 24, {"max_run": 3}), "max_run belongs to design='free'; design is 'pairs'.",
         False),
        (("blocks", 48, {"washout": -1}), "washout is -1, expected a whole number, 0 or", False),
    ],
)  # fmt: skip
def test_what_a_design_lacks_is_said_and_one_half_against_the_other_by_its_name(
    arguments, message, halves
):
    name, nights, more = arguments
    with pytest.raises(DiaryError) as raised:
        design(name, nights, **more)
    assert message in str(raised.value)
    assert ("about 40 % of such comparisons" in str(raised.value)) == halves


def test_the_least_that_a_free_design_needs():
    """By hand, runs of 1 and 2: six nights make 3 to 6 runs in 1, 6, 5 and 1 ways.

    Of 6 and 6 nights 2 (1 + 36 + 25 + 1) + 2 (6 + 30 + 5) = 208; of 6 and 7, or 7 and 6, 570.
    """
    assert [Design("free", n, 0, 2).count for n in (12, 13)] == [208, 570]
    assert design("free", 13, max_run=2).count == 570


@pytest.mark.parametrize(
    ("kind", "name", "label", "free"),
    [
        ("factor", "read_in_bed", "reading in bed", True),
        ("factor", "late_meal", "a late meal", True),
        ("factor", "wine_with_dinner", "wine with dinner", False),  # what is drunk is not offered
        ("factor", "stress", "stress", False),
        ("computed", "read_in_bed", "reading in bed", False),
        ("factor", "moonlight", "moonlight", False),
    ],
)
def test_only_what_people_do_or_leave_is_left_to_a_coin(kind, name, label, free):
    assert may_be_left_to_a_coin(Words(kind, name, label)) == free


class Words(NamedTuple):
    kind: str
    name: str
    label: str
