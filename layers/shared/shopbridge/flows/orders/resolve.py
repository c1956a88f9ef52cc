"""Everything an order's copy refers to in the back office: customer, products and translated values, found or made.

Its records are found first in what we remember of it, then in what changed there, then by asking.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal

from shopbridge.errors import AlreadyDone, Conflict, Held, RetryLater
from shopbridge.flows.bridge import Job
from shopbridge.flows.orders.privacy import KEYED, bare_name, bare_names_valid, hidden_name, move_names
from shopbridge.flows.orders.records import once
from shopbridge.mapping.names import translate
from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import EffectKey
from shopbridge.model.office import PLANNED, DirectoryEntry, DirectoryMark, DirectoryPage, OrderParts
from shopbridge.model.order import Customer, Order, OrderLine
from shopbridge.model.settings import Maps, ValueMap
from shopbridge.ports import CustomerTarget, ProductTarget

SLICE_ENDS_WITH = 15.0
"""Seconds left at which reading a long directory stops; the next try goes on from the stored mark."""
ASKED_FOR = 10
"""Products at the most that are asked for one by one where many are looked up."""
Ids = tuple[ExternalId, ...]


def resolve(job: Job, order: Order) -> OrderParts:
    """Find or create what the order needs; values first, since they cost no call.

    Raises:
        Unmapped: A value has no entry in its map.
        Held: A product is missing or ambiguous, or a customer cannot be made.
    """
    values = translate_values(job.settings.maps, order)
    products = _products(job, order, values.taxes)
    return values.model_copy(update={"product_ids": products, "customer_id": _customer(job, order)})


def translate_values(maps: Maps, order: Order) -> OrderParts:
    """Return the order's status, payment, shipping and tax rates in the back office's words; pure."""
    where = f"order {order.number}"
    rates = {share.rate for line in order.lines for share in line.taxes}
    rates |= {share.rate for share in order.shipping.taxes} if order.shipping else set()
    return OrderParts(
        customer_id=None,
        product_ids={},
        status=value(maps.status, "status", [order.status], where),
        payment=value(maps.payment, "payment", order.payment.method_keys, where) if order.payment else None,
        shipping=value(maps.shipping, "shipping", order.shipping.method_keys, where) if order.shipping else None,
        taxes={rate: value(maps.tax, "tax", [rate_key(rate)], where) for rate in rates},
    )


def translate_end(maps: Maps, order: Order) -> OrderParts:
    """Return a cancelled order's status in the back office's words; pure. Empty where the map has none.

    Many a back office has a call of its own for the end, which needs no word of the map's.
    """
    status = ""
    with suppress(Held):
        status = value(maps.status, "status", [order.status], f"order {order.number}")
    return OrderParts(customer_id=None, product_ids={}, status=status, payment=None, shipping=None, taxes={})


def value(table: ValueMap, name: str, candidates: Sequence[str], where: str) -> str:
    """Return one translated value; ``candidates`` are the shop's words for it, the most stable first."""
    return translate(name, table.entries, candidates, fallback=table.fallback, where=where)


def rate_key(rate: Decimal) -> str:
    """Return a percentage as maps name it: without trailing zeros and without an exponent."""
    return f"{rate.normalize():f}"


def match_value(line: OrderLine, field: str) -> str:
    """Return what a line's product is found by, in the shop's field of that name; empty when the line has none."""
    named = {"sku": line.sku, "ean": line.ean, **line.fields}
    return named.get(field, "").strip()


def _products(job: Job, order: Order, taxes: dict[Decimal, str]) -> dict[str, ExternalId]:
    """The products that lines refer to by id; none where an office takes lines by SKU and text."""
    policy, products = job.settings.products, job.office.order_products
    if products is None:
        return {}
    wanted = wanted_products(job, order)
    found = dict(find_products(job, products, sorted({key for key in wanted.values() if key})))
    missing = {line_id: key for line_id, key in wanted.items() if key not in found}
    if policy.missing == "hold" and missing:
        raise _missing(order, missing, policy.shop_field)
    if policy.missing == "create":
        for line_id, key in missing.items():
            if key and key not in found:
                found[key] = _create_product(job, products, order, line_id, taxes)
    return {line_id: found[key] for line_id, key in wanted.items() if key in found}


def wanted_products(job: Job, order: Order) -> dict[str, str]:
    """Return by line what its product is looked for by."""
    policy = job.settings.products
    return {
        line.id: match_value(line, policy.shop_field)
        for line in order.lines
        if line.kind == "product" and match_value(line, policy.shop_field) not in policy.text_lines
    }


