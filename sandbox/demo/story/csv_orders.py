"""Orders from a file in the columns of UCI's "Online Retail", dirt and all."""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from sandbox.pairs.orders import Address, Buyer, Item, Order, Prices, Product

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
CANCELLED = "C"
"""How the number of a cancelled invoice begins."""
CARRIAGE = ("POST", "DOT", "C2")
"""Codes for postage and carriage: no products, but sold."""
BRITISH_VAT = Decimal("17.5")
"""The standard rate in the United Kingdom of 2010."""

_PRODUCT = re.compile(r"\d{5}[A-Z]*|DCGS\w+|GIFT_\w+")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DATES = ("%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M")
_CODES = {
    "Australia": "AU",
    "Austria": "AT",
    "Bahrain": "BH",
    "Belgium": "BE",
    "Brazil": "BR",
    "Canada": "CA",
    "Channel Islands": "GB",
    "Cyprus": "CY",
    "Czech Republic": "CZ",
    "Denmark": "DK",
    "EIRE": "IE",
    "European Community": "BE",
    "Finland": "FI",
    "France": "FR",
    "Germany": "DE",
    "Greece": "GR",
    "Hong Kong": "HK",
    "Iceland": "IS",
    "Israel": "IL",
    "Italy": "IT",
    "Japan": "JP",
    "Lebanon": "LB",
    "Lithuania": "LT",
    "Malta": "MT",
    "Netherlands": "NL",
    "Norway": "NO",
    "Poland": "PL",
    "Portugal": "PT",
    "RSA": "ZA",
    "Saudi Arabia": "SA",
    "Singapore": "SG",
    "Spain": "ES",
    "Sweden": "SE",
    "Switzerland": "CH",
    "USA": "US",
    "United Arab Emirates": "AE",
    "United Kingdom": "GB",
    "Unspecified": "GB",
}
"""The file's names of countries."""
_EXPORT = frozenset({"AE", "AU", "BH", "BR", "CA", "CH", "HK", "IL", "IS", "JP", "LB", "NO", "SA", "SG", "US", "ZA"})
"""Outside the European Union of 2010: sold without tax."""
_STREETS = {"DE": "Hauptstraße {}", "AT": "Hauptstraße {}", "FR": "{}, rue de la Gare", "NL": "Kerkstraat {}"}


class UnreadableFileError(Exception):
    """The file is not what was promised; the text says where."""


@dataclass(frozen=True)
class Position:
    """A line of an invoice, as it is: quantity and price may be zero or negative."""

    code: str
    description: str
    quantity: int
    price: Decimal


@dataclass(frozen=True)
class Invoice:
    """All lines of a number. ``customer`` is empty where the file names none."""

    number: str
    date: datetime
    customer: str
    country: str
    positions: tuple[Position, ...]


def read_invoices(path: Path) -> list[Invoice]:
    """The invoices, in the file's order.

    Raises:
        UnreadableFileError: It cannot be read, lacks a column, has no line, or a line makes no sense.
    """
    grouped: dict[str, list[Mapping[str, str]]] = {}
    for row in _rows(path):
        grouped.setdefault(row["InvoiceNo"].strip(), []).append(row)
    return [_invoice(number, rows) for number, rows in grouped.items()]


def products_of(invoices: Iterable[Invoice]) -> list[Product]:
    """The real products, each with the first name and price that make sense."""
    names: dict[str, str] = {}
    prices: dict[str, Decimal] = {}
    for position in (each for invoice in invoices for each in invoice.positions):
        if _PRODUCT.fullmatch(position.code):
            names[position.code] = names.get(position.code) or position.description
            prices[position.code] = prices.get(position.code) or max(position.price, Decimal(0))
    return [Product(code, name or code, prices[code], BRITISH_VAT) for code, name in names.items()]


def order_of(invoice: Invoice) -> Order:
    """The invoice as an order: a cancelled one is a cancelled order, everything else is paid."""
    country = _CODES[invoice.country]
    prices: Prices = "tax_free" if country in _EXPORT else "gross"
    return Order(
        number=invoice.number,
        items=tuple(_item(position) for position in invoice.positions),
        buyer=_buyer(invoice),
        billing=_address(invoice, country),
        cancelled=invoice.number.startswith(CANCELLED),
        prices=prices,
        placed_at=invoice.date,
    )


def _rows(path: Path) -> Sequence[Mapping[str, str]]:
    reader = csv.DictReader(io.StringIO(_text(path), newline=""), restval="")
    try:
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        rows = list(reader)
    except csv.Error as error:
        raise UnreadableFileError(f"The file {path} is no CSV: {error}.") from error
    if missing:
        raise UnreadableFileError(f"The file {path} lacks the columns {', '.join(missing)}.")
    if not rows:
        raise UnreadableFileError(f"The file {path} has no lines below its heading.")
    return rows


def _text(path: Path) -> str:
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFileError(
            f"The file {path} cannot be read: {getattr(error, 'strerror', '') or error}."
        ) from error
    return raw.decode("utf-8-sig", errors="replace")


def _invoice(number: str, rows: Sequence[Mapping[str, str]]) -> Invoice:
    first = rows[0]
    try:
        return Invoice(
            number=_filled(number),
            date=_date(first["InvoiceDate"]),
            customer=first["CustomerID"].strip().partition(".")[0],
            country=_known(first["Country"].strip()),
            positions=tuple(_position(row) for row in rows),
        )
    except ValueError as error:
        raise UnreadableFileError(f"Invoice {number!r} makes no sense: {error}.") from error


def _position(row: Mapping[str, str]) -> Position:
    """The file writes 15056BL and 15056bl alike; a shop takes a product number once, whatever its capitals."""
    code, description = row["StockCode"].strip().upper(), row["Description"].strip()
    return Position(code, description, _whole(row["Quantity"]), _price(row["UnitPrice"]))


def _filled(number: str) -> str:
    if not number:
        raise ValueError("the InvoiceNo is empty")
    return number


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"the Quantity {text!r} is no whole number") from None


def _price(text: str) -> Decimal:
    price = Decimal(text) if _NUMBER.fullmatch(text.strip()) else None
    if price is None:
        raise ValueError(f"the UnitPrice {text!r} is no number")
    return price


def _date(text: str) -> datetime:
    for form in _DATES:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise ValueError(f"the InvoiceDate {text!r} is none; write it as 2010-12-01 08:26:00")


def _known(country: str) -> str:
    if country not in _CODES:
        raise ValueError(f"the Country {country!r} is not known; write it as that file does, such as United Kingdom")
    return country


def _item(position: Position) -> Item:
    name = position.description or position.code
    return Item(position.code, name, position.price, BRITISH_VAT, position.quantity)


def _buyer(invoice: Invoice) -> Buyer:
    """Customers have numbers only, so names are made of them; without a number it was a guest."""
    name = invoice.customer or invoice.number
    kind = "customer" if invoice.customer else "guest"
    return Buyer(kind.capitalize(), name, f"{kind}{name}@retail.example", guest=not invoice.customer)


def _address(invoice: Invoice, country: str) -> Address:
    house = int("".join(re.findall(r"\d", invoice.customer or invoice.number))[-2:] or 0) + 1
    street = _STREETS.get(country, "{} High Street" if country == "GB" else "Main Street {}")
    return Address(street.format(house), "12345", "Sampletown", country)
