"""The shipped sample diaries: invented, small, with the truth written down beside them."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pandas as pd

from sleepstats.errors import DiaryError, did_you_mean

#: Name of each sample and what it is.
SAMPLES = {
    "diary": "120 nights in this library's own layout, ten habits, effects planted",
    "spreadsheet": "60 nights in a hand-made spreadsheet with the usual warts",
    "sleep_cycle": "150 nights as the Sleep Cycle app exported them until 2020",
}


def load_sample(name: str = "diary") -> pd.DataFrame:
    """Load a shipped sample diary.

    All of them are invented. What was planted in each, and how each was made, stands in
    ``README.md`` beside the files (``sample_path("diary").with_name("README.md")``).

    Parameters
    ----------
    name : {"diary", "spreadsheet", "sleep_cycle"}, default "diary"
        ``diary``: 120 calendar nights in this library's own layout. ``spreadsheet``: 60 nights
        typed by hand, with mixed clock styles and cells that nobody can read; loading it warns,
        as it should. ``sleep_cycle``: 150 nights of an app's export.

    Returns
    -------
    DataFrame
        As :func:`read_diary` returns it: one row per night, index ``night`` (evening date). The
        columns of ``diary``, besides those that :func:`add_measures` computes:

        ============================== ========== ==================================================
        column                         unit       meaning
        ============================== ========== ==================================================
        ``into_bed``                   local time got into bed
        ``lights_out``                 local time tried to sleep
        ``sol_min``                    min        took so long to fall asleep
        ``nawk``                       count      awakenings, the final one not counted
        ``waso_min``                   min        awake after falling asleep, in all
        ``final_wake``                 local time final awakening
        ``out_of_bed``                 local time got up
        ``quality``                    1 to 5     rating of the night, 5 is best
        ``stress``                     0 to 10    stress of the day before the night
        ``caffeine_cups``              cups       coffee or tea that day
        ``caffeine_last``              local time last cup; also ``caffeine_last_h_before_bed``
        ``alcohol_drinks``             drinks     that evening
        ``screens_min``                min        in front of a screen, evening
        ``late_meal``                  yes/no     ate late
        ``exercise_min``               min        that day
        ``reading``                    yes/no     read in bed
        ``bedroom_temperature_c``      °C         bedroom at lights out
        ``supplement_kind``            words      none, chamomile or magnesium (invented)
        ``supplement_dose_mg``         mg         0 without
        ``supplement_time``            local time also ``supplement_time_h_before_bed``
        ============================== ========== ==================================================

    Raises
    ------
    DiaryError
        If there is no sample of that name, or this installation has lost its samples.

    Examples
    --------
    >>> nights = load_sample()
    >>> nights[["sol_min", "tst_min", "stress"]].shape[1]
    3
    """
    from sleepstats.reading import read_diary

    return read_diary(sample_path(name))


def sample_path(name: str = "diary") -> Path:
    """Say where a shipped sample lies, to open or copy the file itself.

    Parameters
    ----------
    name : {"diary", "spreadsheet", "sleep_cycle"}, default "diary"
        As for :func:`load_sample`.

    Returns
    -------
    Path
        An existing CSV file.

    Raises
    ------
    DiaryError
        If there is no sample of that name, or this installation has lost its samples.

    Examples
    --------
    >>> sample_path("spreadsheet").name
    'spreadsheet.csv'
    >>> sample_path("dairy")
    Traceback (most recent call last):
    ...
    sleepstats.errors.DiaryError: No sample 'dairy'. Did you mean 'diary'? Samples: diary, ...
    """
    if not isinstance(name, str) or name not in SAMPLES:
        near = did_you_mean(str(name), SAMPLES)
        raise DiaryError(f"No sample {name!r}.{near} Samples: {', '.join(SAMPLES)}.")
    places = _places()
    for place in places:
        path = place / f"{name}.csv"
        if path.is_file():
            return path
    raise DiaryError(
        f"Sample '{name}.csv' lies neither in {places[0]} (where an installation has it) nor in "
        f"{places[1]} (where a checkout has it). Install sleepstats again."
    )


def _places() -> tuple[Path, Path]:
    """Return the folder of a built wheel and that of a checkout or editable installation."""
    return (
        Path(str(files("sleepstats"))) / "_sample",
        Path(__file__).resolve().parents[1] / "data" / "sample",
    )
