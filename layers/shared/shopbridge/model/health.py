"""How a connection does: when each of its jobs last went well, and what is wrong with it."""

from typing import Literal

from pydantic import AwareDatetime, Field

from shopbridge.model.base import Model
from shopbridge.model.ledger import Reason

Job = Literal["poll", "orders", "stock", "stock_comparison", "products"]
"""What is done for a connection again and again: the poll, and the kinds of runs."""
Task = Literal[Job, "import", "skus"]
"""Whatever calls a platform: the jobs, the import of an order, and the stock of single SKUs."""


class Obstruction(Model):
    """How often a task met something else in a platform's place, without coming through in between.

    Attributes:
        since: When it met the first one.
    """

    since: AwareDatetime
    count: int


class Health(Model):
    """What is known of a connection's jobs.

    Attributes:
        succeeded: When each job last came forward: it ended well, or did a part of what takes several parts.
        failures: Why the newest try of a job failed; a job that went well has none.
        watched_since: Since when the watch has seen the connection at work without a break; None while it rests.
        told: The troubles that the operator was told of and that last, by their names.
        stopped_at: When the connection was last stopped by the bridge.
        stopped_for: Why.
        resumed_at: When the bridge last found that it can go on, and let it.
        probed_at: When the bridge was last asked to look whether it can go on.
        probes: How often in a row that was asked in vain since it was stopped.
    """

    succeeded: dict[Job, AwareDatetime] = Field(default_factory=dict)
    failures: dict[Job, Reason] = Field(default_factory=dict)
    watched_since: AwareDatetime | None = None
    told: tuple[str, ...] = ()
    stopped_at: AwareDatetime | None = None
    stopped_for: str = ""
    resumed_at: AwareDatetime | None = None
    probed_at: AwareDatetime | None = None
    probes: int = 0
