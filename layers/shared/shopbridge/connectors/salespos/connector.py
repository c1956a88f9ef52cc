"""The connector for CCV SalesPOS: what it declares, and what it can do."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from shopbridge.connectors.salespos import directory, wire
from shopbridge.connectors.salespos.account import Account
from shopbridge.connectors.salespos.calls import API, created, get, patch, post
from shopbridge.connectors.salespos.catalogue import Catalogue
from shopbridge.connectors.salespos.directory import PAGE, Sweep
from shopbridge.connectors.salespos.fields import order_fields
from shopbridge.connectors.salespos.limits import limits_of
from shopbridge.connectors.salespos.maps import (
    checked,
    draft_of,
    note_of,
    product_input,
    reservation_of,
    user_input,
)
from shopbridge.connectors.salespos.outcomes import judge_with
from shopbridge.connectors.salespos.people import buyer_changes
from shopbridge.connectors.salespos.settings import SalesPosSecrets, SalesPosSettings
from shopbridge.connectors.salespos.signing import checker, moment_text, signer
from shopbridge.connectors.spec import ConnectorSpec, World
from shopbridge.errors import AlreadyDone, BridgeError, OutcomeUnknown, Rejected, RetryLater
from shopbridge.http.auth import SignedAuth
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import ExternalId
from shopbridge.model.office import (
    DirectoryEntry,
    DirectoryPage,
    Identity,
    OrderDraft,
    OrderParts,
    OrderReceipt,
    Vocabulary,
)
from shopbridge.model.order import Order
from shopbridge.model.party import Address, Customer
from shopbridge.ports import Clock, Office

LOOK_BACK = timedelta(days=1)
"""How much earlier than asked for a search begins: clocks differ, and the platform's dates have no stated zone."""
SIZE = str(PAGE)
_ONLY_ONCE = "A value may exist only once there: the message names it. Change it, then resend the order."


