"""What is known of a connection before it goes to work: every problem at once, and what importing its orders would do.

A plan takes the import's own steps, with nothing written on either side. Only what was looked up in the back office is
remembered, as an import remembers it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar

from shopbridge.errors import BridgeError, Held, Rejected
from shopbridge.flows.bridge import Bridge, Job
from shopbridge.flows.failures import by_reason, reason_of
from shopbridge.flows.operations.connections.verify_settings import (
    Words,
    advice,
    change_problems,
    check_product_rules,
    currency_remarks,
    day_problems,
    formula_remarks,
    gaps,
    map_problems,
    map_remarks,
    page_problems,
    product_problems,
    product_remarks,
    stock_problems,
    stock_remarks,
    tax_problems,
    untold_changes,
)
from shopbridge.flows.orders.drafts import draft_order
from shopbridge.flows.orders.filter import first_moment, skip_reason
from shopbridge.flows.orders.privacy import without_buyer
from shopbridge.flows.orders.records import new_record, order_key
from shopbridge.flows.orders.references import find_created_before
from shopbridge.mapping.rule_engine import check_rules
from shopbridge.mapping.validation import BadSettings
from shopbridge.model.base import OrderId
from shopbridge.model.connection import SIDES_OF, ConnectionSettings, Side
from shopbridge.model.ledger import LedgerRecord, Reason
from shopbridge.model.office import Choice, Identity, OrderPage, Vocabulary
from shopbridge.model.order import Order
from shopbridge.model.settings import Maps, OrderSettings, ValueMap
from shopbridge.ports import Parts

Secrets = Mapping[Side, Mapping[str, str]]
Answer = TypeVar("Answer")
APART = (
    "If they may, set orders.reference to channel_number: the back office then tells them apart, and CloudSales, which "
    "keeps one order of each number, takes both."
)
MOST_ORDERS = 200
LONGEST_PLAN = timedelta(seconds=40)
PLAN_ENDS_WITH = 30.0
"""Seconds left at which it stops, so that the answer still reaches whoever asked."""
EXAMPLES = 5
"""Order numbers told for each reason."""


@dataclass(frozen=True)
class Report:
    """What verifying found.

    Attributes:
        problems: Each a sentence that ends in what to do; any of them keeps the connection from being saved.
        remarks: Worth knowing: what the platforms say of themselves, and values that would hold orders.
        introductions: Those of them that say who answered; whoever tries one side is told the same.
        shop, office: What answered, logged in already: a shop may allow few logins a minute.
        accounts: What each platform calls its own; without those that did not answer.
    """

    problems: tuple[str, ...]
    remarks: tuple[str, ...]
    shop: Parts | None = None
    office: Parts | None = None
    accounts: Mapping[Side, tuple[str, ...]] = field(default_factory=dict)
    introductions: tuple[str, ...] = ()


class _Findings:
    def __init__(self, reference: str) -> None:
        self.reference = reference
        self.accounts: dict[Side, tuple[str, ...]] = {}
        self.problems: list[str] = []
        self.remarks: list[str] = []
        self.introductions: list[str] = []

    def attempt(self, ask: Callable[[], Answer]) -> Answer | None:
        """The answer, or None with the refusal among the problems."""
        try:
            return ask()
        except BadSettings as error:
            self.problems.extend(str(problem) for problem in error.problems)
        except BridgeError as error:
            self.problems.append(str(error))
        return None

    def introduce(self, identity: Identity) -> None:
        """Tell who answered, and what it says of itself."""
        said = (f"{identity.name} {identity.version} answers.".replace("  ", " "), *identity.notes)
        self.introductions.extend(said)
        self.remarks.extend(said)

    def report(self, shop: Parts | None, office: Parts | None) -> Report:
        """All of it."""
        told = (tuple(self.problems), tuple(self.remarks))
        return Report(*told, shop, office, self.accounts, tuple(self.introductions))


def verify(bridge: Bridge, settings: ConnectionSettings, secrets: Secrets, *, awaiting_app: bool = False) -> Report:
    """Ask both platforms who they are with these credentials, then hold the settings against their words."""
    found = _Findings(settings.orders.reference)
    for side in ("shop", "office"):
        found.problems.extend(bridge.platforms.check_settings(settings, side, secrets.get(side, {})))
    if found.problems:
        return Report(tuple(found.problems), ())
    found.problems.extend(tax_problems(settings.orders.maps.tax))
    found.problems.extend(day_problems(settings.orders, bridge.clock().date()))
    incapable = bridge.platforms.check_capabilities(settings)
    found.problems.extend(incapable)
    office = found.attempt(lambda: bridge.platforms.trial(settings, "office", secrets.get("office", {})))
    shop: Parts | None = None
    shop_words: Vocabulary = {}
    if awaiting_app:
        found.remarks.append("The shop is verified once its app registration has handed over the credentials.")
    else:
        shop = found.attempt(lambda: bridge.platforms.trial(settings, "shop", secrets.get("shop", {})))
        shop_words = _ping(found, shop, "shop")
        _check_shop_words(found, settings.orders, shop_words)
    office_words = _check_office(found, settings.orders, office)
    words: Words = {"shop": shop_words, "office": office_words}
    _check_changes(found, settings.orders, words, office)
    found.remarks.extend(currency_remarks(words))
    _check_products(bridge, found, settings, words)
    if settings.orders.document_mail.active:
        found.attempt(lambda: bridge.mail.check(settings.orders.document_mail.sender))
    able: Mapping[Side, Parts | None] = {} if incapable else {"shop": shop, "office": office}
    _check_stock(found, settings, words, {side: able[side] for side in able if words[side]})
    return found.report(shop, office)


def _ping(found: _Findings, platform: Parts | None, side: Side) -> Vocabulary:
    identity: Identity | None = found.attempt(platform.account.ping) if platform else None
    if identity is None or platform is None:
        return {}
    found.introduce(identity)
    found.accounts[side] = identity.accounts
    if identity.shared_numbers and found.reference == "number":
        found.remarks.append(f"{identity.shared_numbers} {APART}")
    return found.attempt(platform.account.vocabulary) or {}


def _check_changes(found: _Findings, orders: OrderSettings, words: Words, office: Parts | None) -> None:
    found.problems.extend(change_problems(orders, words))
    if office and office.order_progress:
        found.problems.extend(untold_changes(orders.changes, office.order_progress.tells))


def _check_products(bridge: Bridge, found: _Findings, settings: ConnectionSettings, words: Words) -> None:
    found.problems.extend(product_problems(settings, words))
    found.remarks.extend(product_remarks(settings, words))
    if settings.products.rules:
        found.attempt(lambda: check_product_rules(settings, bridge.platforms.product_fields(settings)))


def _check_stock(
    found: _Findings, settings: ConnectionSettings, words: Words, sides: Mapping[Side, Parts | None]
) -> None:
    """``sides`` are those that answered, and can do what stock asks of them."""
    found.problems.extend(stock_problems(settings, words))
    found.remarks.extend(stock_remarks(settings, words))
    source, shop = sides.get(SIDES_OF[settings.stock.direction][0]), sides.get("shop")
    if settings.stock.active and source:
        read = found.attempt(lambda: list(page_problems(settings.stock, source.stock_source)))
        found.problems.extend(read or ())
    if settings.stock.active and shop:
        remarks = found.attempt(lambda: list(formula_remarks(settings.stock, shop.open_orders)))
        found.remarks.extend(remarks or ())


def _check_office(found: _Findings, orders: OrderSettings, office: Parts | None) -> Vocabulary:
    words = _ping(found, office, "office")
    for name in Maps.model_fields:
        table: ValueMap = getattr(orders.maps, name)
        targets = {value for value in (*table.entries.values(), table.fallback) if value not in (None, "=")}
        found.problems.extend(
            f"orders.maps.{name}: The back office does not know {value!r}. {advice(value, words[name])}"
            for value in sorted(targets - {choice.key for choice in words.get(name, ())})
            if words.get(name)
        )
    if office and words and (products := office.order_products):
        # Nothing has this number; what counts is that it may be asked for.
        found.attempt(lambda: products.find(orders.products.office_field, "-"))
    if office:
        found.attempt(lambda: _check_order_rules(orders, office))
    return words


def _check_order_rules(orders: OrderSettings, office: Parts) -> None:
    # The sample is made where rules are tried: every start would wait for it.
    from shopbridge.flows.operations.connections.samples import SAMPLE_DOCUMENT

    check_rules(orders.rules, office.order_target.fields(), SAMPLE_DOCUMENT)


def _check_shop_words(found: _Findings, orders: OrderSettings, words: Vocabulary) -> None:
    written_back = (orders.write_back.status,) if orders.write_back.status else ()
    chosen = (
        ("statuses", "status", orders.statuses),
        ("payment_statuses", "payment_status", orders.payment_statuses),
        ("first_import_without", "status", orders.first_import_without),
        ("write_back.status", "status", written_back),
    )
    for setting, name, keys in chosen:
        known = {choice.key for choice in words.get(name, ())}
        found.problems.extend(
            f"orders.{setting}: The shop has no {name.replace('_', ' ')} {key!r}. {advice(key, words[name])}"
            for key in keys
            if known and key not in known
        )
    for name in Maps.model_fields:
        taken = orders.statuses if name == "status" else ()
        table: ValueMap = getattr(orders.maps, name)
        choices = words.get(name, ())
        found.remarks.extend(gaps(name, table, _taken(choices, taken)))
        found.remarks.extend(map_remarks(name, table, choices))
        found.problems.extend(map_problems(name, table, choices))


def _taken(choices: Sequence[Choice], taken: Sequence[str]) -> Sequence[Choice]:
    """The values that orders can come in with: those the settings name, else all that are not off."""
    return [choice for choice in choices if (choice.key in taken if taken else not choice.off)]


def plan(job: Job) -> dict[str, Any]:
    """Judge the orders that a first import takes, oldest change first, as far as time and ``MOST_ORDERS`` reach.

    Returns:
        How many were ``read`` and what would become of them: ``to_import``, ``imported_already``, and by reason
        ``skipped`` and ``held``; ``stopped`` says why not all orders were read, and is empty otherwise.
    """
    return _Plan(replace(job, planning=True)).made()


class _Plan:
    def __init__(self, job: Job) -> None:
        self._job = job
        self._until = job.bridge.clock() + LONGEST_PLAN
        self._read = self._to_import = self._imported_already = 0
        self._skipped: list[tuple[Reason, str]] = []
        self._held: list[tuple[Reason, str]] = []

    def made(self) -> dict[str, Any]:
        try:
            stopped = self._walk()
        except BridgeError as error:
            stopped = str(error)
        return {
            "read": self._read,
            "to_import": self._to_import,
            "imported_already": self._imported_already,
            "skipped": _examples(self._skipped),
            "held": _examples(self._held),
            "stopped": stopped,
        }

    def _walk(self) -> str:
        """Page by page; returns why it stopped, or nothing at the end."""
        since, position = first_moment(self._job.connection), None
        while True:
            page = self._job.shop.order_source.changed(since, position)
            stopped = self._judge_page(page)
            position = page.position
            if stopped or position is None:
                return stopped

    def _judge_page(self, page: OrderPage) -> str:
        records = self._job.bridge.ledger.orders(self._job.connection.id, [order.id for order in page.orders])
        for order in page.orders:
            if stopped := self._enough():
                return stopped
            self._judge(order, records)
            self._read += 1
        for broken in page.unreadable:
            reason = Reason(code=broken.code, text=broken.text, fix=broken.fix)
            self._held.append((reason, broken.number or broken.id))
        self._read += len(page.unreadable)
        return ""

    def _enough(self) -> str:
        if self._read >= MOST_ORDERS:
            return f"A plan reads {MOST_ORDERS} orders at the most."
        late = self._job.bridge.clock() >= self._until or self._job.bridge.deadline.remaining() < PLAN_ENDS_WITH
        return "The time for a plan is up." if late else ""

    def _judge(self, order: Order, records: Mapping[OrderId, LedgerRecord]) -> None:
        record = records.get(order.id)
        if record is not None and record.state in ("DONE", "SENT"):
            self._imported_already += 1
        elif record is not None and record.reason and (record.is_set_aside or record.state == "UNKNOWN"):
            (self._skipped if record.is_set_aside else self._held).append((record.reason, order.number))
        else:
            self._try(order, record)

    def _try(self, order: Order, record: LedgerRecord | None) -> None:
        skipped = skip_reason(self._job.connection, order, "first_import")
        if skipped is not None:
            self._skipped.append((skipped, order.number))
            return
        try:
            is_there = self._is_there(order, record)
        except (Held, Rejected) as error:
            self._held.append((without_buyer(order, reason_of(error)), order.number))
        else:
            self._imported_already += is_there
            self._to_import += not is_there

    def _is_there(self, order: Order, record: LedgerRecord | None) -> bool:
        """Whether another connection brought the order before; if not, it is drafted."""
        bridge, key = self._job.bridge, order_key(self._job.connection.id, order.id)
        record = record or new_record(bridge, key, order.revision, order.number, "first_import")
        if find_created_before(self._job, record, order) is not None:
            return True
        draft_order(self._job, order)
        return False


def _examples(found: Sequence[tuple[Reason, str]]) -> list[dict[str, Any]]:
    return [{**shown, "examples": orders[:EXAMPLES]} for shown, orders in by_reason(found)]
