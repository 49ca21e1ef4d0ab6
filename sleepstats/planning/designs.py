"""What nights to come may be like, their noise and how a factor is spread, set side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from sleepstats.arrays import LATENCY, Floats, Ints
from sleepstats.asking import Asking, verdicts
from sleepstats.columns import Column
from sleepstats.inference import information
from sleepstats.results import Result
from sleepstats.results.sentences import named
from sleepstats.units import decimals, difference_unit, one_unit, per_step

#: Longest diary considered: ten years.
LONGEST = 3650
#: Standard deviations of a night that no step of a habit goes with.
ABSURD = 5.0
_LEAST_LEFT = 0.05  # of a latency, whatever fall is asked for
_STEPS = 60  # lengths that are tried before the ones between


@dataclass(frozen=True)
class Design:
    """One way to spread a yes or no over the nights, or the person's own way."""

    words: str
    share: float
    covariance: Floats
    #: Of a number; of a yes or no it follows from how often it turns.
    kurtosis: float = math.nan

    def tails(self, phi: float) -> float:
        """Return the kurtosis of the factor with noise of this persistence whitened."""
        if not math.isnan(self.kurtosis):
            return self.kurtosis
        share = self.share
        stay = float(np.clip(self.covariance[1] / self.covariance[0], -1.0, 1.0))
        second = fourth = 0.0
        for before, chance in ((0.0, 1.0 - share), (1.0, share)):
            yes = float(np.clip(share + stay * (before - share), 0.0, 1.0))
            for now, then in ((0.0, 1.0 - yes), (1.0, yes)):
                left = (now - share) - phi * (before - share)
                second += chance * then * left**2
                fourth += chance * then * left**4
        return fourth / second**2


@dataclass(frozen=True)
class Noise:
    """How a night varies: on the scale of the analysis."""

    sd: float
    phi: float
    kappa: float
    missing: float
    #: How vaguely it is known: the relative variance of what diaries with it tell.
    vague: float = 0.0


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
        covariance = np.asarray(share * (1.0 - share) * memory, dtype=np.float64)
        designs.append(Design(words, share, covariance))
    return designs


def set_beside(
    outcome: Column,
    factor: Column | None,
    noise: Noise,
    designs: Sequence[Design],
    effect: float | None,
    so_far: tuple[int, int],
    smallest: tuple[float, float] | None,
    median: float,
    power: float,
    questions: Sequence[int],
    asking: Asking,
    step: float = 1.0,
) -> NightsNeeded:
    """Set designs and lengths side by side, for one question alone and among others."""
    covariances = np.array([design.covariance for design in designs])
    most = LONGEST if effect is not None else max(so_far[0], 20)
    expected = information.expected_information(
        covariances, most=most, phi=noise.phi, kappa=noise.kappa, missing=noise.missing,
        adjust=asking.calendar,
        kurtosis=np.array([design.tails(noise.phi) for design in designs]),
    )  # fmt: skip
    log_scale = not math.isnan(median)
    unit = difference_unit(outcome.unit, outcome.name)
    yes_no = factor is None or not math.isnan(designs[0].share)
    if factor is not None and not yes_no:
        unit = f"{unit} per {one_unit(factor.unit, factor.label)}"
    rows = []
    for asked, place in [(asked, place) for asked in questions for place in range(len(designs))]:
        design = designs[place]
        row: dict[str, object] = {
            "questions": asked, "design": design.words, "share": design.share,
            "effect": math.nan if effect is None else float(effect), "effect_unit": unit,
            "nights": pd.NA, "recorded": math.nan, "smallest": math.nan,
        }  # fmt: skip
        if effect is not None:
            size = abs(effect)
            if log_scale:  # asked as it is told, for a step; no latency falls below nothing
                size = abs(math.log1p(max(effect * step / median, _LEAST_LEFT - 1.0))) / step
            enough = _first_enough(
                expected, place, size / noise.sd, power, asked, asking.level, noise.vague
            )
            if enough is not None:
                row["nights"] = int(expected.nights[enough])
                row["recorded"] = float(expected.recorded[enough])
        if so_far[0]:
            error, df = smallest or (math.nan, math.nan)
            if smallest is None:
                now = int(np.clip(so_far[0] - expected.nights[0], 0, len(expected.nights) - 1))
                error = noise.sd / math.sqrt(max(expected.information[now, place], 1e-300))
                df = float(expected.df[now, place])
            shift = verdicts.shift_for(power, df, questions=asked, level=asking.level)
            least = error * float(shift)
            over = median * float(np.expm1(min(least * step, 700.0))) / step
            row["smallest"] = over if log_scale else least
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
        questions=max(questions),
        outcome_label=outcome.label,
        factor_label="" if factor is None else factor.label,
        table=table,
        step=step,
        per_step="" if yes_no or factor is None else per_step(step, factor.unit, factor.label),
        median=median,
    )


