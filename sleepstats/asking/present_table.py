"""A result table for reading: rounded, labelled, sorted. The numbers stay as they are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from sleepstats.asking.verdicts import TABLE, TABLE_COLUMNS
from sleepstats.columns import column_of
from sleepstats.errors import DiaryError, worded
from sleepstats.results import relation
from sleepstats.results.relation import NO_CLEARER, Association, Difference
from sleepstats.results.sentences import interval_name, removed, typical_night
from sleepstats.units import CLOCK_UNIT, Table, counted, decimals, per_step, signed

#: An effect and its interval with others held equal.
BESIDE = ("beside_effect", "beside_low", "beside_high")
_ORDER = {
    "stands": 0, "found": 0, "gone": 1, "not found": 2, "no difference that matters": 3,
    "unreachable": 4, "refused": 5,
}  # fmt: skip
#: How sure rows are of which no p-value says it; "very clear" was read as what there is of "gone".
_SURE = {
    "refused": "", "unreachable": "out of reach", "gone": "not clear beside others",
    "no difference that matters": "too small to matter",
}  # fmt: skip
_RANGES = (
    "Ranges are those of single questions; beside=True allows for how many were asked.",
    "Ranges of what was found allow for {} questions; not that with others held equal (stands).",
)
_FAMILIES = {
    "bh": "luck among {} allowed for (Benjamini–Hochberg)",
    "holm": "luck among {} allowed for (Holm)",
    "none": "p-values not adjusted for the {}",
}


@worded
def present(table: pd.DataFrame | Association | Difference) -> pd.DataFrame:
    """Return a copy of a result for reading.

    Parameters
    ----------
    table : DataFrame, Association or Difference
        What :func:`~sleepstats.correlate`, :func:`~sleepstats.associate` or
        :func:`~sleepstats.compare` gave. A filtered or sorted copy of the table will do.

    Returns
    -------
    DataFrame
        Text for people; what stands first, then what was found, then by p-value, refused last:

        * ``'outcome'``, ``'factor'``: labels
        * ``'difference'``: adjusted effect with its interval, unit and step, such as
          ``+12 min [−3, 27] per cup``; for latency the ratio, then minutes (of a yes or no read
          back from a file at the median of all nights); for a clock time minutes, later being
          more. Of found rows, with ``beside=True``, in the false-coverage-rate interval
        * ``'best guess'``, ``'beside the others'``: with ``beside=True``; the guess with the chance
          that its direction is right, and whether it stands or beside what it goes away
        * ``'r'``: displayed correlation with its interval; ``'nights'``: nights used
        * ``'how sure'``: the family p-value in words; ``'status'``: as in the table
        * ``'reason'``: the short code of the reason; the table has its words

        ``.attrs["footer"]`` is a sentence on how the table was made.

    Raises
    ------
    DiaryError
        If it is no result of this library.

    Notes
    -----
    A numeric factor is shown per round step (30 min of screens rather than one). *very clear*: p
    below 0.001; *clear*: below 0.01; *fairly clear*: found all the same, or the range of its best
    guess nearly reaches 0; *perhaps*: it does, where more was asked; *may be luck*: p below ``1 -
    level`` alone, not among so many; *not clear beside others*: found, gone with them held equal.

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, truth = ss.simulate_nights(120, seed=7)
    >>> shown = ss.present(ss.correlate(nights))
    >>> shown.columns.tolist()
    ['outcome', 'factor', 'difference', 'r', 'nights', 'how sure', 'status', 'reason']
    """
    if isinstance(table, Association | Difference):
        rows, about = [_row_of(table)], _about_one(table)
    elif isinstance(table, pd.DataFrame) and {*TABLE_COLUMNS} - {"step"} <= {*table.columns}:
        rows, about = rows_with(table)
    else:
        raise DiaryError(
            f"present() was given a {type(table).__name__} that is no result. "
            "Give it what correlate(), associate() or compare() returned."
        )
    every, own = about["questions"] - about["refused"], about.get("answered", {})  # picked or not
    lone = {"best_guess_low": math.nan} if every == 1 else {}  # of one its p says it, as without
    # a p-value that is missing comes after all others
    rows.sort(key=lambda row: (_ORDER.get(relation.verdict_of(row), 4), min(2.0, row["pvalue"])))
    shown = pd.DataFrame(
        {
            "outcome": [_label(about, row["outcome"]) for row in rows],
            "factor": [_label(about, row["factor"]) for row in rows],
            "difference": [_difference(row, about) for row in rows],
            "r": [_correlation(row) for row in rows],
            "nights": [row["n"] for row in rows],
            "how sure": [how_sure({**row, **lone}, about) for row in rows],
            "status": [row["status"] for row in rows],
            "reason": [row["reason"].partition(":")[0] for row in rows],
        }
    )
    if rows and all("stands" in row for row in rows):
        shown.insert(3, "best guess", [_guess(row, about) for row in rows])
        words, away = relation.beside_words, relation.away_of(rows)
        shown.insert(7, "beside the others", [words({**row, **lone}, about, away) for row in rows])
    if sizes := {own.get(x["outcome"], every) for x in rows if x["status"] == "found"} - {1}:
        span = " to ".join(map(str, sorted({min(sizes), max(sizes)})))
        shown.attrs["wider"] = _RANGES["stands" in rows[0]].format(span)
    shown.attrs |= {"footer": footer(rows, about), "open": about.get("dates_open", "")}
    told = ([*_in_short(row, about), _held(row, about)] for row in rows)
    shown.attrs["short"] = dict(zip(map(_key, shown.to_dict("records")), told, strict=True))
    return Table.of(shown, _view)


def _key(row: Mapping[Any, Any]) -> str:
    """Name a row by what stands in it, as rows are picked, sorted and numbered anew."""
    return "\t".join(str(row[name]) for name in ("outcome", "factor", "difference"))


def _view(shown: pd.DataFrame, wide: bool) -> tuple[pd.DataFrame, str]:
    """Return what one reads first, below its outcome; all columns where there is room."""
    below = f"{shown.attrs.get('wider', '')} {shown.attrs.get('open', '')}".strip()
    if wide:
        records = shown.to_dict("records")
        held = [shown.attrs["short"][_key(row)][3] for row in records]
        seen = shown[["outcome", "factor", "difference"]].astype(str)
        if any(held):
            seen["others held equal"] = held
        seen = seen.assign(nights=shown["nights"].astype(str), verdict=list(map(_verdict, records)))
        return seen, f"{shown.attrs.get('footer', '')} {below}".strip()
    rows: list[tuple[str, str, str]] = []
    for outcome, part in shown.groupby("outcome", sort=False):
        rows.append((f"{outcome}:", "", ""))
        why = part["reason"].unique()
        if len(part) > 2 and len(why) == 1 and why[0] and not part["difference"].any():
            rows.append((f"  all {len(part)} factors", "", why[0]))
            continue
        for row in part.to_dict("records"):
            words = str(row["how sure"] or row["reason"]).partition(",")[0]
            per, alone, held, _ = shown.attrs["short"][_key(row)]
            beside = str(row.get("beside the others", "")).partition("; ")[0]
            if beside.startswith("stands"):  # without others it was not tried
                beside = f"stands: {held}" if held else words
            elif words == "perhaps" and "best guess" in row:  # far from the difference beside it
                beside = f"perhaps: best guess {row['best guess'].partition(' ')[0]}"
            rows.append((f"  {row['factor']}", alone + per, beside or words))
    return pd.DataFrame(rows, columns=["", "difference", "verdict"]), below


def _verdict(row: Mapping[Any, Any]) -> str:
    """Return in one cell how sure a row is, what stands beside the others, and why not."""
    beside = str(row.get("beside the others", ""))
    if beside and not beside.startswith(("stands", NO_CLEARER)):
        return beside
    why = "" if row["status"] in ("no difference that matters", "unreachable") else row["reason"]
    return "; ".join(filter(None, (row["how sure"], beside or why)))


def easy_to_read(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of questions that prints as :func:`present` shows it."""
    return Table.of(table, _view_of_questions)


