"""[inferred] What a product says of its own currency, and whether its price includes VAT; pure.

Gomag keeps both with each product (platform file, "Corrections and additions"), but nobody has seen what the API calls
them. The names here are guesses, so they can only hold a price, never change one; verifying a connection names the
fields that we do not know.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.gomag.wire import as_text, writable
from shopbridge.model.base import Model
from shopbridge.model.ledger import Reason

CURRENCY: Final = ("currency", "currencyCode", "currency_code")
WITH_VAT: Final = (
    "priceIncludesVat",
    "price_includes_vat",
    "vatIncluded",
    "vat_included",
    "includesVat",
    "includes_vat",
)
_PRODUCT: Final = (
    "id sku name description brand price base_price special_price specialPrice vat stock stock_status ean enabled "
    "updated categories images attributes versions variations"
)
KNOWN: Final = frozenset((*_PRODUCT.split(), *CURRENCY, *WITH_VAT))
"""The fields of a product that have been seen, or would be understood."""
_LEI: Final = frozenset({"LEI", "LEU"})
_FLAGS: Final[Mapping[str, bool]] = {"1": True, "true": True, "da": True, "0": False, "false": False, "nu": False}
_CODE_LENGTH = 3


class OwnTerms(Model):
    """What a product says.

    Attributes:
        currency: None when it tells none that can be read.
        gross: Its price includes VAT; None when it does not tell.
    """

    currency: str | None
    gross: bool | None

    def against(self, settings: GomagSettings) -> Reason | None:
        """Why its price must not travel: it is not in the shop's terms. None when it is, or says nothing."""
        if self.currency not in (None, settings.currency):
            return Reason(
                code="other_currency",
                text=f"Gomag keeps the product in {self.currency}, the shop's prices are in {settings.currency}",
                fix=f"Set the product's currency in Gomag to {settings.currency}, or carry its price by hand.",
            )
        if self.gross not in (None, settings.prices_include_vat):
            theirs, ours = (_with_vat(gross=bool(each)) for each in (self.gross, settings.prices_include_vat))
            return Reason(
                code="other_vat_terms",
                text=f"Gomag keeps the product's price {theirs} VAT, the shop's prices are {ours} VAT",
                fix="Set it in Gomag as the other products are, or correct prices_include_vat in Gomag's settings.",
            )
        return None


def own_terms(currency: Any, with_vat: Any) -> OwnTerms:
    """What a product's fields say, as they came; anything unknown says nothing."""
    code, flag = (str(as_text(each)).strip() for each in (currency, with_vat))
    code = "RON" if code.upper() in _LEI else code.upper()
    told = len(code) == _CODE_LENGTH and code.isascii() and code.isalpha()
    return OwnTerms(currency=code if told else None, gross=_FLAGS.get(flag.casefold()))


def terms_of_row(row: Mapping[str, Any]) -> OwnTerms:
    """The same of a row of the product list."""
    return own_terms(*(next((row[name] for name in names if name in row), None) for names in (CURRENCY, WITH_VAT)))


def remarks_on(rows: Sequence[Mapping[str, Any]], settings: GomagSettings) -> Iterator[str]:
    """What some products tell of terms of their own, and which of their fields nobody knows."""
    differing = [(writable(str(row.get("sku") or row.get("id"))), terms_of_row(row).against(settings)) for row in rows]
    for name, reason in [(name, reason) for name, reason in differing if reason][:1]:
        yield f"{reason.text} ({name}, for one). Such products' prices are held. {reason.fix}"
    unknown = sorted({str(name) for row in rows for name in row} - KNOWN)
    if unknown:
        yield (
            f"Gomag's products have fields that the bridge does not know: {writable(', '.join(unknown))}. If one of "
            "them is the currency of the product, or says whether its price includes VAT, tell our support: until then "
            "the settings currency and prices_include_vat count for every product."
        )


def _with_vat(*, gross: bool) -> str:
    return "with" if gross else "without"
