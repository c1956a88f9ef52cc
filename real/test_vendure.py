"""The connector and a real Vendure: what it reads, tells and writes there, and the emulator's answers beside it."""

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import get_introspection_query

from real.conftest import Heard
from real.vendure import RealVendure
from real.vendure.people import AUTHORIZED
from sandbox.platforms.kit import in_process
from sandbox.platforms.vendure import API_KEY, Line, OrderSpec, ProductSpec, VendureEmulator
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.spec import World
from shopbridge.connectors.vendure.connector import SPEC
from shopbridge.errors import NeedsAttention, Rejected
from shopbridge.http.client import Wiring
from shopbridge.model.base import ExternalId, OrderId
from shopbridge.model.catalogue import CataloguePrice, Price, Product, ProductChange, ProductField, ProductOutcome
from shopbridge.model.office import OrderPage
from shopbridge.model.order import Order, TaxShare
from shopbridge.model.progress import Shipment
from shopbridge.model.stock import StockChange
from tests.containers import Deadline, Limiter, Secrets, Tokens, parts_of
from tests.contract.suites.catalogue_target import ALL
from tests.salespos_products import product, variant
from tests.vendure_schema import documents, needed_part

D = Decimal
SCHEMA = Path(__file__).parents[1] / "sandbox" / "platforms" / "vendure" / "admin.graphql"
UNITS = {"MUG-BLU": 3, "BK-FG": 1, "CAP-1": 3}
"""At 21, 9 and 21 percent; of the cap, three cost with tax another cent than three times one."""
SOLD = [(coupon, gross) for gross in (False, True) for coupon in ("", "TEN", "FIVE", "SHIP")]
EMULATED: Mapping[str, Mapping[str, Any]] = {
    "": {},
    "TEN": {"percent": 10},
    "FIVE": {"taken_off": 500},
    "SHIP": {"free_shipping": True},
}
PATIENCE = 15.0
"""Seconds that the plugin's call may take."""


HTTP = httpx.Client(timeout=30)


@pytest.fixture(scope="module", autouse=True)
def _well_stocked(vendure: RealVendure) -> None:
    """A shop that others filled from an ERP may have too few for the orders that are placed here."""
    for sku in UNITS:
        vendure.restock(sku, 1000)


def now() -> datetime:
    """The real time."""
    return datetime.now(UTC)


def connector(shop: RealVendure, **settings: Any) -> RequiredParts:
    """A new container's connector."""
    return _connector(HTTP, shop.url, shop.api_key, settings)


def _connector(http: httpx.Client, url: str, key: str, settings: Mapping[str, Any]) -> RequiredParts:
    wiring = Wiring(http, Limiter(), Deadline(), sleep=time.sleep)
    return parts_of(SPEC, {"url": url, **settings}, World(wiring, Tokens(now), Secrets({"api_key": key}), now))


def read(shop: RealVendure, order: str) -> Order:
    """An order as the connector reads it."""
    (found,), unreadable = connector(shop).order_source.read([OrderId(order)])
    assert unreadable == []
    return found


def parts(order: Order) -> list[TaxShare]:
    """What lines and shipping come to, by rate."""
    return [*(share for line in order.lines for share in line.taxes), *(order.shipping.taxes if order.shipping else ())]


# --- reading ------------------------------------------------------------------------------------------------------


def test_the_schema_that_documents_and_emulator_are_held_to_is_the_servers(vendure: RealVendure) -> None:
    answer = httpx.post(f"{vendure.url}/admin-api", json={"query": get_introspection_query()}, timeout=30).json()
    assert needed_part(answer["data"]) == SCHEMA.read_text()


@pytest.mark.parametrize(("coupon", "gross"), SOLD)
def test_an_order_comes_to_what_the_server_says(vendure: RealVendure, coupon: str, *, gross: bool) -> None:
    number = vendure.place_order(UNITS, coupon=coupon, gross=gross)
    told = vendure.order(number, "total totalWithTax shippingWithTax")
    order = read(vendure, number)
    assert order.tax_mode == ("gross" if gross else "net")
    assert (order.totals.net, order.totals.gross) == (D(told["total"]) / 100, D(told["totalWithTax"]) / 100)
    assert sum((share.net for share in parts(order)), D(0)) == order.totals.net
    assert sum((share.gross for share in parts(order)), D(0)) == order.totals.gross
    assert {share.rate for share in order.totals.taxes} == {D(21), D(9)}
    assert order.payment is not None
    assert (order.payment.paid, order.payment.captured) == (True, order.totals.gross)


