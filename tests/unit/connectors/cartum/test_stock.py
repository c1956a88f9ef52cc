"""Cartum's stock and the writing of rows: shapes, pieces, logs, and what is looked at before and after."""

import json
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from shopbridge.connectors.cartum.imports import LARGEST_IMPORT, in_pieces, outcomes_of
from shopbridge.connectors.cartum.orders.open_orders import BELIEVED
from shopbridge.connectors.cartum.wire import WireLog
from shopbridge.connectors.cartum.wire_products import WireStocked
from shopbridge.errors import RetryLater
from shopbridge.model.stock import StockChange
from tests.cartum_shapes import LONG_AGO, Shop, listed, reply, row, settings_of, shop
from tests.recorded import cartum as golden
from tests.salespos_orders import D


def product(article: str, quantity: Any = 7, **more: Any) -> dict[str, Any]:
    return {
        "article": article,
        "parent_article": article,
        "residues": [{"warehouse": "office", "quantity": quantity}],
        **more,
    }


class Shelf:
    """The catalogue of a shop that takes what is written, unless ``deaf``."""

    def __init__(self, *rows: dict[str, Any], deaf: bool = False) -> None:
        self.rows = {each["article"]: each for each in rows}
        self.deaf = deaf

    def export(self, request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        wanted = asked.get("expr", {}).get("article")
        rows = [each for each in self.rows.values() if wanted is None or each["article"] in wanted]
        page = rows[asked["offset"] :][: min(asked["limit"], 500)]
        return reply({"status": "OK", "response": {"products": page}} if page else {"status": "EMPTY", "response": []})

    def take(self, request: httpx.Request) -> httpx.Response:
        rows = json.loads(request.content)["products"]
        for each in rows if not self.deaf else ():
            self.rows[each["article"]] = {**self.rows.get(each["article"], {}), **each}
        log = [{"article": each["article"], "info": [{"code": 0, "message": "OK"}]} for each in rows]
        return reply({"status": "OK", "response": {"log": log}})

    def shop(self) -> Shop:
        return shop(catalog__export=self.export, catalog__import=self.take)


def written(at: Shop, figures: dict[str, Any], warehouse: str = "", **settings: Any) -> dict[str, str]:
    changes = [StockChange(sku=sku, quantity=D(str(count))) for sku, count in figures.items()]
    target = at.connector(**settings).stock_target
    return {sku: each.code for sku, each in target.write(changes, manage="untouched", warehouse=warehouse).items()}


# --- figures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("residues", "stock"),
    [
        ([{"warehouse": "office", "quantity": "7.00"}], 7),
        ([{"warehouse": "second", "quantity": 3}, {"warehouse": "office", "quantity": 7}], 7),
        ({"office": 7, "second": 3}, 7),
        ({"office": {"quantity": "7"}}, 7),
        ({"0": {"warehouse": "office", "quantity": 7}}, 7),
        ([{"warehouse": "second", "quantity": 3}], 0),
        ([{"warehouse": "office", "quantity": None}], None),
        ([], None),
        (None, None),
        ("", None),
    ],
)
def test_a_figure_is_that_of_the_warehouse_and_none_where_none_is_told(residues: Any, stock: int | None) -> None:
    wire = WireStocked.model_validate({"article": "A", "residues": residues})
    assert wire.stock_in("office") == stock


def test_stock_is_told_of_the_chosen_warehouse_and_only_what_is_needed_is_asked_for() -> None:
    at = Shelf(
        product("MUG", residues=[{"warehouse": "office", "quantity": 7}, {"warehouse": "b", "quantity": 2}])
    ).shop()
    (level,) = at.connector(warehouse="b").stock_source.page(None).levels
    assert (level.sku, level.item, level.managed, level.figures[0].on_hand) == ("MUG", "MUG", True, D(2))
    assert at.sent() == {
        "offset": 0,
        "limit": 500,
        "includedParams": ["article", "parent_article", "residues", "presence", "display_in_showcase"],
    }


def test_more_rows_than_a_call_gives_are_read_on_and_told_once() -> None:
    at = Shelf(*(product(f"P-{number}") for number in range(1_200))).shop()
    source, position, told = at.connector().stock_source, None, list[str]()
    while True:
        page = source.page(position)
        told += [level.sku for level in page.levels]
        position = page.position
        if position is None:
            break
    assert sorted(told) == sorted(f"P-{number}" for number in range(1_200))
    assert at.functions() == ["catalog/export"] * 3


