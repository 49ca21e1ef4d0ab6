"""What a trial can show, said before it begins: from the person's own spread and persistence."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sleepstats.arrays import FLOOR_MIN, LATENCY, Floats, latency_refusal, numbers_of
from sleepstats.asking.verdicts import power_for
from sleepstats.checks import check_nights
from sleepstats.columns import absent, column_of
from sleepstats.errors import DiaryError, advice
from sleepstats.inference import guards, looks, randomisation, whiten
from sleepstats.results import Spoken
from sleepstats.trials import designs, question
from sleepstats.units import counted, decimals, difference_unit

#: A chance of four in five of finding an effect is called enough; one below this is said first.
ENOUGH, FEW = 0.8, 0.5
#: Nights of a season, in which an effect that takes more is not seen; the longest trial looked for.
SEASON, LONGEST = 90, 730
LEAST_NIGHTS = 14
_SCHEDULES, _GAPS, _NEGLIGIBLE = 60, 5, 0.01
_PLANNING = advice("plan_trial()", "sleepstats trial plan")
SEVERAL = (
    "nights holds several people, and a trial is one person's. Take one of them: "
    "nights.xs(person, level='person')."
)
_MORE_NIGHTS = "Record more nights first, or leave " + advice("nights=", "--diary") + " out."


@dataclass(frozen=True)
class Ends:
    """How a trial with planned looks ends, were there one certain difference."""

    #: Chance that it ends before the last look with a finding, and without; nights on average;
    #: what of the chance to find the difference the looks take.
    found: float
    hardly: float
    nights: float
    lost: float


@dataclass(frozen=True)
class TrialPower(Spoken):
    """What a planned trial can show of one outcome."""

    #: Column name.
    outcome: str
    #: The effect asked about, in ``unit``; NaN if none was.
    effect: float
    #: Chance that the planned nights find it, 0 to 1; NaN without an effect.
    power: float
    #: The size of the smallest effect that the planned nights find four times in five, in ``unit``;
    #: for latency that of a fall, or of a rise if `effect` is one.
    smallest: float
    #: Nights of the plan.
    nights_planned: int
    #: Nights of the same design that find the effect four times in five; None without an effect, or
    #: if two years would not do.
    nights_needed: int | None
    #: Share of the planned nights expected to be recorded, as in the diary.
    recorded: float
    #: Standard deviation of a night in the diary, weekdays and slow change evened out, in ``unit``.
    sd: float
    #: Unit and label for sentences; minutes for latency, at the median night, `typical`.
    unit: str
    outcome_label: str
    #: Nights of the diary that this rests on.
    n: int
    #: How the looks end it, with the difference asked about and with none; None for one look.
    with_effect: Ends | None = None
    without: Ends | None = None
    #: Median latency of the diary; NaN otherwise.
    typical: float = float("nan")

    def early(self) -> list[str]:
        """Say how likely the looks end the trial early."""
        if self.without is None:
            return []
        none = self.without
        said = (
            "Looked at as planned, a trial ends before its last night in "
            f"{100 * (none.found + none.hardly):.0f} of 100 cases if there is no difference (after "
            f"{none.nights:.0f} nights on average)"
        )
        if self.with_effect is None:
            return [f"{said}."]
        some = self.with_effect
        lost = f"{100 * some.lost:.1f} in 100" if some.lost >= 0.0005 else "next to nothing"
        return [
            f"{said}, and in {100 * (some.found + some.hardly):.0f} if there is one of "
            f"{self._said(abs(self.effect))} ({100 * some.found:.0f} because it is clear; after "
            f"{some.nights:.0f} nights on average); the others go on to the last night. Looking "
            f"early lowers the chance of noticing it by {lost}."
        ]

    def _words(self) -> str:
        """Return what can be seen, in plain words."""
        size = self._said(abs(self.effect))
        missed = f"would be missed in {100 - 100 * self.power:.0f} of 100 such trials. "
        seen = f"Probably too short: a difference of {size} {missed}" * (self.power < FEW) + (
            f"Going by how much {counted(self.n, 'night')} of your diary differ, "
            f"{self.nights_planned} nights so planned ({100 * self.recorded:.0f} % of them "
            f"recorded) show a difference of {self._said(self.smallest)} in {self.outcome_label} "
            "four times in five, if there is one, and smaller ones less often."
        )
        if np.isnan(self.effect):
            return seen
        chance = f" One of {size} shows in {100 * self.power:.0f} of 100 such trials"
        if self.power >= ENOUGH:
            return f"{seen}{chance}."
        if self.nights_needed is None:
            return f"{seen}{chance}; even two years of nights would be too few for four in five."
        season = ", more than a season" if self.nights_needed > SEASON else ""
        return f"{seen}{chance}; four in five takes {self.nights_needed} nights{season}."

    def _said(self, amount: float) -> str:
        return f"{amount:.{decimals(-amount, amount)}f} {self.unit}"


@dataclass(frozen=True, eq=False)
class _Noise:
    """The noise of one diary, on the scale of the analysis."""

    weight: Floats
    sd: Floats  # per noise shape
    usual: float  # standard deviation of a night, whatever the shape
    recorded: float
    median: float  # of latency; NaN otherwise
    n: int


def expect(
    nights: pd.DataFrame, planned: designs.Design, *, outcome: str, effect: float | None, seed: int,
    asked: question.Question | None = None,
) -> TrialPower:  # fmt: skip
    """Say what a design can show, by the noise of a person's diary."""
    # at each noise shape E[x' W'(I - H)W x] is the mean over drawn schedules, with nights left out
    # as often as in the diary
    noise, label, unit = _noise_of(nights, outcome)
    if effect is not None:
        _check_effect(effect, noise)
    smallest = _smallest(noise, steps := _errors(planned, noise, seed))
    power, needed = float("nan"), None
    if effect is not None:
        shift = _on_scale(effect, noise)
        power = _power(shift, noise, steps)
        needed = planned.n_nights if power >= ENOUGH else _needed(shift, planned, noise, seed)
    ends: tuple[Ends | None, Ends | None] = None, None
    if asked is not None and len(asked.looks) > 1:
        ends = _ends(effect, planned, asked, noise, seed)
    return TrialPower(
        outcome=outcome,
        effect=float("nan") if effect is None else float(effect),
        power=power,
        smallest=smallest if np.isnan(noise.median) else _in_minutes(smallest, noise, effect),
        nights_planned=planned.n_nights,
        nights_needed=needed,
        recorded=noise.recorded,
        sd=noise.usual if np.isnan(noise.median) else noise.median * float(np.expm1(noise.usual)),
        unit=f"min on a typical night of {noise.median:.0f} min" if outcome == LATENCY else unit,
        outcome_label=label,
        n=noise.n,
        with_effect=ends[0],
        without=ends[1],
        typical=noise.median,
    )