def _view_of_questions(table: pd.DataFrame, wide: bool) -> tuple[pd.DataFrame, str]:
    return _view(present(table), wide)


def footer(rows: list[dict[str, Any]], about: dict[str, Any]) -> str:
    """Return one sentence on how a table was made."""
    asked, refused = about["questions"], about["refused"]
    parts = [f"{counted(asked, 'question')} asked" + (f", {refused} refused" if refused else "")]
    if about.get("family") and asked - refused > 1:
        parts.append(_FAMILIES[about["family"]].format(asked - refused))
    first, last = about.get("first_night"), about.get("last_night")
    parts += [f"nights {first} to {last}"] if first else []
    parts += [removed(about["adjust"])] if "adjust" in about else []
    if "level" in about:
        name = interval_name(float(about["level"]))
        parts.append(f"in brackets {name}s of single questions")
        if any(math.isfinite(row.get("fcr_low", math.nan)) for row in rows):
            parts[-1] += ", of differences that were found wider ones"
    return f"{'; '.join([*parts, *about.get('notes', [])])}."


def rows_with(table: pd.DataFrame) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the rows of a table and how it was made, also where it was read back from a file."""
    rows: list[dict[str, Any]] = table.to_dict("records")  # type: ignore[assignment]
    rows = [{**row, "reason": why if (why := row["reason"]) == why else ""} for row in rows]
    known = [column_of(None, str(name)) for name in {*table["outcome"], *table["factor"]}]
    about: dict[str, Any] = {
        "questions": len(rows),
        "refused": sum(row["status"] == "refused" for row in rows),
        "labels": {column.name: column.label for column in known},
        "units": {column.name: column.unit for column in known},
        "steps": {row["factor"]: row["step"] for row in rows if row.get("step", 0.0) > 0.0},
    }
    return rows, about | table.attrs.get(TABLE, {})


def _row_of(one: Association | Difference) -> dict[str, Any]:
    """Return a single result as a row of the table."""
    row = {name: getattr(one, name, math.nan) for name in TABLE_COLUMNS}
    return row | {"pvalue_family": getattr(one, "pvalue_family", one.pvalue)}


def _about_one(one: Association | Difference) -> dict[str, Any]:
    """Return what a table's attrs would say of a single result."""
    ends = {"first_night": one.first_night, "last_night": one.last_night}
    return {
        "level": one.level,
        "adjust": list(one.adjust),
        "questions": 1,
        "refused": int(one.status == "refused"),
        "labels": {one.outcome: one.outcome_label, one.factor: one.factor_label},
        "units": {one.outcome: one.outcome_unit, one.factor: one.factor_unit},
        "steps": {one.factor: getattr(one, "step", 1.0)},
        "off_no": {one.factor: typical_night(one)[1]},
        **{name: f"{day:%Y-%m-%d}" for name, day in ends.items() if day is not None},
    }


