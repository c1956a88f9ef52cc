"""The calls to InnVoice, how often it may be called, who calls, and its days.

Documents are made by POST and read one by one; nothing can be searched, changed or cancelled (client S1).
"""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from math import ceil
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from shopbridge.http.answer import Call
from shopbridge.http.bodies import LARGEST_RECEIPT
from shopbridge.http.client import Limit
from shopbridge.mapping.xml_data import write_xml

ZONE = ZoneInfo("Europe/Budapest")
"""[inferred] Whose days the dates of documents are: InnVoice keeps the books of Hungarian companies."""
BOOKS, PRODUCTS, INVOICE, PROFORMA = "/tomb_invoice", "/product", "/invoice", "/proforma_invoice"
XML = {"Accept": "text/xml, application/xml"}
PATIENCE = 120.0
"""Seconds that a client waits for the whole list (client S3)."""
_SECONDS, _TEN_MINUTES = 1, 600
"""[inferred] One call a second, and the whole list of products every ten minutes: InnVoice publishes no limit (platform
file, "Limits and errors")."""


def books() -> Call:
    """List the account's invoice books."""
    return Call("GET", BOOKS, headers=XML)


def products() -> Call:
    """List all products, in one answer."""
    return Call("GET", PRODUCTS, headers=XML, patience=PATIENCE)


def document(techid: str) -> Call:
    """Read a document by its technical id."""
    return Call("GET", f"{INVOICE}/techid/{quote(techid, safe='')}", headers=XML, largest=LARGEST_RECEIPT)


def create(fields: Mapping[str, Any]) -> Call:
    """Make an invoice, a draft or a pro forma: a lost answer leaves open whether it is there."""
    return _making(INVOICE, "invoices", {"invoice": fields})


def invoice_proforma(fields: Mapping[str, Any]) -> Call:
    """Make an invoice of a pro forma; likewise."""
    return _making(PROFORMA, "proforma_invoices", {"proforma_invoice": fields})


def _making(path: str, root: str, content: Mapping[str, Any]) -> Call:
    return posted(path, root, content, repeatable=False)


def posted(path: str, root: str, content: Mapping[str, Any], *, repeatable: bool) -> Call:
    """Send a body of XML in UTF-8."""
    headers = {**XML, "Content-Type": "text/xml; charset=utf-8"}
    body = write_xml(root, content)
    return Call("POST", path, content=body, headers=headers, repeatable=repeatable, largest=LARGEST_RECEIPT)


def limits_of(factor: Decimal) -> Callable[[Call], Sequence[Limit]]:
    """Return the buckets a call draws from, with the connection's share of the limits."""
    every, listing = _limit("calls", _SECONDS, factor), _limit("product_list", _TEN_MINUTES, factor)
    return lambda call: (listing, every) if (call.method, call.path) == ("GET", PRODUCTS) else (every,)


def _limit(bucket: str, seconds: int, factor: Decimal) -> Limit:
    """One call in so many seconds, or more calls or seconds by the factor."""
    return Limit(bucket, max(1, int(factor)), seconds if factor >= 1 else ceil(seconds / factor))


def credentials(secrets: Mapping[str, str]) -> Mapping[str, str]:
    """Return the header that says who calls (client S1, S2, S3)."""
    pair = f"{secrets['user']}:{secrets['password']}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode('ascii')}"}


def today(now: datetime) -> date:
    """Return the day in Hungary."""
    return now.astimezone(ZONE).date()


def day_text(day: date) -> str:
    """Return ``YYYY.MM.DD.``, with the dot at its end (client S1)."""
    return f"{day:%Y.%m.%d}."
