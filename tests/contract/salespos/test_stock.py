"""SalesPOS as source and target of stock."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sandbox.platforms.kit import Faults
from sandbox.platforms.salespos.orders.calls import create_order
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.salespos.product_index import ONE_BY_ONE
from shopbridge.errors import RetryLater, Throttled
from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import Standing, StockChange, StockLevel
from tests.contract.benches.salespos import Bench, bench
from tests.contract.hostile import Changing, laid, rows_with
from tests.salespos_orders import D


def sweep(office: RequiredParts, between: Callable[[], None] = lambda: None) -> list[StockLevel]:
    levels: list[StockLevel] = []
    position: str | None = None
    for _ in range(50):
        page = office.stock_source.page(position)
        levels.extend(page.levels)
        if page.position is None:
            return levels
        position = page.position
        between()
    raise AssertionError("the sweep does not end")


def by_sku(levels: list[StockLevel]) -> dict[str, tuple[Any, ...]]:
    """Managed, on hand, reserved."""
    return {level.sku: (level.managed, level.figures[0].on_hand, level.figures[0].reserved) for level in levels}


def sellable(levels: list[StockLevel]) -> dict[str, Decimal]:
    figures = ((level.sku, level.figures[0]) for level in levels)
    return {sku: (one.on_hand or D(0)) - (one.reserved or D(0)) for sku, one in figures}


def left_open(at: Bench, product: ExternalId, count: int, variant: int | None = None, **fields: Any) -> int:
    row = {"product_id": int(product), "count": count}
    row |= {} if variant is None else {"attribute_combination_id": variant}
    body = {"customer": {}, "orderrows": [row], "total_shipping": 0, "is_completed": False, "status": 2, **fields}
    return create_order(at.account.shop, body).id


def change(sku: str, quantity: str, target: ExternalId | str) -> StockChange:
    return StockChange(sku=sku, quantity=D(quantity), target=ExternalId(target))


# --- source -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fields", "account"), [({"stockenabled": False}, {}), ({}, {"stock": False})])
def test_stock_that_is_not_kept_is_not_managed(fields: dict[str, Any], account: dict[str, Any]) -> None:
    at = bench(**account)
    at.product("MUG", stock=5, **fields)
    assert by_sku(sweep(at.connector())) == {"MUG": (False, 5, 0)}


def test_variants_that_share_their_products_stock_have_no_figure_of_their_own() -> None:
    at = bench()
    at.product("TEE", stock=5, stocktype="Product", variants={"Size": {"M": 0}})
    assert by_sku(sweep(at.connector())) == {"TEE": (True, 5, 0), "TEE-M": (False, 5, 0)}


def test_a_variant_is_told_by_its_own_number_else_by_its_sku_number() -> None:
    at = bench()
    tee = at.product("TEE", stock=1, variants={"Size": {"S": 0, "M": 0, "L": 0}})
    small, medium, large = at.account.combinations(int(tee))
    small.update(product_number="TEE", sku_number="TEE-1")
    medium.update(product_number="", sku_number="TEE-2")
    large.update(product_number="TEE", sku_number="TEE")
    assert [level.sku for level in sweep(at.connector())] == ["TEE-1", "TEE-2", ""]


def test_a_variant_is_found_by_reading_all_once_and_then_where_it_was() -> None:
    at = bench()
    at.variants("TEE", "M", "L")
    office = at.connector()
    assert [level.sku for level in office.stock_source.of(["TEE-M", "TEE-L"])] == ["TEE-M", "TEE-L"]
    before = at.calls("GET /products")
    assert [level.sku for level in office.stock_source.of(["TEE-L"])] == ["TEE-L"]
    assert at.calls("GET /products") == before
    assert at.calls("GET /products/{id}") == 2


def test_what_a_sweep_met_needs_no_second_search() -> None:
    at = bench()
    tee, (medium,) = at.variants("TEE", "M")
    office = at.connector()
    sweep(office)
    at.account.shop.combinations[medium]["stock"] = 7
    (level,) = office.stock_source.of(["TEE-M"])
    assert (level.item, level.figures[0].on_hand) == (f"{tee}/{medium}", D(7))
    assert at.calls("GET /products") == 1


def test_an_unknown_number_makes_the_account_read_all_at_most_every_ten_minutes() -> None:
    at = bench()
    at.product("MUG", stock=1)
    office = at.connector()
    assert office.stock_source.of(["NOPE"]) == []
    assert office.stock_source.of(["NOPE"]) == []
    assert at.calls("GET /products") == 3
    at.clock.advance(minutes=11)
    at.variants("NO", "PE")
    at.account.shop.combinations[max(at.account.shop.combinations)].update(product_number="NOPE")
    assert len(office.stock_source.of(["NOPE"])) == 1


def test_a_search_that_a_limit_broke_off_goes_on_where_it_was() -> None:
    at = bench()
    for number in range(600):
        at.product(f"P-{number}")
    at.variants("TEE", "M")
    office = at.connector()
    at.fault("afterwards", "GET /products", detail=lambda: at.fault("rate_limit", "GET /products"))
    at.fault("afterwards", "GET /products", detail=lambda: at.fault("rate_limit", "GET /products"))
    with pytest.raises(RetryLater):
        office.stock_source.of(["TEE-M"])
    at.limiter.paused.clear()
    with pytest.raises(RetryLater):
        office.stock_source.of(["TEE-M"])
    at.limiter.paused.clear()
    assert len(office.stock_source.of(["TEE-M"])) == 1


# --- reserved -----------------------------------------------------------------------------------------------


def completing(**account: Any) -> tuple[Bench, RequiredParts]:
    at = bench(stock_deducted_at="completion", **account)
    return at, at.connector(deducts_stock="at_completion")


def test_open_orders_reserve_until_they_are_completed() -> None:
    at, office = completing()
    mug = at.product("MUG", stock=10)
    tee, (medium, _) = at.variants("TEE", "M", "L")
    at.account.change_product(int(tee), stockenabled=True)
    left_open(at, mug, 3)
    order = left_open(at, tee, 2, variant=medium)
    assert by_sku(sweep(office)) == {"MUG": (True, 10, 3), "TEE-M": (True, 0, 2), "TEE-L": (True, 0, 0)}
    at.account.complete_order(order)
    assert by_sku(sweep(office))["TEE-M"] == (True, -2, 0)


@pytest.mark.parametrize("fields", [{"status": 8}, {"status": 7}])
def test_closed_and_cancelled_orders_reserve_nothing(fields: dict[str, Any]) -> None:
    at, office = completing()
    left_open(at, at.product("MUG", stock=10), 3, **fields)
    assert sellable(sweep(office)) == {"MUG": 10}


def test_a_basket_reserves_nothing() -> None:
    at, office = completing()
    order = left_open(at, at.product("MUG", stock=10), 3)
    at.account.shop.orders[order].fields["status"] = None
    assert sellable(sweep(office)) == {"MUG": 10}


def test_deposits_reserve_nothing() -> None:
    at, office = completing()
    left_open(at, at.product("CRATE", stock=10, container_deposit_price=D("0.25")), 3)
    assert sellable(sweep(office)) == {"CRATE": 7}


def test_a_row_whose_variant_cannot_be_told_reserves_each_of_them() -> None:
    at, office = completing()
    tee, (medium, large) = at.variants("TEE", "M", "L")
    for variant in (medium, large):
        at.account.shop.combinations[variant]["stock"] = 5
    left_open(at, tee, 2)
    assert sellable(sweep(office)) == {"TEE-M": 3, "TEE-L": 3}


def test_the_rows_of_an_order_are_read_once_for_some_minutes() -> None:
    at, office = completing()
    mug = at.product("MUG", stock=10)
    left_open(at, mug, 3)
    sweep(office)
    sweep(office)
    assert at.calls("GET /orders/{id}/orderrows") == 1
    left_open(at, mug, 1)
    assert sellable(sweep(office)) == {"MUG": 6}
    assert at.calls("GET /orders/{id}/orderrows") == 2
    at.clock.advance(minutes=6)
    sweep(office)
    assert at.calls("GET /orders/{id}/orderrows") == 4


def test_more_open_orders_than_a_minute_allows_are_read_in_several_goes() -> None:
    at, office = completing()
    mug = at.product("MUG", stock=1000)
    orders = [left_open(at, mug, 1) for _ in range(260)]

    def many_are_completed() -> None:
        for order in orders[:60]:
            at.account.complete_order(order)

    at.fault("afterwards", "GET /orders", detail=many_are_completed)
    with pytest.raises(Throttled):
        office.stock_source.page(None)
    at.limiter.paused.clear()
    at.clock.advance(minutes=1)
    assert sellable(sweep(office)) == {"MUG": 740}
    assert at.calls("GET /orders/{id}/orderrows") <= 260 + 1


EVENTS = st.sampled_from(("complete", "order", "till"))
ROUTES = st.sampled_from(("GET /orders", "GET /products", "GET /orders/{id}/orderrows"))


@example(events=[("GET /orders", "order")], asked=False)
@example(events=[("GET /products", "complete")], asked=True)
@given(events=st.lists(st.tuples(ROUTES, EVENTS), max_size=8), asked=st.booleans())
@settings(max_examples=30)
def test_a_figure_is_at_most_what_could_be_sold_when_its_reading_began_less_what_was_ordered_meanwhile(
    events: list[tuple[str, str]], asked: bool
) -> None:
    at, office = completing()
    mug = at.product("MUG", stock=50)
    waiting = [left_open(at, mug, 2 + number) for number in range(3)]
    at_first = really_sellable(at, mug)
    looks: list[int] = []

    def happen(what: str) -> None:
        if what == "complete" and waiting:
            at.account.complete_order(waiting.pop(0))
        if what == "order":
            waiting.append(left_open(at, mug, 1))
        if what == "till":
            at.account.sell_at_till({"MUG": 1})

    for route, what in events:
        at.fault("afterwards", route, detail=lambda what=what: happen(what))
    at.fault("meanwhile", "GET /orders", times=9, detail=lambda: looks.append(ordered_meanwhile(at)))
    figure = sellable(list(office.stock_source.of(["MUG"])) if asked else sweep(office))["MUG"]
    assert figure <= at_first - looks[-1]
    at.account.service.faults = Faults()
    assert sellable(sweep(office))["MUG"] == really_sellable(at, mug)


def test_an_order_that_comes_while_the_stock_is_read_reserves_already() -> None:
    at, office = completing()
    mug = at.product("MUG", stock=10)
    at.fault("meanwhile", "GET /products", detail=lambda: left_open(at, mug, 4))
    assert sellable(sweep(office)) == {"MUG": 6}


def ordered_meanwhile(at: Bench) -> int:
    """Units in open orders that came after the first three."""
    return sum(not each.is_completed for each in at.orders[3:])


def really_sellable(at: Bench, product: ExternalId) -> Decimal:
    kept = at.account.shop.catalogue.get(int(product))
    assert kept is not None
    return Decimal(kept["stock"]) - sum(row.count for each in at.orders if not each.is_completed for row in each.rows)


# --- target -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("manage", "kept"), [("managed", True), ("unmanaged", False), ("untouched", None)])
def test_whether_stock_is_kept_is_switched_as_wanted(manage: Any, kept: bool | None) -> None:
    at = bench()
    mug = at.product("MUG", stockenabled=True)
    tee, (medium, large) = at.variants("TEE", "M", "L")
    office = at.connector()
    for _ in range(2):
        changes = [change("MUG", "1", mug), change("M", "1", f"{tee}/{medium}"), change("L", "2", f"{tee}/{large}")]
        assert office.stock_target.write(changes, manage=manage, warehouse="") == {}
    products = [at.account.shop.catalogue.get(int(product)) for product in (mug, tee)]
    switched = [product["stockenabled"] for product in products if product]
    assert switched == ([kept, kept] if kept is not None else [True, False])
    assert at.calls("PATCH /products/{id}") == (2 if kept is None else 3)


def test_open_orders_will_still_take_from_what_is_written_only_where_completion_lowers_the_stock() -> None:
    at, office = completing()
    mug = at.product("MUG", stock=10)
    tee, (medium, _) = at.variants("TEE", "M", "L")
    left_open(at, mug, 3)
    left_open(at, tee, 2, variant=medium)
    assert office.stock_target.will_deduct(["MUG", "TEE-M", "TEE-L"]) == {"MUG": 3, "TEE-M": 2}
    before = at.account.calls.total
    assert at.connector().stock_target.will_deduct(["MUG"]) == {}
    assert at.account.calls.total == before


def standings(read: Mapping[str, Standing | Reason]) -> dict[str, Standing]:
    return {sku: each for sku, each in read.items() if isinstance(each, Standing)}


def test_a_comparison_reads_only_as_many_pages_as_it_needs() -> None:
    at, office = completing()
    made = [at.product(f"P-{number}", stock=number) for number in range(600)]
    left_open(at, made[3], 2)
    reader = office.stock_target.reader()
    first = reader.read(["P-3", "P-4"])
    figures = {"P-3": (D(3), D(2)), "P-4": (D(4), D(0))}
    assert {sku: (each.quantity, each.will_deduct) for sku, each in standings(first).items()} == figures
    assert at.calls("GET /products") == 1
    assert set(reader.read(["P-599", "NOPE"])) == {"P-599"}
    assert at.calls("GET /products") == 3
    reader.read(["P-1", "P-300", "NOPE"])
    assert at.calls("GET /products") == 3


def test_a_comparison_leaves_out_what_has_no_figure_of_its_own() -> None:
    at = bench()
    at.product("MUG", stock=1)
    at.product("MUG", stock=2)
    at.product("TEE", stock=5, stocktype="Product", variants={"Size": {"M": 0}})
    read = at.connector().stock_target.reader().read(["MUG", "TEE", "TEE-M", "tee", "NONE"])
    codes = {sku: "" if isinstance(each, Standing) else each.code for sku, each in read.items()}
    assert codes == {"MUG": "ambiguous_product", "TEE": "", "TEE-M": "sold_otherwise", "tee": "other_capitals"}


def test_a_figure_goes_only_where_the_stock_of_its_number_lies() -> None:
    at = bench()
    tee, (medium, _) = at.variants("TEE", "M", "L")
    shared = at.product("CAP", stock=5, stocktype="Product", variants={"Size": {"M": 0}})
    (cap,) = [key for key, row in at.account.shop.combinations.items() if str(row["product_id"]) == shared]
    office = at.connector()
    changes = [change("TEE", "1", tee), change("CAP-M", "2", f"{shared}/{cap}"), change("cap", "3", "")]
    changes += [change("TEE", "1", ""), change("TEE-M", "4", f"{tee}/{medium}"), change("NONE", "5", "")]
    refused = office.stock_target.write(changes, manage="untouched", warehouse="")
    assert {sku: reason.code for sku, reason in refused.items()} == {
        "TEE": "sold_otherwise",
        "CAP-M": "sold_otherwise",
        "cap": "other_capitals",
        "NONE": "unknown_sku",
    }
    assert (at.account.shop.combinations[medium]["stock"], at.calls("PATCH /products/{id}")) == (4, 0)


def test_where_stock_lies_is_looked_at_once_an_hour_and_a_page_at_a_time_where_many_are_written() -> None:
    at = bench()
    made = {f"P-{number}": at.product(f"P-{number}", stock=0) for number in range(ONE_BY_ONE + 1)}
    office = at.connector()
    for _ in range(2):
        assert office.stock_target.write([change("P-0", "1", made["P-0"])], manage="untouched", warehouse="") == {}
    assert at.calls("GET /products/{id}") == 1
    at.clock.advance(hours=2)
    changes = [change(sku, "2", product) for sku, product in made.items()]
    assert office.stock_target.write(changes, manage="untouched", warehouse="") == {}
    assert (at.calls("GET /products/{id}"), at.calls("GET /products")) == (1, 1)


def test_a_page_of_which_nothing_can_be_read_is_none() -> None:
    at: Any = bench()
    for number in ("A", "B"):
        at.product(number)

    def spoil(body: Any) -> None:
        for row in rows_with(body, "productnumber"):
            row["productnumber"] = "x" * 3_000

    with laid(at, partial(Changing, change=spoil)), pytest.raises(RetryLater, match="no record"):
        at.connector(verify_answers="log").stock_source.page(None)
