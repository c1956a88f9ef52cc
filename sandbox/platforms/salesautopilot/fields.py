"""Fields of lists: which there are, what each type takes, and how a value is kept (S7, S8)."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.platforms.kit.fields import Shape, first_fault, is_day, is_text
from sandbox.platforms.salesautopilot.errors import wrong
from sandbox.platforms.salesautopilot.inferred import READ_ONLY
from sandbox.platforms.salesautopilot.records import ListField, MailList
from sandbox.platforms.salesautopilot.wire import Body, is_decimal, plain

NO_DAY, NO_MOMENT = "0000-00-00", "0000-00-00 00:00:00"
EMPTY = {"date": NO_DAY, "datetime": NO_MOMENT, "checkbox": "0"}
"""How an empty field is read, where it is not an empty text."""


def check(body: Any, shape: Shape) -> None:
    """Refuse a body that is not of the documented shape.

    Raises:
        ApiError: 406, which tells the caller nothing more.
    """
    if fault := first_fault(body, shape):
        raise wrong(fault)


def is_moment(value: Any) -> bool:
    """``YYYY-MM-DD HH:MM:SS``."""
    try:
        return is_text(value) and datetime.fromisoformat(value).replace(tzinfo=None).isoformat(" ", "seconds") == value
    except ValueError:
        return False


def is_whole(value: Any) -> bool:
    """An integer, or a text of one."""
    return is_decimal(value) and "." not in str(value)


def _is_short(value: Any) -> bool:
    return is_text(value) or is_decimal(value)


TYPES: Mapping[str, Callable[[Any], bool]] = {
    "shorttext": _is_short,
    "text": _is_short,
    "radio": _is_short,
    "select": _is_short,
    "url": is_text,
    "file": is_text,
    "password": is_text,
    "smallint": is_whole,
    "integer": is_whole,
    "decimal": is_decimal,
    "checkbox": lambda value: kept(value) in {"0", "1"},
    "date": lambda value: is_day(value) or value == NO_DAY,
    "datetime": lambda value: is_moment(value) or value == NO_MOMENT,
}


def _all(names: str, **typed: str) -> dict[str, ListField]:
    return {name: ListField("shorttext") for name in names.split()} | {
        name: ListField(kind) for name, kind in typed.items()
    }


_ADDRESS = ("company", "country", "state", "zip", "city", "address")
COMMON: Mapping[str, ListField] = {
    **_all("email", id="integer", active="checkbox", subdate="datetime", firstupdate="datetime", lastupdate="datetime"),
    **_all("mssys_firstname mssys_lastname mssys_fullname mssys_company mssys_phone mssys_mobile mssys_fax"),
    **_all("mssys_vat_number mssys_eu_tax mssys_gender mssys_secure_id mssys_crm_status mssys_ipaddress"),
    **_all("", mssys_birthday="date", mssys_nsid="integer", mssys_comment="text"),
    **_all(" ".join(f"mssys_{group}_{part}" for group in ("bill", "postal") for part in _ADDRESS)),
}
"""What every list has."""
ORDERS: Mapping[str, ListField] = {
    **_all("mssys_shoprenter_id mssys_webshop_status mssys_integration_type mssys_shipping_mode mssys_bill_currency"),
    **_all("mssys_postal_deliverypoint_type mssys_postal_deliverypoint_name mssys_online_payment_method"),
    **_all("mssys_coupon mssys_proform_number mssys_billing_number mssys_bill_comment"),
    **_all("", mssys_proform_pdf_link="url", mssys_bill_pdf_link="url", mssys_shipping_modetype="integer"),
    **_all("", mssys_pay_date="date", mssys_pay_due_date="date", mssys_execute_date="date"),
    **_all("", mssys_billing_system_syncdate="datetime"),
    **_all("", mssys_order_netto_sum="decimal", mssys_order_brutto_sum="decimal"),
    **_all("", mssys_netto_shipping_cost="decimal", mssys_shipping_cost="decimal"),
    **_all("", mssys_coupon_discount_amount_netto="decimal", mssys_coupon_discount_amount_brutto="decimal"),
    "mssys_order_status": ListField("select", ("1", "2", "3", "4")),
    "mssys_payment_method": ListField("select", ("1", "2", "3", "4", "5")),
}
"""What a list that takes orders has beside; status 1 ordered, 2 paid, 3 paid back, 4 incomplete; payment 1 transfer,
2 cash, 3 cash on delivery, 4 card, 5 recurring."""


def values_for(into: MailList, body: Any, *, read_only: Collection[str] = READ_ONLY) -> dict[str, str]:
    """Take what is sent for a record of a list, as it is kept.

    Raises:
        ApiError: 406: no object with anything in it, or a field that is not there, not writable or not of its type.
    """
    if not isinstance(body, dict) or not body:
        raise wrong("the body should be an object with fields of the list")
    for name, value in body.items():
        _check_value(into, name, value, read_only)
    return {name: kept(value) for name, value in body.items()}


def known_field(into: MailList, name: str) -> str:
    """The field that an address or a condition names.

    Raises:
        ApiError: 406: the list has none of this name.
    """
    if name not in into.fields:
        raise wrong(f"list {into.id} has no field {name}")
    return name


def read_value(into: MailList, values: Mapping[str, str], name: str) -> str:
    """A field as it is read: empty ones look different by type."""
    return values.get(name) or EMPTY.get(into.fields[name].type, "")


def kept(value: Any) -> str:
    """Any value as text."""
    return plain(value) if isinstance(value, Decimal) else str(value)


def _check_value(into: MailList, name: str, value: Any, read_only: Collection[str]) -> None:
    known = into.fields[known_field(into, name)]
    if name in read_only:
        raise wrong(f"{name} is filled by SalesAutopilot")
    if value == "":
        return
    if not TYPES[known.type](value) or (known.options and kept(value) not in known.options):
        raise wrong(f"{name} takes no {value!r}")


def extended(into: MailList) -> Body:
    """Type by name."""
    return {name: known.type for name, known in into.fields.items()}
