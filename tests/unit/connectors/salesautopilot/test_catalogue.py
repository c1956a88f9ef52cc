"""What becomes of products and categories in SalesAutopilot's catalogue."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import httpx
import pytest

from shopbridge.connectors.salesautopilot.catalogue.categories import tree_of
from shopbridge.connectors.salesautopilot.catalogue.plan import plan, product_fields
from shopbridge.connectors.salesautopilot.product_index import listed
from shopbridge.errors import Held, OutcomeUnknown, RetryLater
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import (
    CataloguePrice,
    Category,
    Price,
    Product,
    ProductChange,
    ProductField,
    ProductOutcome,
    TargetProduct,
)
from tests.salesautopilot_orders import chosen, golden, talk
from tests.salespos_orders import D
from tests.salespos_products import product

EVERYTHING: frozenset[ProductField] = frozenset({"name", "price", "tax", "categories", "long_text", "stock"})
PRICE: frozenset[ProductField] = frozenset({"price"})
NONE_AND_SOME: tuple[list[Any], ...] = ([], golden("products"))


def mug(sku: str = "SKU-1", **other: Any) -> Product:
    return product(sku, (), **{"name": "Blue mug", "features": (), "tax_rate": D(27), **other})


def costing(amount: str, sale: str = "", **other: Any) -> CataloguePrice:
    prices = [Price(amount=D(each), **{"gross": False, "currency": "HUF", **other}) for each in (amount, sale) if each]
    return CataloguePrice(regular=prices[0], sale=prices[1] if sale else None)


def change(
    of: Product,
    known: TargetProduct | None = None,
    fields: frozenset[ProductField] = EVERYTHING,
    price: CataloguePrice | None = None,
    categories: Sequence[str] = ("31",),
) -> ProductChange:
    return ProductChange(
        product=of,
        known=known,
        fields=fields,
        price=(price or costing("1500")) if "price" in fields else None,
        variant_prices={},
        categories=tuple(map(ExternalId, categories)),
    )


def payload(of: Product, **given: Any) -> dict[str, Any]:
    return plan(change(of, **given), chosen()).payload


class Shelf:
    """A connector beside a scripted catalogue: what lists answer, and what writes are answered."""

    def __init__(self, *answers: Any, products: Any = (), categories: Any = (), **given: Any) -> None:
        self.products, self.categories = list(products), list(categories)
        self.answers = iter(answers)
        office, self.transport = talk(self._answer, **given)
        self.target = office.catalogue_target

    def _answer(self, call: httpx.Request) -> Any:
        if call.method == "GET":
            return self.products if "listproducts" in call.url.path else self.categories
        return next(self.answers)

    def bring(self, of: Product, **given: Any) -> ProductOutcome:
        found = self.target.find([of.sku]).get(of.sku, ())
        known = next((each for each in found if each.sku == of.sku), None)
        (outcome,) = self.target.write([self.target.plan(change(of, known, **given))])
        return outcome

    @property
    def written(self) -> list[tuple[str, Any]]:
        """Path and body of each write."""
        calls = [(place, each) for place, each in enumerate(self.transport.asked) if each.method != "GET"]
        return [(each.url.raw_path.decode(), self.transport.body(place)) for place, each in calls]


# --- plans --------------------------------------------------------------------------------------------------------


def test_the_documented_product_is_sent_as_documented() -> None:
    shelf = Shelf(4711)
    outcome = shelf.bring(mug())
    assert (outcome.state, outcome.id) == ("created", "4711")
    assert outcome.remarks == ("SalesAutopilot has no place for its long_text, stock.",)
    ((path, body),) = shelf.written
    assert path == "/createproduct"
    figures = {name: D(body.pop(name)) for name in ("prod_price", "prod_vat_percent")}
    example = golden("product")
    assert figures == {name: D(example.pop(name)) for name in figures}
    assert body == example


def test_a_gross_price_is_written_net_so_that_the_buyer_pays_the_same() -> None:
    assert payload(mug(), price=costing("1905", gross=True))["prod_price"] == D("1500.0000")
    euro = plan(change(mug(), price=costing("24.95", gross=True, currency="EUR")), chosen(currency="EUR"))
    assert euro.payload["prod_price"] == D("19.6457")
    assert (euro.payload["prod_currency"], euro.converted_by) == ("EUR", D(27))


def test_the_price_of_a_sale_is_sent_unless_the_list_price_is_wanted() -> None:
    sale = change(mug(), price=costing("1500", "1200"))
    assert plan(sale, chosen()).payload["prod_price"] == 1200
    assert plan(sale, chosen(product_price="list")).payload["prod_price"] == 1500


@pytest.mark.parametrize(
    ("of", "given", "code"),
    [
        (mug(""), {}, "no_sku"),
        (mug(name=" "), {}, "no_name"),
        (mug(), {"fields": EVERYTHING - PRICE}, "no_price"),
        (mug(tax_rate=None), {}, "no_tax_rate"),
        (mug(), {"price": costing("9", currency="RON")}, "other_currency"),
    ],
)
def test_what_cannot_be_written_is_held(of: Product, given: dict[str, Any], code: str) -> None:
    with pytest.raises(Held) as caught:
        payload(of, **given)
    assert (caught.value.code, bool(caught.value.fix)) == (code, True)


def test_a_new_product_has_what_it_needs_whatever_travels() -> None:
    assert payload(mug(), fields=PRICE).keys() == {"prod_name", "prod_vat_percent", "prod_price", "prod_currency"}


def test_rules_may_set_what_products_have() -> None:
    assert set(product_fields()) == {"prod_name", "prod_price", "prod_vat_percent"}


def test_a_rule_that_writes_another_tax_than_the_price_was_converted_with_holds_the_product() -> None:
    shelf = Shelf(4711)
    draft = shelf.target.plan(change(mug(), price=costing("1905", gross=True)))
    bent = draft.model_copy(update={"payload": {**draft.payload, "prod_vat_percent": D(5)}})
    (outcome,) = shelf.target.write([bent])
    assert (outcome.state, outcome.reason and outcome.reason.code) == ("held", "tax_by_rule")
    assert shelf.written == []


# --- products that are there --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["products", "products_numbers"])
def test_every_documented_shape_of_a_product_is_read(name: str) -> None:
    shelf = Shelf(products=golden(name))
    ((known,),) = shelf.target.find(["SKU-1"]).values()
    assert (known.id, known.sku, known.tax_rate) == ("4711", "SKU-1", D(27))
    assert {"name", "price", "tax", "active", "stock"} <= known.filled
    assert ("categories" in known.filled) is (name == "products")


def test_an_sku_is_any_text_and_is_met_in_other_capitals() -> None:
    shelf = Shelf(1, products=golden("products"), currency="EUR")
    assert [each.sku for each in shelf.target.find(["KÉK/2 + ß"])["KÉK/2 + ß"]] == ["kék/2 + ß"]
    odd = mug("kék/2 + ß", tax_rate=D("20.1"))
    shelf.bring(odd, fields=PRICE, price=costing("10", currency="EUR"))
    assert shelf.written == [("/modifyproduct/4712", {"prod_price": "10.0000"})]


def test_only_what_differs_is_sent_and_nothing_where_nothing_does() -> None:
    shelf = Shelf(1, products=golden("products"))
    outcome = shelf.bring(mug(name="Red mug"))
    assert outcome.state == "updated"
    assert shelf.written == [("/modifyproduct/4711", {"prod_name": "Red mug"})]
    assert shelf.bring(mug(name="Red mug")).state == "unchanged"
    assert shelf.transport.calls.count("GET /listproducts") == 1


def test_a_price_that_is_kept_with_two_decimals_is_not_sent_again() -> None:
    row = {**golden("products")[0], "prod_price": "19.65", "prod_currency": "EUR"}
    shelf = Shelf(products=[row], currency="EUR")
    price = costing("24.95", gross=True, currency="EUR")
    assert shelf.bring(mug(), fields=PRICE, price=price).state == "unchanged"


def test_categories_are_replaced_whatever_their_order() -> None:
    row = {**golden("products")[0], "prodcats": [{"prodcat_id": "32"}, {"prodcat_id": "31"}]}
    shelf = Shelf(1, products=[row])
    fields = frozenset[ProductField]({"categories"})
    assert shelf.bring(mug(), fields=fields, categories=("31", "32")).state == "unchanged"
    assert shelf.bring(mug(), fields=fields, categories=("33",)).state == "updated"
    assert shelf.written == [("/modifyproduct/4711", {"prodcat_ids": [33]})]


def test_an_odd_product_keeps_no_other_back_and_is_known_by_its_id() -> None:
    rows: list[Any] = [None, 7, [], {}, {"prod_id": "0"}, {"prod_id": True}, {"prod_id": "12", "prod_sku": "x" * 999}]
    odd = {"prod_id": "13", "prod_sku": "ODD", "prod_price": {"a": 1}}
    shelf = Shelf(1, products=[*rows, odd, *golden("products")])
    assert [each.id for each in shelf.target.find(["ODD"])["ODD"]] == ["13"]
    assert shelf.target.find(["ODD"])["ODD"][0].filled == frozenset()
    assert shelf.target.find(["SKU-1"])["SKU-1"][0].id == "4711"
    assert shelf.bring(mug("ODD"), fields=frozenset({"name"})).state == "updated"
    assert [each.id for each in listed([{"prod_id": "12", "prod_sku": "x" * 999}])] == [12]


# --- what goes wrong ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [0, "-1"])
def test_a_failure_under_200_is_the_product_s_and_what_was_known_is_forgotten(answer: Any) -> None:
    for rows in NONE_AND_SOME:
        shelf = Shelf(answer, products=rows)
        outcome = shelf.bring(mug(name="Red mug"))
        assert (outcome.state, bool(outcome.reason and outcome.reason.fix)) == ("failed", True)
        shelf.target.find(["SKU-1"])
        assert shelf.transport.calls.count("GET /listproducts") == 2


@pytest.mark.parametrize("answer", [None, [], {"id": 5}, b"", b"OK", httpx.Response(500), b"<html>", True])
def test_what_tells_nothing_of_a_product_is_looked_up_anew(answer: Any) -> None:
    for rows in NONE_AND_SOME:
        shelf = Shelf(*[answer] * 3, products=rows)
        with pytest.raises(RetryLater):
            shelf.bring(mug(name="Red mug"))
        shelf.target.find(["SKU-1"])
        assert shelf.transport.calls.count("GET /listproducts") == 2


def test_a_product_that_came_meanwhile_is_not_made_again() -> None:
    shelf = Shelf(4711)
    draft = shelf.target.plan(change(mug()))
    shelf.target.write([draft])
    with pytest.raises(RetryLater):
        shelf.target.write([draft])
    assert len(shelf.written) == 1


# --- leaving ------------------------------------------------------------------------------------------------------


def test_a_product_that_is_gone_is_taken_out_of_its_categories_once() -> None:
    shelf = Shelf(1, products=golden("products"))
    assert shelf.target.on_sale(["SKU-1", "kék/2 + ß", "sku-1", "NOBODY"]) == {"SKU-1": True, "kék/2 + ß": False}
    for _ in range(2):
        assert shelf.target.deactivate([ExternalId("4711"), ExternalId("4712"), ExternalId("99")]) == {}
    assert shelf.written == [("/modifyproduct/4711", {"prodcat_ids": []})]
    assert shelf.target.on_sale(["SKU-1"]) == {"SKU-1": False}


def test_one_that_cannot_be_taken_out_is_told() -> None:
    shelf = Shelf(0, products=golden("products"))
    assert shelf.target.deactivate([ExternalId("4711")])[ExternalId("4711")].fix


def test_one_that_went_meanwhile_is_no_problem() -> None:
    shelf = Shelf(0, products=golden("products"))
    assert shelf.target.on_sale(["SKU-1"])
    shelf.products = []
    assert shelf.target.deactivate([ExternalId("4711")]) == {}


# --- categories ---------------------------------------------------------------------------------------------------


def category(name: str, parent: str | None = None, *, active: bool = True) -> Category:
    return Category(id=ExternalId("s"), parent=ExternalId(parent) if parent else None, name=name, active=active)


def rows_of(*names: str) -> list[dict[str, str]]:
    return [{"prodcat_id": str(number), "prodcat_name": name} for number, name in enumerate(names, 31)]


def test_a_tree_is_joined_and_read_as_a_tree_again() -> None:
    shelf = Shelf(33, categories=golden("categories"))
    assert shelf.target.write_category(category("Dark", "32"), None) == "33"
    assert shelf.written == [("/createprodcategory", {"prodcat_name": "Mugs > Blue > Dark"})]
    there = {each.id: (each.name, each.parent) for each in shelf.target.categories()}
    assert there == {"31": ("Mugs", None), "32": ("Blue", "31")}


def test_the_documented_category_is_sent_as_documented() -> None:
    shelf = Shelf("31")
    assert shelf.target.write_category(category(" Mugs "), None) == "31"
    assert shelf.written == [("/createprodcategory", golden("category"))]


def test_a_disabled_category_is_written_as_any_other() -> None:
    shelf = Shelf(33, categories=golden("categories"))
    shelf.target.write_category(category("Old", active=False), None)
    assert shelf.written == [("/createprodcategory", {"prodcat_name": "Old"})]


def test_a_category_takes_all_below_it_along_the_deepest_first() -> None:
    names = rows_of("Mugs", "Mugs > Blue", "Mugs > Blue > Dark", "Mugsets", "Mugs>Odd")
    shelf = Shelf(1, 1, 1, categories=names)
    assert shelf.target.write_category(category("Cups"), ExternalId("31")) == "31"
    assert shelf.written == [
        ("/modprodcategory/33", {"prodcat_name": "Cups > Blue > Dark"}),
        ("/modprodcategory/32", {"prodcat_name": "Cups > Blue"}),
        ("/modprodcategory/31", {"prodcat_name": "Cups"}),
    ]
    assert shelf.target.write_category(category("Cups"), ExternalId("31")) == "31"
    assert len(shelf.written) == 3


def test_a_renaming_that_broke_off_goes_on() -> None:
    shelf = Shelf(1, httpx.Response(503), 1, 1, categories=rows_of("A", "A > B", "A > B > C"))
    with pytest.raises(RetryLater):
        shelf.target.write_category(category("Z"), ExternalId("31"))
    shelf.target.write_category(category("Z"), ExternalId("31"))
    assert [body["prodcat_name"] for _, body in shelf.written][-2:] == ["Z > B", "Z"]
    assert sum(path.endswith("/33") for path, _ in shelf.written) == 1


def test_a_name_that_looks_like_a_tree_is_none() -> None:
    shelf = Shelf(40, categories=rows_of("A", "A \u203a B"))
    shelf.target.write_category(category("A > B"), None)
    assert shelf.written == [("/createprodcategory", {"prodcat_name": "A \u203a B"})]
    assert [(each.name, each.parent) for each in shelf.target.categories()] == [("A", None), ("A > B", None)]


def test_a_category_whose_parent_is_gone_is_held() -> None:
    with pytest.raises(Held) as caught:
        Shelf(categories=golden("categories")).target.write_category(category("Dark", "99"), None)
    assert caught.value.code == "unknown_category"


@pytest.mark.parametrize("answer", [None, [], b"", b"OK", httpx.Response(500), b"<html>"])
def test_a_category_in_doubt_is_told_so(answer: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        Shelf(answer).target.write_category(category("Mugs"), None)


def test_names_without_a_parent_among_them_are_roots() -> None:
    tree = {each.name: each.parent for each in tree_of({1: "A > B", 2: "C", 3: "C > D > E", 4: "C", 5: ""})}
    assert tree == {"A > B": None, "C": None, "D > E": "2", "": None}


def test_figures_are_texts_without_an_exponent() -> None:
    shelf = Shelf(4711)
    shelf.bring(mug(), price=costing("1E+3"))
    assert D(shelf.written[0][1]["prod_price"]) == Decimal(1000)
    assert "E" not in shelf.written[0][1]["prod_price"]
