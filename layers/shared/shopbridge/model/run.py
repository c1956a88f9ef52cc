"""A run: a job over a whole source, in slices, with progress."""

from typing import Literal

from pydantic import AwareDatetime

from shopbridge.model.base import Model
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import Direction

RunKind = Literal["stock", "stock_comparison", "products", "orders"]
"""``stock`` sends differences, ``stock_comparison`` also reads the target and repairs drift; ``orders`` hands all of a
shop's orders to the import."""
RunState = Literal["running", "stopped", "done", "failed"]
MOST_PROBLEMS = 50


class Counts(Model):
    """How far a run came: products (or SKUs) by what became of them.

    A run of orders counts those it read as ``found``, those it handed to the import as ``created``, those placed before
    its time as ``unchanged``, and those nobody could read as ``held``.
    """

    found: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    held: int = 0
    failed: int = 0

    def plus(self, **more: int) -> "Counts":
        """The same with some of them raised."""
        return self.model_copy(update={name: getattr(self, name) + count for name, count in more.items()})


class RunProblem(Model):
    """One thing that was held or failed in a run; ``item`` names it for people (its SKU)."""

    item: str
    reason: Reason


class Run(Model):
    """One run of a connection; the newest of each kind is kept.

    Attributes:
        started_by: Who asked for it; ``schedule`` for nobody.
        afresh: Everything counts as changed, whatever was sent before.
        since: Orders only: those placed since then, whatever the settings say of the first import. None: as a first
            import takes them.
        after_products: It begins when the run of products is done: what is not there has no stock and fits no order.
        direction: The one it was begun in; None before its first slice, and where nobody asks.
        stage: What it is doing: ``survey`` (looking for SKUs that come twice), ``categories`` or ``items``.
        position: Where the stage goes on; None at its beginning.
        rank: The last rank that the stage took; 0 at its beginning.
        expected: How many are to be found, by the run before; 0 when nobody knows.
        problems: The first ones, ``MOST_PROBLEMS`` at most.
        stop_asked: Somebody wants it to stop; set past the version, so it never gets lost.
        lease_owner, lease_until: One worker owns the run until then.
        version: Rises with every save; a save names the version it saw.
    """

    id: str
    kind: RunKind
    state: RunState
    started_by: str
    started_at: AwareDatetime
    updated_at: AwareDatetime
    afresh: bool = False
    since: AwareDatetime | None = None
    after_products: bool = False
    direction: Direction | None = None
    stage: str
    position: str | None = None
    rank: int = 0
    expected: int = 0
    counts: Counts = Counts()
    problems: tuple[RunProblem, ...] = ()
    reason: Reason | None = None
    stop_asked: bool = False
    lease_owner: str | None = None
    lease_until: AwareDatetime | None = None
    version: int = 0

    @property
    def percent(self) -> int | None:
        """How much is done; None when nobody knows how much there is."""
        if self.state == "done":
            return 100
        return min(99, 100 * self.counts.found // self.expected) if self.expected else None

    def with_problem(self, item: str, reason: Reason) -> "Run":
        """The same with one more problem, as long as there is room."""
        problems = (*self.problems, RunProblem(item=item, reason=reason))[:MOST_PROBLEMS]
        return self.model_copy(update={"problems": problems})
