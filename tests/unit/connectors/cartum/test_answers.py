"""However Cartum bends its answers, its parsers give what can be kept, or an error that tells a person something."""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

import httpx
import pytest
from pydantic_core import to_json

from sandbox.platforms.kit import ManualClock
from shopbridge.connectors.cartum.account import CartumAccount
from shopbridge.connectors.cartum.api import CartumApi
from shopbridge.connectors.cartum.auth import read_token
from shopbridge.connectors.cartum.catalogue.categories import CartumSections
from shopbridge.connectors.cartum.hooks import CartumHooks
from shopbridge.connectors.cartum.imports import import_rows
from shopbridge.connectors.cartum.orders.read import CartumOrders, read_order
from shopbridge.connectors.cartum.orders.status import CartumOrderStatus, CartumShipments, kept_statuses
from shopbridge.connectors.cartum.outcomes import refuses_user
from shopbridge.connectors.cartum.product_index import product_index
from shopbridge.connectors.cartum.stock import CartumStock
from shopbridge.http.answer import Answer, Call
from shopbridge.http.client import PlatformClient, Wiring
from shopbridge.model.base import OrderId
from shopbridge.model.progress import Shipment
from tests.cartum_shapes import ANSWERS, LONG_AGO, SECRETS, settings_of
from tests.containers import Deadline, Limiter, Secrets, Tokens
from tests.contract.hostile import noted
from tests.contract.test_bent_answers import bent
from tests.examples import examples
from tests.recorded import CARTUM
from tests.recorded import cartum as golden

BENT = examples(900)
"""Answers, for each parser."""
ORDER, CLOCK, SETTINGS = OrderId("1042"), ManualClock(), settings_of()
URL = "https://bridge.example/hooks/s/token/0123456789abcdef"
ROWS = [*golden("orders")["response"]["orders"], *golden("orders_shapes")["response"]["orders"]]


@dataclass(frozen=True)
class Given(PlatformClient):
    """A client that is handed its answers, without a wire."""

    answers: dict[str, Any] = field(default_factory=dict)

    def send(self, call: Call) -> Answer:
        body = self.answers[call.path.removeprefix("/api/").strip("/")]
        content = json.dumps(body, default=str).encode()
        answer = Answer("Cartum", call, 201, {"content-type": "application/json"}, content)
        self.judge(answer)
        return answer


def each_bent(bodies: list[Any], seed: str) -> Iterator[Any]:
    """Bodies with up to three changes in each."""
    chance = Random(seed)  # noqa: S311 - the same changes in every run
    for _ in range(BENT):
        yield bent(deepcopy(chance.choice(bodies)), chance)


def bodies(*names: str) -> list[Any]:
    return [golden(name) for name in names]


def test_bent_orders_are_orders_or_are_held() -> None:
    for row in each_bent(ROWS, "rows"):
        if isinstance(row, dict):
            to_json(read_order(row, SETTINGS, LONG_AGO))


def source(api: CartumApi) -> CartumOrders:
    return CartumOrders(api, CLOCK, SETTINGS)


def moved(api: CartumApi) -> str:
    return CartumOrderStatus(api, kept_statuses(api, CLOCK), SETTINGS).set_status(ORDER, "2")


def words(api: CartumApi) -> object:
    account = CartumAccount(SETTINGS, api, kept_statuses(api, CLOCK), Tokens(CLOCK), Secrets(SECRETS))
    return [str(word) for word in account.vocabulary().values()]


def swept(api: CartumApi) -> CartumStock:
    return CartumStock(product_index(api, CLOCK, 500), SETTINGS)


def imported(api: CartumApi) -> object:
    outcomes = import_rows(api, [{"article": "MUG-RED", "price": 1}, {"article": "TEE-M", "price": 1}])
    return {article: [outcome.is_done, *outcome.problems] for article, outcome in outcomes.items()}


PRODUCTS = bodies("products", "products_shapes", "products_empty")
LISTS = [{"status": "OK", "response": {"orders": [row]}} for row in ROWS]
PARSERS: Mapping[str, tuple[str, list[Any], Callable[[CartumApi], object]]] = {
    "orders": ("orders/get", LISTS, lambda api: source(api).changed(LONG_AGO, None)),
    "orders by number": ("orders/get", LISTS, lambda api: source(api).read([ORDER])),
    "shipments": ("orders/get", LISTS, lambda api: CartumShipments(api).set_shipments(ORDER, [Shipment(code="EX1")])),
    "statuses": ("orders/get_available_statuses", bodies("statuses", "statuses_listed", "undefined"), moved),
    "log": ("orders/update", bodies("update_partly", "update_nameless", "update_refused"), moved),
    "payments": ("payment/export", bodies("payments"), words),
    "deliveries": ("delivery/export", bodies("deliveries"), words),
    "currencies": ("currency/export", bodies("currencies"), words),
    "list of rows": ("catalog/export", PRODUCTS, lambda api: swept(api).page(None)),
    "rows by article": ("catalog/export", PRODUCTS, lambda api: swept(api).of(["MUG-RED", "TEE-M"])),
    "import": ("catalog/import", bodies("import_log", "import_log_flat"), imported),
    "sections": ("pages/export", bodies("sections"), lambda api: list(CartumSections(api, "ro").read())),
    "hooks": ("hooks/subscribe", bodies("hook_made", "quota"), lambda api: CartumHooks(api).subscribe(URL, {})),
}


@pytest.mark.parametrize("name", PARSERS)
def test_bent_answers_end_in_errors_that_tell_something_only(name: str) -> None:
    function, given, attempt = PARSERS[name]
    with httpx.Client() as http:
        wiring = Wiring(http, Limiter(), Deadline())
        answers = {name: {"status": "EMPTY"} for name in ANSWERS} if attempt is words else dict(ANSWERS)
        client = Given("Cartum", "https://shop.example", httpx.Auth(), wiring, answers=answers)
        api = CartumApi(client)
        for body in each_bent(given, name):
            client.answers[function] = body
            to_json(noted(partial(attempt, api)).given)


def test_bent_logins_give_a_token_or_an_error() -> None:
    names = [name for name in CARTUM if name.startswith(("token", "login", "quota", "undefined"))]
    for body in each_bent(bodies(*names), "logins"):
        content = json.dumps(body).encode()
        answer = Answer("Cartum", Call("POST", "/api/auth/"), 200, {"content-type": "application/json"}, content)
        for token, lifetime in noted(partial(read_token, answer)).given:
            assert token.isascii()
            assert lifetime.total_seconds() == 555
        assert refuses_user(200, content) in (True, False)
