"""The pictures of the page on statistics for everybody, each of invented diaries with known truth."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import sleepstats as ss
from making.gallery import LOOKS

#: Colours of the look that is drawn at the moment: of what is meant, what is told, what is beside it.
SLEEP, FAR, GREY = "C0", "C3", "C4"


def lay_pictures(made: Path) -> None:
    """Draw all of them."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    folder = made / "lay"
    folder.mkdir(exist_ok=True)
    for draw, (look, ending) in product(PICTURES, LOOKS.items()):
        path = folder / f"{draw.__name__}{ending}.png"
        if path.exists() and path.stat().st_mtime > Path(__file__).stat().st_mtime:
            continue  # drawn already; remove the folder to draw them anew
        with ss.theme(look):
            figure, ax = plt.subplots(figsize=(7, 3.4), layout="constrained")
            draw(ax)
            figure.savefig(path, dpi=110, transparent=True, metadata={"Software": None})
            plt.close(figure)


def ink() -> str:
    """Return the colour of text in the look that is drawn at the moment."""
    from matplotlib import rcParams

    return str(rcParams["text.color"])


def _series(rng: np.random.Generator, n: int, keeps: float) -> np.ndarray:
    """Return nights each of which keeps a share of how the one before it was."""
    out = rng.normal(size=n)
    for i in range(1, n):
        out[i] = keeps * out[i - 1] + np.sqrt(1 - keeps**2) * out[i]
    return out


def _frame(**columns: Any) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=pd.date_range("2026-01-05", periods=n, name="night"))


def neighbours(ax: Any) -> None:
    """Nothing goes with nothing, 150 times over: how often two tests say that it does."""
    from scipy.stats import pearsonr

    rng = np.random.default_rng(5)
    usual, ours = [], []
    for _ in range(150):
        nights = _frame(tst_min=420 + 40 * _series(rng, 60, 0.6), stress=_series(rng, 60, 0.6))
        usual.append(pearsonr(nights["tst_min"], nights["stress"]).pvalue)
        ours.append(ss.associate(nights, outcome="tst_min", factor="stress").pvalue)
    shares = [100 * np.mean(np.array(p) < 0.05) for p in (usual, ours)]
    ax.barh(["this library", "the usual correlation test"], shares[::-1], color=[SLEEP, FAR])
    ax.axvline(5, color=ink(), lw=1, ls="--")
    ax.annotate("what is promised: 5 in 100", (5, 1.42), color=ink(), xytext=(4, 0),
                textcoords="offset points", va="bottom")  # fmt: skip
    ax.set(xlabel="% of 150 empty diaries that it calls “significant”", ylim=(-0.6, 1.75))  # fmt: skip


