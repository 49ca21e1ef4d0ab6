"""How much a factor shares with others once the calendar is removed: pairs and groups."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np

from sleepstats.arrays import Bools, Floats, ValueKind, products
from sleepstats.asking import LEAST_NIGHTS, LEAST_ON_A_SIDE, Windows
from sleepstats.columns import Column
from sleepstats.inference import guards

#: Above this inflation of the interval no winner is named.
MOST_INFLATION = 2.0
#: A group has at most this many factors.
MOST_IN_A_GROUP = 4
#: Each of a group's others must make the interval this many times as wide.
EACH_ADDS = 1.2
#: What was kept on a smaller share of a factor's own nights takes no answer from it.
KEPT_ALONGSIDE = 0.75
#: Spare nights that a group needs beside its columns.
_SPARE = 5
_ALWAYS = 1.0 - 1e-10
_NOTHING = 1e-9  # share of a factor's variance that counts as none
_MANY = 3  # pairs on the same nights that are worth a product of all their columns
_AT_ONCE = 32  # pairs whose sums are taken together
_MOST_KEPT = 16  # sets of nights whose columns are remembered
_ROUNDING = 1e-13  # share of a sum of squares that rounding may leave of nothing
_REGULAR = 1e-3  # below this the controls repeat each other on a pair's nights
_NEAR_SINGULAR = 1e8  # above this the inverse of the products is left to orthonormal columns


@dataclass(frozen=True, eq=False)
class Habit:
    """One factor on every row of the diary."""

    column: Column
    kind: ValueKind
    values: Floats
    levels: tuple[str, ...]
    known: Bools = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", ~np.isnan(self.values))


@dataclass(frozen=True)
class Link:
    """A factor and one or more others: how often apart, how much wider an interval becomes."""

    factor: int
    others: tuple[int, ...]
    n: int
    r: float = math.nan
    inflation: float = math.nan

    @property
    def status(self) -> str:
        """Whether this diary can tell them apart."""
        if math.isnan(self.inflation):
            return "cannot tell"
        return "entangled" if self.inflation > MOST_INFLATION else "separable"

    def ties(self, known: int) -> bool:
        """Whether it takes an answer from a factor of it that is known on so many nights."""
        return self.status == "entangled" and self.n >= KEPT_ALONGSIDE * known


def links(windows: Windows, habits: Sequence[Habit], adjust: Sequence[str]) -> list[Link]:
    """Set all factors beside each other."""
    nights = _Nights(windows, habits, tuple(adjust))
    pairs = nights.pairs()
    tied = {place for pair in pairs if pair.status == "entangled"
            for place in (pair.factor, *pair.others)}  # fmt: skip
    groups: dict[frozenset[int], Link] = {}
    for place in sorted(set(range(len(habits) if len(habits) > 2 else 0)) - tied):
        if (group := nights.group(place)) is not None:
            groups.setdefault(frozenset({place, *group.others}), group)
    return [*pairs, *groups.values()]


class _Nights:
    """Factors with the calendar removed, once for each pattern of nights on which all are known."""

    def __init__(self, windows: Windows, habits: Sequence[Habit], adjust: tuple[str, ...]) -> None:
        self.habits, self.adjust, self.calendar = habits, adjust, windows
        self.plain = {place for place, one in enumerate(habits) if one.kind != "categorical"}
        self.together: dict[tuple[int, ...], list[float]] = {}
        self.left: dict[bytes, dict[int, Floats]] = {}
        self.basis: dict[bytes, Floats] = {}

    def _block(self, place: int, used: Bools) -> Floats:
        """Return orthonormal columns of one factor, controls removed; none if nothing is left."""
        key = used.tobytes()
        if key not in self.basis:
            if len(self.basis) >= _MOST_KEPT:  # memory grows with the habits, not with their pairs
                self.basis.clear()
                self.left.clear()
            self.basis[key], self.left[key] = self._controls(used), {}
        known = self.left[key]
        if place not in known:
            columns = _columns(self.habits[place], used)
            left = guards.without_controls(columns, self.basis[key])
            left = left[:, (left**2).sum(axis=0) > _least(columns)]
            if left.shape[1] == 1:
                left = left / np.sqrt((left * left).sum())
            known[place] = left if left.shape[1] < 2 else guards.control_basis(left)
        return known[place]

    def _bases(self, places: Sequence[int], used: Bools) -> None:
        """Prepare the columns of many factors on the same nights at once."""
        single = [place for place in places if place in self.plain]
        if not single:
            return
        self._block(single[0], used)  # the controls
        key = used.tobytes()
        columns = np.column_stack([self.habits[place].values[used] for place in single])
        left = guards.without_controls(columns, self.basis[key])
        square = (left * left).sum(axis=0)
        kept = square > _least(columns)
        left = left / np.sqrt(np.where(kept, square, 1.0))
        for column, place in enumerate(single):
            self.left[key][place] = left[:, column : column + int(kept[column])]

    def pairs(self) -> list[Link]:
        """Set every factor beside every other, those known on the same nights in one product."""
        patterns: dict[bytes, int] = {}
        of_habit = [patterns.setdefault(h.known.tobytes(), len(patterns)) for h in self.habits]
        masks = [np.frombuffer(pattern, dtype=bool) for pattern in patterns]
        groups: dict[tuple[int, int], list[tuple[int, int]]] = {}
        every = list(combinations(range(len(self.habits)), 2))
        for one, other in every:
            few, many = sorted((of_habit[one], of_habit[other]))
            groups.setdefault((few, many), []).append((one, other))
        # habits recorded on the same nights share controls and one product of all their columns
        found: dict[tuple[int, ...], Link] = {}
        for (first, second), members in groups.items():
            used = masks[first] & masks[second]
            if len(members) >= _MANY and used.sum() >= LEAST_NIGHTS:
                self._bases(sorted({place for pair in members for place in pair}), used)
                found.update(self._alike(members, used))
        alone = [pair for pair in every if pair not in found and self.plain.issuperset(pair)]
        found.update(self._by_sums(alone))
        return [found.get(pair) or self.link(pair[0], (pair[1],)) for pair in every]

    def _alike(self, pairs: Sequence[tuple[int, int]], used: Bools) -> dict[tuple[int, ...], Link]:
        """Link the pairs of plain factors that are known on the same nights."""
        key, n = used.tobytes(), int(used.sum())
        # where all are kinds nothing was made ready: each pair is set beside each other by itself
        plain = [place for place, left in self.left.get(key, {}).items() if left.shape[1] == 1]
        if len(plain) < 2 or n - self.basis[key].shape[1] - 2 < _SPARE:
            return {}
        columns = np.column_stack([self.left[key][place] for place in plain])
        r = products(columns.T, columns.T).tolist()
        row = {place: position for position, place in enumerate(plain)}
        return {
            (one, other): Link(one, (other,), n, shared := r[row[one]][row[other]], _wider(shared))
            for one, other in pairs
            if one in row and other in row
        }

    @cached_property
    def _scaled(self) -> tuple[Floats, Bools]:
        """Values (h, N), centred and scaled so that sums lose nothing, and what is known."""
        known = np.array([habit.known for habit in self.habits])
        values = np.array([np.where(habit.known, habit.values, 0.0) for habit in self.habits])
        values -= known * (values.sum(axis=1) / np.maximum(known.sum(axis=1), 1))[:, None]
        values /= np.sqrt(np.maximum((values * values).sum(axis=1), 1e-300))[:, None]
        return values, known

    def _by_sums(self, groups: Sequence[tuple[int, ...]]) -> dict[tuple[int, ...], Link]:
        """Link groups of one size of plain factors, each on its own nights, by sums of products."""
        if not groups:
            return {}
        values, known = self._scaled
        windows: dict[tuple[int, int], list[tuple[int, ...]]] = {}
        for at in range(0, len(groups), _AT_ONCE):
            some = groups[at : at + _AT_ONCE]
            used = known[np.array(some)].all(axis=1)
            ends = used.argmax(axis=1), used.shape[1] - used[:, ::-1].argmax(axis=1)
            for row in np.flatnonzero(used.sum(axis=1) >= LEAST_NIGHTS).tolist():
                windows.setdefault((int(ends[0][row]), int(ends[1][row])), []).append(some[row])
        found: dict[tuple[int, ...], Link] = {}
        for (start, stop), members in windows.items():
            # the calendar's columns depend on the first and the last night only
            across, window = self.calendar[start, stop, self.adjust, False][1].T, slice(start, stop)
            across = across / np.sqrt((across * across).sum(axis=1))[:, None]
            upper, lower = np.triu_indices(len(across))
            squares = across[upper] * across[lower]
            for place in range(0, len(members), _AT_ONCE):
                some = members[place : place + _AT_ONCE]
                found.update(_from_sums(some, values[:, window], known[:, window], across, squares))
        return found

    def _controls(self, used: Bools) -> Floats:
        """Return orthonormal controls of some rows."""
        at = np.flatnonzero(used)
        if at[-1] - at[0] < len(at):  # the calendar of all rows of a stretch is made once
            return guards.control_basis(self.calendar[at[0], at[-1] + 1, self.adjust, False][1])
        number = guards.night_numbers(self.calendar.days[at])
        day, span = self.calendar.weekday[at], int(number[-1]) + 1
        return guards.control_basis(guards.calendar_controls(number, day, span, adjust=self.adjust))

    def _links(self, place: int, each: Sequence[tuple[int, ...]]) -> list[Link]:
        """Set one factor beside each of several groups of others, all of one size."""
        asked = [(place, *others) for others in each]
        found = self._by_sums([one for one in asked if self.plain.issuperset(one)])
        return [found.get(one) or self.link(place, one[1:]) for one in asked]

    def link(self, place: int, others: tuple[int, ...]) -> Link:
        """Set one factor beside others on the nights on which all are known."""
        used = np.logical_and.reduce([self.habits[one].known for one in (place, *others)])
        if (n := int(used.sum())) < LEAST_NIGHTS:
            return Link(place, others, n)
        mine = self._block(place, used)
        theirs = np.column_stack([self._block(other, used) for other in others])
        theirs = theirs if theirs.shape[1] < 2 else guards.control_basis(theirs)
        spare = n - self.basis[used.tobytes()].shape[1] - mine.shape[1] - theirs.shape[1]
        if not mine.shape[1] or not theirs.shape[1] or spare < _SPARE:
            return Link(place, others, n)
        shared = mine.T @ theirs
        r = float(shared[0, 0]) if shared.size == 1 else float(np.linalg.norm(shared, 2))
        return Link(place, others, n, r, _wider(r))

    @cached_property
    def _kept_alongside(self) -> Bools:
        """Say (h, h) of which others (column) most of a factor's own nights (row) are known."""
        both = (known := self._scaled[1].astype(np.float64)) @ known.T
        return np.asarray(both >= KEPT_ALONGSIDE * np.diag(both)[:, None])

    def _together(self, members: tuple[int, ...]) -> list[float]:
        """Inflation of every member beside all others, from one inverse of their products."""
        if members not in self.together:
            self.together[members] = self._inflations(members)
        return self.together[members]

    def _inflations(self, members: tuple[int, ...]) -> list[float]:
        used = np.logical_and.reduce([self.habits[place].known for place in members])
        if used.sum() < LEAST_NIGHTS:
            return [math.nan] * len(members)
        self._bases(members, used)
        blocks = [self._block(place, used) for place in members]
        columns = np.column_stack(blocks)
        spare = len(columns) - self.basis[used.tobytes()].shape[1] - columns.shape[1]
        if all(block.shape[1] == 1 for block in blocks) and spare >= _SPARE:
            together = products(columns.T, columns.T)
            # the diagonal of the inverse holds the variance inflation factors of all at once
            if np.linalg.cond(together) < _NEAR_SINGULAR:
                squares = np.diag(np.linalg.inv(together)).tolist()
                return [math.sqrt(max(square, 1.0)) for square in squares]
        return [self.link(one, tuple(x for x in members if x != one)).inflation for one in members]

    def group(self, place: int) -> Link | None:
        """Find the fewest others that together make a factor inseparable."""
        members = tuple(np.flatnonzero(self._kept_alongside[place]).tolist())
        if len(members) < 3 or not self._together(members)[members.index(place)] > MOST_INFLATION:
            return None  # also where none is known, and where pairs say it all
        everyone = tuple(other for other in members if other != place)
        chosen: tuple[int, ...] = ()
        while len(chosen) < min(MOST_IN_A_GROUP - 1, len(everyone)):
            left = [other for other in everyone if other not in chosen]
            tried = self._links(place, [(*chosen, other) for other in left])
            # greedily: all triples of thirty habits would be too many to try
            best = max(tried, key=lambda link: np.nan_to_num(link.inflation, nan=0.0))
            chosen = best.others
            if best.status == "entangled":
                judged = len(chosen) > 1 and best.ties(int(self.habits[place].known.sum()))
                return best if judged and self._needs_all(best) else None
        return None

    def _needs_all(self, link: Link) -> bool:
        """Say whether every other adds its part, rather than a pair that is nearly entangled."""
        fewer = [tuple(other for other in link.others if other != out) for out in link.others]
        without = self._links(link.factor, fewer)
        return all(EACH_ADDS * less.inflation <= link.inflation for less in without)


