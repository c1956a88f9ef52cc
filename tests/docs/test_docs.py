"""The written side says nothing that the code does not do: links, commands, names and codes are checked."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
import yaml

from sandbox.demo.pairs import PAIRS
from shopbridge.connectors.parts import Capability
from shopbridge.connectors.registry import KEYS, connector_spec
from shopbridge.connectors.salespos.account import NEEDED, NEEDED_FOR_PRODUCTS
from shopbridge.connectors.shopware.connector import (
    PRODUCT_RIGHTS,
    PRODUCT_WRITE_RIGHTS,
    READ_RIGHTS,
    TELLING_RIGHTS,
    app_manifest,
)
from shopbridge.flows.operations.connections.forget import KINDS
from shopbridge.flows.operations.connections.samples import SAMPLE_DOCUMENT
from shopbridge.flows.operations.health.log import ENDED, TIMED_OUT
from shopbridge.mapping.rule_engine import check_rules
from shopbridge.mapping.rules import FieldRule
from shopbridge.model.connection import ConnectionSettings, ConnectionStatus, Side
from shopbridge.model.ledger import LedgerState
from shopbridge.model.product_settings import ProductSettings
from shopbridge.model.settings import Maps
from shopbridge.model.stock import Direction, StockSettings
from shopbridge.store.activity import PLAIN
from shopbridge.store.ledger_items import KEEP_CUSTOMERS, KEEP_SKIPPED
from shopbridge_cli.app import app
from shopbridge_cli.connection_file import variable_of
from tools.desk_pictures import LARGEST, PICTURES
from tools.settings_docs import BEGIN, CAPABILITIES, DOCS, END, OF_OFFICES, OF_SHOPS, answer_to, pages

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "SECURITY.md",
    ROOT / "CONTRIBUTING.md",
    # The platforms' own pages name files and commands of others; test_platform_pages.py holds them to the code.
    *(page for page in sorted(DOCS.rglob("*.md")) if page.parent.name != "platforms"),
]
EXAMPLES = sorted((DOCS / "examples").glob("*.yaml"))
OPERATIONS = "\n".join(page.read_text() for page in sorted((DOCS / "operations").glob("*.md")))
TEMPLATE = (ROOT / "template.yaml").read_text()
SHIPPED = [path for top in ("layers", "functions") for path in sorted((ROOT / top).rglob("*.py"))]
MODULES = [ast.parse(path.read_text()) for path in SHIPPED]

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
CODE_OF_OURS = re.compile(r"[a-z]+(_[a-z]+)*")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def code_of(page: Path) -> str:
    """All code of a page, blocks and spans."""
    return "\n".join(CODE.findall(page.read_text()))


def anchors(page: Path) -> set[str]:
    """The anchors GitHub makes of a page's headings."""
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


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
            assert name in {"--help"} | {
                option for each in typer.main.get_command(app).params for option in each.opts
            }, line
            continue
        command = vars(typer.main.get_command(app))["commands"].get(name)
        assert command, line
        inner: dict[str, Any] = vars(command).get("commands", {})
        assert not inner or words[0] in inner, line
        command = inner[words[0]] if inner else command
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= options, line


def test_the_changelog_names_every_command() -> None:
    commands: dict[str, Any] = vars(typer.main.get_command(app))["commands"]
    text = " ".join((ROOT / "CHANGELOG.md").read_text().split())
    (listed,) = re.findall(r"A command line for operators: ([^.]+)\.", text)
    assert sorted(listed.split(", ")) == sorted(commands)


@each_page
def test_every_module_and_folder_named_exists(page: Path) -> None:
    tops = "layers|functions|sandbox|tests|tools|docs|cli"
    for name in re.findall(rf"`((?:{tops})/[\w./-]+)`", page.read_text()):
        assert (ROOT / name).exists(), name


@each_page
def test_every_environment_variable_named_is_one_of_ours_or_of_aws(page: Path) -> None:
    sources = [TEMPLATE, *(path.read_text() for top in ("layers", "cli") for path in (ROOT / top).rglob("*.py"))]
    known = {name for source in sources for name in re.findall(r"\b(?:SHOPBRIDGE|AWS)_[A-Z_]+\b", source)}
    for name in re.findall(r"\b(?:SHOPBRIDGE|AWS)_[A-Z_]+\b", code_of(page)):
        assert name in known | secret_variables() | {"SHOPBRIDGE_SECRET_"}, name


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


