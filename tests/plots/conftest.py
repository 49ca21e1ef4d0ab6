"""A small diary for pictures: regular nights, later on Friday and Saturday, nothing at random."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def diary() -> Callable[..., pd.DataFrame]:
    """Return a maker of ``n`` complete nights from Monday, 2026-01-05."""

    def make(n: int = 60, start: str = "2026-01-05") -> pd.DataFrame:
        index = pd.date_range(start, periods=n, name="night")
        i = np.arange(n)
        late = 1.0 * index.day_of_week.isin([4, 5])
        stress = (i * 7) % 11 * 1.0
        sol = 5.0 * (1 + (i * 5) % 12)
        onset = 23.0 + late + sol / 60
        wake = 31.0 + late - 0.05 * stress + 0.2 * np.sin(i)

        def clock(hours: np.ndarray) -> pd.DatetimeIndex:
            return index + pd.to_timedelta(np.round(hours * 60), unit="min")

        return pd.DataFrame(
            {
                "into_bed": clock(22.75 + late),
                "lights_out": clock(23.0 + late),
                "sleep_onset": clock(onset),
                "final_wake": clock(wake),
                "out_of_bed": clock(wake + 0.25),
                "sol_min": sol,
                "tst_min": np.round(60 * (wake - onset)),
                "midsleep_h": (onset + wake) / 2,
                "stress": stress,
                "screens_min": 15.0 * ((i * 3) % 8),
                "late_meal": pd.array((i * 4) % 9 < 4, dtype="boolean"),
                "tea": pd.array(np.array(["none", "mint", "lime"])[(i * 5) % 13 % 3], dtype="str"),
            },
            index=index,
        )

    return make
