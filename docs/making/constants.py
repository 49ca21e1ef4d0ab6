"""Every constant of the package with the words that stand above it: the thresholds of the rules."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

import sleepstats

PACKAGE = Path(sleepstats.__file__).parent
#: Drawing, invented diaries and the shell decide nothing about a person's nights.
LEFT_OUT = ("plots", "simulation", "__main__.py", "written.py", "errors.py")


@dataclass(frozen=True)
class Constant:
    """One line of code: names, values, and why."""

    module: str
    names: tuple[str, ...]
    values: object
    words: str

    @property
    def shown(self) -> str:
        """The value as a person writes it."""
        return ", ".join(
            map(_shown, self.values if isinstance(self.values, tuple) else (self.values,))
        )


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def constants() -> list[Constant]:
    """Return every number, and every tuple of numbers, that stands at the top of a module."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        module = path.relative_to(PACKAGE).as_posix()
        if not module.startswith(LEFT_OUT):
            found += _of(path, module)
    return found


def _of(path: Path, module: str) -> list[Constant]:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    found = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign):
            target = node.targets[0]
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            target = node.target
        else:
            continue
        each = target.elts if isinstance(target, ast.Tuple) else [target]
        names = tuple(one.id for one in each if isinstance(one, ast.Name))
        if names and all(name.strip("_").isupper() for name in names):
            value = _value(node.value)
            words = _words(lines, node)
            if _is_number(value) and words:
                found.append(Constant(module, names, value, words))
    return found


def _value(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def _is_number(value: object) -> bool:
    each = value if isinstance(value, tuple) and value else (value,)
    return all(isinstance(x, int | float) and not isinstance(x, bool) for x in each)


def _words(lines: list[str], node: ast.stmt) -> str:
    """Return the comment above a statement, else the one at its end."""
    at, told = node.lineno - 2, []
    while at >= 0 and lines[at].startswith("#"):
        told.insert(0, lines[at].lstrip("#:").strip())
        at -= 1
    if not told and "#" in lines[node.end_lineno - 1]:
        told = [lines[node.end_lineno - 1].rpartition("#")[2].strip()]
    text = " ".join(told)
    return "" if text.startswith(("fmt:", "noqa", "type:")) else text


def value_of(module: str, name: str) -> object:
    """Return a constant's value as Python has it, so that a page cannot name one that is gone."""
    from importlib import import_module

    return getattr(import_module(f"sleepstats.{module}"), name)
