"""However UNAS' bodies are bent, what reads them gives what can be kept, or an error that tells a person something.

Each parser meets 900 cases: 30 drawn by hypothesis, each with 30 bends of the documented answers from its seed.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import to_json

from shopbridge.connectors.unas.account import UnasAccount
from shopbridge.connectors.unas.api import PRODUCTS, UnasApi, write_all
from shopbridge.connectors.unas.auth import UnasLogin
from shopbridge.connectors.unas.catalogue.categories import UnasCategories
from shopbridge.connectors.unas.catalogue.map import read_product, target_product
from shopbridge.connectors.unas.orders.open_orders import UnasOpenOrders
from shopbridge.connectors.unas.orders.read import read_orders
from shopbridge.connectors.unas.orders.status import kept_statuses
from shopbridge.connectors.unas.outcomes import judge, refusal_in, rows_in
from shopbridge.connectors.unas.product_index import UnasProductList
from shopbridge.connectors.unas.stock.read import UnasStock
from shopbridge.connectors.unas.webhook import UnasWebhook
from shopbridge.connectors.unas.wire_products import WireProduct
from shopbridge.errors import BridgeError
from shopbridge.http.answer import Answer, Call
from shopbridge.mapping.xml_data import listed, write_xml
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category
from tests.containers import Limiter, Secrets, Tokens
from tests.examples import examples
from tests.recorded import UNAS, unas
from tests.unas_orders import NOW, TYPES, settings_of

CASES, BENDS = examples(30), 30
"""Nine hundred bends of each answer, others with each `make explore`."""
BODIES = {name: json.dumps(unas(name)) for name, body in UNAS.items() if body.startswith(b"<")}
SINCE = datetime(2030, 1, 15, tzinfo=UTC)
ODD: tuple[Any, ...] = (
    *("", " ", "0", "-1", "1e999999999", "NaN", "Infinity", "9" * 400, "65,75", "1,000.5", "١٢", "²", "a" * 5_000),
    *("0001.01.01 00:00:00", "9999.12.31 23:59:59", "2030.13.40", "99999999999", "27 %", "%", "yes", "no"),
    *({"a": {}}, {"Id": "1"}, {"#text": "x", "@lang": "hu"}, ["1", {"Id": "2"}, ""], [[], {}], {}, "x\ufffdy", "/"),
)


def bent(body: Any, chance: Random) -> Any:
    """The body with up to three elements taken out, repeated, moved or replaced."""
    spots = list(places(body))
    for _ in range(chance.randint(1, 3)):
        holder, key = chance.choice(spots)
        other, its = chance.choice(spots)
        if isinstance(holder, list) or key not in holder or (isinstance(other, dict) and its not in other):
            continue
        way = chance.randrange(5)
        if way == 0:
            del holder[key]
        elif way == 1:
            holder[key] = [deepcopy(holder[key]), deepcopy(holder[key])]
        else:
            holder[key] = deepcopy(other[its]) if way == 2 else deepcopy(chance.choice(ODD))
    return body


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with a key of it."""
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


def survives(attempt: Callable[[], object]) -> None:
    """It gives something that can be kept, or one of our errors; anything else is a bug."""
    try:
        to_json(attempt())
    except BridgeError as error:
        str(error).encode()


def cases(name: str, seed: int) -> Iterator[Any]:
    chance = Random(seed)  # noqa: S311 - the same bends for the same seed
    return (bent(json.loads(BODIES[name]), chance) for _ in range(BENDS))


def answered(function: str, body: Any) -> bytes:
    """The bytes of an answer; what XML cannot hold is left out."""
    root, content = next(iter(body.items())) if isinstance(body, dict) and body else (function, "")
    return write_xml(str(root), content if isinstance(content, dict | str) else "")


