"""What an operator may ask for; the operations function takes one of these as its event."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, SecretStr, TypeAdapter, field_validator, model_validator

from shopbridge.model.base import ConnectionId, Model, Slug
from shopbridge.model.connection import ConnectionSettings, Side
from shopbridge.model.ledger import OrderGroup
from shopbridge.model.run import RunKind

SideSecretValues = dict[str, SecretStr]
OrderName = Annotated[str, Field(max_length=200)]
"""An order's number, or its id."""
By = Annotated[str, Field(min_length=1, max_length=100)]
"""Who asks, for the record that others read."""
OPERATOR = "operator"


class OfConnection(Model):
    """What is asked of one connection."""

    connection: ConnectionId


class Verify(OfConnection):
    """Check a stored connection: addresses, credentials, rights, maps and rules."""

    operation: Literal["verify"]


class Create(Model):
    """Create a connection, or revive a deleted one; nothing is stored unless everything verifies.

    Attributes:
        beside: Connections, also deleted ones, that may link the same two accounts.
        start: Go to work at once; else it stays paused until it is resumed, and the answer tells what it would do.
    """

    operation: Literal["create"]
    settings: ConnectionSettings
    secrets: dict[Side, SideSecretValues]
    start: bool = False
    beside: tuple[Slug, ...] = ()
    by: By = OPERATOR


class Change(Model):
    """Replace a connection's settings, and the secrets of the sides given; verified first.

    Attributes:
        version: Of the connection whose settings were edited; refused when they were changed since.
    """

    operation: Literal["change"]
    settings: ConnectionSettings
    secrets: dict[Side, SideSecretValues] = Field(default_factory=dict)
    version: int | None = None
    beside: tuple[Slug, ...] = ()
    by: By = OPERATOR


class SetOne(OfConnection):
    """Set one setting, by its place; verified first.

    Attributes:
        path: Its place, such as ``["orders", "maps", "payment", "entries", "paypal"]``.
        value: None removes it, so that its default counts.
        version: As of a change; None takes what is stored now.
    """

    operation: Literal["set"]
    path: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], Field(min_length=1, max_length=10)]
    value: Any = None
    version: int | None = None
    by: By = OPERATOR


class History(OfConnection):
    """Versions of the settings: when, by whom, and what was changed."""

    operation: Literal["history"]


class Diff(OfConnection):
    """What is otherwise in an earlier version of the settings."""

    operation: Literal["diff"]
    to: int


class Restore(OfConnection):
    """Bring the settings of the version ``to`` back; verified first. ``version`` as in ``SetOne``."""

    operation: Literal["restore"]
    to: int
    version: int | None = None
    by: By = OPERATOR


class Pause(OfConnection):
    """Stop polling; orders that come in meanwhile wait."""

    operation: Literal["pause"]
    by: By = OPERATOR


class Resume(OfConnection):
    """Verify, then go on; orders that waited for the connection are taken up again."""

    operation: Literal["resume"]
    beside: tuple[Slug, ...] = ()
    by: By = OPERATOR


class Subscribe(OfConnection):
    """Ask the platforms that have to be asked to call us, anew."""

    operation: Literal["subscribe"]
    by: By = OPERATOR


class Delete(OfConnection):
    """Remove a connection and its secrets. Its ledger stays: it is what keeps orders single."""

    operation: Literal["delete"]
    by: By = OPERATOR


class Forget(OfConnection):
    """Remove all that is kept of a deleted connection, as far as the time reaches; without ``confirm``, count it.

    Attributes:
        confirm: The connection's id once more: nothing of it can be brought back.
    """

    operation: Literal["forget"]
    confirm: str = ""
    by: By = OPERATOR


class Erase(OfConnection):
    """Show what is kept about an e-mail address, as far as the time reaches; with ``confirm``, remove it.

    Attributes:
        orders: Numbers or ids of orders that are this buyer's too: those imported by releases of before do not say so.
        after: Where an earlier call ended, its ``next``.
    """

    operation: Literal["erase"]
    email: Annotated[SecretStr, Field(max_length=320)]
    orders: Annotated[tuple[OrderName, ...], Field(max_length=50)] = ()
    confirm: bool = False
    after: str = ""
    by: By = OPERATOR

    @field_validator("email")
    @classmethod
    def _is_an_address(cls, email: SecretStr) -> SecretStr:
        if "@" not in email.get_secret_value().strip()[1:-1]:
            raise ValueError("This should be an e-mail address")
        return email


class ListConnections(Model):
    """All connections with their status."""

    operation: Literal["list"]


class Show(OfConnection):
    """One connection: settings (never secrets), status and counts of its orders."""

    operation: Literal["show"]


