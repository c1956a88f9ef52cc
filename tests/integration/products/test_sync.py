"""Products between the emulated SalesPOS and the emulated Shopware, in both directions."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.shopware import ProductSpec
from shopbridge.flows.runs import LEASE
from tests.integration.worlds.catalogue_pair import Pair, pages
from tests.unit.memory_stores import Killed

D = Decimal


def from_office(**settings: Any) -> Pair:
    """Six products of the back office, two of them with variants."""
    pair = Pair("office_to_shop", **settings)
    kitchen = pair.category("Kitchen")
    mugs = pair.category("Mugs", kitchen)
    texts = {"shortdescription": "Blue", "description": "<p>Big.</p>"}
    pair.sell("MUG", "11.90", mugs, name="Mug", discount=D("2.00"), eannumber="4006381333931", **texts)
    sizes = {"Size": {"S": 0, "M": D("1.00")}, "Colour": {"red": 0, "blue": 0}}
    pair.sell("TEE", "24.90", kitchen, name="Tee", variants=sizes)
    pair.sell("SOCK", "3.50", name="Sock", variants={"Size": {"S": 0, "M": 0}})
    pair.sell("LAMP", "59.50", name="Lamp")
    pair.sell("PEN", "1.50", name="Pen")
    pair.sell("BOOK", "10.70", name="Book")
    return pair


def from_shop(**settings: Any) -> Pair:
    """Six products of the shop, one of them with variants: SalesPOS takes a dozen calls for those."""
    pair = Pair("shop_to_office", **settings)
    mug = ProductSpec("MUG", "Mug", D("11.90"), D(19), stock=4, properties={"Material": "Clay"}, images=2)
    pair.shop.add_product(mug)
    pair.shop.add_product(ProductSpec("TEE", "Tee", D("24.90"), D(19), categories=("Shirts", "New")))
    for size, price in (("S", None), ("M", D("25.90"))):
        pair.shop.add_product(ProductSpec(f"TEE.{size}", parent="TEE", options={"Size": size}, stock=3, price=price))
    for sku in ("SOCK", "LAMP", "PEN", "BOOK"):
        pair.shop.add_product(ProductSpec(sku, sku.title(), D("59.50"), D(19)))
    return pair


MAKERS = {"office_to_shop": from_office, "shop_to_office": from_shop}
both_ways = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
Make = Callable[..., Pair]


def alike(pair: Pair) -> None:
    """Every product is there once, and shows the same on both sides."""
    for side in ("shop", "office"):
        listed = [product.sku for product in pages(pair.connector(side))]
        assert len(listed) == len(set(listed)) == 6, (side, listed)
    assert pair.shop_products() == pair.office_products()


@both_ways
def test_simple_products_and_variants_arrive_whole_with_prices_to_the_cent(make: Make) -> None:
    pair = make()
    run = pair.run()
    assert (run.state, run.problems, pair.counts()) == ("done", (), (6, 6, 0, 0, 0, 0))
    alike(pair)


@both_ways
def test_an_unchanged_run_writes_nothing_and_looks_nothing_up(make: Make) -> None:
    pair = make()
    pair.run()
    pair.cold_start()
    pair.calls.names.clear()
    pair.run()
    assert pair.counts() == (6, 0, 0, 6, 0, 0)
    assert pair.writes() == 0
    asked = [name for name in pair.calls.names if "/" in name and "oauth" not in name]
    source = "/api/rest/" if make is from_office else "/api/search/"
    assert [name for name in asked if source not in name] == (
        ["POST /api/search/currency"] if make is from_office else ASKED_FOR_CURRENCY
    )


ASKED_FOR_CURRENCY = ["GET /api/rest/v1/webshops/", "GET /api/rest/v1/webshops/1/settings/"]
"""What a container that starts cold asks the target once: which currency its prices are in."""


def test_a_new_price_travels_and_a_text_that_somebody_enriched_stays() -> None:
    pair = from_office()
    pair.run()
    (row,) = pair.shop.shop.store.children("product", "productNumber", "MUG")
    pair.shop.shop.store.write(row, {"description": "<p>Enriched.</p>", "name": "The mug"})
    (mug,) = pair.office.shop.catalogue.numbered("productnumber", "MUG")
    pair.office.change_product(mug["id"], price=D("12.90"), discount=D("3.00"), description="<p>New.</p>", name="Cup")
    pair.run()
    shown = pair.shop_products()["MUG"]
    assert pair.counts() == (6, 0, 1, 5, 0, 0)
    assert (shown["name"], shown["text"]) == ("The mug", ("Blue", "<p>Enriched.</p>"))
    assert shown["prices"] == {"regular": D("12.9"), "sale": D("9.9")}


def test_a_sale_that_ends_takes_the_list_price_away() -> None:
    pair = from_office()
    pair.run()
    (mug,) = pair.office.shop.catalogue.numbered("productnumber", "MUG")
    pair.office.change_product(mug["id"], discount=D(0))
    pair.run()
    alike(pair)


def test_a_renamed_category_stays_one_category() -> None:
    pair = from_office()
    pair.run()
    (kitchen,) = (each for each in pair.office.shop.table("categories").values() if each["name"] == "Kitchen")
    kitchen["name"] = "Cooking"
    pair.run()
    assert sorted(each.name for each in pair.connector("shop").catalogue_source.categories()) == ["Cooking", "Mugs"]


def test_a_product_deleted_in_the_back_office_is_switched_off_in_the_shop_where_the_settings_say_so() -> None:
    pair = from_office(gone="deactivate")
    pair.run()
    (pen,) = pair.office.shop.catalogue.numbered("productnumber", "PEN")
    pair.office.trash_product(pen["id"])
    pair.run()
    pair.run()
    assert [sku for sku, shown in pair.shop_products().items() if not shown["active"]] == ["PEN"]


def test_a_product_without_an_entry_for_its_attribute_waits_and_the_others_go() -> None:
    pair = from_office(attributes={"Size": "="})
    pair.run()
    assert (pair.counts(), pair.codes()) == ((6, 5, 0, 0, 1, 0), {"TEE": "unmapped_attribute"})
    pair.set(attributes={"Size": "=", "Colour": "="})
    pair.run()
    alike(pair)


@both_ways
def test_another_currency_holds_every_product(make: Make) -> None:
    pair = make(prices={"currency": "USD"})
    pair.run()
    assert (pair.counts(), set(pair.codes().values())) == ((6, 0, 0, 0, 6, 0), {"other_currency"})


@both_ways
def test_a_kill_before_any_call_leads_to_the_same_products_each_once(make: Make) -> None:
    """Before a call is after the one before it: what the process knew is gone, what both sides have is the same."""
    calm = make()
    calm.run()
    for at in range(len(calm.calls.names)):
        pair = make()
        pair.calls.at, pair.calls.when = at, "before"
        with pytest.raises(Killed):
            pair.tick()
        pair.calls.at = -1
        pair.clock.advance(seconds=LEASE.total_seconds())
        pair.cold_start()
        pair.settle()
        alike(pair)
        assert len(pair.connector("office" if make is from_shop else "shop").catalogue_source.categories()) == 2, at


@both_ways
def test_lost_answers_double_nothing(make: Make) -> None:
    """The answer to each kind of write is lost once; the work was done."""
    pair = make()
    routes: dict[Make, tuple[Any, tuple[str, ...]]] = {
        from_office: (pair.shop, ("POST /api/category", "POST /api/_action/sync")),
        from_shop: (pair.office, ("POST /categories", "POST /products", "POST /products/{id}/productattributevalues")),
    }
    emulator, lossy = routes[make]
    for route in lossy:
        emulator.faults.plan("lost_answer", route)
    for _ in lossy:
        pair.tick()
        pair.clock.advance(minutes=20)
    pair.settle()
    pair.run()
    assert not any(emulator.faults.due("lost_answer", route) for route in lossy)
    alike(pair)
