"""People and organizations: found by name and phone, never by e-mail (M1)."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sandbox.platforms.kit.fields import requiring
from sandbox.platforms.roapp.errors import ApiError, refused
from sandbox.platforms.roapp.fields import ORGANIZATION, PERSON
from sandbox.platforms.roapp.inferred import Phones
from sandbox.platforms.roapp.query import is_within, paged, sorted_by
from sandbox.platforms.roapp.routing import Call, Route, Routes, created, found, get
from sandbox.platforms.roapp.state import Account, Contact
from sandbox.platforms.roapp.webhooks import announce_contact
from sandbox.platforms.roapp.wire import Record, stamp

FILTERS = ("page", "names", "phones", "managers", "created_at", "modified_at", "sort")
_EMPTY: Record = {
    "email": "",
    "phones": [],
    "notes": "",
    "address": "",
    "supplier": False,
    "manager_id": None,
    "ad_campaign_id": None,
    "discount_code": "",
    "custom_fields": {},
    "tags": [],
    "tax_identification_number": "",
}


def listed(account: Account, call: Call, *, organization: bool) -> Record:
    """A page of one kind."""
    query = call.query
    names = [name.casefold() for name in query.many("names")]
    phones = query.many("phones")
    managers, made, changed = query.numbers("managers"), query.times("created_at"), query.times("modified_at")
    rows = [
        each
        for each in account.contacts.values()
        if each.organization is organization
        and (not names or any(name in each.name.casefold() for name in names))
        and (not phones or has_phone(account, each, phones))
        and (not managers or each.values.get("manager_id") in managers)
        and is_within(each.created, made)
        and is_within(each.modified, changed)
    ]
    keys = {"id": _id, "created_at": lambda each: each.created, "modified_at": lambda each: each.modified}
    return paged(sorted_by(rows, query, keys), query, contact_view)


def _id(contact: Contact) -> int:
    return contact.id


def has_phone(account: Account, contact: Contact, phones: Iterable[str]) -> bool:
    """Whether one of its phones is one of these, as the account compares them [inferred]."""
    return any(_is_same(account.assumed.phones, phone, own) for phone in phones for own in contact.phones)


def _is_same(how: Phones, asked: str, own: str) -> bool:
    if how == "text":
        return asked == own
    wanted = digits(asked)
    return bool(wanted) and (wanted == digits(own) if how == "digits" else wanted in digits(own))


@cache
def digits(phone: str) -> str:
    """What is compared of a phone."""
    return "".join(filter(str.isdigit, phone))


def one(account: Account, call: Call, *, organization: bool) -> Record:
    """One of them."""
    return contact_view(_contact(account, call, organization=organization))


def make(account: Account, call: Call, *, organization: bool) -> Any:
    """A new one."""
    _check(account, call.body)
    _refuse_known_phones(account, call.body)
    made = add_contact(account, call.body, account.key_owner, organization=organization)
    return created(account, contact_view(made))


def _check(account: Account, values: Record) -> None:
    """Nothing, when all that is named exists; contacts have no fields of the account's own. Raises ApiError."""
    known: dict[str, Any] = {"manager_id": account.employees, "ad_campaign_id": account.campaigns}
    unknown = [name for name, ids in known.items() if values.get(name) is not None and values[name] not in ids]
    unknown += values.get("custom_fields", {})
    if unknown:
        raise ApiError(400, {"validation": {name: ["unknown"] for name in unknown}})


def _refuse_known_phones(account: Account, values: Record) -> None:
    """Refuse a second contact with a phone, where the account wants that [inferred]. Raises ApiError."""
    if not account.assumed.one_contact_a_phone:
        return
    given = {digits(each["phone"]) for each in values.get("phones", ())}
    kept = {digits(phone) for contact in account.contacts.values() for phone in contact.phones}
    if given & kept:
        raise refused("phones", "another contact has it")


def add_contact(account: Account, values: Record, employee: int, *, organization: bool) -> Contact:
    """Somebody puts a contact in the account."""
    now = account.now()
    contact = Contact(account.new_id("contact"), organization, dict(values), now, now)
    account.contacts[contact.id] = contact
    announce_contact(account, "Client.Created", contact, employee)
    return contact


def change(account: Account, call: Call, *, organization: bool) -> Record:
    """Other values of one."""
    contact = _contact(account, call, organization=organization)
    _check(account, call.body)
    contact.values.update(call.body)
    contact.modified = account.now()
    announce_contact(account, "Client.Updated", contact, account.key_owner)
    return contact_view(contact)


def _contact(account: Account, call: Call, *, organization: bool) -> Contact:
    contact: Contact = found(account.contacts, call.id(), "Contact")
    if contact.organization is not organization:
        found({}, 0, "Contact")
    return contact


def contact_view(contact: Contact) -> Record:
    """A contact as v2 shows it (M1)."""
    names = {"name": ""} if contact.organization else {"first_name": "", "last_name": "", "birthday": None}
    return {
        "id": contact.id,
        **names,
        **_EMPTY,
        **contact.values,
        "phones": [_phone(each) for each in contact.values.get("phones", ())],
        "created_at": stamp(contact.created),
        "modified_at": stamp(contact.modified),
    }


def _phone(phone: Record) -> Record:
    return {"title": "", "notify": False, "has_viber": False, "has_whatsapp": False, **phone}


def _routes(path: str, *, organization: bool) -> Routes:
    shape, name = (ORGANIZATION, "name") if organization else (PERSON, "first_name")
    return {
        f"GET {path}": get(lambda a, c: listed(a, c, organization=organization), *FILTERS),
        f"POST {path}": Route(lambda a, c: make(a, c, organization=organization), requiring(shape, {name})),
        f"GET {path}/{{id}}": get(lambda a, c: one(a, c, organization=organization)),
        f"PATCH {path}/{{id}}": Route(lambda a, c: change(a, c, organization=organization), shape),
    }


ROUTES: Routes = {
    **_routes("/v2/contacts/people", organization=False),
    **_routes("/v2/contacts/organizations", organization=True),
}
