"""What an operator may ask for; the operations function takes one of these as its event."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr, TypeAdapter, field_validator

from shopbridge.model.base import LATE, Model, Slug
from shopbridge.model.connection import ConnectionSettings, Side
from shopbridge.model.desk_operations import (
    OPERATOR,
    Bulk,
    By,
    Diff,
    Doctor,
    History,
    HowAll,
    ListOrders,
    ListReasons,
    OfConnection,
    OrderName,
    Preview,
    ReadLog,
    Reconcile,
    Repair,
    Restore,
    SetOne,
    Why,
)
from shopbridge.model.run_operations import GiveConsent, InitialSync, ListRuns, ResumeRun, StartRun, StopRun
from shopbridge.model.set_up_operations import DescribePlatforms, Rehearse, TrySide

SideSecretValues = dict[str, SecretStr]


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


class MakeManifest(Model):
    """The file by which a shop installs our app, for a connection that is there or is to be.

    Attributes:
        platform: Of the shop.
    """

    operation: Literal["app_manifest"]
    connection: Slug
    platform: str = "shopware"


class RotateToken(OfConnection):
    """Make the token in the addresses anew that platforms call without a signature.

    Attributes:
        overlap_days: For so long the address of before counts, too.
    """

    operation: Literal["rotate_token"]
    overlap_days: Annotated[int, Field(ge=0, le=30)] = 7
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
    """One connection: settings (never secrets), status, counts of its orders and its runs.

    Attributes:
        counts: Whether its orders are counted, for which all of them are read, and its runs told.
    """

    operation: Literal["show"]
    counts: bool = True


class PollNow(OfConnection):
    """Look for changed orders at once."""

    operation: Literal["poll_now"]
    by: By = OPERATOR


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
    by: By = OPERATOR


class Skip(OfConnection):
    """Set a held order aside for good, by its number or id, with a remark."""

    operation: Literal["skip"]
    order: OrderName
    remark: str = Field(min_length=1)
    by: By = OPERATOR


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


OfConnections = Create | Change | Pause | Resume | Subscribe | RotateToken | MakeManifest | Delete | Erase | Forget
Looks = HowAll | Doctor | ReadLog | ListConnections | Show | Verify
OfSettings = Words | WordsOf | Plan | Preview | SetOne | History | Diff | Restore
OfLists = ListOrders | ListReasons | Story | ListHeld | ListSkipped
OfOrders = OfLists | PollNow | Why | Reconcile | Repair | Bulk | Resend | Skip
OfSetUp = DescribePlatforms | TrySide | Rehearse
OfRuns = StartRun | StopRun | ResumeRun | ListRuns | InitialSync | GiveConsent
Operation = Annotated[
    OfConnections | Looks | OfSettings | OfOrders | OfRuns | OfSetUp, Field(discriminator="operation")
]
OPERATION: TypeAdapter[Operation] = TypeAdapter(Operation, config=LATE)
