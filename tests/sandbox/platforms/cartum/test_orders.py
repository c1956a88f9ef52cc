"""Orders of the emulated Cartum, as they are placed, found and told."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.cartum import Address, Buyer, Coupon, Line, OrderSpec, ProductSpec
from tests.sandbox.platforms.cartum.calls import Store

D = Decimal


def _at(*moments: datetime, **settings: Any) -> Store:
    store = Store(**settings)
    for moment in moments:
        store.shop.place_order(OrderSpec(placed_at=moment))
    return store


def test_nothing_found_is_empty_and_no_error() -> None:
    assert Store().envelope("orders/get") == {"status": "EMPTY", "response": {"orders": []}}


def test_bounds_are_the_shops_wall_clock_and_inclusive_to_the_second() -> None:
    store = _at(datetime(2026, 3, 1, 10, 0, tzinfo=UTC))
    assert store.orders() == [store.shop.order_as_read(1041)]
    assert store.orders()[0]["stat_created"] == "2026-03-01 12:00:00"
    for first, last, found in [
        ("2026-03-01 12:00:00", "2026-03-01 12:00:00", True),
        ("01.03.2026 12:00:00", "01.03.2026 12:00:00", True),
        ("2026-03-01 12:00:01", "2026-03-02", False),
        ("2026-02-28", "2026-03-01 11:59:59", False),
        ("2026-03-01", "2026-03-01", True),
        ("01.03.2026", "01.03.2026", True),
        ("2026-03-02", "2026-03-02", False),
    ]:
        assert bool(store.orders(**{"from": first, "to": last})) is found, (first, last)


def test_a_bare_end_can_mean_its_midnight() -> None:
    store = _at(datetime(2026, 3, 1, 10, 0, tzinfo=UTC), bare_end_is_midnight=True)
    assert store.orders(to="2026-03-01") == []
    assert len(store.orders(to="2026-03-02")) == 1


def test_a_clock_that_is_set_back_shows_an_hour_twice() -> None:
    store = _at(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    assert [order["stat_created"] for order in store.orders()] == ["2026-10-25 03:30:00"] * 2
    assert len(store.orders(**{"from": "2026-10-25 03:30:00", "to": "2026-10-25 03:30:00"})) == 2


def test_no_filter_tells_what_changed() -> None:
    store = _at(datetime(2026, 2, 1, tzinfo=UTC))
    store.shop.set_status(1041, "Processing")
    assert store.orders(**{"from": "2026-02-28"}) == []


def test_orders_are_found_by_their_numbers_and_status() -> None:
    store = _at(*[datetime(2026, 2, day, tzinfo=UTC) for day in (1, 2, 3)])
    store.shop.set_status(1042, 6)
    assert store.numbers(ids=[1041, "1043", 7]) == [1043, 1041]
    assert store.numbers(status=6) == [1042]
    assert store.numbers(status=[1, 3]) == [1043, 1041]
    assert store.numbers(ids=[1042, 1043], status=[6]) == [1042]
    own = store.shop.add_status("Ready", ro="Gata")
    store.shop.set_status(1043, "Gata")
    assert store.numbers(status=own) == [1043]


def test_an_offset_counts_only_beside_a_limit() -> None:
    store = _at(*[datetime(2026, 2, day, tzinfo=UTC) for day in range(1, 6)])
    assert store.numbers(limit=2) == [1045, 1044]
    assert store.numbers(limit=2, offset=2) == [1043, 1042]
    assert store.numbers(limit="2", offset="4") == [1041]
    assert store.numbers(limit=2, offset=5) == []
    assert len(store.numbers(offset=2)) == 5
    assert store.numbers(limit=0) == []


def test_pages_have_a_usual_and_a_largest_size() -> None:
    store = _at(*[datetime(2026, 2, 1, tzinfo=UTC)] * 7, orders_page=3, largest_orders_page=5)
    assert [len(store.numbers(**page)) for page in ({}, {"limit": 4}, {"limit": 99})] == [3, 4, 5]


def test_the_order_of_the_list_is_not_to_be_relied_on() -> None:
    days = [datetime(2026, 2, day, tzinfo=UTC) for day in (2, 1, 3)]
    assert _at(*days).numbers() == [1043, 1041, 1042]
    assert _at(*days, sorting="oldest").numbers() == [1042, 1041, 1043]
    mixed = _at(*days * 5, sorting="mixed")
    assert mixed.numbers() == mixed.numbers(limit=8) + mixed.numbers(limit=8, offset=8)
    assert mixed.numbers() not in (sorted(mixed.numbers()), sorted(mixed.numbers(), reverse=True))


def test_a_coupon_takes_off_the_whole_order_and_leaves_prices() -> None:
    store = Store()
    store.shop.add_product(ProductSpec("MUG", D("33.33"), 5, "Mug"))
    lines = (Line("MUG", quantity=3), Line("MUG", D(10), quantity=2))
    order = store.shop.place_order(OrderSpec(lines, coupon=Coupon("SPRING", D(10)), discount=D(5)))
    (told,) = store.orders()
    assert (told["total_default"], told["coupon_discount_value"], told["discount_value"]) == (D("119.99"), 12, 5)
    assert (told["coupon_code"], told["coupon_percent"], told["total_sum"]) == ("SPRING", 10, D("102.99"))
    assert [line["price"] for line in told["products"]] == [D("33.33"), 10]
    assert told["total_quantity"] == 5
    store.shop.edit(order.id, coupon=Coupon("FLAT", value=D(20)))
    assert (store.orders()[0]["coupon_percent"], store.orders()[0]["total_sum"]) == (0, D("94.99"))
    assert store.shop.order_totals() == {"1041": D("94.99")}


def test_a_price_below_the_old_one_is_marked() -> None:
    store = Store()
    store.shop.add_product(ProductSpec("MUG", D(8), 5, price_old=D(10)))
    store.shop.sell({"MUG": 1})
    store.shop.place_order(OrderSpec((Line("MUG", D(10)),)))
    assert [order["products"][0]["discount_marker"] for order in store.orders()] == ["NONE", "PRICE_OLD"]


@pytest.mark.parametrize(
    ("money", "prices", "total"),
    [("main", [90, 0, 0, 5], 185), ("items", [0, 30, 40, 5], 145), ("both", [90, 30, 40, 5], 185)],
)
def test_a_set_comes_with_its_parts_and_counts_once(money: str, prices: list[int], total: int) -> None:
    store = Store(set_money=money)
    for article, stock in (("A", 10), ("B", 10), ("SET", 10)):
        store.shop.add_product(ProductSpec(article, stock=stock))
    parts = (Line("A", D(30)), Line("B", D(40), 1))
    store.shop.place_order(OrderSpec((Line("SET", D(90), 2, "Set", parts), Line("C", D(5), title="C"))))
    (told,) = store.orders()
    assert [line["type"] for line in told["products"]] == ["set_main", "set_item", "set_item", "product"]
    assert [line["quantity"] for line in told["products"]] == [2, 2, 2, 1]
    assert [line["price"] for line in told["products"]] == prices
    assert told["total_sum"] == total
    assert [store.shop.stock(article) for article in ("A", "B", "SET")] == [8, 8, 10]


def test_gifts_cost_nothing_and_have_lines_of_their_own() -> None:
    store = Store()
    store.shop.add_product(ProductSpec("PEN", D(4), 9))
    store.shop.place_order(OrderSpec((Line("MUG", D(20), 1, "Mug", gifts=(Line("PEN"),)),)))
    (told,) = store.orders()
    assert [(line["type"], line["price"]) for line in told["products"]] == [("gift_parent", 20), ("gift", 0)]
    assert [told["total_sum"], store.shop.stock("PEN")] == [20, 8]


@pytest.mark.parametrize(
    ("language", "texts"),
    [("en", ("Mug Red", "By courier", "Cash")), ("ro", ("Cana Rosie", "Prin curier", "Numerar"))],
)
def test_titles_are_in_the_language_of_the_site(language: str, texts: tuple[str, ...]) -> None:
    store = Store()
    spec = ProductSpec("MUG", title="Mug", titles={"ro": "Cana"}, mod_title="Red", mod_titles={"ro": "Rosie"})
    store.shop.add_product(spec)
    store.shop.place_order(OrderSpec((Line("MUG"),), language=language))
    (told,) = store.orders()
    assert (told["products"][0]["title"], told["delivery_type"]["title"], told["payment_type"]["title"]) == texts


def test_a_delivery_that_was_not_calculated_costs_minus_one() -> None:
    store = Store()
    store.shop.place_order()
    store.shop.place_order(OrderSpec(delivery_price=D("19.9"), payment_price=D(2), delivery="Pickup", payment=14))
    store.shop.place_order(OrderSpec(delivery_price=D(0)))
    free, dear, unknown = store.orders()
    assert free["delivery_price"] == 0
    assert (unknown["delivery_price"], unknown["delivery_type"]["id"], unknown["payment_type"]["id"]) == (-1, 11, 13)
    assert (dear["delivery_price"], dear["payment_price"]) == (D("19.9"), 2)
    assert (dear["delivery_type"]["id"], dear["payment_type"]["id"], dear["total_sum"]) == (12, 14, 20)


def test_every_second_order_writes_its_numbers_as_texts() -> None:
    store = Store(varied=True)
    for _ in range(2):
        store.shop.place_order(OrderSpec(paid=True))
    second, first = store.orders()
    assert (first["total_sum"], first["payed"], first["delivery_price"]) == (20, 1, -1)
    assert (second["total_sum"], second["payed"], second["delivery_price"]) == ("20", "1", "-1")
    assert second["products"][0]["price"] == "20"
    assert (first["analytics"]["utm_source"], second["analytics"]["utm_source"]) == ("", "(direct)")
    assert (type(first["order_id"]), type(second["order_id"])) == (int, int)


def test_a_campaign_can_be_a_number() -> None:
    store = Store()
    store.shop.place_order(OrderSpec(campaign=42))
    assert store.orders()[0]["analytics"]["utm_campaign"] == 42


def test_a_guest_is_another_user_each_time_and_a_registered_buyer_the_same() -> None:
    store = Store()
    known = Buyer(email="dan@example.test", guest=False)
    for buyer in (Buyer(), Buyer(), known, known):
        store.shop.place_order(OrderSpec(buyer=buyer))
    users = [order["user"] for order in reversed(store.orders())]
    assert len(set(users)) == 3
    assert users[2] == users[3]


def test_the_buyer_is_told_inline_with_two_cities() -> None:
    store = Store()
    address = Address("Str. 1@2@3", "Cluj-Napoca", "Cluj")
    store.shop.place_order(OrderSpec(buyer=Buyer("Ana Pop", "", "+40 700"), address=address, comment="call first"))
    (told,) = store.orders()
    names = ("delivery_name", "delivery_email", "delivery_phone", "delivery_address", "comment")
    assert [told[name] for name in names] == ["Ana Pop", "", "+40 700", "Str. 1@2@3", "call first"]
    assert (told["delivery_city"], told["delivery_city_stable"]) == ("Cluj-Napoca", "Cluj")


def test_comments_may_not_be_told() -> None:
    store = Store(comment_told=False)
    store.shop.place_order(OrderSpec(comment="call first"))
    assert "comment" not in store.orders()[0]


def test_the_waybills_block_is_there_without_a_waybill_too() -> None:
    store = Store()
    order = store.shop.place_order().id
    assert store.orders()[0]["delivery_data"]["tnNumber"] is None
    store.shop.set_waybill(order, "20450000000001", "On its way")
    data = store.orders()[0]["delivery_data"]
    assert (data["tnNumber"], data["tnStatusName"]) == ("20450000000001", "On its way")
    assert data["tnTrackingUpdateDate"] == "2026-03-01 12:00:00"
    store.shop.set_waybill(order, "")
    assert store.orders()[0]["delivery_data"]["tnNumber"] is None


def test_additional_data_adds_to_the_older_block() -> None:
    store = Store()
    store.shop.place_order()
    assert store.orders()[0]["additional_data"] == {}
    assert store.orders(additionalData=True)[0]["additional_data"] == {"recipient_warehouse_ref": ""}


def test_goods_leave_the_stock_and_the_manager_edits() -> None:
    store = Store()
    for article in ("MUG", "CUP"):
        store.shop.add_product(ProductSpec(article, D(10), 9))
    order = store.shop.sell({"MUG": 2}).id
    store.shop.edit(order, lines=(Line("CUP", quantity=4),), comment="other")
    assert [store.shop.stock("MUG"), store.shop.stock("CUP")] == [9, 5]
    assert (store.orders()[0]["total_sum"], store.orders()[0]["comment"]) == (40, "other")
    store.shop.delete_order(order)
    assert [store.shop.stock("CUP"), store.orders()] == [9, []]


def test_a_shop_may_take_nothing_from_its_stock() -> None:
    store = Store(stock_falls_at_placement=False)
    store.shop.add_product(ProductSpec("MUG", D(10), 9))
    store.shop.cancel(store.shop.sell({"MUG": 2}).id)
    assert store.shop.stock("MUG") == 9


def test_people_name_what_exists() -> None:
    store = Store()
    order = store.shop.place_order().id
    for act in (
        lambda: store.shop.place_order(OrderSpec(delivery="By ship")),
        lambda: store.shop.place_order(OrderSpec((Line("NOTHING"),))),
        lambda: store.shop.set_status(order, "Lost"),
        lambda: store.shop.edit(order, status=2),
    ):
        with pytest.raises(ValueError, match=r"."):
            act()
    with pytest.raises(LookupError):
        store.shop.pay(7)
