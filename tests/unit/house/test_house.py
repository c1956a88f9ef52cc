"""Promises about the code itself that no linter checks."""

import ast
import re
import statistics
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from shopbridge.connectors.registry import KEYS, connector_spec

ROOT = Path(__file__).parents[3]
LAYER = ROOT / "layers" / "shared" / "shopbridge"
SHIPPED = [*sorted(LAYER.rglob("*.py")), *sorted((ROOT / "functions").rglob("*.py"))]
BESIDE = [path for top in ("sandbox", "cli", "benchmarks", "tools") for path in sorted((ROOT / top).rglob("*.py"))]

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree_of(path: Path) -> ast.Module:
    """A file as Python reads it, for all who look at it."""
    return ast.parse(path.read_text())


def functions(paths: list[Path]) -> Iterator[tuple[Path, Function]]:
    for path in paths:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, Function):
                yield path, node


def length(function: Function) -> int:
    """Lines from ``def`` to the end, without the docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if is_text(first):
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def test_functions_of_the_layer_are_short() -> None:
    lengths = [length(function) for _, function in functions(sorted(LAYER.rglob("*.py")))]
    assert statistics.median(lengths) <= 7
    assert statistics.quantiles(lengths, n=10)[-1] <= 22


def test_handlers_are_at_most_twenty_lines() -> None:
    handlers = [f for _, f in functions(sorted((ROOT / "functions").rglob("*.py"))) if f.name == "handler"]
    assert len(handlers) >= 5
    assert max(length(handler) for handler in handlers) <= 20


def test_no_module_beside_what_ships_is_longer_than_four_hundred_lines() -> None:
    assert [path.name for path in BESIDE if len(path.read_text().splitlines()) > 400] == []


def test_no_folder_is_too_crowded_to_find_a_module_in() -> None:
    tests = sorted((ROOT / "tests").rglob("*.py"))
    folders = Counter(path.parent.relative_to(ROOT) for path in (*SHIPPED, *BESIDE, *tests))
    assert {folder: count for folder, count in folders.items() if count > 40} == {}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_catches_everything(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ExceptHandler):
            names = ast.unparse(node.type) if node.type else "everything"
            assert not {"everything", "Exception", "BaseException"} & set(re.findall(r"\w+", names)), node.lineno


PERSON_ACTS = {"Held", "Rejected", "NeedsAttention"}
"""Errors that end in front of a person, at least where nothing else can go on."""


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_error_that_a_person_has_to_act_on_says_what_to_do(path: Path) -> None:
    calls = (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))
    raised = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in PERSON_ACTS]
    assert [call.lineno for call in raised if "fix" not in {keyword.arg for keyword in call.keywords}] == []


def test_every_silenced_type_error_is_named() -> None:
    blanket = re.compile(r"#\s*type:\s*ignore(?!\[)|#\s*mypy:\s*ignore-errors")
    assert [path.name for path in SHIPPED if blanket.search(path.read_text())] == []


# --- rooms --------------------------------------------------------------------------------------------------------

CONNECTORS = LAYER / "connectors"
LINES = {path: len(path.read_text().splitlines()) for path in SHIPPED if path.name != "__init__.py"}
"""Length of every module that ships."""

ROOMS = {
    "": "connector settings api auth outcomes account wire wire_products webhook app_registration lookup product_index"
    " customers orders stock catalogue",
    "orders": "read map lines payments status create payload open_orders documents",
    "stock": "read write open_orders",
    "catalogue": "read map find plan records write categories variants features prices",
}
"""What a connector's modules may be called, by folder: a part has the same name on every platform."""
OWN_ROOMS = {
    "shopware": "sync facts orders/changes catalogue/references",
    "gomag": "orders/amounts",
    "cloudsales": "stand_in",
    "unas": "limits orders/lines",
    "innvoice": "stand_in",
    "shoprenter": "facts orders/amounts catalogue/requests",
    "cartum": "hooks imports",
}
"""Modules for what no other platform has, by the platform's own word for it."""
MODULES_AT_MOST = {
    "connectors/salespos": 23,
    "connectors/shopware": 27,
    "connectors/gomag": 19,
    "connectors/cloudsales": 16,
    "connectors/unas": 24,
    "connectors/innvoice": 15,
    "connectors/salesautopilot": 15,
    "connectors/roapp": 19,
    "connectors/tryton": 16,
    "connectors/shoprenter": 25,
    "connectors/cartum": 23,
    "connectors/vendure": 21,
    "flows": 83,
}


