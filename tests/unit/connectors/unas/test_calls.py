"""What is sent to UNAS, to the element, and what its answers mean: a missing element leaves, an empty one clears."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shopbridge.connectors.unas.auth import lifetime
from shopbridge.connectors.unas.outcomes import BAN
from shopbridge.connectors.unas.wire import WireLogin
from shopbridge.errors import NeedsAttention, Rejected, RetryLater, Throttled
from shopbridge.model.base import ExternalId, OrderId
from shopbridge.model.catalogue import Category
from shopbridge.model.stock import StockChange
from tests.recorded import unas
from tests.salespos_orders import D
from tests.unas_calls import KEY, Talk, talk

ORDER = OrderId("555000042/10001-100042")
SINCE = datetime(2030, 1, 15, 8, tzinfo=UTC)


def told(at: Talk, function: str) -> Any:
    """The only body that was sent to a function."""
    (body,) = at.bodies(function)
    return body


# --- reads --------------------------------------------------------------------------------------------------------


def test_changed_orders_are_asked_for_in_the_order_of_their_change_and_nothing_is_marked_as_billed() -> None:
    at = talk({"getOrder": "orders_company"})
    page = at.connector().order_source.changed(SINCE, None)
    assert told(at, "getOrder") == {
        "Params": {
            "TimeModStart": str(int(SINCE.timestamp()) - 1),
            "Order": "modify_time_asc",
            "LimitNum": "500",
            "LimitStart": "0",
            "Lang": "base",
        }
    }
    assert [order.number for order in page.orders] == ["10001-100042"]
    assert page.position is None


def test_an_order_is_asked_for_by_its_key_and_is_the_one_of_its_id_only() -> None:
    at = talk({"getOrder": "orders_company"})
    orders, _ = at.connector().order_source.read([ORDER, OrderId("1/10001-100042"), OrderId("/10001-100042")])
    assert [order.id for order in orders] == [ORDER]
    assert at.bodies("getOrder") == [{"Params": {"Key": "10001-100042", "Lang": "base"}}] * 3


def test_another_order_than_was_asked_for_concludes_nothing() -> None:
    at = talk({"getOrder": "orders_marketplace"})
    with pytest.raises(RetryLater, match="does not look at the filter"):
        at.connector().order_source.read([ORDER])


def test_nothing_found_is_no_error() -> None:
    at = talk({"getOrder": "orders_none"})
    assert at.connector().order_source.read([ORDER]) == ([], [])


# --- what is written to an order ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("mail", "word"), [(False, "no"), (True, "yes")])
def test_a_status_is_written_alone(word: str, *, mail: bool) -> None:
    at = talk({"getOrder": "orders_company", "getOrderStatus": "order_statuses", "setOrder": "set_order_ok"})
    at.connector(status_email=mail).order_status.set_status(ORDER, "41009")
    assert told(at, "setOrder") == {
        "Orders": {
            "Order": {"Action": "modify", "Key": "10001-100042", "Status": "41009", "StatusEmail": word},
        }
    }


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({}, {}),
        ({"invoice_url": "https://docs.example.test/{number}.pdf"}, {"Url": "https://docs.example.test/R-1.pdf"}),
    ],
)
def test_a_document_number_is_written_with_its_address_or_leaves_the_address(
    settings: dict[str, str], url: dict[str, str]
) -> None:
    at = talk({"getOrder": "orders_company", "setOrder": "set_order_ok"})
    at.connector(**settings).order_status.set_document(ORDER, "invoice", "R-1")
    assert told(at, "setOrder") == {
        "Orders": {
            "Order": {
                "Action": "modify",
                "Key": "10001-100042",
                "Invoice": {"Status": "2", "Number": "R-1", **url},
            }
        }
    }


def test_nothing_that_is_written_to_an_order_names_its_lines_or_is_empty() -> None:
    at = talk({"getOrder": "orders_company", "getOrderStatus": "order_statuses", "setOrder": "set_order_ok"})
    shop = at.connector().order_status
    shop.set_status(ORDER, "41009")
    shop.set_document(ORDER, "invoice", "R-1")
    for body in at.bodies("setOrder"):
        assert "Items" not in str(body)
        assert "''" not in str(body)
    assert "InvoiceAutoSet" not in str(at.sent)


def test_a_good_answer_may_hide_an_order_that_was_refused() -> None:
    at = talk({"getOrder": "orders_company", "setOrder": "set_order_error"})
    with pytest.raises(Rejected, match="example: order not found") as caught:
        at.connector().order_status.set_document(ORDER, "invoice", "R-1")
    assert caught.value.fix


def test_an_order_under_an_old_key_is_another_order() -> None:
    at = talk({"getOrder": "orders_company", "getOrderStatus": "order_statuses"})
    with pytest.raises(Rejected, match="not in the shop any more"):
        at.connector().order_status.set_status(OrderId("554/10001-100042"), "41009")
    assert at.bodies("setOrder") == []


# --- stock ----------------------------------------------------------------------------------------------------------

ONE = b"<Products><Product><Id>%d</Id><Sku>%s</Sku><Stocks><Stock><Qty>1</Qty></Stock></Stocks></Product></Products>"
DONE = b"<Product><Sku>%s</Sku><Status>ok</Status></Product>"


def write(at: Talk, figures: dict[str, Any], warehouse: str = "", **settings: Any) -> dict[str, str]:
    target = at.connector(**settings).stock_target
    changes = [StockChange(sku=sku, quantity=D(str(units))) for sku, units in figures.items()]
    return {sku: each.code for sku, each in target.write(changes, manage="untouched", warehouse=warehouse).items()}


def stock_of(*skus: str) -> dict[str, Any]:
    return {"getStock": [ONE % (number, sku.encode()) for number, sku in enumerate(skus, 1)]}


def test_a_figure_of_the_main_stock_is_written_without_a_warehouse() -> None:
    at = talk({**stock_of("MUG-BLUE"), "setStock": b"<Products>%s</Products>" % (DONE % b"MUG-BLUE")})
    assert write(at, {"MUG-BLUE": "9.25"}) == {}
    assert told(at, "setStock") == {
        "Products": {"Product": {"Action": "modify", "Sku": "MUG-BLUE", "Stocks": {"Stock": {"Qty": "9.25"}}}}
    }


def test_a_figure_of_a_further_warehouse_names_it_and_an_unknown_one_is_told() -> None:
    answers = {**stock_of("A"), "setStock": b"<Products>%s</Products>" % (DONE % b"A"), "getWarehouse": "warehouses"}
    at = talk(answers)
    assert write(at, {"A": 2}, "4500001") == {}
    stock = told(at, "setStock")["Products"]["Product"]["Stocks"]["Stock"]
    assert stock == {"WarehouseId": "4500001", "Qty": "2"}
    with pytest.raises(NeedsAttention) as caught:
        write(talk(answers), {"A": 2}, "1")
    assert "main_stock = main stock, 4500001 = Bolt" in caught.value.fix


def test_a_combination_of_variants_is_written_by_its_values() -> None:
    at = talk({"getStock": SHIRT, "setStock": b"<Products>%s</Products>" % (DONE % b"SHIRT-1")})
    assert write(at, {"SHIRT-1|Kék|XL": 3}, variant_skus="joined", variant_joint="|") == {}
    record = told(at, "setStock")["Products"]["Product"]
    assert record["Sku"] == "SHIRT-1"
    assert record["Stocks"] == {"Stock": {"Variants": {"Variant": ["Kék", "XL"]}, "Qty": "3"}}


SHIRT = (
    "<Products><Product><Id>319</Id><Sku>SHIRT-1</Sku><Stocks>"
    "<Stock><Variants><Variant>Kék</Variant><Variant>XL</Variant></Variants><Qty>5</Qty></Stock>"
    "</Stocks></Product></Products>"
).encode()


def test_a_product_whose_stock_lies_on_variants_takes_no_figure_of_its_own() -> None:
    at = talk({"getStock": SHIRT})
    assert write(at, {"SHIRT-1": 3}) == {"SHIRT-1": "sold_otherwise"}
    assert at.bodies("setStock") == []


@pytest.mark.parametrize("alone", [False, True], ids=["up to the one that failed", "that one alone"])
def test_what_comes_behind_a_record_that_failed_is_sent_again(*, alone: bool) -> None:
    failed = b"<Product><Sku>B</Sku><Status>error</Status><Error>example: no</Error></Product>"
    first = failed if alone else (DONE % b"A") + failed
    writes = [b"<Products>%s</Products>" % each for each in (first, (DONE % b"C") + (DONE % b"D"))]
    at = talk({**stock_of("A", "B", "C", "D"), "setStock": writes})
    at.answers["getStock"] = [ONE % (n, s) for n, s in ((1, b"A"), (2, b"B"), (3, b"C"), (4, b"D"), (2, b"B"))]
    assert write(at, {"A": 1, "B": 2, "C": 3, "D": 4}) == {"B": "refused_by_shop"}
    sent = [[each["Sku"] for each in listed["Products"]["Product"]] for listed in at.bodies("setStock")]
    assert sent == [["A", "B", "C", "D"], ["C", "D"]]


def test_a_write_of_which_too_few_records_are_told_concludes_nothing() -> None:
    at = talk({**stock_of("A", "B"), "setStock": b"<Products>%s</Products>" % (DONE % b"A")})
    with pytest.raises(RetryLater, match="1 records of the 2"):
        write(at, {"A": 1, "B": 2})


def test_many_refusals_in_a_row_end_before_they_are_a_ban_and_the_rest_is_told() -> None:
    skus = [f"P-{number}" for number in range(30)]
    failed = b"<Products><Product><Status>error</Status><Error>example: no</Error></Product></Products>"
    at = talk({"getStock": LIST_OF_30, "setStock": failed})
    assert write(at, dict.fromkeys(skus, 1)) == dict.fromkeys(skus, "refused_by_shop")
    assert len(at.bodies("setStock")) == 10


LIST_OF_30 = b"<Products>%s</Products>" % b"".join(
    b"<Product><Id>%d</Id><Sku>P-%d</Sku><Stocks><Stock><Qty>1</Qty></Stock></Stocks></Product>" % (n + 1, n)
    for n in range(30)
)


# --- categories -----------------------------------------------------------------------------------------------------


def test_a_category_is_made_below_its_parent_or_at_the_top_and_brought_up_to_date() -> None:
    at = talk({"setCategory": "set_category_added"})
    target = at.connector().catalogue_target
    mugs = Category(id=ExternalId("x"), parent=ExternalId("20"), name="Bögrék & co", active=True)
    assert target.write_category(mugs, None) == "29"
    target.write_category(mugs.model_copy(update={"parent": None, "active": False}), None)
    assert target.write_category(mugs, ExternalId("27")) == "27"
    below, top, known = (body["Categories"]["Category"] for body in at.bodies("setCategory"))
    shown = {"Page": "yes", "Menu": "yes"}
    assert below == {"Action": "add", "Name": "Bögrék & co", "Parent": {"Id": "20"}, "Display": shown}
    assert top == {"Action": "add", "Name": "Bögrék & co", "Display": {"Page": "no", "Menu": "no"}}
    assert known == {
        "Action": "modify",
        "Id": "27",
        "Name": "Bögrék & co",
        "Parent": {"Id": "20"},
        "Display": {"Page": "yes"},
    }


# --- who may call -----------------------------------------------------------------------------------------------------


def test_one_login_serves_all_containers_for_two_hours() -> None:
    at = talk({"getOrder": "orders_none"}, clock=at_noon())
    for _ in range(3):
        at.connector().order_source.changed(SINCE, None)
    assert told(at, "login") == {"Params": {"ApiKey": KEY, "WebshopInfo": "true"}}
    at.clock.advance(minutes=121)
    at.connector().order_source.changed(SINCE, None)
    assert len(at.bodies("login")) == 2


def at_noon() -> Any:
    clock = talk().clock
    clock.advance(seconds=(datetime(2030, 1, 15, 9, tzinfo=UTC) - clock()).total_seconds())
    return clock


def test_while_another_container_logs_in_nobody_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    at = talk({"getOrder": "orders_none"})
    monkeypatch.setattr(at.tokens, "reserve", lambda _: False)
    with pytest.raises(RetryLater, match="logging in"):
        at.connector().order_source.changed(SINCE, None)
    with pytest.raises(RetryLater, match="logging in"):
        at.connector().account.ping()
    assert at.bodies("login") == []


def test_the_account_says_what_the_key_may_not_do_and_which_plan_it_has() -> None:
    at = talk({"getOrder": "orders_none"})
    identity = at.connector(plan="vip").account.ping()
    assert (identity.name, identity.accounts) == ("UNAS Minta bolt", ("shop.example.test", "10001"))
    assert any("setStock: stock cannot be written" in note for note in identity.notes)
    assert any("the connection's plan is vip" in note for note in identity.notes)
    assert not any("plan" in note for note in at.connector().account.ping().notes)
    assert [name for name, _ in at.sent] == ["login", "getOrder"] * 2


def test_a_key_that_may_not_read_orders_is_told_without_a_failed_call() -> None:
    login = re.sub(rb"<Permission>getOrder</Permission>", b"", UNAS_LOGIN)
    at = talk({"login": login})
    with pytest.raises(NeedsAttention, match="no permission for getOrder"):
        at.connector().account.ping()
    assert [name for name, _ in at.sent] == ["login"]


UNAS_LOGIN = (
    b"<Login><Token>T</Token><Permissions><Permission>getOrder</Permission><Permission>x</Permission></Permissions>"
    b"</Login>"
)


@pytest.mark.parametrize(
    ("name", "told_of"), [("error_key", "API key"), ("error_plan", "PREMIUM and VIP"), ("error_legacy", "API key")]
)
def test_a_refused_login_says_what_to_do_and_is_tried_four_times_an_hour_at_the_most(name: str, told_of: str) -> None:
    at = talk({"login": (400, name)})
    with pytest.raises(NeedsAttention) as caught:
        at.connector().account.ping()
    assert told_of in caught.value.fix
    assert KEY not in str(caught.value)
    assert "login 4" in at.limiter.taken


@pytest.mark.parametrize("name", ["error_ban", "error_ban_old"])
@pytest.mark.parametrize("status", [200, 400])
def test_a_ban_is_waited_out_by_every_function(name: str, status: int) -> None:
    at = talk({"getOrder": (status, name)})
    with pytest.raises(Throttled) as caught:
        at.connector().order_source.changed(SINCE, None)
    assert caught.value.after == BAN > 3600
    assert at.limiter.paused == {"all": BAN}
    with pytest.raises(RetryLater):
        at.connector().stock_source.of(["A"])
    assert [function for function, _ in at.sent] == ["login", "getOrder"]


def test_a_ban_that_a_login_meets_is_waited_out_too() -> None:
    at = talk({"login": (400, "error_ban")})
    with pytest.raises(Throttled):
        at.connector().order_source.changed(SINCE, None)
    assert at.limiter.paused == {"all": BAN}


def test_a_token_that_is_refused_is_fetched_once_more_and_then_it_is_the_call() -> None:
    at = talk({"getOrder": (400, b"<Error>example: who are you</Error>")}, clock=at_noon())
    at.tokens.put("UNAS", "OLD", timedelta(hours=1))
    shop = at.connector().order_source
    with pytest.raises(Rejected, match="who are you"):
        shop.changed(SINCE, None)
    assert [function for function, _ in at.sent] == ["getOrder", "login", "getOrder"]
    with pytest.raises(Rejected):
        shop.changed(SINCE, None)
    assert [function for function, _ in at.sent][3:] == ["getOrder"]


NOON = datetime(2030, 1, 15, 9, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "minutes"),
    [
        ({}, 80),
        ({"ExpireTime": ""}, 80),
        ({"ExpireTime": "", "Expire": ""}, 100),
        ({"ExpireTime": "", "Expire": "15.01.2030 12:00:00"}, 100),
        ({"ExpireTime": "99999999999"}, 120),
        ({"ExpireTime": "1"}, 1),
    ],
)
def test_how_long_a_token_lives_it_says_in_seconds_or_in_words(changes: dict[str, str], minutes: int) -> None:
    wire = WireLogin.model_validate({**unas("login")["Login"], **changes})
    assert lifetime(wire, NOON) == timedelta(minutes=minutes)
