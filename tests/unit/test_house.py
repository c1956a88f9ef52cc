"""Promises about the code itself that no linter checks."""

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers" / "shared" / "shopbridge"
SHIPPED = [*sorted(LAYER.rglob("*.py")), *sorted((ROOT / "functions").rglob("*.py"))]
BESIDE = [path for top in ("sandbox", "cli", "benchmarks", "tools") for path in sorted((ROOT / top).rglob("*.py"))]

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(paths: list[Path]) -> Iterator[tuple[Path, Function]]:
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, Function):
                yield path, node


def length(function: Function) -> int:
    """Lines from ``def`` to the end, without the docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def test_functions_of_the_layer_are_short() -> None:
    lengths = [length(function) for _, function in functions(sorted(LAYER.rglob("*.py")))]
    assert statistics.median(lengths) <= 7
    assert statistics.quantiles(lengths, n=10)[-1] <= 25


def test_handlers_are_at_most_twenty_lines() -> None:
    handlers = [f for _, f in functions(sorted((ROOT / "functions").rglob("*.py"))) if f.name == "handler"]
    assert len(handlers) >= 5
    assert max(length(handler) for handler in handlers) <= 20


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    assert [path.name for path in [*SHIPPED, *BESIDE] if len(path.read_text().splitlines()) > 400] == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_catches_everything(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ExceptHandler):
            names = ast.unparse(node.type) if node.type else "everything"
            assert not {"everything", "Exception", "BaseException"} & set(re.findall(r"\w+", names)), node.lineno


PERSON_ACTS = {"Held", "Rejected", "NeedsAttention"}
"""Errors that end in front of a person, at least where nothing else can go on."""


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_error_that_a_person_has_to_act_on_says_what_to_do(path: Path) -> None:
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    raised = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in PERSON_ACTS]
    assert [call.lineno for call in raised if "fix" not in {keyword.arg for keyword in call.keywords}] == []


def test_every_silenced_type_error_is_named() -> None:
    blanket = re.compile(r"#\s*type:\s*ignore(?!\[)|#\s*mypy:\s*ignore-errors")
    assert [path.name for path in SHIPPED if blanket.search(path.read_text())] == []
