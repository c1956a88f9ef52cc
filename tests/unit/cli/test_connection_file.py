from pathlib import Path

import pytest

from shopbridge.connectors.registry import connector_spec
from shopbridge.flows.operations.connections.samples import SAMPLE_DOCUMENT
from shopbridge.mapping.rule_engine import check_rules
from shopbridge.model.connection import ConnectionSettings
from shopbridge_cli.client import RefusedError
from shopbridge_cli.connection_file import naming_lines, read_connection

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "shopware-salespos.yaml"


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_yaml_and_json_are_read(tmp_path: Path) -> None:
    from_yaml = read_connection(write(tmp_path / "a.yaml", "settings: {id: x}\n"), None)
    from_json = read_connection(write(tmp_path / "a.json", '{"settings": {"id": "x"}}'), None)
    assert from_yaml == from_json == {"settings": {"id": "x"}, "secrets": {}}


def test_an_empty_secret_comes_from_the_environment(tmp_path: Path) -> None:
    file = write(tmp_path / "a.yaml", "settings: {}\nsecrets: {shop: {client_id: given, client_secret: }}\n")
    environment = {"SHOPBRIDGE_SECRET_SHOP_CLIENT_SECRET": "secret", "SHOPBRIDGE_SECRET_SHOP_CLIENT_ID": "other"}
    secrets = read_connection(file, None, environment)["secrets"]
    assert secrets == {"shop": {"client_id": "given", "client_secret": "secret"}}


def test_an_empty_secret_is_asked_for(tmp_path: Path) -> None:
    file = write(tmp_path / "a.yaml", "settings: {}\nsecrets: {office: {secret_key: }}\n")
    secrets = read_connection(file, lambda name: f"typed {name}", {})["secrets"]
    assert secrets == {"office": {"secret_key": "typed office.secret_key"}}


def test_an_empty_secret_without_a_terminal_names_its_variable(tmp_path: Path) -> None:
    file = write(tmp_path / "a.yaml", "settings: {}\nsecrets: {office: {secret_key: }}\n")
    with pytest.raises(RefusedError, match="SHOPBRIDGE_SECRET_OFFICE_SECRET_KEY"):
        read_connection(file, None, {})


@pytest.mark.parametrize("text", ["", "[1]", "secrets: {}", "settings: {}\nsecret: {}", "settings: {}\nsecrets: [a]"])
def test_another_shape_is_refused_with_what_is_wanted(tmp_path: Path, text: str) -> None:
    with pytest.raises(RefusedError, match=r"`settings`|`secrets`"):
        read_connection(write(tmp_path / "a.yaml", text), None)


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("a.yaml", "settings:\n  id: [1", "line 2, column 9"),
        ("a.yaml", "settings:\n\tid: x", "line 2, column 1"),
        ("a.yaml", "settings: {a: !!python/object:os.system x}", "line 1, column 15"),
        ("a.json", '{"settings":\n}', "line 2, column 1"),
        ("a.yaml", "settings: {2026-01-01: x}", "keys must be"),
    ],
)
def test_a_malformed_file_is_a_sentence_with_the_place(tmp_path: Path, name: str, text: str, place: str) -> None:
    with pytest.raises(RefusedError, match="is not well-formed") as caught:
        read_connection(write(tmp_path / name, text), None)
    assert place in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_malformed_line_is_not_shown_since_a_secret_may_stand_in_it(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="is not well-formed") as caught:
        read_connection(write(tmp_path / "a.yaml", "secrets: {shop: {client_secret: hush, : [}"), None)
    assert "hush" not in str(caught.value)


def test_a_file_in_another_encoding_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes("settings: {name: Café}".encode("latin-1"))
    with pytest.raises(RefusedError, match="not text in UTF-8"):
        read_connection(tmp_path / "a.yaml", None)


@pytest.mark.parametrize("value", ["0123", "[a]", "true", "2026-01-01"])
def test_a_secret_that_yaml_takes_for_something_else_wants_quotes(tmp_path: Path, value: str) -> None:
    file = write(tmp_path / "a.yaml", f"settings: {{}}\nsecrets: {{office: {{secret_key: {value}}}}}\n")
    with pytest.raises(RefusedError, match="secret_key is no text"):
        read_connection(file, None, {})


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="cannot be read"):
        read_connection(tmp_path / "absent.yaml", None)


FILE = """\
# a shop
version: 4
settings:
  id: my-shop
  shop: {platform: shopware,
    settings: {url: here}}
  orders:
    poll_minutes: 7
    statuses:
      - open
      - opne
secrets:
  shop: {client_id: a}
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("settings.orders.poll_minutes", 8),
        ("settings.orders.statuses.2", 11),
        ("settings.orders.no_such.thing", 7),
        ("shop.settings.url", 6),
        ("secrets.shop.client_secret", 13),
        ("settings.office", 3),
        ("version", 2),
    ],
)
def test_what_is_refused_of_a_setting_names_its_line(tmp_path: Path, place: str, line: int) -> None:
    file = write(tmp_path / "a.yaml", FILE)
    with pytest.raises(RefusedError) as caught, naming_lines(file):
        raise RefusedError(f"{place}: This is wrong.", "The map status leads to '99': nothing.", kind="invalid")
    assert caught.value.problems[0] == f"{file}, line {line}: {place}: This is wrong."
    assert caught.value.problems[1] == "The map status leads to '99': nothing."
    assert caught.value.kind == "invalid"


def test_a_line_of_json_is_found_too(tmp_path: Path) -> None:
    file = write(tmp_path / "a.json", '{"settings": {\n"orders": {\n"poll_minutes": 7}}}')
    with pytest.raises(RefusedError, match=r"line 3: orders\.poll_minutes"), naming_lines(file):
        raise RefusedError("orders.poll_minutes: This is wrong.")


def test_the_example_fits_the_models() -> None:
    content = read_connection(EXAMPLE, lambda name: f"made-up-{name}", {})
    settings = ConnectionSettings.model_validate(content["settings"])
    for side in (settings.shop, settings.office):
        connector_spec(side.platform).settings.model_validate(side.settings)
    check_rules(settings.orders.rules, connector_spec("salespos").order_fields(), SAMPLE_DOCUMENT)
    connector_spec("shopware").secrets.model_validate(content["secrets"]["shop"])
    connector_spec("salespos").secrets.model_validate(content["secrets"]["office"])
