"""Pages that stand elsewhere in the repository: benchmarks, notebooks, changelog, contributing."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from making.writing import write

TOP = Path(__file__).resolve().parents[2]

WRONG = """\
# How it was wrong before

Every line of the [changelog](changelog) that corrects a number which an earlier version printed.
If you used such a version, look for your file's kind here and read the file again.

"""


def copied_pages(made: Path) -> None:
    """Copy them, with links that fit where they stand on the site."""
    for page in sorted((TOP / "benchmarks").glob("*.md")):
        write(made / "benchmarks" / page.name, _relinked(page.read_text(encoding="utf-8")))
    for page in sorted((TOP / "notebooks").glob("*.ipynb")):
        copy = made / "notebooks" / page.name
        copy.parent.mkdir(exist_ok=True)
        if not copy.exists() or copy.read_bytes() != page.read_bytes():
            shutil.copyfile(page, copy)
    changelog = (TOP / "CHANGELOG.md").read_text(encoding="utf-8")
    write(made / "changelog.md", _relinked(changelog))
    write(made / "wrong_before.md", WRONG + "\n".join(wrong_lines(changelog)) + "\n")
    contributing = (TOP / "CONTRIBUTING.md").read_text(encoding="utf-8")
    write(made / "contributing.md", _relinked(contributing))
    readme = (TOP / "data" / "sample" / "README.md").read_text(encoding="utf-8")
    write(made / "samples.md", _relinked(readme))


def wrong_lines(changelog: str) -> list[str]:
    """Return the lines of a changelog that say that a number was wrong, below their version."""
    lines: list[str] = []
    version = ""
    for line in changelog.splitlines():
        if line.startswith("## "):
            version = line
        elif re.match(r"- \*\*WRONG BEFORE:\*\*|- WRONG BEFORE:", line):
            if version:
                lines += ["", version, ""]
                version = ""
            told = re.sub(r"^- (\*\*)?WRONG BEFORE:(\*\*)? ?", "", line)
            lines.append(f"- {told[:1].upper()}{told[1:]}")
    return lines


def _relinked(text: str) -> str:
    """Turn links to files of the repository into plain words: the site has no such files."""

    def plain(found: re.Match[str]) -> str:
        words, target = found[1], found[2]
        return found[0] if target.startswith(("http", "#", "mailto:")) else words

    text = text.replace("```csv\n", "```text\n")  # no colours for it
    return re.sub(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)", plain, text)
