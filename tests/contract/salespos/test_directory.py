from typing import Any

import pytest

from sandbox.platforms.salespos.users import create_group
from shopbridge.errors import AlreadyDone, Held, OutcomeUnknown
from shopbridge.model.base import ExternalId
from tests.contract.benches.salespos import Bench, bench, customers_of, ids, read_all
from tests.salespos_orders import ADDRESS, CUSTOMER, D, line, order


def user_of(at: Bench, user: ExternalId) -> dict[str, Any]:
    return at.account.shop.users[int(user)]


OTHER = CUSTOMER.model_copy(update={"email": "bert@voorbeeld.example"})


# --- customers ----------------------------------------------------------------------------------------------


def test_a_customer_is_created_as_a_person_and_found_by_e_mail_whatever_its_case() -> None:
    at = bench()
    made = customers_of(at.connector()).create(CUSTOMER, ADDRESS, ADDRESS)
    entries, _ = read_all(customers_of(at.connector()).changed)
    assert ids(entries) == {"sanne.visser@voorbeeld.example": made}
    user = user_of(at, made)
    assert user["userinfo"]["customertype"] == "b2c"
    assert user["userinfo"]["deliveryaddress"]["full_name"] == "Sanne Visser"


def test_a_company_is_created_as_a_business_with_its_contact_in_the_chosen_group() -> None:
    at = bench()
    group = create_group(at.account.shop, {"groupname": "Trade"})["id"]
    company = ADDRESS.model_copy(update={"company": "Voorbeeld BV"})
    made = customers_of(at.connector(customer_group=group)).create(CUSTOMER, company, ADDRESS)
    user = user_of(at, made)
    assert user["group_id"] == group
    assert user["userinfo"]["customertype"] == "b2b"
    assert user["userinfo"]["billingaddress"]["last_name"] == "Visser"


def test_a_creation_that_names_no_id_sends_the_flow_to_the_list() -> None:
    at = bench()
    at.fault("no_content", "POST /users")
    with pytest.raises(AlreadyDone) as caught:
        customers_of(at.connector()).create(CUSTOMER, ADDRESS, ADDRESS)
    assert caught.value.external_id == ""
    assert CUSTOMER.match_key in ids(read_all(customers_of(at.connector()).changed)[0])


def test_an_update_changes_what_the_shop_knows_and_leaves_the_rest() -> None:
    at = bench()
    company = ADDRESS.model_copy(update={"company": "Voorbeeld BV"})
    vat = CUSTOMER.model_copy(update={"vat_id": "NL000000000B01"})
    made = customers_of(at.connector()).create(vat, company, ADDRESS)
    moved = ADDRESS.model_copy(update={"city": "Zwolle", "phone": ""})
    customers_of(at.connector()).update(made, CUSTOMER, moved, moved)
    info = user_of(at, made)["userinfo"]
    assert info["billingaddress"]["city"] == "Zwolle"
    assert info["billingaddress"]["telephone"] == ADDRESS.phone
    assert (info["btw"], info["customertype"]) == ("NL000000000B01", "b2b")


def test_an_update_that_changes_nothing_is_a_success() -> None:
    at = bench(same_value_refused=True)
    made = customers_of(at.connector()).create(CUSTOMER, ADDRESS, ADDRESS)
    for _ in range(2):  # the first one fills the fields that a creation leaves out
        customers_of(at.connector()).update(made, CUSTOMER, ADDRESS, ADDRESS)
    assert at.answers[-1].status == 500


def test_a_long_list_is_read_page_by_page_and_misses_nobody_though_some_are_deleted_meanwhile() -> None:
    at = bench()
    made = [at.account.add_user(f"user-{number}@x.example") for number in range(700)]
    first = customers_of(at.connector()).changed(None)
    for user in made[:300]:
        del at.account.shop.users[user["id"]]
    rest, _ = read_all(customers_of(at.connector()).changed, first.mark)
    found = ids([*first.entries, *rest])
    assert not first.complete
    assert {f"user-{number}@x.example" for number in range(300, 700)} <= set(found)


