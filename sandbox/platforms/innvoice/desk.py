"""What people do in the program and at the counter; none of it is an API call."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from sandbox.platforms.innvoice import wire
from sandbox.platforms.innvoice.documents import make
from sandbox.platforms.innvoice.records import Document, Line, Product
from sandbox.platforms.innvoice.state import Company

Counts = Mapping[str, Decimal | int]
"""SKU to quantity."""


def sell_over_the_counter(company: Company, counts: Counts) -> Document:
    """A buyer at the desk: a paid invoice, closed at once, and the goods leave the main warehouse."""
    today, book = wire.written(company.today()), next(iter(company.books.values()))
    header = {
        "VevoNev": "Pulti vásárló",
        "VevoIrsz": "1011",
        "VevoOrszag": "HU",
        "VevoTelep": "Budapest",
        "VevoUtcaHsz": "Minta u. 1.",
        "SzamlatombID": str(book.id),
        "SzamlaKelte": today,
        "TeljesitesKelte": today,
        "Hatarido": today,
        "Devizanem": "HUF",
        "FizetesiMod": "készpénz",
        "Fizetve": "1",
        "Eszamla": "0",
        "Felretett": "0",
        "Proforma": "0",
    }
    lines = tuple(_line(company, sku, Decimal(count)) for sku, count in counts.items())
    return make(company, "invoice", book, header, lines)


def edit(document: Document, **header: str) -> None:
    """A person changes fields of what is set aside.

    Raises:
        ValueError: It is closed.
    """
    if not document.set_aside:
        raise ValueError(f"{document.techid} is closed")
    document.header = {**document.header, **header}


def pay(document: Document) -> None:
    """Note that a document is paid."""
    document.header = {**document.header, "Fizetve": "1"}


def cancel(company: Company, document: Document) -> Document:
    """Cancel an invoice by another one with quantities below zero; the goods come back.

    Raises:
        ValueError: It is not closed, or was cancelled already.
    """
    if not document.number or document.cancelled_by is not None or document.cancels is not None:
        raise ValueError(f"{document.techid} cannot be cancelled")
    lines = tuple(replace(line, quantity=-line.quantity) for line in document.lines)
    header = {**document.header, "SzamlaKelte": wire.written(company.today())}
    made = make(company, "invoice", document.book, header, lines)
    made.cancels, document.cancelled_by = document, made
    return made


def change(product: Product, **fields: object) -> None:
    """A person edits a product: any field of ``Product``."""
    for name, value in fields.items():
        if name not in vars(product):
            raise TypeError(f"a product has no {name}")
        setattr(product, name, value)


def _line(company: Company, sku: str, quantity: Decimal) -> Line:
    product = company.product(sku)
    group = next(iter(company.price_groups.values()))
    if product is None or group.id not in product.prices:
        raise ValueError(f"{sku} has no price")
    return Line(product.name, quantity, "db", product.prices[group.id], group.is_gross, product.vat, sku)