# --- when something is not as it should be ------------------------------------------------------------------------

OF_AWS = {"AccessDenied", "not authorized to perform: lambda:InvokeFunction", "access denied"}
"""Messages that AWS writes."""
TROUBLE = (DOCS / "troubleshooting.md").read_text()


def test_every_message_that_is_explained_is_one_that_somebody_can_see() -> None:
    seen = "\n".join(path.read_text() for top in ("layers", "cli") for path in (ROOT / top).rglob("*.py"))
    quoted = {
        text
        for line in TROUBLE.splitlines()
        for text in re.findall(r'"([^"]+)"', line.split("|")[1] if "|" in line else "")
    }
    assert len(quoted) > 8
    assert sorted(text for text in quoted - OF_AWS if text not in seen) == []


def test_every_reason_that_is_explained_is_one_of_ours() -> None:
    named = re.findall(r"`(?:held|skipped): (\w+)`", TROUBLE)
    assert len(named) > 4
    assert [code for code in named if f"| `{code}` |" not in OPERATIONS] == []


# --- what the models dictate ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [pytest.param(path, id=str(path)) for path in sorted(pages())])
def test_generated_pages_are_up_to_date(page: Path) -> None:
    assert (DOCS / page).read_text() == pages()[page], "run `make docs`"


def test_every_capability_is_in_the_table() -> None:
    assert list(CAPABILITIES) == list(get_args(Capability))
    assert set(CAPABILITIES) >= OF_SHOPS | OF_OFFICES


@pytest.mark.parametrize("key", KEYS)
def test_what_is_only_inferred_is_off_until_a_setting_switches_it_on(key: str) -> None:
    spec = connector_spec(key)
    assert set(spec.inferred) <= set(spec.provides)
    assert all(answer_to(capability, spec) == "inferred" for capability in spec.inferred)
    ours = OF_SHOPS if "order_source" in spec.provides else OF_OFFICES
    assert (OF_SHOPS | OF_OFFICES) & set(spec.provides) <= ours


def test_the_readme_names_every_platform_in_its_table_once() -> None:
    table = (ROOT / "README.md").read_text().partition(BEGIN)[2].partition(END)[0]
    assert sorted(re.findall(r"connectors/(\w+)\.md", table)) == sorted(KEYS)


def test_the_example_rules_are_sound() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (DOCS / "connections.md").read_text(), re.DOTALL)
    content = [yaml.safe_load(block) for block in blocks]
    rules = [FieldRule.model_validate(rule) for part in content for rule in part.get("rules", ())]
    assert len(rules) >= 3
    check_rules(rules, connector_spec("salespos").order_fields(), SAMPLE_DOCUMENT)


def test_the_example_settings_of_stock_and_products_are_sound() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (DOCS / "connections.md").read_text(), re.DOTALL)
    content = [yaml.safe_load(block) for block in blocks]
    stock = [StockSettings.model_validate(part["stock"]) for part in content if "stock" in part]
    products = [ProductSettings.model_validate(part["products"]) for part in content if "products" in part]
    assert {each.direction for each in stock} == set(get_args(Direction))
    assert all(each.active for each in products)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_example_files_are_sound(example: Path) -> None:
    content = yaml.safe_load(example.read_text())
    settings = ConnectionSettings.model_validate(content["settings"])
    assert not settings.stock.active
    assert not settings.products.active
    for side in get_args(Side):
        end = settings.side(side)
        spec = connector_spec(end.platform)
        spec.settings.model_validate(end.settings)
        assert content["secrets"][side].keys() <= spec.secrets.model_fields.keys()
    assert example.stem == f"{settings.shop.platform}-{settings.office.platform}"
    assert example.stem in PAIRS
    assert f"docs/examples/{example.name}" in example.read_text()


