"""The emulated CloudSales as one object."""

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from sandbox.platforms.cloudsales import desk, documents
from sandbox.platforms.cloudsales.auth import ALL_RIGHTS, Access, User
from sandbox.platforms.cloudsales.contacts import add_contact
from sandbox.platforms.cloudsales.desk import Counts
from sandbox.platforms.cloudsales.inferred import CALLED_TYPES, Assumed
from sandbox.platforms.cloudsales.page import orders_page
from sandbox.platforms.cloudsales.records import (
    Connector,
    Contact,
    Document,
    Order,
    Product,
    Receipt,
    Stock,
    WorkPoint,
)
from sandbox.platforms.cloudsales.routing import BASE
from sandbox.platforms.cloudsales.service import Service
from sandbox.platforms.cloudsales.spelling import Spelling
from sandbox.platforms.cloudsales.stand_in import StandIn
from sandbox.platforms.cloudsales.state import Account
from sandbox.platforms.kit import CallCount, Faults, Windows, wall_clock
from sandbox.platforms.kit.wsgi import incoming, make_app

HERE = "127.0.0.1"


class CloudSalesEmulator:
    """A CloudSales account with the BOCP REST API of the platform file, strict about everything it does not know.

    ``app`` is the WSGI app below ``base``, ``user`` and ``password`` those of the account, ``connector`` an order
    connector with ``connector_user`` and ``connector_password``, ``faults`` what shall go wrong, ``calls`` what was
    called. Answers take turns in the three spellings of flags, ids and amounts that clients have met.

    Faults, planned with ``faults.plan(name, on)``, where ``on`` is ``GET product/list``, ``GET invoices/list``,
    ``POST connector/{id}/order/{id}``, ``PUT connector/{id}/stock`` and so on, or ``unknown`` for an address that is
    none:

    - ``slow``: waits ``detail`` seconds first (``sleep`` says how)
    - instead of the work: ``lost_request`` (time-out, nothing done), ``server_error`` (an HTML page; detail: status,
      else 500), ``redirect`` (302; detail: target), ``refused_address`` and ``unauthorised`` (401, not to be told
      apart), ``throttled`` (429)
    - after the work: ``lost_answer`` (time-out, all done), ``error_afterwards`` (500 although done; detail: status),
      ``cut_body`` (half of the JSON), ``no_data`` (success without ``data``), ``stale_next_page``
      (``data_next_page`` is 1, whatever the flag says)
    - ``meanwhile`` and ``afterwards``: detail is called just before or after the work, for example to archive a
      product between two pages

    Without a plan: ``access.addresses`` (the allow-list; take ``127.0.0.1`` off it and every call is a 401),
    ``access.learns``, ``access.refusals`` (how many 401s there were), rights of a further user with ``add_user``,
    ``service.doubles`` (how numbers are written, and which are the result of computing).

    Not simulated: the account's own web pages, quotations, AWBs, courier and marketplace connectors beyond
    ``fetch_order``, issuing invoices by API, entries of ``payments``, partial returns, price lists' prices,
    suppliers, units of measure, batches and consumption, product writes, categories beyond a name, parents and
    options of variants, product publishing, stock and prices on their way to a shop, the fiscal printer, links that
    expire, and contents behind them. Stock may fall below zero. Codes are compared exactly.
    What the platform file tags [inferred] or leaves open is in ``inferred``, and only there; our own inventions
    are in ``stand_in``, and off.

    Args:
        speed: How many platform minutes pass in a real one, for the limit.
        sleep: Waits for ``slow``.
        spellings: Taken in turn, an answer each.
        stand_in: Which of our own inventions are answered.
        assumed: The fields of ``Assumed``, such as ``page_size`` or ``exists_status``.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = wall_clock,
        speed: float = 1.0,
        sleep: Callable[[float], None] = time.sleep,
        spellings: Sequence[Spelling] = tuple(Spelling),
        stand_in: StandIn = StandIn(),  # noqa: B008 - frozen
        **assumed: Any,
    ) -> None:
        self.account = Account(clock, Assumed(**assumed))
        self.access = Access(self.account.assumed, {HERE})
        windows = Windows(clock, speed)
        self.service = Service(
            self.account, self.access, stand_in, windows, sleep, spellings=itertools.cycle(spellings)
        )
        self.user, self.password = "api-demo", "account-secret"
        self.connector_user, self.connector_password = "connector-demo", "connector-secret"
        self.access.add(User(self.user, self.password))
        self.add_work_point("Depozit")
        self.connector = self.add_connector(user=self.connector_user, password=self.connector_password)
        self.app = make_app(
            "cloudsales",
            ("/app/<path:rest>",),
            lambda sent: self.service.reply(incoming(sent)),
            partial(orders_page, self.account),
        )

    @property
    def base(self) -> str:
        """The path of the API, with the account's number and a slash."""
        return f"{BASE}/{self.account.number}/"

    @property
    def faults(self) -> Faults:
        """What shall go wrong."""
        return self.service.faults

    @property
    def calls(self) -> CallCount:
        """What was called."""
        return self.service.calls

    @property
    def orders(self) -> list[Order]:
        """All orders, by id, cancelled and deleted ones too."""
        return list(self.account.orders.values())

    @property
    def receipts(self) -> list[Receipt]:
        """All fiscal receipts; no API lists them."""
        return list(self.account.receipts.values())

    @property
    def proformas(self) -> list[Document]:
        """All proformas."""
        return list(self.account.proformas.values())

    @property
    def invoices(self) -> list[Document]:
        """All invoices."""
        return list(self.account.invoices.values())

    @property
    def contacts(self) -> list[Contact]:
        """All clients."""
        return list(self.account.contacts.values())

    @property
    def work_point(self) -> WorkPoint:
        """The main one."""
        return self.account.main

    def orders_by_reference(self, reference: str) -> list[Order]:
        """The orders that carry a reference, of whatever connector: more than one is a duplicate."""
        return [order for order in self.orders if order.reference == reference]

    def order_totals(self) -> dict[str, Decimal]:
        """Total with VAT per reference; duplicates add up, so that they show."""
        totals: dict[str, Decimal] = {}
        for order in self.orders:
            totals[order.reference] = totals.get(order.reference, Decimal(0)) + order.total
        return totals

    def product(self, code: str) -> Product:
        """A product or service by one of its codes."""
        return self.account.item(code)

    def stock(self, code: str, work_point: WorkPoint | None = None) -> Stock:
        """What is there of a product, at one work point or in all.

        Raises:
            ValueError: It has no stock figures.
        """
        stock = self.product(code).stock(work_point.id if work_point else None)
        if stock is None:
            raise ValueError(f"{code} has no stock")
        return stock

    def add_work_point(self, name: str) -> WorkPoint:
        """One more shop or warehouse."""
        made = WorkPoint(self.account.new_id("workpoint"), name)
        self.account.work_points[made.id] = made
        return made

    def withhold(self, *, on: bool) -> None:
        """Let no key count any more, or all of them again."""
        self.access.withheld = on

    def add_user(self, name: str, password: str, rights: frozenset[str] = ALL_RIGHTS) -> User:
        """One more user of the account; rights such as ``product[GET]``."""
        return self.access.add(User(name, password, rights=rights))

    def add_connector(
        self,
        type: str = CALLED_TYPES[0],  # noqa: A002 - the platform's own word
        *,
        user: str = "",
        password: str = "",
        work_point: WorkPoint | None = None,
        **fields: Any,
    ) -> Connector:
        """Set one more order connector up.

        Args:
            type: ``BOCP REST API`` and ``DropShip`` take our calls; any other, such as ``Gomag``, fetches
                its orders.
            user: Its own user; none when left out.
            fields: Any other field of ``Connector``, such as ``receipts_from``.
        """
        number = self.account.new_id("connector")
        named = {"name": f"{type} {number}", **fields}
        made = Connector(id=number, type=type, work_point=work_point or self.work_point, **named)
        self.account.connectors[number] = made
        if user:
            self.access.add(User(user, password, connector=number))
        return made

    def add_product(
        self,
        code: str,
        price: Decimal | int | None,
        *,
        percent: Decimal | int = 21,
        stock: Decimal | int | Mapping[WorkPoint, Decimal | int] | None = None,
        **fields: Any,
    ) -> Product:
        """Put a product into the catalogue; a code that is there already is put in twice.

        Args:
            price: With VAT, at the main work point; None is no price.
            percent: VAT.
            stock: At the main work point or at each; None is a product without stock figures.
            fields: Any other field of ``Product``, such as ``ean`` or ``additional_codes``.
        """
        spread = stock if isinstance(stock, Mapping) else {self.work_point: stock} if stock is not None else None
        made = Product(
            id=self.account.new_id("product"),
            code=code,
            percent=Decimal(percent),
            gross={} if price is None else {self.work_point.id: Decimal(price)},
            totals=None if spread is None else {at.id: Decimal(count) for at, count in spread.items()},
            modified=self.account.now(),
            moved=any(spread.values()) if spread else False,
            **{"name": code, **fields},
        )
        self.account.put(made)
        return made

    def add_service(self, code: str, name: str, percent: Decimal | int = 21) -> Product:
        """Put a service, such as transport or a discount, into the catalogue; order lines may name it."""
        return self.add_product(code, None, percent=percent, name=name, is_service=True)

    def add_client(self, name: str, **fields: str) -> Contact:
        """File a client: ``vat_id``, ``email``, ``street`` and so on."""
        return add_contact(self.account, desk.client(name, **fields))

    def change_product(self, code: str, **fields: object) -> None:
        """Change a product as a person in the back office would: any field of ``Product``."""
        desk.change(self.account, self.product(code), **fields)

    def set_price(self, code: str, price: Decimal | int, work_point: WorkPoint | None = None) -> None:
        """Change a price with VAT, of one work point or of the main one."""
        at = work_point or self.work_point
        self.change_product(code, gross={**self.product(code).gross, at.id: Decimal(price)})

    def archive_product(self, code: str) -> None:
        """Archive a product. Raises ValueError unless its stock is zero."""
        desk.archive(self.account, self.product(code))

    def delete_product(self, code: str) -> None:
        """Delete a product. Raises ValueError when its stock has ever moved."""
        desk.delete(self.account, self.product(code))

    def receive(self, counts: Counts, work_point: WorkPoint | None = None) -> None:
        """Goods come in; quantities below zero are a loss."""
        desk.receive(self.account, counts, work_point or self.work_point)

    def transfer(self, counts: Counts, source: WorkPoint, target: WorkPoint) -> None:
        """Goods move between work points."""
        desk.transfer(self.account, counts, source, target)

    def sell_at_till(self, counts: Counts, work_point: WorkPoint | None = None) -> Receipt:
        """A buyer in the store: a receipt, and the goods leave at once."""
        return desk.sell_at_till(self.account, counts, work_point or self.work_point)

    def fetch_order(self, connector: Connector, reference: str, counts: Counts, buyer: str = "Ana Exemplu") -> Order:
        """A connector that fetches by itself, such as Gomag's, brings an order in."""
        return desk.fetch_order(self.account, connector, reference, counts, desk.client(buyer))

    def void_order(self, order: Order, *, deleted: bool = False) -> None:
        """A person cancels an order, or deletes it."""
        desk.void(self.account, order, deleted=deleted)

    def invoice(self, order: Order, *, gift: str = "", day: date | None = None) -> Document:
        """A person invoices an order; with a free ``gift`` of this code, and perhaps dated back."""
        given = self.product(gift) if gift else None
        price = given.price(self.work_point.id) if given else None
        extra = desk.gift_lines(given, price) if given and price is not None else ()
        return documents.invoice(self.account, order, extra, day)

    def take_back(self, order: Order, invoice: Document) -> Document:
        """Everything comes back: an invoice with quantities below zero."""
        return documents.take_back(self.account, order, invoice)

    def pay(self, document: Document, amount: Decimal | int) -> None:
        """Note a payment."""
        documents.pay(self.account, document, Decimal(amount))

    def cancel_document(self, document: Document) -> None:
        """A person cancels a proforma or an invoice."""
        documents.cancel(self.account, document)
