"""UNAS' products in every documented shape, and what is written of one: unnamed stays, an empty text clears."""

from datetime import date
from typing import Any

import pytest

from shopbridge.connectors.unas.catalogue.map import read_product, target_product
from shopbridge.connectors.unas.catalogue.plan import plan, record_of
from shopbridge.connectors.unas.product_index import SweepPosition, UnasProductList
from shopbridge.connectors.unas.stock.read import product_skus, records_of
from shopbridge.connectors.unas.wire_products import WireCategory, WireProduct
from shopbridge.errors import Held, RetryLater
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import (
    CataloguePrice,
    Price,
    Product,
    ProductChange,
    ProductField,
    TargetProduct,
    UnreadableProduct,
)
from shopbridge.ports import Clock
from tests.recorded import unas_rows
from tests.salespos_orders import D
from tests.salespos_products import product
from tests.unas_orders import NOW, settings_of

TODAY = date(2030, 1, 15)
(FULL,) = unas_rows("product_full", "Products", "Product")


def read(row: dict[str, Any], **settings: object) -> Product:
    found = read_product(row, 1, settings_of(**settings), TODAY)
    assert isinstance(found, Product), found
    return found


def test_the_example_of_the_platform_file_becomes_our_product() -> None:
    mug = read(FULL, ean_param="1005")
    assert (mug.id, mug.sku, mug.name, mug.active) == ("318", "MUG-BLUE", "Bögre, kék", True)
    assert (mug.short_text, mug.long_text) == ("Kerámia", "<p>Kerámia bögre</p>")
    assert {group: price.amount for group, price in mug.prices.items()} == {"regular": D(3175), "sale": D(2540)}
    assert all(price.gross and price.currency == "HUF" for price in mug.prices.values())
    assert (mug.tax_rate, mug.stock, mug.categories, mug.images) == (D(27), D(12), ("27", "28"), 2)
    assert [(each.name, each.value) for each in mug.features] == [("Márka", "Minta")]
    assert mug.extras == {"unit": "db", "mergeType": "child", "mergeParent": "MUG"}
    assert (mug.variants, mug.ean) == ((), "")


@pytest.mark.parametrize(
    ("day", "counts"), [((2030, 1, 9), False), ((2030, 1, 10), True), ((2030, 1, 31), True), ((2030, 2, 1), False)]
)
def test_a_sale_price_counts_on_its_days_both_included(day: tuple[int, int, int], *, counts: bool) -> None:
    found = read_product(FULL, 1, settings_of(), date(*day))
    assert isinstance(found, Product)
    assert ("sale" in found.prices) is counts


def test_a_minimal_product_tells_no_price_and_no_stock() -> None:
    (row,) = unas_rows("product_minimal", "Products", "Product")
    mug = read(row)
    assert (mug.name, mug.prices, mug.stock, mug.active, mug.tax_rate) == ("Bögre, kék", {}, None, True, None)


@pytest.mark.parametrize(("value", "active"), [("0", False), ("1", True), ("2", True), ("3", False)])
def test_whether_it_is_for_sale_its_base_status_says(value: str, *, active: bool) -> None:
    assert read({**FULL, "Statuses": {"Status": {"Type": "base", "Value": value}}}).active is active


def test_what_keeps_no_stock_tells_none() -> None:
    stocks = {"Status": {"Active": "0", "Empty": "1", "Variant": "0"}, "Stock": {"Qty": "12"}}
    assert read({**FULL, "Stocks": stocks}).stock is None


def test_combinations_of_up_to_three_variants_are_products_forms_where_they_are_joined() -> None:
    properties = [
        {"Name": "Szín", "Values": {"Value": [{"Name": "Kék"}, {"Name": "Piros", "ExtraPrice": "100"}]}},
        {"Name": "Méret", "Values": {"Value": {"Name": "XL"}}},
        {"Name": "Ujj", "Values": {"Value": {"Name": "Rövid"}}},
    ]
    blue = {"Variants": {"Variant": ["Kék", "XL", "Rövid"]}, "Qty": "5"}
    row = {
        **FULL,
        "Variants": {"Variant": properties},
        "Stocks": {
            "Status": {"Active": "1", "Variant": "1"},
            "Stock": [blue, {**blue, "WarehouseId": "7", "Qty": "9"}],
        },
    }
    found = read(row, variant_skus="joined", variant_joint="/")
    assert [(each.sku, each.stock, list(each.options.items())) for each in found.variants] == [
        ("MUG-BLUE/Kék/XL/Rövid", D(5), [("Szín", "Kék"), ("Méret", "XL"), ("Ujj", "Rövid")]),
        ("MUG-BLUE/Piros/XL/Rövid", None, [("Szín", "Piros"), ("Méret", "XL"), ("Ujj", "Rövid")]),
    ]
    assert found.stock is None
    assert [price.amount for price in found.variants[1].prices.values()] == [D(3275), D(2640)]
    assert read(row).variants == ()
    assert read(row).stock == 5


