"""The guide in CONTRIBUTING.md is true: its format reads its file."""

from __future__ import annotations

import io
import re
import types
from pathlib import Path

import numpy as np
import pytest

import sleepstats as ss
from sleepstats import DiaryWarning
from sleepstats.reading.formats import known_formats

GUIDE = Path(__file__).parents[2] / "CONTRIBUTING.md"


def block(language: str) -> str:
    """Return the guide's first block of code in a language."""
    text = GUIDE.read_text(encoding="utf-8")
    text = text[text.index("## How to add a format") :]
    found = re.search(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)
    assert found is not None
    return found[1]


def test_the_invented_format_reads_its_invented_file(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("night_owl")
    exec(compile(block("python"), "night_owl.py", "exec"), module.__dict__)
    formats = {**known_formats(), "night_owl": module.FORMAT}
    monkeypatch.setattr("sleepstats.reading.known_formats", lambda: formats)
    with pytest.warns(DiaryWarning, match="1 refused, 2 with something to tell"):
        nights = ss.read_diary(io.StringIO(block("csv")))
    assert nights.attrs["sleepstats"]["format"] == "night_owl"
    assert [f"{night:%m-%d}" for night in nights.index] == ["01-05", "01-06"]
    np.testing.assert_array_equal(nights["waso_min"], [12, np.nan])
    np.testing.assert_array_equal(nights["nap_min"], [np.nan, 40])
    assert nights["tst_min"].tolist()[0] == 458.0  # 23:10 to 07:00 is 470 min, 12 of them awake
    assert nights["late_meal"].tolist() == [True, False]
    assert ss.reading_report(nights)["status"].tolist() == [
        "skipped", "used", "nap", "repaired", "refused",
    ]  # fmt: skip


@pytest.mark.parametrize("path", re.findall(r"`((?:reading|tests/reading|benchmarks)/[\w/]+\.py)`",
                                            GUIDE.read_text(encoding="utf-8")))  # fmt: skip
def test_the_files_it_names_are_there(path: str) -> None:
    top = Path(ss.__file__).parent if path.startswith("reading/") else GUIDE.parent
    assert (top / path).is_file()
