"""Personal information, on a user and on an order: rules of an address, and how one overrides another."""

from sandbox.platforms.salespos.errors import invalid
from sandbox.platforms.salespos.wire import Record

ADDRESSES = ("billingaddress", "deliveryaddress")
_LINES = ("address_line_1", "address_line_2")
_STREET = ("street", "housenumber", "housenumber_suffix")


def check_person(person: Record, where: str) -> None:
    """Refuse an address in both forms (generated client S4: lines, or street and number).

    Raises:
        ApiError: Names the address.
    """
    for name in ADDRESSES:
        address = person.get(name, {})
        if any(line in address for line in _LINES) and any(part in address for part in _STREET):
            raise invalid(f"{where}.{name} should hold address_line_1 and 2 or street and housenumber, not both")


def override(base: Record, changes: Record) -> Record:
    """``base`` with what ``changes`` holds; addresses field by field, either form replacing the other."""
    merged = {**base, **changes}
    for name in ADDRESSES:
        if name in base and name in changes:
            merged[name] = _override_address(base[name], changes[name])
    return merged


def _override_address(base: Record, changes: Record) -> Record:
    replaced: tuple[str, ...] = ()
    if any(line in changes for line in _LINES):
        replaced = _STREET
    elif any(part in changes for part in _STREET):
        replaced = _LINES
    return {**{name: value for name, value in base.items() if name not in replaced}, **changes}


def shown(person: Record) -> Record:
    """As a read shows it; ``country`` and a billing ``full_name`` are no longer taken from the caller (S4)."""
    return {**person, **{name: _shown_address(name, person[name]) for name in ADDRESSES if name in person}}


def _shown_address(name: str, address: Record) -> Record:
    kept = {field: value for field, value in address.items() if field != "country"}
    if name == "billingaddress":
        full = f"{address.get('first_name', '')} {address.get('last_name', '')}".strip()
        kept["full_name"] = full
    return kept


def display_name(person: Record) -> str:
    """Company or name, for a human reader."""
    address = shown(person).get("billingaddress", {})
    return str(address.get("company") or address.get("full_name") or person.get("email", ""))