def test_a_list_whose_rows_moved_between_two_pages_is_read_again() -> None:
    shelf = Shelf(*(product(f"P-{number}") for number in range(30)))

    def moving(request: httpx.Request) -> httpx.Response:
        answer = shelf.export(request)
        for article in list(shelf.rows)[:6]:
            del shelf.rows[article]
        return answer

    with pytest.raises(RetryLater, match="moved"):
        shop(catalog__export=moving).connector(page_size=10).stock_source.page(None)


# --- writing ------------------------------------------------------------------------------------------------------


def test_figures_are_written_as_residues_of_the_warehouse_and_read_back() -> None:
    at = Shelf(product("MUG"), product("CUP", 5)).shop()
    assert written(at, {"MUG": "9.7", "CUP": 5}) == {}
    assert at.functions() == ["catalog/export", "catalog/import", "catalog/export"]
    assert at.sent(1) == {
        "products": [
            {"article": "MUG", "residues": [{"warehouse": "office", "quantity": 9}]},
            {"article": "CUP", "residues": [{"warehouse": "office", "quantity": 5}]},
        ]
    }
    assert at.sent(2)["expr"] == {"article": ["MUG"]}


def test_a_shop_that_says_ok_and_drops_the_figure_is_found_out() -> None:
    assert written(Shelf(product("MUG"), product("CUP", 5), deaf=True).shop(), {"MUG": 9, "CUP": 5}) == {
        "MUG": "not_written"
    }


def test_a_figure_that_a_buyer_moved_meanwhile_was_written() -> None:
    shelf = Shelf(product("MUG"))

    def sold_at_once(request: httpx.Request) -> httpx.Response:
        answer = shelf.take(request)
        shelf.rows["MUG"] = product("MUG", 8)
        return answer

    at = shop(catalog__export=shelf.export, catalog__import=sold_at_once)
    assert written(at, {"MUG": 9}) == {}


def test_an_article_that_is_not_there_is_never_sent_for_it_would_become_a_product() -> None:
    at = Shelf(product("Lamp"), product("TEE-M", parent_article="TEE")).shop()
    assert written(at, {"NOBODY": 1, "LAMP": 2, "TEE": 3}) == {
        "NOBODY": "unknown_sku",
        "LAMP": "other_capitals",
        "TEE": "sold_otherwise",
    }
    assert "catalog/import" not in at.functions()


def test_availability_is_written_in_the_shops_words_where_it_keeps_no_figures() -> None:
    at = Shelf(product("MUG"), product("CUP")).shop()
    words = {"stock_as": "presence", "in_stock": "În stoc", "out_of_stock": "Stoc epuizat"}
    assert written(at, {"MUG": 3, "CUP": "0.9"}, **words) == {}
    assert at.sent() == {
        "products": [{"article": "MUG", "presence": "În stoc"}, {"article": "CUP", "presence": "Stoc epuizat"}]
    }
    connector = at.connector(**words)
    assert connector.stock_target.reader().read(["MUG"]) == {}
    assert [level.managed for level in connector.stock_source.page(None).levels] == [False, False]


def test_availability_needs_the_shops_words() -> None:
    with pytest.raises(ValidationError, match="out_of_stock"):
        settings_of(stock_as="presence", in_stock="În stoc")


def test_a_warehouse_by_its_code_is_taken_and_another_is_not() -> None:
    at = Shelf(product("MUG")).shop()
    assert written(at, {"MUG": 9}, warehouse="office") == {}
    assert written(at, {"MUG": 9}, warehouse="second") == {"MUG": "no_warehouses"}


@pytest.mark.parametrize(
    ("line", "done", "problems"),
    [
        ({"status": "OK", "message": "UPDATED"}, True, ()),
        ({"status": "ok", "messages": ["UPDATED"]}, True, ()),
        ({"status": "ERROR", "message": "no warehouse"}, False, ("no warehouse",)),
        ({"status": "ERROR"}, False, ("no reason given",)),
        ({"info": [{"code": 0, "message": "OK"}]}, True, ()),
        ({"info": [{"code": "0"}, {"code": 22, "message": "loaded"}]}, True, ()),
        ({"info": [{"code": 0}, {"code": 11, "message": "no field"}]}, True, ("no field (code 11)",)),
        ({"info": [{"code": 6, "messages": ["title"]}]}, False, ("title (code 6)",)),
        ({"info": {"0": {"code": 6, "message": "title"}}}, False, ("title (code 6)",)),
        ({"code": 0}, True, ()),
        ({"code": 26, "message": "image"}, False, ("image (code 26)",)),
        ({}, False, ("no reason given",)),
    ],
)
def test_a_line_of_a_log_in_every_shape(line: dict[str, Any], done: bool, problems: tuple[str, ...]) -> None:
    log = [WireLog.model_validate({"article": "A", **line})]
    outcome = outcomes_of(["A"], log)["A"]
    assert (outcome.is_done, outcome.problems) == (done, problems)


