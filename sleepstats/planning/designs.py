"""What nights to come may be like, their noise and how a factor is spread, set side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sleepstats.arrays import Floats, Ints
from sleepstats.asking import verdicts
from sleepstats.asking.estimation import Asking
from sleepstats.columns import Column
from sleepstats.inference import guards, information, randomisation, whiten
from sleepstats.planning.result import NightsNeeded
from sleepstats.units import difference_unit, one_unit

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
    lag = np.arange(information.LINEAR_FROM)
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
    covariance = np.zeros(information.LINEAR_FROM)
    lags = min(max(2, span // 4), information.LINEAR_FROM - 1)
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
    expected = information.expected_information(
        covariances, most=most, phi=noise.phi, kappa=noise.kappa, missing=noise.missing,
        adjust=asking.adjust,
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
            row["smallest"] = median * math.expm1(least) if log_scale else least
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


def _freedom(expected: information.Expected, design: Design) -> Floats:
    """Return degrees of freedom: spare nights, fewer where a few nights decide."""
    few = np.maximum(expected.recorded / design.kurtosis, 3.0)
    return np.asarray(np.maximum(np.minimum(expected.spare, few), 1.0))
