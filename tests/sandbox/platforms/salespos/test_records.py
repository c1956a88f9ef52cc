"""Users, products, variants and the smaller resources of the emulated SalesPOS."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.platforms.salespos.calls import ADDRESS, CUSTOMER, Till


def test_a_user_is_kept_without_its_password() -> None:
    till = Till()
    user = till.post("/users", {"username": "a@b.example", "password": "x", "userinfo": CUSTOMER})
    assert "password" not in user
    assert (user["status"], user["approval_status"]) == (True, "accepted")
    assert user["group_id"] == till.get("/usergroups")["items"][0]["id"]
    assert till.get(f"/users/{user['id']}") == user
    assert user["userinfo"]["billingaddress"]["full_name"] == "Sanne Visser"


def test_a_username_is_taken_once_whatever_its_case() -> None:
    till = Till()
    first = till.post("/users", {"username": "A@b.example", "password": "x"})
    other = till.post("/users", {"username": "c@d.example", "password": "x"})
    response = till.call("POST", "/users", {"username": "a@B.example", "password": "x"})
    assert (response.status_code, response.json()["code"]) == (500, "500.40")
    assert till.refused("PATCH", f"/users/{other['id']}", {"username": "a@b.example"}) == "500.40"
    till.done("PATCH", f"/users/{first['id']}", {"username": "new@b.example"})
    till.post("/users", {"username": "a@b.example", "password": "x"})


def test_a_user_patch_changes_only_what_it_names() -> None:
    till = Till()
    user = till.post("/users", {"username": "a", "password": "x", "userinfo": CUSTOMER})
    till.done("PATCH", f"/users/{user['id']}", {"userinfo": {"billingaddress": {"company": "Voorbeeld BV"}}})
    after = till.get(f"/users/{user['id']}")["userinfo"]
    assert after["email"] == CUSTOMER["email"]
    assert (after["billingaddress"]["company"], after["billingaddress"]["city"]) == ("Voorbeeld BV", "Utrecht")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"userinfo": None}, "400.10"),
        ({"approval_status": "pending"}, "400.10"),
        ({"group_id": 1}, "400.20"),
        ({"email": "a@b.example"}, "400.10"),
        ({"userinfo": {"billingaddress": {**ADDRESS, "address_line_1": "x"}}}, "400.10"),
    ],
)
def test_a_wrong_user_patch_is_refused(changes: dict[str, Any], code: str) -> None:
    till = Till()
    user = till.shop.add_user("a")
    assert till.refused("PATCH", f"/users/{user['id']}", changes) == code


def test_a_pending_user_is_accepted_or_disappears() -> None:
    till = Till()
    first, second = (till.shop.add_user(name, approval_status="pending") for name in ("a", "b"))
    assert len(till.get("/users", approval_status="pending")["items"]) == 2
    till.done("PATCH", f"/users/{first['id']}", {"approval_status": "accepted"})
    till.done("PATCH", f"/users/{second['id']}", {"approval_status": "rejected"})
    assert [user["id"] for user in till.get("/users")["items"]] == [first["id"]]


def test_users_are_ordered_by_name() -> None:
    till = Till()
    for username, last_name in (("a", "Visser"), ("b", "Bakker"), ("c", "Smit")):
        till.shop.add_user(username, userinfo={"billingaddress": {"last_name": last_name}})
    names = [user["username"] for user in till.get("/users", orderby="last_name")["items"]]
    assert names == ["b", "c", "a"]


def _product(till: Till, **fields: Any) -> dict[str, Any]:
    body = {"name": "T-shirt", "price": 24.95, "discount": 0, "taxtariff": "normal"}
    return {**body, "package_id": till.shop.package_id, **fields}


def test_writes_say_active_and_reads_say_is_active() -> None:
    till = Till()
    made = till.post("/products", _product(till, active=False, productnumber="TEE"))
    assert made["is_active"] is False
    assert "active" not in made
    assert made["price"] == Decimal("24.95")
    assert made["attributecombinations"]["href"].endswith("/attributecombinations/")
    till.done("PATCH", f"/products/{made['id']}", {"active": True, "stock": 3, "stockenabled": True})
    after = till.get(f"/products/{made['id']}")
    assert (after["is_active"], after["stock"], after["name"]) == (True, 3, "T-shirt")


@pytest.mark.parametrize("left_out", ["name", "price", "discount", "package_id", "taxtariff"])
def test_a_product_needs_its_required_fields(left_out: str) -> None:
    till = Till()
    body = _product(till)
    del body[left_out]
    assert till.refused("POST", "/products", body) == "400.10"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("is_active", True, "400.10"),
        ("taxtariff", "high", "400.10"),
        ("productnumber", "x" * 51, "400.10"),
        ("price", "24.95", "400.10"),
        ("package_id", 1, "400.20"),
    ],
)
def test_a_wrong_product_field_is_refused(field: str, value: Any, code: str) -> None:
    till = Till()
    assert till.refused("POST", "/products", _product(till, **{field: value})) == code


def test_products_are_found_by_every_filter() -> None:
    till = Till()
    red = till.shop.add_product("TEE-RED", 20, name="Red tee", eannumber="8712345000011", discount=5, stock=3)
    till.clock.advance(minutes=1)
    mug = till.shop.add_product("MUG", 8, name="Mug", active=False)

    def ids(**query: Any) -> list[int]:
        return [item["id"] for item in till.get("/products", **query)["items"]]

    assert ids(productnumber="TEE-RED") == [red["id"]]
    assert ids(productnumber="tee-red") == []
    assert ids(eannumber="8712345000011", productnumber="MUG") == []
    assert ids(productname="D TE") == [red["id"]]
    assert ids(minsellprice=15, maxsellprice="15.00") == [red["id"]]
    assert ids(mindiscount=1) == ids(minprice=9) == ids(minstock=1) == ids(stock=3) == [red["id"]]
    assert ids(maxprice=9) == ids(active="false") == [mug["id"]]
    assert ids(orderby="name") == ids(orderby="modifydate_desc") == [mug["id"], red["id"]]


def test_equal_numbers_are_both_found_and_a_renumbered_product_moves() -> None:
    till = Till()
    first, second = (till.shop.add_product("SAME", 1) for _ in range(2))
    assert len(till.get("/products", productnumber="SAME")["items"]) == 2
    till.shop.change_product(first["id"], productnumber="OTHER")
    assert [item["id"] for item in till.get("/products", productnumber="SAME")["items"]] == [second["id"]]


def test_a_deleted_product_is_gone_from_lists_reads_and_orders() -> None:
    till = Till()
    mug = till.shop.add_product("MUG", 8)
    till.done("DELETE", f"/products/{mug['id']}")
    assert till.get("/products", productnumber="MUG")["items"] == []
    assert till.refused("GET", f"/products/{mug['id']}") == "404.10"


@pytest.mark.parametrize("moves", [True, False])
def test_a_stock_change_moves_modifydate_only_where_the_account_does_so(moves: bool) -> None:
    till = Till(stock_moves_modifydate=moves)
    mug = till.shop.add_product("MUG", 8, stock=1)
    till.clock.advance(hours=1)
    till.done("PATCH", f"/products/{mug['id']}", {"stock": 2})
    after = till.get(f"/products/{mug['id']}")
    assert (after["modifydate"] > after["createdate"]) is moves


def test_the_subscription_s_limit_and_an_unchanging_patch_have_their_codes() -> None:
    till = Till(product_limit=1, same_value_refused=True)
    mug = till.shop.add_product("MUG", 8)
    assert till.refused("POST", "/products", _product(till)) == "500.60"
    till.post("/products", _product(till, active=False))
    assert till.refused("PATCH", f"/products/{mug['id']}", {"price": 8}) == "500.50"
    till.done("PATCH", f"/products/{mug['id']}", {"price": 9})


def _linked(till: Till, product_id: int, attribute: str, *names: str) -> list[int]:
    made = till.post("/attributes", {"name": attribute, "type": "option_menu_required"})
    links = []
    for name in names:
        value = till.post(f"/attributes/{made['id']}/attributevalues", {"name": name, "default_price": 0})
        body = {"optionvalue": value["id"], "price": 1, "stock": 4}
        links.append(till.post(f"/products/{product_id}/productattributevalues", body)["id"])
    return links


def test_linking_values_generates_combinations() -> None:
    till = Till()
    tee = till.shop.add_product("TEE", 10)["id"]
    _linked(till, tee, "Size", "S", "M")
    before = till.get(f"/products/{tee}/attributecombinations")["items"]
    assert [(each["stock"], each["netto_extra_price"]) for each in before] == [(4, 1), (4, 1)]
    links = _linked(till, tee, "Colour", "red", "blue")
    after = till.get(f"/products/{tee}/attributecombinations")["items"]
    assert len(after) == 4
    assert {each["netto_extra_price"] for each in after} == {2}
    till.done("DELETE", f"/productattributevalues/{links[0]}")
    kept = till.get(f"/products/{tee}", expand="attributecombinations")["attributecombinations"]["items"]
    assert [each["id"] for each in kept] == [each["id"] for each in after if each in kept]
    assert len(kept) == 2


def test_text_attributes_make_no_combinations() -> None:
    till = Till()
    tee = till.shop.add_product("TEE", 10)["id"]
    made = till.post("/attributes", {"name": "Print", "type": "text"})
    value = till.post(f"/attributes/{made['id']}/attributevalues", {"name": "free", "default_price": 0})
    till.post(f"/products/{tee}/productattributevalues", {"optionvalue": value["id"], "price": 3})
    assert till.get(f"/products/{tee}/attributecombinations")["items"] == []
    wrong = {"name": "Print", "type": "option_menu"}
    assert till.refused("PATCH", f"/attributes/{made['id']}", wrong) == "400.10"
    till.done("PATCH", f"/attributes/{made['id']}", {"name": "Print", "type": "text_required"})


def test_a_combination_can_be_patched_but_its_prices_cannot() -> None:
    till = Till()
    tee = till.shop.add_product("TEE", 10, variants={"Size": {"M": 0}}, stock=1)
    (medium,) = till.shop.combinations(tee["id"])
    path = f"/attributecombinations/{medium['id']}/"
    till.done("PATCH", path, {"stock": 7, "ean_number": "8712345000028"})
    after = till.get(path)
    assert (after["stock"], after["ean_number"], after["product_number"]) == (7, "8712345000028", "TEE-M")
    assert till.refused("PATCH", path, {"netto_extra_price": 1}) == "400.10"
    assert till.refused("DELETE", path) == "405.10"


def test_packages_groups_and_paymethods_are_there_from_the_start() -> None:
    till = Till()
    assert [each["name"] for each in till.get("/packages")["items"]] == ["Standard"]
    till.done("PATCH", f"/packages/{till.shop.package_id}", {"name": "Letter"})
    assert {each["method"] for each in till.get("/paymethods")["items"]} == {"cash", "pin", "ideal"}
    group = till.post("/usergroups", {"groupname": "Trade", "discount": 5})
    user = till.shop.add_user("a", group_id=group["id"])
    till.done("DELETE", f"/usergroups/{group['id']}")
    assert till.get(f"/users/{user['id']}")["group_id"] is None
