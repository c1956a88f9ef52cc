"""Rows as the lists show them: only fields that a client has been seen to rely on (B3)."""

from decimal import Decimal

from sandbox.platforms.cloudsales.documents import due_day
from sandbox.platforms.cloudsales.inferred import (
    CONNECTOR_ID,
    CONNECTOR_NAME,
    LIVE_STATUS,
    VOIDED_STATUS,
    client_code,
    invoice_link,
    proforma_link,
)
from sandbox.platforms.cloudsales.records import Connector, Contact, Document, Line, Order, Product, net_of
from sandbox.platforms.cloudsales.spelling import Spelling
from sandbox.platforms.cloudsales.wire import Record


def product_row(product: Product, spelling: Spelling, work_point: int, *, apart: bool = False) -> Record:
    """A product of the catalogue.

    Args:
        work_point: Whose price is shown.
        apart: Whether its stock is shown alone; else the stock of all work points together.
    """
    gross = product.price(work_point)
    stock = product.stock(work_point if apart else None)
    figures = (None, None, None) if stock is None else (stock.total, stock.reserved, stock.available)
    total, reserved, available = (spelling.quantity(figure) for figure in figures)
    return {
        "cod_produs": product.code,
        "product_name": product.name,
        "category_name": product.category,
        "custom_barcode": product.ean,
        "barcode": product.barcode,
        "pret_vanzare": spelling.money(None if gross is None else net_of(gross, product.percent)),
        "pret_vanzare_cu_tva": spelling.money(gross),
        "cota_tva_vanzare": spelling.quantity(product.percent),
        "stoc_global": total,
        "stock_reserved": reserved,
        "stock_available": available,
        "is_deleted": spelling.flag(product.deleted),
        "deleted": spelling.flag(product.deleted),
        "is_archived": spelling.flag(product.archived),
        "delistat": spelling.flag(product.delisted),
    }


def order_row(order: Order, spelling: Spelling) -> Record:
    """An order of any connector; it does not tell the reference its connector gave it."""
    return {
        "rec_id": spelling.id(order.id),
        "status": VOIDED_STATUS if order.is_voided else LIVE_STATUS,
        "deleted": spelling.flag(order.deleted),
        "connector": {"type": order.connector.type},
        "invoices": [{"seria": each.series, "nr": f"{each.number:04}"} for each in order.invoices],
    }


def connector_row(connector: Connector, spelling: Spelling) -> Record:
    """A connector."""
    return {CONNECTOR_ID: spelling.id(connector.id), "type": connector.type, CONNECTOR_NAME: connector.name}


def contact_row(contact: Contact, spelling: Spelling, includes: frozenset[str]) -> Record:
    """A client or supplier."""
    row: Record = {
        "bocp_id": spelling.id(contact.id),
        "name": contact.name,
        "vat_id": contact.vat_id,
        "registration_nr": contact.registration_number,
        "client_code": client_code(contact.id),
    }
    if "address" in includes:
        row["addresses"] = [{"is_main": spelling.digit(True), **contact.address}]
    if "pricelist" in includes:
        row["pricelist_name"] = contact.pricelist
    return row


def proforma_row(proforma: Document, spelling: Spelling) -> Record:
    """A proforma; it does not tell which order it belongs to."""
    return {
        "proforma_id": spelling.id(proforma.id),
        "doc_series": proforma.series,
        "doc_nr": spelling.id(proforma.number),
        "doc_date": proforma.day.isoformat(),
        "total": spelling.money(proforma.total),
        "document_cancelled": spelling.digit(proforma.cancelled),
        "view_link": proforma_link(proforma.id),
    }


def invoice_row(invoice: Document, spelling: Spelling) -> Record:
    """An invoice with its lines."""
    return {
        "bocp_id": spelling.id(invoice.id),
        "doc_series": invoice.series,
        "doc_nr": spelling.id(invoice.number),
        "doc_date": invoice.day.isoformat(),
        "doc_due_date": due_day(invoice).isoformat(),
        "document_cancelled": spelling.digit(invoice.cancelled),
        "document_value_with_vat": spelling.money(invoice.total),
        "currency": invoice.currency,
        "rest": spelling.money(max(invoice.total - invoice.paid, Decimal(0))),
        "last_payment_date": "" if invoice.last_payment is None else invoice.last_payment.isoformat(),
        "record_ts": invoice.recorded,
        "pdf_invoice_url": invoice_link(invoice.id),
        **_invoiced_client(invoice.client),
        "items": [_invoice_line(at, line, spelling) for at, line in enumerate(invoice.lines, 1)],
    }


def _invoiced_client(client: Record) -> Record:
    """Flat, with one field misspelt by the platform (client B3)."""
    billing, delivery = client["invoice_address"], client["delivery_address"]
    return {
        "client_name": client["name"],
        "client_email": client["email"],
        "client_phone1": client["phone"],
        "client_phone2": "",
        "client_address": billing["street"],
        "client_city": billing["city"],
        "client_county": billing["county"],
        "client_postcode": billing["zip"],
        "client_country": billing["country"],
        "client_shipping_adress": delivery["street"],
        "client_shipping_city": delivery["city"],
        "client_shipping_county": delivery["county"],
        "client_shipping_postcode": delivery["zip"],
        "client_shipping_country": delivery["country"],
    }


def _invoice_line(at: int, line: Line, spelling: Spelling) -> Record:
    """A product has a variant id; a service has an id of its own, below zero when it is not in the catalogue."""
    product = line.product
    variant = product.id if product is not None and not product.is_service else 0
    service = 0 if variant else product.id if product is not None else -at
    return {
        "product_variant_id": spelling.id(variant),
        "service_id": spelling.id(service),
        "item_code": "" if product is None else product.code,
        "barcode": "" if product is None else product.ean,
        "item_name": line.name,
        "item_name_plain": line.name,
        "product_current_name": product.name if product is not None and variant else "",
        "qty_mu1": spelling.quantity(line.quantity),
        "value_with_vat": spelling.money(line.value),
    }
