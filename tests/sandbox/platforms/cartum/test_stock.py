"""Stock of the emulated Cartum: by warehouse where the shop keeps account of it, else only as availability."""

from typing import Any

import httpx
import pytest

from sandbox.platforms.cartum import ProductSpec
from tests.sandbox.platforms.cartum.calls import Store

RESIDUES = "catalog/importResidues"


def _mug(**settings: Any) -> Store:
    store = Store(**settings)
    store.shop.add_product(ProductSpec("MUG", stock=7, presence="Ask us"))
    return store


def _told(store: Store) -> list[Any]:
    (row,) = store.products(includedParams=["residues", "quantity", "presence"])
    return [row["residues"], row["quantity"], row["presence"]]


def _residues(store: Store, *rows: Any) -> tuple[str, list[str]]:
    answer = store.envelope(RESIDUES, products=list(rows))
    return answer["status"], [row["message"] for row in answer["response"]["log"]]


def _row(quantity: Any, warehouse: str = "office", article: str = "MUG") -> dict[str, Any]:
    return {"article": article, "warehouse": warehouse, "quantity": quantity}


def test_with_accounting_residues_are_absolute_and_other_warehouses_stay() -> None:
    store = _mug()
    store.shop.add_warehouse("cellar")
    store.shop.set_stock("MUG", 2, "cellar")
    rows = [{"warehouse": "office", "quantity": 5}]
    assert store.write({"article": "MUG", "residues": rows}) == ("OK", [[0]])
    both = [{"warehouse": "cellar", "quantity": 2}, {"warehouse": "office", "quantity": 5}]
    assert _told(store) == [both, 7, "In stock"]
    rows = [{"warehouse": "office", "quantity": 0}, {"warehouse": "cellar", "quantity": 0}]
    assert store.write({"article": "MUG", "residues": rows}) == ("OK", [[0]])
    assert _told(store)[1:] == [0, "Out of stock"]


def test_the_older_function_has_a_log_of_its_own() -> None:
    store = _mug()
    assert _residues(store, _row(5), _row(5, "cellar"), _row(5, article="CUP"), _row("5"), {"article": "MUG"}) == (
        "WARNING",
        [
            "UPDATED",
            "warehouse is not defined",
            "article is not found",
            "residue.quantity should be a number",
            "residue.warehouse is missing",
        ],
    )
    assert store.shop.stock("MUG") == 5
    assert _residues(store, _row(6)) == ("OK", ["UPDATED"])


def test_the_older_function_may_do_nothing_any_more() -> None:
    store = _mug(import_residues_works=False)
    assert _residues(store, _row(5)) == ("OK", ["UPDATED"])
    assert store.shop.stock("MUG") == 7


def test_without_accounting_only_presence_tells_and_is_written() -> None:
    store = _mug(stock_accounting=False)
    assert _told(store) == [[], 0, "Ask us"]
    assert store.write({"article": "MUG", "residues": [{"warehouse": "office", "quantity": 5}]}) == ("OK", [[0]])
    assert _residues(store, _row(5)) == ("OK", ["UPDATED"])
    assert store.shop.stock("MUG") == 7
    assert store.write({"article": "MUG", "presence": "Out of stock"}) == ("OK", [[0]])
    assert _told(store) == [[], 0, "Out of stock"]
    store.shop.sell({"MUG": 1})
    assert store.shop.stock("MUG") == 7


def test_with_accounting_presence_is_passed_over() -> None:
    store = _mug()
    assert store.write({"article": "MUG", "presence": "Out of stock"}) == ("OK", [[0]])
    assert _told(store)[2] == "In stock"
    store.shop.set_stock_accounting(on=False)
    assert _told(store)[2] == "Ask us"


def test_what_a_shop_does_not_use_may_be_refused() -> None:
    store = _mug(useless_stock="refused")
    assert store.write({"article": "MUG", "presence": "Out of stock", "price": 5}) == ("WARNING", [[1]])
    store.shop.set_stock_accounting(on=False)
    assert _residues(store, _row(5)) == ("WARNING", ["stock accounting is off"])
    assert store.write({"article": "MUG", "residues": [{"warehouse": "office", "quantity": 5}]}) == ("WARNING", [[1]])
    assert store.shop.price("MUG") == 0


def test_presence_and_residues_have_other_shapes_too() -> None:
    store = _mug(presence_as_map=True, residues_as_map=True)
    assert _told(store) == [{"office": 7}, 7, {"value": {"en": "In stock", "ro": "In stock"}}]


def test_too_large_a_body_may_end_in_silence() -> None:
    store = _mug(oversized="silence", largest_import=200)
    assert _residues(store, _row(1)) == ("OK", ["UPDATED"])
    with pytest.raises(httpx.ReadTimeout):
        store.send(RESIDUES, products=[_row(2)] * 5)
    assert store.shop.stock("MUG") == 1
