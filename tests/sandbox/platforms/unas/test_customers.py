"""Customers, subscribers and product files of the emulated UNAS."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.unas import Buyer, ProductSpec
from tests.sandbox.platforms.unas.calls import Store

D = Decimal


def _stocked(**assumed: Any) -> Store:
    store = Store(**assumed)
    store.shop.add_product(ProductSpec("MUG", D(3175), 10, "Bögre", categories=(("Konyha", "Bögrék"), ("Ajándék",))))
    return store


def _one(store: Store, sku: str = "MUG", **params: str) -> Any:
    (product,) = store.get("getProduct", "Product", Sku=sku, **params)
    return product


def test_a_product_file_is_fetched_without_a_token_for_an_hour() -> None:
    store = _stocked()
    asked = "<Params><Format>csv2</Format><GetName>1</GetName><GetPrice>1</GetPrice><GetStock>1</GetStock></Params>"
    url = store.answer("getProductDB", asked)["Url"]
    text = store.client.get(url).content
    assert text.startswith(b"\xef\xbb\xbf")
    assert text.decode("utf-8-sig").splitlines() == [
        "Cikkszám;Termék Név;Nettó Ár;Bruttó Ár;Raktárkészlet",
        "MUG;Bögre;2500;3175;10",
    ]
    store.clock.advance(hours=1)
    assert store.client.get(url).status_code == 404
    assert "not emulated" in store.error("getProductDB", "<Params><Format>xlsx</Format></Params>")


def test_customers_are_found_and_changed() -> None:
    store = Store()
    store.shop.register(Buyer())
    store.clock.advance(minutes=1)
    at = str(int(store.clock().timestamp()))
    assert store.get("getCustomer", "Customer", ModTimeStart=at) == []

    def write(**nodes: Any) -> Any:
        return store.write("setCustomer", "Customers", nodes)[0]

    param = {"Param": {"Id": "1000", "Name": "Honnan?", "Value": "Barát"}}
    assert write(Action="modify", Id="7001", Comment="nagyker", Params=param, Email="x")["Status"] == "ok"
    (found,) = store.get("getCustomer", "Customer", Email="vera.minta@example.test", ModTimeStart=at)
    assert (found["Comment"], found["Params"]["Param"]["Value"]) == ("nagyker", "Barát")
    assert write(Action="add", Email="a@example.test", Contact={"Name": "A"})["Id"] == "7002"
    for wrong in (
        {"Action": "add", "Email": "a@example.test"},
        {"Action": "add", "Email": ""},
        {"Action": "modify", "Id": "9", "Comment": "x"},
        {"Action": "modify", "Id": "7001", "Colour": "red"},
        {"Action": "delete"},
    ):
        assert write(**wrong)["Status"] == "error"
    assert write(Action="delete", Email="a@example.test")["Status"] == "ok"
    assert len(store.get("getCustomer", "Customer")) == 1


def test_subscribers_are_told_by_kind_and_consent() -> None:
    store = Store()
    store.shop.shop.subscribers.append({"Email": "anna@example.test", "Type": "subscriber", "Authorized": "yes"})
    assert len(store.get("getNewsletter", "Subscriber", Type="subscriber", Auth="1")) == 1
    assert store.get("getNewsletter", "Subscriber", Auth="no") == []


def test_the_merchant_names_what_exists() -> None:
    store = _stocked()
    with pytest.raises(LookupError, match="NONE"):
        store.shop.delete_product("NONE")
    with pytest.raises(ValueError, match="MUG"):
        store.shop.add_product(ProductSpec("MUG"))
    store.shop.change_product("MUG", Name="Kupa")
    assert _one(store)["Name"] == "Kupa"
