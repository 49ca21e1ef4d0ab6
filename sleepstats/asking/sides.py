"""The two sides of any factor: nights with it and without, or with more of it and less."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sleepstats.arrays import Bools, Floats
from sleepstats.columns import Column
from sleepstats.factors import ValueKind
from sleepstats.results.sentences import named
from sleepstats.units import CLOCK_UNIT

#: An amount that is zero on this share of nights was taken or not taken.
OFTEN_ZERO = 0.2
NONE = "none"


@dataclass(frozen=True, eq=False)
class Sides:
    """Which nights are on the one side of a factor, and both sides in words."""

    #: ndarray of bool: yes; some of it; more than the median; or a kind that is not the reference.
    on: Bools
    #: How the sides differ.
    split: str
    #: The factor as it stands in a sentence.
    name: str
    #: The kind that the others are set against, where none of the kinds is ``none``.
    reference: str = ""

    def one(self, on: bool) -> str:
        """Return a side as it stands first in a phrase: ``wine``, ``less screens``."""
        if self.split == "with":
            return self.name if on else f"no {self.name}"
        if self.split == "kind":
            return f"{self.name} {'other than ' if on else ''}“{self.reference}”"
        less = {"more": "less", "later": "earlier", "earlier": "later"}
        return f"{self.split if on else less[self.split]} {self.name}"

    def beside(self, on: bool) -> str:
        """Return a side as it stands second: ``without a meal``, ``with more screens``."""
        if self.split == "with":
            return f"{'with' if on else 'without'} {self.name}"
        return f"with {self.one(on)}"


def sides_of(column: Column, kind: ValueKind, values: Floats, levels: tuple[str, ...]) -> Sides:
    """Split nights in two: some or none, above the median or not, another kind or the reference."""
    name = named(column.label)
    if not len(values):  # no night has all of the factors looked at
        return Sides(values > 0, "with", name)
    if kind == "yes/no":
        return Sides(values == 1, "with", name)
    if kind == "categorical":
        seen, counts = np.unique(values, return_counts=True)
        none = [place for place in seen if levels[int(place)].casefold() == NONE]
        reference = none[0] if none else seen[counts.argmax()]
        name = name.removesuffix(" kind")
        if none:
            return Sides(values != reference, "with", name)
        return Sides(values != reference, "kind", name, levels[int(reference)])
    if values.min(initial=0.0) == 0 and (values == 0).mean() >= OFTEN_ZERO:
        return Sides(values > 0, "with", name)
    middle = float(np.median(values))
    above = values > middle
    if above.sum() < 0.25 * len(values):  # the median is also the most frequent high value
        above = values >= middle
    split = {CLOCK_UNIT: "later", "h before bed": "earlier"}.get(column.unit, "more")
    return Sides(above, split, name)
