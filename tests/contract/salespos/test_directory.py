from typing import Any

import pytest

from sandbox.platforms.salespos.users import create_group
from shopbridge.errors import AlreadyDone, Held, OutcomeUnknown
from shopbridge.model.base import ExternalId
from tests.containers import there
from tests.contract.benches.salespos import Bench, bench, customers_of, ids, read_all
from tests.salespos_orders import ADDRESS, CUSTOMER, D, line, order


def user_of(at: Bench, user: ExternalId) -> dict[str, Any]:
    return at.account.shop.users[int(user)]


# --- customers ----------------------------------------------------------------------------------------------


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


# --- products -----------------------------------------------------------------------------------------------


def test_a_missing_product_is_created_as_the_account_keeps_prices_and_then_found() -> None:
    at = bench(prices_include_vat=False)
    made = there(at.connector().order_products).create(order([line(price=D("12.10"))]), "l1", "21")
    product = at.account.shop.catalogue.get(int(made))
    assert product is not None
    assert (product["price"], product["taxtariff"], product["stockenabled"]) == (10, "normal", False)
    assert ids([*there(at.connector().order_products).find("sku", "SKU-1")]) == {"SKU-1": made}


def test_the_subscriptions_product_limit_holds_the_order() -> None:
    at = bench(product_limit=1)
    at.product()
    with pytest.raises(Held, match="subscription") as caught:
        there(at.connector().order_products).create(order(), "l1", "21")
    assert caught.value.code == "product_limit"


def test_a_product_whose_creation_names_no_id_is_an_unknown_outcome() -> None:
    at = bench()
    at.fault("no_content", "POST /products")
    with pytest.raises(OutcomeUnknown):
        there(at.connector().order_products).create(order(), "l1", "21")
    assert len(there(at.connector().order_products).find("sku", "SKU-1")) == 1
