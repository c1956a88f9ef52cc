"""What a company's database holds: every model that is emulated, with its fields."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sandbox.platforms.tryton import amounts
from sandbox.platforms.tryton.records import BOOLEAN, STORED, Context, Database, Kind, Model, Record
from sandbox.platforms.tryton.stock import forecast, on_hand


def _of_template(name: str) -> Kind:
    """A field that variants have of their template."""

    def work(database: Database, record: Record, context: Context) -> Any:
        template = database.table("product.template")[record.values["template"]]
        return database.value(template, name, context)

    return Kind(work=work)


def _price(database: Database, record: Record, context: Context) -> Decimal | None:
    """Prices are each company's own, so that without one in the context there is none."""
    template = database.table("product.template")[record.values["template"]]
    return template.values["list_price"] if context.get("company") else None


def _named(*more: str) -> Model:
    return {"name": STORED, **dict.fromkeys(more, STORED)}


MODELS: Mapping[str, Model] = {
    "ir.model": _named(),
    "company.company": {"party": Kind("party.party"), "currency": Kind("currency.currency")},
    "currency.currency": _named("code"),
    "country.country": _named("code"),
    "party.party": {
        **_named(),
        "active": BOOLEAN,
        "contact_mechanisms": Kind("party.contact_mechanism", "party"),
        "addresses": Kind("party.address", "party"),
        "identifiers": Kind("party.identifier", "party"),
    },
    "party.contact_mechanism": {"type": STORED, "value": STORED, "party": Kind("party.party")},
    "party.address": {
        **dict.fromkeys(("party_name", "street", "postal_code", "city"), STORED),
        "party": Kind("party.party"),
        "country": Kind("country.country"),
        "invoice": BOOLEAN,
        "delivery": BOOLEAN,
    },
    "party.identifier": {"party": Kind("party.party"), "type": STORED, "code": STORED},
    "product.category": {
        **_named(),
        "parent": Kind("product.category"),
        "accounting": BOOLEAN,
        "customer_taxes_used": Kind("account.tax", many=True),
    },
    "product.template": {
        **_named("type", "description", "list_price"),
        "salable": BOOLEAN,
        "sale_uom": Kind("product.uom"),
        "account_category": Kind("product.category"),
        "categories": Kind("product.category", many=True),
    },
    "product.product": {
        "template": Kind("product.template"),
        "code": STORED,
        "active": BOOLEAN,
        "identifiers": Kind("product.identifier", "product"),
        "list_price_used": Kind(work=_price),
        "quantity": Kind(work=on_hand),
        "forecast_quantity": Kind(work=forecast),
        **{name: _of_template(name) for name in ("name", "type", "description", "sale_uom", "categories")},
        "salable": Kind(work=lambda database, record, _: bool(template_of(database, record).values["salable"])),
    },
    "product.identifier": {"product": Kind("product.product"), "type": STORED, "code": STORED},
    "product.uom": _named("digits"),
    "account.tax": {**_named("type", "rate"), "company": Kind("company.company"), "active": BOOLEAN},
    "account.invoice.payment_term": _named(),
    "account.invoice": {"number": STORED, "state": STORED, "sale": Kind("sale.sale")},
    "stock.location": _named("code", "type"),
    "stock.shipment.out": {"number": STORED, "state": STORED, "sale": Kind("sale.sale")},
    "stock.move": {
        **dict.fromkeys(("state", "quantity", "planned_date", "warehouse"), STORED),
        "sale": Kind("sale.sale"),
        "product": Kind("product.product"),
        "shipment": Kind("stock.shipment.out"),
    },
    "sale.sale": {
        **dict.fromkeys(("state", "number", "reference", "description", "comment", "sale_date"), STORED),
        **dict.fromkeys(("invoice_method", "invoice_state", "shipment_method", "shipment_state"), STORED),
        "company": Kind("company.company"),
        "party": Kind("party.party"),
        "currency": Kind("currency.currency"),
        "invoice_address": Kind("party.address"),
        "shipment_address": Kind("party.address"),
        "warehouse": Kind("stock.location"),
        "payment_term": Kind("account.invoice.payment_term"),
        "lines": Kind("sale.line", "sale"),
        "invoices": Kind("account.invoice", "sale"),
        "shipments": Kind("stock.shipment.out", "sale"),
        "moves": Kind("stock.move", "sale"),
        "untaxed_amount": Kind(work=lambda database, record, _: amounts.untaxed(database, record)),
        "tax_amount": Kind(work=lambda database, record, _: amounts.tax(database, record)),
        "total_amount": Kind(
            work=lambda database, record, _: amounts.untaxed(database, record) + amounts.tax(database, record)
        ),
    },
    "sale.line": {
        **dict.fromkeys(("type", "description", "quantity", "unit_price"), STORED),
        "sale": Kind("sale.sale"),
        "product": Kind("product.product"),
        "unit": Kind("product.uom"),
        "taxes": Kind("account.tax", many=True),
    },
}


def template_of(database: Database, product: Record) -> Record:
    """What a product's variants share."""
    return database.table("product.template")[product.values["template"]]
