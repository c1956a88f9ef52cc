"""Records, products and categories as they are read: every number is a text (S8)."""

from collections.abc import Collection

from sandbox.platforms.salesautopilot.errors import unknown
from sandbox.platforms.salesautopilot.fields import read_value
from sandbox.platforms.salesautopilot.inferred import vat_name
from sandbox.platforms.salesautopilot.records import Category, Line, ListKind, MailList, Product, Record
from sandbox.platforms.salesautopilot.state import Account
from sandbox.platforms.salesautopilot.wire import Body, money, plain


def record_row(into: MailList, record: Record, only: Collection[str] | None = None) -> Body:
    """A record with all fields of its list, an order with its lines.

    Args:
        only: The fields that are asked for; None is everything.
    """
    row: Body = {name: read_value(into, record.values, name) for name in (into.fields if only is None else only)}
    if into.kind is ListKind.ORDERS and only is None:
        row["products"] = [line_row(line, record) for line in record.lines]
    return row


def line_row(line: Line, record: Record) -> Body:
    """A line of an order."""
    return {
        "oi_id": str(line.id),
        "prod_id": str(line.product_id),
        "oi_sku": line.sku,
        "oi_name": line.name,
        "oi_price": f"{line.price:f}",
        "oi_quantity": plain(line.quantity),
        "oi_vat_percent": plain(line.percent),
        "oi_vat_name": vat_name(plain(line.percent)),
        "oi_netto_sum": money(line.net),
        "oi_brutto_sum": money(line.gross),
        "oi_currency": line.currency,
        "nud_id": str(record.id),
    }


def product_row(account: Account, product: Product) -> Body:
    """A product of the catalogue."""
    return {
        "prod_id": str(product.id),
        "prod_sku": product.sku,
        "prod_name": product.name,
        "prod_price": f"{account.price(product.price):f}",
        "prod_vat_percent": plain(product.percent),
        "prod_currency": product.currency,
        "prodcats": [
            {"prodcat_id": str(each), "prodcat_name": account.categories[each].name} for each in product.categories
        ],
    }


def category_row(category: Category) -> Body:
    """A category; none has a parent."""
    return {
        "prodcat_id": str(category.id),
        "prodcat_name": category.name,
        "prodcat_order": str(category.order),
    }


def missing(account: Account, what: str) -> list[Body]:
    """What one that is not there is answered with.

    Raises:
        ApiError: 404, where that is how the account answers.
    """
    if account.assumed.missing_is_404:
        raise unknown(f"no such {what}")
    return []
