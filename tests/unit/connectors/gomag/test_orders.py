"""Gomag's orders and statuses in every recorded shape."""

from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import pytest

from shopbridge.connectors.gomag.orders.read import ORDERS, read_orders
from shopbridge.connectors.gomag.orders.status import choices, read_statuses
from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.gomag.wire import WireOrder
from shopbridge.connectors.kit.loose import as_text
from shopbridge.errors import RetryLater
from shopbridge.model.base import ConnectionId
from shopbridge.model.messages import OrderFound
from shopbridge.model.office import UnreadableOrder
from shopbridge.model.order import Order
from tests.gomag_orders import NOW, adds_up, judged, of, read, settings_of
from tests.recorded import gomag as golden
from tests.recorded import gomag_rows as golden_rows
from tests.salespos_orders import D


def test_every_recorded_order_is_read_and_adds_up_to_the_cent() -> None:
    orders, unreadable = read_orders(ORDERS.read(golden_rows("orders")), settings_of(), NOW)
    assert unreadable == []
    assert len(orders) >= 20
    assert all(adds_up(order) for order in orders)


def test_an_order_is_looked_at_once_as_the_shops_and_once_as_ours_on_its_way_into_a_message() -> None:
    (row,) = golden("orders_company")["orders"].values()
    with (
        patch.object(WireOrder, "model_validate", wraps=WireOrder.model_validate) as theirs,
        patch.object(Order, "__init__", autospec=True, side_effect=Order.__init__) as ours,
    ):
        order = read(row)
        message = OrderFound(connection=ConnectionId("shop"), order=order, origin="poll")
        assert message.order is order
    assert (theirs.call_count, ours.call_count) == (1, 1)


def test_the_example_of_the_platform_file_becomes_our_order() -> None:
    order = of("orders_company")
    assert (order.id, order.number, order.status) == (f"{order.id.partition('/')[0]}/{order.number}", order.number, "1")
    assert order.placed_at == datetime(2026, 1, 12, 7, 41, 7, tzinfo=UTC)
    assert order.placed_at.isoformat() == "2026-01-12T09:41:07+02:00"
    assert order.customer is not None
    assert (order.customer.company, order.customer.vat_id, order.customer.guest) == ("EXEMPLU SRL", "RO00000000", False)
    assert order.billing_address.country == order.shipping_address.country == "RO"
    assert order.billing_address.company == "EXEMPLU SRL"
    assert order.shipping_address.company == ""
    assert [(line.kind, line.sku, line.total) for line in order.lines] == [
        ("product", "DEMO-1", D("131.50")),
        ("free", "", D("20.00")),
    ]
    assert order.payment is not None
    assert (order.payment.method_keys, order.payment.status) == (("Plata ramburs",), "open")


def test_numbers_and_texts_items_and_products_lists_and_objects_mean_the_same() -> None:
    plain = of("orders_items_as_list")
    for name in ("orders_numbers", "orders_items_called_products", "orders_line_names_product"):
        order = of(name)
        lines = [line.model_copy(update={"ean": ""}) for line in order.lines]
        assert lines == [line.model_copy(update={"ean": ""}) for line in plain.lines], name
        assert order.totals == plain.totals


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), ([], ""), ({}, ""), ("", ""), (" a ", "a"), (0, "0"), (D("1.50"), "1.50")]
)
def test_nothing_in_any_spelling_is_an_empty_text(value: object, text: str) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize("value", [False, ["a"], {"a": 1}])
def test_what_is_no_scalar_is_no_text(value: object) -> None:
    assert as_text(value) is value


def test_whatever_stands_for_no_company_is_a_person() -> None:
    persons = [read(row) for row in golden("orders_persons")["orders"].values()]
    assert len(persons) == 5
    assert all(order.customer and not order.customer.is_company for order in persons)
    contents = {
        order.model_copy(update={"id": "", "number": "", "revision": ""}).model_dump_json() for order in persons
    }
    assert len(contents) == 1