def _first_enough(
    expected: information.Expected, place: int, size: float, power: float, questions: int,
    level: float, vague: float = 0.0,
) -> int | None:  # fmt: skip
    """Return the first length at which an effect of so many standard deviations is found."""
    first = max(int(np.searchsorted(expected.spare, 5.0)), 0)
    last = len(expected.nights) - 1
    steps = np.unique(np.geomspace(first + 1, last + 1, _STEPS).astype(int) - 1)
    for _ in range(2):  # some lengths, then every length between the two that matter
        chance = _chance(expected, place, steps, size, questions, level, vague)
        enough = np.flatnonzero(chance >= power)
        if not len(enough):
            return None
        steps = np.arange(steps[max(enough[0] - 1, 0)], steps[enough[0]] + 1)
        chance = _chance(expected, place, steps, size, questions, level, vague)
    return int(steps[np.flatnonzero(chance >= power)[0]])


def _chance(
    expected: information.Expected, place: int, at: Ints, size: float, questions: int,
    level: float, vague: float,
) -> Floats:  # fmt: skip
    """Return the chance of finding an effect, averaged over diaries that tell more or less."""
    # five points of a normal distribution (Gauss-Hermite) for the logarithm of the information
    points, weights = np.polynomial.hermite_e.hermegauss(5)
    spread = np.sqrt(expected.between[at, place] ** 2 + vague)[:, None]
    told = expected.information[at, place][:, None] * np.exp(spread * points - spread**2 / 2.0)
    df = expected.df[at, place][:, None]
    chances = verdicts.power_at(
        size * np.sqrt(np.maximum(told, 0.0)), df, questions=questions, level=level
    )
    return np.asarray(chances @ (weights / weights.sum()))


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
        Standard deviation of a night with weekdays, slow change and factor evened out, in the
        outcome's unit; of the logarithm for latency.
    persistence : float
        Correlation of one night's deviation with the next one's.
    missing : float
        Share of calendar nights that are not recorded.
    power : float
        Wanted chance of finding the effect.
    questions : int
        Questions asked together; 1 if only the question alone is planned for.
    outcome_label, factor_label : str
        Words for sentences.
    table : DataFrame
        One row per design, or one for the factor as it was used, first for the question alone
        and then among as many as are asked: ``questions``; ``design``; ``share`` (of
        nights with it; NaN for a number); ``effect``, ``effect_unit``; ``nights`` (calendar nights
        needed for it in all; missing without an effect, or beyond ten years); ``recorded``
        (those of them expected to be recorded); ``smallest`` (the smallest effect that would be
        found with this power in diaries like the nights so far; NaN before starting).
    step, per_step, median : float, str, float
        For how much of a numeric factor the sentence tells sizes (60 min of screens rather than
        one), ``effect`` being for one unit; and the median of a latency, at which they are told.
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
    step: float = 1.0
    per_step: str = ""
    median: float = math.nan

    _frame: ClassVar[str] = "table"

    def _words(self) -> str:
        """Return the answer in plain sentences."""
        what = self.outcome_label
        if self.factor:
            what += f" with {named(self.factor_label)}"
        often = f"in {100 * self.power:.0f} of 100 such diaries"
        rows: list[dict[str, Any]] = self.table.to_dict("records")  # type: ignore[assignment]
        by_design = [
            [row for row in rows if row["design"] == design]
            for design in dict.fromkeys(row["design"] for row in rows)
        ]
        asked = [self._asked(row) for row in by_design[0]]
        said = []
        if not math.isnan(self.effect):
            takes = [[self._takes(row) for row in mine] for mine in by_design]
            if self.factor:
                each = [f"{n} {where}" for n, where in zip(takes[0], asked, strict=True)]
                answer = f" {' and '.join(each)}"
            else:
                brackets = "".join(f" ({one} in brackets)" for one in asked[1:])
                each = [
                    f"on {mine[0]['design']}: {n[0]}{''.join(f' ({x})' for x in n[1:])}"
                    for mine, n in zip(by_design, takes, strict=True)
                ]
                answer = f", {asked[0]}{brackets}, for a habit {'; '.join(each)}"
            size = self._size(self.effect)
            notice = f"To notice a difference of {size} in {what}, if there is one, {often}"
            said.append(f"{notice} takes{answer}.{self._if_per_step_was_meant()}")
        if self.nights_so_far:
            best = min(by_design, key=lambda mine: float(mine[0]["smallest"]))
            how = "" if self.factor else f", for a habit on {best[0]['design']},"
            of = f" in {what}" * (not said)
            sizes = [f"{self._size(row['smallest'])} or more{of}" for row in best]
            told = " and ".join(f"{one} {where}" for one, where in zip(sizes, asked, strict=True))
            said.append(
                f"The {self.nights_so_far} nights so far ({self.recorded_so_far} recorded) "
                f"{self._enough(best[0])}{how} to notice {told}, {often}."
            )
        spread = f"{_amount(self.sd)}{' (log)' if self.outcome == LATENCY else ''}"
        said.append(
            f"(Such diaries are imagined ones: a night's standard deviation {spread}, correlation "
            f"with the next night {self.persistence:.1f}, {100 * self.missing:.0f} % of nights not "
            "recorded.)"
        )
        return " ".join(said)

    def _size(self, effect: float) -> str:
        unit, _, per = self.effect_unit.partition(" per ")
        return f"{_amount(effect * self.step)} {unit}{f' per {self.per_step}' if per else ''}"

    def _if_per_step_was_meant(self) -> str:
        """Ask whether an effect for a step was given as one for a unit: it would be absurd."""
        most = ABSURD * (self.sd if math.isnan(self.median) else self.median * math.expm1(self.sd))
        if self.step == 1.0 or abs(self.effect * self.step) < most:
            return ""
        unit, _, per = self.effect_unit.partition(" per ")
        return (
            f" (effect={self.effect:g} is for each {per}. If {self.effect:g} {unit} per "
            f"{self.per_step} was meant, give effect={self.effect:g}/{self.step:g}.)"
        )

    def _asked(self, row: dict[str, Any]) -> str:
        """Say beside how many questions a number stands."""
        together = f"among {row['questions']} questions asked together"
        return "as the only question asked" if row["questions"] == 1 else together

    def _enough(self, row: dict[str, Any]) -> str:
        """Say so where the nights at hand showed more, or less, than as many do on average."""
        if math.isnan(self.effect) or not self.factor:
            return "are enough"
        # the plan is an average over such diaries, the smallest effect is of this one
        planned = not pd.isna(row["nights"]) and row["nights"] <= self.nights_so_far
        shown = bool(float(row["smallest"]) <= abs(self.effect))
        if planned == shown:
            return "are enough"
        if shown:
            return "happen to tell more than usual: they are enough"
        return "happen to tell less than usual: they are enough only"

    def _takes(self, row: dict[str, Any]) -> str:
        """Return a number of nights in words."""
        if pd.isna(row["nights"]):
            return "more than ten years"
        recorded = f" ({row['recorded']:.0f} recorded)" if self.factor else ""
        return f"{row['nights']} nights{recorded}"


def _amount(value: float) -> str:
    """Return a number as it deserves: fewer decimals the larger it is."""
    return f"{value:.{decimals(0.0, abs(value))}f}"
