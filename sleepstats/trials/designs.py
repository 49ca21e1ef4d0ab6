"""Which schedules a trial may have: how many there are, each by its number, one by chance.

A design is a set of *admissible* schedules. They are numbered from 0, so the set can be counted
exactly, gone through one by one, or drawn from with every schedule equally likely. The plan takes
one at random; the analysis asks how the others would have looked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sleepstats.arrays import Bools, Ints
from sleepstats.errors import DiaryError, advice, did_you_mean, given, option

DESIGNS = ("pairs", "blocks", "free")
#: Below this number of schedules chance alone gives small p-values too easily to be told apart.
LEAST_SCHEDULES = 256
#: Nights of the longest trial.
LONGEST = 10_000
#: Up to this number of schedules a test goes through all of them.
MOST_ENUMERATED = 20_000
#: Words of habits that people do or leave as they like; any other is not offered to a coin.
FREE = re.compile(
    r"\b(screens?|tv|television|(smart)?phone|tablet|computer|gaming|games?|videos?|read|reading|"
    r"books?|meals?|dinner|supper|snacks?|ate|eating|exercise|work(ed|ing)?[ -]?outs?|sports?|gym|"
    r"run|running|walk|walking|yoga|stretching|bath|shower|sauna|meditat\w+|breathwork|music|"
    r"podcast|journall?ing|earplugs|mask|sunlight|daylight|bildschirm|handy|fernsehen|(ge)?lesen|"
    r"buch|essen|gegessen|spaziergang|baden|dusche)\b"
)
#: Words that take a habit off that list again: what is taken, prescribed or happens to one.
NOT_FREE = re.compile(
    r"\b(medic\w*|meds?|pills?|dose|drugs?|alcohol\w*|caffeine|coffee|wine|beer|nicotine|"
    r"supplement\w*|pain|sick|ill|illness|stress\w*|cpap|strain|burn\w*|fast(ed|ing)?|screening)\b"
)
USUAL_BLOCK = 3
USUAL_MAX_RUN = 3
_HALVES = ("before_after", "before/after", "before-after", "halves", "half", "half-and-half", "ab")
_INT64_BITS = 62

WHY_NOT_HALVES = (
    "With all nights of one condition first, whatever else changed over the weeks looks like an "
    "effect, and nights that resemble their neighbours are counted as if each were news: where a "
    "night keeps 0.7 of the deviation of the night before, about 40 % of such comparisons find an "
    f"effect that is not there. Use {option(design='pairs')}"
)


@dataclass(frozen=True)
class Design:
    """A set of admissible schedules."""

    #: ``pairs`` and ``blocks``: two blocks of ``block`` nights, one of each condition; a coin says
    #: which comes first. ``free``: any schedule with as many nights of one condition as of the
    #: other (one more or less where the number is odd) and no run longer than ``max_run``.
    name: Literal["pairs", "blocks", "free"]
    #: Length of a schedule.
    n_nights: int
    #: Nights of a block; 1 for pairs of nights, 0 for a free design.
    block: int
    #: Longest run of nights of one condition in a free design; otherwise 0.
    max_run: int
    #: Nights at the beginning of each block that are left out of the comparison: what was taken in
    #: the block before may still be at work on them.
    washout: int = 0

    @property
    def count(self) -> int:
        """Number of admissible schedules, exact."""
        if self.name == "free":
            return sum(ways for _, _, ways in _beginnings(self.n_nights, self.max_run))
        return 1 << (self.n_nights // (2 * self.block))

    @property
    def blocks(self) -> Ints:
        """Which pair of blocks each night belongs to, from 1; a free design is one block."""
        nights = np.arange(self.n_nights)
        if self.name == "free":
            return np.ones(self.n_nights, dtype=np.int64)
        return np.asarray(nights // (2 * self.block) + 1)

    @property
    def turn(self) -> int:
        """Nights after which both conditions had the same number; 1 in a free design."""
        return 2 * self.block or 1

    @property
    def compared(self) -> Bools:
        """True on the nights that are compared, those left out of each block aside."""
        nights = np.arange(self.n_nights)
        return np.asarray(nights % max(self.block, 1) >= self.washout)

    def schedules(self, ranks: Iterable[int]) -> Bools:
        """Return the schedules with these numbers."""
        wanted = list(ranks)
        if self.name == "free":
            return _free_schedules(self.n_nights, self.max_run, wanted)
        coins = self.n_nights // (2 * self.block)
        width = -(-coins // 8)
        raw = b"".join(rank.to_bytes(width, "little") for rank in wanted)
        octets = np.frombuffer(raw, dtype=np.uint8).reshape(len(wanted), width)
        first = np.unpackbits(octets, axis=1, count=coins, bitorder="little").astype(bool)
        return np.repeat(np.stack([first, ~first], axis=2).reshape(len(wanted), -1), self.block, 1)

    def every(self) -> Bools:
        """Return every admissible schedule (count, n_nights); for designs with few."""
        return self.schedules(range(self.count))

    def draw(self, size: int, seed: int | Sequence[int]) -> Bools:
        """Draw schedules (size, n_nights), independently and all equally likely."""
        return self.schedules(ranks_below(self.count, size, seed))


def design(
    name: str, n_nights: int, *, block: int | None = None, max_run: int | None = None,
    washout: int = 0,
) -> Design:  # fmt: skip
    """Make a design, or say why it is none."""
    _check_words(name, n_nights, block, max_run, washout)
    if name == "free":
        made = Design("free", n_nights, 0, USUAL_MAX_RUN if max_run is None else max_run)
        kind = f"free order with runs of at most {made.max_run}"
    else:
        made = Design(
            "pairs" if name == "pairs" else "blocks",
            n_nights,
            1 if name == "pairs" else (USUAL_BLOCK if block is None else block),
            0,
            washout,
        )
        if washout and washout >= made.block:
            raise DiaryError(
                f"washout is {washout} and block is {made.block}: no night of a block would be "
                f"left. Expected {option(design='blocks')} with longer ones, such as "
                + advice(f"block={washout + 2}, ", f"--block {washout + 2} ")
                + f"{option(washout=washout)}."
            )
        kind = "pairs" if name == "pairs" else f"blocks of {made.block}"
        turn = 2 * made.block
        if n_nights % turn:
            near = [n for n in (n_nights // turn * turn, -(-n_nights // turn) * turn) if n]
            raise DiaryError(
                f"{n_nights} nights cannot be cut into {kind}, expected a multiple of {turn}. "
                f"Plan {' or '.join(str(n) for n in near)} nights."
            )
    if made.count < LEAST_SCHEDULES:
        halves = f" {WHY_NOT_HALVES}." if made.count <= 2 and made.block > 1 else ""
        least = _least_nights(made)
        more = f"Plan {least} nights or more" if least else "Allow runs of 2 or more nights"
        raise DiaryError(
            f"{n_nights} nights in {kind} have only {made.count} different schedules, expected "
            f"{LEAST_SCHEDULES} or more: with fewer a chance result is too likely. "
            f"{more}.{halves}"
        )
    return made


def ranks_below(count: int, size: int, seed: int | Sequence[int]) -> list[int]:
    """Draw whole numbers from 0 to ``count - 1``, all equally likely, the same everywhere."""
    bits = (count - 1).bit_length()
    words = max(1, -(-bits // 64))
    mask = (1 << bits) - 1
    # raw words of PCG64, which numpy keeps the same on every platform and in every version, least
    # significant first; a number that is not below count is thrown away, so that all stay equally
    # likely
    generator = np.random.PCG64(seed if isinstance(seed, int) else list(seed))
    found: list[int] = []
    while len(found) < size:
        raw = np.asarray(generator.random_raw(words * (size - len(found))), dtype="<u8").tobytes()
        for start in range(0, len(raw), 8 * words):
            number = int.from_bytes(raw[start : start + 8 * words], "little") & mask
            if number < count:
                found.append(number)
    return found


def _check_words(
    name: str, n_nights: int, block: int | None, max_run: int | None, washout: int
) -> None:
    """Raise one error with everything that is wrong with the request."""
    if str(name).casefold().replace(" ", "_") in _HALVES:
        raise DiaryError(f"{option(design=name)} is refused. {WHY_NOT_HALVES}.")
    problems = []
    if name not in DESIGNS:
        problems.append(
            f"{given('design', name)}, expected 'pairs', 'blocks' or 'free'."
            f"{did_you_mean(name, DESIGNS)}"
        )
    for word, value, least in (("n_nights", n_nights, 2), ("block", block, 1),
                               ("max_run", max_run, 1), ("washout", washout, 0)):  # fmt: skip
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if value is not None and not (whole and value >= least):
            problems.append(f"{given(word, value)}, expected a whole number, {least} or more.")
        elif value is not None and value > LONGEST:
            problems.append(f"{word} is above {LONGEST:,}, expected that many nights or fewer.")
    if block is not None and name in ("pairs", "free"):
        problems.append(
            f"block belongs to {option(design='blocks')}; design is {name!r}. Leave it out."
        )
    if max_run is not None and name in ("pairs", "blocks"):
        problems.append(
            f"{advice('max_run', 'max-run')} belongs to {option(design='free')}; design is "
            f"{name!r}. Leave it out."
        )
    if washout and name == "free":
        problems.append(
            f"washout belongs to {option(design='blocks')}; design is 'free'. Leave it out."
        )
    if problems:
        raise DiaryError(problems)


def _least_nights(made: Design) -> int:
    """Return the least number of nights with enough schedules."""
    if made.name != "free":
        return 2 * made.block * (LEAST_SCHEDULES - 1).bit_length()
    longer = (replace(made, n_nights=nights) for nights in range(2, 41))
    return next((one.n_nights for one in longer if one.count >= LEAST_SCHEDULES), 0)


@cache
def _ways(most: int, max_run: int) -> NDArray[Any]:
    """Ways to go on, by [run so far, nights left of the same kind + 1, of the other kind + 1]."""
    # f(j, s, o) = [j < max_run] f(j + 1, s - 1, o) + f(1, o - 1, s), f(., 0, 0) = 1; a border of
    # zeros stands for what cannot be. Whole numbers of any size: 56 nights have 10^14 schedules
    table = np.zeros((max_run + 2, most + 2, most + 2), dtype=object)
    table[1 : max_run + 1, 1, 1] = 1
    for left in range(1, 2 * most + 1):
        for same in range(max(0, left - most), min(left, most) + 1):
            other = left - same
            for run in range(1, max_run + 1):
                table[run, same + 1, other + 1] = (
                    table[run + 1, same, other + 1] + table[1, other, same + 1]
                )
    table.flags.writeable = False
    return table


def _beginnings(n: int, max_run: int) -> list[tuple[bool, int, int]]:
    """Kind of the first night, nights of the first condition, and ways to go on from there."""
    ways = _ways(-(-n // 2), max_run)
    found = []
    for firsts in sorted({n // 2, -(-n // 2)}):
        for kind in (True, False):
            same, other = (firsts, n - firsts) if kind else (n - firsts, firsts)
            found.append((kind, firsts, int(ways[1, same, other + 1])))
    return found


def _free_schedules(n: int, max_run: int, ranks: list[int]) -> Bools:
    """Return free schedules by number: all ranks walk through the table of ways together."""
    beginnings = _beginnings(n, max_run)
    total = sum(ways for _, _, ways in beginnings)
    small = total.bit_length() <= _INT64_BITS
    ways = _ways(-(-n // 2), max_run)
    table = ways if not small else ways.astype(np.int64)
    rank = np.array(ranks, dtype=np.int64 if small else object)
    schedule = np.zeros((len(ranks), n), dtype=bool)
    same = np.zeros(len(ranks), dtype=np.int64)
    other = same.copy()
    start, before = rank.copy(), 0
    for kind, firsts, here in beginnings:
        chosen = (start >= before) & (start < before + here)
        schedule[chosen, 0] = kind
        same[chosen] = (firsts if kind else n - firsts) - 1
        other[chosen] = n - firsts if kind else firsts
        rank[chosen] -= before
        before += here
    run = np.ones(len(ranks), dtype=np.int64)
    for night in range(1, n):
        stay_ways = table[run + 1, same, other + 1]
        stay = rank < stay_ways
        rank = rank - np.where(stay, 0, stay_ways)
        schedule[:, night] = schedule[:, night - 1] == stay
        same, other = np.where(stay, same - 1, other - 1), np.where(stay, other, same)
        run = np.where(stay, run + 1, 1)
    return schedule


def may_be_left_to_a_coin(column: Any) -> bool:
    """Say whether a habit is one that people do or leave as they like, by the words of its name.

    Nothing that is taken, drunk or suffered is on the list: no text here may send a person to it.
    """
    words = f"{column.label} {column.name}".replace("_", " ").casefold()
    return column.kind == "factor" and bool(FREE.search(words)) and not NOT_FREE.search(words)