def test_more_combinations_than_anybody_keeps_hold_the_product() -> None:
    values = {"Value": [{"Name": str(number)} for number in range(11)]}
    row = {**FULL, "Variants": {"Variant": [{"Name": name, "Values": values} for name in "ABC"]}}
    found = read_product(row, 1, settings_of(variant_skus="joined"), TODAY)
    assert isinstance(found, UnreadableProduct)
    assert found.reason.code == "too_many_variants"


def test_categories_are_read_with_their_parents() -> None:
    mugs, kitchen = (WireCategory.model_validate(each) for each in unas_rows("categories", "Categories", "Category"))
    assert (mugs.id, mugs.name, mugs.parent and mugs.parent.id) == ("27", "Bögrék", "20")
    assert kitchen.parent is not None
    assert kitchen.parent.id == "0"


# --- what is written of one -------------------------------------------------------------------------------------------


def known(**changes: Any) -> TargetProduct:
    return target_product(WireProduct.model_validate({**FULL, **changes}), settings_of(), TODAY)


def change(fields: set[ProductField], there: TargetProduct | None, **other: Any) -> ProductChange:
    of = product("MUG-BLUE", [], name="Bögre", tax_rate=D(27), features=())
    values = {"price": None, "variant_prices": {}, "categories": (), **other}
    return ProductChange(product=values.pop("product", of), known=there, fields=frozenset(fields), **values)


def record(of: ProductChange, **settings: object) -> dict[str, Any]:
    return record_of(plan(of, settings_of(**settings)), settings_of(**settings), TODAY)


def gross(amount: str, sale: str | None = None) -> CataloguePrice:
    def price(text: str) -> Price:
        return Price(amount=D(text), gross=True, currency="HUF")

    return CataloguePrice(regular=price(amount), sale=price(sale) if sale else None)


@pytest.mark.parametrize(
    ("field", "element", "value"),
    [
        ("name", "Name", "Bögre"),
        ("active", "Statuses", {"Status": {"Type": "base", "Value": "1"}}),
        ("long_text", "Description", {"Short": None, "Long": ""}),
    ],
)
def test_a_field_is_written_alone_and_an_empty_text_clears(field: ProductField, element: str, value: Any) -> None:
    of = product("MUG-BLUE", [], name="Bögre", tax_rate=D(27), features=(), long_text="")
    sent = record(change({field}, known(), product=of))
    assert sent == {"Action": "modify", "Id": "318", element: value}


def test_nothing_to_write_is_no_record() -> None:
    assert record(change(set(), known())) == {}


def test_prices_are_an_exact_pair_and_a_sale_is_open_until_it_ends() -> None:
    sent = record(change({"price"}, known(), price=gross("500", "400")))
    normal, sale = sent["Prices"]["Price"]
    assert normal == {"Type": "normal", "Net": "393.700787", "Gross": "500"}
    assert sale == {"Type": "sale", "Net": "314.96063", "Gross": "400", "Start": "2030.01.10", "End": ""}


def test_a_sale_that_is_over_gets_a_last_day_that_is_past() -> None:
    normal, sale = record(change({"price"}, known(), price=gross("500")))["Prices"]["Price"]
    assert normal["Gross"] == "500"
    assert sale == {"Type": "sale", "Net": "2000", "Gross": "2540", "Start": "2030.01.10", "End": "2030.01.14"}
    past = {
        "Vat": "27%",
        "Price": {"Type": "sale", "Net": "1", "Gross": "1", "Start": "2029.01.01", "End": "2029.02.01"},
    }
    assert len(record(change({"price"}, known(Prices=past), price=gross("500")))["Prices"]["Price"]) == 1


def test_the_tax_goes_with_the_pair_of_prices() -> None:
    of = product("MUG-BLUE", [], name="Bögre", tax_rate=D(5), features=())
    kept = record(change({"price"}, known(), price=gross("105"), product=of))["Prices"]["Price"][0]
    written = record(change({"price", "tax"}, known(), price=gross("105"), product=of))["Prices"]["Price"][0]
    assert (kept["Net"], written["Net"]) == ("82.677165", "100")


def test_a_new_product_has_all_that_unas_demands() -> None:
    sent = record(change({"price", "tax", "active"}, None, price=gross("127"), categories=(ExternalId("27"),)))
    assert sent == {
        "Action": "add",
        "Sku": "MUG-BLUE",
        "Name": "Bögre",
        "Unit": "db",
        "Statuses": {"Status": {"Type": "base", "Value": "1"}},
        "Prices": {"Price": [{"Type": "normal", "Net": "100", "Gross": "127"}]},
        "Categories": {"Category": [{"Type": "base", "Id": "27"}]},
    }


def test_a_new_product_without_a_price_is_made_switched_off() -> None:
    sent = record(change({"active"}, None), category="27", unit="csomag", language="hu")
    assert sent["Statuses"] == {"Status": {"Type": "base", "Value": "0"}}
    assert sent["Prices"] == {"Price": {"Type": "normal", "Net": "0", "Gross": "0"}}
    assert (sent["Unit"], sent["Lang"]) == ("csomag", "hu")
    assert sent["Categories"] == {"Category": [{"Type": "base", "Id": "27"}]}


