"""What is kept about an e-mail address: shown, and with a confirmation removed.

The address itself is kept nowhere and written nowhere. What keeps effects single stays: an order's record with its ids,
numbers, totals and state, and a customer whose creation is not settled.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from shopbridge.errors import BridgeError, NotFound
from shopbridge.flows.bridge import Bridge, load
from shopbridge.flows.orders.privacy import BARE, KEYED, bare_name, buyer_mark, keyed
from shopbridge.flows.orders.records import LISTED_WITHIN, order_key
from shopbridge.model.base import CLOCKS_APART, ConnectionId, ExternalId, OrderId, is_slug
from shopbridge.model.ledger import EffectKey, Event, LedgerRecord
from shopbridge.model.operations import Erase

ENDS_WITH = 30.0
"""Seconds left at which a call ends; it is asked again with ``next``."""
LOOK_EVERY = 500
"""Orders read between two looks at the time."""
SETTLED_AFTER = timedelta(days=1)
"""A creation in doubt that nobody came back to has long shown in the back office's list, or never took place."""
ERASED = "Erased by"
STAYS = (
    "Of each order its record stays, with ids, numbers, totals and state and without its story: it keeps the order "
    "from being created twice."
)
ELSEWHERE = (
    "Erase the buyer in the shop and in the back office too, and there first: what they still tell is learnt again, "
    "with the next reading of the list of customers and the next version of an order."
)
UNSEEN = (
    "Not seen here: whole orders on their way in queues (minutes; 7 days at the most, 14 among the dead letters), "
    "lines of the activity log (order numbers, and no buyer's data; until its retention ends), and the tables' backups "
    "(35 days)."
)


def erase(bridge: Bridge, request: Erase) -> dict[str, Any]:
    """Show what is kept about the buyer, or remove it.

    Returns:
        ``found``: counts by kind; ``office_customers``: ids there; ``orders``, each with its state; ``erased``: as
        ``found``; ``left``: what was not, and why; ``next``: where to go on, empty at the end.

    Raises:
        BridgeError: There is nothing of such a connection, or of an order that was named.
    """
    erasure = _Erasure(bridge, request)
    if not request.after:
        erasure.look_for_customer()
        erasure.look_for_named_orders()
    following = erasure.look_for_orders()
    if request.confirm:
        erasure.carry_out()
    event = "buyer_erased" if request.confirm else "buyer_looked_up"
    counts = erasure.erased if request.confirm else erasure.found
    facts = {"customers": counts["customer entries"], "orders": counts["orders"]}
    bridge.activity.info(event, request.connection, by=request.by, **facts)
    return {**erasure.told(), "next": following}


