"""What only Vendure does: net channels, payments before shipping, notes, locations, products without an SKU."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.vendure import Line, OrderSpec, ProductSpec
from shopbridge.connectors.kit.turns import PIECES, TURN
from shopbridge.connectors.vendure.orders.read import LATELY
from shopbridge.connectors.vendure.stock import BATCH
from shopbridge.errors import NeedsAttention, Rejected, RetryLater
from shopbridge.model.base import OrderId
from shopbridge.model.progress import Shipment
from shopbridge.model.stock import Standing, StockChange
from tests.contract.bench import until_done
from tests.contract.benches.vendure import Bench, bench

D = Decimal
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SHIPPED, DELIVERED, CANCELLED, PAID = "Shipped", "Delivered", "Cancelled", "PaymentSettled"


def sold(at: Bench, **spec: object) -> OrderId:
    """A paid order of two mugs."""
    if not at.shop.shop.products:
        at.put("MUG", 50)
    order = at.shop.place_order(OrderSpec((Line("MUG", 2),), **{"paid": True, **spec}))  # type: ignore[arg-type]
    return OrderId(at.shop.shop.shown(order.id))


# --- orders -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("percent", [0, 7, 33])
def test_an_order_of_a_net_channel_adds_up_without_tax_and_with_it(percent: int) -> None:
    at = bench(gross=False)
    at.shop.add_product(ProductSpec("BOOK", 999, 50, tax=D(9)))
    at.put("MUG", 50)
    order = at.shop.place_order(OrderSpec((Line("MUG", 3), Line("BOOK", 7)), percent=percent))
    (read,), _ = at.connector().order_source.read([OrderId(at.shop.shop.shown(order.id))])
    assert read.tax_mode == "net"
    parts = [*(share for line in read.lines for share in line.taxes), *(read.shipping.taxes if read.shipping else ())]
    assert sum((share.gross for share in parts), D(0)) == read.totals.gross == at.shop.total(order.id)
    shipping = read.shipping.total if read.shipping else D(0)
    assert sum((line.total for line in read.lines), shipping) == read.totals.net


def test_an_old_order_that_is_paid_is_seen_within_31_polls_though_its_time_of_change_stays() -> None:
    at = bench()
    order = sold(at, paid=False)
    at.clock.advance(days=40)
    at.shop.pay(at.shop.shop.number(order))
    seen = []
    for poll in range(PIECES):
        since = at.clock() - timedelta(minutes=5)
        page = at.connector().order_source.changed(since, None)
        seen += [poll for each in page.orders if each.id == order]
        at.clock.advance(seconds=TURN.total_seconds())
    assert seen
    assert at.connector().order_source.reach > timedelta(days=62) + LATELY / 2


def test_the_orders_of_one_channel_are_called_by_it() -> None:
    at = bench()
    at.put("MUG", 50)
    order = at.shop.place_order(OrderSpec((Line("MUG"),), channel="second"))
    (read,), _ = at.connector().order_source.read([OrderId(at.shop.shop.shown(order.id))])
    assert (read.channel, read.tax_mode) == ("second", "net")
    with pytest.raises(NeedsAttention) as caught:
        at.connector(channel="no-such-token").account.ping()
    assert caught.value.setting == "channel"


def test_it_tells_what_its_channel_sells_in() -> None:
    at = bench(currency="HUF")
    assert [choice.key for choice in at.connector().account.vocabulary()["currency"]] == ["HUF"]


def test_a_missing_right_is_named_by_what_it_refuses() -> None:
    at = bench()
    at.shop.add_key("few:rights", "ReadCatalog")
    at.secrets.values = {"api_key": "few:rights"}
    with pytest.raises(NeedsAttention, match="refuses orders"):
        at.connector().account.ping()
    assert at.connector().stock_source.page(None).levels == ()
    assert at.connector().account.vocabulary()["payment"] == ()


def test_a_fault_of_the_server_passes() -> None:
    at = bench()
    sold(at)
    at.shop.faults.plan("fault", "orders")
    with pytest.raises(RetryLater, match="has a fault"):
        at.connector().order_source.changed(LONG_AGO, None)


# --- states -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [SHIPPED, DELIVERED])
def test_an_order_is_shipped_by_fulfilling_all_of_it(status: str) -> None:
    at = bench()
    order = sold(at)
    told = at.connector().order_status.set_status(order, status)
    assert told == f"The shop's order status was set to {status}."
    assert at.status(order) == status
    (made,) = at.shop.orders[0].fulfillments
    assert (made.state, at.shop.stock("MUG").on_hand) == (status, 48)


def test_a_shipment_that_was_told_before_is_the_one_that_is_shipped() -> None:
    at = bench()
    order = sold(at)
    connector = at.connector()
    at.part("shipments").set_shipments(order, [Shipment(code="EX1", carrier="DPD"), Shipment(code="EX2")])
    connector.order_status.set_status(order, SHIPPED)
    (made,) = at.shop.orders[0].fulfillments
    assert (made.code, made.method, made.state, at.status(order)) == ("EX1, EX2", "DPD", SHIPPED, SHIPPED)
    assert "already" in at.part("shipments").set_shipments(order, [Shipment(code="EX2"), Shipment(code="EX1")])


def test_what_is_only_authorised_is_shipped_where_payments_may_be_captured_and_else_waits() -> None:
    at = bench()
    order = sold(at, paid=False)
    with pytest.raises(Rejected) as caught:
        at.connector().order_status.set_status(order, SHIPPED)
    assert (caught.value.code, "capture_payments" in caught.value.fix) == ("not_paid", True)
    assert (at.status(order), at.shop.orders[0].fulfillments) == ("PaymentAuthorized", [])
    at.connector(capture_payments=True).order_status.set_status(order, SHIPPED)
    assert (at.status(order), at.shop.orders[0].payments[0].state) == (SHIPPED, "Settled")


def test_an_order_whose_goods_left_before_it_was_paid_is_moved_by_hand() -> None:
    at = bench()
    order = sold(at, paid=False)
    connector = at.connector()
    at.part("shipments").set_shipments(order, [Shipment(code="EX1")])
    at.shop.orders[0].fulfillments[0].state = SHIPPED
    at.pay(order)
    connector.order_status.set_status(order, SHIPPED)
    assert at.status(order) == SHIPPED


@pytest.mark.parametrize("operation", ["addFulfillmentToOrder", "transitionFulfillmentToState"])
def test_shipping_whose_answers_are_lost_is_done_once(operation: str) -> None:
    at: Any = bench()
    order = sold(at)
    at.shop.faults.plan("lost_answer", operation)
    status = at.connector().order_status
    assert until_done(at, lambda: status.set_status(order, SHIPPED))
    assert (at.status(order), len(at.shop.orders[0].fulfillments), at.shop.stock("MUG").on_hand) == (SHIPPED, 1, 48)


def test_cancelling_cancels_all_and_refunds_nothing() -> None:
    at = bench()
    order = sold(at)
    assert at.connector().order_status.set_status(order, CANCELLED).endswith("was set to Cancelled.")
    assert (at.status(order), at.shop.orders[0].payments[0].refunds) == (CANCELLED, [])
    assert at.shipments(order) == []


@pytest.mark.parametrize(("amount", "standing"), [(500, "refunded_in_part"), (100_000, "refunded")])
def test_what_the_merchant_gave_back_is_read(amount: int, standing: str) -> None:
    at = bench()
    order = sold(at)
    at.shop.refund(at.shop.shop.number(order), amount)
    (read,), _ = at.connector().order_source.read([order])
    assert read.payment is not None
    assert (read.payment.standing, read.payment.refunded) == (standing, D(amount) / 100)


def test_a_code_for_a_cancelled_order_or_beside_a_fulfillment_becomes_a_note() -> None:
    at = bench()
    order = sold(at)
    at.part("shipments").set_shipments(order, [Shipment(code="EX1")])
    at.part("shipments").set_shipments(order, [Shipment(code="EX1"), Shipment(code="EX2")])
    assert at.shop.orders[0].notes == [("Tracking code: EX2", True)]


# --- stock --------------------------------------------------------------------------------------------------------


def write(at: Bench, warehouse: str = "", **figures: int) -> dict[str, str]:
    """Figures by SKU; the codes of those that were not taken."""
    changes = [StockChange(sku=sku, quantity=D(count)) for sku, count in figures.items()]
    refused = at.connector().stock_target.write(changes, manage="managed", warehouse=warehouse)
    return {sku: reason.code for sku, reason in refused.items()}


def test_what_placed_orders_will_take_is_told_beside_the_figure() -> None:
    at = bench()
    sold(at)
    assert at.connector().stock_target.will_deduct(["MUG"]) == {"MUG": D(2)}
    assert at.connector().stock_target.reader().read(["MUG"]) == {"MUG": Standing(quantity=D(50), will_deduct=D(2))}
    assert not at.connector().open_orders.deducts_at_order()


def test_only_a_location_that_the_shop_lists_is_written_to() -> None:
    at = bench()
    at.put("MUG", 5)
    with pytest.raises(NeedsAttention, match="no stock location"):
        write(at, "9", MUG=7)
    second = at.shop.add_location("Second")
    with pytest.raises(NeedsAttention, match="several stock locations") as caught:
        write(at, MUG=7)
    assert "2 = Second" in caught.value.fix
    assert write(at, second, MUG=7) == {}
    assert (at.shop.stock("MUG").on_hand, at.shop.stock("MUG", 2).on_hand) == (5, 7)
    (level,) = at.connector().stock_source.of(["MUG"])
    assert [(each.warehouse, each.on_hand) for each in level.figures] == [("1", D(5)), ("2", D(7))]


def test_a_variant_that_goes_between_the_look_and_the_write_keeps_no_other_back() -> None:
    at = bench()
    at.put("MUG", 5)
    at.put("CUP", 5)
    at.shop.faults.plan("meanwhile", "updateProductVariants", detail=lambda: at.shop.delete_product("CUP"))
    assert write(at, CUP=1, MUG=9) == {"CUP": "gone"}
    assert at.stock("MUG") == 9


def test_an_sku_that_two_variants_have_is_not_written() -> None:
    at = bench()
    at.put("TWIN", 5)
    at.put("TWIN", 7)
    assert write(at, TWIN=9) == {"TWIN": "ambiguous_product"}
    assert BATCH >= 2


# --- products -----------------------------------------------------------------------------------------------------


def test_variants_are_told_with_their_options_below_a_product_without_an_sku() -> None:
    at = bench()
    at.put_variants("TEE", {"TEE-M": 3, "TEE-L": 4})
    (tee,) = at.connector().catalogue_source.page(None).products
    assert (tee.sku, tee.stock) == ("", None)
    assert {each.sku: (each.options, each.stock) for each in tee.variants} == {
        "TEE-M": ({"Size": "M"}, D(3)),
        "TEE-L": ({"Size": "L"}, D(4)),
    }


@pytest.mark.parametrize("gross", [True, False])
def test_prices_are_told_as_they_were_entered(*, gross: bool) -> None:
    at = bench(gross=gross)
    at.shop.add_product(ProductSpec("MUG", 1295, collections=("House",), facets={"Brand": "Acme"}, images=2))
    (mug,) = at.connector().catalogue_source.page(None).products
    assert (mug.prices["regular"].amount, mug.prices["regular"].gross) == (D("12.95"), gross)
    (house,) = at.connector().catalogue_source.categories()
    assert (house.name, mug.categories, mug.images) == ("House", (house.id,), 2)
    assert [(each.name, each.value) for each in mug.features] == [("Brand", "Acme")]
