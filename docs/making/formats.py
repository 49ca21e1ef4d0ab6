"""What can be read, one section a product: how it is exported, recognised, and what it gives."""

from __future__ import annotations

import tomllib
from pathlib import Path

import sleepstats as ss
from making.writing import write

HOW = Path(__file__).resolve().parents[1] / "how_to_export.toml"

INTRO = """\
# What can be read

Every file is recognised by its content, whatever it is called; you never have to say the format.
Several files of one export, its folder or its zip are read as one. `sleepstats check FILE` says
what became of every row.

Menus move. Where the way to an export given here is no longer right, search the app's help for
"export" or "download my data", and take the most detailed file there is (CSV or JSON, one row a
night or more, never weekly means).

Your app is not here? If you can make a table of it with a date and when you slept, it is read as a
[diary table](#diary). If it is refused, see [when a file is refused](refused).

"""


def format_page(made: Path) -> None:
    """Write the page."""
    how = tomllib.loads(HOW.read_text(encoding="utf-8"))
    formats = ss.list_formats()
    if unknown := set(how) ^ set(formats.index):
        raise LookupError(f"docs/how_to_export.toml and list_formats() differ in {unknown}.")
    by_name = formats.sort_values("product", key=lambda column: column.str.casefold())
    index = ", ".join(
        f"[{row['product']}](#{name.replace('_', '-')})" for name, row in by_name.iterrows()
    )
    parts = [INTRO, index, ""]
    for name, row in by_name.iterrows():
        parts += [
            f"({name.replace('_', '-')})=",
            f"## {row['product']}",
            "",
            how[name].strip(),
            "",
            f"* **Recognised by:** {row['recognised_by']}.",
            f"* **Gives:** {row['gives']}.",
            f"* **Name:** `{name}`, for `format=` should it ever be needed.",
            "",
        ]
    write(made / "formats.md", "\n".join(parts))
