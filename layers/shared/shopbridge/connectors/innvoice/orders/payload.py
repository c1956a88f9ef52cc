"""A shop's order as the document that InnVoice makes of it; pure.

The buyer travels on the document, which has no field for an e-mail address, a delivery address, a note or our number
(platform file, "`invoice` header fields").
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from shopbridge.connectors.innvoice.api import day_text
from shopbridge.connectors.innvoice.orders.lines import plan_rows
from shopbridge.connectors.innvoice.settings import InnVoiceSettings, LineForm
from shopbridge.connectors.innvoice.wire import DocumentInput, DocumentLine
from shopbridge.errors import Held
from shopbridge.mapping.names import folded
from shopbridge.mapping.rules import TargetField, fields_of
from shopbridge.mapping.validation import validated
from shopbridge.model.office import OrderDraft, OrderParts
from shopbridge.model.order import Address, Order

TAX_NUMBER = re.compile(r"[0-9]{8}-[0-9]-[0-9]{2}")
"""A Hungarian tax number (client S1); nothing else is known to be taken for one."""
NOT_FOR_RULES = frozenset({"Felretett", "Proforma"})
"""What makes a document a final one: the connection's settings decide it, no rule by mistake."""


def order_fields() -> dict[str, TargetField]:
    """Return every field of the document that a merchant's rule may fill, by its path."""
    return {field.path: field for field in fields_of(DocumentInput) if field.path not in NOT_FOR_RULES}


def draft_of(order: Order, parts: OrderParts, settings: InnVoiceSettings) -> OrderDraft:
    """Return the order in InnVoice's shape.

    Raises:
        Held: It cannot be expressed, or its totals would differ.
        Unmapped: A tax rate has no VAT text.
    """
    reference = parts.reference or settings.reference_prefix + order.number
    rows = plan_rows(order, parts, settings)
    lines = [row.made(settings.unit).model_dump() for row in rows]
    if settings.order_number == "first_line" and lines:
        lines[0]["TetelNev"] += f" ({reference})"
    body = {
        **_buyer(order, settings),
        "SzamlatombID": settings.invoice_book,
        "TeljesitesKelte": day_text(order.placed_at.date()) if settings.supplied_on == "day_of_order" else "",
        "Devizanem": _currency(order, settings),
        "FizetesiMod": _payment(order, parts),
        "Fizetve": bool(settings.paid == "as_ordered" and order.payment and order.payment.paid),
        "Eszamla": settings.electronic,
        "Felretett": settings.document == "draft",
        "Proforma": settings.document == "proforma",
        "tetel": lines,
    }
    made, lines_of_rows = checked(body, f"order {order.number}"), tuple(row.line for row in rows)
    return OrderDraft(reference=reference, payload=made.model_dump(), line_of_row=lines_of_rows, checked=made)


def checked(payload: Mapping[str, Any], where: str) -> DocumentInput:
    """Return the document as InnVoice takes it. Raises Held with what it would not take (code ``invalid_draft``)."""
    return validated(
        DocumentInput,
        payload,
        refused="InnVoice cannot take the order as it is mapped",
        where=where,
        fix="Complete the billing address in the shop, or look at the maps and the own field rules of the connection; "
        "then resend the order.",
    )


def ready(draft: OrderDraft, settings: InnVoiceSettings) -> DocumentInput:
    """Do as ``checked``, once the merchant's rules have run.

    A company without a proper tax number never gets a final document, unless the settings want it (doc S10).
    """
    document: DocumentInput = draft.checked or checked(draft.payload, f"order {draft.reference}")
    if not lacks_tax_number(document.VevoNev, document.VevoAdoszam, settings):
        return document
    aside = document.Felretett or settings.wrong_tax_number == "set_aside"
    return document.model_copy(update={"VevoAdoszam": "", "Felretett": aside})


# --- the buyer --------------------------------------------------------------------------------------------------------


def _buyer(order: Order, settings: InnVoiceSettings) -> dict[str, str]:
    address = order.billing_address
    street = ", ".join(part for part in map(str.strip, (address.street, *address.extra, address.department)) if part)
    return {
        "VevoNev": buyer_name(order),
        "VevoIrsz": address.postcode.strip() or settings.postcode_unknown,
        "VevoOrszag": address.country,
        "VevoTelep": address.city,
        "VevoUtcaHsz": street,
        "VevoAdoszam": tax_number(order),
    }


def buyer_name(order: Order) -> str:
    """Return the company, or else the person."""
    company = order.billing_address.company.strip() or (order.customer.company.strip() if order.customer else "")
    person = _full_name(order.billing_address)
    return company or person or (f"{order.customer.first_name} {order.customer.last_name}" if order.customer else "")