def known_products(job: Job, order: Order) -> dict[str, ExternalId]:
    """Return the products of an order's lines that the back office has, by line; nothing is made for the others."""
    if job.office.order_products is None:
        return {}
    wanted = wanted_products(job, order)
    found = find_products(job, job.office.order_products, sorted({key for key in wanted.values() if key}))
    return {line_id: found[key] for line_id, key in wanted.items() if key in found}


def _missing(order: Order, missing: dict[str, str], field: str) -> Held:
    names = {line.id: line.name for line in order.lines}
    listed = ", ".join(sorted({f"{key or 'none'} ({names[line_id]})" for line_id, key in missing.items()})[:5])
    more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""  # noqa: PLR2004 - five are enough to read
    return Held(
        f"The back office has no product with the {field} {listed}{more}",
        code="missing_product",
        where=f"order {order.number}",
        fix="Create the product there, or add the code to orders.products.text_lines, then resend the order.",
    )


def _create_product(
    job: Job, products: ProductTarget, order: Order, line_id: str, taxes: dict[Decimal, str]
) -> ExternalId:
    line = next(line for line in order.lines if line.id == line_id)
    key = match_value(line, job.settings.products.shop_field)
    tax = taxes[line.taxes[0].rate] if line.taxes else ""
    if job.planning:
        products.check(order, line_id, tax)
        return PLANNED
    made = once(
        job,
        EffectKey(connection=job.connection.id, kind="product", id=key),
        f"product {key}",
        find=lambda: find_products(job, products, [key]).get(key),
        create=lambda: products.create(order, line_id, tax),
    )
    return _remembered(job, product_kind(job.settings.products.office_field), key, made)


def _customer(job: Job, order: Order) -> ExternalId | None:
    policy, customer = job.settings.customers, order.customer
    given = customer is not None and bool(customer.match_key)
    if policy.default == "always" or (policy.default == "when_missing" and not given):
        return ExternalId(policy.default_id)
    customers = job.office.customers
    if customers is None or customer is None or not given:
        return None
    found = find_customer(job, customers, customer.match_key)
    if found:
        if policy.update and not job.planning:
            customers.update(found, customer, order.billing_address, order.shipping_address)
        return found
    wanted = policy.create_guests if customer.guest else policy.create
    return _create_customer(job, customers, order, customer) if wanted else None


def _create_customer(job: Job, customers: CustomerTarget, order: Order, customer: Customer) -> ExternalId:
    if job.planning:
        customers.check(customer, order.billing_address, order.shipping_address)
        return PLANNED

    def find() -> ExternalId | None:
        return find_customer(job, customers, customer.match_key, afresh=True)

    def create() -> ExternalId:
        try:
            return customers.create(customer, order.billing_address, order.shipping_address)
        except AlreadyDone as clash:
            return ExternalId(clash.external_id) if clash.external_id else _clashing(find())

    name = hidden_name(job.connection, customer.match_key)

    def create_once() -> ExternalId:
        return once(job, _customer_key(job, name), "customer", find, create)

    # A function of the former release knows the bare name alone, and may have left a creation in doubt under it.
    bare = _customer_key(job, bare_name(customer.match_key))
    made = once(job, bare, "customer", find, create_once) if bare_names_valid(job) else create_once()
    return _remembered(job, KEYED, name, made)


def _customer_key(job: Job, name: str) -> EffectKey:
    return EffectKey(connection=job.connection.id, kind="customer", id=name)


def _remembered(job: Job, kind: str, key: str, made: ExternalId) -> ExternalId:
    """Saves the next order a read of the back office's list."""
    job.bridge.directory.remember(job.connection.id, kind, [DirectoryEntry(key=key, id=made)])
    job.sight.known[kind, key] = (made,)
    return made


def _clashing(found: ExternalId | None) -> ExternalId:
    if found is None:
        raise Held(
            "The back office says the customer exists, but does not list it under its e-mail",
            code="customer_clash",
            where="customer",
            fix="Look for a customer with this user name there and give it the e-mail, then resend the order.",
        )
    return found


def find_products(job: Job, products: ProductTarget, keys: Sequence[str]) -> Mapping[str, ExternalId]:
    """Return the back office's products by the value they are matched by; missing ones are left out.

    Raises:
        Held: A value fits several products.
    """
    field = job.settings.products.office_field
    found = _products_by(job, products, field, keys)
    missing = [key for key in keys if key not in found]
    found = {**found, **_asked_for(job, products, field, missing)}
    return {key: _only(ids, key, "product") for key, ids in found.items()}


