"""What is written to a Shoprenter shop: statuses, invoices, stock in batches; and what its batches answer."""

import json
from typing import Any

import httpx
import pytest

from shopbridge.connectors.shoprenter.api import Request, ShoprenterApi
from shopbridge.errors import AlreadyDone, NeedsAttention, Rejected, RetryLater, Throttled, Unfinished
from shopbridge.model.base import OrderId
from shopbridge.model.stock import StockChange
from tests.recorded import shoprenter as golden
from tests.salespos_orders import D
from tests.shoprenter_shapes import Shop, encoded, listed, refused, shop, stocked

ORDER = OrderId(encoded("order-order_id=1042"))
HEAD = golden("order_head")
MUG = encoded("product-product_id=318")


def status_link(number: int) -> dict[str, str]:
    return {"href": f"https://x/orderStatuses/{encoded(f'orderStatus-order_status_id={number}')}"}


def with_order(answers: dict[str, Any] | None = None, status: int = 1) -> Shop:
    """A shop with one order, whose status changes as it is told."""
    at = shop(**answers or {})
    state = {**HEAD, "orderStatus": status_link(status)}

    def put(request: httpx.Request) -> Any:
        state["orderStatus"] = {"href": f"https://x/orderStatuses/{json.loads(request.content)['orderStatus']['id']}"}
        return state

    at.answers.setdefault(f"GET orders/{ORDER}", lambda _: state)
    at.answers.setdefault(f"PUT orders/{ORDER}", put)
    return at


# --- statuses and invoices ----------------------------------------------------------------------------------------


def test_a_move_sends_the_id_of_the_status_and_nothing_else() -> None:
    at = with_order()
    assert "was set to Feldolgozás alatt" in at.connector().order_status.set_status(ORDER, "2")
    assert at.sent() == {"orderStatus": {"id": encoded("orderStatus-order_status_id=2")}}
    assert at.paths()[-2:] == [f"GET orders/{ORDER}", f"PUT orders/{ORDER}"]


def test_an_answer_that_does_not_tell_the_status_is_looked_at_once_more() -> None:
    at = with_order({f"PUT orders/{ORDER}": httpx.Response(204)})
    with pytest.raises(RetryLater, match="did not become"):
        at.connector().order_status.set_status(ORDER, "2")
    assert at.paths()[-1] == f"GET orders/{ORDER}"


@pytest.mark.parametrize("status", [5, 9])
def test_an_order_is_never_moved_out_of_an_end(status: int) -> None:
    told = with_order(status=status).connector().order_status.set_status(ORDER, "1")
    assert "was left as it is" in told


def test_the_settings_say_which_statuses_end_an_order() -> None:
    at = with_order(status=5)
    assert "was set to" in at.connector(final_statuses=["2"]).order_status.set_status(ORDER, "1")
    assert "was left as it is" in with_order(status=2).connector(
        final_statuses=["in progress"]
    ).order_status.set_status(ORDER, "1")


def test_an_unknown_status_names_the_choices() -> None:
    with pytest.raises(Rejected) as caught:
        with_order().connector().order_status.set_status(ORDER, "77")
    assert "2 = Feldolgozás alatt" in caught.value.fix


@pytest.mark.parametrize(
    ("field", "kind"),
    [("normal", "normal"), ("einvoice", "einvoice"), ("storno", "storno"), ("our_number", "normal")],
)
def test_an_invoice_is_of_the_kind_that_the_field_names(field: str, kind: str) -> None:
    at = with_order({"POST orderInvoices": {"id": "x"}})
    told = at.connector().order_status.set_document(ORDER, field, "INV 7/2026")
    assert at.sent() == {"invoiceId": "INV 7/2026", "invoiceType": kind, "order": {"id": ORDER}}
    assert "INV 7/2026" in told


def test_an_invoice_links_its_pdf_where_the_settings_say_how() -> None:
    at = with_order({"POST orderInvoices": {"id": "x"}})
    connector = at.connector(invoice_url="https://files.example.test/{number}.pdf")
    connector.order_status.set_document(ORDER, "normal", "INV 7/2026")
    assert at.sent()["invoicePath"] == "https://files.example.test/INV%207%2F2026.pdf"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (refused(409, 40901), "already"),
        (httpx.ReadTimeout("lost"), "the answer was lost"),
        (httpx.Response(200), "lost"),
    ],
)
def test_an_invoice_is_sent_once_whatever_is_answered(answer: Any, told: str) -> None:
    def given(_: httpx.Request) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    at = with_order({"POST orderInvoices": given})
    assert told in at.connector().order_status.set_document(ORDER, "normal", "R-1")
    assert at.paths().count("POST orderInvoices") == 1


def test_an_invoice_that_needs_an_address_is_refused_with_the_reason() -> None:
    at = with_order({"POST orderInvoices": refused(400, 40003, "invoicePath missing")})
    with pytest.raises(Rejected, match="invoicePath missing"):
        at.connector().order_status.set_document(ORDER, "normal", "R-1")


# --- batches ------------------------------------------------------------------------------------------------------


def api(at: Shop) -> ShoprenterApi:
    found: ShoprenterApi = at.connector().order_source.facts.api  # type: ignore[attr-defined]
    return found


def asked(count: int) -> list[Request]:
    return [Request("PUT", f"/productExtend/{number}", {"stock1": "9"}) for number in range(count)]


def test_a_batch_names_each_request_in_full_and_each_has_an_answer_of_its_own() -> None:
    at = shop(**{"POST batch": golden("batch")})
    done, gone, there, empty = api(at).batch(asked(4))
    assert at.sent()["data"]["requests"][0] == {
        "method": "PUT",
        "uri": "https://demobolt.api2.myshoprenter.hu/api/productExtend/0",
        "data": {"stock1": "9"},
    }
    assert isinstance(done, dict)
    assert isinstance(gone, Rejected)
    assert isinstance(there, AlreadyDone)
    assert (done["stock1"], gone.code, there.external_id, empty) == ("9", "gone", "c", {})


