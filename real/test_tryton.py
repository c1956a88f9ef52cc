"""The connector and a real Tryton: the promises of the suites, and the emulator's answers beside the real ones."""

import importlib
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import httpx
import pytest

from real.bench import RealBench
from real.tryton import RealTryton
from real.tryton.people import Person, sent
from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.tryton import PASSWORD, USER, TrytonEmulator
from shopbridge.errors import BridgeError, NeedsAttention
from shopbridge.model.base import ExternalId
from tests.containers import Secrets
from tests.contract.benches.tryton import PROCESSING
from tests.contract.hostile import laid
from tests.contract.suites.order_target import planned, settled
from tests.contract.tryton.test_orders import Losing
from tests.salespos_orders import D, line, shipping, split_line

KEPT = {
    "account": (
        "test_the_account_says_who_it_is_each_time_alike",
        "test_the_vocabulary_names_each_choice_once_and_is_the_same_each_time",
    ),
    "order_target": (
        "test_an_order_is_created_once_under_its_reference_with_its_total",
        "test_a_creation_costs_what_it_must",
        "test_planning_asks_nothing_and_makes_plain_data",
        "test_a_total_rounded_to_cash_is_the_shops",
        "test_an_order_of_the_same_number_is_never_taken_for_ours_nor_written_over",
        "test_all_orders_of_a_reference_are_found_the_newest_first_and_none_of_another",
        "test_an_order_is_found_by_its_reference_as_it_was_made_and_not_before_that",
        "test_an_order_of_a_product_that_went_meanwhile_is_rejected",
    ),
    "order_changes": (
        "test_a_change_is_told_with_a_sentence_for_the_story_and_makes_no_other_order",
        "test_telling_it_again_is_harmless_or_left_to_a_person",
        "test_an_order_that_is_not_there_is_told_to_a_person",
    ),
    "order_progress": (
        "test_an_order_that_people_moved_is_told_with_its_status",
        "test_a_status_is_called_as_the_maps_may_name_it",
        "test_an_order_that_they_cancelled_is_told_as_that",
        "test_what_it_tells_of_an_order_is_the_same_by_its_id_and_in_the_list",
        "test_orders_are_read_by_their_ids_and_those_it_does_not_know_are_left_out",
        "test_a_quiet_look_costs_what_it_must",
    ),
    "customers": (
        "test_a_new_customer_is_found_by_e_mail_whatever_its_capitals",
        "test_later_only_new_customers_are_read_in_few_calls",
        "test_an_e_mail_that_is_taken_says_that_the_customer_exists",
        "test_an_update_changes_what_the_shop_knows_and_may_be_repeated",
    ),
    "order_products": (
        "test_products_are_found_by_their_numbers_and_barcodes",
        "test_what_was_deleted_is_not_found",
        "test_checking_a_product_creates_nothing",
    ),
    "stock_source": (
        "test_the_figures_are_the_platforms",
        "test_records_are_called_what_other_parts_call_them",
        "test_a_page_costs_what_it_must",
        "test_single_skus_are_told_as_in_a_sweep_and_unknown_ones_left_out",
        "test_an_sku_in_other_capitals_is_another",
        "test_what_was_deleted_is_told_no_more",
    ),
    "catalogue_source": (
        "test_a_product_has_the_platforms_name_price_and_stock_and_reads_the_same_each_time",
        "test_a_page_and_the_categories_cost_what_they_must",
    ),
}
"""The promises of each suite that need no fault planned in the platform."""


@pytest.fixture
def bench(tryton: RealTryton) -> Iterator[Any]:
    """The company, as if nobody had sold anything yet."""
    made = RealBench(tryton)
    yield made
    made.close()


@pytest.fixture
def processing(bench: Any) -> Any:
    """The same, whose orders are processed at once."""
    bench.stage = PROCESSING
    return bench


@pytest.mark.parametrize(("suite", "promise"), [(suite, name) for suite, names in KEPT.items() for name in names])
def test_a_real_one_keeps_what_the_emulated_one_promises(suite: str, promise: str, bench: Any) -> None:
    keep: Callable[[Any], None] = getattr(importlib.import_module(f"tests.contract.suites.{suite}"), promise)
    keep(bench)


# --- orders -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", range(1, 7))
def test_wherever_an_answer_is_lost_there_is_one_processed_sale_in_the_end(processing: Any, call: int) -> None:
    bench = processing
    draft, since = planned(bench), bench.clock() - timedelta(seconds=1)
    with laid(bench, partial(Losing, left=[call])), pytest.raises(BridgeError):
        bench.part("order_target").create(draft)
    settled(bench, draft, since)
    (kept,) = bench.kept()
    assert bench.admin.sale(int(kept.id), "state")["state"] == "processing"