def _ends(
    effect: float | None, planned: designs.Design, asked: question.Question, noise: _Noise,
    seed: int,
) -> tuple[Ends | None, Ends]:  # fmt: skip
    """Walk through the looks many times, with a difference and without."""
    from scipy.special import stdtrit

    nights = asked.look_nights(planned)
    shapes = noise.weight > 0
    steps = [_errors(replace(planned, n_nights=number), noise, seed) for number in nights]
    told = [noise.weight[shapes] @ error[shapes] ** -2.0 for error, _ in steps]
    known: Floats = np.maximum.accumulate(told)
    shares = tuple(float(part) for part in np.round(known / known[-1], 6))
    spent = looks.spent_by(np.asarray(nights) / nights[-1], 1.0 - asked.level)
    # few nights, and few coins, make the bound of an early look larger than that of a normal z
    bound = stdtrit([df for _, df in steps], 1.0 - spent / 2.0)
    normal = stdtrit(1e6, 1.0 - spent / 2.0)
    z = np.asarray(np.sqrt(known) * normal / bound, dtype=np.float64)
    some, matters = (
        0.0 if size is None or np.isnan(size) else _on_scale(size, noise)
        for size in (effect, asked.matters)
    )
    ends = []
    for shift in (some, 0.0):
        found, none, lost = looks.walk_through(
            shares, spent, shift * z, matters * float(z[-1]), question.HARDLY
        )
        on_average = float((found + none) @ np.asarray(nights))
        ends.append(Ends(float(found[:-1].sum()), float(none[:-1].sum()), on_average, lost))
    return (None if effect is None else ends[0]), ends[1]


def _noise_of(nights: pd.DataFrame, outcome: str) -> tuple[_Noise, str, str]:
    """Weigh the noise shapes by a diary, week and drift removed."""
    check_nights(nights)
    if isinstance(nights.index, pd.MultiIndex):
        raise DiaryError(SEVERAL)
    if outcome not in nights:
        raise DiaryError(absent(nights, outcome))
    if outcome == LATENCY and (why := latency_refusal(nights)):
        raise DiaryError(f"{_PLANNING}: {why}. Choose another outcome.")
    dates = pd.DatetimeIndex(nights.index)
    reading = numbers_of(nights, outcome)
    used = np.isfinite(reading.values)
    n = int(used.sum())
    if n < LEAST_NIGHTS:
        raise DiaryError(
            f"{_PLANNING} needs at least {LEAST_NIGHTS} nights with {outcome} to say what a trial "
            f"can show; {n} have it. {_MORE_NIGHTS}"
        )
    y, median = reading.values[used], float("nan")
    if outcome == LATENCY:
        y = np.log(np.maximum(y, FLOOR_MIN))
        median = float(np.exp(np.median(y)))
    number = guards.night_numbers(dates[used].to_numpy("datetime64[D]"))
    span = int(number[-1]) + 1
    fixed = guards.calendar_controls(number, dates[used].day_of_week.to_numpy(), span)
    basis = guards.control_basis(fixed)
    left = guards.without_controls(y[:, None], basis)[:, 0]
    if n - basis.shape[1] < 6 or not left.std() > 1e-9 * max(1.0, float(np.abs(y).max())):
        raise DiaryError(
            f"{outcome} does not vary enough over {n} nights to say what a trial can show. "
            f"{_MORE_NIGHTS}"
        )
    scale = float(left.std())
    weight, variance = randomisation.noise_weights(left / scale, basis, number)
    weight = np.where(weight < _NEGLIGIBLE, 0.0, weight)
    usual = scale * float(np.sqrt(n / (n - basis.shape[1])))
    weight = weight / weight.sum()
    noise = _Noise(weight, scale * np.sqrt(variance), usual, n / span, median, n)
    column = column_of(nights, outcome)
    return noise, column.label, difference_unit(column.unit, outcome)


