"""The written side names nothing that is not there: links, commands, modules, variables, pairs, pictures."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from sandbox.pairs.all_pairs import PAIRS
from shopbridge.connectors.registry import KEYS, connector_spec
from shopbridge_cli.app import app
from shopbridge_cli.connection_file import variable_of
from tests.docs.pages import ROOT, TEMPLATE, anchors
from tools.desk_pictures import LARGEST, PICTURES
from tools.settings_docs import DOCS

PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "SECURITY.md",
    ROOT / "CONTRIBUTING.md",
    # The platforms' own pages name files and commands of others; test_platform_pages.py holds them to the code.
    *(page for page in sorted(DOCS.rglob("*.md")) if page.parent.name != "platforms"),
]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
VARIABLE = re.compile(r"\b(?:SHOPBRIDGE|AWS)_[A-Z_]+\b")
COMMAND_LINE: Any = typer.main.get_command(app)

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def code_of(page: Path) -> str:
    """All code of a page, blocks and spans."""
    return "\n".join(CODE.findall(page.read_text()))


# --- links and commands -----------------------------------------------------------------------------------------------


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        linked = (page.parent / name).resolve() if name else page
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), target


@each_page
def test_every_make_target_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {word for line in re.findall(r"\bmake((?: [a-z-]+)+)", code_of(page)) for word in line.split()}
    assert named <= targets


@each_page
def test_every_command_of_the_operators_command_line_exists_with_its_options(page: Path) -> None:
    for line in re.findall(r"(?m)(?:^|`) *(?:\.venv/bin/)?shopbridge ([a-z-][^`\n#]*)", code_of(page)):
        name, *words = line.split()
        if name.startswith("--"):
            assert name in {"--help"} | {option for each in COMMAND_LINE.params for option in each.opts}, line
            continue
        command = COMMAND_LINE.commands.get(name)
        assert command, line
        inner: dict[str, Any] = vars(command).get("commands", {})
        assert not inner or words[0] in inner, line
        command = inner[words[0]] if inner else command
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= options, line


def test_the_changelog_names_every_command() -> None:
    text = " ".join((ROOT / "CHANGELOG.md").read_text().split())
    (listed,) = re.findall(r"A command line for operators: ([^.]+)\.", text)
    assert sorted(listed.split(", ")) == sorted(COMMAND_LINE.commands)


@each_page
def test_every_module_and_folder_named_exists(page: Path) -> None:
    tops = "layers|functions|sandbox|tests|tools|docs|cli"
    for name in re.findall(rf"`((?:{tops})/[\w./-]+)`", page.read_text()):
        assert (ROOT / name).exists(), name


@each_page
def test_every_environment_variable_named_is_one_of_ours_or_of_aws(page: Path) -> None:
    assert set(VARIABLE.findall(code_of(page))) <= variables() | secret_variables() | {"SHOPBRIDGE_SECRET_"}


@cache
def variables() -> set[str]:
    """What the template and the code name."""
    sources = [TEMPLATE, *(path.read_text() for top in ("layers", "cli") for path in (ROOT / top).rglob("*.py"))]
    return {name for source in sources for name in VARIABLE.findall(source)}


@cache
def secret_variables() -> set[str]:
    return {
        variable_of(side, name)
        for side in ("shop", "office")
        for key in KEYS
        for name in connector_spec(key).secrets.model_fields
    }


@each_page
def test_every_pair_of_the_demo_exists(page: Path) -> None:
    assert {pair for pair in re.findall(r"PAIR=([\w-]+)", code_of(page)) if "-" in pair} <= set(PAIRS)


@each_page
def test_no_page_names_a_place_on_somebodys_machine(page: Path) -> None:
    assert not re.search(r"(?<![\w.~:/-])/(?:home|work|tmp|usr|root|Users)/", page.read_text())


# --- reasons and events -----------------------------------------------------------------------------------------------


def test_every_picture_is_shown_and_small_enough_for_a_telephone() -> None:
    shown = {name for page in PAGES for name in re.findall(r"!\[[^\]]+\]\([^)]*images/([^)]+)\)", page.read_text())}
    files = {file.name: file.stat().st_size for file in (ROOT / "docs" / "images").iterdir()}
    assert set(files) == shown == {f"{name}.png" for name in PICTURES}
    assert max(files.values()) <= LARGEST