def test_guests_and_registered_buyers_are_told_apart(vendure: RealVendure) -> None:
    guest = read(vendure, vendure.place_order({"CAP-1": 1}, mail="guest@example.test")).customer
    known = read(vendure, vendure.place_order({"CAP-1": 1}, mail="known@example.test", registered=True)).customer
    assert guest is not None
    assert known is not None
    assert (guest.guest, known.guest, known.email) == (True, False, "known@example.test")


def test_every_order_is_told_once_whatever_the_size_of_a_page(vendure: RealVendure) -> None:
    for _ in range(4):
        vendure.place_order({"CAP-1": 1})
    source, since = connector(vendure, page_size=3).order_source, datetime(2020, 1, 1, tzinfo=UTC)
    pages: list[OrderPage] = [source.changed(since, None)]
    while (position := pages[-1].position) is not None:
        pages.append(source.changed(since, position))
    told = [order.id for page in pages for order in page.orders]
    placed = vendure.admin("{ orders(options: {filter: {active: {eq: false}}}) { totalItems } }")["orders"][
        "totalItems"
    ]
    assert (len(told), len(set(told)), [page.unreadable for page in pages if page.unreadable]) == (placed, placed, [])


def test_an_order_that_was_placed_just_now_is_told_by_a_poll_and_found_by_its_code(vendure: RealVendure) -> None:
    since = now()
    number = vendure.place_order({"CAP-1": 1})
    source = connector(vendure).order_source
    assert number in {order.id for order in source.changed(since, None).orders}
    (sighting,) = source.named(read(vendure, number).number)
    assert sighting.order.id == number


# --- the emulator's answers beside the real ones ------------------------------------------------------------------


@pytest.mark.parametrize(("coupon", "gross"), SOLD)
def test_the_emulator_answers_the_same(vendure: RealVendure, coupon: str, *, gross: bool) -> None:
    real = read(vendure, vendure.place_order(UNITS, coupon=coupon, gross=gross))
    shop = VendureEmulator(gross=gross)
    for sku, net, price, tax in (("MUG-BLU", 1295, 1567, 21), ("BK-FG", 2499, 2724, 9), ("CAP-1", 750, 908, 21)):
        shop.add_product(ProductSpec(sku, price if gross else net, 50, tax=D(tax)))
    lines = tuple(Line(sku, count) for sku, count in UNITS.items())
    number = shop.place_order(OrderSpec(lines, paid=True, **EMULATED[coupon])).id
    http = httpx.Client(transport=in_process(shop.app))
    (emulated,), _ = _connector(http, "https://shop.example.test", API_KEY, {}).order_source.read(
        [OrderId(str(number))]
    )
    assert [(line.kind, line.sku, line.unit_price, line.total, line.taxes) for line in emulated.lines] == [
        (line.kind, line.sku, line.unit_price, line.total, line.taxes) for line in real.lines
    ]
    assert emulated.totals == real.totals
    assert real.shipping is not None
    assert emulated.shipping is not None
    assert emulated.shipping.taxes == real.shipping.taxes


UNCHOSEN = {"sku": "X", "translations": [{"languageCode": "en", "name": "X"}], "optionIds": []}
REFUSED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "no such order": ("addNoteToOrder", {"input": {"id": "9999", "note": "x", "isPublic": False}}),
    "no such payment": ("settlePayment", {"id": "9999"}),
    "no such variant": ("updateStock", {"input": [{"id": "9999"}]}),
    "a field nobody knows": ("updateStock", {"input": [{"id": "1", "nope": 1}]}),
    "too many rows": ("orders", {"options": {"take": 1001}}),
    "no such product": ("updateProducts", {"input": [{"id": "9999", "enabled": False}]}),
    "a variant without a choice of its own": ("createVariants", {"input": [{"productId": "1", **UNCHOSEN}]}),
    "no such order to read": ("orderToTell", {"id": "9999"}),
}


