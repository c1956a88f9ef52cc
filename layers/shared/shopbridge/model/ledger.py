"""The ledger: one record per outside effect, kept for good where a document is concerned."""

from datetime import timedelta
from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime

from shopbridge.model.base import ConnectionId, ExternalId, Model
from shopbridge.model.office import OfficeDocument
from shopbridge.model.order import PaymentStanding, Returned, same_version

EffectKind = Literal["order", "customer", "product"]
LedgerState = Literal["INTENT", "SENT", "DONE", "SKIPPED", "HELD", "REJECTED", "UNKNOWN"]
IN_DOUBT = frozenset({"SENT", "UNKNOWN"})
"""The effect may be there without our knowing: it is looked up before it is made again."""
ALL_ORDERS = frozenset({"backfill", "first_import"})
"""Origins that read all orders, whether they changed or not."""
SKIPPED_BY_OPERATOR = "skipped_by_operator"
"""Code of the one reason that a newer version of the source record does not overrule."""
SETTLING = timedelta(seconds=45)
"""How long a call whose answer was lost may still take effect: longer than any time-out of ours."""
FROM_OFFICE = "back office"
"""The origin of what is done for an imported order because it changed in the back office."""
BARE_FACTS, KEYED_FACTS = 1, 2
"""How facts are made; to be raised with any change, since two of different forms say nothing about an order: digests by
the order's id alone, as releases of before made them, and by the connection's key as well."""
FORMS = frozenset({BARE_FACTS, KEYED_FACTS})


class PaymentFacts(Model):
    """What had been paid; figures as in ``Payment``, None where the shop tells none."""

    standing: PaymentStanding
    captured: Decimal | None = None
    refunded: Decimal | None = None


class OrderFacts(Model):
    """An order as the back office has it, or as a person was last told of it: small, and nobody's name in it.

    A digest is of this order alone: two orders of one address have different ones.

    Attributes:
        form: As it was made.
        tax: All tax of ``gross``.
        payment: None where it is to be learnt at the next sight.
        positions: How many lines.
        pieces: Sum of their quantities.
        lines: Digest of what is sold, how often and for how much.
        billing: Digest of the billing address; likewise ``shipping``.
        buyer: Digest of the buyer's name, e-mail, company and VAT id.
        deliveries: Digest of methods, and of addresses beside ``shipping``.
        returned: Whether goods came back.
        cancelled: The order is off; None where nobody noted it.
    """

    form: int = BARE_FACTS
    currency: str
    gross: Decimal
    tax: Decimal
    payment: PaymentFacts | None = None
    positions: int
    pieces: Decimal
    lines: str
    billing: str
    shipping: str
    buyer: str
    deliveries: str
    returned: Returned
    cancelled: bool | None = None


class OfficeFacts(Model):
    """An imported order as the back office had it when both sides were last brought into line.

    Attributes:
        status: The back office's own key.
        cancelled: It is off there.
        shipments: Tracking codes that the shop was told.
        document_url: The link that the shop was told.
    """

    status: str = ""
    cancelled: bool = False
    shipments: tuple[str, ...] = ()
    document_url: str = ""


class EffectKey(Model):
    """Names an effect: the connection, what kind, and the source's own id of it."""

    connection: ConnectionId
    kind: EffectKind
    id: str


class Reason(Model):
    """Why a record stands where it stands, for a person.

    Attributes:
        code: Stable, groups equal reasons, for example ``unmapped_payment``.
        text: One sentence: what happened and where.
        fix: What to do about it; empty when nothing needs doing.
    """

    code: str
    text: str
    fix: str = ""


class Event(Model):
    """One line of a record's story."""

    at: AwareDatetime
    text: str


class SkippedOrder(Model):
    """An order that was left out, as a list shows it.

    Attributes:
        reference: What people call it.
        since: When it was judged last.
    """

    id: str
    reference: str
    reason: Reason
    since: AwareDatetime


OrderGroup = Literal["imported", "on_the_way", "held", "skipped", "refused"]
"""Where every order is, in one of five: ``held`` waits for a person, be it imported already or not."""
_GROUPS: dict[LedgerState, OrderGroup] = {
    "INTENT": "on_the_way",
    "SENT": "on_the_way",
    "DONE": "imported",
    "SKIPPED": "skipped",
    "HELD": "held",
    "UNKNOWN": "held",
    "REJECTED": "refused",
}


class IndexedOrder(Model):
    """An order as the list of all orders shows it.

    Attributes:
        reference: What people call it in the shop.
        external_number: What they call it in the back office; empty where it has none.
        found_at: When it was first seen.
        waits: A person has to do something about it.
        buyer: As of a record.
    """

    id: str
    reference: str
    external_number: str = ""
    found_at: AwareDatetime
    state: LedgerState
    waits: bool
    buyer: str = ""

    @property
    def group(self) -> OrderGroup:
        """Where it is; all orders are in exactly one."""
        return "held" if self.waits and self.state == "DONE" else _GROUPS[self.state]