def odd_orders() -> Iterator[Any]:
    """Orders whose amounts no price of four decimals makes up by itself."""
    yield [line(price=D("0.03"))], None
    yield [line(quantity=D(7), price=D("0.99")), line(2, rate=D(9), price=D("3.47"))], shipping({D(21): D("4.95")})
    yield (
        [line(quantity=D(3), price=D("9.99")), split_line(2, "Voucher", {D(21): D("-7.77")}, "gross", "discount")],
        None,
    )
    yield [line(quantity=D(999), price=D("0.17"))], shipping({D(21): D("3.33"), D(9): D("1.11")})
    yield [line(quantity=D(3), price=D("33.33"), mode="net")], None


@pytest.mark.parametrize(("lines", "costs"), [*odd_orders()])
def test_a_real_sale_comes_to_the_shops_total_to_the_cent(bench: Any, lines: Any, costs: Any) -> None:
    mode = "net" if lines[0].taxes[0].net == lines[0].total else "gross"
    of = bench.order(lines, costs, mode=mode)
    receipt = bench.part("order_target").create(planned(bench, of))
    assert (receipt.total, bench.kept()[0].total) == (of.totals.gross, of.totals.gross)


def test_a_processed_sale_reserves_is_called_off_and_reserves_nothing(processing: Any) -> None:
    bench = processing
    product = bench.put("MUG", 10)
    of = bench.order([line(quantity=D(3))])
    made = bench.part("order_target").create(planned(bench, of, product)).id
    (level,) = bench.part("stock_source").of(["MUG"])
    assert (level.figures[0].on_hand, level.figures[0].reserved, level.figures[0].available) == (10, 3, 7)
    parts = bench.parts(of, product)
    bench.part("order_changes").tell(made, of, parts, "cancelled", first=True)
    (progress,) = bench.part("order_progress").read([made])
    assert progress.cancelled
    assert bench.part("stock_source").of(["MUG"])[0].figures[0].reserved == 0


def test_a_sale_that_people_send_and_bill_is_told_with_the_invoice_s_number(processing: Any) -> None:
    bench = processing
    product = bench.put("MUG", 10)
    made = bench.part("order_target").create(planned(bench, bench.order([line()]), product)).id
    source = bench.connector(told_number="invoice").order_progress
    assert source is not None
    bench.admin.ship(int(made))
    since = bench.clock()
    number = bench.admin.post(int(made))
    told = {order.id: order for order in source.changed(since, None).orders}
    assert (told[made].status, told[made].number) == ("shipped", number)
    assert bench.admin.on_hand(int(product)) == 9


def test_a_stranger_is_not_let_in(bench: Any) -> None:
    """Under a name of its own: Tryton makes whoever has that name wait afterwards."""
    bench.secrets = Secrets({"user": "stranger", "password": "no-password"})
    with pytest.raises(NeedsAttention, match="does not let our user in"):
        bench.part("account").ping()


# --- the emulator beside it ---------------------------------------------------------------------------------------

Call = Callable[..., Any]


def emulated() -> Call:
    """Calls an emulated Tryton."""
    office = TrytonEmulator(clock=ManualClock())
    http = httpx.Client(transport=in_process(office.app), base_url="http://tryton.example")
    session: dict[str, str] = {}

    def call(method: str, *params: Any) -> Any:
        body = json.dumps({"id": 3, "method": method, "params": list(params)}, default=sent)
        return http.post("/shop/rpc/", content=body, headers={"Content-Type": "application/json", **session}).json()

    user, key, _ = call("common.db.login", USER, {"password": PASSWORD}, "en")["result"]
    session |= {"Authorization": f"Session {_base64(f'{USER}:{user}:{key}')}"}
    call.made = {"company": office.company, "unit": office.unit, "main": office.warehouse}  # type: ignore[attr-defined]
    call.product = office.add_product("MUG", D("20.6198"), 5).id  # type: ignore[attr-defined]
    call.tax = office.taxes[21]  # type: ignore[attr-defined]
    return call


def _base64(text: str) -> str:
    import base64

    return base64.b64encode(text.encode()).decode()


KEYS = frozenset({"id", "result", "party", "product", "template", "sale_uom"})
"""Fields whose whole numbers name records."""


def alike(value: Any, key: str = "") -> Any:
    """An answer without what is different each time: numbers of records, moments, keys."""
    match value:
        case {"__class__": kind, **rest}:
            return Decimal(str(rest["decimal"])) if kind == "Decimal" else kind
        case dict():
            return {name: alike(each, name) for name, each in value.items()}
        case list():
            return [alike(each, key) for each in value]
        case _:
            return _plain(value, key)


