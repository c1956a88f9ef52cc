"""Orders of the emulated Shoprenter: found, paged, shown, changed."""

from dataclasses import replace
from typing import Any

import pytest

from sandbox.platforms.shoprenter import Addon, Address, Coupon, Line, Option, OrderSpec, Payment, ProductSpec, Shipping
from tests.sandbox.platforms.shoprenter.calls import Bolt
from tests.sandbox.platforms.shoprenter.reading import COMPLETED, ORDER, PENDING, PLAIN, D, id_of


def _found(bolt: Bolt, **query: Any) -> list[str]:
    return [order["innerId"] for order in bolt.items("orderExtend", **query)]


def test_orders_are_found_by_what_changed_created_and_who_bought() -> None:
    bolt = Bolt()
    bolt.shop.place_order()
    bolt.clock.advance(hours=1)
    bolt.shop.place_order(replace(PLAIN, email="other@example.test", status=5))
    bolt.later(hours=1)
    bolt.shop.set_status(1042, "Feldolgozás alatt")
    assert _found(bolt, updatedAtMin="2026-03-01T12:00:01") == ["1042"]
    assert _found(bolt, updatedAtMax="2026-03-01T12:00:00") == ["1043"]
    assert _found(bolt, createdAtMin="2026-03-01T12:00:00") == ["1043"]
    assert _found(bolt, createdAtMax="2026-03-01T11:59:59") == ["1042"]
    assert _found(bolt, createdAt="2026-03-01", updatedAt="2026-03-02") == []
    assert _found(bolt, email="other@example.test") == ["1043"]
    assert _found(bolt, innerId="1043") == _found(bolt, innerIdMin="1043") == ["1043"]
    assert _found(bolt, orderStatusId=COMPLETED) == ["1043"]
    assert _found(bolt, shippingModeInnerId="18") == ["1042", "1043"]
    assert _found(bolt, externalInfo="x") == []


def test_dates_are_the_shops_wall_clock_and_their_own_second_may_be_left_out() -> None:
    local, utc = Bolt(inclusive_bounds=False), Bolt(zone="UTC")
    for bolt in (local, utc):
        bolt.shop.place_order()
    assert local.items("orders")[0]["dateCreated"] == "2026-03-01T11:00:00"
    assert utc.items("orders")[0]["dateCreated"] == "2026-03-01T10:00:00"
    assert _found(local, createdAtMin="2026-03-01T11:00:00") == []
    assert _found(utc, createdAtMin="2026-03-01T10:00:00") == ["1042"]


def test_unfinished_carts_have_no_status_and_took_nothing_and_are_ordered_after_all() -> None:
    bolt = Bolt()
    bolt.shop.add_product(ProductSpec("MUG", D(1000), 10))
    bolt.shop.place_order(OrderSpec((Line("MUG", quantity=3),), status=None))
    cart = bolt.items("orderExtend")[0]
    assert (cart["orderStatus"], cart["orderProducts"][0]["stock1"]) == (None, "0")
    assert _found(bolt, excludeAbandonedCart=1) == []
    assert bolt.shop.product("MUG").stock[0] == 10
    bolt.shop.finish(1042)
    order = bolt.items("orderExtend", excludeAbandonedCart=1)[0]
    assert (order["orderStatus"]["href"].rsplit("/")[-1], order["orderProducts"][0]["stock1"]) == (PENDING, "3")
    assert bolt.shop.product("MUG").stock[0] == 7


def test_cancelled_orders_can_be_left_out_and_give_their_goods_back() -> None:
    bolt = Bolt()
    bolt.shop.add_product(ProductSpec("MUG", D(1000), (10, 5)))
    bolt.shop.place_order(OrderSpec((Line("MUG", quantity=(2, 1)),)))
    assert bolt.shop.product("MUG").stock == [8, 4, 0, 0]
    bolt.shop.cancel(1042)
    assert bolt.shop.product("MUG").stock == [10, 5, 0, 0]
    assert (_found(bolt, excludeStorno=1), _found(bolt, excludeStorno=0)) == ([], ["1042"])
    assert bolt.get("settings", full=1, key="storno_order_status_id")["items"][0]["value"] == "9"


