"""How a connection does: when each of its jobs last went well, and what is wrong with it."""

from typing import Literal

from pydantic import AwareDatetime, Field

from shopbridge.model.base import Model
from shopbridge.model.ledger import Reason

Job = Literal["poll", "orders", "stock", "stock_comparison", "products"]
"""What is done for a connection again and again: the poll, and the kinds of runs."""


class Health(Model):
    """What is known of a connection's jobs.

    Attributes:
        succeeded: When each job last came forward: it ended well, or did a part of what takes several parts.
        failures: Why the newest try of a job failed; a job that went well has none.
        watched_since: Since when the watch has seen the connection at work without a break; None while it rests.
        told: The troubles that the operator was told of and that last, by their names.
    """

    succeeded: dict[Job, AwareDatetime] = Field(default_factory=dict)
    failures: dict[Job, Reason] = Field(default_factory=dict)
    watched_since: AwareDatetime | None = None
    told: tuple[str, ...] = ()
