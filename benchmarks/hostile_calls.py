"""Ask every public function about hostile frames, and with options of the wrong type.

    python benchmarks/hostile_calls.py 20000 --seed 5

What must hold for every call, or the program prints the call and ends with status 1: it gives a
result or a ``DiaryError`` with words, warns of nothing but a ``DiaryWarning``, leaves the frame as
it was, and what it gives can be shown. Half of the frames break no rule of ``check_nights``, but
are nothing a person would write down; the others break one. The tests run a part of this.
"""

from __future__ import annotations

import argparse
import atexit
import collections
import io
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd

import sleepstats as ss
from sleepstats.errors import DiaryError, DiaryWarning

mpl.use("agg")
Random = np.random.Generator

NAMES = ("stress", "late_meal", "coffee_cups", "screens_min", "drink", "place", "caffeine_last",
         "wine ($) and snacks ($)", "$\\frac$", "a_b^c", "%s {0}", "été", "x" * 300, "kind",
         "night", "person", "outcome", "quality", "rested", "nap_min", "weather", "done", "index",
         "<b>", "=1+1", "bed_h_before_bed", "a\nb", " ", "", "problem", "comments",
         "zone", "W" * 200, "how many cups of it " * 11, "睡" * 120)  # fmt: skip


def numbers(n: int, rng: Random) -> Any:
    scale = float(rng.choice([1.0, 1e-9, 1e-60, 1e9, 1e60, 1e-101, 1e101, 0.0]))
    return rng.normal(size=n) * scale


def gappy(n: int, rng: Random) -> Any:
    return np.where(rng.random(n) < rng.random(), np.nan, rng.integers(0, 9, n))


def constant(n: int, rng: Random) -> Any:
    return np.full(n, rng.choice([0.0, 1.0, 420.0, -3.0, np.nan, np.inf]))


def once(n: int, rng: Random) -> Any:
    return (np.arange(n) == rng.integers(0, max(n, 1))) * rng.choice([1.0, 1e30])


def kinds(n: int, rng: Random) -> Any:
    words = np.array(["tea", "wine", "none", "water", "$x$", "", "no", "a" * 90], dtype=object)
    return list(rng.choice(words[: rng.integers(1, 9)], n))


def mixed(n: int, rng: Random) -> Any:
    pool = [None, 1, 2.5, "yes", "no", True, pd.NaT, pd.NA, b"x", 1j, [1], {"a": 1}, (1, 2), set(),
            Decimal("1.5"), date(2026, 1, 1), object, "", float("inf"), np.float64(2),
            10**400]  # fmt: skip
    return pd.Series([pool[i] for i in rng.integers(0, len(pool), n)], dtype=object).to_numpy()


def decimals(n: int, rng: Random) -> Any:
    make = (Decimal, Fraction)[rng.integers(2)]
    return [None if rng.random() < 0.1 else make(int(i)) / 7 for i in rng.integers(0, 50, n)]


def odd_decimals(n: int, rng: Random) -> Any:
    pool = [Decimal("NaN"), Decimal("Infinity"), Decimal("1e999"), Decimal(1)]
    return [pool[i] for i in rng.integers(0, len(pool), n)]


