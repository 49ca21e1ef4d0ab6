"""What nights to come may be like, their noise and how a factor is spread, set side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats, Ints
from sleepstats.asking import verdicts
from sleepstats.asking.estimation import Asking
from sleepstats.columns import Column
from sleepstats.inference import effective, guards, randomisation, whiten
from sleepstats.latency import LATENCY
from sleepstats.results.base import Result
from sleepstats.results.sentences import named
from sleepstats.units import decimals, difference_unit, one_unit

#: Longest diary considered: ten years.
LONGEST = 3650
#: Share of nights not recorded, and persistence, supposed before any night is known.
USUAL_MISSING, USUAL_PERSISTENCE = 0.15, 0.3
#: Share of a night's variance that is its own before any night is known, and the most that one
#: night's lasting deviation hands to the next.
USUAL_ONE_NIGHT, MOST_LASTING = 0.3, 0.95


@dataclass(frozen=True)
class Design:
    """One way to spread a yes or no over the nights, or the person's own way."""

    words: str
    share: float
    covariance: Floats
    kurtosis: float


@dataclass(frozen=True)
class Noise:
    """How a night varies: on the scale of the analysis."""

    sd: float
    phi: float
    kappa: float
    missing: float


def supposed(sd: float, persistence: float | None, missing: float | None) -> Noise:
    """Return the noise supposed before any night is known."""
    next_night = USUAL_PERSISTENCE if persistence is None else persistence
    kappa = min(USUAL_ONE_NIGHT, 1.0 - next_night / MOST_LASTING)
    kappa = max(kappa, 0.0)
    away = USUAL_MISSING if missing is None else missing
    return Noise(sd, next_night / (1.0 - kappa), kappa, away)


def fitted(y: Floats, controls: Floats, x: Floats | None, number: Ints, span: int) -> Noise:
    """Fit spread and persistence with the calendar and the factor removed."""
    columns = controls if x is None else np.column_stack([controls, x])
    basis = guards.control_basis(columns)
    weight, variance = randomisation.noise_weights(
        guards.without_controls(y[:, None], basis)[:, 0], basis, number
    )
    grid = whiten.noise_grid()
    return Noise(
        math.sqrt(float(weight @ variance)),
        float(weight @ grid.phi),
        float(weight @ grid.kappa),
        1.0 - len(number) / span,
    )


def five_designs() -> list[Design]:
    """Return five ways to spread a yes or no over the nights."""
    lag = np.arange(effective.LINEAR_FROM)
    now = lag == 0
    ways = (
        ("half of the nights, by a coin", 0.5, now),
        ("every other night", 0.5, (-1.0) ** lag),
        ("half of the nights, ten in a row", 0.5, 0.8**lag),
        ("one night in five, by a coin", 0.2, now),
        ("one night in twelve, by a coin", 0.08, now),
    )
    designs = []
    for words, share, memory in ways:
        variance = share * (1.0 - share)
        kurtosis = (1.0 - 3.0 * variance) / variance
        covariance = np.asarray(variance * memory, dtype=np.float64)
        designs.append(Design(words, share, covariance, kurtosis))
    return designs


def own_design(x: Floats, controls: Floats, number: Ints, span: int, yes_no: bool) -> Design:
    """Return how a factor was spread over the nights: its autocovariance beside the calendar."""
    basis = guards.control_basis(controls)
    left = guards.without_controls(x[:, None], basis)[:, 0]
    left *= math.sqrt(len(x) / max(len(x) - basis.shape[1], 1))
    grid = np.zeros(span)
    there = np.zeros(span)
    grid[number], there[number] = left, 1.0
    covariance = np.zeros(effective.LINEAR_FROM)
    lags = min(max(2, span // 4), effective.LINEAR_FROM - 1)
    for lag in range(lags + 1):
        pairs = float(there[lag:] @ there[: span - lag])
        if pairs:
            taper = 1.0 - lag / (lags + 1)
            covariance[lag] = taper * float(grid[lag:] @ grid[: span - lag]) / pairs
    kurtosis = float((left**4).mean() / (left**2).mean() ** 2)
    share = float(x.mean()) if yes_no else math.nan
    return Design("as so far", share, covariance, kurtosis)


def set_beside(
    outcome: Column,
    factor: Column | None,
    noise: Noise,
    designs: Sequence[Design],
    effect: float | None,
    so_far: tuple[int, int],
    smallest: float | None,
    median: float,
    power: float,
    questions: int,
    asking: Asking,
) -> NightsNeeded:
    """Set designs and lengths side by side."""
    covariances = np.array([design.covariance for design in designs])
    most = LONGEST if effect is not None else max(so_far[0], 20)
    expected = effective.expected_information(
        covariances, most=most, phi=noise.phi, kappa=noise.kappa, missing=noise.missing,
        adjust=asking.calendar,
    )  # fmt: skip
    log_scale = not math.isnan(median)
    unit = difference_unit(outcome.unit, outcome.name)
    yes_no = factor is None or not math.isnan(designs[0].share)
    if factor is not None and not yes_no:
        unit = f"{unit} per {one_unit(factor.unit, factor.label)}"
    rows = []
    for place, design in enumerate(designs):
        error = noise.sd / np.sqrt(np.maximum(expected.information[:, place], 1e-300))
        df = _freedom(expected, design)
        row: dict[str, object] = {
            "design": design.words, "share": design.share,
            "effect": math.nan if effect is None else float(effect), "effect_unit": unit,
            "nights": pd.NA, "recorded": math.nan, "smallest": math.nan,
        }  # fmt: skip
        if effect is not None:
            size = abs(math.log1p(effect / median)) if log_scale else abs(effect)
            chance = verdicts.power_at(size / error, df, questions=questions, level=asking.level)
            enough = np.flatnonzero((chance >= power) & (expected.spare >= 5))
            if len(enough):
                row["nights"] = int(expected.nights[enough[0]])
                row["recorded"] = float(expected.recorded[enough[0]])
        if so_far[0]:
            least = smallest
            if least is None:
                now = int(np.clip(so_far[0] - expected.nights[0], 0, len(error) - 1))
                shift = verdicts.shift_for(power, df[now], questions=questions, level=asking.level)
                least = float(error[now] * shift)
            row["smallest"] = median * float(np.expm1(min(least, 700.0))) if log_scale else least
        rows.append(row)
    table = pd.DataFrame(rows).astype(
        {"design": "str", "effect_unit": "str", "nights": "Int64", "recorded": "float64"}
    )
    return NightsNeeded(
        outcome=outcome.name,
        factor="" if factor is None else factor.name,
        effect=math.nan if effect is None else float(effect),
        effect_unit=unit,
        nights_so_far=so_far[0],
        recorded_so_far=so_far[1],
        sd=noise.sd,
        persistence=(1.0 - noise.kappa) * noise.phi,
        missing=noise.missing,
        power=power,
        level=asking.level,
        questions=questions,
        outcome_label=outcome.label,
        factor_label="" if factor is None else factor.label,
        table=table,
    )


def _freedom(expected: effective.Expected, design: Design) -> Floats:
    """Return degrees of freedom: spare nights, fewer where a few nights decide."""
    few = np.maximum(expected.recorded / design.kurtosis, 3.0)
    return np.asarray(np.maximum(np.minimum(expected.spare, few), 1.0))


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
