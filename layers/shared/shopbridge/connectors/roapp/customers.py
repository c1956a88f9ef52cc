"""The contacts of an account: people and organizations, known by e-mail, or else by telephone and name.

RO App can be searched by telephone and by name, not by e-mail (doc M1). So e-mails are read from its two lists, by what
changed there; and before a contact is made, those with the same telephone are asked for, since a repair shop's own
contacts often have nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, ValidationError

from shopbridge.connectors.roapp.api import (
    ORGANIZATIONS,
    PEOPLE,
    Params,
    Since,
    get,
    patch,
    post,
    read_page,
    rows_as,
)
from shopbridge.connectors.roapp.outcomes import TITLE, is_gone
from shopbridge.connectors.roapp.wire import LISTING, LONGEST_NAME, MADE, ContactInput, ContactRow
from shopbridge.errors import AlreadyDone, Held, Rejected
from shopbridge.http.answer import Answer, Call
from shopbridge.http.client import PlatformClient, shaped
from shopbridge.mapping.identity import LONGEST_MAIL, is_sound
from shopbridge.mapping.names import folded
from shopbridge.model.base import ExternalId, Model
from shopbridge.model.office import DirectoryEntry, DirectoryPage
from shopbridge.model.order import Address, Customer
from shopbridge.ports import Clock

Kind = Literal["people", "organizations"]
PATHS: Mapping[str, str] = {"people": PEOPLE, "organizations": ORGANIZATIONS}
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
BELIEVED = timedelta(seconds=30)
"""How long the lists are not asked again after they were read to their end: a contact that is made meanwhile is found
by telephone or name. It is shorter than a lost creation settles."""
NATIONAL = 9
"""[inferred] Digits at the end of a telephone number that are the same with and without its country's code."""


class ContactListPlace(Model):
    """How far one of the lists was read.

    Attributes:
        since: Changes from then on may not have been read.
        position: Where the running read goes on; None between two.
        newest: The newest change that was read, and the contacts of that very moment.
    """

    since: AwareDatetime = BEGINNING
    position: str | None = None
    newest: AwareDatetime = BEGINNING
    told: tuple[int, ...] = ()

    def is_news(self, contact: ContactRow) -> bool:
        """Tell whether it was not read in this version."""
        return contact.modified_at != self.newest or contact.id not in self.told

    def after(self, contacts: Sequence[ContactRow], position: str | None) -> "ContactListPlace":
        """Return the place behind a page."""
        moments = [contact.modified_at for contact in contacts if contact.modified_at]
        newest = max([self.newest, *moments])
        known = self.told if newest == self.newest else ()
        told = tuple(dict.fromkeys((*known, *(each.id for each in contacts if each.modified_at == newest))))
        since = newest if position is None else self.since
        return ContactListPlace(since=since, position=position, newest=newest, told=told)


class ContactPlace(Model):
    """How far both lists were read, which is read now, and when they were read to their end."""

    people: ContactListPlace = ContactListPlace()
    organizations: ContactListPlace = ContactListPlace()
    turn: Kind = "people"
    complete_at: AwareDatetime | None = None

    @classmethod
    def parse(cls, mark: str | None) -> "ContactPlace":
        """Return the place a mark names; a mark that is none of ours starts over."""
        try:
            return cls.model_validate_json(mark or "{}")
        except ValidationError:
            return cls()


