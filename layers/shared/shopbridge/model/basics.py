"""Ids, and what is done with them, without pydantic: the intake of webhooks starts with this and little else."""

import re
from collections.abc import Iterator, Sequence
from typing import NewType, TypeVar

ConnectionId = NewType("ConnectionId", str)
OrderId = NewType("OrderId", str)
"""The shop's own id of an order."""
ExternalId = NewType("ExternalId", str)
"""An id in the back office, as text; only its connector reads its inside."""
MOST_DELAY = 900
"""Seconds for which SQS keeps a new message back (API reference, ``DelaySeconds``)."""
SOON = 2.0
"""Seconds: a turn that is nearer has come, since queues count whole seconds, and sending a message anew costs more."""
LOGIN = "login"
"""The bucket of a platform's logins: one serves all orders of its time, so no order needs one of its own."""
SLUG = r"[a-z0-9][a-z0-9-]{1,48}[a-z0-9]"
"""What an operator may call a connection: it becomes part of URLs, table keys and parameter names."""

Item = TypeVar("Item")


def is_slug(text: str) -> bool:
    """Tell whether a connection could be called so."""
    return re.fullmatch(SLUG, text, re.ASCII) is not None


def in_batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Yield the items in their order, ``size`` at a time; the last batch may be smaller."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
