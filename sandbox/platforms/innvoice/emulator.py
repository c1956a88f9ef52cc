"""The emulated InnVoice as one object."""

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from sandbox.platforms.innvoice import desk, documents
from sandbox.platforms.innvoice.auth import Access
from sandbox.platforms.innvoice.desk import Counts
from sandbox.platforms.innvoice.inferred import Assumed, StandIn
from sandbox.platforms.innvoice.page import documents_page
from sandbox.platforms.innvoice.records import Book, Document, Group, Partner, PriceGroup, Product, Warehouse
from sandbox.platforms.innvoice.service import Service
from sandbox.platforms.innvoice.spelling import Spelling
from sandbox.platforms.innvoice.state import Company
from sandbox.platforms.innvoice.stock import move
from sandbox.platforms.kit import CallCount, Faults, Windows, wall_clock
from sandbox.platforms.kit.wsgi import incoming, make_app

SEEN = (Spelling.PLAIN, Spelling.CDATA, Spelling.PADDED)


class InnVoiceEmulator:
    """An InnVoice company with the XML API of the platform file, strict about everything it does not know.

    ``app`` is the WSGI app below ``base``, ``user`` and ``password`` the credentials, ``faults`` what shall go wrong,
    ``calls`` what was called. Answers take turns in the spellings of texts that clients have met. A document that was
    made stays made, whatever becomes of the answer, and the same body again makes one more: nothing tells it apart.

    Faults, planned with ``faults.plan(name, on)``, where ``on`` is ``GET tomb_invoice``, ``POST invoice``,
    ``POST proforma_invoice``, ``GET invoice/techid/{techid}``, ``GET product``, ``GET print/{token}`` and so on, or
    ``GET unknown`` for an address that is none:

    - ``slow``: waits ``detail`` seconds first (``sleep`` says how)
    - instead of the work: ``lost_request`` (time-out, nothing done), ``server_error`` (an HTML page; detail: status,
      else 502), ``html_page`` (a log-in page under 200), ``redirect`` (302; detail: target), ``unauthorised`` (401),
      ``throttled`` (429)
    - after the work: ``lost_answer`` (time-out, all done), ``error_afterwards`` (an HTML page although done; detail:
      status, else 502), ``html_afterwards`` (a page under 200 although done), ``no_techid`` (an answer without
      technical ids), ``cut_body`` (half of it), ``odd_xml`` (detail: a key of ``odd.ODD``, such as ``entities``,
      ``unescaped`` or ``empty``)
    - ``meanwhile`` and ``afterwards``: detail is called just before or after the work

    Not simulated: the program's own pages, its connections to shops (what they download, upload, mail and check), the
    webhook that takes orders of Shoprenter, orders kept inside InnVoice, delivery notes, exchange rates, languages,
    reports to the tax authority, links that expire, several calls at once, pictures, variants, minimum stock. Stock
    may fall below zero. SKUs are compared exactly. What the platform file tags [inferred] or leaves open is in
    ``inferred``, and only there; calls and fields that nobody has been seen to use are in its ``StandIn``, and off.

    Args:
        speed: How many platform minutes pass in a real one, for the limits.
        sleep: Waits for ``slow``.
        spellings: Taken in turn, an answer each.
        stand_in: Which parts of the file's proposed contract are answered.
        assumed: The fields of ``Assumed``, such as ``refusal_status`` or ``line_forms``.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = wall_clock,
        speed: float = 1.0,
        sleep: Callable[[float], None] = time.sleep,
        spellings: Sequence[Spelling] = SEEN,
        stand_in: StandIn = StandIn(),  # noqa: B008 - frozen
        **assumed: Any,
    ) -> None:
        self.company = Company(clock, Assumed(**assumed), stand_in)
        self.user, self.password = "api-demo", "company-secret"
        access = Access(self.company.name, self.user, self.password)
        pause = self.company.assumed.product_list_every or 1
        windows = Windows(clock, speed), Windows(clock, speed, seconds=pause)
        self.service = Service(self.company, access, *windows, sleep, itertools.cycle(spellings))
        self.add_book("Webshop", "EX", book_id=3)
        self.add_price_group("Retail")
        self.add_warehouse("Main")
        self.app = make_app(
            "innvoice",
            ("/<path:rest>",),
            lambda sent: self.service.reply(incoming(sent)),
            partial(documents_page, self.company),
        )

    @property
    def base(self) -> str:
        """The path of the API, with the company's name and a slash."""
        return f"/{self.company.name}/"

    @property
    def faults(self) -> Faults:
        """What shall go wrong."""
        return self.service.faults

    @property
    def calls(self) -> CallCount:
        """What was called."""
        return self.service.calls

    @property
    def refusals(self) -> int:
        """How many calls came with wrong credentials."""
        return self.service.access.refusals

    @property
    def documents(self) -> list[Document]:
        """All documents in the order they were made, till sales and cancellations too."""
        return list(self.company.documents.values())

    @property
    def book(self) -> Book:
        """The first invoice book."""
        return next(iter(self.company.books.values()))

    @property
    def price_group(self) -> PriceGroup:
        """The first price group."""
        return next(iter(self.company.price_groups.values()))

    @property
    def warehouse(self) -> Warehouse:
        """The first warehouse: what is sold leaves it."""
        return self.company.main

    @property
    def partners(self) -> list[Partner]:
        """All partners on file."""
        return list(self.company.partners.values())

    def product(self, sku: str) -> Product:
        """A product by its SKU.

        Raises:
            KeyError: There is none.
        """
        found = self.company.product(sku)
        if found is None:
            raise KeyError(sku)
        return found

    def withhold(self, *, on: bool) -> None:
        """Let no key count any more, or all of them again."""
        self.service.access.withheld = on

    def add_book(self, name: str, prefix: str, *, book_id: int | None = None) -> Book:
        """One more invoice book."""
        made = Book(book_id or self.company.new_id("book"), name, prefix)
        self.company.books[made.id] = made
        return made

    def add_price_group(self, name: str, *, is_gross: bool = True) -> PriceGroup:
        """One more price group."""
        made = PriceGroup(self.company.new_id("price_group"), name, is_gross)
        self.company.price_groups[made.id] = made
        return made

    def add_warehouse(self, name: str) -> Warehouse:
        """One more warehouse."""
        made = Warehouse(self.company.new_id("warehouse"), name)
        self.company.warehouses[made.id] = made
        return made

    def add_product(
        self,
        sku: str,
        price: Decimal | int | Mapping[PriceGroup, Decimal | int] | None,
        *,
        stock: Decimal | int | Mapping[Warehouse, Decimal | int] | None = None,
        **fields: Any,
    ) -> Product:
        """Put a product into the program; an SKU that is there already is put in twice.

        Args:
            price: In the first price group or in each; None is no price.
            stock: In the first warehouse or in each; None is a product nobody counts.
            fields: Any other field of ``Product``, such as ``ean`` or ``group``.
        """
        made = Product(self.company.new_id("product"), sku, **{"name": sku, **fields})
        made.prices = _spread(price, self.price_group)
        made.totals = _spread(stock, self.warehouse)
        if made.group:
            self.company.file_group(made.group)
        self.company.products[made.id] = made
        return made

    def change_product(self, sku: str, **fields: Any) -> None:
        """A person edits a product: any field of ``Product``."""
        desk.change(self.product(sku), **fields)

    def set_price(self, sku: str, price: Decimal | int, group: PriceGroup | None = None) -> None:
        """A person changes a price."""
        self.product(sku).prices[(group or self.price_group).id] = Decimal(price)

    def remove_product(self, sku: str) -> None:
        """A person deletes a product; documents keep their lines."""
        del self.company.products[self.product(sku).id]

    def exclude_group(self, name: str, *, excluded: bool = True) -> Group:
        """A person excludes a product group from the upload to shops, or takes it in again."""
        group = self.company.file_group(name)
        group.excluded = excluded
        return group

    def correct_stock(self, sku: str, count: Decimal | int, warehouse: Warehouse | None = None) -> None:
        """A person counts what lies in a warehouse."""
        self.product(sku).totals[(warehouse or self.warehouse).id] = Decimal(count)

    def receive(self, counts: Counts, warehouse: Warehouse | None = None) -> None:
        """Goods come in; quantities below zero are a loss."""
        for sku, count in counts.items():
            move(self.product(sku), warehouse or self.warehouse, Decimal(count))

    def sell_over_the_counter(self, counts: Counts) -> Document:
        """A buyer at the desk: a paid invoice, and the goods leave at once."""
        return desk.sell_over_the_counter(self.company, counts)

    def close(self, document: Document) -> None:
        """A person closes what was set aside: it gets its number, and its goods leave."""
        documents.close(self.company, document)

    def edit(self, document: Document, **header: str) -> None:
        """A person changes fields of what is set aside. Raises ValueError when it is closed."""
        desk.edit(document, **header)

    def pay(self, document: Document) -> None:
        """A person notes that a document is paid."""
        desk.pay(document)

    def cancel(self, document: Document) -> Document:
        """A person cancels an invoice by another document; the API cannot."""
        return desk.cancel(self.company, document)


def _spread(
    figure: Decimal | int | Mapping[Any, Decimal | int] | None, first: PriceGroup | Warehouse
) -> dict[int, Decimal]:
    """A figure for each place, by its id."""
    places = figure if isinstance(figure, Mapping) else {} if figure is None else {first: figure}
    return {place.id: Decimal(each) for place, each in places.items()}
