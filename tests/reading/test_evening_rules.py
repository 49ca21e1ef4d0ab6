"""No false null without a word: a planted effect under each date rule, read without saying which.

The diaries are those of ``benchmarks/evening_rules.py``: a cup of coffee takes 25 minutes of the
night that follows it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize("clocks", [True, False])
@pytest.mark.parametrize("rule", ["evening", "morning", "bedtime", "calendar"])
def test_the_effect_is_found_or_both_readings_are_told(
    rule: str, *, clocks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    sys.modules.pop("evening_rules", None)
    import evening_rules

    for seed in (3, 4):
        got = evening_rules.outcome(evening_rules.written(seed, rule, clocks=clocks))
        # a row that is a calendar day sets the habit against the night before it, where nothing is
        assert got in (("told",) if rule == "calendar" else ("found", "told"))