def test_the_example_manifest_asks_for_the_rights_the_connector_needs() -> None:
    manifest = (DOCS / "connections.md").read_text()
    assert set(re.findall(r"<read>(\w+)</read>", manifest)) == {*READ_RIGHTS.split(", "), *PRODUCT_RIGHTS.split(", ")}
    written = set(re.findall(r"<(update|create|delete)>(\w+)</", manifest))
    products = {(write, name) for write in ("create", "update", "delete") for name in PRODUCT_WRITE_RIGHTS.split(", ")}
    assert written - products == {(act, entity) for entity, act in TELLING_RIGHTS}
    assert products <= written


def test_the_example_manifest_is_the_one_that_the_command_makes() -> None:
    (shown,) = re.findall(r"```xml\n(.*?)```", (DOCS / "connections.md").read_text(), re.DOTALL)
    assert shown == app_manifest("https://PUBLIC-URL", "my-shop", "REPLACE-BY-A-LONG-RANDOM-TEXT")


def test_the_preparation_of_salespos_names_the_rights_the_connector_checks() -> None:
    page = (DOCS / "connections.md").read_text()
    (step,) = re.findall(r"There make a key with the rights (.+?)\. Note", page, re.DOTALL)
    assert re.findall(r"`(\w+)`", step) == [*NEEDED, *NEEDED_FOR_PRODUCTS]


def test_every_platform_has_its_preparation() -> None:
    headings = anchors(DOCS / "connections.md")
    titles = (connector_spec(key).title.casefold().removeprefix("ccv ").partition(" (")[0] for key in KEYS)
    assert {title.replace(" ", "-") for title in titles} <= headings


def test_every_ledger_state_is_explained() -> None:
    assert set(re.findall(r"^\| `([A-Z]+)` \|", OPERATIONS, re.MULTILINE)) == set(get_args(LedgerState))


def test_exactly_the_alarms_and_saved_queries_of_the_template_are_explained() -> None:
    alarms = re.findall(r"^  (\w+Alarm):$", TEMPLATE, re.MULTILINE)
    assert re.findall(r"^\| `(\w+Alarm)` \|", OPERATIONS, re.MULTILINE) == alarms
    queries = re.findall(r"^      Name: !Sub \$\{AWS::StackName\}/(.+)$", TEMPLATE, re.MULTILINE)
    assert queries
    assert [query for query in queries if f"| {query} |" not in OPERATIONS] == []


PRIVACY = (DOCS / "privacy.md").read_text()


def test_the_page_on_privacy_names_every_kind_of_record_and_how_long_queues_and_logs_keep() -> None:
    named = set(re.findall(r"`([A-Z]+(?:#[a-z]+)?)`", PRIVACY))
    assert set(KINDS) <= named
    days = {f"{int(seconds) // 86400}" for seconds in re.findall(r"MessageRetentionPeriod: (\d+)", TEMPLATE)}
    assert days == {"7", "14"}
    assert "7 days at most" in PRIVACY
    assert "14 days since they were queued" in PRIVACY
    (default,) = re.findall(r"ActivityRetentionDays:\n    Type: Number\n    Default: (\d+)", TEMPLATE)
    assert f"`ActivityRetentionDays`, {default} unless set" in PRIVACY
    assert re.findall(r"RetentionInDays: (\d+)", TEMPLATE) == ["30"]
    assert (KEEP_CUSTOMERS.days, KEEP_SKIPPED.days) == (30, 60)


# --- reasons and events -----------------------------------------------------------------------------------------------


def first_cells() -> set[str]:
    """What the tables of the operations page explain."""
    return set(re.findall(r"`([a-z_]+)`", "\n".join(re.findall(r"^\| (`[^|]+) \|", OPERATIONS, re.MULTILINE))))


