"""Everything an order's copy refers to in the back office: customer, products and translated values, found or made."""

from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal

from shopbridge.errors import AlreadyDone, Held
from shopbridge.flows.bridge import Job
from shopbridge.flows.orders.office_ids import find_customer, find_products, product_kind, remember_made
from shopbridge.flows.orders.privacy import KEYED, bare_name, bare_names_valid, hidden_name
from shopbridge.flows.orders.records import once
from shopbridge.mapping.names import translate
from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import EffectKey
from shopbridge.model.office import PLANNED, OrderParts
from shopbridge.model.order import Customer, Order, OrderLine
from shopbridge.model.settings import Maps, ValueMap
from shopbridge.ports import CustomerTarget, ProductTarget


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
        find=lambda: find_products(job, products, [key], afresh=True).get(key),
        create=lambda: products.create(order, line_id, tax),
    )
    return remember_made(job, product_kind(job.settings.products.office_field), key, made)


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
    return remember_made(job, KEYED, name, made)


def _customer_key(job: Job, name: str) -> EffectKey:
    return EffectKey(connection=job.connection.id, kind="customer", id=name)


def _clashing(found: ExternalId | None) -> ExternalId:
    if found is None:
        raise Held(
            "The back office says the customer exists, but does not list it under its e-mail",
            code="customer_clash",
            where="customer",
            fix="Look for a customer with this user name there and give it the e-mail, then resend the order.",
        )
    return found