def _errors(planned: designs.Design, noise: _Noise, seed: int) -> tuple[Floats, float]:
    """Return the standard error of the difference at each noise shape, and degrees of freedom."""
    n = planned.n_nights
    schedules = planned.draw(_SCHEDULES, [seed, 1]).astype(np.float64)
    able = np.flatnonzero(planned.compared)
    open_nights = np.random.default_rng([seed, 2])
    shapes = np.flatnonzero(noise.weight)
    grid = whiten.noise_grid()
    total, freedom = np.zeros(len(shapes)), 0.0
    for _ in range(_GAPS):
        few = max(round(noise.recorded * len(able)), 8)
        kept = np.sort(open_nights.permutation(able)[:few])
        fixed = guards.calendar_controls(kept, kept % 7, n)
        k = fixed.shape[1]
        columns = np.concatenate([fixed, schedules[:, kept].T], axis=1)
        whitened, _ = whiten.whiten(columns, kept, grid.phi[shapes], grid.kappa[shapes])
        q = np.linalg.qr(whitened[:, :k].transpose(0, 2, 1))[0]
        x = whitened[:, k:]
        along = x @ q
        information = (x * x).sum(axis=2) - (along * along).sum(axis=2)
        total += information.mean(axis=1)
        freedom += max(len(kept) - k - 1, 1)
    # a randomisation test knows no more than its schedules: their coins bound the freedom
    coins = planned.count.bit_length() - 1
    df = max(min(freedom / _GAPS, coins - 1.0), 1.0)
    error = np.full(len(noise.weight), np.inf)
    error[shapes] = noise.sd[shapes] / np.sqrt(np.maximum(total / _GAPS, 1e-12))
    return error, df


def _power(shift: float, noise: _Noise, steps: tuple[Floats, float]) -> float:
    """Return the chance to find a shift, averaged over noise shapes."""
    from scipy.special import stdtrit

    error, df = steps
    shapes = np.flatnonzero(noise.weight)
    half = error[shapes] * float(stdtrit(df, 0.975))
    return float(noise.weight[shapes] @ power_for(abs(shift), -half, half, df))


def _smallest(noise: _Noise, steps: tuple[Floats, float]) -> float:
    """Return the shift found four times in five, by halving."""
    low, high, middle = 0.0, 1.0, noise.usual
    while _power(high * middle, noise, steps) < ENOUGH and high < 1e3:
        high *= 2.0
    for _ in range(30):
        half = (low + high) / 2.0
        low, high = (half, high) if _power(half * middle, noise, steps) < ENOUGH else (low, half)
    return high * middle


def _needed(shift: float, planned: designs.Design, noise: _Noise, seed: int) -> int | None:
    """Return the least number of nights of the same design that is enough."""
    turn = planned.turn
    block = planned.block if planned.name == "blocks" else None
    cap = planned.max_run if planned.name == "free" else None

    def enough(turns: int) -> bool:
        longer = designs.design(
            planned.name, turns * turn, block=block, max_run=cap, washout=planned.washout
        )
        return _power(shift, noise, _errors(longer, noise, seed)) >= ENOUGH

    few, many = planned.n_nights // turn, LONGEST // turn
    if few >= many or not enough(many):
        return None
    while many - few > 1:
        half = (few + many) // 2
        few, many = (few, half) if enough(half) else (half, many)
    return many * turn


def _in_minutes(smallest: float, noise: _Noise, effect: float | None) -> float:
    """Return a change of log latency as minutes off, or on, the median night."""
    return noise.median * abs(float(np.expm1(smallest if (effect or 0.0) > 0 else -smallest)))


def _on_scale(effect: float, noise: _Noise) -> float:
    return effect if np.isnan(noise.median) else float(np.log1p(effect / noise.median))


def _check_effect(effect: float, noise: _Noise) -> None:
    number = isinstance(effect, int | float | np.integer | np.floating)
    if not number or isinstance(effect, bool) or not np.isfinite(effect) or effect == 0:
        raise DiaryError(
            f"effect is {effect!r}, expected a difference other than 0 in the outcome's own unit, "
            "such as 20 for 20 min."
        )
    if not np.isnan(noise.median) and effect <= -noise.median:
        raise DiaryError(
            f"effect is {effect:g} min, but the median latency is {noise.median:.0f} min; it "
            "cannot fall by more than that."
        )
