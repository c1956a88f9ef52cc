"""Tables that are lost, or of before: set up anew between the same platforms, the bridge makes no document twice."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from random import Random

from chaos.buyers import orders
from chaos.ledgers import END_STATES, records
from sandbox.pairs import catalogue
from sandbox.pairs.all_pairs import UNATTENDED
from sandbox.pairs.orders import Order
from sandbox.quick.scenery import Linked, Scenery, scenery
from shopbridge.flows.orders.references import TAKEN
from shopbridge.model.base import ConnectionId
from shopbridge.model.ledger import LedgerRecord
from shopbridge.store.items import Item, text
from shopbridge.store.table import Table

BEFORE, MEANWHILE, AFTERWARDS = 3, 2, 1
"""Orders of each connection: imported before the moment that tables go back to, under way then or later, and placed
after everything was set up anew."""
LATER = timedelta(minutes=20)
SEARCHABLE = frozenset({"salespos"})
"""Back offices that can be asked for an order; of the others a person decides."""
TOLD = (TAKEN, "unmapped_status")
"""How such an order is held; the status that we set after an import need not be in the map of those to import."""


@dataclass
class Restored:
    """What became of all orders, by what back offices and ledgers hold.

    Attributes:
        doubled: Orders that were made twice, or have two receipts.
        lost: Orders that can be seen nowhere, or that are made and wait where they could have been found.
        found, waiting: Orders made before that the ledger knows again, and those that a person has to skip.
    """

    orders: int = 0
    found: int = 0
    waiting: int = 0
    doubled: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    bugs: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Tables:
    """Both tables, as whoever restores them sees them."""

    stage: Scenery

    def __iter__(self) -> Iterator[Table]:
        store, names = self.stage.container.store, self.stage.environment
        yield from (Table(store.aws, name) for name in (names.state_table, names.connections_table))

    def copy(self) -> Mapping[str, Sequence[Item]]:
        """What a backup of this moment holds, by table."""
        return {table.name: self._items(table) for table in self}

    def put_back(self, backup: Mapping[str, Sequence[Item]]) -> None:
        """Let the tables be as they were then; one that is not named stays as it is."""
        for table in self:
            if table.name in backup:
                keys = [{name: item[name] for name in ("connection", "record")} for item in self._items(table)]
                table.delete_many(keys)
                table.put_many(backup[table.name])

    def _items(self, table: Table) -> Sequence[Item]:
        links = self.stage.links
        return [item for link in links for item in table.query("#connection = :connection", connection=text(link))]


def both_empty(stage: Scenery, _: Mapping[str, Sequence[Item]]) -> None:
    """Nothing is left; every connection is created as for the first time."""
    _Tables(stage).put_back({table.name: () for table in _Tables(stage)})
    _create(stage)


def state_empty(stage: Scenery, _: Mapping[str, Sequence[Item]]) -> None:
    """The connections are there, but nothing of what they did; nobody notices before the next polls."""
    _Tables(stage).put_back({stage.environment.state_table: ()})


def of_before(stage: Scenery, backup: Mapping[str, Sequence[Item]]) -> None:
    """Delete and create every connection under its id before anything runs, as docs/operations/deployment.md tells."""
    _Tables(stage).put_back(backup)
    for link in stage.links:
        stage.ask("delete", connection=link)
    _create(stage)


WAYS: Mapping[str, Callable[[Scenery, Mapping[str, Sequence[Item]]], None]] = {
    "both tables empty": both_empty,
    "state table empty": state_empty,
    "tables of before": of_before,
}


def _create(stage: Scenery) -> None:
    for link in stage.links.values():
        stage.connect(link)


def restore(seed: int, ways: Sequence[str] = tuple(WAYS), pairs: Sequence[str] = UNATTENDED) -> Restored:
    """Lose the tables of every pair in each way, set the bridge up anew, and judge."""
    found = Restored()
    for way in ways:
        with scenery(seed) as stage:
            play = _Play(stage, Random(f"{seed} {way}"))
            play.open(pairs)
            backup = play.work()
            stage.queues.waiting.clear()  # of the stack that is gone
            stage.new_container()
            WAYS[way](stage, backup)
            play.go_on()
            for link in stage.links.values():
                _judge(found, way, link, records(stage, link), play.afterwards[link.id])
            found.bugs += stage.crashes
    return found


class _Play:
    """What happens before and after the loss."""

    def __init__(self, stage: Scenery, random: Random) -> None:
        self._stage = stage
        self._random = random
        self._streams: dict[ConnectionId, Iterator[Order]] = {}
        self.afterwards: dict[ConnectionId, set[str]] = {}

    def open(self, pairs: Sequence[str]) -> None:
        for at, name in enumerate(pairs):
            link = self._stage.link(name, name)
            products = [link.pair.market.product(product) for product in catalogue.PRODUCTS]
            link.shop.add_products(products)
            link.office.add_products(products)
            self._stage.connect(link)
            self._streams[link.id] = orders(self._random, 10_000 + 100_000 * at)

    def work(self) -> Mapping[str, Sequence[Item]]:
        """Import orders; a backup is made while some are under way, one with a lost and one with a refused answer."""
        self._buy(BEFORE)
        self._stage.settle()
        for link in self._stage.links.values():
            link.office.lose_the_next_answer()
        self._buy(1)
        self._deliver_once()
        for link in self._stage.links.values():
            link.office.refuse_the_next_order()
        self._buy(MEANWHILE)
        self._deliver_once()
        backup = _Tables(self._stage).copy()
        self._let_pass(LATER)
        return backup

    def _deliver_once(self) -> None:
        """Let every message that waits have one try."""
        self._stage.tick()
        for _ in range(len(self._stage.queues.waiting)):
            self._stage.step()

    def go_on(self) -> None:
        """The bridge runs again, and buyers go on ordering."""
        self._let_pass(LATER)
        self.afterwards = self._buy(AFTERWARDS)
        self._let_pass(LATER)

    def _buy(self, count: int) -> dict[ConnectionId, set[str]]:
        bought: dict[ConnectionId, set[str]] = {}
        for link in self._stage.links.values():
            wanted = [order for order in islice(self._streams[link.id], count) if not order.cancelled]
            for order in wanted:
                link.shop.place(link.pair.market.order(order))
            bought[link.id] = {order.number for order in wanted if order.payment != "paypal"}
        return bought

    def _let_pass(self, span: timedelta) -> None:
        until = self._stage.clock() + span
        while self._stage.clock() < until:
            self._stage.clock.advance(minutes=5)
            self._stage.tick()
            self._stage.settle()


def _judge(found: Restored, way: str, link: Linked, known: Mapping[str, LedgerRecord], afterwards: set[str]) -> None:
    copies, receipts = Counter(each.reference for each in link.office.booked()), Counter(link.office.receipts())
    for placed in link.shop.placed():
        number, record = placed.number, known.get(placed.number)
        title = f"{way}, {link.id}: {number}"
        found.orders += 1
        if copies[number] > 1 or receipts[number] > 1:
            found.doubled.append(f"{title} is there {copies[number]} times, with {receipts[number]} receipts")
        wrong = _wrong(link, record, copies[number], fresh=number in afterwards)
        if wrong:
            found.lost.append(f"{title} {wrong}")
        known_again = record is not None and record.state == "DONE"
        found.found += known_again and number not in afterwards
        found.waiting += bool(copies[number]) and not known_again


def _wrong(link: Linked, record: LedgerRecord | None, copies: int, *, fresh: bool) -> str:
    """What is wrong with where an order can be seen; empty when nothing is."""
    if record is None or record.state not in END_STATES:
        return "can be seen nowhere"
    code = record.reason.code if record.reason else ""
    if record.state == "DONE":
        return "" if copies else "counts as imported and is not there"
    if fresh:
        return f"was placed afterwards and is {record.state} {code}"
    if not copies or (link.office.platform not in SEARCHABLE and code in TOLD):
        return ""
    return f"is there and is {record.state} {code}"
