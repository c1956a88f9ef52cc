"""What an operator asks for to hold both sides of a connection against each other, and to repair what is missing."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shopbridge.model.desk_operations import OPERATOR, By, OfConnection, OrderName


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