def test_a_buyer_without_a_place_is_billed_where_the_goods_go() -> None:
    order = of("orders_minimal_billing")
    assert order.billing_address.street == order.shipping_address.street == "Str. Fictiva 3"
    assert order.billing_address.company == "EXEMPLU SRL"


def test_a_discount_is_taken_off_whatever_its_sign() -> None:
    below, above = of("orders_discounts_below_zero"), of("orders_discounts_and_delivery")
    assert [line.total for line in below.lines if line.kind == "discount"] == [D("-10.00")]
    assert [line.name for line in above.lines if line.kind == "discount"] == ["Voucher iarnă (IARNA10)", "Fidelitate"]
    assert above.shipping is not None
    assert (above.shipping.total, above.shipping.method) == (D("19.99"), "Curier rapid")
    assert above.extras["vouchers"] == ["IARNA10"]


def test_the_number_of_decimals_makes_no_other_version() -> None:
    row = next(iter(golden("orders_company")["orders"].values()))
    written = {**row, "total": D("151.5"), "id": int(row["id"]), "statusId": 1}
    assert read(row).revision == read(written).revision


def test_an_order_that_adds_up_in_no_way_is_held_with_its_figures() -> None:
    row = next(iter(golden("orders_company")["orders"].values()))
    held = judged({**row, "total": "150.00"})
    assert isinstance(held, UnreadableOrder)
    assert held.code == "totals_differ_in_shop"
    assert "151.50" in held.text
    assert "150.00" in held.text
    assert held.fix
    assert (held.id, held.number) == (f"{row['id']}/{row['number']}", row["number"])


def test_the_delivery_has_the_vat_of_most_goods_or_of_the_settings() -> None:
    row = next(iter(golden("orders_discounts_and_delivery")["orders"].values()))
    default, chosen = read(row), read(row, delivery_vat=11)
    assert default.shipping is not None
    assert chosen.shipping is not None
    assert default.shipping.taxes[0].rate == 21
    assert chosen.shipping.taxes[0].rate == 11
    assert adds_up(chosen)


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({}, "open"),
        ({"paid_methods": ["plata RAMBURS"]}, "paid"),
        ({"paid_statuses": ["1"]}, "paid"),
        ({"paid_statuses": ["comanda new"]}, "paid"),
        ({"paid_statuses": ["9"], "paid_methods": ["Card online"]}, "open"),
    ],
)
def test_what_counts_as_paid_the_settings_say(settings: dict[str, list[str]], status: str) -> None:
    payment = of("orders_company", **settings).payment
    assert payment is not None
    assert (payment.status, payment.paid) == (status, status == "paid")


def test_an_order_without_a_payment_method_can_still_be_paid_by_its_status() -> None:
    row = {**next(iter(golden("orders_company")["orders"].values())), "payment": []}
    assert read(row).payment is None
    payment = read(row, paid_statuses=["1"]).payment
    assert payment is not None
    assert payment.method_keys == ()


@pytest.mark.parametrize(
    ("name", "settings", "cancelled"),
    [
        ("Anulata", {}, True),
        (" ANULATĂ ", {}, True),
        ("Livrata", {}, False),
        ("Anulata", {"cancelled_statuses": ["99"]}, False),
        ("Refuzata", {"cancelled_statuses": ["11"]}, True),
    ],
)
def test_which_statuses_mean_cancelled_the_settings_say(
    name: str, settings: dict[str, list[str]], cancelled: bool
) -> None:
    row = {**next(iter(golden("orders_company")["orders"].values())), "status": name, "statusId": "11"}
    assert read(row, **settings).cancelled is cancelled


@pytest.mark.parametrize(
    ("country", "code"),
    [("Romania", "RO"), ("ROMÂNIA", "RO"), ("Hungary", "HU"), ("de", "DE"), ("Țările de Jos", "NL")],
)
def test_countries_are_known_by_their_names(country: str, code: str) -> None:
    row = next(iter(golden("orders_company")["orders"].values()))
    assert read({**row, "billing": {**row["billing"], "country": country}}).billing_address.country == code


