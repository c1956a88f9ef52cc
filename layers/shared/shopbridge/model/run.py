"""Runs, jobs over a whole source in slices with progress; how far polls read; and how a connection's jobs do."""

from typing import Literal

from pydantic import AwareDatetime, Field

from shopbridge.model.base import Model, OrderId
from shopbridge.model.connection import Side
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
        """Return the same with some of them raised."""
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
        expected: How many are to be found, by the survey or by the run before; 0 when nobody knows.
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
        """How much is done; None when nobody knows how much there is, or far more came than was expected."""
        found, expected = self.counts.found, self.expected
        if self.state == "done":
            return 100
        is_known = self.stage != "survey" and expected > 0 and found <= expected + expected // 10
        return min(99, 100 * found // expected) if is_known else None

    def with_problem(self, item: str, reason: Reason) -> "Run":
        """Return the same with one more problem, as long as there is room."""
        problems = (*self.problems, RunProblem(item=item, reason=reason))[:MOST_PROBLEMS]
        return self.model_copy(update={"problems": problems})


class OrderCursor(Model):
    """How far orders were read, those of a shop or, under another name, those of a back office.

    Attributes:
        since: Everything that changed before this moment (the platform's clock) has been handed over.
        opened_at: When the window that is read, or was read last, was opened, by our own clock.
        window_end: Set while a window is being read: what ``since`` becomes once the window is done.
        position: Where inside the window the next slice goes on; only the connector reads its inside.
        seen, found: Revisions by order, as releases of before kept them here: they are read once more, and no longer
            written, see ``handed_over``.
        first: This window is the connection's first import.
        calls: What the last window took of each limit, where it was many: the next one is likely to take as many.
        settings: Of the back office's: the connection's version it was read under last, and ``settings_at`` since when.
        named: All orders that were imported before these settings are found by what the back office calls them.
        version: Rises with every save; a save names the version it saw.
    """

    since: AwareDatetime
    opened_at: AwareDatetime | None = None
    window_end: AwareDatetime | None = None
    position: str | None = None
    seen: dict[OrderId, str] = Field(default_factory=dict)
    found: dict[OrderId, str] = Field(default_factory=dict)
    first: bool = False
    calls: dict[str, int] = Field(default_factory=dict)
    settings: int = 0
    settings_at: AwareDatetime | None = None
    named: bool = False
    version: int = 0


Job = Literal["poll", "progress", "orders", "stock", "stock_comparison", "products"]
"""What is done for a connection again and again: reading on either side what changed, and the kinds of runs."""
Task = Literal[Job, "import", "skus"]
"""Whatever calls a platform: the jobs, the import of an order, and the stock of single SKUs."""


class Obstruction(Model):
    """How often a task met something else in a platform's place, without coming through in between.

    Attributes:
        since: When it met the first one.
    """

    since: AwareDatetime
    count: int


class ToldOf(Model):
    """A kind of trouble that people were sent a message about.

    Attributes:
        at: When.
        lasts: It was not told to be over yet.
    """

    at: AwareDatetime
    lasts: bool = True


class Health(Model):
    """What is known of a connection's jobs.

    Attributes:
        succeeded: When each job last came forward: it ended well, or did a part of what takes several parts.
        failures: Why the newest try of a job failed; a job that went well has none.
        called: When each platform last called us, to ten minutes.
        watched_since: Since when the watch has seen the connection at work without a break; None while it rests.
        told: The troubles that the operator was told of and that last, by their names.
        told_of: The kinds of trouble that people were sent a message about, by name.
        held_mark: What waited for a person when its kinds were last looked at.
        held_kinds: The kinds of it that were found then.
        summed_until: Up to when the daily summaries told.
        summary_looked_at: When the watch last looked whether one is due.
        stopped_at: When the connection was last stopped by the bridge.
        stopped_for: Why.
        resumed_at: When the bridge last found that it can go on, and let it.
        probed_at: When the bridge was last asked to look whether it can go on.
        probes: How often in a row that was asked in vain since it was stopped.
    """

    succeeded: dict[Job, AwareDatetime] = Field(default_factory=dict)
    failures: dict[Job, Reason] = Field(default_factory=dict)
    called: dict[Side, AwareDatetime] = Field(default_factory=dict)
    watched_since: AwareDatetime | None = None
    told: tuple[str, ...] = ()
    told_of: dict[str, ToldOf] = Field(default_factory=dict)
    held_mark: str = ""
    held_kinds: tuple[str, ...] = ()
    summed_until: AwareDatetime | None = None
    summary_looked_at: AwareDatetime | None = None
    stopped_at: AwareDatetime | None = None
    stopped_for: str = ""
    resumed_at: AwareDatetime | None = None
    probed_at: AwareDatetime | None = None
    probes: int = 0
