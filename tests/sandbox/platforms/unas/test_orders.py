"""Orders of the emulated UNAS: as they come into being, as they are listed, and what ``setOrder`` does to them."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.unas import Buyer, DeliveryPoint, Line, OrderSpec, ProductSpec
from sandbox.platforms.unas.wire import rows
from tests.sandbox.platforms.unas.calls import Store, statuses

D = Decimal
PROBE = {"Id": "318", "Sku": "MUG", "Name": "Mug", "Unit": "db", "PriceNet": "1000", "PriceGross": "1270"}


def _stocked(**assumed: Any) -> Store:
    store = Store(**assumed)
    store.shop.add_product(ProductSpec("MUG", D(3175), 10))
    return store


def _items(order: Any) -> dict[str, Any]:
    return {item["Id"]: item for item in rows(order["Items"], "Item")}


def test_fees_and_discounts_are_lines_with_fixed_ids_and_all_lines_make_the_total() -> None:
    store = _stocked()
    store.shop.place_order(
        OrderSpec(
            (Line("MUG", quantity=2),),
            shipping=D(1016),
            handling=D(254),
            discount_percent=D(10),
            discount_amount=D(100),
        )
    )
    (order,) = store.orders()
    items = _items(order)
    assert list(items) == ["318", "discount-percent", "discount-amount", "shipping-cost", "handel-cost"]
    assert (items["discount-percent"]["PriceGross"], items["discount-percent"]["Percent"]) == ("-635", "10")
    assert (items["shipping-cost"]["PriceNet"], items["shipping-cost"]["Vat"]) == ("800", "27%")
    assert order["SumPriceGross"] == "6885"
    assert store.shop.order_totals() == {order["Key"]: 6885}


def test_net_prices_have_four_decimals_and_rates_may_be_bare_numbers() -> None:
    store = Store(vat_with_percent=False, status_type_shown=False)
    store.shop.place_order(OrderSpec((Line(name="Box", price=D(500), vat=D(27)),)))
    (order,) = store.orders()
    (item,) = rows(order["Items"], "Item")
    assert (item["PriceNet"], item["Vat"]) == ("393.7008", "27")
    assert "StatusType" not in order


def test_the_billing_name_is_the_firms_and_a_parcel_point_is_the_delivery_address() -> None:
    store = Store()
    point = DeliveryPoint("900012", "example_points", "Minta Vera")
    buyer = Buyer(company="Minta Kft.", tax_number="11111111-2-06", guest=False)
    store.shop.place_order(OrderSpec(buyer=buyer, point=point))
    (order,) = store.orders()
    addresses = order["Customer"]["Addresses"]
    assert (addresses["Invoice"]["Name"], addresses["Invoice"]["TaxNumber"]) == ("Minta Kft.", "11111111-2-06")
    assert addresses["Shipping"]["DeliveryPointID"] == "900012"
    assert addresses["Shipping"]["CountryCode"] == "hu"
    assert order["Customer"]["Id"] == "7001"


def test_payments_add_up_to_a_status_that_is_read_only() -> None:
    store = Store()
    key = store.shop.place_order().key
    assert store.orders()[0]["Payment"]["Status"] == "unpaid"
    store.shop.pay(key, D(35))
    payment = store.orders()[0]["Payment"]
    assert (payment["Status"], payment["Paid"], payment["Unpaid"]) == ("partly paid", "35", "600")
    paying = {"Id": "manual", "Date": "2026.03.01 12:00:00", "Amount": "600"}
    for _ in range(2):
        store.set_order(Key=key, Payment={"Status": "paid", "Transactions": {"Transaction": paying}})
    payment = store.orders()[0]["Payment"]
    assert (payment["Status"], len(payment["Transactions"]["Transaction"])) == ("paid", 2)
    store.shop.pay(key, D(1))
    assert store.orders()[0]["Payment"]["Status"] == "overpaid"
    wrong = {"Id": "TX", "Date": "2026.03.01 12:00:00", "Amount": "600"}
    assert store.set_order(Key=key, Payment={"Transactions": {"Transaction": wrong}})["Status"] == "error"
    store.shop.place_order(OrderSpec(paid=True))
    assert store.orders()[0]["Payment"]["Status"] == "paid"


def test_filters_combine_and_windows_take_their_bounds_in() -> None:
    store = Store()
    first = store.shop.place_order(OrderSpec(buyer=Buyer(email="a@example.test"))).key
    store.clock.advance(hours=30)
    second = store.shop.place_order().key
    at = str(int(store.clock().timestamp()))
    assert store.keys(Key=first) == [first]
    assert store.keys(Email="a@example.test") == [first]
    assert store.keys(TimeModStart=at) == store.keys(TimeStart=at) == [second]
    assert store.keys(TimeModEnd=str(int(at) - 1)) == [first]
    assert store.keys(DateStart="2026.03.02", DateEnd="2026.03.02") == [second]
    assert store.keys(DateStart="2026.03.01", Order="order_time_asc") == [first, second]
    store.shop.set_status(first, "Teljesítve")
    assert store.keys(Status="close_ok") == store.keys(Status="4") == store.keys(StatusID="41004,41005") == [first]
    assert store.keys(StatusName="Törölve|Teljesítve") == [first]
    assert store.keys(Order="modify_time_asc") == [first, second]
    assert store.keys() == [second, first]
    assert Store(bounds_inclusive=False).keys(TimeModStart=at) == []


def test_pages_have_a_size_and_an_offset_that_says_nothing_alone() -> None:
    store = Store()
    keys = [store.shop.place_order().key for _ in range(4)]
    page = {"Order": "order_time_asc", "LimitNum": "3"}
    assert store.keys(**page) == keys[:3]
    assert store.keys(**page, LimitStart="3") == keys[3:]
    assert store.keys(**page, LimitStart="4") == []
    assert store.keys(Order="order_time_asc", LimitStart="3") == keys


def test_a_page_of_orders_is_never_longer_than_500() -> None:
    store = Store()
    for _ in range(502):
        store.shop.place_order()
    assert (len(store.orders(LimitNum="600")), len(store.orders())) == (500, 500)


def test_reading_with_invoice_auto_set_really_marks_as_billed() -> None:
    store = Store()
    key = store.shop.place_order().key
    store.orders(InvoiceAutoSet="0")
    assert store.shop.order_as_read(key)["Invoice"]["Status"] == "1"
    store.orders(InvoiceAutoSet="1")
    assert store.keys(InvoiceStatus="2") == [key]


def test_a_key_is_given_again_after_a_deletion_and_the_id_is_not() -> None:
    for again in (True, False):
        store = Store(keys_are_reissued=again)
        first = store.shop.place_order()
        store.shop.delete_order(first.key)
        assert store.keys(Key=first.key) == []
        second = store.shop.place_order()
        assert (second.key == first.key) is again
        assert second.id != first.id


def test_a_marketplaces_order_has_its_key_and_ours_inside() -> None:
    store = Store()
    key = store.shop.place_order(OrderSpec(key="EMAG-77", marketplace="emag_api")).key
    (order,) = store.orders(Key="EMAG-77")
    assert (key, order["InternalKey"]) == ("EMAG-77", "10001-100042")
    assert store.keys(Key="10001-100042") == []
    assert store.set_order(Key="EMAG-77", StatusDetails="seen")["Status"] == "ok"
    assert store.shop.place_order().key == "10001-100043"


# --- writes ---------------------------------------------------------------------------------------------------------


def test_a_status_is_written_by_id_or_name_and_may_be_mailed() -> None:
    store = Store()
    order = store.shop.place_order()
    store.clock.advance(minutes=1)
    assert store.set_order(Key=order.key, Status="41002", StatusEmail="yes") == {
        "Action": "modify",
        "Key": order.key,
        "Status": "ok",
    }
    assert store.set_order(Key=order.key, Status="Teljesítve", StatusEmail="no")["Status"] == "ok"
    (read,) = store.orders()
    assert (read["Status"], read["StatusID"], read["StatusType"]) == ("Teljesítve", "41004", "close_ok")
    assert (read["DateMod"], read["StatusDateMod"]) == ("2026.03.01 11:01:00", "2026.03.01 11:01:00")
    assert order.mails == ["Feldolgozás alatt"]
    refused = store.set_order(Key=order.key, Status="Nincs ilyen")
    assert (refused["Status"], refused["Error"]) == ("error", "example: No status is 'Nincs ilyen'")


def test_a_status_may_say_what_is_billable_and_yields_to_what_is_written_beside() -> None:
    store = Store()
    billed = store.shop.add_status("Számlázva", invoice="billed")
    key = store.shop.place_order().key
    store.set_order(Key=key, Status=str(billed))
    assert store.orders()[0]["Invoice"]["Status"] == "2"
    other = store.shop.place_order().key
    store.set_order(Key=other, Status=str(billed), Invoice={"Status": "0"})
    assert store.orders(Key=other)[0]["Invoice"]["Status"] == "0"


def test_a_missing_node_keeps_and_an_empty_one_clears() -> None:
    store = Store()
    key = store.shop.place_order().key
    store.set_order(Key=key, Invoice={"Status": "2", "Number": "EX-1", "Url": "https://d.example.test/1.pdf"})
    store.set_order(Key=key, Shipping={"PackageNumber": "P1", "TrackingUrl": "https://t.example.test/P1"})
    store.set_order(Key=key, Storno={"Number": "EX-2"}, StatusDetails="x")
    (order,) = store.orders()
    assert order["Invoice"] == {
        "Status": "2",
        "StatusText": "Számlázva",
        "Number": "EX-1",
        "Url": "https://d.example.test/1.pdf",
    }
    assert (order["Shipping"]["Name"], order["Shipping"]["PackageNumber"]) == ("Csomagpont", "P1")
    store.set_order(Key=key, Invoice={"Url": ""}, StatusDetails="")
    (order,) = store.orders()
    assert (order["Invoice"]["Number"], order["Invoice"]["Url"], order["StatusDetails"]) == ("EX-1", "", "")
    assert order["Storno"] == {"Number": "EX-2"}


def test_items_replace_all_lines_and_at_least_one_must_stay() -> None:
    store = _stocked()
    key = store.shop.place_order(OrderSpec((Line("MUG", quantity=2),), shipping=D(1016))).key
    store.set_order(Key=key, Items={"Item": [{**PROBE, "Quantity": "5"}]})
    (order,) = store.orders()
    assert (list(_items(order)), order["SumPriceGross"]) == (["318"], "6350")
    assert store.shop.stock("MUG") == 5
    for nothing in ("", {"Item": ""}):
        assert store.set_order(Key=key, Items=nothing)["Status"] == "error"
    assert store.orders()[0]["SumPriceGross"] == "6350"


def test_date_mod_moves_on_every_write_but_maybe_an_invoice() -> None:
    for moves, dates in ((True, ["11:01", "11:02"]), (False, ["11:00", "11:02"])):
        store = Store(invoice_moves_date_mod=moves)
        key = store.shop.place_order().key
        seen = []
        for nodes in ({"Invoice": {"Number": "1"}}, {"Shipping": {"PackageNumber": "2"}}):
            store.clock.advance(minutes=1)
            store.set_order(Key=key, **nodes)
            seen.append(store.orders()[0]["DateMod"][11:16])
        assert seen == dates


def test_comments_replace_or_are_added() -> None:
    for replace, count in ((True, 1), (False, 2)):
        store = Store(comments_replace=replace)
        key = store.shop.place_order(OrderSpec(comment="Please ring")).key
        store.set_order(Key=key, Comments={"Comment": {"Type": "admin", "Text": "EX-1"}})
        assert len(rows(store.orders()[0]["Comments"], "Comment")) == count


def test_a_batch_goes_in_order_and_stops_at_the_first_error() -> None:
    for only in (False, True):
        store = Store(answers_only_the_failing=only)
        keys = [store.shop.place_order().key for _ in range(3)]
        sent = [{"Action": "modify", "Key": key, "StatusDetails": "x"} for key in (keys[0], "none", keys[2])]
        answers = store.write("setOrder", "Orders", *sent)
        assert statuses(answers) == (["error"] if only else ["ok", "error"])
        assert answers[-1]["Key"] == "none"
        read = {order["Key"]: order["StatusDetails"] for order in store.orders()}
        assert [read[key] for key in keys] == ["x", "", ""]


def test_nodes_that_cannot_be_written_are_passed_over_until_nothing_remains() -> None:
    store = Store()
    key = store.shop.place_order().key
    assert store.set_order(Key=key, SumPriceGross="1", Currency="EUR", StatusDetails="x")["Status"] == "ok"
    assert (store.orders()[0]["SumPriceGross"], store.orders()[0]["Currency"]) == ("635", "HUF")
    assert store.shop.ignored == {"Order.SumPriceGross": 1, "Order.Currency": 1}
    refused = store.set_order(Key=key, Colour="red")
    assert (refused["Status"], refused["Error"]) == ("error", "No modifiable data")
    assert store.error("setOrder", "<Orders></Orders>") == "No modifiable data"


def test_the_same_again_is_refused_where_the_switch_is_on() -> None:
    store = Store(unchanged_is_refused=True)
    key = store.shop.place_order().key
    found = [store.set_order(Key=key, Status="41002")["Status"] for _ in range(2)]
    assert found == ["ok", "error"]


def test_a_new_order_is_made_by_the_api_and_a_missing_action_may_make_one() -> None:
    store = _stocked()
    new = {
        "Customer": {"Email": "vera.minta@example.test"},
        "Payment": {"Id": "102"},
        "Items": {"Item": {**PROBE, "Quantity": "1"}},
    }
    (answer,) = store.write("setOrder", "Orders", {"Action": "add", "Date": "2026.02.28 10:00:00", **new})
    assert (answer["Action"], answer["Status"]) == ("add", "ok")
    (order,) = store.orders(Key=answer["Key"])
    assert (order["Date"], order["Payment"]["Name"]) == ("2026.02.28 10:00:00", "Utánvét")
    assert _items(order)["318"]["Vat"] == "27%"
    assert store.shop.stock("MUG") == 9
    assert store.write("setOrder", "Orders", new)[0]["Action"] == "add"
    (modified,) = store.write("setOrder", "Orders", {"Key": answer["Key"], "StatusDetails": "x"})
    assert modified["Action"] == "modify"
    assert store.write("setOrder", "Orders", {"Action": "add", "Items": ""})[0]["Status"] == "error"
    always = _stocked(missing_action_adds=True)
    key = always.shop.place_order().key
    assert always.write("setOrder", "Orders", {"Key": key, **new})[0]["Key"] != key


def test_an_order_can_be_deleted_by_the_api_and_its_goods_go_back() -> None:
    store = _stocked()
    key = store.shop.sell({"MUG": 4}).key
    assert store.write("setOrder", "Orders", {"Action": "delete", "Key": key})[0]["Status"] == "ok"
    assert store.orders() == []
    assert store.shop.stock("MUG") == 10


# --- goods ----------------------------------------------------------------------------------------------------------


def test_statuses_take_goods_or_put_them_back() -> None:
    store = _stocked(plan="vip")
    waiting = store.shop.add_status("Előkészítés", "open_prepare")
    key = store.shop.place_order(OrderSpec((Line("MUG", quantity=3),), status=waiting)).key
    seen = [store.shop.stock("MUG")]
    for status in ("Feldolgozás alatt", "Teljesítve", "Törölve", "Törölve", "Feldolgozásra vár"):
        store.shop.set_status(key, status)
        seen.append(store.shop.stock("MUG"))
    assert seen == [10, 7, 7, 10, 10, 7]
    with pytest.raises(ValueError, match="VIP"):
        Store().shop.add_status("Előkészítés", "open_prepare")


def test_a_line_says_where_its_goods_came_from() -> None:
    store = _stocked()
    store.shop.sell({"MUG": 2})
    (item,) = rows(store.orders()[0]["Items"], "Item")
    (taken,) = rows(item["StockConsumptions"], "StockConsumption")
    assert taken == {"Id": "main_stock", "Name": "Main stock", "Quantity": "2"}


def test_a_combination_is_bought_from_its_own_stock_and_named_on_the_line() -> None:
    store = Store()
    properties = {"Szín": ("Kék", "Piros"), "Méret": ("M", "XL")}
    store.shop.add_product(ProductSpec("SHIRT", D(5000), 4, variants=properties))
    store.shop.place_order(OrderSpec((Line("SHIRT", variants=("Kék", "XL"), quantity=3),)))
    assert [store.shop.stock("SHIRT", ("Kék", size)) for size in ("XL", "M")] == [1, 4]
    (item,) = rows(store.orders()[0]["Items"], "Item")
    assert [each["Value"] for each in rows(item["Variants"], "Variant")] == ["Kék", "XL"]
    assert [each["Name"] for each in rows(item["Variants"], "Variant")] == ["Szín", "Méret"]


def test_people_change_lines_fees_and_buyers_of_an_order() -> None:
    store = _stocked()
    spec = OrderSpec((Line("MUG", quantity=2),), shipping=D(1016), discount_percent=D(10))
    key = store.shop.place_order(spec).key
    store.clock.advance(minutes=1)
    store.shop.edit(key, lines=(Line("MUG", quantity=4),), shipping=D(0), handling=D(254), buyer=Buyer("Új Név"))
    (order,) = store.orders()
    assert list(_items(order)) == ["318", "discount-percent", "handel-cost"]
    assert (order["SumPriceGross"], order["DateMod"][11:16]) == ("11684", "11:01")
    assert store.shop.stock("MUG") == 6
    assert order["Customer"]["Contact"]["Name"] == "Új Név"
    with pytest.raises(ValueError, match="colour"):
        store.shop.edit(key, colour="red")
    with pytest.raises(LookupError):
        store.shop.pay("10001-1")


def test_an_order_needs_things_that_are_there() -> None:
    store = Store()
    for spec in (OrderSpec((Line("NONE"),)), OrderSpec(payment="Barter"), OrderSpec(status="Nincs")):
        with pytest.raises(ValueError, match=r"needs a price|Barter|Nincs"):
            store.shop.place_order(spec)


# --- lists that stand beside ----------------------------------------------------------------------------------------


def test_statuses_types_methods_and_rates_are_listed() -> None:
    store = Store()
    found = store.get("getOrderStatus", "OrderStatus", Type="close_fault")
    assert [(each["Id"], each["Name"]) for each in found] == [("41005", "Törölve")]
    assert store.get("getOrderType", "OrderType")[0]["Default"] == "yes"
    methods = store.get("getMethod", "Method", Type="payment")
    assert {each["Name"]: each["SubType"] for each in methods}["Utánvét"] == "cod"
    assert store.get("getMethod", "Method", Id="200")[0]["Type"] == "shipping"
    (setting,) = store.get("getSetting", "Setting", Key="vat", Country="hu")
    assert [each["Value"] for each in rows(setting["Items"], "Item")] == ["27", "18", "5", "0"]
    assert store.get("getSetting", "Setting", Key="vat", Country="xx") == []


def test_the_page_for_people_shows_the_orders() -> None:
    store = Store()
    key = store.shop.place_order().key
    assert key in store.client.get("https://api.example.test/").text
