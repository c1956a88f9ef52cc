"""Orders as only UNAS has them: keys that are given again, marketplaces, fees as lines, automations, our document."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.unas import Buyer, DeliveryPoint, Line, OrderSpec, ProductSpec
from shopbridge.errors import Rejected
from shopbridge.model.base import OrderId
from shopbridge.model.order import Order
from shopbridge.model.progress import Shipment
from tests.contract.benches.unas import LONG_AGO, Bench, bench, key_of, swift

D = Decimal


def place(at: Bench, **spec: Any) -> OrderId:
    """An order of a mug, unless it says otherwise."""
    if at.shop.shop.product_of("MUG") is None:
        at.put("MUG", 99)
    order = at.shop.place_order(OrderSpec(**{"lines": (Line("MUG", quantity=2),), **spec}))
    return OrderId(f"{order.id}/{order.key}")


def read(at: Bench, order: OrderId, **settings: Any) -> Order:
    (found,), unreadable = swift(at, **settings).order_source.read([order])
    assert unreadable == []
    return found


def test_a_new_order_under_the_key_of_a_deleted_one_is_another_order() -> None:
    at = bench()
    old = place(at)
    at.delete_order(old)
    new = place(at)
    assert key_of(new) == key_of(old)
    shop = swift(at)
    assert shop.order_source.read([old]) == ([], [])
    with pytest.raises(Rejected, match="not in the shop any more"):
        shop.order_status.set_status(old, at.statuses.next)
    assert at.status(new) == at.statuses.first
    page = shop.order_source.changed(LONG_AGO, None)
    assert [order.id for order in page.orders] == [new]


def test_an_automations_call_leads_to_the_order_under_its_own_id() -> None:
    at = bench()
    name, raw, _ = at.webhook()
    (event,) = at.part("webhook_receiver").events(raw)
    assert event.order_id == name
    (order,), _ = swift(at).order_source.read([event.order_id])
    assert order.id == f"{at.shop.orders[0].id}/{order.number}"
    assert order.id != name


def test_a_marketplaces_order_is_found_and_written_by_the_marketplaces_key() -> None:
    at = bench()
    order = place(at, marketplace="emag_api", key="EMAG-778899")
    found = read(at, order)
    assert found.number == "EMAG-778899"
    assert found.extras["internalKey"]
    swift(at).order_status.set_status(order, at.statuses.next)
    assert at.status(order) == at.statuses.next


def test_fees_and_discounts_are_lines_of_their_own_kinds_and_the_total_is_the_shops() -> None:
    at = bench()
    order = place(at, shipping=D(1016), handling=D(254), discount_percent=D(10), discount_amount=D(100))
    found = read(at, order)
    assert sorted(line.kind for line in found.lines) == ["discount", "discount", "free", "product"]
    assert found.shipping is not None
    assert found.shipping.total == 1016
    assert sum(line.total for line in found.lines if line.kind == "discount") < -100
    assert found.totals.gross == at.total(order)


def test_a_firm_at_a_parcel_point_and_a_guest_are_told_apart() -> None:
    at = bench()
    firm = Buyer(company="Minta Kft.", tax_number="11111111-2-06", customer_type="company")
    point = DeliveryPoint("900012", "example_points", "Minta Vera")
    found = read(at, place(at, buyer=firm, point=point))
    assert found.customer is not None
    assert (found.customer.company, found.customer.vat_id) == ("Minta Kft.", "11111111-2-06")
    assert (found.shipping_address.last_name, found.extras["deliveryPoint"]) == ("Minta Vera", "900012")
    guest = read(at, place(at)).customer
    assert guest is not None
    assert (guest.company, guest.guest) == ("", True)


def test_a_line_names_up_to_three_variants_and_may_be_called_by_them() -> None:
    at = bench()
    chosen = {"Szín": ("Kék",), "Méret": ("M", "L"), "Ujj": ("Rövid",)}
    at.shop.add_product(ProductSpec("TEE", D(3175), 5, "Póló", variants=chosen))
    order = place(at, lines=(Line("TEE", variants=("Kék", "L", "Rövid")),))
    (line,) = read(at, order).lines
    assert list(line.options.values()) == ["Kék", "L", "Rövid"]
    assert (line.sku, read(at, order, variant_skus="joined").lines[0].sku) == ("TEE", "TEE-Kék-L-Rövid")
    shop = swift(at, variant_skus="joined")
    (held,) = shop.open_orders.of(["TEE-Kék-L-Rövid"], LONG_AGO)
    assert held.units == {"TEE-Kék-L-Rövid": D(1)}


def test_our_document_is_the_orders_invoice_and_moves_nothing_else() -> None:
    at = bench()
    order = place(at, shipping=D(1016))
    before = read(at, order)
    told = swift(at, invoice_url="https://docs.example.test/{number}.pdf").order_status.set_document(order, "x", "R-1")
    assert "R-1" in told
    invoice = at.shop.order_as_read(key_of(order))["Invoice"]
    assert (invoice["Status"], invoice["Number"]) == ("2", "R-1")
    assert invoice["Url"] == "https://docs.example.test/R-1.pdf"
    after = read(at, order)
    assert (after.lines, after.totals, after.status) == (before.lines, before.totals, before.status)
    swift(at).order_status.set_document(order, "x", "R-2")
    assert at.shop.order_as_read(key_of(order))["Invoice"]["Url"] == "https://docs.example.test/R-1.pdf"
    assert at.shop.ignored == {}


def test_prepared_orders_hold_no_units_before_they_are_opened() -> None:
    at = bench()
    prepared = at.shop.add_status("Előkészítve", "open_prepare")
    order = place(at, status=prepared)
    shop = swift(at)
    assert list(shop.open_orders.of(["MUG"], LONG_AGO)) == []
    at.clock.advance(minutes=1)
    at.shop.set_status(key_of(order), at.statuses.first)
    assert [each.id for each in shop.open_orders.of(["MUG"], LONG_AGO)] == [order]


def test_open_orders_are_believed_for_half_a_minute_and_deleted_ones_for_hours() -> None:
    at = bench()
    order = place(at)
    shop = swift(at)
    before = at.made()
    for _ in range(5):
        assert [each.id for each in shop.open_orders.of(["MUG"], LONG_AGO)] == [order]
    assert at.made() == before + 2
    at.delete_order(order)
    at.clock.advance(seconds=3600 * 6 + 1)
    assert list(shop.open_orders.of(["MUG"], LONG_AGO)) == []


def test_an_order_that_changes_between_two_pages_hides_no_other() -> None:
    at = bench()
    orders = []
    for _ in range(9):
        orders.append(place(at))
        at.clock.advance(seconds=30)
    at.shrink_pages()
    source, told = at.part("order_source"), set[str]()
    page = source.changed(at.clock() - timedelta(hours=1), None)
    for first in orders[:4]:
        told |= {order.id for order in page.orders}
        at.clock.advance(seconds=1)
        at.pay(first)
        if page.position:
            page = source.changed(at.clock() - timedelta(hours=1), page.position)
    while page.position:
        told |= {order.id for order in page.orders}
        page = source.changed(at.clock() - timedelta(hours=1), page.position)
    assert told | {order.id for order in page.orders} == set(orders)


def test_the_documents_address_goes_into_the_invoice_and_leaves_its_number() -> None:
    at = bench()
    order = place(at)
    target = swift(at).order_status
    target.set_document(order, "number", "R-7")
    url = "https://office.example/R-7.pdf"
    assert "was written" in target.set_document(order, "link", url)
    assert "already" in target.set_document(order, "link", url)
    invoice = at.shop.order_as_read(key_of(order))["Invoice"]
    assert (invoice["Number"], invoice["Url"]) == ("R-7", url)


def test_a_shipment_leaves_the_shipping_method_and_brings_its_address() -> None:
    at = bench()
    order = place(at)
    before = at.shop.order_as_read(key_of(order))["Shipping"]
    shipment = Shipment(code="EX1", carrier="DPD", url="https://track.example/EX1")
    target = swift(at).shipments
    assert target
    target.set_shipments(order, [shipment])
    now = at.shop.order_as_read(key_of(order))["Shipping"]
    assert (now["Id"], now["Name"]) == (before["Id"], before["Name"])
    assert (now["PackageNumber"], now["TrackingUrl"]) == (shipment.code, shipment.url)
