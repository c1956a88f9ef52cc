"""How often SalesPOS may be called: per method and resource, and in total (SDK S1, client S4)."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from shopbridge.http.answer import Call
from shopbridge.http.client import Limit

READS, WRITES = 150, 100
"""Calls a minute for GET, and for each of POST, PATCH, PUT and DELETE, on one resource."""
OUR_BUCKETS = (
    "orders:GET",
    "orders:POST",
    "ordernotes:GET",
    "ordernotes:POST",
    "users:GET",
    "users:POST",
    "users:PATCH",
    "products:GET",
    "products:POST",
    "products:PATCH",
    "attributecombinations:GET",
    "attributecombinations:PATCH",
    "orderrows:GET",
    "packages:GET",
    "attributes:GET",
    "attributes:POST",
    "attributevalues:GET",
    "attributevalues:POST",
    "productattributevalues:GET",
    "productattributevalues:POST",
    "productattributevalues:PATCH",
    "categories:POST",
    "categories:PATCH",
    "categorytree:GET",
    "producttocategories:POST",
    "producttocategories:DELETE",
    "productpropertygroups:GET",
    "productproperties:GET",
    "productproperties:POST",
    "producttopropertygroups:GET",
    "producttopropertygroups:POST",
    "productpropertyvalues:POST",
    "productpropertyvalues:PATCH",
)
"""What the flows draw from. The vendor keeps the figure of the total limit (429.11) to itself, so no bucket counts
all calls: that would cost a reservation for every one of them. When SalesPOS names it, all of these are paused."""


def bucket_of(call: Call) -> str:
    """The bucket of a call's method and resource, such as ``orders:POST``."""
    names = [part for part in call.path.split("/") if part and not part.isdigit()]
    return f"{names[-1] if names else 'root'}:{call.method}"


def limits_of(factor: Decimal) -> Callable[[Call], Sequence[Limit]]:
    """The bucket a call draws from, with the connection's share of the limit."""

    def limits(call: Call) -> Sequence[Limit]:
        own = READS if call.method == "GET" else WRITES
        return (Limit(bucket_of(call), max(1, int(own * factor))),)

    return limits
