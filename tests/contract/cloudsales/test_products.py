from typing import Any

import pytest

from sandbox.platforms.cloudsales import Spelling, StandIn
from shopbridge.connectors.kit.whole_list import CODES
from shopbridge.errors import Held, NeedsAttention, RetryLater
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import (
    CataloguePrice,
    Category,
    Price,
    Product,
    ProductChange,
    TargetProduct,
)
from tests.containers import there
from tests.contract.benches.cloudsales import Bench, bench, bought, fill
from tests.contract.benches.salespos import ids, read_all
from tests.salespos_orders import D

LIST, WRITE = "GET product/list", "PUT connector/{id}/price"
EAN = "2000000000015"
ON = {"stand_in_writes": True}


# --- looking an order's products up -------------------------------------------------------------------------


def directory(at: Bench, field: str = "sku", mark: str | None = None) -> tuple[dict[str, ExternalId], str]:
    entries, after = read_all(lambda place: there(at.connector().order_products).changed(place, field), mark)
    return ids(entries), after


def test_products_are_found_by_code_and_by_a_barcode_whose_check_digit_is_right() -> None:
    at = bench(page_size=2)
    fill(at, ["A"], ean=EAN)
    fill(at, ["B"], ean="2000000000016")
    fill(at, ["C"], barcode="96385074")
    assert directory(at)[0] == {code: code for code in ("MUG", "A", "B", "C")}
    assert directory(at, "ean")[0] == {EAN: "A"}
    entries, _ = read_all(lambda mark: there(at.connector(barcode_field="barcode").order_products).changed(mark, "ean"))
    assert ids(entries) == {"96385074": "C"}


def test_a_list_of_more_pages_than_any_has_never_counts_as_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopbridge.connectors.cloudsales.product_index.MOST_PAGES", 2)
    at = bench(page_size=1)
    fill(at, ["A", "B"])
    with pytest.raises(RetryLater, match="BOCP gives the same page of product/list again"):
        directory(at)


def test_inactive_products_are_not_found() -> None:
    at = bench()
    fill(at, ["GONE", "ARCHIVED", "DELISTED"])
    for code, flag in (("GONE", "deleted"), ("ARCHIVED", "archived"), ("DELISTED", "delisted")):
        at.account.change_product(code, **{flag: True})
    assert directory(at)[0] == {"MUG": "MUG"}


def test_a_change_in_the_hour_that_comes_twice_is_found() -> None:
    at = bench()
    at.clock.moment = at.clock.moment.replace(month=10, day=25, hour=0, minute=50)
    _, mark = directory(at)
    at.clock.advance(minutes=20)
    fill(at, ["AGAIN"])
    at.clock.advance(minutes=1)
    assert "AGAIN" in directory(at, mark=mark)[0]


def test_a_mark_that_is_none_of_ours_starts_over() -> None:
    assert directory(bench(), mark="nonsense")[0] == {"MUG": "MUG"}


def test_one_product_cannot_be_asked_for_and_another_field_is_refused() -> None:
    at = bench()
    assert there(at.connector().order_products).find("sku", "MUG") == ()
    for ask in (
        lambda: there(at.connector().order_products).find("mpn", "-"),
        lambda: there(at.connector().order_products).changed(None, "mpn"),
    ):
        with pytest.raises(NeedsAttention, match="mpn"):
            ask()
    assert at.account.calls.total == 0


def test_a_missing_product_cannot_be_created() -> None:
    with pytest.raises(Held, match="SKU-1") as caught:
        there(bench().connector().order_products).create(bought(), "l1", "21")
    assert caught.value.code == "product_not_creatable"


# --- reading the catalogue ----------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", Spelling)
def test_a_product_is_read_whole_in_every_spelling(spelling: Spelling) -> None:
    at = bench(spellings=[spelling])
    at.account.change_product("MUG", name="Cană", category="Bucătărie", ean=EAN, images=("https://a.test/1", "b"))
    (product,) = at.connector().catalogue_source.page(None).products
    assert (product.id, product.sku, product.name, product.ean) == ("MUG", "MUG", "Cană", EAN)
    assert (product.tax_rate, product.stock, product.images, product.active) == (D(21), D(10), 2, True)
    assert product.categories == ("Bucătărie",)
    assert product.prices == {
        "regular": Price(amount=D("24.95"), gross=True, currency="RON"),
        "net": Price(amount=D("20.62"), gross=False, currency="RON"),
    }
    (category,) = at.connector().catalogue_source.categories()
    assert category == Category(id=ExternalId("Bucătărie"), parent=None, name="Bucătărie", active=True)


def test_a_product_without_a_price_has_none() -> None:
    at = bench()
    at.account.add_product("GIFT", None)
    (gift,) = [each for each in at.connector().catalogue_source.page(None).products if each.sku == "GIFT"]
    assert gift.prices == {}


def test_inactive_products_are_shown_as_such_and_deleted_ones_not_at_all() -> None:
    at = bench()
    fill(at, ["GONE", "ARCHIVED", "DELISTED"])
    for code, flag in (("GONE", "deleted"), ("ARCHIVED", "archived"), ("DELISTED", "delisted")):
        at.account.change_product(code, **{flag: True})
    active = {product.sku: product.active for product in at.connector().catalogue_source.page(None).products}
    assert active == {"MUG": True, "ARCHIVED": False, "DELISTED": False}


def test_pages_rise_in_rank_and_cost_no_call_while_the_list_is_young() -> None:
    at = bench(page_size=100)
    fill(at, [f"C{number}" for number in range(2 * CODES)])
    office = at.connector()
    products, position = list[Product](), None
    for _ in range(3):
        page = office.catalogue_source.page(position)
        products += page.products
        position = page.position
    assert position is None
    assert [each.rank for each in products] == sorted(each.rank for each in products)
    assert (len({each.sku for each in products}), at.calls(LIST)) == (2 * CODES + 1, 6)


