"""The emulated SalesAutopilot as one object."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from sandbox.platforms.kit import CallCount, Faults, Windows, wall_clock
from sandbox.platforms.kit.wsgi import incoming, make_app
from sandbox.platforms.salesautopilot import desk
from sandbox.platforms.salesautopilot.auth import Access
from sandbox.platforms.salesautopilot.inferred import Assumed
from sandbox.platforms.salesautopilot.page import orders_page
from sandbox.platforms.salesautopilot.records import (
    Category,
    Event,
    Form,
    FormKind,
    ListKind,
    MailList,
    Product,
    Record,
)
from sandbox.platforms.salesautopilot.service import Service
from sandbox.platforms.salesautopilot.state import Account


class SalesAutopilotEmulator:
    """A SalesAutopilot account with the classic API of the platform file, strict about everything it does not know.

    ``app`` is the WSGI app, ``user`` and ``password`` are an API key pair, ``faults`` what shall go wrong, ``calls``
    what was called, ``refused`` why calls were refused (their answers do not tell), ``events`` the letters, Actions and
    invoices that calls have led to; nothing is ever sent. There is a list for orders (90001) with the forms 70002
    (order, writes a letter), 70003 (paid, starts invoicing) and 70004 (status change), and a newsletter (90010) whose
    unique key is the address, with the forms 70011 (sign-up), 70012 (double opt-in) and 70013 (change).

    Faults, planned with ``faults.plan(name, on)``, where ``on`` is method and pattern as ``service.ROUTES`` has them,
    such as ``POST processWebshopOrder/{nl_id}/ns_id/{ns_id}`` or ``GET listproducts``, or ``unknown`` for an address
    that is none:

    - ``slow``: waits ``detail`` seconds first (``sleep`` says how)
    - instead of the work: ``lost_request`` (time-out, nothing done), ``server_error`` (an HTML page; detail: status,
      else 500), ``html_page`` (HTML under 200), ``redirect`` (302; detail: target), ``unauthorised`` (401),
      ``throttled`` (429), ``number`` (a failure under 200; detail: ``"0"``, ``"-1"`` or ``"-2"``)
    - after the work: ``lost_answer`` (time-out, all done), ``error_afterwards`` (500 although done; detail: status),
      ``page_afterwards`` (HTML under 200 although done), ``cut_body`` (half of the body), ``empty_body``
    - ``meanwhile`` and ``afterwards``: detail is called just before or after the work, for example to delete a product
      between two calls

    Without a plan: ``throttle`` answers every call with a 429 until it is told to stop, ``limit_orders`` is the quota
    of the plan.

    Not simulated: Digest, the second generation of the API (``/v2``), coupons, segments, prepared letters, events of
    calendars, global variables, ``mssys_utm_*``, landing pages, letters' contents, more invoices than a number and a
    link, the vendor's own app for Shoprenter and its catalogue run. There is no stock anywhere in SalesAutopilot.
    What the platform file tags [inferred] or leaves open is in ``inferred``, and only there.

    Args:
        sleep: Waits for ``slow``.
        assumed: The fields of ``Assumed``, such as ``repeated_order_is_found``.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = wall_clock,
        sleep: Callable[[float], None] = time.sleep,
        **assumed: Any,
    ) -> None:
        self.account = Account(clock, Assumed(**assumed))
        self.access = Access()
        self.service = Service(self.account, self.access, Windows(clock, seconds=1), sleep)
        self.user, self.password = "api-demo", "key-secret"
        self.add_key(self.user, self.password)
        desk.fill(self.account)
        self.app = make_app(
            "salesautopilot",
            ("/<path:rest>",),
            lambda sent: self.service.reply(incoming(sent)),
            partial(orders_page, self.account),
        )

    @property
    def faults(self) -> Faults:
        """What shall go wrong."""
        return self.service.faults

    @property
    def calls(self) -> CallCount:
        """What was called."""
        return self.service.calls

    @property
    def refused(self) -> list[str]:
        """Why the last calls were refused, each with its route."""
        return list(self.service.refused)

    @property
    def order_list(self) -> MailList:
        """The first list that takes orders."""
        return next(each for each in self.account.lists.values() if each.kind is ListKind.ORDERS)

    @property
    def newsletter(self) -> MailList:
        """The first list of people."""
        return next(each for each in self.account.lists.values() if each.kind is ListKind.NEWSLETTER)

    @property
    def orders(self) -> list[Record]:
        """All orders of the first list that takes some."""
        return list(self.order_list.records.values())

    @property
    def contacts(self) -> list[Record]:
        """All people on the first newsletter, with what they have said to letters."""
        return list(self.newsletter.records.values())

    @property
    def products(self) -> list[Product]:
        """The catalogue."""
        return list(self.account.products.values())

    @property
    def categories(self) -> list[Category]:
        """All categories."""
        return list(self.account.categories.values())

    @property
    def events(self) -> list[Event]:
        """What has happened so far."""
        return list(self.account.events)

    def events_of(self, kind: str) -> list[Event]:
        """What has happened so far of one kind, such as ``invoice``."""
        return [event for event in self.account.events if event.kind == kind]

    def orders_by_number(self, number: str) -> list[Record]:
        """The orders with the shop's number: more than one is a duplicate."""
        return list(self.order_list.having("mssys_shoprenter_id", number))

    def order_totals(self) -> dict[str, Decimal]:
        """Total with VAT and shipping by the shop's number; duplicates add up, so that they show."""
        totals: dict[str, Decimal] = {}
        for order in self.orders:
            totals[order.number] = totals.get(order.number, Decimal(0)) + order.total
        return totals

    def product(self, sku: str) -> Product:
        """A product of the catalogue.

        Raises:
            KeyError: There is none.
        """
        found = self.account.product_by_sku(sku)
        if found is None:
            raise KeyError(sku)
        return found

    def contact(self, email: str) -> Record:
        """A person on the first newsletter.

        Raises:
            KeyError: There is none.
        """
        found = next(self.newsletter.having("email", email), None)
        if found is None:
            raise KeyError(email)
        return found

    def throttle(self, *, on: bool = True) -> None:
        """Answer every call with a 429, or end it."""
        self.service.throttles = on

    def limit_orders(self, left: int | None) -> None:
        """Let the plan take so many more orders from shops; None is no end."""
        self.account.orders_left = left

    def add_key(self, user: str, password: str) -> None:
        """One more API key pair."""
        self.access.keys[user] = password

    def withdraw_key(self, user: str) -> None:
        """A person deletes an API key pair."""
        del self.access.keys[user]

    def withhold(self, *, on: bool) -> None:
        """Let no key count any more, or all of them again."""
        self.access.withheld = on

    def add_list(self, name: str, kind: ListKind, *, unique_address: bool = False) -> MailList:
        """One more list, without forms."""
        return desk.add_list(self.account, self.account.new_id("list"), name, kind, unique_address=unique_address)

    def add_form(self, into: MailList, name: str, kind: FormKind, **fields: object) -> Form:
        """One more form; ``fields`` are others of ``Form``, such as ``actions`` or ``invoices``."""
        return desk.add_form(into, self.account.new_id("form"), name, kind, **fields)

    def sign_up(self, email: str, *, form: Form | None = None, **values: str) -> Record:
        """A person fills in a form of the newsletter, the first one unless another is named."""
        chosen = form or next(iter(self.newsletter.forms.values()))
        return desk.sign_up(self.account, self.newsletter, chosen, email, **values)

    def confirm(self, email: str) -> None:
        """A person follows the link of a double opt-in letter. Raises ValueError when there was none."""
        desk.confirm(self.account, self.newsletter, self.contact(email))

    def unsubscribe(self, email: str) -> None:
        """A person follows the link below a letter of the newsletter."""
        desk.unsubscribe(self.account, self.newsletter, self.contact(email))

    def add_category(self, name: str) -> Category:
        """A person adds a category."""
        return self.account.add_category(name)

    def edit_category(self, category: Category, **values: object) -> None:
        """A person changes ``name`` or ``order`` of a category."""
        desk.edit_category(category, **values)

    def add_product(
        self,
        sku: str,
        price: Decimal | int,
        *,
        percent: Decimal | int = 27,
        categories: Iterable[Category] = (),
        **fields: object,
    ) -> Product:
        """Put a product into the catalogue; an SKU that is there is put in twice.

        Args:
            price: Net.
            fields: ``name`` and ``currency``; else the SKU and HUF.
        """
        ids = [each.id for each in categories]
        return desk.add_product(self.account, sku, Decimal(price), Decimal(percent), categories=ids, **fields)

    def change_product(self, sku: str, **fields: object) -> None:
        """A person changes a product: any field of ``Product``."""
        self.account.change_product(self.product(sku), **fields)

    def delete_product(self, sku: str) -> None:
        """A person deletes a product."""
        self.account.remove_product(self.product(sku))

    def delete_order(self, order: Record) -> None:
        """A person deletes an order."""
        del self.order_list.records[order.id]
