"""Lists: filters as path segments, pages, and what each list shows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.platforms.cloudsales import views
from sandbox.platforms.cloudsales.envelope import listed
from sandbox.platforms.cloudsales.errors import invalid
from sandbox.platforms.cloudsales.fields import is_moment
from sandbox.platforms.cloudsales.inferred import FILTERS, IMAGES
from sandbox.platforms.cloudsales.records import Product
from sandbox.platforms.cloudsales.spelling import Spelling
from sandbox.platforms.cloudsales.state import Account
from sandbox.platforms.cloudsales.wire import Record
from sandbox.platforms.kit.fields import is_day

INCLUDE, PAGE = "include", "page"


@dataclass(frozen=True)
class Query:
    """The segments after a list's name."""

    filters: Mapping[str, str] = field(default_factory=dict)
    includes: frozenset[str] = frozenset()

    @property
    def page(self) -> int:
        """From 1."""
        return int(self.filters.get(PAGE, "1"))


@dataclass(frozen=True)
class Listing:
    """A list.

    Args:
        records: All of them, by id.
        row: How one is shown.
        filters: Those it takes, beside ``page``.
        includes: What ``include:`` may name.
    """

    records: Callable[[Account], Iterable[Any]]
    row: Callable[[Account, Any, Query, Spelling], Record]
    filters: frozenset[str] = frozenset()
    includes: frozenset[str] = frozenset()


def show(account: Account, listing: Listing, segments: Sequence[str], spelling: Spelling) -> Record:
    """One page.

    Raises:
        ApiError: A filter is unknown, malformed, given twice or, for ``include``, in the wrong place.
    """
    query = _query(listing, segments)
    found = [record for record in listing.records(account) if _matches(account, record, query.filters)]
    size = account.assumed.page_size
    here = found[(query.page - 1) * size : query.page * size]
    following = query.page + 1 if query.page * size < len(found) else None
    count = len(found) if account.assumed.count_is_total else len(here)
    return listed(spelling, [listing.row(account, record, query, spelling) for record in here], count, following)


def _query(listing: Listing, segments: Sequence[str]) -> Query:
    filters: dict[str, str] = {}
    includes: frozenset[str] = frozenset()
    for at, segment in enumerate(segments):
        name, _, value = segment.partition(":")
        if name == INCLUDE and at == 0:
            includes = _includes(listing, value)
        elif name not in {PAGE, *listing.filters} or name in filters:
            raise invalid(f"{segment} is no filter of this list, given once and in its place")
        else:
            _check_value(name, value)
            filters[name] = value
    return Query(filters, includes)


def _includes(listing: Listing, value: str) -> frozenset[str]:
    wanted = value.split(",")
    if not set(wanted) <= listing.includes or len(set(wanted)) < len(wanted):
        raise invalid(f"include:{value} is not possible here")
    return frozenset(wanted)


def _is_positive(value: str) -> bool:
    return value.isascii() and value.isdecimal() and int(value) > 0


_FORMATS: Mapping[str, Callable[[str], bool]] = {
    PAGE: _is_positive,
    "id": _is_positive,
    "workpoint": _is_positive,
    "datefrom": is_day,
    "datethrough": is_day,
    "modifiedafter": is_moment,
}


def _check_value(name: str, value: str) -> None:
    if not _FORMATS[name](value):
        raise invalid(f"{name}:{value} is malformed")


def _matches(account: Account, record: Any, filters: Mapping[str, str]) -> bool:
    tests = {name: value for name, value in filters.items() if name not in account.assumed.ignored_filters}
    return all(_TESTS[name](account, record, value) for name, value in tests.items() if name in _TESTS)


def _is_modified_after(account: Account, record: Any, value: str) -> bool:
    """Wall clocks are compared as they are, so the hour that comes twice hides changes."""
    return bool(record.modified >= value if account.assumed.modified_after_inclusive else record.modified > value)


_TESTS: Mapping[str, Callable[[Account, Any, str], bool]] = {
    "id": lambda _, record, value: bool(record.id == int(value)),
    "datefrom": lambda _, record, value: bool(record.day.isoformat() >= value),
    "datethrough": lambda _, record, value: bool(record.day.isoformat() <= value),
    "modifiedafter": _is_modified_after,
}


def products(account: Account) -> list[Product]:
    """The products that ``product/list`` shows; services are none of them."""
    everything = account.products.values()
    return [each for each in everything if account.assumed.inactive_listed or not (each.deleted or each.archived)]


def _product(account: Account, record: Any, query: Query, spelling: Spelling) -> Record:
    return product_row(record, query, spelling, account.main.id)


def product_row(product: Product, query: Query, spelling: Spelling, work_point: int, *, apart: bool = False) -> Record:
    """A product, with its images when asked for."""
    row = views.product_row(product, spelling, work_point, apart=apart)
    return {**row, IMAGES: list(product.images)} if IMAGES in query.includes else row


def _plain(table: str, row: Callable[[Any, Spelling], Record], name: str) -> Listing:
    """A list of all records of a table."""
    return Listing(
        lambda account: getattr(account, table).values(),
        lambda _, each, __, spelling: row(each, spelling),
        FILTERS[name],
    )


LISTS: Mapping[str, Listing] = {
    "product/list": Listing(products, _product, FILTERS["product/list"], frozenset({IMAGES})),
    "marketplace/orders/list": _plain("orders", views.order_row, "marketplace/orders/list"),
    "marketplace/connectors/list": _plain("connectors", views.connector_row, "marketplace/connectors/list"),
    "invoices/list": _plain("invoices", views.invoice_row, "invoices/list"),
    "proformas/list": _plain("proformas", views.proforma_row, "proformas/list"),
    "contacts/list": Listing(
        lambda account: account.contacts.values(),
        lambda _, each, query, spelling: views.contact_row(each, spelling, query.includes),
        FILTERS["contacts/list"],
        frozenset({"address", "pricelist"}),
    ),
}
