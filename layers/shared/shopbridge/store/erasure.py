"""Ledger records as an erasure finds and changes them: read in order, written only where nobody has touched them."""

from collections.abc import Iterator
from dataclasses import dataclass

from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.clocks import CLOCKS_APART
from shopbridge.model.ledger import LedgerRecord
from shopbridge.ports import Clock
from shopbridge.store.aws import ConditionFailed
from shopbridge.store.items import Item, moment, text
from shopbridge.store.ledger_items import PREFIX, item_key, to_item
from shopbridge.store.table import Table

ORDERS = f"{PREFIX}order#"
BEHIND_ALL = "\U0010ffff"
UNTOUCHED = "#updated_at = :updated_at AND #revision = :revision AND attribute_not_exists(#lease_owner)"
LEFT_BEHIND = "#updated_at = :updated_at AND #revision = :revision AND #lease_owner = :owner AND #lease_until = :until"


@dataclass(frozen=True)
class DynamoErasure:
    """Ledger records in the state table."""

    table: Table
    clock: Clock

    def buyers(self, connection: ConnectionId, after: OrderId | None) -> Iterator[tuple[OrderId, str]]:
        """Every order behind ``after`` in the order of the ids, with the mark of its buyer; read as it is asked for."""
        found = self.table.query(
            "#connection = :connection AND #record BETWEEN :first AND :last",
            only=("record", "buyer"),
            newest=True,
            connection=text(connection),
            first=text(ORDERS + (f"{after}\0" if after else "")),
            last=text(ORDERS + BEHIND_ALL),
        )
        for item in found:
            yield OrderId(item["record"]["S"].removeprefix(ORDERS)), item["buyer"]["S"] if "buyer" in item else ""

    def rewrite(self, seen: LedgerRecord, record: LedgerRecord) -> bool:
        """Replace a record that stands as ``seen``; False where somebody is at it, or was meanwhile."""
        try:
            self.table.put(to_item(record), self._condition(seen), **self._values(seen))
        except ConditionFailed:
            return False
        return True

    def remove(self, seen: LedgerRecord) -> bool:
        """Remove a record that stands as ``seen``; as ``rewrite``."""
        try:
            self.table.delete(item_key(seen.key), self._condition(seen), **self._values(seen))
        except ConditionFailed as error:
            return not error.standing
        return True

    def _is_left_behind(self, record: LedgerRecord) -> bool:
        """Its owner died: nobody is at it by any clock."""
        return record.lease_until is not None and record.lease_until + CLOCKS_APART < self.clock()

    def _condition(self, seen: LedgerRecord) -> str:
        return LEFT_BEHIND if self._is_left_behind(seen) else UNTOUCHED

    def _values(self, seen: LedgerRecord) -> dict[str, Item]:
        stands = {"updated_at": moment(seen.updated_at), "revision": text(seen.revision)}
        if seen.lease_until is None or not self._is_left_behind(seen):
            return stands
        return {**stands, "owner": text(seen.lease_owner or ""), "until": moment(seen.lease_until)}
