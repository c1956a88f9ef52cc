"""Which two accounts a connection links, by what the platforms say of themselves.

The ledger of a connection keeps its orders single; that of another knows nothing of them. So a second connection
between the same two accounts makes every order once more, and has to be asked for by name.
"""

from collections.abc import Iterator, Mapping, Sequence

from shopbridge.errors import Conflict
from shopbridge.flows.bridge import Bridge
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Account, Connection, ConnectionSettings, Deleted, Side

SIDES: tuple[Side, ...] = ("shop", "office")
Accounts = Mapping[Side, Account]


def accounts_of(bridge: Bridge, settings: ConnectionSettings, told: Mapping[Side, Sequence[str]]) -> Accounts:
    """Both accounts; ``told`` is what each platform calls its own, empty where it has not been asked yet."""
    return {
        side: Account(
            platform=settings.side(side).platform,
            place=bridge.platforms.place(settings, side),
            ids=tuple(told.get(side, ())),
        )
        for side in SIDES
    }


def check_pair(bridge: Bridge, connection: ConnectionId, accounts: Accounts, beside: Sequence[str]) -> None:
    """Refuse a pair of accounts that another connection links, or linked before it was deleted.

    Args:
        beside: Connections that may link the same two; one that names this one may, too.

    Raises:
        Conflict: With the other's id.
    """
    for other in _others(bridge, connection):
        if other.id not in beside and connection not in other.beside and is_same_pair(accounts, other.accounts):
            raise _second(connection, other)


def is_same_pair(accounts: Accounts, other: Accounts) -> bool:
    """Whether both ends are the same; what is not known of a connection of before is never the same."""
    return all(side in accounts and side in other and accounts[side].is_same(other[side]) for side in SIDES)


def _others(bridge: Bridge, connection: ConnectionId) -> Iterator[Connection | Deleted]:
    yield from (each for each in bridge.connections.all() if each.id != connection)
    yield from (each for each in bridge.connections.all_deleted() if each.id != connection)


def _second(connection: ConnectionId, other: Connection | Deleted) -> Conflict:
    if isinstance(other, Deleted):
        links, instead = f"linked until it was deleted on {other.deleted_at:%Y-%m-%d}", "create it anew under that id"
    else:
        links, instead = "links", "change that one"
    return Conflict(
        f"{connection} would link two accounts that {other.id} {links}; the ledger of {other.id} keeps their orders "
        "single, and another connection would create them once more",
        where="connections",
        fix=f"Rather {instead}. If both are to be, say so by name: beside {other.id}.",
    )