def _label(about: dict[str, Any], name: str) -> str:
    return str(about.get("labels", {}).get(name, name))


def _difference(row: dict[str, Any], about: dict[str, Any]) -> str:
    """Return the effect with its interval, per round step of the factor."""
    if row["status"] == "refused":
        return ""
    if math.isnan(row["effect"]):
        return "differs between kinds" if row["status"] == "found" else "no clear difference"
    return "".join(_sized(row, about, ends_of(row)))


def ends_of(row: dict[str, Any]) -> tuple[str, str, str]:
    """Name the effect and its interval: of what was found the wider one."""
    found = math.isfinite(row.get("fcr_low", math.nan))
    return ("effect", *(("fcr_low", "fcr_high") if found else ("effect_low", "effect_high")))


def _sized(
    row: dict[str, Any], about: dict[str, Any], names: tuple[str, str, str], *, ratio: bool = True
) -> tuple[str, str]:
    """Return an effect with its interval, and for what step of the factor; latency as asked."""
    unit, per, step, (value, low, high) = for_step(row, about, names)
    factor_unit = about.get("units", {}).get(row["factor"], "")
    each = per if step == 1.0 else per_step(step, factor_unit, _label(about, row["factor"]))
    per_what = f" per {each}" * bool(per)
    if ratio and not math.isnan(row["ratio"]):
        told = f", about {signed(value, 0)} min" * bool(value)
        times, least, most = (ratio**step for ratio in _ratios(row, names)[1])
        return f"×{times:.2f} [{least:.2f}, {most:.2f}]{told}", per_what
    if math.isnan(value):
        return "", per_what
    places = decimals(low, high)
    ends = f"[{signed(low, places, plus=False)}, {signed(high, places, plus=False)}]"
    return f"{signed(value, places)} {unit} {ends}".replace("  ", " "), per_what