def test_a_country_that_is_not_known_holds_the_order_until_the_settings_name_it() -> None:
    row = next(iter(golden("orders_company")["orders"].values()))
    odd = {**row, "billing": {**row["billing"], "country": "Atlantida"}}
    held = judged(odd)
    assert isinstance(held, UnreadableOrder)
    assert (held.code, "Atlantida" in held.fix) == ("unknown_country", True)
    assert read(odd, countries={"atlantida": "XX"}).billing_address.country == "XX"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"statusId": None}, "missing_status"),
        ({"date": "yesterday"}, "unexpected_form"),
        ({"date": "0001-01-01 00:00:00"}, "unexpected_form"),
        ({"currency": "money"}, "unknown_currency"),
        ({"total": "much"}, "unexpected_form"),
        ({"items": "none"}, "unexpected_form"),
        ({"billing": None, "shipping": []}, "missing_address"),
        ({"delivery": [{"name": "Curier", "price": "5"}, {"name": "Posta", "price": "7"}]}, "unexpected_form"),
        ({"shipping": [{"city": "Cluj", "address": "A 1"}, {"city": "Iasi", "address": "B 2"}]}, "unexpected_form"),
        ({"payment": [{"name": "Card online"}, {"name": "Plata ramburs"}]}, "unexpected_form"),
    ],
)
def test_what_cannot_be_read_is_held_under_its_id(change: dict[str, object], code: str) -> None:
    row = next(iter(golden("orders_company")["orders"].values()))
    held = judged({**row, **change})
    assert isinstance(held, UnreadableOrder)
    assert (held.code, held.id) == (code, f"{row['id']}/{row['number']}")


def test_an_object_alone_in_a_list_is_that_object_and_nothing_in_any_shape_is_missing() -> None:
    row = next(iter(golden("orders_company")["orders"].values()))
    listed = {name: [row[name]] for name in ("payment", "delivery", "billing", "shipping")}
    assert read({**row, **listed}) == read(row)
    empty: list[Any] = [[], "", None, "none"]
    assert all(read({**row, "payment": nothing}).payment is None for nothing in empty)


@pytest.mark.parametrize("total", ["0", "0.00"])
def test_nothing_to_pay_is_paid(total: str) -> None:
    row = next(iter(golden("orders_company")["orders"].values()))
    free = {"total": total, "items": [{**row_, "price": "0"} for row_ in _rows(row["items"])], "discounts": []}
    payment = read({**row, **free, "delivery": []}).payment
    assert payment is not None
    assert (payment.paid, payment.standing, payment.status) == (True, "paid", "paid")


def _rows(items: Any) -> list[Any]:
    return list(items.values()) if isinstance(items, dict) else list(items)


def test_lei_are_ron() -> None:
    row = next(iter(golden("orders_company")["orders"].values()))
    assert read({**row, "currency": "lei"}).currency == "RON"


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("statuses", ["Comanda NEW", "Livrata", "Anulata", "Verificată telefonic"]),
        ("statuses_as_data", ["Comanda NEW"]),
        ("statuses_as_pairs", ["Comanda NEW", "Livrata"]),
        ("statuses_empty", []),
        ("statuses_nameless", ["Comanda NEW", "Status 13", "Status 14"]),
        ("statuses_wrapped", ["Comanda NEW"]),
    ],
)
def test_statuses_are_read_in_every_recorded_shape(name: str, titles: list[str]) -> None:
    read = choices(read_statuses(golden(name)), GomagSettings(shop="x"))
    assert [choice.title for choice in read] == titles


@pytest.mark.parametrize("body", [{"1": {"id": "one"}}, [1], "text", {"statuses": [{"name": "x"}]}])
def test_statuses_of_another_form_are_read_later(body: Any) -> None:
    with pytest.raises(RetryLater):
        read_statuses(body)
