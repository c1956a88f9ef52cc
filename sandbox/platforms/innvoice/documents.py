"""Invoices, drafts and pro formas: made by a call, turned, closed and read. What was made stays made."""

import secrets
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sandbox.platforms.innvoice.errors import invalid
from sandbox.platforms.innvoice.fields import check
from sandbox.platforms.innvoice.inferred import DOCUMENTS_PER_CALL, LINE_SKU
from sandbox.platforms.innvoice.lines import take_apart
from sandbox.platforms.innvoice.partners import file_buyer
from sandbox.platforms.innvoice.records import Book, Document, Kind, Line
from sandbox.platforms.innvoice.shapes import TURN, header_shape, line_shape
from sandbox.platforms.innvoice.spelling import LineForm
from sandbox.platforms.innvoice.state import Company
from sandbox.platforms.innvoice.stock import move
from sandbox.platforms.innvoice.wire import Record, read, rows


def create(company: Company, body: bytes) -> Document:
    """An invoice, a draft or a pro forma; the same body again is one more of them.

    Raises:
        ApiError: Nothing was made.
    """
    sent = _single(body, "invoices", "invoice")
    shape = line_shape(company.assumed, company.stand_in)
    header, lines, forms = take_apart(sent, shape)
    check(header, header_shape(company.assumed), "invoice")
    _check_form(company, forms)
    for at, line in enumerate(lines, 1):
        check(line, shape, f"line {at}")
    _check_flags(company, header)
    if company.assumed.files_buyers:
        file_buyer(company, header)
    kind: Kind = "proforma_invoice" if header["Proforma"] == "1" else "invoice"
    return make(company, kind, _book(company, header), header, tuple(_line(line) for line in lines))


def turn(company: Company, body: bytes) -> Document:
    """Make the invoice of a pro forma, with its own three days; one that was set aside makes a draft.

    Raises:
        ApiError: Nothing was made.
    """
    sent = _single(body, "proforma_invoices", "proforma_invoice")
    check(sent, TURN, "proforma_invoice")
    table_id = int(sent.pop("TABLE_ID"))
    proforma = company.by_table_id(table_id)
    if proforma is None or proforma.kind != "proforma_invoice":
        raise invalid(f"unknown pro forma {table_id}")
    if proforma.turned_into is not None:
        raise invalid(f"pro forma {table_id} was turned into an invoice already")
    header = {**proforma.header, **sent, "Proforma": "0"}
    proforma.turned_into = make(company, "invoice", proforma.book, header, proforma.lines)
    return proforma.turned_into


def by_techid(company: Company, techid: str) -> Document:
    """One document.

    Raises:
        ApiError: There is none.
    """
    known = {str(number): document for number, document in company.documents.items()}
    if techid not in known:
        raise invalid(f"unknown techid {techid}")
    return known[techid]


def make(company: Company, kind: Kind, book: Book, header: Record, lines: tuple[Line, ...]) -> Document:
    """Keep a document; an invoice that is not set aside closes at once."""
    techid, table_id = company.new_ids()
    is_draft = header["Felretett"] == "1"
    made = Document(techid, table_id, kind, book, header, lines, secrets.token_urlsafe(9), is_draft)
    company.documents[techid] = made
    if kind == "invoice" and not is_draft:
        close(company, made)
    return made


def close(company: Company, document: Document) -> None:
    """Give an invoice its number and book the stock of the products it names; from then on it stays as it is.

    Raises:
        ValueError: It has a number already, or is a pro forma.
    """
    if document.number or document.kind != "invoice":
        raise ValueError(f"{document.techid} cannot be closed")
    document.set_aside = False
    document.header = {**document.header, "Felretett": "0"}
    document.number = company.next_number(document.book, document.day)
    for line in document.lines:
        if product := company.product(line.sku):
            move(product, company.main, -line.quantity)


def _single(body: bytes, root: str, name: str) -> Record:
    found = rows(read(body, root), name)
    if len(found) > DOCUMENTS_PER_CALL:
        raise invalid(f"{DOCUMENTS_PER_CALL} {name} a call, not {len(found)}")
    if not isinstance(found[0], dict):
        raise invalid(f"{name} is empty")
    return dict(found[0])


def _check_form(company: Company, forms: Sequence[LineForm]) -> None:
    if company.assumed.line_forms.isdisjoint(forms):
        raise invalid(f"lines are not taken in the form {forms[0].value}")


def _check_flags(company: Company, header: Record) -> None:
    if header["Fizetve"] == header["Felretett"] == "1" and not company.assumed.paid_drafts:
        raise invalid("a paid document cannot be set aside")


def _book(company: Company, header: Record) -> Book:
    book = company.books.get(int(header["SzamlatombID"]))
    if book is None:
        raise invalid("unknown invoice book")
    return book


def _line(sent: Any) -> Line:
    return Line(
        name=sent["TetelNev"],
        quantity=Decimal(sent["Mennyiseg"]),
        unit=sent["MennyisegEgyseg"],
        price=Decimal(sent["EgysegAr"]),
        is_gross=sent["Brutto"] == "1",
        vat=sent["AfaSzoveg"],
        sku=sent.get(LINE_SKU, ""),
    )