def _least(columns: Floats) -> Floats:
    """Sum of squares below which the controls leave only rounding, which must not be scaled up."""
    total = ((columns - columns.mean(axis=0)) ** 2).sum(axis=0)
    return np.asarray(np.maximum(_NOTHING * total, _ROUNDING * (columns * columns).sum(axis=0)))


def _from_sums(
    groups: Sequence[tuple[int, ...]], values: Floats, known: Bools, across: Floats, squares: Floats
) -> dict[tuple[int, ...], Link]:
    """Link groups by the normal equations of each; those near singular are left out."""
    members = np.array(groups)
    used = known[members].all(axis=1).astype(np.float64)
    n, k, m = used.sum(axis=1), len(across), members.shape[1]
    upper, lower = np.triu_indices(k)
    gram = np.empty((len(groups), k, k))
    gram[:, upper, lower] = gram[:, lower, upper] = products(used, squares)
    sides = used[:, None] * values[members]  # (groups, m, N)
    try:
        root = np.linalg.cholesky(gram)
        along = np.linalg.inv(root) @ products(sides, across).transpose(0, 2, 1)
        whole = products(sides, sides)
        left = whole - along.transpose(0, 2, 1) @ along
        square, length = np.einsum("pii->pi", left), np.einsum("pii->pi", whole)
        total = length - sides.sum(axis=2) ** 2 / n[:, None]
        least = np.maximum(_NOTHING * total, _ROUNDING * length)
        told = (square > least).all(axis=1) & (n - k - m >= _SPARE)
        scale = np.sqrt(np.where(told[:, None], square, 1.0))
        left = left / (scale[:, :, None] * scale[:, None])
        left[~told] = np.eye(m)
        of_others = np.linalg.cholesky(left[:, 1:, 1:])
    except np.linalg.LinAlgError:
        halves = (groups[: len(groups) // 2], groups[len(groups) // 2 :])
        found: dict[tuple[int, ...], Link] = {}
        for half in halves if len(groups) > 1 else ():
            found |= _from_sums(half, values, known, across, squares)
        return found
    regular = np.minimum(*(np.einsum("pii->pi", one).min(axis=1) for one in (root, of_others)))
    shared = (np.linalg.inv(of_others) @ left[:, 1:, :1])[:, :, 0]
    r = shared[:, 0] if m == 2 else np.sqrt((shared * shared).sum(axis=1))
    links = zip(groups, n.tolist(), r.tolist(), told.tolist(), strict=True)
    return {
        group: Link(group[0], group[1:], int(nights), *((one, _wider(one)) if tells else ()))
        for (group, nights, one, tells), sure in zip(links, regular > _REGULAR, strict=True)
        if sure and (tells or m == 2)
    }


def _wider(r: float) -> float:
    """Return how many times as wide an interval becomes beside what shares this much."""
    square = min(r * r, 1.0)
    return math.inf if square > _ALWAYS else 1.0 / math.sqrt(1.0 - square)


def _columns(habit: Habit, used: Bools) -> Floats:
    """Return a factor as columns of numbers: one, or one per kind beyond the first."""
    values = habit.values[used]
    if habit.kind != "categorical":
        return values[:, None]
    seen, counts = np.unique(values, return_counts=True)
    often = seen[counts >= LEAST_ON_A_SIDE]
    return np.column_stack([np.zeros(len(values)), *(values == kind for kind in often[1:])])