def types(n: int, rng: Random) -> Any:
    """Return a column of one of the rarer types that pandas knows."""
    whole = rng.integers(0, 4, n)
    days = pd.date_range("2026-01-01", periods=n)
    made: list[Callable[[], Any]] = [
        lambda: pd.array(whole, dtype="Int64"),
        lambda: pd.array([bool(i % 2) if i else None for i in whole], dtype="boolean"),
        lambda: whole.astype(bool),
        lambda: pd.Categorical(whole.astype(str)),
        lambda: pd.Categorical(whole),
        lambda: pd.Categorical([None] * n, categories=["a", "b"]),
        lambda: pd.to_timedelta(whole, unit="h"),
        lambda: days + pd.to_timedelta(whole, unit="h"),
        lambda: days.tz_localize("UTC"),
        lambda: pd.period_range("2026-01-01", periods=n),
        lambda: pd.cut(rng.normal(size=n), 3) if n else np.zeros(0),
        lambda: pd.arrays.SparseArray(whole.astype(float)),
        lambda: rng.normal(size=n) + 1j,
        lambda: whole.astype(np.int8),
        lambda: whole.astype(np.uint64) + np.uint64(2**63),
        lambda: rng.normal(size=n).astype(np.float16),
        lambda: rng.normal(size=n).astype(np.longdouble),
        lambda: np.array(["1677-09-21", "9999-12-31", "2262-04-12"], "datetime64[s]")[whole % 3],
        lambda: np.full(n, np.datetime64("23456-01-01", "s")),
        lambda: np.full(n, np.datetime64("NaT", "ns")),
        lambda: pd.array(["a"] * n, dtype="string"),
        lambda: pd.array([None] * n, dtype="str"),
        lambda: [10**400] * n,
        lambda: [timedelta(days=int(i)) for i in whole],
        lambda: pd.array(whole, dtype="Float64") / 2,
        lambda: pd.arrays.IntervalArray.from_arrays(whole * 1.0, whole + 1.0),
        lambda: pd.Categorical(whole, ordered=True),
        lambda: pd.Categorical(days),
        lambda: pd.to_timedelta([None] * n),
        lambda: days.tz_localize("America/New_York"),
        lambda: pd.array([pd.NA] * n, dtype="Int64"),
        lambda: np.where(whole > 2, np.inf, whole),
        lambda: whole.astype(">f8"),
        lambda: np.array(whole.astype(str), dtype="S2"),
        lambda: [np.array([1, 2])] * n,
        lambda: [pd.Timestamp("2026-01-01")] * n,
        lambda: [str(i) if i % 2 else int(i) for i in whole],
        lambda: [True if i == 1 else "no" if i == 2 else None for i in whole],
        lambda: pd.array([f"{i}:30" for i in whole], dtype="string"),
        lambda: pd.Series(pd.array(whole, dtype="Int8")).astype("category").to_numpy(),
    ]
    return made[rng.integers(len(made))]()


COLUMNS = (
    numbers,
    gappy,
    constant,
    once,
    kinds,
    kinds,
    mixed,
    decimals,
    odd_decimals,
    types,
    types,
)


#: How often each length of a diary is tried.
SHARES = (0.03, 0.03, 0.03, 0.06, 0.1, 0.1, 0.15, 0.2, 0.2, 0.1)


def index_of(rng: Random) -> Any:
    n = int(rng.choice([0, 1, 2, 13, 14, 15, 20, 40, 60, 90], p=SHARES))
    start = rng.choice(["2026-01-05", "1600-01-01", "0001-01-01", "2261-12-31", "9998-06-01",
                        "12000-01-01"], p=[0.85, 0.03, 0.03, 0.03, 0.03, 0.03])  # fmt: skip
    steps = np.cumsum(rng.choice([1, 1, 1, 2, 30], n)) if rng.random() < 0.5 else np.arange(n)
    days = np.datetime64(str(start), "D").astype("datetime64[s]") + steps * np.timedelta64(1, "D")
    return pd.DatetimeIndex(days, name="night")


def clocks(index: pd.DatetimeIndex, rng: Random) -> dict[str, Any]:
    """Return clock columns in order, in whole minutes, some missing, some absurd."""
    n = len(index)
    minute = np.cumsum([rng.integers(1260, 1500, n), rng.integers(0, 60, n), rng.integers(0, 60, n),
                        rng.integers(100, 700, n), rng.integers(0, 60, n)], axis=0)  # fmt: skip
    if rng.random() < 0.1:
        minute[3:] += int(rng.choice([1440, 5_000_000, 300_000_000]))
    found = {}
    for row, name in enumerate(("into_bed", "lights_out", "sleep_onset", "final_wake",
                                "out_of_bed")):  # fmt: skip
        if rng.random() < 0.7:
            stamps = index.to_numpy().astype("datetime64[s]") + minute[row] * np.timedelta64(
                60, "s"
            )
            found[name] = np.where(rng.random(n) < 0.1, np.datetime64("NaT", "s"), stamps)
    return found