def _plain(value: Any, key: str) -> Any:
    if isinstance(value, int) and key in KEYS:
        return "id"
    return "number" if isinstance(value, str) and key == "number" else value


def scenario(call: Call, made: dict[str, int], product: int, tax: int) -> Iterator[Any]:
    """What the connector asks, in order; each answer."""
    context = {"company": made["company"]}

    def model(method: str, *params: Any, **more: Any) -> Any:
        return call(f"model.{method}", *params, {**context, **more})

    (country,) = model("country.country.search_read", [["code", "=", "NL"]], 0, 1, None, ["code"])["result"]
    address = {"street": "A 1", "postal_code": "1234 AB", "city": "B", "country": country["id"], "invoice": True}
    ways = [["create", [{"type": "email", "value": "anna@x.example"}]]]
    party = model(
        "party.party.create", [{"name": "Anna", "contact_mechanisms": ways, "addresses": [["create", [address]]]}]
    )
    yield party
    fields = [
        "name",
        "contact_mechanisms.type",
        "contact_mechanisms.value",
        "addresses.street",
        "addresses.country.code",
    ]
    domain = [["contact_mechanisms", "where", [["type", "=", "email"], ["value", "ilike", "ANNA@x.example"]]]]
    (row,) = model("party.party.search_read", domain, 0, 2, [["id", "ASC"]], fields)["result"]
    yield row
    names = ["code", "type", "name", "list_price_used", "identifiers.code", "quantity", "forecast_quantity", "sale_uom"]
    names += ["template.account_category.customer_taxes_used"]
    only = [["salable", "=", True], ["id", "=", product]]
    found = model("product.product.search_read", only, 0, 1, [["id", "ASC"]], names, locations=[made["main"]])
    found["result"][0].pop("template.")
    yield found
    yield model("product.product.search_read", [["id", "=", product]], 0, 1, None, ["nofield"])
    yield model("no.model.search_read", [], 0, 1, None, ["name"])
    where = row["addresses."][0]["id"]
    body = {"party": party["result"][0], "invoice_address": where, "shipment_address": where, "reference": "10042"}
    body["warehouse"] = made["main"]
    one = {"type": "line", "quantity": 2, "unit_price": D("20.6198"), "taxes": [["add", [tax]]]}
    goods = {**one, "product": product, "unit": made["unit"]}
    free = {**one, "quantity": 1, "description": "Voucher", "unit_price": D("-4.13")}
    for odd in ({**goods, "product": 999999}, {**goods, "unit_price": D("1.23456")}, {**goods, "quantity": 1.5}):
        refused = model("sale.sale.create", [{**body, "lines": [["create", [odd]]]}])
        yield [refused["error"][0], refused["error"][1][0].split('"')[0]]
    sale = model("sale.sale.create", [{**body, "lines": [["create", [goods, free]]]}])
    yield sale
    seen = ["state", "number", "reference", "total_amount", "tax_amount", "untaxed_amount", "shipment_state"]
    seen += ["invoice_state", "invoices.state", "invoices.number", "shipments.state", "moves.state", "last_modified_at"]
    for button in ("confirm", "quote", "quote", "confirm", "cancel"):
        pressed = model(f"sale.sale.{button}", sale["result"])
        yield pressed if "error" not in pressed else [pressed["error"][0], pressed["error"][1][0].split('"')[0]]
        yield model("sale.sale.search_read", [["id", "in", sale["result"]]], 0, 1, None, seen)
    left = model(
        "product.product.search_read", only, 0, 1, None, ["quantity", "forecast_quantity"], locations=[made["main"]]
    )
    yield left
    yield model("sale.sale.write", sale["result"], {"comment": "x"})
    yield model("sale.sale.quote", [999999])["error"][0]
    yield model("sale.sale.search_read", [["id", "in", [999999]]], 0, None, None, ["state"])


def test_the_emulator_answers_as_the_real_one_does(tryton: RealTryton) -> None:
    admin = Person(tryton)
    admin.forget()
    product = admin.add_product("MUG", D("20.6198"))
    admin.count(product, 5)
    us = Person(tryton, tryton.user, tryton.password)
    real = scenario(us.raw, dict(tryton.made), product, tryton.made["taxes"]["21"]["tax"])
    ours: Any = emulated()
    for place, (theirs, answer) in enumerate(zip(real, scenario(ours, ours.made, ours.product, ours.tax), strict=True)):
        assert alike(answer) == alike(theirs), place
    admin.close()
    us.close()


def test_what_was_never_sold_is_found_by_nobody(bench: Any) -> None:
    assert list(bench.part("stock_source").of(["NOBODY"])) == []
    assert bench.part("order_progress").read([ExternalId("999999999")]) == []
