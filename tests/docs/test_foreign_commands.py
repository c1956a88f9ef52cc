"""Commands of others that the pages name: AWS's are held against its SDK's own models, ours against what is there."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "SECURITY.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
AWS = re.compile(r"(?m)(?:^|`|\s)aws ([a-z][a-z0-9-]*) ([a-z][a-z-]+)((?:\\\n|[^`\n])*)")
OF_THE_TOOL = {"configure", "sso", "login"}
"""Commands of the `aws` tool itself, which no service's model has."""
COMMON = {"region", "profile", "output", "query", "no-cli-pager"}


def said() -> Iterator[tuple[str, str, str, str]]:
    """Page, service, operation and the rest of each command of AWS."""
    for page in PAGES:
        code = "\n".join(CODE.findall(page.read_text()))
        for service, operation, rest in AWS.findall(code):
            if service not in OF_THE_TOOL:
                yield page.name, service, operation, rest


@cache
def options(service: str, operation: str) -> set[str]:
    """The options of an operation, as the command line of AWS spells them."""
    model = botocore.session.get_session().get_service_model(service)
    (name,) = [name for name in model.operation_names if xform_name(name, "-") == operation]
    shape = model.operation_model(name).input_shape
    return {xform_name(member, "-") for member in shape.members} if shape else set()


@pytest.mark.parametrize("command", sorted(set(said())), ids=lambda command: " ".join(command[:3]))
def test_a_command_of_aws_exists_with_its_options(command: tuple[str, str, str, str]) -> None:
    _, service, operation, rest = command
    outside_values = re.sub(r"'[^']*'", "", rest, flags=re.DOTALL)
    assert set(re.findall(r"--([a-z-]+)", outside_values)) <= options(service, operation) | COMMON


def test_commands_of_aws_are_found() -> None:
    assert len(set(said())) >= 4


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_a_page_runs_is_there(page: Path) -> None:
    for line in re.findall(r"-m pytest ([^\n#`]*)", page.read_text()):
        for name in re.findall(r"\btests/[\w./-]+", line):
            assert (ROOT / name).exists(), name