class SalesPos:
    """One SalesPOS account."""

    def __init__(self, settings: SalesPosSettings, client: PlatformClient, clock: Clock) -> None:
        self._settings = settings
        self._client = client
        self._clock = clock
        self._account = Account(settings, client, clock)
        self._catalogue = Catalogue(client, clock)

    def ping(self) -> Identity:
        """Four reads: rights, shop, settings, packages. Raises NeedsAttention with what is missing."""
        return self._account.identity()

    def vocabulary(self) -> Vocabulary:
        """What the maps may name."""
        return self._account.vocabulary()

    # --- orders ---------------------------------------------------------------------------------------------

    def order_fields(self) -> Mapping[str, TargetField]:
        """Every field the merchant's rules may set, by its path."""
        return order_fields()

    def plan_order(self, order: Order, parts: OrderParts) -> OrderDraft:
        """The order as the body of its creation; the package of free rows is filled in when it is sent."""
        return draft_of(order, parts, self._settings)

    def plan_note(self, order: Order, parts: OrderParts) -> str:
        """Payment and shipping method, sales channel and comment; empty where notes are switched off."""
        return note_of(order, parts) if self._settings.notes else ""

    def create_order(self, draft: OrderDraft) -> OrderReceipt:
        """Create it; an answer that names no order is looked up at once.

        Raises:
            Held: The payload is not one SalesPOS takes.
            OutcomeUnknown: It may have been created.
        """
        body = checked(self._with_packages(draft.payload), f"order {draft.reference}")
        try:
            answer = self._client.send(post("/orders/", wire.body_of(body)))
        except AlreadyDone as clash:
            return self._existing(draft, clash)
        order = created(answer, wire.ORDER)
        return _receipt(order) if order else self._unnamed(draft)

    def find_order(self, reference: str, since: datetime) -> OrderReceipt | None:
        """Look among the orders since a day before ``since``, newest first: there is no filter on our reference.

        Both lists are read: an order is in the one or the other as a merchant's rule left ``is_completed``.
        """
        wanted = reservation_of(reference, self._settings).strip()
        for is_completed in ("true", "false"):
            for order in self._orders(since - LOOK_BACK, is_completed):
                if order.reservationnumber == wanted:
                    return _receipt(order)
        return None

    def read_order(self, order_id: ExternalId) -> OrderReceipt:
        """Read it back, with its totals."""
        return _receipt(self._client.read(get(f"/orders/{order_id}/"), wire.ORDER))

    def add_note(self, order_id: ExternalId, note: str, *, first: bool) -> None:
        """Keep a text beside the order; ``first`` says that none of ours is there, which saves a look.

        Raises:
            RetryLater: Also after a lost answer, since the next try looks first.
        """
        path = f"/orders/{order_id}/ordernotes/"
        if not first:
            notes = self._client.read(get(path, size=SIZE), wire.NOTES).items
            if any((known.note or "").strip() == note.strip() for known in notes):
                return
        try:
            self._client.send(post(path, {"note": note}))
        except AlreadyDone:
            return
        except OutcomeUnknown as error:
            raise RetryLater(error.what, after=30, where=error.where) from error

    def _with_packages(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        rows = [
            row if row.get("product_id") or row.get("package_id") else {**row, "package_id": self._account.package_id}
            for row in payload["orderrows"]
        ]
        return {**payload, "orderrows": rows}

    def _unnamed(self, draft: OrderDraft) -> OrderReceipt:
        """The order was created, so whatever goes wrong from here on must not look as if it was not."""
        where = f"SalesPOS, order {draft.reference}"
        try:
            found = self.find_order(draft.reference, self._clock())
        except BridgeError as error:
            raise OutcomeUnknown(f"The order was created, but not found again: {error.what}", where=where) from error
        if found is None:
            raise OutcomeUnknown("SalesPOS says that it created the order, but does not list it", where=where)
        return found

    def _existing(self, draft: OrderDraft, clash: AlreadyDone) -> OrderReceipt:
        found = self.find_order(draft.reference, self._clock())
        if found is None:
            raise Rejected(
                clash.what,
                code="500.40",
                where=f"SalesPOS, order {draft.reference}",
                fix=_ONLY_ONCE,
            )
        return found

    def _orders(self, since: datetime, is_completed: str) -> Iterator[wire.OrderRead]:
        """Newest first: orders that arrive meanwhile move the others down, so none is passed over."""
        for start in count(0, PAGE):
            page = self._client.read(
                get(
                    "/orders/",
                    min_create_date=moment_text(since),
                    is_completed=is_completed,
                    orderby="id_desc",
                    start=str(start),
                    size=SIZE,
                ),
                wire.ORDERS,
            )
            yield from page.items
            if page.next is None or not page.items:
                return

    # --- customers ------------------------------------------------------------------------------------------

    def changed_customers(self, mark: str | None) -> DirectoryPage:
        """One page of customers by ascending id. A changed e-mail of a known customer does not show."""
        place = Sweep.parse(mark)
        page = self._client.read(get("/users/", orderby="id", start=str(place.start), size=SIZE), wire.USERS)
        after = directory.sweep_step(place, [user.id for user in page.items])
        new = [user for user in page.items if user.id > place.last] if after.start >= place.start else []
        return DirectoryPage(
            entries=directory.customer_entries(new),
            mark=after.text(),
            complete=page.next is None and after.start >= place.start,
        )

    def create_customer(self, customer: Customer, billing: Address, shipping: Address) -> ExternalId:
        """Create a user with a password nobody knows.

        Raises:
            AlreadyDone: The e-mail is a user's name there already, or SalesPOS created it without naming its id.
            OutcomeUnknown: The answer was lost.
        """
        body = user_input(
            customer, billing, shipping, self._settings.customer_group, password=secrets.token_urlsafe(24)
        )
        user = created(self._client.send(post("/users/", wire.body_of(body))), wire.CREATED)
        if user is None:
            raise AlreadyDone("SalesPOS created the customer without naming its id", where="SalesPOS users")
        return ExternalId(str(user.id))

    def update_customer(self, customer_id: ExternalId, customer: Customer, billing: Address, shipping: Address) -> None:
        """Write what the shop knows; fields it leaves empty are not sent.

        [inferred] That a PATCH leaves the fields of ``userinfo`` alone that it does not name.
        """
        changes = {"userinfo": wire.body_of(buyer_changes(customer, billing, shipping))}
        try:
            self._client.send(patch(f"/users/{customer_id}/", changes))
        except AlreadyDone:
            return

    # --- products -------------------------------------------------------------------------------------------

    def changed_products(self, mark: str | None, field: str) -> DirectoryPage:
        """One page of products: all by ascending id once a day, in between the newest changes."""
        return self._catalogue.changed(mark, field)

    def find_product(self, field: str, key: str) -> Sequence[DirectoryEntry]:
        """Ask for the products with this number, and their variants with it. One call.

        A variant whose product has another number is only found by ``changed_products``.
        """
        return self._catalogue.find(field, key)

    def create_product(self, order: Order, line_id: str, tax: str) -> ExternalId:
        """Create the product a line sells, without stock keeping.

        Raises:
            Held: It cannot be created from what the line says.
            OutcomeUnknown: The answer was lost.
        """
        line = next(line for line in order.lines if line.id == line_id)
        body = product_input(
            order,
            line,
            tax,
            settings=self._settings,
            package_id=self._account.package_id,
            prices_with_tax=self._account.prices_include_tax,
        )
        try:
            product = created(self._client.send(post("/products/", wire.body_of(body))), wire.CREATED)
        except AlreadyDone as clash:
            raise Rejected(clash.what, code="500.40", where=clash.where, fix=_ONLY_ONCE) from clash
        if product is None:
            raise OutcomeUnknown("SalesPOS created the product without naming its id", where=f"product {line.sku}")
        return ExternalId(str(product.id))


def _receipt(order: wire.OrderRead) -> OrderReceipt:
    number = order.ordernumber_full or (str(order.ordernumber) if order.ordernumber else "")
    return OrderReceipt(id=ExternalId(str(order.id)), number=number, total=order.total_price, tax=order.total_tax)


def build(settings: SalesPosSettings, world: World) -> SalesPos:
    """A connector for one account."""
    client = PlatformClient(
        platform="SalesPOS",
        base_url=settings.url.rstrip("/") + API,
        auth=SignedAuth(world.secrets, signer(world.clock), checker(settings.verify_answers)),
        wiring=world.wiring,
        judge=judge_with(world.clock),
        limits=limits_of(settings.limit_factor),
    )
    return SalesPos(settings, client, world.clock)


SPEC = ConnectorSpec(
    key="salespos",
    title="CCV SalesPOS",
    settings=SalesPosSettings,
    secrets=SalesPosSecrets,
    provides=("order_target", "customer_target", "product_target"),
    build=build,
    order_fields=order_fields,
    notes=(
        "The payment method cannot be set on an order: it is written into a note beside the order.",
        "Customers are found by e-mail in a list that is read once and then continued: changed e-mails go unnoticed.",
        "A variant is found by its own numbers; a product whose stock lies on its variants is not sold itself.",
        "Discounts are rows with a negative price, one for each tax rate; that SalesPOS takes them is assumed.",
        "Cents that rounding leaves over are booked as extra costs or as a row, both called Rounding.",
        "SalesPOS chooses the tax rate of shipping costs itself: they become rows unless the order has one rate only.",
        "The figure of the total call limit is not published: calls stop for a minute when SalesPOS says so.",
    ),
)

if TYPE_CHECKING:
    _: type[Office] = SalesPos
