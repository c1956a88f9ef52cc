"""Stock of the emulated UNAS, by warehouse and by combination of a product."""

from decimal import Decimal
from typing import Any

from sandbox.platforms.unas import ProductSpec
from sandbox.platforms.unas.wire import rows
from tests.sandbox.platforms.unas.calls import Store, statuses

D = Decimal
SHIRT = ProductSpec("SHIRT", D(5000), 5, variants={"Szín": ("Kék", "Piros"), "Méret": ("M", "XL")})


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


def test_stock_is_set_added_and_taken_in_each_warehouse() -> None:
    store = _stocked()
    shop = str(store.shop.add_warehouse("Bolt"))

    def write(action: str, *sent: Any) -> list[str]:
        row = {"Action": action, "Sku": "MUG", "Stocks": {"Stock": list(sent)}}
        return statuses(store.write("setStock", "Products", row))

    further = {"WarehouseId": shop, "Qty": "4.5", "Comment": "sync", "Price": "900"}
    assert write("modify", {"Qty": "9"}, further) == ["ok"]
    assert write("in", {"Qty": "2"}) == write("out", {"WarehouseId": shop, "Qty": "0.5"}) == ["ok"]
    (product,) = store.get("getStock", "Product", Sku="MUG")
    assert rows(product["Stocks"], "Stock") == [
        {"Qty": "11"},
        {"WarehouseId": shop, "IsActive": "yes", "Qty": "4", "Price": "900"},
    ]
    for wrong in ({"Qty": "-1"}, {"Qty": "many"}, {"Qty": "1", "WarehouseId": "1"}):
        assert write("modify", {"Qty": "1"}, wrong) == ["error"]
    assert store.shop.stock("MUG") == 11
    assert store.get("getWarehouse", "Warehouse", Id=shop)[0]["Name"] == "Bolt"


def test_a_combination_has_its_own_figure_and_the_product_none() -> None:
    store = Store()
    store.shop.add_product(SHIRT)
    values = {"Variant": ["Kék", "XL"]}
    sent = {"Action": "modify", "Sku": "SHIRT", "Stocks": {"Stock": {"Variants": values, "Qty": "7"}}}
    assert statuses(store.write("setStock", "Products", sent)) == ["ok"]
    (product,) = store.get("getStock", "Product", Sku="SHIRT", Variant1="Kék", Variant2="XL")
    assert rows(product["Stocks"], "Stock") == [{"Qty": "7"}]
    (product,) = store.get("getStock", "Product", Sku="SHIRT")
    assert len(rows(product["Stocks"], "Stock")) == 4
    for stock in ({"Qty": "1"}, {"Variants": {"Variant": ["Kék"]}, "Qty": "1"}):
        refused = store.write("setStock", "Products", {"Action": "modify", "Sku": "SHIRT", "Stocks": {"Stock": stock}})
        assert refused[0]["Error"] == "example: unknown variant"


def test_a_variant_that_is_added_or_taken_out_brings_or_loses_its_stock() -> None:
    store = Store()
    store.shop.add_product(ProductSpec("SHIRT", D(5000), 5, variants={"Szín": ("Kék", "Piros")}))
    values = {"Value": [{"Name": "Kék"}, {"Name": "Zöld", "ExtraPrice": "100"}]}
    change = {"Action": "modify", "Sku": "SHIRT", "Variants": {"Variant": {"Name": "Szín", "Values": values}}}
    assert statuses(_set(store, change)) == ["ok"]
    assert {spot[1]: lot.qty for spot, lot in store.shop.product("SHIRT").stock.items()} == {("Kék",): 5, ("Zöld",): 0}


def test_stock_that_moved_since_a_moment_is_found() -> None:
    store = _stocked()
    store.shop.add_product(ProductSpec("CUP", D(1), 3))
    store.clock.advance(minutes=1)
    at = str(int(store.clock().timestamp()))
    assert store.get("getStock", "Product", TimeStart=at) == []
    store.shop.sell({"CUP": 1})
    assert [each["Sku"] for each in store.get("getStock", "Product", TimeStart=at)] == ["CUP"]
    assert len(store.get("getStock", "Product", LimitNum="1")) == 1


def test_a_product_may_be_written_with_its_stock() -> None:
    store = _stocked()
    _set(store, _new(Stocks={"Status": {"Active": "1", "Empty": "1"}, "Stock": {"Qty": "6"}}))
    assert store.shop.stock("CUP") == 6
    assert _one(store, "CUP")["Stocks"]["Status"] == {"Active": "1", "Empty": "1", "Variant": "0"}


def test_a_product_whose_stock_is_not_kept_is_not_taken_from() -> None:
    store = Store()
    store.shop.add_product(ProductSpec("GIFT", D(1), 3, counted=False))
    store.shop.sell({"GIFT": 1})
    assert store.shop.stock("GIFT") == 3
