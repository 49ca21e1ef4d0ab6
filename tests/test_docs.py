"""The site's sources fit the package: every name, picture, format and figure has its place.

The build itself, without a warning and with every link checked, is a stage of .ci/run.
"""

import re
import sys
import tomllib
from pathlib import Path

import pytest

import sleepstats as ss

HERE = Path(__file__).resolve().parents[1]
DOCS = HERE / "docs"
pytestmark = pytest.mark.skipif(not DOCS.exists(), reason="the site is not part of the wheel")


@pytest.fixture(scope="module", autouse=True)
def making():
    sys.path.insert(0, str(DOCS))
    yield
    sys.path.remove(str(DOCS))


def test_every_format_says_how_it_is_exported():
    how = tomllib.loads((DOCS / "how_to_export.toml").read_text(encoding="utf-8"))
    assert set(how) == set(ss.list_formats().index)
    assert all(len(text.split()) > 5 for text in how.values())


def test_every_public_name_has_a_page_and_every_picture_its_lines():
    from making.api import names
    from making.gallery import PICTURES

    listed = [name for group in names().values() for name in group]
    assert sorted(listed) == sorted(set(ss.__all__) - {"__version__"})
    assert {name for name in ss.__all__ if name.startswith("plot_")} == set(PICTURES)


def test_rules_take_their_numbers_from_the_code_and_the_tables():
    from making.rules import rules
    from making.tables import BENCHMARKS

    told = list(rules())
    assert len(told) > 15
    assert [page for *_, page in told if page and not (BENCHMARKS / f"{page}.md").exists()] == []
    text = " ".join(rule for _, rule, _, _ in told)
    # asking/__init__.py: LEAST_NIGHTS = 14, LEAST_ON_A_SIDE = 3
    assert "fewer than 14 nights with both" in text
    assert "fewer than 3 nights with, or without" in text
    measured = {about: rate for about, _, rate, _ in told}
    # benchmarks/calibration.md, its own summary line
    line = (BENCHMARKS / "calibration.md").read_text(encoding="utf-8")
    low_high = re.search(r"sleepstats ([\d.]+ to [\d.]+) %", line)[1]
    low_high = " to ".join(f"{float(end):g}" for end in low_high.split(" to "))
    assert f"false findings where 5 % are meant: {low_high} %" in measured["a single question"]


def test_every_threshold_is_told_with_its_words():
    from making.constants import constants

    told = {(one.module, name): one for one in constants() for name in one.names}
    assert told["columns.py", "ENOUGH"].shown == "14"
    assert "Nights with both values" in told["columns.py", "ENOUGH"].words
    assert len(told) > 150


def test_a_table_is_read_as_it_stands(tmp_path, monkeypatch):
    from making import tables

    page = "# A\n\n| truth | n | found | coverage |\n|---|---|---|---|\n"
    page += "| nothing | 60 | **4.5 %** | 95 |\n| much | 60 | 80 | 93.5 |\n"
    (tmp_path / "a.md").write_text(page, encoding="utf-8")
    monkeypatch.setattr(tables, "BENCHMARKS", tmp_path)
    assert tables.span("a.md", "found") == "4.5 to 80"
    assert tables.span("a.md", "found", where={"truth": "nothing"}) == "4.5"
    assert tables.span("a.md", "coverage", after="found") == "93.5 to 95"
    with pytest.raises(LookupError, match="has no column 'lost'"):
        tables.span("a.md", "lost")


def test_what_was_wrong_is_taken_from_the_changelog():
    from making.copies import wrong_lines

    text = "# C\n\n## 2\n\n- new\n- **WRONG BEFORE:** a number.\n\n## 1\n\n- old\n"
    assert wrong_lines(text) == ["", "## 2", "", "- A number."]
    changelog = (HERE / "CHANGELOG.md").read_text(encoding="utf-8")
    count = len(re.findall(r"^- \*\*WRONG BEFORE", changelog, re.M))
    assert sum(line.startswith("- ") for line in wrong_lines(changelog)) == count


def test_the_first_result_is_explained_to_its_end(tmp_path):
    from making.words import PARTS, first_result_page

    first_result_page(tmp_path)
    text = (tmp_path / "first_result.md").read_text(encoding="utf-8")
    sentence = format(ss.compare(ss.load_sample("diary"), outcome="tst_min", factor="late_meal"))
    assert f"> {sentence}" in text
    assert [pattern for pattern, _ in PARTS if not re.search(pattern, sentence)] == []


@pytest.mark.parametrize("page", sorted(path.name for path in DOCS.glob("*.md")))
def test_names_in_the_pages_exist(page):
    text = (DOCS / page).read_text(encoding="utf-8")
    if page in ("changelog.md", "wrong_before.md", "llms.txt"):
        return  # old names are history
    for name in re.findall(r"\bss\.([a-zA-Z_]+)\(", text):
        assert name in ss.__all__ or name == "write_report", f"{page}: ss.{name}"


def test_every_table_of_measurements_has_its_place():
    """A page that the table of contents leaves out is built and never found."""
    listed = (DOCS / "calibration.md").read_text(encoding="utf-8")
    pages = {path.stem for path in (HERE / "benchmarks").glob("*.md")}
    assert {page for page in pages if not page.startswith("calibration")} <= set(
        re.findall(r"^benchmarks/(\w+)$", listed, re.M)
    )


def test_a_page_that_loads_anything_from_elsewhere_is_found(tmp_path):
    """A script, a picture and a font of other sites; links are only followed by a click."""
    sys.path.insert(0, str(DOCS))
    from check_links import broken

    (tmp_path / "llms.txt").write_text("", encoding="utf-8")
    page = tmp_path / "a.html"
    page.write_text('<a href="https://doi.org/10.1">a paper</a>', encoding="utf-8")
    assert broken(tmp_path) == ([], {"https://doi.org/10.1"})
    page.write_text(
        '<script src="https://cdn.example/m.js"></script><img src="//cdn.example/a.png">',
        encoding="utf-8",
    )
    (tmp_path / "a.css").write_text("a { src: url(https://fonts.example/f.woff) }", "utf-8")
    told, _ = broken(tmp_path)
    assert [line for line in told if line.endswith("is loaded from another site")] == [
        "a.html: https://cdn.example/m.js is loaded from another site",
        "a.html: //cdn.example/a.png is loaded from another site",
        "a.css: https://fonts.example/f.woff is loaded from another site",
    ]


def test_no_docstring_needs_a_program_that_draws_formulas():
    """Formulas drawn by a script of another site were the site's only request."""
    marks = re.compile(r":math:`|\.\. math::")
    package = Path(ss.__file__).parent
    assert [
        path.name for path in package.rglob("*.py") if marks.search(path.read_text("utf-8"))
    ] == []


def test_every_picture_of_the_site_is_drawn_in_both_looks():
    from making.gallery import LOOKS

    assert LOOKS == {"light": "", "dark": "-dark"}
    text = (DOCS / "conf.py").read_text(encoding="utf-8")
    assert "{.only-light}" in text
    assert "{.only-dark}" in text