def one(status: Any, body: Any = None) -> dict[str, Any]:
    return {"requests": {"request": {"response": {"header": {"statusCode": status}, "body": body or {"message": "x"}}}}}


@pytest.mark.parametrize(
    ("status", "kind"),
    [(429, Throttled), (500, Unfinished), ("504", Unfinished), (401, NeedsAttention), (403, NeedsAttention)],
)
def test_what_concerns_all_of_a_batch_is_no_record_s_own(status: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        api(shop(**{"POST batch": one(status)})).batch(asked(1))


@pytest.mark.parametrize("body", [{}, [], {"requests": []}, {"requests": {"request": []}}, one(None), one("soon")])
def test_a_batch_of_another_form_says_nothing(body: Any) -> None:
    with pytest.raises(RetryLater):
        api(shop(**{"POST batch": body})).batch(asked(1))


# --- stock --------------------------------------------------------------------------------------------------------


def test_figures_go_to_the_chosen_warehouse_by_the_products_ids() -> None:
    at = stocked()
    changes = [StockChange(sku="MUG-BLUE", quantity=D("9.7")), StockChange(sku="NOBODY", quantity=D(1))]
    told = at.connector(warehouse="stock2").stock_target.write(changes, manage="untouched", warehouse="stock2")
    assert {sku: why.code for sku, why in told.items()} == {"NOBODY": "unknown_sku"}
    (request,) = at.sent()["data"]["requests"]
    assert request["uri"].endswith(f"/api/productExtend/{MUG.replace('=', '%3D')}")
    assert request["data"] == {"stock2": "9"}


def test_a_warehouse_that_is_not_the_chosen_one_or_not_used_is_told() -> None:
    change = [StockChange(sku="MUG-BLUE", quantity=D(1))]
    told = stocked().connector().stock_target.write(change, manage="untouched", warehouse="stock2")
    assert told["MUG-BLUE"].code == "no_warehouses"
    with pytest.raises(NeedsAttention, match="stock4"):
        stocked().connector(warehouse="stock4").stock_target.write(change, manage="untouched", warehouse="stock4")


def test_no_switch_keeps_a_product_from_being_sold_without_stock() -> None:
    change = [StockChange(sku="MUG-BLUE", quantity=D(1))]
    for manage in ("managed", "unmanaged"):
        told = stocked().connector().stock_target.write(change, manage=manage, warehouse="")
        assert told["MUG-BLUE"].code == "no_stock_switch"


def test_a_batch_that_takes_too_long_goes_in_halves() -> None:
    at = stocked()
    whole = at.answers["POST batch"]

    def slow(request: httpx.Request) -> Any:
        requests = json.loads(request.content)["data"]["requests"]
        if requests[0]["method"] == "PUT" and len(requests) > 1:
            raise httpx.ReadTimeout("too long")
        return whole(request)

    at.answers["POST batch"] = slow
    changes = [StockChange(sku=sku, quantity=D(3)) for sku in ("MUG-BLUE", "TEE-S", "TEE-M")]
    assert at.connector().stock_target.write(changes, manage="untouched", warehouse="") == {}
    sizes = [len(json.loads(each.content)["data"]["requests"]) for each in at.asked if each.url.path.endswith("batch")]
    assert sizes == [3, 3, 1, 2, 1, 1]


def fictitious(value: str) -> Any:
    body = golden("settings")
    for each in body["items"]:
        if each["key"] == "fictive_parent":
            each["value"] = value
    return body


def test_a_parent_is_sold_itself_unless_the_shop_has_fictitious_ones() -> None:
    sold = stocked(settings=fictitious("0"))
    at = stocked(settings=fictitious("1"))
    skus = [{level.sku for level in each.connector().stock_source.page(None).levels} for each in (sold, at)]
    assert skus == [{"MUG-BLUE", "TEE-S", "TEE-M", "OLD-1"}, {"MUG-BLUE", "TEE-M", "OLD-1"}]
    changes = [StockChange(sku="TEE-S", quantity=D(3))]
    told = at.connector().stock_target.write(changes, manage="untouched", warehouse="")
    assert told["TEE-S"].code == "sold_otherwise"


def test_each_warehouse_that_the_shop_uses_has_a_figure() -> None:
    levels = {level.sku: level for level in stocked().connector().stock_source.page(None).levels}
    assert {each.warehouse: each.on_hand for each in levels["MUG-BLUE"].figures} == {"stock1": D(12), "stock2": D(22)}
    assert levels["OLD-1"].figures[0].on_hand is None
    assert {each.reserved for each in levels["MUG-BLUE"].figures} == {D(0)}
    kept = stocked().connector(orders_lower_stock=False).stock_source.page(None).levels[0].figures[0]
    assert (kept.on_hand, kept.reserved, kept.available) == (D(12), None, None)


def test_a_list_that_falls_keeps_its_ranks_rising_and_one_in_no_order_is_no_list() -> None:
    rows = golden("product_page")["items"]
    falling = stocked(productExtend=listed(*reversed(rows))).connector().stock_source.page(None).levels
    ranks = [level.rank for level in falling]
    assert ranks == sorted(ranks)
    assert falling[0].sku == "OLD-1"
    with pytest.raises(RetryLater, match="by their numbers"):
        stocked(productExtend=listed(rows[1], rows[0], rows[2])).connector().stock_source.page(None)
    with pytest.raises(RetryLater, match="no products at all"):
        stocked(productExtend=listed()).connector().stock_source.page(None)
