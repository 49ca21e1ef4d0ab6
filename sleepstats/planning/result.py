"""What planning gave: nights for an effect, the smallest effect so far, and the sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from sleepstats.latency import LATENCY
from sleepstats.results.base import Result
from sleepstats.results.sentences import named
from sleepstats.units import decimals


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class NightsNeeded(Result):
    """How many nights an effect takes; made by :func:`~sleepstats.nights_needed`.

    Attributes
    ----------
    outcome, factor : str
        Column names; ``factor`` is empty for a habit that is still to be chosen.
    effect : float
        The effect asked for, in ``effect_unit``; NaN if none was.
    effect_unit : str
        The outcome's unit, and ``per`` the factor's for a numeric one.
    nights_so_far, recorded_so_far : int
        Calendar nights from the first to the last, and those that have the outcome (and the
        factor); 0 before starting.
    sd : float
        Standard deviation of a night with the week, slow drift and factor removed, in the
        outcome's unit; of the logarithm for latency.
    persistence : float
        Correlation of one night's deviation with the next one's.
    missing : float
        Share of calendar nights that are not recorded.
    power : float
        Wanted chance of finding the effect.
    questions : int
        Questions asked together.
    outcome_label, factor_label : str
        Words for sentences.
    table : DataFrame
        One row per design, or one for the factor as it was used: ``design``; ``share`` (of
        nights with it; NaN for a number); ``effect``, ``effect_unit``; ``nights`` (calendar nights
        needed for it in all; missing without an effect, or beyond ten years); ``recorded``
        (those of them expected to be recorded); ``smallest`` (the smallest effect that the nights
        so far would show with this power; NaN before starting).
    """

    outcome: str
    factor: str
    effect: float
    effect_unit: str
    nights_so_far: int
    recorded_so_far: int
    sd: float
    persistence: float
    missing: float
    power: float
    questions: int
    outcome_label: str
    factor_label: str
    table: pd.DataFrame = field(repr=False)

    _frame: ClassVar[str] = "table"

    def __str__(self) -> str:
        """Return the answer in plain sentences."""
        what = self.outcome_label
        if self.factor:
            what += f" with {named(self.factor_label)}"
        said = []
        rows: list[dict[str, Any]] = self.table.to_dict("records")  # type: ignore[assignment]
        if not math.isnan(self.effect):
            takes = "; ".join(
                self._takes(row) if self.factor else f"{row['design']}: {self._takes(row)}"
                for row in rows
            )
            said.append(
                f"To find {_amount(self.effect)} {self.effect_unit} in {what} in "
                f"{100 * self.power:.0f} % of such diaries takes {takes}."
            )
        if self.nights_so_far:
            best = min(rows, key=lambda row: float(row["smallest"]))
            how = "" if self.factor else f", of a habit on {best['design']}"
            said.append(
                f"The {self.nights_so_far} nights so far ({self.recorded_so_far} recorded) would "
                f"show {_amount(best['smallest'])} {self.effect_unit} or more in {what}{how}."
                f"{self._against_the_plan(best) if self.factor else ''}"
            )
        spread = f"{_amount(self.sd)}{' (log)' if self.outcome == LATENCY else ''}"
        asked = f", {self.questions} questions asked" if self.questions > 1 else ""
        said.append(
            f"(A night's standard deviation {spread}, correlation with the next night "
            f"{self.persistence:.1f}, {100 * self.missing:.0f} % of nights not recorded{asked}.)"
        )
        return " ".join(said)

    def _against_the_plan(self, row: dict[str, Any]) -> str:
        """Say so where the nights at hand showed more, or less, than as many do on average."""
        if math.isnan(self.effect):
            return ""
        # the plan is an average over such diaries, the smallest effect is of this one
        planned = not pd.isna(row["nights"]) and row["nights"] <= self.nights_so_far
        shown = bool(float(row["smallest"]) <= abs(self.effect))
        if planned == shown:
            return ""
        return f" (They told {'more' if shown else 'less'} than as many nights do on average.)"

    def _takes(self, row: dict[str, Any]) -> str:
        """Return a number of nights in words."""
        if pd.isna(row["nights"]):
            return "more than ten years"
        return f"{row['nights']} nights ({row['recorded']:.0f} recorded)"


def _amount(value: float) -> str:
    """Return a number as it deserves: fewer decimals the larger it is."""
    return f"{value:.{decimals(0.0, abs(value))}f}"