def week(ax: Any) -> None:
    """Wine on weekends, long sleep on weekends, and nothing between the two."""
    rng = np.random.default_rng(3)
    n = 16 * 7
    day = np.arange(n) % 7
    weekend = np.isin(day, (4, 5))
    wine = rng.random(n) < np.where(weekend, 0.85, 0.15)
    slept = 405 + 60 * weekend + rng.normal(0, 25, n)
    for has, colour, label, shift in ((False, GREY, "no wine", -0.13), (True, FAR, "wine", 0.13)):
        ax.scatter(
            day[wine == has] + shift, slept[wine == has] / 60, s=14, color=colour, label=label
        )
        ax.axhline(slept[wine == has].mean() / 60, color=colour, lw=1.2, ls="--")
    ax.set_xticks(range(7), ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
    ax.set(ylabel="hours asleep")
    ax.legend(title="dashed: means over all days", loc="upper left")


def many(ax: Any) -> None:
    """Forty questions about a diary in which nothing goes with anything."""
    rng = np.random.default_rng(1)
    n = 90
    nights = _frame(tst_min=rng.normal(420, 40, n), **{f"habit_{i}": rng.normal(size=n)
                                                       for i in range(40)})  # fmt: skip
    table = ss.correlate(nights, outcomes="tst_min").sort_values("effect")
    lucky = table["pvalue"] < 0.05
    place = np.arange(len(table))
    for rows, colour, label in ((~lucky, GREY, "as it should be"),
                                (lucky, FAR, "alone it would be called “significant”")):  # fmt: skip
        ax.vlines(place[rows], table["effect_low"][rows], table["effect_high"][rows], color=colour)
        ax.plot(place[rows], table["effect"][rows], "o", ms=4, color=colour, label=label)
    ax.axhline(0, color=ink(), lw=1)
    found = int((table["status"] == "found").sum())
    ax.set(ylabel="minutes, with interval", xticks=[],
           xlabel=f"40 habits that do nothing; found when all 40 share one allowance: {found}")  # fmt: skip
    ax.legend(loc="upper left")


def luck(ax: Any) -> None:
    """The same small difference in 160 diaries: how large it looks where it is found."""
    rng = np.random.default_rng(8)
    sizes, found = [], []
    for _ in range(160):
        on = rng.random(50) < 0.5
        nights = _frame(tst_min=420 - 15 * on + rng.normal(0, 35, 50), late_meal=on)
        one = ss.compare(nights, outcome="tst_min", factor="late_meal")
        sizes.append(one.effect)
        found.append(one.pvalue < 0.05)
    sizes, found = np.array(sizes), np.array(found)
    bins = np.arange(-60, 36, 6)
    ax.hist(sizes[~found], bins, color=GREY, label="not found")
    ax.hist(sizes[found], bins, color=FAR, label="found", alpha=0.85)
    ax.set_ylim(0, 1.18 * ax.get_ylim()[1])
    ax.axvline(-15, color=ink(), lw=1.5)
    ax.annotate("the truth: 15 min less", (-15, ax.get_ylim()[1]), xytext=(6, -12),
                textcoords="offset points", color=ink())  # fmt: skip
    ax.axvline(sizes[found].mean(), color=FAR, lw=1.5, ls="--")
    ax.set(xlabel=f"minutes, as measured (found: {-sizes[found].mean():.0f} min less on average)",
           ylabel="diaries")  # fmt: skip
    ax.legend(loc="upper right")


def intervals(ax: Any) -> None:
    """A hundred diaries with the same truth, and the interval of each."""
    missed = 0
    for i in range(100):
        nights, truth = ss.simulate_nights(60, seed=i, effects={"late_meal": -30}, sd_min=30)
        one = ss.compare(nights, outcome="tst_min", factor="late_meal")
        misses = not one.effect_low <= truth.effects["tst_min"]["late_meal"] <= one.effect_high
        missed += misses
        ax.vlines(i, one.effect_low, one.effect_high, color=FAR if misses else SLEEP, lw=1.4)
    ax.axhline(-30, color=ink(), lw=1)
    ax.set(xticks=[], ylabel="minutes",
           xlabel=f"100 diaries; the truth is 30 min less; {missed} intervals miss it")  # fmt: skip


def together(ax: Any) -> None:
    """Stress shortens sleep; screens do nothing and come along with stress."""
    rng = np.random.default_rng(2)
    n = 150
    stress = rng.normal(4, 2, n).round().clip(0, 10)
    screens = (60 + 18 * (stress - 4) + rng.normal(0, 22, n)).clip(0).round()
    nights = _frame(
        tst_min=450 - 9 * stress + rng.normal(0, 28, n), stress=stress, screens_min=screens
    )
    table = ss.correlate(nights, outcomes="tst_min", beside=True).set_index("factor")
    for y, name in enumerate(("screens_min", "stress")):
        row = table.loc[name]
        scale = 60 if name == "screens_min" else 2
        for dy, kind, colour in ((0.14, "effect", GREY), (-0.14, "beside", SLEEP)):
            low, high = (row[f"{kind}_{end}"] * scale for end in ("low", "high"))
            at = row["effect" if kind == "effect" else "beside_effect"] * scale
            ax.plot([low, high], [y + dy] * 2, color=colour, lw=3)
            ax.plot(at, y + dy, "o", color=colour,
                    label={"effect": "asked alone", "beside": "with the other held equal"}[kind]
                    if y == 0 else None)  # fmt: skip
    ax.axvline(0, color=ink(), lw=1)
    ax.set_yticks(
        [0, 1], ["60 min of screens\n(does nothing)", "2 points of stress\n(takes 18 min)"]
    )
    ax.set(xlabel="minutes asleep", ylim=(-0.5, 1.6))
    ax.legend(loc="upper left")


def not_clear(ax: Any) -> None:
    """What remains possible of a habit that does nothing, by how long one has kept writing."""
    nights, _ = ss.simulate_nights(365, seed=4, effects={}, missing=0.1)
    for i, n in enumerate((21, 42, 84, 168, 300)):
        one = ss.compare(nights.iloc[:n], outcome="tst_min", factor="late_meal")
        ax.vlines(i, one.effect_low, one.effect_high, color=SLEEP, lw=4)
        ax.plot(i, one.effect, "o", color=ax.get_facecolor(), mec=SLEEP)
        ax.annotate(f"{one.effect_low:.0f} to {one.effect_high:+.0f}".replace("-", "−"),
                    (i, one.effect_high), ha="center", xytext=(0, 4), textcoords="offset points")  # fmt: skip
    ax.axhline(0, color=ink(), lw=1)
    ax.set_xticks(range(5), ["3 weeks", "6 weeks", "12 weeks", "24 weeks", "10 months"])
    ax.set(ylabel="minutes that would still fit")
    ax.margins(x=0.12, y=0.15)


def coin(ax: Any) -> None:
    """A trial: the difference seen, against those that other throws of the coin would have shown."""
    rng = np.random.default_rng(12)
    pairs = 20
    nights = 420 + 35 * _series(rng, 2 * pairs, 0.4)
    first = rng.random(pairs) < 0.5
    on = np.stack([first, ~first], axis=1).ravel()
    slept = nights - 28 * on

    def difference(on: np.ndarray) -> float:
        return float(slept[on].mean() - slept[~on].mean())

    others = []
    for _ in range(3000):
        flip = rng.random(pairs) < 0.5
        others.append(difference(np.stack([flip, ~flip], axis=1).ravel()))
    seen = difference(on)
    share = np.mean(np.abs(others) >= abs(seen) - 1e-9)
    ax.hist(others, 40, color=GREY, label="had the coin fallen otherwise")
    ax.axvline(seen, color=FAR, lw=2, label=f"what was seen: {-seen:.0f} min less")
    ax.set(xlabel=f"difference in minutes; as far from zero: {100 * share:.1f} % of the throws",
           yticks=[])  # fmt: skip
    ax.legend(loc="upper right")


def enough(ax: Any) -> None:
    """How many nights a difference takes: a coin decides, and nights differ by 50 min."""
    sizes = np.array([15, 20, 25, 30, 40, 50, 60])
    tables = [ss.nights_needed(effect=float(size), sd=50).table for size in sizes]
    needed = [int(table["nights"].iloc[0]) for table in tables]  # half of the nights, by a coin
    ax.plot(sizes, needed, "o-", color=SLEEP)
    for size, n in zip(sizes, needed, strict=True):
        ax.annotate(f"{n:.0f}", (size, n), xytext=(4, 4), textcoords="offset points")
    ax.set(xlabel="difference to be found, minutes", ylabel="nights", ylim=(0, None))


#: In the order of the page.
PICTURES: tuple[Callable[[Any], None], ...] = (
    neighbours, week, many, luck, intervals, together, not_clear, coin, enough,
)  # fmt: skip
