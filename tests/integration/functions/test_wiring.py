"""A container as a function opens it: what it keeps to itself, and what it does not spend."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from shopbridge import wiring
from shopbridge.connectors import capabilities
from shopbridge.connectors.parts import Capability, Connector, RequiredParts
from shopbridge.connectors.registry import connector_spec
from shopbridge.errors import NeedsAttention
from shopbridge.http import guard
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Connection, ConnectionSettings
from shopbridge.ports import Platforms
from shopbridge.store.activity import LIBRARIES
from shopbridge.store.bundle import Store
from shopbridge.store.environment import Environment, variable_of
from shopbridge.wiring import KEPT, Container, GivenSecrets, open_container
from tests.integration.conftest import ManualClock


@pytest.fixture
def container(environment: Environment) -> Container:
    return open_container(
        {variable_of(each.name): str(getattr(environment, each.name)) for each in fields(Environment)}
    )


@pytest.fixture
def root_at_debug() -> Iterator[None]:
    """What Lambda makes of ``ApplicationLogLevel: DEBUG``."""
    levels = {name: logging.getLogger(name).level for name in ("", *LIBRARIES)}
    logging.getLogger().setLevel(logging.DEBUG)
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.usefixtures("root_at_debug")
def test_no_log_level_makes_libraries_write_secrets_down(
    container: Container, connection_id: ConnectionId, caplog: pytest.LogCaptureFixture
) -> None:
    credentials = container.store.credentials
    credentials.write(connection_id, "shop", {"client_secret": "not-for-logs"})
    assert credentials.read_now(connection_id, "shop") == {"client_secret": "not-for-logs"}
    assert "not-for-logs" not in caplog.text


def test_a_function_that_calls_no_platform_reads_no_certificates(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr(guard, "_certificates", lambda: read.append("certificates"))
    assert container.bridge.platforms is not None
    assert read == []


def test_secrets_that_are_tried_out_do_not_show() -> None:
    assert "not-for-logs" not in repr(GivenSecrets({"client_secret": "not-for-logs"}))


# --- capabilities -------------------------------------------------------------------------------------------------

ASKED: Mapping[Capability, tuple[Callable[[Platforms, Connection], object], str]] = {
    "order_source": (lambda platforms, link: platforms.parts(link, "shop").order_source, "hand out its orders"),
    "order_status": (lambda platforms, link: platforms.parts(link, "shop").order_status, "take an order's status"),
    "order_target": (lambda platforms, link: platforms.parts(link, "office").order_target, "take orders"),
    "stock_source": (lambda platforms, link: platforms.parts(link, "office").stock_source, "tell its stock"),
    "stock_target": (lambda platforms, link: platforms.parts(link, "office").stock_target, "take stock"),
    "open_orders": (lambda platforms, link: platforms.parts(link, "shop").open_orders, "tell its open orders"),
    "catalogue_source": (
        lambda platforms, link: platforms.parts(link, "shop").catalogue_source,
        "hand out its products",
    ),
    "catalogue_target": (lambda platforms, link: platforms.parts(link, "shop").catalogue_target, "take products"),
}


@pytest.fixture
def link(connection_id: ConnectionId) -> Connection:
    shop = {"platform": "shopware", "settings": {"url": "https://shop.example"}}
    office = {"platform": "salespos", "settings": {"url": "https://pos.example"}}
    settings = {"id": connection_id, "name": "Test", "shop": shop, "office": office}
    return Connection(
        settings=ConnectionSettings.model_validate(settings),
        version=1,
        status="active",
        status_reason="",
        path_token_hash="",
        created_at=datetime(2026, 1, 31, tzinfo=UTC),
    )


def test_a_connector_is_kept_for_hours_and_made_anew_for_another_version(
    container: Container, link: Connection, clock: ManualClock
) -> None:
    platforms = Container(Store(container.store.environment, clock=clock)).bridge.platforms
    first = platforms.parts(link, "shop")
    clock.advance(KEPT.total_seconds() - 1)
    assert platforms.parts(link, "shop") is first
    second = platforms.parts(link.model_copy(update={"version": 2}), "shop")
    assert second is not first


def test_a_connector_does_not_believe_for_ever_what_a_platform_said(
    container: Container, link: Connection, clock: ManualClock
) -> None:
    platforms = Container(Store(container.store.environment, clock=clock)).bridge.platforms
    first = platforms.parts(link, "shop")
    clock.advance(KEPT.total_seconds())
    assert platforms.parts(link, "shop") is not first


@pytest.mark.parametrize("capability", ASKED)
def test_a_capability_that_a_connector_has_is_answered_with_its_part(
    container: Container, link: Connection, capability: Capability
) -> None:
    platforms = container.bridge.platforms
    ask, _ = ASKED[capability]
    found: Any = ask(platforms, link)
    sides = [cast("RequiredParts", platforms.parts(link, side)).connector for side in ("shop", "office")]
    assert any(found is getattr(side, capability) for side in sides)


@pytest.mark.parametrize("capability", ASKED)
def test_a_capability_that_a_connector_lacks_names_it_in_words_and_what_to_do(
    container: Container, link: Connection, monkeypatch: pytest.MonkeyPatch, capability: Capability
) -> None:
    account = container.bridge.platforms.parts(link, "shop").account
    bare: dict[str, Any] = {"provides": (), "build": lambda *_: Connector(account)}
    for module in (wiring, capabilities):
        monkeypatch.setattr(module, "connector_spec", lambda name: replace(connector_spec(name), **bare))
    ask, words = ASKED[capability]
    lacking = Container(container.store).bridge.platforms
    with pytest.raises(NeedsAttention, match=rf"(Shopware|SalesPOS) cannot be asked to {words}.*the table of cap"):
        ask(lacking, link)


def test_a_platform_on_the_wrong_side_is_told_with_what_else_to_choose(container: Container, link: Connection) -> None:
    swapped = {"shop": link.settings.office, "office": link.settings.shop, "orders": {"write_back": {"status": "x"}}}
    settings = ConnectionSettings.model_validate({**link.settings.model_dump(), **swapped})
    told = " ".join(container.bridge.platforms.check_capabilities(settings))
    for words in ("hand out its orders", "take an order's status"):
        assert f"CCV SalesPOS cannot be asked to {words}" in told
    assert "Shopware cannot be asked to take orders" in told
    assert "Choose another platform for the shop" in told
    assert "Leave status and document_field of orders.write_back empty" in told


def test_a_shop_that_tells_no_postcode_is_refused_by_a_back_office_that_wants_one(
    container: Container, link: Connection
) -> None:
    def problems(shop: str, **chosen: str) -> list[str]:
        office = {"url": "https://api.innvoice.hu", "company": "acme", "invoice_book": "1", **chosen}
        settings = {
            **link.settings.model_dump(),
            "shop": {"platform": shop, "settings": {"url": "https://shop.example", "vat": 27, "country": "HU"}},
            "office": {"platform": "innvoice", "settings": office},
            "orders": {},
        }
        if shop == "shopware":
            settings["shop"] = link.settings.shop
        return list(container.bridge.platforms.check_capabilities(ConnectionSettings.model_validate(settings)))

    (told,) = problems("cartum")
    assert "without a postcode, and this shop's orders have none" in told
    assert "Set postcode_unknown" in told
    assert problems("cartum", postcode_unknown="1011") == problems("shopware") == []


@pytest.mark.parametrize(("part", "direction"), [("stock", "shop_to_office"), ("products", "shop_to_office")])
def test_what_a_connectors_own_settings_switch_off_is_told_before_anything_depends_on_it(
    container: Container, link: Connection, part: str, direction: str
) -> None:
    def problems(**chosen: Any) -> list[str]:
        office = {"url": "https://secure.bocp.eu", "account_number": "1", "connector_id": 1, "currency": "RON"}
        settings = {
            **link.settings.model_dump(),
            "office": {"platform": "cloudsales", "settings": {**office, **chosen}},
            part: {"active": True, "direction": direction},
        }
        return list(container.bridge.platforms.check_capabilities(ConnectionSettings.model_validate(settings)))

    assert any("stand_in_writes" in each and "from the back office to the shop" in each for each in problems())
    assert not any("stand_in_writes" in each for each in problems(stand_in_writes=True))