def allowed(platform: str) -> set[str]:
    """Modules that a platform may have, as paths without ending."""
    everywhere = {str(Path(room, name)) for room, names in ROOMS.items() for name in names.split()}
    return everywhere | set(OWN_ROOMS.get(platform, "").split())


@pytest.mark.parametrize("platform", KEYS)
def test_a_connector_s_modules_are_called_as_on_every_platform(platform: str) -> None:
    home = CONNECTORS / platform
    modules = {str(path.relative_to(home).with_suffix("")) for path in LINES if path.is_relative_to(home)}
    assert modules - allowed(platform) == set(), "a name of ROOMS, or the platform's own word among OWN_ROOMS"
    assert set(OWN_ROOMS.get(platform, "").split()) - modules == set(), "named, and gone"


@pytest.mark.parametrize(("package", "most"), MODULES_AT_MOST.items())
def test_a_package_has_no_more_modules_than_a_person_keeps_in_mind(package: str, most: int) -> None:
    assert len([path for path in LINES if path.is_relative_to(LAYER / package)]) <= most


def test_every_connector_has_its_number_of_modules() -> None:
    """A new one takes at most as many as the largest that is there."""
    assert {f"connectors/{key}" for key in KEYS} <= set(MODULES_AT_MOST)


def test_a_module_is_worth_opening_and_can_be_read_at_a_sitting() -> None:
    """From 60 to 350 lines.

    A piece of the kit is one idea, however short, and a connector's own rooms are where everybody looks, however little
    a small platform has to put there. Shopware sends many kinds of records. Ids need no pydantic.
    A request, and a read of several records at once, are one thing each.
    """
    layer = {path: lines for path, lines in LINES.items() if path.is_relative_to(LAYER)}
    own = {path for key in KEYS for path in (CONNECTORS / key).iterdir() if path.stem in ROOMS[""].split()}
    short = {path for path, lines in layer.items() if lines < 60} - set((CONNECTORS / "kit").iterdir()) - own
    one_thing = {"model/basics.py", "http/request.py", "store/sights.py"}
    assert short <= {CONNECTORS / "registry.py", *(LAYER / name for name in one_thing)}
    assert {path for path, lines in layer.items() if lines > 350} <= {CONNECTORS / "shopware" / "wire.py"}


def test_a_connector_s_module_has_at_least_140_lines_at_the_median() -> None:
    platforms = [CONNECTORS / key for key in KEYS]
    assert statistics.median(n for path, n in LINES.items() if {*path.parents} & {*platforms}) >= 140


def test_no_class_name_stands_twice_but_for_the_same_thing_of_two_platforms() -> None:
    """Connectors do not know each other: what they read and send (``Wire…``, the same module) is called alike."""
    homes: dict[str, list[Path]] = {}
    for path in sorted(LAYER.rglob("*.py")):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(path.relative_to(LAYER))
    assert {name: found for name, found in homes.items() if not siblings(name, found)} == {}


def siblings(name: str, homes: list[Path]) -> bool:
    """Whether a class stands once, or once for each of several platforms and is the same to each."""
    if len(homes) == 1:
        return True
    platforms = {home.parts[1] if home.parts[0] == "connectors" else "" for home in homes}
    alike = name.startswith("Wire") or len({home.parts[2:] for home in homes}) == 1
    folders = {path.name for path in CONNECTORS.iterdir()}
    return alike and platforms <= folders and len(platforms) == len(homes)


