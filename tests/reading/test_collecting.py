"""Python's search for circular references rests while a file is read, and only then."""

import gc
import io

import pytest

import sleepstats as ss
from sleepstats import reading

NIGHTS = "night,lights_out,sol_min,waso_min,final_wake\n2026-01-05,23:10,15,10,06:50\n"


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("text", [NIGHTS, "no table at all"])
def test_the_collector_is_as_it_was(on: bool, text: str, monkeypatch) -> None:
    """A file that is read, and one that is refused, leave the setting of the caller."""
    seen = []
    assemble = reading.assemble
    monkeypatch.setattr(
        reading, "assemble", lambda *a, **k: (seen.append(gc.isenabled()), assemble(*a, **k))[1]
    )
    was = gc.isenabled()
    (gc.enable if on else gc.disable)()
    try:
        if text is NIGHTS:
            assert len(ss.read_diary(io.StringIO(text))) == 1
            assert seen == [False]
        else:
            with pytest.raises(ss.DiaryError):
                ss.read_diary(io.StringIO(text))
        assert gc.isenabled() is on
    finally:
        (gc.enable if was else gc.disable)()
