"""Addresses: ``/<company>/invoice/techid/<techid>`` and the like, and ``/print/<token>``."""

from dataclasses import dataclass
from urllib.parse import unquote

PRINT, BY_TECHID = "print/{token}", "invoice/techid/{techid}"
UNKNOWN = "unknown"
LISTS = frozenset({"tomb_invoice", "invoice", "proforma_invoice", "product", "product_group", "stock", "customer"})


@dataclass(frozen=True)
class Path:
    """An address taken apart.

    Args:
        company: The registration name; empty for a printed document.
        pattern: What is called, such as ``invoice/techid/{techid}``.
        value: Its variable part, decoded.
    """

    company: str
    pattern: str
    value: str = ""


def take_apart(uri: str) -> Path:
    """Read an address as it was sent; one that nobody knows, with a query or not, has the pattern ``unknown``."""
    parts = [unquote(part) for part in uri.removeprefix("/").split("/")]
    match parts:
        case ["print", token] if token:
            return Path("", PRINT, token)
        case [company, "invoice", "techid", techid] if techid:
            return Path(company, BY_TECHID, techid)
        case [company, name] if name in LISTS:
            return Path(company, name)
    return Path(parts[0].partition("?")[0], UNKNOWN)