def frame_of(rng: Random) -> pd.DataFrame:
    """Return a frame that has the index of nights and hardly anything else in its favour."""
    index = index_of(rng)
    n = len(index)
    columns: dict[Any, Any] = {}
    if rng.random() < 0.5:
        columns |= clocks(index, rng)
    for name in ("tst_min", "sol_min", "waso_min", "tib_min", "quality"):
        if rng.random() < 0.5:
            columns[name] = np.where(rng.random(n) < 0.1, np.nan, rng.integers(1, 400, n) * 1.0)
    if rng.random() < 0.2:
        columns[str(rng.choice(["tst_min", "sol_min", "nawk", "se_pct", "midsleep_h"]))] = COLUMNS[
            rng.integers(len(COLUMNS))
        ](n, rng)
    for name in rng.choice(NAMES, rng.integers(0, 6), replace=False):
        columns[str(name)] = COLUMNS[rng.integers(len(COLUMNS))](n, rng)
    frame = pd.DataFrame(columns, index=index)
    if rng.random() < 0.15:
        frame.attrs["sleepstats"] = [5, "x", None, {"columns": 5}, {"columns": {"stress": 5}},
                                     {"zone": 7}, {"zone": "No/Where", "day_cut_h": "x"},
                                     {"rows": 3, "notes": 5}][rng.integers(8)]  # fmt: skip
    if rng.random() < 0.08 and n:
        frame = pd.concat({"a": frame, "b": frame.iloc[: n // 2]}, names=["person", "night"])
    return broken(frame, rng) if rng.random() < 0.15 else frame


def broken(frame: pd.DataFrame, rng: Random) -> Any:
    """Break one rule of nights."""
    ways: list[Callable[[], Any]] = [
        lambda: frame.iloc[::-1],
        lambda: pd.concat([frame, frame]),
        lambda: pd.concat([frame, frame], axis=1),
        lambda: frame.set_axis(frame.index.set_names(["x"] * frame.index.nlevels)),
        lambda: frame.reset_index(drop=True),
        lambda: frame.set_axis(range(frame.shape[1]), axis=1),
        lambda: frame.T,
        lambda: frame.to_dict(),
        lambda: None,
        lambda: frame.set_axis([(c, 1) for c in frame], axis=1),
        lambda: frame.iloc[:, 0] if frame.shape[1] else 5,
        lambda: frame.set_axis(pd.DatetimeIndex(frame.index).tz_localize("UTC").rename("night")),
        lambda: frame.set_axis(frame.index.to_period("D").rename("night")),
        lambda: frame.set_axis(pd.CategoricalIndex(frame.index, name="night")),
        lambda: frame.set_axis(pd.Index([t.date() for t in frame.index], name="night")),
        lambda: frame.set_axis(frame.index.astype(str).rename("night")),
        lambda: frame.set_axis(frame.index + pd.Timedelta("5h")),
        lambda: frame.set_axis(pd.MultiIndex.from_product([["a"], list(frame)]), axis=1),
        lambda: frame.set_axis([None] * frame.shape[1], axis=1),
        lambda: frame.set_axis(pd.CategoricalIndex(list(frame)), axis=1),
        lambda: frame.reset_index(), lambda: frame.to_numpy(), lambda: frame.astype(object),
        lambda: frame.astype(str), lambda: [frame], lambda: frame.groupby(level=0),
        lambda: pd.concat({1: frame, 2: frame}, names=["person", "night"]),
        lambda: pd.concat({"a": frame, None: frame}, names=["person", "night"]),
        lambda: pd.concat({("a", 1): frame, ("a", 2): frame}, names=["x", "person", "night"]),
        lambda: pd.concat({"a": frame}, names=["person", "night"]).swaplevel(),
        lambda: frame.assign(night=1), lambda: frame.rename_axis(columns="outcome"),
    ]  # fmt: skip
    try:
        return ways[rng.integers(len(ways))]()
    except Exception:  # pandas cannot make that of this frame
        return frame


class Unprintable:
    """What fails while it is printed, or warns."""

    def __init__(self, *, warns: bool) -> None:
        self.warns = warns

    def __repr__(self) -> str:
        if not self.warns:
            raise ValueError("not to be printed")
        warnings.warn("printed", RuntimeWarning, stacklevel=2)
        return "printed"


LONG_DOUBLES = pd.DataFrame({"a": np.arange(20).astype(np.longdouble) / 7})
#: What may stand where a name, a number, a list or a mapping was meant.
WRONG: tuple[Any, ...] = (
    5, -1, 0, 1.5, float("nan"), float("inf"), 10**400, None, True, "", "nope", "tst_min", b"x",
    1j, [], ["stress"], [5], [None], (), {}, {"stress": "day"}, {5: 6}, {"stress": 5}, {"x"},
    object(), Decimal("0.95"), np.float64(0.9), np.array([1.0, 2.0]), pd.NA, pd.NaT, len,
    pd.DataFrame(), pd.Series(["stress"]), range(3), "\x00", "a" * 9000, timedelta(1),
    date(2026, 1, 1), (i for i in range(2)), lambda *_: None, np.zeros((2, 2)), ["stress"] * 2,
    ["tst_min", 5], {"stress": None}, {None: "day"}, np.str_("stress"), np.datetime64("NaT"),
    np.array("stress"), 2**63, -(10**30), "day", ("weekday", "weekday"), b"", [[]], Ellipsis, False,
    pd.Index(["stress"]), {"stress": {"a": 1}}, slice(2), float("-inf"), Fraction(1, 3), 1e-300,
    [LONG_DOUBLES], {"stress": LONG_DOUBLES}, Unprintable(warns=True), Unprintable(warns=False),
    [Unprintable(warns=True)], "how many cups " * 16, "睡" * 200, np.longdouble("1.1"), "9" * 5000,
    {"x": Unprintable(warns=False)}, pd.Timestamp("2026-01-05"), ("tst_min",) * 40, 10**5000,
)  # fmt: skip
#: Options as they may be given, which meet a hostile frame.
GOOD: dict[str, tuple[Any, ...]] = {
    "adjust": ((), ("weekday",), ("trend",), ("weekday", "trend", "stress"), ("quality",)),
    "method": ("spearman",), "family": ("holm", "none"), "level": (0.5, 0.8, 0.999),
    "beside": (True,), "between": ("stress", ("stress", "late_meal")),
    "matters": ({"tst_min": 10.0}, {"sol_min": 0.1}), "lag": (1, (0, 1), (0, 1, 2)),
    "when": ({"stress": "morning"}, {"late_meal": "night"}, {"kind": "day"}),
    "effect": (1.0, -30.0, 1e-9, 1e9), "power": (0.1, 0.99), "questions": (1, 10_000),
    "design": ("blocks", "free"), "looks": ((0.5, 1.0), (0.3, 0.6, 1.0)), "washout": (1, 3),
    "days_back": (1, 365), "least": (1, 28), "labels": ("evening", "bedtime", "calendar"),
    "free_days": ((), "Monday", ("Friday", "Saturday")), "outcomes": ("all", ("quality",), ()),
    "factors": ((), ("stress",), ["stress", "late_meal"]), "summary": (True,), "block": (2, 5),
    "used": ("stress",), "columns": (("stress",),), "draws": (999,), "look": (0.5, 1.0),
    "progress": (lambda done, total: None,), "double": (True,), "missing": (0.0, 0.6),
    "rho": (-0.9, 0.99), "white": (0.0, 1.0), "sd_min": (0.0, 1e6), "rounding": (0.0, 60.0),
}  # fmt: skip


def name_in(frame: Any, rng: Random) -> Any:
    """Return the name of a column most of the time."""
    names = list(frame.columns) if isinstance(frame, pd.DataFrame) else []
    if names and rng.random() < 0.97:
        return names[rng.integers(len(names))]
    return WRONG[rng.integers(len(WRONG))]


def asked(rng: Random) -> tuple[str, Callable[[], Any]]:
    """Return one call in words, and the call itself."""
    frame = frame_of(rng)
    one, two, three = (name_in(frame, rng) for _ in range(3))
    outcome = "tst_min" if rng.random() < 0.4 else one
    both = {"outcome": outcome, "factor": two}
    claim = {"words": "w", **both, "direction": str(rng.choice(["more", "less", "differs"]))}
    if rng.random() < 0.3:
        field = str(rng.choice(["words", "outcome", "factor", "direction", "part", "kind", "used",
                                "size", "within", "source", "no_diary", "nope"]))  # fmt: skip
        claim[field] = WRONG[rng.integers(len(WRONG))]
    other = frame_of(rng)
    asked_for = {"outcome": outcome} if rng.random() < 0.5 else {}
    choices: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
        "check_nights": ((frame,), {}), "describe_nights": ((frame,), {}),
        "regularity": ((frame,), {"free_days": two} if rng.random() < 0.3 else {}),
        "add_measures": ((frame,), {}), "add_bedtime_deviation": ((frame,), {}),
        "reading_report": ((frame,), {}), "answer": ((frame,), {}), "main_outcomes": ((frame,), {}),
        "correlate": ((frame,), {}), "associate": ((frame,), both), "compare": ((frame,), both),
        "dose_response": ((frame,), {"outcome": outcome, "dose": two}),
        "timing_response": ((frame,), {"outcome": outcome, "hours": two}),
        "over_time": ((frame,), both), "pool_people": ((frame,), both),
        "stress_and_sleep": ((frame,), {"stress": two} if rng.random() < 0.7 else {}),
        "entangled": ((frame,), {}), "missing_for_a_reason": ((frame,), {}),
        "interaction": ((frame,), {**both, "moderator": three}),
        "nights_needed": ((frame,), {"outcome": outcome, **({"factor": two} if rng.random() < 0.5
                                                            else {})}),
        "join_evenings": ((frame, other), {"labels": str(rng.choice(["auto", "morning"]))}),
        "check_claims": ((frame, [claim]), {}),
        "analyse_trial": ((frame, plan_of(rng)), asked_for),
        "anonymise": ((frame,), {"seed": 1}), "list_formats": ((), {}), "theme": ((), {}),
        "read_diary": ((io.StringIO(DIARY),), {}), "write_report": ((frame, PAGE), {}),
        "explained": ((frame,), {"outcome": outcome}),
        "plan_trial": ((20,), {"seed": 1, "nights": frame, "outcome": outcome}),
        "plot_raster": ((frame,), {"double": bool(rng.integers(2))}),
        "plot_calendar": ((frame,), {"outcome": outcome}),
        "plot_series": ((frame,), {"outcome": outcome}),
        "plot_association": ((frame,), both), "plot_difference": ((frame,), both),
        "plot_forest": ((frame,), {}), "plot_matrix": ((frame,), {}),
        "plot_two_way": ((frame,), {}), "plot_response": ((frame,), {}),
        "plot_trial": ((frame,), {}), "present": ((frame,), {}),
        "simulate_nights": ((20,), {"seed": 1}), "load_sample": ((), {}), "sample_path": ((), {}),
    }  # fmt: skip
    name = str(rng.choice(list(choices)))
    if name == "write_report" and rng.random() < 0.8:  # seconds each
        name = "answer"
    args, options = choices[name]
    if rng.random() < 0.3 and (known := sorted(set(OPTIONS[name]) & set(GOOD))):
        option = str(rng.choice(known))
        options = {**options, option: GOOD[option][rng.integers(len(GOOD[option]))]}
    if rng.random() < 0.25:
        option = str(rng.choice(OPTIONS[name])) if OPTIONS[name] else ""
        wrong = WRONG[rng.integers(len(WRONG))]
        if option:
            options = {**options, option: wrong}
    if rng.random() < 0.03 and args:
        i = rng.integers(len(args))
        args = (*args[:i], WRONG[rng.integers(len(WRONG))], *args[i + 1 :])
    shown = ", ".join(
        [*(_short(a) for a in args), *(f"{k}={_short(v)}" for k, v in options.items())]
    )
    return f"{name}({shown})", lambda: called(name, args, options)


def plan_of(rng: Random) -> Any:
    """Return a plan, its sheet as written, or its sheet with cells changed."""
    plan = PLANS[rng.integers(len(PLANS))]
    if plan.start is None or rng.random() < 0.5:
        return plan
    sheet = FOLDER / "sheet.csv"
    sheet.unlink(missing_ok=True)
    plan.to_csv(sheet)
    lines = sheet.read_text(encoding="utf-8-sig").split("\n")
    for _ in range(rng.integers(0, 4)):
        i = rng.integers(len(lines))
        cells = lines[i].split(",")
        cells[rng.integers(len(cells))] = str(
            rng.choice(["", "on", "off", "x", "2026-01-06", '"', "5", "yes", "=1", "2026-13-40"])
        )
        lines[i] = ",".join(cells)
    if rng.random() < 0.2:
        del lines[rng.integers(len(lines))]
    sheet.write_text("\n".join(lines), encoding="utf-8")
    return sheet


def _options() -> dict[str, list[str]]:
    """Return the keywords of every public function, the frame itself left out."""
    import inspect

    found = {}
    for name in ss.__all__:
        function = getattr(ss, name)
        if callable(function) and not isinstance(function, type):
            parameters = inspect.signature(function).parameters.values()
            found[name] = [
                "color" if p.kind is p.VAR_KEYWORD else p.name
                for p in list(parameters)[FIXED.get(name, 1) :]
            ]
    return found


#: How many arguments are given by their places; the others may be given by their names.
FIXED = {"list_formats": 0, "theme": 0, "load_sample": 0, "sample_path": 0, "analyse_trial": 2,
         "join_evenings": 2, "check_claims": 2, "write_report": 2}  # fmt: skip
OPTIONS = _options()
FOLDER = Path(tempfile.mkdtemp(prefix="hostile"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
PAGE = FOLDER / "page.html"
DIARY = "night,into_bed,out_of_bed,stress,kind\n" + "".join(
    f"2026-01-{day:02d},23:{day:02d},07:00,{day % 5},{'tea' if day % 3 else 'wine'}\n"
    for day in range(5, 25)
)
PLANS = (
    ss.plan_trial(20, seed=1, start="2026-01-05"),
    ss.plan_trial(40, seed=2, start="2026-01-05", outcome="tst_min", matters=20.0,
                  looks=(0.5, 0.75, 1.0)),
    ss.plan_trial(48, seed=3, start="2026-01-05", design="blocks", block=3, washout=1),
    ss.plan_trial(20, seed=4),
)  # fmt: skip


def _short(value: Any) -> str:
    if isinstance(value, pd.DataFrame):
        return (
            f"<{len(value)} x {dict(zip(value.columns, map(str, value.dtypes), strict=True))!r}>"[
                :400
            ]
        )
    try:
        return repr(value)[:60]
    except ValueError:
        return f"<{type(value).__name__}>"


def called(name: str, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Call a public function and show what it gives."""
    before = args[0].copy(deep=True) if args and isinstance(args[0], pd.DataFrame) else None
    got = getattr(ss, name)(*args, **options)
    if before is not None and name != "check_nights" and before.columns.is_unique:
        was, now = ([*f.columns, *f.dtypes, len(f)] for f in (before, args[0]))
        assert was == now, "the frame was changed"
    if hasattr(got, "figure"):
        got.figure.savefig(io.BytesIO(), format="png", dpi=50)
    elif isinstance(got, pd.DataFrame) and "status" in got and "effect" in got:
        for one in (str(ss.present(got)), ss.plot_forest(got), ss.plot_matrix(got)):
            if hasattr(one, "figure"):
                one.figure.savefig(io.BytesIO(), format="png", dpi=50)
    elif not isinstance(got, pd.DataFrame | pd.Series):  # pandas' own words may warn
        str(got), repr(got)
        if hasattr(got, "to_dict"):
            got.to_dict()
        if hasattr(got, "plot"):
            got.plot().figure.savefig(io.BytesIO(), format="png", dpi=50)
    return got


def fault(call: Callable[[], Any]) -> tuple[str, str]:
    """Return what a call did that it must not do, by type and line, and the whole of it."""
    import matplotlib.pyplot as plt

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            call()
        except DiaryError as error:
            if not error.problems or not str(error).strip():
                return "DiaryError without words", ""
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            inside = [f for f in frames if "/sleepstats/" in f.filename] or frames
            where = f"{inside[-1].filename.rpartition('/sleepstats/')[2]}:{inside[-1].lineno}"
            return f"{type(error).__name__} at {where}", "".join(traceback.format_exception(error))
        finally:
            plt.close("all")
    for one in caught:
        if not issubclass(one.category, DiaryWarning):
            where = f"{one.filename.rpartition('/')[2]}:{one.lineno}"
            return f"{one.category.__name__} at {where}", str(one.message)
    return "", ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("calls", type=int)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--from", type=int, default=0, dest="first", help="begin at this call")
    arguments = parser.parse_args()
    began, found = time.perf_counter(), collections.Counter[str]()
    for number in range(arguments.first, arguments.first + arguments.calls):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # making a hostile frame may warn, too
            words, call = asked(np.random.default_rng([arguments.seed, number]))
        kind, told = fault(call)
        if kind:
            found[kind] += 1
            if found[kind] == 1:
                print(f"call {number}: {words}\n  {kind}\n{told}", flush=True)
    took = time.perf_counter() - began
    print(
        f"{arguments.calls} calls in {took:.0f} s, seed {arguments.seed}: "
        f"{sum(found.values())} finds"
    )
    for kind, count in found.most_common():
        print(f"{count:6d}  {kind}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
