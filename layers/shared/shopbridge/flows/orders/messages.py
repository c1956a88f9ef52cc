"""Does what a message of the order queue asks for: the order is imported, or waits with the reason why it is not."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from shopbridge.errors import (
    AFTER_A_CONFLICT,
    BridgeError,
    Conflict,
    LimitReached,
    NeedsAttention,
    Obstructed,
    Rejected,
    RetryLater,
)
from shopbridge.flows.bridge import Bridge, Job, open_job
from shopbridge.flows.failures import counting_obstructions, reason_of, stop_connection
from shopbridge.flows.orders.importing import Failure, follow_order, import_orders
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
from shopbridge.flows.orders.turns import in_turn, send_again, send_untried, take_apart
from shopbridge.model.base import OrderId
from shopbridge.model.connection import Connection
from shopbridge.model.ledger import FROM_OFFICE, Reason
from shopbridge.model.messages import AnyOrderMessage, OrderFound, OrderMoved, OrderNotice, OrderParcel

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


def import_message(
    bridge: Bridge, connection: Connection | None, message: AnyOrderMessage, *, again: bool = False
) -> Sequence[Failure]:
    """Do what one message of the order queue asks for.

    Args:
        connection: As it stands; None when it is gone.
        again: It was delivered before.

    Returns:
        The orders of a parcel that have to be tried again.

    Raises:
        RetryLater, Conflict: Try the message again after its delay; every other outcome is in the ledger.
    """
    if connection is None:
        _hold_deleted(bridge, message)
        return ()
    if connection.status != "active":
        _hold_inactive(bridge, connection, message)
        return ()
    with _noting_the_call(bridge, message):
        return _import_or_stop(bridge, with_key(bridge, connection), message, again=again)


@contextmanager
def _noting_the_call(bridge: Bridge, message: AnyOrderMessage) -> Iterator[None]:
    """Note a shop that called after its order, which need not wait for that; also one that has to be tried again."""
    is_call = isinstance(message, OrderNotice) and message.origin == "webhook"
    try:
        yield
    except BridgeError:
        if is_call:
            bridge.health.called(message.connection, "shop")
        raise
    if is_call:
        bridge.health.called(message.connection, "shop")


def _import_or_stop(
    bridge: Bridge, connection: Connection, message: AnyOrderMessage, *, again: bool
) -> Sequence[Failure]:
    failures: Sequence[Failure] = ()
    try:
        with counting_obstructions(bridge, connection, "import", again=again):
            failures = _import(open_job(bridge, connection), message, again=again)
            _raise_what_counts(message, failures)
    except Obstructed:
        if not isinstance(message, OrderParcel):
            raise
    except NeedsAttention as error:
        stop_connection(bridge, connection.id, error)
        _hold_inactive(bridge, connection, message)
        return ()
    return failures


def _raise_what_counts(message: AnyOrderMessage, failures: Sequence[Failure]) -> None:
    """Of a parcel, what may stop the connection; of an order that came alone, whatever it has to be tried again for."""
    for failure in failures:
        if isinstance(failure.error, Obstructed) or not isinstance(message, OrderParcel):
            raise failure.error


def import_or_hold(bridge: Bridge, message: AnyOrderMessage, *, tries: int = 1, last_try: bool) -> None:
    """Do as ``import_message`` when its turn has come; but what fails even at its last try is held for a person.

    Args:
        tries: Which try it is, counted from 1.

    Raises:
        RetryLater: There are tries left.
    """
    if isinstance(message, OrderParcel) and tries > 1:
        take_apart(bridge, message, tries=tries - 1)
        return
    failures: list[Failure] = []

    def work(connection: Connection | None) -> None:
        failures.extend(import_message(bridge, connection, message, again=tries > 1))

    try:
        waits = in_turn(bridge, message, work, tries=tries - 1)
    except RetryLater as error:
        if not last_try:
            _log_waiting(bridge, message, error)
            raise
        _set_aside(bridge, message, _given_up(message, error))
    else:
        if waits:
            _log_waiting(bridge, message, waits)
        if isinstance(message, OrderParcel):
            _try_apart(bridge, message, failures, tries, last_try=last_try)


def _try_apart(
    bridge: Bridge, message: OrderParcel, failures: Sequence[Failure], tries: int, *, last_try: bool
) -> None:
    """What failed of a parcel is sent anew before the parcel is done with: a crash in between only doubles messages."""
    untried = [(each.order, each.error) for each in failures if isinstance(each.error, LimitReached)]
    if untried:
        rest, waits = message.of([order for order, _ in untried]), untried[0][1]
        send_untried(bridge, rest, waits, tries=tries - 1)
        _log_waiting(bridge, rest, waits)
    for failure in failures:
        if not isinstance(failure.error, LimitReached):
            _try_again(bridge, message.of([failure.order]), _retry(failure.error), tries, last_try=last_try)


def _try_again(bridge: Bridge, one: OrderFound | OrderParcel, error: RetryLater, tries: int, *, last_try: bool) -> None:
    if last_try:
        _set_aside(bridge, one, _given_up(one, error))
        return
    send_again(bridge, one, error.after, tries=tries)
    _log_waiting(bridge, one, error)


def _retry(error: RetryLater | Conflict) -> RetryLater:
    return error if isinstance(error, RetryLater) else RetryLater(error.what, after=AFTER_A_CONFLICT, where=error.where)


def _given_up(message: AnyOrderMessage, error: RetryLater) -> Reason:
    """A platform that was away gets one more round when it answers; what fails that long twice is the order's own."""
    text = f"Tried for many hours without success: {error.what}."
    if isinstance(message, OrderNotice) and message.event == ONCE_MORE:
        fix = "Both platforms answer, so look what is particular about the order, then resend it."
        return Reason(code=GAVE_UP_AGAIN, text=text, fix=fix)
    fix = "Check that both systems answer; it is sent again by itself within an hour from then."
    return Reason(code=GAVE_UP, text=text, fix=fix)


