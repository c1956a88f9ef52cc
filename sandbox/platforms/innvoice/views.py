"""Rows as the answers show them: only elements that a client relies on, or that the file proposes."""

from decimal import Decimal

from sandbox.platforms.innvoice.inferred import (
    BOOK_NAME,
    GROUP_NAME,
    LINE_SKU,
    PRICE_GROUP_NAME,
    PRODUCT_VAT,
    WAREHOUSE_ID,
    WAREHOUSE_NAME,
)
from sandbox.platforms.innvoice.lines import put_together
from sandbox.platforms.innvoice.records import Book, Document, Line, Product
from sandbox.platforms.innvoice.state import Company
from sandbox.platforms.innvoice.wire import Record


def book_row(book: Book) -> Record:
    """An invoice book."""
    return {"TABLE_ID": book.id, BOOK_NAME: book.name}


def made_row(document: Document, host: str, *, numbered: bool = True) -> Record:
    """What a creation tells.

    Args:
        numbered: Whether to tell the number; after a pro forma was turned it is read by a second call.
    """
    return {
        "techid": document.techid,
        "TABLE_ID": document.table_id,
        "Sorszam": (numbered and document.number) or None,
        "PrintUrl": f"{host}/print/{document.token}",
    }


def document_row(company: Company, document: Document, host: str) -> Record:
    """What reading tells: the number as it is printed, and all that was sent."""
    formatted = document.number or ("" if company.assumed.empty_number else None)
    lines = [_line_row(company, line) for line in document.lines]
    told = made_row(document, host)
    if not company.assumed.print_url_on_reading:
        del told["PrintUrl"]
    return {**told, "SorszamFormatted": formatted, **document.header, **put_together(lines)}


def product_row(company: Company, product: Product) -> Record:
    """A product with its prices and its stock; a price group without a price is left out."""
    shown = company.stand_in
    return {
        "Nev": product.name,
        "CikkSzam": product.sku,
        "EAN": product.ean,
        GROUP_NAME: product.group if shown.groups else None,
        PRODUCT_VAT: product.vat if shown.product_vat else None,
        "Arak": _prices(company, product),
        "Keszletek": {"Keszlet": _stocks(company, product)} if product.totals else None,
    }


def _prices(company: Company, product: Product) -> list[Record]:
    return [
        {
            PRICE_GROUP_NAME: group.name if company.assumed.names_listed else None,
            "Arcsoport_Brutto": int(group.is_gross),
            "Arcsoport_Ar": plain(product.prices[group.id]),
        }
        for group in company.price_groups.values()
        if group.id in product.prices
    ]


def _stocks(company: Company, product: Product) -> list[Record]:
    return [
        {
            WAREHOUSE_ID: warehouse.id if company.stand_in.stock else None,
            WAREHOUSE_NAME: warehouse.name if company.assumed.names_listed else None,
            "Raktar_Keszlet": plain(product.totals.get(warehouse.id, Decimal(0))),
        }
        for warehouse in company.warehouses.values()
    ]


def _line_row(company: Company, line: Line) -> Record:
    return {
        "TetelNev": line.name,
        "AfaSzoveg": line.vat,
        "Brutto": int(line.is_gross),
        "EgysegAr": plain(line.price),
        "Mennyiseg": plain(line.quantity),
        "MennyisegEgyseg": line.unit,
        **({LINE_SKU: line.sku} if company.stand_in.line_sku and line.sku else {}),
    }


def plain(number: Decimal) -> str:
    """A number as short as can be."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
