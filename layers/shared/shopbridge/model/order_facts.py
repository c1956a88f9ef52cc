"""What the ledger remembers of an imported order, to see what later becomes of it: small, and nobody's name in it."""

from decimal import Decimal

from shopbridge.model.base import Model
from shopbridge.model.order import PaymentStanding, Returned

BARE, KEYED = 1, 2
"""How facts are made; to be raised with any change, since two of different forms say nothing about an order: digests by
the order's id alone, as releases of before made them, and by the connection's key as well."""
FORMS = frozenset({BARE, KEYED})


class PaymentFacts(Model):
    """What had been paid; figures as in ``Payment``, None where the shop tells none."""

    standing: PaymentStanding
    captured: Decimal | None = None
    refunded: Decimal | None = None


class OrderFacts(Model):
    """An order as the back office has it, or as a person was last told of it.

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

    form: int = BARE
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
