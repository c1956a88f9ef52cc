"""The shipped examples are created as they are, between platforms that were prepared as the docs say and no further."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.pairs.all_pairs import PAIRS
from sandbox.platforms.cartum import LOGIN, PASSWORD, CartumEmulator
from sandbox.platforms.cloudsales import CloudSalesEmulator
from sandbox.platforms.cloudsales.auth import User
from sandbox.platforms.gomag import GomagEmulator
from sandbox.platforms.gomag.emulator import KEY
from sandbox.platforms.innvoice import InnVoiceEmulator
from sandbox.platforms.kit import in_process
from sandbox.platforms.roapp import RoAppEmulator
from sandbox.platforms.salesautopilot import SalesAutopilotEmulator
from sandbox.platforms.salespos import SalesPosEmulator
from sandbox.platforms.shoprenter import ShoprenterEmulator
from sandbox.platforms.shoprenter.emulator import CLIENT_ID, CLIENT_SECRET
from sandbox.platforms.shopware import ShopwareEmulator
from sandbox.platforms.tryton import TrytonEmulator
from sandbox.platforms.unas import UnasEmulator
from sandbox.platforms.vendure import API_KEY, VendureEmulator
from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
from shopbridge_cli.connection_file import read_connection
from tests.integration.conftest import ManualClock
from tests.integration.stage import empty_queues
from tests.integration.world import AnyWorld

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
Secrets = Mapping[str, str]
Prepared = tuple[tuple[str, ...], Any, Secrets]
"""Hosts, app and credentials."""


def shopware(clock: ManualClock, settings: Mapping[str, Any]) -> Prepared:
    """A fresh shop with an integration."""
    shop = ShopwareEmulator(clock=clock)
    shop.url = settings["url"]
    return host(shop.url), shop.app, {"client_id": shop.access_key, "client_secret": shop.secret_key}


def gomag(clock: ManualClock, settings: Mapping[str, Any]) -> Prepared:
    """A shop with the statuses and payment methods that every shop has at first, and a key."""
    shop = GomagEmulator(clock=clock, shop=settings["shop"])
    return ("api.gomag.ro",), shop.app, {"api_key": KEY}


def shoprenter(clock: ManualClock, settings: Mapping[str, Any]) -> Prepared:
    """A shop as it is at first, whose administrator has made an API client; its login is a host of its own."""
    shop = ShoprenterEmulator(clock=clock, shop=settings["shop"])
    hosts = f"{settings['shop']}.api2.myshoprenter.hu", "oauth.app.shoprenter.net"
    return hosts, shop.app, {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


def unas(clock: ManualClock, settings: Mapping[str, Any]) -> Prepared:
    """A shop with the statuses and methods of the emulator, and a key."""
    shop = UnasEmulator(clock=clock, plan=settings["plan"])
    return ("api.unas.eu",), shop.app, {"api_key": shop.key.value}


def cartum(clock: ManualClock, settings: Mapping[str, Any]) -> Prepared:
    """A shop as it is at first, with a user for us."""
    return host(settings["url"]), CartumEmulator(clock=clock).app, {"login": LOGIN, "password": PASSWORD}


def roapp(clock: ManualClock, settings: Mapping[str, Any]) -> Prepared:
    """An account whose lists have what the file names, and a service each for delivery and fees."""
    office = RoAppEmulator(clock=clock, currency=settings["currency"])
    for name in ("delivery_entry", "fee_entry"):
        made, number = office.add_product("", title=name, kind="service"), settings[name]
        office.account.products[number] = replace(office.account.products.pop(made.id), id=number)
    return host("https://api.roapp.io"), office.app, {"api_key": office.key}


def salespos(clock: ManualClock, settings: Mapping[str, Any]) -> Prepared:
    """An account with a key."""
    app = SalesPosEmulator(clock=clock).app
    return host(settings["url"]), app, {"public_key": "pub_emul_01", "secret_key": "sec_emul_01"}


def cloudsales(clock: ManualClock, settings: Mapping[str, Any]) -> Prepared:
    """An account whose order connector, users, work point and services are those the file names."""
    office = CloudSalesEmulator(clock=clock)
    number = settings["connector_id"]
    office.account.connectors[number] = replace(office.connector, id=number)
    office.access.add(User(office.connector_user, office.connector_password, connector=number))
    for name in ("shipping_code", "discount_code", "other_code"):
        office.add_service(settings[name], name)
    secrets = {
        "user": office.user,
        "password": office.password,
        "connector_user": office.connector_user,
        "connector_password": office.connector_password,
    }
    return host(settings["url"]), office.app, secrets


def innvoice(clock: ManualClock, settings: Mapping[str, Any]) -> Prepared:
    """The company that the file names, with its invoice book and API user."""
    office = InnVoiceEmulator(clock=clock)
    office.add_book("Webshop", "WEB", book_id=int(settings["invoice_book"]))
    assert settings["company"] == office.company.name
    return host(settings["url"]), office.app, {"user": office.user, "password": office.password}


def salesautopilot(clock: ManualClock, settings: Mapping[str, Any]) -> Prepared:
    """An account with a key pair, whose list and forms are those the file names."""
    office = SalesAutopilotEmulator(clock=clock)
    assert settings["order_list"] == office.order_list.id
    assert {settings[name] for name in ("order_form", "status_form", "paid_form")} <= office.order_list.forms.keys()
    return host(settings["url"]), office.app, {"user": office.user, "password": office.password}


def tryton(clock: ManualClock, settings: Mapping[str, Any]) -> Prepared:
    """A company with a user for us, whose taxes and terms have the numbers that the file names."""
    office = TrytonEmulator(clock=clock, currency=settings["currency"])
    assert settings["database"] == office.database
    return host(settings["url"]), office.app, {"user": office.user, "password": office.password}


def vendure(clock: ManualClock, settings: Mapping[str, Any]) -> Prepared:
    """A server as it is at first, with a key for us and the secret that its plugin got."""
    shop = VendureEmulator(clock=clock)
    return host(settings["url"]), shop.app, {"api_key": API_KEY, "webhook_secret": "secret-of-the-plugin"}


PREPARE: Mapping[str, Callable[[ManualClock, Mapping[str, Any]], Prepared]] = {
    "shopware": shopware,
    "gomag": gomag,
    "shoprenter": shoprenter,
    "salespos": salespos,
    "unas": unas,
    "cartum": cartum,
    "roapp": roapp,
    "cloudsales": cloudsales,
    "innvoice": innvoice,
    "salesautopilot": salesautopilot,
    "tryton": tryton,
    "vendure": vendure,
}


def host(url: str) -> tuple[str]:
    return (httpx.URL(url).host,)


@dataclass
class ExampleWorld(AnyWorld):
    """Both platforms of an example, where the file says they are."""

    file: Path = Path()

    def open_platforms(self) -> dict[str, httpx.BaseTransport]:
        named = read_connection(self.file, lambda _: "not asked for yet", {})
        ends = {side: named["settings"][side] for side in ("shop", "office")}
        prepared = {side: PREPARE[end["platform"]](self.clock, end["settings"]) for side, end in ends.items()}
        self._typed = {f"{side}.{name}": text for side, each in prepared.items() for name, text in each[2].items()}
        return {name: in_process(app) for names, app, _ in prepared.values() for name in names}

    def content(self) -> dict[str, Any]:
        """What the command line sends: the file, with the secrets typed in."""
        return read_connection(self.file, lambda name: self._typed[name], {})

    def settings(self) -> dict[str, Any]:
        return dict(self.content()["settings"])

    def secrets(self) -> dict[str, dict[str, str]]:
        return dict(self.content()["secrets"])


@pytest.fixture(params=sorted(PAIRS))
def world(request: pytest.FixtureRequest, environment: Environment) -> ExampleWorld:
    """One for each pair of platforms, and so an example for each."""
    empty_queues()
    return ExampleWorld(environment, ManualClock(), ConnectionId("unused"), EXAMPLES / f"{request.param}.yaml")


def test_an_example_tells_words_then_is_created_as_it_is_then_resumed(world: ExampleWorld) -> None:
    words = world.ask("words_of", **world.content())
    world.clock.advance(60)  # a person fills the maps
    assert words["shop"]["status"]
    assert "status" in words["office"]  # none where any text will do
    made = world.ask("create", **world.content())
    name = made["id"]
    assert (made["status"], made["plan"]["read"], made["plan"]["stopped"]) == ("paused", 0, "")
    assert world.container.bridge.ledger.summary(name) == {}
    world.clock.advance(60)  # and reads the plan
    assert world.ask("resume", connection=name)["status"] == "active"
    world.ask("delete", connection=name)


def test_there_is_no_example_without_a_pair() -> None:
    assert sorted(path.stem for path in EXAMPLES.glob("*.yaml")) == sorted(PAIRS)