# --- products -----------------------------------------------------------------------------------------------


def test_a_later_read_gives_what_changed_since() -> None:
    at = bench()
    old = [at.product(f"P-{number}") for number in range(300)]
    at.clock.advance(hours=1)
    _, mark = read_all(lambda mark: at.connector().order_products.changed(mark, "sku"))
    at.clock.advance(hours=1)
    at.account.change_product(int(old[7]), productnumber="P-7-NEW")
    new = at.product("NEW")
    calls = at.calls("GET /products")
    entries, mark = read_all(lambda mark: at.connector().order_products.changed(mark, "sku"), mark)
    assert ids(entries) == {"P-7-NEW": old[7], "NEW": new}
    assert at.calls("GET /products") == calls + 1
    at.clock.advance(hours=1)
    assert set(ids(read_all(lambda mark: at.connector().order_products.changed(mark, "sku"), mark)[0])) == {
        "P-7-NEW",
        "NEW",
    }


def test_a_product_that_changes_during_the_first_read_is_read_again_after_it() -> None:
    at = bench()
    many = [at.product(f"P-{number}") for number in range(300)]
    at.clock.advance(minutes=30)
    page = at.connector().order_products.changed(None, "sku")
    at.account.change_product(int(many[0]), productnumber="RENAMED")
    rest, mark = read_all(lambda mark: at.connector().order_products.changed(mark, "sku"), page.mark)
    assert "RENAMED" not in ids(rest)
    assert ids(read_all(lambda mark: at.connector().order_products.changed(mark, "sku"), mark)[0])["RENAMED"] == many[0]


def test_a_variant_whose_appearance_moved_no_date_is_found_by_the_next_days_sweep() -> None:
    at = bench()
    product, (variant,) = at.variants("TEE", "M")
    _, mark = read_all(lambda mark: at.connector().order_products.changed(mark, "sku"))
    at.account.shop.combinations[variant]["product_number"] = "TEE-MEDIUM"
    at.clock.advance(hours=2)
    at.product("MUG")
    entries, mark = read_all(lambda mark: at.connector().order_products.changed(mark, "sku"), mark)
    at.clock.advance(days=1)
    entries, _ = read_all(lambda mark: at.connector().order_products.changed(mark, "sku"), mark)
    assert ids(entries)["TEE-MEDIUM"] == f"{product}/{variant}"


def test_one_product_can_be_asked_for_directly_with_one_call() -> None:
    at = bench()
    mug = at.product("MUG", eannumber="8712345000011")
    at.product("CUP")
    assert ids([*at.connector().order_products.find("sku", "MUG")]) == {"MUG": mug}
    assert ids([*at.connector().order_products.find("ean", "8712345000011")]) == {"8712345000011": mug}
    assert at.connector().order_products.find("mpn", "X") == []
    assert at.account.calls.total == 3


def test_a_missing_product_is_created_as_the_account_keeps_prices_and_then_found() -> None:
    at = bench(prices_include_vat=False)
    made = at.connector().order_products.create(order([line(price=D("12.10"))]), "l1", "21")
    product = at.account.shop.catalogue.get(int(made))
    assert product is not None
    assert (product["price"], product["taxtariff"], product["stockenabled"]) == (10, "normal", False)
    assert ids([*at.connector().order_products.find("sku", "SKU-1")]) == {"SKU-1": made}


def test_the_subscriptions_product_limit_holds_the_order() -> None:
    at = bench(product_limit=1)
    at.product()
    with pytest.raises(Held, match="subscription") as caught:
        at.connector().order_products.create(order(), "l1", "21")
    assert caught.value.code == "product_limit"


def test_a_product_whose_creation_names_no_id_is_an_unknown_outcome() -> None:
    at = bench()
    at.fault("no_content", "POST /products")
    with pytest.raises(OutcomeUnknown):
        at.connector().order_products.create(order(), "l1", "21")
    assert len(at.connector().order_products.find("sku", "SKU-1")) == 1
