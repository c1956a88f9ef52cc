"""The flows whose calls are walked: what happens, what the bridge does, and what has to be right in the end."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from itertools import count

from pydantic import BaseModel

from chaos.ledgers import judge, records
from sandbox.demo.judgement.goods import Stocktaking, check_stock, mispriced, pending_units
from sandbox.pairs import catalogue
from sandbox.pairs.orders import Order
from sandbox.quick.queues import Message, event_of
from sandbox.quick.scenery import Linked, Scenery, settings_of
from sandbox.quick.weather import Killed
from shopbridge.model.messages import PollRequest, RunRequest, StockRequest
from shopbridge.model.run import RunKind

AWAY = timedelta(minutes=45)
"""After so long every lease of a dead container is out, by whatever clock."""
APART = timedelta(days=1, hours=2)
"""Between two turns of a flow: few orders of before are read again, and credentials are."""
PAUSE = timedelta(minutes=2)
"""Between two deliveries when nothing is due."""
PATIENCE = 40
PLENTY = Decimal(10_000)
STOCK = {"active": True}
PRODUCTS = {"active": True}


class Play:
    """One connection with orders, stock and products; time passes only where a flow lets it."""

    def __init__(self, stage: Scenery, pair: str) -> None:
        self.stage = stage
        self.link = stage.link(pair, pair)
        self._numbers = count(10_000)
        self._prices = count(1)
        products = [self.link.pair.market.product(replace(each, stock=PLENTY)) for each in catalogue.PRODUCTS]
        self.link.shop.add_products(products)
        self.link.office.add_products(products)
        self._had = {each.sku: each.stock for each in self.link.office.shelf()}
        self._connect()
        self.imported: list[str] = []
        self.cancelled: set[str] = set()
        for kind in ("products", "stock_comparison"):
            self.run_all(kind)

    def _connect(self) -> None:
        link = self.link
        parts = {"stock": {**STOCK, **(link.pair.stock or {})}, "products": {**PRODUCTS, **(link.pair.products or {})}}
        secrets = {"shop": link.shop.secrets(), "office": link.office.secrets()}
        made = self.stage.ask("create", settings={**settings_of(link), **parts}, secrets=secrets, start=True)
        self.stage.agree(link, made)
        link.shop.install("https://bridge.example", made["hooks"])

    # --- what happens ---------------------------------------------------------------------------------

    def buy(self, *, announced: bool) -> str:
        """A paid order; its number. An intake that dies on its webhook is the shop's to hear of."""
        number = str(next(self._numbers))
        buyer, home = catalogue.SANNE, catalogue.UTRECHT
        items = (catalogue.item(catalogue.MUG, 2), catalogue.item(catalogue.LAMP))
        own = replace(buyer, email=f"buyer-{number}@post.example")
        order = Order(number=number, items=items, buyer=own, billing=home, shipping=Decimal("4.95"))
        self.imported.append(number)
        self.link.shop.place(self.link.pair.market.order(order), announced=announced)
        return number

    def cancel(self, number: str) -> None:
        """The merchant cancels an order that is imported."""
        self.cancelled.add(number)
        self.link.shop.cancel(number)

    def sell(self) -> None:
        """A sale at the till, and somebody who writes another figure in the shop."""
        self.link.office.sell_at_till({catalogue.SOAP.sku: 1})
        self.link.shop.miscount(catalogue.BOOK.sku, 3)

    def reprice(self) -> None:
        """Somebody gives two products another price in the back office."""
        for product in (catalogue.TEE, catalogue.SOAP):
            dearer = replace(product, price=product.price + Decimal(next(self._prices)) / 100)
            self.link.office.change(self.link.pair.market.product(dearer))

    def ask(self, request: BaseModel) -> None:
        """A message for the step of its kind."""
        queues, job = self.stage.environment, getattr(request, "job", None)
        polls = isinstance(request, PollRequest) or job == "orders"
        url = queues.poll_queue_url if polls else queues.stock_queue_url
        self.stage.queues.put(queues.product_queue_url if job == "products" else url, request.model_dump_json())

    def poll(self) -> None:
        """The schedule names the connection."""
        self.ask(PollRequest(connection=self.link.id))

    def run(self, kind: RunKind) -> None:
        """The schedule asks for a run."""
        self.ask(RunRequest(connection=self.link.id, job=kind))

    # --- what the bridge does -------------------------------------------------------------------------

    def work(self) -> None:
        """Deliver what is due until nothing is, or the container dies."""
        try:
            while (message := self.stage.queues.receive()) is not None:
                self.deliver(message)
        except Killed:
            return  # what it worked on comes back when its visibility ends

    def deliver(self, message: Message) -> None:
        """Once; what is done is gone from its queue."""
        self.stage.clock.advance(seconds=1)
        answer = self.stage.invoke(self._steps[message.queue], event_of(message))
        if not answer["batchItemFailures"]:
            self.stage.queues.delete(message)

    @property
    def _steps(self) -> Mapping[str, str]:
        queues = self.stage.environment
        return {
            queues.poll_queue_url: "order_poll",
            queues.order_queue_url: "order_import",
            queues.backfill_queue_url: "order_import",
            queues.stock_queue_url: "stock_push",
            queues.product_queue_url: "product_sync",
        }

    def settle(self) -> None:
        """Work until the queues are empty. Raises RuntimeError when they never are."""
        for _ in range(PATIENCE):
            self.work()
            if not self.stage.queues.waiting:
                return
            self.stage.clock.moment += PAUSE
        raise RuntimeError(f"The queues never ran empty: {list(self.stage.queues.waiting.values())[:2]}")

    def recover(self) -> None:
        """New containers, later; the shop is polled as always."""
        self.stage.new_container()
        self.stage.clock.moment += AWAY
        self.poll()
        self.settle()

    def run_all(self, kind: RunKind) -> None:
        """A whole run."""
        self.run(kind)
        self.settle()

    # --- what has to be right -------------------------------------------------------------------------

    def wrong(self) -> Sequence[str]:
        """What is not as it should be, by what shop, back office and ledger hold."""
        return [*self._orders(), *self._records(), *self._told(), *self._goods(), *self._bugs()]

    def _orders(self) -> Iterator[str]:
        verdict = judge(self.stage)
        kinds = {"lost": verdict.lost, "doubled": verdict.doubled, "another total": verdict.mismatches}
        yield from (f"{kind}: {number}" for kind, numbers in kinds.items() for number in numbers)
        yield from verdict.astray

    def _records(self) -> Iterator[str]:
        known = records(self.stage, self.link)
        for number in self.imported:
            record = known.get(number)
            if record is None or (record.state, record.follow_ups, record.lease_owner) != ("DONE", (), None):
                yield f"{number} is {record}"

    def _told(self) -> Iterator[str]:
        wanted = self.link.pair.write_back
        for number in set(self.imported) - self.cancelled:
            told = self.link.shop.told(number)
            if told.status != wanted["status"] or ("document_field" in wanted) != bool(told.document):
                yield f"the shop was told {told} of {number}"

    def _goods(self) -> Iterator[str]:
        shop, office = self.link.shop.shelf(), self.link.office.shelf()
        pending = pending_units(self.link.shop.ordered(), [each.reference for each in self.link.office.booked()])
        sold, whole = self.link.office.sold(), self.link.shop.whole_units
        check = check_stock("in the end", Stocktaking(shop, office, pending, self._had, sold, Decimal(0), whole))
        yield from check.differing
        yield from (f"oversold: {sku}" for sku in check.oversold)
        yield from (f"stock taken twice: {sku}" for sku in check.doubled)
        yield from (f"another price: {sku}" for sku in mispriced(shop, office))
        yield from (f"{times} times on sale: {sku}" for sku, times in Counter(e.sku for e in shop).items() if times > 1)

    def _bugs(self) -> Iterator[str]:
        yield from self.stage.crashes
        self.stage.crashes.clear()