def test_the_kit_knows_no_platform() -> None:
    """Neither imports one, which import-linter proves, nor has the name of one in its code."""
    for path in sorted((CONNECTORS / "kit").glob("*.py")):
        code = ast.unparse(without_docstrings(ast.parse(path.read_text())))
        assert re.findall("|".join([*KEYS, "bocp"]), code, re.IGNORECASE) == [], path.name


def without_docstrings(tree: ast.Module) -> ast.Module:
    """Drop every expression that is nothing but a text."""
    for node in ast.walk(tree):
        if isinstance(body := getattr(node, "body", None), list):
            node.body = [each for each in body if not is_text(each)] or [ast.Pass()]  # type: ignore[attr-defined]
    return tree


def is_text(node: ast.stmt) -> bool:
    """Whether a statement is a docstring, of whatever it stands below."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


EMULATORS = ROOT / "sandbox" / "platforms"
EMULATOR_ROOMS = {"orders", "catalogue", "schema", "search", "writing"}
"""Of what an emulator has much it has a room; the last three are Shopware's, which searches and writes any entity."""


@pytest.mark.parametrize("platform", KEYS)
def test_an_emulator_s_rooms_are_called_as_on_every_platform(platform: str) -> None:
    modules = sorted((EMULATORS / platform).rglob("*.py"))
    rooms = Counter(path.parent.relative_to(EMULATORS / platform).as_posix() for path in modules)
    assert set(rooms) - EMULATOR_ROOMS == {"."}
    assert {room: count for room, count in rooms.items() if count > 24} == {}


# --- docstrings ---------------------------------------------------------------------------------------------------

ACTS = """
Accept Add Answer Ask Begin Book Bring Build Change Check Close Count Create Do Drop End Enqueue Evaluate Find Forget
Give Go Group Hand Hold Import Judge Keep Know Leave Let Lift List Log Look Mail Make Mark Move Name Note Own Pass
Plan Put Raise Read Refuse Release Remember Remove Replace Resend Resolve Return Round Save Say Send Set Settle Show
Sign Slow Split Start Stop Store Take Tell Try Turn Verify Wait Write Yield
"""
"""What functions may be said to do, in the imperative."""
KNOWN_BY_WHAT_THEY_ARE = {"property", "cached_property", "setter"}


def acting(node: ast.Module | ast.ClassDef) -> Iterator[Function]:
    """Yield what others may call: no properties, which are known by what they are."""
    for inner in node.body:
        if isinstance(inner, ast.ClassDef) and not inner.name.startswith("_"):
            yield from acting(inner)
        if isinstance(inner, Function) and not inner.name.startswith("_"):
            marks = {re.split(r"[.(]", ast.unparse(mark))[-1] for mark in inner.decorator_list}
            if not marks & KNOWN_BY_WHAT_THEY_ARE:
                yield inner


@pytest.mark.parametrize("path", sorted(LAYER.rglob("*.py")), ids=lambda path: str(path.relative_to(LAYER)))
def test_a_docstring_of_a_public_function_begins_with_what_it_does(path: Path) -> None:
    """Behind the tag of what is only inferred, and of ACTS: a word that is missing there, and is one, is added."""
    told = {each: ast.get_docstring(each) for each in acting(tree_of(path))}
    first = {f"{each.name}: {text}": text.removeprefix("[inferred] ").split()[0] for each, text in told.items() if text}
    assert [where for where, word in first.items() if word.strip(".,;:") not in ACTS.split()] == []


@pytest.mark.parametrize("key", KEYS)
def test_an_office_that_leaves_a_lost_answer_to_a_person_says_so(key: str) -> None:
    """Of its orders none may be noted as sent before its own call leaves."""
    creating = CONNECTORS / key / "orders" / "create.py"
    asks = creating.exists() and "raise AskAPerson" in creating.read_text()
    assert connector_spec(key).asks_a_person == asks
