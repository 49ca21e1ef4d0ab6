"""The sheet to fill in during a trial: a CSV that any spreadsheet opens."""

from __future__ import annotations

import csv
import io
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from sleepstats.errors import DiaryError

if TYPE_CHECKING:
    from sleepstats.trials.plan import TrialPlan

#: Filled in by the person, besides what was planned.
ANSWERS = ("done", "guess", "note")
#: Diary columns to fill in, in the order of a night; the others are computed from them.
DIARY = ("into_bed", "lights_out", "sol_min", "nawk", "waso_min", "final_wake", "out_of_bed",
         "quality")  # fmt: skip
HEADER = ("night", "planned", *ANSWERS, *DIARY, "trial_plan", "stop_rule", "trial_warning")
_MARK = "sleepstats-trial-1"


def sheet_of(plan: TrialPlan) -> str:
    """Return the sheet to fill in."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(HEADER)
    code = code_of(plan)
    for place, (night, condition) in enumerate(
        zip(plan.nights, plan.table["condition"], strict=True)
    ):
        once = ("", "") if place else (plan.stop_rule, plan.warning)
        blanks = [""] * (len(ANSWERS) + len(DIARY))
        rows.writerow([f"{night:%Y-%m-%d}", condition, *blanks, code, *once])
    return out.getvalue()


def code_of(plan: TrialPlan) -> str:
    """Return everything a plan is drawn from, on one line."""
    parts = {
        "design": plan.design.name,
        "nights": plan.design.n_nights,
        "block": plan.design.block,
        "max_run": plan.design.max_run,
        "seed": plan.seed,
        "start": f"{plan.nights[0]:%Y-%m-%d}",
        "conditions": "/".join(quote(name, safe="") for name in plan.conditions),
        "substance": quote(plan.substance, safe=""),
    }
    return " ".join([_MARK, *(f"{name}={value}" for name, value in parts.items())])


def words_of(code: str) -> dict[str, str] | None:
    """Return the parts of a plan's line; nothing if it is none."""
    mark, *parts = code.split() or [""]
    if mark != _MARK:
        return None
    words = dict(part.partition("=")[::2] for part in parts)
    words["substance"] = unquote(words.get("substance", ""))
    return words


def write_new(path: str | PathLike[str], text: str, encoding: str) -> Path:
    """Write a file that does not exist yet, line ends as they stand in the text."""
    file = Path(path)
    try:
        with file.open("x", encoding=encoding, newline="") as stream:
            stream.write(text)
    except FileExistsError:
        raise DiaryError(
            f"{file}: the file exists, and what was filled in is never written over. Choose "
            "another name, or delete the file."
        ) from None
    except OSError as error:
        raise DiaryError(f"{file}: cannot be written ({error.strerror}).") from None
    return file
