"""Every reason, event, alarm and message is explained, and no other."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import get_args

from shopbridge.flows.operations.health.log import ENDED, TIMED_OUT
from shopbridge.model.connection import ConnectionStatus
from shopbridge.model.settings import Maps
from shopbridge.store.activity import PLAIN
from tests.docs.pages import OPERATIONS, ROOT, TEMPLATE
from tools.settings_docs import DOCS

SHIPPED = [path for top in ("layers", "functions") for path in sorted((ROOT / top).rglob("*.py"))]
MODULES = [ast.parse(path.read_text()) for path in SHIPPED]
CODE_OF_OURS = re.compile(r"[a-z]+(_[a-z]+)*")


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


# --- alarms and saved queries -----------------------------------------------------------------------------------------


def test_exactly_the_alarms_and_saved_queries_of_the_template_are_explained() -> None:
    alarms = re.findall(r"^  (\w+Alarm):$", TEMPLATE, re.MULTILINE)
    assert re.findall(r"^\| `(\w+Alarm)` \|", OPERATIONS, re.MULTILINE) == alarms
    queries = re.findall(r"^      Name: !Sub \$\{AWS::StackName\}/(.+)$", TEMPLATE, re.MULTILINE)
    assert queries
    assert [query for query in queries if f"| {query} |" not in OPERATIONS] == []


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
