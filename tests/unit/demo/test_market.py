from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sandbox.demo.story.scripted import KINDS, PRIVATE
from sandbox.pairs import catalogue
from sandbox.pairs.all_pairs import PAIRS
from sandbox.pairs.catalogue import item
from sandbox.pairs.market import ANYWHERE, HUNGARY, ROMANIA
from sandbox.pairs.orders import Item, Order
from sandbox.pairs.sides.gomag import GomagSide, status_key
from sandbox.pairs.sides.protocols import Kept

BARE = Kept(variants=False, texts=False, sales=False)
BOOKS = Order("1", (item(catalogue.BOOK),), catalogue.SANNE, catalogue.UTRECHT, delivery=catalogue.ROTTERDAM)


def gomag() -> GomagSide:
    return GomagSide(lambda: datetime(2026, 2, 1, tzinfo=UTC), "RON")


def test_the_story_is_played_as_it_is_written_unless_its_market_says_otherwise() -> None:
    assert ANYWHERE.order(BOOKS) == BOOKS
    assert ANYWHERE.product(catalogue.BOOK) == catalogue.BOOK


def test_in_romania_people_taxes_and_money_are_romanian_and_amounts_stay() -> None:
    order = ROMANIA.order(BOOKS)
    assert (order.items[0].tax, order.items[0].price) == (Decimal(11), catalogue.BOOK.price)
    assert order.delivery is not None
    assert (order.billing.region, order.delivery.region, order.buyer.first_name) == ("RO-CJ", "RO-B", "Ana")
    assert (ROMANIA.currency, ROMANIA.product(catalogue.BOOK).tax) == ("RON", Decimal(11))


def test_in_hungary_a_company_has_a_tax_number_and_everything_has_one_of_two_taxes() -> None:
    order = HUNGARY.order(replace(BOOKS, buyer=catalogue.ERIKA, items=(item(catalogue.BOOK), item(catalogue.MUG))))
    assert ([each.tax for each in order.items], order.billing.country) == ([Decimal(5), Decimal(27)], "HU")
    assert (HUNGARY.currency, order.buyer.company, order.buyer.vat_id) == ("HUF", "Példa Kft.", "00000000-0-00")


def test_parts_of_a_bundle_are_taxed_like_everything_else() -> None:
    bundle = Item("", "Box", Decimal(0), Decimal(21), kind="bundle", parts=(item(catalogue.BOOK),))
    assert ROMANIA.order(replace(BOOKS, items=(bundle,))).items[0].parts[0].tax == Decimal(11)


def test_buyers_from_elsewhere_stay_who_they_are() -> None:
    order = ROMANIA.order(replace(BOOKS, buyer=catalogue.CLAIRE, billing=catalogue.PARIS))
    assert (order.buyer, order.billing) == (catalogue.CLAIRE, catalogue.PARIS)


def test_what_is_sold_of_a_product_are_its_variants_or_itself() -> None:
    assert catalogue.POLO.skus == ("POLO-S", "POLO-M", "POLO-L")
    assert catalogue.MUG.skus == ("MUG-01",)


def test_a_back_office_may_keep_less_than_the_story_has() -> None:
    assert BARE.takes(catalogue.MUG)
    assert not BARE.takes(catalogue.POLO)
    assert not BARE.takes(replace(catalogue.MUG, sale=Decimal(9)))
    assert Kept(variants=True, texts=True, sales=True).takes(catalogue.POLO_ON_SALE)


def test_a_shop_says_which_kinds_of_orders_it_cannot_have() -> None:
    without = {"net prices", "a bundle", "a retried payment", "a total rounded for cash"}
    assert {kind for kind, order in KINDS.items() if not gomag().takes(order)} == without


@pytest.mark.parametrize("kind", [kind for kind, order in KINDS.items() if gomag().takes(order)])
def test_an_order_costs_in_gomag_what_its_buyer_sees(kind: str) -> None:
    shop, order = gomag(), ROMANIA.order(KINDS[kind])
    shop.add_products(map(ROMANIA.product, catalogue.PRODUCTS))
    shop.place(order)
    goods = sum((each.price * each.quantity for each in order.items), Decimal(0))
    (placed,) = shop.placed()
    assert placed.total == round(goods * (1 - order.discount / 100), 2) + order.shipping


def test_payment_and_cancellation_are_statuses_in_gomag() -> None:
    shop = gomag()
    shop.add_products(map(ROMANIA.product, catalogue.PRODUCTS))
    shop.place(replace(PRIVATE, paid=False))
    assert shop.told(PRIVATE.number).status == status_key("Comanda NEW")
    shop.pay(PRIVATE.number)
    assert shop.told(PRIVATE.number).status == status_key("In curs de procesare")
    shop.cancel(PRIVATE.number)
    assert shop.ordered()[0].cancelled


def test_every_pair_has_a_tax_for_whatever_the_story_sells_there() -> None:
    for pair in PAIRS.values():
        taxes = {f"{pair.market.product(each).tax}" for each in (*catalogue.PRODUCTS, *catalogue.NEW_PRODUCTS)}
        assert taxes <= pair.maps["tax"].keys()
