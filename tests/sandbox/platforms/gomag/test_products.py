"""Products of the emulated Gomag: read, made, changed, priced, stocked."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.gomag import ProductSpec, VersionSpec
from tests.sandbox.platforms.gomag.calls import NO_DATA, Market

DEMO = ProductSpec(
    "DEMO-1",
    Decimal("65.75"),
    name="Cana demo",
    description="<p>Ceramica</p>",
    brand="Demo",
    base_price=Decimal(70),
    categories=(("Casa", "Bucatarie"),),
    images=("https://shop.example.test/i/55.jpg",),
    attributes={"Material": "Ceramica"},
    names={"en": "Demo mug"},
    versions=(
        VersionSpec("DEMO-1-R", Decimal("65.75"), 5),
        VersionSpec("DEMO-1-A", Decimal("67.00"), 3),
    ),
)
LAMP = {
    "name": {"ro": "Lampa demo"},
    "enabled": 1,
    "vat": 21,
    "currency": "RON",
    "brand": "Demo",
    "categories": [["Casa", "Lumini"]],
    "versions": [{"sku": "LAMP-9", "price": 120, "stock": 3}],
}


def _only(market: Market, **query: Any) -> Any:
    (product,) = market.get("product/read", **query)["products"].values()
    return product


def _skus(market: Market, **query: Any) -> list[str]:
    products = market.get("product/read", **query)["products"]
    return [product["sku"] for product in products.values()] if products else []


def test_the_example_of_the_platform_file_comes_out_as_it_is_written() -> None:
    market = Market()
    market.shop.add_product(DEMO)
    expected = {
        "id": "55",
        "sku": "DEMO-1",
        "name": "Cana demo",
        "description": "<p>Ceramica</p>",
        "brand": "Demo",
        "price": "65.75",
        "base_price": "70.00",
        "vat": "21",
        "stock": "8",
        "stock_status": "instock",
        "ean": "",
        "categories": [["Casa", "Bucatarie"]],
        "images": ["https://shop.example.test/i/55.jpg"],
        "versions": [
            {"id": "56", "sku": "DEMO-1-R", "price": "65.75", "stock": "5", "ean": ""},
            {"id": "57", "sku": "DEMO-1-A", "price": "67.00", "stock": "3", "ean": ""},
        ],
    }
    answer = market.get("product/read", page=1, limit=100, addVersions="true")
    product = answer.pop("products").pop("55")
    assert answer == {"total": 1, "page": 1, "pages": 1}
    assert {name: product[name] for name in expected} == expected
    assert product["attributes"] == [{"name": "Material", "value": "Ceramica"}]
    assert (product["enabled"], product["updated"]) == ("1", "2026-03-01 12:00:00")


def test_versions_come_only_when_asked_and_never_for_simple_products() -> None:
    market = Market()
    market.shop.add_product(DEMO)
    market.shop.add_product(ProductSpec("MUG", stock=0))
    assert "versions" not in _only(market, sku="DEMO-1")
    simple = _only(market, sku="MUG", addVersions=1)
    assert "versions" not in simple
    assert simple["stock_status"] == "outofstock"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["DEMO-1", "MUG"]),
        ({"id": 58}, ["MUG"]),
        ({"id": 56}, []),
        ({"sku": "MUG"}, ["MUG"]),
        ({"sku": "DEMO-1-A"}, ["DEMO-1"]),
        ({"category": 8}, ["DEMO-1"]),
        ({"category": 7}, ["DEMO-1"]),
        ({"brand": 301}, ["DEMO-1"]),
        ({"updated": "2026-03-02"}, ["MUG"]),
        ({"promoTag": "x", "includeFiles": 1, "includeVideos": 1}, ["DEMO-1", "MUG"]),
    ],
)
def test_filters_narrow(query: dict[str, Any], found: list[str]) -> None:
    market = Market()
    market.shop.add_product(DEMO)
    market.shop.add_product(ProductSpec("MUG"))
    market.clock.advance(days=1)
    market.shop.change_product("MUG", name="Cana mica", price=Decimal(12))
    assert _skus(market, **query) == found
    assert not market.shop.ignored


def test_an_unknown_filter_is_ignored_and_counted() -> None:
    market = Market()
    market.shop.add_product(ProductSpec("MUG"))
    assert _skus(market, SKU="CUP") == ["MUG"]
    assert market.shop.ignored == {"product/read/json?SKU": 1}


def test_names_come_in_the_language_asked_for() -> None:
    market = Market()
    market.shop.add_product(DEMO)
    assert [_only(market, view=view)["name"] for view in ("en", "ro", "hu")] == ["Demo mug", "Cana demo", "Cana demo"]


def test_a_hidden_product_is_found_by_id_or_sku_only() -> None:
    market = Market()
    market.shop.add_product(ProductSpec("MUG", hidden=True))
    assert _skus(market) == []
    assert _skus(market, id=55) == _skus(market, sku="MUG") == ["MUG"]
    market.shop.delete_product("MUG")
    assert _skus(market, sku="MUG") == []


def test_a_version_may_not_be_found_by_its_sku() -> None:
    market = Market(sku_filter_finds_versions=False)
    market.shop.add_product(DEMO)
    assert _skus(market, sku="DEMO-1-A") == []


def test_varied_products_take_turns_in_every_shape_clients_have_met() -> None:
    market = Market(varied=True)
    for at in range(6):
        versions = (VersionSpec(f"V{at}", None, 1), VersionSpec(f"W{at}", Decimal(2), 1))
        market.shop.add_product(
            ProductSpec(
                f"P{at}",
                special_price=Decimal(1),
                versions=versions if at else versions * 2,
                categories=(("A", "B"),),
                images=("i",),
                attributes={"Culoare": ["rosu", "alb"]},
            )
        )
    shown = [market.shop.product_as_read(f"P{at}") for at in range(6)]
    assert {type(each["categories"]) for each in shown} == {list, dict}
    assert {type(each["images"][0]) for each in shown} == {str, dict}
    assert {type(each["attributes"]) for each in shown} == {list, dict}
    assert {type(each["id"]) for each in shown} == {str, int}
    assert {type(each.get("versions")) for each in shown} == {list, dict, type(None)}
    assert {"special_price", "specialPrice", "variations"} <= {name for each in shown for name in each}


def test_stock_and_price_are_written_by_sku_of_product_or_version() -> None:
    market = Market()
    market.shop.add_product(DEMO)
    market.shop.add_product(ProductSpec("MUG", Decimal(10), 9))
    rows = [
        {"sku": "DEMO-1-R", "stock": 4},
        {"sku": "DEMO-1-A", "stock": 0, "price": 69.5},
        {"sku": "MUG", "stock": "2", "price": "12.30", "specialPrice": "9.99"},
    ]
    market.post("product/inventory", rows)
    demo = _only(market, sku="DEMO-1", addVersions="true")
    assert [(each["stock"], each["price"]) for each in demo["versions"]] == [("4", "65.75"), ("0", "69.50")]
    assert demo["stock"] == "4"
    mug = _only(market, sku="MUG")
    assert (mug["stock"], mug["price"], mug["special_price"]) == ("2", "12.30", "9.99")
    assert market.shop.sold_as("MUG").price == Decimal("9.99")
    market.post("product/inventory", [{"sku": "MUG", "specialPrice": 0}])
    assert "special_price" not in _only(market, sku="MUG")


def test_an_unknown_sku_is_passed_over_unless_all_are_unknown() -> None:
    market, strict = Market(), Market(unknown_sku_refuses_all=True)
    rows = [{"sku": "GONE", "stock": 1}, {"sku": "MUG", "stock": 1}]
    for each in (market, strict):
        each.shop.add_product(ProductSpec("MUG", stock=9))
    market.post("product/inventory", rows)
    assert market.shop.sold_as("MUG").stock == 1
    assert market.refused("product/inventory", rows[:1]) == NO_DATA
    assert strict.refused("product/inventory", rows) == NO_DATA
    assert strict.shop.sold_as("MUG").stock == 9


@pytest.mark.parametrize(
    "data",
    [
        [{"sku": "MUG", "stock": 1}, {"sku": "MUG", "stock": -1}],
        [{"sku": "MUG", "quantity": 1}],
        [{"stock": 1}],
        [{"sku": "MUG", "stock": "many"}],
        [{"sku": "MUG", "stock": True}],
        [{"sku": "MUG", "price": "-1"}],
        [{"sku": "MUG", "stock": 1}] * 101,
        {"sku": "MUG", "stock": 1},
        [],
    ],
)
def test_a_faulty_inventory_changes_nothing(data: Any) -> None:
    market = Market()
    market.shop.add_product(ProductSpec("MUG", stock=9))
    assert market.refused("product/inventory", data)[0] == "400"
    assert market.shop.sold_as("MUG").stock == 9


def test_inventory_in_the_second_sources_words() -> None:
    market = Market(snake_case_writes=True)
    market.shop.add_product(ProductSpec("MUG", stock=9))
    market.post("product/inventory", [{"sku": "MUG", "quantity": 3, "special_price": 5}])
    mug = market.shop.sold_as("MUG")
    assert (int(mug.stock), int(mug.price)) == (3, 5)
    assert market.refused("product/inventory", [{"sku": "MUG", "stock": 3}])[0] == "400"


@pytest.mark.parametrize(("moves", "found"), [(True, ["MUG"]), (False, [])])
def test_whether_stock_moves_updated_is_a_setting(moves: bool, found: list[str]) -> None:
    market = Market(stock_moves_updated=moves)
    market.shop.add_product(ProductSpec("MUG", stock=9))
    market.clock.advance(days=1)
    market.post("product/inventory", [{"sku": "MUG", "stock": 3}])
    assert _skus(market, updated="2026-03-02") == found
    market.post("product/inventory", [{"sku": "MUG", "price": 3}])
    assert _skus(market, updated="2026-03-02") == ["MUG"]


def test_a_second_writer_wins_when_it_is_last() -> None:
    market = Market()
    market.shop.add_product(ProductSpec("MUG", stock=9))
    market.shop.faults.plan(
        "afterwards", "POST product/inventory/json", detail=lambda: market.shop.set_stock("MUG", 77)
    )
    market.post("product/inventory", [{"sku": "MUG", "stock": 3}])
    assert _only(market)["stock"] == "77"


def test_a_product_is_created_through_one_version() -> None:
    market = Market()
    market.post("product/write", [LAMP])
    lamp = _only(market, sku="LAMP-9", addVersions="true")
    assert (lamp["name"], lamp["price"], lamp["stock"], lamp["vat"], lamp["brand"]) == (
        "Lampa demo",
        "120.00",
        "3",
        "21",
        "Demo",
    )
    assert lamp["categories"] == [["Casa", "Lumini"]]
    assert "versions" not in lamp
    assert market.get("brand/read")["brands"] == {"301": {"id": "301", "name": "Demo"}}
    assert [each["name"] for each in market.get("category/read")["categories"].values()] == ["Casa", "Lumini"]


def test_several_versions_make_a_parent_without_a_sku() -> None:
    market = Market()
    versions = [{"sku": "T-M", "price": "50", "stock": "1", "ean": "1"}, {"sku": "T-L", "price": 55, "weight": 0.4}]
    market.post("product/write", [{**LAMP, "enabled": "0", "versions": versions}])
    tee = _only(market, sku="T-L", addVersions="true")
    assert (tee["sku"], tee["enabled"], tee["stock"]) == ("", "0", "1")
    assert [each["sku"] for each in tee["versions"]] == ["T-M", "T-L"]


def test_a_product_sent_twice_is_made_twice_unless_the_shop_minds() -> None:
    market, strict = Market(), Market(duplicate_sku_refused=True)
    for each in (market, strict):
        each.post("product/write", [LAMP])
    market.post("product/write", [LAMP])
    assert _skus(market, sku="LAMP-9") == ["LAMP-9", "LAMP-9"]
    market.post("product/inventory", [{"sku": "LAMP-9", "stock": 8}])
    assert [int(each.stock) for each in market.shop.products] == [8, 3]
    assert strict.refused("product/write", [LAMP]) == ("400", ["sku LAMP-9 exists"])


@pytest.mark.parametrize(
    "row",
    [
        {**LAMP, "quantity": 3},
        {**LAMP, "name": "Lampa"},
        {**LAMP, "enabled": True, "status": 1},
        {**LAMP, "versions": []},
        {**LAMP, "versions": [{"sku": "LAMP-9"}]},
        {**LAMP, "versions": [{"sku": "LAMP-9", "price": 1, "stock": -1}]},
        {**LAMP, "categories": ["Casa"]},
        {key: value for key, value in LAMP.items() if key != "versions"},
    ],
)
def test_one_faulty_product_refuses_the_whole_call(row: dict[str, Any]) -> None:
    market = Market()
    assert market.refused("product/write", [LAMP, row])[0] == "400"
    assert market.shop.products == []


def test_a_patch_changes_what_it_names_by_id_or_sku() -> None:
    market = Market()
    market.shop.add_product(DEMO)
    market.shop.add_product(ProductSpec("MUG", Decimal(10), 9))
    market.clock.advance(days=1)
    patch = {"id": 55, "name": {"en": "Mug"}, "versions": [{"sku": "DEMO-1-R", "price": 71}, {"id": 57, "stock": 1}]}
    market.post(
        "product/patch",
        [patch, {"sku": "MUG", "enabled": 0, "price": "11", "weight": 0.5, "versions": [{"sku": "MUG"}]}],
    )
    demo = _only(market, sku="DEMO-1", addVersions="1", view="en")
    assert demo["name"] == "Mug"
    assert [(each["price"], each["stock"]) for each in demo["versions"]] == [("71.00", "5"), ("67.00", "1")]
    mug = _only(market, sku="MUG")
    assert (mug["enabled"], mug["price"], mug["updated"]) == ("0", "11.00", "2026-03-02 12:00:00")
    assert market.shop.product("MUG").weight == Decimal("0.5")
    assert market.refused("product/patch", [{"sku": "GONE", "price": 1}]) == NO_DATA
    assert market.refused("product/patch", [{"price": 1}])[0] == "400"


@pytest.mark.parametrize(("adds", "found"), [(True, 3), (False, 2)])
def test_whether_a_patch_adds_a_version_is_a_setting(adds: bool, found: int) -> None:
    market = Market(patch_adds_versions=adds)
    market.shop.add_product(DEMO)
    market.post("product/patch", [{"sku": "DEMO-1", "versions": [{"sku": "DEMO-1-X", "price": 5, "stock": 2}]}])
    assert len(_only(market, sku="DEMO-1", addVersions="true")["versions"]) == found
    assert len(market.shop.shop.sold_as("DEMO-1-X")) == found - 2


def test_products_are_deleted_by_id_or_sku() -> None:
    market = Market()
    for sku in ("A", "B", "C"):
        market.shop.add_product(ProductSpec(sku))
    market.post("product/delete", [{"id": 55}, {"sku": "C"}])
    assert _skus(market) == ["B"]
    assert market.refused("product/delete", [{"sku": "C"}]) == NO_DATA
    assert market.refused("product/delete", [{}])[0] == "400"
