"""Does what a message of the order queue asks for: the order is imported, or waits with the reason why it is not."""

from shopbridge.errors import NeedsAttention, Rejected, RetryLater
from shopbridge.flows.bridge import Bridge, Job, open_job
from shopbridge.flows.failures import counting_obstructions, reason_of, stop_connection
from shopbridge.flows.orders.importing import follow_order, import_order
from shopbridge.flows.orders.privacy import with_key
from shopbridge.flows.orders.records import (
    GAVE_UP,
    GAVE_UP_AGAIN,
    LEASE,
    ONCE_MORE,
    hold_order,
    hold_unreadable,
    new_record,
    order_key,
    raise_if_busy,
    settle,
)
from shopbridge.flows.orders.turns import AnyMessage, in_turn
from shopbridge.model.base import OrderId
from shopbridge.model.connection import Connection
from shopbridge.model.ledger import FROM_OFFICE, Reason
from shopbridge.model.messages import OrderFound, OrderMoved, OrderNotice

GONE = Reason(
    code="gone_from_shop",
    text="The shop does not give out the order any more.",
    fix="Skip it if it was deleted there; else look whether its sales channel still belongs to the connection.",
)
"""Why a resend could do nothing."""
KNOWN_OTHERWISE = Reason(
    code="known_otherwise",
    text="The order is known under its own id now, and goes on there.",
    fix="Nothing is to be done here.",
)
"""Why a name is left by which a webhook called an order while nobody could ask what the order's id is."""
DELETED = Reason(
    code="connection_deleted",
    text="The connection was deleted before the order's turn came.",
    fix="Create the connection anew under the same id: its waiting orders then go on by themselves.",
)
"""Why an order waits that nobody imports any more, for now."""


def import_message(bridge: Bridge, message: AnyMessage, *, again: bool = False) -> None:
    """Do what one message of the order queue asks for.

    Args:
        again: It was delivered before.

    Raises:
        RetryLater: Try the message again after its delay; every other outcome is in the ledger.
    """
    connection = bridge.connections.get(message.connection)
    if connection is None:
        _hold_deleted(bridge, message)
        return
    if connection.status != "active":
        _hold_inactive(bridge, connection, message)
        return
    if isinstance(message, OrderNotice) and message.origin == "webhook":
        bridge.health.called(connection.id, "shop")
    connection = with_key(bridge, connection)
    try:
        with counting_obstructions(bridge, connection, "import", again=again):
            _import(open_job(bridge, connection), message)
    except NeedsAttention as error:
        stop_connection(bridge, connection.id, error)
        _hold_inactive(bridge, connection, message)


def import_or_hold(bridge: Bridge, message: AnyMessage, *, tries: int = 1, last_try: bool) -> None:
    """Do as ``import_message`` when its turn has come; but what fails even at its last try is held for a person.

    Args:
        tries: Which try it is, counted from 1.

    Raises:
        RetryLater: There are tries left.
    """
    try:
        waits = in_turn(bridge, message, lambda: import_message(bridge, message, again=tries > 1), tries=tries - 1)
    except RetryLater as error:
        if not last_try:
            _log_waiting(bridge, message, error)
            raise
        _set_aside(bridge, message, _given_up(message, error))
    else:
        if waits:
            _log_waiting(bridge, message, waits)


def _given_up(message: AnyMessage, error: RetryLater) -> Reason:
    """A platform that was away gets one more round when it answers; what fails that long twice is the order's own."""
    text = f"Tried for many hours without success: {error.what}."
    if isinstance(message, OrderNotice) and message.event == ONCE_MORE:
        fix = "Both platforms answer, so look what is particular about the order, then resend it."
        return Reason(code=GAVE_UP_AGAIN, text=text, fix=fix)
    fix = "Check that both systems answer; it is sent again by itself within an hour from then."
    return Reason(code=GAVE_UP, text=text, fix=fix)


def _log_waiting(bridge: Bridge, message: AnyMessage, error: RetryLater) -> None:
    order = message.order.number if isinstance(message, OrderFound) else message.order_id
    where = f" ({error.where})" if error.where else ""
    bridge.activity.info("order_waits", message.connection, order=order, reason=f"{error.what}{where}.")


def _import(job: Job, message: AnyMessage) -> None:
    if isinstance(message, OrderMoved):
        follow_order(job, message)
    elif isinstance(message, OrderFound) and not _is_from_before(job.connection, message):
        import_order(job, message.order, message.origin)
    elif message.order_id is not None:
        _read_and_import(job, message, message.order_id)


def _is_from_before(connection: Connection, message: OrderFound) -> bool:
    """Queued before the connection was made: one that was forgotten had its id, and perhaps another shop.

    Only the shop that is linked now can tell whether it has such an order, and what it is.
    """
    return message.found_at is not None and message.found_at < connection.created_at


def _read_and_import(job: Job, notice: OrderNotice | OrderFound, order_id: OrderId) -> None:
    try:
        orders, unreadable = job.shop.order_source.read([order_id])
    except Rejected as error:
        _set_aside(job.bridge, notice, reason_of(error))
        return
    for order in orders:
        import_order(job, order, notice.origin, by=notice.by if isinstance(notice, OrderNotice) else "")
    for broken in unreadable:
        hold_unreadable(job.bridge, job.connection.id, broken, notice.origin)
    if orders and all(order.id != order_id for order in orders):
        _close_other_name(job, order_id)
    if not orders and not unreadable and notice.origin == "resend":
        _set_aside(job.bridge, notice, GONE)


def _close_other_name(job: Job, name: OrderId) -> None:
    """Settle what was set aside under a name that a webhook has for an order and that is not the order's id."""
    key = order_key(job.connection.id, name)
    standing = job.bridge.ledger.get(key)
    if standing is None or standing.state == "SKIPPED":
        return
    again = standing.model_copy(update={"origin": "resend"})
    claim = job.bridge.ledger.claim(again, owner=job.owner, lease=LEASE)
    if not claim.won:
        raise_if_busy(claim)
        return
    settle(job.bridge, claim.record, "SKIPPED", KNOWN_OTHERWISE, job.owner)


def _hold_deleted(bridge: Bridge, message: AnyMessage) -> None:
    """The cursor that a revived connection goes on from is past this order; one that is forgotten keeps nothing."""
    gone = bridge.connections.deleted(message.connection)
    if gone is not None and not gone.forgetting:
        _set_aside(bridge, message, DELETED)


def _hold_inactive(bridge: Bridge, connection: Connection, message: AnyMessage) -> None:
    """The order is set aside; a resume of the connection takes it up again by itself."""
    code = "connection_paused" if connection.status == "paused" else "connection_stopped"
    reason = Reason(
        code=code,
        text="The connection was not active when the order came in.",
        fix="Its waiting orders go on by themselves when the connection does.",
    )
    _set_aside(bridge, message, reason)


def _set_aside(bridge: Bridge, message: AnyMessage, reason: Reason) -> None:
    number, revision = (message.order.number, message.order.revision) if isinstance(message, OrderFound) else ("", "")
    origin = FROM_OFFICE if isinstance(message, OrderMoved) else message.origin
    if message.order_id is not None:
        key = order_key(message.connection, message.order_id)
        hold_order(bridge, new_record(bridge, key, revision, number, origin), reason)
