"""What a project of somebody else's writes, for ``mypy --strict`` against the installed wheel.

Nothing here is run. The lines that end in ``type: ignore`` are mistakes: mypy must object to each,
with that code, or it objects to the comment.
"""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

import sleepstats as ss


def read(path: Path) -> pd.DataFrame:
    """Read a file in three ways."""
    nights: pd.DataFrame = ss.read_diary(path)
    nights = ss.read_diary([path, path], labels="evening", dayfirst=True, tz="Europe/Berlin")
    nights = ss.read_diary(path, when={"tired": "morning"}, reverse=["stress"], strict=True)
    return ss.add_measures(ss.check_nights(nights))


def ask(nights: pd.DataFrame) -> float:
    """Ask, and use what comes back with its types."""
    table: pd.DataFrame = ss.correlate(nights, outcomes=["tst_min"], beside=True)
    shown: pd.DataFrame = ss.present(table)
    one: ss.Association = ss.associate(nights, outcome="tst_min", factor="stress")
    two: ss.Difference = ss.compare(nights, outcome="tst_min", factor="late_meal", level=0.9)
    both: ss.BothWays = ss.stress_and_sleep(nights)
    dose: ss.Response = ss.dose_response(nights, outcome="tst_min", dose="alcohol_drinks")
    needed: ss.NightsNeeded = ss.nights_needed(effect=30, sd=60)
    said: list[str] = [
        str(one),
        str(two),
        str(both),
        str(dose),
        str(needed),
        *ss.answer(nights).findings,
    ]
    width: float = one.effect_high - one.effect_low
    print(len(said), len(shown))
    return width


def try_it(nights: pd.DataFrame) -> ss.TrialResult:
    """Plan a trial and analyse it."""
    plan: ss.TrialPlan = ss.plan_trial(56, seed=1, start="2026-03-02")
    return ss.analyse_trial(nights, plan, outcome="tst_min")


def draw(nights: pd.DataFrame) -> Axes:
    """Draw, and share."""
    with ss.theme():
        ax: Axes = ss.plot_difference(nights, outcome="tst_min", factor="late_meal")
    shown: pd.DataFrame = ss.anonymise(nights, seed=4)
    return ss.plot_raster(shown, ax=ax)


def refuse(path: Path) -> str:
    """Catch what the library raises."""
    try:
        read(path)
    except ss.DiaryError as error:
        return str(error)
    return ss.__version__


def mistakes(nights: pd.DataFrame) -> None:
    """Each of these has to be seen."""
    ss.compare(nights, outcome="tst_min")  # type: ignore[call-arg]
    ss.correlate(nights, outcome="tst_min")  # type: ignore[call-arg]
    ss.correlate(nights, "tst_min")  # type: ignore[call-arg]
    ss.corelate(nights)  # type: ignore[attr-defined]
    ss.anonymise(nights, seed="4")  # type: ignore[arg-type]
    ss.read_diary(nights, labels="noon")  # type: ignore[arg-type]
    wrong: int = ss.answer(nights)  # type: ignore[assignment]
    print(wrong)