class LedgerRecord(Model):
    """The state of one effect.

    Attributes:
        revision: Of the source record this state was reached with.
        reference: What people call the source record (order number); several records may have the same.
        channel: Where the order was bought, to tell apart those of one number.
        found_at: When it was first seen; stays.
        origin: How the version that led here came in.
        source_status: The source's own status at that revision.
        lease_until: Until then one worker owns the record.
        sent_at: When the last call was begun that may have created it; asking the target makes sense only later.
        sent_as: The reference under which the target was asked to keep it; a later change of the settings leaves it.
        sent_total: The source's own total of what was sent, in the order's currency.
        external_id: The effect in the target, once known.
        external_number: What people call it there.
        buyer: Mark by which the order is found for its buyer's e-mail; empty where nobody noted one.
        facts: Of the source record as the target has it; None where nobody noted them.
        newer: Of the source record as it is, while the target does not have it so and a person is to see to it.
        office: The effect as the target had it, where the target tells what becomes of it.
        moved_at: When the source record moved to a status that is not settled with the target yet.
        left: What was left undone after the creation, or needs a person; ``reason`` holds it and what ``newer`` tells.
        total: The total that was read back, in the order's currency.
        follow_ups: What is still to be done after the creation, in order.
        trying: The change after the import whose telling was begun, and of which nobody knows yet whether it arrived.
        undone: Changes after the import that were refused: a resend tells them again.
        document: What is still to be mailed to the buyer.
        mailed: Ids of the documents that were.
        history: The story, oldest first, bounded.
    """

    key: EffectKey
    state: LedgerState
    revision: str
    reference: str
    origin: str = ""
    source_status: str = ""
    channel: str = ""
    lease_owner: str | None = None
    lease_until: AwareDatetime | None = None
    sent_at: AwareDatetime | None = None
    sent_as: str = ""
    sent_total: Decimal | None = None
    external_id: ExternalId | None = None
    external_number: str = ""
    total: Decimal | None = None
    buyer: str = ""
    facts: OrderFacts | None = None
    newer: OrderFacts | None = None
    office: OfficeFacts | None = None
    moved_at: AwareDatetime | None = None
    left: Reason | None = None
    reason: Reason | None = None
    follow_ups: tuple[str, ...] = ()
    trying: str = ""
    undone: tuple[str, ...] = ()
    document: OfficeDocument | None = None
    mailed: tuple[str, ...] = ()
    history: tuple[Event, ...] = ()
    found_at: AwareDatetime | None = None
    updated_at: AwareDatetime

    @property
    def group(self) -> OrderGroup:
        """Where it is, as of an order in the list."""
        return "held" if self.waits and self.state == "DONE" else _GROUPS[self.state]

    @property
    def office_order(self) -> str:
        """What people call the effect in the target; empty while it is not known to be there."""
        return self.external_number or self.external_id or ""

    @property
    def waits(self) -> bool:
        """True when a person has to do something before this record can go on."""
        return self.state in ("HELD", "REJECTED", "UNKNOWN") or (self.state == "DONE" and self.reason is not None)

    @property
    def may_take_effect(self) -> bool:
        """True when the outcome of a try is open, also where a person set the record aside meanwhile."""
        return self.state in IN_DOUBT or (self.state != "DONE" and self.sent_at is not None)

    @property
    def is_set_aside(self) -> bool:
        """True when an operator skipped it: only a resend takes it up again."""
        return self.state == "SKIPPED" and self.reason is not None and self.reason.code == SKIPPED_BY_OPERATOR


def is_settled(standing: LedgerRecord, incoming: LedgerRecord) -> bool:
    """Tell whether ``incoming`` brings nothing that ``standing`` has not answered already.

    Begun work is never settled. An unknown outcome only moves when a person resends; what waits for a person or was
    skipped moves on a resend or a newer revision, a skipped one also when all orders are read, but for what was read
    before; what is done, on a newer revision, while follow-ups are open, or on a resend when it waits for a person.
    What changed in the back office concerns only what is done.
    """
    if incoming.origin == FROM_OFFICE:
        return standing.state != "DONE"
    resent = incoming.origin == "resend"
    same = same_version(incoming.revision, standing.revision)
    newer = not same and incoming.revision > standing.revision
    older = not same and incoming.revision < standing.revision
    if standing.state in ("INTENT", "SENT"):
        return False
    if standing.state == "UNKNOWN":
        return not resent
    if standing.state == "DONE":
        return not newer and not standing.follow_ups and not (resent and standing.waits)
    judged_anew = standing.state == "SKIPPED" and incoming.origin in ALL_ORDERS and not older
    return not (newer or resent or judged_anew)
