"""Files of a study: identifiers of people, of whom a diary can hold only one."""

from __future__ import annotations

from sleepstats.errors import DiaryError
from sleepstats.reading.text import RawTable

SHOWN = 5


def check_one_person(table: RawTable, at: int | None, *, secret: bool = False) -> None:
    """Refuse a table in which a column of identifiers names several people."""
    if at is None:
        return
    people = sorted({cell.strip() for cell in table.columns[at].tolist()} - {""})
    if len(people) < 2:
        return
    shown = ", ".join(repr(person) for person in people[:SHOWN])
    more = f" and {len(people) - SHOWN} more" if len(people) > SHOWN else ""
    who = "" if secret else f" ({shown}{more})"
    raise DiaryError(
        f"{table.name}, column {table.header[at]!r}: {len(people)} people{who} stand in this file, "
        "and nights are read one person at a time. Save the rows of each person as a file of their "
        "own, read each, and put them together: pd.concat({person: nights, …}, names=['person'])."
    )