def _log_waiting(bridge: Bridge, message: AnyOrderMessage, error: RetryLater) -> None:
    where = f" ({error.where})" if error.where else ""
    for order_id, _, number in _named(message):
        bridge.activity.info(
            "order_waits", message.connection, order=number or order_id, reason=f"{error.what}{where}."
        )


def _import(job: Job, message: AnyOrderMessage, *, again: bool) -> Sequence[Failure]:
    if isinstance(message, OrderMoved):
        follow_order(job, message)
        return ()
    if isinstance(message, OrderNotice):
        return _read_and_import(job, message, message.order_id, again=again) if message.order_id else ()
    if not _is_from_before(job.connection, message):
        return import_orders(job, message.orders, message.origin, again=again)
    found = (_read_and_import(job, message, order.id, again=again) for order in message.orders)
    return [failure for failures in found for failure in failures]


def _is_from_before(connection: Connection, message: OrderFound | OrderParcel) -> bool:
    """Queued before the connection was made: one that was forgotten had its id, and perhaps another shop.

    Only the shop that is linked now can tell whether it has such an order, and what it is.
    """
    return message.found_at is not None and message.found_at < connection.created_at


def _read_and_import(
    job: Job, notice: OrderNotice | OrderFound | OrderParcel, order_id: OrderId, *, again: bool
) -> Sequence[Failure]:
    try:
        orders, unreadable = job.shop.order_source.read([order_id])
    except Rejected as error:
        _set_aside(job.bridge, notice, reason_of(error))
        return ()
    by = notice.by if isinstance(notice, OrderNotice) else ""
    failures = import_orders(job, orders, notice.origin, by=by, again=again) if orders else ()
    for broken in unreadable:
        hold_unreadable(job.bridge, job.connection.id, broken, notice.origin)
    if orders and all(order.id != order_id for order in orders):
        _close_other_name(job, order_id)
    if not orders and not unreadable and notice.origin == "resend":
        _set_aside(job.bridge, notice, GONE)
    return failures


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


def _hold_deleted(bridge: Bridge, message: AnyOrderMessage) -> None:
    """The cursor that a revived connection goes on from is past this order; one that is forgotten keeps nothing."""
    gone = bridge.connections.deleted(message.connection)
    if gone is not None and not gone.forgetting:
        _set_aside(bridge, message, DELETED)


def _hold_inactive(bridge: Bridge, connection: Connection, message: AnyOrderMessage) -> None:
    """The order is set aside; a resume of the connection takes it up again by itself."""
    code = "connection_paused" if connection.status == "paused" else "connection_stopped"
    reason = Reason(
        code=code,
        text="The connection was not active when the order came in.",
        fix="Its waiting orders go on by themselves when the connection does.",
    )
    _set_aside(bridge, message, reason)


def _set_aside(bridge: Bridge, message: AnyOrderMessage, reason: Reason) -> None:
    origin = FROM_OFFICE if isinstance(message, OrderMoved) else message.origin
    for order_id, revision, number in _named(message):
        key = order_key(message.connection, order_id)
        hold_order(bridge, new_record(bridge, key, revision, number, origin), reason)


def _named(message: AnyOrderMessage) -> Iterator[tuple[OrderId, str, str]]:
    """The orders of a message: id, and revision and number where it has them."""
    if isinstance(message, OrderFound | OrderParcel):
        yield from ((order.id, order.revision, order.number) for order in message.orders)
    elif message.order_id is not None:
        yield message.order_id, "", ""
