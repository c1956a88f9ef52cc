"""The line items of an order: a flat list on the wire that is really a tree (platform file, C7 and L5)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from shopbridge.connectors.shopware.orders.prices import tax_rest, tax_shares
from shopbridge.connectors.shopware.wire import WireLine
from shopbridge.errors import Held
from shopbridge.mapping.rounding import cents
from shopbridge.model.order import LineKind, OrderLine, TaxMode

Tree = Mapping[str | None, Sequence[WireLine]]
"""Rows by the id of their parent, in the order of their positions."""


def order_lines(rows: Sequence[WireLine], mode: TaxMode) -> tuple[OrderLine, ...]:
    """The lines whose totals add up to the rows that have no parent, to the cent.

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
    payload = _payload(row)
    return OrderLine(
        id=row.id,
        kind=_kind(row, row.price.total_price),
        name=row.label,
        quantity=Decimal(row.quantity),
        unit_price=row.price.unit_price,
        total=row.price.total_price,
        taxes=tax_shares(row.price, mode),
        sku=_text(payload.get("productNumber")),
        ean=row.product.ean if row.product else "",
        fields=_fields(row),
        options=_options(payload.get("options")),
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


def _payload(row: WireLine) -> Mapping[str, Any]:
    return row.payload if isinstance(row.payload, Mapping) else {}


def _options(options: Any) -> dict[str, str]:
    rows = [row for row in options if isinstance(row, Mapping)] if isinstance(options, list) else []
    return {_text(row.get("group")): _text(row.get("option")) for row in rows if row.get("group")}


def _text(value: Any) -> str:
    return "" if value is None else str(value)
