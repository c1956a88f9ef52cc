"""Orders of the emulated SalesPOS."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.platforms.salespos.orders.totals import cents
from tests.salespos_schema import check_order_post
from tests.sandbox.platforms.salespos.calls import ADDRESS, CUSTOMER, Till, free_row, order


def test_the_server_computes_the_sums_of_a_gross_order() -> None:
    till = Till()
    made = till.post("/orders", order(free_row(24.95, count=2), total_shipping=4.95, reservationnumber="SW-1"))
    assert made["total_price"] == Decimal("54.85")
    assert made["total_tax"] == Decimal("9.52")
    assert till.shop.order_totals() == {"SW-1": Decimal("54.85")}


def test_a_net_order_adds_the_tax_of_every_rate() -> None:
    rows = [free_row(10, tax=21), free_row(20, tax=9, discount=5)]
    made = Till().post("/orders", order(*rows, order_row_taxes_included=False))
    assert (made["total_orderrow_price"], made["total_tax"]) == (25, Decimal("3.45"))
    assert (made["total_price"], made["total_discounts"]) == (Decimal("28.45"), 5)


def test_hidden_taxes_do_not_count() -> None:
    made = Till().post("/orders", order(free_row(10), order_row_taxes_included=False, taxes_included=False))
    assert (made["total_price"], made["total_tax"]) == (10, 0)


@pytest.mark.parametrize("flag", ["is_intra_community_order", "is_platform_sale"])
def test_some_sales_are_forced_to_no_vat(flag: str) -> None:
    till = Till()
    made = till.post("/orders", order(free_row(10, tax=21), **{flag: True}))
    assert made["total_tax"] == 0
    assert till.get(f"/orders/{made['id']}/orderrows")["items"][0]["tax"] == 0


def test_extra_costs_may_be_a_discount_and_shipping_untaxed() -> None:
    costs = {"extra_costs": -5, "paymethod_costs": 1.5, "total_shipping": 3.5}
    made = Till().post("/orders", order(free_row(121), **costs, shipping_taxes_included=False))
    assert (made["total_price"], made["total_tax"]) == (121, 21)


def test_shipping_left_out_is_charged_by_the_server() -> None:
    body = order(free_row(10))
    del body["total_shipping"]
    assert Till(default_shipping=Decimal("6.95")).post("/orders", body)["total_price"] == Decimal("16.95")


@given(
    st.lists(st.tuples(st.integers(1, 50), st.decimals(0, 500, places=4), st.sampled_from([0, 9, 21])), min_size=1),
    st.booleans(),
    st.sampled_from([2, 4, None]),
)
@settings(max_examples=40)
def test_total_price_is_rows_and_tax_to_the_cent(
    rows: list[tuple[int, Decimal, int]], gross: bool, kept: int | None
) -> None:
    till = Till(row_price_decimals=kept)
    sent = [free_row(float(price), tax=tax, count=count) for count, price, tax in rows]
    made = till.post("/orders", order(*sent, order_row_taxes_included=gross))
    goods = sum(cents(count * (cents(price) if kept == 2 else price)) for count, price, _ in rows)
    assert made["total_price"] == goods + (0 if gross else made["total_tax"])
    part = Decimal(21) / (121 if gross else 100)
    assert 0 <= made["total_tax"] <= goods * part + Decimal("0.02")


def test_the_product_fills_in_what_the_row_leaves_out() -> None:
    till = Till()
    product = till.shop.add_product("TEE", Decimal("24.95"), discount=5, taxtariff="low a", unit="piece")
    made = till.post("/orders", order({"product_id": product["id"], "count": 1, "price": 20}))
    (row,) = till.get(f"/orders/{made['id']}/orderrows")["items"]
    assert (row["price"], row["discount"], row["selling_price"]) == (20, 5, 15)
    assert (row["tax"], row["unit"], row["product_number"]) == (9, "piece", "TEE")
    assert (row["custom_price"], row["original_price"]) == (True, Decimal("24.95"))


def test_deposits_are_added_unless_refused() -> None:
    till = Till()
    product = till.shop.add_product("COLA", 2, container_deposit_price=Decimal("0.25"), safety_deposit_price=1)
    row = {"product_id": product["id"], "count": 4}
    trapped = till.post("/orders", order(row))
    assert trapped["total_price"] == 13
    rows = till.get(f"/orders/{trapped['id']}/orderrows")["items"]
    assert [(each["product_type"], each["tax"]) for each in rows[1:]] == [
        ("container_deposit", 0),
        ("safety_deposit", 0),
    ]
    assert till.post("/orders", order({**row, "auto_create_deposit_rows": False}))["total_price"] == 8


def test_a_variant_row_names_its_combination_and_moves_its_stock() -> None:
    till = Till()
    tee = till.shop.add_product("TEE", 10, variants={"Size": {"M": 0, "XL": 2}}, stock=5)
    _, large = till.shop.combinations(tee["id"])
    row = {"product_id": tee["id"], "attribute_combination_id": large["id"], "count": 2}
    made = till.post("/orders", order(row))
    (shown,) = till.get(f"/orders/{made['id']}/orderrows")["items"]
    assert (shown["sub_sku_number"], shown["price_with_attributes"], shown["total_price"]) == ("TEE-XL", 12, 24)
    assert till.get(f"/attributecombinations/{large['id']}")["stock"] == 3
    assert till.post("/orders", order({**row, "price": 10}))["total_price"] == 20


def test_some_accounts_add_the_surcharge_to_a_sent_price() -> None:
    till = Till(surcharge_on_sent_price=True)
    tee = till.shop.add_product("TEE", 10, variants={"Size": {"XL": 2}})
    (large,) = till.shop.combinations(tee["id"])
    row = {"product_id": tee["id"], "attribute_combination_id": large["id"], "count": 2, "price": 10}
    assert till.post("/orders", order(row))["total_price"] == 24


def test_a_combination_of_another_product_is_refused() -> None:
    till = Till()
    tee = till.shop.add_product("TEE", 10, variants={"Size": {"M": 0}})
    mug = till.shop.add_product("MUG", 10)
    (medium,) = till.shop.combinations(tee["id"])
    row = {"product_id": mug["id"], "attribute_combination_id": medium["id"], "count": 1}
    assert till.refused("POST", "/orders", order(row)) == "400.20"


def _with_address(**changes: Any) -> dict[str, Any]:
    return order(free_row(1), customer={"billingaddress": {**ADDRESS, **changes}})


@pytest.mark.parametrize(
    "body",
    [
        _with_address(housenumber="12"),
        _with_address(housenumber=12.5),
        _with_address(country_code="nl"),
        _with_address(country_code="UK"),
        _with_address(address_line_1="Dorpsstraat 12b"),
        _with_address(first_name=None),
        order(free_row(1), customer={"deliveryaddress": {"first_name": "Sanne"}}),
        order(free_row(1), customer={"customertype": "company"}),
        order(free_row(1), external_reference="SW-1"),
        order(free_row(1), status=15),
        order(free_row(1), status=True),
        order(free_row(1), paid="true"),
        order(free_row(1), currency="euro"),
        order(free_row(1), deliver_method="post"),
        order(free_row(1), takeoutslot=3),
        order(free_row(1), paymethod_id=1),
        order(),
        order({"product_name": "Goods", "price": 1, "tax": 21, "package_id": 100001}),
        order({"product_name": "Goods", "price": 1, "tax": 21, "count": 1}),
        order(free_row(1, count=0)),
        order(free_row(1, attribute_combination_id=5)),
        {"orderrows": [free_row(1)]},
        {"customer": CUSTOMER},
    ],
)
def test_an_order_that_breaks_the_contract_is_refused(body: dict[str, Any]) -> None:
    till = Till()
    assert till.refused("POST", "/orders", body) == "400.10"
    assert till.shop.orders == []


@pytest.mark.parametrize(
    "body",
    [order({"product_id": 1, "count": 1}), order(free_row(1), user_id=1), order(free_row(1, package_id=1))],
)
def test_an_order_that_names_what_is_absent_is_refused(body: dict[str, Any]) -> None:
    assert Till().refused("POST", "/orders", body) == "400.20"


def test_the_user_s_data_is_copied_and_the_order_s_overrides_it() -> None:
    till = Till()
    user = till.shop.add_user("a", userinfo={"email": "a@voorbeeld.example", "billingaddress": ADDRESS, "btw": "NL1"})
    customer = {"billingaddress": {"address_line_1": "Kade 1"}, "reference": "D-1"}
    made = till.post("/orders", order(free_row(1), customer=customer, user_id=user["id"]))
    assert made["customer"]["btw"] == "NL1"
    assert made["customer"]["reference"] == "D-1"
    assert made["customer"]["billingaddress"]["address_line_1"] == "Kade 1"
    assert "street" not in made["customer"]["billingaddress"]
    assert made["user"]["href"].endswith(f"/users/{user['id']}/")


def test_numbers_come_with_completion_and_open_orders_are_not_listed() -> None:
    till = Till()
    open_order = till.post("/orders", order(free_row(1), is_completed=False))
    assert [open_order[name] for name in ("ordernumber", "ordernumber_full", "status")] == [None, None, None]
    assert till.get("/orders")["items"] == []
    assert len(till.get("/orders", is_completed="false")["items"]) == 1
    till.shop.complete_order(open_order["id"])
    (listed,) = till.get("/orders")["items"]
    assert listed["ordernumber_full"] == f"W-{listed['ordernumber']}"
    assert listed["status"] == 1


def test_sent_twice_is_made_twice() -> None:
    till = Till()
    for _ in range(2):
        till.post("/orders", order(free_row(1), reservationnumber="SW-7"))
    assert len(till.shop.orders_by_reference("SW-7")) == 2


def test_a_patch_replaces_rows_and_computes_again() -> None:
    till = Till()
    product = till.shop.add_product("MUG", 10, stock=10)
    made = till.post("/orders", order({"product_id": product["id"], "count": 3}))
    till.done("PATCH", f"/orders/{made['id']}", {"orderrows": [{"product_id": product["id"], "count": 1}]})
    assert till.get(f"/orders/{made['id']}")["total_price"] == 10
    assert till.get(f"/products/{product['id']}")["stock"] == 9
    till.done("PATCH", f"/orders/{made['id']}", {"is_platform_sale": True, "extra_costs": 2, "status": 5})
    after = till.get(f"/orders/{made['id']}")
    assert (after["total_price"], after["total_tax"], after["status"]) == (12, 0, 5)


def test_a_refused_patch_changes_nothing() -> None:
    till = Till()
    made = till.post("/orders", order(free_row(1)))
    body = {"status": 5, "orderrows": [{"product_id": 1, "count": 1}]}
    assert till.refused("PATCH", f"/orders/{made['id']}", body) == "400.20"
    assert till.get(f"/orders/{made['id']}") == made
    assert till.refused("PATCH", f"/orders/{made['id']}", {"note": None}) == "400.10"
    assert till.refused("PATCH", f"/orders/{made['id']}", {"user_id": 1}) == "400.10"


def test_rows_can_be_put_always_but_patched_only_before_completion() -> None:
    till = Till()
    done = till.post("/orders", order(free_row(5)))
    (row,) = till.get(f"/orders/{done['id']}/orderrows")["items"]
    assert till.refused("PATCH", f"/orderrows/{row['id']}", {"count": 2}) == "501.30"
    till.done("PUT", f"/orders/{done['id']}/orderrows", {"orderrows": [free_row(5), free_row(6)]})
    assert till.get(f"/orders/{done['id']}")["total_price"] == 11
    assert till.refused("GET", f"/orderrows/{row['id']}") == "404.10"
    draft = till.post("/orders", order(free_row(5), is_completed=False))
    (row,) = till.get(f"/orders/{draft['id']}/orderrows")["items"]
    till.done("PATCH", f"/orderrows/{row['id']}", {"count": 2, "discount": 1})
    assert till.get(f"/orders/{draft['id']}")["total_price"] == 8
    assert till.get(f"/orderrows/{row['id']}")["count"] == 2


def test_notes_are_kept() -> None:
    till = Till()
    made = till.post("/orders", order(free_row(5)))
    note = till.post(f"/orders/{made['id']}/ordernotes", {"note": "Shopware 10042"})
    assert [each["note"] for each in till.get(f"/orders/{made['id']}/ordernotes")["items"]] == ["Shopware 10042"]
    assert till.get(f"/ordernotes/{note['id']}")["type"] == "internal"
    till.done("DELETE", f"/ordernotes/{note['id']}")
    assert till.get(f"/orders/{made['id']}/ordernotes")["items"] == []


def test_orders_are_found_by_date_status_payment_and_number() -> None:
    till = Till()
    first = till.post("/orders", order(free_row(1), paid=True))
    till.clock.advance(days=2)
    second = till.post("/orders", order(free_row(1), status=2))

    def ids(**query: Any) -> list[int]:
        return [item["id"] for item in till.get("/orders", **query)["items"]]

    assert ids(min_create_date="2026-03-02") == [second["id"]]
    assert ids(max_create_date="2026-03-01T10:00:00Z") == [first["id"]]
    assert ids(min_create_date="2026-03-01T10:00:00+00:00") == [first["id"], second["id"]]
    assert ids(is_paid="true") == [first["id"]]
    assert ids(status=2) == [second["id"]]
    assert ids(ordernumber=second["ordernumber"]) == [second["id"]]
    assert ids(orderby="create_date_desc") == [second["id"], first["id"]]
    assert ids(orderby="deliver_date") == [first["id"], second["id"]]


@pytest.mark.parametrize(("moment", "before", "after"), [("creation", 8, 8), ("completion", 10, 8)])
def test_stock_goes_at_creation_or_completion_once(moment: str, before: int, after: int) -> None:
    till = Till(stock_deducted_at=moment)
    mug = till.shop.add_product("MUG", 10, stock=10)
    draft = till.post("/orders", order({"product_id": mug["id"], "count": 2}, is_completed=False))
    assert till.get(f"/products/{mug['id']}")["stock"] == before
    till.shop.complete_order(draft["id"])
    assert till.get(f"/products/{mug['id']}")["stock"] == after


def test_a_till_sale_is_a_paid_order_of_nobody() -> None:
    till = Till()
    mug = till.shop.add_product("MUG", 10, stock=10)
    till.shop.sell_at_till({"MUG": 3})
    (sale,) = till.get("/orders")["items"]
    assert (sale["user"], sale["paid"], sale["paymethod"], sale["total_price"]) == (None, True, "ccv_cash", 30)
    assert till.get(f"/products/{mug['id']}")["stock"] == 7
    assert till.shop.order_totals() == {}


def test_an_order_of_675_rows_is_taken_and_paged() -> None:
    till = Till()
    body = order(*[free_row(1) for _ in range(675)])
    check_order_post(body)
    made = till.post("/orders", body)
    sizes = [len(till.get(f"/orders/{made['id']}/orderrows", start=at, size=250)["items"]) for at in (0, 250, 500)]
    assert (made["total_price"], sizes) == (675, [250, 250, 175])


def test_people_see_the_orders_and_nothing_they_typed_runs() -> None:
    till = Till()
    customer = {"billingaddress": {"company": "<script>alert(1)</script>"}}
    till.post("/orders", order(free_row(24.95), customer=customer, reservationnumber="SW-1"))
    page = till.client.get("https://shop.example/").text
    assert "SW-1" in page
    assert "EUR 24.95" in page
    assert "<script>" not in page
