"""Orders the emulated Shopware builds from a short specification."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.platforms.shopware import (
    Address,
    Buyer,
    Line,
    OrderSpec,
    Payment,
    ProductSpec,
    Rounding,
    Shipping,
    ShopwareEmulator,
    Taxing,
)
from tests.sandbox.platforms.shopware.client import Caller, emulate

NET, FREE = Taxing("net"), Taxing("tax-free")
WHOLE = Rounding(2, Decimal(1))


def exact(value: float) -> Decimal:
    return Decimal(str(value))


def placed(spec: OrderSpec, caller: Caller | None = None) -> dict[str, Any]:
    caller = caller or emulate()
    return caller.order(caller.shop.place_order(spec))


def taxes(price: dict[str, Any]) -> dict[Decimal, tuple[Decimal, Decimal]]:
    rows = price["calculatedTaxes"]
    return {exact(row["taxRate"]): (exact(row["tax"]), exact(row["price"])) for row in rows}


def goods(price: str, tax: int, quantity: int = 1) -> Line:
    return Line("SKU", Decimal(price), quantity, tax=Decimal(tax))


def test_the_documented_example_comes_out_to_the_cent() -> None:
    promotion = Line(type="promotion", code="SPRING10", percent=Decimal(10), label="Spring 10 %")
    spec = OrderSpec(lines=(goods("59.50", 19, 2), promotion), shipping=(Shipping(Decimal("4.99")),))
    order = placed(spec)
    assert (order["amountTotal"], order["amountNet"], order["positionPrice"]) == (112.09, 94.19, 107.1)
    assert order["price"]["calculatedTaxes"][0] == {
        "tax": 17.9,
        "taxRate": 19,
        "price": 112.09,
        "extensions": [],
        "apiAlias": "cart_tax_calculated",
    }
    assert order["shippingCosts"]["calculatedTaxes"][0]["tax"] == 0.8
    assert [line["totalPrice"] for line in order["lineItems"]] == [119, -11.9]
    assert order["lineItems"][1]["payload"]["discountType"] == "percentage"


def test_net_prices_add_tax_at_the_order() -> None:
    order = placed(OrderSpec(lines=(goods("50", 19, 2),), shipping=(Shipping(Decimal(5)),), taxing=NET))
    price = order["price"]
    assert (price["netPrice"], price["totalPrice"], price["taxStatus"]) == (105, 124.95, "net")
    assert order["lineItems"][0]["price"]["calculatedTaxes"][0]["tax"] == 19


def test_a_tax_free_order_has_no_taxes() -> None:
    order = placed(OrderSpec(lines=(goods("50", 19),), taxing=FREE))
    assert (order["amountTotal"], order["amountNet"]) == (50, 50)
    assert order["price"]["calculatedTaxes"] == []


def test_a_discount_over_several_rates_has_several_taxes() -> None:
    credit = Line(type="credit", label="Sorry", price=Decimal(-10))
    order = placed(OrderSpec(lines=(goods("119", 19), goods("107", 7), credit), shipping=()))
    found = taxes(order["lineItems"][2]["price"])
    assert found.keys() == {Decimal(19), Decimal(7)}
    assert sum(price for _, price in found.values()) == Decimal(-10)
    rules = order["lineItems"][2]["price"]["taxRules"]
    assert round(sum(exact(rule["percentage"]) for rule in rules), 6) == 100


def test_vertical_and_horizontal_taxes_differ_by_cents() -> None:
    lines = tuple(goods("0.33", 19) for _ in range(5))
    amounts = [
        placed(OrderSpec(lines=lines, taxing=Taxing("gross", way)))["price"]["calculatedTaxes"][0]["tax"]
        for way in ("horizontal", "vertical")
    ]
    assert amounts == [0.25, 0.26]


def test_cash_rounding_rounds_the_total_and_keeps_the_raw_one() -> None:
    cash = Taxing(total=Rounding(2, Decimal("0.05")))
    price = placed(OrderSpec(lines=(goods("9.98", 19),), taxing=cash))["price"]
    assert (price["totalPrice"], price["rawTotal"], price["positionPrice"]) == (10, 9.98, 9.98)


@pytest.mark.parametrize(
    ("taxing", "total", "net"),
    [
        pytest.param(Taxing(total=WHOLE), 199, 164.79, id="net is what was not rounded less the tax"),
        pytest.param(Taxing("net", total=WHOLE), 241, 199.4, id="tax on top is rounded with it"),
        pytest.param(Taxing("tax-free", total=WHOLE), 199.4, 199.4, id="without tax nothing is rounded"),
        pytest.param(Taxing(total=Rounding(3, Decimal(1))), 199.4, 164.79, id="three decimals know no interval"),
    ],
)
def test_a_total_is_rounded_to_the_interval_and_its_net_is_not(taxing: Taxing, total: float, net: float) -> None:
    price = placed(OrderSpec(lines=(goods("199.40", 21),), taxing=taxing))["price"]
    assert (price["totalPrice"], price["netPrice"]) == (total, net)
    assert price["rawTotal"] == (241.27 if taxing.status == "net" else 199.4)


def test_a_container_costs_what_its_children_cost_and_counts_once() -> None:
    box = Line(type="container", label="Box", children=(goods("10", 19, 2), goods("5", 7)))
    order = placed(OrderSpec(lines=(box, goods("3", 19))))
    container, first, second, last = order["lineItems"]
    assert (container["totalPrice"], container["parentId"], container["children"]) == (25, None, None)
    assert {first["parentId"], second["parentId"]} == {container["id"]}
    assert (first["position"], second["position"], last["position"]) == (1, 2, 2)
    assert order["positionPrice"] == 28
    assert taxes(container["price"]).keys() == {Decimal(19), Decimal(7)}


def test_a_shipping_discount_is_a_delivery_of_its_own() -> None:
    order = placed(OrderSpec(shipping=(Shipping(Decimal("4.99")), Shipping(Decimal("-4.99")))))
    costs = [delivery["shippingCosts"]["unitPrice"] for delivery in order["deliveries"]]
    assert (costs, order["shippingTotal"]) == ([4.99, -4.99], 0)
    assert order["primaryOrderDeliveryId"] == order["deliveries"][0]["id"]
    assert len(order["deliveries"][0]["positions"]) == len(order["lineItems"])


def test_a_digital_order_has_no_delivery() -> None:
    order = placed(OrderSpec(shipping=()))
    assert (order["deliveries"], order["primaryOrderDeliveryId"], order["shippingTotal"]) == ([], None, 0)


def test_the_newest_payment_is_the_current_one() -> None:
    order = placed(OrderSpec(payments=(Payment("PayPal", "failed"), Payment("iDEAL", "paid"))))
    newest = max(order["transactions"], key=lambda transaction: transaction["createdAt"])
    assert newest["paymentMethod"]["technicalName"] == "payment_demo_ideal"
    assert order["primaryOrderTransactionId"] == newest["id"]
    assert newest["amount"]["totalPrice"] == order["amountTotal"]


def test_a_registered_customer_is_kept_and_a_guest_is_new_every_time() -> None:
    caller = emulate()
    registered, guest = Buyer(), Buyer(guest=True, email="guest@example.test")
    orders = [placed(OrderSpec(buyer=buyer), caller) for buyer in (registered, registered, guest, guest)]
    ids = [order["orderCustomer"]["customerId"] for order in orders]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    (customer,) = caller.found("customer", ids=[ids[0]])
    assert (customer["orderCount"], customer["orderTotalAmount"], customer["guest"]) == (2, 119, False)


def test_a_company_and_a_second_address_appear_everywhere() -> None:
    company = Buyer("Cor", "Claes", "c@example.test", company="Claes BV", vat_ids=("NL001",))
    elsewhere = Address("5th Ave 1", "10001", "New York", "US", state="US-NY", first_name="Joe")
    order = placed(OrderSpec(buyer=company, billing=Address(country="NL"), delivery_address=elsewhere))
    assert order["orderCustomer"]["vatIds"] == ["NL001"]
    assert order["billingAddress"]["company"] == "Claes BV"
    assert order["billingAddress"]["country"]["iso"] == "NL"
    shipping = order["deliveries"][0]["shippingOrderAddress"]
    assert (shipping["firstName"], shipping["countryState"]["shortCode"]) == ("Joe", "US-NY")
    assert len(order["addresses"]) == 2


def test_a_variant_fills_the_payload_and_an_unknown_number_has_no_product() -> None:
    caller = emulate()
    caller.shop.add_product(ProductSpec("SHIRT", "Shirt", Decimal("59.50"), Decimal(19)))
    caller.shop.add_product(ProductSpec("SHIRT-M", parent="SHIRT", ean="4", options={"Size": "M"}))
    spec = OrderSpec(lines=(Line("SHIRT-M", quantity=2), goods("1", 19)))
    variant, unknown = placed(spec, caller)["lineItems"]
    assert (variant["label"], variant["unitPrice"], variant["totalPrice"]) == ("Shirt", 59.5, 119)
    assert variant["payload"]["productNumber"] == "SHIRT-M"
    assert variant["payload"]["options"] == [{"group": "Size", "option": "M"}]
    assert "ean" not in variant["payload"]
    assert variant["productId"] == variant["referencedId"]
    assert (unknown["productId"], unknown["payload"]["productNumber"]) == (None, "SKU")


def test_another_currency_and_channel_are_taken_by_name() -> None:
    order = placed(OrderSpec(currency="CHF", sales_channel="Swiss shop", number="X-1", comment="Ring twice"))
    assert (order["currency"]["isoCode"], order["currencyFactor"]) == ("CHF", 1.1)
    assert order["salesChannel"]["name"] == "Swiss shop"
    assert (order["orderNumber"], order["customerComment"]) == ("X-1", "Ring twice")


def test_the_default_currency_is_a_setting_of_the_shop() -> None:
    order = placed(OrderSpec(), emulate(currency="RON"))
    assert (order["currency"]["isoCode"], order["currencyFactor"]) == ("RON", 1)
    assert order["currencyId"] == "b7d2554b0ce847cd82f3ac9bd1c0dfca"


@pytest.mark.parametrize(
    "spec",
    [
        OrderSpec(payments=(Payment("Barter"),)),
        OrderSpec(payments=(Payment("Invoice", "settled"),)),
        OrderSpec(shipping=(Shipping(method="Pigeon"),)),
        OrderSpec(billing=Address(country="XX")),
        OrderSpec(currency="XXX"),
        OrderSpec(state="lost"),
        OrderSpec(lines=(Line("NO-PRICE"),)),
        OrderSpec(lines=(Line(type="discount"),)),
    ],
)
def test_what_the_shop_does_not_have_is_a_clear_error(spec: OrderSpec) -> None:
    with pytest.raises(ValueError, match=r"has no|needs a price"):
        ShopwareEmulator().place_order(spec)


def test_editing_calculates_anew_and_keeps_customer_payment_and_states() -> None:
    caller = emulate()
    order_id = caller.shop.place_order(OrderSpec(lines=(goods("10", 19), goods("20", 7))))
    caller.shop.pay(order_id)
    before = caller.order(order_id)
    caller.shop.edit(order_id, OrderSpec(lines=(goods("10", 19, 3),)))
    after = caller.order(order_id)
    assert (after["amountTotal"], len(after["lineItems"])) == (30, 1)
    assert after["updatedAt"] is not None
    for kept in ("orderNumber", "createdAt", "billingAddressId", "stateId"):
        assert after[kept] == before[kept]
    assert after["transactions"] == before["transactions"]


def test_a_deleted_order_is_gone_with_its_parts() -> None:
    caller = emulate()
    caller.shop.delete_order(caller.shop.place_order())
    for entity in ("order", "order-line-item", "order-delivery", "order-transaction", "order-customer"):
        assert caller.found(entity) == []
    assert len(caller.found("customer")) == 1


MONEY = st.decimals(Decimal("0.01"), Decimal(500), places=2)
RATES = st.sampled_from([Decimal(0), Decimal(5), Decimal(7), Decimal(19), Decimal(21)])
GOODS = st.builds(lambda price, quantity, tax: Line("SKU", price, quantity, tax=tax), MONEY, st.integers(1, 9), RATES)
REDUCTIONS = st.one_of(
    st.builds(lambda price: Line(type="credit", price=-price), MONEY),
    st.builds(lambda percent: Line(type="promotion", code="P", percent=percent), MONEY.filter(lambda p: p <= 100)),
    st.builds(lambda price: Line(type="discount", price=-price), MONEY),
)  # fmt: skip
BOXES = st.builds(lambda inner: Line(type="container", children=tuple(inner)), st.lists(GOODS, min_size=1, max_size=3))
TAXINGS = st.builds(Taxing, st.sampled_from(["gross", "net", "tax-free"]), st.sampled_from(["horizontal", "vertical"]))
SPECS = st.builds(
    OrderSpec,
    lines=st.tuples(GOODS, BOXES | GOODS, REDUCTIONS | GOODS, REDUCTIONS),
    shipping=st.lists(st.builds(Shipping, MONEY), max_size=2).map(tuple),
    taxing=TAXINGS,
)
SHOP = ShopwareEmulator("6.7.8.1")


@settings(max_examples=60)
@given(SPECS)
def test_every_order_adds_up(spec: OrderSpec) -> None:
    order = SHOP.order(SHOP.place_order(spec))
    top = [line for line in order["lineItems"] if line["parentId"] is None]
    positions = sum(exact(line["totalPrice"]) for line in top)
    shipping = sum(exact(delivery["shippingCosts"]["totalPrice"]) for delivery in order["deliveries"])
    tax = sum(amount for amount, _ in taxes(order["price"]).values())
    price = {name: exact(value) for name, value in order["price"].items() if isinstance(value, (int, float))}
    assert price["positionPrice"] == positions
    assert exact(order["shippingTotal"]) == shipping
    assert price["totalPrice"] == positions + shipping + (tax if spec.taxing.status == "net" else 0)
    assert price["netPrice"] == price["totalPrice"] - tax
    for line in order["lineItems"]:
        parts = taxes(line["price"])
        if parts:
            assert round(sum(part for _, part in parts.values()), 6) == exact(line["totalPrice"])
    for delivery in order["deliveries"]:
        assert exact(delivery["shippingCosts"]["totalPrice"]) >= 0
