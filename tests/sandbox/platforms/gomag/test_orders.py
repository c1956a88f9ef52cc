"""Orders of the emulated Gomag: read, filtered, paged, in every documented shape."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.gomag import Address, Buyer, Company, Discount, Line, OrderSpec, ProductSpec, VersionSpec
from tests.sandbox.platforms.gomag.calls import Market

FIRM = Buyer("Ana", "Exemplu", "ana@example.test", "0700000001", Company("EXEMPLU SRL", "RO00000000"))
WRAP = Line(name="Ambalare cadou", price=Decimal("20.00"), vat=Decimal(21), type="service")


def _only(market: Market, **query: Any) -> Any:
    (order,) = market.get("order/read", **query)["orders"].values()
    return order


def _numbers(market: Market, **query: Any) -> list[str]:
    orders = market.get("order/read", **query)["orders"]
    return [order["number"] for order in orders.values()] if orders else []


def test_the_example_of_the_platform_file_comes_out_as_it_is_written() -> None:
    market = Market()
    market.shop.add_product(ProductSpec("DEMO-1", Decimal("65.75"), 8, "Cana demo"))
    placed = datetime(2026, 1, 12, 7, 41, 7, tzinfo=UTC)
    market.shop.place_order(OrderSpec((Line("DEMO-1", quantity=2), WRAP), FIRM, placed_at=placed))
    answer = market.get("order/read", updated="2026-01-12", page=1, limit=100)
    order = answer.pop("orders").pop("901")
    assert answer == {"total": "1", "page": "1", "pages": "1"}
    expected = {
        "id": "901",
        "number": "70012",
        "date": "2026-01-12 09:41:07",
        "status": "Comanda NEW",
        "statusId": "1",
        "total": "151.50",
        "currency": "RON",
        "source": "site",
        "payment": {"name": "Plata ramburs"},
        "discounts": [],
        "items": {
            "0": {"id": "55", "sku": "DEMO-1", "name": "Cana demo", "price": "65.75", "vat": "21", "quantity": "2"},
            "1": {
                "id": "0",
                "sku": "",
                "name": "Ambalare cadou",
                "price": "20.00",
                "vat": "21",
                "quantity": "1",
                "type": "service",
            },
        },
    }
    assert {name: order[name] for name in expected} == expected
    assert order["billing"]["company"] == {"name": "EXEMPLU SRL", "code": "RO00000000"}
    assert order["shipping"] == {
        "firstname": "Ana",
        "lastname": "Exemplu",
        "phone": "0700000001",
        "email": "ana@example.test",
        "country": "Romania",
        "region": "Cluj",
        "city": "Cluj-Napoca",
        "address": "Str. Fictiva 3",
        "zipcode": "400000",
        "company": "",
    }


def test_no_match_is_an_empty_array_with_counters_as_text() -> None:
    assert Market().get("order/read", number="1") == {"total": "0", "page": "1", "pages": "0", "orders": []}


def test_an_unknown_filter_is_ignored_and_counted() -> None:
    market = Market()
    ids = [market.shop.place_order().id for _ in range(2)]
    assert len(market.get("order/read", order_id=ids[0])["orders"]) == 2
    assert len(market.get("order/read", id=ids[0], dateFrom="2030-01-01")["orders"]) == 2
    assert market.shop.ignored == {
        "order/read/json?order_id": 1,
        "order/read/json?id": 1,
        "order/read/json?dateFrom": 1,
    }
    assert list(Market(order_id_filter=True).get("order/read", id=ids[0])["orders"]) == []


def test_only_the_number_finds_one_order() -> None:
    market = Market()
    orders = [market.shop.place_order() for _ in range(3)]
    assert _only(market, number=orders[1].number)["id"] == str(orders[1].id)
    assert market.get("order/read", number=orders[1].id)["orders"] == []


def _dated(market: Market, *days: int) -> None:
    for day in days:
        placed = datetime(2026, 2, day, 12, tzinfo=UTC)
        market.shop.place_order(OrderSpec(number=f"D{day}", placed_at=placed))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"date": "2026-02-10"}, ["D10"]),
        ({"startDate": "2026-02-10"}, ["D20", "D10"]),
        ({"endDate": "2026-02-10"}, ["D5"]),
        ({"startDate": "2026-02-06", "endDate": "2026-02-20"}, ["D10"]),
        ({"startDate": "2026-00-00"}, ["D20", "D10", "D5"]),
        ({"startDate": "2026-02-10 23:00:00"}, ["D20", "D10"]),
        ({"statusIds": "2"}, ["D20"]),
        ({"statusIds": "1, 2"}, ["D20", "D10", "D5"]),
        ({"statusIds": "3"}, []),
        ({"customer": "8001"}, ["D20", "D10", "D5"]),
        ({"customer": "8002"}, []),
    ],
)
def test_the_official_filters_narrow(query: dict[str, str], found: list[str]) -> None:
    market = Market()
    _dated(market, 5, 10, 20)
    market.shop.set_status(903, "Comanda email")
    assert _numbers(market, **query) == found


def test_whether_the_end_belongs_to_the_window_is_a_setting() -> None:
    market = Market(end_date_inclusive=True)
    _dated(market, 5, 10)
    assert _numbers(market, endDate="2026-02-10") == ["D10", "D5"]


def test_updated_looks_at_whole_days_of_the_shop() -> None:
    market = Market()
    market.clock.moment = datetime(2026, 3, 1, 21, 59, tzinfo=UTC)
    order = market.shop.place_order()
    assert _numbers(market, updated="2026-03-02") == []
    assert _numbers(market, updated="2026-03-01 23:59:59") == [order.number]
    market.clock.advance(minutes=1)
    market.shop.pay(order.id)
    assert _numbers(market, updated="2026-03-02") == [order.number]
    assert _only(market)["date"] == "2026-03-01 23:59:00"
    assert _only(market)["status"] == "In curs de procesare"


def test_dates_follow_the_summer_time_of_the_shop() -> None:
    market = Market()
    for month in (1, 7):
        market.shop.place_order(OrderSpec(number=f"M{month}", placed_at=datetime(2026, month, 1, 22, tzinfo=UTC)))
    assert [_only(market, number=each)["date"] for each in ("M1", "M7")] == [
        "2026-01-02 00:00:00",
        "2026-07-02 01:00:00",
    ]


@pytest.mark.parametrize(
    ("query", "rows", "page", "pages"),
    [
        ({"limit": 50}, 50, "1", "3"),
        ({"limit": 50, "page": 3}, 5, "3", "3"),
        ({"limit": 50, "page": 4}, 0, "4", "3"),
        ({"limit": 5000}, 100, "1", "2"),
        ({}, 20, "1", "6"),
        ({"limit": 0, "page": "x"}, 20, "1", "6"),
    ],
)
def test_pages_hold_at_most_a_hundred(query: dict[str, Any], rows: int, page: str, pages: str) -> None:
    market = Market()
    for _ in range(105):
        market.shop.place_order()
    answer = market.get("order/read", **query)
    assert (len(answer["orders"]), answer["page"], answer["pages"], answer["total"]) == (rows, page, pages, "105")


def test_pages_shift_when_an_order_comes_between() -> None:
    market = Market()
    for _ in range(3):
        market.shop.place_order()
    market.shop.faults.plan("afterwards", "GET order/read/json", detail=market.shop.place_order)
    pages = [list(market.get("order/read", page=at, limit=2)["orders"]) for at in (1, 2)]
    assert pages == [["903", "902"], ["902", "901"]]


def test_versions_are_lines_with_their_own_sku_and_price() -> None:
    market = Market()
    versions = (VersionSpec("TEE-M", stock=5, ean="594"), VersionSpec("TEE-L", Decimal(60), 5))
    market.shop.add_product(ProductSpec("TEE", Decimal("49.90"), name="Tricou", versions=versions, vat=Decimal(11)))
    market.shop.sell({"TEE-M": 1, "TEE-L": Decimal("1.5")})
    items = _only(market)["items"]
    assert items["0"] == {
        "id": "56",
        "sku": "TEE-M",
        "name": "Tricou",
        "price": "49.90",
        "vat": "11",
        "quantity": "1",
        "ean": "594",
    }
    assert (items["1"]["id"], items["1"]["price"], items["1"]["quantity"]) == ("57", "60.00", "1.5")
    assert _only(market)["total"] == "139.90"


def test_whose_id_a_line_has_is_a_setting() -> None:
    market = Market(lines_name_product=True)
    market.shop.add_product(ProductSpec("TEE", Decimal(50), versions=(VersionSpec("TEE-M"), VersionSpec("TEE-L"))))
    market.shop.sell({"TEE-L": 1})
    line = _only(market)["items"]["0"]
    assert (line["id"], line["product"]) == ("3001", "55")


def test_delivery_discounts_and_another_address_are_shown_and_counted() -> None:
    market = Market()
    spec = OrderSpec(
        (Line(name="Cana", price=Decimal("100.00"), vat=Decimal(21)),),
        shipping=Decimal("19.99"),
        discounts=(Discount("Voucher iarna", Decimal("10.00"), "IARNA10"),),
        delivery=Address("Bd. Exemplu 1", "Iasi", "Iasi", "700001"),
        shipping_company="Depozit SRL",
        payment="Card online",
    )
    market.shop.place_order(spec)
    order = _only(market)
    assert order["total"] == "109.99"
    assert order["delivery"] == {"name": "Curier rapid", "price": "19.99"}
    assert order["discounts"] == [{"name": "Voucher iarna", "voucher": "IARNA10", "value": "10.00"}]
    assert (order["shipping"]["city"], order["shipping"]["company"]) == ("Iasi", "Depozit SRL")
    assert order["billing"]["city"] == "Cluj-Napoca"
    assert market.shop.order_totals() == {"70012": Decimal("109.99")}


def test_prices_without_vat_and_discounts_below_zero_are_settings() -> None:
    market = Market(prices_include_vat=False, discounts_below_zero=True)
    line = Line(name="Cana", price=Decimal("10.10"), quantity=3, vat=Decimal(21))
    market.shop.place_order(OrderSpec((line,), discounts=(Discount("D", Decimal(1)),)))
    assert _only(market)["total"] == "35.66"
    assert _only(market)["discounts"][0]["value"] == "-1.00"


def test_varied_orders_take_turns_in_every_shape_clients_have_met() -> None:
    market = Market(varied=True)
    for at in range(10):
        market.shop.place_order(OrderSpec((WRAP,), discounts=(Discount("D", Decimal(1)),), number=str(1000 + at)))
    orders = [market.shop.order_as_read(each.id) for each in market.shop.orders]
    assert {type(order["items"]) for order in orders} == {dict, list}
    assert {type(order["discounts"]) for order in orders} == {dict, list}
    assert {type(order["id"]) for order in orders} == {str, int}
    assert {type(order["total"]) for order in orders} == {str, Decimal}
    assert {order["date"][10] for order in orders} == {" ", "T"}
    nobody = [order["billing"].get("company", "missing") for order in orders[:5]]
    assert nobody == ["missing", [], "", {"name": "", "code": ""}, None]
    assert isinstance(market.get("order/read", limit=2, page=2)["orders"], list)


def test_a_record_written_with_numbers_has_plain_json_numbers() -> None:
    market = Market(varied=True)
    for _ in range(5):
        market.shop.place_order(
            OrderSpec(
                (WRAP, Line(name="Fir", price=Decimal("0.35"), quantity=Decimal("1.5"))),
            )
        )
    text = market.read("order/read", number="70016").text
    for part in ('"id":905,', '"number":70016,', '"total":20.53,', '"price":20,', '"price":0.35,', '"quantity":1.5'):
        assert part in text


def test_the_merchant_edits_an_order_and_the_stock_follows() -> None:
    market = Market()
    market.shop.add_product(ProductSpec("MUG", Decimal(10), 10))
    order = market.shop.sell({"MUG": 2})
    market.clock.advance(days=1)
    market.shop.edit(order.id, lines=(Line("MUG", quantity=5),), shipping=Decimal(3))
    assert _only(market, updated="2026-03-02")["total"] == "53.00"
    assert market.shop.sold_as("MUG").stock == 5


@pytest.mark.parametrize(("assumed", "stocks"), [({}, [8, 10, 8]), ({"stock_falls_at_placement": False}, [10] * 3)])
def test_stock_falls_with_an_order_and_comes_back_when_it_is_cancelled(
    assumed: dict[str, Any], stocks: list[int]
) -> None:
    market = Market(**assumed)
    market.shop.add_product(ProductSpec("MUG", Decimal(10), 10))
    order, seen = market.shop.sell({"MUG": 2}), []
    for status in ("Livrata", "Anulata", "Comanda NEW"):
        market.shop.set_status(order.id, status)
        seen.append(int(market.shop.sold_as("MUG").stock))
    assert seen == stocks


def test_a_line_needs_a_price_from_somewhere() -> None:
    market = Market()
    with pytest.raises(ValueError, match="GONE"):
        market.shop.sell({"GONE": 1})
    order = market.shop.place_order(OrderSpec((Line("GONE", Decimal(5), vat=Decimal(21)),), Buyer(guest=True)))
    line = _only(market)["items"]["0"]
    assert (line["id"], line["sku"], line["name"]) == ("0", "GONE", "GONE")
    assert order.customer is None
    assert market.get("customer/read")["customers"] == []


def test_orders_may_come_oldest_first() -> None:
    market = Market(newest_first=False)
    for days in (2, 1):
        market.shop.place_order(OrderSpec(number=f"N{days}", placed_at=market.clock() - timedelta(days=days)))
    assert _numbers(market) == ["N2", "N1"]
