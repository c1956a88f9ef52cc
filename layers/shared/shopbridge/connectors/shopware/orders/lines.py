"""The lines of an order, a flat list on the wire that is really a tree; prices as net and tax by rate (C7, D8, L5)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal

from shopbridge.connectors.shopware.wire import WireLine, WirePrice, WireRounding, WireTax, WireTotals
from shopbridge.errors import Held
from shopbridge.mapping.rounding import cents
from shopbridge.model.order import LineKind, OrderLine, TaxMode, TaxShare, Totals, sum_by_rate

Tree = Mapping[str | None, Sequence[WireLine]]
"""Rows by the id of their parent, in the order of their positions."""

_MODES: dict[Literal["gross", "net", "tax-free"], TaxMode] = {"gross": "gross", "net": "net", "tax-free": "tax_free"}
_NOTHING = Decimal(0)


def order_lines(rows: Sequence[WireLine], mode: TaxMode) -> tuple[OrderLine, ...]:
    """Return the lines whose totals add up to the rows that have no parent, to the cent.

    A row without children is one line. A group becomes its children, so that every product keeps its own
    quantity, and one more line with the group's label for what the group costs beyond its children: a saving
    (``discount``) or a surcharge (``free``). A product with children keeps its line, at that remaining price.

    Raises:
        Held: Rows hang on a parent that is not there, or on each other.
    """
    tree = _tree(rows)
    return tuple(line for root in tree.get(None, ()) for line in _expand(root, tree, mode))


def _tree(rows: Sequence[WireLine]) -> Tree:
    tree: dict[str | None, list[WireLine]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.position or 0):
        tree[row.parent_id].append(row)
    reached = list(tree.get(None, ()))
    for row in reached:
        reached.extend(tree.get(row.id, ()))
    if len(reached) < len(rows):
        raise Held(
            f"{len(rows) - len(reached)} of {len(rows)} line items belong to a parent that is not in the order",
            code="broken_lines",
            fix="Open the order in Shopware and save its items again, then resend the order.",
        )
    return tree


def _expand(row: WireLine, tree: Tree, mode: TaxMode) -> list[OrderLine]:
    children = tree.get(row.id, ())
    if not children:
        return [_line(row, mode)]
    inner = [line for child in children for line in _expand(child, tree, mode)]
    return [*_beyond(row, children, mode), *inner]


def _line(row: WireLine, mode: TaxMode) -> OrderLine:
    return OrderLine(
        id=row.id,
        kind=_kind(row, row.price.total_price),
        name=row.label,
        quantity=Decimal(row.quantity),
        unit_price=row.price.unit_price,
        total=row.price.total_price,
        taxes=tax_shares(row.price, mode),
        sku=row.payload.product_number,
        ean=row.product.ean if row.product else "",
        fields=_fields(row),
        options={each.group: each.option for each in row.payload.options if each.group},
    )


def _beyond(row: WireLine, children: Sequence[WireLine], mode: TaxMode) -> list[OrderLine]:
    """What a parent costs beyond its children; a sellable parent is a line even if that is nothing."""
    rest = row.price.total_price - sum((child.price.total_price for child in children), Decimal(0))
    taxes = tax_rest(row.price, [child.price for child in children], mode)
    kind = _kind(row, rest)
    if kind != "product" and not rest:
        return []
    quantity = Decimal(row.quantity) if kind == "product" else Decimal(1)
    unit = cents(rest / quantity) if quantity else rest
    changed = {"kind": kind, "quantity": quantity, "unit_price": unit, "total": rest, "taxes": taxes}
    return [_line(row, mode).model_copy(update=changed)]


def _kind(row: WireLine, total: Decimal) -> LineKind:
    """A type we do not know, such as a plugin's, is a product when it names one, like any custom position otherwise."""
    if row.type == "product" or row.product_id:
        return "product"
    is_discount = total < 0 or (not total and row.type in {"promotion", "discount", "credit"})
    return "discount" if is_discount else "free"


def _fields(row: WireLine) -> dict[str, str]:
    number = row.product.manufacturer_number if row.product else ""
    known = {"productId": row.product_id or "", "manufacturerNumber": number}
    return {name: value for name, value in known.items() if value}


def tax_mode(price: WireTotals) -> TaxMode:
    """Return what the prices of the order are."""
    return _MODES[price.tax_status]


def totals(price: WireTotals, rounded: WireRounding | None = None) -> Totals:
    """Return the order's totals: ``totalPrice`` is what the buyer pays, in every mode.

    Args:
        rounded: How the shop says that the total was rounded.
    """
    shares = tuple(_share(tax, tax_mode(price)) for tax in price.calculated_taxes)
    return Totals(
        gross=price.total_price,
        net=price.net_price,
        taxes=shares or _untaxed(price.net_price),
        rounding=_rounding(price, rounded or WireRounding()),
    )


def _rounding(price: WireTotals, rounded: WireRounding) -> Decimal:
    """What rounding added to the sum before it; nothing where it is more than rounding to this interval can make.

    The rest of an order whose total differs for another reason, such as a plugin's gift card, is no rounding.
    """
    tax = sum((tax.tax for tax in price.calculated_taxes), _NOTHING)
    raw = price.raw_total if price.raw_total is not None else price.net_price + tax
    added = cents(price.total_price - raw)
    return added if abs(added) * 2 <= rounded.interval else _NOTHING


def tax_shares(price: WirePrice, mode: TaxMode) -> tuple[TaxShare, ...]:
    """Return a price by tax rate, at least one share: a tax-free price is all net, at rate 0."""
    shares = sum_by_rate(_share(tax, mode) for tax in price.calculated_taxes)
    if shares or mode == "tax_free" or price.total_price or not price.tax_rules:
        return shares or _untaxed(price.total_price)
    return _untaxed(price.total_price, price.tax_rules[0].tax_rate)


def tax_rest(price: WirePrice, parts: Sequence[WirePrice], mode: TaxMode) -> tuple[TaxShare, ...]:
    """Return what is left of a price by rate once the prices of its parts are taken away."""
    taken = (share for part in parts for share in tax_shares(part, mode))
    minus = (TaxShare(rate=share.rate, net=-share.net, tax=-share.tax) for share in taken)
    left = sum_by_rate([*tax_shares(price, mode), *minus])
    rest = price.total_price - sum((part.total_price for part in parts), _NOTHING)
    return tuple(share for share in left if share.net or share.tax) or _untaxed(rest, left[0].rate)


def _share(tax: WireTax, mode: TaxMode) -> TaxShare:
    net = tax.price - tax.tax if mode == "gross" else tax.price
    return TaxShare(rate=tax.tax_rate, net=net, tax=tax.tax)


def _untaxed(amount: Decimal, rate: Decimal = _NOTHING) -> tuple[TaxShare, ...]:
    return (TaxShare(rate=rate, net=amount, tax=_NOTHING),)
