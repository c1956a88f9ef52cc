"""UNAS' orders in every documented shape."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopbridge.connectors.unas.orders.read import ChangePosition, _after, _was_told, revision
from shopbridge.connectors.unas.orders.status import choices
from shopbridge.connectors.unas.wire import WireStatus, moment_of
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.taxes import with_tax
from shopbridge.model.order import Order, same_version
from tests.examples import examples
from tests.recorded import unas_rows
from tests.salespos_orders import D
from tests.unas_orders import NOW, held, read, row


def adds_up(order: Order) -> bool:
    parts = sum((line.total for line in order.lines), D(0)) + (order.shipping.total if order.shipping else 0)
    shares = sum((share.gross for share in order.totals.taxes), D(0))
    totals = order.totals
    return parts == shares == totals.gross - totals.rounding and totals.net == sum(share.net for share in totals.taxes)


@pytest.mark.parametrize("name", ["orders_company", "orders_guest_variants", "orders_marketplace"])
def test_every_documented_order_is_read_and_adds_up_to_the_cent(name: str) -> None:
    assert adds_up(read(row(name)))


def test_the_example_of_the_platform_file_becomes_our_order() -> None:
    order = read(row())
    assert (order.id, order.number, order.status) == ("555000042/10001-100042", "10001-100042", "41001")
    assert (order.status_name, order.cancelled, order.channel) == ("Feldolgozásra vár", False, "Webáruház rendelés")
    assert order.placed_at.isoformat() == "2030-01-15T09:12:00+01:00"
    assert order.customer is not None
    assert (order.customer.company, order.customer.vat_id) == ("Minta Kft.", "11111111-2-06")
    assert (order.customer.id, order.customer.guest, order.customer.last_name) == ("7001", False, "Minta Vera")
    billing = order.billing_address
    assert (billing.company, billing.last_name, billing.street) == ("Minta Kft.", "Minta Vera", "Próba utca 7.")
    assert (billing.postcode, billing.city, billing.country, billing.phone) == ("6720", "Szeged", "HU", "+36301112233")
    assert [(line.kind, line.sku, line.total) for line in order.lines] == [
        ("product", "MUG-BLUE", D(6350)),
        ("discount", "", D(-635)),
        ("free", "", D(254)),
    ]
    assert order.shipping is not None
    assert (order.shipping.method_keys, order.shipping.total) == (("200", "Csomagpont"), D(1016))
    assert order.payment is not None
    assert (order.payment.method_keys, order.payment.status, order.payment.paid) == (
        ("100", "Bankkártya", "bankcard"),
        "paid",
        True,
    )
    assert (order.totals.gross, order.totals.net, order.totals.tax) == (D(6985), D(5500), D(1485))
    assert order.comment == "Délután hívjon"
    assert order.extras["params"] == {"1000": "Barát", "2000": "nem"}


def test_at_a_parcel_point_somebody_else_receives_and_the_point_is_named() -> None:
    order = read(row())
    there = order.shipping_address
    assert (there.last_name, there.company, there.extra, there.street) == ("Minta Vera", "", ("Pont 12",), "Fő tér 1.")
    assert order.extras["deliveryPoint"] == "900012"


def test_a_guest_with_a_split_street_unix_dates_and_a_bare_rate_is_read_alike() -> None:
    order = read(row("orders_guest_variants"))
    assert order.customer is not None
    assert (order.customer.guest, order.customer.company, order.customer.vat_id) == (True, "", "")
    assert order.billing_address.street == order.shipping_address.street == "Minta tér 3."
    assert order.placed_at.isoformat() == "2030-01-15T09:12:00+01:00"
    assert order.lines[0].taxes[0].rate == 27
    assert order.cancelled is False


def test_variants_come_in_the_order_of_their_places_and_name_the_line() -> None:
    shirt = read(row("orders_guest_variants")).lines[0]
    assert shirt.name == "Póló (Kék, XL, Rövid)"
    assert list(shirt.options.items()) == [
        ("Szín", "Kék"),
        ("Méret", "XL"),
        ("Ujj", "Rövid"),
        ("Felirat", "Anna"),
    ]
    assert (shirt.sku, shirt.fields) == ("SHIRT-1", {"productId": "319", "productSku": "SHIRT-1"})
    joined = read(row("orders_guest_variants"), variant_skus="joined", variant_joint="|").lines[0]
    assert (joined.sku, joined.fields["productSku"]) == ("SHIRT-1|Kék|XL|Rövid", "SHIRT-1")


def test_discounts_are_taken_off_whatever_their_sign_and_fees_go_by_their_id() -> None:
    order = read(row("orders_guest_variants"))
    assert [(line.kind, line.total, line.taxes[0].net) for line in order.lines[1:]] == [
        ("discount", D("-0.15"), D("-0.12"))
    ]
    handling = row(Items__Item__3__Sku="MUG-BLUE")
    assert [line.kind for line in read(handling).lines] == ["product", "discount", "free"]


def test_a_marketplaces_order_is_called_as_the_marketplace_does() -> None:
    order = read(row("orders_marketplace"))
    assert (order.number, order.extras["internalKey"]) == ("EMAG-778899", "10001-100043")
    assert order.billing_address.country == "HU"
    assert order.payment is not None
    assert (order.payment.standing, order.payment.captured, order.payment.paid) == ("paid_in_part", D(1000), False)


@pytest.mark.parametrize(("status", "paid"), [("unpaid", False), ("overpaid", True), ("paid", True)])
def test_whether_it_is_paid_its_payment_says(status: str, *, paid: bool) -> None:
    payment = read(row(Payment__Status=status)).payment
    assert payment is not None
    assert (payment.status, payment.paid) == (status, paid)


def test_what_was_given_back_is_told() -> None:
    back = {"Transaction": {"Id": "TX-1", "Status": "finish", "AmountRefund": "6985"}}
    payment = read(row(Payment__Transactions=back)).payment
    assert payment is not None
    assert (payment.paid, payment.standing, payment.refunded) == (True, "refunded", D(6985))


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("orders_company", {"SumPriceGross": "6983"}, "totals_differ_in_shop"),
        ("orders_company", {"Payment__Status": "chargeback"}, "unknown_payment_state"),
        ("orders_company", {"StatusID": ""}, "missing_status"),
        ("orders_company", {"StatusType": "", "StatusID": "777"}, "unknown_status_type"),
        ("orders_company", {"StatusType": "halfway"}, "unknown_status_type"),
        ("orders_company", {"Items__Item__0__Vat": ""}, "missing_tax"),
        ("orders_company", {"Items__Item__0__Vat": "TAM"}, "unexpected_form"),
        ("orders_company", {"Currency": "Ft"}, "unknown_currency"),
        ("orders_company", {"Date": "tegnap"}, "unexpected_form"),
        ("orders_company", {"Id": ""}, "unexpected_form"),
        ("orders_company", {"SumPriceGross": None}, "unexpected_form"),
        ("orders_company", {"Customer": ""}, "missing_address"),
        ("orders_linked", {}, "linked_order"),
    ],
)
def test_what_a_copy_needs_and_is_missing_or_unknown_holds_that_order(
    name: str, changes: dict[str, Any], code: str
) -> None:
    found = held(row(name, **changes))
    assert (found.code, bool(found.fix)) == (code, True)
    assert found.number == row(name)["Key"]


def test_a_country_without_a_code_is_known_by_its_name_and_others_by_the_settings() -> None:
    odd = row("orders_marketplace", Customer__Addresses__Invoice__Country="Mintaország")
    assert held(odd).code == "unknown_country"
    assert read(odd, countries={"Mintaország": "SK"}).billing_address.country == "SK"


def test_merged_orders_are_taken_once_the_settings_say_so() -> None:
    assert "10001-100040, 10001-100041" in held(row("orders_linked")).text
    assert read(row("orders_linked"), take_linked_orders=True).number == "10001-100045"


def test_a_difference_of_a_unit_that_the_shop_shows_is_rounding() -> None:
    order = read(row(SumPriceGross="6986"))
    assert (order.totals.gross, order.totals.rounding) == (D(6986), D(1))
    assert adds_up(order)
    assert held(row("orders_guest_variants", SumPriceGross="43.87")).code == "totals_differ_in_shop"


def test_a_tax_number_may_come_from_a_parameter() -> None:
    asked = row("orders_marketplace", Params={"Param": [{"Id": "2001", "Name": "Adószám", "Value": "22222222-1-41"}]})
    assert read(asked).customer == read(row("orders_marketplace")).customer
    buyer = read(asked, tax_number_param="2001").customer
    assert buyer is not None
    assert (buyer.vat_id, buyer.company) == ("22222222-1-41", "Piac Pál")


def test_a_type_of_a_status_is_looked_up_where_the_order_does_not_tell_it() -> None:
    assert read(row(StatusType=None, StatusID="41004")).cancelled
    assert not read(row(StatusType=None, StatusID="41003")).cancelled
    assert read(row(StatusType="close_fault")).cancelled


def test_the_same_content_is_the_same_version_whenever_it_was_read() -> None:
    order = read(row())
    content = order.model_copy(update={"revision": ""}).model_dump_json()
    later = revision(row(), datetime(2031, 1, 1, tzinfo=UTC), content)
    assert same_version(order.revision, later)
    assert not same_version(order.revision, read(row(Coupon="X")).revision)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2030.01.15 09:12:00", "2030-01-15T09:12:00+01:00"),
        ("2030.07.15 9:12", "2030-07-15T09:12:00+02:00"),
        ("2030.01.15", "2030-01-15T00:00:00+01:00"),
        ("1894695120", "2030-01-15T09:12:00+01:00"),
        ("2030.03.31 02:30:00", "2030-03-31T03:30:00+02:00"),
    ],
)
def test_dates_are_the_shops_own_clock(text: str, iso: str) -> None:
    assert moment_of(text).isoformat() == iso


@pytest.mark.parametrize(
    "text", ["", "2030-01-15", "2030.13.01", "15.01.2030 09:12:00", "0001.01.01 00:00:00", "x" * 99]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|calendar|month|must be"):
        moment_of(text)


def test_statuses_are_choices_by_their_ids_and_the_cancelled_ones_are_off() -> None:
    listed = [WireStatus.model_validate(each) for each in unas_rows("order_statuses", "OrderStatuses", "OrderStatus")]
    assert [(each.key, each.title, each.off) for each in choices(listed)] == [
        ("41001", "Feldolgozásra vár", False),
        ("41004", "Sztornó", True),
        ("41009", "Status 41009", False),
    ]


def rows_at(*moments: str) -> list[dict[str, Any]]:
    return [{"Id": str(at), "DateMod": moment} for at, moment in enumerate(moments)]


def test_the_next_page_begins_a_second_before_the_last_change_and_knows_what_was_told() -> None:
    place = ChangePosition(1894690000)
    after = _after(rows_at("2030.01.15 09:12:00", "2030.01.15 09:19:59", "2030.01.15 09:20:00"), place, "d")
    assert after == ChangePosition(1894695599, 0, ("1", "2"), "d")
    assert ChangePosition.parse(after.text(), NOW) == after
    repeated = rows_at("2030.01.15 09:12:00", "2030.01.15 09:19:59", "2030.01.15 09:20:01")
    assert [_was_told(each, after) for each in repeated] == [False, True, False]


@pytest.mark.parametrize(
    "moments",
    [
        ("2030.01.15 09:20:00", "2030.01.15 09:12:00"),
        ("2030.01.15 09:12:00", "soon"),
        ("2030.01.15 07:46:40", "2030.01.15 07:46:40"),
    ],
    ids=["another order", "no moment", "all at once"],
)
def test_a_page_that_brings_no_later_moment_is_followed_by_the_orders_behind_it(moments: tuple[str, ...]) -> None:
    place = ChangePosition(1894690000, 500)
    assert _after(rows_at(*moments), place, "d") == ChangePosition(1894690000, 502, (), "d")


def test_a_revision_rises_with_the_change_and_then_with_the_reading() -> None:
    later = NOW.replace(minute=1)
    changed, read_later = row(DateMod="2030.01.15 09:20:01"), revision(row(), later, "x")
    assert revision(row(), NOW, "x") < read_later < revision(changed, NOW, "x")


LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "discount-amount", "shipping-cost", "handel-cost"]),
        st.decimals(D("0.01"), D(100_000), places=4),
        st.sampled_from([D(27), D(18), D(5), D(0)]),
        st.decimals(D("0.001"), D(50), places=3),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=examples(200), database=None)
@given(lines=LINES)
def test_whatever_is_ordered_its_parts_make_its_total_to_the_cent(lines: list[tuple[str, D, D, D]]) -> None:
    items, total = [], D(0)
    for number, (fixed, net, rate, quantity) in enumerate(lines):
        gross = with_tax(net, rate)
        sign = -1 if fixed.startswith("discount") else 1
        total += cents(sign * gross * quantity)
        figures = {"Quantity": f"{quantity:f}", "PriceNet": f"{sign * net:f}", "PriceGross": f"{sign * gross:f}"}
        items.append({"Id": fixed or str(number), "Sku": fixed or f"P-{number}", "Vat": f"{rate}%", **figures})
    order = read(row(Items={"Item": items}, SumPriceGross=f"{total:f}", Currency="EUR", PriceRounding="2"))
    assert adds_up(order)
    assert (order.totals.gross, order.totals.rounding) == (total, D(0))
    assert order.totals.net + order.totals.tax == total