def product_ids(job: Job, keys: Sequence[str], field: str) -> Mapping[str, Ids]:
    """Return all that the back office has under each value of ``field``, for many at once.

    Missing ones are left out.

    A few that are missing are asked for one by one; of many, the back office's list is believed.
    """
    products = job.office.order_products
    if products is None:
        return {}
    found = _products_by(job, products, field, keys)
    missing = [key for key in keys if key not in found]
    return {**found, **(_asked_for(job, products, field, missing) if len(missing) <= ASKED_FOR else {})}


def _products_by(job: Job, products: ProductTarget, field: str, keys: Sequence[str]) -> Mapping[str, Ids]:
    return _look_up(job, product_kind(field), keys, lambda mark: products.changed(mark, field))


def _asked_for(job: Job, products: ProductTarget, field: str, keys: Sequence[str]) -> Mapping[str, Ids]:
    found: dict[str, Ids] = {}
    for key in keys:
        entries = products.find(field, key)
        job.bridge.directory.remember(job.connection.id, product_kind(field), entries)
        if entries:
            found[key] = job.sight.known[product_kind(field), key] = tuple(entry.id for entry in entries)
    return found


def product_kind(field: str) -> str:
    """Name what products are remembered as, by the field: an EAN is no SKU after a change of the setting."""
    return f"product-{field}"


def find_customer(job: Job, customers: CustomerTarget, key: str, *, afresh: bool = False) -> ExternalId | None:
    """Return the back office's customer with this e-mail.

    ``afresh`` reads what changed there even if we remember one.
    """
    move_names(job)
    hidden, read = hidden_name(job.connection, key), _customers_hidden(job, customers)
    if afresh:
        refresh(job, KEYED, read)
        job.sight.known.pop((KEYED, hidden), None)
    found = _look_up(job, KEYED, [hidden], read)
    return _only(found[hidden], "this e-mail", "customer") if hidden in found else None


def _customers_hidden(job: Job, customers: CustomerTarget) -> Callable[[str | None], DirectoryPage]:
    def read(mark: str | None) -> DirectoryPage:
        page = customers.changed(mark)
        names = (hidden_name(job.connection, entry.key) for entry in page.entries)
        hidden = tuple(DirectoryEntry(key=name, id=entry.id) for name, entry in zip(names, page.entries, strict=True))
        return page.model_copy(update={"entries": hidden})

    return read


def _look_up(
    job: Job, kind: str, keys: Sequence[str], read: Callable[[str | None], DirectoryPage]
) -> Mapping[str, Ids]:
    known = _seen(job, kind, keys)
    missing = [key for key in keys if key not in known]
    if not missing:
        return known
    refresh(job, kind, read)
    found = job.bridge.directory.lookup(job.connection.id, kind, missing)
    job.sight.known.update({(kind, key): ids for key, ids in found.items()})
    return {**known, **found}


def _seen(job: Job, kind: str, keys: Sequence[str]) -> Mapping[str, Ids]:
    """What is remembered, where the work's sight does not tell."""
    seen = {key: job.sight.known[kind, key] for key in keys if (kind, key) in job.sight.known}
    unseen = [key for key in keys if key not in seen]
    asked = job.bridge.directory.lookup(job.connection.id, kind, unseen) if unseen else {}
    return {**{key: ids for key, ids in seen.items() if ids}, **asked}


def refresh(job: Job, kind: str, read: Callable[[str | None], DirectoryPage]) -> None:
    """Read what changed in the back office since last time.

    Raises:
        RetryLater: The list is long and the time is up; the mark is kept.
    """
    directory, connection = job.bridge.directory, job.connection.id
    mark = directory.mark(connection, kind)
    complete = False
    while not complete:
        if job.bridge.deadline.remaining() < SLICE_ENDS_WITH:
            raise RetryLater(f"The list of the back office ({kind}) is still being read", after=1, where=connection)
        page = read(mark.value)
        directory.remember(connection, kind, page.entries)
        mark, complete = _moved(job, kind, mark, page)


def _moved(job: Job, kind: str, mark: DirectoryMark, page: DirectoryPage) -> tuple[DirectoryMark, bool]:
    """How far the list is read now, and whether to its end."""
    directory, connection = job.bridge.directory, job.connection.id
    if page.mark == mark.value:
        return mark, page.complete
    further = mark.moved_to(page.mark)
    try:
        directory.set_mark(connection, kind, further)
    except Conflict:
        return directory.mark(connection, kind), False  # go on from where others are, or from the beginning
    return further, page.complete


def _only(ids: Ids, key: str, kind: str) -> ExternalId:
    if len(ids) > 1:
        raise Held(
            f"Several {kind}s in the back office have {key!r}: {', '.join(sorted(ids))}",
            code=f"ambiguous_{kind}",
            where="back office",
            fix=f"Let only one {kind} keep it, then resend the order.",
        )
    return ids[0]
