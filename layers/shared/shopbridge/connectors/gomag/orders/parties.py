"""Who buys and where it goes; pure. A guest exists only in his order, so everything comes from there."""

from collections.abc import Mapping

from shopbridge.connectors.gomag.wire import WireBilling, WireOrder, WireParty, WireShipping
from shopbridge.errors import Held
from shopbridge.mapping.countries import country_code
from shopbridge.model.party import Address, Customer

KEEPS_NO_WORD_OF_GUESTS = False
"""[inferred] An order does not tell whether its buyer has an account: nobody counts as a guest."""


def customer(wire: WireOrder) -> Customer | None:
    """The buyer; None when the order names nobody."""
    buyer = wire.billing
    if buyer is None or not (buyer.email or buyer.firstname or buyer.lastname or buyer.company):
        return None
    company = buyer.company
    return Customer(
        id="",
        number="",
        email=buyer.email,
        first_name=buyer.firstname,
        last_name=buyer.lastname,
        company=company.name if company else "",
        vat_id=company.code if company else "",
        guest=KEEPS_NO_WORD_OF_GUESTS,
    )


def billing_address(wire: WireOrder, countries: Mapping[str, str]) -> Address:
    """The buyer's address; where the buyer has none, the place where the goods go.

    Raises:
        Held: There is no address at all, or its country is not known.
    """
    buyer, receiver = wire.billing, wire.shipping
    if buyer is not None and _has_place(buyer):
        return _address(buyer, buyer, _company(buyer), countries, "billing")
    if receiver is None or not _has_place(receiver):
        raise Held(
            "The order has no address",
            code="missing_address",
            fix="Give the order a billing address in Gomag, then resend it.",
        )
    who = buyer or receiver
    return _address(who, receiver, _company(who), countries, "shipping")


def shipping_address(wire: WireOrder, countries: Mapping[str, str]) -> Address:
    """Where the goods go; the billing address when the order says nothing else."""
    receiver = wire.shipping
    if receiver is None or not _has_place(receiver):
        return billing_address(wire, countries)
    return _address(receiver, receiver, _company(receiver), countries, "shipping")


def _has_place(party: WireParty) -> bool:
    return bool(party.city or party.address)


def _company(party: WireParty) -> str:
    match party:
        case WireBilling(company=company):
            return company.name if company else ""
        case WireShipping():
            return party.company_name
        case _:
            return ""


def _address(who: WireParty, place: WireParty, company: str, countries: Mapping[str, str], which: str) -> Address:
    return Address(
        first_name=who.firstname,
        last_name=who.lastname,
        company=company,
        department="",
        street=place.address,
        extra=(),
        postcode=place.zipcode,
        city=place.city,
        state=place.region,
        country=country_code(place.country, countries, which=which, platform="Gomag"),
        phone=who.phone,
    )