class RoAppCustomers:
    """Finds, creates and changes contacts."""

    def __init__(self, client: PlatformClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def changed(self, mark: str | None) -> DirectoryPage:
        """Return one page of contacts by the moment of their change; no call for some seconds after the last page."""
        place, now = ContactPlace.parse(mark), self._clock()
        if place.complete_at and timedelta(0) <= now - place.complete_at < BELIEVED:
            return DirectoryPage(entries=(), mark=mark or "", complete=True)
        before = place.people if place.turn == "people" else place.organizations
        contacts, after = self._page(place.turn, before)
        ended = after.position is None
        complete = ended and place.turn == "organizations"
        turn: Kind = place.turn if not ended else "organizations" if place.turn == "people" else "people"
        moved = {place.turn: after, "turn": turn, "complete_at": now if complete else None}
        entries = tuple(_entries(contact for contact in contacts if before.is_news(contact)))
        return DirectoryPage(entries=entries, mark=place.model_copy(update=moved).model_dump_json(), complete=complete)

    def check(self, customer: Customer, billing: Address, shipping: Address) -> ContactInput:
        """Return the contact that would be created. Raises Held when it has no name (code ``client_without_name``)."""
        return contact_of(customer, billing, shipping)

    def create(self, customer: Customer, billing: Address, shipping: Address) -> ExternalId:
        """Create a contact that is not there by telephone or name: two calls.

        Raises:
            AlreadyDone: It is there.
            Held: Several are (code ``ambiguous_customer``), or it has no name.
            OutcomeUnknown: The answer was lost.
        """
        wanted = self.check(customer, billing, shipping)
        if found := find_contact(self._client, wanted):
            raise AlreadyDone("RO App has this contact", external_id=str(found), where="RO App contacts")
        return ExternalId(str(made_id(self._client.send(creation(wanted)))))

    def update(self, customer_id: ExternalId, customer: Customer, billing: Address, shipping: Address) -> None:
        """Write what the shop knows; telephones stay, since RO App takes all of them or none."""
        wanted = contact_of(customer, billing, shipping)
        try:
            self._client.send(patch(f"{PATHS[wanted.kind]}/{customer_id}", wanted.known()))
        except Rejected as error:
            if not is_gone(error):
                raise
            self._client.send(_as_the_other_kind(customer_id, wanted))

    def _page(self, kind: Kind, before: ContactListPlace) -> tuple[list[ContactRow], ContactListPlace]:
        step = Since.parse(before.position, before.since)
        listing = read_page(self._client, PATHS[kind], step.number, step.params("modified_at"))
        contacts = rows_as(ContactRow, listing.data, "a contact")
        newest = max((each.modified_at for each in contacts if each.modified_at), default=None)
        following = step.after(listing, newest)
        return contacts, before.after(contacts, following.text() if following else None)


def _as_the_other_kind(customer_id: ExternalId, wanted: ContactInput) -> Call:
    """A buyer with a company may be kept as a person, and the other way round; a person has no ``name``."""
    kind = "people" if wanted.organization else "organizations"
    fields = {"email": wanted.email, "address": wanted.address}
    return patch(f"{PATHS[kind]}/{customer_id}", {name: value for name, value in fields.items() if value})


def _entries(contacts: Iterator[ContactRow]) -> Iterator[DirectoryEntry]:
    for contact in contacts:
        mail = contact.email.casefold()
        if "@" in mail and is_sound(mail, LONGEST_MAIL):
            yield DirectoryEntry(key=mail, id=ExternalId(str(contact.id)))


# --- one contact ------------------------------------------------------------------------------------------------------


def creation(wanted: ContactInput) -> Call:
    """Return the call that makes a contact."""
    return post(PATHS[wanted.kind], wanted.body())


def made_id(answer: Answer) -> int:
    """Return the id of what was made. Raises OutcomeUnknown when the answer does not name it."""
    return shaped(answer, MADE).id


def find_contact(client: PlatformClient, wanted: ContactInput) -> int | None:
    """Return the contact that a buyer is: one call. Raises Held where several may be (code ``ambiguous_customer``).

    It has the same e-mail; or, where one of the two has none, the same telephone and name. Another e-mail is somebody
    else, who shares a telephone. Of several that are alike it is the oldest: two orders may have made one each at the
    same moment.
    """
    call = get(PATHS[wanted.kind], _search(wanted))
    found = [
        each for each in rows_as(ContactRow, client.read(call, LISTING).data, "a contact") if _is_meant(each, wanted)
    ]
    same = [each for each in found if each.email and each.email.casefold() == wanted.email.casefold()] or found
    if len({(each.email.casefold(), folded(each.full_name)) for each in same}) > 1:
        raise _several(same)
    return min((each.id for each in same), default=None)


def _search(wanted: ContactInput) -> Params:
    """[inferred] How RO App compares telephones: it is asked for the number as written, its digits, and their end."""
    if not wanted.phone:
        return {"names[]": [wanted.full_name]}
    digits = digits_of(wanted.phone)
    return {"phones[]": [*dict.fromkeys(filter(None, (wanted.phone, digits, digits[-NATIONAL:])))]}


def _is_meant(contact: ContactRow, wanted: ContactInput) -> bool:
    if contact.email and wanted.email:
        return contact.email.casefold() == wanted.email.casefold()
    if folded(contact.full_name) != folded(wanted.full_name):
        return False
    if not wanted.phone:
        return not contact.phones and not contact.email and not wanted.email
    return any(same_phone(phone, wanted.phone) for phone in contact.phones)


def digits_of(phone: str) -> str:
    """Return the digits of a telephone number, without what stands for the way out of a country."""
    return "".join(letter for letter in phone if letter.isascii() and letter.isdigit()).removeprefix("00")


def same_phone(one: str, other: str) -> bool:
    """Tell whether two numbers are one, with the country's code or without."""
    first, second = digits_of(one), digits_of(other)
    if first == second:
        return bool(first)
    long_enough = min(len(first), len(second)) >= NATIONAL
    return long_enough and first[-NATIONAL:] == second[-NATIONAL:]


def _several(found: Sequence[ContactRow]) -> Held:
    ids = ", ".join(str(each.id) for each in found)
    return Held(
        f"Several contacts in RO App are this buyer: {ids}",
        code="ambiguous_customer",
        where="RO App contacts",
        fix="Merge them there, then resend the order.",
    )


def contact_of(customer: Customer | None, billing: Address, shipping: Address) -> ContactInput:
    """Return a buyer as a contact. Raises Held for one without any name (code ``client_without_name``)."""
    company = (customer.company if customer else "").strip() or billing.company.strip()
    first = (customer.first_name if customer else "").strip() or billing.first_name.strip()
    last = (customer.last_name if customer else "").strip() or billing.last_name.strip()
    mail = customer.email.strip() if customer else ""
    if not (company or first or last or mail):
        raise Held(
            "The order names no buyer, and RO App takes none without a contact",
            code="client_without_name",
            where=TITLE,
            fix="Enter the buyer in the shop, or let orders.customers use a default customer; then resend the order.",
        )
    names = {"name": company} if company else {"first_name": first or last or mail, "last_name": last if first else ""}
    return ContactInput(
        organization=bool(company),
        **{name: text[:LONGEST_NAME] for name, text in names.items()},
        email=mail,
        phone=(billing.phone or shipping.phone).strip(),
        address=address_text(billing),
        tax_identification_number=customer.vat_id if customer else "",
    )


def address_text(address: Address) -> str:
    """Return an address in one line, without its names."""
    town = f"{address.postcode} {address.city}".strip()
    parts = (address.street, *address.extra, address.department, town, address.state, address.country)
    return ", ".join(part.strip() for part in parts if part.strip())
