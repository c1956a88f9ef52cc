"""The command line as a package of its own: what an installation needs is declared, and starting it is quick."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[3] / "cli"
PACKAGE = FOLDER / "shopbridge_cli"
PROJECT: dict[str, Any] = tomllib.loads((FOLDER / "pyproject.toml").read_text())


def imported() -> set[str]:
    """What its modules import from outside, also within functions."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(str(node.module).partition(".")[0])
    return found - sys.stdlib_module_names - {"shopbridge_cli", "mypy_boto3_lambda"}


def test_every_distribution_it_imports_is_declared_and_no_other() -> None:
    declared = {re.split(r"[<>=,]", each)[0].casefold() for each in PROJECT["project"]["dependencies"]}
    known = packages_distributions()
    needed = {known[name][0].casefold() for name in imported()}
    # botocore comes with boto3, whose requirement names the range that fits.
    assert needed - {"botocore"} == declared


def test_the_entry_point_is_there() -> None:
    module, _, name = PROJECT["project"]["scripts"]["shopbridge"].partition(":")
    assert callable(getattr(import_module(module), name))


def test_every_file_of_the_package_is_in_the_wheel() -> None:
    tool = PROJECT["tool"]["setuptools"]
    folders = [path.parent.relative_to(FOLDER) for path in PACKAGE.rglob("__init__.py")]
    assert sorted(tool["packages"]) == sorted(".".join(folder.parts) for folder in folders)
    assert {path.parent for path in PACKAGE.rglob("*.py")} == {FOLDER / folder for folder in folders}
    data = {path.name for path in PACKAGE.iterdir() if path.is_file() and path.suffix != ".py"}
    assert data == set(tool["package-data"]["shopbridge_cli"])


def test_it_imports_nothing_of_the_layer() -> None:
    assert "shopbridge" not in imported()


@pytest.mark.parametrize("words", ["--help", "--version", "explain unmapped_payment"])
def test_what_asks_nobody_imports_no_boto3(words: str) -> None:
    program = [sys.executable, "-X", "importtime", "-m", "shopbridge_cli", *words.split()]
    told = subprocess.run(program, cwd=FOLDER, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert "shopbridge" in told.stdout or "unmapped_payment" in told.stdout
    heavy = {line.rpartition("|")[2].strip() for line in told.stderr.splitlines()} & {"boto3", "botocore", "yaml"}
    assert heavy == set()
