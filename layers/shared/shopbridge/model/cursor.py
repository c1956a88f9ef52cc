"""How far a source was read."""

from pydantic import AwareDatetime, Field

from shopbridge.model.base import Model, OrderId


class OrderCursor(Model):
    """How far a shop's orders were read.

    Attributes:
        since: Everything that changed before this moment (the shop's clock) has been handed over.
        window_end: Set while a window is being read: what ``since`` becomes once the window is done.
        position: Where inside the window the next slice goes on; only the connector reads its inside.
        seen: Revisions that the window before this one read, by order: the overlap does not enqueue them again.
        found: The same of the window that is being read; it becomes ``seen`` when the window closes.
        first: This window is the connection's first import.
        version: Rises with every save; a save names the version it saw.
    """

    since: AwareDatetime
    window_end: AwareDatetime | None = None
    position: str | None = None
    seen: dict[OrderId, str] = Field(default_factory=dict)
    found: dict[OrderId, str] = Field(default_factory=dict)
    first: bool = False
    version: int = 0
