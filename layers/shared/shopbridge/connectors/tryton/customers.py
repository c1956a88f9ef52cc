"""The parties of a company, known by e-mail: a party has e-mails, telephones and addresses beside it.

E-mails are read from the list of ways to reach people, by what changed there; before a party is made, its e-mail is
asked for.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shopbridge.connectors.kit.rows import read_row
from shopbridge.connectors.tryton.api import TrytonApi
from shopbridge.connectors.tryton.lookup import ListMark
from shopbridge.connectors.tryton.outcomes import TITLE
from shopbridge.connectors.tryton.wire import (
    LONGEST_NAME,
    AddressInput,
    CountryRow,
    MechanismRow,
    PartyInput,
    PartyRow,
)
from shopbridge.errors import AlreadyDone, Held, Rejected
from shopbridge.mapping.identity import LONGEST_MAIL, is_sound
from shopbridge.model.base import ExternalId
from shopbridge.model.office import DirectoryEntry, DirectoryPage
from shopbridge.model.order import Address, Customer, Order

PARTY, MECHANISM, ADDRESS, COUNTRY = "party.party", "party.contact_mechanism", "party.address", "country.country"
FIELDS = (
    *("name", "contact_mechanisms.type", "contact_mechanisms.value"),
    *(f"addresses.{name}" for name in ("party_name", "street", "postal_code", "city", "country.code")),
)
FEW = 20
"""Parties with one e-mail that are looked at."""


class TrytonCustomers:
    """Finds, creates and changes parties."""

    def __init__(self, api: TrytonApi) -> None:
        self._api = api

    def changed(self, mark: str | None) -> DirectoryPage:
        """Return one page of e-mails from a mark on: all, then what changed."""
        place = ListMark.parse(mark, self._api.clock(), every=None)
        domain = [["type", "=", "email"], *place.domain()]
        rows, after = self._api.page(MECHANISM, domain, ["value", "party", "last_modified_at"], place.after)
        read = [row for each in rows if isinstance(row := read_row(MechanismRow, each), MechanismRow)]
        moved, news = place.moved(read, after)
        entries = tuple(entry for row in news for entry in _entry(row))
        return DirectoryPage(entries=entries, mark=moved.model_dump_json(), complete=after is None)

    def check(self, customer: Customer, billing: Address, shipping: Address) -> PartyInput:
        """Return the party that would be created. Raises Held when it has no name (code ``client_without_name``)."""
        return party_of(customer, billing, shipping)

    def create(self, customer: Customer, billing: Address, shipping: Address) -> ExternalId:
        """Create a party that is not there by its e-mail: two calls, and one for countries.

        Raises:
            AlreadyDone: It is there.
            Held: Several are (code ``ambiguous_customer``), or it has no name.
            OutcomeUnknown: The answer was lost.
        """
        wanted = self.check(customer, billing, shipping)
        if found := find_party(self._api, wanted.email):
            raise AlreadyDone("Tryton has this party", external_id=str(found.id), where="Tryton parties")
        addresses = dict.fromkeys(address_input(each, wanted.name) for each in (billing, shipping))
        return ExternalId(str(create_party(self._api, wanted, [*addresses])))

    def update(self, customer_id: ExternalId, customer: Customer, billing: Address, shipping: Address) -> None:
        """Write the name, and add what is not there yet: sales that are made point to the addresses that they had."""
        wanted = party_of(customer, billing, shipping)
        there = read_party(self._api, int(customer_id))
        addresses = dict.fromkeys(address_input(each, wanted.name) for each in (billing, shipping))
        new = [each for each in addresses if not any(each.is_at(row) for row in there.addresses)]
        known = {each.value for each in there.mechanisms}
        ways = [way for way in _ways(wanted) if way["value"] not in known and not there.has_mail(way["value"])]
        values = {
            **({"name": wanted.name} if wanted.name != there.name else {}),
            **({"addresses": [["create", address_bodies(self._api, new)]]} if new else {}),
            **({"contact_mechanisms": [["create", ways]]} if ways else {}),
        }
        if values:
            self._api.write(PARTY, there.id, values)


def _entry(row: MechanismRow) -> Iterator[DirectoryEntry]:
    mail = row.value.casefold()
    if row.party and "@" in mail and is_sound(mail, LONGEST_MAIL):
        yield DirectoryEntry(key=mail, id=ExternalId(str(row.party)))


# --- one party --------------------------------------------------------------------------------------------------------


def party_of(customer: Customer | None, billing: Address, shipping: Address) -> PartyInput:
    """Return a buyer as a party. Raises Held for one without any name (code ``client_without_name``)."""
    company = (customer.company if customer else "").strip() or billing.company.strip()
    first, last = (customer.first_name, customer.last_name) if customer else ("", "")
    person = f"{first} {last}".strip() or f"{billing.first_name} {billing.last_name}".strip()
    mail = customer.email.strip() if customer else ""
    if not (company or person or mail):
        raise Held(
            "The order names no buyer, and Tryton takes no sale without a party",
            code="client_without_name",
            where=TITLE,
            fix="Enter the buyer in the shop, or let orders.customers use a default customer; then resend the order.",
        )
    return PartyInput(
        name=(company or person or mail)[:LONGEST_NAME],
        email=mail,
        phone=(billing.phone or shipping.phone).strip(),
        vat_id=customer.vat_id.strip() if customer and company else "",
    )


def buyer_of(order: Order) -> PartyInput:
    """Return who an order is for."""
    return party_of(order.customer, order.billing_address, order.shipping_address)


def address_input(address: Address, party: str) -> AddressInput:
    """Return an address in Tryton's form; whose it is stands there where that is not the party's own name."""
    names = (address.company, address.department, f"{address.first_name} {address.last_name}")
    whose = ", ".join(name.strip() for name in names if name.strip())
    lines = [line.strip() for line in (address.street, *address.extra, address.state) if line.strip()]
    return AddressInput(
        party_name="" if whose == party else whose[:LONGEST_NAME],
        street="\n".join(lines),
        postal_code=address.postcode,
        city=address.city,
        country=address.country,
    )


def find_party(api: TrytonApi, mail: str) -> PartyRow | None:
    """Return the party with this e-mail: one call. Raises Held where several have it (code ``ambiguous_customer``)."""
    if not mail:
        return None
    pattern = mail.replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%")
    domain = [["contact_mechanisms", "where", [["type", "=", "email"], ["value", "ilike", pattern]]]]
    rows = [row for each in api.search(PARTY, domain, FIELDS, limit=FEW) if not isinstance(row := party_row(each), str)]
    found = [row for row in rows if row.has_mail(mail)]
    if len(found) > 1:
        raise Held(
            f"Several parties in Tryton have the buyer's e-mail: {', '.join(str(each.id) for each in found)}",
            code="ambiguous_customer",
            where="Tryton parties",
            fix="Let only one keep it, then resend the order.",
        )
    return next(iter(found), None)


def party_row(row: Mapping[str, Any]) -> PartyRow | str:
    """Return a party as we know it, or where it is odd."""
    return read_row(PartyRow, dict(row))


def read_party(api: TrytonApi, key: int) -> PartyRow:
    """Return a party by its id: one call. Raises Rejected where it is gone, or cannot be read."""
    rows = [party_row(each) for each in api.search(PARTY, [["id", "=", key]], FIELDS)]
    if not rows or isinstance(rows[0], str):
        raise Rejected(
            f"Tryton has no party {key} that can be read",
            code="no_party",
            where="Tryton parties",
            fix="Look whether it was deleted or switched off; resending the order looks for the buyer anew.",
        )
    return rows[0]


def create_party(api: TrytonApi, wanted: PartyInput, addresses: Sequence[AddressInput]) -> int:
    """Create a party with its addresses: one call, and one for countries. Raises OutcomeUnknown after a lost answer."""
    vat = [{"type": "eu_vat", "code": wanted.vat_id}] if wanted.vat_id and api.settings.send_vat_ids else []
    values = {
        "name": wanted.name,
        "contact_mechanisms": [["create", _ways(wanted)]],
        "addresses": [["create", address_bodies(api, addresses)]],
        **({"identifiers": [["create", vat]]} if vat else {}),
    }
    return api.create(PARTY, values)


def _ways(wanted: PartyInput) -> list[dict[str, str]]:
    ways = (("email", wanted.email), ("phone", wanted.phone))
    return [{"type": kind, "value": value} for kind, value in ways if value]


def address_bodies(api: TrytonApi, addresses: Sequence[AddressInput]) -> list[dict[str, Any]]:
    """Return addresses as they are created. Raises Held for a country that Tryton does not have."""
    countries = _countries(api, sorted({each.country for each in addresses} - {""}))
    return [
        {
            "party_name": each.party_name or None,
            "street": each.street,
            "postal_code": each.postal_code,
            "city": each.city,
            "country": countries.get(each.country),
            "invoice": True,
            "delivery": True,
        }
        for each in addresses
    ]


def _countries(api: TrytonApi, codes: Sequence[str]) -> Mapping[str, int]:
    """By their codes: one call."""
    rows = (read_row(CountryRow, row) for row in api.search(COUNTRY, [["code", "in", codes]], ["code"]) if codes)
    found = {row.code: row.id for row in rows if isinstance(row, CountryRow)}
    if missing := [code for code in codes if code not in found]:
        raise Held(
            f"Tryton has no country {', '.join(missing)}",
            code="country_not_there",
            where="Tryton countries",
            fix="Make the country in Tryton, under Administration, Countries, with its two letters; then resend the "
            "order.",
        )
    return found