def test_a_sweep_begins_with_what_changed_a_moment_ago_for_one_more_call() -> None:
    at = bench()
    office = at.connector()
    office.catalogue_source.page(None)
    at.clock.advance(seconds=4)
    at.account.set_price("MUG", D("26.50"))
    at.account.change_product("MUG", category="Cups")
    before = at.calls(LIST)
    assert [category.name for category in office.catalogue_source.categories()] == ["Cups"]
    (mug,) = office.catalogue_source.page(None).products
    assert (mug.prices["regular"].amount, at.calls(LIST) - before) == (D("26.50"), 1)


def test_two_products_with_one_code_are_told_apart() -> None:
    at = bench()
    fill(at, ["TWIN"], name="one")
    fill(at, ["TWIN"], name="two")
    twins = [each for each in at.connector().catalogue_source.page(None).products if each.sku == "TWIN"]
    assert [each.id for each in twins] == ["TWIN", "TWIN#2"]
    assert len({each.rank for each in twins}) == 1


# --- writing prices, which is our own invention -------------------------------------------------------------

ZERO = Price(amount=D("100.00"), gross=False, currency="RON")
PRICE = CataloguePrice(regular=Price(amount=D("30.00"), gross=True, currency="RON"), sale=None)


def priced(product: Product, known: TargetProduct | None, *fields: Any, **other: Any) -> ProductChange:
    values = {"price": PRICE, "variant_prices": {}, "categories": (), **other}
    return ProductChange(product=product, known=known, fields=frozenset(fields or ("price",)), **values)


def product(sku: str = "MUG", rate: str | None = "21") -> Product:
    (basis,) = bench().connector().catalogue_source.page(None).products
    return basis.model_copy(update={"sku": sku, "tax_rate": D(rate) if rate else None})


def desk() -> Bench:
    return bench(stand_in=StandIn(writes=True))


def test_a_price_is_written_into_a_product_that_is_there() -> None:
    at = desk()
    office = at.connector(**ON)
    (known,) = office.catalogue_target.find(["MUG", "NOBODY"])["MUG"]
    draft = office.catalogue_target.plan(priced(product(), known, "price", "name"))
    (outcome,) = office.catalogue_target.write([draft])
    assert (outcome.state, outcome.id, outcome.remarks) == (
        "updated",
        "MUG",
        ("BOCP takes only prices: name stayed as they are there.",),
    )
    assert at.account.product("MUG").price(at.account.work_point.id) == D("30.00")
    assert (office.catalogue_target.currency, office.catalogue_target.fields()) == ("RON", {})
    assert {"price", "tax", "stock", "name"} <= known.filled


def test_a_net_price_on_sale_is_written_gross_by_its_code() -> None:
    at = desk()
    fill(at, ["L"])
    office = at.connector(**ON)
    (known,) = office.catalogue_target.find(["L"])["L"]
    change = priced(product("L"), known, price=CataloguePrice(regular=PRICE.regular, sale=ZERO))
    assert office.catalogue_target.plan(change).payload["items"] == [
        {"code": "L", "price_with_vat": "121.00", "vat_percent": 21},
    ]
    office.catalogue_target.write([office.catalogue_target.plan(change)])
    assert at.account.product("L").price(at.account.work_point.id) == D("121.00")


def test_a_price_is_written_by_the_vat_that_the_product_keeps() -> None:
    at = desk()
    office = at.connector(**ON)
    (known,) = office.catalogue_target.find(["MUG"])["MUG"]
    net = CataloguePrice(regular=Price(amount=D("12.00"), gross=False, currency="RON"), sale=None)
    assert known.tax_rate == 21

    def rows(*fields: Any, of: TargetProduct = known) -> Any:
        return office.catalogue_target.plan(priced(product(rate="11"), of, *fields, price=net)).payload["items"]

    assert rows("price") == [{"code": "MUG", "price_with_vat": "14.52", "vat_percent": 21}]
    unsaid = known.model_copy(update={"tax_rate": None})
    assert rows("price", of=unsaid) == [{"code": "MUG", "price_with_vat": "13.32", "vat_percent": 11}]


def test_what_cannot_be_written_is_held_or_said() -> None:
    office = desk().connector(**ON)
    with pytest.raises(Held, match="no call that creates one"):
        office.catalogue_target.plan(priced(product("NEW"), None))
    known = TargetProduct(id=ExternalId("MUG"), sku="MUG", filled=frozenset())
    with pytest.raises(Held, match="which tax the product has"):
        office.catalogue_target.plan(priced(product(rate=None), known))
    with pytest.raises(Held, match="category"):
        office.catalogue_target.write_category(Category(id=ExternalId("1"), parent=None, name="New", active=True), None)
    (reason,) = office.catalogue_target.deactivate([ExternalId("MUG")]).values()
    assert "by hand" in reason.fix
    assert office.catalogue_target.deactivate_variants({"MUG": ExternalId("MUG")}) == {"MUG": reason}


def test_what_is_archived_is_not_on_sale() -> None:
    at = desk()
    fill(at, ["OLD"], archived=True)
    assert at.connector(**ON).catalogue_target.on_sale(["MUG", "OLD", "NONE"]) == {"MUG": True, "OLD": False}


def test_without_the_switch_even_looking_products_up_names_it() -> None:
    with pytest.raises(NeedsAttention, match="No call") as caught:
        bench().connector().catalogue_target.find(["MUG"])
    assert "stand_in_writes" in str(caught.value)
