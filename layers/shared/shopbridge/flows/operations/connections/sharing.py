"""Several connections at one shop or one back office: what they would do to each other, told before either begins.

Each connection has a ledger of its own and knows nothing of what another brings. So two of them must not write the same
figures, nor call two orders alike in one back office, where a lost answer is looked up by what the order is called.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shopbridge.flows.app_registration import ONCE_REGISTERED
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.failures import accounts_of
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import SIDES, SIDES_OF, Account, Accounts, Connection, ConnectionSettings, Side
from shopbridge.model.product_settings import ProductSettings
from shopbridge.model.settings import OrderSettings
from shopbridge.model.stock import StockSettings
from shopbridge.ports import OrderTarget

_NAMED: dict[Side, str] = {"shop": "shop", "office": "back office"}
_Flow = StockSettings | ProductSettings
_ANY = "?"
"""Stands for whatever a sales channel is called."""


@dataclass(frozen=True)
class _End:
    """A connection that is at one of the same systems: this one or another."""

    id: str
    settings: ConnectionSettings
    accounts: Accounts


@dataclass(frozen=True)
class _Together:
    """Two connections, and the sides that they share; ``apart`` says of the shops that they are surely two."""

    mine: _End
    other: _End
    sides: frozenset[Side]
    apart: bool
    named: bool


def sharing_problems(
    bridge: Bridge,
    settings: ConnectionSettings,
    accounts: Accounts,
    target: OrderTarget | None,
    beside: Sequence[str],
) -> Iterator[str]:
    """Yield what a connection and another one would do to each other, each with what to do.

    One that rests is left out: it is looked at when it is to go on.

    Args:
        target: The back office as this connection calls its orders there; None where it does not answer.
        beside: Connections that this one may stand beside, by name: nothing but the same figures between the same two
            accounts is refused then.
    """
    mine = _End(settings.id, settings, accounts)
    for connection in bridge.connections.all():
        if connection.id == settings.id or _rests(connection):
            continue
        other = _End(
            connection.id, connection.settings, connection.accounts or accounts_of(bridge, connection.settings, {})
        )
        named = connection.id in beside or ConnectionId(settings.id) in connection.beside
        both = _together(mine, other, named=named)
        yield from _written_twice(both)
        if not named and "office" in both.sides and both.apart:
            yield from _taken_back(both)
            if target is not None:
                yield from _called_alike(both, target, bridge.platforms.parts(connection, "office").order_target)
        if not named and "shop" in both.sides and "office" not in both.sides:
            yield from _told_twice(both)


def _rests(connection: Connection) -> bool:
    return connection.status == "paused" and connection.status_reason not in ONCE_REGISTERED


def _together(mine: _End, other: _End, *, named: bool) -> _Together:
    pairs = {side: (mine.accounts[side], other.accounts[side]) for side in SIDES}
    shared = frozenset(side for side, (one, two) in pairs.items() if _is_one(one, two))
    one, two = pairs["shop"]
    return _Together(mine, other, shared, apart=not one.is_same(two) and one.place != two.place, named=named)


def _is_one(one: Account, two: Account) -> bool:
    """Several accounts may say the same of themselves, such as a company's name; so the address has to be one, too."""
    return one.is_same(two) and one.place == two.place


def _written_twice(both: _Together) -> Iterator[str]:
    """Figures, or products, that both would write into one account."""
    if both.named and len(both.sides) < len(SIDES):
        return
    mine, other = both.mine.settings, both.other.settings
    into = _shared_target(both, mine.stock, other.stock)
    places = {mine.stock.target_warehouse, other.stock.target_warehouse}
    if into and (len(places) == 1 or "" in places):
        way_out = "Or let each write a warehouse of its own (stock.target_warehouse). "
        yield _twice("stock", "stock", both, into, way_out)
    if into := _shared_target(both, mine.products, other.products):
        yield _twice("products", "products and prices", both, into)


def _shared_target(both: _Together, mine: _Flow, other: _Flow) -> Side | None:
    into = SIDES_OF[mine.direction][1]
    writes = mine.active and other.active and mine.direction == other.direction
    return into if writes and into in both.sides else None


def _twice(part: str, what: str, both: _Together, into: Side, way_out: str = "") -> str:
    return (
        f"{part}.active: {both.other.id} writes {what} of the same {_NAMED[into]} already, and two connections would "
        f"undo each other's figures. Set {part}.active to false in one of them. {way_out}"
        f"{_by_name(both, 'If each carries SKUs that the other does not have')}"
    )


def _taken_back(both: _Together) -> Iterator[str]:
    """A shop whose figures are written into a back office that takes another shop's orders as well."""
    for master, seller in ((both.mine, both.other), (both.other, both.mine)):
        stock = master.settings.stock
        if stock.active and stock.direction == "shop_to_office":
            yield (
                f"stock.direction: {master.id} writes its shop's stock into the back office that takes the orders of "
                f"{seller.id}, too: its next figure would take the sales of {seller.id} back, and they would be sold "
                "once more. Let the back office be the one that knows: set stock.direction to office_to_shop in both. "
                f"{_by_name(both, 'If the two shops sell nothing that the other one has')}"
            )


def _called_alike(both: _Together, mine: OrderTarget, other: OrderTarget) -> Iterator[str]:
    """Orders of two shops that one back office would know by the same reference."""
    here, there = _beginnings(both.mine.settings.orders, mine), _beginnings(both.other.settings.orders, other)
    if any(_may_meet(one, two) for one in here for two in there):
        shown = " and ".join(sorted({f"{text}1001" for text in (*here, *there)}))
        yield (
            f"office.settings: {both.mine.id} and {both.other.id} would call orders of two shops alike in one back "
            f"office ({shown}), so one could be taken for the other. Set a prefix in the back office's settings "
            "(reference_prefix), another one for each, or orders.reference to `channel_number` with channel_codes. "
            f"{_by_name(both, 'If the numbers of the two shops can never meet')}"
        )


def _beginnings(orders: OrderSettings, target: OrderTarget) -> set[str]:
    """What comes before the number of an order in its reference."""
    names = ["0"]
    if orders.reference == "channel_number":
        names = [f"{code}-0" for code in orders.channel_codes.values() or (_ANY,)]
    return {target.reference_of(name).removesuffix("0") for name in names}


def _may_meet(one: str, two: str) -> bool:
    short, long = sorted((one, two), key=len)
    return long == short or (long.startswith(short) and long.removeprefix(short).isdecimal())


def _told_twice(both: _Together) -> Iterator[str]:
    """One shop's orders in two back offices that both tell of them."""
    mine, other = both.mine.settings.orders, both.other.settings.orders
    field = mine.write_back.document_field
    if field and field == other.write_back.document_field:
        yield (
            f"orders.write_back.document_field: {both.other.id} writes its document's number into {field!r} of the "
            "same orders, and each would overwrite the other's. Name another field, or leave it empty in one of them. "
            f"{_by_name(both, 'If no order goes to both back offices')}"
        )
    if mine.changes.moves and other.changes.moves:
        yield (
            f"orders.changes: the statuses of the shop's orders would follow two back offices, this one's and that of "
            f"{both.other.id}. Leave statuses and cancelled empty in one of them. "
            f"{_by_name(both, 'If no order goes to both back offices')}"
        )


def _by_name(both: _Together, condition: str) -> str:
    if len(both.sides) == len(SIDES):
        return ""
    return f"{condition}, say so by name: beside {both.other.id}."