@pytest.mark.parametrize(
    ("query", "inner"),
    [
        ({"updatedAfter": "2026-03-01T00:00:00"}, 40010),
        ({"updatedAtMin": "2026-03-01 00:00:00"}, 40009),
        ({"updatedAtMin": "2026-03-01T00:00:00Z"}, 40009),
        ({"updatedAtMin": "2026-03-01T00:00:00.5"}, 40009),
        ({"updatedAtMin": "2026-02-30T00:00:00"}, 40009),
        ({"createdAt": "2026-3-1"}, 40017),
        ({"limit": 201}, 40005),
        ({"limit": 0}, 40005),
        ({"page": 1}, 40008),
        ({"page": -1}, 40005),
        ({"full": 2}, 40005),
        ({"orderStatusId": "5"}, 40005),
        ({"innerId": ""}, 40005),
        ({"innerIdMin": "x"}, 40005),
        ({"excludeStorno": "yes"}, 40005),
    ],
)
def test_parameters_are_refused_with_their_number(query: dict[str, Any], inner: int) -> None:
    bolt = Bolt()
    bolt.shop.place_order()
    assert bolt.refused("GET", "orderExtend", **query) == (400, inner)


def test_pages_begin_at_zero_and_end_with_no_next() -> None:
    bolt = Bolt()
    for _ in range(5):
        bolt.shop.place_order()
    pages = [bolt.get("orderExtend", full=1, limit=2, page=page) for page in range(3)]
    assert [[order["innerId"] for order in page["items"]] for page in pages] == [
        ["1042", "1043"],
        ["1044", "1045"],
        ["1046"],
    ]
    assert [(page["page"], page["pageCount"], page["limit"]) for page in pages] == [(0, 3, 2), (1, 3, 2), (2, 3, 2)]
    assert [page["previous"] is None for page in pages] == [True, False, False]
    assert [page["next"] is None for page in pages] == [False, False, True]
    assert pages[1]["next"] == pages[1]["last"]
    answer = bolt.send("GET", "orderExtend", full=1, limit=2, page=3)
    assert (answer.json()["error"], "maximum 2" in answer.json()["message"]) == (40008, True)
    assert bolt.get("orderExtend", limit=1, full=1)["pageCount"] == 5


def test_a_page_can_be_written_otherwise() -> None:
    bolt = Bolt(numbers_as_text=True, page_count="never", collapse_single=True, newest_first=True)
    bolt.shop.place_order()
    page = bolt.get("orderExtend", full=1)
    assert (page["page"], page["limit"], "pageCount" in page) == ("0", "25", False)
    assert page["items"]["innerId"] == "1042"
    bolt.shop.place_order()
    assert _found(bolt) == ["1043", "1042"]
    assert "pageCount" not in Bolt().get("orderExtend")
    assert "pageCount" in Bolt(page_count="always").get("orderExtend")


def test_a_search_without_a_hit_is_an_empty_page_or_one_out_of_range() -> None:
    assert Bolt().get("orderExtend", full=1, email="x")["items"] == []
    assert Bolt(empty_is_40008=True).refused("GET", "orderExtend", email="x") == (400, 40008)


def test_without_full_there_are_only_links_and_with_it_relations_stay_links() -> None:
    bolt = Bolt()
    bolt.shop.place_order()
    assert [set(item) for item in bolt.get("orders")["items"]] == [{"href"}]
    order = bolt.items("orders")[0]
    for name in ("orderTotals", "orderProducts", "currency", "language", "shippingCountry", "shippingMode"):
        assert set(order[name]) == {"href"}, name
    assert order["orderTotals"]["href"].endswith(f"/orderTotals?orderId={ORDER}")


def test_the_parts_of_an_order_are_found_by_it() -> None:
    bolt = Bolt()
    options = (Option("Méret", "XL", D(100)), Option("Szín", "kék", D(-50)))
    line = Line("MUG", D(1000), 2, "Bögre", D(27), original=D(1200), options=options)
    bolt.shop.place_order(replace(PLAIN, lines=(line,)))
    bolt.shop.place_order()
    (line,) = bolt.items("orderProducts", orderId=ORDER)
    assert (line["innerId"], line["price"], line["originalPrice"], line["total"]) == (
        "5511",
        "1000.0000",
        "1200.0000",
        "2000.0000",
    )
    assert "quantity" not in line
    chosen = bolt.items("orderProductOptions", orderProductId=line["id"])
    assert [(each["name"], each["valueName"], each["prefix"], each["price"]) for each in chosen] == [
        ("Méret", "XL", "+", "100.0000"),
        ("Szín", "kék", "-", "50.0000"),
    ]
    totals = bolt.items("orderTotals", orderId=ORDER)
    assert [row["type"] for row in totals] == ["SUB_TOTAL", "TAX", "SUB_TOTAL_WITH_TAX", "SHIPPING", "TOTAL"]
    assert totals[0]["dateCreated"] == "-0001-11-30T00:00:00"
    assert bolt.items("orderHistories", orderId=ORDER)[0]["dateAdded"] == "2026-03-01 11:00:00"


