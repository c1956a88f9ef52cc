"""Customers and addresses of an order."""

from dataclasses import dataclass
from typing import Any

from sandbox.platforms.shopware.specs import Address, Buyer, OrderSpec
from sandbox.platforms.shopware.state import Shop
from sandbox.platforms.shopware.store import Row
from sandbox.platforms.shopware.values import SYSTEM_LANGUAGE_ID, make_id


@dataclass(frozen=True)
class Places:
    """The ids of an order's addresses."""

    billing: str
    shipping: str


def customer_of(shop: Shop, spec: OrderSpec, sales_channel_id: str) -> Row:
    """The buyer's record: a registered customer is found again by e-mail, a guest never."""
    buyer = spec.buyer
    same = shop.store.children("customer", "email", buyer.email)
    known = next((row for row in same if not row.values["guest"]), None)
    if known and not buyer.guest:
        return known
    ids = {"id": shop.new_id("customer"), "salesChannelId": sales_channel_id}
    return shop.insert("customer", ids | _customer_addresses(shop, ids["id"], spec) | _person(shop, buyer))


def add_order_customer(shop: Shop, order_id: str, buyer: Buyer, customer: Row) -> None:
    """The copy of the buyer that belongs to the order."""
    copied = ("customerNumber", "salutationId")
    values = {
        "orderId": order_id,
        "customerId": customer.id,
        "email": buyer.email,
        "firstName": buyer.first_name,
        "lastName": buyer.last_name,
        "company": buyer.company,
        "title": buyer.title,
        "vatIds": list(buyer.vat_ids) or None,
        "remoteAddress": "203.0.113.0",
        **{name: customer.values[name] for name in copied},
    }
    shop.insert("order_customer", values)


def add_order_addresses(shop: Shop, order_id: str, spec: OrderSpec) -> Places:
    """The order's addresses; one row serves both purposes when they are the same."""
    billing = add_order_address(shop, order_id, spec.billing, spec.buyer)
    if spec.delivery_address is None:
        return Places(billing, billing)
    return Places(billing, add_order_address(shop, order_id, spec.delivery_address, spec.buyer))


def add_order_address(shop: Shop, order_id: str, address: Address, buyer: Buyer) -> str:
    """One address of an order; its id."""
    return shop.insert("order_address", {"orderId": order_id} | address_values(shop, address, buyer)).id


def address_values(shop: Shop, address: Address, buyer: Buyer) -> dict[str, Any]:
    """The fields customer and order addresses share.

    Raises:
        ValueError: The shop does not know the country or the state.
    """
    known = (address.first_name, address.company) != (None, None)
    company = address.company if known else buyer.company
    return {
        "firstName": address.first_name or buyer.first_name,
        "lastName": address.last_name or buyer.last_name,
        "company": company,
        "department": address.department,
        "street": address.street,
        "zipcode": address.zipcode,
        "city": address.city,
        "countryId": _country_id(shop, address.country),
        "countryStateId": _state_id(shop, address.state),
        "additionalAddressLine1": address.line1,
        "additionalAddressLine2": address.line2,
        "phoneNumber": address.phone,
        "salutationId": _salutation_id(shop, buyer),
        "title": buyer.title,
        "hash": make_id("address", address, buyer.last_name),
    }


def _person(shop: Shop, buyer: Buyer) -> dict[str, Any]:
    serial = shop.count("customer")
    return {
        "groupId": make_id(shop.key, "customer group"),
        "languageId": SYSTEM_LANGUAGE_ID,
        "autoIncrement": serial,
        "customerNumber": buyer.customer_number or str(20000 + serial),
        "firstName": buyer.first_name,
        "lastName": buyer.last_name,
        "email": buyer.email,
        "company": buyer.company,
        "vatIds": list(buyer.vat_ids) or None,
        "accountType": "business" if buyer.company else "private",
        "salutationId": _salutation_id(shop, buyer),
        "title": buyer.title,
        "guest": buyer.guest,
        "active": True,
        "orderCount": 0,
        "orderTotalAmount": 0,
    }


def _customer_addresses(shop: Shop, customer_id: str, spec: OrderSpec) -> dict[str, str]:
    owner = {"customerId": customer_id}
    billing = shop.insert("customer_address", owner | address_values(shop, spec.billing, spec.buyer)).id
    shipping = billing
    if spec.delivery_address is not None:
        values = address_values(shop, spec.delivery_address, spec.buyer)
        shipping = shop.insert("customer_address", owner | values).id
    return {"defaultBillingAddressId": billing, "defaultShippingAddressId": shipping}


def _country_id(shop: Shop, iso: str) -> str:
    found = shop.store.find("country", iso=iso)
    if found is None:
        raise ValueError(f"The shop has no country {iso!r}")
    return found.id


def _state_id(shop: Shop, code: str | None) -> str | None:
    if code is None:
        return None
    found = shop.store.find("country_state", shortCode=code)
    if found is None:
        raise ValueError(f"The shop has no country state {code!r}")
    return found.id


def _salutation_id(shop: Shop, buyer: Buyer) -> str:
    found = shop.store.find("salutation", salutationKey=buyer.salutation)
    if found is None:
        raise ValueError(f"The shop has no salutation {buyer.salutation!r}")
    return found.id
