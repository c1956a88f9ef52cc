"""The ledger: one record per outside effect, kept for good where a document is concerned."""

from datetime import timedelta
from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime

from shopbridge.model.base import ConnectionId, ExternalId, Model
from shopbridge.model.order import PaymentStanding, Returned

EffectKind = Literal["order", "customer", "product"]
LedgerState = Literal["INTENT", "SENT", "DONE", "SKIPPED", "HELD", "REJECTED", "UNKNOWN"]
IN_DOUBT = frozenset({"SENT", "UNKNOWN"})
"""The effect may be there without our knowing: it is looked up before it is made again."""
SKIPPED_BY_OPERATOR = "skipped_by_operator"
"""Code of the one reason that a newer version of the source record does not overrule."""
SETTLING = timedelta(seconds=45)
"""How long a call whose answer was lost may still take effect: longer than any time-out of ours."""
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


class LedgerRecord(Model):
    """The state of one effect.

    Attributes:
        revision: Of the source record this state was reached with.
        reference: What people call the source record (order number); several records may have the same.
        channel: Where the order was bought, to tell apart those of one number.
        origin: How the version that led here came in.
        source_status: The source's own status at that revision.
        lease_until: Until then one worker owns the record.
        sent_at: When the last call was begun that may have created it; asking the target makes sense only later.
        sent_as: The reference under which the target was asked to keep it; a later change of the settings leaves it.
        sent_total: The source's own total of what was sent, in the order's currency.
        external_id: The effect in the target, once known.
        external_number: What people call it there.
        buyer: Mark by which the order is found for its buyer's e-mail; empty where nobody noted one.
        facts: Of the source record as it was sent, or as a person was last told of it; None where nobody noted them.
        total: The total that was read back, in the order's currency.
        follow_ups: What is still to be done after the creation, in order.
        trying: The change after the import whose telling was begun, and of which nobody knows yet whether it arrived.
        undone: Changes after the import that were refused: a resend tells them again.
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
    reason: Reason | None = None
    follow_ups: tuple[str, ...] = ()
    trying: str = ""
    undone: tuple[str, ...] = ()
    history: tuple[Event, ...] = ()
    updated_at: AwareDatetime

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
