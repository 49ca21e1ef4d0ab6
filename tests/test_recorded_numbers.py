"""Numbers of results, written down once in ``recorded_numbers.json`` and held against those of now.

That they are right is tested elsewhere, by other programs, by hand and by simulated truth; here it
is noticed that one of them moved, wherever in the engine or the trials that was. Write them anew
with ``python tests/test_recorded_numbers.py``, and only with a reason for the changelog.
"""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.inference import gls_joint, gls_slope, gls_slopes, none_alone, shrinkage
from sleepstats.inference.beside import beside_others
from sleepstats.inference.guards import calendar_controls
from sleepstats.inference.habit_columns import explained_shares, ready_habits
from sleepstats.inference.information import effective_correlations
from sleepstats.inference.looks import compare_looks, looks_test
from sleepstats.inference.randomisation import randomisation_test
from sleepstats.trials.designs import design
from sleepstats.trials.power import expect

FILE = Path(__file__).with_name("recorded_numbers.json")


def flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Give every number of a result with its place, to eight digits, and what it was found to be.

    Not what is said of it: words change, and have tests of their own.
    """
    if hasattr(value, "to_dict") and not isinstance(value, pd.DataFrame | pd.Series):
        value = value.to_dict()
    if isinstance(value, pd.DataFrame):
        value = {"index": [str(i) for i in value.index], **value.to_dict("list")}
    if hasattr(value, "__dataclass_fields__"):
        value = vars(value)
    if isinstance(value, np.ndarray) and value.size > 60 and value.dtype.kind in "fiub":
        known = value[np.isfinite(value)].astype(float)
        value = [value.size, known.size, known.sum(), (known**2).sum(), known[0], known[-1]]
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from flat(part, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for i, part in enumerate(value):
            yield from flat(part, f"{path}[{i}]")
    elif isinstance(value, float):
        yield path, repr(value) if not math.isfinite(value) else float(f"{value:.8g}")
    elif isinstance(value, bool | int) or path.endswith(("status", "kind")):
        yield path, value
    elif isinstance(value, pd.Timestamp) or value is None:
        yield path, str(value)


def alike(one: Any, other: Any) -> bool:
    """Say whether two numbers differ by no more than machines round differently."""
    if isinstance(one, bool) or isinstance(other, bool) or isinstance(one, str):
        return bool(one == other)
    return not isinstance(other, str) and math.isclose(one, other, rel_tol=1e-5, abs_tol=1e-9)


@cache
def diary(n: int = 80, seed: int = 1, *, gaps: bool = True) -> pd.DataFrame:
    """Make a diary with memory from night to night, gaps, kinds, ratings, clocks and latency."""
    rng = np.random.default_rng(seed)
    days = pd.date_range("2026-01-05", periods=n, name="night")
    noise = rng.normal(size=(n, 3))
    for night in range(1, n):
        noise[night] += 0.4 * noise[night - 1]
    stress = np.clip(np.round(3 + noise[:, 0]), 0, 7)
    cups, late = rng.poisson(1.2, n), rng.random(n) < 0.35
    bed = 1380 + 20 * (days.day_of_week >= 4) + np.round(25 * noise[:, 1])
    slept = 425 - 9 * stress - 6 * cups + 30 * noise[:, 2] + 25 * (days.day_of_week >= 4)
    nights = pd.DataFrame(
        {
            "into_bed": days + pd.to_timedelta(bed, unit="min"),
            "out_of_bed": days + pd.to_timedelta(bed + np.round(slept) + 55, unit="min"),
            "tst_min": np.round(slept),
            "sol_min": np.maximum(1, np.round(np.exp(2.6 + 0.12 * stress + 0.5 * noise[:, 1]))),
            "quality": np.clip(np.round(6 - 0.5 * stress + rng.normal(size=n)), 1, 5),
            "stress": stress,
            "cups": cups.astype(float),
            "late_meal": pd.array(late, dtype="boolean"),
            "drink": rng.choice(["none", "tea", "wine"], n),
            "last_coffee": days + pd.to_timedelta(840 + 15 * rng.integers(0, 20, n), unit="min"),
        },
        index=days,
    )
    if gaps:
        for name, share in (("tst_min", 0.06), ("stress", 0.1), ("cups", 0.15), ("quality", 0.08)):
            nights.loc[rng.random(n) < share, name] = np.nan
        nights = nights.drop(nights.index[[11, 12, 30]])
    return nights


def arrays(n: int = 60, seed: int = 4) -> tuple[Any, Any, Any, Any]:
    """Return outcomes, factors, calendar and numbers of nights, some of which are missing."""
    rng = np.random.default_rng(seed)
    number = np.flatnonzero(rng.random(n + 12) > 0.15)[:n]
    X = np.column_stack([rng.normal(size=len(number)), rng.integers(0, 2, len(number)),
                         np.cumsum(rng.normal(size=len(number))) / 3])  # fmt: skip
    Y = np.column_stack([X @ [0.5, 0.8, 0.0], X @ [0.0, -0.4, 0.6]])
    Y += rng.normal(size=Y.shape) * (1 + 0.7 * (number % 7 >= 5))[:, None]
    return Y, X, calendar_controls(number, number % 7, int(np.ptp(number)) + 1), number


def clocked(start: str = "2026-01-05", n: int = 70, *, zone: str = "") -> pd.DataFrame:
    """Make nights with every clock, some of them missing, over midnight and after it."""
    rng = np.random.default_rng(12)
    days = pd.date_range(start, periods=n, name="night")
    steps = np.column_stack([1350 + 90 * rng.normal(size=n), rng.integers(0, 40, n),
                             rng.integers(0, 50, n), 380 + 60 * rng.normal(size=n),
                             rng.integers(0, 45, n)])  # fmt: skip
    minutes = np.round(np.cumsum(steps, axis=1))
    names = ("into_bed", "lights_out", "sleep_onset", "final_wake", "out_of_bed")
    clocks = {
        name: days + pd.to_timedelta(m, unit="min")
        for name, m in zip(names, minutes.T, strict=True)
    }
    nights = pd.DataFrame(clocks, index=days)
    nights["nawk"] = rng.integers(0, 4, n).astype(float)
    nights["waso_min"] = nights["nawk"] * rng.integers(1, 20, n)
    nights["nap_min"] = np.where(rng.random(n) < 0.2, 25.0, 0.0)
    for name in [*names, "nawk", "waso_min"]:
        nights.loc[rng.random(n) < 0.06, name] = np.nan if name[0] in "nw" else pd.NaT
    if zone:
        nights.attrs["sleepstats"] = {"zone": zone}
    return nights.drop(nights.index[[3, 9]])


def people() -> pd.DataFrame:
    made = {f"p{i}": diary(40 + 3 * i, 10 + i) for i in range(6)}
    return pd.concat(made, names=["person", "night"])


def trial(
    *, upto: int | None = None, effect: float = 25.0, drop: tuple[int, ...] = (), **how: Any
) -> Any:
    """Answer a trial whose nights have memory and a known effect; some are missing or swapped."""
    again = {"look": how.pop("look")} if "look" in how else {}
    how = {"start": "2026-01-05", "outcome": "tst_min", "matters": 20.0, "seed": 3} | how
    plan = ss.plan_trial(how.pop("nights", 42), conditions=("reading", "screen"), **how)
    rng = np.random.default_rng(8)
    y = rng.normal(size=len(plan.first)) * 35
    for night in range(1, len(y)):
        y[night] += 0.3 * y[night - 1]
    done = plan.table["condition"].to_numpy().copy()
    done[[5, 17]] = np.where(plan.first[[5, 17]], plan.conditions[1], plan.conditions[0])
    nights = pd.DataFrame(
        {"tst_min": 420 + y + effect * plan.first, "quality": np.round(3 + y / 40), "done": done,
         "sol_min": np.exp(3 - y / 80)}, index=plan.nights,
    )  # fmt: skip
    nights.iloc[list(drop), 0] = np.nan
    return ss.analyse_trial(nights.iloc[:upto], plan, **again)


def _looks(upto: int, effect: float) -> Any:
    made, number = design("pairs", 40), np.arange(40)
    rng = np.random.default_rng(2)
    x = made.draw(1, 7)[0]
    y = rng.normal(size=40) * 30 + effect * x
    at = [m for m in (20, 30, 40) if m <= upto]
    z = [calendar_controls(number[:m], number[:m] % 7, m) for m in at]
    compared = compare_looks(y[:upto], x[:upto], made.draw(400, 1)[:, :upto], z, number[:upto])
    return looks_test(compared, shares=(0.5, 0.75, 1.0), asked=20.0, hardly=0.2)


def _randomised(**how: Any) -> Any:
    made, number = design("blocks", 54, block=3), np.arange(54)
    x, rng = made.draw(1, 5)[0], np.random.default_rng(6)
    y = np.cumsum(rng.normal(size=54)) * 8 + 20 * x
    z = calendar_controls(number, number % 7, 54)
    return randomisation_test(y, x, made.draw(500, 2), z, number, **how)


def arrays_of(one: Any) -> dict[str, Any]:
    return {name: part for name, part in vars(one).items() if isinstance(part, np.ndarray)}


def _beside() -> Any:
    Y, X, _, number = arrays(90, 7)
    X = np.column_stack([X, X[:, 0] + 0.3 * X[:, 2], np.where(number % 5 == 0, np.nan, X[:, 1])])
    habits = ready_habits(X, number, number % 7)
    pvalue = np.array([[1e-6, 1e-4, 0.3, 1e-3, 1e-3], [0.5, 0.02, 1e-5, 1e-2, 0.03]])
    return {"beside": arrays_of(beside_others(Y, pvalue, habits)), "filled": arrays_of(habits)}


def _shares() -> Any:
    Y, X, Z, number = arrays(100, 3)
    return explained_shares(Y[:, 0], Z[:, 1:], X, number, number // 7)


def _guesses() -> Any:
    Y, X, Z, number = arrays()
    table = gls_slopes(Y, X, Z, number)
    unit = shrinkage.r_units(Y, X, Z)
    return {
        "unit": unit,
        "guess": vars(
            shrinkage.best_guesses(table.estimate, table.low, table.high, table.df, unit)
        ),
    }


def _calendars() -> Any:
    number = np.array([0, 1, 2, 4, 7, 8, 9, 13, 14, 20, 21, 22, 30, 31, 33, 40, 41, 44, 50, 51])
    return {
        f"{adjust} {each}": calendar_controls(number, number % 7, 52, adjust=adjust,
                                              each_weekday=each)
        for adjust in (("weekday",), ("trend",), ("weekday", "trend"), ())
        for each in (False, True)
    }  # fmt: skip


def _pooled() -> Any:
    y, se = [1.0, 2.5, -0.4, 3.1, 0.7], [0.5, 0.9, 0.4, 1.2, 0.6]
    return {level: vars(none_alone.pool_estimates(y, se, level=level)) for level in (0.8, 0.95)}


def _families() -> Any:
    p = np.array([0.001, 0.2, 0.03, np.nan, 0.04, 0.9, 0.012])
    return {
        **{name: none_alone.adjust_pvalues(p, family=name) for name in ("bh", "holm", "none")},
        "level": [none_alone.level_of_found(k, 9) for k in range(10)],
    }


def _robust() -> Any:
    t, df = np.array([0.3, 2.1, -3.5, 6.0]), np.array([12.0, 30.0, 44.0, 90.0])
    return {
        "whole": shrinkage.robustness_value(t, df),
        "t": shrinkage.t_of_pvalue([0.3, 0.04, 1e-5], [10, 20, 40]),
    }


def _expected(name: str, n: int, **how: Any) -> Any:
    return expect(diary(120, 2)[["tst_min", "sol_min"]], design(name, n, **how.pop("made", {})),
                  seed=1, **how)  # fmt: skip


ENGINE: dict[str, Callable[[], Any]] = {
    "slopes": lambda: vars(gls_slopes(*arrays())),
    "slopes by the model": lambda: vars(gls_slopes(*arrays(40, 9), level=0.8, se="model")),
    "one slope": lambda: vars(gls_slope(*(a[:, 0] if i < 2 else a
                                          for i, a in enumerate(arrays(30, 5))))),
    "joint": lambda: vars(gls_joint(arrays()[0][:, 0], *arrays()[1:])),
    "pearson": lambda: vars(effective_correlations(*arrays(), 75)),
    "spearman": lambda: vars(effective_correlations(*arrays(50, 6), 65, method="spearman")),
    "beside": _beside, "shares": _shares, "guesses": _guesses, "calendars": _calendars,
    "pooled": _pooled, "families": _families, "robust": _robust,
    "randomised": _randomised, "randomised 80": lambda: _randomised(level=0.8),
    "look 1": lambda: _looks(20, 0.0), "look 1, large": lambda: _looks(20, 80.0),
    "look 2, large": lambda: _looks(30, 45.0), "last look": lambda: _looks(40, 20.0),
    "correlate": lambda: ss.correlate(diary()),
    "correlate kinds, holm": lambda: ss.correlate(
        diary(60, 3), outcomes=["tst_min", "sol_min"], family="holm", level=0.9, adjust=("trend",)),
    "spearman table": lambda: ss.correlate(diary(70, 5), method="spearman", adjust=()),
    "beside table": lambda: ss.correlate(diary(90, 6), outcomes=["tst_min", "quality"],
                                         beside=True),
    "matters": lambda: ss.correlate(diary(60, 8, gaps=False), outcomes=["tst_min"],
                                    matters={"tst_min": 15.0}),
    "held equal": lambda: ss.associate(diary(), outcome="tst_min", factor="stress",
                                       adjust=("weekday", "trend", "cups")),
    "kinds": lambda: ss.associate(diary(), outcome="tst_min", factor="drink"),
    "latency": lambda: ss.associate(diary(), outcome="sol_min", factor="stress"),
    "lag": lambda: ss.associate(diary(), outcome="quality", factor="cups", lag=1),
    "dose": lambda: ss.dose_response(diary(120, 2), outcome="tst_min", dose="cups"),
    "both ways": lambda: ss.stress_and_sleep(diary(), stress="stress"),
    "depends": lambda: ss.interaction(diary(100, 4), outcome="tst_min", factor="cups",
                                      moderator="late_meal"),
    "missing": lambda: ss.missing_for_a_reason(diary(100, 4)),
    "entangled": lambda: ss.entangled(diary(100, 4)),
    "explained": lambda: ss.explained(diary(100, 4), outcome="tst_min"),
    "needed": lambda: ss.nights_needed(diary(), outcome="tst_min", factor="late_meal"),
    "needed for little": lambda: ss.nights_needed(diary(70, 5), outcome="tst_min", effect=4.0),
    "needed for": lambda: ss.nights_needed(diary(), outcome="sol_min", effect=10.0, power=0.9),
    "rare and constant": lambda: ss.correlate(
        diary(60, 3).assign(never=0.0, once=lambda d: (np.arange(len(d)) == 7) * 1.0,
                            weekend=lambda d: (d.index.day_of_week >= 5) * 1.0)),
    "few nights": lambda: ss.correlate(diary(34, 3)),
    "timing": lambda: ss.timing_response(
        diary(120, 2).assign(coffee_h_before_bed=lambda d: 9.0 - (d["last_coffee"] - d.index)
                             / pd.Timedelta("2h")),
        outcome="sol_min", hours="coffee_h_before_bed"),
    "over time": lambda: ss.over_time(
        diary(100, 4).assign(new=lambda d: (np.arange(len(d)) // 16 % 2) * 1.0),
        outcome="tst_min", factor="new"),
    "claims": lambda: ss.check_claims(diary(), [
        {"words": "stress costs sleep", "outcome": "tst_min", "factor": "stress",
         "direction": "less"},
        {"words": "tea helps", "outcome": "quality", "factor": "cups", "direction": "more"}]),
    "people": lambda: ss.pool_people(people(), outcome="tst_min", factor="stress"),
}  # fmt: skip
MEASURES: dict[str, Callable[[], Any]] = {
    "nightly": lambda: ss.add_measures(clocked()),
    "described": lambda: ss.describe_nights(clocked()),
    "nightly by the zone": lambda: ss.add_measures(clocked("2026-03-20", 20, zone="Europe/Berlin")),
    "described, few": lambda: ss.describe_nights(clocked("2026-03-20", 20)),
    "regularity": lambda: ss.regularity(clocked()),
    "regularity, few": lambda: ss.regularity(clocked(n=16)),
    "regularity, own days": lambda: ss.regularity(clocked(n=50), free_days=("Monday", "Friday")),
    "regularity, none free": lambda: ss.regularity(clocked(n=50), free_days=()),
    "bed time against before": lambda: ss.add_bedtime_deviation(clocked(n=40)),
    "bed time against a week": lambda: ss.add_bedtime_deviation(clocked(n=40), days_back=7,
                                                                least=4),
}  # fmt: skip
TRIALS: dict[str, Callable[[], Any]] = {
    "pairs": lambda: trial(drop=(3, 20)),
    "nothing": lambda: trial(effect=0.0, matters=None, adjust=()),
    "blocks, washout": lambda: trial(nights=72, design="blocks", block=4, washout=1),
    "free": lambda: trial(nights=36, design="free", level=0.9),
    "first look": lambda: trial(upto=20, looks=(0.5, 0.75, 1.0)),
    "first look, clear": lambda: trial(upto=20, effect=140.0, looks=(0.5, 1.0)),
    "second look": lambda: trial(upto=32, effect=60.0, looks=(0.5, 0.75, 1.0), drop=(2,)),
    "last look": lambda: trial(effect=8.0, looks=(0.5, 0.75, 1.0)),
    "no look": lambda: trial(upto=25, looks=(0.5, 1.0)),
    "an earlier look": lambda: trial(upto=25, looks=(0.5, 1.0), look=0.5),
    "ends early": lambda: trial(upto=32, effect=-2.0, looks=(0.5, 0.75, 1.0)),
    "too few": lambda: trial(upto=14),
    "gaps": lambda: trial(effect=15.0, drop=tuple(range(0, 40, 3)), seed=5),
    "weekdays alone": lambda: trial(nights=56, adjust=("weekday",), level=0.8, seed=9),
    "latency": lambda: trial(outcome="sol_min", matters=5.0),
    "rating": lambda: trial(outcome="quality", matters=0.5, effect=0.0),
    "expected": lambda: vars(_expected("pairs", 40, outcome="tst_min", effect=25.0)),
    "expected of blocks": lambda: vars(_expected("blocks", 72, outcome="tst_min", effect=-30.0,
                                                 made={"block": 4, "washout": 1})),
    "expected nothing": lambda: vars(_expected("pairs", 60, outcome="tst_min", effect=None)),
    "expected latency": lambda: vars(_expected("free", 40, outcome="sol_min", effect=-5.0)),
}  # fmt: skip


def recorded(part: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))[f"{part}: {name}"]
    return found


def computed(ask: Callable[[], Any]) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        return dict(flat(ask()))


def held_against(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Say where numbers are not those written down."""
    apart = [f"{key}: only once" for key in before.keys() ^ now.keys()]
    return sorted(apart) + [
        f"{key}: {before[key]!r} was written down, {now[key]!r} is computed"
        for key in before.keys() & now.keys()
        if not alike(before[key], now[key])
    ]


@pytest.mark.parametrize("name", ENGINE)
def test_engine(name: str) -> None:
    assert held_against(recorded("engine", name), computed(ENGINE[name])) == []


@pytest.mark.parametrize("name", MEASURES)
def test_measures(name: str) -> None:
    assert held_against(recorded("measures", name), computed(MEASURES[name])) == []


@pytest.mark.parametrize("name", TRIALS)
def test_trials(name: str) -> None:
    assert held_against(recorded("trials", name), computed(TRIALS[name])) == []


ASKED = {"engine": ENGINE, "measures": MEASURES, "trials": TRIALS}


def test_what_is_written_down_is_what_is_asked() -> None:
    told = json.loads(FILE.read_text(encoding="utf-8"))
    assert [*told] == [f"{part}: {name}" for part, asked in ASKED.items() for name in asked]


if __name__ == "__main__":
    lines = [
        f'"{part}: {name}": {json.dumps(computed(ask))}'
        for part, asked in ASKED.items()
        for name, ask in asked.items()
    ]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