RICH = OrderSpec(
    lines=(
        Line("A", D("2000.55"), 3, "Bögre", D(27)),
        Line("B", D(1000), 1, "Könyv", D(5)),
    ),
    addons=(Addon("Betétdíj", D(50), 3, D(0)),),
    shipping=Shipping("GLS", D(1524)),
    payment=Payment("Utánvét", "COD", D(381)),
    coupon=Coupon("TAVASZ", D(500), D(27)),
    cart_discount=D(100),
    points_used=D(40),
)


def test_totals_add_up_with_two_taxes_fees_and_everything_taken_off() -> None:
    bolt = Bolt()
    bolt.shop.place_order(RICH)
    order = bolt.items("orderExtend")[0]
    rows = {(row["type"], row["key"], row["name"]): D(row["value"]) for row in order["orderTotals"]}
    assert list(rows.values()) == [
        D("7151.65"),
        D("1621.35"),
        D(50),
        D(0),
        D(8823),
        D(-500),
        D(-100),
        D(1524),
        D(381),
        D(-40),
        D(10088),
    ]
    assert order["total"] == "10088.0000"
    assert (order["couponTaxRate"], order["loyaltyPointsTaxRate"]) == ("27.0000", "-1.0000")
    assert order["orderProductAddons"][0]["total"] == "150.0000"
    assert [line["grossPrice"] for line in order["orderProducts"]] == ["2541.0000", "1050.0000"]


def test_prices_can_be_rounded_in_the_total_only() -> None:
    bolt = Bolt(rounding="total")
    bolt.shop.place_order(replace(RICH, addons=()))
    order = bolt.items("orderExtend")[0]
    assert order["orderProducts"][0]["grossPrice"] == "2540.6985"
    assert order["total"] == "9937.0000"


def test_an_order_in_another_currency_keeps_the_shops_prices_beside_its_own() -> None:
    bolt = Bolt()
    line = Line("A", D(4000), 2, "Bögre", D(27))
    bolt.shop.place_order(replace(PLAIN, lines=(line,), currency="EUR", exchange=D("0.0025")))
    order = bolt.items("orderExtend")[0]
    assert (order["value"], order["currency"]["code"]) == ("0.00250000", "EUR")
    line_read = order["orderProducts"][0]
    assert (line_read["grossPrice"], line_read["grossPriceCurrency"]) == ("5080.0000", "12.7000")
    assert order["orderTotals"][-1]["valueText"] == "25,40 €"
    assert order["total"] == "10160.0000"
    own = Bolt(totals_in_base=False)
    own.shop.place_order(replace(PLAIN, lines=(line,), currency="EUR", exchange=D("0.0025")))
    assert own.items("orderExtend")[0]["total"] == "25.4000"


def test_the_family_name_stands_first_and_a_guest_is_no_customer() -> None:
    bolt = Bolt()
    there = Address("Próba", "Pál", city="Győr", country="AT")
    bolt.shop.place_order(replace(PLAIN, guest=False, shipping_address=there))
    order = bolt.items("orderExtend")[0]
    assert (order["firstname"], order["lastname"]) == ("Minta", "Vera")
    assert (order["shippingFirstname"], order["shippingCountry"]["isoCode2"]) == ("Próba", "AT")
    assert order["customer"]["href"].endswith(id_of("customer-customer_id", 77))
    assert bolt.items("customers")[0]["firstname"] == "Minta"
    bolt.shop.place_order(replace(PLAIN, email="guest@example.test"))
    assert bolt.items("orderExtend")[1]["customer"] is None


@pytest.mark.parametrize(("how", "value"), [("null", None), ("text", ""), ("object", {}), ("list", [])])
def test_nothing_is_written_in_many_ways(how: str, value: Any) -> None:
    bolt = Bolt(nothing=how)
    bolt.shop.place_order(replace(PLAIN, status=None))
    order = bolt.items("orderExtend")[0]
    assert order["orderStatus"] == order["coupon"] == order["customer"] == value


def test_a_line_of_a_deleted_product_stays_and_its_link_leads_nowhere() -> None:
    for assumed in (True, False):
        bolt = Bolt(deleted_product_href=assumed)
        bolt.shop.add_product(ProductSpec("MUG", D(1000), 1, "Bögre"))
        bolt.shop.sell({"MUG": 1})
        bolt.shop.delete_product("MUG")
        line = bolt.items("orderExtend")[0]["orderProducts"][0]
        assert (line["sku"], line["name"], bool(line["product"])) == ("MUG", "Bögre", assumed)
