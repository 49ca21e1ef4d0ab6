"""The public names: all there, all documented alike, spelled out for editors as well."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

import sleepstats as ss

NAMES = [name for name in ss.__all__ if name != "__version__"]
FUNCTIONS = [name for name in NAMES if inspect.isfunction(getattr(ss, name))]
#: Functions that ask about nights take these by position, the rest by keyword.
BY_POSITION = {"outcome", "outcomes", "factor", "factors", "dose", "hours", "moderator"}
ASKING = [name for name in FUNCTIONS if "nights" in inspect.signature(getattr(ss, name)).parameters]
#: What else comes first: a table joined to the nights, a number of nights, their plan, claims.
FIRST = {
    "join_evenings": ["nights", "other"],
    "plan_trial": ["n_nights"],
    "analyse_trial": ["nights", "plan"],
    "check_claims": ["nights", "claims"],
    "write_report": ["nights", "path"],
}


def test_every_name_can_be_had_and_nothing_else_is_listed():
    assert sorted(dir(ss)) == sorted(ss.__all__)
    for name in NAMES:
        assert getattr(ss, name).__module__.startswith("sleepstats.")


def test_editors_see_the_same_names_as_python():
    source = Path(ss.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    spelled = re.findall(r"^from sleepstats\.([\w.]+) import (\w+) as \2$", source, re.M)
    assert {name: module for module, name in spelled} == ss._WHERE


def test_a_misspelt_name_is_answered_with_the_near_one():
    with pytest.raises(AttributeError) as raised:
        ss.corelate  # noqa: B018
    assert str(raised.value) == (
        "sleepstats has no public name 'corelate'. Did you mean 'correlate'?"
    )


def test_no_public_function_is_named_like_a_module():
    modules = {name.split(".")[-1] for name in walk_modules()}
    assert not set(NAMES) & modules


def test_no_module_is_called_utils():
    assert not [name for name in walk_modules() if "util" in name or "helper" in name]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstring_is_complete(name):
    function = getattr(ss, name)
    text = inspect.getdoc(function)
    assert text, name
    first = text.splitlines()[0]
    assert first.endswith("."), first
    for section in ("Returns", "Examples"):
        assert re.search(rf"^{section}\n-+$", text, re.M), f"{name} lacks {section}"
    parameters = inspect.signature(function).parameters
    if parameters:
        assert re.search(r"^Parameters\n-+$", text, re.M), f"{name} lacks Parameters"
    for parameter in parameters:
        assert re.search(rf"\b{parameter}\b", text), f"{name} does not explain {parameter}"
    assert ">>> " in text, f"{name} has no runnable example"


@pytest.mark.parametrize("name", ASKING)
def test_nights_come_first_then_what_is_asked_and_the_rest_by_keyword(name):
    parameters = list(inspect.signature(getattr(ss, name)).parameters.values())
    first = FIRST.get(name, ["nights"])
    assert [parameter.name for parameter in parameters[: len(first)]] == first
    allowed = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD)
    rest = parameters[len(first) :]
    assert all(parameter.kind in allowed or parameter.name in BY_POSITION for parameter in rest)


def test_outcome_and_factor_by_position_are_those_by_name():
    nights = ss.load_sample("diary")
    for ask, factor in ((ss.associate, "stress"), (ss.compare, "late_meal")):
        by_name = ask(nights, outcome="tst_min", factor=factor)
        assert ask(nights, "tst_min", factor).to_dict() == by_name.to_dict()
    table = ss.correlate(nights, "tst_min", ["stress", "late_meal"])
    assert table[["outcome", "factor"]].to_numpy().tolist() == [
        ["tst_min", "stress"], ["tst_min", "late_meal"],
    ]  # fmt: skip
    assert ss.plot_association(nights, "tst_min", "stress").get_xlabel() == "Stress"


@pytest.mark.parametrize("name", NAMES)
def test_everything_public_is_typed(name):
    thing = getattr(ss, name)
    if inspect.isfunction(thing):
        signature = inspect.signature(thing)
        assert signature.return_annotation is not inspect.Signature.empty
        for parameter in signature.parameters.values():
            assert parameter.annotation is not inspect.Parameter.empty, parameter


def walk_modules():
    """Name every module of the package, importing each."""
    found = []
    for module in pkgutil.walk_packages(ss.__path__, "sleepstats."):
        importlib.import_module(module.name)
        found.append(module.name)
    return found


@pytest.mark.parametrize(
    ("name", "said"),
    [("read_csv", "read_diary(path)"), ("load", "read_diary(path)"),
     ("plot", "answer(nights).plot()"), ("plot_answer", "answer(nights).plot()")],
)  # fmt: skip
def test_what_other_packages_call_it_is_answered(name, said):
    """Names that a new user typed and that were answered with nothing, or another function."""
    with pytest.raises(AttributeError) as error:
        getattr(ss, name)
    assert str(error.value) == f"sleepstats has no public name {name!r}. Use {said}."
    assert said.partition("(")[0] in ss.__all__
