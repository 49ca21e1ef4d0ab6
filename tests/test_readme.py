"""What the README says is so: the columns, the example, the answer of the sample.

``python tests/test_readme.py`` writes the two parts that are made from the package anew.
"""

import re
import shlex
from pathlib import Path

import pytest

import sleepstats as ss
from sleepstats.columns import DICTIONARY

HERE = Path(__file__).resolve().parents[1]
README = (HERE / "README.md").read_text(encoding="utf-8")


#: Findings of the sample that the README shows.
SHOWN = 5


def between(name):
    """Return what stands between the marks of this name."""
    return re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", README, re.S).group(1)


def commands():
    return re.findall(r"<!-- (?:run|tests) -->\n```sh\n(.*?)\n```", README, re.S)


def columns():
    """Return the table of the data dictionary."""
    rows = ["| column | kind | when | unit | meaning |", "| --- | --- | --- | --- | --- |"]
    rows += [
        f"| `{c.name}` | {c.kind} | {c.when} | {c.unit} | {c.meaning} |"
        for c in DICTIONARY.values()
    ]
    return "\n".join(rows)


def answer():
    """Return the top of the sample's page as a quotation: the lead, and the named findings."""
    got = ss.answer(ss.load_sample("diary"))
    named = [f"> {number}. {card.large}" for number, card in enumerate(got.cards[:SHOWN], start=1)]
    more = len(got.cards) + len(got.calendar_cards) - SHOWN
    return "\n".join([f"> **{got.lead}**", ">", *named, ">", f"> … and {more} more."])


@pytest.mark.parametrize(("name", "made"), [("columns", columns), ("answer", answer)])
def test_what_is_made_from_the_package_is_up_to_date(name, made):
    assert between(name).strip() == made(), "run: python tests/test_readme.py"


def test_the_example_runs(capsys):
    import matplotlib.pyplot as plt

    code = re.search(r"## In Python\n\n```python\n(.*?)```", README, re.S).group(1)
    assert len(code.splitlines()) <= 10
    exec(compile(code, "README.md", "exec"), {})
    plt.close("all")
    assert "late meal" in capsys.readouterr().out


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
    for name, made in (("columns", columns), ("answer", answer)):
        README = README.replace(between(name), f"{made()}\n")
    (HERE / "README.md").write_text(README, encoding="utf-8", newline="\n")
