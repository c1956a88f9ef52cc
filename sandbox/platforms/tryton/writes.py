"""Records on their way in: only the fields that a model takes, and only values that these take."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sandbox.platforms.tryton.errors import (
    PageError,
    out_of_domain,
    required,
    too_many_digits,
    unknown_field,
    user_error,
)
from sandbox.platforms.tryton.inferred import is_barcode, is_vat_number
from sandbox.platforms.tryton.records import Context, Database, Record, Values
from sandbox.platforms.tryton.state import template_of

LABELS = {"sale.sale": "Sale", "sale.line": "Sale Line", "party.party": "Party", "party.address": "Address"}
PRICE_DIGITS = 4
NESTED = {
    "party.party": {
        "contact_mechanisms": ("party.contact_mechanism", "party"),
        "addresses": ("party.address", "party"),
        "identifiers": ("party.identifier", "party"),
    },
    "sale.sale": {"lines": ("sale.line", "sale")},
}
TAKEN: Mapping[str, frozenset[str]] = {
    "party.party": frozenset({"name"}),
    "party.address": frozenset(
        {"party", "party_name", "street", "postal_code", "city", "country", "invoice", "delivery"}
    ),
    "party.contact_mechanism": frozenset({"type", "value"}),
    "party.identifier": frozenset({"type", "code"}),
    "sale.sale": frozenset(
        {
            *("company", "party", "currency", "invoice_address", "shipment_address", "warehouse", "payment_term"),
            *("reference", "description", "comment", "invoice_method", "shipment_method", "sale_date"),
        }
    ),
    "sale.line": frozenset({"type", "product", "description", "quantity", "unit", "unit_price", "taxes"}),
}
"""What calls may fill; other models are read only here."""
NEEDED: Mapping[str, Mapping[str, str]] = {
    "party.contact_mechanism": {"type": "Type"},
    "party.identifier": {"code": "Code"},
    "sale.sale": {"party": "Party"},
    "sale.line": {"type": "Type", "quantity": "Quantity", "unit_price": "Unit Price"},
}
WAYS = ("email", "phone", "mobile", "fax", "website", "other")


def create(database: Database, model: str, values: Any, context: Context) -> int:
    """Make a record with all that is nested in it, or nothing.

    Raises:
        TrytonError, UncaughtError, PageError: It is not taken.
    """
    _check(database, model, values, context)
    return _made(database, model, values, context).id


def write(database: Database, record: Record, values: Any, context: Context) -> None:
    """Set fields, and make what is nested in them."""
    if record.model == "sale.sale" and "description" in values and record.values["state"] != "draft":
        raise user_error('You are not allowed to modify the field "Description" in record of "Sale".')
    _check(database, record.model, values, context, new=False)
    nested = NESTED.get(record.model, {})
    database.change(record, **{name: value for name, value in values.items() if name not in nested})
    _add_nested(database, record, values, context)


def _made(database: Database, model: str, values: Values, context: Context) -> Record:
    nested = NESTED.get(model, {})
    own = {name: _stored(model, name, value) for name, value in values.items() if name not in nested}
    made = database.add(model, **{**_defaults(database, model, context), **own})
    _add_nested(database, made, values, context)
    return made


def _add_nested(database: Database, record: Record, values: Values, context: Context) -> None:
    for name, (model, back) in NESTED.get(record.model, {}).items():
        for each in _commanded(values.get(name, [])):
            _made(database, model, {**each, back: record.id}, context)


def _stored(model: str, name: str, value: Any) -> Any:
    """Links to many records are added by a command."""
    if (model, name) == ("sale.line", "taxes"):
        return [key for command in value for key in command[1]]
    return value


def _defaults(database: Database, model: str, context: Context) -> Values:
    if model == "sale.sale":
        company = context.get("company")
        found = database.get("company.company", company)
        warehouses = list(database.table("stock.location"))
        states = {"state": "draft", "invoice_state": "none", "shipment_state": "none", "number": None}
        return {
            **states,
            "company": company,
            "currency": found.values["currency"] if found else None,
            "warehouse": warehouses[0] if len(warehouses) == 1 else None,
        }
    return {"active": True} if model == "party.party" else {}


# --- what is wrong ----------------------------------------------------------------------------------------------------


def _check(database: Database, model: str, values: Any, context: Context, *, new: bool = True) -> None:
    if model not in TAKEN:
        raise PageError(501, f"{model} is real, and read only here")
    if not isinstance(values, dict):
        raise user_error("Values should be an object")
    for name, value in values.items():
        if name not in TAKEN[model] | NESTED.get(model, {}).keys():
            raise unknown_field(name)
        _check_value(database, model, name, value)
    missing = [label for name, label in NEEDED.get(model, {}).items() if values.get(name) is None]
    if new and missing:
        raise required(missing[0], LABELS.get(model, model))
    _check_nested(database, model, values, context)
    if model in _WHOLE:
        _WHOLE[model](database, values)


def _check_nested(database: Database, model: str, values: Values, context: Context) -> None:
    for name, (inner, _) in NESTED.get(model, {}).items():
        for each in _commanded(values.get(name, [])):
            _check(database, inner, each, context)


def _commanded(commands: Any) -> list[Any]:
    """What ``[["create", [...]]]`` makes; other commands are real, and not emulated."""
    if not isinstance(commands, list) or any(not isinstance(each, list) or each[:1] != ["create"] for each in commands):
        raise user_error(f"Invalid commands {commands!r}")
    return [values for _, made in commands for values in made]


def _check_value(database: Database, model: str, name: str, value: Any) -> None:
    to = database.model(model)[name].to
    if not to or value is None or name in NESTED.get(model, {}):
        return
    keys = [key for command in value for key in command[1]] if isinstance(value, list) else [value]
    for key in keys:
        if not isinstance(key, int) or database.get(to, key) is None:
            raise out_of_domain(key, name.replace("_", " ").title(), LABELS.get(model, model))


def _check_line(database: Database, values: Values) -> None:
    product = database.get("product.product", values.get("product"))
    if product is not None and not template_of(database, product).values["salable"]:
        raise out_of_domain(product.id, "Product", "Sale Line")
    if product is not None and values.get("unit") is None:
        raise required("Unit", "Sale Line")
    price, quantity = values["unit_price"], Decimal(str(values["quantity"]))
    if not isinstance(price, Decimal):
        raise user_error("A price should be a Decimal")
    if _digits(price) > PRICE_DIGITS:
        raise too_many_digits(price, "Unit Price", "Sale Line", PRICE_DIGITS)
    unit = database.get("product.uom", values.get("unit"))
    if unit is not None and _digits(quantity) > unit.values["digits"]:
        raise too_many_digits(quantity, "Quantity", "Sale Line", unit.values["digits"])


def _check_sale(database: Database, values: Values) -> None:
    for name in ("invoice_address", "shipment_address"):
        address = database.get("party.address", values.get(name))
        if address is not None and address.values["party"] != values.get("party"):
            raise out_of_domain(address.id, name.replace("_", " ").title(), "Sale")


def _check_identifier(_: Database, values: Values) -> None:
    fits = {"eu_vat": is_vat_number, "ean": is_barcode}.get(values.get("type", ""), bool)
    if not fits(values["code"]):
        raise user_error(f'The identifier "{values["code"]}" is not valid.')


def _check_way(_: Database, values: Values) -> None:
    if values["type"] not in WAYS:
        raise out_of_domain(values["type"], "Type", "Contact Mechanism")


def _digits(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


_WHOLE: Mapping[str, Callable[[Database, Values], None]] = {
    "sale.line": _check_line,
    "sale.sale": _check_sale,
    "party.identifier": _check_identifier,
    "party.contact_mechanism": _check_way,
}
"""What is checked of a record as a whole."""
