"""What the README says is so: the example and its output, the answer, the picture, the columns.

``python tests/test_readme.py`` makes anew what is made from the package: the README's output and
answer, ``docs/picture.svg`` and ``docs/columns.md``.
"""

import re
import shlex
from pathlib import Path
from textwrap import wrap

import pytest

import sleepstats as ss
from sleepstats.columns import DICTIONARY

HERE = Path(__file__).resolve().parents[1]
README = (HERE / "README.md").read_text(encoding="utf-8")


COLUMNS_PAGE = """\
# Columns

Names carry units. A column that is not listed is a *factor* of the day and evening before the
night; its unit is read from its name (`screens_min`, `caffeine_cups`).

*when*: `night` is the sleep itself, `day` the day and evening before it, `morning` the one after.
All three stand in the night's one row, which is named by the date of the evening.

A column that you add is of the day before, too, unless a question is told otherwise:
`associate(nights, "quality", "snored_min", when={{"snored_min": "night"}})`. One that is computed
from measures of its own night (`480 - tst_min`, `tst_min / 60`) is recognised: it is of the night
and no habit, it is not held equal beside any, and an answer says so. One that cuts a measure into
bands (`tst_min < 420`, whole hours) is not recognised, since a strong habit parts the nights as
sharply: leave it out of what you ask.

{}
"""
#: Findings of the sample that the README shows.
SHOWN = 5


def between(name):
    """Return what stands between the marks of this name."""
    return re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", README, re.S).group(1)


def commands():
    return re.findall(r"<!-- (?:run|tests) -->\n```sh\n(.*?)\n```", README, re.S)


def columns():
    """Return the page of the data dictionary."""
    rows = ["| column | kind | when | unit | meaning |", "| --- | --- | --- | --- | --- |"]
    rows += [
        f"| `{c.name}` | {c.kind} | {c.when} | {c.unit} | {c.meaning} |"
        for c in DICTIONARY.values()
    ]
    return COLUMNS_PAGE.format("\n".join(rows))


def output():
    """Return what the README's six lines print, 80 columns wide."""
    import contextlib
    import io

    import matplotlib.pyplot as plt

    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said):
        patch.setenv("COLUMNS", "80")
        exec(compile(example(), "README.md", "exec"), {})
    plt.close("all")
    # a table has its own breaks; a sentence is broken here, as a terminal would
    lines = [wrap(line, 80) if len(line) > 80 else [line] for line in said.getvalue().splitlines()]
    text = "\n".join(part for parts in lines for part in parts)
    return f"```text\n{text}\n```"


def picture():
    """Return the README's picture: every habit of the sample against its sleep."""
    import io

    import matplotlib as mpl
    import matplotlib.pyplot as plt

    fixed = {"svg.hashsalt": "sleepstats", "svg.fonttype": "none"}
    drawn = io.StringIO()
    with mpl.rc_context(fixed), ss.theme("both"):
        table = ss.correlate(ss.load_sample("diary"), "tst_min", beside=True)
        ax = ss.plot_forest(table)
        ax.figure.savefig(drawn, format="svg", metadata={"Date": None}, transparent=True)
    plt.close("all")
    return drawn.getvalue()


def words_of(svg):
    """Return the texts of a picture; where they stand may differ between machines."""
    return re.findall(r"<text [^>]*>([^<]*)</text>", svg)


def example():
    return re.search(r"## In Python\n\n```python\n(.*?)```", README, re.S).group(1)


def answer():
    """Return the top of the sample's page as a quotation: the lead, and the named findings."""
    got = ss.answer(ss.load_sample("diary"))
    named = [f"> {number}. {card.large}" for number, card in enumerate(got.cards[:SHOWN], start=1)]
    more = len(got.cards) + len(got.calendar_cards) - SHOWN
    return "\n".join([f"> **{got.lead}**", ">", *named, ">", f"> … and {more} more."])


@pytest.mark.parametrize(("name", "made"), [("output", output), ("answer", answer)])
def test_what_is_made_from_the_package_is_up_to_date(name, made):
    assert between(name).strip() == made(), "run: python tests/test_readme.py"


def test_the_page_of_columns_is_up_to_date():
    made = (HERE / "docs" / "columns.md").read_text(encoding="utf-8")
    assert made == columns(), "run: python tests/test_readme.py"


def test_the_picture_is_of_this_version():
    """The same words: places of text depend on the fonts and the matplotlib that are there."""
    kept = (HERE / "docs" / "picture.svg").read_text(encoding="utf-8")
    assert words_of(kept) == words_of(picture()), "run: python tests/test_readme.py"
    assert "Late meal" in words_of(kept)
    assert len(kept) < 150_000


def test_it_is_short_and_the_example_is_six_lines():
    assert len(README.splitlines()) < 150
    code = [line for line in example().splitlines() if line.strip() and "import" not in line]
    assert len(code) <= 6


def test_the_smallest_diary_works(recwarn):
    import io

    import matplotlib.pyplot as plt

    text = re.search(r"<!-- diary -->\n```csv\n(.*?)```", README, re.S).group(1)
    nights = ss.read_diary(io.StringIO(text))
    assert [str(w.message) for w in recwarn if issubclass(w.category, ss.DiaryWarning)] == []
    assert len(nights) == len(text.splitlines()) - 1
    assert nights["coffees"].tolist() == [2, 0, 1]
    # 23:10 to 06:50
    assert nights["tib_min"].iloc[0] == 7 * 60 + 40
    # it has no minutes awake, and the six lines work all the same
    lines = example().replace('ss.load_sample("diary")', "diary")
    exec(compile(lines, "README.md", "exec"), {"diary": nights})
    plt.close("all")


def test_there_are_two_commands_and_both_make_their_own_environment():
    assert len(commands()) == 2
    assert len(re.findall("```sh", README)) == 2
    for command in commands():
        words = shlex.split(command)
        assert words[:4] == ["python3", "-m", "venv", ".venv"]
        assert "\n" not in command


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_links_lead_somewhere(link):
    assert (HERE / link).exists(), link


if __name__ == "__main__":
    for name, made in (("output", output), ("answer", answer)):
        README = README.replace(between(name), f"{made()}\n")
    (HERE / "README.md").write_text(README, encoding="utf-8", newline="\n")
    (HERE / "docs" / "columns.md").write_text(columns(), encoding="utf-8", newline="\n")
    (HERE / "docs" / "picture.svg").write_text(picture(), encoding="utf-8", newline="\n")