def test_a_log_is_met_by_article_and_where_it_names_none_by_place() -> None:
    ok, bad = WireLog(status="OK"), WireLog(status="ERROR", message="no")
    assert [each.is_done for each in outcomes_of(["A", "B"], [ok, bad]).values()] == [True, False]
    named = [WireLog(article="B", status="OK"), WireLog(article="A", status="ERROR")]
    assert [each.is_done for each in outcomes_of(["A", "B"], named).values()] == [False, True]
    assert [each.is_done for each in outcomes_of(["A", "B"], [ok]).values()] == [False, False]


def test_rows_go_in_pieces_by_number_and_by_bytes() -> None:
    rows = [{"article": f"P-{number}", "title": "ă" * 20_000} for number in range(7)]
    pieces = list(in_pieces(rows, 50))
    assert [len(piece) for piece in pieces] == [2, 2, 2, 1]
    assert [len(piece) for piece in in_pieces([{"article": "A"}] * 120, 50)] == [50, 50, 20]
    assert list(in_pieces([], 50)) == []
    huge = {"article": "X", "title": "x" * 2 * LARGEST_IMPORT}
    assert [len(piece) for piece in in_pieces([huge, {"article": "A"}], 50)] == [1, 1]


# --- open orders --------------------------------------------------------------------------------------------------


def test_a_set_holds_its_own_units_and_those_of_its_parts() -> None:
    at = shop(orders__get=listed(row(1045), row(1046), row(1047)))
    orders = at.connector().open_orders.of(["SET-1", "MUG-RED", "TEE-M", "STICKER"], LONG_AGO)
    assert {order.id: order.units for order in orders} == {
        "1045": {"SET-1": D(1), "MUG-RED": D(2), "TEE-M": D(1)},
        "1046": {"SET-1": D(1), "MUG-RED": D(2), "TEE-M": D(1)},
        "1047": {"MUG-RED": D(1), "STICKER": D(1)},
    }


def test_successful_orders_are_told_for_two_weeks_and_only_open_ones_of_before() -> None:
    at = shop()
    asked = list[dict[str, Any]]()
    now = at.clock()
    local = now.astimezone(settings_of().zone)
    lately, old = (local.replace(tzinfo=None).fromordinal(local.toordinal() - days) for days in (3, 40))

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        rows = [row(order_id=1, stat_status=3, stat_created=str(lately)), row(order_id=2, stat_created=str(old))]
        return reply(listed(rows[1] if "status" in asked[-1] else rows[0]))

    at.answers["orders/get"] = answer
    found = at.connector().open_orders.of(["MUG-RED"], LONG_AGO)
    assert [order.id for order in found] == ["1", "2"]
    assert ("status" in asked[0], asked[1]["status"]) == (False, [1, 2, 6])


def test_a_reading_of_all_is_believed_the_longer_the_more_calls_it_took() -> None:
    at = shop(orders__get=golden("orders"))
    shelf = at.connector().open_orders
    shelf.of(["MUG-RED"], LONG_AGO)
    first = at.functions().count("orders/get")
    at.clock.advance(seconds=BELIEVED.total_seconds() * first - 1)
    shelf.of(["MUG-RED"], LONG_AGO)
    assert at.functions().count("orders/get") == first + 1
    at.clock.advance(seconds=60)
    shelf.of(["MUG-RED"], LONG_AGO)
    assert at.functions().count("orders/get") == first + 1 + first


def test_an_order_that_cannot_be_read_lets_nothing_be_concluded() -> None:
    at = shop(orders__get=listed(row(products=[{"article": "MUG-RED", "quantity": "many"}])))
    with pytest.raises(RetryLater, match="unexpected form"):
        at.connector().open_orders.of(["MUG-RED"], LONG_AGO)
