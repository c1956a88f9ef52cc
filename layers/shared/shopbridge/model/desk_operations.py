"""What an operator asks for to look, to try and to repair many at once; and what all requests have in common."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, SecretStr, model_validator

from shopbridge.model.base import ConnectionId, Model
from shopbridge.model.connection import ConnectionSettings
from shopbridge.model.ledger import OrderGroup

OrderName = Annotated[str, Field(max_length=200)]
"""An order's number, or its id."""
By = Annotated[str, Field(min_length=1, max_length=100)]
"""Who asks, for the record that others read."""
OPERATOR = "operator"
SettingPath = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], Field(max_length=10)]
"""A setting's place, such as ``["orders", "maps", "payment", "entries", "paypal"]``."""


LogLevel = Literal["INFO", "WARN", "ERROR"]
"""How grave a line of the log is: as it should be, somebody has to act, nobody expected it."""


class OfConnection(Model):
    """What is asked of one connection."""

    connection: ConnectionId


class HowAll(Model):
    """How connections do: what came through when, what waits, what is wrong; all of them where none is named."""

    operation: Literal["health"]
    connection: ConnectionId = ConnectionId("")


class Doctor(Model):
    """Whether the deployment stands as it was made, and all its connections do well."""

    operation: Literal["doctor"]


class ListReasons(Model):
    """What waits for a person, by reason, the most frequent first.

    Attributes:
        connection: Empty for all of them.
        code: Only this reason, with more of its orders.
    """

    operation: Literal["reasons"]
    connection: ConnectionId = ConnectionId("")
    code: Annotated[str, Field(max_length=200)] = ""


class ListOrders(Model):
    """How many orders are where, and those that are looked for, the newest first.

    Attributes:
        connection: Empty for all of them.
        state: Only orders that are there; empty for all.
        code: Only orders that are held, refused or skipped for this reason.
        since, until: First and last day (UTC) on which they were first seen.
        text: Part of their number on either side, or their whole id.
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


class Preview(OfConnection):
    """What would be sent of an order, or of the last ones, without sending it.

    Attributes:
        order: Its number or id; empty for the last ones that came in.
        last: How many of these.
        settings: Tried beside the stored ones: what would they make otherwise?
        path, value: Or the stored ones with one of them set, as for ``set``.
        hide_buyer: Let nothing be read of who bought: for whoever may see an order, and not whose it is.
        to: Or those of an earlier version, as for ``restore``.
        version: The one that ``settings`` were made from: refused as ``change`` would, where it is an older one.
    """

    operation: Literal["preview"]
    order: OrderName = ""
    last: Annotated[int, Field(ge=1, le=20)] = 5
    settings: ConnectionSettings | None = None
    to: int | None = None
    version: int | None = None
    path: SettingPath = ()
    value: Any = None
    hide_buyer: bool = False


class Why(OfConnection):
    """Why an order is where it is, or why it never came in: the shop is asked for one that the ledger does not know.

    Attributes:
        order: Its number on either side, or its id.
    """

    operation: Literal["why"]
    order: Annotated[OrderName, Field(min_length=1)]


class Reconcile(OfConnection):
    """Hold the orders of some days against the ledger and the back office, as far as the time reaches.

    Nothing is written.

    Attributes:
        since, until: First and last day (UTC) on which orders were placed in the shop, or first seen by the bridge; by
            default the last seven.
        after: ``next`` of the part before.
    """

    operation: Literal["reconcile"]
    since: date | None = None
    until: date | None = None
    after: Annotated[str, Field(max_length=10_000)] = ""

    @model_validator(mode="after")
    def _days_are_in_order(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError("`until` lies before `since`")
        return self


class Repair(OfConnection):
    """Hand orders that are missing to the import, and start a comparison of all stock; counted first.

    Attributes:
        orders: Ids of orders that ``reconcile`` found missing; each is looked at again.
        stock: Whether stock is compared, too.
        confirm: How many orders are missing still, as the count before told; without it, or where it is another by
            now, nothing is done but counting.
    """

    operation: Literal["repair"]
    orders: Annotated[tuple[OrderName, ...], Field(max_length=100)] = ()
    stock: bool = False
    confirm: int | None = None
    by: By = OPERATOR


class SetOne(OfConnection):
    """Set one setting, by its place; verified first.

    Attributes:
        path: Its place, such as ``["orders", "maps", "payment", "entries", "paypal"]``.
        value: None removes it, so that its default counts.
        version: As of a change; None takes what is stored now.
    """

    operation: Literal["set"]
    path: Annotated[SettingPath, Field(min_length=1)]
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


class ReadLog(Model):
    """Lines of the log, the oldest first.

    Attributes:
        connection: Empty for lines of all, and of none.
        order: Only lines about this order, by its number or id.
        level: And graver ones.
        since: Only what was written then or later.
        after: ``next`` of the page before.
    """

    operation: Literal["log"]
    connection: ConnectionId = ConnectionId("")
    order: OrderName = ""
    level: LogLevel = "INFO"
    since: AwareDatetime
    after: Annotated[str, Field(max_length=2000)] = ""


class Bulk(Model):
    """Send again, or set aside, all orders that wait or were left out for one reason; counted first.

    Attributes:
        connection: Empty for all of them.
        code: The reason.
        since, until: First and last day (UTC) on which they were first seen.
        remark: Why they are set aside; kept in each order's story.
        confirm: How many they are, as the count before told; without it, or where it is another by now, nothing is
            done but counting.
    """

    operation: Literal["bulk"]
    action: Literal["resend", "skip"]
    connection: ConnectionId = ConnectionId("")
    code: Annotated[str, Field(min_length=1, max_length=100)]
    since: date | None = None
    until: date | None = None
    remark: str = ""
    confirm: int | None = None
    by: By = OPERATOR

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.action == "skip" and not self.remark.strip():
            raise ValueError("say in `remark` why they are set aside")
        return self
