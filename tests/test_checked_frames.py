"""What no frame of nights may hold, in words: names, infinite numbers, sizes no unit explains."""

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss

INDEX = pd.date_range("2026-01-01", periods=20, name="night")


def nights(**columns):
    return pd.DataFrame({"tst_min": 400.0 + np.arange(20.0), **columns}, index=INDEX)


def test_infinite_numbers_are_told():
    stress = np.arange(20.0)
    stress[3] = np.inf
    with pytest.raises(ss.DiaryError) as caught:
        ss.correlate(nights(stress=stress))
    assert str(caught.value) == (
        "Column 'stress' is infinite on 1 night, first on 2026-01-04. Set it to missing there."
    )


@pytest.mark.parametrize(("scale", "said"), [(1e300, "1.9e+301"), (1e-300, "1.9e-299")])
def test_sizes_that_no_unit_explains_are_told(scale, said):
    with pytest.raises(ss.DiaryError) as caught:
        ss.check_nights(nights(dose_mg=np.arange(20.0) * scale))
    assert str(caught.value) == (
        f"Column 'dose_mg' has {said} for its largest number. Give it a unit in which it lies "
        "between 1e-100 and 1e+100."
    )
    ss.check_nights(nights(dose_mg=np.zeros(20), none=np.full(20, np.nan)))


def test_names_must_be_text():
    frame = nights(stress=np.arange(20.0))
    frame.columns = pd.MultiIndex.from_product([["mine"], frame.columns])
    with pytest.raises(ss.DiaryError, match=r"A column is named \('mine', 'tst_min'\), which is"):
        ss.correlate(frame)