@dataclass(frozen=True)
class Flow:
    """What happens first, undisturbed; the part whose calls are walked; and what puts everything right."""

    go: Callable[[Play], None]
    prepare: Callable[[Play], None] = lambda _: None
    repair: Callable[[Play], None] = Play.recover


def _webhook(play: Play) -> None:
    play.buy(announced=True)
    play.work()


def _poll(play: Play) -> None:
    play.buy(announced=False)
    play.poll()
    play.work()


def _import(play: Play) -> None:
    play.buy(announced=False)
    play.poll()
    play.settle()
    play.stage.clock.moment += PAUSE


def _cancel(play: Play) -> None:
    play.cancel(play.imported[-1])
    play.poll()
    play.work()


def _ask_for_all_orders(play: Play) -> None:
    play.buy(announced=False)
    play.stage.ask("start_run", connection=play.link.id, job="orders", by="anna")


def _push(play: Play) -> None:
    play.sell()
    skus = (catalogue.SOAP.sku, catalogue.BOOK.sku)
    play.ask(StockRequest(connection=play.link.id, skus=skus, because="a test"))


def _runs(change: Callable[[Play], None], kind: RunKind) -> Callable[[Play], None]:
    def prepare(play: Play) -> None:
        change(play)
        play.run(kind)

    return prepare


def _then(kind: RunKind) -> Callable[[Play], None]:
    def repair(play: Play) -> None:
        play.recover()
        play.run_all(kind)

    return repair


FLOWS: Mapping[str, Flow] = {
    "webhook": Flow(_webhook),
    "poll": Flow(_poll),
    "a later version": Flow(_cancel, _import),
    "run of orders": Flow(Play.work, _ask_for_all_orders),
    "stock push": Flow(Play.work, _push, _then("stock")),
    "stock sweep": Flow(Play.work, _runs(Play.sell, "stock"), _then("stock_comparison")),
    "stock comparison": Flow(Play.work, _runs(Play.sell, "stock_comparison"), _then("stock_comparison")),
    "products": Flow(Play.work, _runs(Play.reprice, "products"), _then("products")),
}


def applies(flow: str, link: Linked) -> bool:
    """Whether the pair has the flow at all."""
    return flow != "webhook" or link.shop.announces