def texts(node: ast.AST) -> Iterator[str]:
    """Every text in an expression; the parts of one that is put together, joined by ``*``."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)


@cache
def functions_of(module: ast.Module) -> tuple[ast.FunctionDef, ...]:
    return tuple(node for node in ast.walk(module) if isinstance(node, ast.FunctionDef))


@cache
def calls_of(module: ast.Module) -> tuple[ast.Call, ...]:
    return tuple(node for node in ast.walk(module) if isinstance(node, ast.Call))


@cache
def assignments_of(module: ast.Module) -> tuple[ast.Assign, ...]:
    return tuple(node for node in ast.walk(module) if isinstance(node, ast.Assign))


def codes_in(module: ast.Module) -> Iterator[str]:
    """What a module passes on as ``code=…``: as it stands, through a name, or through an argument of a helper."""
    for call in calls_of(module):
        for keyword in call.keywords:
            if keyword.arg == "code":
                yield from texts(keyword.value)
                if isinstance(keyword.value, ast.Name):
                    name, modules = keyword.value.id, MODULES if keyword.value.id.isupper() else [module]
                    yield from (text for each in modules for text in values_of(name, each))


def values_of(name: str, module: ast.Module) -> Iterator[str]:
    for assignment in assignments_of(module):
        if any(isinstance(target, ast.Name) and target.id == name for target in assignment.targets):
            yield from texts(assignment.value)
    for function in functions_of(module):
        places = [place for place, argument in enumerate(function.args.args) if argument.arg == name]
        for call in calls_of(module) if places else ():
            if isinstance(call.func, ast.Name) and call.func.id == function.name and len(call.args) > places[0]:
                yield from texts(call.args[places[0]])


@cache
def reason_codes() -> frozenset[str]:
    """Our own codes; those of platforms have capitals, digits or points."""
    found = {code for module in MODULES for code in codes_in(module)}
    maps, kinds = list(Maps.model_fields), ["product", "customer"]
    spelled = {"unmapped_*": maps, "missing_*": maps, "ambiguous_*": kinds}
    plain = {code for code in found if CODE_OF_OURS.fullmatch(code)}
    assert {code for code in found if "*" in code} == set(spelled)
    return frozenset(plain | {code.replace("*", word) for code, words in spelled.items() for word in words})


@cache
def events() -> frozenset[str]:
    """The names given to the activity log, as they stand or through a name."""
    named: set[str] = set()
    for module in MODULES:
        for call in calls_of(module):
            if is_logged(call):
                named |= {*texts(call.args[0]), *named_texts(call.args[0], module)}
    named = {name for name in named if "%" not in name}
    spelled = {
        "connection_*": get_args(ConnectionStatus),
        "product_*": ["created", "updated", "unchanged", "held", "failed"],
    }
    assert {name for name in named if "*" in name} == set(spelled)
    states = {name.replace("*", word) for name, words in spelled.items() for word in words}
    return frozenset({name for name in named if "*" not in name} | states | {"bug", TIMED_OUT, ENDED})


def named_texts(node: ast.AST, module: ast.Module) -> Iterator[str]:
    """What a name in this place stands for in its module, if it is an event's."""
    found = values_of(node.id, module) if isinstance(node, ast.Name) else ()
    return (text for text in found if CODE_OF_OURS.fullmatch(text))


def test_every_fact_of_an_event_may_be_read_in_the_log() -> None:
    calls = [call for module in MODULES for call in calls_of(module) if is_logged(call)]
    named = {keyword.arg for call in calls for keyword in call.keywords if keyword.arg not in (None, "fix")}
    assert {"because", "figures", "external_id"} <= named
    assert sorted(named - PLAIN) == []


LOGGING = {"info", "warning", "warn", "measured"}


def is_logged(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in LOGGING and bool(call.args)


def test_codes_and_events_are_found_in_the_code() -> None:
    assert {"missing_product", "unexpected_form", "connection_paused", "gone", "skipped_by_operator"} <= reason_codes()
    assert {"order_imported", "order_cancelled_after_import", "connection_stopped"} <= events()


def test_every_reason_code_is_explained() -> None:
    explained = first_cells() | set(re.findall(r"`([a-z_]+)` \(", OPERATIONS))
    assert sorted(reason_codes() - explained) == []


def test_every_event_is_explained() -> None:
    assert sorted(events() - first_cells()) == []


def test_no_code_or_event_is_explained_that_is_not_there() -> None:
    assert sorted(first_cells() - reason_codes() - events()) == []


def test_every_picture_is_shown_and_small_enough_for_a_telephone() -> None:
    shown = {name for page in PAGES for name in re.findall(r"!\[[^\]]+\]\([^)]*images/([^)]+)\)", page.read_text())}
    files = {file.name: file.stat().st_size for file in (ROOT / "docs" / "images").iterdir()}
    assert set(files) == shown == {f"{name}.png" for name in PICTURES}
    assert max(files.values()) <= LARGEST
