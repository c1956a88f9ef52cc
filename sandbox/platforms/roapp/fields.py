"""What a call's body may hold; a field that is not documented refuses the call [inferred]."""

import re
from typing import Any, Final

from sandbox.platforms.kit.fields import Field, Shape, faults, is_text, listed, nested, nullable, one_of, required
from sandbox.platforms.roapp.errors import ApiError
from sandbox.platforms.roapp.wire import Record, amount_of, moment_of, number, stamp

WHOLE: Final = 100
_FIELD: Final = re.compile(r"body\.?(?P<name>[\w.\[\]]*) (?P<text>.*)")


def check(body: Any, shape: Shape) -> Record:
    """The body, when it is as documented.

    Raises:
        ApiError: 400 with every field that is not.
    """
    found: dict[str, list[str]] = {}
    for fault in faults(body, shape):
        match = _FIELD.fullmatch(fault)
        name, text = (match["name"] or "body", match["text"]) if match else ("body", fault)
        found.setdefault(name, []).append("required" if text == "is missing" else text)
    if found:
        raise ApiError(400, {"validation": found})
    checked: Record = body
    return checked


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_moment(value: Any) -> bool:
    try:
        return is_text(value) and bool(stamp(moment_of(value)))
    except (ValueError, OverflowError):
        return False


def _are_custom(value: Any) -> bool:
    """``{"f123": value}``; the documentation says text and clients send an object (M1)."""
    return isinstance(value, dict) and all(re.fullmatch(r"f\d+", name) for name in value)


def _is_amount(value: Any) -> bool:
    found = number(value)
    return found is not None and found >= 0


INT = Field("a whole number", _is_int)
TEXT = Field("text", is_text)
FULL = Field("a text that is not empty", lambda value: is_text(value) and bool(value.strip()))
BOOL = Field("true or false", lambda value: isinstance(value, bool))
MOMENT = Field("an ISO 8601 time with its zone, without fractions of a second", _is_moment)
AMOUNT = Field("a number not below 0", _is_amount)
PERCENTAGE = Field("a percentage", lambda value: _is_amount(value) and amount_of(value) <= WHOLE)
NUMBER = Field("a number", lambda value: number(value) is not None)
CUSTOM = Field("values by f and the field's id", _are_custom)
IDS = Field("a list of whole numbers", lambda value: isinstance(value, list) and all(map(_is_int, value)))
CASHFLOW = Field("what is paid", lambda _: True)
"""Named by L1 without its form, and without any effect here."""
TEXTS = Field("a list of texts", lambda value: isinstance(value, list) and all(map(is_text, value)))
PRICES = Field("amounts by price type", lambda value: isinstance(value, dict) and all(map(_is_amount, value.values())))
PHONE: Shape = {
    "phone": required(FULL),
    "title": TEXT,
    "notify": BOOL,
    "has_viber": BOOL,
    "has_whatsapp": BOOL,
}
DISCOUNT: Shape = {
    "type": required(one_of(("percentage", "value"))),
    "percentage": required(PERCENTAGE),
    "amount": required(AMOUNT),
    "sponsor": required(one_of(("staff", "company"))),
}
WARRANTY: Shape = {"period": required(NUMBER), "periodUnits": required(one_of(("days", "months", "years")))}
ORDER: Shape = {
    "branch_id": INT,
    "order_type_id": INT,
    "client_id": INT,
    "manager_id": nullable(INT),
    "assignee_id": nullable(INT),
    "asset_id": nullable(INT),
    "payer_id": nullable(INT),
    "ad_campaign_id": nullable(INT),
    "resource_id": nullable(INT),
    "scheduled_for": nullable(MOMENT),
    "scheduled_to": nullable(MOMENT),
    "due_date": nullable(MOMENT),
    "malfunction": TEXT,
    "manager_notes": TEXT,
    "engineer_notes": TEXT,
    "resume": TEXT,
    "estimated_price": TEXT,
    "urgent": BOOL,
    "custom_fields": CUSTOM,
}
ITEM: Shape = {
    "entity_id": INT,
    "assignee_id": INT,
    "quantity": AMOUNT,
    "price": AMOUNT,
    "cost": AMOUNT,
    "discount": nested(DISCOUNT),
    "warranty": nested(WARRANTY),
    "tax_ids": IDS,
    "comment": TEXT,
}
_CONTACT: Shape = {
    "email": TEXT,
    "phones": listed(PHONE),
    "notes": TEXT,
    "address": TEXT,
    "supplier": BOOL,
    "manager_id": nullable(INT),
    "ad_campaign_id": nullable(INT),
    "discount_code": TEXT,
    "custom_fields": CUSTOM,
    "tags": TEXTS,
    "tax_identification_number": TEXT,
}
_BIRTHDAY: Shape = {"day": required(INT), "month": required(INT), "year": INT}
PERSON: Shape = {"first_name": FULL, "last_name": TEXT, "birthday": nested(_BIRTHDAY), **_CONTACT}
ORGANIZATION: Shape = {"name": FULL, "business_registration_number": TEXT, **_CONTACT}
PRODUCT: Shape = {
    "category_id": INT,
    "title": FULL,
    "description": TEXT,
    "code": NUMBER,
    "article": TEXT,
    "uom_id": INT,
    "warranty": NUMBER,
    "warranty_period": INT,
    "barcodes": TEXTS,
    "prices": PRICES,
    "is_serial": BOOL,
    "custom_fields": CUSTOM,
}
NEW_PRODUCT: Shape = {
    "category_id": required(INT),
    "title": required(FULL),
    "description": TEXT,
    "code": TEXT,
    "sku": TEXT,
    "barcodes": TEXTS,
    "prices": PRICES,
}
