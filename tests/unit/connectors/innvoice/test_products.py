"""What InnVoice is documented to answer of products and stock is understood."""

from typing import Any

import pytest

from shopbridge.errors import NeedsAttention, RetryLater
from shopbridge.model.stock import StockChange
from tests.innvoice_orders import chosen, fixture, talk
from tests.salespos_orders import D

WRITING: dict[str, Any] = {"stand_in_writes": True, "regular_price_group": "Retail", "stand_in_warehouse": "1"}


# --- products -----------------------------------------------------------------------------------------------------


def test_every_documented_product_is_read_and_one_without_sku_is_passed_over() -> None:
    office, _ = talk(
        fixture("answer_products"), regular_price_group="retail", sale_price_group="Sale", product_tax="27"
    )
    mug, old = sorted(office.catalogue_source.page(None).products, key=lambda each: each.sku)
    assert (mug.sku, mug.name, mug.ean, mug.stock, mug.tax_rate) == (
        "SKU-1",
        "Blue mug",
        "5990000000016",
        D("15.5"),
        D(27),
    )
    assert {name: (each.amount, each.gross) for name, each in mug.prices.items()} == {
        "regular": (D(1905), True),
        "sale": (D(1690), True),
    }
    assert (mug.categories, old.ean, old.stock, old.prices["regular"].gross) == (("Mugs",), "", None, False)


def test_stock_is_told_by_warehouse_and_what_has_no_entry_keeps_none() -> None:
    levels = talk(fixture("answer_products"))[0].stock_source.page(None).levels
    told = {level.sku: {each.warehouse: each.on_hand for each in level.figures} for level in levels}
    assert told == {"SKU-1": {"Main": 12, "Shop": D("3.5")}, "SKU-2": {"": None}}
    assert {level.sku: level.managed for level in levels} == {"SKU-1": True, "SKU-2": False}
    assert {each.reserved for level in levels for each in level.figures} == {None}


def test_a_single_product_with_a_single_warehouse_and_price_is_read_like_many() -> None:
    office, _ = talk(fixture("answer_products_single"))
    (mug,) = office.catalogue_source.page(None).products
    assert (mug.stock, mug.prices["regular"].amount) == (D(12), D(1905))


def test_entries_without_names_are_known_by_their_place_and_a_price_that_is_neither_net_nor_gross_is_none() -> None:
    office, _ = talk(fixture("answer_products_by_place"), regular_price_group="#1")
    (level,) = office.stock_source.page(None).levels
    assert {each.warehouse: each.on_hand for each in level.figures} == {"#1": 12, "#2": -1}
    assert office.catalogue_source.page(None).products[0].prices == {}


def test_of_several_price_groups_none_is_taken_without_being_chosen() -> None:
    office, _ = talk(fixture("answer_products"))
    prices = {each.sku: set(each.prices) for each in office.catalogue_source.page(None).products}
    assert prices == {"SKU-1": set(), "SKU-2": {"regular"}}


def test_products_of_excluded_groups_are_not_offered_nor_are_their_groups() -> None:
    office, _ = talk(fixture("answer_products"), excluded_groups=["OLD things"])
    assert [each.sku for each in office.catalogue_source.page(None).products] == ["SKU-1"]
    assert [each.name for each in office.catalogue_source.categories()] == ["Mugs"]
    assert len(office.stock_source.page(None).levels) == 2


def test_groups_that_the_list_does_not_tell_cannot_be_left_out_in_silence() -> None:
    with pytest.raises(NeedsAttention) as caught:
        talk(fixture("answer_products_single"), excluded_groups=["Old"])[0].catalogue_source.page(None)
    assert caught.value.fix


def test_a_list_without_any_product_concludes_nothing() -> None:
    for body in (b"<response/>", b"<response><products/></response>", b""):
        with pytest.raises(RetryLater):
            talk(body)[0].stock_source.page(None)


def test_an_odd_product_spoils_no_other() -> None:
    odd = b"<product><CikkSzam>BAD</CikkSzam><Keszletek>7</Keszletek></product></response>"
    office, _ = talk(fixture("answer_products").replace(b"</response>", odd))
    page = office.catalogue_source.page(None)
    assert ({each.sku for each in page.products}, [each.sku for each in page.unreadable]) == (
        {"SKU-1", "SKU-2"},
        ["BAD"],
    )
    levels = {level.sku: level.figures[0].on_hand for level in office.stock_source.page(None).levels}
    assert levels == {"SKU-1": 12, "SKU-2": None, "BAD": None}


# --- the stand-in -------------------------------------------------------------------------------------------------


def write(body: bytes, *skus: str, **given: Any) -> dict[str, str]:
    changes = [StockChange(sku=sku, quantity=D(9)) for sku in skus]
    target = talk(body, **WRITING, **given)[0].stock_target
    return {sku: each.code for sku, each in target.write(changes, manage="untouched", warehouse="").items()}


def test_each_figure_is_taken_or_told_why_not() -> None:
    rows = fixture("stand_in_answer_partly")
    # The list that tells what is there is answered likewise: it holds no product of this name.
    there = b"<product><CikkSzam>SKU-1</CikkSzam><techid>1</techid></product></response>"
    assert write(rows.replace(b"</response>", there), "SKU-1", "NOBODY") == {"NOBODY": "unknown_sku"}


@pytest.mark.parametrize("body", [b"", b"<response/>", fixture("stand_in_answer_partly")])
def test_a_figure_that_is_not_told_of_is_written_again(body: bytes) -> None:
    with pytest.raises(RetryLater):
        write(body, "SKU-1", "SKU-7")


def test_an_account_that_does_not_know_the_stand_in_is_told_what_to_do() -> None:
    for status in (404, 405):
        with pytest.raises(NeedsAttention) as caught:
            write(b"", "SKU-1", status=status)
        assert "stand_in_writes" in caught.value.fix


def test_the_stand_in_is_there_only_when_it_is_switched_on() -> None:
    office = talk(b"")[0]
    assert (office.connector.stock_target, office.connector.catalogue_target) == (None, None)
    with pytest.raises(NeedsAttention):
        _ = office.stock_target
    assert chosen().stand_in_writes is chosen().stand_in_stock_by_sku is False