@pytest.mark.parametrize(("name", "given"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("key", ["right", "wrong"])
def test_refusals_are_the_same(vendure: RealVendure, name: str, given: Mapping[str, Any], key: str) -> None:
    shop = VendureEmulator()
    shop.add_product(ProductSpec("MUG"))
    emulated = httpx.Client(transport=in_process(shop.app), base_url="https://shop.example.test")
    answers = []
    for http, right in ((HTTP, vendure.api_key), (emulated, API_KEY)):
        headers = {"vendure-api-key": right if key == "right" else "0:wrong"}
        body = {"query": documents()[name], "operationName": name, "variables": given}
        place = "/admin-api" if http is emulated else f"{vendure.url}/admin-api"
        response = http.post(place, json=body, headers=headers)
        codes = [error["extensions"]["code"] for error in response.json().get("errors", [])][:1]
        answers.append((response.status_code, codes, "data" in response.json()))
    assert answers[0] == answers[1]


# --- what the shop is told ----------------------------------------------------------------------------------------


def test_an_order_goes_from_authorised_to_delivered_with_its_shipments(vendure: RealVendure) -> None:
    number = OrderId(vendure.place_order({"MUG-RED": 2}, payment=AUTHORIZED))
    parts = connector(vendure)
    with pytest.raises(Rejected) as caught:
        parts.order_status.set_status(number, "Shipped")
    assert caught.value.code == "not_paid"
    shipments = parts.shipments
    assert shipments is not None
    before = vendure.stock_of("MUG-RED")
    shipments.set_shipments(number, [Shipment(code="EX1", carrier="DPD")])
    assert vendure.stock_of("MUG-RED") == (before[0] - 2, before[1] - 2)
    assert "already" in shipments.set_shipments(number, [Shipment(code="EX1")])
    shipments.set_shipments(number, [Shipment(code="EX1"), Shipment(code="EX2")])
    for status in ("PaymentSettled", "Shipped", "Delivered"):
        parts.order_status.set_status(number, status)
        assert vendure.order(number, "state")["state"] == status
        assert "already" in parts.order_status.set_status(number, status)
    assert "was left as it is" in parts.order_status.set_status(number, "Shipped")
    told = vendure.order(number, "fulfillments { state trackingCode method } payments { state }")
    assert told["fulfillments"] == [{"state": "Delivered", "trackingCode": "EX1", "method": "DPD"}]


def test_a_number_is_noted_once_and_an_order_is_cancelled_whole(vendure: RealVendure) -> None:
    number = OrderId(vendure.place_order({"MUG-RED": 1}))
    status = connector(vendure).order_status
    status.set_document(number, "invoice", "R-1")
    assert "already" in status.set_document(number, "invoice", "R-1")
    status.set_status(number, "Cancelled")
    order = read(vendure, number)
    assert (order.cancelled, [line.quantity for line in order.lines], order.totals.gross) == (True, [D(0)], D(0))
    assert "was left as it is" in status.set_status(number, "Shipped")


# --- stock and products -------------------------------------------------------------------------------------------


def test_stock_is_written_and_what_orders_will_take_is_told(vendure: RealVendure) -> None:
    target = connector(vendure).stock_target
    change = [StockChange(sku="CAP-1", quantity=D(300)), StockChange(sku="cap-1", quantity=D(1))]
    refused = target.write(change, manage="untouched", warehouse="")
    assert {sku: reason.code for sku, reason in refused.items()} == {"cap-1": "other_capitals"}
    on_hand, allocated = vendure.stock_of("CAP-1")
    assert (on_hand, target.will_deduct(["CAP-1"])) == (300, {"CAP-1": D(allocated)})
    with pytest.raises(NeedsAttention):
        target.write(change[:1], manage="untouched", warehouse="9")
    (level,) = connector(vendure).stock_source.of(["CAP-1"])
    assert (level.figures[0].on_hand, level.figures[0].reserved) == (D(300), D(allocated))


def test_products_are_read_whole(vendure: RealVendure) -> None:
    page = connector(vendure).catalogue_source.page(None)
    found = {product.name: product for product in page.products}
    assert page.unreadable == ()
    assert {each.sku for each in found["Mug"].variants} == {"MUG-BLU", "MUG-RED"}
    assert (found["Book"].sku, found["Book"].tax_rate, found["Book"].prices["regular"].amount) == (
        "BK-FG",
        D(9),
        D("24.99"),
    )


def offered(sku: str, *variants: str, name: str = "") -> Product:
    """A product as its source has it."""
    forms = [variant(each, {"Size": each.rpartition("-")[2]}) for each in variants]
    return product(sku, forms, name=name or f"Name of {sku}", features=(), images=0, tax_rate=D(9))


def bring(shop: RealVendure, of: Product, fields: frozenset[ProductField], amount: str) -> ProductOutcome:
    """Look a product up, plan and write it, in a new container."""
    target = connector(shop).catalogue_target
    price = CataloguePrice(regular=Price(amount=D(amount), gross=True, currency=target.currency), sale=None)
    known = next((each for some in target.find(of.skus).values() for each in some), None)
    change = ProductChange(
        product=of, known=known, fields=fields, price=price, variant_prices={}, categories=(), new_variant_fields=fields
    )
    (outcome,) = target.write([target.plan(change)])
    return outcome


def sold(shop: RealVendure, name: str) -> Product:
    """The product of this name as the connector reads it."""
    source, position = connector(shop).catalogue_source, None
    found = []
    while True:
        page = source.page(position)
        found += [each for each in page.products if each.name == name]
        if (position := page.position) is None:
            (it,) = found
            return it


def test_a_product_is_made_with_its_variants_and_brought_up_to_date(vendure: RealVendure) -> None:
    made = bring(vendure, offered("TEE", "TEE-M", "TEE-L"), ALL, "21.80")
    assert made.state == "created"
    tee = sold(vendure, "Name of TEE")
    assert (tee.id, tee.tax_rate, tee.prices["regular"].amount, tee.active) == (made.id, D(9), D("20.00"), True)
    assert {each.sku: (each.options, each.stock) for each in tee.variants} == {
        "TEE-M": ({"Size": "M"}, D(3)),
        "TEE-L": ({"Size": "L"}, D(3)),
    }
    more = offered("TEE", "TEE-M", "TEE-L", "TEE-XL", name="Another name")
    assert bring(vendure, more, ALL, "32.70").state == "updated"
    tee = sold(vendure, "Another name")
    assert [(each.sku, each.prices["regular"].amount) for each in tee.variants] == [
        (sku, D("30.00")) for sku in ("TEE-M", "TEE-L", "TEE-XL")
    ]


def test_a_product_alone_is_found_in_any_capitals_and_taken_off_sale(vendure: RealVendure) -> None:
    assert bring(vendure, offered("HAT"), ALL, "10.90").state == "created"
    target = connector(vendure).catalogue_target
    (hat,) = target.find(["hat"])["hat"]
    assert (hat.sku, hat.variants, hat.tax_rate) == ("HAT", frozenset(), D(9))
    assert sold(vendure, "Name of HAT").prices["regular"] == Price(amount=D("10.00"), gross=False, currency="EUR")
    assert target.on_sale(["HAT"]) == {"HAT": True}
    assert target.deactivate([hat.id, ExternalId("9999")]) == {}
    assert target.on_sale(["HAT"]) == {"HAT": False}


def test_a_product_whose_making_broke_off_is_gone_on_with(vendure: RealVendure) -> None:
    begun = {"input": {"translations": [{"languageCode": "en", "name": "Half", "slug": "cup-1", "description": ""}]}}
    made = vendure.admin(documents()["createProduct"], **begun)["createProduct"]["id"]
    assert bring(vendure, offered("CUP-1", name="Cup"), ALL, "5.45").id == made
    assert sold(vendure, "Cup").sku == "CUP-1"


# --- the plugin ---------------------------------------------------------------------------------------------------


def eventually(found: Callable[[], Any]) -> Any:
    """What is found once the plugin has called."""
    until = time.monotonic() + PATIENCE
    while not (known := found()):
        assert time.monotonic() < until, "the plugin did not call"
        time.sleep(0.05)
    return known


def test_the_plugin_tells_of_an_order_signed_and_again_when_nobody_listened(vendure: RealVendure, heard: Heard) -> None:
    heard.refuses = 2
    number = vendure.place_order({"CAP-1": 1})
    raw, headers = eventually(
        lambda: next((call for call in heard.calls if json.loads(call[0])["orderId"] == number), None)
    )
    receiver = SPEC.webhook
    assert receiver is not None
    receiver.verify(raw, headers, {"webhook_secret": vendure.webhook_secret}, now())
    (event,) = receiver.events(raw)
    assert (event.name, event.order_id) == ("order.state", number)
    assert heard.refuses == 0
    assert json.loads(raw)["to"] == "PaymentSettled"
