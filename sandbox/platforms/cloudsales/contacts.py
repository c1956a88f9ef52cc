"""Clients and suppliers; an order's client is filed among them."""

from sandbox.platforms.cloudsales.inferred import same_client
from sandbox.platforms.cloudsales.records import Contact
from sandbox.platforms.cloudsales.state import Account
from sandbox.platforms.cloudsales.wire import Record

ADDRESS_PARTS = ("number", "building", "stair", "floor", "apartment")


def bare(vat_id: str) -> str:
    """A fiscal code as it is compared: without ``RO`` and spaces (client B3)."""
    return vat_id.strip().upper().removeprefix("RO").strip()


def file_client(account: Account, client: Record) -> Contact:
    """The contact of an order's client, made or brought up to date."""
    contact = _known(account, client)
    if contact is None:
        return add_contact(account, client)
    contact.name, contact.email = client["name"], client["email"]
    contact.address, contact.modified = filed_address(client["invoice_address"]), account.now()
    return contact


def add_contact(account: Account, client: Record) -> Contact:
    """A new contact, from the shape an order's client has."""
    contact = Contact(
        id=account.new_id("contact"),
        name=client["name"],
        vat_id=client["vat_id"],
        registration_number=client["registration_number"],
        email=client["email"],
        address=filed_address(client["invoice_address"]),
        modified=account.now(),
    )
    account.contacts[contact.id] = contact
    return contact


def filed_address(address: Record) -> Record:
    """An order's address as a contact keeps it: the small parts in a second line (client B3's field names)."""
    return {
        "address": address["street"],
        "address2": ", ".join(address[part] for part in ADDRESS_PARTS if address[part]),
        "city": address["city"],
        "county": address["county"],
        "postcode": address["zip"],
        "country": address["country"],
    }


def _known(account: Account, client: Record) -> Contact | None:
    code, person = bare(client["vat_id"]), (client["name"], client["email"])
    for contact in account.contacts.values():
        if same_client((code, bare(contact.vat_id)), (person, (contact.name, contact.email))):
            return contact
    return None