def plain(value: Any) -> Any:
    """What ``write_xml`` can write of it: attributes and texts beside elements are none."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items() if name[:1] not in "@#"}
    return [plain(each) if isinstance(each, dict | str) else "" for each in value] if isinstance(value, list) else value


CALL = Call("POST", "/x", headers={"Accept": "application/xml"})


@dataclass(frozen=True)
class Said:
    """A client to which every call is answered by this."""

    body: bytes
    limits: Any = None

    def send(self, call: Call) -> Answer:
        """Judge it, as the client does."""
        answer = Answer("UNAS", call, 200, {"content-type": "text/xml"}, self.body)
        judge(answer)
        return answer


def api(body: Any, **settings: object) -> Any:
    """The calls of a shop that answers all of them by this."""
    return UnasApi(Said(answered("Orders", plain(body))), settings_of(**settings))  # type: ignore[arg-type]


def clock() -> datetime:
    """A clock that stands still."""
    return NOW


def rows(body: Any, root: str, element: str) -> list[Any]:
    """What a body lists, where it is a list at all."""
    content = body.get(root) if isinstance(body, dict) else None
    found = listed(content.get(element)) if isinstance(content, dict) else []
    return [each if isinstance(each, dict) else {} for each in found]


def orders(body: Any) -> object:
    """As a poll reads them."""
    return read_orders(rows(body, "Orders", "Order"), settings_of(), TYPES, NOW)


def open_orders(body: Any) -> object:
    """As stock reads them."""
    at = api(body)
    return UnasOpenOrders(at, clock, at.settings, kept_statuses(at, clock)).of(["MUG-BLUE", "SHIRT-1"], SINCE)


def products(body: Any) -> object:
    """As a source of products and as its target."""
    chosen, found = settings_of(variant_skus="joined", ean_param="1005"), rows(body, "Products", "Product")
    with suppress(ValidationError):
        target_product(WireProduct.model_validate(found[0] if found else {}), chosen, NOW.date())
    return [read_product(row, 1, chosen, NOW.date()) for row in found]


def stock(body: Any) -> object:
    """As a source of stock, whose variants are joined."""
    at = api(body, variant_skus="joined")
    return UnasStock(UnasProductList(at, clock, "getStock"), at.settings).page(None)


def written(body: Any) -> object:
    """What became of a write of two records."""
    records = [{"Sku": "MUG-BLUE"}, {"Sku": "SHIRT-1"}]
    send = partial(api(body).write, "setStock", PRODUCTS, repeatable=bool(len(str(body)) % 2))
    return sorted(write_all(records, send, PRODUCTS, lambda record: str(record["Sku"])).refused)


def categories(body: Any) -> object:
    """The tree."""
    return UnasCategories(api(body)).all()


def made_category(body: Any) -> object:
    """What a new category is called."""
    category = Category(id=ExternalId("x"), parent=None, name="Bögrék", active=True)
    return UnasCategories(api(body)).write(category, None)


def words(body: Any) -> object:
    """The words of maps, whichever list they come from."""
    at = api(body)
    login: Any = None
    told = UnasAccount(at.settings, at, login, kept_statuses(at, clock)).vocabulary()
    return {name: [each.key for each in choices] for name, choices in told.items()}


def login(body: Any) -> object:
    """A token."""
    at = UnasLogin(settings_of(), clock, Limiter(), Secrets({}), Tokens(clock))
    return at.read(Answer("UNAS", CALL, 200, {"content-type": "text/xml"}, answered("Login", plain(body))))


PARSERS: Mapping[str, tuple[Callable[[Any], object], tuple[str, ...]]] = {
    "orders": (orders, ("orders_company", "orders_guest_variants", "orders_linked")),
    "open orders": (open_orders, ("orders_marketplace", "orders_guest_variants")),
    "products": (products, ("product_full", "product_minimal")),
    "stock": (stock, ("stock",)),
    "written": (written, ("set_stock_stopped", "set_stock_alone", "error_nothing", "error_parts")),
    "categories": (categories, ("categories",)),
    "made category": (made_category, ("set_category_added",)),
    "words": (words, ("order_statuses", "warehouses")),
    "login": (login, ("login", "error_key")),
}


@pytest.mark.parametrize("parser", PARSERS)
def test_whatever_is_answered_ends_in_what_can_be_kept_or_in_an_error_that_tells_something(parser: str) -> None:
    read, names = PARSERS[parser]

    @settings(max_examples=CASES, database=None)
    @given(seed=st.integers(0, 2**32))
    def each(seed: int) -> None:
        for body in cases(names[seed % len(names)], seed):
            survives(partial(read, body))

    each()


@settings(max_examples=CASES, database=None)
@given(seed=st.integers(0, 2**32))
def test_whatever_calls_names_an_order_or_is_malformed(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - the same bytes for the same seed
    for _ in range(BENDS):
        raw = UNAS[chance.choice(("webhook_order", "webhook_customer"))]
        at = chance.randrange(len(raw))
        cut = raw[:at] + chance.randbytes(chance.randrange(3)) + raw[at + chance.randrange(30) :]
        body = json.dumps(bent(json.loads(raw), chance)).encode()
        for each in (cut, body):
            survives(partial(events, each))


def events(raw: bytes) -> list[str]:
    """What a call tells."""
    return [event.name for event in UnasWebhook().events(raw)]


@settings(max_examples=examples(1_000), database=None)
@given(body=st.binary(max_size=80), status=st.sampled_from([200, 400, 401, 403, 404, 429, 500, 503]))
def test_whatever_bytes_come_are_judged(body: bytes, status: int) -> None:
    for content in (body, b"<Error>" + body + b"</Error>", b"<Orders>" + body + b"</Orders>"):
        answer = Answer("UNAS", CALL, status, {"content-type": "text/xml"}, content)
        survives(partial(judge, answer))
        survives(partial(rows_in, answer, "Orders", "Order"))
        refusal_in(content)
