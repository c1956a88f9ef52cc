"""Products of the emulated UNAS: what each level shows, what may be written, and the tree of categories."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.unas import ProductSpec, Sale
from sandbox.platforms.unas.wire import rows
from tests.sandbox.platforms.unas.calls import Store, statuses

D = Decimal


def _stocked(**assumed: Any) -> Store:
    store = Store(**assumed)
    store.shop.add_product(ProductSpec("MUG", D(3175), 10, "Bögre", categories=(("Konyha", "Bögrék"), ("Ajándék",))))
    return store


def _new(**nodes: Any) -> dict[str, Any]:
    usual = {
        "Action": "add",
        "Sku": "CUP",
        "Name": "Csésze",
        "Unit": "db",
        "Categories": {"Category": {"Type": "base", "Name": "Konyha|Bögrék"}},
        "Prices": {"Price": {"Type": "normal", "Net": "2500", "Gross": "3175"}},
    }
    return {name: value for name, value in {**usual, **nodes}.items() if value is not None}


def _set(store: Store, *sent: Any) -> list[Any]:
    return store.write("setProduct", "Products", *sent)


def _one(store: Store, sku: str = "MUG", **params: str) -> Any:
    (product,) = store.get("getProduct", "Product", Sku=sku, **params)
    return product


# --- reads ----------------------------------------------------------------------------------------------------------


def test_each_level_shows_what_the_ones_before_it_show_and_more() -> None:
    store = _stocked()
    store.shop.set_price("MUG", D(3175), Sale(D(2540), date(2026, 2, 1), date(2026, 4, 1)))
    names = {level: set(_one(store, ContentType=level)) for level in ("minimal", "short", "normal", "full")}
    assert names["minimal"] < names["short"] < names["normal"] < names["full"]
    assert not {"Prices", "Stocks", "History"} & names["minimal"]
    assert {"Prices", "Url"} <= names["short"]
    assert "Stocks" in names["normal"]
    assert names["normal"] == set(_one(store))


def test_only_full_shows_alternative_categories_and_special_prices() -> None:
    store = _stocked()
    special = {"Type": "special", "Group": "31", "Net": "1889.7638", "Gross": "2400"}
    _set(store, {"Action": "modify", "Sku": "MUG", "Prices": {"Price": special}})
    for level, categories, prices in (("normal", 1, 1), ("full", 2, 2)):
        product = _one(store, ContentType=level)
        assert len(rows(product["Categories"], "Category")) == categories
        assert len(rows(product["Prices"], "Price")) == prices
    base = rows(_one(store)["Categories"], "Category")[0]
    assert base["Name"] == "Konyha|Bögrék"


def test_products_are_found_by_id_sku_category_status_parent_and_time() -> None:
    store = _stocked()
    store.clock.advance(days=1)
    at = str(int(store.clock().timestamp()))
    store.shop.add_product(ProductSpec("CHILD", D(1), parent="MUG", base_status=3))

    def skus(**params: str) -> list[str]:
        return [product["Sku"] for product in store.get("getProduct", "Product", **params)]

    assert skus() == ["MUG", "CHILD"]
    assert skus(Id="318", Sku="CHILD") == ["MUG"]
    assert skus(Sku="MUG,CHILD,NONE") == ["MUG", "CHILD"]
    assert skus(CategoryId="21") == skus(StatusBase="1,2") == ["MUG"]
    assert skus(Parent="MUG") == skus(StatusBase="3") == skus(TimeStart=at) == skus(DateStart="2026.03.02") == ["CHILD"]
    assert skus(LimitNum="1", LimitStart="1") == ["CHILD"]
    assert skus(Sku="NONE") == []
    assert rows(_one(store)["Types"]["Children"], "Child") == ["CHILD"]


def test_a_deleted_product_is_listed_apart_for_a_month_and_its_sku_is_free() -> None:
    store = _stocked()
    assert statuses(_set(store, {"Action": "delete", "Sku": "MUG"})) == ["ok"]
    assert store.get("getProduct", "Product") == []
    (gone,) = store.get("getProduct", "Product", State="deleted")
    assert (gone["State"], rows(gone["History"], "Event")[-1]["Action"]) == ("deleted", "delete")
    assert statuses(_set(store, _new(Sku="MUG"))) == ["ok"]
    store.clock.advance(days=32)
    assert store.get("getProduct", "Product", State="deleted") == []
    assert store.get("getStock", "Product", Id="318") == []


def test_only_the_parameters_that_are_asked_for() -> None:
    store = _stocked()
    params = [{"Id": str(at), "Name": "N", "Value": "V"} for at in (1001, 1005)]
    _set(store, {"Action": "modify", "Sku": "MUG", "Params": {"Param": params}})
    found = _one(store, ContentType="full", ContentParam="1005")
    assert [each["Id"] for each in rows(found["Params"], "Param")] == ["1005"]


# --- writes ---------------------------------------------------------------------------------------------------------


def test_a_product_is_added_found_and_may_be_bought() -> None:
    store = _stocked()
    (answer,) = _set(store, _new())
    assert answer == {"Id": "319", "Sku": "CUP", "Action": "add", "Status": "ok"}
    product = _one(store, "CUP")
    assert (product["Name"], product["Prices"]["Vat"]) == ("Csésze", "27%")
    assert rows(product["Stocks"], "Stock") == [{"Qty": "0"}]
    store.shop.set_stock("CUP", 5)
    store.shop.sell({"CUP": 2})
    assert store.shop.stock("CUP") == 3


@pytest.mark.parametrize(
    "change",
    [
        {"Sku": "MUG"},
        {"Sku": "CSÉSZE"},
        {"Sku": "A B"},
        {"Sku": None},
        {"Name": None},
        {"Unit": None},
        {"Name": ""},
        {"Prices": None},
        {"Prices": {"Price": {"Type": "sale", "Net": "1", "Gross": "2"}}},
        {"Prices": {"Price": {"Type": "normal", "Net": "2500"}}},
        {"Prices": {"Price": {"Type": "normal", "Net": "2,5", "Gross": "3"}}},
        {"Prices": {"Price": {"Type": "normal", "Net": "-1", "Gross": "-1"}}},
        {"Prices": {"Price": {"Net": "1", "Gross": "1"}}},
        {"Categories": None},
        {"Categories": {"Category": {"Type": "alt", "Id": "20"}}},
        {"Categories": {"Category": {"Type": "base", "Id": "9999"}}},
        {"Categories": {"Category": {"Type": "base", "Name": "Nincs"}}},
        {"Variants": {"Variant": [{"Name": str(at)} for at in range(4)]}},
        {"Stocks": {"Stock": {"WarehouseId": "9", "Qty": "1"}}},
    ],
)
def test_a_new_product_that_breaks_the_contract_is_refused_and_leaves_nothing(change: dict[str, Any]) -> None:
    store = _stocked()
    assert statuses(_set(store, _new(**change))) == ["error"]
    assert [product.sku for product in store.shop.products] == ["MUG"]


def test_a_missing_node_keeps_and_an_empty_one_clears_on_products() -> None:
    store = _stocked()
    text = {"Short": "Kerámia", "Long": "<p>Bögre</p>"}
    sale = {"Type": "sale", "Net": "2000", "Gross": "2540", "Start": "2026.02.01", "End": "2026.04.01"}
    _set(store, {"Action": "modify", "Sku": "MUG", "Description": text, "Prices": {"Price": sale}, "Weight": "0.3"})
    assert store.shop.price("MUG") == 2540
    normal = {"Type": "normal", "Net": "2600", "Gross": "3302"}
    _set(store, {"Action": "modify", "Sku": "MUG", "Prices": {"Price": normal}, "Description": {"Short": ""}})
    product = _one(store)
    assert product["Description"] == {"Long": "<p>Bögre</p>"}
    assert [each["Gross"] for each in rows(product["Prices"], "Price")] == ["3302", "2540"]
    assert product["Weight"] == "0.3"
    _set(store, {"Action": "modify", "Sku": "MUG", "Weight": "", "Description": ""})
    assert not {"Weight", "Description"} & set(_one(store))
    (refused,) = _set(store, {"Action": "modify", "Sku": "MUG", "Name": "", "Weight": "1"})
    assert refused["Status"] == "error"
    assert "Weight" not in _one(store)


def test_a_sale_counts_on_its_days_and_ends_with_an_end_in_the_past() -> None:
    store = _stocked()
    sale = {"Type": "sale", "Net": "2000", "Gross": "2540", "Start": "2026.03.02", "End": "2026.03.03"}
    _set(store, {"Action": "modify", "Sku": "MUG", "Prices": {"Price": sale}})
    seen = []
    for _ in range(4):
        seen.append(store.shop.price("MUG"))
        store.clock.advance(days=1)
    assert seen == [3175, 2540, 2540, 3175]
    _set(store, {"Action": "modify", "Sku": "MUG", "Prices": {"Price": {"Type": "sale", "End": ""}}})
    assert store.shop.price("MUG") == 2540
    _set(store, {"Action": "modify", "Sku": "MUG", "Prices": {"Price": {"Type": "sale", "End": "2026.03.01"}}})
    assert store.shop.price("MUG") == 3175


def test_categories_of_a_kind_are_replaced_and_the_others_stay() -> None:
    store = _stocked()
    _set(store, {"Action": "modify", "Sku": "MUG", "Categories": {"Category": {"Type": "base", "Id": "20"}}})
    found = {each["Type"]: each["Id"] for each in rows(_one(store, ContentType="full")["Categories"], "Category")}
    assert found == {"alt": "22", "base": "20"}


def test_a_rename_keeps_the_id_and_is_told_in_the_history() -> None:
    store = _stocked()
    (answer,) = _set(store, {"Action": "modify", "Sku": "MUG", "SkuNew": "MUG-2"})
    assert answer["Sku"] == "MUG-2"
    event = rows(_one(store, "MUG-2")["History"], "Event")[-1]
    assert (event["Action"], event["Sku"], event["SkuOld"]) == ("modify", "MUG-2", "MUG")
    assert statuses(_set(store, {"Action": "modify", "Sku": "MUG-2", "SkuNew": "NÉV"})) == ["error"]


def test_two_prices_that_were_rounded_each_by_itself_distort_the_rate() -> None:
    store = _stocked()
    _set(store, _new(Prices={"Price": {"Type": "normal", "Net": "394", "Gross": "500"}}))
    assert _one(store, "CUP")["Prices"]["Vat"] == "26.9%"


def test_products_are_written_in_order_and_stop_at_the_first_error() -> None:
    store = _stocked()
    answers = _set(store, _new(Sku="A"), _new(Sku="MUG"), _new(Sku="B"))
    assert statuses(answers) == ["ok", "error"]
    assert [product.sku for product in store.shop.products] == ["MUG", "A"]
    assert statuses(_set(store, {"Action": "modify", "Sku": "NONE", "Weight": "1"})) == ["error"]
    assert statuses(_set(store, {"Action": "replace", "Sku": "MUG", "Weight": "1"})) == ["error"]
    assert _set(store, {"Action": "modify", "Sku": "MUG", "Colour": "red"})[0]["Error"] == "No modifiable data"
    assert statuses(_set(store, _new(Action=None))) == ["ok"]


def test_pictures_only_come_to_a_product_without_any_or_with_a_new_version() -> None:
    store = _stocked()
    one = {"Type": "base", "Import": {"Url": "https://f.example.test/1.jpg"}}
    more = {"Type": "alt", "Id": "1", "Import": {"Url": "https://f.example.test/2.jpg"}}
    seen = []
    for images in ({"Image": one}, {"Image": [one, more]}, {"Image": [one, more], "Version": "2"}):
        _set(store, {"Action": "modify", "Sku": "MUG", "Images": images})
        seen.append(len(rows(_one(store, ContentType="full")["Images"], "Image")))
    assert seen == [1, 1, 2]
    _set(store, {"Action": "modify", "Sku": "MUG", "Images": {"Image": {"Type": "base", "Content": "x"}}})
    assert store.shop.ignored["Product.Images.Image.Content"] == 1


def test_another_language_has_texts_of_its_own() -> None:
    store = _stocked()
    _set(store, {"Action": "modify", "Sku": "MUG", "Lang": "en", "Name": "Mug", "Weight": "9"})
    assert (_one(store, Lang="en")["Name"], _one(store)["Name"]) == ("Mug", "Bögre")
    assert "Weight" not in _one(store)


def test_the_last_change_moves_with_products_and_maybe_with_stock() -> None:
    for moves in (False, True):
        store = _stocked(stock_moves_last_mod=moves)
        at = _one(store)["LastModTime"]
        store.clock.advance(minutes=1)
        store.write("setStock", "Products", {"Action": "modify", "Sku": "MUG", "Stocks": {"Stock": {"Qty": "3"}}})
        assert (_one(store)["LastModTime"] != at) is moves
        _set(store, {"Action": "modify", "Sku": "MUG", "Weight": "1"})
        assert int(_one(store)["LastModTime"]) == int(at) + 60


# --- categories -----------------------------------------------------------------------------------------------------


def test_categories_form_a_tree_whose_top_has_parent_0() -> None:
    store = _stocked()
    found = {each["Name"]: each for each in store.get("getCategory", "Category")}
    assert found["Konyha"]["Parent"] == {"Id": "0", "Tree": ""} or found["Konyha"]["Parent"] == {"Id": "0"}
    assert found["Bögrék"]["Parent"] == {"Id": "20", "Tree": "Konyha"}
    assert found["Bögrék"]["Products"]["All"] == "1"
    assert [each["Name"] for each in store.get("getCategory", "Category", Parent="20")] == ["Bögrék"]
    assert set(store.get("getCategory", "Category", Id="21", ContentType="minimal")[0]) == {
        "State",
        "Id",
        "CreateTime",
        "LastModTime",
    }


def test_categories_are_added_moved_and_deleted_when_empty() -> None:
    store = _stocked()

    def write(**nodes: Any) -> Any:
        return store.write("setCategory", "Categories", nodes)[0]

    added = write(Action="add", Name="Poharak", Parent={"Id": "20"})
    assert (added["Id"], added["Status"]) == ("23", "ok")
    assert write(Action="modify", Id="23", Parent={"Id": "22"}, Name="Kelyhek")["Status"] == "ok"
    (moved,) = store.get("getCategory", "Category", Id="23")
    assert (moved["Name"], moved["Parent"]["Tree"]) == ("Kelyhek", "Ajándék")
    for wrong in (
        {"Action": "add", "Name": ""},
        {"Action": "add", "Name": "X", "Parent": {"Id": "99"}},
        {"Action": "modify", "Id": "20", "Parent": {"Id": "21"}},
        {"Action": "modify", "Id": "99", "Name": "X"},
        {"Action": "modify", "Id": "20", "Colour": "red"},
        {"Action": "delete", "Id": "21"},
        {"Action": "delete", "Id": "20"},
    ):
        assert write(**wrong)["Status"] == "error"
    assert write(Action="delete", Id="23")["Status"] == "ok"
    assert [each["Id"] for each in store.get("getCategory", "Category")] == ["20", "21", "22"]
    (gone,) = (each for each in store.get("getCategory", "Category", History="yes") if each["State"] == "deleted")
    assert rows(gone["History"], "Event")[0]["Action"] == "delete"