class PollNow(OfConnection):
    """Look for changed orders at once."""

    operation: Literal["poll_now"]


class HowAll(Model):
    """How connections do: what came through when, what waits, what is wrong; all of them where none is named."""

    operation: Literal["health"]
    connection: ConnectionId = ConnectionId("")


class ListOrders(Model):
    """How many orders are where, and those that are looked for, the newest first.

    Attributes:
        connection: Empty for all of them.
        state: Only orders that are there; empty for all.
        code: Only orders that are held, refused or skipped for this reason.
        since, until: First and last day (UTC) on which they were first seen.
        text: Part of their number on either side, or their id.
        email: Only orders of this buyer; those imported by releases of before do not say whose they are.
        after: ``next`` of the page before.
    """

    operation: Literal["orders"]
    connection: ConnectionId = ConnectionId("")
    state: OrderGroup | Literal[""] = ""
    code: str = ""
    since: date | None = None
    until: date | None = None
    text: OrderName = ""
    email: Annotated[SecretStr, Field(max_length=320)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: Annotated[str, Field(max_length=400)] = ""


class Story(OfConnection):
    """What became of an order, by its number or id; refused with all ids where several have the number."""

    operation: Literal["story"]
    order: OrderName


class ListHeld(OfConnection):
    """Every record that waits for a person, with reason and fix."""

    operation: Literal["held"]


class ListSkipped(OfConnection):
    """Orders that were left out on purpose, by reason; ``code`` for all orders of one reason."""

    operation: Literal["skipped"]
    code: str = ""


class Resend(OfConnection):
    """Try an order again, by its number or id, or all that are held for the reason ``code``."""

    operation: Literal["resend"]
    order: OrderName = ""
    code: str = ""


class Skip(OfConnection):
    """Set a held order aside for good, by its number or id, with a remark."""

    operation: Literal["skip"]
    order: OrderName
    remark: str = Field(min_length=1)


class Words(OfConnection):
    """The values both sides know, to fill the maps with."""

    operation: Literal["words"]


class WordsOf(Model):
    """The same for a connection that is not created yet; nothing is stored."""

    operation: Literal["words_of"]
    settings: ConnectionSettings
    secrets: dict[Side, SideSecretValues]


class Plan(OfConnection):
    """What importing the connection's orders would do, without writing anything."""

    operation: Literal["plan"]


class Preview(OfConnection):
    """What would be sent of an order, or of the last ones, without sending it.

    Attributes:
        order: Its number or id; empty for the last ones that came in.
        last: How many of these.
        settings: Tried beside the stored ones: what would they make otherwise?
    """

    operation: Literal["preview"]
    order: OrderName = ""
    last: Annotated[int, Field(ge=1, le=20)] = 5
    settings: ConnectionSettings | None = None


class StartRun(OfConnection):
    """Start a run at once: send stock differences, compare all stock, import products or orders.

    Refused while one of the kind is active.

    Attributes:
        afresh: Take everything for changed, whatever was sent before.
        since: Orders only: take those placed since then, instead of what a first import takes.
    """

    operation: Literal["start_run"]
    job: RunKind
    by: By = OPERATOR
    afresh: bool = False
    since: AwareDatetime | None = None

    @model_validator(mode="after")
    def _fits_the_job(self) -> Self:
        if self.since is not None and self.job != "orders":
            raise ValueError("only a run of orders begins at a day; leave `since` out")
        if self.afresh and self.job == "orders":
            raise ValueError("no order is ever created twice; leave `afresh` out")
        return self


class InitialSync(OfConnection):
    """Verify, then start a run of all that the connection carries, products first. Refused while one is active."""

    operation: Literal["initial_sync"]
    by: By = OPERATOR


class StopRun(OfConnection):
    """Let a run stop after what it is just doing."""

    operation: Literal["stop_run"]
    job: RunKind


class ResumeRun(OfConnection):
    """Let a stopped run go on where it stopped."""

    operation: Literal["resume_run"]
    job: RunKind


class ListRuns(OfConnection):
    """The newest run of each kind, with progress and problems."""

    operation: Literal["runs"]


OfConnections = Create | Change | Pause | Resume | Subscribe | Delete | Erase | Forget
Looks = HowAll | ListConnections | Show | Verify
OfSettings = Words | WordsOf | Plan | Preview | SetOne | History | Diff | Restore
OfOrders = PollNow | ListOrders | Story | ListHeld | ListSkipped | Resend | Skip
OfRuns = StartRun | StopRun | ResumeRun | ListRuns | InitialSync
Operation = Annotated[OfConnections | Looks | OfSettings | OfOrders | OfRuns, Field(discriminator="operation")]
OPERATION: TypeAdapter[Operation] = TypeAdapter(Operation)