def _ratios(row: dict[str, Any], names: Sequence[str]) -> tuple[float, list[float]]:
    """Return by how much a ratio of latency grows each minute, 1 / median, and some as ratios."""
    told = {f"effect{end}": row[f"ratio{end}"] for end in ("", "_low", "_high")}
    # of a ratio of 1 the minutes are lost in rounding; then an end says it
    grows = ((told[name] - 1.0) / row[name] for name in told if abs(told[name] - 1.0) > 1e-9)
    growth = float(next(grows, 0.0))
    return growth, [float(told.get(name, 1.0 + growth * row[name])) for name in names]


def for_step(
    row: dict[str, Any], about: dict[str, Any], names: Sequence[str]
) -> tuple[str, str, float, list[float]]:
    """Return unit, per what, the step that is spoken of, and sizes for it; clocks in minutes."""
    unit, _, per = row["effect_unit"].partition(" per ")
    step = float(about.get("steps", {}).get(row["factor"], 1.0)) if per else 1.0
    sizes, (growth, ratios) = [row[name] for name in names], _ratios(row, names)
    if growth:  # latency: a step multiplies the ratio
        off = about.get("off_no", {}).get(row["factor"], 0.0)
        return unit, per, step, [(x ** (step - off) - x**-off) / growth for x in ratios]
    own = about.get("units", {}).get(row["outcome"], column_of(None, row["outcome"]).unit)
    if own in (CLOCK_UNIT, "local time"):
        unit, sizes = "min", [60.0 * x for x in sizes]
    return unit, per, step, [step * x for x in sizes]


def _in_short(row: dict[str, Any], about: dict[str, Any]) -> tuple[str, str, str]:
    """Return what a narrow table has room for: the step, the effect alone, and held equal."""
    if row["status"] == "refused" or math.isnan(row["effect"]):
        return "", _difference(row, about), ""
    alone, per = _sized(row, about, ends_of(row), ratio=False)
    if not row.get("held_equal"):
        return per, alone, ""
    size, _, ends = _sized(row, about, BESIDE, ratio=False)[0].partition(" [")
    return per, alone, f"{size.partition(' ')[0]} [{ends}" if ends else ""  # the unit stands before


def _held(row: dict[str, Any], about: dict[str, Any]) -> str:
    """Return a found effect with its interval once more, with the other habits held equal."""
    held = row["status"] == "found" and relation.names_in(row.get("held_equal"))
    return _sized(row, about, BESIDE)[0] if held and not math.isnan(row["beside_effect"]) else ""


def _guess(row: dict[str, Any], about: dict[str, Any]) -> str:
    """Return the best guess per round step with the chance that its direction is right."""
    if math.isnan(row["best_guess"]) or relation.verdict_of(row) in ("refused", "gone"):
        return ""
    unit, _, _, (value,) = for_step(row, about, ["best_guess"])
    chance = row["p_direction"]
    told = f"{signed(value, 0 if abs(value) >= 10 else 1)} {unit}".replace("  ", " ")
    if row["status"] != "found":  # a share beside "not clear" was read as how sure the size is
        return told
    return f"{told} ({'> 99' if chance > 0.99 else f'{100 * chance:.0f}'} % this way)"


def _correlation(row: dict[str, Any]) -> str:
    if row["status"] == "refused" or math.isnan(row["r"]):
        return ""
    low, high = (signed(row[name], 2, plus=False) for name in ("r_low", "r_high"))
    return f"{signed(row['r'], 2)} [{low}, {high}]"


def how_sure(row: Mapping[str, Any], about: Mapping[str, Any]) -> str:
    """Return the verdict on a row in words, the same wherever one is shown or written."""
    alone, verdict = row["pvalue"] < 1.0 - float(about.get("level", 0.95)), relation.verdict_of(row)
    kinds = math.isnan(row.get("effect", 0.0))  # some of them on too few evenings to say more
    if verdict in _SURE and not (verdict == "unreachable" and alone and not kinds):
        far = row["reason"].partition(": over ")[2].partition(", as evenings")[0]
        return f"{_SURE[verdict]}, over {far}" if far else _SURE[verdict]
    if row["status"] != "found":
        return "may be luck" if alone else "not clear"
    low, high, guess = (abs(float(row.get(f"best_guess{x}", 9))) for x in ("_low", "_high", ""))
    p = 1.0 if min(low, high) < 0.1 * guess else row["pvalue_family"]
    clear = "very clear" if p < 0.001 else "clear" if p < 0.01 else "fairly clear"
    return "perhaps" if relation.is_unsure(row) or math.isnan(p) else clear