def test_the_first_category_is_the_base_one_and_the_last_is_never_taken_away() -> None:
    both = record(change({"categories"}, known(), categories=(ExternalId("30"), ExternalId("31"))))
    assert both["Categories"] == {"Category": [{"Type": "base", "Id": "30"}, {"Type": "alt", "Id": "31"}]}
    assert record(change({"categories"}, known())) == {}


@pytest.mark.parametrize(
    ("of", "code"),
    [
        (change({"name"}, known(), product=product("MUG-BLUE", [], name=" ")), "no_name"),
        (change({"name"}, None, product=product("", [], name="x"), categories=(ExternalId("1"),)), "no_sku"),
        (change({"name"}, None), "no_category"),
        (change({"name"}, None, product=product("BÖGRE 1", [], name="x")), "sku_not_taken"),
        (change({"price"}, None, price=gross("5"), categories=(ExternalId("1"),)), "no_tax_rate"),
    ],
)
def test_what_unas_cannot_take_is_held(of: ProductChange, code: str) -> None:
    with pytest.raises(Held) as caught:
        record(of)
    assert (caught.value.code, bool(caught.value.fix)) == (code, True)


# --- stock, and the lists ---------------------------------------------------------------------------------------------


def test_stock_lies_on_warehouses_and_on_combinations_of_variants() -> None:
    mug, shirt = unas_rows("stock", "Products", "Product")
    (record_of_mug,) = records_of(mug, settings_of())
    assert record_of_mug.figures == {"main_stock": D(12), "4500001": D(3)}
    (together,) = records_of(shirt, settings_of())
    assert (together.sku, together.figures) == ("SHIRT-1", {"main_stock": D(5)})
    blue, red = records_of(shirt, settings_of(variant_skus="joined"))
    assert (blue.sku, blue.figures) == ("SHIRT-1-Kék-XL", {"main_stock": D(5)})
    assert (red.sku, red.figures) == ("SHIRT-1-Piros-XL", {"main_stock": D(0)})


def test_a_figure_that_is_missing_makes_the_sum_unknown_and_never_zero() -> None:
    mug, shirt = unas_rows("stock", "Products", "Product")
    shirt["Stocks"]["Stock"][1]["Qty"] = ""
    (together,) = records_of(shirt, settings_of())
    assert together.figures == {"main_stock": None}
    mug["Stocks"] = ""
    (nothing,) = records_of(mug, settings_of())
    assert nothing.figures == {}


def test_a_joined_sku_is_looked_for_under_every_product_it_may_belong_to() -> None:
    assert product_skus("SHIRT-1-Kék-XL", settings_of()) == ["SHIRT-1-Kék-XL"]
    assert product_skus("SHIRT-1-Kék-XL", settings_of(variant_skus="joined")) == [
        "SHIRT-1-Kék-XL",
        "SHIRT-1-Kék",
        "SHIRT-1",
        "SHIRT",
    ]


def listing(ids: list[int], size: int = 4) -> Any:
    """A list of products that answers by page and offset."""

    class _Api:
        settings = settings_of(page_size=size)

        def read(self, *_: Any, LimitNum: int, LimitStart: int, **__: Any) -> list[dict[str, str]]:  # noqa: N803
            return [{"Id": str(each), "Sku": f"P-{each}"} for each in ids[LimitStart : LimitStart + LimitNum]]

    clock: Clock = lambda: NOW  # noqa: E731
    return UnasProductList(_Api(), clock, "getStock")  # type: ignore[arg-type]


def swept(ids: list[int], between: Any = lambda: None, size: int = 4) -> list[int]:
    at, found, position = listing(ids, size), list[int](), None
    for _ in range(100):
        step = at.step(position)
        found += [int(row["Id"]) for _, row in step.rows]
        if step.position is None:
            return found
        position = SweepPosition.parse(step.position).text()
        between()
    raise AssertionError("the sweep does not end")


@pytest.mark.parametrize("count", [1, 3, 4, 5, 8, 9, 41])
@pytest.mark.parametrize("size", [2, 3, 4, 50])
def test_a_sweep_meets_every_product_once_up_or_down(count: int, size: int) -> None:
    ids = list(range(100, 100 + count))
    assert swept(ids, size=size) == ids
    assert swept(ids[::-1], size=size) == ids[::-1]


def test_products_that_go_between_two_pages_hide_none() -> None:
    ids = list(range(1, 40))

    def take() -> None:
        del ids[:3]

    assert set(swept(ids, take)) >= set(range(20, 40))
    assert len(ids) < 20


@pytest.mark.parametrize("ids", [[3, 1, 2], [1, 3, 2, 4, 5]])
def test_a_list_in_another_order_is_refused(ids: list[int]) -> None:
    with pytest.raises(RetryLater, match="by their ids"):
        swept(ids)


def test_a_list_without_a_product_tells_nothing() -> None:
    with pytest.raises(RetryLater, match="no products at all"):
        swept([])
