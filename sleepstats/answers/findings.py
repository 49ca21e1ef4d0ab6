"""What went with sleep, the clearest first, in a few sentences."""

from __future__ import annotations

import pandas as pd

from sleepstats.answers.said import Answer, count_said
from sleepstats.columns import column_of

#: How many habits are named where none of them stood out.
NAMED = 8


def what_went_with(nights: pd.DataFrame, table: pd.DataFrame, *, most: int = 3) -> Answer:
    """Say what stood out of a table of questions, and what became of the others.

    >>> import sleepstats as ss
    >>> nights, truth = ss.simulate_nights(90, seed=1)
    >>> table = ss.correlate(nights, outcomes=["tst_min"], factors=["stress", "reading"])
    >>> len(what_went_with(nights, table).sentences) >= 2
    True
    """
    from sleepstats.relations.one_or_all import associate

    if (table["status"] == "refused").all():
        return Answer((_nothing_asked(nights, table),))
    told = table.attrs.get("sleepstats_table", {})
    options = {key: told[key] for key in ("level",) if key in told}
    if "adjust" in told:
        options["adjust"] = tuple(told["adjust"])
    found = clearest(table)
    sentences = [
        str(associate(nights, outcome=outcome, factor=factor, **options))
        for outcome, factor in found[["outcome", "factor"]].head(most).to_numpy().tolist()
    ]
    if len(found) > most:
        sentences.append(f"{count_said(len(found) - most, 'more finding')} stand in the table.")
    tied = found["reason"].str.contains("entangled with ", regex=False)
    once = found[tied].drop_duplicates("factor").head(most)
    for factor, text in once[["factor", "reason"]].to_numpy().tolist():
        reason = text[text.index("entangled with ") :]
        sentences.append(f"“{column_of(nights, factor).label}” is {reason}.")
    if not sentences:
        sentences.append(_nothing_found(nights, table))
    return Answer((*sentences, _tally(table)))


def clearest(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table of questions that were found, the clearest first."""
    found = table[table["status"] == "found"]
    return found.sort_values(["pvalue_family", "pvalue"], kind="stable")


def _nothing_asked(nights: pd.DataFrame, table: pd.DataFrame) -> str:
    """Say why no question could be asked."""
    if table.empty:
        return (
            "Nothing can be asked of this diary: it holds the nights but no habit or circumstance, "
            "such as stress or coffee, to set them against."
        )
    from sleepstats.asking.questions import LEAST_NIGHTS

    reasons = table["reason"].str.partition(":")[0].value_counts()
    if len(nights) < LEAST_NIGHTS:
        why = (
            f"it has {count_said(len(nights), 'night')}, and a question needs at least "
            f"{LEAST_NIGHTS} with both values"
        )
    else:
        why = f"the commonest reason is: {reasons.index[0]}"
    return f"Nothing can be asked of this diary yet: {why}."


def _nothing_found(nights: pd.DataFrame, table: pd.DataFrame) -> str:
    """Say what was asked about when nothing stood out."""
    asked = table[table["status"] != "refused"]
    habits, outcomes = (
        [column_of(nights, name).label for name in asked[column].unique()]
        for column in ("factor", "outcome")
    )
    shown = [f"“{label}”" for label in habits[:NAMED]]
    if len(habits) > NAMED:
        shown.append(f"{len(habits) - NAMED} more")
    nothing = "It did not" if len(habits) == 1 else "None of it"
    verb = "go" if len(habits) == 1 else "went"
    return (
        f"Asked about: {_listed(shown, 'and')}. {nothing} clearly {verb} with "
        f"{_listed(outcomes, 'or')}."
    )


def _listed(words: list[str], last: str) -> str:
    """Join words with commas and a last conjunction."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _tally(table: pd.DataFrame) -> str:
    """Count the questions by what became of them."""
    counts = table["status"].value_counts()
    words = {
        "found": "stood out",
        "not found": "showed no clear difference",
        "unreachable": "could hardly be answered with this many nights",
        "refused": "could not be asked",
    }
    parts = [f"{counts[status]} {text}" for status, text in words.items() if status in counts]
    return f"{count_said(len(table), 'question')}: {'; '.join(parts)}."
