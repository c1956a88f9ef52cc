"""Buyers and addresses in SalesPOS' shape; pure."""

from typing import Any

from shopbridge.connectors.salespos.wire import BillingAddress, DeliveryAddress, PersonalInfo, Place
from shopbridge.mapping.street import split_street
from shopbridge.model.party import Address, Customer

LONGEST_NUMBER = 9
"""House numbers are integers there; more digits than these are something else."""


def buyer(customer: Customer | None, billing: Address, shipping: Address) -> PersonalInfo:
    """The whole ``customer`` block of an order or ``userinfo`` of a user: a company makes it business (b2b)."""
    company = company_of(customer, billing)
    return PersonalInfo(
        email=_or_none(customer.email.strip()) if customer else None,
        customertype="b2b" if company else "b2c",
        billingaddress=billing_address(billing, company),
        deliveryaddress=delivery_address(shipping),
        reference=_or_none(customer.number) if customer else None,
        btw=_or_none(customer.vat_id) if customer else None,
    )


def over_user(info: PersonalInfo) -> PersonalInfo:
    """The block of an order that also names a user.

    What is missing SalesPOS takes from the user (client S4), and a house number must not get another one's suffix: the
    parts of an address that this order does not have are sent blank.
    """
    addresses = {"billingaddress": info.billingaddress, "deliveryaddress": info.deliveryaddress}
    return info.model_copy(update={name: _blanked(address) for name, address in addresses.items() if address})


def _blanked(address: Place) -> Place:
    form = ("housenumber_suffix",) if address.street else ("address_line_2",)
    names = ("company", "province", "comment", *form)
    return address.model_copy(update={name: getattr(address, name) or "" for name in names})


def buyer_changes(customer: Customer, billing: Address, shipping: Address) -> PersonalInfo:
    """What an update writes: only what the shop knows. A missing company does not make a company a person."""
    known = buyer(customer, billing, shipping)
    return known if known.customertype == "b2b" else known.model_copy(update={"customertype": None})


def company_of(customer: Customer | None, billing: Address) -> str:
    """The company that buys; empty for a person."""
    return billing.company.strip() or (customer.company.strip() if customer else "")


def billing_address(address: Address, company: str) -> BillingAddress:
    """The address of the bill; its person is the company's contact."""
    return BillingAddress(
        first_name=_or_none(address.first_name),
        last_name=_or_none(address.last_name),
        company=_or_none(company),
        **_place(address),
    )


def delivery_address(address: Address) -> DeliveryAddress:
    """Where it goes."""
    return DeliveryAddress(
        full_name=_or_none(f"{address.first_name} {address.last_name}"),
        company=_or_none(address.company),
        **_place(address),
    )


def _place(address: Address) -> dict[str, Any]:
    return {
        **_street(address),
        "zipcode": _or_none(address.postcode),
        "city": _or_none(address.city),
        "province": _or_none(address.state),
        "country_code": address.country,
        "telephone": _or_none(address.phone),
    }


def _street(address: Address) -> dict[str, Any]:
    """Street, number and suffix apart; the lines as they are where no number was found."""
    found = split_street(address.street, address.country, extra="\n".join(address.extra))
    if not found.number or len(found.number) > LONGEST_NUMBER:
        return {
            "address_line_1": _or_none(address.street),
            "address_line_2": _or_none(", ".join(line for line in address.extra if line.strip())),
            "comment": _or_none(address.department),
        }
    return {
        "street": _or_none(found.street),
        "housenumber": int(found.number),
        "housenumber_suffix": _or_none(found.suffix),
        "comment": _or_none(", ".join(part for part in (address.department.strip(), found.rest) if part)),
    }


def _or_none(text: str) -> str | None:
    return text.strip() or None