class _Erasure:
    """One call: what was found, and what became of it."""

    def __init__(self, bridge: Bridge, request: Erase) -> None:
        self._bridge = bridge
        self._request = request
        self._connection = request.connection
        self._name_key = _name_key(bridge, request.connection)
        self._match_key = request.email.get_secret_value().strip().casefold()
        bare = bare_name(self._match_key)
        self._names = {BARE: bare, **({KEYED: keyed(self._name_key, bare)} if self._name_key else {})}
        self._ids: set[ExternalId] = set()
        self._entries: list[str] = []
        self._records: list[LedgerRecord] = []
        self._orders: dict[str, LedgerRecord] = {}
        self._left: list[str] = []
        self.erased = {"customer entries": 0, "orders": 0}

    @property
    def found(self) -> Mapping[str, int]:
        return {"customer entries": len(self._entries) + len(self._records), "orders": len(self._orders)}

    def told(self) -> dict[str, Any]:
        return {
            "id": self._connection,
            "found": self.found,
            "office_customers": sorted(self._ids),
            "orders": [_told(record) for record in self._orders.values()],
            "erased": self.erased,
            "left": self._left,
            "remarks": (STAYS, ELSEWHERE, UNSEEN),
        }

    def look_for_customer(self) -> None:
        """The directory's entries, and the records of a creation."""
        for kind, name in self._names.items():
            ids = self._bridge.directory.lookup(self._connection, kind, [name]).get(name, ())
            self._entries += [kind] if ids else []
            record = self._bridge.ledger.get(EffectKey(connection=self._connection, kind="customer", id=name))
            self._records += [record] if record else []
            made = record.external_id if record else None
            self._ids |= {*ids, *([made] if made else [])}

    def look_for_named_orders(self) -> None:
        """Those that the operator names: records of before do not say whose they are. Raises BridgeError."""
        for name in self._request.orders:
            record = _order(self._bridge, self._connection, name)
            if record.buyer and record.buyer != self._mark(OrderId(record.key.id)):
                raise BridgeError(
                    f"Order {name} is of another buyer", where=self._connection, fix="Look at it in the shop."
                )
            self._keep([record])

    def look_for_orders(self) -> str:
        """Those that bear the buyer's mark, as far as the time reaches; returns where to go on."""
        after, ours = OrderId(self._request.after) or None, []
        following = ""
        for number, (order, mark) in enumerate(self._bridge.erasure.buyers(self._connection, after)):
            ours += [order] if mark and mark == self._mark(order) else []
            if number % LOOK_EVERY == LOOK_EVERY - 1 and self._bridge.deadline.remaining() < ENDS_WITH:
                following = order
                break
        self._keep(list(self._bridge.ledger.orders(self._connection, ours).values()))
        return following

    def carry_out(self) -> None:
        """Remove what was found. Safe to repeat: what is gone is not found again."""
        self._forget_entries()
        for record in self._records:
            self._remove_creation(record)
        for record in self._orders.values():
            self._clean(record)

    def _mark(self, order: OrderId) -> str:
        return buyer_mark(self._name_key, order, self._match_key) if self._name_key else ""

    def _keep(self, records: Sequence[LedgerRecord]) -> None:
        self._orders |= {record.key.id: record for record in records if _holds(record)}

    def _forget_entries(self) -> None:
        """The lists are read anew: a customer that the back office still has must not be made there once more.

        Before and after: who is reading a list meanwhile has to begin again, too.
        """
        directory, connection = self._bridge.directory, self._connection
        lists = [kind for kind in self._names if kind in self._entries or directory.mark(connection, kind).is_set]
        for kind in lists:
            directory.read_anew(connection, kind)
            directory.forget(connection, kind, [self._names[kind]])
            directory.read_anew(connection, kind)
        self.erased["customer entries"] += len(self._entries)

    def _remove_creation(self, record: LedgerRecord) -> None:
        settled = LISTED_WITHIN + CLOCKS_APART if record.state == "DONE" else SETTLED_AFTER
        if self._bridge.clock() < record.updated_at + settled or not self._bridge.erasure.remove(record):
            self._left.append(
                "The note that a customer was created in the back office a moment ago, or is about to be: without it a "
                "second one might be made. Ask again tomorrow."
            )
            return
        self.erased["customer entries"] += 1

    def _clean(self, record: LedgerRecord) -> None:
        if not self._bridge.erasure.rewrite(record, self._cleaned(record)):
            self._left.append(f"Order {_name(record)}, which is being worked on. Ask again in some minutes.")
            return
        self.erased["orders"] += 1
        if record.state not in {"DONE", "SKIPPED"}:
            self._left.append(
                f"Order {_name(record)} is not imported yet: when it is, its buyer is read from the shop again. "
                "Skip it if it is not to be."
            )

    def _cleaned(self, record: LedgerRecord) -> LedgerRecord:
        line = Event(at=self._bridge.clock(), text=f"{ERASED} {self._request.by}: its story, and what told the buyer.")
        reason = record.reason and record.reason.model_copy(update={"text": "What it said was erased."})
        kept = record.office and record.office.model_copy(update={"shipments": (), "document_url": ""})
        facts = {"facts": None, "newer": None, "office": kept}
        left = reason if record.left else None
        cleaned = {**facts, "buyer": "", "document": None, "history": (line,), "reason": reason, "left": left}
        return record.model_copy(update={**cleaned, "lease_owner": None, "lease_until": None})


def _name_key(bridge: Bridge, connection: ConnectionId) -> str:
    """The key of a connection, or of what stayed of a deleted one; empty where it has none. Raises BridgeError."""
    gone = bridge.connections.deleted(connection) if is_slug(connection) else None
    return gone.name_key if gone is not None else load(bridge, connection).name_key


def _order(bridge: Bridge, connection: ConnectionId, name: str) -> LedgerRecord:
    # The index may not have all of a number yet, and what is erased is gone.
    by_id = bridge.ledger.get(order_key(connection, name))
    found = [by_id] if by_id else bridge.ledger.find(connection, name)
    if len(found) != 1:
        ids = ", ".join(record.key.id for record in found)
        which = f"{len(found)} orders have the number {name}: {ids}" if found else f"No order {name!r}"
        refusal = BridgeError if found else NotFound
        raise refusal(which, where=connection, fix="Name the orders of this buyer by their ids.")
    return found[0]


def _holds(record: LedgerRecord) -> bool:
    """Whether there is anything left of the buyer."""
    is_clean = len(record.history) == 1 and record.history[0].text.startswith(ERASED)
    return bool(record.buyer or record.facts) or not is_clean


def _told(record: LedgerRecord) -> dict[str, Any]:
    return {
        "order": record.reference,
        "id": record.key.id,
        "state": record.state,
        "office_order": record.office_order,
    }


def _name(record: LedgerRecord) -> str:
    return record.reference or record.key.id