def _full_name(address: Address) -> str:
    return f"{address.first_name} {address.last_name}".strip()


def tax_number(order: Order) -> str:
    """Return what the buyer gave for one."""
    return order.customer.vat_id.strip() if order.customer else ""


def lacks_tax_number(name: str, number: str, settings: InnVoiceSettings) -> bool:
    """Tell whether a buyer needs a tax number and has none of the known form; nothing is corrected by itself."""
    if TAX_NUMBER.fullmatch(number):
        return False
    words = "|".join(re.escape(folded(form)) for form in settings.company_forms if form.strip())
    return bool(number) or bool(words and re.search(rf"(?<!\w)(?:{words})(?!\w)", folded(name)))


def tax_number_note(order: Order, settings: InnVoiceSettings) -> str:
    """Return what a person should know of a company whose tax number is missing or odd; empty for all others.

    The number itself stays in the shop: some companies are a single person's.
    """
    number = tax_number(order)
    if not lacks_tax_number(buyer_name(order), number, settings):
        return ""
    given = "the shop's is written otherwise" if number else "the shop has none"
    aside = settings.document == "draft" or settings.wrong_tax_number == "set_aside"
    kept = "the document was set aside" if aside else "the document was made without one"
    return f"A company's tax number must look like 12345678-1-23, and {given}; unless a rule gave one, {kept}"


def _currency(order: Order, settings: InnVoiceSettings) -> str:
    name = settings.currencies.get(order.currency, "").strip()
    if not name:
        raise Held(
            f"The order is in {order.currency}, and it is not known what InnVoice calls that",
            code="currency_not_taken",
            where=f"order {order.number}",
            fix=f"Ask InnVoice's support how documents in {order.currency} are sent. If no exchange rate is needed, "
            f"add the key {order.currency} to currencies in the settings of InnVoice, then resend the order.",
        )
    return name


def _payment(order: Order, parts: OrderParts) -> str:
    if not parts.payment:
        raise Held(
            "The order has no payment method, which InnVoice wants",
            code="missing_payment",
            where=f"order {order.number}",
            fix="Give the order one in the shop, then resend it.",
        )
    return parts.payment


# --- the body ---------------------------------------------------------------------------------------------------------


def body_of(document: DocumentInput, today: date, settings: InnVoiceSettings) -> dict[str, Any]:
    """Return the elements of the document, with its days."""
    due = today if document.Fizetve else today + timedelta(days=settings.payment_days)
    head: dict[str, Any] = {
        name: int(value) if isinstance(value, bool) else value
        for name, value in document.model_dump(exclude={"tetel"}).items()
    }
    return {
        **head,
        "VevoAdoszam": document.VevoAdoszam or None,  # private buyers have no such element (client S1)
        "SzamlaKelte": day_text(today),
        "TeljesitesKelte": document.TeljesitesKelte or day_text(today),
        "Hatarido": document.Hatarido or day_text(due),
        **line_elements([_line(each, settings) for each in document.tetel], settings.line_form),
    }


def _line(line: DocumentLine, settings: InnVoiceSettings) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "TetelNev": line.TetelNev,
        "AfaSzoveg": line.AfaSzoveg,
        "Brutto": 1,
        "EgysegAr": _plain(line.EgysegAr),
        "Mennyiseg": _plain(line.Mennyiseg),
        "MennyisegEgyseg": line.MennyisegEgyseg,
    }
    sku = line.CikkSzam if settings.stand_in_stock_by_sku else ""
    return {**fields, "CikkSzam": sku} if sku else fields


def line_elements(lines: Sequence[Mapping[str, Any]], form: LineForm) -> dict[str, Any]:
    """Return the lines as elements of the document.

    A single line stands there without a number in every form but the nested one. The newest released client numbers
    all of several lines from 1 (client S1); the other forms are behind the setting ``line_form``.
    """
    if form == "nested":
        return {"tetel": list(lines)}
    numbered = zip(_numbers(len(lines), first_bare=form == "first_bare"), lines, strict=True)
    return {f"{name}{number}": value for number, line in numbered for name, value in line.items()}


def _numbers(count: int, *, first_bare: bool) -> Iterator[str]:
    for number in range(1, count + 1):
        yield "" if number == 1 and (count == 1 or first_bare) else str(number)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def dates_of_invoice(today: date) -> dict[str, str]:
    """Return the days of an invoice that a paid pro forma becomes: all of them are the day of issue."""
    return dict.fromkeys(("SzamlaKelte", "TeljesitesKelte", "Hatarido"), day_text(today))
