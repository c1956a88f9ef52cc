"""What InnVoice says about the account, and what it cannot say: told when the connection is verified."""

from collections.abc import Iterator, Mapping

from shopbridge.connectors.innvoice.api import books
from shopbridge.connectors.innvoice.outcomes import odd
from shopbridge.connectors.innvoice.settings import VAT_TEXTS, InnVoiceSettings
from shopbridge.connectors.innvoice.wire import elements, text_of
from shopbridge.errors import NeedsAttention
from shopbridge.http.client import PlatformClient
from shopbridge.model.office import Choice, Identity, Vocabulary

MADE = "document"
"""The only status that a document can be given: what it becomes is set for the connection."""
_TITLES = ("Nev", "Megnevezes", "Eloszam")
"""[inferred] Where a book's name may stand; only its ``TABLE_ID`` is known (client S1)."""
DRAFT = (
    "Documents are set aside: people close them in InnVoice, which also numbers them. Set document to `invoice` once "
    "the first ones are right."
)
CLOSED = (
    "Invoices are closed at once: they can be neither changed nor taken back from here. Have the first ones made with "
    "document `draft`, and compare them line by line."
)
PROFORMA = (
    "Orders become pro formas. When the shop says that one is paid, its pro forma becomes an invoice, which can be "
    "neither changed nor taken back from here. An order that is paid when it comes keeps its pro forma: make its "
    "invoice there."
)
STAND_IN = (
    "Stand-in calls are switched on (stand_in_writes, stand_in_stock_by_sku): they are our own invention, not "
    "InnVoice's published API."
)


class InnVoiceAccount:
    """Asks who we are, by the account's invoice books."""

    def __init__(self, settings: InnVoiceSettings, client: PlatformClient) -> None:
        self._settings = settings
        self._client = client

    def ping(self) -> Identity:
        """Read the invoice books: one call.

        Raises:
            NeedsAttention: InnVoice does not let us in, does not know the company, or has no such invoice book.
        """
        known, chosen = self._books(), self._settings
        if chosen.invoice_book not in known:
            named = ", ".join(f"{key} ({title})" if title else key for key, title in known.items())
            raise NeedsAttention(
                f"The account has no invoice book {chosen.invoice_book!r}; it has {named}",
                where="InnVoice, invoice_book",
                setting="invoice_book",
                fix="Set invoice_book to the id of one of these.",
            )
        return Identity(
            name=f"InnVoice {chosen.company}",
            version="XML API",
            accounts=(chosen.place,),
            notes=tuple(_notes(chosen)),
        )

    def vocabulary(self) -> Vocabulary:
        """Return what the maps may name; a payment method is any text (client S1)."""
        currency = self._settings.price_currency
        return {
            "status": (Choice(key=MADE, title="What document says in the settings"),),
            "payment": (),
            "shipping": (),
            "tax": tuple(Choice(key=text, title=text) for text in VAT_TEXTS),
            "price_group": tuple(Choice(key=key, title=title) for key, title in self._price_groups().items()),
            "currency": (Choice(key=currency, title=currency),),
        }

    def _price_groups(self) -> Mapping[str, str]:
        regular, sale = self._settings.regular_price_group, self._settings.sale_price_group
        return {
            "regular": f"Price group {regular}" if regular else "The only price group of a product",
            "sale": f"Price group {sale}" if sale else "None: sale_price_group is empty",
            **{name: f"Price group {name}" for name in (regular, sale) if name not in ("", "regular", "sale")},
        }

    def _books(self) -> dict[str, str]:
        """Ids and names. The answer's elements are called nobody knows how, so all of them are looked at."""
        answer = self._client.send(books())
        found = {text_of(each, "TABLE_ID"): _title(each) for each in elements(answer.xml(), "TABLE_ID")}
        found.pop("", None)
        if not found:
            raise odd(answer, "names no invoice book")
        return found


def _title(book: Mapping[str, object]) -> str:
    return next(filter(None, (text_of(dict(book), name) for name in _TITLES)), "")


def _notes(settings: InnVoiceSettings) -> Iterator[str]:
    """What is set here and shows in InnVoice only, or is assumed."""
    if settings.document != "proforma":
        yield DRAFT if settings.document == "draft" else CLOSED
    if settings.invoices_proformas:
        yield PROFORMA
    if settings.stand_in_writes or settings.stand_in_stock_by_sku:
        yield STAND_IN
